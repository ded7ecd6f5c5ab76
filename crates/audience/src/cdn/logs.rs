//! What a show's CDN logs cover: times, and whether somebody said that they are all there is. Pure.

use crate::audit::rules::Logged;
use events::Millis;

/// Logs of two hours meet when their lines are this close.
const SEAM_MS: i64 = 120_000;
/// At its ends an entry may have been there without fetching.
const MARGIN_MS: i64 = 30_000;

/// All logs of one show together.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Logs {
    /// Sorted and apart.
    spans: Vec<(Millis, Millis)>,
    complete: bool,
    segment_ms: Option<u32>,
}

impl Logs {
    /// Of every log: its first and last line, whether with it they are complete, how long a segment is by it.
    pub(crate) fn new(logs: impl IntoIterator<Item = (Millis, Millis, bool, Option<u32>)>) -> Self {
        let mut all = Self::default();
        let mut spans = Vec::new();
        for (from, to, complete, segment_ms) in logs {
            spans.push((from, to));
            all.complete |= complete;
            all.segment_ms = all.segment_ms.max(segment_ms);
        }
        spans.sort_unstable();
        for (from, to) in spans {
            match all.spans.last_mut() {
                Some((_, end)) if from.since(*end) <= SEAM_MS => *end = to.max(*end),
                _ => all.spans.push((from, to)),
            }
        }
        all
    }

    /// What they are worth for an entry that was there from `from` to `to`.
    pub(crate) fn of(&self, from: Millis, to: Millis) -> Logged {
        let margin_ms = MARGIN_MS.min(to.since(from).max(0) / 2);
        let (from, to) = (from.plus_ms(margin_ms), to.plus_ms(-margin_ms));
        let covers = self.spans.iter().any(|(begin, end)| *begin <= from && to <= *end);
        Logged { complete: self.complete && covers, segment_ms: self.segment_ms }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn logs_that_meet_cover_and_what_lies_between_others_is_missing() {
        let hour =
            |n: i64, complete| (Millis(n * 3_600_000 + 9_000), Millis((n + 1) * 3_600_000 - 7_000), complete, None);
        let covers =
            |logs: &Logs, from_s: i64, to_s: i64| logs.of(Millis(from_s * 1_000), Millis(to_s * 1_000)).complete;
        let logs = Logs::new([hour(1, false), hour(0, true), hour(3, false)]);
        assert!(covers(&logs, 0, 7_200) && covers(&logs, 7_190, 7_195), "their ends are within the margin");
        assert!(!covers(&logs, 7_000, 8_000) && covers(&logs, 11_000, 14_000));
        assert!(!covers(&Logs::new([hour(0, false)]), 100, 200), "nobody said so");
        assert!(!covers(&Logs::default(), 0, 1));
    }
}
