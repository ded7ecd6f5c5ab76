//! Trust and safety 内容安全: what may be said, who decides, and why.

mod chat;
pub mod clauses;
mod gate;
mod lexicons;
mod migrations;
mod models;
mod review;
pub mod text;

pub use chat::http::ManageChat;
pub use gate::Judgement;
pub use lexicons::http::ManageModeration;
pub use review::{
    http::{ReadModeration, ReviewDanmaku},
    reactions::NAME,
};

use app::{App, Feature, Job, Permission};
use audience::{Audience, RoomRef};
use events::{BroadcastId, ChatMode, DanmakuSent, Millis, OrgId, RoomId, ViewerId};
use gate::Gate;
use std::{collections::BTreeSet, sync::Arc};
use tokio::sync::watch;

/// Lists, modes, verdicts. Cloning is cheap.
#[derive(Clone)]
pub struct Moderation(Arc<Inner>);

struct Inner {
    app: App,
    audience: Audience,
    gate: Gate,
    /// Somebody decided: there may be something to learn.
    learn: models::Learn,
}

impl Moderation {
    pub fn new(app: App, audience: Audience) -> Self {
        Self(Arc::new(Inner { app, audience, gate: Gate::default(), learn: models::Learn::default() }))
    }

    pub fn feature(&self) -> Feature {
        let (moderation, learner) = (self.clone(), self.clone());
        Feature {
            routes: lexicons::http::routes(self.clone())
                .merge(lexicons::http_words::routes(self.clone()))
                .merge(lexicons::http_check::routes(self.clone()))
                .merge(chat::http::routes(self.clone()))
                .merge(review::http::routes(self.clone()))
                .merge(models::http::routes(self.clone()))
                .merge(models::http_rules::routes(self.clone())),
            migrations: migrations::MIGRATIONS,
            reactions: vec![review::reactions::keep(self.clone()), review::reactions::release(self.clone())],
            jobs: vec![
                Job::new("moderation-gate", move |stop| gate::run(moderation, stop)),
                Job::new("moderation-models", move |stop| models::keep_learning(learner, stop)),
            ],
            permissions: vec![ManageChat::INFO, ReadModeration::INFO, ReviewDanmaku::INFO, ManageModeration::INFO],
            ..Feature::new("moderation")
        }
    }

    /// True once lists and modes are in force.
    pub fn is_ready(&self) -> watch::Receiver<bool> {
        self.0.gate.ready.subscribe()
    }

    /// What is to be said of each danmaku, none where it passes as it is. Nothing at all before the lists are there: then nobody may
    /// speak yet.
    pub fn judge(
        &self,
        room: &RoomRef,
        said: &[(&ViewerId, &DanmakuSent)],
        now: Millis,
    ) -> Option<Vec<Option<Judgement>>> {
        self.0.gate.judge(room, said, now)
    }

    pub fn mode(&self, room: RoomId) -> ChatMode {
        self.0.gate.mode(room)
    }

    /// Empties what a viewer wrote before a position of the log, and says how much that was.
    pub async fn forget_person(&self, org: OrgId, viewer: &ViewerId, before: u64) -> anyhow::Result<u64> {
        review::store::erase(&self.0.app.store, org, viewer, before).await
    }

    /// How much is kept of what was written before a position, and from when; not of these viewers, and not of these shows.
    pub async fn old_words(
        &self,
        org: OrgId,
        before: u64,
        viewers: &BTreeSet<ViewerId>,
        shows: &BTreeSet<BroadcastId>,
    ) -> anyhow::Result<(u64, Option<(Millis, Millis)>)> {
        review::store::old(self.0.app.store.read(), org, before, viewers, shows).await
    }

    /// Empties it, and says how much that was.
    pub async fn forget_old(
        &self,
        org: OrgId,
        before: u64,
        viewers: &BTreeSet<ViewerId>,
        shows: &BTreeSet<BroadcastId>,
    ) -> anyhow::Result<u64> {
        review::store::erase_old(&self.0.app.store, org, before, viewers, shows).await
    }

    pub(crate) fn app(&self) -> &App {
        &self.0.app
    }

    pub(crate) fn audience(&self) -> &Audience {
        &self.0.audience
    }
}

/// Any bytes as a list and as a text: nothing may panic, and every hit must lie within the text. For fuzzing.
pub fn fuzz_text(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let (list, text) =
        text.split_once('\u{0}').unwrap_or(("赌博\n加微信\nfuck\n13800138000\n第一\tclaim\tblock\n", &text));
    let (entries, _) = text::read(list);
    let Ok(filter) = text::Filter::new(&entries) else { return };
    for scope in [text::Scope::Danmaku, text::Scope::Script] {
        let checked = filter.check(text, scope, &mut text::Scratch::default());
        let all = text.chars().count() as u32;
        assert_eq!(checked.text_masked.chars().count() as u32, all);
        assert!(checked.hits.iter().all(|hit| hit.start < hit.end && hit.end <= all));
    }
}
