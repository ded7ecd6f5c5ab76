//! What comes from outside: events of other people's SDKs, and other platforms' recordings.
//!
//! A source has a key; the [`edges`] speak the SDKs' wire formats; what is refused waits in quarantine. Outside events live in the `custom` namespace (`Tracked`, source `collect`); a message id counts once in 24 hours (`dedup`).
//! Imported rows (source `import`) keep their own times and count once for ever ([`import`]). An answer of 200 means: on disk.
//! [`recorder`] reads recordings as recorders write them; `kaibo replay` sends what it finds.

mod body;
mod dedup;
pub mod edges;
mod fuzz;
mod http_collect;
mod http_import;
mod http_import_file;
mod http_plan;
mod http_sdk_config;
pub mod import;
mod instant;
mod intake;
mod migrations;
pub mod person;
mod plan;
mod quarantine;
pub mod recorder;
mod sources;
pub mod table;
mod watch;

pub use body::{BadBody, plain};
pub use fuzz::{
    fuzz_batch, fuzz_cloudevents, fuzz_danmaku_xml, fuzz_ga4, fuzz_posthog, fuzz_recording, fuzz_sensors, fuzz_table,
};
pub use sources::http::{ManageSources, ReadSources};

/// Paths that pages of any origin may call: no cookie counts there.
pub fn open_to_all(path: &str) -> bool {
    edges::open_to_all(path) || http_sdk_config::PATHS.contains(&path)
}

pub use import::{ImportBroadcast, ImportDesk, ImportRefusal, ImportRow, OpenImport, RowKind};
pub use quarantine::OldItems;

use anyhow::Context;
use app::{App, Feature, Job, Permission, PermissionInfo, Stop};
use dedup::Dedup;
use events::{Envelope, Millis};
use std::{sync::Arc, time::Duration};
use tokio::sync::OnceCell;
use tracing::Instrument;

/// May send events to the collect edge.
pub struct CollectWrite;
impl Permission for CollectWrite {
    const INFO: PermissionInfo =
        PermissionInfo { name: "collect.write", zh: "采集上报", en: "send events to the collect edge" };
}

/// May import recordings.
pub struct ImportWrite;
impl Permission for ImportWrite {
    const INFO: PermissionInfo = PermissionInfo { name: "import.write", zh: "导入录播", en: "import recordings" };
}

/// The collect edges and imports. Cloning is cheap.
#[derive(Clone)]
pub struct Collect(Arc<Inner>);

struct Inner {
    app: App,
    desk: Arc<dyn ImportDesk>,
    /// Loaded by the job, or by the first call if that comes earlier.
    dedup: OnceCell<Arc<Dedup>>,
    imports: import::Imports,
    files: Arc<tokio::sync::Semaphore>,
    sources: sources::Sources,
}

/// What became of collected events.
pub(crate) struct Taken {
    pub accepted: usize,
    pub duplicates: usize,
    /// The places of the repeats.
    pub repeated: Vec<usize>,
}

impl Collect {
    pub fn new(app: App, desk: Arc<dyn ImportDesk>) -> Self {
        Self(Arc::new(Inner {
            app,
            desk,
            dedup: OnceCell::new(),
            imports: import::Imports::default(),
            files: Arc::new(tokio::sync::Semaphore::new(import::file::AT_ONCE)),
            sources: sources::Sources::default(),
        }))
    }

    pub fn feature(&self) -> Feature {
        let collect = self.clone();
        let mut feature = Feature::new("collect");
        feature.routes = http_collect::routes(self.clone())
            .merge(http_sdk_config::routes(self.clone()))
            .merge(http_import::routes(self.clone()))
            .merge(http_import_file::routes(self.clone()))
            .merge(table::http::routes(self.clone()))
            .merge(sources::http::routes(self.clone()))
            .merge(http_plan::routes(self.clone()))
            .merge(watch::http::routes(self.clone()))
            .merge(quarantine::http::routes(self.clone()));
        feature.migrations = migrations::MIGRATIONS;
        feature.permissions = vec![CollectWrite::INFO, ImportWrite::INFO, ReadSources::INFO, ManageSources::INFO];
        let sources = self.clone();
        feature.jobs.push(Job::new("collect-sources", move |stop| async move { sources.tend_sources(stop).await }));
        feature.jobs.push(Job::new("collect-dedup", move |stop| async move { collect.tend(stop).await }));
        feature
    }

    pub(crate) fn app(&self) -> &App {
        &self.0.app
    }

    pub(crate) fn desk(&self) -> &dyn ImportDesk {
        &*self.0.desk
    }

    pub(crate) fn sources(&self) -> &sources::Sources {
        &self.0.sources
    }

    /// Who holds a permit may receive and read a file.
    pub(crate) fn files(&self) -> &Arc<tokio::sync::Semaphore> {
        &self.0.files
    }

    pub(crate) fn imports(&self) -> &import::Imports {
        &self.0.imports
    }

    /// Appends the events whose key is not known; answers once everything, the known ones included, is on disk.
    pub(crate) async fn take(&self, events: Vec<Envelope>) -> anyhow::Result<Result<Taken, eventlog::AppendError>> {
        let dedup = self.dedup().await?;
        let keys = &self.0.app.keys;
        let events = events.into_iter().map(|event| Envelope { viewer: person::of(keys, &event), ..event });
        let mut taken = Taken { accepted: 0, duplicates: 0, repeated: Vec::new() };
        let mut events: Vec<(u64, Option<Envelope>)> = events
            .map(|event| (dedup::hash(event.org, event.key.as_deref().unwrap_or_default()), Some(event)))
            .collect();
        let mut waiting: Vec<(usize, u64)> =
            events.iter().enumerate().map(|(place, (hash, _))| (place, *hash)).collect();
        while !waiting.is_empty() {
            let sorted = dedup.claim(&waiting, self.0.app.log.last());
            taken.duplicates += sorted.repeats;
            let fresh: Vec<Envelope> = sorted
                .fresh
                .iter()
                .filter_map(|place| events.get_mut(*place).and_then(|(_, event)| event.take()))
                .collect();
            if !fresh.is_empty() {
                taken.accepted += fresh.len();
                let (app, claim) = (self.0.app.clone(), sorted.claim);
                // In a task of its own: a client that hangs up must not leave its ids claimed, or logged and not remembered.
                let append = async move {
                    app.append(&fresh)
                        .await
                        .map(|_| claim.keep(fresh.first().map_or(Millis(0), |event| event.received_at)))
                };
                let appended = tokio::spawn(append.in_current_span());
                if let Err(error) = appended.await.context("appending collected events")? {
                    return Ok(Err(error));
                }
            } else {
                drop(sorted.claim);
            }
            // Only now wait for others: nobody waits for us any more, so nobody waits in a circle.
            waiting.clear();
            for (place, mut other) in sorted.pending {
                // An error says that the other is done, well or not.
                let _ = other.changed().await;
                if let Some((hash, _)) = events.get(place) {
                    waiting.push((place, *hash));
                }
            }
        }
        // What was not appended was there already.
        let places = events.iter().enumerate().filter(|(_, (_, event))| event.is_some());
        taken.repeated = places.map(|(place, _)| place).collect();
        Ok(Ok(taken))
    }

    async fn dedup(&self) -> anyhow::Result<&Arc<Dedup>> {
        let app = self.0.app.clone();
        let open = || async { tokio::task::spawn_blocking(move || Dedup::open(&app)).await? };
        self.0.dedup.get_or_try_init(open).await.context("loading the memory of message ids")
    }

    async fn tend_sources(self, stop: Stop) -> anyhow::Result<()> {
        if let Err(error) = import::file::note_interrupted(self.app()).await {
            tracing::error!("{error:#}");
        }
        loop {
            let stopped = tokio::select! {
                () = stop.cancelled() => true,
                () = tokio::time::sleep(Duration::from_secs(5)) => false,
            };
            if let Err(error) = self.sources().write_counts(self.app()).await {
                tracing::error!("the counts of sources were not written: {error:#}");
            }
            if stopped {
                return Ok(());
            }
            if let Err(error) = self.sources().load(self.app()).await {
                tracing::error!("the sources were not read again: {error:#}");
            }
            if let Err(error) = quarantine::tend(self.app()).await {
                tracing::error!("the quarantine was not tended: {error:#}");
            }
        }
    }

    async fn tend(self, stop: Stop) -> anyhow::Result<()> {
        loop {
            match self.dedup().await {
                Ok(dedup) => {
                    let (dedup, app) = (dedup.clone(), self.0.app.clone());
                    let tended = tokio::task::spawn_blocking(move || dedup.tend(&app)).await?;
                    if let Err(error) = tended {
                        tracing::error!("the memory of message ids was not written: {error:#}");
                    }
                }
                Err(error) => tracing::error!("{error:#}"),
            }
            tokio::select! {
                () = stop.cancelled() => return Ok(()),
                () = tokio::time::sleep(Duration::from_secs(10)) => {}
            }
        }
    }
}
