//! What of hosts and scores is in a show's way.

use crate::{
    Standing, Subject, blacklist,
    hosts::{self, Host, HostState},
    identity::{ADULT, YOUNGEST},
    settings,
};
use events::{Millis, OrgId, RoomId, TeamId};

/// What may be named.
pub const CODES: &[&str] = &["blacklisted", "no_host", "no_real_name", "minor", "low_score"];

impl Standing {
    /// Whatever of its hosts and its past is in the way of a room's show. Whoever may host the room may be the one who does.
    pub async fn obstacles(
        &self,
        org: OrgId,
        _team: TeamId,
        room: RoomId,
    ) -> anyhow::Result<Vec<(&'static str, String)>> {
        let (now, db) = (self.app().now(), self.app().store.read());
        let hosts = hosts::store::of_room(db, org, room).await?;
        let mut found = Vec::new();
        if hosts.is_empty() {
            found.push(("no_host", String::new()));
        }
        let mut grown = false;
        let mut minors = Vec::new();
        for host in &hosts {
            if let Some(digest) = &host.digest
                && blacklist::store::in_force(db, org, digest, now).await?.is_some()
            {
                found.push(("blacklisted", host.name.clone()));
            }
            if host.state(now) != HostState::Verified {
                found.push(("no_real_name", host.name.clone()));
                continue;
            }
            match self.age(host, now)? {
                Some(age) if age < ADULT => minors.push((age, host)),
                _ => grown = true,
            }
        }
        for (age, host) in minors {
            // Between 16 and 18 one is not alone, and a guardian agrees.
            if age < YOUNGEST || !host.guardian || !grown {
                found.push(("minor", host.name.clone()));
            }
        }
        let low = settings::store::of(db, org).await?.low_score;
        let score = self.score(org, Subject::Room(room), now).await?.points;
        if score < low {
            found.push(("low_score", score.to_string()));
        }
        Ok(found)
    }

    fn age(&self, host: &Host, now: Millis) -> anyhow::Result<Option<i64>> {
        Ok(host.identity(&self.app().keys)?.map(|identity| identity.age(now)))
    }
}
