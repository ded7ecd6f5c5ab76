//! The monitor wall over HTTP: one answer for all tiles, and frames under addresses that never change.

use super::{
    book::{Frame, Shown},
    rules::{Limits, Look, Sign, signs, urgency},
};
use crate::{
    Patrol, Place, ReadPatrol,
    acts::{self, http::HostWarning},
    findings::{self, Finding, http::PatrolFinding},
    library::PatrolLevel,
    speech::{self, http::TranscriptLine},
};
use app::{ApiError, ApiPath, ApiResult, Can, Problem};
use axum::{
    Json,
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use events::{BroadcastId, Millis, RoomId};
use serde::{Deserialize, Serialize};
use std::{
    cmp::Reverse,
    collections::{HashMap, HashSet},
};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

/// Findings and warnings of a show that stand beside its pictures.
const SHOWN: u64 = 50;
/// And of what was said.
const LINES: u64 = 20;

pub fn routes(patrol: Patrol) -> OpenApiRouter {
    OpenApiRouter::new().routes(routes!(wall)).routes(routes!(room)).routes(routes!(frame)).with_state(patrol)
}

/// A running show on the wall.
#[derive(Debug, Serialize, ToSchema)]
struct PatrolTile {
    #[schema(value_type = Uuid)]
    room: RoomId,
    #[schema(value_type = Uuid)]
    broadcast: BroadcastId,
    #[schema(example = "双十二专场")]
    title: String,
    #[schema(value_type = i64, example = 1_795_867_200_000_i64)]
    started_at_ms: Millis,
    viewers: u32,
    /// The newest frame: `GET /api/patrol/rooms/{id}/frames/{frame}`. Null: there is none yet.
    #[schema(example = 1_795_867_200_001_u64)]
    frame: Option<u64>,
    #[schema(value_type = Option<i64>, example = 1_795_867_210_000_i64)]
    frame_at_ms: Option<Millis>,
    signs: Vec<Sign>,
    /// 3: it is proposed to interrupt it; 2: something was noticed; 1: its picture or sound is bad; 0.
    #[schema(minimum = 0, maximum = 3)]
    urgency: u8,
    /// Findings that wait for a person.
    open: u64,
    /// The newest of them.
    finding: Option<PatrolFinding>,
    /// A warning was not read yet.
    unread_warning: bool,
}

/// All running shows, the most urgent first.
#[derive(Debug, Serialize, ToSchema)]
struct PatrolWall {
    items: Vec<PatrolTile>,
}

/// The monitor wall 监看墙
#[utoipa::path(get, path = "/api/patrol/wall", tag = "patrol", operation_id = "get_patrol_wall",
    responses(
        (status = 200, description = "running shows, the most urgent first", body = PatrolWall),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: needs `patrol.read`", body = Problem, content_type = "application/problem+json"),
    ))]
async fn wall(State(patrol): State<Patrol>, can: Can<ReadPatrol>) -> ApiResult<PatrolWall> {
    let (db, scope, now) = (patrol.app().store.read(), can.scope(), patrol.app().now());
    let mut shown = patrol.book().all(now);
    shown.retain(|shown| scope.covers(shown.place.org, shown.place.team));
    let shows: Vec<BroadcastId> = shown.iter().filter_map(|shown| shown.place.broadcast).collect();
    let mut open: HashMap<BroadcastId, Vec<Finding>> = HashMap::new();
    for finding in findings::store::open(db, shows.clone()).await? {
        open.entry(finding.broadcast).or_default().push(finding);
    }
    let unread: HashSet<BroadcastId> = acts::store::unread(db, shows).await?.into_iter().collect();
    let tiles = shown.into_iter().filter_map(|shown| {
        let broadcast = shown.place.broadcast?;
        Some(tile(&patrol, shown, open.remove(&broadcast).unwrap_or_default(), unread.contains(&broadcast)))
    });
    let mut items: Vec<PatrolTile> = tiles.flatten().collect();
    items.sort_by_key(|tile| (Reverse(tile.urgency), Reverse(tile.viewers), tile.room));
    Ok(Json(PatrolWall { items }))
}

fn tile(patrol: &Patrol, shown: Shown, mut open: Vec<Finding>, unread_warning: bool) -> Option<PatrolTile> {
    let settings = patrol.settings();
    let Shown { place, newest, look } = shown;
    let limits = Limits {
        every_ms: settings.every_ms(),
        frozen_ms: i64::from(settings.frozen_s) * 1_000,
        silent_ms: settings.silent_ms(),
    };
    let signs = signs(Look { silent_ms: patrol.ears().silent_ms(place.room), ..look }, limits);
    let Place { room, title, broadcast, started_at, viewers, .. } = place;
    let gravest: Option<PatrolLevel> = open.iter().map(|finding| finding.level).max();
    let count = open.len() as u64;
    Some(PatrolTile {
        room,
        broadcast: broadcast?,
        title,
        started_at_ms: started_at,
        viewers,
        frame: newest.as_ref().map(|frame| frame.id),
        frame_at_ms: newest.as_ref().map(|frame| frame.at),
        urgency: urgency(gravest, &signs),
        signs,
        open: count,
        finding: open.pop().map(PatrolFinding::from),
        unread_warning,
    })
}

/// A frame in memory.
#[derive(Debug, Serialize, ToSchema)]
struct PatrolFrame {
    #[schema(example = 1_795_867_200_001_u64)]
    id: u64,
    #[schema(value_type = i64, example = 1_795_867_210_000_i64)]
    at_ms: Millis,
}

impl From<&Frame> for PatrolFrame {
    fn from(frame: &Frame) -> Self {
        Self { id: frame.id, at_ms: frame.at }
    }
}

/// A running show, large.
#[derive(Debug, Serialize, ToSchema)]
struct PatrolRoom {
    tile: PatrolTile,
    /// The newest first.
    frames: Vec<PatrolFrame>,
    /// Of this show, the newest first.
    findings: Vec<PatrolFinding>,
    /// Of this show, the newest first.
    warnings: Vec<HostWarning>,
    /// Whether an engine writes down what is said.
    listens: bool,
    /// What was said last, the newest first.
    words: Vec<TranscriptLine>,
}

/// A running show, large: its last frames, findings, warnings and words
#[utoipa::path(get, path = "/api/patrol/rooms/{id}", tag = "patrol", operation_id = "get_patrol_room",
    params(("id" = Uuid, Path, description = "the room")),
    responses(
        (status = 200, description = "the show", body = PatrolRoom),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: needs `patrol.read`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: no such room in your scope, or nothing is on air", body = Problem, content_type = "application/problem+json"),
    ))]
async fn room(
    State(patrol): State<Patrol>,
    can: Can<ReadPatrol>,
    ApiPath(id): ApiPath<RoomId>,
) -> ApiResult<PatrolRoom> {
    let (db, missing) = (patrol.app().store.read(), || ApiError::not_found("running show"));
    let (shown, frames) = patrol.book().of(id, patrol.app().now()).ok_or_else(missing)?;
    let Place { org, team, broadcast, .. } = shown.place;
    let broadcast = broadcast.filter(|_| can.scope().covers(org, team)).ok_or_else(missing)?;
    let filter = findings::store::Filter { broadcast: Some(broadcast), ..Default::default() };
    let findings = findings::store::list(db, can.scope(), filter, None, SHOWN).await?;
    let warnings = acts::store::warnings(db, broadcast, SHOWN).await?;
    let open = findings::store::open(db, vec![broadcast]).await?;
    let words = speech::store::newest(db, broadcast, LINES).await?;
    let unread = warnings.iter().any(|warning| warning.read.is_none());
    Ok(Json(PatrolRoom {
        tile: tile(&patrol, shown, open, unread).ok_or_else(missing)?,
        frames: frames.iter().map(|frame| PatrolFrame::from(&**frame)).collect(),
        findings: findings.into_iter().map(PatrolFinding::from).collect(),
        warnings: warnings.into_iter().map(HostWarning::from).collect(),
        listens: patrol.engine().name().is_some(),
        words: words.into_iter().map(TranscriptLine::from).collect(),
    }))
}

#[derive(Debug, Deserialize)]
struct Named {
    id: RoomId,
    frame: u64,
}

/// A frame in memory
///
/// What an address shows never changes, so a browser may keep it. Frames that are older than the last few are gone.
#[utoipa::path(get, path = "/api/patrol/rooms/{id}/frames/{frame}", tag = "patrol", operation_id = "get_patrol_frame",
    params(("id" = Uuid, Path, description = "the room"), ("frame" = u64, Path, description = "the frame")),
    responses(
        (status = 200, description = "a JPEG", body = [u8], content_type = "image/jpeg"),
        (status = 304, description = "the frame is the one you have"),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: needs `patrol.read`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: no such frame in your scope, or it is gone", body = Problem, content_type = "application/problem+json"),
    ))]
async fn frame(
    State(patrol): State<Patrol>,
    can: Can<ReadPatrol>,
    ApiPath(Named { id, frame }): ApiPath<Named>,
    asked: HeaderMap,
) -> Result<Response, ApiError> {
    patrol.place(can.scope(), id).await?;
    let found = patrol.book().frame(id, frame).ok_or_else(|| ApiError::not_found("frame"))?;
    let tag = format!("\"{frame}\"");
    let headers = [
        (header::CONTENT_TYPE, "image/jpeg".to_owned()),
        (header::CACHE_CONTROL, "private, max-age=600, immutable".to_owned()),
        (header::ETAG, tag.clone()),
    ];
    if asked.get(header::IF_NONE_MATCH).is_some_and(|known| known.as_bytes() == tag.as_bytes()) {
        return Ok((StatusCode::NOT_MODIFIED, headers).into_response());
    }
    Ok((headers, found.jpeg.clone()).into_response())
}
