//! Quality of experience 体验质量: what players and encoders report, alarms, coverage.
//!
//! ```text
//! player  --report--> Admission, Gate (what is possible, merged) --+
//! encoder --Tap-----> Meter (a value a second, 15 min) -----------+--> journal --> event log --reaction--> plays, minutes,
//! audience's audit: ViewerJudged -----------------------------------------------------^                     windows, shows
//! ```
//! [`admit`], [`report`], [`device`], [`regions`], [`meter`], [`rules`], [`fold`] and [`digest`] are pure.

mod admit;
mod alarms;
mod device;
mod digest;
mod digests;
mod figures;
mod fold;
mod http;
mod http_alarms;
mod http_coverage;
mod http_plays;
mod http_quality;
mod journal;
mod meter;
mod meters;
mod migrations;
mod reactions;
mod regions;
mod report;
mod rules;
mod store;
mod store_alarms;
mod store_queries;
mod store_rows;
mod store_shows;
mod timeline;

use crate::Media;
use admit::{Admission, Admitted};
use app::{App, Feature, Job, Stop};
use audience::{RoomRef, ViewerPass};
use digests::Digests;
use events::{EntryId, Envelope, Event, Millis, PlaybackReported, Source, ViewerId};
use meters::{Measured, Meters};
use parking_lot::Mutex;
use regions::Regions;
use report::{Gate, PlaybackSaid, TooMany};
use serde::Deserialize;
use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Arc, OnceLock},
    time::Duration,
};

const DAY_MS: i64 = 86_400_000;

/// Settings, section `qoe` of the configuration file.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct QoeSettings {
    /// A file `cidr,region` that says where viewers are; empty: unknown.
    pub regions: String,
    /// A header in which a trusted proxy says the viewer's region; empty: none.
    pub region_header: String,
    /// A header in which a trusted proxy names the node that delivers; empty: none.
    pub node_header: String,
    /// How long plays and minutes are kept.
    pub keep_plays_days: u32,
    /// How long ingest windows and alarms that are over are kept.
    pub keep_ingest_days: u32,
    /// Alarm: no encoder of a show on air sent anything for so long.
    pub no_data_s: u32,
    /// Alarm: fewer frames a second; not for sound only.
    pub min_fps: u32,
    /// Alarm: audio's and video's timestamps are further apart.
    pub max_skew_ms: u32,
    /// Alarm: the stall rate of the last 2 minutes is significantly above that of the 10 before, and at least this.
    pub stall_percent: u32,
    /// Alarm: of the viewers of the last 2 minutes at least this share stalled, whatever was before.
    pub stall_high_percent: u32,
    /// Viewers (one entry in 2 minutes) that each side of the comparison needs, and the share.
    pub stall_plays: u32,
    /// Alarm: a relay of a show on air fails, or is tried again, for so long.
    pub relay_failed_s: u32,
    /// How long frames or skew are bad before their alarm begins.
    pub raise_after_s: u32,
    /// How long things are good before an alarm ends.
    pub clear_after_s: u32,
}

impl Default for QoeSettings {
    fn default() -> Self {
        Self {
            regions: String::new(),
            region_header: String::new(),
            node_header: String::new(),
            keep_plays_days: 180,
            keep_ingest_days: 180,
            no_data_s: 3,
            min_fps: 10,
            max_skew_ms: 80,
            stall_percent: 5,
            stall_high_percent: 20,
            stall_plays: 20,
            relay_failed_s: 30,
            raise_after_s: 3,
            clear_after_s: 10,
        }
    }
}

pub(crate) fn feature(media: &Media) -> Feature {
    let qoe = Qoe::new(media);
    media.add_tap(qoe.0.meters.clone());
    let mut feature = Feature::new("qoe");
    feature.routes = http::routes(qoe.clone());
    feature.migrations = migrations::MIGRATIONS;
    feature.reactions.push(reactions::reaction(media.0.app.clone(), qoe.0.digests.clone()));
    feature.jobs.push(Job::new("qoe", move |stop| async move { qoe.run(stop).await }));
    feature
}

/// Quality of all rooms. Cloning is cheap.
#[derive(Clone)]
pub(crate) struct Qoe(Arc<Inner>);

struct Inner {
    media: Media,
    settings: QoeSettings,
    regions: OnceLock<Regions>,
    meters: Arc<Meters>,
    journal: journal::Journal,
    alarms: alarms::Alarms,
    digests: Arc<Digests>,
    admission: Mutex<Admission>,
    reporters: Mutex<HashMap<EntryId, Reporter>>,
}

/// An entry that reports.
struct Reporter {
    gate: Gate,
    room: RoomRef,
    viewer: ViewerId,
    /// What it says may raise an alarm: it got media and is no suspected bot.
    counts: bool,
}

/// What the server knows of a report's sender.
#[derive(Debug)]
struct Sender {
    device: device::Device,
    region: String,
    node: String,
    /// Its network: limits are counted by it, and nothing else knows it.
    from: IpAddr,
}

impl Qoe {
    fn new(media: &Media) -> Self {
        Self(Arc::new(Inner {
            media: media.clone(),
            settings: media.0.all.qoe.clone(),
            regions: OnceLock::new(),
            meters: Arc::default(),
            journal: journal::Journal::default(),
            alarms: alarms::Alarms::default(),
            digests: Arc::default(),
            admission: Mutex::default(),
            reporters: Mutex::default(),
        }))
    }

    fn app(&self) -> &App {
        &self.0.media.0.app
    }

    /// Takes a player's report. Never waits.
    fn report(&self, pass: ViewerPass, room: RoomRef, said: PlaybackSaid, sender: Sender) -> Result<(), TooMany> {
        let Some(broadcast) = room.broadcast else { return Ok(()) };
        let now = self.app().now();
        let seen = self.0.media.0.audience.seen(&pass, broadcast);
        let whose = (broadcast, pass.entry);
        let admitted = self.0.admission.lock().admit(whose, &said, seen, sender.from, now)?;
        let Admitted::Taken { media } = admitted else {
            metrics::counter!("kaibo_qoe_unfounded_total").increment(1);
            return Ok(());
        };
        let mut reporters = self.0.reporters.lock();
        let fresh = || Reporter { gate: Gate::new(now), room: room.clone(), viewer: pass.viewer, counts: false };
        let reporter = reporters.entry(pass.entry).or_insert_with(fresh);
        if reporter.room.broadcast != room.broadcast {
            // What waits belongs to the show before.
            self.tell(reporter, now, Gate::rest);
            reporter.room = room;
        }
        reporter.counts = media && !seen.bot;
        let region = if sender.region.is_empty() { said.region() } else { sender.region };
        reporter.gate.take(pass.entry, said, now, |report| {
            report.device = sender.device.class.to_owned();
            report.os = sender.device.os.to_owned();
            report.browser = sender.device.browser;
            report.region = region;
            report.node = sender.node;
        })?;
        self.tell(reporter, now, |gate| gate.due_at(now));
        Ok(())
    }

    fn tell(&self, reporter: &mut Reporter, now: Millis, which: impl FnOnce(&mut Gate) -> Vec<PlaybackReported>) {
        for said in which(&mut reporter.gate) {
            if let Some(broadcast) = reporter.room.broadcast.filter(|_| reporter.counts) {
                self.0.alarms.reported(broadcast, said.entry, said.stalls > 0, now);
            }
            let envelope = Envelope::new(now, Source::Server, reporter.room.org, Event::PlaybackReported(said))
                .with_team(reporter.room.team)
                .with_room(reporter.room.room)
                .with_broadcast(reporter.room.broadcast)
                .with_viewer(reporter.viewer.clone());
            self.0.journal.push(envelope);
        }
    }

    async fn run(self, stop: Stop) -> anyhow::Result<()> {
        let regions = Regions::load(&self.0.settings.regions)?;
        self.0.regions.get_or_init(|| regions);
        if let Err(error) = store_shows::complete(&self.app().store).await {
            tracing::error!("shows of before have no sums: {error:#}");
        }
        // The journal outlives the others by what they leave behind.
        let written = Stop::new();
        let others = async {
            tokio::join!(self.watch(&stop), self.prune(&stop));
            written.cancel();
        };
        tokio::join!(self.0.journal.run(self.app(), written.clone()), others);
        Ok(())
    }

    /// Once a second: merged reports that are due, windows that are over, alarms.
    async fn watch(&self, stop: &Stop) {
        let mut watches = alarms::Watches::default();
        if let Err(error) = self.clear_old_alarms().await {
            tracing::error!("alarms of the last run stay open: {error:#}");
        }
        let mut every = tokio::time::interval(Duration::from_secs(1));
        every.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Skip);
        loop {
            tokio::select! {
                () = stop.cancelled() => break,
                _ = every.tick() => {}
            }
            let now = self.app().now();
            self.flush(now, Gate::due_at);
            for measured in self.0.meters.windows(Millis::now()) {
                self.measured(measured).await;
            }
            self.look_for_alarms(&mut watches).await;
        }
        self.flush(self.app().now(), |gate, _| gate.rest());
    }

    fn flush(&self, now: Millis, which: fn(&mut Gate, Millis) -> Vec<PlaybackReported>) {
        let mut reporters = self.0.reporters.lock();
        reporters.retain(|_, reporter| {
            self.tell(reporter, now, |gate| which(gate, now));
            !reporter.gate.idle(now)
        });
        self.0.admission.lock().forget(now);
        metrics::gauge!("kaibo_qoe_reporting_entries").set(reporters.len() as f64);
    }

    async fn measured(&self, measured: Measured) {
        let room = match self.0.media.0.audience.room(measured.room).await {
            Ok(Some(room)) => room,
            Ok(None) => return,
            Err(error) => return tracing::warn!("a room's ingest is not noted: {error:#}"),
        };
        let event = Event::IngestMeasured(measured.measured);
        let envelope = Envelope::new(measured.at, Source::Server, room.org, event)
            .with_team(room.team)
            .with_room(room.room)
            .with_broadcast(Some(measured.broadcast));
        self.0.journal.push(envelope);
    }

    /// Retention, every hour.
    async fn prune(&self, stop: &Stop) {
        let settings = &self.0.settings;
        let mut every = tokio::time::interval(Duration::from_secs(3_600));
        loop {
            tokio::select! {
                () = stop.cancelled() => return,
                _ = every.tick() => {}
            }
            let now = self.app().now();
            let before = |days: u32| now.plus_ms(-i64::from(days.max(1)) * DAY_MS);
            let (plays, ingest) = (before(settings.keep_plays_days), before(settings.keep_ingest_days));
            match store::prune(&self.app().store, plays, ingest).await {
                Ok(0) => {}
                Ok(removed) => {
                    self.0.digests.clear();
                    tracing::info!(removed, "{removed} old rows of stream quality were removed");
                }
                Err(error) => tracing::error!("old stream quality was not removed: {error:#}"),
            }
        }
    }
}
