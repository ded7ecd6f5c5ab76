//! What viewers report 举报, and what that is worth: what they reported before, and with whom.

pub mod http;
pub mod http_viewer;
pub mod rules;
pub mod store;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What became of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ReportState {
    /// Nobody has decided yet.
    Open,
    /// People found what was reported 属实.
    Upheld,
    /// They did not 不属实.
    Dismissed,
    /// It came when all was decided, and says nothing about whoever reported.
    Late,
}

impl ReportState {
    pub fn name(self) -> &'static str {
        match self {
            ReportState::Open => "open",
            ReportState::Upheld => "upheld",
            ReportState::Dismissed => "dismissed",
            ReportState::Late => "late",
        }
    }

    pub fn of(name: &str) -> Self {
        let all = [ReportState::Open, ReportState::Upheld, ReportState::Dismissed];
        all.into_iter().find(|state| state.name() == name).unwrap_or(ReportState::Late)
    }
}
