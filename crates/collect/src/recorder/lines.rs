//! A text file by its lines, of which never more than may be used is kept.

use super::MAX_ROW_BYTES;
use std::io::{self, BufRead};

pub(crate) struct Lines<R> {
    read: R,
    number: u64,
    bytes: Vec<u8>,
}

impl<R: BufRead> Lines<R> {
    pub fn new(read: R) -> Self {
        Self { read, number: 0, bytes: Vec::new() }
    }

    /// The next line that says something, with its number from 1. One that is too long comes a byte longer than it may be.
    pub fn next(&mut self) -> io::Result<Option<(u64, &[u8])>> {
        while self.fill()? {
            self.number += 1;
            if !self.bytes.trim_ascii().is_empty() {
                return Ok(Some((self.number, self.bytes.trim_ascii())));
            }
        }
        Ok(None)
    }

    /// Reads a line into `bytes`; false at the end.
    fn fill(&mut self) -> io::Result<bool> {
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
