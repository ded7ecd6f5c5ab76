//! What waits for a commit: appends are encoded into the newest group as they come, a whole group is written at once.

use crate::aligned::{AlignedBuf, BLOCK};
use crate::error::AppendError;
use crate::index::IndexEntry;
use crate::record::{Record, encode};
use parking_lot::{Condvar, Mutex};
use std::collections::VecDeque;
use std::ops::Range;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

/// A group grows up to this, so that one commit does not hold up everybody for long.
const GROUP_BYTES: usize = 4 << 20;
/// Index entries are noted about this often within a group.
const MARK_BYTES: usize = 64 << 10;
const KEPT_BUFFERS: usize = 3;

#[derive(Debug, Default)]
pub(crate) struct Queue {
    pub groups: VecDeque<Group>,
    /// Somebody has taken on to commit what is queued. While groups wait, this is true.
    pub driven: bool,
    /// The log's own thread is asked to drive.
    pub thread_called: bool,
    pub stop: bool,
    /// How many appends the next group will probably have: as many as came during and since the last one.
    pub expected: usize,
    /// A driver sleeps until the first group has that many.
    pub awaits_siblings: bool,
    pub bytes: usize,
    /// Offset within a block where the next group begins if everything queued before succeeds.
    pub phase: usize,
    pub room_wanted: Vec<Waker>,
    pub buffers: Vec<AlignedBuf>,
}

#[derive(Debug)]
pub(crate) struct Group {
    /// `head` bytes for the part of the block already written, then the records.
    pub buf: AlignedBuf,
    pub head: usize,
    pub count: u64,
    pub appends: usize,
    pub records: Vec<Vec<Record>>,
    /// Relative to the group: position, offset.
    pub marks: Vec<IndexEntry>,
    pub first_at: u64,
    pub last_at: u64,
    pub max_at: u64,
    pub outcome: Arc<Outcome>,
}

/// How a group's commit went, for everybody who has records in it.
#[derive(Debug, Default)]
pub(crate) struct Outcome {
    state: Mutex<State>,
    settled: Condvar,
}

#[derive(Debug, Default)]
struct State {
    /// The group's first position.
    result: Option<Result<u64, AppendError>>,
    wakers: Vec<Option<Waker>>,
}

/// One append's share in a group.
#[derive(Debug)]
pub(crate) struct Ticket {
    pub outcome: Arc<Outcome>,
    /// Its records come after this many of the group's others.
    pub offset: u64,
    pub count: u64,
    slot: usize,
}

impl Queue {
    /// Takes the records in; `crc` is the checksum of a single one, if it is known.
    pub fn push(&mut self, records: Vec<Record>, crc: Option<u32>, bytes: usize, waker: Option<Waker>) -> Ticket {
        let mut group = match self.groups.pop_back() {
            Some(group) if group.bytes() + bytes <= GROUP_BYTES => group,
            full => {
                self.groups.extend(full);
                Group::new(self.phase, self.buffers.pop())
            }
        };
        self.bytes += bytes;
        self.phase = (self.phase + bytes) % BLOCK;
        let ticket = group.push(records, crc, waker);
        self.groups.push_back(group);
        ticket
    }

    pub fn enough_siblings(&self) -> bool {
        self.groups.len() > 1 || self.groups.front().is_none_or(|group| group.appends >= self.expected)
    }

    pub fn take(&mut self) -> Option<Group> {
        let group = self.groups.pop_front()?;
        self.bytes -= group.bytes();
        for waker in self.room_wanted.drain(..) {
            waker.wake();
        }
        Some(group)
    }

    pub fn keep_buffer(&mut self, buf: AlignedBuf) {
        if self.buffers.len() < KEPT_BUFFERS && buf.capacity() <= 2 * GROUP_BYTES {
            self.buffers.push(buf);
        }
    }
}

impl Group {
    fn new(head: usize, buffer: Option<AlignedBuf>) -> Self {
        let mut buf = buffer.unwrap_or_else(|| AlignedBuf::with_capacity(64 << 10));
        buf.set_len(head);
        Self {
            buf,
            head,
            count: 0,
            appends: 0,
            records: Vec::new(),
            marks: Vec::new(),
            first_at: 0,
            last_at: 0,
            max_at: 0,
            outcome: Arc::default(),
        }
    }

    /// Bytes of the records.
    pub fn bytes(&self) -> usize {
        self.buf.len() - self.head
    }

    fn push(&mut self, records: Vec<Record>, crc: Option<u32>, waker: Option<Waker>) -> Ticket {
        let offset = self.count;
        for record in &records {
            let at = self.bytes();
            let mark = IndexEntry { position: self.count, offset: at as u64, max_at: record.at_ms };
            match self.marks.last_mut() {
                Some(last) if at < last.offset as usize + MARK_BYTES => last.max_at = last.max_at.max(record.at_ms),
                _ => self.marks.push(mark),
            }
            if self.count == 0 {
                self.first_at = record.at_ms;
            }
            self.last_at = record.at_ms;
            self.max_at = self.max_at.max(record.at_ms);
            encode(record, crc, self.buf.grow(record.disk_len()));
            self.count += 1;
        }
        let count = records.len() as u64;
        self.appends += 1;
        self.records.push(records);
        let slot = self.outcome.enter(waker);
        Ticket { outcome: self.outcome.clone(), offset, count, slot }
    }

    /// Makes the records begin at `head` within the first block.
    pub fn set_head(&mut self, head: usize) {
        if head != self.head {
            self.buf.shift(self.head, head);
            self.head = head;
        }
    }
}

impl Outcome {
    fn enter(&self, waker: Option<Waker>) -> usize {
        let mut state = self.state.lock();
        state.wakers.push(waker);
        state.wakers.len() - 1
    }

    pub fn settle(&self, result: Result<u64, AppendError>) {
        let mut state = self.state.lock();
        state.result = Some(result);
        let wakers = std::mem::take(&mut state.wakers);
        drop(state);
        self.settled.notify_all();
        wakers.into_iter().flatten().for_each(Waker::wake);
    }
}

impl Ticket {
    pub fn poll(&self, context: &mut Context<'_>) -> Poll<Result<Range<u64>, AppendError>> {
        let mut state = self.outcome.state.lock();
        if let Some(result) = state.result.clone() {
            return Poll::Ready(self.range(result));
        }
        if let Some(slot) = state.wakers.get_mut(self.slot)
            && !slot.as_ref().is_some_and(|waker| waker.will_wake(context.waker()))
        {
            *slot = Some(context.waker().clone());
        }
        Poll::Pending
    }

    pub fn wait(&self) -> Result<Range<u64>, AppendError> {
        let mut state = self.outcome.state.lock();
        loop {
            if let Some(result) = state.result.clone() {
                return self.range(result);
            }
            self.outcome.settled.wait(&mut state);
        }
    }

    fn range(&self, group: Result<u64, AppendError>) -> Result<Range<u64>, AppendError> {
        group.map(|first| first + self.offset..first + self.offset + self.count)
    }
}
