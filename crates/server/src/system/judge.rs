//! What is wrong with the program itself, judged from how it is: limits with hysteresis, so that nothing flutters.

use super::{
    condition::Condition,
    kinds::{Grade, KINDS, Kind},
    settings::ConditionSettings,
};
use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

/// Remembers what stands and since when it is about to turn.
#[derive(Debug, Default)]
pub struct Judge {
    standing: BTreeSet<&'static str>,
    turning: BTreeMap<&'static str, Duration>,
}

impl Judge {
    /// Goes on with what stood when the program ended.
    pub fn with(standing: impl IntoIterator<Item = &'static str>) -> Self {
        Self { standing: standing.into_iter().collect(), turning: BTreeMap::new() }
    }

    pub fn stands(&self, kind: &Kind) -> bool {
        self.standing.contains(kind.name)
    }

    /// The alarms that begin or end with this look; `now` is any clock that only goes forward.
    pub fn look(&mut self, condition: &Condition, limits: &ConditionSettings, now: Duration) -> Vec<&'static Kind> {
        let mut turned = Vec::new();
        for kind in KINDS {
            let stands = self.stands(kind);
            let (other, after_s) =
                if stands { (Grade::Good, limits.clear_after_s) } else { (Grade::Bad, limits.raise_after_s) };
            if kind.grade(condition, limits) != Some(other) {
                self.turning.remove(kind.name);
                continue;
            }
            let since = *self.turning.entry(kind.name).or_insert(now);
            if now.saturating_sub(since) < Duration::from_secs(after_s) {
                continue;
            }
            self.turning.remove(kind.name);
            if stands {
                self.standing.remove(kind.name);
            } else {
                self.standing.insert(kind.name);
            }
            turned.push(kind);
        }
        turned
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::system::{condition::Database, lately::Lately};
    use feed::Backlog;

    fn well() -> Condition {
        Condition {
            database: Database::Ok,
            log_position: 1,
            outbox_behind_rows: Some(0),
            followers_behind: [("metrics", 0), ("danmaku", 0)].into(),
            free_bytes: Some(u64::MAX),
            free_inodes: Some(u64::MAX),
            backup_age_h: Some(0),
            audit_broken: Some(0),
            ledger_broken: Some(0),
            lately: Lately { webhooks: Some(Backlog::default()), ..Lately::default() },
            alarms: BTreeSet::new(),
        }
    }

    /// One look every 5 s; says the second and the alarm that began (+) or ended (-).
    fn check(looks: &[(u64, Condition)]) -> String {
        let (mut judge, mut now, mut said) = (Judge::default(), 0, Vec::new());
        for (times, condition) in looks {
            for _ in 0..*times {
                for kind in judge.look(condition, &ConditionSettings::default(), Duration::from_secs(now)) {
                    let sign = if judge.stands(kind) { '+' } else { '-' };
                    said.push(format!("{now}{sign}{}", kind.name));
                }
                now += 5;
            }
        }
        said.join(" ")
    }

    fn names(turned: Vec<&'static Kind>) -> Vec<&'static str> {
        turned.into_iter().map(|kind| kind.name).collect()
    }

    fn free(bytes: u64) -> Condition {
        Condition { free_bytes: Some(bytes), ..well() }
    }

    fn dead(dead: u64) -> Condition {
        Condition { lately: Lately { webhooks: Some(Backlog { behind: 0, dead }), ..Lately::default() }, ..well() }
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
    fn one_dead_letter_rings_until_there_is_none() {
        assert_eq!(check(&[(4, dead(1)), (20, dead(2)), (13, dead(0))]), "15+webhook_dead 180-webhook_dead");
    }

    #[test]
    fn what_a_look_cannot_tell_changes_nothing() {
        let away = Condition { database: Database::Away, outbox_behind_rows: None, ..well() };
        let behind = Condition { outbox_behind_rows: Some(2_000), ..well() };
        assert_eq!(check(&[(4, behind), (50, away)]), "15+outbox_behind 35+database_away");
    }

    #[test]
    fn what_stood_before_a_restart_ends_without_beginning_again() {
        let limits = ConditionSettings { raise_after_s: 0, clear_after_s: 0, ..ConditionSettings::default() };
        let mut judge = Judge::with(["disk_low"]);
        assert_eq!(names(judge.look(&free(0), &limits, Duration::ZERO)), [""; 0]);
        assert_eq!(names(judge.look(&well(), &limits, Duration::ZERO)), ["disk_low"]);
        assert!(judge.standing.is_empty());
    }

    #[test]
    fn every_alarm_can_ring_and_every_limit_can_be_switched_off() {
        let bad = Condition {
            database: Database::Away,
            outbox_behind_rows: Some(u64::MAX),
            followers_behind: [("metrics", 0), ("danmaku", u64::MAX)].into(),
            free_bytes: Some(0),
            free_inodes: Some(0),
            backup_age_h: Some(u64::MAX),
            audit_broken: Some(1),
            ledger_broken: Some(1),
            lately: Lately {
                lost: u64::MAX,
                failed_commits: 1,
                audit_failures: 1,
                log_write_ms: u64::MAX,
                clock_jump_ms: u64::MAX,
                webhooks: Some(Backlog { behind: u64::MAX, dead: u64::MAX }),
            },
            ..well()
        };
        let now = ConditionSettings { raise_after_s: 0, ..ConditionSettings::default() };
        let all: Vec<&str> = KINDS.iter().map(|kind| kind.name).collect();
        assert_eq!(names(Judge::default().look(&bad, &now, Duration::ZERO)), all);
        assert!(all.is_sorted());
        let off = ConditionSettings {
            free_bytes: 0,
            free_inodes: 0,
            follower_behind_events: 0,
            outbox_behind_rows: 0,
            log_write_ms: 0,
            lost_per_min: 0,
            webhook_behind_events: 0,
            webhook_dead_letters: 0,
            clock_jump_ms: 0,
            backup_age_h: 0,
            ..now
        };
        let stay: Vec<&str> = KINDS.iter().filter(|kind| kind.key.is_none()).map(|kind| kind.name).collect();
        assert_eq!(names(Judge::default().look(&bad, &off, Duration::ZERO)), stay);
    }

    #[test]
    fn a_kind_names_a_setting_that_there_is() {
        let settings = format!("{:#?}", ConditionSettings::default());
        for kind in KINDS {
            let key = kind.key.map(|key| key.strip_prefix("condition.").expect("its section"));
            assert!(key.is_none_or(|key| settings.contains(&format!("    {key}: "))), "{}", kind.name);
        }
    }
}
