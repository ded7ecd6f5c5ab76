//! Files of people to be kept away: lines are read, hashed and forgotten. Pure.

use super::{clause, end};
use crate::{
    day::Day,
    identity::{IdentityKind, Number},
    refusal::{MAX_LINES, Refusal},
};
use events::Millis;
use serde::Deserialize;

/// A line that can be kept.
#[derive(Debug, PartialEq, Eq)]
pub struct Line {
    pub number: Number,
    pub clause: String,
    pub until: Option<Millis>,
    pub note: String,
}

/// A line's number in the file, from 1, and the line or why it cannot be kept.
pub type Numbered = (usize, Result<Line, Refusal>);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Said {
    kind: String,
    number: String,
    clause: String,
    #[serde(default)]
    until: Option<String>,
    #[serde(default)]
    note: String,
}

/// `kind,number,clause[,until[,note]]`, or the same as JSON; `#` begins a
/// remark, and a first line of those names is a heading.
pub fn read(text: &str, now: Millis) -> Result<Vec<Numbered>, Refusal> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let lines = text.lines().enumerate().map(|(at, line)| (at + 1, line.trim()));
    let lines: Vec<(usize, &str)> = lines.filter(|(at, line)| !is_remark(*at, line)).collect();
    if lines.is_empty() || lines.len() > MAX_LINES {
        return Err(Refusal::BadImport);
    }
    Ok(lines.into_iter().map(|(at, line)| (at, read_line(line, now))).collect())
}

/// Nothing, a remark, or the heading.
fn is_remark(at: usize, line: &str) -> bool {
    line.is_empty() || line.starts_with('#') || (at == 1 && line.starts_with("kind,"))
}

fn read_line(line: &str, now: Millis) -> Result<Line, Refusal> {
    let said = if line.starts_with('{') {
        serde_json::from_str(line).map_err(|_| Refusal::BadImport)?
    } else {
        let mut parts = line.splitn(5, ',').map(|part| part.trim().trim_matches('"').to_owned());
        let (Some(kind), Some(number), Some(clause)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(Refusal::BadImport);
        };
        Said { kind, number, clause, until: parts.next(), note: parts.next().unwrap_or_default() }
    };
    let number = Number::read(IdentityKind::parse(&said.kind).ok_or(Refusal::BadNumber)?, &said.number)?;
    let until = said.until.filter(|day| !day.is_empty());
    let until = until.map(|day| Day::parse(&day).map(Day::end).ok_or(Refusal::BadEnd)).transpose()?;
    Ok(Line {
        number,
        clause: clause(&said.clause)?,
        until: end(until, now)?,
        note: said.note.chars().filter(|letter| !letter.is_control()).take(200).collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn codes(text: &str) -> Vec<(usize, &'static str)> {
        let now = Day::parse("2026-11-28").expect("a day").begin();
        let lines = read(text, now).expect("lines");
        let code = |line: Result<Line, Refusal>| match line {
            Ok(_) => "",
            Err(refusal) => app::Refuse::code(&refusal),
        };
        lines.into_iter().map(|(at, line)| (at, code(line))).collect()
    }

    #[test]
    fn lines_are_read_or_said_why_not() {
        let text = "kind,number,clause,until,note\n\
            id_card,11010519491231002X,fraud,2027-11-28,\"刷单\"\n\
            # a remark\n\
            id_card,110105194912310021,fraud\n\
            passport,E12345678,nothing\n\
            passport,E12345678,fraud,2020-01-01\n\
            {\"kind\":\"passport\",\"number\":\"E12345678\",\"clause\":\"fraud\"}\n\
            {\"kind\":1}\nabc\n";
        let wanted = [
            (2, ""),
            (4, "bad_number"),
            (5, "unknown_clause"),
            (6, "bad_end"),
            (7, ""),
            (8, "bad_import"),
            (9, "bad_import"),
        ];
        assert_eq!(codes(text), wanted);
    }

    #[test]
    fn an_empty_file_is_none() {
        assert_eq!(read("\n# nothing\n", Millis(0)).err(), Some(Refusal::BadImport));
        assert_eq!(read(&"x\n".repeat(MAX_LINES + 1), Millis(0)).err(), Some(Refusal::BadImport));
    }
}
