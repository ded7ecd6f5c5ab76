//! Playlists and segments for players. Every address carries the viewer's token.

pub(crate) mod sent;
pub(crate) mod serve;

use crate::Media;
use crate::hls::{HlsStream, Unlisted};
use crate::ladder::renditions::{self, SOURCE};
use app::{ApiError, ApiPath, ApiQuery, ClientIp, Problem};
use audience::Fetch;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::middleware::map_response;
use axum::response::Response;
use bytes::Bytes;
use events::{BroadcastId, RoomId};
use sent::Way;
use serde::Deserialize;
use serve::{WithToken, open_to_all};
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};

pub(crate) fn routes(media: Media) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(playlist))
        .layer(serve::playlists_in_gzip())
        .routes(routes!(rendition))
        .routes(routes!(segment))
        .layer(map_response(open_to_all))
        .with_state(media)
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

/// The HLS playlist 播放列表 of a room
///
/// With a token it is a multivariant playlist, always: over the source alone, or over the rungs of a bit-rate ladder 码率自适应
/// too. Without one, a public room redirects bare players, with a token of their own, to `source.m3u8`, or while there is a
/// ladder to this address; either stays what it is.
#[utoipa::path(get, path = "/live/{room}/index.m3u8", operation_id = "read_live_playlist", tag = "media",
    params(("room" = Uuid, Path, description = "the room"), WithToken),
    responses(
        (status = 200, content_type = "application/vnd.apple.mpegurl", body = String),
        (status = 302, description = "to a playlist with a token"),
        (status = 401, body = Problem, description = "`token_required`: the room is private"),
        (status = 403, body = Problem, description = "`token_invalid`, `token_expired`"),
        (status = 404, body = Problem, description = "`room_not_found`; `not_live`: nothing to play now, see `Retry-After`"),
        (status = 429, body = Problem, description = "`too_many_tokens` from this address"),
    ))]
async fn playlist(
    State(media): State<Media>,
    ClientIp(ip): ClientIp,
    ApiPath(room): ApiPath<RoomId>,
    ApiQuery(query): ApiQuery<WithToken>,
) -> Result<Response, ApiError> {
    let known = serve::room_of(&media.0.audience, room).await?;
    let offer = media.0.renditions.of(room);
    if query.token.is_empty() {
        // Bare players load this address again and again: it must stay what it is when a ladder begins or ends.
        let has_rungs = offer.is_some_and(|offer| !offer.rungs.is_empty());
        return serve::with_bare_token(&media.0.audience, &known, ip, if has_rungs { "index.m3u8" } else { SOURCE });
    }
    media.0.audience.check(&query.token, room)?;
    let stream = media.stream(room).filter(|stream| stream.newest().is_some()).ok_or_else(not_live)?;
    metrics::counter!("kaibo_media_playlists_served_total").increment(1);
    Ok(serve::playlist(renditions::multivariant(&stream, offer.as_deref(), &query.token)))
}

/// The media playlist of one rendition
///
/// `source.m3u8` is the encoder's own picture, `{lines}p.m3u8` a rung of the bit-rate ladder 码率自适应. Low-latency HLS: parts of
/// the newest segments are listed, and `_HLS_msn`, `_HLS_part` hold the answer back until they are. A rung that was just
/// announced is waited for as well.
#[utoipa::path(get, path = "/live/{room}/{rendition}", operation_id = "read_live_rendition", tag = "media",
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
    headers: HeaderMap,
    ApiPath((room, rendition)): ApiPath<(RoomId, String)>,
    ApiQuery(query): ApiQuery<Reload>,
) -> Result<Response, ApiError> {
    media.0.audience.check(&query.token, room)?;
    if rendition == SOURCE {
        let stream = media.stream(room).ok_or_else(not_live)?;
        return listed(&stream, &query, &headers).await;
    }
    let lines = rendition.strip_suffix("p.m3u8").and_then(|lines| lines.parse().ok()).ok_or_else(not_live)?;
    let (stream, gone) = media.0.renditions.playable(room, lines).await.ok_or_else(not_live)?;
    tokio::select! {
        answer = listed(&stream, &query, &headers) => answer,
        // Players go to another rendition at once.
        () = gone.cancelled() => Err(not_live()),
    }
}

/// The media playlist, when it names what it is asked to name.
async fn listed(stream: &HlsStream, query: &Reload, headers: &HeaderMap) -> Result<Response, ApiError> {
    match (query.segment, query.part) {
        (Some(segment), part) => stream.lists(segment, part).await.map_err(unlisted)?,
        (None, Some(_)) => return Err(ApiError::new(400, "segment_missing", "`_HLS_part` needs `_HLS_msn`")),
        (None, None) => {}
    }
    let rendered = stream.playlist().ok_or_else(not_live)?;
    metrics::counter!("kaibo_media_playlists_served_total").increment(1);
    Ok(serve::live_playlist(&rendered, &query.token, headers))
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
#[utoipa::path(get, path = "/live/{room}/seg/{broadcast}/{file}", operation_id = "read_live_segment", tag = "media",
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
    way: Way,
    headers: HeaderMap,
    ApiPath((room, broadcast, file)): ApiPath<(RoomId, BroadcastId, String)>,
    ApiQuery(query): ApiQuery<WithToken>,
) -> Result<Response, ApiError> {
    let pass = media.0.audience.check(&query.token, room)?;
    let known = serve::room_of(&media.0.audience, room).await?;
    let gone = || ApiError::new(404, "segment_gone", "this segment is not kept any more");
    let (stream, file) = match file.split_once("p-") {
        Some((lines, rest)) => (lines.parse().ok().and_then(|lines| media.0.renditions.find(room, lines)), rest),
        None => (media.stream(room), file.as_str()),
    };
    let stream = stream.filter(|stream| stream.broadcast == broadcast).ok_or_else(gone)?;
    let (data, fetch) = find(&stream, file).await.map_err(unlisted)?.ok_or_else(gone)?;
    let kind = if fetch.is_some() { "video/iso.segment" } else { "video/mp4" };
    Ok(serve::pieces(data, kind, &headers, way, move |first, end| {
        metrics::counter!("kaibo_media_served_bytes_total").increment(end - first);
        let Some(fetch) = fetch else { return };
        metrics::counter!("kaibo_media_segments_served_total").increment(1);
        media.0.audience.media_fetched(&pass, &known, Fetch { taken: (first, end), ..fetch });
    }))
}

/// A file of the stream in pieces and, when it holds media, which.
async fn find(stream: &HlsStream, file: &str) -> Result<Option<(Vec<Bytes>, Option<Fetch>)>, Unlisted> {
    if let Some(number) = file.strip_prefix("init-").and_then(|rest| rest.strip_suffix(".mp4")) {
        let data = number.parse().ok().and_then(|number| stream.init_segment(number));
        return Ok(data.map(|data| (vec![data], None)));
    }
    let Some(name) = file.strip_suffix(".m4s") else { return Ok(None) };
    let fetch = |from, ticks, bytes: usize| {
        let duration_ms = u32::try_from(ticks / 90).unwrap_or(u32::MAX);
        Some(Fetch::whole(from, duration_ms, bytes as u64))
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
