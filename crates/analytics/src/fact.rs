//! What the folds need of an event, read straight from the log's bytes without building the whole envelope.

use events::{BroadcastId, Coin, EntryId, Envelope, Event, Millis, OrgId, Source, StreamSource, ViewerVerdict};
use serde::Deserialize;
use std::borrow::Cow;
use uuid::Uuid;

/// One event, reduced to what metrics read. Borrowed from the record where that is possible.
#[derive(Debug, Clone, PartialEq)]
pub struct Fact<'a> {
    pub occurred_at: Millis,
    pub received_at: Millis,
    pub import: bool,
    pub org: OrgId,
    pub broadcast: Option<BroadcastId>,
    pub viewer: Option<Cow<'a, str>>,
    /// The event's name as `events_total` counts it.
    pub name: Cow<'a, str>,
    pub what: What,
}

/// What happened, without texts and styles.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum What {
    Started {
        import: bool,
    },
    Ended,
    Published,
    Lost,
    Entered(EntryId),
    Beat {
        entry: EntryId,
        played_ms: u32,
    },
    Left(EntryId),
    /// `passed`: it counts, and is no suspected bot and no unknown.
    Judged {
        entry: EntryId,
        passed: bool,
        bot: bool,
    },
    Danmaku {
        offset_ms: Option<i64>,
    },
    Likes(u32),
    Followed,
    Shared,
    Gift {
        num: i64,
        price_milli: i64,
        paid: bool,
    },
    Combo,
    SuperChat {
        price_milli: i64,
    },
    Played(Played),
    Ingested {
        skew_ms: Option<i32>,
    },
    Other,
}

/// A player's report of its playing.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Played {
    pub entry: EntryId,
    pub play: Uuid,
    pub played_ms: u32,
    pub stalls: u32,
    pub stalled_ms: u32,
    pub frames: u32,
    pub first_frame_ms: Option<u32>,
    pub latency_ms: Option<u32>,
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
            broadcast: envelope.broadcast,
            viewer: envelope.viewer.as_ref().map(|viewer| Cow::Owned(viewer.as_str().to_owned())),
            name: Cow::Owned(envelope.event.name().into_owned()),
            what: what(&envelope.event),
        }
    }

    fn borrow(payload: &'a [u8]) -> Option<Self> {
        let lean: Lean<'a> = serde_json::from_slice(payload).ok()?;
        let data = lean.event.data;
        let mut name = lean.event.kind;
        let what = match name {
            "Tracked" => {
                name = data.name?;
                What::Other
            }
            "ViewerHeartbeat" => What::Beat { entry: data.entry?, played_ms: data.played_ms? },
            "DanmakuSent" => What::Danmaku { offset_ms: data.offset_ms },
            "LikesSent" => What::Likes(data.count?),
            "ViewerEntered" => What::Entered(data.entry?),
            "ViewerLeft" => What::Left(data.entry?),
            "ViewerJudged" => judged(data.entry?, data.entered, data.verdict?),
            "PlaybackReported" => What::Played(Played {
                entry: data.entry?,
                play: data.play?,
                played_ms: data.played_ms.unwrap_or_default(),
                stalls: data.stalls,
                stalled_ms: data.stalled_ms,
                frames: data.frames,
                first_frame_ms: data.first_frame_ms,
                latency_ms: data.latency_ms,
            }),
            // Everything else is rare enough for the typed reader.
            _ => what(&Envelope::decode(payload).ok()?.event),
        };
        Some(Self {
            occurred_at: lean.occurred_at,
            received_at: lean.received_at,
            import: lean.source == Source::Import,
            org: lean.org,
            broadcast: lean.broadcast,
            viewer: lean.viewer.map(Cow::Borrowed),
            name: Cow::Borrowed(name),
            what,
        })
    }
}

fn judged(entry: EntryId, entered: bool, verdict: ViewerVerdict) -> What {
    let passed = entered && matches!(verdict, ViewerVerdict::Web | ViewerVerdict::Bare);
    What::Judged { entry, passed, bot: verdict == ViewerVerdict::Bot }
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
        Event::ViewerJudged(said) => judged(said.entry, said.entered, said.verdict),
        Event::DanmakuSent(danmaku) => What::Danmaku { offset_ms: danmaku.offset_ms },
        Event::LikesSent(likes) => What::Likes(likes.count),
        Event::ViewerFollowed(_) => What::Followed,
        Event::RoomShared(_) => What::Shared,
        Event::GiftSent(gift) => {
            What::Gift { num: gift.num, price_milli: gift.price_milli, paid: gift.coin == Coin::Gold }
        }
        Event::GiftComboShown(_) => What::Combo,
        Event::SuperChatSent(chat) => What::SuperChat { price_milli: chat.price_milli },
        Event::PlaybackReported(said) => What::Played(Played {
            entry: said.entry,
            play: said.play,
            played_ms: said.played_ms,
            stalls: said.stalls,
            stalled_ms: said.stalled_ms,
            frames: said.frames,
            first_frame_ms: said.first_frame_ms,
            latency_ms: said.latency_ms,
        }),
        // The slate's clock is our own.
        Event::IngestMeasured(said) => {
            What::Ingested { skew_ms: said.skew_ms.filter(|_| said.source != Some(StreamSource::Slate)) }
        }
        // Not every event is counted.
        _ => What::Other,
    }
}

#[derive(Deserialize)]
struct Lean<'a> {
    occurred_at: Millis,
    received_at: Millis,
    source: Source,
    org: OrgId,
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
    data: Data<'a>,
}

/// The fields of the frequent events, in one pass. They mean the same wherever they occur.
#[derive(Deserialize)]
struct Data<'a> {
    #[serde(default)]
    entry: Option<EntryId>,
    #[serde(default)]
    played_ms: Option<u32>,
    #[serde(default)]
    offset_ms: Option<i64>,
    #[serde(default)]
    count: Option<u32>,
    #[serde(default)]
    verdict: Option<ViewerVerdict>,
    #[serde(default)]
    entered: bool,
    #[serde(default)]
    play: Option<Uuid>,
    #[serde(default)]
    stalls: u32,
    #[serde(default)]
    stalled_ms: u32,
    #[serde(default)]
    frames: u32,
    #[serde(default)]
    first_frame_ms: Option<u32>,
    #[serde(default)]
    latency_ms: Option<u32>,
    #[serde(borrow, default)]
    name: Option<&'a str>,
}
