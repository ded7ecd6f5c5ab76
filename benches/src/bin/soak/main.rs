//! Hours of ordinary life for the whole program: encoders that break off and come back, viewers, clips, a short retention rule;
//! among the rooms one with a backup input, one that is relayed, one whose operator shows the slate, one with a ladder.
//! One JSON line per sample tells how memory, files and playlists fare; the end judges them.
//!
//! `cargo run --release -p benches --bin soak -- --hours 2`

mod clips;
mod encoder;
mod measure;
mod report;
mod server;
mod shared;
mod special;
mod viewer;

use clap::Parser;
use serde_json::json;
use shared::Shared;
use std::{
    path::PathBuf,
    sync::Arc,
    time::{Duration, Instant},
};
use tokio::signal::unix::{SignalKind, signal};

/// What the server runs with unless a file is given: everything recorded, and so little kept that the rule has work within minutes.
const SETTINGS: &str = "\
[record]
enabled = true
keep_days = 1
total_bytes = 1200000000
chunk_bytes = 16777216
sweep_s = 20
[relay]
allow_private = true
";
/// `total_bytes` of them, MB.
const KEEP_MB: f64 = 1200.0;

#[derive(Debug, Clone, Parser)]
pub struct Flags {
    /// How long.
    #[arg(long, default_value_t = 2.0)]
    hours: f64,
    /// Rooms, each with an encoder.
    #[arg(long, default_value_t = 10)]
    rooms: usize,
    /// HLS viewers per room, besides the watcher that every room has.
    #[arg(long, default_value_t = 2)]
    viewers: usize,
    /// The server's data folder; a new one unless given.
    #[arg(long)]
    data: Option<PathBuf>,
    /// The server's settings; short retention unless given.
    #[arg(long)]
    config: Option<PathBuf>,
    /// Where the samples go, one JSON line each. The server's log goes beside it.
    #[arg(long, default_value = "benches/out/soak.jsonl")]
    out: PathBuf,
    /// Bit rate of every encoder's picture.
    #[arg(long, default_value_t = 1500)]
    kbps: u32,
    /// Seconds between two samples.
    #[arg(long, default_value_t = 30)]
    sample_s: u64,
    /// Seconds between two clips of a room, more or less.
    #[arg(long, default_value_t = 240)]
    clip_every_s: u64,
    /// Seconds an encoder stays before it breaks off, more or less.
    #[arg(long, default_value_t = 300)]
    session_s: u64,
    /// Most the memory may grow and still be called flat, MB an hour.
    #[arg(long, default_value_t = 3.0)]
    growth_mb_h: f64,
    /// What the retention rule allows, MB: more than this and a quarter on top at any sample is a failure. Known of the settings
    /// that come with the soak.
    #[arg(long)]
    keep_mb: Option<f64>,
    /// The part of the data folder that rule is about.
    #[arg(long, default_value = "media/recordings")]
    keep_in: String,
}

fn main() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let passed = runtime.block_on(run(Flags::parse()));
    std::process::exit(i32::from(!passed));
}

async fn run(flags: Flags) -> bool {
    if let Some(folder) = flags.out.parent() {
        std::fs::create_dir_all(folder).expect("a folder for the samples");
    }
    let mut server = server::Server::start(&flags, SETTINGS).await;
    println!("video, server and {} rooms are being prepared", flags.rooms);
    let video = encoder::video(server.scratch(), flags.kbps).await;
    let shared = Shared::default();
    let api = Arc::new(server.api());
    for number in 0..flags.rooms {
        let room = api.room(&format!("Soak {number}")).await.expect("a room");
        let state = shared.add_room(room.id.clone());
        special::furnish(number, &room, &api, server.rtmp(), &video, &shared, flags.session_s).await;
        let url = format!("rtmp://{}/live/{}", server.rtmp(), room.stream_key);
        tokio::spawn(encoder::live(video.clone(), url, flags.session_s, state.clone()));
        tokio::spawn(viewer::watch(api.clone(), room.id.clone(), viewer::Kind::Watcher(state.clone()), shared.clone()));
        for viewer in 0..flags.viewers {
            let kind = if viewer % 2 == 0 { viewer::Kind::Blocking } else { viewer::Kind::Plain };
            tokio::spawn(viewer::watch(api.clone(), room.id.clone(), kind, shared.clone()));
        }
        tokio::spawn(clips::cut(api.clone(), room.id.clone(), flags.clip_every_s, shared.clone()));
        tokio::time::sleep(Duration::from_millis(700)).await;
    }
    let keep_mb = flags.keep_mb.or(flags.config.is_none().then_some(KEEP_MB));
    let mut report = report::Report::new(&Flags { keep_mb, ..flags.clone() });
    let mut interrupt = signal(SignalKind::interrupt()).expect("a signal handler");
    let mut terminate = signal(SignalKind::terminate()).expect("a signal handler");
    let begun = Instant::now();
    let end = begun + Duration::from_secs_f64(flags.hours * 3600.0);
    let mut ticks = tokio::time::interval(Duration::from_secs(flags.sample_s.max(1)));
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    while Instant::now() < end {
        tokio::select! {
            _ = ticks.tick() => {}
            _ = interrupt.recv() => break,
            _ = terminate.recv() => break,
        }
        let died = server.died();
        let sample = server.sample(begun.elapsed(), &shared);
        report.add(&sample);
        if let Some(status) = died {
            report.fail(format!("the server stopped: {status}"));
            break;
        }
    }
    report.finish(
        &json!({
            "server_log": server.log_summary(), "viewers": shared.viewers(), "clips": shared.clips(),
            "operators": shared.operators(),
        }),
        &shared,
    )
}
