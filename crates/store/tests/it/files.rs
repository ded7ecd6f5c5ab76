//! The database on disk.

use crate::things::open_at;
use sea_orm::{ConnectionTrait, Statement};
use store::Store;
use tempfile::{TempDir, tempdir};

async fn open(dir: &TempDir) -> Store {
    open_at(&format!("sqlite://{}", dir.path().join("kaibo.db").display())).await
}

#[tokio::test]
async fn a_commit_waits_for_the_disk() {
    let dir = tempdir().unwrap();
    let store = open(&dir).await;
    let tx = store.begin().await.unwrap();
    let pragma = async |name: &str| {
        let statement = Statement::from_string(tx.get_database_backend(), format!("SELECT * FROM pragma_{name}"));
        let row = tx.query_one_raw(statement).await.unwrap().unwrap();
        row.try_get_by_index::<i64>(0)
            .map(|number| number.to_string())
            .or_else(|_| row.try_get_by_index::<String>(0))
            .unwrap()
    };
    assert_eq!(pragma("journal_mode").await, "wal");
    assert_eq!(pragma("synchronous").await, "2");
    assert_eq!(pragma("foreign_keys").await, "1");
}

#[tokio::test]
async fn a_path_may_hold_any_character() {
    let dir = tempdir().unwrap();
    let path = dir.path().join("直播 100%#1.db");
    Store::open(&format!("sqlite://{}", path.display())).await.unwrap();
    assert!(path.exists());
}

#[cfg(unix)]
#[tokio::test]
async fn only_the_owner_reads_the_file() {
    use std::os::unix::fs::PermissionsExt;
    let dir = tempdir().unwrap();
    let _store = open(&dir).await;
    for file in std::fs::read_dir(dir.path()).unwrap() {
        let file = file.unwrap();
        assert_eq!(file.metadata().unwrap().permissions().mode() & 0o077, 0, "{file:?}");
    }
}

#[tokio::test]
async fn another_kind_of_url_is_refused_by_name() {
    let refused = Store::open("mysql://here").await.unwrap_err();
    assert_eq!(
        format!("{refused:#}"),
        "opening the database `mysql://here`: `mysql://here` is not a database this version opens; write `sqlite://path` or `postgres://user@host/database`"
    );
    let missing = Store::open("sqlite:///nowhere/at/all.db").await.unwrap_err();
    assert!(format!("{missing:#}").contains("opening the file `/nowhere/at/all.db`"), "{missing:#}");
}
