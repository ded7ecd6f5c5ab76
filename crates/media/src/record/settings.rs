//! Settings of recording, section `record` of the configuration file.

use super::rules::Rule;
use serde::Deserialize;

/// All have defaults; an unknown key is refused.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RecordSettings {
    /// Whether shows of rooms without a rule of their own are recorded.
    pub enabled: bool,
    /// How long a recording of such a room is kept. 0: for ever.
    pub keep_days: u32,
    /// Most bytes of recordings of one such room. 0: no limit.
    pub room_bytes: u64,
    /// Most bytes of all recordings together. 0: no limit.
    pub total_bytes: u64,
    /// How long clips are kept. 0: for ever.
    pub keep_clips_days: u32,
    /// Nothing is recorded or cut while less than this is free on the disk.
    pub keep_free_bytes: u64,
    /// A recording's files begin anew after so many bytes: the beginning of a running show is removed in steps of this.
    pub chunk_bytes: u64,
    /// A thumbnail of a recorded show every so often. 0: none.
    pub thumbnail_s: u32,
    /// How often the rules are applied.
    pub sweep_s: u32,
}

impl Default for RecordSettings {
    fn default() -> Self {
        Self {
            enabled: true,
            keep_days: 30,
            room_bytes: 0,
            total_bytes: 0,
            keep_clips_days: 0,
            keep_free_bytes: 1 << 30,
            chunk_bytes: 64 << 20,
            thumbnail_s: 10,
            sweep_s: 60,
        }
    }
}

impl RecordSettings {
    pub(crate) fn rule(&self) -> Rule {
        Rule { enabled: self.enabled, keep_days: self.keep_days, keep_bytes: self.room_bytes }
    }
}
