//! Privacy of viewers 隐私: what one wrote is erased, or handed out as a file; what is old goes, but for what is held.
//!
//! The event log holds words under keys of their writers (`app::vault`); erasing destroys the keys, and has every [`Holder`] let go of
//! its copies; age does the same for whole periods ([`Keeper`]). Either is an event: what follows the log from a copy of the database that
//! is older than it does the same again.

mod erasures;
mod exports;
mod holds;
mod migrations;
mod retention;
mod subject;

pub use erasures::{http::EraseViewers, reactions::NAME};
pub use exports::http::ExportViewers;
pub use retention::{Age, Class, Held, Keeper, Old, http::ManageRetention};

use app::{App, Feature, Job, Permission};
use async_trait::async_trait;
use audience::Audience;
use events::{BroadcastId, OrgId, ViewerId};
use std::{
    collections::BTreeSet,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};
use tokio::sync::{Mutex, MutexGuard, Notify};

/// What holds words of people besides the event log.
#[async_trait]
pub trait Holder: Send + Sync {
    /// Stable; stands in answers.
    fn name(&self) -> &'static str;

    /// Where copies stand, to be scrubbed afterwards.
    fn tables(&self) -> &'static [&'static str];

    /// Lets go of what `viewer` wrote before a position of the log, and says how much that was. What must be counted stays, without
    /// words. A second time finds nothing.
    async fn erase(&self, org: OrgId, viewer: &ViewerId, before: u64) -> anyhow::Result<u64>;
}

/// Where shows are known.
#[async_trait]
pub trait Broadcasts: Send + Sync {
    /// The position of the log at which an organisation's show begins; none when it has no such show.
    async fn first_position(&self, org: OrgId, broadcast: BroadcastId) -> anyhow::Result<Option<u64>>;
}

/// The shows of which age forgets nothing.
pub async fn held_broadcasts(app: &App) -> anyhow::Result<BTreeSet<BroadcastId>> {
    holds::store::held_broadcasts(app.store.read()).await
}

/// Erasures, exports, retention and holds. Cloning is cheap.
#[derive(Clone)]
pub struct Privacy(Arc<Inner>);

struct Inner {
    app: App,
    audience: Audience,
    broadcasts: Arc<dyn Broadcasts>,
    holders: Vec<Arc<dyn Holder>>,
    keepers: Vec<Arc<dyn Keeper>>,
    /// Whoever lets go of something old, and whoever places a hold: one at a time.
    turn: Mutex<()>,
    /// How often holds were placed and released.
    holds: AtomicU64,
    changes: Notify,
}

impl Privacy {
    pub fn new(
        app: App,
        audience: Audience,
        broadcasts: Arc<dyn Broadcasts>,
        holders: Vec<Arc<dyn Holder>>,
        keepers: Vec<Arc<dyn Keeper>>,
    ) -> Self {
        let (turn, holds, changes) = Default::default();
        Self(Arc::new(Inner { app, audience, broadcasts, holders, keepers, turn, holds, changes }))
    }

    pub fn feature(&self) -> Feature {
        let mut feature = Feature::new("privacy");
        feature.routes = erasures::http::routes(self.clone())
            .merge(exports::http::routes(self.clone()))
            .merge(retention::http::routes(self.clone()))
            .merge(holds::http::routes(self.clone()));
        feature.migrations = migrations::MIGRATIONS;
        feature.permissions = vec![EraseViewers::INFO, ExportViewers::INFO, ManageRetention::INFO];
        feature.reactions.push(erasures::reactions::reaction(self.clone()));
        let privacy = self.clone();
        feature.jobs.push(Job::new("retention", move |stop| retention::apply::daily(privacy, stop)));
        feature
    }

    pub(crate) fn app(&self) -> &App {
        &self.0.app
    }

    pub(crate) fn audience(&self) -> &Audience {
        &self.0.audience
    }

    pub(crate) fn broadcasts(&self) -> &dyn Broadcasts {
        &*self.0.broadcasts
    }

    pub(crate) fn holders(&self) -> &[Arc<dyn Holder>] {
        &self.0.holders
    }

    pub(crate) fn keepers(&self) -> &[Arc<dyn Keeper>] {
        &self.0.keepers
    }

    pub(crate) async fn turn(&self) -> MutexGuard<'_, ()> {
        self.0.turn.lock().await
    }

    /// Until somebody changes what is kept.
    pub(crate) async fn changed(&self) {
        self.0.changes.notified().await;
    }

    /// Somebody changed what is kept.
    pub(crate) fn change(&self) {
        self.0.changes.notify_one();
    }

    pub(crate) fn holds_changed(&self) {
        self.0.holds.fetch_add(1, Ordering::AcqRel);
    }

    pub(crate) fn holds_version(&self) -> u64 {
        self.0.holds.load(Ordering::Acquire)
    }
}
