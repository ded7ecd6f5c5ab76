//! Warning a host and interrupting a show, over HTTP.

use super::{Interruption, Refusal, Warning, running, store, text};
use crate::{
    ActOnPatrol, Patrol, Place,
    findings::{self, told},
};
use app::{ApiError, ApiJson, ApiPath, ApiResult, Can, Problem};
use axum::{Json, extract::State, http::StatusCode};
use events::{BroadcastId, Event, HostWarned, Millis, RoomId, ShowInterrupted};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

pub fn routes(patrol: Patrol) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(warn))
        .routes(routes!(interrupt))
        .merge(super::http_host::routes())
        .with_state(patrol)
}

/// What the host of a show was told.
#[derive(Debug, Serialize, ToSchema)]
pub struct HostWarning {
    pub id: Uuid,
    #[schema(value_type = Uuid)]
    pub broadcast: BroadcastId,
    #[schema(example = "请撤下背后的广告牌")]
    pub text: String,
    pub finding: Option<Uuid>,
    #[schema(example = "lin")]
    pub by: String,
    #[schema(value_type = i64, example = 1_795_867_200_000_i64)]
    pub at_ms: Millis,
    /// Null until somebody at the host's side has read it.
    #[schema(example = json!(null))]
    pub read_by: Option<String>,
    #[schema(value_type = Option<i64>, example = json!(null))]
    pub read_at_ms: Option<Millis>,
}

impl From<Warning> for HostWarning {
    fn from(warning: Warning) -> Self {
        let (read_by, read_at_ms) = warning.read.unzip();
        let Warning { id, broadcast, text, finding, by, at, .. } = warning;
        Self { id, broadcast, text, finding, by, at_ms: at, read_by, read_at_ms }
    }
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewHostWarning {
    /// The show that is meant.
    #[schema(value_type = Uuid)]
    broadcast: BroadcastId,
    #[schema(min_length = 1, max_length = 500, example = "请撤下背后的广告牌")]
    text: String,
    /// What it is about.
    #[serde(default)]
    finding: Option<Uuid>,
}

/// Warn the host of a running show 警告
///
/// It stands on the studio page of the room until somebody there says that it was read. Viewers hear nothing of it.
#[utoipa::path(post, path = "/api/patrol/rooms/{id}/warnings", tag = "patrol", operation_id = "warn_host",
    params(("id" = Uuid, Path, description = "the room")), request_body = NewHostWarning,
    responses(
        (status = 201, description = "the host is told", body = HostWarning),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: needs `patrol.act`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: no such room or finding in your scope", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "`not_live`, `another_show`", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "`bad_text`", body = Problem, content_type = "application/problem+json"),
    ))]
async fn warn(
    State(patrol): State<Patrol>,
    can: Can<ActOnPatrol>,
    ApiPath(room): ApiPath<RoomId>,
    ApiJson(new): ApiJson<NewHostWarning>,
) -> Result<(StatusCode, Json<HostWarning>), ApiError> {
    let place = patrol.place(can.scope(), room).await?;
    let (broadcast, text) = (running(&place, new.broadcast)?, text(&new.text)?);
    about(&patrol, &can, &place, new.finding).await?;
    let app = patrol.app();
    let warning = Warning {
        id: Uuid::now_v7(),
        org: place.org,
        team: place.team,
        room,
        broadcast,
        finding: new.finding,
        text,
        by: can.name.to_string(),
        at: app.now(),
        read: None,
    };
    let event = HostWarned {
        warning: warning.id,
        text: warning.text.clone(),
        finding: warning.finding,
        by: warning.by.clone(),
    };
    let tx = app.store.begin().await?;
    store::insert_warning(tx.db(), &warning).await?;
    tx.emit(told(&place, warning.at, Event::HostWarned(event))).await?;
    tx.commit().await?;
    metrics::counter!("kaibo_patrol_acts_total", "act" => "warn").increment(1);
    Ok((StatusCode::CREATED, Json(warning.into())))
}

/// A show that was ended because of what it showed.
#[derive(Debug, Serialize, ToSchema)]
pub struct PatrolInterruption {
    #[schema(value_type = Uuid)]
    pub broadcast: BroadcastId,
    #[schema(example = "gambling")]
    pub clause: String,
    #[schema(example = "警告后未改正")]
    pub why: String,
    pub finding: Option<Uuid>,
    #[schema(example = "lin")]
    pub by: String,
    #[schema(value_type = i64, example = 1_795_867_200_000_i64)]
    pub at_ms: Millis,
}

impl From<Interruption> for PatrolInterruption {
    fn from(of: Interruption) -> Self {
        let Interruption { broadcast, finding, clause, why, by, at } = of;
        Self { broadcast, clause, why, finding, by, at_ms: at }
    }
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewInterruption {
    /// The show that is meant.
    #[schema(value_type = Uuid)]
    broadcast: BroadcastId,
    /// A published rule.
    #[schema(format = "clause", example = "gambling")]
    clause: String,
    #[schema(min_length = 1, max_length = 500, example = "警告后未改正")]
    why: String,
    /// What it is about.
    #[serde(default)]
    finding: Option<Uuid>,
}

/// Interrupt a running show 中断
///
/// Its encoder is dropped and its playlist ends. Once more is the same as once: the first reason stays.
#[utoipa::path(post, path = "/api/patrol/rooms/{id}/interruption", tag = "patrol", operation_id = "interrupt_show",
    params(("id" = Uuid, Path, description = "the room")), request_body = NewInterruption,
    responses(
        (status = 200, description = "the show is over", body = PatrolInterruption),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: needs `patrol.act`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: no such room or finding in your scope", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "`not_live`, `another_show`", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "`bad_text`, `unknown_clause`", body = Problem, content_type = "application/problem+json"),
    ))]
async fn interrupt(
    State(patrol): State<Patrol>,
    can: Can<ActOnPatrol>,
    ApiPath(room): ApiPath<RoomId>,
    ApiJson(new): ApiJson<NewInterruption>,
) -> ApiResult<PatrolInterruption> {
    let place = patrol.place(can.scope(), room).await?;
    let app = patrol.app();
    // Whoever asks again, because the answer was lost, hears that it is done.
    if place.broadcast.is_none()
        && let Some(before) = store::interruption(app.store.read(), room, new.broadcast).await?
        && before.by == *can.name
    {
        return Ok(Json(before.into()));
    }
    let (broadcast, why) = (running(&place, new.broadcast)?, text(&new.why)?);
    if !patrol.streams().is_clause(&new.clause) {
        return Err(Refusal::UnknownClause(new.clause).into());
    }
    about(&patrol, &can, &place, new.finding).await?;
    let of = Interruption {
        broadcast,
        finding: new.finding,
        clause: new.clause,
        why,
        by: can.name.to_string(),
        at: app.now(),
    };
    let event =
        ShowInterrupted { clause: of.clause.clone(), why: of.why.clone(), finding: of.finding, by: of.by.clone() };
    // Who and why is written down first: a show that is cut without it must not be.
    let tx = app.store.begin().await?;
    if store::interrupt(tx.db(), &place, &of).await? {
        tx.emit(told(&place, of.at, Event::ShowInterrupted(event))).await?;
        metrics::counter!("kaibo_patrol_acts_total", "act" => "interrupt").increment(1);
    }
    tx.commit().await?;
    patrol.streams().cut(broadcast).await?;
    let kept = store::interruption(app.store.read(), room, broadcast).await?;
    Ok(Json(kept.unwrap_or(of).into()))
}

/// A finding that is named is one of the room.
async fn about(patrol: &Patrol, can: &Can<ActOnPatrol>, place: &Place, finding: Option<Uuid>) -> Result<(), ApiError> {
    let Some(id) = finding else { return Ok(()) };
    let found = findings::store::find(patrol.app().store.read(), can.scope(), id).await?;
    found.filter(|found| found.room == place.room).map(drop).ok_or_else(|| ApiError::not_found("finding"))
}
