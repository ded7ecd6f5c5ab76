//! Time as every crate sees it: milliseconds since the Unix epoch, UTC.

use serde::{Deserialize, Serialize};
use std::time::{SystemTime, UNIX_EPOCH};

/// Milliseconds since 1970-01-01T00:00:00Z.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Millis(pub i64);

impl Millis {
    /// The machine's clock. Rules take the time as an argument; only the edges call this.
    pub fn now() -> Self {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Self(since.as_millis() as i64)
    }

    /// `self - earlier` in milliseconds, negative when `earlier` is later.
    pub fn since(self, earlier: Millis) -> i64 {
        self.0.saturating_sub(earlier.0)
    }

    pub fn plus_ms(self, ms: i64) -> Self {
        Self(self.0.saturating_add(ms))
    }
}

/// The clock of a running program: the machine's, or one a test moves by hand.
#[derive(Debug, Clone, Default)]
pub struct Clock(Option<std::sync::Arc<std::sync::atomic::AtomicI64>>);

impl Clock {
    /// The machine's clock.
    pub fn system() -> Self {
        Self(None)
    }

    /// A clock that stands still until [`Clock::set`].
    pub fn manual(at: Millis) -> Self {
        Self(Some(std::sync::Arc::new(std::sync::atomic::AtomicI64::new(at.0))))
    }

    pub fn now(&self) -> Millis {
        match &self.0 {
            None => Millis::now(),
            Some(at) => Millis(at.load(std::sync::atomic::Ordering::SeqCst)),
        }
    }

    /// Moves a manual clock; the machine's clock stays as it is.
    pub fn set(&self, to: Millis) {
        if let Some(at) = &self.0 {
            at.store(to.0, std::sync::atomic::Ordering::SeqCst);
        }
    }
}
