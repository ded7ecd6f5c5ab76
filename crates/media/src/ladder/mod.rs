//! The bit-rate ladder 码率自适应: smaller renditions of a room's stream, made by ffmpeg, never larger ones.
//!
//! ```text
//! HlsStream (source) --parts--> ffmpeg --Matroska--> Packager per rung --> HlsStream per rung
//! ```
//! Key frames stand where the source has its own and clocks are the source's, so segments, their numbers and their
//! program date-times line up. When ffmpeg dies, the source plays on and the rungs come back after a pause.

mod capacity;
mod http;
mod lag;
mod migrations;
pub(crate) mod mkv;
pub(crate) mod renditions;
pub mod rules;
mod run;
mod source;
pub(crate) mod store;

use crate::hls::{Cursor, HlsStream};
use crate::{Media, OnAir, StreamInfo, Tap};
use anyhow::Context;
use app::{Feature, Job, Stop};
use capacity::{Capacity, Full};
use events::{BroadcastId, RoomId};
use parking_lot::Mutex;
use rules::Rung;
use run::{End, Run};
use serde::Deserialize;
use source::{Source, TooSlow};
use std::collections::HashMap;
use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};
use store::Wish;
use tokio::sync::OwnedSemaphorePermit;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::time::sleep;

pub(crate) use renditions::Renditions;

/// Pauses after a failure double from the first to the longest, and a run that long forgets earlier ones.
const FAILED: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(30));
const TOO_SLOW: (Duration, Duration) = (Duration::from_secs(30), Duration::from_secs(300));
const STEADY: Duration = Duration::from_secs(120);
/// How often a room without a place asks again.
const NO_PLACE: Duration = Duration::from_secs(10);
/// Rungs are not made anew sooner than this because the source costs more or less than it did.
const REVIEW: Duration = Duration::from_secs(30);
/// What players of a rung that has gone may still fetch of it.
const PAST: Duration = Duration::from_secs(30);

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
    /// No wanted rung lies below the source or would cost less, or the source has no picture.
    NothingBelow,
    NoCapacity,
    FfmpegMissing,
    /// The rungs fell behind and were dropped; it is tried again after a long pause.
    TooSlow,
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
            Self::TooSlow => "too_slow",
            Self::Waiting => "waiting",
        }
    }
}

enum Order {
    /// The room's output has a configuration.
    Configured(RoomId, BroadcastId),
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
    media.add_tap(Arc::new(Watch { media: Arc::downgrade(&media.0), orders }));
    let mut feature = Feature::new("ladder");
    feature.routes = http::routes(http::LadderHttp { media: media.clone(), ladders: ladders.clone() });
    feature.migrations = migrations::MIGRATIONS;
    feature.jobs.push(Job::new("ladder", move |stop| async move {
        ladders.follow(inbox, stop).await;
        Ok(())
    }));
    feature
}

/// Notes what sources look like, and tells the manager; what is made comes from what is kept for players.
struct Watch {
    /// Media holds its taps.
    media: Weak<crate::streams::Inner>,
    orders: UnboundedSender<Order>,
}

impl Tap for Watch {
    fn configured(&self, room: RoomId, on_air: &OnAir, info: &StreamInfo) {
        let Some(media) = self.media.upgrade().map(Media) else { return };
        // The init segment was just put there, and nothing that needs it yet.
        let Some(stream) = media.stream(room) else { return };
        media.0.renditions.configured(room, on_air.broadcast, stream.edge().sequence, info.clone());
        self.orders.send(Order::Configured(room, on_air.broadcast)).ok();
    }

    fn ended(&self, room: RoomId) {
        self.orders.send(Order::Ended(room)).ok();
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
    /// The show; none while the room is not on air.
    show: Option<BroadcastId>,
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

    fn settings(&self) -> &LadderSettings {
        &self.0.media.0.all.ladder
    }

    fn renditions(&self) -> &Renditions {
        &self.0.media.0.renditions
    }

    fn look(&self, room: RoomId) {
        self.0.orders.send(Order::Look(room)).ok();
    }

    /// What the room wants, or would get if it was switched on.
    async fn wish(&self, room: RoomId) -> anyhow::Result<Wish> {
        let kept = store::find(self.0.media.0.app.store.read(), room).await?;
        Ok(kept.unwrap_or_else(|| Wish { enabled: false, rungs: self.settings().rungs.clone() }))
    }

    /// Measures before somebody waits for it.
    fn measure(&self) {
        let ladders = self.clone();
        tokio::spawn(async move { ladders.0.capacity.places().await.is_ok() });
    }

    async fn follow(&self, mut inbox: UnboundedReceiver<Order>, stop: Stop) {
        match store::is_wanted(self.0.media.0.app.store.read()).await {
            Ok(true) => self.measure(),
            Ok(false) => {}
            Err(error) => tracing::error!("reading which rooms have a ladder failed: {error:#}"),
        }
        loop {
            let order = tokio::select! {
                () = stop.cancelled() => break,
                order = inbox.recv() => order,
            };
            let room = match order {
                None => break,
                Some(Order::Configured(room, show)) => {
                    self.0.rooms.lock().entry(room).or_default().show = Some(show);
                    room
                }
                // A ladder sees the end by itself, after the last part.
                Some(Order::Ended(room)) => {
                    if let Some(known) = self.0.rooms.lock().get_mut(&room) {
                        known.show = None;
                    }
                    room
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
        let Some(show) = known.show else {
            rooms.remove(&room);
            return Ok(());
        };
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
            let is_over = tokio::select! {
                () = stop.cancelled() => false,
                () = ladders.keep(room, &wish) => true,
            };
            if let Some(source) = Source::of(&ladders.0.media, room).filter(|_| !is_over) {
                ladders.withdraw(room, &source.stream);
            }
            if let Some(known) = ladders.0.rooms.lock().get_mut(&room) {
                known.running = None;
                known.state = State::Idle;
                known.show = known.show.filter(|current| !is_over || *current != show);
            }
            ladders.look(room);
        });
        Ok(())
    }

    /// Keeps the room's ladder going until its show is over.
    async fn keep(&self, room: RoomId, wish: &Wish) {
        let mut pauses = Pauses::default();
        let mut place = None;
        let mut begin = None;
        while let Some(source) = Source::of(&self.0.media, room) {
            let since = Instant::now();
            match self.step(room, &source, wish, begin.take(), &mut place).await {
                Ok(Next::At(cursor)) => begin = Some(cursor),
                Ok(Next::Edge) => {}
                // The rungs of a show that is over stay readable as long as their source.
                Ok(Next::Over) => return,
                Err(error) => {
                    tracing::warn!(room.id = %room, "the ladder of room `{room}` broke: {error:#}");
                    self.withdraw(room, &source.stream);
                    place = None;
                    let io = error.root_cause().downcast_ref::<std::io::Error>();
                    let missing = io.is_some_and(|error| error.kind() == std::io::ErrorKind::NotFound);
                    let slow = error.downcast_ref::<TooSlow>().is_some();
                    metrics::counter!("kaibo_media_ladder_broken_total", "reason" => if slow { "slow" } else { "failed" })
                        .increment(1);
                    self.enter(
                        room,
                        match (missing, slow) {
                            (true, _) => State::FfmpegMissing,
                            (_, true) => State::TooSlow,
                            _ => State::Waiting,
                        },
                    );
                    sleep(pauses.next(if slow { TOO_SLOW } else { FAILED }, since.elapsed())).await;
                }
            }
        }
    }

    /// Makes rungs of what the source is now, or waits until that can be.
    async fn step(
        &self,
        room: RoomId,
        source: &Source,
        wish: &Wish,
        begin: Option<Cursor>,
        place: &mut Option<OwnedSemaphorePermit>,
    ) -> anyhow::Result<Next> {
        let begin = begin.or_else(|| source.stream.newest()).unwrap_or_else(|| source.stream.edge());
        let mut cursor = begin;
        let Some(first) = source.next(&mut cursor).await? else { return Ok(Next::Over) };
        let info = self.renditions().configuration(room, first.init).unwrap_or_default();
        let plan = || rules::plan(&info, source.stream.rates().average_bps, &wish.rungs);
        if plan().is_empty() {
            *place = None;
            self.enter(room, State::NothingBelow);
            self.withdraw(room, &source.stream);
            let next = source.begin_where(&mut cursor, |piece| piece.init != first.init || !plan().is_empty());
            return Ok(next.await?.map_or(Next::Over, Next::At));
        }
        if place.is_none() {
            match self.0.capacity.take().await {
                Ok(taken) => *place = Some(taken),
                Err(full) => {
                    self.enter(
                        room,
                        match full {
                            Full::FfmpegMissing => State::FfmpegMissing,
                            Full::Unknown => State::Waiting,
                            Full::NoCapacity => State::NoCapacity,
                        },
                    );
                    sleep(NO_PLACE).await;
                    return Ok(Next::Edge);
                }
            }
        }
        // Promised before they are made: players load the list once, and the source's first segment lets them in.
        self.offer(room, &source.stream, &plan());
        source.begun().await;
        // By now it is known what the source takes.
        let rungs = plan();
        self.offer(room, &source.stream, &rungs);
        if rungs.is_empty() {
            return Ok(Next::At(begin));
        }
        let since = Instant::now();
        let outdated = |made: &[Rung]| since.elapsed() > REVIEW && rules::outdated(made, &plan());
        let run = Run {
            ffmpeg: &self.settings().ffmpeg,
            room,
            source,
            cuts: self.0.media.0.settings.cuts(),
            rungs,
            renditions: self.renditions(),
            capacity: &self.0.capacity,
            outdated: &outdated,
        };
        self.enter(room, State::Running);
        Ok(match run.run(begin).await.context("making the rungs")? {
            End::Over => Next::Over,
            End::Changed(cursor) => Next::At(cursor),
        })
    }

    fn offer(&self, room: RoomId, source: &Arc<HlsStream>, rungs: &[Rung]) {
        if self.renditions().offer(room, source, rungs) {
            let (ladders, source) = (self.clone(), source.clone());
            tokio::spawn(async move {
                sleep(PAST).await;
                ladders.renditions().forget_past(room, &source);
            });
        }
    }

    fn withdraw(&self, room: RoomId, source: &Arc<HlsStream>) {
        self.offer(room, source, &[]);
    }
}

/// Where a ladder goes on.
enum Next {
    At(Cursor),
    Edge,
    /// The show is over.
    Over,
}

/// Growing pauses after failures.
#[derive(Debug, Default)]
struct Pauses(Option<Duration>);

impl Pauses {
    /// `ran` is how long it went well before.
    fn next(&mut self, (first, longest): (Duration, Duration), ran: Duration) -> Duration {
        let grown = self.0.filter(|_| ran < STEADY).map_or(first, |last| last * 2);
        *self.0.insert(grown.clamp(first, longest))
    }
}
