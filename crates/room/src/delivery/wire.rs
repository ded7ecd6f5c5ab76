//! The JSON messages of the room socket, as `docs/PROTOCOL.md` promises them.

use events::{
    BroadcastId, ChatMode, DanmakuSent, Envelope, Event, Millis, OrgId, ReviewOutcome, RoomId, SanctionKind,
    StreamSource, ViewerId,
};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use std::sync::Arc;
use uuid::Uuid;

/// What a client says.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ClientMessage {
    Danmaku(NewDanmaku),
    Like {
        #[serde(default = "one")]
        n: u32,
    },
    Heartbeat {
        /// Milliseconds really played since the last one.
        #[serde(default)]
        played_ms: f64,
        #[serde(default = "yes")]
        visible: bool,
        /// The program date-time of the shown frame.
        #[serde(default)]
        position_ms: Option<f64>,
        #[serde(default)]
        rate: Option<f32>,
    },
    Resume {
        seq: u64,
    },
    Leave,
}

fn one() -> u32 {
    1
}
fn yes() -> bool {
    true
}

/// A danmaku as the client sends it.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct NewDanmaku {
    pub id: String,
    pub text: String,
    #[serde(default)]
    pub nick: Option<String>,
    #[serde(default)]
    pub mode: Option<u8>,
    #[serde(default)]
    pub color: Option<u32>,
    #[serde(default)]
    pub size: Option<u8>,
}

/// What the server says.
#[derive(Debug, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ServerMessage<'a> {
    Hello(Hello<'a>),
    Tick(Tick<'a>),
    Ack {
        id: &'a str,
        pos: u64,
        #[serde(skip_serializing_if = "is_false")]
        held: bool,
    },
    Refused {
        id: &'a str,
        code: &'static str,
        detail: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        retry_ms: Option<u64>,
        #[serde(skip_serializing_if = "Option::is_none")]
        clause: Option<&'a str>,
        #[serde(skip_serializing_if = "Option::is_none")]
        sanction: Option<Uuid>,
        #[serde(skip_serializing_if = "Option::is_none")]
        until: Option<Millis>,
    },
    /// To the writer of a danmaku that was held.
    Reviewed {
        id: &'a str,
        outcome: ReviewOutcome,
        #[serde(skip_serializing_if = "Option::is_none")]
        clause: Option<&'a str>,
    },
    /// To whom it concerns.
    Sanctioned {
        sanction: Uuid,
        kind: SanctionKind,
        clause: &'a str,
        #[serde(skip_serializing_if = "Option::is_none")]
        until: Option<Millis>,
    },
    Error {
        code: &'static str,
        detail: &'static str,
    },
}

impl ServerMessage<'_> {
    pub fn encode(&self) -> Vec<u8> {
        // Plain values with string keys, which serde_json always writes.
        serde_json::to_vec(self).unwrap_or_default()
    }
}

#[derive(Debug, Serialize)]
pub struct Hello<'a> {
    pub room: RoomId,
    pub title: &'a str,
    pub live: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub broadcast: Option<BroadcastId>,
    pub source: Option<StreamSource>,
    pub now: Millis,
    pub online: u32,
    pub likes: u64,
    pub mode: ChatMode,
    pub seq: u64,
    pub resumed: bool,
    pub events: Vec<&'a RawValue>,
    pub danmaku: Vec<&'a Shown>,
    pub limits: Limits,
}

/// What a client should know before it is refused.
#[derive(Debug, Clone, Serialize)]
pub struct Limits {
    pub danmaku_chars: usize,
    pub danmaku_per_s: u32,
    pub likes_per_s: u32,
    pub message_bytes: usize,
    pub heartbeat_ms: u32,
    pub shown_per_s: u32,
    pub resume_ms: i64,
}

#[derive(Debug, Default, Serialize)]
pub struct Tick<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seq: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prev: Option<u64>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub events: Vec<&'a RawValue>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub danmaku: Vec<&'a Shown>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub extras: Vec<&'a RawValue>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rate: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub likes: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub online: Option<u32>,
}

/// One danmaku as viewers get it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Shown {
    pub pos: u64,
    pub at: Millis,
    #[serde(flatten)]
    pub danmaku: DanmakuSent,
    #[serde(skip_serializing_if = "is_false")]
    pub imported: bool,
    /// Viewers are not told.
    #[serde(skip)]
    pub whose: Option<Whose>,
}

/// Who wrote something.
pub type Whose = (OrgId, ViewerId);

pub fn whose(envelope: &Envelope) -> Option<Whose> {
    Some((envelope.org, envelope.viewer.clone()?))
}

#[derive(Serialize)]
struct Item<'a> {
    pos: u64,
    at: Millis,
    #[serde(flatten)]
    event: &'a Event,
    #[serde(skip_serializing_if = "is_false")]
    imported: bool,
    #[serde(skip_serializing_if = "is_false")]
    erased: bool,
}

fn is_false(value: &bool) -> bool {
    !*value
}

/// One event as `events` and `extras` carry it.
pub fn item(pos: u64, envelope: &Envelope, imported: bool) -> Arc<RawValue> {
    let (at, event, erased) = (envelope.occurred_at, &envelope.event, envelope.erased);
    let value = serde_json::value::to_raw_value(&Item { pos, at, event, imported, erased });
    value.unwrap_or_else(|_| RawValue::NULL.to_owned()).into()
}
