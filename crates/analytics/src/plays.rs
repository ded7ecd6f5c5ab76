//! The plays 播放 of one broadcast, and how they went. Exact but for percentiles, which are sketches.

use crate::fact::Played;
use events::{EntryId, Sketch};
use serde::{Deserialize, Deserializer, Serialize, Serializer, ser::SerializeSeq};
use std::collections::HashMap;
use uuid::Uuid;

/// Everything the quality metrics read. Sums, sets and minima only: the order of reports changes nothing.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Plays {
    plays: Set,
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
    /// Distance of sound and picture, one value for each measured window of an encoder.
    pub av_offset: Sketch,
}

impl Plays {
    pub fn take(&mut self, said: &Played) {
        let play = self.plays.entry((said.entry, said.play));
        let stalled = said.stalls > 0;
        let shown = said.first_frame_ms.is_some() || said.played_ms > 0 || said.frames > 0;
        self.stalled += u64::from(stalled && !play.stalled);
        self.shown += u64::from(shown && !play.shown);
        play.stalled |= stalled;
        play.shown |= shown;
        // Told twice, the quicker one counts.
        if let Some(ms) = said.first_frame_ms
            && play.first_frame_ms.is_none_or(|known| ms < known)
        {
            if let Some(known) = play.first_frame_ms.replace(ms) {
                self.first_frame.remove(known);
            }
            self.first_frame.add(ms);
        }
        if let Some(ms) = said.latency_ms {
            self.latency.add(ms);
        }
        self.played_ms += u64::from(said.played_ms);
        self.stalled_ms += u64::from(said.stalled_ms);
    }

    /// Distinct plays.
    pub fn count(&self) -> u64 {
        self.plays.list.len() as u64
    }
}

#[derive(Debug, Clone, Copy, PartialEq)]
struct Play {
    id: (EntryId, Uuid),
    stalled: bool,
    shown: bool,
    first_frame_ms: Option<u32>,
}

/// A play belongs to an entry: the same id from elsewhere is another play.
#[derive(Debug, Clone, Default, PartialEq)]
struct Set {
    index: HashMap<(EntryId, Uuid), u32>,
    list: Vec<Play>,
}

impl Set {
    fn entry(&mut self, id: (EntryId, Uuid)) -> &mut Play {
        let index = *self.index.entry(id).or_insert(self.list.len() as u32) as usize;
        if index == self.list.len() {
            self.list.push(Play { id, stalled: false, shown: false, first_frame_ms: None });
        }
        &mut self.list[index]
    }
}

impl Serialize for Set {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut seq = serializer.serialize_seq(Some(self.list.len()))?;
        for play in &self.list {
            let flags = u8::from(play.stalled) | u8::from(play.shown) << 1;
            seq.serialize_element(&(play.id.0, play.id.1, flags, play.first_frame_ms))?;
        }
        seq.end()
    }
}

impl<'de> Deserialize<'de> for Set {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let list = Vec::<(EntryId, Uuid, u8, Option<u32>)>::deserialize(deserializer)?;
        let play = |(entry, play, flags, first_frame_ms): (EntryId, Uuid, u8, Option<u32>)| Play {
            id: (entry, play),
            stalled: flags & 1 != 0,
            shown: flags & 2 != 0,
            first_frame_ms,
        };
        let list: Vec<Play> = list.into_iter().map(play).collect();
        let index = list.iter().zip(0..).map(|(play, index)| (play.id, index)).collect();
        Ok(Self { index, list })
    }
}
