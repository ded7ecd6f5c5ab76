//! The danmaku of one room and shard on their way into the log: what is read while one batch is stored goes in the next.

use super::{Shared, frame, member::Member};
use crate::delivery::{NewDanmaku, Refusal, Said, ServerMessage, Taken};
use events::RoomId;
use std::{
    cell::{Cell, RefCell},
    rc::Rc,
    sync::Arc,
};
use tokio::task::spawn_local;

/// Stored at once.
const BATCH: usize = 1_000;
/// Beyond this the log is far behind, and a viewer is told at once.
const MAX_WAITING: usize = 10_000;

pub struct Inbox {
    shared: Arc<Shared>,
    room: RoomId,
    waiting: RefCell<Vec<(Rc<Member>, NewDanmaku)>>,
    storing: Cell<bool>,
}

impl Inbox {
    pub fn new(shared: Arc<Shared>, room: RoomId) -> Rc<Self> {
        Rc::new(Self { shared, room, waiting: RefCell::default(), storing: Cell::new(false) })
    }

    /// Takes a danmaku; its sender is told when it is stored. One sender's are stored in their order.
    pub fn put(self: &Rc<Self>, member: &Rc<Member>, danmaku: NewDanmaku) {
        let mut waiting = self.waiting.borrow_mut();
        if waiting.len() >= MAX_WAITING {
            member.send_bytes(frame::text(&answer(&danmaku.id, &Err(Refusal::Busy))));
            return;
        }
        waiting.push((member.clone(), danmaku));
        if !self.storing.replace(true) {
            // Runs after the sockets that are readable now were read.
            spawn_local(self.clone().store());
        }
    }

    /// On the program's own runtime: a commit may happen on the task that appends, and a shard must not wait for a disk.
    async fn store(self: Rc<Self>) {
        loop {
            let batch: Vec<_> = {
                let mut waiting = self.waiting.borrow_mut();
                let count = waiting.len().min(BATCH);
                waiting.drain(..count).collect()
            };
            if batch.is_empty() {
                // An ordinary room keeps no buffer.
                self.waiting.take();
                self.storing.set(false);
                return;
            }
            let (mut senders, mut said) = (Vec::with_capacity(batch.len()), Vec::with_capacity(batch.len()));
            for (member, danmaku) in batch {
                let (pass, id) = (member.pass.clone(), danmaku.id.clone());
                said.push(Said { pass, danmaku });
                senders.push((member, id));
            }
            let (desk, room) = (self.shared.desk.clone(), self.room);
            let stored = self.shared.runtime.spawn(async move { desk.danmaku(room, said).await });
            let answers = stored.await.unwrap_or_default().into_iter().chain(std::iter::repeat(Err(Refusal::Busy)));
            tell(senders, answers);
        }
    }
}

/// One write for what one sender is told.
fn tell(senders: Vec<(Rc<Member>, String)>, answers: impl Iterator<Item = Result<Taken, Refusal>>) {
    let mut said: Option<(Rc<Member>, Vec<u8>)> = None;
    for ((member, id), result) in senders.into_iter().zip(answers) {
        let bytes = frame::text(&answer(&id, &result));
        match &mut said {
            Some((same, all)) if Rc::ptr_eq(same, &member) => all.extend_from_slice(&bytes),
            _ => {
                if let Some((other, all)) = said.replace((member, bytes.into())) {
                    other.send_bytes(all.into());
                }
            }
        }
    }
    if let Some((member, all)) = said {
        member.send_bytes(all.into());
    }
}

fn answer(id: &str, result: &Result<Taken, Refusal>) -> Vec<u8> {
    let message = match result {
        Ok(taken) => ServerMessage::Ack { id, pos: taken.position, held: taken.held },
        Err(refusal) => ServerMessage::Refused {
            id,
            code: refusal.code(),
            detail: refusal.to_string(),
            retry_ms: refusal.retry_ms(),
            clause: refusal.clause(),
            sanction: refusal.bar().map(|bar| bar.sanction),
            until: refusal.bar().and_then(|bar| bar.until),
        },
    };
    message.encode()
}
