//! Walks the chain of each organisation and names the first thing that is not as it was written.

use super::{
    Kind,
    rules::{Head, Row, follow},
    store::{self, end},
};
use events::OrgId;
use sea_orm::ConnectionTrait;
use serde_json::Value;
use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

const PAGE: u64 = 1_000;

/// Heads that were noted elsewhere, by organisation and last row.
#[derive(Debug, Clone, Default)]
pub struct Noted(BTreeMap<OrgId, BTreeMap<i64, Vec<Note>>>);

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    pub day: String,
    pub hash: String,
    pub whence: Whence,
}

/// Where a head was noted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whence {
    EventLog,
    File,
}

impl Noted {
    pub fn add(&mut self, org: OrgId, last: i64, note: Note) {
        self.0.entry(org).or_default().entry(last).or_default().push(note);
    }

    /// Heads that were exported, a JSON object a line.
    pub fn add_lines(&mut self, text: &str) -> anyhow::Result<()> {
        for (at, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
            let head = serde_json::from_str::<Head>(line);
            let head = head.map_err(|error| anyhow::anyhow!("line {} is not a head of the ledger: {error}", at + 1))?;
            self.add(head.org, head.last, Note { day: head.day, hash: head.hash, whence: Whence::File });
        }
        Ok(())
    }
}

/// What a walk found in one organisation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    pub org: OrgId,
    /// The last good row and its hash.
    pub rows: i64,
    pub head: String,
    pub damage: Option<Damage>,
    /// How many heads that were noted elsewhere are as they were noted.
    pub heads_kept: usize,
    /// Days that are sealed.
    pub days: usize,
    /// Rows before the first one, which went by their age.
    pub cut: i64,
}

/// The first thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Damage {
    /// A row's content or its hash was changed.
    Changed {
        seq: i64,
    },
    /// Rows changed places: the second stands where the first has to be.
    Moved {
        seq: i64,
        from: i64,
    },
    /// Rows are missing, and whole days among them.
    Missing {
        first: i64,
        last: i64,
        days: Vec<String>,
    },
    /// The ledger ends before what was written.
    CutOff {
        seq: i64,
        head: i64,
        day: Option<String>,
    },
    /// Rows up to this one are gone, and no later one says so.
    CutUnsaid {
        seq: i64,
    },
    /// The chain is sound in itself, but another one than was noted.
    Rewritten {
        seq: i64,
        whence: Whence,
    },
    /// What stands as the last row is not the one that was written last.
    AnotherEnd {
        seq: i64,
    },
    /// A day is sealed, and its head is gone or another one.
    HeadMissing {
        day: String,
    },
    HeadChanged {
        day: String,
    },
}

impl fmt::Display for Damage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Changed { seq } => write!(f, "row {seq} is not as it was written"),
            Self::Moved { seq, from } => write!(f, "rows changed places: row {seq} stands as row {from}"),
            Self::Missing { first, last, days } => {
                match days.as_slice() {
                    [] => {}
                    [day] => write!(f, "the day {day} is missing: ")?,
                    days => write!(f, "the days {} are missing: ", days.join(", "))?,
                }
                if first == last {
                    write!(f, "row {first} is missing")
                } else {
                    write!(f, "rows {first} to {last} are missing")
                }
            }
            Self::CutOff { seq, head, day: Some(day) } => {
                write!(f, "the ledger ends at row {seq}, but {head} were sealed with the day {day}")
            }
            Self::CutOff { seq, head, day: None } => {
                write!(f, "the ledger ends at row {seq}, but {head} were written")
            }
            Self::CutUnsaid { seq } => {
                write!(f, "the rows up to {seq} are gone, and no later one and no head says so")
            }
            Self::Rewritten { seq, whence: Whence::EventLog } => {
                write!(f, "row {seq} has another hash than the event log was told")
            }
            Self::Rewritten { seq, whence: Whence::File } => {
                write!(f, "row {seq} has another hash than the exported head")
            }
            Self::AnotherEnd { seq } => write!(f, "row {seq} is another one than was written last"),
            Self::HeadMissing { day } => write!(f, "the head of the day {day} is missing"),
            Self::HeadChanged { day } => write!(f, "the head of the day {day} is not what its rows come to"),
        }
    }
}

/// Walks every ledger. `noted` are heads that were noted elsewhere, read before.
pub async fn verify(db: &impl ConnectionTrait, noted: &Noted) -> anyhow::Result<Vec<Report>> {
    let mut orgs = store::orgs(db).await?;
    orgs.extend(noted.0.keys());
    let none = BTreeMap::new();
    let mut reports = Vec::new();
    for org in orgs {
        let noted = noted.0.get(&org).unwrap_or(&none);
        loop {
            let end = store::end_of(db, org).await?;
            let report = Walk::new(org, db, noted, &end).await?.report(db).await?;
            // A server that runs beside this may have let old days go meanwhile.
            let stays = report.damage.is_none() || store::end_of(db, org).await?.cut_seq == end.cut_seq;
            if stays {
                reports.push(report);
                break;
            }
        }
    }
    Ok(reports)
}

struct Walk<'a> {
    org: OrgId,
    noted: &'a BTreeMap<i64, Vec<Note>>,
    end: &'a end::Model,
    /// By their days.
    heads: BTreeMap<String, Head>,
    report: Report,
    /// The day that is walked, and its first row.
    day: Option<(String, i64)>,
}

impl<'a> Walk<'a> {
    async fn new(
        org: OrgId,
        db: &impl ConnectionTrait,
        noted: &'a BTreeMap<i64, Vec<Note>>,
        end: &'a end::Model,
    ) -> anyhow::Result<Self> {
        let heads = store::heads(db, org, None, None).await?;
        let (rows, head, days) = (end.cut_seq, end.cut_hash.clone(), heads.len());
        let heads = heads.into_iter().map(|head| (head.day.clone(), head)).collect();
        let report = Report { org, rows, head, damage: None, heads_kept: 0, days, cut: rows };
        Ok(Self { org, noted, end, heads, report, day: None })
    }

    async fn report(mut self, db: &impl ConnectionTrait) -> anyhow::Result<Report> {
        let found = self.walk(db).await?;
        self.report.damage = found.err();
        Ok(self.report)
    }

    async fn walk(&mut self, db: &impl ConnectionTrait) -> anyhow::Result<Result<(), Damage>> {
        if self.end.cut_seq > 0 && !self.cut_is_said(db).await? {
            return Ok(Err(Damage::CutUnsaid { seq: self.end.cut_seq }));
        }
        if let Err(damage) = self.compare(self.end.cut_seq) {
            return Ok(Err(damage));
        }
        loop {
            let rows = store::after(db, self.org, self.report.rows, PAGE).await?;
            let full = rows.len() as u64 == PAGE;
            for row in rows {
                if let Err(damage) = self.step(db, row).await? {
                    return Ok(Err(damage));
                }
            }
            if !full {
                break;
            }
        }
        Ok(self.at_the_end())
    }

    /// What went ends with a head, and a row further on says it.
    async fn cut_is_said(&self, db: &impl ConnectionTrait) -> anyhow::Result<bool> {
        let (seq, hash) = (self.end.cut_seq, &self.end.cut_hash);
        let filter = store::Filter { kind: Some(Kind::DaysCut), ..Default::default() };
        let rows = store::list(db, app::Scope::whole(self.org), &filter, None, u64::from(u32::MAX)).await?;
        let says = |row: &Row| {
            let facts = serde_json::from_str::<Value>(&row.facts).unwrap_or_default();
            facts["last"] == seq && facts["hash"] == hash.as_str()
        };
        let sealed = self.heads.values().any(|head| head.last == seq && head.hash == *hash);
        Ok(sealed && rows.iter().any(says))
    }

    async fn step(&mut self, db: &impl ConnectionTrait, row: Row) -> anyhow::Result<Result<(), Damage>> {
        let expected = self.report.rows + 1;
        if row.seq != expected {
            let last = row.seq - 1;
            return Ok(Err(Damage::Missing { first: expected, last, days: self.days_within(expected, last) }));
        }
        if row.previous != self.report.head || row.hash != follow(&row.previous, &row.digest()) {
            return Ok(Err(self.misplaced(db, row).await?));
        }
        if self.day.as_ref().is_none_or(|(day, _)| *day != row.day) {
            if let Err(damage) = self.day_ends() {
                return Ok(Err(damage));
            }
            self.day = Some((row.day, row.seq));
        }
        (self.report.rows, self.report.head) = (row.seq, row.hash);
        Ok(self.compare(row.seq))
    }

    /// Why a row does not fit where it stands.
    async fn misplaced(&self, db: &impl ConnectionTrait, row: Row) -> anyhow::Result<Damage> {
        let (seq, from) = (row.seq, store::behind(db, self.org, &self.report.head).await?);
        Ok(match from.filter(|from| from.seq != seq) {
            Some(from) if follow(&from.previous, &Row { seq, ..from.clone() }.digest()) == from.hash => {
                Damage::Moved { seq, from: from.seq }
            }
            _ => Damage::Changed { seq },
        })
    }

    /// The head of the day that was walked is what its rows come to.
    fn day_ends(&self) -> Result<(), Damage> {
        let Some((day, first)) = self.day.clone().filter(|(day, _)| *day <= self.end.sealed_day) else {
            return Ok(());
        };
        let Some(head) = self.heads.get(&day) else { return Err(Damage::HeadMissing { day }) };
        let (last, hash) = (self.report.rows, &self.report.head);
        let same = (head.first, head.last, head.rows, &head.hash) == (first, last, last - first + 1, hash);
        if same { Ok(()) } else { Err(Damage::HeadChanged { day }) }
    }

    fn compare(&mut self, seq: i64) -> Result<(), Damage> {
        for note in self.noted.get(&seq).into_iter().flatten() {
            if note.hash != self.report.head {
                return Err(Damage::Rewritten { seq, whence: note.whence });
            }
            self.report.heads_kept += 1;
        }
        Ok(())
    }

    fn at_the_end(&self) -> Result<(), Damage> {
        let (rows, end) = (self.report.rows, self.end);
        let noted = self.noted.iter().next_back().filter(|(last, _)| **last > rows);
        if let Some((last, notes)) = noted {
            let day = notes.iter().map(|note| note.day.clone()).find(|day| !day.is_empty());
            return Err(Damage::CutOff { seq: rows, head: *last, day });
        }
        if let Some(head) = self.heads.values().find(|head| head.last > rows) {
            return Err(Damage::CutOff { seq: rows, head: head.last, day: Some(head.day.clone()) });
        }
        // A server that runs beside this may have added some meanwhile.
        if rows < end.seq {
            return Err(Damage::CutOff { seq: rows, head: end.seq, day: None });
        }
        if rows == end.seq && self.report.head != end.hash {
            return Err(Damage::AnotherEnd { seq: rows });
        }
        self.day_ends()?;
        let lasts: BTreeSet<i64> = self.heads.values().map(|head| head.last).collect();
        let untold = self.noted.iter().filter(|(last, _)| !lasts.contains(last)).flat_map(|(_, notes)| notes);
        let day = untold.map(|note| note.day.clone()).next();
        day.map_or(Ok(()), |day| Err(Damage::HeadMissing { day }))
    }

    /// Days that lie within these rows as a whole, as heads tell that are left.
    fn days_within(&self, first: i64, last: i64) -> Vec<String> {
        let mut days: BTreeMap<i64, String> = BTreeMap::new();
        let noted = self.noted.iter().flat_map(|(last, notes)| notes.iter().map(|note| (*last, note.day.clone())));
        days.extend(noted.filter(|(_, day)| !day.is_empty()));
        days.extend(self.heads.values().map(|head| (head.last, head.day.clone())));
        let begins = std::iter::once(1).chain(days.keys().map(|last| last + 1)).collect::<Vec<_>>();
        let within = begins.into_iter().zip(&days).filter(|(begin, (end, _))| *begin >= first && **end <= last);
        within.map(|(_, (_, day))| day.clone()).collect()
    }
}
