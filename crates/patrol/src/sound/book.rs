//! How far each running show was heard, since when it is silent, and what waits to become words; and whose turn it is.

use super::{Stretch, pcm::Pcm};
use crate::{PatrolSettings, Place, Sound};
use events::{BroadcastId, Millis, RoomId};
use parking_lot::Mutex;
use std::collections::{HashMap, VecDeque};

/// Between two looks for new sound of a show.
const LOOK_MS: i64 = 500;
/// Stretches of a show that wait to become words; of more the oldest is left out.
const MOST_WAITING: usize = 3;
/// When samples and arrival are further apart than this, the arrival is right.
const MOST_DRIFT_MS: i64 = 5_000;

/// A running show.
#[derive(Debug)]
struct Ear {
    place: Place,
    /// The last segment that was heard, or could not be.
    heard: Option<(BroadcastId, u64)>,
    /// Where the next sample belongs, in milliseconds of the show; none: nothing goes on here.
    to_ms: Option<i64>,
    /// What was cut off behind the last pause.
    rest: Pcm,
    /// How long nothing was to be heard, up to now.
    silent_ms: i64,
    looked_at: Millis,
    busy: bool,
    waiting: VecDeque<Stretch>,
    /// One of them is becoming words.
    speaking: bool,
    /// The last words, and where in the show they end.
    tail: Option<(i64, String)>,
}

/// What became of some sound.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Heard {
    pub ms: i64,
    /// Before it, and never heard.
    pub missed_ms: i64,
    /// Stretches that nobody has time for.
    pub left_out: u64,
    /// Stretches that hold no words because there is nothing in them.
    pub silent: u64,
}

#[derive(Debug)]
pub struct Ears {
    settings: PatrolSettings,
    /// Somebody makes words of it.
    words: bool,
    shows: Mutex<HashMap<RoomId, Ear>>,
}

impl Ears {
    pub fn new(settings: PatrolSettings, words: bool) -> Self {
        Self { settings, words, shows: Mutex::default() }
    }

    /// These run, and no others.
    pub fn keep(&self, live: &[Place]) {
        let mut shows = self.shows.lock();
        let mut before = std::mem::take(&mut *shows);
        for place in live.iter().filter(|place| self.is_heard(place.room)) {
            let known = before.remove(&place.room).filter(|known| known.place.broadcast == place.broadcast);
            let ear = match known {
                Some(known) => Ear { place: place.clone(), ..known },
                None => Ear {
                    place: place.clone(),
                    heard: None,
                    to_ms: None,
                    rest: Pcm::default(),
                    silent_ms: 0,
                    looked_at: Millis(0),
                    busy: false,
                    waiting: VecDeque::new(),
                    speaking: false,
                    tail: None,
                },
            };
            shows.insert(place.room, ear);
        }
    }

    /// Of many rooms one in so many, always the same ones.
    fn is_heard(&self, room: RoomId) -> bool {
        let one_in = u128::from(self.settings.hear_one_in);
        one_in > 0 && room.0.as_u128().is_multiple_of(one_in)
    }

    /// The show that waits longest, and the segment behind which it goes on. It is the caller's until [`Self::done`].
    pub fn take(&self, now: Millis) -> Option<(Place, Option<u64>)> {
        let mut shows = self.shows.lock();
        let due = |ear: &&mut Ear| !ear.busy && now.since(ear.looked_at) >= LOOK_MS;
        let ear = shows.values_mut().filter(due).min_by_key(|ear| ear.looked_at)?;
        (ear.busy, ear.looked_at) = (true, now);
        Some((ear.place.clone(), ear.heard.filter(|of| Some(of.0) == ear.place.broadcast).map(|of| of.1)))
    }

    pub fn done(&self, room: RoomId) {
        if let Some(ear) = self.shows.lock().get_mut(&room) {
            ear.busy = false;
        }
    }

    /// It cannot be decoded: what follows begins anew.
    pub fn skip(&self, room: RoomId, sound: &Sound) {
        if let Some(ear) = self.of(&mut self.shows.lock(), room, sound) {
            ear.heard = Some((sound.broadcast, sound.last));
            let rest = ear.end();
            self.queue(ear, rest, &mut Heard::default());
        }
    }

    /// Takes the samples of some sound. What is cut off behind its last pause is heard with what follows.
    pub fn hear(&self, room: RoomId, sound: &Sound, pcm: Pcm) -> Heard {
        let mut heard = Heard { ms: pcm.ms(), ..Heard::default() };
        let mut shows = self.shows.lock();
        let Some(ear) = self.of(&mut shows, room, sound) else { return Heard::default() };
        ear.heard = Some((sound.broadcast, sound.last));
        let arrived_ms = sound.at.since(ear.place.started_at).max(0);
        let goes_on = |to_ms: &i64| sound.continues && (to_ms - arrived_ms).abs() <= MOST_DRIFT_MS;
        let from_ms = match ear.to_ms.filter(goes_on) {
            Some(to_ms) => to_ms,
            None => {
                heard.missed_ms = ear.to_ms.map_or(0, |to_ms| (arrived_ms - to_ms).max(0));
                let rest = ear.end();
                self.queue(ear, rest, &mut heard);
                arrived_ms
            }
        };
        let silent_ms = pcm.silent_tail_ms();
        ear.silent_ms = if silent_ms == pcm.ms() { ear.silent_ms + silent_ms } else { silent_ms };
        ear.to_ms = Some(from_ms + pcm.ms());
        if !self.words {
            return heard;
        }
        let rest = std::mem::take(&mut ear.rest);
        let from_ms = from_ms - rest.ms();
        let mut pcm = Pcm([rest.0, pcm.0].concat());
        ear.rest = pcm.split_at_pause();
        let stretch = Stretch { place: ear.place.clone(), from_ms, pcm };
        self.queue(ear, Some(stretch), &mut heard);
        heard
    }

    fn of<'a>(&self, shows: &'a mut HashMap<RoomId, Ear>, room: RoomId, sound: &Sound) -> Option<&'a mut Ear> {
        shows.get_mut(&room).filter(|ear| ear.place.broadcast == Some(sound.broadcast))
    }

    fn queue(&self, ear: &mut Ear, stretch: Option<Stretch>, heard: &mut Heard) {
        let Some(stretch) = stretch.filter(|_| self.words) else { return };
        if stretch.pcm.is_silent() {
            heard.silent += 1;
            return;
        }
        ear.waiting.push_back(stretch);
        while ear.waiting.len() > MOST_WAITING {
            ear.waiting.pop_front();
            heard.left_out += 1;
        }
    }

    /// The stretch that waits longest, one of a show at a time, and the words that it goes on behind. Its show is the caller's until
    /// [`Self::said`].
    pub fn take_stretch(&self) -> Option<(Stretch, String)> {
        let mut shows = self.shows.lock();
        let since = |ear: &Ear| Some(ear.place.started_at.plus_ms(ear.waiting.front()?.from_ms));
        let waits = |ear: &&mut Ear| !ear.speaking && !ear.waiting.is_empty();
        let ear = shows.values_mut().filter(waits).min_by_key(|ear| since(ear))?;
        let stretch = ear.waiting.pop_front()?;
        ear.speaking = true;
        let tail = ear.tail.take().filter(|(to_ms, _)| *to_ms == stretch.from_ms);
        Some((stretch, tail.map(|(_, tail)| tail).unwrap_or_default()))
    }

    /// How the stretch ended; none when nothing is known of it.
    pub fn said(&self, of: &Place, tail: Option<(i64, String)>) {
        if let Some(ear) = self.shows.lock().get_mut(&of.room).filter(|ear| ear.place.broadcast == of.broadcast) {
            (ear.speaking, ear.tail) = (false, tail);
        }
    }

    /// How long nothing was to be heard of a show.
    pub fn silent_ms(&self, room: RoomId) -> i64 {
        self.shows.lock().get(&room).map_or(0, |ear| ear.silent_ms)
    }

    /// How old the newest sound is that was heard of the show that is furthest behind, and how long the oldest stretch waits.
    pub fn behind_ms(&self, now: Millis) -> (i64, i64) {
        let shows = self.shows.lock();
        let since = |ear: &Ear, at_ms: i64| now.since(ear.place.started_at.plus_ms(at_ms)).max(0);
        let heard = shows.values().filter_map(|ear| Some(since(ear, ear.to_ms?))).max();
        let waits = shows.values().filter_map(|ear| Some(since(ear, ear.waiting.front()?.to_ms()))).max();
        (heard.unwrap_or_default(), waits.unwrap_or_default())
    }
}

impl Ear {
    /// Nothing goes on here: what was kept for that is a stretch of its own.
    fn end(&mut self) -> Option<Stretch> {
        let (to_ms, rest) = (self.to_ms.take()?, std::mem::take(&mut self.rest));
        let stretch = Stretch { place: self.place.clone(), from_ms: to_ms - rest.ms(), pcm: rest };
        (!stretch.pcm.0.is_empty()).then_some(stretch)
    }
}

#[cfg(test)]
#[allow(clippy::expect_used, reason = "a test that cannot go on fails")]
mod tests {
    use super::*;
    use events::{OrgId, TeamId};

    const START: Millis = Millis(1_000_000);

    fn place() -> Place {
        Place {
            room: RoomId::new(),
            org: OrgId::new(),
            team: TeamId::new(),
            title: "双十二专场".into(),
            broadcast: Some(BroadcastId::new()),
            started_at: START,
            viewers: 0,
        }
    }

    fn sound(place: &Place, first: u64, at_ms: i64, continues: bool) -> Sound {
        Sound {
            broadcast: place.broadcast.expect("a show"),
            first,
            last: first,
            at: START.plus_ms(at_ms),
            duration_ms: 6_000,
            continues,
            pieces: None,
        }
    }

    fn loud(ms: i64) -> Pcm {
        let mut pcm = Pcm::silence(ms);
        pcm.0.iter_mut().enumerate().for_each(|(at, sample)| *sample = if at % 20 < 10 { 9_000 } else { -9_000 });
        pcm
    }

    fn ears(place: &Place) -> Ears {
        let ears = Ears::new(PatrolSettings::default(), true);
        ears.keep(std::slice::from_ref(place));
        ears
    }

    fn waiting(ears: &Ears, place: &Place) -> Vec<(i64, i64)> {
        let taken = std::iter::from_fn(|| {
            let (stretch, _) = ears.take_stretch()?;
            ears.said(place, None);
            Some((stretch.from_ms, stretch.to_ms()))
        });
        taken.collect()
    }

    #[test]
    fn stretches_follow_each_other_and_nothing_is_left_between() {
        let place = place();
        let ears = ears(&place);
        ears.hear(place.room, &sound(&place, 0, 300, false), loud(6_000));
        // Arrival wavers; samples do not.
        ears.hear(place.room, &sound(&place, 1, 6_900, true), loud(6_000));
        ears.hear(place.room, &sound(&place, 2, 12_100, true), loud(6_000));
        let heard = waiting(&ears, &place);
        assert_eq!(heard.first().map(|first| first.0), Some(300));
        assert!(heard.windows(2).all(|two| two[0].1 == two[1].0), "{heard:?}");
        assert!(heard.last().is_some_and(|last| (16_300..=18_300).contains(&last.1)), "{heard:?}");
    }

    #[test]
    fn a_gap_is_told_and_what_was_before_it_is_not_forgotten() {
        let place = place();
        let ears = ears(&place);
        ears.hear(place.room, &sound(&place, 0, 0, false), loud(6_000));
        let heard = ears.hear(place.room, &sound(&place, 9, 40_000, false), loud(6_000));
        assert_eq!((heard.ms, heard.missed_ms), (6_000, 34_000));
        let heard = waiting(&ears, &place);
        assert_eq!((heard[0].0, heard[1].1, heard[2].0), (0, 6_000, 40_000), "{heard:?}");
        assert_eq!(heard[0].1, heard[1].0);
    }

    #[test]
    fn silence_adds_up_and_ends_with_a_sound() {
        let place = place();
        let ears = ears(&place);
        for n in 0..6 {
            let heard = ears.hear(place.room, &sound(&place, n, n as i64 * 6_000, n > 0), Pcm::silence(6_000));
            assert_eq!(heard.silent, 1, "there are no words in it");
        }
        assert_eq!(ears.silent_ms(place.room), 36_000);
        assert!(ears.take_stretch().is_none());
        ears.hear(place.room, &sound(&place, 6, 36_000, true), Pcm([loud(4_000).0, Pcm::silence(2_000).0].concat()));
        assert_eq!(ears.silent_ms(place.room), 2_000);
    }

    #[test]
    fn who_is_behind_leaves_the_oldest_out_and_one_stretch_is_worked_on_at_a_time() {
        let place = place();
        let ears = ears(&place);
        let left_out: u64 = (0..5)
            .map(|n| ears.hear(place.room, &sound(&place, n, n as i64 * 6_000, n > 0), loud(6_000)).left_out)
            .sum();
        assert_eq!(left_out, 2);
        let (first, tail) = ears.take_stretch().expect("one waits");
        assert!(first.from_ms >= 8_000 && tail.is_empty(), "{}", first.from_ms);
        assert!(ears.take_stretch().is_none(), "it is the show's turn once");
        ears.said(&place, Some((first.to_ms(), "ten".to_owned())));
        let (second, tail) = ears.take_stretch().expect("another one waits");
        assert_eq!((second.from_ms, tail.as_str()), (first.to_ms(), "ten"));
        ears.said(&place, Some((second.to_ms() - 1, "ten".to_owned())));
        assert!(ears.take_stretch().is_some_and(|(_, tail)| tail.is_empty()), "it does not go on there");
    }

    #[test]
    fn another_show_of_the_room_begins_anew() {
        let mut place = place();
        let ears = ears(&place);
        assert_eq!(ears.take(START), Some((place.clone(), None)));
        ears.hear(place.room, &sound(&place, 4, 0, false), Pcm::silence(6_000));
        ears.done(place.room);
        assert_eq!(ears.take(START), None, "it is too early");
        assert_eq!(ears.take(START.plus_ms(LOOK_MS)).map(|turn| turn.1), Some(Some(4)));
        let before = sound(&place, 5, 6_000, true);
        place.broadcast = Some(BroadcastId::new());
        ears.keep(std::slice::from_ref(&place));
        assert_eq!(ears.hear(place.room, &before, loud(6_000)), Heard::default());
        assert_eq!((ears.silent_ms(place.room), ears.take(START)), (0, Some((place.clone(), None))));
        ears.keep(&[]);
        assert!(ears.take(START.plus_ms(60_000)).is_none());
    }

    #[test]
    fn of_many_rooms_some_are_heard() {
        let place = place();
        let ears = |hear_one_in| {
            let ears = Ears::new(PatrolSettings { hear_one_in, ..PatrolSettings::default() }, true);
            ears.keep(std::slice::from_ref(&place));
            ears.take(START).is_some()
        };
        assert_eq!([ears(0), ears(1)], [false, true]);
    }
}
