//! Erasures 抹除: asked for over HTTP, told in the log, done by whoever reads it there.

pub mod http;
pub mod reactions;
pub mod store;

use events::{Millis, OrgId, ViewerId};
use std::collections::BTreeMap;
use uuid::Uuid;

#[derive(Debug, Clone, PartialEq)]
pub struct Erasure {
    pub id: Uuid,
    pub org: OrgId,
    pub viewer: ViewerId,
    /// A login or a token's name.
    pub asked_by: String,
    pub asked_at: Millis,
    /// Where it stands in the log, once it does.
    pub position: Option<u64>,
    pub keys_destroyed: u64,
    /// How much each holder let go of.
    pub erased: BTreeMap<String, u64>,
    pub done_at: Option<Millis>,
}
