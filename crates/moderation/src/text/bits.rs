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
    mixed((one as u64) << 32 | other as u64)
}

/// Where a pair and what follows it are in a set.
pub fn followed(pair: usize, by: u32) -> usize {
    mixed(pair as u64 ^ u64::from(by).wrapping_mul(0x9e37_79b9_7f4a_7c15))
}

/// Every bit of it in every bit of the answer, nearly.
fn mixed(bits: u64) -> usize {
    let bits = (bits ^ bits >> 32).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    (bits ^ bits >> 32) as usize
}
