//! Events are promises: what consumers see is kept in `golden/`, one file an event. A change there is a change of a promise.
//! `UPDATE_GOLDEN=1` writes the files anew.

use events::*;
use proptest::prelude::*;
use serde_json::{Map, Value, json};
use std::{fs, path::PathBuf};
use uuid::Uuid;

fn samples() -> Vec<Event> {
    let entry = EntryId(Uuid::from_u128(5));
    let room = RoomCreated { title: "双十二专场".into(), private: false };
    let Value::Object(properties) = json!({ "sku": "A1", "price": 19.9 }) else { unreachable!() };
    vec![
        Event::RoomCreated(room.clone()),
        Event::RoomChanged(RoomCreated { private: true, ..room }),
        Event::StreamKeyRotated(Empty {}),
        Event::BroadcastStarted(BroadcastStarted {
            title: "双十二专场".into(), platform: Some("bilibili".into())
        }),
        Event::BroadcastEnded(BroadcastEnded { reason: EndReason::StreamGone }),
        Event::StreamPublished(StreamPublished {
            resumed: true,
            video_codec: Some("avc1.64001f".into()),
            audio_codec: Some("mp4a.40.2".into()),
            width: Some(1280),
            height: Some(720),
        }),
        Event::StreamLost(StreamLost { clean: false }),
        Event::ViewerEntered(ViewerEntered { entry, kind: ViewerKind::Imported, fan_level: Some(12) }),
        Event::ViewerHeartbeat(ViewerHeartbeat { entry, kind: ViewerKind::Web, played_ms: 9_800 }),
        Event::ViewerLeft(ViewerLeft { entry }),
        Event::DanmakuSent(DanmakuSent {
            nick: Some("小鱼".into()),
            mode: 5,
            color: 0xff_0000,
            size: 18,
            offset_ms: Some(-1_500),
            ..DanmakuSent::plain("来了来了")
        }),
        Event::LikesSent(LikesSent { count: 7 }),
        Event::ViewerFollowed(Empty {}),
        Event::RoomShared(Empty {}),
        Event::GiftSent(GiftSent {
            gift: "小心心".into(),
            gift_id: Some(1),
            num: 3,
            price_milli: 100,
            coin: Coin::Gold,
        }),
        Event::GiftComboShown(GiftComboShown { gift: "小心心".into(), gift_id: None, num: 10, total_milli: 1_000 }),
        Event::SuperChatSent(SuperChatSent { text: "主播加油".into(), price_milli: 30_000 }),
        Event::StreamSwitched(StreamSwitched {
            from: Some(StreamSource::Primary),
            to: StreamSource::Backup,
            reason: SwitchReason::Lost,
            gap_ms: Some(900),
        }),
        Event::RecordingFinished(RecordingFinished { duration_ms: 3_600_000, bytes: 1 << 30, pieces: 2 }),
        Event::RecordingRemoved(RecordingRemoved { reason: RemovalReason::Age, bytes: 1 << 30 }),
        Event::ClipCreated(ClipCreated { clip: entry.0, title: "开箱".into(), start_ms: 60_000, end_ms: 120_000 }),
        Event::ClipRemoved(ClipRemoved { clip: entry.0 }),
        Event::RelayChanged(RelayChanged { relay: entry.0, state: "waiting".into(), reason: Some("refused".into()) }),
        Event::PlaybackReported(PlaybackReported {
            play: entry.0,
            entry,
            played_ms: 9_800,
            stalls: 1,
            stalled_ms: 350,
            first_frame_ms: Some(820),
            failure: Some("manifestLoadError".into()),
            frames: 294,
            dropped: 2,
            latency_ms: Some(1_200),
            height: Some(720),
            bitrate_kbps: Some(2_500),
            device: "mobile".into(),
            os: "Android".into(),
            browser: "Chrome 156".into(),
            version: "0.1.0".into(),
            region: "上海".into(),
            node: "origin".into(),
        }),
        Event::IngestMeasured(IngestMeasured {
            source: Some(StreamSource::Primary),
            window_ms: 10_000,
            video_kbps: 2_440,
            audio_kbps: 128,
            fps_milli: 29_970,
            gop_ms: Some(2_000),
            gap_ms: 40,
            skew_ms: Some(-12),
            jumps: 1,
            b_frames: true,
        }),
        Event::AlarmRaised(AlarmRaised {
            alarm: entry.0,
            kind: "low_fps".into(),
            source: Some(StreamSource::Primary),
            value: 7.5,
            limit: 10.0,
        }),
        Event::AlarmCleared(AlarmCleared { alarm: entry.0, kind: "low_fps".into() }),
        Event::SystemAlarmRaised(SystemAlarmRaised { alarm: entry.0, kind: "backup_old".into(), value: 49, limit: 48 }),
        Event::SystemAlarmCleared(SystemAlarmCleared { alarm: entry.0, kind: "backup_old".into() }),
        Event::ViewerJudged(ViewerJudged {
            entry,
            verdict: ViewerVerdict::Bot,
            reasons: vec!["beats_without_media".into()],
            entered: false,
            last: true,
            evidence: ViewerEvidence {
                kind: Some(ViewerKind::Web),
                first_at: Millis(1_760_000_000_000),
                last_at: Millis(1_760_000_060_000),
                beats: 6,
                claimed_ms: 60_000,
                agent: "browser".into(),
                ..ViewerEvidence::default()
            },
        }),
        Event::ViewerErased(Empty {}),
        Event::RetentionApplied(RetentionApplied {
            class: "words".into(),
            before: Millis(1_700_000_000_000),
            gone: [("keys".to_owned(), 42), ("danmaku".to_owned(), 1_200)].into(),
        }),
        Event::LegalHoldPlaced(Empty {}),
        Event::LegalHoldReleased(Empty {}),
        Event::StreamChecked(StreamChecked {
            check: entry.0,
            passed: false,
            failed: vec!["audio_silent".into()],
            at: Millis(1_700_000_000_000),
        }),
        Event::AuditSealed(AuditSealed { rows: 42, head: "0f".repeat(32) }),
        Event::SourceChanged(SourceChanged {
            collector: Uuid::from_u128(6),
            name: "官网".into(),
            change: "key_rotated".into(),
            by: "admin".into(),
        }),
        Event::ConsentGiven(Consent {
            purpose: ConsentPurpose::Analytics,
            version: 2,
            through: ConsentSource::RoomPage,
        }),
        Event::ConsentWithdrawn(Consent {
            purpose: ConsentPurpose::Marketing,
            version: 1,
            through: ConsentSource::Staff,
        }),
        Event::DanmakuJudged(DanmakuJudged {
            verdict: TextVerdict::Hold,
            danmaku: DanmakuSent { nick: Some("小鱼".into()), ..DanmakuSent::plain("加薇❤信 看好货") },
            reasons: vec![TextReason {
                rule: "alias".into(),
                verdict: TextVerdict::Hold,
                word: "加微信".into(),
                category: "contact".into(),
                list: "pack".into(),
                field: TextField::Text,
                start: 0,
                end: 4,
            }],
            score_milli: Some(612),
            mode: ChatMode::AfterReview,
            lists: 7,
            model: Some(entry.0),
        }),
        Event::DanmakuReviewed(DanmakuReviewed {
            position: 41,
            outcome: ReviewOutcome::Reject,
            held: true,
            clause: Some("contact".into()),
            tier: 1,
            by: "lin".into(),
        }),
        Event::DanmakuReported(DanmakuReported { position: 41, clause: "contact".into() }),
        Event::DanmakuEscalated(DanmakuEscalated { position: 41, tier: 2, by: "lin".into() }),
        Event::DanmakuRemoved(DanmakuRemoved { position: 40 }),
        Event::ChatModeChanged(ChatModeChanged { mode: ChatMode::BeforeReview }),
        Event::LexiconChanged(LexiconChanged {
            list: entry.0,
            name: "引流".into(),
            change: "words_changed".into(),
            words: 120,
            by: "lin".into(),
        }),
        Event::ModelChanged(ModelChanged {
            model: entry.0,
            number: 7,
            category: "abuse".into(),
            change: "rolled_back".into(),
            replaces: Some(entry.0),
            reason: "macro_f1_fell".into(),
            by: String::new(),
        }),
        Event::ModelRulesChanged(ModelRulesChanged {
            thresholds: vec![ModelThreshold { category: "any".into(), alarm_milli: 700, hold_milli: 900 }],
            sample_micro: Some(5_000),
            by: "lin".into(),
        }),
        Event::DossierChanged(DossierChanged {
            dossier: entry.0,
            version: 3,
            state: "returned".into(),
            sha256: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08".into(),
            by: "lin".into(),
            reasons: vec!["标题含绝对化用语".into()],
        }),
        Event::Sanctioned(Sanctioned {
            sanction: entry.0,
            kind: SanctionKind::Mute,
            clause: "contact".into(),
            everywhere: false,
            until: Some(Millis(1_700_000_600_000)),
            position: Some(41),
            tier: 1,
            by: "lin".into(),
        }),
        Event::SanctionChanged(SanctionChanged { sanction: entry.0, state: "suspended".into(), by: String::new() }),
        Event::EvidenceKept(EvidenceKept {
            sanction: entry.0,
            start_ms: 45_000,
            end_ms: 75_000,
            bytes: 4_000_000,
            sha256: "0f".repeat(32),
        }),
        Event::AppealFiled(AppealFiled { appeal: entry.0, sanction: entry.0, due: Millis(1_700_086_400_000) }),
        Event::AppealDecided(AppealDecided { appeal: entry.0, sanction: entry.0, upheld: false, by: "wang".into() }),
        Event::LedgerSealed(LedgerSealed { rows: 42, head: "0f".repeat(32), day: "2026-11-28".into() }),
        Event::ExamSat(ExamSat {
            staff: "00000000-0000-0000-0000-000000000007".into(),
            exam: "basics".into(),
            version: 2,
            score_milli: 850,
            passed: true,
        }),
        Event::ShowAdmitted(ShowAdmitted {
            outcome: AdmissionOutcome::Refused,
            obstacles: vec![AdmissionObstacle { code: "no_real_name".into(), action: AdmissionAction::Refuse }],
            unanswered: vec!["exam".into()],
        }),
        Event::HostChanged(HostChanged { host: entry.0, change: "verified".into(), by: "wang".into() }),
        Event::BlacklistChanged(BlacklistChanged {
            entry: entry.0,
            change: "in_force".into(),
            clause: "fraud".into(),
            by: "wang".into(),
        }),
        Event::FrameFlagged(FrameFlagged {
            finding: entry.0,
            kind: FlagKind::Hash,
            level: "hold".into(),
            label: "gambling".into(),
            sample: Some(entry.0),
            score_milli: 969,
            at: Millis(1_700_000_000_000),
        }),
        Event::FindingDecided(FindingDecided {
            finding: entry.0,
            outcome: "confirmed".into(),
            why: "轮盘".into(),
            by: "lin".into(),
        }),
        Event::HostWarned(HostWarned {
            warning: entry.0,
            text: "请撤下广告牌".into(),
            finding: Some(entry.0),
            by: "lin".into(),
        }),
        Event::WarningAcknowledged(WarningAcknowledged { warning: entry.0, by: "host".into() }),
        Event::ShowInterrupted(ShowInterrupted {
            clause: "gambling".into(),
            why: "警告后未改正".into(),
            finding: None,
            by: "lin".into(),
        }),
        Event::Tracked(Tracked {
            call: "track".into(),
            name: "Order Completed".into(),
            user_id: Some("u1".into()),
            anonymous_id: Some("a1".into()),
            properties,
            context: Map::new(),
            sent_at: Some(Millis(1_700_000_000_000)),
        }),
    ]
}

fn envelope(event: Event) -> Envelope {
    Envelope::new(Millis(1_700_000_000_000), Source::Server, OrgId(Uuid::from_u128(1)), event)
        .with_team(TeamId(Uuid::from_u128(2)))
        .with_room(RoomId(Uuid::from_u128(3)))
        .with_broadcast(Some(BroadcastId(Uuid::from_u128(4))))
        .with_viewer("v0123".parse().expect("a viewer id"))
        .with_key("k1")
}

/// The variant's name, and a reminder: a new variant does not compile here until it has a sample above.
fn variant(event: &Event) -> &'static str {
    match event {
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
        Event::Tracked(_) => "Tracked",
    }
}

#[test]
fn every_event_is_as_its_golden_file_says() {
    let golden = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/it/golden");
    for event in samples() {
        let path = golden.join(format!("{}.json", variant(&event)));
        let value: Value = serde_json::from_slice(&envelope(event.clone()).encode()).expect("JSON");
        let text = serde_json::to_string_pretty(&value).expect("JSON") + "\n";
        if std::env::var_os("UPDATE_GOLDEN").is_some() {
            fs::write(&path, &text).expect("writing a golden file");
        }
        let kept = fs::read_to_string(&path).unwrap_or_else(|_| panic!("`{}` is missing", path.display()));
        assert_eq!(text, kept, "`{}`", path.display());
        assert_eq!(Envelope::decode(kept.as_bytes()).expect("an envelope"), envelope(event));
    }
    let files = fs::read_dir(&golden).expect("the golden folder").count();
    assert_eq!(files, samples().len(), "every golden file belongs to an event");
}

/// A viewer's words as they stand in the log.
#[test]
fn a_sealed_event_is_as_its_golden_file_says() {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/it/sealed.json");
    let said = DanmakuSent { nick: Some("小鱼".into()), color: 0xff_0000, ..DanmakuSent::plain("来了来了") };
    let mut event = envelope(Event::DanmakuSent(said));
    assert!(event.take_personal().is_some());
    event.sealed = Some("c2VhbGVk".into());
    let value: Value = serde_json::from_slice(&event.encode()).expect("JSON");
    let text = serde_json::to_string_pretty(&value).expect("JSON") + "\n";
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        fs::write(&path, &text).expect("writing a golden file");
    }
    let kept = fs::read_to_string(&path).expect("the golden file");
    assert_eq!(text, kept);
    assert_eq!(Envelope::decode(kept.as_bytes()).expect("an envelope"), event);
}

#[test]
fn a_typed_event_is_named_after_its_variant() {
    for event in samples().iter().filter(|event| !matches!(event, Event::Tracked(_))) {
        assert_eq!(event.name(), variant(event));
    }
}

#[test]
fn old_records_without_later_fields_are_read() {
    let bare =
        br#"{"v":1,"occurred_at":1,"received_at":2,"source":"viewer","org":"00000000-0000-0000-0000-000000000001",
        "event":{"type":"DanmakuSent","data":{"text":"hi"}}}"#;
    let envelope = Envelope::decode(bare).expect("an envelope");
    assert_eq!(envelope.event, Event::DanmakuSent(DanmakuSent::plain("hi")));
}

#[test]
fn unknown_events_are_errors_not_panics() {
    let newer =
        br#"{"v":9,"occurred_at":1,"received_at":2,"source":"server","org":"00000000-0000-0000-0000-000000000001",
        "event":{"type":"CouponRedeemed","data":{"code":"x"}}}"#;
    assert!(Envelope::decode(newer).is_err());
}

proptest! {
    #[test]
    fn decoding_never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let _ = Envelope::decode(&bytes);
    }

    #[test]
    fn any_text_survives(text in ".{0,200}", offset in any::<i64>()) {
        let sent = DanmakuSent { offset_ms: Some(offset), ..DanmakuSent::plain(text) };
        let before = envelope(Event::DanmakuSent(sent));
        prop_assert_eq!(Envelope::decode(&before.encode()).expect("an envelope"), before);
    }
}
