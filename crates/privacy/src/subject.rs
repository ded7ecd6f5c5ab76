//! Whom it is about, in whichever way a person can be named.

use crate::Privacy;
use app::{Actor, ApiError, Reach, Refuse};
use collect::person::{Named, pseudonym};
use events::{OrgId, ViewerId};
use serde::{Deserialize, Deserializer};
use serde_json::json;
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{ObjectBuilder, RefOr, Schema, SchemaFormat, Type, schema::AdditionalProperties},
};

#[derive(Debug, Deserialize)]
#[serde(try_from = "Said")]
pub enum Subject {
    Viewer(String),
    Token(String),
    UserId(String),
    AnonymousId(String),
}

/// As it is sent. Nothing at all is no name.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Said {
    #[serde(default, deserialize_with = "named")]
    viewer: Option<String>,
    #[serde(default, deserialize_with = "named")]
    token: Option<String>,
    #[serde(default, deserialize_with = "named")]
    user_id: Option<String>,
    #[serde(default, deserialize_with = "named")]
    anonymous_id: Option<String>,
}

fn named<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    String::deserialize(deserializer).map(Some)
}

impl TryFrom<Said> for Subject {
    type Error = &'static str;

    fn try_from(said: Said) -> Result<Self, Self::Error> {
        match (said.viewer, said.token, said.user_id, said.anonymous_id) {
            (Some(viewer), None, None, None) => Ok(Self::Viewer(viewer)),
            (None, Some(token), None, None) => Ok(Self::Token(token)),
            (None, None, Some(id), None) => Ok(Self::UserId(id)),
            (None, None, None, Some(id)) => Ok(Self::AnonymousId(id)),
            _ => Err("name exactly one of `viewer`, `token`, `user_id`, `anonymous_id`"),
        }
    }
}

impl PartialSchema for Subject {
    fn schema() -> RefOr<Schema> {
        let text = |of: &str| ObjectBuilder::new().schema_type(Type::String).description(Some(of));
        let viewer = text("The viewer's pseudonym.").format(Some(SchemaFormat::Custom("viewer".into())));
        let one = ObjectBuilder::new()
            .description(Some("Whom it is about: exactly one of these."))
            .property("viewer", viewer)
            .property("token", text("A viewer token, also one that has expired."))
            .property("user_id", text("The id that a collector's own program gave the person."))
            .property("anonymous_id", text("The id that a collector's own program gave a device."))
            .additional_properties(Some(AdditionalProperties::<Schema>::FreeForm(false)))
            .min_properties(Some(1))
            .max_properties(Some(1))
            .examples([json!({"viewer": "v0f3c2a"})]);
        RefOr::T(one.into())
    }
}

impl ToSchema for Subject {}

#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    #[error("a pseudonym is 1 to 64 visible ASCII characters")]
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
        Ok(match self {
            Self::Viewer(viewer) => viewer.parse().map_err(|_| Refusal::BadSubject)?,
            Self::Token(token) => {
                let pass = privacy.audience().whose(&token).map_err(|_| Refusal::TokenInvalid)?;
                let room = privacy.audience().room(pass.room).await?;
                room.filter(|room| room.org == org).ok_or(Refusal::TokenInvalid)?;
                pass.viewer
            }
            Self::UserId(id) => pseudonym(keys, org, Named::User(&id)),
            Self::AnonymousId(id) => pseudonym(keys, org, Named::Anonymous(&id)),
        })
    }
}
