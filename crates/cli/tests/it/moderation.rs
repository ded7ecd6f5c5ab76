//! What waits for a person, and a program that is killed.

use crate::{harness::Kaibo, socket::Viewer};
use eventlog::{EventLog, Options};
use events::{Envelope, Event};
use serde_json::json;
use std::{fs, path::Path, time::Duration};

async fn decide(kaibo: &Kaibo, text: &str) {
    for _ in 0..1_000 {
        let page = kaibo.get("/api/moderation/items").await;
        let item = page["items"].as_array().expect("items").iter().find(|item| item["text"] == text).cloned();
        if let Some(item) = item {
            let verdict = json!({"positions": [item["position"]], "outcome": "pass"});
            let given = kaibo.post("/api/moderation/verdicts", verdict).await;
            assert_eq!(given["decided"], json!([item["position"]]), "{given}");
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("`{text}` never came to people");
}

async fn sees(viewer: &mut Viewer, text: &str) {
    while !viewer.shown.values().any(|shown| shown == text) {
        viewer.next(Duration::from_secs(30)).await.unwrap_or_else(|| panic!("`{text}` was not shown"));
    }
}

/// How often each client id was sent.
fn sent(data: &str, id: &str) -> usize {
    let log = EventLog::open_read_only(&Path::new(data).join("log"), Options::default()).expect("the log");
    let entries = log.read(1).map(|entry| entry.expect("an entry"));
    let events = entries.filter_map(|entry| Envelope::decode(&entry.payload).ok());
    let one = |event: &Envelope| matches!(event.event, Event::DanmakuSent(_)) && event.key.as_deref() == Some(id);
    events.filter(one).count()
}

#[tokio::test]
async fn what_waits_outlives_a_kill_and_is_sent_once() {
    let mut kaibo = Kaibo::start().await;
    let (room, _) = kaibo.room().await;
    let mut viewer = Viewer::new(&kaibo, &room).await;
    assert!(viewer.connect(&kaibo).await && viewer.say("held", "加薇信看货").await);
    let position = viewer.acked["held"];

    kaibo.kill().await;
    kaibo.restart().await;
    assert!(viewer.connect(&kaibo).await && viewer.say("held", "加薇信看货").await);
    assert_eq!(viewer.acked["held"], position, "the same again is the same after a kill");
    assert!(!viewer.shown.values().any(|shown| shown == "加薇信看货"), "nobody let it through");
    decide(&kaibo, "加薇信看货").await;
    sees(&mut viewer, "加薇信看货").await;

    // Who follows the log from its beginning, as after a crash before the cursor was kept, finds that it was sent.
    kaibo.kill().await;
    let cursors = Path::new(&kaibo.data()).join("log/cursors");
    for entry in fs::read_dir(&cursors).expect("the cursors").flatten() {
        if entry.file_name().to_string_lossy().starts_with("moderation-release") {
            fs::remove_file(entry.path()).expect("a file that goes");
        }
    }
    kaibo.restart().await;
    assert!(viewer.connect(&kaibo).await && viewer.say("next", "加薇信再来").await);
    decide(&kaibo, "加薇信再来").await;
    sees(&mut viewer, "加薇信再来").await;
    kaibo.kill().await;
    assert_eq!((sent(&kaibo.data(), "held"), sent(&kaibo.data(), "next")), (1, 1));
}
