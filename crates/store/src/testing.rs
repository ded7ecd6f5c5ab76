//! Databases for tests: a file, or one of a PostgreSQL server's, as `KAIBO_TEST_DATABASE` says (`sqlite` or `postgres`).
//!
//! The server is the one at `KAIBO_TEST_POSTGRES`, or a private one that ends with this process (`tools/postgres.sh`).

use anyhow::Context;
use sqlx::{ConnectOptions, Connection, PgConnection, postgres::PgConnectOptions};
use std::{
    collections::HashSet,
    hash::{DefaultHasher, Hash, Hasher},
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    str::FromStr,
    sync::{Mutex, OnceLock},
};

/// The URL of the database of a test that keeps its things in `dir`: the same for the same folder.
pub fn url(dir: &Path) -> String {
    match std::env::var("KAIBO_TEST_DATABASE").as_deref() {
        Err(_) | Ok("sqlite") => format!("sqlite://{}", dir.join("kaibo.db").display()),
        Ok("postgres") => postgres_url(dir).expect("KAIBO_TEST_DATABASE=postgres needs PostgreSQL"),
        Ok(other) => panic!("KAIBO_TEST_DATABASE is `{other}`; write `sqlite` or `postgres`"),
    }
}

/// Whether tests run on PostgreSQL.
pub fn on_postgres() -> bool {
    std::env::var("KAIBO_TEST_DATABASE").is_ok_and(|kind| kind == "postgres")
}

/// The same on PostgreSQL, whatever the others run on; none, said loudly, where it is not installed.
pub fn postgres_url(dir: &Path) -> Option<String> {
    let server = server()?;
    let mut hasher = DefaultHasher::new();
    dir.hash(&mut hasher);
    let name = format!("kaibo_test_{}_{:016x}", std::process::id(), hasher.finish());
    static MADE: OnceLock<Mutex<HashSet<String>>> = OnceLock::new();
    let mut made = MADE.get_or_init(Mutex::default).lock().expect("no test panics here");
    if made.insert(name.clone()) {
        // Callers are in the middle of a runtime of their own.
        let admin = server.to_owned();
        let create = name.clone();
        let created = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            runtime.block_on(create_database(&admin, &create))
        });
        created.join().expect("no panic").expect("a database is made");
    }
    Some(server.replacen("/postgres?", &format!("/{name}?"), 1))
}

async fn create_database(admin: &str, name: &str) -> anyhow::Result<()> {
    let mut connection = PgConnectOptions::from_str(admin)?.disable_statement_logging().connect().await?;
    // Tests end without a word: whoever makes a database removes two whose makers are gone.
    for gone in orphans(&mut connection).await?.iter().take(2) {
        let _ = execute(&mut connection, format!("DROP DATABASE IF EXISTS {gone} WITH (FORCE)")).await;
    }
    execute(&mut connection, format!("CREATE DATABASE {name} TEMPLATE template0"))
        .await
        .context("making a database")?;
    connection.close().await.ok();
    Ok(())
}

async fn execute(connection: &mut PgConnection, sql: String) -> sqlx::Result<()> {
    sqlx::raw_sql(sqlx::AssertSqlSafe(sql)).execute(connection).await.map(drop)
}

async fn orphans(connection: &mut PgConnection) -> anyhow::Result<Vec<String>> {
    let sql = "SELECT datname::text FROM pg_database WHERE datname LIKE 'kaibo_test_%'";
    let mut names: Vec<String> = sqlx::query_scalar(sql).fetch_all(connection).await?;
    names.retain(|name| name.split('_').nth(2).is_some_and(|pid| !Path::new("/proc").join(pid).exists()));
    Ok(names)
}

/// The URL of a server's database `postgres`.
fn server() -> Option<&'static str> {
    static URL: OnceLock<Option<String>> = OnceLock::new();
    let url = URL.get_or_init(|| match std::env::var("KAIBO_TEST_POSTGRES") {
        Ok(url) => Some(url),
        Err(_) => {
            let server = PrivateServer::start(false)?;
            let url = server.url.clone();
            // It ends with this process, whose end closes its standard input.
            std::mem::forget(server);
            Some(url)
        }
    });
    url.as_deref()
}

fn script() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tools/postgres.sh")
}

/// A PostgreSQL server of one test.
pub struct PrivateServer {
    /// Of its database `postgres`.
    pub url: String,
    process: Child,
}

impl PrivateServer {
    /// None, said loudly, where PostgreSQL is not installed. `synced`: with a disk that keeps its promises.
    pub fn start(synced: bool) -> Option<Self> {
        let mut process = Command::new(script())
            .env("KAIBO_TEST_FSYNC", if synced { "on" } else { "off" })
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("tools/postgres.sh runs");
        let mut url = String::new();
        BufReader::new(process.stdout.take().expect("a pipe")).read_line(&mut url).expect("a line");
        if url.is_empty() {
            let status = process.wait().expect("it ended");
            assert_eq!(status.code(), Some(3), "tools/postgres.sh failed");
            eprintln!("SKIPPED: PostgreSQL is not installed, nothing was tested on it");
            return None;
        }
        Some(Self { url: url.trim().to_owned(), process })
    }

    /// Stops it as a crash would, without a goodbye to anybody, and starts it again. Blocks.
    pub fn restart(&self) {
        let dir = self.url.split_once("host=").map_or("", |(_, dir)| dir);
        let restarted = Command::new(script()).args(["--restart", dir]).stdout(Stdio::null()).status();
        assert!(restarted.expect("tools/postgres.sh runs").success(), "the server did not come back");
    }
}

impl Drop for PrivateServer {
    fn drop(&mut self) {
        drop(self.process.stdin.take());
        let _ = self.process.wait();
    }
}
