//! One JSON value with everything in it: `{"items": [...]}` as our own export writes the danmaku archive
//! (`crates/room/src/danmaku/export/json.rs`), or an array of any tool's messages. Read item by item.

use super::{Each, Format, Item, MAX_ROW_BYTES, Reader, jsonl, row_id};
use crate::import::{ImportRow, RowKind};
use events::Millis;
use serde::Deserialize;
use serde_json::{Map, Value};
use std::{
    io::{self, BufRead},
    ops::ControlFlow,
};

pub const FORMAT: Format = Format {
    name: "json",
    looks_like: |glance| {
        let within = glance.text.strip_prefix('{').map(str::trim_start);
        glance.text.starts_with('[') || within.is_some_and(|within| within.starts_with("\"items\""))
    },
    read: Reader::Text(read),
};

/// As our export writes it.
#[derive(Deserialize)]
struct Exported {
    position: u64,
    at: i64,
    offset_ms: i64,
    viewer: String,
    nick: Option<String>,
    text: String,
    mode: u8,
    color: u32,
}

fn read(text: &mut dyn BufRead, _: Option<Millis>, each: Each) -> io::Result<()> {
    let mut scan = Scan::default();
    let mut place = 0;
    loop {
        let chunk = match text.fill_buf() {
            Ok([]) => break,
            Ok(chunk) => chunk,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        let len = chunk.len();
        for byte in chunk {
            if let Some(bytes) = scan.step(*byte) {
                place += 1;
                let item = Item::new(place, row(bytes, place));
                if each(item) == ControlFlow::Break(()) {
                    return Ok(());
                }
            }
        }
        text.consume(len);
    }
    if scan.is_within() {
        let _ = each(Item::skipped(place + 1, "not closed"));
    }
    Ok(())
}

fn row(bytes: &[u8], place: u64) -> Result<ImportRow, &'static str> {
    if bytes.len() > MAX_ROW_BYTES {
        return Err("longer than 64 KB");
    }
    let message: Map<String, Value> = serde_json::from_slice(bytes).map_err(|_| "not a JSON object")?;
    if !(message.contains_key("position") && message.contains_key("offset_ms")) {
        return jsonl::message_row(&message, bytes, place);
    }
    let row = Exported::deserialize(Value::Object(message)).map_err(|_| "with a field missing or of the wrong type")?;
    Ok(ImportRow {
        user: Some(row.viewer),
        nick: row.nick,
        text: Some(row.text),
        mode: Some(row.mode),
        color: Some(row.color),
        offset_ms: Some(row.offset_ms),
        ..ImportRow::new(row_id('k', row.position, bytes), Millis(row.at), RowKind::Danmaku)
    })
}

/// Finds the objects of the outermost array.
#[derive(Default)]
struct Scan {
    /// Open brackets; the array's own is one of them.
    depth: u32,
    /// The depth within the array; 0 before it.
    array: u32,
    text: bool,
    escaped: bool,
    bytes: Vec<u8>,
}

impl Scan {
    fn is_within(&self) -> bool {
        !self.bytes.is_empty()
    }

    /// An object, when this byte ends one: never more than a byte longer than a row may be.
    fn step(&mut self, byte: u8) -> Option<&[u8]> {
        let opens = !self.text && matches!(byte, b'{' | b'[');
        if self.depth <= self.array {
            self.bytes.clear();
        }
        let begins = self.depth == self.array && byte == b'{' && !self.text;
        let is_part = self.array > 0 && (begins || self.depth > self.array);
        if is_part && self.bytes.len() <= MAX_ROW_BYTES {
            self.bytes.push(byte);
        }
        if self.text {
            match byte {
                _ if self.escaped => self.escaped = false,
                b'\\' => self.escaped = true,
                b'"' => self.text = false,
                _ => {}
            }
            return None;
        }
        match byte {
            b'"' => self.text = true,
            _ if opens => {
                self.depth = self.depth.saturating_add(1);
                if byte == b'[' && self.array == 0 {
                    self.array = self.depth;
                }
            }
            b'}' | b']' => {
                self.depth = self.depth.saturating_sub(1);
                if self.array > 0 && self.depth == self.array && byte == b'}' && self.is_within() {
                    return Some(&self.bytes);
                }
            }
            _ => {}
        }
        None
    }
}
