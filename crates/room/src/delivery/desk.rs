//! Where viewers' danmaku and likes are taken: rate limits, repeats, and into the event log.

use super::{
    moderator::{Moderator, Ruling},
    repeats::{Key, Repeats, Seen},
    rules::{self, Bucket, Refusal},
    wire::NewDanmaku,
};
use crate::gateway::RoomSettings;
use app::App;
use audience::{Audience, RoomRef, ViewerPass};
use events::{DanmakuJudged, DanmakuSent, Envelope, Event, LikesSent, Millis, RoomId, Source, TextVerdict, ViewerId};
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
    moderator: Arc<dyn Moderator>,
    /// True once the repeats of the last minutes are known again after a start.
    ready: watch::Sender<bool>,
    books: Mutex<Books>,
}

/// A danmaku, and whose.
pub struct Said {
    pub pass: ViewerPass,
    pub danmaku: NewDanmaku,
}

/// A danmaku that is in the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Taken {
    pub position: u64,
    /// Nobody sees it until a person has let it through.
    pub held: bool,
}

struct Fresh {
    key: Key,
    id: String,
    viewer: ViewerId,
    danmaku: DanmakuSent,
}

enum Becomes {
    /// `offset` from the first position of the append.
    Stored {
        offset: u64,
        held: bool,
    },
    Refused(Refusal),
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
    pub fn new(app: App, audience: Audience, moderator: Arc<dyn Moderator>, settings: RoomSettings) -> Self {
        let books = Books { repeats: Repeats::new(app.now()), buckets: HashMap::new(), likes: HashMap::new() };
        Self(Arc::new(Inner {
            app,
            audience,
            settings,
            moderator,
            ready: watch::Sender::new(false),
            books: Mutex::new(books),
        }))
    }

    /// Has the danmaku of one room judged, stores what is to be stored with one append, and answers each; once per client id.
    pub async fn danmaku(&self, room: RoomId, said: Vec<Said>) -> Vec<Result<Taken, Refusal>> {
        let (mut ready, mut asked) = (self.0.ready.subscribe(), self.0.moderator.is_ready());
        // A sender that is gone leaves its last word.
        let is_ready = ready.wait_for(|ready| *ready).await.is_ok() && asked.wait_for(|ready| *ready).await.is_ok();
        let room = if is_ready { self.room(room).await } else { Err(Refusal::Busy) };
        let (mut verdicts, mut fresh) = (Vec::with_capacity(said.len()), Vec::new());
        for Said { pass, danmaku } in said {
            let id = danmaku.id.clone();
            let admitted = rules::parse(danmaku, &self.0.settings).and_then(|danmaku| {
                room.as_ref().map_err(Clone::clone)?;
                let verdict = self.admit(&pass, &id);
                if let Verdict::Store(key) = verdict {
                    fresh.push(Fresh { key, id, viewer: pass.viewer, danmaku });
                }
                Ok(verdict)
            });
            verdicts.push(admitted.unwrap_or_else(Verdict::Refused));
        }
        let stored = match &room {
            Ok(room) => self.store(room, fresh).await,
            Err(_) => Vec::new(),
        };
        let mut stored = stored.into_iter();
        let mut answers = Vec::with_capacity(verdicts.len());
        for verdict in verdicts {
            answers.push(match verdict {
                Verdict::Store(_) => stored.next().unwrap_or(Err(Refusal::Busy)),
                Verdict::Refused(refusal) => Err(refusal),
                Verdict::Stored(position) => Ok(Taken { position, held: false }),
                Verdict::Storing(answer) => {
                    let position = answer.await.ok().flatten().ok_or(Refusal::Busy);
                    position.map(|position| Taken { position, held: false })
                }
            });
        }
        answers
    }

    /// Judges new danmaku, appends what is to be kept of them, and says for each what became of it.
    async fn store(&self, room: &RoomRef, fresh: Vec<Fresh>) -> Vec<Result<Taken, Refusal>> {
        if fresh.is_empty() {
            return Vec::new();
        }
        let said: Vec<_> = fresh.iter().map(|fresh| (&fresh.viewer, &fresh.danmaku)).collect();
        let rulings = self.0.moderator.judge(room, &said, self.0.app.now());
        let mut envelopes = Vec::with_capacity(fresh.len());
        let mut keys = Vec::with_capacity(fresh.len());
        let mut becomes: Vec<Becomes> = Vec::with_capacity(fresh.len());
        for (Fresh { key, id, viewer, danmaku }, ruling) in fresh.into_iter().zip(rulings) {
            let offset = envelopes.len() as u64;
            let mut write = |event| envelopes.push(self.envelope(room, &viewer, event).with_key(id.clone()));
            becomes.push(match ruling {
                Ruling::Allow => {
                    write(Event::DanmakuSent(danmaku));
                    Becomes::Stored { offset, held: false }
                }
                Ruling::Judged { decision, shown } => {
                    let refusal = (decision.verdict == TextVerdict::Block).then(|| blocked(&decision));
                    let held = decision.verdict == TextVerdict::Hold;
                    if let Some(shown) = shown {
                        write(Event::DanmakuSent(*shown));
                    }
                    let verdict = label(decision.verdict);
                    metrics::counter!("kaibo_room_danmaku_judged_total", "verdict" => verdict).increment(1);
                    write(Event::DanmakuJudged(*decision));
                    match refusal {
                        Some(refusal) => Becomes::Refused(refusal),
                        None => Becomes::Stored { offset, held },
                    }
                }
                Ruling::Refused(refusal) => {
                    metrics::counter!("kaibo_room_danmaku_refused_total", "code" => refusal.code()).increment(1);
                    Becomes::Refused(refusal)
                }
            });
            keys.push(key);
        }
        let first = self.append(&envelopes).await;
        let mut books = self.0.books.lock();
        let results = keys.into_iter().zip(becomes).map(|(key, becomes)| {
            let result = match becomes {
                Becomes::Stored { offset, held } => {
                    first.map(|first| Taken { position: first + offset, held }).ok_or(Refusal::Busy)
                }
                Becomes::Refused(refusal) => Err(refusal),
            };
            books.repeats.finish(key, result.as_ref().ok().map(|taken| taken.position));
            result
        });
        results.collect()
    }

    /// The first position, unless nothing could be stored.
    async fn append(&self, envelopes: &[Envelope]) -> Option<u64> {
        if envelopes.is_empty() {
            return None;
        }
        let stored = self.0.app.append(envelopes).await;
        if let Err(error) = &stored {
            metrics::counter!("kaibo_room_danmaku_failures_total").increment(envelopes.len() as u64);
            tracing::warn!("{} danmaku could not be stored: {error}", envelopes.len());
        }
        stored.ok().map(|positions| positions.start)
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

/// What the writer of a blocked danmaku is told of it: the gravest reason, not the word.
fn blocked(decision: &DanmakuJudged) -> Refusal {
    let gravest = decision.reasons.iter().max_by_key(|reason| reason.verdict);
    Refusal::Blocked(gravest.map(|reason| reason.category.clone()).unwrap_or_default())
}

fn label(verdict: TextVerdict) -> &'static str {
    match verdict {
        TextVerdict::Alarm => "alarm",
        TextVerdict::Mask => "mask",
        TextVerdict::Hold => "hold",
        TextVerdict::Block => "block",
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
