//! Holds as rows, and the keys they hold.

use super::{Hold, Of, Released};
use anyhow::Context;
use events::{BroadcastId, Millis, OrgId, ViewerId};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait,
    sea_query::{Expr, OnConflict},
};
use std::collections::{BTreeSet, HashSet};
use store::Text;
use uuid::Uuid;

mod hold {
    use super::*;
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "privacy_holds")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Text<Uuid>,
        pub org_id: Text<OrgId>,
        pub viewer: Option<Text<ViewerId>>,
        pub broadcast_id: Option<Text<BroadcastId>>,
        pub reason: String,
        pub placed_by: String,
        pub placed_at_ms: i64,
        pub released_by: Option<String>,
        pub released_at_ms: Option<i64>,
        /// How far the log was looked through for keys.
        pub looked_to: i64,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

mod key {
    use super::*;
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "privacy_held_keys")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub hold_id: Text<Uuid>,
        #[sea_orm(primary_key, auto_increment = false)]
        pub key_id: Text<Uuid>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

use hold::{Column, Entity};

/// SQLite takes a limited number of values in a statement.
const ROWS_A_STATEMENT: usize = 1_000;

fn of(row: &hold::Model) -> Option<Of> {
    let broadcast = row.broadcast_id.map(|broadcast| Of::Broadcast(broadcast.0));
    row.viewer.as_ref().map(|viewer| Of::Viewer(viewer.0.clone())).or(broadcast)
}

fn hold(row: hold::Model) -> Option<Hold> {
    Some(Hold {
        of: of(&row)?,
        id: row.id.0,
        org: row.org_id.0,
        reason: row.reason,
        placed_by: row.placed_by,
        placed_at: Millis(row.placed_at_ms),
        released: row.released_at_ms.map(|at| Released { by: row.released_by.unwrap_or_default(), at: Millis(at) }),
    })
}

/// Keeps a hold; one that is there already stays as it is.
pub async fn insert(db: &impl ConnectionTrait, hold: &Hold) -> anyhow::Result<()> {
    let (viewer, broadcast) = match &hold.of {
        Of::Viewer(viewer) => (Some(Text(viewer.clone())), None),
        Of::Broadcast(broadcast) => (None, Some(Text(*broadcast))),
    };
    let row = hold::ActiveModel {
        id: Set(Text(hold.id)),
        org_id: Set(Text(hold.org)),
        viewer: Set(viewer),
        broadcast_id: Set(broadcast),
        reason: Set(hold.reason.clone()),
        placed_by: Set(hold.placed_by.clone()),
        placed_at_ms: Set(hold.placed_at.0),
        released_by: Set(None),
        released_at_ms: Set(None),
        looked_to: Set(0),
    };
    let insert = Entity::insert(row).on_conflict(OnConflict::column(Column::Id).do_nothing().to_owned());
    insert.exec_without_returning(db).await.context("keeping a hold")?;
    Ok(())
}

pub async fn find(db: &impl ConnectionTrait, org: OrgId, id: Uuid) -> anyhow::Result<Option<Hold>> {
    let found = Entity::find_by_id(Text(id)).filter(Column::OrgId.eq(Text(org)));
    Ok(found.one(db).await.context("finding a hold")?.and_then(hold))
}

/// An organisation's holds, the newest first.
pub async fn list(db: &impl ConnectionTrait, org: OrgId, after: Option<Uuid>, limit: u64) -> anyhow::Result<Vec<Hold>> {
    let mut rows = Entity::find().filter(Column::OrgId.eq(Text(org)));
    if let Some(after) = after {
        rows = rows.filter(Column::Id.lt(Text(after)));
    }
    let rows = rows.order_by_desc(Column::Id).limit(limit).all(db).await.context("listing holds")?;
    Ok(rows.into_iter().filter_map(hold).collect())
}

pub async fn count_in_force(db: &impl ConnectionTrait, org: OrgId) -> anyhow::Result<u64> {
    let rows = Entity::find().filter(Column::OrgId.eq(Text(org))).filter(Column::ReleasedAtMs.is_null());
    rows.count(db).await.context("counting holds")
}

/// Those that are not released: which, of what, and how far the log was looked through.
pub async fn in_force(db: &impl ConnectionTrait, org: OrgId) -> anyhow::Result<Vec<(Uuid, Of, u64)>> {
    let rows = Entity::find().filter(Column::OrgId.eq(Text(org))).filter(Column::ReleasedAtMs.is_null());
    let rows = rows.order_by_asc(Column::Id).all(db).await.context("reading holds")?;
    Ok(rows.iter().filter_map(|row| Some((row.id.0, of(row)?, row.looked_to.max(0) as u64))).collect())
}

/// Is this viewer held by name?
pub async fn is_held(db: &impl ConnectionTrait, org: OrgId, viewer: &ViewerId) -> anyhow::Result<bool> {
    let rows = Entity::find().filter(Column::OrgId.eq(Text(org))).filter(Column::ReleasedAtMs.is_null());
    Ok(rows.filter(Column::Viewer.eq(Text(viewer))).count(db).await.context("looking for a hold")? > 0)
}

/// Every organisation's held shows.
pub async fn held_broadcasts(db: &impl ConnectionTrait) -> anyhow::Result<BTreeSet<BroadcastId>> {
    let rows = Entity::find().filter(Column::ReleasedAtMs.is_null()).filter(Column::BroadcastId.is_not_null());
    let rows = rows.select_only().column(Column::BroadcastId).into_tuple::<Text<BroadcastId>>().all(db).await;
    Ok(rows.context("reading holds")?.into_iter().map(|broadcast| broadcast.0).collect())
}

/// Releases a hold; false when there is none in force.
pub async fn release(db: &impl ConnectionTrait, org: OrgId, id: Uuid, by: &str, at: Millis) -> anyhow::Result<bool> {
    let update = Entity::update_many()
        .col_expr(Column::ReleasedBy, Expr::value(by))
        .col_expr(Column::ReleasedAtMs, Expr::value(at.0))
        .filter(Column::Id.eq(Text(id)))
        .filter(Column::OrgId.eq(Text(org)))
        .filter(Column::ReleasedAtMs.is_null());
    let released = update.exec(db).await.context("releasing a hold")?.rows_affected == 1;
    key::Entity::delete_many().filter(key::Column::HoldId.eq(Text(id))).exec(db).await?;
    Ok(released)
}

/// When a hold was released last.
pub async fn last_release(db: &impl ConnectionTrait) -> anyhow::Result<Option<Millis>> {
    let last = Entity::find().select_only().expr(Column::ReleasedAtMs.max());
    let last = last.into_tuple::<Option<i64>>().one(db).await.context("looking for released holds")?;
    Ok(last.flatten().map(Millis))
}

/// Holds these keys too, as the log was looked through up to a position.
pub async fn hold_keys(
    db: &impl ConnectionTrait,
    id: Uuid,
    keys: BTreeSet<Uuid>,
    looked_to: u64,
) -> anyhow::Result<()> {
    let keys: Vec<Uuid> = keys.into_iter().collect();
    for some in keys.chunks(ROWS_A_STATEMENT) {
        let rows = some.iter().map(|key| key::ActiveModel { hold_id: Set(Text(id)), key_id: Set(Text(*key)) });
        let known = OnConflict::columns([key::Column::HoldId, key::Column::KeyId]).do_nothing().to_owned();
        let insert = key::Entity::insert_many(rows.collect::<Vec<_>>()).on_conflict(known);
        insert.exec_without_returning(db).await.context("holding keys")?;
    }
    let update = Entity::update_many().col_expr(Column::LookedTo, Expr::value(looked_to as i64));
    update.filter(Column::Id.eq(Text(id))).exec(db).await.context("noting how far was looked")?;
    Ok(())
}

pub async fn held_keys(db: &impl ConnectionTrait, org: OrgId) -> anyhow::Result<HashSet<Uuid>> {
    let holds = Entity::find().select_only().column(Column::Id).filter(Column::OrgId.eq(Text(org)));
    let holds = holds.filter(Column::ReleasedAtMs.is_null()).into_query();
    let keys =
        key::Entity::find().select_only().column(key::Column::KeyId).filter(key::Column::HoldId.in_subquery(holds));
    let keys = keys.into_tuple::<Text<Uuid>>().all(db).await.context("reading held keys")?;
    Ok(keys.into_iter().map(|key| key.0).collect())
}
