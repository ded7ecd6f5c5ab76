//! Brings complete files to the object store, and takes them from this disk afterwards.
//!
//! A file is noted as a row when it will not change any more; a job puts what is noted, and notes that it is there. So a crash
//! at any moment costs an upload that is made again, and nothing waits for the network but this job.

use super::index::{self, Entry, INDEX, Stored, chunk_name, index_bytes, init_name};
use super::recorder::{Recorder, blocking};
use super::shelf::Shelf;
use super::store::{self, State};
use super::store_evidence;
use super::store_uploads::{self, Sealed, Upload};
use super::{objects::Objects, thumbnails};
use anyhow::Context;
use app::Stop;
use eventlog::files::Access;
use events::{BroadcastId, Millis};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::task::JoinSet;
use tracing::{error, info, warn};

/// Files sent at once.
const AT_ONCE: usize = 4;
/// Rows looked at once.
const LOOKED_AT: u64 = 256;
const LOOK_EVERY: Duration = Duration::from_secs(5);
const SHORTEST_PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_secs(60);
const INDEX_OBJECT: &str = "index-";

/// Notes the chunks before `chunk`, and the init segments they need.
pub async fn seal(recorder: &Recorder, shelf: &Arc<Shelf>, chunk: u32) -> anyhow::Result<()> {
    let noted = shelf.clone();
    let files = blocking(move || media(&noted, |entry| entry.chunk < chunk)).await?;
    note(recorder, &files).await
}

/// Every file of a show that is over.
pub async fn everything(shelf: &Arc<Shelf>) -> anyhow::Result<Vec<Sealed>> {
    let shelf = shelf.clone();
    blocking(move || {
        let count = shelf.count();
        if count == 0 {
            return Ok(Vec::new());
        }
        let (dir, folder) = (&shelf.folder.dir, shelf.folder.name.to_string());
        let mut files = media(&shelf, |_| true)?;
        let mut whole = std::fs::read(dir.join(INDEX)).context("reading an index")?;
        whole.truncate(usize::try_from(index_bytes(count))?);
        files.push(sealed(&folder, format!("{INDEX_OBJECT}{count}"), &whole));
        for start in thumbnails::list(dir)? {
            let name = thumbnails::name(start);
            files.push(sealed(&folder, name.clone(), &std::fs::read(dir.join(name))?));
        }
        Ok(files)
    })
    .await
}

/// A file that lies in `folder`.
pub fn sealed(folder: &str, name: String, content: &[u8]) -> Sealed {
    Sealed { folder: folder.to_owned(), name, bytes: content.len() as u64, crc: crc32c::crc32c(content) }
}

/// Chunks by what the index says of their segments, and the init segments these need, which are read.
fn media(shelf: &Shelf, wanted: impl Fn(&Entry) -> bool) -> anyhow::Result<Vec<Sealed>> {
    let mut chunks: BTreeMap<u32, (u64, u32)> = BTreeMap::new();
    let mut inits: BTreeSet<u32> = BTreeSet::new();
    for (_, entry) in shelf.placed().iter().filter(|(_, entry)| wanted(entry)) {
        inits.insert(entry.init);
        let (bytes, crc) = chunks.entry(entry.chunk).or_default();
        *crc = crc32c::crc32c_combine(*crc, entry.crc, entry.length as usize);
        *bytes += u64::from(entry.length);
    }
    let folder = shelf.folder.name.to_string();
    let chunk = |(number, (bytes, crc))| Sealed { folder: folder.clone(), name: chunk_name(number), bytes, crc };
    let mut files: Vec<Sealed> = chunks.into_iter().map(chunk).collect();
    for init in inits {
        let name = init_name(init);
        // What came back from the store is noted already.
        match std::fs::read(shelf.folder.dir.join(&name)) {
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            content => files.push(sealed(&folder, name, &content?)),
        }
    }
    Ok(files)
}

async fn note(recorder: &Recorder, files: &[Sealed]) -> anyhow::Result<()> {
    let tx = recorder.app().store.begin().await?;
    store_uploads::insert(tx.db(), files, recorder.app().now()).await?;
    tx.commit().await?;
    recorder.upload_soon();
    Ok(())
}

/// The chunks of a recording that the store has.
pub async fn stored(recorder: &Recorder, broadcast: BroadcastId) -> anyhow::Result<Stored> {
    if recorder.objects().is_none() {
        return Ok(Stored::new());
    }
    let rows = store_uploads::of_folder(recorder.app().store.read(), &recorder.folder(broadcast).name).await?;
    let chunk =
        |row: &Upload| index::number_of(&row.file.name).filter(|_| row.done && row.file.name.starts_with("chunk-"));
    Ok(rows.iter().filter_map(chunk).collect())
}

/// The index that the store has of a show that is over.
pub async fn stored_index(recorder: &Recorder, broadcast: BroadcastId) -> anyhow::Result<Vec<Entry>> {
    match index_object(recorder, broadcast).await? {
        Some(bytes) => Ok(index::parse(&bytes)?),
        None => Ok(Vec::new()),
    }
}

async fn index_object(recorder: &Recorder, broadcast: BroadcastId) -> anyhow::Result<Option<bytes::Bytes>> {
    let Some(objects) = recorder.objects() else { return Ok(None) };
    let folder = recorder.folder(broadcast).name;
    let rows = store_uploads::of_folder(recorder.app().store.read(), &folder).await?;
    let indexes = rows.iter().filter(|row| row.done && row.file.name.starts_with(INDEX_OBJECT));
    let Some(newest) = indexes.max_by_key(|row| row.file.bytes) else { return Ok(None) };
    Ok(Some(objects.read_whole(&format!("{folder}/{}", newest.file.name)).await?))
}

/// A show that comes back after its files went needs its index here again. Answers the chunks the store has.
pub async fn bring_back(recorder: &Recorder, broadcast: BroadcastId) -> anyhow::Result<Stored> {
    let dir = recorder.folder(broadcast).dir;
    if recorder.objects().is_some()
        && !dir.join(INDEX).exists()
        && let Some(bytes) = index_object(recorder, broadcast).await?
    {
        let files = recorder.files();
        blocking(move || {
            index::private_dir(&dir)?;
            let index = files.create(&dir.join(INDEX), Access::Write)?;
            index.write_at(&bytes, 0)?;
            index.sync()?;
            Ok(files.sync_dir(&dir)?)
        })
        .await?;
    }
    stored(recorder, broadcast).await
}

/// Puts what is noted until the program stops.
pub async fn run(recorder: Recorder, objects: Arc<Objects>, stop: Stop) -> anyhow::Result<()> {
    if let Err(error) = catch_up(&recorder).await {
        error!("noting recordings for the object store failed: {error:#}");
    }
    let mut pauses: HashMap<Sealed, (u32, Instant)> = HashMap::new();
    let mut sending: JoinSet<(Sealed, anyhow::Result<()>)> = JoinSet::new();
    let mut in_hand: BTreeSet<(String, String)> = BTreeSet::new();
    loop {
        match store_uploads::waiting(recorder.app().store.read(), LOOKED_AT).await {
            Ok(waiting) => {
                pauses.retain(|file, _| waiting.contains(file));
                for file in waiting {
                    let rests = pauses.get(&file).is_some_and(|(_, until)| *until > Instant::now());
                    if sending.len() >= AT_ONCE {
                        break;
                    }
                    if !rests && in_hand.insert((file.folder.clone(), file.name.clone())) {
                        let (recorder, objects) = (recorder.clone(), objects.clone());
                        sending.spawn(async move {
                            let sent = send(&recorder, &objects, &file).await;
                            (file, sent)
                        });
                    }
                }
            }
            Err(error) => error!("looking for uploads failed: {error:#}"),
        }
        let until = pauses.values().map(|(_, until)| *until).min();
        let rest = until.map_or(LOOK_EVERY, |until| until.saturating_duration_since(Instant::now()));
        let done = tokio::select! {
            () = stop.cancelled() => return Ok(()),
            done = sending.join_next(), if !sending.is_empty() => done,
            () = recorder.upload_is_due() => None,
            () = tokio::time::sleep(rest.clamp(Duration::from_millis(50), LOOK_EVERY)) => None,
        };
        let Some(done) = done else { continue };
        let (file, sent) = match done {
            Ok(done) => done,
            Err(error) => {
                // Nobody knows which: what is sent twice is the same.
                error!("an upload was broken off: {error}");
                in_hand.clear();
                continue;
            }
        };
        in_hand.remove(&(file.folder.clone(), file.name.clone()));
        match sent {
            Ok(()) => drop(pauses.remove(&file)),
            Err(error) => {
                metrics::counter!("kaibo_record_upload_failures_total").increment(1);
                let tries = pauses.get(&file).map_or(0, |(tries, _)| *tries) + 1;
                let pause = (SHORTEST_PAUSE * 2_u32.pow(tries.min(10) - 1)).min(LONGEST_PAUSE);
                let pause = pause.mul_f64(0.75 + rand::random::<f64>() / 2.0);
                warn!("`{}/{}` is not in the object store yet, trying again: {error:#}", file.folder, file.name);
                pauses.insert(file, (tries, Instant::now() + pause));
            }
        }
    }
}

async fn send(recorder: &Recorder, objects: &Arc<Objects>, file: &Sealed) -> anyhow::Result<()> {
    let name = format!("{}/{}", file.folder, file.name);
    match objects.put(&name, &local(recorder.root(), file), file.bytes, file.crc).await {
        Err(error) if is_gone(&error) => {
            // A removal may have come first. If not, somebody took the file away, and it is lost.
            let tx = recorder.app().store.begin().await?;
            store_uploads::forget(tx.db(), &file.folder, std::slice::from_ref(&file.name)).await?;
            tx.commit().await?;
            warn!("`{name}` is not here any more and was not uploaded");
            return Ok(());
        }
        put => put?,
    }
    let tx = recorder.app().store.begin().await?;
    let wanted = store_uploads::done(tx.db(), file, recorder.app().now()).await?;
    tx.commit().await?;
    if wanted {
        metrics::counter!("kaibo_record_uploaded_bytes_total").increment(file.bytes);
        let alone = [recorder.clips().name, recorder.evidence().name];
        if file.name.starts_with(INDEX_OBJECT) || alone.iter().any(|folder| file.folder == **folder) {
            recorder.sweep_soon();
        }
    } else {
        // It was removed while it was on its way.
        objects.remove(&name).await?;
    }
    Ok(())
}

fn is_gone(error: &anyhow::Error) -> bool {
    error.downcast_ref::<std::io::Error>().is_some_and(|error| error.kind() == ErrorKind::NotFound)
}

/// Where a noted file is on this disk.
fn local(root: &Path, file: &Sealed) -> PathBuf {
    let name = if file.name.starts_with(INDEX_OBJECT) { INDEX } else { &file.name };
    root.join(&file.folder).join(name)
}

/// Notes what was complete before there was an object store.
async fn catch_up(recorder: &Recorder) -> anyhow::Result<()> {
    let db = recorder.app().store.read();
    for recording in store::all_kept(db).await? {
        if recording.state != State::Complete || !recorder.folder(recording.broadcast).dir.join(INDEX).exists() {
            continue;
        }
        let Some(shelf) = recorder.shelf(recording.broadcast).await? else { continue };
        match everything(&shelf).await {
            Ok(files) => note(recorder, &files).await?,
            Err(error) => error!("the recording of `{}` is not uploaded: {error:#}", recording.broadcast),
        }
    }
    let clips = store::clip_ids(db).await?.into_iter().map(|clip| (recorder.clips(), super::clips::name(clip)));
    let evidence =
        store_evidence::ids(db).await?.into_iter().map(|id| (recorder.evidence(), super::evidence::name(id)));
    for (folder, name) in clips.chain(evidence) {
        let path = folder.dir.join(&name);
        if path.exists() && store_uploads::find(db, &folder.name, &name).await?.is_none() {
            let content = blocking(move || super::clips::checksum(&path)).await?;
            let file = Sealed { folder: folder.name.to_string(), name, bytes: content.0, crc: content.1 };
            note(recorder, &[file]).await?;
        }
    }
    Ok(())
}

/// Takes from this disk what the store has and nobody is likely to ask for here: clips, shows that are over, and of running
/// ones what is older than `keep_local_s`; when the disk is nearly full, all of it.
pub async fn make_room(recorder: &Recorder, nearly_full: bool) -> anyhow::Result<()> {
    let db = recorder.app().store.read();
    let mut folders: BTreeMap<String, Vec<Upload>> = BTreeMap::new();
    for upload in store_uploads::twofold(db).await? {
        folders.entry(upload.file.folder.clone()).or_default().push(upload);
    }
    for (folder, files) in folders {
        if let Err(error) = make_room_in(recorder, &folder, &files, nearly_full).await {
            error!("`{folder}` is still on this disk: {error:#}");
        }
    }
    Ok(())
}

async fn make_room_in(recorder: &Recorder, folder: &str, files: &[Upload], nearly_full: bool) -> anyhow::Result<()> {
    let db = recorder.app().store.read();
    let dir = recorder.root().join(folder);
    let named = |files: &[Upload]| -> Vec<String> { files.iter().map(|upload| upload.file.name.clone()).collect() };
    let broadcast = folder.strip_prefix("recordings/").and_then(|id| id.parse().ok()).map(BroadcastId);
    let Some(broadcast) = broadcast else { return take(recorder, folder, named(files)).await };
    let Some(recording) = store::find(db, broadcast).await? else { return Ok(()) };
    if recording.state == State::Complete {
        let all = store_uploads::of_folder(db, folder).await?;
        // The index is noted with everything else of a show that is over.
        let noted = all.iter().any(|upload| upload.file.name.starts_with(INDEX_OBJECT));
        if recorder.is_writing(broadcast) || !noted || !all.iter().all(|upload| upload.done) {
            return Ok(());
        }
        blocking(move || {
            remove_dir(&dir);
            Ok(())
        })
        .await?;
        info!(broadcast.id = %broadcast, "the recording of `{broadcast}` is in the object store only");
        return gone(recorder, folder, &named(&all)).await;
    }
    let Some(shelf) = recorder.shelf(broadcast).await? else { return Ok(()) };
    let until = recorder.app().now().plus_ms(-i64::from(recorder.settings().keep_local_s) * 1_000);
    let old = old_chunks(&shelf.placed(), if nearly_full { Millis(i64::MAX) } else { until });
    let mut names = named(files);
    names.retain(|name| index::number_of(name).is_some_and(|chunk| *name == chunk_name(chunk) && old.contains(&chunk)));
    take(recorder, folder, names).await
}

/// Chunks whose last segment came in before a moment. Those that are not kept any more are another's business.
fn old_chunks(placed: &[(i64, Entry)], until: Millis) -> BTreeSet<u32> {
    let newest: BTreeMap<u32, i64> = placed.iter().map(|(_, entry)| (entry.chunk, entry.arrived)).collect();
    newest.into_iter().filter(|(_, arrived)| *arrived < until.0).map(|(chunk, _)| chunk).collect()
}

/// Removes files that the store has.
async fn take(recorder: &Recorder, folder: &str, names: Vec<String>) -> anyhow::Result<()> {
    let (dir, files) = (recorder.root().join(folder), names.clone());
    blocking(move || {
        for name in files {
            remove_file(&dir.join(name))?;
        }
        Ok(())
    })
    .await?;
    gone(recorder, folder, &names).await
}

async fn gone(recorder: &Recorder, folder: &str, names: &[String]) -> anyhow::Result<()> {
    if names.is_empty() {
        return Ok(());
    }
    let tx = recorder.app().store.begin().await?;
    store_uploads::local_gone(tx.db(), folder, names, recorder.app().now()).await?;
    tx.commit().await
}

/// What is not there any more is as wished.
pub fn remove_file(path: &Path) -> std::io::Result<()> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        done => done,
    }
}

pub fn remove_dir(dir: &Path) {
    match std::fs::remove_dir_all(dir) {
        Err(error) if error.kind() != ErrorKind::NotFound => warn!("removed files are still there: {error}"),
        _ => {}
    }
}
