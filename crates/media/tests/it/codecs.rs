//! One connection that changes its codec in mid-stream: H.264, H.265, AV1, all from real encoders.

use crate::enhanced::film;
use crate::ffmpeg::has_ffmpeg;
use crate::http_support::{KEY, Server, start_with, without_slate};
use crate::low_latency::read;
use crate::show::{self, Tag};
use events::RoomId;
use media::MediaSettings;
use std::path::Path;
use tokio::io::AsyncWriteExt;
use tokio::process::Command;

/// Its name, ffmpeg's options, its sample entry, the box of its record, and how its name in a playlist begins.
type Codec = (&'static str, &'static str, &'static [u8; 4], &'static [u8; 4], &'static str);

const CODECS: [Codec; 3] = [
    ("h264", "-c:v libx264 -preset ultrafast -bf 2 -g 60", b"avc1", b"avcC", "avc1."),
    (
        "hevc",
        "-c:v libx265 -preset ultrafast -x265-params log-level=error:keyint=60:bframes=2 -tag:v hvc1",
        b"hvc1",
        b"hvcC",
        "hvc1.1.6.L",
    ),
    (
        "av1",
        "-c:v libaom-av1 -cpu-used 8 -usage realtime -lag-in-frames 0 -g 60 -b:v 300k",
        b"av01",
        b"av1C",
        "av01.0.",
    ),
];

/// What ffprobe tells of the video in these bytes, and what it complains of. The sound is made up, so of that it may.
async fn probe(dir: &Path, media: &[u8], arguments: &[&str]) -> (String, Vec<String>) {
    let file = dir.join("probed.mp4");
    std::fs::write(&file, media).unwrap();
    let output = Command::new("ffprobe")
        .args(["-v", "error", "-select_streams", "v:0"])
        .args(arguments)
        .args(["-of", "csv=p=0"])
        .arg(&file)
        .output()
        .await
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    let complaints = said.lines().filter(|line| !line.contains("[aac")).map(Into::into).collect();
    (String::from_utf8(output.stdout).unwrap().trim().to_owned(), complaints)
}

/// Every part that the playlist names can be read with its init segment.
async fn parts_are_readable(server: &Server, room: RoomId, dir: &Path, codec: &str) {
    let text = server.get(&server.playlist_path(room).await).await.text();
    let quoted = |line: &str| line.split('"').nth(1).unwrap().to_owned();
    let (mut init, mut read_parts) = (Vec::new(), 0);
    for line in text.lines() {
        if line.starts_with("#EXT-X-MAP:") {
            init = server.get(&format!("/live/{room}/{}", quoted(line))).await.body;
        } else if line.starts_with("#EXT-X-PART:") {
            let part = server.get(&format!("/live/{room}/{}", quoted(line))).await.body;
            // Its pictures may need others to be decoded.
            let (packets, _) = probe(dir, &[&init[..], &part].concat(), &["-show_entries", "packet=pts_time"]).await;
            assert!(!packets.is_empty(), "{codec}: {line} holds no picture");
            read_parts += 1;
        }
    }
    assert!(read_parts >= 10, "{read_parts} parts of {codec}: {text}");
}

#[tokio::test]
async fn another_codec_in_mid_stream() {
    if !has_ffmpeg().await {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    // Everything stays in the playlist.
    let media = MediaSettings { playlist_segments: 500, retained_segments: 500, ..MediaSettings::default() };
    let server = start_with(without_slate(media)).await;
    let room = server.desk.room;
    let (mut socket, publisher) = server.publisher(KEY).await;
    let mut counts = Vec::new();
    for (n, (codec, encoder, four, config, name)) in (0u32..).zip(CODECS) {
        let (tags, count) = film(dir.path(), encoder, four, config).await;
        counts.push(count);
        let tags: Vec<Tag> = tags.into_iter().map(|tag| Tag { timestamp: tag.timestamp + n * 5_000, ..tag }).collect();
        let mut out = Vec::new();
        show::send(&publisher, &tags, &mut out);
        socket.write_all(&out).await.unwrap();
        // Two segments of each codec, and a part of the third.
        let segments = 3 * n as usize + 2;
        server.playlist_when(room, |playlist| playlist.segments.len() >= segments).await;
        let path = format!("/api/rooms/{room}/source");
        let said = server.send("GET", &path, b"").await.text();
        assert!(said.contains(&format!(r#""video_codec":"{name}"#)), "{said}");
        parts_are_readable(&server, room, dir.path(), codec).await;
    }
    drop(socket);
    server.desk_hears(&["published", "lost"]).await;
    server.media.end(room);
    let answer = server.get(&server.playlist_path(room).await).await;
    let listed = read(&answer.text());
    let breaks: Vec<bool> = listed.segments.iter().map(|segment| segment.discontinuity).collect();
    assert_eq!(breaks, [false, false, false, true, false, false, true, false, false]);
    let playlist = server.playlist_when(room, |playlist| playlist.end_list).await;
    let mut films: Vec<Vec<u8>> = Vec::new();
    for segment in &playlist.segments {
        if let Some(map) = &segment.map {
            films.push(server.get(&format!("/live/{room}/{}", map.uri)).await.body);
        }
        let media = server.get(&format!("/live/{room}/{}", segment.uri)).await.body;
        films.last_mut().unwrap().extend(media);
    }
    assert_eq!(films.len(), 3, "each codec has an init segment");
    for ((film, count), (codec, ..)) in films.iter().zip(counts).zip(CODECS) {
        let entries = ["-count_frames", "-show_entries", "stream=codec_name,width,nb_read_frames"];
        let said = probe(dir.path(), film, &entries).await;
        assert_eq!(said, (format!("{codec},320,{count}"), Vec::new()));
    }
}
