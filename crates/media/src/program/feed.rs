//! What one encoder sends, and what is kept of it so that a switch to it shows a picture at once. Pure.

use super::rules::Look;
use crate::StreamInfo;
use crate::clock::Clock;
use crate::flv;
use crate::flv::{AudioConfig, FlvError, Tag, VideoConfig};
use crate::packager::{FRAME_COST, MOST_FRAMES};
use crate::tap::{MediaTag, TagKind};
use events::{Millis, StreamSource};
use std::time::{Duration, Instant};

/// A message that was read, with its time on the source's own scale.
#[derive(Debug, Clone)]
pub(crate) struct Frame {
    pub tag: Tag,
    pub at_ms: i64,
    pub arrived: Millis,
}

impl Frame {
    pub fn is_picture(&self) -> bool {
        matches!(self.tag, Tag::Video { .. })
    }

    /// What keeping it costs.
    fn bytes(&self) -> usize {
        match &self.tag {
            Tag::Video { data, .. } | Tag::Audio { data } => data.len() + FRAME_COST,
            _ => FRAME_COST,
        }
    }
}

/// What a message was.
pub(crate) enum Taken {
    Frame {
        frame: Frame,
        /// A picture can begin here.
        key: bool,
        /// The encoder's clock has jumped. The times given here have not.
        jumped: bool,
    },
    /// A configuration, or nothing of use.
    Other,
}

/// One connection in the role of primary or backup.
#[derive(Debug)]
pub(crate) struct Feed {
    pub source: StreamSource,
    /// Which connection it is: the newest of a role wins.
    pub generation: u64,
    pub video: Option<VideoConfig>,
    pub audio: Option<AudioConfig>,
    pub size: (u32, u32),
    clock: Clock,
    /// Everything since the last key frame.
    kept: Vec<Frame>,
    kept_bytes: usize,
    most_bytes: usize,
    last: Option<Instant>,
    /// Since when it flows without a stall.
    since: Option<Instant>,
    pub complained: bool,
}

impl Feed {
    pub fn new(source: StreamSource, generation: u64, most_bytes: usize) -> Self {
        Self {
            source,
            generation,
            video: None,
            audio: None,
            size: (0, 0),
            clock: Clock::default(),
            kept: Vec::new(),
            kept_bytes: 0,
            most_bytes,
            last: None,
            since: None,
            complained: false,
        }
    }

    /// Reads a message. `stall` is the silence after which the source has to prove itself again.
    pub fn take(&mut self, message: &MediaTag, now: Instant, stall: Duration) -> Result<Taken, FlvError> {
        let parsed = match message.kind {
            TagKind::Audio => flv::audio(message.payload.clone()),
            TagKind::Video => flv::video(message.payload.clone()),
        }?;
        let key = match &parsed {
            Tag::VideoConfig(config) => {
                // What is kept cannot be decoded with another configuration.
                if self.video.as_ref().is_some_and(|known| known != config) {
                    self.drop_kept();
                }
                self.video = Some(config.clone());
                return Ok(Taken::Other);
            }
            Tag::AudioConfig(config) => {
                self.audio = Some(config.clone());
                return Ok(Taken::Other);
            }
            Tag::Nothing => return Ok(Taken::Other),
            Tag::Video { .. } if self.video.is_none() => return Ok(Taken::Other),
            Tag::Audio { .. } if self.audio.is_none() => return Ok(Taken::Other),
            Tag::Video { key, .. } => *key,
            Tag::Audio { .. } => self.video.is_none(),
        };
        if self.last.is_none_or(|last| now.duration_since(last) > stall) {
            self.since = Some(now);
        }
        self.last = Some(now);
        let jumps = self.clock.jumps();
        let at_ms = self.clock.read(message.kind == TagKind::Video, message.timestamp);
        let jumped = self.clock.jumps() != jumps;
        Ok(Taken::Frame { frame: Frame { tag: parsed, at_ms, arrived: message.arrived }, key, jumped })
    }

    /// Keeps a frame for a switch.
    pub fn keep(&mut self, frame: &Frame, key: bool) {
        if key {
            self.drop_kept();
        } else if self.kept.is_empty() {
            return;
        }
        self.kept_bytes += frame.bytes();
        self.kept.push(frame.clone());
        if self.kept_bytes > self.most_bytes || self.kept.len() > MOST_FRAMES {
            self.drop_kept();
        }
    }

    pub fn drop_kept(&mut self) {
        self.kept.clear();
        self.kept_bytes = 0;
    }

    pub fn kept(&self) -> &[Frame] {
        &self.kept
    }

    pub fn flowing(&self, now: Instant, stall: Duration) -> bool {
        self.last.is_some_and(|last| now.duration_since(last) <= stall)
    }

    pub fn look(&self, now: Instant, stall: Duration, trusted: Duration) -> Look {
        let flowing = self.flowing(now, stall);
        Look {
            flowing,
            decodable: !self.kept.is_empty(),
            stable: flowing && self.since.is_some_and(|since| now.duration_since(since) >= trusted),
        }
    }

    pub fn info(&self) -> StreamInfo {
        let some = |size: u32| (size > 0).then_some(size);
        StreamInfo {
            video_codec: self.video.as_ref().map(|config| config.name.clone()),
            audio_codec: self.audio.as_ref().map(|config| config.name.clone()),
            width: self.video.as_ref().and_then(|config| some(config.width).or(some(self.size.0))),
            height: self.video.as_ref().and_then(|config| some(config.height).or(some(self.size.1))),
        }
    }
}
