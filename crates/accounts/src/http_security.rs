//! What an organisation asks of its people: which roles need a second factor. And which roles there are.

use crate::{
    Accounts, ManageSecurity, ReadStaff, roles,
    rules::{self, Refusal},
    store_audit::{self, Action, Change, Who},
    store_second,
};
use app::{ApiError, ApiJson, ApiResult, Can, ClientIp, Problem, Reach};
use axum::{Json, extract::State};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

pub(crate) fn routes(accounts: Accounts) -> OpenApiRouter {
    OpenApiRouter::new().routes(routes!(list_roles)).routes(routes!(show, set)).with_state(accounts)
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RoleView {
    #[schema(example = "operator")]
    name: &'static str,
    #[schema(example = "运营")]
    zh: &'static str,
    #[schema(example = "operator")]
    en: &'static str,
    #[schema(example = json!(["room.manage", "room.read"]))]
    permissions: Vec<&'static str>,
    /// You may give it: its permissions are among your own.
    grantable: bool,
    /// The organisation wants a second factor of it.
    second_factor: bool,
}

/// Roles, and what each may do 角色.
#[utoipa::path(
    get, path = "/api/roles", tag = "accounts", operation_id = "list_roles",
    responses(
        (status = 200, description = "widest first", body = Vec<RoleView>),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: needs `staff.read`", body = Problem, content_type = "application/problem+json"),
    )
)]
async fn list_roles(State(accounts): State<Accounts>, actor: Can<ReadStaff>) -> ApiResult<Vec<RoleView>> {
    let needed = store_second::roles(accounts.app.store.read(), actor.scope().org).await;
    let needed = needed.map_err(anyhow::Error::from)?;
    let roles = roles::ROLES.iter().map(|role| RoleView {
        name: role.name,
        zh: role.zh,
        en: role.en,
        permissions: role.all_permissions().into_iter().collect(),
        grantable: rules::grantable(&actor, role.name).is_ok(),
        second_factor: needed.iter().any(|name| name == role.name),
    });
    Ok(Json(roles.collect()))
}

/// The name of a role.
#[derive(ToSchema)]
#[schema(value_type = String, format = "role", example = "operator")]
struct RoleName(#[expect(dead_code, reason = "only described")] String);

#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct Security {
    /// Roles that need a second factor. Who has none may then do nothing else before it is set up; tokens go on.
    #[schema(example = json!(["admin", "manager"]), value_type = Vec<RoleName>)]
    second_factor_roles: Vec<String>,
}

/// What the organisation asks of its people 安全设置.
#[utoipa::path(
    get, path = "/api/security", operation_id = "read_security", tag = "accounts",
    responses(
        (status = 200, description = "as it is", body = Security),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: needs `staff.read`", body = Problem, content_type = "application/problem+json"),
    )
)]
async fn show(State(accounts): State<Accounts>, actor: Can<ReadStaff>) -> ApiResult<Security> {
    let roles = store_second::roles(accounts.app.store.read(), actor.scope().org).await;
    Ok(Json(Security { second_factor_roles: roles.map_err(anyhow::Error::from)? }))
}

/// Set what the organisation asks of its people 修改安全设置.
#[utoipa::path(
    put, path = "/api/security", tag = "accounts", operation_id = "set_security", request_body = Security,
    responses(
        (status = 200, description = "as it is now", body = Security),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: needs `security.manage`; or `beyond_your_reach`: only headquarters set it", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "`unknown_role`", body = Problem, content_type = "application/problem+json"),
    )
)]
async fn set(
    State(accounts): State<Accounts>,
    actor: Can<ManageSecurity>,
    ClientIp(address): ClientIp,
    ApiJson(wish): ApiJson<Security>,
) -> Result<Json<Security>, ApiError> {
    if actor.scope().reach != Reach::Org {
        return Err(Refusal::BeyondYourReach.into());
    }
    if let Some(unknown) = wish.second_factor_roles.iter().find(|name| roles::role(name).is_none()) {
        return Err(Refusal::UnknownRole(unknown.clone()).into());
    }
    let known = roles::ROLES.iter().map(|role| role.name.to_owned());
    let roles: Vec<String> = known.filter(|name| wish.second_factor_roles.contains(name)).collect();
    let (org, now) = (actor.scope().org, accounts.app.now());
    let tx = accounts.app.store.begin().await?;
    let before = store_second::roles(tx.db(), org).await.map_err(anyhow::Error::from)?;
    store_second::set_roles(&tx, org, &roles).await.map_err(anyhow::Error::from)?;
    let change = Change::new(json!({"second_factor_roles": before}), json!({"second_factor_roles": roles}));
    let who = Who::actor(&actor, address);
    store_audit::record_change(&tx, who, Action::SecurityChanged, &org.to_string(), change, now).await?;
    tx.commit().await?;
    accounts.cache.forget_all();
    Ok(Json(Security { second_factor_roles: roles }))
}
