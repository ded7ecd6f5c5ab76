//! NDJSON of room events: `{"ts_ms", "kind", "user", ...}` a line, fields as [`ImportRow`] has them.

use super::{Item, MAX_ROW_BYTES, row_id};
use crate::import::ImportRow;
use serde::Deserialize;
use std::io::{self, BufRead};

/// The rows of an NDJSON recording.
pub struct Ndjson<R> {
    read: R,
    line: u64,
    bytes: Vec<u8>,
}

impl<R: BufRead> Ndjson<R> {
    pub fn new(read: R) -> Self {
        Self { read, line: 0, bytes: Vec::new() }
    }

    /// Reads a line into `bytes`, keeping a little more of it than may be used; false at the end.
    fn read_line(&mut self) -> io::Result<bool> {
        self.bytes.clear();
        let mut any = false;
        loop {
            let chunk = match self.read.fill_buf() {
                Ok(chunk) => chunk,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            };
            if chunk.is_empty() {
                return Ok(any);
            }
            any = true;
            let end = memchr::memchr(b'\n', chunk);
            let (part, used) = match end.and_then(|end| chunk.get(..end)) {
                Some(part) => (part, part.len() + 1),
                None => (chunk, chunk.len()),
            };
            let room = (MAX_ROW_BYTES + 1).saturating_sub(self.bytes.len()).min(part.len());
            self.bytes.extend(part.iter().take(room));
            self.read.consume(used);
            if end.is_some() {
                return Ok(true);
            }
        }
    }
}

impl<R: BufRead> Iterator for Ndjson<R> {
    type Item = io::Result<Item>;

    fn next(&mut self) -> Option<io::Result<Item>> {
        loop {
            match self.read_line() {
                Ok(true) => self.line += 1,
                Ok(false) => return None,
                Err(error) => return Some(Err(error)),
            }
            let bytes = self.bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&self.bytes).trim_ascii();
            if !bytes.is_empty() {
                return Some(Ok(item(bytes, self.line)));
            }
        }
    }
}

fn item(bytes: &[u8], line: u64) -> Item {
    if bytes.len() > MAX_ROW_BYTES {
        return Item::Skipped("longer than 64 KB");
    }
    let mut row: serde_json::Map<String, serde_json::Value> = match serde_json::from_slice(bytes) {
        Ok(row) => row,
        Err(_) => return Item::Skipped("not a JSON object"),
    };
    if !row.contains_key("kind") {
        return Item::Skipped("without a kind");
    }
    row.insert("id".to_owned(), row_id('n', line, bytes).into());
    match ImportRow::deserialize(serde_json::Value::Object(row)) {
        Ok(row) => Item::Row(Box::new(row)),
        Err(_) => Item::Skipped("of an unknown kind, or with a field missing or of the wrong type"),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::import::RowKind;
    use events::{Coin, Millis};

    fn items(text: &str) -> Vec<Item> {
        Ndjson::new(io::BufReader::with_capacity(7, text.as_bytes())).map(Result::unwrap).collect()
    }

    #[test]
    fn lines_become_rows() {
        let items = items(concat!(
            "\u{feff}{\"ts_ms\":1640693582000,\"kind\":\"enter\",\"user\":\"u5e\",\"fan_level\":null}\n",
            "\n",
            "{\"ts_ms\":1640693596000,\"kind\":\"gift\",\"user\":\"u\",\"gift\":\"铃铛\",\"gift_id\":31175,\"num\":1,\"price_milli\":1000,\"coin_type\":\"gold\",\"order_id\":\"16\"}\r\n",
            "{\"ts_ms\":1,\"kind\":\"gift_combo\",\"user\":\"u\",\"gift\":\"x\",\"num\":2,\"total_milli\":200}",
        ));
        let rows: Vec<_> = items
            .iter()
            .map(|item| match item {
                Item::Row(row) => row,
                Item::Skipped(reason) => panic!("{reason}"),
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
        assert!(rows[1].id.starts_with("n3-"), "{}", rows[1].id);
    }

    #[test]
    fn bad_lines_are_counted() {
        let long = format!("{{\"kind\":\"{}\"}}", "x".repeat(MAX_ROW_BYTES));
        let text = format!(
            "nope\n[1]\n{{\"ts_ms\":1}}\n{{\"ts_ms\":1,\"kind\":\"teleport\"}}\n{{\"kind\":\"enter\"}}\n{long}\n{{\"ts_ms\":1,\"kind\":\"share\"}}\n"
        );
        let items = items(&text);
        let rows = items.iter().filter(|item| matches!(item, Item::Row(_))).count();
        assert_eq!((items.len(), rows), (7, 1));
    }
}
