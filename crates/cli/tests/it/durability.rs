//! What was acknowledged survives `kill -9`, once.

use crate::{
    harness::{BINARY, Kaibo, no_ffmpeg, text},
    socket::Viewer,
};
use rand::{RngExt, SeedableRng, rngs::StdRng};
use serde_json::{Value, json};
use std::{
    collections::{HashMap, HashSet},
    fmt::Write,
    process::Stdio,
    time::Duration,
};

/// A recording made here: danmaku with their row number in the text.
fn recording(rows: usize) -> String {
    let mut xml = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<i>\n");
    for row in 0..rows {
        let seconds = row as f64 / 10.0 - 20.0;
        let unix = 1_607_687_400 + (row / 10) as i64 - 20;
        let _ = writeln!(xml, "<d p=\"{seconds:.3},1,25,16777215,{unix},0,user{},{row}\">第{row}条</d>", row % 97);
    }
    xml + "</i>\n"
}

/// Kills the program at random moments of a push, a replay, a talking viewer and a collector.
async fn survives(settings: &str, kills: usize, rows: usize, seed: u64) {
    let mut kaibo = Kaibo::start_with(settings).await;
    let (room, key) = kaibo.room().await;
    let (import_room, _) = kaibo.room().await;
    let file = kaibo.dir.path().join("recording.xml");
    std::fs::write(&file, recording(rows)).expect("a recording");

    let mut push = kaibo.push(&key, None);
    let broadcast = kaibo.live(&room).await;
    let mut viewer = Viewer::new(&kaibo, &room).await;
    viewer.connect(&kaibo).await;
    let mut replay = tokio::process::Command::new(BINARY)
        .args(["replay", &file.display().to_string(), "--room", &import_room, "--speed", "40"])
        .args(["--url", &kaibo.url(""), "--token", &kaibo.token])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .expect("starting the replay");

    let mut random = StdRng::seed_from_u64(seed);
    let mut said = HashMap::new();
    let mut tracked: HashSet<String> = HashSet::new();
    let mut unanswered: Option<String> = None;
    let mut number = 0;
    for kill in 0..kills {
        let until = tokio::time::Instant::now() + Duration::from_millis(random.random_range(300..1_500));
        while tokio::time::Instant::now() < until {
            // A viewer resends what was not answered, with the same id.
            let id = unanswered.take().unwrap_or_else(|| {
                number += 1;
                format!("c{number}")
            });
            let line = format!("我是{id}");
            if viewer.say(&id, &line).await {
                said.insert(id, line);
            } else {
                unanswered = Some(id);
                viewer.connect(&kaibo).await;
            }
            let message = format!("m{kill}-{number}");
            if track(&kaibo, &message).await {
                tracked.insert(message);
            }
            tokio::time::sleep(Duration::from_millis(350)).await;
        }
        kaibo.kill().await;
        kaibo.restart().await;
        if push.try_wait().expect("ffmpeg").is_some() {
            push = kaibo.push(&key, None);
        }
        for _ in 0..50 {
            if viewer.connect(&kaibo).await {
                break;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    // Every acknowledged message again, as a client would after a lost answer: none may be counted twice.
    for message in &tracked {
        assert!(track(&kaibo, message).await);
    }
    let again: Vec<(String, String)> = said.iter().take(20).map(|(id, line)| (id.clone(), line.clone())).collect();
    for (id, line) in again {
        let first = viewer.acked[&id];
        tokio::time::sleep(Duration::from_millis(400)).await;
        assert!(viewer.say(&id, &line).await, "{}", kaibo.log());
        assert_eq!(viewer.acked[&id], first, "`{id}` was stored twice");
    }

    let output = tokio::time::timeout(Duration::from_secs(120), replay.wait()).await;
    let status = output.expect("the replay ends").expect("a status");
    let mut printed = String::new();
    use tokio::io::AsyncReadExt;
    replay.stdout.take().expect("its output").read_to_string(&mut printed).await.expect("its output");
    assert!(status.success(), "{printed} {}", kaibo.log());
    let import = printed.lines().find_map(|line| line.strip_prefix("broadcast_id=")).expect("the id").trim().to_owned();

    let archived = danmaku(&kaibo, &import).await;
    assert_eq!(archived.len(), rows, "danmaku of the recording");
    assert_eq!(archived.iter().collect::<HashSet<_>>().len(), rows, "each of them once");
    // The push may have come back as another broadcast when its window closed; here it never did.
    assert_eq!(kaibo.live(&room).await, broadcast, "one broadcast through all of it");
    let spoken = danmaku(&kaibo, &broadcast).await;
    for line in said.values() {
        assert_eq!(spoken.iter().filter(|text| *text == line).count(), 1, "`{line}` once in {spoken:?}");
    }
    assert_eq!(kaibo.events("kill-test").await, tracked.len() as u64);
    let doctor = kaibo.command(&["doctor", "--data", &kaibo.data()]).await;
    let said = String::from_utf8_lossy(&doctor.stdout);
    // The PostgreSQL of most tests is careless, for speed, and the doctor sees it.
    let careless = store::testing::on_postgres() && said.contains("database: fsync is off; full_page_writes is off");
    assert!(doctor.status.success() || careless, "{said}{}", String::from_utf8_lossy(&doctor.stderr));
}

async fn danmaku(kaibo: &Kaibo, broadcast: &str) -> Vec<String> {
    let archive = kaibo.get(&format!("/api/broadcasts/{broadcast}/danmaku?format=json")).await;
    archive["items"].as_array().expect("items").iter().map(|item| text(&item["text"])).collect()
}

/// True when the batch was acknowledged.
async fn track(kaibo: &Kaibo, message: &str) -> bool {
    let batch: Value =
        json!({ "batch": [{ "type": "track", "event": "kill-test", "messageId": message, "anonymousId": "a" }] });
    let request = kaibo.client.post(kaibo.url("/v1/batch")).basic_auth(&kaibo.token, Some("")).json(&batch);
    matches!(request.send().await, Ok(answer) if answer.status().is_success())
}

#[tokio::test(flavor = "multi_thread")]
async fn twenty_kills_lose_nothing_and_double_nothing() {
    if no_ffmpeg() {
        return;
    }
    survives("", 20, 20_000, 1).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_not_synced_may_be_thrown_away() {
    if no_ffmpeg() {
        return;
    }
    survives("[log]\nfile_layer = \"held_back\"\n", 8, 8_000, 2).await;
}
