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
    pub allow_private: bool,
    pub timeout_ms: u64,
    pub retry_s: Vec<u32>,
    pub give_up_s: u32,
    pub keep_days: u32,
}

impl Default for FeedSettings {
    fn default() -> Self {
        Self {
            streams: 256,
            slow_ms: 10_000,
            keep_alive_ms: 15_000,
            allow_private: false,
            timeout_ms: 15_000,
            retry_s: vec![5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400],
            give_up_s: 432_000,
            keep_days: 30,
        }
    }
}

impl FeedSettings {
    pub(crate) fn slow(&self) -> Duration {
        Duration::from_millis(self.slow_ms)
    }

    pub(crate) fn keep_alive(&self) -> Duration {
        Duration::from_millis(self.keep_alive_ms)
    }

    pub(crate) fn timeout(&self) -> Duration {
        Duration::from_millis(self.timeout_ms)
    }
}
