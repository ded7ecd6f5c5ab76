//! The public contract, spoken to from outside.

use crate::{
    harness::{Kaibo, no_ffmpeg, text},
    socket::Viewer,
};
use reqwest::{Method, StatusCode, header};
use serde_json::{Value, json};
use std::time::Duration;

#[tokio::test(flavor = "multi_thread")]
async fn health_metrics_and_description_are_served() {
    let kaibo = Kaibo::start().await;
    for path in ["/healthz", "/readyz"] {
        assert_eq!(
            kaibo.client.get(kaibo.url(path)).send().await.expect("an answer").status(),
            StatusCode::OK,
            "{path}"
        );
    }
    let metrics = kaibo.client.get(kaibo.url("/metrics")).send().await.expect("an answer").text().await.expect("text");
    assert!(metrics.contains("\nkaibo_audit_failures_total 0\n"), "what rings stands at zero: {metrics}");
    assert!(metrics.contains("kaibo_log_last_position"), "{metrics}");
    let details = kaibo.get("/readyz?details").await;
    assert_eq!((&details["ready"], &details["database"]), (&true.into(), &"ok".into()), "{details}");
    assert!(details["free_bytes"].as_u64().is_some_and(|free| free > 0), "{details}");
    assert!(details["followers_behind"]["danmaku"].is_u64(), "{details}");
    let openapi: Value = kaibo.get("/openapi.json").await;
    assert!(text(&openapi["openapi"]).starts_with("3.1"));
    for path in ["/api/rooms", "/api/rooms/{id}/imports", "/api/metrics", "/v1/batch", "/api/broadcasts/{id}/danmaku"] {
        assert!(openapi["paths"][path].is_object(), "`{path}` is described");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_key_is_shown_once_and_refusals_have_codes() {
    let kaibo = Kaibo::start().await;
    let (room, key) = kaibo.room().await;
    let read = kaibo.get(&format!("/api/rooms/{room}")).await;
    assert_eq!(read["live"], false);
    assert!(!read.to_string().contains(&key));
    let rotated = kaibo.post(&format!("/api/rooms/{room}/stream-key"), json!({})).await;
    assert_ne!(text(&rotated["stream_key"]), key);

    let nobody = kaibo.client.get(kaibo.url("/api/rooms")).send().await.expect("an answer");
    assert_eq!(nobody.status(), StatusCode::UNAUTHORIZED);
    assert_eq!(nobody.headers()[header::CONTENT_TYPE], "application/problem+json");
    assert_eq!(nobody.json::<Value>().await.expect("JSON")["code"], "unauthenticated");
    let missing = kaibo.call(Method::GET, "/api/rooms/01890a5d-ac96-774b-bcce-b302099a8057", None).await;
    assert_eq!(missing.status(), StatusCode::NOT_FOUND);
    assert_eq!(missing.json::<Value>().await.expect("JSON")["code"], "room_not_found");
    for path in ["/api/rooms/nonsense", "/api/nothing-here"] {
        let answer = kaibo.call(Method::GET, path, None).await;
        assert_eq!(answer.status(), StatusCode::NOT_FOUND, "{path}");
        assert_eq!(answer.headers()[header::CONTENT_TYPE], "application/problem+json", "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn commands_end_well_or_with_one_sentence() {
    let kaibo = Kaibo::start().await;
    for (args, fine) in [
        (vec!["--help"], true),
        (vec!["serve", "--help"], true),
        (vec!["token", "create", "--help"], true),
        (vec!["replay", "--help"], true),
        (vec!["openapi"], true),
        (vec!["token", "create", "--role", "emperor"], false),
        (vec!["doctor", "--data", "/nowhere/at/all"], false),
        (
            vec![
                "replay",
                "/no/such/file",
                "--room",
                "01890a5d-ac96-774b-bcce-b302099a8057",
                "--url",
                "http://127.0.0.1:1",
                "--token",
                "t",
            ],
            false,
        ),
        (vec!["serve", "--config", "/no/such/file"], false),
        (vec!["serve", "--htpt", "127.0.0.1:1"], false),
        (vec!["token", "create"], false),
    ] {
        let mut args = args;
        let data = kaibo.data();
        if args[0] == "token" && args.len() > 2 && !fine {
            args.extend(["--data", &data]);
        }
        let output = kaibo.command(&args).await;
        assert_eq!(output.status.success(), fine, "{args:?}");
        let errors = String::from_utf8_lossy(&output.stderr);
        assert_eq!(errors.lines().count(), usize::from(!fine), "{args:?}: {errors}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_show_from_push_to_numbers() {
    if no_ffmpeg() {
        return;
    }
    let kaibo = Kaibo::start().await;
    let (room, key) = kaibo.room().await;

    let mut wrong = kaibo.push("skwrong", Some(5));
    assert!(!wrong.wait().await.expect("ffmpeg").success(), "a wrong key is refused");
    assert_eq!(kaibo.get(&format!("/api/rooms/{room}")).await["live"], false);

    let mut push = kaibo.push(&key, None);
    let broadcast = kaibo.live(&room).await;

    // A bare client is sent to a session of its own.
    let bare = kaibo.client.get(kaibo.url(&format!("/live/{room}/index.m3u8"))).send().await.expect("an answer");
    assert_eq!(bare.status(), StatusCode::FOUND);
    assert!(bare.headers()[header::LOCATION].to_str().expect("text").contains("token="));
    let mut viewer = Viewer::new(&kaibo, &room).await;
    assert!(viewer.connect(&kaibo).await);
    assert!(viewer.say("c1", "主播好").await);
    watch(&kaibo, &room, &viewer.token).await;

    for (id, expected) in [("view_pv", 1), ("view_uv", 1), ("online", 1), ("danmaku_count", 1)] {
        let mut seen = Value::Null;
        for _ in 0..100 {
            seen = kaibo.metric(id, &broadcast).await["live"].clone();
            if seen.as_f64() == Some(f64::from(expected)) {
                break;
            }
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
        assert_eq!(seen.as_f64(), Some(f64::from(expected)), "`{id}`");
    }

    // The encoder comes back within the window: the same broadcast.
    push.kill().await.expect("killing ffmpeg");
    tokio::time::sleep(Duration::from_secs(1)).await;
    let _push = kaibo.push(&key, None);
    for _ in 0..100 {
        let state = kaibo.get(&format!("/api/broadcasts/{broadcast}")).await;
        if state["state"] == "live" {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert_eq!(kaibo.live(&room).await, broadcast);

    let ended = kaibo.post(&format!("/api/broadcasts/{broadcast}/end"), json!({})).await;
    assert_eq!(ended["state"], "ended");
    let metric = kaibo.metric("view_uv", &broadcast).await;
    assert_eq!(metric["settled"], metric["live"]);
}

/// Fetches the playlist until it lists a segment, then that segment.
async fn watch(kaibo: &Kaibo, room: &str, token: &str) {
    let playlist = kaibo.url(&format!("/live/{room}/source.m3u8?token={token}"));
    for _ in 0..150 {
        let text = kaibo.client.get(&playlist).send().await.expect("an answer").text().await.expect("text");
        if let Some(segment) = text.lines().find(|line| !line.starts_with('#') && line.contains("token=")) {
            let url = reqwest::Url::parse(&playlist).and_then(|base| base.join(segment)).expect("a segment");
            let media = kaibo.client.get(url).send().await.expect("an answer");
            assert_eq!(media.status(), StatusCode::OK);
            assert!(media.bytes().await.expect("media").len() > 1_000);
            return;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("no segment in {playlist}: {}", kaibo.log());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_private_room_lets_nobody_in_without_a_token() {
    let kaibo = Kaibo::start().await;
    let room = text(&kaibo.post("/api/rooms", json!({ "title": "内部彩排", "private": true })).await["id"]);
    let token =
        kaibo.client.post(kaibo.url(&format!("/api/rooms/{room}/viewer-token"))).send().await.expect("an answer");
    assert_eq!(token.status(), StatusCode::UNAUTHORIZED);
    let playlist = kaibo.client.get(kaibo.url(&format!("/live/{room}/index.m3u8"))).send().await.expect("an answer");
    assert_eq!(playlist.status(), StatusCode::UNAUTHORIZED);
    let staff = kaibo.post(&format!("/api/rooms/{room}/viewer-token"), json!({})).await;
    assert!(staff["token"].is_string());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_batch_counts_each_message_once() {
    let kaibo = Kaibo::start().await;
    let item = |id: &str| json!({ "type": "track", "event": "Order Completed", "messageId": id, "userId": "u1" });
    let batch = json!({ "batch": [item("m1"), item("m2"), item("m1")] });
    for _ in 0..3 {
        let request = kaibo.client.post(kaibo.url("/v1/batch")).basic_auth(&kaibo.token, Some("")).json(&batch);
        assert_eq!(request.send().await.expect("an answer").status(), StatusCode::OK);
    }
    assert_eq!(kaibo.events("Order%20Completed").await, 2);
    let refused = kaibo.client.post(kaibo.url("/v1/batch")).basic_auth("wrong", Some("")).json(&batch).send().await;
    assert_eq!(refused.expect("an answer").status(), StatusCode::UNAUTHORIZED);
}
