//! What is wrong with the program itself, judged from how it is: limits with hysteresis, so that nothing flutters.

use crate::condition::{Condition, Database};
use serde::{Deserialize, Serialize};
use std::{collections::BTreeSet, time::Duration};

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
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Alarm {
    DatabaseAway,
    DiskLow,
    FollowerBehind,
    InodesLow,
    OutboxBehind,
}

impl Alarm {
    pub const ALL: [Self; 5] =
        [Self::DatabaseAway, Self::DiskLow, Self::FollowerBehind, Self::InodesLow, Self::OutboxBehind];

    pub fn name(self) -> &'static str {
        match self {
            Self::DatabaseAway => "database_away",
            Self::DiskLow => "disk_low",
            Self::FollowerBehind => "follower_behind",
            Self::InodesLow => "inodes_low",
            Self::OutboxBehind => "outbox_behind",
        }
    }

    /// None: this look cannot tell.
    fn grade(self, condition: &Condition, limits: &ConditionSettings) -> Option<Grade> {
        match self {
            Self::DatabaseAway if condition.database == Database::Away => Some(Grade::Bad),
            Self::DatabaseAway => Some(Grade::Good),
            Self::DiskLow => condition.free_bytes.map(|free| at_least(free, limits.free_bytes)),
            Self::InodesLow => condition.free_inodes.map(|free| at_least(free, limits.free_inodes)),
            Self::FollowerBehind => {
                let slowest = condition.followers_behind.values().copied().max().unwrap_or(0);
                Some(at_most(slowest, limits.follower_behind_events))
            }
            Self::OutboxBehind => condition.outbox_behind_rows.map(|rows| at_most(rows, limits.outbox_behind_rows)),
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Grade {
    Bad,
    /// Within the limit, but not by the quarter that ends an alarm.
    Near,
    Good,
}

fn at_least(value: u64, limit: u64) -> Grade {
    match value {
        _ if value < limit => Grade::Bad,
        _ if value < limit.saturating_add(limit / 4) => Grade::Near,
        _ => Grade::Good,
    }
}

fn at_most(value: u64, limit: u64) -> Grade {
    match value {
        _ if limit == 0 || value <= limit - limit / 4 => Grade::Good,
        _ if value <= limit => Grade::Near,
        _ => Grade::Bad,
    }
}

/// Remembers what stands and since when it is about to turn.
#[derive(Debug, Default)]
pub struct Judge {
    standing: BTreeSet<Alarm>,
    turning: [Option<Duration>; Alarm::ALL.len()],
}

impl Judge {
    pub fn standing(&self) -> &BTreeSet<Alarm> {
        &self.standing
    }

    /// The alarms that begin or end with this look; `now` is any clock that only goes forward.
    pub fn look(&mut self, condition: &Condition, limits: &ConditionSettings, now: Duration) -> Vec<Alarm> {
        let mut turned = Vec::new();
        for (alarm, turning) in Alarm::ALL.into_iter().zip(&mut self.turning) {
            let stands = self.standing.contains(&alarm);
            let (other, after_s) =
                if stands { (Grade::Good, limits.clear_after_s) } else { (Grade::Bad, limits.raise_after_s) };
            if alarm.grade(condition, limits) != Some(other) {
                *turning = None;
                continue;
            }
            let since = *turning.get_or_insert(now);
            if now.saturating_sub(since) < Duration::from_secs(after_s) {
                continue;
            }
            *turning = None;
            if stands {
                self.standing.remove(&alarm);
            } else {
                self.standing.insert(alarm);
            }
            turned.push(alarm);
        }
        turned
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::SocketAddr;

    fn well() -> Condition {
        Condition {
            ready: true,
            rtmp: SocketAddr::from(([127, 0, 0, 1], 1935)),
            database: Database::Ok,
            log_position: 1,
            outbox_behind_rows: Some(0),
            followers_behind: [("metrics", 0), ("danmaku", 0)].into(),
            free_bytes: Some(u64::MAX),
            free_inodes: Some(u64::MAX),
            alarms: BTreeSet::new(),
        }
    }

    /// One look every 5 s; says the second and the alarm that began (+) or ended (-).
    fn check(looks: &[(u64, Condition)]) -> String {
        let (mut judge, mut now, mut said) = (Judge::default(), 0, Vec::new());
        for (times, condition) in looks {
            for _ in 0..*times {
                for alarm in judge.look(condition, &ConditionSettings::default(), Duration::from_secs(now)) {
                    let sign = if judge.standing().contains(&alarm) { '+' } else { '-' };
                    said.push(format!("{now}{sign}{}", alarm.name()));
                }
                now += 5;
            }
        }
        said.join(" ")
    }

    fn free(bytes: u64) -> Condition {
        Condition { free_bytes: Some(bytes), ..well() }
    }

    #[test]
    fn it_begins_after_a_while_of_bad_and_ends_after_a_while_of_good() {
        assert_eq!(check(&[(2, well()), (10, free(1 << 30)), (20, well())]), "25+disk_low 120-disk_low");
    }

    #[test]
    fn what_is_bad_for_a_moment_is_no_alarm() {
        assert_eq!(check(&[(3, free(0)), (1, well()), (3, free(0)), (9, well())]), "");
    }

    #[test]
    fn at_the_limit_nothing_flutters() {
        let near = free((2 << 30) + 1);
        assert_eq!(check(&[(9, near.clone())]), "");
        assert_eq!(check(&[(4, free(0)), (100, near)]), "15+disk_low");
    }

    #[test]
    fn what_a_look_cannot_tell_changes_nothing() {
        let away = Condition { database: Database::Away, outbox_behind_rows: None, ..well() };
        let behind = Condition { outbox_behind_rows: Some(2_000), ..well() };
        assert_eq!(check(&[(4, behind), (50, away)]), "15+outbox_behind 35+database_away");
    }

    #[test]
    fn every_alarm_can_ring_and_can_be_switched_off_but_the_databases() {
        let bad = Condition {
            database: Database::Away,
            outbox_behind_rows: Some(u64::MAX),
            followers_behind: [("metrics", 0), ("danmaku", u64::MAX)].into(),
            free_bytes: Some(0),
            free_inodes: Some(0),
            ..well()
        };
        let now = ConditionSettings { raise_after_s: 0, ..ConditionSettings::default() };
        let mut judge = Judge::default();
        assert_eq!(judge.look(&bad, &now, Duration::ZERO), Alarm::ALL);
        let off = ConditionSettings {
            free_bytes: 0,
            free_inodes: 0,
            follower_behind_events: 0,
            outbox_behind_rows: 0,
            ..now
        };
        assert_eq!(Judge::default().look(&bad, &off, Duration::ZERO), [Alarm::DatabaseAway]);
        for alarm in Alarm::ALL {
            assert_eq!(serde_json::json!(alarm), alarm.name());
        }
    }
}
