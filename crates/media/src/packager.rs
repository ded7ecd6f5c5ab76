//! Media tags of one connection become CMAF fragments. Pure: arrival times come in, fragments come out.
//!
//! Decoding times come from the encoder's milliseconds; the audio clock counts samples, because milliseconds cannot express
//! an AAC frame, and is set right when it is more than 83 ms off. A new configuration, a late track or a jump of the
//! encoder's clock begins again with a new init segment.

use crate::desk::StreamInfo;
use crate::flv::{AudioConfig, Tag, VideoConfig};
use crate::fmp4::{self, Run, Sample, VIDEO_CLOCK};
use bytes::Bytes;
use events::Millis;

/// How long, in media, a track waits for the other one.
const SECOND_TRACK_MS: i64 = 700;
/// How long, in media, an announced video track may stay without a key frame before audio goes on alone.
const KEY_FRAME_MS: i64 = 5_000;
/// A clock that moves more than this between two tags has jumped.
const JUMP_AHEAD_MS: i64 = 5_000;
const JUMP_BACK_MS: i64 = 2_000;
/// Where the output's clock begins, so that small steps back stay positive.
const ORIGIN_MS: i64 = 10_000;
/// An audio clock further off than this is set right.
const AUDIO_DRIFT_MS: i64 = 83;
/// Audio this much before the first key frame is still kept.
const LEAD_MS: i64 = 200;
/// Sound goes on in parts of its own when the picture has stood still this long.
const PICTURE_STALL_MS: i64 = 4_000;
const TICKS_PER_MS: i64 = VIDEO_CLOCK as i64 / 1000;
/// Frames held while waiting for tracks.
const MAX_WAITING_BYTES: usize = 8 << 20;

/// Where segments and their parts are cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cuts {
    /// Wanted length; the next key frame from nine tenths of it on cuts.
    pub target_ms: i64,
    /// Cut without a key frame from here on.
    pub longest_ms: i64,
    pub most_bytes: usize,
    /// Most that a part should last, in ticks of 1/90000 s. Zero: a segment is one part.
    pub part: i64,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Output {
    /// Comes first, and again whenever what follows cannot be decoded as what was before.
    Init {
        data: Bytes,
        info: StreamInfo,
    },
    Fragment(Fragment),
}

/// A part 分片块: a piece of a segment that can be fetched on its own. Plain HLS makes one per segment.
#[derive(Debug, Clone, PartialEq)]
pub struct Fragment {
    pub data: Bytes,
    /// In ticks of 1/90000 s.
    pub duration: u64,
    /// When its first picture (or sound) is shown, on the clock of the init segment, in the same ticks.
    pub shown: i64,
    /// How many pictures it holds.
    pub pictures: u32,
    /// Begins with a key frame (or holds audio only).
    pub independent: bool,
    /// When the first frame came in.
    pub arrived: Millis,
    /// The segment is complete with this one.
    pub ends_segment: bool,
}

#[derive(Debug)]
struct Frame {
    video: bool,
    key: bool,
    at_ms: i64,
    composition_ms: i32,
    data: Bytes,
    arrived: Millis,
}

#[derive(Debug, Default)]
struct Waiting {
    frames: Vec<Frame>,
    bytes: usize,
    /// Media time of the first frame seen, kept or not.
    since_ms: Option<i64>,
}

#[derive(Debug)]
enum Phase {
    Waiting(Waiting),
    Running(Box<Running>),
}

/// Frames of the open part, and where the open segment stands. A part is cut when the frame after it is here: only then is
/// its length known, and whether it is the segment's last.
#[derive(Debug, Default)]
struct Running {
    video: Option<VideoConfig>,
    audio: Option<AudioConfig>,
    pictures: Vec<Sample>,
    /// Decoding times of `pictures`.
    times: Vec<i64>,
    /// The next picture's decoding time is not before this.
    video_floor: i64,
    sounds: Vec<Sample>,
    /// Decoding time of the first sound in `sounds`, and of the next one to come.
    sound_start: i64,
    sound_next: Option<i64>,
    /// Where the open part and the open segment begin, in video ticks.
    part_start: Option<i64>,
    segment_start: i64,
    /// Arrival of the open part's first frame.
    arrived: Option<Millis>,
    /// Of the open segment.
    bytes: usize,
}

#[derive(Debug)]
pub struct Packager {
    cuts: Cuts,
    video: Option<VideoConfig>,
    audio: Option<AudioConfig>,
    metadata_size: (u32, u32),
    /// The encoder's last timestamp and the unwrapped time it stands for.
    clock: Option<(u32, i64)>,
    phase: Phase,
    sequence: u32,
}

impl Packager {
    pub fn new(cuts: Cuts) -> Self {
        Self {
            cuts,
            video: None,
            audio: None,
            metadata_size: (0, 0),
            clock: None,
            phase: Phase::Waiting(Waiting::default()),
            sequence: 0,
        }
    }

    /// The output's clock is the encoder's, from `first_ms` on: for what was made from another packager's output.
    pub fn on_clock(cuts: Cuts, first_ms: u32) -> Self {
        Self { clock: Some((first_ms, i64::from(first_ms))), ..Self::new(cuts) }
    }

    /// The picture size of `onMetaData`, used when the codec's record does not tell.
    pub fn metadata(&mut self, width: u32, height: u32) {
        self.metadata_size = (width, height);
    }

    /// `timestamp` in wrapping milliseconds of the encoder, `arrived` by our clock.
    pub fn push(&mut self, tag: Tag, timestamp: u32, arrived: Millis, out: &mut Vec<Output>) {
        let frame = match tag {
            Tag::VideoConfig(mut config) => {
                if config.width == 0 {
                    (config.width, config.height) = self.metadata_size;
                }
                self.video = Some(config);
                return;
            }
            Tag::AudioConfig(config) => {
                self.audio = Some(config);
                return;
            }
            Tag::Nothing => return,
            Tag::Video { .. } if self.video.is_none() => return,
            Tag::Audio { .. } if self.audio.is_none() => return,
            Tag::Video { key, composition_ms, data } => {
                Frame { video: true, key, at_ms: 0, composition_ms, data, arrived }
            }
            Tag::Audio { data } => Frame { video: false, key: true, at_ms: 0, composition_ms: 0, data, arrived },
        };
        let at_ms = self.unwrap(timestamp, out);
        self.frame(Frame { at_ms, ..frame }, out);
    }

    /// The connection is over: what is there becomes the last segment.
    pub fn finish(&mut self, out: &mut Vec<Output>) {
        if let Phase::Waiting(waiting) = &mut self.phase {
            let waiting = std::mem::take(waiting);
            // Sound alone where a picture was about to come would be another kind of stream for its last moment.
            if self.video.is_none() || waiting.frames.iter().any(|frame| frame.video) {
                self.start(waiting, out);
            }
        }
        self.flush(out);
    }

    /// What follows comes from somewhere else: the segment ends here, and another init segment comes first. The clock goes on.
    pub fn interrupt(&mut self, out: &mut Vec<Output>) {
        self.restart(out);
        (self.video, self.audio, self.metadata_size) = (None, None, (0, 0));
    }

    fn unwrap(&mut self, timestamp: u32, out: &mut Vec<Output>) -> i64 {
        let at_ms = match self.clock {
            None => ORIGIN_MS,
            Some((last, at_ms)) => {
                let step = i64::from(timestamp.wrapping_sub(last) as i32);
                if !(-JUMP_BACK_MS..=JUMP_AHEAD_MS).contains(&step) || at_ms + step < 0 {
                    self.restart(out);
                    ORIGIN_MS
                } else {
                    at_ms + step
                }
            }
        };
        self.clock = Some((timestamp, at_ms));
        at_ms
    }

    fn restart(&mut self, out: &mut Vec<Output>) {
        self.flush(out);
        self.phase = Phase::Waiting(Waiting::default());
    }

    fn frame(&mut self, frame: Frame, out: &mut Vec<Output>) {
        if let Phase::Running(running) = &self.phase {
            let same = if frame.video { running.video == self.video } else { running.audio == self.audio };
            match (same, frame.key) {
                (true, _) => {}
                (false, true) => self.restart(out),
                // A picture of the new configuration is of no use before its key frame.
                (false, false) => return,
            }
        }
        match &mut self.phase {
            Phase::Running(running) => {
                running.take(frame, &self.cuts, &mut self.sequence, out);
            }
            Phase::Waiting(waiting) => {
                let now_ms = frame.at_ms;
                let since_ms = *waiting.since_ms.get_or_insert(now_ms);
                waiting.push(frame, self.video.is_some());
                let waited_ms = now_ms - since_ms;
                let has = |video: bool| waiting.frames.iter().any(|frame| frame.video == video);
                let (video, audio) = (has(true), has(false));
                let alone = waited_ms >= SECOND_TRACK_MS;
                let without_picture = waited_ms >= if self.video.is_some() { KEY_FRAME_MS } else { SECOND_TRACK_MS };
                let ready =
                    (video && (audio || alone)) || (audio && without_picture) || waiting.bytes > MAX_WAITING_BYTES;
                if ready {
                    let waiting = std::mem::take(waiting);
                    self.start(waiting, out);
                }
            }
        }
    }

    fn start(&mut self, waiting: Waiting, out: &mut Vec<Output>) {
        let has = |video: bool| waiting.frames.iter().any(|frame| frame.video == video);
        let video = if has(true) { self.video.clone() } else { None };
        let audio = if has(false) { self.audio.clone() } else { None };
        if video.is_none() && audio.is_none() {
            return;
        }
        let some = |size: u32| (size > 0).then_some(size);
        let info = StreamInfo {
            video_codec: video.as_ref().map(|config| config.name.clone()),
            audio_codec: audio.as_ref().map(|config| config.name.clone()),
            width: video.as_ref().and_then(|config| some(config.width)),
            height: video.as_ref().and_then(|config| some(config.height)),
        };
        out.push(Output::Init { data: fmp4::init(video.as_ref(), audio.as_ref()), info });
        let first_picture = waiting.frames.iter().find(|frame| frame.video).map(|frame| frame.at_ms);
        let from_ms = first_picture.map_or(i64::MIN, |at_ms| at_ms - LEAD_MS);
        let mut running = Running { video, audio, ..Running::default() };
        for frame in waiting.frames {
            if frame.at_ms >= from_ms {
                running.take(frame, &self.cuts, &mut self.sequence, out);
            }
        }
        self.phase = Phase::Running(Box::new(running));
    }

    fn flush(&mut self, out: &mut Vec<Output>) {
        if let Phase::Running(running) = &mut self.phase {
            running.cut(running.natural_end(), true, true, &mut self.sequence, out);
        }
    }
}

impl Waiting {
    fn push(&mut self, frame: Frame, video_expected: bool) {
        let has_picture = self.frames.iter().any(|frame| frame.video);
        if frame.video && !frame.key && !has_picture {
            return;
        }
        if video_expected && !has_picture {
            // Sound from long before the first picture is never shown.
            let from_ms = frame.at_ms - KEY_FRAME_MS;
            self.frames.retain(|frame| frame.at_ms >= from_ms);
            self.bytes = self.frames.iter().map(|frame| frame.data.len()).sum();
        }
        self.bytes += frame.data.len();
        self.frames.push(frame);
    }
}

impl Running {
    fn take(&mut self, frame: Frame, cuts: &Cuts, sequence: &mut u32, out: &mut Vec<Output>) {
        if frame.video { self.picture(frame, cuts, sequence, out) } else { self.sound(frame, cuts, sequence, out) }
    }

    fn picture(&mut self, frame: Frame, cuts: &Cuts, sequence: &mut u32, out: &mut Vec<Output>) {
        let at = (frame.at_ms * TICKS_PER_MS).max(self.video_floor);
        if self.part_start.is_some() {
            let segment_ms = (at - self.segment_start) / TICKS_PER_MS;
            let due = frame.key && segment_ms >= cuts.target_ms * 9 / 10;
            let ends = due || segment_ms >= cuts.longest_ms || self.bytes >= cuts.most_bytes;
            let last = self.times.last().copied().unwrap_or(at);
            if ends || self.part_due(at, at - last, cuts) {
                self.cut(at, false, ends, sequence, out);
            }
        } else {
            self.begin(at);
        }
        self.video_floor = at + 1;
        // The date of a part is its first picture's, also when sound came before.
        if self.pictures.is_empty() {
            self.arrived = Some(frame.arrived);
        }
        self.bytes += frame.data.len();
        self.times.push(at);
        let composition = frame.composition_ms.saturating_mul(VIDEO_CLOCK as i32 / 1000);
        self.pictures.push(Sample { duration: 0, composition, key: frame.key, data: frame.data });
    }

    fn sound(&mut self, frame: Frame, cuts: &Cuts, sequence: &mut u32, out: &mut Vec<Output>) {
        let Some(config) = &self.audio else { return };
        let (rate, length) = (i64::from(config.rate), config.frame);
        let heard = frame.at_ms * rate / 1000;
        let expected = self.sound_next.unwrap_or(heard);
        let drift = heard - expected;
        let limit = AUDIO_DRIFT_MS * rate / 1000;
        if drift < -limit {
            // This time has been heard already; fragments cannot overlap.
            return;
        }
        // Players take a hole in the sound alone for a cut of the stream and drop pictures up to the next key frame: the
        // first sound after a switch, which comes behind pictures that were rushed through, begins with them and lasts longer.
        let begins = self.part_start.map_or(heard, |_| self.segment_start * rate / i64::from(VIDEO_CLOCK));
        let lead = if self.sound_next.is_none() { (heard - begins).clamp(0, rate) } else { 0 };
        let at = if drift > limit { heard } else { expected } - lead;
        if at > expected
            && let Some(last) = self.sounds.last_mut()
        {
            last.duration = last.duration.saturating_add(u32::try_from(at - expected).unwrap_or(u32::MAX));
        }
        self.before_sound(at, rate, i64::from(length), cuts, sequence, out);
        if self.sounds.is_empty() {
            self.sound_start = at;
        }
        let length = i64::from(length) + lead;
        self.sound_next = Some(at + length);
        self.arrived.get_or_insert(frame.arrived);
        self.bytes += frame.data.len();
        let duration = u32::try_from(length).unwrap_or(u32::MAX);
        self.sounds.push(Sample { duration, composition: 0, key: true, data: frame.data });
    }

    /// Sound cuts where there is no picture to do it: in a stream without any, and while the picture stands still.
    fn before_sound(
        &mut self,
        at: i64,
        rate: i64,
        length: i64,
        cuts: &Cuts,
        sequence: &mut u32,
        out: &mut Vec<Output>,
    ) {
        let tick = |samples: i64| samples * i64::from(VIDEO_CLOCK) / rate;
        let now = tick(at);
        if self.video.is_none() && self.part_start.is_none() {
            return self.begin(now);
        }
        let Some(part_start) = self.part_start else { return };
        let segment_ms = (now - self.segment_start) / TICKS_PER_MS;
        let last = self.times.last().filter(|_| self.video.is_some());
        if let Some(last) = last {
            let still = now - last >= PICTURE_STALL_MS * TICKS_PER_MS;
            if still || self.bytes >= cuts.most_bytes {
                let ends = segment_ms > cuts.longest_ms || self.bytes >= cuts.most_bytes;
                self.cut(self.natural_end(), false, ends, sequence, out);
            }
            return;
        }
        // Sound that is late behind its picture has begun no part of its own.
        if self.sounds.is_empty() || now <= part_start {
            return;
        }
        let longest_ms = if self.video.is_none() { cuts.target_ms } else { cuts.longest_ms };
        let ends = segment_ms >= longest_ms || self.bytes >= cuts.most_bytes;
        if ends || self.part_due(now, tick(length), cuts) {
            self.cut(now, false, ends, sequence, out);
        }
    }

    fn begin(&mut self, at: i64) {
        self.part_start = Some(at);
        self.segment_start = at;
    }

    /// Whether the part ends before the frame at `at`, when the one before it lasted `step`: players want parts of at most
    /// the announced length, and none but the last of a segment below 85 % of it.
    fn part_due(&self, at: i64, step: i64, cuts: &Cuts) -> bool {
        let length = at - self.part_start.unwrap_or(at);
        let long_enough = length * 100 >= cuts.part * 85;
        cuts.part > 0 && (length >= cuts.part || (long_enough && length + step > cuts.part))
    }

    /// The end of what is there, in video ticks: the last picture lasts as long as the one before it.
    fn natural_end(&self) -> i64 {
        let picture = match self.times[..] {
            [.., before, last] => last + (last - before).clamp(1, i64::from(VIDEO_CLOCK)),
            [last] => last + i64::from(VIDEO_CLOCK) / 30,
            [] => i64::MIN,
        };
        let sound = match (&self.audio, self.sound_next) {
            (Some(config), Some(next)) if !self.sounds.is_empty() => {
                // Rounded up, so that a cut here takes the last sound too.
                (next * i64::from(VIDEO_CLOCK) + i64::from(config.rate) - 1) / i64::from(config.rate)
            }
            _ => i64::MIN,
        };
        // A stalled picture ends with the sound; sound that is a little ahead does not stretch the picture.
        if picture == i64::MIN || sound.saturating_sub(picture) > i64::from(VIDEO_CLOCK) { sound } else { picture }
    }

    /// Makes a part of everything before `end` (video ticks), with `all` of all sound that is there.
    fn cut(&mut self, end: i64, all: bool, ends_segment: bool, sequence: &mut u32, out: &mut Vec<Output>) {
        let mut ends = self.times.iter().skip(1).copied().chain([end]);
        for (sample, at) in self.pictures.iter_mut().zip(&self.times) {
            let until = ends.next().unwrap_or(*at);
            sample.duration = u32::try_from(until.saturating_sub(*at)).unwrap_or(1);
        }
        let rate = self.audio.as_ref().map_or(1, |config| i64::from(config.rate.max(1)));
        let limit = i128::from(end) * i128::from(rate) / i128::from(VIDEO_CLOCK);
        let mut at = self.sound_start;
        let mut count = 0;
        for sound in &self.sounds {
            if !all && i128::from(at) >= limit {
                break;
            }
            at += i64::from(sound.duration);
            count += 1;
        }
        if self.pictures.is_empty() && count == 0 {
            return;
        }
        let part_start = self.part_start.unwrap_or(end);
        let end = end.max(part_start);
        let video = Run { start: self.times.first().map_or(0, |first| *first as u64), samples: &self.pictures };
        let sounds = self.sounds.get(..count).unwrap_or_default();
        let audio = Run { start: self.sound_start as u64, samples: sounds };
        let first = self.times.first().zip(self.pictures.first());
        let shown = first.map_or(part_start, |(at, picture)| at + i64::from(picture.composition));
        *sequence = sequence.wrapping_add(1);
        out.push(Output::Fragment(Fragment {
            data: fmp4::fragment(*sequence, video, audio),
            duration: u64::try_from(end - part_start).unwrap_or_default(),
            shown,
            pictures: u32::try_from(self.pictures.len()).unwrap_or(u32::MAX),
            independent: self.video.is_none() || self.pictures.first().is_some_and(|picture| picture.key),
            arrived: self.arrived.take().unwrap_or_default(),
            ends_segment,
        }));
        if !self.times.is_empty() {
            self.video_floor = end;
        }
        self.pictures.clear();
        self.times.clear();
        self.sounds.drain(..count);
        self.sound_start = at;
        self.part_start = Some(end);
        if ends_segment {
            self.segment_start = end;
            self.bytes = self.sounds.iter().map(|sound| sound.data.len()).sum();
        }
    }
}
