//! The room sockets: axum does the upgrade and the limits, then the plain stream is taken back and lives on a shard.
//!
//! `docs/PROTOCOL.md` is what clients rely on; `facts` about the shape stand in `docs/decisions`.

mod deflate;
mod frame;
mod fuzz;
mod http;
mod inbox;
mod member;
mod reader;
mod settings;
mod shard;

pub use fuzz::fuzz_ws;
pub use settings::RoomSettings;

pub(crate) use deflate::Deflater;
pub(crate) use frame::MAX_MESSAGE;
pub(crate) use member::Arrival;

pub(crate) mod encode {
    pub(crate) use super::frame::{deflated_text, text};
}

use crate::{
    delivery::{Desk, Feed, Hub, Moderator},
    rooms::Rooms,
};
use app::{App, Stop};
use audience::Audience;
use std::sync::Arc;
use tokio::{runtime::Handle, sync::mpsc};
use utoipa_axum::router::OpenApiRouter;

/// The sockets of this program. Cloning is cheap.
#[derive(Clone)]
pub struct Gateway(Arc<Shared>);

struct Shared {
    app: App,
    rooms: Rooms,
    audience: Audience,
    moderator: Arc<dyn Moderator>,
    settings: RoomSettings,
    hub: Hub,
    desk: Desk,
    seats: Arc<http::Seats>,
    /// The program's runtime, for work that may wait.
    runtime: Handle,
}

impl Gateway {
    /// Starts the shards' threads, which end when the program stops. Call within the program's runtime, and see to it
    /// that [`Gateway::run`] runs: without it nothing is shown and no danmaku is taken.
    pub fn new(
        app: App,
        rooms: Rooms,
        audience: Audience,
        moderator: Arc<dyn Moderator>,
        settings: RoomSettings,
    ) -> Self {
        let (shards, receivers): (Vec<_>, Vec<_>) =
            (0..settings.shard_count()).map(|_| mpsc::unbounded_channel()).unzip();
        let shared = Arc::new(Shared {
            hub: Hub::new(settings.clone(), shards),
            desk: Desk::new(app.clone(), audience.clone(), moderator.clone(), settings.clone()),
            seats: http::Seats::new(settings.connections, settings.connections_per_ip),
            runtime: Handle::current(),
            app,
            rooms,
            audience,
            moderator,
            settings,
        });
        for (index, rooms) in receivers.into_iter().enumerate() {
            if let Err(error) = shard::start(index, shared.clone(), rooms) {
                tracing::error!("socket thread {index} did not start: {error}");
            }
        }
        Self(shared)
    }

    pub fn routes(&self) -> OpenApiRouter {
        http::routes(self.clone())
    }

    /// Reads the event log for the rooms until the program stops.
    pub async fn run(self, stop: Stop) -> anyhow::Result<()> {
        let Shared { app, audience, hub, desk, .. } = &*self.0;
        let feed = Feed { app: app.clone(), audience: audience.clone(), hub: hub.clone(), desk: desk.clone() };
        feed.run(stop).await
    }
}
