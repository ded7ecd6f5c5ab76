//! The threads that hold the sockets. Each has its own runtime and its own viewers; per room and thread there is one
//! writer that hands every frame, encoded once, to the kernel for each member.

use super::{
    Shared,
    frame::close,
    inbox::Inbox,
    member::{Arrival, Clear, Member, Patience, Tally},
    reader::Reader,
};
use crate::delivery::{Encoded, Frame, OpenRoom, RoomCommand, SocketId};
use events::RoomId;
use std::{
    cell::{Cell, RefCell},
    os::fd::{AsRawFd, BorrowedFd, RawFd},
    rc::Rc,
    sync::Arc,
    time::Duration,
};
use tokio::{
    sync::mpsc,
    task::{LocalSet, spawn_local, yield_now},
    time::{Instant, MissedTickBehavior, interval},
};

/// Writes between two chances for everybody else on the thread, 6 to 9 ms of work.
const WRITES_PER_TURN: usize = 1024;
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// How long close frames may take when the program stops.
const GOODBYE: Duration = Duration::from_millis(300);

/// Starts the thread of shard `index`; it ends when the program stops.
pub fn start(index: usize, shared: Arc<Shared>, rooms: mpsc::UnboundedReceiver<OpenRoom>) -> std::io::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    std::thread::Builder::new().name(format!("room-{index}")).spawn(move || {
        LocalSet::new().block_on(&runtime, serve(index, shared, rooms));
    })?;
    Ok(())
}

async fn serve(index: usize, shared: Arc<Shared>, mut rooms: mpsc::UnboundedReceiver<OpenRoom>) {
    let numbers = Rc::new(Cell::new(0));
    let stop = shared.app.stop.clone();
    loop {
        tokio::select! {
            () = stop.cancelled() => break,
            open = rooms.recv() => {
                let Some(OpenRoom { room, commands }) = open else { break };
                let writer = Writer {
                    room,
                    shard: index,
                    shared: shared.clone(),
                    members: Rc::default(),
                    inbox: Inbox::new(shared.clone(), room),
                    numbers: numbers.clone(),
                    first: 0,
                };
                spawn_local(writer.run(commands));
            }
        }
    }
    tokio::time::sleep(GOODBYE).await;
}

/// A room's members on this shard. Slots are only filled between two frames, so a frame reaches each member once.
#[derive(Default)]
struct Members {
    slots: RefCell<Vec<Option<Slot>>>,
    clear: Rc<Clear>,
    free: RefCell<Vec<usize>>,
}

/// What a frame needs of a member that keeps up stands here: looking into thousands of members costs as much as a
/// quarter of the send.
struct Slot {
    fd: RawFd,
    deflate: bool,
    member: Rc<Member>,
}

struct Writer {
    room: RoomId,
    shard: usize,
    shared: Arc<Shared>,
    members: Rc<Members>,
    inbox: Rc<Inbox>,
    /// Numbers sockets on this shard.
    numbers: Rc<Cell<u64>>,
    /// Where the next frame begins, so that nobody is always last.
    first: usize,
}

impl Writer {
    async fn run(mut self, mut commands: mpsc::UnboundedReceiver<RoomCommand>) {
        let stop = self.shared.app.stop.clone();
        let mut look = interval(LOOK_EVERY);
        look.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                biased;
                () = stop.cancelled() => {
                    self.each(|member| member.close(close::GOING_AWAY, "the server is going down"));
                    return;
                }
                _ = look.tick() => self.look_around(),
                command = commands.recv() => match command {
                    Some(RoomCommand::Frame(frame)) => self.write(&frame).await,
                    Some(RoomCommand::Join { arrival, hello }) => self.join(*arrival, &hello),
                    Some(RoomCommand::Direct { socket, message }) => self.direct(socket, &message),
                    Some(RoomCommand::ToViewer { viewer, message, farewell }) => self.each(|member| {
                        if member.pass.viewer == viewer {
                            member.send(&message);
                            if let Some(farewell) = farewell {
                                member.close(close::SENT_OUT, farewell);
                            }
                        }
                    }),
                    None => return,
                },
            }
        }
    }

    async fn write(&mut self, frame: &Frame) {
        let patience = self.patience();
        let mut tally = Tally::default();
        let count = self.members.slots.borrow().len();
        let first = self.first.checked_rem(count).unwrap_or(0);
        for (from, to) in [(first, count), (0, first)] {
            let mut at = from;
            while at < to {
                let until = to.min(at + WRITES_PER_TURN);
                {
                    let slots = self.members.slots.borrow();
                    for (number, slot) in slots.get(at..until).unwrap_or_default().iter().enumerate() {
                        let Some(slot) = slot else { continue };
                        if !self.members.clear.get(at + number) {
                            slot.member.hold(frame, patience, &mut tally);
                            continue;
                        }
                        let whole = frame.full.for_socket(slot.deflate);
                        // SAFETY: the slot's member owns the descriptor and lives as long as the slot.
                        let socket = unsafe { BorrowedFd::borrow_raw(slot.fd) };
                        let written = socket2::SockRef::from(&socket).send(whole);
                        tally.writes += 1;
                        if !matches!(written, Ok(written) if written == whole.len()) {
                            slot.member.written(whole, written, frame, patience, &mut tally);
                            continue;
                        }
                        tally.bytes += whole.len() as u64;
                    }
                }
                at = until;
                if until - from >= WRITES_PER_TURN {
                    yield_now().await;
                }
            }
        }
        // A step that is no divisor of the usual sizes visits every beginning.
        self.first = first + count / 3 + 1;
        tally.report();
    }

    fn join(&self, arrival: Arrival, hello: &Encoded) {
        let deflate = arrival.deflate;
        let number = self.numbers.get();
        self.numbers.set(number + 1);
        let slot = self.members.free_slot();
        let (member, early) = match Member::new(arrival, number, self.members.clear.clone(), slot) {
            Ok((member, early)) => (Rc::new(member), early),
            Err(error) => {
                tracing::warn!(room.id = %self.room, "a socket could not be taken over: {error}");
                self.members.remove(slot);
                return self.shared.hub.left(self.room, self.shard, deflate);
            }
        };
        self.members.put(slot, member.clone());
        member.send(hello);
        let socket = SocketId { shard: self.shard, slot, number };
        let reader = Reader::new(self.shared.clone(), member, socket, self.inbox.clone());
        spawn_local(attend(reader, early, self.members.clone()));
    }

    fn direct(&self, socket: SocketId, message: &Encoded) {
        let slots = self.members.slots.borrow();
        if let Some(Some(slot)) = slots.get(socket.slot)
            && slot.member.number == socket.number
        {
            slot.member.send(message);
        }
    }

    /// Ends the sockets that are silent, stuck, out of token, or do not answer a close.
    fn look_around(&self) {
        let now = self.shared.app.now();
        let at = Instant::now();
        let idle = Duration::from_millis(self.shared.settings.idle_ms);
        let patience = self.patience();
        self.each(|member| {
            if member.is_closing() {
                member.cut_if_overdue();
            } else if member.pass.expires <= now {
                member.close(close::TOKEN, "the viewer token has expired");
            } else if at.duration_since(member.heard.get()) > idle {
                member.close(close::IDLE, "nothing was heard");
            } else if member.is_beyond(patience) {
                member.close(close::RESYNC, "too slow; reconnect and resume");
            }
        });
    }

    fn each(&self, act: impl Fn(&Rc<Member>)) {
        self.members.slots.borrow().iter().flatten().for_each(|slot| act(&slot.member));
    }

    fn patience(&self) -> Patience {
        let settings = &self.shared.settings;
        Patience { bytes: settings.backlog_bytes, time: Duration::from_millis(settings.backlog_ms) }
    }
}

/// A socket's life after its hello.
async fn attend(reader: Reader, early: bytes::Bytes, members: Rc<Members>) {
    let (shared, socket) = (reader.shared.clone(), reader.socket);
    let (room, deflate) = (reader.member.pass.room, reader.member.deflate);
    reader.run(early).await;
    members.remove(socket.slot);
    shared.hub.left(room, socket.shard, deflate);
}

impl Members {
    /// A slot for a newcomer; [`Members::put`] or [`Members::remove`] must follow.
    fn free_slot(&self) -> usize {
        if let Some(slot) = self.free.borrow_mut().pop() {
            return slot;
        }
        let mut slots = self.slots.borrow_mut();
        slots.push(None);
        slots.len() - 1
    }

    fn put(&self, slot: usize, member: Rc<Member>) {
        if let Some(place) = self.slots.borrow_mut().get_mut(slot) {
            *place = Some(Slot { fd: member.stream.as_raw_fd(), deflate: member.deflate, member });
        }
    }

    fn remove(&self, slot: usize) {
        self.clear.set(slot, false);
        let gone = self.slots.borrow_mut().get_mut(slot).and_then(Option::take);
        self.free.borrow_mut().push(slot);
        drop(gone);
    }
}

impl Tally {
    fn report(&self) {
        metrics::counter!("kaibo_room_writes_total").increment(self.writes);
        metrics::counter!("kaibo_room_bytes_total").increment(self.bytes);
        metrics::counter!("kaibo_room_frames_dropped_total", "class" => "sampled").increment(self.dropped_sampled);
        metrics::counter!("kaibo_room_frames_queued_total", "class" => "sequenced").increment(self.queued_sequenced);
        metrics::counter!("kaibo_room_slow_sockets_total").increment(self.cut_off);
    }
}
