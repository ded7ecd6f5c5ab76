//! Plays, minutes and ingest windows as rows, folded from the log exactly once.

use super::fold::{Minute, Minutes, Play, PlayId, Plays, Report, fold};
use anyhow::Context;
use events::{BroadcastId, EntryId, IngestMeasured, Millis, OrgId, RoomId, Sketch, TeamId, ViewerId};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, EntityTrait, IntoActiveModel,
    Iterable, QueryFilter, sea_query::OnConflict,
};
use store::{Store, Text};
use uuid::Uuid;

/// SQLite takes 32,766 parameters a statement.
const ROWS_A_STATEMENT: usize = 500;

pub(super) mod folded {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "qoe_folded")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub name: String,
        pub position: i64,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

pub(super) mod play {
    use super::*;
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "qoe_plays")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub broadcast_id: Text<BroadcastId>,
        #[sea_orm(primary_key, auto_increment = false)]
        pub entry_id: Text<EntryId>,
        #[sea_orm(primary_key, auto_increment = false)]
        pub play_id: Text<Uuid>,
        pub org_id: Text<OrgId>,
        pub team_id: Text<TeamId>,
        pub room_id: Text<RoomId>,
        pub viewer: Text<ViewerId>,
        pub device: String,
        pub os: String,
        pub browser: String,
        pub version: String,
        pub region: String,
        pub node: String,
        pub height: Option<i32>,
        pub bitrate_kbps: Option<i32>,
        pub first_at_ms: i64,
        pub last_at_ms: i64,
        pub first_position: i64,
        pub last_position: i64,
        pub played_ms: i64,
        pub stalls: i64,
        pub stalled_ms: i64,
        pub frames: i64,
        pub dropped: i64,
        pub shown: bool,
        pub first_frame_ms: Option<i64>,
        pub failure: Option<String>,
        pub broken: bool,
        pub latency: String,
        pub latency_worst_ms: Option<i64>,
        pub minute: i64,
        pub minute_stalled: bool,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

pub(super) mod minute {
    use super::*;
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "qoe_minutes")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub broadcast_id: Text<BroadcastId>,
        #[sea_orm(primary_key, auto_increment = false)]
        pub minute: i64,
        pub plays: i64,
        pub stalled_plays: i64,
        pub failures: i64,
        pub played_ms: i64,
        pub stalls: i64,
        pub stalled_ms: i64,
        pub frames: i64,
        pub dropped: i64,
        pub first_frame: String,
        pub latency: String,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

pub(super) mod window {
    use super::*;
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "qoe_ingest")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub broadcast_id: Text<BroadcastId>,
        #[sea_orm(primary_key, auto_increment = false)]
        pub source: String,
        #[sea_orm(primary_key, auto_increment = false)]
        pub at_ms: i64,
        pub window_ms: i64,
        pub video_kbps: i64,
        pub audio_kbps: i64,
        pub fps_milli: i64,
        pub gop_ms: Option<i64>,
        pub gap_ms: i64,
        pub skew_ms: Option<i64>,
        pub jumps: i64,
        pub b_frames: bool,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

/// One measured window of a show's source.
#[derive(Debug, Clone, PartialEq)]
pub struct Window {
    pub broadcast: BroadcastId,
    pub at: Millis,
    pub measured: IngestMeasured,
}

/// Folds a batch of the log that ends with `last`. What was folded before, also by a program that crashed, changes nothing.
pub async fn take(store: &Store, reports: Vec<Report>, windows: Vec<Window>, last: u64) -> anyhow::Result<()> {
    if reports.is_empty() && windows.is_empty() {
        return Ok(());
    }
    let tx = store.begin().await?;
    let done = folded::Entity::find_by_id("log").one(tx.db()).await.context("finding how far quality was folded")?;
    let done = done.map_or(0, |row| row.position.max(0) as u64);
    if last <= done {
        return Ok(());
    }
    let reports: Vec<Report> = reports.into_iter().filter(|report| report.position > done).collect();
    let mut plays = load_plays(tx.db(), &reports).await?;
    let mut minutes = load_minutes(tx.db(), &reports).await?;
    for report in &reports {
        fold(&mut plays, &mut minutes, report);
    }
    save_plays(tx.db(), plays.into_values()).await?;
    save_minutes(tx.db(), minutes).await?;
    save_windows(tx.db(), windows).await?;
    let row = folded::ActiveModel { name: Set("log".into()), position: Set(last as i64) };
    let again = OnConflict::column(folded::Column::Name).update_column(folded::Column::Position).to_owned();
    folded::Entity::insert(row).on_conflict(again).exec_without_returning(tx.db()).await?;
    tx.commit().await
}

async fn load_plays(db: &impl ConnectionTrait, reports: &[Report]) -> anyhow::Result<Plays> {
    let mut ids: Vec<PlayId> = reports.iter().map(Report::id).collect();
    ids.sort_unstable();
    ids.dedup();
    let mut plays = Plays::new();
    for some in ids.chunks(ROWS_A_STATEMENT) {
        let shows = some.iter().map(|id| Text(id.broadcast));
        let entries = some.iter().map(|id| Text(id.entry));
        let rows = play::Entity::find()
            .filter(play::Column::BroadcastId.is_in(shows))
            .filter(play::Column::EntryId.is_in(entries))
            .all(db)
            .await
            .context("finding plays")?;
        plays.extend(rows.into_iter().map(play_of).map(|play| (play.id, play)));
    }
    // Other plays of the same entries came along and stay as they are.
    plays.retain(|id, _| ids.binary_search(id).is_ok());
    Ok(plays)
}

async fn load_minutes(db: &impl ConnectionTrait, reports: &[Report]) -> anyhow::Result<Minutes> {
    let mut keys: Vec<(BroadcastId, i64)> =
        reports.iter().map(|report| (report.broadcast, report.at.0.div_euclid(super::fold::MINUTE_MS))).collect();
    keys.sort_unstable();
    keys.dedup();
    let mut minutes = Minutes::new();
    for some in keys.chunks(ROWS_A_STATEMENT) {
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

async fn save_windows(db: &impl ConnectionTrait, windows: Vec<Window>) -> anyhow::Result<()> {
    let rows: Vec<window::ActiveModel> = windows
        .into_iter()
        .map(|Window { broadcast, at, measured }| window::ActiveModel {
            broadcast_id: Set(Text(broadcast)),
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

/// Removes what is older than the rules keep.
pub async fn prune(store: &Store, plays_before: Millis, ingest_before: Millis) -> anyhow::Result<u64> {
    let tx = store.begin().await?;
    let (plays, minutes, windows) =
        (play::Entity::delete_many(), minute::Entity::delete_many(), window::Entity::delete_many());
    let mut removed = plays.filter(play::Column::LastAtMs.lt(plays_before.0)).exec(tx.db()).await?.rows_affected;
    let minute = plays_before.0.div_euclid(super::fold::MINUTE_MS);
    removed += minutes.filter(minute::Column::Minute.lt(minute)).exec(tx.db()).await?.rows_affected;
    removed += windows.filter(window::Column::AtMs.lt(ingest_before.0)).exec(tx.db()).await?.rows_affected;
    removed += super::store_alarms::prune(tx.db(), ingest_before).await?;
    tx.commit().await?;
    Ok(removed)
}

pub(super) fn source_name(source: events::StreamSource) -> &'static str {
    match source {
        events::StreamSource::Primary => "primary",
        events::StreamSource::Backup => "backup",
        events::StreamSource::Slate => "slate",
    }
}

fn row_of(play: Play) -> play::Model {
    play::Model {
        broadcast_id: Text(play.id.broadcast),
        entry_id: Text(play.id.entry),
        play_id: Text(play.id.play),
        org_id: Text(play.org),
        team_id: Text(play.team),
        room_id: Text(play.room),
        viewer: Text(play.viewer),
        device: play.device,
        os: play.os,
        browser: play.browser,
        version: play.version,
        region: play.region,
        node: play.node,
        height: play.height.map(|height| height as i32),
        bitrate_kbps: play.bitrate_kbps.map(|kbps| kbps as i32),
        first_at_ms: play.first_at.0,
        last_at_ms: play.last_at.0,
        first_position: play.first_position as i64,
        last_position: play.last_position as i64,
        played_ms: play.played_ms as i64,
        stalls: play.stalls as i64,
        stalled_ms: play.stalled_ms as i64,
        frames: play.frames as i64,
        dropped: play.dropped as i64,
        shown: play.shown,
        first_frame_ms: play.first_frame_ms.map(i64::from),
        failure: play.failure,
        broken: play.broken,
        latency: sketch_text(&play.latency),
        latency_worst_ms: play.latency_worst_ms.map(i64::from),
        minute: play.minute,
        minute_stalled: play.minute_stalled,
    }
}

pub(super) fn play_of(row: play::Model) -> Play {
    Play {
        id: PlayId { broadcast: row.broadcast_id.0, entry: row.entry_id.0, play: row.play_id.0 },
        org: row.org_id.0,
        team: row.team_id.0,
        room: row.room_id.0,
        viewer: row.viewer.0,
        device: row.device,
        os: row.os,
        browser: row.browser,
        version: row.version,
        region: row.region,
        node: row.node,
        height: row.height.map(|height| height.max(0) as u32),
        bitrate_kbps: row.bitrate_kbps.map(|kbps| kbps.max(0) as u32),
        first_at: Millis(row.first_at_ms),
        last_at: Millis(row.last_at_ms),
        first_position: row.first_position.max(0) as u64,
        last_position: row.last_position.max(0) as u64,
        played_ms: row.played_ms.max(0) as u64,
        stalls: row.stalls.max(0) as u64,
        stalled_ms: row.stalled_ms.max(0) as u64,
        frames: row.frames.max(0) as u64,
        dropped: row.dropped.max(0) as u64,
        shown: row.shown,
        first_frame_ms: row.first_frame_ms.map(|ms| ms.max(0) as u32),
        failure: row.failure,
        broken: row.broken,
        latency: sketch_of(&row.latency),
        latency_worst_ms: row.latency_worst_ms.map(|ms| ms.max(0) as u32),
        minute: row.minute,
        minute_stalled: row.minute_stalled,
    }
}

fn minute_row(broadcast: BroadcastId, number: i64, minute: &Minute) -> minute::Model {
    minute::Model {
        broadcast_id: Text(broadcast),
        minute: number,
        plays: minute.plays as i64,
        stalled_plays: minute.stalled_plays as i64,
        failures: minute.failures as i64,
        played_ms: minute.played_ms as i64,
        stalls: minute.stalls as i64,
        stalled_ms: minute.stalled_ms as i64,
        frames: minute.frames as i64,
        dropped: minute.dropped as i64,
        first_frame: sketch_text(&minute.first_frame),
        latency: sketch_text(&minute.latency),
    }
}

pub(super) fn minute_of(row: minute::Model) -> Minute {
    Minute {
        plays: row.plays.max(0) as u64,
        stalled_plays: row.stalled_plays.max(0) as u64,
        failures: row.failures.max(0) as u64,
        played_ms: row.played_ms.max(0) as u64,
        stalls: row.stalls.max(0) as u64,
        stalled_ms: row.stalled_ms.max(0) as u64,
        frames: row.frames.max(0) as u64,
        dropped: row.dropped.max(0) as u64,
        first_frame: sketch_of(&row.first_frame),
        latency: sketch_of(&row.latency),
    }
}

/// A sketch is a small JSON object in a `TEXT` column.
fn sketch_text(sketch: &Sketch) -> String {
    serde_json::to_string(sketch).unwrap_or_default()
}

fn sketch_of(text: &str) -> Sketch {
    serde_json::from_str(text).unwrap_or_default()
}
