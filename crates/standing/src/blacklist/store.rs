//! Entries as rows.

use super::{Entry, EntryState};
use crate::refusal::Refusal;
use anyhow::Context;
use events::{Millis, OrgId};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect, sea_query::Expr,
};
use store::{OnConstraint, Text};
use uuid::Uuid;

mod entry {
    use super::*;
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "standing_blacklist")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Text<Uuid>,
        pub org_id: Text<OrgId>,
        pub digest: String,
        /// The digest for as long as the entry is asked for or counts: one of an organisation.
        pub live_digest: Option<String>,
        pub clause: String,
        pub note: String,
        pub source: String,
        pub until_ms: Option<i64>,
        pub state: String,
        pub asked_by: String,
        pub asked_at_ms: i64,
        pub decided_by: Option<String>,
        pub decided_at_ms: Option<i64>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

use entry::{Column, Entity};

impl From<entry::Model> for Entry {
    fn from(row: entry::Model) -> Self {
        Self {
            id: row.id.0,
            org: row.org_id.0,
            digest: row.digest,
            clause: row.clause,
            note: row.note,
            source: row.source,
            until: row.until_ms.map(Millis),
            state: EntryState::parse(&row.state),
            asked_by: row.asked_by,
            asked_at: Millis(row.asked_at_ms),
            decided_by: row.decided_by,
            decided_at: row.decided_at_ms.map(Millis),
        }
    }
}

/// An entry of an identity that is not listed yet. One for ever waits for another person.
pub async fn insert(db: &impl ConnectionTrait, entry: &Entry) -> anyhow::Result<Result<(), Refusal>> {
    // What is over makes room.
    let over = Entity::update_many()
        .col_expr(Column::LiveDigest, Expr::value(Option::<String>::None))
        .filter(Column::OrgId.eq(Text(entry.org)))
        .filter(Column::LiveDigest.eq(&entry.digest))
        .filter(Column::UntilMs.lte(entry.asked_at.0));
    over.exec(db).await.context("looking for entries that are over")?;
    let row = entry::ActiveModel {
        id: Set(Text(entry.id)),
        org_id: Set(Text(entry.org)),
        digest: Set(entry.digest.clone()),
        live_digest: Set(Some(entry.digest.clone())),
        clause: Set(entry.clause.clone()),
        note: Set(entry.note.clone()),
        source: Set(entry.source.clone()),
        until_ms: Set(entry.until.map(|until| until.0)),
        state: Set(begins_as(entry).as_str().to_owned()),
        asked_by: Set(entry.asked_by.clone()),
        asked_at_ms: Set(entry.asked_at.0),
        decided_by: Set(None),
        decided_at_ms: Set(None),
    };
    let inserted = Entity::insert(row).exec_without_returning(db).await;
    let inserted = inserted.on_constraint("standing_blacklist_org_id_live_digest_key", Refusal::AlreadyListed)?;
    Ok(inserted.map(drop))
}

pub fn begins_as(entry: &Entry) -> EntryState {
    if entry.until.is_some() { EntryState::InForce } else { EntryState::Asked }
}

pub async fn find(db: &impl ConnectionTrait, org: OrgId, id: Uuid) -> anyhow::Result<Option<Entry>> {
    let found = Entity::find_by_id(Text(id)).filter(Column::OrgId.eq(Text(org)));
    Ok(found.one(db).await.context("finding an entry of the blacklist")?.map(Entry::from))
}

/// An organisation's entries, the newest first; `waiting`: those another person must decide about.
pub async fn list(
    db: &impl ConnectionTrait,
    org: OrgId,
    waiting: bool,
    after: Option<Uuid>,
    limit: u64,
) -> anyhow::Result<Vec<Entry>> {
    let mut rows = Entity::find().filter(Column::OrgId.eq(Text(org)));
    if waiting {
        rows = rows.filter(Column::State.is_in([EntryState::Asked.as_str(), EntryState::RemovalAsked.as_str()]));
    }
    if let Some(after) = after {
        rows = rows.filter(Column::Id.lt(Text(after)));
    }
    let rows = rows.order_by_desc(Column::Id).limit(limit).all(db).await.context("listing the blacklist")?;
    Ok(rows.into_iter().map(Entry::from).collect())
}

/// The entry that keeps an identity away now.
pub async fn in_force(
    db: &impl ConnectionTrait,
    org: OrgId,
    digest: &str,
    now: Millis,
) -> anyhow::Result<Option<Uuid>> {
    let rows = Entity::find()
        .filter(Column::OrgId.eq(Text(org)))
        .filter(Column::LiveDigest.eq(digest))
        .filter(Column::State.is_in([EntryState::InForce.as_str(), EntryState::RemovalAsked.as_str()]))
        .filter(Condition::any().add(Column::UntilMs.is_null()).add(Column::UntilMs.gt(now.0)));
    Ok(rows.one(db).await.context("looking into the blacklist")?.map(|row| row.id.0))
}

/// Whether an identity is on the list, or asked to be.
pub async fn is_listed(db: &impl ConnectionTrait, org: OrgId, digest: &str, now: Millis) -> anyhow::Result<bool> {
    let rows = Entity::find()
        .filter(Column::OrgId.eq(Text(org)))
        .filter(Column::LiveDigest.eq(digest))
        .filter(Condition::any().add(Column::UntilMs.is_null()).add(Column::UntilMs.gt(now.0)));
    Ok(rows.count(db).await.context("looking into the blacklist")? > 0)
}

/// From one state to the next, by somebody; false when it is not in that state any more.
pub async fn turn(
    db: &impl ConnectionTrait,
    entry: &Entry,
    to: EntryState,
    by: &str,
    at: Millis,
) -> anyhow::Result<bool> {
    let mut update = Entity::update_many()
        .col_expr(Column::State, Expr::value(to.as_str()))
        .filter(Column::Id.eq(Text(entry.id)))
        .filter(Column::State.eq(entry.state.as_str()));
    update = match to {
        // Who asks now is who must not confirm.
        EntryState::RemovalAsked => {
            update.col_expr(Column::AskedBy, Expr::value(by)).col_expr(Column::AskedAtMs, Expr::value(at.0))
        }
        _ => update.col_expr(Column::DecidedBy, Expr::value(by)).col_expr(Column::DecidedAtMs, Expr::value(at.0)),
    };
    if matches!(to, EntryState::Removed | EntryState::Declined) {
        update = update.col_expr(Column::LiveDigest, Expr::value(Option::<String>::None));
    }
    Ok(update.exec(db).await.context("changing an entry of the blacklist")?.rows_affected == 1)
}
