//! How the program itself is: what `/readyz?details` tells a person, and `/metrics` an alarm.

use app::App;
use serde::Serialize;
use std::{collections::BTreeMap, net::SocketAddr, time::Duration};

/// A database that says nothing for so long is away.
const PATIENCE: Duration = Duration::from_secs(2);

#[derive(Debug, Serialize)]
pub struct Condition {
    pub ready: bool,
    /// Where encoders push: how somebody who finds the port taken knows by whom.
    pub rtmp: SocketAddr,
    pub database: Database,
    /// The newest position of the event log.
    pub log_position: u64,
    /// Committed changes whose events are not in the log yet; none while the database is away.
    pub outbox_behind_rows: Option<u64>,
    /// Events that each follower has not handled yet.
    pub followers_behind: BTreeMap<&'static str, u64>,
    /// On the disk of the data folder.
    pub free_bytes: Option<u64>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Database {
    Ok,
    Away,
}

pub async fn condition(app: &App, rtmp: SocketAddr, ready: bool) -> Condition {
    let last = app.log.last();
    let behind = tokio::time::timeout(PATIENCE, app.store.behind()).await.ok().and_then(Result::ok);
    let followers = app.progress.all().into_iter();
    let free = rustix::fs::statvfs(&app.data_dir).ok().map(|disk| disk.f_bavail.saturating_mul(disk.f_frsize));
    Condition {
        ready,
        rtmp,
        database: if behind.is_some() { Database::Ok } else { Database::Away },
        log_position: last,
        outbox_behind_rows: behind,
        followers_behind: followers.map(|(name, position)| (name, last.saturating_sub(position))).collect(),
        free_bytes: free,
    }
}

/// As gauges, for whoever scrapes them.
pub async fn measure(app: &App, rtmp: SocketAddr) {
    let condition = condition(app, rtmp, true).await;
    metrics::gauge!("kaibo_log_last_position").set(condition.log_position as f64);
    for (name, behind) in condition.followers_behind {
        metrics::gauge!("kaibo_follower_lag_events", "follower" => name).set(behind as f64);
    }
    metrics::gauge!("kaibo_database_reachable").set(f64::from(u8::from(condition.database == Database::Ok)));
    if let Some(behind) = condition.outbox_behind_rows {
        metrics::gauge!("kaibo_outbox_behind_rows").set(behind as f64);
    }
    if let Some(free) = condition.free_bytes {
        metrics::gauge!("kaibo_data_free_bytes").set(free as f64);
    }
}
