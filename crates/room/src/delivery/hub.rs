//! The rooms' states, fed by the event log, and the frames they become: one per room and tick, encoded once.
//!
//! Everything a viewer sees was read back from the log, so it is durable and carries its position before it is shown.

use super::{
    bus::{Encoded, Frame, OpenRoom, Outstanding, Pace, RoomCommand, Shard, SocketId},
    state::{RESUME_MS, State, Total, Waiting},
    wire::{Limits, Whose},
};
use crate::gateway::{Arrival, Deflater, MAX_MESSAGE, RoomSettings};
use events::{BroadcastId, ChatMode, Envelope, Millis, RoomId, StreamSource, ViewerId};
use parking_lot::Mutex;
use rand::RngExt;
use std::{
    cmp::Reverse,
    collections::{BinaryHeap, HashMap},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};
use tokio::{
    sync::{Notify, mpsc},
    time::Instant,
};

/// After a frame that took longer than the tick, the shards have this share of its time for reading before the next:
/// what they read then goes into one frame instead of several.
const REST: u32 = 4;
/// Below this deflate gains nothing.
const DEFLATE_FROM: usize = 5;
/// Changed totals alone are shown at this pace.
const TOTALS_MS: u64 = 500;
/// Equal snapshots for those who arrive together.
const HELLO_KEPT: Duration = Duration::from_millis(50);
/// A room without viewers is forgotten when nothing happened for so long (never while live).
const FORGET_MS: i64 = RESUME_MS;

#[derive(Clone)]
pub struct Hub(Arc<Inner>);

struct Inner {
    settings: RoomSettings,
    shards: Vec<Shard>,
    next_shard: AtomicUsize,
    rooms: Mutex<Rooms>,
    /// Something became due earlier than planned, or a shard finished a frame.
    wake: Arc<Notify>,
}

struct Rooms {
    rooms: HashMap<RoomId, Room>,
    due: BinaryHeap<Reverse<(Instant, RoomId)>>,
    /// Were due while their last frame was still being written.
    late: Vec<RoomId>,
    /// Nothing is known of a new room's events up to here.
    base: u64,
    position: u64,
    /// What events up to here changed was restored.
    known_to: u64,
    deflater: Deflater,
}

struct Room {
    state: State,
    on_shards: Vec<Option<OnShard>>,
    deflating: usize,
    pace: Arc<Pace>,
    due_at: Option<Instant>,
    /// Stands in `Rooms::late`.
    late: bool,
    sent_at: Instant,
    hello: Option<(Instant, Encoded)>,
}

struct OnShard {
    members: usize,
    commands: mpsc::UnboundedSender<RoomCommand>,
}

/// What is known of a room when somebody joins it.
pub struct Joining {
    pub title: String,
    pub broadcast: Option<BroadcastId>,
    pub source: Option<StreamSource>,
    pub online: u32,
    pub mode: ChatMode,
    /// The last `seq` the client knows.
    pub seq: Option<u64>,
}

impl Hub {
    pub fn new(settings: RoomSettings, shards: Vec<Shard>) -> Self {
        let rooms = Rooms {
            rooms: HashMap::new(),
            due: BinaryHeap::new(),
            late: Vec::new(),
            base: 0,
            position: 0,
            known_to: 0,
            deflater: Deflater::new(),
        };
        Self(Arc::new(Inner {
            settings,
            shards,
            next_shard: AtomicUsize::new(0),
            rooms: Mutex::new(rooms),
            wake: Arc::new(Notify::new()),
        }))
    }

    /// The log is read from `first` on; the totals are those at `known_to`.
    pub fn start_at(&self, first: u64, known_to: u64, totals: &[Total], now: Millis) {
        let mut rooms = self.0.rooms.lock();
        rooms.base = first.saturating_sub(1);
        rooms.position = rooms.base;
        rooms.known_to = known_to;
        for total in totals {
            let mut room = Room::new(rooms.base, known_to, &self.0, now);
            room.state.restore(total);
            rooms.rooms.insert(total.room, room);
        }
    }

    /// What a restart could not read from the last ten minutes of the log, and the position it holds for.
    pub fn totals(&self) -> (u64, Vec<Total>) {
        let rooms = self.0.rooms.lock();
        (rooms.position, rooms.rooms.iter().filter_map(|(id, room)| room.state.total(*id)).collect())
    }

    /// Takes events in the log's order.
    pub fn apply(&self, events: Vec<(u64, RoomId, Envelope)>, last: u64, now: Millis) {
        let mut chance = rand::rng();
        let mut guard = self.0.rooms.lock();
        let rooms = &mut *guard;
        for (pos, id, envelope) in events {
            let Rooms { rooms, due, base, known_to, deflater, .. } = rooms;
            let room = rooms.entry(id).or_insert_with(|| Room::new(*base, *known_to, &self.0, now));
            let watched = room.is_watched();
            room.state.apply(pos, envelope, watched, &mut chance);
            room.hello = None;
            if !watched {
                continue;
            }
            if self.0.settings.tick_max_ms == 0 {
                self.0.send_frame(room, now, deflater);
            } else {
                self.0.plan(id, room, due);
            }
        }
        rooms.position = last;
    }

    /// Forgets what somebody wrote.
    pub fn forget_words(&self, of: &Whose) {
        for room in self.0.rooms.lock().rooms.values_mut() {
            room.state.forget_words(of);
            room.hello = None;
        }
    }

    /// Adds a socket to a room: it gets the snapshot, and every frame after it.
    pub fn join(&self, arrival: Arrival, joining: Joining, now: Millis) {
        let id = arrival.pass.room;
        let mut guard = self.0.rooms.lock();
        let Rooms { rooms, base, known_to, deflater, .. } = &mut *guard;
        let room = rooms.entry(id).or_insert_with(|| Room::new(*base, *known_to, &self.0, now));
        room.learn(&joining);
        let hello = self.0.hello(id, room, joining.seq, now, arrival.deflate.then_some(deflater));
        let turn = self.0.next_shard.fetch_add(1, Ordering::Relaxed) % self.0.shards.len().max(1);
        let deflating = usize::from(arrival.deflate);
        let Some(on_shard) = self.0.on_shard(id, room, turn) else { return };
        on_shard.members += 1;
        let _ = on_shard.commands.send(RoomCommand::Join { arrival: Box::new(arrival), hello });
        room.deflating += deflating;
    }

    /// Answers a socket that noticed a gap.
    pub fn resume(&self, id: RoomId, socket: SocketId, deflate: bool, seq: u64, now: Millis) {
        let mut guard = self.0.rooms.lock();
        let rooms = &mut *guard;
        let Some(room) = rooms.rooms.get_mut(&id) else { return };
        let message = self.0.hello(id, room, Some(seq), now, deflate.then_some(&mut rooms.deflater));
        if let Some(Some(on_shard)) = room.on_shards.get(socket.shard) {
            let _ = on_shard.commands.send(RoomCommand::Direct { socket, message });
        }
    }

    /// Tells one viewer something, in a room or wherever that viewer is; `farewell` then ends the sockets.
    pub fn tell(&self, room: Option<RoomId>, viewer: &ViewerId, message: &[u8], farewell: Option<&'static str>) {
        let message = Encoded::new(message, None);
        let guard = self.0.rooms.lock();
        let rooms = guard.rooms.iter().filter(|(id, _)| room.is_none_or(|room| room == **id));
        for on_shard in rooms.flat_map(|(_, room)| room.on_shards.iter().flatten()) {
            let (viewer, message) = (viewer.clone(), message.clone());
            let _ = on_shard.commands.send(RoomCommand::ToViewer { viewer, message, farewell });
        }
    }

    /// A socket is gone. The last one on a shard ends the room's writer there.
    pub fn left(&self, id: RoomId, shard: usize, deflate: bool) {
        let mut guard = self.0.rooms.lock();
        let Some(room) = guard.rooms.get_mut(&id) else { return };
        room.deflating = room.deflating.saturating_sub(usize::from(deflate));
        if let Some(place) = room.on_shards.get_mut(shard)
            && let Some(on_shard) = place
        {
            on_shard.members = on_shard.members.saturating_sub(1);
            if on_shard.members == 0 {
                *place = None;
            }
        }
        if !room.is_watched() {
            // What waited is known to the next one who joins.
            let _ = room.state.take(0, room.state.touched, &mut rand::rng());
        }
    }

    /// Sends the frames that are due and says when the next one is.
    pub fn send_due(&self, at: Instant, now: Millis) -> Option<Instant> {
        let mut guard = self.0.rooms.lock();
        let rooms = &mut *guard;
        rooms.see_to_late();
        while let Some(Reverse((due_at, id))) = rooms.due.peek().copied() {
            if due_at > at {
                return Some(due_at);
            }
            rooms.due.pop();
            let Some(room) = rooms.rooms.get_mut(&id) else { continue };
            if room.due_at != Some(due_at) {
                continue;
            }
            room.due_at = None;
            if room.pace.is_writing() {
                metrics::counter!("kaibo_room_ticks_postponed_total").increment(1);
                room.late = true;
                rooms.late.push(id);
                continue;
            }
            self.0.send_frame(room, now, &mut rooms.deflater);
        }
        None
    }

    /// Watched rooms, for looking up who is online.
    pub fn watched(&self) -> Vec<RoomId> {
        self.0.rooms.lock().rooms.iter().filter(|(_, room)| room.is_watched()).map(|(id, _)| *id).collect()
    }

    pub fn set_online(&self, online: &[(RoomId, u32)]) {
        let mut guard = self.0.rooms.lock();
        let rooms = &mut *guard;
        for (id, online) in online {
            let Some(room) = rooms.rooms.get_mut(id) else { continue };
            room.state.set_online(*online);
            if room.state.waiting().is_some() {
                room.hello = None;
                self.0.plan(*id, room, &mut rooms.due);
            }
        }
    }

    /// Forgets rooms where nothing happens, and events too old to resume from.
    pub fn tidy(&self, now: Millis) {
        let mut guard = self.0.rooms.lock();
        let rooms = &mut *guard;
        let before = rooms.rooms.len();
        rooms.rooms.retain(|_, room| {
            room.state.forget(now);
            room.is_watched() || room.state.broadcast.is_some() || now.since(room.state.touched) <= FORGET_MS
        });
        if rooms.rooms.len() < before {
            rooms.base = rooms.position;
        }
        metrics::gauge!("kaibo_room_rooms").set(rooms.rooms.len() as f64);
    }

    pub async fn woken(&self) {
        self.0.wake.notified().await;
    }
}

impl Rooms {
    /// Rooms whose frame is done get their next one soon.
    fn see_to_late(&mut self) {
        let Self { rooms, due, late, .. } = self;
        late.retain(|id| {
            let Some(room) = rooms.get_mut(id) else { return false };
            if room.pace.is_writing() {
                return true;
            }
            room.late = false;
            let done = room.pace.written_at().unwrap_or(room.sent_at);
            room.set_due(*id, done + done.duration_since(room.sent_at) / REST, due);
            false
        });
    }
}

impl Inner {
    /// Sees to it that what waits in the room is sent at the room's pace.
    fn plan(&self, id: RoomId, room: &mut Room, due: &mut BinaryHeap<Reverse<(Instant, RoomId)>>) {
        if room.late {
            return;
        }
        let Some(waiting) = room.state.waiting() else { return };
        let largest = room.on_shards.iter().flatten().map(|on_shard| on_shard.members).max().unwrap_or(0);
        let tick_ms = match waiting {
            Waiting::Messages => self.settings.tick_ms(largest),
            Waiting::Totals => self.settings.tick_ms(largest).max(TOTALS_MS),
        };
        // Rooms that began together drift apart.
        let jittered_us = (tick_ms as f64 * 1000.0 * rand::rng().random_range(0.9..1.1)) as u64;
        let at = (room.sent_at + Duration::from_micros(jittered_us)).max(Instant::now());
        if room
            .due_at
            .is_none_or(|due_at| waiting == Waiting::Messages && at + Duration::from_millis(tick_ms / 4) < due_at)
        {
            room.set_due(id, at, due);
            self.wake.notify_one();
        }
    }

    fn send_frame(&self, room: &mut Room, now: Millis, deflater: &mut Deflater) {
        let Some(content) = room.state.take(self.settings.shown_per_s, now, &mut rand::rng()) else { return };
        room.sent_at = Instant::now();
        room.hello = None;
        let deflate = room.deflating > 0 && content.messages >= DEFLATE_FROM;
        let full = Encoded::new(&content.full, deflate.then_some(deflater));
        let sequenced = match content.sequenced {
            Some(part) => Some(Encoded::new(&part, None)),
            None => content.all_sequenced.then(|| full.clone()),
        };
        metrics::counter!("kaibo_room_ticks_total").increment(1);
        metrics::counter!("kaibo_room_danmaku_left_out_total").increment(content.left_out);
        let _outstanding = Outstanding::one_more(&room.pace, &self.wake);
        let frame = Arc::new(Frame { full, sequenced, _outstanding });
        for on_shard in room.on_shards.iter().flatten() {
            let _ = on_shard.commands.send(RoomCommand::Frame(frame.clone()));
        }
    }

    fn hello(
        &self,
        id: RoomId,
        room: &mut Room,
        seq: Option<u64>,
        now: Millis,
        deflater: Option<&mut Deflater>,
    ) -> Encoded {
        // Those who resume get their own; everybody else the same one. It is made with both forms, as it may be kept.
        let at = Instant::now();
        if seq.is_none()
            && let Some((made, hello)) = &room.hello
            && at.duration_since(*made) < HELLO_KEPT
            && (deflater.is_none() || hello.is_deflated())
        {
            return hello.clone();
        }
        let (hello, resumed) = room.state.hello(id, seq, self.limits(), now);
        let encoded = Encoded::new(&hello, deflater);
        match seq {
            None => room.hello = Some((at, encoded.clone())),
            Some(_) => metrics::counter!("kaibo_room_resumes_total", "whole" => resumed.to_string()).increment(1),
        }
        encoded
    }

    fn on_shard<'a>(&self, id: RoomId, room: &'a mut Room, shard: usize) -> Option<&'a mut OnShard> {
        let place = room.on_shards.get_mut(shard)?;
        if place.is_none() {
            let (commands, receiver) = mpsc::unbounded_channel();
            self.shards.get(shard)?.send(OpenRoom { room: id, commands: receiver }).ok()?;
            *place = Some(OnShard { members: 0, commands });
        }
        place.as_mut()
    }

    fn limits(&self) -> Limits {
        Limits {
            danmaku_chars: self.settings.danmaku_chars,
            danmaku_per_s: self.settings.danmaku_per_s,
            likes_per_s: self.settings.likes_per_s,
            message_bytes: MAX_MESSAGE,
            heartbeat_ms: 10_000,
            shown_per_s: self.settings.shown_per_s,
            resume_ms: RESUME_MS,
        }
    }
}

impl Room {
    fn new(base: u64, known_to: u64, inner: &Inner, now: Millis) -> Self {
        Self {
            state: State::new(base, known_to, inner.settings.shown_per_s, now),
            on_shards: inner.shards.iter().map(|_| None).collect(),
            deflating: 0,
            pace: Arc::default(),
            due_at: None,
            late: false,
            sent_at: Instant::now(),
            hello: None,
        }
    }

    fn is_watched(&self) -> bool {
        self.on_shards.iter().any(Option::is_some)
    }

    fn learn(&mut self, joining: &Joining) {
        if self.state.title != joining.title {
            self.state.title.clone_from(&joining.title);
            self.hello = None;
        }
        if !self.state.broadcast_from_log && self.state.broadcast != joining.broadcast {
            self.state.broadcast = joining.broadcast;
            self.hello = None;
        }
        if !self.state.source_from_log && self.state.source != joining.source {
            self.state.source = joining.source;
            self.hello = None;
        }
        if self.state.mode != joining.mode {
            self.state.mode = joining.mode;
            self.hello = None;
        }
        if !self.is_watched() {
            self.state.online = joining.online;
        }
    }

    fn set_due(&mut self, id: RoomId, at: Instant, due: &mut BinaryHeap<Reverse<(Instant, RoomId)>>) {
        self.due_at = Some(at);
        due.push(Reverse((at, id)));
    }
}
