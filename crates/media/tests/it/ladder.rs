//! The bit-rate ladder with the real ffmpeg.

use crate::ffmpeg::{ffmpeg, has_ffmpeg, push};
use crate::http_support::{KEY, OTHER_KEY, Server, parse, start_with};
use crate::show;
use events::RoomId;
use media::Settings;
use media::ladder::LadderSettings;
use serde_json::json;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use tokio::process::Command;

const WHO: &str = "stream.read,stream.manage";

async fn server(ladder: LadderSettings) -> Server {
    start_with(Settings { ladder, ..Settings::default() }).await
}

fn told(max_ladders: usize) -> LadderSettings {
    LadderSettings { max_ladders, ..LadderSettings::default() }
}

async fn film(dir: &Path, seconds: u32) -> PathBuf {
    let file = dir.join("film.flv");
    ffmpeg(&format!(
        "-f lavfi -i testsrc2=s=1280x720:r=25 -f lavfi -i sine=440:r=44100 -t {seconds} -c:v libx264 -preset ultrafast \
         -bf 2 -g 50 -keyint_min 50 -sc_threshold 0 -pix_fmt yuv420p -c:a aac -ac 2 {}",
        file.display()
    ))
    .await;
    file
}

async fn switch(server: &Server, room: RoomId, enabled: bool, rungs: &[u32]) {
    let body = json!({ "enabled": enabled, "rungs": rungs });
    let answer = server.program.call(WHO, "PUT", &format!("/api/rooms/{room}/ladder"), Some(body)).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
}

async fn standing(server: &Server, room: RoomId) -> serde_json::Value {
    server.program.call(WHO, "GET", &format!("/api/rooms/{room}/ladder"), None).await.json()
}

/// The multivariant playlist once it names this many renditions, with the token.
async fn offered(server: &Server, room: RoomId, renditions: usize) -> (String, String) {
    let token = server.audience.mint_bare(room);
    let begin = Instant::now();
    let mut last = String::new();
    while begin.elapsed() < Duration::from_secs(60) {
        let answer = server.get(&format!("/live/{room}/index.m3u8?token={token}")).await;
        last = answer.text();
        let count = last.matches("#EXT-X-STREAM-INF").count();
        if answer.status == 200 && count == renditions {
            return (last, token);
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("never offered {renditions} renditions: {last}\n{}", standing(server, room).await);
}

/// The ffmpeg processes that make rungs for this test: it is a process of its own.
fn makers() -> Vec<u32> {
    let own = std::process::id().to_string();
    let processes = std::fs::read_dir("/proc").unwrap().flatten();
    let pids = processes.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    pids.filter(|pid| {
        let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
        let command = std::fs::read_to_string(format!("/proc/{pid}/cmdline")).unwrap_or_default();
        let parent = stat.rsplit(')').next().and_then(|rest| rest.split_whitespace().nth(1)).map(str::to_owned);
        parent.as_deref() == Some(&own) && command.contains("matroska")
    })
    .collect()
}

async fn probe(url: &str, what: &[&str]) -> String {
    let output = Command::new("ffprobe").args(["-v", "error"]).args(what).args(["-of", "csv=p=0", url]).output();
    let output = output.await.unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    String::from_utf8(output.stdout).unwrap()
}

#[tokio::test]
async fn rungs_below_the_source_line_up_with_it_and_come_back() {
    if !has_ffmpeg().await {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let film = film(dir.path(), 16).await;
    let server = server(told(1)).await;
    let room = server.desk.room;
    switch(&server, room, true, &[1080, 720, 360, 240]).await;
    assert_eq!(standing(&server, room).await["state"], "idle");
    let mut encoder = push(&server, &film);
    let (text, token) = offered(&server, room, 3).await;
    assert_eq!(standing(&server, room).await["state"], "running");
    for line in ["source.m3u8?token=", "360p.m3u8?token=", "240p.m3u8?token="] {
        assert!(text.lines().any(|found| found.starts_with(line)), "{text}");
    }
    for size in ["RESOLUTION=1280x720", "RESOLUTION=640x360", "RESOLUTION=426x240"] {
        assert!(text.contains(size), "{text}");
    }
    assert!(text.contains("FRAME-RATE=25.000") && text.contains("CODECS=\"avc1."), "{text}");

    // The encoder goes and comes back; the rungs go on behind a discontinuity.
    encoder.kill().await.unwrap();
    server.desk_hears(&["published", "lost"]).await;
    let mut encoder = push(&server, &film);
    let rung = format!("/live/{room}/240p.m3u8?token={token}");
    for path in [format!("/live/{room}/source.m3u8?token={token}"), rung.clone()] {
        let begin = Instant::now();
        loop {
            let answer = server.get(&path).await;
            if answer.status == 200 && parse(&answer.text()).segments.iter().any(|segment| segment.discontinuity) {
                break;
            }
            assert!(begin.elapsed() < Duration::from_secs(30), "it goes on: {}", answer.text());
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }
    tokio::time::sleep(Duration::from_secs(3)).await;
    let live = server.get(&rung).await.text();
    assert!(live.contains("#EXT-X-RENDITION-REPORT:URI=\"source.m3u8?token="), "{live}");
    encoder.kill().await.unwrap();
    server.desk_hears(&["published", "lost", "published", "lost"]).await;
    server.media.end(room);

    // Everything has come out.
    let ended = async |name: &str| loop {
        let answer = server.get(&format!("/live/{room}/{name}.m3u8?token={token}")).await;
        let playlist = parse(&answer.text());
        if playlist.end_list {
            return playlist;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    };
    let source = ended("source").await;
    for name in ["360p", "240p"] {
        let rung = ended(name).await;
        assert_eq!(rung.discontinuity_sequence, source.discontinuity_sequence);
        for segment in 0..source.segments.len().min(rung.segments.len()) {
            let (of, to) = (&source.segments[segment], &rung.segments[segment]);
            let own = (rung.media_sequence + segment as u64) as i64 - source.media_sequence as i64;
            assert_eq!(own, segment as i64, "numbers are the same");
            let apart = to.program_date_time.unwrap() - of.program_date_time.unwrap();
            // Within a picture of each other.
            assert!(apart.num_milliseconds().abs() <= 40, "segment {segment} of {name} is {apart} apart");
            if segment + 1 < source.segments.len() {
                assert!((of.duration - to.duration).abs() < 0.2, "{} and {}", of.duration, to.duration);
            }
        }
        let url = format!("http://{}/live/{room}/{name}.m3u8?token={token}", server.http);
        let said = probe(&url, &["-select_streams", "v:0", "-show_entries", "stream=codec_name,height"]).await;
        assert!(said.contains(&format!("h264,{}", name.trim_end_matches('p'))), "{said}");
    }
    let first = |name: &str| {
        let url = format!("http://{}/live/{room}/{name}.m3u8?token={token}", server.http);
        async move {
            let said =
                probe(&url, &["-select_streams", "v:0", "-show_entries", "packet=pts_time", "-read_intervals", "%+#1"]);
            said.await.lines().next().unwrap().trim_end_matches(',').parse::<f64>().unwrap()
        }
    };
    assert!((first("source").await - first("360p").await).abs() < 0.002, "clocks are the same");
}

#[tokio::test]
async fn a_killed_ffmpeg_leaves_the_source_on_air() {
    if !has_ffmpeg().await {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let film = film(dir.path(), 40).await;
    let server = server(told(1)).await;
    let room = server.desk.room;
    switch(&server, room, true, &[240]).await;
    let _encoder = push(&server, &film);
    let (_, token) = offered(&server, room, 2).await;
    let [maker] = makers()[..] else { panic!("one ffmpeg makes rungs: {:?}", makers()) };
    let killed = Command::new("kill").args(["-9", &maker.to_string()]).status().await.unwrap();
    assert!(killed.success());
    // The index is the source's own playlist again, and goes on.
    offered(&server, room, 0).await;
    assert_eq!(server.get(&format!("/live/{room}/240p.m3u8?token={token}")).await.status, 404);
    let now = server.playlist_when(room, |playlist| !playlist.segments.is_empty()).await;
    let later = |playlist: &m3u8_rs::MediaPlaylist| playlist.media_sequence > now.media_sequence;
    let later = server.playlist_when(room, later).await;
    assert!(later.segments.iter().all(|segment| !segment.discontinuity), "nobody noticed");
    offered(&server, room, 2).await;
    switch(&server, room, false, &[240]).await;
    offered(&server, room, 0).await;
    assert_eq!(makers(), Vec::<u32>::new(), "a ladder that is switched off leaves no process");
}

#[tokio::test]
async fn there_are_no_more_ladders_than_the_machine_can_make() {
    if !has_ffmpeg().await {
        return;
    }
    let server = server(told(1)).await;
    let (room, other) = (server.desk.room, server.desk.other);
    switch(&server, room, true, &[144]).await;
    let _first = server.push(KEY, &show::tags(0, 4_500, 50)).await;
    state_is(&server, room, "running").await;
    switch(&server, other, true, &[144]).await;
    let _second = server.push(OTHER_KEY, &show::tags(0, 4_500, 50)).await;
    state_is(&server, other, "no_capacity").await;
    assert_eq!(standing(&server, other).await["capacity"], 1);
    // 640x360 has nothing above 359 lines.
    switch(&server, room, true, &[720, 360]).await;
    state_is(&server, room, "nothing_below").await;
}

#[tokio::test]
async fn without_ffmpeg_the_source_plays_alone() {
    let server = server(LadderSettings { ffmpeg: "no-such-ffmpeg".into(), ..LadderSettings::default() }).await;
    let room = server.desk.room;
    switch(&server, room, true, &[240]).await;
    let _encoder = server.push(KEY, &show::tags(0, 4_500, 50)).await;
    server.playlist_when(room, |playlist| playlist.segments.len() == 2).await;
    state_is(&server, room, "ffmpeg_missing").await;
}

#[tokio::test]
async fn capacity_is_measured_when_it_is_not_told() {
    if !has_ffmpeg().await {
        return;
    }
    let server = server(told(0)).await;
    let room = server.desk.room;
    switch(&server, room, true, &[144]).await;
    let _encoder = server.push(KEY, &show::tags(0, 4_500, 50)).await;
    let begin = Instant::now();
    while standing(&server, room).await["capacity"].is_null() {
        assert!(begin.elapsed() < Duration::from_secs(60), "{}", standing(&server, room).await);
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    eprintln!("this machine: {}", standing(&server, room).await["capacity"]);
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

async fn state_is(server: &Server, room: RoomId, wanted: &str) {
    let begin = Instant::now();
    loop {
        let now = standing(server, room).await;
        if now["state"] == wanted {
            return;
        }
        assert!(begin.elapsed() < Duration::from_secs(30), "never {wanted}: {now}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}
