//! Applies the rules: what is too old or too much is removed; shows that ended unseen are completed.

use super::appender::Appender;
use super::index::{INDEX, chunk_name};
use super::objects::Objects;
use super::recorder::{Recorder, blocking, envelope};
use super::rules::{self, Kept, Removal, Room};
use super::store::{self, Recording, State};
use super::task::free_bytes;
use super::uploads::{self, remove_dir, remove_file};
use super::{clips, evidence, store_evidence, store_uploads, thumbnails};
use anyhow::Context;
use app::Stop;
use events::{BroadcastId, Event, RecordingRemoved, RemovalReason, RoomId};
use std::collections::{HashMap, HashSet};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};
use tracing::{error, info, warn};

const DAY_MS: i64 = 86_400_000;
/// A file that no row speaks of, and that is older than this, was left by a crash.
const ORPHAN: Duration = Duration::from_secs(3_600);
/// The same of an object, and how often they are looked for.
const DAY: Duration = Duration::from_secs(86_400);
/// Clips looked at once, when they take too much.
const CLIPS: u64 = 1_000;
/// A sweep that was asked for comes no sooner after the last one.
const BREATH: Duration = Duration::from_secs(2);

pub async fn run(recorder: Recorder, stop: Stop) -> anyhow::Result<()> {
    let period = Duration::from_secs(recorder.settings().sweep_s.max(1).into());
    let mut every = tokio::time::interval(period);
    every.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Skip);
    let mut listed: Option<Instant> = None;
    loop {
        let asked = async {
            recorder.sweep_is_due().await;
            tokio::time::sleep(BREATH.min(period)).await;
        };
        tokio::select! {
            () = stop.cancelled() => return Ok(()),
            _ = every.tick() => {}
            () = asked => {}
        }
        if let Err(error) = sweep(&recorder).await {
            error!("applying the recording rules failed: {error:#}");
        }
        if let Some(objects) = recorder.objects()
            && listed.is_none_or(|at| at.elapsed() >= DAY)
        {
            listed = Some(Instant::now());
            let (recorder, objects) = (recorder.clone(), objects.clone());
            tokio::spawn(async move {
                if let Err(error) = remove_orphan_objects(&recorder, &objects).await {
                    warn!("looking for orphans in the object store failed: {error:#}");
                }
            });
        }
    }
}

/// Once through everything. What fails for one recording is said, and the others go on.
pub async fn sweep(recorder: &Recorder) -> anyhow::Result<()> {
    complete_ended(recorder).await?;
    recorder.tidy();
    let missing = missing(recorder).await?;
    if recorder.objects().is_some() {
        uploads::make_room(recorder, missing > 0).await?;
    }
    // Room that was just made need not be made again.
    let missing = if missing > 0 { self::missing(recorder).await? } else { 0 };
    let db = recorder.app().store.read();
    let recordings = store::all_kept(db).await?;
    let rules: HashMap<RoomId, rules::Rule> = store::all_rules(db).await?.into_iter().collect();
    let elsewhere = if recorder.objects().is_some() { store_uploads::gone_bytes(db).await? } else { HashMap::new() };
    let held = recorder.desk().held().await?;
    let mut kept = Vec::with_capacity(recordings.len());
    for recording in &recordings {
        let bytes = bytes_of(recorder, recording).await;
        let folder = recorder.folder(recording.broadcast).name;
        kept.push(Kept {
            broadcast: recording.broadcast,
            room: recording.room,
            bytes,
            on_disk: bytes.saturating_sub(elsewhere.get(&*folder).copied().unwrap_or(0)),
            ended_at: recording.ended_at,
            rule: rules.get(&recording.room).copied().unwrap_or_else(|| recorder.settings().rule()),
        });
    }
    let (clip_bytes, evidence_bytes) = (store::clip_bytes(db).await?, store_evidence::bytes(db).await?);
    metrics::gauge!("kaibo_record_bytes").set(kept.iter().map(|kept| kept.bytes).sum::<u64>() as f64);
    metrics::gauge!("kaibo_record_clip_bytes").set(clip_bytes as f64);
    metrics::gauge!("kaibo_record_evidence_bytes").set(evidence_bytes as f64);
    let total = recorder.settings().total_bytes;
    // What is held takes its room and stays.
    let is_held = |kept: &Kept| held.contains(&kept.broadcast);
    let held_bytes: u64 = kept.iter().filter(|kept| is_held(kept)).map(|kept| kept.bytes).sum();
    kept.retain(|kept| !is_held(kept));
    let room =
        Room { most: (total > 0).then(|| total.saturating_sub(clip_bytes + evidence_bytes + held_bytes)), missing };
    for removal in rules::expired(&kept, room, recorder.app().now()) {
        let (broadcast, done) = match removal {
            Removal::Oldest(broadcast, bytes) => (broadcast, drop_oldest(recorder, broadcast, bytes).await),
            Removal::Whole(broadcast, reason) => {
                let Some(recording) = recordings.iter().find(|found| found.broadcast == broadcast) else { continue };
                (broadcast, remove(recorder, recording, reason).await.map(drop))
            }
        };
        if let Err(error) = done {
            error!(broadcast.id = %broadcast, "the recording of `{broadcast}` is not removed yet: {error:#}");
        }
    }
    remove_clips(recorder, clip_bytes).await?;
    remove_orphans(recorder).await
}

/// Bytes that have to become free before more is recorded, with a little to spare.
async fn missing(recorder: &Recorder) -> anyhow::Result<u64> {
    let keep = recorder.settings().keep_free_bytes;
    let root = recorder.app().data_dir.clone();
    let free = blocking(move || Ok(free_bytes(&root)?)).await?;
    metrics::gauge!("kaibo_record_free_bytes").set(free as f64);
    Ok(keep.saturating_add(keep / 8).saturating_sub(free))
}

async fn bytes_of(recorder: &Recorder, recording: &Recording) -> u64 {
    if recording.state != State::Recording {
        return recording.size.bytes;
    }
    // The row of a running show is behind its files.
    match recorder.shelf(recording.broadcast).await {
        Ok(shelf) => shelf.map_or(0, |shelf| shelf.size().bytes),
        Err(error) => {
            error!("the size of the recording of `{}` is not known: {error:#}", recording.broadcast);
            recording.size.bytes
        }
    }
}

/// Clips by their age and by what they take, the oldest first.
async fn remove_clips(recorder: &Recorder, mut bytes: u64) -> anyhow::Result<()> {
    let db = recorder.app().store.read();
    let settings = recorder.settings();
    let mut gone = Vec::new();
    if settings.keep_clips_days > 0 {
        let before = recorder.app().now().plus_ms(-i64::from(settings.keep_clips_days) * DAY_MS);
        gone = store::clips_before(db, before).await?;
        bytes = bytes.saturating_sub(gone.iter().map(|clip| clip.bytes).sum());
    }
    if settings.clip_bytes > 0 && bytes > settings.clip_bytes {
        for clip in store::oldest_clips(db, CLIPS).await? {
            if bytes <= settings.clip_bytes {
                break;
            }
            if gone.iter().all(|known| known.id != clip.id) {
                bytes = bytes.saturating_sub(clip.bytes);
                gone.push(clip);
            }
        }
    }
    for clip in gone {
        if let Err(error) = clips::remove(recorder, &clip).await {
            error!("the clip `{}` is not removed yet: {error:#}", clip.id);
        }
    }
    Ok(())
}

/// Removes a complete recording: the row first, so that nobody finds half of one. A crash in between leaves an orphan.
pub async fn remove(recorder: &Recorder, recording: &Recording, reason: RemovalReason) -> anyhow::Result<bool> {
    let name = match reason {
        RemovalReason::Age => "age",
        RemovalReason::Space => "space",
        RemovalReason::Operator => "operator",
    };
    let now = recorder.app().now();
    let folder = recorder.folder(recording.broadcast);
    let tx = recorder.app().store.begin().await?;
    if !store::remove(tx.db(), recording.broadcast, name, now).await? {
        return Ok(false);
    }
    store_uploads::forget_folder(tx.db(), &folder.name).await?;
    let event = Event::RecordingRemoved(RecordingRemoved { reason, bytes: recording.size.bytes });
    tx.emit(envelope(now, recording, event)).await?;
    tx.commit().await?;
    recorder.forget(recording.broadcast);
    metrics::counter!("kaibo_record_removed_total", "reason" => name).increment(1);
    info!(broadcast.id = %recording.broadcast, "the recording of `{}` was removed: {name}", recording.broadcast);
    let dir = folder.dir.clone();
    blocking(move || {
        remove_dir(&dir);
        Ok(())
    })
    .await?;
    in_store(recorder, move |objects| async move { objects.remove_all(&folder.name).await });
    Ok(true)
}

/// Removes from the store what is not noted any more. Nobody waits for it; what fails is found as an orphan.
pub fn in_store<F>(recorder: &Recorder, removal: impl FnOnce(Arc<Objects>) -> F)
where
    F: Future<Output = anyhow::Result<()>> + Send + 'static,
{
    let Some(objects) = recorder.objects() else { return };
    let removing = removal(objects.clone());
    tokio::spawn(async move {
        if let Err(error) = removing.await {
            warn!("removed files are still in the object store: {error:#}");
        }
    });
}

async fn drop_oldest(recorder: &Recorder, broadcast: BroadcastId, bytes: u64) -> anyhow::Result<()> {
    let Some(shelf) = recorder.shelf(broadcast).await? else { return Ok(()) };
    let (chunks, freed) = shelf.drop_oldest(bytes);
    if chunks.is_empty() {
        return Ok(());
    }
    let names: Vec<String> = chunks.into_iter().map(chunk_name).collect();
    let folder = shelf.folder.clone();
    if recorder.objects().is_some() {
        let tx = recorder.app().store.begin().await?;
        store_uploads::forget(tx.db(), &folder.name, &names).await?;
        tx.commit().await?;
    }
    metrics::counter!("kaibo_record_dropped_bytes_total").increment(freed);
    info!(broadcast.id = %broadcast, "the beginning of `{broadcast}` was removed: {} MB", freed >> 20);
    let (dir, files) = (folder.dir.clone(), names.clone());
    blocking(move || {
        for name in files {
            remove_file(&dir.join(name))?;
        }
        let oldest = shelf.oldest().unwrap_or_default();
        for start in thumbnails::list(&dir)?.into_iter().filter(|start| *start < oldest) {
            remove_file(&thumbnails::path(&dir, start))?;
        }
        shelf.set_thumbnails(thumbnails::bytes(&dir));
        Ok(())
    })
    .await?;
    in_store(recorder, move |objects| async move {
        for name in names {
            objects.remove(&format!("{}/{name}", folder.name)).await?;
        }
        Ok(())
    });
    Ok(())
}

/// Shows whose end nobody here has seen, as when the program was killed at that moment.
async fn complete_ended(recorder: &Recorder) -> anyhow::Result<()> {
    for recording in store::all_kept(recorder.app().store.read()).await? {
        if recording.state != State::Recording || recorder.is_writing(recording.broadcast) {
            continue;
        }
        if let Err(error) = complete_if_ended(recorder, &recording).await {
            error!("the recording of `{}` is not complete yet: {error:#}", recording.broadcast);
        }
    }
    Ok(())
}

async fn complete_if_ended(recorder: &Recorder, recording: &Recording) -> anyhow::Result<()> {
    let broadcast = recording.broadcast;
    let Some(ended_at) = recorder.desk().show(broadcast).await?.and_then(|show| show.ended_at) else { return Ok(()) };
    let _writing = recorder.writing(broadcast).await;
    let shelf = recorder.open_shelf(recording).await?;
    let stored = uploads::stored(recorder, broadcast).await?;
    // What was torn is cut off, as if the show went on.
    let files = recorder.files();
    blocking(move || {
        if shelf.folder.dir.join(INDEX).exists() {
            let (_, entries) = Appender::open(files, &shelf.folder.dir, &stored)?;
            shelf.fill(entries, &stored);
        }
        Ok(())
    })
    .await?;
    recorder.complete(recording, ended_at).await
}

/// Files that a crash left behind.
async fn remove_orphans(recorder: &Recorder) -> anyhow::Result<()> {
    let db = recorder.app().store.read();
    let recordings: HashSet<String> =
        store::all_kept(db).await?.iter().map(|recording| recording.broadcast.to_string()).collect();
    let clips: HashSet<String> = store::clip_ids(db).await?.into_iter().map(clips::name).collect();
    let evidence: HashSet<String> = store_evidence::ids(db).await?.into_iter().map(evidence::name).collect();
    let (clips_dir, evidence_dir, dir) = (recorder.clips().dir, recorder.evidence().dir, recorder.recordings_dir());
    blocking(move || {
        for (name, path) in old_files(&dir)? {
            if !recordings.contains(&name) {
                remove_dir(&path);
            }
        }
        for (folder, known) in [(clips_dir, clips), (evidence_dir, evidence)] {
            for (name, path) in old_files(&folder)? {
                if !known.contains(&name) {
                    remove_file(&path)?;
                }
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
        // Somebody else may have removed it just now.
        let Ok(modified) = entry.metadata().and_then(|about| about.modified()) else { continue };
        let age = SystemTime::now().duration_since(modified).unwrap_or_default();
        if age >= ORPHAN {
            old.push((entry.file_name().to_string_lossy().into_owned(), entry.path()));
        }
    }
    Ok(old)
}

/// Objects that no row speaks of, whatever left them behind.
pub async fn remove_orphan_objects(recorder: &Recorder, objects: &Objects) -> anyhow::Result<()> {
    let db = recorder.app().store.read();
    let folders = objects.folders("recordings").await.context("listing recordings")?;
    let folders = folders.into_iter().map(|broadcast| format!("recordings/{broadcast}"));
    for folder in folders.chain([recorder.clips().name.to_string(), recorder.evidence().name.to_string()]) {
        // The objects first: what is noted meanwhile is then known.
        let found = objects.list(&folder).await?;
        let noted = store_uploads::of_folder(db, &folder).await?;
        let noted: HashSet<&str> = noted.iter().map(|upload| upload.file.name.as_str()).collect();
        let old = events::Millis::now().plus_ms(-(DAY.as_millis() as i64));
        for orphan in found.iter().filter(|found| found.modified < old && !noted.contains(&*found.name)) {
            info!("`{folder}/{}` in the object store is an orphan and is removed", orphan.name);
            objects.remove(&format!("{folder}/{}", orphan.name)).await?;
        }
    }
    Ok(())
}
