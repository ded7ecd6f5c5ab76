//! Outside media servers (SRS, nginx-rtmp, MediaMTX): their hooks, and taking their streams over.
//!
//! ```text
//! encoder -> outside server --hook--> kinds: one HookEvent --StreamDesk--> yes or no
//!                  ^------- play ------- puller (mode `pull`) -> the room's primary source
//! ```

pub mod event;
mod http;
pub mod kinds;
mod migrations;
mod puller;
pub mod rules;
mod store;

use crate::{Media, sealed};
use anyhow::Context;
use app::{Feature, Job, Stop};
use audience::RoomRef;
use event::{HookEvent, What, field};
use events::{Millis, RoomId};
use parking_lot::Mutex;
use puller::{Over, Progress, PullState, Puller};
use rules::{Mode, Server};
use serde::Deserialize;
use std::collections::{HashMap, HashSet};
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::time::Duration;
use tracing::{error, info, warn};
use uuid::Uuid;

/// Connections of one stream that are told apart.
const MAX_CLIENTS: usize = 16;

/// Settings, section `hooks` of the configuration file.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct HooksSettings {
    /// Streams of one outside server at once.
    pub streams_per_server: usize,
    /// A stream that could not be fetched for so long is given up, seconds.
    pub give_up_s: u32,
}

impl Default for HooksSettings {
    fn default() -> Self {
        Self { streams_per_server: 256, give_up_s: 600 }
    }
}

pub(crate) fn feature(media: &Media) -> Feature {
    let hooks = Hooks(Arc::new(Inner { media: media.clone(), streams: Mutex::default(), plays: Mutex::default() }));
    let mut feature = Feature::new("hooks");
    feature.routes = http::routes(hooks.clone());
    feature.migrations = migrations::MIGRATIONS;
    feature.jobs.push(Job::new("hooks", move |stop| async move {
        hooks.go_on(stop).await;
        Ok(())
    }));
    feature
}

/// All outside servers of this program. Cloning is cheap.
#[derive(Clone)]
pub(crate) struct Hooks(Arc<Inner>);

struct Inner {
    media: Media,
    streams: Mutex<HashMap<StreamId, Published>>,
    /// Players of each server, of whom no more is known: never counted as viewers.
    plays: Mutex<HashMap<Uuid, u32>>,
}

/// A stream of an outside server: the server, its application and its name.
type StreamId = (Uuid, String, String);

/// A stream that an outside server says is published.
struct Published {
    row: Uuid,
    room: RoomRef,
    /// The name is the stream key.
    secret_name: bool,
    since: Millis,
    /// The connections that publish it.
    clients: HashSet<String>,
    /// Lets ourselves play there.
    pass: String,
    progress: Arc<Mutex<Progress>>,
    stop: Stop,
}

/// A stream as people see it.
struct StreamView {
    room: RoomId,
    app: String,
    name: String,
    since: Millis,
    progress: Progress,
}

impl Hooks {
    /// Whether what the server told may be.
    async fn take(&self, server: &Server, event: HookEvent) -> anyhow::Result<bool> {
        let id = (server.id, event.app.clone(), event.name.clone());
        match event.what {
            What::Publish => self.published(server, id, event).await,
            What::Unpublish => {
                self.unpublished(&id, event.client.as_deref()).await?;
                Ok(true)
            }
            What::Play => Ok(self.played(&id, &event)),
            What::Stop => {
                // Ours are not counted when they begin, an older one of ours neither.
                if field(&event.query, "kaibo").is_none() {
                    let mut plays = self.0.plays.lock();
                    let count = plays.entry(server.id).or_default();
                    *count = count.saturating_sub(1);
                }
                Ok(true)
            }
            What::RecordDone => {
                metrics::counter!("kaibo_hooks_records_total").increment(1);
                Ok(true)
            }
        }
    }

    async fn published(&self, server: &Server, id: StreamId, event: HookEvent) -> anyhow::Result<bool> {
        let from = event.ip.unwrap_or(IpAddr::V4(Ipv4Addr::LOCALHOST));
        let refused = |reason: &'static str| {
            metrics::counter!("kaibo_hooks_refused_total", "reason" => reason).increment(1);
            info!(media_server.id = %server.id, ip = %from, "media server `{}` was told to refuse a publisher from {from}: {reason}", server.id);
            Ok(false)
        };
        let Ok(grant) = self.0.media.0.desk.authorize(&event.key, from).await else { return refused("stream_key") };
        let room = self.0.media.0.audience.room(grant.room).await?;
        // A server of one organisation opens no other's rooms, whatever keys it is told.
        let Some(room) = room.filter(|room| room.org == server.org) else { return refused("organisation") };
        let most = self.0.media.0.all.hooks.streams_per_server;
        let mut goes_on = false;
        {
            let mut streams = self.0.streams.lock();
            let others = streams.keys().filter(|other| other.0 == server.id && **other != id).count();
            if others >= most {
                return refused("streams");
            }
            if let Some(known) = streams.get_mut(&id) {
                let state = known.progress.lock().state;
                goes_on = state == PullState::Live && known.room.room == room.room;
                if goes_on && known.clients.len() < MAX_CLIENTS {
                    known.clients.extend(event.client.clone());
                }
            }
        }
        if !goes_on {
            self.unpublished(&id, None).await?;
            self.begin(server, id, room, &event).await?;
        }
        Ok(true)
    }

    /// The stream is published from now on: fetched, or awaited at our own port.
    async fn begin(&self, server: &Server, id: StreamId, room: RoomRef, event: &HookEvent) -> anyhow::Result<()> {
        let app = &self.0.media.0.app;
        let row = store::Stream {
            id: Uuid::now_v7(),
            server: server.id,
            room: room.room,
            app: id.1.clone(),
            name: sealed::seal(&app.keys, server.id, &id.2)?,
            published_at: app.now(),
        };
        let tx = app.store.begin().await?;
        store::insert_stream(tx.db(), &row).await?;
        tx.commit().await?;
        let clients = event.client.iter().cloned().collect();
        self.start(server, id, room, row, clients, event.key == event.name);
        Ok(())
    }

    fn start(
        &self,
        server: &Server,
        id: StreamId,
        room: RoomRef,
        row: store::Stream,
        clients: HashSet<String>,
        secret_name: bool,
    ) {
        info!(media_server.id = %server.id, room.id = %room.room, "media server `{}` carries room `{}`", server.id, room.room);
        let pass: [u8; 16] = rand::random();
        let pass: String = pass.iter().map(|byte| format!("{byte:02x}")).collect();
        let progress = Arc::new(Mutex::new(Progress::default()));
        let stop = self.0.media.0.app.stop.child_token();
        let published = Published {
            row: row.id,
            since: row.published_at,
            secret_name,
            clients,
            pass: pass.clone(),
            progress: progress.clone(),
            stop: stop.clone(),
            room: room.clone(),
        };
        self.0.streams.lock().insert(id.clone(), published);
        if server.mode == Mode::Forward {
            progress.lock().state = PullState::Forwarded;
            return;
        }
        let (address, name) = match server.pull_from(&id.1, &id.2) {
            Ok(found) => found,
            Err(refusal) => {
                warn!(media_server.id = %server.id, "a stream of media server `{}` cannot be fetched: {refusal}", server.id);
                progress.lock().last_error = Some(("bad_pull_url", refusal.to_string()));
                return;
            }
        };
        let mark = if name.contains('?') { '&' } else { '?' };
        let puller = Puller {
            media: self.0.media.clone(),
            room: room.room,
            address,
            name: format!("{name}{mark}kaibo={pass}"),
            give_up: Duration::from_secs(u64::from(self.0.media.0.all.hooks.give_up_s)),
            progress,
            stop,
        };
        let hooks = self.clone();
        tokio::spawn(async move {
            let over = puller.run().await;
            if over != Over::Stopped {
                hooks.given_up(&id, row.id, over).await;
            }
        });
    }

    /// The stream will not be fetched any more, whatever the server thinks.
    async fn given_up(&self, id: &StreamId, row: Uuid, over: Over) {
        if over == Over::GivenUp {
            let mut streams = self.0.streams.lock();
            if streams.get(id).is_some_and(|published| published.row == row) {
                streams.remove(id);
            }
        }
        if let Err(failure) = self.forget_row(row).await {
            error!("a published stream is not forgotten: {failure:#}");
        }
    }

    /// The server says the stream is over, for one of its connections or for all.
    async fn unpublished(&self, id: &StreamId, client: Option<&str>) -> anyhow::Result<()> {
        let row = {
            let mut streams = self.0.streams.lock();
            let Some(published) = streams.get_mut(id) else { return Ok(()) };
            if let Some(client) = client {
                published.clients.remove(client);
                // A second publisher of the name was turned away over there; the first goes on.
                if !published.clients.is_empty() {
                    return Ok(());
                }
            }
            published.stop.cancel();
            let row = published.row;
            streams.remove(id);
            row
        };
        self.forget_row(row).await
    }

    async fn forget_row(&self, row: Uuid) -> anyhow::Result<()> {
        let tx = self.0.media.0.app.store.begin().await?;
        store::delete_stream(tx.db(), row).await?;
        tx.commit().await
    }

    /// The call is about our own connection to the server.
    fn is_ours(&self, id: &StreamId, event: &HookEvent) -> bool {
        let pass = field(&event.query, "kaibo");
        let streams = self.0.streams.lock();
        pass.is_some() && streams.get(id).is_some_and(|published| Some(&published.pass) == pass.as_ref())
    }

    fn played(&self, id: &StreamId, event: &HookEvent) -> bool {
        if self.is_ours(id, event) {
            return true;
        }
        // Who plays over there shows no token of ours: a private room is not for them.
        if self.0.streams.lock().get(id).is_some_and(|published| published.room.private) {
            return false;
        }
        metrics::counter!("kaibo_hooks_outside_plays_total").increment(1);
        *self.0.plays.lock().entry(id.0).or_default() += 1;
        true
    }

    fn plays(&self, server: Uuid) -> u32 {
        self.0.plays.lock().get(&server).copied().unwrap_or_default()
    }

    fn views(&self, server: Uuid) -> Vec<StreamView> {
        let streams = self.0.streams.lock();
        let of_server = streams.iter().filter(|((id, ..), _)| *id == server);
        let mut views: Vec<StreamView> = of_server
            .map(|((_, app, name), published)| StreamView {
                room: published.room.room,
                app: app.clone(),
                name: if published.secret_name { name.chars().take(4).chain(['…']).collect() } else { name.clone() },
                since: published.since,
                progress: published.progress.lock().clone(),
            })
            .collect();
        views.sort_by_key(|view| std::cmp::Reverse(view.since));
        views
    }

    /// A server that is removed carries nothing any more.
    fn drop_server(&self, server: Uuid) {
        let mut streams = self.0.streams.lock();
        streams.iter().filter(|((id, ..), _)| *id == server).for_each(|(_, published)| published.stop.cancel());
        streams.retain(|(id, ..), _| *id != server);
        self.0.plays.lock().remove(&server);
    }

    /// What was published when the program stopped is fetched again: no server calls its hook twice.
    async fn go_on(&self, stop: Stop) {
        if let Err(failure) = self.resume().await {
            error!("streams of outside media servers are not fetched again: {failure:#}");
        }
        stop.cancelled().await;
    }

    async fn resume(&self) -> anyhow::Result<()> {
        let app = &self.0.media.0.app;
        for row in store::streams(app.store.read()).await? {
            let server = store::find_any(app.store.read(), row.server).await?;
            let room = self.0.media.0.audience.room(row.room).await?;
            let name = sealed::open(&app.keys, row.server, &row.name).context("the name of a published stream");
            match (server, room, name) {
                (Some(server), Some(room), Ok(name)) => {
                    let id = (server.id, row.app.clone(), name);
                    self.start(&server, id, room, row, HashSet::new(), true);
                }
                _ => self.forget_row(row.id).await?,
            }
        }
        Ok(())
    }
}
