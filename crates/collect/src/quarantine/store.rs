//! Quarantined items as rows. What answers a person takes the [`Scope`].

use super::Quarantined;
use anyhow::Context;
use app::Scope;
use events::{Millis, OrgId, TeamId};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, ExprTrait, OnConflict},
};
use store::Text;
use uuid::Uuid;

mod item {
    use super::*;
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "collect_quarantine")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Text<Uuid>,
        pub org_id: Text<OrgId>,
        pub team_id: Text<TeamId>,
        pub source_id: Text<Uuid>,
        pub fingerprint: String,
        pub edge: String,
        pub code: String,
        pub reason: String,
        pub item: String,
        pub cut: bool,
        pub user_agent: Option<String>,
        pub sent_at_ms: Option<i64>,
        pub received_at_ms: i64,
        pub edited_at_ms: Option<i64>,
        pub replayed_at_ms: Option<i64>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

use item::{Column, Entity};

impl From<item::Model> for Quarantined {
    fn from(row: item::Model) -> Self {
        Quarantined {
            id: row.id.0,
            org: row.org_id.0,
            team: row.team_id.0,
            source: row.source_id.0,
            fingerprint: row.fingerprint,
            edge: row.edge,
            code: row.code,
            reason: row.reason,
            item: row.item,
            cut: row.cut,
            user_agent: row.user_agent,
            sent_at: row.sent_at_ms.map(Millis),
            received_at: Millis(row.received_at_ms),
            edited_at: row.edited_at_ms.map(Millis),
            replayed_at: row.replayed_at_ms.map(Millis),
        }
    }
}

/// Keeps the items; one that is there already stays as it is.
pub async fn insert(db: &impl ConnectionTrait, items: Vec<Quarantined>) -> anyhow::Result<()> {
    // SQLite takes a limited number of values in one statement.
    let mut items = items.into_iter().peekable();
    while items.peek().is_some() {
        let rows = items.by_ref().take(50).map(|item| item::ActiveModel {
            id: Set(Text(item.id)),
            org_id: Set(Text(item.org)),
            team_id: Set(Text(item.team)),
            source_id: Set(Text(item.source)),
            fingerprint: Set(item.fingerprint),
            edge: Set(item.edge),
            code: Set(item.code),
            reason: Set(item.reason),
            item: Set(item.item),
            cut: Set(item.cut),
            user_agent: Set(item.user_agent),
            sent_at_ms: Set(item.sent_at.map(|at| at.0)),
            received_at_ms: Set(item.received_at.0),
            edited_at_ms: Set(None),
            replayed_at_ms: Set(None),
        });
        let known = OnConflict::columns([Column::SourceId, Column::Fingerprint]).do_nothing().to_owned();
        let insert = Entity::insert_many(rows.collect::<Vec<_>>()).on_conflict(known);
        insert.exec_without_returning(db).await.context("keeping what was not taken")?;
    }
    Ok(())
}

/// Which items of a source.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    pub code: Option<String>,
    /// Only those that were not replayed.
    pub waiting: bool,
    /// Only those that are older.
    pub after: Option<Uuid>,
}

/// A source's items, newest first. The source's scope was looked at.
pub async fn list(
    db: &impl ConnectionTrait,
    source: Uuid,
    wanted: Wanted,
    limit: u64,
) -> anyhow::Result<Vec<Quarantined>> {
    let mut rows = Entity::find().filter(Column::SourceId.eq(Text(source)));
    if let Some(code) = wanted.code {
        rows = rows.filter(Column::Code.eq(code));
    }
    if wanted.waiting {
        rows = rows.filter(Column::ReplayedAtMs.is_null());
    }
    if let Some(after) = wanted.after {
        rows = rows.filter(Column::Id.lt(Text(after)));
    }
    let rows = rows.order_by_desc(Column::Id).limit(limit).all(db).await.context("listing the quarantine")?;
    Ok(rows.into_iter().map(Quarantined::from).collect())
}

/// The next items of an organisation, as they were sent.
pub async fn of_org(
    db: &impl ConnectionTrait,
    org: OrgId,
    after: Option<Uuid>,
    limit: u64,
) -> anyhow::Result<Vec<(Uuid, String)>> {
    let mut rows = Entity::find().select_only().column(Column::Id).column(Column::Item);
    rows = rows.filter(Column::OrgId.eq(Text(org)));
    if let Some(after) = after {
        rows = rows.filter(Column::Id.gt(Text(after)));
    }
    let rows: Vec<(Text<Uuid>, String)> =
        rows.order_by_asc(Column::Id).limit(limit).into_tuple().all(db).await.context("reading the quarantine")?;
    Ok(rows.into_iter().map(|(id, item)| (id.0, item)).collect())
}

/// An organisation's items from before a moment, behind one of them: id, text, when it came.
pub async fn old(
    db: &impl ConnectionTrait,
    org: OrgId,
    before: Millis,
    after: Option<Uuid>,
    limit: u64,
) -> anyhow::Result<Vec<(Uuid, String, Millis)>> {
    let mut rows = Entity::find().select_only().columns([Column::Id, Column::Item]).column(Column::ReceivedAtMs);
    rows = rows.filter(Column::OrgId.eq(Text(org))).filter(Column::ReceivedAtMs.lt(before.0));
    if let Some(after) = after {
        rows = rows.filter(Column::Id.gt(Text(after)));
    }
    let rows = rows.order_by_asc(Column::Id).limit(limit).into_tuple::<(Text<Uuid>, String, i64)>().all(db).await;
    let rows = rows.context("reading old quarantined items")?;
    Ok(rows.into_iter().map(|(id, item, at)| (id.0, item, Millis(at))).collect())
}

/// An item within the scope.
pub async fn find(db: &impl ConnectionTrait, scope: Scope, id: Uuid) -> anyhow::Result<Option<Quarantined>> {
    let row = Entity::find_by_id(Text(id)).one(db).await.context("finding a quarantined item")?;
    Ok(row.map(Quarantined::from).filter(|item| scope.covers(item.org, item.team)))
}

pub async fn edit(db: &impl ConnectionTrait, id: Uuid, item: &str, now: Millis) -> anyhow::Result<()> {
    let update = Entity::update_many()
        .col_expr(Column::Item, Expr::value(item))
        .col_expr(Column::Cut, Expr::value(false))
        .col_expr(Column::EditedAtMs, Expr::value(now.0));
    update.filter(Column::Id.eq(Text(id))).exec(db).await.context("correcting a quarantined item")?;
    Ok(())
}

pub async fn mark_replayed(db: &impl ConnectionTrait, id: Uuid, now: Millis) -> anyhow::Result<()> {
    let update = Entity::update_many().col_expr(Column::ReplayedAtMs, Expr::value(now.0));
    update.filter(Column::Id.eq(Text(id))).exec(db).await.context("marking a replayed item")?;
    Ok(())
}

pub async fn forget(db: &impl ConnectionTrait, id: Uuid) -> anyhow::Result<u64> {
    Ok(Entity::delete_by_id(Text(id)).exec(db).await.context("forgetting a quarantined item")?.rows_affected)
}

/// A source's items, all of them or those of one reason; how many there were.
pub async fn forget_of(db: &impl ConnectionTrait, source: Uuid, code: Option<String>) -> anyhow::Result<u64> {
    let mut rows = Entity::delete_many().filter(Column::SourceId.eq(Text(source)));
    if let Some(code) = code {
        rows = rows.filter(Column::Code.eq(code));
    }
    Ok(rows.exec(db).await.context("forgetting a source's quarantine")?.rows_affected)
}

/// Sources with more than `most` items; none when nothing at all is to be forgotten.
pub async fn overfull(db: &impl ConnectionTrait, most: u64, oldest: Millis) -> anyhow::Result<Option<Vec<Uuid>>> {
    let many: Vec<Text<Uuid>> = Entity::find()
        .select_only()
        .column(Column::SourceId)
        .group_by(Column::SourceId)
        .having(Expr::col(Column::Id).count().gt(i64::try_from(most).unwrap_or(i64::MAX)))
        .into_tuple()
        .all(db)
        .await
        .context("counting the quarantine")?;
    let old = Entity::find().filter(Column::ReceivedAtMs.lt(oldest.0)).count(db).await?;
    let many: Vec<Uuid> = many.into_iter().map(|source| source.0).collect();
    Ok((old > 0 || !many.is_empty()).then_some(many))
}

pub async fn forget_before(db: &impl ConnectionTrait, oldest: Millis) -> anyhow::Result<()> {
    let old = Entity::delete_many().filter(Column::ReceivedAtMs.lt(oldest.0));
    old.exec(db).await.context("forgetting old quarantined items")?;
    Ok(())
}

pub async fn keep_newest(db: &impl ConnectionTrait, source: Uuid, most: u64) -> anyhow::Result<()> {
    let of_source = Entity::find().filter(Column::SourceId.eq(Text(source))).order_by_desc(Column::Id);
    let beyond: Option<Text<Uuid>> =
        of_source.select_only().column(Column::Id).offset(most).limit(1).into_tuple().one(db).await?;
    if let Some(beyond) = beyond {
        let old = Entity::delete_many().filter(Column::SourceId.eq(Text(source))).filter(Column::Id.lte(beyond));
        old.exec(db).await.context("forgetting quarantined items beyond the number")?;
    }
    Ok(())
}
