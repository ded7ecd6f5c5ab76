//! A copy of the records and the part of the log that fits it, wherever the relay stood when the copy was made.

use crate::things::{TEST, event, open, url};
use eventlog::{EventLog, Options, Record};
use store::{Relay, Store, copy_to_file, disagreement, fitting};
use tempfile::{TempDir, tempdir};

fn open_log(dir: &TempDir) -> EventLog {
    EventLog::open(&dir.path().join("log"), Options::small()).expect("the log opens")
}

async fn emit(store: &Store, key: &str) {
    let tx = store.begin().await.unwrap();
    tx.emit(event(key)).await.unwrap();
    tx.commit().await.unwrap();
}

/// Appends what waits; marks it only if `marked`.
async fn relay(relay: &mut Relay, marked: bool) {
    // A transaction that was dropped may end a moment later.
    for _ in 0..1_000 {
        let Some(appended) = relay.append().await.unwrap() else {
            tokio::time::sleep(std::time::Duration::from_millis(1)).await;
            continue;
        };
        if marked {
            relay.mark(appended).await.unwrap();
        }
        return;
    }
    panic!("nothing waited");
}

#[tokio::test]
async fn the_log_fits_up_to_the_first_event_whose_row_came_later() {
    for (marked, relayed_before) in [(true, true), (false, true), (true, false)] {
        let dir = tempdir().unwrap();
        let store = open(&dir).await;
        let log = open_log(&dir);
        let mut relaying = Relay::resume(store.clone(), log.clone()).await.unwrap();
        emit(&store, "one").await;
        relay(&mut relaying, true).await;
        let reached = log.last();
        emit(&store, "two").await;
        if relayed_before {
            relay(&mut relaying, marked).await;
        }
        let file = dir.path().join("copy.db");
        copy_to_file(&url(&dir), &[TEST], &file).await.unwrap();
        if !relayed_before {
            relay(&mut relaying, marked).await;
        }
        log.append(vec![Record::new(1, "{\"directly\":1}")]).await.unwrap();
        let fits = log.last();
        assert_eq!(fitting(&file, log.clone(), reached).await.unwrap(), fits, "nothing came later");
        emit(&store, "three").await;
        relay(&mut relaying, true).await;
        log.append(vec![Record::new(1, "{\"directly\":2}")]).await.unwrap();
        assert_eq!(fitting(&file, log.clone(), reached).await.unwrap(), fits, "`three` has no row in the copy");
        store.close().await;
    }
}

#[tokio::test]
async fn a_side_that_knows_too_much_is_named() {
    let dir = tempdir().unwrap();
    let (store, log) = (open(&dir).await, open_log(&dir));
    let mut relaying = Relay::resume(store.clone(), log.clone()).await.unwrap();
    emit(&store, "one").await;
    relay(&mut relaying, true).await;
    let at = |dir: &TempDir| dir.path().join("log");
    assert_eq!(disagreement(&url(&dir), &at(&dir)).await.unwrap(), None);

    let empty = tempdir().unwrap();
    drop(open_log(&empty));
    let said = disagreement(&url(&dir), &at(&empty)).await.unwrap().unwrap();
    assert_eq!(said, "the database knows of position 1, and the event log only came to 0");

    let younger = tempdir().unwrap();
    open(&younger).await.close().await;
    let said = disagreement(&url(&younger), &at(&dir)).await.unwrap().unwrap();
    assert_eq!(said, "the event log holds the outbox row 1, and the database only came to 0");
    store.close().await;
}
