//! A clip of a minute every few minutes, measured until it can be fetched; old ones are removed again.

use crate::shared::Shared;
use benches::kaibo::Api;
use rand::RngExt;
use reqwest::Method;
use serde_json::{Value, json};
use std::{
    collections::VecDeque,
    sync::Arc,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

const CLIP_MS: i64 = 60_000;
/// Media this young may still be on its way into the recording.
const YOUNG_MS: i64 = 4_000;
/// Clips of a room that are kept.
const KEPT: usize = 3;

/// Cuts for ever.
pub async fn cut(api: Arc<Api>, room: String, every_s: u64, shared: Shared) {
    let mut clips = VecDeque::new();
    loop {
        let pause = rand::rng().random_range(every_s / 2..=every_s * 3 / 2);
        tokio::time::sleep(Duration::from_secs(pause)).await;
        match clip(&api, &room, &shared).await {
            Ok(Some(id)) => clips.push_back(id),
            Ok(None) => {}
            Err(reason) => shared.count(&format!("clip failed: {reason}")),
        }
        if clips.len() > KEPT
            && let Some(oldest) = clips.pop_front()
        {
            // The retention rule may have been quicker.
            let removed = api.call(Method::DELETE, &format!("/api/clips/{oldest}"), None).await;
            let status = removed.map_or_else(|reason| reason, |(status, _)| status.as_u16().to_string());
            shared.count(&format!("clip removed: {status}"));
        }
    }
}

/// `None` when the room has not been on air long enough.
async fn clip(api: &Api, room: &str, shared: &Shared) -> Result<Option<String>, String> {
    let room = get(api, &format!("/api/rooms/{room}")).await?;
    let Some(broadcast) = room["broadcast_id"].as_str().filter(|_| room["live"] == true) else { return Ok(None) };
    let show = get(api, &format!("/api/broadcasts/{broadcast}")).await?;
    let Some(started) = show["started_at"].as_i64() else { return Err("no started_at".to_owned()) };
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_millis() as i64);
    let end = now - started - YOUNG_MS;
    if end < CLIP_MS {
        return Ok(None);
    }
    let begun = Instant::now();
    let asked = json!({ "start_ms": end - CLIP_MS, "end_ms": end, "title": "soak" });
    let path = format!("/api/broadcasts/{broadcast}/clips");
    let (status, body) = api.call(Method::POST, &path, Some(asked)).await?;
    if status.as_u16() != 201 {
        return Err(format!("{} {}", status.as_u16(), body["code"].as_str().unwrap_or_default()));
    }
    let id = body["id"].as_str().ok_or("no id")?.to_owned();
    shared.clip_ready(begun.elapsed().as_secs_f64());
    shared.count("clip made");
    let (status, _) = api.call(Method::GET, &format!("/api/clips/{id}/file"), None).await?;
    shared.count(&format!("clip fetched: {}", status.as_u16()));
    Ok(Some(id))
}

async fn get(api: &Api, path: &str) -> Result<Value, String> {
    let (status, body) = api.call(Method::GET, path, None).await?;
    if !status.is_success() {
        return Err(format!("{} before the clip", status.as_u16()));
    }
    Ok(body)
}
