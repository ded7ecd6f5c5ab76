//! Evidence 留证: the stretch of the show that a sanction is about, cut out of the recording into a file of its own as soon as there is all of
//! it. It stays when the recording goes, as long as what was decided.

use super::{Sanction, desk, store_evidence as store};
use crate::{
    Moderation,
    ledger::{self, Entry, Kind},
};
use app::Stop;
use async_trait::async_trait;
use bytes::Bytes;
use events::{BroadcastId, Event, EvidenceKept, Millis, OrgId, ViewerId};
use futures_util::stream::BoxStream;
use serde::{Deserialize, Serialize};
use std::{
    collections::{BTreeSet, HashMap},
    io,
    ops::Range,
    sync::Arc,
    time::Duration,
};
use tokio::time::Instant;
use utoipa::ToSchema;
use uuid::Uuid;

/// Of the show, before and behind the moment it is about.
pub const AROUND_MS: i64 = 15_000;
const EVERY: Duration = Duration::from_secs(1);
/// A recording comes on by whole segments.
const NOT_YET: Duration = Duration::from_secs(2);
const LONGEST_PAUSE: Duration = Duration::from_secs(60);
/// Looked at once.
const AT_ONCE: u64 = 1_000;
/// Files that go at once by their age.
const GO_AT_ONCE: u64 = 100;

/// Who has the recordings. Declared here, answered by whoever records.
#[async_trait]
pub trait Footage: Send + Sync {
    /// Cuts a stretch into a file of its own, which is kept by the sanction's id. Asked twice, it answers the same.
    async fn keep(&self, wanted: &Stretch) -> anyhow::Result<Found>;

    /// A part of that file; none when it is nowhere.
    async fn read(&self, sanction: Uuid, part: Range<u64>) -> anyhow::Result<Option<Film>>;

    /// Removes it for good; twice is the same as once.
    async fn remove(&self, sanction: Uuid) -> anyhow::Result<()>;
}

/// A file as it comes.
pub type Film = BoxStream<'static, io::Result<Bytes>>;

/// What is to be kept, in milliseconds from the beginning of the show.
#[derive(Debug, Clone, Copy)]
pub struct Stretch {
    pub sanction: Uuid,
    pub broadcast: BroadcastId,
    pub from_ms: i64,
    /// What the sanction is about.
    pub moment_ms: i64,
    pub to_ms: i64,
}

/// What there is of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    Kept(Clip),
    NotYet,
    NotRecorded,
    /// It was recorded, and went before it was cut out.
    Gone,
}

/// The file. It may be less than what was wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clip {
    pub start_ms: i64,
    pub end_ms: i64,
    pub bytes: u64,
    pub sha256: String,
}

/// What became of the stretch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum EvidenceState {
    /// Nothing was recorded then 无录像.
    None,
    /// The recording has not come so far 待留存.
    Waiting,
    /// A file of its own 已留证.
    Kept,
    /// The recording went first 录像已删除.
    Lost,
    /// It went by its age, with what was decided then 已到期清除.
    Expired,
}

impl EvidenceState {
    pub const ALL: [Self; 5] = [Self::None, Self::Waiting, Self::Kept, Self::Lost, Self::Expired];

    pub fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Waiting => "waiting",
            Self::Kept => "kept",
            Self::Lost => "lost",
            Self::Expired => "expired",
        }
    }

    pub fn of(name: &str) -> Self {
        Self::ALL.into_iter().find(|state| state.name() == name).unwrap_or(Self::None)
    }
}

/// Runs until the program stops. What waits stands in the records, so a start goes on where the last one was.
pub async fn run(moderation: Moderation, stop: Stop) -> anyhow::Result<()> {
    let mut pauses = HashMap::new();
    loop {
        tokio::select! {
            () = stop.cancelled() => return Ok(()),
            () = tokio::time::sleep(EVERY) => {}
        }
        if let Some(footage) = moderation.footage()
            && let Err(error) = look(&moderation, &*footage, &mut pauses).await
        {
            tracing::warn!("looking for evidence to keep failed: {error:#}");
        }
    }
}

/// How often it failed, and until when it rests.
type Pauses = HashMap<Uuid, (u32, Instant)>;

async fn look(moderation: &Moderation, footage: &dyn Footage, pauses: &mut Pauses) -> anyhow::Result<()> {
    let waiting = store::waiting(moderation.app().store.read(), AT_ONCE).await?;
    pauses.retain(|id, _| waiting.iter().any(|sanction| sanction.id == *id));
    for sanction in waiting {
        let (failed, until) = pauses.get(&sanction.id).copied().unwrap_or((0, Instant::now()));
        if until > Instant::now() {
            continue;
        }
        match keep(moderation, footage, &sanction).await {
            Ok(true) => drop(pauses.remove(&sanction.id)),
            Ok(false) => drop(pauses.insert(sanction.id, (0, Instant::now() + NOT_YET))),
            Err(error) => {
                metrics::counter!("kaibo_moderation_evidence_failures_total").increment(1);
                tracing::warn!("the evidence of sanction `{}` is not kept yet: {error:#}", sanction.id);
                let pause = (NOT_YET * 2_u32.pow(failed.min(5))).min(LONGEST_PAUSE);
                pauses.insert(sanction.id, (failed + 1, Instant::now() + pause));
            }
        }
    }
    Ok(())
}

/// False: there is more to come.
async fn keep(moderation: &Moderation, footage: &dyn Footage, sanction: &Sanction) -> anyhow::Result<bool> {
    let Some((broadcast, window)) = sanction.broadcast.zip(sanction.evidence) else {
        settle(moderation, sanction, EvidenceState::None, None).await?;
        return Ok(true);
    };
    let moment_ms = (window.to_ms - AROUND_MS).max(window.from_ms);
    let stretch = Stretch { sanction: sanction.id, broadcast, from_ms: window.from_ms, moment_ms, to_ms: window.to_ms };
    let (state, clip) = match footage.keep(&stretch).await? {
        Found::NotYet => return Ok(false),
        Found::Kept(clip) => (EvidenceState::Kept, Some(clip)),
        Found::NotRecorded => (EvidenceState::None, None),
        Found::Gone => (EvidenceState::Lost, None),
    };
    settle(moderation, sanction, state, clip.as_ref()).await?;
    Ok(true)
}

/// The record, the event and the ledger, together.
async fn settle(
    moderation: &Moderation,
    sanction: &Sanction,
    state: EvidenceState,
    clip: Option<&Clip>,
) -> anyhow::Result<()> {
    let app = moderation.app();
    let (now, tx) = (app.now(), app.store.begin().await?);
    if !store::settle(tx.db(), sanction.id, state, clip).await? {
        return Ok(());
    }
    if let Some(clip) = clip {
        let Clip { start_ms, end_ms, bytes, ref sha256 } = *clip;
        let kept = EvidenceKept { sanction: sanction.id, start_ms, end_ms, bytes, sha256: sha256.clone() };
        tx.emit(sanction.told(now, Event::EvidenceKept(kept))).await?;
        let facts = serde_json::json!({
            "sanction": sanction.id, "broadcast": sanction.broadcast, "start_ms": start_ms, "end_ms": end_ms, "bytes": bytes,
            "sha256": sha256,
        });
        let entry = Entry::new(Kind::EvidenceKept, desk::named(sanction.id), &facts)?.of_team(sanction.team);
        ledger::write(&tx, sanction.org, now, vec![entry]).await?;
    }
    tx.commit().await?;
    metrics::counter!("kaibo_moderation_evidence_total", "state" => state.name()).increment(1);
    Ok(())
}

/// Whose evidence age does not touch.
pub struct Held<'a> {
    pub viewers: &'a BTreeSet<ViewerId>,
    pub shows: &'a BTreeSet<BroadcastId>,
}

impl Moderation {
    /// Wires who has the recordings; the first call wins.
    pub fn set_footage(&self, footage: Arc<dyn Footage>) {
        let _ = self.0.footage.set(footage);
    }

    pub(super) fn footage(&self) -> Option<Arc<dyn Footage>> {
        self.0.footage.get().cloned()
    }

    /// How many files are older than they have to be, and of when.
    pub async fn old_evidence(
        &self,
        org: OrgId,
        before: Millis,
        held: &Held<'_>,
    ) -> anyhow::Result<(u64, Option<(Millis, Millis)>)> {
        store::old(self.app().store.read(), org, before, held).await
    }

    /// Removes some of them, and says how many; 0 when none are left.
    pub async fn forget_old_evidence(&self, org: OrgId, before: Millis, held: &Held<'_>) -> anyhow::Result<u64> {
        let Some(footage) = self.footage() else { return Ok(0) };
        let store = &self.app().store;
        let going = store::going(store.read(), org, before, held, GO_AT_ONCE).await?;
        for id in &going {
            footage.remove(*id).await?;
        }
        let tx = store.begin().await?;
        store::expire(tx.db(), &going).await?;
        tx.commit().await?;
        Ok(going.len() as u64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_back() {
        assert!(EvidenceState::ALL.into_iter().all(|state| EvidenceState::of(state.name()) == state));
    }
}
