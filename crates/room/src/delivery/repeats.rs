//! Which danmaku were stored already: a repeat of a client id is acknowledged, never stored twice. Pure, apart from the
//! hash keys drawn once per process.

use events::{Millis, RoomId, ViewerId};
use std::{
    collections::HashMap,
    hash::{BuildHasher, RandomState},
};
use tokio::sync::oneshot;

/// Remembered for at least this long; the protocol promises it.
pub const WINDOW_MS: i64 = 10 * 60 * 1000;

/// A danmaku's identity, hashed with this process's secret keys (128 bits: no two are confused).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Key(u128);

/// What is known of a danmaku.
pub enum Seen {
    New,
    /// Stored at this position.
    Stored(u64),
    /// Another socket's is being stored; the answer comes here, `None` when that failed.
    Storing(oneshot::Receiver<Option<u64>>),
}

enum Slot {
    Storing(Vec<oneshot::Sender<Option<u64>>>),
    Stored(u64),
}

/// Two generations, turned every ten minutes: an entry lives ten to twenty.
pub struct Repeats {
    keys: [RandomState; 2],
    young: HashMap<Key, Slot>,
    old: HashMap<Key, Slot>,
    turned_at: Millis,
}

impl Repeats {
    pub fn new(now: Millis) -> Self {
        Self {
            keys: [RandomState::new(), RandomState::new()],
            young: HashMap::new(),
            old: HashMap::new(),
            turned_at: now,
        }
    }

    pub fn key(&self, room: RoomId, viewer: &ViewerId, id: &str) -> Key {
        let [high, low] = self.keys.each_ref().map(|keys| keys.hash_one((room, viewer, id)));
        Key(u128::from(high) << 64 | u128::from(low))
    }

    pub fn look(&mut self, key: Key) -> Seen {
        match self.young.get_mut(&key).or_else(|| self.old.get_mut(&key)) {
            None => Seen::New,
            Some(Slot::Stored(position)) => Seen::Stored(*position),
            Some(Slot::Storing(waiting)) => {
                let (sender, receiver) = oneshot::channel();
                waiting.push(sender);
                Seen::Storing(receiver)
            }
        }
    }

    /// Says that this one is being stored now; [`Repeats::finish`] must follow.
    pub fn begin(&mut self, key: Key, now: Millis) {
        self.turn(now);
        self.young.insert(key, Slot::Storing(Vec::new()));
    }

    /// It was stored at a position, or not at all.
    pub fn finish(&mut self, key: Key, position: Option<u64>) {
        // A storing that began before a turn must not be found again in the old generation.
        let slot = self.old.remove(&key).or_else(|| self.young.remove(&key));
        if let Some(Slot::Storing(waiting)) = slot {
            for waiter in waiting {
                let _ = waiter.send(position);
            }
        }
        if let Some(position) = position {
            self.young.insert(key, Slot::Stored(position));
        }
    }

    /// The log says it was stored at this position.
    pub fn note(&mut self, key: Key, position: u64, now: Millis) {
        self.turn(now);
        if !self.old.contains_key(&key) {
            self.young.entry(key).or_insert(Slot::Stored(position));
        }
    }

    fn turn(&mut self, now: Millis) {
        if now.since(self.turned_at) >= WINDOW_MS {
            self.turned_at = now;
            self.old = std::mem::take(&mut self.young);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_repeat_is_known_for_ten_minutes_and_forgotten_after_twenty() {
        let viewer: ViewerId = "v1".parse().expect("a viewer id");
        let mut repeats = Repeats::new(Millis(0));
        let key = repeats.key(RoomId::new(), &viewer, "c1");
        assert!(matches!(repeats.look(key), Seen::New));
        repeats.begin(key, Millis(WINDOW_MS - 1));
        let Seen::Storing(mut waiting) = repeats.look(key) else { panic!("should be storing") };
        repeats.finish(key, Some(7));
        assert_eq!(waiting.try_recv(), Ok(Some(7)));
        let other = repeats.key(RoomId::new(), &viewer, "c1");
        repeats.note(other, 9, Millis(2 * WINDOW_MS - 2));
        assert!(matches!(repeats.look(key), Seen::Stored(7)));
        repeats.note(other, 9, Millis(3 * WINDOW_MS));
        assert!(matches!(repeats.look(key), Seen::New));
        assert!(matches!(repeats.look(other), Seen::Stored(9)));
    }

    #[test]
    fn a_failed_one_may_be_tried_again() {
        let mut repeats = Repeats::new(Millis(0));
        let key = Key(1);
        repeats.begin(key, Millis(0));
        repeats.finish(key, None);
        assert!(matches!(repeats.look(key), Seen::New));
    }
}
