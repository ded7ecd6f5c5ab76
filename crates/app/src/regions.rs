//! Which teams stand in which region, as far as this process was told: `accounts` reads it with every look-up of an actor who
//! reaches a region. So a [`Scope`](crate::Scope) stays a small value that says at once what it covers, and a team that is
//! moved changes what held scopes reach. A region that nobody told of holds nothing.

use events::{RegionId, TeamId};
use parking_lot::RwLock;
use std::{
    collections::HashMap,
    sync::{Arc, LazyLock},
};

static KNOWN: LazyLock<RwLock<HashMap<RegionId, Arc<[TeamId]>>>> = LazyLock::new(Default::default);

/// Replaces what is known of `region`.
pub fn know(region: RegionId, mut teams: Vec<TeamId>) {
    teams.sort_unstable();
    KNOWN.write().insert(region, teams.into());
}

pub(crate) fn holds(region: RegionId, team: TeamId) -> bool {
    KNOWN.read().get(&region).is_some_and(|teams| teams.binary_search(&team).is_ok())
}

pub(crate) fn teams_of(region: RegionId) -> Vec<TeamId> {
    KNOWN.read().get(&region).map(|teams| teams.to_vec()).unwrap_or_default()
}
