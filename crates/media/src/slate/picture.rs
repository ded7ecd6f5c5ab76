//! The slate's picture, played in a loop and in real time: an FLV file in memory, with silence beside it.

use crate::flv::{self, AudioConfig, STEREO_SILENCE};
use crate::tap::{MediaTag, TagKind};
use anyhow::{Context, ensure};
use bytes::{Buf, Bytes};
use events::Millis;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

/// The built-in picture; `tools/slate.sh` makes it.
const BUILT_IN: &[u8] = include_bytes!("../../assets/back-soon.flv");
/// What people see of it in a browser.
pub(super) const BUILT_IN_PREVIEW: &[u8] = include_bytes!("../../assets/back-soon.jpg");
/// A player that was held up goes on from now instead of catching up with more than this.
const MOST_LATE: Duration = Duration::from_millis(500);

/// A video without sound, ready to be sent.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Picture {
    config: Bytes,
    /// Bodies of video tags with their times, from a key frame on.
    frames: Vec<(u64, Bytes)>,
    duration_ms: u64,
}

impl Picture {
    pub fn built_in() -> Arc<Self> {
        static PICTURE: OnceLock<Arc<Picture>> = OnceLock::new();
        let read = || Arc::new(Self::read(Bytes::from_static(BUILT_IN)).unwrap_or_else(|_| Self::nothing()));
        PICTURE.get_or_init(read).clone()
    }

    fn nothing() -> Self {
        Self { config: Bytes::new(), frames: Vec::new(), duration_ms: 1_000 }
    }

    /// Reads the video of an FLV file.
    pub fn read(mut file: Bytes) -> anyhow::Result<Self> {
        ensure!(file.len() > 13 && file.starts_with(b"FLV\x01"), "this is not an FLV file");
        file.advance(13);
        let mut config = None;
        let mut frames: Vec<(u64, Bytes)> = Vec::new();
        while let Some(head) = file.first_chunk::<11>().copied() {
            let length = u32::from_be_bytes([0, head[1], head[2], head[3]]) as usize;
            let timestamp = u32::from_be_bytes([head[7], head[4], head[5], head[6]]);
            ensure!(file.len() >= 11 + length, "the FLV file is cut short");
            let body = file.slice(11..11 + length);
            file.advance((11 + length + 4).min(file.len()));
            match (head[0], body.get(..2)) {
                (9, Some([_, 0])) => config = config.or(Some(body)),
                // Frames before the first key frame cannot be shown.
                (9, Some([kind, 1])) if !frames.is_empty() || kind >> 4 == 1 => frames.push((timestamp.into(), body)),
                _ => {}
            }
        }
        let config = config.context("the FLV file holds no H.264 video")?;
        let (first, last) =
            (frames.first().context("the FLV file has no key frame")?.0, frames.last().map(|last| last.0));
        frames.iter_mut().for_each(|(at, _)| *at = at.saturating_sub(first));
        let span = last.unwrap_or(first).saturating_sub(first);
        let duration_ms = span + (span / (frames.len() as u64 - 1).max(1)).clamp(20, 1_000);
        Ok(Self { config, frames, duration_ms })
    }
}

impl Picture {
    /// In pixels.
    pub fn size(&self) -> (u32, u32) {
        match flv::video(self.config.clone()) {
            Ok(flv::Tag::VideoConfig(config)) => (config.width, config.height),
            _ => (0, 0),
        }
    }

    pub fn duration_ms(&self) -> u64 {
        self.duration_ms
    }
}

/// Silence that continues an encoder's sound: players cannot take a track away, and some do not change its rate.
#[derive(Debug)]
struct Silence {
    config: Bytes,
    rate: u64,
    frame: u64,
    body: Bytes,
}

impl Silence {
    fn like(audio: &AudioConfig) -> Self {
        let (record, rate, frame, silence) = match audio.silence() {
            Some(silence) => (audio.record.clone(), audio.rate, audio.frame, silence),
            None => (Bytes::from_static(&[0x11, 0x90]), 48_000, 1_024, &STEREO_SILENCE[..]),
        };
        let body = [&[0xaf, 1], silence].concat().into();
        let config = [&[0xaf, 0], &record[..]].concat().into();
        Self { config, rate: rate.max(1).into(), frame: frame.into(), body }
    }
}

/// A slate begins with so much at once: who waits for it needs some media before anything is shown.
const AHEAD: Duration = MOST_LATE;

/// A slate on air.
pub(crate) struct Playing {
    picture: Arc<Picture>,
    silence: Option<Silence>,
    started: Instant,
    configured: bool,
    /// Pictures and sounds sent so far.
    pictures: u64,
    sounds: u64,
}

impl Playing {
    /// With silence in place of `audio`, the sound that was there before.
    pub fn new(picture: Arc<Picture>, audio: Option<&AudioConfig>, now: Instant) -> Self {
        let silence = audio.map(Silence::like);
        let started = now.checked_sub(AHEAD).unwrap_or(now);
        Self { picture, silence, started, configured: false, pictures: 0, sounds: 0 }
    }

    fn picture_at(&self) -> Option<u64> {
        let count = self.picture.frames.len() as u64;
        let (round, index) = (self.pictures.checked_div(count)?, self.pictures.checked_rem(count)?);
        let frame = self.picture.frames.get(usize::try_from(index).ok()?)?;
        Some(round * self.picture.duration_ms + frame.0)
    }

    fn sound_at(&self) -> Option<u64> {
        self.silence.as_ref().map(|silence| self.sounds * silence.frame * 1000 / silence.rate)
    }

    /// When there is something to send again.
    pub fn next(&self) -> Instant {
        let at = [self.picture_at(), self.sound_at()].into_iter().flatten().min();
        self.started + Duration::from_millis(at.unwrap_or(1_000))
    }

    /// What is to be sent by now, in order.
    pub fn due(&mut self, now: Instant, arrived: Millis) -> Vec<MediaTag> {
        let late = now.saturating_duration_since(self.next());
        if late > MOST_LATE {
            self.started += late;
        }
        let until = now.saturating_duration_since(self.started).as_millis() as u64;
        let mut messages = Vec::new();
        let message = |kind, at: u64, payload| MediaTag { kind, timestamp: at as u32, payload, arrived };
        if !std::mem::replace(&mut self.configured, true) {
            messages.push(message(TagKind::Video, 0, self.picture.config.clone()));
            let silence = self.silence.as_ref().map(|silence| silence.config.clone());
            messages.extend(silence.map(|config| message(TagKind::Audio, 0, config)));
        }
        loop {
            let due = |at: Option<u64>| at.filter(|at| *at <= until);
            match (due(self.picture_at()), due(self.sound_at())) {
                (Some(at), sound) if sound.is_none_or(|sound| at <= sound) => {
                    let index = (self.pictures % self.picture.frames.len() as u64) as usize;
                    let Some((_, body)) = self.picture.frames.get(index) else { break };
                    messages.push(message(TagKind::Video, at, body.clone()));
                    self.pictures += 1;
                }
                (_, Some(at)) => {
                    let Some(silence) = &self.silence else { break };
                    messages.push(message(TagKind::Audio, at, silence.body.clone()));
                    self.sounds += 1;
                }
                _ => break,
            }
        }
        messages
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::flv::Tag;

    #[test]
    fn the_built_in_picture_loops_without_a_seam() {
        let picture = Picture::built_in();
        assert_eq!((picture.frames.len(), picture.duration_ms), (50, 2_000));
        let Ok(Tag::VideoConfig(config)) = flv::video(picture.config.clone()) else { panic!("is readable") };
        assert_eq!((config.width, config.height), (1280, 720));
        let start = Instant::now();
        let Ok(Tag::AudioConfig(audio)) = flv::audio(Bytes::from_static(&[0xaf, 0, 0x11, 0x90])) else {
            panic!("is readable")
        };
        let mut playing = Playing::new(picture, Some(&audio), start);
        let mut times = [Vec::new(), Vec::new()];
        for step in 0..=125 {
            for message in playing.due(start + Duration::from_millis(step * 40), Millis(0)).iter() {
                times[usize::from(message.kind == TagKind::Audio)].push(message.timestamp);
            }
        }
        let pictures = &times[0][1..];
        assert!(pictures.windows(2).all(|pair| pair[1] - pair[0] == 40), "{pictures:?}");
        assert_eq!(pictures.len(), 138, "five seconds, and half a second ahead");
        assert!(times[1][1..].windows(2).all(|pair| (21..=22).contains(&(pair[1] - pair[0]))));
    }

    #[test]
    fn a_player_that_was_held_up_does_not_rush() {
        let start = Instant::now();
        let mut playing = Playing::new(Picture::built_in(), None, start);
        playing.due(start, Millis(0));
        let later = playing.due(start + Duration::from_secs(60), Millis(0));
        assert!(later.len() < 5, "{}", later.len());
    }

    #[test]
    fn broken_files_are_refused() {
        assert!(Picture::read(Bytes::from_static(b"FLV\x01\x05\0\0\0\x09\0\0\0\0")).is_err());
        assert!(Picture::read(Bytes::from_static(&BUILT_IN[..3_000])).is_err());
        assert!(Picture::read(Bytes::from_static(b"GIF89a")).is_err());
    }
}
