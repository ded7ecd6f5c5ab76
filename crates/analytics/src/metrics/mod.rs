//! The metric dictionary 指标字典: one definition per number, in one list you can read.
//!
//! A new metric is a function in a file of its family, and one entry in [`LIST`]. Being in the list brings the API, the
//! dictionary, `docs/METRICS.md` and the conformance test.

mod danmaku;
mod engagement;
mod entry;
mod events_total;
mod gifts;
mod online;
mod quality;
mod views;
mod watch;

pub use entry::{Direction, Metric, Unit};

/// Raised when a definition changes its meaning: saved states of another version are folded again from the log.
pub const VERSION: u32 = 4;

/// Every metric, in the order of the dictionary.
pub const LIST: &[Metric] = &[
    views::VIEW_PV,
    views::VIEW_UV,
    views::AUDITED_VIEW_UV,
    views::ENTRIES_PER_MIN,
    online::ONLINE,
    online::PCU,
    online::ACU,
    watch::WATCH_TIME,
    watch::AVG_WATCH_UV,
    watch::AVG_WATCH_PV,
    engagement::INTERACTION_RATE_UV,
    danmaku::DANMAKU_COUNT,
    danmaku::DANMAKU_BEFORE_AIR,
    danmaku::DANMAKU_PER_MIN,
    engagement::LIKE_COUNT,
    engagement::FOLLOW_GAIN,
    engagement::SHARE_COUNT,
    gifts::GIFT_INCOME,
    gifts::GIFT_COUNT,
    gifts::GIFT_COMBO_COUNT,
    gifts::SUPER_CHAT_INCOME,
    quality::STALL_RATE_PV,
    quality::STALL_MS_PER_100S,
    quality::FIRST_FRAME_MS_P50,
    quality::FIRST_FRAME_MS_P95,
    quality::PLAY_FAIL_RATE,
    quality::INGEST_TO_PLAY_MS_P50,
    quality::INGEST_TO_PLAY_MS_P95,
    quality::AV_OFFSET_MS_P95,
    events_total::EVENTS_TOTAL,
];

/// The metrics of the live screen, in its order.
pub const TILES: &[&str] = &[
    "online",
    "view_uv",
    "view_pv",
    "pcu",
    "avg_watch_uv",
    "interaction_rate_uv",
    "danmaku_count",
    "danmaku_per_min",
    "like_count",
    "follow_gain",
    "share_count",
    "gift_income",
];

/// The metric with this id.
pub fn find(id: &str) -> Option<&'static Metric> {
    LIST.iter().find(|metric| metric.id == id)
}
