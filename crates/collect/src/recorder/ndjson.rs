//! NDJSON of room events: `{"ts_ms", "kind", "user", ...}` a line, fields as [`ImportRow`] has them.

use super::{Each, Format, Item, MAX_ROW_BYTES, Reader, jsonl, lines::Lines, row_id};
use crate::import::ImportRow;
use events::Millis;
use serde::Deserialize;
use serde_json::{Map, Value};
use std::io::{self, BufRead};

pub const FORMAT: Format = Format {
    name: "ndjson",
    looks_like: |glance| jsonl::first(&glance.text).is_some_and(|row| row.contains_key("kind") && is_timed(&row)),
    read: Reader::Text(read),
};

fn is_timed(row: &Map<String, Value>) -> bool {
    row.contains_key("ts_ms") || row.contains_key("occurred_at")
}

fn read(text: &mut dyn BufRead, _: Option<Millis>, each: Each) -> io::Result<()> {
    let mut lines = Lines::new(text);
    while let Some((line, bytes)) = lines.next()? {
        if each(Item::new(line, row(bytes, line))).is_break() {
            break;
        }
    }
    Ok(())
}

fn row(bytes: &[u8], line: u64) -> Result<ImportRow, &'static str> {
    if bytes.len() > MAX_ROW_BYTES {
        return Err("longer than 64 KB");
    }
    let mut row: Map<String, Value> = serde_json::from_slice(bytes).map_err(|_| "not a JSON object")?;
    if !row.contains_key("kind") {
        return Err("without a kind");
    }
    row.insert("id".to_owned(), row_id('n', line, bytes).into());
    ImportRow::deserialize(Value::Object(row))
        .map_err(|_| "of an unknown kind, or with a field missing or of the wrong type")
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::{import::RowKind, recorder::What};
    use events::Coin;
    use std::ops::ControlFlow;

    fn items(text: &str) -> Vec<Item> {
        let mut items = Vec::new();
        read(&mut io::BufReader::with_capacity(7, text.as_bytes()), None, &mut |item| {
            items.push(item);
            ControlFlow::Continue(())
        })
        .unwrap();
        items
    }

    #[test]
    fn lines_become_rows() {
        let items = items(concat!(
            "{\"ts_ms\":1640693582000,\"kind\":\"enter\",\"user\":\"u5e\",\"fan_level\":null}\n",
            "\n",
            "{\"ts_ms\":1640693596000,\"kind\":\"gift\",\"user\":\"u\",\"gift\":\"铃铛\",\"gift_id\":31175,\"num\":1,\"price_milli\":1000,\"coin_type\":\"gold\",\"order_id\":\"16\"}\r\n",
            "{\"ts_ms\":1,\"kind\":\"gift_combo\",\"user\":\"u\",\"gift\":\"x\",\"num\":2,\"total_milli\":200}",
        ));
        let rows: Vec<_> = items
            .iter()
            .map(|item| match &item.what {
                What::Row(row) => row,
                other => panic!("{other:?}"),
            })
            .collect();
        assert_eq!(
            rows.iter().map(|row| row.kind).collect::<Vec<_>>(),
            [RowKind::Enter, RowKind::Gift, RowKind::GiftCombo]
        );
        assert_eq!(rows[0].occurred_at, Millis(1_640_693_582_000));
        assert_eq!(
            (rows[1].coin, rows[1].price_milli, rows[1].gift.as_deref()),
            (Some(Coin::Gold), Some(1_000), Some("铃铛"))
        );
        assert!(rows[1].id.starts_with("n3-") && items[1].line == 3, "{}", rows[1].id);
    }

    #[test]
    fn bad_lines_are_counted() {
        let long = format!("{{\"kind\":\"{}\"}}", "x".repeat(MAX_ROW_BYTES));
        let text = format!(
            "nope\n[1]\n{{\"ts_ms\":1}}\n{{\"ts_ms\":1,\"kind\":\"teleport\"}}\n{{\"kind\":\"enter\"}}\n{long}\n{{\"ts_ms\":1,\"kind\":\"share\"}}\n"
        );
        let items = items(&text);
        let rows = items.iter().filter(|item| matches!(item.what, What::Row(_))).count();
        assert_eq!((items.len(), rows), (7, 1));
    }
}
