//! Playlists in gzip (RFC 1951, 1952): compressed once for all viewers, with a place for each one's token. Pure.
//!
//! The first token stands in a stored block, all others refer back to it. So what comes before and behind that block is the
//! same for all tokens of a length; for a viewer it is copied, and the checksum counted.

use flate2::Crc;

const HEAD: [u8; 10] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff];
/// Of one match.
const SHORTEST: usize = 4;
const LONGEST: usize = 258;
const FARTHEST: usize = 32 << 10;
/// Earlier places that are compared for one match.
const TRIES: usize = 8;
/// A token's characters, told apart from all others: the n-th is this and n.
const TOKEN: u16 = 256;
const END: u16 = 256;

/// A playlist without its tokens, compressed for tokens of one length.
#[derive(Debug)]
pub(super) struct Zipped {
    before: Vec<u8>,
    after: Vec<u8>,
}

impl Zipped {
    /// `None` when tokens of this length, or none at all, cannot be put in.
    pub fn new(text: &str, holes: &[usize], token: usize) -> Option<Self> {
        if holes.is_empty() || !(SHORTEST..=LONGEST).contains(&token) {
            return None;
        }
        let codes = expanded(text, holes, token);
        let mut seen = Seen::new(codes.len());
        let mut bits = Bits { out: HEAD.to_vec(), ..Bits::default() };
        let mut before = None;
        let mut last_hole = 0;
        bits.put(0b010, 3);
        let mut at = 0;
        while let Some(&code) = codes.get(at) {
            let length = if code == TOKEN && before.is_none() {
                bits.literal(END);
                bits.put(0b000, 3);
                bits.align();
                let length = token as u16;
                bits.out.extend([length.to_le_bytes(), (!length).to_le_bytes()].concat());
                before = Some(std::mem::take(&mut bits.out));
                bits.put(0b011, 3);
                token
            } else if let Some((length, distance)) = seen.find(&codes, at) {
                bits.copy(length, distance);
                length
            } else if code == TOKEN {
                if at - last_hole > FARTHEST {
                    return None;
                }
                bits.copy(token, at - last_hole);
                token
            } else {
                bits.literal(code);
                1
            };
            for at in at..at + length {
                if codes.get(at) == Some(&TOKEN) {
                    last_hole = at;
                }
                seen.add(&codes, at);
            }
            at += length;
        }
        bits.literal(END);
        bits.align();
        Some(Self { before: before?, after: bits.out })
    }

    /// Put together for one viewer, from what it was made of.
    pub fn with_token(&self, text: &str, holes: &[usize], token: &str) -> Vec<u8> {
        let mut crc = Crc::new();
        let mut from = 0;
        for &hole in holes {
            crc.update(text.get(from..hole).unwrap_or_default().as_bytes());
            crc.update(token.as_bytes());
            from = hole;
        }
        crc.update(text.get(from..).unwrap_or_default().as_bytes());
        let mut out = Vec::with_capacity(self.before.len() + token.len() + self.after.len() + 8);
        out.extend_from_slice(&self.before);
        out.extend_from_slice(token.as_bytes());
        out.extend_from_slice(&self.after);
        out.extend_from_slice(&crc.sum().to_le_bytes());
        out.extend_from_slice(&crc.amount().to_le_bytes());
        out
    }
}

fn expanded(text: &str, holes: &[usize], token: usize) -> Vec<u16> {
    let mut codes = Vec::with_capacity(text.len() + holes.len() * token);
    let mut from = 0;
    for &hole in holes {
        codes.extend(text.as_bytes().get(from..hole).unwrap_or_default().iter().map(|byte| u16::from(*byte)));
        codes.extend((0..token as u16).map(|n| TOKEN + n));
        from = hole;
    }
    codes.extend(text.as_bytes().get(from..).unwrap_or_default().iter().map(|byte| u16::from(*byte)));
    codes
}

/// Where four codes stood before: the newest place for each hash, and the one before each place.
struct Seen {
    newest: Vec<usize>,
    earlier: Vec<usize>,
}

const NOWHERE: usize = usize::MAX;

impl Seen {
    fn new(length: usize) -> Self {
        Self { newest: vec![NOWHERE; 4096], earlier: vec![NOWHERE; length] }
    }

    fn slot(codes: &[u16], at: usize) -> Option<usize> {
        let four = codes.get(at..at + SHORTEST)?;
        let hash =
            four.iter().fold(0u32, |hash, code| (hash ^ u32::from(*code)).wrapping_mul(0x9e37_79b1).rotate_left(7));
        Some((hash >> 20) as usize)
    }

    fn add(&mut self, codes: &[u16], at: usize) {
        let Some(slot) = Self::slot(codes, at) else { return };
        if let (Some(newest), Some(earlier)) = (self.newest.get_mut(slot), self.earlier.get_mut(at)) {
            *earlier = std::mem::replace(newest, at);
        }
    }

    /// The longest match: its length and how far back it begins. None ends within a token.
    fn find(&self, codes: &[u16], at: usize) -> Option<(usize, usize)> {
        let mut place = *self.newest.get(Self::slot(codes, at)?)?;
        let mut best = (0, 0);
        for _ in 0..TRIES {
            if place == NOWHERE || at - place > FARTHEST {
                break;
            }
            let here = codes.iter().skip(at).take(LONGEST);
            let alike = codes.iter().skip(place).zip(here).take_while(|(a, b)| a == b).count();
            let length = alike - inside(codes, at + alike).min(alike);
            if length > best.0 {
                best = (length, at - place);
            }
            place = *self.earlier.get(place)?;
        }
        (best.0 >= SHORTEST).then_some(best)
    }
}

/// How many characters of a token stand before this place, when it lies within one.
fn inside(codes: &[u16], at: usize) -> usize {
    usize::from(codes.get(at).map_or(0, |code| code.saturating_sub(TOKEN)))
}

/// Deflate's fixed codes, lowest bits first.
#[derive(Default)]
struct Bits {
    out: Vec<u8>,
    bits: u64,
    count: u32,
}

impl Bits {
    fn put(&mut self, value: u32, count: u32) {
        self.bits |= u64::from(value) << self.count;
        self.count += count;
        while self.count >= 8 {
            self.out.push(self.bits as u8);
            self.bits >>= 8;
            self.count -= 8;
        }
    }

    fn align(&mut self) {
        if self.count > 0 {
            self.put(0, 8 - self.count);
        }
    }

    /// A code of a Huffman tree: highest bit first.
    fn code(&mut self, value: u32, count: u32) {
        self.put(value.reverse_bits() >> (32 - count), count);
    }

    fn literal(&mut self, code: u16) {
        let code = u32::from(code);
        match code {
            0..=143 => self.code(0x30 + code, 8),
            144..=255 => self.code(0x190 + code - 144, 9),
            256..=279 => self.code(code - 256, 7),
            _ => self.code(0xc0 + code - 280, 8),
        }
    }

    fn copy(&mut self, length: usize, distance: usize) {
        if length == LONGEST {
            self.literal(285);
        } else {
            // Groups of four share a number of further bits.
            let (group, further, bits) = split(length as u32 - 3, 4);
            self.literal(257 + group as u16);
            self.put(further, bits);
        }
        let (group, further, bits) = split(distance as u32 - 1, 2);
        self.code(group, 5);
        self.put(further, bits);
    }
}

/// The code of a length or distance, and what is told behind it: codes come in groups of so many, each with one more bit.
fn split(value: u32, of: u32) -> (u32, u32, u32) {
    if value < 2 * of {
        return (value, 0, 0);
    }
    let bits = value.ilog2() - of.ilog2();
    (bits * of + (value >> bits), value & ((1 << bits) - 1), bits)
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::read::GzDecoder;
    use proptest::prelude::*;
    use std::io::Read;

    fn with_token(text: &str, holes: &[usize], token: &str) -> String {
        let mut text = text.to_owned();
        holes.iter().rev().for_each(|hole| text.insert_str(*hole, token));
        text
    }

    fn unzipped(zipped: &[u8]) -> String {
        let mut text = String::new();
        GzDecoder::new(zipped).read_to_string(&mut text).unwrap();
        text
    }

    #[test]
    fn one_compression_serves_every_token_of_a_length() {
        let (mut text, mut holes) = (String::from("#EXTM3U\n"), Vec::new());
        for n in 0..40 {
            text.push_str(&format!(
                "#EXT-X-PART:DURATION=0.200000,URI=\"seg/018f2b6a-5d1c/{}.{}.m4s?token=",
                n / 10,
                n % 10
            ));
            holes.push(text.len());
            text.push_str("\"\n");
        }
        let length = 126;
        let zipped = Zipped::new(&text, &holes, length).unwrap();
        for letter in ["a", "\"", "E", "_"] {
            let token = letter.repeat(length);
            let sent = zipped.with_token(&text, &holes, &token);
            let plain = with_token(&text, &holes, &token);
            assert_eq!(unzipped(&sent), plain);
            assert!(sent.len() * 10 < plain.len(), "{} of {}", sent.len(), plain.len());
        }
        assert!(Zipped::new(&text, &holes, 3).is_none() && Zipped::new(&text, &holes, 259).is_none());
        assert!(Zipped::new(&text, &[], length).is_none());
    }

    proptest! {
        #[test]
        fn what_comes_out_is_what_went_in(
            pieces in prop::collection::vec("[ab]{0,9}|[a-zé0-9]{0,300}", 2..40),
            length in SHORTEST..=LONGEST,
            tokens in prop::collection::vec("[ab]{258}|[A-Z0-9_-]{258}", 3),
        ) {
            let (mut text, mut holes) = (String::new(), Vec::new());
            for (n, piece) in pieces.iter().enumerate() {
                if n > 0 {
                    holes.push(text.len());
                }
                text.push_str(piece);
            }
            let zipped = Zipped::new(&text, &holes, length).unwrap();
            for token in tokens.iter().map(|token| &token[..length]) {
                prop_assert_eq!(unzipped(&zipped.with_token(&text, &holes, token)), with_token(&text, &holes, token));
            }
        }
    }
}
