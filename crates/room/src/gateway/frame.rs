//! RFC 6455 framing over bytes: what a client sends is parsed, what the server sends is encoded. No I/O.
//!
//! The parser takes bytes in any pieces, keeps nothing while it stands between frames, and never holds more than one
//! message of the limit. It takes masked text frames only; what else a client may send is told apart by its close code.

use super::deflate;
use bytes::{BufMut, Bytes, BytesMut};

/// Close codes the server sends. 4xxx are ours; see `docs/PROTOCOL.md`.
pub mod close {
    pub const NORMAL: u16 = 1000;
    pub const GOING_AWAY: u16 = 1001;
    pub const PROTOCOL: u16 = 1002;
    pub const UNSUPPORTED: u16 = 1003;
    pub const NOT_UTF8: u16 = 1007;
    pub const POLICY: u16 = 1008;
    pub const TOO_BIG: u16 = 1009;
    pub const RESYNC: u16 = 1013;
    pub const TOKEN: u16 = 4401;
    pub const SENT_OUT: u16 = 4403;
    pub const IDLE: u16 = 4408;
}

const CONTINUATION: u8 = 0x0;
const TEXT: u8 = 0x1;
const BINARY: u8 = 0x2;
const CLOSE: u8 = 0x8;
const PING: u8 = 0x9;
const PONG: u8 = 0xA;

const FIN: u8 = 0x80;
const RSV1: u8 = 0x40;
const RSV23: u8 = 0x30;
const MASKED: u8 = 0x80;

/// The largest message a client may send: one frame's payload, all fragments together, and what it inflates to.
pub const MAX_MESSAGE: usize = 4096;

/// What a client sent, complete and unmasked.
#[derive(Debug, PartialEq, Eq)]
pub enum Incoming<'a> {
    Text(&'a str),
    Ping(&'a [u8]),
    Pong,
    /// The code, when it carried one. Whatever follows it is ignored.
    Close(Option<u16>),
}

/// Why a connection cannot go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    #[error("the framing is broken")]
    Protocol,
    #[error("binary messages are not taken")]
    Binary,
    #[error("the text is not UTF-8")]
    NotUtf8,
    #[error("the message is over {MAX_MESSAGE} bytes")]
    TooBig,
}

impl Fault {
    pub fn close_code(self) -> u16 {
        match self {
            Fault::Protocol => close::PROTOCOL,
            Fault::Binary => close::UNSUPPORTED,
            Fault::NotUtf8 => close::NOT_UTF8,
            Fault::TooBig => close::TOO_BIG,
        }
    }
}

/// One client's side of the stream.
#[derive(Debug, Default)]
pub struct Parser {
    deflate: bool,
    closed: bool,
    // Almost every read holds whole frames, so a connection usually owns no buffer at all.
    rest: Option<Box<Rest>>,
}

#[derive(Debug, Default)]
struct Rest {
    /// The beginning of a frame.
    frame: Vec<u8>,
    /// The message whose fragments are arriving.
    message: Option<Message>,
}

#[derive(Debug)]
struct Message {
    deflated: bool,
    payload: Vec<u8>,
}

impl Parser {
    /// `deflate`: permessage-deflate was negotiated.
    pub fn new(deflate: bool) -> Self {
        Self { deflate, closed: false, rest: None }
    }

    /// Takes the next bytes and calls `each` for every message they complete.
    pub fn feed(&mut self, input: &[u8], mut each: impl FnMut(Incoming<'_>)) -> Result<(), Fault> {
        if self.closed {
            return Ok(());
        }
        let Rest { mut frame, mut message } = self.rest.take().map(|rest| *rest).unwrap_or_default();
        let mut unread = input;
        if !frame.is_empty() {
            frame.extend_from_slice(input);
            unread = &frame;
        }
        while let Some((head, body, after)) = split_frame(unread)? {
            unread = after;
            self.take(head, body, &mut message, &mut each)?;
            if self.closed {
                return Ok(());
            }
        }
        if !unread.is_empty() || message.is_some() {
            let frame = unread.to_vec();
            self.rest = Some(Box::new(Rest { frame, message }));
        }
        Ok(())
    }

    fn take(
        &mut self,
        head: Head,
        body: &[u8],
        message: &mut Option<Message>,
        each: &mut impl FnMut(Incoming<'_>),
    ) -> Result<(), Fault> {
        let compressed = head.first & RSV1 != 0;
        let starts = head.opcode() == TEXT;
        if head.first & RSV23 != 0 || (compressed && !(self.deflate && starts)) {
            return Err(Fault::Protocol);
        }
        let mut scratch = [0; MAX_MESSAGE];
        let Some(payload) = scratch.get_mut(..body.len()) else { return Err(Fault::TooBig) };
        payload.copy_from_slice(body);
        unmask(payload, head.mask);
        let payload: &[u8] = payload;
        match head.opcode() {
            TEXT | CONTINUATION => {
                match message {
                    None if !starts => return Err(Fault::Protocol),
                    Some(_) if starts => return Err(Fault::Protocol),
                    None if head.fin() => return complete(compressed, payload, each),
                    None => *message = Some(Message { deflated: compressed, payload: payload.to_vec() }),
                    Some(message) => {
                        if message.payload.len() + payload.len() > MAX_MESSAGE {
                            return Err(Fault::TooBig);
                        }
                        message.payload.extend_from_slice(payload);
                    }
                }
                if head.fin()
                    && let Some(whole) = message.take()
                {
                    return complete(whole.deflated, &whole.payload, each);
                }
                Ok(())
            }
            PING => {
                each(Incoming::Ping(payload));
                Ok(())
            }
            PONG => {
                each(Incoming::Pong);
                Ok(())
            }
            CLOSE => {
                let code = close_code(payload)?;
                self.closed = true;
                each(Incoming::Close(code));
                Ok(())
            }
            BINARY => Err(Fault::Binary),
            _ => Err(Fault::Protocol),
        }
    }
}

#[derive(Clone, Copy)]
struct Head {
    first: u8,
    mask: [u8; 4],
}

impl Head {
    fn opcode(self) -> u8 {
        self.first & 0x0F
    }
    fn fin(self) -> bool {
        self.first & FIN != 0
    }
}

/// A frame's head, its still masked payload, and what follows it.
type Split<'a> = (Head, &'a [u8], &'a [u8]);

/// Splits the first whole frame off. `None`: not all there yet.
/// A frame that cannot be taken is refused from its head alone.
fn split_frame(input: &[u8]) -> Result<Option<Split<'_>>, Fault> {
    let [first, second, after @ ..] = input else { return Ok(None) };
    if second & MASKED == 0 {
        return Err(Fault::Protocol);
    }
    let (length, after) = match (second & 0x7F, after) {
        (126, [a, b, after @ ..]) => (u64::from(u16::from_be_bytes([*a, *b])), after),
        (127, after) => match after.split_first_chunk::<8>() {
            Some((length, after)) => (u64::from_be_bytes(*length), after),
            None => return Ok(None),
        },
        (126, _) => return Ok(None),
        (short, after) => (u64::from(short), after),
    };
    let control = first & 0x08 != 0;
    if control && (first & FIN == 0 || length > 125) {
        return Err(Fault::Protocol);
    }
    if length > MAX_MESSAGE as u64 {
        return Err(Fault::TooBig);
    }
    let Some((mask, after)) = after.split_first_chunk::<4>() else { return Ok(None) };
    let Some((body, after)) = after.split_at_checked(length as usize) else { return Ok(None) };
    Ok(Some((Head { first: *first, mask: *mask }, body, after)))
}

fn complete(deflated: bool, payload: &[u8], each: &mut impl FnMut(Incoming<'_>)) -> Result<(), Fault> {
    if deflated {
        let inflated = deflate::inflate(payload, MAX_MESSAGE)?;
        each(Incoming::Text(utf8(&inflated)?));
    } else {
        each(Incoming::Text(utf8(payload)?));
    }
    Ok(())
}

fn utf8(bytes: &[u8]) -> Result<&str, Fault> {
    std::str::from_utf8(bytes).map_err(|_| Fault::NotUtf8)
}

/// Reads a close frame's payload: nothing, or a code a client may send and a UTF-8 reason.
fn close_code(payload: &[u8]) -> Result<Option<u16>, Fault> {
    match payload {
        [] => Ok(None),
        [a, b, reason @ ..] => {
            let code = u16::from_be_bytes([*a, *b]);
            utf8(reason)?;
            match code {
                1000..=1003 | 1007..=1014 | 3000..=4999 => Ok(Some(code)),
                _ => Err(Fault::Protocol),
            }
        }
        [_] => Err(Fault::Protocol),
    }
}

fn unmask(payload: &mut [u8], mask: [u8; 4]) {
    let mut chunks = payload.chunks_exact_mut(4);
    for chunk in &mut chunks {
        chunk.iter_mut().zip(mask).for_each(|(byte, mask)| *byte ^= mask);
    }
    chunks.into_remainder().iter_mut().zip(mask).for_each(|(byte, mask)| *byte ^= mask);
}

/// A text message in one frame.
pub fn text(payload: &[u8]) -> Bytes {
    encode(FIN | TEXT, payload)
}

/// A text message in one frame whose payload [`deflate::Deflater`] made.
pub fn deflated_text(payload: &[u8]) -> Bytes {
    encode(FIN | RSV1 | TEXT, payload)
}

pub fn pong(payload: &[u8]) -> Bytes {
    encode(FIN | PONG, payload)
}

/// A close frame; a reason over 123 bytes is left out.
pub fn closing(code: u16, reason: &str) -> Bytes {
    let mut payload = code.to_be_bytes().to_vec();
    if reason.len() <= 123 {
        payload.extend_from_slice(reason.as_bytes());
    }
    encode(FIN | CLOSE, &payload)
}

fn encode(first: u8, payload: &[u8]) -> Bytes {
    let mut frame = BytesMut::with_capacity(payload.len() + 10);
    frame.put_u8(first);
    match payload.len() {
        length @ ..126 => frame.put_u8(length as u8),
        length @ 126..=0xFFFF => {
            frame.put_u8(126);
            frame.put_u16(length as u16);
        }
        length => {
            frame.put_u8(127);
            frame.put_u64(length as u64);
        }
    }
    frame.put_slice(payload);
    frame.freeze()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const MASK: [u8; 4] = [0x37, 0xfa, 0x21, 0x3d];

    /// A client's frame.
    fn masked(first: u8, payload: &[u8]) -> Vec<u8> {
        let mut frame = encode(first, payload).to_vec();
        let head = frame.len() - payload.len();
        frame[1] |= MASKED;
        unmask(&mut frame[head..], MASK);
        frame.splice(head..head, MASK);
        frame
    }

    fn parse_in(pieces: usize, deflate: bool, bytes: &[u8]) -> (Vec<String>, Result<(), Fault>) {
        let mut parser = Parser::new(deflate);
        let mut seen = Vec::new();
        for piece in bytes.chunks(pieces.max(1)) {
            if let Err(fault) = parser.feed(piece, |incoming| seen.push(format!("{incoming:?}"))) {
                return (seen, Err(fault));
            }
        }
        (seen, Ok(()))
    }

    fn check(bytes: &[u8], expected: &[&str], end: Result<(), Fault>) {
        for pieces in [bytes.len(), 1, 2, 3, 7] {
            let (seen, result) = parse_in(pieces, true, bytes);
            assert_eq!(
                (seen.iter().map(String::as_str).collect::<Vec<_>>(), result),
                (expected.to_vec(), end),
                "pieces of {pieces}"
            );
        }
    }

    #[test]
    fn the_examples_of_the_rfc_are_read() {
        check(&[0x81, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58], &[r#"Text("Hello")"#], Ok(()));
        let deflated = [0xf2, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00];
        check(&masked(FIN | RSV1 | TEXT, &deflated), &[r#"Text("Hello")"#], Ok(()));
        assert_eq!(text(b"Hello").as_ref(), b"\x81\x05Hello");
    }

    #[test]
    fn fragments_join_and_control_frames_pass_between_them() {
        let mut bytes = masked(TEXT, "直".as_bytes());
        bytes.extend(masked(FIN | PING, b"x"));
        bytes.extend(masked(CONTINUATION, &"播".as_bytes()[..1]));
        bytes.extend(masked(FIN | CONTINUATION, &"播".as_bytes()[1..]));
        bytes.extend(masked(FIN | PONG, b""));
        check(&bytes, &["Ping([120])", r#"Text("直播")"#, "Pong"], Ok(()));
    }

    #[test]
    fn what_a_client_may_not_send_is_told_apart() {
        check(b"\x81\x05Hello", &[], Err(Fault::Protocol));
        check(&masked(FIN | BINARY, b"x"), &[], Err(Fault::Binary));
        check(&masked(FIN | TEXT, b"\xff"), &[], Err(Fault::NotUtf8));
        check(&masked(FIN | CONTINUATION, b"x"), &[], Err(Fault::Protocol));
        check(&masked(FIN | RSV23 | TEXT, b"x"), &[], Err(Fault::Protocol));
        check(&masked(PING, b"x"), &[], Err(Fault::Protocol));
        check(&masked(FIN | PING, &[0; 126]), &[], Err(Fault::Protocol));
        check(&masked(FIN | 0x3, b""), &[], Err(Fault::Protocol));
        check(&masked(FIN | CLOSE, b"\x03"), &[], Err(Fault::Protocol));
        check(&masked(FIN | CLOSE, &1005u16.to_be_bytes()), &[], Err(Fault::Protocol));
        check(&[masked(TEXT, b"a"), masked(FIN | TEXT, b"b")].concat(), &[], Err(Fault::Protocol));
        assert_eq!(parse_in(99, false, &masked(FIN | RSV1 | TEXT, b"x")).1, Err(Fault::Protocol));
    }

    #[test]
    fn a_message_over_the_limit_is_refused_from_its_head() {
        let whole = masked(FIN | TEXT, &[b'a'; MAX_MESSAGE]);
        assert_eq!(parse_in(1000, false, &whole).1, Ok(()));
        let over = masked(FIN | TEXT, &[b'a'; MAX_MESSAGE + 1]);
        assert_eq!(parse_in(over.len(), false, &over[..8]).1, Err(Fault::TooBig));
        let fragments = [masked(TEXT, &[b'a'; MAX_MESSAGE]), masked(FIN | CONTINUATION, b"b")].concat();
        check(&fragments, &[], Err(Fault::TooBig));
        check(&[0x81, 0xFF, 0xFF, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], &[], Err(Fault::TooBig));
        let bomb = deflate::Deflater::new().deflate(&[b'a'; MAX_MESSAGE * 50]);
        check(&masked(FIN | RSV1 | TEXT, &bomb), &[], Err(Fault::TooBig));
    }

    #[test]
    fn nothing_is_read_after_a_close() {
        let bytes = [masked(FIN | CLOSE, &1000u16.to_be_bytes()), masked(FIN | TEXT, b"late")].concat();
        check(&bytes, &["Close(Some(1000))"], Ok(()));
    }

    proptest! {
        #[test]
        fn what_is_sent_arrives_whatever_the_pieces(texts in prop::collection::vec(".{0,200}", 0..8), pieces in 1usize..400, deflated in any::<bool>()) {
            let mut deflater = deflate::Deflater::new();
            let bytes: Vec<u8> = texts.iter().flat_map(|text| match deflated {
                true => masked(FIN | RSV1 | TEXT, &deflater.deflate(text.as_bytes())),
                false => masked(FIN | TEXT, text.as_bytes()),
            }).collect();
            let (seen, result) = parse_in(pieces, true, &bytes);
            prop_assert_eq!(result, Ok(()));
            prop_assert_eq!(seen, texts.iter().map(|text| format!("{:?}", Incoming::Text(text))).collect::<Vec<_>>());
        }
    }
}
