//! CSV with commas, semicolons, tabs or bars. A quote that is never closed costs one row and not the rest of the file.

use super::{Cell, EachRow, MAX_COLUMNS, TableRow};
use crate::recorder::MAX_ROW_BYTES;
use csv_core::{ReadRecordResult, Reader, ReaderBuilder};
use std::io::{self, BufRead, Read};

const TOO_LONG: &str = "longer than 64 KB";
const TOO_WIDE: &str = "more than 256 columns";

pub fn read(text: &mut dyn BufRead, each: EachRow) -> io::Result<()> {
    let mut head = Vec::new();
    (&mut *text).take(MAX_ROW_BYTES as u64).read_to_end(&mut head)?;
    let delimiter = delimiter(&head);
    let text: &mut dyn BufRead = &mut io::Cursor::new(head).chain(text);
    let reader = || -> Reader { ReaderBuilder::new().delimiter(delimiter).build() };
    let mut rows = Rows { text, newlines: 0 };
    let (mut bytes, mut ends) = (vec![0; MAX_ROW_BYTES], [0; MAX_COLUMNS]);
    let mut parser = reader();
    loop {
        rows.skip_ends()?;
        let line = rows.newlines + 1;
        let (mut len, mut columns) = (0, 0);
        let end = loop {
            let input = fill(rows.text)?;
            let (Some(out), Some(out_ends)) = (bytes.get_mut(len..), ends.get_mut(columns..)) else { break None };
            let (end, read, written, ended) = parser.read_record(input, out, out_ends);
            rows.consume(read);
            len += written;
            columns += ended;
            if end != ReadRecordResult::InputEmpty {
                break Some(end);
            }
        };
        let row = match end {
            Some(ReadRecordResult::Record) => cells(&bytes, ends.get(..columns).unwrap_or_default())
                .map(|cells| TableRow { line, cells })
                .map_err(|reason| (line, reason)),
            Some(ReadRecordResult::End) => return Ok(()),
            end => {
                rows.skip_line()?;
                parser = reader();
                let wide = end == Some(ReadRecordResult::OutputEndsFull);
                Err((line, if wide { TOO_WIDE } else { TOO_LONG }))
            }
        };
        if each(row).is_break() {
            return Ok(());
        }
    }
}

struct Rows<'a> {
    text: &'a mut dyn BufRead,
    newlines: u64,
}

impl Rows<'_> {
    fn consume(&mut self, len: usize) {
        let read = self.text.fill_buf().ok().and_then(|input| input.get(..len)).unwrap_or_default();
        self.newlines += memchr::memchr_iter(b'\n', read).count() as u64;
        self.text.consume(len);
    }

    /// Past the ends of lines, so that a row's line is that of its first sign.
    fn skip_ends(&mut self) -> io::Result<()> {
        loop {
            let input = fill(self.text)?;
            let len = input.iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
            if len == 0 {
                return Ok(());
            }
            self.consume(len);
        }
    }

    fn skip_line(&mut self) -> io::Result<()> {
        loop {
            let input = fill(self.text)?;
            if input.is_empty() {
                return Ok(());
            }
            let end = memchr::memchr(b'\n', input);
            let len = end.map_or(input.len(), |end| end + 1);
            self.consume(len);
            if end.is_some() {
                return Ok(());
            }
        }
    }
}

fn fill(text: &mut dyn BufRead) -> io::Result<&[u8]> {
    // What is there is answered again: the first look only waits until something is.
    while let Err(error) = text.fill_buf() {
        if error.kind() != io::ErrorKind::Interrupted {
            return Err(error);
        }
    }
    text.fill_buf()
}

/// What stands most often in the first line.
fn delimiter(head: &[u8]) -> u8 {
    let line = head.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let count = |sign: &u8| line.iter().filter(|byte| *byte == sign).count();
    // Of equals the last is taken.
    [b'|', b';', b'\t', b','].into_iter().max_by_key(count).unwrap_or(b',')
}

fn cells(bytes: &[u8], ends: &[usize]) -> Result<Vec<Cell>, &'static str> {
    let mut from = 0;
    ends.iter()
        .map(|end| {
            let text = std::str::from_utf8(bytes.get(from..*end).unwrap_or_default()).map_err(|_| "not UTF-8")?;
            from = *end;
            Ok(if text.is_empty() { Cell::Empty } else { Cell::Text(text.to_owned()) })
        })
        .collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::ops::ControlFlow;

    fn rows(text: &[u8], chunk: usize) -> Vec<String> {
        let mut rows = Vec::new();
        read(&mut io::BufReader::with_capacity(chunk, text), &mut |row| {
            rows.push(match row {
                Ok(row) => format!("{} {}", row.line, row.texts().collect::<Vec<_>>().join("|")),
                Err((line, reason)) => format!("{line} skipped: {reason}"),
            });
            ControlFlow::Continue(())
        })
        .unwrap();
        rows
    }

    #[test]
    fn rows_have_their_lines() {
        let text = "a,b\r\n\r\n1,\"x\n\"\"y\"\"\"\r\n2,\n3";
        for chunk in [1, 2, 100] {
            assert_eq!(rows(text.as_bytes(), chunk), ["1 a|b", "3 1|x\n\"y\"", "5 2|", "6 3"]);
        }
        assert_eq!(rows(b"a;b,c;d\n1;2;3\n", 100)[1], "2 1|2|3");
        assert_eq!(rows(b"a\tb\n1\t2\n", 100)[1], "2 1|2");
        assert!(rows(b"", 10).is_empty());
    }

    #[test]
    fn a_quote_left_open_costs_one_row() {
        let rest = "3,4\n".repeat(40_000);
        let text = format!("a,b\n1,\"open\n{rest}");
        let found = rows(text.as_bytes(), 4_096);
        assert_eq!(found[1], "2 skipped: longer than 64 KB");
        assert!(found.len() > 20_000, "{}", found.len());
        let wide = format!("a\n{}\n1\n", ",".repeat(300));
        assert_eq!(rows(wide.as_bytes(), 4_096)[1..], ["2 skipped: more than 256 columns", "3 1"]);
    }

    #[test]
    fn a_line_without_end_costs_no_memory() {
        let mut endless = io::BufReader::new(io::Read::take(io::repeat(b'y'), 50 << 20));
        let mut count = 0;
        read(&mut endless, &mut |_| {
            count += 1;
            ControlFlow::Continue(())
        })
        .unwrap();
        assert_eq!(count, 1);
    }

    proptest! {
        #[test]
        fn any_bytes_are_answered_alike_in_any_pieces(text in "[a-c\",;\n\r\t]{0,80}", chunk in 1_usize..20) {
            prop_assert_eq!(rows(text.as_bytes(), chunk), rows(text.as_bytes(), 1_000));
        }
    }
}
