//! The plays 播放 of one broadcast, and how they went. Exact but for percentiles, which are sketches.
//!
//! Entries that the audience's audit takes for bots 疑似机器人 are kept and count nowhere, whenever that was found: what an
//! entry brought is taken out of the sums, and put back if it is found to be somebody after all.

use crate::fact::Played;
use events::{EntryId, Sketch};
use serde::{Deserialize, Deserializer, Serialize, Serializer, ser::SerializeSeq};
use std::collections::HashMap;
use uuid::Uuid;

/// Plays known of one broadcast: later ones count nowhere. Whoever takes reports takes no more of one show either.
const MOST_PLAYS: u64 = 500_000;

/// Everything the quality metrics read. Sums, sets and minima only: the order of reports changes nothing.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Plays {
    entries: Entries,
    known: u64,
    sums: Sums,
    /// Distance of sound and picture, one value for each measured window of an encoder.
    pub av_offset: Sketch,
}

/// Over the entries that count.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Sums {
    /// Distinct plays.
    pub plays: u64,
    /// Plays with a stall.
    pub stalled: u64,
    /// Plays that showed a frame.
    pub shown: u64,
    pub played_ms: u64,
    pub stalled_ms: u64,
    /// One value for each play that told it.
    pub first_frame: Sketch,
    /// One value for each report that told it.
    pub latency: Sketch,
}

/// What one entry brought.
#[derive(Debug, Clone, Default, PartialEq)]
struct Entry {
    bot: bool,
    plays: Vec<Play>,
    latency: Sketch,
}

#[derive(Debug, Clone, Copy, Default, PartialEq)]
struct Play {
    id: Uuid,
    stalled: bool,
    shown: bool,
    first_frame_ms: Option<u32>,
    played_ms: u64,
    stalled_ms: u64,
}

impl Plays {
    /// `bot`: what is known of the entry.
    pub fn take(&mut self, said: &Played, bot: bool) {
        let full = self.known >= MOST_PLAYS;
        if full && !self.entries.0.contains_key(&said.entry) {
            return;
        }
        let entry = self.entries.0.entry(said.entry).or_insert_with(|| Entry { bot, ..Entry::default() });
        let before = entry.plays.iter().position(|play| play.id == said.play);
        if before.is_none() && full {
            return;
        }
        self.known += u64::from(before.is_none());
        let index = before.unwrap_or_else(|| entry.begin(said.play));
        let Some(play) = entry.plays.get_mut(index) else { return };
        if !entry.bot && before.is_some() {
            self.sums.remove(play);
        }
        play.take(said);
        if !entry.bot {
            self.sums.add(play);
        }
        if let Some(ms) = said.latency_ms {
            entry.latency.add(ms);
            if !entry.bot {
                self.sums.latency.add(ms);
            }
        }
    }

    /// The entry is taken for a bot, or for somebody again.
    pub fn judge(&mut self, entry: EntryId, bot: bool) {
        let Some(entry) = self.entries.0.get_mut(&entry).filter(|entry| entry.bot != bot) else { return };
        entry.bot = bot;
        if bot {
            entry.plays.iter().for_each(|play| self.sums.remove(play));
            self.sums.latency.unmerge(&entry.latency);
        } else {
            entry.plays.iter().for_each(|play| self.sums.add(play));
            self.sums.latency.merge(&entry.latency);
        }
    }

    pub fn sums(&self) -> &Sums {
        &self.sums
    }
}

impl Entry {
    fn begin(&mut self, id: Uuid) -> usize {
        // Most entries have one play: a list that doubles would keep four.
        self.plays.reserve_exact(1);
        self.plays.push(Play { id, ..Play::default() });
        self.plays.len() - 1
    }
}

impl Play {
    fn take(&mut self, said: &Played) {
        self.stalled |= said.stalls > 0;
        self.shown |= said.first_frame_ms.is_some() || said.played_ms > 0 || said.frames > 0;
        // Told twice, the quicker one counts.
        self.first_frame_ms = match (self.first_frame_ms, said.first_frame_ms) {
            (Some(known), Some(said)) => Some(known.min(said)),
            (known, said) => known.or(said),
        };
        self.played_ms += u64::from(said.played_ms);
        self.stalled_ms += u64::from(said.stalled_ms);
    }
}

impl Sums {
    fn add(&mut self, play: &Play) {
        self.plays += 1;
        self.stalled += u64::from(play.stalled);
        self.shown += u64::from(play.shown);
        self.played_ms += play.played_ms;
        self.stalled_ms += play.stalled_ms;
        play.first_frame_ms.into_iter().for_each(|ms| self.first_frame.add(ms));
    }

    fn remove(&mut self, play: &Play) {
        self.plays -= 1;
        self.stalled -= u64::from(play.stalled);
        self.shown -= u64::from(play.shown);
        self.played_ms -= play.played_ms;
        self.stalled_ms -= play.stalled_ms;
        play.first_frame_ms.into_iter().for_each(|ms| self.first_frame.remove(ms));
    }
}

#[derive(Debug, Clone, Default, PartialEq)]
struct Entries(HashMap<EntryId, Entry>);

type SavedPlay = (Uuid, u8, Option<u32>, u64, u64);

impl Serialize for Entries {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut seq = serializer.serialize_seq(Some(self.0.len()))?;
        for (id, entry) in &self.0 {
            let saved = |play: &Play| -> SavedPlay {
                let flags = u8::from(play.stalled) | u8::from(play.shown) << 1;
                (play.id, flags, play.first_frame_ms, play.played_ms, play.stalled_ms)
            };
            let plays: Vec<SavedPlay> = entry.plays.iter().map(saved).collect();
            seq.serialize_element(&(id, entry.bot, plays, &entry.latency))?;
        }
        seq.end()
    }
}

impl<'de> Deserialize<'de> for Entries {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let list = Vec::<(EntryId, bool, Vec<SavedPlay>, Sketch)>::deserialize(deserializer)?;
        let play = |(id, flags, first_frame_ms, played_ms, stalled_ms): SavedPlay| Play {
            id,
            stalled: flags & 1 != 0,
            shown: flags & 2 != 0,
            first_frame_ms,
            played_ms,
            stalled_ms,
        };
        let entry = |(id, bot, plays, latency): (EntryId, bool, Vec<SavedPlay>, Sketch)| {
            (id, Entry { bot, plays: plays.into_iter().map(play).collect(), latency })
        };
        Ok(Self(list.into_iter().map(entry).collect()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(entry: u128, play: u128) -> Played {
        Played {
            entry: EntryId(Uuid::from_u128(entry)),
            play: Uuid::from_u128(play),
            played_ms: 1_000,
            stalls: 1,
            stalled_ms: 300,
            frames: 25,
            first_frame_ms: Some(400),
            latency_ms: Some(1_200),
        }
    }

    #[test]
    fn what_a_bot_brought_is_taken_out_and_put_back() {
        let mut plays = Plays::default();
        plays.take(&said(1, 1), false);
        let one = plays.sums().clone();
        for n in 0..3 {
            plays.take(&said(2, n), false);
        }
        let all = plays.sums().clone();
        plays.judge(EntryId(Uuid::from_u128(2)), true);
        plays.take(&said(2, 1), true);
        assert_eq!(plays.sums(), &one);
        plays.judge(EntryId(Uuid::from_u128(2)), false);
        assert_eq!((plays.sums().plays, plays.sums().played_ms), (all.plays, all.played_ms + 1_000));
        // A bot from its first report on.
        plays.take(&said(3, 1), true);
        assert_eq!(plays.sums().plays, all.plays);
    }

    #[test]
    fn memory_has_an_end() {
        let mut plays = Plays { known: MOST_PLAYS - 1, ..Plays::default() };
        plays.take(&said(1, 1), false);
        plays.take(&said(1, 2), false);
        plays.take(&said(2, 1), false);
        assert_eq!((plays.sums().plays, plays.entries.0.len()), (1, 1));
        plays.take(&said(1, 1), false);
        assert_eq!(plays.sums().played_ms, 2_000, "what is known goes on");
    }
}
