//! What became of the rows of a file: counts, and for each reason the first lines that were skipped.

use serde::{Deserialize, Serialize};
use std::fmt::Write as _;
use utoipa::ToSchema;

/// Lines kept of each reason.
const LINES: usize = 100;
/// Reasons kept apart; readers have far fewer, tables one for each column.
const REASONS: usize = 200;

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Report {
    /// Rows in the file, those skipped included.
    pub read: u64,
    /// Rows taken; of a dry run those that would be.
    pub taken: u64,
    /// Rows that were there already.
    pub repeats: u64,
    pub skipped: Vec<SkippedRows>,
}

/// Rows that were not taken, of one reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SkippedRows {
    pub reason: String,
    pub count: u64,
    /// The first 100 lines; of a JSON array the places of its items.
    pub lines: Vec<u64>,
}

impl Report {
    /// A row was read and skipped.
    pub fn skip(&mut self, reason: &str, line: u64) {
        self.read += 1;
        self.refuse(reason, line);
    }

    /// A row that was counted as read is not taken after all.
    pub fn refuse(&mut self, reason: &str, line: u64) {
        let reason = if self.skipped.len() < REASONS { reason } else { "other reasons" };
        let known = self.skipped.iter_mut().find(|known| known.reason == reason);
        match known {
            Some(known) => {
                known.count += 1;
                if known.lines.len() < LINES {
                    known.lines.push(line);
                }
            }
            None => self.skipped.push(SkippedRows { reason: reason.to_owned(), count: 1, lines: vec![line] }),
        }
    }

    pub fn skipped_rows(&self) -> u64 {
        self.skipped.iter().map(|skipped| skipped.count).sum()
    }

    /// A line of text for each reason.
    pub fn lines(&self) -> Vec<String> {
        self.skipped.iter().map(SkippedRows::line).collect()
    }

    /// As a table: `outcome,reason,rows,line`.
    pub fn csv(&self) -> String {
        let mut out = "\u{feff}outcome,reason,rows,line\r\n".to_owned();
        for (outcome, rows) in [("read", self.read), ("taken", self.taken), ("repeat", self.repeats)] {
            let _ = write!(out, "{outcome},,{rows},\r\n");
        }
        for skipped in &self.skipped {
            let _ = write!(out, "skipped,{},{},\r\n", cell(&skipped.reason), skipped.count);
            for line in &skipped.lines {
                let _ = write!(out, "skipped,{},1,{line}\r\n", cell(&skipped.reason));
            }
        }
        out
    }
}

impl SkippedRows {
    fn line(&self) -> String {
        let first: Vec<String> = self.lines.iter().take(5).map(u64::to_string).collect();
        let more = if self.count > first.len() as u64 { ", ..." } else { "" };
        format!("skipped {}: {} (line {}{more})", self.count, self.reason, first.join(", "))
    }
}

/// Reasons name columns of somebody's table: what spreadsheets would take for a formula gets a quote in front.
fn cell(text: &str) -> String {
    let guard = if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { "'" } else { "" };
    format!("\"{guard}{}\"", text.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_kept_up_to_a_hundred_of_each_reason() {
        let mut report = Report::default();
        (1..=150).for_each(|line| report.skip("too long", line));
        report.skip("=cmd()", 7);
        assert_eq!((report.read, report.skipped_rows()), (151, 151));
        assert_eq!((report.skipped[0].count, report.skipped[0].lines.len()), (150, 100));
        assert_eq!(report.lines()[1], "skipped 1: =cmd() (line 7)");
        assert_eq!(report.lines()[0], "skipped 150: too long (line 1, 2, 3, 4, 5, ...)");
        let csv = report.csv();
        assert!(csv.contains("skipped,\"'=cmd()\",1,7\r\n"), "{csv}");
        assert_eq!(csv.lines().count(), 1 + 3 + 101 + 2);
    }

    #[test]
    fn reasons_are_bounded() {
        let mut report = Report::default();
        (0..1_000).for_each(|n| report.skip(&format!("reason {n}"), n));
        assert_eq!((report.skipped.len(), report.skipped_rows()), (201, 1_000));
    }
}
