//! What people look at 人工审核: everything that was not simply let through, and what they decide about it.

pub mod http;
pub mod http_escalate;
pub mod notes;
pub mod reactions;
pub mod store;

use crate::{
    ledger::{self, Entry, Kind},
    reports,
};
use ::store::Tx;
use app::App;
use events::{
    BroadcastId, ChatMode, DanmakuRemoved, DanmakuReviewed, Envelope, Event, Millis, OrgId, ReviewOutcome, RoomId,
    Source, TeamId, TextReason, TextVerdict, ViewerId,
};
use notes::Note;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// By then somebody has looked: what waits keeps its writer waiting, what was shown stays until then.
const HELD_MS: i64 = 60_000;
const SHOWN_MS: i64 = 300_000;
/// What passed and is looked at to learn from hurries nobody.
const SAMPLED_MS: i64 = 86_400_000;
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
    /// How many viewers reported it, and how far they are believed.
    pub reports: u32,
    pub report_weight_milli: u32,
    /// Who left it to a higher tier, and why.
    pub escalated: Option<(String, String)>,
    pub notes: Vec<Note>,
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

/// The policy's owners, who decide what is left to nobody else.
const LAST_TIER: u8 = 3;
/// A higher tier has so long, whoever waits meanwhile.
const ESCALATED_MS: i64 = 600_000;

/// Of those who look a second time.
const SECOND_TIER: u8 = 2;

/// Another verdict takes the place of the one that was given. Where the danmaku was rejected and should not have been: whose it was, and when
/// that was decided. What was held is not sent any more: nobody waits for it.
pub async fn overrule(
    app: &App,
    tx: &Tx,
    position: u64,
    decided: &Decided,
) -> anyhow::Result<Option<(ViewerId, Millis)>> {
    let Some(item) = store::find_any(tx.db(), position).await? else { return Ok(None) };
    let rejected = item.decided.as_ref().filter(|before| before.outcome == ReviewOutcome::Reject);
    let forgiven =
        rejected.filter(|_| decided.outcome == ReviewOutcome::Pass).map(|before| (item.viewer.clone(), before.at));
    let tier = item.tier.max(SECOND_TIER);
    store::overturn(tx.db(), position, tier, decided).await?;
    reports::store::decide(tx.db(), position, decided.outcome, decided.at).await?;
    let reviewed = DanmakuReviewed {
        position,
        outcome: decided.outcome,
        held: false,
        clause: decided.clause.clone(),
        tier,
        by: decided.by.clone(),
    };
    tx.emit(item.told(decided.at, Event::DanmakuReviewed(reviewed))).await?;
    if let (ReviewOutcome::Reject, Some(position)) = (decided.outcome, item.shown_position) {
        tx.emit(item.told(decided.at, Event::DanmakuRemoved(DanmakuRemoved { position }))).await?;
    }
    let item = Item { tier, ..item };
    keep(app, tx, item.org, std::slice::from_ref(&item), decided).await?;
    Ok(forgiven)
}

/// What was decided, in the ledger.
async fn keep(app: &App, tx: &Tx, org: OrgId, items: &[Item], decided: &Decided) -> anyhow::Result<()> {
    let people = ledger::people(app, tx, org, items.iter().map(|item| &item.viewer), decided.at).await?;
    let entry = |item: &Item| {
        let facts = serde_json::json!({
            "position": item.position, "room": item.room, "broadcast": item.broadcast, "said_at_ms": item.at,
            "judged": verdict_name(item.verdict), "outcome": outcome_name(decided.outcome), "clause": decided.clause,
            "tier": item.tier, "by": decided.by, "person": people.person(&item.viewer),
            "words": people.words(&item.viewer, &item.text),
        });
        Ok(Entry::new(Kind::Verdict, ledger::danmaku(item.position), &facts)?.of_team(item.team))
    };
    let entries = items.iter().map(entry).collect::<anyhow::Result<_>>()?;
    ledger::write(tx, org, decided.at, entries).await
}

/// Whether a person has to look at it, and by when.
pub fn begins_as(verdict: TextVerdict, sampled: bool, at: Millis) -> (ReviewState, Millis) {
    match verdict {
        TextVerdict::Alarm if sampled => (ReviewState::Open, Millis(at.0.saturating_add(SAMPLED_MS))),
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
