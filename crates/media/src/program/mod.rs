//! A room's program 节目: one output made of a primary encoder, a backup and a slate.
//!
//! Sources push on their own tasks, the room's [`director`] looks at the clock; who holds the program's lock decides.
//! Times of all sources become one output clock without jumps, so a switch is a new init segment with a discontinuity and
//! nothing else. The rules of choosing stand in [`rules`].

pub(crate) mod clock;
pub(crate) mod director;
pub(crate) mod feed;
mod parameters;
pub(crate) mod rules;
mod slate;

use crate::flv::AudioConfig;
use crate::hls::HlsStream;
use crate::packager::{Output, Packager};
use crate::publication::{Gone, Place, Writer};
use crate::slate::{Picture, Playing};
use crate::tap::{Finished, MediaTag};
use crate::{OnAir, flv};
use clock::Mapping;
use events::{Millis, StreamSource, StreamSwitched, SwitchReason};
use feed::{Feed, Frame, Taken};
use parameters::with_parameters;
use rules::{Hold, Look, Looks, choose};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::oneshot;
use tracing::warn;

/// A slate that is not ready this long after it should be shown is replaced by the built-in one.
const SLATE_PATIENCE: Duration = Duration::from_secs(1);
/// A source that flows and shows nothing for this long gives way to one that can be decoded.
const FIRST_PICTURE: Duration = Duration::from_secs(2);

pub(crate) struct Program {
    feeds: [Option<Feed>; 2],
    slate: Option<Slate>,
    /// A slate that is being made ready.
    preparing: Option<(oneshot::Receiver<Arc<Picture>>, Instant)>,
    active: Option<StreamSource>,
    /// Since when the active source is the one.
    entered: Instant,
    /// The active source has reached the output.
    started: bool,
    /// The next key frame is the first of its kind in a stream that others have been in.
    fresh: bool,
    packager: Packager,
    made: Vec<Output>,
    /// `None` until the active source's first frame.
    mapping: Option<Mapping>,
    /// Where the output's clock goes on, and its last frames.
    next_ms: i64,
    last_picture: i64,
    /// The arrival of the last frame given out: what is given out next is not older.
    last_arrived: Millis,
    last_out: Option<Instant>,
    last_encoder: Option<Instant>,
    pending: Option<Pending>,
    stream: Option<Arc<HlsStream>>,
    on_air: Option<OnAir>,
    /// Whose media the desk was told of.
    announced: Option<(StreamSource, u64)>,
    /// The sound that the last encoder on air had: a slate goes on with silence of the same kind.
    audio: Option<AudioConfig>,
    /// The newest segment that an encoder made, for a slate of the last picture.
    newest: Option<Finished>,
    /// Shows that had ended when this state was fresh.
    ends: u64,
    /// Set while working: still set at the next call, the work was cut short.
    busy: bool,
}

struct Slate {
    playing: Playing,
    feed: Feed,
}

/// A switch whose first output is still to come.
struct Pending {
    from: Option<StreamSource>,
    reason: SwitchReason,
    since: Option<Instant>,
}

/// How a room's sources are doing, for people.
#[derive(Debug, Clone)]
pub(crate) struct SourceState {
    pub source: StreamSource,
    pub flowing: bool,
    pub decodable: bool,
    pub info: crate::StreamInfo,
}

impl Program {
    pub fn new(cuts: crate::packager::Cuts) -> Self {
        Self {
            feeds: [None, None],
            slate: None,
            preparing: None,
            active: None,
            entered: Instant::now(),
            started: false,
            fresh: false,
            packager: Packager::new(cuts),
            made: Vec::new(),
            mapping: None,
            next_ms: 0,
            last_picture: 0,
            last_arrived: Millis(0),
            last_out: None,
            last_encoder: None,
            pending: None,
            stream: None,
            on_air: None,
            announced: None,
            audio: None,
            newest: None,
            ends: 0,
            busy: false,
        }
    }

    /// Takes a source's next message.
    pub async fn push(&mut self, place: &Place, from: (StreamSource, u64), message: &MediaTag) -> anyhow::Result<()> {
        let (source, generation) = from;
        if !place.is_current(source, generation) {
            return Err(Gone.into());
        }
        self.begin(place);
        let result = self.take(place, source, generation, message).await;
        self.busy = false;
        result
    }

    async fn take(
        &mut self,
        place: &Place,
        source: StreamSource,
        generation: u64,
        message: &MediaTag,
    ) -> anyhow::Result<()> {
        let (now, settings) = (Instant::now(), &place.media.0.all.slate);
        self.admit(place, source, generation);
        let on_air = self.active == Some(source);
        let shown = self.on_air.filter(|_| on_air && self.started);
        place.taps().iter().for_each(|tap| tap.tag(place.room, source, shown.as_ref(), message));
        let others = self.feeds.iter().flatten().count() > 1;
        let Some(feed) = self.feed(source) else { return Ok(()) };
        let (frame, key, jumped) = match feed.take(message, now, settings.stall()) {
            Ok(Taken::Frame { frame, key, jumped }) => (frame, key, jumped),
            Ok(Taken::Other) => {
                if on_air {
                    self.configure(source);
                }
                return Ok(());
            }
            Err(error) => {
                metrics::counter!("kaibo_media_bad_tags_total").increment(1);
                if !std::mem::replace(&mut feed.complained, true) {
                    warn!("media tags of a publisher are ignored: {error}");
                }
                return Ok(());
            }
        };
        if others || !on_air {
            feed.keep(&frame, key);
        }
        if on_air {
            if jumped {
                self.interrupt(place)?;
                self.configure(source);
            }
            if self.started {
                self.last_encoder = Some(now);
            }
            self.forward(&frame, now);
            return self.pass_on(place, Writer::Encoder(source, generation)).await;
        }
        if !key {
            return Ok(());
        }
        let hold = place.slot.state.lock().hold;
        let looks = self.looks(place, now, false);
        match choose(self.active, hold, &looks, Some(source)) {
            Some(wanted) if wanted == source => self.switch(place, source, None, now).await,
            _ if hold == Hold::Slate => self.announce_behind_slate(place, source, generation).await,
            _ => Ok(()),
        }
    }

    /// The picture size that an encoder's metadata tells.
    pub fn metadata(&mut self, place: &Place, from: (StreamSource, u64), width: u32, height: u32) {
        let (source, generation) = from;
        self.begin(place);
        if place.is_current(source, generation) {
            self.admit(place, source, generation);
            if let Some(feed) = self.feed(source) {
                feed.size = (width, height);
            }
            if self.active == Some(source) {
                self.packager.metadata(width, height);
            }
        }
        self.busy = false;
    }

    /// A source's connection is over: what is held of it becomes its last segment, and another one takes over.
    pub async fn close(&mut self, place: &Place, source: StreamSource, generation: u64, clean: bool) {
        self.begin(place);
        if self.feed(source).is_some_and(|feed| feed.generation == generation) {
            if self.active == Some(source) {
                self.packager.finish(&mut self.made);
                if let Err(error) = self.pass_on(place, Writer::Encoder(source, generation)).await {
                    tracing::debug!("the rest of a stream was not kept: {error:#}");
                }
            }
            self.feeds[index(source)] = None;
        }
        self.busy = false;
        place.release(source, generation, clean).await;
        if let Err(error) = self.tick(place).await {
            tracing::debug!("no source took over at once: {error:#}");
        }
    }

    /// Looks at the clock; answers when to look again, `None` when there is nothing left to look after.
    pub async fn tick(&mut self, place: &Place) -> anyhow::Result<Option<Instant>> {
        self.begin(place);
        let result = self.look_after(place).await;
        self.busy = false;
        result
    }

    async fn look_after(&mut self, place: &Place) -> anyhow::Result<Option<Instant>> {
        let now = Instant::now();
        let (hold, publishes, ended) = {
            let state = place.slot.state.lock();
            (state.hold, state.publishes(), state.ended)
        };
        if !publishes && (ended || self.stream.is_none() || !self.may_be_waited_for(now)) {
            self.stop_slate(place);
            return Ok(None);
        }
        let room = place.media.0.slates.known(place.room);
        let quiet = self.last_encoder.map(|last| now.duration_since(last));
        let stall = place.media.0.all.slate.stall();
        let shows = self.shows(now);
        let lives = |feed: &Feed| if self.active == Some(feed.source) { shows } else { !feed.kept().is_empty() };
        let flowing = self.feeds.iter().flatten().any(|feed| feed.flowing(now, stall) && lives(feed));
        let silent = room.enabled && !flowing && !self.held_back(place) && quiet.is_some();
        if silent || hold == Hold::Slate {
            self.prepare(place, now);
        } else if self.slate.is_none() {
            self.preparing = None;
        }
        let slate_due = silent && quiet.is_some_and(|quiet| quiet >= room.after());
        let looks = self.looks(place, now, slate_due);
        match choose(self.active, hold, &looks, None) {
            Some(StreamSource::Slate) => {
                let overdue = match hold {
                    Hold::Slate => false,
                    _ => quiet.is_some_and(|quiet| quiet >= room.after() + SLATE_PATIENCE),
                };
                if let Some(picture) = self.prepared(now, overdue) {
                    self.switch(place, StreamSource::Slate, Some(picture), now).await?;
                }
            }
            Some(wanted) => self.switch(place, wanted, None, now).await?,
            None => {}
        }
        self.play_slate(place, now).await?;
        Ok(Some(self.next_look(now, stall, quiet.map(|_| room.after()))))
    }

    fn next_look(&self, now: Instant, stall: Duration, after: Option<Duration>) -> Instant {
        let soon = now + Duration::from_millis(50);
        if let Some(slate) = &self.slate {
            return slate.playing.next().max(now + Duration::from_millis(5));
        }
        if self.preparing.is_some() {
            return soon;
        }
        let limits = [Some(stall), after].into_iter().flatten();
        let due = limits.filter_map(|limit| Some(self.last_encoder? + limit)).filter(|due| *due > now).min();
        due.map_or(now + Duration::from_secs(1), |due| due + Duration::from_millis(1))
    }

    /// Whether an encoder may still come back to a room that none publishes to.
    fn may_be_waited_for(&self, now: Instant) -> bool {
        self.last_encoder.is_some_and(|last| now.duration_since(last) < crate::streams::ABANDONED)
    }

    /// Starts every call: forgets a show that has ended, and work that was cut short.
    fn begin(&mut self, place: &Place) {
        let ends = place.slot.state.lock().ends;
        if ends != self.ends {
            self.stop_slate(place);
            *self = Self { ends, ..Self::new(place.media.0.settings.cuts()) };
        } else if self.busy {
            self.made.clear();
            self.packager = Packager::new(place.media.0.settings.cuts());
            self.mapping = None;
            self.feeds.iter_mut().flatten().for_each(Feed::drop_kept);
            if let Some(active) = self.active {
                self.configure(active);
            }
        }
        self.busy = true;
    }

    /// The newest connection of a role replaces what was there of an older one.
    fn admit(&mut self, place: &Place, source: StreamSource, generation: u64) {
        if self.feed(source).is_some_and(|feed| feed.generation == generation) {
            return;
        }
        let most_bytes = place.media.0.all.slate.standby_bytes;
        self.feeds[index(source)] = Some(Feed::new(source, generation, most_bytes));
        if self.active.is_none() {
            self.enter(place, source);
            self.pending = Some(Pending { from: None, reason: SwitchReason::Started, since: None });
        }
        if self.active != Some(source) {
            return;
        }
        self.entered = Instant::now();
        if self.interrupt(place).is_err() {
            tracing::debug!("the rest of an older publisher was not kept");
        }
    }

    fn enter(&mut self, place: &Place, source: StreamSource) {
        self.active = Some(source);
        self.entered = Instant::now();
        place.slot.state.lock().active = Some(source);
    }

    fn feed(&mut self, source: StreamSource) -> Option<&mut Feed> {
        match source {
            StreamSource::Slate => self.slate.as_mut().map(|slate| &mut slate.feed),
            source => self.feeds[index(source)].as_mut(),
        }
    }

    /// Whether the active source shows something, or has not had the time to.
    fn shows(&self, now: Instant) -> bool {
        self.started || now.duration_since(self.entered) < FIRST_PICTURE
    }

    /// Whether we ask the source on air to wait, because it sends faster than time passes: then its silence is ours.
    fn held_back(&self, place: &Place) -> bool {
        self.stream.as_ref().is_some_and(|stream| stream.ahead(place.media.0.app.now()))
    }

    fn looks(&self, place: &Place, now: Instant, slate_due: bool) -> Looks {
        let settings = &place.media.0.all.slate;
        let look = |source| {
            let Some(feed) = &self.feeds[index(source)] else { return Look::default() };
            let mut look = feed.look(now, settings.stall(), settings.return_after());
            if self.active == Some(source) {
                look.flowing = (look.flowing && self.shows(now)) || self.held_back(place);
            }
            look
        };
        Looks { primary: look(StreamSource::Primary), backup: look(StreamSource::Backup), slate_due }
    }

    /// What comes next comes from somewhere else, or from another time.
    fn interrupt(&mut self, place: &Place) -> Result<(), Gone> {
        self.packager.interrupt(&mut self.made);
        self.mapping = None;
        self.started = false;
        let Some(stream) = self.stream.clone() else {
            self.made.clear();
            return Ok(());
        };
        self.fresh = true;
        for output in std::mem::take(&mut self.made) {
            if let Output::Fragment(fragment) = output {
                let finished = place.write(Writer::Room, || stream.push(fragment))?;
                self.finished(place, finished);
            }
        }
        Ok(())
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

    async fn switch(
        &mut self,
        place: &Place,
        to: StreamSource,
        picture: Option<Arc<Picture>>,
        now: Instant,
    ) -> anyhow::Result<()> {
        if self.active == Some(to) {
            return Ok(());
        }
        let from = self.active;
        let reason = self.reason(place, from, to, now);
        let from = if self.started { from } else { self.pending.as_ref().map_or(from, |pending| pending.from) };
        self.pending = Some(Pending { from, reason, since: self.last_out });
        self.interrupt(place)?;
        self.stop_slate(place);
        if let Some(picture) = picture {
            self.preparing = None;
            place.taps().iter().for_each(|tap| tap.connected(place.room, StreamSource::Slate));
            let feed = Feed::new(StreamSource::Slate, 0, 0);
            self.slate = Some(Slate { playing: Playing::new(picture, self.audio.as_ref(), now), feed });
        }
        self.enter(place, to);
        self.configure(to);
        let Some(feed) = self.feed(to) else { return Ok(()) };
        let (generation, kept) = (feed.generation, feed.kept().to_vec());
        if let (Some(first), Some(last)) = (kept.first(), kept.last()) {
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
        let writer = if to == StreamSource::Slate { Writer::Room } else { Writer::Encoder(to, generation) };
        self.pass_on(place, writer).await
    }

    fn reason(&self, place: &Place, from: Option<StreamSource>, to: StreamSource, now: Instant) -> SwitchReason {
        if from.is_none() {
            return SwitchReason::Started;
        }
        if std::mem::take(&mut place.slot.state.lock().ordered) {
            return SwitchReason::Operator;
        }
        let stall = place.media.0.all.slate.stall();
        match from.filter(|from| *from != StreamSource::Slate).map(|from| self.feeds[index(from)].as_ref()) {
            Some(None) => SwitchReason::Lost,
            Some(Some(feed)) if !feed.flowing(now, stall) || to == StreamSource::Slate => SwitchReason::Stalled,
            _ => SwitchReason::Returned,
        }
    }

    /// Puts a frame of the active source on the output's clock.
    fn forward(&mut self, frame: &Frame, now: Instant) {
        let base = self.next_ms;
        let mapping = *self.mapping.get_or_insert(Mapping { key: frame.at_ms, from: frame.at_ms, base });
        let out_ms = mapping.out(frame.at_ms).max(0);
        let (tag, length_ms) = match frame.tag.clone() {
            flv::Tag::Video { key, composition_ms, mut data } => {
                if key && std::mem::take(&mut self.fresh) {
                    let config = self.active.and_then(|active| self.feed(active)?.video.clone());
                    data = config.map(|config| with_parameters(&config, data.clone())).unwrap_or(data);
                }
                let composition_ms = mapping.composition(frame.at_ms, composition_ms);
                let length = (out_ms - std::mem::replace(&mut self.last_picture, out_ms)).clamp(1, 100);
                (flv::Tag::Video { key, composition_ms, data }, length)
            }
            tag => (tag, 24),
        };
        self.next_ms = self.next_ms.max(out_ms + length_ms);
        self.last_arrived = self.last_arrived.max(frame.arrived);
        self.last_out = Some(now);
        self.packager.push(tag, out_ms as u32, self.last_arrived, &mut self.made);
    }

    async fn pass_on(&mut self, place: &Place, writer: Writer) -> anyhow::Result<()> {
        for output in std::mem::take(&mut self.made) {
            match output {
                Output::Init { data, info } => self.start(place, writer, data, info).await?,
                Output::Fragment(fragment) => {
                    let Some(stream) = self.stream.clone() else { continue };
                    metrics::counter!("kaibo_media_parts_total").increment(1);
                    metrics::counter!("kaibo_media_segments_total").increment(u64::from(fragment.ends_segment));
                    let finished = place.write(writer, || stream.push(fragment))?;
                    self.finished(place, finished);
                }
            }
        }
        Ok(())
    }

    /// The first init segment puts the room on air; others change what it shows.
    async fn start(
        &mut self,
        place: &Place,
        writer: Writer,
        data: bytes::Bytes,
        info: crate::StreamInfo,
    ) -> anyhow::Result<()> {
        if let Writer::Encoder(source, generation) = writer {
            self.announce(place, source, generation, info.clone()).await?;
        }
        let stream = self.stream.clone().ok_or(Gone)?;
        let finished = place.write(writer, || stream.init(data))?;
        self.finished(place, finished);
        self.started = true;
        if let Some(active) = self.active.filter(|active| *active != StreamSource::Slate) {
            self.audio = self.feed(active).and_then(|feed| feed.audio.clone()).filter(|_| info.audio_codec.is_some());
        }
        if let Some(on_air) = &self.on_air {
            place.taps().iter().for_each(|tap| tap.configured(place.room, on_air, &info));
        }
        let (Some(to), Some(pending)) = (self.active, self.pending.take()) else { return Ok(()) };
        let gap = pending.since.map(|since| since.elapsed().as_millis());
        let gap_ms = gap.and_then(|gap| u32::try_from(gap).ok());
        place.switched(StreamSwitched { from: pending.from, to, reason: pending.reason, gap_ms }).await;
        Ok(())
    }

    /// Tells the desk, unless it knows: a switch between encoders is no new publisher.
    async fn announce(
        &mut self,
        place: &Place,
        source: StreamSource,
        generation: u64,
        info: crate::StreamInfo,
    ) -> anyhow::Result<()> {
        let known = match self.announced {
            Some((role, _)) if role != source => true,
            announced => announced == Some((source, generation)),
        };
        if !known || !place.slot.state.lock().on_air {
            let (stream, on_air) = place.go_on_air(source, generation, info).await?;
            (self.stream, self.on_air) = (Some(stream), Some(on_air));
        }
        self.announced = Some((source, generation));
        Ok(())
    }

    /// An encoder is back while people want the slate: the show is not lost.
    async fn announce_behind_slate(
        &mut self,
        place: &Place,
        source: StreamSource,
        generation: u64,
    ) -> anyhow::Result<()> {
        if place.slot.state.lock().on_air {
            return Ok(());
        }
        let Some(feed) = self.feed(source) else { return Ok(()) };
        let info = feed.info();
        self.announce(place, source, generation, info).await
    }

    fn finished(&mut self, place: &Place, finished: Option<Finished>) {
        let (Some(on_air), Some(finished)) = (&self.on_air, finished) else { return };
        place.taps().iter().for_each(|tap| tap.segment(place.room, on_air, &finished));
        if self.slate.is_none() {
            self.newest = Some(finished);
        }
    }

    /// How the encoders are doing.
    pub fn sources(&self, place: &Place) -> Vec<SourceState> {
        let (now, stall) = (Instant::now(), place.media.0.all.slate.stall());
        let state = |feed: &Feed| SourceState {
            source: feed.source,
            flowing: feed.flowing(now, stall),
            decodable: !feed.kept().is_empty() || (self.active == Some(feed.source) && self.started),
            info: feed.info(),
        };
        self.feeds.iter().flatten().map(state).collect()
    }
}

fn index(source: StreamSource) -> usize {
    usize::from(source == StreamSource::Backup)
}
