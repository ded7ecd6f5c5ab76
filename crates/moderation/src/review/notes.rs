//! Notes 备注 that reviewers leave with what they decide or leave to others, for whoever looks next. They stand in the item's row, one a line, so
//! that each is added where it stands, whoever adds another meanwhile.

use app::Mask;
use events::Millis;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Characters.
pub const LONGEST: usize = 500;

/// With what it was left.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum NoteWith {
    /// 裁决
    Verdict,
    /// What a higher tier was asked 升级.
    Question,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Note {
    pub with: NoteWith,
    pub tier: u8,
    pub by: String,
    pub at: Millis,
    pub text: String,
}

impl Note {
    pub fn line(&self) -> String {
        // JSON has no line break of its own.
        serde_json::to_string(self).map(|line| line + "\n").unwrap_or_default()
    }

    pub fn read(lines: &str) -> Vec<Self> {
        lines.lines().filter_map(|line| serde_json::from_str(line).ok()).collect()
    }
}

/// A note of a reviewer, for colleagues.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReviewNote {
    #[schema(inline, example = "verdict")]
    with: NoteWith,
    /// 1, 2 or 3: for which tier it was written.
    #[schema(example = 1)]
    tier: u8,
    #[schema(example = "lin")]
    by: String,
    #[schema(value_type = i64)]
    at_ms: Millis,
    #[schema(example = "三个房间发同样的话")]
    text: String,
}

/// As somebody may read them, the oldest first.
pub fn bodies(notes: &[Note], mask: Mask) -> Vec<ReviewNote> {
    let body = |note: &Note| ReviewNote {
        with: note.with,
        tier: note.tier,
        by: note.by.clone(),
        at_ms: note.at,
        text: mask.text(&note.text).into_owned(),
    };
    notes.iter().map(body).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notes_are_read_as_they_were_written() {
        let note =
            |text: &str| Note { with: NoteWith::Verdict, tier: 1, by: "lin".into(), at: Millis(1), text: text.into() };
        let notes = [note("一行"), note("两\n行 \u{2028} \"'\\"), note("")];
        let lines: String = notes.iter().map(Note::line).collect();
        assert_eq!(lines.matches('\n').count(), 3);
        assert_eq!(Note::read(&lines), notes);
        assert_eq!(Note::read(""), []);
    }
}
