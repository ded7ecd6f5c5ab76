//! Whom it is about, in whichever way a person can be named.

use crate::Privacy;
use app::{Actor, ApiError, Reach, Refuse};
use collect::person::{Named, pseudonym};
use events::{OrgId, ViewerId};
use serde::Deserialize;
use utoipa::ToSchema;

/// Exactly one of these.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Subject {
    /// The viewer's pseudonym.
    #[schema(example = "v0f3c2a")]
    viewer: Option<String>,
    /// A viewer token, also one that has expired.
    token: Option<String>,
    /// The id that a collector's own program gave the person.
    user_id: Option<String>,
    /// The id that a collector's own program gave a device.
    anonymous_id: Option<String>,
}

#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    #[error("name exactly one of `viewer`, `token`, `user_id`, `anonymous_id`")]
    BadSubject,
    #[error("a viewer is one in the whole organisation, which is beyond your reach")]
    BeyondYourReach,
    #[error("this viewer token was not issued by this server for a room of yours")]
    TokenInvalid,
    #[error("this viewer is held by law and cannot be erased: release the hold first")]
    Held,
}

impl Refuse for Refusal {
    fn code(&self) -> &'static str {
        match self {
            Self::BadSubject => "bad_subject",
            Self::BeyondYourReach => "beyond_your_reach",
            Self::TokenInvalid => "token_invalid",
            Self::Held => "held",
        }
    }
    fn status(&self) -> u16 {
        match self {
            Self::BadSubject | Self::TokenInvalid => 422,
            Self::BeyondYourReach => 403,
            Self::Held => 409,
        }
    }
}

/// The organisation of somebody who reaches all of it: what is kept of a viewer knows no teams.
pub fn whole(actor: &Actor) -> Result<OrgId, Refusal> {
    if actor.scope.reach == Reach::Org { Ok(actor.scope.org) } else { Err(Refusal::BeyondYourReach) }
}

impl Subject {
    /// The pseudonym everything is kept under.
    pub async fn viewer(self, privacy: &Privacy, org: OrgId) -> Result<ViewerId, ApiError> {
        let keys = &privacy.app().keys;
        Ok(match (self.viewer, self.token, self.user_id, self.anonymous_id) {
            (Some(viewer), None, None, None) => viewer.parse().map_err(|_| Refusal::BadSubject)?,
            (None, Some(token), None, None) => {
                let pass = privacy.audience().whose(&token).map_err(|_| Refusal::TokenInvalid)?;
                let room = privacy.audience().room(pass.room).await?;
                room.filter(|room| room.org == org).ok_or(Refusal::TokenInvalid)?;
                pass.viewer
            }
            (None, None, Some(id), None) => pseudonym(keys, org, Named::User(&id)),
            (None, None, None, Some(id)) => pseudonym(keys, org, Named::Anonymous(&id)),
            _ => return Err(Refusal::BadSubject.into()),
        })
    }
}
