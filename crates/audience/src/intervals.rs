//! Which stretches of a show a player has been sent: a few intervals of program date-time. Pure.
//!
//! The same stretch twice counts once, whether it came as a segment, as its parts, or as both. Only the last few stretches
//! are kept apart: beyond [`MOST`], the two nearest are taken as one, and the gap between them can never count as new again.

use events::Millis;

/// Stretches kept apart. A player has one; one that skips has two or three.
const MOST: usize = 6;
/// Arrival times of neighbouring segments and parts jitter by about this much; what lies between counts as sent.
const SEAM_MS: i64 = 150;

/// How far apart two neighbours of a file of `duration_ms` may lie: never as far as one that was left out.
pub(crate) fn seam_ms(duration_ms: u32) -> i64 {
    SEAM_MS.min(i64::from(duration_ms) * 3 / 4)
}

/// Sorted, disjoint, at most [`MOST`].
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Intervals {
    spans: [(i64, i64); MOST],
    count: u8,
}

impl Intervals {
    /// Adds `[from, from + duration)` and says how many milliseconds of it are new. What is at most `seam_ms` away is joined,
    /// and the gap counts.
    pub(crate) fn add(&mut self, from: Millis, duration_ms: u32, seam_ms: i64) -> i64 {
        let (mut from, mut to) = (from.0, from.0.saturating_add(i64::from(duration_ms)));
        // What was sent already is worth nothing, not even a seam that a longer file bridges.
        if from >= to || self.spans().iter().any(|&(begins, ends)| begins <= from && to <= ends) {
            return 0;
        }
        let mut kept = [(0, 0); MOST + 1];
        let (mut count, mut covered_ms) = (0, 0);
        for &(begins, ends) in self.spans() {
            if ends.saturating_add(seam_ms) < from || to.saturating_add(seam_ms) < begins {
                put(&mut kept, &mut count, (begins, ends));
            } else {
                covered_ms = ends.saturating_sub(begins).saturating_add(covered_ms);
                (from, to) = (from.min(begins), to.max(ends));
            }
        }
        put(&mut kept, &mut count, (from, to));
        let new_ms = to.saturating_sub(from).saturating_sub(covered_ms).max(0);
        if let Some(used) = kept.get_mut(..count) {
            used.sort_unstable();
        }
        if count > MOST {
            join_nearest(&mut kept);
            count -= 1;
        }
        for (span, kept) in self.spans.iter_mut().zip(kept) {
            *span = kept;
        }
        self.count = count as u8;
        new_ms
    }

    /// Whether `at` lies in or within `slack_ms` of what was sent.
    pub(crate) fn near(&self, at: Millis, slack_ms: i64) -> bool {
        self.spans()
            .iter()
            .any(|&(from, to)| from.saturating_sub(slack_ms) <= at.0 && at.0 <= to.saturating_add(slack_ms))
    }

    /// Where the earliest stretch begins.
    pub(crate) fn first(&self) -> Option<Millis> {
        self.spans().first().map(|&(from, _)| Millis(from))
    }

    fn spans(&self) -> &[(i64, i64)] {
        self.spans.get(..usize::from(self.count)).unwrap_or_default()
    }
}

fn put(kept: &mut [(i64, i64); MOST + 1], count: &mut usize, span: (i64, i64)) {
    if let Some(place) = kept.get_mut(*count) {
        *place = span;
        *count += 1;
    }
}

/// Of seven sorted spans makes six.
fn join_nearest(spans: &mut [(i64, i64); MOST + 1]) {
    let gaps = spans.windows(2).enumerate().filter_map(|(at, pair)| match pair {
        [left, right] => Some((right.0.saturating_sub(left.1), at)),
        _ => None,
    });
    let Some((_, at)) = gaps.min() else { return };
    if let Some([left, right]) = spans.get_mut(at..at + 2) {
        *left = (left.0, right.1);
        *right = *left;
    }
    if let Some(rest) = spans.get_mut(at + 1..) {
        rest.rotate_left(1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn add(sent: &mut Intervals, from: i64, duration_ms: u32) -> i64 {
        sent.add(Millis(from), duration_ms, seam_ms(duration_ms))
    }

    #[test]
    fn the_same_stretch_counts_once() {
        let mut sent = Intervals::default();
        assert_eq!(add(&mut sent, 10_000, 2_000), 2_000);
        assert_eq!(add(&mut sent, 10_000, 2_000), 0, "again");
        assert_eq!(add(&mut sent, 10_400, 200), 0, "a part of it");
        assert_eq!(add(&mut sent, 12_000, 200), 200);
        assert_eq!(add(&mut sent, 12_200, 200), 200);
        assert_eq!(add(&mut sent, 12_000, 2_000), 1_600, "the segment of these two parts");
        assert_eq!(add(&mut sent, 14_050, 2_000), 2_050, "arrival times jitter");
        assert_eq!(add(&mut sent, 30_000, 2_000), 2_000);
        assert_eq!(sent.spans().len(), 2);
        assert!(sent.near(Millis(16_000), 0) && !sent.near(Millis(20_000), 3_000) && sent.near(Millis(29_000), 1_000));
    }

    #[test]
    fn a_file_that_was_left_out_is_no_jitter() {
        for duration_ms in [20, 100, 200, 2_000] {
            let mut sent = Intervals::default();
            let every_other = (0..10).map(|n| add(&mut sent, n * 2 * i64::from(duration_ms), duration_ms)).sum::<i64>();
            assert_eq!(every_other, 10 * i64::from(duration_ms));
        }
    }

    #[test]
    fn crumbs_are_worth_themselves() {
        let mut sent = Intervals::default();
        assert_eq!((0..20).map(|n| sent.add(Millis(n * 100), 1, 0)).sum::<i64>(), 20);
        assert!(add(&mut sent, 0, 2_000) <= 1_999);
    }

    #[test]
    fn the_same_again_bridges_nothing() {
        let mut sent = Intervals::default();
        assert_eq!(add(&mut sent, 10_000, 2_000), 2_000);
        assert_eq!(add(&mut sent, 12_088, 1), 1);
        assert_eq!(add(&mut sent, 10_000, 2_000), 0);
    }

    #[test]
    fn many_stretches_become_few_and_gaps_are_lost_for_good() {
        let mut sent = Intervals::default();
        for n in 0..40 {
            assert_eq!(add(&mut sent, n * 4_000, 2_000), 2_000);
        }
        assert_eq!(sent.spans().len(), MOST);
        assert_eq!(add(&mut sent, 2_000, 2_000), 0, "the gap was closed");
    }

    proptest! {
        #[test]
        fn never_more_than_was_sent_and_never_twice(fetches in proptest::collection::vec((0i64..100_000, 1u32..4_000), 1..60)) {
            let mut sent = Intervals::default();
            let (mut new_ms, mut all_ms) = (0, 0);
            for (from, duration_ms) in &fetches {
                let new = add(&mut sent, *from, *duration_ms);
                prop_assert!(new <= i64::from(*duration_ms) + 2 * SEAM_MS * MOST as i64);
                new_ms += new;
                all_ms += i64::from(*duration_ms) + 2 * SEAM_MS;
            }
            let spans = sent.spans();
            prop_assert!(new_ms <= all_ms.min(104_000));
            prop_assert!(spans.windows(2).all(|pair| pair[0].1 < pair[1].0));
            for (from, duration_ms) in fetches {
                prop_assert_eq!(add(&mut sent, from, duration_ms), 0);
            }
        }

        #[test]
        fn any_time_is_answered(fetches in proptest::collection::vec((any::<i64>(), any::<u32>(), 0i64..=SEAM_MS), 1..20), at in any::<i64>()) {
            let mut sent = Intervals::default();
            for (from, duration_ms, seam_ms) in fetches {
                prop_assert!(sent.add(Millis(from), duration_ms, seam_ms) >= 0);
            }
            sent.near(Millis(at), i64::MAX);
        }
    }
}
