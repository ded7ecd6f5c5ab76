//! What is wrong with the program, what was, who took note, and from where on it is wrong.

use super::{
    ManageSystem, ReadSystem, System,
    kinds::{KINDS, Measure, Sense},
    store::{self, Alarm, Wanted},
};
use app::{ApiError, ApiPath, ApiQuery, ApiResult, App, Can, Page, Problem, Within};
use axum::{
    Json,
    extract::{FromRef, State},
};
use events::Millis;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

pub(super) fn routes(system: System) -> OpenApiRouter {
    OpenApiRouter::new().routes(routes!(alarms)).routes(routes!(acknowledge)).routes(routes!(limits)).with_state(system)
}

impl FromRef<System> for App {
    fn from_ref(system: &System) -> Self {
        system.0.app.clone()
    }
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct SystemAlarmsQuery {
    /// True: those that are not over; false: those that are.
    open: Option<bool>,
    /// The page behind this cursor.
    #[param(pattern = "^[0-9]{1,18}[.][0-9a-f]{32}$")]
    after: Option<String>,
    /// By default 100.
    #[param(inline)]
    limit: Option<Within<1, 200>>,
}

/// An alarm about Kaibo itself 系统告警.
#[derive(Serialize, ToSchema)]
struct SystemAlarm {
    id: Uuid,
    #[schema(example = "disk_low")]
    kind: String,
    /// What `value` and `limit` count; none of a kind that this version does not know.
    unit: Option<Measure>,
    /// As found when it began.
    value: u64,
    limit: u64,
    #[schema(value_type = i64)]
    raised_at: Millis,
    #[schema(value_type = Option<i64>)]
    cleared_at: Option<Millis>,
    #[schema(value_type = Option<i64>)]
    acknowledged_at: Option<Millis>,
    acknowledged_by: Option<String>,
}

impl From<Alarm> for SystemAlarm {
    fn from(alarm: Alarm) -> Self {
        Self {
            id: alarm.id,
            unit: super::kinds::named(&alarm.kind).map(|kind| kind.unit),
            kind: alarm.kind,
            value: alarm.value,
            limit: alarm.limit,
            raised_at: alarm.raised_at,
            cleared_at: alarm.cleared_at,
            acknowledged_at: alarm.acknowledged_at,
            acknowledged_by: alarm.acknowledged_by,
        }
    }
}

/// Alarms about Kaibo itself 系统告警, newest first
///
/// They concern who sees the whole organisation; for others the list is empty.
#[utoipa::path(get, path = "/api/system/alarms", tag = "system", operation_id = "list_system_alarms", params(SystemAlarmsQuery),
    responses(
        (status = 200, description = "a page of alarms", body = Page<SystemAlarm>),
        (status = 400, description = "`bad_request`", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: needs `system.read`", body = Problem, content_type = "application/problem+json"),
    ))]
async fn alarms(
    State(system): State<System>,
    can: Can<ReadSystem>,
    ApiQuery(query): ApiQuery<SystemAlarmsQuery>,
) -> ApiResult<Page<SystemAlarm>> {
    let bad = || ApiError::new(400, "bad_request", "`after` is no cursor of this list");
    let after = query.after.as_deref().map(|text| cursor(text).ok_or_else(bad)).transpose()?;
    let limit = query.limit.map_or(100, Within::get);
    let wanted = Wanted { open: query.open, after, limit };
    let found = store::list(system.0.app.store.read(), can.scope(), wanted).await?;
    let last = found.last().filter(|_| found.len() as u64 == limit);
    let next = last.map(|alarm| format!("{}.{}", alarm.raised_at.0, alarm.id.simple()));
    Ok(Json(Page { items: found.into_iter().map(SystemAlarm::from).collect(), next }))
}

fn cursor(text: &str) -> Option<(Millis, Uuid)> {
    let (at, id) = text.split_once('.')?;
    Some((Millis(at.parse().ok()?), id.parse().ok()?))
}

/// Takes note of an alarm 确认告警; the first one to do so stands
#[utoipa::path(post, path = "/api/system/alarms/{id}/acknowledge", tag = "system", operation_id = "acknowledge_system_alarm",
    params(("id" = Uuid, Path, description = "the alarm's id")),
    responses(
        (status = 200, description = "the alarm with who took note, and when", body = SystemAlarm),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: needs `system.manage`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: no such alarm in your scope", body = Problem, content_type = "application/problem+json"),
    ))]
async fn acknowledge(
    State(system): State<System>,
    can: Can<ManageSystem>,
    ApiPath(id): ApiPath<Uuid>,
) -> ApiResult<SystemAlarm> {
    let app = &system.0.app;
    let tx = app.store.begin().await?;
    let none = || ApiError::not_found("alarm");
    store::find(tx.db(), can.scope(), id).await?.ok_or_else(none)?;
    store::acknowledge(tx.db(), id, &can.name, app.now()).await?;
    let alarm = store::find(tx.db(), can.scope(), id).await?.ok_or_else(none)?;
    tx.commit().await?;
    Ok(Json(alarm.into()))
}

/// From where on something is wrong, and how it is now.
#[derive(Serialize, ToSchema)]
struct SystemLimit {
    #[schema(example = "disk_low")]
    kind: &'static str,
    /// The setting that changes it, in the file of settings; none where there is nothing to choose.
    #[schema(value_type = Option<String>, example = "condition.free_bytes")]
    key: Option<&'static str>,
    unit: Measure,
    /// When it is bad: `below` or `above` the limit, or `from` it on.
    #[schema(value_type = String, example = "below")]
    bad: &'static str,
    /// 0: it never rings.
    limit: u64,
    /// None while it cannot be told.
    value: Option<u64>,
    /// It rings.
    stands: bool,
}

#[derive(Serialize, ToSchema)]
struct SystemLimits {
    /// How long something is bad before it rings, seconds: `condition.raise_after_s`.
    raise_after_s: u64,
    /// How long it is good before that ends, seconds: `condition.clear_after_s`.
    clear_after_s: u64,
    items: Vec<SystemLimit>,
}

/// What Kaibo watches of itself 告警阈值: limits, the settings that change them, and how things are now
#[utoipa::path(get, path = "/api/system/limits", tag = "system", operation_id = "list_system_limits",
    responses(
        (status = 200, description = "every kind of alarm; nothing for those whom they do not concern", body = SystemLimits),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: needs `system.read`", body = Problem, content_type = "application/problem+json"),
    ))]
async fn limits(State(system): State<System>, can: Can<ReadSystem>) -> ApiResult<SystemLimits> {
    let (condition, limits) = (system.condition().await, &system.0.settings);
    let shown = KINDS.iter().filter(|_| system.concerns(can.scope()));
    let items = shown.map(|kind| SystemLimit {
        kind: kind.name,
        key: kind.key,
        unit: kind.unit,
        bad: match kind.sense {
            Sense::Below => "below",
            Sense::Above => "above",
            Sense::From => "from",
        },
        limit: (kind.limit)(limits),
        value: (kind.value)(&condition),
        stands: condition.alarms.contains(kind.name),
    });
    let items = items.collect();
    Ok(Json(SystemLimits { raise_after_s: limits.raise_after_s, clear_after_s: limits.clear_after_s, items }))
}
