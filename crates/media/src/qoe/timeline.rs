//! The course of one play, read from the event log between its first and its last report.

use super::fold::Play;
use anyhow::Context;
use app::App;
use events::{Envelope, Event, Millis, PlaybackReported};

/// More of the log is not read for one answer.
const MOST_BYTES: usize = 1 << 30;
/// A show of a day.
const MOST_POINTS: usize = 8_640;

pub async fn course(app: &App, play: Play) -> anyhow::Result<Vec<(Millis, PlaybackReported)>> {
    let app = app.clone();
    tokio::task::spawn_blocking(move || read(&app, &play)).await.context("reading a play's course")?
}

fn read(app: &App, play: &Play) -> anyhow::Result<Vec<(Millis, PlaybackReported)>> {
    let id = play.id.play.to_string();
    let finder = memchr::memmem::Finder::new(&id);
    let (mut points, mut bytes) = (Vec::new(), 0);
    for entry in app.log.read(play.first_position.max(app.log.first())) {
        let entry = entry.context("reading the event log")?;
        bytes += entry.payload.len();
        if entry.position > play.last_position || bytes > MOST_BYTES || points.len() >= MOST_POINTS {
            break;
        }
        if finder.find(&entry.payload).is_none() {
            continue;
        }
        let Ok(envelope) = Envelope::decode(&entry.payload) else { continue };
        let (at, broadcast) = (envelope.occurred_at, envelope.broadcast);
        if let Event::PlaybackReported(said) = envelope.event
            && (broadcast, said.entry, said.play) == (Some(play.id.broadcast), play.id.entry, play.id.play)
        {
            points.push((at, said));
        }
    }
    Ok(points)
}
