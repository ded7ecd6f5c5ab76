//! Staff and their keys: people, roles, scopes, sign-in, tokens, audit.
//!
//! A browser's sign-in and a program's key are the same thing, a token: a random secret of which only the hash is kept, with a
//! role, a scope and an end. The cookie `kaibo_session` carries the one, `Authorization` the other (`docs/decisions/0004-accounts.md`).
//!
//! ```ignore
//! let accounts = Accounts::new(app.clone());
//! app.set_authenticator(Arc::new(accounts.clone()));
//! features.push(accounts.feature());
//! // after the migrations:
//! if let Some(first) = accounts::ensure_first_admin(&app).await? { /* print it once */ }
//! ```

mod authenticate;
mod bootstrap;
mod http;
mod http_tokens;
mod limits;
mod migrations;
mod password;
mod roles;
mod secret;
mod store;
mod store_audit;
#[cfg(feature = "testing")]
mod store_testing;
mod store_tokens;

pub use bootstrap::{FIRST_LOGIN, OneTimePassword, create_token, ensure_first_admin, home};
pub use roles::{ROLES, Role, mismatches, role};
pub use secret::SESSION_COOKIE;
#[cfg(feature = "testing")]
pub use store_testing::{new_team, token_within};

use app::{App, Feature, Permission, PermissionInfo};
use parking_lot::Mutex;
use std::{ops::Deref, sync::Arc};

/// May see, create and revoke tokens.
pub struct ManageTokens;

impl Permission for ManageTokens {
    const INFO: PermissionInfo = PermissionInfo { name: "token.manage", zh: "管理令牌", en: "manage tokens" };
}

/// Accounts of the running program. A clone is the same accounts.
#[derive(Clone)]
pub struct Accounts(Arc<Parts>);

/// What the clones share.
pub struct Parts {
    app: App,
    cache: authenticate::Cache,
    attempts: Mutex<limits::Attempts>,
    hasher: password::Hasher,
}

impl Accounts {
    pub fn new(app: App) -> Self {
        let (cache, attempts, hasher) = Default::default();
        Self(Arc::new(Parts { app, cache, attempts, hasher }))
    }

    pub fn feature(&self) -> Feature {
        Feature {
            routes: http::routes(self.clone()).merge(http_tokens::routes(self.clone())),
            migrations: migrations::MIGRATIONS,
            permissions: vec![ManageTokens::INFO],
            ..Feature::new("accounts")
        }
    }
}

impl Deref for Accounts {
    type Target = Parts;
    fn deref(&self) -> &Parts {
        &self.0
    }
}
