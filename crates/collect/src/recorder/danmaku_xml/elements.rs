//! What one element becomes.

use super::{attribute, head_of, unescape};
use crate::{
    import::{ImportRow, RowKind},
    instant,
    recorder::{
        What,
        bilibili::{self, Said, WITHOUT_PRICE},
        epoch, row_id, when,
    },
};
use events::{Coin, Millis};
use serde_json::Value;
use std::borrow::Cow;

/// Offsets beyond a year either way are nonsense.
const MAX_OFFSET_S: f64 = 366.0 * 86_400.0;

type Row = Result<ImportRow, &'static str>;

/// An element of a file. `None`: it says nothing.
pub fn item(name: &str, bytes: &[u8], place: u64, started_at: Option<Millis>) -> Option<Result<What, &'static str>> {
    let element = match Element::new(name, bytes) {
        Ok(element) => element,
        Err(reason) => return Some(Err(reason)),
    };
    let id = || row_id('d', place, bytes);
    let row = match name {
        "d" => danmaku(&element, id(), started_at),
        "gift" => gift(&element, id(), started_at),
        "guard" => guard(&element, id(), started_at),
        "sc" => super_chat(&element, id(), started_at),
        "s" => paid(&element, id()),
        "toast" => Err("a notice of a purchase that `guard` tells"),
        "o" => Err("a raw message, told by the rows beside it"),
        "record_start_time" => {
            let at = element.body.trim().parse().ok().and_then(epoch)?;
            return Some(Ok(What::Began(at)));
        }
        _ => {
            let at = instant::rfc3339(&element.text("start_time")?)?;
            return Some(Ok(What::Began(at)));
        }
    };
    Some(row.map(|row| What::Row(Box::new(row))))
}

/// An element's attributes and text.
struct Element<'a> {
    tag: &'a str,
    body: Cow<'a, str>,
}

impl<'a> Element<'a> {
    fn new(name: &str, bytes: &'a [u8]) -> Result<Self, &'static str> {
        let head = head_of(bytes).and_then(Result::ok).ok_or("not closed")?;
        let text = |part: Option<&'a [u8]>| std::str::from_utf8(part.unwrap_or_default()).map_err(|_| "not UTF-8");
        let tag = text(bytes.get(name.len() + 1..head))?;
        let end = bytes.len().saturating_sub(name.len() + 3).max(head);
        let body = text(bytes.get(head..end))?;
        let body = match body.strip_prefix("<![CDATA[").and_then(|body| body.strip_suffix("]]>")) {
            Some(text) => Cow::Borrowed(text),
            None => unescape(body),
        };
        Ok(Self { tag, body })
    }

    fn text(&self, name: &str) -> Option<String> {
        attribute(self.tag, name).map(|text| unescape(text).into_owned()).filter(|text| !text.is_empty())
    }

    fn number(&self, name: &str) -> Option<i64> {
        self.text(name)?.trim().parse().ok()
    }

    /// The seconds into the show in `ts`, as milliseconds.
    fn offset_ms(&self) -> Result<i64, &'static str> {
        offset_ms(attribute(self.tag, "ts").unwrap_or_default(), "without `ts`")
    }

    /// The platform's message, if the recorder kept it.
    fn said(&self, milli_of_price: i64) -> Said {
        let raw = self.text("raw").and_then(|raw| serde_json::from_str::<Value>(&raw).ok());
        raw.as_ref().and_then(Value::as_object).map(|raw| bilibili::said(raw, milli_of_price)).unwrap_or_default()
    }

    /// Who: the account if it is known, else the name it showed.
    fn user(&self, said: Option<String>) -> Option<String> {
        self.text("uid").filter(|uid| uid != "0").or(said).or_else(|| self.nick())
    }

    fn nick(&self) -> Option<String> {
        self.text("user").or_else(|| self.text("username"))
    }
}

fn offset_ms(seconds: &str, otherwise: &'static str) -> Result<i64, &'static str> {
    let seconds: f64 = seconds.trim().parse().map_err(|_| otherwise)?;
    if seconds.is_nan() || seconds.abs() > MAX_OFFSET_S {
        return Err("seconds out of range");
    }
    Ok((seconds * 1_000.0).round() as i64)
}

fn danmaku(element: &Element, id: String, started_at: Option<Millis>) -> Row {
    let p = attribute(element.tag, "p").ok_or("without `p`")?;
    let p = unescape(p);
    let mut fields = p.split(',').map(str::trim);
    let offset_ms = offset_ms(fields.next().unwrap_or_default(), "`p` without seconds")?;
    let mut number = |otherwise| fields.next().ok_or(otherwise)?.parse::<i64>().map_err(|_| otherwise);
    let mode = number("`p` without mode")?;
    let size = number("`p` without size")?;
    let color = number("`p` without color")?;
    let sent = epoch(number("`p` without time")?);
    // Recorders write 0 for whom they do not know.
    let user = fields.nth(1).filter(|user| !user.is_empty() && *user != "0").map(str::to_owned);
    Ok(ImportRow {
        user: element.text("uid").filter(|uid| uid != "0").or(user).or_else(|| element.nick()),
        nick: element.nick(),
        text: Some(element.body.clone().into_owned()),
        mode: Some(mode.try_into().map_err(|_| "mode out of range")?),
        size: Some(size.try_into().map_err(|_| "size out of range")?),
        color: Some(u32::try_from(color).ok().filter(|color| *color <= 0xff_ffff).ok_or("color out of range")?),
        offset_ms: Some(offset_ms),
        ..ImportRow::new(id, when(started_at, offset_ms, sent), RowKind::Danmaku)
    })
}

fn gift(element: &Element, id: String, started_at: Option<Millis>) -> Row {
    let offset_ms = element.offset_ms()?;
    let said = element.said(1);
    let price_milli = element.number("price").or(said.price_milli).ok_or(WITHOUT_PRICE)?;
    let coin = element.text("cointype").as_deref().and_then(bilibili::coin).or(said.coin);
    Ok(ImportRow {
        gift: element.text("giftname").or(said.gift),
        gift_id: said.gift_id,
        num: element.number("giftcount").or(said.num),
        price_milli: Some(price_milli),
        coin: Some(coin.unwrap_or(Coin::Gold)),
        fan_level: said.fan_level,
        ..of(element, id, RowKind::Gift, offset_ms, when(started_at, offset_ms, said.at), said.user)
    })
}

fn guard(element: &Element, id: String, started_at: Option<Millis>) -> Row {
    let offset_ms = element.offset_ms()?;
    let said = element.said(1);
    let rank = element.number("level").and_then(bilibili::guard).map(str::to_owned);
    Ok(ImportRow {
        gift: element.text("giftname").or(said.gift).or(rank),
        gift_id: said.gift_id,
        num: element.number("count").or(said.num),
        price_milli: Some(element.number("price").or(said.price_milli).ok_or(WITHOUT_PRICE)?),
        coin: Some(Coin::Gold),
        ..of(element, id, RowKind::Gift, offset_ms, when(started_at, offset_ms, said.at), said.user)
    })
}

/// Its price is in yuan.
fn super_chat(element: &Element, id: String, started_at: Option<Millis>) -> Row {
    let offset_ms = element.offset_ms()?;
    let said = element.said(1_000);
    let yuan: f64 =
        element.text("price").and_then(|price| price.parse().ok()).ok_or("a super chat without its price")?;
    Ok(ImportRow {
        text: Some(element.body.clone().into_owned()),
        price_milli: Some((yuan * 1_000.0).round() as i64),
        ..of(element, id, RowKind::SuperChat, offset_ms, when(started_at, offset_ms, said.at), said.user)
    })
}

/// biliup's: what it is stands in `type`, its price in thousandths of a yuan.
fn paid(element: &Element, id: String) -> Row {
    let at = element.number("timestamp").and_then(epoch).ok_or("without a time")?;
    let kind = match element.text("type").as_deref() {
        Some("gift" | "guard_buy") => RowKind::Gift,
        Some("super_chat") => RowKind::SuperChat,
        _ => return Err("a message of another kind"),
    };
    Ok(ImportRow {
        user: element.user(None),
        nick: element.nick(),
        text: (kind == RowKind::SuperChat).then(|| element.body.clone().into_owned()),
        gift: element.text("giftname"),
        num: element.number("num"),
        price_milli: Some(element.number("price").ok_or(WITHOUT_PRICE)?),
        coin: Some(Coin::Gold),
        ..ImportRow::new(id, at, kind)
    })
}

fn of(element: &Element, id: String, kind: RowKind, offset_ms: i64, at: Millis, user: Option<String>) -> ImportRow {
    ImportRow {
        user: element.user(user),
        nick: element.nick(),
        offset_ms: Some(offset_ms),
        ..ImportRow::new(id, at, kind)
    }
}
