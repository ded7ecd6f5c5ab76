//! What was said, as rows. What answers a person takes the [`Scope`].

use super::{Kept, Line};
use crate::store_scope;
use anyhow::Context;
use app::Scope;
use events::{BroadcastId, Millis, OrgId, RoomId, TeamId};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, ExprTrait, FromQueryResult, QueryFilter, QueryOrder,
    QuerySelect,
    sea_query::{Expr, Func, LikeExpr},
};
use std::collections::BTreeSet;
use store::{Store, Text};
use uuid::Uuid;

mod row {
    use super::*;
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "patrol_transcripts")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Text<Uuid>,
        pub org_id: Text<OrgId>,
        pub team_id: Text<TeamId>,
        pub room_id: Text<RoomId>,
        pub broadcast_id: Text<BroadcastId>,
        pub from_ms: i64,
        pub to_ms: i64,
        pub said_at_ms: i64,
        pub text: String,
        pub engine: String,
        pub marks: Option<String>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

use row::{Column, Entity};

impl From<row::Model> for Kept {
    fn from(row: row::Model) -> Self {
        Self {
            id: row.id.0,
            org: row.org_id.0,
            team: row.team_id.0,
            room: row.room_id.0,
            broadcast: row.broadcast_id.0,
            line: Line { from_ms: row.from_ms, to_ms: row.to_ms, text: row.text },
            engine: row.engine,
            marks: row.marks.and_then(|marks| serde_json::from_str(&marks).ok()).unwrap_or_default(),
        }
    }
}

/// Lines of a show that began then.
pub async fn insert(db: &impl ConnectionTrait, lines: Vec<Kept>, started_at: Millis) -> anyhow::Result<()> {
    let rows = lines.into_iter().map(|kept| {
        let marks = (!kept.marks.is_empty()).then(|| serde_json::to_string(&kept.marks)).transpose()?;
        Ok(row::ActiveModel {
            id: Set(Text(kept.id)),
            org_id: Set(Text(kept.org)),
            team_id: Set(Text(kept.team)),
            room_id: Set(Text(kept.room)),
            broadcast_id: Set(Text(kept.broadcast)),
            from_ms: Set(kept.line.from_ms),
            to_ms: Set(kept.line.to_ms),
            said_at_ms: Set(started_at.plus_ms(kept.line.from_ms).0),
            text: Set(kept.line.text),
            engine: Set(kept.engine),
            marks: Set(marks),
        })
    });
    let rows: Vec<row::ActiveModel> = rows.collect::<Result<_, serde_json::Error>>()?;
    if !rows.is_empty() {
        Entity::insert_many(rows).exec_without_returning(db).await.context("keeping what was said")?;
    }
    Ok(())
}

/// Which lines of a show. Empty: all of them.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    pub from_ms: Option<i64>,
    pub to_ms: Option<i64>,
    /// Holds this, however it is written.
    pub text: Option<String>,
}

/// In the show's order, behind a line.
pub async fn list(
    db: &impl ConnectionTrait,
    scope: Scope,
    broadcast: BroadcastId,
    filter: Filter,
    after: Option<(i64, Uuid)>,
    limit: u64,
) -> anyhow::Result<Vec<Kept>> {
    let behind = |(from_ms, id): (i64, Uuid)| {
        let same = Condition::all().add(Column::FromMs.eq(from_ms)).add(Column::Id.gt(Text(id)));
        Condition::any().add(Column::FromMs.gt(from_ms)).add(same)
    };
    let wanted = Condition::all()
        .add(Column::BroadcastId.eq(Text(broadcast)))
        .add_option(filter.from_ms.map(|from_ms| Column::ToMs.gte(from_ms)))
        .add_option(filter.to_ms.map(|to_ms| Column::FromMs.lt(to_ms)))
        .add_option(filter.text.map(|text| Expr::expr(Func::lower(Expr::col(Column::Text))).like(containing(&text))))
        .add_option(after.map(behind));
    let rows = store_scope::within::<Entity>(scope, Column::OrgId, Column::TeamId).filter(wanted);
    let rows = rows.order_by_asc(Column::FromMs).order_by_asc(Column::Id).limit(limit).all(db).await;
    Ok(rows.context("reading what was said")?.into_iter().map(Kept::from).collect())
}

/// The last lines of a show, the newest first.
pub async fn newest(db: &impl ConnectionTrait, broadcast: BroadcastId, limit: u64) -> anyhow::Result<Vec<Kept>> {
    let rows = Entity::find().filter(Column::BroadcastId.eq(Text(broadcast)));
    let rows = rows.order_by_desc(Column::FromMs).order_by_desc(Column::Id).limit(limit).all(db).await;
    Ok(rows.context("reading what was said last")?.into_iter().map(Kept::from).collect())
}

/// Finds the text anywhere; its own `%` and `_` mean themselves.
fn containing(text: &str) -> LikeExpr {
    let mut pattern = String::from("%");
    for c in text.to_lowercase().chars() {
        if matches!(c, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(c);
    }
    pattern.push('%');
    LikeExpr::new(pattern).escape('\\')
}

/// What an organisation said before, except in shows that are held.
fn old(org: OrgId, before: Millis, held: &BTreeSet<BroadcastId>) -> Condition {
    Condition::all()
        .add(Column::OrgId.eq(Text(org)))
        .add(Column::SaidAtMs.lt(before.0))
        .add(Column::BroadcastId.is_not_in(held.iter().copied().map(Text)))
}

#[derive(Debug, FromQueryResult)]
struct Counted {
    count: i64,
    oldest: Option<i64>,
    newest: Option<i64>,
}

/// How much that is, and from when.
pub async fn count_old(
    db: &impl ConnectionTrait,
    org: OrgId,
    before: Millis,
    held: &BTreeSet<BroadcastId>,
) -> anyhow::Result<(u64, Option<(Millis, Millis)>)> {
    let counted = Entity::find().select_only().filter(old(org, before, held));
    let counted = counted
        .column_as(Column::Id.count(), "count")
        .column_as(Column::SaidAtMs.min(), "oldest")
        .column_as(Column::SaidAtMs.max(), "newest")
        .into_model::<Counted>()
        .one(db)
        .await
        .context("counting what was said")?;
    Ok(counted.map_or((0, None), |of| {
        (
            u64::try_from(of.count).unwrap_or_default(),
            of.oldest.zip(of.newest).map(|(oldest, newest)| (Millis(oldest), Millis(newest))),
        )
    }))
}

/// Lets some of it go, and says how much that was.
pub async fn forget_old(
    store: &Store,
    org: OrgId,
    before: Millis,
    held: &BTreeSet<BroadcastId>,
    limit: u64,
) -> anyhow::Result<u64> {
    let rows = Entity::find().filter(old(org, before, held)).order_by_asc(Column::Id).limit(limit);
    let rows = rows.all(store.read()).await.context("finding old words")?;
    let ids = rows.into_iter().map(|row| row.id);
    let tx = store.begin().await?;
    let gone = Entity::delete_many().filter(Column::Id.is_in(ids)).exec(tx.db()).await;
    let gone = gone.context("forgetting old words")?.rows_affected;
    tx.commit().await?;
    Ok(gone)
}
