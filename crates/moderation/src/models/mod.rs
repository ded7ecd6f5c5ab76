//! Learned models 模型 as versions: where they come from, how good they are, which one counts. A model holds and reports; it never
//! blocks by itself, and nothing puts one in force but a person.

mod change;
pub mod http;
pub mod http_rules;
mod learn;
pub mod rules;
pub mod store;

pub use learn::{Learn, keep_learning, note, read_texts};

use crate::text::ModelQuality;
use events::{Millis, OrgId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;
use uuid::Uuid;

/// What is bad by whatever clause.
pub const ANY: &str = "any";
/// Whose turn it is to change what counts.
pub const TURN: &str = "moderation_models";
/// Versions of one organisation whose bytes are kept; of older ones that do not count only the record stays.
pub const MOST_KEPT: u64 = 20;
/// In shadow at once, of one category.
pub const MOST_SHADOWS: usize = 3;

/// A version.
#[derive(Debug, Clone, PartialEq)]
pub struct Version {
    pub id: Uuid,
    pub org: OrgId,
    pub number: u32,
    /// A published clause, or [`ANY`].
    pub category: String,
    pub origin: Origin,
    pub note: String,
    /// What it learned on from.
    pub base: Option<Uuid>,
    /// The last verdict it may know, by its position in the log.
    pub learned_to: Option<u64>,
    /// What it learned from, and how much of that was bad.
    pub texts: u64,
    pub bad: u64,
    pub bytes: u64,
    /// Of its bytes, in hex.
    pub sha256: String,
    /// Its bytes are still there.
    pub kept: bool,
    pub state: ModelState,
    pub state_at: Millis,
    /// Why it does not count any more.
    pub reason: String,
    pub measured: Option<ModelMeasured>,
    pub made_by: String,
    pub made_at: Millis,
    /// What was in force before it.
    pub former: Option<Uuid>,
    pub asked: Asked,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ModelOrigin)]
pub enum Origin {
    /// It was brought along.
    File,
    /// It learned from what people decided here.
    Verdicts,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ModelState {
    /// It counts nowhere yet.
    Made,
    /// It is asked, and only counted 影子.
    Shadow,
    /// It decides 生效.
    InForce,
    /// It counts no more 停用.
    Retired,
}

/// How often a version was asked on the way in, and what it said.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = ModelAsked)]
pub struct Asked {
    pub asked: u64,
    pub alarmed: u64,
    pub held: u64,
    /// Otherwise than the version in force.
    pub otherwise: u64,
}

/// How good it is on what it did not learn from: a fixed share of people's verdicts, and what was brought along.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ModelMeasured {
    #[schema(value_type = i64)]
    pub at_ms: Millis,
    /// SHA-256 of the frozen set: the same set, the same number.
    pub set_sha256: String,
    /// Of people's verdicts, and of what was brought along.
    pub verdicts: u64,
    pub brought: u64,
    /// On all of them.
    pub all: ModelQuality,
    /// On people's verdicts alone; none where there are fewer than twenty.
    pub people: Option<ModelQuality>,
}

/// An organisation's rules for its models.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Rules {
    /// By category; [`ANY`] for those without their own.
    pub thresholds: BTreeMap<String, Threshold>,
    /// Of what passes, in millionths.
    pub sample_micro: u32,
    pub samples_an_hour: u32,
    /// New verdicts that make a candidate by themselves; 0: never.
    pub learn_after: u32,
    /// Verdicts over which a model in force is watched.
    pub window: u32,
    /// The most of what is learned that one reviewer has decided, in thousandths.
    pub reviewer_milli: u32,
    /// The most that equal texts count.
    pub same_text: u32,
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            thresholds: BTreeMap::new(),
            sample_micro: 5_000,
            samples_an_hour: 60,
            learn_after: 500,
            window: 500,
            reviewer_milli: 500,
            same_text: 5,
        }
    }
}

/// From which probability on, in thousandths. 1000 is never reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Threshold {
    /// It passes, and people are told.
    pub alarm_milli: u32,
    /// It waits for a person.
    pub hold_milli: u32,
}

impl Default for Threshold {
    fn default() -> Self {
        Self { alarm_milli: 700, hold_milli: 900 }
    }
}

/// What a person said of a danmaku, and what was thought of it before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// Of the danmaku's decision in the log.
    pub position: u64,
    pub org: OrgId,
    /// Of the verdict in the log.
    pub reviewed: u64,
    pub rejected: bool,
    pub clause: Option<String>,
    pub tier: u8,
    pub by: String,
    pub at: Millis,
    pub score_milli: Option<u32>,
    pub model: Option<Uuid>,
    /// It passed, and people saw it to learn from it.
    pub sample: Option<Sample>,
}

/// Why somebody looks at what passed 主动抽样.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sample {
    /// It was near the threshold.
    Near,
    /// By chance, so that what is missed can be estimated.
    Random,
}

impl Sample {
    /// As reasons call it.
    pub fn rule(self) -> &'static str {
        match self {
            Sample::Near => "sample_near",
            Sample::Random => "sample_random",
        }
    }

    pub fn of(rule: &str) -> Option<Self> {
        [Sample::Near, Sample::Random].into_iter().find(|sample| sample.rule() == rule)
    }
}

impl Label {
    /// Whether it is bad for a model of that category; none where it says nothing of it.
    pub fn is_bad(&self, category: &str) -> Option<bool> {
        match (self.rejected, &self.clause) {
            (false, _) => Some(false),
            (true, Some(clause)) if category != ANY && clause != category => None,
            (true, _) => Some(true),
        }
    }
}

impl ModelState {
    pub fn name(self) -> &'static str {
        match self {
            ModelState::Made => "made",
            ModelState::Shadow => "shadow",
            ModelState::InForce => "in_force",
            ModelState::Retired => "retired",
        }
    }

    pub fn of(name: &str) -> Self {
        [ModelState::Made, ModelState::Shadow, ModelState::InForce]
            .into_iter()
            .find(|state| state.name() == name)
            .unwrap_or(ModelState::Retired)
    }

    /// It is asked on the way in.
    pub fn is_asked(self) -> bool {
        matches!(self, ModelState::Shadow | ModelState::InForce)
    }
}
