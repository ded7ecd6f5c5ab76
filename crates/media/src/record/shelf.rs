//! A recording in memory: its index with each segment's place on the wall clock. Files are read when somebody asks.

use super::folder::Folder;
use super::index::{self, Entry, Stored};
use super::playlist;
use super::rules::{self, Span};
use super::store::Size;
use crate::hls::playlist::Rendered;
use bytes::Bytes;
use events::{BroadcastId, RoomId};
use parking_lot::{Mutex, RwLock};
use std::collections::HashMap;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tokio::sync::watch;

pub struct Shelf {
    pub broadcast: BroadcastId,
    pub room: RoomId,
    pub folder: Folder,
    target_s: u64,
    state: RwLock<State>,
    /// Counts what was appended.
    changed: watch::Sender<u64>,
    /// Playlists as they were at some count of changes.
    rendered: Mutex<HashMap<(Listed, bool), Kept>>,
    thumbnails: AtomicU64,
}

struct Kept {
    at: u64,
    text: Arc<Rendered>,
    used: bool,
}

/// Which playlist.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Listed {
    Replay,
    Dvr,
}

#[derive(Default)]
struct State {
    /// What is kept.
    placed: Vec<(i64, Entry)>,
    /// Segments before the first one that is kept, and the breaks among them.
    removed: usize,
    removed_breaks: usize,
    complete: bool,
    bytes: u64,
    duration: u64,
}

/// What a playlist is made from.
pub struct View<'a> {
    /// Segments that went before the first one here.
    pub removed: usize,
    /// Discontinuities among them.
    pub discontinuities: usize,
    pub placed: &'a [(i64, Entry)],
    pub complete: bool,
    /// The target duration of live playlists: no segment that is still to come is longer, in whole seconds.
    pub target_s: u64,
}

impl Shelf {
    pub fn new(broadcast: BroadcastId, room: RoomId, folder: Folder, complete: bool, target_s: u64) -> Self {
        let state = RwLock::new(State { complete, ..State::default() });
        Self {
            broadcast,
            room,
            folder,
            target_s,
            state,
            changed: watch::Sender::new(0),
            rendered: Mutex::default(),
            thumbnails: AtomicU64::new(0),
        }
    }

    /// Puts what is recorded in place of what was known. Blocks.
    pub fn fill(&self, entries: Vec<Entry>, stored: &Stored) {
        let first = index::first_kept(&self.folder.dir, &entries, stored);
        let mut state = self.state.write();
        *state = State { complete: state.complete, ..State::default() };
        entries.into_iter().for_each(|entry| state.push(entry));
        state.drop_first(first);
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

    pub fn is_complete(&self) -> bool {
        self.state.read().complete
    }

    pub fn is_empty(&self) -> bool {
        self.state.read().placed.is_empty()
    }

    /// What is kept of it, oldest first.
    pub fn placed(&self) -> Vec<(i64, Entry)> {
        self.state.read().placed.clone()
    }

    /// The playlist as it is now, made once for everybody who asks before it changes. None while there is nothing in it.
    pub fn playlist(&self, listed: Listed, delta: bool) -> Option<Arc<Rendered>> {
        let mut rendered = self.rendered.lock();
        // The count first: what is made from a newer state is only made once more.
        let at = *self.changed.borrow();
        if let Some(known) = rendered.get_mut(&(listed, delta)).filter(|known| known.at == at) {
            known.used = true;
            return Some(known.text.clone());
        }
        let state = self.state.read();
        if state.placed.is_empty() {
            return None;
        }
        let base = match listed {
            Listed::Replay => String::new(),
            Listed::Dvr => format!("dvr/{}/", self.broadcast),
        };
        let text = Arc::new(playlist::render(&state.view(self.target_s), &base, delta));
        drop(state);
        metrics::counter!("kaibo_record_playlists_made_total").increment(1);
        rendered.insert((listed, delta), Kept { at, text: text.clone(), used: true });
        Some(text)
    }

    /// Forgets playlists that nobody asked for since the last call.
    pub fn tidy(&self) {
        self.rendered.lock().retain(|_, known| std::mem::take(&mut known.used));
    }

    /// How much there is, with the thumbnails.
    pub fn size(&self) -> Size {
        let state = self.state.read();
        Size {
            duration_ms: (state.duration / 90) as i64,
            bytes: state.bytes + self.thumbnails.load(Ordering::Relaxed),
            pieces: u32::try_from(state.spans().len()).unwrap_or(u32::MAX),
        }
    }

    /// What the thumbnails take.
    pub fn set_thumbnails(&self, bytes: u64) {
        self.thumbnails.store(bytes, Ordering::Relaxed);
    }

    pub fn add_thumbnail(&self, bytes: u64) {
        self.thumbnails.fetch_add(bytes, Ordering::Relaxed);
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

    /// The chunk that is being written, while the show runs.
    pub fn newest_chunk(&self) -> Option<u32> {
        self.state.read().placed.last().map(|(_, entry)| entry.chunk)
    }

    /// Where the oldest kept segment begins on the wall clock.
    pub fn oldest(&self) -> Option<i64> {
        self.state.read().placed.first().map(|(start, _)| *start)
    }

    /// The segment of that number, counted from the show's beginning.
    pub fn entry(&self, ordinal: usize) -> Option<Entry> {
        let state = self.state.read();
        state.placed.get(ordinal.checked_sub(state.removed)?).map(|(_, entry)| *entry)
    }

    /// Segments from the show's beginning on, with those that are not kept any more.
    pub fn count(&self) -> usize {
        let state = self.state.read();
        state.removed + state.placed.len()
    }

    /// The bytes of a segment.
    pub async fn segment(&self, entry: &Entry) -> io::Result<Bytes> {
        let bytes = self.folder.read(&index::chunk_name(entry.chunk), entry.range()).await?;
        entry.check(&bytes)?;
        Ok(bytes)
    }

    /// The bytes of an init segment.
    pub async fn init(&self, number: u32) -> io::Result<Bytes> {
        self.folder.read_whole(&index::init_name(number)).await
    }

    /// Forgets the oldest chunks, so that at least `bytes` are free; the newest chunk stays. Answers the chunks whose files
    /// may be removed now, and their bytes.
    pub fn drop_oldest(&self, bytes: u64) -> (Vec<u32>, u64) {
        let mut state = self.state.write();
        let Some(newest) = state.placed.last().map(|(_, entry)| entry.chunk) else { return (Vec::new(), 0) };
        let mut chunks: Vec<u32> = Vec::new();
        let (mut freed, mut count) = (0, 0);
        for (_, entry) in &state.placed {
            let begins = chunks.last() != Some(&entry.chunk);
            if entry.chunk == newest || (begins && freed >= bytes) {
                break;
            }
            if begins {
                chunks.push(entry.chunk);
            }
            freed += u64::from(entry.length);
            count += 1;
        }
        state.drop_first(count);
        drop(state);
        self.changed.send_modify(|count| *count += 1);
        (chunks, freed)
    }
}

impl State {
    fn view(&self, target_s: u64) -> View<'_> {
        let (removed, discontinuities) = (self.removed, self.removed_breaks);
        View { removed, discontinuities, placed: &self.placed, complete: self.complete, target_s }
    }

    fn push(&mut self, entry: Entry) {
        let before = self.placed.last().map(|(start, entry)| (*start, entry.duration_ms()));
        self.placed.push((rules::place(before, &entry), entry));
        self.bytes += u64::from(entry.length);
        self.duration += entry.duration;
    }

    fn drop_first(&mut self, count: usize) {
        for (_, entry) in self.placed.drain(..count.min(self.placed.len())) {
            self.bytes -= u64::from(entry.length);
            self.duration -= entry.duration;
            self.removed += 1;
            self.removed_breaks += usize::from(entry.breaks());
        }
    }

    fn spans(&self) -> Vec<Span> {
        rules::spans(self.placed.iter().copied())
    }
}
