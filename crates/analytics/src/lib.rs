//! Metrics 指标: one definition per number, folded live from the event log and settled by a full scan.
//!
//! [`metrics::LIST`] is the dictionary. [`state::BroadcastState`] is folded once per event; metrics read from it through a
//! [`view::View`]. [`Analytics`] follows the log with one job, keeps a snapshot, and answers under `/api/metrics`.
//! `docs/METRICS.md` is written from the list.

pub mod dictionary;
mod engine;
pub mod fact;
mod http;
pub mod judged;
mod live;
pub mod metrics;
pub mod names;
pub mod plays;
pub mod presence;
pub mod scan;
mod series;
pub mod settle;
pub mod shelf;
pub mod state;
pub mod view;
pub mod viewers;
pub mod world;

use app::{App, Feature, Job, Permission, PermissionInfo, Scope};
use async_trait::async_trait;
use events::{BroadcastId, Millis, RoomId};
use std::sync::Arc;

/// May see the numbers of the rooms in scope.
pub struct ReadMetrics;

impl Permission for ReadMetrics {
    const INFO: PermissionInfo = PermissionInfo { name: "metrics.read", zh: "查看数据", en: "see the numbers" };
}

/// A broadcast as its owner knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BroadcastRef {
    pub room: RoomId,
    pub started_at: Millis,
    pub ended_at: Option<Millis>,
    pub import: bool,
}

/// Knows the broadcasts; wired by the server to `room`.
#[async_trait]
pub trait Broadcasts: Send + Sync {
    /// `None` when there is no such broadcast in the scope.
    async fn find(&self, scope: Scope, id: BroadcastId) -> anyhow::Result<Option<BroadcastRef>>;
}

/// The metrics of the running program. Cloning is cheap.
#[derive(Clone)]
pub struct Analytics {
    app: App,
    engine: Arc<engine::Engine>,
    broadcasts: Arc<dyn Broadcasts>,
}

impl Analytics {
    pub fn new(app: App, broadcasts: Arc<dyn Broadcasts>) -> Self {
        Self { engine: engine::Engine::new(app.clone()), app, broadcasts }
    }

    pub fn feature(&self) -> Feature {
        let engine = self.engine.clone();
        Feature {
            routes: http::routes(self.clone()),
            jobs: vec![Job::new("follow_metrics", move |stop| engine.run(stop))],
            permissions: vec![ReadMetrics::INFO],
            ..Feature::new("analytics")
        }
    }
}
