//! Bilibili's own messages as recorders keep them: whole lines `{"cmd", "info" or "data"}` (BililiveRecorder's raw file,
//! `BililiveRecorder.Core/Danmaku/RawDanmakuWriter.cs`), and the `raw` attribute of its XML, which holds `info` or `data` alone.

use super::{epoch, row_id};
use crate::import::{ImportRow, RowKind};
use events::{Coin, Millis};
use serde_json::{Map, Value};

pub const WITHOUT_PRICE: &str = "a gift without its price (some recorders keep it in their raw data only)";

/// What a message says beyond the XML beside it.
#[derive(Debug, Default)]
pub struct Said {
    pub user: Option<String>,
    pub nick: Option<String>,
    pub at: Option<Millis>,
    pub gift: Option<String>,
    pub gift_id: Option<i64>,
    pub num: Option<i64>,
    pub price_milli: Option<i64>,
    pub coin: Option<Coin>,
    pub fan_level: Option<i64>,
}

/// Of `data`: a gift, a guard or a super chat. `milli_of_price` is what one of its price is worth.
pub fn said(data: &Map<String, Value>, milli_of_price: i64) -> Said {
    let integer = |name: &str| data.get(name).and_then(number);
    let words = |name: &str| data.get(name).and_then(Value::as_str).filter(|text| !text.is_empty()).map(str::to_owned);
    let info = data.get("user_info").and_then(Value::as_object);
    let medal = data.get("medal_info").or_else(|| data.get("fans_medal")).and_then(Value::as_object);
    Said {
        user: integer("uid").filter(|uid| *uid != 0).map(|uid| uid.to_string()),
        nick: words("uname").or_else(|| words("username")).or_else(|| Some(info?.get("uname")?.as_str()?.to_owned())),
        at: integer("timestamp").or_else(|| integer("start_time")).or_else(|| integer("ts")).and_then(epoch),
        gift: words("giftName").or_else(|| words("gift_name")).or_else(|| words("role_name")),
        gift_id: integer("giftId").or_else(|| integer("gift_id")),
        num: integer("num"),
        price_milli: integer("price").map(|price| price.saturating_mul(milli_of_price)),
        coin: words("coin_type").as_deref().and_then(coin),
        fan_level: medal.and_then(|medal| number(medal.get("medal_level")?)),
    }
}

/// A line with a command.
pub fn command(message: &Map<String, Value>, cmd: &str, bytes: &[u8], line: u64) -> Result<ImportRow, &'static str> {
    let id = row_id('b', line, bytes);
    let data = message.get("data").and_then(Value::as_object);
    let needs = "a message without its data";
    // Danmaku come as `DANMU_MSG:4:0:2:2:2:0` too.
    match cmd.split(':').next().unwrap_or_default() {
        "DANMU_MSG" => {
            let info = message.get("info").and_then(Value::as_array).ok_or(needs)?;
            let head = info.first().and_then(Value::as_array).ok_or(needs)?;
            let integer = |at: usize| head.get(at).and_then(number);
            let user = info.get(2).and_then(Value::as_array);
            let at = integer(4).and_then(epoch).ok_or("without a time")?;
            Ok(ImportRow {
                text: info.get(1).and_then(Value::as_str).map(str::to_owned),
                user: user.and_then(|user| number(user.first()?)).filter(|uid| *uid != 0).map(|uid| uid.to_string()),
                nick: user.and_then(|user| Some(user.get(1)?.as_str()?.to_owned())),
                mode: integer(1).and_then(|mode| mode.try_into().ok()),
                size: integer(2).and_then(|size| size.try_into().ok()),
                color: integer(3).and_then(|color| color.try_into().ok()),
                ..ImportRow::new(id, at, RowKind::Danmaku)
            })
        }
        "SEND_GIFT" => paid(said(data.ok_or(needs)?, 1), id, RowKind::Gift, None),
        "GUARD_BUY" => {
            let data = data.ok_or(needs)?;
            let level = data.get("guard_level").and_then(number);
            paid(Said { coin: Some(Coin::Gold), ..said(data, 1) }, id, RowKind::Gift, level.and_then(guard))
        }
        "SUPER_CHAT_MESSAGE" => {
            let data = data.ok_or(needs)?;
            let mut row = paid(said(data, 1_000), id, RowKind::SuperChat, None)?;
            row.text = data.get("message").and_then(Value::as_str).map(str::to_owned);
            Ok(row)
        }
        "INTERACT_WORD" => {
            let data = data.ok_or(needs)?;
            let kind = match data.get("msg_type").and_then(number) {
                Some(1) => RowKind::Enter,
                Some(2) => RowKind::Follow,
                Some(3) => RowKind::Share,
                _ => return Err("a message of another kind"),
            };
            let said = said(data, 1);
            let at = said.at.ok_or("without a time")?;
            Ok(ImportRow { user: said.user.or(said.nick), fan_level: said.fan_level, ..ImportRow::new(id, at, kind) })
        }
        _ => Err("a message of another kind"),
    }
}

fn paid(said: Said, id: String, kind: RowKind, name: Option<&str>) -> Result<ImportRow, &'static str> {
    let at = said.at.ok_or("without a time")?;
    if said.price_milli.is_none() {
        return Err(WITHOUT_PRICE);
    }
    Ok(ImportRow {
        user: said.user.or_else(|| said.nick.clone()),
        nick: said.nick,
        gift: said.gift.or_else(|| name.map(str::to_owned)),
        gift_id: said.gift_id,
        num: said.num,
        price_milli: said.price_milli,
        coin: said.coin,
        ..ImportRow::new(id, at, kind)
    })
}

/// A guard's rank 大航海.
pub fn guard(level: i64) -> Option<&'static str> {
    match level {
        1 => Some("总督"),
        2 => Some("提督"),
        3 => Some("舰长"),
        _ => None,
    }
}

pub fn coin(name: &str) -> Option<Coin> {
    match name {
        "gold" => Some(Coin::Gold),
        "silver" => Some(Coin::Silver),
        _ => None,
    }
}

/// A whole number, also as text.
pub fn number(value: &Value) -> Option<i64> {
    match value {
        Value::Number(number) => number.as_i64().or_else(|| number.as_f64().map(|number| number as i64)),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    }
}
