//! Times of sources become one output clock that never jumps. Pure.

/// A source's clock that moves more than this between two messages has jumped.
const JUMP_AHEAD_MS: i64 = 5_000;
const JUMP_BACK_MS: i64 = 2_000;
/// Pictures from before the switch are needed to decode what follows: they are run through this much faster.
const RUSH: i64 = 16;

/// Unwraps an encoder's 32-bit milliseconds.
#[derive(Debug, Default)]
pub(super) struct SourceClock(Option<(u32, i64)>);

impl SourceClock {
    /// The time on a scale that only this source uses, and whether the clock has jumped.
    pub fn read(&mut self, timestamp: u32) -> (i64, bool) {
        let (at_ms, jumped) = match self.0 {
            None => (0, false),
            Some((last, at_ms)) => {
                let step = i64::from(timestamp.wrapping_sub(last) as i32);
                let jumped = !(-JUMP_BACK_MS..=JUMP_AHEAD_MS).contains(&step);
                (if jumped { at_ms + 1 } else { at_ms + step }, jumped)
            }
        };
        self.0 = Some((timestamp, at_ms));
        (at_ms, jumped)
    }
}

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
    fn clocks_wrap_and_jump() {
        let mut clock = SourceClock::default();
        assert_eq!(clock.read(u32::MAX - 9), (0, false));
        assert_eq!(clock.read(10), (20, false));
        assert_eq!(clock.read(0), (10, false), "sound and pictures interleave");
        assert_eq!(clock.read(3_600_000), (11, true));
        assert_eq!(clock.read(3_600_040), (51, false));
        assert_eq!(clock.read(0), (52, true));
    }

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
