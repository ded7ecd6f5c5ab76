//! How far a report is believed, and who reports by arrangement. Pure.

use events::Millis;
use std::{
    collections::{BTreeSet, HashMap},
    hash::Hash,
};

/// From this weight on people look at what is reported: one viewer of whom nothing is known is enough.
pub const LOOKED_AT: f64 = 0.4;
/// From this weight on it is urgent.
pub const URGENT: f64 = 2.0;
/// After so long a decided report counts half.
const HALF_LIFE_MS: f64 = 90.0 * 86_400_000.0;
/// Before so many decided reports nobody is distrusted.
const FEWEST: u32 = 10;
/// Whoever is wrong more often than that, by this certainty, is not believed.
const RIGHT_AT_LEAST: f64 = 0.3;
const CERTAINTY: f64 = 0.8;
/// Reports that belong together come within this time.
const TOGETHER_MS: i64 = 600_000;
/// Two who reported so many other things together, of which none was upheld, know of each other.
const OFTEN: usize = 3;
/// Fewer are no brigade 组团举报.
const FEWEST_TOGETHER: usize = 3;
/// What a viewer gets for a report that was upheld.
pub const POINTS: u64 = 10;

/// What became of a viewer's reports: old ones count less.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Reliability {
    pub upheld: f64,
    pub dismissed: f64,
    /// How many were decided, whenever.
    pub decided: u32,
}

impl Reliability {
    pub fn add(&mut self, upheld: bool, at: Millis, now: Millis) {
        let weight = 0.5_f64.powf((now.0 - at.0).max(0) as f64 / HALF_LIFE_MS);
        *if upheld { &mut self.upheld } else { &mut self.dismissed } += weight;
        self.decided += 1;
    }

    /// How often a report is right: the mean of the Beta posterior behind a flat prior.
    pub fn mean(&self) -> f64 {
        (self.upheld + 1.0) / (self.upheld + self.dismissed + 2.0)
    }

    /// Most likely wrong on purpose.
    pub fn is_distrusted(&self) -> bool {
        self.decided >= FEWEST && below(RIGHT_AT_LEAST, self.upheld, self.dismissed) > CERTAINTY
    }

    pub fn weight(&self) -> f64 {
        if self.is_distrusted() { 0.0 } else { self.mean() }
    }
}

/// How likely a rate is below `x` after so many hits and misses and a flat prior: the Beta distribution's share there, by the midpoint
/// rule. The third decimal decides nothing, so the incomplete beta function of a library is not needed.
fn below(x: f64, hits: f64, misses: f64) -> f64 {
    const STEPS: u32 = 2_000;
    let top = hits / (hits + misses).max(1.0);
    let log = |rate: f64| hits * rate.ln() + misses * (1.0 - rate).ln();
    // Relative to the top, so that nothing underflows altogether.
    let peak = log(top.clamp(1e-6, 1.0 - 1e-6));
    let (mut all, mut low) = (0.0, 0.0);
    for step in 0..STEPS {
        let rate = (f64::from(step) + 0.5) / f64::from(STEPS);
        let density = (log(rate) - peak).exp();
        all += density;
        if rate < x {
            low += density;
        }
    }
    low / all
}

/// Who of those who reported a thing did so by arrangement: within a short time, and with others with whom they reported several other
/// things before that people did not uphold. `before` is those: what, who, when.
pub fn brigade<R: Ord + Hash + Clone, T: Eq + Hash>(
    reported: &[(R, Millis)],
    before: &[(T, R, Millis)],
) -> BTreeSet<R> {
    let near = |one: Millis, other: Millis| (one.0 - other.0).abs() <= TOGETHER_MS;
    let index: HashMap<&R, usize> = reported.iter().enumerate().map(|(n, (who, _))| (who, n)).collect();
    let mut things: HashMap<&T, Vec<(usize, Millis)>> = HashMap::new();
    for (thing, who, at) in before {
        if let Some(who) = index.get(who) {
            things.entry(thing).or_default().push((*who, *at));
        }
    }
    let mut together: HashMap<(usize, usize), usize> = HashMap::new();
    for who in things.values_mut() {
        who.sort_unstable();
        who.dedup_by_key(|(who, _)| *who);
        for (n, (one, at)) in who.iter().enumerate() {
            for (other, _) in who.iter().skip(n + 1).filter(|(_, then)| near(*at, *then)) {
                *together.entry((*one, *other)).or_default() += 1;
            }
        }
    }
    let mut group: Vec<usize> = (0..reported.len()).collect();
    let root = |group: &[usize], mut of: usize| {
        while let Some(above) = group.get(of).copied().filter(|above| *above != of) {
            of = above;
        }
        of
    };
    for (one, other) in together.into_iter().filter(|(_, times)| *times >= OFTEN).map(|(pair, _)| pair) {
        let at_once = reported.get(one).zip(reported.get(other)).is_some_and(|(one, other)| near(one.1, other.1));
        let (one, other) = (root(&group, one), root(&group, other));
        if let Some(above) = group.get_mut(one).filter(|_| at_once) {
            *above = other;
        }
    }
    let mut sizes: HashMap<usize, usize> = HashMap::new();
    (0..reported.len()).for_each(|n| *sizes.entry(root(&group, n)).or_default() += 1);
    let member = |(n, _): &(usize, _)| sizes.get(&root(&group, *n)).is_some_and(|size| *size >= FEWEST_TOGETHER);
    reported.iter().enumerate().filter(member).map(|(_, (who, _))| who.clone()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Millis = Millis(1_790_000_000_000);

    fn reliability(upheld: u32, dismissed: u32) -> Reliability {
        let mut reliability = Reliability::default();
        (0..upheld).for_each(|_| reliability.add(true, NOW, NOW));
        (0..dismissed).for_each(|_| reliability.add(false, NOW, NOW));
        reliability
    }

    #[test]
    fn one_unknown_viewer_is_enough_and_one_who_is_mostly_wrong_is_not() {
        assert!(reliability(0, 0).weight() >= LOOKED_AT);
        assert!(reliability(8, 1).weight() > 0.8);
        assert!(reliability(0, 3).weight() < LOOKED_AT && reliability(0, 3).weight() > 0.0);
        assert_eq!(reliability(0, 12).weight(), 0.0);
    }

    #[test]
    fn nobody_is_distrusted_early_or_for_being_right_now_and_then() {
        assert!(!reliability(0, 9).is_distrusted());
        assert!(reliability(0, 10).is_distrusted());
        assert!(!reliability(4, 8).is_distrusted() && !reliability(10, 20).is_distrusted());
        assert!(reliability(2, 38).is_distrusted());
    }

    #[test]
    fn the_share_below_is_the_beta_distribution_s() {
        // By hand: Beta(1, 11) has 1 - 0.7^11 below 0.3, Beta(2, 1) has 0.3^2, and Beta(3, 3) a half below a half.
        for (x, hits, misses, share) in [
            (0.3, 0.0, 10.0, 1.0 - 0.7_f64.powi(11)),
            (0.3, 1.0, 0.0, 0.09),
            (0.5, 2.0, 2.0, 0.5),
            (0.3, 0.0, 0.0, 0.3),
        ] {
            assert!((below(x, hits, misses) - share).abs() < 1e-3, "{x} {hits} {misses}: {}", below(x, hits, misses));
        }
        assert!(below(0.3, 200.0, 800.0) > 0.999 && below(0.3, 800.0, 200.0) < 0.001);
    }

    #[test]
    fn what_was_long_ago_counts_less() {
        let mut old = Reliability::default();
        let year_ago = Millis(NOW.0 - 360 * 86_400_000);
        (0..16).for_each(|_| old.add(false, year_ago, NOW));
        assert!((old.dismissed - 1.0).abs() < 1e-9);
        assert!(!old.is_distrusted());
    }

    /// Who reported what with whom; minutes of the report at hand.
    fn found(minutes: &[(char, i64)], before: &[(u32, &str)]) -> String {
        let reported: Vec<(char, Millis)> = minutes.iter().map(|(who, at)| (*who, Millis(at * 60_000))).collect();
        let before: Vec<(u32, char, Millis)> =
            before.iter().flat_map(|(thing, who)| who.chars().map(|who| (*thing, who, Millis(0)))).collect();
        brigade(&reported, &before).into_iter().collect()
    }

    #[test]
    fn those_who_do_it_again_and_again_are_a_brigade() {
        let again = [(1, "abc"), (2, "abc"), (3, "abcx"), (4, "y")];
        assert_eq!(found(&[('a', 0), ('b', 1), ('c', 2), ('x', 2), ('y', 3)], &again), "abc");
        // Through others: a with b, b with c.
        let chain = [(1, "ab"), (2, "ab"), (3, "ab"), (4, "bc"), (5, "bc"), (6, "bc")];
        assert_eq!(found(&[('a', 0), ('b', 1), ('c', 2)], &chain), "abc");
        assert_eq!(found(&[('a', 0), ('b', 1)], &chain), "", "two are none");
        assert_eq!(found(&[('a', 0), ('b', 30), ('c', 60)], &chain), "", "nor those who come one by one");
        assert_eq!(found(&[('a', 0), ('b', 0), ('c', 0)], &again[..2]), "", "nor whoever met twice");
        assert_eq!(found(&[], &chain), "");
    }
}
