//! Opening PostgreSQL: a pool that writes, a pool that only reads; everything acknowledged is on the server's disk.

use anyhow::{Context, bail};
use sea_orm::{DatabaseConnection, SqlxPostgresConnector};
use sqlx::{
    ConnectOptions, PgPool,
    postgres::{PgConnectOptions, PgPoolOptions},
};
use std::{str::FromStr, time::Duration};

/// A restart of the server is bridged by waiting this long; then the caller hears that the database is away.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(5);
const WRITERS: u32 = 16;
const READERS: u32 = 16;
/// `pg_current_snapshot` and what else we ask for.
const OLDEST: i32 = 130_000;

pub(crate) fn is_ours(url: &str) -> bool {
    url.starts_with("postgres://") || url.starts_with("postgresql://")
}

/// Where and how the URL says to connect.
pub(crate) fn options(url: &str) -> anyhow::Result<PgConnectOptions> {
    let options = PgConnectOptions::from_str(url).context("reading the database's URL")?;
    let options = options.application_name("kaibo").options([
        ("default_transaction_isolation", "read committed"),
        // A transaction that was forgotten would hold up the relay.
        ("idle_in_transaction_session_timeout", "60s"),
        // As long as SQLite's writers wait for each other.
        ("lock_timeout", "10s"),
    ]);
    Ok(options.disable_statement_logging())
}

/// The writers' pool and the readers' pool.
pub(crate) async fn pools(options: &PgConnectOptions) -> anyhow::Result<(DatabaseConnection, DatabaseConnection)> {
    let writer = pool(WRITERS).connect_with(options.clone()).await?;
    check(&writer).await?;
    let readers = options.clone().options([("default_transaction_read_only", "on")]);
    let readers = pool(READERS).connect_lazy_with(readers);
    let connection = SqlxPostgresConnector::from_sqlx_postgres_pool;
    Ok((connection(writer), connection(readers)))
}

fn pool(connections: u32) -> PgPoolOptions {
    // A server set up to answer before its disk did is set right for our sessions; a stricter setting stays.
    let synced =
        "SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'";
    PgPoolOptions::new().max_connections(connections).acquire_timeout(ACQUIRE_TIMEOUT).after_connect(
        move |connection, _| {
            Box::pin(async move {
                sqlx::query(synced).execute(&mut *connection).await?;
                Ok(())
            })
        },
    )
}

async fn check(pool: &PgPool) -> anyhow::Result<()> {
    let sql = "SELECT current_setting('server_version_num')::int, current_setting('server_encoding')";
    let (version, encoding): (i32, String) = sqlx::query_as(sql).fetch_one(pool).await?;
    if version < OLDEST {
        bail!("the server is PostgreSQL {}, which is older than 13", version / 10_000);
    }
    if encoding != "UTF8" {
        bail!("the database keeps text as {encoding}; make one with the encoding UTF8");
    }
    Ok(())
}

/// The URL without its secrets, for people and logs.
pub(crate) fn shown(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://").filter(|_| is_ours(url)) else { return url.to_owned() };
    let (place, _) = rest.split_once(['?', '#']).unwrap_or((rest, ""));
    // A password may hold an `@` that somebody forgot to escape: the last one ends it.
    let (person, place) = place.rsplit_once('@').map_or((None, place), |(person, place)| (Some(person), place));
    match person.and_then(|person| person.split(':').next()).filter(|user| !user.is_empty()) {
        Some(user) => format!("{scheme}://{user}@{place}"),
        None => format!("{scheme}://{place}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shown_url_has_no_secrets() {
        for (url, expected) in [
            ("postgres://kaibo:geheim@db:5432/kaibo?sslmode=verify-full", "postgres://kaibo@db:5432/kaibo"),
            ("postgresql://kaibo:ge@heim:x@db/kaibo", "postgresql://kaibo@db/kaibo"),
            ("postgres:///kaibo?host=/run/postgresql&password=geheim", "postgres:///kaibo"),
            ("postgres://db/kaibo", "postgres://db/kaibo"),
            ("sqlite://a/b:c@d", "sqlite://a/b:c@d"),
        ] {
            assert_eq!(shown(url), expected);
        }
    }
}
