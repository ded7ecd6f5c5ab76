//! The provider of real names an organisation asks, over HTTP.

use super::{Auth, Provider, secret, store, url};
use crate::{Standing, refusal::Refusal};
use app::{ApiError, ApiJson, ApiResult, Can, Permission, PermissionInfo, Problem, Reach};
use axum::{Json, extract::State, http::StatusCode};
use events::{Millis, OrgId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

/// May say who is told hosts' names and numbers.
pub struct ManageProvider;
impl Permission for ManageProvider {
    const INFO: PermissionInfo =
        PermissionInfo {
            name: "standing.provider", zh: "对接实名核验服务", en: "set the provider of real names"
        };
}

pub fn routes(standing: Standing) -> OpenApiRouter {
    OpenApiRouter::new().routes(routes!(get, put, remove)).with_state(standing)
}

/// The provider of real names 实名核验服务.
#[derive(Debug, Serialize, ToSchema)]
struct NameProvider {
    /// Empty: there is none.
    #[schema(example = "https://id.example.org/check")]
    url: String,
    auth: Auth,
    has_secret: bool,
    /// What matches waits for a person all the same.
    with_person: bool,
    enabled: bool,
    /// It failed again and again, and is left in peace until then.
    #[schema(value_type = Option<i64>)]
    rests_until_ms: Option<Millis>,
    #[schema(example = "admin")]
    changed_by: String,
    #[schema(value_type = Option<i64>)]
    changed_at_ms: Option<Millis>,
}

/// What is asked, and how it knows us.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SetNameProvider {
    /// Where names and numbers are sent: `https`.
    #[schema(max_length = 2000, example = "https://id.example.org/check")]
    url: String,
    auth: Auth,
    /// Without one the former stays, as long as neither address nor way change.
    #[schema(max_length = 500, example = "f0c1a2")]
    #[serde(default)]
    secret: Option<String>,
    /// What matches waits for a person all the same.
    #[schema(example = true)]
    with_person: bool,
    #[schema(example = true)]
    enabled: bool,
}

fn body(standing: &Standing, org: OrgId, provider: Option<Provider>) -> NameProvider {
    let rests_until_ms = standing.desk().rests_until(org, standing.app().now());
    match provider {
        Some(kept) => NameProvider {
            url: kept.url,
            auth: kept.auth,
            has_secret: true,
            with_person: kept.with_person,
            enabled: kept.enabled,
            rests_until_ms,
            changed_by: kept.changed_by,
            changed_at_ms: Some(kept.changed_at),
        },
        None => NameProvider {
            url: String::new(),
            auth: Auth::Bearer,
            has_secret: false,
            with_person: true,
            enabled: false,
            rests_until_ms: None,
            changed_by: String::new(),
            changed_at_ms: None,
        },
    }
}

/// It is told names of the whole organisation.
fn headquarters(can: &Can<ManageProvider>) -> Result<OrgId, Refusal> {
    let scope = can.scope();
    if scope.reach == Reach::Org { Ok(scope.org) } else { Err(Refusal::BeyondYourReach) }
}

/// Who is asked about real names 实名核验服务
#[utoipa::path(get, path = "/api/standing/provider", tag = "standing", operation_id = "get_name_provider",
    responses(
        (status = 200, description = "it, or that there is none", body = NameProvider),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: needs `standing.provider`; `beyond_your_reach`", body = Problem, content_type = "application/problem+json"),
    ))]
async fn get(State(standing): State<Standing>, can: Can<ManageProvider>) -> ApiResult<NameProvider> {
    let org = headquarters(&can)?;
    let provider = store::of(standing.app().store.read(), org).await?;
    Ok(Json(body(&standing, org, provider)))
}

/// Ask somebody about real names 设置实名核验服务
///
/// From then on whoever is submitted with an identity card is asked about. The secret is sealed and shown to nobody.
#[utoipa::path(put, path = "/api/standing/provider", tag = "standing", operation_id = "set_name_provider", request_body = SetNameProvider,
    responses(
        (status = 200, description = "it is asked, if it is enabled", body = NameProvider),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: needs `standing.provider`; `beyond_your_reach`", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "`bad_url`, `private_address`, `bad_secret`, `secret_needed`", body = Problem, content_type = "application/problem+json"),
    ))]
async fn put(
    State(standing): State<Standing>,
    can: Can<ManageProvider>,
    ApiJson(wanted): ApiJson<SetNameProvider>,
) -> ApiResult<NameProvider> {
    let org = headquarters(&can)?;
    let app = standing.app();
    let url = url(&wanted.url, standing.provider_settings().allow_private)?;
    let tx = app.store.begin().await?;
    tx.take_turns("standing_provider").await?;
    let before = store::of(tx.db(), org).await?;
    // A secret goes where it was meant to go, and nowhere else.
    let kept = before.filter(|kept| kept.url == url && kept.auth == wanted.auth);
    let secret = match (wanted.secret, kept) {
        (Some(new), _) => store::seal(&app.keys, org, secret(&new)?)?,
        (None, Some(kept)) => kept.secret,
        (None, None) => return Err(Refusal::SecretNeeded.into()),
    };
    let provider = Provider {
        org,
        url,
        auth: wanted.auth,
        secret,
        with_person: wanted.with_person,
        enabled: wanted.enabled,
        changed_by: can.name.to_string(),
        changed_at: app.now(),
    };
    store::put(tx.db(), &provider).await?;
    store::hasten(tx.db(), org, app.now()).await?;
    tx.commit().await?;
    standing.desk().reset(org);
    standing.desk().wake();
    Ok(Json(body(&standing, org, Some(provider))))
}

/// Ask nobody any more 停用实名核验服务
///
/// What waits is for people. Its address and secret are gone.
#[utoipa::path(delete, path = "/api/standing/provider", tag = "standing", operation_id = "remove_name_provider",
    responses(
        (status = 204, description = "nobody is asked"),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: needs `standing.provider`; `beyond_your_reach`", body = Problem, content_type = "application/problem+json"),
    ))]
async fn remove(State(standing): State<Standing>, can: Can<ManageProvider>) -> Result<StatusCode, ApiError> {
    let org = headquarters(&can)?;
    let tx = standing.app().store.begin().await?;
    store::remove(tx.db(), org).await?;
    tx.commit().await?;
    standing.desk().reset(org);
    Ok(StatusCode::NO_CONTENT)
}
