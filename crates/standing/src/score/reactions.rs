//! Follows the event log and keeps what takes points.

use super::{
    rules::{self, Fault, FaultKind},
    store,
};
use crate::{Standing, day::Day};
use app::Reaction;
use events::{AdmissionOutcome, Envelope, Event, OrgId, ReviewOutcome, RoomId, Source};
use std::collections::HashMap;

/// The reaction's name, under which its progress is known.
pub const NAME: &str = "standing";

const NAMES: &[&[u8]] =
    &[b"\"Sanctioned\"", b"\"SanctionChanged\"", b"\"DanmakuReviewed\"", b"\"DanmakuSent\"", b"\"ShowAdmitted\""];

pub fn keep(standing: Standing) -> Reaction {
    Reaction::new(NAME, move |batch| {
        let standing = standing.clone();
        async move {
            // Most records are something else; a look at the bytes is cheaper than reading them. Nobody's words are needed.
            let ours = |payload: &[u8]| NAMES.iter().any(|name| memchr::memmem::find(payload, name).is_some());
            let entries = batch.entries.iter().filter(|entry| ours(&entry.payload));
            let told: Vec<(u64, Envelope)> =
                entries.filter_map(|entry| Some((entry.position, Envelope::decode(&entry.payload).ok()?))).collect();
            match batch.entries.last() {
                Some(last) if !told.is_empty() => note(&standing, told, last.position).await,
                _ => Ok(()),
            }
        }
    })
}

async fn note(standing: &Standing, told: Vec<(u64, Envelope)>, last: u64) -> anyhow::Result<()> {
    let tx = standing.app().store.begin().await?;
    tx.take_turns("standing_reader").await?;
    let reached = store::reached(tx.db()).await?;
    let mut sent: HashMap<(OrgId, RoomId, Day), i64> = HashMap::new();
    for (position, envelope) in told.into_iter().filter(|(position, _)| *position > reached) {
        let Envelope { org, room, broadcast, viewer, occurred_at, source, .. } = envelope;
        match envelope.event {
            Event::DanmakuSent(_) if source == Source::Viewer => {
                if let Some(room) = room {
                    *sent.entry((org, room, Day::of(occurred_at))).or_default() += 1;
                }
            }
            // Whoever else writes events decides nothing.
            _ if source != Source::Server => {}
            Event::DanmakuReviewed(reviewed) => {
                let rejected = room.filter(|_| reviewed.outcome == ReviewOutcome::Reject);
                let rejected = rejected.map(|room| (room, Day::of(occurred_at)));
                store::set_rejected(tx.db(), reviewed.position, rejected).await?;
            }
            Event::Sanctioned(sanctioned) => {
                // A sanction on a viewer is the viewer's.
                let (Some(room), None) = (room, viewer) else { continue };
                let points_milli = rules::sanction_milli(sanctioned.kind, &sanctioned.clause);
                let (source, clause) = (sanction_source(sanctioned.sanction), sanctioned.clause);
                let kind = FaultKind::Sanction;
                let fault = Fault { kind, source, room, broadcast, clause, points_milli, at: occurred_at };
                store::insert(tx.db(), org, &fault).await?;
            }
            Event::SanctionChanged(changed) => {
                let stands = match changed.state.as_str() {
                    "reversed" | "suspended" => false,
                    "upheld" => true,
                    // It holds no more; that it was right nobody denies.
                    _ => continue,
                };
                store::set_stands(tx.db(), &sanction_source(changed.sanction), stands, position).await?;
            }
            Event::ShowAdmitted(admitted) => {
                let (Some(room), Some(show)) = (room, broadcast) else { continue };
                // Only who is on air is the show's own doing. A low score takes no points: it would never rise again; nor does our own
                // slowness, nor paperwork that an organisation may not keep here at all.
                let own = ["no_real_name", "minor"];
                let ignored = admitted.obstacles.iter().any(|obstacle| own.contains(&obstacle.code.as_str()));
                if admitted.outcome != AdmissionOutcome::Told || !ignored {
                    continue;
                }
                let fault = Fault {
                    kind: FaultKind::Told,
                    source: format!("told:{show}"),
                    room,
                    broadcast,
                    clause: String::new(),
                    points_milli: rules::told_milli(),
                    at: occurred_at,
                };
                store::insert(tx.db(), org, &fault).await?;
            }
            _ => {}
        }
    }
    for ((org, room, day), more) in sent {
        store::add_sent(tx.db(), org, room, day, more).await?;
    }
    if last > reached {
        store::set_reached(tx.db(), last).await?;
    }
    tx.commit().await?;
    metrics::gauge!("kaibo_standing_faults").set(store::count(standing.app().store.read()).await? as f64);
    Ok(())
}

fn sanction_source(sanction: uuid::Uuid) -> String {
    format!("sanction:{sanction}")
}
