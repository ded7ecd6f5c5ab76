//! The audience 观众: who watches which room, for how long, and how many right now.
//!
//! A player gets a signed token ([`token`]), fetches media with it (its *entry* 进入 is counted at the first segment, once per
//! broadcast, also across restarts) and then says every 10 s what it played ([`Audience::heartbeat`], limited to what is
//! possible). What happened goes to the event log in the background: `ViewerEntered`, `ViewerHeartbeat`, `ViewerLeft`, all with
//! the source `server` because the server saw the segments leave.
//!
//! | limit | |
//! |---|---|
//! | token | 12 h, for one room |
//! | a heartbeat credits | at most the wall clock since the last one, the media sent to this entry and how far its position moved: `credit.rs` |
//! | heartbeats within 5 s | are merged into the next |
//! | a bare client 裸播放器 | has no heartbeats; the time between its fetches counts, as far as they bring new media, gaps over 15 s do not; logged every 10 s |
//! | a bare session 裸会话 | handed out 3 a second to one address, 300 at once |
//! | online 在线 | distinct viewers whose last heartbeat (or entry) is at most 30 s old, kept to the second |
//!
//! After a restart who is online is read from the last 30 s of the log, and who was counted from a snapshot and the log behind it.

pub mod audit;
pub mod cdn;
pub mod consent;
mod credit;
mod entered;
mod http;
mod intervals;
mod journal;
mod migrations;
mod presence;
mod rate;
mod refusal;
mod seen;
mod settings;
pub mod token;

pub use audit::{Caller, SocketSeen};
pub use cdn::fuzz_cdn_log;
pub use credit::MOST_PER_BEAT_MS;
pub use presence::ONLINE_MS;
pub use refusal::Refusal;
pub use seen::Seen;
pub use settings::AudienceSettings;

use anyhow::Context;
use app::{App, Feature, Job, Permission, ReadPersonal, Stop};
use async_trait::async_trait;
use audit::{book::Book, cache::Audits, delivery::Delivery};
use events::{
    BroadcastId, EntryId, Envelope, Event, Millis, OrgId, RoomId, Source, TeamId, ViewerEntered, ViewerHeartbeat,
    ViewerId, ViewerKind, ViewerLeft,
};
use parking_lot::{Mutex, RwLock};
use presence::Presence;
use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{
        Arc,
        atomic::{AtomicI64, AtomicU32, Ordering},
    },
    time::Duration,
};

/// Media that arrived longer ago is rewound to, not live.
const LIVE_MS: i64 = 120_000;
const DAY_MS: i64 = 86_400_000;

/// A room, as far as its audience is concerned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoomRef {
    pub room: RoomId,
    pub org: OrgId,
    pub team: TeamId,
    /// Only staff with `room.read` may watch.
    pub private: bool,
    /// On air, or in the reconnect window.
    pub broadcast: Option<BroadcastId>,
}

/// A show, as far as its audience is concerned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShowOf {
    pub broadcast: BroadcastId,
    pub room: RoomId,
    pub org: OrgId,
    pub team: TeamId,
    pub started_at: Millis,
    pub ended_at: Option<Millis>,
}

/// Where rooms are known. Asked for every segment: the answer is cached and cheap.
#[async_trait]
pub trait Rooms: Send + Sync {
    async fn room(&self, id: RoomId) -> anyhow::Result<Option<RoomRef>>;

    /// A show of any time. Asked by staff only.
    async fn show(&self, _id: BroadcastId) -> anyhow::Result<Option<ShowOf>> {
        Ok(None)
    }
}

/// What a valid token says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ViewerPass {
    pub room: RoomId,
    pub viewer: ViewerId,
    pub entry: EntryId,
    pub kind: ViewerKind,
    pub expires: Millis,
}

/// Media that reached a player: a segment or a part, or a piece of one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fetch {
    /// When the whole file's first frame reached us: its place in the show.
    pub from: Millis,
    /// Of the whole file.
    pub duration_ms: u32,
    /// Of the whole file.
    pub bytes: u64,
    /// The bytes that arrived: the first of them, and the first behind them.
    pub taken: (u64, u64),
}

impl Fetch {
    /// All of a file.
    pub fn whole(from: Millis, duration_ms: u32, bytes: u64) -> Self {
        Self { from, duration_ms, bytes, taken: (0, bytes) }
    }

    pub(crate) fn is_whole(&self) -> bool {
        self.taken.0 == 0 && self.taken.1 >= self.bytes
    }

    pub(crate) fn taken_bytes(&self) -> u64 {
        self.taken.1.min(self.bytes).saturating_sub(self.taken.0)
    }

    /// The stretch of the show that these bytes are worth: their share of the file's time. Pieces that touch are worth what they
    /// are together.
    pub(crate) fn stretch(&self) -> (Millis, u32) {
        let at_ms = |byte: u64| {
            let share = u128::from(byte.min(self.bytes)) * u128::from(self.duration_ms);
            share.checked_div(u128::from(self.bytes)).unwrap_or(0) as u32
        };
        let (from_ms, to_ms) = (at_ms(self.taken.0), at_ms(self.taken.1));
        (self.from.plus_ms(i64::from(from_ms)), to_ms.saturating_sub(from_ms))
    }
}

/// What a player says of itself.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Beat {
    /// Milliseconds really played since the last heartbeat.
    pub played_ms: u32,
    /// The page is visible.
    pub visible: bool,
    /// The program date-time of the shown frame. A claim without one waits for the next that has it, and is worth nothing if
    /// none comes.
    pub position: Option<Millis>,
    /// How fast the picture plays.
    pub rate: Option<f32>,
}

impl Beat {
    /// As who knows no position says it.
    pub fn of(played_ms: u32) -> Self {
        Self { played_ms, visible: true, position: None, rate: None }
    }
}

/// The audience of all rooms. Cloning is cheap.
#[derive(Clone)]
pub struct Audience(Arc<Inner>);

struct Inner {
    app: App,
    known: Arc<dyn Rooms>,
    rooms: RwLock<HashMap<RoomId, Arc<Live>>>,
    settings: AudienceSettings,
    journal: journal::Journal,
    /// Tokens handed out, and among them bare sessions.
    tokens: rate::Rate,
    bare: rate::Rate,
    /// Of rooms whose delivery was ever said.
    deliveries: RwLock<HashMap<RoomId, Delivery>>,
    audits: Audits,
    consents: consent::Consents,
}

#[derive(Default)]
struct Live {
    state: Mutex<State>,
    online: AtomicU32,
    /// The second up to which the silent were taken out.
    swept_s: AtomicI64,
}

/// Who watches a room, and what was seen of them.
#[derive(Default)]
struct State {
    presence: Presence,
    book: Book,
    home: Option<(OrgId, TeamId)>,
}

impl State {
    fn is_empty(&self) -> bool {
        self.presence.is_empty() && self.book.is_empty()
    }
}

impl Audience {
    pub fn new(app: App, rooms: Arc<dyn Rooms>) -> Self {
        Self::with_settings(app, rooms, AudienceSettings::default())
    }

    pub fn with_settings(app: App, rooms: Arc<dyn Rooms>, settings: AudienceSettings) -> Self {
        Self(Arc::new(Inner {
            app,
            known: rooms,
            rooms: RwLock::default(),
            settings,
            journal: journal::Journal::default(),
            tokens: rate::Rate::new(rate::TOKENS),
            bare: rate::Rate::new(rate::BARE),
            deliveries: RwLock::default(),
            audits: Audits::default(),
            consents: consent::Consents::default(),
        }))
    }

    /// Routes and the task that writes to the log; without its job nothing is logged.
    pub fn feature(&self) -> Feature {
        let audience = self.clone();
        let mut feature = Feature::new("audience");
        let consents = consent::http::routes(self.clone()).merge(consent::http_staff::routes(self.clone()));
        let routes = http::routes(self.clone()).merge(audit::http::routes(self.clone())).merge(consents);
        feature.routes = self.watched(routes.merge(cdn::http::routes(self.clone())));
        feature.migrations = migrations::MIGRATIONS;
        feature.permissions = vec![
            ReadPersonal::INFO,
            consent::http_staff::ReadConsents::INFO,
            consent::http_staff::WriteConsents::INFO,
            consent::http_staff::ManageConsents::INFO,
        ];
        feature.reactions.push(audit::reactions::reaction(self.0.app.clone()));
        feature.jobs.push(Job::new("audience", move |stop| async move { audience.run(stop).await }));
        feature
    }

    /// Signature, room and expiry. A token of another room is as good as none.
    pub fn check(&self, token: &str, room: RoomId) -> Result<ViewerPass, Refusal> {
        token::check(&self.0.app.keys, token, room, self.0.app.now())
    }

    /// Whose a token is, of whatever room and age.
    pub fn whose(&self, token: &str) -> Result<ViewerPass, Refusal> {
        token::open(&self.0.app.keys, token)
    }

    /// A session for a bare HLS client, which cannot ask for a token by itself.
    pub fn mint_bare(&self, room: RoomId) -> String {
        self.mint(room, ViewerId::random(), ViewerKind::Bare).0
    }

    /// The same for whoever asks from `ip`, as often as one address may. Behind a CDN addresses are the CDN's, so only the
    /// general limit holds.
    pub fn admit_bare(&self, room: RoomId, ip: IpAddr) -> Result<String, Refusal> {
        let now = self.0.app.now();
        let admitted =
            self.0.tokens.allow(ip, now) && (!self.delivery(room).is_direct(now) || self.0.bare.allow(ip, now));
        admitted.then(|| self.mint_bare(room)).ok_or(Refusal::TooManyTokens)
    }

    pub async fn room(&self, id: RoomId) -> anyhow::Result<Option<RoomRef>> {
        self.0.known.room(id).await
    }

    /// A show of any time.
    pub async fn show(&self, id: BroadcastId) -> anyhow::Result<Option<ShowOf>> {
        self.0.known.show(id).await
    }

    /// How the room is and was delivered.
    pub(crate) fn delivery(&self, room: RoomId) -> Delivery {
        self.0.deliveries.read().get(&room).cloned().unwrap_or_default()
    }

    pub(crate) async fn set_delivery(&self, room: RoomId, cdn: bool) -> anyhow::Result<()> {
        let now = self.0.app.now();
        if self.delivery(room).is_direct(now) != cdn {
            return Ok(());
        }
        audit::store::set_delivery(&self.0.app.store, room, cdn, now).await?;
        {
            let mut rooms = self.0.deliveries.write();
            let delivery = rooms.entry(room).or_default();
            *delivery = delivery.with(now, cdn);
        }
        self.0.audits.clear();
        Ok(())
    }

    /// Live media reached a player. With the first file of it, or half a second of pieces, an entry counts in a broadcast as an
    /// entry 进入. What is far behind the live edge is a recording's and no part of the live audience. Never waits.
    pub fn media_fetched(&self, pass: &ViewerPass, room: &RoomRef, fetch: Fetch) {
        let Some(broadcast) = room.broadcast else { return };
        let now = self.0.app.now();
        if now.since(fetch.from) > LIVE_MS {
            return self.recording_fetched(pass, room, fetch);
        }
        if fetch.stretch().1 == 0 {
            return;
        }
        self.with(pass.room, now, |state| {
            state.home.get_or_insert((room.org, room.team));
            let fetched = state.presence.fetched(pass, broadcast, &fetch, now);
            state.book.fetched(pass, broadcast, &fetch, (fetched.sent.new_ms, fetched.counts), now);
            if fetched.entered {
                self.log_entry(pass, room, now, &mut state.presence);
            }
            if let Some(played_ms) = fetched.sent.logged {
                state.book.credited(pass.entry, played_ms);
                self.log_beat(pass, room, now, played_ms);
            }
        });
    }

    /// Media of a recording reached a player: evidence that it gets some, and nothing more. Never waits.
    pub fn recording_fetched(&self, pass: &ViewerPass, room: &RoomRef, fetch: Fetch) {
        let (Some(broadcast), now) = (room.broadcast, self.0.app.now()) else { return };
        if fetch.stretch().1 > 0 {
            self.with(pass.room, now, |state| state.book.rewound(pass, broadcast, &fetch, now));
        }
    }

    /// A player's heartbeat 心跳. One that came without media, too soon or with too much is cut down to what is possible. Never waits.
    pub fn heartbeat(&self, pass: &ViewerPass, room: &RoomRef, beat: Beat) {
        let Some(broadcast) = room.broadcast else { return };
        let now = self.0.app.now();
        let direct = self.delivery(pass.room).is_direct(now);
        self.with(pass.room, now, |state| {
            state.home.get_or_insert((room.org, room.team));
            // Behind a CDN media is not seen to leave; a picture that is shown at a place of this show is the sign.
            let shown = !direct && beat.position.is_some_and(|at| (-LIVE_MS..=LIVE_MS).contains(&now.since(at)));
            let entered = shown && state.presence.shown(pass, broadcast, now);
            let heard = state.presence.beat(pass.entry, broadcast, &beat, direct, now);
            state.book.beat(pass, broadcast, &beat, heard, now);
            if entered {
                state.book.enter(pass.entry);
                self.log_entry(pass, room, now, &mut state.presence);
            }
            if let Some(played_ms) = heard.and_then(|heard| heard.logged) {
                self.log_beat(pass, room, now, played_ms);
            }
        });
    }

    /// The page was closed. Never waits.
    pub fn left(&self, pass: &ViewerPass, room: &RoomRef) {
        let now = self.0.app.now();
        let direct = self.delivery(pass.room).is_direct(now);
        self.with_known(pass.room, now, |state| {
            let gone = state.presence.leave(pass.entry, direct, now);
            if let Some(gone) = gone {
                if let Some(played_ms) = gone.played_ms {
                    state.book.credited(pass.entry, played_ms);
                    self.log_beat(pass, room, now, played_ms);
                }
                let event = Event::ViewerLeft(ViewerLeft { entry: pass.entry });
                self.tell(envelope(pass, room, now, event));
            }
            state.book.left(pass.entry, now);
        });
    }

    /// Removes judgements and what CDN logs said that are older; how many rows.
    pub async fn prune(&self, before: Millis) -> anyhow::Result<u64> {
        audit::store::prune(&self.0.app.store, before).await
    }

    /// Distinct viewers with an entry and a heartbeat within 30 s. Costs one map look-up.
    pub fn online(&self, room: RoomId) -> u32 {
        let Some(live) = self.0.rooms.read().get(&room).cloned() else { return 0 };
        live.sweep(self.0.app.now());
        live.online.load(Ordering::Relaxed)
    }

    pub(crate) fn app(&self) -> &App {
        &self.0.app
    }

    pub(crate) fn tokens(&self) -> &rate::Rate {
        &self.0.tokens
    }

    pub(crate) fn consents(&self) -> &consent::Consents {
        &self.0.consents
    }

    pub(crate) fn audits(&self) -> &Audits {
        &self.0.audits
    }

    pub(crate) fn mint(&self, room: RoomId, viewer: ViewerId, kind: ViewerKind) -> (String, ViewerPass) {
        let expires = self.0.app.now().plus_ms(token::LIFE_MS);
        let pass = ViewerPass { room, viewer, entry: EntryId::new(), kind, expires };
        (token::sign(&self.0.app.keys, &pass), pass)
    }

    fn log_entry(&self, pass: &ViewerPass, room: &RoomRef, now: Millis, presence: &mut Presence) {
        let event = Event::ViewerEntered(ViewerEntered { entry: pass.entry, kind: pass.kind, fan_level: None });
        if !self.0.journal.entry(envelope(pass, room, now, event), pass.expires) {
            presence.forget(pass.entry);
        }
    }

    fn log_beat(&self, pass: &ViewerPass, room: &RoomRef, now: Millis, played_ms: u32) {
        let event = Event::ViewerHeartbeat(ViewerHeartbeat { entry: pass.entry, kind: pass.kind, played_ms });
        self.tell(envelope(pass, room, now, event));
    }

    /// Queues a heartbeat, a goodbye or a judgement for the log.
    fn tell(&self, envelope: Envelope) {
        self.0.journal.other(envelope);
    }

    /// Works on a room that has an audience.
    fn with_known(&self, room: RoomId, now: Millis, work: impl FnOnce(&mut State)) {
        let Some(live) = self.0.rooms.read().get(&room).cloned() else { return };
        live.work(now, work);
    }

    /// Works on a room, which may just be getting its first viewer.
    fn with(&self, room: RoomId, now: Millis, work: impl FnOnce(&mut State)) {
        if let Some(live) = self.0.rooms.read().get(&room) {
            return live.work(now, work);
        }
        // The lock is kept, so that nobody removes the room as empty before the viewer is in it.
        let mut rooms = self.0.rooms.write();
        rooms.entry(room).or_default().work(now, work);
    }

    async fn run(self, stop: Stop) -> anyhow::Result<()> {
        let deliveries = audit::store::deliveries(self.0.app.store.read()).await?;
        self.0.deliveries.write().extend(deliveries);
        let audience = self.clone();
        let entered = tokio::task::spawn_blocking(move || {
            journal::recover(&audience.0.app, ONLINE_MS, |envelope| audience.recall(envelope))
        })
        .await
        .context("reading the log for viewers")??;
        tracing::info!(entries = entered.len(), "{} entries with living tokens are already counted", entered.len());
        let (sweeping, pruning) = (self.sweep_all(&stop), self.prune_all(&stop));
        let (written, (), ()) = tokio::join!(self.0.journal.run(&self.0.app, entered, stop.clone()), sweeping, pruning);
        written
    }

    fn recall(&self, envelope: Envelope) {
        let (Some(room), Some(broadcast), Some(viewer)) = (envelope.room, envelope.broadcast, envelope.viewer) else {
            return;
        };
        let at = envelope.received_at;
        self.with(room, self.0.app.now(), |state| match envelope.event {
            Event::ViewerEntered(entered) => state.presence.recall(entered.entry, viewer, entered.kind, broadcast, at),
            Event::ViewerHeartbeat(beat) => state.presence.recall(beat.entry, viewer, beat.kind, broadcast, at),
            Event::ViewerLeft(left) => {
                state.presence.leave(left.entry, true, at);
            }
            _ => {}
        });
    }

    async fn sweep_all(&self, stop: &Stop) {
        let mut every = tokio::time::interval(Duration::from_secs(1));
        every.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Skip);
        loop {
            tokio::select! {
                () = stop.cancelled() => return,
                _ = every.tick() => {}
            }
            let rooms: Vec<(RoomId, Arc<Live>)> =
                self.0.rooms.read().iter().map(|(room, live)| (*room, live.clone())).collect();
            let now = self.0.app.now();
            let mut deserted = false;
            let mut online = 0_u64;
            for (room, live) in rooms {
                live.sweep(now);
                for (broadcast, entries) in self.judge(room, now) {
                    if let Err(error) = audit::store::add_unseen(&self.0.app.store, broadcast, entries, now).await {
                        tracing::error!("{entries} unseen entries of `{broadcast}` were not noted: {error:#}");
                    }
                }
                online += u64::from(live.online.load(Ordering::Relaxed));
                deserted |= live.state.lock().is_empty();
            }
            metrics::gauge!("kaibo_audience_online").set(online as f64);
            if deserted {
                self.0.rooms.write().retain(|_, live| !live.state.lock().is_empty());
            }
        }
    }

    /// Retention, every hour.
    async fn prune_all(&self, stop: &Stop) {
        let mut every = tokio::time::interval(Duration::from_secs(3_600));
        loop {
            tokio::select! {
                () = stop.cancelled() => return,
                _ = every.tick() => {}
            }
            let before = self.0.app.now().plus_ms(-i64::from(self.0.settings.keep_days.max(1)) * DAY_MS);
            match self.prune(before).await {
                Ok(0) => {}
                Ok(removed) => tracing::info!(removed, "{removed} old rows of the audience's audit were removed"),
                Err(error) => tracing::error!("old rows of the audience's audit were not removed: {error:#}"),
            }
        }
    }
}

impl Live {
    fn work(&self, now: Millis, work: impl FnOnce(&mut State)) {
        self.sweep(now);
        let mut state = self.state.lock();
        work(&mut state);
        self.online.store(state.presence.online(), Ordering::Relaxed);
    }

    /// At most once a second, whoever comes first.
    fn sweep(&self, now: Millis) {
        let second = now.0.div_euclid(1_000);
        if self.swept_s.swap(second, Ordering::Relaxed) == second {
            return;
        }
        let mut state = self.state.lock();
        state.presence.sweep(now);
        self.online.store(state.presence.online(), Ordering::Relaxed);
    }
}

fn envelope(pass: &ViewerPass, room: &RoomRef, now: Millis, event: Event) -> Envelope {
    Envelope::new(now, Source::Server, room.org, event)
        .with_team(room.team)
        .with_room(room.room)
        .with_broadcast(room.broadcast)
        .with_viewer(pass.viewer.clone())
}
