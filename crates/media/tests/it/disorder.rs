//! Encoders whose clock jumps, that fall silent for a moment, or that were gone when the program began. Made here, and sent at
//! natural speed.

use crate::http_support::{KEY, Server, start_with};
use crate::packaging::timeline;
use crate::program::{Switches, patient, settings};
use crate::show::{self, Tag};
use events::{StreamSource, SwitchReason};
use media::slate::SlateSettings;
use media::{MediaSettings, OnAir, Settings};
use std::os::unix::fs::PermissionsExt;
use std::time::{Duration, Instant};
use tokio::io::AsyncWriteExt;
use tokio::task::JoinHandle;

const PRIMARY: StreamSource = StreamSource::Primary;
const SLATE: StreamSource = StreamSource::Slate;

/// Tags with the moments, in milliseconds, at which they are sent.
fn timed(ms: u32) -> Vec<(u32, Tag)> {
    show::tags(0, ms, 50).into_iter().map(|tag| (tag.timestamp, tag)).collect()
}

/// An encoder at natural speed; it leaves when the task is aborted, and stays connected when everything is sent.
async fn send(server: &Server, app: &str, tags: Vec<(u32, Tag)>) -> JoinHandle<()> {
    let (mut socket, publisher) = server.publisher_to(app, KEY).await;
    tokio::spawn(async move {
        let begin = Instant::now();
        for (due, tag) in tags {
            tokio::time::sleep(Duration::from_millis(u64::from(due)).saturating_sub(begin.elapsed())).await;
            let mut out = Vec::new();
            show::send(&publisher, &[tag], &mut out);
            if socket.write_all(&out).await.is_err() {
                return;
            }
        }
        std::future::pending::<()>().await;
    })
}

/// Ten seconds of a primary whose clock jumps three times; what players get.
async fn jumps(backup: bool) {
    let server = start_with(settings(patient())).await;
    let mut tags = timed(10_000);
    for (due, tag) in &mut tags {
        // Sound jumps a tenth of a second later than the pictures, so that old and new times are mixed.
        let late = if tag.video { 0 } else { 100 };
        let shift = match due.saturating_sub(late) {
            0..3_000 => 0,
            3_000..5_000 => 3_600_000,
            5_000..7_000 => 3_599_000,
            _ => 50,
        };
        tag.timestamp += shift;
    }
    let pictures = tags.iter().filter(|(_, tag)| tag.video).count() - 1;
    let sounds = tags.len() - pictures - 2;
    let _backup = if backup { Some(send(&server, "backup", timed(60_000)).await) } else { None };
    if backup {
        server.is_ready(StreamSource::Backup).await;
        server.choose("primary").await;
    }
    let primary = send(&server, "live", tags).await;
    let mut switches = Switches::of(&server);
    if backup {
        switches.next(Some(StreamSource::Backup), PRIMARY).await;
    } else {
        switches.started().await;
    }
    let room = server.desk.room;
    let whole = |playlist: &m3u8_rs::MediaPlaylist| {
        playlist.segments.iter().rev().take(4).filter(|segment| segment.duration == 2.0).count() == 4
    };
    server.playlist_when(room, whole).await;
    assert_eq!(switches.all().len(), if backup { 2 } else { 1 }, "{:?}", switches.all());
    primary.abort();
    server.media.end(room);
    let playlist = server.playlist_when(room, |playlist| playlist.end_list).await;
    if backup {
        return;
    }
    assert!(playlist.segments.iter().all(|segment| !segment.discontinuity));
    let mut media = Vec::new();
    for segment in &playlist.segments {
        media.extend(server.get(&format!("/live/{room}/{}", segment.uri)).await.body);
    }
    let media = media.into();
    for (track, count) in [(1, pictures), (2, sounds)] {
        let times = timeline(&media, track);
        assert!(times.windows(2).all(|pair| pair[0].1 == pair[1].0), "track {track} has neither holes nor overlaps");
        // Four segments of five were sent for certain.
        assert!((count * 3 / 4..=count).contains(&times.len()), "track {track}: {} of {count}", times.len());
    }
}

#[tokio::test]
async fn a_jump_of_the_clock_costs_nothing() {
    tokio::join!(jumps(false), jumps(true));
}

#[tokio::test]
async fn a_slate_that_people_hold_for_long_goes_when_they_say_so() {
    let slate = settings(patient());
    let media = MediaSettings { abandon_after_ms: 8_000, ..slate.media };
    let server = start_with(Settings { media, ..slate }).await;
    let mut switches = Switches::of(&server);
    let encoder = send(&server, "live", timed(60_000)).await;
    switches.started().await;
    server.goes_on(1).await;
    assert_eq!(server.choose("slate").await.status, 200);
    switches.next(Some(PRIMARY), SLATE).await;
    tokio::time::sleep(Duration::from_millis(9_000)).await;
    // The encoder was there all the time, and is gone for a moment.
    encoder.abort();
    server.desk_hears(&["published", "lost"]).await;
    let _encoder = send(&server, "live", timed(60_000)).await;
    server.desk_hears(&["published", "lost", "published"]).await;
    server.goes_on(1).await;
    let slates = switches.all().iter().filter(|switched| switched.to == SLATE).count();
    assert_eq!((slates, switches.all().last().unwrap().to), (1, SLATE), "the slate went on all the time");
    assert_eq!(server.choose("primary").await.status, 200);
    switches.next(Some(SLATE), PRIMARY).await;
    server.goes_on(1).await;
}

#[tokio::test]
async fn an_encoder_that_stays_away_for_very_long_is_shown_again() {
    let slate = settings(SlateSettings { after_ms: 200, ..patient() });
    let media = MediaSettings { abandon_after_ms: 1_000, ..slate.media };
    let server = start_with(Settings { media, ..slate }).await;
    let mut switches = Switches::of(&server);
    for _ in 0..2 {
        let encoder = send(&server, "live", timed(60_000)).await;
        switches.next(None, PRIMARY).await;
        server.goes_on(1).await;
        server.choose("slate").await;
        switches.next(Some(PRIMARY), SLATE).await;
        encoder.abort();
        tokio::time::sleep(Duration::from_millis(3_000)).await;
        server.choose("auto").await;
    }
}

#[tokio::test]
async fn after_a_restart_the_slate_comes_first() {
    let server = start_with(settings(SlateSettings { after_ms: 500, ..patient() })).await;
    let (room, mut switches) = (server.desk.room, Switches::of(&server));
    let broadcast = *server.desk.broadcast.lock().unwrap();
    let show = OnAir { broadcast, started_at: server.desk.started_at, resumed: true };
    server.media.await_encoder(room, show);
    assert_eq!(switches.next(None, SLATE).await.reason, SwitchReason::Lost);
    assert!(server.desk.heard().is_empty(), "a slate is no publisher");
    let playlist = server.goes_on(1).await;
    assert!(playlist.segments[0].discontinuity, "players may have seen another program's segments");
    let _encoder = send(&server, "live", timed(60_000)).await;
    switches.next(Some(SLATE), PRIMARY).await;
    server.desk_hears(&["published"]).await;
    let later = server.goes_on(2).await;
    assert_eq!(later.media_sequence, playlist.media_sequence, "the same list goes on");
    // An encoder that is there already is left alone.
    server.media.await_encoder(room, show);
    server.goes_on(1).await;
    server.media.end(room);
    assert!(server.playlist_when(room, |playlist| playlist.end_list).await.segments.len() >= 4);
}

#[tokio::test]
async fn a_slate_that_nobody_waits_for_is_given_up() {
    let dir = tempfile::tempdir().unwrap();
    let (script, log) = (dir.path().join("ffmpeg"), dir.path().join("log"));
    // A very slow ffmpeg.
    std::fs::write(&script, format!("#!/bin/sh\necho $$ >> {}\nexec sleep 60\n", log.display())).unwrap();
    std::fs::set_permissions(&script, std::fs::Permissions::from_mode(0o755)).unwrap();
    let slate = SlateSettings { stall_ms: 200, ffmpeg: script.display().to_string(), ..patient() };
    let server = start_with(settings(slate)).await;
    let wish = r#"{"enabled":true,"kind":"last_frame","after_ms":20000}"#;
    assert_eq!(server.set_slate(wish).await.status, 200);
    // Silent for a second after every two seconds.
    let tags = timed(12_000).into_iter().map(|(due, tag)| (due + due / 2_000 * 1_000, tag)).collect();
    let _encoder = send(&server, "live", tags).await;
    let begun =
        || -> Vec<String> { std::fs::read_to_string(&log).unwrap_or_default().lines().map(Into::into).collect() };
    for _ in 0..1_000 {
        if begun().len() >= 3 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let begun = begun();
    assert!(begun.len() >= 3, "silences were seen: {begun:?}");
    // The one of this silence may still be at work.
    for pid in &begun[..2] {
        let alive = || std::process::Command::new("kill").args(["-0", pid]).output().unwrap().status.success();
        for _ in 0..200 {
            if !alive() {
                break;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        assert!(!alive(), "what nobody waits for still runs");
    }
}
