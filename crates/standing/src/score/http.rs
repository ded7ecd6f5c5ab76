//! Scores over HTTP.

use super::{
    rules::{self, FORGOTTEN_DAYS, Fault, FaultKind, Formula, ScoreBand},
    store,
};
use crate::{
    Standing, Subject,
    day::Day,
    hosts::http::{ReadStanding, host_of},
    refusal::Refusal,
};
use app::{ApiError, ApiPath, ApiQuery, ApiResult, Can, Problem, Within};
use axum::{Json, extract::State};
use events::{BroadcastId, Millis, OrgId, RoomId};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

pub fn routes(standing: Standing) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(get_formula))
        .routes(routes!(get_room_score))
        .routes(routes!(get_host_score))
        .with_state(standing)
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct ScoreQuery {
    /// As it was at the end of a day in Beijing; now, where nothing is said.
    #[param(example = "2026-11-28")]
    day: Option<String>,
    /// How many days of history. By default 30.
    #[param(inline)]
    days: Option<Within<1, 180>>,
}

/// A safety score 内容安全分 and why it is so.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SafetyScore)]
struct ScoreBody {
    /// 0 to 100.
    score: u32,
    band: ScoreBand,
    at_ms: i64,
    /// What takes points, the most first.
    reasons: Vec<ScoreReason>,
    /// The score at the end of every day, the oldest first.
    history: Vec<ScoreDay>,
}

#[derive(Debug, Serialize, ToSchema)]
struct ScoreReason {
    kind: FaultKind,
    /// Which sanction, show or day.
    source: String,
    #[schema(value_type = String, format = Uuid)]
    room_id: RoomId,
    #[schema(value_type = Option<String>, format = Uuid)]
    broadcast_id: Option<BroadcastId>,
    /// Of the published clauses; empty where there is none.
    clause: String,
    at_ms: i64,
    /// What it took when it was new.
    points_milli: u32,
    /// What it still takes.
    left_milli: u32,
}

#[derive(Debug, Serialize, ToSchema)]
struct ScoreDay {
    #[schema(example = "2026-11-28")]
    day: String,
    score: u32,
}

/// The formula of the safety score 计分规则
#[utoipa::path(get, path = "/api/standing/formula", tag = "standing", operation_id = "get_score_formula",
    responses(
        (status = 200, description = "every weight; docs/standing.md says how they are used", body = Formula),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: needs `standing.read`", body = Problem, content_type = "application/problem+json"),
    ))]
async fn get_formula(_: Can<ReadStanding>) -> Json<Formula> {
    Json(rules::formula())
}

/// A room's safety score 直播间内容安全分
#[utoipa::path(get, path = "/api/rooms/{id}/score", tag = "standing", operation_id = "get_room_score",
    params(("id" = Uuid, Path, description = "the room"), ScoreQuery),
    responses(
        (status = 200, description = "the score, its reasons and its history", body = ScoreBody),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: needs `standing.read`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: no such room in your scope", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "`bad_day`", body = Problem, content_type = "application/problem+json"),
    ))]
async fn get_room_score(
    State(standing): State<Standing>,
    can: Can<ReadStanding>,
    ApiPath(id): ApiPath<RoomId>,
    ApiQuery(query): ApiQuery<ScoreQuery>,
) -> ApiResult<ScoreBody> {
    let room = standing.room_of(&can, id).await?;
    body(&standing, room.org, Subject::Room(id), query).await.map(Json)
}

/// A host's safety score 主播内容安全分
#[utoipa::path(get, path = "/api/hosts/{id}/score", tag = "standing", operation_id = "get_host_score",
    params(("id" = Uuid, Path, description = "the host"), ScoreQuery),
    responses(
        (status = 200, description = "the score over all rooms that were the host's at the time", body = ScoreBody),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: needs `standing.read`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: no such host in your scope", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "`bad_day`", body = Problem, content_type = "application/problem+json"),
    ))]
async fn get_host_score(
    State(standing): State<Standing>,
    can: Can<ReadStanding>,
    ApiPath(id): ApiPath<Uuid>,
    ApiQuery(query): ApiQuery<ScoreQuery>,
) -> ApiResult<ScoreBody> {
    let host = host_of(&standing, &can, id).await?;
    body(&standing, host.org, Subject::Host(id), query).await.map(Json)
}

async fn body(standing: &Standing, org: OrgId, subject: Subject, query: ScoreQuery) -> Result<ScoreBody, ApiError> {
    let now = standing.app().now();
    let at = match query.day {
        None => now,
        Some(day) => moment(&day, now)?,
    };
    let days = query.days.map_or(30, Within::get) as i64;
    let last = Day::of(at);
    let first = Day(last.0 - days + 1);
    let db = standing.app().store.read();
    // Each day looks back as far as the formula does: one reading for all of them.
    let mut faults = store::faults(db, org, subject, first.end()).await?;
    let known: std::collections::HashSet<String> = faults.iter().map(|fault| fault.source.clone()).collect();
    let later = store::faults(db, org, subject, at).await?;
    faults.extend(later.into_iter().filter(|fault| !known.contains(&fault.source)));
    let score = rules::score(&faults, at);
    let history = (first.0..=last.0).map(|day| {
        let day = Day(day);
        ScoreDay { day: day.to_string(), score: rules::score(&faults, day.end().min(at)).points }
    });
    let reason = |(fault, left_milli): (Fault, u32)| ScoreReason {
        kind: fault.kind,
        source: fault.source,
        room_id: fault.room,
        broadcast_id: fault.broadcast,
        clause: fault.clause,
        at_ms: fault.at.0,
        points_milli: fault.points_milli,
        left_milli,
    };
    Ok(ScoreBody {
        score: score.points,
        band: score.band,
        at_ms: at.0,
        history: history.collect(),
        reasons: score.reasons.into_iter().map(reason).collect(),
    })
}

/// The end of a day, or now.
fn moment(day: &str, now: Millis) -> Result<Millis, Refusal> {
    let (day, today) = (Day::parse(day).ok_or(Refusal::BadDay)?, Day::of(now));
    if day > today || day.0 < today.0 - i64::from(FORGOTTEN_DAYS) {
        return Err(Refusal::BadDay);
    }
    Ok(day.end().min(now))
}
