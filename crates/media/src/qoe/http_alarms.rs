//! Alarms 告警: which there are, and who took note.

use super::{
    Qoe,
    store_alarms::{self, Alarm, Wanted},
};
use crate::{ManageStreams, ReadStreams};
use app::{ApiError, ApiPath, ApiQuery, ApiResult, Can, Problem, Within};
use axum::{Json, extract::State};
use events::{BroadcastId, Millis, RoomId, StreamSource};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

pub(super) fn routes() -> OpenApiRouter<Qoe> {
    OpenApiRouter::new().routes(routes!(alarms)).routes(routes!(acknowledge))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct AlarmsQuery {
    #[param(value_type = Option<String>, format = Uuid)]
    room: Option<RoomId>,
    /// True: those that are not over; false: those that are.
    open: Option<bool>,
    /// By default 100.
    #[param(inline)]
    limit: Option<Within<1, 200>>,
}

/// One alarm 告警.
#[derive(Serialize, ToSchema)]
pub(super) struct AlarmAnswer {
    id: Uuid,
    #[schema(value_type = Uuid)]
    room_id: RoomId,
    #[schema(value_type = Uuid)]
    broadcast_id: BroadcastId,
    /// `no_data`, `low_fps`, `av_skew`, `stall_rate`, `stall_high`, `recording_failed`, `relay_failed`.
    #[schema(example = "low_fps")]
    kind: String,
    /// The source it speaks of.
    #[schema(value_type = Option<String>, example = "primary")]
    source: Option<StreamSource>,
    /// As it was when the alarm began: milliseconds, frames a second, or a fraction.
    value: f64,
    limit: f64,
    #[schema(value_type = i64)]
    raised_at: Millis,
    #[schema(value_type = Option<i64>)]
    cleared_at: Option<Millis>,
    #[schema(value_type = Option<i64>)]
    acknowledged_at: Option<Millis>,
    acknowledged_by: Option<String>,
}

impl From<Alarm> for AlarmAnswer {
    fn from(alarm: Alarm) -> Self {
        Self {
            id: alarm.id,
            room_id: alarm.room,
            broadcast_id: alarm.broadcast,
            kind: alarm.kind,
            source: alarm.source,
            value: alarm.value,
            limit: alarm.limit,
            raised_at: alarm.raised_at,
            cleared_at: alarm.cleared_at,
            acknowledged_at: alarm.acknowledged_at,
            acknowledged_by: alarm.acknowledged_by,
        }
    }
}

/// Alarms, newest first
#[utoipa::path(get, path = "/api/alarms", operation_id = "list_alarms", tag = "media", params(AlarmsQuery),
    responses((status = 200, body = [AlarmAnswer]), (status = 400, body = Problem, description = "`bad_request`")))]
async fn alarms(
    State(qoe): State<Qoe>,
    actor: Can<ReadStreams>,
    ApiQuery(query): ApiQuery<AlarmsQuery>,
) -> ApiResult<Vec<AlarmAnswer>> {
    let limit = query.limit.map_or(100, Within::get);
    let wanted = Wanted { room: query.room, open: query.open, limit, ..Wanted::default() };
    let found = store_alarms::list(qoe.app().store.read(), actor.scope(), wanted).await?;
    Ok(Json(found.into_iter().map(AlarmAnswer::from).collect()))
}

/// Takes note of an alarm; the first one to do so stands
#[utoipa::path(post, path = "/api/alarms/{id}/acknowledge", operation_id = "acknowledge_alarm", tag = "media",
    params(("id" = Uuid, Path, description = "the alarm")),
    responses((status = 200, body = AlarmAnswer), (status = 404, body = Problem, description = "`not_found`")))]
async fn acknowledge(
    State(qoe): State<Qoe>,
    actor: Can<ManageStreams>,
    ApiPath(id): ApiPath<Uuid>,
) -> ApiResult<AlarmAnswer> {
    let tx = qoe.app().store.begin().await?;
    let none = || ApiError::not_found("alarm");
    store_alarms::find(tx.db(), actor.scope(), id).await?.ok_or_else(none)?;
    store_alarms::acknowledge(tx.db(), id, &actor.name, qoe.app().now()).await?;
    let alarm = store_alarms::find(tx.db(), actor.scope(), id).await?.ok_or_else(none)?;
    tx.commit().await?;
    Ok(Json(alarm.into()))
}
