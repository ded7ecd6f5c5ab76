//! What of the feed an operator decides.

use serde::Deserialize;
use std::time::Duration;

/// The section `feed`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FeedSettings {
    pub streams: usize,
    pub slow_ms: u64,
    pub keep_alive_ms: u64,
}

impl Default for FeedSettings {
    fn default() -> Self {
        Self { streams: 256, slow_ms: 10_000, keep_alive_ms: 15_000 }
    }
}

impl FeedSettings {
    pub(crate) fn slow(&self) -> Duration {
        Duration::from_millis(self.slow_ms)
    }

    pub(crate) fn keep_alive(&self) -> Duration {
        Duration::from_millis(self.keep_alive_ms)
    }
}
