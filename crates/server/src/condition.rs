//! How the program itself is: what `/readyz?details` tells a person, and `/metrics` an alarm.

use crate::judge::{Alarm, ConditionSettings, Judge};
use app::App;
use serde::Serialize;
use std::{
    collections::{BTreeMap, BTreeSet},
    net::SocketAddr,
    time::Duration,
};
use tokio::{
    sync::watch,
    time::{Instant, MissedTickBehavior},
};

/// A database that says nothing for so long is away.
const PATIENCE: Duration = Duration::from_secs(2);

#[derive(Debug, Clone, Serialize)]
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
    /// The same in files; none where a file system has no such limit.
    pub free_inodes: Option<u64>,
    /// What is wrong for longer than a moment.
    pub alarms: BTreeSet<Alarm>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Database {
    Ok,
    Away,
}

/// What stands, as the last look left it.
pub type Alarms = watch::Receiver<BTreeSet<Alarm>>;

pub async fn condition(app: &App, rtmp: SocketAddr, ready: bool, alarms: &Alarms) -> Condition {
    let alarms = alarms.borrow().clone();
    let last = app.log.last();
    let behind = tokio::time::timeout(PATIENCE, app.store.behind()).await.ok().and_then(Result::ok);
    let followers = app.progress.all().into_iter();
    let disk = rustix::fs::statvfs(&app.data_dir).ok();
    Condition {
        ready,
        rtmp,
        database: if behind.is_some() { Database::Ok } else { Database::Away },
        log_position: last,
        outbox_behind_rows: behind,
        followers_behind: followers.map(|(name, position)| (name, last.saturating_sub(position))).collect(),
        free_bytes: disk.as_ref().map(|disk| disk.f_bavail.saturating_mul(disk.f_frsize)),
        free_inodes: disk.filter(|disk| disk.f_files > 0).map(|disk| disk.f_favail),
        alarms,
    }
}

/// As gauges, for whoever scrapes them.
pub async fn measure(app: &App, rtmp: SocketAddr, alarms: &Alarms) {
    let condition = condition(app, rtmp, true, alarms).await;
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
    if let Some(free) = condition.free_inodes {
        metrics::gauge!("kaibo_data_free_inodes").set(free as f64);
    }
    for alarm in Alarm::ALL {
        let stands = condition.alarms.contains(&alarm);
        metrics::gauge!("kaibo_alarm", "alarm" => alarm.name()).set(f64::from(u8::from(stands)));
    }
}

/// Looks at the program until it stops; what begins and ends is told to the log and to whoever holds the other end.
pub async fn watch(app: App, rtmp: SocketAddr, limits: ConditionSettings, told: watch::Sender<BTreeSet<Alarm>>) {
    let (mut judge, start, alarms) = (Judge::default(), Instant::now(), told.subscribe());
    let mut ticks = tokio::time::interval(Duration::from_millis(limits.look_ms.max(100)));
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = app.stop.cancelled() => return,
            _ = ticks.tick() => {}
        }
        let condition = condition(&app, rtmp, true, &alarms).await;
        for alarm in judge.look(&condition, &limits, start.elapsed()) {
            let name = alarm.name();
            if judge.standing().contains(&alarm) {
                tracing::warn!(alarm = name, ?condition, "alarm `{name}` begins");
            } else {
                tracing::info!(alarm = name, "alarm `{name}` ends");
            }
        }
        told.send_if_modified(|before| {
            let changed = before != judge.standing();
            before.clone_from(judge.standing());
            changed
        });
    }
}
