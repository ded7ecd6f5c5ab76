//! The first administrator, and tokens made on the terminal: what whoever owns the machine may do.

use crate::{
    password, roles,
    secret::{self, Kind},
    store::{self, User},
    store_audit::{self, Action, Who},
    store_tokens,
};
use anyhow::{Context, bail};
use app::{App, Scope};
use events::{Millis, OrgId, TeamId};
use std::time::Duration;

pub const FIRST_LOGIN: &str = "admin";

/// What the caller prints on the terminal, once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OneTimePassword {
    pub login: &'static str,
    /// Good until its owner has set an own one.
    pub password: String,
}

/// Makes the organisation, its team and the user `admin` when nobody exists. As long as that user has never set a password,
/// every start gives a new one-time password: the old one may have scrolled away.
pub async fn ensure_first_admin(app: &App) -> anyhow::Result<Option<OneTimePassword>> {
    let waiting = store::user_by_login(app.store.read(), FIRST_LOGIN).await?.filter(|user| user.must_change_password);
    if waiting.is_none() && store::any_user(app.store.read()).await? {
        return Ok(None);
    }
    let one_time = OneTimePassword { login: FIRST_LOGIN, password: password::one_time() };
    let hash = password::Hasher::default().hash(one_time.password.clone()).await??;
    let tx = app.store.begin().await?;
    tx.take_turns(store::HEADQUARTERS).await?;
    let now = app.now();
    let action = match waiting {
        Some(user) => {
            if !store::set_password(&tx, &user, hash, true).await? {
                return Ok(None);
            }
            store_tokens::revoke_sessions(&tx, user.id.0, None, now).await?;
            Action::OneTimePasswordRenewed
        }
        None => {
            if store::any_user(tx.db()).await? {
                return Ok(None);
            }
            store::insert_user(&tx, admin(&tx, hash, now).await?).await.context("creating the first administrator")?;
            Action::FirstAdminCreated
        }
    };
    let (org, _) = store::headquarters(&tx, now).await?;
    store_audit::record(&tx, Who::terminal(Scope::whole(org)), action, FIRST_LOGIN, now).await?;
    tx.commit().await?;
    Ok(Some(one_time))
}

async fn admin(tx: &::store::Tx, password: String, now: Millis) -> anyhow::Result<User> {
    let (org, _) = store::headquarters(tx, now).await?;
    let user = User::new(Scope::whole(org), FIRST_LOGIN.into(), "管理员 Administrator".into(), "admin", now);
    Ok(User { password, must_change_password: true, joined_at_ms: Some(now.0), ..user })
}

/// The oldest organisation and its oldest team, made when there is none: where records without an owner belong.
pub async fn home(app: &App) -> anyhow::Result<(OrgId, TeamId)> {
    let tx = app.store.begin().await?;
    let home = store::headquarters(&tx, app.now()).await?;
    tx.commit().await?;
    Ok(home)
}

/// An API token of the whole (oldest) organisation; answers the secret, which is nowhere else. The tables must exist.
/// `ttl` of none never expires.
pub async fn create_token(
    store: &::store::Store,
    role: &str,
    name: &str,
    ttl: Option<Duration>,
) -> anyhow::Result<String> {
    let Some(role) = roles::role(role) else {
        let known: Vec<&str> = roles::ROLES.iter().map(|role| role.name).collect();
        bail!("there is no role `{role}`; the roles are {}", known.join(", "));
    };
    let now = Millis::now();
    let secret = secret::fresh(Kind::Api);
    let tx = store.begin().await?;
    let (org, _) = store::headquarters(&tx, now).await?;
    let scope = Scope::whole(org);
    let mut token = store_tokens::Model::new(Kind::Api, &secret, scope, now);
    token.name = name.into();
    token.role = role.name.into();
    token.made_by = "terminal".into();
    token.expires_at_ms = ttl.map(|ttl| now.plus_ms(i64::try_from(ttl.as_millis()).unwrap_or(i64::MAX)).0);
    let target = token.id.to_string();
    store_tokens::insert(&tx, token).await.context("creating a token")?;
    store_audit::record(&tx, Who::terminal(scope), Action::TokenCreated, &target, now).await?;
    tx.commit().await?;
    Ok(secret)
}
