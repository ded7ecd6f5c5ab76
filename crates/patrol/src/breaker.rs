//! Whoever fails again and again is left alone for a while. Pure.

use events::Millis;

/// So many failures one after the other.
const MOST_FAILURES: u32 = 3;
const FIRST_PAUSE_MS: i64 = 10_000;
const LONGEST_PAUSE_MS: i64 = 300_000;

#[derive(Debug, Clone, Copy, Default)]
pub struct Breaker {
    failures: u32,
    until: Option<Millis>,
}

impl Breaker {
    /// Whether it may be asked. After a pause it is tried with everybody's next question.
    pub fn may(&self, now: Millis) -> bool {
        self.until.is_none_or(|until| now >= until)
    }

    /// What came of it. Says how long the pause is when one begins.
    pub fn done(&mut self, good: bool, now: Millis) -> Option<i64> {
        if good {
            *self = Self::default();
            return None;
        }
        self.failures = self.failures.saturating_add(1);
        let more = self.failures.checked_sub(MOST_FAILURES)?;
        let pause_ms = FIRST_PAUSE_MS.saturating_mul(1 << more.min(10)).min(LONGEST_PAUSE_MS);
        self.until = Some(now.plus_ms(pause_ms));
        Some(pause_ms)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_failures_make_a_pause_and_each_further_one_a_longer_one() {
        let mut breaker = Breaker::default();
        let fail = |breaker: &mut Breaker, at| breaker.done(false, Millis(at));
        assert_eq!([fail(&mut breaker, 0), fail(&mut breaker, 1), fail(&mut breaker, 2)], [None, None, Some(10_000)]);
        assert_eq!([breaker.may(Millis(10_001)), breaker.may(Millis(10_002))], [false, true]);
        assert_eq!(fail(&mut breaker, 10_002), Some(20_000));
        let mut longest = None;
        (0..20).for_each(|_| longest = fail(&mut breaker, 0));
        assert_eq!(longest, Some(LONGEST_PAUSE_MS));
        assert_eq!(breaker.done(true, Millis(0)), None);
        assert!(breaker.may(Millis(0)), "one good answer, and all is forgotten");
        assert_eq!(fail(&mut breaker, 1), None);
    }
}
