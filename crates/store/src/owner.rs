//! Who relays, and how far the outbox is final.
//!
//! On SQLite one process writes at a time, so a row that is visible has no earlier one to come. On PostgreSQL transactions run
//! side by side: a number may be given out long before its row commits. A number is final once every transaction that was open
//! when it was given out has ended.

use crate::{Store, outbox};
use anyhow::Context;
use sqlx::{ConnectOptions, Connection, PgConnection};
use std::time::{Duration, Instant};

/// The key of the advisory lock that the relay of a database holds: "kaibo" and a number of ours.
const RELAY: i64 = 0x6b61_6962_6f00_0001;
/// The same while a program brings the tables up to date.
pub(crate) const MIGRATING: i64 = 0x6b61_6962_6f00_0002;
const ASK_AGAIN: Duration = Duration::from_millis(50);
const SAY_SO_AFTER: Duration = Duration::from_secs(5);

/// Held by the one relay of a database.
pub(crate) enum Owner {
    /// The event log's own lock says who relays.
    Sqlite,
    /// The lock lives as long as this connection; everything that decides what is relayed is asked over it.
    Postgres { connection: PgConnection, settled: i64, open: Option<Open> },
}

/// Numbers up to `seq` were given out before the transaction `ends_before`: final once no transaction older than that runs.
pub(crate) struct Open {
    seq: i64,
    ends_before: i64,
}

impl Owner {
    /// Waits until nobody else relays.
    pub async fn elect(store: &Store) -> anyhow::Result<Self> {
        let Some(options) = &store.0.postgres else { return Ok(Self::Sqlite) };
        // A machine that vanished without a word gives the lock back after half a minute.
        let options = options.clone().options([
            ("tcp_keepalives_idle", "10"),
            ("tcp_keepalives_interval", "5"),
            ("tcp_keepalives_count", "4"),
        ]);
        let mut connection = options.connect().await.context("connecting to be the relay")?;
        let (began, mut said) = (Instant::now(), false);
        loop {
            let taken: bool = sqlx::query_scalar("SELECT pg_try_advisory_lock($1)")
                .bind(RELAY)
                .fetch_one(&mut connection)
                .await
                .context("asking to be the relay")?;
            if taken {
                return Ok(Self::Postgres { connection, settled: 0, open: None });
            }
            if !said && began.elapsed() >= SAY_SO_AFTER {
                said = true;
                tracing::warn!("another program relays this database's events; this one stands by");
            }
            tokio::time::sleep(ASK_AGAIN).await;
        }
    }

    /// Every row up to this number that will ever be there is visible to a query that begins now.
    pub async fn settled(&mut self) -> anyhow::Result<i64> {
        let Self::Postgres { connection, settled, open } = self else { return Ok(i64::MAX) };
        let last: i64 = sqlx::query_scalar(outbox::LAST_NUMBER).fetch_one(&mut *connection).await?;
        if open.is_none() && last > *settled {
            // Whoever took a number up to `last` had its transaction number before that (see `outbox::insert`); this one is
            // newer than all of those. A snapshot's `xmax` is not: it only counts transactions that have ended.
            let number = "SELECT pg_current_xact_id()::text::bigint";
            *open =
                Some(Open { seq: last, ends_before: sqlx::query_scalar(number).fetch_one(&mut *connection).await? });
        }
        if let Some(waiting) = open {
            let oldest = "SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint";
            let oldest: i64 = sqlx::query_scalar(oldest).fetch_one(&mut *connection).await?;
            if oldest >= waiting.ends_before {
                *settled = waiting.seq;
                *open = None;
            }
        }
        Ok(*settled)
    }

    /// Lets the next one relay, without waiting for the connection to be missed.
    pub async fn resign(self) {
        if let Self::Postgres { connection, .. } = self {
            connection.close().await.ok();
        }
    }
}
