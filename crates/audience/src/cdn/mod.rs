//! A CDN's access logs as evidence: segments that somebody else delivered, fetched with tokens of ours.
//!
//! Lines are read as they stream in; of each the token is checked, so a log can only speak of entries we issued. What is
//! kept per entry is which segments it was sent: a set, so the same lines may come again in any batch and change nothing.

mod fuzz;
pub(crate) mod http;
mod logs;
pub(crate) mod parse;
pub(crate) mod ranges;
pub(crate) mod store;
mod time;

pub use fuzz::fuzz_cdn_log;
pub(crate) use logs::Logs;

use crate::{ShowOf, ViewerPass, audit::agent, token};
use app::Keys;
use events::{EntryId, Millis};
use parse::{Line, Skip};
use ranges::Ranges;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashMap};
use utoipa::ToSchema;

/// Lines of before and after the show: clocks differ, and players finish what they have.
const MARGIN_MS: i64 = 10 * 60_000;
/// Distinct entries of one batch.
const MOST_ENTRIES: usize = 500_000;
/// From fewer segments their length cannot be told.
const MANY_SEGMENTS: i64 = 20;
/// No segment is shorter or longer.
const SHORTEST_MS: u32 = 500;
const LONGEST_MS: i64 = 12_000;

/// What became of an imported log.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CdnReport {
    /// The batch's key: the one that was given, or a hash of the content.
    pub batch: String,
    pub lines: u64,
    /// Lines that are evidence.
    pub taken: u64,
    /// Segments that no earlier batch had for their entry.
    pub new_segments: u64,
    pub entries: u64,
    pub bytes: u64,
    pub skipped: Vec<Skipped>,
    /// The first line that is evidence, milliseconds since 1970.
    #[serde(default)]
    #[schema(value_type = Option<i64>)]
    pub from: Option<Millis>,
    /// The last one.
    #[serde(default)]
    #[schema(value_type = Option<i64>)]
    pub to: Option<Millis>,
    /// Somebody said that with this one the show's logs are complete: of every node, over the whole show.
    #[serde(default)]
    pub complete: bool,
    /// How long a segment is by this log, milliseconds, if that can be told.
    #[serde(default)]
    pub segment_ms: Option<u32>,
    /// Milliseconds since 1970.
    #[schema(value_type = i64)]
    pub imported_at: Millis,
    /// This batch was imported before; nothing was read again.
    #[serde(default)]
    pub repeated: bool,
}

/// Lines that are no evidence, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Skipped {
    /// `too_long`, `unreadable`, `not_media`, `not_delivered`, `other_show`, `no_token`, `bad_token`, `other_time`, `too_many_entries`.
    pub reason: String,
    pub lines: u64,
}

/// What one entry was sent.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Delivered {
    pub pass: ViewerPass,
    /// The class of its program, as far as the log tells.
    pub agent: &'static str,
    pub segments: Ranges,
    pub first_at: Millis,
    pub last_at: Millis,
}

/// Sorts the lines of one log by entry.
pub(crate) struct Sorter<'a> {
    keys: &'a Keys,
    show: &'a ShowOf,
    now: Millis,
    /// Lines of one player often follow one another.
    known: Option<(String, Option<ViewerPass>)>,
    pub report: CdnReport,
    skipped: BTreeMap<&'static str, u64>,
    paces: BTreeMap<u32, Pace>,
    pub entries: HashMap<EntryId, Delivered>,
}

impl<'a> Sorter<'a> {
    pub(crate) fn new(keys: &'a Keys, show: &'a ShowOf, now: Millis) -> Self {
        let (report, skipped) = (CdnReport { imported_at: now, ..CdnReport::default() }, BTreeMap::new());
        Self { keys, show, now, known: None, report, skipped, paces: BTreeMap::new(), entries: HashMap::new() }
    }

    pub(crate) fn take(&mut self, line: Result<Line<'_>, Skip>) {
        self.report.lines += 1;
        match line.and_then(|line| self.accept(&line)) {
            Ok(()) => self.report.taken += 1,
            Err(skip) => *self.skipped.entry(skip.code()).or_default() += 1,
        }
    }

    fn accept(&mut self, line: &Line<'_>) -> Result<(), Skip> {
        if line.broadcast != self.show.broadcast {
            return Err(Skip::OtherShow);
        }
        if !matches!(line.status, 200 | 206 | 304) {
            return Err(Skip::NotDelivered);
        }
        let until = self.show.ended_at.unwrap_or(self.now);
        let outside = |at: Millis| at.since(self.show.started_at) < -MARGIN_MS || until.since(at) < -MARGIN_MS;
        let at = line.at.filter(|at| !outside(*at)).ok_or(Skip::OtherTime)?;
        let token = line.token.as_deref().filter(|token| !token.is_empty()).ok_or(Skip::NoToken)?;
        let pass = self.pass(token).filter(|pass| pass.room == self.show.room).ok_or(Skip::BadToken)?;
        if self.entries.len() >= MOST_ENTRIES && !self.entries.contains_key(&pass.entry) {
            return Err(Skip::TooManyEntries);
        }
        let delivered = self.entries.entry(pass.entry).or_insert_with(|| Delivered {
            pass,
            agent: "",
            segments: Ranges::default(),
            first_at: at,
            last_at: at,
        });
        if let Some(agent) = line.agent.as_deref().filter(|_| delivered.agent.is_empty()) {
            delivered.agent = agent::class(agent);
        }
        delivered.segments.add(line.segment.key());
        self.paces.entry(line.segment.rendition).or_default().add(line.segment.number, at);
        self.report.from = Some(self.report.from.map_or(at, |from| from.min(at)));
        self.report.to = self.report.to.max(Some(at));
        delivered.first_at = delivered.first_at.min(at);
        delivered.last_at = delivered.last_at.max(at);
        self.report.bytes = self.report.bytes.saturating_add(line.bytes);
        Ok(())
    }

    fn pass(&mut self, token: &str) -> Option<ViewerPass> {
        if let Some((known, pass)) = &self.known
            && known == token
        {
            return pass.clone();
        }
        let pass = token::open(self.keys, token).ok();
        self.known = Some((token.to_owned(), pass.clone()));
        pass
    }

    pub(crate) fn finish(mut self) -> (CdnReport, HashMap<EntryId, Delivered>) {
        self.report.entries = self.entries.len() as u64;
        self.report.segment_ms = self.paces.values().filter_map(Pace::segment_ms).max();
        let skipped = self.skipped.into_iter();
        self.report.skipped = skipped.map(|(reason, lines)| Skipped { reason: reason.to_owned(), lines }).collect();
        self.report.skipped.sort_by_key(|skipped| std::cmp::Reverse(skipped.lines));
        (self.report, self.entries)
    }
}

/// How fast a rendition's numbers rise with the clock.
#[derive(Default)]
struct Pace {
    first: Option<(u64, Millis)>,
    last: Option<(u64, Millis)>,
}

impl Pace {
    fn add(&mut self, number: u64, at: Millis) {
        self.first = Some(self.first.map_or((number, at), |first| first.min((number, at))));
        self.last = self.last.max(Some((number, at)));
    }

    /// Players ask for a segment within a few of its end, so over many it can be told how long one is.
    fn segment_ms(&self) -> Option<u32> {
        let ((first, began), (last, ended)) = (self.first?, self.last?);
        let count = i64::try_from(last - first).ok().filter(|count| *count >= MANY_SEGMENTS)?;
        u32::try_from(ended.since(began).clamp(0, count.saturating_mul(LONGEST_MS)) / count)
            .ok()
            .filter(|ms| *ms >= SHORTEST_MS)
    }
}
