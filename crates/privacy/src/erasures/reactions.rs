//! Follows the event log and erases whom it says to erase; does again what records older than the log do not know of.

use super::{Erasure, store};
use crate::{
    Privacy,
    holds::{self, Hold, Of},
    retention,
};
use anyhow::{Context, bail};
use app::{Reaction, vault::Doomed};
use events::{Envelope, Event, Source};
use std::{collections::BTreeMap, sync::Arc, time::Duration};

/// The reaction's name, under which its progress is known.
pub const NAME: &str = "privacy";
/// The tables of the foundation that hold what is erased.
const TABLES: &[&str] = &["vault_keys"];
const SCRUB_AGAIN: Duration = Duration::from_millis(500);

/// How the event begins in a record; within a text the quotes would be escaped.
const EVENT: &[u8] = b"\"event\":{\"type\":\"";
const OURS: [&[u8]; 4] = [b"ViewerErased", b"LegalHoldPlaced", b"LegalHoldReleased", b"RetentionApplied"];

pub fn reaction(privacy: Privacy) -> Reaction {
    let finder = Arc::new(memchr::memmem::Finder::new(EVENT));
    Reaction::new(NAME, move |batch| {
        let (privacy, finder) = (privacy.clone(), finder.clone());
        async move {
            // Most records are something else; a look at the bytes is cheaper than reading them.
            let is_ours = |payload: &[u8]| {
                let name = finder.find(payload).and_then(|at| payload.get(at + EVENT.len()..));
                name.is_some_and(|name| OURS.iter().any(|ours| name.starts_with(ours)))
            };
            let ours = batch.entries.iter().filter(|entry| is_ours(&entry.payload));
            let told: Vec<(u64, Envelope)> =
                ours.filter_map(|entry| Some((entry.position, Envelope::decode(&entry.payload).ok()?))).collect();
            let asked: Vec<Erasure> =
                told.iter().filter_map(|(position, envelope)| asked(*position, envelope.clone())).collect();
            if !asked.is_empty() {
                erase(&privacy, asked).await?;
            }
            for (_, envelope) in told {
                follow(&privacy, envelope).await?;
            }
            Ok(())
        }
    })
}

/// What the log says of holds and of what went, done in records that do not know.
async fn follow(privacy: &Privacy, envelope: Envelope) -> anyhow::Result<()> {
    let Some(id) = envelope.key.as_ref().and_then(|key| key.parse().ok()) else { return Ok(()) };
    let (org, at) = (envelope.org, envelope.occurred_at);
    if envelope.source != Source::Server {
        return Ok(());
    }
    match envelope.event {
        Event::RetentionApplied(applied) => retention::apply::again(privacy, id, org, applied).await,
        Event::LegalHoldReleased(_) => holds::released_again(privacy, id, org, at).await,
        Event::LegalHoldPlaced(_) => {
            let of = envelope.viewer.map(Of::Viewer).or(envelope.broadcast.map(Of::Broadcast));
            let Some(of) = of else { return Ok(()) };
            let (reason, placed_by) = Default::default();
            holds::again(privacy, Hold { id, org, of, reason, placed_by, placed_at: at, released: None }).await
        }
        _ => Ok(()),
    }
}

fn asked(position: u64, envelope: Envelope) -> Option<Erasure> {
    let Event::ViewerErased(_) = envelope.event else { return None };
    Some(Erasure {
        id: envelope.key?.parse().ok()?,
        org: envelope.org,
        viewer: envelope.viewer?,
        // The database may be older than the log, and then does not know.
        asked_by: String::new(),
        asked_at: envelope.occurred_at,
        position: Some(position),
        keys_destroyed: 0,
        erased: BTreeMap::new(),
        done_at: None,
    })
}

async fn erase(privacy: &Privacy, asked: Vec<Erasure>) -> anyhow::Result<()> {
    let app = privacy.app();
    let mut done = Vec::with_capacity(asked.len());
    for mut erasure in asked {
        let (org, viewer) = (erasure.org, erasure.viewer.clone());
        let before = erasure.position.unwrap_or_default();
        let doomed = Doomed::Person { org, person: viewer.as_str(), before };
        erasure.keys_destroyed = app.vault.destroy(&doomed).await?;
        for holder in privacy.holders() {
            let erasing = holder.erase(org, &viewer, before).await;
            let erased = erasing.with_context(|| format!("erasing a viewer's words from `{}`", holder.name()))?;
            erasure.erased.insert(holder.name().to_owned(), erased);
        }
        let tx = app.store.begin().await?;
        store::insert(tx.db(), &erasure).await?;
        store::note(tx.db(), &erasure).await?;
        tx.commit().await?;
        done.push(erasure.id);
    }
    let tables: Vec<&str> =
        TABLES.iter().chain(privacy.holders().iter().flat_map(|holder| holder.tables())).copied().collect();
    while !app.store.scrub(&tables).await? {
        tokio::select! {
            () = app.stop.cancelled() => bail!("stopped before everything was scrubbed; it is done at the next start"),
            () = tokio::time::sleep(SCRUB_AGAIN) => {}
        }
    }
    let tx = app.store.begin().await?;
    for id in &done {
        store::done(tx.db(), *id, app.now()).await?;
    }
    tx.commit().await?;
    metrics::counter!("kaibo_privacy_erasures_total").increment(done.len() as u64);
    Ok(())
}
