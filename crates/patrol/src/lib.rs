//! Patrol 画面与声音巡查: what running shows look like, what is noticed in them, and what people do about it while they run.
//!
//! ```text
//! media --key frame--> decode (ffmpeg) --grey--> hash --> library --> finding --> wall --> warn, interrupt
//! ```
//! Frames live in memory; of a finding one stays as evidence.

mod acts;
mod decode;
mod findings;
pub mod hash;
pub mod library;
mod migrations;
mod permissions;
mod settings;
mod store_scope;
mod wall;

pub use permissions::{ActOnPatrol, HearWarnings, ReadPatrol};
pub use settings::PatrolSettings;

use app::{ApiError, App, Feature, Job, Permission, Scope};
use async_trait::async_trait;
use bytes::Bytes;
use events::{BroadcastId, Millis, OrgId, RoomId, TeamId};
use library::Library;
use parking_lot::RwLock;
use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
};
use wall::book::Book;

/// A room, and its show if there is one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    pub room: RoomId,
    pub org: OrgId,
    pub team: TeamId,
    pub title: String,
    pub broadcast: Option<BroadcastId>,
    pub started_at: Millis,
    pub viewers: u32,
}

/// A picture of a show that can be decoded by itself.
#[derive(Debug, Clone)]
pub struct Picture {
    pub broadcast: BroadcastId,
    /// The same number is the same picture.
    pub sequence: u64,
    pub at: Millis,
    /// An fMP4 file in pieces.
    pub pieces: Vec<Bytes>,
}

/// Who has the rooms and their media. Declared here, answered by the server.
#[async_trait]
pub trait Streams: Send + Sync {
    /// Rooms whose show runs.
    async fn live(&self) -> anyhow::Result<Vec<Place>>;
    async fn find(&self, room: RoomId) -> anyhow::Result<Option<Place>>;
    /// The newest picture of a room.
    fn picture(&self, room: RoomId) -> Option<Picture>;
    /// Shows of which age forgets nothing.
    async fn held(&self) -> anyhow::Result<BTreeSet<BroadcastId>>;
    /// Ends a show; ending it twice is the same as once.
    async fn cut(&self, broadcast: BroadcastId) -> anyhow::Result<()>;
    /// Whether that is a published rule.
    fn is_clause(&self, code: &str) -> bool;
}

/// Frames, library, findings, warnings. Cloning is cheap.
#[derive(Clone)]
pub struct Patrol(Arc<Inner>);

struct Inner {
    app: App,
    settings: PatrolSettings,
    streams: Arc<dyn Streams>,
    book: Book,
    /// What is looked for, by organisation.
    libraries: RwLock<HashMap<OrgId, Arc<Library>>>,
    /// One reload at a time, so that an older reading never replaces a newer one.
    reloading: tokio::sync::Mutex<()>,
    /// Pictures that people upload are decoded one at a time.
    uploads: tokio::sync::Semaphore,
}

impl Patrol {
    pub fn new(app: App, streams: Arc<dyn Streams>, settings: PatrolSettings) -> Self {
        let book = Book::new(settings.clone(), app.now());
        let (libraries, reloading) = Default::default();
        let uploads = tokio::sync::Semaphore::new(1);
        Self(Arc::new(Inner { app, settings, streams, book, libraries, reloading, uploads }))
    }

    pub fn feature(&self) -> Feature {
        let (sampler, cleaner) = (self.clone(), self.clone());
        Feature {
            routes: wall::http::routes(self.clone())
                .merge(library::http::routes(self.clone()))
                .merge(findings::http::routes(self.clone()))
                .merge(acts::http::routes(self.clone())),
            migrations: migrations::MIGRATIONS,
            jobs: vec![
                Job::new("patrol-frames", move |stop| wall::sampler::run(sampler, stop)),
                Job::new("patrol-evidence", move |stop| findings::evidence::clean(cleaner, stop)),
            ],
            permissions: vec![ReadPatrol::INFO, ActOnPatrol::INFO, HearWarnings::INFO],
            ..Feature::new("patrol")
        }
    }

    pub(crate) fn app(&self) -> &App {
        &self.0.app
    }

    pub(crate) fn settings(&self) -> &PatrolSettings {
        &self.0.settings
    }

    pub(crate) fn streams(&self) -> &dyn Streams {
        &*self.0.streams
    }

    pub(crate) fn book(&self) -> &Book {
        &self.0.book
    }

    pub(crate) fn library(&self, org: OrgId) -> Option<Arc<Library>> {
        self.0.libraries.read().get(&org).cloned()
    }

    pub(crate) fn uploads(&self) -> &tokio::sync::Semaphore {
        &self.0.uploads
    }

    /// Puts the library in force as it stands in the database.
    pub(crate) async fn reload(&self) -> anyhow::Result<()> {
        let _turn = self.0.reloading.lock().await;
        let libraries = library::store::load(self.app().store.read()).await?;
        *self.0.libraries.write() = libraries;
        Ok(())
    }

    /// The room, when it stands within the scope.
    pub(crate) async fn place(&self, scope: Scope, room: RoomId) -> Result<Place, ApiError> {
        let found = self.streams().find(room).await?.filter(|found| scope.covers(found.org, found.team));
        found.ok_or_else(|| ApiError::not_found("room"))
    }
}
