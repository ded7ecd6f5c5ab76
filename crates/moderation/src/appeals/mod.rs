//! Appeals 申诉: a viewer objects to a sanction, and somebody else decides about it in time.

pub mod desk;
pub mod http;
pub mod store;

use events::{BroadcastId, Envelope, Event, Millis, OrgId, RoomId, Source, TeamId, ViewerId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

/// By then somebody has decided, or the sanction is suspended.
pub const CLOCK_MS: i64 = CLOCK_HOURS * 3_600_000;
pub const CLOCK_HOURS: i64 = 24;
/// Characters of an appeal, and of a decision's reason.
pub const LONGEST: usize = 500;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Appeal {
    pub id: Uuid,
    pub sanction: Uuid,
    pub org: OrgId,
    pub team: TeamId,
    pub room: RoomId,
    pub broadcast: Option<BroadcastId>,
    pub viewer: ViewerId,
    pub text: String,
    /// Its words are gone, for good.
    pub erased: bool,
    pub filed_at: Millis,
    pub due_at: Millis,
    /// Nobody decided in time.
    pub late: bool,
    pub state: AppealState,
    pub decided: Option<Decision>,
    /// The log's last position when it was filed: what an erasure before it takes.
    pub after_position: u64,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// The viewer reads it too.
    pub reason: String,
    pub by: String,
    pub at: Millis,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AppealState {
    /// Somebody has to decide 待裁决.
    Open,
    /// The sanction was right 维持.
    Upheld,
    /// It was not 撤销.
    Reversed,
}

impl AppealState {
    pub const ALL: [Self; 3] = [Self::Open, Self::Upheld, Self::Reversed];

    pub fn name(self) -> &'static str {
        match self {
            AppealState::Open => "open",
            AppealState::Upheld => "upheld",
            AppealState::Reversed => "reversed",
        }
    }

    pub fn of(name: &str) -> Self {
        Self::ALL.into_iter().find(|state| state.name() == name).unwrap_or(AppealState::Open)
    }
}

impl Appeal {
    /// An event about it.
    pub fn told(&self, now: Millis, event: Event) -> Envelope {
        Envelope::new(now, Source::Server, self.org, event)
            .with_team(self.team)
            .with_room(self.room)
            .with_broadcast(self.broadcast)
            .with_viewer(self.viewer.clone())
    }
}
