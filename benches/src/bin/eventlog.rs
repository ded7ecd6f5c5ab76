//! The event log against a bare write + sync loop and against SQLite, in alternating rounds of one run, and its cold start.
//!
//! `cargo run --release -p benches --bin eventlog`. `BENCH_DIR` chooses the disk (default: the temporary directory),
//! `BENCH_ROUNDS` the rounds (7), an argument the cases whose name contains it, `BENCH_COLD_EVENTS` the size of the cold start (10 000 000; 0 leaves it out).

use anyhow::{Context, Result};
use bytes::Bytes;
use eventlog::{EventLog, Options, Record};
use std::fs;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::runtime::Runtime;
use tokio::sync::{mpsc, oneshot};

const PAYLOAD: usize = 200;
/// Payload and record header: what the bare loop writes too.
const ON_DISK: usize = PAYLOAD + 16;
const WRITERS: usize = 64;
/// Large enough that neither the log nor the bare loop prepares space within a round.
const PREPARED_BYTES: u64 = 256 << 20;

#[derive(Clone, Copy)]
struct Case {
    name: &'static str,
    /// Events per commit.
    group: usize,
    events: usize,
    writers: usize,
    sqlite_events: usize,
    sqlite_goal: Option<f64>,
}

const CASES: [Case; 4] = [
    Case { name: "1 a batch", group: 1, events: 5_000, writers: 1, sqlite_events: 2_000, sqlite_goal: None },
    Case { name: "100 a batch", group: 100, events: 200_000, writers: 1, sqlite_events: 100_000, sqlite_goal: None },
    Case {
        name: "1000 a batch",
        group: 1000,
        events: 250_000,
        writers: 1,
        sqlite_events: 200_000,
        sqlite_goal: Some(5.0),
    },
    Case {
        name: "64 writers",
        group: WRITERS,
        events: 192_000,
        writers: WRITERS,
        sqlite_events: 64_000,
        sqlite_goal: Some(1.5),
    },
];

fn main() -> Result<()> {
    let root = std::env::var_os("BENCH_DIR").map_or_else(std::env::temp_dir, PathBuf::from);
    let number = |name: &str, default| std::env::var(name).ok().and_then(|value| value.parse().ok()).unwrap_or(default);
    let (rounds, cold) = (number("BENCH_ROUNDS", 7), number("BENCH_COLD_EVENTS", 10_000_000));
    let runtime = Runtime::new()?;

    println!("events of {PAYLOAD} bytes, {rounds} alternating rounds, medians, events per second");
    println!("{:<14}{:>12}{:>12}{:>12}{:>10}{:>10}  goals", "", "log", "bare", "SQLite", "/ bare", "/ SQLite");
    let only = std::env::args().nth(1).unwrap_or_default();
    for case in CASES.into_iter().filter(|case| case.name.contains(&only)) {
        let (mut ours, mut bares, mut sqlites) = (Vec::new(), Vec::new(), Vec::new());
        let (mut to_bare, mut to_sqlite) = (Vec::new(), Vec::new());
        for round in 0..rounds {
            let dir = tempfile::tempdir_in(&root)?;
            // Whoever goes first changes from round to round.
            let (mut log, mut bare, mut sqlite) = (0.0, 0.0, 0.0);
            for turn in 0..3 {
                match (turn + round) % 3 {
                    0 => log = run_log(&runtime, dir.path(), case)?,
                    1 => bare = run_bare(dir.path(), case)?,
                    _ => sqlite = run_sqlite(&runtime, dir.path(), case)?,
                }
            }
            ours.push(log);
            bares.push(bare);
            sqlites.push(sqlite);
            to_bare.push(log / bare);
            to_sqlite.push(log / sqlite);
        }
        let (bare_ratio, sqlite_ratio) = (median(&mut to_bare), median(&mut to_sqlite));
        let mut goals = format!("bare >= 0.8 {}", verdict(bare_ratio >= 0.8));
        if let Some(goal) = case.sqlite_goal {
            goals += &format!(", SQLite >= {goal} {}", verdict(sqlite_ratio >= goal));
        }
        println!(
            "{:<14}{:>12.0}{:>12.0}{:>12.0}{:>10.2}{:>10.2}  {goals}",
            case.name,
            median(&mut ours),
            median(&mut bares),
            median(&mut sqlites),
            bare_ratio,
            sqlite_ratio
        );
    }
    if cold > 0 {
        cold_start(&root, cold)?;
    }
    Ok(())
}

fn verdict(met: bool) -> &'static str {
    if met { "met" } else { "MISSED" }
}

fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

fn rate(events: usize, took: Duration) -> f64 {
    events as f64 / took.as_secs_f64()
}

fn records(payload: &Bytes, count: usize) -> Vec<Record> {
    (0..count).map(|number| Record { at_ms: 1_700_000_000_000 + number as u64, payload: payload.clone() }).collect()
}

fn run_log(runtime: &Runtime, dir: &Path, case: Case) -> Result<f64> {
    let options = Options::default().with_segment_bytes(PREPARED_BYTES);
    let log = EventLog::open(&dir.join("log"), options)?;
    let payload = Bytes::from(vec![0x5a; PAYLOAD]);
    let took = if case.writers == 1 {
        let batches: Vec<_> = (0..case.events / case.group).map(|_| records(&payload, case.group)).collect();
        let log = log.clone();
        runtime.block_on(runtime.spawn(async move {
            let started = Instant::now();
            for batch in batches {
                log.append(batch).await?;
            }
            anyhow::Ok(started.elapsed())
        }))??
    } else {
        runtime.block_on(async {
            let started = Instant::now();
            let each = case.events / case.writers;
            let writers: Vec<_> = (0..case.writers)
                .map(|_| {
                    let (log, payload) = (log.clone(), payload.clone());
                    tokio::spawn(async move {
                        for _ in 0..each {
                            log.append(records(&payload, 1)).await?;
                        }
                        anyhow::Ok(())
                    })
                })
                .collect();
            for writer in writers {
                writer.await??;
            }
            anyhow::Ok(started.elapsed())
        })?
    };
    anyhow::ensure!(log.last() as usize == case.events, "every event is in the log");
    drop(log);
    fs::remove_dir_all(dir.join("log"))?;
    Ok(rate(case.events, took))
}

/// The limit: one thread that writes the same bytes in the same groups over blocks already written, and syncs each.
fn run_bare(dir: &Path, case: Case) -> Result<f64> {
    let path = dir.join("bare");
    let file = fs::File::create(&path)?;
    let group = vec![0x5a; case.group * ON_DISK];
    let size = (case.events * ON_DISK + (1 << 20)).next_multiple_of(1 << 20);
    let zeros = vec![0; 1 << 20];
    for offset in (0..size).step_by(zeros.len()) {
        file.write_all_at(&zeros, offset as u64)?;
    }
    file.sync_all()?;
    let started = Instant::now();
    for number in 0..case.events / case.group {
        file.write_all_at(&group, (number * group.len()) as u64)?;
        file.sync_data()?;
    }
    let took = started.elapsed();
    fs::remove_file(&path)?;
    Ok(rate(case.events, took))
}

fn open_sqlite(dir: &Path) -> Result<rusqlite::Connection> {
    fs::create_dir_all(dir)?;
    let connection = rusqlite::Connection::open(dir.join("events.db"))?;
    connection.execute_batch(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
         CREATE TABLE events (position INTEGER PRIMARY KEY, at_ms INTEGER NOT NULL, payload BLOB NOT NULL);",
    )?;
    Ok(connection)
}

fn insert(connection: &mut rusqlite::Connection, payloads: impl Iterator<Item = Bytes>) -> Result<()> {
    let transaction = connection.transaction()?;
    {
        let mut insert = transaction.prepare_cached("INSERT INTO events (at_ms, payload) VALUES (?1, ?2)")?;
        for payload in payloads {
            insert.execute((1_700_000_000_000_i64, &payload[..]))?;
        }
    }
    transaction.commit()?;
    Ok(())
}

fn run_sqlite(runtime: &Runtime, dir: &Path, case: Case) -> Result<f64> {
    let dir = dir.join("sqlite");
    let mut connection = open_sqlite(&dir)?;
    let payload = Bytes::from(vec![0x5a; PAYLOAD]);
    let events = case.sqlite_events;
    let took = if case.writers == 1 {
        let started = Instant::now();
        for _ in 0..events / case.group {
            insert(&mut connection, (0..case.group).map(|_| payload.clone()))?;
        }
        started.elapsed()
    } else {
        // As a careful user would: one writer thread that commits whatever has come together.
        let (sender, mut queue) = mpsc::channel::<(Bytes, oneshot::Sender<()>)>(4 * case.writers);
        let writer = std::thread::spawn(move || {
            let mut group = Vec::new();
            while queue.blocking_recv_many(&mut group, case.writers) > 0 {
                let (payloads, waiting): (Vec<_>, Vec<_>) = group.drain(..).unzip();
                insert(&mut connection, payloads.into_iter())?;
                for waiting in waiting {
                    waiting.send(()).ok();
                }
            }
            anyhow::Ok(())
        });
        let sender = Arc::new(sender);
        let took = runtime.block_on(async {
            let started = Instant::now();
            let tasks: Vec<_> = (0..case.writers)
                .map(|_| {
                    let (sender, payload) = (sender.clone(), payload.clone());
                    tokio::spawn(async move {
                        for _ in 0..events / case.writers {
                            let (done, durable) = oneshot::channel();
                            sender.send((payload.clone(), done)).await.context("the writer is there")?;
                            durable.await?;
                        }
                        anyhow::Ok(())
                    })
                })
                .collect();
            for task in tasks {
                task.await??;
            }
            anyhow::Ok(started.elapsed())
        })?;
        drop(sender);
        writer.join().map_err(|_| anyhow::anyhow!("the SQLite writer panicked"))??;
        took
    };
    fs::remove_dir_all(&dir)?;
    Ok(rate(events, took))
}

fn cold_start(root: &Path, events: usize) -> Result<()> {
    let dir = tempfile::tempdir_in(root)?;
    let path = dir.path().join("log");
    let payload = Bytes::from(vec![0x5a; PAYLOAD]);
    let log = EventLog::open(&path, Options::default())?;
    let started = Instant::now();
    for _ in 0..events / 1000 {
        log.append_blocking(records(&payload, 1000))?;
    }
    println!(
        "sustained, {events} events over segments of 64 MiB, each zero-filled on the way: {:.0} events per second",
        rate(events, started.elapsed())
    );
    drop(log);
    for entry in fs::read_dir(&path)?.filter_map(Result::ok).filter(|entry| entry.path().is_file()) {
        forget(&fs::File::open(entry.path())?);
    }
    let started = Instant::now();
    let log = EventLog::open(&path, Options::default())?;
    let took = started.elapsed();
    println!(
        "cold start with {} events: {:.3} s (goal <= 2 s: {})",
        log.last(),
        took.as_secs_f64(),
        verdict(took <= Duration::from_secs(2))
    );
    let started = Instant::now();
    let mut count = 0;
    for entry in log.read(1) {
        entry?;
        count += 1;
    }
    println!("reading them all: {:.0} events per second", rate(count, started.elapsed()));
    Ok(())
}

/// Drops the file from the page cache, so that the start reads the disk.
fn forget(file: &fs::File) {
    use std::os::fd::AsRawFd;
    // SAFETY: the descriptor is open and no memory is passed.
    unsafe { libc::posix_fadvise(file.as_raw_fd(), 0, 0, libc::POSIX_FADV_DONTNEED) };
}
