//! The one job that reads the event log for all rooms, keeps their pace, and rebuilds the last ten minutes at a start.

use super::{
    desk::Desk,
    hub::Hub,
    state::{RESUME_MS, Total},
    wire::{ServerMessage, whose},
};
use anyhow::Context;
use app::{App, Stop};
use audience::Audience;
use events::{Envelope, Event, RoomId, SanctionKind, Sanctioned, TextVerdict};
use std::time::Duration;
use tokio::time::{Instant, MissedTickBehavior, interval, sleep, sleep_until};

const CURSOR: &str = "room-totals";
const LIKES_EVERY: Duration = Duration::from_secs(1);
const ONLINE_EVERY: Duration = Duration::from_secs(2);
const TIDY_EVERY: Duration = Duration::from_secs(10);
/// Events handed to the hub at once, so that joins get their turn in between.
const PART: usize = 256;
/// A database that does not answer may do so later.
const READ_AGAIN: Duration = Duration::from_secs(1);

pub struct Feed {
    pub app: App,
    pub audience: Audience,
    pub hub: Hub,
    pub desk: Desk,
}

impl Feed {
    /// Runs until the program stops.
    pub async fn run(self, stop: Stop) -> anyhow::Result<()> {
        let from = self.app.now().0.saturating_sub(RESUME_MS).max(0) as u64;
        let recent = self.app.log.position_at(from).context("finding the last ten minutes of the log")?;
        let head = self.app.log.last();
        let cursor = self.app.log.cursor(CURSOR).context("opening the cursor of the room totals")?;
        let saved = cursor.load().context("loading the room totals")?;
        let (known_to, totals) = match saved {
            // Totals of a version that wrote them differently are as good as none.
            Some((position, bytes)) => (position, serde_json::from_slice::<Vec<Total>>(&bytes).unwrap_or_default()),
            None => (0, Vec::new()),
        };
        let first = if known_to > 0 { recent.min(known_to + 1) } else { recent };
        self.hub.start_at(first, known_to, &totals, self.app.now());
        let mut subscription = self.app.log.subscribe(first);
        let mut open = false;
        let mut position = first.saturating_sub(1);
        let desk = self.desk.clone();
        let likes = tokio::spawn(store_likes(desk, stop.clone()));
        let mut online = interval(ONLINE_EVERY);
        online.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut tidy = interval(TIDY_EVERY);
        tidy.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut next = None;
        loop {
            if !open && position >= head {
                self.desk.open();
                open = true;
            }
            tokio::select! {
                () = stop.cancelled() => break,
                () = due(next) => {}
                batch = subscription.next() => {
                    let batch = batch.context("reading the log for the rooms")?;
                    for part in batch.entries.chunks(PART) {
                        let Some(events) = self.read(part, &stop).await else { break };
                        position = self.take(part, events, position, open);
                    }
                }
                () = self.hub.woken() => {}
                _ = online.tick() => {
                    let rooms: Vec<RoomId> = self.hub.watched();
                    let online: Vec<_> = rooms.into_iter().map(|room| (room, self.audience.online(room))).collect();
                    self.hub.set_online(&online);
                }
                _ = tidy.tick() => {
                    self.hub.tidy(self.app.now());
                    self.desk.tidy();
                    if open {
                        self.save(&cursor);
                    }
                }
            }
            next = self.hub.send_due(Instant::now(), self.app.now());
        }
        likes.await.context("storing the last likes")?;
        if open {
            self.save(&cursor);
        }
        Ok(())
    }

    /// Keeps the totals with the position they hold for. A disk that takes nothing now may do so later.
    fn save(&self, cursor: &eventlog::Cursor) {
        let (position, totals) = self.hub.totals();
        let bytes = serde_json::to_vec(&totals).unwrap_or_default();
        if let Err(error) = cursor.store(position, &bytes) {
            tracing::warn!("the room totals could not be saved: {error}");
        }
    }

    /// The events of these records; none when the program stops before their keys could be read.
    async fn read(&self, entries: &[eventlog::Entry], stop: &Stop) -> Option<Vec<(u64, Envelope)>> {
        loop {
            match self.app.read(entries).await {
                Ok(events) => return Some(events),
                Err(error) => tracing::error!("the rooms cannot read what viewers wrote, trying again: {error:#}"),
            }
            tokio::select! {
                () = stop.cancelled() => return None,
                () = sleep(READ_AGAIN) => {}
            }
        }
    }

    fn take(&self, entries: &[eventlog::Entry], read: Vec<(u64, Envelope)>, position: u64, open: bool) -> u64 {
        let Some(last) = entries.last().map(|entry| entry.position) else { return position };
        let mut events = Vec::with_capacity(read.len());
        for (position, envelope) in read {
            if let (Event::ViewerErased(_), Some(of)) = (&envelope.event, whose(&envelope)) {
                self.hub.apply(std::mem::take(&mut events), position, self.app.now());
                self.hub.forget_words(&of);
            }
            // What a start reads again was told before.
            if open {
                self.tell(&envelope);
            }
            let Some(room) = envelope.room else { continue };
            if let (Event::DanmakuSent(_), Some(viewer), Some(id), events::Source::Viewer) =
                (&envelope.event, &envelope.viewer, &envelope.key, envelope.source)
            {
                self.desk.note(room, viewer, id, position);
            }
            if let (Event::DanmakuJudged(judged), Some(viewer), Some(id)) =
                (&envelope.event, &envelope.viewer, &envelope.key)
                && judged.verdict == TextVerdict::Hold
            {
                self.desk.note(room, viewer, id, position);
            }
            if concerns_a_room(&envelope.event) {
                events.push((position, room, envelope));
            }
        }
        self.hub.apply(events, last, self.app.now());
        last
    }
}

impl Feed {
    /// Tells a viewer what was decided about what he wrote, and about himself. Who is not there finds it in his own list.
    fn tell(&self, envelope: &Envelope) {
        let Some(viewer) = &envelope.viewer else { return };
        match &envelope.event {
            Event::DanmakuReviewed(reviewed) if reviewed.held => {
                let (Some(room), Some(id)) = (envelope.room, &envelope.key) else { return };
                let (outcome, clause) = (reviewed.outcome, reviewed.clause.as_deref());
                let message = ServerMessage::Reviewed { id, outcome, clause };
                self.hub.tell(Some(room), viewer, &message.encode(), None);
            }
            Event::Sanctioned(sanction) => {
                let Sanctioned { sanction: id, kind, clause, until, .. } = sanction;
                let message = ServerMessage::Sanctioned { sanction: *id, kind: *kind, clause, until: *until };
                let farewell = matches!(kind, SanctionKind::Kick | SanctionKind::Ban).then_some("sent out");
                let room = envelope.room.filter(|_| !sanction.everywhere);
                self.hub.tell(room, viewer, &message.encode(), farewell);
            }
            _ => {}
        }
    }
}

fn concerns_a_room(event: &Event) -> bool {
    event.is_sequenced() || matches!(event, Event::DanmakuSent(_) | Event::LikesSent(_))
}

async fn due(next: Option<Instant>) {
    match next {
        Some(at) => sleep_until(at).await,
        None => std::future::pending().await,
    }
}

async fn store_likes(desk: Desk, stop: Stop) {
    let mut every = interval(LIKES_EVERY);
    every.set_missed_tick_behavior(MissedTickBehavior::Delay);
    while !stop.is_cancelled() {
        tokio::select! {
            () = stop.cancelled() => {}
            _ = every.tick() => {}
        }
        desk.store_likes().await;
    }
}
