//! Records in SQL: opening the database, transactions that carry their events with them, the migrations runner.
//!
//! SQLite now (`sqlite://path`); the same statements are meant for PostgreSQL, chosen by the URL. Columns: ids are text of 36
//! characters ([`Text`]), money is `BIGINT` minor units, time is `BIGINT` milliseconds in columns named `*_at_ms`.
//!
//! ```ignore
//! let tx = store.begin().await?;                    // BEGIN IMMEDIATE on the one writer
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

mod check;
mod constraint;
mod migrate;
mod open;
mod outbox;
mod relay;
mod text;

pub use check::check;
pub use constraint::{OnConstraint, breaks, misnamed_constraints};
pub use migrate::{Migration, MigrationSet};
pub use outbox::prune;
pub use relay::{Appended, Relay, relay};
pub use text::Text;

use anyhow::Context;
use sea_orm::{DatabaseConnection, DatabaseTransaction, SqliteTransactionMode, TransactionOptions, TransactionTrait};
use std::{ops::Deref, sync::Arc};
use tokio::sync::{Notify, watch};

/// The database. A clone is a handle on the same pools.
#[derive(Clone, Debug)]
pub struct Store(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    writer: DatabaseConnection,
    readers: DatabaseConnection,
    /// Told by every commit that emitted an event.
    emitted: Notify,
    relayed: watch::Sender<Relayed>,
}

/// How far the relay has come: every outbox row up to `seq` stands in the log at or before `position`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Relayed {
    pub seq: i64,
    pub position: u64,
}

impl Store {
    /// Opens the database at `sqlite://path`, creating the file (readable by its owner only) when there is none. Several
    /// processes may have it open at once.
    pub async fn open(url: &str) -> anyhow::Result<Self> {
        let (writer, readers) = open::pools(url).await.with_context(|| format!("opening the database `{url}`"))?;
        Ok(Self(Arc::new(Inner {
            writer,
            readers,
            emitted: Notify::new(),
            relayed: watch::Sender::new(Relayed::default()),
        })))
    }

    /// Begins a write. Writers take turns; a process that waits longer than 10 s for another process gets an error.
    /// Dropping the transaction rolls it back.
    pub async fn begin(&self) -> anyhow::Result<Tx> {
        let options = TransactionOptions {
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
            ..Default::default()
        };
        let transaction = self.0.writer.begin_with_options(options).await.context("beginning a transaction")?;
        Ok(Tx { transaction, store: self.clone() })
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

    /// Waits until everything committed so far, by any process, stands in the event log; answers the position at or before
    /// which it stands. Needs the running relay of this process.
    pub async fn relayed(&self) -> anyhow::Result<u64> {
        let committed = outbox::last_seq(self.read()).await?;
        self.0.emitted.notify_one();
        let mut relayed = self.0.relayed.subscribe();
        let relayed = relayed.wait_for(|relayed| relayed.seq >= committed).await.context("waiting for the relay")?;
        Ok(relayed.position)
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

    /// Makes the write durable and visible. Answers once it is on disk.
    pub async fn commit(self) -> anyhow::Result<()> {
        self.transaction.commit().await.context("committing a transaction")?;
        self.store.0.emitted.notify_one();
        Ok(())
    }

    /// A commit the relay need not hear of.
    pub(crate) async fn commit_quietly(self) -> anyhow::Result<()> {
        self.transaction.commit().await.context("committing a transaction")
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
