//! What a push is like, from its messages alone. Pure: messages with their arrival come in, numbers come out.

use crate::flv::{self, AudioConfig, FlvError, Tag, VideoConfig};
use crate::tap::{MediaTag, TagKind};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Most frames remembered: over an hour of a normal stream, seconds of a hostile one.
const MOST_FRAMES: usize = 100_000;
/// A step between two frames of a track that is no step any more.
const JUMP_MS: i64 = 1_000;

/// A push as it arrived.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct PushMeasured {
    /// From the first frame to the last, by arrival.
    pub elapsed_ms: u32,
    /// From the first frame to the last, by the encoder's clock.
    pub media_ms: u32,
    /// Media time per time passed, percent; below 100 the stream falls behind.
    pub pace_percent: Option<f64>,
    /// How late media were against the earliest, at most.
    pub behind_ms: u32,
    /// Longest time without a frame.
    pub gap_ms: u32,
    /// Jitter of arrival as RTP reckons it (RFC 3550, 6.4.1).
    pub jitter_ms: f64,
    pub bytes: u64,
    pub video: Option<VideoMeasured>,
    pub audio: Option<AudioMeasured>,
    /// Audio's timestamp minus video's at the same arrival.
    pub skew_ms: Option<i32>,
    /// Steps of more than a second, or backwards, within a track.
    pub jumps: u32,
    /// A track came in a codec that is not carried.
    pub refused_video: bool,
    pub refused_audio: bool,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct VideoMeasured {
    /// As in a `CODECS` attribute; empty when no configuration came.
    #[schema(example = "avc1.64001f")]
    pub codec: String,
    pub width: u32,
    pub height: u32,
    pub frames: u32,
    pub fps: Option<f64>,
    /// Share of frames that stand more than a third off the usual distance, percent: above 0 for variable frame rate.
    pub uneven_percent: f64,
    pub kbps: Option<f64>,
    /// The second with the most bits.
    pub peak_kbps: Option<f64>,
    pub key_frames: u32,
    /// Longest distance of two key frames, or from the last one to the end when that is longer.
    pub gop_ms: Option<u32>,
    /// Shortest distance of two key frames.
    pub gop_least_ms: Option<u32>,
    pub b_frames: bool,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct AudioMeasured {
    #[schema(example = "mp4a.40.2")]
    pub codec: String,
    pub rate: u32,
    pub channels: u16,
    pub frames: u32,
    pub kbps: Option<f64>,
}

#[derive(Debug, Clone, Copy)]
struct Frame {
    at_ms: i64,
    bytes: usize,
    key: bool,
}

#[derive(Debug, Default)]
struct Track {
    frames: Vec<Frame>,
    last_ms: Option<i64>,
}

/// Takes messages, answers [`PushMeasured`] at any time.
#[derive(Debug, Default)]
pub struct Meter {
    video: Track,
    audio: Track,
    video_config: Option<VideoConfig>,
    audio_config: Option<AudioConfig>,
    compositions: Option<(i32, i32)>,
    /// The encoder's clock: last raw timestamp and the unwrapped time it stands for.
    clock: Option<(u32, i64)>,
    first: Option<(i64, i64)>,
    last: Option<(i64, i64)>,
    earliest: i64,
    behind_ms: i64,
    gap_ms: i64,
    jitter_ms: f64,
    bytes: u64,
    skews: Vec<i64>,
    jumps: u32,
    refused_video: bool,
    refused_audio: bool,
}

impl Meter {
    pub fn take(&mut self, tag: &MediaTag) {
        self.bytes += tag.payload.len() as u64;
        let parsed = match tag.kind {
            TagKind::Audio => flv::audio(tag.payload.clone()),
            TagKind::Video => flv::video(tag.payload.clone()),
        };
        match parsed {
            Ok(Tag::VideoConfig(config)) => self.video_config = Some(config),
            Ok(Tag::AudioConfig(config)) => self.audio_config = Some(config),
            Ok(Tag::Video { key, composition_ms, .. }) => {
                let (least, most) = self.compositions.unwrap_or((composition_ms, composition_ms));
                self.compositions = Some((least.min(composition_ms), most.max(composition_ms)));
                self.frame(tag, key);
            }
            Ok(Tag::Audio { .. }) => self.frame(tag, false),
            Ok(Tag::Nothing) | Err(FlvError::Short | FlvError::Config) => {}
            Err(FlvError::VideoCodec) => self.refused_video = true,
            Err(FlvError::AudioCodec) => self.refused_audio = true,
        }
    }

    fn frame(&mut self, tag: &MediaTag, key: bool) {
        let at_ms = self.unwrapped(tag.timestamp);
        let arrived = tag.arrived.0;
        let track = match tag.kind {
            TagKind::Video => &mut self.video,
            TagKind::Audio => &mut self.audio,
        };
        if track.last_ms.is_some_and(|last| !(0..=JUMP_MS).contains(&(at_ms - last))) {
            self.jumps += 1;
        }
        track.last_ms = Some(at_ms);
        if track.frames.len() < MOST_FRAMES {
            track.frames.push(Frame { at_ms, bytes: tag.payload.len(), key });
        }
        let lateness = arrived - at_ms;
        match self.last {
            None => {
                self.first = Some((arrived, at_ms));
                self.earliest = lateness;
            }
            Some((last_arrived, last_ms)) => {
                self.gap_ms = self.gap_ms.max(arrived - last_arrived);
                let change = (lateness - (last_arrived - last_ms)).abs() as f64;
                self.jitter_ms += (change - self.jitter_ms) / 16.0;
                self.earliest = self.earliest.min(lateness);
                self.behind_ms = self.behind_ms.max(lateness - self.earliest);
            }
        }
        self.last = Some((arrived, at_ms));
        if let (Some(audio), Some(video)) = (self.audio.last_ms, self.video.last_ms)
            && self.skews.len() < MOST_FRAMES
        {
            self.skews.push(audio - video);
        }
    }

    fn unwrapped(&mut self, timestamp: u32) -> i64 {
        let now = match self.clock {
            None => i64::from(timestamp),
            Some((raw, time)) => time + i64::from(timestamp.wrapping_sub(raw) as i32),
        };
        self.clock = Some((timestamp, now));
        now
    }

    pub fn measured(&self) -> PushMeasured {
        let (elapsed_ms, media_ms) = self.spans();
        PushMeasured {
            elapsed_ms: whole(elapsed_ms),
            media_ms: whole(media_ms),
            // In less than three seconds the encoder's first burst says more than the line.
            pace_percent: (elapsed_ms >= 3_000).then(|| tenths(media_ms as f64 * 100.0 / elapsed_ms as f64)),
            behind_ms: whole(self.behind_ms),
            gap_ms: whole(self.gap_ms),
            jitter_ms: tenths(self.jitter_ms),
            bytes: self.bytes,
            video: self.video_measured(),
            audio: self.audio_measured(),
            skew_ms: self.skew(),
            jumps: self.jumps,
            refused_video: self.refused_video,
            refused_audio: self.refused_audio,
        }
    }

    /// Time passed and media time so far.
    pub fn spans(&self) -> (i64, i64) {
        match (self.first, self.last) {
            (Some(first), Some(last)) => (last.0 - first.0, last.1 - first.1),
            _ => (0, 0),
        }
    }

    fn video_measured(&self) -> Option<VideoMeasured> {
        let config = self.video_config.as_ref();
        if config.is_none() && self.video.frames.is_empty() {
            return None;
        }
        let keys: Vec<i64> = self.video.frames.iter().filter(|frame| frame.key).map(|frame| frame.at_ms).collect();
        let distances = || keys.windows(2).map(|pair| pair[1] - pair[0]);
        let open = keys.last().zip(self.video.last_ms).map(|(key, end)| end - key);
        Some(VideoMeasured {
            codec: config.map(|config| config.name.clone()).unwrap_or_default(),
            width: config.map_or(0, |config| config.width),
            height: config.map_or(0, |config| config.height),
            frames: self.video.frames.len() as u32,
            fps: self.video.rate(),
            uneven_percent: self.video.uneven(),
            kbps: self.video.kbps(),
            peak_kbps: self.video.peak_kbps(),
            key_frames: keys.len() as u32,
            gop_ms: distances().chain(open).max().map(whole),
            gop_least_ms: distances().min().map(whole),
            b_frames: self.compositions.is_some_and(|(least, most)| least != most),
        })
    }

    fn audio_measured(&self) -> Option<AudioMeasured> {
        let config = self.audio_config.as_ref();
        if config.is_none() && self.audio.frames.is_empty() {
            return None;
        }
        Some(AudioMeasured {
            codec: config.map(|config| config.name.clone()).unwrap_or_default(),
            rate: config.map_or(0, |config| config.rate),
            channels: config.map_or(0, |config| config.channels),
            frames: self.audio.frames.len() as u32,
            kbps: self.audio.kbps(),
        })
    }

    fn skew(&self) -> Option<i32> {
        let mut skews = self.skews.clone();
        skews.sort_unstable();
        skews.get(skews.len() / 2).and_then(|skew| i32::try_from(*skew).ok())
    }
}

impl Track {
    fn span_s(&self) -> Option<f64> {
        let (first, last) = (self.frames.first()?, self.frames.last()?);
        let span = last.at_ms - first.at_ms;
        (span >= 500).then_some(span as f64 / 1000.0)
    }

    fn rate(&self) -> Option<f64> {
        self.span_s().map(|seconds| tenths((self.frames.len() - 1) as f64 / seconds))
    }

    fn kbps(&self) -> Option<f64> {
        let bytes: usize = self.frames.iter().map(|frame| frame.bytes).sum();
        self.span_s().map(|seconds| (bytes as f64 * 8.0 / 1000.0 / seconds).round())
    }

    /// The most bits within a second of media time.
    fn peak_kbps(&self) -> Option<f64> {
        self.span_s().filter(|seconds| *seconds >= 1.0)?;
        let (mut from, mut bytes, mut most) = (0, 0, 0);
        for frame in &self.frames {
            bytes += frame.bytes;
            while let Some(oldest) = self.frames.get(from).filter(|oldest| frame.at_ms - oldest.at_ms >= 1000) {
                bytes -= oldest.bytes;
                from += 1;
            }
            most = most.max(bytes);
        }
        Some((most as f64 * 8.0 / 1000.0).round())
    }

    fn uneven(&self) -> f64 {
        let mut steps: Vec<i64> = self.frames.windows(2).map(|pair| pair[1].at_ms - pair[0].at_ms).collect();
        steps.sort_unstable();
        let Some(usual) = steps.get(steps.len() / 2).copied() else { return 0.0 };
        // Milliseconds are coarse: 33 and 34 are the same distance.
        let tolerance = (usual / 3).max(4);
        let odd = steps.iter().filter(|step| (**step - usual).abs() > tolerance).count();
        tenths(odd as f64 * 100.0 / steps.len() as f64)
    }
}

fn whole(ms: i64) -> u32 {
    u32::try_from(ms.max(0)).unwrap_or(u32::MAX)
}

pub(super) fn tenths(value: f64) -> f64 {
    // Nothing summed up is -0.0, which would be shown.
    (value * 10.0).round() / 10.0 + 0.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use bytes::Bytes;
    use events::Millis;

    fn picture(at: u32, arrived: i64, key: bool, composition: u8) -> MediaTag {
        let payload = vec![if key { 0x17 } else { 0x27 }, 1, 0, 0, composition, 0, 0, 0, 1, 9];
        MediaTag { kind: TagKind::Video, timestamp: at, payload: payload.into(), arrived: Millis(arrived) }
    }

    fn sound(at: u32, arrived: i64) -> MediaTag {
        let payload = Bytes::from_static(&[0xaf, 1, 1, 2, 3]);
        MediaTag { kind: TagKind::Audio, timestamp: at, payload, arrived: Millis(arrived) }
    }

    /// 25 pictures a second from `start` on, whose arrival takes `slow` times as long.
    fn stream(start: u32, count: u32, key_every: u32, slow: f64) -> Meter {
        let mut meter = Meter::default();
        for n in 0..count {
            let arrived = (f64::from(n) * 40.0 * slow) as i64;
            let at = start.wrapping_add(n * 40);
            meter.take(&picture(at, arrived, n % key_every == 0, 0));
            meter.take(&sound(at.wrapping_add(10), arrived));
        }
        meter
    }

    #[test]
    fn a_steady_stream() {
        let measured = stream(0, 250, 50, 1.0).measured();
        let video = measured.video.unwrap();
        assert_eq!((video.fps, video.gop_ms, video.gop_least_ms), (Some(25.0), Some(2000), Some(2000)));
        assert_eq!((video.uneven_percent, video.b_frames, video.key_frames), (0.0, false, 5));
        assert_eq!((measured.behind_ms, measured.gap_ms, measured.jumps), (10, 40, 0));
        assert!(measured.pace_percent.unwrap() > 99.0, "{:?}", measured.pace_percent);
        assert!(measured.skew_ms.unwrap().abs() <= 40, "{:?}", measured.skew_ms);
    }

    #[test]
    fn a_slow_line_falls_behind() {
        let measured = stream(0, 250, 50, 1.5).measured();
        assert!(measured.pace_percent.unwrap() < 70.0, "{:?}", measured.pace_percent);
        assert!(measured.behind_ms > 4_500, "{}", measured.behind_ms);
    }

    #[test]
    fn the_clock_wraps_without_a_jump() {
        let measured = stream(u32::MAX - 2_000, 250, 50, 1.0).measured();
        assert_eq!((measured.jumps, measured.media_ms), (0, 9_970));
    }

    #[test]
    fn one_key_frame_is_a_group_as_long_as_the_push() {
        let video = stream(0, 250, 1_000, 1.0).measured().video.unwrap();
        assert_eq!((video.gop_ms, video.gop_least_ms), (Some(9_960), None));
    }

    #[test]
    fn jumps_and_uneven_frames_are_counted() {
        let mut meter = Meter::default();
        for (n, at) in [0u32, 40, 80, 5_000, 5_040, 4_000, 4_040, 4_140].into_iter().enumerate() {
            meter.take(&picture(at, n as i64 * 40, n == 0, (n % 2) as u8 * 40));
        }
        let measured = meter.measured();
        assert_eq!(measured.jumps, 2);
        let video = measured.video.unwrap();
        assert!(video.b_frames && video.uneven_percent > 40.0, "{}", video.uneven_percent);
    }

    #[test]
    fn other_codecs_are_refused() {
        let mut meter = Meter::default();
        let tag = |kind, first: u8| MediaTag { kind, timestamp: 0, payload: vec![first, 0].into(), arrived: Millis(0) };
        meter.take(&tag(TagKind::Video, 0x12));
        meter.take(&tag(TagKind::Audio, 0x2f));
        let measured = meter.measured();
        assert!(measured.refused_video && measured.refused_audio && measured.video.is_none());
    }

    #[test]
    fn nothing_is_measured_of_nothing() {
        assert_eq!(Meter::default().measured(), PushMeasured::default());
    }
}
