//! Everything a client's bytes reach before anybody knows them, as one function of bytes. For fuzzing.

use super::RoomSettings;
use super::frame::{Incoming, MAX_MESSAGE, Parser};
use crate::delivery::{ClientMessage, parse_danmaku};

/// Feeds the bytes to the frame parser whole and in pieces, and what they carry to the message parser.
/// Panics when the pieces change what is read.
pub fn fuzz_ws(data: &[u8]) {
    let [control, data @ ..] = data else { return };
    let deflate = control & 1 != 0;
    let pieces = usize::from(control >> 1) + 1;
    let whole = read(deflate, data.len().max(1), data);
    let split = read(deflate, pieces, data);
    assert_eq!(whole, split, "the same bytes in pieces of {pieces} read differently");
}

fn read(deflate: bool, pieces: usize, data: &[u8]) -> (Vec<String>, bool) {
    let mut parser = Parser::new(deflate);
    let mut seen = Vec::new();
    for piece in data.chunks(pieces) {
        let fault = parser.feed(piece, |incoming| {
            if let Incoming::Text(text) = incoming {
                assert!(text.len() <= MAX_MESSAGE);
                if let Ok(ClientMessage::Danmaku(new)) = serde_json::from_str(text) {
                    let _ = parse_danmaku(new, &RoomSettings::default());
                }
            }
            seen.push(format!("{incoming:?}"));
        });
        if fault.is_err() {
            return (seen, true);
        }
    }
    (seen, false)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::{RngExt, SeedableRng, rngs::StdRng};

    /// Well-formed traffic, then mutated: flipped, cut, doubled and spliced.
    #[test]
    fn mutated_traffic_never_panics() {
        let mut chance = StdRng::seed_from_u64(0x5eed);
        let messages = [
            r#"{"type":"danmaku","id":"c-1","text":"你好"}"#.as_bytes(),
            br#"{"type":"like","n":3}"#,
            br#"{"type":"heartbeat","played_ms":9800.5,"visible":true}"#,
            br#"{"type":"resume","seq":18446744073709551615}"#,
            &[0xf2, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00],
        ];
        for round in 0..20_000u32 {
            let mut bytes = vec![round as u8];
            for _ in 0..chance.random_range(1..5) {
                let message = messages[chance.random_range(0..messages.len())];
                let first = [0x81, 0x01, 0x80, 0x89, 0x8a, 0x88, 0xc1, 0x82][chance.random_range(0..8)];
                bytes.extend([first, 0x80 | message.len().min(125) as u8, 0, 0, 0, 0]);
                bytes.extend(&message[..message.len().min(125)]);
            }
            for _ in 0..chance.random_range(0..4) {
                let at = chance.random_range(0..bytes.len());
                match chance.random_range(0..4) {
                    0 => bytes[at] ^= 1 << chance.random_range(0..8),
                    1 => bytes.truncate(at + 1),
                    2 => bytes.extend_from_within(at..),
                    _ => bytes[at] = chance.random(),
                }
            }
            fuzz_ws(&bytes);
        }
    }
}
