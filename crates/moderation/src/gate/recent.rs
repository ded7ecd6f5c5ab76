//! What each viewer wrote in the last seconds: a word sent in pieces is a word.

use events::{Millis, RoomId, ViewerId};
use std::collections::{HashMap, VecDeque};

/// Together within this time.
const WITHIN_MS: i64 = 10_000;
/// Pieces before the newest one.
const PIECES: usize = 3;
/// Who writes whole sentences is not writing in pieces.
const LONGEST: usize = 6;
/// Forgotten together when there are so many viewers.
const MOST: usize = 50_000;

#[derive(Default)]
pub struct Recent {
    viewers: HashMap<(RoomId, ViewerId), VecDeque<(Millis, String)>>,
}

impl Recent {
    /// Takes a text and says what stood before it, joined, when it may be a piece of a word.
    pub fn join(&mut self, room: RoomId, viewer: &ViewerId, text: &str, now: Millis) -> Option<String> {
        let key = (room, viewer.clone());
        if text.chars().count() > LONGEST {
            self.viewers.remove(&key);
            return None;
        }
        if self.viewers.len() >= MOST {
            self.viewers.retain(|_, pieces| pieces.back().is_some_and(|last| now.since(last.0) <= WITHIN_MS));
            if self.viewers.len() >= MOST {
                self.viewers.clear();
            }
        }
        let pieces = self.viewers.entry(key).or_default();
        while pieces.len() > PIECES || pieces.front().is_some_and(|first| now.since(first.0) > WITHIN_MS) {
            pieces.pop_front();
        }
        let before: String = pieces.iter().map(|(_, piece)| piece.as_str()).collect();
        pieces.push_back((now, text.to_owned()));
        (!before.is_empty()).then_some(before)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_texts_of_a_few_seconds_are_one() {
        let (room, viewer) = (RoomId::new(), ViewerId::random());
        let mut recent = Recent::default();
        let mut join = |at, text: &str| recent.join(room, &viewer, text, Millis(at));
        assert_eq!(join(0, "加"), None);
        assert_eq!(join(1_000, "我"), Some("加".into()));
        assert_eq!(join(2_000, "微"), Some("加我".into()));
        assert_eq!(join(11_500, "信"), Some("微".into()));
        assert_eq!(join(12_000, "今天的直播真好看"), None);
        assert_eq!(join(12_500, "信"), None);
    }
}
