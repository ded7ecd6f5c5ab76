//! Legal holds 法律保全: of a held viewer, and of a held show, age forgets nothing until the hold is released.
//!
//! A held viewer keeps every key. A held show keeps the keys that sealed something in it, which are found in the log: so what somebody
//! wrote there stays, and with it what the same key sealed elsewhere in these 30 days. Copies stay where they are of the show, or of
//! the viewer.

pub mod http;
pub mod store;

use crate::{Privacy, retention::Held};
use anyhow::Context;
use app::vault::{Kept, key_of};
use eventlog::EventLog;
use events::{BroadcastId, Envelope, Millis, OrgId, ViewerId};
use std::collections::BTreeSet;
use uuid::Uuid;

/// What one person can oversee; it also bounds what a statement names.
pub const MOST_OF_AN_ORG: u64 = 500;
/// Positions of the log looked through with one commit.
const LOOKED_AT_ONCE: u64 = 200_000;

#[derive(Debug, Clone, PartialEq)]
pub struct Hold {
    pub id: Uuid,
    pub org: OrgId,
    pub of: Of,
    pub reason: String,
    /// Empty when the database is older than the hold, which is then known from the log.
    pub placed_by: String,
    pub placed_at: Millis,
    pub released: Option<Released>,
}

/// Who or what is held.
#[derive(Debug, Clone, PartialEq)]
pub enum Of {
    Viewer(ViewerId),
    Broadcast(BroadcastId),
}

#[derive(Debug, Clone, PartialEq)]
pub struct Released {
    pub by: String,
    pub at: Millis,
}

/// What is held now.
pub async fn held(privacy: &Privacy, org: OrgId) -> anyhow::Result<Held> {
    let mut held = Held::default();
    for (_, of, _) in store::in_force(privacy.app().store.read(), org).await? {
        match of {
            Of::Viewer(viewer) => drop(held.viewers.insert(viewer)),
            Of::Broadcast(broadcast) => drop(held.broadcasts.insert(broadcast)),
        }
    }
    Ok(held)
}

/// The keys that are held, looked for again when holds have changed since `known`.
pub async fn kept<'a>(privacy: &Privacy, org: OrgId, known: &'a mut Option<(u64, Kept)>) -> anyhow::Result<&'a Kept> {
    let version = privacy.holds_version();
    if known.as_ref().is_none_or(|(of, _)| *of != version) {
        find_keys(privacy, org).await?;
        let db = privacy.app().store.read();
        let viewers = held(privacy, org).await?.viewers;
        let people = viewers.iter().map(|viewer| viewer.as_str().to_owned()).collect();
        *known = Some((version, Kept { people, keys: store::held_keys(db, org).await? }));
    }
    known.as_ref().map(|(_, kept)| kept).context("the held keys are not known")
}

/// Looks through what the log has behind where each held show was looked for.
async fn find_keys(privacy: &Privacy, org: OrgId) -> anyhow::Result<()> {
    let app = privacy.app();
    let last = app.log.last();
    for (id, of, looked_to) in store::in_force(app.store.read(), org).await? {
        let Of::Broadcast(broadcast) = of else { continue };
        let mut from = looked_to + 1;
        if looked_to == 0 {
            from = privacy.broadcasts().first_position(org, broadcast).await?.unwrap_or(1).max(1);
        }
        while from <= last {
            let (log, to) = (app.log.clone(), last.min(from + LOOKED_AT_ONCE - 1));
            let keys = tokio::task::spawn_blocking(move || keys_in(&log, broadcast, from, to)).await??;
            let tx = app.store.begin().await?;
            store::hold_keys(tx.db(), id, keys, to).await?;
            tx.commit().await?;
            from = to + 1;
        }
    }
    Ok(())
}

/// The keys that sealed something in a show.
fn keys_in(log: &EventLog, broadcast: BroadcastId, from: u64, to: u64) -> anyhow::Result<BTreeSet<Uuid>> {
    let finder = memchr::memmem::Finder::new(b"\"sealed\":\"");
    let mut keys = BTreeSet::new();
    for entry in log.read(from) {
        let entry = entry.context("looking for what is held")?;
        if entry.position > to {
            break;
        }
        // Most records are something else.
        if finder.find(&entry.payload).is_none() {
            continue;
        }
        let Ok(envelope) = Envelope::decode(&entry.payload) else { continue };
        if envelope.broadcast == Some(broadcast) {
            keys.extend(envelope.sealed.as_deref().and_then(key_of));
        }
    }
    Ok(keys)
}

/// A hold that the log tells of, in records that do not know it.
pub async fn again(privacy: &Privacy, hold: Hold) -> anyhow::Result<()> {
    let app = privacy.app();
    let tx = app.store.begin().await?;
    store::insert(tx.db(), &hold).await?;
    tx.commit().await?;
    privacy.holds_changed();
    Ok(())
}

pub async fn released_again(privacy: &Privacy, id: Uuid, org: OrgId, at: Millis) -> anyhow::Result<()> {
    let tx = privacy.app().store.begin().await?;
    store::release(tx.db(), org, id, "", at).await?;
    tx.commit().await?;
    privacy.holds_changed();
    Ok(())
}
