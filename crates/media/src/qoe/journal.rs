//! From reports and meters to the event log: a queue that never makes anybody wait, and the one task that empties it.
//!
//! Behind [`MOST`] waiting events more are dropped and counted in `kaibo_qoe_dropped_total`, which only happens while the
//! log cannot be written.

use app::{App, Stop};
use events::Envelope;
use parking_lot::Mutex;
use std::{collections::VecDeque, time::Duration};
use tokio::sync::Notify;

const MOST: usize = 50_000;
const BATCH: usize = 2_000;
/// A moment in which more events join the same write: quality is read by people, a quarter of a second later will do.
const LINGER: Duration = Duration::from_millis(250);

#[derive(Default)]
pub(crate) struct Journal {
    waiting: Mutex<VecDeque<Envelope>>,
    wake: Notify,
}

impl Journal {
    pub fn push(&self, envelope: Envelope) {
        {
            let mut waiting = self.waiting.lock();
            if waiting.len() >= MOST {
                metrics::counter!("kaibo_qoe_dropped_total").increment(1);
                return;
            }
            waiting.push_back(envelope);
        }
        self.wake.notify_one();
    }

    /// Writes what is queued until `stop`, then what is left, once.
    pub async fn run(&self, app: &App, stop: Stop) {
        loop {
            let stopping = stop.is_cancelled();
            let batch = self.take();
            metrics::gauge!("kaibo_qoe_waiting").set(self.waiting.lock().len() as f64);
            if batch.is_empty() {
                if stopping {
                    return;
                }
                tokio::select! {
                    () = stop.cancelled() => {}
                    () = self.wake.notified() => tokio::time::sleep(LINGER).await,
                }
            } else if !write(app, &batch, &stop).await {
                return;
            }
        }
    }

    fn take(&self) -> Vec<Envelope> {
        let mut waiting = self.waiting.lock();
        let count = waiting.len().min(BATCH);
        waiting.drain(..count).collect()
    }
}

/// A log that cannot be written is tried again until `stop`; false when it ended that way.
async fn write(app: &App, batch: &[Envelope], stop: &Stop) -> bool {
    let mut pause = Duration::from_millis(100);
    while let Err(error) = app.append(batch).await {
        tracing::error!(waiting = batch.len(), "stream quality could not be written, trying again: {error}");
        if stop.is_cancelled() {
            return false;
        }
        tokio::select! {
            () = stop.cancelled() => {}
            () = tokio::time::sleep(pause) => pause = (pause * 2).min(Duration::from_secs(5)),
        }
    }
    true
}
