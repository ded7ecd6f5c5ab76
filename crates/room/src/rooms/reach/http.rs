//! Reach for staff, and the shows on air for anybody.

use super::{
    Listed,
    rules::{self, Band, Reason},
};
use crate::rooms::{
    http::{ReadRooms, RoomsHttp},
    rules::Refusal,
    store,
};
use app::{ApiError, ApiPath, ApiQuery, ApiResult, Can, Problem, Within};
use axum::{
    Json,
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use events::{BroadcastId, Millis, RoomId};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

/// As long as a list is good.
const CACHED: &str = "public, max-age=1";

pub fn routes() -> OpenApiRouter<RoomsHttp> {
    OpenApiRouter::new().routes(routes!(read_reach)).routes(routes!(list_shows))
}

/// What bears on a room's reach.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum ReachReasonKind {
    /// The room's safety score 内容安全分.
    Score,
    /// A sanction cut it from traffic 限流.
    Cut,
}

#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum ReachBand {
    Good,
    Watch,
    Restricted,
}

/// How far a room's shows reach 曝光权重.
#[derive(Debug, Serialize, ToSchema)]
struct RoomReach {
    /// In thousandths: all reasons multiplied. 1000: nothing weighs on it.
    #[schema(example = 70)]
    reach_milli: u32,
    reasons: Vec<ReachReason>,
}

#[derive(Debug, Serialize, ToSchema)]
struct ReachReason {
    #[schema(inline, example = "score")]
    reason: ReachReasonKind,
    /// By what it multiplies, in thousandths.
    #[schema(example = 700)]
    milli: u32,
    /// From 0 to 100.
    #[schema(example = 82)]
    score: Option<u32>,
    #[schema(inline, example = "watch")]
    band: Option<ReachBand>,
    /// Of a cut; none: without end.
    #[schema(value_type = Option<i64>, example = 1_795_867_200_000_i64)]
    until_ms: Option<Millis>,
}

impl From<Reason> for ReachReason {
    fn from(reason: Reason) -> Self {
        let milli = reason.milli();
        match reason {
            Reason::Score { score, band } => {
                let band = match band {
                    Band::Good => ReachBand::Good,
                    Band::Watch => ReachBand::Watch,
                    Band::Restricted => ReachBand::Restricted,
                };
                Self { reason: ReachReasonKind::Score, milli, score: Some(score), band: Some(band), until_ms: None }
            }
            Reason::Cut { until } => {
                Self { reason: ReachReasonKind::Cut, milli, score: None, band: None, until_ms: until }
            }
        }
    }
}

/// How far a room's shows reach 曝光权重
///
/// The safety score times the cut, if there is one. The list of shows on air follows it.
#[utoipa::path(get, path = "/api/rooms/{id}/reach", operation_id = "read_room_reach", tag = "rooms", params(("id" = String, Path, format = Uuid)),
    responses((status = 200, body = RoomReach), (status = 401, body = Problem), (status = 404, body = Problem)))]
async fn read_reach(
    State(http): State<RoomsHttp>,
    actor: Can<ReadRooms>,
    ApiPath(id): ApiPath<RoomId>,
) -> ApiResult<RoomReach> {
    let found = store::find_room(http.app.store.read(), actor.scope(), id).await?;
    let view = http.rooms.view(found.ok_or(Refusal::UnknownRoom(id))?.id).await?.ok_or(Refusal::UnknownRoom(id))?;
    let reasons = http.rooms.reach(&view.told()).await?;
    let reach_milli = rules::reach_milli(&reasons);
    Ok(Json(RoomReach { reach_milli, reasons: reasons.into_iter().map(ReachReason::from).collect() }))
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct ShowsQuery {
    /// The others of this room's organisation.
    #[param(value_type = Option<String>, format = Uuid)]
    beside: Option<RoomId>,
    /// By default 100.
    #[param(inline)]
    limit: Option<Within<1, 100>>,
}

/// A show on air.
#[derive(Debug, Serialize, ToSchema)]
struct PublicShow {
    #[schema(value_type = String, format = Uuid)]
    room_id: RoomId,
    #[schema(value_type = String, format = Uuid)]
    broadcast_id: BroadcastId,
    #[schema(example = "双十二专场")]
    title: String,
    #[schema(example = 1_024)]
    viewers: u32,
    #[schema(value_type = i64, example = 1_795_867_200_000_i64)]
    started_at: Millis,
}

impl From<&Listed> for PublicShow {
    fn from(listed: &Listed) -> Self {
        let Listed { room, broadcast, ref title, viewers, started_at } = *listed;
        Self { room_id: room, broadcast_id: broadcast, title: title.clone(), viewers, started_at }
    }
}

/// Public shows on air.
#[derive(Debug, Serialize, ToSchema)]
struct PublicShows {
    items: Vec<PublicShow>,
}

/// Public shows on air 正在直播, at most 100
///
/// By those who watch and by how far each reaches. A list is at most a second old; with `If-None-Match` nothing is sent of one that is known.
#[utoipa::path(get, path = "/api/public/shows", operation_id = "list_public_shows", tag = "viewers", params(ShowsQuery),
    responses((status = 200, body = PublicShows), (status = 304, description = "it is as it was"),
        (status = 404, body = Problem, description = "`room_not_found`")), security(()))]
async fn list_shows(
    State(http): State<RoomsHttp>,
    headers: HeaderMap,
    ApiQuery(query): ApiQuery<ShowsQuery>,
) -> Result<Response, ApiError> {
    let of = match query.beside {
        Some(room) => Some(http.rooms.view(room).await?.ok_or(Refusal::UnknownRoom(room))?.room.org),
        None => None,
    };
    let shows = http.rooms.shows(of, |room| (http.online)(room)).await?;
    let limit = query.limit.map_or(u64::MAX, Within::get);
    let others = shows.iter().filter(|show| Some(show.room) != query.beside).map(PublicShow::from);
    let items = others.take(usize::try_from(limit).unwrap_or(usize::MAX)).collect();
    let body = serde_json::to_vec(&PublicShows { items }).map_err(anyhow::Error::from)?;
    let tag = format!("\"{}\"", app::hash_of_bytes(&body).chars().take(32).collect::<String>());
    let about = [
        (header::CACHE_CONTROL, CACHED),
        (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
        (header::ETAG, tag.as_str()),
        (header::CONTENT_TYPE, "application/json"),
    ];
    let known = headers.get(header::IF_NONE_MATCH).and_then(|known| known.to_str().ok());
    if known.is_some_and(|known| known.split(',').any(|one| one.trim().trim_start_matches("W/") == tag)) {
        return Ok((StatusCode::NOT_MODIFIED, about).into_response());
    }
    Ok((about, body).into_response())
}
