//! Trust and safety 内容安全: what may be said, who decides, and why.

mod appeals;
mod chat;
pub mod clauses;
mod clearance;
pub mod fuzz;
mod gate;
mod http_viewers;
pub mod ledger;
mod lexicons;
mod migrations;
mod models;
mod quality;
mod reports;
mod review;
mod sanctions;
mod store_scope;
pub mod text;

pub use appeals::http::DecideAppeals;
pub use chat::http::ManageChat;
pub use clearance::{ClearShows, NoteProfessionals, PrepareShows, SignDossiers};
pub use gate::Judgement;
pub use ledger::http::ReadLedger;
pub use lexicons::{
    dry_run::{Archive, Said},
    http::ManageModeration,
};
pub use reports::rules::Reliability;
pub use review::{
    http::{ReadModeration, ReviewDanmaku},
    reactions::NAME,
};
pub use sanctions::{
    Shows,
    bars::Bar,
    evidence::{self, Footage},
    http::ImposeSanctions,
    ladder,
};

use app::{App, Feature, Job, Permission, Scope};
use audience::{Audience, RoomRef};
use events::{BroadcastId, ChatMode, DanmakuSent, Millis, OrgId, RoomId, ViewerId};
use gate::Gate;
use parking_lot::Mutex;
use quality::rules::Stretch;
use sanctions::bars::Bars;
use std::{
    collections::{BTreeSet, HashMap},
    sync::{Arc, OnceLock},
};
use tokio::sync::watch;
use uuid::Uuid;

/// Lists, modes, verdicts. Cloning is cheap.
#[derive(Clone)]
pub struct Moderation(Arc<Inner>);

struct Inner {
    app: App,
    audience: Audience,
    gate: Gate,
    /// Somebody decided: there may be something to learn.
    learn: models::Learn,
    /// Who decides, and since when without a break.
    work: Mutex<HashMap<(OrgId, String), Stretch>>,
    /// Which verdicts are given twice.
    secret: u64,
    bars: Bars,
    shows: OnceLock<Arc<dyn Shows>>,
    footage: OnceLock<Arc<dyn Footage>>,
    archive: OnceLock<Arc<dyn Archive>>,
    /// Where a list is being tried.
    tried: lexicons::http_dry_run::Going,
}

impl Moderation {
    pub fn new(app: App, audience: Audience) -> Self {
        let (gate, bars, shows, learn, work) = Default::default();
        let (archive, tried, footage) = Default::default();
        let secret =
            app.keys.sign("moderation-samples", b"").first_chunk().map_or(0, |bytes| u64::from_le_bytes(*bytes));
        Self(Arc::new(Inner { app, audience, gate, bars, shows, footage, archive, tried, learn, work, secret }))
    }

    /// Wires the rooms, whose shows can be cut; the first call wins.
    pub fn set_shows(&self, shows: Arc<dyn Shows>) {
        let _ = self.0.shows.set(shows);
    }

    /// Wires the archive of what was shown, on which lists are tried; the first call wins.
    pub fn set_archive(&self, archive: Arc<dyn Archive>) {
        let _ = self.0.archive.set(archive);
    }

    pub(crate) async fn on_air(&self, org: OrgId) -> anyhow::Result<u64> {
        match self.0.shows.get() {
            Some(shows) => shows.on_air(org).await,
            None => Ok(0),
        }
    }

    pub fn feature(&self) -> Feature {
        let (gatekeeper, clock, learner, app) = (self.clone(), self.clone(), self.clone(), self.app().clone());
        let witness = self.clone();
        Feature {
            routes: lexicons::http::routes(self.clone())
                .merge(lexicons::http_words::routes(self.clone()))
                .merge(lexicons::http_check::routes(self.clone()))
                .merge(lexicons::http_dry_run::routes(self.clone()))
                .merge(chat::http::routes(self.clone()))
                .merge(review::http::routes(self.clone()))
                .merge(review::http_escalate::routes(self.clone()))
                .merge(reports::http::routes(self.clone()))
                .merge(reports::http_viewer::routes(self.clone()))
                .merge(sanctions::http::routes(self.clone()))
                .merge(sanctions::http_viewer::routes(self.clone()))
                .merge(sanctions::http_evidence::routes(self.clone()))
                .merge(appeals::http::routes(self.clone()))
                .merge(quality::http::routes(self.clone()))
                .merge(models::http::routes(self.clone()))
                .merge(models::http_rules::routes(self.clone()))
                .merge(ledger::http::routes(self.clone()))
                .merge(ledger::http_evidence::routes(self.clone()))
                .merge(clearance::http::routes(self.clone()))
                .merge(clearance::http_review::routes(self.clone()))
                .merge(clearance::http_check::routes(self.clone()))
                .merge(clearance::http_documents::routes(self.clone()))
                .merge(clearance::http_people::routes(self.clone())),
            migrations: migrations::MIGRATIONS,
            reactions: vec![
                review::reactions::keep(self.clone()),
                review::reactions::release(self.clone()),
                sanctions::reactions::enforce(self.clone()),
            ],
            jobs: vec![
                Job::new("moderation-gate", move |stop| gate::run(gatekeeper, stop)),
                Job::new("moderation-sanctions", move |stop| sanctions::clock::run(clock, stop)),
                Job::new("moderation-evidence", move |stop| evidence::run(witness, stop)),
                Job::new("moderation-models", move |stop| models::keep_learning(learner, stop)),
                Job::new("moderation-ledger", move |stop| ledger::seal::daily(app, stop)),
            ],
            permissions: vec![
                ManageChat::INFO,
                ReadModeration::INFO,
                ReviewDanmaku::INFO,
                ManageModeration::INFO,
                ImposeSanctions::INFO,
                DecideAppeals::INFO,
                ReadLedger::INFO,
                PrepareShows::INFO,
                ClearShows::INFO,
                SignDossiers::INFO,
                NoteProfessionals::INFO,
            ],
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

    /// What of the lists stands in what a host says, in its order; none before the lists are there.
    pub fn spoken(&self, org: OrgId, room: RoomId, text: &str) -> Option<Vec<text::Hit>> {
        Some(self.0.gate.check(org, Some(room), text, text::Scope::Script)?.hits)
    }

    /// What an organisation's list of words is called; none for one it does not have.
    pub async fn list_name(&self, org: OrgId, id: Uuid) -> anyhow::Result<Option<String>> {
        let list = lexicons::store::find(self.0.app.store.read(), Scope::whole(org), id).await?;
        Ok(list.map(|list| list.name))
    }

    /// Where words of viewers stand.
    pub const TABLES: &[&str] =
        &["moderation_items", "moderation_reports", "moderation_sanctions", "moderation_appeals"];

    /// Empties what a viewer wrote before a position of the log, and says how much that was.
    pub async fn forget_person(&self, org: OrgId, viewer: &ViewerId, before: u64) -> anyhow::Result<u64> {
        let store = &self.0.app.store;
        let tx = store.begin().await?;
        let appeals = appeals::store::erase(tx.db(), org, viewer, before).await?;
        let sanctions = sanctions::store::erase(tx.db(), org, viewer, before).await?;
        reports::store::erase(tx.db(), org, viewer, before).await?;
        tx.commit().await?;
        Ok(appeals + sanctions + review::store::erase(store, org, viewer, before).await?)
    }

    /// How much is kept of what was written before a position, and from when; not of these viewers, and not of these shows.
    pub async fn old_words(
        &self,
        org: OrgId,
        before: u64,
        viewers: &BTreeSet<ViewerId>,
        shows: &BTreeSet<BroadcastId>,
    ) -> anyhow::Result<(u64, Option<(Millis, Millis)>)> {
        let db = self.0.app.store.read();
        let (items, of_items) = review::store::old(db, org, before, viewers, shows).await?;
        let (appeals, of_appeals) = appeals::store::old(db, org, before, viewers, shows).await?;
        let spans = of_items.into_iter().chain(of_appeals);
        let span = spans.reduce(|one, other| (one.0.min(other.0), one.1.max(other.1)));
        Ok((items + appeals, span))
    }

    /// Empties it, and says how much that was.
    pub async fn forget_old(
        &self,
        org: OrgId,
        before: u64,
        viewers: &BTreeSet<ViewerId>,
        shows: &BTreeSet<BroadcastId>,
    ) -> anyhow::Result<u64> {
        let store = &self.0.app.store;
        let tx = store.begin().await?;
        let appeals = appeals::store::erase_old(tx.db(), org, before, viewers, shows).await?;
        reports::store::erase_old(tx.db(), org, before, viewers).await?;
        tx.commit().await?;
        Ok(appeals + review::store::erase_old(store, org, before, viewers, shows).await?)
    }

    /// Somebody has decided; says nothing but that.
    pub(crate) fn worked(&self, org: OrgId, by: &str, now: Millis) {
        let mut work = self.0.work.lock();
        work.retain(|_, stretch| stretch.is_at_work(now));
        let before = work.get(&(org, by.to_owned())).copied();
        work.insert((org, by.to_owned()), Stretch::after(before, now));
    }

    /// Until when somebody who has decided for too long rests.
    pub(crate) fn rest_until(&self, org: OrgId, by: &str, now: Millis) -> Option<Millis> {
        self.0.work.lock().get(&(org, by.to_owned()))?.rest_until(now)
    }

    /// How many decide at the moment.
    pub(crate) fn at_work(&self, org: OrgId, now: Millis) -> u64 {
        self.0.work.lock().iter().filter(|((of, _), stretch)| *of == org && stretch.is_at_work(now)).count() as u64
    }

    pub(crate) fn is_sampled(&self, position: u64) -> bool {
        quality::rules::is_sampled(position, self.0.secret)
    }

    pub(crate) fn app(&self) -> &App {
        &self.0.app
    }

    pub(crate) fn audience(&self) -> &Audience {
        &self.0.audience
    }
}
