//! A room's program without its desk and its sockets: whatever two encoders and a slate send, and whatever is chosen, what
//! comes out can be played.

use super::{PART, cuts, keep_checked, stream};
use crate::hls::HlsStream;
use crate::packager::{MOST_FRAMES, Output};
use crate::program::feed::Feed;
use crate::program::mixer::{Mixer, Took};
use crate::program::rules::{Hold, Looks, choose};
use crate::record::mp4::{Track, samples, tracks};
use crate::tap::{MediaTag, TagKind};
use bytes::Bytes;
use events::{Millis, StreamSource};
use std::time::{Duration, Instant};

const SOURCES: [StreamSource; 3] = [StreamSource::Primary, StreamSource::Backup, StreamSource::Slate];
const STALL: Duration = Duration::from_secs(1);
const TRUSTED: Duration = Duration::from_secs(3);
/// Bytes kept of a source that stands by.
const STANDBY: usize = 1 << 20;
/// No track goes on later than this behind the end of both, in milliseconds: a pause of an encoder.
const LONGEST_GAP_MS: i64 = 3_300;

/// A record is: what and when (one byte), milliseconds on (two bytes), length (two bytes), body. Of the first byte: bit 0 says
/// picture, bit 1 large steps, bits 2 and 3 the source or a command, the rest how much time passes.
pub fn fuzz_program(data: &[u8]) {
    let mut room = Room::new();
    let mut data = data;
    let mut timestamps = [0u32; 3];
    while let Some(([kind, t1, t0, l1, l0], rest)) = data.split_first_chunk::<5>() {
        room.pass(u64::from(kind >> 4) * 20);
        let step = i16::from_be_bytes([*t1, *t0]);
        let Some(source) = SOURCES.get(usize::from(kind >> 2 & 3)) else {
            room.command(*t1, *t0);
            data = rest;
            continue;
        };
        let (body, rest) = rest.split_at(usize::from(u16::from_be_bytes([*l1, *l0])).min(rest.len()));
        data = rest;
        if let Some(timestamp) = timestamps.get_mut(usize::from(kind >> 2 & 3)) {
            *timestamp = timestamp.wrapping_add_signed(i32::from(step) * if kind & 2 == 0 { 1 } else { 40 });
            let kind = if kind & 1 == 0 { TagKind::Audio } else { TagKind::Video };
            room.message(*source, kind, *timestamp, Bytes::copy_from_slice(body));
        }
    }
    room.end();
}

struct Room {
    mixer: Mixer,
    stream: HlsStream,
    hold: Hold,
    start: Instant,
    now_ms: u64,
    generation: u64,
    tracks: Vec<Track>,
    /// Where pictures and sound end, in milliseconds of the output's clock.
    ends: [Option<i64>; 2],
    /// Where the later of both ends since the last init segment.
    newest: Option<i64>,
}

impl Room {
    fn new() -> Self {
        let start = Instant::now();
        Self {
            mixer: Mixer::new(cuts(PART), start),
            stream: stream(PART, false),
            hold: Hold::Auto,
            start,
            now_ms: 0,
            generation: 0,
            tracks: Vec::new(),
            ends: [None, None],
            newest: None,
        }
    }

    fn now(&self) -> Instant {
        self.start + Duration::from_millis(self.now_ms)
    }

    fn pass(&mut self, ms: u64) {
        self.now_ms += ms;
        if ms > 0 {
            self.choose(None);
        }
    }

    fn connect(&mut self, source: StreamSource) {
        self.generation += 1;
        self.mixer.connect(Feed::new(source, self.generation, STANDBY), self.now());
        if self.mixer.active().is_none() {
            self.mixer.enter(source, self.now());
        }
        if self.mixer.active() == Some(source) {
            self.interrupt();
        }
    }

    fn command(&mut self, what: u8, how: u8) {
        let source = SOURCES[usize::from(how & 1)];
        match what & 7 {
            0 => self.hold = [Hold::Auto, Hold::Primary, Hold::Backup, Hold::Slate][usize::from(how & 3)],
            1 => self.mixer.disconnect(source),
            2 => self.connect(source),
            3 => self.mixer.metadata(source, u32::from(how) * 8, 240),
            4 => self.mixer.recover(),
            _ => self.now_ms += u64::from(how) * 20,
        }
        self.put_out();
        self.choose(None);
    }

    fn message(&mut self, source: StreamSource, kind: TagKind, timestamp: u32, payload: Bytes) {
        if self.mixer.feed(source).is_none() {
            if source == StreamSource::Slate {
                return;
            }
            self.connect(source);
        }
        let message = MediaTag { kind, timestamp, payload, arrived: Millis(self.now_ms as i64) };
        let took = self.mixer.take(source, &message, self.now(), STALL);
        self.put_out();
        if let Ok(Took::Key) = took {
            self.choose(Some(source));
        }
        let kept = self.mixer.encoders().map(|feed| feed.kept().len()).max();
        assert!(kept <= Some(MOST_FRAMES), "what is kept is bounded");
    }

    fn choose(&mut self, at_key: Option<StreamSource>) {
        let now = self.now();
        let slate_due = !self.mixer.flows(now, STALL) && at_key.is_none();
        let look = |source| self.mixer.look(source, now, STALL, TRUSTED, false);
        let looks = Looks { primary: look(StreamSource::Primary), backup: look(StreamSource::Backup), slate_due };
        let Some(to) = choose(self.mixer.active(), self.hold, &looks, at_key) else { return };
        self.interrupt();
        if self.mixer.active() == Some(StreamSource::Slate) {
            self.mixer.disconnect(StreamSource::Slate);
            self.mixer.leave();
        }
        if to == StreamSource::Slate {
            self.mixer.connect(Feed::new(to, 0, 0), now);
        }
        self.mixer.enter(to, now);
        self.put_out();
    }

    fn interrupt(&mut self) {
        self.mixer.interrupt(true);
        self.put_out();
    }

    fn put_out(&mut self) {
        let mut made = std::mem::take(&mut self.mixer.made);
        for output in &made {
            match output {
                Output::Init { data, .. } => {
                    self.tracks = tracks(data).unwrap_or_default();
                    assert!(!self.tracks.is_empty(), "an init segment has tracks");
                    self.mixer.started = true;
                    self.newest = None;
                }
                Output::Fragment(fragment) => self.check(&fragment.data),
            }
        }
        keep_checked(&mut made, &self.stream);
    }

    /// Times of a track only grow, whatever source they come from, and never leave the other track far behind.
    fn check(&mut self, fragment: &[u8]) {
        let Some(found) = samples(fragment, &self.tracks) else { panic!("a fragment can be read") };
        for (track, samples) in self.tracks.iter().zip(found) {
            let ms = |ticks: i64| ticks * 1_000 / i64::from(track.clock);
            let end = &mut self.ends[usize::from(track.video)];
            for sample in samples {
                let (from, to) = (ms(sample.dts), ms(sample.dts + i64::from(sample.duration)));
                assert!(end.is_none_or(|end| from >= end - 1), "a track goes back from {end:?} to {from} ms");
                let gap_ms = self.newest.map_or(0, |newest| from - newest);
                assert!(gap_ms <= LONGEST_GAP_MS, "the clock jumps from {:?} to {from} ms", self.newest);
                self.newest = self.newest.max(Some(to));
                *end = Some(to.max(end.unwrap_or(to)));
            }
        }
    }

    fn end(mut self) {
        for source in SOURCES {
            self.mixer.disconnect(source);
        }
        self.put_out();
        self.stream.end();
        if let Some(playlist) = self.stream.playlist() {
            assert!(playlist.with_token("token").ends_with("#EXT-X-ENDLIST\n"), "an ended playlist says so");
        }
    }
}
