//! Who may go on air, and who is kept away 主体信用. Nothing here says who a person is.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// What becomes of a show that wants to go on air.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AdmissionOutcome {
    /// Nothing is in its way.
    Admitted,
    /// It goes on air, and its people are told 提醒.
    Told,
    /// It does not go on air 不准开播.
    Refused,
}

/// What an obstacle does, the mildest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AdmissionAction {
    Off,
    Tell,
    Refuse,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AdmissionObstacle {
    /// `no_host`, `no_real_name` and the like.
    pub code: String,
    pub action: AdmissionAction,
}

/// It was decided whether a show goes on air. A refused one has no broadcast.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShowAdmitted {
    pub outcome: AdmissionOutcome,
    pub obstacles: Vec<AdmissionObstacle>,
    /// Who was asked and did not answer in time: no show waits for that.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unanswered: Vec<String>,
}

/// A host 主播 was entered, or counts otherwise from now on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HostChanged {
    pub host: Uuid,
    /// `created`, `changed`, `submitted`, `verified`, `refused` or `erased`.
    pub change: String,
    pub by: String,
}

/// An entry of the blacklist 黑名单 counts from now on, or no longer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BlacklistChanged {
    pub entry: Uuid,
    /// `asked`, `in_force`, `removal_asked`, `removed` or `declined`.
    pub change: String,
    /// Of the published clauses.
    pub clause: String,
    pub by: String,
}
