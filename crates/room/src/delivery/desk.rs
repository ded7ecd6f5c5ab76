//! Where viewers' danmaku and likes are taken: rate limits, repeats, and into the event log.

use super::{
    repeats::{Key, Repeats, Seen},
    rules::{self, Bucket, Refusal},
    wire::NewDanmaku,
};
use crate::gateway::RoomSettings;
use app::App;
use audience::{Audience, RoomRef, ViewerPass};
use events::{Envelope, Event, LikesSent, Millis, RoomId, Source, ViewerId};
use parking_lot::Mutex;
use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};
use tokio::sync::{oneshot, watch};

/// Likes waiting at once; a flood beyond it is cut off like likes that are too fast.
const MAX_WAITING_LIKERS: usize = 200_000;
const APPEND: usize = 1_000;

#[derive(Clone)]
pub struct Desk(Arc<Inner>);

struct Inner {
    app: App,
    audience: Audience,
    settings: RoomSettings,
    /// True once the repeats of the last minutes are known again after a start.
    ready: watch::Sender<bool>,
    books: Mutex<Books>,
}

/// A danmaku, and whose.
pub struct Said {
    pub pass: ViewerPass,
    pub danmaku: NewDanmaku,
}

enum Verdict {
    Store(Key),
    Refused(Refusal),
    Stored(u64),
    /// The same one is being stored, in this batch or another.
    Storing(oneshot::Receiver<Option<u64>>),
}

struct Books {
    repeats: Repeats,
    buckets: HashMap<(RoomId, ViewerId), Buckets>,
    likes: HashMap<(RoomId, ViewerId), u32>,
}

struct Buckets {
    danmaku: Bucket,
    likes: Bucket,
}

impl Desk {
    pub fn new(app: App, audience: Audience, settings: RoomSettings) -> Self {
        let books = Books { repeats: Repeats::new(app.now()), buckets: HashMap::new(), likes: HashMap::new() };
        Self(Arc::new(Inner { app, audience, settings, ready: watch::Sender::new(false), books: Mutex::new(books) }))
    }

    /// Stores the danmaku of one room with one append, and answers each with its position; once per client id.
    pub async fn danmaku(&self, room: RoomId, said: Vec<Said>) -> Vec<Result<u64, Refusal>> {
        let mut ready = self.0.ready.subscribe();
        let is_ready = ready.wait_for(|ready| *ready).await.is_ok();
        let room = if is_ready { self.room(room).await } else { Err(Refusal::Busy) };
        let (mut verdicts, mut keys, mut envelopes) = (Vec::with_capacity(said.len()), Vec::new(), Vec::new());
        for Said { pass, danmaku } in said {
            let id = danmaku.id.clone();
            let admitted = rules::parse(danmaku, &self.0.settings).and_then(|danmaku| {
                let room = room.as_ref().map_err(Clone::clone)?;
                let verdict = self.admit(&pass, &id);
                if let Verdict::Store(key) = verdict {
                    keys.push(key);
                    envelopes.push(self.envelope(room, &pass.viewer, Event::DanmakuSent(danmaku)).with_key(id));
                }
                Ok(verdict)
            });
            verdicts.push(admitted.unwrap_or_else(Verdict::Refused));
        }
        let first = self.store(&keys, &envelopes).await;
        let mut answers = Vec::with_capacity(verdicts.len());
        let mut positions = first.into_iter().flat_map(|first| first..);
        for verdict in verdicts {
            answers.push(match verdict {
                Verdict::Store(_) => positions.next().ok_or(Refusal::Busy),
                Verdict::Refused(refusal) => Err(refusal),
                Verdict::Stored(position) => Ok(position),
                Verdict::Storing(answer) => answer.await.ok().flatten().ok_or(Refusal::Busy),
            });
        }
        answers
    }

    /// Appends what was admitted under these keys. The first position, unless that failed.
    async fn store(&self, keys: &[Key], envelopes: &[Envelope]) -> Option<u64> {
        if keys.is_empty() {
            return None;
        }
        let stored = self.0.app.append(envelopes).await;
        if let Err(error) = &stored {
            metrics::counter!("kaibo_room_danmaku_failures_total").increment(keys.len() as u64);
            tracing::warn!("{} danmaku could not be stored: {error}", keys.len());
        }
        let first = stored.ok().map(|positions| positions.start);
        let mut books = self.0.books.lock();
        for (key, offset) in keys.iter().zip(0..) {
            books.repeats.finish(*key, first.map(|first| first + offset));
        }
        first
    }

    /// A new danmaku within the limits is to be stored under its key; anything else is answered without storing.
    fn admit(&self, pass: &ViewerPass, id: &str) -> Verdict {
        let now = self.0.app.now();
        let per_s = self.0.settings.danmaku_per_s;
        let mut books = self.0.books.lock();
        let key = books.repeats.key(pass.room, &pass.viewer, id);
        let seen = books.repeats.look(key);
        if let Seen::New = seen {
            if let Err(retry_ms) = books.bucket(pass, &self.0.settings, now).danmaku.take(per_s, per_s, now) {
                let refusal = Refusal::TooFast { per_s, retry_ms };
                metrics::counter!("kaibo_room_danmaku_refused_total", "code" => refusal.code()).increment(1);
                return Verdict::Refused(refusal);
            }
            books.repeats.begin(key, now);
            return Verdict::Store(key);
        }
        metrics::counter!("kaibo_room_danmaku_repeats_total").increment(1);
        match seen {
            Seen::Stored(position) => Verdict::Stored(position),
            Seen::Storing(answer) => Verdict::Storing(answer),
            Seen::New => Verdict::Refused(Refusal::Busy),
        }
    }

    /// Adds likes; they reach the log merged, about once a second.
    pub fn like(&self, pass: &ViewerPass, count: u32) {
        let now = self.0.app.now();
        let per_s = self.0.settings.likes_per_s;
        let mut books = self.0.books.lock();
        let taken = books.bucket(pass, &self.0.settings, now).likes.take_up_to(count, per_s, per_s, now);
        if taken < count {
            metrics::counter!("kaibo_room_likes_cut_total").increment(u64::from(count - taken));
        }
        if taken > 0 && books.likes.len() < MAX_WAITING_LIKERS {
            *books.likes.entry((pass.room, pass.viewer.clone())).or_default() += taken;
        }
    }

    /// Writes the merged likes to the log.
    pub async fn store_likes(&self) {
        let likes = std::mem::take(&mut self.0.books.lock().likes);
        let mut rooms: HashMap<RoomId, RoomRef> = HashMap::new();
        for room in likes.keys().map(|(room, _)| *room).collect::<HashSet<_>>() {
            if let Ok(found) = self.room(room).await {
                rooms.insert(room, found);
            }
        }
        let envelopes: Vec<_> = likes
            .into_iter()
            .filter_map(|((room, viewer), count)| {
                Some(self.envelope(rooms.get(&room)?, &viewer, Event::LikesSent(LikesSent { count })))
            })
            .collect();
        for part in envelopes.chunks(APPEND) {
            if let Err(error) = self.0.app.append(part).await {
                metrics::counter!("kaibo_room_likes_failures_total").increment(part.len() as u64);
                tracing::warn!("the likes of {} viewers could not be stored: {error}", part.len());
            }
        }
    }

    /// Notes a danmaku the log holds.
    pub fn note(&self, room: RoomId, viewer: &ViewerId, id: &str, position: u64) {
        let mut books = self.0.books.lock();
        let key = books.repeats.key(room, viewer, id);
        books.repeats.note(key, position, self.0.app.now());
    }

    /// The log has been read up to now: from here on every repeat is recognised.
    pub fn open(&self) {
        self.0.ready.send_replace(true);
    }

    /// Drops what is only remembered for speed limits.
    pub fn tidy(&self) {
        let now = self.0.app.now();
        self.0
            .books
            .lock()
            .buckets
            .retain(|_, buckets| !(buckets.danmaku.is_rested(now) && buckets.likes.is_rested(now)));
    }

    async fn room(&self, room: RoomId) -> Result<RoomRef, Refusal> {
        match self.0.audience.room(room).await {
            Ok(found) => found.ok_or(Refusal::NoRoom),
            Err(error) => {
                tracing::warn!(room.id = %room, "room `{room}` could not be looked up: {error:#}");
                Err(Refusal::Busy)
            }
        }
    }

    fn envelope(&self, room: &RoomRef, viewer: &ViewerId, event: Event) -> Envelope {
        Envelope::new(self.0.app.now(), Source::Viewer, room.org, event)
            .with_team(room.team)
            .with_room(room.room)
            .with_broadcast(room.broadcast)
            .with_viewer(viewer.clone())
    }
}

impl Books {
    fn bucket(&mut self, pass: &ViewerPass, settings: &RoomSettings, now: Millis) -> &mut Buckets {
        self.buckets.entry((pass.room, pass.viewer.clone())).or_insert_with(|| Buckets {
            danmaku: Bucket::full(settings.danmaku_per_s, now),
            likes: Bucket::full(settings.likes_per_s, now),
        })
    }
}
