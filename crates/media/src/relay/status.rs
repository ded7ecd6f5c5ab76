//! What is known of a target at this moment.

use super::rules::State;
use events::Millis;
use parking_lot::Mutex;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

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
    /// Since when it is not as it should be; a connection that does not hold does not end it.
    pub troubled_since: Option<Instant>,
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

    /// Something is wrong (again).
    pub fn failed(&self, trouble: Trouble) {
        let mut snapshot = self.snapshot.lock();
        snapshot.troubled_since.get_or_insert_with(Instant::now);
        snapshot.last_error = Some(trouble);
    }

    /// It is as it should be, or nobody wants it any more.
    pub fn fine(&self) {
        self.snapshot.lock().troubled_since = None;
    }

    /// How long it is not as it should be.
    pub fn troubled(&self) -> Option<Duration> {
        self.snapshot.lock().troubled_since.map(|since| since.elapsed())
    }

    pub fn change(&self, change: impl FnOnce(&mut Snapshot)) {
        change(&mut self.snapshot.lock());
    }
}
