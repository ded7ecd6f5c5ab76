//! Requests with an `Idempotency-Key`.

use crate::house::House;
use reqwest::{Client, Response};
use serde_json::{Value, json};
use std::collections::BTreeSet;

async fn send(house: &House, token: &str, method: &str, path: &str, key: &str, body: Value) -> Response {
    let url = format!("http://{}{path}", house.running.http);
    let request = Client::new().request(method.parse().expect("a method"), url).bearer_auth(token);
    request.header("idempotency-key", key).json(&body).send().await.expect("an answer")
}

/// Status, whether it was replayed, and the body.
async fn said(response: Response) -> (u16, bool, Value) {
    let (status, replayed) = (response.status().as_u16(), response.headers().contains_key("idempotency-replayed"));
    (status, replayed, response.json().await.unwrap_or_default())
}

#[tokio::test]
async fn what_is_sent_again_is_done_once() {
    let house = House::start().await;
    let admin = house.admin.as_str();
    let team = |name: &str| json!({ "name": name });
    let first = said(send(&house, admin, "POST", "/api/teams", "\"k1\"", team("one")).await).await;
    let again = said(send(&house, admin, "POST", "/api/teams", "k1", team("one")).await).await;
    assert_eq!((first.0, first.1, again.0, again.1), (201, false, 201, true));
    assert_eq!(first.2, again.2);
    let other = said(send(&house, admin, "POST", "/api/teams", "k1", team("two")).await).await;
    assert_eq!((other.0, other.2["code"].as_str()), (422, Some("idempotency_key_reused")));
    let bad = said(send(&house, admin, "POST", "/api/teams", "a b", team("two")).await).await;
    assert_eq!((bad.0, bad.2["code"].as_str()), (400, Some("bad_idempotency_key")));
    // Also where nobody has to say who he is.
    let bad = said(send(&house, "", "DELETE", "/api/session", "a b", json!(null)).await).await;
    assert_eq!((bad.0, bad.2["code"].as_str()), (400, Some("bad_idempotency_key")));
    // Somebody else's key of the same name, and the same key to another path, are others.
    let store = &house.running.app.store;
    let second = accounts::create_token(store, "admin", "test", None).await.expect("a token");
    let theirs = said(send(&house, &second, "POST", "/api/teams", "k1", team("two")).await).await;
    assert_eq!((theirs.0, theirs.1), (201, false));
    let region = said(send(&house, admin, "POST", "/api/regions", "k1", team("one")).await).await;
    assert_eq!((region.0, region.1), (201, false));
    // A refusal is an answer too.
    for replayed in [false, true] {
        let taken = said(send(&house, admin, "POST", "/api/teams", "k2", json!({"nonsense": 1})).await).await;
        assert_eq!((taken.0, taken.1), (422, replayed), "{}", taken.2);
    }
}

#[tokio::test]
async fn an_answer_that_shows_a_secret_is_not_kept() {
    let house = House::start().await;
    let room = json!({"title": "a room with a key"});
    let first = said(send(&house, &house.admin, "POST", "/api/rooms", "k", room.clone()).await).await;
    assert_eq!(first.0, 201);
    let again = said(send(&house, &house.admin, "POST", "/api/rooms", "k", room).await).await;
    assert_eq!((again.0, again.2["code"].as_str()), (422, Some("idempotency_not_replayable")));
    let (_, rooms) = house.call(Some(&house.admin), "GET", "/api/rooms", None).await;
    assert_eq!(rooms.matches("a room with a key").count(), 1);
}

#[tokio::test]
async fn of_many_at_once_one_is_done() {
    let house = House::start().await;
    let body = json!({"name": "at once"});
    let all = (0..8).map(|_| send(&house, &house.admin, "POST", "/api/regions", "k", body.clone()));
    let mut done = 0;
    for response in futures_util::future::join_all(all).await {
        let (status, replayed, problem) = said(response).await;
        match status {
            201 => done += usize::from(!replayed),
            _ => assert_eq!((status, problem["code"].as_str()), (409, Some("idempotency_running"))),
        }
    }
    assert_eq!(done, 1);
}

/// Names that look as if they told a secret, and do not.
const HARMLESS: &[&str] =
    &["has_key", "has_secret", "key_frames", "keys_destroyed", "must_change_password", "password_changed_at"];

#[tokio::test]
async fn every_field_that_could_be_a_secret_is_decided() {
    let house = House::start().await;
    let described = house.description().await;
    let mut names = BTreeSet::new();
    for item in described["paths"].as_object().expect("paths").values() {
        for method in ["post", "put", "patch", "delete"] {
            let answers = item[method]["responses"].as_object().into_iter().flatten();
            for (_, answer) in answers.filter(|(status, _)| status.starts_with('2')) {
                for content in answer["content"].as_object().into_iter().flatten().map(|(_, content)| content) {
                    fields(&described, &content["schema"], &mut BTreeSet::new(), &mut names);
                }
            }
        }
    }
    let telling = |name: &&String| {
        ["secret", "key", "token", "password", "recovery"].iter().any(|word| name.contains(word))
            && !name.ends_with("_ms")
    };
    let decided = |name: &str| server::SECRET_FIELDS.contains(&name) || HARMLESS.contains(&name);
    let open: Vec<&String> = names.iter().filter(telling).filter(|name| !decided(name)).collect();
    assert!(open.is_empty(), "is it a secret? {open:?}");
}

/// The names of all fields a schema has, however deep.
fn fields(described: &Value, schema: &Value, seen: &mut BTreeSet<String>, names: &mut BTreeSet<String>) {
    if let Some(reference) = schema["$ref"].as_str() {
        let named = described.pointer(reference.trim_start_matches('#')).expect("a schema");
        if seen.insert(reference.to_owned()) {
            fields(described, named, seen, names);
        }
        return;
    }
    for (name, inner) in schema["properties"].as_object().into_iter().flatten() {
        names.insert(name.clone());
        fields(described, inner, seen, names);
    }
    for list in ["allOf", "oneOf", "anyOf"] {
        for inner in schema[list].as_array().into_iter().flatten() {
            fields(described, inner, seen, names);
        }
    }
    if schema["items"].is_object() {
        fields(described, &schema["items"], seen, names);
    }
}
