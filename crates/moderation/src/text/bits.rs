//! Sets that are asked for every character of every text.

/// A set that may hold more than was put in, never less.
pub struct Bits(Vec<u64>);

impl Bits {
    /// For so many that about one bit in a hundred will be set.
    pub fn for_pairs(count: usize) -> Self {
        Self::of(count * 100)
    }

    pub fn of(bits: usize) -> Self {
        Self(vec![0; bits.div_ceil(64).next_power_of_two()])
    }

    pub fn put(&mut self, at: usize) {
        let at = at & (self.0.len() * 64 - 1);
        self.0[at / 64] |= 1 << (at % 64);
    }

    pub fn has(&self, at: usize) -> bool {
        let at = at & (self.0.len() * 64 - 1);
        self.0[at / 64] & 1 << (at % 64) != 0
    }
}

/// Where two characters are in a set of pairs.
pub fn pair(one: char, other: char) -> usize {
    ((one as usize) << 32 | other as usize).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 24
}
