//! Blocking reload and announced parts over real sockets.

use crate::http_support::{KEY, Server, start, start_with, without_slate};
use crate::low_latency::{Listed, read};
use crate::show;
use events::RoomId;
use media::MediaSettings;
use media::rtmp::publisher::Publisher;
use std::io::Read;
use std::time::{Duration, Instant};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

/// Pushes the tags of `from_ms` to `to_ms` at their natural speed.
async fn pace((socket, publisher): &mut (TcpStream, Publisher), from_ms: u32, to_ms: u32) {
    let begin = Instant::now();
    for tag in show::tags(0, to_ms, 50).into_iter().filter(|tag| tag.timestamp >= from_ms) {
        let due = Duration::from_millis(u64::from(tag.timestamp - from_ms));
        tokio::time::sleep(due.saturating_sub(begin.elapsed())).await;
        let mut out = Vec::new();
        show::send(publisher, std::slice::from_ref(&tag), &mut out);
        if socket.write_all(&out).await.is_err() {
            return;
        }
    }
}

async fn listed(server: &Server, path: &str) -> Listed {
    let answer = server.get(path).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    read(&answer.text())
}

async fn live() -> (Server, RoomId, String, (TcpStream, Publisher)) {
    let server = start().await;
    let room = server.desk.room;
    // Two segments at once, and 500 ms of the third.
    let encoder = server.push(KEY, &show::tags(0, 4_500, 50)).await;
    server.playlist_when(room, |playlist| playlist.segments.len() == 2).await;
    let path = server.playlist_path(room).await;
    // They come in several reads.
    while listed(&server, &path)
        .await
        .segments
        .last()
        .is_none_or(|open| open.duration.is_some() || open.parts.len() < 2)
    {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    (server, room, path, encoder)
}

#[tokio::test]
async fn a_reload_waits_for_the_part_it_names() {
    let (server, _, path, mut encoder) = live().await;
    let now = listed(&server, &path).await;
    let (msn, part) = now.hint.unwrap();
    assert_eq!(now.segments.len(), 3, "the open segment is listed with its parts");
    assert!(listed(&server, &format!("{path}&_HLS_msn={msn}&_HLS_part=0")).await.hint.is_some(), "at once");

    let asked = format!("{path}&_HLS_msn={msn}&_HLS_part={}", part + 1);
    let waiting = async {
        let begin = Instant::now();
        (listed(&server, &asked).await, begin.elapsed())
    };
    let pushing = async {
        tokio::time::sleep(Duration::from_millis(300)).await;
        pace(&mut encoder, 4_500, 5_200).await;
    };
    let ((later, took), ()) = tokio::join!(waiting, pushing);
    assert!(took >= Duration::from_millis(300), "it waited: {took:?}");
    let open = later.segments.last().unwrap();
    assert!(open.parts.len() >= part + 2, "the part asked for is there");
}

#[tokio::test]
async fn playlists_come_in_gzip_for_who_takes_it() {
    let (server, room, path, mut encoder) = live().await;
    let unzipped = |body: &[u8]| {
        let mut text = String::new();
        flate2::read::GzDecoder::new(body).read_to_string(&mut text).unwrap();
        text
    };
    let plain = server.get(&path).await;
    let zipped = server.request("GET", &path, "accept-encoding: br, gzip\r\n").await;
    assert_eq!((plain.header("content-encoding"), zipped.header("content-encoding").as_deref()), (None, Some("gzip")));
    for answer in [&plain, &zipped] {
        assert_eq!(answer.header("vary").as_deref(), Some("accept-encoding"));
        assert_eq!(answer.header("cache-control").as_deref(), Some("no-store"));
        assert_eq!(answer.header("content-type").as_deref(), Some("application/vnd.apple.mpegurl"));
    }
    assert_eq!(unzipped(&zipped.body), plain.text());
    assert!(zipped.body.len() * 5 < plain.body.len(), "{} of {}", zipped.body.len(), plain.body.len());

    // A reload that waits comes when its part does, and to everybody with their own token.
    let (msn, part) = read(&plain.text()).hint.unwrap();
    let asked = |path: &str| format!("{path}&_HLS_msn={msn}&_HLS_part={part}");
    let other = asked(&server.playlist_path(room).await);
    let asked = asked(&path);
    let waiting = async {
        tokio::join!(
            server.request("GET", &asked, "accept-encoding: gzip\r\n"),
            server.request("GET", &other, "accept-encoding: gzip\r\n"),
        )
    };
    let ((one, two), ()) = tokio::join!(waiting, pace(&mut encoder, 4_500, 5_200));
    let (one, two) = (unzipped(&one.body), unzipped(&two.body));
    let token = |path: &str| path.split("token=").nth(1).unwrap().split('&').next().unwrap().to_owned();
    assert_ne!(one, two);
    assert!(one.contains(&token(&asked)) && !one.contains(&token(&other)) && two.contains(&token(&other)));
    assert_eq!(one.replace(&token(&asked), ""), two.replace(&token(&other), ""));
}

#[tokio::test]
async fn an_announced_part_may_be_asked_for_before_it_is_there() {
    let (server, room, path, mut encoder) = live().await;
    let text = server.get(&path).await.text();
    let hint = text.lines().find(|line| line.starts_with("#EXT-X-PRELOAD-HINT")).unwrap();
    let uri = hint.split('"').nth(1).unwrap();
    let address = format!("/live/{room}/{uri}");
    let asking = server.get(&address);
    let pushing = async {
        tokio::time::sleep(Duration::from_millis(200)).await;
        pace(&mut encoder, 4_500, 5_200).await;
    };
    let (part, ()) = tokio::join!(asking, pushing);
    assert_eq!(part.status, 200);
    assert_eq!(&part.body[4..8], b"moof");
    assert!(part.header("cache-control").unwrap().contains("immutable"));
    assert_eq!(server.audience.online(room), 1, "a fetched part makes a viewer");

    // Far away ones are not waited for.
    let (msn, _) = read(&text).hint.unwrap();
    let begin = Instant::now();
    for wrong in [format!("{msn}.40"), format!("{}.0", msn + 1), format!("{msn}."), format!(".{msn}")] {
        let address =
            address.replacen(uri.split('?').next().unwrap().rsplit('/').next().unwrap(), &format!("{wrong}.m4s"), 1);
        assert_eq!(server.get(&address).await.status, 404, "{wrong}");
    }
    assert!(begin.elapsed() < Duration::from_secs(11), "a wait is twelve seconds long");
}

#[tokio::test]
async fn parts_make_up_their_segment() {
    let (server, room, path, _encoder) = live().await;
    let text = server.get(&path).await.text();
    let lines: Vec<&str> = text.lines().collect();
    let uris = |from: &str| -> Vec<String> {
        let tag = lines.iter().filter(|line| line.starts_with("#EXT-X-PART:") && line.contains(from));
        tag.map(|line| line.split('"').nth(1).unwrap().to_owned()).collect()
    };
    let whole = lines.iter().find(|line| line.starts_with("seg/")).unwrap();
    let name = whole.split(".m4s").next().unwrap();
    let mut parts = Vec::new();
    for uri in uris(&format!("{name}.")) {
        parts.extend(server.get(&format!("/live/{room}/{uri}")).await.body);
    }
    let address = format!("/live/{room}/{whole}");
    let answer = server.get(&address).await;
    assert!(!parts.is_empty());
    assert_eq!(answer.header("content-length").unwrap(), parts.len().to_string());
    assert_eq!(answer.body, parts);
    for (first, last) in [(0, 0), (3, parts.len() - 2), (parts.len() / 3, parts.len() / 2)] {
        let piece = server.request("GET", &address, &format!("range: bytes={first}-{last}\r\n")).await;
        assert_eq!((piece.status, &piece.body[..]), (206, &parts[first..=last]));
    }
    let head = server.request("HEAD", &address, "").await;
    assert_eq!((head.header("content-length").unwrap(), head.body.len()), (parts.len().to_string(), 0));
}

#[tokio::test]
async fn unreasonable_reloads_are_refused() {
    let (server, _, path, _encoder) = live().await;
    let (msn, _) = listed(&server, &path).await.hint.unwrap();
    for (query, status, code) in [
        (format!("_HLS_msn={}", msn + 2), 400, "segment_too_far"),
        (format!("_HLS_msn={}", u64::MAX), 400, "segment_too_far"),
        (format!("_HLS_msn={msn}&_HLS_part=99"), 400, "segment_too_far"),
        ("_HLS_part=1".into(), 400, "segment_missing"),
    ] {
        let answer = server.get(&format!("{path}&{query}")).await;
        assert_eq!((answer.status, answer.text().contains(code)), (status, true), "{query}: {}", answer.text());
    }
    assert_eq!(server.get(&format!("{path}&_HLS_msn=x")).await.status, 400);
    assert_eq!(server.get(&format!("{path}&_HLS_msn=0")).await.status, 200, "what is old is there");
    // Behind the last part of a segment stands the first one of the next.
    assert_eq!(server.get(&format!("{path}&_HLS_msn={}&_HLS_part=14", msn - 1)).await.status, 200);
}

#[tokio::test]
async fn a_reload_does_not_wait_for_ever_nor_beyond_the_end() {
    let media = MediaSettings { segment_ms: 500, longest_segment_ms: 1_000, ..MediaSettings::default() };
    let server = start_with(without_slate(media)).await;
    let room = server.desk.room;
    let (_socket, _) = server.push(KEY, &show::tags(0, 2_200, 25)).await;
    server.playlist_when(room, |playlist| playlist.segments.len() == 2).await;
    let path = server.playlist_path(room).await;
    let (msn, part) = listed(&server, &path).await.hint.unwrap();
    let begin = Instant::now();
    let late = server.get(&format!("{path}&_HLS_msn={msn}&_HLS_part={}", part + 3)).await;
    assert_eq!((late.status, late.text().contains("segment_late")), (503, true));
    assert!(begin.elapsed() >= Duration::from_secs(3), "three target durations of one second");

    let asked = format!("{path}&_HLS_msn={}", msn + 1);
    let ending = async {
        tokio::time::sleep(Duration::from_millis(200)).await;
        server.media.end(room);
    };
    let (answer, ()) = tokio::join!(server.get(&asked), ending);
    assert!(answer.status == 200 && read(&answer.text()).ended, "the end is told to those who wait");
}
