//! Chunks to messages and back. Interleaved chunk streams, repeated deltas and extended timestamps as encoders really send them.

use super::{ProtocolError, kind};
use bytes::{Buf, Bytes, BytesMut};

/// One whole RTMP message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    pub kind: u8,
    /// Message stream id.
    pub stream: u32,
    /// Milliseconds, wrapping.
    pub timestamp: u32,
    pub payload: Bytes,
}

/// What one connection may make us hold, in bytes. Declared lengths count, so memory can be taken at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    pub message: usize,
    pub pending: usize,
}

impl Limits {
    /// Until `publish` was accepted: commands only.
    pub const STRANGER: Self = Self { message: 64 << 10, pending: 256 << 10 };
    /// Afterwards: a key frame fits.
    pub const PUBLISHER: Self = Self { message: 8 << 20, pending: 16 << 20 };
}

const MAX_CHUNK_STREAMS: usize = 64;
const MAX_CHUNK_SIZE: u32 = 0x7fff_ffff;
const EXTENDED: u32 = 0xff_ffff;

/// What is remembered of one chunk stream between its chunks.
#[derive(Debug, Default)]
struct Lane {
    id: u32,
    timestamp: u32,
    delta: u32,
    /// The last header's extended field, repeated before each of its continuation chunks.
    extended: Option<u32>,
    length: usize,
    kind: u8,
    stream: u32,
    partial: Option<Vec<u8>>,
}

/// Reads chunks from a buffer that grows at its end.
#[derive(Debug)]
pub struct ChunkReader {
    lanes: Vec<Lane>,
    chunk_size: usize,
    limits: Limits,
    pending: usize,
    /// Lane and bytes left of the chunk being read.
    current: Option<(usize, usize)>,
}

impl ChunkReader {
    pub fn new(limits: Limits) -> Self {
        Self { lanes: Vec::new(), chunk_size: 128, limits, pending: 0, current: None }
    }

    pub fn set_limits(&mut self, limits: Limits) {
        self.limits = limits;
    }

    /// Declared bytes of all unfinished messages.
    pub fn pending(&self) -> usize {
        self.pending
    }

    /// The next whole message, or `None` when `input` is used up. Chunk size and abort are dealt with here.
    pub fn next(&mut self, input: &mut BytesMut) -> Result<Option<Message>, ProtocolError> {
        loop {
            let (index, left) = match self.current {
                Some(current) => current,
                None => match self.header(input)? {
                    Some(index) => (index, self.chunk_left(index)),
                    None => return Ok(None),
                },
            };
            let Some(lane) = self.lanes.get_mut(index) else { return Err(ProtocolError::MissingHeader) };
            let take = left.min(input.len());
            let partial = lane.partial.get_or_insert_default();
            partial.extend_from_slice(input.get(..take).unwrap_or_default());
            let whole = partial.len() >= lane.length;
            input.advance(take);
            if take < left {
                self.current = Some((index, left - take));
                return Ok(None);
            }
            self.current = None;
            if !whole {
                continue;
            }
            let payload = Bytes::from(lane.partial.take().unwrap_or_default());
            self.pending -= lane.length;
            let message = Message { kind: lane.kind, stream: lane.stream, timestamp: lane.timestamp, payload };
            match message.kind {
                kind::SET_CHUNK_SIZE => {
                    let size = control_u32(&message.payload)?;
                    if size == 0 || size > MAX_CHUNK_SIZE {
                        return Err(ProtocolError::ChunkSize(size));
                    }
                    self.chunk_size = size as usize;
                }
                kind::ABORT => self.abort(control_u32(&message.payload)?),
                _ => return Ok(Some(message)),
            }
        }
    }

    fn chunk_left(&self, index: usize) -> usize {
        let Some(lane) = self.lanes.get(index) else { return 0 };
        let have = lane.partial.as_ref().map_or(0, Vec::len);
        (lane.length - have).min(self.chunk_size)
    }

    fn abort(&mut self, id: u32) {
        if let Some(lane) = self.lanes.iter_mut().find(|lane| lane.id == id)
            && lane.partial.take().is_some()
        {
            self.pending -= lane.length;
        }
    }

    /// Reads one chunk header once it is there as a whole; gives the index of its lane.
    fn header(&mut self, input: &mut BytesMut) -> Result<Option<usize>, ProtocolError> {
        let mut cursor = Cursor { bytes: input, at: 0 };
        let Some((format, id)) = cursor.basic() else { return Ok(None) };
        let index = match self.lanes.iter().position(|lane| lane.id == id) {
            Some(index) => index,
            // librtmp's first message on chunk stream 2 is format 1: missing fields are zero.
            None if format <= 1 => {
                if self.lanes.len() >= MAX_CHUNK_STREAMS {
                    return Err(ProtocolError::TooManyChunkStreams);
                }
                let Some(()) = cursor.enough(format) else { return Ok(None) };
                self.lanes.push(Lane { id, ..Lane::default() });
                self.lanes.len() - 1
            }
            None => return Err(ProtocolError::MissingHeader),
        };
        let Some(lane) = self.lanes.get_mut(index) else { return Err(ProtocolError::MissingHeader) };

        if format == 3 {
            if lane.partial.is_some() {
                // Most encoders repeat the extended timestamp here, some do not: taken only if it is the same.
                if let Some(extended) = lane.extended {
                    let Some(again) = cursor.u32() else { return Ok(None) };
                    if again != extended {
                        cursor.at -= 4;
                    }
                }
            } else {
                // A format 3 chunk that begins a message adds the delta again. After format 0 the delta is that timestamp.
                let delta = match lane.extended {
                    Some(_) => match cursor.u32() {
                        Some(delta) => delta,
                        None => return Ok(None),
                    },
                    None => lane.delta,
                };
                lane.timestamp = lane.timestamp.wrapping_add(delta);
                Self::begin(lane, &self.limits, &mut self.pending)?;
            }
        } else {
            let Some(field) = cursor.u24() else { return Ok(None) };
            let (length, kind) = if format <= 1 {
                let (Some(length), Some(kind)) = (cursor.u24(), cursor.u8()) else { return Ok(None) };
                (length as usize, kind)
            } else {
                (lane.length, lane.kind)
            };
            let stream = if format == 0 {
                let Some(stream) = cursor.u32() else { return Ok(None) };
                stream.swap_bytes()
            } else {
                lane.stream
            };
            let extended = if field == EXTENDED {
                let Some(extended) = cursor.u32() else { return Ok(None) };
                Some(extended)
            } else {
                None
            };
            // A new header in the middle of a message gives the old message up.
            if lane.partial.take().is_some() {
                self.pending -= lane.length;
            }
            let time = extended.unwrap_or(field);
            lane.timestamp = if format == 0 { time } else { lane.timestamp.wrapping_add(time) };
            (lane.delta, lane.extended, lane.length, lane.kind, lane.stream) = (time, extended, length, kind, stream);
            Self::begin(lane, &self.limits, &mut self.pending)?;
        }
        let used = cursor.at;
        input.advance(used);
        Ok(Some(index))
    }

    fn begin(lane: &mut Lane, limits: &Limits, pending: &mut usize) -> Result<(), ProtocolError> {
        if lane.length > limits.message {
            return Err(ProtocolError::MessageTooLong(lane.length));
        }
        if *pending + lane.length > limits.pending {
            return Err(ProtocolError::TooMuchPending(*pending + lane.length));
        }
        *pending += lane.length;
        lane.partial = Some(Vec::with_capacity(lane.length));
        Ok(())
    }
}

/// The first four bytes of a control message, big endian.
pub(super) fn control_u32(payload: &[u8]) -> Result<u32, ProtocolError> {
    let bytes = payload.first_chunk::<4>().ok_or(ProtocolError::ShortControl)?;
    Ok(u32::from_be_bytes(*bytes))
}

struct Cursor<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Cursor<'_> {
    fn take<const N: usize>(&mut self) -> Option<[u8; N]> {
        let bytes = self.bytes.get(self.at..)?.first_chunk::<N>()?;
        self.at += N;
        Some(*bytes)
    }

    fn u8(&mut self) -> Option<u8> {
        self.take::<1>().map(|[byte]| byte)
    }

    fn u24(&mut self) -> Option<u32> {
        self.take::<3>().map(|[a, b, c]| u32::from_be_bytes([0, a, b, c]))
    }

    fn u32(&mut self) -> Option<u32> {
        self.take().map(u32::from_be_bytes)
    }

    /// Format and chunk stream id.
    fn basic(&mut self) -> Option<(u8, u32)> {
        let first = self.u8()?;
        let id = match first & 0x3f {
            0 => 64 + u32::from(self.u8()?),
            1 => 64 + u32::from(u16::from_le_bytes(self.take()?)),
            id => u32::from(id),
        };
        Some((first >> 6, id))
    }

    /// Whether the header of this format is there as a whole.
    fn enough(&self, format: u8) -> Option<()> {
        let rest = self.bytes.get(self.at..)?;
        let short = if format == 0 { 11 } else { 7 };
        let field = rest.first_chunk::<3>()?;
        let need = if *field == [0xff; 3] { short + 4 } else { short };
        (rest.len() >= need).then_some(())
    }
}

/// Writes messages as chunks, each with a full header.
#[derive(Debug)]
pub struct ChunkWriter {
    chunk_size: usize,
}

impl Default for ChunkWriter {
    fn default() -> Self {
        Self { chunk_size: 128 }
    }
}

impl ChunkWriter {
    /// Tells the other side a chunk size and uses it from here on.
    pub fn set_chunk_size(&mut self, size: u32, out: &mut Vec<u8>) {
        self.write(2, kind::SET_CHUNK_SIZE, 0, 0, &size.to_be_bytes(), out);
        self.chunk_size = size.max(1) as usize;
    }

    /// `lane` is the chunk stream id, 2 to 63.
    pub fn write(&self, lane: u8, kind: u8, stream: u32, timestamp: u32, payload: &[u8], out: &mut Vec<u8>) {
        let field = timestamp.min(EXTENDED).to_be_bytes();
        let length = (payload.len() as u32).to_be_bytes();
        out.push(lane & 0x3f);
        out.extend_from_slice(&field[1..]);
        out.extend_from_slice(&length[1..]);
        out.push(kind);
        out.extend_from_slice(&stream.to_le_bytes());
        let extended = (timestamp >= EXTENDED).then(|| timestamp.to_be_bytes());
        out.extend_from_slice(extended.as_ref().map_or(&[], |bytes| &bytes[..]));
        for (n, piece) in payload.chunks(self.chunk_size).enumerate() {
            if n > 0 {
                out.push(0xc0 | (lane & 0x3f));
                out.extend_from_slice(extended.as_ref().map_or(&[], |bytes| &bytes[..]));
            }
            out.extend_from_slice(piece);
        }
    }
}
