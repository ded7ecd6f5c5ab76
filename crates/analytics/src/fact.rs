//! What the folds need of an event, read straight from the log's bytes without building the whole envelope.

use events::{BroadcastId, Coin, EntryId, Envelope, Event, Millis, OrgId, RoomId, Source, TeamId};
use serde::Deserialize;
use serde_json::value::RawValue;
use std::borrow::Cow;

/// One event, reduced to what metrics read. Borrowed from the record where that is possible.
#[derive(Debug, Clone, PartialEq)]
pub struct Fact<'a> {
    pub occurred_at: Millis,
    pub received_at: Millis,
    pub import: bool,
    pub org: OrgId,
    pub team: Option<TeamId>,
    pub room: Option<RoomId>,
    pub broadcast: Option<BroadcastId>,
    pub viewer: Option<Cow<'a, str>>,
    /// The event's name as `events_total` counts it.
    pub name: Cow<'a, str>,
    pub what: What,
}

/// What happened, without texts and styles.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum What {
    Started { import: bool },
    Ended,
    Published,
    Lost,
    Entered(EntryId),
    Beat { entry: EntryId, played_ms: u32 },
    Left(EntryId),
    Danmaku { offset_ms: Option<i64> },
    Likes(u32),
    Followed,
    Shared,
    Gift { num: i64, price_milli: i64, paid: bool },
    Combo,
    SuperChat { price_milli: i64 },
    Other,
}

impl<'a> Fact<'a> {
    /// Reads a record. `None` when it is not an event; such a record counts nowhere.
    pub fn read(payload: &'a [u8]) -> Option<Self> {
        // Escapes inside an id or a name cannot be borrowed; the full decoder takes those few.
        Self::borrow(payload).or_else(|| Envelope::decode(payload).ok().map(|envelope| Self::of(&envelope)))
    }

    /// The same from a decoded envelope.
    pub fn of(envelope: &Envelope) -> Fact<'static> {
        Fact {
            occurred_at: envelope.occurred_at,
            received_at: envelope.received_at,
            import: envelope.source == Source::Import,
            org: envelope.org,
            team: envelope.team,
            room: envelope.room,
            broadcast: envelope.broadcast,
            viewer: envelope.viewer.as_ref().map(|viewer| Cow::Owned(viewer.as_str().to_owned())),
            name: Cow::Owned(envelope.event.name().into_owned()),
            what: what(&envelope.event),
        }
    }

    fn borrow(payload: &'a [u8]) -> Option<Self> {
        let lean: Lean<'a> = serde_json::from_slice(payload).ok()?;
        let data = lean.event.data.get();
        let mut name = lean.event.kind;
        let what = match name {
            "Tracked" => {
                name = serde_json::from_str::<Named<'a>>(data).ok()?.name;
                What::Other
            }
            "ViewerHeartbeat" => {
                let beat: Beat = serde_json::from_str(data).ok()?;
                What::Beat { entry: beat.entry, played_ms: beat.played_ms }
            }
            "DanmakuSent" => What::Danmaku { offset_ms: serde_json::from_str::<Danmaku>(data).ok()?.offset_ms },
            "ViewerEntered" => What::Entered(serde_json::from_str::<Entry>(data).ok()?.entry),
            "ViewerLeft" => What::Left(serde_json::from_str::<Entry>(data).ok()?.entry),
            // Everything else is rare enough for the typed reader.
            _ => what(&Envelope::decode(payload).ok()?.event),
        };
        Some(Self {
            occurred_at: lean.occurred_at,
            received_at: lean.received_at,
            import: lean.source == Source::Import,
            org: lean.org,
            team: lean.team,
            room: lean.room,
            broadcast: lean.broadcast,
            viewer: lean.viewer.map(Cow::Borrowed),
            name: Cow::Borrowed(name),
            what,
        })
    }
}

fn what(event: &Event) -> What {
    match event {
        Event::BroadcastStarted(started) => What::Started { import: started.platform.is_some() },
        Event::BroadcastEnded(_) => What::Ended,
        Event::StreamPublished(_) => What::Published,
        Event::StreamLost(_) => What::Lost,
        Event::ViewerEntered(entered) => What::Entered(entered.entry),
        Event::ViewerHeartbeat(beat) => What::Beat { entry: beat.entry, played_ms: beat.played_ms },
        Event::ViewerLeft(left) => What::Left(left.entry),
        Event::DanmakuSent(danmaku) => What::Danmaku { offset_ms: danmaku.offset_ms },
        Event::LikesSent(likes) => What::Likes(likes.count),
        Event::ViewerFollowed(_) => What::Followed,
        Event::RoomShared(_) => What::Shared,
        Event::GiftSent(gift) => {
            What::Gift { num: gift.num, price_milli: gift.price_milli, paid: gift.coin == Coin::Gold }
        }
        Event::GiftComboShown(_) => What::Combo,
        Event::SuperChatSent(chat) => What::SuperChat { price_milli: chat.price_milli },
        Event::RoomCreated(_) | Event::RoomChanged(_) | Event::StreamKeyRotated(_) | Event::Tracked(_) => What::Other,
    }
}

#[derive(Deserialize)]
struct Lean<'a> {
    occurred_at: Millis,
    received_at: Millis,
    source: Source,
    org: OrgId,
    #[serde(default)]
    team: Option<TeamId>,
    #[serde(default)]
    room: Option<RoomId>,
    #[serde(default)]
    broadcast: Option<BroadcastId>,
    #[serde(borrow, default)]
    viewer: Option<&'a str>,
    #[serde(borrow)]
    event: LeanEvent<'a>,
}

#[derive(Deserialize)]
struct LeanEvent<'a> {
    #[serde(rename = "type")]
    kind: &'a str,
    #[serde(borrow)]
    data: &'a RawValue,
}

#[derive(Deserialize)]
struct Named<'a> {
    name: &'a str,
}

#[derive(Deserialize)]
struct Entry {
    entry: EntryId,
}

#[derive(Deserialize)]
struct Beat {
    entry: EntryId,
    played_ms: u32,
}

#[derive(Deserialize)]
struct Danmaku {
    #[serde(default)]
    offset_ms: Option<i64>,
}
