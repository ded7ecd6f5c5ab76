//! Checks that are going on: who waits for a push, what arrives, and what becomes of it.

use super::browser::{self, BrowserMeasured, UploadMeasured, UploadMeter};
use super::findings::{Finding, Level, overall};
use super::look::{Looked, Tracks, look};
use super::measure::{Meter, PushMeasured};
use super::{Check, CheckKind, Measured, PrecheckSettings, rules, store};
use crate::source::{CheckRun, CheckSink};
use crate::tap::MediaTag;
use app::{App, Refuse, Stop};
use audience::RoomRef;
use events::{Envelope, Event, RoomId, Source, StreamChecked};
use parking_lot::Mutex;
use serde::Serialize;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::Semaphore;
use utoipa::ToSchema;
use uuid::Uuid;

/// Processes that look at pictures at once, on a machine that carries shows.
const LOOKING: usize = 2;
/// An encoder that connects and sends no frames is let go after so long on top.
const PATIENCE: Duration = Duration::from_secs(15);
const PROGRESS: Duration = Duration::from_millis(500);
/// Most messages kept of a push.
const MOST_TAGS: usize = 200_000;

/// The checks of this process. Cloning is cheap.
#[derive(Clone)]
pub(super) struct Precheck(Arc<Inner>);

struct Inner {
    app: App,
    settings: PrecheckSettings,
    live: Mutex<HashMap<Uuid, Arc<Live>>>,
    looking: Semaphore,
}

/// A check that is not over.
struct Live {
    check: Check,
    begun: Instant,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    phase: Phase,
    progress: Option<Progress>,
    upload: UploadMeter,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = CheckState)]
pub(super) enum Phase {
    /// For the encoder, or for the page.
    #[default]
    Waiting,
    Measuring,
    /// Enough arrived; picture and sound are looked at.
    Judging,
    Done,
    /// Nobody pushed in time.
    Expired,
}

/// How far a push has come, and what it looks like so far.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, ToSchema)]
#[schema(as = CheckProgress)]
pub(super) struct Progress {
    pub percent: u32,
    pub kbps: Option<f64>,
    pub fps: Option<f64>,
    pub pace_percent: Option<f64>,
    pub width: u32,
    pub height: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum Refusal {
    #[error("a check of this room is going on")]
    Running,
    #[error("this check is not made by a browser")]
    NotBrowser,
    #[error("this check is over")]
    Over,
}

impl Refuse for Refusal {
    fn code(&self) -> &'static str {
        match self {
            Self::Running => "check_running",
            Self::NotBrowser => "check_not_browser",
            Self::Over => "check_over",
        }
    }

    fn status(&self) -> u16 {
        409
    }
}

impl Precheck {
    pub fn new(app: App, settings: PrecheckSettings) -> Self {
        let looking = Semaphore::new(LOOKING);
        Self(Arc::new(Inner { app, settings, live: Mutex::default(), looking }))
    }

    pub fn settings(&self) -> &PrecheckSettings {
        &self.0.settings
    }

    pub fn app(&self) -> &App {
        &self.0.app
    }

    /// Opens a check. An older one of the room and kind that still waits makes room for it.
    pub async fn open(&self, room: &RoomRef, kind: CheckKind) -> anyhow::Result<Result<Check, Refusal>> {
        let older: Vec<Arc<Live>> = {
            let live = self.0.live.lock();
            live.values().filter(|live| live.check.room == room.room && live.check.kind == kind).cloned().collect()
        };
        if older.iter().any(|live| kind == CheckKind::Push && live.state.lock().phase != Phase::Waiting) {
            return Ok(Err(Refusal::Running));
        }
        let now = self.0.app.now();
        let id = Uuid::now_v7();
        let (org, team, room) = (room.org, room.team, room.room);
        let check = Check { id, org, team, room, kind, created_at: now, outcome: None };
        let tx = self.0.app.store.begin().await?;
        for live in &older {
            store::expire(tx.db(), live.check.id).await?;
        }
        store::insert(tx.db(), &check).await?;
        store::prune(tx.db(), room, self.0.settings.kept_per_room).await?;
        tx.commit().await?;
        let live = Live { check: check.clone(), begun: Instant::now(), state: Mutex::default() };
        let mut all = self.0.live.lock();
        for live in older {
            all.remove(&live.check.id);
        }
        all.insert(id, Arc::new(live));
        Ok(Ok(check))
    }

    /// Where a check stands.
    pub fn phase(&self, check: &Check) -> (Phase, Option<Progress>) {
        if check.outcome.is_some() {
            return (Phase::Done, None);
        }
        match self.live(check.id) {
            Some(live) => {
                let state = live.state.lock();
                (state.phase, state.progress)
            }
            None => (Phase::Expired, None),
        }
    }

    /// A push that is waited for is no page's business.
    fn page(&self, check: &Check) -> Option<Arc<Live>> {
        self.live(check.id).filter(|_| check.kind == CheckKind::Browser)
    }

    fn live(&self, check: Uuid) -> Option<Arc<Live>> {
        self.0.live.lock().get(&check).cloned()
    }

    /// A page's upload came; its body follows.
    pub fn upload_begins(&self, check: &Check) {
        if let Some(live) = self.page(check) {
            live.state.lock().upload.begin(Instant::now());
        }
    }

    /// Bytes of a page arrived. False when enough was measured.
    pub fn uploaded(&self, check: &Check, bytes: usize) -> bool {
        let Some(live) = self.page(check) else { return false };
        let mut state = live.state.lock();
        state.phase = Phase::Measuring;
        state.upload.take(bytes, Instant::now());
        state.upload.bytes() < self.0.settings.upload_bytes as u64
    }

    pub fn upload(&self, check: &Check) -> Option<UploadMeasured> {
        self.live(check.id)?.state.lock().upload.measured()
    }

    /// What the page measured ends its check. Handing it in again changes nothing.
    pub async fn measured(&self, check: &Check, measured: BrowserMeasured) -> anyhow::Result<Result<(), Refusal>> {
        if check.kind != CheckKind::Browser {
            return Ok(Err(Refusal::NotBrowser));
        }
        if check.outcome.is_some() {
            return Ok(Ok(()));
        }
        let Some(live) = self.live(check.id) else { return Ok(Err(Refusal::Over)) };
        let upload = live.state.lock().upload.measured();
        let push = store::newest(self.0.app.store.read(), check.room, CheckKind::Push).await?;
        let video = push.and_then(|check| check.outcome?.measured.push?.video);
        let stream_kbps = video.and_then(|video| video.kbps).unwrap_or(f64::from(self.0.settings.expected_kbps));
        let findings = browser::judge(&measured, upload.as_ref(), stream_kbps, &self.0.settings);
        let measured = Measured { upload, browser: Some(measured), ..Measured::default() };
        self.finish(check, &measured, &findings).await?;
        Ok(Ok(()))
    }

    /// The row and its event, and the check is over.
    async fn finish(&self, check: &Check, measured: &Measured, findings: &[Finding]) -> anyhow::Result<()> {
        let now = self.0.app.now();
        let result = overall(findings);
        let passed = matches!(result, Level::Pass | Level::Warn);
        let failed = findings.iter().filter(|finding| finding.level == Level::Fail);
        let failed = failed.map(|finding| finding.code.clone()).collect();
        let event = Event::StreamChecked(StreamChecked { check: check.id, passed, failed, at: now });
        let envelope = Envelope::new(now, Source::Server, check.org, event).with_team(check.team).with_room(check.room);
        let tx = self.0.app.store.begin().await?;
        if store::finish(tx.db(), check.id, measured, findings, name_of(result), now).await? {
            tx.emit(envelope).await?;
        }
        tx.commit().await?;
        self.0.live.lock().remove(&check.id);
        let kind = check.kind.as_str();
        metrics::counter!("kaibo_precheck_done_total", "kind" => kind, "result" => name_of(result)).increment(1);
        Ok(())
    }

    async fn judge(&self, live: Arc<Live>, push: PushMeasured, tags: Vec<MediaTag>) {
        live.state.lock().phase = Phase::Judging;
        let looked = self.look(&push, &tags).await;
        drop(tags);
        let findings = rules::judge(&push, &looked, &self.0.settings);
        let measured = Measured { push: Some(push), looked: Some(looked), ..Measured::default() };
        if let Err(error) = self.finish(&live.check, &measured, &findings).await {
            tracing::error!("the check `{}` was not kept: {error:#}", live.check.id);
            self.0.live.lock().remove(&live.check.id);
        }
    }

    async fn look(&self, push: &PushMeasured, tags: &[MediaTag]) -> Looked {
        // Never closed.
        let _place = self.0.looking.acquire().await.ok();
        let avc = |codec: &str| codec.starts_with("avc1");
        let video = push.video.as_ref().filter(|video| video.frames > 0);
        let readable = video.is_some_and(|video| avc(&video.codec));
        let tracks = Tracks { video: readable, audio: push.audio.as_ref().is_some_and(|audio| audio.frames > 0) };
        let limit = Duration::from_secs(u64::from(self.0.settings.ffmpeg_s));
        let mut looked = look(&self.0.settings.ffmpeg, limit, tags, tracks).await;
        if video.is_some() && !readable {
            looked.unchecked.get_or_insert_with(|| "codec".to_owned());
        }
        looked
    }

    /// Lets go of checks that nobody came for, every few seconds.
    pub async fn watch(self, stop: Stop) -> anyhow::Result<()> {
        let tx = self.0.app.store.begin().await?;
        store::expire_all(tx.db()).await?;
        tx.commit().await?;
        let mut tick = tokio::time::interval(Duration::from_secs(5));
        loop {
            tokio::select! {
                () = stop.cancelled() => return Ok(()),
                _ = tick.tick() => self.sweep().await?,
            }
        }
    }

    async fn sweep(&self) -> anyhow::Result<()> {
        let patience = Duration::from_secs(u64::from(self.0.settings.wait_s));
        let forgotten: Vec<Uuid> = {
            let mut live = self.0.live.lock();
            let late = live.extract_if(|_, live| {
                // A push that is looked at ends by itself; a page may have been closed at any time.
                let idle = live.check.kind == CheckKind::Browser || live.state.lock().phase == Phase::Waiting;
                idle && live.begun.elapsed() > patience
            });
            late.map(|(id, _)| id).collect()
        };
        if forgotten.is_empty() {
            return Ok(());
        }
        let tx = self.0.app.store.begin().await?;
        for check in forgotten {
            store::expire(tx.db(), check).await?;
        }
        tx.commit().await
    }
}

fn name_of(level: Level) -> &'static str {
    match level {
        Level::Pass => "pass",
        Level::Warn => "warn",
        Level::Unchecked => "unchecked",
        Level::Fail => "fail",
    }
}

impl CheckSink for Precheck {
    fn begin(&self, room: RoomId) -> Option<Box<dyn CheckRun>> {
        let all = self.0.live.lock();
        let pushes = || all.values().filter(|live| live.check.kind == CheckKind::Push);
        let busy = pushes().filter(|live| live.state.lock().phase != Phase::Waiting).count();
        let live = pushes().find(|live| live.check.room == room && live.state.lock().phase == Phase::Waiting)?;
        if busy >= self.0.settings.at_once {
            return None;
        }
        live.state.lock().phase = Phase::Measuring;
        Some(Box::new(Run {
            precheck: self.clone(),
            live: live.clone(),
            begun: Instant::now(),
            told: Instant::now(),
            meter: Meter::default(),
            tags: Vec::new(),
            bytes: 0,
        }))
    }
}

/// One push that is looked at.
struct Run {
    precheck: Precheck,
    live: Arc<Live>,
    begun: Instant,
    told: Instant,
    meter: Meter,
    tags: Vec<MediaTag>,
    bytes: usize,
}

impl Run {
    fn settings(&self) -> &PrecheckSettings {
        &self.precheck.0.settings
    }

    fn full(&self) -> bool {
        self.bytes >= self.settings().push_bytes || self.tags.len() >= MOST_TAGS
    }

    fn wanted(&self) -> Duration {
        Duration::from_secs(u64::from(self.settings().push_s))
    }

    fn seen(&self) -> Duration {
        Duration::from_millis(self.meter.spans().0.max(0) as u64)
    }

    fn tell(&mut self) {
        self.told = Instant::now();
        let so_far = self.meter.measured();
        let share = self.seen().as_secs_f64() / self.wanted().as_secs_f64().max(0.001);
        let video = so_far.video.unwrap_or_default();
        self.live.state.lock().progress = Some(Progress {
            percent: (share * 100.0).clamp(0.0, 100.0) as u32,
            kbps: video.kbps,
            fps: video.fps,
            pace_percent: so_far.pace_percent,
            width: video.width,
            height: video.height,
        });
    }
}

impl CheckRun for Run {
    fn tag(&mut self, tag: &MediaTag) {
        self.meter.take(tag);
        if !self.full() {
            self.bytes += tag.payload.len();
            self.tags.push(tag.clone());
        }
        if self.told.elapsed() >= PROGRESS {
            self.tell();
        }
    }

    fn finish(self: Box<Self>, _clean: bool) {
        let Self { precheck, live, meter, tags, .. } = *self;
        let push = meter.measured();
        tokio::spawn(async move { precheck.judge(live, push, tags).await });
    }

    fn done(&self) -> bool {
        self.full() || self.seen() >= self.wanted() || self.begun.elapsed() >= self.wanted() + PATIENCE
    }
}
