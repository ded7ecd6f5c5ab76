//! Recordings of other platforms' shows, as recorders write them. Pure and streaming: rows come out one by one, memory stays
//! bounded whatever the file holds, and what cannot be read is counted with a reason and skipped.
//!
//! Two formats, told apart by their first byte: danmaku XML ([`DanmakuXml`]) and NDJSON of room events ([`Ndjson`]).
//! A row's id is its place in the file and a hash of its text, so reading a file again gives the same ids.

mod danmaku_xml;
mod ndjson;

pub use danmaku_xml::DanmakuXml;
pub use ndjson::Ndjson;

use crate::import::ImportRow;
use events::Millis;
use sha2::{Digest, Sha256};
use std::{
    collections::BTreeMap,
    io::{self, BufRead, Read},
};

/// One row or line longer than this is skipped.
pub const MAX_ROW_BYTES: usize = 64 << 10;
/// Times of rows looked at to find the show's beginning.
const MOST_STARTS: usize = 20_001;

/// What the next piece of a recording is.
#[derive(Debug, Clone, PartialEq)]
pub enum Item {
    Row(Box<ImportRow>),
    /// A row that cannot be taken, and why; the reason is the same for all of its kind.
    Skipped(&'static str),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    DanmakuXml,
    Ndjson,
}

/// A recording at a glance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Survey {
    pub format: Format,
    /// When the show began: for danmaku the median of (time sent - seconds into the show), else the earliest row.
    pub started_at: Millis,
    pub rows: u64,
    /// Rows from before the show began.
    pub before_air: u64,
    /// Rows that cannot be taken, by reason.
    pub skipped: BTreeMap<&'static str, u64>,
}

#[derive(Debug, thiserror::Error)]
pub enum BadRecording {
    #[error("this is neither danmaku XML nor NDJSON")]
    UnknownFormat,
    #[error("there is not one readable row in it")]
    Empty,
    #[error("reading it failed: {0}")]
    Io(#[from] io::Error),
}

/// A recording, row by row.
pub enum Recording<R> {
    DanmakuXml(DanmakuXml<R>),
    Ndjson(Ndjson<R>),
}

impl<R: BufRead> Recording<R> {
    /// `started_at` as [`survey`] found it.
    pub fn new(format: Format, read: R, started_at: Millis) -> Self {
        match format {
            Format::DanmakuXml => Self::DanmakuXml(DanmakuXml::new(read, Some(started_at))),
            Format::Ndjson => Self::Ndjson(Ndjson::new(read)),
        }
    }
}

impl<R: BufRead> Iterator for Recording<R> {
    type Item = io::Result<Item>;

    fn next(&mut self) -> Option<io::Result<Item>> {
        match self {
            Self::DanmakuXml(rows) => rows.next(),
            Self::Ndjson(rows) => rows.next(),
        }
    }
}

/// Reads a recording through once: what it is, when the show began, how much is in it.
pub fn survey(mut read: impl BufRead) -> Result<Survey, BadRecording> {
    let (format, head) = sniff(&mut read)?;
    let read = io::Cursor::new(head).chain(read);
    let mut survey = Survey { format, started_at: Millis(0), rows: 0, before_air: 0, skipped: BTreeMap::new() };
    let mut starts = Vec::new();
    let mut earliest: Option<Millis> = None;
    let mut item = |item: Item| match item {
        Item::Row(row) => {
            survey.rows += 1;
            earliest = Some(earliest.map_or(row.occurred_at, |earliest| earliest.min(row.occurred_at)));
            if let Some(offset_ms) = row.offset_ms {
                survey.before_air += u64::from(offset_ms < 0);
                if starts.len() < MOST_STARTS {
                    starts.push(row.occurred_at.plus_ms(offset_ms.saturating_neg()));
                }
            }
        }
        Item::Skipped(reason) => *survey.skipped.entry(reason).or_insert(0) += 1,
    };
    match format {
        Format::DanmakuXml => DanmakuXml::new(read, None).try_for_each(|next| next.map(&mut item))?,
        Format::Ndjson => Ndjson::new(read).try_for_each(|next| next.map(&mut item))?,
    }
    starts.sort_unstable();
    let median = starts.get(starts.len() / 2).copied();
    survey.started_at = median.or(earliest).ok_or(BadRecording::Empty)?;
    Ok(survey)
}

/// Looks at the first bytes; answers them, so that they can be read again.
fn sniff(read: &mut impl BufRead) -> Result<(Format, Vec<u8>), BadRecording> {
    let mut head = Vec::new();
    read.by_ref().take(4 << 10).read_to_end(&mut head)?;
    let text = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&head);
    match text.trim_ascii_start().first() {
        Some(b'<') => Ok((Format::DanmakuXml, head)),
        Some(b'{') => Ok((Format::Ndjson, head)),
        _ => Err(BadRecording::UnknownFormat),
    }
}

/// A row's id: its place and what it says.
fn row_id(letter: char, place: u64, bytes: &[u8]) -> String {
    let digest: [u8; 32] = Sha256::digest(bytes).into();
    let [a, b, c, d, ..] = digest;
    format!("{letter}{place}-{a:02x}{b:02x}{c:02x}{d:02x}")
}
