//! The bit-rate ladder with the real ffmpeg.

use crate::ffmpeg::has_ffmpeg;
use crate::http_support::{KEY, OTHER_KEY, Server};
use crate::ladder_support::{
    WHO, film, listed_when, makers, no_makers, offer, offered, playable, probe, push, server, standing, standing_when,
    state_is, switch, told,
};
use crate::show;
use events::RoomId;
use m3u8_rs::VariantStream;
use media::ladder::LadderSettings;
use serde_json::json;
use std::os::unix::fs::PermissionsExt;
use std::time::Duration;
use tokio::process::Command;

#[tokio::test]
async fn rungs_below_the_source_line_up_with_it_and_come_back() {
    if !has_ffmpeg().await {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let film = film(dir.path(), "1280x720", 2_000).await;
    let server = server(told(1)).await;
    let room = server.desk.room;
    switch(&server, room, true, &[1080, 720, 360, 240]).await;
    assert_eq!(standing(&server, room).await["state"], "idle");
    let mut encoder = push(&server, &film, "live", KEY);
    playable(&server, room, &[360, 240]).await;
    let now = standing(&server, room).await;
    assert_eq!((&now["state"], &now["capacity"], &now["in_use"]), (&json!("running"), &json!(1), &json!(1)), "{now}");
    assert_eq!(offered(&server, room).await, ["source.m3u8", "360p.m3u8", "240p.m3u8"]);

    // The encoder goes and comes back; the rungs go on behind a discontinuity.
    encoder.kill().await.unwrap();
    server.desk_hears(&["published", "lost"]).await;
    let mut encoder = push(&server, &film, "live", KEY);
    for name in ["source.m3u8", "240p.m3u8", "360p.m3u8"] {
        let broken = |playlist: &m3u8_rs::MediaPlaylist| playlist.segments.iter().any(|segment| segment.discontinuity);
        listed_when(&server, room, name, broken).await;
    }
    let token = server.audience.mint_bare(room);
    let live = server.get(&format!("/live/{room}/240p.m3u8?token={token}")).await.text();
    assert!(live.contains("#EXT-X-RENDITION-REPORT:URI=\"source.m3u8?token="), "{live}");
    encoder.kill().await.unwrap();
    server.desk_hears(&["published", "lost", "published", "lost"]).await;
    server.media.end(room);

    // Everything has come out.
    let source = listed_when(&server, room, "source.m3u8", |playlist| playlist.end_list).await;
    for name in ["360p", "240p"] {
        let rung = listed_when(&server, room, &format!("{name}.m3u8"), |playlist| playlist.end_list).await;
        assert_eq!(rung.discontinuity_sequence, source.discontinuity_sequence);
        assert_eq!(rung.target_duration, source.target_duration);
        assert_eq!(rung.media_sequence, source.media_sequence, "numbers are the same");
        for (n, (of, to)) in source.segments.iter().zip(&rung.segments).enumerate() {
            let apart = to.program_date_time.unwrap() - of.program_date_time.unwrap();
            // Within a picture of each other.
            assert!(apart.num_milliseconds().abs() <= 100, "segment {n} of {name} is {apart} apart");
            assert_eq!(of.discontinuity, to.discontinuity, "segment {n} of {name}");
            // Where an encoder is cut off, its sound may be ahead of its picture, and a rung's by more.
            let most = if source.segments.get(n + 1).is_some_and(|next| next.discontinuity) { 0.5 } else { 0.2 };
            if n + 1 < source.segments.len() {
                assert!((of.duration - to.duration).abs() < most, "{} and {}", of.duration, to.duration);
            }
        }
    }
    let first = async |name: &str| {
        let url = format!("http://{}/live/{room}/{name}.m3u8?token={token}", server.http);
        let what = ["-select_streams", "v:0", "-show_entries", "packet=pts_time", "-read_intervals", "%+#1"];
        let said = probe(&url, &what).await;
        said["packets"][0]["pts_time"].as_str().unwrap().parse::<f64>().unwrap()
    };
    assert!((first("source").await - first("360p").await).abs() < 0.002, "clocks are the same");
}

#[tokio::test]
async fn the_list_tells_what_renditions_are_like() {
    if !has_ffmpeg().await {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    // So cheap that what 480 and 240 lines usually take would not be less.
    let film = film(dir.path(), "1280x720", 800).await;
    let server = server(told(1)).await;
    let room = server.desk.room;
    switch(&server, room, true, &[480, 240]).await;
    let _encoder = push(&server, &film, "live", KEY);
    playable(&server, room, &[480, 240]).await;
    // What is promised before a rung was made is what it is afterwards.
    for name in ["source.m3u8", "480p.m3u8", "240p.m3u8"] {
        listed_when(&server, room, name, |playlist| playlist.segments.len() >= 4).await;
    }
    let (offer, text) = offer(&server, room).await;
    let mut above = u64::MAX;
    for variant in &offer.variants {
        assert_told_truly(&server, room, variant, &text).await;
        assert!(variant.bandwidth < above, "what is smaller costs less: {text}");
        above = variant.bandwidth;
    }
    let [source, larger, smaller] = &offer.variants[..] else { panic!("three renditions: {text}") };
    let average = |variant: &VariantStream| variant.average_bandwidth.unwrap() as f64;
    for (above, below) in [(source, larger), (larger, smaller)] {
        assert!(average(below) <= 0.85 * average(above), "a rung saves something: {text}");
    }
    assert_eq!(text.matches("FRAME-RATE=").count(), 3, "{text}");
    let rates: Vec<_> = offer.variants.iter().map(|variant| variant.frame_rate).collect();
    assert!(rates.iter().all(|rate| *rate == rates[0] && (rate.unwrap() - 10.0).abs() < 0.2), "{rates:?}");
}

/// Compares what the list tells with what `ffprobe` finds and what segments weigh.
async fn assert_told_truly(server: &Server, room: RoomId, variant: &VariantStream, text: &str) {
    let url = format!("http://{}/live/{room}/{}", server.http, variant.uri);
    let what = ["-show_entries", "stream=codec_type,width,height,profile,level", "-read_intervals", "%+#10"];
    let said = probe(&url, &what).await;
    let streams = said["streams"].as_array().unwrap();
    let picture = streams.iter().find(|stream| stream["codec_type"] == "video").unwrap();
    let resolution = variant.resolution.unwrap();
    assert_eq!(
        (&picture["width"], &picture["height"]),
        (&json!(resolution.width), &json!(resolution.height)),
        "{text}"
    );
    let profile = match picture["profile"].as_str().unwrap() {
        "Main" => "4d40",
        "High" => "6400",
        "Constrained Baseline" => "42c0",
        other => panic!("another profile: {other}"),
    };
    let level = picture["level"].as_u64().unwrap();
    assert_eq!(variant.codecs.as_deref(), Some(format!("avc1.{profile}{level:02x},mp4a.40.2").as_str()), "{text}");
    assert!(streams.iter().any(|stream| stream["codec_type"] == "audio"));

    let name = variant.uri.split('?').next().unwrap();
    let playlist = listed_when(server, room, name, |_| true).await;
    let (mut bits, mut seconds) = (0.0, 0.0);
    for segment in &playlist.segments {
        let size = server.get(&format!("/live/{room}/{}", segment.uri)).await.body.len() as f64 * 8.0;
        let bandwidth = variant.bandwidth as f64;
        let rate = size / f64::from(segment.duration);
        assert!(rate <= bandwidth * 1.1, "a segment of `{name}` takes {rate} of {bandwidth}");
        bits += size;
        seconds += f64::from(segment.duration);
    }
    let (average, told) = (bits / seconds, variant.average_bandwidth.unwrap() as f64);
    assert!(average <= told * 1.1 && average >= told * 0.3, "`{name}` takes {average}, and {told} was told");
}

#[tokio::test]
async fn an_address_never_changes_its_kind() {
    if !has_ffmpeg().await {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let film = film(dir.path(), "640x360", 1_000).await;
    let server = server(told(1)).await;
    let room = server.desk.room;
    let _encoder = push(&server, &film, "live", KEY);
    let bare = server.playlist_path(room).await;
    listed_when(&server, room, "source.m3u8", |playlist| !playlist.segments.is_empty()).await;
    assert_eq!(offered(&server, room).await, ["source.m3u8"]);
    switch(&server, room, true, &[240]).await;
    playable(&server, room, &[240]).await;
    assert_eq!(offered(&server, room).await, ["source.m3u8", "240p.m3u8"]);
    // Bare players keep what they began with.
    assert!(bare.contains("/source.m3u8?") && server.get(&bare).await.text().contains("#EXTINF"));
    let later = server.playlist_path(room).await;
    assert!(later.contains("/index.m3u8?") && server.get(&later).await.text().contains("#EXT-X-STREAM-INF"));
    switch(&server, room, false, &[240]).await;
    no_makers().await;
    standing_when(&server, room, |now| now["renditions"] == json!([])).await;
    assert_eq!(offered(&server, room).await, ["source.m3u8"]);
    assert!(server.get(&later).await.text().contains("#EXT-X-STREAM-INF"));
}

#[tokio::test]
async fn who_comes_with_the_first_segment_gets_the_rungs() {
    if !has_ffmpeg().await {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let film = film(dir.path(), "640x360", 1_000).await;
    let server = server(told(1)).await;
    let room = server.desk.room;
    switch(&server, room, true, &[240]).await;
    standing_when(&server, room, |now| now["capacity"] == 1).await;
    let _encoder = push(&server, &film, "live", KEY);
    let token = server.audience.mint_bare(room);
    let index = format!("/live/{room}/index.m3u8?token={token}");
    let first = loop {
        let answer = server.get(&index).await;
        if answer.status == 200 {
            break answer.text();
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    };
    assert!(first.contains("240p.m3u8"), "the rung is promised at once: {first}");
    assert!(first.contains("RESOLUTION=426x240,CODECS=\"avc1.4d401e,mp4a.40.2\""), "{first}");
    // Whoever chooses it waits until it is there. A slow machine may take longer than players are held.
    let rung = listed_when(&server, room, "240p.m3u8", |_| true).await;
    assert!(!rung.segments.is_empty());
}

#[tokio::test]
async fn a_killed_ffmpeg_leaves_the_source_on_air() {
    if !has_ffmpeg().await {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let film = film(dir.path(), "640x360", 1_000).await;
    let server = server(told(1)).await;
    let room = server.desk.room;
    switch(&server, room, true, &[240]).await;
    let _encoder = push(&server, &film, "live", KEY);
    playable(&server, room, &[240]).await;
    let [maker] = makers()[..] else { panic!("one ffmpeg makes rungs: {:?}", makers()) };
    // Who waits for the rung's next part is told at once that there will be none.
    let token = server.audience.mint_bare(room);
    let rung = listed_when(&server, room, "240p.m3u8", |_| true).await;
    let next = rung.media_sequence + rung.segments.len() as u64 + 1;
    let path = format!("/live/{room}/240p.m3u8?token={token}&_HLS_msn={next}");
    let kill = async {
        tokio::time::sleep(Duration::from_millis(100)).await;
        Command::new("kill").args(["-9", &maker.to_string()]).status().await.unwrap()
    };
    let (waiting, killed) = tokio::join!(server.get(&path), kill);
    assert!(killed.success());
    assert!(matches!(waiting.status, 200 | 404), "neither late nor held: {}", waiting.text());
    // What was listed is still there.
    let newest = &rung.segments.last().unwrap().uri;
    assert_eq!(server.get(&format!("/live/{room}/{newest}")).await.status, 200);
    let now = server.playlist_when(room, |playlist| !playlist.segments.is_empty()).await;
    let later = |playlist: &m3u8_rs::MediaPlaylist| playlist.media_sequence > now.media_sequence;
    let later = server.playlist_when(room, later).await;
    assert!(later.segments.iter().all(|segment| !segment.discontinuity), "nobody noticed");
    // It begins anew behind everything that was listed.
    listed_when(&server, room, "240p.m3u8", |playlist| playlist.media_sequence + 1 >= next).await;
    switch(&server, room, false, &[240]).await;
    no_makers().await;
}

#[tokio::test]
async fn a_ladder_that_falls_behind_is_dropped() {
    if !has_ffmpeg().await {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let film = film(dir.path(), "640x360", 1_000).await;
    // Reads a film much more slowly than it passes.
    let slow = dir.path().join("slow-ffmpeg");
    std::fs::write(&slow, "#!/bin/sh\nexec ffmpeg -readrate 0.2 \"$@\"\n").unwrap();
    std::fs::set_permissions(&slow, std::fs::Permissions::from_mode(0o755)).unwrap();
    let server = server(LadderSettings { ffmpeg: slow.display().to_string(), ..told(1) }).await;
    let room = server.desk.room;
    switch(&server, room, true, &[240]).await;
    let _encoder = push(&server, &film, "live", KEY);
    let late = standing_when(&server, room, |now| now["behind_ms"].as_i64() > Some(2_000)).await;
    assert_eq!(late["renditions"][0]["lines"], 240, "how late it is is told: {late}");
    state_is(&server, room, "too_slow").await;
    no_makers().await;
    assert_eq!(offered(&server, room).await, ["source.m3u8"]);
    let token = server.audience.mint_bare(room);
    assert_eq!(server.get(&format!("/live/{room}/240p.m3u8?token={token}")).await.status, 404);
    assert_eq!(standing(&server, room).await["in_use"], 0, "its place is free");
    let now = server.playlist_when(room, |playlist| !playlist.segments.is_empty()).await;
    server.playlist_when(room, |playlist| playlist.media_sequence > now.media_sequence).await;
}

#[tokio::test]
async fn there_are_no_more_ladders_than_the_machine_can_make() {
    if !has_ffmpeg().await {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let film = film(dir.path(), "320x180", 800).await;
    let server = server(told(1)).await;
    let (room, other) = (server.desk.room, server.desk.other);
    switch(&server, room, true, &[144]).await;
    let _first = push(&server, &film, "live", KEY);
    state_is(&server, room, "running").await;
    switch(&server, other, true, &[144]).await;
    let _second = push(&server, &film, "live", OTHER_KEY);
    let busy = state_is(&server, other, "no_capacity").await;
    assert_eq!((&busy["capacity"], &busy["in_use"], &busy["renditions"]), (&json!(1), &json!(1), &json!([])));
    // Nothing lies above 180 lines: the place is free.
    switch(&server, room, true, &[720, 360, 180]).await;
    state_is(&server, room, "nothing_below").await;
    state_is(&server, other, "running").await;
}

#[tokio::test]
async fn without_ffmpeg_the_source_plays_alone() {
    let server = server(LadderSettings { ffmpeg: "no-such-ffmpeg".into(), ..LadderSettings::default() }).await;
    let room = server.desk.room;
    switch(&server, room, true, &[240]).await;
    let _encoder = server.push(KEY, &dear(show::tags(0, 4_500, 50))).await;
    server.playlist_when(room, |playlist| playlist.segments.len() == 2).await;
    state_is(&server, room, "ffmpeg_missing").await;
    assert_eq!(offered(&server, room).await, ["source.m3u8"]);
}

#[tokio::test]
async fn what_would_save_nothing_is_not_made() {
    let server = server(told(1)).await;
    let room = server.desk.room;
    switch(&server, room, true, &[240, 144]).await;
    // 640x360 at 140 kbit/s.
    let _encoder = server.push(KEY, &show::tags(0, 4_500, 50)).await;
    state_is(&server, room, "nothing_below").await;
}

/// With pictures that weigh something.
fn dear(tags: Vec<show::Tag>) -> Vec<show::Tag> {
    let fill = |mut tag: show::Tag| {
        if tag.video && tag.payload.get(1) == Some(&1) {
            let body = [&tag.payload[..5], &8_000u32.to_be_bytes(), &[0x55; 8_000]].concat();
            tag.payload = body.into();
        }
        tag
    };
    tags.into_iter().map(fill).collect()
}

#[tokio::test]
async fn capacity_is_measured_when_it_is_not_told() {
    if !has_ffmpeg().await {
        return;
    }
    let server = server(told(0)).await;
    let room = server.desk.room;
    assert!(standing(&server, room).await["capacity"].is_null());
    // Before the first show needs it.
    switch(&server, room, true, &[144]).await;
    let measured = standing_when(&server, room, |now| now["capacity"].is_number()).await;
    eprintln!("this machine: {}", measured["capacity"]);
}

#[tokio::test]
async fn wrong_rungs_are_refused() {
    let server = server(LadderSettings::default()).await;
    let path = format!("/api/rooms/{}/ladder", server.desk.room);
    for rungs in [json!([]), json!([361]), json!([360, 360])] {
        let answer = server.program.call(WHO, "PUT", &path, Some(json!({ "enabled": true, "rungs": rungs }))).await;
        assert_eq!((answer.status, answer.json()["code"].as_str()), (400, Some("rungs_invalid")), "{rungs}");
    }
    let kept = server.program.call(WHO, "PUT", &path, Some(json!({ "enabled": true }))).await.json();
    assert_eq!((&kept["rungs"], &kept["state"]), (&json!([720, 480, 360]), &json!("idle")));
}
