//! Whether a ladder keeps up with its source. Pure.

use std::time::{Duration, Instant};

/// Rungs that are further behind their source are stale.
const STALE_MS: i64 = 5_000;
/// So long they may be, as at the beginning, while they catch up.
const PATIENCE: Duration = Duration::from_secs(10);

/// How long rungs have been stale.
#[derive(Debug, Default)]
pub(super) struct Lag(Option<Instant>);

impl Lag {
    /// What comes out is `behind_ms` older than the newest that there is to read: true when it was too much for too long.
    pub fn look(&mut self, behind_ms: i64, now: Instant) -> bool {
        if behind_ms <= STALE_MS {
            self.0 = None;
            return false;
        }
        now.duration_since(*self.0.get_or_insert(now)) >= PATIENCE
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The second at which it is too slow, of a lag that is looked at every second.
    fn too_slow(behind_ms: impl Fn(u64) -> i64) -> Option<u64> {
        let (mut lag, begin) = (Lag::default(), Instant::now());
        (0..120).find(|second| lag.look(behind_ms(*second), begin + Duration::from_secs(*second)))
    }

    #[test]
    fn who_stays_behind_is_too_slow_and_who_catches_up_is_not() {
        assert_eq!(too_slow(|_| 600), None);
        assert_eq!(too_slow(|_| 6_000), Some(10));
        assert_eq!(too_slow(|second| second as i64 * 500), Some(21));
        assert_eq!(too_slow(|second| 8_000_i64.saturating_sub(second as i64 * 400)), None);
        assert_eq!(too_slow(|second| if second % 9 == 0 { 100 } else { 9_000 }), None);
    }
}
