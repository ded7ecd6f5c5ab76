//! Shows are recorded, played again, cut, and removed by rule.

use crate::http_support::{KEY, ORG, parse, start, start_with};
use crate::recording_support::{Place, code, on_every_place, start_at_on, start_on, start_with_on, until};
use crate::show;
use events::{BroadcastId, Clock, Millis};
use media::Settings;
use media::record::RecordSettings;
use serde_json::json;
use std::time::Duration;

on_every_place!(
    a_show_is_recorded_and_played_again,
    a_show_that_comes_back_goes_on_in_the_same_recording,
    rules_remove_old_shows_and_the_beginning_of_a_running_one,
    clips_need_the_right_and_the_right_team,
    recordings_and_clips_go_with_their_age,
);

fn with(record: RecordSettings) -> Settings {
    Settings { record, ..Settings::default() }
}

async fn a_show_is_recorded_and_played_again(place: Place) {
    let server = start_on(place).await;
    let room = server.desk.room;
    let none = server.json(&format!("/api/broadcasts/{}/recording", server.broadcast())).await;
    let nothing =
        json!({"state": "none", "duration_ms": 0, "bytes": 0, "pieces": [], "keep_until": null, "cutting": 0});
    assert_eq!(none, nothing);
    assert_eq!(code(&server.get(&format!("/live/{room}/dvr.m3u8?token=x")).await), "403 token_invalid");

    let publisher = server.push(KEY, &show::tags(0, 9_000, 50)).await;
    server.recording_when(|recording| recording["duration_ms"].as_i64() >= Some(6_000)).await;
    let live = server.playlist_when(room, |playlist| playlist.segments.len() == 4).await;
    let dvr = format!("/live/{room}/dvr.m3u8?token={}", server.audience.mint_bare(room));
    let rewound = parse(&server.get(&dvr).await.text());
    assert!(!rewound.end_list && rewound.segments.len() >= 3);
    let part = server.get(&format!("/live/{room}/{}", rewound.segments[1].uri)).await;
    assert_eq!(
        part.body,
        server.get(&format!("/live/{room}/{}", live.segments[1].uri)).await.body,
        "as it was sent live"
    );
    assert_eq!(server.audience.online(room), 2, "who rewinds watches too");

    drop(publisher);
    server.desk_hears(&["published", "lost"]).await;
    server.end_show().await;
    let recording = server.recording_when(|recording| recording["state"] == "complete").await;
    assert_eq!(recording["pieces"].as_array().unwrap().len(), 1, "{recording}");
    let duration_ms = recording["duration_ms"].as_i64().unwrap();
    assert!((8_900..=9_100).contains(&duration_ms), "{recording}");
    assert!(recording["keep_until"].as_i64() > Some(server.program.app.now().0));

    assert!(parse(&server.get(&dvr).await.text()).end_list, "who rewound is told that the show is over");

    let path = server.replay_path().await;
    let playlist = parse(&server.get(&path).await.text());
    assert!(playlist.end_list);
    assert_eq!(playlist.playlist_type, Some(m3u8_rs::MediaPlaylistType::Vod));
    assert!(playlist.segments.iter().all(|segment| segment.program_date_time.is_some()));
    let base = format!("/replay/{}", server.broadcast());
    let init = server.get(&format!("{base}/{}", playlist.segments[0].map.as_ref().unwrap().uri)).await;
    assert_eq!((init.status, &init.body[4..8]), (200, &b"ftyp"[..]));
    let first = format!("{base}/{}", playlist.segments[0].uri);
    let range = server.request("GET", &first, "range: bytes=4-7\r\n").await;
    assert_eq!((range.status, &range.body[..]), (206, &b"moof"[..]));
    assert!(range.header("cache-control").unwrap().contains("immutable"));
    let coding =
        async |path: &str| server.request("GET", path, "accept-encoding: gzip\r\n").await.header("content-encoding");
    assert_eq!((coding(&path).await.as_deref(), coding(&first).await), (Some("gzip"), None));
    assert_eq!(server.audience.online(room), 2, "who watches a replay does not watch live");
    let nobody = server.get(&format!("{base}/0.m4s")).await;
    assert_eq!(code(&nobody), "401 token_required");
    let elsewhere = server.audience.mint_bare(server.desk.other);
    assert_eq!(code(&server.get(&format!("{base}/0.m4s?token={elsewhere}")).await), "403 token_invalid");
    let token = server.audience.mint_bare(room);
    for file in ["99.m4s", "init-9.mp4", "index", "..%2f..%2fkaibo.db", "chunk-0.m4s"] {
        assert_eq!(code(&server.get(&format!("{base}/{file}?token={token}")).await), "404 segment_gone", "{file}");
    }
    let replays = server.json(&format!("/api/public/rooms/{room}/replays")).await;
    assert_eq!(replays[0]["duration_ms"], duration_ms);
    assert_eq!(replays[0]["title"], "a show");
    let events = server.events(&["RecordingFinished"]).await;
    assert_eq!(events.len(), 1, "{events:?}");

    assert_eq!(
        server.call("DELETE", &format!("/api/broadcasts/{}/recording", server.broadcast()), None).await.status,
        204
    );
    assert!(!server.recording_dir().exists());
    assert_eq!(code(&server.get(&path).await), "404 not_recorded");
    server.recording_when(|recording| recording["state"] == "removed").await;
}

async fn a_show_that_comes_back_goes_on_in_the_same_recording(place: Place) {
    let server = start_on(place).await;
    let first = server.push(KEY, &show::tags(0, 5_000, 50)).await;
    server.recording_when(|recording| recording["duration_ms"].as_i64() >= Some(2_000)).await;
    drop(first);
    server.desk_hears(&["published", "lost"]).await;
    tokio::time::sleep(Duration::from_millis(1_500)).await;
    let _second = server.push(KEY, &show::tags(0, 5_000, 50)).await;
    let recording = server.recording_when(|recording| recording["duration_ms"].as_i64() >= Some(9_000)).await;
    assert_eq!(recording["pieces"].as_array().unwrap().len(), 2, "{recording}");
    let playlist = parse(&server.get(&server.replay_path().await).await.text());
    assert_eq!(playlist.segments.iter().filter(|segment| segment.discontinuity).count(), 1);
    assert_eq!(std::fs::read_dir(server.recording_dir()).unwrap().count(), 3, "index, one init, one chunk");
}

#[tokio::test]
async fn the_rule_of_a_room_switches_recording_off_and_on() {
    let server = start().await;
    let rule = format!("/api/rooms/{}/recording-rule", server.desk.room);
    assert_eq!(
        server.json(&rule).await,
        json!({"enabled": true, "keep_days": 30, "keep_gb": 0.0, "replays_public": true})
    );
    let off = json!({"enabled": false, "keep_days": 7, "keep_gb": 1.5, "replays_public": true});
    assert_eq!(server.call("PUT", &rule, Some(off.clone())).await.status, 200);
    assert_eq!(server.json(&rule).await, off);
    let bad = server.call("PUT", &rule, Some(json!({"enabled": true, "keep_days": 1, "keep_gb": -1}))).await;
    assert_eq!(code(&bad), "400 bad_rule");
    let (mut socket, publisher) = server.push(KEY, &show::tags(0, 5_000, 50)).await;
    server.playlist_when(server.desk.room, |playlist| playlist.segments.len() == 2).await;
    assert!(!server.recording_dir().exists());
    server.recording_when(|recording| recording["state"] == "off").await;
    let dvr = format!("/live/{}/dvr.m3u8?token={}", server.desk.room, server.audience.mint_bare(server.desk.room));
    assert_eq!(code(&server.get(&dvr).await), "404 not_recorded");

    let on = json!({"enabled": true, "keep_days": 7, "keep_gb": 1.5});
    assert_eq!(server.call("PUT", &rule, Some(on)).await.status, 200);
    let mut out = Vec::new();
    show::send(&publisher, &show::tags(5_000, 5_000, 50)[2..], &mut out);
    tokio::io::AsyncWriteExt::write_all(&mut socket, &out).await.unwrap();
    let recording = server
        .recording_when(|recording| recording["state"] == "recording" && recording["bytes"].as_i64() > Some(0))
        .await;
    assert!(recording["duration_ms"].as_i64() <= Some(6_000), "{recording}");

    // Off again in the middle of the show: that is said, and what was recorded stays.
    assert_eq!(server.call("PUT", &rule, Some(off)).await.status, 200);
    let recording = server.recording_when(|recording| recording["state"] == "off").await;
    assert!(recording["bytes"].as_i64() > Some(0) && recording.get("failing").is_none(), "{recording}");
}

#[tokio::test]
async fn a_disk_that_fails_costs_its_segments_and_no_more() {
    let server = start().await;
    // A file stands where the recording's folder is to be.
    let blocked = server.recording_dir();
    std::fs::create_dir_all(blocked.parent().unwrap()).unwrap();
    std::fs::write(&blocked, "").unwrap();
    let (mut socket, publisher) = server.push(KEY, &show::tags(0, 5_000, 50)).await;
    server.playlist_when(server.desk.room, |playlist| playlist.segments.len() == 2).await;
    server.recording_when(|recording| recording["failing"] == "disk").await;
    std::fs::remove_file(&blocked).unwrap();
    let mut out = Vec::new();
    show::send(&publisher, &show::tags(5_000, 7_000, 50)[2..], &mut out);
    tokio::io::AsyncWriteExt::write_all(&mut socket, &out).await.unwrap();
    let recording = server.recording_when(|recording| recording["duration_ms"].as_i64() >= Some(4_000)).await;
    assert!(recording.get("failing").is_none(), "{recording}");
}

#[tokio::test]
async fn a_full_disk_is_said_and_the_show_goes_on() {
    let server = start_with(with(RecordSettings { keep_free_bytes: u64::MAX, ..RecordSettings::default() })).await;
    let _publisher = server.push(KEY, &show::tags(0, 7_000, 50)).await;
    server.playlist_when(server.desk.room, |playlist| playlist.segments.len() == 3).await;
    let recording = server.recording_when(|recording| recording["failing"] == "no_space").await;
    assert_eq!(recording["bytes"], 0);
}

async fn rules_remove_old_shows_and_the_beginning_of_a_running_one(place: Place) {
    // A synthetic second has about 14 kB.
    let tiny = RecordSettings { total_bytes: 150_000, chunk_bytes: 30_000, sweep_s: 1, ..RecordSettings::default() };
    let server = start_with_on(place, tiny).await;
    drop(server.push(KEY, &show::tags(0, 5_000, 50)).await);
    server.desk_hears(&["published", "lost"]).await;
    server.end_show().await;
    server.recording_when(|recording| recording["state"] == "complete").await;
    let first = server.recording_dir();
    *server.desk.ended_at.lock().unwrap() = None;
    *server.desk.broadcast.lock().unwrap() = BroadcastId::new();

    let _publisher = server.push(KEY, &show::tags(0, 19_000, 50)).await;
    let recording = server.recording_when(|recording| recording["duration_ms"].as_i64() >= Some(8_000)).await;
    assert_eq!(recording["state"], "recording");
    until("the older show goes first", || !first.exists()).await;
    server
        .recording_when(|recording| recording["bytes"].as_i64().is_some_and(|bytes| (1..=150_000).contains(&bytes)))
        .await;
    until("the beginning goes", || !server.recording_dir().join("chunk-0.m4s").exists()).await;
    let playlist = parse(&server.get(&server.replay_path().await).await.text());
    assert!(playlist.media_sequence > 0, "{playlist:?}");
    let uri = format!("/replay/{}/{}", server.broadcast(), playlist.segments[0].uri);
    assert_eq!(server.get(&uri).await.status, 200);
    let removed = server.events(&["RecordingRemoved"]).await;
    assert_eq!(removed.len(), 1, "{removed:?}");
}

async fn clips_need_the_right_and_the_right_team(place: Place) {
    let server = start_on(place).await;
    let mut source = server.timed();
    source.push(&show::tags(0, 9_000, 50), 0).await;
    server.recording_when(|recording| recording["duration_ms"].as_i64() >= Some(6_000)).await;
    let clips = format!("/api/broadcasts/{}/clips", server.broadcast());
    let wish = json!({"start_ms": 0, "end_ms": 1_500, "title": "a"});
    assert_eq!(server.call_as("stream.read", "POST", &clips, Some(wish.clone())).await.status, 403);
    assert_eq!(server.call_as("clip.write@other", "POST", &clips, Some(wish.clone())).await.status, 404);
    let late = json!({"start_ms": 0, "end_ms": 500_000, "title": "a"});
    assert_eq!(code(&server.call("POST", &clips, Some(late)).await), "409 not_recorded_yet");
    let cut = server.call("POST", &clips, Some(wish)).await;
    assert_eq!(cut.status, 201, "{}", cut.text());
    let clip: serde_json::Value = serde_json::from_slice(&cut.body).unwrap();
    let list = server.json(&clips).await;
    assert_eq!(list, json!([clip]));
    let file = format!("/api/clips/{}/file", clip["id"].as_str().unwrap());
    assert_eq!(server.call_as("stream.read@other", "GET", &file, None).await.status, 404);
    let head = server.request("GET", &file, "authorization: Bearer stream.read\r\nrange: bytes=4-11\r\n").await;
    assert_eq!((head.status, &head.body[..]), (206, &b"ftypisom"[..]));
    let path = format!("/api/clips/{}", clip["id"].as_str().unwrap());
    assert_eq!(server.call_as("clip.write@other", "DELETE", &path, None).await.status, 404);
    assert_eq!(server.call("DELETE", &path, None).await.status, 204);
    assert_eq!(code(&server.call("GET", &file, None).await), "404 clip_not_found");
    assert_eq!(server.events(&["ClipCreated", "ClipRemoved"]).await.len(), 2);
}

#[tokio::test]
async fn danmaku_make_highlights_and_each_counts_once() {
    use events::{DanmakuSent, Envelope, Event, Source};
    let server = start().await;
    let app = &server.program.app;
    let zero = app.now();
    let said = |second: i64| {
        Envelope::new(zero.plus_ms(second * 1_000), Source::Viewer, ORG, Event::DanmakuSent(DanmakuSent::plain("好")))
            .with_room(server.desk.room)
            .with_broadcast(Some(server.broadcast()))
    };
    // One every 10 s for half an hour, and forty within 10 s.
    let mut all: Vec<Envelope> = (0..180).map(|n| said(n * 10)).collect();
    all.extend((0..40).map(|n| said(900 + n / 4)));
    let last = app.append(&all).await.unwrap().end - 1;
    assert!(app.progress.reached("highlights", last, Duration::from_secs(20)).await);
    let path = format!("/api/broadcasts/{}/highlights", server.broadcast());
    let found = server.json(&path).await;
    assert_eq!(found.as_array().unwrap().len(), 1, "{found}");
    assert!((890_000..=906_000).contains(&found[0]["at_ms"].as_i64().unwrap()), "{found}");
    assert_eq!(found[0]["reasons"][0]["kind"], "danmaku");
    // The peak's 15 s hold the forty, and two of the usual ones.
    let value = found[0]["reasons"][0]["value"].as_f64().unwrap();
    assert!((150.0..=170.0).contains(&value), "{found}");
}

async fn recordings_and_clips_go_with_their_age(place: Place) {
    const DAY_MS: i64 = 86_400_000;
    let zero = Millis::now();
    let clock = Clock::manual(zero);
    let rules = RecordSettings { keep_days: 30, keep_clips_days: 60, sweep_s: 1, ..RecordSettings::default() };
    let server = start_at_on(place, clock.clone(), rules).await;
    let mut source = server.timed();
    source.push(&show::tags(0, 5_000, 50), 0).await;
    source.close().await;
    server.end_show().await;
    server.recording_when(|recording| recording["state"] == "complete").await;
    server.clip(0, 1_000).await;
    clock.set(zero.plus_ms(29 * DAY_MS));
    tokio::time::sleep(Duration::from_millis(1_500)).await;
    server.recording_when(|recording| recording["state"] == "complete").await;
    server.desk.held.lock().unwrap().insert(server.broadcast());
    clock.set(zero.plus_ms(31 * DAY_MS));
    tokio::time::sleep(Duration::from_millis(1_500)).await;
    server.recording_when(|recording| recording["state"] == "complete").await;
    let path = format!("/api/broadcasts/{}/recording", server.broadcast());
    assert_eq!(code(&server.call("DELETE", &path, None).await), "409 held");
    server.desk.held.lock().unwrap().clear();
    server.recording_when(|recording| recording["state"] == "removed").await;
    let clips = format!("/api/broadcasts/{}/clips", server.broadcast());
    assert_eq!(server.json(&clips).await.as_array().unwrap().len(), 1, "a clip outlives its recording");
    clock.set(zero.plus_ms(61 * DAY_MS));
    for _ in 0..3_000 {
        if server.json(&clips).await == json!([]) {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(server.events(&["RecordingRemoved", "ClipRemoved"]).await, ["RecordingRemoved", "ClipRemoved"]);
    assert!(!server.recording_dir().exists());
    assert_eq!(std::fs::read_dir(server.program.app.data_dir.join("media/clips")).unwrap().count(), 0);
    if let Some(s3) = &server.s3 {
        for _ in 0..3_000 {
            if s3.keys().await == ["kaibo/one/owner"] {
                return;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("there are still objects: {:?}", s3.keys().await);
    }
}
