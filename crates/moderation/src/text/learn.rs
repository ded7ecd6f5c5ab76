//! A text classifier that learns on line: logistic regression on hashed pieces of one to three characters, by FTRL-proximal (McMahan
//! et al., "Ad click prediction: a view from the trenches", KDD 2013), blended with one whose pieces are weighed by their log-count
//! ratio (Wang and Manning, "Baselines and bigrams", ACL 2012). Its probabilities are calibrated on a part it did not learn from
//! (Platt 1999). It ranks and holds; it never blocks by itself.

use super::fold::{Unit, fold};

const BITS: u32 = 18;
const SIZE: usize = 1 << BITS;
const EPOCHS: usize = 8;
/// Every so many-th text calibrates instead of teaching.
const CALIBRATES: usize = 10;
/// With fewer to calibrate on, what is learned on keeps the calibration of its base.
const LEAST_CALIBRATE: usize = 50;
/// Longer texts are judged by their beginning.
const LONGEST: usize = 2_000;

/// A text and what people said of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Example {
    pub text: String,
    pub bad: bool,
}

/// A trained model: half a megabyte.
#[derive(Clone, PartialEq)]
pub struct Model {
    plain: Weights,
    ratio: Weights,
    /// Share of bad ones in what it learned from.
    prior: f32,
    /// Logit of the probability = `slope` x score + `bias`.
    slope: f32,
    bias: f32,
}

/// Weights in a byte each, times `scale`.
#[derive(Clone, PartialEq)]
struct Weights {
    scale: f32,
    bias: f32,
    bytes: Vec<i8>,
}

#[derive(Debug, thiserror::Error)]
pub enum Unusable {
    #[error("there are {0} texts of one kind and {1} of the other: at least 20 of each are needed")]
    TooFew(usize, usize),
    #[error("this is no model of this program's version")]
    NoModel,
}

/// A text in pieces, and the memory for the next one.
#[derive(Default)]
pub struct Pieces {
    units: Vec<Unit>,
    places: Vec<u32>,
}

impl Pieces {
    pub fn cut(&mut self, text: &str) {
        pieces(text, &mut self.units, &mut self.places);
    }
}

/// Texts that say the same in another dress have the same number.
pub fn likeness(text: &str) -> u64 {
    let mut units = Vec::new();
    fold(text.char_indices().nth(LONGEST).map_or(text, |(at, _)| &text[..at]), &mut units);
    units
        .iter()
        .fold(0xcbf2_9ce4_8422_2325, |hash, unit| (hash ^ u64::from(u32::from(unit.c))).wrapping_mul(0x0100_0000_01b3))
}

/// The pieces of a text, each once, as places in the weights.
fn pieces(text: &str, units: &mut Vec<Unit>, places: &mut Vec<u32>) {
    let text = text.char_indices().nth(LONGEST).map_or(text, |(at, _)| &text[..at]);
    fold(text, units);
    places.clear();
    let piece = |chars: &[Unit]| {
        // FNV-1a over the characters, mixed once more so that the low bits are good ones.
        let mut hash = 0xcbf2_9ce4_8422_2325_u64;
        for unit in chars {
            hash = (hash ^ u64::from(u32::from(unit.shown))).wrapping_mul(0x0100_0000_01b3);
            hash = (hash ^ u64::from(unit.run.min(3))).wrapping_mul(0x0100_0000_01b3);
        }
        hash ^= hash >> 29;
        (hash.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> (64 - BITS)) as u32
    };
    for long in 1..=3 {
        places.extend(units.windows(long).map(piece));
    }
    places.sort_unstable();
    places.dedup();
}

/// FTRL-proximal, per place.
struct Learner {
    z: Vec<f32>,
    n: Vec<f32>,
    bias_z: f32,
    bias_n: f32,
}

const ALPHA: f32 = 1.0;
const BETA: f32 = 1.0;
const L2: f32 = 4.0;

fn weight(z: f32, n: f32) -> f32 {
    -z / ((BETA + n.sqrt()) / ALPHA + L2)
}

impl Learner {
    fn new() -> Self {
        Self { z: vec![0.0; SIZE], n: vec![0.0; SIZE], bias_z: 0.0, bias_n: 0.0 }
    }

    /// One that knows something already, as surely as if each place had been met once.
    fn knowing(known: impl Fn(usize) -> f32, bias: f32) -> Self {
        let of = |weight: f32| -weight * ((BETA + 1.0) / ALPHA + L2);
        let z = (0..SIZE).map(|at| of(known(at))).collect();
        Self { z, n: vec![1.0; SIZE], bias_z: of(bias), bias_n: 1.0 }
    }

    fn learn(&mut self, places: &[u32], value: impl Fn(u32) -> f32, bad: bool) {
        let score: f32 = places.iter().map(|at| weight(self.z[*at as usize], self.n[*at as usize]) * value(*at)).sum();
        let error = sigmoid(score + weight(self.bias_z, self.bias_n)) - f32::from(u8::from(bad));
        let step = |z: &mut f32, n: &mut f32, gradient: f32| {
            let before = *n;
            *n += gradient * gradient;
            let sigma = (n.sqrt() - before.sqrt()) / ALPHA;
            *z += gradient - sigma * weight(*z, before);
        };
        for at in places {
            let index = *at as usize;
            step(&mut self.z[index], &mut self.n[index], error * value(*at));
        }
        step(&mut self.bias_z, &mut self.bias_n, error);
    }

    fn weights(&self, by: impl Fn(u32) -> f32) -> Weights {
        let floats: Vec<f32> = (0..SIZE).map(|at| weight(self.z[at], self.n[at]) * by(at as u32)).collect();
        let most = floats.iter().fold(1e-6_f32, |most, weight| most.max(weight.abs()));
        let scale = most / 127.0;
        Weights {
            scale,
            bias: weight(self.bias_z, self.bias_n),
            bytes: floats.iter().map(|weight| (weight / scale).round() as i8).collect(),
        }
    }
}

impl Weights {
    fn score(&self, places: &[u32]) -> f32 {
        let sum: i64 = places.iter().map(|at| i64::from(self.bytes[*at as usize])).sum();
        sum as f32 * self.scale * norm(places) + self.bias
    }
}

/// Long texts weigh no more than short ones.
fn norm(places: &[u32]) -> f32 {
    1.0 / (places.len().max(1) as f32).sqrt()
}

fn cut(examples: &[Example]) -> Vec<(Vec<u32>, bool)> {
    let mut units = Vec::new();
    let read = |example: &Example| {
        let mut places = Vec::new();
        pieces(&example.text, &mut units, &mut places);
        (places, example.bad)
    };
    examples.iter().map(read).collect()
}

/// The same disorder every time.
fn shuffler() -> impl FnMut(&mut [usize]) {
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    move |order| {
        for at in (1..order.len()).rev() {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            order.swap(at, (state % (at as u64 + 1)) as usize);
        }
    }
}

/// Which teach and which calibrate, spread so that a sorted file does no harm.
fn split(count: usize, shuffle: &mut impl FnMut(&mut [usize])) -> (Vec<usize>, Vec<usize>) {
    let mut order: Vec<usize> = (0..count).collect();
    shuffle(&mut order);
    let (mut teach, mut calibrate) = (Vec::new(), Vec::new());
    for (nth, at) in order.into_iter().enumerate() {
        if nth % CALIBRATES == 0 { calibrate.push(at) } else { teach.push(at) }
    }
    (teach, calibrate)
}

fn sigmoid(x: f32) -> f32 {
    1.0 / (1.0 + (-x).exp())
}

impl Model {
    /// Learns; the same examples in the same order make the same model.
    ///
    /// # Errors
    /// [`Unusable::TooFew`].
    pub fn train(examples: &[Example]) -> Result<Self, Unusable> {
        let bad = examples.iter().filter(|example| example.bad).count();
        let good = examples.len() - bad;
        if bad.min(good) < 20 {
            return Err(Unusable::TooFew(bad, good));
        }
        let all = cut(examples);
        let mut shuffle = shuffler();
        let (mut teach, calibrate) = split(all.len(), &mut shuffle);
        let ratios = ratios(&all, &teach);
        let (mut plain, mut by_ratio) = (Learner::new(), Learner::new());
        for _ in 0..EPOCHS {
            shuffle(&mut teach);
            for at in &teach {
                let (places, bad) = &all[*at];
                let norm = norm(places);
                plain.learn(places, |_| norm * PLAIN, *bad);
                by_ratio.learn(places, |at| norm * ratios[at as usize], *bad);
            }
        }
        let mut model = Self {
            plain: plain.weights(|_| PLAIN),
            ratio: by_ratio.weights(|at| ratios[at as usize]),
            prior: bad as f32 / all.len() as f32,
            slope: 1.0,
            bias: 0.0,
        };
        model.calibrate(calibrate.iter().map(|at| (model.raw(&all[*at].0), all[*at].1)).collect());
        Ok(model)
    }

    /// Learns on from what this one knows: few examples move it where they speak, and leave the rest.
    ///
    /// # Errors
    /// [`Unusable::TooFew`].
    pub fn tune(&self, examples: &[Example]) -> Result<Self, Unusable> {
        let bad = examples.iter().filter(|example| example.bad).count();
        if examples.len() < 20 {
            return Err(Unusable::TooFew(bad, examples.len() - bad));
        }
        let all = cut(examples);
        let mut shuffle = shuffler();
        let (mut teach, calibrate) = split(all.len(), &mut shuffle);
        // Both halves are linear in the same pieces: together they are one.
        let known = |at: usize| {
            let of = |weights: &Weights| f32::from(weights.bytes[at]) * weights.scale;
            (of(&self.plain) + of(&self.ratio)) / 2.0 / PLAIN
        };
        let mut learner = Learner::knowing(known, (self.plain.bias + self.ratio.bias) / 2.0);
        for _ in 0..EPOCHS {
            shuffle(&mut teach);
            for at in &teach {
                let (places, bad) = &all[*at];
                let norm = norm(places);
                learner.learn(places, |_| norm * PLAIN, *bad);
            }
        }
        let tuned = learner.weights(|_| PLAIN);
        let mut model = Self { plain: tuned.clone(), ratio: tuned, ..self.clone() };
        // A handful says less of how sure to be than what the base was calibrated on.
        if calibrate.len() >= LEAST_CALIBRATE {
            model.calibrate(calibrate.iter().map(|at| (model.raw(&all[*at].0), all[*at].1)).collect());
        }
        Ok(model)
    }

    fn raw(&self, places: &[u32]) -> f32 {
        (self.plain.score(places) + self.ratio.score(places)) / 2.0
    }

    /// Platt's, by Newton's method on two numbers; a step that makes it worse is halved.
    fn calibrate(&mut self, scores: Vec<(f32, bool)>) {
        let (mut a, mut b) = (1.0_f64, 0.0_f64);
        let bad = scores.iter().filter(|score| score.1).count() as f64;
        let (high, low) = ((bad + 1.0) / (bad + 2.0), 1.0 / (scores.len() as f64 - bad + 2.0));
        let wanted = |bad: bool| if bad { high } else { low };
        // Cross entropy: ln(1 + e^x) - t x.
        let loss = |a: f64, b: f64| {
            let one = |score: &(f32, bool)| {
                let x = a * f64::from(score.0) + b;
                x.max(0.0) + (-x.abs()).exp().ln_1p() - wanted(score.1) * x
            };
            scores.iter().map(one).sum::<f64>()
        };
        for _ in 0..50 {
            let (mut ga, mut gb, mut haa, mut hab, mut hbb) = (0.0, 0.0, 1e-9, 0.0, 1e-9);
            for (score, bad) in &scores {
                let score = f64::from(*score);
                let p = 1.0 / (1.0 + (-(a * score + b)).exp());
                let (error, weight) = (p - wanted(*bad), p * (1.0 - p));
                ga += error * score;
                gb += error;
                haa += weight * score * score;
                hab += weight * score;
                hbb += weight;
            }
            let det = haa * hbb - hab * hab;
            if det.abs() < 1e-12 {
                break;
            }
            let (da, db) = ((hbb * ga - hab * gb) / det, (haa * gb - hab * ga) / det);
            let (before, mut step) = (loss(a, b), 1.0);
            while step > 1e-6 && loss(a - step * da, b - step * db) > before {
                step /= 2.0;
            }
            (a, b) = (a - step * da, b - step * db);
            if step * (da.abs() + db.abs()) < 1e-7 || step <= 1e-6 {
                break;
            }
        }
        (self.slope, self.bias) = (a as f32, b as f32);
    }

    /// How likely people would call it bad, 0 to 1, were such texts as frequent as in what it learned from.
    pub fn probability(&self, text: &str) -> f32 {
        let mut pieces = Pieces::default();
        pieces.cut(text);
        self.probability_of(&pieces)
    }

    /// The same of a text that is cut already, so that several models are asked with one cut.
    pub fn probability_of(&self, pieces: &Pieces) -> f32 {
        sigmoid(self.slope * self.raw(&pieces.places) + self.bias)
    }

    pub fn prior(&self) -> f32 {
        self.prior
    }

    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = MAGIC.to_vec();
        for number in
            [self.prior, self.slope, self.bias, self.plain.scale, self.plain.bias, self.ratio.scale, self.ratio.bias]
        {
            bytes.extend(number.to_le_bytes());
        }
        for weights in [&self.plain, &self.ratio] {
            bytes.extend(weights.bytes.iter().map(|byte| *byte as u8));
        }
        bytes
    }

    /// # Errors
    /// [`Unusable::NoModel`] for anything that [`Model::to_bytes`] did not write.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Unusable> {
        let rest = bytes.strip_prefix(MAGIC).filter(|rest| rest.len() == 7 * 4 + 2 * SIZE).ok_or(Unusable::NoModel)?;
        let (numbers, rest) = rest.split_at(7 * 4);
        let numbers: Vec<f32> =
            numbers.chunks_exact(4).map(|four| f32::from_le_bytes([four[0], four[1], four[2], four[3]])).collect();
        let [prior, slope, bias, plain_scale, plain_bias, ratio_scale, ratio_bias] = numbers[..] else {
            return Err(Unusable::NoModel);
        };
        if !numbers.iter().all(|number| number.abs() <= LARGEST) {
            return Err(Unusable::NoModel);
        }
        let weights =
            |bytes: &[u8], scale, bias| Weights { scale, bias, bytes: bytes.iter().map(|byte| *byte as i8).collect() };
        Ok(Self {
            plain: weights(&rest[..SIZE], plain_scale, plain_bias),
            ratio: weights(&rest[SIZE..], ratio_scale, ratio_bias),
            prior,
            slope,
            bias,
        })
    }
}

const MAGIC: &[u8] = b"kaibo-text-1\n";
/// No number that was learned comes near; sums of larger ones are none any more.
const LARGEST: f32 = 1e6;
/// The plain pieces weigh as much as a common ratio.
const PLAIN: f32 = 3.0;

/// Log-count ratio of each place, smoothed by one.
fn ratios(all: &[(Vec<u32>, bool)], teach: &[usize]) -> Vec<f32> {
    let (mut bad, mut good) = (vec![1.0_f64; SIZE], vec![1.0_f64; SIZE]);
    for at in teach {
        let (places, is_bad) = &all[*at];
        let counts = if *is_bad { &mut bad } else { &mut good };
        places.iter().for_each(|at| counts[*at as usize] += 1.0);
    }
    let (bad_sum, good_sum): (f64, f64) = (bad.iter().sum(), good.iter().sum());
    (0..SIZE).map(|at| ((bad[at] / bad_sum) / (good[at] / good_sum)).ln() as f32).collect()
}
