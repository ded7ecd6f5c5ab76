//! How many ladders this machine can make at once: measured once, by a short trial, or told by a setting.

use super::rules::{self, Rung};
use anyhow::{Context, bail};
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;
use tokio::process::Command;
use tokio::sync::{OnceCell, OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

/// Seconds of film in the trial, and how long it may take.
const TRIAL_S: u32 = 2;
const PATIENCE: Duration = Duration::from_secs(60);

#[derive(Debug)]
pub(super) struct Capacity {
    ffmpeg: String,
    /// Told by the setting; zero: to be measured.
    told: usize,
    places: OnceCell<(usize, Arc<Semaphore>)>,
}

/// Why no ladder can be made now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Full {
    FfmpegMissing,
    NoCapacity,
}

impl Capacity {
    pub fn new(ffmpeg: String, told: usize) -> Self {
        Self { ffmpeg, told, places: OnceCell::new() }
    }

    /// A place for one ladder; it is free again when the permit is dropped.
    pub async fn take(&self) -> Result<OwnedSemaphorePermit, Full> {
        let places = self.places.get_or_try_init(|| async {
            let count = match self.told {
                0 => measure(&self.ffmpeg).await?,
                told => told,
            };
            tracing::info!(ladders = count, "this machine can make {count} bit-rate ladders at once");
            anyhow::Ok((count, Arc::new(Semaphore::new(count))))
        });
        let (_, places) = match places.await {
            Ok(places) => places,
            Err(error) => {
                tracing::warn!("how many ladders can be made could not be measured: {error:#}");
                return Err(Full::FfmpegMissing);
            }
        };
        places.clone().try_acquire_owned().map_err(|_| Full::NoCapacity)
    }

    /// Ladders at once, once it is known.
    pub fn count(&self) -> Option<usize> {
        self.places.get().map(|(count, _)| *count)
    }
}

/// Encodes two seconds of the largest usual kind. Processor time is counted, not the clock: the machine may be busy.
async fn measure(ffmpeg: &str) -> anyhow::Result<usize> {
    let rungs = [720, 480, 360].map(|lines| Rung { lines, upright: false });
    let mut command = Command::new(ffmpeg);
    command
        .args(["-nostdin", "-hide_banner", "-loglevel", "info", "-benchmark", "-f", "lavfi"])
        .args(["-i", &format!("testsrc2=s=1920x1080:r=30:d={TRIAL_S}")])
        .args(rules::encoders(&rungs))
        .args(["-f", "null", "-"])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .kill_on_drop(true);
    let output = timeout(PATIENCE, command.output()).await.context("the trial took too long")?;
    let output = output.with_context(|| format!("starting `{ffmpeg}`"))?;
    let said = String::from_utf8_lossy(&output.stderr);
    if !output.status.success() {
        bail!("`{ffmpeg}` cannot make a ladder: {}", said.lines().last().unwrap_or_default());
    }
    let cpu_s = rules::cpu_seconds(&said).context("`ffmpeg` did not tell its processor time")?;
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    Ok(rules::capacity(cores, cpu_s, f64::from(TRIAL_S)))
}
