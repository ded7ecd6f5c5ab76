//! The program's eye on itself 系统告警: how it is, what is wrong with it for longer than a moment, and who took note.
//!
//! `condition.rs` looks, `kinds.rs` lists what can be wrong, `judge.rs` decides, `watch.rs` keeps and tells.

mod condition;
mod http;
mod judge;
mod kinds;
mod lately;
mod migrations;
mod settings;
mod store;
mod watch;

pub use condition::Condition;
pub use lately::recorder;
pub use settings::ConditionSettings;

use crate::backup;
use app::{App, Feature, Job, Permission, PermissionInfo, Reach, Scope};
use events::OrgId;
use feed::Feed;
use lately::Lately;
use moderation::ledger::Noted;
use std::{
    collections::BTreeMap,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicU8, Ordering},
    },
    time::Duration,
};
use tokio::sync::watch::Sender;
use uuid::Uuid;

/// May see what is wrong with the program.
pub struct ReadSystem;

impl Permission for ReadSystem {
    const INFO: PermissionInfo =
        PermissionInfo { name: "system.read", zh: "查看系统告警", en: "see alarms about Kaibo itself" };
}

/// May take note of it.
pub struct ManageSystem;

impl Permission for ManageSystem {
    const INFO: PermissionInfo =
        PermissionInfo { name: "system.manage", zh: "处理系统告警", en: "acknowledge alarms about Kaibo itself" };
}

/// What stands, by kind.
pub type Standing = BTreeMap<&'static str, Uuid>;

/// What the last look left.
#[derive(Debug, Clone, Default)]
pub struct Seen {
    pub standing: Standing,
    pub lately: Lately,
}

/// A cheap handle.
#[derive(Clone)]
pub struct System(Arc<Inner>);

struct Inner {
    app: App,
    feed: Feed,
    settings: ConditionSettings,
    seen: Sender<Seen>,
    audit: AtomicU8,
    ledger: AtomicU8,
    /// Whose alarms they are: the first organisation's.
    org: OnceLock<OrgId>,
}

/// What the last walk along a chain found.
const UNKNOWN: u8 = 0;
const SOUND: u8 = 1;
const BROKEN: u8 = 2;

impl System {
    pub fn new(app: App, feed: Feed, settings: ConditionSettings) -> Self {
        let (seen, org) = (Sender::default(), OnceLock::new());
        let [audit, ledger] = [UNKNOWN; 2].map(AtomicU8::new);
        Self(Arc::new(Inner { app, feed, settings, seen, audit, ledger, org }))
    }

    /// Routes, the table, and the walk along the audit log and the ledger; [`Self::watch`] is begun when the organisation is known.
    pub fn feature(&self) -> Feature {
        let mut feature = Feature::new("system");
        feature.routes = http::routes(self.clone());
        feature.migrations = migrations::MIGRATIONS;
        feature.permissions = vec![ReadSystem::INFO, ManageSystem::INFO];
        let system = self.clone();
        feature.jobs.push(Job::new("system-audit", move |stop| async move {
            let every = Duration::from_secs(system.0.settings.audit_every_s);
            if every.is_zero() {
                stop.cancelled().await;
                return Ok(());
            }
            loop {
                system.walk_the_audit_log().await;
                system.walk_the_ledger().await;
                tokio::select! {
                    () = stop.cancelled() => return Ok(()),
                    () = tokio::time::sleep(every) => {}
                }
            }
        }));
        feature
    }

    fn concerns(&self, scope: Scope) -> bool {
        scope.reach == Reach::Org && self.0.org.get() == Some(&scope.org)
    }

    async fn walk_the_audit_log(&self) {
        match accounts::verify_audit(self.0.app.store.read(), &BTreeMap::new()).await {
            Ok(report) => {
                if let Some(damage) = &report.damage {
                    tracing::error!("the audit log was changed: {damage}");
                }
                self.0.audit.store(if report.damage.is_some() { BROKEN } else { SOUND }, Ordering::Relaxed);
            }
            // Away or busy; what was found before stands.
            Err(error) => tracing::warn!("the audit log was not walked: {error:#}"),
        }
    }

    async fn walk_the_ledger(&self) {
        match moderation::ledger::verify(self.0.app.store.read(), &Noted::default()).await {
            Ok(reports) => {
                let mut found = SOUND;
                for (org, damage) in reports.iter().filter_map(|report| Some((report.org, report.damage.as_ref()?))) {
                    tracing::error!("the ledger of {org} was changed: {damage}");
                    found = BROKEN;
                }
                self.0.ledger.store(found, Ordering::Relaxed);
            }
            Err(error) => tracing::warn!("the ledger was not walked: {error:#}"),
        }
    }

    fn audit_broken(&self) -> Option<u64> {
        broken(&self.0.audit)
    }

    fn ledger_broken(&self) -> Option<u64> {
        broken(&self.0.ledger)
    }

    /// Hours since the last backup began; since the installation was made when there is none.
    fn backup_age_h(&self) -> Option<u64> {
        let since_ms = backup::last(&self.0.app.data_dir)?;
        u64::try_from((self.0.app.now().0 - since_ms) / 3_600_000).ok()
    }
}

/// 1 of a broken chain.
fn broken(chain: &AtomicU8) -> Option<u64> {
    match chain.load(Ordering::Relaxed) {
        UNKNOWN => None,
        found => Some(u64::from(found == BROKEN)),
    }
}
