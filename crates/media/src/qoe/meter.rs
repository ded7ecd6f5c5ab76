//! What comes in from one encoder, second by second 推流质量. Pure: tags and the time in, figures out.

use crate::flv::Tag;
use events::{IngestMeasured, Millis, StreamSource};
use std::collections::VecDeque;

/// Seconds kept: 15 minutes.
pub const KEPT: usize = 900;
/// Seconds that the present values speak of.
pub const PRESENT: usize = 5;
/// A timestamp that goes this much further than the clock has leapt.
const LEAP_MS: i64 = 1_000;

/// One second of a source.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Second {
    /// Since 1970.
    pub at_s: i64,
    pub video_bytes: u32,
    pub audio_bytes: u32,
    pub frames: u32,
    /// Longest time without media that ended here or went on at its end.
    pub gap_ms: u32,
    /// Longest distance between two key frames 关键帧, the later one in this second.
    pub gop_ms: Option<u32>,
    /// Audio's timestamp minus video's at the same arrival.
    pub skew_ms: Option<i32>,
    pub jumps: u32,
}

/// The figures of a few seconds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Level {
    /// Whole seconds it was made from.
    pub seconds: u32,
    pub video_kbps: u32,
    pub audio_kbps: u32,
    pub fps_milli: u32,
    pub gap_ms: u32,
    pub gop_ms: Option<u32>,
    pub skew_ms: Option<i32>,
    pub jumps: u32,
}

/// Measures one source from its connection on.
#[derive(Debug, Clone)]
pub struct Meter {
    ring: VecDeque<Second>,
    running: Running,
    video: Track,
    audio: Track,
    /// The present connection's beginning: gaps are those within it.
    since: Millis,
    /// The newest media's arrival, of whatever connection; before any, when the source was first seen.
    last_at: Millis,
    last_gop_ms: Option<u32>,
    b_frames: bool,
}

/// The second that is not over.
#[derive(Debug, Clone, Copy, Default)]
struct Running {
    second: Second,
    video_delay: Mean,
    audio_delay: Mean,
}

/// One track's clock.
#[derive(Debug, Clone, Copy, Default)]
struct Track {
    /// The last timestamp: as it came, and unwrapped from the first on.
    last: Option<(u32, i64)>,
    arrived: Millis,
    key_at: Option<i64>,
    shown_until: i64,
}

#[derive(Debug, Clone, Copy, Default)]
struct Mean {
    sum: i64,
    count: i64,
}

impl Mean {
    fn add(&mut self, value: i64) {
        self.sum += value;
        self.count += 1;
    }

    fn value(self) -> Option<i64> {
        (self.count > 0).then(|| self.sum / self.count)
    }
}

impl Meter {
    pub fn new(now: Millis) -> Self {
        let second = Second { at_s: now.0.div_euclid(1000), ..Second::default() };
        Self {
            ring: VecDeque::new(),
            running: Running { second, ..Running::default() },
            video: Track::default(),
            audio: Track::default(),
            since: now,
            last_at: now,
            last_gop_ms: None,
            b_frames: false,
        }
    }

    /// A message of the encoder: its parsed body, its whole size and its timestamp.
    pub fn take(&mut self, tag: &Tag, bytes: usize, timestamp: u32, arrived: Millis) {
        self.advance(arrived);
        let bytes = u32::try_from(bytes).unwrap_or(u32::MAX);
        let second = &mut self.running.second;
        second.gap_ms = second.gap_ms.max(ms(arrived.since(self.last_at.max(self.since))));
        self.last_at = self.last_at.max(arrived);
        match tag {
            Tag::Video { key, composition_ms, .. } => {
                second.video_bytes = second.video_bytes.saturating_add(bytes);
                second.frames += 1;
                let (at, leapt) = self.video.unwrapped(self.audio.last, timestamp, arrived);
                self.picture(at, *key, *composition_ms, leapt);
                self.delay(arrived.0 - at, true, leapt);
            }
            Tag::Audio { .. } => {
                second.audio_bytes = second.audio_bytes.saturating_add(bytes);
                let (at, leapt) = self.audio.unwrapped(self.video.last, timestamp, arrived);
                self.delay(arrived.0 - at, false, leapt);
            }
            _ => {}
        }
    }

    /// The encoder connected again: its clock may be another, and it may send other tracks.
    pub fn restart(&mut self, now: Millis) {
        self.advance(now);
        (self.video, self.audio) = Default::default();
        (self.running.video_delay, self.running.audio_delay) = Default::default();
        self.since = now;
        self.last_gop_ms = None;
        self.b_frames = false;
    }

    /// Closes the seconds that are over. Also called while nothing comes.
    pub fn advance(&mut self, now: Millis) {
        let now_s = now.0.div_euclid(1000);
        // A clock that was set far ahead does not fill the ring one by one.
        let first = now_s - KEPT as i64;
        while self.running.second.at_s < now_s {
            let mut closed = self.running.second;
            let end = Millis((closed.at_s + 1) * 1000);
            closed.gap_ms = closed.gap_ms.max(ms(end.since(self.last_at.max(self.since))));
            let delays = self.running.video_delay.value().zip(self.running.audio_delay.value());
            closed.skew_ms = delays.and_then(|(video, audio)| i32::try_from(video - audio).ok());
            if self.ring.len() >= KEPT {
                self.ring.pop_front();
            }
            self.ring.push_back(closed);
            let at_s = (closed.at_s + 1).max(first);
            self.running = Running { second: Second { at_s, ..Second::default() }, ..Running::default() };
        }
    }

    /// The last seconds, oldest first; only whole ones.
    pub fn seconds(&self) -> impl DoubleEndedIterator<Item = &Second> {
        self.ring.iter()
    }

    /// The newest media's arrival; a connection alone brings none.
    pub fn last_at(&self) -> Millis {
        self.last_at
    }

    /// Pictures came at some time; without, the stream is sound only.
    pub fn has_video(&self) -> bool {
        self.video.last.is_some()
    }

    pub fn has_audio(&self) -> bool {
        self.audio.last.is_some()
    }

    pub fn b_frames(&self) -> bool {
        self.b_frames
    }

    /// Over the last [`PRESENT`] whole seconds of this connection. The distance of key frames is the last one known.
    pub fn present(&self) -> Level {
        let mine = |second: &&Second| second.at_s * 1000 >= self.since.0;
        let level = level(self.ring.iter().rev().take(PRESENT).filter(mine));
        Level { gop_ms: level.gop_ms.or(self.last_gop_ms), ..level }
    }

    /// Over the whole seconds in `from_s..to_s`; `None` when there are none.
    pub fn window(&self, source: StreamSource, from_s: i64, to_s: i64) -> Option<IngestMeasured> {
        let level = level(self.ring.iter().rev().filter(|second| (from_s..to_s).contains(&second.at_s)));
        (level.seconds > 0).then(|| IngestMeasured {
            source: Some(source),
            window_ms: level.seconds * 1000,
            video_kbps: level.video_kbps,
            audio_kbps: level.audio_kbps,
            fps_milli: level.fps_milli,
            gop_ms: level.gop_ms,
            gap_ms: level.gap_ms,
            skew_ms: level.skew_ms,
            jumps: level.jumps,
            b_frames: self.b_frames,
        })
    }

    fn picture(&mut self, at: i64, key: bool, composition_ms: i32, leapt: bool) {
        let shown = at + i64::from(composition_ms);
        if leapt {
            self.video.key_at = None;
        } else if shown < self.video.shown_until {
            self.b_frames = true;
        }
        self.video.shown_until = if leapt { shown } else { shown.max(self.video.shown_until) };
        if key {
            let distance = self.video.key_at.replace(at).map(|before| ms(at - before));
            let second = &mut self.running.second;
            second.gop_ms = second.gop_ms.max(distance);
            self.last_gop_ms = distance.or(self.last_gop_ms);
        }
    }

    fn delay(&mut self, delay: i64, video: bool, leapt: bool) {
        if leapt {
            // Delays before and after a leap have nothing in common.
            self.running.second.jumps += 1;
            (self.running.video_delay, self.running.audio_delay) = Default::default();
        }
        match video {
            true => self.running.video_delay.add(delay),
            false => self.running.audio_delay.add(delay),
        }
    }
}

impl Track {
    /// The timestamp without its wraps, and whether it leapt. `other` is where the other track stands, for this one's first.
    fn unwrapped(&mut self, other: Option<(u32, i64)>, timestamp: u32, arrived: Millis) -> (i64, bool) {
        let Some((last, at)) = self.last.or(other) else {
            self.last = Some((timestamp, i64::from(timestamp)));
            self.arrived = arrived;
            return (i64::from(timestamp), false);
        };
        let step = i64::from(timestamp.wrapping_sub(last) as i32);
        let passed = arrived.since(self.arrived);
        let leapt = self.last.is_some() && (step < 0 || (step > LEAP_MS && step > passed + LEAP_MS));
        self.last = Some((timestamp, at + step));
        self.arrived = arrived;
        (at + step, leapt)
    }
}

fn level<'a>(seconds: impl Iterator<Item = &'a Second>) -> Level {
    let mut level = Level::default();
    let (mut video, mut audio, mut frames) = (0u64, 0u64, 0u64);
    let mut skew = Mean::default();
    for second in seconds {
        level.seconds += 1;
        video += u64::from(second.video_bytes);
        audio += u64::from(second.audio_bytes);
        frames += u64::from(second.frames);
        level.gap_ms = level.gap_ms.max(second.gap_ms);
        level.gop_ms = level.gop_ms.max(second.gop_ms);
        level.jumps += second.jumps;
        if let Some(skew_ms) = second.skew_ms {
            skew.add(i64::from(skew_ms));
        }
    }
    let per_second = |sum: u64| sum / u64::from(level.seconds.max(1));
    level.video_kbps = per_second(video * 8 / 1000) as u32;
    level.audio_kbps = per_second(audio * 8 / 1000) as u32;
    level.fps_milli = per_second(frames * 1000) as u32;
    level.skew_ms = skew.value().and_then(|mean| i32::try_from(mean).ok());
    level
}

fn ms(span: i64) -> u32 {
    span.clamp(0, i64::from(u32::MAX)) as u32
}

#[cfg(test)]
mod tests {
    use super::*;
    use bytes::Bytes;

    const START: i64 = 1_700_000_000_000;

    fn video(key: bool, composition_ms: i32) -> Tag {
        Tag::Video { key, composition_ms, data: Bytes::from_static(b"x") }
    }

    fn audio() -> Tag {
        Tag::Audio { data: Bytes::from_static(b"x") }
    }

    /// 25 pictures and 50 sounds a second, a key frame every 2 s; `late_ms` is how much further audio's timestamps are.
    fn show(seconds: i64, late_ms: u32, first: u32) -> Meter {
        let mut meter = Meter::new(Millis(START));
        for n in 0..seconds * 50 {
            let (at, timestamp) = (Millis(START + n * 20), first.wrapping_add((n * 20) as u32));
            if n % 2 == 0 {
                let composition = if n % 6 == 0 { 120 } else { 0 };
                meter.take(&video(n % 100 == 0, composition), 10_000, timestamp, at);
            }
            meter.take(&audio(), 320, timestamp.wrapping_add(late_ms), at);
        }
        meter.advance(Millis(START + seconds * 1000));
        meter
    }

    #[test]
    fn rates_and_key_frames() {
        let meter = show(10, 0, 0);
        let level = meter.present();
        assert_eq!((level.seconds, level.video_kbps, level.audio_kbps), (5, 2_000, 128));
        assert_eq!((level.fps_milli, level.gop_ms, level.gap_ms), (25_000, Some(2_000), 20));
        assert_eq!((level.jumps, level.skew_ms), (0, Some(0)));
        assert!(meter.b_frames() && meter.has_video() && meter.has_audio());
    }

    #[test]
    fn skew_is_audio_before_video_also_where_timestamps_wrap() {
        for first in [0, u32::MAX - 3_000] {
            let level = show(8, 120, first).present();
            assert!((115..=125).contains(&level.skew_ms.unwrap()), "{level:?}");
            let level = show(8, 90u32.wrapping_neg(), first).present();
            assert!((-95..=-85).contains(&level.skew_ms.unwrap()), "{level:?}");
        }
    }

    #[test]
    fn silence_is_measured_while_it_lasts() {
        let mut meter = show(10, 0, 0);
        meter.advance(Millis(START + 14_000));
        assert_eq!(meter.seconds().next_back().unwrap().gap_ms, 4_020);
        assert_eq!(meter.present().fps_milli, 5_000);
    }

    #[test]
    fn a_connection_alone_is_no_media() {
        let mut meter = show(10, 0, 0);
        let last_at = meter.last_at();
        meter.restart(Millis(START + 60_000));
        meter.advance(Millis(START + 62_000));
        assert_eq!(meter.last_at(), last_at, "nothing came");
        assert_eq!(meter.seconds().next_back().unwrap().gap_ms, 2_000, "the time before is another connection's");
        meter.take(&audio(), 320, 0, Millis(START + 62_500));
        assert_eq!(meter.last_at(), Millis(START + 62_500));
    }

    #[test]
    fn leaps_are_counted_and_a_stalled_network_is_none() {
        let mut meter = show(4, 0, 0);
        // Nothing for 3 s, then everything at once: no leap.
        for n in 0..75 {
            meter.take(&video(false, 0), 1_000, 4_000 + n * 40, Millis(START + 7_000));
        }
        meter.take(&video(false, 0), 1_000, 60_000, Millis(START + 7_040));
        meter.take(&video(false, 0), 1_000, 100, Millis(START + 7_080));
        meter.advance(Millis(START + 8_000));
        assert_eq!(meter.seconds().map(|second| second.jumps).sum::<u32>(), 2);
    }

    #[test]
    fn old_seconds_are_forgotten_and_a_clock_may_leap() {
        let mut meter = show(4, 0, 0);
        meter.advance(Millis(START + 100_000_000));
        assert!(meter.seconds().count() <= KEPT);
        let window = meter.window(StreamSource::Primary, START / 1000, START / 1000 + 4);
        assert_eq!(window, None);
    }
}
