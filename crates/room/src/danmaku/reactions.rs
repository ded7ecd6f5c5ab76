//! Follows the event log and archives every danmaku.

use super::store::{self, Danmaku};
use app::{App, Reaction};
use events::{Envelope, Event};

/// The reaction's name, under which its progress is known.
pub const NAME: &str = "danmaku";

pub fn reaction(app: App) -> Reaction {
    Reaction::new(NAME, move |batch| {
        let app = app.clone();
        async move {
            // Most records are something else; a look at the bytes is cheaper than reading them.
            let events = app.read(batch.entries.iter().filter(|entry| mentions_danmaku(&entry.payload))).await?;
            let removed: Vec<u64> = events.iter().filter_map(|(_, envelope)| taken_down(envelope)).collect();
            let danmaku = events.into_iter().filter_map(|(position, envelope)| from_envelope(position, envelope));
            store::insert(&app.store, danmaku.collect()).await?;
            store::remove(&app.store, &removed).await
        }
    })
}

fn mentions_danmaku(payload: &[u8]) -> bool {
    memchr::memmem::find(payload, b"\"DanmakuSent\"").is_some()
        || memchr::memmem::find(payload, b"\"DanmakuRemoved\"").is_some()
}

fn taken_down(envelope: &Envelope) -> Option<u64> {
    match &envelope.event {
        Event::DanmakuRemoved(removed) => Some(removed.position),
        _ => None,
    }
}

fn from_envelope(position: u64, envelope: Envelope) -> Option<Danmaku> {
    let Event::DanmakuSent(sent) = envelope.event else { return None };
    Some(Danmaku {
        position,
        room: envelope.room?,
        broadcast: envelope.broadcast,
        occurred_at: envelope.occurred_at,
        viewer: envelope.viewer?,
        source: envelope.source,
        key: envelope.key,
        erased: envelope.erased,
        sent,
    })
}
