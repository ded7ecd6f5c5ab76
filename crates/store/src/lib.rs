//! Records in SQL: opening the database, transactions that carry their events with them, the migrations runner.
//!
//! SQLite (`sqlite://path`) or PostgreSQL (`postgres://user@host/database`), chosen by the URL; every statement is one that both
//! take. Columns: ids are text of 36 characters ([`Text`]), money is `BIGINT` minor units, time is `BIGINT` milliseconds in
//! columns named `*_at_ms`.
//!
//! ```ignore
//! let tx = store.begin().await?;                    // a transaction; on SQLite the only one
//! room.insert(tx.db()).await.on_constraint("room_rooms_title_key", Refusal::TitleTaken)??;
//! tx.emit(envelope).await?;                         // the event commits with the row or not at all
//! tx.commit().await?;                               // wakes the relay, which appends the event to the log exactly once
//! let rooms = room::Entity::find().all(store.read()).await?;
//! ```
//!
//! A feature declares its steps in `migrations.rs` and lists them in its `Feature`:
//!
//! ```
//! use store::Migration;
//! pub const MIGRATIONS: &[Migration] = &[Migration {
//!     name: "0001_rooms",
//!     sql: "CREATE TABLE room_rooms (id TEXT NOT NULL PRIMARY KEY, org_id TEXT NOT NULL, title TEXT NOT NULL, created_at_ms BIGINT NOT NULL);
//!           CREATE UNIQUE INDEX room_rooms_title_key ON room_rooms (title);",
//! }];
//! ```
//!
//! Tables are named `<feature>_<things>`. A unique index is named `<table>_<columns joined by _>_key`, because SQLite reports the
//! columns and PostgreSQL the name; [`OnConstraint`] understands both that way. Steps are only added, never edited.

mod backup;
mod check;
mod constraint;
mod migrate;
mod open;
mod outbox;
mod owner;
mod postgres;
mod relay;
#[cfg(feature = "testing")]
pub mod testing;
mod text;
mod transfer;
mod unavailable;

pub use backup::{copy_to_file, disagreement, fitting};
pub use check::check;
pub use constraint::{OnConstraint, breaks, misnamed_constraints};
pub use migrate::{Migration, MigrationSet};
pub use outbox::prune;
pub use relay::{Appended, Relay, relay};
pub use text::Text;
pub use transfer::{Moved, transfer};
pub use unavailable::{is_unavailable, is_unstorable_text};

use anyhow::Context;
use sea_orm::{
    ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, SqliteTransactionMode, Statement,
    TransactionOptions, TransactionTrait,
};
use sqlx::postgres::PgConnectOptions;
use std::{ops::Deref, sync::Arc};
use tokio::sync::{Notify, watch};
use tracing::{Instrument, Span, debug_span, field};

/// The database. A clone is a handle on the same pools.
#[derive(Clone, Debug)]
pub struct Store(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    writer: DatabaseConnection,
    readers: DatabaseConnection,
    /// How to reach PostgreSQL; none with SQLite.
    postgres: Option<PgConnectOptions>,
    /// Told by every commit that emitted an event.
    emitted: Notify,
    relayed: watch::Sender<Relayed>,
    /// Whether this process relays.
    relays: watch::Sender<bool>,
}

/// How far the relay has come: every outbox row up to `seq` stands in the log at or before `position`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Relayed {
    pub seq: i64,
    pub position: u64,
}

impl Store {
    /// Opens the database at `sqlite://path`, creating the file (readable by its owner only) when there is none, or an existing
    /// one at `postgres://user:password@host:port/database`. Several processes may have it open at once.
    pub async fn open(url: &str) -> anyhow::Result<Self> {
        let opening = || format!("opening the database `{}`", Self::shown(url));
        let postgres = if postgres::is_ours(url) { Some(postgres::options(url).with_context(opening)?) } else { None };
        let pools = match &postgres {
            Some(options) => postgres::pools(options).await,
            None => open::pools(url).await,
        };
        let (writer, readers) = pools.with_context(opening)?;
        Ok(Self(Arc::new(Inner {
            writer,
            readers,
            postgres,
            emitted: Notify::new(),
            relayed: watch::Sender::new(Relayed::default()),
            relays: watch::Sender::new(false),
        })))
    }

    /// The URL without its secrets, for people and logs.
    pub fn shown(url: &str) -> String {
        postgres::shown(url)
    }

    /// Begins a write. On SQLite writers take turns; on PostgreSQL they run side by side and see what others committed
    /// meanwhile, so whoever decides by what it read says [`Tx::take_turns`] first, or leaves the decision to a constraint or a
    /// guarded update. Who waits longer than 10 s for another gets an error ([`is_unavailable`]).
    /// Dropping the transaction rolls it back. After a refused statement it is good for nothing else.
    pub async fn begin(&self) -> anyhow::Result<Tx> {
        let options = TransactionOptions {
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
            ..Default::default()
        };
        let system = if self.0.postgres.is_some() { "postgresql" } else { "sqlite" };
        let span = debug_span!(target: "trace", "sql transaction", otel.kind = "client", db.system.name = system,
            committed = field::Empty);
        let begun = self.0.writer.begin_with_options(options).instrument(span.clone()).await;
        Ok(Tx { transaction: begun.context("beginning a transaction")?, store: self.clone(), span })
    }

    /// For queries. It cannot write, and sees every commit that returned before the query began.
    pub fn read(&self) -> &DatabaseConnection {
        &self.0.readers
    }

    /// Brings the tables up to this program, all steps or none. Running it again changes nothing.
    ///
    /// Refuses a database that holds steps this program does not know: it was written by a newer one.
    pub async fn migrate(&self, sets: &[MigrationSet]) -> anyhow::Result<()> {
        migrate::run(self, sets).await
    }

    /// The steps that [`Self::migrate`] would apply, as `feature/name`. Changes nothing.
    pub async fn pending(&self, sets: &[MigrationSet]) -> anyhow::Result<Vec<String>> {
        migrate::pending(self, sets).await
    }

    /// Whether no program has made its tables here yet.
    pub async fn is_new(&self) -> anyhow::Result<bool> {
        Ok(!migrate::is_migrated(self).await?)
    }

    /// Waits until everything committed so far, by any process, stands in the event log; answers the position at or before
    /// which it stands. Needs the running relay of this process.
    pub async fn relayed(&self) -> anyhow::Result<u64> {
        let committed = outbox::last_seq(self.read()).await?;
        self.0.emitted.notify_one();
        let mut relayed = self.0.relayed.subscribe();
        let relayed = relayed.wait_for(|relayed| relayed.seq >= committed).await.context("waiting for the relay")?;
        Ok(relayed.position)
    }

    /// Whether this process relays the events of the database, of which there is one at a time: what must happen once for all
    /// processes happens there.
    pub fn relays(&self) -> watch::Receiver<bool> {
        self.0.relays.subscribe()
    }

    /// How many numbers of the outbox the relay of this process is behind.
    pub async fn behind(&self) -> anyhow::Result<u64> {
        let committed = outbox::last_seq(self.read()).await?;
        Ok(u64::try_from(committed - self.0.relayed.borrow().seq).unwrap_or(0))
    }

    /// Lets go of what was deleted or overwritten in these tables: SQLite's write-ahead log is folded into the file and emptied,
    /// PostgreSQL's dead rows are removed. False when somebody still reads what was; ask again later.
    pub async fn scrub(&self, tables: &[&str]) -> anyhow::Result<bool> {
        let db = &self.0.writer;
        if db.get_database_backend() == DbBackend::Postgres {
            for table in tables {
                db.execute_unprepared(&format!("VACUUM {table}"))
                    .await
                    .with_context(|| format!("vacuuming `{table}`"))?;
            }
            return Ok(true);
        }
        let fold = Statement::from_string(DbBackend::Sqlite, "PRAGMA wal_checkpoint(TRUNCATE)");
        let row = db.query_one_raw(fold).await.context("folding the write-ahead log into the database")?;
        Ok(row.map_or(Ok(0), |row| row.try_get_by_index::<i32>(0))? == 0)
    }

    /// Closes the pools, once nothing uses them any more.
    pub async fn close(self) {
        // Readers first: the last connection to close folds the write-ahead log into the file.
        self.0.readers.close_by_ref().await.ok();
        self.0.writer.close_by_ref().await.ok();
    }
}

/// One write: rows and their events, committed together.
#[derive(Debug)]
pub struct Tx {
    transaction: DatabaseTransaction,
    store: Store,
    /// From asking for it to its end.
    span: Span,
}

impl Tx {
    /// What SeaORM's queries run on.
    pub fn db(&self) -> &DatabaseTransaction {
        &self.transaction
    }

    /// Records that something happened; it is in the log, exactly once, some milliseconds after the commit.
    pub async fn emit(&self, envelope: events::Envelope) -> anyhow::Result<()> {
        outbox::insert(self.db(), envelope).await
    }

    /// From here to its end no other transaction that says the same name runs: what it read stays true. SQLite's writers take
    /// turns anyway.
    pub async fn take_turns(&self, name: &str) -> anyhow::Result<()> {
        if self.get_database_backend() == DbBackend::Sqlite {
            return Ok(());
        }
        let sql = "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))";
        let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, [name.into()]);
        self.execute_raw(statement).await.with_context(|| format!("waiting for the turn of `{name}`"))?;
        Ok(())
    }

    /// Makes the write durable and visible. Answers once it is on disk.
    pub async fn commit(self) -> anyhow::Result<()> {
        let store = self.store.clone();
        self.commit_quietly().await?;
        store.0.emitted.notify_one();
        Ok(())
    }

    /// A commit the relay need not hear of.
    pub(crate) async fn commit_quietly(self) -> anyhow::Result<()> {
        self.transaction.commit().await.context("committing a transaction")?;
        self.span.record("committed", true);
        Ok(())
    }

    /// Takes the write back. Dropping does the same without waiting.
    pub async fn rollback(self) -> anyhow::Result<()> {
        self.transaction.rollback().await.context("rolling a transaction back")
    }
}

impl Deref for Tx {
    type Target = DatabaseTransaction;
    fn deref(&self) -> &DatabaseTransaction {
        &self.transaction
    }
}
