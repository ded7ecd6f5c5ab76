//! A growing byte buffer that begins on a block boundary, as direct writes need it.

/// Unit of direct writes; every device's sector size divides it.
pub(crate) const BLOCK: usize = 4096;

#[derive(Debug)]
pub(crate) struct AlignedBuf {
    memory: Vec<u8>,
    start: usize,
    len: usize,
}

impl AlignedBuf {
    pub fn with_capacity(bytes: usize) -> Self {
        let memory = vec![0; bytes.next_multiple_of(BLOCK) + BLOCK];
        let start = memory.as_ptr().align_offset(BLOCK).min(BLOCK);
        Self { memory, start, len: 0 }
    }

    pub fn len(&self) -> usize {
        self.len
    }

    pub fn capacity(&self) -> usize {
        self.memory.len() - BLOCK
    }

    /// Sets the length; bytes that come into view are whatever was there before.
    pub fn set_len(&mut self, len: usize) {
        self.reserve(len.saturating_sub(self.len));
        self.len = len;
    }

    /// Room for `bytes` more, which the caller fills.
    pub fn grow(&mut self, bytes: usize) -> &mut [u8] {
        self.reserve(bytes);
        let from = self.start + self.len;
        self.len += bytes;
        &mut self.memory[from..from + bytes]
    }

    /// Fills up to a whole block with zeros.
    pub fn pad_to_block(&mut self) {
        let missing = self.len.next_multiple_of(BLOCK) - self.len;
        self.grow(missing).fill(0);
    }

    /// Moves everything from `from` on so that it begins at `to`.
    pub fn shift(&mut self, from: usize, to: usize) {
        let count = self.len - from;
        self.reserve((to + count).saturating_sub(self.len));
        self.memory.copy_within(self.start + from..self.start + from + count, self.start + to);
        self.len = to + count;
    }

    pub fn as_slice(&self) -> &[u8] {
        &self.memory[self.start..self.start + self.len]
    }

    pub fn as_mut_slice(&mut self) -> &mut [u8] {
        &mut self.memory[self.start..self.start + self.len]
    }

    fn reserve(&mut self, more: usize) {
        if self.len + more <= self.capacity() {
            return;
        }
        let mut larger = Self::with_capacity((self.len + more).max(2 * self.capacity()));
        larger.grow(self.len).copy_from_slice(self.as_slice());
        *self = larger;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stays_aligned_while_growing_and_shifting() {
        let mut buf = AlignedBuf::with_capacity(10);
        buf.set_len(5);
        for byte in 0..20_000u32 {
            buf.grow(1)[0] = byte as u8;
            assert_eq!(buf.as_slice().as_ptr() as usize % BLOCK, 0);
        }
        buf.shift(5, 4000);
        assert_eq!(buf.len(), 24_000);
        assert!(buf.as_slice()[4000..].iter().enumerate().all(|(i, byte)| *byte == i as u8));
        buf.shift(4000, 1);
        assert!(buf.as_slice()[1..].iter().enumerate().all(|(i, byte)| *byte == i as u8));
        buf.pad_to_block();
        assert_eq!(buf.len() % BLOCK, 0);
    }
}
