//! Samples: how loud they are, where they may be cut, and a file of them. Pure.

/// Samples of a second, of one channel.
pub const RATE: usize = 16_000;
/// Nothing above this is silence, of full scale: -50 dB.
const SILENCE: f32 = 0.003_162;
/// How loud it is is said of so many samples at a time: a tenth of a second.
const BLOCK: usize = RATE / 10;
/// A cut is looked for where so many samples are quiet: a fifth of a second between words.
const PAUSE: usize = RATE / 5;
/// In the last so many samples.
const CUT_WITHIN: usize = RATE * 2;

/// 16 kHz, one channel.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Pcm(pub Vec<i16>);

impl Pcm {
    /// From samples of two bytes, the lower first.
    pub fn from_bytes(bytes: &[u8]) -> Self {
        Self(bytes.chunks_exact(2).map(|pair| i16::from_le_bytes([pair[0], pair[1]])).collect())
    }

    /// So much of nothing.
    pub fn silence(ms: i64) -> Self {
        Self(vec![0; usize::try_from(ms).unwrap_or_default() * RATE / 1_000])
    }

    pub fn ms(&self) -> i64 {
        (self.0.len() * 1_000 / RATE) as i64
    }

    pub fn is_silent(&self) -> bool {
        is_silent(&self.0)
    }

    /// How long it has been silent at its end, in milliseconds; all of it: as long as it lasts.
    pub fn silent_tail_ms(&self) -> i64 {
        let silent = self.0.rchunks(BLOCK).take_while(|block| is_silent(block)).map(<[i16]>::len);
        (silent.sum::<usize>() * 1_000 / RATE) as i64
    }

    /// Takes off what stands behind the quietest moment near the end, so that no word is cut: it is heard with what follows.
    pub fn split_at_pause(&mut self) -> Pcm {
        let from = self.0.len().saturating_sub(CUT_WITHIN).max(self.0.len() / 2);
        let places = (from..self.0.len().saturating_sub(PAUSE)).step_by(BLOCK / 5);
        let energy_at = |at: usize| self.0.get(at..at + PAUSE).map_or(f64::MAX, energy);
        // Of moments as quiet, the latest.
        let quietest = places.min_by(|one, other| energy_at(*one).total_cmp(&energy_at(*other)).then(other.cmp(one)));
        Pcm(quietest.map_or_else(Vec::new, |at| self.0.split_off(at + PAUSE / 2)))
    }

    /// A WAV file.
    pub fn wav(&self) -> Vec<u8> {
        let data = (self.0.len() * 2) as u32;
        let rate = RATE as u32;
        let mut out = Vec::with_capacity(44 + self.0.len() * 2);
        out.extend_from_slice(b"RIFF");
        out.extend_from_slice(&(36 + data).to_le_bytes());
        out.extend_from_slice(b"WAVEfmt ");
        out.extend_from_slice(&16u32.to_le_bytes());
        for field in [1u16, 1] {
            out.extend_from_slice(&field.to_le_bytes());
        }
        for field in [rate, rate * 2] {
            out.extend_from_slice(&field.to_le_bytes());
        }
        for field in [2u16, 16] {
            out.extend_from_slice(&field.to_le_bytes());
        }
        out.extend_from_slice(b"data");
        out.extend_from_slice(&data.to_le_bytes());
        self.0.iter().for_each(|sample| out.extend_from_slice(&sample.to_le_bytes()));
        out
    }
}

fn is_silent(samples: &[i16]) -> bool {
    let peak = samples.iter().map(|sample| sample.unsigned_abs()).max().unwrap_or_default();
    f32::from(peak) <= SILENCE * 32_768.0
}

fn energy(samples: &[i16]) -> f64 {
    samples.iter().map(|sample| f64::from(*sample).powi(2)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A tone of that height, so many milliseconds.
    fn tone(height: f64, ms: i64) -> Vec<i16> {
        let samples = Pcm::silence(ms).0.len();
        (0..samples).map(|at| ((at as f64 * 0.2).sin() * height) as i16).collect()
    }

    #[test]
    fn silence_is_told_by_the_loudest_sample() {
        assert!(Pcm(tone(100.0, 1_000)).is_silent(), "-50.3 dB");
        assert!(!Pcm(tone(110.0, 1_000)).is_silent(), "-49.5 dB");
        assert!(Pcm::default().is_silent() && Pcm::silence(1_000).is_silent());
    }

    #[test]
    fn silence_is_counted_from_the_end() {
        let of = |parts: &[(f64, i64)]| Pcm(parts.iter().flat_map(|(height, ms)| tone(*height, *ms)).collect());
        assert_eq!(of(&[(0.0, 2_000)]).silent_tail_ms(), 2_000);
        assert_eq!(of(&[(0.0, 1_000), (9_000.0, 1_000)]).silent_tail_ms(), 0);
        assert_eq!(of(&[(9_000.0, 1_000), (0.0, 3_000)]).silent_tail_ms(), 3_000);
    }

    #[test]
    fn a_stretch_is_cut_where_it_is_quiet() {
        let loud = |ms| tone(9_000.0, ms);
        let mut pcm = Pcm([loud(4_500), tone(50.0, 300), loud(1_200)].concat());
        let whole = pcm.clone();
        let rest = pcm.split_at_pause();
        assert!((4_500..=4_800).contains(&pcm.ms()), "{}", pcm.ms());
        assert_eq!(Pcm([pcm.0, rest.0].concat()), whole, "nothing is lost");
        assert_eq!(Pcm::default().split_at_pause(), Pcm::default());
        assert_eq!(Pcm(loud(150)).split_at_pause(), Pcm::default(), "too short to be cut");
        let mut silent = Pcm::silence(6_000);
        assert!(silent.split_at_pause().ms() <= 200, "what is silent is cut late");
    }

    #[test]
    fn a_file_says_what_it_holds() {
        let wav = Pcm(vec![1, -2]).wav();
        assert_eq!(wav.len(), 48);
        assert_eq!(
            (&wav[..4], &wav[8..16], &wav[40..]),
            (&b"RIFF"[..], &b"WAVEfmt "[..], &[4, 0, 0, 0, 1, 0, 254, 255][..])
        );
        assert_eq!(Pcm::from_bytes(&wav[44..]), Pcm(vec![1, -2]));
    }
}
