//! JSON Lines as the tools around Douyin, Kuaishou, Huya and others write them: a message a line, its fields under the names people
//! give them: `{"event_ts_ms", "user_id", "user_name", "content"}` of DouyinDanmakuCatcher (its README, which follows DouyinLiveRecorder),
//! `{"type": "gift", "gift_name", "gift_count", ...}`, the platform's own `{"method": "WebcastChatMessage", "user": {...}}`, and
//! Bilibili's commands (BililiveRecorder's raw file).

use super::{Each, Format, Item, MAX_ROW_BYTES, Reader, bilibili, epoch, lines::Lines, row_id};
use crate::{
    import::{ImportRow, RowKind},
    instant,
};
use events::{Coin, Millis};
use serde_json::{Map, Value};
use std::io::{self, BufRead};

pub const FORMAT: Format =
    Format { name: "jsonl", looks_like: |glance| glance.text.starts_with('{'), read: Reader::Text(read) };

const AT: [&str; 15] = [
    "event_ts_ms",
    "ts_ms",
    "timestamp_ms",
    "timestamp",
    "time",
    "create_time",
    "createTime",
    "send_time",
    "sendTime",
    "ts",
    "event_iso",
    "server_now_ms",
    "recv_ts_ms",
    "recv_iso",
    "received_at",
];
const KIND: [&str; 7] = ["type", "method", "msg_type", "msgType", "kind", "event", "msg_method"];
const TEXT: [&str; 5] = ["content", "text", "message", "msg", "comment"];
const USER: [&str; 9] = ["user_id", "userId", "uid", "id_str", "sec_uid", "secUid", "open_id", "openid", "id"];
const NICK: [&str; 7] = ["user_name", "username", "userName", "nickname", "nick_name", "uname", "name"];
const GIFT: [&str; 4] = ["gift_name", "giftName", "giftname", "name"];
const NUM: [&str; 8] =
    ["gift_count", "giftCount", "repeat_count", "repeatCount", "combo_count", "comboCount", "count", "num"];
/// Of Douyin's coins 抖币, ten of which are a yuan.
const DIAMONDS: [&str; 4] = ["diamond_count", "diamondCount", "diamonds", "diamond"];

/// The first line of a text, as an object.
pub fn first(text: &str) -> Option<Map<String, Value>> {
    serde_json::from_str(text.lines().next()?).ok()
}

fn read(text: &mut dyn BufRead, _: Option<Millis>, each: Each) -> io::Result<()> {
    let mut lines = Lines::new(text);
    while let Some((line, bytes)) = lines.next()? {
        if each(Item::new(line, row(bytes, line))).is_break() {
            break;
        }
    }
    Ok(())
}

pub fn row(bytes: &[u8], line: u64) -> Result<ImportRow, &'static str> {
    if bytes.len() > MAX_ROW_BYTES {
        return Err("longer than 64 KB");
    }
    let message: Map<String, Value> = serde_json::from_slice(bytes).map_err(|_| "not a JSON object")?;
    message_row(&message, bytes, line)
}

/// Any tool's message.
pub fn message_row(message: &Map<String, Value>, bytes: &[u8], line: u64) -> Result<ImportRow, &'static str> {
    if let Some(cmd) = message.get("cmd").and_then(Value::as_str) {
        return bilibili::command(message, cmd, bytes, line);
    }
    let within = |name: &str| message.get(name).and_then(Value::as_object);
    let (user, gift, common) = (within("user"), within("gift"), within("common"));
    let at = [Some(message), common].into_iter().flatten().find_map(at).ok_or("without a time")?;
    let mut row = ImportRow::new(row_id('j', line, bytes), at, kind(message, gift.is_some())?);
    row.nick = user.and_then(|user| text_of(user, &NICK)).or_else(|| text_of(message, &NICK));
    row.user = user.and_then(|user| text_of(user, &USER));
    // A message has an `id` of its own.
    let of_message = || text_of(message, USER.get(..USER.len() - 1).unwrap_or_default());
    let plain = || message.get("user").and_then(words);
    row.user = row.user.or_else(of_message).or_else(plain).or_else(|| row.nick.clone());
    match row.kind {
        RowKind::Danmaku | RowKind::SuperChat => {
            row.text = text_of(message, &TEXT);
            row.price_milli = message.get("price_milli").and_then(bilibili::number);
        }
        RowKind::Like => row.num = integer(message, &NUM).or(Some(1)),
        RowKind::Gift => {
            let named = || message.get("gift").and_then(words);
            row.gift =
                gift.and_then(|gift| text_of(gift, &GIFT)).or_else(|| text_of(message, GIFT.get(..3)?)).or_else(named);
            row.gift_id = integer(message, &["gift_id", "giftId"]).or_else(|| integer(gift?, &["id", "gift_id"]));
            row.num = integer(message, &NUM).or(Some(1));
            let diamonds = gift.and_then(|gift| integer(gift, &DIAMONDS)).or_else(|| integer(message, &DIAMONDS));
            let price = integer(message, &["price_milli"]).or_else(|| diamonds?.checked_mul(100));
            row.price_milli = Some(price.ok_or(bilibili::WITHOUT_PRICE)?);
            let coin = text_of(message, &["coin_type", "coin"]).as_deref().and_then(bilibili::coin);
            row.coin = coin.or(Some(if price == Some(0) { Coin::Silver } else { Coin::Gold }));
        }
        _ => {}
    }
    Ok(row)
}

fn kind(message: &Map<String, Value>, has_gift: bool) -> Result<RowKind, &'static str> {
    let said = KIND.iter().find_map(|name| message.get(*name)?.as_str());
    let Some(said) = said else {
        return if has_gift || message.contains_key("gift_name") || message.contains_key("giftName") {
            Ok(RowKind::Gift)
        } else if text_of(message, &TEXT).is_some() {
            Ok(RowKind::Danmaku)
        } else {
            Err("neither a text nor a kind")
        };
    };
    let word = said.to_ascii_lowercase();
    let word = word.strip_prefix("webcast").unwrap_or(&word);
    let word = word.strip_suffix("message").unwrap_or(word).trim_matches(['_', '-']);
    Ok(match word {
        "chat" | "danmaku" | "danmu" | "comment" | "msg" | "text" | "emojichat" | "弹幕" | "评论" => {
            RowKind::Danmaku
        }
        "gift" | "礼物" => RowKind::Gift,
        "like" | "点赞" => RowKind::Like,
        "member" | "enter" | "join" | "进入" | "进场" => RowKind::Enter,
        "social" | "follow" | "关注" => RowKind::Follow,
        "share" | "分享" => RowKind::Share,
        "super_chat" | "superchat" | "sc" => RowKind::SuperChat,
        _ => return Err("a message of another kind"),
    })
}

fn at(message: &Map<String, Value>) -> Option<Millis> {
    AT.iter().find_map(|name| match message.get(*name)? {
        Value::String(text) => instant::rfc3339(text).or_else(|| text.trim().parse().ok().and_then(epoch)),
        Value::Number(number) => match number.as_i64() {
            Some(number) => epoch(number),
            // Seconds with a fraction.
            None => number
                .as_f64()
                .filter(|number| (1e9..1e11).contains(number))
                .map(|s| Millis((s * 1_000.0).round() as i64)),
        },
        _ => None,
    })
}

fn words(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()).filter(|text| !text.is_empty()),
        Value::Number(number) => Some(number.to_string()).filter(|number| number != "0"),
        _ => None,
    }
}

fn text_of(message: &Map<String, Value>, names: &[&str]) -> Option<String> {
    names.iter().find_map(|name| message.get(*name).and_then(words))
}

fn integer(message: &Map<String, Value>, names: &[&str]) -> Option<i64> {
    names.iter().find_map(|name| message.get(*name).and_then(bilibili::number))
}
