//! The archive as other tools read it: one file per format, one line in [`FORMATS`].

mod ass;
mod csv;
mod json;
mod xlsx;
mod xml;

pub use json::DanmakuBody;

use super::store::Danmaku;
use events::{BroadcastId, Millis};

/// A file format of the archive.
pub struct Format {
    /// As `format=` names it; also the file's ending.
    pub name: &'static str,
    pub content_type: &'static str,
    pub make: fn(&Show) -> Box<dyn Writer>,
}

/// Every format. The first one is what is answered when none is asked for.
pub const FORMATS: &[&Format] = &[&json::FORMAT, &xml::FORMAT, &csv::FORMAT, &xlsx::FORMAT, &ass::FORMAT];

pub fn format(name: &str) -> Option<&'static Format> {
    FORMATS.iter().find(|format| format.name == name).copied()
}

/// Whose danmaku they are.
#[derive(Debug, Clone)]
pub struct Show {
    pub id: BroadcastId,
    pub title: String,
    pub started_at: Millis,
}

/// Writes one file: `begin`, every row in log order, `finish`. What is ready is appended to `out`.
pub trait Writer: Send {
    fn begin(&mut self, out: &mut Vec<u8>) -> anyhow::Result<()>;
    fn row(&mut self, danmaku: &Danmaku, out: &mut Vec<u8>) -> anyhow::Result<()>;
    /// May take a while: called where blocking is allowed.
    fn finish(&mut self, out: &mut Vec<u8>) -> anyhow::Result<()>;
}

/// Stands for what was erased, in tables for people.
const ERASED: &str = "[已抹除 erased]";

/// Milliseconds from the show's beginning: what the recording says, or what the clocks say.
pub fn offset_ms(danmaku: &Danmaku, started_at: Millis) -> i64 {
    danmaku.sent.offset_ms.unwrap_or_else(|| danmaku.occurred_at.since(started_at))
}

/// `[-]h:mm:ss.mmm` from the show's beginning.
fn clock(offset_ms: i64) -> String {
    let sign = if offset_ms < 0 { "-" } else { "" };
    let ms = offset_ms.unsigned_abs();
    format!("{sign}{}:{:02}:{:02}.{:03}", ms / 3_600_000, ms / 60_000 % 60, ms / 1_000 % 60, ms % 1_000)
}

/// What the tables of CSV and XLSX have in their columns.
const COLUMNS: [&str; 9] = ["position", "time", "offset", "viewer", "nick", "text", "mode", "color", "source"];

/// The text as a table for people shows it.
fn text(danmaku: &Danmaku) -> &str {
    if danmaku.erased { ERASED } else { &danmaku.sent.text }
}

#[cfg(test)]
mod tests {
    use super::*;
    use events::{DanmakuSent, RoomId, Source};

    pub fn danmaku(text: &str, offset_ms: i64) -> Danmaku {
        let sent = DanmakuSent { offset_ms: Some(offset_ms), ..DanmakuSent::plain(text) };
        Danmaku {
            position: 9,
            room: RoomId::new(),
            broadcast: None,
            occurred_at: Millis(1_607_630_590_000),
            viewer: "0ea1ff82a155".parse().expect("a viewer id"),
            source: Source::Import,
            key: None,
            erased: false,
            sent,
        }
    }

    pub fn file(format: &Format, rows: &[Danmaku]) -> Vec<u8> {
        let show = Show { id: BroadcastId::new(), title: "a show".into(), started_at: Millis(1_607_630_000_000) };
        let mut writer = (format.make)(&show);
        let mut out = Vec::new();
        writer.begin(&mut out).expect("a beginning");
        rows.iter().for_each(|row| writer.row(row, &mut out).expect("a row"));
        writer.finish(&mut out).expect("an end");
        out
    }

    /// What every format has to stand: nothing at all, and the worst that people type.
    #[test]
    fn every_format_takes_every_text() {
        let hostile = [
            "",
            " ",
            "=1+1",
            "</d><script>",
            "{\\p1}m 0 0",
            "\\N",
            "a,b\"c\nd\r\te",
            "\u{0}\u{1}\u{b}\u{fffe}\u{ffff}",
            "]]>",
            "弹幕🎉👨‍👩‍👧",
            "\u{202e}abc",
            "{",
            "}",
            "\\",
        ];
        let long = "长".repeat(40_000);
        let rows: Vec<Danmaku> = hostile
            .iter()
            .copied()
            .chain([long.as_str()])
            .zip([i64::MIN, -1, 0, 1, 999, 61_005, 3_600_000, i64::MAX, 5, 5, 5, 5, 5, 5, 5])
            .map(|(text, at)| danmaku(text, at))
            .collect();
        for format in FORMATS {
            assert!(!file(format, &[]).is_empty(), "{}", format.name);
            assert!(file(format, &rows).len() > 100, "{}", format.name);
            assert_eq!(super::format(format.name).map(|found| found.name), Some(format.name));
        }
    }

    #[test]
    fn clocks_are_read_by_people() {
        assert_eq!((clock(0), clock(61_005), clock(-3_600_001)).0, "0:00:00.000");
        assert_eq!(clock(61_005), "0:01:01.005");
        assert_eq!(clock(-3_600_001), "-1:00:00.001");
    }
}
