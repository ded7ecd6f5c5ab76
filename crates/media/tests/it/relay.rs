//! Relays to the real nginx-rtmp, to ffmpeg and to another room of ours.

use crate::hooks::push;
use crate::http_support::{KEY, OTHER_KEY, start_with};
use crate::nginx::Nginx;
use crate::relay_support::{Encoder, bytes_of, offsets, recorded_when, room_goes_on, settings};
use serde_json::json;
use std::net::SocketAddr;
use std::path::Path;
use tokio::net::{TcpListener, TcpStream};

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
    let enough = |relay: &serde_json::Value| relay["sent_bytes"].as_u64() >= Some(bytes_of(4_000));
    server.relay_when(&id, enough).await;
    let stopped = server.ask("POST", &format!("/api/relays/{id}/stop"), None).await;
    assert_eq!(stopped.json()["state"], "stopped");
    room_goes_on(&server).await;
    drop(encoder);

    let records = nginx.records("elsewhere");
    assert_eq!(records.len(), 1, "{}", nginx.log());
    let messages = recorded_when(&records[0], 50).await;
    let first = messages.iter().find(|(kind, _, body)| *kind == 9 && body[1] == 1).unwrap();
    assert_eq!((first.2[0], first.1), (0x17, 0), "a key frame at 0 begins it");
    let (video, audio) = offsets(&messages);
    assert!(video.len() > 50 && audio.len() > 80, "{} pictures, {} sounds", video.len(), audio.len());
    let worst = video.iter().chain(&audio).map(|offset| (offset - video[0]).abs()).max().unwrap();
    eprintln!("{} pictures and {} sounds are at most {worst} ms off their place", video.len(), audio.len());
    assert!(worst <= 1, "pictures {video:?}, sounds {audio:?}");
}

#[tokio::test]
async fn ffmpeg_takes_the_stream_without_complaint() {
    let target = crate::nginx::free_address();
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("got.flv");
    let mut command = tokio::process::Command::new("ffmpeg");
    command.args(["-nostdin", "-v", "warning", "-listen", "1", "-i"]).arg(format!("rtmp://{target}/live/key"));
    command.args(["-c", "copy", "-flush_packets", "1", "-y"]).arg(&file);
    let Ok(ffmpeg) = command.stderr(std::process::Stdio::piped()).kill_on_drop(true).spawn() else {
        eprintln!("SKIPPED: `ffmpeg` is not installed, no stream was sent to it");
        return;
    };
    let server = start_with(settings()).await;
    let Some(_encoder) = push(&format!("rtmp://{}/live/{KEY}", server.rtmp)) else { return };
    let id = server.relay_to(&format!("rtmp://{target}/live"), "key").await;
    // It may be tried before ffmpeg listens.
    server.relay_when(&id, |relay| relay["state"] == "live").await;
    let messages = recorded_when(&file, 50).await;
    server.ask("POST", &format!("/api/relays/{id}/stop"), None).await;
    let said = ffmpeg.wait_with_output().await.unwrap();
    let said = String::from_utf8_lossy(&said.stderr).into_owned();
    let sounds = messages.iter().filter(|(kind, ..)| *kind == 8).count();
    assert!(sounds > 50, "{sounds} sounds; ffmpeg says: {said}");
    assert!(!said.contains("onotonous") && !said.contains("nvalid"), "{said}");
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
    let again = server.relay_when(&id, |relay| relay["state"] == "live" && relay["bitrate_kbps"] != 0).await;
    // Another encoder with another clock takes over: the target keeps its connection and its clock.
    drop(first);
    let second = Encoder::start(&server, 90_000).await;
    let sent = server.relay_when(&id, |relay| relay["state"] == "live").await["sent_bytes"].as_u64().unwrap();
    let much = |relay: &serde_json::Value| relay["sent_bytes"].as_u64().unwrap_or_default() > sent + 60_000;
    let live = server.relay_when(&id, much).await;
    assert_eq!(live["reconnects"], again["reconnects"], "{live}");
    drop(second);
    server.media.end(server.desk.room);
    server.relay_when(&id, |relay| relay["state"] == "idle").await;

    let records = nginx.records("again");
    assert_eq!(records.len(), 2, "{}", nginx.log());
    let messages = recorded_when(&records[1], 100).await;
    let pictures: Vec<i64> =
        messages.iter().filter(|(kind, _, body)| *kind == 9 && body[1] == 1).map(|(_, at, _)| *at).collect();
    assert_eq!(pictures[0], 0);
    assert!(pictures.windows(2).all(|pair| (1..30_000).contains(&(pair[1] - pair[0]))), "{pictures:?}");
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
