//! How well people decide 审核质检: a share of verdicts is given once more, blindly; where two differ, a third one counts.

pub mod http;
pub mod rules;
pub mod store;

use crate::review::Item;
use events::{Millis, OrgId, ReviewOutcome, RoomId, TeamId};

/// A verdict that is given twice.
#[derive(Debug, Clone, PartialEq)]
pub struct Sample {
    /// Of the item.
    pub position: u64,
    pub org: OrgId,
    pub team: TeamId,
    pub room: RoomId,
    pub first: Given,
    pub second: Option<Given>,
    pub last: Option<Given>,
}

impl Sample {
    pub fn first(item: &Item, first: Given) -> Self {
        let Item { position, org, team, room, .. } = *item;
        Self { position, org, team, room, first, second: None, last: None }
    }
}

/// A verdict, and whose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Given {
    pub by: String,
    pub outcome: ReviewOutcome,
    pub clause: Option<String>,
    pub at: Millis,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SampleState {
    /// Waits for the second verdict.
    Open,
    /// Both are the same.
    Agreed,
    /// They are not; somebody has to say which is right.
    Disputed,
    /// Somebody has.
    Settled,
}

impl SampleState {
    pub fn name(self) -> &'static str {
        match self {
            SampleState::Open => "open",
            SampleState::Agreed => "agreed",
            SampleState::Disputed => "disputed",
            SampleState::Settled => "settled",
        }
    }
}
