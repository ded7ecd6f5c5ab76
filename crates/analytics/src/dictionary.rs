//! The dictionary as a page: `docs/METRICS.md` is this text, and a test keeps it current.

use crate::metrics::{Direction, LIST, Metric, Unit};
use std::fmt::Write;

const HEAD: &str = "# The metric dictionary 指标字典

Written from `crates/analytics/src/metrics`; a test keeps it current (`UPDATE_DOCS=1` writes it again).

- A metric is a pure fold over events in event time (`occurred_at`). **Live** 实时 = saved state plus the tail of the log; **settled** 结算 = a full
  scan of the log after the broadcast's end, null while it is on air. Both are null where a metric does not apply.
- Sets are exact. A ratio is a fraction; a ratio over zero is null, never 0. Money is a whole number of thousandths of a yuan.
- *Entry* 进入 = one load of the player that fetched media, or what another platform reported. *Viewer* 观众 = a distinct viewer id.
- *Minutes live* 直播分钟数 = from the broadcast's beginning to its end (to now while it is on air); for an import from the recording's beginning
  to its last row. None when that is 0.
- *Online* 在线 is sampled at every whole 10 s of event time. Live, a sample waits 30 s for events that come late.
- An empty broadcast has 0 for counts and sums, and null for ratios, per-minute values and whatever an import cannot know.
- Interaction 互动 counts doers whether or not they have an entry; gift combos and highlighted messages are no interaction of their own.
- Series and tiles are made of whole minutes of event time.
- Percentiles 分位数 come from counts in buckets: values below 128 are exact, larger ones at most 1/128 (0.8 %) off ([0012](decisions/0012-percentiles.md)).

| id | 中文 | English | formula | unit | direction | grain | live / settled | freshness | late events |
|---|---|---|---|---|---|---|---|---|---|
";

/// The whole page.
pub fn page() -> String {
    let mut page = HEAD.to_owned();
    for metric in LIST {
        row(&mut page, metric);
    }
    page
}

fn row(page: &mut String, metric: &Metric) {
    let Metric { id, zh, en, formula, unit, direction, grain, live, settled, freshness, late, .. } = metric;
    let both = match (live, settled) {
        (true, true) => "both",
        (true, false) => "live",
        (false, true) => "settled",
        (false, false) => "neither",
    };
    let (unit, direction) = (unit_words(*unit), direction_words(*direction));
    let grain = grain.join(", ");
    // Writing to a string cannot fail.
    let _ = writeln!(
        page,
        "| {id} | {zh} | {en} | {formula} | {unit} | {direction} | {grain} | {both} | {freshness} | {late} |"
    );
}

fn unit_words(unit: Unit) -> &'static str {
    match unit {
        Unit::Count => "count",
        Unit::Mean => "mean",
        Unit::Seconds => "seconds",
        Unit::Milliseconds => "ms",
        Unit::Ratio => "ratio",
        Unit::PerMinute => "per minute",
        Unit::MilliCny => "0.001 CNY",
    }
}

fn direction_words(direction: Direction) -> &'static str {
    match direction {
        Direction::HigherIsBetter => "higher is better",
        Direction::LowerIsBetter => "lower is better",
        Direction::Depends => "depends",
    }
}
