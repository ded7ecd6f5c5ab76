//! What a domain hands the server: one plain struct.

use crate::{App, PermissionInfo, Stop};
use futures_util::future::BoxFuture;
use std::{future::Future, sync::Arc};
use utoipa_axum::router::OpenApiRouter;

/// One domain, ready to be served. The server holds the readable list of them.
pub struct Feature {
    pub name: &'static str,
    /// Routes with their state already given.
    pub routes: OpenApiRouter,
    /// Its tables, oldest step first.
    pub migrations: &'static [store::Migration],
    pub reactions: Vec<Reaction>,
    pub jobs: Vec<Job>,
    pub permissions: Vec<PermissionInfo>,
}

impl Feature {
    pub fn new(name: &'static str) -> Self {
        Self {
            name,
            routes: OpenApiRouter::new(),
            migrations: &[],
            reactions: Vec::new(),
            jobs: Vec::new(),
            permissions: Vec::new(),
        }
    }
}

type Handle = dyn Fn(Arc<eventlog::Batch>) -> BoxFuture<'static, anyhow::Result<()>> + Send + Sync;

/// Follows the event log from a durable cursor. A batch may come again after a crash: handle it by position, idempotently.
pub struct Reaction {
    pub name: &'static str,
    handle: Box<Handle>,
}

impl Reaction {
    pub fn new<F, Fut>(name: &'static str, handle: F) -> Self
    where
        F: Fn(Arc<eventlog::Batch>) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = anyhow::Result<()>> + Send + 'static,
    {
        Self { name, handle: Box::new(move |batch| Box::pin(handle(batch))) }
    }

    /// Runs until the program stops. A batch that fails is tried again with growing pauses; nothing is skipped.
    pub async fn run(self, app: App) -> anyhow::Result<()> {
        crate::follow::follow(&app, self.name, &*self.handle).await
    }
}

/// Work that runs beside the requests until `Stop` is cancelled.
pub struct Job {
    pub name: &'static str,
    run: Box<dyn FnOnce(Stop) -> BoxFuture<'static, anyhow::Result<()>> + Send>,
}

impl Job {
    pub fn new<F, Fut>(name: &'static str, run: F) -> Self
    where
        F: FnOnce(Stop) -> Fut + Send + 'static,
        Fut: Future<Output = anyhow::Result<()>> + Send + 'static,
    {
        Self { name, run: Box::new(move |stop| Box::pin(run(stop))) }
    }

    pub async fn run(self, stop: Stop) -> anyhow::Result<()> {
        (self.run)(stop).await
    }
}
