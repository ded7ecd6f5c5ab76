//! The index in SQL, and how far it has come. It is made from the archive, so it is neither moved nor missed: an empty one is filled again.
//!
//! SQLite keeps it in an FTS5 table without contents, PostgreSQL in a GIN index over numbers; both hand out positions. Rows up to
//! the noted position are in it, each once, because the position moves in the transaction that adds them.

use super::fold::{Folded, VERSION, term_of_id};
use crate::danmaku::store::{Danmaku, list_after};
use anyhow::Context;
use events::{BroadcastId, RoomId, ViewerId};
use sea_orm::{ConnectionTrait, DbBackend, Statement};
use store::{Store, Tx};

const TURN: &str = "danmaku-index";
const ROWS_A_STATEMENT: usize = 500;

/// Which positions are wanted: of those that hold every term, and one of each list.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    pub terms: Vec<u32>,
    pub any_of: Vec<Vec<u32>>,
}

impl Wanted {
    pub fn is_everything(&self) -> bool {
        self.terms.is_empty() && self.any_of.is_empty()
    }
}

pub fn term_of_room(room: RoomId) -> u32 {
    term_of_id('r', &room.to_string())
}

pub fn term_of_broadcast(broadcast: BroadcastId) -> u32 {
    term_of_id('b', &broadcast.to_string())
}

pub fn term_of_viewer(viewer: &ViewerId) -> u32 {
    term_of_id('v', viewer.as_str())
}

fn terms(danmaku: &Danmaku) -> Vec<u32> {
    let mut terms = Folded::new(&danmaku.sent.text).terms();
    terms.extend([term_of_room(danmaku.room), term_of_viewer(&danmaku.viewer)]);
    terms.extend(danmaku.broadcast.map(term_of_broadcast));
    terms
}

/// Within the archive's own transaction. Where the index is behind the archive anyway, it is left to [`fill`].
pub async fn follow(tx: &Tx, danmaku: &[Danmaku]) -> anyhow::Result<()> {
    tx.take_turns(TURN).await?;
    let Some(at) = at(tx.db()).await? else { return Ok(()) };
    let fresh: Vec<&Danmaku> = danmaku.iter().filter(|one| one.position as i64 > at).collect();
    let Some(first) = fresh.iter().map(|one| one.position).min() else { return Ok(()) };
    let behind = list_after(tx.db(), at, 1).await?.first().is_some_and(|next| next.position < first);
    if behind {
        return Ok(());
    }
    add(tx, &fresh).await
}

/// Adds the next rows of the archive; how many there were.
pub async fn fill(store: &Store, limit: u64) -> anyhow::Result<usize> {
    let tx = store.begin().await?;
    tx.take_turns(TURN).await?;
    let at = match at(tx.db()).await? {
        Some(at) => at,
        None => begin_anew(&tx).await?,
    };
    let rows = list_after(tx.db(), at, limit).await?;
    add(&tx, &rows.iter().collect::<Vec<_>>()).await?;
    tx.commit().await?;
    Ok(rows.len())
}

/// Up to which position the archive is indexed; none when it is by another fold.
pub async fn at(db: &impl ConnectionTrait) -> anyhow::Result<Option<i64>> {
    let sql = "SELECT position FROM room_danmaku_index_at WHERE version = $1";
    let statement = Statement::from_sql_and_values(db.get_database_backend(), sql, [VERSION.into()]);
    let row = db.query_one_raw(statement).await.context("asking how far the index of danmaku is")?;
    row.map(|row| row.try_get("", "position")).transpose().context("reading how far the index of danmaku is")
}

async fn begin_anew(tx: &Tx) -> anyhow::Result<i64> {
    let backend = tx.get_database_backend();
    let clear = match backend {
        DbBackend::Postgres => "TRUNCATE room_danmaku_index",
        _ => "INSERT INTO room_danmaku_index (room_danmaku_index) VALUES ('delete-all')",
    };
    tx.execute_unprepared(clear).await.context("emptying the index of danmaku")?;
    tx.execute_unprepared("DELETE FROM room_danmaku_index_at").await?;
    let sql = "INSERT INTO room_danmaku_index_at (version, position) VALUES ($1, 0)";
    tx.execute_raw(Statement::from_sql_and_values(backend, sql, [VERSION.into()])).await?;
    Ok(0)
}

async fn add(tx: &Tx, rows: &[&Danmaku]) -> anyhow::Result<()> {
    let Some(last) = rows.iter().map(|row| row.position as i64).max() else { return Ok(()) };
    let backend = tx.get_database_backend();
    for chunk in rows.chunks(ROWS_A_STATEMENT) {
        let places: Vec<String> = (0..chunk.len())
            .map(|row| match backend {
                DbBackend::Postgres => format!("(${}, ${}::text::int4[])", 2 * row + 1, 2 * row + 2),
                _ => format!("(${}, ${})", 2 * row + 1, 2 * row + 2),
            })
            .collect();
        let into = match backend {
            DbBackend::Postgres => "room_danmaku_index (position, terms)",
            _ => "room_danmaku_index (rowid, terms)",
        };
        let sql = format!("INSERT INTO {into} VALUES {}", places.join(", "));
        let values = chunk.iter().flat_map(|row| {
            let terms = terms(row);
            let terms = if backend == DbBackend::Postgres { array(&terms) } else { words(&terms, " ") };
            [(row.position as i64).into(), terms.into()]
        });
        let statement = Statement::from_sql_and_values(backend, sql, values);
        tx.execute_raw(statement).await.context("indexing danmaku")?;
    }
    let sql = "UPDATE room_danmaku_index_at SET position = $1 WHERE version = $2";
    tx.execute_raw(Statement::from_sql_and_values(backend, sql, [last.into(), VERSION.into()])).await?;
    Ok(())
}

/// Takes danmaku out of the index, for those who take them out of the archive.
pub async fn forget_terms(db: &impl ConnectionTrait, positions: &[u64]) -> anyhow::Result<()> {
    let backend = db.get_database_backend();
    let key = if backend == DbBackend::Postgres { "position" } else { "rowid" };
    for chunk in positions.chunks(10_000) {
        let list: Vec<String> = chunk.iter().map(u64::to_string).collect();
        let sql = format!("DELETE FROM room_danmaku_index WHERE {key} IN ({})", list.join(", "));
        db.execute_unprepared(&sql).await.context("taking danmaku out of the index")?;
    }
    Ok(())
}

/// The newest positions before one that may fit.
pub async fn candidates(
    db: &impl ConnectionTrait,
    wanted: &Wanted,
    before: u64,
    limit: u64,
) -> anyhow::Result<Vec<u64>> {
    // Everything in the statements is a number of ours.
    let before = before.min(i64::MAX as u64);
    let sql = match db.get_database_backend() {
        _ if wanted.is_everything() => {
            format!("SELECT position FROM room_danmaku WHERE position < {before} ORDER BY position DESC LIMIT {limit}")
        }
        DbBackend::Postgres => {
            let mut fits = Vec::new();
            if !wanted.terms.is_empty() {
                fits.push(format!("terms @> '{}'::int4[]", array(&wanted.terms)));
            }
            fits.extend(wanted.any_of.iter().map(|terms| format!("terms && '{}'::int4[]", array(terms))));
            format!(
                "SELECT position FROM room_danmaku_index WHERE position < {before} AND {} ORDER BY position DESC LIMIT {limit}",
                fits.join(" AND ")
            )
        }
        _ => {
            let mut fits: Vec<String> = wanted.terms.iter().map(|term| words(&[*term], "")).collect();
            fits.extend(wanted.any_of.iter().map(|terms| format!("({})", words(terms, " OR "))));
            format!(
                "SELECT rowid AS position FROM room_danmaku_index WHERE room_danmaku_index MATCH '{}' AND rowid < {before}
                 ORDER BY rowid DESC LIMIT {limit}",
                fits.join(" AND ")
            )
        }
    };
    let rows = db.query_all_raw(Statement::from_string(db.get_database_backend(), sql)).await;
    let rows = rows.context("searching danmaku")?;
    let position =
        |row: &sea_orm::QueryResult| row.try_get::<i64>("", "position").map(|position| position.max(0) as u64);
    rows.iter().map(position).collect::<Result<_, _>>().context("reading what the index found")
}

/// Bytes that the index takes.
pub async fn size(db: &impl ConnectionTrait) -> anyhow::Result<i64> {
    let sql = match db.get_database_backend() {
        DbBackend::Postgres => "SELECT pg_total_relation_size('room_danmaku_index')::bigint AS bytes",
        _ => {
            "SELECT (SELECT COALESCE(SUM(LENGTH(block)), 0) FROM room_danmaku_index_data)
                  + (SELECT COALESCE(SUM(LENGTH(sz) + 12), 0) FROM room_danmaku_index_docsize)
                  + (SELECT COALESCE(SUM(LENGTH(term) + 8), 0) FROM room_danmaku_index_idx) AS bytes"
        }
    };
    let row = db.query_one_raw(Statement::from_string(db.get_database_backend(), sql)).await?;
    row.map_or(Ok(0), |row| row.try_get("", "bytes")).context("measuring the index of danmaku")
}

/// The newest positions whose text holds `part`, read without the index: what it is measured against.
pub async fn scan(db: &impl ConnectionTrait, part: &str, limit: u64) -> anyhow::Result<Vec<i64>> {
    let sql = "SELECT position FROM room_danmaku WHERE text LIKE $1 ORDER BY position DESC LIMIT $2";
    let values = [format!("%{part}%").into(), (limit as i64).into()];
    let rows = db.query_all_raw(Statement::from_sql_and_values(db.get_database_backend(), sql, values)).await?;
    rows.iter().map(|row| row.try_get("", "position")).collect::<Result<_, _>>().context("scanning danmaku")
}

/// FTS5's words.
fn words(terms: &[u32], between: &str) -> String {
    terms.iter().map(|term| format!("x{term:x}")).collect::<Vec<_>>().join(between)
}

/// PostgreSQL's numbers have a sign.
fn array(terms: &[u32]) -> String {
    let terms: Vec<String> = terms.iter().map(|term| (*term as i32).to_string()).collect();
    format!("{{{}}}", terms.join(","))
}
