//! Who looks on while media passes through a room: recorder, relay, meters.

use crate::hls::store::Segment;
use crate::{OnAir, StreamInfo};
use bytes::Bytes;
use events::{Millis, RoomId, StreamSource};

/// An encoder's message as it came.
#[derive(Debug, Clone)]
pub struct MediaTag {
    pub kind: TagKind,
    /// The encoder's wrapping milliseconds.
    pub timestamp: u32,
    /// The body of an FLV tag.
    pub payload: Bytes,
    pub arrived: Millis,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TagKind {
    Audio,
    Video,
}

/// A segment that will not change any more, with the init segment it needs.
#[derive(Debug, Clone)]
pub struct Finished {
    pub segment: Segment,
    pub init: Bytes,
}

/// Called on the publisher's own task, in order, for every room: an implementation copies what it needs (payloads are
/// shared) and returns at once. It never blocks.
pub trait Tap: Send + Sync {
    /// A source's connection was let in.
    fn connected(&self, _room: RoomId, _source: StreamSource) {}

    /// A message of any source, on air or standing by. `on_air` is the show it is part of, if it is.
    fn tag(&self, _room: RoomId, _source: StreamSource, _on_air: Option<&OnAir>, _tag: &MediaTag) {}

    /// A source's connection is over.
    fn disconnected(&self, _room: RoomId, _source: StreamSource) {}

    /// The room's output begins, or begins again with another configuration.
    fn configured(&self, _room: RoomId, _on_air: &OnAir, _info: &StreamInfo) {}

    /// A segment of the room's output is complete.
    fn segment(&self, _room: RoomId, _on_air: &OnAir, _finished: &Finished) {}

    /// The show is over.
    fn ended(&self, _room: RoomId) {}
}
