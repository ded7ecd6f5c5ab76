//! A recording in memory: its index with each segment's place on the wall clock. Files are read when somebody asks.

use super::index::{self, Entry};
use super::rules::{self, Span};
use super::store::Size;
use bytes::Bytes;
use events::{BroadcastId, RoomId};
use parking_lot::RwLock;
use std::io;
use std::path::PathBuf;
use tokio::sync::watch;

pub struct Shelf {
    pub broadcast: BroadcastId,
    pub room: RoomId,
    pub dir: PathBuf,
    state: RwLock<State>,
    /// Counts what was appended.
    changed: watch::Sender<u64>,
}

#[derive(Default)]
struct State {
    placed: Vec<(i64, Entry)>,
    /// Entries before this one are not kept any more.
    first: usize,
    complete: bool,
    bytes: u64,
    duration: u64,
}

/// What a playlist is made from.
pub struct View {
    /// Segments that went before the first one here.
    pub removed: usize,
    /// Discontinuities among them.
    pub discontinuities: usize,
    pub placed: Vec<(i64, Entry)>,
    pub complete: bool,
}

impl Shelf {
    pub fn new(broadcast: BroadcastId, room: RoomId, dir: PathBuf, complete: bool) -> Self {
        let state = RwLock::new(State { complete, ..State::default() });
        Self { broadcast, room, dir, state, changed: watch::Sender::new(0) }
    }

    /// Puts what the disk has in place of what was known. Blocks.
    pub fn fill(&self, entries: Vec<Entry>) {
        let first = index::first_kept(&self.dir, &entries);
        let mut state = self.state.write();
        *state = State { complete: state.complete, ..State::default() };
        entries.into_iter().for_each(|entry| state.push(entry));
        state.drop_before(first);
        drop(state);
        self.changed.send_modify(|count| *count += 1);
    }

    pub fn push(&self, entry: Entry) {
        self.state.write().push(entry);
        self.changed.send_modify(|count| *count += 1);
    }

    pub fn set_complete(&self, complete: bool) {
        self.state.write().complete = complete;
        self.changed.send_modify(|count| *count += 1);
    }

    pub fn changes(&self) -> watch::Receiver<u64> {
        self.changed.subscribe()
    }

    pub fn view(&self) -> View {
        let state = self.state.read();
        let (gone, kept) = state.placed.split_at(state.first);
        View {
            removed: gone.len(),
            discontinuities: gone.iter().filter(|(_, entry)| entry.breaks()).count(),
            placed: kept.to_vec(),
            complete: state.complete,
        }
    }

    pub fn size(&self) -> Size {
        let state = self.state.read();
        Size {
            duration_ms: (state.duration / 90) as i64,
            bytes: state.bytes,
            pieces: u32::try_from(state.spans().len()).unwrap_or(u32::MAX),
        }
    }

    pub fn spans(&self) -> Vec<Span> {
        self.state.read().spans()
    }

    /// Where the recording ends on the wall clock.
    pub fn end(&self) -> Option<i64> {
        self.state.read().placed.last().map(|(start, entry)| start + entry.duration_ms())
    }

    /// Where the newest segment begins on the wall clock.
    pub fn newest(&self) -> Option<i64> {
        self.state.read().placed.last().map(|(start, _)| *start)
    }

    /// Where the oldest kept segment begins on the wall clock.
    pub fn oldest(&self) -> Option<i64> {
        let state = self.state.read();
        state.placed.get(state.first).map(|(start, _)| *start)
    }

    pub fn entry(&self, ordinal: usize) -> Option<Entry> {
        let state = self.state.read();
        state.placed.get(ordinal).filter(|_| ordinal >= state.first).map(|(_, entry)| *entry)
    }

    /// The bytes of a segment. Blocks.
    pub fn segment(&self, entry: &Entry) -> io::Result<Bytes> {
        index::read(&self.dir, entry)
    }

    /// The bytes of an init segment. Blocks.
    pub fn init(&self, number: u32) -> io::Result<Bytes> {
        std::fs::read(index::init_path(&self.dir, number)).map(Bytes::from)
    }

    /// Forgets the oldest chunks, so that at least `bytes` are free; the newest chunk stays. Answers the chunks whose files
    /// may be removed now, and their bytes.
    pub fn drop_oldest(&self, bytes: u64) -> (Vec<u32>, u64) {
        let mut state = self.state.write();
        let Some(newest) = state.placed.last().map(|(_, entry)| entry.chunk) else { return (Vec::new(), 0) };
        let mut chunks: Vec<u32> = Vec::new();
        let mut freed = 0;
        let mut first = state.first;
        for (_, entry) in state.placed.iter().skip(state.first) {
            let begins = chunks.last() != Some(&entry.chunk);
            if entry.chunk == newest || (begins && freed >= bytes) {
                break;
            }
            if begins {
                chunks.push(entry.chunk);
            }
            freed += u64::from(entry.length);
            first += 1;
        }
        state.drop_before(first);
        (chunks, freed)
    }
}

impl State {
    fn push(&mut self, entry: Entry) {
        let before = self.placed.last().map(|(start, entry)| (*start, entry.duration_ms()));
        self.placed.push((rules::place(before, &entry), entry));
        self.bytes += u64::from(entry.length);
        self.duration += entry.duration;
    }

    fn drop_before(&mut self, first: usize) {
        for (_, entry) in self.placed.iter().take(first).skip(self.first) {
            self.bytes -= u64::from(entry.length);
            self.duration -= entry.duration;
        }
        self.first = first.max(self.first);
    }

    fn spans(&self) -> Vec<Span> {
        rules::spans(self.placed.iter().skip(self.first).copied())
    }
}
