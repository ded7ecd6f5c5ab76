//! Thumbnails 缩略图 of running shows: one picture every few seconds, drawn by ffmpeg from the newest segment.
//!
//! At most two are drawn at once; when both are busy the picture is left out. Without ffmpeg there are none.

use super::recorder::{Recorder, blocking};
use super::shelf::Shelf;
use super::store_uploads;
use anyhow::{Context, ensure};
use app::child;
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
/// A picture of more than this is not unpacked.
const MOST_PIXELS: &str = "50000000";
/// One picture of that size, what it is decoded from, and the program itself.
const MOST_MEMORY: u64 = 2 << 30;

/// Draws the first picture of a segment, beside the recording. Answers at once.
pub fn draw(shelf: &Arc<Shelf>, start: i64, init: Bytes, fragments: Vec<Bytes>) {
    let Ok(turn) = DRAWING.try_acquire() else {
        metrics::counter!("kaibo_record_thumbnails_total", "result" => "late").increment(1);
        return;
    };
    let path = path(&shelf.folder.dir, start);
    let (broadcast, shelf) = (shelf.broadcast, shelf.clone());
    tokio::spawn(async move {
        let _turn = turn;
        let drawn = tokio::time::timeout(PATIENCE, jpeg(init, fragments)).await.context("ffmpeg takes too long");
        let kept = match drawn.and_then(|drawn| drawn) {
            Ok(jpeg) => {
                shelf.add_thumbnail(jpeg.len() as u64);
                blocking(move || keep(&path, &jpeg)).await
            }
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
        .args([
            "-max_pixels",
            MOST_PIXELS,
            "-f",
            "mp4",
            "-i",
            "pipe:0",
            "-an",
            "-frames:v",
            "1",
            "-vf",
            "scale=320:-2",
            "-q:v",
            "5",
        ])
        .args(["-f", "mjpeg", "pipe:1"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .context("starting ffmpeg")?;
    child::confine(&child, MOST_MEMORY);
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

pub fn name(start: i64) -> String {
    format!("thumb-{start}.jpg")
}

pub fn path(dir: &Path, start: i64) -> PathBuf {
    dir.join(name(start))
}

/// When the picture of that name was taken (wall clock).
fn start_of(name: &str) -> Option<i64> {
    name.strip_prefix("thumb-")?.strip_suffix(".jpg")?.parse().ok()
}

/// When the pictures on this disk were taken (wall clock), in order. Blocks.
pub fn list(dir: &Path) -> std::io::Result<Vec<i64>> {
    let mut starts = Vec::new();
    for entry in entries(dir)? {
        starts.extend(entry?.file_name().to_str().and_then(start_of));
    }
    starts.sort_unstable();
    Ok(starts)
}

/// What the pictures take on this disk. Blocks.
pub fn bytes(dir: &Path) -> u64 {
    let Ok(entries) = entries(dir) else { return 0 };
    let pictures = entries.flatten().filter(|entry| entry.file_name().to_str().and_then(start_of).is_some());
    pictures.filter_map(|entry| Some(entry.metadata().ok()?.len())).sum()
}

fn entries(dir: &Path) -> std::io::Result<impl Iterator<Item = std::io::Result<std::fs::DirEntry>> + use<>> {
    match std::fs::read_dir(dir) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None.into_iter().flatten()),
        entries => Ok(Some(entries?).into_iter().flatten()),
    }
}

/// When the pictures of a recording were taken (wall clock), in order, wherever they are.
pub async fn all(recorder: &Recorder, shelf: &Arc<Shelf>) -> anyhow::Result<Vec<i64>> {
    let listed = shelf.clone();
    let mut starts = blocking(move || Ok(list(&listed.folder.dir)?)).await?;
    if recorder.objects().is_some() {
        let rows = store_uploads::of_folder(recorder.app().store.read(), &shelf.folder.name).await?;
        starts.extend(rows.iter().filter(|row| row.done).filter_map(|row| start_of(&row.file.name)));
        starts.sort_unstable();
        starts.dedup();
    }
    Ok(starts)
}

/// The newest picture of a room: of its running show, or else of its last one.
pub async fn newest(recorder: &Recorder, room: RoomId) -> anyhow::Result<Option<(Arc<Shelf>, i64)>> {
    let broadcast = match recorder.newest(room) {
        Some(broadcast) => Some(broadcast),
        None => super::store::newest(recorder.app().store.read(), room).await?,
    };
    let shelf = match broadcast {
        Some(broadcast) => recorder.shelf(broadcast).await?,
        None => None,
    };
    let Some(shelf) = shelf else { return Ok(None) };
    Ok(all(recorder, &shelf).await?.last().map(|start| (shelf, *start)))
}
