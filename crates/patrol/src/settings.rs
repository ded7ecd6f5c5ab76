//! What of the patrol an operator decides.

use serde::Deserialize;
use std::time::Duration;

/// The section `patrol`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PatrolSettings {
    pub every_s: u32,
    pub at_once: usize,
    pub ffmpeg: String,
    pub timeout_s: u32,
    pub wall_frames: usize,
    pub wall_bytes: usize,
    pub frozen_s: u32,
    pub evidence_days: u32,
}

impl Default for PatrolSettings {
    fn default() -> Self {
        Self {
            every_s: 2,
            at_once: 2,
            ffmpeg: "ffmpeg".into(),
            timeout_s: 10,
            wall_frames: 20,
            wall_bytes: 2 << 20,
            frozen_s: 30,
            evidence_days: 1_096,
        }
    }
}

impl PatrolSettings {
    pub(crate) fn every_ms(&self) -> i64 {
        i64::from(self.every_s) * 1_000
    }

    pub(crate) fn timeout(&self) -> Duration {
        Duration::from_secs(self.timeout_s.into())
    }
}
