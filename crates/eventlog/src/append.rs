//! Appending: from a task, from a thread.

use crate::commit::Shared;
use crate::error::AppendError;
use crate::log::EventLog;
use crate::queue::{Queue, Ticket};
use crate::record::{MAX_RECORD_BYTES, Record, checksum};
use crate::segment::DATA_START;
use parking_lot::MutexGuard;
use std::future::Future;
use std::ops::Range;
use std::pin::Pin;
use std::sync::atomic::Ordering;
use std::task::{Context, Poll};
use std::time::Instant;
use tracing::{Instrument, debug_span};

impl EventLog {
    /// Appends records one after another and resolves once they are on disk, with their positions.
    ///
    /// They are queued when the future is first polled; dropping it afterwards loses nothing, only the answer. After
    /// an error none of them is acknowledged and none is read in this process; after a crash right then they may be
    /// there. Up to one segment of bytes at once; no records give an empty range.
    pub async fn append(&self, records: Vec<Record>) -> Result<Range<u64>, AppendError> {
        let shared = self.shared();
        let bytes = shared.admit(&records)?;
        if records.is_empty() {
            return Ok(shared.nothing());
        }
        let span = debug_span!(target: "trace", "log append", records = records.len(), bytes);
        Append { shared, stage: Stage::New(records, bytes) }.instrument(span).await
    }

    /// `append` for threads outside a runtime.
    pub fn append_blocking(&self, records: Vec<Record>) -> Result<Range<u64>, AppendError> {
        let shared = self.shared();
        let bytes = shared.admit(&records)?;
        if records.is_empty() {
            return Ok(shared.nothing());
        }
        let mut queue = shared.queue.lock();
        while !shared.has_room(&queue, bytes) {
            shared.room.wait(&mut queue);
        }
        let ticket = queue.push(records, None, bytes, None);
        if shared.takes_the_wheel(&mut queue) {
            if !queue.enough_siblings() {
                shared.await_siblings(&mut queue);
            }
            drop(queue);
            shared.commit_and_leave();
        } else {
            drop(queue);
        }
        ticket.wait()
    }
}

impl Shared {
    /// The records' size on disk.
    fn admit(&self, records: &[Record]) -> Result<usize, AppendError> {
        if self.preparer.is_none() {
            return Err(AppendError::ReadOnly);
        }
        if let Some(large) = records.iter().find(|record| record.payload.len() > MAX_RECORD_BYTES) {
            return Err(AppendError::RecordTooLarge { bytes: large.payload.len(), max: MAX_RECORD_BYTES });
        }
        let bytes = records.iter().map(Record::disk_len).sum();
        let max = (self.options.segment_bytes - DATA_START) as usize;
        if bytes > max {
            return Err(AppendError::AppendTooLarge { bytes, max });
        }
        Ok(bytes)
    }

    fn nothing(&self) -> Range<u64> {
        let next = self.last() + 1;
        next..next
    }

    fn has_room(&self, queue: &Queue, bytes: usize) -> bool {
        queue.bytes == 0 || queue.bytes + bytes <= self.options.max_queued_bytes
    }

    /// After a push: whether the appender is now the driver. If another is, tell it when the group is complete.
    fn takes_the_wheel(&self, queue: &mut MutexGuard<'_, Queue>) -> bool {
        let complete = queue.enough_siblings();
        if complete || !queue.driven {
            self.complete.store(complete, Ordering::Release);
        }
        if !queue.driven {
            queue.driven = true;
            return true;
        }
        if queue.awaits_siblings && complete {
            self.grown.notify_one();
        }
        false
    }
}

struct Append<'a> {
    shared: &'a Shared,
    stage: Stage,
}

enum Stage {
    New(Vec<Record>, usize),
    /// The driver, since when; it lets other tasks run until they have joined.
    Leading(Ticket, Instant),
    Following(Ticket),
    Done,
}

impl Future for Append<'_> {
    type Output = Result<Range<u64>, AppendError>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let shared = self.shared;
        if let Stage::New(records, bytes) = &mut self.stage {
            let (records, bytes) = (std::mem::take(records), *bytes);
            // Many small appends meet at the lock, so what can be done before is done before.
            let crc = if let [record] = &records[..] { Some(checksum(record)) } else { None };
            let mut queue = shared.queue.lock();
            if !shared.has_room(&queue, bytes) {
                queue.room_wanted.push(context.waker().clone());
                self.stage = Stage::New(records, bytes);
                return Poll::Pending;
            }
            let ticket = queue.push(records, crc, bytes, Some(context.waker().clone()));
            self.stage = if !shared.takes_the_wheel(&mut queue) {
                Stage::Following(ticket)
            } else if shared.is_slow() {
                shared.call_thread(&mut queue);
                Stage::Following(ticket)
            } else {
                Stage::Leading(ticket, Instant::now())
            };
        }
        match std::mem::replace(&mut self.stage, Stage::Done) {
            Stage::Leading(ticket, since) => {
                if !shared.complete.load(Ordering::Acquire) && since.elapsed() < shared.patience() {
                    self.stage = Stage::Leading(ticket, since);
                    context.waker().wake_by_ref();
                    return Poll::Pending;
                }
                if shared.must_roll() {
                    shared.call_thread(&mut shared.queue.lock());
                } else {
                    shared.commit_and_leave();
                }
                self.follow(ticket, context)
            }
            Stage::Following(ticket) => self.follow(ticket, context),
            // Polled after it was ready: there is nothing to say, as with any future.
            Stage::New(..) | Stage::Done => Poll::Pending,
        }
    }
}

impl Append<'_> {
    fn follow(&mut self, ticket: Ticket, context: &mut Context<'_>) -> Poll<Result<Range<u64>, AppendError>> {
        let answer = ticket.poll(context);
        if answer.is_pending() {
            self.stage = Stage::Following(ticket);
        }
        answer
    }
}

impl Drop for Append<'_> {
    fn drop(&mut self) {
        // The duty to commit does not end with the future that had it.
        if matches!(self.stage, Stage::Leading(..)) {
            self.shared.call_thread(&mut self.shared.queue.lock());
        }
    }
}
