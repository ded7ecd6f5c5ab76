//! What it costs that words stand sealed in the event log: danmaku appended and read back, beside the same danmaku in the clear, in one run
//! and by turns. Viewers who wrote before, and a crowd of which everybody writes for the first time.
//!
//! `cargo run --release -p benches --bin vault -- [DANMAKU]` (100000 unless said otherwise)

use anyhow::{Context, Result};
use app::{App, Keys};
use eventlog::{Entry, EventLog, Options, Record};
use events::{Clock, DanmakuSent, Envelope, Event, OrgId, Source};
use std::{
    path::Path,
    time::{Duration, Instant},
};

const ROUNDS: usize = 5;
const A_BATCH: usize = 100;
/// Batches on their way at once, as of as many rooms.
const AT_ONCE: usize = 8;
const REGULARS: usize = 2_000;

#[tokio::main]
async fn main() -> Result<()> {
    let count = std::env::args().nth(1).map_or(Ok(100_000), |text| text.parse()).context("the number of danmaku")?;
    let org = OrgId::new();
    let (mut plain, mut known, mut fresh, mut read_plain, mut read_sealed) = Default::default();
    for round in 0..ROUNDS {
        let dir = tempfile::tempdir()?;
        let app = open(dir.path()).await?;
        let said = |n: usize, viewer: usize| {
            let danmaku = DanmakuSent {
                nick: Some(format!("观众{viewer}")),
                ..DanmakuSent::plain(format!("主播加油 {n}"))
            };
            let envelope = Envelope::new(app.now(), Source::Viewer, org, Event::DanmakuSent(danmaku));
            Ok(envelope.with_viewer(format!("v{round}-{viewer}").parse()?).with_key(format!("k{n}")))
        };
        let regular = (0..count).map(|n| said(n, n % REGULARS)).collect::<Result<Vec<Envelope>>>()?;
        let crowd = (0..count / 10).map(|n| said(n, REGULARS + n)).collect::<Result<Vec<Envelope>>>()?;
        // Everybody has a key.
        app.append(&regular[..REGULARS.min(regular.len())]).await?;
        add(&mut plain, rate(regular.len(), timed(&app, &regular, false).await?));
        let from = app.log.last();
        add(&mut read_plain, rate(regular.len(), read(&app, from - regular.len() as u64 + 1, false).await?));
        add(&mut known, rate(regular.len(), timed(&app, &regular, true).await?));
        add(&mut read_sealed, rate(regular.len(), read(&app, from + 1, true).await?));
        add(&mut fresh, rate(crowd.len(), timed(&app, &crowd, true).await?));
    }
    let [plain, known, fresh, read_plain, read_sealed] = [plain, known, fresh, read_plain, read_sealed].map(median);
    println!(
        "{A_BATCH} danmaku a batch, {AT_ONCE} batches at once, SQLite for keys; danmaku a second, median of {ROUNDS} rounds"
    );
    for (name, rate, peer) in [
        ("written in the clear", plain, plain),
        ("written sealed, by viewers who have a key", known, plain),
        ("written sealed, everybody for the first time", fresh, plain),
        ("read in the clear", read_plain, read_plain),
        ("read sealed", read_sealed, read_plain),
    ] {
        println!("{name:46} {rate:>9.0}  {:.2} x", rate / peer);
    }
    Ok(())
}

async fn open(dir: &Path) -> Result<App> {
    let store = store::Store::open(&format!("sqlite://{}/kaibo.db", dir.display())).await?;
    store.migrate(&[app::vault::TABLES]).await?;
    let log = EventLog::open(&dir.join("log"), Options::default())?;
    Ok(App::new(store, log, Clock::system(), Keys::from_secret([7; 32]), dir.to_owned()))
}

async fn timed(app: &App, said: &[Envelope], sealed: bool) -> Result<Duration> {
    let began = Instant::now();
    let lanes = said.chunks(said.len().div_ceil(AT_ONCE)).map(|lane| {
        let (app, lane) = (app.clone(), lane.to_vec());
        tokio::spawn(async move {
            for batch in lane.chunks(A_BATCH) {
                if sealed {
                    app.append(batch).await?;
                } else {
                    app.log.append(batch.iter().map(|said| Record::new(1, said.encode())).collect()).await?;
                }
            }
            anyhow::Ok(())
        })
    });
    for lane in lanes.collect::<Vec<_>>() {
        lane.await??;
    }
    Ok(began.elapsed())
}

/// Reads to the log's end as a reaction does.
async fn read(app: &App, from: u64, sealed: bool) -> Result<Duration> {
    let entries = app.log.read(from).collect::<Result<Vec<Entry>, _>>()?;
    let began = Instant::now();
    for some in entries.chunks(1_000) {
        if sealed {
            std::hint::black_box(app.read(some).await?);
        } else {
            let events: Vec<Envelope> = some.iter().filter_map(|entry| Envelope::decode(&entry.payload).ok()).collect();
            std::hint::black_box(events);
        }
    }
    Ok(began.elapsed())
}

fn rate(count: usize, took: Duration) -> f64 {
    count as f64 / took.as_secs_f64()
}

fn add(rates: &mut Vec<f64>, rate: f64) {
    rates.push(rate);
}

fn median(mut rates: Vec<f64>) -> f64 {
    rates.sort_by(f64::total_cmp);
    rates.get(rates.len() / 2).copied().unwrap_or_default()
}
