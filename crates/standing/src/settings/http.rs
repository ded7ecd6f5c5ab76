//! Settings over HTTP.

use super::{Settings, store};
use crate::{
    Standing,
    hosts::{http::ReadStanding, http_verify::VerifyHosts},
    refusal::Refusal,
};
use app::{ApiJson, ApiResult, Can, Problem, Reach, Within};
use axum::{Json, extract::State};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

pub fn routes(standing: Standing) -> OpenApiRouter {
    OpenApiRouter::new().routes(routes!(get_settings, set_settings)).with_state(standing)
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = StandingSettings)]
struct SettingsBody {
    /// How long a verification counts.
    #[schema(example = 365)]
    valid_days: u32,
    /// Below this score a room has the obstacle `low_score`.
    #[schema(example = 60)]
    low_score: u32,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = StandingSettingsChange)]
struct SettingsChange {
    valid_days: Within<1, 3650>,
    low_score: Within<0, 100>,
}

impl From<Settings> for SettingsBody {
    fn from(Settings { valid_days, low_score }: Settings) -> Self {
        Self { valid_days, low_score }
    }
}

/// How long verifications count, and which score is low 信用设置
#[utoipa::path(get, path = "/api/standing/settings", tag = "standing", operation_id = "get_standing_settings",
    responses(
        (status = 200, description = "what holds", body = SettingsBody),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: needs `standing.read`", body = Problem, content_type = "application/problem+json"),
    ))]
async fn get_settings(State(standing): State<Standing>, can: Can<ReadStanding>) -> ApiResult<SettingsBody> {
    Ok(Json(store::of(standing.app().store.read(), can.scope().org).await?.into()))
}

/// Change them 修改信用设置
///
/// Verifications that were given keep their end.
#[utoipa::path(put, path = "/api/standing/settings", tag = "standing", operation_id = "set_standing_settings", request_body = SettingsChange,
    responses(
        (status = 200, description = "what holds now", body = SettingsBody),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: needs `standing.verify`; `beyond_your_reach`", body = Problem, content_type = "application/problem+json"),
    ))]
async fn set_settings(
    State(standing): State<Standing>,
    can: Can<VerifyHosts>,
    ApiJson(change): ApiJson<SettingsChange>,
) -> ApiResult<SettingsBody> {
    let scope = can.scope();
    if scope.reach != Reach::Org {
        return Err(Refusal::BeyondYourReach.into());
    }
    let settings = Settings { valid_days: change.valid_days.get() as u32, low_score: change.low_score.get() as u32 };
    let tx = standing.app().store.begin().await?;
    store::set(tx.db(), scope.org, settings, &can.name, standing.app().now()).await?;
    tx.commit().await?;
    Ok(Json(settings.into()))
}
