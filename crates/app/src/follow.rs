//! Following the event log with a durable cursor, and knowing how far everybody has come.

use crate::App;
use anyhow::Context;
use futures_util::future::BoxFuture;
use parking_lot::Mutex;
use std::{
    collections::HashMap,
    sync::Arc,
    time::{Duration, Instant},
};
use tokio::sync::watch;
use tracing::{Instrument, debug_span};

/// The position each follower has handled, for read-your-writes and `/readyz`.
#[derive(Default)]
pub struct Progress(Mutex<HashMap<&'static str, watch::Sender<u64>>>);

impl Progress {
    /// Says that `name` has handled everything up to and including `position`.
    pub fn advance(&self, name: &'static str, position: u64) {
        self.sender(name).send_if_modified(|at| position > std::mem::replace(at, position.max(*at)));
    }

    /// The highest position `name` has handled; 0 before the first.
    pub fn of(&self, name: &'static str) -> u64 {
        *self.sender(name).borrow()
    }

    /// Every follower and its position.
    pub fn all(&self) -> Vec<(&'static str, u64)> {
        self.0.lock().iter().map(|(name, sender)| (*name, *sender.borrow())).collect()
    }

    /// Waits until `name` has handled `position`. False when it did not within `patience`.
    pub async fn reached(&self, name: &'static str, position: u64, patience: Duration) -> bool {
        let mut at = self.sender(name).subscribe();
        matches!(tokio::time::timeout(patience, at.wait_for(|at| *at >= position)).await, Ok(Ok(_)))
    }

    fn sender(&self, name: &'static str) -> watch::Sender<u64> {
        self.0.lock().entry(name).or_insert_with(|| watch::Sender::new(0)).clone()
    }
}

pub(crate) async fn follow(
    app: &App,
    name: &'static str,
    handle: &(dyn Fn(Arc<eventlog::Batch>) -> BoxFuture<'static, anyhow::Result<()>> + Send + Sync),
) -> anyhow::Result<()> {
    let cursor = app.log.cursor(&format!("reaction-{name}"))?;
    let mut done =
        cursor.load().with_context(|| format!("loading the cursor of `{name}`"))?.map_or(0, |(position, _)| position);
    app.progress.advance(name, done);
    let mut subscription = app.log.subscribe(done + 1);
    let mut saved = (done, Instant::now());
    loop {
        let batch = tokio::select! {
            biased;
            () = app.stop.cancelled() => break,
            batch = subscription.next() => batch.with_context(|| format!("reading the log for `{name}`"))?,
        };
        let Some(last) = batch.entries.last().map(|entry| entry.position) else { continue };
        let mut pause = Duration::from_millis(100);
        let events = batch.entries.len();
        let span = debug_span!(target: "trace", parent: None, "reaction", reaction = name, position = last, events);
        while let Err(error) = handle(batch.clone()).instrument(span.clone()).await {
            metrics::counter!("kaibo_reaction_failures_total", "reaction" => name).increment(1);
            tracing::error!(reaction = name, position = last, "reaction `{name}` failed, trying again: {error:#}");
            tokio::select! {
                () = app.stop.cancelled() => return Ok(()),
                () = tokio::time::sleep(pause) => pause = (pause * 2).min(Duration::from_secs(30)),
            }
        }
        done = last;
        app.progress.advance(name, done);
        // The cursor may lag: what it repeats is handled idempotently.
        if done - saved.0 >= 10_000 || saved.1.elapsed() >= Duration::from_secs(1) {
            cursor.store(done, &[]).with_context(|| format!("saving the cursor of `{name}`"))?;
            saved = (done, Instant::now());
        }
    }
    cursor.store(done, &[]).with_context(|| format!("saving the cursor of `{name}`"))?;
    Ok(())
}
