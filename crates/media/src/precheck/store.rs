//! Checks as rows.

use super::{Check, CheckKind, Measured, Outcome, findings::Finding};
use anyhow::Context;
use app::Scope;
use events::{Millis, OrgId, RoomId, TeamId};
use sea_orm::{
    ActiveValue::Set, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, entity::prelude::*,
    sea_query::Expr,
};
use store::Text;
use uuid::Uuid;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "precheck_checks")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Text<Uuid>,
    pub org_id: Text<OrgId>,
    pub team_id: Text<TeamId>,
    pub room_id: Text<RoomId>,
    /// `push` or `browser`.
    pub kind: String,
    /// `open`, `done` or `expired`.
    pub state: String,
    /// The worst level of its findings.
    pub result: Option<String>,
    /// JSON of [`Measured`].
    pub measured: String,
    /// JSON of the findings.
    pub findings: String,
    pub created_at_ms: i64,
    pub finished_at_ms: Option<i64>,
}

impl ActiveModelBehavior for ActiveModel {}

impl Model {
    fn into_check(self) -> anyhow::Result<Check> {
        let outcome = match (self.state.as_str(), self.finished_at_ms) {
            ("done", Some(finished)) => Some(Outcome {
                measured: serde_json::from_str(&self.measured).context("reading a check's measurements")?,
                findings: serde_json::from_str(&self.findings).context("reading a check's findings")?,
                finished_at: Millis(finished),
            }),
            _ => None,
        };
        Ok(Check {
            id: self.id.0,
            org: self.org_id.0,
            team: self.team_id.0,
            room: self.room_id.0,
            kind: if self.kind == CheckKind::Push.as_str() { CheckKind::Push } else { CheckKind::Browser },
            created_at: Millis(self.created_at_ms),
            outcome,
        })
    }
}

pub async fn insert(db: &impl ConnectionTrait, check: &Check) -> anyhow::Result<()> {
    let row = ActiveModel {
        id: Set(Text(check.id)),
        org_id: Set(Text(check.org)),
        team_id: Set(Text(check.team)),
        room_id: Set(Text(check.room)),
        kind: Set(check.kind.as_str().to_owned()),
        state: Set("open".to_owned()),
        result: Set(None),
        measured: Set("{}".to_owned()),
        findings: Set("[]".to_owned()),
        created_at_ms: Set(check.created_at.0),
        finished_at_ms: Set(None),
    };
    Entity::insert(row).exec_without_returning(db).await.context("inserting a check")?;
    Ok(())
}

/// Writes what came out. False when the check was done before.
pub async fn finish(
    db: &impl ConnectionTrait,
    check: Uuid,
    measured: &Measured,
    findings: &[Finding],
    result: &'static str,
    at: Millis,
) -> anyhow::Result<bool> {
    let changed = Entity::update_many()
        .col_expr(Column::State, Expr::value("done"))
        .col_expr(Column::Result, Expr::value(Some(result)))
        .col_expr(Column::Measured, Expr::value(serde_json::to_string(measured)?))
        .col_expr(Column::Findings, Expr::value(serde_json::to_string(findings)?))
        .col_expr(Column::FinishedAtMs, Expr::value(Some(at.0)))
        .filter(Column::Id.eq(Text(check)))
        .filter(Column::State.ne("done"))
        .exec(db)
        .await
        .context("finishing a check")?;
    Ok(changed.rows_affected > 0)
}

/// Nobody pushed in time, or another check took its place.
pub async fn expire(db: &impl ConnectionTrait, check: Uuid) -> anyhow::Result<()> {
    expire_where(db, Column::Id.eq(Text(check))).await
}

/// What was open when the program ended cannot go on.
pub async fn expire_all(db: &impl ConnectionTrait) -> anyhow::Result<()> {
    expire_where(db, Column::State.eq("open")).await
}

async fn expire_where(db: &impl ConnectionTrait, which: impl sea_orm::sea_query::IntoCondition) -> anyhow::Result<()> {
    let update = Entity::update_many().col_expr(Column::State, Expr::value("expired"));
    update.filter(which).filter(Column::State.eq("open")).exec(db).await.context("expiring checks")?;
    Ok(())
}

/// Removes all but the newest `kept` of a room.
pub async fn prune(db: &impl ConnectionTrait, room: RoomId, kept: u32) -> anyhow::Result<()> {
    let oldest = of_room(room).offset(u64::from(kept)).limit(1).one(db).await.context("counting checks")?;
    let Some(oldest) = oldest else { return Ok(()) };
    Entity::delete_many()
        .filter(Column::RoomId.eq(Text(room)))
        .filter(Column::CreatedAtMs.lte(oldest.created_at_ms))
        .filter(Column::State.ne("open"))
        .exec(db)
        .await
        .context("removing old checks")?;
    Ok(())
}

pub async fn find(db: &impl ConnectionTrait, scope: Scope, check: Uuid) -> anyhow::Result<Option<Check>> {
    let row = Entity::find_by_id(Text(check)).one(db).await.context("finding a check")?;
    let row = row.filter(|row| scope.covers(row.org_id.0, row.team_id.0));
    row.map(Model::into_check).transpose()
}

/// Newest first.
pub async fn list(db: &impl ConnectionTrait, room: RoomId, limit: u64) -> anyhow::Result<Vec<Check>> {
    let rows = of_room(room).limit(limit).all(db).await.context("listing checks")?;
    rows.into_iter().map(Model::into_check).collect()
}

/// The newest finished check of a kind.
pub async fn newest(db: &impl ConnectionTrait, room: RoomId, kind: CheckKind) -> anyhow::Result<Option<Check>> {
    let done = of_room(room).filter(Column::State.eq("done")).filter(Column::Kind.eq(kind.as_str()));
    done.one(db).await.context("finding the newest check")?.map(Model::into_check).transpose()
}

fn of_room(room: RoomId) -> sea_orm::Select<Entity> {
    let rooms = Entity::find().filter(Column::RoomId.eq(Text(room)));
    rooms.order_by_desc(Column::CreatedAtMs).order_by_desc(Column::Id)
}
