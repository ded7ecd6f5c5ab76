//! The ledger: one order whoever writes, nothing of viewers in it, and tampering named.

use app::{App, Stop, testing::TestApp};
use async_trait::async_trait;
use audience::{Audience, RoomRef, Rooms, ShowOf};
use events::{
    BroadcastId, ChatMode, Clock, DanmakuJudged, DanmakuSent, Envelope, Event, Millis, OrgId, RoomId, Source,
    TextVerdict, ViewerId,
};
use moderation::{
    Moderation,
    ledger::{self, Damage, Entry, Kind, Note, Noted, Report, Whence},
};
use sea_orm::ConnectionTrait;
use serde_json::{Value, json};
use std::{collections::BTreeSet, path::Path, process::Command, sync::Arc, time::Duration};

/// Noon in Beijing.
const NOON: Millis = Millis(1_795_881_600_000 - 12 * 3_600_000);
const DAY_MS: i64 = 86_400_000;
const WORDS: &str = "加薇信看货 13812345678";

struct NoRooms;

#[async_trait]
impl Rooms for NoRooms {
    async fn room(&self, _: RoomId) -> anyhow::Result<Option<RoomRef>> {
        Ok(None)
    }

    async fn show(&self, _: BroadcastId) -> anyhow::Result<Option<ShowOf>> {
        Ok(None)
    }
}

struct House {
    program: TestApp,
    clock: Clock,
}

impl House {
    async fn start() -> Self {
        let clock = Clock::manual(NOON);
        let features = |app: &App| {
            let audience = Audience::new(app.clone(), Arc::new(NoRooms));
            vec![Moderation::new(app.clone(), audience).feature()]
        };
        let program = TestApp::with_clock(clock.clone(), features).await.expect("a program");
        Self { program, clock }
    }

    fn app(&self) -> &App {
        &self.program.app
    }

    /// Writes so many rows with one transaction.
    async fn write(&self, org: OrgId, rows: usize) {
        let entry = |n: usize| Entry::new(Kind::ModeChanged, format!("room:{n}"), &json!({ "n": n })).expect("facts");
        let tx = self.app().store.begin().await.expect("a transaction");
        let entries = (0..rows).map(entry).collect();
        ledger::write(&tx, org, self.app().now(), entries).await.expect("written");
        tx.commit().await.expect("a commit");
    }

    /// A ledger of its own: three rows each of three days that are sealed and told, and three of today.
    async fn days(&self) -> OrgId {
        let org = OrgId::new();
        for day in 0..4 {
            self.clock.set(NOON.plus_ms(day * DAY_MS));
            self.write(org, 3).await;
        }
        ledger::seal::seal(self.app()).await.expect("sealed");
        self.app().store.relayed().await.expect("relayed");
        org
    }

    async fn sql(&self, sql: &str) {
        let tx = self.app().store.begin().await.expect("a transaction");
        tx.execute_unprepared(sql).await.expect("a statement");
        tx.commit().await.expect("a commit");
    }

    async fn verify(&self, org: OrgId) -> Report {
        self.verify_with(org, ledger::heads_in(&self.app().log).expect("the heads")).await
    }

    async fn verify_with(&self, org: OrgId, noted: Noted) -> Report {
        let reports = ledger::verify(self.app().store.read(), &noted).await.expect("a walk");
        reports.into_iter().find(|report| report.org == org).expect("its ledger")
    }

    async fn get(&self, who: &str, path: &str) -> Value {
        let answer = self.program.call(who, "GET", path, None).await;
        assert_eq!(answer.status, 200, "{path}: {}", answer.text());
        answer.json()
    }

    /// What a viewer said and a person has to decide about.
    async fn judged(&self, viewer: &ViewerId) -> u64 {
        let judged = DanmakuJudged {
            verdict: TextVerdict::Hold,
            danmaku: DanmakuSent::plain(WORDS),
            reasons: Vec::new(),
            score_milli: None,
            mode: ChatMode::AfterReview,
            lists: 0,
            model: None,
        };
        let event = Envelope::new(self.app().now(), Source::Viewer, self.program.org, Event::DanmakuJudged(judged));
        let event = event.with_team(self.program.team).with_room(RoomId::new()).with_viewer(viewer.clone());
        let position = self.app().append(&[event]).await.expect("a log").start;
        while self.get("*", "/api/moderation/items").await["items"][0]["position"] != position {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        position
    }

    async fn reject(&self, positions: &[u64]) {
        let verdict = json!({"positions": positions, "outcome": "reject", "clause": "contact", "note": WORDS});
        let given = self.program.post("/api/moderation/verdicts", verdict).await;
        assert_eq!(given.json()["decided"], json!(positions), "{}", given.text());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn however_many_write_there_is_one_order() {
    let house = Arc::new(House::start().await);
    let org = OrgId::new();
    let writers: Vec<_> = (0..8)
        .map(|_| {
            let house = house.clone();
            tokio::spawn(async move {
                for rows in [1, 3] {
                    house.write(org, rows).await;
                }
            })
        })
        .collect();
    for writer in writers {
        writer.await.expect("a writer");
    }
    house.write(org, 2_500).await;
    let report = house.verify(org).await;
    assert_eq!((report.rows, report.damage), (2_532, None));
}

#[tokio::test]
async fn what_is_taken_back_leaves_no_row() {
    let house = House::start().await;
    let org = OrgId::new();
    house.write(org, 1).await;
    let tx = house.app().store.begin().await.expect("a transaction");
    let entry = Entry::new(Kind::ModeChanged, "room:1", &json!({})).expect("facts");
    ledger::write(&tx, org, house.app().now(), vec![entry]).await.expect("written");
    tx.rollback().await.expect("taken back");
    house.write(org, 1).await;
    let report = house.verify(org).await;
    assert_eq!((report.rows, report.damage), (2, None));
}

#[tokio::test]
async fn days_are_sealed_as_a_whole() {
    let house = House::start().await;
    let org = house.days().await;
    let report = house.verify(org).await;
    assert_eq!((report.rows, report.days, report.heads_kept, report.damage), (12, 3, 3, None));
    assert_eq!(ledger::seal::seal(house.app()).await.expect("looked"), 0, "today is not over");
    // A clock that was put back writes no row into a day that is sealed.
    house.clock.set(NOON.plus_ms(-DAY_MS));
    house.write(org, 1).await;
    house.clock.set(NOON.plus_ms(9 * DAY_MS));
    assert_eq!(ledger::seal::seal(house.app()).await.expect("sealed"), 1);
    house.clock.set(NOON);
    house.write(org, 1).await;
    house.clock.set(NOON.plus_ms(9 * DAY_MS));
    assert_eq!(ledger::seal::seal(house.app()).await.expect("sealed"), 1, "it went into the next day");
    let report = house.verify(org).await;
    assert_eq!((report.rows, report.days, report.damage), (14, 5, None));
}

#[tokio::test]
async fn tampering_is_named() {
    let house = House::start().await;
    let missing = |first, last, days: &[&str]| Damage::Missing {
        first,
        last,
        days: days.iter().map(|day| (*day).to_owned()).collect(),
    };
    let cases: [(&[&str], Damage); 13] = [
        (&["UPDATE moderation_ledger SET facts = '{\"n\":9}' WHERE seq = 5"], Damage::Changed { seq: 5 }),
        (&["UPDATE moderation_ledger SET hash = previous WHERE seq = 5"], Damage::Changed { seq: 5 }),
        (&["UPDATE moderation_ledger SET team_id = org_id WHERE seq = 1"], Damage::Changed { seq: 1 }),
        (&["DELETE FROM moderation_ledger WHERE seq = 5"], missing(5, 5, &[])),
        (&["DELETE FROM moderation_ledger WHERE seq = 1"], missing(1, 1, &[])),
        (
            &["DELETE FROM moderation_ledger WHERE seq BETWEEN 4 AND 6", "DELETE FROM moderation_ledger_heads WHERE last_seq = 6"],
            missing(4, 6, &["2026-11-29"]),
        ),
        (
            &[
                "UPDATE moderation_ledger SET seq = 99 WHERE seq = 4",
                "UPDATE moderation_ledger SET seq = 4 WHERE seq = 5",
                "UPDATE moderation_ledger SET seq = 5 WHERE seq = 99",
            ],
            Damage::Moved { seq: 4, from: 5 },
        ),
        (&["DELETE FROM moderation_ledger WHERE seq > 10"], Damage::CutOff { seq: 10, head: 12, day: None }),
        (
            // With everything that tells of it in the database.
            &[
                "DELETE FROM moderation_ledger WHERE seq > 8",
                "DELETE FROM moderation_ledger_heads WHERE last_seq > 8",
                "UPDATE moderation_ledger_ends SET seq = 8, sealed_seq = 6, sealed_day = '2026-11-29',
                   hash = (SELECT hash FROM moderation_ledger AS l WHERE l.seq = 8 AND l.org_id = moderation_ledger_ends.org_id)",
            ],
            Damage::CutOff { seq: 8, head: 9, day: Some("2026-11-30".into()) },
        ),
        (&["DELETE FROM moderation_ledger_heads WHERE last_seq = 6"], Damage::HeadMissing { day: "2026-11-29".into() }),
        (&["UPDATE moderation_ledger_heads SET row_count = 2 WHERE last_seq = 6"], Damage::HeadChanged { day: "2026-11-29".into() }),
        (&["UPDATE moderation_ledger_ends SET hash = ''"], Damage::AnotherEnd { seq: 12 }),
        (
            &[
                "DELETE FROM moderation_ledger WHERE seq <= 3",
                "UPDATE moderation_ledger_ends SET cut_seq = 3,
                   cut_hash = (SELECT previous FROM moderation_ledger AS l WHERE l.seq = 4 AND l.org_id = moderation_ledger_ends.org_id)",
            ],
            Damage::CutUnsaid { seq: 3 },
        ),
    ];
    for (deeds, damage) in cases {
        let org = house.days().await;
        for deed in deeds {
            let and = if deed.contains("WHERE seq") || deed.contains("WHERE last_seq") { "AND" } else { "WHERE" };
            house.sql(&format!("{deed} {and} org_id = '{org}'")).await;
        }
        assert_eq!(house.verify(org).await.damage, Some(damage), "{deeds:?}");
    }
}

/// Whoever can write the database makes the whole chain anew.
#[tokio::test]
async fn another_chain_is_not_the_one_that_was_told() {
    let house = House::start().await;
    let org = house.days().await;
    let export = |hash: &str| {
        format!(r#"{{"org":"{org}","day":"2026-11-29","rows":3,"first":4,"last":6,"hash":"{hash}","sealed_at_ms":1}}"#)
    };
    let mut noted = Noted::default();
    noted.add_lines(&export(&"0".repeat(64))).expect("a head");
    let damage = Some(Damage::Rewritten { seq: 6, whence: Whence::File });
    assert_eq!(house.verify_with(org, noted).await.damage, damage);
    let mut noted = Noted::default();
    noted.add(org, 6, Note { day: "2026-11-29".into(), hash: "0".repeat(64), whence: Whence::EventLog });
    let damage = Some(Damage::Rewritten { seq: 6, whence: Whence::EventLog });
    assert_eq!(house.verify_with(org, noted).await.damage, damage);
    let error = Noted::default().add_lines("{\"org\":1}\n").expect_err("no head");
    assert!(error.to_string().starts_with("line 1 is not a head of the ledger"), "{error}");
    for table in ["", "_heads", "_ends"] {
        house.sql(&format!("DELETE FROM moderation_ledger{table} WHERE org_id = '{org}'")).await;
    }
    let damage = Some(Damage::CutOff { seq: 0, head: 9, day: Some("2026-11-30".into()) });
    assert_eq!(house.verify(org).await.damage, damage, "a whole ledger that is gone");
}

#[tokio::test]
async fn the_oldest_days_go_and_the_chain_says_so() {
    let house = House::start().await;
    let (org, app) = (house.days().await, house.app().clone());
    let before = NOON.plus_ms(2 * DAY_MS);
    let (rows, span) = ledger::old(app.store.read(), org, before).await.expect("a look");
    assert_eq!((rows, span), (6, Some((NOON, NOON.plus_ms(DAY_MS)))));
    let mut gone = Vec::new();
    loop {
        match ledger::cut(&app.store, org, before, app.now()).await.expect("cut") {
            0 => break,
            some => gone.push(some),
        }
    }
    assert_eq!(gone, [3, 3], "day by day");
    let report = house.verify(org).await;
    assert_eq!((report.cut, report.rows, report.heads_kept, report.damage), (6, 14, 2, None));
    house.sql(&format!("DELETE FROM moderation_ledger WHERE seq = 14 AND org_id = '{org}'")).await;
    assert_eq!(house.verify(org).await.damage, Some(Damage::CutUnsaid { seq: 6 }));
}

#[tokio::test(flavor = "multi_thread")]
async fn verdicts_stand_in_it_without_words_and_without_whose_they_were() {
    let house = House::start().await;
    let (one, other) = (ViewerId::random(), ViewerId::random());
    let mut positions = Vec::new();
    for viewer in [&one, &one, &other] {
        positions.push(house.judged(viewer).await);
    }
    house.reject(&positions).await;
    let list = json!({"name": "本场", "level": "block", "expires_at_ms": i64::MAX});
    let list = house.program.post("/api/moderation/lists", list).await.json();
    let page = house.get("*", "/api/moderation/ledger").await;
    let rows = page["items"].as_array().expect("rows");
    let told: Vec<(&str, &str)> = rows
        .iter()
        .map(|row| (row["kind"].as_str().unwrap_or_default(), row["about"].as_str().unwrap_or_default()))
        .collect();
    let about = |position: u64| ledger::danmaku(position);
    let expected = [
        ("list_changed", format!("list:{}", list["id"].as_str().expect("an id"))),
        ("verdict", about(positions[2])),
        ("verdict", about(positions[1])),
        ("verdict", about(positions[0])),
    ];
    assert_eq!(told, expected.each_ref().map(|(kind, about)| (*kind, about.as_str())));
    let facts = |row: usize| &rows[row]["facts"];
    assert_eq!(
        (&facts(3)["outcome"], &facts(3)["clause"], &facts(3)["by"]),
        (&json!("reject"), &json!("contact"), &json!("test"))
    );
    assert_eq!(facts(3)["person"], facts(2)["person"], "the same person");
    let hashes: BTreeSet<&str> = [(1, "person"), (1, "words"), (2, "person"), (2, "words")]
        .map(|(row, key)| facts(row)[key].as_str().expect("a hash"))
        .into();
    assert_eq!(hashes.len(), 4, "the same words of another are another hash");
    let text = page.to_string();
    assert!(!text.contains(one.as_str()) && !text.contains("加薇信"), "{text}");

    // Who reaches another team finds nothing of this one; the organisation's own changes are headquarters'.
    assert_eq!(house.get("*@other", "/api/moderation/ledger").await["items"], json!([]));
    for (query, found) in
        [("kind=verdict", 3), ("kind=list_changed", 1), ("day=2026-11-28", 4), ("day=2026-11-27", 0), ("limit=2", 2)]
    {
        let page = house.get("*", &format!("/api/moderation/ledger?{query}")).await;
        assert_eq!(page["items"].as_array().map(Vec::len), Some(found), "{query}");
    }
    let path = format!("/api/moderation/ledger?about={}", about(positions[1]));
    assert_eq!(house.get("*", &path).await["items"][0]["seq"], 2);
    for (query, status) in [("kind=none", 400), ("day=2026-11-28-1", 400), ("about=%00", 400), ("limit=0", 400)] {
        assert_eq!(house.program.get(&format!("/api/moderation/ledger?{query}")).await.status, status, "{query}");
    }
}

/// Runs the checker that shares nothing with the program; none where there is no Python.
fn check(pack: &Value) -> Option<(bool, String)> {
    let file = tempfile::NamedTempFile::new().expect("a file");
    std::fs::write(file.path(), pack.to_string()).expect("written");
    let checker = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tools/verify_evidence.py");
    let Ok(output) = Command::new("python3").arg(checker).arg(file.path()).output() else {
        eprintln!("SKIPPED: there is no python3");
        return None;
    };
    Some((output.status.success(), String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned()))
}

#[tokio::test(flavor = "multi_thread")]
async fn the_evidence_proves_itself_and_outlives_an_erasure() {
    let house = House::start().await;
    let (viewer, app) = (ViewerId::random(), house.app().clone());
    let position = house.judged(&viewer).await;
    let path = format!("/api/moderation/items/{position}/evidence");
    let empty = house.get("*", &path).await;
    assert_eq!((&empty["rows"], &empty["seals"], &empty["salt"]), (&json!([]), &json!([]), &Value::Null));
    house.write(house.program.org, 2).await;
    house.reject(&[position]).await;
    house.write(house.program.org, 2).await;
    let open = house.get("*", &path).await;
    assert_eq!((&open["rows"][0]["row"]["seq"], &open["seals"]), (&json!(3), &json!([])), "the day is not over");
    house.clock.set(NOON.plus_ms(DAY_MS));
    ledger::seal::seal(&app).await.expect("sealed");

    let pack = house.get("*", &path).await;
    assert_eq!((&pack["item"]["text"], &pack["masked"]), (&json!(WORDS), &json!(false)));
    assert_eq!(pack["seals"][0]["head"]["last"], 5);
    if let Some((sound, said)) = check(&pack) {
        assert!(
            sound && said.contains("row 3: sealed by 2026-11-28") && said.contains("person and words: as in the row"),
            "{said}"
        );
        for (field, value) in
            [("/rows/0/facts", json!("{}")), ("/item/text", json!("好")), ("/seals/0/digests/1", json!("0".repeat(64)))]
        {
            let mut forged = pack.clone();
            *forged.pointer_mut(field).expect("a field") = value;
            let (sound, said) = check(&forged).expect("it ran");
            assert!(!sound, "{field}: {said}");
        }
    }
    let masked = house.program.call("ledger.read", "GET", &path, None).await;
    assert_eq!(masked.headers.get("x-kaibo-masked").map(|value| value.as_bytes()), Some(&b"true"[..]));
    let body = masked.json();
    assert_eq!((&body["salt"], &body["item"]["text"]), (&Value::Null, &json!("加薇信看货 138******78")));
    assert!(!masked.text().contains(viewer.as_str()));
    assert_eq!(house.program.call("*@other", "GET", &path, None).await.status, 404);
    assert_eq!(house.program.get("/api/moderation/items/9/evidence").await.status, 404);

    // What was made before the erasure goes, and nothing that is written afterwards.
    assert_eq!(ledger::erase(&app, house.program.org, &viewer, position).await.expect("erased"), 0);
    assert_eq!(ledger::erase(&app, house.program.org, &viewer, app.log.last() + 1).await.expect("erased"), 1);
    let after = house.get("*", &path).await;
    assert_eq!((&after["salt"], &after["rows"]), (&Value::Null, &pack["rows"]));
    assert!(check(&after).is_none_or(|(sound, said)| sound && !said.contains("person")));
    let report = house.verify(house.program.org).await;
    assert_eq!((report.rows, report.damage), (5, None));
    let again = house.judged(&viewer).await;
    house.reject(&[again]).await;
    let page = house.get("*", "/api/moderation/ledger?kind=verdict").await;
    assert_ne!(page["items"][0]["facts"]["person"], page["items"][1]["facts"]["person"], "somebody else to the ledger");
}

#[tokio::test]
async fn heads_are_listed_and_exported() {
    let house = House::start().await;
    let org = house.program.org;
    for day in 0..3 {
        house.clock.set(NOON.plus_ms(day * DAY_MS));
        house.write(org, 2).await;
    }
    ledger::seal::seal(house.app()).await.expect("sealed");
    let page = house.get("*", "/api/moderation/ledger/heads?limit=1").await;
    let head = &page["items"][0];
    let said = json!([head["day"], head["rows"], head["first"], head["last"], page["next"]]);
    assert_eq!(said, json!(["2026-11-29", 2, 3, 4, "2026-11-29"]));
    let page = house.get("*", "/api/moderation/ledger/heads?after=2026-11-29").await;
    assert_eq!((&page["items"][0]["day"], &page["next"]), (&json!("2026-11-28"), &Value::Null));
    let file = house.program.get("/api/moderation/ledger/heads/export").await;
    assert_eq!(file.headers["content-type"], "application/x-ndjson");
    let mut noted = Noted::default();
    noted.add_lines(&file.text()).expect("heads");
    let report = house.verify_with(org, noted).await;
    assert_eq!((report.heads_kept, report.damage), (2, None));
    assert_eq!(house.program.call("moderation.read", "GET", "/api/moderation/ledger/heads", None).await.status, 403);
    let stop: &Stop = &house.app().stop;
    assert!(!stop.is_cancelled());
}
