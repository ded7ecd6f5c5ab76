//! Message ids taken in the last 24 hours, exactly: a fold of the log that a `kill -9` cannot lose.
//!
//! An id is the first 8 bytes of SHA-256 over organisation and message id. What the log acknowledged is in `current`; every
//! 250,000 ids or hour it is sealed into a sorted run on disk (8 bytes an id in memory). A start loads the runs and reads only
//! the log behind and between them. Runs whose newest id is older than 24 hours are dropped, so an id is remembered for 24 to
//! 25 hours. Two different ids share a hash with a chance of 1 to 200,000 in a day of ten million.
//!
//! While an id is on its way to the log it is *claimed*: a repeat waits until the first one is durable, or failed.

mod run;

use anyhow::Context;
use app::App;
use events::{Millis, OrgId};
use parking_lot::Mutex;
use run::Run;
use serde::Deserialize;
use sha2::{Digest, Sha256};
use std::{
    collections::{BTreeMap, HashMap, HashSet},
    fs,
    hash::{BuildHasherDefault, Hasher},
    path::{Path, PathBuf},
    sync::Arc,
};
use tokio::sync::watch;

pub const REMEMBER_MS: i64 = 24 * 3_600_000;
const SEAL_IDS: usize = 250_000;
const SEAL_EVERY_MS: i64 = 3_600_000;
/// A log full of other things is not read again and again either.
const SEAL_POSITIONS: u64 = 1_000_000;

/// The hash of one organisation's message id.
pub(crate) fn hash(org: OrgId, key: &str) -> u64 {
    let mut hash = Sha256::new();
    hash.update(org.0.as_bytes());
    hash.update(key.as_bytes());
    let digest: [u8; 32] = hash.finalize().into();
    digest.first_chunk::<8>().map_or(0, |first| u64::from_le_bytes(*first))
}

/// What is a hash already needs no other one.
#[derive(Default)]
struct Hashed(u64);

impl Hasher for Hashed {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|byte| self.0 = self.0.rotate_left(8) ^ u64::from(*byte));
    }

    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }
}

type Ids = HashSet<u64, BuildHasherDefault<Hashed>>;

pub(crate) struct Dedup {
    dir: PathBuf,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    runs: Vec<Arc<Run>>,
    /// Being written to disk right now.
    sealing: Option<Arc<Run>>,
    current: Ids,
    newest_ms: i64,
    /// When `current` began.
    since_ms: i64,
    /// Ids up to here are in `runs` and `sealing`.
    sealed: u64,
    claimed: HashMap<u64, watch::Receiver<()>, BuildHasherDefault<Hashed>>,
    /// Claims under way, by number: the log's end when each began. What they append lies behind it.
    begun: BTreeMap<u64, u64>,
    next_claim: u64,
}

impl State {
    fn knows(&self, hash: u64) -> bool {
        self.current.contains(&hash)
            || self.sealing.as_ref().is_some_and(|run| run.contains(hash))
            || self.runs.iter().rev().any(|run| run.contains(hash))
    }
}

/// What became of each id of a batch.
pub(crate) struct Sorted {
    /// To be appended under `claim`: places in the batch.
    pub fresh: Vec<usize>,
    /// Known to be durable, or the same id earlier in the batch.
    pub repeats: usize,
    /// On their way by somebody else: places, and whom to wait for before asking again.
    pub pending: Vec<(usize, watch::Receiver<()>)>,
    pub claim: Claim,
}

/// Ids on their way. Dropped without [`Claim::keep`], they may be claimed again.
pub(crate) struct Claim {
    dedup: Arc<Dedup>,
    number: u64,
    hashes: Vec<u64>,
    // Waiters wake when it goes away.
    _done: watch::Sender<()>,
}

impl Claim {
    /// The ids are durable.
    pub fn keep(mut self, at: Millis) {
        let hashes = std::mem::take(&mut self.hashes);
        let mut state = self.dedup.state.lock();
        for hash in hashes {
            state.claimed.remove(&hash);
            state.current.insert(hash);
        }
        state.newest_ms = state.newest_ms.max(at.0);
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        let mut state = self.dedup.state.lock();
        for hash in &self.hashes {
            state.claimed.remove(hash);
        }
        state.begun.remove(&self.number);
    }
}

impl Dedup {
    /// Loads the runs and reads the log behind and between them. Blocks on the disk.
    pub(crate) fn open(app: &App) -> anyhow::Result<Arc<Self>> {
        let dir = app.data_dir.join("dedup");
        fs::create_dir_all(&dir).with_context(|| format!("creating `{}`", dir.display()))?;
        let (now, last) = (app.now(), app.log.last());
        let mut state = State { runs: load_runs(&dir, now, last)?, since_ms: now.0, sealed: last, ..State::default() };
        let since = now.0.saturating_sub(REMEMBER_MS).max(0) as u64;
        let mut from = app.log.position_at(since).context("finding yesterday in the event log")?.max(app.log.first());
        let mut gaps = Vec::new();
        for run in &state.runs {
            if run.first > from {
                gaps.push((from, run.first - 1));
            }
            from = from.max(run.last + 1);
        }
        // Everything but the tail is as good as sealed; a gap (a damaged run) is read again at the next start.
        state.sealed = from.saturating_sub(1);
        gaps.push((from, last));
        for (from, to) in gaps {
            read_ids(app, from, to, &mut state)?;
        }
        let ids = state.runs.iter().map(|run| run.hashes.len()).sum::<usize>() + state.current.len();
        tracing::info!(ids, runs = state.runs.len(), "remembering {ids} message ids");
        Ok(Arc::new(Self { dir, state: Mutex::new(state) }))
    }

    /// Sorts a batch and claims what is new. `end` is the log's last position now.
    pub(crate) fn claim(self: &Arc<Self>, hashes: &[(usize, u64)], end: u64) -> Sorted {
        let (done, waiting) = watch::channel(());
        let mut state = self.state.lock();
        let number = state.next_claim;
        state.next_claim += 1;
        let mut sorted = Sorted {
            fresh: Vec::new(),
            repeats: 0,
            pending: Vec::new(),
            claim: Claim { dedup: self.clone(), number, hashes: Vec::new(), _done: done },
        };
        let mut mine = Ids::default();
        for (place, hash) in hashes {
            if mine.contains(hash) || state.knows(*hash) {
                sorted.repeats += 1;
            } else if let Some(other) = state.claimed.get(hash) {
                sorted.pending.push((*place, other.clone()));
            } else {
                state.claimed.insert(*hash, waiting.clone());
                mine.insert(*hash);
                sorted.fresh.push(*place);
                sorted.claim.hashes.push(*hash);
            }
        }
        state.begun.insert(number, end);
        sorted
    }

    /// Seals `current` when it is due and forgets what is older than a day. Blocks on the disk.
    pub(crate) fn tend(&self, app: &App) -> anyhow::Result<()> {
        let now = app.now();
        let Some(run) = self.begin_seal(now, app.log.last()) else { return self.forget(now) };
        let saved = run.save(&self.dir);
        let mut state = self.state.lock();
        state.sealing = None;
        match saved {
            Ok(()) => state.runs.push(run),
            Err(error) => {
                // Nothing is forgotten: the ids go back, and the next attempt covers them.
                state.sealed = run.first - 1;
                state.newest_ms = state.newest_ms.max(run.newest_ms);
                state.current.extend(run.hashes.iter().copied());
                return Err(error);
            }
        }
        drop(state);
        self.forget(now)
    }

    fn begin_seal(&self, now: Millis, last: u64) -> Option<Arc<Run>> {
        let mut state = self.state.lock();
        // Whoever is still appending lands behind the end they saw; everything up to the oldest of them is in `current`.
        let covered = state.begun.values().copied().min().unwrap_or(last).min(last);
        let old = now.0.saturating_sub(state.since_ms) >= SEAL_EVERY_MS;
        let due = state.current.len() >= SEAL_IDS
            || covered.saturating_sub(state.sealed) >= SEAL_POSITIONS
            || (old && !state.current.is_empty());
        if !due || covered <= state.sealed {
            return None;
        }
        let mut hashes: Vec<u64> = std::mem::take(&mut state.current).into_iter().collect();
        hashes.sort_unstable();
        let newest_ms = if hashes.is_empty() { now.0 } else { state.newest_ms };
        let run = Arc::new(Run { first: state.sealed + 1, last: covered, newest_ms, hashes });
        state.sealing = Some(run.clone());
        state.sealed = covered;
        state.since_ms = now.0;
        Some(run)
    }

    fn forget(&self, now: Millis) -> anyhow::Result<()> {
        let oldest = now.0.saturating_sub(REMEMBER_MS);
        let mut old = Vec::new();
        self.state.lock().runs.retain(|run| {
            let keep = run.newest_ms >= oldest;
            if !keep {
                old.push(run.last);
            }
            keep
        });
        for last in old {
            remove(&Run::path(&self.dir, last))?;
        }
        Ok(())
    }

    #[cfg(test)]
    fn counts(&self) -> (usize, usize) {
        let state = self.state.lock();
        (state.runs.len(), state.current.len())
    }
}

/// The runs that still count, oldest first.
fn load_runs(dir: &Path, now: Millis, last: u64) -> anyhow::Result<Vec<Arc<Run>>> {
    let mut paths = Vec::new();
    for file in fs::read_dir(dir).with_context(|| format!("reading `{}`", dir.display()))? {
        let path = file.with_context(|| format!("reading `{}`", dir.display()))?.path();
        match path.extension().and_then(|extension| extension.to_str()) {
            Some("run") => paths.push(path),
            Some("new") => remove(&path)?,
            _ => {}
        }
    }
    paths.sort();
    let mut runs = Vec::new();
    for path in paths {
        match Run::load(&path) {
            // A run ahead of the log speaks of events that are not there, after the log was restored from a copy.
            Ok(run) if run.last > last || run.newest_ms < now.0.saturating_sub(REMEMBER_MS) => remove(&path)?,
            Ok(run) => runs.push(Arc::new(run)),
            Err(error) => {
                tracing::warn!("a part of the memory of message ids is read from the log instead: {error:#}");
                remove(&path)?;
            }
        }
    }
    Ok(runs)
}

fn remove(path: &Path) -> anyhow::Result<()> {
    fs::remove_file(path).with_context(|| format!("removing `{}`", path.display()))
}

/// The little of an envelope that matters here.
#[derive(Deserialize)]
struct Keyed {
    source: events::Source,
    received_at: Millis,
    org: OrgId,
    #[serde(default)]
    key: Option<String>,
}

fn read_ids(app: &App, from: u64, to: u64, state: &mut State) -> anyhow::Result<()> {
    if from > to {
        return Ok(());
    }
    let collected = memchr::memmem::Finder::new(b"\"source\":\"collect\"");
    for entry in app.log.read(from) {
        let entry = entry.context("reading message ids from the event log")?;
        if entry.position > to {
            break;
        }
        if collected.find(&entry.payload).is_none() {
            continue;
        }
        let Ok(keyed) = serde_json::from_slice::<Keyed>(&entry.payload) else { continue };
        if let (events::Source::Collect, Some(key)) = (keyed.source, keyed.key) {
            state.current.insert(hash(keyed.org, &key));
            state.newest_ms = state.newest_ms.max(keyed.received_at.0);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
