//! What only PostgreSQL does: transactions side by side, a server that goes away. Skipped, loudly, where it is not installed.

use crate::things::{event, open_at};
use eventlog::{EventLog, Options};
use events::Envelope;
use rand::RngExt;
use std::time::Duration;
use store::{Relay, Store, is_unavailable, relay, testing};
use tempfile::tempdir;
use tokio_util::sync::CancellationToken;

fn relayed(log: &EventLog) -> Vec<(i64, String)> {
    let envelopes = log.read(1).map(|entry| Envelope::decode(&entry.expect("the log reads").payload).unwrap());
    envelopes.map(|envelope| (envelope.outbox.unwrap(), envelope.key.unwrap())).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rows_that_commit_in_another_order_than_their_numbers_are_neither_skipped_nor_reordered() {
    let dir = tempdir().unwrap();
    let Some(url) = testing::postgres_url(dir.path()) else { return };
    let store = open_at(&url).await;
    let log = EventLog::open(&dir.path().join("log"), Options::default()).unwrap();
    let stop = CancellationToken::new();
    let running = tokio::spawn(relay(store.clone(), log.clone(), stop.clone()));
    let writers = (0..12).map(|writer| {
        let store = store.clone();
        tokio::spawn(async move {
            let mut committed = Vec::new();
            for n in 0..60 {
                let (before, after, drops) = {
                    let mut rng = rand::rng();
                    (rng.random_range(0..3), rng.random_range(0..8), rng.random_range(0..10) == 0)
                };
                let tx = store.begin().await.unwrap();
                tokio::time::sleep(Duration::from_millis(before)).await;
                let key = format!("{writer}.{n}");
                tx.emit(event(&key)).await.unwrap();
                tokio::time::sleep(Duration::from_millis(after)).await;
                if drops {
                    continue;
                }
                tx.commit().await.unwrap();
                committed.push(key);
            }
            committed
        })
    });
    let mut committed = Vec::new();
    for writer in writers.collect::<Vec<_>>() {
        committed.extend(writer.await.unwrap());
    }
    store.relayed().await.unwrap();
    stop.cancel();
    running.await.unwrap().unwrap();
    let found = relayed(&log);
    assert!(found.is_sorted_by(|one, other| one.0 < other.0), "in the order of their numbers");
    let mut keys: Vec<String> = found.into_iter().map(|(_, key)| key).collect();
    keys.sort();
    committed.sort();
    assert_eq!(keys, committed);
}

#[tokio::test]
async fn a_number_whose_transaction_is_open_holds_up_those_after_it() {
    let dir = tempdir().unwrap();
    let Some(url) = testing::postgres_url(dir.path()) else { return };
    let store = open_at(&url).await;
    let log = EventLog::open(&dir.path().join("log"), Options::small()).unwrap();
    let mut relay = Relay::resume(store.clone(), log.clone()).await.unwrap();
    let (early, late) = (store.begin().await.unwrap(), store.begin().await.unwrap());
    early.emit(event("early")).await.unwrap();
    late.emit(event("late")).await.unwrap();
    late.commit().await.unwrap();
    assert!(relay.append().await.unwrap().is_none());
    // A reader, and a transaction that begins later, hold up nothing.
    let reader = store.read().clone();
    let _reading = sea_orm::TransactionTrait::begin(&reader).await.unwrap();
    let later = store.begin().await.unwrap();
    later.emit(event("later")).await.unwrap();
    early.commit().await.unwrap();
    while relayed(&log).len() < 2 {
        match relay.append().await.unwrap() {
            Some(appended) => relay.mark(appended).await.unwrap(),
            None => tokio::time::sleep(Duration::from_millis(1)).await,
        }
    }
    assert_eq!(relayed(&log).into_iter().map(|(_, key)| key).collect::<Vec<_>>(), ["early", "late"]);
}

#[tokio::test]
async fn one_relays_and_the_other_takes_over() {
    let dir = tempdir().unwrap();
    let Some(url) = testing::postgres_url(dir.path()) else { return };
    let store = open_at(&url).await;
    let log = EventLog::open(&dir.path().join("log"), Options::small()).unwrap();
    let first = Relay::resume(store.clone(), log.clone()).await.unwrap();
    let other = Store::open(&url).await.unwrap();
    let second = tokio::time::timeout(Duration::from_millis(300), Relay::resume(other.clone(), log.clone())).await;
    assert!(second.is_err(), "two relay at once");
    let says = || (*store.relays().borrow(), *other.relays().borrow());
    assert_eq!(says(), (true, false));
    drop(first);
    let second = tokio::time::timeout(Duration::from_secs(10), Relay::resume(other.clone(), log)).await;
    let second = second.expect("the lock is free").unwrap();
    assert_eq!(says(), (false, true));
    drop(second);
    assert_eq!(says(), (false, false));
}

#[tokio::test]
async fn a_wrong_server_is_named_without_its_password() {
    let refused = Store::open("postgres://kaibo:geheim@127.0.0.1:1/kaibo").await.unwrap_err();
    assert!(is_unavailable(&refused), "{refused:#}");
    let refused = format!("{refused:#}");
    assert!(refused.starts_with("opening the database `postgres://kaibo@127.0.0.1:1/kaibo`: "), "{refused}");
    assert!(!refused.contains("geheim"));
}
