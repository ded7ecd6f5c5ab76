//! Consent 同意: what an organisation asks its viewers, and what each of them said.
//!
//! Statements are only added; the last one of a viewer and purpose stands beside them, for whoever asks what holds. A text that changes is
//! a new version, and a viewer who agreed to another version is asked again and until then has not agreed.

pub(crate) mod http;
pub(crate) mod http_staff;
mod rules;
mod store;

pub use rules::{Refusal, Said, Settings};

use crate::{Audience, RoomRef};
use anyhow::Context;
use app::{Buckets, Limit};
use events::{Consent, ConsentPurpose, ConsentSource, Envelope, Event, Millis, OrgId, Source, TeamId, ViewerId};
use parking_lot::{Mutex, RwLock};
use rules::Answer;
use std::{collections::HashMap, sync::Arc};

/// A person changes their mind a few times; each time is a row for ever.
const STATEMENTS: Limit = Limit::every_ms(12, 30_000);
const MOST_VIEWERS: usize = 50_000;
/// Other processes hear of changed settings so late.
const KNOWN_MS: i64 = 2_000;

/// What all requests share.
pub(crate) struct Consents {
    /// Read for every viewer who comes.
    known: RwLock<HashMap<OrgId, (Millis, Arc<Settings>)>>,
    statements: Mutex<Buckets<(OrgId, ViewerId)>>,
}

impl Default for Consents {
    fn default() -> Self {
        Self { known: RwLock::default(), statements: Mutex::new(Buckets::new(STATEMENTS, MOST_VIEWERS)) }
    }
}

/// Who says it, and where.
pub(crate) struct Speaker {
    pub org: OrgId,
    pub team: TeamId,
    pub room: Option<events::RoomId>,
    pub viewer: ViewerId,
    pub through: ConsentSource,
}

impl Speaker {
    pub fn of(room: &RoomRef, viewer: ViewerId, through: ConsentSource) -> Self {
        Self { org: room.org, team: room.team, room: Some(room.room), viewer, through }
    }
}

impl Audience {
    /// What the organisation asks, at most some seconds old.
    pub(crate) async fn consent_settings(&self, org: OrgId) -> anyhow::Result<Arc<Settings>> {
        let now = self.app().now();
        let kept = self.consents().known.read().get(&org).cloned();
        if let Some((until, settings)) = &kept
            && now < *until
        {
            return Ok(settings.clone());
        }
        let settings = match store::settings(self.app().store.read(), org).await {
            Ok(settings) => Arc::new(settings),
            // Viewers come in while the database is away: what was asked is still asked.
            Err(error) => return kept.map(|(_, settings)| settings).ok_or(error),
        };
        self.consents().known.write().insert(org, (now.plus_ms(KNOWN_MS), settings.clone()));
        Ok(settings)
    }

    /// What a viewer said last, of every purpose.
    pub(crate) async fn said(&self, org: OrgId, viewer: &ViewerId) -> anyhow::Result<HashMap<ConsentPurpose, Said>> {
        store::said(self.app().store.read(), org, viewer).await
    }

    /// Keeps what a viewer says. The same again changes nothing.
    pub(crate) async fn consents_said(&self, speaker: &Speaker, answers: &[Answer]) -> Result<(), app::ApiError> {
        let (app, now) = (self.app(), self.app().now());
        if speaker.through != ConsentSource::Staff {
            let who = (speaker.org, speaker.viewer.clone());
            let taken = self.consents().statements.lock().take(who, now);
            taken.map_err(Refusal::TooMany)?;
        }
        let tx = app.store.begin().await?;
        tx.take_turns(&format!("consent {} {}", speaker.org, speaker.viewer)).await?;
        let settings = store::settings(tx.db(), speaker.org).await?;
        let said = store::said(tx.db(), speaker.org, &speaker.viewer).await?;
        let mut told = Vec::new();
        for answer in answers {
            let fresh = rules::decide(&settings, said.get(&answer.purpose), *answer, speaker.through, now)?;
            let Some(fresh) = fresh else { continue };
            store::insert(tx.db(), speaker, answer.purpose, &fresh).await?;
            let consent = Consent { purpose: answer.purpose, version: fresh.version, through: fresh.through };
            let event = if fresh.given { Event::ConsentGiven(consent) } else { Event::ConsentWithdrawn(consent) };
            let source = if speaker.through == ConsentSource::Staff { Source::Server } else { Source::Viewer };
            let mut envelope = Envelope::new(now, source, speaker.org, event).with_team(speaker.team);
            if let Some(room) = speaker.room {
                envelope = envelope.with_room(room);
            }
            tx.emit(envelope.with_viewer(speaker.viewer.clone())).await?;
            told.push((answer.purpose, fresh.given));
        }
        if told.is_empty() {
            return Ok(());
        }
        tx.commit().await.context("keeping a consent")?;
        for (purpose, given) in told {
            let given = if given { "true" } else { "false" };
            metrics::counter!("kaibo_consents_total", "purpose" => rules::name(purpose), "given" => given).increment(1);
        }
        Ok(())
    }

    /// Changes what is asked. A text that differs is a new version.
    pub(crate) async fn set_consent(&self, org: OrgId, wanted: rules::Wanted) -> Result<Settings, app::ApiError> {
        let (app, now) = (self.app(), self.app().now());
        let tx = app.store.begin().await?;
        tx.take_turns(&format!("consent settings {org}")).await?;
        let changed = rules::change(&store::settings(tx.db(), org).await?, wanted, now)?;
        store::keep_settings(tx.db(), org, &changed, now).await?;
        tx.commit().await?;
        self.consents().known.write().remove(&org);
        Ok(changed)
    }
}
