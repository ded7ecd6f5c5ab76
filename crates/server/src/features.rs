//! The list of features, and the handles they share. A new domain is one entry here.

use crate::{
    config::Config,
    wiring::{Broadcasts, Desk, Imports, Streams},
};
use app::{App, Feature};
use audience::Audience;
use media::Media;
use room::{gateway::Gateway, rooms::Rooms};
use std::sync::Arc;

/// Everything that stays reachable after the features were handed over.
pub struct Domains {
    pub rooms: Rooms,
    pub media: Media,
    pub analytics: analytics::Analytics,
}

pub fn features(app: &App, config: &Config) -> (Domains, Vec<Feature>) {
    let rooms = Rooms::new(app.clone());
    let audience = Audience::new(app.clone(), Arc::new(rooms.clone()));
    let media = Media::new(app.clone(), audience.clone(), Arc::new(Desk(rooms.clone())), config.media.clone());
    rooms.set_streams(Arc::new(Streams(media.clone())));
    let room_settings = room::gateway::RoomSettings { allowed_origins: config.allowed_origins.clone(), ..config.room.clone() };
    let gateway = Gateway::new(app.clone(), audience.clone(), room_settings);
    let analytics = analytics::Analytics::new(app.clone(), Arc::new(Broadcasts(app.clone())));
    let list = vec![
        accounts::feature(app),
        audience.feature(),
        collect::feature(app, Arc::new(Imports { app: app.clone(), rooms: rooms.clone() })),
        media.feature(),
        room::feature(app, &rooms, &audience, gateway),
        analytics.feature(),
    ];
    (Domains { rooms, media, analytics }, list)
}
