//! What travels from the hub to the threads that hold the sockets: frames encoded once, and who joins.

use crate::gateway::{Arrival, Deflater, encode as frame};
use bytes::Bytes;
use events::{RoomId, ViewerId};
use parking_lot::Mutex;
use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};
use tokio::{
    sync::{Notify, mpsc},
    time::Instant,
};

/// One message in the forms sockets take it.
#[derive(Debug, Clone)]
pub struct Encoded {
    plain: Bytes,
    deflated: Option<Bytes>,
}

impl Encoded {
    pub fn new(message: &[u8], deflater: Option<&mut Deflater>) -> Self {
        let deflated = deflater.map(|deflater| deflater.deflate(message));
        let deflated =
            deflated.filter(|deflated| deflated.len() < message.len()).map(|deflated| frame::deflated_text(&deflated));
        Self { plain: frame::text(message), deflated }
    }

    pub fn is_deflated(&self) -> bool {
        self.deflated.is_some()
    }

    pub fn for_socket(&self, deflate: bool) -> &Bytes {
        match &self.deflated {
            Some(deflated) if deflate => deflated,
            _ => &self.plain,
        }
    }
}

/// One frame for a whole room.
#[derive(Debug)]
pub struct Frame {
    pub full: Encoded,
    /// What a socket with a backlog gets instead; nothing when the frame has no sequenced event.
    pub sequenced: Option<Encoded>,
    /// Given back when the last shard has written it.
    pub(super) _outstanding: Outstanding,
}

/// Whether the shards are still writing a room's last frame; while they are, the next one grows instead.
#[derive(Debug, Default)]
pub struct Pace {
    writing: AtomicUsize,
    written_at: Mutex<Option<Instant>>,
}

impl Pace {
    pub fn is_writing(&self) -> bool {
        self.writing.load(Ordering::Acquire) > 0
    }

    /// When the last frame was done.
    pub fn written_at(&self) -> Option<Instant> {
        *self.written_at.lock()
    }
}

/// A frame on its way.
#[derive(Debug)]
pub struct Outstanding {
    pace: Arc<Pace>,
    wake: Arc<Notify>,
}

impl Outstanding {
    pub fn one_more(pace: &Arc<Pace>, wake: &Arc<Notify>) -> Self {
        pace.writing.fetch_add(1, Ordering::AcqRel);
        Self { pace: pace.clone(), wake: wake.clone() }
    }
}

impl Drop for Outstanding {
    fn drop(&mut self) {
        *self.pace.written_at.lock() = Some(Instant::now());
        self.pace.writing.fetch_sub(1, Ordering::AcqRel);
        self.wake.notify_one();
    }
}

/// What a room's writer on one shard does, in this order.
pub enum RoomCommand {
    Join {
        arrival: Box<Arrival>,
        hello: Encoded,
    },
    Frame(Arc<Frame>),
    /// To every socket of one viewer; a farewell ends them.
    ToViewer {
        viewer: ViewerId,
        message: Encoded,
        farewell: Option<&'static str>,
    },
    /// To one socket, in order with the frames.
    Direct {
        socket: SocketId,
        message: Encoded,
    },
}

/// A socket on its shard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SocketId {
    pub shard: usize,
    pub slot: usize,
    /// Never used twice, unlike the slot.
    pub number: u64,
}

/// A room's first socket on a shard: start a writer that takes these commands until the hub lets go of its end.
pub struct OpenRoom {
    pub room: RoomId,
    pub commands: mpsc::UnboundedReceiver<RoomCommand>,
}

/// The hub's end of a shard.
pub type Shard = mpsc::UnboundedSender<OpenRoom>;
