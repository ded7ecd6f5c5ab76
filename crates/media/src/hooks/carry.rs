//! The streams that outside servers carry for our rooms: they begin and end with the servers' hooks, and go on after a restart.

use super::clients::Clients;
use super::event::HookEvent;
use super::puller::{Over, Progress, PullState, Puller};
use super::rules::{Mode, Server};
use super::{Hooks, Published, StreamId, store};
use crate::rtmp::Address;
use crate::{desk, sealed};
use anyhow::Context;
use app::Stop;
use audience::RoomRef;
use events::StreamSource;
use parking_lot::Mutex;
use std::hash::{BuildHasher, RandomState};
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::time::Duration;
use tracing::{error, info, warn};
use uuid::Uuid;

/// So many streams may be told of at once; two that share a turn wait for each other.
const TURNS: usize = 64;
/// Calls about one stream are taken one after the other.
pub(super) struct Turns {
    locks: [tokio::sync::Mutex<()>; TURNS],
    hasher: RandomState,
}

impl Default for Turns {
    fn default() -> Self {
        Self { locks: std::array::from_fn(|_| tokio::sync::Mutex::default()), hasher: RandomState::new() }
    }
}

impl Turns {
    async fn of(&self, id: &StreamId) -> tokio::sync::MutexGuard<'_, ()> {
        let at = (self.hasher.hash_one(id) % TURNS as u64) as usize;
        self.locks[at].lock().await
    }
}

/// What a hook that lets a publisher in finds.
enum Before {
    /// The stream is carried already.
    GoesOn,
    /// It begins (again), published by these.
    Begins(Clients),
    No(&'static str),
}

impl Hooks {
    pub(super) async fn published(&self, server: &Server, id: StreamId, event: HookEvent) -> anyhow::Result<bool> {
        let from = event.ip.unwrap_or(IpAddr::V4(Ipv4Addr::LOCALHOST));
        let refused = |reason: &'static str| {
            metrics::counter!("kaibo_hooks_refused_total", "reason" => reason).increment(1);
            info!(media_server.id = %server.id, ip = %from, "media server `{}` was told to refuse a publisher from {from}: {reason}", server.id);
            Ok(false)
        };
        let found = desk::authorize(&*self.0.media.0.desk, Some(&event.key), &event.name, from).await;
        let Ok((grant, secret_name)) = found else { return refused("stream_key") };
        let room = self.0.media.0.audience.room(grant.room).await?;
        // A server of one organisation opens no other's rooms, whatever keys it is told.
        let Some(room) = room.filter(|room| room.org == server.org) else { return refused("organisation") };
        if self.0.media.0.desk.admit(room.room).await.is_err() {
            return refused("admission");
        }
        let _turn = self.0.turns.of(&id).await;
        match self.before(server, &id, &room, &event) {
            Before::GoesOn => {}
            Before::No(reason) => return refused(reason),
            Before::Begins(clients) => {
                self.end(&id).await?;
                self.begin(server, id, room, clients, secret_name).await?;
            }
        }
        Ok(true)
    }

    fn before(&self, server: &Server, id: &StreamId, room: &RoomRef, event: &HookEvent) -> Before {
        let mut streams = self.0.streams.lock();
        let others = streams.keys().filter(|other| other.0 == server.id && *other != id).count();
        if others >= self.0.media.0.all.hooks.streams_per_server {
            return Before::No("streams");
        }
        let Some(known) = streams.get_mut(id) else {
            return Before::Begins(Clients::of(event.client.clone()));
        };
        let state = known.progress.lock().state;
        let same = known.room.room == room.room;
        // What is fetched under this name belongs to who published it first.
        if !same && state == PullState::Live {
            return Before::No("name");
        }
        if !same {
            return Before::Begins(Clients::of(event.client.clone()));
        }
        let here = match state {
            PullState::Forwarded => self.0.media.is_connected(room.room, StreamSource::Primary),
            state => state == PullState::Live,
        };
        // Without media the connection before is gone, whether that was told or not.
        match here {
            true => known.clients.add(event.client.clone()),
            false => known.clients.replace(event.client.clone()),
        }
        let goes_on = match server.mode {
            Mode::Pull => matches!(state, PullState::Connecting | PullState::Live),
            Mode::Forward => state == PullState::Forwarded,
        };
        if goes_on { Before::GoesOn } else { Before::Begins(known.clients.clone()) }
    }

    /// The stream is published from now on: fetched, or awaited at our own port.
    async fn begin(
        &self,
        server: &Server,
        id: StreamId,
        room: RoomRef,
        clients: Clients,
        secret_name: bool,
    ) -> anyhow::Result<()> {
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
        self.start(server, id, room, row, clients, secret_name);
        // It may have been removed since it called.
        if store::find_any(app.store.read(), server.id).await?.is_none() {
            self.drop_server(server.id);
        }
        Ok(())
    }

    fn start(
        &self,
        server: &Server,
        id: StreamId,
        room: RoomRef,
        row: store::Stream,
        clients: Clients,
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
        if let Some(before) = self.0.streams.lock().insert(id.clone(), published) {
            before.stop.cancel();
        }
        if server.mode == Mode::Forward {
            progress.lock().state = PullState::Forwarded;
            return;
        }
        let (address, name) = match self.pull_from(server, &id) {
            Ok(found) => found,
            Err(refusal) => {
                warn!(media_server.id = %server.id, "a stream of media server `{}` cannot be fetched: {refusal:#}", server.id);
                let mut progress = progress.lock();
                (progress.state, progress.last_error) =
                    (PullState::Waiting, Some(("bad_pull_url", refusal.to_string())));
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

    fn pull_from(&self, server: &Server, (_, app, name): &StreamId) -> anyhow::Result<(Address, String)> {
        let open = |sealed: &String| sealed::open(&self.0.media.0.app.keys, server.id, sealed);
        let query = server.pull_query.as_ref().map(open).transpose()?;
        Ok(server.pull_from(app, name, query.as_deref())?)
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

    /// The server says that one connection of the stream is over, and with the last the stream.
    pub(super) async fn unpublished(&self, id: &StreamId, client: Option<&str>) -> anyhow::Result<()> {
        let _turn = self.0.turns.of(id).await;
        let over = self.0.streams.lock().get_mut(id).is_some_and(|published| published.clients.remove(client));
        if over { self.end(id).await } else { Ok(()) }
    }

    /// Carries the stream no longer.
    async fn end(&self, id: &StreamId) -> anyhow::Result<()> {
        let Some(published) = self.0.streams.lock().remove(id) else { return Ok(()) };
        published.stop.cancel();
        self.forget_row(published.row).await
    }

    async fn forget_row(&self, row: Uuid) -> anyhow::Result<()> {
        let tx = self.0.media.0.app.store.begin().await?;
        store::delete_stream(tx.db(), row).await?;
        tx.commit().await
    }

    /// A server that is removed carries nothing any more.
    pub(super) fn drop_server(&self, server: Uuid) {
        let mut streams = self.0.streams.lock();
        streams.iter().filter(|((id, ..), _)| *id == server).for_each(|(_, published)| published.stop.cancel());
        streams.retain(|(id, ..), _| *id != server);
        self.0.plays.lock().remove(&server);
    }

    /// What was published when the program stopped is fetched again: no server calls its hook twice.
    pub(super) async fn go_on(&self, stop: Stop) {
        if let Err(failure) = self.resume().await {
            error!("streams of outside media servers are not fetched again: {failure:#}");
        }
        stop.cancelled().await;
    }

    async fn resume(&self) -> anyhow::Result<()> {
        let app = &self.0.media.0.app;
        for mut server in store::unsealed(app.store.read()).await? {
            let Some((url, query)) = server.pull_url.as_deref().and_then(|url| url.split_once('?')) else { continue };
            server.pull_query = Some(sealed::seal(&app.keys, server.id, query)?);
            server.pull_url = Some(url.to_owned());
            let tx = app.store.begin().await?;
            store::update(tx.db(), &server).await?;
            tx.commit().await?;
        }
        for row in store::streams(app.store.read()).await? {
            let server = store::find_any(app.store.read(), row.server).await?;
            let room = self.0.media.0.audience.room(row.room).await?;
            let name = sealed::open(&app.keys, row.server, &row.name).context("the name of a published stream");
            match (server, room, name) {
                (Some(server), Some(room), Ok(name)) => {
                    let id = (server.id, row.app.clone(), name);
                    let _turn = self.0.turns.of(&id).await;
                    let known = self.0.streams.lock().contains_key(&id);
                    match known {
                        // The server told of it again before we came to it.
                        true => self.forget_row(row.id).await?,
                        false => self.start(&server, id, room, row, Clients::of(None), true),
                    }
                }
                _ => self.forget_row(row.id).await?,
            }
        }
        Ok(())
    }
}
