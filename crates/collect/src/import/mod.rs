//! Taking over another platform's recording: rows with their own times and ids, each counted once for ever.
//!
//! The broadcast they belong to is the `room` domain's record; [`ImportDesk`] is what is needed of it. Which rows are there
//! already is read from the log, from the broadcast's first position, the first time they are asked for; the answer is kept
//! for the 16 imports used last.

pub(crate) mod file;
mod row;
pub(crate) mod store;

pub use row::{CustomRow, ImportRow, RowKind};

use anyhow::Context;
use app::{App, Refuse, Scope};
use async_trait::async_trait;
use events::{BroadcastId, Envelope, Millis, OrgId, RoomId, Source, TeamId};
use parking_lot::Mutex;
use serde::Deserialize;
use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

/// Most rows of one call.
pub const MAX_ROWS: usize = 5_000;
/// Most bytes of one call.
pub const MAX_BYTES: usize = 4 << 20;
const KEPT: usize = 16;

/// The broadcast a new import wants to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportBroadcast {
    pub title: String,
    /// Where the recording comes from; shows that it is not our own.
    pub platform: String,
    /// The recording's own beginning.
    pub started_at: Millis,
    /// Chosen by the client: the same key in the same room is the same import, so that a repeated first call opens nothing new.
    pub import_key: Option<String>,
}

/// An import's broadcast.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenImport {
    pub broadcast: BroadcastId,
    pub org: OrgId,
    pub team: TeamId,
    /// A log position at or before the import's first row: `log.last()` when it was opened does.
    pub first_position: u64,
    /// It was completed; only repeats are taken.
    pub ended: bool,
}

/// The little of the `room` domain that imports need. `server` wires it.
#[async_trait]
pub trait ImportDesk: Send + Sync {
    /// The room is there and within `scope`.
    async fn room(&self, scope: Scope, room: RoomId) -> Result<(), ImportRefusal>;
    /// Opens an import broadcast in a room within `scope`, or finds the one with the same `import_key` (also an ended one).
    /// The broadcast's `BroadcastStarted` is committed when this returns.
    async fn open(&self, scope: Scope, room: RoomId, import: ImportBroadcast) -> Result<OpenImport, ImportRefusal>;
    /// The import broadcast `broadcast` of a room within `scope`.
    async fn find(&self, scope: Scope, room: RoomId, broadcast: BroadcastId) -> Result<OpenImport, ImportRefusal>;
    /// The recording is complete: `BroadcastEnded` with the reason `import_complete`, at `ended_at`. Ending it again changes nothing.
    async fn close(
        &self,
        scope: Scope,
        room: RoomId,
        broadcast: BroadcastId,
        ended_at: Millis,
    ) -> Result<(), ImportRefusal>;
}

#[derive(Debug, thiserror::Error)]
pub enum ImportRefusal {
    #[error("there is no room `{0}`")]
    RoomNotFound(RoomId),
    #[error("there is no import `{0}` in this room")]
    ImportNotFound(BroadcastId),
    #[error("the import `{0}` is complete and takes no more rows")]
    ImportComplete(BroadcastId),
    #[error("a call takes at most 5000 rows, this one has {0}")]
    TooManyRows(usize),
    #[error("internal error")]
    Failure(#[from] anyhow::Error),
}

impl Refuse for ImportRefusal {
    fn code(&self) -> &'static str {
        match self {
            ImportRefusal::RoomNotFound(_) => "room_not_found",
            ImportRefusal::ImportNotFound(_) => "import_not_found",
            ImportRefusal::ImportComplete(_) => "import_complete",
            ImportRefusal::TooManyRows(_) => "too_many_rows",
            ImportRefusal::Failure(_) => "internal_error",
        }
    }

    fn status(&self) -> u16 {
        match self {
            ImportRefusal::RoomNotFound(_) | ImportRefusal::ImportNotFound(_) => 404,
            ImportRefusal::ImportComplete(_) => 409,
            ImportRefusal::TooManyRows(_) => 413,
            ImportRefusal::Failure(_) => 500,
        }
    }
}

/// The rows each import has already.
#[derive(Default)]
pub(crate) struct Imports(Mutex<Kept>);

#[derive(Default)]
struct Kept {
    imports: HashMap<BroadcastId, (u64, Shared)>,
    uses: u64,
}

type Shared = Arc<tokio::sync::Mutex<Option<Rows>>>;

#[derive(Default)]
pub(crate) struct Rows {
    /// Hashes of row ids.
    seen: HashSet<u64>,
    newest: Option<Millis>,
    /// Where the newest of them stands.
    last_position: u64,
}

/// What became of the rows of one call.
pub(crate) struct Taken {
    pub accepted: usize,
    pub duplicates: usize,
    pub last_position: u64,
    /// When the import's latest row happened.
    pub newest: Option<Millis>,
}

impl Imports {
    /// Appends the rows that are not there yet. Goes on to its end even if the caller goes away.
    pub(crate) async fn take(
        &self,
        app: &App,
        import: &OpenImport,
        events: Vec<Envelope>,
    ) -> anyhow::Result<Result<Taken, Refused>> {
        // Calls for the same import take turns.
        let mut rows = self.rows(import.broadcast).lock_owned().await;
        let (app, import) = (app.clone(), import.clone());
        let work = tokio::spawn(async move {
            let mut known = match rows.take() {
                Some(known) => known,
                None => {
                    let (app, import) = (app.clone(), import.clone());
                    tokio::task::spawn_blocking(move || scan(&app, &import))
                        .await
                        .context("reading an import's rows")??
                }
            };
            let offered = events.len();
            let mut hashes = HashSet::new();
            let mut fresh = Vec::new();
            for event in events {
                let hash = crate::dedup::hash(import.org, event.key.as_deref().unwrap_or_default());
                if !known.seen.contains(&hash) && hashes.insert(hash) {
                    fresh.push(event);
                }
            }
            if import.ended && !fresh.is_empty() {
                *rows = Some(known);
                return Ok(Err(Refused::Complete));
            }
            if !fresh.is_empty() {
                match app.append(&fresh).await {
                    Ok(positions) => known.last_position = known.last_position.max(positions.end.saturating_sub(1)),
                    Err(error) => {
                        *rows = Some(known);
                        return Ok(Err(Refused::Log(error)));
                    }
                }
            }
            known.seen.extend(hashes);
            known.newest = known.newest.max(fresh.iter().map(|event| event.occurred_at).max());
            let taken = Taken {
                accepted: fresh.len(),
                duplicates: offered - fresh.len(),
                last_position: known.last_position,
                newest: known.newest,
            };
            *rows = Some(known);
            Ok(Ok(taken))
        });
        work.await.context("taking an import's rows")?
    }

    fn rows(&self, broadcast: BroadcastId) -> Shared {
        let mut kept = self.0.lock();
        kept.uses += 1;
        let uses = kept.uses;
        if !kept.imports.contains_key(&broadcast) && kept.imports.len() >= KEPT {
            // One that is being worked on is kept: two memories of it would not know of each other.
            let idle = kept.imports.iter().filter(|(_, (_, rows))| Arc::strong_count(rows) == 1);
            if let Some(oldest) = idle.min_by_key(|(_, (used, _))| *used).map(|(broadcast, _)| *broadcast) {
                kept.imports.remove(&oldest);
            }
        }
        let (used, rows) = kept.imports.entry(broadcast).or_default();
        *used = uses;
        rows.clone()
    }
}

/// Why rows were not taken.
#[derive(Debug)]
pub(crate) enum Refused {
    Complete,
    Log(eventlog::AppendError),
}

#[derive(Deserialize)]
struct Keyed {
    source: Source,
    org: OrgId,
    occurred_at: Millis,
    #[serde(default)]
    broadcast: Option<BroadcastId>,
    #[serde(default)]
    key: Option<String>,
}

/// The rows an import has in the log. Blocks on the disk.
fn scan(app: &App, import: &OpenImport) -> anyhow::Result<Rows> {
    let mut rows = Rows::default();
    let broadcast = import.broadcast.to_string();
    let broadcast = memchr::memmem::Finder::new(broadcast.as_bytes());
    for entry in app.log.read(import.first_position.max(app.log.first())) {
        let entry = entry.context("reading an import's rows from the event log")?;
        if broadcast.find(&entry.payload).is_none() {
            continue;
        }
        let Ok(keyed) = serde_json::from_slice::<Keyed>(&entry.payload) else { continue };
        if let (Source::Import, Some(key)) = (keyed.source, keyed.key)
            && keyed.broadcast == Some(import.broadcast)
        {
            rows.seen.insert(crate::dedup::hash(keyed.org, &key));
            rows.newest = rows.newest.max(Some(keyed.occurred_at));
            rows.last_position = entry.position;
        }
    }
    Ok(rows)
}
