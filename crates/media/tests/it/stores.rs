//! Recordings in an object store that fails, stalls and tears, and on a disk that runs full.

use crate::http_support::{KEY, Server, parse, start};
use crate::recording_support::{Kept, Place, Stage, code, in_s3, start_on, start_with_on, until};
use crate::s3::{Fault, S3};
use crate::show::{self, Tag};
use events::BroadcastId;
use media::record::{Address, RecordSettings};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, SystemTime};

/// The store is in use and a show of `seconds` has just ended.
async fn recorded(server: &Server, tags: &[Tag]) -> Vec<Vec<u8>> {
    let mut source = server.timed();
    source.push(tags, 0).await;
    source.close().await;
    let segments = segments(server).await;
    server.end_show().await;
    server.recording_when(|recording| recording["state"] == "complete").await;
    segments
}

/// What the replay plays, segment by segment.
async fn segments(server: &Server) -> Vec<Vec<u8>> {
    server.recording_when(|recording| recording["bytes"].as_i64() > Some(0)).await;
    let path = server.replay_path().await;
    let playlist = parse(&server.get(&path).await.text());
    let mut segments = Vec::new();
    for segment in playlist.segments {
        let answer = server.get(&format!("/replay/{}/{}", server.broadcast(), segment.uri)).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        segments.push(answer.body);
    }
    segments
}

fn quick() -> RecordSettings {
    RecordSettings { sweep_s: 1, store_timeout_s: 2, ..RecordSettings::default() }
}

fn in_folder(store: &Path) -> RecordSettings {
    RecordSettings { store: Address::Folder(store.to_owned()), ..quick() }
}

async fn s3_with(record: RecordSettings) -> (S3, Kept) {
    let s3 = S3::start().await;
    let mut record = record;
    let patience = record.store_timeout_s;
    in_s3(&mut record, &s3);
    record.store_timeout_s = patience;
    (s3, start_with_on(Place::Disk, record).await)
}

#[tokio::test]
async fn uploads_that_are_refused_stalled_or_torn_come_in_the_end_and_disturb_nothing() {
    for fault in [Fault::Refused, Fault::Stalled, Fault::Torn, Fault::Unanswered] {
        let (s3, server) = s3_with(quick()).await;
        s3.proxy.set(fault);
        let before = recorded(&server, &show::tags(0, 9_000, 50)).await;
        let asked = s3.proxy.connections.load(Ordering::SeqCst);
        until("the store is asked again", || s3.proxy.connections.load(Ordering::SeqCst) > asked).await;
        let waiting = server.recording_when(|_| true).await;
        assert!(waiting["uploading_bytes"].as_i64() > Some(100_000), "{fault:?}: {waiting}");
        assert!(server.recording_dir().join("chunk-0.m4s").exists(), "{fault:?}: the only copy stays");
        s3.proxy.set(Fault::None);
        server.only_in_the_store().await;
        assert!(segments(&server).await.starts_with(&before), "{fault:?}");
        let clip = server.clip(1_000, 3_000).await;
        assert!((1_900..=2_000).contains(&clip["duration_ms"].as_i64().unwrap()), "{clip}");
    }
}

#[tokio::test]
async fn a_large_chunk_goes_in_parts() {
    let (s3, server) = s3_with(RecordSettings { store_timeout_s: 60, ..quick() }).await;
    // 4 s of 5 MB each.
    let big = |mut tag: Tag| {
        if tag.video && tag.payload.len() > 100 {
            let nal = vec![tag.payload[12]; 200_000];
            tag.payload = [&tag.payload[..5], &(nal.len() as u32).to_be_bytes(), &nal].concat().into();
        }
        tag
    };
    let tags: Vec<Tag> = show::tags(0, 4_000, 25).into_iter().map(big).collect();
    let before = recorded(&server, &tags).await;
    server.only_in_the_store().await;
    let keys = s3.keys().await;
    assert!(keys.contains(&format!("kaibo/one/recordings/{}/chunk-0.m4s", server.broadcast())), "{keys:?}");
    assert!(segments(&server).await.starts_with(&before));
}

#[tokio::test]
async fn the_beginning_of_a_running_show_is_read_from_the_store() {
    let record = RecordSettings { chunk_bytes: 30_000, keep_local_s: 0, ..quick() };
    let server = start_with_on(Place::Folder, record).await;
    let mut source = server.timed();
    source.push(&show::tags(0, 19_000, 50), 0).await;
    server.recording_when(|recording| recording["duration_ms"].as_i64() >= Some(16_000)).await;
    let dir = server.recording_dir();
    until("the first chunk is in the store only", || !dir.join("chunk-0.m4s").exists()).await;
    assert!(dir.join("index").exists());
    let all = segments(&server).await;
    assert!(all.len() >= 9, "{}", all.len());
    let clip = server.clip(500, 2_500).await;
    assert!((1_900..=2_000).contains(&clip["duration_ms"].as_i64().unwrap()), "{clip}");
    let dvr = format!("/live/{}/dvr.m3u8?token={}", server.desk.room, server.audience.mint_bare(server.desk.room));
    assert_eq!(parse(&server.get(&dvr).await.text()).segments.len(), all.len());

    // The encoder comes back: the recording goes on behind what is not here.
    source.close().await;
    let mut source = server.timed();
    source.push(&show::tags(0, 5_000, 50), 21_000).await;
    let recording = server.recording_when(|recording| recording["duration_ms"].as_i64() >= Some(22_000)).await;
    assert_eq!(recording["pieces"].as_array().unwrap().len(), 2, "{recording}");
    assert!(segments(&server).await.starts_with(&all));
}

#[test]
fn what_was_recorded_before_there_was_a_store_goes_there_too() {
    let (stage, elsewhere) = (Stage::new(), tempfile::tempdir().unwrap());
    let store = elsewhere.path().join("store");
    let before = stage.run(quick(), async |server| {
        let before = recorded(server, &show::tags(0, 5_000, 50)).await;
        server.clip(0, 1_000).await;
        before
    });
    stage.run(in_folder(&store), async |server| {
        server.only_in_the_store().await;
        assert!(segments(server).await.starts_with(&before));
        let clips = || std::fs::read_dir(store.join("clips")).is_ok_and(|clips| clips.count() == 1);
        until("the clip is there", clips).await;
    });
    // Another installation finds that the place is taken, and leaves everything as it is.
    std::fs::write(store.join("owner"), "somebody else").unwrap();
    stage.next_show();
    stage.run(in_folder(&store), async |server| {
        recorded(server, &show::tags(0, 5_000, 50)).await;
        tokio::time::sleep(Duration::from_secs(2)).await;
        let waiting = server.recording_when(|_| true).await;
        assert!(waiting["uploading_bytes"].as_i64() > Some(0), "{waiting}");
        assert!(server.recording_dir().exists());
    });
}

#[test]
fn orphans_in_the_store_are_removed_and_nothing_else() {
    let (stage, elsewhere) = (Stage::new(), tempfile::tempdir().unwrap());
    let store = elsewhere.path().join("store");
    let kept = stage.run(in_folder(&store), async |server| {
        recorded(server, &show::tags(0, 5_000, 50)).await;
        server.only_in_the_store().await;
        store.join("recordings").join(server.broadcast().to_string())
    });
    let unknown = store.join("recordings").join(BroadcastId::new().to_string());
    std::fs::create_dir_all(&unknown).unwrap();
    for file in [kept.join("chunk-7.m4s"), unknown.join("chunk-0.m4s"), unknown.join("chunk-1.m4s")] {
        std::fs::write(file, "left behind").unwrap();
    }
    let long_ago = SystemTime::now() - Duration::from_secs(2 * 86_400);
    for file in [kept.join("chunk-0.m4s"), kept.join("chunk-7.m4s"), unknown.join("chunk-0.m4s")] {
        std::fs::File::options().write(true).open(file).unwrap().set_modified(long_ago).unwrap();
    }
    stage.run(in_folder(&store), async |server| {
        let gone = || !kept.join("chunk-7.m4s").exists() && !unknown.join("chunk-0.m4s").exists();
        until("orphans go", gone).await;
        assert!(kept.join("chunk-0.m4s").exists(), "what is noted stays");
        assert!(unknown.join("chunk-1.m4s").exists(), "what is new may be noted soon");
        assert!(!segments(server).await.is_empty());
    });
}

#[test]
fn a_nearly_full_disk_costs_the_oldest_complete_shows_and_raises_an_alarm() {
    let stage = Stage::new();
    stage.run(quick(), async |server| {
        recorded(server, &show::tags(0, 5_000, 50)).await;
    });
    let first = stage.recording_dir();
    assert!(first.exists());
    // The same data on a disk that is too full for anything.
    let full = RecordSettings { keep_free_bytes: u64::MAX, ..quick() };
    stage.run(full, async |server| {
        until("the old show goes", || !first.exists()).await;
        server.recording_when(|recording| recording["state"] == "removed").await;
        stage.next_show();
        let _publisher = server.push(KEY, &show::tags(0, 9_000, 50)).await;
        server.recording_when(|recording| recording["failing"] == "no_space").await;
        for _ in 0..3_000 {
            let alarms = server.json("/api/alarms").await.to_string();
            if alarms.contains("recording_failed") {
                return;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("there is no alarm: {}", server.json("/api/alarms").await);
    });
}

#[test]
fn clips_and_thumbnails_count_in_the_limits() {
    let stage = Stage::new();
    let record = RecordSettings { clip_bytes: 40_000, thumbnail_s: 0, ..quick() };
    let before = stage.run(record, async |server| {
        recorded(server, &show::tags(0, 9_000, 50)).await;
        let mut ids = Vec::new();
        for n in 0..4 {
            let clip = server.clip(n * 1_000, n * 1_000 + 1_000).await;
            assert!((10_000..30_000).contains(&clip["bytes"].as_i64().unwrap()), "{clip}");
            ids.push(clip["id"].clone());
        }
        let list = format!("/api/broadcasts/{}/clips", server.broadcast());
        let mut kept = Vec::new();
        for _ in 0..3_000 {
            let clips = server.json(&list).await;
            kept = clips.as_array().unwrap().iter().rev().map(|clip| clip["id"].clone()).collect();
            if kept.len() < 4 {
                break;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        assert!(kept.len() < 4 && ids.ends_with(&kept), "the oldest go: {kept:?} of {ids:?}");
        server.recording_when(|_| true).await["bytes"].as_i64().unwrap()
    });
    // A picture that lies with the recording is part of it.
    std::fs::write(stage.recording_dir().join("thumb-1.jpg"), vec![0; 5_000]).unwrap();
    stage.run(quick(), async |server| {
        assert_eq!(server.recording_when(|_| true).await["bytes"].as_i64(), Some(before + 5_000));
    });
}

#[test]
fn one_recording_that_cannot_be_read_does_not_keep_the_others() {
    let stage = Stage::new();
    let first = stage.recording_dir();
    stage.run(quick(), async |server| {
        recorded(server, &show::tags(0, 5_000, 50)).await;
        stage.next_show();
        let mut source = server.timed();
        source.push(&show::tags(0, 5_000, 50), 10_000).await;
        server.recording_when(|recording| recording["duration_ms"].as_i64() >= Some(2_000)).await;
    });
    // The program stopped in the middle of the second show, and its index is spoilt.
    std::fs::write(stage.recording_dir().join("index"), "this is no index of anything at all").unwrap();
    let by_age = RecordSettings { total_bytes: 1, ..quick() };
    stage.run(by_age, async |server| {
        until("the first show goes by the rule", || !first.exists()).await;
        let none = server.recording_when(|_| true).await;
        assert_eq!((none["state"].as_str(), none["duration_ms"].as_i64()), (Some("recording"), Some(0)), "{none}");
    });
    // The encoder comes back: the bad index is set aside and the recording begins anew.
    stage.run(quick(), async |server| {
        let mut source = server.timed();
        source.push(&show::tags(0, 9_000, 50), 60_000).await;
        server.recording_when(|recording| recording["duration_ms"].as_i64() >= Some(2_000)).await;
        let names = std::fs::read_dir(server.recording_dir()).unwrap().map(|entry| entry.unwrap().file_name());
        let names: Vec<String> = names.map(|name| name.to_string_lossy().into_owned()).collect();
        assert!(names.iter().any(|name| name.starts_with("index.bad-")), "{names:?}");
    });
}

#[tokio::test]
async fn whoever_only_asks_for_a_playlist_is_told_without_one() {
    let server = start_on(Place::Disk).await;
    let token = server.audience.mint_bare(server.desk.room);
    let dvr = format!("/live/{}/dvr.m3u8?token={token}", server.desk.room);
    assert_eq!(server.request("HEAD", &dvr, "").await.status, 404);
    let mut source = server.timed();
    source.push(&show::tags(0, 9_000, 50), 0).await;
    server.recording_when(|recording| recording["duration_ms"].as_i64() >= Some(6_000)).await;
    // That it was not recorded is remembered for some seconds at most, and not at all by whoever records.
    let asked = server.request("HEAD", &dvr, "").await;
    assert_eq!((asked.status, asked.body.len()), (200, 0));
    assert_eq!(asked.header("content-type").as_deref(), Some("application/vnd.apple.mpegurl"));

    let plain = server.get(&dvr).await;
    assert_eq!(plain.text().matches(&token).count(), parse(&plain.text()).segments.len() + 1);
    assert_eq!(plain.header("content-encoding"), None);
    let packed = server.request("GET", &dvr, "accept-encoding: gzip\r\n").await;
    assert_eq!(packed.header("content-encoding").as_deref(), Some("gzip"));
    assert!(packed.body.len() * 2 < plain.body.len(), "{} of {}", packed.body.len(), plain.body.len());
    let other = server.audience.mint_bare(server.desk.room);
    let text = server.get(&dvr.replace(&token, &other)).await.text();
    assert!(text.contains(&other) && !text.contains(&token), "everybody gets the own token");
}

#[tokio::test]
async fn a_room_keeps_its_replays_to_itself() {
    let server = start_on(Place::Disk).await;
    let rule = format!("/api/rooms/{}/recording-rule", server.desk.room);
    let hidden = serde_json::json!({"enabled": true, "keep_days": 30, "keep_gb": 0, "replays_public": false});
    assert_eq!(server.call("PUT", &rule, Some(hidden)).await.status, 200);
    let mut source = server.timed();
    source.push(&show::tags(0, 9_000, 50), 0).await;
    server.recording_when(|recording| recording["duration_ms"].as_i64() >= Some(6_000)).await;
    let (room, token) = (server.desk.room, server.audience.mint_bare(server.desk.room));
    let dvr = format!("/live/{room}/dvr.m3u8?token={token}");
    assert_eq!(server.get(&dvr).await.status, 200, "who watches the show may rewind");
    source.close().await;
    server.end_show().await;
    server.recording_when(|recording| recording["state"] == "complete").await;
    let replay = format!("/replay/{}/index.m3u8?token={token}", server.broadcast());
    let list = format!("/api/public/rooms/{room}/replays");
    assert_eq!(code(&server.get(&replay).await), "404 not_recorded");
    assert_eq!(code(&server.get(&replay.replace("index.m3u8", "0.m4s")).await), "404 not_recorded");
    assert_eq!(server.get(&list).await.text(), "[]");
    let staff = server.call("GET", &replay, None).await;
    assert_eq!(staff.status, 200, "{}", staff.text());
    assert_eq!(server.json(&list).await.as_array().unwrap().len(), 1);

    let public = serde_json::json!({"enabled": true, "keep_days": 30, "keep_gb": 0});
    assert_eq!(server.call("PUT", &rule, Some(public)).await.status, 200);
    assert_eq!(server.get(&replay).await.status, 200);
    assert_ne!(server.get(&list).await.text(), "[]");
}

#[tokio::test]
async fn a_clip_without_a_key_frame_is_refused_with_the_first_moment_that_has_one() {
    // The beginning of the show is removed, up to the middle of a group of pictures of 40 s.
    let record = RecordSettings { chunk_bytes: 60_000, total_bytes: 1_150_000, ..quick() };
    let server = start_with_on(Place::Disk, record).await;
    let mut source = server.timed();
    source.push(&show::tags(0, 79_000, 1_000), 0).await;
    let recording = server
        .recording_when(|recording| {
            let start = recording["pieces"][0]["start_ms"].as_i64();
            let end = recording["pieces"][0]["end_ms"].as_i64();
            start > Some(0) && end >= Some(70_000) && recording["bytes"].as_i64() < Some(1_150_000)
        })
        .await;
    let start = recording["pieces"][0]["start_ms"].as_i64().unwrap();
    assert!((1..40_000).contains(&start), "{recording}");
    let answer = server.cut(start + 1_000, start + 3_000).await;
    assert_eq!(code(&answer), "409 no_key_frame");
    let text = answer.text();
    let moment = text.split("before ").nth(1).and_then(|rest| rest.split(' ').next()?.parse::<i64>().ok());
    let moment = moment.unwrap_or_else(|| panic!("{text}"));
    assert!((39_900..=40_300).contains(&moment), "{text}");
    assert_eq!(server.cut(moment, moment + 2_000).await.status, 201, "a clip can begin there");
}

#[tokio::test]
async fn too_many_clips_at_once_are_told_to_come_later() {
    let server = Arc::new(start().await);
    let mut source = server.timed();
    source.push(&show::tags(0, 9_000, 50), 0).await;
    server.recording_when(|recording| recording["duration_ms"].as_i64() >= Some(6_000)).await;
    // Each waits some seconds for a moment that does not come: they are all there at once.
    let mut cuts = tokio::task::JoinSet::new();
    for _ in 0..10 {
        let server = server.clone();
        cuts.spawn(async move { code(&server.cut(0, 60_000).await) });
    }
    let busy = server.recording_when(|recording| recording["cutting"] == 10).await;
    assert_eq!(busy["state"], "recording");
    let refused = server.cut(0, 1_000).await;
    assert_eq!(code(&refused), "503 clips_busy");
    assert!(refused.header("retry-after").is_some());
    while let Some(answer) = cuts.join_next().await {
        assert_eq!(answer.unwrap(), "409 not_recorded_yet");
    }
    assert_eq!(server.recording_when(|_| true).await["cutting"], 0);
    assert_eq!(server.cut(0, 1_000).await.status, 201);
}

#[tokio::test]
async fn no_range_is_too_wild() {
    let server = start_on(Place::Disk).await;
    let mut source = server.timed();
    source.push(&show::tags(0, 9_000, 50), 0).await;
    server.recording_when(|recording| recording["duration_ms"].as_i64() >= Some(6_000)).await;
    for (start, end) in [(i64::MAX - 10, i64::MAX), (i64::MIN, 0), (-5, 5), (i64::MAX / 2, i64::MAX / 2 + 5)] {
        assert_eq!(code(&server.cut(start, end).await), "400 bad_range", "{start} to {end}");
    }
}
