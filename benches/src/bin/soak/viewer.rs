//! Viewers that fetch playlists and what they name, and throw it away.

use crate::shared::{Room, Shared};
use benches::kaibo::{Api, short};
use reqwest::{Method, StatusCode, Url};
use std::{
    collections::VecDeque,
    sync::Arc,
    time::{Duration, Instant},
};

pub enum Kind {
    /// Fetches the playlist only and notes when it moves.
    Watcher(Room),
    /// A playlist every two seconds, whole segments.
    Plain,
    /// Blocking reloads and parts, where the playlist offers them.
    Blocking,
}

/// Watches for ever.
pub async fn watch(api: Arc<Api>, room: String, kind: Kind, shared: Shared) {
    let mut token = None;
    let mut seen = VecDeque::new();
    let mut ahead = String::new();
    loop {
        let Some(known) = token.clone() else {
            token = viewer_token(&api, &room).await;
            tokio::time::sleep(Duration::from_secs(1)).await;
            continue;
        };
        let url = api.url(&format!("/live/{room}/source.m3u8?token={known}{ahead}"));
        let playlist = match fetch(&api, &url).await {
            Ok((StatusCode::OK, body)) => String::from_utf8_lossy(&body).into_owned(),
            Ok((status, _)) => {
                shared.count(&format!("viewer playlist {}", status.as_u16()));
                if matches!(status.as_u16(), 401 | 403) {
                    token = None;
                }
                ahead.clear();
                tokio::time::sleep(Duration::from_secs(2)).await;
                continue;
            }
            Err(reason) => {
                shared.count(&format!("viewer playlist {reason}"));
                ahead.clear();
                tokio::time::sleep(Duration::from_secs(2)).await;
                continue;
            }
        };
        shared.count("viewer playlists");
        ahead.clear();
        let named = match &kind {
            Kind::Blocking => uris(&playlist, true),
            Kind::Watcher(_) | Kind::Plain => uris(&playlist, false),
        };
        let fresh: Vec<String> = named.into_iter().filter(|uri| !seen.contains(uri)).collect();
        for uri in &fresh {
            seen.push_back(uri.clone());
            if seen.len() > 200 {
                seen.pop_front();
            }
        }
        if let Kind::Watcher(room) = &kind {
            if !fresh.is_empty() {
                room.state().moved = Some(Instant::now());
            }
        } else {
            // A player begins near the live edge.
            for uri in fresh.iter().skip(fresh.len().saturating_sub(12)) {
                media(&api, &url, uri, &shared).await;
            }
        }
        match (&kind, next(&playlist)) {
            (Kind::Blocking, Some(next)) => ahead = next,
            _ => tokio::time::sleep(Duration::from_secs(2)).await,
        }
        // An answer that blocks not at all must not become a busy loop.
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

async fn viewer_token(api: &Api, room: &str) -> Option<String> {
    let (_, body) = api.call(Method::POST, &format!("/api/rooms/{room}/viewer-token"), None).await.ok()?;
    Some(body["token"].as_str()?.to_owned())
}

async fn media(api: &Api, playlist: &str, uri: &str, shared: &Shared) {
    let Some(url) = Url::parse(playlist).ok().and_then(|base| base.join(uri).ok()) else { return };
    match fetch(api, url.as_str()).await {
        Ok((StatusCode::OK, body)) => {
            shared.count("viewer media");
            shared.count_by("viewer media bytes", body.len() as u64);
        }
        Ok((status, _)) => shared.count(&format!("viewer media {}", status.as_u16())),
        Err(reason) => shared.count(&format!("viewer media {reason}")),
    }
}

async fn fetch(api: &Api, url: &str) -> Result<(StatusCode, Vec<u8>), String> {
    let answer = api.client.get(url).send().await.map_err(|error| short(&error))?;
    let status = answer.status();
    Ok((status, answer.bytes().await.map_err(|error| short(&error))?.to_vec()))
}

/// What the playlist names: its segments, or with `parts` the parts of those that have some.
fn uris(playlist: &str, parts: bool) -> Vec<String> {
    let part = |line: &str| {
        let (_, rest) = line.strip_prefix("#EXT-X-PART:")?.split_once("URI=\"")?;
        rest.split('"').next().map(str::to_owned)
    };
    let lines = playlist.lines().map(str::trim);
    if parts && playlist.contains("#EXT-X-PART:") {
        return lines.filter_map(part).collect();
    }
    lines.filter(|line| !line.is_empty() && !line.starts_with('#')).map(str::to_owned).collect()
}

/// The query that waits for the next part, when the server offers to wait.
fn next(playlist: &str) -> Option<String> {
    if !playlist.contains("CAN-BLOCK-RELOAD=YES") || playlist.contains("#EXT-X-ENDLIST") {
        return None;
    }
    let lines = || playlist.lines().map(str::trim).filter(|line| !line.is_empty());
    let first: u64 = lines().find_map(|line| line.strip_prefix("#EXT-X-MEDIA-SEQUENCE:"))?.parse().ok()?;
    let segments = lines().filter(|line| !line.starts_with('#')).count() as u64;
    let after = playlist.trim_end().rsplit('\n').take_while(|line| line.starts_with('#'));
    let parts = after.filter(|line| line.starts_with("#EXT-X-PART:")).count();
    Some(format!("&_HLS_msn={}&_HLS_part={parts}", first + segments))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_low_latency_playlist() {
        let playlist = "#EXTM3U\n#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES\n#EXT-X-MEDIA-SEQUENCE:40\n#EXTINF:2,\na.m4s\n\
            #EXT-X-PART:DURATION=1,URI=\"b.0.m4s\"\n#EXTINF:2,\nb.m4s\n#EXT-X-PART:DURATION=1,URI=\"c.0.m4s?t=1\"\n\
            #EXT-X-PRELOAD-HINT:TYPE=PART,URI=\"c.1.m4s\"\n";
        assert_eq!(uris(playlist, false), ["a.m4s", "b.m4s"]);
        assert_eq!(uris(playlist, true), ["b.0.m4s", "c.0.m4s?t=1"]);
        assert_eq!(next(playlist).unwrap(), "&_HLS_msn=42&_HLS_part=1");
        assert_eq!(next("#EXTM3U\n"), None);
    }
}
