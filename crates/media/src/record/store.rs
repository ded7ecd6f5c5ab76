//! Recordings, their rules and clips as rows.

use super::rules::Rule;
use anyhow::Context;
use events::{BroadcastId, Millis, OrgId, RoomId, TeamId};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, OnConflict},
};
use store::Text;
use uuid::Uuid;

mod recording {
    use super::*;
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "record_recordings")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub broadcast_id: Text<BroadcastId>,
        pub room_id: Text<RoomId>,
        pub org_id: Text<OrgId>,
        pub team_id: Text<TeamId>,
        pub title: String,
        pub state: String,
        pub started_at_ms: i64,
        pub ended_at_ms: Option<i64>,
        pub duration_ms: i64,
        pub bytes: i64,
        pub pieces: i64,
        pub removed_at_ms: Option<i64>,
        pub removal_reason: Option<String>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

mod rule {
    use super::*;
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "record_rules")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub room_id: Text<RoomId>,
        pub enabled: bool,
        pub keep_days: i64,
        pub keep_bytes: i64,
        pub replays_public: bool,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

mod clip {
    use super::*;
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "record_clips")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Text<Uuid>,
        pub broadcast_id: Text<BroadcastId>,
        pub room_id: Text<RoomId>,
        pub org_id: Text<OrgId>,
        pub team_id: Text<TeamId>,
        pub title: String,
        pub start_ms: i64,
        pub end_ms: i64,
        pub duration_ms: i64,
        pub bytes: i64,
        pub created_at_ms: i64,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    Recording,
    Complete,
    Removed,
}

impl State {
    pub fn as_str(self) -> &'static str {
        match self {
            State::Recording => "recording",
            State::Complete => "complete",
            State::Removed => "removed",
        }
    }

    fn parse(text: &str) -> Self {
        match text {
            "recording" => State::Recording,
            "complete" => State::Complete,
            _ => State::Removed,
        }
    }
}

/// A show's recording.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recording {
    pub broadcast: BroadcastId,
    pub room: RoomId,
    pub org: OrgId,
    pub team: TeamId,
    pub title: String,
    pub state: State,
    /// The beginning of the show: offsets count from here.
    pub started_at: Millis,
    pub ended_at: Option<Millis>,
    pub size: Size,
}

/// How much of a show is recorded.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Size {
    pub duration_ms: i64,
    pub bytes: u64,
    pub pieces: u32,
}

/// A part of a show in a file of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clip {
    pub id: Uuid,
    pub broadcast: BroadcastId,
    pub room: RoomId,
    pub org: OrgId,
    pub team: TeamId,
    pub title: String,
    pub start_ms: i64,
    pub end_ms: i64,
    pub duration_ms: i64,
    pub bytes: u64,
    pub created_at: Millis,
}

impl From<recording::Model> for Recording {
    fn from(row: recording::Model) -> Self {
        Recording {
            broadcast: row.broadcast_id.0,
            room: row.room_id.0,
            org: row.org_id.0,
            team: row.team_id.0,
            title: row.title,
            state: State::parse(&row.state),
            started_at: Millis(row.started_at_ms),
            ended_at: row.ended_at_ms.map(Millis),
            size: Size {
                duration_ms: row.duration_ms,
                bytes: row.bytes.max(0) as u64,
                pieces: u32::try_from(row.pieces).unwrap_or_default(),
            },
        }
    }
}

impl From<clip::Model> for Clip {
    fn from(row: clip::Model) -> Self {
        Clip {
            id: row.id.0,
            broadcast: row.broadcast_id.0,
            room: row.room_id.0,
            org: row.org_id.0,
            team: row.team_id.0,
            title: row.title,
            start_ms: row.start_ms,
            end_ms: row.end_ms,
            duration_ms: row.duration_ms,
            bytes: row.bytes.max(0) as u64,
            created_at: Millis(row.created_at_ms),
        }
    }
}

/// A show is being recorded, for the first time or again.
pub async fn begin(db: &impl ConnectionTrait, recording: &Recording) -> anyhow::Result<()> {
    let row = recording::ActiveModel {
        broadcast_id: Set(Text(recording.broadcast)),
        room_id: Set(Text(recording.room)),
        org_id: Set(Text(recording.org)),
        team_id: Set(Text(recording.team)),
        title: Set(recording.title.clone()),
        state: Set(State::Recording.as_str().to_owned()),
        started_at_ms: Set(recording.started_at.0),
        ended_at_ms: Set(None),
        duration_ms: Set(recording.size.duration_ms),
        bytes: Set(recording.size.bytes as i64),
        pieces: Set(recording.size.pieces.into()),
        removed_at_ms: Set(None),
        removal_reason: Set(None),
    };
    use recording::Column;
    let again = OnConflict::column(Column::BroadcastId)
        .update_columns([Column::State, Column::EndedAtMs, Column::RemovedAtMs, Column::RemovalReason])
        .to_owned();
    recording::Entity::insert(row)
        .on_conflict(again)
        .exec_without_returning(db)
        .await
        .context("beginning a recording")?;
    Ok(())
}

pub async fn update_size(db: &impl ConnectionTrait, broadcast: BroadcastId, size: Size) -> anyhow::Result<()> {
    use recording::Column;
    recording::Entity::update_many()
        .col_expr(Column::DurationMs, Expr::value(size.duration_ms))
        .col_expr(Column::Bytes, Expr::value(size.bytes as i64))
        .col_expr(Column::Pieces, Expr::value(i64::from(size.pieces)))
        .filter(Column::BroadcastId.eq(Text(broadcast)))
        .exec(db)
        .await
        .context("noting the size of a recording")?;
    Ok(())
}

/// False when it was not being recorded any more.
pub async fn complete(db: &impl ConnectionTrait, broadcast: BroadcastId, ended_at: Millis) -> anyhow::Result<bool> {
    use recording::Column;
    let done = recording::Entity::update_many()
        .col_expr(Column::State, Expr::value(State::Complete.as_str()))
        .col_expr(Column::EndedAtMs, Expr::value(ended_at.0))
        .filter(Column::BroadcastId.eq(Text(broadcast)))
        .filter(Column::State.eq(State::Recording.as_str()))
        .exec(db)
        .await
        .context("completing a recording")?;
    Ok(done.rows_affected > 0)
}

/// False when it was removed before.
pub async fn remove(
    db: &impl ConnectionTrait,
    broadcast: BroadcastId,
    reason: &str,
    now: Millis,
) -> anyhow::Result<bool> {
    use recording::Column;
    let done = recording::Entity::update_many()
        .col_expr(Column::State, Expr::value(State::Removed.as_str()))
        .col_expr(Column::RemovedAtMs, Expr::value(now.0))
        .col_expr(Column::RemovalReason, Expr::value(reason))
        .filter(Column::BroadcastId.eq(Text(broadcast)))
        .filter(Column::State.eq(State::Complete.as_str()))
        .exec(db)
        .await
        .context("removing a recording")?;
    Ok(done.rows_affected > 0)
}

/// Whoever asks: the scope is that of the show, which is checked before.
pub async fn find(db: &impl ConnectionTrait, broadcast: BroadcastId) -> anyhow::Result<Option<Recording>> {
    let row = recording::Entity::find_by_id(Text(broadcast)).one(db).await.context("finding a recording")?;
    Ok(row.map(Recording::from))
}

/// Every recording that has files.
pub async fn all_kept(db: &impl ConnectionTrait) -> anyhow::Result<Vec<Recording>> {
    let kept = recording::Entity::find().filter(recording::Column::State.ne(State::Removed.as_str()));
    let rows = kept.all(db).await.context("listing recordings")?;
    Ok(rows.into_iter().map(Recording::from).collect())
}

/// Complete recordings of a room, newest first.
pub async fn replays(db: &impl ConnectionTrait, room: RoomId, limit: u64) -> anyhow::Result<Vec<Recording>> {
    use recording::Column;
    let rows = recording::Entity::find()
        .filter(Column::RoomId.eq(Text(room)))
        .filter(Column::State.eq(State::Complete.as_str()))
        .filter(Column::DurationMs.gt(0))
        .order_by_desc(Column::StartedAtMs)
        .limit(limit)
        .all(db)
        .await
        .context("listing replays")?;
    Ok(rows.into_iter().map(Recording::from).collect())
}

/// The newest show of a room that has a recording.
pub async fn newest(db: &impl ConnectionTrait, room: RoomId) -> anyhow::Result<Option<BroadcastId>> {
    use recording::Column;
    let id: Option<Text<BroadcastId>> = recording::Entity::find()
        .select_only()
        .column(Column::BroadcastId)
        .filter(Column::RoomId.eq(Text(room)))
        .filter(Column::State.ne(State::Removed.as_str()))
        .order_by_desc(Column::StartedAtMs)
        .into_tuple()
        .one(db)
        .await
        .context("finding the newest recording")?;
    Ok(id.map(|id| id.0))
}

pub async fn find_rule(db: &impl ConnectionTrait, room: RoomId) -> anyhow::Result<Option<Rule>> {
    let row = rule::Entity::find_by_id(Text(room)).one(db).await.context("finding a recording rule")?;
    Ok(row.map(|row| rule_of(&row)))
}

pub async fn all_rules(db: &impl ConnectionTrait) -> anyhow::Result<Vec<(RoomId, Rule)>> {
    let rows = rule::Entity::find().all(db).await.context("listing recording rules")?;
    Ok(rows.iter().map(|row| (row.room_id.0, rule_of(row))).collect())
}

fn rule_of(row: &rule::Model) -> Rule {
    Rule {
        enabled: row.enabled,
        keep_days: u32::try_from(row.keep_days).unwrap_or_default(),
        keep_bytes: row.keep_bytes.max(0) as u64,
        replays_public: row.replays_public,
    }
}

pub async fn put_rule(db: &impl ConnectionTrait, room: RoomId, rule: Rule) -> anyhow::Result<()> {
    use rule::Column;
    let row = rule::ActiveModel {
        room_id: Set(Text(room)),
        enabled: Set(rule.enabled),
        keep_days: Set(rule.keep_days.into()),
        keep_bytes: Set(rule.keep_bytes as i64),
        replays_public: Set(rule.replays_public),
    };
    let again = OnConflict::column(Column::RoomId)
        .update_columns([Column::Enabled, Column::KeepDays, Column::KeepBytes, Column::ReplaysPublic])
        .to_owned();
    rule::Entity::insert(row)
        .on_conflict(again)
        .exec_without_returning(db)
        .await
        .context("writing a recording rule")?;
    Ok(())
}

pub async fn insert_clip(db: &impl ConnectionTrait, clip: &Clip) -> anyhow::Result<()> {
    let row = clip::ActiveModel {
        id: Set(Text(clip.id)),
        broadcast_id: Set(Text(clip.broadcast)),
        room_id: Set(Text(clip.room)),
        org_id: Set(Text(clip.org)),
        team_id: Set(Text(clip.team)),
        title: Set(clip.title.clone()),
        start_ms: Set(clip.start_ms),
        end_ms: Set(clip.end_ms),
        duration_ms: Set(clip.duration_ms),
        bytes: Set(clip.bytes as i64),
        created_at_ms: Set(clip.created_at.0),
    };
    clip::Entity::insert(row).exec_without_returning(db).await.context("inserting a clip")?;
    Ok(())
}

/// Newest first.
pub async fn clips_of(db: &impl ConnectionTrait, broadcast: BroadcastId) -> anyhow::Result<Vec<Clip>> {
    let rows = clip::Entity::find()
        .filter(clip::Column::BroadcastId.eq(Text(broadcast)))
        .order_by_desc(clip::Column::Id)
        .limit(1_000)
        .all(db)
        .await
        .context("listing clips")?;
    Ok(rows.into_iter().map(Clip::from).collect())
}

/// A clip within the scope.
pub async fn find_clip(db: &impl ConnectionTrait, scope: app::Scope, id: Uuid) -> anyhow::Result<Option<Clip>> {
    let row = clip::Entity::find_by_id(Text(id)).one(db).await.context("finding a clip")?;
    Ok(row.map(Clip::from).filter(|clip| scope.covers(clip.org, clip.team)))
}

pub async fn clips_before(db: &impl ConnectionTrait, before: Millis) -> anyhow::Result<Vec<Clip>> {
    let rows = clip::Entity::find().filter(clip::Column::CreatedAtMs.lt(before.0)).all(db).await;
    Ok(rows.context("listing old clips")?.into_iter().map(Clip::from).collect())
}

/// Bytes of all clips.
pub async fn clip_bytes(db: &impl ConnectionTrait) -> anyhow::Result<u64> {
    let sum = Expr::cust("CAST(SUM(bytes) AS BIGINT)");
    let found: Option<Option<i64>> = clip::Entity::find()
        .select_only()
        .column_as(sum, "bytes")
        .into_tuple()
        .one(db)
        .await
        .context("adding up clips")?;
    Ok(found.flatten().unwrap_or(0).max(0) as u64)
}

/// The oldest clips.
pub async fn oldest_clips(db: &impl ConnectionTrait, limit: u64) -> anyhow::Result<Vec<Clip>> {
    let rows = clip::Entity::find().order_by_asc(clip::Column::CreatedAtMs).limit(limit).all(db).await;
    Ok(rows.context("listing old clips")?.into_iter().map(Clip::from).collect())
}

/// The ids of every clip there is.
pub async fn clip_ids(db: &impl ConnectionTrait) -> anyhow::Result<Vec<Uuid>> {
    let ids: Vec<Text<Uuid>> = clip::Entity::find()
        .select_only()
        .column(clip::Column::Id)
        .into_tuple()
        .all(db)
        .await
        .context("listing clips")?;
    Ok(ids.into_iter().map(|id| id.0).collect())
}

/// False when there was none.
pub async fn delete_clip(db: &impl ConnectionTrait, id: Uuid) -> anyhow::Result<bool> {
    let done = clip::Entity::delete_by_id(Text(id)).exec(db).await.context("deleting a clip")?;
    Ok(done.rows_affected > 0)
}
