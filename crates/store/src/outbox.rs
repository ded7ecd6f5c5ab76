//! The outbox table: events that committed with their rows and wait to be in the log.

use crate::{Migration, Store};
use anyhow::{Context, bail};
use events::{Envelope, Millis};
use sea_orm::{
    ActiveValue::Set, ConnectionTrait, DatabaseTransaction, DbBackend, QueryOrder, QuerySelect, Statement,
    entity::prelude::*,
};
use std::collections::BTreeMap;

/// What the relay adds to a payload stays within this.
const ROOM_FOR_SEQ: usize = 64;
const PRUNED_AT_ONCE: u64 = 1000;

pub(crate) const MIGRATIONS: &[Migration] = &[Migration {
    name: "0001_outbox",
    sql: "CREATE TABLE store_outbox (
              seq {auto_id}, payload TEXT NOT NULL, created_at_ms BIGINT NOT NULL, position BIGINT, relayed_at_ms BIGINT);
          CREATE INDEX store_outbox_waiting ON store_outbox (seq) WHERE position IS NULL;",
}];

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "store_outbox")]
pub struct Model {
    /// Order of commits; never used twice.
    #[sea_orm(primary_key)]
    pub seq: i64,
    /// The envelope as one JSON object, without its `outbox`.
    pub payload: String,
    pub created_at_ms: i64,
    /// Where it stands in the log; none while it waits.
    pub position: Option<i64>,
    pub relayed_at_ms: Option<i64>,
}

impl ActiveModelBehavior for ActiveModel {}

pub(crate) async fn insert(tx: &DatabaseTransaction, mut envelope: Envelope) -> anyhow::Result<()> {
    envelope.outbox = None;
    let payload = String::from_utf8(envelope.encode().into()).context("encoding an event")?;
    if payload.len() + ROOM_FOR_SEQ > eventlog::MAX_RECORD_BYTES {
        bail!("an event of {} bytes is larger than a record of the event log", payload.len());
    }
    let backend = tx.get_database_backend();
    let values = [payload.into(), envelope.received_at.0.into()];
    let sql = if backend == DbBackend::Postgres { NUMBERED_LAST } else { INSERT };
    let insert = Statement::from_sql_and_values(backend, sql, values);
    tx.execute_raw(insert).await.context("writing an event to the outbox")?;
    Ok(())
}

const INSERT: &str = "INSERT INTO store_outbox (payload, created_at_ms) VALUES ($1, $2)";

/// On PostgreSQL the transaction gets its own number first and the row's number after that: `owner` relies on it.
const NUMBERED_LAST: &str = "WITH mine AS MATERIALIZED (SELECT pg_current_xact_id() AS number)
    INSERT INTO store_outbox (payload, created_at_ms) SELECT $1, $2 FROM mine WHERE number IS NOT NULL";

/// The highest number that PostgreSQL gave out, whether its row committed or not.
pub(crate) const LAST_NUMBER: &str =
    "SELECT COALESCE(pg_sequence_last_value('store_outbox_seq_seq'::regclass), 0)::bigint AS seq";

/// The highest sequence number that committed and is still kept, 0 when there is none.
pub(crate) async fn last_seq(db: &impl ConnectionTrait) -> anyhow::Result<i64> {
    let last = Entity::find().select_only().column(Column::Seq).order_by_desc(Column::Seq).into_tuple().one(db).await;
    Ok(last.context("reading the outbox")?.unwrap_or(0))
}

/// The next rows after `seq` and up to `settled` that wait, in order.
pub(crate) async fn waiting(
    db: &impl ConnectionTrait,
    seq: i64,
    settled: i64,
    limit: u64,
) -> anyhow::Result<Vec<Model>> {
    let rows = Entity::find().filter(Column::Position.is_null()).filter(Column::Seq.gt(seq));
    let rows = rows.filter(Column::Seq.lte(settled));
    rows.order_by_asc(Column::Seq).limit(limit).all(db).await.context("reading the outbox")
}

/// The highest sequence number among rows relayed to positions before `position`, which the log has given to the archive.
pub(crate) async fn highest_before(db: &impl ConnectionTrait, position: u64) -> anyhow::Result<i64> {
    let rows = Entity::find().select_only().column(Column::Seq).filter(Column::Position.lt(position as i64));
    Ok(rows.order_by_desc(Column::Seq).into_tuple().one(db).await.context("reading the outbox")?.unwrap_or(0))
}

/// The highest position in the log that was noted, 0 when there is none.
pub(crate) async fn highest_position(db: &impl ConnectionTrait) -> anyhow::Result<u64> {
    let noted = Entity::find().select_only().column(Column::Position).filter(Column::Position.is_not_null());
    let noted: Option<i64> =
        noted.order_by_desc(Column::Position).into_tuple().one(db).await.context("reading the outbox")?;
    Ok(noted.and_then(|noted| u64::try_from(noted).ok()).unwrap_or(0))
}

/// The highest sequence number ever given out.
pub(crate) async fn last_ever(db: &impl ConnectionTrait) -> anyhow::Result<i64> {
    let backend = db.get_database_backend();
    let sql = match backend {
        DbBackend::Postgres => LAST_NUMBER,
        _ => "SELECT seq FROM sqlite_sequence WHERE name = 'store_outbox'",
    };
    let row = db.query_one_raw(Statement::from_string(backend, sql)).await.context("reading the outbox")?;
    row.map_or(Ok(0), |row| Ok(row.try_get("", "seq")?))
}

/// Notes where the rows stand in the log.
pub(crate) async fn mark(store: &Store, rows: impl Iterator<Item = (i64, u64)>) -> anyhow::Result<()> {
    let tx = store.begin().await?;
    for (seq, position) in rows {
        set_position(&tx, seq, position).await?;
    }
    tx.commit_quietly().await
}

async fn set_position(tx: &DatabaseTransaction, seq: i64, position: u64) -> Result<(), DbErr> {
    let row = ActiveModel {
        position: Set(Some(position as i64)),
        relayed_at_ms: Set(Some(Millis::now().0)),
        ..Default::default()
    };
    Entity::update_many().set(row).filter(Column::Seq.eq(seq)).exec(tx).await.map(drop)
}

/// Brings the rows in line with a log that holds everything up to `seq`: unmarked rows up to there are marked (at their own
/// position where it was found, else at `end`), marked rows after it wait again.
pub(crate) async fn align(store: &Store, seq: i64, end: u64, positions: &BTreeMap<i64, u64>) -> anyhow::Result<()> {
    let tx = store.begin().await?;
    let unmarked = Entity::find()
        .select_only()
        .column(Column::Seq)
        .filter(Column::Position.is_null())
        .filter(Column::Seq.lte(seq));
    let unmarked: Vec<i64> = unmarked.into_tuple().all(tx.db()).await?;
    for seq in unmarked {
        set_position(&tx, seq, positions.get(&seq).copied().unwrap_or(end)).await?;
    }
    let again = ActiveModel { position: Set(None), relayed_at_ms: Set(None), ..Default::default() };
    let again = Entity::update_many().set(again).filter(Column::Seq.gt(seq)).filter(Column::Position.is_not_null());
    let again = again.exec(tx.db()).await?.rows_affected;
    if again > 0 {
        tracing::warn!(rows = again, "the event log lacks {again} events it once had; they are relayed again");
    }
    tx.commit_quietly().await
}

/// Removes rows that were relayed before `before`. The log and its archive keep the events.
pub async fn prune(store: &Store, before: Millis) -> anyhow::Result<u64> {
    let mut removed = 0;
    loop {
        let tx = store.begin().await?;
        let old = Entity::find().select_only().column(Column::Seq).filter(Column::RelayedAtMs.lt(before.0));
        let old: Vec<i64> = old.limit(PRUNED_AT_ONCE).into_tuple().all(tx.db()).await?;
        if old.is_empty() {
            return Ok(removed);
        }
        removed += Entity::delete_many().filter(Column::Seq.is_in(old)).exec(tx.db()).await?.rows_affected;
        tx.commit_quietly().await?;
    }
}
