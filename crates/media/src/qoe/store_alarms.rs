//! Alarms 告警 as rows. What answers a person takes the [`Scope`].

use super::store_rows::{source_name, source_named};
use anyhow::Context;
use app::Scope;
use events::{BroadcastId, Millis, OrgId, RoomId, StreamSource, TeamId};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, sea_query::Expr,
};
use store::Text;
use uuid::Uuid;

mod row {
    use super::*;
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "qoe_alarms")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Text<Uuid>,
        pub org_id: Text<OrgId>,
        pub team_id: Text<TeamId>,
        pub room_id: Text<RoomId>,
        pub broadcast_id: Text<BroadcastId>,
        pub kind: String,
        pub source: Option<String>,
        pub value: f64,
        pub limit_value: f64,
        pub raised_at_ms: i64,
        pub cleared_at_ms: Option<i64>,
        pub acknowledged_at_ms: Option<i64>,
        pub acknowledged_by: Option<String>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

#[derive(Debug, Clone, PartialEq)]
pub struct Alarm {
    pub id: Uuid,
    pub org: OrgId,
    pub team: TeamId,
    pub room: RoomId,
    pub broadcast: BroadcastId,
    pub kind: String,
    pub source: Option<StreamSource>,
    pub value: f64,
    pub limit: f64,
    pub raised_at: Millis,
    pub cleared_at: Option<Millis>,
    pub acknowledged_at: Option<Millis>,
    pub acknowledged_by: Option<String>,
}

impl From<row::Model> for Alarm {
    fn from(row: row::Model) -> Self {
        Self {
            id: row.id.0,
            org: row.org_id.0,
            team: row.team_id.0,
            room: row.room_id.0,
            broadcast: row.broadcast_id.0,
            kind: row.kind,
            source: row.source.as_deref().and_then(source_named),
            value: row.value,
            limit: row.limit_value,
            raised_at: Millis(row.raised_at_ms),
            cleared_at: row.cleared_at_ms.map(Millis),
            acknowledged_at: row.acknowledged_at_ms.map(Millis),
            acknowledged_by: row.acknowledged_by,
        }
    }
}

/// Which alarms are asked for.
#[derive(Debug, Clone, Copy, Default)]
pub struct Wanted {
    pub room: Option<RoomId>,
    pub broadcast: Option<BroadcastId>,
    /// Only those that are not over, or only those that are.
    pub open: Option<bool>,
    pub limit: u64,
}

pub async fn insert(db: &impl ConnectionTrait, alarm: &Alarm) -> anyhow::Result<()> {
    let row = row::ActiveModel {
        id: Set(Text(alarm.id)),
        org_id: Set(Text(alarm.org)),
        team_id: Set(Text(alarm.team)),
        room_id: Set(Text(alarm.room)),
        broadcast_id: Set(Text(alarm.broadcast)),
        kind: Set(alarm.kind.clone()),
        source: Set(alarm.source.map(|source| source_name(source).to_owned())),
        value: Set(alarm.value),
        limit_value: Set(alarm.limit),
        raised_at_ms: Set(alarm.raised_at.0),
        cleared_at_ms: Set(None),
        acknowledged_at_ms: Set(None),
        acknowledged_by: Set(None),
    };
    row::Entity::insert(row).exec_without_returning(db).await.context("inserting an alarm")?;
    Ok(())
}

/// Newest first.
pub async fn list(db: &impl ConnectionTrait, scope: Scope, wanted: Wanted) -> anyhow::Result<Vec<Alarm>> {
    let mut query = row::Entity::find().filter(row::Column::OrgId.eq(Text(scope.org)));
    if let Some(teams) = scope.teams() {
        query = query.filter(row::Column::TeamId.is_in(teams.into_iter().map(Text)));
    }
    if let Some(room) = wanted.room {
        query = query.filter(row::Column::RoomId.eq(Text(room)));
    }
    if let Some(broadcast) = wanted.broadcast {
        query = query.filter(row::Column::BroadcastId.eq(Text(broadcast)));
    }
    query = match wanted.open {
        Some(true) => query.filter(row::Column::ClearedAtMs.is_null()),
        Some(false) => query.filter(row::Column::ClearedAtMs.is_not_null()),
        None => query,
    };
    let rows = query.order_by_desc(row::Column::RaisedAtMs).limit(wanted.limit).all(db).await;
    Ok(rows.context("listing alarms")?.into_iter().map(Alarm::from).collect())
}

/// Of every organisation, for the job.
pub async fn all_open(db: &impl ConnectionTrait) -> anyhow::Result<Vec<Alarm>> {
    let rows = row::Entity::find().filter(row::Column::ClearedAtMs.is_null()).all(db).await;
    Ok(rows.context("listing open alarms")?.into_iter().map(Alarm::from).collect())
}

pub async fn find_any(db: &impl ConnectionTrait, id: Uuid) -> anyhow::Result<Option<Alarm>> {
    Ok(row::Entity::find_by_id(Text(id)).one(db).await.context("finding an alarm")?.map(Alarm::from))
}

pub async fn find(db: &impl ConnectionTrait, scope: Scope, id: Uuid) -> anyhow::Result<Option<Alarm>> {
    Ok(find_any(db, id).await?.filter(|alarm| scope.covers(alarm.org, alarm.team)))
}

/// False when it was over before.
pub async fn clear(db: &impl ConnectionTrait, id: Uuid, now: Millis) -> anyhow::Result<bool> {
    let done = row::Entity::update_many()
        .col_expr(row::Column::ClearedAtMs, Expr::value(now.0))
        .filter(row::Column::Id.eq(Text(id)))
        .filter(row::Column::ClearedAtMs.is_null())
        .exec(db)
        .await
        .context("clearing an alarm")?;
    Ok(done.rows_affected > 0)
}

/// The first one to take note of it stands.
pub async fn acknowledge(db: &impl ConnectionTrait, id: Uuid, by: &str, now: Millis) -> anyhow::Result<()> {
    row::Entity::update_many()
        .col_expr(row::Column::AcknowledgedAtMs, Expr::value(now.0))
        .col_expr(row::Column::AcknowledgedBy, Expr::value(by))
        .filter(row::Column::Id.eq(Text(id)))
        .filter(row::Column::AcknowledgedAtMs.is_null())
        .exec(db)
        .await
        .context("acknowledging an alarm")?;
    Ok(())
}

pub async fn prune(db: &impl ConnectionTrait, before: Millis) -> anyhow::Result<u64> {
    let old = row::Entity::delete_many().filter(row::Column::ClearedAtMs.lt(before.0));
    Ok(old.exec(db).await.context("removing old alarms")?.rows_affected)
}
