//! Perceptual hashes of pictures: what looks alike has few different bits. Pure.
//!
//! Two are taken together, because one keeps what the other loses: the sign of differences of neighbours (dHash 8x8) survives
//! brightness and overlays, the low frequencies against their median (DCT 32x32, 8x8 kept) survive compression.

use std::{f32::consts::PI, fmt, str::FromStr, sync::OnceLock};

/// Pictures are looked at in this size, whatever their shape.
pub const SIDE: usize = 128;
const FINE: usize = 32;
const KEPT: usize = 8;
/// Bits of a print.
pub const BITS: u32 = 128;
/// With less deviation from the mean there is nothing to recognise: black, white, a plain slate.
const PLAIN: f32 = 6.0;

/// Grey pixels, row by row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grey(Vec<u8>);

/// What a picture looks like.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Print {
    pub differences: u64,
    pub cosines: u64,
}

/// Part of a picture, as shares of its sides cut off all around.
#[derive(Debug, Clone, Copy)]
struct Region {
    cut: f32,
    mirrored: bool,
}

/// A sample is found again as it is, mirrored, and when others cut off its edges.
const VARIANTS: [Region; 4] = [
    Region { cut: 0.0, mirrored: false },
    Region { cut: 0.0, mirrored: true },
    Region { cut: 0.05, mirrored: false },
    Region { cut: 0.10, mirrored: false },
];

/// The print of a picture and of its variants.
pub type Prints = [Print; VARIANTS.len()];

impl Print {
    /// How many bits differ, of [`BITS`].
    pub fn distance(self, other: Self) -> u32 {
        (self.differences ^ other.differences).count_ones() + (self.cosines ^ other.cosines).count_ones()
    }
}

impl fmt::Display for Print {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}{:016x}", self.differences, self.cosines)
    }
}

#[derive(Debug, thiserror::Error)]
#[error("a print is 32 hexadecimal digits")]
pub struct NoPrint;

impl FromStr for Print {
    type Err = NoPrint;
    fn from_str(text: &str) -> Result<Self, NoPrint> {
        if text.len() != 32 || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(NoPrint);
        }
        let whole = u128::from_str_radix(text, 16).map_err(|_| NoPrint)?;
        Ok(Self { differences: (whole >> 64) as u64, cosines: whole as u64 })
    }
}

impl Grey {
    /// None when there are not as many pixels as there have to be.
    pub fn new(pixels: Vec<u8>) -> Option<Self> {
        (pixels.len() == SIDE * SIDE).then_some(Self(pixels))
    }

    /// The mean brightness, 0 to 255.
    pub fn mean(&self) -> f32 {
        self.0.iter().map(|pixel| f32::from(*pixel)).sum::<f32>() / self.0.len() as f32
    }

    /// Whether there is nothing in it to recognise it by.
    pub fn is_plain(&self) -> bool {
        let small = self.shrunk(VARIANTS[0], FINE, FINE);
        let mean = small.iter().sum::<f32>() / small.len() as f32;
        let variance = small.iter().map(|pixel| (pixel - mean).powi(2)).sum::<f32>() / small.len() as f32;
        variance.sqrt() < PLAIN
    }

    pub fn print(&self) -> Print {
        self.print_of(VARIANTS[0])
    }

    pub fn prints(&self) -> Prints {
        VARIANTS.map(|region| self.print_of(region))
    }

    fn print_of(&self, region: Region) -> Print {
        let rows = self.shrunk(region, KEPT + 1, KEPT);
        let mut differences = 0;
        for row in rows.chunks_exact(KEPT + 1) {
            for pair in row.windows(2) {
                differences = differences << 1 | u64::from(pair[0] < pair[1]);
            }
        }
        let low = low_frequencies(&self.shrunk(region, FINE, FINE));
        // The first one is the brightness, which says nothing of the picture.
        let mut sorted: Vec<f32> = low.iter().skip(1).copied().collect();
        sorted.sort_unstable_by(f32::total_cmp);
        let median = sorted.get(sorted.len() / 2).copied().unwrap_or_default();
        let cosines = low.iter().skip(1).fold(0, |bits, value| bits << 1 | u64::from(*value > median));
        Print { differences, cosines }
    }

    /// The means of so many fields across and down.
    fn shrunk(&self, region: Region, width: usize, height: usize) -> Vec<f32> {
        let cut = region.cut * SIDE as f32;
        let step = |fields: usize| (SIDE as f32 - 2.0 * cut) / fields as f32;
        let field = |n: usize, step: f32| (cut + n as f32 * step, cut + (n + 1) as f32 * step);
        let mut means = Vec::with_capacity(width * height);
        for y in 0..height {
            let row = means.len();
            for x in 0..width {
                means.push(self.mean_of(field(x, step(width)), field(y, step(height))));
            }
            if region.mirrored {
                means[row..].reverse();
            }
        }
        means
    }

    /// Pixels at the edges count by their share.
    fn mean_of(&self, (left, right): (f32, f32), (top, bottom): (f32, f32)) -> f32 {
        let share = |n: usize, from: f32, to: f32| (to.min(n as f32 + 1.0) - from.max(n as f32)).max(0.0);
        let within = |from: f32, to: f32| from.floor() as usize..(to.ceil() as usize).min(SIDE);
        let (mut sum, mut weight) = (0.0, 0.0);
        for y in within(top, bottom) {
            for x in within(left, right) {
                let counts = share(x, left, right) * share(y, top, bottom);
                sum += counts * f32::from(self.0[y * SIDE + x]);
                weight += counts;
            }
        }
        if weight > 0.0 { sum / weight } else { 0.0 }
    }
}

/// The lowest of a two-dimensional cosine transform, those of a row side by side.
fn low_frequencies(pixels: &[f32]) -> Vec<f32> {
    static WAVES: OnceLock<Vec<[f32; FINE]>> = OnceLock::new();
    let waves = WAVES.get_or_init(|| {
        let wave = |k: usize| std::array::from_fn(|n| ((2 * n + 1) as f32 * k as f32 * PI / (2 * FINE) as f32).cos());
        (0..KEPT).map(wave).collect()
    });
    let along = |values: &[f32], wave: &[f32; FINE]| values.iter().zip(wave).map(|(value, at)| value * at).sum::<f32>();
    let rows: Vec<Vec<f32>> =
        pixels.chunks_exact(FINE).map(|row| waves.iter().map(|wave| along(row, wave)).collect()).collect();
    let mut low = Vec::with_capacity(KEPT * KEPT);
    for wave in waves {
        for across in 0..KEPT {
            let column: Vec<f32> = rows.iter().filter_map(|row| row.get(across).copied()).collect();
            low.push(along(&column, wave));
        }
    }
    low
}

#[cfg(test)]
#[allow(clippy::expect_used, reason = "a test that cannot go on fails")]
mod tests {
    use super::*;

    fn picture(pixel: impl Fn(usize, usize) -> u8) -> Grey {
        let pixels = (0..SIDE * SIDE).map(|at| pixel(at % SIDE, at / SIDE)).collect();
        Grey::new(pixels).expect("as many as there have to be")
    }

    fn scene(shift: usize) -> Grey {
        picture(move |x, y| {
            let (x, y) = (x as f32 + shift as f32 * 13.0, y as f32);
            (128.0 + 60.0 * (x / 17.0).sin() + 50.0 * (y / (11.0 + shift as f32) + x / 29.0).cos()) as u8
        })
    }

    #[test]
    fn a_picture_is_like_itself_in_other_light_and_unlike_another() {
        let one = scene(0);
        let bright = Grey(one.0.iter().map(|pixel| pixel.saturating_add(20)).collect());
        assert!(one.print().distance(bright.print()) <= 4, "{}", one.print().distance(bright.print()));
        assert!(one.print().distance(scene(5).print()) > 30);
    }

    #[test]
    fn mirrored_and_cropped_pictures_are_found_by_a_variant() {
        let one = scene(0);
        let mirrored = picture(|x, y| one.0[y * SIDE + SIDE - 1 - x]);
        let cut = |at: usize| ((at as f32 * 0.9) + SIDE as f32 * 0.05) as usize;
        let cropped = picture(|x, y| one.0[cut(y) * SIDE + cut(x)]);
        for changed in [mirrored, cropped] {
            let nearest = one.prints().into_iter().map(|print| print.distance(changed.print())).min();
            assert!(nearest.is_some_and(|distance| distance <= 6), "{nearest:?}");
        }
    }

    #[test]
    fn prints_are_written_and_read() {
        let print = scene(1).print();
        assert_eq!(print.to_string().parse::<Print>().ok(), Some(print));
        assert!("+123".repeat(8).parse::<Print>().is_err());
        assert!(picture(|_, _| 16).is_plain());
        assert!(!scene(0).is_plain());
    }
}
