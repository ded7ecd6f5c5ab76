//! Delivery over HTTP to many players at once, against nginx (`sendfile` on) that serves the same files: whole segments, and
//! the low-latency pattern of playlist and part. Then live: players that hold reloads and follow part by part.
//!
//! `delivery [players]` (1000 unless told). Needs `KAIBO_BINARY` or the release build, `ffmpeg` for the film and `nginx` with its
//! RTMP module for the peer. Players run in this process, on the same cores as the servers: compare the ratios. Ours is the whole
//! program: it checks each token and notes who was sent what; nginx only sends files.

use anyhow::{Context, Result, bail};
use app::Stop;
use benches::media::{Film, Server, get, push, ticks_per_second};
use std::io::Read;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{sleep, sleep_until};

const ROUNDS: usize = 3;
/// Of nginx, for files.
const WORKERS: usize = 2;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let players = std::env::args().nth(1).map_or(Ok(1_000), |players| players.parse())?;
    let dir = tempfile::tempdir()?;
    let film = Arc::new(Film::make(dir.path(), 1200)?);
    // What the last push left is served until the end: no slate takes its place, and nobody forgets it.
    let settings = "[slate]\nafter_ms = 3600000\n[media]\nforget_after_ms = 3600000\nabandon_after_ms = 3600000\n";
    let ours = Server::ours(dir.path(), "ours", settings, 1).await?;
    let peer = Server::nginx(dir.path(), WORKERS, 0).map_err(|error| println!("SKIPPED: no peer: {error:#}")).ok();
    println!("film: {:.2} Mbit/s, {players} players", film.megabits());

    let stop = Stop::new();
    let pushing = tokio::spawn(push(ours.rtmp, ours.stream(0)?.key.clone(), film, Instant::now(), stop.clone(), None));
    let tokens = tokens(&ours, players).await?;
    sleep(Duration::from_secs(14)).await;
    // As bare players ask, then as browsers do: turn by turn, since the machine may be busy.
    for _ in 0..ROUNDS {
        live(&ours, &tokens, false).await?;
        live(&ours, &tokens, true).await?;
    }
    // Without a goodbye: what is kept stays as it is.
    pushing.abort();
    sleep(Duration::from_millis(500)).await;
    let files = copy(&ours, &tokens, dir.path()).await?;

    let segments = Plan { name: "segments", pace: Duration::from_secs(2), times: 5, files: files.segments };
    let parts = Plan { name: "playlist + part", pace: Duration::from_secs(1), times: 8, files: files.parts };
    for plan in [segments, parts] {
        let (mut own, mut theirs) = (Vec::new(), Vec::new());
        for _ in 0..ROUNDS {
            own.push(load(&ours, &plan, &tokens, "/live").await?);
            if let Some(peer) = &peer {
                theirs.push(load(peer, &plan, &tokens, "/hls").await?);
            }
        }
        let own = Load::mean(&own);
        own.print(plan.name, "ours");
        if peer.is_some() {
            let theirs = Load::mean(&theirs);
            theirs.print(plan.name, "nginx");
            println!(
                "{}: ratio CPU per GB {:.2}, CPU per request {:.2}, p99 {:.2}",
                plan.name,
                own.per_gb() / theirs.per_gb(),
                own.per_request_us() / theirs.per_request_us(),
                own.p99_ms / theirs.p99_ms
            );
        }
    }
    Ok(())
}

/// One viewer's token each, as bare players get them.
async fn tokens(ours: &Server, players: usize) -> Result<Vec<String>> {
    let path = &ours.stream(0)?.playlist;
    let mut tokens = Vec::new();
    for _ in 0..players {
        let (_, head, _) = get(ours.http, path).await?;
        tokens.push(head.split("token=").nth(1).context("a token")?.split_whitespace().next().unwrap_or("").to_owned());
    }
    Ok(tokens)
}

struct Files {
    segments: Vec<Vec<String>>,
    parts: Vec<Vec<String>>,
}

/// Puts the same files where nginx finds them. Paths begin behind `/live` or `/hls`.
async fn copy(ours: &Server, tokens: &[String], dir: &Path) -> Result<Files> {
    let token = tokens.first().context("a player")?;
    let stream = ours.stream(0)?;
    let folder = stream.folder.strip_prefix("/live").context("a path")?;
    let index = format!("{folder}/source.m3u8");
    let (_, _, playlist) = get(ours.http, &format!("/live{index}?token={token}")).await?;
    let uris = |part: bool| -> Vec<String> {
        let lines = playlist.lines().filter(move |line| match part {
            true => line.starts_with("#EXT-X-PART:"),
            false => line.starts_with("seg/"),
        });
        let uris = lines.filter_map(move |line| if part { line.split('"').nth(1) } else { Some(line) });
        uris.filter_map(|uri| Some(format!("{folder}/{}", uri.split_once('?')?.0))).collect()
    };
    let (segments, parts) = (uris(false), uris(true));
    if segments.len() < 4 || parts.len() < 10 {
        bail!("too little was kept: {playlist}");
    }
    let mut client = Client::connect(ours).await?;
    for file in segments.iter().chain(&parts).chain([&index]) {
        let mut body = Vec::new();
        client.get(&format!("/live{file}?token={token}"), Some(&mut body)).await?;
        let to = dir.join("hls").join(file.trim_start_matches('/'));
        std::fs::create_dir_all(to.parent().context("a folder")?)?;
        std::fs::write(to, body)?;
    }
    let parts = parts.into_iter().map(|part| vec![index.clone(), part]).collect();
    Ok(Files { segments: segments.into_iter().map(|segment| vec![segment]).collect(), parts })
}

/// What every player does: each turn the files of one entry, one after another.
struct Plan {
    name: &'static str,
    pace: Duration,
    times: usize,
    files: Vec<Vec<String>>,
}

#[derive(Debug, Clone, Copy, Default)]
struct Load {
    cpu_s: f64,
    bytes: f64,
    requests: f64,
    p50_ms: f64,
    p99_ms: f64,
    errors: f64,
    wall_s: f64,
}

impl Load {
    fn mean(loads: &[Load]) -> Load {
        let mean = |value: fn(&Load) -> f64| loads.iter().map(value).sum::<f64>() / loads.len().max(1) as f64;
        Load {
            cpu_s: mean(|load| load.cpu_s),
            bytes: mean(|load| load.bytes),
            requests: mean(|load| load.requests),
            p50_ms: mean(|load| load.p50_ms),
            p99_ms: mean(|load| load.p99_ms),
            errors: mean(|load| load.errors),
            wall_s: mean(|load| load.wall_s),
        }
    }

    fn per_gb(&self) -> f64 {
        self.cpu_s / (self.bytes / 1e9)
    }

    fn per_request_us(&self) -> f64 {
        self.cpu_s * 1e6 / self.requests
    }

    fn print(&self, plan: &str, who: &str) {
        println!(
            "{plan}, {who}: {:.2} GB in {:.1} s, {:.2} CPU s per GB, {:.0} us per request, p50 {:.1} ms, p99 {:.1} ms, {:.0} errors",
            self.bytes / 1e9,
            self.wall_s,
            self.per_gb(),
            self.per_request_us(),
            self.p50_ms,
            self.p99_ms,
            self.errors
        );
    }
}

#[derive(Debug, Default)]
struct Seen {
    bytes: usize,
    times: Vec<Duration>,
    errors: usize,
}

async fn load(server: &Server, plan: &Plan, tokens: &[String], root: &str) -> Result<Load> {
    let begin = Instant::now() + Duration::from_millis(500);
    let mut players = Vec::new();
    for (n, token) in tokens.iter().enumerate() {
        let mut client = Client::connect(server).await?;
        let first = begin + plan.pace.mul_f64(n as f64 / tokens.len() as f64);
        let (pace, times) = (plan.pace, plan.times);
        let turn = |turn: usize| -> Vec<String> {
            let entry = plan.files.get((n + turn) % plan.files.len()).map(Vec::as_slice).unwrap_or_default();
            entry.iter().map(|file| format!("{root}{file}?token={token}")).collect()
        };
        let turns: Vec<Vec<String>> = (0..times).map(turn).collect();
        players.push(tokio::spawn(async move {
            let mut seen = Seen::default();
            for (n, paths) in turns.iter().enumerate() {
                sleep_until((first + pace * n as u32).into()).await;
                for path in paths {
                    let asked = Instant::now();
                    match client.get(path, None).await {
                        Ok((200, bytes)) => seen.bytes += bytes,
                        _ => seen.errors += 1,
                    }
                    seen.times.push(asked.elapsed());
                }
            }
            seen
        }));
    }
    let before = server.ticks()?;
    let mut seen = Vec::new();
    for player in players {
        seen.push(player.await?);
    }
    let cpu_s = (server.ticks()? - before) as f64 / ticks_per_second();
    Ok(judged(&seen, cpu_s, begin.elapsed()))
}

fn judged(seen: &[Seen], cpu_s: f64, wall: Duration) -> Load {
    let mut times: Vec<f64> = seen.iter().flat_map(|seen| &seen.times).map(|time| time.as_secs_f64() * 1e3).collect();
    times.sort_by(f64::total_cmp);
    let at = |share: usize| times.get(times.len() * share / 100).copied().unwrap_or_default();
    Load {
        cpu_s,
        bytes: seen.iter().map(|seen| seen.bytes as f64).sum(),
        requests: times.len() as f64,
        p50_ms: at(50),
        p99_ms: at(99),
        errors: seen.iter().map(|seen| seen.errors as f64).sum(),
        wall_s: wall.as_secs_f64(),
    }
}

/// Every player holds a reload for the next part, then fetches it, for ten seconds of a running show. Playlists come in gzip
/// when wanted; what that costs the players is not counted.
async fn live(ours: &Server, tokens: &[String], gzip: bool) -> Result<()> {
    let stream = ours.stream(0)?;
    let until = Instant::now() + Duration::from_secs(10);
    let mut players = Vec::new();
    for token in tokens {
        let (folder, token) = (stream.folder.clone(), token.clone());
        let mut client = Client { gzip, ..Client::connect(ours).await? };
        players.push(tokio::spawn(async move {
            let mut seen = Seen::default();
            let mut query = String::new();
            let mut playlist = Vec::new();
            while Instant::now() < until {
                playlist.clear();
                match client.get(&format!("{folder}/source.m3u8?token={token}{query}"), Some(&mut playlist)).await {
                    Ok((200, bytes)) => seen.bytes += bytes,
                    _ => {
                        seen.errors += 1;
                        query.clear();
                        continue;
                    }
                }
                let text = if gzip { unzipped(&playlist)? } else { String::from_utf8_lossy(&playlist).into_owned() };
                let newest = text.lines().rev().find(|line| line.starts_with("#EXT-X-PART:"));
                let hint = text.lines().rev().find(|line| line.starts_with("#EXT-X-PRELOAD-HINT:"));
                let uri = |line: Option<&str>| line.and_then(|line| line.split('"').nth(1)).map(str::to_owned);
                let (Some(newest), Some(hint)) = (uri(newest), uri(hint)) else { continue };
                let asked = Instant::now();
                match client.get(&format!("{folder}/{newest}"), None).await {
                    Ok((200, bytes)) => seen.bytes += bytes,
                    _ => seen.errors += 1,
                }
                seen.times.push(asked.elapsed());
                let name = hint.split(".m4s").next().and_then(|hint| hint.rsplit('/').next()).unwrap_or_default();
                let (sequence, part) = name.split_once('.').unwrap_or_default();
                query = format!("&_HLS_msn={sequence}&_HLS_part={part}");
            }
            anyhow::Ok(seen)
        }));
    }
    let (before, begin) = (ours.ticks()?, Instant::now());
    let mut seen = Vec::new();
    for player in players {
        seen.push(player.await??);
    }
    let cpu_s = (ours.ticks()? - before) as f64 / ticks_per_second();
    let load = judged(&seen, cpu_s, begin.elapsed());
    let what = if gzip { "live, held reloads in gzip and parts" } else { "live, held reloads and parts" };
    load.print(what, "ours");
    println!("{what}: {:.1} % of a core with {} players", 100.0 * cpu_s / load.wall_s, tokens.len());
    Ok(())
}

fn unzipped(bytes: &[u8]) -> Result<String> {
    let mut text = String::new();
    flate2::read::GzDecoder::new(bytes).read_to_string(&mut text).context("a playlist in gzip")?;
    Ok(text)
}

/// One kept connection.
struct Client {
    socket: TcpStream,
    buffer: Vec<u8>,
    /// Asked for.
    gzip: bool,
}

impl Client {
    async fn connect(server: &Server) -> Result<Self> {
        let socket = TcpStream::connect(server.http).await?;
        socket.set_nodelay(true)?;
        Ok(Self { socket, buffer: vec![0; 32 << 10], gzip: false })
    }

    /// Status and length of the body, which is kept only when wanted.
    async fn get(&mut self, path: &str, mut body: Option<&mut Vec<u8>>) -> Result<(u16, usize)> {
        let accepts = if self.gzip { "accept-encoding: gzip\r\n" } else { "" };
        let request = format!("GET {path} HTTP/1.1\r\nhost: localhost\r\n{accepts}\r\n");
        self.socket.write_all(request.as_bytes()).await?;
        let mut filled = 0;
        let head = loop {
            let room = self.buffer.get_mut(filled..).filter(|room| !room.is_empty()).context("a short head")?;
            let read = self.socket.read(room).await?;
            if read == 0 {
                bail!("the connection was closed");
            }
            filled += read;
            let known = self.buffer.get(..filled).unwrap_or_default();
            if let Some(end) = known.windows(4).position(|window| window == b"\r\n\r\n") {
                break end + 4;
            }
        };
        let text = String::from_utf8_lossy(self.buffer.get(..head).unwrap_or_default()).to_ascii_lowercase();
        let status = text.split(' ').nth(1).context("a status")?.parse()?;
        let length = text.lines().find_map(|line| line.strip_prefix("content-length:")).context("a length")?;
        let length: usize = length.trim().parse()?;
        let mut taken = filled - head;
        if let Some(body) = &mut body {
            body.extend_from_slice(self.buffer.get(head..filled).unwrap_or_default());
        }
        while taken < length {
            let read = self.socket.read(&mut self.buffer).await?;
            if read == 0 {
                bail!("the connection was closed");
            }
            if let Some(body) = &mut body {
                body.extend_from_slice(self.buffer.get(..read).unwrap_or_default());
            }
            taken += read;
        }
        Ok((status, length))
    }
}
