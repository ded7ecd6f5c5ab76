//! Frames before a picture model that is somebody else's.

use crate::stage::{Program, has_ffmpeg, video};
use bytes::Bytes;
use http::HeaderMap;
use parking_lot::Mutex;
use patrol::{Hidden, Settings, Threshold, VisionSettings};
use serde_json::{Value, json};
use std::sync::Arc;

/// What the model says; none: it does not answer. And what it was asked.
#[derive(Default)]
struct Model {
    labels: Option<Value>,
    asked: Vec<(HeaderMap, Bytes)>,
}

type Shared = Arc<Mutex<Model>>;

mod http_server {
    use super::*;
    use axum::{
        Json, Router,
        extract::State,
        http::StatusCode,
        response::{IntoResponse, Response},
        routing::post,
    };

    async fn judge(State(model): State<Shared>, headers: HeaderMap, body: Bytes) -> Response {
        let mut model = model.lock();
        model.asked.push((headers, body));
        match &model.labels {
            Some(labels) => Json(json!({"labels": labels})).into_response(),
            None => (StatusCode::SERVICE_UNAVAILABLE, "loading").into_response(),
        }
    }

    pub async fn serve(model: Shared) -> String {
        let app = Router::new().route("/judge", post(judge)).with_state(model);
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}/judge", listener.local_addr().expect("an address"));
        tokio::spawn(async move { axum::serve(listener, app).await });
        url
    }
}

fn threshold(text: &str) -> Threshold {
    Threshold::try_from(text.to_owned()).expect("a threshold")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn frames_are_judged_and_without_an_answer_the_tile_says_so() {
    if !has_ffmpeg() {
        return;
    }
    let dir = tempfile::tempdir().expect("a folder");
    let model = Shared::default();
    let vision = VisionSettings {
        url: http_server::serve(model.clone()).await,
        token: Hidden("sk-1024".into()),
        timeout_ms: 60_000,
        one_in: 1,
        alarm: vec![threshold("nudity=0.6")],
        hold: vec![threshold("nudity=0.9")],
        ..VisionSettings::default()
    };
    let settings = Settings { vision, ..Settings::default() };
    let program = Program::start_with(video(dir.path(), "testsrc2=s=640x360"), settings).await;
    let unchecked = |wall: &Value| {
        wall["items"][0]["signs"].as_array().is_some_and(|signs| signs.iter().any(|sign| sign == "unchecked"))
    };
    program.read_when("/api/patrol/wall", unchecked).await;

    model.lock().labels = Some(json!([{"label": "nudity", "score": 0.93}, {"label": "cat", "score": 0.99}]));
    let found = program.read_when("/api/patrol/findings", |page| page["items"][0].is_object()).await;
    let finding = &found["items"][0];
    assert_eq!(
        (&finding["kind"], &finding["level"], &finding["label"], &finding["score_milli"], &finding["picture"]),
        (&json!("model"), &json!("hold"), &json!("nudity"), &json!(930), &json!(true))
    );
    program.read_when("/api/patrol/wall", |wall| !unchecked(wall)).await;
    let (headers, body) = model.lock().asked[0].clone();
    assert_eq!(
        (&headers["content-type"], &headers["authorization"]),
        (&"image/jpeg".parse().expect("a value"), &"Bearer sk-1024".parse().expect("a value"))
    );
    assert!(body.starts_with(&[0xff, 0xd8]), "a JPEG");
}
