//! How the program itself is: what `/readyz?details` tells a person, and `/metrics` an alarm.

use super::{System, kinds::KINDS, lately::Lately};
use feed::Backlog;
use serde::Serialize;
use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

/// A database that says nothing for so long is away.
pub const PATIENCE: Duration = Duration::from_secs(2);

#[derive(Debug, Clone, Serialize)]
pub struct Condition {
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
    /// Since the last backup; since the installation was made when there is none.
    pub backup_age_h: Option<u64>,
    /// 1: the chain of the audit log is not as it was written. None before it was walked.
    #[serde(skip)]
    pub audit_broken: Option<u64>,
    /// 1: the chain of the ledger is not as it was written. None before it was walked.
    #[serde(skip)]
    pub ledger_broken: Option<u64>,
    #[serde(flatten)]
    pub lately: Lately,
    /// What is wrong for longer than a moment.
    pub alarms: BTreeSet<&'static str>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Database {
    Ok,
    Away,
}

impl Condition {
    pub fn slowest_follower(&self) -> u64 {
        self.followers_behind.values().copied().max().unwrap_or(0)
    }
}

impl System {
    /// As it is now, with what the last look found.
    pub async fn condition(&self) -> Condition {
        let app = &self.0.app;
        let seen = self.0.seen.borrow().clone();
        let last = app.log.last();
        let behind = tokio::time::timeout(PATIENCE, app.store.behind()).await.ok().and_then(Result::ok);
        let followers = app.progress.all().into_iter();
        let disk = rustix::fs::statvfs(&app.data_dir).ok();
        Condition {
            database: if behind.is_some() { Database::Ok } else { Database::Away },
            log_position: last,
            outbox_behind_rows: behind,
            followers_behind: followers.map(|(name, position)| (name, last.saturating_sub(position))).collect(),
            free_bytes: disk.as_ref().map(|disk| disk.f_bavail.saturating_mul(disk.f_frsize)),
            free_inodes: disk.filter(|disk| disk.f_files > 0).map(|disk| disk.f_favail),
            backup_age_h: self.backup_age_h(),
            audit_broken: self.audit_broken(),
            ledger_broken: self.ledger_broken(),
            lately: seen.lately,
            alarms: seen.standing.into_keys().collect(),
        }
    }

    /// None while the database is away.
    pub(super) async fn webhooks(&self) -> Option<Backlog> {
        tokio::time::timeout(PATIENCE, self.0.feed.backlog()).await.ok()?.ok()
    }

    /// As gauges, for whoever scrapes them.
    pub async fn measure(&self) {
        let condition = self.condition().await;
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
        if let Some(age_h) = condition.backup_age_h {
            metrics::gauge!("kaibo_backup_age_hours").set(age_h as f64);
        }
        if let Some(webhooks) = condition.lately.webhooks {
            metrics::gauge!("kaibo_webhook_behind_events").set(webhooks.behind as f64);
            metrics::gauge!("kaibo_webhook_dead_letters").set(webhooks.dead as f64);
        }
        for kind in KINDS {
            let stands = condition.alarms.contains(kind.name);
            metrics::gauge!("kaibo_alarm", "alarm" => kind.name).set(f64::from(u8::from(stands)));
        }
    }
}
