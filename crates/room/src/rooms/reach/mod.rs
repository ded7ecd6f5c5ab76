//! Reach 曝光权重: how far a room's shows are led before viewers, by what is known of the room, and the list of shows on air that follows it.

pub mod http;
pub mod rules;

use super::{RoomView, Rooms};
use async_trait::async_trait;
use audience::RoomRef;
use events::{BroadcastId, Millis, OrgId, RoomId};
use rules::Reason;
use std::{
    collections::HashMap,
    sync::Arc,
    time::{Duration, Instant},
};

/// Who knows what bears on a room's reach. Declared here, answered by whoever keeps order.
#[async_trait]
pub trait Repute: Send + Sync {
    /// The rooms that are cut from traffic, and until when.
    async fn cut(&self) -> anyhow::Result<HashMap<RoomId, Option<Millis>>>;

    /// What else there is of one; it may be some seconds old.
    async fn standing(&self, room: &RoomRef) -> anyhow::Result<Option<Reason>>;
}

/// A list is made so often at most.
const GOOD_FOR: Duration = Duration::from_secs(1);
/// Shows in a list.
const MOST: usize = 100;

/// A show on air, as anybody may know it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    pub room: RoomId,
    pub broadcast: BroadcastId,
    pub title: String,
    pub viewers: u32,
    pub started_at: Millis,
}

/// Lists as they were made last; none: of every organisation.
pub(super) type Lists = tokio::sync::Mutex<HashMap<Option<OrgId>, (Instant, Arc<Vec<Listed>>)>>;

impl Rooms {
    /// Wires who knows of rooms; the first call wins.
    pub fn set_repute(&self, repute: Arc<dyn Repute>) {
        let _ = self.shared.repute.set(repute);
    }

    /// What bears on a room's reach now.
    pub async fn reach(&self, room: &RoomRef) -> anyhow::Result<Vec<Reason>> {
        let Some(repute) = self.shared.repute.get() else { return Ok(Vec::new()) };
        let cut = repute.cut().await?.remove(&room.room).map(|until| Reason::Cut { until });
        Ok(repute.standing(room).await?.into_iter().chain(cut).collect())
    }

    /// Public shows on air, the first hundred of all, or of an organisation.
    pub async fn shows(&self, of: Option<OrgId>, online: impl Fn(RoomId) -> u32) -> anyhow::Result<Arc<Vec<Listed>>> {
        // Who comes while it is made waits for it.
        let mut lists = self.shared.shows.lock().await;
        if let Some((_, list)) = lists.get(&of).filter(|(at, _)| at.elapsed() < GOOD_FOR) {
            return Ok(list.clone());
        }
        lists.retain(|_, (at, _)| at.elapsed() < GOOD_FOR);
        let list = Arc::new(self.ranked(of, online).await?);
        lists.insert(of, (Instant::now(), list.clone()));
        Ok(list)
    }

    async fn ranked(&self, of: Option<OrgId>, online: impl Fn(RoomId) -> u32) -> anyhow::Result<Vec<Listed>> {
        let open = super::store::open_broadcasts(self.app.store.read()).await?;
        let rooms: Vec<RoomId> = open.iter().map(|broadcast| broadcast.room).collect();
        let is_listed =
            |view: &Arc<RoomView>| !view.room.private && view.live() && of.is_none_or(|of| of == view.room.org);
        let views = self.views(&rooms).await?.into_iter().filter(is_listed).map(|view| (view.room.id, view));
        let views: HashMap<RoomId, Arc<RoomView>> = views.collect();
        let repute = self.shared.repute.get();
        let cut = match repute {
            Some(repute) => repute.cut().await?,
            None => HashMap::new(),
        };
        let known = |room: RoomId| cut.get(&room).map(|until| Reason::Cut { until: *until });
        // A viewer who comes meanwhile moves nothing.
        let viewers: HashMap<RoomId, u32> = views.keys().map(|room| (*room, online(*room))).collect();
        let ranked = |room: RoomId, reasons: &[Reason]| {
            rules::rank(viewers.get(&room).copied().unwrap_or_default(), rules::reach_milli(reasons))
        };
        let mut at_most: Vec<(u64, RoomId)> =
            views.keys().map(|room| (ranked(*room, known(*room).as_slice()), *room)).collect();
        at_most.sort_by(|one, other| other.0.cmp(&one.0).then(one.1.cmp(&other.1)));
        let first = rules::first(at_most, MOST, async |room| {
            let mut reasons: Vec<Reason> = known(room).into_iter().collect();
            if let (Some(repute), Some(view)) = (repute, views.get(&room)) {
                reasons.extend(repute.standing(&view.told()).await?);
            }
            Ok(ranked(room, &reasons))
        });
        let listed = |room: RoomId| {
            let open = views.get(&room)?.open()?;
            let viewers = viewers.get(&room).copied().unwrap_or_default();
            Some(Listed { room, broadcast: open.id, title: open.title.clone(), viewers, started_at: open.started_at })
        };
        Ok(first.await?.into_iter().filter_map(listed).collect())
    }
}
