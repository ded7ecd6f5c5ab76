//! How playing went 播放质量: what players report, and sound against picture at the ingest.

use super::entry::{COUNT, Direction, Metric, Unit};
use crate::plays::Sums;
use crate::view::{Number, View, ratio};
use events::Sketch;

/// Of the play's own kind; each entry names what differs. Entries that the audience's audit takes for bots are left out of
/// all that players report, and so is what comes beyond 500,000 plays of a show.
const QUALITY: Metric = Metric {
    direction: Direction::LowerIsBetter,
    freshness: "10 s",
    late: "counted when they arrive; what a suspected bot reported is taken out when it is found",
    ..COUNT
};

pub const STALL_RATE_PV: Metric = Metric {
    id: "stall_rate_pv",
    zh: "卡顿率",
    en: "stall rate (plays)",
    formula: "plays with at least one stall (over 200 ms, seeks apart) / plays; a play is one try to play of one entry, and counts from its first report on; suspected bots are left out, as in every figure of plays, and of a show the first 500,000 plays count",
    unit: Unit::Ratio,
    value: |view| ratio(sums(view).stalled as f64, plays(view)),
    ..QUALITY
};

pub const STALL_MS_PER_100S: Metric = Metric {
    id: "stall_ms_per_100s",
    zh: "百秒卡顿时长",
    en: "stalled per 100 s played",
    formula: "stalled ms x 100 / seconds played, as players report them; suspected bots are left out",
    unit: Unit::Milliseconds,
    value: |view| per_100s(sums(view).stalled_ms, sums(view).played_ms),
    over: Some(|view, from, to| {
        let stalled_ms = view.sum(from, to, |minute| minute.stalled_ms as i64);
        let played_ms = view.sum(from, to, |minute| minute.played_ms as i64);
        per_100s(stalled_ms.unsigned_abs(), played_ms.unsigned_abs()).map(Number::as_f64)
    }),
    ..QUALITY
};

pub const FIRST_FRAME_MS_P50: Metric = Metric {
    id: "first_frame_ms_p50",
    zh: "首帧耗时 P50",
    en: "first frame, median",
    formula: "median of the time from the wish to play to the first frame, over the plays that told it; of two values of one play the smaller; suspected bots are left out; nearest rank, at most 0.8 % off",
    unit: Unit::Milliseconds,
    value: |view| percentile(&sums(view).first_frame, 50),
    ..QUALITY
};

pub const FIRST_FRAME_MS_P95: Metric = Metric {
    id: "first_frame_ms_p95",
    zh: "首帧耗时 P95",
    en: "first frame, 95th percentile",
    formula: "95th percentile of the time from the wish to play to the first frame, over the plays that told it; of two values of one play the smaller; suspected bots are left out; nearest rank, at most 0.8 % off",
    unit: Unit::Milliseconds,
    value: |view| percentile(&sums(view).first_frame, 95),
    ..QUALITY
};

pub const PLAY_FAIL_RATE: Metric = Metric {
    id: "play_fail_rate",
    zh: "播放失败率",
    en: "play failure rate",
    formula: "plays that never showed a frame / plays; who left before the first frame is among them, and live a play that is still loading; suspected bots are left out",
    unit: Unit::Ratio,
    value: |view| ratio(plays(view) - sums(view).shown as f64, plays(view)),
    ..QUALITY
};

pub const INGEST_TO_PLAY_MS_P50: Metric = Metric {
    id: "ingest_to_play_ms_p50",
    zh: "推流到播放延迟 P50",
    en: "ingest to play, median",
    formula: "median over reports of the time from a frame's arrival (program date-time, our ingest clock) to its showing, the player's clock corrected by ours; suspected bots are left out; nearest rank, at most 0.8 % off",
    unit: Unit::Milliseconds,
    value: |view| percentile(&sums(view).latency, 50),
    ..QUALITY
};

pub const INGEST_TO_PLAY_MS_P95: Metric = Metric {
    id: "ingest_to_play_ms_p95",
    zh: "推流到播放延迟 P95",
    en: "ingest to play, 95th percentile",
    formula: "95th percentile over reports of the time from a frame's arrival (program date-time, our ingest clock) to its showing, the player's clock corrected by ours; suspected bots are left out; nearest rank, at most 0.8 % off",
    unit: Unit::Milliseconds,
    value: |view| percentile(&sums(view).latency, 95),
    ..QUALITY
};

pub const AV_OFFSET_MS_P95: Metric = Metric {
    id: "av_offset_ms_p95",
    late: COUNT.late,
    zh: "音画偏差 P95",
    en: "sound against picture, 95th percentile",
    formula: "95th percentile over measured windows (10 s) of encoders of the absolute distance between audio's and video's timestamps at the same arrival; nearest rank, at most 0.8 % off; end to end a flash-and-beep probe measures it in a test",
    unit: Unit::Milliseconds,
    value: |view| percentile(&view.state.plays.av_offset, 95),
    ..QUALITY
};

fn sums<'a>(view: &'a View<'_>) -> &'a Sums {
    view.state.plays.sums()
}

fn plays(view: &View<'_>) -> f64 {
    sums(view).plays as f64
}

fn per_100s(stalled_ms: u64, played_ms: u64) -> Option<Number> {
    ratio(stalled_ms as f64 * 100_000.0, played_ms as f64)
}

fn percentile(sketch: &Sketch, percent: u32) -> Option<Number> {
    Some(Number::from(u64::from(sketch.percentile(percent)?)))
}
