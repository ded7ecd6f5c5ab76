//! Finds the peaks of a show. Pure.
//!
//! Each signal is smoothed over 15 s and compared with what was usual in this show: the distance from the median in units of
//! the median absolute deviation, which peaks themselves hardly move. Quiet signals, whose deviation is nothing, are measured
//! by what chance alone would do.

pub const BUCKET_MS: i64 = 5_000;
/// Buckets that the average reaches to each side.
const REACH: usize = 1;
/// A peak is at least so many deviations above the usual.
const PEAK: f64 = 3.5;
/// Its beginning and end are where it falls below this.
const RISE: f64 = 1.0;
/// Peaks closer together are one.
const APART: usize = 4;
/// People type: what they speak of happened before.
const LAG_MS: i64 = 7_500;
const BEFORE_MS: i64 = 10_000;
const AFTER_MS: i64 = 5_000;
const LONGEST_MS: i64 = 90_000;
const MOST: usize = 20;
/// No signal counts for more than this, or one gift would hide everything else.
const CAP: f64 = 20.0;

/// What happened in 5 s.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Bucket {
    pub danmaku: i64,
    /// Thousandths of a yuan.
    pub gift_milli: i64,
    pub likes: i64,
}

impl Bucket {
    pub fn add(&mut self, other: &Bucket) {
        self.danmaku += other.danmaku;
        self.gift_milli = self.gift_milli.saturating_add(other.gift_milli);
        self.likes = self.likes.saturating_add(other.likes);
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Danmaku,
    Gift,
    Like,
}

impl Kind {
    const ALL: [Kind; 3] = [Kind::Danmaku, Kind::Gift, Kind::Like];

    pub fn as_str(self) -> &'static str {
        match self {
            Kind::Danmaku => "danmaku",
            Kind::Gift => "gift",
            Kind::Like => "like",
        }
    }

    /// Danmaku, yuan or likes.
    fn of(self, bucket: &Bucket) -> f64 {
        match self {
            Kind::Danmaku => bucket.danmaku as f64,
            Kind::Gift => bucket.gift_milli as f64 / 1000.0,
            Kind::Like => bucket.likes as f64,
        }
    }

    /// Likes are cheap.
    fn weight(self) -> f64 {
        if self == Kind::Like { 0.5 } else { 1.0 }
    }
}

/// Why a moment stands out. Danmaku, yuan or likes per minute.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Reason {
    pub kind: Kind,
    pub value: f64,
    pub usual: f64,
}

/// Milliseconds from the beginning of the show.
#[derive(Debug, Clone, PartialEq)]
pub struct Highlight {
    /// The moment people spoke of.
    pub at_ms: i64,
    pub start_ms: i64,
    pub end_ms: i64,
    pub score: f64,
    pub reasons: Vec<Reason>,
}

/// A signal against its usual.
struct Signal {
    kind: Kind,
    smooth: Vec<f64>,
    usual: f64,
    deviation: f64,
}

impl Signal {
    fn new(kind: Kind, buckets: &[Bucket]) -> Self {
        let raw: Vec<f64> = buckets.iter().map(|bucket| kind.of(bucket)).collect();
        let smooth: Vec<f64> = (0..raw.len())
            .map(|n| {
                let near = raw.get(n.saturating_sub(REACH)..(n + REACH + 1).min(raw.len())).unwrap_or_default();
                near.iter().sum::<f64>() / near.len().max(1) as f64
            })
            .collect();
        let usual = median(smooth.clone());
        let spread = 1.4826 * median(smooth.iter().map(|value| (value - usual).abs()).collect());
        let busy: Vec<f64> = smooth.iter().copied().filter(|value| *value > 0.0).collect();
        let chance = match kind {
            // Single messages come by chance: the deviation of a Poisson process under the average.
            Kind::Danmaku => (usual.max(0.2) / (2 * REACH + 1) as f64).sqrt(),
            // Gifts and likes come in lumps of any size.
            Kind::Gift | Kind::Like => busy.iter().sum::<f64>() / busy.len().max(1) as f64,
        };
        Self { kind, smooth, usual, deviation: spread.max(chance).max(f64::MIN_POSITIVE) }
    }

    /// In deviations.
    fn distance(&self, n: usize) -> f64 {
        let value = self.smooth.get(n).copied().unwrap_or_default();
        (value - self.usual) / self.deviation
    }

    fn height(&self, n: usize) -> f64 {
        self.distance(n).clamp(0.0, CAP)
    }
}

/// The best moments, best first. `buckets` stand side by side from the beginning of the show.
pub fn highlights(buckets: &[Bucket]) -> Vec<Highlight> {
    let buckets = buckets.get(..busy_until(buckets)).unwrap_or_default();
    let signals = Kind::ALL.map(|kind| Signal::new(kind, buckets));
    let strongest = |n: usize| signals.iter().map(|signal| signal.height(n)).fold(0.0, f64::max);
    let mut found: Vec<(usize, usize)> = Vec::new();
    for n in (0..buckets.len()).filter(|n| strongest(*n) >= PEAK) {
        match found.last_mut() {
            Some((_, last)) if n - *last <= APART => *last = n,
            _ => found.push((n, n)),
        }
    }
    let mut highlights: Vec<Highlight> =
        found.into_iter().map(|(first, last)| highlight(&signals, first, last, buckets.len())).collect();
    highlights.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.at_ms.cmp(&b.at_ms)));
    highlights.truncate(MOST);
    highlights
}

fn highlight(signals: &[Signal], first: usize, last: usize, length: usize) -> Highlight {
    let score = |n: usize| signals.iter().map(|signal| signal.height(n) * signal.kind.weight()).sum::<f64>();
    // Where all are at the cap, the height itself decides.
    let beyond = |n: usize| signals.iter().map(|signal| signal.distance(n) * signal.kind.weight()).sum::<f64>();
    let strongest = |n: usize| signals.iter().map(|signal| signal.height(n)).fold(0.0, f64::max);
    let higher = |a: &usize, b: &usize| score(*a).total_cmp(&score(*b)).then(beyond(*a).total_cmp(&beyond(*b)));
    let peak = (first..=last).max_by(higher).unwrap_or(first);
    let rises = (0..first).rev().take_while(|n| strongest(*n) > RISE).last().unwrap_or(first);
    let falls = (last + 1..length).take_while(|n| strongest(*n) > RISE).last().unwrap_or(last);
    let ms = |n: usize| n as i64 * BUCKET_MS;
    let at_ms = (ms(peak) + BUCKET_MS / 2 - LAG_MS).max(0);
    let start_ms = (ms(rises) - BEFORE_MS).max(at_ms - LONGEST_MS / 2).max(0);
    let end_ms = (ms(falls + 1) + AFTER_MS - LAG_MS / 2).min(start_ms + LONGEST_MS).max(at_ms + AFTER_MS);
    let per_minute = 60_000.0 / BUCKET_MS as f64;
    let reasons = signals.iter().filter_map(|signal| {
        let best = (first..=last).max_by(|a, b| signal.distance(*a).total_cmp(&signal.distance(*b)))?;
        let value = signal.smooth.get(best).copied()?;
        let counts = signal.height(best) >= PEAK;
        counts.then_some(Reason { kind: signal.kind, value: value * per_minute, usual: signal.usual * per_minute })
    });
    Highlight { at_ms, start_ms, end_ms, score: score(peak), reasons: reasons.collect() }
}

/// Where nearly everything has happened: some people write for hours after a show, and their silence is not its usual.
fn busy_until(buckets: &[Bucket]) -> usize {
    let events = |bucket: &Bucket| bucket.danmaku + i64::from(bucket.gift_milli > 0) + i64::from(bucket.likes > 0);
    let total: i64 = buckets.iter().map(events).sum();
    let mut left = total / 500;
    let tail = buckets.iter().rev().take_while(|bucket| {
        left -= events(bucket);
        left >= 0
    });
    buckets.len() - tail.count()
}

fn median(mut values: Vec<f64>) -> f64 {
    let middle = values.len() / 2;
    if values.is_empty() {
        return 0.0;
    }
    *values.select_nth_unstable_by(middle, f64::total_cmp).1
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An hour of 2 danmaku a bucket, a little uneven.
    fn hour() -> Vec<Bucket> {
        (0..720).map(|n| Bucket { danmaku: 2 + (n * 7 % 3) - 1, ..Bucket::default() }).collect()
    }

    #[test]
    fn a_calm_show_has_no_highlights() {
        assert_eq!(highlights(&hour()), []);
        assert_eq!(highlights(&[]), []);
        assert_eq!(highlights(&[Bucket { danmaku: 1, ..Bucket::default() }; 3]), []);
    }

    #[test]
    fn a_known_peak_is_found_with_the_moment_before_it() {
        let mut show = hour();
        // Something happens at 30:00; danmaku swell from 30:05 to 30:20.
        for (n, danmaku) in [(361, 12), (362, 20), (363, 9), (364, 5)] {
            show[n].danmaku = danmaku;
        }
        let found = highlights(&show);
        assert_eq!(found.len(), 1, "{found:?}");
        let best = &found[0];
        assert!((1_797_000..=1_808_000).contains(&best.at_ms), "{best:?}");
        assert!((1_780_000..=1_800_000).contains(&best.start_ms), "{best:?}");
        assert!((1_820_000..=1_835_000).contains(&best.end_ms), "{best:?}");
        assert_eq!(best.reasons.len(), 1);
        assert_eq!((best.reasons[0].kind, best.reasons[0].usual), (Kind::Danmaku, 24.0));
        assert!(best.reasons[0].value > 100.0);
    }

    #[test]
    fn gifts_count_too_and_the_best_comes_first() {
        let mut show = hour();
        for n in (0..720).step_by(40) {
            show[n].gift_milli = 1_000;
        }
        show[100].gift_milli = 500_000;
        show[500].gift_milli = 500_000;
        show[500].danmaku = 30;
        let found = highlights(&show);
        let moments: Vec<i64> = found.iter().map(|highlight| highlight.at_ms / 60_000).collect();
        assert_eq!(moments, [41, 8], "{found:?}");
        assert_eq!(found[0].reasons.iter().map(|reason| reason.kind).collect::<Vec<_>>(), [Kind::Danmaku, Kind::Gift]);
    }

    #[test]
    fn at_most_twenty_and_none_longer_than_its_limit() {
        let mut show = hour();
        for n in (10..700).step_by(15) {
            show[n].danmaku = 40;
        }
        let found = highlights(&show);
        assert_eq!(found.len(), 20);
        assert!(found.iter().all(|one| one.end_ms - one.start_ms <= LONGEST_MS && one.start_ms <= one.at_ms));
    }

    /// Danmaku of a real show; the folder is never part of the project.
    fn recorded(file: &str) -> Option<Vec<Bucket>> {
        let folder = std::env::var_os("KAIBO_DATA").map(std::path::PathBuf::from);
        let folder = folder.unwrap_or_else(|| concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data").into());
        let Ok(text) = std::fs::read_to_string(folder.join("broadcasts").join(file)) else {
            eprintln!("SKIPPED: the recording `{file}` is not here (KAIBO_DATA names its folder)");
            return None;
        };
        let mut buckets = vec![Bucket::default(); 5 * 720];
        for row in text.split("<d p=\"").skip(1) {
            let seconds: f64 = row.split(',').next().and_then(|seconds| seconds.parse().ok()).unwrap_or(-1.0);
            let at = (seconds >= 0.0).then_some((seconds * 1000.0) as i64 / BUCKET_MS);
            if let Some(bucket) = at.and_then(|at| buckets.get_mut(at as usize)) {
                bucket.danmaku += 1;
            }
        }
        Some(buckets)
    }

    #[test]
    fn real_shows_have_moments_that_stand_out() {
        for file in ["debut_group.danmaku.xml", "debut_solo.danmaku.xml"] {
            let Some(show) = recorded(file) else { return };
            let found = highlights(&show);
            for one in found.iter().take(5) {
                let shown: Vec<String> = one
                    .reasons
                    .iter()
                    .map(|reason| {
                        format!("{} {:.0}/min, usual {:.0}", reason.kind.as_str(), reason.value, reason.usual)
                    })
                    .collect();
                eprintln!(
                    "{file}: {} s to {} s, score {:.1}: {}",
                    one.start_ms / 1000,
                    one.end_ms / 1000,
                    one.score,
                    shown.join(", ")
                );
            }
            assert!((1..=MOST).contains(&found.len()), "{file}: {}", found.len());
            let usual = |from: i64, until: i64| {
                let within = &show[(from / BUCKET_MS) as usize..((until / BUCKET_MS) as usize).min(show.len())];
                within.iter().map(|bucket| bucket.danmaku).sum::<i64>() as f64 / within.len() as f64
            };
            let whole = usual(0, busy_until(&show) as i64 * BUCKET_MS);
            for one in &found {
                let inside = usual(one.at_ms, one.at_ms + 2 * LAG_MS);
                assert!(inside > 1.5 * whole, "{file} at {}: {inside} against {whole}", one.at_ms);
            }
        }
    }
}
