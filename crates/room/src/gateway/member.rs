//! One viewer's socket on its shard: what is written to it, and what happens when it does not keep up.

use super::{frame, http::Seat};
use crate::delivery::{Encoded, Frame};
use audience::ViewerPass;
use bytes::{Buf, Bytes};
use smallvec::SmallVec;
use std::{
    cell::{Cell, RefCell},
    collections::VecDeque,
    io::{ErrorKind, IoSlice},
    net::Shutdown,
    rc::Rc,
    time::Duration,
};
use tokio::{net::TcpStream, task::spawn_local, time::Instant};

/// How long a socket may take to read its close frame.
const CLOSING: Duration = Duration::from_secs(2);

/// A socket that finished its handshake, on its way to its shard.
pub struct Arrival {
    pub stream: std::net::TcpStream,
    /// What the client sent behind its handshake.
    pub early: Bytes,
    pub pass: ViewerPass,
    pub deflate: bool,
    pub seat: Seat,
}

pub struct Member {
    pub stream: TcpStream,
    pub pass: ViewerPass,
    pub deflate: bool,
    pub number: u64,
    pub heard: Cell<Instant>,
    _seat: Seat,
    waiting: RefCell<Waiting>,
    flushing: Cell<bool>,
    closing: Cell<Option<Instant>>,
    /// Nothing waits and nothing ends it: frames may go straight to the kernel. Kept where the room's writer looks.
    clear: Rc<Clear>,
    slot: usize,
}

/// Per slot, whether its socket takes frames directly. One dense array instead of a look into every member.
#[derive(Default)]
pub struct Clear(RefCell<Vec<bool>>);

impl Clear {
    pub fn get(&self, slot: usize) -> bool {
        self.0.borrow().get(slot).copied().unwrap_or(false)
    }

    pub fn set(&self, slot: usize, clear: bool) {
        let mut slots = self.0.borrow_mut();
        if slots.len() <= slot {
            slots.resize(slot + 1, false);
        }
        if let Some(place) = slots.get_mut(slot) {
            *place = clear;
        }
    }
}

/// What the kernel has not taken yet. The first piece may be the rest of a frame, which is always finished.
#[derive(Default)]
struct Waiting {
    pieces: VecDeque<Bytes>,
    bytes: usize,
    since: Option<Instant>,
}

impl Waiting {
    fn advance(&mut self, mut written: usize) {
        while let Some(piece) = self.pieces.front_mut() {
            if written < piece.len() {
                return piece.advance(written);
            }
            written -= piece.len();
            self.pieces.pop_front();
        }
    }
}

/// How much may wait.
#[derive(Debug, Clone, Copy)]
pub struct Patience {
    pub bytes: usize,
    pub time: Duration,
}

/// What one frame cost over all members, for the metrics.
#[derive(Debug, Default)]
pub struct Tally {
    pub writes: u64,
    pub bytes: u64,
    pub dropped_sampled: u64,
    pub queued_sequenced: u64,
    pub cut_off: u64,
}

impl Member {
    pub fn new(arrival: Arrival, number: u64, clear: Rc<Clear>, slot: usize) -> std::io::Result<(Self, Bytes)> {
        let stream = TcpStream::from_std(arrival.stream)?;
        let member = Self {
            stream,
            pass: arrival.pass,
            deflate: arrival.deflate,
            number,
            heard: Cell::new(Instant::now()),
            _seat: arrival.seat,
            waiting: RefCell::default(),
            flushing: Cell::new(false),
            closing: Cell::new(None),
            clear,
            slot,
        };
        member.clear.set(slot, true);
        Ok((member, arrival.early))
    }

    /// The room's frame of this tick went to the kernel as far as `written` says; now the rest.
    pub fn written(
        self: &Rc<Self>,
        whole: &Bytes,
        written: std::io::Result<usize>,
        frame: &Frame,
        patience: Patience,
        tally: &mut Tally,
    ) {
        match written {
            Ok(written) => {
                tally.bytes += written as u64;
                if written < whole.len() {
                    self.queue(whole.slice(written..));
                }
            }
            Err(error) if error.kind() == ErrorKind::WouldBlock => self.hold(frame, patience, tally),
            Err(_) => self.cut(),
        }
    }

    /// The room's frame of this tick for a socket that is behind: only its sequenced part, behind what waits already.
    pub fn hold(self: &Rc<Self>, frame: &Frame, patience: Patience, tally: &mut Tally) {
        if self.closing.get().is_some() {
            return;
        }
        match &frame.sequenced {
            Some(part) => {
                tally.queued_sequenced += 1;
                self.queue(part.for_socket(self.deflate).clone());
                if self.is_beyond(patience) {
                    tally.cut_off += 1;
                    self.close(frame::close::RESYNC, "too slow; reconnect and resume");
                }
            }
            None => tally.dropped_sampled += 1,
        }
    }

    /// A message to this socket alone; never dropped.
    pub fn send(self: &Rc<Self>, message: &Encoded) {
        self.send_bytes(message.for_socket(self.deflate).clone());
    }

    pub fn send_bytes(self: &Rc<Self>, mut bytes: Bytes) {
        if self.closing.get().is_some() {
            return;
        }
        if self.waiting.borrow().pieces.is_empty() {
            match self.stream.try_write(&bytes) {
                Ok(written) => bytes.advance(written),
                Err(error) if error.kind() == ErrorKind::WouldBlock => {}
                Err(_) => return self.cut(),
            }
        }
        if !bytes.is_empty() {
            self.queue(bytes);
        }
    }

    /// Has too much waited, or for too long?
    pub fn is_beyond(&self, patience: Patience) -> bool {
        let waiting = self.waiting.borrow();
        waiting.bytes > patience.bytes || waiting.since.is_some_and(|since| since.elapsed() > patience.time)
    }

    /// Says goodbye: finishes a begun frame, sends the close frame, drops everything else. Then the reader ends it.
    pub fn close(self: &Rc<Self>, code: u16, reason: &str) {
        if self.closing.replace(Some(Instant::now())).is_some() {
            return;
        }
        self.clear.set(self.slot, false);
        metrics::counter!("kaibo_room_sockets_closed_total", "code" => code.to_string()).increment(1);
        {
            let mut waiting = self.waiting.borrow_mut();
            waiting.pieces.truncate(1);
            waiting.pieces.push_back(frame::closing(code, reason));
        }
        self.flush_later();
    }

    /// Nothing waits to be written.
    pub fn is_idle(&self) -> bool {
        self.waiting.borrow().pieces.is_empty()
    }

    pub fn is_closing(&self) -> bool {
        self.closing.get().is_some()
    }

    /// A closing socket whose client does not answer is cut.
    pub fn cut_if_overdue(&self) {
        if self.closing.get().is_some_and(|since| since.elapsed() > CLOSING) {
            self.cut();
        }
    }

    /// Ends the connection at once; its reader notices.
    pub fn cut(&self) {
        self.clear.set(self.slot, false);
        self.closing.set(self.closing.get().or(Some(Instant::now())));
        let socket = socket2::SockRef::from(&self.stream);
        // What is still unsent is not kept for a client that may be gone.
        let _ = socket.set_linger(Some(Duration::ZERO));
        let _ = socket.shutdown(Shutdown::Both);
    }

    fn queue(self: &Rc<Self>, bytes: Bytes) {
        {
            let mut waiting = self.waiting.borrow_mut();
            waiting.bytes += bytes.len();
            waiting.since.get_or_insert_with(Instant::now);
            waiting.pieces.push_back(bytes);
        }
        self.clear.set(self.slot, false);
        self.flush_later();
    }

    /// A task of its own only while something waits, so that an ordinary socket does not pay for it.
    fn flush_later(self: &Rc<Self>) {
        if self.flushing.replace(true) {
            return;
        }
        let member = self.clone();
        spawn_local(async move {
            while member.stream.writable().await.is_ok() && member.flush() {}
            member.flushing.set(false);
            let mut waiting = member.waiting.borrow_mut();
            if waiting.pieces.is_empty() {
                // An ordinary socket keeps no buffer.
                *waiting = Waiting::default();
                member.clear.set(member.slot, member.closing.get().is_none());
                if member.closing.get().is_some() {
                    let _ = socket2::SockRef::from(&member.stream).shutdown(Shutdown::Write);
                }
            }
        });
    }

    /// Writes what the kernel takes. True while something still waits.
    fn flush(&self) -> bool {
        let mut waiting = self.waiting.borrow_mut();
        while !waiting.pieces.is_empty() {
            // One write for many small pieces: each write would take kilobytes of the small send buffer.
            let pieces: SmallVec<[IoSlice<'_>; 32]> =
                waiting.pieces.iter().take(32).map(|piece| IoSlice::new(piece)).collect();
            let written = self.stream.try_write_vectored(&pieces);
            drop(pieces);
            match written {
                Ok(written) => {
                    waiting.bytes = waiting.bytes.saturating_sub(written);
                    // The age is that of what the client is stuck at, not of a queue that moves.
                    waiting.since = Some(Instant::now());
                    waiting.advance(written);
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => return true,
                Err(_) => {
                    waiting.pieces.clear();
                    drop(waiting);
                    self.cut();
                    return false;
                }
            }
        }
        false
    }
}
