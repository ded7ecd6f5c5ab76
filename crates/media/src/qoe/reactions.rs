//! Follows the event log and folds what players, meters and the audience's audit said into rows.

use super::{
    digests::Digests,
    fold::Report,
    store::{Home, Judged, Said, Window},
};
use app::{App, Reaction};
use events::{Envelope, Event, Source, ViewerVerdict};
use std::sync::Arc;

/// The reaction's name, under which its progress is known.
pub const NAME: &str = "qoe";
/// Events that are folded.
const NAMES: [&[u8]; 3] = [b"\"PlaybackReported\"", b"\"IngestMeasured\"", b"\"ViewerJudged\""];

pub fn reaction(app: App, digests: Arc<Digests>) -> Reaction {
    Reaction::new(NAME, move |batch| {
        let (app, digests) = (app.clone(), digests.clone());
        async move {
            let said = batch
                .entries
                .iter()
                // Most records are something else; a look at the bytes is cheaper than reading them.
                .filter(|entry| NAMES.iter().any(|name| memchr::memmem::find(&entry.payload, name).is_some()))
                .filter_map(|entry| {
                    Some((entry.position, said(entry.position, Envelope::decode(&entry.payload).ok()?)?))
                })
                .collect();
            let last = batch.entries.last().map_or(0, |entry| entry.position);
            digests.take(&app.store, said, last).await
        }
    })
}

fn said(position: u64, envelope: Envelope) -> Option<Said> {
    if envelope.source != Source::Server {
        return None;
    }
    let (org, team, room, broadcast) = (envelope.org, envelope.team?, envelope.room?, envelope.broadcast?);
    let at = envelope.occurred_at;
    match envelope.event {
        Event::PlaybackReported(said) => {
            let viewer = envelope.viewer?;
            Some(Said::Report(Box::new(Report { position, at, broadcast, org, team, room, viewer, said })))
        }
        Event::IngestMeasured(measured) => {
            Some(Said::Window(Window { home: Home { broadcast, org, team, room }, at, measured }))
        }
        Event::ViewerJudged(judged) => {
            let bot = judged.verdict == ViewerVerdict::Bot;
            Some(Said::Judged(Judged { broadcast, entry: judged.entry, at, bot }))
        }
        _ => None,
    }
}
