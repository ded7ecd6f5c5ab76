//! The pre-live check 直播检测: an encoder pushes to the application `check`, or the studio page measures camera, microphone and
//! line; both are judged by the same rules, and nothing of it is ever on air.

mod browser;
mod findings;
mod flv_file;
mod http;
mod live;
mod look;
mod measure;
mod migrations;
mod rules;
mod settings;
mod store;

use crate::{CheckStreams, Media};
use app::{Feature, Job, Permission};
use browser::{BrowserMeasured, UploadMeasured};
use events::{Millis, OrgId, RoomId, TeamId};
use findings::Finding;
use live::Precheck;
use look::Looked;
use measure::PushMeasured;
use serde::{Deserialize, Serialize};
pub use settings::PrecheckSettings;
use std::sync::Arc;
use utoipa::ToSchema;
use uuid::Uuid;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum CheckKind {
    /// An encoder pushes.
    Push,
    /// The studio page measures.
    Browser,
}

impl CheckKind {
    fn as_str(self) -> &'static str {
        match self {
            Self::Push => "push",
            Self::Browser => "browser",
        }
    }
}

/// A check that was asked for.
#[derive(Debug, Clone, PartialEq)]
struct Check {
    id: Uuid,
    org: OrgId,
    team: TeamId,
    room: RoomId,
    kind: CheckKind,
    created_at: Millis,
    /// Once it is done.
    outcome: Option<Outcome>,
}

#[derive(Debug, Clone, PartialEq)]
struct Outcome {
    measured: Measured,
    findings: Vec<Finding>,
    finished_at: Millis,
}

/// Everything that was measured.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
#[schema(as = CheckMeasured)]
struct Measured {
    #[serde(skip_serializing_if = "Option::is_none")]
    push: Option<PushMeasured>,
    #[serde(skip_serializing_if = "Option::is_none")]
    looked: Option<Looked>,
    #[serde(skip_serializing_if = "Option::is_none")]
    upload: Option<UploadMeasured>,
    #[serde(skip_serializing_if = "Option::is_none")]
    browser: Option<BrowserMeasured>,
}

pub(crate) fn feature(media: &Media) -> Feature {
    let precheck = Precheck::new(media.0.app.clone(), media.0.all.precheck.clone());
    media.set_check_sink(Arc::new(precheck.clone()));
    let mut feature = Feature::new("precheck");
    feature.routes = http::routes(media.clone(), precheck.clone());
    feature.migrations = migrations::MIGRATIONS;
    feature.permissions = vec![CheckStreams::INFO];
    feature.jobs.push(Job::new("precheck", move |stop| async move { precheck.watch(stop).await }));
    feature
}
