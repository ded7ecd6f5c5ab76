//! What is old goes although the program is killed while it lets go, and nothing that was counted changes.

use crate::harness::{Kaibo, text};
use events::{Clock, DanmakuSent, Envelope, Event, Millis, Source};
use reqwest::Method;
use sea_orm::{ConnectionTrait, Statement};
use serde_json::{Value, json};
use std::{fs, path::Path, time::Duration};
use store::Store;

const DANMAKU: usize = 30_000;
const VIEWERS: usize = 6_000;
const OLD: &str = "很久以前说的话";

/// Words of long ago, written by a program with the clock of that time.
async fn write(kaibo: &Kaibo) {
    let mut config = server::Config::load(None).expect("the defaults");
    let data = kaibo.dir.path().join("written");
    config.data = data.clone();
    config.database.url =
        if store::testing::on_postgres() { kaibo.records() } else { format!("sqlite://{}/kaibo.db", data.display()) };
    config.http.set_port(0);
    config.rtmp.set_port(0);
    let then = Millis(Millis::now().0 - 200 * 86_400_000);
    let running = server::start_at(config, Clock::manual(then)).await.expect("a started program");
    let (org, _) = running.home().await.expect("the organisation");
    let danmaku: Vec<Envelope> = (0..DANMAKU)
        .map(|n| {
            let event = Event::DanmakuSent(DanmakuSent::plain(format!("{OLD} {n}")));
            let room = "0190a0c0-0000-7000-8000-000000000001".parse().expect("an id");
            let said = Envelope::new(then, Source::Viewer, org, event).with_room(room);
            said.with_viewer(format!("v{}", n % VIEWERS).parse().expect("an id"))
        })
        .collect();
    for some in danmaku.chunks(2_000) {
        running.app.append(some).await.expect("acknowledged");
    }
    // A room of the organisation has that id, for the archive's sake.
    let tx = running.app.store.begin().await.expect("a transaction");
    tx.execute_unprepared(&format!(
        "INSERT INTO room_rooms (id, org_id, team_id, title, private, stream_key_hash, created_at_ms)
         VALUES ('0190a0c0-0000-7000-8000-000000000001', '{org}', '{org}', 't', FALSE, 'none', 0)"
    ))
    .await
    .expect("a room");
    tx.commit().await.expect("a commit");
    let last = running.app.log.last();
    assert!(running.app.progress.reached("danmaku", last, Duration::from_secs(120)).await, "the archive is behind");
    running.run(async {}).await.expect("a clean end");
    // Parts of a program that ended in this process may still have its log open.
    let copied = std::process::Command::new("cp").arg("-r").arg(&data).arg(kaibo.data()).status();
    assert!(copied.is_ok_and(|status| status.success()), "copying the data folder");
}

/// Rows of the archive with words, all of them, and keys.
async fn rows(kaibo: &Kaibo) -> [i64; 3] {
    let store = Store::open(&kaibo.records()).await.expect("the records");
    let mut counts = [0; 3];
    let tables = ["room_danmaku WHERE text <> ''", "room_danmaku", "vault_keys"];
    for (count, table) in counts.iter_mut().zip(tables) {
        let db = store.read();
        let sql = Statement::from_string(db.get_database_backend(), format!("SELECT COUNT(*) AS n FROM {table}"));
        let row = db.query_one_raw(sql).await.expect("a count").expect("a row");
        *count = row.try_get("", "n").expect("a number");
    }
    store.close().await;
    counts
}

/// The runs that the log tells of.
async fn told(kaibo: &Kaibo) -> Vec<Value> {
    let (mut told, mut after) = (Vec::new(), "0".to_owned());
    loop {
        let page = kaibo.get(&format!("/api/events?name=RetentionApplied&after={after}")).await;
        told.extend(page["items"].as_array().expect("items").iter().cloned());
        if page["more"] != true {
            return told;
        }
        after = text(&page["next"]);
    }
}

fn holds(dir: &Path, word: &str) -> bool {
    fs::read_dir(dir).expect("a folder").map(|entry| entry.expect("an entry").path()).any(|path| {
        if path.is_dir() {
            return holds(&path, word);
        }
        let bytes = fs::read(&path).unwrap_or_default();
        bytes.windows(word.len()).any(|some| some == word.as_bytes())
    })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_program_killed_while_it_forgets_goes_on_where_it_was() {
    let mut kaibo = Kaibo::unstarted();
    write(&kaibo).await;
    assert_eq!(rows(&kaibo).await, [DANMAKU as i64, DANMAKU as i64, VIEWERS as i64]);
    kaibo.restart().await;
    let token = kaibo.command(&["token", "create", "--role", "admin", "--data", &kaibo.data()]).await;
    assert!(token.status.success(), "{}", String::from_utf8_lossy(&token.stderr));
    kaibo.token = String::from_utf8_lossy(&token.stdout).trim().to_owned();
    let counted = kaibo.events("DanmakuSent").await;
    assert_eq!(counted, DANMAKU as u64);

    let preview = kaibo.get("/api/privacy/retention/words/preview?days=90").await;
    assert_eq!(preview["going"]["danmaku"]["count"], DANMAKU, "{preview}");
    let body = json!({"days": 90, "confirm": preview["confirm"]});
    let set = kaibo.call(Method::PUT, "/api/privacy/retention/words", Some(body)).await;
    assert_eq!(set.status(), 200);
    // Killed at whatever step it is, again and again.
    for pause_ms in [20, 150, 300, 450] {
        tokio::time::sleep(Duration::from_millis(pause_ms)).await;
        kaibo.kill().await;
        println!("killed with {:?} (words, rows, keys)", rows(&kaibo).await);
        kaibo.restart().await;
    }
    loop {
        let runs = kaibo.get("/api/privacy/retention/runs").await;
        if runs["items"]
            .as_array()
            .is_some_and(|runs| !runs.is_empty() && runs.iter().all(|run| !run["done_at_ms"].is_null()))
        {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert_eq!(rows(&kaibo).await, [0, DANMAKU as i64, 0]);
    assert_eq!(kaibo.events("DanmakuSent").await, counted);
    let told = told(&kaibo).await;
    assert_eq!(told.iter().map(|event| text(&event["data"]["class"])).collect::<Vec<_>>(), ["words"]);
    kaibo.kill().await;
    assert!(!holds(Path::new(&kaibo.data()), OLD), "words stand in a file");
    let audit = kaibo.command(&["verify", "audit", "--data", &kaibo.data()]).await;
    assert!(audit.status.success(), "{}", String::from_utf8_lossy(&audit.stderr));
}
