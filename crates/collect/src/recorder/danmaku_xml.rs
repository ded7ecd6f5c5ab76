//! Danmaku 弹幕 as recorders write them: `<d p="seconds,mode,size,color,unix_ts,pool,user,row">text</d>`.
//!
//! Recorders do not write careful XML: texts hold raw `&` and control characters, files end in the middle of a row. So this is no
//! XML parser; it looks for `<d`, takes what stands up to `</d>`, and goes on behind it. Comments and CDATA are respected. A danmaku
//! without text (recorders lose pictures) is a danmaku.

use super::{Item, MAX_ROW_BYTES, row_id};
use crate::import::{ImportRow, RowKind};
use events::Millis;
use std::{
    borrow::Cow,
    io::{self, BufRead},
};

const CHUNK: usize = 64 << 10;
/// Offsets beyond a year either way are nonsense.
const MAX_OFFSET_S: f64 = 366.0 * 86_400.0;

/// The rows of a danmaku recording.
pub struct DanmakuXml<R> {
    read: R,
    started_at: Option<Millis>,
    buffer: Vec<u8>,
    at: usize,
    ended: bool,
    place: u64,
}

/// Where the next thing in the buffer is.
enum Found {
    /// A row: its bytes from `<d` to behind `</d>` or `/>`.
    Row(usize, usize),
    Skipped(&'static str),
    NeedMore,
    End,
}

impl<R: BufRead> DanmakuXml<R> {
    /// With `started_at`, a row happened at `started_at` and its seconds; without, when its own time stamp says.
    pub fn new(read: R, started_at: Option<Millis>) -> Self {
        Self { read, started_at, buffer: Vec::new(), at: 0, ended: false, place: 0 }
    }

    fn fill(&mut self) -> io::Result<()> {
        self.buffer.drain(..self.at);
        self.at = 0;
        loop {
            match self.read.fill_buf() {
                Ok([]) => self.ended = true,
                Ok(chunk) => {
                    let part = chunk.get(..chunk.len().min(CHUNK)).unwrap_or(chunk);
                    let len = part.len();
                    self.buffer.extend_from_slice(part);
                    self.read.consume(len);
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            }
            return Ok(());
        }
    }

    fn rest(&self) -> &[u8] {
        self.buffer.get(self.at..).unwrap_or_default()
    }

    /// Moves past everything that is no row, then says where the row is.
    fn find(&mut self) -> Found {
        loop {
            let ended = self.ended;
            let rest = self.rest();
            let Some(open) = memchr::memchr(b'<', rest) else {
                self.at = self.buffer.len();
                return if ended { Found::End } else { Found::NeedMore };
            };
            let tag = rest.get(open..).unwrap_or_default();
            let tag_len = tag.len();
            if tag.len() < 4 && !ended {
                self.at += open;
                return Found::NeedMore;
            }
            if let Some(comment) = tag.strip_prefix(b"<!--") {
                match memchr::memmem::find(comment, b"-->") {
                    Some(end) => self.at += open + 4 + end + 3,
                    // A comment may be of any length: only its last two bytes matter.
                    None if ended => self.at = self.buffer.len(),
                    None => {
                        let cut = self.at + open + 4;
                        let keep = self.buffer.len().saturating_sub(2).max(cut);
                        self.buffer.drain(cut..keep);
                        self.at += open;
                        return Found::NeedMore;
                    }
                }
                continue;
            }
            let is_row = tag.starts_with(b"<d")
                && tag.get(2).is_none_or(|byte| byte.is_ascii_whitespace() || *byte == b'>' || *byte == b'/');
            if !is_row {
                self.at += open + 1;
                continue;
            }
            let from = self.at + open;
            // The same piece is looked at however the bytes arrive, and whatever it is, it is then behind us: no input costs
            // more than its length.
            let end = end_of(tag.get(..tag_len.min(MAX_ROW_BYTES)).unwrap_or_default());
            self.at = from;
            let found = match end {
                Some(Ok(end)) => {
                    self.at = from + end;
                    Found::Row(from, from + end)
                }
                Some(Err(next)) => {
                    self.at = from + next;
                    Found::Skipped("not closed")
                }
                None if tag_len >= MAX_ROW_BYTES => {
                    self.at = from + MAX_ROW_BYTES;
                    Found::Skipped("longer than 64 KB")
                }
                None if ended => {
                    self.at = from + 2;
                    Found::Skipped("not closed")
                }
                None => return Found::NeedMore,
            };
            self.place += 1;
            return found;
        }
    }
}

/// Where the row at the beginning of `tag` ends: behind it, or (`Err`) where something else begins instead. `None`: not in sight.
fn end_of(tag: &[u8]) -> Option<Result<usize, usize>> {
    let head = match head_of(tag)? {
        Ok(head) => head,
        Err(next) => return Some(Err(next)),
    };
    if tag.get(..head)?.ends_with(b"/>") {
        return Some(Ok(head));
    }
    let body = tag.get(head..)?;
    let from = if body.starts_with(b"<![CDATA[") { memchr::memmem::find(body, b"]]>")? } else { 0 };
    let next = memchr::memmem::find(body.get(from..)?, b"<d p=").map(|at| from + at);
    let close = memchr::memmem::find(body.get(from..next.unwrap_or(body.len()))?, b"</d>").map(|at| from + at);
    match (close, next) {
        (Some(close), _) => Some(Ok(head + close + 4)),
        (None, Some(next)) => Some(Err(head + next)),
        (None, None) => None,
    }
}

/// Where the opening tag ends: behind the first `>` outside quotes. `Err`: the next `<` comes before that.
fn head_of(tag: &[u8]) -> Option<Result<usize, usize>> {
    let mut quote = None;
    for (at, byte) in tag.iter().enumerate().skip(1) {
        match (quote, byte) {
            (_, b'<') => return Some(Err(at)),
            (None, b'>') => return Some(Ok(at + 1)),
            (None, b'"' | b'\'') => quote = Some(*byte),
            (Some(open), byte) if open == *byte => quote = None,
            _ => {}
        }
    }
    None
}

impl<R: BufRead> Iterator for DanmakuXml<R> {
    type Item = io::Result<Item>;

    fn next(&mut self) -> Option<io::Result<Item>> {
        loop {
            match self.find() {
                Found::Row(from, to) => {
                    let bytes = self.buffer.get(from..to).unwrap_or_default();
                    let id = row_id('d', self.place, bytes);
                    return Some(Ok(match row(bytes, id, self.started_at) {
                        Ok(row) => Item::Row(Box::new(row)),
                        Err(reason) => Item::Skipped(reason),
                    }));
                }
                Found::Skipped(reason) => return Some(Ok(Item::Skipped(reason))),
                Found::End => return None,
                Found::NeedMore => {
                    if let Err(error) = self.fill() {
                        return Some(Err(error));
                    }
                }
            }
        }
    }
}

fn row(bytes: &[u8], id: String, started_at: Option<Millis>) -> Result<ImportRow, &'static str> {
    let head = head_of(bytes).and_then(Result::ok).ok_or("not closed")?;
    let tag = std::str::from_utf8(bytes.get(2..head).unwrap_or_default()).map_err(|_| "not UTF-8")?;
    let body = bytes.get(head..).unwrap_or_default();
    let body = std::str::from_utf8(body.strip_suffix(b"</d>").unwrap_or_default()).map_err(|_| "not UTF-8")?;
    let text = match body.strip_prefix("<![CDATA[").and_then(|body| body.strip_suffix("]]>")) {
        Some(text) => Cow::Borrowed(text),
        None => unescape(body),
    };
    let p = attribute(tag, "p").ok_or("without `p`")?;
    let p = unescape(p);
    let mut fields = p.split(',').map(str::trim);
    let seconds: f64 = fields.next().and_then(|field| field.parse().ok()).ok_or("`p` without seconds")?;
    if seconds.is_nan() || seconds.abs() > MAX_OFFSET_S {
        return Err("seconds out of range");
    }
    let offset_ms = (seconds * 1_000.0).round() as i64;
    let mut number = |otherwise| fields.next().ok_or(otherwise)?.parse::<i64>().map_err(|_| otherwise);
    let mode = number("`p` without mode")?;
    let size = number("`p` without size")?;
    let color = number("`p` without color")?;
    let sent = number("`p` without time")?;
    let sent = if sent.abs() < 100_000_000_000 { Millis(sent.saturating_mul(1_000)) } else { Millis(sent) };
    let user = fields.nth(1).filter(|user| !user.is_empty());
    Ok(ImportRow {
        user: user.map(str::to_owned),
        nick: attribute(tag, "user").map(|nick| unescape(nick).into_owned()).filter(|nick| !nick.is_empty()),
        text: Some(text.into_owned()),
        mode: Some(mode.try_into().map_err(|_| "mode out of range")?),
        size: Some(size.try_into().map_err(|_| "size out of range")?),
        color: Some(u32::try_from(color).ok().filter(|color| *color <= 0xff_ffff).ok_or("color out of range")?),
        offset_ms: Some(offset_ms),
        ..ImportRow::new(id, started_at.map_or(sent, |start| start.plus_ms(offset_ms)), RowKind::Danmaku)
    })
}

/// The value of ` name="..."` within a tag.
fn attribute<'a>(tag: &'a str, name: &str) -> Option<&'a str> {
    let mut rest = tag;
    loop {
        rest = rest.trim_start_matches(|char: char| char.is_ascii_whitespace() || char == '/');
        let (key, behind) = rest.split_once('=')?;
        let behind = behind.trim_start();
        let quote = behind.chars().next().filter(|char| matches!(char, '"' | '\''))?;
        let (value, after) = behind.get(1..)?.split_once(quote)?;
        if key.trim() == name {
            return Some(value);
        }
        rest = after;
    }
}

/// The five named entities and numbered ones; anything else stays as it is.
fn unescape(text: &str) -> Cow<'_, str> {
    if !text.contains('&') {
        return Cow::Borrowed(text);
    }
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once('&') {
        plain.push_str(before);
        let entity = behind.split_once(';').filter(|(name, _)| name.len() <= 10);
        match entity.and_then(|(name, after)| Some((char_of(name)?, after))) {
            Some((char, after)) => {
                plain.push(char);
                rest = after;
            }
            None => {
                plain.push('&');
                rest = behind;
            }
        }
    }
    plain.push_str(rest);
    Cow::Owned(plain)
}

fn char_of(entity: &str) -> Option<char> {
    Some(match entity {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        _ => {
            let number = entity.strip_prefix('#')?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(code)?
        }
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
