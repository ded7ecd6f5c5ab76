//! Who was there when: the online curve 在线曲线, sampled every 10 s of event time.
//!
//! An entry is present from its first media until 30 s after its latest heartbeat, or until it left. A viewer is online while
//! any of their entries is present. Events may come a little out of order: they wait until the newest seen is [`LATENESS_MS`]
//! ahead, then count in order of event time. Settling waits for all of them.

use events::{EntryId, Millis};
use serde::{Deserialize, Deserializer, Serialize, Serializer, ser::SerializeSeq};
use std::collections::HashMap;

/// Distance of two samples.
pub const SAMPLE_MS: i64 = 10_000;
/// A heartbeat keeps its entry present for this long.
pub const PRESENT_MS: i64 = 30_000;
/// How much later than the newest an event may come and still change the live curve.
pub const LATENESS_MS: i64 = 30_000;
/// About 121 days of samples; a curve stops there.
const MAX_SAMPLES: usize = 1 << 20;

/// The entries of one broadcast and their curve.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Presence {
    entries: Entries,
    sampler: Sampler,
}

/// A sign of an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Sign {
    Entered,
    Beat,
    Left,
}

impl Presence {
    /// For settling: nothing is late.
    pub fn settling() -> Self {
        let sampler = Sampler { settling: true, ..Sampler::default() };
        Self { entries: Entries::default(), sampler }
    }

    /// Takes one sign. True when this is the entry's first `Entered`.
    pub fn apply(&mut self, at: Millis, position: u64, sign: Sign, entry: EntryId, viewer: Option<u32>) -> bool {
        let index = self.entries.index(entry);
        if self.sampler.slots.len() <= index as usize {
            self.sampler.slots.push(Slot { viewer, ..Slot::default() });
        }
        let first = sign == Sign::Entered && self.entries.enter(index);
        if viewer.is_some() {
            self.sampler.take(Item { at: at.0, position, entry: index, sign });
        }
        first
    }

    /// The curve as it stands at `at`, waiting for nobody.
    pub fn curve(&self, at: Millis) -> Curve {
        let mut sampler = self.sampler.clone();
        sampler.flush(at.0);
        let now = sampler.count(at.0);
        Curve { first: sampler.first.unwrap_or_default(), counts: sampler.counts, now }
    }

    /// Signs that came too late for the live curve.
    pub fn late(&self) -> u64 {
        self.sampler.late
    }
}

/// Samples of the number of viewers online.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Curve {
    /// Time of the first sample; earlier ones are 0.
    first: i64,
    counts: Vec<u32>,
    /// At the moment the curve was asked for.
    pub now: u32,
}

impl Curve {
    /// Sum and number of the samples in `from..=to`; moments outside the curve were empty.
    pub fn sum(&self, from: Millis, to: Millis) -> (u64, i64) {
        let number = samples_between(from.0, to.0);
        (self.within(from, to).map(|count| u64::from(*count)).sum(), number)
    }

    pub fn mean(&self, from: Millis, to: Millis) -> Option<f64> {
        let (sum, number) = self.sum(from, to);
        (number > 0).then(|| sum as f64 / number as f64)
    }

    pub fn max(&self, from: Millis, to: Millis) -> Option<u32> {
        let max = self.within(from, to).max().copied();
        max.or((samples_between(from.0, to.0) > 0).then_some(0))
    }

    fn within(&self, from: Millis, to: Millis) -> impl Iterator<Item = &u32> {
        let index = |at: i64| (at.saturating_sub(self.first).max(-1).div_euclid(SAMPLE_MS) + 1).max(0) as usize;
        let end = index(to.0).min(self.counts.len());
        let start = index(from.0.saturating_sub(1)).min(end);
        self.counts.get(start..end).unwrap_or_default().iter()
    }
}

/// Multiples of the sampling distance in `from..=to`.
fn samples_between(from: i64, to: i64) -> i64 {
    if to < from { 0 } else { to.div_euclid(SAMPLE_MS) - from.saturating_sub(1).div_euclid(SAMPLE_MS) }
}

/// Entry ids as small numbers, and which of them entered.
#[derive(Debug, Clone, Default, PartialEq)]
struct Entries {
    index: HashMap<EntryId, u32>,
    list: Vec<(EntryId, bool)>,
}

impl Entries {
    fn index(&mut self, entry: EntryId) -> u32 {
        *self.index.entry(entry).or_insert_with(|| {
            self.list.push((entry, false));
            self.list.len() as u32 - 1
        })
    }

    /// True the first time.
    fn enter(&mut self, index: u32) -> bool {
        self.list.get_mut(index as usize).is_some_and(|(_, entered)| !std::mem::replace(entered, true))
    }
}

impl Serialize for Entries {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut seq = serializer.serialize_seq(Some(self.list.len()))?;
        for entry in &self.list {
            seq.serialize_element(entry)?;
        }
        seq.end()
    }
}

impl<'de> Deserialize<'de> for Entries {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let list = Vec::<(EntryId, bool)>::deserialize(deserializer)?;
        let index = list.iter().zip(0..).map(|((entry, _), index)| (*entry, index)).collect();
        Ok(Self { index, list })
    }
}

/// The part that moves with event time; small enough to copy for a look ahead.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
struct Sampler {
    slots: Vec<Slot>,
    /// Signs newer than `flushed`.
    pending: Vec<Item>,
    /// Indices of the entries that may be present.
    active: Vec<u32>,
    newest: Option<i64>,
    /// Everything up to here has been counted.
    flushed: Option<i64>,
    /// Time of the first of `counts`.
    first: Option<i64>,
    counts: Vec<u32>,
    late: u64,
    #[serde(default)]
    settling: bool,
}

/// One entry: written as a tuple, for there are many.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[serde(into = "SlotTuple", from = "SlotTuple")]
struct Slot {
    viewer: Option<u32>,
    /// Latest sign in order of event time.
    seen: Option<i64>,
    entered: bool,
    present: bool,
    /// Stands in the list of active ones.
    listed: bool,
}

type SlotTuple = (Option<u32>, Option<i64>, bool, bool, bool);

impl From<SlotTuple> for Slot {
    fn from((viewer, seen, entered, present, listed): SlotTuple) -> Self {
        Self { viewer, seen, entered, present, listed }
    }
}

impl From<Slot> for SlotTuple {
    fn from(slot: Slot) -> Self {
        (slot.viewer, slot.seen, slot.entered, slot.present, slot.listed)
    }
}

impl Slot {
    fn present_at(&self, at: i64) -> bool {
        self.present && self.seen.is_some_and(|seen| at.saturating_sub(seen) < PRESENT_MS)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
struct Item {
    #[serde(rename = "t")]
    at: i64,
    #[serde(rename = "p")]
    position: u64,
    #[serde(rename = "e")]
    entry: u32,
    #[serde(rename = "s")]
    sign: Sign,
}

impl Sampler {
    fn take(&mut self, item: Item) {
        if !self.settling && self.flushed.is_some_and(|flushed| item.at <= flushed) {
            self.late += 1;
            self.step(item);
            return;
        }
        self.pending.push(item);
        let newest = self.newest.map_or(item.at, |newest| newest.max(item.at));
        self.newest = Some(newest);
        let settled = newest.saturating_sub(LATENESS_MS);
        if !self.settling && self.flushed.is_none_or(|flushed| settled >= flushed.saturating_add(SAMPLE_MS)) {
            self.flush(settled);
        }
    }

    /// Counts everything up to and including `to`.
    fn flush(&mut self, to: i64) {
        let mut stamps = Stamps::default();
        let mut pending = std::mem::take(&mut self.pending);
        pending.sort_unstable_by_key(|item| (item.at, item.position));
        let due = pending.partition_point(|item| item.at <= to);
        for item in pending.drain(..due) {
            self.first.get_or_insert_with(|| next_sample(item.at));
            self.sample_before(item.at, &mut stamps);
            self.step(item);
        }
        self.pending = pending;
        self.sample_before(to.saturating_add(1), &mut stamps);
        self.flushed = self.flushed.max(Some(to));
    }

    /// Takes the samples due before `at`.
    fn sample_before(&mut self, at: i64, stamps: &mut Stamps) {
        let Some(first) = self.first else { return };
        while self.counts.len() < MAX_SAMPLES {
            let sample = first.saturating_add(self.counts.len() as i64 * SAMPLE_MS);
            if sample >= at {
                return;
            }
            let slots = &mut self.slots;
            self.active.retain(|index| {
                let Some(slot) = slots.get_mut(*index as usize) else { return false };
                slot.present = slot.present_at(sample);
                slot.listed = slot.present;
                slot.listed
            });
            let viewers = self.active.iter().filter_map(|index| self.slots.get(*index as usize)?.viewer);
            self.counts.push(stamps.distinct(viewers));
        }
    }

    fn step(&mut self, item: Item) {
        let Some(slot) = self.slots.get_mut(item.entry as usize) else { return };
        slot.entered |= item.sign == Sign::Entered;
        // A heartbeat is evidence only after its entry fetched media.
        if !slot.entered || slot.seen.is_some_and(|seen| item.at < seen) {
            return;
        }
        slot.seen = Some(item.at);
        slot.present = item.sign != Sign::Left;
        if slot.present && !slot.listed {
            slot.listed = true;
            self.active.push(item.entry);
        }
    }

    /// Viewers online at `at`, after a flush up to there.
    fn count(&self, at: i64) -> u32 {
        let slots = self.active.iter().filter_map(|index| self.slots.get(*index as usize));
        Stamps::default().distinct(slots.filter(|slot| slot.present_at(at)).filter_map(|slot| slot.viewer))
    }
}

fn next_sample(at: i64) -> i64 {
    at.saturating_sub(1).div_euclid(SAMPLE_MS).saturating_add(1).saturating_mul(SAMPLE_MS)
}

/// Counts distinct small numbers without a set: each remembers the round it was last seen in.
#[derive(Default)]
struct Stamps {
    round: u32,
    seen: Vec<u32>,
}

impl Stamps {
    fn distinct(&mut self, numbers: impl Iterator<Item = u32>) -> u32 {
        self.round += 1;
        let mut count = 0;
        for number in numbers {
            let number = number as usize;
            if self.seen.len() <= number {
                self.seen.resize(number + 1, 0);
            }
            if let Some(seen) = self.seen.get_mut(number)
                && std::mem::replace(seen, self.round) != self.round
            {
                count += 1;
            }
        }
        count
    }
}
