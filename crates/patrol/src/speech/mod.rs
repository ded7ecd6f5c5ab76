//! Speech 语音审核: what is said in running shows becomes words, the words go through the lists, and all of it is kept to read again.

pub mod engine;
pub mod http;
pub mod recogniser;
pub mod rules;
pub mod store;

use events::{BroadcastId, OrgId, RoomId, TeamId};
use rules::Mark;
use uuid::Uuid;

/// Something that was said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Milliseconds of the show.
    pub from_ms: i64,
    pub to_ms: i64,
    pub text: String,
}

/// The same, kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    pub id: Uuid,
    pub org: OrgId,
    pub team: TeamId,
    pub room: RoomId,
    pub broadcast: BroadcastId,
    pub line: Line,
    pub engine: String,
    /// What of it stands in the lists.
    pub marks: Vec<Mark>,
}
