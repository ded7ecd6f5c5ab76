//! A show from its first frame to its end: seen, recognised, warned, interrupted.

use crate::stage::{Program, draw, has_ffmpeg, video};
use serde_json::json;

const SCENE: &str = "mandelbrot=s=640x360:start_scale=1.2";
const OTHER: &str = "testsrc2=s=640x360";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_stands_in_the_library_is_found_once_and_counted() {
    if !has_ffmpeg() {
        return;
    }
    let dir = tempfile::tempdir().expect("a folder");
    let program = Program::start(video(dir.path(), SCENE)).await;
    let wall = program.read_when("/api/patrol/wall", |wall| wall["items"][0]["frame"].is_u64()).await;
    let tile = &wall["items"][0];
    assert_eq!((&tile["title"], &tile["viewers"], &tile["urgency"]), (&json!("双十二专场"), &json!(3), &json!(0)));

    // What others look like is no reason.
    let other = program.upload("*", "another", "hold", draw(dir.path(), "other.png", OTHER, &[])).await;
    assert_eq!(other.status, 201, "{}", other.text());
    let mirrored = draw(dir.path(), "same.jpg", SCENE, &["-vf", "hflip", "-q:v", "8"]);
    let sample = program.upload("*", "roulette", "hold", mirrored).await;
    assert_eq!(sample.status, 201, "{}", sample.text());
    let twice = |page: &serde_json::Value| page["items"][0]["times"].as_u64() >= Some(2);
    let found = program.read_when("/api/patrol/findings?state=open", twice).await;
    let finding = &found["items"][0];
    assert_eq!(found["items"].as_array().map(Vec::len), Some(1), "what goes on is one: {found}");
    assert_eq!(
        (&finding["kind"], &finding["level"], &finding["label"], &finding["name"], &finding["sample"]),
        (&json!("hash"), &json!("hold"), &json!("gambling"), &json!("roulette"), &sample.json()["id"])
    );
    let wall = program.app.get("/api/patrol/wall").await.json();
    assert_eq!((&wall["items"][0]["urgency"], &wall["items"][0]["open"]), (&json!(3), &json!(1)));

    let id = finding["id"].as_str().expect("an id");
    let picture = program.app.get(&format!("/api/patrol/findings/{id}/picture")).await;
    assert!(picture.status == 200 && picture.body.starts_with(&[0xff, 0xd8]), "{}", picture.status);
    let decision = json!({"outcome": "confirmed", "why": "轮盘",
        "sample": {"name": "again", "category": "gambling", "level": "alarm"}});
    let path = format!("/api/patrol/findings/{id}/decision");
    let decided = program.app.post(&path, decision.clone()).await;
    assert_eq!((decided.status, &decided.json()["state"]), (200, &json!("confirmed")), "{}", decided.text());
    assert_eq!(program.app.post(&path, decision).await.json()["code"], "already_decided");
    let samples = program.app.get("/api/patrol/samples").await.json();
    assert_eq!(samples["items"][0]["name"], "again", "its frame is a sample: {samples}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_host_is_warned_and_a_show_is_interrupted_once() {
    if !has_ffmpeg() {
        return;
    }
    let dir = tempfile::tempdir().expect("a folder");
    let program = Program::start(video(dir.path(), OTHER)).await;
    let frames = |room: &serde_json::Value| room["frames"][0]["id"].is_u64();
    let room = program.read_when(&program.path(""), frames).await;
    let frame = program.path(&format!("/frames/{}", room["frames"][0]["id"]));
    let shown = program.app.get(&frame).await;
    assert_eq!((shown.status, shown.headers["content-type"].to_str().ok()), (200, Some("image/jpeg")));
    let again = http::Request::builder().uri(&frame).header("authorization", "Bearer *");
    let again = again.header("if-none-match", &shown.headers["etag"]).body(String::new()).expect("a request");
    assert_eq!(program.app.send(again).await.status, 304);
    assert_eq!(program.app.call("*@other", "GET", &frame, None).await.status, 404, "another team's");

    let warning = json!({"broadcast": program.show, "text": "请撤下背后的广告牌"});
    let warned = program.app.post(&program.path("/warnings"), warning).await;
    assert_eq!(warned.status, 201, "{}", warned.text());
    let hosts = format!("/api/rooms/{}/warnings", program.room);
    let heard = program.app.call("warning.read", "GET", &hosts, None).await.json();
    assert_eq!(
        (&heard["items"][0]["text"], &heard["items"][0]["read_by"]),
        (&json!("请撤下背后的广告牌"), &json!(null))
    );
    assert_eq!(program.app.get("/api/patrol/wall").await.json()["items"][0]["unread_warning"], true);
    let read = format!("{hosts}/{}/acknowledgement", warned.json()["id"].as_str().expect("an id"));
    for _ in 0..2 {
        let read = program.app.call("warning.read", "POST", &read, None).await;
        assert_eq!((read.status, &read.json()["read_by"]), (200, &json!("test")), "{}", read.text());
    }

    let why = json!({"broadcast": program.show, "clause": "gambling", "why": "警告后未改正"});
    let path = program.path("/interruption");
    let refused = |change: serde_json::Value| {
        let mut body = why.clone();
        body.as_object_mut().expect("fields").extend(change.as_object().cloned().unwrap_or_default());
        program.app.post(&path, body)
    };
    let others = json!({"broadcast": events::BroadcastId::new()});
    for (change, code) in [
        (others, "another_show"),
        (json!({"clause": "coffee"}), "unknown_clause"),
        (json!({"why": " "}), "bad_text"),
        (json!({"finding": uuid::Uuid::now_v7()}), "not_found"),
    ] {
        assert_eq!(refused(change).await.json()["code"], code);
    }
    for _ in 0..2 {
        let done = program.app.post(&path, why.clone()).await;
        assert_eq!((done.status, &done.json()["clause"]), (200, &json!("gambling")), "{}", done.text());
    }
    assert_eq!(program.stage.0.lock().cuts, 1);
    program.read_when("/api/patrol/wall", |wall| wall["items"] == json!([])).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bad_video_and_bad_pictures_are_harmless() {
    if !has_ffmpeg() {
        return;
    }
    let dir = tempfile::tempdir().expect("a folder");
    let program = Program::start(vec![0; 5_000].into()).await;
    let wall = program.read_when("/api/patrol/wall", |wall| wall["items"][0].is_object()).await;
    assert_eq!(wall["items"][0]["signs"], json!(["no_picture"]));
    for (file, code) in [
        (b"GIF89a, or so it says".to_vec(), "unreadable_picture"),
        ([&[0xff, 0xd8, 0xff][..], &[7; 900][..]].concat(), "unreadable_picture"),
        (draw(dir.path(), "plain.png", "color=c=gray:s=320x180", &[]).to_vec(), "too_plain"),
    ] {
        let refused = program.upload("*", "bad", "alarm", file.into()).await;
        assert_eq!((refused.status, refused.json()["code"].as_str()), (422, Some(code)), "{}", refused.text());
    }
    // It goes on when the picture is good again.
    program.stage.0.lock().media = video(dir.path(), OTHER);
    program.read_when("/api/patrol/wall", |wall| wall["items"][0]["frame"].is_u64()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_library_goes_out_as_a_file_and_comes_in_elsewhere() {
    if !has_ffmpeg() {
        return;
    }
    let dir = tempfile::tempdir().expect("a folder");
    let one = Program::start(Default::default()).await;
    let picture = draw(dir.path(), "scene.png", SCENE, &[]);
    let made = one.upload("*", "roulette", "hold", picture.clone()).await.json();
    assert_eq!(one.upload("*", "same", "hold", picture).await.json()["code"], "sample_known");
    let file = one.app.get("/api/patrol/samples/export").await.text();
    assert_eq!(file.lines().count(), 1, "{file}");

    let other = Program::start(Default::default()).await;
    let import = |file: String| async {
        let request = http::Request::builder().method("POST").uri("/api/patrol/samples/import");
        let request = request.header("authorization", "Bearer *").body(file).expect("a request");
        other.app.send(request).await.json()
    };
    let first = import(format!("{file}\n{{\"name\": \"no prints\"}}\n")).await;
    assert_eq!(first, json!({"taken": 1, "known": 0, "left_out": [3], "left_out_count": 1}));
    assert_eq!(import(file).await["known"], 1);
    let listed = other.app.get("/api/patrol/samples").await.json();
    assert_eq!((&listed["items"][0]["name"], &listed["items"][0]["level"]), (&json!("roulette"), &json!("hold")));

    // Headquarters' sample is everybody's to see, and theirs to change.
    let sample = format!("/api/patrol/samples/{}", made["id"].as_str().expect("an id"));
    let off = json!({"enabled": false});
    let beyond = one.app.call("*@other", "PATCH", &sample, Some(off.clone())).await;
    assert_eq!((beyond.status, beyond.json()["code"].as_str()), (403, Some("beyond_your_reach")));
    assert_eq!(one.app.call("*", "PATCH", &sample, Some(off)).await.json()["enabled"], false);
    assert_eq!(one.app.call("*", "DELETE", &sample, None).await.status, 204);
    assert_eq!(one.app.call("*", "DELETE", &sample, None).await.status, 404);
}
