//! Personal tokens: keys for a person's own scripts. They do what their owner may do today, or less, and end with the account.

use crate::{
    Accounts,
    http::Refusal as SignInRefusal,
    http_tokens::{DAY_MS, LONGEST_NAME, MadeToken, Refusal, Token, described},
    roles,
    secret::{self, Kind},
    store::User,
    store_audit::{self, Action, Change, Who},
    store_tokens::{self, Model},
};
use app::{Actor, ApiError, ApiJson, ApiPath, ApiResult, ClientIp, MaybeActor, Page, Problem};
use axum::{Json, extract::State, http::StatusCode};
use serde::Deserialize;
use std::net::IpAddr;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

pub(crate) fn routes(accounts: Accounts) -> OpenApiRouter {
    OpenApiRouter::new().routes(routes!(list, create)).routes(routes!(revoke)).with_state(accounts)
}

/// My personal tokens, newest first 个人令牌.
#[utoipa::path(
    get, path = "/api/me/tokens", operation_id = "list_my_tokens", tag = "accounts",
    responses(
        (status = 200, description = "those that work", body = Page<Token>),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`person_required`", body = Problem, content_type = "application/problem+json"),
    )
)]
async fn list(State(accounts): State<Accounts>, actor: MaybeActor) -> ApiResult<Page<Token>> {
    let user = accounts.asking(actor).await?;
    let tokens = store_tokens::of_person(accounts.app.store.read(), Kind::Api, user.id.0, accounts.app.now()).await;
    let items = tokens.map_err(anyhow::Error::from)?.into_iter().map(Token::from).collect();
    Ok(Json(Page { items, next: None }))
}

#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct NewPersonalToken {
    #[schema(example = "my script")]
    name: String,
    /// Narrows it to these of your permissions.
    #[serde(default)]
    #[schema(example = json!(["metrics.read"]))]
    scopes: Vec<String>,
    /// A personal token always expires.
    #[schema(example = 90, minimum = 1, maximum = 365)]
    expires_in_days: u32,
}

/// Make a personal token 创建个人令牌. Only a signed-in person makes one: a token makes no other.
#[utoipa::path(
    post, path = "/api/me/tokens", tag = "accounts", operation_id = "create_my_token", request_body = NewPersonalToken,
    responses(
        (status = 201, description = "made; the secret is in `token` and is not shown again", body = MadeToken),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`person_required`, or `beyond_your_permissions`", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "`bad_name`, `unknown_scope` or `bad_expiry`", body = Problem, content_type = "application/problem+json"),
    )
)]
async fn create(
    State(accounts): State<Accounts>,
    ClientIp(address): ClientIp,
    MaybeActor(actor): MaybeActor,
    headers: axum::http::HeaderMap,
    ApiJson(new): ApiJson<NewPersonalToken>,
) -> Result<(StatusCode, Json<MadeToken>), ApiError> {
    let actor = actor.ok_or_else(ApiError::unauthenticated)?;
    let user = accounts.asking(MaybeActor(Some(actor.clone()))).await?;
    let signed_in = secret::carried(&headers).is_some_and(|carried| carried.kind == Kind::Session);
    if !signed_in {
        return Err(SignInRefusal::NoPerson.into());
    }
    check(&new, &user, &actor)?;
    Ok((StatusCode::CREATED, Json(accounts.make_personal(new, &user, address).await?)))
}

fn check(new: &NewPersonalToken, user: &User, actor: &Actor) -> Result<(), Refusal> {
    if !(1..=LONGEST_NAME).contains(&new.name.trim().chars().count()) {
        return Err(Refusal::Name);
    }
    let role = roles::role(&user.role).ok_or_else(|| Refusal::UnknownRole(user.role.clone()))?;
    let all = role.all_permissions();
    if let Some(scope) = new.scopes.iter().find(|scope| !all.contains(scope.as_str())) {
        return Err(Refusal::UnknownScope { role: role.name, scope: scope.clone() });
    }
    // Who must set a password or a second factor first may nothing yet.
    if let Some(beyond) = all.into_iter().find(|permission| !actor.may(permission)) {
        return Err(Refusal::BeyondYours(beyond.to_owned()));
    }
    if !(1..=365).contains(&new.expires_in_days) {
        return Err(Refusal::Expiry);
    }
    Ok(())
}

/// Revoke a personal token 吊销个人令牌. It stops at once.
#[utoipa::path(
    delete, path = "/api/me/tokens/{id}", tag = "accounts", operation_id = "revoke_my_token",
    params(("id" = Uuid, Path, description = "the token's id")),
    responses(
        (status = 204, description = "revoked"),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`person_required`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: no such token of yours", body = Problem, content_type = "application/problem+json"),
    )
)]
async fn revoke(
    State(accounts): State<Accounts>,
    ClientIp(address): ClientIp,
    actor: MaybeActor,
    ApiPath(id): ApiPath<Uuid>,
) -> Result<StatusCode, ApiError> {
    let user = accounts.asking(actor).await?;
    match accounts.revoke_personal(&user, id, address).await? {
        true => Ok(StatusCode::NO_CONTENT),
        false => Err(ApiError::not_found("token")),
    }
}

impl Accounts {
    async fn make_personal(&self, new: NewPersonalToken, user: &User, address: IpAddr) -> anyhow::Result<MadeToken> {
        let (secret, now) = (secret::fresh(Kind::Api), self.app.now());
        let mut token = Model::new(Kind::Api, &secret, user.scope(), now);
        token.user_id = Some(user.id);
        token.name = new.name.trim().into();
        token.role = user.role.clone();
        token.scopes = new.scopes.join(",");
        token.made_by = user.login.clone();
        token.expires_at_ms = Some(now.plus_ms(i64::from(new.expires_in_days) * DAY_MS).0);
        let tx = self.app.store.begin().await?;
        store_tokens::insert(&tx, token.clone()).await?;
        let (who, change) = (Who::user(user, address), Change::new(None, described(&token)));
        store_audit::record_change(&tx, who, Action::TokenCreated, &token.id.to_string(), change, now).await?;
        tx.commit().await?;
        Ok(MadeToken { token: secret, details: token.into() })
    }

    async fn revoke_personal(&self, user: &User, id: Uuid, address: IpAddr) -> anyhow::Result<bool> {
        let now = self.app.now();
        let tx = self.app.store.begin().await?;
        let tokens = store_tokens::of_person(tx.db(), Kind::Api, user.id.0, now).await?;
        let Some(token) = tokens.into_iter().find(|token| token.id.0 == id) else { return Ok(false) };
        store_tokens::revoke(&tx, token.id, now).await?;
        let (who, change) = (Who::user(user, address), Change::new(described(&token), None));
        store_audit::record_change(&tx, who, Action::TokenRevoked, &id.to_string(), change, now).await?;
        tx.commit().await?;
        self.cache.forget(&token.hash);
        Ok(true)
    }
}
