//! What the program finds wrong with itself, as people and other programs hear of it.

use crate::house::{client, settings};
use app::{App, Reaction};
use events::{BroadcastId, Empty, Envelope, Event, Millis, OrgId, Source, TeamId};
use reqwest::Method;
use sea_orm::ConnectionTrait;
use serde_json::{Value, json};
use server::{Config, Running, backup, start};
use std::{fs, sync::Arc, time::Duration};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
    sync::{Semaphore, mpsc},
};

struct Watched {
    running: Running,
    config: Config,
    home: (OrgId, TeamId),
    admin: String,
    _dir: tempfile::TempDir,
}

impl Watched {
    /// It looks often and believes what it sees.
    async fn start(change: impl FnOnce(&mut Config)) -> Self {
        let dir = tempfile::tempdir().expect("a folder");
        let mut config = settings(dir.path());
        config.database.url = store::testing::url(dir.path());
        let condition = &mut config.condition;
        (condition.look_ms, condition.raise_after_s, condition.clear_after_s) = (100, 0, 0);
        // What this machine is like is nobody's business here.
        (condition.free_bytes, condition.free_inodes, condition.log_write_ms, condition.clock_jump_ms) = (0, 0, 0, 0);
        config.feed.allow_private = true;
        change(&mut config);
        let running = start(config.clone()).await.expect("a started program");
        let admin = accounts::create_token(&running.app.store, "admin", "duty", None).await.expect("a token");
        let home = running.home().await.expect("the first team");
        Self { running, config, home, admin, _dir: dir }
    }

    fn app(&self) -> &App {
        &self.running.app
    }

    async fn call(&self, method: Method, path: &str, body: Option<Value>) -> Value {
        let mut request = client().request(method, format!("http://{}{path}", self.running.http));
        request = request.bearer_auth(&self.admin);
        if let Some(body) = body {
            request = request.json(&body);
        }
        let answer = request.send().await.expect("an answer");
        let status = answer.status();
        let text = answer.text().await.expect("a text");
        assert!(status.is_success(), "{path}: {status} {text}");
        serde_json::from_str(&text).unwrap_or(Value::String(text))
    }

    async fn get(&self, path: &str) -> Value {
        self.call(Method::GET, path, None).await
    }

    /// Waits until this kind rings, or does not any more; the newest alarm of the kind.
    async fn until(&self, kind: &str, rings: bool) -> Value {
        let mut list = Value::Null;
        for _ in 0..600 {
            list = self.get("/api/system/alarms").await;
            let newest = list["items"].as_array().expect("alarms").iter().find(|alarm| alarm["kind"] == kind);
            if let Some(alarm) = newest.filter(|alarm| alarm["cleared_at"].is_null() == rings) {
                return alarm.clone();
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("`{kind}` was never as wanted ({rings}): {list}");
    }

    async fn sql(&self, sql: &str) {
        let tx = self.app().store.begin().await.expect("a transaction");
        tx.execute_unprepared(sql).await.expect("a statement");
        tx.commit().await.expect("a commit");
    }

    async fn told(&self) -> Vec<Event> {
        self.app().store.relayed().await.expect("relayed");
        let entries = self.app().log.read(1).map(|entry| entry.expect("the log reads"));
        let events = entries.filter_map(|entry| Some(Envelope::decode(&entry.payload).ok()?.event));
        events.filter(|event| event.name().starts_with("SystemAlarm")).collect()
    }

    async fn happen(&self, events: usize) {
        let (org, team) = self.home;
        let event = || Envelope::new(Millis::now(), Source::Server, org, Event::RoomShared(Empty {})).with_team(team);
        let envelopes: Vec<Envelope> = (0..events).map(|_| event().with_broadcast(Some(BroadcastId::new()))).collect();
        self.app().append(&envelopes).await.expect("an append");
    }
}

/// A reaction that handles nothing until it is let.
fn held(app: &App) -> Arc<Semaphore> {
    let gate = Arc::new(Semaphore::new(0));
    let (app, door) = (app.clone(), gate.clone());
    let reaction = Reaction::new("held", move |_| {
        let door = door.clone();
        async move {
            let _ = door.acquire().await?;
            Ok(())
        }
    });
    tokio::spawn(reaction.run(app));
    gate
}

/// A webhook's receiver: the bodies it got.
async fn receiver() -> (String, mpsc::UnboundedReceiver<Value>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}/", listener.local_addr().expect("an address"));
    let (got, bodies) = mpsc::unbounded_channel();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let got = got.clone();
            tokio::spawn(async move {
                let mut text = Vec::new();
                let body = loop {
                    if stream.read_buf(&mut text).await.unwrap_or(0) == 0 {
                        return;
                    }
                    let said = String::from_utf8_lossy(&text);
                    let whole = said.split_once("\r\n\r\n").and_then(|(_, body)| serde_json::from_str(body).ok());
                    if let Some(body) = whole {
                        break body;
                    }
                };
                let _ = got.send(body);
                let _ = stream.write_all(b"HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n").await;
            });
        }
    });
    (url, bodies)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reaction_that_is_held_rings_until_it_is_let_go() {
    let watched = Watched::start(|config| config.condition.follower_behind_events = 4).await;
    let (url, mut told) = receiver().await;
    let events = json!(["SystemAlarmRaised", "SystemAlarmCleared"]);
    watched.call(Method::POST, "/api/webhooks", Some(json!({"name": "pager", "url": url, "events": events}))).await;
    assert_eq!(watched.get("/api/system/alarms").await, json!({"items": []}));

    let gate = held(watched.app());
    watched.happen(5).await;
    let alarm = watched.until("follower_behind", true).await;
    assert_eq!((&alarm["unit"], &alarm["limit"]), (&json!("events"), &json!(4)));
    assert!(alarm["value"].as_u64() >= Some(5), "{alarm}");
    let limits = watched.get("/api/system/limits").await;
    let mine = limits["items"].as_array().expect("kinds").iter().find(|kind| kind["kind"] == "follower_behind");
    let mine = mine.expect("the kind");
    assert_eq!((&mine["stands"], &mine["key"]), (&json!(true), &json!("condition.follower_behind_events")));
    assert_eq!(watched.get("/readyz?details").await["alarms"], json!(["follower_behind"]));

    let note = format!("/api/system/alarms/{}/acknowledge", alarm["id"].as_str().expect("an id"));
    let noted = watched.call(Method::POST, &note, None).await;
    assert_eq!(noted["acknowledged_by"], "duty");
    let again = watched.call(Method::POST, &note, None).await;
    assert_eq!(again["acknowledged_at"], noted["acknowledged_at"], "the first one stands");

    gate.add_permits(1_000);
    let over = watched.until("follower_behind", false).await;
    assert_eq!((&over["id"], &over["acknowledged_by"]), (&alarm["id"], &json!("duty")));
    assert_eq!(watched.get("/api/system/alarms?open=true").await, json!({"items": []}));
    let heard = [told.recv().await.expect("a letter"), told.recv().await.expect("another")];
    let mut kinds = heard.each_ref().map(|body| body["type"].as_str().expect("a type"));
    kinds.sort_unstable();
    assert_eq!(kinds, ["SystemAlarmCleared", "SystemAlarmRaised"]);
    assert!(heard.iter().all(|body| body["data"]["alarm"] == alarm["id"]), "{heard:?}");

    // The history, a page at a time.
    let page = watched.get("/api/system/alarms?limit=1").await;
    assert_eq!(page["items"].as_array().map(Vec::len), Some(1));
    let next = page["next"].as_str().expect("a full page may not be the last");
    assert_eq!(watched.get(&format!("/api/system/alarms?limit=1&after={next}")).await["items"], json!([]));
    watched.running.run(async {}).await.expect("it stops");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_cannot_be_written_down_is_kept_and_told_when_it_can_be() {
    let watched = Watched::start(|config| config.condition.follower_behind_events = 4).await;
    let tx = watched.app().store.begin().await.expect("a transaction");
    if store::testing::on_postgres() {
        tx.execute_unprepared("LOCK TABLE system_alarms IN EXCLUSIVE MODE").await.expect("a lock");
    }
    let gate = held(watched.app());
    watched.happen(5).await;
    let rings = async |alarms: Value| {
        for _ in 0..600 {
            if watched.get("/readyz?details").await["alarms"] == alarms {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("{alarms} never rang");
    };
    rings(json!(["follower_behind"])).await;
    gate.add_permits(1_000);
    rings(json!([])).await;
    assert_eq!(watched.get("/api/system/alarms").await["items"], json!([]), "nobody could write it down");
    drop(tx);
    let alarm = watched.until("follower_behind", false).await;
    assert!(alarm["raised_at"].as_i64() <= alarm["cleared_at"].as_i64(), "{alarm}");
    let told: Vec<String> = watched.told().await.iter().map(|event| event.name().into_owned()).collect();
    assert_eq!(told, ["SystemAlarmRaised", "SystemAlarmCleared"], "once each, in order");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_that_is_too_old_rings_until_there_is_a_newer_one() {
    let watched = Watched::start(|config| config.condition.backup_age_h = 48).await;
    let mark = watched.app().data_dir.join("backup.last");
    let began = Millis::now().0 - 50 * 3_600_000;
    let old = json!({"began_at_ms": began, "ended_at_ms": began, "log_position": 1});
    fs::write(&mark, old.to_string()).expect("a mark");
    assert_eq!(watched.until("backup_old", true).await["value"], 50);
    let to = watched.app().data_dir.join("../backup").display().to_string();
    backup::take(&watched.config, &to, false).await.expect("a backup");
    watched.until("backup_old", false).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_audit_log_that_was_changed_rings() {
    let watched = Watched::start(|config| config.condition.audit_every_s = 1).await;
    watched.call(Method::POST, "/api/rooms", Some(json!({"title": "noted"}))).await;
    watched.sql("UPDATE accounts_audit SET actor = actor || 'x' WHERE seq = 1").await;
    watched.until("audit_broken", true).await;
    watched.sql("UPDATE accounts_audit SET actor = substr(actor, 1, length(actor) - 1) WHERE seq = 1").await;
    watched.until("audit_broken", false).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_ledger_that_was_changed_rings() {
    let watched = Watched::start(|config| config.condition.audit_every_s = 1).await;
    let list = json!({"name": "own", "category": "own", "level": "mask"});
    watched.call(Method::POST, "/api/moderation/lists", Some(list)).await;
    watched.sql("UPDATE moderation_ledger SET about = about || 'x' WHERE seq = 1").await;
    watched.until("ledger_broken", true).await;
    watched.sql("UPDATE moderation_ledger SET about = substr(about, 1, length(about) - 1) WHERE seq = 1").await;
    watched.until("ledger_broken", false).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn dead_letters_ring_until_they_are_sent_again_or_their_webhook_goes() {
    let watched = Watched::start(|_| {}).await;
    let new = json!({"name": "erp", "url": "http://127.0.0.1:9/", "events": ["ClipRemoved"]});
    let webhook = watched.call(Method::POST, "/api/webhooks", Some(new)).await;
    let (id, now) = (webhook["id"].as_str().expect("an id"), Millis::now().0);
    let delivery = events::RoomId::new();
    watched
        .sql(&format!(
            "INSERT INTO feed_deliveries
               (id, webhook_id, position, event_id, event, state, attempts, answer, took_ms, created_at_ms, attempted_at_ms)
             VALUES ('{delivery}', '{id}', 1, 'evt_1', 'ClipRemoved', 'dead', 9, '', 0, {now}, {now})"
        ))
        .await;
    assert_eq!(watched.until("webhook_dead", true).await["value"], 1);
    let removed = client().delete(format!("http://{}/api/webhooks/{id}", watched.running.http));
    let removed = removed.bearer_auth(&watched.admin).send().await.expect("an answer");
    assert!(removed.status().is_success());
    watched.until("webhook_dead", false).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_webhook_that_falls_behind_rings_until_it_has_caught_up() {
    let watched = Watched::start(|config| {
        config.condition.webhook_behind_events = 4;
        config.feed.timeout_ms = 60_000;
    })
    .await;
    // It takes connections and says nothing.
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}/", listener.local_addr().expect("an address"));
    let new = json!({"name": "slow", "url": url, "events": ["RoomShared"]});
    watched.call(Method::POST, "/api/webhooks", Some(new)).await;
    watched.happen(1).await;
    let (stream, _) = listener.accept().await.expect("a request");
    watched.happen(9).await;
    watched.until("webhook_behind", true).await;
    drop((stream, listener));
    watched.until("webhook_behind", false).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_parts_of_the_program_lose_rings_whoever_lost_it() {
    let watched = Watched::start(|_| {}).await;
    // Counters before the first look are of a time before.
    watched.happen(1).await;
    tokio::time::sleep(Duration::from_millis(300)).await;
    metrics::counter!("kaibo_audience_dropped_total").increment(6);
    metrics::counter!("kaibo_record_dropped_segments_total", "reason" => "slow").increment(6);
    metrics::counter!("eventlog_failed_commits_total").increment(1);
    metrics::counter!("kaibo_audit_failures_total").increment(1);
    assert_eq!(watched.until("events_lost", true).await["value"], 12);
    watched.until("log_failing", true).await;
    watched.until("audit_unwritten", true).await;
}
