//! Settled values: the full scan of the log, sorted by event time, apart from the live path and its snapshots.

use crate::{
    engine::Engine,
    metrics::LIST,
    names::Names,
    scan::{self, Counted},
    state::BroadcastState,
    view::{Number, View},
};
use events::{BroadcastId, Millis, OrgId};
use parking_lot::Mutex;
use std::{collections::HashMap, sync::Arc, time::Duration};
use tokio::sync::Semaphore;

/// Logs with more bytes are not scanned for `events_total`.
const MAX_BYTES: u64 = 2 << 30;
/// An answer waits this long for a scan; the scan goes on and serves the next one.
const PATIENCE: Duration = Duration::from_secs(10);
const MAX_KEPT: usize = 256;

/// What was scanned so far. One scan at a time.
pub struct Settled {
    turn: Arc<Semaphore>,
    broadcasts: Mutex<HashMap<BroadcastId, Arc<SettledBroadcast>>>,
    counts: Mutex<HashMap<(OrgId, Option<String>), Counted>>,
}

impl Default for Settled {
    fn default() -> Self {
        Self { turn: Arc::new(Semaphore::new(1)), broadcasts: Mutex::default(), counts: Mutex::default() }
    }
}

/// The settled values of an ended broadcast, true while its last event is `last_position`.
pub struct SettledBroadcast {
    pub last_position: u64,
    pub names: Names,
    values: HashMap<&'static str, Option<Number>>,
}

impl SettledBroadcast {
    /// Evaluates every metric that has a settled value on a state folded by a full scan.
    pub fn of(state: &BroadcastState) -> Self {
        let view = View::new(state, Millis(i64::MAX));
        let values =
            LIST.iter().filter(|metric| metric.settled).map(|metric| (metric.id, (metric.value)(&view))).collect();
        Self { last_position: state.last_position, names: state.names.clone(), values }
    }

    pub fn value(&self, id: &str) -> Option<Number> {
        self.values.get(id).copied().flatten()
    }
}

impl Engine {
    /// The settled values of a broadcast; `None` while it is on air, or when the scan takes longer than anybody waits.
    pub async fn settled_broadcast(
        self: &Arc<Self>,
        state: &BroadcastState,
    ) -> anyhow::Result<Option<Arc<SettledBroadcast>>> {
        if state.open() {
            return Ok(None);
        }
        let (id, first, last) = (state.id, state.first_position, state.last_position);
        let kept = move |engine: &Self| {
            let kept = engine.settled.broadcasts.lock().get(&id).cloned();
            kept.filter(|settled| settled.last_position >= last)
        };
        if let Some(settled) = kept(self) {
            return Ok(Some(settled));
        }
        let engine = self.clone();
        self.patiently(move || {
            // Somebody else's scan may have brought it meanwhile.
            if let Some(settled) = kept(&engine) {
                return Ok(Some(settled));
            }
            let mut state = BroadcastState::settling(id);
            scan::broadcast(&engine.app.log, &mut state, first, last)?;
            let settled = Arc::new(SettledBroadcast::of(&state));
            keep(&mut engine.settled.broadcasts.lock(), id, settled.clone());
            Ok(Some(settled))
        })
        .await
    }

    /// An organisation's events counted in the whole log; `None` when the log is larger than 2 GiB.
    pub async fn settled_events(self: &Arc<Self>, org: OrgId, name: Option<String>) -> anyhow::Result<Option<u64>> {
        let last = self.app.log.last();
        let engine = self.clone();
        self.patiently(move || {
            let key = (org, name);
            let so_far = engine.settled.counts.lock().get(&key).copied().unwrap_or_default();
            let counted = scan::events(&engine.app.log, org, key.1.as_deref(), so_far, last, MAX_BYTES)?;
            keep(&mut engine.settled.counts.lock(), key, counted);
            Ok((counted.position >= last).then_some(counted.count))
        })
        .await
    }

    async fn patiently<T: Send + 'static>(
        self: &Arc<Self>,
        work: impl FnOnce() -> anyhow::Result<Option<T>> + Send + 'static,
    ) -> anyhow::Result<Option<T>> {
        let turn = self.settled.turn.clone();
        let job = tokio::spawn(async move {
            let _turn = turn.acquire_owned().await?;
            tokio::task::spawn_blocking(work).await?
        });
        match tokio::time::timeout(PATIENCE, job).await {
            Ok(done) => done?,
            Err(_) => Ok(None),
        }
    }
}

fn keep<K: std::hash::Hash + Eq, V>(kept: &mut HashMap<K, V>, key: K, value: V) {
    if kept.len() >= MAX_KEPT {
        kept.clear();
    }
    kept.insert(key, value);
}
