//! Ingest and packaging against nginx with nginx-rtmp, on the same pushes: CPU per stream, the time from a frame's push to its
//! listing in the playlist, in parts and in whole segments, and the time from connecting to the first playlist with media.
//! Ours is the whole program as it ships: with its event log, the meters of quality and, unless said, the recorder.
//!
//! `packaging [streams ...]` (10 and 100 unless told). Needs `KAIBO_BINARY` or the release build, `ffmpeg` for the film,
//! `nginx` and its RTMP module for the peer. nginx writes its segments to the disk, as our recorder does.

use anyhow::{Context, Result, bail};
use app::Stop;
use benches::media::{Film, Server, Stream, get, push, ticks_per_second};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::time::sleep;

const WARM_UP: Duration = Duration::from_secs(4);
const MEASURED: Duration = Duration::from_secs(10);
const ROUNDS: usize = 3;
const LATENCY: Duration = Duration::from_secs(30);
const FIRSTS: usize = 5;
const POLL: Duration = Duration::from_millis(15);

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let mut counts: Vec<usize> = std::env::args().skip(1).map(|count| count.parse()).collect::<Result<_, _>>()?;
    if counts.is_empty() {
        counts = vec![10, 100];
    }
    // What was pushed to keeps its playlist for a while, so the later measurements take streams of their own.
    let most = counts.iter().copied().max().unwrap_or(1);
    let rooms = most + FIRSTS + 1;
    let dir = tempfile::tempdir()?;
    let film = Arc::new(Film::make(dir.path(), 2400)?);
    println!("film: {} tags, {} ms, {:.2} Mbit/s", film.tags.len(), film.ms, film.megabits());
    let ours = Server::ours(dir.path(), "recording", "", rooms).await?;
    let plain = Server::ours(dir.path(), "plain", "[record]\nenabled = false\n", rooms).await?;
    let classic = Server::ours(dir.path(), "classic", "[media]\nlow_latency = false\n", 1).await?;
    let peer = Server::nginx(dir.path(), 1, rooms).map_err(|error| println!("SKIPPED: no peer: {error:#}")).ok();
    for &streams in &counts {
        let mut percents: [Vec<f64>; 3] = Default::default();
        for _ in 0..ROUNDS {
            for (server, percents) in [Some(&ours), Some(&plain), peer.as_ref()].into_iter().zip(&mut percents) {
                if let Some(server) = server {
                    percents.push(cpu(server, &film, streams).await?);
                }
            }
        }
        let [ours_percent, plain_percent, peer_percent] = percents.map(median);
        println!(
            "CPU, {streams} streams, % of a core: recording {ours_percent:.2} ({:.3} a stream), not recording {plain_percent:.2}, resident {} MB",
            ours_percent / streams as f64,
            ours.resident_mb()?
        );
        if peer.is_some() {
            println!(
                "CPU, {streams} streams: nginx-rtmp {peer_percent:.2}, ratio {:.2} recording, {:.2} not (goal <= 1.0, aim 0.75)",
                ours_percent / peer_percent,
                plain_percent / peer_percent
            );
        }
    }
    let mut first: [Vec<f64>; 2] = Default::default();
    for n in 0..FIRSTS {
        for (server, first) in [Some(&plain), peer.as_ref()].into_iter().zip(&mut first) {
            if let Some(server) = server {
                first.push(first_ms(server.stream(most + n)?.clone(), server, film.clone()).await?);
            }
        }
    }
    let [our_first, peer_first] = first.map(median);
    println!(
        "connected to a playlist with media: {our_first:.0} ms, nginx-rtmp {peer_first:.0} ms, ratio {:.3}",
        our_first / peer_first
    );
    let (low, whole) = (latency(&plain, rooms - 1, film.clone()), latency(&classic, 0, film.clone()));
    let (low, whole, theirs) = match &peer {
        None => (low.await?, whole.await?, None),
        Some(peer) => {
            let (low, whole, theirs) = tokio::try_join!(low, whole, latency(peer, rooms - 1, film.clone()))?;
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

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

// --- what is measured ---------------------------------------------------------------------------------------------------

/// Percent of one core while `streams` publishers push.
async fn cpu(server: &Server, film: &Arc<Film>, streams: usize) -> Result<f64> {
    let stop = Stop::new();
    let mut pushes = Vec::new();
    for n in 0..streams {
        // Spread over a key frame interval, as real shows are.
        let begin = Instant::now() + Duration::from_millis(2_000 * n as u64 / streams as u64);
        let key = server.stream(n)?.key.clone();
        pushes.push(tokio::spawn(push(server.rtmp, key, film.clone(), begin, stop.clone(), None)));
    }
    sleep(WARM_UP).await;
    let (before, since) = (server.ticks()?, Instant::now());
    sleep(MEASURED).await;
    let used = (server.ticks()? - before) as f64 / ticks_per_second();
    let percent = 100.0 * used / since.elapsed().as_secs_f64();
    stop.cancel();
    for push in pushes {
        push.await?.context("a push broke")?;
    }
    sleep(Duration::from_millis(500)).await;
    Ok(percent)
}

/// Mean and 95th percentile in milliseconds from writing a picture to the socket to its listing, and the number of pictures.
async fn latency(server: &Server, stream: usize, film: Arc<Film>) -> Result<(f64, f64, usize)> {
    let stop = Stop::new();
    let (sender, mut pushed) = tokio::sync::mpsc::unbounded_channel();
    let stream = server.stream(stream)?.clone();
    let push = tokio::spawn(push(server.rtmp, stream.key, film, Instant::now(), stop.clone(), Some(sender)));
    let until = Instant::now() + LATENCY;
    let (mut first_ms, mut listed_ms, mut open_ms, mut next_sequence) = (None, 0.0, 0.0, None);
    let mut waiting = std::collections::VecDeque::new();
    let mut delays = Vec::new();
    let mut path = stream.playlist;
    while Instant::now() < until {
        sleep(POLL).await;
        let (status, head, body) = get(server.http, &path).await?;
        let now = Instant::now();
        if status == 302 {
            path = redirected(&path, &head)?;
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

/// Milliseconds from connecting to a playlist that lists media.
async fn first_ms(stream: Stream, server: &Server, film: Arc<Film>) -> Result<f64> {
    let stop = Stop::new();
    let begun = Instant::now();
    let push = tokio::spawn(push(server.rtmp, stream.key, film, begun, stop.clone(), None));
    let mut path = stream.playlist;
    let found = loop {
        let (status, head, body) = get(server.http, &path).await?;
        if status == 302 {
            path = redirected(&path, &head)?;
        } else if status == 200 && (body.contains("#EXTINF") || body.contains("#EXT-X-PART:")) {
            break begun.elapsed().as_secs_f64() * 1e3;
        } else {
            sleep(POLL).await;
        }
        if begun.elapsed() > LATENCY {
            bail!("no playlist ever");
        }
    };
    stop.cancel();
    push.await??;
    Ok(found)
}

fn redirected(path: &str, head: &str) -> Result<String> {
    let token = head.lines().find_map(|line| line.split_once("token=")).context("a redirect has a token")?.1;
    let folder = path.rsplit_once('/').context("a path")?.0;
    let file = head.lines().find_map(|line| line.to_ascii_lowercase().strip_prefix("location: ").map(str::to_owned));
    let file = file.as_deref().and_then(|file| file.split('?').next()).unwrap_or("index.m3u8").trim().to_owned();
    Ok(format!("{folder}/{file}?token={}", token.trim()))
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
