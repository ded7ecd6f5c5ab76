//! A whole program in a temporary folder, for the domains' tests: real store, real log, real routes, a stand-in sign-in.

use crate::{Actor, App, Authenticate, Feature, Keys, Scope};
use async_trait::async_trait;
use axum_parts::*;
use events::{Clock, OrgId, TeamId};
use std::{collections::BTreeSet, sync::Arc};

// `axum` stays in `http*` files; tests speak to the router through tower.
mod axum_parts {
    pub use ::http::{HeaderMap, Method, Request};
    pub use http_body_util::BodyExt;
    pub use tower::ServiceExt;
}

/// A program with the given features, migrated, its reactions and jobs running until it is dropped.
pub struct TestApp {
    pub app: App,
    pub org: OrgId,
    pub team: TeamId,
    router: crate::http::Router,
    _dir: Arc<tempfile::TempDir>,
}

/// An answer: status, headers, body.
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap_or(serde_json::Value::Null)
    }
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

impl TestApp {
    /// Builds the program; `features` gets the `App` and returns what the server would list.
    pub async fn new(features: impl FnOnce(&App) -> Vec<Feature>) -> anyhow::Result<Self> {
        Self::with_clock(Clock::system(), features).await
    }

    pub async fn with_clock(clock: Clock, features: impl FnOnce(&App) -> Vec<Feature>) -> anyhow::Result<Self> {
        let dir = Arc::new(tempfile::tempdir()?);
        Self::in_dir(dir, clock, features).await
    }

    /// On a given folder, so that a test can stop a program and start it again on the same data.
    pub async fn in_dir(
        dir: Arc<tempfile::TempDir>,
        clock: Clock,
        features: impl FnOnce(&App) -> Vec<Feature>,
    ) -> anyhow::Result<Self> {
        let store = store::Store::open(&store::testing::url(dir.path())).await?;
        let log = eventlog::EventLog::open(&dir.path().join("log"), eventlog::Options::default())?;
        let app = App::new(store, log, clock, Keys::from_secret([7; 32]), dir.path().to_path_buf());
        let (org, team) = (OrgId(uuid_of(1)), TeamId(uuid_of(2)));
        app.set_authenticator(Arc::new(TestSignIn { org, team }));
        let mut router = crate::http::Router::new();
        let mut migrations = vec![crate::vault::TABLES];
        let mut running = Vec::new();
        for feature in features(&app) {
            migrations.push(store::MigrationSet { feature: feature.name, steps: feature.migrations });
            router = router.merge(crate::http::Router::from(feature.routes));
            running.push((feature.reactions, feature.jobs));
        }
        app.store.migrate(&migrations).await?;
        tokio::spawn(store::relay(app.store.clone(), app.log.clone(), app.stop.clone()));
        for (reactions, jobs) in running {
            for reaction in reactions {
                tokio::spawn(reaction.run(app.clone()));
            }
            for job in jobs {
                tokio::spawn(job.run(app.stop.clone()));
            }
        }
        Ok(Self { app, org, team, router, _dir: dir })
    }

    /// Calls a route. `who` is `"*"` (every permission), a comma list of permissions, or `""` for nobody;
    /// `"*@other"` is the same in another team of the same organisation.
    pub async fn call(&self, who: &str, method: &str, path: &str, body: Option<serde_json::Value>) -> Answer {
        let mut request = Request::builder().method(Method::from_bytes(method.as_bytes()).expect("a method")).uri(path);
        if !who.is_empty() {
            request = request.header("authorization", format!("Bearer {who}"));
        }
        let body = match body {
            Some(json) => {
                request = request.header("content-type", "application/json");
                json.to_string()
            }
            None => String::new(),
        };
        self.send(request.body(body).expect("a request")).await
    }

    /// Sends any request.
    pub async fn send(&self, request: Request<impl Into<crate::http::Body>>) -> Answer {
        let response = self.router.clone().oneshot(request.map(Into::into)).await;
        let Ok(response) = response;
        let (parts, body) = response.into_parts();
        let body = body.collect().await.map(|body| body.to_bytes().to_vec()).unwrap_or_default();
        Answer { status: parts.status.as_u16(), headers: parts.headers, body }
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.call("*", "GET", path, None).await
    }

    pub async fn post(&self, path: &str, body: serde_json::Value) -> Answer {
        self.call("*", "POST", path, Some(body)).await
    }

    /// The router, to serve it on a real socket.
    pub fn router(&self) -> crate::http::Router {
        self.router.clone()
    }
}

impl Drop for TestApp {
    fn drop(&mut self) {
        self.app.stop.cancel();
    }
}

fn uuid_of(n: u128) -> uuid::Uuid {
    uuid::Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0000 + n)
}

struct TestSignIn {
    org: OrgId,
    team: TeamId,
}

/// A set that holds everything would need a list of everything; tests name `*`.
const ALL: &[&str] = &[
    "room.read",
    "room.manage",
    "import.write",
    "source.read",
    "source.manage",
    "metrics.read",
    "danmaku.read",
    "token.manage",
    "collect.write",
    "broadcast.end",
    "stream.read",
    "stream.manage",
    "stream.check",
    "clip.write",
    "media_server.manage",
    "staff.read",
    "staff.manage",
    "team.manage",
    "security.manage",
    "audit.read",
    "event.read",
    "privacy.erase",
    "privacy.export",
    "privacy.retain",
    "webhook.read",
    "webhook.manage",
    "personal.read",
    "consent.read",
    "consent.write",
    "consent.manage",
    "chat.manage",
    "moderation.read",
    "moderation.review",
    "moderation.manage",
    "sanction.impose",
    "appeal.decide",
    "ledger.read",
    "handbook.read",
    "handbook.write",
    "exam.manage",
    "patrol.read",
    "patrol.act",
    "warning.read",
];

#[async_trait]
impl Authenticate for TestSignIn {
    fn credential(&self, headers: &HeaderMap) -> Option<String> {
        let secret = headers.get("authorization")?.to_str().ok()?;
        Some(crate::hash_of_secret(secret))
    }

    async fn authenticate(&self, headers: &HeaderMap) -> anyhow::Result<Option<Actor>> {
        let Some(who) = headers.get("authorization").and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "))
        else {
            return Ok(None);
        };
        let (permissions, elsewhere) = match who.split_once('@') {
            Some((permissions, _)) => (permissions, true),
            None => (who, false),
        };
        let permissions: BTreeSet<String> = match permissions {
            "*" => ALL.iter().map(|name| name.to_string()).collect(),
            list => list.split(',').map(str::to_owned).collect(),
        };
        let team = if elsewhere { TeamId(uuid_of(3)) } else { self.team };
        Ok(Some(Actor {
            user: None,
            name: "test".into(),
            role: "test".into(),
            permissions: Arc::new(permissions),
            scope: if elsewhere { Scope::of_team(self.org, team) } else { Scope::whole(self.org) },
            home_team: team,
            must_change_password: false,
            must_enrol: false,
        }))
    }
}
