//! Which rungs 档位 a source gets, what they may cost, and what ffmpeg is asked for. Pure.

use crate::StreamInfo;

/// Rungs that one room may have.
pub const MOST_RUNGS: usize = 4;
const LOWEST: u32 = 144;
const HIGHEST: u32 = 2160;

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("a ladder has one to {MOST_RUNGS} rungs, even numbers of lines from {LOWEST} to {HIGHEST}, each once")]
    Rungs,
}

impl From<Refusal> for app::ApiError {
    fn from(refusal: Refusal) -> Self {
        Self::new(400, "rungs_invalid", refusal.to_string())
    }
}

/// A rendition to make: the shorter side of its picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rung {
    pub lines: u32,
    /// The picture stands upright: the shorter side is its width.
    pub upright: bool,
}

/// The rungs as they are kept: highest first.
pub fn checked(mut rungs: Vec<u32>) -> Result<Vec<u32>, Refusal> {
    rungs.sort_unstable_by(|a, b| b.cmp(a));
    let proper = rungs.iter().all(|lines| lines % 2 == 0 && (LOWEST..=HIGHEST).contains(lines));
    let twice = rungs.windows(2).any(|pair| pair[0] == pair[1]);
    if rungs.is_empty() || rungs.len() > MOST_RUNGS || !proper || twice {
        return Err(Refusal::Rungs);
    }
    Ok(rungs)
}

/// Those of the wanted rungs that lie below the source. Nothing is ever made larger.
pub fn below(info: &StreamInfo, wanted: &[u32]) -> Vec<Rung> {
    let (Some(width), Some(height)) = (info.width, info.height) else { return Vec::new() };
    let source = width.min(height);
    wanted.iter().filter(|lines| **lines < source).map(|&lines| Rung { lines, upright: width < height }).collect()
}

/// What a rung's picture may take on average, in kbit/s: 600 for 360 lines, 2000 for 720.
pub fn kbps(lines: u32) -> u32 {
    (600.0 * (f64::from(lines) / 360.0).powf(1.75)) as u32
}

/// How many ladders this machine can make, when one took `cpu_s` for `media_s` of the largest kind. A fifth is left for the
/// rest of the program.
pub fn capacity(cores: usize, cpu_s: f64, media_s: f64) -> usize {
    let cost = cpu_s / media_s;
    if cost.is_finite() && cost > 0.0 { (cores as f64 * 0.8 / cost) as usize } else { 0 }
}

/// `utime=1.704s stime=0.181s` of ffmpeg's `-benchmark`.
pub fn cpu_seconds(said: &str) -> Option<f64> {
    let line = said.lines().rev().find(|line| line.contains("utime=") && line.contains("stime="))?;
    let value = |name: &str| -> Option<f64> { line.split(name).nth(1)?.split('s').next()?.parse().ok() };
    Some(value("utime=")? + value("stime=")?)
}

/// Filter and encoders for the rungs; the input comes before, the output after. Key frames stand where the source has its
/// own, so that all renditions are cut alike.
pub fn encoders(rungs: &[Rung]) -> Vec<String> {
    let split: String = (0..rungs.len()).map(|n| format!("[s{n}]")).collect();
    let scaled = rungs.iter().enumerate().map(|(n, rung)| {
        let size = if rung.upright { format!("{}:-2", rung.lines) } else { format!("-2:{}", rung.lines) };
        format!(";[s{n}]scale={size}:flags=bicubic[v{n}]")
    });
    let graph = format!("[0:v:0]split={}{split}{}", rungs.len(), scaled.collect::<String>());
    let mut arguments: Vec<String> = vec!["-filter_complex".into(), graph];
    for n in 0..rungs.len() {
        arguments.extend(["-map".into(), format!("[v{n}]")]);
    }
    let common = "-map 0:a:0? -c:a copy -fps_mode passthrough -c:v libx264 -preset superfast -tune zerolatency \
        -profile:v main -pix_fmt yuv420p -force_key_frames source -g 100000 -sc_threshold 0";
    arguments.extend(common.split_whitespace().map(str::to_owned));
    for (n, rung) in rungs.iter().enumerate() {
        let kbps = kbps(rung.lines);
        arguments.extend([
            format!("-b:v:{n}"),
            format!("{kbps}k"),
            format!("-maxrate:v:{n}"),
            format!("{}k", kbps * 6 / 5),
            format!("-bufsize:v:{n}"),
            format!("{}k", kbps * 2),
        ]);
    }
    arguments
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(width: u32, height: u32) -> StreamInfo {
        StreamInfo { width: Some(width), height: Some(height), ..StreamInfo::default() }
    }

    fn lines(info: &StreamInfo, wanted: &[u32]) -> Vec<u32> {
        below(info, wanted).iter().map(|rung| rung.lines).collect()
    }

    #[test]
    fn nothing_is_made_larger() {
        assert_eq!(lines(&source(1280, 720), &[1080, 720, 480, 360]), [480, 360]);
        assert_eq!(lines(&source(1920, 1080), &[720, 480]), [720, 480]);
        assert_eq!(lines(&source(640, 360), &[720, 480, 360]), Vec::<u32>::new());
        assert_eq!(lines(&source(720, 1280), &[720, 480]), [480]);
        assert!(below(&source(720, 1280), &[480])[0].upright);
        assert_eq!(lines(&StreamInfo::default(), &[480]), Vec::<u32>::new());
    }

    #[test]
    fn rungs_are_looked_at() {
        assert_eq!(checked(vec![360, 720, 480]), Ok(vec![720, 480, 360]));
        for wrong in [vec![], vec![361], vec![100], vec![4320], vec![360, 360], vec![240, 360, 480, 720, 1080]] {
            assert_eq!(checked(wrong), Err(Refusal::Rungs));
        }
    }

    #[test]
    fn capacity_follows_from_a_trial() {
        assert_eq!(cpu_seconds("x\nbench: utime=1.704s stime=0.296s rtime=4.0s\nbench: maxrss=1kB\n"), Some(2.0));
        assert_eq!(cpu_seconds("nothing"), None);
        assert_eq!(capacity(8, 1.6, 2.0), 8);
        assert_eq!(capacity(2, 4.0, 2.0), 0);
        assert_eq!(capacity(2, 0.0, 2.0), 0);
    }

    #[test]
    fn rates_are_reasonable() {
        assert_eq!((kbps(360), kbps(720)), (600, 2018));
    }
}
