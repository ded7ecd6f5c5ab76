//! Retention 保存期限: what is kept how long, and what leaves when its time is over.
//!
//! `rules.rs` knows the classes and the law, `store.rs` what an organisation set and what was done, `apply.rs` does it a step at a time.

pub mod apply;
pub mod http;
pub mod rules;
pub mod store;

pub use rules::Class;

use async_trait::async_trait;
use events::{BroadcastId, Millis, OrgId, ViewerId};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// What keeps things of one class, besides the event log.
#[async_trait]
pub trait Keeper: Send + Sync {
    fn class(&self) -> Class;

    /// Stable; stands in answers and events.
    fn name(&self) -> &'static str;

    /// Where copies stand, to be scrubbed afterwards.
    fn tables(&self) -> &'static [&'static str];

    /// It lets go by itself after so many days; none keeps for ever.
    fn most_days(&self) -> Option<u32> {
        None
    }

    /// What of it is older than it has to be.
    async fn old(&self, age: &Age) -> anyhow::Result<Old>;

    /// Lets go of some of that, and says how much it was; 0 when nothing is left. What must be counted stays, without words.
    async fn forget(&self, age: &Age) -> anyhow::Result<u64>;
}

/// How old is old.
#[derive(Debug, Clone)]
pub struct Age {
    pub org: OrgId,
    /// What was there before.
    pub before: Millis,
    /// The same in the event log.
    pub position: u64,
    pub held: Held,
}

/// What age does not touch.
#[derive(Debug, Clone, Default)]
pub struct Held {
    pub viewers: BTreeSet<ViewerId>,
    pub broadcasts: BTreeSet<BroadcastId>,
}

impl Held {
    pub fn is_empty(&self) -> bool {
        self.viewers.is_empty() && self.broadcasts.is_empty()
    }
}

/// What is there, and from when.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Old {
    pub count: u64,
    /// The oldest and the newest.
    pub span: Option<(Millis, Millis)>,
}

/// Once that something went.
#[derive(Debug, Clone, PartialEq)]
pub struct Run {
    pub id: Uuid,
    pub org: OrgId,
    pub class: Class,
    pub before: Millis,
    pub began_at: Millis,
    /// By what held it.
    pub gone: BTreeMap<String, u64>,
    pub done_at: Option<Millis>,
}

/// What an organisation set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setting {
    pub days: u32,
    pub changed_at: Millis,
    pub changed_by: String,
}
