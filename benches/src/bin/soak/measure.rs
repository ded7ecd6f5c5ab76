//! What a process and a folder weigh, and whether a row of numbers rises.

use std::{collections::BTreeMap, os::unix::fs::MetadataExt, path::Path};

/// Resident memory in MB, the part of it that no file backs, open files, threads, processor seconds.
#[derive(Debug, Clone, Copy, Default)]
pub struct Weight {
    pub rss: f64,
    pub anonymous: f64,
    pub files: usize,
    pub threads: usize,
    pub cpu_s: f64,
}

pub fn weight(process: u32) -> Option<Weight> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let field = |name: &str| -> Option<f64> {
        status.lines().find_map(|line| line.strip_prefix(name))?.split_whitespace().next()?.parse().ok()
    };
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    // The name stands in brackets and may hold blanks; utime and stime are the 12th and 13th after it.
    let after: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
    let ticks = |n: usize| after.get(n).and_then(|text| text.parse::<f64>().ok()).unwrap_or(0.0);
    Some(Weight {
        rss: field("VmRSS:")? / 1024.0,
        anonymous: field("RssAnon:")? / 1024.0,
        threads: field("Threads:")? as usize,
        files: std::fs::read_dir(format!("/proc/{process}/fd")).map_or(0, Iterator::count),
        cpu_s: (ticks(11) + ticks(12)) / 100.0,
    })
}

/// MB on the disk by part: `media/<part>`, `log`, `db`, or the first name of the path.
pub fn disk(data: &Path) -> BTreeMap<String, f64> {
    let mut parts = BTreeMap::new();
    walk(data, data, &mut parts);
    parts
}

fn walk(root: &Path, folder: &Path, parts: &mut BTreeMap<String, f64>) {
    // Files come and go while we look; what is gone weighs nothing.
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let Ok(about) = entry.metadata() else { continue };
        let path = entry.path();
        if about.is_dir() {
            walk(root, &path, parts);
        } else {
            let path = path.strip_prefix(root).unwrap_or(&path);
            *parts.entry(part_of(path)).or_default() += (about.blocks() * 512) as f64 / 1e6;
        }
    }
}

fn part_of(path: &Path) -> String {
    let names: Vec<String> = path.iter().map(|name| name.to_string_lossy().into_owned()).collect();
    match names.as_slice() {
        [first, ..] if first.starts_with("kaibo.db") => "db".to_owned(),
        [first, second, _, ..] if first == "media" => format!("media/{second}"),
        [first, ..] => first.clone(),
        [] => String::new(),
    }
}

/// A rise per hour with its 95 % confidence interval.
#[derive(Debug, Clone, Copy)]
pub struct Slope {
    pub per_hour: f64,
    pub low: f64,
    pub high: f64,
}

/// Blocks the samples are averaged to. Neighbouring samples of memory resemble each other, so that a regression over all of
/// them would claim a far too narrow interval.
const BLOCKS: usize = 12;
/// Student's t, two-sided 95 %, for `BLOCKS - 2` degrees of freedom.
const T: f64 = 2.228;

/// Least squares over the means of twelve blocks; `None` with less than two samples a block.
pub fn slope(points: &[(f64, f64)]) -> Option<Slope> {
    if points.len() < 2 * BLOCKS {
        return None;
    }
    let means: Vec<(f64, f64)> = (0..BLOCKS)
        .map(|n| &points[n * points.len() / BLOCKS..(n + 1) * points.len() / BLOCKS])
        .map(|block| {
            let count = block.len() as f64;
            (block.iter().map(|p| p.0).sum::<f64>() / count, block.iter().map(|p| p.1).sum::<f64>() / count)
        })
        .collect();
    let count = BLOCKS as f64;
    let (mean_x, mean_y) =
        (means.iter().map(|p| p.0).sum::<f64>() / count, means.iter().map(|p| p.1).sum::<f64>() / count);
    let spread: f64 = means.iter().map(|p| (p.0 - mean_x).powi(2)).sum();
    let rise = means.iter().map(|p| (p.0 - mean_x) * (p.1 - mean_y)).sum::<f64>() / spread;
    let rest: f64 = means.iter().map(|p| (p.1 - mean_y - rise * (p.0 - mean_x)).powi(2)).sum();
    let error = T * (rest / (count - 2.0) / spread).sqrt();
    Some(Slope { per_hour: rise, low: rise - error, high: rise + error })
}

/// The value below which `share` of the sorted `values` lie.
pub fn quantile(values: &[f64], share: f64) -> f64 {
    let last = values.len().saturating_sub(1);
    values.get((last as f64 * share).round() as usize).copied().unwrap_or(f64::NAN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rise_is_found_and_noise_is_not() {
        let noise = |n: usize| ((n * 7919) % 13) as f64 - 6.0;
        let rising: Vec<_> = (0..240).map(|n| (n as f64 / 120.0, 100.0 + n as f64 / 12.0 + noise(n))).collect();
        let found = slope(&rising).unwrap();
        assert!(found.low < 10.0 && 10.0 < found.high && found.low > 5.0, "{found:?}");
        let flat: Vec<_> = (0..240).map(|n| (n as f64 / 120.0, 100.0 + noise(n))).collect();
        let found = slope(&flat).unwrap();
        assert!(found.low < 0.0 && 0.0 < found.high, "{found:?}");
        assert!(slope(&flat[..20]).is_none());
    }

    #[test]
    fn parts_of_the_data_folder() {
        for (path, part) in [
            ("kaibo.db-wal", "db"),
            ("log/00.seg", "log"),
            ("media/recordings/x/y.mp4", "media/recordings"),
            ("demo.flv", "demo.flv"),
        ] {
            assert_eq!(part_of(Path::new(path)), part);
        }
    }
}
