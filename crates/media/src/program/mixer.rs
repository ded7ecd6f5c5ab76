//! Frames of a room's sources on one output clock, packaged. Pure: the clock is an argument, what was made comes out.

use super::feed::{Feed, Frame, Taken};
use super::mapping::Mapping;
use super::parameters::with_parameters;
use super::rules::Look;
use crate::flv::{self, AudioConfig, FlvError};
use crate::packager::{Cuts, Output, Packager};
use crate::tap::MediaTag;
use events::{Millis, StreamSource};
use std::time::{Duration, Instant};

/// A source that flows and shows nothing for this long gives way to one that can be decoded.
const FIRST_PICTURE: Duration = Duration::from_secs(2);
/// Where the output's clock begins: a track that is a little behind the other one still has a time.
const ORIGIN_MS: i64 = 10_000;
/// A slate's pictures are shown no later than this after their decoding time.
const MOST_LIFT_MS: i64 = 1_000;

/// What became of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Took {
    /// It is part of the output, or was about what is on air.
    OnAir,
    /// A picture of a source that stands by: it can be cut to here.
    Key,
    Kept,
}

pub(crate) struct Mixer {
    /// Primary, backup and slate.
    feeds: [Option<Feed>; 3],
    active: Option<StreamSource>,
    /// Since when the active source is the one.
    entered: Instant,
    /// The active source has reached the output.
    pub started: bool,
    /// The next key frame is the first of its kind in a stream that others have been in.
    fresh: bool,
    packager: Packager,
    /// To be taken by whoever calls.
    pub made: Vec<Output>,
    /// `None` until the active source's first frame.
    mapping: Option<Mapping>,
    /// Where the output's clock goes on.
    next_ms: i64,
    /// When the latest picture is shown, on the output's clock.
    shown_ms: i64,
    /// How much later than its decoding time the slate on air is shown; `None` until its first picture.
    lift_ms: Option<i64>,
    /// The arrival of the last frame given out: what is given out next is not older.
    last_arrived: Millis,
    pub last_out: Option<Instant>,
    /// When an encoder on air sent something, and when any encoder did.
    pub last_encoder: Option<Instant>,
    pub last_media: Option<Instant>,
    /// The sound that the last encoder on air had: a slate goes on with silence of the same kind.
    pub audio: Option<AudioConfig>,
}

impl Mixer {
    pub fn new(cuts: Cuts, now: Instant) -> Self {
        Self {
            feeds: [None, None, None],
            active: None,
            entered: now,
            started: false,
            fresh: false,
            packager: Packager::new(cuts),
            made: Vec::new(),
            mapping: None,
            next_ms: ORIGIN_MS,
            shown_ms: 0,
            lift_ms: None,
            last_arrived: Millis(0),
            last_out: None,
            last_encoder: None,
            last_media: None,
            audio: None,
        }
    }

    pub fn active(&self) -> Option<StreamSource> {
        self.active
    }

    pub fn feed(&self, source: StreamSource) -> Option<&Feed> {
        self.feeds[index(source)].as_ref()
    }

    pub fn feed_mut(&mut self, source: StreamSource) -> Option<&mut Feed> {
        self.feeds[index(source)].as_mut()
    }

    pub fn encoders(&self) -> impl Iterator<Item = &Feed> {
        self.feeds.iter().flatten().filter(|feed| feed.source != StreamSource::Slate)
    }

    /// A source's newest connection, in place of an older one. The caller interrupts, when it is on air.
    pub fn connect(&mut self, feed: Feed, now: Instant) {
        if self.active == Some(feed.source) {
            self.entered = now;
        }
        let at = index(feed.source);
        self.feeds[at] = Some(feed);
    }

    /// The source is gone. What is held of it, when it is on air, becomes its last segment.
    pub fn disconnect(&mut self, source: StreamSource) {
        if self.active == Some(source) {
            self.packager.finish(&mut self.made);
        }
        self.feeds[index(source)] = None;
    }

    /// The picture size that an encoder's metadata tells.
    pub fn metadata(&mut self, source: StreamSource, width: u32, height: u32) {
        if let Some(feed) = self.feed_mut(source) {
            feed.size = (width, height);
        }
        if self.active == Some(source) {
            self.packager.metadata(width, height);
        }
    }

    /// Takes a source's next message. `stall` is the silence after which the source has to prove itself again.
    pub fn take(
        &mut self,
        source: StreamSource,
        message: &MediaTag,
        now: Instant,
        stall: Duration,
    ) -> Result<Took, FlvError> {
        let on_air = self.active == Some(source);
        let others = self.encoders().count() > 1;
        let encoder = source != StreamSource::Slate;
        let Some(feed) = self.feed_mut(source) else { return Ok(Took::Kept) };
        let (frame, key) = match feed.take(message, now, stall)? {
            Taken::Other => {
                if on_air {
                    self.configure(source);
                    return Ok(Took::OnAir);
                }
                return Ok(Took::Kept);
            }
            Taken::Frame { frame, key, jumped } => {
                if jumped {
                    metrics::counter!("kaibo_media_clock_jumps_total").increment(1);
                }
                (frame, key)
            }
        };
        if encoder && (others || !on_air) {
            feed.keep(&frame, key);
        }
        if encoder {
            self.last_media = Some(now);
        }
        if on_air {
            if encoder && self.started {
                self.last_encoder = Some(now);
            }
            self.forward(&frame, now);
            return Ok(Took::OnAir);
        }
        Ok(if key { Took::Key } else { Took::Kept })
    }

    /// What comes next comes from somewhere else; `followed` when the output goes on.
    pub fn interrupt(&mut self, followed: bool) {
        self.packager.interrupt(&mut self.made);
        self.next_ms = self.next_ms.max(self.packager.given_until_ms());
        self.mapping = None;
        self.lift_ms = None;
        self.started = false;
        if followed {
            self.fresh = true;
        } else {
            self.made.clear();
        }
    }

    /// Work was cut short: what was in the making is given up.
    pub fn recover(&mut self) {
        self.made.clear();
        self.next_ms = self.next_ms.max(self.packager.given_until_ms());
        self.packager = self.packager.anew();
        self.mapping = None;
        self.feeds.iter_mut().flatten().for_each(Feed::drop_kept);
        if let Some(active) = self.active {
            self.configure(active);
        }
    }

    /// Shows nothing from now on.
    pub fn leave(&mut self) {
        self.active = None;
    }

    /// Shows the source from now on, beginning with what is kept of it. The caller has interrupted what was before.
    pub fn enter(&mut self, source: StreamSource, now: Instant) {
        self.active = Some(source);
        self.entered = now;
        self.configure(source);
        let Some(kept) = self.feed(source).map(|feed| feed.kept().to_vec()) else { return };
        let (Some(first), Some(last)) = (kept.first(), kept.last()) else { return };
        // What the room has seen of this time already is only decoded.
        let fresh = kept.iter().find(|frame| frame.arrived > self.last_arrived).unwrap_or(last);
        let mapping = Mapping { key: first.at_ms, from: fresh.at_ms.max(first.at_ms), base: self.next_ms };
        self.mapping = Some(mapping);
        for frame in &kept {
            if frame.is_picture() || frame.at_ms >= mapping.from {
                self.forward(frame, now);
            }
        }
        self.last_encoder = Some(now);
    }

    /// Gives the packager what it needs to begin with this source.
    fn configure(&mut self, source: StreamSource) {
        let Some(feed) = self.feed(source) else { return };
        let (size, video, audio) = (feed.size, feed.video.clone(), feed.audio.clone());
        self.packager.metadata(size.0, size.1);
        let tags = [video.map(flv::Tag::VideoConfig), audio.map(flv::Tag::AudioConfig)];
        for tag in tags.into_iter().flatten() {
            self.packager.push(tag, 0, self.last_arrived, &mut self.made);
        }
    }

    /// Puts a frame of the active source on the output's clock.
    fn forward(&mut self, frame: &Frame, now: Instant) {
        let base = self.next_ms;
        let mapping = *self.mapping.get_or_insert(Mapping { key: frame.at_ms, from: frame.at_ms, base });
        let out_ms = mapping.out(frame.at_ms).max(0);
        let tag = match frame.tag.clone() {
            flv::Tag::Video { key, composition_ms, mut data } => {
                if key && std::mem::take(&mut self.fresh) {
                    let config = self.active.and_then(|active| self.feed(active)?.video.clone());
                    data = config.map(|config| with_parameters(&config, data.clone())).unwrap_or(data);
                }
                let composition_ms = mapping.composition(frame.at_ms, composition_ms);
                let composition_ms = composition_ms.saturating_add(self.lift(out_ms + i64::from(composition_ms)));
                self.shown_ms = self.shown_ms.max(out_ms + i64::from(composition_ms));
                flv::Tag::Video { key, composition_ms, data }
            }
            tag => tag,
        };
        self.next_ms = self.next_ms.max(out_ms + 1);
        self.last_arrived = self.last_arrived.max(frame.arrived);
        self.last_out = Some(now);
        self.packager.push(tag, out_ms, self.last_arrived, &mut self.made);
    }

    /// An encoder with B-frames shows its pictures later than it decodes them. A slate that was shown before the last of them
    /// would be passed over: who has shown those already waits for its next key frame. Its sound is silence, so nothing is
    /// out of step.
    fn lift(&mut self, shown_ms: i64) -> i32 {
        if self.active != Some(StreamSource::Slate) {
            return 0;
        }
        let needed = (self.shown_ms + 1 - shown_ms).clamp(0, MOST_LIFT_MS);
        i32::try_from(*self.lift_ms.get_or_insert(needed)).unwrap_or(0)
    }

    /// Whether the active source shows something, or has not had the time to.
    pub fn shows(&self, now: Instant) -> bool {
        self.started || now.duration_since(self.entered) < FIRST_PICTURE
    }

    /// How an encoder is doing. `held_back`: we ask the one on air to wait, so its silence is ours.
    pub fn look(
        &self,
        source: StreamSource,
        now: Instant,
        stall: Duration,
        trusted: Duration,
        held_back: bool,
    ) -> Look {
        let Some(feed) = self.feed(source) else { return Look::default() };
        let mut look = feed.look(now, stall, trusted);
        if self.active == Some(source) {
            look.flowing = (look.flowing && self.shows(now)) || held_back;
        }
        look
    }

    /// Whether any encoder sends what can be shown.
    pub fn flows(&self, now: Instant, stall: Duration) -> bool {
        let lives = |feed: &Feed| {
            if self.active == Some(feed.source) { self.shows(now) } else { !feed.kept().is_empty() }
        };
        self.encoders().any(|feed| feed.flowing(now, stall) && lives(feed))
    }
}

fn index(source: StreamSource) -> usize {
    match source {
        StreamSource::Primary => 0,
        StreamSource::Backup => 1,
        StreamSource::Slate => 2,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::slate::{Picture, Playing};

    #[test]
    fn a_slate_is_shown_after_the_last_picture_of_an_encoder_with_b_frames() {
        let cuts = Cuts { target_ms: 1_000, longest_ms: 4_000, most_bytes: 1 << 20, part: 18_000 };
        let now = Instant::now();
        let mut mixer = Mixer::new(cuts, now);
        let half_a_second = || Playing::new(Picture::built_in(), None, now).due(now, Millis(0));
        mixer.connect(Feed::new(StreamSource::Primary, 0, 0), now);
        mixer.enter(StreamSource::Primary, now);
        for mut message in half_a_second() {
            let mut body = message.payload.to_vec();
            if let [_, 1, _, _, composition, ..] = &mut body[..] {
                *composition = 120;
            }
            message.payload = body.into();
            mixer.take(StreamSource::Primary, &message, now, Duration::MAX).unwrap();
        }
        let last = mixer.shown_ms;
        assert_eq!(last, mixer.next_ms - 1 + 120);
        mixer.interrupt(true);
        mixer.connect(Feed::new(StreamSource::Slate, 0, 0), now);
        mixer.enter(StreamSource::Slate, now);
        for message in half_a_second().iter().take(2) {
            mixer.take(StreamSource::Slate, message, now, Duration::MAX).unwrap();
        }
        assert_eq!(mixer.shown_ms, last + 1, "its first picture is not behind what was shown");
    }
}
