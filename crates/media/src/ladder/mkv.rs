//! Reads the Matroska that ffmpeg writes into a pipe: tracks and frames, as soon as they are whole. What it does not need it
//! skips; what cannot be is an error, never a panic.

use bytes::{Buf, Bytes, BytesMut};

const SEGMENT: u32 = 0x1853_8067;
const TRACKS: u32 = 0x1654_AE6B;
const TRACK: u32 = 0xAE;
const NUMBER: u32 = 0xD7;
const CODEC: u32 = 0x86;
const PRIVATE: u32 = 0x63A2;
const CLUSTER: u32 = 0x1F43_B675;
const TIME: u32 = 0xE7;
const SIMPLE_BLOCK: u32 = 0xA3;
const GROUP: u32 = 0xA0;
const BLOCK: u32 = 0xA1;
const REFERENCE: u32 = 0xFB;

/// A frame larger than this is none.
const MOST: u64 = 16 << 20;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Piece {
    /// `config` is the codec's record: `avcC` or an AudioSpecificConfig.
    Track {
        number: u64,
        codec: String,
        config: Bytes,
    },
    Frame {
        track: u64,
        at_ms: i64,
        key: bool,
        data: Bytes,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this is no Matroska that can be read")]
pub(crate) struct Unreadable;

#[derive(Debug, Default)]
pub(crate) struct Reader {
    input: BytesMut,
    /// Bytes to come of an element that nobody needs.
    skip: u64,
    cluster_ms: i64,
}

impl Reader {
    pub fn input(&mut self) -> &mut BytesMut {
        &mut self.input
    }

    /// Everything that is whole by now.
    pub fn take(&mut self, out: &mut Vec<Piece>) -> Result<(), Unreadable> {
        loop {
            let skipped = self.skip.min(self.input.len() as u64);
            self.input.advance(skipped as usize);
            self.skip -= skipped;
            let Some((id, size, head)) = head(&self.input)? else { return Ok(()) };
            match id {
                SEGMENT | CLUSTER => self.input.advance(head),
                TRACKS | TIME | SIMPLE_BLOCK | GROUP => {
                    let size = size.filter(|size| *size <= MOST).ok_or(Unreadable)? as usize;
                    if self.input.len() < head + size {
                        return Ok(());
                    }
                    self.input.advance(head);
                    let body = self.input.split_to(size).freeze();
                    self.element(id, body, out)?;
                }
                _ => {
                    self.input.advance(head);
                    self.skip = size.ok_or(Unreadable)?;
                }
            }
        }
    }

    fn element(&mut self, id: u32, body: Bytes, out: &mut Vec<Piece>) -> Result<(), Unreadable> {
        match id {
            TRACKS => {
                for (id, track) in Children(body) {
                    if id == TRACK {
                        out.push(track_of(track)?);
                    }
                }
            }
            TIME => self.cluster_ms = i64::try_from(number(&body)).map_err(|_| Unreadable)?,
            SIMPLE_BLOCK => self.block(body, None, out)?,
            _ => {
                let children: Vec<(u32, Bytes)> = Children(body).collect();
                let key = !children.iter().any(|(id, _)| *id == REFERENCE);
                for (_, block) in children.into_iter().filter(|(id, _)| *id == BLOCK) {
                    self.block(block, Some(key), out)?;
                }
            }
        }
        Ok(())
    }

    fn block(&self, mut body: Bytes, key: Option<bool>, out: &mut Vec<Piece>) -> Result<(), Unreadable> {
        let (track, length) = vint(&body, true).ok_or(Unreadable)?;
        body.advance(length);
        let Some(&[high, low, flags]) = body.first_chunk::<3>() else { return Err(Unreadable) };
        // Frames put together in one block are not asked for.
        if flags & 0x06 != 0 {
            return Err(Unreadable);
        }
        body.advance(3);
        let at_ms = self.cluster_ms.saturating_add(i64::from(i16::from_be_bytes([high, low])));
        out.push(Piece::Frame { track, at_ms, key: key.unwrap_or(flags & 0x80 != 0), data: body });
        Ok(())
    }
}

fn track_of(body: Bytes) -> Result<Piece, Unreadable> {
    let (mut found, mut codec, mut config) = (None, String::new(), Bytes::new());
    for (id, value) in Children(body) {
        match id {
            NUMBER => found = Some(number(&value)),
            CODEC => codec = String::from_utf8_lossy(&value).into_owned(),
            PRIVATE => config = value,
            _ => {}
        }
    }
    Ok(Piece::Track { number: found.ok_or(Unreadable)?, codec, config })
}

/// The elements within one that is whole. Ends where it cannot be read.
struct Children(Bytes);

impl Iterator for Children {
    type Item = (u32, Bytes);

    fn next(&mut self) -> Option<Self::Item> {
        let (id, size, head) = head(&self.0).ok()??;
        let size = usize::try_from(size?).ok()?;
        if self.0.len() - head < size {
            return None;
        }
        self.0.advance(head);
        Some((id, self.0.split_to(size)))
    }
}

/// Id, size (none: unknown) and length of an element's head; `None` while it is not whole.
fn head(input: &[u8]) -> Result<Option<(u32, Option<u64>, usize)>, Unreadable> {
    let Some(first) = input.first() else { return Ok(None) };
    if first.leading_zeros() > 3 {
        return Err(Unreadable);
    }
    let Some((id, id_length)) = vint(input, false) else { return Ok(None) };
    let rest = input.get(id_length..).unwrap_or_default();
    if rest.first() == Some(&0) {
        return Err(Unreadable);
    }
    let Some((size, length)) = vint(rest, true) else { return Ok(None) };
    let unknown = size == (1u64 << (7 * length)) - 1;
    Ok(Some((u32::try_from(id).map_err(|_| Unreadable)?, (!unknown).then_some(size), id_length + length)))
}

/// A number of variable length, with or without the bit that tells its length.
fn vint(input: &[u8], bare: bool) -> Option<(u64, usize)> {
    let first = *input.first()?;
    let length = first.leading_zeros() as usize + 1;
    if length > 8 {
        return None;
    }
    let value = input.get(..length)?.iter().fold(0u64, |value, byte| (value << 8) | u64::from(*byte));
    let marker = 1u64 << (7 * length);
    Some((if bare { value & (marker - 1) } else { value }, length))
}

fn number(body: &[u8]) -> u64 {
    body.iter().fold(0, |value, byte| (value << 8) | u64::from(*byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8], piece: usize) -> Result<Vec<Piece>, Unreadable> {
        let mut reader = Reader::default();
        let mut out = Vec::new();
        for bytes in bytes.chunks(piece) {
            reader.input().extend_from_slice(bytes);
            reader.take(&mut out)?;
        }
        Ok(out)
    }

    #[test]
    fn frames_come_out_however_the_pipe_cuts_them() {
        let track = [&[0xAE, 0x80 | 13, 0xD7, 0x81, 1, 0x86, 0x83][..], b"V_X", &[0x63, 0xA2, 0x82, 7, 8]].concat();
        let cluster: &[u8] = &[0xE7, 0x82, 0x27, 0x10, 0xA3, 0x86, 0x81, 0, 67, 0x80, 1, 2];
        let group: &[u8] = &[0xA0, 0x89, 0xA1, 0x84, 0x82, 0xff, 0xff, 0, 0xFB, 0x81, 1];
        let bytes = [
            &[
                0x1A, 0x45, 0xDF, 0xA3, 0x82, 9, 9, 0x18, 0x53, 0x80, 0x67, 0x01, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
                0xff,
            ][..],
            &[0x16, 0x54, 0xAE, 0x6B, 0x80 | track.len() as u8],
            &track,
            &[0x1F, 0x43, 0xB6, 0x75, 0x80 | (cluster.len() + group.len()) as u8],
            cluster,
            group,
        ]
        .concat();
        let expected = [
            Piece::Track { number: 1, codec: "V_X".into(), config: Bytes::from_static(&[7, 8]) },
            Piece::Frame { track: 1, at_ms: 10_067, key: true, data: Bytes::from_static(&[1, 2]) },
            Piece::Frame { track: 2, at_ms: 9_999, key: false, data: Bytes::new() },
        ];
        for piece in [1, 2, 7, bytes.len()] {
            assert_eq!(read(&bytes, piece).as_deref(), Ok(&expected[..]));
        }
    }

    #[test]
    fn nonsense_is_an_error() {
        for bytes in [&[0u8][..], &[0xA3, 0], &[0xA3, 0xff], &[0xA3, 0x1f, 0xff, 0xff, 0xfe]] {
            assert_eq!(read(bytes, 1), Err(Unreadable), "{bytes:?}");
        }
        for n in 0..20_000u64 {
            let bytes: Vec<u8> = (0..64).map(|m| (n.wrapping_mul(6_364_136_223_846_793_005 + m) >> 33) as u8).collect();
            let _ = read(&[&[0xA3, 0xC0][..], &bytes].concat(), 5);
            let _ = read(&bytes, 3);
        }
    }
}
