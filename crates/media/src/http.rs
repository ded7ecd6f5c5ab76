//! Playlists and segments for players. Every address carries the viewer's token.

use crate::hls::playlist::Rendered;
use crate::publication::joined;
use crate::{Media, hls::HlsStream};
use app::{ApiError, ApiPath, ApiQuery, Problem};
use audience::{Fetch, Refusal, RoomRef};
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::map_response;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use events::{BroadcastId, RoomId};
use serde::Deserialize;
use std::sync::Arc;
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};

const PLAYLIST: &str = "application/vnd.apple.mpegurl";
const FOREVER: &str = "private, max-age=31536000, immutable";

pub(crate) fn routes(media: Media) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(playlist))
        .routes(routes!(segment))
        .layer(map_response(open_to_all))
        .with_state(media)
}

/// Players on other sites may read; the token is what opens a room, not the origin.
async fn open_to_all(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static("content-length, content-range"));
    response
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct WithToken {
    /// The viewer token.
    #[serde(default)]
    token: String,
}

/// The HLS media playlist 播放列表 of a room
///
/// Without a token, a public room redirects to itself with a token of its own for bare players.
#[utoipa::path(get, path = "/live/{room}/index.m3u8", tag = "media",
    params(("room" = Uuid, Path, description = "the room"), WithToken),
    responses(
        (status = 200, content_type = "application/vnd.apple.mpegurl", body = String),
        (status = 302, description = "to the same address with a token"),
        (status = 401, body = Problem, description = "`token_required`: the room is private"),
        (status = 403, body = Problem, description = "`token_invalid`, `token_expired`"),
        (status = 404, body = Problem, description = "`room_not_found`; `not_live`: nothing to play now, see `Retry-After`"),
    ))]
async fn playlist(
    State(media): State<Media>,
    ApiPath(room): ApiPath<RoomId>,
    ApiQuery(query): ApiQuery<WithToken>,
) -> Result<Response, ApiError> {
    let known = room_of(&media, room).await?;
    if query.token.is_empty() {
        if known.private {
            return Err(Refusal::TokenRequired.into());
        }
        let location = format!("index.m3u8?token={}", media.0.audience.mint_bare(room));
        let headers = [(header::LOCATION, location), (header::CACHE_CONTROL, "no-store".to_owned())];
        return Ok((StatusCode::FOUND, headers).into_response());
    }
    media.0.audience.check(&query.token, room)?;
    let rendered: Option<Arc<Rendered>> = media.stream(room).and_then(|stream| stream.playlist());
    let rendered =
        rendered.ok_or_else(|| ApiError::new(404, "not_live", "this room has nothing to play now").retry_after(2))?;
    metrics::counter!("kaibo_media_playlists_served_total").increment(1);
    let headers = [(header::CONTENT_TYPE, PLAYLIST), (header::CACHE_CONTROL, "no-store")];
    Ok((headers, rendered.with_token(&query.token)).into_response())
}

/// A media or init segment
///
/// Named by the playlist; its content never changes.
#[utoipa::path(get, path = "/live/{room}/seg/{broadcast}/{file}", tag = "media",
    params(
        ("room" = Uuid, Path, description = "the room"),
        ("broadcast" = Uuid, Path, description = "the show"),
        ("file" = String, Path, description = "as the playlist names it"),
        WithToken),
    responses(
        (status = 200, content_type = "video/mp4", body = [u8]),
        (status = 206, content_type = "video/mp4", body = [u8], description = "the asked range"),
        (status = 401, body = Problem, description = "`token_required`"),
        (status = 403, body = Problem, description = "`token_invalid`, `token_expired`"),
        (status = 404, body = Problem, description = "`room_not_found`; `segment_gone`: too old, or never was"),
        (status = 416, description = "the range lies outside"),
    ))]
async fn segment(
    State(media): State<Media>,
    method: Method,
    headers: HeaderMap,
    ApiPath((room, broadcast, file)): ApiPath<(RoomId, BroadcastId, String)>,
    ApiQuery(query): ApiQuery<WithToken>,
) -> Result<Response, ApiError> {
    let pass = media.0.audience.check(&query.token, room)?;
    let known = room_of(&media, room).await?;
    let gone = || ApiError::new(404, "segment_gone", "this segment is not kept any more");
    let stream = media.stream(room).filter(|stream| stream.broadcast == broadcast).ok_or_else(gone)?;
    let (data, fetch) = find(&stream, &file).ok_or_else(gone)?;
    if method == Method::GET {
        metrics::counter!("kaibo_media_served_bytes_total").increment(data.len() as u64);
        if let Some(fetch) = fetch {
            metrics::counter!("kaibo_media_segments_served_total").increment(1);
            media.0.audience.media_fetched(&pass, &known, fetch);
        }
    }
    let kind = if fetch.is_some() { "video/iso.segment" } else { "video/mp4" };
    Ok(ranged(data, kind, headers.get(header::RANGE)))
}

async fn room_of(media: &Media, room: RoomId) -> Result<RoomRef, ApiError> {
    Ok(media.0.audience.room(room).await?.ok_or(Refusal::RoomNotFound(room))?)
}

/// A file of the stream and, when it holds media, which.
fn find(stream: &HlsStream, file: &str) -> Option<(Bytes, Option<Fetch>)> {
    if let Some(number) = file.strip_prefix("init-").and_then(|rest| rest.strip_suffix(".mp4")) {
        return Some((stream.init_segment(number.parse().ok()?)?, None));
    }
    let segment = stream.segment(file.strip_suffix(".m4s")?.parse().ok()?)?;
    let duration_ms = u32::try_from(segment.duration / 90).unwrap_or(u32::MAX);
    let fetch = Fetch { from: segment.arrived, duration_ms, bytes: segment.bytes() };
    Some((joined(&segment.fragments), Some(fetch)))
}

/// The whole, or one range of it.
fn ranged(data: Bytes, kind: &'static str, range: Option<&HeaderValue>) -> Response {
    let length = data.len();
    let common = [(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, FOREVER), (header::ACCEPT_RANGES, "bytes")];
    let asked = range.and_then(|value| value.to_str().ok()).and_then(|text| parse_range(text, length));
    match asked {
        None => (common, Body::from(data)).into_response(),
        Some(Some((first, last))) => {
            let about = [(header::CONTENT_RANGE, format!("bytes {first}-{last}/{length}"))];
            (StatusCode::PARTIAL_CONTENT, common, about, Body::from(data.slice(first..=last))).into_response()
        }
        Some(None) => {
            let about = [(header::CONTENT_RANGE, format!("bytes */{length}"))];
            (StatusCode::RANGE_NOT_SATISFIABLE, about).into_response()
        }
    }
}

/// Outer `None`: no single range is asked, so the whole is sent. Inner `None`: it cannot be satisfied.
fn parse_range(text: &str, length: usize) -> Option<Option<(usize, usize)>> {
    let (first, last) = text.strip_prefix("bytes=")?.split_once('-')?;
    let end = length.checked_sub(1)?;
    if first.is_empty() {
        let count: usize = last.parse().ok()?;
        return Some((count > 0).then(|| (length.saturating_sub(count), end)));
    }
    let first: usize = first.parse().ok()?;
    let last = if last.is_empty() { end } else { last.parse::<usize>().ok()?.min(end) };
    if first > end {
        return Some(None);
    }
    (first <= last).then_some(Some((first, last)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges() {
        assert_eq!(parse_range("bytes=0-0", 10), Some(Some((0, 0))));
        assert_eq!(parse_range("bytes=2-", 10), Some(Some((2, 9))));
        assert_eq!(parse_range("bytes=-3", 10), Some(Some((7, 9))));
        assert_eq!(parse_range("bytes=5-99", 10), Some(Some((5, 9))));
        assert_eq!(parse_range("bytes=10-", 10), Some(None));
        assert_eq!(parse_range("bytes=-0", 10), Some(None));
        assert_eq!(parse_range("bytes=5-2", 10), None);
        assert_eq!(parse_range("bytes=0-1,3-4", 10), None);
        assert_eq!(parse_range("lines=1-2", 10), None);
    }
}
