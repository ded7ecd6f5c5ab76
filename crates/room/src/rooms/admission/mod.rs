//! Admission 准入: what is in a show's way is asked for before it goes on air, and each organisation says what that means.

pub mod http;
pub mod rules;
pub mod store;

use super::{Rooms, of};
use anyhow::Context;
use app::Refuse;
use async_trait::async_trait;
use audience::RoomRef;
use events::{
    AdmissionObstacle, AdmissionOutcome, BroadcastId, Envelope, Event, Millis, OrgId, RoomId, ShowAdmitted, Source,
    TeamId,
};
use futures_util::future::join_all;
use rules::Weighed;
use std::time::Duration;
use tokio::time::timeout;
use uuid::Uuid;

/// Who knows of something that may be in a show's way. Declared here, answered by whoever keeps order.
#[async_trait]
pub trait Admission: Send + Sync {
    /// Stable; stands in events when there was no answer.
    fn name(&self) -> &'static str;

    /// The codes it may name, for whoever says what each means.
    fn codes(&self) -> &'static [&'static str];

    /// What is in the way now, and about whom or what: read by the room's people, kept in no event.
    async fn obstacles(&self, room: &RoomRef) -> anyhow::Result<Vec<(&'static str, String)>>;
}

/// How long a show waits to be told what is in its way.
const PATIENCE: Duration = Duration::from_secs(2);
/// An encoder that is refused tries again every few seconds: the same answer is written down once in this time.
const SAME_AGAIN_MS: i64 = 600_000;
/// A decision is good for the connection it was made for. Media follow it at once.
const GOOD_FOR_MS: i64 = 60_000;

/// A decision 决策 with its reasons.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    pub outcome: AdmissionOutcome,
    pub obstacles: Vec<Weighed>,
    /// Who did not answer in time.
    pub unanswered: Vec<String>,
}

/// A decision as it was written down.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Admitted {
    pub id: Uuid,
    pub org: OrgId,
    pub team: TeamId,
    pub room: RoomId,
    /// None: it did not go on air.
    pub broadcast: Option<BroadcastId>,
    pub decision: Decision,
    pub at: Millis,
}

impl Decision {
    fn told(&self) -> ShowAdmitted {
        let obstacle = |weighed: &Weighed| AdmissionObstacle { code: weighed.code.clone(), action: weighed.action };
        ShowAdmitted {
            outcome: self.outcome,
            obstacles: self.obstacles.iter().map(obstacle).collect(),
            unanswered: self.unanswered.clone(),
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("what hinders a show is said for the whole organisation, which is beyond your reach")]
    BeyondYourReach,
    #[error("there is no such code")]
    UnknownCode,
    #[error("a blacklisted person does not go on air, whatever else is said")]
    AlwaysRefuses,
}

impl Refuse for Refusal {
    fn code(&self) -> &'static str {
        match self {
            Self::BeyondYourReach => "beyond_your_reach",
            Self::UnknownCode => "unknown_code",
            Self::AlwaysRefuses => "always_refuses",
        }
    }
    fn status(&self) -> u16 {
        if *self == Self::BeyondYourReach { 403 } else { 422 }
    }
}

impl Rooms {
    /// Wires whoever knows of obstacles; the first call wins.
    pub fn set_admissions(&self, admissions: Vec<std::sync::Arc<dyn Admission>>) {
        let _ = self.shared.admissions.set(admissions);
    }

    fn admissions(&self) -> &[std::sync::Arc<dyn Admission>] {
        self.shared.admissions.get().map_or(&[], Vec::as_slice)
    }

    /// Every code somebody may name, in their order.
    pub fn obstacle_codes(&self) -> Vec<&'static str> {
        self.admissions().iter().flat_map(|admission| admission.codes()).copied().collect()
    }

    /// What becomes of a show that wants to go on air now. Whoever is slow or fails stops no show.
    pub async fn decide(&self, room: &RoomRef) -> anyhow::Result<Decision> {
        let asked = self.admissions().iter().map(|admission| async move {
            match timeout(PATIENCE, admission.obstacles(room)).await {
                Ok(Ok(found)) => Ok(found),
                Ok(Err(error)) => {
                    let name = admission.name();
                    tracing::error!(room.id = %room.room, "asking `{name}` what hinders a show failed: {error:#}");
                    Err(admission.name())
                }
                Err(_) => {
                    let name = admission.name();
                    tracing::warn!(room.id = %room.room, "`{name}` did not say in time what hinders a show");
                    Err(admission.name())
                }
            }
        });
        let (mut found, mut unanswered) = (Vec::new(), Vec::new());
        for answer in join_all(asked).await {
            match answer {
                Ok(obstacles) => found.extend(obstacles),
                Err(name) => unanswered.push(name.to_owned()),
            }
        }
        let settings = store::settings(self.app.store.read(), room.org).await?;
        let obstacles = rules::weigh(found, &settings);
        let outcome = rules::outcome(&obstacles, !unanswered.is_empty());
        Ok(Decision { outcome, obstacles, unanswered })
    }

    /// Whether an encoder that has the room's key may come in. A show that is on air goes on.
    pub async fn admit(&self, room: RoomId) -> anyhow::Result<bool> {
        let view = self.view(room).await?.context("a room that is gone")?;
        if self.admissions().is_empty() || self.goes_on(&view) {
            return Ok(true);
        }
        let told = view.told();
        let decision = self.decide(&told).await?;
        metrics::counter!("kaibo_room_admissions_total", "outcome" => rules::name(decision.outcome)).increment(1);
        if decision.outcome == AdmissionOutcome::Refused {
            tracing::info!(room.id = %room, "room `{room}` may not go on air");
            self.note_refusal(&told, decision).await?;
            return Ok(false);
        }
        self.shared.decided.lock().insert(room, (decision, self.app.now()));
        Ok(true)
    }

    fn goes_on(&self, view: &super::RoomView) -> bool {
        view.open().is_some_and(|open| !super::rules::window_closed(open, true, self.app.now()))
    }

    /// The decision of a show that is about to begin; made now when none was, or it is old. None: nobody is asked, or it goes on.
    pub(super) async fn decision_for(&self, room: RoomId) -> anyhow::Result<Option<Decision>> {
        let decided = self.shared.decided.lock().remove(&room);
        if let Some((decision, at)) = decided
            && self.app.now().since(at) <= GOOD_FOR_MS
        {
            return Ok(Some(decision));
        }
        let view = self.view(room).await?.context("an encoder published to a room that is gone")?;
        if self.admissions().is_empty() || self.goes_on(&view) {
            return Ok(None);
        }
        let told = view.told();
        let decision = self.decide(&told).await?;
        if decision.outcome == AdmissionOutcome::Refused {
            self.note_refusal(&told, decision).await?;
            anyhow::bail!("room `{room}` may not go on air");
        }
        Ok(Some(decision))
    }

    async fn note_refusal(&self, room: &RoomRef, decision: Decision) -> anyhow::Result<()> {
        let now = self.app.now();
        {
            let mut refused = self.shared.refused.lock();
            refused.retain(|_, (_, at)| now.since(*at) < SAME_AGAIN_MS);
            if refused.get(&room.room).is_some_and(|(known, _)| *known == decision) {
                return Ok(());
            }
            refused.insert(room.room, (decision.clone(), now));
        }
        let event = Event::ShowAdmitted(decision.told());
        let event = Envelope::new(now, Source::Server, room.org, event).with_team(room.team).with_room(room.room);
        let RoomRef { org, team, room, .. } = *room;
        let admitted = Admitted { id: Uuid::now_v7(), org, team, room, broadcast: None, decision, at: now };
        let tx = self.app.store.begin().await?;
        store::insert(tx.db(), &admitted).await?;
        tx.emit(event.with_key(admitted.id.to_string())).await?;
        tx.commit().await
    }
}

/// Writes down with which reasons a show began.
pub(super) async fn note_in(
    tx: &::store::Tx,
    broadcast: &super::Broadcast,
    decision: Decision,
    now: Millis,
) -> anyhow::Result<()> {
    let event = of(broadcast, now, Event::ShowAdmitted(decision.told()));
    let admitted = Admitted {
        id: Uuid::now_v7(),
        org: broadcast.org,
        team: broadcast.team,
        room: broadcast.room,
        broadcast: Some(broadcast.id),
        decision,
        at: now,
    };
    store::insert(tx.db(), &admitted).await?;
    tx.emit(event.with_key(admitted.id.to_string())).await
}
