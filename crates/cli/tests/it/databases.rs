//! From the file to PostgreSQL, with the program itself.

use crate::{condition, harness::Kaibo};
use reqwest::Method;
use serde_json::{Value, json};
use store::testing;

async fn rooms(kaibo: &Kaibo) -> Value {
    let answer = kaibo.call(Method::GET, "/api/rooms", None).await;
    assert_eq!(answer.status(), 200);
    answer.json::<Value>().await.expect("json")["items"].clone()
}

#[tokio::test]
async fn a_program_goes_on_with_postgresql_where_it_was() {
    let place = tempfile::tempdir().expect("a folder");
    let Some(postgres) = testing::postgres_url(place.path()) else { return };
    if testing::on_postgres() {
        return;
    }
    let mut kaibo = Kaibo::start_with("# nothing yet\n").await;
    for n in 0..20 {
        let new = json!({"title": format!("直播间 {n}"), "private": n % 2 == 0});
        assert_eq!(kaibo.call(Method::POST, "/api/rooms", Some(new)).await.status(), 201);
    }
    let before = rooms(&kaibo).await;
    kaibo.kill().await;

    let pending = kaibo.command(&["migrate", "--check", "--database", &postgres]).await;
    assert_eq!(pending.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&pending.stdout).contains("pending room/0001_rooms\n"));
    let from = format!("sqlite://{}/kaibo.db", kaibo.data());
    let moved = kaibo.command(&["move", "--from", &from, "--to", &postgres]).await;
    let (out, error) = (String::from_utf8_lossy(&moved.stdout), String::from_utf8_lossy(&moved.stderr));
    assert!(moved.status.success(), "{error}");
    let line = out.lines().find(|line| line.starts_with("room_rooms ")).expect("a line for rooms");
    assert!(line.split_whitespace().nth(1) == Some("20"), "{line}");
    let again = kaibo.command(&["move", "--from", &from, "--to", &postgres]).await;
    assert!(String::from_utf8_lossy(&again.stderr).contains("the target is not empty"));
    let done = kaibo.command(&["migrate", "--check", "--database", &postgres]).await;
    assert_eq!(String::from_utf8_lossy(&done.stdout), "the database is up to date\n");

    // The token of before, the rooms of before, and the log goes on behind the same numbers.
    std::fs::write(kaibo.dir.path().join("kaibo.toml"), format!("[database]\nurl = {postgres:?}\n")).expect("settings");
    kaibo.restart().await;
    assert_eq!(rooms(&kaibo).await, before);
    let new = json!({"title": "on PostgreSQL", "private": false});
    assert_eq!(kaibo.call(Method::POST, "/api/rooms", Some(new)).await.status(), 201);
    assert_eq!(rooms(&kaibo).await.as_array().map(Vec::len), Some(21));
}

#[tokio::test]
async fn a_database_that_is_away_is_told_to_whoever_is_on_duty() {
    let Some(server) = testing::PrivateServer::start(false) else { return };
    let mut kaibo = Kaibo::idle().another(&server.url);
    condition::watchful(&mut kaibo, "");
    kaibo.restart().await;
    let reachable = async |kaibo: &Kaibo| {
        let metrics = kaibo.client.get(kaibo.url("/metrics")).send().await.expect("an answer").text().await;
        let metrics = metrics.expect("a text");
        let value = metrics.lines().find_map(|line| line.strip_prefix("kaibo_database_reachable "));
        value.map(str::to_owned)
    };
    assert_eq!(reachable(&kaibo).await.as_deref(), Some("1"));
    drop(server);
    let details = kaibo.get("/readyz?details").await;
    assert_eq!((&details["ready"], &details["database"]), (&true.into(), &"away".into()), "{details}");
    assert_eq!(reachable(&kaibo).await.as_deref(), Some("0"));
    condition::until(&kaibo, &["database_away"]).await;
}
