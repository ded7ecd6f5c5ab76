//! Standing 主体信用: who may go on air for a team, by real name; whom an organisation keeps away; and how safe a room and a host have been,
//! from 0 to 100 by a published formula.
//!
//! It moves nothing by itself: `room` asks for obstacles before a show and the organisation says what each means; whoever gives traffic
//! reads [`Standing::score`].

mod blacklist;
mod day;
mod hosts;
mod identity;
mod migrations;
mod obstacles;
mod provider;
mod refusal;
mod score;
mod settings;

pub use blacklist::{CLAUSES, http::ManageBlacklist};
pub use hosts::{
    http::ManageStanding,
    http::ReadStanding,
    http_staff::{Learned, Learning, MyExam, ReadOwnStanding},
    http_verify::VerifyHosts,
};
pub use obstacles::CODES;
pub use provider::{ProviderSettings, http::ManageProvider};
pub use score::{
    reactions::NAME,
    rules::{Score, ScoreBand},
};

use app::{ApiError, App, Can, Feature, Job, Permission};
use audience::{Audience, RoomRef};
use events::{Millis, OrgId, RoomId, UserId};
use std::sync::{Arc, OnceLock};
use uuid::Uuid;

/// Whose score.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    Room(RoomId),
    Host(Uuid),
}

/// Hosts, blacklist, scores. Cloning is cheap.
#[derive(Clone)]
pub struct Standing(Arc<Inner>);

struct Inner {
    app: App,
    audience: Audience,
    settings: ProviderSettings,
    desk: provider::job::Desk,
    learning: OnceLock<Arc<dyn Learning>>,
}

impl Standing {
    pub fn new(app: App, audience: Audience, settings: ProviderSettings) -> Self {
        let (desk, learning) = Default::default();
        Self(Arc::new(Inner { app, audience, settings, desk, learning }))
    }

    /// Wires who knows what hosts have learned; the first call wins.
    pub fn set_learning(&self, learning: Arc<dyn Learning>) {
        let _ = self.0.learning.set(learning);
    }

    pub fn feature(&self) -> Feature {
        let mut feature = Feature::new("standing");
        feature.routes = hosts::http::routes(self.clone())
            .merge(hosts::http_verify::routes(self.clone()))
            .merge(hosts::http_staff::routes(self.clone()))
            .merge(provider::http::routes(self.clone()))
            .merge(blacklist::http::routes(self.clone()))
            .merge(blacklist::http_import::routes(self.clone()))
            .merge(score::http::routes(self.clone()))
            .merge(settings::http::routes(self.clone()));
        feature.migrations = migrations::MIGRATIONS;
        feature.permissions = vec![
            ReadStanding::INFO,
            ManageStanding::INFO,
            VerifyHosts::INFO,
            ManageBlacklist::INFO,
            ManageProvider::INFO,
            ReadOwnStanding::INFO,
        ];
        let asks = self.clone();
        feature.jobs.push(Job::new("standing-provider", move |stop| provider::job::run(asks, stop)));
        feature.reactions.push(score::reactions::keep(self.clone()));
        feature
    }

    /// How safe a room or a host has been, and why, at a moment of now or before.
    pub async fn score(&self, org: OrgId, subject: Subject, at: Millis) -> anyhow::Result<Score> {
        let faults = score::store::faults(self.app().store.read(), org, subject, at).await?;
        Ok(score::rules::score(&faults, at))
    }

    /// The accounts of the staff who host a room.
    pub async fn accounts_of(&self, org: OrgId, room: RoomId) -> anyhow::Result<Vec<UserId>> {
        let hosts = hosts::store::of_room(self.app().store.read(), org, room).await?;
        Ok(hosts.into_iter().filter_map(|host| host.account).collect())
    }

    pub(crate) fn provider_settings(&self) -> &ProviderSettings {
        &self.0.settings
    }

    pub(crate) fn desk(&self) -> &provider::job::Desk {
        &self.0.desk
    }

    pub(crate) fn learning(&self) -> Option<&dyn Learning> {
        self.0.learning.get().map(Arc::as_ref)
    }

    pub(crate) fn app(&self) -> &App {
        &self.0.app
    }

    /// A room within reach.
    pub(crate) async fn room_of<P: Permission>(&self, can: &Can<P>, id: RoomId) -> Result<RoomRef, ApiError> {
        let room = self.0.audience.room(id).await?;
        room.filter(|room| can.scope().covers(room.org, room.team)).ok_or_else(|| ApiError::not_found("room"))
    }
}
