//! How good a classifier is, with how sure one may be of that.

use super::learn::{Example, Model};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// How good a model is on texts that people have judged.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ModelQuality {
    pub texts: usize,
    pub bad: usize,
    pub accuracy: f64,
    pub macro_f1: f64,
    pub precision: f64,
    pub recall: f64,
    /// Of what is good, the share that is called bad.
    pub false_positive_rate: f64,
    pub intervals: ModelIntervals,
    /// Expected calibration error over ten bins.
    pub calibration_error: f64,
    /// What a model decides alone when it only decides what it is surest of; people decide the rest.
    pub at_coverage: Vec<ModelCoverage>,
    /// The largest share that is decided 92 % right.
    pub coverage_at_92: f64,
    pub threshold: f64,
}

/// Lower and upper bound of each, 95 % (Wilson where it is a share).
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ModelIntervals {
    pub accuracy: [f64; 2],
    pub precision: [f64; 2],
    pub recall: [f64; 2],
    pub false_positive_rate: [f64; 2],
    /// By the delta method: it is no share of anything.
    pub macro_f1: [f64; 2],
}

#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ModelCoverage {
    pub coverage: f64,
    pub accuracy: f64,
}

/// What was said beside what is so.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Confusion {
    pub hit: usize,
    pub false_hit: usize,
    pub missed: usize,
    pub passed: usize,
}

impl Confusion {
    pub fn count(&mut self, said: bool, is: bool) {
        let of = match (said, is) {
            (true, true) => &mut self.hit,
            (true, false) => &mut self.false_hit,
            (false, true) => &mut self.missed,
            (false, false) => &mut self.passed,
        };
        *of += 1;
    }

    pub fn texts(self) -> usize {
        self.hit + self.false_hit + self.missed + self.passed
    }

    pub fn macro_f1(self) -> f64 {
        macro_f1(self.parts())
    }

    fn parts(self) -> [f64; 4] {
        [self.hit, self.false_hit, self.missed, self.passed].map(|count| count as f64)
    }

    /// By its variance to the first order, of four counts that are drawn together; one more of each, as Agresti and Coull have it
    /// for a share, so that a few texts without a fault do not look like certainty.
    fn macro_f1_interval(self) -> [f64; 2] {
        let (value, parts) = (self.macro_f1(), self.parts().map(|part| part + 1.0));
        let (centre, all) = (macro_f1(parts), parts.iter().sum::<f64>());
        let slopes: [f64; 4] = std::array::from_fn(|at| {
            let mut more = parts;
            more[at] += 1e-3;
            (macro_f1(more) - centre) / 1e-3 * all
        });
        let mean: f64 = slopes.iter().zip(parts).map(|(slope, part)| slope * part / all).sum();
        let square: f64 = slopes.iter().zip(parts).map(|(slope, part)| slope * slope * part / all).sum();
        let half = 1.959_964 * ((square - mean * mean).max(0.0) / all).sqrt();
        [(centre - half).clamp(0.0, value), (centre + half).clamp(value, 1.0)]
    }
}

fn macro_f1([hit, false_hit, missed, passed]: [f64; 4]) -> f64 {
    let f1 = |right: f64| {
        let of = 2.0 * right + false_hit + missed;
        if of > 0.0 { 2.0 * right / of } else { 0.0 }
    };
    (f1(hit) + f1(passed)) / 2.0
}

fn share(right: usize, of: usize) -> f64 {
    right as f64 / of.max(1) as f64
}

pub fn interval(right: usize, of: usize) -> [f64; 2] {
    if of == 0 {
        return [0.0, 1.0];
    }
    let (n, p, z) = (of as f64, share(right, of), 1.959_964);
    let centre = (p + z * z / (2.0 * n)) / (1.0 + z * z / n);
    let half = z / (1.0 + z * z / n) * (p * (1.0 - p) / n + z * z / (4.0 * n * n)).sqrt();
    [(centre - half).max(0.0), (centre + half).min(1.0)]
}

impl Model {
    /// Bad is what is at least as likely as `threshold`.
    pub fn quality(&self, examples: &[Example], threshold: f64) -> ModelQuality {
        let raw: Vec<f64> = examples.iter().map(|example| f64::from(self.probability(&example.text))).collect();
        let likely: Vec<(f64, bool)> = raw.iter().zip(examples).map(|(p, example)| (*p, example.bad)).collect();
        let mut seen = Confusion::default();
        likely.iter().for_each(|(p, bad)| seen.count(*p >= threshold, *bad));
        let Confusion { hit, false_hit, missed, passed } = seen;
        let mut surest: Vec<(f64, bool)> = likely
            .iter()
            .map(|(p, bad)| {
                (
                    (p - threshold).abs() / if *p >= threshold { 1.0 - threshold } else { threshold },
                    (*p >= threshold) == *bad,
                )
            })
            .collect();
        surest.sort_by(|one, other| other.0.total_cmp(&one.0));
        let mut right = 0;
        let accuracies: Vec<f64> = surest
            .iter()
            .enumerate()
            .map(|(at, (_, fits))| {
                right += usize::from(*fits);
                right as f64 / (at + 1) as f64
            })
            .collect();
        let all = likely.len().max(1) as f64;
        let at_coverage = (1..=10)
            .filter_map(|tenth| {
                let at = likely.len() * tenth / 10;
                Some(ModelCoverage { coverage: tenth as f64 / 10.0, accuracy: *accuracies.get(at.checked_sub(1)?)? })
            })
            .collect();
        // The first few say nothing of a share.
        let coverage_at_92 =
            accuracies.iter().rposition(|accuracy| *accuracy >= 0.92).map_or(0.0, |at| (at + 1) as f64 / all);
        let mut bins = [(0_usize, 0.0, 0_usize); 10];
        for (p, bad) in &likely {
            let bin = &mut bins[((p * 10.0) as usize).min(9)];
            *bin = (bin.0 + 1, bin.1 + p, bin.2 + usize::from(*bad));
        }
        let calibration_error = bins.iter().filter(|bin| bin.0 > 0).map(|bin| (bin.1 - bin.2 as f64).abs() / all).sum();
        ModelQuality {
            texts: likely.len(),
            bad: hit + missed,
            accuracy: share(hit + passed, likely.len()),
            macro_f1: seen.macro_f1(),
            precision: share(hit, hit + false_hit),
            recall: share(hit, hit + missed),
            false_positive_rate: share(false_hit, false_hit + passed),
            intervals: ModelIntervals {
                accuracy: interval(hit + passed, likely.len()),
                precision: interval(hit, hit + false_hit),
                recall: interval(hit, hit + missed),
                false_positive_rate: interval(false_hit, false_hit + passed),
                macro_f1: seen.macro_f1_interval(),
            },
            calibration_error,
            at_coverage,
            coverage_at_92,
            threshold,
        }
    }
}
