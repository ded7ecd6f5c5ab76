//! What the audience's audit last said of each entry 观众判定. Exact.

use events::{EntryId, Millis};
use serde::{Deserialize, Deserializer, Serialize, Serializer, ser::SerializeSeq};
use std::collections::HashMap;

/// Judgements of one broadcast. Of each entry the latest by event time counts, so the order of arrival changes nothing.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Judged {
    entries: HashMap<EntryId, Judgement>,
    /// Viewers with an entry that passed, and how many.
    passed: HashMap<u32, u32>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
struct Judgement {
    at: Millis,
    viewer: u32,
    passed: bool,
    bot: bool,
}

impl Judged {
    pub fn take(&mut self, at: Millis, entry: EntryId, viewer: u32, (passed, bot): (bool, bool)) {
        if self.entries.get(&entry).is_some_and(|known| known.at > at) {
            return;
        }
        let judgement = Judgement { at, viewer, passed, bot };
        if let Some(before) = self.entries.insert(entry, judgement).filter(|before| before.passed) {
            self.count(before.viewer, -1);
        }
        if passed {
            self.count(viewer, 1);
        }
    }

    /// The entry was last taken for a suspected bot.
    pub fn is_bot(&self, entry: EntryId) -> bool {
        self.entries.get(&entry).is_some_and(|known| known.bot)
    }

    /// Distinct viewers with an entry that passed.
    pub fn viewers(&self) -> u64 {
        self.passed.len() as u64
    }

    fn count(&mut self, viewer: u32, more: i32) {
        let count = self.passed.entry(viewer).or_insert(0);
        *count = count.saturating_add_signed(more);
        if *count == 0 {
            self.passed.remove(&viewer);
        }
    }
}

impl Serialize for Judged {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut seq = serializer.serialize_seq(Some(self.entries.len()))?;
        for (entry, Judgement { at, viewer, passed, bot }) in &self.entries {
            seq.serialize_element(&(entry, at, viewer, passed, bot))?;
        }
        seq.end()
    }
}

impl<'de> Deserialize<'de> for Judged {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut judged = Self::default();
        for (entry, at, viewer, passed, bot) in Vec::<(EntryId, Millis, u32, bool, bool)>::deserialize(deserializer)? {
            judged.take(at, entry, viewer, (passed, bot));
        }
        Ok(judged)
    }
}
