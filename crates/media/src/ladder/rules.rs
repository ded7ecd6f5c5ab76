//! Which rungs 档位 a source gets, what they may cost, and what ffmpeg is asked for. Pure.

use crate::StreamInfo;

/// Rungs that one room may have.
pub const MOST_RUNGS: usize = 4;
pub const LOWEST: u32 = 144;
pub const HIGHEST: u32 = 2160;
/// A rendition takes at most this share of what the next larger one takes.
const SHARE: f64 = 0.7;
/// A picture with less is not worth a rung.
const LEAST_KBPS: u32 = 100;
/// The sound is the source's own; what it takes is not told apart there.
pub const SOUND_KBPS: u64 = 128;
/// Rungs whose cost is so many times off are made anew.
const FAR: f64 = 1.5;

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

/// A rendition to make.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rung {
    /// The shorter side of its picture, as in `480p.m3u8`.
    pub lines: u32,
    pub width: u32,
    pub height: u32,
    /// What its picture may take on average.
    pub kbps: u32,
}

impl Rung {
    /// What its picture takes at most in a second.
    pub fn most_kbps(&self) -> u32 {
        self.kbps * 6 / 5
    }

    /// The picture's codec, as it will be told: H.264, Main.
    pub fn codec(&self) -> String {
        format!("avc1.4d40{:02x}", level(self.width, self.height))
    }
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

/// The rungs that a source gets, largest first: those of the wanted that lie below it, none of them larger than it is, and each
/// well below what the next larger rendition takes. `average_bps` is the source's, with its sound; zero while it is not known.
pub fn plan(info: &StreamInfo, average_bps: u64, wanted: &[u32]) -> Vec<Rung> {
    let (Some(width), Some(height)) = (info.width, info.height) else { return Vec::new() };
    let sound = if info.audio_codec.is_some() { SOUND_KBPS } else { 0 };
    let mut above = if average_bps == 0 { u64::MAX } else { average_bps / 1000 };
    let mut rungs = Vec::new();
    for &lines in wanted.iter().filter(|lines| **lines < width.min(height)) {
        let most = (above as f64 * SHARE) as u64;
        let kbps = u64::from(kbps(lines)).min(most.saturating_sub(sound)) as u32;
        if kbps < LEAST_KBPS {
            continue;
        }
        above = u64::from(kbps) + sound;
        let scaled = |side: u32, other: u32| even(u64::from(side) * u64::from(lines), u64::from(other));
        let (width, height) =
            if width < height { (lines, scaled(height, width)) } else { (scaled(width, height), lines) };
        rungs.push(Rung { lines, width, height, kbps });
    }
    rungs
}

/// Whether rungs that are being made should be made anew: others are due, or they cost much too much or too little.
pub fn outdated(made: &[Rung], due: &[Rung]) -> bool {
    let close = |a: &Rung, b: &Rung| {
        let (a, b) = (f64::from(a.kbps), f64::from(b.kbps));
        a / b < FAR && b / a < FAR
    };
    let same = |(a, b): (&Rung, &Rung)| (a.lines, a.width, a.height) == (b.lines, b.width, b.height) && close(a, b);
    made.len() != due.len() || !made.iter().zip(due).all(same)
}

/// The nearest even number to a quotient.
fn even(dividend: u64, divisor: u64) -> u32 {
    ((dividend + divisor) / (2 * divisor.max(1)) * 2).max(2) as u32
}

/// What a rung's picture may take on average, in kbit/s: 600 for 360 lines, 2000 for 720.
fn kbps(lines: u32) -> u32 {
    (600.0 * (f64::from(lines) / 360.0).powf(1.75)) as u32
}

/// The lowest level (times ten) of H.264 that takes such pictures at 60 a second: table A-1, blocks a second and in a picture.
fn level(width: u32, height: u32) -> u32 {
    const LEVELS: [(u32, u32, u32); 9] = [
        (21, 19_800, 792),
        (30, 40_500, 1_620),
        (31, 108_000, 3_600),
        (32, 216_000, 5_120),
        (40, 245_760, 8_192),
        (42, 522_240, 8_704),
        (50, 589_824, 22_080),
        (51, 983_040, 36_864),
        (52, 2_073_600, 36_864),
    ];
    let blocks = width.div_ceil(16) * height.div_ceil(16);
    let found = LEVELS.iter().find(|(_, a_second, a_picture)| blocks * 60 <= *a_second && blocks <= *a_picture);
    found.map_or(52, |(level, _, _)| *level)
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
/// own, so that all renditions can be cut alike, and times are the source's: by itself ffmpeg moves pictures to whole multiples
/// of a guessed picture's length.
pub fn encoders(rungs: &[Rung]) -> Vec<String> {
    let split: String = (0..rungs.len()).map(|n| format!("[s{n}]")).collect();
    let scaled = rungs.iter().enumerate();
    let scaled = scaled.map(|(n, rung)| format!(";[s{n}]scale={}:{}:flags=bicubic[v{n}]", rung.width, rung.height));
    let graph = format!("[0:v:0]split={}{split}{}", rungs.len(), scaled.collect::<String>());
    let mut arguments: Vec<String> = vec!["-filter_complex".into(), graph];
    for n in 0..rungs.len() {
        arguments.extend(["-map".into(), format!("[v{n}]")]);
    }
    let common = "-map 0:a:0? -c:a copy -fps_mode passthrough -enc_time_base 1:90000 -c:v libx264 -preset superfast -tune zerolatency \
        -profile:v main -pix_fmt yuv420p -force_key_frames source -g 100000 -sc_threshold 0";
    arguments.extend(common.split_whitespace().map(str::to_owned));
    for (n, rung) in rungs.iter().enumerate() {
        let level = level(rung.width, rung.height);
        let of_rung = [
            ("b", format!("{}k", rung.kbps)),
            ("maxrate", format!("{}k", rung.most_kbps())),
            ("bufsize", format!("{}k", rung.most_kbps())),
            ("level", format!("{}.{}", level / 10, level % 10)),
        ];
        arguments.extend(of_rung.into_iter().flat_map(|(name, value)| [format!("-{name}:v:{n}"), value]));
    }
    arguments
}

#[cfg(test)]
mod tests {
    use super::*;

    const DEAR: u64 = 20_000_000;

    fn source(width: u32, height: u32) -> StreamInfo {
        StreamInfo { width: Some(width), height: Some(height), ..StreamInfo::default() }
    }

    fn sizes(info: &StreamInfo, wanted: &[u32]) -> Vec<(u32, u32)> {
        plan(info, DEAR, wanted).iter().map(|rung| (rung.width, rung.height)).collect()
    }

    #[test]
    fn nothing_is_made_larger() {
        assert_eq!(sizes(&source(1280, 720), &[1080, 720, 480, 360]), [(854, 480), (640, 360)]);
        assert_eq!(sizes(&source(1920, 1080), &[720, 480]), [(1280, 720), (854, 480)]);
        assert_eq!(sizes(&source(640, 360), &[720, 480, 360]), []);
        assert_eq!(sizes(&source(720, 1280), &[720, 480]), [(480, 854)]);
        assert_eq!(sizes(&source(1920, 800), &[720, 360]), [(1728, 720), (864, 360)]);
        assert_eq!(sizes(&StreamInfo::default(), &[480]), []);
    }

    fn costs(average_bps: u64, audio: bool) -> Vec<(u32, u32)> {
        let info = StreamInfo { audio_codec: audio.then(|| "mp4a.40.2".into()), ..source(1920, 1080) };
        plan(&info, average_bps, &[720, 480, 360]).iter().map(|rung| (rung.lines, rung.kbps)).collect()
    }

    #[test]
    fn each_rung_costs_well_less_than_what_stands_above_it() {
        assert_eq!(costs(0, true), [(720, 2018), (480, 992), (360, 600)]);
        assert_eq!(costs(6_000_000, true), costs(0, true));
        assert_eq!(costs(1_500_000, true), [(720, 922), (480, 607), (360, 386)]);
        assert_eq!(costs(1_500_000, false), [(720, 1050), (480, 735), (360, 514)]);
        // What would save next to nothing is not made.
        assert_eq!(costs(400_000, true), [(720, 152)]);
        assert_eq!(costs(200_000, true), []);
    }

    #[test]
    fn rungs_are_made_anew_when_the_source_costs_another_sum() {
        let at = |bps| plan(&source(1920, 1080), bps, &[720, 480]);
        assert!(!outdated(&at(DEAR), &at(DEAR)));
        assert!(!outdated(&at(2_000_000), &at(2_800_000)));
        assert!(outdated(&at(1_000_000), &at(DEAR)) && outdated(&at(DEAR), &at(1_000_000)));
        assert!(outdated(&at(DEAR), &plan(&source(1280, 720), DEAR, &[720, 480])));
    }

    #[test]
    fn codecs_name_the_level() {
        let codecs = plan(&source(3840, 2160), DEAR, &[1440, 1080, 720, 480, 240, 144]);
        let codecs: Vec<String> = codecs.iter().map(Rung::codec).collect();
        let expected = ["avc1.4d4033", "avc1.4d402a", "avc1.4d4020", "avc1.4d401f", "avc1.4d401e", "avc1.4d4015"];
        assert_eq!(codecs, expected);
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
}
