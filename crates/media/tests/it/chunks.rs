//! Chunks as encoders really send them.

use bytes::BytesMut;
use media::rtmp::{ChunkReader, ChunkWriter, Limits, Message, ProtocolError};
use proptest::prelude::*;

fn read(bytes: &[u8]) -> Result<Vec<Message>, ProtocolError> {
    let mut reader = ChunkReader::new(Limits::PUBLISHER);
    let mut input = BytesMut::from(bytes);
    let mut messages = Vec::new();
    while let Some(message) = reader.next(&mut input)? {
        messages.push(message);
    }
    Ok(messages)
}

fn times(bytes: &[u8]) -> Vec<u32> {
    read(bytes).unwrap().iter().map(|message| message.timestamp).collect()
}

#[test]
fn a_sound_interleaved_into_a_picture_leaves_both_whole() {
    let mut bytes = vec![6, 0, 0, 10, 0, 0, 200, 9, 1, 0, 0, 0];
    bytes.extend([7; 128]);
    bytes.extend([4, 0, 0, 11, 0, 0, 3, 8, 1, 0, 0, 0, 1, 2, 3]);
    bytes.push(0xc6);
    bytes.extend([7; 72]);
    let messages = read(&bytes).unwrap();
    assert_eq!(
        messages.iter().map(|m| (m.kind, m.timestamp, m.payload.len())).collect::<Vec<_>>(),
        [(8, 11, 3), (9, 10, 200)]
    );
}

#[test]
fn a_bare_header_that_begins_a_message_adds_the_delta_again() {
    let mut bytes = vec![4, 0, 0, 0, 0, 0, 1, 8, 1, 0, 0, 0, 9];
    bytes.extend([0x44, 0, 0, 23, 0, 0, 1, 8, 9]);
    bytes.extend([0xc4, 9, 0xc4, 9]);
    bytes.extend([0x84, 0, 0, 24, 9]);
    assert_eq!(times(&bytes), [0, 23, 46, 69, 93]);
}

#[test]
fn librtmp_may_begin_with_format_1() {
    let bytes = [0x42, 0, 0, 5, 0, 0, 4, 5, 0, 0x26, 0x25, 0xa0];
    assert_eq!(times(&bytes), [5]);
    assert_eq!(read(&[0xc5, 1]), Err(ProtocolError::MissingHeader));
}

#[test]
fn extended_timestamps_are_read_whether_repeated_or_not() {
    let time = 0x0123_4567u32;
    let mut payload = [0; 200];
    payload[128] = 0xaa;
    for repeated in [true, false] {
        let mut bytes = vec![6, 0xff, 0xff, 0xff, 0, 0, 200, 9, 1, 0, 0, 0];
        bytes.extend(time.to_be_bytes());
        bytes.extend(&payload[..128]);
        bytes.push(0xc6);
        if repeated {
            bytes.extend(time.to_be_bytes());
        }
        bytes.extend(&payload[128..]);
        let messages = read(&bytes).unwrap();
        assert_eq!(messages.len(), 1);
        assert_eq!((messages[0].timestamp, &messages[0].payload[..]), (time, &payload[..]));
    }
}

#[test]
fn impossible_sizes_end_the_connection() {
    assert_eq!(read(&[2, 0, 0, 0, 0, 0, 4, 1, 0, 0, 0, 0, 0, 0, 0, 0]), Err(ProtocolError::ChunkSize(0)));
    assert_eq!(read(&[3, 0, 0, 0, 0xff, 0xff, 0xff, 9, 0, 0, 0, 0]), Err(ProtocolError::MessageTooLong(0xff_ffff)));
    let mut reader = ChunkReader::new(Limits::STRANGER);
    let mut input = BytesMut::new();
    for lane in 3..20u8 {
        input.extend_from_slice(&[lane, 0, 0, 0, 0, 0xff, 0, 9, 0, 0, 0, 0]);
        input.extend_from_slice(&[0; 128]);
    }
    assert!(matches!(reader.next(&mut input), Err(ProtocolError::TooMuchPending(_))));
    assert!(reader.pending() <= Limits::STRANGER.pending);
}

#[test]
fn an_aborted_message_is_forgotten() {
    let mut bytes = vec![6, 0, 0, 0, 0, 0, 200, 9, 1, 0, 0, 0];
    bytes.extend([7; 128]);
    bytes.extend([2, 0, 0, 0, 0, 0, 4, 2, 0, 0, 0, 0, 0, 0, 0, 6]);
    bytes.extend([6, 0, 0, 9, 0, 0, 1, 9, 1, 0, 0, 0, 5]);
    assert_eq!(times(&bytes), [9]);
}

proptest! {
    #[test]
    fn what_is_written_is_read_however_it_is_cut(
        messages in proptest::collection::vec((2u8..64, 8u8..10, any::<u32>(), proptest::collection::vec(any::<u8>(), 0..600)), 1..12),
        cut in 1usize..700,
        size in 1u32..5000,
    ) {
        let mut writer = ChunkWriter::default();
        let mut bytes = Vec::new();
        writer.set_chunk_size(size, &mut bytes);
        for (lane, kind, time, payload) in &messages {
            writer.write(*lane, *kind, 1, *time, payload, &mut bytes);
        }
        let mut reader = ChunkReader::new(Limits::PUBLISHER);
        let mut input = BytesMut::new();
        let mut read = Vec::new();
        for piece in bytes.chunks(cut) {
            input.extend_from_slice(piece);
            while let Some(message) = reader.next(&mut input).unwrap() {
                read.push((message.kind, message.timestamp, message.payload.to_vec()));
            }
        }
        let written: Vec<_> = messages.into_iter().map(|(_, kind, time, payload)| (kind, time, payload)).collect();
        prop_assert_eq!(read, written);
        prop_assert_eq!(reader.pending(), 0);
    }
}
