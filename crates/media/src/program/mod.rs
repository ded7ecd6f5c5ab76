//! A room's program 节目: one output made of a primary encoder, a backup and a slate.
//!
//! Sources push on their own tasks, the room's [`director`] looks at the clock; who holds the program's lock decides.
//! Times of all sources become one output clock without jumps, so a switch is a new init segment with a discontinuity and
//! nothing else. [`mixer`] makes the output, [`rules`] choose what is shown; here is who hears of it.

pub(crate) mod director;
pub(crate) mod feed;
mod mapping;
pub(crate) mod mixer;
mod parameters;
pub(crate) mod rules;
mod slate;

use crate::OnAir;
use crate::flv;
use crate::hls::{HlsStream, Tail};
use crate::packager::{Cuts, Output};
use crate::publication::{Gone, Place, Writer};
use crate::slate::{Picture, Playing};
use crate::tap::{Finished, MediaTag};
use bytes::Bytes;
use events::{StreamSource, StreamSwitched, SwitchReason};
use feed::Feed;
use mixer::{Mixer, Took};
use rules::{Hold, Looks, choose};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::oneshot;
use tracing::warn;

/// A slate that is not ready this long after it should be shown is replaced by the built-in one.
const SLATE_PATIENCE: Duration = Duration::from_secs(1);
/// The sound of a show whose encoder this program has not seen: AAC-LC, 48 kHz, two channels.
const USUAL_SOUND: &[u8] = &[0xaf, 0, 0x11, 0x90];

pub(crate) struct Program {
    mixer: Mixer,
    /// A slate on air.
    playing: Option<Playing>,
    /// A slate that is being made ready.
    preparing: Option<(oneshot::Receiver<Arc<Picture>>, Instant)>,
    pending: Option<Pending>,
    stream: Option<Arc<HlsStream>>,
    on_air: Option<OnAir>,
    /// Whose media the desk was told of.
    announced: Option<(StreamSource, u64)>,
    /// What an encoder showed last, for a slate of the last picture.
    newest: Option<Tail>,
    /// Shows that had ended when this state was fresh.
    ends: u64,
    /// Set while working: still set at the next call, the work was cut short.
    busy: bool,
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
    pub fn new(cuts: Cuts) -> Self {
        Self {
            mixer: Mixer::new(cuts, Instant::now()),
            playing: None,
            preparing: None,
            pending: None,
            stream: None,
            on_air: None,
            announced: None,
            newest: None,
            ends: 0,
            busy: false,
        }
    }

    /// The program of a show that was on air before this process was: its encoder is waited for as after a loss.
    pub fn waiting(cuts: Cuts, stream: Arc<HlsStream>, on_air: OnAir) -> Self {
        let mut program = Self { stream: Some(stream), on_air: Some(on_air), ..Self::new(cuts) };
        let now = Instant::now();
        (program.mixer.last_encoder, program.mixer.last_media) = (Some(now), Some(now));
        // Players cannot add a track later, and few shows have no sound.
        if let Ok(flv::Tag::AudioConfig(audio)) = flv::audio(Bytes::from_static(USUAL_SOUND)) {
            program.mixer.audio = Some(audio);
        }
        program
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
        let (now, stall) = (Instant::now(), place.media.0.all.slate.stall());
        self.admit(place, source, generation, now);
        let shown = self.on_air.filter(|_| self.mixer.active() == Some(source) && self.mixer.started);
        place.taps().iter().for_each(|tap| tap.tag(place.room, source, shown.as_ref(), message));
        match self.mixer.take(source, message, now, stall) {
            Ok(Took::OnAir) => return self.pass_on(place, Writer::Encoder(source, generation)).await,
            Ok(Took::Kept) => return Ok(()),
            Ok(Took::Key) => {}
            Err(error) => {
                metrics::counter!("kaibo_media_bad_tags_total").increment(1);
                let feed = self.mixer.feed_mut(source);
                if feed.is_some_and(|feed| !std::mem::replace(&mut feed.complained, true)) {
                    warn!("media tags of a publisher are ignored: {error}");
                }
                return Ok(());
            }
        }
        let hold = place.slot.state.lock().hold;
        let looks = self.looks(place, now, false);
        match choose(self.mixer.active(), hold, &looks, Some(source)) {
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
            self.admit(place, source, generation, Instant::now());
            self.mixer.metadata(source, width, height);
        }
        self.busy = false;
    }

    /// A source's connection is over: what is held of it becomes its last segment, and another one takes over.
    pub async fn close(&mut self, place: &Place, source: StreamSource, generation: u64, clean: bool) {
        self.begin(place);
        if self.mixer.feed(source).is_some_and(|feed| feed.generation == generation) {
            self.mixer.disconnect(source);
            if let Err(error) = self.pass_on(place, Writer::Encoder(source, generation)).await {
                tracing::debug!("the rest of a stream was not kept: {error:#}");
            }
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
        if !publishes && (ended || self.stream.is_none() || !self.may_be_waited_for(place, now)) {
            self.stop_slate(place);
            return Ok(None);
        }
        let room = place.media.0.slates.known(place.room);
        let quiet = self.mixer.last_encoder.map(|last| now.duration_since(last));
        let stall = place.media.0.all.slate.stall();
        let silent = room.enabled && !self.mixer.flows(now, stall) && !self.held_back(place) && self.stream.is_some();
        if silent || hold == Hold::Slate {
            self.prepare(place, now);
        } else if self.playing.is_none() {
            self.preparing = None;
        }
        let slate_due = silent && quiet.is_some_and(|quiet| quiet >= room.after());
        let looks = self.looks(place, now, slate_due);
        match choose(self.mixer.active(), hold, &looks, None) {
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
        if let Some(playing) = &self.playing {
            return playing.next().max(now + Duration::from_millis(5));
        }
        if self.preparing.is_some() {
            return soon;
        }
        let limits = [Some(stall), after].into_iter().flatten();
        let due = limits.filter_map(|limit| Some(self.mixer.last_encoder? + limit)).filter(|due| *due > now).min();
        due.map_or(now + Duration::from_secs(1), |due| due + Duration::from_millis(1))
    }

    /// Whether an encoder may still come back to a room that none publishes to.
    fn may_be_waited_for(&self, place: &Place, now: Instant) -> bool {
        self.mixer.last_media.is_some_and(|last| now.duration_since(last) < place.media.0.settings.abandoned())
    }

    /// Starts every call: forgets a show that has ended, and work that was cut short.
    fn begin(&mut self, place: &Place) {
        let ends = place.slot.state.lock().ends;
        if ends != self.ends {
            self.stop_slate(place);
            *self = Self { ends, ..Self::new(place.media.0.settings.cuts()) };
        } else if self.busy {
            self.mixer.recover();
        }
        self.busy = true;
    }

    /// The newest connection of a role replaces what was there of an older one.
    fn admit(&mut self, place: &Place, source: StreamSource, generation: u64, now: Instant) {
        if self.mixer.feed(source).is_some_and(|feed| feed.generation == generation) {
            return;
        }
        self.mixer.connect(Feed::new(source, generation, place.media.0.all.slate.standby_bytes), now);
        let hold = place.slot.state.lock().hold;
        if self.mixer.active().is_none() && hold != Hold::Slate {
            self.enter(place, source, now);
            self.pending = Some(Pending { from: None, reason: SwitchReason::Started, since: None });
        }
        if self.mixer.active() == Some(source) && self.interrupt(place).is_err() {
            tracing::debug!("the rest of an older publisher was not kept");
        }
    }

    fn enter(&mut self, place: &Place, source: StreamSource, now: Instant) {
        self.mixer.enter(source, now);
        place.slot.state.lock().active = Some(source);
    }

    /// Whether we ask the source on air to wait, because it sends faster than time passes: then its silence is ours.
    fn held_back(&self, place: &Place) -> bool {
        self.stream.as_ref().is_some_and(|stream| stream.ahead(place.media.0.app.now()))
    }

    fn looks(&self, place: &Place, now: Instant, slate_due: bool) -> Looks {
        let settings = &place.media.0.all.slate;
        let held_back = self.held_back(place);
        let look = |source| self.mixer.look(source, now, settings.stall(), settings.return_after(), held_back);
        Looks { primary: look(StreamSource::Primary), backup: look(StreamSource::Backup), slate_due }
    }

    /// What comes next comes from somewhere else.
    fn interrupt(&mut self, place: &Place) -> Result<(), Gone> {
        self.mixer.interrupt(self.stream.is_some());
        let Some(stream) = self.stream.clone() else { return Ok(()) };
        for output in std::mem::take(&mut self.mixer.made) {
            if let Output::Fragment(fragment) = output {
                let finished = place.write(Writer::Room, || stream.push(fragment))?;
                self.finished(place, finished);
            }
        }
        Ok(())
    }

    async fn switch(
        &mut self,
        place: &Place,
        to: StreamSource,
        picture: Option<Arc<Picture>>,
        now: Instant,
    ) -> anyhow::Result<()> {
        let from = self.mixer.active();
        if from == Some(to) {
            return Ok(());
        }
        let reason = self.reason(place, from, to, now);
        let from = if self.mixer.started { from } else { self.pending.as_ref().map_or(from, |pending| pending.from) };
        self.pending = Some(Pending { from, reason, since: self.mixer.last_out });
        self.interrupt(place)?;
        self.stop_slate(place);
        if let Some(picture) = picture {
            self.preparing = None;
            place.taps().iter().for_each(|tap| tap.connected(place.room, StreamSource::Slate));
            self.mixer.connect(Feed::new(StreamSource::Slate, 0, 0), now);
            self.playing = Some(Playing::new(picture, self.mixer.audio.as_ref(), now));
        }
        self.enter(place, to, now);
        let Some(generation) = self.mixer.feed(to).map(|feed| feed.generation) else { return Ok(()) };
        let writer = if to == StreamSource::Slate { Writer::Room } else { Writer::Encoder(to, generation) };
        self.pass_on(place, writer).await
    }

    fn reason(&self, place: &Place, from: Option<StreamSource>, to: StreamSource, now: Instant) -> SwitchReason {
        if std::mem::take(&mut place.slot.state.lock().ordered) {
            return SwitchReason::Operator;
        }
        let slate = to == StreamSource::Slate;
        let Some(from) = from else { return if slate { SwitchReason::Lost } else { SwitchReason::Started } };
        let stall = place.media.0.all.slate.stall();
        match self.mixer.feed(from) {
            _ if from == StreamSource::Slate => SwitchReason::Returned,
            None => SwitchReason::Lost,
            Some(feed) if !feed.flowing(now, stall) || slate => SwitchReason::Stalled,
            Some(_) => SwitchReason::Returned,
        }
    }

    async fn pass_on(&mut self, place: &Place, writer: Writer) -> anyhow::Result<()> {
        for output in std::mem::take(&mut self.mixer.made) {
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
        data: Bytes,
        info: crate::StreamInfo,
    ) -> anyhow::Result<()> {
        if let Writer::Encoder(source, generation) = writer {
            self.announce(place, source, generation, info.clone()).await?;
        }
        let stream = self.stream.clone().ok_or(Gone)?;
        let finished = place.write(writer, || stream.init(data))?;
        self.finished(place, finished);
        self.mixer.started = true;
        let active = self.mixer.active();
        if let Some(active) = active.filter(|active| *active != StreamSource::Slate) {
            let sound = self.mixer.feed(active).and_then(|feed| feed.audio.clone());
            self.mixer.audio = sound.filter(|_| info.audio_codec.is_some());
        }
        if let Some(on_air) = &self.on_air {
            place.taps().iter().for_each(|tap| tap.configured(place.room, on_air, &info));
        }
        let (Some(to), Some(pending)) = (active, self.pending.take()) else { return Ok(()) };
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
        let Some(info) = self.mixer.feed(source).map(Feed::info) else { return Ok(()) };
        self.announce(place, source, generation, info).await
    }

    fn finished(&mut self, place: &Place, finished: Option<Finished>) {
        let (Some(on_air), Some(finished)) = (&self.on_air, finished) else { return };
        place.taps().iter().for_each(|tap| tap.segment(place.room, on_air, &finished));
    }

    /// How the encoders are doing.
    pub fn sources(&self, place: &Place) -> Vec<SourceState> {
        let (now, stall) = (Instant::now(), place.media.0.all.slate.stall());
        let state = |feed: &Feed| SourceState {
            source: feed.source,
            flowing: feed.flowing(now, stall),
            decodable: !feed.kept().is_empty() || (self.mixer.active() == Some(feed.source) && self.mixer.started),
            info: feed.info(),
        };
        self.mixer.encoders().map(state).collect()
    }
}
