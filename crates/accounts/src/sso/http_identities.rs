//! Identities of people at providers: one's own, and those of others for who manages staff.

use super::{
    http::{SsoWay, origin, way},
    rules::Refusal,
    store::{self, Identity},
};
use crate::{
    Accounts, ManageStaff, ReadStaff,
    http_staff::managed,
    store::User,
    store_audit::{self, Action, Change, Who},
    store_staff, store_tokens,
};
use ::store::Tx;
use app::{ApiError, ApiJson, ApiPath, ApiResult, Can, ClientIp, MaybeActor, Problem, Scope};
use axum::{
    Json,
    extract::State,
    http::{HeaderMap, StatusCode},
    response::Response,
};
use events::UserId;
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::HashMap;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

pub(super) fn routes(accounts: Accounts) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(mine, link))
        .routes(routes!(unlink))
        .routes(routes!(theirs))
        .routes(routes!(unlink_theirs))
        .with_state(accounts)
}

/// How somebody is known at a provider.
#[derive(Debug, Serialize, ToSchema)]
struct SsoIdentity {
    #[schema(example = "01890a5d-ac96-774b-bcce-b302099a8057")]
    id: Uuid,
    #[schema(example = "01890a5d-ac96-774b-bcce-b302099a8057")]
    provider: Uuid,
    #[schema(example = "公司账号 Company account")]
    provider_name: String,
    /// An e-mail or a login there.
    #[schema(example = "zhang.san@example.com")]
    shown: String,
    /// Role and reach are what the provider's groups say, until somebody changes them by hand.
    follows_groups: bool,
    created_at_ms: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_used_at_ms: Option<i64>,
}

/// Providers that know me 我的单点登录.
#[utoipa::path(
    get, path = "/api/me/identities", tag = "accounts", operation_id = "my_identities",
    responses(
        (status = 200, description = "oldest first", body = Vec<SsoIdentity>),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`person_required`", body = Problem, content_type = "application/problem+json"),
    )
)]
async fn mine(State(accounts): State<Accounts>, actor: MaybeActor) -> ApiResult<Vec<SsoIdentity>> {
    let user = accounts.asking(actor).await?;
    Ok(Json(accounts.identities(&user).await?))
}

#[derive(Deserialize, ToSchema)]
struct NewIdentity {
    #[schema(example = "01890a5d-ac96-774b-bcce-b302099a8057")]
    provider: Uuid,
    /// Empty from who has none and signed in a moment ago.
    #[serde(default)]
    #[schema(example = "correct horse battery staple", format = Password)]
    password: String,
}

/// Begin to link an identity to the own account 关联单点登录. Finished by `POST /api/sso/finish` in the same browser.
#[utoipa::path(
    post, path = "/api/me/identities", tag = "accounts", operation_id = "link_identity", request_body = NewIdentity,
    responses(
        (status = 200, description = "where to go", body = SsoWay),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`person_required`; or `sign_in_again`: there is no password, and the sign-in is old", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: no such provider is enabled in your organisation", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "`wrong_password`", body = Problem, content_type = "application/problem+json"),
        (status = 429, description = "`too_many_attempts`", body = Problem, content_type = "application/problem+json"),
        (status = 502, description = "`sso_unavailable`: the provider does not answer as it should", body = Problem, content_type = "application/problem+json"),
    )
)]
async fn link(
    State(accounts): State<Accounts>,
    ClientIp(address): ClientIp,
    actor: MaybeActor,
    headers: HeaderMap,
    ApiJson(NewIdentity { provider, password }): ApiJson<NewIdentity>,
) -> Result<Response, ApiError> {
    let user = accounts.asking(actor).await?;
    // A browser that was found open must not let somebody else's identity in for good.
    accounts.ask_again(&user, password, &headers, address).await?;
    let scope = Scope::whole(user.org_id.0);
    let provider = store::find(accounts.app.store.read(), scope, provider).await?;
    let provider = provider.filter(|provider| provider.enabled).ok_or_else(|| ApiError::not_found("provider"))?;
    let begun = accounts.begin_sso(&provider, Some(user.id.0), &origin(&headers)?).await?;
    Ok(way(begun, &headers))
}

/// Take an identity off the own account 解除关联. One way in must stay.
#[utoipa::path(
    delete, path = "/api/me/identities/{id}", tag = "accounts", operation_id = "unlink_identity",
    params(("id" = Uuid, Path, description = "the identity's id")),
    responses(
        (status = 204, description = "taken off"),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`person_required`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: no such identity of yours", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "`sso_last_way`", body = Problem, content_type = "application/problem+json"),
    )
)]
async fn unlink(
    State(accounts): State<Accounts>,
    ClientIp(address): ClientIp,
    actor: MaybeActor,
    ApiPath(id): ApiPath<Uuid>,
) -> Result<StatusCode, ApiError> {
    let user = accounts.asking(actor).await?;
    let tx = accounts.app.store.begin().await?;
    store_audit::take_turn(&tx).await?;
    let identities = store::identities_of(tx.db(), user.id.0).await.map_err(anyhow::Error::from)?;
    if identities.len() == 1 && !user.has_password() {
        return Err(Refusal::LastWay.into());
    }
    accounts.unlinked(&tx, &user, id, Who::user(&user, address)).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Providers that know somebody 员工的单点登录.
#[utoipa::path(
    get, path = "/api/staff/{id}/identities", tag = "accounts", operation_id = "identities_of",
    params(("id" = Uuid, Path, description = "the person's id")),
    responses(
        (status = 200, description = "oldest first", body = Vec<SsoIdentity>),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: needs `staff.read`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: nobody of that id in your scope", body = Problem, content_type = "application/problem+json"),
    )
)]
async fn theirs(
    State(accounts): State<Accounts>,
    actor: Can<ReadStaff>,
    ApiPath(id): ApiPath<Uuid>,
) -> ApiResult<Vec<SsoIdentity>> {
    let user = store_staff::find(accounts.app.store.read(), actor.scope(), UserId(id)).await;
    let user = user.map_err(anyhow::Error::from)?.ok_or_else(|| ApiError::not_found("person"))?;
    Ok(Json(accounts.identities(&user).await?))
}

/// Take an identity off somebody's account 解除员工的单点登录. Every session of theirs ends.
#[utoipa::path(
    delete, path = "/api/staff/{id}/identities/{identity}", tag = "accounts", operation_id = "unlink_identity_of",
    params(("id" = Uuid, Path, description = "the person's id"), ("identity" = Uuid, Path, description = "the identity's id")),
    responses(
        (status = 204, description = "taken off"),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: needs `staff.manage`; or `beyond_your_permissions`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: nobody of that id in your scope, or no such identity of theirs", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "`not_yourself`", body = Problem, content_type = "application/problem+json"),
    )
)]
async fn unlink_theirs(
    State(accounts): State<Accounts>,
    actor: Can<ManageStaff>,
    ClientIp(address): ClientIp,
    ApiPath((id, identity)): ApiPath<(Uuid, Uuid)>,
) -> Result<StatusCode, ApiError> {
    let tx = accounts.app.store.begin().await?;
    let user = managed(&tx, &actor, id).await?;
    accounts.unlinked(&tx, &user, identity, Who::actor(&actor, address)).await?;
    let now = accounts.app.now();
    store_tokens::revoke_sessions(&tx, user.id.0, None, now).await.map_err(anyhow::Error::from)?;
    tx.commit().await?;
    accounts.cache.forget_user(user.id.0);
    Ok(StatusCode::NO_CONTENT)
}

impl Accounts {
    async fn identities(&self, user: &User) -> anyhow::Result<Vec<SsoIdentity>> {
        let db = self.app.store.read();
        let providers = store::providers(db, Scope::whole(user.org_id.0)).await?;
        let names: HashMap<Uuid, String> = providers.into_iter().map(|one| (one.id, one.name)).collect();
        let identities = store::identities_of(db, user.id.0).await?;
        let shown = identities.into_iter().map(|identity: Identity| SsoIdentity {
            id: identity.id.0,
            provider: identity.provider_id.0,
            provider_name: names.get(&identity.provider_id.0).cloned().unwrap_or_default(),
            shown: identity.shown,
            follows_groups: identity.follows_groups,
            created_at_ms: identity.created_at_ms,
            last_used_at_ms: identity.last_used_at_ms,
        });
        Ok(shown.collect())
    }

    async fn unlinked(&self, tx: &Tx, user: &User, identity: Uuid, who: Who<'_>) -> Result<(), ApiError> {
        if !store::unlink(tx, user.id.0, identity).await.map_err(anyhow::Error::from)? {
            return Err(ApiError::not_found("identity"));
        }
        let change = Change::new(json!({"identity": identity}), None);
        let target = user.id.to_string();
        store_audit::record_change(tx, who, Action::IdentityRemoved, &target, change, self.app.now()).await?;
        Ok(())
    }
}
