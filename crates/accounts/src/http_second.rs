//! The second factor of the person who asks: set up, confirmed by a code, taken away again.

use crate::{
    Accounts,
    http::{FRESH_MS, Refusal as SignInRefusal, session_hash},
    password,
    secret::Kind,
    store::User,
    store_audit::{self, Action, Who},
    store_second, store_tokens, totp,
};
use app::{ApiError, ApiJson, ApiResult, ClientIp, MaybeActor, Problem, Refuse, sealed};
use axum::{
    Json,
    extract::State,
    http::{HeaderMap, StatusCode},
};
use events::Millis;
use serde::{Deserialize, Serialize};
use std::net::IpAddr;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

const SEALED: &str = "accounts second factor v1";

pub(crate) fn routes(accounts: Accounts) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(show, begin))
        .routes(routes!(confirm))
        .routes(routes!(renew))
        .routes(routes!(remove))
        .with_state(accounts)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
enum Refusal {
    #[error("there is a second factor already; remove it first")]
    SetAlready,
    #[error("there is no second factor to confirm or to change")]
    NotSet,
    #[error("your role needs a second factor")]
    Needed,
}

impl Refuse for Refusal {
    fn code(&self) -> &'static str {
        match self {
            Self::SetAlready => "second_factor_set",
            Self::NotSet => "second_factor_not_set",
            Self::Needed => "second_factor_needed",
        }
    }
    fn status(&self) -> u16 {
        409
    }
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SecondFactor {
    enabled: bool,
    /// The organisation wants one of your role.
    needed: bool,
    /// Recovery codes that were not used yet.
    #[schema(example = 10)]
    recovery_codes_left: u64,
}

/// Is there a second factor 二次验证?
#[utoipa::path(
    get, path = "/api/me/second-factor", operation_id = "read_second_factor", tag = "accounts",
    responses(
        (status = 200, description = "what is set up", body = SecondFactor),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`person_required`", body = Problem, content_type = "application/problem+json"),
    )
)]
async fn show(State(accounts): State<Accounts>, actor: MaybeActor) -> ApiResult<SecondFactor> {
    let user = accounts.asking(actor).await?;
    Ok(Json(accounts.second_factor(&user).await?))
}

#[derive(Deserialize, ToSchema)]
pub(crate) struct OwnPassword {
    /// Empty from who has none and signed in a moment ago.
    #[serde(default)]
    #[schema(example = "correct horse battery staple", format = Password)]
    password: String,
}

/// Shown this once.
#[derive(Serialize, ToSchema)]
pub(crate) struct NewSecondFactor {
    /// In base32, for typing into an app.
    #[schema(example = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ")]
    secret: String,
    /// The same as an address, for a QR code.
    #[schema(example = "otpauth://totp/Kaibo:admin?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Kaibo")]
    otpauth: String,
}

/// Begin to set up a second factor 开启二次验证. It counts from the first right code on.
#[utoipa::path(
    post, path = "/api/me/second-factor", tag = "accounts", operation_id = "begin_second_factor", request_body = OwnPassword,
    responses(
        (status = 201, description = "the secret, shown this once", body = NewSecondFactor),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`person_required`; or `sign_in_again`: there is no password, and the sign-in is old", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "`second_factor_set`", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "`wrong_password`", body = Problem, content_type = "application/problem+json"),
        (status = 429, description = "`too_many_attempts`", body = Problem, content_type = "application/problem+json"),
    )
)]
async fn begin(
    State(accounts): State<Accounts>,
    ClientIp(address): ClientIp,
    actor: MaybeActor,
    headers: HeaderMap,
    ApiJson(OwnPassword { password }): ApiJson<OwnPassword>,
) -> Result<(StatusCode, Json<NewSecondFactor>), ApiError> {
    let user = accounts.asking(actor).await?;
    accounts.ask_again(&user, password, &headers, address).await?;
    if accounts.has_second_factor(&user).await? {
        return Err(Refusal::SetAlready.into());
    }
    let secret = totp::fresh();
    let otpauth = totp::otpauth(&secret, &user.login)?;
    accounts.begin_second_factor(&user, &secret, address).await?;
    Ok((StatusCode::CREATED, Json(NewSecondFactor { secret, otpauth })))
}

#[derive(Deserialize, ToSchema)]
pub(crate) struct Code {
    #[schema(example = "005924")]
    code: String,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct RecoveryCodes {
    /// Each works once instead of a code of the app. Shown here and nowhere else.
    #[schema(example = json!(["7k2d-m9qx-04tz-vb6h"]))]
    recovery_codes: Vec<String>,
}

/// Confirm the second factor by its first code 确认二次验证.
#[utoipa::path(
    post, path = "/api/me/second-factor/confirm", tag = "accounts", operation_id = "confirm_second_factor", request_body = Code,
    responses(
        (status = 200, description = "it counts from now on; the recovery codes, shown this once", body = RecoveryCodes),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`person_required`; or `sign_in_again`: there is no password, and the sign-in is old", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "`second_factor_not_set` or `second_factor_set`", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "`wrong_code`", body = Problem, content_type = "application/problem+json"),
        (status = 429, description = "`too_many_attempts`", body = Problem, content_type = "application/problem+json"),
    )
)]
async fn confirm(
    State(accounts): State<Accounts>,
    ClientIp(address): ClientIp,
    actor: MaybeActor,
    ApiJson(Code { code }): ApiJson<Code>,
) -> ApiResult<RecoveryCodes> {
    let user = accounts.asking(actor).await?;
    let factor = store_second::find(accounts.app.store.read(), user.id.0).await.map_err(anyhow::Error::from)?;
    if factor.ok_or(Refusal::NotSet)?.confirmed_at_ms.is_some() {
        return Err(Refusal::SetAlready.into());
    }
    // A code on paper confirms nothing: those come after.
    if !totp::is_code(code.trim()) || !accounts.check_code(&user, code.trim(), address).await? {
        return Err(SignInRefusal::WrongCode.into());
    }
    let recovery_codes = accounts.give_papers(&user, Action::SecondFactorSet, address).await?;
    Ok(Json(RecoveryCodes { recovery_codes }))
}

#[derive(Deserialize, ToSchema)]
pub(crate) struct PasswordAndCode {
    /// Empty from who has none and signed in a moment ago.
    #[serde(default)]
    #[schema(example = "correct horse battery staple", format = Password)]
    password: String,
    #[schema(example = "005924")]
    code: String,
}

/// New recovery codes instead of the old ones 重新生成恢复码.
#[utoipa::path(
    post, path = "/api/me/second-factor/recovery-codes", tag = "accounts", operation_id = "renew_recovery_codes", request_body = PasswordAndCode,
    responses(
        (status = 200, description = "the codes, shown this once", body = RecoveryCodes),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`person_required`; or `sign_in_again`: there is no password, and the sign-in is old", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "`second_factor_not_set`", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "`wrong_password` or `wrong_code`", body = Problem, content_type = "application/problem+json"),
        (status = 429, description = "`too_many_attempts`", body = Problem, content_type = "application/problem+json"),
    )
)]
async fn renew(
    State(accounts): State<Accounts>,
    ClientIp(address): ClientIp,
    actor: MaybeActor,
    headers: HeaderMap,
    ApiJson(sure): ApiJson<PasswordAndCode>,
) -> ApiResult<RecoveryCodes> {
    let user = accounts.asking(actor).await?;
    accounts.ask_both(&user, sure, &headers, address).await?;
    let recovery_codes = accounts.give_papers(&user, Action::RecoveryCodesRenewed, address).await?;
    Ok(Json(RecoveryCodes { recovery_codes }))
}

/// Take the second factor away 关闭二次验证.
#[utoipa::path(
    post, path = "/api/me/second-factor/remove", tag = "accounts", operation_id = "remove_second_factor", request_body = PasswordAndCode,
    responses(
        (status = 204, description = "removed"),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`person_required`; or `sign_in_again`: there is no password, and the sign-in is old", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "`second_factor_not_set`, or `second_factor_needed`: the organisation wants one of your role", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "`wrong_password` or `wrong_code`", body = Problem, content_type = "application/problem+json"),
        (status = 429, description = "`too_many_attempts`", body = Problem, content_type = "application/problem+json"),
    )
)]
async fn remove(
    State(accounts): State<Accounts>,
    ClientIp(address): ClientIp,
    actor: MaybeActor,
    headers: HeaderMap,
    ApiJson(sure): ApiJson<PasswordAndCode>,
) -> Result<StatusCode, ApiError> {
    let user = accounts.asking(actor).await?;
    if accounts.second_factor(&user).await?.needed {
        return Err(Refusal::Needed.into());
    }
    accounts.ask_both(&user, sure, &headers, address).await?;
    let now = accounts.app.now();
    let tx = accounts.app.store.begin().await?;
    store_second::remove(&tx, user.id.0).await.map_err(anyhow::Error::from)?;
    store_audit::record(&tx, Who::user(&user, address), Action::SecondFactorRemoved, &user.id.to_string(), now).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

impl Accounts {
    /// The person who asks; a program has none of this.
    pub(crate) async fn asking(&self, MaybeActor(actor): MaybeActor) -> Result<User, ApiError> {
        let actor = actor.ok_or_else(ApiError::unauthenticated)?;
        Ok(self.person(&actor).await?.ok_or(SignInRefusal::NoPerson)?)
    }

    /// Asks for the password again, for what a found, open browser must not do.
    async fn ask_password(&self, user: &User, password: String, address: IpAddr) -> Result<(), ApiError> {
        let attempt = self.attempt(address, &user.login)?;
        if !self.hasher.verify(password, Some(user.password.clone())).await?? {
            self.note_failed(Some(user), address).await?;
            return Err(SignInRefusal::WrongPassword.into());
        }
        self.attempts.lock().succeeded(attempt);
        Ok(())
    }

    /// Asks for the password again, or for a sign-in of a moment ago from who has none.
    pub(crate) async fn ask_again(
        &self,
        user: &User,
        password: String,
        headers: &HeaderMap,
        address: IpAddr,
    ) -> Result<(), ApiError> {
        if user.has_password() {
            return self.ask_password(user, password, address).await;
        }
        let hash = session_hash(headers).unwrap_or_default();
        let session = store_tokens::by_hash(self.app.store.read(), Kind::Session, &hash).await;
        let session = session.map_err(anyhow::Error::from)?.filter(|session| session.user_id == Some(user.id));
        let fresh = |session: store_tokens::Model| self.app.now().since(Millis(session.created_at_ms)) < FRESH_MS;
        if session.is_some_and(fresh) { Ok(()) } else { Err(SignInRefusal::SignInAgain.into()) }
    }

    async fn ask_both(
        &self,
        user: &User,
        sure: PasswordAndCode,
        headers: &HeaderMap,
        address: IpAddr,
    ) -> Result<(), ApiError> {
        if !self.has_second_factor(user).await? {
            return Err(Refusal::NotSet.into());
        }
        self.ask_again(user, sure.password, headers, address).await?;
        match self.check_code(user, sure.code.trim(), address).await? {
            true => Ok(()),
            false => Err(SignInRefusal::WrongCode.into()),
        }
    }

    pub(crate) async fn has_second_factor(&self, user: &User) -> anyhow::Result<bool> {
        Ok(store_second::confirmed(self.app.store.read(), user.id.0).await?.is_some())
    }

    async fn second_factor(&self, user: &User) -> anyhow::Result<SecondFactor> {
        let db = self.app.store.read();
        let enabled = store_second::confirmed(db, user.id.0).await?.is_some();
        let needed = store_second::roles(db, user.org_id.0).await?.contains(&user.role);
        let recovery_codes_left = if enabled { store_second::papers_left(db, user.id.0).await? } else { 0 };
        Ok(SecondFactor { enabled, needed, recovery_codes_left })
    }

    /// Is this the person's code, of the app or on paper, and was it never used before? Tries are limited.
    pub(crate) async fn check_code(&self, user: &User, code: &str, address: IpAddr) -> Result<bool, ApiError> {
        let (id, now) = (user.id.0, self.app.now());
        self.attempts.lock().take_code(id, now).map_err(SignInRefusal::TooManyAttempts)?;
        let right = self.use_code(user, code, address).await?;
        if right {
            self.attempts.lock().code_succeeded(id);
        }
        Ok(right)
    }

    async fn use_code(&self, user: &User, code: &str, address: IpAddr) -> anyhow::Result<bool> {
        let (id, now) = (user.id.0, self.app.now());
        let Some(factor) = store_second::find(self.app.store.read(), id).await? else { return Ok(false) };
        let tx = self.app.store.begin().await?;
        let (who, target) = (Who::user(user, address), user.id.to_string());
        let right = if totp::is_code(code) {
            let secret = sealed::open(&self.app.keys, SEALED, id.0, &factor.sealed)?;
            match totp::step_of(&secret, code, now)? {
                Some(step) => store_second::use_step(&tx, id, step).await?,
                None => false,
            }
        } else {
            let used = store_second::use_paper(&tx, id, code, now).await?;
            if used {
                store_audit::record(&tx, who, Action::RecoveryCodeUsed, &target, now).await?;
            }
            used
        };
        if !right {
            store_audit::record(&tx, who, Action::SecondFactorFailed, &target, now).await?;
        }
        tx.commit().await?;
        Ok(right)
    }

    async fn begin_second_factor(&self, user: &User, secret: &str, address: IpAddr) -> anyhow::Result<()> {
        let now = self.app.now();
        let sealed = sealed::seal(&self.app.keys, SEALED, user.id.0.0, secret)?;
        let tx = self.app.store.begin().await?;
        store_second::begin(&tx, user.id.0, sealed, now).await?;
        let who = Who::user(user, address);
        store_audit::record(&tx, who, Action::SecondFactorBegun, &user.id.to_string(), now).await?;
        tx.commit().await
    }

    async fn give_papers(&self, user: &User, action: Action, address: IpAddr) -> anyhow::Result<Vec<String>> {
        let now = self.app.now();
        let codes: Vec<String> = (0..totp::RECOVERY_CODES).map(|_| password::one_time()).collect();
        let tx = self.app.store.begin().await?;
        store_second::confirm(&tx, user.id.0, now).await?;
        store_second::set_papers(&tx, user.id.0, &codes).await?;
        store_audit::record(&tx, Who::user(user, address), action, &user.id.to_string(), now).await?;
        tx.commit().await?;
        // Who waited for this may go on at once.
        self.cache.forget_user(user.id.0);
        Ok(codes)
    }
}
