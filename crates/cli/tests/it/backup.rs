//! A backup, taken beside a running server, holds what was acknowledged; and what comes back from it is what went in.

use crate::{
    harness::{Kaibo, text},
    s3::{BUCKET, S3},
};
use eventlog::{EventLog, Options};
use serde_json::{Value, json};
use std::{
    collections::BTreeSet,
    os::unix::fs::FileExt,
    path::{Path, PathBuf},
    process::{Command, Output},
    sync::Mutex,
    time::Duration,
};
use store::testing;

/// Both outputs of a command that succeeded.
#[track_caller]
fn done(output: &Output) -> String {
    let said = said(output);
    assert!(output.status.success(), "{said}");
    said
}

#[track_caller]
fn refused(output: &Output, why: &str) {
    let said = said(output);
    assert!(!output.status.success() && said.contains(why), "{said}");
}

fn said(output: &Output) -> String {
    [&output.stdout, &output.stderr].map(|said| String::from_utf8_lossy(said).into_owned()).concat()
}

async fn take(kaibo: &Kaibo, to: &Path) -> Output {
    kaibo.command(&["backup", "--data", &kaibo.data(), "--to", &to.display().to_string()]).await
}

async fn verify(kaibo: &Kaibo, backup: &Path) -> Output {
    kaibo.command(&["backup", "--verify", &backup.display().to_string()]).await
}

async fn restore(into: &Kaibo, from: &Path) -> Output {
    into.command(&["restore", "--from", &from.display().to_string(), "--data", &into.data()]).await
}

async fn doctor(kaibo: &Kaibo) {
    let output = kaibo.command(&["doctor", "--data", &kaibo.data()]).await;
    // The PostgreSQL of most tests is careless, for speed, and the doctor sees it.
    let careless = said(&output).contains("database: fsync is off; full_page_writes is off\n");
    assert!(output.status.success() || careless && !said(&output).contains("do not fit"), "{}", said(&output));
}

/// What was acknowledged: rooms by their titles, and collected events.
#[derive(Debug, Default, Clone)]
struct Acknowledged {
    rooms: BTreeSet<String>,
    events: u64,
}

/// Writes on both paths for as long as it is polled.
async fn write(kaibo: &Kaibo, acknowledged: &Mutex<Acknowledged>) {
    for number in 0.. {
        let title = format!("直播间 {number}");
        kaibo.post("/api/rooms", json!({ "title": title })).await;
        acknowledged.lock().expect("one thread").rooms.insert(title);
        for part in 0..5 {
            let event = json!({ "type": "track", "event": "kept", "messageId": format!("{number}-{part}"), "anonymousId": "a" });
            let batch = json!({ "batch": [event] });
            let request = kaibo.client.post(kaibo.url("/v1/batch")).basic_auth(&kaibo.token, Some("")).json(&batch);
            assert!(request.send().await.expect("an answer").status().is_success());
            acknowledged.lock().expect("one thread").events += 1;
        }
    }
}

async fn titles(kaibo: &Kaibo) -> BTreeSet<String> {
    let mut titles = BTreeSet::new();
    let mut path = "/api/rooms?limit=200".to_owned();
    loop {
        let page = kaibo.get(&path).await;
        titles.extend(page["items"].as_array().expect("items").iter().map(|room| text(&room["title"])));
        let Value::String(next) = &page["next"] else { return titles };
        path = format!("/api/rooms?limit=200&after={next}");
    }
}

/// The kinds of databases that a restore may go to.
fn targets(place: &Path) -> Vec<String> {
    let mut targets = vec![String::new()];
    targets.extend(testing::postgres_url(place));
    targets
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_acknowledged_before_a_backup_began_is_in_it() {
    let mut kaibo = Kaibo::start().await;
    let backups = tempfile::tempdir().expect("a folder");
    let acknowledged = Mutex::new(Acknowledged::default());
    let mut taken: Vec<(PathBuf, Acknowledged)> = Vec::new();
    let backing_up = async {
        for number in 0..6 {
            tokio::time::sleep(Duration::from_millis(300)).await;
            let before = acknowledged.lock().expect("one thread").clone();
            let to = backups.path().join(number.to_string());
            done(&take(&kaibo, &to).await);
            taken.push((to, before));
        }
    };
    tokio::select! {
        () = write(&kaibo, &acknowledged) => {}
        () = backing_up => {}
    }
    kaibo.kill().await;
    // Records and log fit each other in every one, however they met the writer.
    for (backup, _) in &taken {
        done(&verify(&kaibo, backup).await);
    }
    let (backup, before) = taken.pop().expect("backups");
    assert!(before.rooms.len() > 3 && before.events > 15, "the writer wrote: {before:?}");
    let place = tempfile::tempdir().expect("a folder");
    for database in targets(place.path()) {
        let mut restored = kaibo.another(&database);
        done(&restore(&restored, &backup).await);
        doctor(&restored).await;
        restored.restart().await;
        let rooms = titles(&restored).await;
        let missing: Vec<_> = before.rooms.difference(&rooms).collect();
        assert!(missing.is_empty(), "{missing:?} of {} rooms", before.rooms.len());
        assert!(restored.events("kept").await >= before.events, "of {}", before.events);
        // It goes on: the next change reaches the log behind what was restored.
        restored.post("/api/rooms", json!({ "title": "after the restore" })).await;
        let created = restored.events("RoomCreated").await;
        assert_eq!(created as usize, titles(&restored).await.len(), "an event for every room, once");
        restored.kill().await;
        doctor(&restored).await;
    }
}

/// Table by table: rows and a hash over all of them.
async fn hashes(kaibo: &Kaibo) -> Vec<String> {
    let place = tempfile::tempdir().expect("a folder");
    let to = format!("sqlite://{}", place.path().join("copy.db").display());
    let moved = done(&kaibo.command(&["move", "--from", &kaibo.records(), "--to", &to]).await);
    moved.lines().filter(|line| line.contains(" rows  ")).map(str::to_owned).collect()
}

fn log_of(kaibo: &Kaibo) -> Vec<eventlog::Entry> {
    let dir = Path::new(&kaibo.data()).join("log");
    let log = EventLog::open_read_only(&dir, Options::default()).expect("the log opens");
    log.read(1).collect::<Result<_, _>>().expect("the log reads")
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_restored_is_what_was_there_by_hash() {
    let mut kaibo = Kaibo::start().await;
    for number in 0..30 {
        kaibo.post("/api/rooms", json!({ "title": format!("直播间 {number}") })).await;
    }
    kaibo.kill().await;
    let data = PathBuf::from(kaibo.data());
    std::fs::create_dir_all(data.join("media/slates")).expect("a folder");
    std::fs::write(data.join("media/slates/one.flv"), b"a slate").expect("a slate");
    std::fs::create_dir_all(data.join("media/recordings/show")).expect("a folder");
    std::fs::write(data.join("media/recordings/show/chunk-0.m4s"), vec![7; 100_000]).expect("a chunk");

    let backups = tempfile::tempdir().expect("a folder");
    let backup = backups.path().join("night");
    let place = backup.display().to_string();
    let said = done(&kaibo.command(&["backup", "--data", &kaibo.data(), "--to", &place, "--with-media"]).await);
    assert!(said.contains("with recordings"), "{said}");
    refused(&take(&kaibo, &backup).await, "there is a backup already");
    let before = hashes(&kaibo).await;
    assert!(before.len() > 30, "{before:?}");

    let place = tempfile::tempdir().expect("a folder");
    for database in targets(place.path()) {
        let restored = kaibo.another(&database);
        done(&restore(&restored, &backup).await);
        assert_eq!(hashes(&restored).await, before, "{database}");
        assert_eq!(log_of(&restored), log_of(&kaibo));
        for name in ["secret.key", "media/slates/one.flv", "media/recordings/show/chunk-0.m4s"] {
            let read = |folder: &str| std::fs::read(Path::new(folder).join(name)).expect("a file");
            assert_eq!(read(&restored.data()), read(&kaibo.data()), "{name}");
        }
        refused(&restore(&restored, &backup).await, "is not empty");
        if !database.is_empty() {
            let other = restored.another(&database);
            refused(&restore(&other, &backup).await, "the target is not empty");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_or_a_restore_that_is_killed_is_known_for_it_and_may_be_repeated() {
    let mut kaibo = Kaibo::start().await;
    kaibo.post("/api/rooms", json!({ "title": "kept" })).await;
    // Something to be in the middle of.
    let clips = Path::new(&kaibo.data()).join("media/clips");
    std::fs::create_dir_all(&clips).expect("a folder");
    for clip in 0..4 {
        let file = std::fs::File::create(clips.join(format!("{clip}.mp4"))).expect("a clip");
        file.set_len(64 << 20).expect("a large clip");
    }
    let backups = tempfile::tempdir().expect("a folder");
    let backup = backups.path().join("night");
    let (data, place) = (kaibo.data(), backup.display().to_string());
    let arguments = ["backup", "--data", &data, "--to", &place, "--with-media"];

    let mut killed = kaibo.prepared(&arguments).spawn().expect("a backup");
    until_exists(&backup.join("media/clips/0.mp4")).await;
    killed.kill().await.expect("killed");
    assert!(!backup.join("manifest.json").exists(), "it was killed in the middle");
    let mut restored = kaibo.another("");
    refused(&restore(&restored, &backup).await, "there is no whole backup");
    refused(&verify(&kaibo, &backup).await, "there is no whole backup");
    // The server never noticed.
    kaibo.post("/api/rooms", json!({ "title": "kept too" })).await;
    done(&kaibo.command(&arguments).await);
    done(&verify(&kaibo, &backup).await);
    kaibo.kill().await;

    let data = restored.data();
    let mut killed = restored.prepared(&["restore", "--from", &place, "--data", &data]).spawn().expect("a restore");
    until_exists(&Path::new(&data).join(".restoring/media/clips/0.mp4")).await;
    killed.kill().await.expect("killed");
    refused(&restored.command(&["serve", "--data", &data, "--http", "127.0.0.1:0"]).await, "has not ended");
    done(&restore(&restored, &backup).await);
    doctor(&restored).await;
    restored.restart().await;
    assert_eq!(titles(&restored).await, ["kept", "kept too"].map(str::to_owned).into());
}

async fn until_exists(path: &Path) {
    for _ in 0..6_000 {
        if path.exists() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    panic!("`{}` never came", path.display());
}

/// A disk of its own, with little on it.
pub struct SmallDisk(pub tempfile::TempDir);

impl SmallDisk {
    /// With these options of tmpfs.
    pub fn new(options: &str) -> Option<Self> {
        let dir = tempfile::tempdir().expect("a folder");
        let mount = Command::new("mount").args(["-t", "tmpfs", "-o", options, "tmpfs"]).arg(dir.path()).output();
        if mount.is_ok_and(|output| output.status.success()) {
            return Some(Self(dir));
        }
        eprintln!("SKIPPED: no small disk can be mounted here, nothing was tested on a full one");
        None
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(self.0.path()).status();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_stops_a_backup_and_nothing_else() {
    let Some(disk) = SmallDisk::new("size=256k") else { return };
    let kaibo = Kaibo::start().await;
    let small = disk.0.path().join("night");
    refused(&take(&kaibo, &small).await, "disk is full");
    refused(&verify(&kaibo, &small).await, "there is no whole backup");
    kaibo.post("/api/rooms", json!({ "title": "as always" })).await;

    let backups = tempfile::tempdir().expect("a folder");
    let backup = backups.path().join("night");
    done(&take(&kaibo, &backup).await);
    let mut restored = kaibo.another("");
    let into = disk.0.path().join("data").display().to_string();
    let output = restored.command(&["restore", "--from", &backup.display().to_string(), "--data", &into]).await;
    refused(&output, "No space left");
    done(&restore(&restored, &backup).await);
    restored.restart().await;
    assert_eq!(titles(&restored).await, ["as always".to_owned()].into());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_backup_is_refused_and_the_file_named() {
    let kaibo = Kaibo::start().await;
    kaibo.post("/api/rooms", json!({ "title": "in the log" })).await;
    let backups = tempfile::tempdir().expect("a folder");
    let backup = backups.path().join("night");
    done(&take(&kaibo, &backup).await);
    let segment = backup.join("log/00000000000000000001.seg");
    let file = std::fs::File::options().write(true).read(true).open(&segment).expect("a segment");
    let mut byte = [0];
    file.read_exact_at(&mut byte, 4_200).expect("a byte");
    file.write_all_at(&[byte[0] ^ 1], 4_200).expect("another byte");
    for output in [verify(&kaibo, &backup).await, restore(&kaibo.another(""), &backup).await] {
        refused(&output, "`log/00000000000000000001.seg` is not what was written");
    }
    file.write_all_at(&byte, 4_200).expect("the byte");
    done(&verify(&kaibo, &backup).await);
    file.set_len(4_096).expect("shorter");
    refused(&verify(&kaibo, &backup).await, "has 4096 bytes");
    std::fs::remove_file(&segment).expect("gone");
    refused(&verify(&kaibo, &backup).await, "reading `log/00000000000000000001.seg` of the backup");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_may_stand_in_an_object_store() {
    let s3 = S3::start().await;
    let settings = format!(
        "[record]\nstore_endpoint = {:?}\nstore_region = \"us-east-1\"\nstore_access_key = \"key\"\nstore_secret_key = \"secret\"\n",
        s3.endpoint()
    );
    let mut kaibo = Kaibo::start_with(&settings).await;
    kaibo.post("/api/rooms", json!({ "title": "far away" })).await;
    let config = kaibo.dir.path().join("kaibo.toml").display().to_string();
    let place = format!("s3://{BUCKET}/backups/night");
    let backup = ["backup", "--data", &kaibo.data(), "--config", &config, "--to", &place];
    done(&kaibo.command(&backup).await);
    refused(&kaibo.command(&backup).await, "there is a backup already");
    done(&kaibo.command(&["backup", "--verify", &place, "--config", &config]).await);
    kaibo.kill().await;
    let mut restored = kaibo.another("");
    let data = restored.data();
    done(&restored.command(&["restore", "--from", &place, "--config", &config, "--data", &data]).await);
    restored.restart().await;
    assert_eq!(titles(&restored).await, ["far away".to_owned()].into());
    let keys = s3.keys().await;
    assert!(keys.iter().all(|key| key.starts_with("backups/night/") && !key.ends_with("unfinished")), "{keys:?}");
}
