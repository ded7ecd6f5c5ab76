//! What is older than it has to be goes from everywhere, what is held stays, and nothing that was counted changes.

use crate::privacy::{House, STAYS, WORDS};
use events::{Clock, DanmakuSent, Empty, Envelope, Event, Millis, RetentionApplied, Source};
use sea_orm::ConnectionTrait;
use serde_json::{Value, json};
use std::time::Duration;

const DAY_MS: i64 = 86_400_000;
/// When everything old was written, and when it is looked at.
const THEN: Millis = Millis(1_790_000_000_000);
const NOW: Millis = Millis(THEN.0 + 200 * DAY_MS);
const YOUNG: &str = "刚刚说的话";

impl House {
    /// A show that was imported long ago, words of `laowang` outside it, and words of today.
    async fn aged() -> (Self, Clock) {
        let clock = Clock::manual(THEN);
        let mut house = Self::start_at(clock.clone()).await;
        house.import().await;
        house.say("laowang", WORDS[2]).await;
        clock.set(NOW);
        house.say("xiaoli", YOUNG).await;
        while !house.archive_text().await.contains(STAYS) {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        (house, clock)
    }

    async fn say(&self, viewer: &str, text: &str) {
        let danmaku = Event::DanmakuSent(DanmakuSent::plain(text));
        let said = Envelope::new(self.running.app.now(), Source::Viewer, self.org, danmaku).with_room(self.room);
        self.running.app.append(&[said.with_viewer(viewer.parse().expect("an id"))]).await.expect("acknowledged");
    }

    async fn archive_text(&self) -> String {
        self.archive().await.to_string()
    }

    async fn put(&self, class: &str, body: Value) -> (u16, Value) {
        let (status, text) = self.ask(&self.admin, "PUT", &format!("/api/privacy/retention/{class}"), Some(body)).await;
        (status, serde_json::from_str(&text).expect("JSON"))
    }

    async fn keep(&self, class: &str, days: u32) {
        let preview = self.get(&format!("/api/privacy/retention/{class}/preview?days={days}")).await;
        let (status, body) = self.put(class, json!({"days": days, "confirm": preview["confirm"]})).await;
        assert_eq!((status, &body["days"]), (200, &json!(days)), "{body}");
    }

    /// Waits until so many runs are done; the newest first.
    async fn runs(&self, count: usize) -> Vec<Value> {
        loop {
            let runs = self.get("/api/privacy/retention/runs").await;
            let runs = runs["items"].as_array().expect("runs").clone();
            if runs.len() >= count && runs.iter().all(|run| !run["done_at_ms"].is_null()) {
                return runs;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    async fn hold(&self, mut of: Value) -> String {
        of["reason"] = json!("(2026) 民初 1024 号");
        self.post("/api/privacy/holds", of).await["id"].as_str().expect("an id").to_owned()
    }

    async fn export(&self, viewer: &str) -> String {
        self.post("/api/privacy/exports", json!({"viewer": viewer})).await.to_string()
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_viewers_wrote_goes_when_its_time_is_over() {
    let (house, _) = House::aged().await;
    let before = house.numbers().await;
    let classes = house.get("/api/privacy/retention").await;
    let words = &classes["classes"][0];
    assert_eq!((&words["class"], &words["days"], &words["floor"]["days"]), (&json!("words"), &Value::Null, &json!(60)));
    assert_eq!(classes["classes"][1]["days"], 7, "{classes}");

    // The law is named, and nothing goes that nobody looked at.
    let (status, refused) = house.put("words", json!({"days": 59})).await;
    assert_eq!((status, &refused["code"]), (422, &json!("below_floor")), "{refused}");
    assert!(refused["detail"].as_str().is_some_and(|detail| detail.contains("第十六条")), "{refused}");
    let (status, refused) = house.put("words", json!({"days": 90})).await;
    assert_eq!((status, &refused["code"]), (409, &json!("unconfirmed")), "{refused}");
    let preview = house.get("/api/privacy/retention/words/preview?days=90").await;
    // 392 of the import and one in the room; a key of each who wrote.
    assert_eq!(preview["going"]["danmaku"]["count"], 393, "{preview}");
    assert_eq!(preview["going"]["keys"]["count"], 392, "{preview}");
    assert_eq!(preview["held"], json!({}), "{preview}");
    let (status, refused) = house.put("words", json!({"days": 91, "confirm": preview["confirm"]})).await;
    assert_eq!((status, &refused["code"]), (409, &json!("unconfirmed")), "of other days: {refused}");
    assert!(!house.found(&[STAYS]).await.is_empty());

    house.keep("words", 90).await;
    let runs = house.runs(1).await;
    assert_eq!(runs[0]["gone"], json!({"danmaku": 393, "keys": 392}), "{runs:?}");
    assert_eq!(house.found(&[WORDS[0], WORDS[1], WORDS[2], WORDS[3], STAYS]).await, Vec::<String>::new());
    assert_eq!(house.numbers().await, before);
    assert!(house.export("xiaoli").await.contains(YOUNG));
    assert!(!house.export("laowang").await.contains("老王"));
    let preview = house.get("/api/privacy/retention/words/preview?days=90").await;
    assert_eq!(preview["going"]["danmaku"]["count"], 0, "{preview}");

    let audit = house.get("/api/audit?action=retention_applied").await;
    let row = &audit["items"][0];
    assert_eq!(
        (&row["actor"], &row["from"], &row["target"]),
        (&json!("retention"), &json!("program"), &json!("words"))
    );
    assert_eq!(row["after"]["gone"]["danmaku"], 393, "{row}");
    let events = house.get("/api/events?name=RetentionApplied").await;
    assert_eq!(events["items"][0]["data"]["class"], "words", "{events}");
    let report = accounts::verify_audit(house.running.app.store.read(), &Default::default()).await.expect("a walk");
    assert_eq!(report.damage, None);
    // For ever again is a longer time, and needs no preview.
    let (status, body) = house.put("words", json!({"days": null})).await;
    assert_eq!((status, &body["days"]), (200, &Value::Null), "{body}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_who_is_held_nothing_goes_until_the_hold_is_released() {
    let (house, _) = House::aged().await;
    let hold = house.hold(json!({"viewer": "laowang"})).await;
    let preview = house.get("/api/privacy/retention/words/preview?days=90").await;
    assert_eq!(preview["held"], json!({"danmaku": 2, "keys": 1}), "{preview}");
    house.keep("words", 90).await;
    house.runs(1).await;
    let archive = house.archive_text().await;
    assert!(archive.contains(WORDS[0]) && !archive.contains(STAYS), "{archive}");
    let export = house.export("laowang").await;
    assert!([0, 1, 2, 3].iter().all(|word| export.contains(WORDS[*word])), "{export}");
    assert_eq!(house.found(&[STAYS]).await, Vec::<String>::new());
    // Neither does a person erase what the law asks for.
    let asked = house.ask(&house.admin, "POST", "/api/privacy/erasures", Some(json!({"viewer": "laowang"}))).await;
    assert!(asked.0 == 409 && asked.1.contains("held"), "{asked:?}");

    let released = house.post(&format!("/api/privacy/holds/{hold}/release"), json!({})).await;
    assert!(!released["released_at_ms"].is_null(), "{released}");
    let runs = house.runs(2).await;
    assert_eq!(runs[0]["gone"], json!({"danmaku": 2, "keys": 1}), "{runs:?}");
    assert_eq!(house.found(&WORDS).await, Vec::<String>::new());
    let again = house.ask(&house.admin, "POST", &format!("/api/privacy/holds/{hold}/release"), None).await;
    assert!(again.0 == 409 && again.1.contains("already_released"), "{again:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_held_show_keeps_what_was_written_in_it() {
    let (house, _) = House::aged().await;
    house.hold(json!({"broadcast": house.broadcast})).await;
    // Somebody who wrote elsewhere only.
    house.keep("words", 90).await;
    // Copies go by the show, keys by who wrote in it.
    let runs = house.runs(1).await;
    assert_eq!(runs[0]["gone"], json!({"danmaku": 1, "keys": 0}), "{runs:?}");
    let archive = house.archive_text().await;
    assert!(archive.contains(WORDS[0]) && archive.contains(STAYS), "{archive}");
    assert!(house.export("laowang").await.contains(WORDS[3]), "a super chat of the show");
    let path = format!("/api/broadcasts/{}/recording", house.broadcast);
    assert_eq!(house.ask(&house.admin, "DELETE", &path, None).await.0, 204, "there is none");
}

/// A database that is older than the log is brought there by what the log says, holds first.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_database_does_not_know_is_done_again() {
    let (house, _) = House::aged().await;
    let app = &house.running.app;
    let told = |event| {
        let event = Envelope::new(app.now(), Source::Server, house.org, event);
        event.with_key(uuid::Uuid::now_v7().to_string())
    };
    let held = told(Event::LegalHoldPlaced(Empty {})).with_viewer("laowang".parse().expect("an id"));
    let before = Millis(NOW.0 - 100 * DAY_MS);
    let applied = RetentionApplied { class: "words".into(), before, gone: Default::default() };
    app.append(&[held, told(Event::RetentionApplied(applied))]).await.expect("acknowledged");
    let runs = house.runs(1).await;
    assert_eq!(runs[0]["gone"], json!({"danmaku": 391, "keys": 391, "reviews": 0, "transcripts": 0}), "{runs:?}");
    let holds = house.get("/api/privacy/holds").await;
    assert_eq!((&holds["items"][0]["viewer"], &holds["items"][0]["placed_by"]), (&json!("laowang"), &json!("")));
    assert!(house.archive_text().await.contains(WORDS[0]));
    assert_eq!(house.found(&[STAYS]).await, Vec::<String>::new());
    assert_eq!(house.get("/api/events?name=RetentionApplied").await["items"].as_array().map(Vec::len), Some(1));
}

/// A run of which the keys went, and then the program died.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_interrupted_is_finished() {
    let (house, _) = House::aged().await;
    let (app, org) = (&house.running.app, house.org);
    let before = app::vault::period_of(Millis(NOW.0 - 100 * DAY_MS));
    let kept = Default::default();
    app.vault.destroy(&app::vault::Doomed::Periods { org, before, kept: &kept }).await.expect("destroyed");
    let sql = format!(
        "INSERT INTO privacy_retention_runs (id, org_id, class, before_at_ms, began_at_ms, gone)
         VALUES ('{}', '{org}', 'words', {}, 0, '{{\"keys\":392}}')",
        uuid::Uuid::now_v7(),
        app::vault::beginning_of(before).0
    );
    let tx = app.store.begin().await.expect("a transaction");
    tx.execute_unprepared(&sql).await.expect("a run");
    tx.commit().await.expect("a commit");
    // Whatever is changed wakes the job.
    house.keep("quarantine", 7).await;
    let runs = house.runs(1).await;
    assert_eq!(runs[0]["gone"], json!({"danmaku": 393, "keys": 392}), "{runs:?}");
    assert_eq!(house.found(&[WORDS[0], STAYS]).await, Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn audit_rows_deliveries_and_the_quarantine_go_by_their_own_time() {
    let (house, clock) = House::aged().await;
    let source = house
        .post("/api/collect/sources", json!({"name": "官网", "kind": "segment", "plan": {"mode": "enforce"}}))
        .await;
    for user in ["old", "held"] {
        let refused = json!({"type": "track", "event": "Refused", "userId": user});
        house.collect(json!({"batch": [refused], "writeKey": source["write_key"]})).await;
    }
    let held = house.erase(json!({"user_id": "held"})).await["viewer"].clone();
    // The erasure took it along; it comes again, and is held.
    clock.set(NOW.plus_ms(1));
    let refused = json!({"type": "track", "event": "Refused", "userId": "held", "n": 2});
    house.collect(json!({"batch": [refused], "writeKey": source["write_key"]})).await;
    house.hold(json!({"viewer": held})).await;
    clock.set(NOW.plus_ms(2 * DAY_MS));
    house.keep("quarantine", 1).await;
    let runs = house.runs(1).await;
    assert_eq!((&runs[0]["class"], &runs[0]["gone"]), (&json!("quarantine"), &json!({"quarantine": 1})), "{runs:?}");
    let path = format!("/api/collect/sources/{}/quarantine", source["id"].as_str().expect("an id"));
    assert_eq!(house.get(&path).await["items"].as_array().map(Vec::len), Some(1));

    clock.set(NOW.plus_ms(400 * DAY_MS));
    let (status, refused) = house.put("audit", json!({"days": 183})).await;
    assert_eq!((status, &refused["code"]), (422, &json!("below_floor")), "{refused}");
    house.keep("audit", 184).await;
    let runs = house.runs(2).await;
    assert_eq!(runs[0]["class"], "audit", "{runs:?}");
    let report = accounts::verify_audit(house.running.app.store.read(), &Default::default()).await.expect("a walk");
    assert!(report.damage.is_none() && report.cut > 0, "{report:?}");
    let oldest = house.get("/api/audit?to=1795000000000").await;
    assert_eq!(oldest["items"], json!([]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_ledger_goes_by_whole_days_and_not_while_anything_is_held() {
    let (house, clock) = House::aged().await;
    let app = &house.running.app;
    house.post("/api/moderation/lists", json!({"name": "三年前"})).await;
    clock.set(NOW.plus_ms(1_100 * DAY_MS));
    moderation::ledger::seal::seal(app).await.expect("sealed");
    house.post("/api/moderation/lists", json!({"name": "今天"})).await;
    let (status, refused) = house.put("ledger", json!({"days": 1_095})).await;
    assert_eq!((status, &refused["code"]), (422, &json!("below_floor")), "{refused}");
    let hold = house.hold(json!({"viewer": "laowang"})).await;
    let preview = house.get("/api/privacy/retention/ledger/preview?days=1096").await;
    assert_eq!((&preview["going"]["ledger"]["count"], &preview["held"]["ledger"]), (&json!(0), &json!(1)), "{preview}");
    house.keep("ledger", 1_096).await;
    house.post(&format!("/api/privacy/holds/{hold}/release"), json!({})).await;
    let runs = house.runs(1).await;
    assert_eq!((&runs[0]["class"], &runs[0]["gone"]), (&json!("ledger"), &json!({"ledger": 1})), "{runs:?}");
    let rows = house.get("/api/moderation/ledger").await;
    let told = rows["items"].as_array().expect("rows").iter().map(|row| (row["seq"].as_i64(), row["kind"].as_str()));
    assert_eq!(told.collect::<Vec<_>>(), [(Some(3), Some("days_cut")), (Some(2), Some("list_changed"))], "{rows}");
    let reports = moderation::ledger::verify(app.store.read(), &Default::default()).await.expect("a walk");
    assert!(reports.iter().all(|report| (report.cut, &report.damage) == (1, &None)), "{reports:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_who_reaches_the_whole_organisation_decides() {
    let house = House::start_at(Clock::system()).await;
    let store = &house.running.app.store;
    let team = accounts::new_team(store, Some(house.org)).await.expect("a team");
    let team = accounts::token_within(store, "admin", team).await.expect("a token");
    let stranger = accounts::new_team(store, None).await.expect("an organisation");
    let stranger = accounts::token_within(store, "admin", app::Scope::whole(stranger.org)).await.expect("a token");
    let hold = house.hold(json!({"viewer": "v1"})).await;
    for (method, path, body) in [
        ("GET", "/api/privacy/retention".to_owned(), None),
        ("GET", "/api/privacy/retention/words/preview?days=60".to_owned(), None),
        ("PUT", "/api/privacy/retention/words".to_owned(), Some(json!({"days": null}))),
        ("GET", "/api/privacy/holds".to_owned(), None),
        ("POST", "/api/privacy/holds".to_owned(), Some(json!({"viewer": "v", "reason": "r"}))),
    ] {
        let (status, text) = house.ask(&team, method, &path, body).await;
        assert!(status == 403 && text.contains("beyond_your_reach"), "{method} {path}: {status} {text}");
    }
    let release = format!("/api/privacy/holds/{hold}/release");
    assert_eq!(house.ask(&team, "POST", &release, None).await.0, 404);
    assert_eq!(house.ask(&stranger, "POST", &release, None).await.0, 404);
    assert_eq!(house.ask(&stranger, "GET", "/api/privacy/holds", None).await.1, r#"{"items":[]}"#);
    for (body, status, code) in [
        (json!({"viewer": "v", "broadcast": "0190a0c0-0000-7000-8000-000000000001", "reason": "r"}), 422, "bad_hold"),
        (json!({"reason": "r"}), 422, "bad_hold"),
        (json!({"viewer": "no id", "reason": "r"}), 422, "bad_hold"),
        (json!({"viewer": "v", "reason": " "}), 422, "bad_reason"),
        (json!({"broadcast": "0190a0c0-0000-7000-8000-000000000001", "reason": "r"}), 404, "not_found"),
    ] {
        let (got, text) = house.ask(&house.admin, "POST", "/api/privacy/holds", Some(body.clone())).await;
        assert!(got == status && text.contains(code), "{body}: {got} {text}");
    }
}
