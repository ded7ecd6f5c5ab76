//! When viewers come and how long they stay: Poisson arrivals, log-normal stays. Pure: chance comes in as an argument.

use rand::{Rng, RngExt};
use std::time::Duration;

/// The pause until the next of events that happen every `mean_s` seconds on average (exponential).
pub fn pause(rng: &mut impl Rng, mean_s: f64) -> Duration {
    let uniform: f64 = rng.random();
    Duration::from_secs_f64((-(1.0 - uniform).ln() * mean_s).clamp(0.0, 86_400.0))
}

/// A stay with the given median; `sigma` is the spread of its logarithm.
pub fn stay(rng: &mut impl Rng, median: Duration, sigma: f64) -> Duration {
    Duration::from_secs_f64((median.as_secs_f64() * (sigma * normal(rng)).exp()).clamp(1.0, 86_400.0))
}

/// The mean of such stays; with it the arrival rate that keeps `n` viewers is `n / mean`.
pub fn mean_stay(median: Duration, sigma: f64) -> f64 {
    median.as_secs_f64() * (sigma * sigma / 2.0).exp()
}

/// A standard normal number (Box and Muller).
fn normal(rng: &mut impl Rng) -> f64 {
    let (first, second): (f64, f64) = (rng.random(), rng.random());
    (-2.0 * (1.0 - first).ln()).sqrt() * (std::f64::consts::TAU * second).cos()
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::{SeedableRng, rngs::StdRng};

    #[test]
    fn stays_have_the_median_and_the_mean_they_promise() {
        let mut rng = StdRng::seed_from_u64(7);
        let median = Duration::from_secs(300);
        let mut stays: Vec<f64> = (0..20_000).map(|_| stay(&mut rng, median, 0.9).as_secs_f64()).collect();
        stays.sort_by(f64::total_cmp);
        let middle = stays[stays.len() / 2];
        let mean = stays.iter().sum::<f64>() / stays.len() as f64;
        assert!((middle / 300.0 - 1.0).abs() < 0.05, "median {middle}");
        assert!((mean / mean_stay(median, 0.9) - 1.0).abs() < 0.05, "mean {mean}");
    }

    #[test]
    fn pauses_average_to_their_mean() {
        let mut rng = StdRng::seed_from_u64(8);
        let mean = (0..20_000).map(|_| pause(&mut rng, 40.0).as_secs_f64()).sum::<f64>() / 20_000.0;
        assert!((mean / 40.0 - 1.0).abs() < 0.05, "mean {mean}");
    }
}
