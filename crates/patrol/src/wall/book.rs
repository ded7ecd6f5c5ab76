//! The newest frames of each running show, in memory and bounded; and whose turn it is.

use super::rules::{BLACK, Look, SAME};
use crate::{
    PatrolSettings, Picture, Place,
    decode::Decoded,
    hash::{Print, Prints},
};
use bytes::Bytes;
use events::{BroadcastId, Millis, RoomId};
use parking_lot::Mutex;
use std::{
    collections::{HashMap, VecDeque},
    sync::Arc,
};

#[derive(Debug)]
pub struct Frame {
    /// Only grows, also across a restart: it is an address that can be kept for ever.
    pub id: u64,
    /// Of its show, from 0 on.
    pub number: u64,
    pub at: Millis,
    pub jpeg: Bytes,
    pub prints: Prints,
    /// Nothing to recognise it by.
    pub plain: bool,
    pub black: bool,
}

impl Frame {
    pub fn print(&self) -> Print {
        self.prints.first().copied().unwrap_or_default()
    }
}

/// A running show.
#[derive(Debug)]
struct Show {
    place: Place,
    frames: VecDeque<Arc<Frame>>,
    /// The newest picture that was decoded, or could not be.
    sequence: Option<(BroadcastId, u64)>,
    /// Since when it looks the same.
    same_since: Option<(Print, Millis)>,
    looked_at: Millis,
    busy: bool,
    /// Frames so far.
    number: u64,
    /// The model had no answer to the last frame that it was asked about.
    unchecked: bool,
}

/// What a show looks like now.
#[derive(Debug, Clone)]
pub struct Shown {
    pub place: Place,
    pub newest: Option<Arc<Frame>>,
    pub look: Look,
}

#[derive(Debug)]
pub struct Book {
    settings: PatrolSettings,
    inner: Mutex<Inner>,
}

#[derive(Debug)]
struct Inner {
    shows: HashMap<RoomId, Show>,
    next: u64,
}

impl Book {
    pub fn new(settings: PatrolSettings, now: Millis) -> Self {
        let next = u64::try_from(now.0).unwrap_or_default();
        Self { settings, inner: Mutex::new(Inner { shows: HashMap::new(), next }) }
    }

    /// These run, and no others.
    pub fn keep(&self, live: Vec<Place>, now: Millis) {
        let mut inner = self.inner.lock();
        let mut before = std::mem::take(&mut inner.shows);
        for place in live {
            let known = before.remove(&place.room).filter(|known| known.place.broadcast == place.broadcast);
            let show = match known {
                Some(known) => Show { place, ..known },
                // It is looked at first of all.
                None => Show {
                    place,
                    frames: VecDeque::new(),
                    sequence: None,
                    same_since: None,
                    looked_at: Millis(now.0.saturating_sub(self.settings.every_ms())),
                    busy: false,
                    number: 0,
                    unchecked: false,
                },
            };
            inner.shows.insert(show.place.room, show);
        }
    }

    /// The show that waits longest, of those whose time has come. It is the caller's until [`Self::done`].
    pub fn take(&self, now: Millis) -> Option<Place> {
        let mut inner = self.inner.lock();
        let due = |show: &&mut Show| !show.busy && now.since(show.looked_at) >= self.settings.every_ms();
        let show = inner.shows.values_mut().filter(due).min_by_key(|show| show.looked_at)?;
        show.busy = true;
        show.looked_at = now;
        Some(show.place.clone())
    }

    pub fn done(&self, room: RoomId) {
        if let Some(show) = self.inner.lock().shows.get_mut(&room) {
            show.busy = false;
        }
    }

    /// Whether the picture was not looked at before. The second time it was.
    pub fn is_new(&self, room: RoomId, picture: &Picture) -> bool {
        let mut inner = self.inner.lock();
        let Some(show) = inner.shows.get_mut(&room) else { return false };
        let is = Some((picture.broadcast, picture.sequence));
        show.place.broadcast == Some(picture.broadcast) && std::mem::replace(&mut show.sequence, is) != is
    }

    /// The picture was not looked at after all.
    pub fn again(&self, room: RoomId) {
        if let Some(show) = self.inner.lock().shows.get_mut(&room) {
            show.sequence = None;
        }
    }

    /// Keeps a frame; none when the show is over meanwhile.
    pub fn add(&self, room: RoomId, at: Millis, decoded: Decoded) -> Option<Arc<Frame>> {
        let plain = decoded.grey.is_plain();
        let (prints, black) = (decoded.grey.prints(), plain && decoded.grey.mean() < BLACK);
        let mut inner = self.inner.lock();
        inner.next += 1;
        let id = inner.next;
        let show = inner.shows.get_mut(&room)?;
        let number = show.number;
        show.number += 1;
        let frame = Arc::new(Frame { id, number, at, jpeg: decoded.jpeg, prints, plain, black });
        let same = show.same_since.filter(|(print, _)| print.distance(frame.print()) <= SAME);
        show.same_since = same.or(Some((frame.print(), at)));
        show.frames.push_back(frame.clone());
        let bytes = |frames: &VecDeque<Arc<Frame>>| frames.iter().map(|frame| frame.jpeg.len()).sum::<usize>();
        while show.frames.len() > self.settings.wall_frames.max(1)
            || (show.frames.len() > 1 && bytes(&show.frames) > self.settings.wall_bytes)
        {
            show.frames.pop_front();
        }
        Some(frame)
    }

    pub fn all(&self, now: Millis) -> Vec<Shown> {
        self.inner.lock().shows.values().map(|show| show.shown(now)).collect()
    }

    pub fn of(&self, room: RoomId, now: Millis) -> Option<(Shown, Vec<Arc<Frame>>)> {
        let inner = self.inner.lock();
        let show = inner.shows.get(&room)?;
        Some((show.shown(now), show.frames.iter().rev().cloned().collect()))
    }

    /// Whether the model answered.
    pub fn checked(&self, of: &Place, answered: bool) {
        let mut inner = self.inner.lock();
        if let Some(show) = inner.shows.get_mut(&of.room).filter(|show| show.place.broadcast == of.broadcast) {
            show.unchecked = !answered;
        }
    }

    pub fn newest(&self, room: RoomId) -> Option<Arc<Frame>> {
        self.inner.lock().shows.get(&room)?.frames.back().cloned()
    }

    pub fn frame(&self, room: RoomId, id: u64) -> Option<Arc<Frame>> {
        self.inner.lock().shows.get(&room)?.frames.iter().find(|frame| frame.id == id).cloned()
    }

    /// How long ago the show was looked at that waits longest; bytes of all frames.
    pub fn figures(&self, now: Millis) -> (i64, usize) {
        let inner = self.inner.lock();
        let waits = inner.shows.values().map(|show| now.since(show.looked_at)).max().unwrap_or_default();
        let frames = inner.shows.values().flat_map(|show| &show.frames);
        (waits.max(0), frames.map(|frame| frame.jpeg.len()).sum())
    }
}

impl Show {
    fn shown(&self, now: Millis) -> Shown {
        let newest = self.frames.back().cloned();
        let look = Look {
            age_ms: newest.as_ref().map(|frame| now.since(frame.at)),
            black: newest.as_ref().is_some_and(|frame| frame.black),
            same_ms: self.same_since.map_or(0, |(_, since)| now.since(since)),
            unchecked: self.unchecked,
            silent_ms: 0,
        };
        Shown { place: self.place.clone(), newest, look }
    }
}

#[cfg(test)]
#[allow(clippy::expect_used, reason = "a test that cannot go on fails")]
mod tests {
    use super::*;
    use crate::hash::{Grey, SIDE};
    use events::{OrgId, TeamId};

    fn place() -> Place {
        Place {
            room: RoomId::new(),
            org: OrgId::new(),
            team: TeamId::new(),
            title: "双十二专场".into(),
            broadcast: Some(BroadcastId::new()),
            started_at: Millis(0),
            viewers: 0,
        }
    }

    fn decoded(shift: usize) -> Decoded {
        let pixels = (0..SIDE * SIDE).map(|at| ((at % SIDE + shift) / 16 % 2 * 200 + at / SIDE) as u8).collect();
        Decoded { jpeg: vec![0; 100].into(), grey: Grey::new(pixels).expect("a picture") }
    }

    fn book(settings: PatrolSettings) -> Book {
        Book::new(settings, Millis(1_000_000))
    }

    #[test]
    fn shows_take_turns_and_nobody_is_looked_at_twice_at_once() {
        let book = book(PatrolSettings::default());
        let (one, two) = (place(), place());
        book.keep(vec![one.clone(), two.clone()], Millis(10_000));
        let first = book.take(Millis(10_000)).expect("one is due");
        let second = book.take(Millis(10_001)).expect("so is the other");
        assert_ne!(first.room, second.room);
        assert!(book.take(Millis(20_000)).is_none(), "both are being looked at");
        book.done(second.room);
        book.done(first.room);
        assert!(book.take(Millis(11_000)).is_none(), "it is too early");
        assert_eq!(book.take(Millis(30_000)), Some(first), "who waits longest is first");
        assert_eq!(book.figures(Millis(30_000)).0, 19_999);
    }

    #[test]
    fn frames_are_bounded_and_end_with_their_show() {
        let book = book(PatrolSettings { wall_frames: 3, wall_bytes: 250, ..Default::default() });
        let mut place = place();
        book.keep(vec![place.clone()], Millis(0));
        for at in 0..5 {
            book.add(place.room, Millis(at), decoded(at as usize)).expect("it runs");
        }
        let (shown, frames) = book.of(place.room, Millis(10)).expect("it runs");
        assert_eq!(frames.len(), 2, "as many as have room");
        assert_eq!(shown.newest.map(|frame| frame.at), Some(Millis(4)));
        assert!(book.frame(place.room, frames[0].id).is_some());

        place.broadcast = Some(BroadcastId::new());
        book.keep(vec![place.clone()], Millis(20));
        assert!(book.of(place.room, Millis(20)).is_some_and(|(_, frames)| frames.is_empty()), "another show");
        book.keep(Vec::new(), Millis(30));
        assert!(book.of(place.room, Millis(30)).is_none());
        assert!(book.add(place.room, Millis(31), decoded(0)).is_none());
    }

    #[test]
    fn a_picture_that_does_not_change_is_the_same_since_its_first() {
        let book = book(PatrolSettings::default());
        let place = place();
        book.keep(vec![place.clone()], Millis(0));
        for (at, shift) in [(1_000, 0), (3_000, 0), (5_000, 8), (7_000, 8)] {
            book.add(place.room, Millis(at), decoded(shift)).expect("it runs");
        }
        let (shown, _) = book.of(place.room, Millis(9_000)).expect("it runs");
        assert_eq!(shown.look.same_ms, 4_000);
    }

    #[test]
    fn the_same_key_frame_is_decoded_once() {
        let book = book(PatrolSettings::default());
        let place = place();
        book.keep(vec![place.clone()], Millis(0));
        let broadcast = place.broadcast.expect("it runs");
        let picture = |sequence| Picture { broadcast, sequence, at: Millis(0), pieces: Vec::new() };
        let new = [1, 1, 2].map(|sequence| book.is_new(place.room, &picture(sequence)));
        assert_eq!(new, [true, false, true]);
    }
}
