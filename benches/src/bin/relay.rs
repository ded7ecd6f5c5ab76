//! What a relay target costs: CPU of the whole program with and without targets, beside `ffmpeg -c copy` that relays the same
//! stream at the same time; and how far sound and picture of the relayed stream stand apart from where the encoder put them.
//!
//! `relay [targets]` (20 unless told). Needs `KAIBO_BINARY` or the release build, `ffmpeg`, and `nginx` with its RTMP module as
//! the platform.

use anyhow::{Context, Result, anyhow, bail};
use app::Stop;
use benches::kaibo::{Kaibo, Room, dies_with_us};
use benches::media::{Film, Server, push, ticks, ticks_per_second};
use bytes::BytesMut;
use media::rtmp::{Address, Client, ClientEvent, Purpose};
use reqwest::Method;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{sleep, timeout};

const WARM_UP: Duration = Duration::from_secs(4);
const MEASURED: Duration = Duration::from_secs(10);
const ROUNDS: usize = 3;
/// Pictures and sounds whose place is looked at.
const PLACED: usize = 500;
const PATIENCE: Duration = Duration::from_secs(60);

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let targets: usize = std::env::args().nth(1).map_or(Ok(20), |count| count.parse())?;
    let dir = tempfile::tempdir()?;
    let film = Arc::new(Film::make(dir.path(), 2400)?);
    let settings = format!("[relay]\nallow_private = true\ntargets_per_room = {targets}\n");
    let ours = Kaibo::start(&dir.path().join("ours"), &settings, &dir.path().join("ours.log")).await?;
    let platform = Server::nginx(dir.path(), 1, 0)?;
    let room = ours.api.room("relayed").await?;
    let stop = Stop::new();
    let encoder = push(ours.rtmp, room.stream_key.clone(), film.clone(), Instant::now(), stop.clone(), None);
    let encoder = tokio::spawn(encoder);
    let relays = add(&ours, &room, platform.rtmp, targets).await?;

    let mut percents: [Vec<f64>; 3] = Default::default();
    for _ in 0..ROUNDS {
        switch(&ours, &room, &relays, false).await?;
        let [alone, ..] = cpu([ours.pid(), ours.pid()]).await?;
        switch(&ours, &room, &relays, true).await?;
        let peer = Peer::start(platform.rtmp)?;
        let [with, theirs] = cpu([ours.pid(), peer.0.id()]).await?;
        for (percents, percent) in percents.iter_mut().zip([alone, with, theirs]) {
            percents.push(percent);
        }
    }
    let [alone, with, theirs] = percents.map(median);
    let each = (with - alone) / targets as f64;
    println!(
        "{targets} targets of {:.2} Mbit/s each, % of a core: room alone {alone:.2}, with them {with:.2}",
        film.megabits()
    );
    println!("a target: {each:.3} % of a core (goal <= 0.2, aim 0.08)");
    println!("ffmpeg -c copy: {theirs:.3} % of a core; ratio {:.3}", each / theirs);

    let (pictures, sounds) = placed(platform.rtmp, &film).await?;
    let half = i64::from(film.ms) / 2;
    let apart = |ms: i64| ((ms - pictures[0] + half).rem_euclid(2 * half) - half).abs();
    let worst = |places: &[i64]| places.iter().map(|ms| apart(*ms)).max().unwrap_or_default();
    println!(
        "{} pictures at most {} ms, {} sounds at most {} ms off their place (goal: sound and picture <= 40 ms apart, aim 5)",
        pictures.len(),
        worst(&pictures),
        sounds.len(),
        worst(&sounds)
    );
    stop.cancel();
    encoder.await?
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

/// Percent of a core that each process takes.
async fn cpu(processes: [u32; 2]) -> Result<[f64; 2]> {
    sleep(WARM_UP).await;
    let all = || -> Result<Vec<u64>> { processes.into_iter().map(ticks).collect() };
    let (before, since) = (all()?, Instant::now());
    sleep(MEASURED).await;
    let (after, seconds) = (all()?, since.elapsed().as_secs_f64());
    let percent = |at: usize| (after[at] - before[at]) as f64 * 100.0 / ticks_per_second() / seconds;
    Ok([percent(0), percent(1)])
}

async fn call(ours: &Kaibo, method: Method, path: &str, body: Option<Value>) -> Result<Value> {
    let (status, body) = ours.api.call(method, path, body).await.map_err(|error| anyhow!("{path}: {error}"))?;
    if !status.is_success() {
        bail!("{path}: {status} {body}");
    }
    Ok(body)
}

async fn add(ours: &Kaibo, room: &Room, platform: SocketAddr, targets: usize) -> Result<Vec<String>> {
    let mut relays = Vec::new();
    for n in 0..targets {
        let body = json!({"name": format!("t{n}"), "url": format!("rtmp://{platform}/live"), "stream_key": format!("t{n}"), "enabled": false});
        let relay = call(ours, Method::POST, &format!("/api/rooms/{}/relays", room.id), Some(body)).await?;
        relays.push(relay["id"].as_str().context("an id")?.to_owned());
    }
    Ok(relays)
}

/// Switches all targets on or off, and waits until they are.
async fn switch(ours: &Kaibo, room: &Room, relays: &[String], on: bool) -> Result<()> {
    let (verb, state) = if on { ("start", "live") } else { ("stop", "stopped") };
    for relay in relays {
        call(ours, Method::POST, &format!("/api/relays/{relay}/{verb}"), None).await?;
    }
    let begun = Instant::now();
    loop {
        let list = call(ours, Method::GET, &format!("/api/rooms/{}/relays", room.id), None).await?;
        let items = list["items"].as_array().context("a list")?;
        if items.iter().all(|relay| relay["state"] == state) {
            return Ok(());
        }
        if begun.elapsed() > PATIENCE {
            bail!("not all are `{state}`: {list}");
        }
        sleep(Duration::from_millis(200)).await;
    }
}

/// ffmpeg relays one of the relayed streams once more.
struct Peer(Child);

impl Peer {
    fn start(platform: SocketAddr) -> Result<Self> {
        let mut command = Command::new("ffmpeg");
        command.args([
            "-nostdin",
            "-v",
            "error",
            "-i",
            &format!("rtmp://{platform}/live/t0"),
            "-c",
            "copy",
            "-f",
            "flv",
        ]);
        command.arg(format!("rtmp://{platform}/live/peer")).stderr(Stdio::null());
        dies_with_us(&mut command);
        Ok(Self(command.spawn().context("`ffmpeg` relays")?))
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Of pictures and of sounds that the platform got: their time less the time the encoder gave them, rounds of the film apart.
async fn placed(platform: SocketAddr, film: &Film) -> Result<(Vec<i64>, Vec<i64>)> {
    // What is twice in the film says nothing about its place.
    let mut places: HashMap<&[u8], Option<u32>> = HashMap::new();
    for tag in &film.tags {
        places.entry(&tag.payload).and_modify(|place| *place = None).or_insert(Some(tag.ms));
    }
    let mut socket = TcpStream::connect(platform).await?;
    let (mut input, mut out) = (BytesMut::new(), Vec::new());
    let address = Address::parse(&format!("rtmp://{platform}/live"))?;
    let mut client = Client::new(Purpose::Play, address, "t0".to_owned(), 1, &mut out);
    let (mut pictures, mut sounds) = (Vec::new(), Vec::new());
    while pictures.len() < PLACED || sounds.len() < PLACED / 2 {
        let event = client.next(&mut input, &mut out)?;
        socket.write_all(&out).await?;
        out.clear();
        let (list, timestamp, payload) = match event {
            Some(ClientEvent::Video { timestamp, payload }) => (&mut pictures, timestamp, payload),
            Some(ClientEvent::Audio { timestamp, payload }) => (&mut sounds, timestamp, payload),
            Some(ClientEvent::Ended) => bail!("the relayed stream ended"),
            Some(ClientEvent::Open) => continue,
            None => {
                let read =
                    timeout(PATIENCE, socket.read_buf(&mut input)).await.context("the platform sends nothing")??;
                if read == 0 {
                    bail!("the platform closed the connection");
                }
                continue;
            }
        };
        if let Some(Some(ms)) = places.get(&payload[..]) {
            list.push(i64::from(timestamp) - i64::from(*ms));
        }
    }
    Ok((pictures, sounds))
}
