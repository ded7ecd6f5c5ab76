//! Tables of other platforms 表格: orders, gifts, entries, danmaku as CSV or XLSX with whatever columns they have. A [`TableMapping`] says
//! which column is what; it is guessed from headers and values, corrected by a person, and remembered by organisation and platform.
//!
//! Tables are read row by row. Formulas never run: of a cell with one, the value is taken that was saved with it.

pub(crate) mod csv;
pub(crate) mod guess;
pub(crate) mod http;
pub(crate) mod mapping;
pub(crate) mod store;
pub(crate) mod when;
pub(crate) mod xlsx;

pub use mapping::{Column, Field, Money, RowsOf, TableMapping};

use crate::recorder::{BadRecording, Decoded, Each, Encoding, Item, Source};
use std::{
    borrow::Cow,
    io::{self, BufReader, Read, SeekFrom},
    ops::ControlFlow,
};

/// Columns beyond are not looked at.
pub const MAX_COLUMNS: usize = 256;

#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    Empty,
    Text(String),
    Number(f64),
    /// A date of a spreadsheet: milliseconds since 1970 by the clock on the table's wall.
    Time(i64),
}

impl Cell {
    pub fn text(&self) -> Cow<'_, str> {
        match self {
            Self::Empty => Cow::Borrowed(""),
            Self::Text(text) => Cow::Borrowed(text.trim()),
            // The shortest digits that are this number: 12 stays `12`.
            Self::Number(number) => Cow::Owned(number.to_string()),
            Self::Time(local_ms) => Cow::Owned(events::Timestamp(events::Millis(*local_ms)).to_string()),
        }
    }

    pub fn is_empty(&self) -> bool {
        matches!(self, Self::Empty) || matches!(self, Self::Text(text) if text.trim().is_empty())
    }
}

/// A row and its line, or its number in the sheet.
#[derive(Debug, Clone, PartialEq)]
pub struct TableRow {
    pub line: u64,
    pub cells: Vec<Cell>,
}

impl TableRow {
    pub fn texts(&self) -> impl Iterator<Item = Cow<'_, str>> {
        self.cells.iter().map(Cell::text)
    }
}

/// Who is told of each row, or of one that cannot be read.
pub type EachRow<'a> = &'a mut dyn FnMut(Result<TableRow, (u64, &'static str)>) -> ControlFlow<()>;

#[derive(Debug, thiserror::Error)]
pub enum BadTable {
    #[error("this is no table: there is no row with names of columns")]
    NoTable,
    #[error("this workbook is protected or of the old format: save it as .xlsx without a password, or as CSV")]
    Protected,
    #[error("unpacked, this workbook is larger than is read")]
    TooLarge,
    #[error("this workbook is damaged: {0}")]
    Damaged(String),
    #[error("reading it failed: {0}")]
    Io(#[from] io::Error),
}

/// How a table is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Csv(Encoding),
    Xlsx,
}

impl Kind {
    pub fn of(source: &mut dyn Source) -> Result<Self, BadTable> {
        source.seek(SeekFrom::Start(0))?;
        let mut head = Vec::new();
        source.take(8).read_to_end(&mut head)?;
        source.seek(SeekFrom::Start(0))?;
        if head.starts_with(b"PK\x03\x04") {
            return Ok(Self::Xlsx);
        }
        if head.starts_with(b"\xd0\xcf\x11\xe0") {
            return Err(BadTable::Protected);
        }
        let encoding = Encoding::sniff(source)?;
        source.seek(SeekFrom::Start(0))?;
        Ok(Self::Csv(encoding))
    }
}

/// Tells each row of a table, the headers first.
pub fn read(source: &mut dyn Source, each: EachRow) -> Result<(), BadTable> {
    match Kind::of(source)? {
        Kind::Xlsx => xlsx::read(source, each),
        Kind::Csv(encoding) => {
            let mut text = BufReader::with_capacity(64 << 10, Decoded::new(source, encoding));
            Ok(csv::read(&mut text, each)?)
        }
    }
}

/// A table's beginning.
#[derive(Debug, Clone, PartialEq)]
pub struct Glimpse {
    pub headers: Vec<String>,
    pub rows: Vec<TableRow>,
}

/// The headers and up to `most` rows.
pub fn glimpse(source: &mut dyn Source, most: usize) -> Result<Glimpse, BadTable> {
    let mut headers: Option<Vec<String>> = None;
    let mut rows = Vec::new();
    read(source, &mut |row| {
        if let Ok(row) = row {
            match &headers {
                None => headers = Some(row.texts().map(Cow::into_owned).collect()),
                Some(_) => rows.push(row),
            }
        }
        if rows.len() < most { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    })?;
    let headers = headers.filter(|headers| headers.iter().any(|header| !header.is_empty())).ok_or(BadTable::NoTable)?;
    Ok(Glimpse { headers, rows })
}

/// Tells what each row becomes under the mapping.
pub fn items(source: &mut dyn Source, mapping: &TableMapping, each: Each) -> Result<(), BadRecording> {
    let mut headers_seen = false;
    read(source, &mut |row| match row {
        Ok(_) if !std::mem::replace(&mut headers_seen, true) => ControlFlow::Continue(()),
        Ok(row) if row.cells.iter().all(Cell::is_empty) => ControlFlow::Continue(()),
        Ok(row) => {
            let what = mapping.row(&row);
            each(match what {
                Ok(what) => Item { line: row.line, what },
                Err(reason) => Item::skipped(row.line, reason),
            })
        }
        Err((line, reason)) => each(Item::skipped(line, reason)),
    })?;
    Ok(())
}
