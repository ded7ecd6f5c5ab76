//! What waits to be sent to one target: bounded, and thrown away up to the next key frame when the target is too slow.

use crate::tap::TagKind;
use bytes::Bytes;
use parking_lot::Mutex;
use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tokio::sync::Notify;

/// What a message is good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// A decoder configuration.
    Config,
    /// A picture that needs no other.
    Key,
    /// Everything else.
    Rest,
}

/// A message of the room's output on the room's own clock.
#[derive(Debug, Clone)]
pub(crate) struct Frame {
    pub kind: TagKind,
    pub role: Role,
    /// Milliseconds; never jumps, whichever source is on air.
    pub at_ms: i64,
    pub payload: Bytes,
}

/// What a decoder must have before the first frame.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Headers {
    pub video: Option<Bytes>,
    pub audio: Option<Bytes>,
}

#[derive(Debug, Clone)]
pub(crate) enum Item {
    /// The stream begins, or begins again with other configurations; sent with the time of the frame behind it.
    Begin(Headers, i64),
    Frame(Frame),
}

/// Most that waits.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bounds {
    pub bytes: usize,
    pub span_ms: i64,
}

#[derive(Debug, Default, PartialEq, Eq, Clone, Copy)]
enum State {
    /// Nobody takes anything.
    #[default]
    Closed,
    /// The next frame that a decoder can begin with is wanted.
    Waiting,
    Running,
}

#[derive(Debug, Default)]
struct Inner {
    state: State,
    items: VecDeque<Item>,
    bytes: usize,
    first_ms: i64,
    /// What the other side knows.
    told: Option<Headers>,
    /// Thrown away because the target is too slow; what is missing until it goes on counts too.
    behind: bool,
}

#[derive(Debug)]
pub(crate) struct Queue {
    inner: Mutex<Inner>,
    bounds: Bounds,
    ready: Notify,
    /// Pictures that were thrown away because the target was slow.
    dropped: Arc<AtomicU64>,
}

impl Queue {
    /// `dropped` is counted up.
    pub fn new(bounds: Bounds, dropped: Arc<AtomicU64>) -> Self {
        Self { inner: Mutex::default(), bounds, ready: Notify::new(), dropped }
    }

    /// A new connection takes from here on.
    pub fn open(&self) {
        *self.inner.lock() = Inner { state: State::Waiting, ..Inner::default() };
    }

    /// Nothing is kept any more.
    pub fn close(&self) {
        *self.inner.lock() = Inner::default();
    }

    /// Another source is on air: what follows begins with a key frame.
    pub fn begin_again(&self) {
        let mut inner = self.inner.lock();
        if inner.state == State::Running {
            inner.state = State::Waiting;
        }
    }

    /// Called on the publisher's task: never waits.
    pub fn push(&self, frame: &Frame, headers: &Headers) {
        let mut inner = self.inner.lock();
        if inner.state == State::Closed || (frame.role == Role::Config && inner.state == State::Waiting) {
            return;
        }
        if frame.role == Role::Config && inner.told.as_ref() == Some(headers) {
            return;
        }
        let begins = match (frame.kind, frame.role) {
            (TagKind::Video, role) => role == Role::Key,
            (TagKind::Audio, role) => role == Role::Rest && headers.video.is_none(),
        };
        if inner.full(frame, self.bounds) {
            let lost = inner.items.iter().filter(|item| is_picture(item)).count() as u64;
            self.count_dropped(lost);
            // What a key frame would have told is lost with the rest.
            *inner = Inner { state: State::Waiting, behind: true, ..Inner::default() };
        }
        if inner.state == State::Waiting {
            if !begins {
                self.count_dropped(u64::from(inner.behind && frame.kind == TagKind::Video));
                return;
            }
            (inner.state, inner.behind) = (State::Running, false);
        }
        if inner.told.as_ref() != Some(headers) {
            inner.told = Some(headers.clone());
            inner.put(Item::Begin(headers.clone(), frame.at_ms), frame.at_ms);
        }
        if frame.role != Role::Config {
            inner.put(Item::Frame(frame.clone()), frame.at_ms);
        }
        drop(inner);
        self.ready.notify_one();
    }

    /// Waits until there is something.
    pub async fn ready(&self) {
        loop {
            if !self.inner.lock().items.is_empty() {
                return;
            }
            self.ready.notified().await;
        }
    }

    /// The oldest, until `most` bytes are taken.
    pub fn take(&self, most: usize, into: &mut Vec<Item>) {
        let mut inner = self.inner.lock();
        let mut taken = 0;
        while taken < most {
            let Some(item) = inner.items.pop_front() else { break };
            taken += size(&item);
            into.push(item);
        }
        inner.bytes -= taken.min(inner.bytes);
        if let Some(Item::Frame(Frame { at_ms, .. }) | Item::Begin(_, at_ms)) = inner.items.front() {
            inner.first_ms = *at_ms;
        }
    }

    fn count_dropped(&self, pictures: u64) {
        self.dropped.fetch_add(pictures, Ordering::Relaxed);
        metrics::counter!("kaibo_relay_dropped_frames_total").increment(pictures);
    }
}

impl Inner {
    fn put(&mut self, item: Item, at_ms: i64) {
        if self.items.is_empty() {
            self.first_ms = at_ms;
        }
        self.bytes += size(&item);
        self.items.push_back(item);
    }

    fn full(&self, next: &Frame, bounds: Bounds) -> bool {
        let span_ms = if self.items.is_empty() { 0 } else { next.at_ms - self.first_ms };
        self.bytes + next.payload.len() > bounds.bytes || span_ms > bounds.span_ms
    }
}

fn is_picture(item: &Item) -> bool {
    matches!(item, Item::Frame(frame) if frame.kind == TagKind::Video)
}

fn size(item: &Item) -> usize {
    match item {
        Item::Begin(headers, _) => {
            64 + headers.video.as_ref().map_or(0, Bytes::len) + headers.audio.as_ref().map_or(0, Bytes::len)
        }
        Item::Frame(frame) => 64 + frame.payload.len(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers() -> Headers {
        Headers { video: Some(Bytes::from_static(b"sps")), audio: Some(Bytes::from_static(b"asc")) }
    }

    fn frame(kind: TagKind, role: Role, at_ms: i64) -> Frame {
        Frame { kind, role, at_ms, payload: Bytes::from(vec![0; 100]) }
    }

    /// `K`, `p` and `a` with their times; `B` where the stream begins.
    fn shown(queue: &Queue) -> String {
        let mut items = Vec::new();
        queue.take(usize::MAX, &mut items);
        let texts = items.iter().map(|item| match item {
            Item::Begin(..) => "B".to_owned(),
            Item::Frame(Frame { kind: TagKind::Audio, at_ms, .. }) => format!("a{at_ms}"),
            Item::Frame(Frame { role: Role::Key, at_ms, .. }) => format!("K{at_ms}"),
            Item::Frame(Frame { at_ms, .. }) => format!("p{at_ms}"),
        });
        texts.collect::<Vec<_>>().join(" ")
    }

    fn push(queue: &Queue, from_ms: i64, until_ms: i64) {
        for at_ms in (from_ms..until_ms).step_by(40) {
            let role = if at_ms % 200 == 0 { Role::Key } else { Role::Rest };
            queue.push(&frame(TagKind::Video, role, at_ms), &headers());
            queue.push(&frame(TagKind::Audio, Role::Rest, at_ms), &headers());
        }
    }

    #[test]
    fn a_stream_begins_with_its_headers_and_a_key_frame() {
        let queue = Queue::new(Bounds { bytes: 1 << 20, span_ms: 3_000 }, Arc::default());
        push(&queue, 0, 40);
        assert_eq!(shown(&queue), "", "nobody takes anything yet");
        queue.open();
        push(&queue, 120, 240);
        assert_eq!(shown(&queue), "B K200 a200");
        queue.begin_again();
        push(&queue, 240, 440);
        assert_eq!(shown(&queue), "K400 a400", "the same headers are not told twice");
        assert_eq!(queue.dropped.load(Ordering::Relaxed), 0);
    }

    #[test]
    fn a_slow_target_goes_on_at_a_key_frame() {
        let queue = Queue::new(Bounds { bytes: 1 << 20, span_ms: 300 }, Arc::default());
        queue.open();
        push(&queue, 0, 480);
        assert_eq!(shown(&queue), "B K400 a400 p440 a440");
        // The pictures of 0 to 300, and those until the next key frame.
        assert_eq!(queue.dropped.load(Ordering::Relaxed), 10);
    }

    #[test]
    fn bytes_are_bounded_too() {
        let queue = Queue::new(Bounds { bytes: 1_000, span_ms: 100_000 }, Arc::default());
        queue.open();
        push(&queue, 0, 100_000);
        assert!(queue.inner.lock().bytes <= 1_000);
        assert!(queue.dropped.load(Ordering::Relaxed) > 2_000);
    }

    #[test]
    fn new_headers_are_told_before_what_needs_them() {
        let queue = Queue::new(Bounds { bytes: 1 << 20, span_ms: 3_000 }, Arc::default());
        queue.open();
        push(&queue, 0, 40);
        let other = Headers { video: Some(Bytes::from_static(b"other")), ..headers() };
        queue.push(&frame(TagKind::Video, Role::Config, 40), &other);
        queue.push(&frame(TagKind::Video, Role::Config, 40), &other);
        queue.push(&frame(TagKind::Video, Role::Key, 40), &other);
        assert_eq!(shown(&queue), "B K0 a0 B K40");
    }

    #[test]
    fn sound_alone_begins_at_once() {
        let queue = Queue::new(Bounds { bytes: 1 << 20, span_ms: 3_000 }, Arc::default());
        queue.open();
        let headers = Headers { video: None, ..headers() };
        queue.push(&frame(TagKind::Audio, Role::Rest, 7), &headers);
        assert_eq!(shown(&queue), "B a7");
    }
}
