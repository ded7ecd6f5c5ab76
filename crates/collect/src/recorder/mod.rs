//! Recordings of other platforms' shows, as recorders write them. Pure and streaming: rows come out one by one, memory stays
//! bounded whatever the file holds, and what cannot be read is told with its line and a reason and skipped.
//!
//! One file a format, one [`LIST`]. A row's id is its place in the file and a hash of its text, so reading a file again gives the
//! same ids.

mod ass;
mod bilibili;
mod danmaku_xml;
mod encoding;
mod export;
mod json_items;
mod jsonl;
mod lines;
mod ndjson;
mod report;

pub use danmaku_xml::DanmakuXml;
pub(crate) use encoding::Decoded;
pub use encoding::Encoding;
pub use report::{Report, SkippedRows};

use crate::{
    import::{CustomRow, ImportRow},
    table::{BadTable, xlsx},
};
use events::Millis;
use sha2::{Digest, Sha256};
use std::{
    borrow::Cow,
    io::{self, BufRead, BufReader, Read, Seek, SeekFrom},
    ops::ControlFlow,
};

/// One row or line longer than this is skipped.
pub const MAX_ROW_BYTES: usize = 64 << 10;
/// Times of rows looked at to find the show's beginning.
const MOST_STARTS: usize = 20_001;
/// What is looked at to tell a format.
const HEAD: usize = 64 << 10;

/// A piece of a file and where it stands: its line, or its place among the items of a JSON array, from 1.
#[derive(Debug, Clone, PartialEq)]
pub struct Item {
    pub line: u64,
    pub what: What,
}

#[derive(Debug, Clone, PartialEq)]
pub enum What {
    Row(Box<ImportRow>),
    /// A row that is none of our kinds.
    Custom(Box<CustomRow>),
    /// A row that cannot be taken, and why; the reason is the same for all of its kind.
    Skipped(Cow<'static, str>),
    /// The file's head says when the recording began.
    Began(Millis),
}

impl Item {
    fn new(line: u64, row: Result<ImportRow, &'static str>) -> Self {
        match row {
            Ok(row) => Self { line, what: What::Row(Box::new(row)) },
            Err(reason) => Self::skipped(line, reason),
        }
    }

    pub(crate) fn skipped(line: u64, reason: impl Into<Cow<'static, str>>) -> Self {
        Self { line, what: What::Skipped(reason.into()) }
    }
}

/// Who is told of each item; the answer says whether to go on.
pub type Each<'a> = &'a mut dyn FnMut(Item) -> ControlFlow<()>;

/// A file.
pub trait Source: Read + Seek {}
impl<S: Read + Seek> Source for S {}

/// How recorders write a show.
pub struct Format {
    pub name: &'static str,
    looks_like: fn(&Glance) -> bool,
    read: Reader,
}

/// With the show's beginning, rows that only know their seconds into it get a time; without, they have none worth something.
enum Reader {
    Text(fn(&mut dyn BufRead, Option<Millis>, Each) -> io::Result<()>),
    Book(fn(&mut dyn Source, Each) -> Result<(), BadTable>),
}

/// A file's beginning.
#[derive(Default)]
struct Glance {
    text: String,
    /// The first row of a workbook.
    head: Option<Vec<String>>,
}

/// The first that a file looks like is taken.
pub const LIST: &[Format] =
    &[danmaku_xml::FORMAT, ass::FORMAT, json_items::FORMAT, ndjson::FORMAT, jsonl::FORMAT, export::CSV, export::XLSX];

pub fn format(name: &str) -> Option<&'static Format> {
    LIST.iter().find(|format| format.name == name)
}

impl PartialEq for Format {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}
impl Eq for Format {}

impl std::fmt::Debug for Format {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)
    }
}

/// A recording at a glance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Survey {
    pub format: &'static Format,
    /// When the show began: what most rows say by their own time and their seconds into the show, else the file's head, else the
    /// earliest row.
    pub started_at: Millis,
    pub rows: u64,
    /// Rows from before the show began.
    pub before_air: u64,
    /// What was read and what cannot be taken.
    pub report: Report,
}

#[derive(Debug, thiserror::Error)]
pub enum BadRecording {
    #[error("this is no recording of a known format")]
    UnknownFormat,
    #[error("there is not one readable row in it")]
    Empty,
    #[error("it does not say when the show began: give its beginning")]
    StartUnknown,
    #[error(transparent)]
    Table(#[from] BadTable),
    #[error("reading it failed: {0}")]
    Io(#[from] io::Error),
}

/// Which of the formats a file is; no more than its beginning is looked at.
pub fn sniff(source: &mut dyn Source) -> Result<&'static Format, BadRecording> {
    source.seek(SeekFrom::Start(0))?;
    let mut head = Vec::new();
    source.take(HEAD as u64).read_to_end(&mut head)?;
    source.seek(SeekFrom::Start(0))?;
    let glance = if head.starts_with(b"PK\x03\x04") {
        Glance { head: Some(xlsx::head(source)?), ..Glance::default() }
    } else {
        let text = Encoding::of(&head).decode(&head);
        Glance { text: text.trim_start().to_owned(), head: None }
    };
    LIST.iter().find(|format| (format.looks_like)(&glance)).ok_or(BadRecording::UnknownFormat)
}

/// Tells each item of a recording.
pub fn read(
    format: &Format,
    source: &mut dyn Source,
    started_at: Option<Millis>,
    each: Each,
) -> Result<(), BadRecording> {
    source.seek(SeekFrom::Start(0))?;
    match format.read {
        Reader::Text(read) => {
            let encoding = Encoding::sniff(source)?;
            source.seek(SeekFrom::Start(0))?;
            let mut text = BufReader::with_capacity(64 << 10, Decoded::new(source, encoding));
            read(&mut text, started_at, each)?;
        }
        Reader::Book(read) => read(source, each)?,
    }
    Ok(())
}

/// Reads a recording through once: what it is, when the show began, how much is in it. `asked` says when it began where the
/// file's own word is not to be taken.
pub fn survey(
    source: &mut dyn Source,
    format: Option<&'static Format>,
    asked: Option<Millis>,
) -> Result<Survey, BadRecording> {
    let format = match format {
        Some(format) => format,
        None => sniff(source)?,
    };
    let look = look(asked, |each| read(format, source, None, each))?;
    let Look { started_at, rows, before_air, report } = look;
    Ok(Survey { format, started_at, rows, before_air, report })
}

/// What the rows of a file say of the whole.
pub(crate) struct Look {
    pub started_at: Millis,
    pub rows: u64,
    pub before_air: u64,
    pub report: Report,
}

pub(crate) fn look(
    asked: Option<Millis>,
    read: impl FnOnce(Each) -> Result<(), BadRecording>,
) -> Result<Look, BadRecording> {
    let mut report = Report::default();
    let (mut rows, mut before_air, mut head) = (0, 0, None);
    let mut starts = Vec::new();
    let mut earliest: Option<Millis> = None;
    read(&mut |item| {
        let (at, offset_ms) = match item.what {
            What::Row(row) => (row.occurred_at, row.offset_ms),
            What::Custom(row) => (row.occurred_at, None),
            What::Skipped(reason) => {
                report.skip(&reason, item.line);
                return ControlFlow::Continue(());
            }
            What::Began(at) => {
                head = head.or(Some(at));
                return ControlFlow::Continue(());
            }
        };
        report.read += 1;
        rows += 1;
        let timed = at != UNTIMED;
        if timed {
            earliest = Some(earliest.map_or(at, |earliest| earliest.min(at)));
        }
        if let Some(offset_ms) = offset_ms {
            before_air += u64::from(offset_ms < 0);
            if timed && starts.len() < MOST_STARTS {
                starts.push(at.plus_ms(offset_ms.saturating_neg()));
            }
        }
        ControlFlow::Continue(())
    })?;
    if rows == 0 {
        return Err(BadRecording::Empty);
    }
    starts.sort_unstable();
    let median = starts.get(starts.len() / 2).copied();
    let started_at = asked.or(median).or(head).or(earliest).ok_or(BadRecording::StartUnknown)?;
    Ok(Look { started_at, rows, before_air, report })
}

/// The time of a row that only knows its seconds into the show, as long as nobody said when that began.
pub(crate) const UNTIMED: Millis = Millis(i64::MIN);

/// When a row happened that says `offset_ms` into the show, and perhaps its own time.
fn when(started_at: Option<Millis>, offset_ms: i64, sent: Option<Millis>) -> Millis {
    started_at.map(|start| start.plus_ms(offset_ms)).or(sent).unwrap_or(UNTIMED)
}

/// A row's id: its place and what it says.
fn row_id(letter: char, place: u64, bytes: &[u8]) -> String {
    let digest: [u8; 32] = Sha256::digest(bytes).into();
    let [a, b, c, d, ..] = digest;
    format!("{letter}{place}-{a:02x}{b:02x}{c:02x}{d:02x}")
}

/// Seconds, milliseconds or microseconds since 1970, by their size.
fn epoch(number: i64) -> Option<Millis> {
    match number.unsigned_abs() {
        0 => None,
        1..100_000_000_000 => Some(Millis(number.saturating_mul(1_000))),
        100_000_000_000..100_000_000_000_000 => Some(Millis(number)),
        _ => Some(Millis(number / 1_000)),
    }
}
