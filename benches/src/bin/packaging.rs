//! Ingest and packaging against nginx with nginx-rtmp, on the same pushes: CPU per stream, and the time from a frame's push
//! to its listing in the playlist, in parts and in whole segments. Servers run as processes of their own (ours is this program
//! started again).
//!
//! `packaging [streams ...]` (10 and 100 unless told); needs `ffmpeg` for the film, `nginx` and its RTMP module for the peer.

use anyhow::{Context, Result, bail};
use app::Stop;
use benches::media::{Film, Server, get, push, resident_mb, serve, ticks, ticks_per_second};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::time::sleep;

const WARM_UP: Duration = Duration::from_secs(4);
const MEASURED: Duration = Duration::from_secs(10);
const ROUNDS: usize = 2;
const LATENCY: Duration = Duration::from_secs(30);
const POLL: Duration = Duration::from_millis(15);

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if arguments.first().is_some_and(|first| first == "serve") {
        return tokio::runtime::Runtime::new()?.block_on(serve(arguments.get(1).map_or("low", String::as_str)));
    }
    let mut counts: Vec<usize> = arguments.iter().map(|argument| argument.parse()).collect::<Result<_, _>>()?;
    if counts.is_empty() {
        counts = vec![10, 100];
    }
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(compare(&counts))
}

async fn compare(counts: &[usize]) -> Result<()> {
    let dir = tempfile::tempdir()?;
    let film = Arc::new(Film::make(dir.path(), 2400)?);
    println!("film: {} tags, {} ms, {:.2} Mbit/s", film.tags.len(), film.ms, film.megabits());
    let ours = Server::ours("low")?;
    let classic = Server::ours("classic")?;
    let peer = match Server::nginx(dir.path()) {
        Ok(peer) => Some(peer),
        Err(error) => {
            println!("SKIPPED: no peer, `nginx` with its RTMP module is not usable here: {error:#}");
            None
        }
    };
    for &streams in counts {
        let (mut our_cpu, mut peer_cpu) = (0.0, 0.0);
        for _ in 0..ROUNDS {
            our_cpu += cpu(&ours, &film, streams).await? / ROUNDS as f64;
            if let Some(peer) = &peer {
                peer_cpu += cpu(peer, &film, streams).await? / ROUNDS as f64;
            }
        }
        print!("CPU, {streams} streams: ours {our_cpu:.2} % of a core ({:.3} % a stream)", our_cpu / streams as f64);
        if peer.is_some() {
            print!(", nginx-rtmp {peer_cpu:.2} %, ratio {:.2} (goal <= 1.0, aim 0.5)", our_cpu / peer_cpu);
        }
        println!(", resident {} MB", resident_mb(ours.child.id())?);
    }
    let (low, whole) = (latency(&ours, film.clone()), latency(&classic, film.clone()));
    let (low, whole, theirs) = match &peer {
        None => (low.await?, whole.await?, None),
        Some(peer) => {
            let (low, whole, theirs) = tokio::try_join!(low, whole, latency(peer, film.clone()))?;
            (low, whole, Some(theirs))
        }
    };
    println!("frame to playlist, parts: mean {:.0} ms, p95 {:.0} ms, {} frames", low.0, low.1, low.2);
    println!("frame to playlist, whole segments: mean {:.0} ms, p95 {:.0} ms", whole.0, whole.1);
    if let Some(theirs) = theirs {
        println!("frame to playlist, nginx-rtmp: mean {:.0} ms, p95 {:.0} ms", theirs.0, theirs.1);
        let (parts, segments) = (low.0 / theirs.0, whole.0 / theirs.0);
        println!("ratio: parts {parts:.3} (goal <= 0.15), whole segments {segments:.3} (goal <= 1.1)");
    }
    Ok(())
}

// --- what is measured ---------------------------------------------------------------------------------------------------

/// Percent of one core while `streams` publishers push.
async fn cpu(server: &Server, film: &Arc<Film>, streams: usize) -> Result<f64> {
    let stop = Stop::new();
    let mut pushes = Vec::new();
    for n in 0..streams {
        // Spread over a key frame interval, as real shows are.
        let begin = Instant::now() + Duration::from_millis(2_000 * n as u64 / streams as u64);
        pushes.push(tokio::spawn(push(server.rtmp, format!("s{n}"), film.clone(), begin, stop.clone(), None)));
    }
    sleep(WARM_UP).await;
    let (before, since) = (ticks(server.child.id())?, Instant::now());
    sleep(MEASURED).await;
    let used = (ticks(server.child.id())? - before) as f64 / ticks_per_second();
    let percent = 100.0 * used / since.elapsed().as_secs_f64();
    stop.cancel();
    for push in pushes {
        push.await?.context("a push broke")?;
    }
    sleep(Duration::from_millis(500)).await;
    Ok(percent)
}

/// Mean and 95th percentile in milliseconds from writing a picture to the socket to its listing, and the number of pictures.
async fn latency(server: &Server, film: Arc<Film>) -> Result<(f64, f64, usize)> {
    let stop = Stop::new();
    let (sender, mut pushed) = tokio::sync::mpsc::unbounded_channel();
    let push = tokio::spawn(push(server.rtmp, "latency".into(), film, Instant::now(), stop.clone(), Some(sender)));
    let until = Instant::now() + LATENCY;
    let (mut first_ms, mut listed_ms, mut open_ms, mut next_sequence) = (None, 0.0, 0.0, None);
    let mut waiting = std::collections::VecDeque::new();
    let mut delays = Vec::new();
    let mut path = (server.playlist)("latency");
    while Instant::now() < until {
        sleep(POLL).await;
        let (status, head, body) = get(server.http, &path).await?;
        let now = Instant::now();
        if status == 302 {
            let token = head.lines().find_map(|line| line.split_once("token=")).context("a redirect has a token")?.1;
            path = format!("{path}?token={}", token.trim());
        }
        if status == 200 {
            open_ms = open_parts(&body);
            for (sequence, ms) in listed(&body) {
                if next_sequence.is_none_or(|next| sequence >= next) {
                    next_sequence = Some(sequence + 1);
                    listed_ms += ms;
                }
            }
        }
        while let Ok((at_ms, at)) = pushed.try_recv() {
            let first_ms = *first_ms.get_or_insert(at_ms);
            waiting.push_back((f64::from(at_ms - first_ms), at));
        }
        // Half a millisecond of rounding must not hold a picture back for a whole segment.
        while let Some((_, at)) =
            waiting.pop_front_if(|(at_ms, _): &mut (f64, Instant)| *at_ms + 0.5 < listed_ms + open_ms)
        {
            delays.push(now.duration_since(at).as_secs_f64() * 1000.0);
        }
    }
    stop.cancel();
    push.await??;
    if delays.is_empty() {
        bail!("no frame was ever listed");
    }
    delays.sort_by(f64::total_cmp);
    let mean = delays.iter().sum::<f64>() / delays.len() as f64;
    Ok((mean, delays[delays.len() * 95 / 100], delays.len()))
}

/// Sequence number and length of each listed segment.
fn listed(playlist: &str) -> Vec<(u64, f64)> {
    let number =
        |line: &str, tag| line.strip_prefix(tag).and_then(|rest: &str| rest.trim_end_matches(',').parse::<f64>().ok());
    let first = playlist.lines().find_map(|line| number(line, "#EXT-X-MEDIA-SEQUENCE:")).unwrap_or_default() as u64;
    let lengths = playlist.lines().filter_map(|line| number(line, "#EXTINF:"));
    lengths.enumerate().map(|(n, seconds)| (first + n as u64, seconds * 1000.0)).collect()
}

/// Milliseconds of the open segment that are listed as parts.
fn open_parts(playlist: &str) -> f64 {
    let open = playlist.rsplit("#EXTINF:").next().unwrap_or_default();
    let parts = open.lines().filter_map(|line| line.strip_prefix("#EXT-X-PART:DURATION=")?.split(',').next());
    parts.filter_map(|seconds| seconds.parse::<f64>().ok()).sum::<f64>() * 1000.0
}
