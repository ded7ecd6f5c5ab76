//! Who says what becomes of a danmaku. Declared here, answered by whoever keeps order in the rooms.

use super::rules::Refusal;
use audience::RoomRef;
use events::{ChatMode, DanmakuJudged, DanmakuSent, Millis, RoomId, ViewerId};
use tokio::sync::watch;

/// Asked on a danmaku's way into the log: nothing here may wait.
pub trait Moderator: Send + Sync {
    /// True once it knows what it has to know; nobody is asked before, and danmaku wait.
    fn is_ready(&self) -> watch::Receiver<bool>;

    /// One ruling for each, in their order.
    fn judge(&self, room: &RoomRef, said: &[(&ViewerId, &DanmakuSent)], now: Millis) -> Vec<Ruling>;

    fn mode(&self, room: RoomId) -> ChatMode;

    /// Why a viewer may not come in.
    fn barred(&self, room: &RoomRef, viewer: &ViewerId, now: Millis) -> Option<Refusal>;
}

/// What becomes of a danmaku.
#[derive(Debug, Clone, PartialEq)]
pub enum Ruling {
    Allow,
    /// There is something to say about it. `shown`: it passes, like this; none: it waits, or does not pass.
    Judged {
        decision: Box<DanmakuJudged>,
        shown: Option<Box<DanmakuSent>>,
    },
    /// Its writer may not speak now. Nothing is written down.
    Refused(Refusal),
}

/// Everything passes, and everybody may come in.
pub struct Unmoderated;

impl Moderator for Unmoderated {
    fn is_ready(&self) -> watch::Receiver<bool> {
        watch::Sender::new(true).subscribe()
    }

    fn judge(&self, _: &RoomRef, said: &[(&ViewerId, &DanmakuSent)], _: Millis) -> Vec<Ruling> {
        vec![Ruling::Allow; said.len()]
    }

    fn mode(&self, _: RoomId) -> ChatMode {
        ChatMode::AfterReview
    }

    fn barred(&self, _: &RoomRef, _: &ViewerId, _: Millis) -> Option<Refusal> {
        None
    }
}
