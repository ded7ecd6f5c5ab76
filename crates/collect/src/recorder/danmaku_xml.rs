//! Danmaku 弹幕 as recorders write them: `<d p="seconds,mode,size,color,unix_ts,pool,user,row">text</d>`, and beside them in the
//! dialects of
//!
//! - BililiveRecorder (`BililiveRecorder.Core/Danmaku/BasicDanmakuWriter.cs`): `<gift ts user giftname giftcount>`, `<sc ts user price
//!   time>text</sc>`, `<guard ts user level count>`, each with the platform's message in `raw` if so set; `start_time` in the head;
//! - blrec (`src/blrec/danmaku/io.py`): the same with `uid`, `price` and `cointype`, `<toast>`, `<record_start_time>` in the head;
//! - DanmakuFactory, which reads and writes these;
//! - biliup (`biliup/Danmaku/__init__.py`): `timestamp`, `uid`, `user` on `<d>`, `<s timestamp uid username price type num giftname>`,
//!   and raw messages in `<o>`.
//!
//! Recorders do not write careful XML: texts hold raw `&` and control characters, files end in the middle of a row. So this is no
//! XML parser; it looks for an opening tag, takes what stands up to the closing one, and goes on behind it. Comments and CDATA are
//! respected, entities of a document's own are not: nothing in a file can grow. A danmaku without text (recorders lose pictures) is
//! a danmaku.

mod elements;

use super::{Format, Item, MAX_ROW_BYTES, Reader};
use events::Millis;
use std::{
    borrow::Cow,
    io::{self, BufRead},
};

pub const FORMAT: Format = Format {
    name: "danmaku_xml",
    looks_like: |glance| glance.text.starts_with('<'),
    read: Reader::Text(|text, started_at, each| {
        for item in DanmakuXml::new(text, started_at) {
            if each(item?).is_break() {
                break;
            }
        }
        Ok(())
    }),
};

/// What is read; and of these, what is looked for to get past a row that was never closed.
const ELEMENTS: [&str; 9] =
    ["d", "gift", "sc", "guard", "toast", "s", "o", "record_start_time", "BililiveRecorderRecordInfo"];
const BEGINNINGS: [&[u8]; 5] = [b"<d p=", b"<gift ts=", b"<sc ts=", b"<guard ts=", b"<s timestamp="];

const CHUNK: usize = 64 << 10;
/// The rows of a danmaku recording.
pub struct DanmakuXml<R> {
    read: R,
    started_at: Option<Millis>,
    buffer: Vec<u8>,
    at: usize,
    ended: bool,
    place: u64,
    /// The line that `counted` in the buffer is in.
    line: u64,
    counted: usize,
}

/// Where the next thing in the buffer is.
enum Found {
    /// A row: its bytes from `<d` to behind `</d>` or `/>`.
    Row(&'static str, usize, usize),
    Skipped(&'static str, usize),
    NeedMore,
    End,
}

impl<R: BufRead> DanmakuXml<R> {
    /// With `started_at`, a row happened at `started_at` and its seconds; without, when its own time stamp says.
    pub fn new(read: R, started_at: Option<Millis>) -> Self {
        Self { read, started_at, buffer: Vec::new(), at: 0, ended: false, place: 0, line: 1, counted: 0 }
    }

    /// The line in which `at` of the buffer is.
    fn line_at(&mut self, at: usize) -> u64 {
        if let Some(between) = self.buffer.get(self.counted..at) {
            self.line += memchr::memchr_iter(b'\n', between).count() as u64;
            self.counted = at;
        }
        self.line
    }

    fn fill(&mut self) -> io::Result<()> {
        self.line_at(self.at);
        self.counted = self.counted.saturating_sub(self.at);
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
            if tag.len() < LONGEST && !ended && !tag.contains(&b'>') {
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
                        self.line_at(keep);
                        self.counted = cut;
                        self.buffer.drain(cut..keep);
                        self.at += open;
                        return Found::NeedMore;
                    }
                }
                continue;
            }
            let Some(name) = name_of(tag) else {
                self.at += open + 1;
                continue;
            };
            let from = self.at + open;
            // The same piece is looked at however the bytes arrive, and whatever it is, it is then behind us: no input costs
            // more than its length.
            let end = end_of(name, tag.get(..tag_len.min(MAX_ROW_BYTES)).unwrap_or_default());
            self.at = from;
            let found = match end {
                Some(Ok(end)) => {
                    self.at = from + end;
                    Found::Row(name, from, from + end)
                }
                Some(Err(next)) => {
                    self.at = from + next;
                    Found::Skipped("not closed", from)
                }
                None if tag_len >= MAX_ROW_BYTES => {
                    self.at = from + MAX_ROW_BYTES;
                    Found::Skipped("longer than 64 KB", from)
                }
                None if ended => {
                    self.at = from + 2;
                    Found::Skipped("not closed", from)
                }
                None => return Found::NeedMore,
            };
            self.place += 1;
            return found;
        }
    }
}

/// Longer than any name with its `<` and what follows it.
const LONGEST: usize = 32;

/// Which element the tag opens.
fn name_of(tag: &[u8]) -> Option<&'static str> {
    ELEMENTS.into_iter().find(|name| {
        let rest = tag.get(1..).and_then(|tag| tag.strip_prefix(name.as_bytes()));
        rest.is_some_and(|rest| {
            rest.first().is_none_or(|byte| byte.is_ascii_whitespace() || *byte == b'>' || *byte == b'/')
        })
    })
}

/// Where the row at the beginning of `tag` ends: behind it, or (`Err`) where something else begins instead. `None`: not in sight.
fn end_of(name: &str, tag: &[u8]) -> Option<Result<usize, usize>> {
    let head = match head_of(tag)? {
        Ok(head) => head,
        Err(next) => return Some(Err(next)),
    };
    if tag.get(..head)?.ends_with(b"/>") {
        return Some(Ok(head));
    }
    let body = tag.get(head..)?;
    let from = if body.starts_with(b"<![CDATA[") { memchr::memmem::find(body, b"]]>")? } else { 0 };
    for at in memchr::memchr_iter(b'<', body.get(from..)?).map(|at| from + at) {
        let rest = body.get(at..)?;
        if let Some(rest) = rest.strip_prefix(b"</")
            && let Some(rest) = rest.strip_prefix(name.as_bytes())
            && rest.first() == Some(&b'>')
        {
            return Some(Ok(head + at + name.len() + 3));
        }
        if BEGINNINGS.iter().any(|beginning| rest.starts_with(beginning)) {
            return Some(Err(head + at));
        }
    }
    None
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
                Found::Row(name, from, to) => {
                    let line = self.line_at(from);
                    let bytes = self.buffer.get(from..to).unwrap_or_default();
                    match elements::item(name, bytes, self.place, self.started_at) {
                        Some(Ok(what)) => return Some(Ok(Item { line, what })),
                        Some(Err(reason)) => return Some(Ok(Item::skipped(line, reason))),
                        None => {}
                    }
                }
                Found::Skipped(reason, from) => {
                    let line = self.line_at(from);
                    return Some(Ok(Item::skipped(line, reason)));
                }
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
