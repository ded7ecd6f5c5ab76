//! Replays 回放 of whole shows and DVR 时移 of running ones, for players. Every address carries the viewer's token.

use super::Records;
use crate::http::serve::{self, WithToken, open_to_all};
use crate::record::playlist;
use crate::record::recorder::blocking;
use crate::record::rules::Refusal;
use crate::record::shelf::Shelf;
use crate::record::store;
use app::{ApiError, ApiPath, ApiQuery, ApiResult, MaybeActor, Problem};
use audience::{Fetch, RoomRef};
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, Method};
use axum::middleware::map_response;
use axum::response::Response;
use events::{BroadcastId, Millis, RoomId};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

/// Replays that a room shows.
const LISTED: u64 = 100;

pub fn routes() -> OpenApiRouter<Records> {
    let media = OpenApiRouter::new()
        .routes(routes!(replay))
        .routes(routes!(replay_file))
        .routes(routes!(dvr))
        .routes(routes!(dvr_file))
        .layer(serve::playlists_in_gzip())
        .layer(map_response(open_to_all));
    OpenApiRouter::new().routes(routes!(replays)).merge(media)
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Listing {
    /// The viewer token.
    #[serde(default)]
    token: String,
    /// A playlist delta update is asked for: what the player knows is left out.
    #[serde(default, rename = "_HLS_skip")]
    skip: Option<String>,
}

/// A show that can be watched again.
#[derive(Debug, Serialize, ToSchema)]
struct ReplayBody {
    #[schema(value_type = String, format = Uuid)]
    broadcast_id: BroadcastId,
    title: String,
    /// Milliseconds since the epoch.
    started_at: i64,
    duration_ms: i64,
}

/// Shows of a room that can be watched again 回放列表, newest first, at most 100.
#[utoipa::path(get, path = "/api/public/rooms/{id}/replays", operation_id = "list_replays", tag = "viewers",
    params(("id" = String, Path, format = Uuid)),
    responses((status = 200, body = [ReplayBody]),
        (status = 404, body = Problem, description = "`room_not_found`: also for private rooms of others")), security(()))]
async fn replays(
    State(http): State<Records>,
    MaybeActor(actor): MaybeActor,
    ApiPath(id): ApiPath<RoomId>,
) -> ApiResult<Vec<ReplayBody>> {
    let room = http.room(id).await?;
    let staff = actor.is_some_and(|actor| actor.may("room.read") && actor.scope.covers(room.org, room.team));
    if room.private && !staff {
        return Err(audience::Refusal::RoomNotFound(id).into());
    }
    let found = store::replays(http.recorder.app().store.read(), id, LISTED).await?;
    let body = |recording: store::Recording| ReplayBody {
        broadcast_id: recording.broadcast,
        title: recording.title,
        started_at: recording.started_at.0,
        duration_ms: recording.size.duration_ms,
    };
    Ok(Json(found.into_iter().map(body).collect()))
}

/// The HLS playlist of a show's recording
///
/// Without a token, a public room redirects to the same address with a token of its own for bare players. While the show
/// runs the playlist grows.
#[utoipa::path(get, path = "/replay/{broadcast}/index.m3u8", tag = "media",
    params(("broadcast" = Uuid, Path, description = "the show"), Listing),
    responses(
        (status = 200, content_type = "application/vnd.apple.mpegurl", body = String),
        (status = 302, description = "to the same address with a token"),
        (status = 401, body = Problem, description = "`token_required`: the room is private"),
        (status = 403, body = Problem, description = "`token_invalid`, `token_expired`"),
        (status = 404, body = Problem, description = "`not_recorded`: never recorded, or removed"),
    ))]
async fn replay(
    State(http): State<Records>,
    ApiPath(broadcast): ApiPath<BroadcastId>,
    ApiQuery(query): ApiQuery<Listing>,
) -> Result<Response, ApiError> {
    let shelf = http.shelf(broadcast).await?;
    if query.token.is_empty() {
        return serve::with_bare_token(&http.media.0.audience, &http.room(shelf.room).await?, "index.m3u8");
    }
    http.media.0.audience.check(&query.token, shelf.room)?;
    listed(&shelf, "", &query)
}

/// A media or init segment of a recording
///
/// Named by the playlist; its content never changes.
#[utoipa::path(get, path = "/replay/{broadcast}/{file}", tag = "media",
    params(("broadcast" = Uuid, Path, description = "the show"), ("file" = String, Path, description = "as the playlist names it"),
        WithToken),
    responses(
        (status = 200, content_type = "video/mp4", body = [u8]),
        (status = 206, content_type = "video/mp4", body = [u8], description = "the asked range"),
        (status = 401, body = Problem, description = "`token_required`"),
        (status = 403, body = Problem, description = "`token_invalid`, `token_expired`"),
        (status = 404, body = Problem, description = "`not_recorded`; `segment_gone`: not kept any more"),
        (status = 416, description = "the range lies outside"),
    ))]
async fn replay_file(
    State(http): State<Records>,
    headers: HeaderMap,
    ApiPath((broadcast, file)): ApiPath<(BroadcastId, String)>,
    ApiQuery(query): ApiQuery<WithToken>,
) -> Result<Response, ApiError> {
    let shelf = http.shelf(broadcast).await?;
    http.media.0.audience.check(&query.token, shelf.room)?;
    Ok(read(&shelf, &file, &headers).await?.0)
}

/// The HLS playlist of the running show from its beginning 时移
#[utoipa::path(get, path = "/live/{room}/dvr.m3u8", tag = "media",
    params(("room" = Uuid, Path, description = "the room"), Listing),
    responses(
        (status = 200, content_type = "application/vnd.apple.mpegurl", body = String),
        (status = 302, description = "to the same address with a token"),
        (status = 401, body = Problem, description = "`token_required`: the room is private"),
        (status = 403, body = Problem, description = "`token_invalid`, `token_expired`"),
        (status = 404, body = Problem, description = "`room_not_found`; `not_recorded`: no show is being recorded"),
    ))]
async fn dvr(
    State(http): State<Records>,
    ApiPath(room): ApiPath<RoomId>,
    ApiQuery(query): ApiQuery<Listing>,
) -> Result<Response, ApiError> {
    let known = http.room(room).await?;
    if query.token.is_empty() {
        return serve::with_bare_token(&http.media.0.audience, &known, "dvr.m3u8");
    }
    http.media.0.audience.check(&query.token, room)?;
    // Between two encoders nothing is being written; and who watches when the show ends has to be told.
    let broadcast = known.broadcast.or_else(|| http.recorder.newest(room)).ok_or(Refusal::NotRecorded)?;
    let shelf = http.shelf(broadcast).await?;
    listed(&shelf, &format!("dvr/{}/", shelf.broadcast), &query)
}

/// A media or init segment of the running show
///
/// Whoever fetches it watches the show, as with the live playlist.
#[utoipa::path(get, path = "/live/{room}/dvr/{broadcast}/{file}", tag = "media",
    params(("room" = Uuid, Path, description = "the room"), ("broadcast" = Uuid, Path, description = "the show"),
        ("file" = String, Path, description = "as the playlist names it"), WithToken),
    responses(
        (status = 200, content_type = "video/mp4", body = [u8]),
        (status = 206, content_type = "video/mp4", body = [u8], description = "the asked range"),
        (status = 401, body = Problem, description = "`token_required`"),
        (status = 403, body = Problem, description = "`token_invalid`, `token_expired`"),
        (status = 404, body = Problem, description = "`room_not_found`, `not_recorded`, `segment_gone`"),
        (status = 416, description = "the range lies outside"),
    ))]
async fn dvr_file(
    State(http): State<Records>,
    method: Method,
    headers: HeaderMap,
    ApiPath((room, broadcast, file)): ApiPath<(RoomId, BroadcastId, String)>,
    ApiQuery(query): ApiQuery<WithToken>,
) -> Result<Response, ApiError> {
    let pass = http.media.0.audience.check(&query.token, room)?;
    let known = http.room(room).await?;
    let shelf = http.shelf(broadcast).await?;
    if shelf.room != room {
        return Err(Refusal::NotRecorded.into());
    }
    let (response, fetch) = read(&shelf, &file, &headers).await?;
    if let Some(fetch) = fetch.filter(|_| method == Method::GET && known.broadcast == Some(broadcast)) {
        http.media.0.audience.media_fetched(&pass, &known, fetch);
    }
    Ok(response)
}

fn listed(shelf: &Shelf, base: &str, query: &Listing) -> Result<Response, ApiError> {
    let view = shelf.view();
    if view.placed.is_empty() {
        return Err(Refusal::NotRecorded.into());
    }
    let text = playlist::render(&view, base, &query.token, query.skip.is_some());
    metrics::counter!("kaibo_record_playlists_served_total").increment(1);
    Ok(serve::playlist(text))
}

/// A file of a recording and, when it holds media, which.
async fn read(shelf: &Arc<Shelf>, file: &str, headers: &HeaderMap) -> Result<(Response, Option<Fetch>), ApiError> {
    let gone = |error: std::io::Error| match error.kind() {
        std::io::ErrorKind::NotFound => ApiError::from(Refusal::SegmentGone),
        _ => anyhow::Error::from(error).context("reading a recording").into(),
    };
    let shelf = shelf.clone();
    if let Some(number) = file.strip_prefix("init-").and_then(|rest| rest.strip_suffix(".mp4")) {
        let number = number.parse().map_err(|_| Refusal::SegmentGone)?;
        let data = blocking(move || Ok(shelf.init(number))).await?.map_err(gone)?;
        return Ok((serve::pieces(vec![data], "video/mp4", headers), None));
    }
    let ordinal = file.strip_suffix(".m4s").and_then(|number| number.parse().ok()).ok_or(Refusal::SegmentGone)?;
    let entry = shelf.entry(ordinal).ok_or(Refusal::SegmentGone)?;
    let data = blocking(move || Ok(shelf.segment(&entry))).await?.map_err(gone)?;
    let fetch = Fetch {
        from: Millis(entry.arrived),
        duration_ms: u32::try_from(entry.duration_ms()).unwrap_or(u32::MAX),
        bytes: data.len(),
    };
    Ok((serve::pieces(vec![data], "video/iso.segment", headers), Some(fetch)))
}

impl Records {
    async fn shelf(&self, broadcast: BroadcastId) -> Result<Arc<Shelf>, ApiError> {
        Ok(self.recorder.shelf(broadcast).await?.ok_or(Refusal::NotRecorded)?)
    }

    async fn room(&self, room: RoomId) -> Result<RoomRef, ApiError> {
        serve::room_of(&self.media.0.audience, room).await
    }
}
