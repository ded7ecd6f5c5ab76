//! Which verdicts are given twice, what agreement is worth, and when somebody has to rest. Pure.

use events::{Millis, ReviewOutcome};

/// One of so many verdicts.
const ONE_OF: u64 = 20;
/// Whoever has decided for so long without a break rests.
const LONGEST_MS: i64 = 2 * 3_600_000;
/// A break is at least so long.
const BREAK_MS: i64 = 600_000;

/// Whether the verdict about an item is given twice: the same for the same item, and nobody can foresee it while deciding.
pub fn is_sampled(position: u64, secret: u64) -> bool {
    // The finalizer of SplitMix64: neighbours are far from each other.
    let mut mixed = position ^ secret;
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    (mixed ^ (mixed >> 31)).is_multiple_of(ONE_OF)
}

/// Cohen's kappa of two people's verdicts: how far they agree beyond chance. 1: always, 0: as by chance. None without verdicts; 1 where
/// all are the same.
pub fn kappa(pairs: &[(ReviewOutcome, ReviewOutcome)]) -> Option<f64> {
    if pairs.is_empty() {
        return None;
    }
    let all = pairs.len() as f64;
    let share = |fits: &dyn Fn(&(ReviewOutcome, ReviewOutcome)) -> bool| {
        pairs.iter().filter(|pair| fits(pair)).count() as f64 / all
    };
    let agreed = share(&|(one, other)| one == other);
    let passes = (share(&|(one, _)| *one == ReviewOutcome::Pass), share(&|(_, other)| *other == ReviewOutcome::Pass));
    let chance = passes.0 * passes.1 + (1.0 - passes.0) * (1.0 - passes.1);
    Some(if chance < 1.0 { (agreed - chance) / (1.0 - chance) } else { 1.0 })
}

/// Wilson's interval of a share, with 95 % certainty.
pub fn interval(right: u64, all: u64) -> Option<(f64, f64)> {
    if all == 0 {
        return None;
    }
    const Z: f64 = 1.959_964;
    let (share, all) = (right as f64 / all as f64, all as f64);
    let middle = share + Z * Z / (2.0 * all);
    let half = Z * (share * (1.0 - share) / all + Z * Z / (4.0 * all * all)).sqrt();
    let scale = 1.0 + Z * Z / all;
    Some((((middle - half) / scale).max(0.0), ((middle + half) / scale).min(1.0)))
}

/// Somebody's work without a break.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stretch {
    began: Millis,
    last: Millis,
}

impl Stretch {
    /// With a verdict at `now`.
    pub fn after(before: Option<Self>, now: Millis) -> Self {
        let began = before.filter(|before| now.0 - before.last.0 < BREAK_MS).map_or(now, |before| before.began);
        Self { began, last: now }
    }

    /// Until when to rest.
    pub fn rest_until(&self, now: Millis) -> Option<Millis> {
        let until = Millis(self.last.0.saturating_add(BREAK_MS));
        (self.last.0 - self.began.0 >= LONGEST_MS && now < until).then_some(until)
    }

    pub fn is_at_work(&self, now: Millis) -> bool {
        now.0 - self.last.0 < BREAK_MS
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ReviewOutcome::{Pass, Reject};

    #[test]
    fn one_of_twenty_is_given_twice() {
        let sampled = (1..100_000u64).filter(|position| is_sampled(*position, 7)).count();
        assert!((4_700..5_300).contains(&sampled), "{sampled}");
        let other = (1..100_000u64).filter(|position| is_sampled(*position, 7) && is_sampled(*position, 8)).count();
        assert!(other < 400, "another secret, other ones: {other}");
    }

    #[test]
    fn kappa_is_cohens() {
        assert_eq!(kappa(&[]), None);
        assert_eq!(kappa(&[(Pass, Pass); 3]), Some(1.0));
        // Cohen (1960) by hand: 20 both pass, 15 both reject, 5 and 10 differ.
        let pairs =
            [vec![(Pass, Pass); 20], vec![(Pass, Reject); 5], vec![(Reject, Pass); 10], vec![(Reject, Reject); 15]];
        assert!((kappa(&pairs.concat()).unwrap() - 0.4).abs() < 1e-9);
        assert!((kappa(&[(Pass, Reject), (Reject, Pass)]).unwrap() + 1.0).abs() < 1e-9);
    }

    #[test]
    fn a_share_of_few_is_uncertain() {
        assert_eq!(interval(0, 0), None);
        let (low, high) = interval(9, 10).unwrap();
        assert!((low - 0.5958).abs() < 1e-3 && (high - 0.9821).abs() < 1e-3, "{low} {high}");
        let (low, high) = interval(1_000, 1_000).unwrap();
        assert!(low > 0.99 && high <= 1.0);
    }

    #[test]
    fn two_hours_without_a_break_are_enough() {
        let minute = |n: i64| Millis(n * 60_000);
        let work = |until: i64| (0..=until).fold(None, |before, n| Some(Stretch::after(before, minute(n)))).unwrap();
        assert_eq!(work(119).rest_until(minute(119)), None);
        let tired = work(120);
        assert_eq!(tired.rest_until(minute(121)), Some(minute(130)));
        assert_eq!(tired.rest_until(minute(130)), None);
        assert_eq!(Stretch::after(Some(tired), minute(131)).rest_until(minute(131)), None);
        assert!(tired.is_at_work(minute(125)) && !tired.is_at_work(minute(130)));
    }
}
