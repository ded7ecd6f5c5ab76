//! CSV (RFC 4180) with a byte order mark, so that spreadsheets read the Chinese in it.

use super::{COLUMNS, Format, Writer, clock, offset_ms, text};
use crate::danmaku::store::Danmaku;
use events::{Millis, Timestamp};

pub const FORMAT: Format = Format {
    name: "csv",
    content_type: "text/csv; charset=utf-8",
    make: |show| Box::new(Csv { started_at: show.started_at }),
};

struct Csv {
    started_at: Millis,
}

impl Writer for Csv {
    fn begin(&mut self, out: &mut Vec<u8>) -> anyhow::Result<()> {
        out.extend_from_slice("\u{feff}".as_bytes());
        line(out, &COLUMNS);
        Ok(())
    }

    fn row(&mut self, danmaku: &Danmaku, out: &mut Vec<u8>) -> anyhow::Result<()> {
        let sent = &danmaku.sent;
        let (position, mode) = (danmaku.position.to_string(), sent.mode.to_string());
        let (at, offset) = (Timestamp(danmaku.occurred_at).to_string(), clock(offset_ms(danmaku, self.started_at)));
        let (color, source) = (format!("{:06X}", sent.color), source(danmaku));
        let nick = sent.nick.as_deref().unwrap_or_default();
        let viewer = danmaku.viewer.as_str();
        line(out, &[&position, &at, &offset, viewer, nick, text(danmaku), &mode, &color, source]);
        Ok(())
    }

    fn finish(&mut self, _: &mut Vec<u8>) -> anyhow::Result<()> {
        Ok(())
    }
}

pub fn source(danmaku: &Danmaku) -> &'static str {
    if danmaku.source == events::Source::Import { "import" } else { "viewer" }
}

fn line(out: &mut Vec<u8>, cells: &[&str]) {
    for (n, cell) in cells.iter().enumerate() {
        out.extend_from_slice(if n == 0 { b"" } else { b"," });
        self::cell(out, cell);
    }
    out.extend_from_slice(b"\r\n");
}

/// What spreadsheets would take for a formula is told apart by a quote in front, as OWASP's page on CSV injection advises.
fn cell(out: &mut Vec<u8>, text: &str) {
    let formula = text.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let quoted = formula || text.contains(['"', ',', '\n', '\r']) || text.starts_with(' ') || text.ends_with(' ');
    if !quoted {
        return out.extend_from_slice(text.as_bytes());
    }
    out.push(b'"');
    if formula {
        out.push(b'\'');
    }
    out.extend_from_slice(text.replace('"', "\"\"").as_bytes());
    out.push(b'"');
}

#[cfg(test)]
mod tests {
    use super::super::tests::{danmaku, file};
    use super::*;

    #[test]
    fn cells_are_quoted_where_they_have_to_be_and_never_formulas() {
        let text = |text: &str| {
            let mut out = Vec::new();
            cell(&mut out, text);
            String::from_utf8(out).expect("text")
        };
        assert_eq!(text("好看"), "好看");
        assert_eq!(text("a,\"b\""), "\"a,\"\"b\"\"\"");
        assert_eq!(text("=HYPERLINK(1)"), "\"'=HYPERLINK(1)\"");
        assert_eq!(text("-1+1"), "\"'-1+1\"");
    }

    #[test]
    fn a_row_says_when_who_and_what() {
        let out = String::from_utf8(file(&FORMAT, &[danmaku("哈哈", 61_005)])).expect("text");
        let lines: Vec<&str> = out.lines().collect();
        assert_eq!(lines[0], "\u{feff}position,time,offset,viewer,nick,text,mode,color,source");
        assert_eq!(lines[1], "9,2020-12-10T20:03:10.000Z,0:01:01.005,0ea1ff82a155,,哈哈,1,FFFFFF,import");
    }
}
