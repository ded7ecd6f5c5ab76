//! Lists of words: a word a line, or `word<TAB>category<TAB>level<TAB>flags<TAB>source`. `#` begins a comment.
//!
//! Level: `mask`, `hold`, `block`, `alarm`, or `allow` for what a hit within it does not count. Category: `abuse`, `sexual`,
//! `gambling`, `fraud`, `contact`, `claim` (advertising law), `medical`, `financial`, `politics`, or a name of one's own. Flags, by commas:
//! `exact` (no sound-alikes and split characters), `initials` (also by the first letters of its spelling, whatever its length), `copy` (only in scripts and titles).
//! Source: which law or rule says so, or who put it there.

use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::ToSchema;

/// What happens to a text, the weakest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ListLevel {
    /// It passes, and people are told 提醒.
    Alarm,
    /// It passes without the characters 打码.
    Mask,
    /// A person decides 先审.
    Hold,
    /// It does not pass 拦截.
    Block,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    pub word: String,
    pub category: String,
    /// None: an innocent word. What lies within it is no hit.
    pub level: Option<ListLevel>,
    /// Only as it is written, in whatever dress.
    pub exact: bool,
    pub initials: bool,
    pub scope: Scopes,
    pub source: String,
    /// The list it stands in, as hits name it.
    pub list: Arc<str>,
}

/// Where a list counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Scopes {
    #[default]
    Everywhere,
    /// Scripts and titles: what a seller says, and not what viewers chat.
    Copy,
}

/// Where a text stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = CheckScope)]
pub enum Scope {
    #[default]
    Danmaku,
    Script,
    Title,
}

impl Scopes {
    pub fn holds(self, scope: Scope) -> bool {
        self == Scopes::Everywhere || scope != Scope::Danmaku
    }
}

/// Why a line is no entry.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadLine {
    #[error("line {0}: `{1}` is no level: mask, hold, block, alarm or allow")]
    Level(usize, String),
    #[error("line {0}: a word has at most 64 characters")]
    TooLong(usize),
    #[error("line {0}: `{1}` is no flag: exact, initials or copy")]
    Flag(usize, String),
}

/// Longest word, in characters.
pub const LONGEST: usize = 64;

/// The entries of a list, and the lines that are none. Lists with a word a line are taken as `mask`.
pub fn read(text: &str) -> (Vec<Entry>, Vec<BadLine>) {
    read_as(text, "own", ListLevel::Mask)
}

/// The same; words that say neither category nor level have these.
pub fn read_as(text: &str, category: &str, level: ListLevel) -> (Vec<Entry>, Vec<BadLine>) {
    let (mut entries, mut bad) = (Vec::new(), Vec::new());
    for (at, line) in text.trim_start_matches('\u{feff}').lines().enumerate() {
        let line = line.trim_end_matches(['\r', ' ', ',', '，']);
        if line.trim().is_empty() || line.trim_start().starts_with('#') {
            continue;
        }
        match entry(at + 1, line, category, level) {
            Ok(entry) => entries.push(entry),
            Err(why) => bad.push(why),
        }
    }
    (entries, bad)
}

fn entry(line: usize, text: &str, category: &str, level: ListLevel) -> Result<Entry, BadLine> {
    let mut fields = text.split('\t').map(str::trim);
    // A carriage return within a line is what is left of another way to end lines.
    let word = fields.next().unwrap_or_default().replace('\r', " ");
    if word.chars().count() > LONGEST {
        return Err(BadLine::TooLong(line));
    }
    let category = fields.next().filter(|category| !category.is_empty()).unwrap_or(category).replace('\r', " ");
    let level = match fields.next().unwrap_or_default() {
        "" => Some(level),
        "mask" => Some(ListLevel::Mask),
        "hold" | "review" => Some(ListLevel::Hold),
        "block" => Some(ListLevel::Block),
        "alarm" => Some(ListLevel::Alarm),
        "allow" => None,
        other => return Err(BadLine::Level(line, other.to_owned())),
    };
    let mut entry = Entry {
        word,
        category,
        level,
        exact: false,
        initials: false,
        scope: Scopes::Everywhere,
        source: String::new(),
        list: Arc::default(),
    };
    for flag in fields.next().unwrap_or_default().split(',').map(str::trim).filter(|flag| !flag.is_empty()) {
        match flag {
            "exact" => entry.exact = true,
            "initials" => entry.initials = true,
            "copy" => entry.scope = Scopes::Copy,
            other => return Err(BadLine::Flag(line, other.to_owned())),
        }
    }
    entry.source = fields.next().unwrap_or_default().replace('\r', " ");
    Ok(entry)
}

/// Entries as those of a list.
pub fn in_list(entries: Vec<Entry>, list: &str) -> impl Iterator<Item = Entry> {
    let list: Arc<str> = list.into();
    entries.into_iter().map(move |entry| Entry { list: list.clone(), ..entry })
}

/// The words that Kaibo brings along: few, certain, each with where it comes from. Lists of one's own come beside it.
pub fn pack() -> Vec<Entry> {
    in_list(read(include_str!("../../data/pack.tsv")).0, "pack").collect()
}
