//! Replays 回放 of whole shows and DVR 时移 of running ones, for players. Every address carries the viewer's token.

use super::Records;
use crate::http::sent::Way;
use crate::http::serve::{self, WithToken, open_to_all};
use crate::record::rules::Refusal;
use crate::record::shelf::{Listed, Shelf};
use crate::record::store;
use app::{Actor, ApiError, ApiPath, ApiQuery, ApiResult, ClientIp, MaybeActor, Problem};
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
/// A show that is over is no replay for so long.
const JUST_OVER_MS: i64 = 60_000;

pub fn routes() -> OpenApiRouter<Records> {
    // A playlist of hours is long and says nearly the same in every line; media is packed already.
    let playlists = OpenApiRouter::new().routes(routes!(replay)).routes(routes!(dvr)).layer(serve::playlists_in_gzip());
    let media = OpenApiRouter::new().routes(routes!(replay_file)).routes(routes!(dvr_file));
    let open = playlists.merge(media).layer(map_response(open_to_all));
    OpenApiRouter::new().routes(routes!(replays)).merge(open)
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

/// Shows of a room that can be watched again 回放列表, newest first, at most 100; none for viewers where replays are not public
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
    if !staff && !http.recorder.rule(id).await?.replays_public {
        return Ok(Json(Vec::new()));
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
#[utoipa::path(get, path = "/replay/{broadcast}/index.m3u8", operation_id = "read_replay_playlist", tag = "media",
    params(("broadcast" = Uuid, Path, description = "the show"), Listing),
    responses(
        (status = 200, content_type = "application/vnd.apple.mpegurl", body = String),
        (status = 302, description = "to the same address with a token"),
        (status = 401, body = Problem, description = "`token_required`: the room is private"),
        (status = 403, body = Problem, description = "`token_invalid`, `token_expired`"),
        (status = 404, body = Problem, description = "`not_recorded`: never recorded, removed, or not for viewers"),
    ))]
async fn replay(
    State(http): State<Records>,
    ClientIp(ip): ClientIp,
    MaybeActor(actor): MaybeActor,
    method: Method,
    ApiPath(broadcast): ApiPath<BroadcastId>,
    ApiQuery(query): ApiQuery<Listing>,
) -> Result<Response, ApiError> {
    let shelf = http.shelf(broadcast).await?;
    http.may_replay(&shelf, actor.as_ref()).await?;
    if query.token.is_empty() {
        return serve::with_bare_token(&http.media.0.audience, &http.room(shelf.room).await?, ip, "index.m3u8");
    }
    http.media.0.audience.check(&query.token, shelf.room)?;
    listed(&shelf, Listed::Replay, &query, &method)
}

/// A media or init segment of a recording
///
/// Named by the playlist; its content never changes.
#[utoipa::path(get, path = "/replay/{broadcast}/{file}", operation_id = "read_replay_file", tag = "media",
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
    MaybeActor(actor): MaybeActor,
    way: Way,
    headers: HeaderMap,
    ApiPath((broadcast, file)): ApiPath<(BroadcastId, String)>,
    ApiQuery(query): ApiQuery<WithToken>,
) -> Result<Response, ApiError> {
    let shelf = http.shelf(broadcast).await?;
    let audience = http.media.0.audience.clone();
    let pass = audience.check(&query.token, shelf.room)?;
    http.may_replay(&shelf, actor.as_ref()).await?;
    let known = http.room(shelf.room).await?;
    read(&shelf, &file, &headers, way, move |fetch| audience.recording_fetched(&pass, &known, fetch)).await
}

/// The HLS playlist of the running show from its beginning 时移
#[utoipa::path(get, path = "/live/{room}/dvr.m3u8", operation_id = "read_dvr_playlist", tag = "media",
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
    ClientIp(ip): ClientIp,
    MaybeActor(actor): MaybeActor,
    method: Method,
    ApiPath(room): ApiPath<RoomId>,
    ApiQuery(query): ApiQuery<Listing>,
) -> Result<Response, ApiError> {
    let known = http.room(room).await?;
    if query.token.is_empty() {
        return serve::with_bare_token(&http.media.0.audience, &known, ip, "dvr.m3u8");
    }
    http.media.0.audience.check(&query.token, room)?;
    // Between two encoders nothing is being written; and who watches when the show ends has to be told.
    let broadcast = known.broadcast.or_else(|| http.recorder.newest(room)).ok_or(Refusal::NotRecorded)?;
    let shelf = http.shelf(broadcast).await?;
    if known.broadcast != Some(broadcast) && !just_over(&shelf, http.recorder.app().now()) {
        http.may_replay(&shelf, actor.as_ref()).await?;
    }
    listed(&shelf, Listed::Dvr, &query, &method)
}

/// A media or init segment of the running show
///
/// Whoever fetches it watches the show, as with the live playlist.
#[utoipa::path(get, path = "/live/{room}/dvr/{broadcast}/{file}", operation_id = "read_dvr_file", tag = "media",
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
    MaybeActor(actor): MaybeActor,
    way: Way,
    headers: HeaderMap,
    ApiPath((room, broadcast, file)): ApiPath<(RoomId, BroadcastId, String)>,
    ApiQuery(query): ApiQuery<WithToken>,
) -> Result<Response, ApiError> {
    let audience = http.media.0.audience.clone();
    let pass = audience.check(&query.token, room)?;
    let known = http.room(room).await?;
    let shelf = http.shelf(broadcast).await?;
    if shelf.room != room {
        return Err(Refusal::NotRecorded.into());
    }
    let running = known.broadcast == Some(broadcast);
    if !running && !just_over(&shelf, http.recorder.app().now()) {
        http.may_replay(&shelf, actor.as_ref()).await?;
    }
    read(&shelf, &file, &headers, way, move |fetch| match running {
        true => audience.media_fetched(&pass, &known, fetch),
        false => audience.recording_fetched(&pass, &known, fetch),
    })
    .await
}

fn listed(shelf: &Shelf, listed: Listed, query: &Listing, method: &Method) -> Result<Response, ApiError> {
    if *method == Method::HEAD {
        // Every viewer of a running show asks whether there is anything to rewind into.
        return if shelf.is_empty() { Err(Refusal::NotRecorded.into()) } else { Ok(serve::playlist_exists()) };
    }
    let playlist = shelf.playlist(listed, query.skip.is_some()).ok_or(Refusal::NotRecorded)?;
    metrics::counter!("kaibo_record_playlists_served_total").increment(1);
    Ok(serve::playlist(playlist.with_token(&query.token)))
}

/// Who rewound into a show is still told how it ends.
fn just_over(shelf: &Shelf, now: Millis) -> bool {
    shelf.end().is_some_and(|end| now.since(Millis(end)) < JUST_OVER_MS)
}

/// A file of a recording. When it holds media, `tell` hears what of it reached the player.
async fn read(
    shelf: &Arc<Shelf>,
    file: &str,
    headers: &HeaderMap,
    way: Way,
    tell: impl FnOnce(Fetch) + Send + 'static,
) -> Result<Response, ApiError> {
    let gone = |error: std::io::Error| match error.kind() {
        std::io::ErrorKind::NotFound => ApiError::from(Refusal::SegmentGone),
        _ => anyhow::Error::from(error).context("reading a recording").into(),
    };
    if let Some(number) = file.strip_prefix("init-").and_then(|rest| rest.strip_suffix(".mp4")) {
        let number = number.parse().map_err(|_| Refusal::SegmentGone)?;
        let data = shelf.init(number).await.map_err(gone)?;
        return Ok(serve::pieces(vec![data], "video/mp4", headers, way, |_, _| ()));
    }
    let ordinal = file.strip_suffix(".m4s").and_then(|number| number.parse().ok()).ok_or(Refusal::SegmentGone)?;
    let entry = shelf.entry(ordinal).ok_or(Refusal::SegmentGone)?;
    let data = shelf.segment(&entry).await.map_err(gone)?;
    let duration_ms = u32::try_from(entry.duration_ms()).unwrap_or(u32::MAX);
    let whole = Fetch::whole(Millis(entry.arrived), duration_ms, data.len() as u64);
    Ok(serve::pieces(vec![data], "video/iso.segment", headers, way, move |first, end| {
        tell(Fetch { taken: (first, end), ..whole });
    }))
}

impl Records {
    async fn shelf(&self, broadcast: BroadcastId) -> Result<Arc<Shelf>, ApiError> {
        Ok(self.recorder.shelf(broadcast).await?.ok_or(Refusal::NotRecorded)?)
    }

    /// Whether this show may be watched again: by viewers if the room's rule says so, by staff in any case.
    async fn may_replay(&self, shelf: &Shelf, actor: Option<&Actor>) -> Result<(), ApiError> {
        if self.recorder.rule(shelf.room).await?.replays_public {
            return Ok(());
        }
        let room = self.room(shelf.room).await?;
        let staff = actor.is_some_and(|actor| actor.may("stream.read") && actor.scope.covers(room.org, room.team));
        if staff { Ok(()) } else { Err(Refusal::NotRecorded.into()) }
    }

    async fn room(&self, room: RoomId) -> Result<RoomRef, ApiError> {
        serve::room_of(&self.media.0.audience, room).await
    }
}
