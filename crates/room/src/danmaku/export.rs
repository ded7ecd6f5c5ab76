//! The archive as other tools read it.

use super::store::Danmaku;
use events::Millis;
use std::fmt::Write;

/// The opening of the recorders' XML (the format of Bilibili's `comment.xml`, which recorders write).
pub fn xml_head(broadcast: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<i>\n<chatserver>kaibo</chatserver>\n<chatid>{broadcast}</chatid>\n"
    )
}

pub const XML_TAIL: &str = "</i>\n";

/// `<d p="seconds,mode,size,color,unix_ts,pool,user,row">text</d>`: seconds from the show's beginning, negative before air.
pub fn xml_row(out: &mut String, danmaku: &Danmaku, started_at: Millis) {
    let offset_ms = offset_ms(danmaku, started_at);
    let sign = if offset_ms < 0 { "-" } else { "" };
    let whole = offset_ms.unsigned_abs();
    let sent = &danmaku.sent;
    // Writing to a string cannot fail.
    let _ = write!(
        out,
        "<d p=\"{sign}{}.{:03},{},{},{},{},0,",
        whole / 1000,
        whole % 1000,
        sent.mode,
        sent.size,
        sent.color,
        danmaku.occurred_at.0.div_euclid(1000),
    );
    escape(out, danmaku.viewer.as_str());
    let _ = write!(out, ",{}\">", danmaku.position);
    escape(out, &sent.text);
    out.push_str("</d>\n");
}

/// Milliseconds from the show's beginning: what the recording says, or what the clocks say.
pub fn offset_ms(danmaku: &Danmaku, started_at: Millis) -> i64 {
    danmaku.sent.offset_ms.unwrap_or_else(|| danmaku.occurred_at.since(started_at))
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
    use super::*;
    use events::{DanmakuSent, RoomId, Source};

    fn danmaku(text: &str, offset_ms: i64) -> Danmaku {
        let sent = DanmakuSent { offset_ms: Some(offset_ms), ..DanmakuSent::plain(text) };
        let viewer = "0ea1ff82a155".parse().expect("a viewer id");
        Danmaku {
            position: 9,
            room: RoomId::new(),
            broadcast: None,
            occurred_at: Millis(1_607_630_590_000),
            viewer,
            source: Source::Import,
            key: None,
            sent,
        }
    }

    #[track_caller]
    fn check(text: &str, offset_ms: i64, expected: &str) {
        let mut out = String::new();
        xml_row(&mut out, &danmaku(text, offset_ms), Millis(0));
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
