//! The recorders' XML: the format of Bilibili's `comment.xml`, which recorders write and players of recordings read.

use super::{Format, Writer, offset_ms};
use crate::danmaku::store::Danmaku;
use events::{BroadcastId, Millis};
use std::fmt::Write as _;

pub const FORMAT: Format = Format {
    name: "xml",
    content_type: "application/xml; charset=utf-8",
    make: |show| Box::new(Xml { id: show.id, started_at: show.started_at }),
};

struct Xml {
    id: BroadcastId,
    started_at: Millis,
}

impl Writer for Xml {
    fn begin(&mut self, out: &mut Vec<u8>) -> anyhow::Result<()> {
        let head = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<i>\n<chatserver>kaibo</chatserver>\n";
        out.extend_from_slice(format!("{head}<chatid>{}</chatid>\n", self.id).as_bytes());
        Ok(())
    }

    fn row(&mut self, danmaku: &Danmaku, out: &mut Vec<u8>) -> anyhow::Result<()> {
        let mut text = String::new();
        row(&mut text, danmaku, self.started_at)?;
        out.extend_from_slice(text.as_bytes());
        Ok(())
    }

    fn finish(&mut self, out: &mut Vec<u8>) -> anyhow::Result<()> {
        out.extend_from_slice(b"</i>\n");
        Ok(())
    }
}

/// `<d p="seconds,mode,size,color,unix_ts,pool,user,row">text</d>`: seconds from the show's beginning, negative before air.
fn row(out: &mut String, danmaku: &Danmaku, started_at: Millis) -> std::fmt::Result {
    let offset_ms = offset_ms(danmaku, started_at);
    let sign = if offset_ms < 0 { "-" } else { "" };
    let whole = offset_ms.unsigned_abs();
    let sent = &danmaku.sent;
    write!(
        out,
        "<d p=\"{sign}{}.{:03},{},{},{},{},0,",
        whole / 1000,
        whole % 1000,
        sent.mode,
        sent.size,
        sent.color,
        danmaku.occurred_at.0.div_euclid(1000),
    )?;
    escape(out, danmaku.viewer.as_str());
    write!(out, ",{}\">", danmaku.position)?;
    escape(out, &sent.text);
    out.push_str("</d>\n");
    Ok(())
}

/// Escapes text for XML 1.0; characters XML cannot carry at all become U+FFFD.
fn escape(out: &mut String, text: &str) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\t' | '\n' | '\r' => {
                let _ = write!(out, "&#{};", c as u32);
            }
            '\u{0}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::danmaku;
    use super::*;

    #[track_caller]
    fn check(text: &str, offset_ms: i64, expected: &str) {
        let mut out = String::new();
        row(&mut out, &danmaku(text, offset_ms), Millis(0)).expect("room in a string");
        assert_eq!(out.trim_end(), expected);
    }

    #[test]
    fn rows_are_as_recorders_write_them() {
        check("嚯", -56_820_474, r#"<d p="-56820.474,1,25,16777215,1607630590,0,0ea1ff82a155,9">嚯</d>"#);
        check("好", 61_005, r#"<d p="61.005,1,25,16777215,1607630590,0,0ea1ff82a155,9">好</d>"#);
    }

    #[test]
    fn text_cannot_break_out() {
        check(
            "</d><x a=\"&\">\u{0}",
            0,
            "<d p=\"0.000,1,25,16777215,1607630590,0,0ea1ff82a155,9\">&lt;/d&gt;&lt;x a=&quot;&amp;&quot;&gt;\u{fffd}</d>",
        );
    }
}
