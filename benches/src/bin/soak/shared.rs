//! What the tasks of the soak tell each other. Everything is bounded: counts, and the times of clips.

use serde_json::{Value, json};
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Instant,
};

#[derive(Clone, Default)]
pub struct Shared(Arc<Mutex<Inner>>);

#[derive(Default)]
struct Inner {
    rooms: Vec<Room>,
    counts: BTreeMap<String, u64>,
    clip_times: Vec<f64>,
}

#[derive(Clone)]
pub struct Room {
    pub id: String,
    state: Arc<Mutex<RoomState>>,
}

#[derive(Default)]
pub struct RoomState {
    /// Since when the encoder pushes without a break.
    pub pushing: Option<Instant>,
    /// When the playlist last named something new.
    pub moved: Option<Instant>,
    pub reconnects: u32,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Room {
    pub fn state(&self) -> MutexGuard<'_, RoomState> {
        lock(&self.state)
    }

    /// Seconds that the playlist has stood still although the encoder pushed all the time.
    pub fn still(&self) -> Option<f64> {
        let state = self.state();
        let pushing = state.pushing?.elapsed();
        let moved = state.moved.map_or(pushing, |at| at.elapsed());
        Some(moved.min(pushing).as_secs_f64())
    }
}

impl Shared {
    pub fn add_room(&self, id: String) -> Room {
        let room = Room { id, state: Arc::default() };
        lock(&self.0).rooms.push(room.clone());
        room
    }

    pub fn rooms(&self) -> Vec<Room> {
        lock(&self.0).rooms.clone()
    }

    pub fn count(&self, what: &str) {
        self.count_by(what, 1);
    }

    pub fn count_by(&self, what: &str, by: u64) {
        let mut inner = lock(&self.0);
        // Kinds of failure come from the server, so their number is limited too.
        if inner.counts.len() < 200 || inner.counts.contains_key(what) {
            *inner.counts.entry(what.to_owned()).or_default() += by;
        }
    }

    pub fn clip_ready(&self, seconds: f64) {
        let mut inner = lock(&self.0);
        if inner.clip_times.len() < 100_000 {
            inner.clip_times.push(seconds);
        }
    }

    pub fn clip_times(&self) -> Vec<f64> {
        let mut times = lock(&self.0).clip_times.clone();
        times.sort_by(f64::total_cmp);
        times
    }

    pub fn viewers(&self) -> Value {
        self.counts_of("viewer")
    }

    pub fn clips(&self) -> Value {
        self.counts_of("clip")
    }

    pub fn operators(&self) -> Value {
        self.counts_of("operator")
    }

    fn counts_of(&self, family: &str) -> Value {
        let inner = lock(&self.0);
        let of_family = inner.counts.iter().filter_map(|(name, count)| {
            Some((name.strip_prefix(family)?.trim_start_matches(' ').to_owned(), json!(count)))
        });
        Value::Object(of_family.collect())
    }
}
