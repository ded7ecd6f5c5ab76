//! Neighbours for other crates' tests: organisations, teams and tokens that no route makes yet.

use crate::{
    roles,
    secret::{self, Kind},
    store::{orgs, teams},
    store_tokens,
};
use anyhow::Context;
use app::Scope;
use events::{Millis, OrgId, TeamId};
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
            };
            orgs::Entity::insert(row).exec_without_returning(tx.db()).await?;
            org
        }
    };
    let team = TeamId::new();
    let row =
        teams::ActiveModel { id: Set(Text(team)), org_id: Set(Text(org)), name: Set(team.to_string()), created_at_ms };
    teams::Entity::insert(row).exec_without_returning(tx.db()).await?;
    tx.commit().await?;
    Ok(Scope { org, team: Some(team) })
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
