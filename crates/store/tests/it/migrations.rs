//! Steps are applied once, all or none, and an older program keeps its hands off.

use crate::things::{FIRST, SECOND, TEST, insert, names, open, url};
use store::{Migration, MigrationSet, Store, misnamed_constraints};
use tempfile::tempdir;

#[tokio::test]
async fn migrating_again_changes_nothing() {
    let dir = tempdir().unwrap();
    let store = open(&dir).await;
    let tx = store.begin().await.unwrap();
    insert(&tx, "kept").await.unwrap();
    tx.commit().await.unwrap();
    store.migrate(&[TEST]).await.unwrap();
    store.migrate(&[MigrationSet { feature: "test", steps: &[FIRST, SECOND] }]).await.unwrap();
    assert_eq!(names(&store).await, ["kept"]);
}

#[tokio::test]
async fn an_older_program_refuses_a_newer_database() {
    let dir = tempdir().unwrap();
    let store = open(&dir).await;
    store.migrate(&[MigrationSet { feature: "test", steps: &[FIRST, SECOND] }]).await.unwrap();
    let refused = store.migrate(&[TEST]).await.unwrap_err().to_string();
    assert!(
        refused.starts_with("the database is newer than this program: it holds the step `test/0002_children`"),
        "{refused}"
    );
}

#[tokio::test]
async fn a_step_that_fails_takes_the_others_back() {
    let dir = tempdir().unwrap();
    let store = Store::open(&url(&dir)).await.unwrap();
    let broken = Migration { name: "0002_broken", sql: "CREATE TABLE test_other (id TEXT); CREATE NONSENSE" };
    let steps: &'static [Migration] = vec![FIRST, broken].leak();
    let failed = store.migrate(&[MigrationSet { feature: "test", steps }]).await.unwrap_err();
    assert_eq!(failed.to_string(), "applying the migration `test/0002_broken`");
    store.migrate(&[TEST]).await.unwrap();
    assert!(names(&store).await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn two_programs_may_start_at_once() {
    let dir = tempdir().unwrap();
    let start = async || {
        let store = Store::open(&url(&dir)).await.unwrap();
        store.migrate(&[TEST]).await.unwrap();
        store
    };
    let (one, two, three) = tokio::join!(start(), start(), start());
    for store in [one, two, three] {
        assert!(names(&store).await.is_empty());
    }
}

#[tokio::test]
async fn a_unique_index_with_a_name_of_its_own_is_found() {
    let dir = tempdir().unwrap();
    let store = open(&dir).await;
    assert_eq!(misnamed_constraints(&store).await.unwrap(), []);
    let sql = "CREATE TABLE test_other (a TEXT, b TEXT); CREATE UNIQUE INDEX my_index ON test_other (a, b)";
    let steps: &'static [Migration] = vec![FIRST, Migration { name: "0002_other", sql }].leak();
    store.migrate(&[MigrationSet { feature: "test", steps }]).await.unwrap();
    assert_eq!(misnamed_constraints(&store).await.unwrap(), [("my_index".into(), "test_other_a_b_key".into())]);
}

#[tokio::test]
async fn what_is_pending_is_said_without_doing_it() {
    let dir = tempdir().unwrap();
    let store = Store::open(&url(&dir)).await.unwrap();
    assert!(store.is_new().await.unwrap());
    assert_eq!(store.pending(&[TEST]).await.unwrap(), ["store/0001_outbox", "test/0001_things"]);
    assert!(store.is_new().await.unwrap());
    store.migrate(&[TEST]).await.unwrap();
    assert!(store.pending(&[TEST]).await.unwrap().is_empty());
    assert_eq!(
        store.pending(&[MigrationSet { feature: "test", steps: &[FIRST, SECOND] }]).await.unwrap(),
        ["test/0002_children"]
    );
}
