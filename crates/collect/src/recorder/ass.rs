//! ASS subtitles (Advanced SubStation Alpha v4+) with danmaku in them: `Dialogue` lines that run across (`\move`) or stand (`\pos`,
//! `\an8`), as DanmakuFactory (`AssFile/AssFile.c`: styles `R2L`, `L2R`, `TOP`, `BTM`), yutto's biliass and Danmaku2ASS write them,
//! and our own export (`crates/room/src/danmaku/export/ass.rs`). They know seconds into the show, and nobody's name.

use super::{Each, Format, Item, MAX_ROW_BYTES, Reader, lines::Lines, row_id, when};
use crate::import::{ImportRow, RowKind};
use events::Millis;
use std::io::{self, BufRead};

pub const FORMAT: Format = Format {
    name: "ass",
    looks_like: |glance| glance.text.get(..13).is_some_and(|head| head.eq_ignore_ascii_case("[Script Info]")),
    read: Reader::Text(read),
};

/// Which of the commas of a `Dialogue` stand before what.
#[derive(Clone, Copy)]
struct Columns {
    start: usize,
    style: usize,
    text: usize,
}

fn read(text: &mut dyn BufRead, started_at: Option<Millis>, each: Each) -> io::Result<()> {
    let mut columns = Columns { start: 1, style: 3, text: 9 };
    let mut in_events = false;
    let mut lines = Lines::new(text);
    while let Some((line, bytes)) = lines.next()? {
        let text = String::from_utf8_lossy(bytes);
        if text.starts_with('[') {
            in_events = text.eq_ignore_ascii_case("[Events]");
        } else if let Some(format) = text.strip_prefix("Format:").filter(|_| in_events) {
            columns = of_format(format).unwrap_or(columns);
        } else if let Some(dialogue) = text.strip_prefix("Dialogue:") {
            let row = if bytes.len() > MAX_ROW_BYTES {
                Err("longer than 64 KB")
            } else {
                row(dialogue.trim_start(), columns, row_id('a', line, bytes), started_at)
            };
            if each(Item::new(line, row)).is_break() {
                break;
            }
        }
    }
    Ok(())
}

fn of_format(format: &str) -> Option<Columns> {
    let at = |name: &str| format.split(',').position(|column| column.trim().eq_ignore_ascii_case(name));
    Some(Columns { start: at("Start")?, style: at("Style").or_else(|| at("Name"))?, text: at("Text")? })
}

fn row(dialogue: &str, columns: Columns, id: String, started_at: Option<Millis>) -> Result<ImportRow, &'static str> {
    // The text comes last and may hold commas.
    let fields: Vec<&str> = dialogue.splitn(columns.text + 1, ',').collect();
    let field = |at: usize| fields.get(at).copied().ok_or("with too few columns");
    let offset_ms = clock(field(columns.start)?).ok_or("without its time")?;
    let (style, text) = (field(columns.style)?.trim_start_matches('*'), field(columns.text)?);
    if style.to_ascii_lowercase().starts_with("message") {
        return Err("a piece of a drawn message box");
    }
    let (commands, text) = apart(text);
    if commands.contains("\\p1") {
        return Err("a drawing");
    }
    if text.trim().is_empty() {
        return Err("without a text");
    }
    let stands = commands.contains("\\pos") && !commands.contains("\\move");
    let mode = match style {
        "TOP" => 5,
        "BTM" => 4,
        "R2L" | "L2R" => 1,
        _ if commands.contains("\\an8") => 5,
        _ if stands && commands.contains("\\an2") => 4,
        _ if stands => 5,
        _ => 1,
    };
    Ok(ImportRow {
        text: Some(text),
        mode: Some(mode),
        color: color(&commands),
        offset_ms: Some(offset_ms),
        ..ImportRow::new(id, when(started_at, offset_ms, None), RowKind::Danmaku)
    })
}

/// The commands in braces, and the text without them.
fn apart(line: &str) -> (String, String) {
    let (mut commands, mut text) = (String::new(), String::new());
    let mut rest = line;
    while let Some(sign) = rest.chars().next() {
        let (_, behind) = rest.split_at(sign.len_utf8());
        rest = behind;
        match sign {
            '{' => match behind.split_once('}') {
                Some((inside, after)) => {
                    commands.push_str(inside);
                    rest = after;
                }
                None => text.push('{'),
            },
            '\\' => match behind.chars().next() {
                Some('N' | 'n' | 'h') => {
                    text.push(' ');
                    rest = behind.get(1..).unwrap_or_default();
                }
                Some(escaped @ ('{' | '}')) => {
                    text.push(escaped);
                    rest = behind.get(1..).unwrap_or_default();
                }
                _ => text.push('\\'),
            },
            sign => text.push(sign),
        }
    }
    (commands, text)
}

/// `\c&HBBGGRR&`, also as `\1c`.
fn color(commands: &str) -> Option<u32> {
    let (_, behind) = commands.split_once("\\c&H").or_else(|| commands.split_once("\\1c&H"))?;
    let digits: String = behind.chars().take_while(char::is_ascii_hexdigit).collect();
    let color = u32::from_str_radix(&digits, 16).ok()? & 0xff_ffff;
    Some((color & 0xff) << 16 | (color & 0xff00) | color >> 16)
}

/// `h:mm:ss.cc`.
fn clock(text: &str) -> Option<i64> {
    let mut parts = text.trim().split(':');
    let (hours, minutes, seconds) = (parts.next()?, parts.next()?, parts.next()?);
    let (hours, minutes): (u32, u32) = (hours.parse().ok()?, minutes.parse().ok()?);
    let seconds: f64 = seconds.parse().ok().filter(|seconds| (0.0..=60.0).contains(seconds))?;
    let known = parts.next().is_none() && hours < 10_000 && minutes < 60;
    known.then(|| i64::from(hours) * 3_600_000 + i64::from(minutes) * 60_000 + (seconds * 1_000.0).round() as i64)
}
