//! Entry points for fuzzing: whatever the bytes, nothing panics and nothing grows beyond its limit.

mod program;

pub use program::fuzz_program;

use crate::clock::Clock;
use crate::hls::{HlsStream, Retention};
use crate::ladder::mkv::{Piece, Reader};
use crate::packager::{Cuts, Output, Packager};
use crate::rtmp::{Address, Client, ClientEvent, Event, Limits, Purpose, Session, amf};
use crate::{flv, sps};
use bytes::BytesMut;
use events::{BroadcastId, Millis};

/// The wanted length of a part, in ticks.
const PART: u64 = 18_900;

fn cuts(part: u64) -> Cuts {
    Cuts { target_ms: 2_000, longest_ms: 4_000, most_bytes: 1 << 20, part: part as i64 }
}

fn stream(part: u64, resumed: bool) -> HlsStream {
    let retention = Retention { listed: 6, segments: 9, bytes: 4 << 20, target_s: 4, part };
    HlsStream::new(BroadcastId(uuid::Uuid::nil()), Millis(0), Millis(1_000), resumed, retention)
}

/// One connection's bytes through session, tags, packager and playlist. The first byte chooses how the bytes are cut into
/// reads and whether the handshake is theirs too.
pub fn fuzz_rtmp(data: &[u8]) {
    let Some((choice, data)) = data.split_first() else { return };
    let mut input = BytesMut::new();
    let mut out = Vec::new();
    let mut session = Session::new(u64::from(*choice));
    if choice & 1 == 0 {
        input.extend_from_slice(&[3]);
        input.extend_from_slice(&[0; 2 * crate::rtmp::handshake::BLOCK]);
    }
    let piece = match choice >> 4 {
        0 => data.len().max(1),
        small => usize::from(small) * 97,
    };
    let mut packager = Packager::new(cuts(PART));
    let stream = stream(PART, choice & 2 == 0);
    let (mut made, mut clock) = (Vec::new(), Clock::default());
    for (n, read) in data.chunks(piece).enumerate() {
        input.extend_from_slice(read);
        loop {
            let event = match session.next(&mut input, &mut out) {
                Ok(Some(event)) => event,
                Ok(None) => break,
                Err(_) => return,
            };
            match event {
                Event::Publish { .. } if choice & 4 == 0 => session.accept(&mut out),
                Event::Publish { .. } => session.refuse("no", &mut out),
                Event::Audio { timestamp, payload } => {
                    if let Ok(tag) = flv::audio(payload) {
                        packager.push(tag, clock.read(false, timestamp), Millis(n as i64), &mut made);
                    }
                }
                Event::Video { timestamp, payload } => {
                    if let Ok(tag) = flv::video(payload) {
                        packager.push(tag, clock.read(true, timestamp), Millis(n as i64), &mut made);
                    }
                }
                Event::Metadata { width, height } => {
                    packager.metadata(width.unwrap_or_default(), height.unwrap_or_default());
                }
                Event::Unpublish => break,
            }
            keep(&mut made, &stream);
            out.clear();
        }
        assert!(session.pending() <= Limits::PUBLISHER.pending, "more is pending than allowed");
        // A publisher that waits for its answer is not read from.
        if input.len() > 1 << 20 {
            return;
        }
    }
    packager.finish(&mut made);
    keep(&mut made, &stream);
    end(&stream);
}

/// FLV tags of a publisher through packager and stream. A record is: sound or picture, milliseconds on (two bytes), length (two
/// bytes), body. Whatever the tags, parts make up their segments and what is kept stays bounded.
pub fn fuzz_tags(data: &[u8]) {
    let Some((choice, mut data)) = data.split_first() else { return };
    let part = if choice & 1 == 0 { PART } else { 0 };
    let mut packager = Packager::new(cuts(part));
    let stream = stream(part, false);
    let mut clock = Clock::default();
    let (mut made, mut timestamp) = (Vec::new(), 0u32);
    while let Some(([kind, t1, t0, l1, l0], rest)) = data.split_first_chunk::<5>() {
        // Large steps need no large numbers.
        let step = i16::from_be_bytes([*t1, *t0]);
        timestamp = timestamp.wrapping_add_signed(i32::from(step) * if kind & 2 == 0 { 1 } else { 40 });
        let (body, rest) = rest.split_at(usize::from(u16::from_be_bytes([*l1, *l0])).min(rest.len()));
        data = rest;
        let body = bytes::Bytes::copy_from_slice(body);
        let parsed = if kind & 1 == 0 { flv::audio(body) } else { flv::video(body) };
        if let Ok(tag) = parsed {
            let at_ms = clock.read(kind & 1 == 1, timestamp);
            packager.push(tag, at_ms, Millis(i64::from(timestamp)), &mut made);
            keep_checked(&mut made, &stream);
        }
    }
    packager.finish(&mut made);
    keep_checked(&mut made, &stream);
    end(&stream);
}

fn end(stream: &HlsStream) {
    stream.end();
    if let Some(playlist) = stream.playlist() {
        assert!(playlist.with_token("token").ends_with("#EXT-X-ENDLIST\n"), "an ended playlist says so");
    }
}

/// Matroska in pieces: the first byte is their length.
pub fn fuzz_mkv(data: &[u8]) {
    let Some((piece, data)) = data.split_first() else { return };
    let (mut reader, mut pieces) = (Reader::default(), Vec::new());
    for piece in data.chunks(usize::from(*piece).max(1) * 16) {
        reader.input().extend_from_slice(piece);
        if reader.take(&mut pieces).is_err() {
            return;
        }
        assert!(reader.input().len() <= data.len(), "nothing is read twice");
        let held: usize =
            pieces.drain(..).map(|piece| if let Piece::Frame { data, .. } = piece { data.len() } else { 0 }).sum();
        assert!(held <= data.len(), "frames are no larger than what they came in");
    }
}

fn keep_checked(made: &mut Vec<Output>, stream: &HlsStream) {
    for output in made.drain(..) {
        let finished = match output {
            Output::Init { data, .. } => stream.init(data),
            Output::Fragment(fragment) => stream.push(fragment),
        };
        let Some(finished) = finished else { continue };
        let parts: u64 = finished.segment.parts.iter().map(|part| part.duration).sum();
        assert_eq!(parts, finished.segment.duration, "parts make up their segment");
        assert_eq!(finished.segment.parts.len(), finished.segment.fragments.len());
        assert!(stream.bytes() <= 6 << 20, "the ring is bounded");
    }
}

fn keep(made: &mut Vec<Output>, stream: &HlsStream) {
    for output in made.drain(..) {
        match output {
            Output::Init { data, .. } => stream.init(data),
            Output::Fragment(fragment) => stream.push(fragment),
        };
    }
}

/// What another server says to our client. The first byte chooses what the client wants, how the bytes are cut into reads and
/// whether the handshake is theirs too.
pub fn fuzz_rtmp_client(data: &[u8]) {
    let Some((choice, data)) = data.split_first() else { return };
    let purpose = if choice & 2 == 0 { Purpose::Publish } else { Purpose::Play };
    let address = Address { tls: false, host: "host".into(), port: 1935, app: "live".into() };
    let (mut input, mut out) = (BytesMut::new(), Vec::new());
    let mut client = Client::new(purpose, address, "key".into(), u64::from(*choice), &mut out);
    if choice & 1 == 0 {
        input.extend_from_slice(&[3]);
        input.extend_from_slice(&[0; 2 * crate::rtmp::handshake::BLOCK]);
    }
    let piece = match choice >> 4 {
        0 => data.len().max(1),
        small => usize::from(small) * 97,
    };
    for read in data.chunks(piece) {
        input.extend_from_slice(read);
        loop {
            match client.next(&mut input, &mut out) {
                Ok(Some(ClientEvent::Open)) => assert!(client.is_open(), "what is open says so"),
                Ok(Some(ClientEvent::Ended)) => assert!(!client.is_open(), "what has ended says so"),
                Ok(Some(_)) => assert!(purpose == Purpose::Play, "only who plays gets media"),
                Ok(None) => break,
                Err(_) => return,
            }
            client.video(0, &[0x17, 1], &mut out);
        }
        let most = if purpose == Purpose::Play { Limits::PUBLISHER } else { Limits::STRANGER };
        assert!(client.pending() <= most.pending, "more is pending than allowed");
        // Answers are small, whatever is asked.
        assert!(out.len() <= (16 << 10).max(data.len() * 4), "{} bytes are answered to {}", out.len(), data.len());
        out.clear();
    }
    client.goodbye(&mut out);
}

/// AMF0 values, and the same bytes as a sequence parameter set and as tags.
pub fn fuzz_amf(data: &[u8]) {
    if let Ok(values) = amf::decode(data) {
        let written = amf::encode_all(&values);
        let _ = amf::decode(&written);
    }
    let _ = sps::picture_size(data);
    let _ = flv::video(bytes::Bytes::copy_from_slice(data));
    let _ = flv::audio(bytes::Bytes::copy_from_slice(data));
}
