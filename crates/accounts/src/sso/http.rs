//! Coming in by a provider: its button, the way there, the way back, and the own second factor when it is owed.

use super::{
    enter::{Answer, Begun, Entered, Finished},
    rules::Refusal,
    store,
};
use crate::{
    Accounts,
    http::{Person, Refusal as SignInRefusal, SESSION_S, is_https, session_cookie},
    secret, store_second,
};
use app::{ApiError, ApiJson, ApiPath, ApiResult, ClientIp, MaybeActor, Problem};
use axum::{
    Json,
    extract::State,
    http::{HeaderMap, header},
    response::{AppendHeaders, IntoResponse, Response},
};
use reqwest::Url;
use serde::{Deserialize, Serialize};
use std::net::IpAddr;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

const LASTS_S: i64 = 600;

pub(super) fn routes(accounts: Accounts) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(doors))
        .routes(routes!(begin))
        .routes(routes!(finish))
        .routes(routes!(give_code))
        .with_state(accounts)
}

/// A button of the sign-in page.
#[derive(Debug, Serialize, ToSchema)]
struct SsoDoor {
    #[schema(example = "01890a5d-ac96-774b-bcce-b302099a8057")]
    id: Uuid,
    #[schema(example = "公司账号 Company account")]
    name: String,
}

/// Providers by which people sign in 单点登录入口.
#[utoipa::path(
    get, path = "/api/sso", tag = "accounts", operation_id = "sso_doors", security(()),
    responses((status = 200, description = "those that are enabled", body = Vec<SsoDoor>))
)]
async fn doors(State(accounts): State<Accounts>) -> ApiResult<Vec<SsoDoor>> {
    let providers = store::doors(accounts.app.store.read()).await?;
    Ok(Json(providers.into_iter().map(|provider| SsoDoor { id: provider.id, name: provider.name }).collect()))
}

/// Where the browser goes now.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct SsoWay {
    #[schema(example = "https://id.example.com/authorize?response_type=code&state=...")]
    url: String,
    /// Comes back with the browser.
    state: String,
}

/// Begin to sign in by a provider 单点登录. The browser keeps a cookie, by which it is known when it comes back to `/console/sso`.
#[utoipa::path(
    post, path = "/api/sso/{id}/begin", tag = "accounts", operation_id = "begin_sso", security(()),
    params(("id" = Uuid, Path, description = "the provider's id")),
    responses(
        (status = 200, description = "where to go", body = SsoWay),
        (status = 404, description = "`not_found`: no such provider is enabled", body = Problem, content_type = "application/problem+json"),
        (status = 429, description = "`too_many_attempts`, with `Retry-After`", body = Problem, content_type = "application/problem+json"),
        (status = 502, description = "`sso_unavailable`: the provider does not answer as it should", body = Problem, content_type = "application/problem+json"),
    )
)]
async fn begin(
    State(accounts): State<Accounts>,
    ClientIp(address): ClientIp,
    headers: HeaderMap,
    ApiPath(id): ApiPath<Uuid>,
) -> Result<Response, ApiError> {
    let now = accounts.app.now();
    accounts.attempts.lock().take_begin(address, now).map_err(SignInRefusal::TooManyAttempts)?;
    let provider = store::provider(accounts.app.store.read(), id).await?.filter(|provider| provider.enabled);
    let provider = provider.ok_or_else(|| ApiError::not_found("provider"))?;
    let begun = accounts.begin_sso(&provider, None, &origin(&headers)?).await?;
    Ok(way(begun, &headers))
}

#[derive(Deserialize, ToSchema)]
pub(super) struct SsoAnswer {
    /// What the provider sent the browser back with.
    state: String,
    code: Option<String>,
    iss: Option<String>,
    error: Option<String>,
}

/// Somebody is in, or has one more way in.
#[derive(Debug, Serialize, ToSchema)]
struct SsoFinished {
    /// `sign_in`, or `link` when somebody who was signed in linked an identity.
    #[schema(example = "sign_in")]
    purpose: &'static str,
    user: Person,
    /// The organisation wants a second factor of this role: everything else waits until `POST /api/me/second-factor/confirm`.
    must_enrol: bool,
}

/// Finish what was begun, with the provider's answer. Signing in sets the cookie `kaibo_session`.
#[utoipa::path(
    post, path = "/api/sso/finish", tag = "accounts", operation_id = "finish_sso", request_body = SsoAnswer, security(()),
    responses(
        (status = 200, description = "signed in, or linked", body = SsoFinished),
        (status = 401, description = "`sso_denied`, `sso_disbelieved`; or `second_factor_required`: go on with `POST /api/sso/code`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`sso_not_invited`, `sso_unverified`, `sso_domain`, `sso_no_group` or `sso_disabled`", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "`sso_account_exists` or `sso_other_person`", body = Problem, content_type = "application/problem+json"),
        (status = 410, description = "`sso_stale`: used, expired, or begun in another browser", body = Problem, content_type = "application/problem+json"),
        (status = 502, description = "`sso_unavailable`: the provider does not answer as it should", body = Problem, content_type = "application/problem+json"),
    )
)]
async fn finish(
    State(accounts): State<Accounts>,
    ClientIp(address): ClientIp,
    MaybeActor(actor): MaybeActor,
    headers: HeaderMap,
    ApiJson(SsoAnswer { state, code, iss, error }): ApiJson<SsoAnswer>,
) -> Result<impl IntoResponse, ApiError> {
    let browser = browser(&headers, &state)?;
    let answer = Answer { state: &state, code: code.as_deref(), issuer: iss.as_deref(), error: error.as_deref() };
    let signed_in = actor.and_then(|actor| actor.user);
    match accounts.finish_sso(answer, &browser, signed_in, address).await? {
        Finished::In(entered) => accounts.let_in(entered, &state, address, &headers).await,
        Finished::Code => Err(SignInRefusal::CodeNeeded.into()),
        Finished::Linked(user) => {
            let linked = SsoFinished { purpose: "link", user: Person::from(&user), must_enrol: false };
            let gone = [(header::SET_COOKIE, cookie(&state, "", 0, &headers))];
            Ok((AppendHeaders(gone), Json(linked)).into_response())
        }
    }
}

#[derive(Deserialize, ToSchema)]
struct SsoCode {
    state: String,
    /// Six digits of the second factor's app, or a recovery code.
    #[schema(example = "005924")]
    code: String,
}

/// Give the code of the own second factor, which the provider did not vouch for.
#[utoipa::path(
    post, path = "/api/sso/code", tag = "accounts", operation_id = "give_sso_code", request_body = SsoCode, security(()),
    responses(
        (status = 200, description = "signed in; the session is in the cookie", body = SsoFinished),
        (status = 401, description = "`wrong_code`", body = Problem, content_type = "application/problem+json"),
        (status = 410, description = "`sso_stale`", body = Problem, content_type = "application/problem+json"),
        (status = 429, description = "`too_many_attempts`, with `Retry-After`", body = Problem, content_type = "application/problem+json"),
    )
)]
async fn give_code(
    State(accounts): State<Accounts>,
    ClientIp(address): ClientIp,
    headers: HeaderMap,
    ApiJson(SsoCode { state, code }): ApiJson<SsoCode>,
) -> Result<impl IntoResponse, ApiError> {
    let (attempt, entered) = accounts.owing(&state, &browser(&headers, &state)?).await?;
    if !accounts.check_code(&entered.user, code.trim(), address).await? {
        return Err(SignInRefusal::WrongCodeAtSignIn.into());
    }
    accounts.paid(&attempt).await?;
    accounts.let_in(entered, &state, address, &headers).await
}

impl Accounts {
    async fn let_in(
        &self,
        entered: Entered,
        state: &str,
        address: IpAddr,
        headers: &HeaderMap,
    ) -> Result<Response, ApiError> {
        let Entered { user, provider, second_factor } = entered;
        let secret = self.open_session(&user, address, headers, Some((&provider, second_factor))).await?;
        let owed = store_second::is_owed(self.app.store.read(), &user).await.map_err(anyhow::Error::from)?;
        let finished =
            SsoFinished { purpose: "sign_in", user: Person::from(&user), must_enrol: owed && !second_factor };
        let cookies = [
            (header::SET_COOKIE, session_cookie(&secret, SESSION_S, headers)),
            (header::SET_COOKIE, cookie(state, "", 0, headers)),
        ];
        Ok((AppendHeaders(cookies), Json(finished)).into_response())
    }
}

pub(super) fn way(begun: Begun, headers: &HeaderMap) -> Response {
    let Begun { url, state, browser } = begun;
    let cookie = cookie(&state, &browser, LASTS_S, headers);
    (AppendHeaders([(header::SET_COOKIE, cookie)]), Json(SsoWay { url, state })).into_response()
}

/// Where the console stands for this browser, by what it says itself. The provider sends it back to an address that was
/// registered there, so whoever lies about it goes astray alone.
pub(super) fn origin(headers: &HeaderMap) -> Result<String, ApiError> {
    let said = |name: header::HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    let scheme = if is_https(headers) { "https" } else { "http" };
    let host = || said(header::HOST).map(|host| format!("{scheme}://{host}"));
    let origin = said(header::ORIGIN).filter(|origin| origin.starts_with("http")).map(str::to_owned).or_else(host);
    let url = origin.as_deref().and_then(|origin| Url::parse(origin).ok()).filter(|url| url.has_host());
    let url = url.ok_or_else(|| ApiError::bad_request("the request does not say which address it was sent to"))?;
    Ok(url.origin().ascii_serialization())
}

/// A cookie for each sign-in under way, so that two tabs do not disturb each other.
fn cookie_name(state: &str) -> String {
    format!("kaibo_sso_{}", &app::hash_of_secret(state)[..16])
}

fn browser(headers: &HeaderMap, state: &str) -> Result<String, ApiError> {
    Ok(secret::cookie(headers, &cookie_name(state)).map(str::to_owned).ok_or(Refusal::Stale)?)
}

fn cookie(state: &str, browser: &str, max_age_s: i64, headers: &HeaderMap) -> String {
    let secure = if is_https(headers) { "; Secure" } else { "" };
    let name = cookie_name(state);
    format!("{name}={browser}; Path=/api/sso; Max-Age={max_age_s}; HttpOnly; SameSite=Strict{secure}")
}
