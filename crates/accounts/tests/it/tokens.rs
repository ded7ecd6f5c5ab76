//! API tokens: made, narrowed, used, revoked.

use crate::program::{Program, START, problem};
use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::json;

#[tokio::test]
async fn a_token_is_shown_once_and_works_as_bearer() {
    let (program, cookie) = Program::started().await;
    let (secret, id) = program.token(&cookie, json!({"name": "reports", "role": "analyst"})).await;
    assert!(secret.starts_with("kbo_") && secret.len() == 47, "{secret}");
    let me = program.me(&format!("Bearer {secret}")).await.json();
    assert_eq!((&me["name"], &me["role"], me.get("user")), (&json!("reports"), &json!("analyst"), None));
    let list = program.call("GET", "/api/tokens", &cookie, None).await;
    assert_eq!(list.json()["items"][0]["id"], json!(id));
    assert!(!list.text().contains(&secret[4..]));
}

#[tokio::test]
async fn a_token_is_narrowed_by_its_scopes() {
    let (program, cookie) = Program::started().await;
    let body = json!({"name": "wall", "role": "operator", "scopes": ["metrics.read"]});
    let (secret, _) = program.token(&cookie, body).await;
    let bearer = format!("Bearer {secret}");
    assert_eq!(program.me(&bearer).await.json()["permissions"], json!(["metrics.read"]));
    let refused = program.call("GET", "/api/tokens", &bearer, None).await;
    assert_eq!(problem(&refused), (403, "forbidden".into()));
}

#[tokio::test]
async fn a_token_gives_no_more_than_its_maker_has() {
    let (program, cookie) = Program::started().await;
    let narrow = json!({"name": "keys only", "role": "admin", "scopes": ["token.manage"]});
    let (secret, _) = program.token(&cookie, narrow).await;
    let bearer = format!("Bearer {secret}");
    let make = async |body| problem(&program.call("POST", "/api/tokens", &bearer, Some(body)).await);
    assert_eq!(make(json!({"name": "x", "role": "analyst"})).await, (403, "beyond_your_permissions".into()));
    assert_eq!(make(json!({"name": "x", "role": "emperor"})).await, (422, "unknown_role".into()));
    assert_eq!(
        make(json!({"name": "x", "role": "admin", "scopes": ["coffee.make"]})).await,
        (422, "unknown_scope".into())
    );
    assert_eq!(make(json!({"name": " ", "role": "admin"})).await, (422, "bad_name".into()));
    assert_eq!(
        make(json!({"name": "x", "role": "admin", "scopes": ["token.manage"], "expires_in_days": 0})).await,
        (422, "bad_expiry".into())
    );
    let elsewhere = json!({"name": "x", "role": "admin", "scopes": ["token.manage"], "team": "01890a5d-ac96-774b-bcce-b302099a8057"});
    assert_eq!(make(elsewhere).await, (404, "not_found".into()));
}

#[tokio::test]
async fn a_revoked_token_stops_at_once() {
    let (program, cookie) = Program::started().await;
    let (secret, id) = program.token(&cookie, json!({"name": "gone", "role": "analyst"})).await;
    let bearer = format!("Bearer {secret}");
    assert_eq!(program.me(&bearer).await.status, 200);
    let path = format!("/api/tokens/{id}");
    assert_eq!(program.call("DELETE", &path, &cookie, None).await.status, 204);
    assert_eq!(program.me(&bearer).await.status, 401);
    assert_eq!(program.call("DELETE", &path, &cookie, None).await.status, 204);
    assert_eq!(program.call("GET", "/api/tokens", &cookie, None).await.json()["items"], json!([]));
    let unknown = program.call("DELETE", "/api/tokens/01890a5d-ac96-774b-bcce-b302099a8057", &cookie, None).await;
    assert_eq!(problem(&unknown), (404, "not_found".into()));
}

#[tokio::test]
async fn a_token_expires() {
    let (program, cookie) = Program::started().await;
    let (secret, _) = program.token(&cookie, json!({"name": "short", "role": "analyst", "expires_in_days": 1})).await;
    let bearer = format!("Bearer {secret}");
    program.clock.set(START.plus_ms(24 * 3600 * 1000 - 1));
    assert_eq!(program.me(&bearer).await.status, 200);
    program.clock.set(START.plus_ms(24 * 3600 * 1000));
    assert_eq!(program.me(&bearer).await.status, 401);
}

#[tokio::test]
async fn basic_is_for_collectors_only() {
    let (program, cookie) = Program::started().await;
    let basic = |pair: String| format!("Basic {}", STANDARD.encode(pair));
    let (collector, _) = program.token(&cookie, json!({"name": "site", "role": "service"})).await;
    for pair in [format!("{collector}:"), format!("anything:{collector}")] {
        let me = program.me(&basic(pair)).await;
        assert_eq!(me.json()["permissions"], json!(["collect.write"]));
    }
    let (analyst, _) = program.token(&cookie, json!({"name": "reports", "role": "analyst"})).await;
    assert_eq!(program.me(&format!("Bearer {analyst}")).await.status, 200);
    assert_eq!(program.me(&basic(format!("{analyst}:"))).await.status, 401);
}

#[tokio::test]
async fn a_bad_header_is_not_rescued_by_a_good_cookie() {
    let (program, cookie) = Program::started().await;
    let request = http::Request::get("/api/me").header("cookie", cookie).header("authorization", "Bearer kbo_unknown");
    assert_eq!(program.test.send(request.body(String::new()).unwrap()).await.status, 401);
}

#[tokio::test]
async fn nobody_without_the_right_manages_tokens() {
    let (program, cookie) = Program::started().await;
    for role in accounts::ROLES.iter().filter(|role| role.name != "admin") {
        let (secret, id) = program.token(&cookie, json!({"name": "other", "role": role.name})).await;
        let bearer = format!("Bearer {secret}");
        for (method, path) in
            [("GET", "/api/tokens".into()), ("POST", "/api/tokens".into()), ("DELETE", format!("/api/tokens/{id}"))]
        {
            let answer = program.call(method, &path, &bearer, Some(json!({"name": "x", "role": "service"}))).await;
            assert_eq!(problem(&answer), (403, "forbidden".into()), "{} {method} {path}", role.name);
        }
    }
    assert_eq!(program.call("GET", "/api/tokens", "", None).await.status, 401);
}

#[tokio::test]
async fn a_tokens_own_password_cannot_be_changed() {
    let (program, cookie) = Program::started().await;
    let (secret, _) = program.token(&cookie, json!({"name": "reports", "role": "analyst"})).await;
    let body = json!({"current": "a", "new": "b"});
    let refused = program.call("POST", "/api/me/password", &format!("Bearer {secret}"), Some(body)).await;
    assert_eq!(problem(&refused), (403, "person_required".into()));
}
