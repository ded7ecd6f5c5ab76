//! Who is asking, and how far they may reach.

use async_trait::async_trait;
use events::{OrgId, TeamId, UserId};
use std::{collections::BTreeSet, sync::Arc};

/// A right, named in a handler's signature as `Can<P>`.
pub trait Permission: Send + Sync + 'static {
    const INFO: PermissionInfo;
}

/// A right as people see it. `name` is `noun.verb` and stable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PermissionInfo {
    pub name: &'static str,
    pub zh: &'static str,
    pub en: &'static str,
}

/// How far an actor reaches: a whole organisation, or one team of it. Every store function takes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Scope {
    pub org: OrgId,
    /// `None` reaches the whole organisation.
    pub team: Option<TeamId>,
}

impl Scope {
    /// May an actor with this scope see what belongs to `org` and `team`?
    pub fn covers(&self, org: OrgId, team: TeamId) -> bool {
        self.org == org && self.team.is_none_or(|mine| mine == team)
    }
}

/// Outside the actor's scope: answered as "not found", so that ids of other teams cannot be probed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("there is no such thing in your scope")]
pub struct ScopeDenied;

/// A signed-in person or a token.
#[derive(Debug, Clone)]
pub struct Actor {
    /// Absent for tokens that belong to no person.
    pub user: Option<UserId>,
    /// Login or token name, for the audit log.
    pub name: Arc<str>,
    pub role: Arc<str>,
    pub permissions: Arc<BTreeSet<String>>,
    pub scope: Scope,
    /// The team new records of this actor belong to.
    pub home_team: TeamId,
    /// Signed in with a one-time password: may only set a new one.
    pub must_change_password: bool,
}

impl Actor {
    pub fn may(&self, permission: &str) -> bool {
        !self.must_change_password && self.permissions.contains(permission)
    }
}

/// Turns a request's credentials into an actor. `accounts` is the real one.
#[async_trait]
pub trait Authenticate: Send + Sync {
    /// `None` when the request carries no credentials or unknown, expired or revoked ones.
    async fn authenticate(&self, headers: &::http::HeaderMap) -> anyhow::Result<Option<Actor>>;
}
