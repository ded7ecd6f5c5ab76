//! Admission over HTTP.

use super::{
    Decision, Refusal,
    rules::{self, ALWAYS_REFUSE},
    store,
};
use crate::rooms::{
    http::{ReadRooms, RoomsHttp},
    rules::Refusal as RoomRefusal,
    store as room_store,
};
use app::{ApiError, ApiJson, ApiPath, ApiResult, Can, Permission, PermissionInfo, Problem, Reach};
use audience::RoomRef;
use axum::{Json, extract::State};
use events::{AdmissionAction, BroadcastId, RoomId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

/// Say what keeps shows off air.
pub struct ManageAdmission;
impl Permission for ManageAdmission {
    const INFO: PermissionInfo =
        PermissionInfo { name: "admission.manage", zh: "管理开播准入", en: "say what keeps shows off air" };
}

pub fn routes() -> OpenApiRouter<RoomsHttp> {
    OpenApiRouter::new().routes(routes!(get_settings, set_settings)).routes(routes!(read_admission))
}

#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = AdmissionAction)]
enum ActionBody {
    /// It is not looked at.
    Off,
    /// The show starts, and its people are told 提醒.
    Tell,
    /// The show does not start 不准开播.
    Refuse,
}

impl From<AdmissionAction> for ActionBody {
    fn from(action: AdmissionAction) -> Self {
        match action {
            AdmissionAction::Off => Self::Off,
            AdmissionAction::Tell => Self::Tell,
            AdmissionAction::Refuse => Self::Refuse,
        }
    }
}

impl From<ActionBody> for AdmissionAction {
    fn from(action: ActionBody) -> Self {
        match action {
            ActionBody::Off => Self::Off,
            ActionBody::Tell => Self::Tell,
            ActionBody::Refuse => Self::Refuse,
        }
    }
}

/// What each obstacle does.
#[derive(Debug, Serialize, ToSchema)]
struct AdmissionSettings {
    obstacles: Vec<AdmissionCode>,
}

#[derive(Debug, Serialize, ToSchema)]
struct AdmissionCode {
    #[schema(example = "no_real_name")]
    obstacle: &'static str,
    action: ActionBody,
    /// It refuses, whatever is said.
    always: bool,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct AdmissionChange {
    /// What is not named stays as it is.
    #[schema(max_items = 50)]
    obstacles: Vec<CodeChange>,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct CodeChange {
    #[schema(example = "no_real_name", max_length = 40)]
    obstacle: String,
    action: ActionBody,
}

/// What hinders a room's shows.
#[derive(Debug, Serialize, ToSchema)]
struct RoomAdmission {
    /// If one began now.
    now: AdmissionDecision,
    /// How it was decided the last time.
    last: Option<LastAdmission>,
}

#[derive(Debug, Serialize, ToSchema)]
struct AdmissionDecision {
    /// `admitted`, `told` or `refused`.
    #[schema(example = "told")]
    outcome: &'static str,
    obstacles: Vec<ObstacleBody>,
    /// Who did not answer in time.
    unanswered: Vec<String>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Obstacle)]
struct ObstacleBody {
    #[schema(example = "no_real_name")]
    code: String,
    action: ActionBody,
    /// About whom or what.
    detail: String,
}

#[derive(Debug, Serialize, ToSchema)]
struct LastAdmission {
    #[serde(flatten)]
    decision: AdmissionDecision,
    at_ms: i64,
    /// None: it did not go on air.
    #[schema(value_type = Option<String>, format = Uuid)]
    broadcast_id: Option<BroadcastId>,
}

impl From<Decision> for AdmissionDecision {
    fn from(decision: Decision) -> Self {
        let obstacle = |weighed: rules::Weighed| ObstacleBody {
            code: weighed.code,
            action: weighed.action.into(),
            detail: weighed.detail,
        };
        Self {
            outcome: rules::name(decision.outcome),
            obstacles: decision.obstacles.into_iter().map(obstacle).collect(),
            unanswered: decision.unanswered,
        }
    }
}

async fn settings_of(http: &RoomsHttp, org: events::OrgId) -> anyhow::Result<AdmissionSettings> {
    let settings = store::settings(http.app.store.read(), org).await?;
    let code = |code: &'static str| AdmissionCode {
        obstacle: code,
        action: rules::action(code, &settings).into(),
        always: ALWAYS_REFUSE.contains(&code),
    };
    Ok(AdmissionSettings { obstacles: http.rooms.obstacle_codes().into_iter().map(code).collect() })
}

/// What keeps shows off air 准入设置
#[utoipa::path(get, path = "/api/admission/settings", tag = "rooms", operation_id = "get_admission_settings",
    responses(
        (status = 200, description = "every code and what it does", body = AdmissionSettings),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: needs `room.read`", body = Problem, content_type = "application/problem+json"),
    ))]
async fn get_settings(State(http): State<RoomsHttp>, can: Can<ReadRooms>) -> ApiResult<AdmissionSettings> {
    Ok(Json(settings_of(&http, can.scope().org).await?))
}

/// Say what keeps shows off air 修改准入设置
///
/// In force for the next show. Shows that are on air go on.
#[utoipa::path(put, path = "/api/admission/settings", tag = "rooms", operation_id = "set_admission_settings", request_body = AdmissionChange,
    responses(
        (status = 200, description = "what holds now", body = AdmissionSettings),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: needs `admission.manage`; `beyond_your_reach`", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "`unknown_code`, `always_refuses`", body = Problem, content_type = "application/problem+json"),
    ))]
async fn set_settings(
    State(http): State<RoomsHttp>,
    can: Can<ManageAdmission>,
    ApiJson(change): ApiJson<AdmissionChange>,
) -> ApiResult<AdmissionSettings> {
    let scope = can.scope();
    if scope.reach != Reach::Org {
        return Err(Refusal::BeyondYourReach.into());
    }
    let known = http.rooms.obstacle_codes();
    for CodeChange { obstacle: code, action } in &change.obstacles {
        if !known.contains(&code.as_str()) {
            return Err(Refusal::UnknownCode.into());
        }
        if ALWAYS_REFUSE.contains(&code.as_str()) && !matches!(action, ActionBody::Refuse) {
            return Err(Refusal::AlwaysRefuses.into());
        }
    }
    let tx = http.app.store.begin().await?;
    for CodeChange { obstacle: code, action } in change.obstacles {
        store::set(tx.db(), scope.org, &code, action.into(), &can.name, http.app.now()).await?;
    }
    tx.commit().await?;
    Ok(Json(settings_of(&http, scope.org).await?))
}

/// What hinders a room's shows 开播准入
#[utoipa::path(get, path = "/api/rooms/{id}/admission", tag = "rooms", operation_id = "get_room_admission",
    params(("id" = Uuid, Path, description = "the room")),
    responses(
        (status = 200, description = "what would become of a show now, and what became of the last one", body = RoomAdmission),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: needs `room.read`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`room_not_found`", body = Problem, content_type = "application/problem+json"),
    ))]
async fn read_admission(
    State(http): State<RoomsHttp>,
    can: Can<ReadRooms>,
    ApiPath(id): ApiPath<RoomId>,
) -> Result<Json<RoomAdmission>, ApiError> {
    let db = http.app.store.read();
    let room = room_store::find_room(db, can.scope(), id).await?.ok_or(RoomRefusal::UnknownRoom(id))?;
    let told = RoomRef { room: id, org: room.org, team: room.team, private: room.private, broadcast: None };
    let now = http.rooms.decide(&told).await?.into();
    let last = store::last(db, id).await?.map(|admitted| LastAdmission {
        decision: admitted.decision.into(),
        at_ms: admitted.at.0,
        broadcast_id: admitted.broadcast,
    });
    Ok(Json(RoomAdmission { now, last }))
}
