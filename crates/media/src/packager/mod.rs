//! Media tags of one connection become CMAF fragments. Pure: arrival times come in, fragments come out.
//!
//! Decoding times are the caller's milliseconds, on a clock without jumps ([`crate::clock`]); the audio clock counts samples,
//! because milliseconds cannot express an AAC frame, and is set right when it is more than 83 ms off. A new configuration or
//! a late track begins again with a new init segment.

mod running;

use crate::desk::StreamInfo;
use crate::flv::{AudioConfig, Tag, VideoConfig};
use crate::fmp4::{self, VIDEO_CLOCK};
use bytes::Bytes;
use events::Millis;
use running::Running;
use std::collections::VecDeque;

/// How long, in media, a track waits for the other one.
const SECOND_TRACK_MS: i64 = 700;
/// How long, in media, an announced video track may stay without a key frame before audio goes on alone.
const KEY_FRAME_MS: i64 = 5_000;
/// Audio this much before the first key frame is still kept.
const LEAD_MS: i64 = 200;
const TICKS_PER_MS: i64 = VIDEO_CLOCK as i64 / 1000;
const TICKS: i64 = VIDEO_CLOCK as i64;
/// What is held while waiting for tracks.
const MAX_WAITING_BYTES: usize = 8 << 20;
/// What a frame costs besides its bytes, and how many are held at most, waiting or in an open segment.
pub(crate) const FRAME_COST: usize = 128;
pub(crate) const MOST_FRAMES: usize = 8_192;

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
    /// When its first picture (or sound) came in.
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
    frames: VecDeque<Frame>,
    bytes: usize,
    has_video: bool,
    has_audio: bool,
    /// Media time of the first frame seen, kept or not.
    since_ms: Option<i64>,
}

#[derive(Debug)]
enum Phase {
    Waiting(Waiting),
    Running(Box<Running>),
}

#[derive(Debug)]
pub struct Packager {
    cuts: Cuts,
    /// Where segments begin, in milliseconds, when another stream's segments are followed.
    told: Option<VecDeque<i64>>,
    video: Option<VideoConfig>,
    audio: Option<AudioConfig>,
    metadata_size: (u32, u32),
    phase: Phase,
    sequence: u32,
    /// Where pictures and sound that were given out end, in video ticks: what follows comes after them.
    ends: Ends,
}

#[derive(Debug, Clone, Copy, Default)]
struct Ends {
    video: i64,
    sound: i64,
}

impl Packager {
    pub fn new(cuts: Cuts) -> Self {
        Self {
            cuts,
            told: None,
            video: None,
            audio: None,
            metadata_size: (0, 0),
            phase: Phase::Waiting(Waiting::default()),
            sequence: 0,
            ends: Ends::default(),
        }
    }

    /// One that cuts no segments by its own rules, but where it is told to: rounded times or another first picture do not make
    /// other segments of it than those of the stream it follows.
    pub fn told(cuts: Cuts) -> Self {
        Self { told: Some(VecDeque::new()), ..Self::new(cuts) }
    }

    /// A segment begins with the first picture from here on. Times grow, and come before the pictures they are for.
    pub fn begin_segment(&mut self, at_ms: i64) {
        if let Some(told) = &mut self.told {
            told.push_back(at_ms);
        }
    }

    /// A fresh one on the same clock.
    pub fn anew(&self) -> Self {
        Self { ends: self.ends(), ..Self::new(self.cuts) }
    }

    /// The picture size of `onMetaData`, used when the codec's record does not tell.
    pub fn metadata(&mut self, width: u32, height: u32) {
        self.metadata_size = (width, height);
    }

    /// `at_ms` is the decoding time: each track's only grow, and there is nothing before 0. `arrived` by our clock.
    pub fn push(&mut self, tag: Tag, at_ms: i64, arrived: Millis, out: &mut Vec<Output>) {
        let at_ms = at_ms.max(0);
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
                Frame { video: true, key, at_ms, composition_ms, data, arrived }
            }
            Tag::Audio { data } => Frame { video: false, key: true, at_ms, composition_ms: 0, data, arrived },
        };
        self.frame(frame, out);
    }

    /// The connection is over: what is there becomes the last segment.
    pub fn finish(&mut self, out: &mut Vec<Output>) {
        if let Phase::Waiting(waiting) = &mut self.phase {
            let waiting = std::mem::take(waiting);
            // Sound alone where a picture was about to come would be another kind of stream for its last moment.
            if self.video.is_none() || waiting.has_video {
                self.start(waiting, out);
            }
        }
        self.flush(None, out);
    }

    /// What follows comes from somewhere else: the segment ends here, and another init segment comes first. The clock goes on.
    pub fn interrupt(&mut self, out: &mut Vec<Output>) {
        self.restart(None, out);
        (self.video, self.audio, self.metadata_size) = (None, None, (0, 0));
    }

    /// Where everything that was given out has ended, in milliseconds.
    pub fn given_until_ms(&self) -> i64 {
        let ends = self.ends();
        (ends.video.max(ends.sound) + TICKS_PER_MS - 1) / TICKS_PER_MS
    }

    fn ends(&self) -> Ends {
        let Phase::Running(running) = &self.phase else { return self.ends };
        let sound = running.sound_ticks(running.sound_start);
        Ends { video: self.ends.video.max(running.video_floor), sound: self.ends.sound.max(sound) }
    }

    /// `at_ms` is when what follows begins, if that is known.
    fn restart(&mut self, at_ms: Option<i64>, out: &mut Vec<Output>) {
        self.flush(at_ms, out);
        self.phase = Phase::Waiting(Waiting::default());
    }

    fn frame(&mut self, frame: Frame, out: &mut Vec<Output>) {
        if let Phase::Running(running) = &self.phase {
            let same = if frame.video { running.video == self.video } else { running.audio == self.audio };
            match (same, frame.key) {
                (true, _) => {}
                (false, true) => self.restart(Some(frame.at_ms), out),
                // A picture of the new configuration is of no use before its key frame.
                (false, false) => return,
            }
        }
        match &mut self.phase {
            Phase::Running(running) => {
                let begins = begins(&mut self.told, &frame);
                running.take(frame, begins, &self.cuts, &mut self.sequence, out);
            }
            Phase::Waiting(waiting) => {
                let now_ms = frame.at_ms;
                let since_ms = *waiting.since_ms.get_or_insert(now_ms);
                waiting.push(frame, self.video.is_some());
                let waited_ms = now_ms - since_ms;
                let (video, audio) = (waiting.has_video, waiting.has_audio);
                let alone = waited_ms >= SECOND_TRACK_MS;
                let without_picture = waited_ms >= if self.video.is_some() { KEY_FRAME_MS } else { SECOND_TRACK_MS };
                let full = waiting.bytes > MAX_WAITING_BYTES || waiting.frames.len() >= MOST_FRAMES;
                if (video && (audio || alone)) || (audio && without_picture) || full {
                    let waiting = std::mem::take(waiting);
                    self.start(waiting, out);
                }
            }
        }
    }

    fn start(&mut self, waiting: Waiting, out: &mut Vec<Output>) {
        let video = if waiting.has_video { self.video.clone() } else { None };
        let audio = if waiting.has_audio { self.audio.clone() } else { None };
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
        let rate = audio.as_ref().map_or(0, |config| i64::from(config.rate));
        let sound_next = Some((self.ends.sound * rate + TICKS - 1) / TICKS).filter(|next| *next > 0);
        let mut running = Running::behind(video, audio, self.ends.video, sound_next);
        for frame in waiting.frames {
            if frame.at_ms >= from_ms {
                let begins = begins(&mut self.told, &frame);
                running.take(frame, begins, &self.cuts, &mut self.sequence, out);
            }
        }
        self.phase = Phase::Running(Box::new(running));
    }

    fn flush(&mut self, at_ms: Option<i64>, out: &mut Vec<Output>) {
        if let Phase::Running(running) = &mut self.phase {
            running.flush(at_ms, &self.cuts, &mut self.sequence, out);
        }
        self.ends = self.ends();
    }
}

/// Whether a segment begins with this frame, when that is told.
fn begins(told: &mut Option<VecDeque<i64>>, frame: &Frame) -> Option<bool> {
    let told = told.as_mut()?;
    Some(frame.video && told.pop_front_if(|at_ms| *at_ms <= frame.at_ms).is_some())
}

impl Waiting {
    fn push(&mut self, frame: Frame, video_expected: bool) {
        if frame.video && !frame.key && !self.has_video {
            return;
        }
        if video_expected && !self.has_video {
            // Sound from long before the first picture is never shown.
            let from_ms = frame.at_ms - KEY_FRAME_MS;
            while let Some(early) = self.frames.pop_front_if(|early| early.at_ms < from_ms) {
                self.bytes -= early.data.len() + FRAME_COST;
            }
            self.has_audio = !self.frames.is_empty();
        }
        self.has_video |= frame.video;
        self.has_audio |= !frame.video;
        self.bytes += frame.data.len() + FRAME_COST;
        self.frames.push_back(frame);
    }
}
