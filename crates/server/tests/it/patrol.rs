//! A show that is heard: from the encoder's sound to a finding and a transcript.

use crate::house::{client, settings};
use serde_json::{Value, json};
use server::{Running, start};
use std::{
    path::Path,
    process::{Command, Stdio},
    time::Duration,
};

const GOFORWARD: &str = "/usr/share/pocketsphinx/test/data/goforward.raw";

/// Says loudly what is missing.
fn is_installed() -> bool {
    let runs = |program: &str| Command::new(program).arg("-version").output().is_ok();
    let there = runs("ffmpeg") && runs("pocketsphinx_continuous") && Path::new(GOFORWARD).exists();
    if !there {
        eprintln!("SKIPPED: ffmpeg, pocketsphinx or its test data is not installed, no show was listened to");
    }
    there
}

struct Stage {
    running: Running,
    admin: String,
}

impl Stage {
    async fn ask(&self, method: &str, path: &str, body: Value) -> Value {
        let method = reqwest::Method::from_bytes(method.as_bytes()).expect("a method");
        let request = client().request(method, format!("http://{}{path}", self.running.http)).bearer_auth(&self.admin);
        let request = if body.is_null() { request } else { request.json(&body) };
        let answer = request.send().await.expect("an answer");
        let (status, text) = (answer.status(), answer.text().await.expect("a body"));
        assert!(status.is_success(), "{path}: {status} {text}");
        serde_json::from_str(&text).unwrap_or(Value::Null)
    }

    /// Waits; only a hanging program runs out of patience.
    async fn when(&self, path: &str, wanted: impl Fn(&Value) -> bool) -> Value {
        let mut last = Value::Null;
        for _ in 0..2_400 {
            last = self.ask("GET", path, Value::Null).await;
            if wanted(&last) {
                return last;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("`{path}` never was as wanted: {last}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_host_says_is_written_down_and_a_listed_word_is_found() {
    if !is_installed() {
        return;
    }
    let dir = tempfile::tempdir().expect("a folder");
    let mut config = settings(dir.path());
    config.database.url = store::testing::url(dir.path());
    config.speech.engine = patrol::EngineKind::Command;
    config.speech.command = ["pocketsphinx_continuous", "-infile", "{wav}"].map(str::to_owned).to_vec();
    (config.speech.timeout_s, config.patrol.timeout_s) = (300, 60);
    let running = start(config).await.expect("a started program");
    let admin = accounts::create_token(&running.app.store, "admin", "test", None).await.expect("a token");
    let stage = Stage { running, admin };
    let list = stage.ask("POST", "/api/moderation/lists", json!({"name": "口播", "level": "block"})).await;
    let words = format!("/api/moderation/lists/{}/words", list["id"].as_str().expect("an id"));
    stage.ask("PATCH", &words, json!({"add": [{"word": "ten meters", "category": "spam"}]})).await;
    let room = stage.ask("POST", "/api/rooms", json!({"title": "晚场"})).await;

    // The sentence again and again, a second of silence between.
    let address = format!("rtmp://{}/live/{}", stage.running.rtmp, room["stream_key"].as_str().expect("a key"));
    let mut encoder = tokio::process::Command::new("ffmpeg")
        .args("-nostdin -v error -re -f lavfi -i testsrc2=s=320x180:r=10".split(' '))
        .args(["-re", "-f", "s16le", "-ar", "16000", "-ac", "1", "-i", GOFORWARD])
        .args(["-af", "apad=pad_dur=1,aloop=loop=-1:size=60580", "-ar", "44100", "-t", "600"])
        .args("-c:v libx264 -preset ultrafast -g 20 -pix_fmt yuv420p -c:a aac -b:a 96k -f flv".split(' '))
        .arg(address)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .expect("ffmpeg");

    let found = stage.when("/api/patrol/findings?state=open", |page| page["items"][0].is_object()).await;
    let finding = &found["items"][0];
    assert_eq!(
        (&finding["kind"], &finding["level"], &finding["label"], &finding["room"]),
        (&json!("speech"), &json!("hold"), &json!("ten meters"), &room["id"]),
        "{finding}"
    );
    let said = &finding["said"];
    assert!(said["text"].as_str().is_some_and(|text| text.contains("ten meters")), "{finding}");
    let show = finding["broadcast"].as_str().expect("a show");
    let path = format!("/api/broadcasts/{show}/transcript?q=TEN+meters");
    let lines = stage.when(&path, |page| page["items"][0].is_object()).await;
    let line = &lines["items"][0];
    assert_eq!((&line["marks"][0]["word"], &line["engine"]), (&json!("ten meters"), &json!("command")));
    // When it was said is a time within the show.
    let ms = |value: &Value| value.as_i64().expect("a time");
    assert!(0 <= ms(&said["from_ms"]) && ms(&said["from_ms"]) <= ms(&said["to_ms"]), "{finding}");
    assert!(0 <= ms(&line["from_ms"]) && ms(&line["from_ms"]) < ms(&line["to_ms"]), "{line}");
    let broadcast = stage.ask("GET", &format!("/api/broadcasts/{show}"), Value::Null).await;
    assert_eq!(ms(&finding["at_ms"]) - ms(&broadcast["started_at"]), ms(&said["from_ms"]), "{broadcast}");
    let wall = stage.ask("GET", "/api/patrol/wall", Value::Null).await;
    assert_eq!((&wall["items"][0]["urgency"], &wall["items"][0]["broadcast"]), (&json!(3), &finding["broadcast"]));
    encoder.kill().await.expect("the end of it");

    // It ages with the words of viewers.
    let preview = stage.ask("GET", "/api/privacy/retention/words/preview?days=180", Value::Null).await;
    assert_eq!(preview["going"]["transcripts"]["count"], 0, "{preview}");
}
