//! Findings 巡查发现: what was noticed in shows, and what people say of it.

pub mod evidence;
pub mod http;
pub mod store;

use crate::{Patrol, Place, hash::Prints, library::PatrolLevel, wall::book::Frame};
use app::Refuse;
use events::{BroadcastId, Envelope, Event, FlagKind, FrameFlagged, Millis, OrgId, RoomId, Source, TeamId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

/// What is seen again within this time is the same finding.
pub const AGAIN_MS: i64 = 30_000;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = PatrolFindingState)]
pub enum FindingState {
    /// A person has to look 待研判.
    Open,
    Confirmed,
    Dismissed,
}

impl FindingState {
    pub fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Confirmed => "confirmed",
            Self::Dismissed => "dismissed",
        }
    }

    pub fn of(name: &str) -> Self {
        match name {
            "confirmed" => Self::Confirmed,
            "dismissed" => Self::Dismissed,
            _ => Self::Open,
        }
    }
}

pub fn kind_name(kind: FlagKind) -> &'static str {
    match kind {
        FlagKind::Hash => "hash",
        FlagKind::Model => "model",
        FlagKind::Speech => "speech",
    }
}

pub fn kind_of(name: &str) -> FlagKind {
    match name {
        "model" => FlagKind::Model,
        "speech" => FlagKind::Speech,
        _ => FlagKind::Hash,
    }
}

#[derive(Debug, Clone, PartialEq)]
pub struct Finding {
    pub id: Uuid,
    pub org: OrgId,
    pub team: TeamId,
    pub room: RoomId,
    pub broadcast: BroadcastId,
    pub kind: FlagKind,
    pub level: PatrolLevel,
    pub label: String,
    /// For people: the sample's name, the word's category.
    pub name: String,
    pub sample: Option<Uuid>,
    pub score_milli: u32,
    pub at: Millis,
    pub last_at: Millis,
    pub times: u64,
    pub prints: Option<Prints>,
    /// The frame is kept.
    pub picture: bool,
    /// Of speech.
    pub said: Option<Said>,
    pub state: FindingState,
    pub decided: Option<Decided>,
}

/// Words as evidence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// Milliseconds of the show.
    pub from_ms: i64,
    pub to_ms: i64,
    /// With what stands around them; empty when it is not kept any more.
    pub text: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decided {
    pub by: String,
    pub at: Millis,
    pub why: String,
}

#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    #[error("somebody decided already")]
    Decided,
    #[error("a reason has at most {LONGEST_WHY} characters")]
    BadWhy,
    #[error("only what is confirmed goes into the library, and only with a picture")]
    NoSample,
}

pub const LONGEST_WHY: usize = 500;

impl Refuse for Refusal {
    fn code(&self) -> &'static str {
        match self {
            Self::Decided => "already_decided",
            Self::BadWhy => "bad_why",
            Self::NoSample => "no_sample",
        }
    }
    fn status(&self) -> u16 {
        match self {
            Self::Decided => 409,
            Self::BadWhy | Self::NoSample => 422,
        }
    }
}

/// What was noticed just now.
#[derive(Debug)]
pub struct Noticed {
    pub kind: FlagKind,
    pub level: PatrolLevel,
    pub label: String,
    pub name: String,
    pub sample: Option<Uuid>,
    pub score_milli: u32,
    pub at: Millis,
    pub said: Option<Said>,
}

/// Counts what goes on; what is new is a finding, with its frame as evidence.
pub async fn note(patrol: &Patrol, place: &Place, noticed: Noticed, frame: Option<&Frame>) -> anyhow::Result<()> {
    let (app, Some(broadcast)) = (patrol.app(), place.broadcast) else { return Ok(()) };
    let Noticed { kind, level, label, name, sample, score_milli, at, said } = noticed;
    let same = store::Same { broadcast, kind, label: &label, sample };
    if store::again(app.store.read(), &same, at).await?.is_some() {
        return store::count(&app.store, &same, at, score_milli).await;
    }
    let id = Uuid::now_v7();
    let kept = match frame {
        Some(frame) => evidence::keep(patrol, id, &frame.jpeg).await,
        None => false,
    };
    let finding = Finding {
        id,
        org: place.org,
        team: place.team,
        room: place.room,
        broadcast,
        kind,
        level,
        label,
        name,
        sample,
        score_milli,
        at,
        last_at: at,
        times: 1,
        // A frame beside words shows nothing that is to be looked for.
        prints: frame.filter(|_| kind != FlagKind::Speech).map(|frame| frame.prints),
        picture: kept,
        said,
        state: FindingState::Open,
        decided: None,
    };
    let tx = app.store.begin().await?;
    store::insert(tx.db(), &finding).await?;
    let flagged = FrameFlagged {
        finding: id,
        kind,
        level: level.name().to_owned(),
        label: finding.label.clone(),
        sample,
        score_milli,
        at,
    };
    tx.emit(told(place, app.now(), Event::FrameFlagged(flagged))).await?;
    tx.commit().await?;
    metrics::counter!("kaibo_patrol_findings_total", "kind" => kind_name(kind), "level" => level.name()).increment(1);
    Ok(())
}

/// An event about a room's show.
pub fn told(place: &Place, at: Millis, event: Event) -> Envelope {
    let envelope = Envelope::new(at, Source::Server, place.org, event);
    envelope.with_team(place.team).with_room(place.room).with_broadcast(place.broadcast)
}
