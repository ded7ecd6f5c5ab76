//! Viewer ids as small numbers, with what each viewer did. Exact: every viewer of the broadcast is remembered.

use serde::{Deserialize, Deserializer, Serialize, Serializer, ser::SerializeSeq};
use std::{collections::HashMap, sync::Arc};

/// What a viewer did at least once.
pub mod did {
    pub const ENTER: u8 = 1;
    pub const DANMAKU: u8 = 2;
    pub const LIKE: u8 = 4;
    pub const GIFT: u8 = 8;
    pub const SHARE: u8 = 16;
    pub const FOLLOW: u8 = 32;
    /// Everything that counts as interaction 互动.
    pub const INTERACT: u8 = DANMAKU | LIKE | GIFT | SHARE | FOLLOW;
}

/// The viewers of one broadcast.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Viewers {
    index: HashMap<Arc<str>, u32>,
    list: Vec<(Arc<str>, u8)>,
}

impl Viewers {
    pub fn index(&mut self, viewer: &str) -> u32 {
        if let Some(index) = self.index.get(viewer) {
            return *index;
        }
        let index = self.list.len() as u32;
        let viewer: Arc<str> = viewer.into();
        self.list.push((viewer.clone(), 0));
        self.index.insert(viewer, index);
        index
    }

    /// Marks what a viewer did; answers what was marked before.
    pub fn mark(&mut self, index: u32, deed: u8) -> u8 {
        let Some((_, deeds)) = self.list.get_mut(index as usize) else { return deed };
        std::mem::replace(deeds, *deeds | deed)
    }

    /// How many viewers did any of `deeds`.
    pub fn count(&self, deeds: u8) -> u64 {
        self.list.iter().filter(|(_, did)| did & deeds != 0).count() as u64
    }
}

impl Serialize for Viewers {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut seq = serializer.serialize_seq(Some(self.list.len()))?;
        for viewer in &self.list {
            seq.serialize_element(viewer)?;
        }
        seq.end()
    }
}

impl<'de> Deserialize<'de> for Viewers {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let list = Vec::<(Arc<str>, u8)>::deserialize(deserializer)?;
        let index = list.iter().zip(0..).map(|((viewer, _), index)| (viewer.clone(), index)).collect();
        Ok(Self { index, list })
    }
}
