//! Which stretches of a show a player has been sent: a few intervals of program date-time. Pure.
//!
//! The same stretch twice counts once, whether it came as a segment, as its parts, or as both. Only the last few stretches
//! are kept apart: beyond [`MOST`], the two nearest are taken as one, and the gap between them can never count as new again.

use events::Millis;

/// Stretches kept apart. A player has one; one that skips has two or three.
const MOST: usize = 6;
/// Arrival times of neighbouring segments and parts jitter by about this much; what lies between counts as sent.
const SEAM_MS: i64 = 150;

/// Sorted, disjoint, at most [`MOST`].
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Intervals {
    spans: [(i64, i64); MOST],
    count: u8,
}

impl Intervals {
    /// Adds `[from, from + duration)` and says how many milliseconds of it are new.
    pub(crate) fn add(&mut self, from: Millis, duration_ms: u32) -> i64 {
        let (mut from, mut to) = (from.0, from.0.saturating_add(i64::from(duration_ms)));
        if from >= to {
            return 0;
        }
        let mut kept = [(0, 0); MOST + 1];
        let (mut count, mut covered_ms) = (0, 0);
        for &(begins, ends) in self.spans() {
            if ends + SEAM_MS < from || to + SEAM_MS < begins {
                put(&mut kept, &mut count, (begins, ends));
            } else {
                covered_ms += ends - begins;
                (from, to) = (from.min(begins), to.max(ends));
            }
        }
        put(&mut kept, &mut count, (from, to));
        let new_ms = (to - from - covered_ms).max(0);
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
        self.spans().iter().any(|&(from, to)| from - slack_ms <= at.0 && at.0 <= to + slack_ms)
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
        [left, right] => Some((right.0 - left.1, at)),
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

    #[test]
    fn the_same_stretch_counts_once() {
        let mut sent = Intervals::default();
        assert_eq!(sent.add(Millis(10_000), 2_000), 2_000);
        assert_eq!(sent.add(Millis(10_000), 2_000), 0, "again");
        assert_eq!(sent.add(Millis(10_400), 200), 0, "a part of it");
        assert_eq!(sent.add(Millis(12_000), 200), 200);
        assert_eq!(sent.add(Millis(12_200), 200), 200);
        assert_eq!(sent.add(Millis(12_000), 2_000), 1_600, "the segment of these two parts");
        assert_eq!(sent.add(Millis(14_050), 2_000), 2_050, "arrival times jitter");
        assert_eq!(sent.add(Millis(30_000), 2_000), 2_000);
        assert_eq!(sent.spans().len(), 2);
        assert!(sent.near(Millis(16_000), 0) && !sent.near(Millis(20_000), 3_000) && sent.near(Millis(29_000), 1_000));
    }

    #[test]
    fn many_stretches_become_few_and_gaps_are_lost_for_good() {
        let mut sent = Intervals::default();
        for n in 0..40 {
            assert_eq!(sent.add(Millis(n * 4_000), 2_000), 2_000);
        }
        assert_eq!(sent.spans().len(), MOST);
        assert_eq!(sent.add(Millis(2_000), 2_000), 0, "the gap was closed");
    }

    proptest! {
        #[test]
        fn never_more_than_was_sent_and_never_twice(fetches in proptest::collection::vec((0i64..100_000, 1u32..4_000), 1..60)) {
            let mut sent = Intervals::default();
            let (mut new_ms, mut all_ms) = (0, 0);
            for (from, duration_ms) in &fetches {
                let new = sent.add(Millis(*from), *duration_ms);
                prop_assert!(new <= i64::from(*duration_ms) + 2 * SEAM_MS * MOST as i64);
                new_ms += new;
                all_ms += i64::from(*duration_ms) + 2 * SEAM_MS;
            }
            let spans = sent.spans();
            prop_assert!(new_ms <= all_ms.min(104_000));
            prop_assert!(spans.windows(2).all(|pair| pair[0].1 < pair[1].0));
            for (from, duration_ms) in fetches {
                prop_assert_eq!(sent.add(Millis(from), duration_ms), 0);
            }
        }
    }
}
