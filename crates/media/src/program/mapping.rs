//! Times of one source become times of the output. Pure.

/// Pictures from before the switch are needed to decode what follows: they are run through this much faster.
const RUSH: i64 = 16;

/// Where a source's time stands on the output clock: from `key` to `from` it is rushed through, from there on it runs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Mapping {
    pub key: i64,
    pub from: i64,
    /// The output's time of `key`.
    pub base: i64,
}

impl Mapping {
    pub fn out(&self, at_ms: i64) -> i64 {
        if at_ms < self.from {
            return self.base + (at_ms - self.key).div_euclid(RUSH);
        }
        self.base + (self.from - self.key).div_euclid(RUSH) + (at_ms - self.from)
    }

    /// Presentation minus decoding time, on the output's scale.
    pub fn composition(&self, at_ms: i64, composition_ms: i32) -> i32 {
        let shown = self.out(at_ms + i64::from(composition_ms));
        i32::try_from(shown - self.out(at_ms)).unwrap_or(composition_ms)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_shown_already_is_rushed_through_in_order() {
        let mapping = Mapping { key: 1_000, from: 2_600, base: 50_000 };
        assert_eq!((mapping.out(1_000), mapping.out(2_600), mapping.out(2_640)), (50_000, 50_100, 50_140));
        let shown = |at_ms: i64, composition| mapping.out(at_ms) + i64::from(mapping.composition(at_ms, composition));
        // Decoding order P B B: the first is shown last, across the border too.
        assert!(shown(2_560, 120) > shown(2_600, 0));
        assert!(shown(2_560, 120) > shown(2_640, 0));
        assert_eq!(shown(2_640, 80), 50_220);
    }
}
