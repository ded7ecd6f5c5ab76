//! Entries that share address and program: whether they came at once, move as one, or only look in. Pure.
//!
//! What is kept does not grow with how many there are, but for the heartbeats of the last instant.

use events::{EntryId, Millis};
use std::collections::{HashMap, VecDeque};

/// Heartbeats within this long come in the same instant.
const INSTANT_MS: i64 = 200;
/// What chance would bring is measured over this many instants: one distance of heartbeats.
const INSTANTS: i64 = 50;
/// Entries within this long came together.
const TOGETHER_S: i64 = 3;
/// Arrivals are remembered for this long.
const ARRIVALS_S: i64 = 64;
/// Who only looked in is remembered for this long.
const BRIEF_MIN: i64 = 10;

#[derive(Default)]
pub(super) struct Clusters {
    known: HashMap<u64, Cluster>,
    swept_min: i64,
}

#[derive(Default)]
struct Cluster {
    entries: u32,
    /// How many came in which second.
    came: Counts,
    /// Heartbeats in which instant.
    beats: Counts,
    /// Those of the last instant.
    instant: VecDeque<Beaten>,
    /// Short entries by the minute in which they came.
    brief: Counts,
}

struct Beaten {
    at: Millis,
    entry: EntryId,
    marked: bool,
}

/// What is known of an entry's company.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Company {
    pub cluster: u32,
    /// How many of them came within seconds of it.
    pub rush: u32,
    /// How many of them only looked in, in the last ten minutes.
    pub brief: u32,
}

impl Clusters {
    pub(super) fn join(&mut self, cluster: u64, at: Millis) {
        let cluster = self.known.entry(cluster).or_default();
        cluster.entries += 1;
        cluster.came.add(second(at), ARRIVALS_S);
    }

    pub(super) fn leave(&mut self, key: u64) {
        let Some(cluster) = self.known.get_mut(&key) else { return };
        cluster.entries = cluster.entries.saturating_sub(1);
        if cluster.is_over() {
            self.known.remove(&key);
        }
    }

    pub(super) fn company(&self, key: u64, at: Millis) -> Company {
        let Some(cluster) = self.known.get(&key) else { return Company { cluster: 1, ..Company::default() } };
        let second = second(at);
        let together = cluster.came.between(second - TOGETHER_S, second + TOGETHER_S);
        let rush = if together > 1 { together } else { 0 };
        Company { cluster: cluster.entries, rush, brief: cluster.brief.sum }
    }

    /// An entry that came at `at` counts, and has not stayed yet.
    pub(super) fn looked_in(&mut self, key: u64, at: Millis) {
        self.known.entry(key).or_default().brief.add(minute(at), BRIEF_MIN);
    }

    /// It stayed after all.
    pub(super) fn stayed(&mut self, key: u64, at: Millis) {
        if let Some(cluster) = self.known.get_mut(&key) {
            cluster.brief.take(minute(at));
        }
    }

    /// Notes the heartbeat of an entry that has media, at most one a second of each. Answers whose heartbeats are now known to
    /// have come in one instant, far more of them than chance would bring together: many people behind one address have
    /// heartbeats at all times.
    pub(super) fn beat(&mut self, key: u64, entry: EntryId, at: Millis) -> Vec<EntryId> {
        let Some(cluster) = self.known.get_mut(&key) else { return Vec::new() };
        cluster.beats.add(at.0.div_euclid(INSTANT_MS), INSTANTS);
        while cluster.instant.front().is_some_and(|first| at.since(first.at) > INSTANT_MS) {
            cluster.instant.pop_front();
        }
        cluster.instant.push_back(Beaten { at, entry, marked: false });
        let by_chance = f64::from(cluster.beats.sum) / INSTANTS as f64;
        let many = 5.0 + 2.0 * by_chance + 3.0 * by_chance.sqrt();
        if (cluster.instant.len() as f64) < many {
            return Vec::new();
        }
        // Whoever is marked was found with everybody before.
        let fresh = cluster.instant.iter_mut().rev().take_while(|beat| !beat.marked);
        fresh
            .map(|beat| {
                beat.marked = true;
                beat.entry
            })
            .collect()
    }

    /// Forgets, once a minute, clusters of which nothing is left but short entries of long ago.
    pub(super) fn sweep(&mut self, now: Millis) {
        if std::mem::replace(&mut self.swept_min, minute(now)) == minute(now) {
            return;
        }
        self.known.retain(|_, cluster| {
            cluster.brief.forget(minute(now) - BRIEF_MIN);
            !cluster.is_over()
        });
    }

    #[cfg(test)]
    pub(super) fn is_empty(&self) -> bool {
        self.known.is_empty()
    }
}

impl Cluster {
    fn is_over(&self) -> bool {
        self.entries == 0 && self.brief.sum == 0
    }
}

fn second(at: Millis) -> i64 {
    at.0.div_euclid(1_000)
}

fn minute(at: Millis) -> i64 {
    at.0.div_euclid(60_000)
}

/// How many in which slot of time, for the last slots. Those of the newest come last; one that comes late counts where it
/// belongs, if that is still remembered.
#[derive(Default)]
struct Counts {
    slots: VecDeque<(i64, u32)>,
    sum: u32,
}

impl Counts {
    fn add(&mut self, slot: i64, most: i64) {
        match self.slots.iter_mut().rev().find(|(known, _)| *known <= slot) {
            Some((known, count)) if *known == slot => *count += 1,
            _ => {
                let place = self.slots.partition_point(|(known, _)| *known < slot);
                self.slots.insert(place, (slot, 1));
            }
        }
        self.sum += 1;
        self.forget(self.slots.back().map_or(slot, |(newest, _)| *newest) - most);
    }

    fn take(&mut self, slot: i64) {
        if let Some((_, count)) = self.slots.iter_mut().find(|(known, count)| *known == slot && *count > 0) {
            *count -= 1;
            self.sum -= 1;
        }
    }

    fn between(&self, from: i64, to: i64) -> u32 {
        self.slots.iter().filter(|(slot, _)| (from..=to).contains(slot)).map(|(_, count)| count).sum()
    }

    /// What lies at or before `slot`.
    fn forget(&mut self, slot: i64) {
        while let Some((_, count)) = self.slots.front().copied().filter(|(oldest, _)| *oldest <= slot) {
            self.slots.pop_front();
            self.sum -= count;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn who_looks_in_is_remembered_for_ten_minutes() {
        let (mut clusters, at) = (Clusters::default(), |s: i64| Millis(1_700_000_040_000 + s * 1_000));
        for n in 0..30 {
            clusters.join(1, at(n));
            clusters.looked_in(1, at(n));
            if n % 3 == 0 {
                clusters.stayed(1, at(n));
            }
            clusters.leave(1);
        }
        clusters.join(1, at(100));
        assert_eq!(clusters.company(1, at(100)), Company { cluster: 1, rush: 0, brief: 20 });
        clusters.leave(1);
        clusters.sweep(at(500));
        assert!(!clusters.is_empty());
        clusters.sweep(at(700));
        assert!(clusters.is_empty());
    }

    proptest! {
        #[test]
        fn counts_are_those_of_the_last_slots(slots in proptest::collection::vec(0i64..200, 1..80)) {
            let mut counts = Counts::default();
            for slot in &slots {
                counts.add(*slot, 50);
                prop_assert_eq!(counts.sum, counts.slots.iter().map(|(_, count)| count).sum::<u32>());
                prop_assert!(counts.slots.iter().zip(counts.slots.iter().skip(1)).all(|(left, right)| left.0 < right.0));
            }
            let newest = slots.iter().max().copied().unwrap_or_default();
            prop_assert!(counts.slots.iter().all(|(slot, _)| *slot > newest - 50));
        }
    }
}
