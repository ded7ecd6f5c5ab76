//! Which of what passes is put before people 主动抽样: half of the share by chance, half of it what is nearest to the threshold.

use crate::models::{Rules, Sample};
use events::Millis;

const HOUR_MS: i64 = 3_600_000;
/// How far the cut moves with each danmaku, in shares of the whole range of probabilities.
const STEP: f64 = 0.05;

/// Per organisation.
pub struct Sampler {
    hour: i64,
    taken: u32,
    /// Nearer than this is near. It follows what comes in, so that the share is kept whatever the model says.
    cut: f64,
}

impl Default for Sampler {
    fn default() -> Self {
        Self { hour: 0, taken: 0, cut: STEP }
    }
}

impl Sampler {
    /// `below_milli`: how far it stayed below the threshold, where a model was asked; `chance` is from 0 up to 1.
    pub fn take(&mut self, rules: &Rules, below_milli: Option<u32>, chance: f64, now: Millis) -> Option<Sample> {
        let half = f64::from(rules.sample_micro) / 2e6;
        let hour = now.0.div_euclid(HOUR_MS);
        if self.hour != hour {
            (self.hour, self.taken) = (hour, 0);
        }
        let near = below_milli.is_some_and(|below| {
            let near = half > 0.0 && f64::from(below) / 1_000.0 <= self.cut;
            // A quantile by stochastic approximation: up a little with what is left out, down with what is taken.
            self.cut = (self.cut + STEP * (half - f64::from(u8::from(near)))).clamp(-1.0, 1.0);
            near
        });
        // Chance decides first: what it takes is a fair picture of all that passes.
        let sample = if chance < half {
            Some(Sample::Random)
        } else if near {
            Some(Sample::Near)
        } else {
            None
        };
        if sample.is_some() {
            if self.taken >= rules.samples_an_hour {
                return None;
            }
            self.taken += 1;
        }
        sample
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_share_is_kept_and_what_is_near_comes_first() {
        let rules = Rules { sample_micro: 20_000, samples_an_hour: u32::MAX, ..Rules::default() };
        let (mut sampler, mut state) = (Sampler::default(), 7_u64);
        let mut next = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) as f64 / f64::from(1_u32 << 31)
        };
        let (mut near, mut random, mut below_near) = (0, 0, 0);
        for _ in 0..100_000 {
            let below = (next() * 1_000.0) as u32;
            match sampler.take(&rules, Some(below), next(), Millis(1)) {
                Some(Sample::Near) => (near, below_near) = (near + 1, below_near + below),
                Some(Sample::Random) => random += 1,
                None => {}
            }
        }
        assert!((800..1_200).contains(&random) && (800..1_200).contains(&near), "{random} {near}");
        assert!(below_near / near < 100, "{}", below_near / near);
    }

    #[test]
    fn an_hour_has_its_most_and_nothing_is_taken_of_no_share() {
        let mut rules = Rules { sample_micro: 1_000_000, samples_an_hour: 3, ..Rules::default() };
        let mut sampler = Sampler::default();
        let mut taken =
            |rules: &Rules, at| (0..10).filter(|_| sampler.take(rules, None, 0.1, Millis(at)).is_some()).count();
        assert_eq!((taken(&rules, 0), taken(&rules, HOUR_MS)), (3, 3));
        rules.sample_micro = 0;
        assert_eq!(taken(&rules, 2 * HOUR_MS), 0);
    }
}
