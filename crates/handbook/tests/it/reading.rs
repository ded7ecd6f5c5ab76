//! Reading, writing, publishing, acknowledging.

use crate::house::{House, article};
use serde_json::{Value, json};

fn codes(list: &Value) -> Vec<&str> {
    list.as_array().unwrap().iter().map(|one| one["code"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn the_starter_is_read_until_something_is_published() {
    let house = House::start().await;
    let first = house.read("/api/handbook").await;
    assert_eq!((&first["number"], first["articles"].as_array().unwrap().len() >= 12), (&json!(0), true));
    assert_eq!(first["acknowledged_at_ms"], Value::Null);

    house.put("/api/handbook/draft/flooding", json!({"article": article("刷屏"), "seen": 0})).await;
    let draft = house.read("/api/handbook/draft").await;
    assert_eq!(codes(&draft["changes"]), ["flooding"]);
    assert_eq!(house.read("/api/handbook").await["number"], 0, "a draft is read by nobody");
    let published = house.ask("POST", "/api/handbook/versions", json!({"note": "刷屏"}), 201).await;
    assert_eq!(published["number"], 1);
    let second = house.read("/api/handbook").await;
    assert_eq!(second["articles"][0]["code"], "flooding", "in its place");
    assert_eq!(second["articles"].as_array().unwrap().len(), first["articles"].as_array().unwrap().len() + 1);

    let same = house.ask("POST", "/api/handbook/versions", json!({"note": "again"}), 409).await;
    assert_eq!(same["code"], "nothing_new");
    house.ask("DELETE", "/api/handbook/draft/flooding", Value::Null, 204).await;
    house.put("/api/handbook/draft/tipping", json!({"article": article("打赏")})).await;
    house.ask("POST", "/api/handbook/versions", json!({"note": "打赏"}), 201).await;
    let changes = house.read("/api/handbook/versions/2").await["changes"].clone();
    let told: Vec<String> =
        changes.as_array().unwrap().iter().map(|one| format!("{} {}", one["code"], one["change"])).collect();
    assert_eq!(told, ["\"tipping\" \"changed\"", "\"flooding\" \"removed\""]);
    let versions = house.read("/api/handbook/versions?limit=1").await;
    assert_eq!((&versions["items"][0]["number"], &versions["next"]), (&json!(2), &json!("2")));
    assert_eq!(house.read("/api/handbook/versions?after=2").await["items"][0]["number"], 1);
}

#[tokio::test]
async fn a_version_is_acknowledged_once_and_the_next_asks_again() {
    let house = House::start().await;
    let acknowledge = |number: u32| json!({"number": number});
    let first = house.put("/api/handbook/acknowledged", acknowledge(0)).await;
    house.pass_time(60_000);
    let second = house.put("/api/handbook/acknowledged", acknowledge(0)).await;
    assert_eq!(first, second, "the first time counts");
    house.put("/api/handbook/draft/flooding", json!({"article": article("刷屏")})).await;
    house.ask("POST", "/api/handbook/versions", json!({"note": "刷屏"}), 201).await;
    assert_eq!(house.read("/api/handbook").await["acknowledged_at_ms"], Value::Null);
    let old = house.ask("PUT", "/api/handbook/acknowledged", acknowledge(0), 409).await;
    assert_eq!(old["code"], "old_version");

    let scope = app::Scope::of_team(house.running.org, house.running.team);
    let login = accounts::person_within(&house.running.app.store, "host", scope, "secret").await.unwrap();
    accounts::person_within(&house.running.app.store, "service", scope, "secret").await.unwrap();
    let readers = house.read("/api/handbook/readers").await;
    assert_eq!(readers["people"].as_array().unwrap().len(), 1, "who may not read it has not to");
    assert_eq!(
        (&readers["people"][0]["login"], &readers["people"][0]["acknowledged_at_ms"]),
        (&json!(login), &Value::Null)
    );
}

#[tokio::test]
async fn what_is_not_good_is_refused_and_words_are_found() {
    let house = House::start().await;
    let put = |body: Value, status, path: &'static str| house.ask("PUT", path, body, status);
    let path = "/api/handbook/draft/flooding";
    let unknown =
        json!({"article": {"chapter_zh": "一", "place": 1, "title_zh": "题", "body_zh": "文", "clauses": ["weather"]}});
    assert_eq!(put(unknown, 422, path).await["code"], "unknown_clause");
    assert_eq!(put(json!({"article": article("")}), 422, path).await["code"], "bad_request");
    assert_eq!(put(json!({"article": article("题")}), 422, "/api/handbook/draft/Bad").await["code"], "bad_code");
    put(json!({"article": article("题"), "seen": 0}), 200, path).await;
    assert_eq!(put(json!({"article": article("题"), "seen": 0}), 409, path).await["code"], "changed_meanwhile");
    let found = house.read("/api/handbook?q=TRADEMARK").await;
    assert_eq!(codes(&found["articles"]), ["extremes"]);
    let beyond = house.running.call("*@other", "PUT", path, Some(json!({"article": article("题")}))).await;
    assert_eq!((beyond.status, beyond.json()["code"].clone()), (403, json!("beyond_your_reach")));
}
