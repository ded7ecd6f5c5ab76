//! permessage-deflate (RFC 7692) without context takeover: every message stands alone, so one deflated frame serves a room.

use super::frame::Fault;
use flate2::{Compress, Compression, Decompress, FlushCompress, FlushDecompress};
use std::cell::RefCell;

/// The one answer to every offer we take up.
pub const ANSWER: &str = "permessage-deflate; server_no_context_takeover; client_no_context_takeover";

/// Does any of the client's offers (`Sec-WebSocket-Extensions`) let the server compress as it does?
/// One that asks for a smaller server window, or carries anything unknown, is passed over.
pub fn accepts(offers: &str) -> bool {
    offers.split(',').any(|offer| {
        let mut parts = offer.split(';').map(str::trim);
        parts.next() == Some("permessage-deflate")
            && parts.all(|parameter| {
                let (name, value) =
                    parameter.split_once('=').map_or((parameter, None), |(name, value)| (name.trim(), Some(value)));
                let bits = value.map(|value| value.trim().trim_matches('"'));
                match name {
                    "server_no_context_takeover" | "client_no_context_takeover" => bits.is_none(),
                    "client_max_window_bits" => bits.is_none_or(|bits| matches!(bits.parse(), Ok(8..=15u8))),
                    "server_max_window_bits" => bits == Some("15"),
                    _ => false,
                }
            })
    })
}

const TAIL: [u8; 4] = [0, 0, 0xff, 0xff];
/// Facts: level 4 makes x2 to x4 of danmaku in 14 to 84 us.
const LEVEL: u32 = 4;

/// Compresses whole messages, one after the other.
pub struct Deflater(Compress);

impl Deflater {
    pub fn new() -> Self {
        Self(Compress::new(Compression::new(LEVEL), false))
    }

    /// The payload of a frame with RSV1.
    pub fn deflate(&mut self, message: &[u8]) -> Vec<u8> {
        self.0.reset();
        let mut out = Vec::with_capacity(message.len() / 2 + 64);
        let mut done = false;
        while !done {
            let read = self.0.total_in() as usize;
            let written = out.len();
            let result = self.0.compress_vec(message.get(read..).unwrap_or_default(), &mut out, FlushCompress::Sync);
            // A flush is over once there was room left for it.
            done = result.is_err() || (out.len() < out.capacity() && self.0.total_in() as usize >= message.len());
            if !done {
                out.reserve(message.len().max(out.len() - written).max(64));
            }
        }
        if out.ends_with(&TAIL) {
            out.truncate(out.len() - TAIL.len());
        }
        out
    }
}

impl Default for Deflater {
    fn default() -> Self {
        Self::new()
    }
}

thread_local! {
    // Client messages are small and rare; a decompressor per connection would cost 40 KB each.
    static INFLATER: RefCell<Decompress> = RefCell::new(Decompress::new(false));
}

/// Inflates one message of at most `limit` bytes.
pub fn inflate(payload: &[u8], limit: usize) -> Result<Vec<u8>, Fault> {
    INFLATER.with_borrow_mut(|inflater| {
        inflater.reset(false);
        let mut out = Vec::with_capacity(limit + 1);
        for input in [payload, &TAIL] {
            let mut unread = input;
            while !unread.is_empty() {
                let (read, written) = (inflater.total_in(), out.len());
                let status =
                    inflater.decompress_vec(unread, &mut out, FlushDecompress::Sync).map_err(|_| Fault::Protocol)?;
                if out.len() > limit {
                    return Err(Fault::TooBig);
                }
                let taken = (inflater.total_in() - read) as usize;
                unread = unread.get(taken..).unwrap_or_default();
                if status == flate2::Status::StreamEnd {
                    return Ok(out);
                }
                if taken == 0 && out.len() == written {
                    return Err(Fault::Protocol);
                }
            }
        }
        Ok(out)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offers_are_taken_up_only_when_we_can_keep_them() {
        assert!(accepts("permessage-deflate; client_max_window_bits"));
        assert!(accepts("permessage-deflate"));
        assert!(accepts("x-unknown, permessage-deflate; server_max_window_bits=10, permessage-deflate"));
        assert!(accepts("permessage-deflate; server_max_window_bits=\"15\"; server_no_context_takeover"));
        for refused in
            ["", "permessage-deflate; server_max_window_bits=10", "permessage-deflate; other", "permessage-bzip2"]
        {
            assert!(!accepts(refused), "{refused}");
        }
    }

    #[test]
    fn messages_of_every_size_come_back() {
        let mut deflater = Deflater::new();
        let mut state = 7u32;
        for size in [0, 1, 5, 100, 4000, 70_000] {
            let message: Vec<u8> = (0..size)
                .map(|_| {
                    state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                    (state >> 24) as u8
                })
                .collect();
            assert_eq!(inflate(&deflater.deflate(&message), size).as_deref(), Ok(&message[..]), "{size}");
        }
    }
}
