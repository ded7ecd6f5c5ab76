//! Erasures as rows.

use super::Erasure;
use anyhow::Context;
use events::{Millis, OrgId, ViewerId};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, OnConflict},
};
use store::Text;
use uuid::Uuid;

mod erasure {
    use super::*;
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "privacy_erasures")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Text<Uuid>,
        pub org_id: Text<OrgId>,
        pub viewer: Text<ViewerId>,
        pub asked_by: String,
        pub asked_at_ms: i64,
        pub position: Option<i64>,
        pub keys_destroyed: i64,
        pub erased: String,
        pub done_at_ms: Option<i64>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

use erasure::{Column, Entity};

impl From<erasure::Model> for Erasure {
    fn from(row: erasure::Model) -> Self {
        Self {
            id: row.id.0,
            org: row.org_id.0,
            viewer: row.viewer.0,
            asked_by: row.asked_by,
            asked_at: Millis(row.asked_at_ms),
            position: row.position.map(|position| position.max(0) as u64),
            keys_destroyed: row.keys_destroyed.max(0) as u64,
            erased: serde_json::from_str(&row.erased).unwrap_or_default(),
            done_at: row.done_at_ms.map(Millis),
        }
    }
}

/// Keeps an erasure; one that is there already stays as it is.
pub async fn insert(db: &impl ConnectionTrait, erasure: &Erasure) -> anyhow::Result<()> {
    let row = erasure::ActiveModel {
        id: Set(Text(erasure.id)),
        org_id: Set(Text(erasure.org)),
        viewer: Set(Text(erasure.viewer.clone())),
        asked_by: Set(erasure.asked_by.clone()),
        asked_at_ms: Set(erasure.asked_at.0),
        position: Set(None),
        keys_destroyed: Set(0),
        erased: Set("{}".to_owned()),
        done_at_ms: Set(None),
    };
    let insert = Entity::insert(row).on_conflict(OnConflict::column(Column::Id).do_nothing().to_owned());
    insert.exec_without_returning(db).await.context("keeping an erasure")?;
    Ok(())
}

pub async fn find(db: &impl ConnectionTrait, org: OrgId, id: Uuid) -> anyhow::Result<Option<Erasure>> {
    let found = Entity::find_by_id(Text(id)).filter(Column::OrgId.eq(Text(org)));
    Ok(found.one(db).await.context("finding an erasure")?.map(Erasure::from))
}

/// An organisation's erasures, the newest first.
pub async fn list(
    db: &impl ConnectionTrait,
    org: OrgId,
    after: Option<Uuid>,
    limit: u64,
) -> anyhow::Result<Vec<Erasure>> {
    let mut rows = Entity::find().filter(Column::OrgId.eq(Text(org)));
    if let Some(after) = after {
        rows = rows.filter(Column::Id.lt(Text(after)));
    }
    let rows = rows.order_by_desc(Column::Id).limit(limit).all(db).await.context("listing erasures")?;
    Ok(rows.into_iter().map(Erasure::from).collect())
}

/// Notes what was found the first time; a repeat finds nothing any more.
pub async fn note(db: &impl ConnectionTrait, erasure: &Erasure) -> anyhow::Result<()> {
    let position = erasure.position.map(|position| position as i64);
    let update = Entity::update_many()
        .col_expr(Column::Position, Expr::value(position))
        .col_expr(Column::KeysDestroyed, Expr::value(erasure.keys_destroyed as i64))
        .col_expr(Column::Erased, Expr::value(serde_json::to_string(&erasure.erased)?))
        .filter(Column::Id.eq(Text(erasure.id)))
        .filter(Column::Position.is_null());
    update.exec(db).await.context("noting an erasure")?;
    Ok(())
}

pub async fn done(db: &impl ConnectionTrait, id: Uuid, at: Millis) -> anyhow::Result<()> {
    let update = Entity::update_many()
        .col_expr(Column::DoneAtMs, Expr::value(at.0))
        .filter(Column::Id.eq(Text(id)))
        .filter(Column::DoneAtMs.is_null());
    update.exec(db).await.context("noting that an erasure is done")?;
    Ok(())
}
