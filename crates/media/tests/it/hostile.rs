//! Whatever one connection does, another publisher goes on.

use crate::http_support::{KEY, OTHER_KEY, Server, read_to_close, start_with, without_slate};
use crate::show;
use media::MediaSettings;
use media::rtmp::publisher::Publisher;
use media::rtmp::{ChunkWriter, amf, kind};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

async fn strict() -> Server {
    // They bind the good publisher too, which may be slow on a busy machine.
    let limits = MediaSettings { handshake_timeout_ms: 3_000, idle_timeout_ms: 5_000, ..MediaSettings::default() };
    start_with(without_slate(limits)).await
}

/// Connects, sends, and waits for the server to close.
async fn closed_after(server: &Server, bytes: &[u8]) -> Vec<u8> {
    let mut socket = TcpStream::connect(server.rtmp).await.unwrap();
    // The server may close in the middle.
    let _ = socket.write_all(bytes).await;
    read_to_close(&mut socket).await
}

fn greeted() -> Vec<u8> {
    let mut out = Vec::new();
    Publisher::hello(&mut out);
    Publisher::echo(&mut out);
    out
}

fn asked(key: &str) -> Vec<u8> {
    let mut out = greeted();
    Publisher::default().publish("live", key, &mut out);
    out
}

fn noise(bytes: usize) -> Vec<u8> {
    (0..bytes as u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 13) as u8).collect()
}

fn command(payload: &[u8]) -> Vec<u8> {
    let mut out = greeted();
    let mut writer = ChunkWriter::default();
    writer.set_chunk_size(65_536, &mut out);
    writer.write(3, kind::COMMAND, 0, 0, payload, &mut out);
    out
}

#[tokio::test]
async fn strangers_harm_nobody() {
    let server = strict().await;
    let all = show::tags(0, 20_000, 50);
    let late = all[all.len() / 2..].to_vec();
    let (mut socket, publisher) = server.push(OTHER_KEY, &all[..all.len() / 2]).await;
    server.playlist_when(server.desk.other, |playlist| playlist.segments.len() >= 4).await;
    // The good publisher keeps talking while the others try things.
    let good = tokio::spawn(async move {
        for tag in late {
            let mut out = Vec::new();
            show::send(&publisher, &[tag], &mut out);
            socket.write_all(&out).await.unwrap();
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
        (socket, publisher)
    });

    let mut half = Vec::new();
    Publisher::hello(&mut half);
    let attacks: Vec<Vec<u8>> = vec![
        noise(100_000),
        [&[3][..], &noise(100_000)].concat(),
        [greeted(), noise(300_000)].concat(),
        half[..700].to_vec(),
        half,
        // AMF: an array of four thousand million, nesting, and a string longer than the message.
        command(&[10, 0xff, 0xff, 0xff, 0xff, 5]),
        command(&[10, 0, 0, 0, 1].repeat(13_000)),
        command(&[12, 0xff, 0xff, 0xff, 0xff]),
        // A message that says 16 MB before anybody was let in.
        [greeted(), vec![3, 0, 0, 0, 0xff, 0xff, 0xff, 20, 0, 0, 0, 0]].concat(),
        // Chunk size 0, and media without `publish`.
        [greeted(), vec![2, 0, 0, 0, 0, 0, 4, 1, 0, 0, 0, 0, 0, 0, 0, 0]].concat(),
        [greeted(), vec![6, 0, 0, 0, 0, 0, 1, 9, 1, 0, 0, 0, 0x17]].concat(),
        // Another application, playing, a name that climbs.
        command(&amf::encode_all(&[
            amf::text("connect"),
            amf::Value::Number(1.0),
            amf::object(&[("app", amf::text("vod"))]),
        ])),
        command(&amf::encode_all(&[amf::text("play"), amf::Value::Number(1.0), amf::Value::Null, amf::text("x")])),
        asked("../../../../tmp/x"),
        asked(""),
    ];
    let tries = attacks.iter().map(|attack| closed_after(&server, attack));
    futures_util::future::join_all(tries).await;

    // A window of zero bytes is taken for none.
    let mut bytes = greeted();
    ChunkWriter::default().write(2, kind::WINDOW_ACK, 0, 0, &[0; 4], &mut bytes);
    closed_after(&server, &bytes).await;

    let (socket, _publisher) = good.await.unwrap();
    let playlist = server.playlist_when(server.desk.other, |playlist| playlist.media_sequence >= 3).await;
    assert!(playlist.segments.iter().all(|segment| segment.duration == 2.0 && !segment.discontinuity));
    assert!(server.media.is_publishing(server.desk.other));
    drop(socket);
}

#[tokio::test]
async fn a_slow_drip_does_not_hold_a_place() {
    let server = strict().await;
    let bytes = asked(KEY);
    let mut socket = TcpStream::connect(server.rtmp).await.unwrap();
    let mut sent = 0;
    for byte in &bytes {
        if socket.write_all(&[*byte]).await.is_err() {
            break;
        }
        sent += 1;
        tokio::time::sleep(std::time::Duration::from_millis(2)).await;
    }
    assert!(sent < bytes.len(), "the server hung up before the end");
    assert!(server.desk.heard().is_empty());
}

#[tokio::test]
async fn a_publisher_that_lies_about_lengths_is_dropped() {
    let server = strict().await;
    for lie in [
        // 16 MB in one message; 5 MB in each of four, never finished; a picture that never comes whole.
        vec![6, 0, 0, 0, 0xff, 0xff, 0xff, 9, 1, 0, 0, 0],
        (10..14u8).flat_map(|lane| [vec![lane, 0, 0, 0, 0x50, 0, 0, 9, 1, 0, 0, 0], vec![0; 4096]].concat()).collect(),
        vec![6, 0, 0, 0, 0, 0xff, 0xff, 9, 1, 0, 0, 0, 1, 2, 3],
    ] {
        let (mut socket, _) = server.push(KEY, &show::tags(0, 3_000, 25)).await;
        let _ = socket.write_all(&lie).await;
        read_to_close(&mut socket).await;
    }
    server.desk_hears(&["published", "lost", "published", "lost", "published", "lost"]).await;
}

#[tokio::test]
async fn connections_are_limited() {
    let server =
        start_with(without_slate(MediaSettings { connections_from_loopback: 3, ..MediaSettings::default() })).await;
    let mut held = Vec::new();
    for _ in 0..3 {
        held.push(server.publisher("waiting for nothing").await);
    }
    // Refused publishers leave by themselves; half handshakes stay.
    let mut idle = Vec::new();
    for (mut socket, _) in held {
        read_to_close(&mut socket).await;
    }
    while idle.len() < 3 {
        let mut socket = TcpStream::connect(server.rtmp).await.unwrap();
        let _ = socket.write_all(&[3]).await;
        idle.push(socket);
    }
    let mut fourth = TcpStream::connect(server.rtmp).await.unwrap();
    assert!(read_to_close(&mut fourth).await.is_empty());
    idle.clear();
    loop {
        let (mut socket, _) = server.push(KEY, &show::tags(0, 3_000, 25)).await;
        if server.media.is_publishing(server.desk.room) {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        if server.media.is_publishing(server.desk.room) {
            break;
        }
        let _ = socket.shutdown().await;
    }
}
