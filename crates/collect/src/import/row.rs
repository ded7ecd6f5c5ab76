//! One row of another platform's recording, and the event it becomes.

use crate::instant;
use app::Keys;
use events::{
    BroadcastId, Coin, DanmakuSent, Empty, EntryId, Event, GiftComboShown, GiftSent, LikesSent, Millis, SuperChatSent,
    Tracked, ViewerEntered, ViewerId, ViewerKind,
};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};
use std::borrow::Cow;
use utoipa::ToSchema;

/// What a row reports.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RowKind {
    /// Somebody came in 进入; needs `user`.
    Enter,
    /// Somebody followed the host 关注.
    Follow,
    /// Somebody shared the room 分享.
    Share,
    /// A gift 礼物: `gift`, `num`, `price_milli` each, `coin`.
    Gift,
    /// A gift combo 连击 as the platform shows it: `gift`, `num`, `total_milli`. Overlaps with gifts, never income.
    GiftCombo,
    /// A paid highlighted message 醒目留言: `price_milli`, and if known `text`.
    SuperChat,
    /// A danmaku 弹幕: `text` (may be empty: platforms lose pictures), and if known `nick`, `mode`, `color`, `size`, `offset_ms`.
    Danmaku,
    /// Likes 点赞: `num`.
    Like,
}

/// One row. Fields that its kind does not need are ignored.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ImportRow {
    /// Unique within the broadcast; the same id again is the same row, for ever. 1 to 256 bytes.
    #[serde(deserialize_with = "text_or_number")]
    pub id: String,
    /// When it happened, milliseconds since 1970.
    #[serde(alias = "ts_ms")]
    #[schema(value_type = i64)]
    pub occurred_at: Millis,
    pub kind: RowKind,
    /// The platform's pseudonym of the user. What is not 1 to 64 visible ASCII characters is replaced by a keyed hash.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "maybe_text_or_number")]
    pub user: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fan_level: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nick: Option<String>,
    /// 1 scrolling (default), 4 bottom, 5 top.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mode: Option<u8>,
    /// 0xRRGGBB.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub color: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size: Option<u8>,
    /// From the beginning of the show, as the recording says; negative before air.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offset_ms: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gift: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gift_id: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub num: Option<i64>,
    /// Thousandths of a yuan for one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub price_milli: Option<i64>,
    /// Thousandths of a yuan for all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub total_milli: Option<i64>,
    /// `gold` is paid, `silver` is free.
    #[serde(default, alias = "coin_type", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub coin: Option<Coin>,
}

/// A row of a table that is none of our kinds; an event of the `custom` namespace.
#[derive(Debug, Clone, PartialEq)]
pub struct CustomRow {
    pub id: String,
    pub occurred_at: Millis,
    pub name: String,
    pub user: Option<String>,
    pub properties: Map<String, Value>,
}

impl CustomRow {
    /// The event and whose it is.
    pub(crate) fn event(self, platform: &str, keys: &Keys, now: Millis) -> Result<(Event, Option<ViewerId>), Reason> {
        if !instant::is_sane(self.occurred_at, now) {
            return Err(BAD_TIME.into());
        }
        let viewer = self.user.as_deref().filter(|user| !user.is_empty()).map(|user| pseudonym(user, keys));
        let event = Event::Tracked(Tracked {
            call: "track".to_owned(),
            name: self.name,
            user_id: viewer.as_ref().map(|viewer| viewer.as_str().to_owned()),
            anonymous_id: None,
            properties: self.properties,
            context: Map::from_iter([("platform".to_owned(), platform.into())]),
            sent_at: None,
        });
        Ok((event, viewer))
    }
}

type Reason = Cow<'static, str>;

const BAD_TIME: &str = "`occurred_at` is before the year 2000 or more than a day ahead";

const MAX_ID_BYTES: usize = 256;
const MAX_TEXT_BYTES: usize = 8 << 10;
const MAX_NAME_BYTES: usize = 256;
/// 1e12 gifts of 1e12 milli-yuan still fit an i64 sum by far less; no platform comes near.
const MAX_AMOUNT: i64 = 1_000_000_000_000;

impl ImportRow {
    /// A row of `kind` with nothing else said.
    pub fn new(id: impl Into<String>, occurred_at: Millis, kind: RowKind) -> Self {
        Self {
            id: id.into(),
            occurred_at,
            kind,
            user: None,
            fan_level: None,
            text: None,
            nick: None,
            mode: None,
            color: None,
            size: None,
            offset_ms: None,
            gift: None,
            gift_id: None,
            num: None,
            price_milli: None,
            total_milli: None,
            coin: None,
        }
    }

    /// The event and its viewer. The same row becomes the same event every time.
    pub(crate) fn event(
        self,
        broadcast: BroadcastId,
        keys: &Keys,
        now: Millis,
    ) -> Result<(Event, Option<ViewerId>), Reason> {
        if self.id.is_empty() || self.id.len() > MAX_ID_BYTES {
            return Err("`id` is not 1 to 256 bytes".into());
        }
        if !instant::is_sane(self.occurred_at, now) {
            return Err(BAD_TIME.into());
        }
        let viewer = self.user.as_deref().filter(|user| !user.is_empty()).map(|user| pseudonym(user, keys));
        let event = match self.kind {
            RowKind::Enter if viewer.is_none() => return Err("`user` is missing".into()),
            RowKind::Enter => Event::ViewerEntered(ViewerEntered {
                entry: entry_of(broadcast, &self.id),
                kind: ViewerKind::Imported,
                fan_level: self.fan_level,
            }),
            RowKind::Follow => Event::ViewerFollowed(Empty {}),
            RowKind::Share => Event::RoomShared(Empty {}),
            RowKind::Gift => Event::GiftSent(GiftSent {
                gift: name(self.gift)?,
                gift_id: self.gift_id,
                num: amount(self.num, 1, "`num` is not 1 to 10^12")?,
                price_milli: amount(self.price_milli, 0, "`price_milli` is not 0 to 10^12")?,
                coin: self.coin.ok_or("`coin` is missing")?,
            }),
            RowKind::GiftCombo => Event::GiftComboShown(GiftComboShown {
                gift: name(self.gift)?,
                gift_id: self.gift_id,
                num: amount(self.num, 1, "`num` is not 1 to 10^12")?,
                total_milli: amount(self.total_milli, 0, "`total_milli` is not 0 to 10^12")?,
            }),
            RowKind::SuperChat => Event::SuperChatSent(SuperChatSent {
                text: text(Some(self.text.unwrap_or_default()))?,
                price_milli: amount(self.price_milli.or(self.total_milli), 0, "`price_milli` is not 0 to 10^12")?,
            }),
            RowKind::Danmaku => {
                let plain = DanmakuSent::plain(text(self.text)?);
                if self.nick.as_ref().is_some_and(|nick| nick.len() > MAX_NAME_BYTES) {
                    return Err("`nick` is longer than 256 bytes".into());
                }
                Event::DanmakuSent(DanmakuSent {
                    nick: self.nick.filter(|nick| !nick.is_empty()),
                    mode: self.mode.unwrap_or(plain.mode),
                    color: self.color.unwrap_or(plain.color),
                    size: self.size.unwrap_or(plain.size),
                    offset_ms: self.offset_ms,
                    ..plain
                })
            }
            RowKind::Like => Event::LikesSent(LikesSent {
                count: u32::try_from(self.num.unwrap_or(1))
                    .ok()
                    .filter(|num| *num > 0)
                    .ok_or("`num` is not 1 to 2^32-1")?,
            }),
        };
        Ok((event, viewer))
    }
}

fn name(gift: Option<String>) -> Result<String, Reason> {
    let gift = gift.ok_or("`gift` is missing")?;
    if gift.len() > MAX_NAME_BYTES { Err("`gift` is longer than 256 bytes".into()) } else { Ok(gift) }
}

fn text(text: Option<String>) -> Result<String, Reason> {
    let text = text.ok_or("`text` is missing")?;
    if text.len() > MAX_TEXT_BYTES { Err("`text` is longer than 8 KB".into()) } else { Ok(text) }
}

fn amount(amount: Option<i64>, least: i64, otherwise: &'static str) -> Result<i64, Reason> {
    amount.filter(|amount| (least..=MAX_AMOUNT).contains(amount)).ok_or(Cow::Borrowed(otherwise))
}

/// Names from other platforms do not enter the log.
fn pseudonym(user: &str, keys: &Keys) -> ViewerId {
    user.parse().unwrap_or_else(|_| {
        let digest = keys.sign("import-user", user.as_bytes());
        let hex: String = digest.iter().take(16).map(|byte| format!("{byte:02x}")).collect();
        format!("i{hex}").parse().unwrap_or_else(|_| ViewerId::random())
    })
}

fn entry_of(broadcast: BroadcastId, id: &str) -> EntryId {
    let mut hash = Sha256::new();
    hash.update(broadcast.0.as_bytes());
    hash.update(id.as_bytes());
    let digest: [u8; 32] = hash.finalize().into();
    EntryId(uuid::Builder::from_custom_bytes(digest.first_chunk::<16>().copied().unwrap_or_default()).into_uuid())
}

fn text_or_number<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    maybe_text_or_number(deserializer)?.ok_or_else(|| serde::de::Error::custom("expected text or a number"))
}

fn maybe_text_or_number<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    match Value::deserialize(deserializer)? {
        Value::Null => Ok(None),
        Value::String(text) => Ok(Some(text)),
        Value::Number(number) => Ok(Some(number.to_string())),
        _ => Err(serde::de::Error::custom("expected text or a number")),
    }
}
