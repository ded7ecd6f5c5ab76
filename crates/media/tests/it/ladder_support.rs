//! What tests of the ladder share: films, encoders, and waiting for what a room offers.

use crate::ffmpeg::ffmpeg;
use crate::http_support::{Server, parse, start_with};
use events::RoomId;
use m3u8_rs::{MasterPlaylist, MediaPlaylist};
use media::Settings;
use media::ladder::LadderSettings;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};
use tokio::process::{Child, Command};

pub const WHO: &str = "stream.read,stream.manage";
/// Long enough for a machine that is slow and busy.
const PATIENCE: Duration = Duration::from_secs(150);

pub async fn server(ladder: LadderSettings) -> Server {
    start_with(Settings { ladder, ..Settings::default() }).await
}

pub fn told(max_ladders: usize) -> LadderSettings {
    LadderSettings { max_ladders, ..LadderSettings::default() }
}

/// Four seconds of a film at a steady bit rate, ten pictures a second, a key frame every two.
pub async fn film(dir: &Path, size: &str, kbps: u32) -> PathBuf {
    let file = dir.join(format!("{size}-{kbps}.flv"));
    ffmpeg(&format!(
        "-f lavfi -i testsrc2=s={size}:r=10 -f lavfi -i sine=440:r=44100 -t 4 -c:v libx264 -preset ultrafast -bf 2 -g 20 \
         -keyint_min 20 -sc_threshold 0 -b:v {kbps}k -minrate {kbps}k -maxrate {kbps}k -bufsize {kbps}k \
         -x264-params nal-hrd=cbr -pix_fmt yuv420p -c:a aac -ac 2 {}",
        file.display()
    ))
    .await;
    file
}

/// Pushes it again and again at its natural speed, until it is killed.
pub fn push(server: &Server, film: &Path, app: &str, key: &str) -> Child {
    Command::new("ffmpeg")
        .args(["-nostdin", "-v", "error", "-stream_loop", "-1", "-re", "-i"])
        .arg(film)
        .args(["-c", "copy", "-flvflags", "no_duration_filesize", "-f", "flv"])
        .arg(format!("rtmp://{}/{app}/{key}", server.rtmp))
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .unwrap()
}

pub async fn switch(server: &Server, room: RoomId, enabled: bool, rungs: &[u32]) {
    let body = json!({ "enabled": enabled, "rungs": rungs });
    let answer = server.program.call(WHO, "PUT", &format!("/api/rooms/{room}/ladder"), Some(body)).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
}

pub async fn standing(server: &Server, room: RoomId) -> Value {
    server.program.call(WHO, "GET", &format!("/api/rooms/{room}/ladder"), None).await.json()
}

/// How the room's ladder stands once that is as wanted.
pub async fn standing_when(server: &Server, room: RoomId, wanted: impl Fn(&Value) -> bool) -> Value {
    let begin = Instant::now();
    loop {
        let now = standing(server, room).await;
        if wanted(&now) {
            return now;
        }
        assert!(begin.elapsed() < PATIENCE, "never as wanted: {now}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

pub async fn state_is(server: &Server, room: RoomId, state: &str) -> Value {
    standing_when(server, room, |now| now["state"] == state).await
}

/// Waits until exactly these rungs can be played.
pub async fn playable(server: &Server, room: RoomId, lines: &[u32]) {
    let playable = |now: &Value| -> Vec<u64> {
        let rungs = now["renditions"].as_array().into_iter().flatten();
        rungs.filter(|rung| rung["playable"] == true).filter_map(|rung| rung["lines"].as_u64()).collect()
    };
    let wanted: Vec<u64> = lines.iter().map(|lines| u64::from(*lines)).collect();
    standing_when(server, room, |now| playable(now) == wanted).await;
}

/// What a page of the room loads: the multivariant playlist, with its text.
pub async fn offer(server: &Server, room: RoomId) -> (MasterPlaylist, String) {
    let token = server.audience.mint_bare(room);
    let answer = server.get(&format!("/live/{room}/index.m3u8?token={token}")).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    let text = answer.text();
    let parsed = m3u8_rs::parse_master_playlist_res(text.as_bytes());
    (parsed.unwrap_or_else(|error| panic!("no multivariant playlist ({error}): {text}")), text)
}

/// The names of the playlists that a page may choose from.
pub async fn offered(server: &Server, room: RoomId) -> Vec<String> {
    let (offer, _) = offer(server, room).await;
    offer.variants.iter().map(|variant| variant.uri.split('?').next().unwrap().to_owned()).collect()
}

/// A rendition's playlist once it is as wanted.
pub async fn listed_when(
    server: &Server,
    room: RoomId,
    name: &str,
    wanted: impl Fn(&MediaPlaylist) -> bool,
) -> MediaPlaylist {
    let path = format!("/live/{room}/{name}?token={}", server.audience.mint_bare(room));
    let begin = Instant::now();
    loop {
        let answer = server.get(&path).await;
        if answer.status == 200 {
            let playlist = parse(&answer.text());
            if wanted(&playlist) {
                return playlist;
            }
        }
        let (text, now) = (answer.text(), standing(server, room).await);
        assert!(begin.elapsed() < PATIENCE, "`{name}` never was as wanted: {text}\n{now}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

/// The ffmpeg processes that make rungs for this test: it is a process of its own.
pub fn makers() -> Vec<u32> {
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

pub async fn no_makers() {
    let begin = Instant::now();
    while !makers().is_empty() {
        assert!(begin.elapsed() < PATIENCE, "processes are left: {:?}", makers());
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

pub async fn probe(url: &str, what: &[&str]) -> Value {
    let output = Command::new("ffprobe").args(["-v", "error"]).args(what).args(["-of", "json", url]).output();
    let output = output.await.unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    serde_json::from_slice(&output.stdout).unwrap()
}
