//! API tokens: keys for programs. The secret is shown once, when it is made.

use crate::{
    Accounts, ManageTokens, roles,
    secret::{self, Kind},
    store,
    store_audit::{self, Action, Change, Who},
    store_tokens::{self, Model},
};
use app::{Actor, ApiError, ApiJson, ApiPath, ApiQuery, ApiResult, Can, ClientIp, Page, Problem, Refuse, Scope};
use axum::{Json, extract::State, http::StatusCode};
use events::{RegionId, TeamId};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::net::IpAddr;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

const PAGE: u64 = 100;
pub(crate) const LONGEST_NAME: usize = 100;
pub(crate) const DAY_MS: i64 = 24 * 3600 * 1000;

pub(crate) fn routes(accounts: Accounts) -> OpenApiRouter {
    OpenApiRouter::new().routes(routes!(list, create)).routes(routes!(revoke)).with_state(accounts)
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Refusal {
    #[error("a token's name has 1 to {LONGEST_NAME} characters")]
    Name,
    #[error("there is no role `{0}`")]
    UnknownRole(String),
    #[error("the role `{role}` does not have the permission `{scope}`")]
    UnknownScope { role: &'static str, scope: String },
    #[error("a token cannot have the permission `{0}`, which you do not have")]
    BeyondYours(String),
    #[error("a token expires in 1 to 3650 days, or never")]
    Expiry,
}

impl Refuse for Refusal {
    fn code(&self) -> &'static str {
        match self {
            Self::Name => "bad_name",
            Self::UnknownRole(_) => "unknown_role",
            Self::UnknownScope { .. } => "unknown_scope",
            Self::BeyondYours(_) => "beyond_your_permissions",
            Self::Expiry => "bad_expiry",
        }
    }
    fn status(&self) -> u16 {
        if matches!(self, Self::BeyondYours(_)) { 403 } else { 422 }
    }
}

/// An API token, without its secret.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Token {
    #[schema(example = "01890a5d-ac96-774b-bcce-b302099a8057")]
    id: Uuid,
    #[schema(example = "website collector")]
    name: String,
    #[schema(example = "service")]
    role: String,
    /// Permissions it is narrowed to; empty is all of the role's.
    #[schema(example = json!(["collect.write"]))]
    scopes: Vec<String>,
    /// Present when it reaches the teams of one region.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Uuid)]
    region: Option<RegionId>,
    /// Present when it reaches one team.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Uuid)]
    team: Option<TeamId>,
    /// Login or token name of who made it, or `terminal`; empty when it was not noted yet.
    #[schema(example = "admin")]
    made_by: String,
    /// Milliseconds since 1970, UTC.
    #[schema(example = 1_790_000_000_000_i64)]
    created_at_ms: i64,
    /// Absent when it never expires.
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_at_ms: Option<i64>,
    /// To the minute; absent before the first use.
    #[serde(skip_serializing_if = "Option::is_none")]
    last_used_at_ms: Option<i64>,
}

impl From<Model> for Token {
    fn from(token: Model) -> Self {
        Self {
            id: token.id.0,
            scopes: token.scopes().into_iter().map(str::to_owned).collect(),
            name: token.name,
            role: token.role,
            region: token.region_id.map(|region| region.0),
            team: token.team_id.map(|team| team.0),
            made_by: token.made_by,
            created_at_ms: token.created_at_ms,
            expires_at_ms: token.expires_at_ms,
            last_used_at_ms: token.last_used_at_ms,
        }
    }
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct After {
    /// `next` of the page before.
    after: Option<Uuid>,
}

/// API tokens in your scope, newest first; revoked ones are left out.
#[utoipa::path(
    get, path = "/api/tokens", tag = "accounts", operation_id = "list_tokens", params(After),
    responses(
        (status = 200, description = "a page of up to 100 tokens", body = Page<Token>),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: needs `token.manage`", body = Problem, content_type = "application/problem+json"),
    )
)]
async fn list(
    State(accounts): State<Accounts>,
    actor: Can<ManageTokens>,
    ApiQuery(After { after }): ApiQuery<After>,
) -> ApiResult<Page<Token>> {
    let tokens =
        store_tokens::list(accounts.app.store.read(), actor.scope(), after, PAGE).await.map_err(anyhow::Error::from)?;
    let next = tokens.last().filter(|_| tokens.len() as u64 == PAGE).map(|token| token.id.to_string());
    Ok(Json(Page { items: tokens.into_iter().map(Token::from).collect(), next }))
}

#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct NewToken {
    #[schema(example = "website collector", max_length = 100, pattern = r"\S")]
    name: String,
    /// `admin`, `operator`, `controller`, `moderator`, `senior_moderator`, `professional`, `analyst`, `manager`, `host`, `merchant`, `customer_service` or `service`.
    #[schema(example = "service", format = "role")]
    role: String,
    /// Narrows the role to these permissions.
    #[serde(default)]
    #[schema(example = json!(["collect.write"]))]
    scopes: Vec<String>,
    /// Narrows the reach to one team.
    #[schema(value_type = Option<String>, format = Uuid)]
    team: Option<TeamId>,
    /// Never expires without it.
    #[schema(example = 365, minimum = 1, maximum = 3650)]
    expires_in_days: Option<u32>,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MadeToken {
    /// The secret: shown here and nowhere else.
    #[schema(example = "kbo_q2Vh0b0m3m9p4XyZ1nV6sTg8wKd5rLc7uJf2aHe9iQo")]
    pub token: String,
    #[serde(flatten)]
    pub details: Token,
}

/// Make an API token 创建令牌. Its permissions are among your own.
#[utoipa::path(
    post, path = "/api/tokens", tag = "accounts", operation_id = "create_token", request_body = NewToken,
    responses(
        (status = 201, description = "made; the secret is in `token` and is not shown again", body = MadeToken),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: needs `token.manage`; or `beyond_your_permissions`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: no such team in your scope", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "`bad_name`, `unknown_role`, `unknown_scope` or `bad_expiry`", body = Problem, content_type = "application/problem+json"),
    )
)]
async fn create(
    State(accounts): State<Accounts>,
    actor: Can<ManageTokens>,
    ClientIp(address): ClientIp,
    ApiJson(new): ApiJson<NewToken>,
) -> Result<(StatusCode, Json<MadeToken>), ApiError> {
    check(&new, &actor)?;
    let scope = match new.team {
        Some(id) => {
            let team = store::team(accounts.app.store.read(), actor.scope(), id).await.map_err(anyhow::Error::from)?;
            Scope::of_team(actor.scope().org, team.ok_or_else(|| ApiError::not_found("team"))?.id.0)
        }
        None => actor.scope(),
    };
    let made = accounts.make_token(new, scope, &actor, address).await?;
    Ok((StatusCode::CREATED, Json(made)))
}

fn check(new: &NewToken, actor: &Actor) -> Result<(), Refusal> {
    if !(1..=LONGEST_NAME).contains(&new.name.trim().chars().count()) {
        return Err(Refusal::Name);
    }
    let role = roles::role(&new.role).ok_or_else(|| Refusal::UnknownRole(new.role.clone()))?;
    let all = role.all_permissions();
    if let Some(scope) = new.scopes.iter().find(|scope| !all.contains(scope.as_str())) {
        return Err(Refusal::UnknownScope { role: role.name, scope: scope.clone() });
    }
    let scopes: Vec<&str> = new.scopes.iter().map(String::as_str).collect();
    if let Some(beyond) = role.within(&scopes).iter().find(|permission| !actor.may(permission)) {
        return Err(Refusal::BeyondYours(beyond.clone()));
    }
    if new.expires_in_days.is_some_and(|days| !(1..=3650).contains(&days)) {
        return Err(Refusal::Expiry);
    }
    Ok(())
}

/// Revoke an API token 吊销令牌. It stops working at once here, within 5 s in other processes.
#[utoipa::path(
    delete, path = "/api/tokens/{id}", tag = "accounts", operation_id = "revoke_token",
    params(("id" = Uuid, Path, description = "the token's id")),
    responses(
        (status = 204, description = "revoked, now or before"),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: needs `token.manage`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: no such token in your scope", body = Problem, content_type = "application/problem+json"),
    )
)]
async fn revoke(
    State(accounts): State<Accounts>,
    actor: Can<ManageTokens>,
    ClientIp(address): ClientIp,
    ApiPath(id): ApiPath<Uuid>,
) -> Result<StatusCode, ApiError> {
    if !accounts.revoke_token(id, &actor, address).await? {
        return Err(ApiError::not_found("token"));
    }
    Ok(StatusCode::NO_CONTENT)
}

/// A token as the audit log keeps it.
pub(crate) fn described(token: &Model) -> serde_json::Value {
    json!({"title": token.name, "role": token.role, "scopes": token.scopes(), "region": token.region_id.map(|id| id.0),
        "team": token.team_id.map(|id| id.0), "expires_at_ms": token.expires_at_ms})
}

impl Accounts {
    async fn make_token(
        &self,
        new: NewToken,
        scope: Scope,
        actor: &Actor,
        address: IpAddr,
    ) -> anyhow::Result<MadeToken> {
        let (secret, now) = (secret::fresh(Kind::Api), self.app.now());
        let mut token = Model::new(Kind::Api, &secret, scope, now);
        token.name = new.name.trim().into();
        token.role = new.role;
        token.made_by = actor.name.to_string();
        token.scopes = new.scopes.join(",");
        token.expires_at_ms = new.expires_in_days.map(|days| now.plus_ms(i64::from(days) * DAY_MS).0);
        let tx = self.app.store.begin().await?;
        store_tokens::insert(&tx, token.clone()).await?;
        let change = Change::new(None, described(&token));
        let (who, target) = (Who::actor(actor, address), token.id.to_string());
        store_audit::record_change(&tx, who, Action::TokenCreated, &target, change, now).await?;
        tx.commit().await?;
        Ok(MadeToken { token: secret, details: token.into() })
    }

    async fn revoke_token(&self, id: Uuid, actor: &Actor, address: IpAddr) -> anyhow::Result<bool> {
        let now = self.app.now();
        let tx = self.app.store.begin().await?;
        let Some(token) = store_tokens::find(tx.db(), actor.scope, id).await? else { return Ok(false) };
        if token.revoked_at_ms.is_none() {
            store_tokens::revoke(&tx, token.id, now).await?;
            let (who, change) = (Who::actor(actor, address), Change::new(described(&token), None));
            store_audit::record_change(&tx, who, Action::TokenRevoked, &id.to_string(), change, now).await?;
        }
        tx.commit().await?;
        self.cache.forget(&token.hash);
        Ok(true)
    }
}
