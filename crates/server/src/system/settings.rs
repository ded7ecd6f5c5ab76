//! What of it an operator decides.

use serde::Deserialize;

/// The section `condition`. A limit of 0 is none.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConditionSettings {
    pub look_ms: u64,
    pub raise_after_s: u64,
    pub clear_after_s: u64,
    pub free_bytes: u64,
    pub free_inodes: u64,
    pub follower_behind_events: u64,
    pub outbox_behind_rows: u64,
    pub log_write_ms: u64,
    pub lost_per_min: u64,
    pub webhook_behind_events: u64,
    pub webhook_dead_letters: u64,
    pub clock_jump_ms: u64,
    pub backup_age_h: u64,
    pub audit_every_s: u64,
    pub keep_days: u32,
}

impl Default for ConditionSettings {
    fn default() -> Self {
        Self {
            look_ms: 5_000,
            raise_after_s: 15,
            clear_after_s: 60,
            free_bytes: 2 << 30,
            free_inodes: 10_000,
            follower_behind_events: 10_000,
            outbox_behind_rows: 1_000,
            log_write_ms: 1_000,
            lost_per_min: 10,
            webhook_behind_events: 10_000,
            webhook_dead_letters: 1,
            clock_jump_ms: 2_000,
            backup_age_h: 48,
            audit_every_s: 21_600,
            keep_days: 180,
        }
    }
}
