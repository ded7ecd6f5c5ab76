//! Follows the event log: bars are as the records say, also of what another process did, and shows that are to be cut end.

use super::store;
use crate::{Moderation, review::reactions::mentions};
use app::Reaction;
use events::{Envelope, Event, SanctionKind, Sanctioned};
use std::collections::BTreeSet;
use uuid::Uuid;

const NAMES: &[&str] = &["\"Sanctioned\"", "\"SanctionChanged\""];

pub fn enforce(moderation: Moderation) -> Reaction {
    Reaction::new("moderation-sanctions", move |batch| {
        let moderation = moderation.clone();
        async move {
            let entries = batch.entries.iter().filter(|entry| mentions(&entry.payload, NAMES));
            let mut touched: BTreeSet<Uuid> = BTreeSet::new();
            for (_, envelope) in moderation.app().read(entries).await? {
                let Envelope { broadcast, event, .. } = envelope;
                match event {
                    Event::Sanctioned(Sanctioned { sanction, kind, .. }) => {
                        touched.insert(sanction);
                        if let (SanctionKind::CutStream, Some(broadcast), Some(shows)) =
                            (kind, broadcast, moderation.0.shows.get())
                        {
                            shows.cut(broadcast).await?;
                        }
                    }
                    Event::SanctionChanged(changed) => drop(touched.insert(changed.sanction)),
                    _ => {}
                }
            }
            moderation.follow(&touched).await
        }
    })
}

impl Moderation {
    /// Has these as their records are now, whatever the event said: a start reads old ones again.
    async fn follow(&self, sanctions: &BTreeSet<Uuid>) -> anyhow::Result<()> {
        if sanctions.is_empty() {
            return Ok(());
        }
        let _turn = self.bars().turn.lock().await;
        let ids: Vec<Uuid> = sanctions.iter().copied().collect();
        for ids in ids.chunks(500) {
            let found = store::find_some(self.app().store.read(), ids).await?;
            found.iter().for_each(|sanction| self.bars().put(sanction));
        }
        Ok(())
    }
}
