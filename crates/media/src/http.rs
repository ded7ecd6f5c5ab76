//! Playlists and segments for players. Every address carries the viewer's token.

use crate::Media;
use crate::hls::{HlsStream, Unlisted};
use crate::ladder::renditions::{self, SOURCE};
use app::{ApiError, ApiPath, ApiQuery, Problem};
use audience::{Fetch, Refusal, RoomRef};
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::map_response;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use events::{BroadcastId, RoomId};
use futures_util::stream;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};

const PLAYLIST: &str = "application/vnd.apple.mpegurl";
const FOREVER: &str = "private, max-age=31536000, immutable";

pub(crate) fn routes(media: Media) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(playlist))
        .routes(routes!(rendition))
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

/// What low-latency players add to the playlist's address.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Reload {
    /// The viewer token.
    #[serde(default)]
    token: String,
    /// The answer is held back until the playlist names this segment ...
    #[serde(rename = "_HLS_msn")]
    #[param(rename = "_HLS_msn")]
    segment: Option<u64>,
    /// ... or this part of it.
    #[serde(rename = "_HLS_part")]
    #[param(rename = "_HLS_part")]
    part: Option<usize>,
}

/// The HLS media playlist 播放列表 of a room
///
/// Without a token, a public room redirects to itself with a token of its own for bare players. Low-latency HLS: parts of the
/// newest segments are listed, and `_HLS_msn`, `_HLS_part` hold the answer back until they are. While a bit-rate ladder runs,
/// this is the multivariant playlist over its renditions.
#[utoipa::path(get, path = "/live/{room}/index.m3u8", tag = "media",
    params(("room" = Uuid, Path, description = "the room"), Reload),
    responses(
        (status = 200, content_type = "application/vnd.apple.mpegurl", body = String),
        (status = 302, description = "to the same address with a token"),
        (status = 400, body = Problem, description = "`segment_too_far`: more than two segments ahead"),
        (status = 401, body = Problem, description = "`token_required`: the room is private"),
        (status = 403, body = Problem, description = "`token_invalid`, `token_expired`"),
        (status = 404, body = Problem, description = "`room_not_found`; `not_live`: nothing to play now, see `Retry-After`"),
        (status = 503, body = Problem, description = "`segment_late`: it did not come within three target durations"),
    ))]
async fn playlist(
    State(media): State<Media>,
    ApiPath(room): ApiPath<RoomId>,
    ApiQuery(query): ApiQuery<Reload>,
) -> Result<Response, ApiError> {
    let known = room_of(&media, room).await?;
    let offer = media.0.renditions.of(room).filter(|offer| offer.is_playable());
    if query.token.is_empty() {
        if known.private {
            return Err(Refusal::TokenRequired.into());
        }
        // Bare players load this address again and again: it must stay what it is when a ladder begins or ends.
        let file = if offer.is_some() { "index.m3u8" } else { SOURCE };
        let location = format!("{file}?token={}", media.0.audience.mint_bare(room));
        let headers = [(header::LOCATION, location), (header::CACHE_CONTROL, "no-store".to_owned())];
        return Ok((StatusCode::FOUND, headers).into_response());
    }
    media.0.audience.check(&query.token, room)?;
    let stream = media.stream(room).ok_or_else(not_live)?;
    // Who names a segment has begun with a media playlist.
    let offer = offer.filter(|_| query.segment.is_none());
    let Some(offer) = offer else { return listed(&stream, &query).await };
    let text = renditions::multivariant(&stream, &offer, &query.token);
    Ok(([(header::CONTENT_TYPE, PLAYLIST), (header::CACHE_CONTROL, "no-store")], text).into_response())
}

/// The media playlist of one rendition
///
/// `source.m3u8` is the encoder's own picture, `{lines}p.m3u8` a rung of the bit-rate ladder 码率自适应. Without a ladder,
/// `index.m3u8` is the same as `source.m3u8`.
#[utoipa::path(get, path = "/live/{room}/{rendition}", tag = "media",
    params(
        ("room" = Uuid, Path, description = "the room"),
        ("rendition" = String, Path, description = "as the multivariant playlist names it", example = "480p.m3u8"),
        Reload),
    responses(
        (status = 200, content_type = "application/vnd.apple.mpegurl", body = String),
        (status = 400, body = Problem, description = "`segment_too_far`: more than two segments ahead"),
        (status = 401, body = Problem, description = "`token_required`"),
        (status = 403, body = Problem, description = "`token_invalid`, `token_expired`"),
        (status = 404, body = Problem, description = "`not_live`: there is no such rendition now, see `Retry-After`"),
        (status = 503, body = Problem, description = "`segment_late`: it did not come within three target durations"),
    ))]
async fn rendition(
    State(media): State<Media>,
    ApiPath((room, rendition)): ApiPath<(RoomId, String)>,
    ApiQuery(query): ApiQuery<Reload>,
) -> Result<Response, ApiError> {
    media.0.audience.check(&query.token, room)?;
    let stream = match rendition.as_str() {
        SOURCE => media.stream(room),
        rung => {
            let lines = rung.strip_suffix("p.m3u8").and_then(|lines| lines.parse().ok());
            lines.and_then(|lines| media.0.renditions.find(room, lines))
        }
    };
    let stream = stream.ok_or_else(not_live)?;
    listed(&stream, &query).await
}

/// The media playlist, when it names what it is asked to name.
async fn listed(stream: &HlsStream, query: &Reload) -> Result<Response, ApiError> {
    match (query.segment, query.part) {
        (Some(segment), part) => stream.lists(segment, part).await.map_err(unlisted)?,
        (None, Some(_)) => return Err(ApiError::new(400, "segment_missing", "`_HLS_part` needs `_HLS_msn`")),
        (None, None) => {}
    }
    let rendered = stream.playlist().ok_or_else(not_live)?;
    metrics::counter!("kaibo_media_playlists_served_total").increment(1);
    let headers = [(header::CONTENT_TYPE, PLAYLIST), (header::CACHE_CONTROL, "no-store")];
    Ok((headers, rendered.with_token(&query.token)).into_response())
}

fn not_live() -> ApiError {
    ApiError::new(404, "not_live", "this room has nothing to play now").retry_after(2)
}

fn unlisted(why: Unlisted) -> ApiError {
    match why {
        Unlisted::TooFar => ApiError::new(400, "segment_too_far", why.to_string()),
        Unlisted::Late => ApiError::new(503, "segment_late", why.to_string()).retry_after(1),
    }
}

/// A media segment, a part of one, or an init segment
///
/// Named by the playlist; its content never changes. The part that the playlist announces as the next one may be asked for
/// before it is there.
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
        (status = 503, body = Problem, description = "`segment_late`: an announced part did not come in time"),
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
    let (stream, file) = match file.split_once("p-") {
        Some((lines, rest)) => (lines.parse().ok().and_then(|lines| media.0.renditions.find(room, lines)), rest),
        None => (media.stream(room), file.as_str()),
    };
    let stream = stream.filter(|stream| stream.broadcast == broadcast).ok_or_else(gone)?;
    let (data, fetch) = find(&stream, file).await.map_err(unlisted)?.ok_or_else(gone)?;
    if method == Method::GET {
        metrics::counter!("kaibo_media_served_bytes_total").increment(length(&data) as u64);
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

/// A file of the stream in pieces and, when it holds media, which.
async fn find(stream: &HlsStream, file: &str) -> Result<Option<(Vec<Bytes>, Option<Fetch>)>, Unlisted> {
    if let Some(number) = file.strip_prefix("init-").and_then(|rest| rest.strip_suffix(".mp4")) {
        let data = number.parse().ok().and_then(|number| stream.init_segment(number));
        return Ok(data.map(|data| (vec![data], None)));
    }
    let Some(name) = file.strip_suffix(".m4s") else { return Ok(None) };
    let fetch = |from, ticks, bytes| {
        let duration_ms = u32::try_from(ticks / 90).unwrap_or(u32::MAX);
        Some(Fetch { from, duration_ms, bytes })
    };
    if let Some((sequence, part)) = name.split_once('.') {
        let (Ok(sequence), Ok(part)) = (sequence.parse(), part.parse()) else { return Ok(None) };
        let found = stream.part(sequence, part).await?;
        return Ok(found.map(|(data, part)| {
            let fetch = fetch(part.arrived, part.duration, data.len());
            (vec![data], fetch)
        }));
    }
    let segment = name.parse().ok().and_then(|sequence| stream.segment(sequence));
    Ok(segment.map(|segment| {
        let fetch = fetch(segment.arrived, segment.duration, segment.bytes());
        (segment.fragments, fetch)
    }))
}

fn length(pieces: &[Bytes]) -> usize {
    pieces.iter().map(Bytes::len).sum()
}

/// The whole, or one range of it.
fn ranged(pieces: Vec<Bytes>, kind: &'static str, range: Option<&HeaderValue>) -> Response {
    let length = length(&pieces);
    let common = [(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, FOREVER), (header::ACCEPT_RANGES, "bytes")];
    let asked = range.and_then(|value| value.to_str().ok()).and_then(|text| parse_range(text, length));
    match asked {
        None => (common, body(pieces, length)).into_response(),
        Some(Some((first, last))) => {
            let about = [(header::CONTENT_RANGE, format!("bytes {first}-{last}/{length}"))];
            let pieces = slices(pieces, first, last + 1);
            (StatusCode::PARTIAL_CONTENT, common, about, body(pieces, last + 1 - first)).into_response()
        }
        Some(None) => {
            let about = [(header::CONTENT_RANGE, format!("bytes */{length}"))];
            (StatusCode::RANGE_NOT_SATISFIABLE, about).into_response()
        }
    }
}

/// The pieces go out as they lie in memory, without being put together first.
fn body(mut pieces: Vec<Bytes>, length: usize) -> Response {
    if pieces.len() <= 1 {
        return Body::from(pieces.pop().unwrap_or_default()).into_response();
    }
    let pieces = stream::iter(pieces.into_iter().map(Ok::<_, std::convert::Infallible>));
    ([(header::CONTENT_LENGTH, length)], Body::from_stream(pieces)).into_response()
}

/// What of the pieces lies from `first` to before `end`.
fn slices(pieces: Vec<Bytes>, first: usize, end: usize) -> Vec<Bytes> {
    let mut at = 0;
    let mut found = Vec::new();
    for piece in pieces {
        let (from, to) = (first.max(at) - at, end.min(at + piece.len()).saturating_sub(at));
        at += piece.len();
        if from < to {
            found.push(piece.slice(from..to));
        }
    }
    found
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
