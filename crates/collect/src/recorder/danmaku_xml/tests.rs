//! What recorders write, and what nobody should.

use super::*;
use crate::recorder::{What, survey};
use proptest::prelude::*;

/// In pieces of `chunk` bytes, since rows lie across the pieces a file is read in.
fn items(text: &[u8], chunk: usize) -> Vec<Item> {
    DanmakuXml::new(io::BufReader::with_capacity(chunk, text), None).map(Result::unwrap).collect()
}

fn shown(text: &str) -> Vec<String> {
    let shown = |item: &Item| match &item.what {
        What::Row(row) => format!("{} {} {}", row.offset_ms.unwrap(), row.occurred_at.0, row.text.as_deref().unwrap()),
        What::Skipped(reason) => format!("skipped: {reason}"),
        other => panic!("{other:?}"),
    };
    let whole: Vec<_> = items(text.as_bytes(), 1 << 20).iter().map(shown).collect();
    for chunk in [1, 2, 3, 7, 64] {
        assert_eq!(items(text.as_bytes(), chunk).iter().map(shown).collect::<Vec<_>>(), whole, "in pieces of {chunk}");
    }
    whole
}

#[test]
fn a_row_is_read() {
    let text = r#"<?xml version="1.0"?><i><d p="-56820.474,5,18,16711680,1607630590,0,a370d76e1d93,7" user="Li">嚯 &lt;3 &#20320;&#x597D; &amp;amp;</d></i>"#;
    let items = items(text.as_bytes(), 5);
    let [Item { what: What::Row(row), line: 1 }] = items.as_slice() else { panic!("{items:?}") };
    assert_eq!(row.text.as_deref(), Some("嚯 <3 你好 &amp;"));
    assert_eq!((row.mode, row.size, row.color), (Some(5), Some(18), Some(0xff_0000)));
    assert_eq!((row.user.as_deref(), row.nick.as_deref()), (Some("a370d76e1d93"), Some("Li")));
    assert_eq!((row.offset_ms, row.occurred_at), (Some(-56_820_474), Millis(1_607_630_590_000)));
    assert!(row.id.starts_with("d1-"));
}

#[test]
fn messy_rows_are_read_or_counted() {
    let p = "1,1,25,0,1600000000,0,u,0";
    let text = format!(
        "<i><!-- <d p=\"{p}\">not this</d> -> --><data>7</data><d p='{p}'>A & B &unknown; < c</d>\n\
         <d p=\"{p}\"/><d p=\"{p}\"></d><d>no p</d><d p=\"x\">bad</d><d p=\"1,1,25,0\">short</d>\
         <d p=\"NaN,1,25,0,1600000000\">nan</d><d p=\"1e300,1,25,0,1600000000\">far</d><d p=\"1,300,25,0,1600000000\">mode</d>\
         <d p=\"{p}\">open <d p=\"{p}\">next</d><d p=\"1,<d p=\"{p}\"><![CDATA[a </d> & b]]></d><d p=\"1,1,25,0,1600000000123\">ms</d>\
         <d p=\"{p}\">cut off"
    );
    assert_eq!(
        shown(&text),
        [
            "1000 1600000000000 A & B &unknown; < c",
            "1000 1600000000000 ",
            "1000 1600000000000 ",
            "skipped: without `p`",
            "skipped: `p` without seconds",
            "skipped: `p` without time",
            "skipped: seconds out of range",
            "skipped: seconds out of range",
            "skipped: mode out of range",
            "skipped: not closed",
            "1000 1600000000000 next",
            "skipped: not closed",
            "1000 1600000000000 a </d> & b",
            "1000 1600000000123 ms",
            "skipped: not closed",
        ]
    );
}

#[test]
fn rows_without_end_cost_no_memory_and_no_time() {
    let p = "1,1,25,0,1600000000,0,u,0";
    for endless in ["<d p=\"", "<!-- ", "<", "x", "<d ", &format!("<d p=\"{p}\">")] {
        let text = io::Read::chain(endless.as_bytes(), io::Read::take(io::repeat(b'y'), 5 << 20));
        let mut rows = DanmakuXml::new(io::BufReader::new(text), None);
        while rows.next().is_some() {
            assert!(rows.buffer.len() <= 4 * CHUNK);
        }
        assert!(rows.buffer.capacity() <= 8 * CHUNK, "{endless}: {}", rows.buffer.capacity());
    }
    for many in ["<d ", "<d >", "<d p=>", "<d p=\"", "<d p=\"'", "<!-", "<![CDATA[", "<d><![CDATA["] {
        let text = many.repeat(1_000_000);
        assert!(items(text.as_bytes(), CHUNK).len() <= 1_000_000);
    }
}

#[test]
fn the_show_began_where_most_rows_say() {
    let mut text = "<i>".to_owned();
    for second in 0..100 {
        let late = if second % 10 == 0 { 3_600 } else { 0 };
        text += &format!("<d p=\"{second}.5,1,25,0,{},0,u,{second}\">t</d>", 1_600_000_000 + second + late);
    }
    text += "<d p=\"-3,1,25,0,1599999997,0,u,x\">early</d></i>";
    let survey = survey(&mut io::Cursor::new(text.as_bytes()), None, None).unwrap();
    assert_eq!((survey.rows, survey.before_air), (101, 1));
    assert_eq!(survey.started_at, Millis(1_599_999_999_500));
    let rows: Vec<_> = DanmakuXml::new(text.as_bytes(), Some(survey.started_at)).map(Result::unwrap).collect();
    assert!(
        matches!(&rows[10].what, What::Row(row) if row.occurred_at == Millis(1_600_000_010_000)),
        "by the show's clock"
    );
}

#[test]
fn rows_have_their_lines_in_any_pieces() {
    let p = "1,1,25,0,1600000000,0,u,0";
    let text = format!(
        "<i>\n<!-- a\nlong\ncomment -->\n<d p=\"{p}\">a\nb</d>\n\n<d>x</d>\n<d p=\"{p}\">open\n<d p=\"{p}\">c</d>"
    );
    for chunk in [1, 2, 5, 1_000] {
        let lines: Vec<u64> = items(text.as_bytes(), chunk).iter().map(|item| item.line).collect();
        assert_eq!(lines, [5, 8, 9, 10], "in pieces of {chunk}");
    }
}

proptest! {
    #[test]
    fn any_bytes_are_answered_alike_in_any_pieces(
        pieces in proptest::collection::vec(
            prop_oneof![
                Just("<d "), Just("<d p=\""), Just("1,1,25,0,1600000000,0,u,0"), Just("\">"), Just("</d>"), Just("<!--"), Just("-->"),
                Just("->"), Just("<![CDATA["), Just("]]>"), Just("/>"), Just("&lt;"), Just("&#x"), Just("'"), Just("text"), Just("\u{fffd}"),
            ],
            0..60,
        ),
        chunk in 1_usize..40,
    ) {
        let text = pieces.concat();
        prop_assert_eq!(items(text.as_bytes(), chunk), items(text.as_bytes(), 4_096));
    }
}
