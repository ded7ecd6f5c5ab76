//! The envelope around every event: when, where from, whom it concerns.

use crate::{BroadcastId, Event, Millis, OrgId, RoomId, TeamId, ViewerId};
use bytes::Bytes;
use serde::{Deserialize, Serialize};

/// Version of the envelope and vocabulary; raised when a reader must know the difference.
pub const SCHEMA_VERSION: u16 = 1;

/// Who says so. The edge that took the event sets it, never the sender.
/// Money, sanctions and rewards read `Server` events only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// Kaibo itself observed or decided it.
    Server,
    /// A viewer's client said it over the room socket.
    Viewer,
    /// An outside collector sent it; lives in the `custom` namespace.
    Collect,
    /// Taken over from another platform's recording, with its own times.
    Import,
}

/// One fact. Serialises to one JSON object: the envelope's fields, then `event` with its `type` and `data`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Envelope {
    /// Schema version.
    pub v: u16,
    /// When it happened, by the clock of where it happened (imports keep theirs).
    pub occurred_at: Millis,
    /// When Kaibo took it.
    pub received_at: Millis,
    pub source: Source,
    pub org: OrgId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub team: Option<TeamId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub room: Option<RoomId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub broadcast: Option<BroadcastId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub viewer: Option<ViewerId>,
    /// What makes a repeat recognisable: a collector's message id, an import's row id, a client's danmaku id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// Sequence number of the outbox row this came from; present exactly once in the log.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outbox: Option<i64>,
    /// What the event says in a person's own words, or of who a person is, under that person's key. The fields it was taken
    /// from are then empty.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sealed: Option<String>,
    /// It was sealed, and its key is gone: the empty fields will stay empty. Found out when it is read.
    #[serde(skip)]
    pub erased: bool,
    pub event: Event,
}

#[derive(Debug, thiserror::Error)]
#[error("this record is not an event this version knows: {0}")]
pub struct DecodeError(#[from] serde_json::Error);

impl Envelope {
    /// A fact that happens now, as Kaibo itself saw it. Use the `with_*` methods for the rest.
    pub fn new(now: Millis, source: Source, org: OrgId, event: Event) -> Self {
        Self {
            v: SCHEMA_VERSION,
            occurred_at: now,
            received_at: now,
            source,
            org,
            team: None,
            room: None,
            broadcast: None,
            viewer: None,
            key: None,
            outbox: None,
            sealed: None,
            erased: false,
            event,
        }
    }

    pub fn with_team(mut self, team: TeamId) -> Self {
        self.team = Some(team);
        self
    }

    pub fn with_room(mut self, room: RoomId) -> Self {
        self.room = Some(room);
        self
    }

    pub fn with_broadcast(mut self, broadcast: Option<BroadcastId>) -> Self {
        self.broadcast = broadcast;
        self
    }

    pub fn with_viewer(mut self, viewer: ViewerId) -> Self {
        self.viewer = Some(viewer);
        self
    }

    pub fn with_key(mut self, key: impl Into<String>) -> Self {
        self.key = Some(key.into());
        self
    }

    pub fn at(mut self, occurred_at: Millis) -> Self {
        self.occurred_at = occurred_at;
        self
    }

    /// The record's payload in the event log.
    pub fn encode(&self) -> Bytes {
        // Every field is a plain value with string keys, which serde_json always writes.
        serde_json::to_vec(self).unwrap_or_default().into()
    }

    /// Reads a payload back. Unknown fields are ignored; an unknown event type is an error the reader skips.
    pub fn decode(payload: &[u8]) -> Result<Self, DecodeError> {
        Ok(serde_json::from_slice(payload)?)
    }
}
