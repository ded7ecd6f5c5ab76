//! What only some rooms have: a backup input, a relay, an operator who shows the slate now and then, a bit-rate ladder.

use crate::{encoder, shared::Shared};
use benches::kaibo::{Api, Room};
use rand::RngExt;
use reqwest::Method;
use serde_json::{Value, json};
use std::{net::SocketAddr, path::Path, sync::Arc, time::Duration};

/// Makes the room of this number what it is to be; most stay ordinary.
pub async fn furnish(
    number: usize,
    room: &Room,
    api: &Arc<Api>,
    rtmp: SocketAddr,
    video: &Path,
    shared: &Shared,
    session_s: u64,
) {
    match number {
        0 => {
            let url = format!("rtmp://{rtmp}/backup/{}", room.stream_key);
            let apart = Shared::default().add_room(room.id.clone());
            tokio::spawn(encoder::live(video.to_owned(), url, session_s, apart));
        }
        1 => {
            let sink = api.room("Soak sink").await.expect("a room to relay to");
            let target = json!({ "name": "sink", "url": format!("rtmp://{rtmp}/live"), "stream_key": sink.stream_key });
            call(api, shared, Method::POST, format!("/api/rooms/{}/relays", room.id), target).await;
            // Nobody is ever there.
            let absent = json!({ "name": "absent", "url": "rtmp://127.0.0.1:9/live", "stream_key": "k" });
            call(api, shared, Method::POST, format!("/api/rooms/{}/relays", room.id), absent).await;
        }
        2 => {
            tokio::spawn(hold(api.clone(), room.id.clone(), shared.clone()));
        }
        3 => {
            let ladder = json!({ "enabled": true, "rungs": [240] });
            call(api, shared, Method::PUT, format!("/api/rooms/{}/ladder", room.id), ladder).await;
        }
        _ => {}
    }
}

async fn hold(api: Arc<Api>, room: String, shared: Shared) {
    loop {
        for (to, at_least_s) in [("auto", 60), ("slate", 20)] {
            call(&api, &shared, Method::POST, format!("/api/rooms/{room}/source"), json!({ "to": to })).await;
            let pause_s = rand::rng().random_range(at_least_s..at_least_s * 3);
            tokio::time::sleep(Duration::from_secs(pause_s)).await;
        }
    }
}

async fn call(api: &Api, shared: &Shared, method: Method, path: String, body: Value) {
    let what = path.rsplit('/').next().unwrap_or_default();
    let status = api
        .call(method, &path, Some(body))
        .await
        .map_or_else(|reason| reason, |(status, _)| status.as_u16().to_string());
    shared.count(&format!("operator {what} {status}"));
}
