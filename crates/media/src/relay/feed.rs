//! The room's output as relays need it: one clock over all sources, the newest configurations, and who takes it.

use super::queue::{Frame, Headers, Queue, Role};
use crate::flv;
use crate::rtmp::amf::{self, Value};
use crate::tap::{MediaTag, TagKind, Tap};
use crate::{OnAir, StreamInfo};
use bytes::Bytes;
use events::{BroadcastId, RoomId, StreamSource};
use parking_lot::{Mutex, RwLock};
use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::mpsc::UnboundedSender;

/// A timestamp that goes further than this from the one before begins a new clock: the packager's bounds.
const FURTHEST_AHEAD_MS: i64 = 5_000;
const FURTHEST_BACK_MS: i64 = 2_000;
/// Longest gap that is kept when the clock begins anew.
const LONGEST_GAP_MS: i64 = 3_600_000;
/// A configuration that is longer is none.
const LONGEST_CONFIG: usize = 64 << 10;

/// What the manager of relays must do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Order {
    /// A show is on air.
    Begin(RoomId, BroadcastId),
    End(RoomId),
    /// The room's targets were changed.
    Look(RoomId),
}

/// The feeds of all rooms that have media.
pub(crate) struct Feeds {
    rooms: RwLock<HashMap<RoomId, Arc<Feed>>>,
    orders: UnboundedSender<Order>,
}

pub(crate) struct Feed {
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    sources: [SourceState; 3],
    active: Option<StreamSource>,
    clock: Clock,
    broadcast: Option<BroadcastId>,
    queues: Vec<Arc<Queue>>,
    last: Option<Instant>,
    connections: usize,
}

#[derive(Default)]
struct SourceState {
    headers: Headers,
    /// A new connection: nothing of its clock is known.
    fresh: bool,
}

impl Feeds {
    pub fn new(orders: UnboundedSender<Order>) -> Self {
        Self { rooms: RwLock::default(), orders }
    }

    pub fn feed(&self, room: RoomId) -> Arc<Feed> {
        if let Some(feed) = self.rooms.read().get(&room) {
            return feed.clone();
        }
        self.rooms.write().entry(room).or_insert_with(|| Arc::new(Feed { state: Mutex::default() })).clone()
    }
}

impl Tap for Feeds {
    fn connected(&self, room: RoomId, source: StreamSource) {
        let feed = self.feed(room);
        let mut state = feed.state.lock();
        state.connections += 1;
        *state.source(source) = SourceState { fresh: true, ..SourceState::default() };
    }

    fn disconnected(&self, room: RoomId, _source: StreamSource) {
        let mut rooms = self.rooms.write();
        let Some(feed) = rooms.get(&room) else { return };
        let mut state = feed.state.lock();
        state.connections = state.connections.saturating_sub(1);
        // Nothing came of it: it never was on air.
        let forget = state.connections == 0 && state.broadcast.is_none() && state.queues.is_empty();
        drop(state);
        if forget {
            rooms.remove(&room);
        }
    }

    fn tag(&self, room: RoomId, source: StreamSource, on_air: Option<&OnAir>, tag: &MediaTag) {
        let Some(role) = role(tag) else { return };
        if role == Role::Config && tag.payload.len() > LONGEST_CONFIG {
            return;
        }
        let feed = self.feed(room);
        let mut state = feed.state.lock();
        state.take(source, on_air.is_some(), role, tag);
    }

    fn configured(&self, room: RoomId, on_air: &OnAir, _info: &StreamInfo) {
        let feed = self.feed(room);
        if feed.state.lock().broadcast.replace(on_air.broadcast) != Some(on_air.broadcast) {
            self.orders.send(Order::Begin(room, on_air.broadcast)).ok();
        }
    }

    fn ended(&self, room: RoomId) {
        let known = self.rooms.write().remove(&room).is_some();
        if known {
            self.orders.send(Order::End(room)).ok();
        }
    }
}

impl Feed {
    pub fn add(&self, queue: Arc<Queue>) {
        self.state.lock().queues.push(queue);
    }

    pub fn remove(&self, queue: &Arc<Queue>) {
        self.state.lock().queues.retain(|other| !Arc::ptr_eq(other, queue));
    }

    /// Whether media came within `time`.
    pub fn flows(&self, time: Duration) -> bool {
        self.state.lock().last.is_some_and(|last| last.elapsed() <= time)
    }
}

impl State {
    fn source(&mut self, source: StreamSource) -> &mut SourceState {
        let [primary, backup, slate] = &mut self.sources;
        match source {
            StreamSource::Primary => primary,
            StreamSource::Backup => backup,
            StreamSource::Slate => slate,
        }
    }

    fn take(&mut self, source: StreamSource, on_air: bool, role: Role, tag: &MediaTag) {
        let of = self.source(source);
        if role == Role::Config {
            match tag.kind {
                TagKind::Video => of.headers.video = Some(tag.payload.clone()),
                TagKind::Audio => of.headers.audio = Some(tag.payload.clone()),
            }
        }
        if !on_air {
            return;
        }
        let fresh = std::mem::take(&mut of.fresh);
        let headers = of.headers.clone();
        if fresh || self.active != Some(source) {
            self.active = Some(source);
            self.clock.begin_again();
            self.queues.iter().for_each(|queue| queue.begin_again());
        }
        self.last = Some(Instant::now());
        let at_ms = self.clock.at(tag.kind, tag.timestamp, tag.arrived.0);
        if self.queues.is_empty() {
            return;
        }
        let frame = Frame { kind: tag.kind, role, at_ms, payload: tag.payload.clone() };
        self.queues.iter().for_each(|queue| queue.push(&frame, &headers));
    }
}

/// What a message is for a decoder; `None` when it need not be passed on.
fn role(tag: &MediaTag) -> Option<Role> {
    let (first, second) = (*tag.payload.first()?, tag.payload.get(1).copied().unwrap_or_default());
    match tag.kind {
        // AAC, or Enhanced RTMP's audio: the first packet type of each is the configuration.
        TagKind::Audio => match first >> 4 {
            10 if second == 0 => Some(Role::Config),
            9 if first & 0x0f == 0 => Some(Role::Config),
            _ => Some(Role::Rest),
        },
        TagKind::Video => {
            let enhanced = first & 0x80 != 0;
            let (frame, packet) = if enhanced { ((first >> 4) & 7, first & 0x0f) } else { (first >> 4, second) };
            let coded = if enhanced { matches!(packet, 1 | 3) } else { packet == 1 };
            match (frame, packet) {
                // A command frame, or the end of a sequence, which would end the stream for some.
                (5, _) | (_, 2) => None,
                (_, 0) => Some(Role::Config),
                (1, _) if coded => Some(Role::Key),
                _ => Some(Role::Rest),
            }
        }
    }
}

/// From the sources' wrapping milliseconds to one clock that begins near 0 and never jumps. Sound and picture of a source
/// move together, so their distance stays as the encoder sent it.
#[derive(Debug, Default)]
struct Clock {
    /// The raw time before, per track.
    audio: Option<Track>,
    video: Option<Track>,
    /// The message before, of either track: what a track without a past goes by.
    anchor: Option<Track>,
    latest_ms: i64,
    arrived_ms: Option<i64>,
}

#[derive(Debug, Clone, Copy)]
struct Track {
    raw: u32,
    at_ms: i64,
}

impl Track {
    fn step(self, raw: u32) -> i64 {
        i64::from(raw.wrapping_sub(self.raw) as i32)
    }
}

impl Clock {
    fn begin_again(&mut self) {
        (self.audio, self.video, self.anchor) = (None, None, None);
    }

    fn at(&mut self, kind: TagKind, raw: u32, arrived_ms: i64) -> i64 {
        let usual = -FURTHEST_BACK_MS..=FURTHEST_AHEAD_MS;
        let track = match kind {
            TagKind::Audio => self.audio,
            TagKind::Video => self.video,
        };
        let before = track.or(self.anchor).filter(|before| usual.contains(&before.step(raw)));
        let at_ms = match before {
            Some(before) => before.at_ms + before.step(raw),
            None => {
                self.begin_again();
                match self.arrived_ms {
                    // The time without media passes here too.
                    Some(arrived_before) => {
                        self.latest_ms + arrived_ms.saturating_sub(arrived_before).clamp(1, LONGEST_GAP_MS)
                    }
                    None => 0,
                }
            }
        };
        let now = Some(Track { raw, at_ms });
        match kind {
            TagKind::Audio => self.audio = now,
            TagKind::Video => self.video = now,
        }
        self.anchor = now;
        self.latest_ms = self.latest_ms.max(at_ms);
        self.arrived_ms = Some(arrived_ms);
        at_ms
    }
}

/// What `onMetaData` says, read from the configurations.
pub(crate) fn metadata(headers: &Headers) -> Value {
    let mut fields = Vec::new();
    let mut put = |name: &str, value: f64| fields.push((name.to_owned(), Value::Number(value)));
    if let Some(video) = &headers.video {
        if let Ok(flv::Tag::VideoConfig(video)) = flv::video(video.clone()) {
            put("width", f64::from(video.width));
            put("height", f64::from(video.height));
        }
        put("videocodecid", codec_id(video, 0x80, |first| first & 0x0f));
    }
    if let Some(audio) = &headers.audio {
        if let Ok(flv::Tag::AudioConfig(audio)) = flv::audio(audio.clone()) {
            put("audiosamplerate", f64::from(audio.rate));
            put("audiochannels", f64::from(audio.channels));
            put("audiosamplesize", 16.0);
        }
        put("audiocodecid", codec_id(audio, 0x90, |first| first >> 4));
    }
    fields.push(("encoder".to_owned(), amf::text("Kaibo")));
    Value::Object(fields)
}

/// The number of a codec: FLV's own, or the four characters of Enhanced RTMP.
fn codec_id(config: &Bytes, enhanced: u8, plain: fn(u8) -> u8) -> f64 {
    match &config[..] {
        [first, a, b, c, d, ..] if first & enhanced == enhanced => f64::from(u32::from_be_bytes([*a, *b, *c, *d])),
        [first, ..] => f64::from(plain(*first)),
        [] => 0.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use TagKind::{Audio, Video};
    use events::Millis;

    #[test]
    fn one_clock_over_all_sources() {
        let mut clock = Clock::default();
        assert_eq!(clock.at(Video, 90_000, 1_000), 0);
        assert_eq!(clock.at(Audio, 89_990, 1_000), -10, "the encoder's distance of sound and picture");
        assert_eq!(clock.at(Video, 90_040, 1_040), 40);
        // Another source, 460 ms later.
        clock.begin_again();
        assert_eq!(clock.at(Audio, 5, 1_500), 500);
        assert_eq!(clock.at(Video, 28, 1_500), 523);
        assert_eq!(clock.at(Audio, 26, 1_520), 521);
    }

    #[test]
    fn the_clock_survives_wraps_and_jumps() {
        let mut clock = Clock::default();
        assert_eq!(clock.at(Video, u32::MAX - 19, 0), 0);
        assert_eq!(clock.at(Audio, u32::MAX - 9, 0), 10);
        assert_eq!(clock.at(Video, 20, 40), 40);
        assert_eq!(clock.at(Audio, 13, 40), 33);
        // An hour ahead, both tracks.
        assert_eq!(clock.at(Video, 3_600_060, 80), 80);
        assert_eq!(clock.at(Audio, 3_600_036, 80), 56);
        // And back.
        assert_eq!(clock.at(Video, 100, 120), 120);
        assert_eq!(clock.at(Audio, 76, 120), 96);
    }

    #[test]
    fn tracks_far_apart_do_not_restart_the_clock() {
        let mut clock = Clock::default();
        for n in 0..10 {
            let ms = n * 40;
            assert_eq!(clock.at(Video, 10_000 + ms, i64::from(ms)), i64::from(ms));
            assert_eq!(clock.at(Audio, 12_500 + ms, i64::from(ms)), 2_500 + i64::from(ms));
        }
    }

    #[test]
    fn messages_are_known_by_their_first_bytes() {
        let role = |kind, bytes: &[u8]| {
            let payload = Bytes::copy_from_slice(bytes);
            role(&MediaTag { kind, timestamp: 0, payload, arrived: Millis(0) })
        };
        assert_eq!(role(Video, &[0x17, 0, 0, 0, 0, 1]), Some(Role::Config));
        assert_eq!(role(Video, &[0x17, 1, 0, 0, 0, 1]), Some(Role::Key));
        assert_eq!(role(Video, &[0x27, 1, 0, 0, 0, 1]), Some(Role::Rest));
        assert_eq!(role(Video, &[0x17, 2, 0, 0, 0]), None);
        assert_eq!(role(Video, &[0x57, 0]), None);
        assert_eq!(role(Video, b"\x90hvc1\x01"), Some(Role::Config));
        assert_eq!(role(Video, b"\x91hvc1\x01"), Some(Role::Key));
        assert_eq!(role(Video, b"\xa3hvc1\x01"), Some(Role::Rest));
        assert_eq!(role(Video, b"\x92hvc1"), None);
        assert_eq!(role(Video, b"\x94hvc1"), Some(Role::Rest));
        assert_eq!(role(Audio, &[0xaf, 0, 0x12, 0x10]), Some(Role::Config));
        assert_eq!(role(Audio, &[0xaf, 1, 0]), Some(Role::Rest));
        assert_eq!(role(Audio, b"\x90Opus"), Some(Role::Config));
        assert_eq!(role(Audio, b"\x91Opus"), Some(Role::Rest));
        assert_eq!(role(Audio, &[]), None);
    }
}
