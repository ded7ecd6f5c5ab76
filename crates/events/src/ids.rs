//! Ids. Records carry UUIDv7 (sortable by creation); viewers carry a pseudonym.

use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr, sync::Arc};
use uuid::Uuid;

macro_rules! record_ids {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl $name {
            /// A fresh UUIDv7.
            pub fn new() -> Self {
                Self(Uuid::now_v7())
            }
        }
        impl Default for $name {
            fn default() -> Self {
                Self::new()
            }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.as_hyphenated().fmt(f)
            }
        }
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }
        impl FromStr for $name {
            type Err = uuid::Error;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map(Self)
            }
        }
    )*};
}

record_ids! {
    /// An organisation: the widest scope.
    OrgId,
    /// A region 大区: teams of an organisation that answer to the same people.
    RegionId,
    /// A team within an organisation: the scope most staff work in.
    TeamId,
    /// A staff member.
    UserId,
    /// A live room 直播间.
    RoomId,
    /// One show in a room 场次: from the first push to its end, reconnects included.
    BroadcastId,
    /// One load of the player ("entry"); counted once it fetched media.
    EntryId,
}

/// A viewer's pseudonym: 1 to 64 visible ASCII characters. Never a name, phone or address.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct ViewerId(Arc<str>);

#[derive(Debug, Clone, thiserror::Error, PartialEq, Eq)]
#[error("a viewer id is 1 to 64 visible ASCII characters")]
pub struct BadViewerId;

impl ViewerId {
    /// A fresh pseudonym, `v` and 32 hex digits.
    pub fn random() -> Self {
        Self(format!("v{}", Uuid::new_v4().simple()).into())
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for ViewerId {
    type Err = BadViewerId;
    fn from_str(text: &str) -> Result<Self, BadViewerId> {
        let fits = (1..=64).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic());
        if fits { Ok(Self(text.into())) } else { Err(BadViewerId) }
    }
}

impl<'de> Deserialize<'de> for ViewerId {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

impl fmt::Display for ViewerId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for ViewerId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
