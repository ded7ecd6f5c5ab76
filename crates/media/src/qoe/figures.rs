//! Figures of many plays, as the metric dictionary defines them. Pure.

use super::fold::{Minute, Play};
use events::{IngestMeasured, Sketch, StreamSource};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Sums over plays; parts add up to the whole, and what was added can be taken back.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Sums {
    pub plays: u64,
    /// Plays of suspected bots 疑似机器人: they are in nothing else.
    pub suspect_plays: u64,
    pub stalled_plays: u64,
    pub shown: u64,
    pub played_ms: u64,
    pub stalls: u64,
    pub stalled_ms: u64,
    pub frames: u64,
    pub dropped: u64,
    pub first_frame: Sketch,
    pub latency: Sketch,
    /// Distance of sound and picture in windows of encoders; of whole shows only.
    pub av_offset: Sketch,
}

/// The figures of a show, of a room, or of a part of its plays. Rates are fractions, null over nothing. Suspected bots are
/// left out.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct QualityFigures {
    pub plays: u64,
    /// Plays of suspected bots 疑似机器人, which are in no other figure.
    pub suspect_plays: u64,
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
    /// 音画偏差: how far audio's and video's timestamps are apart as encoders send them. Of whole shows and rooms only.
    pub av_offset_ms_p95: Option<u32>,
    pub played_ms: u64,
    pub stalls: u64,
}

impl Sums {
    pub fn add(&mut self, play: &Play) {
        self.change(play, |sum, more| *sum += more, Sketch::add, Sketch::merge);
    }

    /// Takes back what [`Self::add`] added.
    pub fn remove(&mut self, play: &Play) {
        self.change(play, |sum, less| *sum = sum.saturating_sub(less), Sketch::remove, Sketch::unmerge);
    }

    fn change(
        &mut self,
        play: &Play,
        number: fn(&mut u64, u64),
        value: fn(&mut Sketch, u32),
        values: fn(&mut Sketch, &Sketch),
    ) {
        if play.suspect {
            return number(&mut self.suspect_plays, 1);
        }
        number(&mut self.plays, 1);
        number(&mut self.stalled_plays, u64::from(play.stalls > 0));
        number(&mut self.shown, u64::from(play.shown));
        number(&mut self.played_ms, play.played_ms);
        number(&mut self.stalls, play.stalls);
        number(&mut self.stalled_ms, play.stalled_ms);
        number(&mut self.frames, play.frames);
        number(&mut self.dropped, play.dropped);
        play.first_frame_ms.into_iter().for_each(|ms| value(&mut self.first_frame, ms));
        values(&mut self.latency, &play.latency);
    }

    pub fn merge(&mut self, other: &Self) {
        self.plays += other.plays;
        self.suspect_plays += other.suspect_plays;
        self.stalled_plays += other.stalled_plays;
        self.shown += other.shown;
        self.played_ms += other.played_ms;
        self.stalls += other.stalls;
        self.stalled_ms += other.stalled_ms;
        self.frames += other.frames;
        self.dropped += other.dropped;
        self.first_frame.merge(&other.first_frame);
        self.latency.merge(&other.latency);
        self.av_offset.merge(&other.av_offset);
    }

    /// What an encoder sent in a window. The slate's clock is our own.
    pub fn measured(&mut self, measured: &IngestMeasured) {
        let skew_ms = measured.skew_ms.filter(|_| measured.source != Some(StreamSource::Slate));
        skew_ms.into_iter().for_each(|ms| self.av_offset.add(ms.unsigned_abs()));
    }

    pub fn figures(&self) -> QualityFigures {
        QualityFigures {
            plays: self.plays,
            suspect_plays: self.suspect_plays,
            stall_rate: share(self.stalled_plays, self.plays),
            stall_ms_per_100s: per_100s(self.stalled_ms, self.played_ms),
            first_frame_ms_p50: self.first_frame.percentile(50),
            first_frame_ms_p95: self.first_frame.percentile(95),
            fail_rate: share(self.plays.saturating_sub(self.shown), self.plays),
            latency_ms_p50: self.latency.percentile(50),
            latency_ms_p95: self.latency.percentile(95),
            dropped_rate: share(self.dropped, self.frames),
            av_offset_ms_p95: self.av_offset.percentile(95),
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
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
    pub const ALL: [Self; 7] =
        [Self::Device, Self::Os, Self::Browser, Self::Version, Self::Region, Self::Node, Self::Height];

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

pub fn per_100s(stalled_ms: u64, played_ms: u64) -> Option<f64> {
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
