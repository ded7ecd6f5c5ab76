//! The ledger as rows. Its writers take turns by organisation, so that there is one order.

use super::{
    Kind,
    rules::{Entry, Head, Row, day_of, next_day},
};
use anyhow::Context;
use app::Scope;
use events::{Millis, OrgId, TeamId};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::OnConflict,
};
use std::collections::BTreeSet;
use store::{Store, Text, Tx};

mod row {
    use super::*;
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "moderation_ledger")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub org_id: Text<OrgId>,
        #[sea_orm(primary_key, auto_increment = false)]
        pub seq: i64,
        pub at_ms: i64,
        pub day: String,
        pub kind: String,
        pub about: String,
        pub team_id: Option<Text<TeamId>>,
        pub facts: String,
        pub previous: String,
        pub hash: String,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

mod head {
    use super::*;
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "moderation_ledger_heads")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub org_id: Text<OrgId>,
        #[sea_orm(primary_key, auto_increment = false)]
        pub day: String,
        pub row_count: i64,
        pub first_seq: i64,
        pub last_seq: i64,
        pub hash: String,
        pub sealed_at_ms: i64,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

pub(super) mod end {
    use super::*;
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "moderation_ledger_ends")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub org_id: Text<OrgId>,
        pub seq: i64,
        pub hash: String,
        pub at_ms: i64,
        /// The last day that was sealed, and its last row.
        pub sealed_day: String,
        pub sealed_seq: i64,
        /// The rows up to here are gone by their age; the last one had this hash.
        pub cut_seq: i64,
        pub cut_hash: String,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

use row::{Column, Entity};

/// SQLite takes at most 32,766 parameters a statement; a row has 10.
const ROWS_A_STATEMENT: usize = 2_000;

/// Rows read at once.
const PAGE: i64 = 2_000;

impl From<row::Model> for Row {
    fn from(row: row::Model) -> Self {
        Self {
            org: row.org_id.0,
            seq: row.seq,
            at: Millis(row.at_ms),
            day: row.day,
            kind: row.kind,
            about: row.about,
            team: row.team_id.map(|team| team.0),
            facts: row.facts,
            previous: row.previous,
            hash: row.hash,
        }
    }
}

fn to_row(row: &Row) -> row::ActiveModel {
    row::ActiveModel {
        org_id: Set(Text(row.org)),
        seq: Set(row.seq),
        at_ms: Set(row.at.0),
        day: Set(row.day.clone()),
        kind: Set(row.kind.clone()),
        about: Set(row.about.clone()),
        team_id: Set(row.team.map(Text)),
        facts: Set(row.facts.clone()),
        previous: Set(row.previous.clone()),
        hash: Set(row.hash.clone()),
    }
}

impl From<head::Model> for Head {
    fn from(row: head::Model) -> Self {
        Self {
            org: row.org_id.0,
            day: row.day,
            rows: row.row_count,
            first: row.first_seq,
            last: row.last_seq,
            hash: row.hash,
            sealed_at_ms: Millis(row.sealed_at_ms),
        }
    }
}

/// From here to the end of the transaction nobody else writes into this organisation's ledger.
pub(super) async fn take_turn(tx: &Tx, org: OrgId) -> anyhow::Result<()> {
    tx.take_turns(&format!("moderation_ledger {org}")).await
}

/// Writes rows in the transaction of what they tell. Last in it: whoever is after this one in the ledger waits until it ends.
pub async fn write(tx: &Tx, org: OrgId, at: Millis, entries: Vec<Entry>) -> anyhow::Result<()> {
    if entries.is_empty() {
        return Ok(());
    }
    take_turn(tx, org).await?;
    let mut end = end_of(tx.db(), org).await?;
    // Days are sealed as a whole: no row is older than the one before it, nor of a day that is over.
    end.at_ms = end.at_ms.max(at.0);
    if day_of(Millis(end.at_ms)) <= end.sealed_day {
        end.at_ms = next_day(Millis(end.at_ms)).0;
    }
    let mut rows = Vec::with_capacity(entries.len());
    for entry in entries {
        let row = Row::next(org, end.seq + 1, Millis(end.at_ms), &end.hash, entry);
        (end.seq, end.hash) = (row.seq, row.hash.clone());
        rows.push(row);
    }
    for chunk in rows.chunks(ROWS_A_STATEMENT) {
        let insert = Entity::insert_many(chunk.iter().map(to_row));
        insert.exec_without_returning(tx.db()).await.context("writing the ledger")?;
    }
    set_end(tx.db(), end).await
}

pub(super) async fn end_of(db: &impl ConnectionTrait, org: OrgId) -> anyhow::Result<end::Model> {
    let found = end::Entity::find_by_id(Text(org)).one(db).await.context("reading the ledger's end")?;
    Ok(found.unwrap_or_else(|| end::Model {
        org_id: Text(org),
        seq: 0,
        hash: String::new(),
        at_ms: 0,
        sealed_day: String::new(),
        sealed_seq: 0,
        cut_seq: 0,
        cut_hash: String::new(),
    }))
}

async fn set_end(db: &impl ConnectionTrait, end: end::Model) -> anyhow::Result<()> {
    use end::Column;
    let row = end::ActiveModel {
        org_id: Set(end.org_id),
        seq: Set(end.seq),
        hash: Set(end.hash),
        at_ms: Set(end.at_ms),
        sealed_day: Set(end.sealed_day),
        sealed_seq: Set(end.sealed_seq),
        cut_seq: Set(end.cut_seq),
        cut_hash: Set(end.cut_hash),
    };
    let columns = [
        Column::Seq,
        Column::Hash,
        Column::AtMs,
        Column::SealedDay,
        Column::SealedSeq,
        Column::CutSeq,
        Column::CutHash,
    ];
    let replace = OnConflict::column(Column::OrgId).update_columns(columns).to_owned();
    let insert = end::Entity::insert(row).on_conflict(replace);
    insert.exec_without_returning(db).await.context("moving the ledger's end")?;
    Ok(())
}

/// Who has a ledger, or what is left of one.
pub(super) async fn orgs(db: &impl ConnectionTrait) -> anyhow::Result<BTreeSet<OrgId>> {
    let reading = "reading whose ledgers there are";
    let ends: Vec<Text<OrgId>> =
        end::Entity::find().select_only().column(end::Column::OrgId).into_tuple().all(db).await.context(reading)?;
    let rows: Vec<Text<OrgId>> =
        Entity::find().select_only().column(Column::OrgId).distinct().into_tuple().all(db).await.context(reading)?;
    Ok(ends.into_iter().chain(rows).map(|org| org.0).collect())
}

/// Rows behind one, in the order of the chain.
pub(super) async fn after(db: &impl ConnectionTrait, org: OrgId, seq: i64, limit: u64) -> anyhow::Result<Vec<Row>> {
    let rows = of(org).filter(Column::Seq.gt(seq)).order_by_asc(Column::Seq).limit(limit).all(db).await;
    Ok(rows.context("reading the ledger")?.into_iter().map(Row::from).collect())
}

/// The row that was written behind the one with this hash, wherever it stands.
pub(super) async fn behind(db: &impl ConnectionTrait, org: OrgId, hash: &str) -> anyhow::Result<Option<Row>> {
    let row = of(org).filter(Column::Previous.eq(hash)).order_by_asc(Column::Seq).one(db).await;
    Ok(row.context("looking for a row of the ledger")?.map(Row::from))
}

fn of(org: OrgId) -> sea_orm::Select<Entity> {
    Entity::find().filter(Column::OrgId.eq(Text(org)))
}

/// Which rows. Empty: all of them.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    pub kind: Option<Kind>,
    /// Any of these.
    pub about: Vec<String>,
    pub day: Option<String>,
}

/// Rows within the scope, the newest first, before one.
pub async fn list(
    db: &impl ConnectionTrait,
    scope: Scope,
    filter: &Filter,
    before: Option<i64>,
    limit: u64,
) -> anyhow::Result<Vec<Row>> {
    let mut rows = of(scope.org).filter(
        Condition::all()
            .add_option(filter.kind.map(|kind| Column::Kind.eq(kind.name())))
            .add_option((!filter.about.is_empty()).then(|| Column::About.is_in(&filter.about)))
            .add_option(filter.day.as_ref().map(|day| Column::Day.eq(day)))
            .add_option(before.map(|before| Column::Seq.lt(before))),
    );
    if let Some(teams) = scope.teams() {
        rows = rows.filter(Column::TeamId.is_in(teams.into_iter().map(Text)));
    }
    let rows = rows.order_by_desc(Column::Seq).limit(limit).all(db).await.context("listing the ledger")?;
    Ok(rows.into_iter().map(Row::from).collect())
}

/// Heads, the newest first, before a day; all of them without a limit.
pub async fn heads(
    db: &impl ConnectionTrait,
    org: OrgId,
    before: Option<&str>,
    limit: Option<u64>,
) -> anyhow::Result<Vec<Head>> {
    let mut rows = head::Entity::find().filter(head::Column::OrgId.eq(Text(org)));
    if let Some(before) = before {
        rows = rows.filter(head::Column::Day.lt(before));
    }
    let rows =
        rows.order_by_desc(head::Column::Day).limit(limit).all(db).await.context("listing the ledger's heads")?;
    Ok(rows.into_iter().map(Head::from).collect())
}

pub(super) async fn head_of(db: &impl ConnectionTrait, org: OrgId, day: &str) -> anyhow::Result<Option<Head>> {
    let found = head::Entity::find_by_id((Text(org), day.to_owned())).one(db).await;
    Ok(found.context("reading a head of the ledger")?.map(Head::from))
}

/// What the rows from one to another are, each by itself.
pub(super) async fn digests(
    db: &impl ConnectionTrait,
    org: OrgId,
    first: i64,
    last: i64,
) -> anyhow::Result<Vec<String>> {
    let (mut digests, mut seq) = (Vec::new(), first - 1);
    while seq < last {
        let rows = after(db, org, seq, (last - seq).min(PAGE) as u64).await?;
        let Some(newest) = rows.last() else { break };
        seq = newest.seq;
        digests.extend(rows.iter().map(Row::digest));
    }
    Ok(digests)
}

/// Ledgers with rows of a finished day that no head covers.
pub(super) async fn unsealed(db: &impl ConnectionTrait, today: &str) -> anyhow::Result<Vec<OrgId>> {
    let mut orgs = Vec::new();
    let ends = end::Entity::find().all(db).await.context("looking for days to seal")?;
    for end in ends.into_iter().filter(|end| end.seq > end.sealed_seq) {
        let first = of(end.org_id.0).filter(Column::Seq.gt(end.sealed_seq)).order_by_asc(Column::Seq).one(db).await?;
        if first.is_some_and(|first| first.day.as_str() < today) {
            orgs.push(end.org_id.0);
        }
    }
    Ok(orgs)
}

/// Seals the days before today; answers their heads.
pub(super) async fn seal(tx: &Tx, org: OrgId, now: Millis) -> anyhow::Result<Vec<Head>> {
    take_turn(tx, org).await?;
    let mut end = end_of(tx.db(), org).await?;
    let days = of(org).filter(Column::Seq.gt(end.sealed_seq)).filter(Column::Day.lt(day_of(now)));
    let days = days.select_only().column(Column::Day).group_by(Column::Day).order_by_asc(Column::Day);
    let days = days.column_as(Column::Seq.count(), "row_count");
    let days = days.column_as(Column::Seq.min(), "first_seq").column_as(Column::Seq.max(), "last_seq");
    let days: Vec<(String, i64, i64, i64)> = days.into_tuple().all(tx.db()).await.context("counting days to seal")?;
    let mut heads = Vec::new();
    for (day, rows, first, last) in days {
        let row = Entity::find_by_id((Text(org), last)).one(tx.db()).await?.context("a row of the ledger is gone")?;
        heads.push(Head { org, day, rows, first, last, hash: row.hash, sealed_at_ms: now });
    }
    let Some(newest) = heads.last() else { return Ok(heads) };
    (end.sealed_day, end.sealed_seq) = (newest.day.clone(), newest.last);
    let rows = heads.iter().map(|head| head::ActiveModel {
        org_id: Set(Text(org)),
        day: Set(head.day.clone()),
        row_count: Set(head.rows),
        first_seq: Set(head.first),
        last_seq: Set(head.last),
        hash: Set(head.hash.clone()),
        sealed_at_ms: Set(now.0),
    });
    head::Entity::insert_many(rows).exec_without_returning(tx.db()).await.context("keeping the ledger's heads")?;
    set_end(tx.db(), end).await?;
    Ok(heads)
}

/// How many rows are older than they have to be, and from when: whole sealed days, so that what is left begins behind a head that was told.
pub async fn old(
    db: &impl ConnectionTrait,
    org: OrgId,
    before: Millis,
) -> anyhow::Result<(u64, Option<(Millis, Millis)>)> {
    let end = end_of(db, org).await?;
    let Some(last) = going(db, &end, before).await?.pop() else { return Ok((0, None)) };
    let rows = || of(org).filter(Column::Seq.gt(end.cut_seq)).filter(Column::Seq.lte(last.last_seq));
    let first = rows().order_by_asc(Column::Seq).one(db).await.context("looking for old rows of the ledger")?;
    let newest = rows().order_by_desc(Column::Seq).one(db).await.context("looking for old rows of the ledger")?;
    let span = first.zip(newest).map(|(first, newest)| (Millis(first.at_ms), Millis(newest.at_ms)));
    Ok(((last.last_seq - end.cut_seq).max(0) as u64, span))
}

async fn going(db: &impl ConnectionTrait, end: &end::Model, before: Millis) -> anyhow::Result<Vec<head::Model>> {
    let heads = head::Entity::find()
        .filter(head::Column::OrgId.eq(end.org_id))
        .filter(head::Column::LastSeq.gt(end.cut_seq))
        .filter(head::Column::Day.lt(day_of(before)));
    heads.order_by_asc(head::Column::Day).all(db).await.context("looking for old days of the ledger")
}

/// Cuts the oldest of those days off; how many rows went, 0 when nothing is left to go. The chain says so at its end.
pub async fn cut(store: &Store, org: OrgId, before: Millis, now: Millis) -> anyhow::Result<u64> {
    if old(store.read(), org, before).await?.0 == 0 {
        return Ok(0);
    }
    let tx = store.begin().await?;
    take_turn(&tx, org).await?;
    let mut end = end_of(tx.db(), org).await?;
    let Some(head) = going(tx.db(), &end, before).await?.into_iter().next() else { return Ok(0) };
    let gone = Entity::delete_many().filter(Column::OrgId.eq(Text(org))).filter(Column::Seq.lte(head.last_seq));
    let gone = gone.exec(tx.db()).await.context("cutting the beginning of the ledger off")?.rows_affected;
    (end.cut_seq, end.cut_hash) = (head.last_seq, head.hash.clone());
    set_end(tx.db(), end).await?;
    super::store_people::forget_unused(tx.db(), org, &head.day).await?;
    let said = serde_json::json!({ "last": head.last_seq, "hash": head.hash });
    write(&tx, org, now, vec![Entry::new(Kind::DaysCut, format!("day:{}", head.day), &said)?]).await?;
    tx.commit().await?;
    Ok(gone)
}
