//! Links for one use: an invitation, or a new password. Whoever holds one sets the password of its account.

use crate::{
    Accounts,
    http::Refusal as SignInRefusal,
    password, rules,
    store::{self, User},
    store_audit::{self, Action, Who},
    store_links::{self, Model},
    store_second, store_staff, store_tokens,
};
use app::{ApiError, ApiJson, ApiResult, ClientIp, Problem, Refuse};
use axum::{Json, extract::State, http::StatusCode};
use serde::{Deserialize, Serialize};
use std::net::IpAddr;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

pub(crate) fn routes(accounts: Accounts) -> OpenApiRouter {
    OpenApiRouter::new().routes(routes!(look)).routes(routes!(accept)).with_state(accounts)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this link was used, has expired, or was replaced by a newer one")]
struct Dead;

impl Refuse for Dead {
    fn code(&self) -> &'static str {
        "dead_link"
    }
    fn status(&self) -> u16 {
        410
    }
}

#[derive(Deserialize, ToSchema)]
pub(crate) struct LinkSecret {
    #[schema(example = "kbi_q2Vh0b0m3m9p4XyZ1nV6sTg8wKd5rLc7uJf2aHe9iQo")]
    secret: String,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct LinkView {
    /// `invitation` or `password`.
    #[schema(example = "invitation")]
    kind: String,
    #[schema(example = "zhang.san")]
    login: String,
    #[schema(example = "张三")]
    name: String,
    #[schema(example = "总部 Headquarters")]
    org: String,
    expires_at_ms: i64,
    /// The person joins by single sign-on: there is no password to set.
    sso_only: bool,
}

/// Whose link is this? Nothing is used up.
#[utoipa::path(
    post, path = "/api/links/look", tag = "accounts", operation_id = "look_at_link", request_body = LinkSecret, security(()),
    responses(
        (status = 200, description = "the link still opens", body = LinkView),
        (status = 410, description = "`dead_link`", body = Problem, content_type = "application/problem+json"),
    )
)]
async fn look(
    State(accounts): State<Accounts>,
    ApiJson(LinkSecret { secret }): ApiJson<LinkSecret>,
) -> ApiResult<LinkView> {
    let (link, user) = accounts.opened(&secret).await?.ok_or(Dead)?;
    let org = store::org(accounts.app.store.read(), user.org_id.0).await.map_err(anyhow::Error::from)?;
    let org = org.map(|org| org.name).unwrap_or_default();
    let User { login, name, sso_only, .. } = user;
    Ok(Json(LinkView { kind: link.kind, login, name, org, expires_at_ms: link.expires_at_ms, sso_only }))
}

#[derive(Deserialize, ToSchema)]
pub(crate) struct Acceptance {
    #[schema(example = "kbi_q2Vh0b0m3m9p4XyZ1nV6sTg8wKd5rLc7uJf2aHe9iQo")]
    secret: String,
    /// As colleagues see it; without it, the name of the invitation stays.
    #[serde(default)]
    #[schema(example = "张三", format = "line", max_length = 100)]
    name: Option<String>,
    /// 12 to 128 characters, not the login.
    #[schema(example = "correct horse battery staple", format = Password, min_length = 12, max_length = 128)]
    password: String,
}

/// Use the link: set the password 接受邀请. Sign in with it afterwards.
#[utoipa::path(
    post, path = "/api/links/accept", tag = "accounts", operation_id = "accept_link", request_body = Acceptance, security(()),
    responses(
        (status = 204, description = "the password is set, the link is used up, every session of before has ended"),
        (status = 403, description = "`sso_only`: the person joins by single sign-on", body = Problem, content_type = "application/problem+json"),
        (status = 410, description = "`dead_link`", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "`weak_password` or `bad_name`", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "`busy`, with `Retry-After`", body = Problem, content_type = "application/problem+json"),
    )
)]
async fn accept(
    State(accounts): State<Accounts>,
    ClientIp(address): ClientIp,
    ApiJson(Acceptance { secret, name, password }): ApiJson<Acceptance>,
) -> Result<StatusCode, ApiError> {
    let (link, user) = accounts.opened(&secret).await?.ok_or(Dead)?;
    if user.sso_only {
        return Err(SignInRefusal::SsoOnly.into());
    }
    password::accept(&user.login, "", &password)?;
    let name = match name {
        Some(name) => rules::name(&name)?,
        None => user.name.clone(),
    };
    let hash = accounts.hasher.hash(password).await??;
    if !accounts.use_link(&link, &user, &name, &hash, address).await? {
        return Err(Dead.into());
    }
    Ok(StatusCode::NO_CONTENT)
}

impl Accounts {
    /// The link and its account, which is not disabled.
    async fn opened(&self, secret: &str) -> anyhow::Result<Option<(Model, User)>> {
        let db = self.app.store.read();
        let Some(link) = store_links::by_secret(db, secret, self.app.now()).await? else { return Ok(None) };
        let user = store::user(db, link.user_id.0).await?.filter(|user| user.disabled_at_ms.is_none());
        Ok(user.map(|user| (link, user)))
    }

    async fn use_link(
        &self,
        link: &Model,
        user: &User,
        name: &str,
        hash: &str,
        address: IpAddr,
    ) -> anyhow::Result<bool> {
        let (id, now) = (user.id.0, self.app.now());
        let tx = self.app.store.begin().await?;
        let disabled = store::user(tx.db(), id).await?.is_none_or(|user| user.disabled_at_ms.is_some());
        if disabled || !store_links::take(&tx, link.id, now).await? {
            return Ok(false);
        }
        store_staff::give_password(&tx, id, name, hash, now).await?;
        store_tokens::revoke_sessions(&tx, id, None, now).await?;
        let invited = user.joined_at_ms.is_none();
        if invited {
            // Nobody else's factor may wait here.
            store_second::remove(&tx, id).await?;
        }
        let action = if invited { Action::InvitationAccepted } else { Action::PasswordReset };
        store_audit::record(&tx, Who::user(user, address), action, &id.to_string(), now).await?;
        tx.commit().await?;
        self.cache.forget_user(id);
        Ok(true)
    }
}
