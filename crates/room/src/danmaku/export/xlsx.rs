//! XLSX: a table with a frozen head, times as times. Texts are texts and never formulas.

use super::{COLUMNS, Format, Show, Writer, clock, csv, offset_ms, text};
use crate::danmaku::store::Danmaku;
use anyhow::Context;
use events::Millis;
use rust_xlsxwriter::{Format as Look, Workbook};
use std::io::Cursor;

pub const FORMAT: Format = Format {
    name: "xlsx",
    content_type: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    make: |show| Box::new(Xlsx::new(show)),
};

/// What a sheet holds at most, with its head.
const ROWS: u32 = 1_048_576;
/// What a cell holds at most, in UTF-16 units.
const CELL: usize = 32_767;
/// Days from 1899-12-30, where the spreadsheets' calendar begins, to 1970.
const EPOCH_DAYS: f64 = 25_569.0;

struct Xlsx {
    book: Workbook,
    time: Look,
    started_at: Millis,
    /// The next row of the newest sheet.
    next: u32,
}

impl Xlsx {
    fn new(show: &Show) -> Self {
        let time = Look::new().set_num_format("yyyy-mm-dd hh:mm:ss.000");
        Self { book: Workbook::new(), time, started_at: show.started_at, next: 0 }
    }

    fn sheet(&mut self) -> anyhow::Result<()> {
        // Rows go to a temporary file as they come; only the newest one stays in memory.
        let sheet = self.book.add_worksheet_with_low_memory()?;
        let head = Look::new().set_bold();
        sheet.set_freeze_panes(1, 0)?;
        for (column, (name, width)) in COLUMNS.iter().zip([10, 24, 14, 36, 16, 48, 6, 8, 8]).enumerate() {
            sheet.set_column_width(column as u16, width)?;
            sheet.write_string_with_format(0, column as u16, *name, &head)?;
        }
        self.next = 1;
        Ok(())
    }
}

impl Writer for Xlsx {
    fn begin(&mut self, _: &mut Vec<u8>) -> anyhow::Result<()> {
        self.sheet()
    }

    fn row(&mut self, danmaku: &Danmaku, _: &mut Vec<u8>) -> anyhow::Result<()> {
        if self.next == ROWS {
            self.sheet()?;
        }
        let (row, time, sent) = (self.next, self.time.clone(), &danmaku.sent);
        let newest = self.book.worksheets().len().saturating_sub(1);
        let sheet = self.book.worksheet_from_index(newest)?;
        sheet.write_number(row, 0, danmaku.position as f64)?;
        let days = danmaku.occurred_at.0 as f64 / 86_400_000.0 + EPOCH_DAYS;
        sheet.write_number_with_format(row, 1, days, &time)?;
        sheet.write_string(row, 2, clock(offset_ms(danmaku, self.started_at)))?;
        sheet.write_string(row, 3, danmaku.viewer.as_str())?;
        sheet.write_string(row, 4, fitting(sent.nick.as_deref().unwrap_or_default()))?;
        sheet.write_string(row, 5, fitting(text(danmaku)))?;
        sheet.write_number(row, 6, sent.mode)?;
        sheet.write_string(row, 7, format!("{:06X}", sent.color))?;
        sheet.write_string(row, 8, csv::source(danmaku))?;
        self.next += 1;
        Ok(())
    }

    fn finish(&mut self, out: &mut Vec<u8>) -> anyhow::Result<()> {
        self.book.save_to_writer(Cursor::new(out)).context("writing the workbook")
    }
}

/// As much of a text as a cell takes, without what XML cannot carry.
fn fitting(text: &str) -> String {
    let mut units = 0;
    let fits = |c: &char| {
        units += c.len_utf16();
        units <= CELL
    };
    let clean = |c| {
        if matches!(c, '\u{0}'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}') {
            '\u{fffd}'
        } else {
            c
        }
    };
    text.chars().take_while(fits).map(clean).collect()
}

#[cfg(test)]
mod tests {
    use super::super::tests::{danmaku, file};
    use super::*;

    #[test]
    fn it_is_a_workbook_and_a_formula_is_a_text() {
        let out = file(&FORMAT, &[danmaku("=1+1", 61_005), danmaku(&"长".repeat(40_000), 0)]);
        assert!(out.starts_with(b"PK\x03\x04"));
        assert_eq!(fitting(&"长".repeat(40_000)).chars().count(), CELL);
        assert_eq!(fitting("a\u{0}b"), "a\u{fffd}b");
    }
}
