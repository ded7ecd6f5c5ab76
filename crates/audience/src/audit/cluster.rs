//! Entries that share address and program, and whether they move as one. Pure.

use events::{EntryId, Millis};
use std::collections::{HashMap, VecDeque};

/// Heartbeats within this long come in the same instant.
const INSTANT_MS: i64 = 200;
/// Heartbeats come this often.
const BEAT_MS: f64 = 10_000.0;
/// Entries within this long came together.
const TOGETHER_MS: i64 = 3_000;
/// Arrivals and heartbeats remembered.
const RECENT: usize = 64;

#[derive(Default)]
pub(super) struct Clusters(HashMap<u64, Cluster>);

#[derive(Default)]
struct Cluster {
    entries: u32,
    came: VecDeque<Millis>,
    beats: VecDeque<Beaten>,
}

struct Beaten {
    at: Millis,
    entry: EntryId,
    marked: bool,
}

impl Clusters {
    pub(super) fn join(&mut self, cluster: u64, at: Millis) {
        let cluster = self.0.entry(cluster).or_default();
        cluster.entries += 1;
        push(&mut cluster.came, at);
    }

    pub(super) fn leave(&mut self, key: u64) {
        let Some(cluster) = self.0.get_mut(&key) else { return };
        cluster.entries = cluster.entries.saturating_sub(1);
        if cluster.entries == 0 {
            self.0.remove(&key);
        }
    }

    /// How many share it, and how many of them came within seconds of `at`.
    pub(super) fn company(&self, cluster: u64, at: Millis) -> (u32, u32) {
        let Some(cluster) = self.0.get(&cluster) else { return (1, 0) };
        let together = cluster.came.iter().filter(|came| came.since(at).abs() <= TOGETHER_MS).count() as u32;
        (cluster.entries, if together > 1 { together } else { 0 })
    }

    /// Notes a heartbeat. Answers whose heartbeats are now known to have come in one instant, far more of them than chance
    /// would bring together: many people behind one address have heartbeats at all times.
    pub(super) fn beat(&mut self, cluster: u64, entry: EntryId, at: Millis) -> Vec<EntryId> {
        let Some(cluster) = self.0.get_mut(&cluster) else { return Vec::new() };
        push(&mut cluster.beats, Beaten { at, entry, marked: false });
        if cluster.entries < 5 {
            return Vec::new();
        }
        let by_chance = f64::from(cluster.entries) * INSTANT_MS as f64 / BEAT_MS;
        let many = 5.0 + 2.0 * by_chance + 3.0 * by_chance.sqrt();
        let now = cluster.beats.iter_mut().rev().take_while(|beat| at.since(beat.at) <= INSTANT_MS);
        let instant: Vec<&mut Beaten> = now.collect();
        // One client that floods is no crowd.
        let mut entries: Vec<EntryId> = instant.iter().map(|beat| beat.entry).collect();
        entries.sort_unstable_by_key(|entry| entry.0);
        entries.dedup();
        if (entries.len() as f64) < many {
            return Vec::new();
        }
        let fresh = instant.into_iter().filter(|beat| !beat.marked);
        fresh
            .map(|beat| {
                beat.marked = true;
                beat.entry
            })
            .collect()
    }
}

fn push<T>(ring: &mut VecDeque<T>, item: T) {
    if ring.len() >= RECENT {
        ring.pop_front();
    }
    ring.push_back(item);
}
