//! Moving a whole database into another one, of the same or the other kind.
//!
//! One snapshot of the source, one transaction at the target: either everything is there, compared row by row, or nothing is.

use crate::{Store, Tx};
use anyhow::{Context, bail, ensure};
use sea_orm::{
    AccessMode, ConnectionTrait, DatabaseTransaction, DbBackend, IsolationLevel, QueryResult, Statement,
    TransactionTrait, Value,
};
use sha2::{Digest, Sha256};

/// What was moved of one table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moved {
    pub table: String,
    pub rows: u64,
    /// SHA-256 over the hashes of its rows, the same on both sides.
    pub hash: String,
}

const ROWS_A_PAGE: usize = 2_000;
const ROWS_A_STATEMENT: usize = 500;
/// SQLite takes 32,766.
const PARAMETERS_A_STATEMENT: usize = 30_000;
/// Steps are applied, not moved; and what the name calls an index is made from other tables, each database in its own way.
fn is_moved(table: &str) -> bool {
    table != "kaibo_migrations" && !table.contains("_index")
}

/// Copies every row of `from` into `to` and compares both. Both hold the same tables; those of `to` are empty.
pub async fn transfer(from: &Store, to: &Store) -> anyhow::Result<Vec<Moved>> {
    let source = snapshot(from).await.context("beginning to read")?;
    let target = to.begin().await?;
    let tables = tables(&source).await?;
    let mut there = self::tables(target.db()).await?;
    for table in &tables {
        ensure!(there.contains(table), "the target has no table `{table}`: bring both up to date first");
        let first = target.query_one_raw(statement(target.db(), format!("SELECT 1 FROM {table} LIMIT 1"))).await?;
        ensure!(first.is_none(), "the target is not empty: its table `{table}` holds rows");
    }
    there.retain(|table| !tables.contains(table));
    ensure!(there.is_empty(), "the target has tables that the source has not: {}", there.join(", "));

    let mut moved = Vec::new();
    for table in tables {
        let one = move_table(&source, &target, &table).await.with_context(|| format!("moving the table `{table}`"))?;
        tracing::info!(table, rows = one.rows, "moved `{table}`: {} rows", one.rows);
        moved.push(one);
    }
    target.commit().await?;
    Ok(moved)
}

async fn snapshot(store: &Store) -> anyhow::Result<DatabaseTransaction> {
    let db = store.read();
    let snapshot = match db.get_database_backend() {
        DbBackend::Postgres => {
            db.begin_with_config(Some(IsolationLevel::RepeatableRead), Some(AccessMode::ReadOnly)).await?
        }
        _ => db.begin().await?,
    };
    Ok(snapshot)
}

/// Oldest first, so that a row stands before those that refer to it.
async fn tables(db: &DatabaseTransaction) -> anyhow::Result<Vec<String>> {
    let sql = match db.get_database_backend() {
        DbBackend::Postgres => {
            "SELECT relname::text AS name FROM pg_class
             WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace ORDER BY oid"
        }
        _ => {
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite@_%' ESCAPE '@' ORDER BY rowid"
        }
    };
    let rows = db.query_all_raw(statement(db, sql.into())).await.context("listing tables")?;
    let names = rows.iter().map(|row| row.try_get("", "name")).collect::<Result<Vec<String>, _>>()?;
    Ok(names.into_iter().filter(|name| is_moved(name)).collect())
}

async fn move_table(source: &DatabaseTransaction, target: &Tx, table: &str) -> anyhow::Result<Moved> {
    let columns = columns(source, table).await?;
    let mut there = self::columns(target.db(), table).await?;
    there.sort_by(|one, other| one.name.cmp(&other.name));
    let mut sorted: Vec<&Column> = columns.iter().collect();
    sorted.sort_by(|one, other| one.name.cmp(&other.name));
    if !sorted
        .iter()
        .map(|column| (&column.name, column.kind))
        .eq(there.iter().map(|column| (&column.name, column.kind)))
    {
        bail!("the two sides disagree about its columns");
    }
    let at_once = (PARAMETERS_A_STATEMENT / columns.len().max(1)).clamp(1, ROWS_A_STATEMENT);
    let mut last = None;
    loop {
        let mut rows = page(source, table, &columns, last.as_ref()).await?;
        let Some(newest) = rows.last().cloned() else { break };
        last = Some(newest);
        while !rows.is_empty() {
            let rest = rows.split_off(at_once.min(rows.len()));
            insert(target, table, &columns, std::mem::replace(&mut rows, rest)).await?;
        }
    }
    carry_numbers(source, target, table).await?;
    compare(source, target.db(), table, &columns).await
}

/// The same rows in the same order on both sides?
async fn compare(
    source: &DatabaseTransaction,
    target: &DatabaseTransaction,
    table: &str,
    columns: &[Column],
) -> anyhow::Result<Moved> {
    let (mut rows, mut whole) = (0, Sha256::new());
    let mut last = None;
    loop {
        let ours = page(source, table, columns, last.as_ref()).await?;
        let theirs = page(target, table, columns, last.as_ref()).await?;
        for (one, other) in ours.iter().zip(&theirs) {
            let hash = hash_of(one);
            if hash != hash_of(other) {
                bail!("row {} differs: {:?} became {:?}", rows + 1, one.first(), other.first());
            }
            whole.update(hash);
            rows += 1;
        }
        ensure!(ours.len() == theirs.len(), "only the first {rows} rows are on both sides");
        let Some(newest) = ours.last() else { break };
        last = Some(newest.clone());
    }
    let hash = whole.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    Ok(Moved { table: table.to_owned(), rows, hash })
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Integer,
    Boolean,
    Text,
    Real,
    Bytes,
}

struct Column {
    name: String,
    kind: Kind,
    /// Its place in the primary key, from 1.
    key: Option<i64>,
}

async fn columns(db: &DatabaseTransaction, table: &str) -> anyhow::Result<Vec<Column>> {
    let sql = match db.get_database_backend() {
        DbBackend::Postgres => {
            "SELECT attname::text AS name, format_type(atttypid, NULL) AS kind,
                    array_position(indkey::int2[], attnum)::bigint + 1 AS place
             FROM pg_attribute LEFT JOIN pg_index ON indrelid = attrelid AND indisprimary
             WHERE attrelid = $1::text::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attnum"
        }
        _ => "SELECT name, type AS kind, NULLIF(pk, 0) AS place FROM pragma_table_info($1) ORDER BY cid",
    };
    let rows = db
        .query_all_raw(Statement::from_sql_and_values(db.get_database_backend(), sql, [table.into()]))
        .await
        .context("listing columns")?;
    let columns = rows.iter().map(|row| {
        let (name, kind): (String, String) = (row.try_get("", "name")?, row.try_get("", "kind")?);
        let kind = kind_of(&kind).with_context(|| format!("the column `{name}` is of the unknown kind `{kind}`"))?;
        Ok(Column { name, kind, key: row.try_get("", "place")? })
    });
    columns.collect()
}

fn kind_of(declared: &str) -> Option<Kind> {
    match declared.to_ascii_lowercase().as_str() {
        "bigint" | "integer" | "int" | "smallint" => Some(Kind::Integer),
        "boolean" => Some(Kind::Boolean),
        "text" | "character varying" | "varchar" => Some(Kind::Text),
        "double precision" | "real" => Some(Kind::Real),
        "bytea" | "blob" => Some(Kind::Bytes),
        _ => None,
    }
}

/// The next rows after `last` in the order of the primary key, text by its bytes.
async fn page(
    db: &DatabaseTransaction,
    table: &str,
    columns: &[Column],
    last: Option<&Vec<Value>>,
) -> anyhow::Result<Vec<Vec<Value>>> {
    let backend = db.get_database_backend();
    let postgres = backend == DbBackend::Postgres;
    let read_as = columns.iter().map(|column| match column.kind {
        Kind::Integer if postgres => format!("{0}::bigint AS {0}", column.name),
        Kind::Real if postgres => format!("{0}::double precision AS {0}", column.name),
        _ => column.name.clone(),
    });
    let read_as = read_as.collect::<Vec<_>>().join(", ");
    let mut keys: Vec<(usize, &Column)> = columns.iter().enumerate().filter(|(_, it)| it.key.is_some()).collect();
    keys.sort_by_key(|(_, column)| column.key);
    ensure!(!keys.is_empty(), "it has no primary key");
    let by = keys.iter().map(|(_, column)| match column.kind {
        Kind::Text if postgres => format!("{table}.{} COLLATE \"C\"", column.name),
        _ => format!("{table}.{}", column.name),
    });
    let by = by.collect::<Vec<_>>().join(", ");
    let (mut after, mut values) = (String::new(), Vec::new());
    if let Some(last) = last {
        let places = (1..=keys.len()).map(|place| format!("${place}")).collect::<Vec<_>>().join(", ");
        after = format!("WHERE ({by}) > ({places})");
        values = keys.iter().filter_map(|(at, _)| last.get(*at).cloned()).collect();
    }
    let sql = format!("SELECT {read_as} FROM {table} {after} ORDER BY {by} LIMIT {ROWS_A_PAGE}");
    let rows = db.query_all_raw(Statement::from_sql_and_values(backend, sql, values)).await?;
    rows.iter().map(|row| read(row, columns)).collect()
}

fn read(row: &QueryResult, columns: &[Column]) -> anyhow::Result<Vec<Value>> {
    let values = columns.iter().map(|column| {
        let name = column.name.as_str();
        Ok(match column.kind {
            Kind::Integer => row.try_get::<Option<i64>>("", name)?.into(),
            Kind::Boolean => row.try_get::<Option<bool>>("", name)?.into(),
            Kind::Text => row.try_get::<Option<String>>("", name)?.into(),
            Kind::Real => row.try_get::<Option<f64>>("", name)?.into(),
            Kind::Bytes => row.try_get::<Option<Vec<u8>>>("", name)?.into(),
        })
    });
    values.collect()
}

async fn insert(tx: &Tx, table: &str, columns: &[Column], rows: Vec<Vec<Value>>) -> anyhow::Result<()> {
    let backend = tx.get_database_backend();
    let names: Vec<&str> = columns.iter().map(|column| column.name.as_str()).collect();
    let mut places = 1..;
    let tuples: Vec<String> = rows
        .iter()
        .map(|row| {
            let row: Vec<String> = row.iter().zip(&mut places).map(|(_, place)| format!("${place}")).collect();
            format!("({})", row.join(", "))
        })
        .collect();
    let overriding = if backend == DbBackend::Postgres { "OVERRIDING SYSTEM VALUE" } else { "" };
    let sql = format!("INSERT INTO {table} ({}) {overriding} VALUES {}", names.join(", "), tuples.join(", "));
    // Only text that was never checked can hold it.
    let unstorable = |value: &&Value| matches!(value, Value::String(Some(text)) if text.contains('\0'));
    if backend == DbBackend::Postgres
        && let Some(row) = rows.iter().find(|row| row.iter().any(|value| unstorable(&value)))
    {
        bail!("the row {:?} holds text with the character U+0000, which PostgreSQL does not keep", row.first());
    }
    let values: Vec<Value> = rows.into_iter().flatten().collect();
    tx.execute_raw(Statement::from_sql_and_values(backend, sql, values)).await?;
    Ok(())
}

/// Generated numbers go on where they were, also when the rows that had the last ones are gone.
async fn carry_numbers(source: &DatabaseTransaction, target: &Tx, table: &str) -> anyhow::Result<()> {
    let Some((last, _)) = last_number(source, table).await? else { return Ok(()) };
    if last == 0 {
        return Ok(());
    }
    match last_number(target.db(), table).await? {
        Some((_, Some(sequence))) => {
            let sql = "SELECT setval($1::text::regclass, $2)";
            let values = [sequence.into(), last.into()];
            target.query_one_raw(Statement::from_sql_and_values(DbBackend::Postgres, sql, values)).await?;
        }
        _ => {
            for sql in [
                "INSERT INTO sqlite_sequence (name, seq) SELECT $1, $2 WHERE NOT EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = $1)",
                "UPDATE sqlite_sequence SET seq = $2 WHERE name = $1",
            ] {
                let values = [table.into(), last.into()];
                target.execute_raw(Statement::from_sql_and_values(DbBackend::Sqlite, sql, values)).await?;
            }
        }
    }
    Ok(())
}

/// The last number that a table with generated ones gave out, and on PostgreSQL the name of what gives them.
async fn last_number(db: &DatabaseTransaction, table: &str) -> anyhow::Result<Option<(i64, Option<String>)>> {
    let backend = db.get_database_backend();
    let sql = match backend {
        DbBackend::Postgres => {
            "SELECT COALESCE(pg_sequence_last_value(sequence::regclass), 0)::bigint AS last, sequence FROM (
                 SELECT pg_get_serial_sequence($1, attname::text) AS sequence FROM pg_attribute
                 WHERE attrelid = $1::text::regclass AND attidentity <> '') AS numbered"
        }
        _ => {
            "SELECT COALESCE((SELECT seq FROM sqlite_sequence WHERE name = $1), 0) AS last, NULL AS sequence
             FROM sqlite_master WHERE name = $1 AND sql LIKE '%AUTOINCREMENT%'"
        }
    };
    let row = db.query_one_raw(Statement::from_sql_and_values(backend, sql, [table.into()])).await?;
    let Some(row) = row else { return Ok(None) };
    let sequence = if backend == DbBackend::Postgres { row.try_get("", "sequence")? } else { None };
    Ok(Some((row.try_get("", "last")?, sequence)))
}

fn hash_of(row: &[Value]) -> [u8; 32] {
    let mut hash = Sha256::new();
    for value in row {
        // Each with its kind and length: neighbours cannot pass something on to each other.
        let (kind, bytes): (u8, Vec<u8>) = match value {
            Value::BigInt(Some(number)) => (1, number.to_be_bytes().into()),
            Value::Bool(Some(yes)) => (2, vec![u8::from(*yes)]),
            Value::String(Some(text)) => (3, text.as_bytes().to_vec()),
            Value::Double(Some(number)) => (4, number.to_bits().to_be_bytes().into()),
            Value::Bytes(Some(bytes)) => (5, bytes.to_vec()),
            _ => (0, Vec::new()),
        };
        hash.update([kind]);
        hash.update((bytes.len() as u64).to_be_bytes());
        hash.update(bytes);
    }
    hash.finalize().into()
}

fn statement(db: &impl ConnectionTrait, sql: String) -> Statement {
    Statement::from_string(db.get_database_backend(), sql)
}
