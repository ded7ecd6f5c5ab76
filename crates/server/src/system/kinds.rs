//! Everything that can be wrong, one line each: what is looked at, and which setting says how much of it is too much.

use super::{
    condition::{Condition, Database},
    settings::ConditionSettings,
};

/// A kind of alarm. Numbers are whole, in the unit.
#[derive(Debug, Clone, Copy)]
pub struct Kind {
    pub name: &'static str,
    /// The setting, as in the file; none where there is nothing to choose.
    pub key: Option<&'static str>,
    pub unit: Measure,
    pub sense: Sense,
    /// None: this look cannot tell.
    pub value: fn(&Condition) -> Option<u64>,
    pub limit: fn(&ConditionSettings) -> u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = SystemUnit)]
pub enum Measure {
    Bytes,
    Files,
    Events,
    Rows,
    Count,
    Ms,
    Hours,
    /// 1: it is so.
    Yes,
}

/// When a value is bad.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sense {
    Below,
    Above,
    /// From the limit on.
    From,
}

use Measure::{Bytes, Count, Events, Files, Hours, Ms, Rows, Yes};
use Sense::{Above, Below, From};

const ONCE: fn(&ConditionSettings) -> u64 = |_| 1;

#[rustfmt::skip]
pub const KINDS: &[Kind] = &[
    kind("audit_broken", None, Yes, From, |seen| seen.audit_broken, ONCE),
    kind("audit_unwritten", None, Count, From, |seen| Some(seen.lately.audit_failures), ONCE),
    kind("backup_old", Some("condition.backup_age_h"), Hours, Above, |seen| seen.backup_age_h, |limits| limits.backup_age_h),
    kind("clock_jumped", Some("condition.clock_jump_ms"), Ms, From, |seen| Some(seen.lately.clock_jump_ms), |limits| limits.clock_jump_ms),
    kind("database_away", None, Yes, From, |seen| Some(u64::from(seen.database == Database::Away)), ONCE),
    kind("disk_low", Some("condition.free_bytes"), Bytes, Below, |seen| seen.free_bytes, |limits| limits.free_bytes),
    kind("events_lost", Some("condition.lost_per_min"), Events, From, |seen| Some(seen.lately.lost), |limits| limits.lost_per_min),
    kind("follower_behind", Some("condition.follower_behind_events"), Events, Above, |seen| Some(seen.slowest_follower()), |limits| limits.follower_behind_events),
    kind("inodes_low", Some("condition.free_inodes"), Files, Below, |seen| seen.free_inodes, |limits| limits.free_inodes),
    kind("ledger_broken", None, Yes, From, |seen| seen.ledger_broken, ONCE),
    kind("log_failing", None, Count, From, |seen| Some(seen.lately.failed_commits), ONCE),
    kind("log_slow", Some("condition.log_write_ms"), Ms, From, |seen| Some(seen.lately.log_write_ms), |limits| limits.log_write_ms),
    kind("outbox_behind", Some("condition.outbox_behind_rows"), Rows, Above, |seen| seen.outbox_behind_rows, |limits| limits.outbox_behind_rows),
    kind("webhook_behind", Some("condition.webhook_behind_events"), Events, Above, |seen| Some(seen.lately.webhooks?.behind), |limits| limits.webhook_behind_events),
    kind("webhook_dead", Some("condition.webhook_dead_letters"), Count, From, |seen| Some(seen.lately.webhooks?.dead), |limits| limits.webhook_dead_letters),
];

const fn kind(
    name: &'static str,
    key: Option<&'static str>,
    unit: Measure,
    sense: Sense,
    value: fn(&Condition) -> Option<u64>,
    limit: fn(&ConditionSettings) -> u64,
) -> Kind {
    Kind { name, key, unit, sense, value, limit }
}

/// The kind of that name, if this program knows it.
pub fn named(name: &str) -> Option<&'static Kind> {
    KINDS.iter().find(|kind| kind.name == name)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Grade {
    Bad,
    /// Within the limit, but not by the quarter that ends an alarm.
    Near,
    Good,
}

impl Kind {
    pub fn grade(&self, condition: &Condition, limits: &ConditionSettings) -> Option<Grade> {
        let limit = (self.limit)(limits);
        if limit == 0 {
            return Some(Grade::Good);
        }
        let value = (self.value)(condition)?;
        let (bad, good) = match self.sense {
            Below => (value < limit, value >= limit.saturating_add(limit / 4)),
            Above => (value > limit, value <= limit - limit / 4),
            From => (value >= limit, value < limit - limit / 4),
        };
        Some(match (bad, good) {
            (true, _) => Grade::Bad,
            (_, true) => Grade::Good,
            _ => Grade::Near,
        })
    }
}
