//! The signs a text file is written in: UTF-8, UTF-16 of both orders, and GB18030 as Chinese spreadsheets save it. Decoded as it is
//! read.

use std::io::{self, Read};

/// Looked at from the first byte on that is not ASCII.
const SAMPLE: usize = 256 << 10;
const CHUNK: usize = 32 << 10;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    Utf8,
    Utf16Le,
    Utf16Be,
    Gb18030,
}

impl Encoding {
    pub fn name(self) -> &'static str {
        match self {
            Self::Utf8 => "utf-8",
            Self::Utf16Le => "utf-16le",
            Self::Utf16Be => "utf-16be",
            Self::Gb18030 => "gb18030",
        }
    }

    /// Of a file, from where it stands. Plain ASCII of any length is looked past.
    pub fn sniff(read: &mut dyn Read) -> io::Result<Self> {
        let mut bytes = vec![0; CHUNK];
        let mut first = true;
        loop {
            let len = fill(read, &mut bytes)?;
            let chunk = bytes.get(..len).unwrap_or_default();
            let telling = chunk.iter().position(|byte| !byte.is_ascii() || *byte == 0);
            if first && (chunk.starts_with(b"\xff\xfe") || chunk.starts_with(b"\xfe\xff") || chunk.contains(&0)) {
                return Ok(Self::of(chunk));
            }
            first = false;
            match telling {
                Some(at) => {
                    let mut sample = chunk.get(at..).unwrap_or_default().to_vec();
                    read.take((SAMPLE - sample.len().min(SAMPLE)) as u64).read_to_end(&mut sample)?;
                    return Ok(Self::of(&sample));
                }
                None if len < bytes.len() => return Ok(Self::Utf8),
                None => {}
            }
        }
    }

    /// Of a piece of text.
    pub fn of(bytes: &[u8]) -> Self {
        match bytes {
            [0xff, 0xfe, ..] => return Self::Utf16Le,
            [0xfe, 0xff, ..] => return Self::Utf16Be,
            [first, 0, third, 0, ..] if *first != 0 && *third != 0 => return Self::Utf16Le,
            [0, second, 0, fourth, ..] if *second != 0 && *fourth != 0 => return Self::Utf16Be,
            _ => {}
        }
        match std::str::from_utf8(bytes) {
            Ok(_) => return Self::Utf8,
            // The piece may end within a sign.
            Err(error) if error.error_len().is_none() => return Self::Utf8,
            Err(_) => {}
        }
        // Damaged UTF-8 is still UTF-8: most of what is not ASCII in it makes sense.
        if errors(encoding_rs::GB18030, bytes) < errors(encoding_rs::UTF_8, bytes) { Self::Gb18030 } else { Self::Utf8 }
    }

    pub(crate) fn decode(self, bytes: &[u8]) -> String {
        self.encoding().decode(bytes).0.into_owned()
    }

    fn encoding(self) -> &'static encoding_rs::Encoding {
        match self {
            Self::Utf8 => encoding_rs::UTF_8,
            Self::Utf16Le => encoding_rs::UTF_16LE,
            Self::Utf16Be => encoding_rs::UTF_16BE,
            Self::Gb18030 => encoding_rs::GB18030,
        }
    }
}

fn errors(encoding: &'static encoding_rs::Encoding, bytes: &[u8]) -> usize {
    let (text, _) = encoding.decode_without_bom_handling(bytes);
    text.chars().filter(|sign| *sign == '\u{fffd}').count()
}

fn fill(read: &mut dyn Read, bytes: &mut [u8]) -> io::Result<usize> {
    let mut len = 0;
    while let Some(rest) = bytes.get_mut(len..).filter(|rest| !rest.is_empty()) {
        match read.read(rest) {
            Ok(0) => break,
            Ok(some) => len += some,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(len)
}

/// A file as UTF-8, without its byte order mark. UTF-8 goes through as it is, so that a damaged row is one damaged row.
pub(crate) struct Decoded<R> {
    read: R,
    decoder: Option<encoding_rs::Decoder>,
    raw: Vec<u8>,
    /// Decoded for whom had no room for a whole sign.
    small: std::collections::VecDeque<u8>,
    /// Bytes of `raw` that wait, from and to.
    waiting: (usize, usize),
    ended: bool,
    begun: bool,
}

impl<R: Read> Decoded<R> {
    pub fn new(read: R, encoding: Encoding) -> Self {
        let decoder = (encoding != Encoding::Utf8).then(|| encoding.encoding().new_decoder_with_bom_removal());
        Self {
            read,
            decoder,
            raw: vec![0; CHUNK],
            small: Default::default(),
            waiting: (0, 0),
            ended: false,
            begun: false,
        }
    }
}

impl<R: Read> Read for Decoded<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        loop {
            if !self.small.is_empty() || out.is_empty() {
                return self.small.read(out);
            }
            let (from, to) = self.waiting;
            if from == to && !self.ended {
                let len = if self.begun {
                    self.read.read(&mut self.raw)?
                } else {
                    fill(&mut self.read, self.raw.get_mut(..3).unwrap_or_default())?
                };
                let mark = !self.begun && self.decoder.is_none() && self.raw.starts_with(b"\xef\xbb\xbf") && len == 3;
                self.begun = true;
                self.ended = len == 0;
                self.waiting = (if mark { len } else { 0 }, len);
                continue;
            }
            let waiting = self.raw.get(from..to).unwrap_or_default();
            let Some(decoder) = &mut self.decoder else {
                let len = waiting.len().min(out.len());
                if let (Some(out), Some(bytes)) = (out.get_mut(..len), waiting.get(..len)) {
                    out.copy_from_slice(bytes);
                }
                self.waiting.0 += len;
                return Ok(len);
            };
            // A sign takes up to four bytes: with less room the decoder would never get on.
            let mut room = [0; 64];
            let is_small = out.len() < room.len();
            let target = if is_small { &mut room[..] } else { &mut *out };
            let (_, read, written, _) = decoder.decode_to_utf8(waiting, target, self.ended);
            if is_small {
                self.small.extend(room.iter().take(written));
            }
            self.waiting.0 += read;
            if written > 0 || self.ended {
                if self.ended {
                    self.decoder = None;
                    self.waiting = (0, 0);
                }
                if is_small && written > 0 {
                    continue;
                }
                return Ok(written);
            }
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn text(bytes: &[u8], chunk: usize) -> (Encoding, String) {
        let encoding = Encoding::sniff(&mut &bytes[..]).unwrap();
        let mut text = String::new();
        let slow = io::BufReader::with_capacity(chunk, bytes);
        io::BufReader::with_capacity(64, Decoded::new(slow, encoding)).read_to_string(&mut text).unwrap();
        (encoding, text)
    }

    fn utf16(text: &str, to: fn(u16) -> [u8; 2]) -> Vec<u8> {
        text.encode_utf16().flat_map(to).collect()
    }

    #[test]
    fn each_is_told_and_read() {
        let said = "时间,内容\n1,你好，世界\n";
        let gb = encoding_rs::GB18030.encode(said).0.into_owned();
        let marked = format!("\u{feff}{said}");
        for (bytes, encoding) in [
            (said.as_bytes().to_vec(), Encoding::Utf8),
            (marked.as_bytes().to_vec(), Encoding::Utf8),
            (utf16(&marked, u16::to_le_bytes), Encoding::Utf16Le),
            (utf16(&marked, u16::to_be_bytes), Encoding::Utf16Be),
            (utf16("id,text\n1,ok\n", u16::to_le_bytes), Encoding::Utf16Le),
            (gb.clone(), Encoding::Gb18030),
            ([vec![b'a'; 100_000], gb].concat(), Encoding::Gb18030),
        ] {
            for chunk in [1, 3, 1_000] {
                let (found, text) = text(&bytes, chunk);
                assert_eq!(found, encoding);
                assert!(text.ends_with(said) || text == "id,text\n1,ok\n", "{encoding:?} {text}");
            }
        }
    }

    #[test]
    fn a_damaged_byte_does_not_make_it_another_encoding() {
        let mut bytes = "时间,内容，你好，世界，".repeat(20).into_bytes();
        bytes[4] = 0xff;
        assert_eq!(Encoding::of(&bytes), Encoding::Utf8);
    }

    proptest! {
        #[test]
        fn any_bytes_come_to_an_end(bytes in proptest::collection::vec(any::<u8>(), 0..300), chunk in 1_usize..50) {
            let encoding = Encoding::sniff(&mut &bytes[..]).unwrap();
            let mut out = Vec::new();
            let slow = io::BufReader::with_capacity(chunk, &bytes[..]);
            io::BufReader::with_capacity(64, Decoded::new(slow, encoding)).read_to_end(&mut out).unwrap();
            prop_assert!(out.len() <= bytes.len() * 3 + 3);
        }
    }
}
