//! How far a room's shows reach 曝光权重, in thousandths, and why. Pure.

use events::{Millis, RoomId};

/// Nothing weighs on it.
pub const FULL_MILLI: u32 = 1_000;
/// Of whoever was no good example lately, and of whoever was a bad one.
const WATCHED_MILLI: u32 = 700;
const RESTRICTED_MILLI: u32 = 300;
/// Of a room that is cut from traffic 限流: a tenth.
const CUT_MILLI: u32 = 100;

/// What a score says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Band {
    Good,
    Watch,
    Restricted,
}

/// What bears on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// The safety score 内容安全分, from 0 to 100.
    Score { score: u32, band: Band },
    /// A sanction cut it from traffic. Without a time it has no end.
    Cut { until: Option<Millis> },
}

impl Reason {
    /// By what it multiplies, in thousandths.
    pub fn milli(self) -> u32 {
        match self {
            Self::Score { band: Band::Good, .. } => FULL_MILLI,
            Self::Score { band: Band::Watch, .. } => WATCHED_MILLI,
            Self::Score { band: Band::Restricted, .. } => RESTRICTED_MILLI,
            Self::Cut { .. } => CUT_MILLI,
        }
    }
}

/// All reasons together.
pub fn reach_milli(reasons: &[Reason]) -> u32 {
    reasons.iter().fold(FULL_MILLI, |reach, reason| reach * reason.milli() / FULL_MILLI)
}

/// Where a show stands among others: those who watch it, by how far it reaches. Somebody is counted with them, so that also of two that nobody
/// watches yet the better one comes first.
pub fn rank(viewers: u32, reach_milli: u32) -> u64 {
    (u64::from(viewers) + 1) * u64::from(reach_milli)
}

/// The first ones, by rank, then by their ids: `ranked` comes by what rank each can have at most, the highest first, and `settle` is asked what
/// it has only as far as that can matter.
pub async fn first<F: Future<Output = anyhow::Result<u64>>>(
    ranked: Vec<(u64, RoomId)>,
    most: usize,
    mut settle: impl FnMut(RoomId) -> F,
) -> anyhow::Result<Vec<RoomId>> {
    let by_rank = |one: &(u64, RoomId), other: &(u64, RoomId)| other.0.cmp(&one.0).then(one.1.cmp(&other.1));
    let mut settled: Vec<(u64, RoomId)> = Vec::new();
    for (at_most, room) in ranked {
        // Whoever comes behind has no more than this one.
        if settled.len() >= most && settled.last().is_none_or(|last| last.0 > at_most) {
            break;
        }
        let one = (settle(room).await?, room);
        settled.insert(settled.partition_point(|other| by_rank(other, &one).is_lt()), one);
        settled.truncate(most);
    }
    Ok(settled.into_iter().map(|(_, room)| room).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::Cell;

    const fn score(band: Band) -> Reason {
        Reason::Score { score: 0, band }
    }

    #[test]
    fn reasons_multiply() {
        let cut = Reason::Cut { until: None };
        let reach = |reasons: &[Reason]| reach_milli(reasons);
        assert_eq!((reach(&[]), reach(&[score(Band::Good)])), (1_000, 1_000));
        assert_eq!((reach(&[score(Band::Watch)]), reach(&[score(Band::Restricted)])), (700, 300));
        assert_eq!((reach(&[cut]), reach(&[score(Band::Watch), cut])), (100, 70));
        assert_eq!(reach(&[score(Band::Restricted), cut, cut]), 3);
    }

    #[test]
    fn a_cut_moves_traffic() {
        assert!(rank(0, 1_000) > rank(0, 100));
        assert!(rank(9, 100) == rank(0, 1_000) && rank(10, 100) > rank(0, 1_000), "ten times as many outweigh it");
        assert!(rank(u32::MAX, 1_000) > rank(u32::MAX, 999));
    }

    #[tokio::test]
    async fn the_first_are_the_same_as_of_all_and_the_rest_is_not_asked() {
        let rooms: Vec<RoomId> = (0..60).map(|_| RoomId::new()).collect();
        // Of some a third is left.
        let rank_of = |room: RoomId| {
            let at = rooms.iter().position(|one| *one == room).expect("one of them") as u64;
            (100 - at / 2) * if at.is_multiple_of(4) { 300 } else { 1_000 }
        };
        let ranked =
            rooms.iter().enumerate().map(|(at, room)| ((100 - at as u64 / 2) * 1_000, *room)).collect::<Vec<_>>();
        let mut all: Vec<RoomId> = rooms.clone();
        all.sort_by_key(|room| (std::cmp::Reverse(rank_of(*room)), *room));
        for most in [0, 1, 7, 60, 99] {
            let asked = Cell::new(0);
            let found = first(ranked.clone(), most, |room| {
                asked.set(asked.get() + 1);
                std::future::ready(Ok(rank_of(room)))
            });
            let found = found.await.expect("ranks");
            assert_eq!(found, all.iter().copied().take(most).collect::<Vec<_>>(), "{most}");
            assert!(most >= 60 || asked.get() < 20 + most, "{most}: {} asked", asked.get());
        }
    }
}
