//! What counts, changed: each change with its event, in one transaction, and in force when it is answered.

use super::{MOST_KEPT, MOST_SHADOWS, ModelState, Origin, TURN, Version, rules, store};
use crate::{Moderation, text::Model};
use ::store::Tx;
use anyhow::Context;
use app::{ApiError, hash_of_bytes};
use events::{Envelope, Event, Millis, ModelChanged, OrgId, Source};
use uuid::Uuid;

/// A version that is to be made.
pub struct NewVersion {
    pub org: OrgId,
    pub category: String,
    pub origin: Origin,
    pub note: String,
    pub base: Option<Uuid>,
    pub learned_to: Option<u64>,
    pub texts: u64,
    pub bad: u64,
    /// Judged texts that measure it.
    pub brought: String,
    /// It is asked at once, and only counted.
    pub in_shadow: bool,
    pub by: String,
}

fn said(version: &Version, change: &str, replaces: Option<Uuid>, by: &str, now: Millis) -> Envelope {
    let changed = ModelChanged {
        model: version.id,
        number: version.number,
        category: version.category.clone(),
        change: change.to_owned(),
        replaces,
        reason: version.reason.clone(),
        by: by.to_owned(),
    };
    Envelope::new(now, Source::Server, version.org, Event::ModelChanged(changed))
}

/// Changes a version's state, and says so.
async fn turn(
    tx: &Tx,
    version: &mut Version,
    state: ModelState,
    change: &str,
    replaces: Option<Uuid>,
    by: &str,
    now: Millis,
) -> anyhow::Result<()> {
    (version.state, version.state_at) = (state, now);
    store::update(tx.db(), version).await?;
    tx.emit(said(version, change, replaces, by, now)).await
}

impl Moderation {
    /// Keeps a version with its measurement.
    pub(super) async fn add_version(&self, new: NewVersion, model: &Model) -> anyhow::Result<Version> {
        let app = self.app();
        let measured = self.measure(new.org, &new.category, &new.brought, model).await?;
        let bytes = model.to_bytes();
        let now = app.now();
        let tx = app.store.begin().await?;
        tx.take_turns(TURN).await?;
        let mut version = Version {
            id: Uuid::now_v7(),
            org: new.org,
            number: store::next_number(tx.db(), new.org).await?,
            category: new.category,
            origin: new.origin,
            note: new.note,
            base: new.base,
            learned_to: new.learned_to,
            texts: new.texts,
            bad: new.bad,
            bytes: bytes.len() as u64,
            sha256: hash_of_bytes(&bytes),
            kept: true,
            state: ModelState::Made,
            state_at: now,
            reason: String::new(),
            measured,
            made_by: new.by.clone(),
            made_at: now,
            former: None,
            asked: super::Asked::default(),
        };
        store::insert(tx.db(), &version, &bytes).await?;
        if !new.brought.is_empty() {
            store::put_texts(tx.db(), version.id, &new.brought).await?;
        }
        let change = if version.origin == Origin::File { "uploaded" } else { "learned" };
        tx.emit(said(&version, change, version.base, &new.by, now)).await?;
        if new.in_shadow {
            let mut shadows = store::of_state(tx.db(), version.org, &version.category, ModelState::Shadow).await?;
            // A candidate takes the place of the oldest candidate, never of what a person brought.
            let oldest = shadows.iter().position(|shadow| shadow.origin == Origin::Verdicts);
            let full = shadows.len() >= MOST_SHADOWS;
            if let Some(at) = oldest.filter(|_| full) {
                let mut oldest = shadows.swap_remove(at);
                turn(&tx, &mut oldest, ModelState::Retired, "retired", Some(version.id), "", now).await?;
            }
            if !full || oldest.is_some() {
                turn(&tx, &mut version, ModelState::Shadow, "shadow", None, &new.by, now).await?;
            }
        }
        store::let_go(tx.db(), version.org, MOST_KEPT).await?;
        tx.commit().await?;
        if version.state.is_asked() {
            self.reload().await;
        }
        Ok(version)
    }

    /// A version that somebody may change, and the transaction to change it in.
    pub(super) async fn change_model(&self, org: OrgId, id: Uuid) -> Result<(Tx, Version), ApiError> {
        let tx = self.app().store.begin().await?;
        tx.take_turns(TURN).await?;
        let version = store::find(tx.db(), org, id).await?.ok_or_else(|| ApiError::not_found("model"))?;
        Ok((tx, version))
    }

    /// Puts a version into another state; only what loads is asked.
    pub(super) async fn set_state(
        &self,
        org: OrgId,
        id: Uuid,
        wanted: ModelState,
        reason: String,
        by: &str,
    ) -> Result<Version, ApiError> {
        let (tx, mut version) = self.change_model(org, id).await?;
        let now = self.app().now();
        if let Some((code, why)) = rules::refusal(version.kept, version.state, wanted) {
            return Err(ApiError::new(409, code, why));
        }
        if wanted.is_asked()
            && let Err(error) = store::model(tx.db(), &version).await
        {
            return Err(ApiError::new(409, "model_gone", format!("it cannot be loaded: {error:#}")));
        }
        version.reason = reason;
        let db = tx.db();
        match wanted {
            ModelState::Shadow => {
                let shadows = store::of_state(db, org, &version.category, ModelState::Shadow).await?;
                if shadows.len() >= MOST_SHADOWS {
                    return Err(ApiError::new(409, "too_many_shadows", format!("at most {MOST_SHADOWS} at once")));
                }
                turn(&tx, &mut version, wanted, "shadow", None, by, now).await?;
            }
            ModelState::InForce => {
                let former = store::of_state(db, org, &version.category, ModelState::InForce).await?.pop();
                version.former = former.as_ref().map(|former| former.id);
                if let Some(mut former) = former {
                    former.reason = String::new();
                    turn(&tx, &mut former, ModelState::Retired, "retired", Some(version.id), by, now).await?;
                }
                let replaces = version.former;
                turn(&tx, &mut version, wanted, "in_force", replaces, by, now).await?;
            }
            ModelState::Made | ModelState::Retired => {
                turn(&tx, &mut version, ModelState::Retired, "retired", None, by, now).await?;
            }
        }
        tx.commit().await?;
        self.reload().await;
        Ok(version)
    }

    /// Takes a version out of force; the one before it is in force again, where there was one that still loads. Answers what is
    /// in force now, and none where this version is not any more.
    pub(super) async fn roll_back(
        &self,
        org: OrgId,
        id: Uuid,
        reason: String,
        by: &str,
    ) -> anyhow::Result<Option<(Version, Option<Version>)>> {
        let app = self.app();
        let now = app.now();
        let tx = app.store.begin().await?;
        tx.take_turns(TURN).await?;
        let found = store::find(tx.db(), org, id).await?;
        let Some(mut version) = found.filter(|version| version.state == ModelState::InForce) else { return Ok(None) };
        let mut former = match version.former {
            Some(former) => store::find(tx.db(), org, former).await?,
            None => None,
        };
        if let Some(found) = &former
            && let Err(error) = store::model(tx.db(), found).await
        {
            tracing::error!("model {} cannot be in force again: {error:#}", found.number);
            former = None;
        }
        version.reason = reason;
        let replaces = former.as_ref().map(|former| former.id);
        turn(&tx, &mut version, ModelState::Retired, "rolled_back", replaces, by, now).await?;
        if let Some(former) = &mut former {
            former.reason = String::new();
            // Two that get worse by turns do not bring each other back for ever.
            former.former = former.former.filter(|before| *before != version.id);
            turn(&tx, former, ModelState::InForce, "in_force", Some(version.id), by, now).await?;
        }
        tx.commit().await.context("rolling a model back")?;
        self.reload().await;
        Ok(Some((version, former)))
    }

    /// Judged texts for a version, and what it is worth on them.
    pub(super) async fn bring_texts(&self, org: OrgId, id: Uuid, texts: &str, by: &str) -> Result<Version, ApiError> {
        let app = self.app();
        let found = store::find(app.store.read(), org, id).await?.ok_or_else(|| ApiError::not_found("model"))?;
        let model = store::model(app.store.read(), &found).await;
        let model =
            model.map_err(|error| ApiError::new(409, "model_gone", format!("it cannot be loaded: {error:#}")))?;
        let measured = self.measure(org, &found.category, texts, &model).await?;
        let (tx, mut version) = self.change_model(org, id).await?;
        version.measured = measured;
        store::put_texts(tx.db(), id, texts).await?;
        store::update(tx.db(), &version).await?;
        tx.emit(said(&version, "measured", None, by, app.now())).await?;
        tx.commit().await?;
        Ok(version)
    }
}
