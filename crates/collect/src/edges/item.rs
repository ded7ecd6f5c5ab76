//! What every edge makes of a request: a frame with items as text, and of an item: a tracked event that knows its message id.

use crate::instant;
use events::{Envelope, Event, Millis, OrgId, Source, TeamId, Tracked};
use serde::Serialize;
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};
use std::borrow::Cow;
use utoipa::ToSchema;
use uuid::Uuid;

pub(crate) const MAX_ID_BYTES: usize = 256;
pub(crate) const MAX_NAME_BYTES: usize = 256;

/// A request, split.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Frame {
    /// The write key, where it stands in the body.
    pub key: Option<String>,
    /// When the client's clock says it sent the request.
    pub sent_at: Option<Millis>,
    /// Each item as this edge's clients write one, in JSON.
    pub items: Vec<String>,
    pub user_agent: Option<String>,
}

/// A request nothing can be taken of.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Bad {
    #[error("the body is not what this call takes: {0}")]
    Shape(String),
    #[error("the body is too large")]
    TooLarge,
    #[error("the checksum does not fit the data")]
    Checksum,
}

/// Why an item was not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Reason {
    #[error("{0}")]
    Shape(Cow<'static, str>),
    #[error("the event is larger than {0} bytes")]
    TooLarge(usize),
    #[error("against the tracking plan: {0}")]
    Plan(String),
}

impl Reason {
    /// Stable; stands in rows and answers.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Shape(_) => "bad_shape",
            Self::TooLarge(_) => "too_large",
            Self::Plan(_) => "plan_violation",
        }
    }
}

impl From<&'static str> for Reason {
    fn from(text: &'static str) -> Self {
        Self::Shape(text.into())
    }
}

/// An item that was not taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct RejectedItem {
    /// Its place in the request, from 0.
    pub index: usize,
    #[schema(value_type = String)]
    pub reason: Cow<'static, str>,
}

/// An item that was understood.
#[derive(Debug, Clone, PartialEq)]
pub struct Item {
    /// The message id: the same again is a repeat. None when the client gave nothing to know it by.
    pub key: Option<String>,
    pub said: Said,
    pub tracked: Tracked,
}

/// What the client's clock said.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Said {
    pub occurred_at: Option<Millis>,
    pub sent_at: Option<Millis>,
}

/// Whose events these become.
#[derive(Debug, Clone, Copy)]
pub struct Owner {
    pub org: OrgId,
    pub team: TeamId,
}

impl Item {
    /// The event of `owner`, received at `received`. An item without a message id gets one, so it is never a repeat.
    pub fn event(self, owner: Owner, received: Millis) -> Envelope {
        let at = self.said.instant(received);
        let tracked = Tracked { sent_at: self.said.sent_at, ..self.tracked };
        Envelope::new(received, Source::Collect, owner.org, Event::Tracked(tracked))
            .with_team(owner.team)
            .with_key(self.key.unwrap_or_else(|| Uuid::now_v7().to_string()))
            .at(at)
    }
}

impl Said {
    /// The sender's clock may be wrong, but both its times are wrong by as much.
    pub fn instant(self, received: Millis) -> Millis {
        let at = match (self.occurred_at, self.sent_at) {
            (Some(occurred), Some(sent)) => received.plus_ms(sent.since(occurred).saturating_neg()),
            (Some(occurred), None) => occurred,
            (None, _) => received,
        };
        instant::sane(at, received)
    }
}

/// A message id made of what the item is, for clients that send none.
pub(crate) fn key_of(prefix: &str, parts: &[&[u8]]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part);
    }
    let digest: [u8; 32] = hash.finalize().into();
    digest.iter().take(16).fold(format!("{prefix}-"), |key, byte| key + &format!("{byte:02x}"))
}

/// Ids come as text or as numbers.
pub(crate) fn text_of(value: Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// The text of a field, if it is one and says something.
pub(crate) fn said(map: &Map<String, Value>, field: &str) -> Option<String> {
    text_of(map.get(field)?.clone()).filter(|text| !text.trim().is_empty())
}

/// An id that may be kept whole.
pub(crate) fn id(text: Option<String>, otherwise: &'static str) -> Result<Option<String>, Reason> {
    match text {
        Some(text) if text.len() > MAX_ID_BYTES => Err(otherwise.into()),
        text => Ok(text),
    }
}

/// An event's name.
pub(crate) fn name(text: Option<String>) -> Result<String, Reason> {
    let name = text.filter(|name| !name.trim().is_empty()).ok_or("the event has no name")?;
    if name.len() > MAX_NAME_BYTES {
        return Err("the event's name is longer than 256 bytes".into());
    }
    Ok(name)
}

pub(crate) fn object(value: Option<Value>, otherwise: &'static str) -> Result<Map<String, Value>, Reason> {
    match value {
        None | Some(Value::Null) => Ok(Map::new()),
        Some(Value::Object(map)) => Ok(map),
        Some(_) => Err(otherwise.into()),
    }
}

pub(crate) fn shape(error: impl std::fmt::Display) -> Bad {
    Bad::Shape(error.to_string())
}
