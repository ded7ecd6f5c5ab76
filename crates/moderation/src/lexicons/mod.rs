//! Lists of words 词库: an organisation's own, or a room's. A room's list adds to the organisation's and allows nothing it forbids.

pub mod dry_run;
pub mod http;
pub mod http_check;
pub mod http_dry_run;
pub mod http_words;
pub mod store;

use crate::text::{Entry, ListLevel, Scopes};
use events::{Millis, OrgId, RoomId, TeamId};
use uuid::Uuid;

/// Words of one list.
pub const MOST_WORDS: u64 = 200_000;
/// Lists of one organisation.
pub const MOST_LISTS: u64 = 200;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct List {
    pub id: Uuid,
    pub org: OrgId,
    /// None: headquarters' own, in every room of the organisation.
    pub place: Option<Place>,
    pub name: String,
    /// Of words that come in without one.
    pub category: String,
    pub level: ListLevel,
    pub enabled: bool,
    pub expires_at: Option<Millis>,
    /// Changes with the words, and with what stands above.
    pub revision: i64,
    pub words: u64,
    /// Who made it.
    pub owner: String,
    pub created_at: Millis,
    pub changed_at: Millis,
}

/// The room a list belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    pub room: RoomId,
    pub team: TeamId,
}

impl List {
    pub fn is_in_force(&self, now: Millis) -> bool {
        self.enabled && self.expires_at.is_none_or(|end| end > now)
    }
}

pub fn level_name(level: Option<ListLevel>) -> &'static str {
    match level {
        Some(ListLevel::Alarm) => "alarm",
        Some(ListLevel::Mask) => "mask",
        Some(ListLevel::Hold) => "hold",
        Some(ListLevel::Block) => "block",
        None => "allow",
    }
}

/// None for `allow`.
pub fn level_of(name: &str) -> Option<ListLevel> {
    match name {
        "alarm" => Some(ListLevel::Alarm),
        "hold" => Some(ListLevel::Hold),
        "block" => Some(ListLevel::Block),
        "allow" => None,
        _ => Some(ListLevel::Mask),
    }
}

pub fn flags_of(entry: &Entry) -> String {
    let flags = [(entry.exact, "exact"), (entry.initials, "initials"), (entry.scope == Scopes::Copy, "copy")];
    flags.iter().filter(|flag| flag.0).map(|flag| flag.1).collect::<Vec<_>>().join(",")
}

/// A list as a file, in the format that is read: `word<TAB>category<TAB>level<TAB>flags<TAB>source`.
pub fn to_text(entries: &[Entry]) -> String {
    let clean = |text: &str| text.replace(['\t', '\r', '\n'], " ");
    let mut text = String::from("# word\tcategory\tlevel\tflags\tsource\n");
    for entry in entries {
        let fields = [
            clean(&entry.word),
            clean(&entry.category),
            level_name(entry.level).to_owned(),
            flags_of(entry),
            clean(&entry.source),
        ];
        text.push_str(fields.join("\t").trim_end());
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::{pack, read};

    #[test]
    fn what_is_written_is_what_was_read() {
        let entries: Vec<Entry> = pack().into_iter().map(|entry| Entry { list: "".into(), ..entry }).collect();
        let (again, bad) = read(&to_text(&entries));
        assert_eq!((again, bad), (entries, Vec::new()));
    }
}
