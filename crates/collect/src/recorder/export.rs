//! Our own export of the danmaku archive as a table (`crates/room/src/danmaku/export/csv.rs`, `xlsx.rs`):
//! `position,time,offset,viewer,nick,text,mode,color,source`.

use super::{Each, Format, Item, Reader};
use crate::{
    import::{ImportRow, RowKind},
    instant,
    table::{Cell, TableRow, csv, xlsx},
};
use events::Millis;
use std::ops::ControlFlow;

const COLUMNS: [&str; 9] = ["position", "time", "offset", "viewer", "nick", "text", "mode", "color", "source"];

pub const CSV: Format = Format {
    name: "kaibo_csv",
    looks_like: |glance| glance.text.lines().next().is_some_and(|head| head.trim() == COLUMNS.join(",")),
    read: Reader::Text(|text, _, each| csv::read(text, &mut |row| tell(row, each))),
};

pub const XLSX: Format = Format {
    name: "kaibo_xlsx",
    looks_like: |glance| glance.head.as_ref().is_some_and(|head| head == &COLUMNS),
    read: Reader::Book(|source, each| xlsx::read(source, &mut |row| tell(row, each))),
};

fn tell(row: Result<TableRow, (u64, &'static str)>, each: Each) -> ControlFlow<()> {
    match row {
        Ok(row) if row.line == 1 || row.texts().take(COLUMNS.len()).eq(COLUMNS) => ControlFlow::Continue(()),
        Ok(row) => each(Item::new(row.line, danmaku(&row))),
        Err((line, reason)) => each(Item::skipped(line, reason)),
    }
}

fn danmaku(row: &TableRow) -> Result<ImportRow, &'static str> {
    let [position, time, offset, viewer, nick, text, mode, color, ..] = row.cells.as_slice() else {
        return Err("with too few columns");
    };
    let at = match time {
        Cell::Time(local_ms) => Millis(*local_ms),
        time => instant::rfc3339(&time.text()).ok_or("without its time")?,
    };
    Ok(ImportRow {
        user: Some(viewer.text().into_owned()),
        nick: Some(own(&nick.text())).filter(|nick| !nick.is_empty()),
        text: Some(own(&text.text())),
        mode: Some(mode.text().parse().map_err(|_| "mode out of range")?),
        color: Some(u32::from_str_radix(&color.text(), 16).map_err(|_| "color out of range")?),
        offset_ms: Some(clock(&own(&offset.text())).ok_or("without its seconds")?),
        ..ImportRow::new(format!("k{}", position.text()), at, RowKind::Danmaku)
    })
}

/// Without the quote that our export puts before what spreadsheets would take for a formula.
fn own(text: &str) -> String {
    let guarded = text.strip_prefix('\'').filter(|rest| rest.starts_with(['=', '+', '-', '@', '\t', '\r']));
    guarded.unwrap_or(text).to_owned()
}

/// `h:mm:ss.mmm`, negative before air.
fn clock(text: &str) -> Option<i64> {
    let (sign, text) = text.strip_prefix('-').map_or((1, text), |text| (-1, text));
    let mut parts = text.split(':');
    let (hours, minutes, seconds) = (parts.next()?, parts.next()?, parts.next()?);
    let (seconds, ms) = seconds.split_once('.')?;
    let number = |digits: &str| digits.parse::<u32>().ok().map(i64::from);
    let ms = number(hours)? * 3_600_000 + number(minutes)? * 60_000 + number(seconds)? * 1_000 + number(ms)?;
    Some(sign * ms)
}
