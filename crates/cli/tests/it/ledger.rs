//! `kaibo verify ledger`: a ledger of some days, beside a running server, with everything that somebody could do to it by SQL.

use crate::harness::Kaibo;
use events::{Millis, OrgId};
use moderation::ledger::{self, Entry, Kind};
use reqwest::Method;
use sea_orm::ConnectionTrait;
use serde_json::json;
use std::{path::Path, time::Duration};
use store::Store;

const DAY_MS: i64 = 86_400_000;
const TABLES: [&str; 3] = ["moderation_ledger", "moderation_ledger_heads", "moderation_ledger_ends"];

async fn verify(kaibo: &Kaibo, more: &[&str]) -> (bool, String) {
    let data = kaibo.data();
    let output = kaibo.command(&[&["verify", "ledger", "--data", &data], more].concat()).await;
    let said = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8_lossy(&said).into_owned())
}

async fn sql(store: &Store, statements: &[String]) {
    let tx = store.begin().await.expect("a transaction");
    for statement in statements {
        tx.execute_unprepared(statement).await.expect("a statement");
    }
    tx.commit().await.expect("a commit");
}

/// Three rows each of the three days before today, as the program would have written them.
async fn write(store: &Store, org: OrgId) -> Vec<String> {
    let now = Millis::now();
    for days in [3, 2, 1] {
        let at = now.plus_ms(-days * DAY_MS);
        let entry = |n: i64| Entry::new(Kind::ModeChanged, format!("room:{n}"), &json!({ "n": n })).expect("facts");
        let tx = store.begin().await.expect("a transaction");
        ledger::write(&tx, org, at, (1..=3).map(entry).collect()).await.expect("written");
        tx.commit().await.expect("a commit");
    }
    [3, 2, 1].map(|days| ledger::day_of(now.plus_ms(-days * DAY_MS))).into()
}

#[tokio::test(flavor = "multi_thread")]
async fn tampering_with_the_ledger_is_found_and_named() {
    let mut kaibo = Kaibo::start().await;
    let org: OrgId = kaibo.get("/api/me").await["org"]["id"].as_str().expect("an id").parse().expect("an id");
    let (sound, said) = verify(&kaibo, &[]).await;
    assert!(sound && said.contains("nothing was written"), "{said}");
    kaibo.kill().await;
    let store = Store::open(&kaibo.records()).await.expect("the database");
    let days = write(&store, org).await;

    // The days are over: they are sealed at the start, and told.
    kaibo.restart().await;
    while kaibo.get("/api/moderation/ledger/heads").await["items"].as_array().map(Vec::len) != Some(3) {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let (room, _) = kaibo.room().await;
    let chat = json!({"mode": "before_review"});
    assert_eq!(kaibo.call(Method::PUT, &format!("/api/rooms/{room}/chat"), Some(chat)).await.status(), 200);
    let page = kaibo.get(&format!("/api/moderation/ledger?about=room:{room}")).await;
    assert_eq!((&page["items"][0]["seq"], &page["items"][0]["facts"]["before"]), (&json!(10), &json!("after_review")));
    loop {
        let (sound, said) = verify(&kaibo, &[]).await;
        assert!(sound, "{said}");
        // The relay needs a moment to tell the log.
        if said.contains("ok, 10 rows, 3 days sealed, 3 heads as noted elsewhere") {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let exported =
        kaibo.call(Method::GET, "/api/moderation/ledger/heads/export", None).await.text().await.expect("a file");
    let file = Path::new(&kaibo.data()).join("heads.jsonl").display().to_string();
    std::fs::write(&file, &exported).expect("a file");
    let (sound, said) = verify(&kaibo, &["--heads", &file]).await;
    assert!(sound && said.contains("6 heads as noted elsewhere"), "{said}");
    let seconds = exported.lines().nth(1).expect("a head");
    let hash =
        serde_json::from_str::<serde_json::Value>(seconds).expect("JSON")["hash"].as_str().expect("a hash").to_owned();
    std::fs::write(&file, exported.replace(&hash, &"0".repeat(64))).expect("a file");
    let (sound, said) = verify(&kaibo, &["--heads", &file]).await;
    assert!(
        !sound && said.contains("row 6 has another hash than the exported head; 6 rows before it are sound"),
        "{said}"
    );
    std::fs::write(&file, "day,hash\n").expect("a file");
    let (sound, said) = verify(&kaibo, &["--heads", &file]).await;
    assert!(!sound && said.contains("line 1 is not a head of the ledger"), "{said}");

    let kept = TABLES.map(|table| format!("CREATE TABLE kept_{table} AS SELECT * FROM {table}"));
    sql(&store, &kept).await;
    let again: Vec<String> = TABLES
        .iter()
        .flat_map(|table| [format!("DELETE FROM {table}"), format!("INSERT INTO {table} SELECT * FROM kept_{table}")])
        .collect();
    let cases: [(&[&str], String); 8] = [
        (
            &["UPDATE moderation_ledger SET facts = '{\"n\":7}' WHERE seq = 5"],
            "row 5 is not as it was written; 4 rows".into(),
        ),
        (&["DELETE FROM moderation_ledger WHERE seq = 5"], "row 5 is missing; 4 rows before it are sound".into()),
        (
            &[
                "UPDATE moderation_ledger SET seq = 99 WHERE seq = 4",
                "UPDATE moderation_ledger SET seq = 4 WHERE seq = 5",
                "UPDATE moderation_ledger SET seq = 5 WHERE seq = 99",
            ],
            "rows changed places: row 4 stands as row 5; 3 rows".into(),
        ),
        (
            &[
                "DELETE FROM moderation_ledger WHERE seq BETWEEN 4 AND 6",
                "DELETE FROM moderation_ledger_heads WHERE last_seq = 6",
            ],
            format!("the day {} is missing: rows 4 to 6 are missing", days[1]),
        ),
        (
            &[
                "DELETE FROM moderation_ledger WHERE seq > 7",
                "DELETE FROM moderation_ledger_heads WHERE last_seq > 6",
                "UPDATE moderation_ledger_ends SET seq = 7, hash = (SELECT hash FROM moderation_ledger WHERE seq = 7)",
            ],
            format!("the ledger ends at row 7, but 9 were sealed with the day {}", days[2]),
        ),
        (&["DELETE FROM moderation_ledger WHERE seq = 10"], "the ledger ends at row 9, but 10 were written".into()),
        (
            &["DELETE FROM moderation_ledger_heads WHERE last_seq = 6"],
            format!("the head of the day {} is missing", days[1]),
        ),
        (
            &[
                "DELETE FROM moderation_ledger",
                "DELETE FROM moderation_ledger_heads",
                "DELETE FROM moderation_ledger_ends",
            ],
            format!("the ledger ends at row 0, but 9 were sealed with the day {}", days[2]),
        ),
    ];
    for (deeds, expected) in cases {
        sql(&store, &deeds.iter().map(|deed| (*deed).to_owned()).collect::<Vec<_>>()).await;
        let (sound, said) = verify(&kaibo, &[]).await;
        let named = format!("kaibo: the ledger of `{org}` was tampered with: {expected}");
        assert!(!sound && said.starts_with(&named), "{deeds:?}: {said}");
        sql(&store, &again).await;
        assert!(verify(&kaibo, &[]).await.0, "it is as it was");
    }

    // Another chain, sound in itself: whoever can write the database can make one.
    sql(&store, &TABLES.map(|table| format!("DELETE FROM {table}"))).await;
    write(&store, org).await;
    let (sound, said) = verify(&kaibo, &[]).await;
    assert!(!sound && said.contains("row 3 has another hash than the event log was told"), "{said}");
    store.close().await;
}
