//! Cold start: how soon the whole program is ready with ten million events in the log, and what it weighs when idle.
//!
//! `KAIBO_BINARY=path cargo run --release -p benches --bin coldstart [MILLIONS]`. The goal is 2 s and 150 MB; the time of the
//! same start on an empty folder stands beside it.

use eventlog::{EventLog, Options, Record};
use events::{
    BroadcastEnded, BroadcastId, BroadcastStarted, DanmakuSent, EndReason, Envelope, Event, Millis, OrgId, RoomId,
    Source, ViewerId,
};
use std::{
    io::{Read, Write},
    net::TcpStream,
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

const HTTP: &str = "127.0.0.1:18731";
const BATCH: usize = 2_000;

fn main() {
    let binary = std::env::var("KAIBO_BINARY").expect("KAIBO_BINARY names the program");
    let millions: f64 = std::env::args().nth(1).map_or(10.0, |text| text.parse().expect("a number of millions"));
    let empty = tempfile::tempdir().expect("a folder");
    let full = tempfile::tempdir().expect("a folder");
    let (first_empty, _) = start(&binary, empty.path(), false);
    let events = fill(full.path(), (millions * 1e6) as usize);
    let (first, _) = start(&binary, full.path(), false);
    println!("{events} events; first start, nothing folded yet: {first:.2} s (empty folder: {first_empty:.2} s)");
    let mut cold = Vec::new();
    let mut memory = 0.0;
    for round in 0..5 {
        drop_page_cache();
        // Every other time the program is killed instead of stopped.
        let (seconds, megabytes) = start(&binary, full.path(), round % 2 == 1);
        cold.push(seconds);
        memory = megabytes;
    }
    let (again_empty, empty_memory) = start(&binary, empty.path(), false);
    cold.sort_by(f64::total_cmp);
    let median = cold[cold.len() / 2];
    println!(
        "cold start: median {median:.2} s, worst {:.2} s (goal <= 2 s); {:.1} x an empty folder",
        cold[4],
        median / again_empty
    );
    println!("idle memory: {memory:.0} MB (goal <= 150 MB); {:.2} x an empty folder", memory / empty_memory);
}

/// Seconds until `/readyz` says yes, and resident megabytes five seconds later.
fn start(binary: &str, data: &Path, kill: bool) -> (f64, f64) {
    let begun = Instant::now();
    let child = Command::new(binary)
        .args(["serve", "--http", HTTP, "--rtmp", "127.0.0.1:18732", "--data"])
        .arg(data)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
    let mut child = child.expect("starting the program");
    while !ready() {
        assert!(begun.elapsed() < Duration::from_secs(600), "not ready in ten minutes");
        std::thread::sleep(Duration::from_millis(10));
    }
    let seconds = begun.elapsed().as_secs_f64();
    std::thread::sleep(Duration::from_secs(5));
    let megabytes = resident(&child);
    if kill {
        child.kill().expect("killing the program");
    } else {
        let _ = Command::new("kill").arg(child.id().to_string()).status();
    }
    child.wait().expect("the program ends");
    (seconds, megabytes)
}

fn ready() -> bool {
    let Ok(mut stream) = TcpStream::connect(HTTP) else { return false };
    let mut answer = String::new();
    let asked = stream.write_all(b"GET /readyz HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n");
    asked.is_ok() && stream.read_to_string(&mut answer).is_ok() && answer.starts_with("HTTP/1.1 200")
}

fn resident(child: &Child) -> f64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|line| line.split_whitespace().next()?.parse::<f64>().ok()).unwrap_or(f64::NAN) / 1024.0
}

fn drop_page_cache() {
    let _ = Command::new("sync").status();
    let _ = std::fs::write("/proc/sys/vm/drop_caches", "1");
}

/// Danmaku and tracked events of fifty shows over three days, as a busy small platform has them.
fn fill(data: &Path, wanted: usize) -> usize {
    let log = EventLog::open(&data.join("log"), Options::default()).expect("a log");
    let org = OrgId::new();
    let shows: Vec<(RoomId, BroadcastId)> = (0..50).map(|_| (RoomId::new(), BroadcastId::new())).collect();
    let viewers: Vec<ViewerId> = (0..20_000).map(|_| ViewerId::random()).collect();
    let from = Millis::now().0 - 3 * 86_400_000;
    let mut written = 0;
    while written < wanted {
        let records = (written..(written + BATCH).min(wanted)).flat_map(|n| {
            let show = |n: usize| n * shows.len() / wanted;
            let (room, broadcast) = shows[show(n)];
            let at = Millis(from + (n as i64) * 3 * 86_400_000 / wanted as i64);
            let of_show =
                |event| Envelope::new(at, Source::Server, org, event).with_room(room).with_broadcast(Some(broadcast));
            let mut envelopes = Vec::with_capacity(2);
            if n == 0 || show(n) != show(n - 1) {
                let started = BroadcastStarted { title: "冷启动".into(), platform: None };
                envelopes.push(of_show(Event::BroadcastStarted(started)));
            }
            let danmaku = of_show(Event::DanmakuSent(DanmakuSent::plain(format!("第{n}条弹幕"))));
            envelopes.push(Envelope {
                source: Source::Viewer,
                ..danmaku.with_viewer(viewers[n * 7919 % viewers.len()].clone()).with_key(format!("c{n}"))
            });
            if n + 1 == wanted || show(n) != show(n + 1) {
                envelopes.push(of_show(Event::BroadcastEnded(BroadcastEnded { reason: EndReason::Operator })));
            }
            envelopes.into_iter().map(move |envelope| Record::new(at.0 as u64, envelope.encode()))
        });
        log.append_blocking(records.collect()).expect("an append");
        written = (written + BATCH).min(wanted);
    }
    written
}
