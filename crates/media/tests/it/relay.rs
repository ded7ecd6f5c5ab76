//! Relays to the real nginx-rtmp, and to targets that are slow, silent, rude or gone.

use crate::http_support::{KEY, OTHER_KEY, Server, start_with};
use crate::nginx::Nginx;
use crate::show;
use bytes::BytesMut;
use media::Settings;
use media::relay::RelaySettings;
use media::rtmp::{Event, Session};
use serde_json::json;
use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

fn settings() -> Settings {
    Settings { relay: RelaySettings { allow_private: true, ..RelaySettings::default() }, ..Settings::default() }
}

impl Server {
    async fn ask(&self, method: &str, path: &str, body: Option<serde_json::Value>) -> app::testing::Answer {
        self.program.call("stream.read,stream.manage", method, path, body).await
    }

    async fn relay_to(&self, url: &str, key: &str) -> String {
        let path = format!("/api/rooms/{}/relays", self.desk.room);
        let body = json!({"name": "a platform", "url": url, "stream_key": key});
        let answer = self.ask("POST", &path, Some(body)).await;
        assert_eq!(answer.status, 201, "{}", answer.text());
        answer.json()["id"].as_str().unwrap().to_owned()
    }

    async fn relays(&self) -> Vec<serde_json::Value> {
        let answer = self.ask("GET", &format!("/api/rooms/{}/relays", self.desk.room), None).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        answer.json()["items"].as_array().unwrap().clone()
    }

    /// The relay once it fulfils `wanted`.
    async fn relay_when(&self, id: &str, wanted: impl Fn(&serde_json::Value) -> bool) -> serde_json::Value {
        let mut last = serde_json::Value::Null;
        for _ in 0..2_000 {
            let relays = self.relays().await;
            last = relays.into_iter().find(|relay| relay["id"] == id).unwrap_or_default();
            if wanted(&last) {
                return last;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("the relay never was as wanted: {last}");
    }
}

/// An encoder that pushes at natural speed until it is dropped.
struct Encoder(tokio::task::JoinHandle<()>);

impl Encoder {
    async fn start(server: &Server, from_ms: u32) -> Self {
        Self::with(server, from_ms, 0).await
    }

    /// Each picture is `more` bytes longer than it need be.
    async fn with(server: &Server, from_ms: u32, more: usize) -> Self {
        let (mut socket, publisher) = server.publisher(KEY).await;
        let mut tags = show::tags(from_ms, 60_000, 25);
        for tag in tags.iter_mut().skip(2).filter(|tag| tag.video) {
            tag.payload = [&tag.payload[..], &vec![0; more]].concat().into();
        }
        let headers: Vec<show::Tag> = tags.drain(..2).collect();
        Self(tokio::spawn(async move {
            let mut out = Vec::new();
            show::send(&publisher, &headers, &mut out);
            socket.write_all(&out).await.unwrap();
            let began = tokio::time::Instant::now();
            for tag in tags {
                let due = Duration::from_millis(u64::from(tag.timestamp.wrapping_sub(from_ms)));
                tokio::time::sleep_until(began + due).await;
                out.clear();
                show::send(&publisher, &[tag], &mut out);
                if socket.write_all(&out).await.is_err() {
                    return;
                }
            }
        }))
    }
}

impl Drop for Encoder {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// The show's own playlist grows while `work` is done: the room feels nothing.
async fn room_goes_on(server: &Server) {
    let before = server.playlist_when(server.desk.room, |playlist| !playlist.segments.is_empty()).await;
    let newest = before.media_sequence + before.segments.len() as u64;
    server.playlist_when(server.desk.room, |now| now.media_sequence + now.segments.len() as u64 > newest).await;
    assert_eq!(server.desk.heard(), ["published"], "the encoder was never dropped");
}

/// A recorded message: kind, timestamp, body.
type Recorded = (u8, i64, Vec<u8>);

fn recorded(file: &Path) -> Vec<Recorded> {
    let bytes = std::fs::read(file).unwrap();
    let mut rest = &bytes[13..];
    let mut messages = Vec::new();
    while rest.len() >= 11 {
        let length = u32::from_be_bytes([0, rest[1], rest[2], rest[3]]) as usize;
        let timestamp = i64::from(u32::from_be_bytes([rest[7], rest[4], rest[5], rest[6]]));
        if rest.len() < 11 + length + 4 {
            break;
        }
        messages.push((rest[0], timestamp, rest[11..11 + length].to_vec()));
        rest = &rest[11 + length + 4..];
    }
    messages
}

/// Times of pictures and sounds less the times they were made with; the synthetic encoder numbers both.
fn offsets(messages: &[Recorded]) -> (Vec<i64>, Vec<i64>) {
    let unwrap = |numbers: Vec<(u8, i64)>, time: fn(i64) -> i64| {
        let mut count = None;
        let lifted = numbers.into_iter().map(|(number, timestamp)| {
            let next = match count {
                None => i64::from(number),
                Some(before) => before + i64::from(number.wrapping_sub(before as u8)),
            };
            count = Some(next);
            timestamp - time(next)
        });
        lifted.collect::<Vec<i64>>()
    };
    let pick = |kind: u8, header: u8, at: usize| -> Vec<(u8, i64)> {
        let coded = messages.iter().filter(|(k, _, body)| *k == kind && body.len() > at && body[1] == header);
        coded.map(|(_, timestamp, body)| (body[at], *timestamp)).collect()
    };
    (unwrap(pick(9, 1, 9), |n| n * 40), unwrap(pick(8, 1, 2), |n| n * 10_240 / 441))
}

#[tokio::test]
async fn nginx_gets_the_stream_from_a_key_frame_on_and_in_step() {
    let Some(nginx) = Nginx::start("").await else { return };
    let server = start_with(settings()).await;
    // The encoder's clock begins anywhere.
    let encoder = Encoder::start(&server, 4_000_000).await;
    server.desk_hears(&["published"]).await;
    let id = server.relay_to(&format!("rtmp://{}/live", nginx.rtmp), "elsewhere").await;
    let live = server.relay_when(&id, |relay| relay["state"] == "live" && relay["bitrate_kbps"] != 0).await;
    assert!(live["sent_bytes"].as_u64().unwrap() > 0 && live["since"].is_i64(), "{live}");
    assert_eq!(
        (&live["dropped_frames"], &live["reconnects"], &live["last_error"]),
        (&json!(0), &json!(0), &json!(null))
    );
    tokio::time::sleep(Duration::from_secs(1)).await;
    let stopped = server.ask("POST", &format!("/api/relays/{id}/stop"), None).await;
    assert_eq!(stopped.json()["state"], "stopped");
    room_goes_on(&server).await;
    drop(encoder);

    let records = nginx.records("elsewhere");
    assert_eq!(records.len(), 1, "{}", nginx.log());
    let messages = recorded(&records[0]);
    let first = messages.iter().find(|(kind, _, body)| *kind == 9 && body[1] == 1).unwrap();
    assert_eq!((first.2[0], first.1), (0x17, 0), "a key frame at 0 begins it");
    let (video, audio) = offsets(&messages);
    assert!(video.len() > 50 && audio.len() > 80, "{} pictures, {} sounds", video.len(), audio.len());
    let worst = video.iter().chain(&audio).map(|offset| (offset - video[0]).abs()).max().unwrap();
    eprintln!("{} pictures and {} sounds are at most {worst} ms off their place", video.len(), audio.len());
    assert!(worst <= 1, "pictures {video:?}, sounds {audio:?}");
}

#[tokio::test]
async fn a_lost_target_is_tried_again_and_begins_anew() {
    let Some(mut nginx) = Nginx::start("").await else { return };
    let server = start_with(settings()).await;
    let first = Encoder::start(&server, 0).await;
    server.desk_hears(&["published"]).await;
    let id = server.relay_to(&format!("rtmp://{}/live", nginx.rtmp), "again").await;
    server.relay_when(&id, |relay| relay["state"] == "live").await;
    nginx.kill().await;
    let waiting = server.relay_when(&id, |relay| relay["state"] == "waiting" && relay["reconnects"] != 0).await;
    assert!(waiting["last_error"]["code"].is_string(), "{waiting}");
    nginx.run().await;
    server.relay_when(&id, |relay| relay["state"] == "live" && relay["bitrate_kbps"] != 0).await;
    // Another encoder with another clock takes over: the target keeps its connection and its clock.
    drop(first);
    let second = Encoder::start(&server, 90_000).await;
    let sent = server.relay_when(&id, |relay| relay["state"] == "live").await["sent_bytes"].as_u64().unwrap();
    let much = |relay: &serde_json::Value| relay["sent_bytes"].as_u64().unwrap_or_default() > sent + 60_000;
    let live = server.relay_when(&id, much).await;
    assert_eq!(live["reconnects"], waiting["reconnects"], "{live}");
    drop(second);
    server.media.end(server.desk.room);
    server.relay_when(&id, |relay| relay["state"] == "idle").await;

    let records = nginx.records("again");
    assert_eq!(records.len(), 2, "{}", nginx.log());
    let messages = recorded(&records[1]);
    let pictures: Vec<i64> =
        messages.iter().filter(|(kind, _, body)| *kind == 9 && body[1] == 1).map(|(_, at, _)| *at).collect();
    assert_eq!(pictures[0], 0);
    assert!(pictures.windows(2).all(|pair| (1..5_000).contains(&(pair[1] - pair[0]))), "{pictures:?}");
}

/// What a bad target does once it has accepted a stream.
#[derive(Clone, Copy, Debug)]
enum Manners {
    /// Takes the connection and says nothing.
    Silent,
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
    let _encoder = Encoder::with(&server, 0, 40_000).await;
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
    let slow = server.relay_when(never_reads, |relay| relay["dropped_frames"].as_u64() >= Some(40)).await;
    assert_eq!(slow["state"], "live", "{slow}");
    let silent = server.relay_when(silent, |relay| relay["state"].is_string()).await;
    assert!(["connecting", "waiting"].contains(&silent["state"].as_str().unwrap()), "{silent}");
    room_goes_on(&server).await;
    for relay in server.relays().await {
        assert!(!relay.to_string().contains("Refuses"), "stream keys are never told: {relay}");
    }
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
    ] {
        let body = json!({"name": "x", "url": url, "stream_key": key});
        let answer = server.ask("POST", &path, Some(body)).await;
        assert_eq!((answer.status, answer.json()["code"].as_str()), (400, Some(code)), "{url}");
    }
    let id = server.relay_to("rtmp://platform.example/live", OTHER_KEY).await;
    let one = format!("/api/relays/{id}");
    let moved = server.ask("PATCH", &one, Some(json!({"url": "rtmp://elsewhere.example/live"}))).await;
    assert_eq!(moved.json()["code"], "stream_key_needed", "a kept key goes to no other server");
    let renamed = server.ask("PATCH", &one, Some(json!({"name": "y", "url": "rtmp://platform.example/app"}))).await;
    assert_eq!((renamed.status, &renamed.json()["url"]), (200, &json!("rtmp://platform.example/app")));
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

/// A certificate for `localhost` and who signed it, made with openssl.
async fn certificates(dir: &Path) -> bool {
    let script = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout ca.key -out ca.pem -days 2 -subj /CN=ca \
         && openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout key.pem -out req.pem -subj /CN=localhost \
         && printf 'subjectAltName=DNS:localhost' > ext && openssl x509 -req -in req.pem -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -extfile ext -out cert.pem";
    let mut command = tokio::process::Command::new("sh");
    let done = command.args(["-c", script]).current_dir(dir).output().await.unwrap();
    if !done.status.success() {
        eprintln!("SKIPPED: no certificate could be made: {}", String::from_utf8_lossy(&done.stderr));
    }
    done.status.success()
}

#[tokio::test]
async fn another_room_of_ours_gets_the_stream_within_tls() {
    let dir = tempfile::tempdir().unwrap();
    if !certificates(dir.path()).await {
        return;
    }
    let mut settings = settings();
    settings.relay.ca_file = dir.path().join("ca.pem");
    let server = start_with(settings).await;
    let tls = tls_before(server.rtmp, dir.path()).await;
    let _encoder = Encoder::start(&server, 0).await;
    server.desk_hears(&["published"]).await;
    let id = server.relay_to(&format!("rtmps://localhost:{}/live", tls.port()), OTHER_KEY).await;
    server.relay_when(&id, |relay| relay["state"] == "live" && relay["bitrate_kbps"] != 0).await;
    assert!(server.media.is_publishing(server.desk.other));
    server.playlist_when(server.desk.other, |playlist| !playlist.segments.is_empty()).await;
    // Nobody vouches for the certificate under this name.
    let other = server.relay_to(&format!("rtmps://127.0.0.1:{}/live", tls.port()), "untrusted").await;
    let failed = server.relay_when(&other, |relay| relay["last_error"].is_object()).await;
    assert_eq!(failed["last_error"]["code"], "tls", "{failed}");
}

/// A port that takes TLS off and passes on what it finds.
async fn tls_before(inner: SocketAddr, dir: &Path) -> SocketAddr {
    use rustls::pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject};
    let chain = CertificateDer::pem_file_iter(dir.join("cert.pem")).unwrap().map(Result::unwrap).collect();
    let key = PrivateKeyDer::from_pem_file(dir.join("key.pem")).unwrap();
    let provider = std::sync::Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    let config = config.with_no_client_auth().with_single_cert(chain, key).unwrap();
    let acceptor = tokio_rustls::TlsAcceptor::from(std::sync::Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((socket, _)) = listener.accept().await {
            let acceptor = acceptor.clone();
            tokio::spawn(async move {
                let Ok(mut outer) = acceptor.accept(socket).await else { return };
                let mut inner = TcpStream::connect(inner).await.unwrap();
                tokio::io::copy_bidirectional(&mut outer, &mut inner).await.ok();
            });
        }
    });
    address
}
