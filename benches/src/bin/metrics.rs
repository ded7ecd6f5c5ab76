//! The metrics' speed: folding in memory beside merely parsing the same bytes as JSON, and a cold start on a large log.
//!
//! `cargo run --release -p benches --bin metrics -- [EVENTS_IN_LOG]` (10,000,000 unless said otherwise; 0 skips the cold start)

use analytics::{Analytics, BroadcastRef, Broadcasts, fact::Fact, state::BroadcastState, world::World};
use anyhow::{Context, ensure};
use app::{App, Keys, Scope};
use async_trait::async_trait;
use bytes::Bytes;
use events::*;
use std::{
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};

const VIEWERS: u128 = 50_000;
const SHOWS: u128 = 20;

struct Nobody;

#[async_trait]
impl Broadcasts for Nobody {
    async fn find(&self, _: Scope, _: BroadcastId) -> anyhow::Result<Option<BroadcastRef>> {
        Ok(None)
    }
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let events: u64 = match std::env::args().nth(1) {
        Some(count) => count.parse().context("the number of events")?,
        None => 10_000_000,
    };
    folding();
    if events > 0 {
        let dir = tempfile::tempdir()?;
        fill(dir.path(), events).await?;
        let first = start(dir.path(), events).await?;
        println!("first start, no snapshot: {events} events folded in {first:.2?}");
        let again = start(dir.path(), events).await?;
        println!("cold start with {events} events in the log: ready in {again:.2?} (goal 2 s)");
    }
    Ok(())
}

fn folding() {
    let records: Vec<Bytes> = (0..1_000_000).map(|n| event(n).encode()).collect();
    let bytes: usize = records.iter().map(Bytes::len).sum();
    let parse = time(|| {
        for record in &records {
            std::hint::black_box(serde_json::from_slice::<serde::de::IgnoredAny>(record).is_ok());
        }
    });
    let read = time(|| {
        for record in &records {
            std::hint::black_box(Fact::read(record));
        }
    });
    let fold = time(|| {
        let mut world = World::default();
        let now = Instant::now();
        for (position, record) in (1..).zip(&records) {
            world.apply(position, record, now, &|id, _| BroadcastState::new(id));
        }
        std::hint::black_box(&world);
    });
    let rate = |took: Duration| records.len() as f64 / took.as_secs_f64() / 1000.0;
    println!("{} records of {} bytes", records.len(), bytes / records.len());
    println!("skipping over the JSON (limit): {:.0} k/s", rate(parse));
    println!("reading facts:                  {:.0} k/s, {:.2} x", rate(read), rate(read) / rate(parse));
    println!("folding all metrics:            {:.0} k/s, {:.2} x", rate(fold), rate(fold) / rate(parse));
}

/// The better of two runs.
fn time(mut work: impl FnMut()) -> Duration {
    let mut best = Duration::MAX;
    for _ in 0..2 {
        let begun = Instant::now();
        work();
        best = best.min(begun.elapsed());
    }
    best
}

async fn fill(dir: &Path, events: u64) -> anyhow::Result<()> {
    let log = eventlog::EventLog::open(&dir.join("log"), eventlog::Options::default())?;
    for from in (0..events).step_by(10_000) {
        let batch = (from..events.min(from + 10_000)).map(|n| {
            let event = event(n);
            eventlog::Record::new(event.received_at.0 as u64, event.encode())
        });
        log.append(batch.collect()).await?;
    }
    Ok(())
}

/// From opening the log until everything in it is folded in.
async fn start(dir: &Path, events: u64) -> anyhow::Result<Duration> {
    let begun = Instant::now();
    let store = store::Store::open(&format!("sqlite://{}/kaibo.db", dir.display())).await?;
    let log = eventlog::EventLog::open(&dir.join("log"), eventlog::Options::default())?;
    let app = App::new(store, log, Clock::system(), Keys::from_secret([1; 32]), dir.to_path_buf());
    let feature = Analytics::new(app.clone(), Arc::new(Nobody)).feature();
    let jobs: Vec<_> = feature.jobs.into_iter().map(|job| tokio::spawn(job.run(app.stop.clone()))).collect();
    ensure!(app.progress.reached("metrics", events, Duration::from_secs(600)).await, "not ready within ten minutes");
    let took = begun.elapsed();
    app.stop.cancel();
    for job in jobs {
        job.await??;
    }
    Ok(took)
}

/// Event `n` of a busy platform: 70 % heartbeats, 12 % danmaku, 8 % likes, 5 % tracked, 4 % entries, 1 % gifts.
fn event(n: u64) -> Envelope {
    let at = Millis(1_700_000_000_000 + n as i64 / 5);
    // Spread viewers without a generator: a multiplier coprime to their number.
    let viewer = u128::from(n) * 7_919 % VIEWERS;
    let show = viewer % SHOWS;
    let entry = EntryId(id(0xe0 << 64 | viewer));
    let event = match n % 100 {
        0..4 => Event::ViewerEntered(ViewerEntered { entry, kind: ViewerKind::Web, fan_level: None }),
        4..74 => Event::ViewerHeartbeat(ViewerHeartbeat { entry, kind: ViewerKind::Web, played_ms: 9_800 }),
        74..86 => Event::DanmakuSent(DanmakuSent::plain("主播今天真好看 666")),
        86..94 => Event::LikesSent(LikesSent { count: 3 }),
        94 => {
            Event::GiftSent(GiftSent { gift: "rose".into(), gift_id: None, num: 1, price_milli: 100, coin: Coin::Gold })
        }
        _ => Event::Tracked(Tracked {
            call: "track".into(),
            name: format!("Product Viewed {}", n % 7),
            user_id: None,
            anonymous_id: Some("a-1".into()),
            properties: [("sku".to_owned(), 12.into()), ("page".to_owned(), "/p/12?from=room".into())]
                .into_iter()
                .collect(),
            context: Default::default(),
            sent_at: Some(at),
        }),
    };
    let tracked = matches!(event, Event::Tracked(_));
    let envelope = Envelope::new(at, Source::Server, OrgId(id(1)), event).with_team(TeamId(id(2)));
    if tracked {
        return envelope;
    }
    let envelope = envelope.with_room(RoomId(id(0x20 + show))).with_broadcast(Some(BroadcastId(id(0xb0 + show))));
    match format!("v{:032x}", viewer).parse() {
        Ok(viewer) => envelope.with_viewer(viewer),
        Err(_) => envelope,
    }
}

fn id(n: u128) -> uuid::Uuid {
    uuid::Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0000 + n)
}
