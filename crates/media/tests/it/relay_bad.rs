//! Relays to targets that are slow, silent, rude or gone, and to those that must not be.

use crate::http_support::{KEY, OTHER_KEY, Server, start_with};
use crate::relay_support::{Encoder, room_goes_on, settings};
use bytes::BytesMut;
use media::Settings;
use media::rtmp::{Event, Session};
use serde_json::json;
use std::collections::HashMap;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;

/// What a bad target does once it has accepted a stream.
#[derive(Clone, Copy, Debug)]
enum Manners {
    /// Takes the connection and says nothing.
    Silent,
    Takes,
    Refuses,
    NeverReads,
    Resets,
    Garbage,
}

async fn target(manners: Manners) -> SocketAddr {
    let socket = tokio::net::TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(4 << 10).unwrap();
    socket.bind(SocketAddr::from(([127, 0, 0, 1], 0))).unwrap();
    let listener: TcpListener = socket.listen(16).unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        let mut kept = Vec::new();
        while let Ok((socket, _)) = listener.accept().await {
            kept.push(tokio::spawn(serve(socket, manners)));
        }
    });
    address
}

async fn serve(mut socket: TcpStream, manners: Manners) {
    let (mut session, mut input, mut out) = (Session::new(1), BytesMut::new(), Vec::new());
    let forever = Duration::from_secs(3_600);
    if let Manners::Silent = manners {
        tokio::time::sleep(forever).await;
    }
    loop {
        match session.next(&mut input, &mut out).unwrap() {
            Some(Event::Publish { .. }) => match manners {
                Manners::Refuses => session.refuse("taken", &mut out),
                _ => session.accept(&mut out),
            },
            Some(Event::Video { .. }) => match manners {
                Manners::Takes => {}
                Manners::NeverReads => tokio::time::sleep(forever).await,
                Manners::Garbage => out.extend_from_slice(&[0x03, 0, 0, 0, 0xff, 0xff, 0xff, 20, 0, 0, 0, 0]),
                _ => {
                    socket.set_zero_linger().unwrap();
                    return;
                }
            },
            Some(_) => {}
            None => {
                socket.write_all(&out).await.ok();
                out.clear();
                if !matches!(socket.read_buf(&mut input).await, Ok(1..)) {
                    return;
                }
            }
        }
    }
}

#[tokio::test]
async fn bad_targets_harm_neither_the_room_nor_each_other() {
    let mut settings = settings();
    settings.relay.queue_ms = 1_500;
    let server = start_with(settings).await;
    let _encoder = Encoder::with(&server, KEY, 0, 40_000).await;
    server.desk_hears(&["published"]).await;
    let mut ids = Vec::new();
    for manners in [Manners::Silent, Manners::Refuses, Manners::NeverReads, Manners::Resets, Manners::Garbage] {
        let url = format!("rtmp://{}/live", target(manners).await);
        ids.push(server.relay_to(&url, &format!("{manners:?}")).await);
    }
    let gone = crate::nginx::free_address();
    let absent = server.relay_to(&format!("rtmp://{gone}/live"), "nobody").await;
    let [silent, refuses, never_reads, resets, garbage] = &ids[..] else { unreachable!() };

    let code = |relay: &serde_json::Value| relay["last_error"]["code"].as_str().unwrap_or_default().to_owned();
    let tried = |relay: &serde_json::Value| relay["next_try_at"].is_i64();
    assert_eq!(code(&server.relay_when(&absent, tried).await), "no_connection");
    let refused = server.relay_when(refuses, |relay| relay["state"] == "refused" && tried(relay)).await;
    assert_eq!(code(&refused), "refused");
    assert!(refused["last_error"]["text"].as_str().unwrap().contains("NetStream.Publish.BadName"), "{refused}");
    assert_eq!(code(&server.relay_when(garbage, tried).await), "protocol");
    server.relay_when(resets, |relay| relay["reconnects"].as_u64() >= Some(2)).await;
    // On a slow machine it is seen while it is tried again.
    let slow = |relay: &serde_json::Value| relay["dropped_frames"].as_u64() >= Some(40) && relay["state"] == "live";
    server.relay_when(never_reads, slow).await;
    let silent = server.relay_when(silent, |relay| relay["state"].is_string()).await;
    assert!(["connecting", "waiting"].contains(&silent["state"].as_str().unwrap()), "{silent}");
    room_goes_on(&server).await;
    for relay in server.relays().await {
        assert!(!relay.to_string().contains("Refuses"), "stream keys are never told: {relay}");
    }
}

/// A port that answers to no call: its queue is full and nobody takes from it.
struct BlackHole {
    address: SocketAddr,
    _listener: TcpListener,
    _queued: Vec<TcpStream>,
}

impl BlackHole {
    async fn new() -> Self {
        let socket = tokio::net::TcpSocket::new_v4().unwrap();
        socket.bind(SocketAddr::from(([127, 0, 0, 1], 0))).unwrap();
        let listener = socket.listen(1).unwrap();
        let address = listener.local_addr().unwrap();
        let mut queued = Vec::new();
        while let Ok(Ok(socket)) = timeout(Duration::from_millis(500), TcpStream::connect(address)).await {
            queued.push(socket);
        }
        Self { address, _listener: listener, _queued: queued }
    }

    /// Calls that still wait for an answer.
    fn calls(&self) -> usize {
        let port = format!(":{:04X}", self.address.port());
        let table = std::fs::read_to_string("/proc/net/tcp").unwrap();
        let rows = table.lines().map(|line| line.split_whitespace().collect::<Vec<_>>());
        rows.filter(|row| row.len() > 3 && row[2].ends_with(&port) && row[3] == "02").count()
    }

    async fn calls_when(&self, wanted: usize) {
        for _ in 0..2_000 {
            if self.calls() == wanted {
                return;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("{} calls wait, not {wanted}", self.calls());
    }
}

/// The states that the log tells of each relay, in their order.
async fn told(server: &Server, count: usize) -> HashMap<String, Vec<String>> {
    let mut told: HashMap<String, Vec<String>> = HashMap::new();
    let mut subscription = server.program.app.log.subscribe(1);
    let mut seen = 0;
    while seen < count {
        let batch = timeout(Duration::from_secs(60), subscription.next()).await.expect("an event in time").unwrap();
        for entry in &batch.entries {
            let event = events::Envelope::decode(&entry.payload).unwrap().event;
            if let events::Event::RelayChanged(changed) = event {
                seen += 1;
                told.entry(changed.relay.to_string()).or_default().push(changed.state);
            }
        }
    }
    told
}

#[tokio::test]
async fn a_black_hole_holds_up_nobody() {
    const HOLES: usize = 20;
    let mut settings = settings();
    settings.relay.targets_per_room = HOLES;
    let server = start_with(settings).await;
    let (hole, good) = (BlackHole::new().await, target(Manners::Takes).await);
    let _encoder = Encoder::start(&server, 0).await;
    let _other = Encoder::with(&server, OTHER_KEY, 0, 0).await;
    server.desk_hears(&["published"]).await;
    let mut ids = Vec::new();
    for n in 0..HOLES {
        ids.push(server.relay_to(&format!("rtmp://{}/live", hole.address), &format!("k{n}")).await);
    }
    hole.calls_when(HOLES).await;
    // One is switched off, and the show of the others ends while they call; another room begins after that.
    server.ask("POST", &format!("/api/relays/{}/stop", ids[0]), None).await;
    hole.calls_when(HOLES - 1).await;
    server.media.end(server.desk.room);
    let other = server.relay_from(server.desk.other, &format!("rtmp://{good}/live"), "k").await;
    server.relay_when(&other, |relay| relay["state"] == "live").await;
    hole.calls_when(0).await;

    // Each was connecting and ended; the other room's is connecting and live. Nothing else, and nothing afterwards.
    let told = told(&server, 2 * HOLES + 2).await;
    for (n, id) in ids.iter().enumerate() {
        assert_eq!(told[id], ["connecting", if n == 0 { "stopped" } else { "idle" }], "{told:?}");
    }
    assert_eq!(told[&other], ["connecting", "live"]);
}

#[tokio::test]
async fn a_relay_that_fails_for_long_rings() {
    let mut settings = settings();
    settings.qoe.relay_failed_s = 1;
    let server = start_with(settings).await;
    let _encoder = Encoder::start(&server, 0).await;
    server.desk_hears(&["published"]).await;
    let gone = crate::nginx::free_address();
    let id = server.relay_to(&format!("rtmp://{gone}/live"), "nobody").await;
    let alarm = alarm_when(&server, true).await;
    assert_eq!((&alarm["room_id"], &alarm["limit"]), (&json!(server.desk.room), &json!(1_000.0)));
    assert!(alarm["value"].as_f64() >= Some(1_000.0), "{alarm}");
    // Nobody wants it any more.
    server.ask("POST", &format!("/api/relays/{id}/stop"), None).await;
    assert_eq!(alarm_when(&server, false).await["id"], alarm["id"]);
}

/// The alarm about relays, once it is open or over.
async fn alarm_when(server: &Server, open: bool) -> serde_json::Value {
    for _ in 0..2_000 {
        let all = server.ask("GET", &format!("/api/alarms?open={open}"), None).await.json();
        let found = all.as_array().unwrap().iter().find(|alarm| alarm["kind"] == "relay_failed");
        if let Some(alarm) = found {
            return alarm.clone();
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("no alarm about relays with open = {open}");
}

#[tokio::test]
async fn what_must_not_be_relayed_to_is_refused() {
    let server = start_with(Settings::default()).await;
    let path = format!("/api/rooms/{}/relays", server.desk.room);
    for (url, key, code) in [
        ("rtmp://127.0.0.1/live", Some("k"), "private_address"),
        ("rtmp://localhost/live", Some("k"), "private_address"),
        ("rtmp://[::ffff:10.0.0.1]/live", Some("k"), "private_address"),
        ("rtmp://169.254.169.254/live/k", None, "private_address"),
        ("http://platform.example/live", Some("k"), "bad_address"),
        ("rtmp://platform.example/live", None, "bad_address"),
        ("rtmp://platform.example/live", Some("a b"), "bad_stream_key"),
        ("rtmp://platform.example/live", Some(KEY), "relay_circle"),
        ("rtmp://platform.example/live/evening?key=good-key", None, "relay_circle"),
    ] {
        let body = json!({"name": "x", "url": url, "stream_key": key});
        let answer = server.ask("POST", &path, Some(body)).await;
        assert_eq!((answer.status, answer.json()["code"].as_str()), (400, Some(code)), "{url}");
    }
    let id = server.relay_to("rtmp://platform.example/live", OTHER_KEY).await;
    let one = format!("/api/relays/{id}");
    for other in
        ["rtmp://elsewhere.example/live", "rtmp://platform.example/live/NEWKEY", "rtmp://platform.example/live/NEW?K=1"]
    {
        let moved = server.ask("PATCH", &one, Some(json!({"url": other}))).await;
        assert_eq!(moved.json()["code"], "stream_key_needed", "a kept key goes to no other address: {other}");
    }
    assert_eq!(
        server.relays().await[0]["url"],
        "rtmp://platform.example/live",
        "and a pasted one is not kept in the clear"
    );
    let pasted = json!({"url": "rtmp://platform.example/live/NEWKEY", "stream_key": ""});
    assert_eq!(server.ask("PATCH", &one, Some(pasted)).await.json()["url"], "rtmp://platform.example/live");
    let moved = json!({"url": "rtmp://platform.example/app", "stream_key": OTHER_KEY});
    assert_eq!(server.ask("PATCH", &one, Some(moved)).await.json()["url"], "rtmp://platform.example/app");
    let same = Some(json!({"name": "y", "url": "rtmp://platform.example/app/"}));
    let renamed = server.ask("PATCH", &one, same).await;
    assert_eq!((renamed.status, &renamed.json()["name"]), (200, &json!("y")));
    assert!(!renamed.text().contains(OTHER_KEY) && renamed.json()["has_key"] == true);
    assert_eq!(renamed.json()["state"], "idle", "the room is not on air");
    for n in 1..8 {
        server.relay_to("rtmp://platform.example/live", &format!("k{n}")).await;
    }
    let ninth = server.ask("POST", &path, Some(json!({"name": "x", "url": "rtmp://platform.example/live/k"}))).await;
    assert_eq!((ninth.status, ninth.json()["code"].as_str()), (409, Some("too_many_relays")));
    assert_eq!(server.ask("DELETE", &one, None).await.status, 204);
    assert_eq!(server.relays().await.len(), 7);
    let stranger = server.program.call("stream.read,stream.manage@other", "POST", &format!("{one}/start"), None).await;
    assert_eq!(stranger.status, 404);
}
