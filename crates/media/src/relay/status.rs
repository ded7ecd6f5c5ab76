//! What is known of a target at this moment.

use super::rules::State;
use events::Millis;
use parking_lot::Mutex;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Why a target is not live, with a stable code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Trouble {
    pub code: &'static str,
    /// For a person; holds no secret.
    pub text: String,
}

/// A moment's picture.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Snapshot {
    pub state: State,
    pub since: Option<Millis>,
    pub bitrate_kbps: u32,
    pub sent_bytes: u64,
    pub dropped_frames: u64,
    pub reconnects: u32,
    pub last_error: Option<Trouble>,
    pub next_try_at: Option<Millis>,
}

/// Shared by the task that sends and whoever looks.
#[derive(Debug, Default)]
pub(crate) struct Status {
    snapshot: Mutex<Snapshot>,
    /// Counted by the queues.
    pub dropped: Arc<AtomicU64>,
}

impl Status {
    pub fn get(&self) -> Snapshot {
        Snapshot { dropped_frames: self.dropped.load(Ordering::Relaxed), ..self.snapshot.lock().clone() }
    }

    /// True when this is another state than before.
    pub fn enter(&self, state: State, now: Millis) -> bool {
        let mut snapshot = self.snapshot.lock();
        let changed = snapshot.state != state;
        if changed {
            snapshot.since = Some(now);
            snapshot.bitrate_kbps = 0;
        }
        snapshot.state = state;
        if state != State::Waiting && state != State::Refused {
            snapshot.next_try_at = None;
        }
        changed
    }

    pub fn change(&self, change: impl FnOnce(&mut Snapshot)) {
        change(&mut self.snapshot.lock());
    }
}
