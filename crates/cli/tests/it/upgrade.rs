//! Data of an earlier version, as a fixture: today's program has everything that was in it.
//!
//! `fixtures/0001.tar.gz` is a data folder with the steps, rows and events of the time before teams and sources. Another one is
//! made after a release, by `cargo nextest run -p cli --run-ignored only make_a_fixture`: add it, and never change one.

use crate::harness::{Kaibo, text};
use eventlog::{EventLog, Options, Record};
use events::{Envelope, Event, Millis, OrgId, RoomCreated, RoomId, Source};
use sea_orm::ConnectionTrait;
use serde_json::Value;
use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
    process::Command,
};
use store::{MigrationSet, Relay, Store, testing};

const ROOMS: usize = 8;
const DANMAKU: usize = 200;
/// What came after the version of the fixture.
const LATER: &[(&str, usize)] = &[("accounts", 1), ("room", 3)];
const THEN: i64 = 1_760_000_000_000;

fn fixture() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/fixtures/0001.tar.gz")
}

fn tar(arguments: &[&str], folder: &Path) {
    let status = Command::new("tar").args(arguments).arg(fixture()).arg("-C").arg(folder).arg(".").status();
    assert!(status.is_ok_and(|status| status.success()), "tar {arguments:?}");
}

fn unpack(kaibo: &Kaibo) {
    std::fs::create_dir_all(kaibo.data()).expect("a folder");
    tar(&["--extract", "--gzip", "--file"], Path::new(&kaibo.data()));
}

async fn is_whole(kaibo: &mut Kaibo) {
    kaibo.restart().await;
    let created = kaibo.command(&["token", "create", "--role", "admin", "--data", &kaibo.data()]).await;
    assert!(created.status.success(), "{}", String::from_utf8_lossy(&created.stderr));
    kaibo.token = String::from_utf8_lossy(&created.stdout).trim().to_owned();

    let rooms = kaibo.get("/api/rooms?limit=200").await;
    let titles: BTreeSet<String> =
        rooms["items"].as_array().expect("items").iter().map(|room| text(&room["title"])).collect();
    assert_eq!(titles, (0..ROOMS).map(|room| format!("旧房间 {room}")).collect());
    assert_eq!(kaibo.events("RoomCreated").await, ROOMS as u64);
    // Half of it was in the archive, half in the log only.
    let broadcast = "00000000-0000-7000-8000-0000000000b0";
    let danmaku = kaibo.get(&format!("/api/broadcasts/{broadcast}/danmaku?format=json")).await;
    let texts: BTreeSet<String> =
        danmaku["items"].as_array().expect("items").iter().map(|item| text(&item["text"])).collect();
    assert_eq!(texts, (0..DANMAKU).map(|number| format!("第{number}条")).collect());
    let audit = kaibo.get("/api/audit?limit=200").await;
    let entries: &Vec<Value> = audit["items"].as_array().expect("items");
    assert!(entries.iter().any(|entry| entry.to_string().contains("/api/rooms/old")), "{audit}");
    kaibo.post("/api/rooms", serde_json::json!({ "title": "new" })).await;
    kaibo.kill().await;
    for arguments in [["doctor", "--data", &kaibo.data()].as_slice(), &["verify", "audit", "--data", &kaibo.data()]] {
        let output = kaibo.command(arguments).await;
        let said = [&output.stdout, &output.stderr].map(|said| String::from_utf8_lossy(said).into_owned()).concat();
        let careless = said.contains("database: fsync is off; full_page_writes is off\n");
        assert!(output.status.success() || careless, "{arguments:?}: {said}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn data_of_an_earlier_version_is_whole_today() {
    let mut kaibo = Kaibo::idle();
    unpack(&kaibo);
    let pending = kaibo.command(&["migrate", "--check", "--data", &kaibo.data()]).await;
    let pending = String::from_utf8_lossy(&pending.stdout).into_owned();
    assert!(pending.contains("pending room/0004_teams\n") && !pending.contains("room/0003"), "{pending}");
    is_whole(&mut kaibo).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn and_may_move_to_postgresql_meanwhile() {
    let place = tempfile::tempdir().expect("a folder");
    let Some(postgres) = testing::postgres_url(place.path()) else { return };
    let old = Kaibo::idle();
    unpack(&old);
    let migrated = old.command(&["migrate", "--data", &old.data()]).await;
    assert!(migrated.status.success(), "{}", String::from_utf8_lossy(&migrated.stderr));
    let moved = old.command(&["move", "--from", &old.records(), "--to", &postgres]).await;
    assert!(moved.status.success(), "{}", String::from_utf8_lossy(&moved.stderr));
    let mut kaibo = old.another(&postgres);
    std::fs::rename(old.data(), kaibo.data()).expect("the folder goes along");
    std::fs::remove_file(Path::new(&kaibo.data()).join("kaibo.db")).expect("nobody needs the file");
    is_whole(&mut kaibo).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_older_program_refuses_newer_data() {
    let kaibo = Kaibo::idle();
    unpack(&kaibo);
    let store = Store::open(&kaibo.records()).await.expect("the database");
    let tx = store.begin().await.expect("a transaction");
    let newer = "INSERT INTO kaibo_migrations (feature, name, applied_at_ms) VALUES ('room', '9999_later', 1)";
    tx.execute_unprepared(newer).await.expect("a step");
    tx.commit().await.expect("a commit");
    store.close().await;
    for arguments in [["serve", "--http", "127.0.0.1:0", "--rtmp", "127.0.0.1:0"].as_slice(), &["migrate"]] {
        let data = kaibo.data();
        let arguments: Vec<&str> = arguments.iter().copied().chain(["--data", &data]).collect();
        let output = kaibo.command(&arguments).await;
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!output.status.success(), "{said}");
        let words = "the database is newer than this program: it holds the step `room/9999_later`, which this version does not know; \
                     start the version that wrote it, or restore a backup";
        assert!(said.contains(words), "{said}");
    }
}

/// Everything that is not in the fixture would be missing after an upgrade: rows of records, of the archive and of the audit
/// log, events through the outbox and past it, one of them not yet relayed, one archived and one not.
#[tokio::test]
#[ignore = "makes the fixture; it is made once"]
async fn make_a_fixture() {
    let dir = tempfile::tempdir().expect("a folder");
    let sets: Vec<MigrationSet> = server::steps().await.expect("steps");
    let then = sets.into_iter().filter(|set| !["collect", "vault", "privacy"].contains(&set.feature)).map(|set| {
        let known =
            LATER.iter().find(|(feature, _)| *feature == set.feature).map_or(set.steps.len(), |(_, count)| *count);
        MigrationSet { feature: set.feature, steps: &set.steps[..known] }
    });
    let store = Store::open(&format!("sqlite://{}", dir.path().join("kaibo.db").display())).await.expect("a database");
    store.migrate(&then.collect::<Vec<_>>()).await.expect("tables");
    let log = EventLog::open(&dir.path().join("log"), Options::small().with_segment_bytes(64 << 10)).expect("a log");
    let mut relay = Relay::resume(store.clone(), log.clone()).await.expect("a relay");

    let org = "00000000-0000-7000-8000-000000000001";
    let tx = store.begin().await.expect("a transaction");
    for sql in [
        format!("INSERT INTO accounts_orgs (id, name, created_at_ms) VALUES ('{org}', 'Kaibo', {THEN})"),
        format!("INSERT INTO accounts_teams (id, org_id, name, created_at_ms) VALUES ('00000000-0000-7000-8000-000000000002', '{org}', 'Home', {THEN})"),
        format!(
            "INSERT INTO accounts_audit (at_ms, org_id, actor, action, target, from_ip) VALUES ({THEN}, '{org}', 'admin', 'POST', '/api/rooms/old', '127.0.0.1')"
        ),
        format!(
            "INSERT INTO room_broadcasts (id, room_id, org_id, team_id, title, source, state, started_at_ms, ended_at_ms, first_position, created_at_ms)
             VALUES ('00000000-0000-7000-8000-0000000000b0', '00000000-0000-7000-8000-000000000100', '{org}', '00000000-0000-7000-8000-000000000002',
                     '旧直播', 'live', 'ended', {THEN}, {THEN} + 3600000, 1, {THEN})"
        ),
    ] {
        tx.execute_unprepared(&sql).await.expect("a row");
    }
    tx.commit().await.expect("a commit");
    for room in 0..ROOMS {
        let id = format!("00000000-0000-7000-8000-000000000{:03}", 100 + room);
        let title = format!("旧房间 {room}");
        let tx = store.begin().await.expect("a transaction");
        tx.execute_unprepared(&format!(
            "INSERT INTO room_rooms (id, org_id, team_id, title, private, stream_key_hash, created_at_ms)
             VALUES ('{id}', '{org}', '00000000-0000-7000-8000-000000000002', '{title}', FALSE, 'hash {room}', {THEN} + {room})"
        ))
        .await
        .expect("a row");
        let event = Event::RoomCreated(RoomCreated { title, private: false });
        let org: OrgId = org.parse().expect("an id");
        let envelope = Envelope::new(Millis(THEN), Source::Server, org, event);
        let envelope = Envelope { room: Some(id.parse::<RoomId>().expect("an id")), ..envelope };
        tx.emit(envelope).await.expect("an event");
        tx.commit().await.expect("a commit");
        // The last one waits for the program that starts next.
        if room + 1 < ROOMS {
            let appended = relay.append().await.expect("appended").expect("something waited");
            relay.mark(appended).await.expect("marked");
        }
    }
    let danmaku = |number: usize| {
        let said = serde_json::json!({
            "v": 1, "source": "viewer", "org": org, "team": "00000000-0000-7000-8000-000000000002",
            "room": "00000000-0000-7000-8000-000000000100", "broadcast": "00000000-0000-7000-8000-0000000000b0",
            "occurred_at": THEN + number as i64, "received_at": THEN + number as i64, "viewer": "v1", "key": format!("k{number}"),
            "event": { "type": "DanmakuSent", "data": { "text": format!("第{number}条"), "nick": "小鱼", "mode": 1, "color": 16_777_215, "size": 25 } },
        });
        Record::new(THEN as u64, said.to_string())
    };
    let first = log.last() + 1;
    for number in 0..DANMAKU {
        log.append(vec![danmaku(number)]).await.expect("acknowledged");
    }
    let tx = store.begin().await.expect("a transaction");
    let archived = DANMAKU / 2;
    for (number, position) in (0..archived).zip(first..) {
        tx.execute_unprepared(&format!(
            "INSERT INTO room_danmaku (position, room_id, broadcast_id, occurred_at_ms, viewer, nick, text, mode, color, size, source, key)
             VALUES ({position}, '00000000-0000-7000-8000-000000000100', '00000000-0000-7000-8000-0000000000b0', {THEN} + {number}, 'v1', '小鱼',
                     '第{number}条', 1, 16777215, 25, 'viewer', 'k{number}')"
        ))
        .await
        .expect("a row");
    }
    tx.commit().await.expect("a commit");
    let cursor = log.cursor("reaction-danmaku").expect("a cursor");
    cursor.store(first + archived as u64 - 1, &[]).expect("stored");
    relay.save(true).await.expect("saved");
    drop((relay, cursor));
    store.close().await;
    drop(log);
    for spare in ["log/spare", "log/lock"] {
        let _ = std::fs::remove_file(dir.path().join(spare));
    }
    std::fs::write(dir.path().join("secret.key"), [7; 32]).expect("a secret");
    std::fs::create_dir_all(fixture().parent().expect("a folder")).expect("a folder");
    assert!(!fixture().exists(), "a fixture is never changed");
    tar(&["--create", "--gzip", "--file"], dir.path());
}
