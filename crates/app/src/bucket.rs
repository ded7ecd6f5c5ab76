//! Token buckets: so many at once, and one more every so often.

use events::Millis;
use std::{collections::HashMap, hash::Hash};

const NS_PER_MS: i64 = 1_000_000;
const NS_PER_S: i64 = 1_000 * NS_PER_MS;
/// Nobody is sent away for longer, seconds.
const LONGEST_WAIT_S: u32 = 3_600;

/// How many a bucket holds, and how fast it fills again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit {
    at_once: u32,
    refill_ns: i64,
}

impl Limit {
    /// `at_once`, and one more every `every_ms`.
    pub const fn every_ms(at_once: u32, every_ms: i64) -> Self {
        Self { at_once, refill_ns: every_ms * NS_PER_MS }
    }

    /// `at_once`, and `per_s` more a second; 0 is taken for 1.
    pub const fn per_s(at_once: u32, per_s: u32) -> Self {
        Self { at_once, refill_ns: NS_PER_S / if per_s == 0 { 1 } else { per_s as i64 } }
    }

    /// `count` in any `window_s` seconds on average, all of them at once if nothing was taken before.
    pub const fn in_window(count: u32, window_s: u32) -> Self {
        Self { at_once: count, refill_ns: window_s as i64 * NS_PER_S / if count == 0 { 1 } else { count as i64 } }
    }

    pub const fn at_once(self) -> u32 {
        self.at_once
    }

    fn whole_ns(self) -> i64 {
        self.refill_ns.saturating_mul(i64::from(self.at_once))
    }
}

/// One bucket; a new one is full. It keeps when it would have been empty: what is in it is the time since then.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bucket {
    empty_ns: i64,
}

impl Default for Bucket {
    fn default() -> Self {
        Self { empty_ns: i64::MIN }
    }
}

impl Bucket {
    /// Takes one, or says in how many seconds there will be one.
    pub fn take(&mut self, limit: Limit, now: Millis) -> Result<(), u32> {
        let empty_ns = self.filled(limit, now).saturating_add(limit.refill_ns);
        if empty_ns > ns(now) {
            return Err(whole_seconds(empty_ns - ns(now)));
        }
        self.empty_ns = empty_ns;
        Ok(())
    }

    /// Takes `count` while anything is left, and what it took too much is waited for: a batch larger than the bucket gets
    /// through, and the average holds.
    pub fn take_batch(&mut self, count: usize, limit: Limit, now: Millis) -> Result<(), u32> {
        let empty_ns = self.filled(limit, now);
        if empty_ns >= ns(now) {
            return Err(whole_seconds(empty_ns - ns(now) + 1));
        }
        let cost_ns = limit.refill_ns.saturating_mul(i64::try_from(count).unwrap_or(i64::MAX));
        self.empty_ns = empty_ns.saturating_add(cost_ns);
        Ok(())
    }

    /// One that was taken is there again.
    pub fn give_back(&mut self, limit: Limit) {
        self.empty_ns = self.empty_ns.saturating_sub(limit.refill_ns);
    }

    pub fn left(self, limit: Limit, now: Millis) -> u32 {
        let left = (ns(now) - self.filled(limit, now)) / limit.refill_ns.max(1);
        u32::try_from(left.max(0)).unwrap_or(limit.at_once).min(limit.at_once)
    }

    /// In how many seconds it is full.
    pub fn full_in_s(self, limit: Limit, now: Millis) -> u32 {
        let missing_ns = limit.whole_ns() - (ns(now) - self.filled(limit, now));
        if missing_ns <= 0 { 0 } else { whole_seconds(missing_ns) }
    }

    /// It says nothing that a new one would not.
    pub fn is_full(self, limit: Limit, now: Millis) -> bool {
        self.empty_ns <= ns(now).saturating_sub(limit.whole_ns())
    }

    /// When it would have been empty, now that it is filled up to `now`.
    fn filled(self, limit: Limit, now: Millis) -> i64 {
        self.empty_ns.max(ns(now).saturating_sub(limit.whole_ns()))
    }
}

fn ns(at: Millis) -> i64 {
    at.0.saturating_mul(NS_PER_MS)
}

fn whole_seconds(ns: i64) -> u32 {
    u32::try_from(ns.saturating_add(NS_PER_S - 1) / NS_PER_S).unwrap_or(LONGEST_WAIT_S).clamp(1, LONGEST_WAIT_S)
}

/// A bucket for everybody who comes, and never more than `most` of them.
#[derive(Debug)]
pub struct Buckets<K> {
    limit: Limit,
    most: usize,
    of: HashMap<K, Bucket>,
}

impl<K: Eq + Hash> Buckets<K> {
    pub fn new(limit: Limit, most: usize) -> Self {
        Self { limit, most, of: HashMap::new() }
    }

    pub fn limit(&self) -> Limit {
        self.limit
    }

    /// Takes one of `key`'s, or says in how many seconds there will be one.
    pub fn take(&mut self, key: K, now: Millis) -> Result<(), u32> {
        let limit = self.limit;
        self.of(key, now).take(limit, now)
    }

    pub fn give_back(&mut self, key: &K) {
        if let Some(bucket) = self.of.get_mut(key) {
            bucket.give_back(self.limit);
        }
    }

    /// `key`'s bucket is full again.
    pub fn fill(&mut self, key: &K) {
        self.of.remove(key);
    }

    /// The bucket of `key`, as it is or full.
    pub fn of(&mut self, key: K, now: Millis) -> &mut Bucket {
        if self.of.len() >= self.most && !self.of.contains_key(&key) {
            self.make_room(now);
        }
        self.of.entry(key).or_default()
    }

    /// Forgets the full ones; when a flood of newcomers left too few of those, whoever took the least, so that it washes nobody
    /// clean who took much. A quarter is free afterwards, so that this is rare.
    fn make_room(&mut self, now: Millis) {
        let limit = self.limit;
        self.of.retain(|_, bucket| !bucket.is_full(limit, now));
        let kept = self.most - self.most / 4;
        if self.of.len() <= kept {
            return;
        }
        let mut empty_ns: Vec<i64> = self.of.values().map(|bucket| bucket.empty_ns).collect();
        let line = *empty_ns.select_nth_unstable(self.of.len() - kept - 1).1;
        self.of.retain(|_, bucket| bucket.empty_ns > line);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Millis = Millis(1_800_000_000_000);

    fn taken(bucket: &mut Bucket, limit: Limit, now: Millis) -> usize {
        (0..10_000).filter(|_| bucket.take(limit, now).is_ok()).count()
    }

    #[test]
    fn so_many_at_once_and_one_more_every_so_often() {
        for now in [Millis(0), NOW] {
            let (limit, mut bucket) = (Limit::every_ms(5, 30_000), Bucket::default());
            assert_eq!(taken(&mut bucket, limit, now), 5);
            assert_eq!(bucket.take(limit, now), Err(30));
            assert_eq!(bucket.take(limit, now.plus_ms(29_001)), Err(1));
            assert_eq!(taken(&mut bucket, limit, now.plus_ms(60_000)), 2);
            assert_eq!(taken(&mut bucket, limit, now.plus_ms(86_400_000)), 5);
        }
    }

    #[test]
    fn rates_are_kept_whatever_they_are() {
        for per_s in [1, 3, 7, 100, 999, 7_919] {
            let (limit, mut bucket) = (Limit::per_s(per_s, per_s), Bucket::default());
            assert_eq!(taken(&mut bucket, limit, NOW), per_s as usize);
            assert_eq!(taken(&mut bucket, limit, NOW.plus_ms(1_000)), per_s as usize);
        }
    }

    #[test]
    fn what_is_left_and_when_it_is_full_is_known() {
        let (limit, mut bucket) = (Limit::in_window(60, 60), Bucket::default());
        assert_eq!((bucket.left(limit, NOW), bucket.full_in_s(limit, NOW), bucket.is_full(limit, NOW)), (60, 0, true));
        for _ in 0..3 {
            bucket.take(limit, NOW).expect("one is left");
        }
        assert_eq!((bucket.left(limit, NOW), bucket.full_in_s(limit, NOW), bucket.is_full(limit, NOW)), (57, 3, false));
        bucket.give_back(limit);
        assert_eq!(bucket.left(limit, NOW), 58);
        assert!(bucket.is_full(limit, NOW.plus_ms(2_000)));
    }

    #[test]
    fn a_clock_that_goes_back_gives_nothing() {
        let (limit, mut bucket) = (Limit::per_s(1, 1), Bucket::default());
        bucket.take(limit, NOW).expect("one is left");
        assert_eq!(bucket.take(limit, NOW.plus_ms(-5_000)), Err(6));
    }

    #[test]
    fn a_batch_larger_than_the_limit_gets_through_and_is_waited_for() {
        let (limit, mut bucket) = (Limit::per_s(100, 100), Bucket::default());
        assert_eq!(bucket.take_batch(1_000, limit, NOW), Ok(()));
        assert_eq!(bucket.take_batch(1, limit, NOW.plus_ms(1)), Err(9));
        assert_eq!(bucket.take_batch(1, limit, NOW.plus_ms(9_100)), Ok(()));
    }

    #[test]
    fn a_flood_is_bounded_and_washes_nobody_clean() {
        let mut buckets = Buckets::new(Limit::every_ms(5, 30_000), 1_000);
        for _ in 0..5 {
            buckets.take(0, NOW).expect("one is left");
        }
        for newcomer in 1..100_000 {
            assert_eq!(buckets.take(newcomer, NOW), Ok(()));
            assert!(buckets.of.len() <= 1_000);
        }
        assert_eq!(buckets.take(0, NOW), Err(30));
    }
}
