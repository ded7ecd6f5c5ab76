//! Neighbours for other crates' tests: organisations, teams and tokens that no route makes yet.

use crate::{
    Accounts, heads, password, roles,
    secret::{self, Kind},
    store::{User, insert_user, orgs, teams},
    store_audit, store_places, store_tokens, totp,
};
use anyhow::Context;
use app::Scope;
use events::{Millis, OrgId, RegionId, TeamId, UserId};
use sea_orm::{ActiveValue::Set, EntityTrait};
use store::{Store, Text};

/// A new team, of `org` or of a new organisation.
pub async fn new_team(store: &Store, org: Option<OrgId>) -> anyhow::Result<Scope> {
    let created_at_ms = Set(Millis::now().0);
    let tx = store.begin().await?;
    let org = match org {
        Some(org) => org,
        None => {
            let org = OrgId::new();
            let row = orgs::ActiveModel {
                id: Set(Text(org)),
                name: Set("next door".into()),
                created_at_ms: created_at_ms.clone(),
                ..Default::default()
            };
            orgs::Entity::insert(row).exec_without_returning(tx.db()).await?;
            org
        }
    };
    let team = TeamId::new();
    let (id, org_id, name) = (Set(Text(team)), Set(Text(org)), Set(team.to_string()));
    let row = teams::ActiveModel { id, org_id, name, created_at_ms, ..Default::default() };
    teams::Entity::insert(row).exec_without_returning(tx.db()).await?;
    tx.commit().await?;
    Ok(Scope::of_team(org, team))
}

/// The secret of a new API token of that role and reach.
pub async fn token_within(store: &Store, role: &str, scope: Scope) -> anyhow::Result<String> {
    let role = roles::role(role).with_context(|| format!("there is no role `{role}`"))?;
    let secret = secret::fresh(Kind::Api);
    let mut token = store_tokens::Model::new(Kind::Api, &secret, scope, Millis::now());
    token.name = role.name.into();
    token.role = role.name.into();
    let tx = store.begin().await?;
    store_tokens::insert(&tx, token).await?;
    tx.commit().await?;
    Ok(secret)
}

/// The secret of a token that may nothing.
pub async fn powerless_token(store: &Store, scope: Scope) -> anyhow::Result<String> {
    let secret = secret::fresh(Kind::Api);
    let mut token = store_tokens::Model::new(Kind::Api, &secret, scope, Millis::now());
    (token.name, token.role, token.scopes) = ("powerless".into(), "service".into(), "nothing".into());
    let tx = store.begin().await?;
    store_tokens::insert(&tx, token).await?;
    tx.commit().await?;
    Ok(secret)
}

/// Puts a team into a new region; answers the region's reach.
pub async fn into_new_region(store: &Store, team: Scope) -> anyhow::Result<Scope> {
    let id = team.team().context("the reach of one team")?;
    let tx = store.begin().await?;
    let region = store_places::insert_region(&tx, team.org, &RegionId::new().to_string(), Millis::now()).await?;
    store_places::move_team(&tx, id, Some(region)).await?;
    tx.commit().await?;
    store_places::learn(store.read(), region).await?;
    Ok(Scope::of_region(team.org, region))
}

/// The login of a new person of that role and reach, who has that password.
pub async fn person_within(store: &Store, role: &str, scope: Scope, password: &str) -> anyhow::Result<String> {
    let role = roles::role(role).with_context(|| format!("there is no role `{role}`"))?;
    let login = UserId::new().to_string();
    let now = Millis::now();
    let user = User {
        password: password::Hasher::default().hash(password.into()).await??,
        joined_at_ms: Some(now.0),
        ..User::new(scope, login.clone(), role.name.into(), role.name, now)
    };
    let tx = store.begin().await?;
    insert_user(&tx, user).await?;
    tx.commit().await?;
    Ok(login)
}

/// What an app with this secret shows.
pub fn code_now(secret: &str, now: Millis) -> anyhow::Result<String> {
    totp::code_at(secret, now)
}

/// Tells the event log of the audit log's head, whatever the day.
pub async fn tell_head_now(accounts: &Accounts) -> anyhow::Result<()> {
    let tx = accounts.app.store.begin().await?;
    store_audit::told(&tx, 0, Millis(0)).await?;
    tx.commit().await?;
    heads::tell(accounts).await
}

/// Takes out of rows what none may hold any more, as the job does.
pub async fn redact_now(accounts: &Accounts) -> anyhow::Result<u64> {
    heads::redact(accounts, &app::Stop::new(), false).await
}
