//! The bit-rate ladder 码率自适应: smaller renditions of a room's stream, made by ffmpeg, never larger ones.
//!
//! ```text
//! HlsStream (source) --parts--> ffmpeg --Matroska--> Packager per rung --> HlsStream per rung
//! ```
//! Key frames stand where the source has its own and clocks are the source's, so segments, their numbers and their
//! program date-times line up. When ffmpeg dies, the source plays on and the rungs come back after a pause.

mod capacity;
mod http;
mod migrations;
pub(crate) mod mkv;
pub(crate) mod renditions;
pub mod rules;
mod run;
pub(crate) mod store;

use crate::hls::{Cursor, HlsStream};
use crate::{Media, OnAir, StreamInfo, Tap};
use anyhow::Context;
use app::{Feature, Job, Stop};
use capacity::{Capacity, Full};
use events::RoomId;
use parking_lot::Mutex;
use run::{End, Run};
use serde::Deserialize;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};
use store::Wish;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::time::sleep;

pub(crate) use renditions::Renditions;

/// Pauses after a failure, and a run that long forgets earlier ones.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_secs(30);
const STEADY: Duration = Duration::from_secs(60);
/// How often a room without a place asks again.
const NO_PLACE: Duration = Duration::from_secs(10);

/// Settings, section `ladder` of the configuration file.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct LadderSettings {
    /// The program that makes rungs.
    pub ffmpeg: String,
    /// Ladders at once. Zero: as many as a short trial at the first use says.
    pub max_ladders: usize,
    /// Lines of the rungs of a room that names none.
    pub rungs: Vec<u32>,
}

impl Default for LadderSettings {
    fn default() -> Self {
        Self { ffmpeg: "ffmpeg".into(), max_ladders: 0, rungs: vec![720, 480, 360] }
    }
}

/// Where a room's ladder stands.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum State {
    /// The room is not on air.
    #[default]
    Idle,
    Starting,
    Running,
    /// No wanted rung lies below the source, or it has no picture.
    NothingBelow,
    NoCapacity,
    FfmpegMissing,
    /// Something failed; it is tried again after a pause.
    Waiting,
}

impl State {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Idle => "idle",
            Self::Starting => "starting",
            Self::Running => "running",
            Self::NothingBelow => "nothing_below",
            Self::NoCapacity => "no_capacity",
            Self::FfmpegMissing => "ffmpeg_missing",
            Self::Waiting => "waiting",
        }
    }
}

enum Order {
    /// The room's output has this configuration.
    Configured(RoomId, StreamInfo),
    Ended(RoomId),
    /// The room's wish was changed, or its ladder is done.
    Look(RoomId),
}

pub(crate) fn feature(media: &Media) -> Feature {
    let (orders, inbox) = unbounded_channel();
    let settings = media.0.all.ladder.clone();
    let ladders = Ladders(Arc::new(Inner {
        media: media.clone(),
        capacity: Capacity::new(settings.ffmpeg.clone(), settings.max_ladders),
        orders: orders.clone(),
        rooms: Mutex::default(),
    }));
    media.add_tap(Arc::new(Watch(orders)));
    let mut feature = Feature::new("ladder");
    feature.routes = http::routes(http::LadderHttp { media: media.clone(), ladders: ladders.clone() });
    feature.migrations = migrations::MIGRATIONS;
    feature.jobs.push(Job::new("ladder", move |stop| async move {
        ladders.follow(inbox, stop).await;
        Ok(())
    }));
    feature
}

/// Only tells the manager; what is made comes from what is kept for players.
struct Watch(UnboundedSender<Order>);

impl Tap for Watch {
    fn configured(&self, room: RoomId, _on_air: &OnAir, info: &StreamInfo) {
        self.0.send(Order::Configured(room, info.clone())).ok();
    }

    fn ended(&self, room: RoomId) {
        self.0.send(Order::Ended(room)).ok();
    }
}

#[derive(Clone)]
pub(crate) struct Ladders(Arc<Inner>);

struct Inner {
    media: Media,
    capacity: Capacity,
    orders: UnboundedSender<Order>,
    rooms: Mutex<HashMap<RoomId, Room>>,
}

#[derive(Default)]
struct Room {
    /// Of the source; none while the room is not on air.
    info: Option<StreamInfo>,
    state: State,
    running: Option<Running>,
}

struct Running {
    wish: Wish,
    stop: Stop,
}

impl Ladders {
    fn state(&self, room: RoomId) -> State {
        self.0.rooms.lock().get(&room).map_or(State::Idle, |room| room.state)
    }

    fn enter(&self, room: RoomId, state: State) {
        if let Some(room) = self.0.rooms.lock().get_mut(&room) {
            room.state = state;
        }
    }

    fn info(&self, room: RoomId) -> Option<StreamInfo> {
        self.0.rooms.lock().get(&room)?.info.clone()
    }

    fn settings(&self) -> &LadderSettings {
        &self.0.media.0.all.ladder
    }

    fn look(&self, room: RoomId) {
        self.0.orders.send(Order::Look(room)).ok();
    }

    /// What the room wants, or would get if it was switched on.
    async fn wish(&self, room: RoomId) -> anyhow::Result<Wish> {
        let kept = store::find(self.0.media.0.app.store.read(), room).await?;
        Ok(kept.unwrap_or_else(|| Wish { enabled: false, rungs: self.settings().rungs.clone() }))
    }

    async fn follow(&self, mut inbox: UnboundedReceiver<Order>, stop: Stop) {
        loop {
            let order = tokio::select! {
                () = stop.cancelled() => break,
                order = inbox.recv() => order,
            };
            let room = match order {
                None => break,
                Some(Order::Configured(room, info)) => {
                    self.0.rooms.lock().entry(room).or_default().info = Some(info);
                    room
                }
                Some(Order::Ended(room)) => {
                    let mut rooms = self.0.rooms.lock();
                    // A ladder sees the end by itself, after the last part.
                    if rooms.get(&room).is_some_and(|room| room.running.is_none()) {
                        rooms.remove(&room);
                    } else if let Some(room) = rooms.get_mut(&room) {
                        room.info = None;
                    }
                    continue;
                }
                Some(Order::Look(room)) => room,
            };
            if let Err(error) = self.arrange(room, &stop).await {
                tracing::error!(room.id = %room, "arranging the ladder of room `{room}` failed: {error:#}");
            }
        }
    }

    /// Ends a ladder that should not be, begins one that should.
    async fn arrange(&self, room: RoomId, stop: &Stop) -> anyhow::Result<()> {
        let wish = self.wish(room).await?;
        let mut rooms = self.0.rooms.lock();
        let Some(known) = rooms.get_mut(&room) else { return Ok(()) };
        if let Some(running) = &known.running {
            if running.wish != wish || !wish.enabled {
                // It says when it is done; then the room is looked at again.
                running.stop.cancel();
            }
            return Ok(());
        }
        if known.info.is_none() {
            rooms.remove(&room);
            return Ok(());
        }
        if !wish.enabled {
            known.state = State::Idle;
            return Ok(());
        }
        let stop = stop.child_token();
        known.running = Some(Running { wish: wish.clone(), stop: stop.clone() });
        known.state = State::Starting;
        drop(rooms);
        let ladders = self.clone();
        tokio::spawn(async move {
            tokio::select! {
                () = stop.cancelled() => {}
                () = ladders.keep(room, &wish) => {}
            }
            if let Some(known) = ladders.0.rooms.lock().get_mut(&room) {
                known.running = None;
                known.state = State::Idle;
            }
            if stop.is_cancelled()
                && let Some(source) = ladders.0.media.stream(room)
            {
                ladders.0.media.0.renditions.remove(room, &source);
            }
            ladders.look(room);
        });
        Ok(())
    }

    /// Keeps the room's ladder going until its show is over.
    async fn keep(&self, room: RoomId, wish: &Wish) {
        let mut pause = FIRST_PAUSE;
        let mut begin = None;
        loop {
            let Some(source) = self.0.media.stream(room) else { return };
            let info = self.info(room).unwrap_or_default();
            let rungs = rules::below(&info, &wish.rungs);
            if rungs.is_empty() {
                self.enter(room, State::NothingBelow);
                self.0.media.0.renditions.remove(room, &source);
                // Another configuration is looked at like another show.
                if !self.another_configuration(room, &source).await {
                    return;
                }
                continue;
            }
            let place = match self.0.capacity.take().await {
                Ok(place) => place,
                Err(full) => {
                    let missing = full == Full::FfmpegMissing;
                    self.enter(room, if missing { State::FfmpegMissing } else { State::NoCapacity });
                    sleep(NO_PLACE).await;
                    continue;
                }
            };
            let since = Instant::now();
            let result = self.run(room, &source, (info, rungs), begin.take()).await;
            drop(place);
            match result {
                Ok(End::Over) => return self.forget_later(room, source),
                Ok(End::Changed(cursor)) => begin = Some(cursor),
                Err(error) => {
                    tracing::warn!(room.id = %room, "the ladder of room `{room}` broke: {error:#}");
                    metrics::counter!("kaibo_media_ladder_broken_total").increment(1);
                    self.0.media.0.renditions.remove(room, &source);
                    let missing = error.root_cause().downcast_ref::<std::io::Error>();
                    let missing = missing.is_some_and(|error| error.kind() == std::io::ErrorKind::NotFound);
                    self.enter(room, if missing { State::FfmpegMissing } else { State::Waiting });
                    pause = if since.elapsed() > STEADY { FIRST_PAUSE } else { pause };
                    sleep(pause).await;
                    pause = (pause * 2).min(LONGEST_PAUSE);
                }
            }
        }
    }

    async fn run(
        &self,
        room: RoomId,
        source: &Arc<HlsStream>,
        (info, rungs): (StreamInfo, Vec<rules::Rung>),
        begin: Option<Cursor>,
    ) -> anyhow::Result<End> {
        let media = &self.0.media;
        let is_current = || media.stream(room).is_some_and(|current| Arc::ptr_eq(&current, source));
        let run = Run {
            ffmpeg: &self.settings().ffmpeg,
            room,
            source: source.clone(),
            info,
            cuts: media.0.settings.cuts(),
            rungs,
            renditions: &media.0.renditions,
            is_current: &is_current,
        };
        self.enter(room, State::Running);
        run.run(begin.unwrap_or_else(|| source.edge())).await.context("making the rungs")
    }

    /// Waits until the source is configured anew; false when its show is over.
    async fn another_configuration(&self, room: RoomId, source: &Arc<HlsStream>) -> bool {
        let before = self.info(room);
        loop {
            sleep(Duration::from_secs(1)).await;
            let current = self.0.media.stream(room).is_some_and(|current| Arc::ptr_eq(&current, source));
            let info = self.info(room);
            if !current || info.is_none() {
                return false;
            }
            if info != before {
                return true;
            }
        }
    }

    /// The rungs of a show that is over stay readable as long as their source.
    fn forget_later(&self, room: RoomId, source: Arc<HlsStream>) {
        let media = self.0.media.clone();
        tokio::spawn(async move {
            sleep(Duration::from_millis(u64::from(media.0.settings.forget_after_ms))).await;
            media.0.renditions.remove(room, &source);
        });
    }
}
