//! Percentiles of whole numbers that can be added up: counts in buckets that grow with the value.
//!
//! Values below 128 are kept exactly; above, 64 buckets share each doubling, so what is told is at most 1/128 (0.8 %) off.
//! Buckets are cut with whole numbers only: the same values give the same sketch on every machine, in any order.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::collections::BTreeMap;

/// Values below this are kept as they are.
const EXACT: u32 = 128;
/// Buckets a doubling.
const STEPS: u32 = 64;

/// The distribution of many values. Sketches of parts merge into the sketch of the whole.
///
/// Kept by the thousand, one for each play, so it is a sorted list of `(bucket, count)` without empty ones and not a tree.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sketch(Vec<(u16, u32)>);

impl Sketch {
    pub fn add(&mut self, value: u32) {
        self.put(bucket(value), 1);
    }

    /// Takes a value back that was added.
    pub fn remove(&mut self, value: u32) {
        self.take(bucket(value), 1);
    }

    pub fn merge(&mut self, other: &Self) {
        other.0.iter().for_each(|(bucket, count)| self.put(*bucket, *count));
    }

    /// Takes back what was merged in.
    pub fn unmerge(&mut self, other: &Self) {
        other.0.iter().for_each(|(bucket, count)| self.take(*bucket, *count));
    }

    pub fn count(&self) -> u64 {
        self.0.iter().map(|(_, count)| u64::from(*count)).sum()
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn put(&mut self, bucket: u16, more: u32) {
        match self.0.binary_search_by_key(&bucket, |(known, _)| *known) {
            Ok(index) => self.0[index].1 = self.0[index].1.saturating_add(more),
            Err(index) => self.0.insert(index, (bucket, more)),
        }
    }

    fn take(&mut self, bucket: u16, less: u32) {
        let Ok(index) = self.0.binary_search_by_key(&bucket, |(known, _)| *known) else { return };
        self.0[index].1 = self.0[index].1.saturating_sub(less);
        if self.0[index].1 == 0 {
            self.0.remove(index);
        }
    }

    /// The smallest value that `percent` of all values do not exceed (nearest rank); `None` when there are no values.
    pub fn percentile(&self, percent: u32) -> Option<u32> {
        let rank = (self.count() * u64::from(percent.min(100))).div_ceil(100).max(1);
        let mut seen = 0;
        for (bucket, count) in &self.0 {
            seen += u64::from(*count);
            if seen >= rank {
                return Some(middle(*bucket));
            }
        }
        None
    }
}

/// As an object: `{"95":3,"131":1}`.
impl Serialize for Sketch {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(bucket, count)| (bucket, count)))
    }
}

impl<'de> Deserialize<'de> for Sketch {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // Sorts, and keeps one count where a bucket stands twice.
        let counts = BTreeMap::<u16, u32>::deserialize(deserializer)?;
        Ok(Self(counts.into_iter().filter(|(_, count)| *count > 0).collect()))
    }
}

impl FromIterator<u32> for Sketch {
    fn from_iter<I: IntoIterator<Item = u32>>(values: I) -> Self {
        let mut sketch = Self::default();
        values.into_iter().for_each(|value| sketch.add(value));
        sketch
    }
}

fn bucket(value: u32) -> u16 {
    if value < EXACT {
        return value as u16;
    }
    let shift = u32::BITS - value.leading_zeros() - 7;
    (EXACT + (shift - 1) * STEPS + ((value >> shift) - STEPS)) as u16
}

fn middle(bucket: u16) -> u32 {
    let bucket = u32::from(bucket);
    if bucket < EXACT {
        return bucket;
    }
    // A damaged file may name a bucket that no value falls into.
    let shift = ((bucket - EXACT) / STEPS + 1).min(25);
    let low = ((bucket - EXACT) % STEPS + STEPS) << shift;
    low + ((1 << shift) - 1) / 2
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_value_is_told_within_the_stated_error() {
        let values = (0..2_000).chain((0..20_000u32).map(|n| n.wrapping_mul(214_661))).chain([u32::MAX]);
        for value in values {
            let told = middle(bucket(value));
            assert!(told.abs_diff(value) <= value / 128, "{value} is told as {told}");
        }
    }

    #[test]
    fn percentiles_are_nearest_ranks() {
        let sketch: Sketch = (1..=100).collect();
        assert_eq!([0, 1, 50, 95, 100].map(|percent| sketch.percentile(percent)), [1, 1, 50, 95, 100].map(Some));
        assert_eq!(Sketch::default().percentile(50), None);
        assert_eq!([7].into_iter().collect::<Sketch>().percentile(95), Some(7));
    }

    #[test]
    fn parts_merge_into_the_whole_and_values_can_be_taken_back() {
        let mut whole: Sketch = [10, 20, 9_000, 30_000].into_iter().collect();
        let mut parts: Sketch = [30_000, 10].into_iter().collect();
        parts.merge(&[9_000, 20].into_iter().collect());
        assert_eq!(parts, whole);
        let mut rest = whole.clone();
        rest.unmerge(&parts);
        assert!(rest.is_empty());
        whole.remove(9_000);
        whole.remove(30_000);
        assert_eq!(whole, [20, 10].into_iter().collect());
        whole.unmerge(&[10, 77].into_iter().collect());
        assert_eq!(whole, [20].into_iter().collect(), "what was never there cannot be taken back");
    }

    #[test]
    fn it_is_written_as_an_object_of_buckets() {
        let sketch: Sketch = [300, 5, 5].into_iter().collect();
        let text = serde_json::to_string(&sketch).unwrap();
        assert_eq!(text, r#"{"5":2,"203":1}"#);
        assert_eq!(serde_json::from_str::<Sketch>(&text).unwrap(), sketch);
        assert!(serde_json::from_str::<Sketch>(r#"{"7":0}"#).unwrap().is_empty());
    }
}
