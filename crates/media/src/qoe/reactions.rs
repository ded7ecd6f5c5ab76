//! Follows the event log and folds what players and meters said into rows.

use super::{
    fold::Report,
    store::{self, Window},
};
use app::{App, Reaction};
use events::{Envelope, Event, Source};

/// The reaction's name, under which its progress is known.
pub const NAME: &str = "qoe";

pub fn reaction(app: App) -> Reaction {
    Reaction::new(NAME, move |batch| {
        let app = app.clone();
        async move {
            let (mut reports, mut windows) = (Vec::new(), Vec::new());
            for entry in &batch.entries {
                // Most records are something else; a look at the bytes is cheaper than reading them.
                if !mentions(&entry.payload, b"\"PlaybackReported\"")
                    && !mentions(&entry.payload, b"\"IngestMeasured\"")
                {
                    continue;
                }
                let Ok(envelope) = Envelope::decode(&entry.payload) else { continue };
                sort(entry.position, envelope, &mut reports, &mut windows);
            }
            let last = batch.entries.last().map_or(0, |entry| entry.position);
            store::take(&app.store, reports, windows, last).await
        }
    })
}

fn mentions(payload: &[u8], name: &[u8]) -> bool {
    memchr::memmem::find(payload, name).is_some()
}

fn sort(position: u64, envelope: Envelope, reports: &mut Vec<Report>, windows: &mut Vec<Window>) {
    let (Some(broadcast), Some(room), Some(team)) = (envelope.broadcast, envelope.room, envelope.team) else { return };
    if envelope.source != Source::Server {
        return;
    }
    let at = envelope.occurred_at;
    match (envelope.event, envelope.viewer) {
        (Event::PlaybackReported(said), Some(viewer)) => {
            reports.push(Report { position, at, broadcast, org: envelope.org, team, room, viewer, said });
        }
        (Event::IngestMeasured(measured), _) => windows.push(Window { broadcast, at, measured }),
        _ => {}
    }
}
