//! The ladder of sanctions 处罚阶梯: what follows the first time somebody breaks a clause, the second, the third.

use events::{Millis, SanctionKind};

/// So long ago, and it is forgotten.
pub const LOOKED_BACK_MS: i64 = 30 * DAY_MS;

const MINUTE_MS: i64 = 60_000;
const HOUR_MS: i64 = 60 * MINUTE_MS;
const DAY_MS: i64 = 24 * HOUR_MS;

/// What one step does, and for how long. No length: it has none, or no end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step {
    pub kind: SanctionKind,
    pub length_ms: Option<i64>,
}

impl Step {
    pub fn until(self, from: Millis) -> Option<Millis> {
        self.length_ms.map(|length| from.plus_ms(length))
    }
}

const WARN: Step = Step { kind: SanctionKind::Warn, length_ms: None };
const BAN_FOR_EVER: Step = Step { kind: SanctionKind::Ban, length_ms: None };

const fn mute(length_ms: i64) -> Step {
    Step { kind: SanctionKind::Mute, length_ms: Some(length_ms) }
}

const fn ban(length_ms: i64) -> Step {
    Step { kind: SanctionKind::Ban, length_ms: Some(length_ms) }
}

/// A nuisance.
const MILD: &[Step] = &[WARN, mute(10 * MINUTE_MS), mute(HOUR_MS), mute(DAY_MS), ban(7 * DAY_MS)];
/// Somebody is hurt or misled.
const USUAL: &[Step] = &[WARN, mute(10 * MINUTE_MS), mute(DAY_MS), ban(7 * DAY_MS), ban(30 * DAY_MS)];
/// The law forbids it, and someone may lose money or peace.
const GRAVE: &[Step] = &[mute(DAY_MS), ban(7 * DAY_MS), ban(30 * DAY_MS), BAN_FOR_EVER];
/// Nobody is warned of this.
const GRAVEST: &[Step] = &[ban(30 * DAY_MS), BAN_FOR_EVER];

/// Clause by clause. Who did it oftener stays on the last step.
pub const LADDER: &[(&str, &[Step])] = &[
    ("abuse", USUAL),
    ("sexual", GRAVE),
    ("gambling", GRAVE),
    ("fraud", GRAVE),
    ("contact", USUAL),
    ("claim", MILD),
    ("medical", USUAL),
    ("financial", USUAL),
    ("politics", GRAVEST),
    ("spam", MILD),
    ("minors", GRAVEST),
    ("privacy", GRAVE),
    ("own", MILD),
];

/// The steps of a clause; none where there is no such clause.
pub fn steps(clause: &str) -> Option<&'static [Step]> {
    LADDER.iter().find(|(code, _)| *code == clause).map(|(_, steps)| *steps)
}

/// What follows when somebody broke the clause `strikes` times lately, and did it again.
pub fn next(clause: &str, strikes: u64) -> Option<Step> {
    let steps = steps(clause)?;
    let at = usize::try_from(strikes).unwrap_or(usize::MAX).min(steps.len().saturating_sub(1));
    steps.get(at).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_time_is_graver_and_the_last_step_stays() {
        let kinds =
            |clause| (0..7).filter_map(|strikes| next(clause, strikes)).map(|step| step.kind).collect::<Vec<_>>();
        use SanctionKind::{Ban, Mute, Warn};
        assert_eq!(kinds("contact"), [Warn, Mute, Mute, Ban, Ban, Ban, Ban]);
        assert_eq!(kinds("politics"), [Ban; 7]);
        assert_eq!(next("contact", 1).and_then(|step| step.until(Millis(5))), Some(Millis(600_005)));
        assert_eq!(next("fraud", u64::MAX), Some(BAN_FOR_EVER));
        assert_eq!(next("nothing", 0), None);
    }
}
