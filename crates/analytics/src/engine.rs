//! The live engine: one job that follows the log from the last snapshot, and the settled values beside it.

use crate::{
    scan,
    settle::Settled,
    shelf::Shelf,
    state::BroadcastState,
    world::{Still, World},
};
use anyhow::Context;
use app::{App, Stop};
use events::{BroadcastId, Millis};
use parking_lot::{Mutex, RwLock};
use std::{
    sync::Arc,
    time::{Duration, Instant},
};
use tokio::task::JoinHandle;

/// The name under which progress is told.
pub const NAME: &str = "metrics";
const SNAPSHOT_EVENTS: u64 = 200_000;
const SNAPSHOT_PAUSE: Duration = Duration::from_secs(10);
const ENDED_IDLE: Duration = Duration::from_secs(10 * 60);
/// A show nobody ended and that says nothing leaves memory too; its next event brings it back.
const OPEN_IDLE: Duration = Duration::from_secs(60 * 60);
const PATIENCE: Duration = Duration::from_secs(2);

pub struct Engine {
    pub app: App,
    pub settled: Settled,
    shelf: Shelf,
    world: RwLock<World>,
    /// One snapshot file, one writer at a time.
    saving: Mutex<()>,
}

impl Engine {
    pub fn new(app: App) -> Arc<Self> {
        let shelf = Shelf::new(app.data_dir.join("metrics"));
        Arc::new(Self { app, settled: Settled::default(), shelf, world: RwLock::default(), saving: Mutex::new(()) })
    }

    /// Waits until what was acknowledged before is folded in, at most 2 s.
    pub async fn catch_up(&self) {
        let deadline = tokio::time::Instant::now() + PATIENCE;
        if let Ok(Err(error)) = tokio::time::timeout_at(deadline, self.app.store.relayed()).await {
            tracing::warn!("metrics answer without waiting for the relay: {error:#}");
        }
        let left = deadline.saturating_duration_since(tokio::time::Instant::now());
        self.app.progress.reached(NAME, self.app.log.last(), left).await;
    }

    /// The moment the live values speak of: now, or while catching up the newest event folded in.
    pub fn as_of(&self) -> Millis {
        let now = self.app.now();
        let world = self.world.read();
        if world.position() >= self.app.log.last() { now } else { world.received_at().unwrap_or(now).min(now) }
    }

    /// Reads something from the world.
    pub fn with_world<T>(&self, read: impl FnOnce(&World) -> T) -> T {
        read(&self.world.read())
    }

    /// A broadcast's state, from memory or from its file; an empty one when no event names it yet.
    pub async fn broadcast(self: &Arc<Self>, id: BroadcastId) -> anyhow::Result<Arc<BroadcastState>> {
        let (resident, evictions) = self.with_world(|world| (world.broadcast(id).cloned(), world.evictions()));
        if let Some(state) = resident {
            return Ok(state);
        }
        let engine = self.clone();
        tokio::task::spawn_blocking(move || {
            let Some(state) = engine.shelf.broadcast(id).context("reading a broadcast's metrics")? else {
                return Ok(Arc::new(BroadcastState::new(id)));
            };
            let state = Arc::new(state);
            engine.world.write().readmit(state.clone(), evictions, Instant::now());
            Ok(state)
        })
        .await?
    }

    /// Follows the log until the program stops.
    pub async fn run(self: Arc<Self>, stop: Stop) -> anyhow::Result<()> {
        let engine = self.clone();
        let position = tokio::task::spawn_blocking(move || engine.load()).await??;
        self.app.progress.advance(NAME, position);
        let mut from = position + 1;
        let mut subscription = self.app.log.subscribe(from);
        let mut saver = Saver { position, at: Instant::now(), cost: Duration::ZERO, running: None };
        let mut tick = tokio::time::interval(Duration::from_secs(1));
        tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                biased;
                () = stop.cancelled() => break,
                batch = subscription.next() => match batch {
                    Ok(batch) => {
                        self.fold(&batch);
                        from = batch.last() + 1;
                        self.app.progress.advance(NAME, batch.last());
                    }
                    Err(eventlog::ReadError::Trimmed { first, .. }) if first > from => {
                        tracing::error!("metrics lack the events {from} to {}, which the log no longer holds", first - 1);
                        from = first;
                        subscription = self.app.log.subscribe(from);
                    }
                    Err(eventlog::ReadError::Closed) => break,
                    Err(error) => return Err(error).context("reading the log for the metrics"),
                },
                _ = tick.tick() => self.sweep().await,
            }
            saver.maybe(&self).await;
        }
        saver.finish().await;
        let engine = self.clone();
        tokio::task::spawn_blocking(move || engine.save()).await?
    }

    fn load(&self) -> anyhow::Result<u64> {
        let still = self.shelf.snapshot().unwrap_or_else(|error| {
            tracing::warn!("metrics are folded from the beginning of the log: {error:#}");
            None
        });
        let still = match still {
            Some(still) if still.position > self.app.log.last() => {
                tracing::warn!(
                    "the metrics' snapshot is ahead of the log, so it belongs to another one and is thrown away"
                );
                self.shelf.clear()?;
                Still::default()
            }
            Some(still) => still,
            None => Still::default(),
        };
        let position = still.position;
        *self.world.write() = World::wake(still, Instant::now());
        Ok(position)
    }

    fn fold(&self, batch: &eventlog::Batch) {
        let now = Instant::now();
        let mut world = self.world.write();
        for entry in &batch.entries {
            world.apply(entry.position, &entry.payload, now, &|id, position| self.recall(id, position));
        }
        metrics::gauge!("kaibo_metrics_position").set(world.position() as f64);
        metrics::gauge!("kaibo_metrics_broadcasts_in_memory").set(world.residents() as f64);
    }

    /// The state an event at `position` meets when its broadcast is not in memory.
    fn recall(&self, id: BroadcastId, position: u64) -> BroadcastState {
        match self.shelf.broadcast(id) {
            Ok(Some(state)) => return state,
            Ok(None) => return BroadcastState::new(id),
            Err(error) => tracing::warn!("the metrics of broadcast `{id}` are folded again from the log: {error:#}"),
        }
        let mut state = BroadcastState::new(id);
        if let Err(error) = scan::broadcast(&self.app.log, &mut state, 1, position.saturating_sub(1)) {
            tracing::error!("the metrics of broadcast `{id}` are incomplete: {error:#}");
        }
        state
    }

    /// Saves what is idle and forgets it.
    async fn sweep(self: &Arc<Self>) {
        let idle = self.with_world(|world| world.idle(Instant::now(), ENDED_IDLE, OPEN_IDLE));
        if idle.is_empty() {
            return;
        }
        let engine = self.clone();
        let swept = tokio::task::spawn_blocking(move || -> anyhow::Result<()> {
            for state in idle {
                engine.shelf.save_broadcast(&state)?;
                engine.world.write().evict(&state);
            }
            Ok(())
        });
        if let Err(error) = swept.await.map_err(anyhow::Error::from).flatten() {
            tracing::error!("idle broadcasts stay in memory: {error:#}");
        }
    }

    fn save(&self) -> anyhow::Result<()> {
        let _saving = self.saving.lock();
        let still = self.world.read().still();
        self.shelf.save_snapshot(&still).context("saving the metrics' snapshot")
    }
}

/// Decides when the next snapshot is due, and keeps one running at most.
struct Saver {
    /// Position of the latest snapshot begun.
    position: u64,
    at: Instant,
    /// How long the latest took.
    cost: Duration,
    running: Option<JoinHandle<Duration>>,
}

impl Saver {
    async fn maybe(&mut self, engine: &Arc<Engine>) {
        if self.running.as_ref().is_some_and(|running| !running.is_finished()) {
            return;
        }
        self.finish().await;
        let position = engine.with_world(World::position);
        let folded = position - self.position.min(position);
        let due = folded >= SNAPSHOT_EVENTS || (folded > 0 && self.at.elapsed() >= SNAPSHOT_PAUSE);
        // Saving takes a twentieth of the time at most, however large the world is.
        if !due || self.at.elapsed() < self.cost * 20 {
            return;
        }
        self.position = position;
        self.at = Instant::now();
        let engine = engine.clone();
        self.running = Some(tokio::task::spawn_blocking(move || {
            let begun = Instant::now();
            if let Err(error) = engine.save() {
                metrics::counter!("kaibo_metrics_snapshot_failures_total").increment(1);
                tracing::error!("the next start folds more of the log: {error:#}");
            }
            begun.elapsed()
        }));
    }

    async fn finish(&mut self) {
        if let Some(running) = self.running.take() {
            self.cost = running.await.unwrap_or(self.cost);
        }
    }
}
