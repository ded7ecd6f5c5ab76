//! Clips of real pushes, read by ffmpeg. Skipped, loudly, where it is not installed.

use crate::ffmpeg::{ffmpeg, has_ffmpeg, push, times};
use crate::http_support::start;
use crate::recording_support::{Place, code, on_every_place, start_on};
use crate::show::Tag;
use media::record::Stretch;
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use tokio::process::Command;

on_every_place!(
    a_clip_of_a_running_show_begins_and_ends_where_it_should,
    a_replay_is_what_was_pushed,
    a_clip_does_not_cross_into_another_picture_size,
);

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

async fn a_clip_of_a_running_show_begins_and_ends_where_it_should(place: Place) {
    if !has_ffmpeg().await {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let file = sample(dir.path(), 13, 2).await;
    let server = start_on(place).await;
    let mut source = server.timed();
    let all = tags(&file);
    let (early, late): (Vec<Tag>, Vec<Tag>) = all.into_iter().partition(|tag| tag.timestamp < 10_500);
    source.push(&early, 0).await;
    let recording = server.recording_when(|recording| recording["duration_ms"].as_i64() >= Some(8_000)).await;
    let zero = recording["pieces"][0]["start_ms"].as_i64().unwrap();
    // In the middle of a group of pictures, at both ends.
    let (start_ms, end_ms) = (zero + 2_700, zero + 7_300);
    let clip = server.clip(start_ms, end_ms).await;
    assert_eq!((clip["start_ms"].as_i64(), clip["end_ms"].as_i64()), (Some(start_ms), Some(end_ms)));
    assert_eq!(clip["duration_ms"], 4_600);
    let path = server.downloaded(&clip, dir.path()).await;

    // It reaches to the live edge: the clip waits for the segment that is just being made.
    let end = recording["pieces"][0]["end_ms"].as_i64().unwrap();
    let (answer, ()) = tokio::join!(server.cut(start_ms, end + 500), source.push(&late, 0));
    assert_eq!(answer.status, 201, "{}", answer.text());

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
}

/// The one test of clips that takes the time of a real encoder: bounds are loose.
#[tokio::test]
async fn a_clip_is_cut_while_an_encoder_pushes() {
    if !has_ffmpeg().await {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let file = sample(dir.path(), 30, 2).await;
    let server = start().await;
    let pushing = push(&server, &file);
    let recording = server.recording_when(|recording| recording["duration_ms"].as_i64() >= Some(6_000)).await;
    let zero = recording["pieces"][0]["start_ms"].as_i64().unwrap();
    let clip = server.clip(zero + 1_000, zero + 5_000).await;
    let path = server.downloaded(&clip, dir.path()).await;
    let shown = pictures(&path, "").await.len();
    assert!((60..=180).contains(&shown), "about 4 s at 30 pictures a second: {shown}");
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
    const TIMES: usize = 5;
    if !has_ffmpeg().await {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let tags = tags(&sample(dir.path(), 66, 2).await);
    let server = start().await;
    // The show goes on: its source stays.
    let mut source = server.timed();
    source.push(&tags, 0).await;
    server.recording_when(|recording| recording["duration_ms"].as_i64() >= Some(63_000)).await;
    let mut took = Vec::new();
    let mut clip = Value::Null;
    for _ in 0..TIMES {
        let began = Instant::now();
        clip = server.clip(1_500, 61_500).await;
        took.push(began.elapsed());
    }
    took.sort();
    let median = took[TIMES / 2];
    eprintln!(
        "a clip of {} ms ({} bytes) was ready after {} ms (median of {TIMES}; {:?} to {:?})",
        clip["duration_ms"],
        clip["bytes"],
        median.as_millis(),
        took[0],
        took[TIMES - 1]
    );
    assert!(median < Duration::from_secs(5), "{took:?}");
    let shown = pictures(&server.downloaded(&clip, dir.path()).await, "").await.len();
    assert!((1_795..=1_802).contains(&shown), "60 s at 30 pictures a second: {shown}");
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

async fn a_replay_is_what_was_pushed(place: Place) {
    if !has_ffmpeg().await {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let file = sample(dir.path(), 9, 2).await;
    let server = start_on(place).await;
    let mut source = server.timed();
    source.push(&tags(&file), 0).await;
    source.close().await;
    server.desk_hears(&["published", "lost clean"]).await;
    server.end_show().await;
    let recording = server.recording_when(|recording| recording["state"] == "complete").await;
    assert!((8_900..=9_100).contains(&recording["duration_ms"].as_i64().unwrap()), "{recording}");
    if place != Place::Disk {
        server.only_in_the_store().await;
    }
    let url = format!("http://{}{}", server.http, server.replay_path().await);
    assert_eq!(pictures(&url, "").await, pictures(&file.display().to_string(), "").await);
    let duration: f64 = probe(&url, "format=duration").await.parse().unwrap();
    assert!((8.9..=9.1).contains(&duration), "{duration}");
}

async fn a_clip_does_not_cross_into_another_picture_size(place: Place) {
    if !has_ffmpeg().await {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let server = start_on(place).await;
    let same = tags(&sample(dir.path(), 5, 2).await);
    let other = dir.path().join("other.flv");
    ffmpeg(&format!(
        "-f lavfi -i testsrc2=s=192x108:r=30 -t 4 -c:v libx264 -preset ultrafast -g 30 -pix_fmt yuv420p {}",
        other.display()
    ))
    .await;
    let other = tags(&other);
    for (tags, at_ms) in [(&same, 0), (&same, 8_000), (&other, 16_000)] {
        let mut source = server.timed();
        source.push(tags, at_ms).await;
        source.close().await;
    }
    server.end_show().await;
    let recording = server.recording_when(|recording| recording["state"] == "complete").await;
    let pieces = recording["pieces"].as_array().unwrap();
    assert_eq!(pieces.len(), 3, "{recording}");
    let at = |piece: usize, side: &str| pieces[piece][side].as_i64().unwrap();

    if place != Place::Disk {
        server.only_in_the_store().await;
    }
    let answer = server.cut(at(0, "start_ms"), at(2, "end_ms")).await;
    assert_eq!(code(&answer), "409 clip_crosses_break");
    assert!(answer.text().contains(&format!("{} ms", at(2, "start_ms"))), "{}", answer.text());
    // Evidence is what lies on the side of its moment.
    let across = server.stretch(at(0, "start_ms"), at(2, "end_ms"));
    let before = server.kept(&Stretch { moment_ms: at(1, "start_ms"), ..across }).await;
    assert_eq!((before.start_ms, before.end_ms <= at(2, "start_ms")), (at(0, "start_ms"), true), "{before:?}");
    let behind = Stretch { id: uuid::Uuid::now_v7(), moment_ms: at(2, "start_ms") + 500, ..across };
    let behind = server.kept(&behind).await;
    assert_eq!((behind.start_ms, behind.end_ms), (at(2, "start_ms"), at(2, "end_ms")), "{behind:?}");
    // The same encoder came back.
    let clip = server.clip(at(0, "start_ms") + 3_000, at(1, "start_ms") + 2_000).await;
    let path = server.downloaded(&clip, dir.path()).await;
    let cut = pictures(&path, "").await;
    assert!((118..=122).contains(&cut.len()), "2 s before and 2 s after the break: {}", cut.len());
    let (video, audio) = (times(&path, "v:0").await, times(&path, "a:0").await);
    let apart = video.last().unwrap() - audio.last().unwrap();
    assert!(apart.abs() < 0.1, "picture and sound end together: {apart}");
}
