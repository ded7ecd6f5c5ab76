//! What comes from outside: SDK events over `/v1/batch`, and other platforms' recordings.
//!
//! Outside events live in the `custom` namespace (`Tracked`, source `collect`); a message id counts once in 24 hours (`dedup`).
//! Imported rows (source `import`) keep their own times and count once for ever ([`import`]). An answer of 200 means: on disk.
//! [`recorder`] reads recordings as recorders write them; `kaibo replay` sends what it finds.

mod body;
mod dedup;
mod http_collect;
mod http_import;
pub mod import;
mod instant;
pub mod recorder;
pub mod segment;

pub use body::{BadBody, plain};
pub use import::{ImportBroadcast, ImportDesk, ImportRefusal, ImportRow, OpenImport, RowKind};

use anyhow::Context;
use app::{App, Feature, Job, Permission, PermissionInfo, Stop};
use dedup::Dedup;
use events::{Envelope, Event, Millis, OrgId, TeamId};
use std::{sync::Arc, time::Duration};
use tokio::sync::OnceCell;

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
}

/// What became of collected events.
pub(crate) struct Taken {
    pub accepted: usize,
    pub duplicates: usize,
}

impl Collect {
    pub fn new(app: App, desk: Arc<dyn ImportDesk>) -> Self {
        Self(Arc::new(Inner { app, desk, dedup: OnceCell::new(), imports: import::Imports::default() }))
    }

    pub fn feature(&self) -> Feature {
        let collect = self.clone();
        let mut feature = Feature::new("collect");
        feature.routes = http_collect::routes(self.clone()).merge(http_import::routes(self.clone()));
        feature.permissions = vec![CollectWrite::INFO, ImportWrite::INFO];
        feature.jobs.push(Job::new("collect-dedup", move |stop| async move { collect.tend(stop).await }));
        feature
    }

    pub(crate) fn app(&self) -> &App {
        &self.0.app
    }

    pub(crate) fn desk(&self) -> &dyn ImportDesk {
        &*self.0.desk
    }

    pub(crate) fn imports(&self) -> &import::Imports {
        &self.0.imports
    }

    /// Appends the events whose key is not known; answers once everything, the known ones included, is on disk.
    pub(crate) async fn take(&self, events: Vec<Envelope>) -> anyhow::Result<Result<Taken, eventlog::AppendError>> {
        let dedup = self.dedup().await?;
        let mut taken = Taken { accepted: 0, duplicates: 0 };
        let mut events: Vec<(u64, Option<Envelope>)> = events
            .into_iter()
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
                let appended = tokio::spawn(async move {
                    app.append(&fresh)
                        .await
                        .map(|_| claim.keep(fresh.first().map_or(Millis(0), |event| event.received_at)))
                });
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
        Ok(Ok(taken))
    }

    async fn dedup(&self) -> anyhow::Result<&Arc<Dedup>> {
        let app = self.0.app.clone();
        let open = || async { tokio::task::spawn_blocking(move || Dedup::open(&app)).await? };
        self.0.dedup.get_or_try_init(open).await.context("loading the memory of message ids")
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

/// For the fuzzer: any bytes as the body of `/v1/batch` and of a single call.
pub fn fuzz_batch(bytes: &[u8]) {
    let owner = Owner { org: OrgId(Default::default()), team: TeamId(Default::default()) };
    let now = Millis(1_800_000_000_000);
    let Ok(body) = plain(bytes, segment::MAX_BATCH_BYTES) else { return };
    for call in [segment::Call::batch(&body), segment::Call::single("track", &body)].into_iter().flatten() {
        for event in call.decode(owner, now).events {
            let again = Envelope::decode(&event.encode());
            assert!(
                again.is_ok_and(|again| matches!(again.event, Event::Tracked(_))),
                "an accepted event cannot be read back"
            );
        }
    }
}

/// For the fuzzer: any bytes as a danmaku recording.
pub fn fuzz_danmaku_xml(bytes: &[u8]) {
    let items = recorder::DanmakuXml::new(bytes, Some(Millis(1_800_000_000_000)));
    let _ = items.fold(0_u64, |count, _| count + 1);
    let _ = recorder::survey(bytes);
}

use segment::Owner;
