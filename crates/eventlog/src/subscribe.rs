//! Subscriptions: catching up from disk, then batches from memory as they become durable.

use crate::commit::Shared;
use crate::error::ReadError;
use crate::options::Options;
use crate::reader::Reader;
use crate::record::{Batch, Entry, Record};
use metrics::counter;
use parking_lot::Mutex;
use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Instant;
use tokio::sync::Notify;

const DISK_BATCH_BYTES: usize = 1 << 20;
const DISK_BATCH_ENTRIES: usize = 8192;

/// The newest of the log, in memory while somebody subscribes.
#[derive(Debug, Default)]
pub(crate) struct Live {
    ring: Mutex<Ring>,
    /// Told after every commit.
    pub changed: Notify,
}

#[derive(Debug, Default)]
struct Ring {
    /// Without gaps, each with its commit's time.
    batches: VecDeque<(Instant, Arc<Batch>)>,
    bytes: usize,
    subscribers: usize,
}

impl Live {
    /// Takes in what a commit made durable.
    pub fn publish(&self, first: u64, appends: &mut Vec<Vec<Record>>, options: &Options) {
        let mut ring = self.ring.lock();
        if ring.subscribers == 0 {
            return;
        }
        let records = appends.drain(..).flatten();
        let entries = records.zip(first..).map(|(record, position)| Entry {
            position,
            at_ms: record.at_ms,
            payload: record.payload,
        });
        let batch = Arc::new(Batch { first, entries: entries.collect() });
        if ring.batches.back().is_some_and(|(_, newest)| newest.last() + 1 != first) {
            ring.batches.clear();
            ring.bytes = 0;
        }
        let now = Instant::now();
        ring.bytes += batch.payload_bytes();
        ring.batches.push_back((now, batch));
        while ring.batches.len() > 1
            && let Some((since, oldest)) = ring.batches.front()
            && (ring.bytes > options.ring_bytes || now - *since > options.ring_for)
        {
            ring.bytes -= oldest.payload_bytes();
            ring.batches.pop_front();
        }
    }

    /// Entries from `position` on, if they are still in memory.
    fn find(&self, position: u64) -> Option<Arc<Batch>> {
        let ring = self.ring.lock();
        let at = ring.batches.partition_point(|(_, batch)| batch.last() < position);
        let (_, batch) = ring.batches.get(at).filter(|(_, batch)| batch.first <= position)?.clone();
        drop(ring);
        Some(if batch.first == position { batch } else { Arc::new(batch.starting_at(position)) })
    }

    fn enter(&self) {
        self.ring.lock().subscribers += 1;
    }

    fn leave(&self) {
        let mut ring = self.ring.lock();
        ring.subscribers -= 1;
        if ring.subscribers == 0 {
            ring.batches.clear();
            ring.bytes = 0;
        }
    }
}

/// Every entry from a position on, once and in order. One that falls behind what memory holds reads from disk again;
/// it never skips and never holds up a writer.
#[derive(Debug)]
pub struct Subscription {
    shared: Arc<Shared>,
    next: u64,
    /// Caught up at least once since it last read from disk.
    live: bool,
    reader: Option<Reader>,
}

impl Subscription {
    pub(crate) fn new(shared: Arc<Shared>, from: u64) -> Self {
        shared.live.enter();
        Self { shared, next: from.max(1), live: false, reader: None }
    }

    /// The position of the entry that comes next.
    pub fn position(&self) -> u64 {
        self.next
    }

    /// The next entries; waits until there are some. Cancel-safe: a dropped future has taken nothing. After an
    /// error the same position is tried again. Needs a tokio runtime for reading from disk.
    pub async fn next(&mut self) -> Result<Arc<Batch>, ReadError> {
        let shared = self.shared.clone();
        loop {
            let changed = shared.live.changed.notified();
            tokio::pin!(changed);
            changed.as_mut().enable();
            let closed = shared.closed.load(Ordering::Acquire);
            let last = shared.last();
            if self.next <= last {
                let batch = match shared.live.find(self.next) {
                    Some(batch) => {
                        self.live = true;
                        self.reader = None;
                        batch
                    }
                    None => self.read_disk(last).await?,
                };
                self.next = batch.last() + 1;
                return Ok(batch);
            }
            if closed {
                return Err(ReadError::Closed);
            }
            changed.await;
        }
    }

    async fn read_disk(&mut self, last: u64) -> Result<Arc<Batch>, ReadError> {
        if std::mem::take(&mut self.live) {
            counter!("eventlog_subscriber_fallbacks_total").increment(1);
        }
        // After a cancelled read the reader is gone, or ahead of what was handed out.
        let reader = self.reader.take().filter(|reader| reader.position() == self.next);
        let mut reader = reader.unwrap_or_else(|| Reader::new(self.shared.clone(), self.next, last));
        reader.extend(last);
        let first = self.next;
        let read = tokio::task::spawn_blocking(move || {
            let (mut entries, mut bytes) = (Vec::new(), 0);
            while bytes < DISK_BATCH_BYTES
                && entries.len() < DISK_BATCH_ENTRIES
                && let Some(entry) = reader.next().transpose()?
            {
                bytes += entry.payload.len();
                entries.push(entry);
            }
            Ok((reader, entries))
        });
        // The runtime is going down.
        let (reader, entries) = read.await.map_err(|_| ReadError::Closed)??;
        if entries.is_empty() {
            return Err(ReadError::Closed);
        }
        self.reader = Some(reader);
        Ok(Arc::new(Batch { first, entries }))
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        self.shared.live.leave();
    }
}
