//! What one room's viewers see: snapshot, ring of sequenced events, recent danmaku, and what the next frame will carry. Pure.

use super::{
    rules::{Bucket, Sample},
    wire::{Hello, Limits, ServerMessage, Shown, Tick, Whose, item, whose},
};
use events::{BroadcastId, ChatMode, Envelope, Event, Millis, RoomId, Source, StreamSource};
use rand::Rng;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use std::{collections::VecDeque, sync::Arc};

/// How long a client may stay away and still be given what it missed.
pub const RESUME_MS: i64 = 10 * 60 * 1000;
/// Sequenced events kept per room, whatever their age.
const RING: usize = 4096;
const RECENT: usize = 50;
const EXTRAS_PER_FRAME: usize = 20;

pub struct State {
    pub title: String,
    pub broadcast: Option<BroadcastId>,
    /// The broadcast was learnt from the log, which is newer than what anybody else says.
    pub broadcast_from_log: bool,
    /// What the picture is made from; it may be learnt from the log as well.
    pub source: Option<StreamSource>,
    pub source_from_log: bool,
    /// Likes of the current broadcast.
    pub likes: u64,
    pub online: u32,
    pub mode: ChatMode,
    pub touched: Millis,
    /// Every sequenced event up to here has been sent.
    sent: u64,
    /// Every sequenced event after this one is in the ring.
    floor: u64,
    ring: VecDeque<Sequenced>,
    recent: VecDeque<Arc<Shown>>,
    danmaku: Sample<Arc<Shown>>,
    extras: Sample<Arc<RawValue>>,
    totals_changed: bool,
    shown: Option<Bucket>,
    /// What the events up to here changed is known already, from before a restart.
    known_to: u64,
}

/// What of a room cannot be read from the last ten minutes of the log.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Total {
    pub room: RoomId,
    pub broadcast: BroadcastId,
    pub likes: u64,
}

struct Sequenced {
    pos: u64,
    received_at: Millis,
    item: Arc<RawValue>,
    /// What somebody wrote, to be forgotten when it is erased.
    written: Option<Box<Envelope>>,
}

/// The next frame's content: the whole, and its sequenced part alone where that is less.
pub struct Content {
    pub full: Vec<u8>,
    pub sequenced: Option<Vec<u8>>,
    /// The whole is sequenced.
    pub all_sequenced: bool,
    pub messages: usize,
    /// Danmaku that were not shown.
    pub left_out: u64,
}

impl State {
    /// `base`: nothing is known of events up to this position. `known_to`: what those up to this one changed is known.
    pub fn new(base: u64, known_to: u64, shown_per_s: u32, now: Millis) -> Self {
        Self {
            title: String::new(),
            broadcast: None,
            broadcast_from_log: false,
            source: None,
            source_from_log: false,
            likes: 0,
            online: 0,
            mode: ChatMode::default(),
            touched: now,
            sent: base,
            floor: base,
            ring: VecDeque::new(),
            recent: VecDeque::new(),
            danmaku: Sample::new(shown_per_s as usize),
            extras: Sample::new(EXTRAS_PER_FRAME),
            totals_changed: false,
            shown: (shown_per_s > 0).then(|| Bucket::full(shown_per_s, now)),
            known_to,
        }
    }

    /// Takes over what was known before a restart.
    pub fn restore(&mut self, total: &Total) {
        self.broadcast = Some(total.broadcast);
        self.broadcast_from_log = true;
        self.likes = total.likes;
    }

    pub fn total(&self, room: RoomId) -> Option<Total> {
        let broadcast = self.broadcast?;
        (self.likes > 0).then_some(Total { room, broadcast, likes: self.likes })
    }

    /// Takes one event of the log. `watched`: somebody will get the next frame.
    pub fn apply(&mut self, pos: u64, envelope: Envelope, watched: bool, chance: &mut impl Rng) {
        let imported = envelope.source == Source::Import;
        self.touched = envelope.received_at;
        // An import runs through gifts far faster than a room; only its begin and end are in the sequence.
        let show_change = matches!(envelope.event, Event::BroadcastStarted(_) | Event::BroadcastEnded(_));
        if envelope.event.is_sequenced() && (!imported || show_change) {
            if pos > self.known_to {
                self.follow(&envelope, imported);
            }
            if let Event::DanmakuRemoved(removed) = &envelope.event {
                self.take_down(removed.position);
            }
            let (item, received_at) = (item(pos, &envelope, imported), envelope.received_at);
            let written = envelope.may_be_personal().then(|| Box::new(envelope));
            self.ring.push_back(Sequenced { pos, received_at, item, written });
            if !watched {
                self.sent = pos;
            }
            self.forget(received_at);
            return;
        }
        let whose = whose(&envelope);
        match envelope.event {
            Event::DanmakuSent(_) if envelope.erased => {}
            Event::DanmakuSent(mut danmaku) => {
                danmaku.offset_ms = None;
                let shown = Arc::new(Shown { pos, at: envelope.occurred_at, danmaku, imported, whose });
                if watched {
                    self.danmaku.offer(shown, chance);
                } else {
                    self.remember(shown);
                }
            }
            Event::LikesSent(likes) if !imported && pos > self.known_to => {
                self.likes += u64::from(likes.count);
                self.totals_changed = true;
            }
            Event::GiftSent(_) | Event::SuperChatSent(_) if watched => {
                self.extras.offer(item(pos, &envelope, imported), chance);
            }
            _ => {}
        }
    }

    /// Forgets what somebody wrote.
    pub fn forget_words(&mut self, of: &Whose) {
        let of_another = |shown: &Arc<Shown>| shown.whose.as_ref() != Some(of);
        self.recent.retain(of_another);
        self.danmaku.retain(of_another);
        for event in &mut self.ring {
            if let Some(envelope) = event.written.take_if(|envelope| whose(envelope).as_ref() == Some(of)) {
                let mut envelope = *envelope;
                envelope.erased = envelope.take_personal().is_some();
                event.item = item(event.pos, &envelope, false);
            }
        }
    }

    fn take_down(&mut self, position: u64) {
        let another = |shown: &Arc<Shown>| shown.pos != position;
        self.recent.retain(another);
        self.danmaku.retain(another);
    }

    fn follow(&mut self, envelope: &Envelope, imported: bool) {
        match &envelope.event {
            Event::RoomChanged(room) => self.title.clone_from(&room.title),
            Event::BroadcastStarted(_) if !imported => {
                self.broadcast = envelope.broadcast;
                self.broadcast_from_log = true;
                self.likes = 0;
                self.totals_changed = true;
                self.show(None);
            }
            Event::BroadcastEnded(_) if !imported => {
                self.broadcast = None;
                self.broadcast_from_log = true;
                self.show(None);
            }
            Event::StreamSwitched(switched) if !imported => self.show(Some(switched.to)),
            Event::ChatModeChanged(changed) => self.mode = changed.mode,
            _ => {}
        }
    }

    fn show(&mut self, source: Option<StreamSource>) {
        (self.source, self.source_from_log) = (source, true);
    }

    /// Lets go of sequenced events nobody can resume from any more.
    pub fn forget(&mut self, now: Millis) {
        while self.ring.len() > RING || self.ring.front().is_some_and(|old| now.since(old.received_at) > RESUME_MS) {
            let Some(old) = self.ring.pop_front() else { break };
            self.floor = old.pos;
        }
    }

    pub fn set_online(&mut self, online: u32) {
        self.totals_changed |= online != self.online;
        self.online = online;
    }

    /// Is anything waiting to be shown, and is it more than changed totals?
    pub fn waiting(&self) -> Option<Waiting> {
        let sequenced = self.ring.back().is_some_and(|last| last.pos > self.sent);
        if sequenced || !self.danmaku.is_empty() || !self.extras.is_empty() {
            return Some(Waiting::Messages);
        }
        self.totals_changed.then_some(Waiting::Totals)
    }

    /// Takes what is waiting as the next frame.
    pub fn take(&mut self, shown_per_s: u32, now: Millis, chance: &mut impl Rng) -> Option<Content> {
        self.waiting()?;
        let room = match &mut self.shown {
            Some(bucket) => bucket.take_up_to(self.danmaku.held() as u32, shown_per_s, shown_per_s, now) as usize,
            None => usize::MAX,
        };
        let (danmaku, offered) = self.danmaku.draw(room, chance);
        let (extras, _) = self.extras.draw(EXTRAS_PER_FRAME, chance);
        let left_out = offered - danmaku.len() as u64;
        let totals = std::mem::take(&mut self.totals_changed);
        let missed = self.after(self.sent);
        // Events that left the ring unsent show as a gap, which clients answer with a resume.
        let prev = self.sent.max(self.floor);
        let seq = missed.last().map(|last| last.pos);
        let events: Vec<&RawValue> = missed.iter().map(|event| &*event.item).collect();
        let has_events = seq.is_some();
        let sequenced = Tick { seq, prev: seq.map(|_| prev), events, ..Tick::default() };
        let rate = (left_out > 0).then(|| (danmaku.len() as f64 / offered as f64 * 10_000.0).round() / 10_000.0);
        let messages = sequenced.events.len() + danmaku.len() + extras.len();
        let all_sequenced = danmaku.is_empty() && extras.is_empty() && !totals && rate.is_none();
        let alone = (has_events && !all_sequenced).then(|| Tick {
            seq: sequenced.seq,
            prev: sequenced.prev,
            events: sequenced.events.clone(),
            ..Tick::default()
        });
        let full = Tick {
            danmaku: danmaku.iter().map(|shown| &**shown).collect(),
            extras: extras.iter().map(|extra| &**extra).collect(),
            rate,
            likes: totals.then_some(self.likes),
            online: totals.then_some(self.online),
            ..sequenced
        };
        let content = Content {
            full: ServerMessage::Tick(full).encode(),
            sequenced: alone.map(|alone| ServerMessage::Tick(alone).encode()),
            all_sequenced,
            messages,
            left_out,
        };
        self.sent = seq.unwrap_or(self.sent);
        danmaku.into_iter().for_each(|shown| self.remember(shown));
        Some(content)
    }

    /// The snapshot, for a client that knows the events up to `known`. Says whether that resumed.
    pub fn hello(&self, room: RoomId, known: Option<u64>, limits: Limits, now: Millis) -> (Vec<u8>, bool) {
        let resumed = known.is_some_and(|known| (self.floor..=self.sent).contains(&known));
        let events = match known {
            Some(known) if resumed => {
                self.after(known).into_iter().filter(|event| event.pos <= self.sent).map(|event| &*event.item).collect()
            }
            _ => Vec::new(),
        };
        let hello = ServerMessage::Hello(Hello {
            room,
            title: &self.title,
            live: self.broadcast.is_some(),
            broadcast: self.broadcast,
            source: self.source,
            now,
            online: self.online,
            likes: self.likes,
            mode: self.mode,
            seq: self.sent,
            resumed,
            events,
            danmaku: self.recent.iter().map(|shown| &**shown).collect(),
            limits,
        });
        (hello.encode(), resumed)
    }

    fn after(&self, pos: u64) -> Vec<&Sequenced> {
        let first = self.ring.partition_point(|event| event.pos <= pos);
        self.ring.range(first..).collect()
    }

    fn remember(&mut self, shown: Arc<Shown>) {
        if self.recent.len() >= RECENT {
            self.recent.pop_front();
        }
        self.recent.push_back(shown);
    }
}

/// What the next frame would carry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Waiting {
    Messages,
    Totals,
}

#[cfg(test)]
mod tests {
    use super::*;
    use events::{DanmakuSent, GiftSent, LikesSent, OrgId, StreamLost, SuperChatSent};
    use serde_json::Value;

    struct Room {
        state: State,
        pos: u64,
    }

    fn room() -> Room {
        Room { state: State::new(100, 0, 50, Millis(0)), pos: 100 }
    }

    impl Room {
        fn apply_from(&mut self, source: Source, at: i64, event: Event) {
            self.pos += 1;
            let envelope = Envelope::new(Millis(at), source, OrgId(uuid::Uuid::nil()), event);
            self.state.apply(self.pos, envelope, true, &mut rand::rng());
        }
        fn apply(&mut self, at: i64, event: Event) {
            self.apply_from(Source::Server, at, event);
        }
        fn take(&mut self) -> Value {
            let content = self.state.take(50, Millis(0), &mut rand::rng());
            content.map_or(Value::Null, |content| serde_json::from_slice(&content.full).expect("json"))
        }
        fn hello(&self, known: u64) -> Value {
            let limits = Limits {
                danmaku_chars: 0,
                danmaku_per_s: 0,
                likes_per_s: 0,
                message_bytes: 0,
                heartbeat_ms: 0,
                shown_per_s: 0,
                resume_ms: 0,
            };
            let (hello, _) = self.state.hello(RoomId(uuid::Uuid::nil()), Some(known), limits, Millis(0));
            serde_json::from_slice(&hello).expect("json")
        }
    }

    fn lost() -> Event {
        Event::StreamLost(StreamLost { clean: false })
    }
    fn danmaku(text: &str) -> Event {
        Event::DanmakuSent(DanmakuSent::plain(text))
    }
    fn gift() -> Event {
        Event::GiftSent(GiftSent {
            gift: "rose".into(),
            gift_id: None,
            num: 1,
            price_milli: 100,
            coin: events::Coin::Gold,
        })
    }

    #[test]
    fn frames_chain_by_prev_and_seq() {
        let mut room = room();
        room.apply(0, lost());
        room.apply(0, danmaku("hi"));
        room.apply(0, lost());
        let tick = room.take();
        assert_eq!((&tick["prev"], &tick["seq"]), (&100.into(), &103.into()));
        assert_eq!(tick["events"].as_array().map(Vec::len), Some(2));
        assert_eq!(tick["danmaku"], serde_json::json!([{"pos": 102, "at": 0, "text": "hi"}]));
        room.apply(0, danmaku("no sequence"));
        assert_eq!(room.take().get("seq"), None);
        room.apply(0, lost());
        assert_eq!(room.take()["prev"], 103);
        assert_eq!(room.take(), Value::Null);
    }

    #[test]
    fn a_resume_is_whole_or_says_that_it_is_not() {
        let mut room = room();
        (0..3).for_each(|_| room.apply(0, lost()));
        room.take();
        let hello = room.hello(101);
        assert_eq!((&hello["resumed"], &hello["seq"]), (&true.into(), &103.into()));
        assert_eq!(hello["events"].as_array().map(Vec::len), Some(2));
        assert_eq!(room.hello(99)["resumed"], false, "before what is known");
        assert_eq!(room.hello(104)["resumed"], false, "never sent");
        room.apply(RESUME_MS + 1, lost());
        room.take();
        assert_eq!(room.hello(102)["resumed"], false, "too old");
        assert_eq!(room.hello(103)["resumed"], true, "knows everything that was let go");
    }

    #[test]
    fn events_that_left_the_ring_unsent_show_as_a_gap() {
        let mut room = room();
        (0..RING + 10).for_each(|_| room.apply(0, lost()));
        assert_eq!(room.take()["prev"], 110);
        assert_eq!(room.hello(100)["resumed"], false);
    }

    #[test]
    fn what_a_viewer_wrote_is_forgotten() {
        let mut room = room();
        let org = OrgId(uuid::Uuid::nil());
        let mut say = |viewer: &str, event| {
            room.pos += 1;
            let envelope = Envelope::new(Millis(0), Source::Viewer, org, event);
            let viewer = viewer.parse().expect("a viewer id");
            room.state.apply(room.pos, envelope.with_viewer(viewer), true, &mut rand::rng());
        };
        let paid = |text: &str| Event::SuperChatSent(SuperChatSent { text: text.into(), price_milli: 1 });
        say("a", danmaku("gone"));
        say("b", danmaku("stays"));
        say("a", paid("gone"));
        say("b", paid("stays"));
        room.take();
        say_again(&mut room);
        room.state.forget_words(&(org, "a".parse().expect("a viewer id")));
        let (hello, tick) = (room.hello(100).to_string(), room.take().to_string());
        assert!(!hello.contains("gone") && !tick.contains("gone"), "{hello} {tick}");
        assert_eq!((hello.matches("stays").count(), hello.matches("erased").count()), (2, 1), "{hello}");
    }

    /// One that waits for the next frame.
    fn say_again(room: &mut Room) {
        room.pos += 1;
        let envelope = Envelope::new(Millis(0), Source::Viewer, OrgId(uuid::Uuid::nil()), danmaku("gone"));
        room.state.apply(room.pos, envelope.with_viewer("a".parse().expect("an id")), true, &mut rand::rng());
    }

    #[test]
    fn what_is_not_shown_is_said() {
        let mut room = room();
        (0..200).for_each(|n| room.apply(0, danmaku(&n.to_string())));
        let tick = room.take();
        assert_eq!((tick["danmaku"].as_array().map(Vec::len), &tick["rate"]), (Some(50), &0.25.into()));
        room.apply(0, danmaku("late"));
        assert_eq!(room.take()["rate"], 0.0);
    }

    #[test]
    fn an_import_stays_out_of_the_sequence_and_the_totals() {
        let mut room = room();
        room.apply_from(Source::Import, 0, gift());
        room.apply_from(Source::Import, 0, Event::LikesSent(LikesSent { count: 5 }));
        let tick = room.take();
        assert_eq!((tick.get("seq"), &tick["extras"][0]["imported"]), (None, &true.into()));
        room.apply(0, gift());
        room.apply(0, Event::LikesSent(LikesSent { count: 5 }));
        let tick = room.take();
        assert_eq!((&tick["seq"], &tick["likes"]), (&103.into(), &5.into()));
    }

    #[test]
    fn likes_before_a_restart_are_counted_once() {
        let mut room = room();
        let total = Total { room: RoomId::new(), broadcast: BroadcastId::new(), likes: 7 };
        room.state = State::new(100, 101, 50, Millis(0));
        room.state.restore(&total);
        room.apply(0, Event::LikesSent(LikesSent { count: 5 }));
        room.apply(0, Event::LikesSent(LikesSent { count: 2 }));
        assert_eq!(room.state.total(total.room), Some(Total { likes: 9, ..total }));
    }

    #[test]
    fn the_sequenced_part_stands_alone() {
        let mut room = room();
        room.apply(0, lost());
        room.apply(0, danmaku("hi"));
        let content = room.state.take(50, Millis(0), &mut rand::rng()).expect("a frame");
        let alone: Value = serde_json::from_slice(&content.sequenced.expect("a part")).expect("json");
        assert_eq!((alone.get("danmaku"), &alone["seq"], &alone["prev"]), (None, &101.into(), &100.into()));
    }
}
