//! Patrol 画面与声音巡查: what running shows look like, what is noticed in them, and what people do about it while they run.
//!
//! ```text
//! media --key frame--> decode (ffmpeg) --grey--> hash --> library --> finding --> wall --> warn, interrupt
//!                           +--JPEG--> model (of others) -------------^
//!       --sound------> decode (ffmpeg) --> silence; engine --> words --> lists --> finding, transcript
//! ```
//! Frames live in memory; of a finding one stays as evidence.

mod acts;
mod breaker;
mod call;
mod decode;
mod findings;
pub mod hash;
pub mod library;
mod migrations;
mod permissions;
mod settings;
mod sound;
mod speech;
mod store_scope;
mod vision;
mod wall;

pub use permissions::{ActOnPatrol, HearWarnings, ReadPatrol};
pub use settings::{EngineKind, Hidden, PatrolSettings, Settings, SpeechSettings, Threshold, VisionSettings, wrong};

use app::{ApiError, App, Feature, Job, Permission, Scope};
use async_trait::async_trait;
use breaker::Breaker;
use bytes::Bytes;
use events::{BroadcastId, Millis, OrgId, RoomId, TeamId};
use library::{Library, PatrolLevel};
use parking_lot::{Mutex, RwLock};
use sound::book::Ears;
use speech::engine::Engine;
use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
};
use vision::Eye;
use wall::book::Book;

/// Lines that go with one commit.
const FORGOTTEN_AT_ONCE: u64 = 2_000;

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

/// Sound of a show that can be decoded by itself: whole segments.
#[derive(Debug, Clone)]
pub struct Sound {
    pub broadcast: BroadcastId,
    pub first: u64,
    /// The same number is the same sound.
    pub last: u64,
    pub at: Millis,
    pub duration_ms: i64,
    /// It goes on where the segment that was named before ended.
    pub continues: bool,
    /// An fMP4 file in pieces; none when there is no track of sound.
    pub pieces: Option<Vec<Bytes>>,
}

/// Who has the rooms and their media. Declared here, answered by the server.
#[async_trait]
pub trait Streams: Send + Sync {
    /// Rooms whose show runs.
    async fn live(&self) -> anyhow::Result<Vec<Place>>;
    async fn find(&self, room: RoomId) -> anyhow::Result<Option<Place>>;
    /// Whether there is such a show within the scope, on air or over.
    async fn has_show(&self, scope: Scope, broadcast: BroadcastId) -> anyhow::Result<bool>;
    /// The newest picture of a room.
    fn picture(&self, room: RoomId) -> Option<Picture>;
    /// What a room sounds like behind a segment, once that is as long as `least_ms` or will become no longer.
    fn sound(&self, room: RoomId, after: Option<u64>, least_ms: i64, most_ms: i64) -> Option<Sound>;
    /// Shows of which age forgets nothing.
    async fn held(&self) -> anyhow::Result<BTreeSet<BroadcastId>>;
    /// Ends a show; ending it twice is the same as once.
    async fn cut(&self, broadcast: BroadcastId) -> anyhow::Result<()>;
    /// Whether that is a published rule.
    fn is_clause(&self, code: &str) -> bool;
}

/// A word of the lists that stands in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WordHit {
    /// As the list has it.
    pub word: String,
    pub category: String,
    pub level: PatrolLevel,
    /// The list's id, or `pack`.
    pub list: String,
    /// Characters of the text, from and behind.
    pub start: u32,
    pub end: u32,
}

/// Who has the lists of words. Declared here, answered by the server.
pub trait Words: Send + Sync {
    /// What stands in a seller's words, in the order of the text; none before the lists are there.
    fn hits(&self, org: OrgId, room: RoomId, text: &str) -> Option<Vec<WordHit>>;
}

/// Frames, sound, library, findings, warnings. Cloning is cheap.
#[derive(Clone)]
pub struct Patrol(Arc<Inner>);

struct Inner {
    app: App,
    settings: Settings,
    streams: Arc<dyn Streams>,
    words: Arc<dyn Words>,
    book: Book,
    ears: Ears,
    engine: Engine,
    speech_breaker: Mutex<Breaker>,
    eye: Eye,
    /// What is looked for, by organisation.
    libraries: RwLock<HashMap<OrgId, Arc<Library>>>,
    /// One reload at a time, so that an older reading never replaces a newer one.
    reloading: tokio::sync::Mutex<()>,
    /// Pictures that people upload are decoded one at a time.
    uploads: tokio::sync::Semaphore,
}

impl Patrol {
    pub fn new(app: App, streams: Arc<dyn Streams>, words: Arc<dyn Words>, settings: Settings) -> Self {
        let engine = Engine::new(&settings.speech);
        let inner = Inner {
            book: Book::new(settings.patrol.clone(), app.now()),
            ears: Ears::new(settings.patrol.clone(), engine.name().is_some()),
            engine,
            speech_breaker: Mutex::default(),
            eye: Eye::new(&settings.vision),
            libraries: RwLock::default(),
            reloading: tokio::sync::Mutex::default(),
            uploads: tokio::sync::Semaphore::new(1),
            app,
            settings,
            streams,
            words,
        };
        Self(Arc::new(inner))
    }

    pub fn feature(&self) -> Feature {
        let (sampler, listener, recogniser, cleaner) = (self.clone(), self.clone(), self.clone(), self.clone());
        Feature {
            routes: wall::http::routes(self.clone())
                .merge(library::http::routes(self.clone()))
                .merge(findings::http::routes(self.clone()))
                .merge(acts::http::routes(self.clone()))
                .merge(speech::http::routes(self.clone())),
            migrations: migrations::MIGRATIONS,
            jobs: vec![
                Job::new("patrol-frames", move |stop| wall::sampler::run(sampler, stop)),
                Job::new("patrol-sound", move |stop| sound::listener::run(listener, stop)),
                Job::new("patrol-speech", move |stop| speech::recogniser::run(recogniser, stop)),
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
        &self.0.settings.patrol
    }

    pub(crate) fn speech(&self) -> &SpeechSettings {
        &self.0.settings.speech
    }

    pub(crate) fn streams(&self) -> &dyn Streams {
        &*self.0.streams
    }

    pub(crate) fn book(&self) -> &Book {
        &self.0.book
    }

    pub(crate) fn words(&self) -> &dyn Words {
        &*self.0.words
    }

    pub(crate) fn engine(&self) -> &Engine {
        &self.0.engine
    }

    pub(crate) fn speech_breaker(&self) -> &Mutex<Breaker> {
        &self.0.speech_breaker
    }

    pub(crate) fn eye(&self) -> &Eye {
        &self.0.eye
    }

    pub(crate) fn ears(&self) -> &Ears {
        &self.0.ears
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

    /// Where words of hosts stand.
    pub const TABLES: &[&str] = &["patrol_transcripts"];

    /// How much is kept of what was said before, and from when; not in these shows.
    pub async fn old_words(
        &self,
        org: OrgId,
        before: Millis,
        held: &BTreeSet<BroadcastId>,
    ) -> anyhow::Result<(u64, Option<(Millis, Millis)>)> {
        speech::store::count_old(self.app().store.read(), org, before, held).await
    }

    /// Lets some of it go, and says how much that was.
    pub async fn forget_words(&self, org: OrgId, before: Millis, held: &BTreeSet<BroadcastId>) -> anyhow::Result<u64> {
        speech::store::forget_old(&self.app().store, org, before, held, FORGOTTEN_AT_ONCE).await
    }

    /// The room, when it stands within the scope.
    pub(crate) async fn place(&self, scope: Scope, room: RoomId) -> Result<Place, ApiError> {
        let found = self.streams().find(room).await?.filter(|found| scope.covers(found.org, found.team));
        found.ok_or_else(|| ApiError::not_found("room"))
    }
}
