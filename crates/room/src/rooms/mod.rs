//! Rooms 直播间 and their broadcasts 场次: who may push, what is on air, when a show begins and ends.

pub mod admission;
pub mod http;
pub mod reach;
pub mod rules;
pub mod store;

use anyhow::Context;
use app::{App, Scope};
use audience::RoomRef;
use events::{
    BroadcastEnded, BroadcastId, BroadcastStarted, Empty, EndReason, Envelope, Event, Millis, OrgId, RoomCreated,
    RoomId, Source, StreamLost, StreamPublished, StreamSource, StreamSwitched, TeamId,
};
use parking_lot::{Mutex, RwLock};
use rules::{Broadcast, Origin, Refusal, Room, State};
use std::{
    collections::HashMap,
    sync::{Arc, OnceLock},
    time::Duration,
};

/// What rooms need of whoever carries the media; wired by the server.
pub trait StreamControl: Send + Sync {
    /// The show is over: close the playlist.
    fn end(&self, room: RoomId);
    /// Whether an encoder is connected, though its pictures may be still to come.
    fn has_encoder(&self, room: RoomId) -> bool;
    /// The stream key was revoked: drop the encoder.
    fn kick(&self, room: RoomId);
    /// The show was on air when the program stopped; its encoder is expected back.
    fn await_encoder(&self, room: RoomId, broadcast: BroadcastId, started_at: Millis);
}

/// What a room looks like from outside, cached: asked for at every playlist and socket.
#[derive(Debug, Clone, PartialEq)]
pub struct RoomView {
    pub room: Room,
    /// The open streamed broadcast, or the newest one.
    pub broadcast: Option<Broadcast>,
}

impl RoomView {
    /// The broadcast that viewers' behaviour belongs to now.
    pub fn open(&self) -> Option<&Broadcast> {
        self.broadcast
            .as_ref()
            .filter(|broadcast| broadcast.origin == Origin::Stream && broadcast.state != State::Ended)
    }

    /// As other domains know it.
    pub fn told(&self) -> RoomRef {
        let Room { id, org, team, private, .. } = self.room;
        RoomRef { room: id, org, team, private, broadcast: self.open().map(|broadcast| broadcast.id) }
    }

    /// What the picture is made from.
    pub fn source(&self) -> Option<StreamSource> {
        self.open()?.stream_source
    }

    pub fn live(&self) -> bool {
        self.open().is_some_and(|broadcast| broadcast.state.on_air())
    }
}

/// The rooms of this program. Cloning is cheap.
#[derive(Clone)]
pub struct Rooms {
    app: App,
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    views: RwLock<HashMap<RoomId, Arc<RoomView>>>,
    /// One change of a broadcast at a time, so that a cached view never outlives its row.
    changing: tokio::sync::Mutex<()>,
    streams: OnceLock<Arc<dyn StreamControl>>,
    admissions: OnceLock<Vec<Arc<dyn admission::Admission>>>,
    /// Encoders that were let in and show nothing yet.
    decided: Mutex<HashMap<RoomId, (admission::Decision, Millis)>>,
    refused: Mutex<HashMap<RoomId, (admission::Decision, Millis)>>,
    repute: OnceLock<Arc<dyn reach::Repute>>,
    shows: reach::Lists,
}

/// What an encoder's media became part of.
pub struct Published {
    pub broadcast: BroadcastId,
    pub started_at: Millis,
    pub resumed: bool,
}

impl Rooms {
    pub fn new(app: App) -> Self {
        Self { app, shared: Arc::default() }
    }

    /// Wires the media server; the first call wins.
    pub fn set_streams(&self, streams: Arc<dyn StreamControl>) {
        let _ = self.shared.streams.set(streams);
    }

    /// A room as viewers see it; cached until something changes.
    pub async fn view(&self, id: RoomId) -> anyhow::Result<Option<Arc<RoomView>>> {
        if let Some(view) = self.shared.views.read().get(&id) {
            return Ok(Some(view.clone()));
        }
        // Read and insert under the change lock: a change in between would leave an old view behind.
        let _changing = self.shared.changing.lock().await;
        let db = self.app.store.read();
        let Some(room) = store::find_any_room(db, id).await? else { return Ok(None) };
        let broadcast = store::current_broadcast(db, id).await?;
        Ok(Some(self.keep(RoomView { room, broadcast })))
    }

    /// The views of a page of rooms, in its order; what is not cached is read together.
    pub async fn views(&self, ids: &[RoomId]) -> anyhow::Result<Vec<Arc<RoomView>>> {
        let mut found: HashMap<RoomId, Arc<RoomView>> = {
            let views = self.shared.views.read();
            ids.iter().filter_map(|id| Some((*id, views.get(id)?.clone()))).collect()
        };
        let missing: Vec<RoomId> = ids.iter().copied().filter(|id| !found.contains_key(id)).collect();
        if !missing.is_empty() {
            let _changing = self.shared.changing.lock().await;
            let db = self.app.store.read();
            let rooms = store::find_rooms(db, &missing).await?;
            let mut broadcasts = store::current_broadcasts(db, &missing).await?;
            for room in rooms {
                let (id, broadcast) = (room.id, broadcasts.remove(&room.id));
                found.insert(id, self.keep(RoomView { room, broadcast }));
            }
        }
        Ok(ids.iter().filter_map(|id| found.remove(id)).collect())
    }

    /// Under the change lock only.
    fn keep(&self, view: RoomView) -> Arc<RoomView> {
        let view = Arc::new(view);
        let mut views = self.shared.views.write();
        if views.len() >= 100_000 {
            views.clear();
        }
        views.insert(view.room.id, view.clone());
        view
    }

    fn forget(&self, id: RoomId) {
        self.shared.views.write().remove(&id);
    }

    /// Creates a room; the stream key is answered here and never again.
    pub async fn create(
        &self,
        org: OrgId,
        team: TeamId,
        title: &str,
        private: bool,
    ) -> anyhow::Result<Result<(Room, String), Refusal>> {
        let title = match rules::title(title) {
            Ok(title) => title,
            Err(refusal) => return Ok(Err(refusal)),
        };
        let now = self.app.now();
        let room = Room { id: RoomId::new(), org, team, title, private, created_at: now };
        let (key, hash) = fresh_key();
        let tx = self.app.store.begin().await?;
        store::insert_room(tx.db(), &room, hash).await?;
        tx.emit(about(&room, now, Event::RoomCreated(RoomCreated { title: room.title.clone(), private }))).await?;
        tx.commit().await?;
        Ok(Ok((room, key)))
    }

    /// The newest room of that title, for the demo.
    pub async fn find_by_title(&self, org: OrgId, title: &str) -> anyhow::Result<Option<Room>> {
        store::find_room_by_title(self.app.store.read(), org, title).await
    }

    /// Replaces the stream key and drops whoever pushes with the old one.
    pub async fn rotate_key(&self, room: &Room) -> anyhow::Result<String> {
        let (key, hash) = fresh_key();
        let tx = self.app.store.begin().await?;
        store::update_stream_key(tx.db(), room.id, hash).await?;
        tx.emit(about(room, self.app.now(), Event::StreamKeyRotated(Empty {}))).await?;
        tx.commit().await?;
        if let Some(streams) = self.shared.streams.get() {
            streams.kick(room.id);
        }
        Ok(key)
    }

    /// Changes title or visibility.
    pub async fn change(&self, room: &Room) -> anyhow::Result<()> {
        let _changing = self.shared.changing.lock().await;
        let tx = self.app.store.begin().await?;
        store::update_room(tx.db(), room).await?;
        let changed = RoomCreated { title: room.title.clone(), private: room.private };
        tx.emit(about(room, self.app.now(), Event::RoomChanged(changed))).await?;
        tx.commit().await?;
        self.forget(room.id);
        Ok(())
    }

    /// The room a stream key opens, if any.
    pub async fn authorize(&self, stream_key: &str) -> anyhow::Result<Option<RoomId>> {
        let found = store::find_room_by_key(self.app.store.read(), &app::hash_of_secret(stream_key)).await?;
        Ok(found.map(|room| room.id))
    }

    /// How many shows of an organisation are on air.
    pub async fn on_air(&self, org: OrgId) -> anyhow::Result<u64> {
        store::count_on_air(self.app.store.read(), org).await
    }

    /// A broadcast of any room, whoever asks: for what checks the scope itself.
    pub async fn any_broadcast(&self, id: BroadcastId) -> anyhow::Result<Option<Broadcast>> {
        store::find_any_broadcast(self.app.store.read(), id).await
    }

    /// An encoder's media arrived: goes on with the open broadcast, or begins one.
    pub async fn published(&self, room: RoomId, published: StreamPublished) -> anyhow::Result<Published> {
        // Asked before anything is locked: it may take a while.
        let decision = self.decision_for(room).await?;
        let _changing = self.shared.changing.lock().await;
        let now = self.app.now();
        let tx = self.app.store.begin().await?;
        let record =
            store::find_any_room(tx.db(), room).await?.context("an encoder published to a room that is gone")?;
        let open = store::open_broadcast(tx.db(), room).await?;
        let (broadcast, resumed) = match open {
            Some(mut open) if !rules::window_closed(&open, true, now) => {
                open.state = State::Live;
                open.lost_at = None;
                store::update_broadcast(tx.db(), &open).await?;
                (open, true)
            }
            stale => {
                if let Some(mut stale) = stale {
                    end_in(&tx, &mut stale, EndReason::StreamGone, now, None).await?;
                }
                let fresh = Broadcast {
                    id: BroadcastId::new(),
                    room,
                    org: record.org,
                    team: record.team,
                    title: record.title.clone(),
                    origin: Origin::Stream,
                    platform: None,
                    state: State::Live,
                    started_at: now,
                    ended_at: None,
                    lost_at: None,
                    stream_source: None,
                    first_position: self.app.log.last() + 1,
                    created_at: now,
                };
                store::insert_broadcast(tx.db(), &fresh, None).await?;
                let started = BroadcastStarted { title: fresh.title.clone(), platform: None };
                tx.emit(of(&fresh, now, Event::BroadcastStarted(started))).await?;
                (fresh, false)
            }
        };
        tx.emit(of(&broadcast, now, Event::StreamPublished(StreamPublished { resumed, ..published }))).await?;
        if let Some(decision) = decision.filter(|_| !resumed) {
            admission::note_in(&tx, &broadcast, decision, now).await?;
        }
        tx.commit().await?;
        self.forget(room);
        tracing::info!(room.id = %room, broadcast.id = %broadcast.id, resumed, "room `{room}` is on air");
        Ok(Published { broadcast: broadcast.id, started_at: broadcast.started_at, resumed })
    }

    /// The encoder went away; its show waits for the reconnect window.
    pub async fn lost(&self, room: RoomId, clean: bool) -> anyhow::Result<()> {
        let _changing = self.shared.changing.lock().await;
        let now = self.app.now();
        let tx = self.app.store.begin().await?;
        let Some(mut open) = store::open_broadcast(tx.db(), room).await? else { return Ok(()) };
        if open.state != State::Live {
            return Ok(());
        }
        lose_in(&tx, &mut open, clean, now).await?;
        tx.commit().await?;
        self.forget(room);
        Ok(())
    }

    /// The open show's picture is made from another source now.
    pub async fn switched(&self, room: RoomId, switched: StreamSwitched) -> anyhow::Result<()> {
        let _changing = self.shared.changing.lock().await;
        let tx = self.app.store.begin().await?;
        let Some(mut open) = store::open_broadcast(tx.db(), room).await? else { return Ok(()) };
        open.stream_source = Some(switched.to);
        store::update_broadcast(tx.db(), &open).await?;
        tx.emit(of(&open, self.app.now(), Event::StreamSwitched(switched))).await?;
        tx.commit().await?;
        self.forget(room);
        Ok(())
    }

    /// Ends a broadcast; ending it twice is the same as once. `at` is the recording's own end, for imports.
    pub async fn end(&self, broadcast: &Broadcast, reason: EndReason, at: Option<Millis>) -> anyhow::Result<()> {
        self.end_if(broadcast, reason, at, |_| true).await.map(drop)
    }

    /// Whether it is this that ended it: `still` is asked while nothing else changes.
    async fn end_if(
        &self,
        broadcast: &Broadcast,
        reason: EndReason,
        at: Option<Millis>,
        still: impl Fn(&Broadcast) -> bool,
    ) -> anyhow::Result<bool> {
        {
            let _changing = self.shared.changing.lock().await;
            let now = self.app.now();
            let tx = self.app.store.begin().await?;
            let scope = Scope::whole(broadcast.org);
            let Some(mut current) = store::find_broadcast(tx.db(), scope, broadcast.id).await? else {
                return Ok(false);
            };
            if current.state == State::Ended || !still(&current) {
                return Ok(false);
            }
            end_in(&tx, &mut current, reason, now, at).await?;
            tx.commit().await?;
            self.forget(broadcast.room);
        }
        if broadcast.origin == Origin::Stream
            && let Some(streams) = self.shared.streams.get()
        {
            streams.end(broadcast.room);
        }
        Ok(true)
    }

    /// Opens the broadcast a recording is imported into. The same `import_key` finds it again.
    pub async fn open_import(
        &self,
        room: &Room,
        title: Option<String>,
        platform: Option<String>,
        started_at: Millis,
        import_key: Option<String>,
    ) -> anyhow::Result<Broadcast> {
        let _changing = self.shared.changing.lock().await;
        let tx = self.app.store.begin().await?;
        if let Some(import_key) = &import_key
            && let Some(found) = store::find_import(tx.db(), room.id, import_key).await?
        {
            return Ok(found);
        }
        let now = self.app.now();
        let broadcast = Broadcast {
            id: BroadcastId::new(),
            room: room.id,
            org: room.org,
            team: room.team,
            title: title.unwrap_or_else(|| room.title.clone()),
            origin: Origin::Import,
            platform,
            state: State::Live,
            started_at,
            ended_at: None,
            lost_at: None,
            stream_source: None,
            first_position: self.app.log.last() + 1,
            created_at: now,
        };
        store::insert_broadcast(tx.db(), &broadcast, import_key).await?;
        let started = BroadcastStarted { title: broadcast.title.clone(), platform: broadcast.platform.clone() };
        let mut envelope = of(&broadcast, now, Event::BroadcastStarted(started)).at(started_at);
        envelope.source = Source::Import;
        tx.emit(envelope).await?;
        tx.commit().await?;
        self.forget(room.id);
        // Rows follow straight to the log, so the beginning has to stand there first.
        self.app.store.relayed().await?;
        Ok(broadcast)
    }

    /// At start: what was on air waits for its encoder to return. Then looks every second what waited too long.
    pub async fn watch(self) -> anyhow::Result<()> {
        self.interrupt_all().await?;
        let mut tick = tokio::time::interval(Duration::from_secs(1));
        loop {
            tokio::select! {
                () = self.app.stop.cancelled() => return Ok(()),
                _ = tick.tick() => {}
            }
            if let Err(error) = self.end_stale().await {
                tracing::error!("ending broadcasts whose encoder stayed away failed: {error:#}");
            }
        }
    }

    async fn interrupt_all(&self) -> anyhow::Result<()> {
        let _changing = self.shared.changing.lock().await;
        let now = self.app.now();
        let tx = self.app.store.begin().await?;
        let mut open = store::open_broadcasts(tx.db()).await?;
        for broadcast in &mut open {
            // Whatever it showed, it shows nothing before a source is back.
            broadcast.stream_source = None;
            if broadcast.state == State::Live {
                lose_in(&tx, broadcast, false, now).await?;
            } else {
                // The window was not running while the program was down.
                broadcast.lost_at = Some(now);
                store::update_broadcast(tx.db(), broadcast).await?;
            }
        }
        tx.commit().await?;
        self.shared.views.write().clear();
        if let Some(streams) = self.shared.streams.get() {
            open.iter().for_each(|open| streams.await_encoder(open.room, open.id, open.started_at));
        }
        Ok(())
    }

    /// Ends what waited too long. An encoder that is connected already is given as long again to show something.
    pub async fn end_stale(&self) -> anyhow::Result<()> {
        let now = self.app.now();
        let has_encoder = |room| self.shared.streams.get().is_some_and(|streams| streams.has_encoder(room));
        for broadcast in store::open_broadcasts(self.app.store.read()).await? {
            let room = broadcast.room;
            let still = |broadcast: &Broadcast| rules::window_closed(broadcast, has_encoder(room), now);
            if still(&broadcast) && self.end_if(&broadcast, EndReason::StreamGone, None, still).await? {
                tracing::info!(room.id = %room, "room `{room}` is off air: the encoder stayed away");
            }
        }
        Ok(())
    }
}

async fn lose_in(tx: &::store::Tx, broadcast: &mut Broadcast, clean: bool, now: Millis) -> anyhow::Result<()> {
    broadcast.state = if clean { State::Paused } else { State::Interrupted };
    broadcast.lost_at = Some(now);
    store::update_broadcast(tx.db(), broadcast).await?;
    tx.emit(of(broadcast, now, Event::StreamLost(StreamLost { clean }))).await
}

async fn end_in(
    tx: &::store::Tx,
    broadcast: &mut Broadcast,
    reason: EndReason,
    now: Millis,
    at: Option<Millis>,
) -> anyhow::Result<()> {
    broadcast.state = State::Ended;
    broadcast.stream_source = None;
    // A show whose encoder stayed away ended when the pictures did.
    let ended_at = match reason {
        EndReason::StreamGone => broadcast.lost_at.unwrap_or(now),
        EndReason::Operator | EndReason::ImportComplete => at.unwrap_or(now),
    };
    broadcast.ended_at = Some(ended_at);
    store::update_broadcast(tx.db(), broadcast).await?;
    let mut envelope = of(broadcast, now, Event::BroadcastEnded(BroadcastEnded { reason })).at(ended_at);
    if broadcast.origin == Origin::Import {
        envelope.source = Source::Import;
    }
    tx.emit(envelope).await
}

fn about(room: &Room, now: Millis, event: Event) -> Envelope {
    Envelope::new(now, Source::Server, room.org, event).with_team(room.team).with_room(room.id)
}

fn of(broadcast: &Broadcast, now: Millis, event: Event) -> Envelope {
    Envelope::new(now, Source::Server, broadcast.org, event)
        .with_team(broadcast.team)
        .with_room(broadcast.room)
        .with_broadcast(Some(broadcast.id))
}

/// 128 random bits as hexadecimal, and the hash that is stored.
fn fresh_key() -> (String, String) {
    let key = format!("sk{:032x}", rand::random::<u128>());
    let hash = app::hash_of_secret(&key);
    (key, hash)
}
