//! Sources as rows. What answers a person takes the [`Scope`].

use super::rules::{Counts, Source, SourceKind};
use anyhow::Context;
use app::Scope;
use events::{Millis, OrgId, TeamId};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, ExprTrait},
};
use store::Text;
use uuid::Uuid;

mod source {
    use super::*;
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "collect_sources")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Text<Uuid>,
        pub org_id: Text<OrgId>,
        pub team_id: Text<TeamId>,
        pub name: String,
        pub kind: String,
        pub key_hash: String,
        pub old_key_hash: Option<String>,
        pub old_key_until_ms: Option<i64>,
        pub enabled: bool,
        pub events_per_s: i64,
        /// JSON.
        pub plan: String,
        pub created_at_ms: i64,
        pub last_seen_at_ms: Option<i64>,
        pub accepted: i64,
        pub duplicates: i64,
        pub rejected: i64,
        pub limited: i64,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

use source::{Column, Entity};

impl TryFrom<source::Model> for Source {
    type Error = anyhow::Error;

    fn try_from(row: source::Model) -> anyhow::Result<Self> {
        let id = row.id.0;
        Ok(Source {
            id,
            org: row.org_id.0,
            team: row.team_id.0,
            name: row.name,
            kind: SourceKind::parse(&row.kind)
                .with_context(|| format!("the kind of the source `{id}` is not known"))?,
            key_hash: row.key_hash,
            old_key: row.old_key_hash.zip(row.old_key_until_ms.map(Millis)),
            enabled: row.enabled,
            events_per_s: u32::try_from(row.events_per_s).unwrap_or(u32::MAX),
            plan: serde_json::from_str(&row.plan)
                .with_context(|| format!("the plan of the source `{id}` cannot be read"))?,
            created_at: Millis(row.created_at_ms),
            last_seen_at: row.last_seen_at_ms.map(Millis),
            counts: Counts {
                accepted: row.accepted,
                duplicates: row.duplicates,
                rejected: row.rejected,
                limited: row.limited,
            },
        })
    }
}

/// Without what is counted, which only [`count`] writes.
fn row(source: &Source) -> anyhow::Result<source::ActiveModel> {
    let (old, until) = source.old_key.clone().unzip();
    Ok(source::ActiveModel {
        id: Set(Text(source.id)),
        org_id: Set(Text(source.org)),
        team_id: Set(Text(source.team)),
        name: Set(source.name.clone()),
        kind: Set(source.kind.as_str().to_owned()),
        key_hash: Set(source.key_hash.clone()),
        old_key_hash: Set(old),
        old_key_until_ms: Set(until.map(|until| until.0)),
        enabled: Set(source.enabled),
        events_per_s: Set(source.events_per_s.into()),
        plan: Set(serde_json::to_string(&source.plan)?),
        created_at_ms: Set(source.created_at.0),
        ..Default::default()
    })
}

pub async fn insert(db: &impl ConnectionTrait, source: &Source) -> anyhow::Result<()> {
    let row = source::ActiveModel {
        accepted: Set(0),
        duplicates: Set(0),
        rejected: Set(0),
        limited: Set(0),
        last_seen_at_ms: Set(None),
        ..row(source)?
    };
    Entity::insert(row).exec_without_returning(db).await.context("inserting a source")?;
    Ok(())
}

pub async fn update(db: &impl ConnectionTrait, source: &Source) -> anyhow::Result<()> {
    let update = Entity::update_many().set(row(source)?).filter(Column::Id.eq(Text(source.id)));
    update.exec(db).await.context("changing a source")?;
    Ok(())
}

pub async fn delete(db: &impl ConnectionTrait, id: Uuid) -> anyhow::Result<()> {
    Entity::delete_by_id(Text(id)).exec(db).await.context("removing a source")?;
    Ok(())
}

/// A source within the scope.
pub async fn find(db: &impl ConnectionTrait, scope: Scope, id: Uuid) -> anyhow::Result<Option<Source>> {
    let row = Entity::find_by_id(Text(id)).one(db).await.context("finding a source")?;
    let source = row.map(Source::try_from).transpose()?;
    Ok(source.filter(|source| scope.covers(source.org, source.team)))
}

/// Sources within the scope, newest first, those older than `after`.
pub async fn list(
    db: &impl ConnectionTrait,
    scope: Scope,
    after: Option<Uuid>,
    limit: u64,
) -> anyhow::Result<Vec<Source>> {
    let mut rows = Entity::find().filter(Column::OrgId.eq(Text(scope.org)));
    if let Some(teams) = scope.teams() {
        rows = rows.filter(Column::TeamId.is_in(teams.into_iter().map(Text)));
    }
    if let Some(after) = after {
        rows = rows.filter(Column::Id.lt(Text(after)));
    }
    let rows = rows.order_by_desc(Column::Id).limit(limit).all(db).await.context("listing sources")?;
    rows.into_iter().map(Source::try_from).collect()
}

/// Every source of every organisation, for whoever looks keys up.
pub async fn all(db: &impl ConnectionTrait) -> anyhow::Result<Vec<Source>> {
    let rows = Entity::find().all(db).await.context("reading the sources")?;
    rows.into_iter().map(Source::try_from).collect()
}

/// Adds to what was counted.
pub async fn count(db: &impl ConnectionTrait, id: Uuid, more: Counts, seen: Option<Millis>) -> anyhow::Result<()> {
    let add = |column: Column, more: i64| Expr::col(column).add(more);
    let mut update = Entity::update_many()
        .col_expr(Column::Accepted, add(Column::Accepted, more.accepted))
        .col_expr(Column::Duplicates, add(Column::Duplicates, more.duplicates))
        .col_expr(Column::Rejected, add(Column::Rejected, more.rejected))
        .col_expr(Column::Limited, add(Column::Limited, more.limited));
    if let Some(seen) = seen {
        update = update.col_expr(Column::LastSeenAtMs, Expr::value(seen.0));
    }
    update.filter(Column::Id.eq(Text(id))).exec(db).await.context("counting for a source")?;
    Ok(())
}
