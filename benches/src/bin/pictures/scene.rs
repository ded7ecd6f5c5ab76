//! Drawn scenes, no two alike, and what people do to pictures to hide them. Grey, and the same on every machine.

use std::f32::consts::PI;

pub const WIDE: usize = 640;
pub const HIGH: usize = 360;

#[derive(Clone)]
pub struct Picture {
    wide: usize,
    high: usize,
    pixels: Vec<f32>,
}

/// SplitMix64.
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> f32 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = self.0;
        bits = (bits ^ bits >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ bits >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((bits ^ bits >> 31) >> 40) as f32 / (1 << 24) as f32
    }

    fn between(&mut self, low: f32, high: f32) -> f32 {
        low + (high - low) * self.next()
    }
}

impl Picture {
    fn drawn(wide: usize, high: usize, pixel: impl Fn(usize, usize) -> f32) -> Self {
        let pixels = (0..wide * high).map(|at| pixel(at % wide, at / wide).clamp(0.0, 255.0)).collect();
        Self { wide, high, pixels }
    }

    /// Of a decoder's bytes; none where there are too few.
    pub fn of(grey: &[u8]) -> Option<Self> {
        let pixels: Vec<f32> = grey.iter().map(|pixel| f32::from(*pixel)).collect();
        (pixels.len() == WIDE * HIGH).then_some(Self { wide: WIDE, high: HIGH, pixels })
    }

    fn at(&self, x: usize, y: usize) -> f32 {
        self.pixels[y * self.wide + x]
    }

    /// Light from one side, things of all sizes in front of each other, some with a pattern, and grain.
    pub fn scene(seed: u64) -> Self {
        let mut dice = Dice(seed.wrapping_mul(0x517c_c1b7_2722_0a95));
        let (light, across, down) = (dice.between(40.0, 200.0), dice.between(-90.0, 90.0), dice.between(-90.0, 90.0));
        let share = |at: usize, of: usize| at as f32 / of as f32 - 0.5;
        let mut picture = Self::drawn(WIDE, HIGH, |x, y| light + across * share(x, WIDE) + down * share(y, HIGH));
        let things = 6 + (dice.next() * 18.0) as usize;
        for nth in 0..things {
            picture.put_thing(&mut dice, 1.0 / (1.0 + nth as f32 / 6.0));
        }
        picture.pixels.iter_mut().for_each(|pixel| *pixel = (*pixel + dice.between(-5.0, 5.0)).clamp(0.0, 255.0));
        picture
    }

    fn put_thing(&mut self, dice: &mut Dice, size: f32) {
        let (x, y) = (dice.between(0.0, WIDE as f32), dice.between(0.0, HIGH as f32));
        let (wide, high) = (dice.between(20.0, 220.0) * size, dice.between(20.0, 180.0) * size);
        let (shade, slope) = (dice.between(10.0, 245.0), dice.between(-40.0, 40.0));
        let (sine, cosine) = dice.between(0.0, PI).sin_cos();
        let round = dice.next() < 0.6;
        let pattern = if dice.next() < 0.3 { dice.between(10.0, 40.0) } else { 0.0 };
        let wave = dice.between(4.0, 20.0);
        for at in 0..self.pixels.len() {
            let (across, down) = ((at % WIDE) as f32 - x, (at / WIDE) as f32 - y);
            let (u, v) = ((across * cosine + down * sine) / wide, (down * cosine - across * sine) / high);
            let away = if round { u * u + v * v } else { u.abs().max(v.abs()) };
            if away < 1.0 {
                self.pixels[at] = (shade + slope * u + pattern * (u * wide / wave).sin()).clamp(0.0, 255.0);
            }
        }
    }

    /// Smaller by means, larger by a straight line between neighbours.
    pub fn resized(&self, wide: usize, high: usize) -> Self {
        let (across, down) = (self.wide as f32 / wide as f32, self.high as f32 / high as f32);
        if across < 1.0 {
            return Self::drawn(wide, high, |x, y| {
                let place = |at: usize, step: f32| ((at as f32 + 0.5) * step - 0.5).max(0.0);
                let (x, y) = (place(x, across), place(y, down));
                let (left, top) = (x as usize, y as usize);
                let (right, below) = ((left + 1).min(self.wide - 1), (top + 1).min(self.high - 1));
                let (x, y) = (x - left as f32, y - top as f32);
                let row = |row: usize| self.at(left, row) * (1.0 - x) + self.at(right, row) * x;
                row(top) * (1.0 - y) + row(below) * y
            });
        }
        let span = |at: usize, step: f32, of: usize| {
            (at as f32 * step) as usize..(((at + 1) as f32 * step).ceil() as usize).min(of)
        };
        Self::drawn(wide, high, |x, y| {
            let (columns, rows) = (span(x, across, self.wide), span(y, down, self.high));
            let count = (columns.len() * rows.len()) as f32;
            rows.flat_map(|y| columns.clone().map(move |x| (x, y))).map(|(x, y)| self.at(x, y)).sum::<f32>() / count
        })
    }

    /// Without that share of its sides, all around.
    pub fn cropped(&self, share: f32) -> Self {
        let (x, y) = ((self.wide as f32 * share) as usize, (self.high as f32 * share) as usize);
        Self::drawn(self.wide - 2 * x, self.high - 2 * y, |across, down| self.at(across + x, down + y))
    }

    pub fn mirrored(&self) -> Self {
        Self::drawn(self.wide, self.high, |x, y| self.at(self.wide - 1 - x, y))
    }

    pub fn lit(&self, factor: f32, more: f32) -> Self {
        Self::drawn(self.wide, self.high, |x, y| self.at(x, y) * factor + more)
    }

    /// So many lines of danmaku that run over it: bright strokes, a field of them a character.
    pub fn written(mut self, seed: u64, lines: usize, tall: usize) -> Self {
        let mut dice = Dice(seed ^ 0x00ab_cdef);
        for _ in 0..lines {
            let top = dice.between(0.0, (self.high - tall) as f32) as usize;
            let mut left = dice.between(0.0, self.wide as f32 * 0.7) as usize;
            for _ in 0..6 + (dice.next() * 12.0) as usize {
                for at in 0..tall * tall {
                    let (x, y) = (at % tall, at / tall);
                    if left + x < self.wide && (x * 7 / tall + y * 5 / tall).is_multiple_of(2) {
                        self.pixels[(top + y) * self.wide + left + x] = 250.0;
                    }
                }
                left += tall + 2;
            }
        }
        self
    }

    /// A plate over its lower part, as an offer has it.
    pub fn plated(mut self) -> Self {
        for at in 0..self.pixels.len() {
            let (x, y) = (at % self.wide, at / self.wide);
            if (20..20 + self.wide * 2 / 3).contains(&x) && (self.high * 6 / 7 - 10..self.high - 10).contains(&y) {
                self.pixels[at] = 76.0;
            }
        }
        self
    }

    pub fn grained(mut self, seed: u64, much: f32) -> Self {
        let mut dice = Dice(seed ^ 0x1234);
        self.pixels.iter_mut().for_each(|pixel| *pixel = (*pixel + dice.between(-much, much)).clamp(0.0, 255.0));
        self
    }

    /// What the blocks and the quantisation of JPEG leave of it (ITU-T T.81, table K.1), at a quality as libjpeg counts it.
    pub fn jpeg(mut self, quality: u32) -> Self {
        let scale = if quality < 50 { 5_000 / quality.max(1) } else { 200 - 2 * quality.min(100) };
        let steps: Vec<f32> = LUMINANCE.iter().map(|step| ((step * scale + 50) / 100).clamp(1, 255) as f32).collect();
        let wave = |k: usize, x: usize| {
            let weight = if k == 0 { 0.125_f32.sqrt() } else { 0.5 };
            weight * ((2 * x + 1) as f32 * k as f32 * PI / 16.0).cos()
        };
        let waves: [[f32; 8]; 8] = std::array::from_fn(|k| std::array::from_fn(|x| wave(k, x)));
        let square = |value: &dyn Fn(usize, usize) -> f32| -> [[f32; 8]; 8] {
            std::array::from_fn(|y| std::array::from_fn(|x| value(y, x)))
        };
        let sum = |term: &dyn Fn(usize) -> f32| (0..8).map(term).sum::<f32>();
        for top in (0..self.high / 8 * 8).step_by(8) {
            for left in (0..self.wide / 8 * 8).step_by(8) {
                let rows = square(&|y, k| sum(&|x| (self.at(left + x, top + y) - 128.0) * waves[k][x]));
                let kept = square(&|v, k| {
                    let step = steps[v * 8 + k];
                    (sum(&|y| rows[y][k] * waves[v][y]) / step).round() * step
                });
                let columns = square(&|v, x| sum(&|k| kept[v][k] * waves[k][x]));
                for at in 0..64 {
                    let (x, y) = (at % 8, at / 8);
                    let pixel = sum(&|v| columns[v][x] * waves[v][y]) + 128.0;
                    self.pixels[(top + y) * self.wide + left + x] = pixel.clamp(0.0, 255.0);
                }
            }
        }
        self
    }

    pub fn bytes(&self) -> Vec<u8> {
        self.pixels.iter().map(|pixel| *pixel as u8).collect()
    }
}

#[rustfmt::skip]
const LUMINANCE: [u32; 64] = [
    16, 11, 10, 16, 24, 40, 51, 61,
    12, 12, 14, 19, 26, 58, 60, 55,
    14, 13, 16, 24, 40, 57, 69, 56,
    14, 17, 22, 29, 51, 87, 80, 62,
    18, 22, 37, 56, 68, 109, 103, 77,
    24, 35, 55, 64, 81, 104, 113, 92,
    49, 64, 78, 87, 103, 121, 120, 101,
    72, 92, 95, 98, 112, 100, 103, 99,
];
