//! Holds what the simulated audience did against the metrics the server publishes.

use crate::SimCounts;
use anyhow::Context;
use serde::Deserialize;
use std::ops::RangeInclusive;

/// One number of the server that is not what the audience did.
#[derive(Debug, Clone, PartialEq)]
pub struct Finding {
    pub metric: String,
    pub expected: RangeInclusive<f64>,
    pub got: Option<f64>,
}

#[derive(Deserialize)]
struct Metric {
    live: Option<f64>,
    settled: Option<f64>,
}

/// Asks `GET /api/metrics` for the broadcast and returns what disagrees; empty means all is well.
///
/// Only right when the simulated audience was the only one. What is unsure on our side (a socket broke before the answer) widens
/// the range; with no break it is one number. Watch time is compared in seconds and may be a tenth lower: the server limits
/// what a viewer claims to what is possible.
pub async fn compare(url: &str, token: &str, broadcast: &str, counts: &SimCounts) -> anyhow::Result<Vec<Finding>> {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = reqwest::Client::builder().no_proxy().build().context("building the HTTP client")?;
    let between = |low: u64, more: u64| low as f64..=(low + more) as f64;
    let entries = between(counts.entries, counts.entries_unsure);
    let watched_s = (counts.played_ms.saturating_sub(counts.played_unsure_ms) as f64 / 1000.0 * 0.9)
        ..=(counts.played_ms as f64 / 1000.0 + 1.0);
    let expected: [(&str, Option<&str>, RangeInclusive<f64>); 5] = [
        ("view_pv", None, entries.clone()),
        ("view_uv", None, entries.clone()),
        ("events_total", Some("ViewerEntered"), entries),
        ("events_total", Some("DanmakuSent"), between(counts.danmaku_acked, counts.danmaku_unanswered)),
        ("watch_time", None, watched_s),
    ];
    let mut findings = Vec::new();
    for (id, event, expected) in expected {
        let mut query = vec![("ids", id), ("broadcast", broadcast)];
        query.extend(event.map(|event| ("event", event)));
        let address = format!("{}/api/metrics", url.trim_end_matches('/'));
        let mut address = reqwest::Url::parse(&address).with_context(|| format!("`{url}` is not an address"))?;
        address.query_pairs_mut().extend_pairs(query);
        let answer = client.get(address).bearer_auth(token).send().await.context("asking for metrics")?;
        let answer = answer.error_for_status().context("asking for metrics")?;
        let metrics: Vec<Metric> = answer.json().await.context("reading the metrics")?;
        let metric = event.map_or_else(|| id.to_owned(), |event| format!("{id} of {event}"));
        let live = metrics.first().and_then(|metric| metric.live.or(metric.settled));
        for got in metrics.first().map_or_else(|| vec![None], |metric| vec![live, metric.settled.or(live)]) {
            if !got.is_some_and(|got| expected.contains(&got)) {
                let finding = Finding { metric: metric.clone(), expected: expected.clone(), got };
                if !findings.contains(&finding) {
                    findings.push(finding);
                }
            }
        }
    }
    Ok(findings)
}
