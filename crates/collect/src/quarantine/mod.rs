//! Quarantine 隔离区: items of sources that were not taken, with the reason, so that a person can correct and replay them.
//!
//! Bounded: the newest 10,000 of a source, for 7 days, and never more than 100 of a request or of a second. What is kept is on disk before
//! the request is answered.

pub(crate) mod http;
pub(crate) mod store;

use crate::{
    Collect,
    edges::{Frame, Owner, Reason, edge},
    person,
    plan::PlanMode,
    sources::{
        Live,
        rules::{Source, without_keys},
    },
};
use app::{App, Mask, Refuse};
use events::{Millis, OrgId, TeamId, ViewerId};
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;
use uuid::Uuid;

pub(crate) const MOST_OF_A_REQUEST: usize = 100;
pub(crate) const MOST_A_SECOND: u32 = 100;
const MOST_OF_A_SOURCE: u64 = 10_000;
/// Items looked through at once for somebody.
const PAGE: u64 = 200;
const KEEP_MS: i64 = 7 * 24 * 3_600_000;
/// An item that is longer is cut, and can then be looked at only.
const LONGEST_ITEM: usize = 64 << 10;

/// An item that was not taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Quarantined {
    pub id: Uuid,
    pub org: OrgId,
    pub team: TeamId,
    pub source: Uuid,
    /// The same item again is the same row.
    pub fingerprint: String,
    pub edge: String,
    pub code: String,
    pub reason: String,
    pub item: String,
    pub cut: bool,
    pub user_agent: Option<String>,
    pub sent_at: Option<Millis>,
    pub received_at: Millis,
    pub edited_at: Option<Millis>,
    pub replayed_at: Option<Millis>,
}

#[derive(Debug, thiserror::Error)]
pub(crate) enum Refusal {
    #[error("the item was too long to be kept whole and cannot be replayed")]
    Cut,
    #[error("the item was replayed already")]
    Replayed,
    #[error("the item is still refused: {0}")]
    Still(Reason),
    #[error("an item is a JSON object of at most 64 KB")]
    Item,
    /// What was corrected would be stored with the stars in it.
    #[error("you see this item masked; correcting it needs `personal.read`")]
    Masked,
}

impl Refuse for Refusal {
    fn code(&self) -> &'static str {
        match self {
            Self::Cut => "item_cut",
            Self::Replayed => "already_replayed",
            Self::Still(reason) => reason.code(),
            Self::Item => "bad_item",
            Self::Masked => "item_masked",
        }
    }
    fn status(&self) -> u16 {
        match self {
            Self::Masked => 403,
            Self::Cut | Self::Replayed => 409,
            Self::Still(_) | Self::Item => 422,
        }
    }
}

/// What became of a replay.
pub(crate) struct Replayed {
    pub accepted: usize,
    pub duplicates: usize,
}

impl Quarantined {
    pub fn new(live: &Live, edge: &str, frame: &Frame, item: &str, reason: &Reason, now: Millis) -> Self {
        let fingerprint: String = Sha256::digest(item.as_bytes()).iter().take(16).map(|b| format!("{b:02x}")).collect();
        let item = without_keys(item);
        let end = (0..=LONGEST_ITEM.min(item.len())).rev().find(|at| item.is_char_boundary(*at)).unwrap_or(0);
        Self {
            id: Uuid::now_v7(),
            org: live.source.org,
            team: live.source.team,
            source: live.source.id,
            fingerprint,
            edge: edge.to_owned(),
            code: reason.code().to_owned(),
            reason: reason.to_string(),
            item: item.get(..end).unwrap_or_default().to_owned(),
            cut: end < item.len(),
            user_agent: frame.user_agent.clone(),
            sent_at: frame.sent_at,
            received_at: now,
            edited_at: None,
            replayed_at: None,
        }
    }
}

impl Quarantined {
    /// As it is shown to somebody who may see people, or may not.
    pub fn shown(mut self, mask: Mask) -> Self {
        if mask.is_on() {
            self.item = mask.json_text(&self.item).into_owned();
            self.reason = mask.text(&self.reason).into_owned();
        }
        self
    }

    /// Does masking hide anything of it?
    pub fn is_hidden(&self, mask: Mask) -> bool {
        let read = |text: &str| serde_json::from_str::<Value>(text).ok();
        mask.is_on() && read(&self.item) != read(&mask.json_text(&self.item))
    }
}

/// An item as a person corrected it.
pub(crate) fn corrected(item: &Value) -> Result<String, Refusal> {
    let text = item.to_string();
    if item.is_object() && text.len() <= LONGEST_ITEM { Ok(text) } else { Err(Refusal::Item) }
}

impl Collect {
    /// Reads the item again, as it stands now and by today's plan, and takes it with the time it was first received.
    pub(crate) async fn replay(&self, row: &Quarantined, source: &Source) -> Result<Replayed, app::ApiError> {
        if row.replayed_at.is_some() {
            return Ok(Replayed { accepted: 0, duplicates: 1 });
        }
        if row.cut {
            return Err(Refusal::Cut.into());
        }
        let edge = edge(&row.edge).ok_or_else(|| anyhow::anyhow!("no edge is called `{}`", row.edge))?;
        let frame = Frame { sent_at: row.sent_at, user_agent: row.user_agent.clone(), ..Frame::default() };
        let mut item = edge.read_item(&row.item, &frame).map_err(Refusal::Still)?;
        let wrong = source.plan.violations(&item.tracked);
        if !wrong.is_empty() && source.plan.mode == PlanMode::Enforce {
            return Err(Refusal::Still(Reason::Plan(wrong.join("; "))).into());
        }
        // Without an id of its own it has the row's, so that a replay whose answer was lost may be sent again.
        item.key.get_or_insert_with(|| format!("quarantine-{}", row.id));
        item.tracked.context.insert("collector".into(), source.id.to_string().into());
        let occurred_at = item.said.instant(row.received_at);
        let owner = Owner { org: source.org, team: source.team };
        let event = item.event(owner, self.app().now()).at(occurred_at);
        let taken = self.take(vec![event]).await??;
        let tx = self.app().store.begin().await?;
        store::mark_replayed(tx.db(), row.id, self.app().now()).await?;
        tx.commit().await?;
        self.sources().count(source.id, taken.accepted, taken.duplicates);
        Ok(Replayed { accepted: taken.accepted, duplicates: taken.duplicates })
    }
}

impl Collect {
    /// Forgets items that name somebody; how many there were.
    pub async fn forget_person(&self, org: OrgId, person: &ViewerId) -> anyhow::Result<u64> {
        let (store, keys) = (&self.app().store, &self.app().keys);
        let (mut after, mut forgotten) = (None, 0);
        loop {
            let items = store::of_org(store.read(), org, after, PAGE).await?;
            after = items.last().map(|(id, _)| *id);
            let full = items.len() as u64 == PAGE;
            let (keys, person) = (keys.clone(), person.clone());
            // Every word of an item is turned into a pseudonym.
            let named = tokio::task::spawn_blocking(move || {
                let named = items.into_iter().filter(|(_, item)| person::is_named(&keys, org, item, &person));
                named.map(|(id, _)| id).collect::<Vec<Uuid>>()
            });
            let named = named.await?;
            if !named.is_empty() {
                let tx = store.begin().await?;
                for id in &named {
                    store::forget(tx.db(), *id).await?;
                }
                tx.commit().await?;
            }
            forgotten += named.len() as u64;
            if !full {
                return Ok(forgotten);
            }
        }
    }
}

/// Items of an organisation that are older than they have to be.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct OldItems {
    pub count: u64,
    /// When the first and the last of them came.
    pub span: Option<(Millis, Millis)>,
}

impl Collect {
    /// How long items are kept in any case.
    pub const KEEP_DAYS: u32 = (KEEP_MS / 86_400_000) as u32;

    /// Items from before a moment, but those that name somebody of `but`.
    pub async fn old_items(&self, org: OrgId, before: Millis, but: &BTreeSet<ViewerId>) -> anyhow::Result<OldItems> {
        let (mut after, mut old) = (None, OldItems::default());
        loop {
            let (items, last) = self.old_page(org, before, but, after).await?;
            old.count += items.len() as u64;
            for (_, at) in items {
                let (first, last) = old.span.unwrap_or((at, at));
                old.span = Some((first.min(at), last.max(at)));
            }
            after = last;
            if after.is_none() {
                return Ok(old);
            }
        }
    }

    /// Forgets some of them; how many, 0 when none is left.
    pub async fn forget_old(&self, org: OrgId, before: Millis, but: &BTreeSet<ViewerId>) -> anyhow::Result<u64> {
        let mut after = None;
        loop {
            let (items, last) = self.old_page(org, before, but, after).await?;
            if !items.is_empty() {
                let (tx, mut forgotten) = (self.app().store.begin().await?, 0);
                for (id, _) in &items {
                    forgotten += store::forget(tx.db(), *id).await?;
                }
                tx.commit().await?;
                return Ok(forgotten);
            }
            after = last;
            if after.is_none() {
                return Ok(0);
            }
        }
    }

    /// Of a page of old items those that may go, and where the next page begins, if there is one.
    async fn old_page(
        &self,
        org: OrgId,
        before: Millis,
        but: &BTreeSet<ViewerId>,
        after: Option<Uuid>,
    ) -> anyhow::Result<(Vec<(Uuid, Millis)>, Option<Uuid>)> {
        let items = store::old(self.app().store.read(), org, before, after, PAGE).await?;
        let last = items.last().filter(|_| items.len() as u64 == PAGE).map(|(id, ..)| *id);
        let (keys, but) = (self.app().keys.clone(), but.clone());
        // Every word of an item is turned into a pseudonym.
        let free = tokio::task::spawn_blocking(move || {
            let is_held = |item: &str| !but.is_empty() && person::names(&keys, org, item, |named| but.contains(named));
            items.into_iter().filter(|(_, item, _)| !is_held(item)).map(|(id, _, at)| (id, at)).collect::<Vec<_>>()
        });
        Ok((free.await?, last))
    }
}

/// Forgets what is old, and of every source what is beyond its number.
pub(crate) async fn tend(app: &App) -> anyhow::Result<()> {
    let oldest = app.now().plus_ms(-KEEP_MS);
    let Some(sources) = store::overfull(app.store.read(), MOST_OF_A_SOURCE, oldest).await? else { return Ok(()) };
    let tx = app.store.begin().await?;
    store::forget_before(tx.db(), oldest).await?;
    for source in sources {
        store::keep_newest(tx.db(), source, MOST_OF_A_SOURCE).await?;
    }
    tx.commit().await
}
