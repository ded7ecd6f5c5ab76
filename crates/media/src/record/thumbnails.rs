//! Thumbnails 缩略图 of running shows: one picture every few seconds, drawn by ffmpeg from the newest segment.
//!
//! At most two are drawn at once; when both are busy the picture is left out. Without ffmpeg there are none.

use super::recorder::{Recorder, blocking};
use super::shelf::Shelf;
use anyhow::{Context, ensure};
use bytes::Bytes;
use events::RoomId;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::AsyncWriteExt;
use tokio::process::Command;
use tokio::sync::Semaphore;
use tracing::warn;

static DRAWING: Semaphore = Semaphore::const_new(2);
const PATIENCE: Duration = Duration::from_secs(10);

/// Draws the first picture of a segment, beside the recording. Answers at once.
pub fn draw(shelf: &Arc<Shelf>, start: i64, init: Bytes, fragments: Vec<Bytes>) {
    let Ok(turn) = DRAWING.try_acquire() else {
        metrics::counter!("kaibo_record_thumbnails_total", "result" => "late").increment(1);
        return;
    };
    let path = path(&shelf.dir, start);
    let broadcast = shelf.broadcast;
    tokio::spawn(async move {
        let _turn = turn;
        let drawn = tokio::time::timeout(PATIENCE, jpeg(init, fragments)).await.context("ffmpeg takes too long");
        let kept = match drawn.and_then(|drawn| drawn) {
            Ok(jpeg) => blocking(move || keep(&path, &jpeg)).await,
            Err(error) => Err(error),
        };
        let result = if kept.is_ok() { "drawn" } else { "failed" };
        metrics::counter!("kaibo_record_thumbnails_total", "result" => result).increment(1);
        if let Err(error) = kept {
            warn!(broadcast.id = %broadcast, "no thumbnail of `{broadcast}`: {error:#}");
        }
    });
}

async fn jpeg(init: Bytes, fragments: Vec<Bytes>) -> anyhow::Result<Vec<u8>> {
    let mut child = Command::new("ffmpeg")
        .args(["-nostdin", "-hide_banner", "-loglevel", "error", "-protocol_whitelist", "pipe", "-threads", "1"])
        .args(["-f", "mp4", "-i", "pipe:0", "-an", "-frames:v", "1", "-vf", "scale=320:-2", "-q:v", "5"])
        .args(["-f", "mjpeg", "pipe:1"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .context("starting ffmpeg")?;
    let mut input = child.stdin.take().context("ffmpeg takes no input")?;
    let feeding = async move {
        // ffmpeg hangs up when it has its picture.
        for piece in std::iter::once(init).chain(fragments) {
            if input.write_all(&piece).await.is_err() {
                break;
            }
        }
    };
    let (output, ()) = tokio::join!(child.wait_with_output(), feeding);
    let output = output.context("waiting for ffmpeg")?;
    ensure!(!output.stdout.is_empty(), "ffmpeg: {}", String::from_utf8_lossy(&output.stderr).trim());
    Ok(output.stdout)
}

fn keep(path: &Path, jpeg: &[u8]) -> anyhow::Result<()> {
    let part = path.with_extension("part");
    std::fs::write(&part, jpeg)?;
    Ok(std::fs::rename(&part, path)?)
}

pub fn path(dir: &Path, start: i64) -> PathBuf {
    dir.join(format!("thumb-{start}.jpg"))
}

/// When the pictures of a recording were taken (wall clock), in order. Blocks.
pub fn list(dir: &Path) -> std::io::Result<Vec<i64>> {
    let mut starts = Vec::new();
    for entry in std::fs::read_dir(dir)? {
        let name = entry?.file_name();
        let number: Option<i64> =
            name.to_str().and_then(|name| name.strip_prefix("thumb-")?.strip_suffix(".jpg")?.parse().ok());
        starts.extend(number);
    }
    starts.sort_unstable();
    Ok(starts)
}

/// The newest picture of a room: of its running show, or else of its last one.
pub async fn newest(recorder: &Recorder, room: RoomId) -> anyhow::Result<Option<PathBuf>> {
    let broadcast = match recorder.newest(room) {
        Some(broadcast) => Some(broadcast),
        None => super::store::newest(recorder.app().store.read(), room).await?,
    };
    let shelf = match broadcast {
        Some(broadcast) => recorder.shelf(broadcast).await?,
        None => None,
    };
    let Some(shelf) = shelf else { return Ok(None) };
    blocking(move || Ok(list(&shelf.dir)?.last().map(|start| path(&shelf.dir, *start)))).await
}
