//! Relay 多平台推流: the room's stream pushed on to other platforms while its show is on air.
//!
//! ```text
//! publisher's task --Tap--> feed: one clock, configurations --bounded queue--> sender: RTMP client --> a platform
//! ```
//! A target is its own task with its own queue. What goes wrong with it (slow, silent, gone, hostile) ends there: the tap only
//! copies handles into queues, and full queues are thrown away up to the next key frame.

mod feed;
mod http;
mod migrations;
mod queue;
pub mod rules;
mod sender;
mod status;
mod store;

use crate::rtmp::Address;
use crate::{Media, StreamDesk, desk, query, sealed};
use app::{ApiError, App, Feature, Job, Stop};
use events::{BroadcastId, Envelope, Event, Millis, RelayChanged, RoomId, Source};
use feed::{Feeds, Order};
use futures_util::future::join_all;
use parking_lot::Mutex;
use rules::{Refusal, State, Target};
use sender::Sender;
use serde::Deserialize;
use status::{Snapshot, Status, Trouble};
use std::collections::{HashMap, HashSet};
use std::net::{IpAddr, Ipv4Addr};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::task::JoinHandle;
use tokio::time::timeout;
use uuid::Uuid;

/// How long a target that is switched off may take to say goodbye before another connection begins.
const FAREWELL: Duration = Duration::from_secs(3);

/// Settings, section `relay` of the configuration file.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RelaySettings {
    /// Targets that one room may have.
    pub targets_per_room: usize,
    /// Whether private, local and otherwise special addresses may be relayed to.
    pub allow_private: bool,
    /// A file of certificates that RTMPS trusts instead of the system's; empty: the system's.
    pub ca_file: PathBuf,
    /// Most milliseconds that wait for one slow target.
    pub queue_ms: u32,
    /// Most bytes that wait for one slow target.
    pub queue_bytes: usize,
    /// Pause between writes to one target: fewer, larger writes cost less. Adds at most this to the delay.
    pub pause_ms: u32,
}

impl Default for RelaySettings {
    fn default() -> Self {
        Self {
            targets_per_room: 8,
            allow_private: false,
            ca_file: PathBuf::new(),
            queue_ms: 3_000,
            queue_bytes: 8 << 20,
            pause_ms: 40,
        }
    }
}

impl RelaySettings {
    fn ca(&self) -> Option<PathBuf> {
        (!self.ca_file.as_os_str().is_empty()).then(|| self.ca_file.clone())
    }
}

pub(crate) fn feature(media: &Media) -> Feature {
    let (orders, inbox) = unbounded_channel();
    let relay = Relay(Arc::new(Inner {
        app: media.0.app.clone(),
        desk: media.0.desk.clone(),
        settings: media.0.all.relay.clone(),
        feeds: Arc::new(Feeds::new(orders.clone())),
        orders,
        on_air: Mutex::default(),
        running: Mutex::default(),
        leaving: Mutex::default(),
        statuses: Mutex::default(),
    }));
    media.add_tap(relay.0.feeds.clone());
    media.0.relay.set(relay.clone()).ok();
    let mut feature = Feature::new("relay");
    feature.routes = http::routes(http::RelayHttp { media: media.clone(), relay: relay.clone() });
    feature.migrations = migrations::MIGRATIONS;
    feature.jobs.push(Job::new("relay", move |stop| async move {
        relay.follow(inbox, stop).await;
        Ok(())
    }));
    feature
}

/// All relays of this program. Cloning is cheap.
#[derive(Clone)]
pub(crate) struct Relay(Arc<Inner>);

struct Inner {
    app: App,
    desk: Arc<dyn StreamDesk>,
    settings: RelaySettings,
    feeds: Arc<Feeds>,
    orders: UnboundedSender<Order>,
    on_air: Mutex<HashMap<RoomId, BroadcastId>>,
    running: Mutex<HashMap<Uuid, Running>>,
    /// Tasks that were stopped and say goodbye. Nobody waits for them but who takes their target over.
    leaving: Mutex<HashMap<Uuid, JoinHandle<()>>>,
    /// Of every target that ran in this process.
    statuses: Mutex<HashMap<Uuid, (RoomId, Arc<Status>)>>,
}

struct Running {
    target: Target,
    stop: Stop,
    show_over: Arc<AtomicBool>,
    task: JoinHandle<()>,
}

impl Relay {
    fn settings(&self) -> &RelaySettings {
        &self.0.settings
    }

    /// Where a target stands now.
    fn snapshot(&self, target: &Target) -> Snapshot {
        let known = self.0.statuses.lock().get(&target.id).map(|(_, status)| status.get()).unwrap_or_default();
        let state = if !target.enabled {
            State::Stopped
        } else if !self.0.on_air.lock().contains_key(&target.room) {
            State::Idle
        } else {
            known.state
        };
        match state {
            State::Stopped | State::Idle => {
                Snapshot { state, since: None, bitrate_kbps: 0, next_try_at: None, ..known }
            }
            _ => known,
        }
    }

    /// How long the room's worst target is not as it should be.
    pub(crate) fn troubled(&self, room: RoomId) -> Option<Duration> {
        let statuses = self.0.statuses.lock();
        statuses.values().filter(|(of, _)| *of == room).filter_map(|(_, status)| status.troubled()).max()
    }

    /// The room's targets were changed.
    fn look(&self, room: RoomId) {
        self.0.orders.send(Order::Look(room)).ok();
    }

    /// The target tells nothing any more. At the next look it begins anew, if it is still wanted.
    fn interrupt(&self, id: Uuid) {
        if let Some(running) = self.0.running.lock().get(&id) {
            running.stop.cancel();
        }
    }

    fn forget(&self, id: Uuid) {
        self.interrupt(id);
        self.0.statuses.lock().remove(&id);
    }

    /// Seals a key for the target it is kept with.
    fn seal(&self, id: Uuid, stream_key: &str) -> anyhow::Result<String> {
        sealed::seal(&self.0.app.keys, id, stream_key)
    }

    /// Refuses what can be known to be wrong before it is tried.
    async fn check(&self, room: RoomId, address: &Address, stream_key: &str) -> Result<(), ApiError> {
        let literal: Option<IpAddr> = address.host.parse().ok();
        let local = address.host == "localhost" || literal.is_some_and(|ip| !app::is_public(ip));
        if local && !self.0.settings.allow_private {
            return Err(Refusal::PrivateAddress.into());
        }
        if self.leads_back(room, stream_key).await? {
            return Err(Refusal::Circle.into());
        }
        Ok(())
    }

    /// Whether what is sent with this key comes back into the room, by however many rooms of ours.
    async fn leads_back(&self, room: RoomId, stream_key: &str) -> anyhow::Result<bool> {
        let mut keys = vec![stream_key.to_owned()];
        let mut seen = HashSet::new();
        while let Some(key) = keys.pop() {
            let (name, query) = key.split_once('?').unwrap_or((&key, ""));
            let (behind, from) = (query::key_in(query), IpAddr::V4(Ipv4Addr::LOCALHOST));
            let found = desk::authorize(&*self.0.desk, behind.as_deref(), name, from).await;
            let Ok((grant, _)) = found else { continue };
            if grant.room == room {
                return Ok(true);
            }
            if seen.insert(grant.room) {
                for target in store::of_room(self.0.app.store.read(), grant.room).await? {
                    keys.extend(sealed::open(&self.0.app.keys, target.id, &target.stream_key).ok());
                }
            }
        }
        Ok(false)
    }

    async fn follow(&self, mut inbox: UnboundedReceiver<Order>, stop: Stop) {
        loop {
            let order = tokio::select! {
                () = stop.cancelled() => break,
                order = inbox.recv() => order,
            };
            let room = match order {
                None => break,
                Some(Order::Begin(room, broadcast)) => {
                    self.0.on_air.lock().insert(room, broadcast);
                    room
                }
                Some(Order::End(room)) => {
                    self.0.on_air.lock().remove(&room);
                    room
                }
                Some(Order::Look(room)) => room,
            };
            if let Err(error) = self.arrange(room).await {
                tracing::error!(room.id = %room, "arranging the relays of room `{room}` failed: {error:#}");
            }
        }
        let running: Vec<Running> = self.0.running.lock().drain().map(|(_, running)| running).collect();
        running.iter().for_each(|running| running.stop.cancel());
        let leaving: Vec<JoinHandle<()>> = self.0.leaving.lock().drain().map(|(_, task)| task).collect();
        let all = running.into_iter().map(|running| running.task).chain(leaving);
        timeout(FAREWELL, join_all(all)).await.ok();
    }

    /// Ends what should not run, and begins what should. Waits for no target: a slow one would hold up those of every room.
    async fn arrange(&self, room: RoomId) -> anyhow::Result<()> {
        let broadcast = self.0.on_air.lock().get(&room).copied();
        let targets = store::of_room(self.0.app.store.read(), room).await?;
        let wanted: Vec<Target> = targets.into_iter().filter(|target| target.enabled).collect();
        self.end_unwanted(room, broadcast, &wanted);
        if broadcast.is_none() {
            return Ok(());
        }
        for target in wanted {
            let known = self.0.running.lock().contains_key(&target.id);
            if known {
                continue;
            }
            let (id, status) = (target.id, Arc::new(Status::default()));
            self.0.statuses.lock().insert(id, (room, status.clone()));
            if let Err(error) = self.begin(target, broadcast, status.clone()) {
                // The others go on.
                tracing::error!(relay.id = %id, "relay `{id}` cannot begin: {error:#}");
                let text = "what is kept of this target cannot be read any more; enter address and key again";
                status.enter(State::Refused, self.0.app.now());
                status.failed(Trouble { code: "unreadable", text: text.to_owned() });
            }
        }
        Ok(())
    }

    /// `wanted` are those that are switched on.
    fn end_unwanted(&self, room: RoomId, broadcast: Option<BroadcastId>, wanted: &[Target]) {
        let mut leaving = self.0.leaving.lock();
        leaving.retain(|_, task| !task.is_finished());
        let goes_on = |running: &Running| {
            let same = wanted.iter().any(|target| running.target.sends_as(target));
            broadcast.is_some() && same && !running.stop.is_cancelled()
        };
        let over = |_: &Uuid, running: &mut Running| running.target.room == room && !goes_on(running);
        for (id, running) in self.0.running.lock().extract_if(over) {
            // A target that a person switched off has been told of.
            let show_over = broadcast.is_none() && wanted.iter().any(|target| target.id == id);
            running.show_over.store(show_over, Ordering::Release);
            running.stop.cancel();
            leaving.insert(id, running.task);
        }
        for (id, (of, status)) in self.0.statuses.lock().iter() {
            if *of == room && (broadcast.is_none() || !wanted.iter().any(|target| target.id == *id)) {
                status.fine();
            }
        }
    }

    fn begin(&self, target: Target, broadcast: Option<BroadcastId>, status: Arc<Status>) -> anyhow::Result<()> {
        let (id, stop, show_over) = (target.id, Stop::new(), Arc::<AtomicBool>::default());
        let sender = Sender {
            app: self.0.app.clone(),
            settings: self.0.settings.clone(),
            address: Address::parse(&target.url)?,
            stream_key: sealed::open(&self.0.app.keys, id, &target.stream_key)?,
            about: about(&target, self.0.app.now()).with_broadcast(broadcast),
            feed: self.0.feeds.feed(target.room),
            status,
            stop: stop.clone(),
            show_over: show_over.clone(),
            target: target.clone(),
        };
        let before = self.0.leaving.lock().remove(&id);
        let task = tokio::spawn(async move {
            // Platforms refuse a second connection with the same key, and what the first tells comes first.
            if let Some(before) = before
                && timeout(FAREWELL, before).await.is_err()
            {
                tracing::warn!(relay.id = %id, "relay `{id}` did not stop in time");
            }
            sender.run().await;
        });
        self.0.running.lock().insert(id, Running { target, stop, show_over, task });
        Ok(())
    }
}

/// An event about a target, its state to be filled in.
fn about(target: &Target, now: Millis) -> Envelope {
    let state = RelayChanged { relay: target.id, state: State::Stopped.as_str().to_owned(), reason: None };
    let envelope = Envelope::new(now, Source::Server, target.org, Event::RelayChanged(state));
    envelope.with_team(target.team).with_room(target.room)
}
