//! The pulse of shows as rows: what happened in each 5 s.

use super::highlights::rules::{BUCKET_MS, Bucket};
use anyhow::Context;
use events::{BroadcastId, Millis};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, QueryFilter, QueryOrder, Statement, entity::prelude::*,
};
use std::collections::BTreeMap;
use store::{Store, Text};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "record_pulse")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub broadcast_id: Text<BroadcastId>,
    #[sea_orm(primary_key, auto_increment = false)]
    pub bucket: i64,
    pub danmaku: i64,
    pub gift_milli: i64,
    pub likes: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}
impl ActiveModelBehavior for ActiveModel {}

/// Most buckets of a show: a day.
const MOST: i64 = 86_400_000 / BUCKET_MS;

/// Everything up to this position of the log is counted.
pub async fn pulse_position(db: &impl ConnectionTrait) -> anyhow::Result<u64> {
    let backend = db.get_database_backend();
    let statement = Statement::from_string(backend, "SELECT position FROM record_pulse_position WHERE id = 0");
    let row = db.query_one_raw(statement).await.context("reading how far the pulse came")?;
    row.map_or(Ok(0), |row| Ok(row.try_get::<i64>("", "position")?.max(0) as u64))
}

/// Adds what was counted, and up to where, in one step: nothing is counted twice.
pub async fn add_pulse(
    store: &Store,
    pulse: &BTreeMap<(BroadcastId, i64), Bucket>,
    position: u64,
) -> anyhow::Result<()> {
    let tx = store.begin().await?;
    let backend: DbBackend = tx.db().get_database_backend();
    for ((broadcast, bucket), seen) in pulse {
        let sql = "INSERT INTO record_pulse (broadcast_id, bucket, danmaku, gift_milli, likes) VALUES ($1, $2, $3, $4, $5)
            ON CONFLICT (broadcast_id, bucket) DO UPDATE SET danmaku = record_pulse.danmaku + excluded.danmaku,
                gift_milli = record_pulse.gift_milli + excluded.gift_milli, likes = record_pulse.likes + excluded.likes";
        let id = broadcast.to_string();
        let values = [id.into(), (*bucket).into(), seen.danmaku.into(), seen.gift_milli.into(), seen.likes.into()];
        tx.execute_raw(Statement::from_sql_and_values(backend, sql, values)).await.context("counting a pulse")?;
    }
    let sql = "INSERT INTO record_pulse_position (id, position) VALUES (0, $1)
        ON CONFLICT (id) DO UPDATE SET position = excluded.position";
    let values = [(position as i64).into()];
    tx.execute_raw(Statement::from_sql_and_values(backend, sql, values)).await.context("noting a position")?;
    tx.commit().await
}

/// The show's buckets, side by side from its beginning.
pub async fn pulse(db: &impl ConnectionTrait, broadcast: BroadcastId, from: Millis) -> anyhow::Result<Vec<Bucket>> {
    let first = from.0.div_euclid(BUCKET_MS);
    let rows = Entity::find()
        .filter(Column::BroadcastId.eq(Text(broadcast)))
        .filter(Column::Bucket.gte(first))
        .filter(Column::Bucket.lt(first + MOST))
        .order_by_asc(Column::Bucket)
        .all(db)
        .await
        .context("reading a pulse")?;
    let length = rows.last().map_or(0, |row| row.bucket - first + 1);
    let mut buckets = vec![Bucket::default(); usize::try_from(length).unwrap_or_default()];
    for row in rows {
        let place = usize::try_from(row.bucket - first).ok().and_then(|at| buckets.get_mut(at));
        if let Some(bucket) = place {
            *bucket = Bucket { danmaku: row.danmaku, gift_milli: row.gift_milli, likes: row.likes };
        }
    }
    Ok(buckets)
}
