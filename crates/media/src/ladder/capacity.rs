//! How many ladders this machine can make at once: measured once, by a short trial, or told by a setting.

use super::rules;
use crate::StreamInfo;
use anyhow::{Context, bail};
use bytes::Bytes;
use parking_lot::Mutex;
use std::process::Stdio;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::io::AsyncWriteExt;
use tokio::process::Command;
use tokio::sync::{OnceCell, OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

/// Seconds of film in the trial, and how long it may take.
const TRIAL_S: u32 = 2;
const PATIENCE: Duration = Duration::from_secs(60);
/// After one ladder gave way, the others are given so long to recover.
const RECOVERY: Duration = Duration::from_secs(15);

#[derive(Debug)]
pub(super) struct Capacity {
    ffmpeg: String,
    /// Told by the setting; zero: to be measured.
    told: usize,
    places: OnceCell<(usize, Arc<Semaphore>)>,
    /// When the last ladder gave way to the others.
    gave_way: Mutex<Option<Instant>>,
}

/// Why no ladder can be made now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Full {
    FfmpegMissing,
    /// It could not be measured how many there can be.
    Unknown,
    NoCapacity,
}

impl Capacity {
    pub fn new(ffmpeg: String, told: usize) -> Self {
        Self { ffmpeg, told, places: OnceCell::new(), gave_way: Mutex::default() }
    }

    /// A place for one ladder; it is free again when the permit is dropped.
    pub async fn take(&self) -> Result<OwnedSemaphorePermit, Full> {
        let (_, places) = self.places().await?;
        places.clone().try_acquire_owned().map_err(|_| Full::NoCapacity)
    }

    /// Measures, unless that was done.
    pub async fn places(&self) -> Result<&(usize, Arc<Semaphore>), Full> {
        let places = self.places.get_or_try_init(|| async {
            let count = match self.told {
                0 => measure(&self.ffmpeg).await?,
                told => told,
            };
            tracing::info!(ladders = count, "this machine can make {count} bit-rate ladders at once");
            anyhow::Ok((count, Arc::new(Semaphore::new(count))))
        });
        places.await.map_err(|error| {
            tracing::warn!("how many ladders can be made could not be measured: {error:#}");
            let io = error.downcast_ref::<std::io::Error>();
            let missing = io.is_some_and(|io| io.kind() == std::io::ErrorKind::NotFound);
            if missing { Full::FfmpegMissing } else { Full::Unknown }
        })
    }

    /// Ladders at once and ladders now, once it is known.
    pub fn load(&self) -> Option<(usize, usize)> {
        self.places.get().map(|(count, places)| (*count, count.saturating_sub(places.available_permits())))
    }

    /// Whether a ladder that is too slow should end: not while others still gain from one that just has.
    pub fn gives_way(&self, now: Instant) -> bool {
        let mut gave_way = self.gave_way.lock();
        let recovering = gave_way.is_some_and(|then| now.duration_since(then) < RECOVERY);
        if !recovering {
            *gave_way = Some(now);
        }
        !recovering
    }
}

/// Makes the largest usual ladder of two seconds of a film with grain, as cameras give it. Processor time is counted, not the
/// clock: the machine may be busy.
async fn measure(ffmpeg: &str) -> anyhow::Result<usize> {
    let film = format!("testsrc2=s=1920x1080:r=30:d={TRIAL_S},noise=alls=12:allf=t");
    let encoder = "-c:v libx264 -preset ultrafast -b:v 5M -pix_fmt yuv420p -f mpegts pipe:1";
    let film = [["-f", "lavfi", "-i", &film].map(str::to_owned).to_vec(), words(encoder)].concat();
    let film = run(ffmpeg, film, Bytes::new()).await?.stdout;
    let info = StreamInfo { width: Some(1920), height: Some(1080), ..StreamInfo::default() };
    let rungs = rules::plan(&info, 0, &[720, 480, 360]);
    let trial = [words("-benchmark -f mpegts -i pipe:0"), rules::encoders(&rungs), words("-f null -")].concat();
    let said = run(ffmpeg, trial, film.into()).await?.stderr;
    let cpu_s = rules::cpu_seconds(&String::from_utf8_lossy(&said));
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let cpu_s = cpu_s.context("`ffmpeg` did not tell its processor time")?;
    tracing::debug!("a ladder takes {:.2} of a core", cpu_s / f64::from(TRIAL_S));
    Ok(rules::capacity(cores, cpu_s, f64::from(TRIAL_S)))
}

fn words(arguments: &str) -> Vec<String> {
    arguments.split(' ').map(str::to_owned).collect()
}

async fn run(ffmpeg: &str, arguments: Vec<String>, input: Bytes) -> anyhow::Result<std::process::Output> {
    let mut command = Command::new(ffmpeg);
    command.args(["-nostdin", "-hide_banner", "-loglevel", "info", "-protocol_whitelist", "file,pipe"]).args(arguments);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
    let mut child = command.spawn().with_context(|| format!("starting `{ffmpeg}`"))?;
    let stdin = child.stdin.take();
    let feed = async {
        if let Some(mut stdin) = stdin {
            // It may have stopped reading; its status tells.
            let _ = stdin.write_all(&input).await;
        }
    };
    let output = timeout(PATIENCE, async { tokio::join!(feed, child.wait_with_output()).1 });
    let output = output.await.context("the trial took too long")??;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        bail!("`{ffmpeg}` cannot make a ladder: {}", said.lines().last().unwrap_or_default());
    }
    Ok(output)
}
