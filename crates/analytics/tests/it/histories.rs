//! Random shows to fold.

use events::*;
use proptest::prelude::*;
use uuid::Uuid;

/// When every random show begins: no multiple of ten seconds.
pub const BEGIN: i64 = 1_700_000_003_000;

pub fn broadcast(n: u128) -> BroadcastId {
    BroadcastId(Uuid::from_u128(0xb0_0000 + n))
}

pub fn org() -> OrgId {
    OrgId(Uuid::from_u128(0xa1))
}

/// A show: its events in the order of the log, from position 1.
#[derive(Debug, Clone)]
pub struct History {
    pub import: bool,
    pub events: Vec<Envelope>,
}

impl History {
    pub fn positions(&self) -> impl Iterator<Item = (u64, &Envelope)> {
        (1..).zip(&self.events)
    }
}

/// Any order of event time; ended when `ended`.
pub fn any_order(ended: bool) -> impl Strategy<Value = History> {
    (any::<bool>(), prop::collection::vec(row(), 0..120), any::<prop::sample::Index>())
        .prop_map(move |(import, rows, at)| history(import, rows, at, ended))
}

/// Arrives at most 20 s out of order, as a live show does.
pub fn nearly_in_order() -> impl Strategy<Value = History> {
    prop::collection::vec((row(), 0..20_000i64), 0..120).prop_map(|rows| {
        let mut rows: Vec<(i64, Envelope)> = rows
            .into_iter()
            .filter(|(row, _)| row.1 >= 0)
            .map(|(row, delay)| {
                let event = event(false, row);
                (event.occurred_at.0 + delay, event)
            })
            .collect();
        rows.sort_by_key(|(arrival, _)| *arrival);
        let mut events: Vec<Envelope> = rows.into_iter().map(|(_, event)| event).collect();
        events.insert(0, started(false));
        events.push(ended());
        History { import: false, events }
    })
}

type Row = (u8, i64, u8, u8, i64);

fn row() -> impl Strategy<Value = Row> {
    (0..19u8, -60_000..500_000i64, 0..6u8, 0..3u8, -20..40i64)
}

fn history(import: bool, rows: Vec<Row>, at: prop::sample::Index, end: bool) -> History {
    let mut events: Vec<Envelope> = rows.into_iter().map(|row| event(import, row)).collect();
    let at = at.index(events.len() + 1);
    events.insert(at, started(import));
    if end {
        events.push(ended());
    }
    History { import, events }
}

fn envelope(import: bool, at: i64, event: Event) -> Envelope {
    let source = if import { Source::Import } else { Source::Server };
    Envelope::new(Millis(BEGIN + at), source, org(), event).with_broadcast(Some(broadcast(1)))
}

fn started(import: bool) -> Envelope {
    let platform = import.then(|| "bilibili".to_owned());
    envelope(import, 0, Event::BroadcastStarted(BroadcastStarted { title: "show".into(), platform }))
}

fn ended() -> Envelope {
    envelope(false, 420_000, Event::BroadcastEnded(BroadcastEnded { reason: EndReason::Operator }))
}

fn event(import: bool, (kind, at, viewer, load, n): Row) -> Envelope {
    let entry = EntryId(Uuid::from_u128(0xe0_0000 + u128::from(viewer) * 8 + u128::from(load)));
    let many = n.unsigned_abs();
    let event = match kind {
        0 | 1 => Event::ViewerEntered(ViewerEntered { entry, kind: ViewerKind::Web, fan_level: None }),
        2..=4 => Event::ViewerHeartbeat(ViewerHeartbeat { entry, kind: ViewerKind::Web, played_ms: many as u32 * 250 }),
        5 => Event::ViewerLeft(ViewerLeft { entry }),
        6 => Event::DanmakuSent(DanmakuSent::plain("\"hi\" 你好")),
        7 => Event::DanmakuSent(DanmakuSent { offset_ms: Some(n), ..DanmakuSent::plain("x") }),
        8 => Event::LikesSent(LikesSent { count: many as u32 }),
        9 => Event::ViewerFollowed(Empty {}),
        10 => Event::RoomShared(Empty {}),
        11 => Event::GiftSent(GiftSent {
            gift: "rose".into(),
            gift_id: None,
            num: n.abs(),
            price_milli: 100,
            coin: if n % 2 == 0 { Coin::Gold } else { Coin::Silver },
        }),
        12 => Event::GiftComboShown(GiftComboShown { gift: "rose".into(), gift_id: Some(1), num: n, total_milli: 900 }),
        13..=15 => Event::PlaybackReported(PlaybackReported {
            // Two entries may use the same id for their plays.
            play: Uuid::from_u128(0xf0_0000 + u128::from(n.unsigned_abs() % 3)),
            entry,
            played_ms: if n < -15 { 0 } else { many as u32 * 250 },
            stalls: (kind == 14).into(),
            stalled_ms: if kind == 14 { many as u32 * 37 } else { 0 },
            frames: (n > 30).into(),
            first_frame_ms: (n % 4 == 0).then_some(many as u32 * 97),
            latency_ms: (n % 3 == 0).then_some(many as u32 * 301),
            ..PlaybackReported::default()
        }),
        16 => Event::IngestMeasured(IngestMeasured {
            source: [Some(StreamSource::Primary), Some(StreamSource::Slate), None][load as usize],
            skew_ms: (n % 5 != 0).then_some(n as i32 * 11),
            ..IngestMeasured::default()
        }),
        17 => Event::ViewerJudged(ViewerJudged {
            entry,
            verdict: [ViewerVerdict::Web, ViewerVerdict::Bare, ViewerVerdict::Bot, ViewerVerdict::Unknown]
                [n.unsigned_abs() as usize % 4],
            reasons: vec!["rush".into()],
            entered: n % 3 != 0,
            last: n % 2 == 0,
            evidence: ViewerEvidence { beats: 3, ..ViewerEvidence::default() },
        }),
        _ => Event::SuperChatSent(SuperChatSent { text: "look".into(), price_milli: n.abs() * 1000 }),
    };
    let viewer: ViewerId = format!("v\"{viewer}").parse().expect("a viewer id");
    envelope(import, at, event).with_viewer(viewer)
}
