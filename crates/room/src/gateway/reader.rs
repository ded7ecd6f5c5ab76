//! What one viewer's client says, and what is done about it.

use super::{
    Shared,
    frame::{self, Incoming, MAX_MESSAGE, Parser, close},
    inbox::Inbox,
    member::Member,
};
use crate::delivery::{Bucket, ClientMessage, ServerMessage, SocketId};
use audience::Beat;
use bytes::Bytes;
use events::Millis;
use std::{io::ErrorKind, rc::Rc, sync::Arc};
use tokio::time::Instant;

/// Messages that were not understood, before the socket is closed.
const MISTAKES: u8 = 10;
const PINGS: u8 = 20;

pub struct Reader {
    pub shared: Arc<Shared>,
    pub member: Rc<Member>,
    pub socket: SocketId,
    inbox: Rc<Inbox>,
    parser: Parser,
    speed: Bucket,
    resumes: Bucket,
    mistakes: u8,
    pings: u8,
}

#[derive(PartialEq, Eq)]
enum Flow {
    Wait,
    End,
}

impl Reader {
    pub fn new(shared: Arc<Shared>, member: Rc<Member>, socket: SocketId, inbox: Rc<Inbox>) -> Self {
        let now = shared.app.now();
        let speed = Bucket::full(shared.settings.messages_per_s.saturating_mul(2), now);
        let parser = Parser::new(member.deflate);
        Self { shared, member, socket, inbox, parser, speed, resumes: Bucket::full(1, now), mistakes: 0, pings: 0 }
    }

    /// Reads until the connection ends.
    pub async fn run(mut self, early: Bytes) {
        if !early.is_empty() && self.take(&early) == Flow::End {
            return;
        }
        drop(early);
        loop {
            if self.member.stream.readable().await.is_err() || self.read() == Flow::End {
                return;
            }
        }
    }

    // The buffer lives on the stack and only while there is something to read: it is not part of the waiting task.
    fn read(&mut self) -> Flow {
        let mut buffer = [0; MAX_MESSAGE];
        loop {
            match self.member.stream.try_read(&mut buffer) {
                Ok(0) => return Flow::End,
                Ok(length) => {
                    if self.take(buffer.get(..length).unwrap_or_default()) == Flow::End {
                        return Flow::End;
                    }
                    if length < buffer.len() {
                        return Flow::Wait;
                    }
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => return Flow::Wait,
                Err(_) => return Flow::End,
            }
        }
    }

    fn take(&mut self, bytes: &[u8]) -> Flow {
        self.member.heard.set(Instant::now());
        if self.member.is_closing() {
            // Only the end of the stream is waited for.
            return Flow::Wait;
        }
        let mut parser = std::mem::take(&mut self.parser);
        let fault = parser.feed(bytes, |incoming| self.handle(incoming)).err();
        self.parser = parser;
        if let Some(fault) = fault {
            self.member.close(fault.close_code(), &fault.to_string());
        }
        Flow::Wait
    }

    fn handle(&mut self, incoming: Incoming<'_>) {
        if self.member.is_closing() {
            return;
        }
        let now = self.shared.app.now();
        let per_s = self.shared.settings.messages_per_s;
        if per_s > 0 && self.speed.take(per_s, per_s.saturating_mul(2), now).is_err() {
            metrics::counter!("kaibo_room_floods_total").increment(1);
            return self.member.close(close::POLICY, "too many messages");
        }
        match incoming {
            Incoming::Text(text) => self.message(text, now),
            Incoming::Ping(payload) => {
                // Pongs cannot be dropped, so a client that pings without reading is not answered for ever.
                self.pings = if self.member.is_idle() { 0 } else { self.pings + 1 };
                if self.pings < PINGS {
                    self.member.send_bytes(frame::pong(payload));
                }
            }
            Incoming::Pong => {}
            Incoming::Close(code) => {
                // 1000 also answers a close frame without a code.
                self.member.close(code.unwrap_or(close::NORMAL), "");
            }
        }
    }

    fn message(&mut self, text: &str, now: Millis) {
        match serde_json::from_str(text) {
            Ok(ClientMessage::Danmaku(danmaku)) => self.inbox.put(&self.member, danmaku),
            Ok(ClientMessage::Like { n }) => self.shared.desk.like(&self.member.pass, n),
            Ok(ClientMessage::Heartbeat { played_ms, visible, position_ms, rate }) => {
                // A float to an integer saturates; NaN becomes 0.
                let position = position_ms.map(|ms| Millis(ms as i64));
                self.heartbeat(Beat { played_ms: played_ms as u32, visible, position, rate });
            }
            Ok(ClientMessage::Resume { seq }) => {
                if self.resumes.take(1, 1, now).is_ok() {
                    self.shared.hub.resume(self.member.pass.room, self.socket, self.member.deflate, seq, now);
                }
            }
            Ok(ClientMessage::Leave) => self.leave(),
            Err(_) => {
                self.mistakes += 1;
                if self.mistakes >= MISTAKES {
                    return self.member.close(close::POLICY, "too many messages that are not understood");
                }
                let detail = "see the protocol for the messages a client may send";
                self.say(&ServerMessage::Error { code: "bad_message", detail });
            }
        }
    }

    fn heartbeat(&self, beat: Beat) {
        let (shared, pass) = (self.shared.clone(), self.member.pass.clone());
        self.shared.runtime.spawn(async move {
            if let Ok(Some(room)) = shared.audience.room(pass.room).await {
                shared.audience.heartbeat(&pass, &room, beat);
            }
        });
    }

    fn leave(&self) {
        let (shared, pass) = (self.shared.clone(), self.member.pass.clone());
        self.shared.runtime.spawn(async move {
            if let Ok(Some(room)) = shared.audience.room(pass.room).await {
                shared.audience.left(&pass, &room);
            }
        });
        self.member.close(close::NORMAL, "");
    }

    fn say(&self, message: &ServerMessage<'_>) {
        self.member.send_bytes(frame::text(&message.encode()));
    }
}
