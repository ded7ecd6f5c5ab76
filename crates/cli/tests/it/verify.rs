//! `kaibo verify audit`: beside a running server, and beside a checker that shares nothing with it.

use crate::harness::Kaibo;
use sea_orm::ConnectionTrait;
use std::{path::Path, process::Command};

async fn verify(kaibo: &Kaibo, more: &[&str]) -> (bool, String) {
    let data = kaibo.data();
    let mut arguments = vec!["verify", "audit", "--data", &data];
    arguments.extend(more);
    let output = kaibo.command(&arguments).await;
    let said = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8_lossy(&said).into_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn tampering_with_the_audit_log_is_found_and_named() {
    let kaibo = Kaibo::start().await;
    for title in ["one", "two", "three"] {
        kaibo.post("/api/rooms", serde_json::json!({ "title": title })).await;
    }
    let (sound, said) = verify(&kaibo, &[]).await;
    assert!(sound, "{said}");
    let head = said.lines().find(|line| line.starts_with("head: ")).expect("the head").to_owned();

    // The other checker knows the document only.
    let checker = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tools/verify_audit.py");
    let database = Path::new(&kaibo.data()).join("kaibo.db");
    if let Ok(output) = Command::new("python3").arg(checker).arg(&database).output() {
        assert_eq!(String::from_utf8_lossy(&output.stdout).trim(), head, "{}", String::from_utf8_lossy(&output.stderr));
    }

    let noted = head.trim_start_matches("head: ");
    assert!(verify(&kaibo, &["--head", noted]).await.0);
    let other = format!("1:{}", "0".repeat(64));
    let (sound, said) = verify(&kaibo, &["--head", &other]).await;
    assert!(!sound && said.contains("row 1 has another hash"), "{said}");

    let store = store::Store::open(&format!("sqlite://{}", database.display())).await.expect("the database");
    let tx = store.begin().await.expect("a transaction");
    let tamper = "UPDATE accounts_audit SET target = '/api/rooms/another' WHERE seq = 3";
    tx.execute_unprepared(tamper).await.expect("a changed row");
    tx.commit().await.expect("a commit");
    store.close().await;
    let (sound, said) = verify(&kaibo, &[]).await;
    assert!(!sound && said.contains("row 3 (id 3) is not as it was written; 2 rows before it are sound"), "{said}");
}
