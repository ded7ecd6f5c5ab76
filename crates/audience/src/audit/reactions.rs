//! Follows the event log and keeps every judgement, so that a show's audit survives restarts.

use super::store::{self, Placed};
use app::{App, Reaction};
use events::{Envelope, Event, Source};

/// The reaction's name, under which its progress is known.
pub(crate) const NAME: &str = "audience_judgements";

pub(crate) fn reaction(app: App) -> Reaction {
    Reaction::new(NAME, move |batch| {
        let app = app.clone();
        async move {
            let judged: Vec<Placed> = batch
                .entries
                .iter()
                // Most records are something else; a look at the bytes is cheaper than reading them.
                .filter(|entry| memchr::memmem::find(&entry.payload, b"\"ViewerJudged\"").is_some())
                .filter_map(|entry| placed(entry.position, Envelope::decode(&entry.payload).ok()?))
                .collect();
            store::write(&app.store, judged).await
        }
    })
}

fn placed(position: u64, envelope: Envelope) -> Option<Placed> {
    let Event::ViewerJudged(judged) = envelope.event else { return None };
    let server = envelope.source == Source::Server;
    let (broadcast, viewer) = (envelope.broadcast?, envelope.viewer?);
    server.then_some(Placed { position, broadcast, viewer, judged })
}
