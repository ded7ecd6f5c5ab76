//! The simple RTMP handshake, server side. Publishers do not ask for Adobe's digest variant.

use super::ProtocolError;
use bytes::{Buf, BytesMut};

/// Bytes of C1, S1, C2 and S2.
pub const BLOCK: usize = 1536;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    Hello,
    Echo,
    Done,
}

#[derive(Debug)]
pub struct Handshake {
    step: Step,
    seed: u64,
}

impl Handshake {
    /// `seed` fills S1; it need not be secret.
    pub fn new(seed: u64) -> Self {
        Self { step: Step::Hello, seed: seed | 1 }
    }

    /// Takes what it can from `input`; true once the handshake is over and chunks follow.
    pub fn advance(&mut self, input: &mut BytesMut, out: &mut Vec<u8>) -> Result<bool, ProtocolError> {
        if self.step == Step::Hello {
            match input.first() {
                Some(3) | None => {}
                Some(_) => return Err(ProtocolError::Version),
            }
            if input.len() < 1 + BLOCK {
                return Ok(false);
            }
            input.advance(1);
            let c1 = input.split_to(BLOCK);
            out.push(3);
            out.extend_from_slice(&[0; 8]);
            self.fill(out, BLOCK - 8);
            out.extend_from_slice(&c1);
            self.step = Step::Echo;
        }
        if self.step == Step::Echo {
            if input.len() < BLOCK {
                return Ok(false);
            }
            input.advance(BLOCK);
            self.step = Step::Done;
        }
        Ok(true)
    }

    fn fill(&mut self, out: &mut Vec<u8>, bytes: usize) {
        for _ in 0..bytes / 8 {
            self.seed ^= self.seed << 13;
            self.seed ^= self.seed >> 7;
            self.seed ^= self.seed << 17;
            out.extend_from_slice(&self.seed.to_be_bytes());
        }
    }
}
