//! All streams of this process: who publishes into which room, and what is kept of it.

use crate::hls::{HlsStream, Retention};
use crate::ingest::{Connections, Ingest};
use crate::publication::Publication;
use crate::{
    CheckSink, CutClips, ManageServers, ManageStreams, OnAir, ReadStreams, Settings, ShowRef, StreamDesk, Tap,
};
use crate::{hooks, ladder, precheck, qoe, record, relay, slate};
use anyhow::Context;
use app::{ApiError, App, Feature, Job, Permission, Scope, Stop};
use audience::{Audience, RoomRef};
use events::{BroadcastId, RoomId};
use parking_lot::{Mutex, RwLock};
use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// A stream that neither came back nor was ended is forgotten after this: the desk ends shows long before.
const ABANDONED: Duration = Duration::from_secs(600);

/// The media server. Cloning is cheap.
#[derive(Clone)]
pub struct Media(pub(crate) Arc<Inner>);

pub(crate) struct Inner {
    pub app: App,
    pub audience: Audience,
    pub desk: Arc<dyn StreamDesk>,
    pub settings: crate::MediaSettings,
    /// The sections of the parts.
    #[allow(dead_code)]
    pub all: Settings,
    pub connections: Connections,
    /// The rungs of all ladders.
    pub renditions: ladder::Renditions,
    slots: RwLock<HashMap<RoomId, Arc<Slot>>>,
    taps: RwLock<Arc<[Arc<dyn Tap>]>>,
    pub check_sink: RwLock<Option<Arc<dyn CheckSink>>>,
}

/// What a room has of media.
#[derive(Default)]
pub(crate) struct Slot {
    /// Held while the desk is told something, so that it hears things in their order.
    pub turn: tokio::sync::Mutex<()>,
    pub state: Mutex<SlotState>,
}

#[derive(Default)]
pub(crate) struct SlotState {
    /// Counts publishers; who is not the newest writes nothing any more.
    pub generation: u64,
    pub publisher: Option<Current>,
    /// The desk was told `published` and not yet `lost`.
    pub on_air: bool,
    pub stream: Option<Arc<HlsStream>>,
    /// The show that `stream` belongs to.
    pub show: Option<OnAir>,
    /// Since when there is no publisher.
    pub quiet_since: Option<Instant>,
    pub ended: bool,
}

pub(crate) struct Current {
    pub generation: u64,
    pub stop: Stop,
}

impl Media {
    pub fn new(app: App, audience: Audience, desk: Arc<dyn StreamDesk>, settings: impl Into<Settings>) -> Self {
        let all = settings.into();
        let settings = all.media.clone();
        let connections = Connections::new(&settings);
        let taps = RwLock::new(Vec::new().into());
        let (slots, check_sink) = (RwLock::default(), RwLock::default());
        let renditions = ladder::Renditions::default();
        Self(Arc::new(Inner { app, audience, desk, settings, all, connections, renditions, slots, taps, check_sink }))
    }

    /// Binds the RTMP port. [`Ingest::run`] takes publishers.
    pub async fn listen(&self, addr: SocketAddr) -> anyhow::Result<Ingest> {
        Ingest::bind(self.clone(), addr).await.with_context(|| format!("listening for RTMP on `{addr}`"))
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
    #[allow(dead_code)]
    pub(crate) fn add_tap(&self, tap: Arc<dyn Tap>) {
        let mut taps = self.0.taps.write();
        *taps = taps.iter().cloned().chain([tap]).collect();
    }

    /// Who looks on.
    pub(crate) fn taps(&self) -> Arc<[Arc<dyn Tap>]> {
        self.0.taps.read().clone()
    }

    /// The room, when it stands within the scope.
    #[allow(dead_code)]
    pub(crate) async fn room_within(&self, scope: Scope, room: RoomId) -> Result<RoomRef, ApiError> {
        let found = self.0.audience.room(room).await?.filter(|found| scope.covers(found.org, found.team));
        found.ok_or_else(|| audience::Refusal::RoomNotFound(room).into())
    }

    /// The show, when it stands within the scope.
    #[allow(dead_code)]
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

    /// The show is over: the playlist ends, a connected publisher is dropped (without a `lost`), and about a minute later
    /// the memory is free.
    pub fn end(&self, room: RoomId) {
        let Some(slot) = self.slot(room) else { return };
        let mut state = slot.state.lock();
        if let Some(current) = state.publisher.take() {
            current.stop.cancel();
        }
        state.on_air = false;
        state.ended = true;
        state.quiet_since = Some(Instant::now());
        let last = state.stream.as_ref().and_then(|stream| stream.end());
        let on_air = state.show;
        drop(state);
        for tap in self.taps().iter() {
            if let (Some(on_air), Some(last)) = (&on_air, &last) {
                tap.segment(room, on_air, last);
            }
            tap.ended(room);
        }
    }

    /// Drops the room's publisher, as after a change of the stream key; the desk hears `lost(room, false)`.
    pub fn kick(&self, room: RoomId) {
        let Some(slot) = self.slot(room) else { return };
        if let Some(current) = &slot.state.lock().publisher {
            current.stop.cancel();
        }
    }

    /// Whether an encoder is connected to the room right now.
    pub fn is_publishing(&self, room: RoomId) -> bool {
        self.slot(room).is_some_and(|slot| slot.state.lock().publisher.is_some())
    }

    pub(crate) fn stream(&self, room: RoomId) -> Option<Arc<HlsStream>> {
        self.slot(room)?.state.lock().stream.clone()
    }

    /// The newest publisher wins: an older one of the room is dropped.
    pub(crate) fn take_over(&self, room: RoomId) -> Publication {
        // The map stays locked, so that the slot is not forgotten before its publisher stands in it.
        let mut slots = self.0.slots.write();
        let slot = slots.entry(room).or_default().clone();
        let stop = Stop::new();
        let generation = {
            let mut state = slot.state.lock();
            state.generation += 1;
            let generation = state.generation;
            if let Some(older) = state.publisher.replace(Current { generation, stop: stop.clone() }) {
                older.stop.cancel();
            }
            state.quiet_since = None;
            generation
        };
        Publication::new(self.clone(), room, slot, generation, stop)
    }

    pub(crate) fn retention(&self) -> Retention {
        let settings = &self.0.settings;
        Retention {
            listed: settings.playlist_segments.max(3),
            segments: settings.retained_segments,
            bytes: settings.retained_bytes,
            target_s: u64::from(settings.segment_ms.max(500)).div_ceil(1000),
            part: settings.part_ticks() as u64,
        }
    }

    fn slot(&self, room: RoomId) -> Option<Arc<Slot>> {
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
        let (mut publishers, mut bytes) = (0u32, 0usize);
        let mut gone = false;
        let forgotten = |slot: &Slot| {
            let state = slot.state.lock();
            let patience = if state.ended || state.stream.is_none() { forget_after } else { ABANDONED };
            state.publisher.is_none() && state.quiet_since.is_some_and(|since| since.elapsed() >= patience)
        };
        for slot in self.0.slots.read().values() {
            let state = slot.state.lock();
            publishers += u32::from(state.publisher.is_some());
            bytes += state.stream.as_ref().map_or(0, |stream| stream.bytes());
            drop(state);
            gone |= forgotten(slot);
        }
        metrics::gauge!("kaibo_media_publishers").set(f64::from(publishers));
        metrics::gauge!("kaibo_media_retained_bytes").set(bytes as f64);
        if gone {
            self.0.slots.write().retain(|_, slot| !forgotten(slot));
        }
    }
}
