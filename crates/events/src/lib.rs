//! The vocabulary every crate shares: ids, time, money and the events themselves. No I/O.
//!
//! An [`Envelope`] is one fact: what happened ([`Event`]), when, to whom, and where it came from. It is stored as one JSON
//! object per record of the event log. Events are promises: fields are only added, with defaults; a new meaning is a new
//! event. `tests/it/golden` shows what consumers will see.

mod envelope;
mod event;
mod ids;
mod moderation;
mod patrol;
mod personal;
mod sketch;
mod standing;
mod stream;
mod time;

pub use envelope::{DecodeError, Envelope, SCHEMA_VERSION, Source};
pub use event::*;
pub use ids::{BroadcastId, EntryId, OrgId, RegionId, RoomId, TeamId, UserId, ViewerId};
pub use moderation::*;
pub use patrol::*;
pub use personal::Personal;
pub use sketch::Sketch;
pub use standing::*;
pub use stream::*;
pub use time::{Clock, Millis, Timestamp};
