//! What is seen and heard in shows, and what people do about it while they run 巡查.

use crate::Millis;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// How something was noticed in a show.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FlagKind {
    /// The picture looks like one of the library 违规库.
    Hash,
    /// A model of pictures says so.
    Model,
    /// Words that were spoken stand in a list.
    Speech,
}

/// Something in a show was noticed: a decision with its reason. While it goes on it is the same finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FrameFlagged {
    pub finding: Uuid,
    pub kind: FlagKind,
    /// `alarm`: people are told; `hold`: it is proposed to interrupt.
    pub level: String,
    /// What it is: the sample's category, the model's label, the word.
    pub label: String,
    /// The sample of the library that it looks like.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sample: Option<Uuid>,
    /// How alike, or how sure, in thousandths.
    pub score_milli: u32,
    /// When it was shown or said.
    pub at: Millis,
}

/// A person looked at a finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FindingDecided {
    pub finding: Uuid,
    /// `confirmed` or `dismissed`.
    pub outcome: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub why: String,
    pub by: String,
}

/// The host was told to mend something during the show 警告.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HostWarned {
    pub warning: Uuid,
    pub text: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub finding: Option<Uuid>,
    pub by: String,
}

/// Somebody at the host's side has read the warning.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WarningAcknowledged {
    pub warning: Uuid,
    pub by: String,
}

/// A show was ended because of what it showed 中断.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShowInterrupted {
    pub clause: String,
    pub why: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub finding: Option<Uuid>,
    pub by: String,
}
