//! Which events others hear of, and without which of their fields. An event that stands not in the list is told to nobody.

use serde_json::{Map, Value, value::RawValue};

/// An event as others hear of it.
#[derive(Debug, Clone, Copy)]
pub struct Kind {
    /// The event's `type`.
    pub name: &'static str,
    pub told: Told,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Told {
    Whole,
    /// Without these fields, which are about people or their words.
    Without(&'static [&'static str]),
    /// To nobody, and why.
    Never(&'static str),
}

use Told::{Never, Whole, Without};

const VIEWER: &str = "what one viewer does";

const fn kind(name: &'static str, told: Told) -> Kind {
    Kind { name, told }
}

/// Every event of the vocabulary. Whom it concerns among viewers is told of none of them.
pub const LIST: &[Kind] = &[
    kind("RoomCreated", Whole),
    kind("RoomChanged", Whole),
    kind("StreamKeyRotated", Whole),
    kind("BroadcastStarted", Whole),
    kind("BroadcastEnded", Whole),
    kind("StreamPublished", Whole),
    kind("StreamLost", Whole),
    kind("StreamSwitched", Whole),
    kind("RecordingFinished", Whole),
    kind("RecordingRemoved", Whole),
    kind("ClipCreated", Whole),
    kind("ClipRemoved", Whole),
    kind("RelayChanged", Whole),
    kind("IngestMeasured", Whole),
    kind("AlarmRaised", Whole),
    kind("AlarmCleared", Whole),
    kind("SystemAlarmRaised", Whole),
    kind("SystemAlarmCleared", Whole),
    kind("StreamChecked", Whole),
    kind("GiftSent", Whole),
    kind("GiftComboShown", Whole),
    kind("SuperChatSent", Without(&["text"])),
    kind("LikesSent", Whole),
    kind("ViewerFollowed", Whole),
    kind("RoomShared", Whole),
    kind("SourceChanged", Without(&["by"])),
    kind("ViewerEntered", Never(VIEWER)),
    kind("ViewerHeartbeat", Never(VIEWER)),
    kind("ViewerLeft", Never(VIEWER)),
    kind("PlaybackReported", Never(VIEWER)),
    kind("ViewerJudged", Never(VIEWER)),
    kind("ViewerErased", Never(VIEWER)),
    kind("RetentionApplied", Whole),
    kind("LegalHoldPlaced", Never("whom the law asks about")),
    kind("LegalHoldReleased", Never("whom the law asks about")),
    kind("DanmakuSent", Never("viewers' words and names; the archive tells them to who has `danmaku.read`")),
    kind("ChatModeChanged", Whole),
    kind("LexiconChanged", Without(&["by"])),
    kind("ModelChanged", Without(&["reason", "by"])),
    kind("ModelRulesChanged", Without(&["by"])),
    kind("DanmakuJudged", Never("viewers' words; the queue shows them to who has `moderation.read`")),
    kind("DanmakuReviewed", Without(&["by"])),
    kind(
        "DanmakuEscalated",
        Never("what colleagues ask each other; the review desk shows it to who has `moderation.read`"),
    ),
    kind("DanmakuReported", Never("what one viewer does; the desk shows who reported to who has `moderation.read`")),
    kind("DanmakuRemoved", Whole),
    kind("DossierChanged", Without(&["reasons", "by"])),
    kind("Sanctioned", Without(&["by"])),
    kind("SanctionChanged", Without(&["by"])),
    kind("EvidenceKept", Whole),
    kind("AppealFiled", Whole),
    kind("AppealDecided", Without(&["by"])),
    kind("FrameFlagged", Whole),
    kind("FindingDecided", Without(&["why", "by"])),
    kind("HostWarned", Without(&["text", "by"])),
    kind("WarningAcknowledged", Without(&["by"])),
    kind("ShowInterrupted", Without(&["why", "by"])),
    kind("LedgerSealed", Never("the ledger is looked at where it is")),
    kind("ExamSat", Without(&["staff"])),
    kind("ShowAdmitted", Whole),
    kind("HostChanged", Without(&["by"])),
    kind("BlacklistChanged", Never("whom an organisation keeps away")),
    kind("ConsentGiven", Never(VIEWER)),
    kind("ConsentWithdrawn", Never(VIEWER)),
    kind("Tracked", Never("other people's data, with their users' ids")),
    kind("AuditSealed", Never("the audit log is looked at where it is")),
];

/// How the event of that name is told.
pub fn told(name: &str) -> Told {
    LIST.iter().find(|kind| kind.name == name).map_or(Never("not decided"), |kind| kind.told)
}

/// Whether anybody hears of the event at all.
pub fn is_told(name: &str) -> bool {
    !matches!(told(name), Never(_))
}

/// What others hear of an event's fields; nothing of those that are told to nobody.
pub fn data(name: &str, fields: &RawValue) -> Option<Map<String, Value>> {
    let hidden = match told(name) {
        Whole => &[][..],
        Without(hidden) => hidden,
        Never(_) => return None,
    };
    let mut fields: Map<String, Value> = serde_json::from_str(fields.get()).ok()?;
    for name in hidden {
        fields.remove(*name);
    }
    Some(fields)
}
