//! Applies the rules: what is too old or too much is removed; shows that ended unseen are completed.

use super::index::chunk_path;
use super::recorder::{Recorder, blocking, envelope};
use super::rules::{self, Kept, Removal};
use super::store::{self, Recording, State};
use super::{clips, thumbnails};
use app::Stop;
use events::{BroadcastId, Event, RecordingRemoved, RemovalReason, RoomId};
use std::collections::{HashMap, HashSet};
use std::path::Path;
use std::time::{Duration, SystemTime};
use tracing::{error, info, warn};

const DAY_MS: i64 = 86_400_000;
/// A file that no row speaks of, and that is older than this, was left by a crash.
const ORPHAN: Duration = Duration::from_secs(3_600);

pub async fn run(recorder: Recorder, stop: Stop) -> anyhow::Result<()> {
    let period = Duration::from_secs(recorder.settings().sweep_s.max(1).into());
    let mut every = tokio::time::interval(period);
    every.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Skip);
    loop {
        tokio::select! {
            () = stop.cancelled() => return Ok(()),
            _ = every.tick() => {}
        }
        if let Err(error) = sweep(&recorder).await {
            error!("applying the recording rules failed: {error:#}");
        }
    }
}

/// Once through everything.
pub async fn sweep(recorder: &Recorder) -> anyhow::Result<()> {
    complete_ended(recorder).await?;
    let recordings = store::all_kept(recorder.app().store.read()).await?;
    let rules: HashMap<RoomId, rules::Rule> =
        store::all_rules(recorder.app().store.read()).await?.into_iter().collect();
    let mut kept = Vec::with_capacity(recordings.len());
    for recording in &recordings {
        let bytes = match recording.state {
            // The row of a running show is behind its files.
            State::Recording => recorder.shelf(recording.broadcast).await?.map_or(0, |shelf| shelf.size().bytes),
            _ => recording.size.bytes,
        };
        kept.push(Kept {
            broadcast: recording.broadcast,
            room: recording.room,
            bytes,
            ended_at: recording.ended_at,
            rule: rules.get(&recording.room).copied().unwrap_or_else(|| recorder.settings().rule()),
        });
    }
    metrics::gauge!("kaibo_record_bytes").set(kept.iter().map(|kept| kept.bytes).sum::<u64>() as f64);
    let now = recorder.app().now();
    for removal in rules::expired(&kept, recorder.settings().total_bytes, now) {
        match removal {
            Removal::Whole(broadcast, reason) => {
                if let Some(recording) = recordings.iter().find(|found| found.broadcast == broadcast) {
                    remove(recorder, recording, reason).await?;
                }
            }
            Removal::Oldest(broadcast, bytes) => drop_oldest(recorder, broadcast, bytes).await?,
        }
    }
    let clip_days = recorder.settings().keep_clips_days;
    if clip_days > 0 {
        for clip in
            store::clips_before(recorder.app().store.read(), now.plus_ms(-i64::from(clip_days) * DAY_MS)).await?
        {
            clips::remove(recorder, &clip).await?;
        }
    }
    remove_orphans(recorder).await
}

/// Removes a complete recording: the row first, so that nobody finds half of one. A crash in between leaves an orphan.
pub async fn remove(recorder: &Recorder, recording: &Recording, reason: RemovalReason) -> anyhow::Result<bool> {
    let name = match reason {
        RemovalReason::Age => "age",
        RemovalReason::Space => "space",
        RemovalReason::Operator => "operator",
    };
    let now = recorder.app().now();
    let tx = recorder.app().store.begin().await?;
    if !store::remove(tx.db(), recording.broadcast, name, now).await? {
        return Ok(false);
    }
    let event = Event::RecordingRemoved(RecordingRemoved { reason, bytes: recording.size.bytes });
    tx.emit(envelope(now, recording, event)).await?;
    tx.commit().await?;
    recorder.forget(recording.broadcast);
    metrics::counter!("kaibo_record_removed_total", "reason" => name).increment(1);
    info!(broadcast.id = %recording.broadcast, "the recording of `{}` was removed: {name}", recording.broadcast);
    let dir = recorder.dir(recording.broadcast);
    blocking(move || {
        remove_dir(&dir);
        Ok(())
    })
    .await?;
    Ok(true)
}

async fn drop_oldest(recorder: &Recorder, broadcast: BroadcastId, bytes: u64) -> anyhow::Result<()> {
    let Some(shelf) = recorder.shelf(broadcast).await? else { return Ok(()) };
    let (chunks, freed) = shelf.drop_oldest(bytes);
    if chunks.is_empty() {
        return Ok(());
    }
    metrics::counter!("kaibo_record_dropped_bytes_total").increment(freed);
    info!(broadcast.id = %broadcast, "the beginning of `{broadcast}` was removed: {} MB", freed >> 20);
    blocking(move || {
        for chunk in chunks {
            std::fs::remove_file(chunk_path(&shelf.dir, chunk))?;
        }
        let oldest = shelf.oldest().unwrap_or_default();
        for start in thumbnails::list(&shelf.dir)?.into_iter().filter(|start| *start < oldest) {
            std::fs::remove_file(thumbnails::path(&shelf.dir, start))?;
        }
        Ok(())
    })
    .await
}

/// Shows whose end nobody here has seen, as when the program was killed at that moment.
async fn complete_ended(recorder: &Recorder) -> anyhow::Result<()> {
    for recording in store::all_kept(recorder.app().store.read()).await? {
        if recording.state != State::Recording || recorder.is_writing(recording.broadcast) {
            continue;
        }
        let show = recorder.desk().show(recording.broadcast).await?;
        if let Some(ended_at) = show.and_then(|show| show.ended_at) {
            recorder.complete(&recording, ended_at).await?;
        }
    }
    Ok(())
}

/// Files that a crash left behind.
async fn remove_orphans(recorder: &Recorder) -> anyhow::Result<()> {
    let db = recorder.app().store.read();
    let recordings: HashSet<String> =
        store::all_kept(db).await?.iter().map(|recording| recording.broadcast.to_string()).collect();
    let clips: HashSet<String> = store::clip_ids(db).await?.iter().map(|clip| format!("{clip}.mp4")).collect();
    let (clips_dir, dir) = (recorder.clips_dir(), recorder.recordings_dir());
    blocking(move || {
        for (name, path) in old_files(&dir)? {
            if !recordings.contains(&name) {
                remove_dir(&path);
            }
        }
        for (name, path) in old_files(&clips_dir)? {
            if !clips.contains(&name) {
                std::fs::remove_file(&path)?;
            }
        }
        Ok(())
    })
    .await
}

fn old_files(dir: &Path) -> std::io::Result<Vec<(String, std::path::PathBuf)>> {
    let entries = match std::fs::read_dir(dir) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries?,
    };
    let mut old = Vec::new();
    for entry in entries {
        let entry = entry?;
        let age = SystemTime::now().duration_since(entry.metadata()?.modified()?).unwrap_or_default();
        if age >= ORPHAN {
            old.push((entry.file_name().to_string_lossy().into_owned(), entry.path()));
        }
    }
    Ok(old)
}

fn remove_dir(dir: &Path) {
    match std::fs::remove_dir_all(dir) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            warn!("a removed recording's files are still there: {error}");
        }
        _ => {}
    }
}
