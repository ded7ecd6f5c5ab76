//! QualityFigures of many plays, as the metric dictionary defines them. Pure.

use super::fold::{Minute, Play};
use events::Sketch;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Sums over plays; parts add up to the whole.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Sums {
    pub plays: u64,
    pub stalled_plays: u64,
    pub shown: u64,
    pub played_ms: u64,
    pub stalls: u64,
    pub stalled_ms: u64,
    pub frames: u64,
    pub dropped: u64,
    pub first_frame: Sketch,
    pub latency: Sketch,
}

/// The figures of a show, or of a part of its plays. Rates are fractions, null over nothing.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct QualityFigures {
    pub plays: u64,
    /// Plays with a stall / plays 卡顿率.
    pub stall_rate: Option<f64>,
    /// 百秒卡顿时长.
    pub stall_ms_per_100s: Option<f64>,
    /// 首帧耗时.
    pub first_frame_ms_p50: Option<u32>,
    pub first_frame_ms_p95: Option<u32>,
    /// Plays that never showed a frame / plays 播放失败率.
    pub fail_rate: Option<f64>,
    /// 推流到播放延迟.
    pub latency_ms_p50: Option<u32>,
    pub latency_ms_p95: Option<u32>,
    pub dropped_rate: Option<f64>,
    pub played_ms: u64,
    pub stalls: u64,
}

impl Sums {
    pub fn add(&mut self, play: &Play) {
        self.plays += 1;
        self.stalled_plays += u64::from(play.stalls > 0);
        self.shown += u64::from(play.shown);
        self.played_ms += play.played_ms;
        self.stalls += play.stalls;
        self.stalled_ms += play.stalled_ms;
        self.frames += play.frames;
        self.dropped += play.dropped;
        play.first_frame_ms.into_iter().for_each(|ms| self.first_frame.add(ms));
        self.latency.merge(&play.latency);
    }

    pub fn figures(&self) -> QualityFigures {
        QualityFigures {
            plays: self.plays,
            stall_rate: share(self.stalled_plays, self.plays),
            stall_ms_per_100s: per_100s(self.stalled_ms, self.played_ms),
            first_frame_ms_p50: self.first_frame.percentile(50),
            first_frame_ms_p95: self.first_frame.percentile(95),
            fail_rate: share(self.plays - self.shown, self.plays),
            latency_ms_p50: self.latency.percentile(50),
            latency_ms_p95: self.latency.percentile(95),
            dropped_rate: share(self.dropped, self.frames),
            played_ms: self.played_ms,
            stalls: self.stalls,
        }
    }
}

/// One minute of a show.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct QualityMinute {
    /// Its beginning, milliseconds since 1970.
    pub at_ms: i64,
    /// Plays that reported.
    pub plays: u64,
    /// Those of them that stalled in this minute.
    pub stall_rate: Option<f64>,
    pub stall_ms_per_100s: Option<f64>,
    pub failures: u64,
    pub first_frame_ms_p50: Option<u32>,
    pub latency_ms_p50: Option<u32>,
    pub latency_ms_p95: Option<u32>,
}

impl QualityMinute {
    pub fn of(number: i64, minute: &Minute) -> Self {
        Self {
            at_ms: number.saturating_mul(super::fold::MINUTE_MS),
            plays: minute.plays,
            stall_rate: share(minute.stalled_plays, minute.plays),
            stall_ms_per_100s: per_100s(minute.stalled_ms, minute.played_ms),
            failures: minute.failures,
            first_frame_ms_p50: minute.first_frame.percentile(50),
            latency_ms_p50: minute.latency.percentile(50),
            latency_ms_p95: minute.latency.percentile(95),
        }
    }
}

/// What plays can be told apart by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum QualityDimension {
    Device,
    Os,
    Browser,
    Version,
    Region,
    Node,
    Height,
}

impl QualityDimension {
    /// The play's value; empty when it is not known.
    pub fn of(self, play: &Play) -> String {
        match self {
            Self::Device => play.device.clone(),
            Self::Os => play.os.clone(),
            Self::Browser => play.browser.clone(),
            Self::Version => play.version.clone(),
            Self::Region => play.region.clone(),
            Self::Node => play.node.clone(),
            Self::Height => play.height.map(|height| height.to_string()).unwrap_or_default(),
        }
    }
}

/// Wilson's 95 % interval of a share.
pub fn wilson(hits: u64, trials: u64) -> Option<(f64, f64)> {
    let (n, z) = (trials as f64, 1.959_963_984_540_054_f64);
    let rate = share(hits, trials)?;
    let about = 1.0 + z * z / n;
    let middle = (rate + z * z / (2.0 * n)) / about;
    let half = z / about * (rate * (1.0 - rate) / n + z * z / (4.0 * n * n)).sqrt();
    Some(((middle - half).max(0.0), (middle + half).min(1.0)))
}

pub fn share(part: u64, whole: u64) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}

fn per_100s(stalled_ms: u64, played_ms: u64) -> Option<f64> {
    (played_ms > 0).then(|| stalled_ms as f64 * 100_000.0 / played_ms as f64)
}

/// A cell of a CSV file that no spreadsheet takes for a formula.
pub fn cell(text: &str) -> String {
    let risky = text.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let text = if risky { format!("'{text}") } else { text.to_owned() };
    if text.contains([',', '"', '\n', '\r']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wilsons_interval_is_the_textbooks() {
        let near = |found: Option<(f64, f64)>, low: f64, high: f64| {
            found.is_some_and(|(a, b)| (a - low).abs() < 1e-3 && (b - high).abs() < 1e-3)
        };
        assert!(near(wilson(81, 263), 0.2553, 0.3662));
        assert!(near(wilson(0, 20), 0.0, 0.1611));
        assert!(near(wilson(29, 29), 0.8830, 1.0));
        assert_eq!(wilson(0, 0), None);
    }

    #[test]
    fn cells_are_no_formulas() {
        assert_eq!(
            ["=1+1", "@x", "-1", "a,b", "say \"hi\"", "Chrome"].map(cell),
            ["'=1+1", "'@x", "'-1", "\"a,b\"", "\"say \"\"hi\"\"\"", "Chrome"]
        );
        assert_eq!(cell("=a,b"), "\"'=a,b\"");
    }
}
