//! What the host's side of a room is told, over HTTP.

use super::{http::HostWarning, store};
use crate::{HearWarnings, Patrol, findings::told};
use app::{ApiError, ApiPath, ApiResult, Can, Problem};
use axum::{Json, extract::State};
use events::{Event, RoomId, WarningAcknowledged};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

/// Of a show, the newest.
const SHOWN: u64 = 20;

pub fn routes() -> OpenApiRouter<Patrol> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(acknowledge))
}

/// Warnings of a running show.
#[derive(Debug, Serialize, ToSchema)]
struct HostWarnings {
    /// The newest first.
    items: Vec<HostWarning>,
}

/// Warnings of the running show 收到的警告
#[utoipa::path(get, path = "/api/rooms/{id}/warnings", tag = "patrol", operation_id = "list_host_warnings",
    params(("id" = Uuid, Path, description = "the room")),
    responses(
        (status = 200, description = "the newest first; none when nothing is on air", body = HostWarnings),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: needs `warning.read`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: no such room in your scope", body = Problem, content_type = "application/problem+json"),
    ))]
async fn list(
    State(patrol): State<Patrol>,
    can: Can<HearWarnings>,
    ApiPath(room): ApiPath<RoomId>,
) -> ApiResult<HostWarnings> {
    let place = patrol.place(can.scope(), room).await?;
    let Some(broadcast) = place.broadcast else { return Ok(Json(HostWarnings { items: Vec::new() })) };
    let warnings = store::warnings(patrol.app().store.read(), broadcast, SHOWN).await?;
    Ok(Json(HostWarnings { items: warnings.into_iter().map(HostWarning::from).collect() }))
}

#[derive(Debug, Deserialize)]
struct Named {
    id: RoomId,
    warning: Uuid,
}

/// Say that a warning was read 确认警告
///
/// Who said it first stays.
#[utoipa::path(post, path = "/api/rooms/{id}/warnings/{warning}/acknowledgement", tag = "patrol", operation_id = "acknowledge_host_warning",
    params(("id" = Uuid, Path, description = "the room"), ("warning" = Uuid, Path, description = "the warning")),
    responses(
        (status = 200, description = "the warning", body = HostWarning),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: needs `warning.read`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: no such room in your scope, or no such warning in it", body = Problem, content_type = "application/problem+json"),
    ))]
async fn acknowledge(
    State(patrol): State<Patrol>,
    can: Can<HearWarnings>,
    ApiPath(Named { id: room, warning }): ApiPath<Named>,
) -> ApiResult<HostWarning> {
    let (place, app) = (patrol.place(can.scope(), room).await?, patrol.app());
    let tx = app.store.begin().await?;
    let found = store::find_warning(tx.db(), room, warning).await?.ok_or_else(|| ApiError::not_found("warning"))?;
    let now = app.now();
    if store::read(tx.db(), warning, &can.name, now).await? {
        let event = WarningAcknowledged { warning, by: can.name.to_string() };
        // The show may be over by now; the warning was about that one.
        let place = crate::Place { broadcast: Some(found.broadcast), ..place };
        tx.emit(told(&place, now, Event::WarningAcknowledged(event))).await?;
    }
    tx.commit().await?;
    let found = store::find_warning(app.store.read(), room, warning).await?;
    Ok(Json(found.ok_or_else(|| ApiError::not_found("warning"))?.into()))
}
