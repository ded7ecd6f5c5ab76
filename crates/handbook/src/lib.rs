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
use events::{OrgId, RoomId, TeamId};
use std::sync::Arc;
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

/// The handbook and its exams. Cloning is cheap.
#[derive(Clone)]
pub struct Handbook(Arc<Inner>);

struct Inner {
    app: App,
    rules: Arc<dyn Rules>,
}

impl Handbook {
    pub fn new(app: App, rules: Arc<dyn Rules>) -> Self {
        Self(Arc::new(Inner { app, rules }))
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

    /// What hinders a show of this team from going on air: `exam_missing` for everybody of the team who lacks an exam that is required
    /// of the role, or has retraining overdue.
    pub async fn obstacles(
        &self,
        org: OrgId,
        team: TeamId,
        _room: RoomId,
    ) -> anyhow::Result<Vec<(&'static str, String)>> {
        retraining::obstacles(self, org, team).await
    }

    pub(crate) fn app(&self) -> &App {
        &self.0.app
    }

    pub(crate) fn rules(&self) -> &dyn Rules {
        &*self.0.rules
    }
}
