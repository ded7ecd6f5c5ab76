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
mod chain;
mod heads;
mod http;
mod http_audit;
mod http_links;
mod http_my_tokens;
mod http_places;
mod http_second;
mod http_security;
mod http_sessions;
mod http_staff;
mod http_tokens;
mod limits;
mod migrations;
mod password;
mod roles;
mod rules;
mod secret;
mod sso;
mod store;
mod store_aging;
mod store_audit;
mod store_links;
mod store_places;
mod store_second;
mod store_staff;
#[cfg(feature = "testing")]
mod store_testing;
mod store_tokens;
mod store_verify;
mod totp;

pub use bootstrap::{FIRST_LOGIN, OneTimePassword, create_token, ensure_first_admin, home};
pub use heads::heads_in;
pub use roles::{ROLES, Role, mismatches, role};
pub use secret::SESSION_COOKIE;
pub use store_aging::{OldAudit, cut_audit, note_program, old_audit};
pub use store_staff::{Person, people, person};
#[cfg(feature = "testing")]
pub use store_testing::{
    code_now, into_new_region, new_team, person_within, powerless_token, redact_now, tell_head_now, token_within,
};
pub use store_verify::{AuditDamage, AuditReport, verify_audit};

use app::{App, Feature, Job, Permission, PermissionInfo};
use parking_lot::Mutex;
use std::{ops::Deref, sync::Arc};

/// May see, create and revoke tokens.
pub struct ManageTokens;

impl Permission for ManageTokens {
    const INFO: PermissionInfo = PermissionInfo { name: "token.manage", zh: "管理令牌", en: "manage tokens" };
}

/// May see people, roles, regions and teams.
pub struct ReadStaff;

impl Permission for ReadStaff {
    const INFO: PermissionInfo = PermissionInfo { name: "staff.read", zh: "查看员工", en: "see staff" };
}

/// May invite, change and disable people, and end their sessions.
pub struct ManageStaff;

impl Permission for ManageStaff {
    const INFO: PermissionInfo = PermissionInfo { name: "staff.manage", zh: "管理员工", en: "manage staff" };
}

/// May make, rename and move regions and teams.
pub struct ManageTeams;

impl Permission for ManageTeams {
    const INFO: PermissionInfo =
        PermissionInfo { name: "team.manage", zh: "管理组织架构", en: "manage regions and teams" };
}

/// May say which roles need a second factor.
pub struct ManageSecurity;

impl Permission for ManageSecurity {
    const INFO: PermissionInfo =
        PermissionInfo { name: "security.manage", zh: "管理安全设置", en: "manage security" };
}

/// May read the audit log.
pub struct ReadAudit;

impl Permission for ReadAudit {
    const INFO: PermissionInfo =
        PermissionInfo { name: "audit.read", zh: "查看审计日志", en: "read the audit log" };
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
    sso: sso::Caller,
}

impl Accounts {
    pub fn new(app: App) -> Self {
        Self::with_caller(app, Default::default())
    }

    /// Waits no longer than this for an answer of an identity provider.
    #[cfg(feature = "testing")]
    pub fn with_patience(app: App, patience: std::time::Duration) -> Self {
        Self::with_caller(app, sso::Caller::with_patience(patience))
    }

    fn with_caller(app: App, sso: sso::Caller) -> Self {
        let (cache, attempts, hasher) = Default::default();
        Self(Arc::new(Parts { app, cache, attempts, hasher, sso }))
    }

    pub fn feature(&self) -> Feature {
        let routes = [
            http::routes,
            http_second::routes,
            http_sessions::routes,
            http_my_tokens::routes,
            http_links::routes,
            http_tokens::routes,
            http_staff::routes,
            http_places::routes,
            http_security::routes,
            http_audit::routes,
            sso::routes,
        ];
        let (telling, redacting) = (self.clone(), self.clone());
        Feature {
            routes: routes.into_iter().fold(Default::default(), |all, one| all.merge(one(self.clone()))),
            migrations: migrations::MIGRATIONS,
            jobs: vec![
                Job::new("audit-heads", move |stop| heads::tell_daily(telling, stop)),
                Job::new("audit-words", move |stop| heads::redact_older(redacting, stop)),
            ],
            permissions: vec![
                ManageTokens::INFO,
                ReadStaff::INFO,
                ManageStaff::INFO,
                ManageTeams::INFO,
                ManageSecurity::INFO,
                ReadAudit::INFO,
            ],
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
