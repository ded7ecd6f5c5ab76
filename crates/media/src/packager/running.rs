//! The open segment of one configuration, and where its parts are cut.

use super::{Cuts, FRAME_COST, Fragment, Frame, MOST_FRAMES, Output, TICKS, TICKS_PER_MS};
use crate::flv::{AudioConfig, VideoConfig};
use crate::fmp4::{self, Run, Sample};
use bytes::Bytes;
use events::Millis;

/// An audio clock further off than this is set right.
const AUDIO_DRIFT_MS: i64 = 83;
/// A segment that has to end waits this much longer for a picture to end it. Players round lengths to whole seconds.
const SLACK_MS: i64 = 400;

#[derive(Debug)]
struct Picture {
    /// Decoding time, in video ticks.
    at: i64,
    composition: i32,
    key: bool,
    data: Bytes,
    arrived: Millis,
}

#[derive(Debug)]
struct Sound {
    /// In samples.
    duration: u32,
    data: Bytes,
    arrived: Millis,
}

/// Frames of the open part, and where the open segment stands.
///
/// A picture lasts until the next one, so it goes out when that is here; a part is cut then, and it is known whether it is its
/// segment's last. Sound waits for a late picture for as long as a part lasts. Then parts are cut by the sound's clock, and
/// the picture goes into the part that is open when it ends: no part is longer than players were told, no picture's time is
/// guessed, and there is no hole in the video.
#[derive(Debug, Default)]
pub(super) struct Running {
    pub video: Option<VideoConfig>,
    pub audio: Option<AudioConfig>,
    pictures: Vec<Picture>,
    /// The next picture's decoding time is not before this.
    pub video_floor: i64,
    /// Of the newest picture, in the part or gone.
    newest: i64,
    /// How long the picture before it lasted.
    step: i64,
    sounds: Vec<Sound>,
    /// Sound has come.
    is_heard: bool,
    /// Decoding time of the first sound in `sounds`, and of the next one to come, in samples.
    pub sound_start: i64,
    sound_next: Option<i64>,
    /// Where the open part and the open segment begin, in video ticks.
    part_start: Option<i64>,
    segment_start: i64,
    /// Where the open segment's pictures begin: earlier than itself, when sound is ahead of them.
    segment_from: i64,
    /// Whether its first picture is a key frame.
    independent: Option<bool>,
    /// Of the open segment.
    bytes: usize,
    frames: usize,
}

/// How a part is cut off.
struct Cut {
    /// Where it ends, in video ticks.
    end: i64,
    /// When the picture after those that are here begins, if it is known.
    next: Option<i64>,
    /// Takes all sound that is there.
    all: bool,
    ends_segment: bool,
}

impl Running {
    /// What comes before these times, in video ticks and in samples, was given out already.
    pub fn behind(
        video: Option<VideoConfig>,
        audio: Option<AudioConfig>,
        video_floor: i64,
        sound_next: Option<i64>,
    ) -> Self {
        Self { video, audio, video_floor, sound_next, ..Self::default() }
    }

    /// `begins` is whether a segment begins with it, when that is told.
    pub fn take(&mut self, frame: Frame, begins: Option<bool>, cuts: &Cuts, sequence: &mut u32, out: &mut Vec<Output>) {
        if frame.video {
            self.picture(frame, begins, cuts, sequence, out)
        } else {
            self.sound(frame, cuts, sequence, out)
        }
    }

    fn picture(&mut self, frame: Frame, begins: Option<bool>, cuts: &Cuts, sequence: &mut u32, out: &mut Vec<Output>) {
        let at = (frame.at_ms * TICKS_PER_MS).max(self.video_floor);
        if self.part_start.is_some() {
            self.step = at - self.newest;
            self.before_late_picture(at, cuts, sequence, out);
            let part_start = self.part_start.unwrap_or(at);
            let segment = at.max(part_start) - self.segment_start;
            let due = (at - self.segment_from) >= cuts.target_ms * TICKS_PER_MS * 9 / 10;
            // After a cut without a key frame the next one cuts, so that players find one to begin with.
            let due = frame.key && (due || self.independent == Some(false));
            // Pictures that come slowly end a segment before it is too long.
            let slow = segment + self.step > longest(cuts);
            let own = due || slow || segment >= cuts.longest_ms * TICKS_PER_MS;
            let ends = begins.unwrap_or(own) || self.is_full(cuts);
            if ends || self.part_due(at, self.step, cuts) {
                let end = if at > part_start { at } else { part_start.max(self.sound_end().unwrap_or(part_start)) };
                self.cut(Cut { end, next: Some(at), all: false, ends_segment: ends }, sequence, out);
                if ends {
                    self.segment_from = at;
                }
            }
        } else {
            self.begin(at);
        }
        self.newest = at;
        self.video_floor = at + 1;
        self.independent.get_or_insert(frame.key);
        self.count(frame.data.len());
        let composition = frame.composition_ms.saturating_mul(TICKS_PER_MS as i32);
        self.pictures.push(Picture { at, composition, key: frame.key, data: frame.data, arrived: frame.arrived });
    }

    /// A picture that comes late: the time until then is cut into parts of the announced length, as far as sound, or
    /// pictures, make that possible.
    fn before_late_picture(&mut self, at: i64, cuts: &Cuts, sequence: &mut u32, out: &mut Vec<Output>) {
        while cuts.part > 0
            && let Some(part_start) = self.part_start
            && at - part_start > cuts.part
        {
            let limit = part_start + cuts.part;
            let within = |end: &i64| (part_start + 1..=limit).contains(end);
            let picture = self.pictures.iter().rev().map(|picture| picture.at).find(within);
            let Some(end) = picture.max(self.sound_ends().take_while(|end| *end <= limit).filter(within).last()) else {
                return;
            };
            let ends_segment = self.must_end(end, cuts);
            self.cut(Cut { end, next: Some(at), all: false, ends_segment }, sequence, out);
            if self.part_start == Some(part_start) {
                // Nothing came before that picture.
                return;
            }
        }
    }

    fn sound(&mut self, frame: Frame, cuts: &Cuts, sequence: &mut u32, out: &mut Vec<Output>) {
        let Some(config) = &self.audio else { return };
        let (rate, length, silence) = (i64::from(config.rate), config.frame, config.silence());
        let heard = frame.at_ms * rate / 1000;
        if let (false, Some(_), Some(silence)) = (self.is_heard, self.part_start, silence) {
            self.silence_until(heard, rate, length, silence, frame.arrived);
        }
        self.is_heard = true;
        let expected = self.sound_next.unwrap_or(heard);
        let drift = heard - expected;
        let limit = AUDIO_DRIFT_MS * rate / 1000;
        if drift < -limit {
            // This time has been heard already; fragments cannot overlap.
            return;
        }
        let at = if drift > limit { heard } else { expected };
        if at > expected
            && let Some(last) = self.sounds.last_mut()
        {
            last.duration = last.duration.saturating_add(u32::try_from(at - expected).unwrap_or(u32::MAX));
        }
        let tick = |samples: i64| samples * TICKS / rate;
        match self.video {
            None => self.before_sound_alone(tick(at), tick(i64::from(length)), cuts, sequence, out),
            Some(_) => self.before_sound(tick(at), tick(i64::from(length)), cuts, sequence, out),
        }
        if self.sounds.is_empty() {
            self.sound_start = at;
        }
        self.sound_next = Some(at + i64::from(length));
        self.count(frame.data.len());
        self.sounds.push(Sound { duration: length, data: frame.data, arrived: frame.arrived });
    }

    /// Players take a hole in the sound alone for a cut of the stream and drop pictures up to the next key frame. The first
    /// sound after a switch comes behind pictures that were rushed through: silence fills the time since they began. It begins
    /// with them: hls.js takes the sound's begin for both, and with sound that is later never finds what comes next.
    fn silence_until(&mut self, heard: i64, rate: i64, length: u32, silence: &'static [u8], arrived: Millis) {
        let begins = (self.segment_start * rate / TICKS).max(self.sound_next.unwrap_or(0)).max(heard - rate);
        if begins >= heard {
            return;
        }
        let frame = i64::from(length.max(1));
        let frames = ((heard - begins) / frame).max(1);
        // The first one lasts as long as is left.
        let first = u32::try_from(heard - begins - (frames - 1) * frame).unwrap_or(length);
        self.sound_start = begins;
        self.sound_next = Some(heard);
        for n in 0..frames {
            self.count(silence.len());
            let duration = if n == 0 { first } else { length };
            self.sounds.push(Sound { duration, data: Bytes::from_static(silence), arrived });
        }
    }

    fn before_sound_alone(&mut self, now: i64, length: i64, cuts: &Cuts, sequence: &mut u32, out: &mut Vec<Output>) {
        let Some(part_start) = self.part_start else { return self.begin(now) };
        if self.sounds.is_empty() || now <= part_start {
            return;
        }
        let ends = now - self.segment_start >= cuts.target_ms * TICKS_PER_MS || self.is_full(cuts);
        if ends || self.part_due(now, length, cuts) {
            self.cut(Cut { end: now, next: None, all: false, ends_segment: ends }, sequence, out);
        }
    }

    /// Sound that is a part's length ahead of the last picture does not wait for the next one.
    fn before_sound(&mut self, now: i64, length: i64, cuts: &Cuts, sequence: &mut u32, out: &mut Vec<Output>) {
        let ahead = now - self.newest;
        if ahead >= cuts.part {
            self.cut_by_sound(now + length, cuts, sequence, out);
        }
        let Some(part_start) = self.part_start.filter(|part_start| now > *part_start) else { return };
        let late =
            cuts.part == 0 && ahead >= SLACK_MS * TICKS_PER_MS / 2 && now + length - self.segment_start > longest(cuts);
        if late || self.is_full(cuts) {
            let end = now.max(part_start);
            self.cut(Cut { end, next: None, all: false, ends_segment: true }, sequence, out);
        }
    }

    /// Makes parts of the announced length of the sound that is here, when it would not fit into one until `end`.
    fn cut_by_sound(&mut self, end: i64, cuts: &Cuts, sequence: &mut u32, out: &mut Vec<Output>) {
        while cuts.part > 0
            && let Some(part_start) = self.part_start
            && end > part_start + cuts.part
        {
            let mut ends = self.sound_ends().filter(|end| *end > part_start);
            let Some(first) = ends.next() else { return };
            let end = ends.take_while(|end| *end <= part_start + cuts.part).last().unwrap_or(first);
            let ends_segment = self.must_end(end, cuts);
            self.cut(Cut { end, next: None, all: false, ends_segment }, sequence, out);
        }
    }

    /// Everything that is here becomes the segment's end. How long the last picture lasts is a guess, when it is not known
    /// what follows: as long as the one before it, and not so long that its part is too long.
    pub fn flush(&mut self, at_ms: Option<i64>, cuts: &Cuts, sequence: &mut u32, out: &mut Vec<Output>) {
        let sound = self.sound_end().unwrap_or(i64::MIN);
        if self.video.is_some() {
            self.cut_by_sound(sound, cuts, sequence, out);
        }
        let Some(last) = self.pictures.last().map(|last| last.at) else {
            return self.cut(Cut { end: sound, next: None, all: true, ends_segment: true }, sequence, out);
        };
        let mut picture = last + self.usual_step();
        // A picture that stands still ends with the sound; sound that is a little ahead does not stretch it.
        if sound.saturating_sub(picture) > TICKS {
            picture = sound;
        }
        if let Some(at_ms) = at_ms {
            picture = picture.min(at_ms * TICKS_PER_MS);
        }
        let part_start = self.part_start.unwrap_or(last);
        let mut end = if part_start >= picture { picture.max(sound) } else { picture };
        if cuts.part > 0 {
            end = end.min(part_start + cuts.part);
        }
        let next = Some(picture.min(end).max(last + 1));
        self.cut(Cut { end: end.max(last + 1), next, all: true, ends_segment: true }, sequence, out);
    }

    fn begin(&mut self, at: i64) {
        self.part_start = Some(at);
        self.segment_start = at;
        self.segment_from = at;
    }

    fn count(&mut self, bytes: usize) {
        self.bytes += bytes + FRAME_COST;
        self.frames += 1;
    }

    fn is_full(&self, cuts: &Cuts) -> bool {
        self.bytes >= cuts.most_bytes || self.frames >= MOST_FRAMES
    }

    /// Whether a segment that went on behind `end` would be too long.
    fn must_end(&self, end: i64, cuts: &Cuts) -> bool {
        end + cuts.part - self.segment_start > longest(cuts) || self.is_full(cuts)
    }

    /// Whether the part ends before the frame at `at`, when the one before it lasted `step`: players want parts of at most
    /// the announced length, and none but the last of a segment below 85 % of it.
    fn part_due(&self, at: i64, step: i64, cuts: &Cuts) -> bool {
        let length = at - self.part_start.unwrap_or(at);
        let long_enough = length * 100 >= cuts.part * 85;
        cuts.part > 0 && (length >= cuts.part || (long_enough && length + step > cuts.part))
    }

    /// Where each sound that is here ends, in video ticks.
    fn sound_ends(&self) -> impl Iterator<Item = i64> {
        let rate = self.audio.as_ref().map_or(1, |config| i64::from(config.rate.max(1)));
        self.sounds.iter().scan(self.sound_start, move |at, sound| {
            *at += i64::from(sound.duration);
            Some(*at * TICKS / rate)
        })
    }

    /// The end of the sound that is here, rounded up so that a cut there takes the last one too.
    fn sound_end(&self) -> Option<i64> {
        self.sound_next.filter(|_| !self.sounds.is_empty()).map(|next| self.sound_ticks(next))
    }

    pub fn sound_ticks(&self, samples: i64) -> i64 {
        let rate = self.audio.as_ref().map_or(1, |config| i64::from(config.rate.max(1)));
        (samples * TICKS + rate - 1) / rate
    }

    /// How long the last picture lasts, as far as can be told.
    fn usual_step(&self) -> i64 {
        if self.step > 0 { self.step.min(TICKS) } else { TICKS / 30 }
    }

    /// Makes a part of everything before the cut. A picture whose end is not known stays, unless the segment ends.
    fn cut(&mut self, cut: Cut, sequence: &mut u32, out: &mut Vec<Output>) {
        let end = cut.end;
        let mut count = self.pictures.partition_point(|picture| picture.at < end);
        if count == self.pictures.len() && cut.next.is_none() && !cut.ends_segment {
            count = count.saturating_sub(1);
        }
        let last_ends = self.pictures.get(count).map(|picture| picture.at).or(cut.next);
        let last_ends = last_ends.unwrap_or_else(|| end.max(self.newest + self.usual_step()));
        let ends: Vec<i64> = self.pictures.iter().skip(1).take(count.saturating_sub(1)).map(|next| next.at).collect();
        let video_start = self.pictures.first().map_or(0, |first| first.at);
        let first = self.pictures.first().filter(|_| count > 0);
        let shown = first.map(|first| first.at + i64::from(first.composition));
        let independent = self.video.is_none() || first.is_some_and(|first| first.key);
        let arrived = first.map(|first| first.arrived).or_else(|| Some(self.sounds.first()?.arrived));

        let rate = self.audio.as_ref().map_or(1, |config| i64::from(config.rate.max(1)));
        let limit = i128::from(end) * i128::from(rate) / i128::from(TICKS);
        let (mut sound_end, mut sounds) = (self.sound_start, 0);
        for sound in &self.sounds {
            if !cut.all && i128::from(sound_end) >= limit {
                break;
            }
            sound_end += i64::from(sound.duration);
            sounds += 1;
        }
        if count == 0 && sounds == 0 {
            return;
        }
        let part_start = self.part_start.unwrap_or(end);
        let end = end.max(part_start);
        let video: Vec<Sample> = (self.pictures.drain(..count).zip(ends.into_iter().chain([last_ends])))
            .map(|(picture, until)| Sample {
                duration: u32::try_from(until.saturating_sub(picture.at)).unwrap_or(1),
                composition: picture.composition,
                key: picture.key,
                data: picture.data,
            })
            .collect();
        let audio: Vec<Sample> = (self.sounds.drain(..sounds))
            .map(|sound| Sample { duration: sound.duration, composition: 0, key: true, data: sound.data })
            .collect();
        *sequence = sequence.wrapping_add(1);
        let video_run = Run { start: video_start as u64, samples: &video };
        let audio_run = Run { start: self.sound_start as u64, samples: &audio };
        out.push(Output::Fragment(Fragment {
            data: fmp4::fragment(*sequence, video_run, audio_run),
            duration: u64::try_from(end - part_start).unwrap_or_default(),
            shown: shown.unwrap_or(part_start),
            pictures: u32::try_from(count).unwrap_or(u32::MAX),
            independent,
            arrived: arrived.unwrap_or_default(),
            ends_segment: cut.ends_segment,
        }));
        if count > 0 {
            self.video_floor = self.video_floor.max(last_ends);
        }
        self.sound_start = sound_end;
        self.part_start = Some(end);
        if cut.ends_segment {
            self.segment_start = end;
            self.segment_from = self.pictures.first().map_or(end, |first| first.at);
            self.independent = self.pictures.first().map(|first| first.key);
            let pictures = self.pictures.iter().map(|picture| picture.data.len());
            let sizes = pictures.chain(self.sounds.iter().map(|sound| sound.data.len()));
            (self.frames, self.bytes) = sizes.fold((0, 0), |(n, sum), size| (n + 1, sum + size + FRAME_COST));
        }
    }
}

/// No segment is longer, in ticks.
fn longest(cuts: &Cuts) -> i64 {
    (cuts.longest_ms + SLACK_MS) * TICKS_PER_MS
}
