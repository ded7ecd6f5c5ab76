//! Imports of files as rows: the history with its reports. What answers a person takes the [`Scope`].

use crate::recorder::Report;
use anyhow::Context;
use app::Scope;
use events::{BroadcastId, Millis, OrgId, RoomId, TeamId};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, sea_query::Expr,
};
use store::Text;
use uuid::Uuid;

/// An import of a file.
#[derive(Debug, Clone)]
pub struct FileImport {
    pub id: Uuid,
    pub org: OrgId,
    pub team: TeamId,
    pub room: RoomId,
    pub broadcast: BroadcastId,
    pub file: String,
    pub bytes: u64,
    pub format: String,
    pub platform: String,
    pub title: String,
    pub state: State,
    pub report: Report,
    pub created_at: Millis,
    pub finished_at: Option<Millis>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    Running,
    Done,
    Failed,
    /// The program ended meanwhile; the file can be sent again.
    Interrupted,
}

impl State {
    pub fn name(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Interrupted => "interrupted",
        }
    }

    fn parse(name: &str) -> Self {
        [Self::Running, Self::Done, Self::Failed]
            .into_iter()
            .find(|state| state.name() == name)
            .unwrap_or(Self::Interrupted)
    }
}

mod row {
    use super::*;
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "collect_imports")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Text<Uuid>,
        pub org_id: Text<OrgId>,
        pub team_id: Text<TeamId>,
        pub room_id: Text<RoomId>,
        pub broadcast_id: Text<BroadcastId>,
        pub file: String,
        pub bytes: i64,
        pub format: String,
        pub platform: String,
        pub title: String,
        pub state: String,
        /// JSON.
        pub report: String,
        pub created_at_ms: i64,
        pub finished_at_ms: Option<i64>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

use row::{Column, Entity};

impl TryFrom<row::Model> for FileImport {
    type Error = anyhow::Error;

    fn try_from(row: row::Model) -> anyhow::Result<Self> {
        Ok(Self {
            id: row.id.0,
            org: row.org_id.0,
            team: row.team_id.0,
            room: row.room_id.0,
            broadcast: row.broadcast_id.0,
            file: row.file,
            bytes: u64::try_from(row.bytes).unwrap_or(0),
            format: row.format,
            platform: row.platform,
            title: row.title,
            state: State::parse(&row.state),
            report: serde_json::from_str(&row.report)
                .with_context(|| format!("reading the report of import `{}`", row.id.0))?,
            created_at: Millis(row.created_at_ms),
            finished_at: row.finished_at_ms.map(Millis),
        })
    }
}

pub async fn insert(db: &impl ConnectionTrait, import: &FileImport) -> anyhow::Result<()> {
    let row = row::ActiveModel {
        id: Set(Text(import.id)),
        org_id: Set(Text(import.org)),
        team_id: Set(Text(import.team)),
        room_id: Set(Text(import.room)),
        broadcast_id: Set(Text(import.broadcast)),
        file: Set(import.file.clone()),
        bytes: Set(i64::try_from(import.bytes).unwrap_or(i64::MAX)),
        format: Set(import.format.clone()),
        platform: Set(import.platform.clone()),
        title: Set(import.title.clone()),
        state: Set(import.state.name().to_owned()),
        report: Set(serde_json::to_string(&import.report)?),
        created_at_ms: Set(import.created_at.0),
        finished_at_ms: Set(None),
    };
    Entity::insert(row).exec_without_returning(db).await.context("noting an import")?;
    Ok(())
}

pub async fn finish(
    db: &impl ConnectionTrait,
    id: Uuid,
    state: State,
    report: &Report,
    now: Millis,
) -> anyhow::Result<()> {
    let update = Entity::update_many()
        .col_expr(Column::State, Expr::value(state.name()))
        .col_expr(Column::Report, Expr::value(serde_json::to_string(report)?))
        .col_expr(Column::FinishedAtMs, Expr::value(now.0));
    update.filter(Column::Id.eq(Text(id))).exec(db).await.context("noting how an import ended")?;
    Ok(())
}

/// Those that ran when the program ended.
pub async fn interrupt(db: &impl ConnectionTrait, before: Millis) -> anyhow::Result<()> {
    let update = Entity::update_many().col_expr(Column::State, Expr::value(State::Interrupted.name()));
    let ran = update.filter(Column::State.eq(State::Running.name())).filter(Column::CreatedAtMs.lt(before.0));
    ran.exec(db).await.context("noting interrupted imports")?;
    Ok(())
}

/// A room's imports, newest first. The room's scope was looked at.
pub async fn list(
    db: &impl ConnectionTrait,
    room: RoomId,
    after: Option<Uuid>,
    limit: u64,
) -> anyhow::Result<Vec<FileImport>> {
    let mut rows = Entity::find().filter(Column::RoomId.eq(Text(room)));
    if let Some(after) = after {
        rows = rows.filter(Column::Id.lt(Text(after)));
    }
    let rows = rows.order_by_desc(Column::Id).limit(limit).all(db).await.context("listing imports")?;
    rows.into_iter().map(FileImport::try_from).collect()
}

/// An import of a room within the scope.
pub async fn find(
    db: &impl ConnectionTrait,
    scope: Scope,
    room: RoomId,
    id: Uuid,
) -> anyhow::Result<Option<FileImport>> {
    let row = Entity::find_by_id(Text(id)).one(db).await.context("finding an import")?;
    let import = row.map(FileImport::try_from).transpose()?;
    Ok(import.filter(|import| import.room == room && scope.covers(import.org, import.team)))
}
