//! Privacy of viewers 隐私: what one wrote is erased, or handed out as a file.
//!
//! The event log holds words under keys of their writers (`app::vault`); erasing destroys the keys, and has every [`Holder`] let go of
//! its copies. An erasure is an event: what follows the log from a copy of the database that is older than it does the same again.

mod erasures;
mod exports;
mod migrations;
mod subject;

pub use erasures::{http::EraseViewers, reactions::NAME};
pub use exports::http::ExportViewers;

use app::{App, Feature, Permission};
use async_trait::async_trait;
use audience::Audience;
use events::{OrgId, ViewerId};
use std::sync::Arc;

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

/// Erasures and exports. Cloning is cheap.
#[derive(Clone)]
pub struct Privacy(Arc<Inner>);

struct Inner {
    app: App,
    audience: Audience,
    holders: Vec<Arc<dyn Holder>>,
}

impl Privacy {
    pub fn new(app: App, audience: Audience, holders: Vec<Arc<dyn Holder>>) -> Self {
        Self(Arc::new(Inner { app, audience, holders }))
    }

    pub fn feature(&self) -> Feature {
        let mut feature = Feature::new("privacy");
        feature.routes = erasures::http::routes(self.clone()).merge(exports::http::routes(self.clone()));
        feature.migrations = migrations::MIGRATIONS;
        feature.permissions = vec![EraseViewers::INFO, ExportViewers::INFO];
        feature.reactions.push(erasures::reactions::reaction(self.clone()));
        feature
    }

    pub(crate) fn app(&self) -> &App {
        &self.0.app
    }

    pub(crate) fn audience(&self) -> &Audience {
        &self.0.audience
    }

    pub(crate) fn holders(&self) -> &[Arc<dyn Holder>] {
        &self.0.holders
    }
}
