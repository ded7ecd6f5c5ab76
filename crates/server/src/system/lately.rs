//! What a single look cannot show: what grew since, how far the clock jumped, how long the log took.

use feed::Backlog;
use metrics::{Counter, CounterFn, Gauge, Histogram, Key, KeyName, Metadata, Recorder, SharedString, Unit};
use metrics_exporter_prometheus::PrometheusRecorder;
use serde::Serialize;
use std::{
    collections::VecDeque,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

/// As of the last look.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Lately {
    /// Events and segments dropped in the last minute because something could not keep up.
    pub lost: u64,
    /// Writes of the event log that failed in the last minute.
    pub failed_commits: u64,
    /// Rows of the audit log that could not be written in the last hour.
    pub audit_failures: u64,
    /// The longest write of the event log since the look before.
    pub log_write_ms: u64,
    /// The largest jump of this machine's clock in the last 10 minutes.
    pub clock_jump_ms: u64,
    /// None while the database is away.
    #[serde(skip)]
    pub webhooks: Option<Backlog>,
}

/// Counters of what was lost, whoever lost it.
const LOST: &[&str] = &[
    "kaibo_audience_dropped_total",
    "kaibo_qoe_dropped_total",
    "kaibo_record_dropped_segments_total",
    "kaibo_room_danmaku_failures_total",
    "kaibo_room_likes_failures_total",
];
const FAILED_COMMITS: &[&str] = &["eventlog_failed_commits_total"];
const AUDIT_FAILURES: &[&str] = &["kaibo_audit_failures_total"];

const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(3_600);
const JUMPS: Duration = Duration::from_secs(600);

/// Remembers what is needed to say what happened lately.
#[derive(Debug, Default)]
pub struct Memory {
    lost: Growth,
    failed_commits: Growth,
    audit_failures: Growth,
    clock: ClockWatch,
}

impl Memory {
    /// `now` is any clock that only goes forward, `wall_ms` this machine's.
    pub fn look(&mut self, now: Duration, wall_ms: i64, log_write: Duration, webhooks: Option<Backlog>) -> Lately {
        Lately {
            lost: self.lost.step(now, total(LOST), MINUTE),
            failed_commits: self.failed_commits.step(now, total(FAILED_COMMITS), MINUTE),
            audit_failures: self.audit_failures.step(now, total(AUDIT_FAILURES), HOUR),
            log_write_ms: u64::try_from(log_write.as_millis()).unwrap_or(u64::MAX),
            clock_jump_ms: self.clock.step(now, wall_ms),
            webhooks,
        }
    }
}

/// How much a total grew within a span of time.
#[derive(Debug, Default)]
struct Growth(VecDeque<(Duration, u64)>);

impl Growth {
    fn step(&mut self, now: Duration, total: u64, within: Duration) -> u64 {
        // What was there before the first look is of a time before.
        if self.0.back().is_none_or(|(_, last)| *last != total) {
            self.0.push_back((now, total));
        }
        // The newest that is old enough is what the others are compared with.
        while self.0.get(1).is_some_and(|(at, _)| now.saturating_sub(*at) >= within) {
            self.0.pop_front();
        }
        let base = self.0.front().map_or(total, |(_, base)| *base);
        total.saturating_sub(base)
    }
}

/// Compares this machine's clock with one that only goes forward.
#[derive(Debug, Default)]
struct ClockWatch {
    before: Option<(Duration, i64)>,
    jumps: VecDeque<(Duration, u64)>,
}

/// A clock that is set right little by little is no jump.
const SLEW_MS: u64 = 100;

impl ClockWatch {
    fn step(&mut self, now: Duration, wall_ms: i64) -> u64 {
        if let Some((then, then_ms)) = self.before.replace((now, wall_ms)) {
            let passed = i64::try_from(now.saturating_sub(then).as_millis()).unwrap_or(i64::MAX);
            let jump = wall_ms.saturating_sub(then_ms).saturating_sub(passed).unsigned_abs();
            if jump > SLEW_MS {
                self.jumps.push_back((now, jump));
            }
        }
        while self.jumps.front().is_some_and(|(at, _)| now.saturating_sub(*at) >= JUMPS) {
            self.jumps.pop_front();
        }
        self.jumps.iter().map(|(_, jump)| *jump).max().unwrap_or(0)
    }
}

/// Counters are written by whoever counts and read by Prometheus alone; those listed here are read by us too.
static WATCHED: [(&[&str], AtomicU64); 3] =
    [(LOST, AtomicU64::new(0)), (FAILED_COMMITS, AtomicU64::new(0)), (AUDIT_FAILURES, AtomicU64::new(0))];

fn total(names: &[&str]) -> u64 {
    WATCHED.iter().filter(|(of, _)| *of == names).map(|(_, total)| total.load(Ordering::Relaxed)).sum()
}

/// The recorder of the process, which also counts what [`Memory`] looks at.
pub fn recorder(inner: PrometheusRecorder) -> impl Recorder + Send + Sync + 'static {
    Watching(inner)
}

struct Watching(PrometheusRecorder);

impl Recorder for Watching {
    fn describe_counter(&self, key: KeyName, unit: Option<Unit>, description: SharedString) {
        self.0.describe_counter(key, unit, description);
    }

    fn describe_gauge(&self, key: KeyName, unit: Option<Unit>, description: SharedString) {
        self.0.describe_gauge(key, unit, description);
    }

    fn describe_histogram(&self, key: KeyName, unit: Option<Unit>, description: SharedString) {
        self.0.describe_histogram(key, unit, description);
    }

    fn register_counter(&self, key: &Key, metadata: &Metadata<'_>) -> Counter {
        let counter = self.0.register_counter(key, metadata);
        match WATCHED.iter().find(|(names, _)| names.contains(&key.name())) {
            Some((_, total)) => Counter::from_arc(Arc::new(Both(counter, total))),
            None => counter,
        }
    }

    fn register_gauge(&self, key: &Key, metadata: &Metadata<'_>) -> Gauge {
        self.0.register_gauge(key, metadata)
    }

    fn register_histogram(&self, key: &Key, metadata: &Metadata<'_>) -> Histogram {
        self.0.register_histogram(key, metadata)
    }
}

struct Both(Counter, &'static AtomicU64);

impl CounterFn for Both {
    fn increment(&self, value: u64) {
        self.0.increment(value);
        self.1.fetch_add(value, Ordering::Relaxed);
    }

    fn absolute(&self, value: u64) {
        self.0.absolute(value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn s(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    #[test]
    fn growth_is_forgotten_when_its_time_is_over_and_what_was_before_the_first_look_is_none() {
        let mut growth = Growth::default();
        let mut step = |at, total| growth.step(s(at), total, MINUTE);
        assert_eq!([step(0, 7), step(5, 7), step(10, 9), step(15, 12)], [0, 0, 2, 5]);
        assert_eq!([step(65, 12), step(70, 12), step(74, 12), step(75, 12), step(500, 13)], [5, 3, 3, 0, 1]);
    }

    #[test]
    fn a_clock_that_is_set_is_noticed_either_way_for_ten_minutes_and_a_slow_look_is_none() {
        let mut clock = ClockWatch::default();
        assert_eq!(clock.step(s(0), 1_000_000), 0);
        assert_eq!(clock.step(s(5), 1_005_080), 0, "a clock that is slewed");
        assert_eq!(clock.step(s(95), 1_095_080), 0, "the program slept");
        assert_eq!(clock.step(s(100), 1_090_080), 10_000, "set back");
        assert_eq!(clock.step(s(105), 1_098_080), 10_000, "and forward by less");
        assert_eq!(clock.step(s(700), 1_693_080), 3_000);
        assert_eq!(clock.step(s(705), 1_698_080), 0);
    }

    #[test]
    fn what_others_count_is_seen() {
        let recorder = recorder(metrics_exporter_prometheus::PrometheusBuilder::new().build_recorder());
        let before = (total(LOST), total(AUDIT_FAILURES));
        metrics::with_local_recorder(&recorder, || {
            for reason in ["slow", "disk"] {
                metrics::counter!("kaibo_record_dropped_segments_total", "reason" => reason).increment(2);
            }
            metrics::counter!("kaibo_audit_failures_total").increment(1);
            metrics::counter!("kaibo_http_requests_total").increment(1);
        });
        assert_eq!((total(LOST), total(AUDIT_FAILURES)), (before.0 + 4, before.1 + 1));
    }
}
