//! What people look at 人工审核: everything that was not simply let through, and what they decide about it.

pub mod http;
pub mod reactions;
pub mod store;

use ::store::Tx;
use events::{
    BroadcastId, ChatMode, DanmakuReviewed, Envelope, Event, Millis, OrgId, ReviewOutcome, RoomId, Source, TeamId,
    TextReason, TextVerdict, ViewerId,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// By then somebody has looked: what waits keeps its writer waiting, what was shown stays until then.
const HELD_MS: i64 = 60_000;
const SHOWN_MS: i64 = 300_000;
/// How long what somebody took on is left to him.
pub const CLAIM_MS: i64 = 120_000;

/// A danmaku with the decision about it.
#[derive(Debug, Clone, PartialEq)]
pub struct Item {
    /// Of its `DanmakuJudged` in the log.
    pub position: u64,
    pub org: OrgId,
    pub team: TeamId,
    pub room: RoomId,
    pub broadcast: Option<BroadcastId>,
    pub viewer: ViewerId,
    /// The client's id.
    pub key: Option<String>,
    /// Of what was shown of it.
    pub shown_position: Option<u64>,
    pub text: String,
    pub nick: Option<String>,
    pub verdict: TextVerdict,
    pub reasons: Vec<TextReason>,
    pub score_milli: Option<u32>,
    pub mode: ChatMode,
    pub at: Millis,
    pub tier: u8,
    pub state: ReviewState,
    pub due_at: Millis,
    pub claimed: Option<(String, Millis)>,
    pub decided: Option<Decided>,
    /// Its words are gone, for good.
    pub erased: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decided {
    pub outcome: ReviewOutcome,
    pub clause: Option<String>,
    pub note: Option<String>,
    pub by: String,
    pub at: Millis,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ReviewState {
    /// A person has to look.
    Open,
    /// Decided by rule; a person may look.
    Noted,
    Decided,
}

impl ReviewState {
    pub fn name(self) -> &'static str {
        match self {
            ReviewState::Open => "open",
            ReviewState::Noted => "noted",
            ReviewState::Decided => "decided",
        }
    }

    pub fn of(name: &str) -> Self {
        [ReviewState::Open, ReviewState::Noted]
            .into_iter()
            .find(|state| state.name() == name)
            .unwrap_or(ReviewState::Decided)
    }
}

impl Item {
    /// An event about it.
    pub fn told(&self, now: Millis, event: Event) -> Envelope {
        let mut envelope = Envelope::new(now, Source::Server, self.org, event)
            .with_team(self.team)
            .with_room(self.room)
            .with_broadcast(self.broadcast)
            .with_viewer(self.viewer.clone());
        envelope.key.clone_from(&self.key);
        envelope
    }
}

/// Of those who look a second time.
const SECOND_TIER: u8 = 2;

/// Nothing was wrong with it after all. Says whose rejected danmaku it was, and when that was decided. It is not sent any more: nobody
/// waits for it.
pub async fn overturn(tx: &Tx, position: u64, by: &str, now: Millis) -> anyhow::Result<Option<(ViewerId, Millis)>> {
    let Some(item) = store::find_any(tx.db(), position).await? else { return Ok(None) };
    let rejected = item.decided.as_ref().filter(|decided| decided.outcome == ReviewOutcome::Reject);
    let decided = Decided { outcome: ReviewOutcome::Pass, clause: None, note: None, by: by.to_owned(), at: now };
    store::overturn(tx.db(), position, SECOND_TIER, &decided).await?;
    let reviewed = DanmakuReviewed {
        position,
        outcome: ReviewOutcome::Pass,
        held: false,
        clause: None,
        tier: SECOND_TIER,
        by: by.to_owned(),
    };
    tx.emit(item.told(now, Event::DanmakuReviewed(reviewed))).await?;
    Ok(rejected.map(|rejected| (item.viewer.clone(), rejected.at)))
}

/// Whether a person has to look at it, and by when.
pub fn begins_as(verdict: TextVerdict, at: Millis) -> (ReviewState, Millis) {
    match verdict {
        TextVerdict::Hold => (ReviewState::Open, Millis(at.0.saturating_add(HELD_MS))),
        TextVerdict::Alarm => (ReviewState::Open, Millis(at.0.saturating_add(SHOWN_MS))),
        TextVerdict::Mask | TextVerdict::Block => (ReviewState::Noted, at),
    }
}

pub fn verdict_name(verdict: TextVerdict) -> &'static str {
    match verdict {
        TextVerdict::Alarm => "alarm",
        TextVerdict::Mask => "mask",
        TextVerdict::Hold => "hold",
        TextVerdict::Block => "block",
    }
}

pub fn verdict_of(name: &str) -> TextVerdict {
    match name {
        "alarm" => TextVerdict::Alarm,
        "mask" => TextVerdict::Mask,
        "block" => TextVerdict::Block,
        _ => TextVerdict::Hold,
    }
}

pub fn outcome_name(outcome: ReviewOutcome) -> &'static str {
    match outcome {
        ReviewOutcome::Pass => "pass",
        ReviewOutcome::Reject => "reject",
    }
}

pub fn outcome_of(name: &str) -> ReviewOutcome {
    if name == "pass" { ReviewOutcome::Pass } else { ReviewOutcome::Reject }
}
