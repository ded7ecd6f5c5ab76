//! A set of segment numbers, as few ranges. Pure.

use serde::{Deserialize, Serialize};

/// Ranges kept apart; beyond, the nearest are taken as one.
const MOST: usize = 1_024;

/// Sorted, disjoint, inclusive ranges.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Ranges(Vec<(u64, u64)>);

impl Ranges {
    /// False when it was there.
    pub(crate) fn add(&mut self, number: u64) -> bool {
        let at = self.0.partition_point(|(_, last)| last.saturating_add(1) < number);
        match self.0.get_mut(at) {
            Some((first, last)) if *first <= number && number <= *last => return false,
            Some((_, last)) if last.saturating_add(1) == number => {
                *last = number;
                self.join(at);
            }
            Some((first, _)) if number.saturating_add(1) == *first => *first = number,
            _ => {
                self.0.insert(at, (number, number));
                if self.0.len() > MOST {
                    self.join_nearest();
                }
            }
        }
        true
    }

    /// Adds all of `other`; how many were new.
    pub(crate) fn union(&mut self, other: &Ranges) -> u64 {
        let before = self.count();
        let mut all: Vec<(u64, u64)> = self.0.iter().chain(&other.0).copied().collect();
        all.sort_unstable();
        self.0.clear();
        for (first, last) in all {
            match self.0.last_mut() {
                Some((_, end)) if first <= end.saturating_add(1) => *end = last.max(*end),
                _ => self.0.push((first, last)),
            }
        }
        while self.0.len() > MOST {
            self.join_nearest();
        }
        self.count().saturating_sub(before)
    }

    pub(crate) fn count(&self) -> u64 {
        self.0.iter().map(|(first, last)| (last - first).saturating_add(1)).fold(0, u64::saturating_add)
    }

    /// The range at `at` may now touch the next one.
    fn join(&mut self, at: usize) {
        if let (Some((_, last)), Some((next, end))) = (self.0.get(at).copied(), self.0.get(at + 1).copied())
            && last.saturating_add(1) >= next
        {
            self.0.remove(at + 1);
            if let Some((_, last)) = self.0.get_mut(at) {
                *last = end;
            }
        }
    }

    fn join_nearest(&mut self) {
        let gaps = self.0.windows(2).enumerate().filter_map(|(at, pair)| match pair {
            [left, right] => Some((right.0 - left.1, at)),
            _ => None,
        });
        let Some((_, at)) = gaps.min() else { return };
        let (_, end) = self.0.remove(at + 1);
        if let Some((_, last)) = self.0.get_mut(at) {
            *last = end;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    proptest! {
        #[test]
        fn a_set_is_a_set(left in proptest::collection::vec(0u64..60, 0..50), right in proptest::collection::vec(0u64..60, 0..50)) {
            let (mut ranges, mut set) = (Ranges::default(), BTreeSet::new());
            for number in &left {
                prop_assert_eq!(ranges.add(*number), set.insert(*number));
            }
            prop_assert_eq!(ranges.count(), set.len() as u64);
            prop_assert!(ranges.0.windows(2).all(|pair| pair[0].1 + 1 < pair[1].0), "{:?}", ranges.0);
            let mut other = Ranges::default();
            right.iter().for_each(|number| { other.add(*number); });
            let before = set.len();
            set.extend(right);
            prop_assert_eq!(ranges.union(&other), (set.len() - before) as u64);
            prop_assert_eq!(ranges.union(&other), 0);
        }
    }

    #[test]
    fn extremes_fit() {
        let mut ranges = Ranges::default();
        assert!(ranges.add(u64::MAX) && ranges.add(0) && ranges.add(u64::MAX - 1) && !ranges.add(u64::MAX));
        for n in 0..3_000 {
            ranges.add(n * 10);
        }
        assert!(ranges.0.len() <= MOST);
    }
}
