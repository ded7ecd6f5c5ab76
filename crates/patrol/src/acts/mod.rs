//! What is done while a show runs: the host is warned 警告, or the show is interrupted 中断.

pub mod http;
pub mod http_host;
pub mod store;

use crate::Place;
use app::Refuse;
use events::{BroadcastId, Millis, OrgId, RoomId, TeamId};
use uuid::Uuid;

pub const LONGEST_TEXT: usize = 500;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Warning {
    pub id: Uuid,
    pub org: OrgId,
    pub team: TeamId,
    pub room: RoomId,
    pub broadcast: BroadcastId,
    pub finding: Option<Uuid>,
    pub text: String,
    pub by: String,
    pub at: Millis,
    pub read: Option<(String, Millis)>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Interruption {
    pub broadcast: BroadcastId,
    pub finding: Option<Uuid>,
    pub clause: String,
    pub why: String,
    pub by: String,
    pub at: Millis,
}

#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    #[error("write 1 to {LONGEST_TEXT} characters")]
    BadText,
    #[error("nothing is on air in this room")]
    NotLive,
    #[error("another show runs by now: look at it first")]
    AnotherShow,
    #[error("`{0}` is no published rule")]
    UnknownClause(String),
}

impl Refuse for Refusal {
    fn code(&self) -> &'static str {
        match self {
            Self::BadText => "bad_text",
            Self::NotLive => "not_live",
            Self::AnotherShow => "another_show",
            Self::UnknownClause(_) => "unknown_clause",
        }
    }
    fn status(&self) -> u16 {
        match self {
            Self::NotLive | Self::AnotherShow => 409,
            Self::BadText | Self::UnknownClause(_) => 422,
        }
    }
}

/// What somebody writes for another: not empty, not endless, lines but no other control characters.
pub fn text(text: &str) -> Result<String, Refusal> {
    let text = text.trim();
    let bad = |c: char| c.is_control() && c != '\n';
    let good = !text.is_empty() && text.chars().count() <= LONGEST_TEXT && !text.chars().any(bad);
    good.then(|| text.to_owned()).ok_or(Refusal::BadText)
}

/// The show that is meant, as long as it runs.
pub fn running(place: &Place, meant: BroadcastId) -> Result<BroadcastId, Refusal> {
    match place.broadcast {
        None => Err(Refusal::NotLive),
        Some(runs) if runs != meant => Err(Refusal::AnotherShow),
        Some(runs) => Ok(runs),
    }
}
