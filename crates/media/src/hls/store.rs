//! The segments of one show: a bounded ring in memory, its playlist rendered at most once per change, and those who wait
//! for the next part.
//!
//! Numbers only grow, also across a restart of the program that forgets everything: a fresh stream takes its first media
//! sequence number, and its first discontinuity sequence number, from the clock, as half seconds since the show began.
//! Segments last longer than half a second on average ([`HlsStream::ahead`] lets the ingest hold back who is faster), so
//! the clock is always ahead of what was given out before.

use super::playlist::{self, Open, Rendered, View};
use crate::packager::Fragment;
use crate::tap::Finished;
use bytes::Bytes;
use events::{BroadcastId, Millis};
use parking_lot::{Mutex, RwLock};
use std::collections::VecDeque;
use std::sync::{Arc, Weak};
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::timeout;

/// One number per this many milliseconds of the show is the most that may be used.
const NUMBER_MS: i64 = 500;
/// Segments that a stream may be ahead of the clock, as after pushing a file at once.
const BURST: i64 = 40;
/// Finished segments whose parts are still named, besides those of the open one.
const SEGMENTS_IN_PARTS: u64 = 2;
/// How many target durations a request waits for what is not there yet.
const PATIENCE: u64 = 3;
/// A playlist is never shorter than this many target durations, once it was as long: the draft asks for it.
const SHORTEST: u64 = 3;
/// Segments that are listed at most for that, however short they are.
const MOST_LISTED: usize = 64;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retention {
    /// Named in the playlist, at least: more, when these are short.
    pub listed: usize,
    /// Kept, when not more are listed.
    pub segments: usize,
    /// Most bytes kept, whatever that does to the playlist.
    pub bytes: usize,
    /// The target duration that is told: no segment lasts longer, in whole seconds.
    pub target_s: u64,
    /// The length of parts that is told, in ticks of 1/90000 s. Zero: parts are not told of.
    pub part: u64,
}

/// What is known of a part besides its bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part {
    /// In ticks of 1/90000 s.
    pub duration: u64,
    /// When its first picture (or sound) is shown, on the clock of the init segment, in the same ticks.
    pub shown: i64,
    pub pictures: u32,
    /// Begins with a key frame, or holds audio only.
    pub independent: bool,
    /// Arrival of its first frame.
    pub arrived: Millis,
}

/// A finished segment. Its fragments stand apart because each can be fetched on its own.
#[derive(Debug, Clone)]
pub struct Segment {
    pub sequence: u64,
    /// Number of the init segment: the sequence number of the first segment that used it.
    pub init: u64,
    pub fragments: Vec<Bytes>,
    /// One for each of `fragments`.
    pub parts: Vec<Part>,
    /// In ticks of 1/90000 s.
    pub duration: u64,
    pub independent: bool,
    /// What comes cannot be decoded as a continuation of the segment before.
    pub discontinuity: bool,
    pub arrived: Millis,
}

/// What a stream showed last, from a key frame on.
#[derive(Debug, Clone)]
pub struct Tail {
    pub init: Bytes,
    pub fragments: Vec<Bytes>,
    /// In ticks of 1/90000 s.
    pub duration: u64,
}

/// A picture that can be decoded by itself.
#[derive(Debug, Clone)]
pub struct KeyFrame {
    pub broadcast: BroadcastId,
    /// Of its segment: the same number is the same picture.
    pub sequence: u64,
    pub arrived: Millis,
    pub init: Bytes,
    pub data: Bytes,
}

impl Segment {
    pub fn bytes(&self) -> usize {
        self.fragments.iter().map(Bytes::len).sum()
    }
}

#[derive(Debug)]
pub(super) struct State {
    pub(super) segments: VecDeque<Segment>,
    /// Init segments that a kept segment still uses, and the newest.
    pub(super) inits: VecDeque<(u64, Bytes)>,
    bytes: usize,
    pub(super) next: u64,
    /// Discontinuities before the first listed segment.
    pub(super) discontinuities: u64,
    /// Segments at the front that are kept but not listed.
    pub(super) unlisted: usize,
    /// The next segment begins with a discontinuity.
    pub(super) broken: bool,
    /// Parts of the segment that is coming: what is known of them, and their bytes.
    open: Vec<Part>,
    open_data: Vec<Bytes>,
    pub(super) ended: bool,
    /// Counts changes.
    version: u64,
}

/// How far a stream has come, for those who wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Position {
    /// Number of the open segment, and how many parts it has.
    pub(super) next: u64,
    pub(super) parts: usize,
    /// Parts of the segment before.
    pub(super) parts_before: usize,
    ended: bool,
}

/// Why a playlist cannot be as it was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unlisted {
    #[error("the asked segment or part is too far ahead")]
    TooFar,
    #[error("the asked segment or part did not come in time")]
    Late,
}

/// A show's media, shared by its publisher and its players.
#[derive(Debug)]
pub struct HlsStream {
    pub broadcast: BroadcastId,
    started_at: Millis,
    retention: Retention,
    /// Goes before the names of files: a rung of the ladder has one.
    prefix: String,
    /// The other renditions of the show, by the names of their playlists.
    pub(super) siblings: RwLock<Vec<(String, Weak<HlsStream>)>>,
    pub(super) state: RwLock<State>,
    /// The playlist of a version.
    rendered: Mutex<Option<(u64, Arc<Rendered>)>>,
    pub(super) position: watch::Sender<Position>,
}

impl HlsStream {
    /// `resumed` when the show had media before that is not kept here any more.
    pub fn new(broadcast: BroadcastId, started_at: Millis, now: Millis, resumed: bool, retention: Retention) -> Self {
        let base = u64::try_from(now.since(started_at) / NUMBER_MS).unwrap_or_default();
        Self::at(broadcast, started_at, retention, String::new(), State::new(base, base, resumed))
    }

    /// A rendition made from this one: what it makes of segment `sequence` has the same number.
    pub fn rung(&self, prefix: String, sequence: u64) -> Self {
        let state = State::new(sequence, self.state.read().discontinuities_at(sequence), false);
        Self::at(self.broadcast, self.started_at, self.retention, prefix, state)
    }

    fn at(broadcast: BroadcastId, started_at: Millis, retention: Retention, prefix: String, state: State) -> Self {
        let position = watch::Sender::new(state.position());
        let (siblings, state, rendered) = (RwLock::default(), RwLock::new(state), Mutex::default());
        Self { broadcast, started_at, retention, prefix, siblings, state, rendered, position }
    }

    /// What follows needs this init segment. Answers the segment that is complete with it, if one was open.
    pub fn init(&self, data: Bytes) -> Option<Finished> {
        self.change(|state, retention| {
            let finished = state.close();
            state.retain(retention);
            let number = state.next;
            state.broken |= !state.inits.is_empty();
            state.inits.retain(|(unused, _)| *unused != number);
            state.inits.push_back((number, data));
            finished
        })
    }

    /// Answers the segment that this fragment completes.
    pub fn push(&self, fragment: Fragment) -> Option<Finished> {
        self.change(|state, retention| {
            let Fragment { data, duration, shown, pictures, independent, arrived, ends_segment } = fragment;
            state.open.push(Part { duration, shown, pictures, independent, arrived });
            state.open_data.push(data);
            if !ends_segment {
                return None;
            }
            let finished = state.close();
            state.retain(retention);
            finished
        })
    }

    /// No segment will follow: the playlist says so.
    pub fn end(&self) -> Option<Finished> {
        self.change(|state, _| {
            state.ended = true;
            state.close()
        })
    }

    fn change<T>(&self, work: impl FnOnce(&mut State, &Retention) -> T) -> T {
        let mut state = self.state.write();
        let done = work(&mut state, &self.retention);
        state.version += 1;
        let position = state.position();
        drop(state);
        // There is one writer, so positions are told in their order.
        self.position.send_if_modified(|told| std::mem::replace(told, position) != position);
        done
    }

    /// The playlist, once there is a segment. Made when somebody asks for it, then shared.
    pub fn playlist(&self) -> Option<Arc<Rendered>> {
        let state = self.state.read();
        if state.segments.is_empty() {
            return None;
        }
        let mut rendered = self.rendered.lock();
        if let Some((version, playlist)) = &*rendered
            && *version == state.version
        {
            return Some(playlist.clone());
        }
        let playlist = Arc::new(state.render(self.broadcast, &self.retention, &self.prefix, &self.reports()));
        *rendered = Some((state.version, playlist.clone()));
        Some(playlist)
    }

    /// Comes back when the playlist names the segment, or its part, or says that nothing will follow.
    pub async fn lists(&self, sequence: u64, part: Option<usize>) -> Result<(), Unlisted> {
        let position = *self.position.borrow();
        if self.retention.part == 0 || position.covers(sequence, part) {
            return Ok(());
        }
        // The draft's "advance part limit": three seconds of parts.
        let most_parts = (3 * 90_000 / self.retention.part.max(1)).max(3) as usize;
        if position.is_far_from(sequence, part, most_parts) {
            return Err(Unlisted::TooFar);
        }
        self.when(|position| position.covers(sequence, part)).await
    }

    /// A part. The one that the playlist announces is waited for.
    pub async fn part(&self, sequence: u64, number: usize) -> Result<Option<(Bytes, Part)>, Unlisted> {
        if let Some(found) = self.state.read().part(sequence, number) {
            return Ok(Some(found));
        }
        let Position { next, parts, ended, .. } = *self.position.borrow();
        if self.retention.part > 0 && !ended && (sequence, number) == (next, parts) {
            self.when(|position| position.ended || position.next > sequence || position.parts > number).await?;
        }
        Ok(self.state.read().part(sequence, number))
    }

    async fn when(&self, is: impl Fn(&Position) -> bool) -> Result<(), Unlisted> {
        let mut positions = self.position.subscribe();
        let patience = Duration::from_secs(PATIENCE * self.retention.target_s.max(1));
        match timeout(patience, positions.wait_for(is)).await {
            Ok(Ok(_)) => Ok(()),
            // The sender lives as long as `self`.
            Ok(Err(_)) | Err(_) => Err(Unlisted::Late),
        }
    }

    /// The newest key frame; `None` when there is none yet.
    pub fn key_frame(&self) -> Option<KeyFrame> {
        let state = self.state.read();
        let open = (state.next, &state.open, &state.open_data);
        let finished =
            state.segments.iter().rev().map(|segment| (segment.sequence, &segment.parts, &segment.fragments));
        let (sequence, part, data) = std::iter::once(open).chain(finished).find_map(|(sequence, parts, data)| {
            let at = parts
                .iter()
                .position(|part| part.pictures > 0)
                .filter(|at| parts.get(*at).is_some_and(|part| part.independent))?;
            Some((sequence, *parts.get(at)?, data.get(at)?.clone()))
        })?;
        let init = match state.segment(sequence) {
            Some(segment) => segment.init,
            None => state.inits.back()?.0,
        };
        let init = state.inits.iter().find(|(number, _)| *number == init)?.1.clone();
        Some(KeyFrame { broadcast: self.broadcast, sequence, arrived: part.arrived, init, data })
    }

    /// The newest pictures, up to the last part; `None` when nothing can be decoded.
    pub fn tail(&self) -> Option<Tail> {
        self.state.read().tail()
    }

    pub fn segment(&self, sequence: u64) -> Option<Segment> {
        self.state.read().segment(sequence).cloned()
    }

    pub fn init_segment(&self, number: u64) -> Option<Bytes> {
        let state = self.state.read();
        state.inits.iter().find(|(init, _)| *init == number).map(|(_, data)| data.clone())
    }

    /// Segments that are kept when all is well.
    pub(super) fn kept(&self) -> usize {
        self.retention.segments
    }

    /// Bytes of finished segments.
    pub fn bytes(&self) -> usize {
        self.state.read().bytes
    }

    /// Whether numbers are given out faster than the clock allows.
    pub fn ahead(&self, now: Millis) -> bool {
        let allowed = now.since(self.started_at) / NUMBER_MS + BURST;
        i64::try_from(self.state.read().next).is_ok_and(|next| next > allowed)
    }
}

impl Position {
    /// Whether a playlist of this moment names the segment, or its part.
    fn covers(&self, sequence: u64, part: Option<usize>) -> bool {
        let Some(part) = part else { return self.ended || sequence < self.next };
        let older = sequence.saturating_add(1) < self.next;
        // A number behind a segment's last part means the first one of the next segment.
        let before = sequence.saturating_add(1) == self.next && (part < self.parts_before || self.parts > 0);
        self.ended || older || before || (sequence == self.next && part < self.parts)
    }

    fn is_far_from(&self, sequence: u64, part: Option<usize>, most_parts: usize) -> bool {
        let from = if sequence == self.next { self.parts } else { 0 };
        let far_part = sequence >= self.next && part.is_some_and(|part| part >= from + most_parts);
        sequence > self.next.saturating_add(1) || far_part
    }
}

impl State {
    fn new(next: u64, discontinuities: u64, broken: bool) -> Self {
        Self {
            segments: VecDeque::new(),
            inits: VecDeque::new(),
            bytes: 0,
            next,
            discontinuities,
            unlisted: 0,
            broken,
            open: Vec::new(),
            open_data: Vec::new(),
            ended: false,
            version: 0,
        }
    }

    fn position(&self) -> Position {
        let parts_before = self.segments.back().map_or(0, |segment| segment.parts.len());
        Position { next: self.next, parts: self.open.len(), parts_before, ended: self.ended }
    }

    pub(super) fn part(&self, sequence: u64, number: usize) -> Option<(Bytes, Part)> {
        if sequence == self.next {
            return Some((self.open_data.get(number)?.clone(), *self.open.get(number)?));
        }
        let segment = self.segment(sequence)?;
        Some((segment.fragments.get(number)?.clone(), *segment.parts.get(number)?))
    }

    pub(super) fn newest_part(&self) -> Option<&Part> {
        self.open.last().or_else(|| self.segments.back()?.parts.last())
    }

    pub(super) fn segment(&self, sequence: u64) -> Option<&Segment> {
        let first = self.segments.front()?.sequence;
        self.segments.get(usize::try_from(sequence.checked_sub(first)?).ok()?)
    }

    fn close(&mut self) -> Option<Finished> {
        let first = *self.open.first()?;
        // Sound may come before the first picture.
        let decides = *self.open.iter().find(|part| part.pictures > 0).unwrap_or(&first);
        let (init, init_data) = self.inits.back().cloned()?;
        let segment = Segment {
            sequence: self.next,
            init,
            duration: self.open.iter().map(|part| part.duration).sum(),
            independent: decides.independent,
            discontinuity: std::mem::take(&mut self.broken),
            arrived: first.arrived,
            fragments: std::mem::take(&mut self.open_data),
            parts: std::mem::take(&mut self.open),
        };
        self.next += 1;
        self.bytes += segment.bytes();
        self.segments.push_back(segment.clone());
        Some(Finished { segment, init: init_data })
    }

    fn retain(&mut self, retention: &Retention) {
        while self.is_longer_than_needed(retention) {
            self.unlist();
        }
        let most = retention.segments.max(self.segments.len() - self.unlisted);
        while self.segments.len() > 1 && (self.segments.len() > most || self.bytes > retention.bytes) {
            if self.unlisted == 0 {
                self.unlist();
            }
            if let Some(gone) = self.segments.pop_front() {
                self.bytes -= gone.bytes();
                self.unlisted -= 1;
            }
        }
        let oldest = self.segments.front().map_or(0, |segment| segment.init);
        while self.inits.len() > 1 && self.inits.front().is_some_and(|(number, _)| *number < oldest) {
            self.inits.pop_front();
        }
    }

    /// Whether the playlist is long enough without its first segment.
    fn is_longer_than_needed(&self, retention: &Retention) -> bool {
        let listed = self.segments.len() - self.unlisted;
        let others = self.segments.range((self.unlisted + 1).min(self.segments.len())..);
        let duration: u64 = others.map(|segment| segment.duration).sum();
        let long_enough = duration >= SHORTEST * retention.target_s * 90_000;
        listed > retention.listed.max(1) && (long_enough || listed > MOST_LISTED)
    }

    /// From the newest segment that begins with a key frame on, as long as the same init segment serves.
    fn tail(&self) -> Option<Tail> {
        let (init, init_data) = self.inits.back()?;
        let begin = |parts: &[Part]| parts.iter().find(|part| part.pictures > 0).is_some_and(|part| part.independent);
        let mut fragments = self.open_data.clone();
        let mut duration = self.open.iter().map(|part| part.duration).sum();
        let mut found = begin(&self.open);
        for segment in self.segments.iter().rev().take_while(|segment| segment.init == *init) {
            if found {
                break;
            }
            found = begin(&segment.parts);
            fragments.splice(0..0, segment.fragments.iter().cloned());
            duration += segment.duration;
        }
        found.then(|| Tail { init: init_data.clone(), fragments, duration })
    }

    fn unlist(&mut self) {
        if self.segments.get(self.unlisted).is_some_and(|segment| segment.discontinuity) {
            self.discontinuities += 1;
        }
        self.unlisted += 1;
    }

    fn render(
        &self,
        broadcast: BroadcastId,
        retention: &Retention,
        prefix: &str,
        reports: &[(String, u64, Option<usize>)],
    ) -> Rendered {
        playlist::render(&View {
            broadcast,
            prefix,
            segments: self.segments.range(self.unlisted..),
            next: self.next,
            open: Open {
                parts: &self.open,
                init: self.inits.back().map(|(number, _)| *number),
                discontinuity: self.broken,
            },
            target_s: retention.target_s.max(1),
            discontinuities: self.discontinuities,
            part_ms: (retention.part > 0).then(|| retention.part.div_ceil(90)),
            parts_from: self.next.saturating_sub(SEGMENTS_IN_PARTS),
            reports,
            ended: self.ended,
        })
    }
}
