//! The published formula. Pure: faults and a moment come in, a score with its reasons comes out.

use crate::day::DAY_MS;
use events::{BroadcastId, Millis, RoomId, SanctionKind};
use serde::Serialize;
use utoipa::ToSchema;

const FULL_MILLI: u64 = 100_000;
pub const HALF_LIFE_DAYS: u32 = 30;
pub const FORGOTTEN_DAYS: u32 = 180;
/// What a show that went on air against obstacles takes.
const TOLD_MILLI: u32 = 1_000;
/// Of a thousand danmaku this many may be rejected.
const TOLERATED: u64 = 20;
/// A day's few danmaku say little about a room.
const FEWEST: u64 = 1_000;
/// What every rejected danmaku of a thousand beyond that takes, and a day at most.
const REJECT_MILLI: u64 = 250;
const DAY_MOST_MILLI: u64 = 5_000;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum FaultKind {
    /// The room was sanctioned 处罚, a cut show among it.
    Sanction,
    /// A day with more rejected danmaku than tolerated.
    Rejects,
    /// A show began though its people were told what was in its way.
    Told,
}

impl FaultKind {
    pub const ALL: [Self; 3] = [Self::Sanction, Self::Rejects, Self::Told];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Sanction => "sanction",
            Self::Rejects => "rejects",
            Self::Told => "told",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }

    /// What all faults of a kind take together at most.
    fn most_milli(self) -> u64 {
        match self {
            Self::Sanction => FULL_MILLI,
            Self::Rejects => 30_000,
            Self::Told => 15_000,
        }
    }
}

/// What took points.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    pub kind: FaultKind,
    /// Stable: `sanction:<id>`, `told:<broadcast>`, `rejects:<room>:<day>`.
    pub source: String,
    pub room: RoomId,
    pub broadcast: Option<BroadcastId>,
    /// Of the published clauses; empty where there is none.
    pub clause: String,
    pub points_milli: u32,
    pub at: Millis,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ScoreBand {
    /// 90 and more.
    Good,
    /// 70 to 89.
    Watch,
    /// Less.
    Restricted,
}

impl ScoreBand {
    fn of(points: u32) -> Self {
        match points {
            90.. => Self::Good,
            70..=89 => Self::Watch,
            _ => Self::Restricted,
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Score {
    /// 0 to 100.
    pub points: u32,
    pub band: ScoreBand,
    /// What still takes something, the most first, with what it takes.
    pub reasons: Vec<(Fault, u32)>,
}

/// What is left of a fault at a moment; nothing before it and when it is forgotten.
fn left_milli(fault: &Fault, at: Millis) -> u32 {
    let age_ms = at.0.saturating_sub(fault.at.0);
    if age_ms < 0 || age_ms >= i64::from(FORGOTTEN_DAYS) * DAY_MS {
        return 0;
    }
    let half_lives = age_ms as f64 / (f64::from(HALF_LIFE_DAYS) * DAY_MS as f64);
    (f64::from(fault.points_milli) * (-half_lives).exp2()).round() as u32
}

/// Every fault is rounded by itself and whole numbers are added, so that no order matters.
pub fn score(faults: &[Fault], at: Millis) -> Score {
    let mut reasons: Vec<(Fault, u32)> = faults.iter().map(|fault| (fault.clone(), left_milli(fault, at))).collect();
    reasons.retain(|(_, left)| *left > 0);
    reasons.sort_by(|(a, left), (b, right)| right.cmp(left).then_with(|| a.source.cmp(&b.source)));
    let taken = FaultKind::ALL.map(|kind| {
        let all: u64 = reasons.iter().filter(|(fault, _)| fault.kind == kind).map(|(_, left)| u64::from(*left)).sum();
        all.min(kind.most_milli())
    });
    let left = FULL_MILLI.saturating_sub(taken.iter().sum());
    let points = ((left + 500) / 1_000) as u32;
    Score { points, band: ScoreBand::of(points), reasons }
}

/// What a sanction on a room takes; none for what is not one.
pub fn sanction_milli(kind: SanctionKind, clause: &str) -> u32 {
    SANCTIONS.iter().find(|(of, _)| *of == kind).map_or(0, |(_, milli)| milli * severity(clause))
}

const SANCTIONS: [(SanctionKind, u32); 6] = [
    (SanctionKind::Warn, 3_000),
    (SanctionKind::Mute, 5_000),
    (SanctionKind::Kick, 5_000),
    (SanctionKind::Ban, 10_000),
    (SanctionKind::CutTraffic, 10_000),
    (SanctionKind::CutStream, 15_000),
];

const SEVERITIES: [(&str, u32); 8] = [
    ("politics", 3),
    ("minors", 3),
    ("fraud", 2),
    ("gambling", 2),
    ("sexual", 2),
    ("medical", 2),
    ("financial", 2),
    ("privacy", 2),
];

/// By what a clause multiplies; 1 where nothing is said.
fn severity(clause: &str) -> u32 {
    SEVERITIES.iter().find(|(of, _)| *of == clause).map_or(1, |(_, by)| *by)
}

pub fn told_milli() -> u32 {
    TOLD_MILLI
}

/// What a day's rejected danmaku take.
pub fn rejects_milli(rejected: u64, sent: u64) -> u32 {
    let sent = sent.max(rejected).max(FEWEST);
    let beyond = (rejected.saturating_mul(1_000)).saturating_sub(sent.saturating_mul(TOLERATED));
    (beyond.saturating_mul(REJECT_MILLI) / sent).min(DAY_MOST_MILLI) as u32
}

/// The formula as data. Points are in thousandths.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ScoreFormula)]
pub struct Formula {
    full: u32,
    half_life_days: u32,
    /// What is older takes nothing.
    forgotten_days: u32,
    sanctions: Vec<SanctionWeight>,
    severities: Vec<ClauseWeight>,
    rejects: RejectWeight,
    /// What a show that went on air against obstacles takes.
    told_milli: u32,
    /// What all faults of a kind take together at most.
    most: Vec<KindMost>,
    bands: Vec<BandFrom>,
}

#[derive(Debug, Serialize, ToSchema)]
struct SanctionWeight {
    /// `warn`, `mute`, `kick`, `ban` or `cut_stream`.
    #[schema(value_type = String)]
    kind: SanctionKind,
    points_milli: u32,
}

#[derive(Debug, Serialize, ToSchema)]
struct ClauseWeight {
    clause: &'static str,
    /// By what it multiplies; clauses that are not named: 1.
    by: u32,
}

#[derive(Debug, Serialize, ToSchema)]
struct RejectWeight {
    /// Of a thousand danmaku of a day.
    tolerated: u64,
    /// A day counts as having had so many at least.
    fewest: u64,
    /// For every one of a thousand beyond.
    points_milli: u64,
    day_most_milli: u64,
}

#[derive(Debug, Serialize, ToSchema)]
struct KindMost {
    kind: FaultKind,
    points_milli: u64,
}

#[derive(Debug, Serialize, ToSchema)]
struct BandFrom {
    band: ScoreBand,
    from: u32,
}

pub fn formula() -> Formula {
    Formula {
        full: 100,
        half_life_days: HALF_LIFE_DAYS,
        forgotten_days: FORGOTTEN_DAYS,
        sanctions: SANCTIONS.map(|(kind, points_milli)| SanctionWeight { kind, points_milli }).into(),
        severities: SEVERITIES.map(|(clause, by)| ClauseWeight { clause, by }).into(),
        rejects: RejectWeight {
            tolerated: TOLERATED,
            fewest: FEWEST,
            points_milli: REJECT_MILLI,
            day_most_milli: DAY_MOST_MILLI,
        },
        told_milli: TOLD_MILLI,
        most: FaultKind::ALL.map(|kind| KindMost { kind, points_milli: kind.most_milli() }).into(),
        bands: [(ScoreBand::Good, 90), (ScoreBand::Watch, 70), (ScoreBand::Restricted, 0)]
            .map(|(band, from)| BandFrom { band, from })
            .into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::{collection::vec, prelude::*};

    const NOW: Millis = Millis(1_800_000_000_000);

    fn fault(kind: FaultKind, source: String, points_milli: u32, age_days: i64) -> Fault {
        let at = NOW.plus_ms(-age_days * DAY_MS);
        Fault { kind, source, room: RoomId::default(), broadcast: None, clause: String::new(), points_milli, at }
    }

    fn points(faults: &[Fault]) -> u32 {
        score(faults, NOW).points
    }

    fn sanction(milli: u32, age_days: i64) -> Vec<Fault> {
        vec![fault(FaultKind::Sanction, "s".into(), milli, age_days)]
    }

    #[test]
    fn a_fault_halves_in_thirty_days_and_is_forgotten_after_180() {
        let at = |age_days| points(&sanction(40_000, age_days));
        assert_eq!([0, 30, 60, 179, 180].map(at), [60, 80, 90, 99, 100]);
        assert_eq!(at(-1), 100, "what is still to come takes nothing");
    }

    #[test]
    fn bands_begin_where_they_are_said_to() {
        let band = |milli| score(&sanction(milli, 0), NOW).band;
        assert_eq!(
            [10_000, 11_000, 30_000, 31_000].map(band),
            [ScoreBand::Good, ScoreBand::Watch, ScoreBand::Watch, ScoreBand::Restricted]
        );
    }

    #[test]
    fn a_clause_multiplies_a_sanction() {
        let taken = |kind, clause| sanction_milli(kind, clause);
        assert_eq!(taken(SanctionKind::Warn, "own"), 3_000);
        assert_eq!(taken(SanctionKind::CutStream, "minors"), 45_000);
    }

    #[test]
    fn rejected_danmaku_take_what_is_beyond_the_tolerated() {
        assert_eq!(rejects_milli(20, 1_000), 0);
        assert_eq!(rejects_milli(24, 1_000), 1_000);
        assert_eq!(rejects_milli(20, 5), 0, "few danmaku count as a thousand");
        assert_eq!(rejects_milli(400, 10_000), 5_000);
        assert_eq!(rejects_milli(u64::MAX, u64::MAX), 0, "what overflows is tolerated, and does not happen");
    }

    #[test]
    fn told_shows_alone_do_not_restrict_a_room() {
        let shows: Vec<Fault> =
            (0..400).map(|n| fault(FaultKind::Told, format!("told:{n}"), told_milli(), 0)).collect();
        assert_eq!(points(&shows), 85);
    }

    fn faults() -> impl Strategy<Value = Vec<Fault>> {
        let kinds = prop::sample::select(FaultKind::ALL.to_vec());
        vec((kinds, 0_u32..200_000, -10_i64..400), 0..40).prop_map(|faults| {
            let all = faults.into_iter().enumerate();
            all.map(|(n, (kind, milli, age))| fault(kind, format!("{n:03}"), milli, age)).collect()
        })
    }

    proptest! {
        #[test]
        fn it_stays_between_0_and_100(faults in faults(), at in any::<i64>()) {
            prop_assert!(score(&faults, Millis(at)).points <= 100);
            prop_assert!(points(&faults) <= 100);
        }

        #[test]
        fn another_fault_raises_no_score(faults in faults(), more in faults()) {
            let all: Vec<Fault> = faults.iter().chain(&more).cloned().collect();
            prop_assert!(points(&all) <= points(&faults));
        }

        #[test]
        fn order_does_not_matter(faults in faults(), turn in 0_usize..40) {
            let mut turned = faults.clone();
            turned.reverse();
            let by = turn.min(turned.len());
            turned.rotate_left(by);
            prop_assert_eq!(score(&turned, NOW), score(&faults, NOW));
        }

        #[test]
        fn time_alone_lowers_no_score(faults in faults(), days in 0_i64..200) {
            let past: Vec<Fault> = faults.into_iter().filter(|fault| fault.at <= NOW).collect();
            prop_assert!(score(&past, NOW.plus_ms(days * DAY_MS)).points >= points(&past));
        }
    }
}
