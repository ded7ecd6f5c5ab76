//! The meters of all rooms: looks on at every message, and tells the log every 10 s what came in.

use super::meter::{Level, Meter, Second};
use crate::{MediaTag, OnAir, TagKind, Tap, flv};
use events::{BroadcastId, IngestMeasured, Millis, RoomId, StreamSource};
use parking_lot::{Mutex, RwLock};
use std::{collections::HashMap, sync::Arc};

/// Length of a measured window.
pub const WINDOW_S: i64 = 10;
/// A room without encoder and show is forgotten after this.
const FORGET_MS: i64 = 900_000;

#[derive(Default)]
pub(crate) struct Meters(RwLock<HashMap<RoomId, Arc<Mutex<RoomMeter>>>>);

#[derive(Default)]
struct RoomMeter {
    on_air: Option<OnAir>,
    sources: Vec<SourceMeter>,
    /// The beginning of the window that is not told yet.
    window_s: i64,
}

struct SourceMeter {
    source: StreamSource,
    meter: Meter,
    /// A new connection may come before the old one is gone.
    connections: u32,
    on_air: bool,
}

/// One source as it stands.
#[derive(Debug, Clone)]
pub struct SourceView {
    pub source: StreamSource,
    pub connected: bool,
    pub on_air: bool,
    pub has_video: bool,
    pub has_audio: bool,
    pub b_frames: bool,
    pub last_at: Millis,
    pub present: Level,
    pub seconds: Vec<Second>,
}

/// A room as it stands, for the alarms.
#[derive(Debug, Clone)]
pub struct RoomView {
    pub room: RoomId,
    pub on_air: Option<OnAir>,
    pub sources: Vec<SourceView>,
}

/// A window of one source that is over.
pub struct Measured {
    pub room: RoomId,
    pub broadcast: BroadcastId,
    pub at: Millis,
    pub measured: IngestMeasured,
}

impl Meters {
    fn with(&self, room: RoomId, work: impl FnOnce(&mut RoomMeter)) {
        let known = self.0.read().get(&room).cloned();
        let meter = known.unwrap_or_else(|| self.0.write().entry(room).or_default().clone());
        work(&mut meter.lock());
    }

    /// A room's sources with their last `seconds`.
    pub fn room(&self, room: RoomId, now: Millis, seconds: usize) -> Option<RoomView> {
        let meter = self.0.read().get(&room).cloned()?;
        let mut meter = meter.lock();
        meter.advance(now);
        Some(meter.view(room, seconds))
    }

    /// Every room, without series.
    pub fn rooms(&self, now: Millis) -> Vec<RoomView> {
        self.all()
            .into_iter()
            .map(|(room, meter)| {
                let mut meter = meter.lock();
                meter.advance(now);
                meter.view(room, 0)
            })
            .collect()
    }

    /// The windows that are over by now, and forgets rooms nobody streams into.
    pub fn windows(&self, now: Millis) -> Vec<Measured> {
        let mut out = Vec::new();
        let mut deserted = false;
        for (room, meter) in self.all() {
            let mut meter = meter.lock();
            meter.advance(now);
            meter.windows(room, now, &mut out);
            deserted |= meter.deserted(now);
        }
        if deserted {
            self.0.write().retain(|_, meter| !meter.lock().deserted(now));
        }
        out
    }

    fn all(&self) -> Vec<(RoomId, Arc<Mutex<RoomMeter>>)> {
        self.0.read().iter().map(|(room, meter)| (*room, meter.clone())).collect()
    }
}

impl RoomMeter {
    fn source(&mut self, source: StreamSource, now: Millis) -> &mut SourceMeter {
        let index = self.sources.iter().position(|known| known.source == source).unwrap_or_else(|| {
            self.sources.push(SourceMeter { source, meter: Meter::new(now), connections: 0, on_air: false });
            self.sources.len() - 1
        });
        &mut self.sources[index]
    }

    fn advance(&mut self, now: Millis) {
        self.sources.iter_mut().for_each(|source| source.meter.advance(now));
    }

    fn view(&self, room: RoomId, seconds: usize) -> RoomView {
        let sources = self.sources.iter().map(|source| {
            let all = source.meter.seconds();
            let mut last: Vec<Second> = all.rev().take(seconds).copied().collect();
            last.reverse();
            SourceView {
                source: source.source,
                connected: source.connections > 0,
                on_air: source.on_air,
                has_video: source.meter.has_video(),
                has_audio: source.meter.has_audio(),
                b_frames: source.meter.b_frames(),
                last_at: source.meter.last_at(),
                present: source.meter.present(),
                seconds: last,
            }
        });
        RoomView { room, on_air: self.on_air, sources: sources.collect() }
    }

    fn windows(&mut self, room: RoomId, now: Millis, out: &mut Vec<Measured>) {
        let end_s = now.0.div_euclid(1000 * WINDOW_S) * WINDOW_S;
        let from_s = std::mem::replace(&mut self.window_s, end_s).max(end_s - WINDOW_S);
        let Some(on_air) = self.on_air.filter(|_| from_s < end_s) else { return };
        for source in self.sources.iter().filter(|source| source.on_air) {
            let Some(measured) = source.meter.window(source.source, from_s, end_s) else { continue };
            let came = measured.video_kbps > 0 || measured.audio_kbps > 0;
            if came || source.connections > 0 {
                out.push(Measured { room, broadcast: on_air.broadcast, at: Millis(from_s * 1000), measured });
            }
        }
    }

    fn deserted(&self, now: Millis) -> bool {
        let gone = |source: &SourceMeter| source.connections == 0 && now.since(source.meter.last_at()) > FORGET_MS;
        self.on_air.is_none() && self.sources.iter().all(gone)
    }
}

impl Tap for Meters {
    fn connected(&self, room: RoomId, source: StreamSource) {
        let now = Millis::now();
        self.with(room, |meter| {
            let source = meter.source(source, now);
            source.connections += 1;
            source.meter.restart(now);
        });
    }

    fn tag(&self, room: RoomId, source: StreamSource, on_air: Option<&OnAir>, tag: &MediaTag) {
        let body = tag.payload.clone();
        let parsed = match tag.kind {
            TagKind::Audio => flv::audio(body),
            TagKind::Video => flv::video(body),
        };
        let Ok(parsed) = parsed else { return };
        self.with(room, |meter| {
            if on_air.is_some() {
                meter.on_air = on_air.copied();
            }
            let source = meter.source(source, tag.arrived);
            source.on_air = on_air.is_some();
            source.meter.take(&parsed, tag.payload.len(), tag.timestamp, tag.arrived);
        });
    }

    fn disconnected(&self, room: RoomId, source: StreamSource) {
        self.with(room, |meter| {
            let source = meter.source(source, Millis::now());
            source.connections = source.connections.saturating_sub(1);
        });
    }

    fn configured(&self, room: RoomId, on_air: &OnAir, _info: &crate::StreamInfo) {
        self.with(room, |meter| meter.on_air = Some(*on_air));
    }

    fn ended(&self, room: RoomId) {
        self.with(room, |meter| {
            meter.on_air = None;
            meter.sources.iter_mut().for_each(|source| source.on_air = false);
        });
    }
}
