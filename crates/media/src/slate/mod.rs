//! Never off air: the slate 垫片 that a room shows while no encoder is there, and how its sources are chosen.
//!
//! The switching itself stands in `program`; here is what the slate is made from and what people may set.

mod ffmpeg;
mod http;
mod migrations;
mod picture;
mod rules;
mod store;

pub(crate) use picture::{Picture, Playing};
pub(crate) use rules::RoomSlate;

use crate::Media;
use crate::hls::Tail;
use app::{App, Feature};
use events::RoomId;
use parking_lot::RwLock;
use rules::{Kind, Upload};
use serde::Deserialize;
use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Semaphore, oneshot};

/// Settings, section `slate` of the configuration file.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SlateSettings {
    /// A source that is connected and sends nothing for this long has stalled.
    pub stall_ms: u32,
    /// How long the primary must flow again before the room returns to it.
    pub return_after_ms: u32,
    /// How long a room without any source waits for its slate, unless the room says otherwise.
    pub after_ms: u32,
    /// Most bytes kept of a source that stands by.
    pub standby_bytes: usize,
    /// Most bytes of an uploaded slate.
    pub upload_bytes: usize,
    /// Longest video that becomes a slate; the rest is left out.
    pub longest_ms: u32,
    /// The ffmpeg that makes slates.
    pub ffmpeg: String,
}

impl Default for SlateSettings {
    fn default() -> Self {
        Self {
            stall_ms: 1_000,
            return_after_ms: 3_000,
            after_ms: 2_000,
            standby_bytes: 16 << 20,
            upload_bytes: 64 << 20,
            longest_ms: 60_000,
            ffmpeg: "ffmpeg".to_owned(),
        }
    }
}

impl SlateSettings {
    pub(crate) fn stall(&self) -> Duration {
        Duration::from_millis(u64::from(self.stall_ms.max(100)))
    }

    pub(crate) fn return_after(&self) -> Duration {
        Duration::from_millis(u64::from(self.return_after_ms))
    }
}

pub(crate) fn feature(media: &Media) -> Feature {
    let mut feature = Feature::new("slate");
    feature.routes = http::routes(media.clone());
    feature.migrations = migrations::MIGRATIONS;
    feature
}

/// The slates of all rooms. Cloning is cheap.
#[derive(Clone)]
pub(crate) struct Slates(Arc<Inner>);

struct Inner {
    app: App,
    settings: SlateSettings,
    /// What the rooms with a director have set.
    known: RwLock<HashMap<RoomId, RoomSlate>>,
    /// Programs of ffmpeg at once.
    at_once: Semaphore,
}

impl Slates {
    pub fn new(app: App, settings: SlateSettings) -> Self {
        Self(Arc::new(Inner { app, settings, known: RwLock::default(), at_once: Semaphore::new(2) }))
    }

    pub fn settings(&self) -> &SlateSettings {
        &self.0.settings
    }

    /// What the room has set, as far as it was loaded.
    pub fn known(&self, room: RoomId) -> RoomSlate {
        self.0.known.read().get(&room).cloned().unwrap_or_else(|| RoomSlate::unset(&self.0.settings))
    }

    /// Reads what the room has set. A room whose settings cannot be read has the usual ones.
    pub async fn load(&self, room: RoomId) {
        match self.read(room).await {
            Ok(slate) => {
                self.0.known.write().insert(room, slate);
            }
            Err(error) => tracing::error!("reading the slate of room `{room}` failed: {error:#}"),
        }
    }

    /// Nobody looks after the room any more.
    pub fn forget(&self, room: RoomId) {
        self.0.known.write().remove(&room);
    }

    /// What the room has set.
    async fn read(&self, room: RoomId) -> anyhow::Result<RoomSlate> {
        let found = store::find(self.0.app.store.read(), room).await?;
        Ok(found.unwrap_or_else(|| RoomSlate::unset(&self.0.settings)))
    }

    async fn save(&self, room: RoomId, slate: &RoomSlate) -> anyhow::Result<()> {
        let tx = self.0.app.store.begin().await?;
        store::save(tx.db(), room, slate, self.0.app.now()).await?;
        tx.commit().await?;
        if let Some(known) = self.0.known.write().get_mut(&room) {
            known.clone_from(slate);
        }
        Ok(())
    }

    fn folder(&self) -> PathBuf {
        self.0.app.data_dir.join("media").join("slates")
    }

    fn video_of(&self, upload: &Upload) -> PathBuf {
        self.folder().join(format!("{}.flv", upload.id))
    }

    fn preview_of(&self, upload: &Upload) -> PathBuf {
        self.folder().join(format!("{}.jpg", upload.id))
    }

    /// Makes the room's slate ready; `newest` is what it showed last. When that fails, it is the built-in one. The work
    /// stops when nobody waits any more.
    pub fn prepare(&self, room: RoomId, newest: Option<Tail>) -> oneshot::Receiver<Arc<Picture>> {
        let (mut ready, wait) = oneshot::channel();
        let slates = self.clone();
        tokio::spawn(async move {
            let made = tokio::select! {
                // A source came back.
                () = ready.closed() => return,
                made = slates.make(room, newest) => made,
            };
            let made = made.unwrap_or_else(|error| {
                tracing::warn!("the slate of room `{room}` is the built-in one: {error:#}");
                Picture::built_in()
            });
            let _ = ready.send(made);
        });
        wait
    }

    async fn make(&self, room: RoomId, newest: Option<Tail>) -> anyhow::Result<Arc<Picture>> {
        let slate = self.known(room);
        let flv = match (slate.kind, &slate.upload, newest) {
            (Kind::Upload, Some(upload), _) => tokio::fs::read(self.video_of(upload)).await?,
            (Kind::LastFrame, _, Some(newest)) => self.last_frame(&newest).await?,
            _ => return Ok(Picture::built_in()),
        };
        Ok(Arc::new(Picture::read(flv.into())?))
    }
}
