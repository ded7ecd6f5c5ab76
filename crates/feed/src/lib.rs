//! How others hear of what happens: events a page at a time or as a stream, for programs that ask; webhooks for
//! those that wish to be told.

mod http_events;
pub mod kinds;
mod message;
mod migrations;
mod settings;
mod tail;
mod webhooks;

pub use http_events::ReadEvents;
pub use settings::FeedSettings;
pub use webhooks::Backlog;
pub use webhooks::http::{ManageWebhooks, ReadWebhooks};

use app::{App, Feature, Job, Permission};
use std::sync::Arc;
use tokio::sync::Semaphore;

/// What tells others. Cloning is cheap.
#[derive(Clone)]
pub struct Feed(Arc<Inner>);

struct Inner {
    app: App,
    settings: FeedSettings,
    streams: Arc<Semaphore>,
    webhooks: webhooks::Webhooks,
}

impl Feed {
    pub fn new(app: App, settings: FeedSettings) -> Self {
        let streams = Arc::new(Semaphore::new(settings.streams.min(Semaphore::MAX_PERMITS)));
        Self(Arc::new(Inner { app, settings, streams, webhooks: Default::default() }))
    }

    pub fn feature(&self) -> Feature {
        let mut feature = Feature::new("feed");
        feature.routes = http_events::routes(self.clone()).merge(webhooks::http::routes(self.clone()));
        feature.migrations = migrations::MIGRATIONS;
        feature.permissions = vec![ReadEvents::INFO, ReadWebhooks::INFO, ManageWebhooks::INFO];
        let feed = self.clone();
        feature.jobs.push(Job::new("feed-webhooks", move |stop| feed.deliver(stop)));
        feature
    }

    pub(crate) fn app(&self) -> &App {
        &self.0.app
    }

    pub(crate) fn settings(&self) -> &FeedSettings {
        &self.0.settings
    }

    pub(crate) fn streams(&self) -> Arc<Semaphore> {
        self.0.streams.clone()
    }

    pub(crate) fn webhooks(&self) -> &webhooks::Webhooks {
        &self.0.webhooks
    }
}
