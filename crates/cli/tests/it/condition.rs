//! What the program finds wrong with itself.

use crate::{backup::SmallDisk, harness::Kaibo};
use std::{fs, time::Duration};

/// It looks often and believes what it sees; `limits` are further lines of its section.
pub fn watchful(kaibo: &mut Kaibo, limits: &str) {
    let file = kaibo.dir.path().join("condition.toml");
    let lines = format!("[condition]\nlook_ms = 100\nraise_after_s = 0\nclear_after_s = 0\n{limits}");
    fs::write(&file, lines).expect("settings");
    kaibo.config = Some(file);
}

/// Waits until exactly these alarms stand.
pub async fn until(kaibo: &Kaibo, alarms: &[&str]) {
    let mut details = serde_json::Value::Null;
    for _ in 0..600 {
        details = kaibo.get("/readyz?details").await;
        if details["alarms"] == serde_json::json!(alarms) {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("{alarms:?} never stood: {details}");
}

async fn gauge(kaibo: &Kaibo) -> bool {
    let answer = kaibo.client.get(kaibo.url("/metrics")).send().await.expect("an answer");
    answer.text().await.expect("a text").contains("\nkaibo_alarm{alarm=\"inodes_low\"} 1\n")
}

#[tokio::test]
async fn a_disk_that_takes_no_more_files_is_an_alarm_until_it_does_again() {
    let Some(disk) = SmallDisk::new("size=1g,nr_inodes=2000,mode=0700") else { return };
    let mut kaibo = Kaibo::idle();
    std::os::unix::fs::symlink(disk.0.path(), kaibo.data()).expect("the data folder elsewhere");
    watchful(&mut kaibo, "free_inodes = 1000\nfree_bytes = 0\n");
    kaibo.restart().await;
    until(&kaibo, &[]).await;
    assert!(!gauge(&kaibo).await);

    let litter = disk.0.path().join("litter");
    fs::create_dir(&litter).expect("a folder");
    for number in 0..1500 {
        fs::write(litter.join(number.to_string()), "").expect("a file");
    }
    until(&kaibo, &["inodes_low"]).await;
    assert!(gauge(&kaibo).await);

    fs::remove_dir_all(&litter).expect("room again");
    until(&kaibo, &[]).await;
    let log = fs::read_to_string(kaibo.dir.path().join("server.log")).expect("its log");
    assert!(log.contains("alarm `inodes_low` begins") && log.contains("alarm `inodes_low` ends"), "{log}");
}

#[tokio::test]
async fn a_restart_heals_nothing_and_raises_nothing_twice() {
    let low = "[condition]\nlook_ms = 100\nraise_after_s = 0\nfree_bytes = 9000000000000000000\n";
    let mut kaibo = Kaibo::start_with(low).await;
    until(&kaibo, &["disk_low"]).await;
    let mut before = kaibo.get("/api/system/alarms").await;
    while before["items"] == serde_json::json!([]) {
        tokio::time::sleep(Duration::from_millis(50)).await;
        before = kaibo.get("/api/system/alarms").await;
    }
    kaibo.kill().await;
    kaibo.restart().await;
    until(&kaibo, &["disk_low"]).await;
    // Long enough for some looks.
    tokio::time::sleep(Duration::from_millis(500)).await;
    let after = kaibo.get("/api/system/alarms").await;
    assert_eq!(after["items"].as_array().map(Vec::len), Some(1), "{after}");
    assert_eq!(after["items"], before["items"]);
}
