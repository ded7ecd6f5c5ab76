//! Follows the event log and erases whom it says to erase.

use super::{Erasure, store};
use crate::Privacy;
use anyhow::{Context, bail};
use app::{Reaction, vault::Doomed};
use events::{Envelope, Event};
use std::{collections::BTreeMap, time::Duration};

/// The reaction's name, under which its progress is known.
pub const NAME: &str = "privacy";
/// The tables of the foundation that hold what is erased.
const TABLES: &[&str] = &["vault_keys"];
const SCRUB_AGAIN: Duration = Duration::from_millis(500);

pub fn reaction(privacy: Privacy) -> Reaction {
    Reaction::new(NAME, move |batch| {
        let privacy = privacy.clone();
        async move {
            let finder = memchr::memmem::Finder::new(b"\"ViewerErased\"");
            // Most records are something else; a look at the bytes is cheaper than reading them.
            let asked: Vec<Erasure> = batch
                .entries
                .iter()
                .filter(|entry| finder.find(&entry.payload).is_some())
                .filter_map(|entry| asked(entry.position, Envelope::decode(&entry.payload).ok()?))
                .collect();
            if asked.is_empty() { Ok(()) } else { erase(&privacy, asked).await }
        }
    })
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
