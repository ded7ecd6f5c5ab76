//! The blacklist 黑名单: identities an organisation keeps away, known by their digests alone.

pub mod http;
pub mod http_import;
pub mod import;
pub mod store;

use crate::refusal::Refusal;
use events::{BlacklistChanged, Envelope, Event, Millis, OrgId, Source};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum EntryState {
    /// For ever, which another person must confirm. It counts for nothing yet.
    Asked,
    InForce,
    /// It counts until another person confirms that it goes.
    RemovalAsked,
    /// It had an end, which has been.
    Over,
    Removed,
    /// Another person did not want it.
    Declined,
}

impl EntryState {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Asked => "asked",
            Self::InForce => "in_force",
            Self::RemovalAsked => "removal_asked",
            Self::Over => "over",
            Self::Removed => "removed",
            Self::Declined => "declined",
        }
    }

    fn parse(text: &str) -> Self {
        [Self::Asked, Self::InForce, Self::RemovalAsked, Self::Declined]
            .into_iter()
            .find(|state| state.as_str() == text)
            .unwrap_or(Self::Removed)
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    pub id: Uuid,
    pub org: OrgId,
    pub digest: String,
    /// Of the published clauses.
    pub clause: String,
    pub note: String,
    /// `own` or `import`.
    pub source: String,
    pub until: Option<Millis>,
    state: EntryState,
    pub asked_by: String,
    pub asked_at: Millis,
    pub decided_by: Option<String>,
    pub decided_at: Option<Millis>,
}

impl Entry {
    pub fn state(&self, now: Millis) -> EntryState {
        let counts = matches!(self.state, EntryState::InForce | EntryState::RemovalAsked);
        if counts && self.until.is_some_and(|until| until <= now) { EntryState::Over } else { self.state }
    }
}

/// The published clauses, which `moderation` explains. Domains do not use each other, and a test of the server compares the lists.
pub const CLAUSES: &[&str] = &[
    "abuse",
    "sexual",
    "gambling",
    "fraud",
    "contact",
    "claim",
    "medical",
    "financial",
    "politics",
    "spam",
    "minors",
    "privacy",
    "own",
];

pub fn clause(text: &str) -> Result<String, Refusal> {
    if CLAUSES.contains(&text) { Ok(text.to_owned()) } else { Err(Refusal::UnknownClause) }
}

const LONGEST_MS: i64 = 50 * 365 * crate::day::DAY_MS;

/// An end that lies ahead.
pub fn end(until: Option<Millis>, now: Millis) -> Result<Option<Millis>, Refusal> {
    match until {
        Some(until) if until <= now || until.since(now) > LONGEST_MS => Err(Refusal::BadEnd),
        until => Ok(until),
    }
}

fn told(entry: &Entry, change: &str, by: &str, now: Millis) -> Envelope {
    let changed = BlacklistChanged {
        entry: entry.id,
        change: change.to_owned(),
        clause: entry.clause.clone(),
        by: by.to_owned(),
    };
    Envelope::new(now, Source::Server, entry.org, Event::BlacklistChanged(changed))
}
