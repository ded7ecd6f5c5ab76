//! Compliance handbook 合规手册: what the staff reads, the exams that show who knows it, the retraining that follows from violations,
//! and which law asks for which rule.

mod articles;
mod clock;
mod exams;
mod migrations;
mod policies;
mod refusal;
mod retraining;
mod starter;
mod store;
mod store_staff;

pub use articles::http::{ReadHandbook, WriteHandbook};
pub use exams::http::ManageExams;
pub use refusal::Refusal;
pub use retraining::reactions::NAME;

use app::{App, Feature, Job, Permission};
use async_trait::async_trait;
use events::{Millis, OrgId, RoomId, TeamId, UserId};
use std::sync::{Arc, OnceLock};
use store_staff as staff;
use uuid::Uuid;

/// The published rules, and the lists of words that enforce them.
#[async_trait]
pub trait Rules: Send + Sync {
    /// The codes of the published clauses.
    fn clauses(&self) -> Vec<&'static str>;

    /// What an organisation's list of words is called; none for one that is not there.
    async fn list_name(&self, org: OrgId, list: Uuid) -> anyhow::Result<Option<String>>;
}

/// Who goes on air.
#[async_trait]
pub trait Hosts: Send + Sync {
    /// The accounts of the staff who host a room; none where nobody said who that is.
    async fn accounts(&self, org: OrgId, room: RoomId) -> anyhow::Result<Vec<UserId>>;
}

/// How somebody stands with the exams of the role, and retraining.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Learned {
    pub exams: Vec<LearnedExam>,
    pub retraining_open: u64,
    pub retraining_overdue: u64,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LearnedExam {
    pub code: String,
    pub title_zh: String,
    pub title_en: String,
    pub required: bool,
    /// The pass still counts.
    pub passed: bool,
    pub valid_until: Option<Millis>,
}

/// The handbook and its exams. Cloning is cheap.
#[derive(Clone)]
pub struct Handbook(Arc<Inner>);

struct Inner {
    app: App,
    rules: Arc<dyn Rules>,
    hosts: OnceLock<Arc<dyn Hosts>>,
}

impl Handbook {
    pub fn new(app: App, rules: Arc<dyn Rules>) -> Self {
        Self(Arc::new(Inner { app, rules, hosts: OnceLock::new() }))
    }

    /// Wires who knows the hosts of a room; the first call wins.
    pub fn set_hosts(&self, hosts: Arc<dyn Hosts>) {
        let _ = self.0.hosts.set(hosts);
    }

    pub fn feature(&self) -> Feature {
        let ends = self.clone();
        Feature {
            routes: articles::http::routes(self.clone())
                .merge(articles::http_draft::routes(self.clone()))
                .merge(exams::http::routes(self.clone()))
                .merge(exams::http_bank::routes(self.clone()))
                .merge(exams::http_sitting::routes(self.clone()))
                .merge(retraining::http::routes(self.clone()))
                .merge(policies::http::routes(self.clone())),
            migrations: migrations::MIGRATIONS,
            reactions: vec![retraining::reactions::reaction(self.clone())],
            jobs: vec![Job::new("handbook-clock", move |stop| clock::run(ends, stop))],
            permissions: vec![ReadHandbook::INFO, WriteHandbook::INFO, ManageExams::INFO],
            ..Feature::new("handbook")
        }
    }

    /// What hinders a room's show from going on air: `exam_missing` for everybody who lacks an exam that is required of the role, or has
    /// retraining overdue; of its hosts, where it is known whose accounts they are, else of the whole team.
    pub async fn obstacles(
        &self,
        org: OrgId,
        team: TeamId,
        room: RoomId,
    ) -> anyhow::Result<Vec<(&'static str, String)>> {
        let hosts = match self.0.hosts.get() {
            Some(hosts) => hosts.accounts(org, room).await?,
            None => Vec::new(),
        };
        retraining::obstacles(self, org, team, &hosts).await
    }

    /// How one of the staff stands.
    pub async fn learned(&self, org: OrgId, account: UserId) -> anyhow::Result<Learned> {
        retraining::learned(self, org, account).await
    }

    pub(crate) fn app(&self) -> &App {
        &self.0.app
    }

    pub(crate) fn rules(&self) -> &dyn Rules {
        &*self.0.rules
    }
}
