//! ffmpeg publishes and ffmpeg reads back. Skipped, loudly, where it is not installed.

use crate::http_support::{KEY, Server, start};
use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};
use tokio::process::{Child, Command};

pub async fn has_ffmpeg() -> bool {
    let found =
        Command::new("ffmpeg").arg("-version").stdout(Stdio::null()).stderr(Stdio::null()).status().await.is_ok();
    if !found {
        eprintln!("SKIPPED: `ffmpeg` is not installed, nothing was published with it");
    }
    found
}

pub async fn ffmpeg(arguments: &str) -> Output {
    let output =
        Command::new("ffmpeg").args(["-nostdin", "-v", "warning", "-y"]).args(arguments.split_whitespace()).output();
    let output = output.await.unwrap();
    assert!(output.status.success(), "ffmpeg {arguments}: {}", String::from_utf8_lossy(&output.stderr));
    output
}

/// Pushes at most at natural speed; the file's length decides how long it takes.
pub fn push(server: &Server, file: &Path) -> Child {
    Command::new("ffmpeg")
        .args(["-nostdin", "-v", "warning", "-re", "-i"])
        .arg(file)
        .args([
            "-c",
            "copy",
            "-flvflags",
            "no_duration_filesize",
            "-f",
            "flv",
            &format!("rtmp://{}/live/{KEY}", server.rtmp),
        ])
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap()
}

/// Presentation times of a stream's packets in seconds, sorted.
pub async fn times(input: &str, stream: &str) -> Vec<f64> {
    let output = Command::new("ffprobe")
        .args(["-v", "warning", "-select_streams", stream, "-show_entries", "packet=pts_time", "-of", "csv=p=0", input])
        .output()
        .await
        .unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stderr), "", "ffprobe has nothing to complain about");
    let text = String::from_utf8(output.stdout).unwrap();
    let mut times: Vec<f64> = text.lines().filter_map(|line| line.trim_end_matches(',').parse().ok()).collect();
    times.sort_by(f64::total_cmp);
    times
}

/// Six seconds with B-frames and sound, made here.
async fn sample(dir: &Path, bframes: u32) -> PathBuf {
    let file = dir.join(format!("b{bframes}.flv"));
    let arguments = format!(
        "-f lavfi -i testsrc2=s=320x180:r=30 -f lavfi -i sine=440:r=44100 -t 6 -c:v libx264 -preset veryfast -bf {bframes} -g 60 -pix_fmt yuv420p -c:a aac -ac 2 {}",
        file.display()
    );
    ffmpeg(&arguments).await;
    file
}

/// Publishes a file, and compares what a player gets with it.
async fn round_trip(file: &Path) {
    let server = start().await;
    let room = server.desk.room;
    let pushed = push(&server, file).wait_with_output().await.unwrap();
    assert!(pushed.status.success(), "{}", String::from_utf8_lossy(&pushed.stderr));
    assert_eq!(String::from_utf8_lossy(&pushed.stderr), "", "ffmpeg published without a warning");
    server.desk_hears(&["published", "lost clean"]).await;
    server.media.end(room);
    let url = format!("http://{}{}", server.http, server.playlist_path(room).await);

    let read = ffmpeg(&format!("-i {url} -fps_mode passthrough -enc_time_base -1 -f null -")).await;
    assert_eq!(String::from_utf8_lossy(&read.stderr), "", "ffmpeg played without a warning");

    let original = file.display().to_string();
    let mut offset = None;
    for track in ["v:0", "a:0"] {
        let (before, after) = (times(&original, track).await, times(&url, track).await);
        // Silence stands before sound that begins after its picture.
        let silent = if track == "a:0" { after.len().saturating_sub(before.len()) } else { 0 };
        assert!(silent < 50, "{silent} frames of silence");
        let after = &after[silent..];
        assert_eq!(after.len(), before.len(), "{track}: every frame once");
        let (Some(first_in), Some(first_out)) = (before.first(), after.first()) else { continue };
        let offset = *offset.get_or_insert(first_out - first_in);
        let off: Vec<f64> = before.iter().zip(after).map(|(before, after)| after - before - offset).collect();
        let worst = off.iter().map(|off| off.abs()).fold(0.0, f64::max);
        eprintln!("{}: {track} is at most {:.1} ms off", file.display(), worst * 1000.0);
        assert!(worst <= 0.005, "{track} is {worst} s off");
    }
    assert!(offset.is_some());
}

#[tokio::test]
async fn b_frames_and_sound_come_through_in_step() {
    if !has_ffmpeg().await {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    round_trip(&sample(dir.path(), 2).await).await;
}

#[tokio::test]
async fn without_b_frames_too() {
    if !has_ffmpeg().await {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    round_trip(&sample(dir.path(), 0).await).await;
}

/// Eight seconds made by these arguments.
async fn odd(arguments: &str) {
    if !has_ffmpeg().await {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("odd.flv");
    ffmpeg(&format!("{arguments} -t 8 {}", file.display())).await;
    round_trip(&file).await;
}

#[tokio::test]
async fn a_variable_frame_rate_comes_through() {
    // Between 3 and 30 pictures a second, and none at all for two seconds.
    let chosen = "select='not(lt(mod(n\\,60)\\,30)*mod(n\\,10)+between(n\\,100\\,160))'";
    odd(&format!(
        "-f lavfi -i testsrc2=s=320x180:r=30 -f lavfi -i sine=440:r=44100 -vf {chosen} -fps_mode vfr -c:v libx264 \
         -preset veryfast -bf 2 -g 20 -pix_fmt yuv420p -c:a aac -ac 2"
    ))
    .await;
}

#[tokio::test]
async fn pictures_alone_come_through() {
    odd("-f lavfi -i testsrc2=s=320x180:r=25 -c:v libx264 -preset veryfast -bf 2 -g 50 -pix_fmt yuv420p").await;
}

#[tokio::test]
async fn sound_alone_comes_through() {
    odd("-f lavfi -i sine=440:r=48000 -c:a aac -ac 2").await;
}

#[tokio::test]
async fn a_real_film_comes_through() {
    let file = Path::new("../../../shared/data/media/bbb.flv");
    if !file.exists() {
        eprintln!("SKIPPED: the film `bbb.flv` is not here");
        return;
    }
    if has_ffmpeg().await {
        round_trip(file).await;
    }
}

#[tokio::test]
async fn a_killed_encoder_comes_back_and_players_go_on() {
    if !has_ffmpeg().await {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let file = sample(dir.path(), 2).await;
    let server = start().await;
    let room = server.desk.room;
    let mut first = push(&server, &file);
    server.playlist_when(room, |playlist| playlist.segments.len() == 2).await;
    first.kill().await.unwrap();
    server.desk_hears(&["published", "lost"]).await;
    let again = push(&server, &file).wait_with_output().await.unwrap();
    assert!(again.status.success());
    server.desk_hears(&["published", "lost", "published", "lost clean"]).await;
    server.media.end(room);
    let playlist = server.playlist_when(room, |playlist| playlist.end_list).await;
    assert_eq!(playlist.segments.iter().filter(|segment| segment.discontinuity).count(), 1);
    let url = format!("http://{}{}", server.http, server.playlist_path(room).await);
    let played = ffmpeg(&format!("-i {url} -map 0:v -c copy -f framecrc -")).await;
    let read = String::from_utf8_lossy(&played.stdout).lines().filter(|line| line.starts_with("0,")).count();
    assert!(read >= 280, "pictures before and after the break are read: {read}");
}

#[tokio::test]
async fn a_player_reads_on_while_it_is_live() {
    if !has_ffmpeg().await {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("long.flv");
    ffmpeg(&format!(
        "-f lavfi -i testsrc2=s=320x180:r=30 -f lavfi -i sine=440:r=48000 -t 30 -c:v libx264 -preset ultrafast -bf 2 -g 60 \
         -pix_fmt yuv420p -c:a aac -ac 2 {}",
        file.display()
    ))
    .await;
    let server = start().await;
    let room = server.desk.room;
    let _encoder = push(&server, &file);
    server.playlist_when(room, |playlist| playlist.segments.len() >= 2).await;
    let url = format!("http://{}{}", server.http, server.playlist_path(room).await);
    let played = ffmpeg(&format!("-i {url} -t 20 -f null -")).await;
    // ffmpeg reads the init segment again with each reload of a live playlist, and then complains of that.
    let own = |line: &&str| !line.contains("Found duplicated MOOV Atom") && !line.contains("Last message repeated");
    let said = String::from_utf8_lossy(&played.stderr);
    assert_eq!(
        said.lines().filter(own).collect::<Vec<_>>(),
        Vec::<&str>::new(),
        "twenty live seconds without a warning"
    );
}
