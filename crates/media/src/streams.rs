//! All streams of this process: who publishes into which room, and what is kept of it.

use crate::hls::{HlsStream, KeyFrame, Retention, Sound};
use crate::ingest::{Connections, Ingest};
use crate::packager::Cuts;
use crate::program::{Program, SourceState, director, rules::Hold};
use crate::publication::Place;
use crate::slate::Slates;
use crate::{
    CheckSink, CutClips, ManageServers, ManageStreams, OnAir, ReadStreams, Settings, ShowRef, StreamDesk, Tap,
};
use crate::{hooks, ladder, precheck, qoe, record, relay, slate};
use anyhow::Context;
use app::{ApiError, App, Feature, Job, Permission, Scope, Stop};
use audience::{Audience, RoomRef};
use events::{BroadcastId, RoomId, StreamSource};
use parking_lot::{Mutex, RwLock};
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU16, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

/// The media server. Cloning is cheap.
#[derive(Clone)]
pub struct Media(pub(crate) Arc<Inner>);

pub(crate) struct Inner {
    pub app: App,
    pub audience: Audience,
    pub desk: Arc<dyn StreamDesk>,
    pub settings: crate::MediaSettings,
    /// The sections of the parts.
    pub all: Settings,
    pub connections: Connections,
    pub slates: Slates,
    /// The rungs of all ladders.
    pub renditions: ladder::Renditions,
    /// Once its feature was made.
    pub recorder: OnceLock<record::Recorder>,
    /// Once its feature was made.
    pub relay: OnceLock<relay::Relay>,
    slots: RwLock<HashMap<RoomId, Arc<Slot>>>,
    taps: RwLock<Arc<[Arc<dyn Tap>]>>,
    pub check_sink: RwLock<Option<Arc<dyn CheckSink>>>,
    /// Where encoders push, once it is bound.
    rtmp_port: AtomicU16,
}

/// What a room has of media.
pub(crate) struct Slot {
    pub state: Mutex<SlotState>,
    /// Held while the desk is told something too, so that it hears things in their order. Never waited for with `state` held.
    pub program: tokio::sync::Mutex<Program>,
    /// Something happened that the program's director should see.
    pub wake: tokio::sync::Notify,
}

#[derive(Default)]
pub(crate) struct SlotState {
    /// Counts publishers; who is not the newest of its kind writes nothing any more.
    generation: u64,
    primary: Option<Current>,
    backup: Option<Current>,
    /// The desk was told `published` and not yet `lost`.
    pub on_air: bool,
    pub stream: Option<Arc<HlsStream>>,
    /// The show that `stream` belongs to.
    pub show: Option<OnAir>,
    pub active: Option<StreamSource>,
    /// What a person wants to see.
    pub hold: Hold,
    /// The next switch was asked for.
    pub ordered: bool,
    /// A director is at work.
    pub directed: bool,
    /// Since when there is no publisher.
    pub quiet_since: Option<Instant>,
    pub ended: bool,
    /// Counts shows that ended.
    pub ends: u64,
}

pub(crate) struct Current {
    generation: u64,
    stop: Stop,
}

impl Slot {
    fn new(cuts: Cuts) -> Self {
        Self { state: Mutex::default(), program: Program::new(cuts).into(), wake: tokio::sync::Notify::new() }
    }
}

impl SlotState {
    /// The newest connection of that kind.
    pub fn current(&mut self, source: StreamSource) -> &mut Option<Current> {
        if source == StreamSource::Backup { &mut self.backup } else { &mut self.primary }
    }

    pub fn is_current(&self, source: StreamSource, generation: u64) -> bool {
        let current = if source == StreamSource::Backup { &self.backup } else { &self.primary };
        current.as_ref().is_some_and(|current| current.generation == generation)
    }

    pub fn publishes(&self) -> bool {
        self.primary.is_some() || self.backup.is_some()
    }

    fn currents(&self) -> impl Iterator<Item = &Current> {
        self.primary.iter().chain(&self.backup)
    }

    /// The desk has answered: finds the show's stream, or begins one.
    pub fn put_on_air(&mut self, on_air: OnAir, media: &Media) -> Arc<HlsStream> {
        self.on_air = true;
        let known = self.stream.take().filter(|known| known.broadcast == on_air.broadcast && !self.ended);
        self.ended = false;
        let stream = known.unwrap_or_else(|| {
            let (now, retention) = (media.0.app.now(), media.retention());
            Arc::new(HlsStream::new(on_air.broadcast, on_air.started_at, now, on_air.resumed, retention))
        });
        self.stream = Some(stream.clone());
        self.show = Some(on_air);
        stream
    }
}

impl Media {
    pub fn new(app: App, audience: Audience, desk: Arc<dyn StreamDesk>, settings: impl Into<Settings>) -> Self {
        let all = settings.into();
        let settings = all.media.clone();
        let connections = Connections::new(&settings);
        let slates = Slates::new(app.clone(), all.slate.clone());
        let taps = RwLock::new(Vec::new().into());
        let (slots, check_sink, rtmp_port) = (RwLock::default(), RwLock::default(), AtomicU16::default());
        Self(Arc::new(Inner {
            app,
            audience,
            desk,
            settings,
            all,
            connections,
            slates,
            renditions: ladder::Renditions::default(),
            recorder: OnceLock::new(),
            relay: OnceLock::new(),
            slots,
            taps,
            check_sink,
            rtmp_port,
        }))
    }

    /// Binds the RTMP port. [`Ingest::run`] takes publishers.
    pub async fn listen(&self, addr: SocketAddr) -> anyhow::Result<Ingest> {
        let ingest = Ingest::bind(self.clone(), addr).await;
        let ingest = ingest.with_context(|| format!("listening for RTMP on `{addr}`"))?;
        self.0.rtmp_port.store(ingest.local_addr()?.port(), Ordering::Relaxed);
        Ok(ingest)
    }

    /// The port encoders push to; zero before it is bound.
    pub(crate) fn rtmp_port(&self) -> u16 {
        self.0.rtmp_port.load(Ordering::Relaxed)
    }

    /// Media and all its parts. A new part is one line here.
    pub fn features(&self) -> Vec<Feature> {
        vec![
            self.feature(),
            slate::feature(self),
            record::feature(self),
            relay::feature(self),
            hooks::feature(self),
            qoe::feature(self),
            precheck::feature(self),
            ladder::feature(self),
        ]
    }

    /// Looks on at everything from now on.
    pub(crate) fn add_tap(&self, tap: Arc<dyn Tap>) {
        let mut taps = self.0.taps.write();
        *taps = taps.iter().cloned().chain([tap]).collect();
    }

    /// Who looks on.
    pub(crate) fn taps(&self) -> Arc<[Arc<dyn Tap>]> {
        self.0.taps.read().clone()
    }

    /// The room, when it stands within the scope.
    pub(crate) async fn room_within(&self, scope: Scope, room: RoomId) -> Result<RoomRef, ApiError> {
        let found = self.0.audience.room(room).await?.filter(|found| scope.covers(found.org, found.team));
        found.ok_or_else(|| audience::Refusal::RoomNotFound(room).into())
    }

    /// The show, when it stands within the scope.
    pub(crate) async fn show_within(&self, scope: Scope, broadcast: BroadcastId) -> Result<ShowRef, ApiError> {
        let found = self.0.desk.show(broadcast).await?.filter(|found| scope.covers(found.org, found.team));
        found.ok_or_else(|| ApiError::new(404, "broadcast_not_found", format!("there is no broadcast `{broadcast}`")))
    }

    /// Playlist and segment routes, and the job that forgets ended streams.
    pub fn feature(&self) -> Feature {
        let media = self.clone();
        let mut feature = Feature::new("media");
        feature.routes = crate::http::routes(self.clone());
        feature.permissions = vec![ReadStreams::INFO, ManageStreams::INFO, CutClips::INFO, ManageServers::INFO];
        feature.jobs.push(Job::new("media", move |stop| async move {
            media.sweep_until(stop).await;
            Ok(())
        }));
        feature
    }

    /// The show is over: the playlist ends, connected publishers are dropped (without a `lost`), and about a minute later
    /// the memory is free.
    pub fn end(&self, room: RoomId) {
        let Some(slot) = self.slot(room) else { return };
        let mut state = slot.state.lock();
        let mut gone = Vec::new();
        for source in [StreamSource::Primary, StreamSource::Backup] {
            if let Some(current) = state.current(source).take() {
                current.stop.cancel();
                gone.push(source);
            }
        }
        state.on_air = false;
        state.ended = true;
        state.ends += 1;
        (state.active, state.hold, state.ordered) = (None, Hold::Auto, false);
        state.quiet_since = Some(Instant::now());
        let last = state.stream.as_ref().and_then(|stream| stream.end());
        let on_air = state.show;
        drop(state);
        slot.wake.notify_one();
        for tap in self.taps().iter() {
            if let (Some(on_air), Some(last)) = (&on_air, &last) {
                tap.segment(room, on_air, last);
            }
            gone.iter().for_each(|source| tap.disconnected(room, *source));
            tap.ended(room);
        }
    }

    /// A show that was on air before this program was: its encoder is waited for, and its room has a slate meanwhile. Nothing
    /// happens when an encoder is there already.
    pub fn await_encoder(&self, room: RoomId, show: OnAir) {
        let cuts = self.0.settings.cuts();
        let (now, retention) = (self.0.app.now(), self.retention());
        let show = OnAir { resumed: true, ..show };
        let stream = Arc::new(HlsStream::new(show.broadcast, show.started_at, now, show.resumed, retention));
        let state = SlotState {
            stream: Some(stream.clone()),
            show: Some(show),
            directed: true,
            quiet_since: Some(Instant::now()),
            ..SlotState::default()
        };
        let program = Program::waiting(cuts, stream, show);
        let slot = Arc::new(Slot { state: state.into(), program: program.into(), wake: tokio::sync::Notify::new() });
        match self.0.slots.write().entry(room) {
            Entry::Occupied(_) => return,
            Entry::Vacant(free) => free.insert(slot.clone()),
        };
        tokio::spawn(director::run(Place { media: self.clone(), room, slot }));
    }

    /// Drops the room's publishers, as after a change of the stream key; the desk hears `lost(room, false)`.
    pub fn kick(&self, room: RoomId) {
        let Some(slot) = self.slot(room) else { return };
        slot.state.lock().currents().for_each(|current| current.stop.cancel());
    }

    /// Whether an encoder is connected to the room right now.
    pub fn is_publishing(&self, room: RoomId) -> bool {
        self.slot(room).is_some_and(|slot| slot.state.lock().publishes())
    }

    /// Whether that encoder is connected to the room right now.
    pub(crate) fn is_connected(&self, room: RoomId, source: StreamSource) -> bool {
        self.slot(room).is_some_and(|slot| slot.state.lock().current(source).is_some())
    }

    /// The room's connected encoders, what is on air, and what people want to see.
    pub(crate) async fn sources(&self, room: RoomId) -> (Vec<(SourceState, bool)>, Option<StreamSource>, Hold) {
        let Some(slot) = self.slot(room) else { return Default::default() };
        let place = Place { media: self.clone(), room, slot: slot.clone() };
        let found = slot.program.lock().await.sources(&place);
        let mut state = slot.state.lock();
        let connected = |source: SourceState| {
            let connected = state.current(source.source).is_some();
            (source, connected)
        };
        let found = found.into_iter().map(connected).collect();
        (found, state.active.filter(|_| state.stream.is_some() && !state.ended), state.hold)
    }

    /// A person chooses what the room shows; false when it shows nothing now.
    pub(crate) fn choose_source(&self, room: RoomId, hold: Hold) -> bool {
        let Some(slot) = self.slot(room) else { return false };
        let mut state = slot.state.lock();
        if state.stream.is_none() || state.ended {
            return false;
        }
        let preferred = match hold {
            Hold::Auto | Hold::Primary => StreamSource::Primary,
            Hold::Backup => StreamSource::Backup,
            Hold::Slate => StreamSource::Slate,
        };
        state.hold = hold;
        state.ordered = state.active != Some(preferred);
        drop(state);
        slot.wake.notify_one();
        true
    }

    /// Rooms that show something now.
    pub fn shown(&self) -> Vec<RoomId> {
        let slots = self.0.slots.read();
        let shown = slots.iter().filter(|(_, slot)| {
            let state = slot.state.lock();
            state.stream.is_some() && !state.ended
        });
        shown.map(|(room, _)| *room).collect()
    }

    /// The newest key frame of a room, of the smallest rendition there is.
    pub fn key_frame(&self, room: RoomId) -> Option<KeyFrame> {
        let source = self.stream(room)?;
        let offer = self.0.renditions.of(room);
        let smallest = offer.and_then(|offer| offer.rungs.iter().rev().find_map(|rung| rung.made()));
        let smallest = smallest.map(|made| made.stream).filter(|stream| stream.broadcast == source.broadcast);
        smallest.and_then(|stream| stream.key_frame()).or_else(|| source.key_frame())
    }

    /// What a room sounds like behind a segment; see [`HlsStream::sound`].
    pub fn sound(&self, room: RoomId, after: Option<u64>, least_ms: i64, most_ms: i64) -> Option<Sound> {
        self.stream(room)?.sound(after, least_ms, most_ms)
    }

    pub(crate) fn stream(&self, room: RoomId) -> Option<Arc<HlsStream>> {
        self.slot(room)?.state.lock().stream.clone()
    }

    /// The newest publisher of its kind wins: an older one of the room is dropped.
    pub(crate) fn take_over(&self, room: RoomId, source: StreamSource) -> (Place, u64, Stop) {
        // The map stays locked, so that the slot is not forgotten before its publisher stands in it.
        let mut slots = self.0.slots.write();
        let slot = slots.entry(room).or_insert_with(|| Arc::new(Slot::new(self.0.settings.cuts()))).clone();
        let stop = Stop::new();
        let (generation, older, directed) = {
            let mut state = slot.state.lock();
            state.generation += 1;
            let generation = state.generation;
            let older = state.current(source).replace(Current { generation, stop: stop.clone() });
            state.quiet_since = None;
            (generation, older, std::mem::replace(&mut state.directed, true))
        };
        drop(slots);
        let place = Place { media: self.clone(), room, slot };
        if let Some(older) = &older {
            older.stop.cancel();
        }
        for tap in self.taps().iter() {
            if older.is_some() {
                tap.disconnected(room, source);
            }
            tap.connected(room, source);
        }
        if !directed {
            tokio::spawn(director::run(place.clone()));
        }
        (place, generation, stop)
    }

    pub(crate) fn retention(&self) -> Retention {
        let settings = &self.0.settings;
        Retention {
            listed: settings.playlist_segments.max(3),
            segments: settings.retained_segments,
            bytes: settings.retained_bytes,
            target_s: (settings.cuts().longest_ms as u64).div_ceil(1000),
            part: settings.part_ticks() as u64,
        }
    }

    pub(crate) fn slot(&self, room: RoomId) -> Option<Arc<Slot>> {
        self.0.slots.read().get(&room).cloned()
    }

    async fn sweep_until(&self, stop: Stop) {
        let mut tick = tokio::time::interval(Duration::from_secs(1));
        loop {
            tokio::select! {
                () = stop.cancelled() => return,
                _ = tick.tick() => self.sweep(),
            }
        }
    }

    fn sweep(&self) {
        let forget_after = Duration::from_millis(u64::from(self.0.settings.forget_after_ms));
        let abandoned = self.0.settings.abandoned();
        let (mut publishers, mut bytes) = (0u32, 0usize);
        let mut gone = false;
        let forgotten = |slot: &Slot| {
            let state = slot.state.lock();
            let patience = if state.ended || state.stream.is_none() { forget_after } else { abandoned };
            !state.publishes() && state.quiet_since.is_some_and(|since| since.elapsed() >= patience)
        };
        for slot in self.0.slots.read().values() {
            let state = slot.state.lock();
            publishers += state.currents().count() as u32;
            bytes += state.stream.as_ref().map_or(0, |stream| stream.bytes());
            drop(state);
            gone |= forgotten(slot);
        }
        metrics::gauge!("kaibo_media_publishers").set(f64::from(publishers));
        metrics::gauge!("kaibo_media_retained_bytes").set(bytes as f64);
        if gone {
            let mut slots = self.0.slots.write();
            slots.retain(|_, slot| !forgotten(slot));
            self.0.renditions.retain(|room| slots.contains_key(room));
        }
    }
}
