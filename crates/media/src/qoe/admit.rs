//! Whose plays 播放 are taken, and how many. Pure: what was seen of the sender and the time come in.
//!
//! A report is a player's own word, and anybody may get a token. So a picture is believed only of who was sent media, and
//! plays are few enough that nobody fills the tables or moves a show's figures alone. A play that fails before any media
//! is taken from an honest viewer: that is what the failure rate is for.

use super::report::{PlaybackSaid, TooMany};
use audience::Seen;
use events::{BroadcastId, EntryId, Millis};
use std::{collections::HashMap, net::IpAddr};
use uuid::Uuid;

/// New plays of one entry: a few at once, then one in a while, and so many in a show.
const PLAYS: Limit = Limit { at_once: 4, every_ms: 10_000 };
const MOST_PLAYS_OF_AN_ENTRY: u16 = 300;
/// New plays of an entry that was sent no media.
const MOST_WITHOUT_MEDIA: u16 = 3;
/// The same of one address, behind which a campus may stand.
const WITHOUT_MEDIA: Limit = Limit { at_once: 30, every_ms: 20_000 };
/// Plays of one show. The metrics of a show are bounded by the same number.
const MOST_PLAYS_OF_A_SHOW: u32 = 500_000;
/// Entries known at once; one more is refused.
const MOST_ENTRIES: usize = 500_000;
/// When there are that many, who said nothing for so long is forgotten.
const IDLE_MS: i64 = 900_000;
/// A show without any report is forgotten after this.
const FORGET_MS: i64 = 1_800_000;
/// Plays of an entry that go on; a page plays one, and two tabs are two entries.
const GOING_ON: usize = 4;

/// What becomes of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Admitted {
    /// Whether media reached its sender, or may have.
    Taken { media: bool },
    /// It shows a picture that nobody sent it.
    Unfounded,
}

#[derive(Default)]
pub struct Admission {
    shows: HashMap<BroadcastId, Show>,
    entries: usize,
    tidied: Option<Millis>,
}

struct Show {
    said_at: Millis,
    plays: u32,
    entries: HashMap<EntryId, Entry>,
    without_media: HashMap<IpAddr, Bucket>,
}

/// What an entry brought in a show.
struct Entry {
    media: bool,
    plays: u16,
    without_media: u16,
    bucket: Bucket,
    said_at: Millis,
    /// The latest, newest first.
    going_on: [Option<Uuid>; GOING_ON],
}

impl Admission {
    /// `from`: the sender's network; it is kept in memory only.
    pub fn admit(
        &mut self,
        (show, entry): (BroadcastId, EntryId),
        said: &PlaybackSaid,
        seen: Seen,
        from: IpAddr,
        now: Millis,
    ) -> Result<Admitted, TooMany> {
        let known = self.shows.get(&show).is_some_and(|show| show.entries.contains_key(&entry));
        if !known && self.entries >= MOST_ENTRIES {
            self.tidy(now);
            if self.entries >= MOST_ENTRIES {
                return Err(TooMany);
            }
        }
        self.entries += usize::from(!known);
        let show = self.shows.entry(show).or_insert_with(|| Show::new(now));
        show.said_at = now;
        let Show { plays, entries, without_media, .. } = show;
        let entry = entries.entry(entry).or_insert_with(|| Entry::new(now));
        entry.said_at = now;
        entry.media |= seen.media;
        let media = entry.media || seen.unseen;
        if !media && claims(said) {
            return Ok(Admitted::Unfounded);
        }
        if entry.going_on.contains(&Some(said.play)) {
            return Ok(Admitted::Taken { media });
        }
        if *plays >= MOST_PLAYS_OF_A_SHOW || entry.plays >= MOST_PLAYS_OF_AN_ENTRY || !entry.bucket.take(PLAYS, now) {
            return Err(TooMany);
        }
        if !media {
            // This machine is a proxy that does not tell whom it speaks for.
            let neighbours = |bucket: &mut Bucket| from.is_loopback() || bucket.take(WITHOUT_MEDIA, now);
            let few = entry.without_media < MOST_WITHOUT_MEDIA
                && neighbours(without_media.entry(from).or_insert_with(|| Bucket::full(WITHOUT_MEDIA, now)));
            if !few {
                return Err(TooMany);
            }
            entry.without_media += 1;
        }
        *plays += 1;
        entry.begin(said.play);
        Ok(Admitted::Taken { media })
    }

    /// Forgets shows nobody speaks of.
    pub fn forget(&mut self, now: Millis) {
        self.shows.retain(|_, show| now.since(show.said_at) < FORGET_MS);
        self.entries = self.shows.values().map(|show| show.entries.len()).sum();
    }

    /// Makes room, once a minute at most: it looks at everybody.
    fn tidy(&mut self, now: Millis) {
        if self.tidied.is_some_and(|tidied| now.since(tidied) < 60_000) {
            return;
        }
        self.tidied = Some(now);
        for show in self.shows.values_mut() {
            show.entries.retain(|_, entry| now.since(entry.said_at) < IDLE_MS);
            show.without_media.retain(|_, bucket| !bucket.is_full(WITHOUT_MEDIA, now));
        }
        self.forget(now);
    }
}

impl Show {
    fn new(now: Millis) -> Self {
        Self { said_at: now, plays: 0, entries: HashMap::new(), without_media: HashMap::new() }
    }
}

impl Entry {
    fn new(now: Millis) -> Self {
        let bucket = Bucket::full(PLAYS, now);
        Self { media: false, plays: 0, without_media: 0, bucket, said_at: now, going_on: [None; GOING_ON] }
    }

    fn begin(&mut self, play: Uuid) {
        self.plays += 1;
        self.going_on.rotate_right(1);
        self.going_on[0] = Some(play);
    }
}

/// Only who got media can say this.
fn claims(said: &PlaybackSaid) -> bool {
    let counted = [said.played_ms, said.stalls, said.stalled_ms, said.frames, said.dropped];
    counted.iter().any(|count| *count > 0) || said.first_frame_ms.is_some() || said.latency_ms.is_some()
}

/// So many at once, and one more in a while.
#[derive(Clone, Copy)]
struct Limit {
    at_once: i64,
    every_ms: i64,
}

/// When it would have been empty: what is in it is the time since then.
#[derive(Clone, Copy)]
struct Bucket(i64);

impl Bucket {
    fn full(limit: Limit, now: Millis) -> Self {
        Self(now.0 - limit.at_once * limit.every_ms)
    }

    fn take(&mut self, limit: Limit, now: Millis) -> bool {
        let left = self.0.max(Self::full(limit, now).0) + limit.every_ms;
        let enough = left <= now.0;
        if enough {
            self.0 = left;
        }
        enough
    }

    fn is_full(self, limit: Limit, now: Millis) -> bool {
        self.0 <= Self::full(limit, now).0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MEDIA: Seen = Seen { media: true, bot: false, unseen: false };
    const NONE: Seen = Seen { media: false, bot: false, unseen: false };
    const TAKEN: Result<Admitted, TooMany> = Ok(Admitted::Taken { media: true });
    const CDN: Seen = Seen { media: false, bot: false, unseen: true };

    #[derive(Default)]
    struct Room {
        admission: Admission,
        show: BroadcastId,
    }

    impl Room {
        fn say(&mut self, entry: u128, play: u128, played_ms: u32, seen: Seen, at: i64) -> Result<Admitted, TooMany> {
            self.say_from([198, 51, 100, 7], entry, play, played_ms, seen, at)
        }

        fn say_from(
            &mut self,
            from: [u8; 4],
            entry: u128,
            play: u128,
            played_ms: u32,
            seen: Seen,
            at: i64,
        ) -> Result<Admitted, TooMany> {
            let said = PlaybackSaid { play: Uuid::from_u128(play), played_ms, ..PlaybackSaid::default() };
            let entry = EntryId(Uuid::from_u128(entry));
            self.admission.admit((self.show, entry), &said, seen, from.into(), Millis(at))
        }
    }

    #[test]
    fn a_play_that_goes_on_is_one_and_new_ones_are_few() {
        let mut room = Room::default();
        // A minute of new plays as fast as can be.
        let taken = (0..600).filter(|n| room.say(1, 1 + n, 100, MEDIA, *n as i64 * 100).is_ok()).count();
        assert!((9..=10).contains(&taken), "{taken}");
        assert_eq!(room.say(2, 7, 100, MEDIA, 0), TAKEN);
        assert!((0..1000).all(|n| room.say(2, 7, 9_000, MEDIA, n * 10) == TAKEN));
    }

    #[test]
    fn a_show_of_a_day_has_an_end_of_plays() {
        let mut room = Room::default();
        let taken = (1..=5_000).filter(|n| room.say(1, *n, 100, MEDIA, *n as i64 * 17_000).is_ok()).count();
        assert_eq!(taken, usize::from(MOST_PLAYS_OF_AN_ENTRY));
        // Also for who is quiet in between.
        assert_eq!(room.say(1, 9_999, 100, MEDIA, 86_400_000), Err(TooMany));
        room.admission.forget(Millis(86_400_000));
        assert_eq!(room.say(1, 9_999, 100, MEDIA, 86_400_001), Err(TooMany));
    }

    #[test]
    fn a_picture_is_believed_only_of_who_was_sent_media() {
        let mut room = Room::default();
        assert_eq!(room.say(1, 1, 9_000, NONE, 0), Ok(Admitted::Unfounded));
        assert_eq!(room.say(1, 1, 9_000, CDN, 1), TAKEN);
        assert_eq!(room.say(2, 1, 9_000, MEDIA, 2), TAKEN);
        // What was sent once was sent, although the audience forgot the entry.
        assert_eq!(room.say(2, 1, 9_000, NONE, 3_600_000), TAKEN);
    }

    #[test]
    fn plays_that_fail_before_any_media_are_taken_and_few() {
        let mut room = Room::default();
        let taken = (1..=100).filter(|n| room.say(1, *n, 0, NONE, *n as i64 * 20_000).is_ok()).count();
        assert_eq!(taken, usize::from(MOST_WITHOUT_MEDIA));
        // A thousand tokens of one address within a minute.
        let taken = (1..=1_000).filter(|n| room.say(100 + n, 1, 0, NONE, 2_000_000 + *n as i64 * 60).is_ok()).count();
        assert!((30..=34).contains(&taken), "{taken}");
        assert!(room.say_from([203, 0, 113, 9], 5_000, 1, 0, NONE, 2_060_000).is_ok(), "a neighbour");
        assert_eq!(room.say(1, 4_000, 0, MEDIA, 2_060_000), TAKEN, "with media it is as everybody");
        assert!((1..=100).all(|n| room.say_from([127, 0, 0, 1], 9_000 + n, 1, 0, NONE, 2_060_000).is_ok()));
    }

    #[test]
    fn silent_shows_are_forgotten() {
        let mut room = Room::default();
        room.say(1, 1, 0, MEDIA, 0).unwrap();
        room.admission.forget(Millis(FORGET_MS - 1));
        assert_eq!(room.admission.entries, 1);
        room.admission.forget(Millis(FORGET_MS));
        assert_eq!((room.admission.entries, room.admission.shows.len()), (0, 0));
    }
}
