//! Watches every room on air once a second, and keeps what the rules say.

use super::{
    Qoe,
    rules::{self, Change, Limits, Stalls, Watch, readings},
    store_alarms::{self, Alarm},
};
use app::App;
use events::{AlarmCleared, AlarmRaised, BroadcastId, EntryId, Envelope, Event, Millis, RoomId, Source};
use parking_lot::Mutex;
use std::collections::HashMap;

/// What the job knows of each show.
#[derive(Default)]
pub(super) struct Alarms {
    stalls: Mutex<HashMap<BroadcastId, Stalls>>,
}

impl Alarms {
    /// A report's part in the stall rate.
    pub fn reported(&self, broadcast: BroadcastId, entry: EntryId, stalled: bool, now: Millis) {
        self.stalls.lock().entry(broadcast).or_default().take(entry, stalled, now);
    }
}

/// The shows that are watched.
#[derive(Default)]
pub(super) struct Watches(HashMap<RoomId, (BroadcastId, Watch)>);

impl Qoe {
    /// Alarms of a program that ended are over: what is still wrong is raised again.
    pub(super) async fn clear_old_alarms(&self) -> anyhow::Result<()> {
        for alarm in store_alarms::all_open(self.app().store.read()).await? {
            clear(self.app(), &alarm, self.app().now()).await?;
        }
        Ok(())
    }

    pub(super) async fn look_for_alarms(&self, watches: &mut Watches) {
        let now = Millis::now();
        let limits = self.limits();
        let mut open: HashMap<RoomId, BroadcastId> = HashMap::new();
        for room in self.0.meters.rooms(now) {
            let Some(on_air) = room.on_air else { continue };
            open.insert(room.room, on_air.broadcast);
            let mut readings = {
                let mut stalls = self.0.alarms.stalls.lock();
                let stalls = stalls.entry(on_air.broadcast).or_default();
                stalls.advance(now);
                readings(&room, stalls, &limits, now)
            };
            let failing = self.0.media.0.recorder.get().and_then(|recorder| recorder.failing(on_air.broadcast));
            readings.extend(failing.map(|(_, since)| rules::unrecorded(since, now)));
            let troubled = self.0.media.0.relay.get().and_then(|relay| relay.troubled(room.room));
            readings.extend(troubled.map(|failing| rules::unrelayed(failing, &limits)));
            let known = watches.0.remove(&room.room);
            let mut watch = match known {
                Some((broadcast, watch)) if broadcast == on_air.broadcast => watch,
                Some((broadcast, mut old)) => {
                    self.keep(room.room, broadcast, &mut Watch::default(), old.end(), now).await;
                    Watch::default()
                }
                None => Watch::default(),
            };
            let changes = watch.step(&readings, &limits, now);
            self.keep(room.room, on_air.broadcast, &mut watch, changes, now).await;
            watches.0.insert(room.room, (on_air.broadcast, watch));
        }
        let over: Vec<RoomId> = watches.0.keys().filter(|room| !open.contains_key(room)).copied().collect();
        for room in over {
            let Some((broadcast, mut watch)) = watches.0.remove(&room) else { continue };
            let changes = watch.end();
            self.keep(room, broadcast, &mut watch, changes, now).await;
        }
        self.0.alarms.stalls.lock().retain(|broadcast, _| open.values().any(|open| open == broadcast));
    }

    fn limits(&self) -> Limits {
        let settings = &self.0.settings;
        Limits {
            no_data_ms: i64::from(settings.no_data_s.max(1)) * 1000,
            min_fps: f64::from(settings.min_fps),
            max_skew_ms: f64::from(settings.max_skew_ms),
            stall_rate: f64::from(settings.stall_percent) / 100.0,
            stall_high: f64::from(settings.stall_high_percent) / 100.0,
            stall_plays: u64::from(settings.stall_plays.max(1)),
            relay_failed_ms: f64::from(settings.relay_failed_s) * 1000.0,
            raise_after_ms: i64::from(settings.raise_after_s) * 1000,
            clear_after_ms: i64::from(settings.clear_after_s) * 1000,
        }
    }

    async fn keep(&self, room: RoomId, broadcast: BroadcastId, watch: &mut Watch, changes: Vec<Change>, now: Millis) {
        for change in changes {
            if let Err(error) = self.keep_one(room, broadcast, change, now).await {
                tracing::error!(room.id = %room, "an alarm of room `{room}` is not kept, trying again: {error:#}");
                watch.undo(change);
            }
        }
    }

    async fn keep_one(&self, room: RoomId, broadcast: BroadcastId, change: Change, now: Millis) -> anyhow::Result<()> {
        match change {
            Change::Raise { alarm, reading } => {
                let Some(known) = self.0.media.0.audience.room(room).await? else { return Ok(()) };
                let alarm = Alarm {
                    id: alarm,
                    org: known.org,
                    team: known.team,
                    room,
                    broadcast,
                    kind: reading.kind.name().to_owned(),
                    source: reading.source,
                    value: reading.value,
                    limit: reading.limit,
                    raised_at: now,
                    cleared_at: None,
                    acknowledged_at: None,
                    acknowledged_by: None,
                };
                raise(self.app(), &alarm).await
            }
            Change::Clear { alarm, .. } => match store_alarms::find_any(self.app().store.read(), alarm).await? {
                Some(alarm) => clear(self.app(), &alarm, now).await,
                None => Ok(()),
            },
        }
    }
}

async fn raise(app: &App, alarm: &Alarm) -> anyhow::Result<()> {
    let raised = AlarmRaised {
        alarm: alarm.id,
        kind: alarm.kind.clone(),
        source: alarm.source,
        value: alarm.value,
        limit: alarm.limit,
    };
    let tx = app.store.begin().await?;
    store_alarms::insert(tx.db(), alarm).await?;
    tx.emit(envelope(alarm, alarm.raised_at, Event::AlarmRaised(raised))).await?;
    tx.commit().await?;
    metrics::counter!("kaibo_qoe_alarms_total", "kind" => alarm.kind.clone()).increment(1);
    tracing::warn!(room.id = %alarm.room, alarm = %alarm.kind, "alarm `{}` in room `{}`: {:.1}", alarm.kind, alarm.room, alarm.value);
    Ok(())
}

async fn clear(app: &App, alarm: &Alarm, now: Millis) -> anyhow::Result<()> {
    let tx = app.store.begin().await?;
    if store_alarms::clear(tx.db(), alarm.id, now).await? {
        let cleared = AlarmCleared { alarm: alarm.id, kind: alarm.kind.clone() };
        tx.emit(envelope(alarm, now, Event::AlarmCleared(cleared))).await?;
    }
    tx.commit().await
}

fn envelope(alarm: &Alarm, now: Millis, event: Event) -> Envelope {
    Envelope::new(now, Source::Server, alarm.org, event)
        .with_team(alarm.team)
        .with_room(alarm.room)
        .with_broadcast(Some(alarm.broadcast))
}
