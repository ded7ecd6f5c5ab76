//! Plays, minutes, ingest windows and shows, folded from the log exactly once.

use super::{
    digest::Changed,
    fold::{MINUTE_MS, Minutes, Play, PlayId, Plays, Report, fold},
    store_rows::{folded, minute, minute_of, minute_row, play, play_of, row_of, source_name, suspect, window},
    store_shows::{self, Shows},
};
use anyhow::Context;
use events::{BroadcastId, EntryId, IngestMeasured, Millis, OrgId, RoomId, TeamId};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, EntityTrait, IntoActiveModel,
    Iterable, QueryFilter, sea_query::OnConflict,
};
use std::collections::BTreeSet;
use store::{Store, Text};

/// SQLite takes 32,766 parameters a statement.
const ROWS_A_STATEMENT: usize = 500;

/// Whose show it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Home {
    pub broadcast: BroadcastId,
    pub org: OrgId,
    pub team: TeamId,
    pub room: RoomId,
}

impl Home {
    fn of(play: &Play) -> Self {
        Self { broadcast: play.id.broadcast, org: play.org, team: play.team, room: play.room }
    }
}

/// One measured window of a show's source.
#[derive(Debug, Clone, PartialEq)]
pub struct Window {
    pub home: Home,
    pub at: Millis,
    pub measured: IngestMeasured,
}

/// What the audience's audit found of an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Judged {
    pub broadcast: BroadcastId,
    pub entry: EntryId,
    pub at: Millis,
    pub bot: bool,
}

/// What the log says of quality.
#[derive(Debug, Clone, PartialEq)]
pub enum Said {
    Report(Box<Report>),
    Window(Window),
    Judged(Judged),
}

type Suspects = BTreeSet<(BroadcastId, EntryId)>;

/// Folds what a batch of the log that ends with `last` says, in its order, each with its position. What was folded before,
/// also by a program that crashed, changes nothing. Answers the plays that changed.
pub async fn take(store: &Store, said: Vec<(u64, Said)>, last: u64) -> anyhow::Result<Vec<Changed>> {
    if said.is_empty() {
        return Ok(Vec::new());
    }
    let tx = store.begin().await?;
    let done = folded::Entity::find_by_id("log").one(tx.db()).await.context("finding how far quality was folded")?;
    let done = done.map_or(0, |row| row.position.max(0) as u64);
    if last <= done {
        return Ok(Vec::new());
    }
    let said: Vec<Said> = said.into_iter().filter(|(position, _)| *position > done).map(|(_, said)| said).collect();
    let reports: Vec<&Report> = said.iter().filter_map(report_of).collect();
    let known = load_suspects(tx.db(), &said).await?;
    let before = load_plays(tx.db(), &said).await?;
    let homes = said.iter().filter_map(home_of).chain(before.values().map(Home::of));
    let mut shows = Shows::load(tx.db(), homes).await?;
    let mut minutes = load_minutes(tx.db(), &reports).await?;

    let (mut plays, mut suspects, mut windows) = (before.clone(), known.clone(), Vec::new());
    for said in &said {
        match said {
            Said::Report(report) => {
                let suspect = suspects.contains(&(report.broadcast, report.said.entry));
                fold(&mut plays, &mut minutes, report, suspect);
            }
            Said::Window(window) => windows.push(window),
            Said::Judged(judged) => judge(&mut plays, &mut suspects, judged),
        }
    }

    let changed: Vec<Changed> = plays
        .into_values()
        .map(|after| Changed { before: before.get(&after.id).cloned(), after })
        .filter(|changed| changed.before.as_ref() != Some(&changed.after))
        .collect();
    changed.iter().for_each(|changed| shows.change(changed));
    windows.iter().for_each(|window| shows.measured(window));
    save_plays(tx.db(), changed.iter().map(|changed| changed.after.clone())).await?;
    save_minutes(tx.db(), minutes).await?;
    save_windows(tx.db(), &windows).await?;
    save_suspects(tx.db(), &known, &suspects, &said).await?;
    shows.save(tx.db()).await?;
    let row = folded::ActiveModel { name: Set("log".into()), position: Set(last as i64) };
    let again = OnConflict::column(folded::Column::Name).update_column(folded::Column::Position).to_owned();
    folded::Entity::insert(row).on_conflict(again).exec_without_returning(tx.db()).await?;
    tx.commit().await?;
    Ok(changed)
}

fn report_of(said: &Said) -> Option<&Report> {
    if let Said::Report(report) = said { Some(report) } else { None }
}

fn home_of(said: &Said) -> Option<Home> {
    match said {
        Said::Report(said) => Some(Home { broadcast: said.broadcast, org: said.org, team: said.team, room: said.room }),
        Said::Window(window) => Some(window.home),
        Said::Judged(_) => None,
    }
}

/// The newest judgement decides about all plays of its entry.
fn judge(plays: &mut Plays, suspects: &mut Suspects, judged: &Judged) {
    let key = (judged.broadcast, judged.entry);
    let changed = if judged.bot { suspects.insert(key) } else { suspects.remove(&key) };
    if changed {
        let mine = plays.values_mut().filter(|play| (play.id.broadcast, play.id.entry) == key);
        mine.for_each(|play| play.suspect = judged.bot);
    }
}

/// The plays that are spoken of, and all of entries that were judged.
async fn load_plays(db: &impl ConnectionTrait, said: &[Said]) -> anyhow::Result<Plays> {
    let ids: BTreeSet<PlayId> = said.iter().filter_map(report_of).map(Report::id).collect();
    let judged: BTreeSet<(BroadcastId, EntryId)> = said.iter().filter_map(judged_of).collect();
    let entries: BTreeSet<_> = ids.iter().map(|id| (id.broadcast, id.entry)).chain(judged.iter().copied()).collect();
    let entries: Vec<_> = entries.into_iter().collect();
    let mut plays = Plays::new();
    for some in entries.chunks(ROWS_A_STATEMENT) {
        let shows = some.iter().map(|(broadcast, _)| Text(*broadcast));
        let entries = some.iter().map(|(_, entry)| Text(*entry));
        let rows = play::Entity::find()
            .filter(play::Column::BroadcastId.is_in(shows))
            .filter(play::Column::EntryId.is_in(entries))
            .all(db)
            .await
            .context("finding plays")?;
        plays.extend(rows.into_iter().map(play_of).map(|play| (play.id, play)));
    }
    // Other plays of the same entries came along and stay as they are.
    plays.retain(|id, _| ids.contains(id) || judged.contains(&(id.broadcast, id.entry)));
    Ok(plays)
}

fn judged_of(said: &Said) -> Option<(BroadcastId, EntryId)> {
    if let Said::Judged(judged) = said { Some((judged.broadcast, judged.entry)) } else { None }
}

/// Which of the entries spoken of are suspected.
async fn load_suspects(db: &impl ConnectionTrait, said: &[Said]) -> anyhow::Result<Suspects> {
    let reports = said.iter().filter_map(report_of).map(|report| (report.broadcast, report.said.entry));
    let keys: BTreeSet<_> = reports.chain(said.iter().filter_map(judged_of)).collect();
    let mut found = Suspects::new();
    for some in keys.iter().collect::<Vec<_>>().chunks(ROWS_A_STATEMENT) {
        let rows = suspect::Entity::find()
            .filter(suspect::Column::BroadcastId.is_in(some.iter().map(|(broadcast, _)| Text(*broadcast))))
            .filter(suspect::Column::EntryId.is_in(some.iter().map(|(_, entry)| Text(*entry))))
            .all(db)
            .await
            .context("finding suspects")?;
        found.extend(rows.into_iter().map(|row| (row.broadcast_id.0, row.entry_id.0)));
    }
    Ok(found)
}

async fn load_minutes(db: &impl ConnectionTrait, reports: &[&Report]) -> anyhow::Result<Minutes> {
    let keys: BTreeSet<(BroadcastId, i64)> =
        reports.iter().map(|report| (report.broadcast, report.at.0.div_euclid(MINUTE_MS))).collect();
    let mut minutes = Minutes::new();
    for some in keys.iter().collect::<Vec<_>>().chunks(ROWS_A_STATEMENT) {
        let any = some.iter().fold(Condition::any(), |any, (broadcast, number)| {
            let one = Condition::all().add(minute::Column::BroadcastId.eq(Text(*broadcast)));
            any.add(one.add(minute::Column::Minute.eq(*number)))
        });
        let rows = minute::Entity::find().filter(any).all(db).await.context("finding minutes")?;
        minutes.extend(rows.into_iter().map(|row| ((row.broadcast_id.0, row.minute), minute_of(row))));
    }
    Ok(minutes)
}

async fn save_plays(db: &impl ConnectionTrait, plays: impl Iterator<Item = Play>) -> anyhow::Result<()> {
    let rows: Vec<play::ActiveModel> = plays.map(|play| row_of(play).into_active_model().reset_all()).collect();
    let key = [play::Column::BroadcastId, play::Column::EntryId, play::Column::PlayId];
    let again = OnConflict::columns(key).update_columns(play::Column::iter()).to_owned();
    for some in rows.chunks(ROWS_A_STATEMENT) {
        let insert = play::Entity::insert_many(some.iter().cloned()).on_conflict(again.clone());
        insert.exec_without_returning(db).await.context("keeping plays")?;
    }
    Ok(())
}

async fn save_minutes(db: &impl ConnectionTrait, minutes: Minutes) -> anyhow::Result<()> {
    let rows: Vec<minute::ActiveModel> = minutes
        .into_iter()
        .map(|((broadcast, number), minute)| minute_row(broadcast, number, &minute).into_active_model().reset_all())
        .collect();
    let key = [minute::Column::BroadcastId, minute::Column::Minute];
    let again = OnConflict::columns(key).update_columns(minute::Column::iter()).to_owned();
    for some in rows.chunks(ROWS_A_STATEMENT) {
        let insert = minute::Entity::insert_many(some.iter().cloned()).on_conflict(again.clone());
        insert.exec_without_returning(db).await.context("keeping minutes")?;
    }
    Ok(())
}

async fn save_windows(db: &impl ConnectionTrait, windows: &[&Window]) -> anyhow::Result<()> {
    let rows: Vec<window::ActiveModel> = windows
        .iter()
        .map(|Window { home, at, measured }| window::ActiveModel {
            broadcast_id: Set(Text(home.broadcast)),
            source: Set(measured.source.map(source_name).unwrap_or_default().to_owned()),
            at_ms: Set(at.0),
            window_ms: Set(measured.window_ms.into()),
            video_kbps: Set(measured.video_kbps.into()),
            audio_kbps: Set(measured.audio_kbps.into()),
            fps_milli: Set(measured.fps_milli.into()),
            gop_ms: Set(measured.gop_ms.map(i64::from)),
            gap_ms: Set(measured.gap_ms.into()),
            skew_ms: Set(measured.skew_ms.map(i64::from)),
            jumps: Set(measured.jumps.into()),
            b_frames: Set(measured.b_frames),
        })
        .collect();
    let key = [window::Column::BroadcastId, window::Column::Source, window::Column::AtMs];
    let again = OnConflict::columns(key).do_nothing().to_owned();
    for some in rows.chunks(ROWS_A_STATEMENT) {
        let insert = window::Entity::insert_many(some.iter().cloned()).on_conflict(again.clone());
        insert.exec_without_returning(db).await.context("keeping ingest windows")?;
    }
    Ok(())
}

async fn save_suspects(
    db: &impl ConnectionTrait,
    before: &Suspects,
    now: &Suspects,
    said: &[Said],
) -> anyhow::Result<()> {
    let cleared: Vec<_> = before.difference(now).collect();
    for (broadcast, entry) in cleared {
        let row = suspect::Entity::delete_by_id((Text(*broadcast), Text(*entry)));
        row.exec(db).await.context("clearing a suspect")?;
    }
    let at = |key: &(BroadcastId, EntryId)| {
        let mut judged =
            said.iter().rev().filter_map(|said| if let Said::Judged(one) = said { Some(one) } else { None });
        judged.find(|judged| (judged.broadcast, judged.entry) == *key).map_or(0, |judged| judged.at.0)
    };
    let fresh: Vec<suspect::ActiveModel> = now
        .difference(before)
        .map(|key| suspect::ActiveModel {
            broadcast_id: Set(Text(key.0)),
            entry_id: Set(Text(key.1)),
            at_ms: Set(at(key)),
        })
        .collect();
    for some in fresh.chunks(ROWS_A_STATEMENT) {
        let insert = suspect::Entity::insert_many(some.iter().cloned());
        insert.exec_without_returning(db).await.context("keeping suspects")?;
    }
    Ok(())
}

/// Removes what is older than the rules keep.
pub async fn prune(store: &Store, plays_before: Millis, ingest_before: Millis) -> anyhow::Result<u64> {
    let tx = store.begin().await?;
    let (plays, minutes, windows) =
        (play::Entity::delete_many(), minute::Entity::delete_many(), window::Entity::delete_many());
    let mut removed = plays.filter(play::Column::LastAtMs.lt(plays_before.0)).exec(tx.db()).await?.rows_affected;
    let minute = plays_before.0.div_euclid(MINUTE_MS);
    removed += minutes.filter(minute::Column::Minute.lt(minute)).exec(tx.db()).await?.rows_affected;
    removed += windows.filter(window::Column::AtMs.lt(ingest_before.0)).exec(tx.db()).await?.rows_affected;
    let suspects = suspect::Entity::delete_many().filter(suspect::Column::AtMs.lt(plays_before.0));
    removed += suspects.exec(tx.db()).await?.rows_affected;
    removed += store_shows::prune(tx.db(), plays_before).await?;
    removed += super::store_alarms::prune(tx.db(), ingest_before).await?;
    tx.commit().await?;
    Ok(removed)
}
