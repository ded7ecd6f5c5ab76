//! A whole file as an import: read through once to know what it is and when the show began, then row by row into the log. It goes
//! on to its end when who sent it goes away; sent again, it is the same import and every row a repeat.

use super::{ImportBroadcast, ImportRefusal, OpenImport, Refused, store};
use crate::{
    Collect,
    recorder::{self, BadRecording, Each, Format, Report, What},
    table::{self, BadTable, TableMapping},
};
use anyhow::Context;
use app::{ApiError, App, Refuse, Scope};
use events::{BroadcastId, Envelope, Event, Millis, RoomId, Source, ViewerId};
use std::{borrow::Cow, collections::HashSet, fs::File, ops::ControlFlow};
use tokio::sync::{OwnedSemaphorePermit, mpsc};
use uuid::Uuid;

/// The largest file that is taken.
pub const MAX_BYTES: u64 = 1 << 30;
/// Files received or read at a time.
pub const AT_ONCE: usize = 2;
/// Rows that go to the log together, and about their bytes.
const BATCH_ROWS: usize = 2_000;
const BATCH_BYTES: usize = 2 << 20;

/// A file that was received whole. Its name is gone from the folder already, so nothing is left behind whatever happens.
pub struct Received {
    pub file: File,
    pub bytes: u64,
    pub sha256: String,
    /// Holds the place among those that are at work.
    pub permit: OwnedSemaphorePermit,
}

/// What a file is read as.
#[derive(Clone)]
pub enum Plan {
    Recording(&'static Format),
    Table(TableMapping),
}

impl Plan {
    fn name(&self) -> &'static str {
        match self {
            Self::Recording(format) => format.name,
            Self::Table(_) => "table",
        }
    }

    fn read(&self, file: &mut File, started_at: Option<Millis>, each: Each) -> Result<(), BadRecording> {
        match self {
            Self::Recording(format) => recorder::read(format, file, started_at, each),
            Self::Table(mapping) => table::items(file, mapping, each),
        }
    }
}

/// How a file is wanted to be imported.
#[derive(Clone)]
pub struct Wanted {
    pub scope: Scope,
    pub room: RoomId,
    pub file_name: String,
    pub plan: Plan,
    pub title: Option<String>,
    pub platform: Option<String>,
    pub started_at: Option<Millis>,
    pub import_key: Option<String>,
    /// Nothing is taken; the report says what would be.
    pub dry_run: bool,
    pub complete: bool,
}

/// What became of a file.
pub struct Finished {
    pub id: Option<Uuid>,
    pub broadcast: Option<BroadcastId>,
    pub format: &'static str,
    pub platform: String,
    pub started_at: Millis,
    pub before_air: u64,
    pub complete: bool,
    pub report: Report,
}

impl Refuse for BadRecording {
    fn code(&self) -> &'static str {
        match self {
            Self::UnknownFormat => "unknown_format",
            Self::Empty => "empty_file",
            Self::StartUnknown => "start_unknown",
            Self::Table(BadTable::TooLarge) => "too_large",
            Self::Table(_) => "bad_table",
            Self::Io(_) => "unreadable_file",
        }
    }

    fn status(&self) -> u16 {
        if self.code() == "too_large" { 413 } else { 422 }
    }
}

/// Imports a file, or looks what that would do.
pub async fn import(collect: &Collect, received: Received, wanted: Wanted) -> Result<Finished, ApiError> {
    let collect = collect.clone();
    let work = tokio::spawn(async move {
        if wanted.dry_run { try_out(&collect, received, wanted).await } else { take(&collect, received, wanted).await }
    });
    work.await.context("importing a file")?
}

/// What ran when the program ended last did not end.
pub async fn note_interrupted(app: &App) -> anyhow::Result<()> {
    let tx = app.store.begin().await?;
    store::interrupt(tx.db(), app.now()).await?;
    tx.commit().await
}

struct Looked {
    started_at: Millis,
    before_air: u64,
    report: Report,
}

fn look(file: &mut File, wanted: &Wanted) -> Result<Looked, BadRecording> {
    let look = recorder::look(wanted.started_at, |each| wanted.plan.read(file, None, each))?;
    Ok(Looked { started_at: look.started_at, before_air: look.before_air, report: look.report })
}

async fn try_out(collect: &Collect, received: Received, wanted: Wanted) -> Result<Finished, ApiError> {
    let app = collect.app().clone();
    let platform = platform(&wanted);
    let (format, named) = (wanted.plan.name(), platform.clone());
    let tried = tokio::task::spawn_blocking(move || -> Result<Looked, BadRecording> {
        let Received { mut file, permit, .. } = received;
        let mut looked = look(&mut file, &wanted)?;
        let (broadcast, now, mut seen) = (BroadcastId::default(), app.now(), HashSet::new());
        let report = &mut looked.report;
        wanted.plan.read(&mut file, Some(looked.started_at), &mut |item| {
            if let Some((id, event)) = event(item.what, broadcast, &named, &app, now) {
                match event {
                    Err(reason) => report.refuse(&reason, item.line),
                    Ok(_) if !seen.insert(crate::dedup::hash(wanted.scope.org, &id)) => report.repeats += 1,
                    Ok(_) => report.taken += 1,
                }
            }
            ControlFlow::Continue(())
        })?;
        drop(permit);
        Ok(looked)
    });
    let Looked { started_at, before_air, report } = tried.await.context("trying a file")??;
    Ok(Finished { id: None, broadcast: None, format, platform, started_at, before_air, complete: false, report })
}

async fn take(collect: &Collect, received: Received, wanted: Wanted) -> Result<Finished, ApiError> {
    let app = collect.app();
    let Received { file, bytes, sha256, permit } = received;
    let (looked, file) = {
        let (wanted, mut file) = (wanted.clone(), file);
        tokio::task::spawn_blocking(move || look(&mut file, &wanted).map(|looked| (looked, file)))
            .await
            .context("reading a file")??
    };
    let Looked { started_at, before_air, mut report } = looked;
    let platform = platform(&wanted);
    let asked = ImportBroadcast {
        title: wanted.title.clone().unwrap_or_else(|| title_of(&wanted.file_name)),
        platform: platform.clone(),
        started_at: crate::instant::sane(started_at, app.now()),
        // The same file again is the same import.
        import_key: Some(wanted.import_key.clone().unwrap_or_else(|| format!("file:{sha256}"))),
    };
    let title = asked.title.clone();
    let import = collect.desk().open(wanted.scope, wanted.room, asked).await.map_err(refuse)?;
    // The show's beginning goes into the log before its rows.
    app.store.relayed().await?;
    let id = Uuid::now_v7();
    let noted = store::FileImport {
        id,
        org: import.org,
        team: import.team,
        room: wanted.room,
        broadcast: import.broadcast,
        file: wanted.file_name.clone(),
        bytes,
        format: wanted.plan.name().to_owned(),
        platform: platform.clone(),
        title,
        state: store::State::Running,
        report: report.clone(),
        created_at: app.now(),
        finished_at: None,
    };
    let tx = app.store.begin().await?;
    store::insert(tx.db(), &noted).await?;
    tx.commit().await?;
    let rows = Rows { room: wanted.room, platform: &platform, import: &import };
    let taken = rows.take(collect, read(file, &wanted, started_at), &mut report).await;
    drop(permit);
    let closed = match taken {
        Ok(newest) if wanted.complete && !import.ended => {
            let ended_at = newest.unwrap_or(started_at);
            collect.desk().close(wanted.scope, wanted.room, import.broadcast, ended_at).await.map_err(refuse)
        }
        taken => taken.map(drop),
    };
    let state = if closed.is_ok() { store::State::Done } else { store::State::Failed };
    let tx = app.store.begin().await?;
    store::finish(tx.db(), id, state, &report, app.now()).await?;
    tx.commit().await?;
    closed?;
    let (broadcast, complete) = (Some(import.broadcast), wanted.complete || import.ended);
    let format = wanted.plan.name();
    Ok(Finished { id: Some(id), broadcast, format, platform, started_at, before_air, complete, report })
}

type Batch = Vec<(u64, What)>;

/// Reads the file beside the taking, a few batches ahead.
fn read(mut file: File, wanted: &Wanted, started_at: Millis) -> mpsc::Receiver<Result<Batch, BadRecording>> {
    let (give, batches) = mpsc::channel(2);
    let plan = wanted.plan.clone();
    tokio::task::spawn_blocking(move || {
        let (mut batch, mut bytes) = (Vec::new(), 0);
        let read = plan.read(&mut file, Some(started_at), &mut |item| {
            bytes += match &item.what {
                What::Row(row) => 400 + row.text.as_ref().map_or(0, String::len),
                // Names and values of a row, which is never longer than that.
                What::Custom(row) => {
                    400 + row
                        .properties
                        .iter()
                        .map(|(name, value)| name.len() + 40 + value.as_str().map_or(0, str::len))
                        .sum::<usize>()
                }
                // Counted when the file was looked at.
                What::Skipped(_) | What::Began(_) => return ControlFlow::Continue(()),
            };
            batch.push((item.line, item.what));
            if batch.len() >= BATCH_ROWS || bytes >= BATCH_BYTES {
                bytes = 0;
                if give.blocking_send(Ok(std::mem::take(&mut batch))).is_err() {
                    return ControlFlow::Break(());
                }
            }
            ControlFlow::Continue(())
        });
        // Nobody listening means that it failed elsewhere.
        let _ = match read {
            Ok(()) if batch.is_empty() => Ok(()),
            Ok(()) => give.blocking_send(Ok(batch)),
            Err(error) => give.blocking_send(Err(error)),
        };
    });
    batches
}

/// Where rows go.
struct Rows<'a> {
    room: RoomId,
    platform: &'a str,
    import: &'a OpenImport,
}

impl Rows<'_> {
    /// When the newest of them happened.
    async fn take(
        &self,
        collect: &Collect,
        mut batches: mpsc::Receiver<Result<Batch, BadRecording>>,
        report: &mut Report,
    ) -> Result<Option<Millis>, ApiError> {
        let (app, import) = (collect.app(), self.import);
        let mut newest = None;
        while let Some(batch) = batches.recv().await {
            let now = app.now();
            let mut events = Vec::new();
            for (line, what) in batch? {
                let at = match &what {
                    What::Row(row) => row.occurred_at,
                    What::Custom(row) => row.occurred_at,
                    What::Skipped(_) | What::Began(_) => continue,
                };
                let Some((id, event)) = event(what, import.broadcast, self.platform, app, now) else { continue };
                match event {
                    Err(reason) => report.refuse(&reason, line),
                    Ok((event, viewer)) => {
                        let envelope = Envelope::new(now, Source::Import, import.org, event)
                            .with_team(import.team)
                            .with_room(self.room)
                            .with_broadcast(Some(import.broadcast))
                            .with_key(id)
                            .at(at);
                        events.push(Envelope { viewer, ..envelope });
                    }
                }
            }
            let taken = match collect.imports().take(app, import, events).await? {
                Ok(taken) => taken,
                Err(Refused::Complete) => return Err(refuse(ImportRefusal::ImportComplete(import.broadcast))),
                Err(Refused::Log(error)) => return Err(error.into()),
            };
            metrics::counter!("kaibo_import_rows_total").increment(taken.accepted as u64);
            report.taken += taken.accepted as u64;
            report.repeats += taken.duplicates as u64;
            newest = newest.max(taken.newest);
        }
        Ok(newest)
    }
}

type Made = Result<(Event, Option<ViewerId>), Cow<'static, str>>;

/// A row's id and event. `None`: it is no row.
fn event(what: What, broadcast: BroadcastId, platform: &str, app: &App, now: Millis) -> Option<(String, Made)> {
    match what {
        What::Row(row) => Some((row.id.clone(), row.event(broadcast, &app.keys, now))),
        What::Custom(row) => Some((row.id.clone(), row.event(platform, &app.keys, now))),
        What::Skipped(_) | What::Began(_) => None,
    }
}

fn platform(wanted: &Wanted) -> String {
    let known = || match wanted.plan.name() {
        "danmaku_xml" => "bilibili",
        "kaibo_csv" | "kaibo_xlsx" => "kaibo",
        _ => "other",
    };
    wanted.platform.clone().unwrap_or_else(|| known().to_owned())
}

fn title_of(file_name: &str) -> String {
    let stem = file_name.rsplit_once('.').map_or(file_name, |(stem, _)| stem);
    let title: String = stem.chars().take(200).collect();
    if title.trim().is_empty() { "Import".to_owned() } else { title }
}

/// A failure of the desk is logged and stays inside; its refusals reach the caller.
pub fn refuse(refusal: ImportRefusal) -> ApiError {
    match refusal {
        ImportRefusal::Failure(failure) => failure.into(),
        refusal => refusal.into(),
    }
}
