//! What is said in rooms, who decides about it, and what follows 内容安全.

use crate::{DanmakuSent, Millis};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// How speaking goes in a room 发言模式.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChatMode {
    /// Shown at once, looked at afterwards 先发后审.
    #[default]
    AfterReview,
    /// Shown when a person has let it through 先审后发.
    BeforeReview,
    /// Nobody speaks 关闭弹幕.
    Off,
}

/// What becomes of a text, the mildest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TextVerdict {
    /// It passed, and people are told 提醒.
    Alarm,
    /// It passed without some characters 打码.
    Mask,
    /// It waits for a person 先审.
    Hold,
    /// It did not pass 拦截.
    Block,
}

/// Where of a message something was found.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TextField {
    #[default]
    Text,
    Nick,
}

/// One thing that speaks against a text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TextReason {
    /// How it was found: a way of the filter (`exact`, `homophone` ...), `joined` (with what the viewer wrote just before), `model`,
    /// `mode` (the room's mode), `sample_near` and `sample_random` (it passed, and is looked at to learn from 主动抽样).
    pub rule: String,
    pub verdict: TextVerdict,
    /// As the list has it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub word: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub category: String,
    /// The list's id; `pack` for the words that Kaibo brings along.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub list: String,
    #[serde(default, skip_serializing_if = "is_text")]
    pub field: TextField,
    /// Characters of the field, from and behind.
    #[serde(default)]
    pub start: u32,
    #[serde(default)]
    pub end: u32,
}

fn is_text(field: &TextField) -> bool {
    *field == TextField::Text
}

/// The decision about a danmaku that was not simply let through. One that was shown has its own [`DanmakuSent`] beside it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DanmakuJudged {
    pub verdict: TextVerdict,
    /// As it was written.
    #[serde(flatten)]
    pub danmaku: DanmakuSent,
    pub reasons: Vec<TextReason>,
    /// The model's probability that it is bad, in thousandths.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub score_milli: Option<u32>,
    pub mode: ChatMode,
    /// Which lists were asked: a number that changes with them.
    pub lists: u64,
    /// The model that was asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<Uuid>,
}

/// What a person decided about a danmaku.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReviewOutcome {
    /// Nothing is wrong with it 通过: what was held is shown.
    Pass,
    /// It is against the rules 违规: it is not shown, or not any more.
    Reject,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DanmakuReviewed {
    /// Where the danmaku's [`DanmakuJudged`] stands in the log; its [`DanmakuSent`] when nothing was judged.
    pub position: u64,
    pub outcome: ReviewOutcome,
    /// It waited for this decision.
    pub held: bool,
    /// Which rule it breaks, of the published clauses 条款.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clause: Option<String>,
    /// 1, 2 or 3 审核级别.
    pub tier: u8,
    /// Who decided: a login or a token's name.
    pub by: String,
}

/// A viewer says that a danmaku is against the rules 举报. The envelope's viewer is who says so.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DanmakuReported {
    /// Of the `DanmakuJudged` about it, or of the `DanmakuSent` where nothing was judged.
    pub position: u64,
    /// Of the published clauses.
    pub clause: String,
}

/// Who was to decide leaves it to a higher tier 升级.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DanmakuEscalated {
    /// As of [`DanmakuReviewed`].
    pub position: u64,
    /// Who decides now: 2 or 3.
    pub tier: u8,
    pub by: String,
}

/// A danmaku that was shown is taken off the screens 撤下.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DanmakuRemoved {
    pub position: u64,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChatModeChanged {
    pub mode: ChatMode,
}

/// A list of words 词库 was made, changed or removed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LexiconChanged {
    pub list: Uuid,
    pub name: String,
    /// `created`, `changed`, `words_changed`, `removed` or `expired`.
    pub change: String,
    /// How many words it has now.
    pub words: u64,
    /// Empty: nobody did, its time was over.
    pub by: String,
}

/// What is planned for a show 备播单 came into another state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DossierChanged {
    pub dossier: Uuid,
    /// Of what stands in it; raised with every change.
    pub version: u32,
    /// `draft`, `submitted`, `signed` (by a professional; it waits as before), `cleared` or `returned`.
    pub state: String,
    /// Of the canonical text of that version.
    pub sha256: String,
    pub by: String,
    /// Why it was returned.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reasons: Vec<String>,
}

/// A version of a learned model 模型 was made, or counts otherwise from now on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModelChanged {
    pub model: Uuid,
    /// Its number in the organisation.
    pub number: u32,
    /// What it looks for: a published clause, or `any` of them.
    pub category: String,
    /// `uploaded`, `learned`, `measured`, `shadow`, `in_force`, `rolled_back` or `retired`.
    pub change: String,
    /// The version that was in force before, or is again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replaces: Option<Uuid>,
    /// Why, in one's own words; `macro_f1_fell` where nobody was asked.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reason: String,
    /// Empty: nobody did.
    pub by: String,
}

/// From which probabilities on models hold and report, and what is sampled. In a room: what is stricter there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModelRulesChanged {
    pub thresholds: Vec<ModelThreshold>,
    /// Of what passes, in millionths. None in a room.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sample_micro: Option<u32>,
    pub by: String,
}

/// In thousandths.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModelThreshold {
    pub category: String,
    pub alarm_milli: u32,
    pub hold_milli: u32,
}

/// What a sanction 处罚 does, the mildest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SanctionKind {
    /// 警告
    Warn,
    /// May not speak 禁言.
    Mute,
    /// Is sent out, and may come again 踢出.
    Kick,
    /// May not come in 封禁.
    Ban,
    /// Fewer are led to the room 限流.
    CutTraffic,
    /// The broadcast is ended 断播.
    CutStream,
}

/// A sanction was imposed. On a viewer, or without one on the room.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sanctioned {
    pub sanction: Uuid,
    pub kind: SanctionKind,
    /// Of the published clauses.
    pub clause: String,
    /// In every room of the organisation, not in the envelope's room alone.
    pub everywhere: bool,
    /// None: it has no end, or no length.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Millis>,
    /// The danmaku it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub position: Option<u64>,
    pub tier: u8,
    pub by: String,
}

/// A sanction does not hold any more, or again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SanctionChanged {
    pub sanction: Uuid,
    /// `lifted` (by a person), `reversed` (by an appeal), `suspended` (the appeal's clock ran out), `upheld` (it holds again) or `expired`.
    pub state: String,
    /// Empty: nobody did.
    pub by: String,
}

/// What a sanction is about was cut out of the show, to be kept as long as the sanction 留证.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EvidenceKept {
    pub sanction: Uuid,
    /// From the beginning of the show.
    pub start_ms: i64,
    pub end_ms: i64,
    pub bytes: u64,
    /// Of the file.
    pub sha256: String,
}

/// A viewer objects to a sanction 申诉.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AppealFiled {
    pub appeal: Uuid,
    pub sanction: Uuid,
    /// By then it is decided, or the sanction is suspended.
    pub due: Millis,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AppealDecided {
    pub appeal: Uuid,
    pub sanction: Uuid,
    /// The sanction was right 维持.
    pub upheld: bool,
    pub by: String,
}

/// The ledger 存证 had this many rows, and this hash at its end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LedgerSealed {
    pub rows: u64,
    /// SHA-256 in hex.
    pub head: String,
    /// The day that ended with it, in Beijing: `2026-11-28`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub day: String,
}

/// Somebody of the staff sat an exam 考试 to its end, or to the end of its time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExamSat {
    /// The person's id; `token:` and its name for a token that belongs to nobody.
    pub staff: String,
    /// The exam's code.
    pub exam: String,
    /// Which version of the exam it was.
    pub version: u32,
    /// The share that was right, in thousandths.
    pub score_milli: u32,
    pub passed: bool,
}
