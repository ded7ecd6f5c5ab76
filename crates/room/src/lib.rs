//! The live room 直播间: records of rooms and broadcasts, the socket gateway, delivery, and the danmaku archive.

pub mod danmaku;
pub mod delivery;
pub mod gateway;
pub mod migrations;
pub mod rooms;

pub use delivery::{Bar, Moderator, Refusal, Ruling, Unmoderated};

use app::{App, Feature, Job, Permission};
use async_trait::async_trait;
use audience::{Audience, RoomRef, ShowOf};
use events::{BroadcastId, RoomId};
use rooms::{Rooms, http::RoomsHttp};
use std::sync::Arc;

/// The domain, ready to be served. `push_port` is where encoders push, to tell whoever sets one up.
pub fn feature(app: &App, rooms: &Rooms, audience: &Audience, gateway: gateway::Gateway, push_port: u16) -> Feature {
    let online = {
        let audience = audience.clone();
        Arc::new(move |room: RoomId| audience.online(room)) as rooms::http::Online
    };
    let state = RoomsHttp { app: app.clone(), rooms: rooms.clone(), online, push_port };
    let watch = rooms.clone();
    let routes = rooms::http::routes(state)
        .merge(danmaku::http::routes(app.clone()))
        .merge(danmaku::http_replay::routes(app.clone(), audience.clone()))
        .merge(danmaku::search::http::routes(app.clone()))
        .merge(gateway.routes());
    Feature {
        routes,
        migrations: migrations::MIGRATIONS,
        reactions: vec![danmaku::reaction(app.clone())],
        jobs: vec![
            Job::new("broadcast-watch", move |_| watch.watch()),
            danmaku::search::job(app.clone()),
            Job::new("room-delivery", move |stop| gateway.run(stop)),
        ],
        permissions: vec![
            rooms::http::ReadRooms::INFO,
            rooms::http::ManageRooms::INFO,
            rooms::http::EndBroadcast::INFO,
            rooms::admission::http::ManageAdmission::INFO,
            danmaku::http::ReadDanmaku::INFO,
        ],
        ..Feature::new("room")
    }
}

#[async_trait]
impl audience::Rooms for Rooms {
    async fn room(&self, id: RoomId) -> anyhow::Result<Option<RoomRef>> {
        Ok(self.view(id).await?.map(|view| view.told()))
    }

    async fn show(&self, id: BroadcastId) -> anyhow::Result<Option<ShowOf>> {
        Ok(self.any_broadcast(id).await?.map(|found| ShowOf {
            broadcast: id,
            room: found.room,
            org: found.org,
            team: found.team,
            started_at: found.started_at,
            ended_at: found.ended_at,
        }))
    }
}
