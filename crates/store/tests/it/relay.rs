//! What commits is in the log exactly once, in order, wherever the relay stops.

use crate::things::{event, open, url};
use eventlog::{EventLog, Options, Record};
use events::{Envelope, Millis};
use proptest::prelude::*;
use sea_orm::{ConnectionTrait, Statement};
use store::{Appended, Relay, Store, prune, relay};
use tempfile::{TempDir, tempdir};
use tokio_util::sync::CancellationToken;

fn open_log(dir: &TempDir) -> EventLog {
    EventLog::open(&dir.path().join("log"), Options::small()).expect("the log opens")
}

async fn emit(store: &Store, key: &str) {
    let tx = store.begin().await.unwrap();
    tx.emit(event(key)).await.unwrap();
    tx.commit().await.unwrap();
}

/// Outbox sequence number and key of every event in the log that came through the outbox, with its position.
fn relayed(log: &EventLog) -> Vec<(u64, i64, String)> {
    let entries = log.read(1).map(|entry| entry.expect("the log reads"));
    let envelopes = entries.filter_map(|entry| Some((entry.position, Envelope::decode(&entry.payload).ok()?)));
    envelopes.filter_map(|(position, envelope)| Some((position, envelope.outbox?, envelope.key?))).collect()
}

fn keys(log: &EventLog) -> String {
    relayed(log).into_iter().map(|(_, _, key)| key).collect::<Vec<_>>().join(" ")
}

/// Sequence number and position of every row.
async fn rows(store: &Store) -> Vec<(i64, Option<i64>)> {
    let db = store.read();
    let statement =
        Statement::from_string(db.get_database_backend(), "SELECT seq, position FROM store_outbox ORDER BY seq");
    let rows = db.query_all_raw(statement).await.unwrap();
    rows.iter().map(|row| (row.try_get("", "seq").unwrap(), row.try_get("", "position").unwrap())).collect()
}

/// Everything that waits goes to the log and is marked. A transaction that was dropped may end a moment later.
async fn drain(store: &Store, relay: &mut Relay) {
    while rows(store).await.iter().any(|(_, position)| position.is_none()) {
        match relay.append().await.unwrap() {
            Some(appended) => relay.mark(appended).await.unwrap(),
            None => tokio::time::sleep(std::time::Duration::from_millis(1)).await,
        }
    }
}

async fn check_exactly_once(store: &Store, log: &EventLog, committed: &[String]) {
    let found = relayed(log);
    assert_eq!(found.iter().map(|(_, _, key)| key.clone()).collect::<Vec<_>>(), committed);
    let marks: Vec<_> = found.into_iter().map(|(position, seq, _)| (seq, Some(position as i64))).collect();
    assert_eq!(rows(store).await, marks);
}

#[tokio::test]
async fn a_crash_after_any_step_neither_loses_nor_doubles() {
    for crash_after in ["resume", "append", "mark", "cursor"] {
        let dir = tempdir().unwrap();
        let (store, log) = (open(&dir).await, open_log(&dir));
        emit(&store, "a").await;
        let mut relay = Relay::resume(store.clone(), log.clone()).await.unwrap();
        drain(&store, &mut relay).await;
        emit(&store, "b").await;
        emit(&store, "c").await;
        if crash_after != "resume" {
            let appended = relay.append().await.unwrap().expect("two rows wait");
            if crash_after != "append" {
                relay.mark(appended).await.unwrap();
            }
            if crash_after == "cursor" {
                relay.save(true).await.unwrap();
            }
        }
        drop(relay);
        emit(&store, "d").await;
        let mut relay = Relay::resume(store.clone(), log.clone()).await.unwrap();
        drain(&store, &mut relay).await;
        let committed = ["a", "b", "c", "d"].map(str::to_owned);
        check_exactly_once(&store, &log, &committed).await;
    }
}

#[derive(Debug, Clone)]
enum Step {
    Commit(u8),
    RollBack,
    /// What the relay does not carry: heartbeats, danmaku.
    Other(u8),
    Append,
    Mark,
    SaveCursor,
    Crash,
    LoseCursor,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        (1..4u8).prop_map(Step::Commit),
        Just(Step::RollBack),
        (1..20u8).prop_map(Step::Other),
        Just(Step::Append),
        Just(Step::Mark),
        Just(Step::SaveCursor),
        Just(Step::Crash),
        Just(Step::LoseCursor),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn exactly_once_whatever_happens(steps in prop::collection::vec(step(), 1..40)) {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        runtime.block_on(run(steps));
    }
}

async fn run(steps: Vec<Step>) {
    let dir = tempdir().unwrap();
    let (store, log) = (open(&dir).await, open_log(&dir));
    let mut committed = Vec::new();
    let mut relay = Relay::resume(store.clone(), log.clone()).await.unwrap();
    let mut unmarked: Option<Appended> = None;
    for step in steps {
        match step {
            Step::Commit(events) => {
                let tx = store.begin().await.unwrap();
                for _ in 0..events {
                    let key = format!("e{}", committed.len());
                    tx.emit(event(&key)).await.unwrap();
                    committed.push(key);
                }
                tx.commit().await.unwrap();
            }
            Step::RollBack => {
                let tx = store.begin().await.unwrap();
                tx.emit(event("never")).await.unwrap();
                drop(tx);
            }
            Step::Other(records) => {
                let records = (0..records).map(|_| Record::new(1, event("other").encode())).collect();
                log.append(records).await.unwrap();
            }
            // The relay marks before it appends again, and moves the cursor only when all is marked.
            Step::Append if unmarked.is_none() => unmarked = relay.append().await.unwrap(),
            Step::Mark => {
                if let Some(appended) = unmarked.take() {
                    relay.mark(appended).await.unwrap();
                }
            }
            Step::SaveCursor if unmarked.is_none() => relay.save(true).await.unwrap(),
            Step::Crash => {
                unmarked = None;
                drop(relay);
                relay = Relay::resume(store.clone(), log.clone()).await.unwrap();
            }
            Step::LoseCursor => log.cursor("outbox").unwrap().store(0, &[]).unwrap(),
            Step::Append | Step::SaveCursor => {}
        }
    }
    drop(relay);
    let mut relay = Relay::resume(store.clone(), log.clone()).await.unwrap();
    drain(&store, &mut relay).await;
    check_exactly_once(&store, &log, &committed).await;
}

#[tokio::test]
async fn a_log_put_back_to_an_older_state_gets_its_events_again() {
    let (dir, older) = (tempdir().unwrap(), tempdir().unwrap());
    let store = open(&dir).await;
    for key in ["a", "b", "c"] {
        emit(&store, key).await;
    }
    drain(&store, &mut Relay::resume(store.clone(), open_log(&dir)).await.unwrap()).await;
    let log = open_log(&older);
    drain(&store, &mut Relay::resume(store.clone(), log.clone()).await.unwrap()).await;
    check_exactly_once(&store, &log, &["a", "b", "c"].map(str::to_owned)).await;
}

#[tokio::test]
async fn a_database_older_than_the_log_is_refused() {
    let (dir, older) = (tempdir().unwrap(), tempdir().unwrap());
    let (store, log) = (open(&dir).await, open_log(&dir));
    emit(&store, "a").await;
    drain(&store, &mut Relay::resume(store.clone(), log.clone()).await.unwrap()).await;
    let Err(refused) = Relay::resume(open(&older).await, log).await else { panic!("the old database was taken") };
    assert!(refused.to_string().starts_with("the database is older than the event log"), "{refused}");
}

#[tokio::test(flavor = "multi_thread")]
async fn waiting_for_the_relay_covers_what_other_programs_committed() {
    let dir = tempdir().unwrap();
    let (store, log) = (open(&dir).await, open_log(&dir));
    let other = Store::open(&url(&dir)).await.unwrap();
    let stop = CancellationToken::new();
    let running = tokio::spawn(relay(store.clone(), log.clone(), stop.clone()));
    emit(&store, "mine").await;
    store.relayed().await.unwrap();
    assert_eq!(keys(&log), "mine");
    emit(&other, "theirs").await;
    let position = store.relayed().await.unwrap();
    assert_eq!(keys(&log), "mine theirs");
    assert_eq!(position, log.last());
    stop.cancel();
    running.await.unwrap().unwrap();
}

#[tokio::test]
async fn old_rows_go_and_their_numbers_are_not_used_again() {
    let dir = tempdir().unwrap();
    let (store, log) = (open(&dir).await, open_log(&dir));
    emit(&store, "a").await;
    let mut relay = Relay::resume(store.clone(), log.clone()).await.unwrap();
    drain(&store, &mut relay).await;
    emit(&store, "waits").await;
    assert_eq!(prune(&store, Millis::now().plus_ms(1)).await.unwrap(), 1);
    assert_eq!(rows(&store).await, [(2, None)]);
    drain(&store, &mut relay).await;
    assert_eq!(prune(&store, Millis::now().plus_ms(1)).await.unwrap(), 1);
    emit(&store, "c").await;
    drop(relay);
    let mut relay = Relay::resume(store.clone(), log.clone()).await.unwrap();
    drain(&store, &mut relay).await;
    assert_eq!(keys(&log), "a waits c");
}

#[tokio::test]
async fn an_event_too_large_for_the_log_is_refused_before_it_commits() {
    let dir = tempdir().unwrap();
    let store = open(&dir).await;
    let tx = store.begin().await.unwrap();
    assert!(tx.emit(event(&"x".repeat(eventlog::MAX_RECORD_BYTES))).await.is_err());
}
