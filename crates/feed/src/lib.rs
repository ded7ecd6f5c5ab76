//! How others hear of what happens: events a page at a time or as a stream, for programs that ask.

mod http_events;
pub mod kinds;
mod message;
mod settings;
mod tail;

pub use http_events::ReadEvents;
pub use settings::FeedSettings;

use app::{App, Feature, Permission};
use std::sync::Arc;
use tokio::sync::Semaphore;

/// What tells others. Cloning is cheap.
#[derive(Clone)]
pub struct Feed(Arc<Inner>);

struct Inner {
    app: App,
    settings: FeedSettings,
    streams: Arc<Semaphore>,
}

impl Feed {
    pub fn new(app: App, settings: FeedSettings) -> Self {
        let streams = Arc::new(Semaphore::new(settings.streams.min(Semaphore::MAX_PERMITS)));
        Self(Arc::new(Inner { app, settings, streams }))
    }

    pub fn feature(&self) -> Feature {
        let mut feature = Feature::new("feed");
        feature.routes = http_events::routes(self.clone());
        feature.permissions = vec![ReadEvents::INFO];
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
}
