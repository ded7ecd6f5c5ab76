//! The events themselves, past tense. `type` names the event, `data` holds its fields.

use crate::moderation::*;
use crate::patrol::*;
use crate::standing::*;
use crate::stream::*;
use crate::{EntryId, Millis};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::{borrow::Cow, collections::BTreeMap};
use uuid::Uuid;

/// What happened. The variant's name is the event's name everywhere: log, API, docs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", content = "data")]
pub enum Event {
    /// A room was created 创建直播间.
    RoomCreated(RoomCreated),
    /// The room's title or visibility changed.
    RoomChanged(RoomCreated),
    /// The stream key was replaced; the old one no longer opens the room.
    StreamKeyRotated(Empty),
    /// A show began 开播. For an import, `occurred_at` is the recording's own beginning.
    BroadcastStarted(BroadcastStarted),
    /// A show ended 下播.
    BroadcastEnded(BroadcastEnded),
    /// An encoder's stream reached the room (first time or again).
    StreamPublished(StreamPublished),
    /// The encoder's stream stopped arriving.
    StreamLost(StreamLost),
    /// A player load fetched its first media: one entry 进入.
    ViewerEntered(ViewerEntered),
    /// A player said it is still there, with what it really played since the last one.
    ViewerHeartbeat(ViewerHeartbeat),
    /// A player left on purpose (page closed).
    ViewerLeft(ViewerLeft),
    /// A danmaku 弹幕 was accepted.
    DanmakuSent(DanmakuSent),
    /// Likes 点赞, merged per viewer and moment.
    LikesSent(LikesSent),
    /// A viewer followed the host 关注.
    ViewerFollowed(Empty),
    /// A viewer shared the room 分享.
    RoomShared(Empty),
    /// A gift 礼物. Income is the sum of paid (`gold`) gifts.
    GiftSent(GiftSent),
    /// A gift combo 连击 as another platform shows it; overlaps with gifts and is never income.
    GiftComboShown(GiftComboShown),
    /// A paid highlighted message 醒目留言.
    SuperChatSent(SuperChatSent),
    /// The room's picture comes from another source 切源.
    StreamSwitched(StreamSwitched),
    /// A show's recording 录制 is complete.
    RecordingFinished(RecordingFinished),
    /// A recording was removed, by rule or by a person.
    RecordingRemoved(RecordingRemoved),
    /// A clip 切片 was cut.
    ClipCreated(ClipCreated),
    ClipRemoved(ClipRemoved),
    /// A relay 转推 to another platform changed its state.
    RelayChanged(RelayChanged),
    /// A player said how playing went 播放质量.
    PlaybackReported(PlaybackReported),
    /// An encoder's stream was measured 推流质量.
    IngestMeasured(IngestMeasured),
    /// An alarm 告警 began.
    AlarmRaised(AlarmRaised),
    AlarmCleared(AlarmCleared),
    /// An alarm about Kaibo itself 系统告警 began.
    SystemAlarmRaised(SystemAlarmRaised),
    SystemAlarmCleared(SystemAlarmCleared),
    /// An entry was found to be a web player, a bare client or a suspected bot 观众审计.
    ViewerJudged(ViewerJudged),
    /// What a viewer wrote was erased 抹除: it reads as empty from here on, and so does what was written before.
    ViewerErased(Empty),
    /// What had been kept as long as it may be 保存期限 is gone.
    RetentionApplied(RetentionApplied),
    /// A viewer or a show is held 法律保全: age forgets nothing of it.
    LegalHoldPlaced(Empty),
    LegalHoldReleased(Empty),
    /// A pre-live check 直播检测 was done.
    StreamChecked(StreamChecked),
    /// The audit log 审计 had this many rows, and this hash at its end.
    AuditSealed(AuditSealed),
    /// A source 采集源 of outside events was made, changed, given another key, or removed.
    SourceChanged(SourceChanged),
    /// A viewer agreed 同意 to a purpose.
    ConsentGiven(Consent),
    /// A viewer said no to a purpose, or took a consent back 撤回.
    ConsentWithdrawn(Consent),
    /// A danmaku was not simply let through 弹幕判定: what became of it, and why.
    DanmakuJudged(DanmakuJudged),
    /// A person decided about a danmaku 人工审核.
    DanmakuReviewed(DanmakuReviewed),
    /// A viewer reported a danmaku 举报.
    DanmakuReported(DanmakuReported),
    DanmakuEscalated(DanmakuEscalated),
    /// A danmaku was taken off the screens 撤下.
    DanmakuRemoved(DanmakuRemoved),
    /// How speaking goes in a room changed 发言模式.
    ChatModeChanged(ChatModeChanged),
    /// A list of words 词库 was made, changed or removed.
    LexiconChanged(LexiconChanged),
    /// A version of a learned model 模型 was made, or counts otherwise from now on.
    ModelChanged(ModelChanged),
    /// From which probabilities on models count 模型阈值, and what is sampled.
    ModelRulesChanged(ModelRulesChanged),
    /// What is planned for a show 备播单 came into another state.
    DossierChanged(DossierChanged),
    /// A sanction 处罚 was imposed.
    Sanctioned(Sanctioned),
    /// A sanction does not hold any more, or again.
    SanctionChanged(SanctionChanged),
    /// A viewer objected to a sanction 申诉.
    EvidenceKept(EvidenceKept),
    AppealFiled(AppealFiled),
    /// An appeal was decided 申诉裁决.
    AppealDecided(AppealDecided),
    /// The ledger 存证 had this many rows, and this hash at its end.
    LedgerSealed(LedgerSealed),
    /// Somebody of the staff sat an exam 考试 to its end.
    ExamSat(ExamSat),
    /// It was decided whether a show goes on air 准入.
    ShowAdmitted(ShowAdmitted),
    /// A host 主播 was entered, or counts otherwise from now on.
    HostChanged(HostChanged),
    /// An entry of the blacklist 黑名单 counts from now on, or no longer.
    BlacklistChanged(BlacklistChanged),
    /// Something was noticed in a show's picture or speech 巡查发现.
    FrameFlagged(FrameFlagged),
    /// A person looked at a finding 研判.
    FindingDecided(FindingDecided),
    /// The host was warned during the show 警告.
    HostWarned(HostWarned),
    /// The host's side has read a warning.
    WarningAcknowledged(WarningAcknowledged),
    /// A show was interrupted 中断.
    ShowInterrupted(ShowInterrupted),
    /// Something an outside collector tracked: the `custom` namespace.
    Tracked(Tracked),
}

impl Event {
    /// The event's name: the variant's name, or for a tracked event the collector's own name.
    pub fn name(&self) -> Cow<'_, str> {
        Cow::Borrowed(match self {
            Event::RoomCreated(_) => "RoomCreated",
            Event::RoomChanged(_) => "RoomChanged",
            Event::StreamKeyRotated(_) => "StreamKeyRotated",
            Event::BroadcastStarted(_) => "BroadcastStarted",
            Event::BroadcastEnded(_) => "BroadcastEnded",
            Event::StreamPublished(_) => "StreamPublished",
            Event::StreamLost(_) => "StreamLost",
            Event::ViewerEntered(_) => "ViewerEntered",
            Event::ViewerHeartbeat(_) => "ViewerHeartbeat",
            Event::ViewerLeft(_) => "ViewerLeft",
            Event::DanmakuSent(_) => "DanmakuSent",
            Event::LikesSent(_) => "LikesSent",
            Event::ViewerFollowed(_) => "ViewerFollowed",
            Event::RoomShared(_) => "RoomShared",
            Event::GiftSent(_) => "GiftSent",
            Event::GiftComboShown(_) => "GiftComboShown",
            Event::SuperChatSent(_) => "SuperChatSent",
            Event::StreamSwitched(_) => "StreamSwitched",
            Event::RecordingFinished(_) => "RecordingFinished",
            Event::RecordingRemoved(_) => "RecordingRemoved",
            Event::ClipCreated(_) => "ClipCreated",
            Event::ClipRemoved(_) => "ClipRemoved",
            Event::RelayChanged(_) => "RelayChanged",
            Event::PlaybackReported(_) => "PlaybackReported",
            Event::IngestMeasured(_) => "IngestMeasured",
            Event::AlarmRaised(_) => "AlarmRaised",
            Event::AlarmCleared(_) => "AlarmCleared",
            Event::SystemAlarmRaised(_) => "SystemAlarmRaised",
            Event::SystemAlarmCleared(_) => "SystemAlarmCleared",
            Event::ViewerJudged(_) => "ViewerJudged",
            Event::ViewerErased(_) => "ViewerErased",
            Event::RetentionApplied(_) => "RetentionApplied",
            Event::LegalHoldPlaced(_) => "LegalHoldPlaced",
            Event::LegalHoldReleased(_) => "LegalHoldReleased",
            Event::StreamChecked(_) => "StreamChecked",
            Event::AuditSealed(_) => "AuditSealed",
            Event::SourceChanged(_) => "SourceChanged",
            Event::ConsentGiven(_) => "ConsentGiven",
            Event::ConsentWithdrawn(_) => "ConsentWithdrawn",
            Event::DanmakuJudged(_) => "DanmakuJudged",
            Event::DanmakuReviewed(_) => "DanmakuReviewed",
            Event::DanmakuReported(_) => "DanmakuReported",
            Event::DanmakuEscalated(_) => "DanmakuEscalated",
            Event::DanmakuRemoved(_) => "DanmakuRemoved",
            Event::ChatModeChanged(_) => "ChatModeChanged",
            Event::LexiconChanged(_) => "LexiconChanged",
            Event::ModelChanged(_) => "ModelChanged",
            Event::ModelRulesChanged(_) => "ModelRulesChanged",
            Event::DossierChanged(_) => "DossierChanged",
            Event::Sanctioned(_) => "Sanctioned",
            Event::SanctionChanged(_) => "SanctionChanged",
            Event::EvidenceKept(_) => "EvidenceKept",
            Event::AppealFiled(_) => "AppealFiled",
            Event::AppealDecided(_) => "AppealDecided",
            Event::LedgerSealed(_) => "LedgerSealed",
            Event::ExamSat(_) => "ExamSat",
            Event::ShowAdmitted(_) => "ShowAdmitted",
            Event::HostChanged(_) => "HostChanged",
            Event::BlacklistChanged(_) => "BlacklistChanged",
            Event::FrameFlagged(_) => "FrameFlagged",
            Event::FindingDecided(_) => "FindingDecided",
            Event::HostWarned(_) => "HostWarned",
            Event::WarningAcknowledged(_) => "WarningAcknowledged",
            Event::ShowInterrupted(_) => "ShowInterrupted",
            Event::Tracked(tracked) => return Cow::Borrowed(&tracked.name),
        })
    }

    /// Sequenced class: delivered in order with `seq`/`prev`, acknowledged and resumable. The rest may be sampled.
    pub fn is_sequenced(&self) -> bool {
        matches!(
            self,
            Event::RoomChanged(_)
                | Event::BroadcastStarted(_)
                | Event::BroadcastEnded(_)
                | Event::StreamPublished(_)
                | Event::StreamLost(_)
                | Event::StreamSwitched(_)
                | Event::GiftSent(_)
                | Event::SuperChatSent(_)
                | Event::DanmakuRemoved(_)
                | Event::ChatModeChanged(_)
        )
    }
}

/// Something is wrong with the program itself for longer than a moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SystemAlarmRaised {
    pub alarm: Uuid,
    /// As in `kaibo_alarm{alarm}`: `disk_low`, `backup_old` and the like.
    pub kind: String,
    /// What was found when it began, in the unit of the limit.
    pub value: u64,
    pub limit: u64,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SystemAlarmCleared {
    pub alarm: Uuid,
    pub kind: String,
}

/// Noted once a day, so that an audit log that was rewritten as a whole is found out too.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditSealed {
    pub rows: u64,
    /// SHA-256 in hex.
    pub head: String,
}

/// What was kept of one class is gone up to a moment, but for what is held.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RetentionApplied {
    /// `words`, `quarantine`, `deliveries`, `audit`.
    pub class: String,
    /// What was kept since before then.
    pub before: Millis,
    /// How much there was, by what held it.
    pub gone: BTreeMap<String, u64>,
}

/// No fields yet.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Empty {}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoomCreated {
    pub title: String,
    #[serde(default)]
    pub private: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BroadcastStarted {
    pub title: String,
    /// The platform an import came from; absent for our own shows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub platform: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BroadcastEnded {
    pub reason: EndReason,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EndReason {
    /// A person ended it.
    Operator,
    /// The encoder stayed away longer than the reconnect window.
    StreamGone,
    /// The recording is complete.
    ImportComplete,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StreamPublished {
    /// True when the same broadcast goes on after a loss.
    pub resumed: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub video_codec: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub audio_codec: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub width: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub height: Option<u32>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StreamLost {
    /// True when the encoder said goodbye (`deleteStream`), false when the connection broke.
    pub clean: bool,
}

/// How a player identified itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ViewerKind {
    /// Our player or SDK: asked for a token.
    Web,
    /// A bare HLS client: a session was minted at its first playlist request.
    Bare,
    /// Reported by another platform.
    Imported,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ViewerEntered {
    pub entry: EntryId,
    pub kind: ViewerKind,
    /// Fan level as another platform reported it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fan_level: Option<i64>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ViewerHeartbeat {
    pub entry: EntryId,
    pub kind: ViewerKind,
    /// Milliseconds really played since this entry's last heartbeat, already limited by the server to what is possible.
    pub played_ms: u32,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ViewerLeft {
    pub entry: EntryId,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DanmakuSent {
    pub text: String,
    /// Name shown beside the text, chosen by the viewer or given by the platform; not an identity.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nick: Option<String>,
    /// Recorder mode: 1 scrolling, 4 bottom, 5 top.
    #[serde(default = "scrolling", skip_serializing_if = "is_scrolling")]
    pub mode: u8,
    /// RGB, 0xRRGGBB.
    #[serde(default = "white", skip_serializing_if = "is_white")]
    pub color: u32,
    /// Recorder font size; 25 is usual.
    #[serde(default = "usual_size", skip_serializing_if = "is_usual_size")]
    pub size: u8,
    /// Milliseconds from the beginning of the show as the recording states it; negative before air.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offset_ms: Option<i64>,
}

fn scrolling() -> u8 {
    1
}
fn is_scrolling(mode: &u8) -> bool {
    *mode == 1
}
fn white() -> u32 {
    0xff_ffff
}
fn is_white(color: &u32) -> bool {
    *color == 0xff_ffff
}
fn usual_size() -> u8 {
    25
}
fn is_usual_size(size: &u8) -> bool {
    *size == 25
}

impl DanmakuSent {
    /// A plain white scrolling danmaku.
    pub fn plain(text: impl Into<String>) -> Self {
        Self { text: text.into(), nick: None, mode: scrolling(), color: white(), size: usual_size(), offset_ms: None }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LikesSent {
    pub count: u32,
}

/// Which purse a gift came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Coin {
    /// Paid.
    Gold,
    /// Free.
    Silver,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GiftSent {
    pub gift: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gift_id: Option<i64>,
    pub num: i64,
    /// Price of one, in thousandths of a yuan.
    pub price_milli: i64,
    pub coin: Coin,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GiftComboShown {
    pub gift: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gift_id: Option<i64>,
    pub num: i64,
    /// Price of all, in thousandths of a yuan.
    pub total_milli: i64,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SuperChatSent {
    pub text: String,
    pub price_milli: i64,
}

/// What a person did to a source of outside events.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceChanged {
    /// The source's id.
    pub collector: Uuid,
    pub name: String,
    /// `created`, `changed`, `key_rotated` or `removed`.
    pub change: String,
    /// Who did it: a login or a token's name.
    pub by: String,
}

/// What a viewer may be asked to agree to. Whatever is necessary for watching is not asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConsentPurpose {
    /// To be recognised again, and to have counted what one does beyond watching 分析.
    Analytics,
    /// To be shown what fits 个性化.
    Personalisation,
    /// To be told of offers 营销.
    Marketing,
}

/// Where a viewer said so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConsentSource {
    RoomPage,
    Sdk,
    /// Staff wrote down what the viewer told them.
    Staff,
}

/// Who said it is the envelope's viewer, a pseudonym.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Consent {
    pub purpose: ConsentPurpose,
    /// Of the text that the viewer was shown.
    pub version: u32,
    pub through: ConsentSource,
}

/// A collector's event. `call` is the Segment call: track, page, screen, identify, group, alias.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Tracked {
    pub call: String,
    /// The track event's name; for the other calls the call's own name (`page`, `identify` ...).
    pub name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub anonymous_id: Option<String>,
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub properties: Map<String, Value>,
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub context: Map<String, Value>,
    /// When the client's own clock says it sent the batch.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sent_at: Option<Millis>,
}
