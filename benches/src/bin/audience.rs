//! What crediting and auditing cost: heartbeats and fetches a second on one core, beside writing one number into a map.
//!
//! `cargo run --release -p benches --bin audience -- [VIEWERS]` (10,000 unless said otherwise)

use anyhow::Context;
use app::{App, Keys};
use async_trait::async_trait;
use audience::{Audience, Beat, Fetch, RoomRef, Rooms, ViewerPass};
use events::{BroadcastId, Clock, EntryId, Millis, OrgId, RoomId, TeamId, ViewerId, ViewerKind};
use std::{
    collections::HashMap,
    sync::Arc,
    time::{Duration, Instant},
};

/// Each viewer is served and says a heartbeat this often.
const ROUNDS: i64 = 60;
/// Parts fetched for one heartbeat.
const PARTS: i64 = 10;

struct Nowhere;

#[async_trait]
impl Rooms for Nowhere {
    async fn room(&self, _: RoomId) -> anyhow::Result<Option<RoomRef>> {
        Ok(None)
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    let viewers: usize = match std::env::args().nth(1) {
        Some(count) => count.parse().context("the number of viewers")?,
        None => 10_000,
    };
    let dir = tempfile::tempdir()?;
    let store = store::Store::open(&format!("sqlite://{}/kaibo.db", dir.path().display())).await?;
    let log = eventlog::EventLog::open(&dir.path().join("log"), eventlog::Options::default())?;
    let clock = Clock::manual(Millis(1_800_000_000_000));
    let app = App::new(store, log, clock.clone(), Keys::from_secret([7; 32]), dir.path().to_path_buf());
    // Its job is not run: nothing is written, so that what is measured is the path of a request.
    let audience = Audience::new(app, Arc::new(Nowhere));
    let (room, broadcast) = (RoomId::new(), BroadcastId::new());
    let room = RoomRef {
        room,
        org: OrgId(uuid::Uuid::from_u128(1)),
        team: TeamId(uuid::Uuid::from_u128(2)),
        private: false,
        broadcast: Some(broadcast),
    };
    let passes: Vec<ViewerPass> = (0..viewers).map(|_| pass(room.room)).collect();

    let (mut fetching, mut beating, mut plain) = (Duration::ZERO, Duration::ZERO, Duration::ZERO);
    let mut map: HashMap<EntryId, i64> = HashMap::new();
    for _ in 0..ROUNDS {
        let now = clock.now().plus_ms(10_000);
        clock.set(now);
        fetching += time(|| {
            for part in 0..PARTS {
                let fetch = Fetch::whole(now.plus_ms(part * 1_000 - 10_000), 1_000, 100_000);
                for pass in &passes {
                    audience.media_fetched(pass, &room, fetch);
                }
            }
        });
        beating += time(|| {
            let beat = Beat { position: Some(now.plus_ms(-3_000)), rate: Some(1.0), ..Beat::of(10_000) };
            for pass in &passes {
                audience.heartbeat(pass, &room, beat);
            }
        });
        plain += time(|| {
            for pass in &passes {
                *map.entry(pass.entry).or_insert(0) += now.0;
            }
        });
    }
    std::hint::black_box(&map);
    let per_s = |work: Duration, each: i64| (viewers as i64 * ROUNDS * each) as f64 / work.as_secs_f64();
    let bare = per_s(plain, 1);
    println!("{viewers} viewers, one core");
    println!("a number in a map        {:>12.0} /s", bare);
    for (name, speed) in [("fetches, credited", per_s(fetching, PARTS)), ("heartbeats, credited", per_s(beating, 1))] {
        println!("{name:24} {speed:>12.0} /s, {:.1} x the time of the map", bare / speed);
    }
    Ok(())
}

fn pass(room: RoomId) -> ViewerPass {
    let (viewer, entry) = (ViewerId::random(), EntryId::new());
    ViewerPass { room, viewer, entry, kind: ViewerKind::Web, expires: Millis(i64::MAX) }
}

fn time(work: impl FnOnce()) -> Duration {
    let began = Instant::now();
    work();
    began.elapsed()
}
