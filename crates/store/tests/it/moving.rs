//! A database moves into another one whole, or not at all.

use crate::things::{TEST, event, insert, names, open_at};
use eventlog::{EventLog, Options};
use events::Millis;
use sea_orm::{ConnectionTrait, Statement};
use store::{Migration, MigrationSet, Relay, Store, prune, testing, transfer};
use tempfile::tempdir;

/// Every kind of column, a key of two columns, and rows that refer to older ones.
const EVERYTHING: MigrationSet = MigrationSet {
    feature: "move",
    steps: &[Migration {
        name: "0001_everything",
        sql: "CREATE TABLE move_parents (id TEXT NOT NULL PRIMARY KEY);
              CREATE TABLE move_rows (
                  part TEXT NOT NULL, number BIGINT NOT NULL, small INTEGER, yes BOOLEAN NOT NULL, real DOUBLE PRECISION,
                  words TEXT, parent TEXT NOT NULL REFERENCES move_parents (id), PRIMARY KEY (part, number));
              CREATE TABLE move_numbered (id {auto_id}, words TEXT NOT NULL);",
    }],
};

const ROWS: usize = 5_000;

async fn fill(store: &Store) {
    let tx = store.begin().await.unwrap();
    tx.execute_unprepared("INSERT INTO move_parents (id) VALUES ('a'), ('B')").await.unwrap();
    for n in 0..ROWS {
        // Orders that collations disagree about, and the ends of the numbers.
        let part = ["a", "B", "直播", "ä", "", "a b", "A", "~"][n % 8];
        let sql =
            "INSERT INTO move_rows (part, number, small, yes, real, words, parent) VALUES ($1, $2, $3, $4, $5, $6, $7)";
        let number = if n == 7 { i64::MAX } else { n as i64 - 2_000 };
        let values = [
            part.into(),
            number.into(),
            (n % 3 == 0).then_some(n as i32).into(),
            (n % 2 == 0).into(),
            (n % 5 != 0).then_some(n as f64 / 7.0).into(),
            (n % 4 != 0).then(|| "字'\"\\ ".repeat(n % 9)).into(),
            ["a", "B"][n % 2].into(),
        ];
        tx.execute_raw(Statement::from_sql_and_values(tx.get_database_backend(), sql, values)).await.unwrap();
    }
    tx.execute_unprepared("INSERT INTO move_numbered (words) VALUES ('one'), ('two'), ('three')").await.unwrap();
    tx.execute_unprepared("DELETE FROM move_numbered WHERE words = 'three'").await.unwrap();
    insert(&tx, "thing").await.unwrap();
    tx.emit(event("a")).await.unwrap();
    tx.commit().await.unwrap();
}

async fn made_at(url: &str) -> Store {
    let store = open_at(url).await;
    store.migrate(&[TEST, EVERYTHING]).await.unwrap();
    store
}

#[tokio::test]
async fn a_database_moves_to_postgresql_and_back() {
    let (first, second, third) = (tempdir().unwrap(), tempdir().unwrap(), tempdir().unwrap());
    let Some(postgres) = testing::postgres_url(second.path()) else { return };
    let file = |dir: &tempfile::TempDir| format!("sqlite://{}", dir.path().join("kaibo.db").display());
    let (one, two, three) = (made_at(&file(&first)).await, made_at(&postgres).await, made_at(&file(&third)).await);
    fill(&one).await;

    // What the log knows of the outbox goes on: relayed rows are gone, one waits.
    let log = EventLog::open(&first.path().join("log"), Options::small()).unwrap();
    let mut relay = Relay::resume(one.clone(), log.clone()).await.unwrap();
    let appended = relay.append().await.unwrap().unwrap();
    relay.mark(appended).await.unwrap();
    prune(&one, Millis::now().plus_ms(1)).await.unwrap();
    let tx = one.begin().await.unwrap();
    tx.emit(event("b")).await.unwrap();
    tx.commit().await.unwrap();

    let there = transfer(&one, &two).await.unwrap();
    let rows = |name: &str| there.iter().find(|moved| moved.table == name).unwrap().rows;
    assert_eq!((rows("move_rows"), rows("move_numbered"), rows("store_outbox")), (ROWS as u64, 2, 1));
    let back = transfer(&two, &three).await.unwrap();
    assert_eq!(there, back);

    for store in [&two, &three] {
        let tx = store.begin().await.unwrap();
        tx.execute_unprepared("INSERT INTO move_numbered (words) VALUES ('four')").await.unwrap();
        tx.emit(event("c")).await.unwrap();
        tx.commit().await.unwrap();
        let sql = "SELECT id FROM move_numbered WHERE words = 'four'";
        let row = store.read().query_one_raw(Statement::from_string(store.read().get_database_backend(), sql)).await;
        assert_eq!(row.unwrap().unwrap().try_get::<i64>("", "id").unwrap(), 4, "a number is not used twice");
    }
    let mut relay = Relay::resume(two.clone(), log.clone()).await.unwrap();
    while log.last() < 3 {
        match relay.append().await.unwrap() {
            Some(appended) => relay.mark(appended).await.unwrap(),
            None => tokio::time::sleep(std::time::Duration::from_millis(1)).await,
        }
    }
    let keys = log.read(1).map(|entry| events::Envelope::decode(&entry.unwrap().payload).unwrap().key.unwrap());
    assert_eq!(keys.collect::<Vec<_>>(), ["a", "b", "c"]);
}

#[tokio::test]
async fn a_target_that_is_not_empty_is_refused() {
    let (first, second) = (tempdir().unwrap(), tempdir().unwrap());
    let (one, two) = (open_at(&testing::url(first.path())).await, open_at(&testing::url(second.path())).await);
    let tx = two.begin().await.unwrap();
    insert(&tx, "theirs").await.unwrap();
    tx.commit().await.unwrap();
    let refused = transfer(&one, &two).await.unwrap_err().to_string();
    assert_eq!(refused, "the target is not empty: its table `test_things` holds rows");
}

#[tokio::test]
async fn a_move_that_fails_leaves_nothing_and_may_be_tried_again() {
    let (first, second) = (tempdir().unwrap(), tempdir().unwrap());
    let Some(postgres) = testing::postgres_url(second.path()) else { return };
    let one = open_at(&format!("sqlite://{}", first.path().join("kaibo.db").display())).await;
    let two = open_at(&postgres).await;
    let tx = one.begin().await.unwrap();
    insert(&tx, "good").await.unwrap();
    insert(&tx, "with a \0 in it").await.unwrap();
    tx.commit().await.unwrap();
    let refused = format!("{:#}", transfer(&one, &two).await.unwrap_err());
    assert!(refused.starts_with("moving the table `test_things`: the row"), "{refused}");
    assert!(names(&two).await.is_empty());
    let tx = one.begin().await.unwrap();
    tx.execute_unprepared("DELETE FROM test_things WHERE name <> 'good'").await.unwrap();
    tx.commit().await.unwrap();
    transfer(&one, &two).await.unwrap();
    assert_eq!(names(&two).await, ["good"]);
}
