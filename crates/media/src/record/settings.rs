//! Settings of recording, section `record` of the configuration file.

use super::objects::address::{Address, Hidden};
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
    /// Whether viewers may watch the shows of such a room again.
    pub replays_public: bool,
    /// Most bytes of all recordings and clips together; recordings go. 0: no limit.
    pub total_bytes: u64,
    /// How long clips are kept. 0: for ever.
    pub keep_clips_days: u32,
    /// Most bytes of all clips; the oldest go. 0: no limit.
    pub clip_bytes: u64,
    /// Nothing is recorded or cut while less than this is free on the disk; the oldest complete recordings go before.
    pub keep_free_bytes: u64,
    /// A recording's files begin anew after so many bytes: the beginning of a running show is removed in steps of this.
    pub chunk_bytes: u64,
    /// A thumbnail of a recorded show every so often. 0: none.
    pub thumbnail_s: u32,
    /// How often the rules are applied.
    pub sweep_s: u32,
    /// Where recordings and clips go besides this disk.
    pub store: Address,
    /// Of the S3 service, if it is not Amazon's.
    pub store_endpoint: String,
    pub store_region: String,
    /// Empty: as the environment says (`AWS_ACCESS_KEY_ID` and its kin).
    pub store_access_key: String,
    pub store_secret_key: Hidden,
    /// The bucket is part of the host's name.
    pub store_virtual_host: bool,
    /// A request to the store that takes longer is given up, and made again later.
    pub store_timeout_s: u32,
    /// Media of a running show stays so long on this disk although the store has it: for whoever rewinds.
    pub keep_local_s: u32,
}

impl Default for RecordSettings {
    fn default() -> Self {
        Self {
            enabled: true,
            keep_days: 30,
            room_bytes: 0,
            replays_public: true,
            total_bytes: 0,
            keep_clips_days: 0,
            clip_bytes: 0,
            keep_free_bytes: 1 << 30,
            chunk_bytes: 64 << 20,
            thumbnail_s: 10,
            sweep_s: 60,
            store: Address::Nowhere,
            store_endpoint: String::new(),
            store_region: String::new(),
            store_access_key: String::new(),
            store_secret_key: Hidden::default(),
            store_virtual_host: false,
            store_timeout_s: 60,
            keep_local_s: 7_200,
        }
    }
}

impl RecordSettings {
    pub(crate) fn rule(&self) -> Rule {
        Rule {
            enabled: self.enabled,
            keep_days: self.keep_days,
            keep_bytes: self.room_bytes,
            replays_public: self.replays_public,
        }
    }
}
