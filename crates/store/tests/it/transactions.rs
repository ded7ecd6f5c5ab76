//! Commit, rollback, constraints, and who may write.

use crate::things::{self, event, insert, names, open, thing, url};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ConnectionTrait, EntityTrait};
use store::{OnConstraint, Store};
use tempfile::tempdir;

#[derive(Debug, PartialEq)]
enum Refusal {
    NameTaken,
    IdTaken,
    NotPositive,
}

#[tokio::test]
async fn what_was_committed_is_there_after_opening_again() {
    let dir = tempdir().unwrap();
    let store = open(&dir).await;
    let tx = store.begin().await.unwrap();
    insert(&tx, "kept").await.unwrap();
    tx.commit().await.unwrap();
    store.close().await;
    assert_eq!(names(&open(&dir).await).await, ["kept"]);
}

#[tokio::test]
async fn a_dropped_transaction_leaves_nothing() {
    let dir = tempdir().unwrap();
    let store = open(&dir).await;
    let tx = store.begin().await.unwrap();
    insert(&tx, "dropped").await.unwrap();
    tx.emit(event("dropped")).await.unwrap();
    drop(tx);
    let tx = store.begin().await.unwrap();
    insert(&tx, "kept").await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(names(&store).await, ["kept"]);
}

#[tokio::test]
async fn a_broken_constraint_is_the_refusal_named_for_it() {
    let dir = tempdir().unwrap();
    let store = open(&dir).await;
    let tx = store.begin().await.unwrap();
    let first = thing("one");
    things::Entity::insert(first.clone()).exec_without_returning(tx.db()).await.unwrap();
    tx.commit().await.unwrap();

    let tx = store.begin().await.unwrap();
    let taken = thing("one").insert(tx.db()).await.on_constraint("test_things_name_key", Refusal::NameTaken);
    assert_eq!(taken.unwrap().unwrap_err(), Refusal::NameTaken);

    // PostgreSQL lets nothing else follow a refused statement.
    tx.rollback().await.unwrap();
    let tx = store.begin().await.unwrap();
    let mut again = first;
    again.name = Set("two".into());
    let again = again.insert(tx.db()).await;
    let again = again
        .on_constraint("test_things_name_key", Refusal::NameTaken)
        .on_constraint("test_things_pkey", Refusal::IdTaken);
    assert_eq!(again.unwrap().unwrap_err(), Refusal::IdTaken);

    tx.rollback().await.unwrap();
    let tx = store.begin().await.unwrap();
    let mut free = thing("free");
    free.price = Set(0);
    let free = free.insert(tx.db()).await.on_constraint("test_things_price_positive", Refusal::NotPositive);
    assert_eq!(free.unwrap().unwrap_err(), Refusal::NotPositive);

    tx.rollback().await.unwrap();
    let tx = store.begin().await.unwrap();
    let other = thing("one").insert(tx.db()).await.on_constraint("some_other_key", Refusal::NameTaken);
    assert!(other.is_err(), "another constraint is a failure");
}

#[tokio::test]
async fn readers_cannot_write() {
    let dir = tempdir().unwrap();
    let store = open(&dir).await;
    let refused = store.read().execute_unprepared("DELETE FROM test_things").await.unwrap_err();
    let refused = refused.to_string();
    assert!(refused.contains("readonly") || refused.contains("read-only"), "{refused}");
}

#[tokio::test]
async fn readers_see_what_was_committed_and_nothing_else() {
    let dir = tempdir().unwrap();
    let store = open(&dir).await;
    let tx = store.begin().await.unwrap();
    insert(&tx, "later").await.unwrap();
    assert!(names(&store).await.is_empty());
    tx.commit().await.unwrap();
    assert_eq!(names(&store).await, ["later"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_programs_write_to_one_file() {
    let dir = tempdir().unwrap();
    let one = open(&dir).await;
    let two = Store::open(&url(&dir)).await.unwrap();
    let write = async |store: Store, who: &'static str| {
        for n in 0..20 {
            let tx = store.begin().await.unwrap();
            insert(&tx, &format!("{who}{n}")).await.unwrap();
            tx.emit(event(who)).await.unwrap();
            tx.commit().await.unwrap();
        }
    };
    tokio::join!(write(one.clone(), "a"), write(two.clone(), "b"));
    assert_eq!(names(&one).await.len(), 40);
    assert_eq!(names(&two).await.len(), 40);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_takes_turns_decides_by_what_stays_true() {
    let dir = tempdir().unwrap();
    let store = open(&dir).await;
    // Two at most, as each of them counts.
    let add = async |store: Store, n: usize| {
        let tx = store.begin().await.unwrap();
        tx.take_turns("test.two").await.unwrap();
        if things::Entity::find().all(tx.db()).await.unwrap().len() < 2 {
            insert(&tx, &format!("t{n}")).await.unwrap();
        }
        tx.commit().await.unwrap();
    };
    let adding = (0..12).map(|n| tokio::spawn(add(store.clone(), n))).collect::<Vec<_>>();
    for one in adding {
        one.await.unwrap();
    }
    assert_eq!(names(&store).await.len(), 2);
}
