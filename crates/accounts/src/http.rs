//! Signing in and out, and what a signed-in person may know and change about themselves.

use crate::{
    Accounts,
    limits::Attempt,
    password,
    secret::{self, Kind, SESSION_COOKIE},
    store::{self, User},
    store_audit::{self, Action, Change, Whence, Who},
    store_places, store_second, store_tokens,
};
use app::{Actor, ApiError, ApiJson, ApiResult, App, ClientIp, MaybeActor, Problem, Refuse};
use axum::{
    Json,
    extract::{FromRef, State},
    http::{HeaderMap, StatusCode, header},
    response::{AppendHeaders, IntoResponse},
};
use events::{OrgId, RegionId, TeamId, UserId};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::net::IpAddr;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

/// A sign-in ends by itself after a week.
pub(crate) const SESSION_S: i64 = 7 * 24 * 3600;
/// Who has no password shows who they are by a sign-in that is no older.
pub(crate) const FRESH_MS: i64 = 600_000;
const LONGEST_LOGIN: usize = 128;
const LONGEST_DEVICE: usize = 200;

pub(crate) fn routes(accounts: Accounts) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(sign_in, sign_out))
        .routes(routes!(me))
        .routes(routes!(change_password))
        .with_state(accounts)
}

impl FromRef<Accounts> for App {
    fn from_ref(accounts: &Accounts) -> App {
        accounts.app.clone()
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Refusal {
    #[error("the login or the password is wrong")]
    WrongCredentials,
    #[error("the code of the second factor is needed too")]
    CodeNeeded,
    #[error("the code is wrong, or was used before")]
    WrongCodeAtSignIn,
    #[error("the code is wrong, or was used before")]
    WrongCode,
    #[error("too many wrong passwords, try again in {0} s")]
    TooManyAttempts(u32),
    #[error("this account comes in by single sign-on only")]
    SsoOnly,
    #[error("sign in again first: that was more than {} minutes ago", FRESH_MS / 60_000)]
    SignInAgain,
    #[error("this needs a person, not a token")]
    NoPerson,
    #[error("the current password is wrong")]
    WrongPassword,
}

impl Refuse for Refusal {
    fn code(&self) -> &'static str {
        match self {
            Self::WrongCredentials => "wrong_credentials",
            Self::CodeNeeded => "second_factor_required",
            Self::WrongCodeAtSignIn | Self::WrongCode => "wrong_code",
            Self::TooManyAttempts(_) => "too_many_attempts",
            Self::SsoOnly => "sso_only",
            Self::SignInAgain => "sign_in_again",
            Self::NoPerson => "person_required",
            Self::WrongPassword => "wrong_password",
        }
    }
    fn status(&self) -> u16 {
        match self {
            Self::WrongCredentials | Self::CodeNeeded | Self::WrongCodeAtSignIn => 401,
            Self::TooManyAttempts(_) => 429,
            Self::NoPerson | Self::SsoOnly | Self::SignInAgain => 403,
            Self::WrongPassword | Self::WrongCode => 422,
        }
    }
    fn retry_after_s(&self) -> Option<u32> {
        if let Self::TooManyAttempts(seconds) = self { Some(*seconds) } else { None }
    }
}

#[derive(Deserialize, ToSchema)]
pub(crate) struct SignIn {
    #[schema(example = "admin")]
    login: String,
    #[schema(example = "7k2d-m9qx-04tz-vb6h", format = Password)]
    password: String,
    /// Six digits of the second factor's app, or a recovery code. Ask for it when the answer is `second_factor_required`.
    #[serde(default)]
    #[schema(example = "005924")]
    code: Option<String>,
}

/// A person on the staff.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Person {
    #[schema(value_type = String, format = Uuid, example = "01890a5d-ac96-774b-bcce-b302099a8057")]
    id: UserId,
    #[schema(example = "admin")]
    login: String,
    #[schema(example = "管理员 Administrator")]
    name: String,
}

impl From<&User> for Person {
    fn from(user: &User) -> Self {
        Self { id: user.id.0, login: user.login.clone(), name: user.name.clone() }
    }
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SignedIn {
    user: Person,
    /// Signed in with a one-time password: everything else waits until `POST /api/me/password`.
    must_change_password: bool,
    /// The organisation wants a second factor of this role: everything else waits until `POST /api/me/second-factor/confirm`.
    must_enrol: bool,
}

/// Sign in 登录: sets the cookie `kaibo_session`.
#[utoipa::path(
    post, path = "/api/session", tag = "accounts", operation_id = "sign_in", request_body = SignIn, security(()),
    responses(
        (status = 200, description = "signed in; the session is in the cookie", body = SignedIn),
        (status = 401, description = "`wrong_credentials`, `second_factor_required` or `wrong_code`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`sso_only`: the account comes in by single sign-on only", body = Problem, content_type = "application/problem+json"),
        (status = 429, description = "`too_many_attempts`, with `Retry-After`", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "`busy`, with `Retry-After`", body = Problem, content_type = "application/problem+json"),
    )
)]
async fn sign_in(
    State(accounts): State<Accounts>,
    ClientIp(address): ClientIp,
    headers: HeaderMap,
    ApiJson(SignIn { login, password, code }): ApiJson<SignIn>,
) -> Result<impl IntoResponse, ApiError> {
    let attempt = accounts.attempt(address, &login)?;
    let user = match login.len() <= LONGEST_LOGIN {
        true => store::user_by_login(accounts.app.store.read(), &login).await.map_err(anyhow::Error::from)?,
        false => None,
    };
    let hash = user.as_ref().map(|user| user.password.clone()).filter(|hash| !hash.is_empty());
    let right = accounts.hasher.verify(password, hash).await??;
    let user = match user {
        Some(user) if right && user.disabled_at_ms.is_none() => user,
        user => {
            accounts.note_failed(user.as_ref(), address).await?;
            return Err(Refusal::WrongCredentials.into());
        }
    };
    if user.sso_only {
        accounts.note_failed(Some(&user), address).await?;
        return Err(Refusal::SsoOnly.into());
    }
    if accounts.has_second_factor(&user).await? {
        let Some(code) = code.filter(|code| !code.trim().is_empty()) else {
            accounts.attempts.lock().returned(attempt);
            return Err(Refusal::CodeNeeded.into());
        };
        if !accounts.check_code(&user, code.trim(), address).await? {
            return Err(Refusal::WrongCodeAtSignIn.into());
        }
    }
    accounts.attempts.lock().succeeded(attempt);
    let secret = accounts.open_session(&user, address, &headers, None).await?;
    let must_enrol = store_second::is_owed(accounts.app.store.read(), &user).await.map_err(anyhow::Error::from)?;
    let signed_in = SignedIn { user: Person::from(&user), must_change_password: user.must_change_password, must_enrol };
    Ok((AppendHeaders([(header::SET_COOKIE, session_cookie(&secret, SESSION_S, &headers))]), Json(signed_in)))
}

/// Sign out 退出: ends the session of the cookie. Also fine without one.
#[utoipa::path(
    delete, path = "/api/session", tag = "accounts", operation_id = "sign_out",
    security(()),
    responses((status = 204, description = "signed out, the cookie is cleared"))
)]
async fn sign_out(
    State(accounts): State<Accounts>,
    ClientIp(address): ClientIp,
    MaybeActor(actor): MaybeActor,
    headers: HeaderMap,
) -> Result<impl IntoResponse, ApiError> {
    if let (Some(actor), Some(hash)) = (actor, session_hash(&headers)) {
        accounts.close_session(&actor, &hash, address).await?;
    }
    Ok((StatusCode::NO_CONTENT, AppendHeaders([(header::SET_COOKIE, session_cookie("", 0, &headers))])))
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OrgView {
    #[schema(value_type = String, format = Uuid, example = "01890a5d-ac96-774b-bcce-b302099a8057")]
    pub id: OrgId,
    #[schema(example = "总部 Headquarters")]
    pub name: String,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RegionView {
    #[schema(value_type = String, format = Uuid, example = "01890a5d-ac96-774b-bcce-b302099a8057")]
    pub id: RegionId,
    #[schema(example = "华东 East")]
    pub name: String,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TeamView {
    #[schema(value_type = String, format = Uuid, example = "01890a5d-ac96-774b-bcce-b302099a8057")]
    pub id: TeamId,
    #[schema(example = "默认团队 Default team")]
    pub name: String,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Me {
    /// Absent when a program's token asks.
    #[serde(skip_serializing_if = "Option::is_none")]
    user: Option<Person>,
    /// Login of the person or name of the token.
    #[schema(example = "admin")]
    name: String,
    #[schema(example = "admin")]
    role: String,
    /// What may be done now, sorted; empty while the password must be changed.
    #[schema(example = json!(["metrics.read", "room.manage", "room.read"]))]
    permissions: Vec<String>,
    must_change_password: bool,
    /// A second factor must be set up before anything else.
    must_enrol: bool,
    /// A person with a password that lets in: it is asked for before anything delicate, else a fresh sign-in is.
    has_password: bool,
    org: Option<OrgView>,
    /// Present when the teams of one region are in reach.
    #[serde(skip_serializing_if = "Option::is_none")]
    region: Option<RegionView>,
    /// Present when one team is in reach.
    #[serde(skip_serializing_if = "Option::is_none")]
    team: Option<TeamView>,
}

/// Who am I, and what may I do?
#[utoipa::path(
    get, path = "/api/me", operation_id = "read_me", tag = "accounts",
    responses(
        (status = 200, description = "the person or token asking", body = Me),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
    )
)]
async fn me(State(accounts): State<Accounts>, MaybeActor(actor): MaybeActor) -> ApiResult<Me> {
    let actor = actor.ok_or_else(ApiError::unauthenticated)?;
    Ok(Json(accounts.describe(&actor).await?))
}

#[derive(Deserialize, ToSchema)]
pub(crate) struct NewPassword {
    #[schema(example = "7k2d-m9qx-04tz-vb6h", format = Password)]
    current: String,
    /// 12 to 128 characters, not the login, not the current one.
    #[schema(example = "correct horse battery staple", format = Password)]
    new: String,
}

/// Set a new password 修改密码. Every other session of the person ends.
#[utoipa::path(
    post, path = "/api/me/password", tag = "accounts", operation_id = "change_password", request_body = NewPassword,
    responses(
        (status = 204, description = "changed"),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`person_required`", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "`wrong_password`, `weak_password` or `password_unchanged`", body = Problem, content_type = "application/problem+json"),
        (status = 429, description = "`too_many_attempts`, with `Retry-After`", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "`busy`, with `Retry-After`", body = Problem, content_type = "application/problem+json"),
    )
)]
async fn change_password(
    State(accounts): State<Accounts>,
    ClientIp(address): ClientIp,
    MaybeActor(actor): MaybeActor,
    headers: HeaderMap,
    ApiJson(NewPassword { current, new }): ApiJson<NewPassword>,
) -> Result<StatusCode, ApiError> {
    let actor = actor.ok_or_else(ApiError::unauthenticated)?;
    let user = accounts.person(&actor).await?.ok_or(Refusal::NoPerson)?;
    let attempt = accounts.attempt(address, &user.login)?;
    if !accounts.hasher.verify(current.clone(), Some(user.password.clone())).await?? {
        accounts.note_failed(Some(&user), address).await?;
        return Err(Refusal::WrongPassword.into());
    }
    accounts.attempts.lock().succeeded(attempt);
    password::accept(&user.login, &current, &new)?;
    let hash = accounts.hasher.hash(new).await??;
    if !accounts.replace_password(&user, hash, session_hash(&headers), address).await? {
        return Err(Refusal::WrongPassword.into());
    }
    Ok(StatusCode::NO_CONTENT)
}

impl Accounts {
    pub(crate) fn attempt(&self, address: IpAddr, login: &str) -> Result<Attempt, Refusal> {
        let attempt = self.attempts.lock().take(address, login, self.app.now());
        attempt.map_err(|seconds| {
            metrics::counter!("kaibo_sign_ins_refused_total", "reason" => "too_many_attempts").increment(1);
            Refusal::TooManyAttempts(seconds)
        })
    }

    pub(crate) async fn person(&self, actor: &Actor) -> anyhow::Result<Option<User>> {
        let Some(user) = actor.user else { return Ok(None) };
        Ok(store::user(self.app.store.read(), user).await?)
    }

    async fn describe(&self, actor: &Actor) -> anyhow::Result<Me> {
        let db = self.app.store.read();
        let org = store::org(db, actor.scope.org).await?;
        let region = match actor.scope.region() {
            Some(region) => store_places::region(db, actor.scope, region).await?,
            None => None,
        };
        let team = match actor.scope.team() {
            Some(team) => store::team(db, actor.scope, team).await?,
            None => None,
        };
        let person = self.person(actor).await?;
        Ok(Me {
            has_password: person.as_ref().is_some_and(User::has_password),
            user: person.as_ref().map(Person::from),
            name: actor.name.to_string(),
            role: actor.role.to_string(),
            permissions: actor.permissions.iter().filter(|name| actor.may(name)).cloned().collect(),
            must_change_password: actor.must_change_password,
            must_enrol: actor.must_enrol,
            region: region.map(|region| RegionView { id: region.id.0, name: region.name }),
            org: org.map(|org| OrgView { id: org.id.0, name: org.name }),
            team: team.map(|team| TeamView { id: team.id.0, name: team.name }),
        })
    }

    /// `by` is the provider that let the person in, and whether it vouches for a second factor.
    pub(crate) async fn open_session(
        &self,
        user: &User,
        address: IpAddr,
        headers: &HeaderMap,
        by: Option<(&str, bool)>,
    ) -> anyhow::Result<String> {
        let (secret, now) = (secret::fresh(Kind::Session), self.app.now());
        let mut session = store_tokens::Model::new(Kind::Session, &secret, user.scope(), now);
        session.user_id = Some(user.id);
        session.name = user.login.clone();
        session.role = user.role.clone();
        session.device = device(headers);
        session.from_ip = address.to_string();
        session.expires_at_ms = Some(now.plus_ms(SESSION_S * 1000).0);
        session.second_factor = by.is_some_and(|(_, second_factor)| second_factor);
        let change = Change::new(None, by.map(|(provider, _)| json!({"provider": provider})));
        let tx = self.app.store.begin().await?;
        store_tokens::forget_sessions(&tx, now).await?;
        store_tokens::insert(&tx, session).await?;
        let who = Who::user(user, address);
        store_audit::record_change(&tx, who, Action::SignedIn, &user.login, change, now).await?;
        tx.commit().await?;
        Ok(secret)
    }

    async fn close_session(&self, actor: &Actor, hash: &str, address: IpAddr) -> anyhow::Result<()> {
        let now = self.app.now();
        let tx = self.app.store.begin().await?;
        if let Some(session) = store_tokens::by_hash(tx.db(), Kind::Session, hash).await? {
            store_tokens::revoke(&tx, session.id, now).await?;
            store_audit::record(&tx, Who::actor(actor, address), Action::SignedOut, &session.name, now).await?;
        }
        tx.commit().await?;
        self.cache.forget(hash);
        Ok(())
    }

    pub(crate) async fn note_failed(&self, user: Option<&User>, address: IpAddr) -> anyhow::Result<()> {
        metrics::counter!("kaibo_sign_ins_refused_total", "reason" => "wrong_credentials").increment(1);
        // An unknown login is not written down: people type passwords into the wrong field.
        let unknown = Who { scope: None, user: None, name: "unknown", from: Whence::Address(address) };
        let who = user.map_or(unknown, |user| Who::user(user, address));
        let tx = self.app.store.begin().await?;
        store_audit::record(&tx, who, Action::SignInFailed, who.name, self.app.now()).await?;
        tx.commit().await
    }

    async fn replace_password(
        &self,
        user: &User,
        hash: String,
        kept: Option<String>,
        address: IpAddr,
    ) -> anyhow::Result<bool> {
        let now = self.app.now();
        let tx = self.app.store.begin().await?;
        if !store::set_password(&tx, user, hash, false).await? {
            return Ok(false);
        }
        store_tokens::revoke_sessions(&tx, user.id.0, kept.as_deref(), now).await?;
        store_audit::record(&tx, Who::user(user, address), Action::PasswordChanged, &user.login, now).await?;
        tx.commit().await?;
        self.cache.forget_user(user.id.0);
        Ok(true)
    }
}

pub(crate) fn session_hash(headers: &HeaderMap) -> Option<String> {
    secret::carried(headers)
        .filter(|carried| carried.kind == Kind::Session)
        .map(|carried| app::hash_of_secret(&carried.secret))
}

/// What the browser calls itself, as far as it is worth keeping.
fn device(headers: &HeaderMap) -> String {
    let agent = headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    agent.chars().take(LONGEST_DEVICE).collect()
}

/// Without `Domain`, so for this host alone. `Secure` when the browser came by https, which its `Origin` or the proxy says;
/// whoever lies about it only locks the cookie away from themselves.
pub(crate) fn session_cookie(secret: &str, max_age_s: i64, headers: &HeaderMap) -> String {
    let secure = if is_https(headers) { "; Secure" } else { "" };
    format!("{SESSION_COOKIE}={secret}; Path=/; Max-Age={max_age_s}; HttpOnly; SameSite=Lax{secure}")
}

pub(crate) fn is_https(headers: &HeaderMap) -> bool {
    let says = |name: &str, https: &str| {
        headers.get(name).and_then(|value| value.to_str().ok()).is_some_and(|value| value.starts_with(https))
    };
    says("origin", "https://") || says("x-forwarded-proto", "https")
}
