//! A show's own recording: whole after `kill -9`, and going on afterwards.

use crate::harness::{Kaibo, no_ffmpeg, text};
use crate::s3::{BUCKET, Fault, S3};
use serde_json::{Value, json};
use std::sync::atomic::Ordering;
use std::time::Duration;
use tokio::process::{Child, Command};

/// The state of a show's recording once it fulfils `wanted`.
async fn recording_when(kaibo: &Kaibo, broadcast: &str, wanted: impl Fn(&Value) -> bool) -> Value {
    let mut last = Value::Null;
    for _ in 0..600 {
        last = kaibo.get(&format!("/api/broadcasts/{broadcast}/recording")).await;
        if wanted(&last) {
            return last;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("the recording never was as wanted: {last} {}", kaibo.log());
}

/// A show that is being recorded, its rules kept every second.
struct Show {
    kaibo: Kaibo,
    room: String,
    key: String,
    push: Child,
    broadcast: String,
}

impl Show {
    async fn on_air() -> Self {
        let kaibo = Kaibo::start_with("[record]\nsweep_s = 1\n").await;
        let (room, key) = kaibo.room().await;
        let push = kaibo.push(&key, None);
        let broadcast = kaibo.live(&room).await;
        Self { kaibo, room, key, push, broadcast }
    }
}

fn ms(recording: &Value) -> i64 {
    recording["duration_ms"].as_i64().expect("a duration")
}

/// Decodes at most so many seconds; answers how many pictures there were.
async fn pictures_of(input: &str, seconds: &str) -> usize {
    let arguments = ["-nostdin", "-v", "error", "-t", seconds, "-i", input, "-map", "0:v", "-fps_mode", "passthrough"];
    let output = Command::new("ffmpeg").args(arguments).args(["-f", "framecrc", "-"]).output().await.expect("ffmpeg");
    assert_eq!(String::from_utf8_lossy(&output.stderr), "", "ffmpeg decoded `{input}` without a complaint");
    String::from_utf8_lossy(&output.stdout).lines().filter(|line| !line.starts_with('#')).count()
}

async fn pictures(input: &str) -> usize {
    pictures_of(input, "3600").await
}

/// The pictures that are there. Decoding across a break, ffmpeg leaves a few of them out.
async fn sent(input: &str) -> usize {
    let arguments =
        ["-v", "error", "-select_streams", "v", "-show_entries", "packet=pts_time", "-of", "csv=p=0", input];
    let output = Command::new("ffprobe").args(arguments).output().await.expect("ffprobe");
    String::from_utf8_lossy(&output.stdout).lines().count()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_recording_survives_a_kill_and_goes_on() {
    if no_ffmpeg() {
        return;
    }
    let Show { mut kaibo, room, key, push, broadcast } = Show::on_air().await;
    let before = recording_when(&kaibo, &broadcast, |recording| ms(recording) >= 4_000).await;
    kaibo.kill().await;
    drop(push);
    kaibo.restart().await;
    let kept = recording_when(&kaibo, &broadcast, |_| true).await;
    assert!(ms(&kept) >= ms(&before), "{before} {kept}");
    let replay = kaibo.url(&format!("/replay/{broadcast}/index.m3u8?token={}", kaibo.viewer_token(&room).await));
    // The show is not over: a player would wait for more.
    assert!(pictures_of(&replay, "3").await >= 70, "3 s at 25 pictures a second");

    // A busy machine may tear holes of its own; what was there before the kill is told by its number of pieces.
    let before = kept["pieces"].as_array().expect("pieces").len();
    let push = kaibo.push(&key, None);
    let grown = recording_when(&kaibo, &broadcast, |recording| ms(recording) >= ms(&kept) + 4_000).await;
    let pieces = grown["pieces"].as_array().expect("pieces");
    assert!(pieces.len() > before, "{grown}");
    let seconds = |piece: usize, side: &str| pieces[piece][side].as_i64().expect("a moment");
    let wish = json!({"start_ms": seconds(before - 1, "end_ms") - 1_000, "end_ms": seconds(before, "start_ms") + 1_000, "title": "断线前后"});
    let clip = kaibo.post(&format!("/api/broadcasts/{broadcast}/clips"), wish).await;
    let file = kaibo.dir.path().join(format!("data/media/clips/{}.mp4", text(&clip["id"])));
    let shown = pictures(&file.display().to_string()).await;
    // Decoding across the break, ffmpeg may leave some out.
    assert!((30..=60).contains(&shown), "a second before the kill and one after it: {shown} in {clip}");

    drop(push);
    kaibo.post(&format!("/api/broadcasts/{broadcast}/end"), json!({})).await;
    let complete = recording_when(&kaibo, &broadcast, |recording| recording["state"] == "complete").await;
    assert!(pictures(&replay).await >= 150, "decoded without a complaint");
    let (there, expected) = (sent(&replay).await as i64, ms(&complete) / 40);
    assert!((expected - 10..=expected + 10).contains(&there), "{there} pictures in {complete}");
    assert_eq!(
        kaibo.get(&format!("/api/public/rooms/{room}/replays")).await[0]["duration_ms"],
        complete["duration_ms"]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_taken_while_a_show_is_recorded_plays() {
    if no_ffmpeg() {
        return;
    }
    let Show { mut kaibo, room, push, broadcast, .. } = Show::on_air().await;
    let before = recording_when(&kaibo, &broadcast, |recording| ms(recording) >= 5_000).await;
    let backup = kaibo.dir.path().join("backup").display().to_string();
    let taken = kaibo.command(&["backup", "--data", &kaibo.data(), "--to", &backup, "--with-media"]).await;
    assert!(taken.status.success(), "{taken:?}");
    // It went on meanwhile, and nobody noticed.
    recording_when(&kaibo, &broadcast, |recording| ms(recording) >= ms(&before) + 2_000).await;
    drop(push);
    kaibo.kill().await;

    let mut restored = kaibo.another("");
    let output = restored.command(&["restore", "--from", &backup, "--data", &restored.data()]).await;
    assert!(output.status.success(), "{output:?}");
    restored.restart().await;
    // Its encoder does not come back, so the show ends by itself.
    let complete = recording_when(&restored, &broadcast, |recording| recording["state"] == "complete").await;
    assert!(ms(&complete) >= ms(&before), "{before} {complete}");
    let replay = restored.url(&format!("/replay/{broadcast}/index.m3u8?token={}", restored.viewer_token(&room).await));
    let (decoded, expected) = (pictures(&replay).await as i64, ms(&complete) / 40);
    assert!((expected - 10..=expected + 10).contains(&decoded), "{decoded} pictures in {complete}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kill_between_an_upload_and_its_note_costs_nothing() {
    if no_ffmpeg() {
        return;
    }
    let s3 = S3::start().await;
    let settings = format!(
        "[record]\nsweep_s = 1\nchunk_bytes = 150000\nkeep_local_s = 0\nstore = \"s3://{BUCKET}/kaibo\"\nstore_endpoint = \"{}\"\n\
         store_region = \"us-east-1\"\nstore_access_key = \"key\"\nstore_secret_key = \"very-secret\"\n",
        s3.endpoint()
    );
    let mut kaibo = Kaibo::start_with(&settings).await;
    let (room, key) = kaibo.room().await;
    let push = kaibo.push(&key, None);
    let broadcast = kaibo.live(&room).await;
    let chunks = async || s3.keys().await.iter().filter(|key| key.contains("/chunk-")).count();
    let mut seen = chunks().await;
    for _ in 0..1_200 {
        if seen > 0 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
        seen = chunks().await;
    }
    assert!(seen > 0, "nothing is uploaded: {}", kaibo.log());
    // From now on the store takes what it is given, and nobody here hears of it.
    s3.proxy.set(Fault::Unanswered);
    let until = tokio::time::Instant::now() + Duration::from_secs(60);
    while chunks().await <= seen || s3.proxy.withheld.load(Ordering::SeqCst) == 0 {
        assert!(tokio::time::Instant::now() < until, "nothing more is uploaded: {}", kaibo.log());
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    kaibo.kill().await;
    drop(push);
    s3.proxy.set(Fault::None);
    kaibo.restart().await;
    kaibo.post(&format!("/api/broadcasts/{broadcast}/end"), json!({})).await;
    let all_there = |recording: &Value| recording["state"] == "complete" && recording["uploading_bytes"] == 0;
    let complete = recording_when(&kaibo, &broadcast, all_there).await;
    let dir = kaibo.dir.path().join(format!("data/media/recordings/{broadcast}"));
    for _ in 0..600 {
        if !dir.exists() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert!(!dir.exists(), "the recording is still on this disk: {}", kaibo.log());

    // A replay and a clip of what is only in the store.
    let replay = kaibo.url(&format!("/replay/{broadcast}/index.m3u8?token={}", kaibo.viewer_token(&room).await));
    let (there, expected) = (sent(&replay).await as i64, ms(&complete) / 40);
    assert!((expected - 10..=expected + 10).contains(&there), "{there} pictures in {complete}");
    assert!(pictures(&replay).await > 0, "decoded without a complaint");
    let start = complete["pieces"][0]["start_ms"].as_i64().expect("a moment");
    let wish = json!({"start_ms": start + 500, "end_ms": start + 1_500, "title": "只在对象存储"});
    let clip = kaibo.post(&format!("/api/broadcasts/{broadcast}/clips"), wish).await;
    assert_eq!(clip["duration_ms"], 1_000);
    assert!(!std::fs::read_to_string(kaibo.dir.path().join("server.log")).expect("a log").contains("very-secret"));
}

#[tokio::test(flavor = "multi_thread")]
async fn evidence_is_kept_by_whoever_starts_after_a_kill() {
    if no_ffmpeg() {
        return;
    }
    let Show { mut kaibo, room, push, broadcast, .. } = Show::on_air().await;
    recording_when(&kaibo, &broadcast, |recording| ms(recording) >= 4_000).await;
    let ticket = kaibo.client.post(kaibo.url(&format!("/api/rooms/{room}/viewer-token"))).send().await;
    let ticket: Value = ticket.expect("an answer").json().await.expect("JSON");
    let wanted = json!({"viewer": ticket["viewer_id"], "room": room, "clause": "fraud"});
    let made = kaibo.post("/api/moderation/sanctions", wanted).await;
    assert_eq!(made["evidence"]["state"], "waiting", "half of it is still to come");
    kaibo.kill().await;
    drop(push);
    kaibo.restart().await;
    kaibo.post(&format!("/api/broadcasts/{broadcast}/end"), json!({})).await;
    let path = format!("/api/moderation/sanctions/{}", text(&made["id"]));
    let mut evidence = Value::Null;
    for _ in 0..600 {
        evidence = kaibo.get(&path).await["evidence"].clone();
        if evidence["state"] != "waiting" {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert_eq!(evidence["state"], "kept", "{evidence} {}", kaibo.log());
    let film = kaibo.call(reqwest::Method::GET, &format!("{path}/evidence"), None).await.bytes().await.expect("a film");
    assert_eq!(Value::from(film.len()), evidence["bytes"]);
    let file = kaibo.dir.path().join("film.mp4");
    std::fs::write(&file, film).expect("a file");
    assert!(pictures(&file.display().to_string()).await >= 50, "two seconds at 25 pictures a second, at least");
}
