//! Who is asking, and how far they may reach.

use crate::{Mask, ReadPersonal, regions};
use async_trait::async_trait;
use events::{OrgId, RegionId, TeamId, UserId};
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

/// How far an actor reaches. Every store function takes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Scope {
    pub org: OrgId,
    pub reach: Reach,
}

/// Headquarters see all of the organisation, a region 大区 its teams, a team itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Reach {
    Org,
    Region(RegionId),
    Team(TeamId),
}

impl Scope {
    pub fn whole(org: OrgId) -> Self {
        Self { org, reach: Reach::Org }
    }

    pub fn of_region(org: OrgId, region: RegionId) -> Self {
        Self { org, reach: Reach::Region(region) }
    }

    pub fn of_team(org: OrgId, team: TeamId) -> Self {
        Self { org, reach: Reach::Team(team) }
    }

    /// May an actor with this scope see what belongs to `org` and `team`?
    pub fn covers(&self, org: OrgId, team: TeamId) -> bool {
        self.org == org
            && match self.reach {
                Reach::Org => true,
                Reach::Region(region) => regions::holds(region, team),
                Reach::Team(mine) => mine == team,
            }
    }

    /// Does this reach as far as `other` does, or further?
    pub fn includes(&self, other: Scope) -> bool {
        match other.reach {
            Reach::Team(team) => self.covers(other.org, team),
            Reach::Region(_) | Reach::Org => {
                self.org == other.org && (self.reach == Reach::Org || self.reach == other.reach)
            }
        }
    }

    /// The teams a query is narrowed to; none when it is the whole organisation. An empty list finds nothing.
    pub fn teams(&self) -> Option<Vec<TeamId>> {
        match self.reach {
            Reach::Org => None,
            Reach::Region(region) => Some(regions::teams_of(region)),
            Reach::Team(team) => Some(vec![team]),
        }
    }

    pub fn region(&self) -> Option<RegionId> {
        if let Reach::Region(region) = self.reach { Some(region) } else { None }
    }

    pub fn team(&self) -> Option<TeamId> {
        if let Reach::Team(team) = self.reach { Some(team) } else { None }
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
    /// The organisation wants a second factor of this role, and there is none yet: may only set one up.
    pub must_enrol: bool,
}

impl Actor {
    pub fn may(&self, permission: &str) -> bool {
        !self.must_change_password && !self.must_enrol && self.permissions.contains(permission)
    }

    /// How personal data are shown to this actor: the one place that decides it.
    pub fn mask(&self) -> Mask {
        if self.may(ReadPersonal::INFO.name) { Mask::Off } else { Mask::On }
    }
}

/// Turns a request's credentials into an actor. `accounts` is the real one.
#[async_trait]
pub trait Authenticate: Send + Sync {
    /// `None` when the request carries no credentials or unknown, expired or revoked ones.
    async fn authenticate(&self, headers: &::http::HeaderMap) -> anyhow::Result<Option<Actor>>;

    /// What tells one session or token from another, good or not: a hash of the secret.
    fn credential(&self, headers: &::http::HeaderMap) -> Option<String>;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headquarters_see_all_a_region_its_teams_a_team_itself() {
        let (org, region) = (OrgId::new(), RegionId::new());
        let (east, west, elsewhere) = (TeamId::new(), TeamId::new(), TeamId::new());
        regions::know(region, vec![east, west]);
        let seen = |scope: Scope| [east, west, elsewhere].map(|team| scope.covers(org, team));
        assert_eq!(seen(Scope::whole(org)), [true, true, true]);
        assert_eq!(seen(Scope::of_region(org, region)), [true, true, false]);
        assert_eq!(seen(Scope::of_team(org, east)), [true, false, false]);
        assert_eq!(seen(Scope::whole(OrgId::new())), [false; 3]);
        assert_eq!(seen(Scope::of_region(org, RegionId::new())), [false; 3], "a region nobody knows holds nothing");

        regions::know(region, vec![east]);
        assert_eq!(
            seen(Scope::of_region(org, region)),
            [true, false, false],
            "who was moved away is out of reach at once"
        );
    }

    #[test]
    fn a_scope_includes_what_is_not_wider() {
        let (org, region, team) = (OrgId::new(), RegionId::new(), TeamId::new());
        regions::know(region, vec![team]);
        let scopes = [Scope::whole(org), Scope::of_region(org, region), Scope::of_team(org, team)];
        for (n, wide) in scopes.iter().enumerate() {
            for (m, narrow) in scopes.iter().enumerate() {
                assert_eq!(wide.includes(*narrow), n <= m, "{wide:?} {narrow:?}");
            }
        }
        assert!(!Scope::whole(OrgId::new()).includes(scopes[2]));
        assert!(!scopes[1].includes(Scope::of_region(org, RegionId::new())));
    }
}
