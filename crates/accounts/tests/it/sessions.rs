//! Signing in, the one-time password, and what a wrong password costs.

use crate::program::{OWN, Program, START, cookie_of, problem};
use serde_json::json;

#[tokio::test]
async fn a_sign_in_sets_a_host_only_cookie_that_scripts_cannot_read() {
    let program = Program::start().await;
    let answer = program.sign_in("admin", &program.one_time).await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.json()["must_change_password"], true);
    assert_eq!(answer.json()["user"]["login"], "admin");
    let header = answer.headers["set-cookie"].to_str().unwrap();
    let attributes = header.split_once("; ").unwrap().1;
    assert_eq!(attributes, "Path=/; Max-Age=604800; HttpOnly; SameSite=Lax");
    assert!(
        !answer.text().contains(cookie_of(&answer).trim_start_matches("kaibo_session=")),
        "the secret is in the cookie only"
    );
}

#[tokio::test]
async fn over_https_the_cookie_is_secure() {
    let program = Program::start().await;
    let body = json!({"login": "Admin", "password": program.one_time}).to_string();
    let request = http::Request::post("/api/session").header("content-type", "application/json");
    let answer = program.test.send(request.header("x-forwarded-proto", "https").body(body).unwrap()).await;
    assert!(answer.headers["set-cookie"].to_str().unwrap().ends_with("; Secure"));
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_login_get_the_same_answer() {
    let program = Program::start().await;
    let wrong = program.sign_in("admin", "not the password").await;
    let unknown = program.sign_in("nobody", "not the password").await;
    assert_eq!(problem(&wrong), (401, "wrong_credentials".into()));
    assert_eq!(wrong.text(), unknown.text());
    assert!(wrong.headers.get("set-cookie").is_none());
}

#[tokio::test]
async fn the_sixth_wrong_password_must_wait() {
    let (program, _) = Program::started().await;
    for _ in 0..5 {
        assert_eq!(program.sign_in("admin", "wrong").await.status, 401);
    }
    let locked = program.sign_in("admin", OWN).await;
    assert_eq!(problem(&locked), (429, "too_many_attempts".into()));
    assert_eq!(locked.headers["retry-after"], "30");
    assert_eq!(program.sign_in("somebody else", "wrong").await.status, 401);
    program.clock.set(START.plus_ms(30_000));
    assert_eq!(program.sign_in("admin", OWN).await.status, 200);
}

#[tokio::test]
async fn before_the_password_is_changed_nothing_else_works() {
    let program = Program::start().await;
    let cookie = program.cookie("admin", &program.one_time).await;
    let refused = program.call("GET", "/api/tokens", &cookie, None).await;
    assert_eq!(problem(&refused), (403, "password_change_required".into()));
    let me = program.me(&cookie).await.json();
    assert_eq!((&me["must_change_password"], &me["permissions"]), (&json!(true), &json!([])));

    let change = json!({"current": program.one_time, "new": OWN});
    assert_eq!(program.call("POST", "/api/me/password", &cookie, Some(change)).await.status, 204);
    assert_eq!(program.call("GET", "/api/tokens", &cookie, None).await.status, 200);
    assert_eq!(program.sign_in("admin", &program.one_time).await.status, 401, "a one-time password works once");
    assert_eq!(program.sign_in("admin", OWN).await.json()["must_change_password"], false);
}

#[tokio::test]
async fn a_new_password_must_be_good_and_the_old_one_known() {
    let (program, cookie) = Program::started().await;
    let change = async |current: &str, new: &str| {
        let body = json!({"current": current, "new": new});
        problem(&program.call("POST", "/api/me/password", &cookie, Some(body)).await)
    };
    assert_eq!(change("wrong", "a better password").await, (422, "wrong_password".into()));
    assert_eq!(change(OWN, "short").await, (422, "weak_password".into()));
    assert_eq!(change(OWN, OWN).await, (422, "password_unchanged".into()));
}

#[tokio::test]
async fn changing_the_password_ends_the_other_sessions() {
    let (program, cookie) = Program::started().await;
    let other = program.cookie("admin", OWN).await;
    assert_eq!(program.me(&other).await.status, 200);
    let change = json!({"current": OWN, "new": "another good one"});
    assert_eq!(program.call("POST", "/api/me/password", &cookie, Some(change)).await.status, 204);
    assert_eq!(program.me(&cookie).await.status, 200);
    assert_eq!(program.me(&other).await.status, 401);
}

#[tokio::test]
async fn signing_out_ends_the_session() {
    let (program, cookie) = Program::started().await;
    let out = program.call("DELETE", "/api/session", &cookie, None).await;
    assert_eq!(out.status, 204);
    assert!(out.headers["set-cookie"].to_str().unwrap().starts_with("kaibo_session=; Path=/; Max-Age=0"));
    assert_eq!(program.me(&cookie).await.status, 401);
    assert_eq!(program.call("DELETE", "/api/session", &cookie, None).await.status, 204);
}

#[tokio::test]
async fn a_session_ends_by_itself() {
    let (program, cookie) = Program::started().await;
    program.clock.set(START.plus_ms(7 * 24 * 3600 * 1000 - 1));
    assert_eq!(program.me(&cookie).await.status, 200);
    program.clock.set(START.plus_ms(7 * 24 * 3600 * 1000));
    assert_eq!(program.me(&cookie).await.status, 401);
}

#[tokio::test]
async fn me_says_who_and_what() {
    let (program, cookie) = Program::started().await;
    let mut me = program.me(&cookie).await.json();
    for id in ["/user/id", "/org/id"] {
        *me.pointer_mut(id).unwrap() = "…".into();
    }
    insta::assert_json_snapshot!(me, @r#"
    {
      "has_password": true,
      "must_change_password": false,
      "must_enrol": false,
      "name": "admin",
      "org": {
        "id": "…",
        "name": "总部 Headquarters"
      },
      "permissions": [
        "admission.manage",
        "appeal.decide",
        "audit.read",
        "blacklist.manage",
        "broadcast.end",
        "chat.manage",
        "clip.write",
        "collect.write",
        "consent.manage",
        "consent.read",
        "consent.write",
        "danmaku.read",
        "event.read",
        "exam.manage",
        "handbook.read",
        "handbook.write",
        "import.write",
        "ledger.read",
        "media_server.manage",
        "metrics.read",
        "moderation.clear",
        "moderation.manage",
        "moderation.prepare",
        "moderation.read",
        "moderation.review",
        "moderation.sign",
        "patrol.act",
        "patrol.read",
        "personal.read",
        "privacy.erase",
        "privacy.export",
        "privacy.retain",
        "professional.manage",
        "room.manage",
        "room.read",
        "sanction.impose",
        "security.manage",
        "source.manage",
        "source.read",
        "staff.manage",
        "staff.read",
        "standing.manage",
        "standing.own",
        "standing.provider",
        "standing.read",
        "standing.verify",
        "stream.check",
        "stream.manage",
        "stream.read",
        "system.manage",
        "system.read",
        "team.manage",
        "token.manage",
        "warning.read",
        "webhook.manage",
        "webhook.read"
      ],
      "role": "admin",
      "user": {
        "id": "…",
        "login": "admin",
        "name": "管理员 Administrator"
      }
    }
    "#);
}
