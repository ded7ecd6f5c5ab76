//! Sources of outside events: whose key a request carries, how much it may send, and what became of it.
//!
//! All sources stand in memory, so that a key made up costs no query. They are read again after every change here, and every 5 s for the
//! changes of other processes. What is counted is written every 5 s: a crash loses that much of the counts and nothing of the events.

pub(crate) mod http;
pub(crate) mod rules;
pub(crate) mod store;

use crate::watch::Seen;
use app::{App, Bucket};
use events::Millis;
use parking_lot::{Mutex, RwLock};
use rules::{Counts, KEY_PREFIX, Source};
use std::{
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};
use tokio::sync::{OnceCell, broadcast};
use uuid::Uuid;

#[derive(Default)]
pub(crate) struct Sources {
    /// By the hash of every key that may still work.
    by_key: RwLock<Arc<HashMap<String, Arc<Live>>>>,
    tallies: Mutex<HashMap<Uuid, Arc<Mutex<Tally>>>>,
    loaded: OnceCell<()>,
    /// Readers of the table take turns, so that an older reading never replaces a newer one.
    reading: tokio::sync::Mutex<()>,
}

/// A source at work.
#[derive(Debug)]
pub(crate) struct Live {
    pub source: Source,
    tally: Arc<Mutex<Tally>>,
}

/// What happened since it was last written.
#[derive(Debug, Default)]
struct Tally {
    bucket: Bucket,
    /// How much of what is refused may be kept.
    keeping: Bucket,
    counts: Counts,
    seen: Option<Millis>,
    /// While somebody watches.
    watch: Option<broadcast::Sender<Arc<Seen>>>,
    /// Events over the limit, ever since; only grows.
    turned_away: Arc<AtomicU64>,
}

/// What a watcher hears of a source.
pub(crate) struct Watch {
    pub seen: broadcast::Receiver<Arc<Seen>>,
    turned_away: Arc<AtomicU64>,
    told: u64,
}

impl Watch {
    /// Events that were turned away for the limit since it was last asked.
    pub fn turned_away(&mut self) -> u64 {
        let now = self.turned_away.load(Ordering::Relaxed);
        now - std::mem::replace(&mut self.told, now)
    }
}

impl Sources {
    /// Whether this could be a source's key at all.
    pub fn is_key(text: &str) -> bool {
        text.starts_with(KEY_PREFIX)
    }

    /// The source that this key opens now.
    pub async fn find(&self, app: &App, key: &str) -> anyhow::Result<Option<Arc<Live>>> {
        self.loaded.get_or_try_init(|| self.load(app)).await?;
        let hash = app::hash_of_secret(key);
        let live = self.by_key.read().get(&hash).cloned();
        Ok(live.filter(|live| live.source.opens(&hash, app.now())))
    }

    /// Reads the table again.
    pub async fn load(&self, app: &App) -> anyhow::Result<()> {
        let _turn = self.reading.lock().await;
        let sources = store::all(app.store.read()).await?;
        let mut tallies = self.tallies.lock();
        let mut by_key = HashMap::new();
        for source in sources {
            let tally = tallies.entry(source.id).or_default().clone();
            let hashes = [Some(source.key_hash.clone()), source.old_key.as_ref().map(|(hash, _)| hash.clone())];
            let live = Arc::new(Live { source, tally });
            by_key.extend(hashes.into_iter().flatten().map(|hash| (hash, live.clone())));
        }
        *self.by_key.write() = Arc::new(by_key);
        Ok(())
    }

    /// What the source counted and is not written yet.
    pub fn unwritten(&self, id: Uuid) -> (Counts, Option<Millis>) {
        let tally = self.tallies.lock().get(&id).cloned();
        tally.map_or_else(Default::default, |tally| {
            let tally = tally.lock();
            (tally.counts, tally.seen)
        })
    }

    /// Writes what was counted, and forgets sources that are no more.
    pub async fn write_counts(&self, app: &App) -> anyhow::Result<()> {
        let tallies: Vec<_> = self.tallies.lock().iter().map(|(id, tally)| (*id, tally.clone())).collect();
        let counted = |tally: &Tally| tally.counts != Counts::default();
        if !tallies.iter().any(|(_, tally)| counted(&tally.lock())) {
            return Ok(());
        }
        let tx = app.store.begin().await?;
        let mut written = Vec::new();
        for (id, tally) in tallies {
            let (counts, seen) = {
                let tally = tally.lock();
                (tally.counts, tally.seen)
            };
            if counts != Counts::default() {
                store::count(tx.db(), id, counts, seen).await?;
                written.push((tally, counts));
            }
        }
        tx.commit().await?;
        for (tally, counts) in written {
            let mut tally = tally.lock();
            tally.counts.accepted -= counts.accepted;
            tally.counts.duplicates -= counts.duplicates;
            tally.counts.rejected -= counts.rejected;
            tally.counts.limited -= counts.limited;
        }
        Ok(())
    }

    /// A replay counts for its source too.
    pub fn count(&self, id: Uuid, accepted: usize, duplicates: usize) {
        let tally = self.tallies.lock().entry(id).or_default().clone();
        let counts = &mut tally.lock().counts;
        counts.accepted += accepted as i64;
        counts.duplicates += duplicates as i64;
    }

    /// What the source sends from now on. A watcher that falls behind by more than the ring holds is told how much it missed.
    pub fn watch(&self, id: Uuid) -> Watch {
        let tally = self.tallies.lock().entry(id).or_default().clone();
        let mut tally = tally.lock();
        let seen = tally.watch.get_or_insert_with(|| broadcast::channel(crate::watch::RING).0).subscribe();
        let turned_away = tally.turned_away.clone();
        Watch { seen, told: turned_away.load(Ordering::Relaxed), turned_away }
    }

    pub fn forget(&self, id: Uuid) {
        self.tallies.lock().remove(&id);
    }
}

impl Live {
    /// Lets `count` events in, or says after how many seconds to come again.
    pub fn admit(&self, count: usize, now: Millis) -> Result<(), u32> {
        let mut tally = self.tally.lock();
        tally.seen = Some(now);
        let admitted = tally.bucket.take_batch(count, rules::limit(self.source.events_per_s), now);
        if admitted.is_err() {
            tally.counts.limited += count as i64;
            tally.turned_away.fetch_add(count as u64, Ordering::Relaxed);
        }
        admitted
    }

    /// Whether `count` refused items may be kept now; a client that sends nothing but nonsense must not keep the database busy.
    pub fn may_keep(&self, count: usize, now: Millis) -> bool {
        self.tally.lock().keeping.take_batch(count, rules::limit(crate::quarantine::MOST_A_SECOND), now).is_ok()
    }

    /// Where watchers listen, if there are any.
    pub fn watched(&self) -> Option<broadcast::Sender<Arc<Seen>>> {
        let mut tally = self.tally.lock();
        if tally.watch.as_ref().is_some_and(|watch| watch.receiver_count() == 0) {
            tally.watch = None;
        }
        tally.watch.clone()
    }

    pub fn count(&self, accepted: usize, duplicates: usize, rejected: usize) {
        let counts = &mut self.tally.lock().counts;
        counts.accepted += accepted as i64;
        counts.duplicates += duplicates as i64;
        counts.rejected += rejected as i64;
    }
}
