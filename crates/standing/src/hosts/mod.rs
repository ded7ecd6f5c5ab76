//! Hosts 主播: people who go on air for a team, and whether their real names are known 实名.

pub mod http;
pub mod http_staff;
pub mod http_verify;
pub mod store;

use crate::identity::Identity;
use anyhow::Context;
use app::{Keys, sealed};
use events::{Envelope, Event, HostChanged, Millis, OrgId, Source, TeamId, UserId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

/// For what identities are sealed.
const PURPOSE: &str = "standing-host";

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum HostState {
    /// Nobody said who it is.
    Unverified,
    /// A person is to decide.
    Submitted,
    Verified,
    /// It was decided otherwise, or the identity is not allowed.
    Refused,
    /// It was verified, too long ago.
    Expired,
}

impl HostState {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Unverified => "unverified",
            Self::Submitted => "submitted",
            Self::Verified => "verified",
            Self::Refused => "refused",
            Self::Expired => "expired",
        }
    }

    fn parse(text: &str) -> Self {
        [Self::Submitted, Self::Verified, Self::Refused]
            .into_iter()
            .find(|state| state.as_str() == text)
            .unwrap_or(Self::Unverified)
    }
}

#[derive(Clone)]
pub struct Host {
    pub id: Uuid,
    pub org: OrgId,
    pub team: TeamId,
    /// As viewers know him 艺名.
    pub name: String,
    state: HostState,
    /// Sealed.
    identity: Option<String>,
    pub digest: Option<String>,
    /// A guardian agrees 监护人同意.
    pub guardian: bool,
    pub submitted_by: Option<String>,
    pub submitted_at: Option<Millis>,
    pub decided_by: Option<String>,
    pub decided_at: Option<Millis>,
    pub note: String,
    pub expires_at: Option<Millis>,
    pub erased_at: Option<Millis>,
    pub created_at: Millis,
    /// Which account of the staff it is 员工账号.
    pub account: Option<UserId>,
}

impl Host {
    /// As it reads now: verifications end.
    pub fn state(&self, now: Millis) -> HostState {
        match self.state {
            HostState::Verified if self.expires_at.is_some_and(|at| at <= now) => HostState::Expired,
            state => state,
        }
    }

    pub fn identity(&self, keys: &Keys) -> anyhow::Result<Option<Identity>> {
        let Some(sealed) = &self.identity else { return Ok(None) };
        let text = sealed::open(keys, PURPOSE, self.id, sealed)?;
        serde_json::from_str(&text).map(Some).context("a host's identity is not readable")
    }
}

/// What a change says in the log: who it is about, and nothing of who that is.
pub(crate) fn told(host: &Host, change: &str, by: &str, now: Millis) -> Envelope {
    let changed = HostChanged { host: host.id, change: change.to_owned(), by: by.to_owned() };
    Envelope::new(now, Source::Server, host.org, Event::HostChanged(changed)).with_team(host.team)
}

/// A name on one line.
fn name(text: &str) -> Result<String, crate::refusal::Refusal> {
    let text = text.trim();
    let length = text.chars().count();
    if length == 0 || length > 50 || text.chars().any(char::is_control) {
        return Err(crate::refusal::Refusal::BadName);
    }
    Ok(text.to_owned())
}
