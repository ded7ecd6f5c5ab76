//! Single sign-on 单点登录: people of an organisation come in by its identity provider (OpenID Connect, authorisation code with
//! PKCE). What may be believed and who is let in are rules; the calls out know neither people nor sessions
//! (`docs/decisions/0025-oidc.md`, the threats in `docs/security.md`).

mod call;
mod enter;
mod http;
mod http_identities;
mod http_providers;
mod jws;
mod rules;
mod store;
mod token;

pub(crate) use call::Caller;
pub(crate) use store::leave_groups;

use crate::Accounts;
use utoipa_axum::router::OpenApiRouter;

/// A provider's client secret is sealed for this.
const SEALED: &str = "accounts sso client secret v1";

pub(crate) fn routes(accounts: Accounts) -> OpenApiRouter {
    let parts = [http::routes, http_providers::routes, http_identities::routes];
    parts.into_iter().fold(OpenApiRouter::default(), |all, one| all.merge(one(accounts.clone())))
}
