//! The live state of everything: counts by organisation, and the broadcasts in memory. Pure but for what it is handed.

use crate::{fact::Fact, names::Names, state::BroadcastState};
use events::{BroadcastId, Millis, OrgId};
use serde::{Deserialize, Serialize};
use std::{
    collections::HashMap,
    sync::Arc,
    time::{Duration, Instant},
};

/// Event names counted apart per organisation.
pub const MAX_NAMES: usize = 10_000;

/// Broadcasts are shared with running snapshots and copied only when an event meets one that is being saved.
#[derive(Debug, Default)]
pub struct World {
    position: u64,
    /// When the newest event was received.
    received_at: Option<Millis>,
    orgs: HashMap<OrgId, Names>,
    broadcasts: HashMap<BroadcastId, Resident>,
    /// Rises with every eviction, so that a slow reader does not bring back a state that moved on.
    evictions: u64,
}

#[derive(Debug)]
struct Resident {
    state: Arc<BroadcastState>,
    touched: Instant,
}

/// A world at rest: what the snapshot file holds.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Still {
    pub position: u64,
    pub received_at: Option<Millis>,
    pub orgs: HashMap<OrgId, Names>,
    pub broadcasts: Vec<Arc<BroadcastState>>,
}

impl World {
    pub fn wake(still: Still, now: Instant) -> Self {
        let residents = still.broadcasts.into_iter().map(|state| (state.id, Resident { state, touched: now }));
        Self {
            position: still.position,
            received_at: still.received_at,
            orgs: still.orgs,
            broadcasts: residents.collect(),
            evictions: 0,
        }
    }

    pub fn still(&self) -> Still {
        Still {
            position: self.position,
            received_at: self.received_at,
            orgs: self.orgs.clone(),
            broadcasts: self.broadcasts.values().map(|resident| resident.state.clone()).collect(),
        }
    }

    /// The position everything up to which is folded in.
    pub fn position(&self) -> u64 {
        self.position
    }

    pub fn received_at(&self) -> Option<Millis> {
        self.received_at
    }

    pub fn evictions(&self) -> u64 {
        self.evictions
    }

    /// Folds one record in. `recall` brings a broadcast's saved state, or a new one. A position folded before changes nothing.
    pub fn apply(
        &mut self,
        position: u64,
        payload: &[u8],
        now: Instant,
        recall: &dyn Fn(BroadcastId, u64) -> BroadcastState,
    ) {
        if position <= self.position {
            return;
        }
        self.position = position;
        let Some(fact) = Fact::read(payload) else {
            metrics::counter!("kaibo_metrics_unreadable_total").increment(1);
            return;
        };
        self.received_at = self.received_at.max(Some(fact.received_at));
        self.orgs.entry(fact.org).or_default().add(&fact.name, MAX_NAMES);
        if let Some(id) = fact.broadcast {
            let resident = self
                .broadcasts
                .entry(id)
                .or_insert_with(|| Resident { state: Arc::new(recall(id, position)), touched: now });
            resident.touched = now;
            Arc::make_mut(&mut resident.state).apply(position, &fact);
        }
    }

    pub fn names(&self, org: OrgId) -> Option<&Names> {
        self.orgs.get(&org)
    }

    pub fn broadcast(&self, id: BroadcastId) -> Option<&Arc<BroadcastState>> {
        self.broadcasts.get(&id).map(|resident| &resident.state)
    }

    /// Takes a state back in that was read while `evictions` stood as given.
    pub fn readmit(&mut self, state: Arc<BroadcastState>, evictions: u64, now: Instant) {
        if self.evictions == evictions {
            self.broadcasts.entry(state.id).or_insert(Resident { state, touched: now });
        }
    }

    /// States nobody touched for `ended_idle` (ended ones) or `open_idle`.
    pub fn idle(&self, now: Instant, ended_idle: Duration, open_idle: Duration) -> Vec<Arc<BroadcastState>> {
        let idle = self.broadcasts.values().filter(|resident| {
            let patience = if resident.state.open() { open_idle } else { ended_idle };
            now.saturating_duration_since(resident.touched) >= patience
        });
        idle.map(|resident| resident.state.clone()).collect()
    }

    /// Forgets a state that was saved, unless it changed meanwhile.
    pub fn evict(&mut self, saved: &Arc<BroadcastState>) {
        if self.broadcast(saved.id).is_some_and(|state| Arc::ptr_eq(state, saved)) {
            self.broadcasts.remove(&saved.id);
            self.evictions += 1;
        }
    }

    pub fn residents(&self) -> usize {
        self.broadcasts.len()
    }
}
