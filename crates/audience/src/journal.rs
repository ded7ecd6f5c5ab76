//! From what players do to the event log: a queue that never makes a request wait, and the one task that empties it.
//!
//! Entries are never dropped: the queue takes half a million of them, and one that finds it full is offered again with the
//! player's next segment. Heartbeats and goodbyes are dropped (and counted in `kaibo_audience_dropped_total`) behind 50,000
//! waiting events, which only happens when the log cannot be written.

use crate::{entered::Entered, token};
use anyhow::Context;
use app::{App, Stop};
use events::{Envelope, Event, Millis, Source};
use parking_lot::Mutex;
use std::{collections::VecDeque, path::PathBuf, time::Duration};
use tokio::sync::Notify;

const MOST_ENTRIES: usize = 500_000;
const MOST_OTHERS: usize = 50_000;
const BATCH: usize = 1_000;
/// A moment in which more events join the same write.
const LINGER: Duration = Duration::from_millis(20);
const SAVE_EVERY_MS: i64 = 60_000;

#[derive(Default)]
pub(crate) struct Journal {
    waiting: Mutex<VecDeque<Waiting>>,
    wake: Notify,
}

struct Waiting {
    envelope: Envelope,
    /// For an entry: when its token runs out.
    until: Option<Millis>,
}

impl Journal {
    /// Queues an entry; false when even for entries there is no room.
    pub(crate) fn entry(&self, envelope: Envelope, until: Millis) -> bool {
        self.push(Waiting { envelope, until: Some(until) }, MOST_ENTRIES)
    }

    /// Queues a heartbeat or a goodbye, or drops it.
    pub(crate) fn other(&self, envelope: Envelope) {
        if !self.push(Waiting { envelope, until: None }, MOST_OTHERS) {
            metrics::counter!("kaibo_audience_dropped_total").increment(1);
        }
    }

    fn push(&self, event: Waiting, most: usize) -> bool {
        {
            let mut waiting = self.waiting.lock();
            if waiting.len() >= most {
                return false;
            }
            waiting.push_back(event);
        }
        self.wake.notify_one();
        true
    }

    fn take(&self) -> Vec<Waiting> {
        let mut waiting = self.waiting.lock();
        let count = waiting.len().min(BATCH);
        waiting.drain(..count).collect()
    }

    /// Writes what is queued until `stop`, then what is left, once.
    pub(crate) async fn run(&self, app: &App, mut entered: Entered, stop: Stop) -> anyhow::Result<()> {
        let path = snapshot_path(app);
        let mut saved = app.now();
        loop {
            let stopping = stop.is_cancelled();
            let batch = self.take();
            metrics::gauge!("kaibo_audience_waiting").set(self.waiting.lock().len() as f64);
            if batch.is_empty() {
                if stopping {
                    break;
                }
                tokio::select! {
                    () = stop.cancelled() => {}
                    () = self.wake.notified() => tokio::time::sleep(LINGER).await,
                    () = tokio::time::sleep(Duration::from_secs(60)) => {}
                }
            } else if !write(app, &mut entered, batch, &stop).await {
                break;
            }
            if app.now().since(saved).abs() >= SAVE_EVERY_MS {
                saved = app.now();
                entered.expire(saved);
                entered = save(entered, path.clone()).await?;
            }
        }
        save(entered, path).await?;
        Ok(())
    }
}

/// Appends one batch without the entries that were counted before. A log that cannot be written is tried again until `stop`;
/// false when it ended that way.
async fn write(app: &App, entered: &mut Entered, batch: Vec<Waiting>, stop: &Stop) -> bool {
    let mut envelopes = Vec::with_capacity(batch.len());
    let mut fresh = Vec::new();
    for Waiting { envelope, until } in batch {
        if let (Some(until), Event::ViewerEntered(entry), Some(broadcast)) =
            (until, &envelope.event, envelope.broadcast)
        {
            let again = entered.contains(entry.entry, broadcast) || fresh.contains(&(entry.entry, broadcast, until));
            if again {
                continue;
            }
            fresh.push((entry.entry, broadcast, until));
        }
        envelopes.push(envelope);
    }
    if envelopes.is_empty() {
        return true;
    }
    let mut pause = Duration::from_millis(100);
    loop {
        match app.append(&envelopes).await {
            Ok(positions) => {
                for (entry, broadcast, until) in fresh {
                    entered.insert(entry, broadcast, until);
                }
                entered.position = entered.position.max(positions.end.saturating_sub(1));
                return true;
            }
            Err(error) => {
                metrics::counter!("kaibo_audience_append_failures_total").increment(1);
                tracing::error!(
                    waiting = envelopes.len(),
                    "viewers' events could not be written, trying again: {error}"
                );
                if stop.is_cancelled() {
                    return false;
                }
                tokio::select! {
                    () = stop.cancelled() => {}
                    () = tokio::time::sleep(pause) => pause = (pause * 2).min(Duration::from_secs(5)),
                }
            }
        }
    }
}

fn snapshot_path(app: &App) -> PathBuf {
    app.data_dir.join("audience.entered")
}

async fn save(mut entered: Entered, path: PathBuf) -> anyhow::Result<Entered> {
    let (entered, result) = tokio::task::spawn_blocking(move || {
        let result = entered.save(&path);
        (entered, result)
    })
    .await
    .context("saving the counted entries")?;
    if let Err(error) = result {
        // The log still knows; the next start only reads more of it.
        tracing::warn!("the snapshot of counted entries was not written: {error:#}");
    }
    Ok(entered)
}

/// Reads what the log knows: which entries were counted, and (through `seen`) everything players did in the last `recent_ms`.
pub(crate) fn recover(app: &App, recent_ms: i64, mut seen: impl FnMut(Envelope)) -> anyhow::Result<Entered> {
    let now = app.now();
    let last = app.log.last();
    let mut entered = Entered::load(&snapshot_path(app));
    if entered.position > last {
        tracing::warn!("the snapshot of counted entries is ahead of the log, reading the log instead");
        entered = Entered::default();
    }
    entered.expire(now);
    let at = |back_ms: i64| {
        app.log.position_at(now.plus_ms(-back_ms).0.max(0) as u64).context("finding a time in the event log")
    };
    let recent = now.plus_ms(-recent_ms);
    let uncounted = if entered.position == 0 { at(token::LIFE_MS)? } else { entered.position + 1 };
    let from = uncounted.min(at(recent_ms)?).max(app.log.first());
    for entry in app.log.read(from) {
        let entry = entry.context("reading the event log for viewers")?;
        if entry.position > last {
            break;
        }
        // Most records are nobody's entry or heartbeat; only those are decoded.
        let recently = entry.at_ms as i64 >= recent.0;
        let wanted = contains(&entry.payload, b"\"ViewerEntered\"")
            || recently
                && (contains(&entry.payload, b"\"ViewerHeartbeat\"") || contains(&entry.payload, b"\"ViewerLeft\""));
        if !wanted {
            continue;
        }
        let Ok(envelope) = Envelope::decode(&entry.payload) else { continue };
        if envelope.source != Source::Server {
            continue;
        }
        if let (Event::ViewerEntered(viewer), Some(broadcast)) = (&envelope.event, envelope.broadcast) {
            entered.insert(viewer.entry, broadcast, envelope.received_at.plus_ms(token::LIFE_MS));
        }
        if recently {
            seen(envelope);
        }
    }
    entered.position = last.max(entered.position);
    Ok(entered)
}

fn contains(haystack: &[u8], needle: &[u8]) -> bool {
    memchr::memmem::find(haystack, needle).is_some()
}
