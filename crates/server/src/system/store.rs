//! Alarms as rows. What answers a person takes the [`Scope`]: they concern who sees the whole organisation.

use anyhow::Context;
use app::{Reach, Scope};
use events::{Millis, OrgId};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, OnConflict},
};
use store::Text;
use uuid::Uuid;

mod row {
    use super::*;
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "system_alarms")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Text<Uuid>,
        pub org_id: Text<OrgId>,
        pub kind: String,
        pub value: i64,
        pub limit_value: i64,
        pub raised_at_ms: i64,
        pub cleared_at_ms: Option<i64>,
        pub acknowledged_at_ms: Option<i64>,
        pub acknowledged_by: Option<String>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

use row::Column;

#[derive(Debug, Clone, PartialEq)]
pub struct Alarm {
    pub id: Uuid,
    pub org: OrgId,
    pub kind: String,
    pub value: u64,
    pub limit: u64,
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
            kind: row.kind,
            value: u64::try_from(row.value).unwrap_or(0),
            limit: u64::try_from(row.limit_value).unwrap_or(0),
            raised_at: Millis(row.raised_at_ms),
            cleared_at: row.cleared_at_ms.map(Millis),
            acknowledged_at: row.acknowledged_at_ms.map(Millis),
            acknowledged_by: row.acknowledged_by,
        }
    }
}

/// Which alarms are asked for.
#[derive(Debug, Clone, Copy)]
pub struct Wanted {
    /// Only those that are not over, or only those that are.
    pub open: Option<bool>,
    /// Those behind this one.
    pub after: Option<(Millis, Uuid)>,
    pub limit: u64,
}

/// False when it stands there already: the answer to the first try was lost.
pub async fn insert(db: &impl ConnectionTrait, alarm: &Alarm) -> anyhow::Result<bool> {
    let number = |value: u64| i64::try_from(value).unwrap_or(i64::MAX);
    let row = row::ActiveModel {
        id: Set(Text(alarm.id)),
        org_id: Set(Text(alarm.org)),
        kind: Set(alarm.kind.clone()),
        value: Set(number(alarm.value)),
        limit_value: Set(number(alarm.limit)),
        raised_at_ms: Set(alarm.raised_at.0),
        cleared_at_ms: Set(None),
        acknowledged_at_ms: Set(None),
        acknowledged_by: Set(None),
    };
    let once = OnConflict::column(Column::Id).do_nothing().to_owned();
    let inserted = row::Entity::insert(row).on_conflict(once).exec_without_returning(db).await;
    match inserted {
        Ok(rows) => Ok(rows > 0),
        Err(sea_orm::DbErr::RecordNotInserted) => Ok(false),
        Err(error) => Err(error).context("inserting an alarm about the program"),
    }
}

/// False when it was over before.
pub async fn clear(db: &impl ConnectionTrait, id: Uuid, now: Millis) -> anyhow::Result<bool> {
    let done = row::Entity::update_many()
        .col_expr(Column::ClearedAtMs, Expr::value(now.0))
        .filter(Column::Id.eq(Text(id)))
        .filter(Column::ClearedAtMs.is_null());
    Ok(done.exec(db).await.context("ending an alarm about the program")?.rows_affected > 0)
}

/// The first one to take note of it stands.
pub async fn acknowledge(db: &impl ConnectionTrait, id: Uuid, by: &str, now: Millis) -> anyhow::Result<()> {
    row::Entity::update_many()
        .col_expr(Column::AcknowledgedAtMs, Expr::value(now.0))
        .col_expr(Column::AcknowledgedBy, Expr::value(by))
        .filter(Column::Id.eq(Text(id)))
        .filter(Column::AcknowledgedAtMs.is_null())
        .exec(db)
        .await
        .context("acknowledging an alarm about the program")?;
    Ok(())
}

/// Newest first.
pub async fn list(db: &impl ConnectionTrait, scope: Scope, wanted: Wanted) -> anyhow::Result<Vec<Alarm>> {
    if scope.reach != Reach::Org {
        return Ok(Vec::new());
    }
    let mut rows = row::Entity::find().filter(Column::OrgId.eq(Text(scope.org)));
    rows = match wanted.open {
        Some(true) => rows.filter(Column::ClearedAtMs.is_null()),
        Some(false) => rows.filter(Column::ClearedAtMs.is_not_null()),
        None => rows,
    };
    if let Some((at, id)) = wanted.after {
        let same = Condition::all().add(Column::RaisedAtMs.eq(at.0)).add(Column::Id.lt(Text(id)));
        rows = rows.filter(Condition::any().add(Column::RaisedAtMs.lt(at.0)).add(same));
    }
    let rows = rows.order_by_desc(Column::RaisedAtMs).order_by_desc(Column::Id).limit(wanted.limit).all(db).await;
    Ok(rows.context("listing alarms about the program")?.into_iter().map(Alarm::from).collect())
}

/// Those that are not over, for who watches.
pub async fn open(db: &impl ConnectionTrait) -> anyhow::Result<Vec<Alarm>> {
    let rows = row::Entity::find().filter(Column::ClearedAtMs.is_null()).order_by_asc(Column::RaisedAtMs).all(db).await;
    Ok(rows.context("listing open alarms about the program")?.into_iter().map(Alarm::from).collect())
}

pub async fn find(db: &impl ConnectionTrait, scope: Scope, id: Uuid) -> anyhow::Result<Option<Alarm>> {
    let row = row::Entity::find_by_id(Text(id)).one(db).await.context("finding an alarm about the program")?;
    Ok(row.map(Alarm::from).filter(|alarm| alarm.org == scope.org && scope.reach == Reach::Org))
}

pub async fn prune(db: &impl ConnectionTrait, before: Millis) -> anyhow::Result<()> {
    let old = row::Entity::delete_many().filter(Column::ClearedAtMs.lt(before.0));
    old.exec(db).await.context("removing old alarms about the program").map(drop)
}
