//! Clips of real pushes, read by ffmpeg. Skipped, loudly, where it is not installed.

use crate::ffmpeg::{ffmpeg, has_ffmpeg, push, times};
use crate::http_support::{KEY, start, start_at};
use crate::recording_support::code;
use crate::show::{self, Tag};
use events::{Clock, Millis};
use media::Settings;
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use tokio::io::AsyncWriteExt;
use tokio::process::Command;

/// `seconds` with B-frames and sound; the picture shows its number.
async fn sample(dir: &Path, seconds: u32, bframes: u32) -> PathBuf {
    let file = dir.join(format!("s{seconds}-b{bframes}.flv"));
    let arguments = format!(
        "-f lavfi -i testsrc2=s=320x180:r=30 -f lavfi -i sine=440:r=44100 -t {seconds} -c:v libx264 -preset ultrafast -bf {bframes} -g 60 -keyint_min 60 -pix_fmt yuv420p -c:a aac -ac 2 {}",
        file.display()
    );
    ffmpeg(&arguments).await;
    file
}

async fn probe(file: &str, entries: &str) -> String {
    let output = Command::new("ffprobe")
        .args(["-v", "warning", "-show_entries", entries, "-of", "csv=p=0", file])
        .output()
        .await
        .unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stderr), "", "ffprobe has nothing to complain about");
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

/// MD5 of every shown picture.
async fn pictures(input: &str, more: &str) -> Vec<String> {
    let output = ffmpeg(&format!("{more} -i {input} -map 0:v -fps_mode passthrough -f framemd5 -")).await;
    assert_eq!(String::from_utf8_lossy(&output.stderr), "", "ffmpeg decoded without a warning");
    let text = String::from_utf8(output.stdout).unwrap();
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    lines.filter_map(|line| Some(line.rsplit(',').next()?.trim().to_owned())).collect()
}

#[tokio::test]
async fn a_clip_of_a_running_show_begins_and_ends_where_it_should() {
    if !has_ffmpeg().await {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let file = sample(dir.path(), 13, 2).await;
    let server = start().await;
    let pushing = push(&server, &file);
    server.recording_when(|recording| recording["duration_ms"].as_i64() >= Some(8_000)).await;
    let recording = server.recording_when(|_| true).await;
    let zero = recording["pieces"][0]["start_ms"].as_i64().unwrap();
    // In the middle of a group of pictures, at both ends.
    let (start_ms, end_ms) = (zero + 2_700, zero + 7_300);
    let began = Instant::now();
    let answer = server.cut(start_ms, end_ms).await;
    eprintln!("a clip of 4.6 s was ready after {} ms", began.elapsed().as_millis());
    assert_eq!(answer.status, 201, "{}", answer.text());
    let clip: Value = serde_json::from_slice(&answer.body).unwrap();
    assert_eq!((clip["start_ms"].as_i64(), clip["end_ms"].as_i64()), (Some(start_ms), Some(end_ms)));
    assert_eq!(clip["duration_ms"], 4_600);
    let path = server.program.app.data_dir.join(format!("media/clips/{}.mp4", clip["id"].as_str().unwrap()));
    assert_eq!(std::fs::metadata(&path).unwrap().len(), clip["bytes"].as_u64().unwrap());
    let path = path.display().to_string();

    // It reaches to the live edge: the clip waits for the segment that is just being made.
    let end = server.recording_when(|_| true).await["pieces"][0]["end_ms"].as_i64().unwrap();
    assert_eq!(server.cut(start_ms, end + 500).await.status, 201);

    let original = pictures(&file.display().to_string(), "").await;
    let cut = pictures(&path, "").await;
    let first = original.iter().position(|picture| *picture == cut[0]).expect("a picture of the show");
    assert_eq!(original[first..first + cut.len()], cut, "every picture once and in order");
    assert!((80..=82).contains(&first), "2.7 s at 30 pictures a second: {first}");
    assert!((137..=139).contains(&cut.len()), "4.6 s: {}", cut.len());
    let duration: f64 = probe(&path, "format=duration").await.parse().unwrap();
    assert!((4.5..=4.7).contains(&duration), "{duration}");
    let sounds = times(&path, "a:0").await;
    assert!(sounds[0] <= 0.0 && sounds[0] > -0.1, "sound begins with the picture: {}", sounds[0]);
    let head = std::fs::read(&path).unwrap();
    let at = |name: &[u8]| head.windows(4).position(|window| window == name).unwrap();
    assert!(at(b"moov") < at(b"mdat"), "players start before they have everything");
    drop(pushing);
}

/// The tags of an FLV file.
fn tags(file: &Path) -> Vec<Tag> {
    let bytes = std::fs::read(file).unwrap();
    let mut rest = &bytes[13..];
    let mut tags = Vec::new();
    while let Some(head) = rest.get(..11) {
        let number = |at: usize| u32::from_be_bytes([0, head[at], head[at + 1], head[at + 2]]);
        let (length, timestamp) = (number(1) as usize, number(4) | u32::from(head[7]) << 24);
        let payload = rest[11..11 + length].to_vec().into();
        if head[0] != 18 {
            tags.push(Tag { video: head[0] == 9, timestamp, payload });
        }
        rest = &rest[11 + length + 4..];
    }
    tags
}

#[tokio::test]
async fn a_minute_is_cut_in_no_time() {
    if !has_ffmpeg().await {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let tags = tags(&sample(dir.path(), 66, 2).await);
    // The clock runs with the stream, which is pushed much faster.
    let zero = Millis::now();
    let clock = Clock::manual(zero);
    let server = start_at(clock.clone(), Settings::default()).await;
    let (mut socket, publisher) = server.publisher(KEY).await;
    for second in 0..66 {
        clock.set(zero.plus_ms(second * 1_000));
        let now: Vec<Tag> = tags.iter().filter(|tag| i64::from(tag.timestamp) / 1_000 == second).cloned().collect();
        let mut out = Vec::new();
        show::send(&publisher, &now, &mut out);
        socket.write_all(&out).await.unwrap();
        tokio::time::sleep(Duration::from_millis(30)).await;
    }
    server.recording_when(|recording| recording["duration_ms"].as_i64() >= Some(63_000)).await;
    let began = Instant::now();
    let answer = server.cut(1_500, 61_500).await;
    let took = began.elapsed();
    assert_eq!(answer.status, 201, "{}", answer.text());
    let clip: Value = serde_json::from_slice(&answer.body).unwrap();
    eprintln!("a clip of {} ms ({} bytes) was ready after {} ms", clip["duration_ms"], clip["bytes"], took.as_millis());
    assert!(took < Duration::from_secs(5), "{took:?}");
    let path = server.program.app.data_dir.join(format!("media/clips/{}.mp4", clip["id"].as_str().unwrap()));
    let shown = pictures(&path.display().to_string(), "").await.len();
    assert!((1_700..=1_860).contains(&shown), "60 s at 30 pictures a second: {shown}");
}

#[tokio::test]
async fn thumbnails_come_while_the_show_runs() {
    if !has_ffmpeg().await {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let file = sample(dir.path(), 4, 0).await;
    let server = start().await;
    assert!(push(&server, &file).wait_with_output().await.unwrap().status.success());
    let list = format!("/api/broadcasts/{}/thumbnails", server.broadcast());
    for _ in 0..500 {
        let pictures = server.json(&list).await;
        if let Some(first) = pictures.get(0) {
            let picture = server.call("GET", first["url"].as_str().unwrap(), None).await;
            assert_eq!((picture.status, picture.header("content-type").unwrap().as_str()), (200, "image/jpeg"));
            assert_eq!(picture.body[..2], [0xff, 0xd8]);
            let newest = server.call("GET", &format!("/api/rooms/{}/thumbnail.jpg", server.desk.room), None).await;
            assert_eq!((newest.status, newest.body), (200, picture.body));
            let other = server.call("GET", &format!("{list}/1.jpg"), None).await;
            assert_eq!(code(&other), "404 thumbnail_not_found");
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("there is no thumbnail");
}

#[tokio::test]
async fn a_replay_is_what_was_pushed() {
    if !has_ffmpeg().await {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let file = sample(dir.path(), 9, 2).await;
    let server = start().await;
    assert!(push(&server, &file).wait_with_output().await.unwrap().status.success());
    server.desk_hears(&["published", "lost clean"]).await;
    server.end_show().await;
    let recording = server.recording_when(|recording| recording["state"] == "complete").await;
    assert!((8_900..=9_100).contains(&recording["duration_ms"].as_i64().unwrap()), "{recording}");
    let url = format!("http://{}{}", server.http, server.replay_path().await);
    assert_eq!(pictures(&url, "").await, pictures(&file.display().to_string(), "").await);
    let duration: f64 = probe(&url, "format=duration").await.parse().unwrap();
    assert!((8.9..=9.1).contains(&duration), "{duration}");
}

#[tokio::test]
async fn a_clip_does_not_cross_into_another_picture_size() {
    if !has_ffmpeg().await {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let server = start().await;
    let same = sample(dir.path(), 5, 2).await;
    assert!(push(&server, &same).wait_with_output().await.unwrap().status.success());
    server.desk_hears(&["published", "lost clean"]).await;
    assert!(push(&server, &same).wait_with_output().await.unwrap().status.success());
    server.desk_hears(&["published", "lost clean", "published", "lost clean"]).await;
    let other = dir.path().join("other.flv");
    ffmpeg(&format!(
        "-f lavfi -i testsrc2=s=192x108:r=30 -t 4 -c:v libx264 -preset ultrafast -g 30 -pix_fmt yuv420p {}",
        other.display()
    ))
    .await;
    assert!(push(&server, &other).wait_with_output().await.unwrap().status.success());
    server.end_show().await;
    let recording = server.recording_when(|recording| recording["state"] == "complete").await;
    let pieces = recording["pieces"].as_array().unwrap();
    assert_eq!(pieces.len(), 3, "{recording}");
    let at = |piece: usize, side: &str| pieces[piece][side].as_i64().unwrap();

    let answer = server.cut(at(0, "start_ms"), at(2, "end_ms")).await;
    assert_eq!(code(&answer), "409 clip_crosses_break");
    assert!(answer.text().contains(&format!("{} ms", at(2, "start_ms"))), "{}", answer.text());
    let answer = server.cut(at(0, "start_ms") + 3_000, at(1, "start_ms") + 2_000).await;
    assert_eq!(answer.status, 201, "the same encoder came back: {}", answer.text());
    let clip: Value = serde_json::from_slice(&answer.body).unwrap();
    let path = server.program.app.data_dir.join(format!("media/clips/{}.mp4", clip["id"].as_str().unwrap()));
    let path = path.display().to_string();
    let cut = pictures(&path, "").await;
    assert!((118..=122).contains(&cut.len()), "2 s before and 2 s after the break: {}", cut.len());
    let (video, audio) = (times(&path, "v:0").await, times(&path, "a:0").await);
    let apart = video.last().unwrap() - audio.last().unwrap();
    assert!(apart.abs() < 0.1, "picture and sound end together: {apart}");
}
