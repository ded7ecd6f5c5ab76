//! The flash-and-beep probe: a picture that flashes exactly when a beep sounds goes in by RTMP, and what comes out by HLS is
//! looked at and listened to. Skipped, loudly, where ffmpeg is not installed.

use crate::http_support::{KEY, start};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use tokio::process::Command;

/// Looks a second at the picture, and samples a second of the sound.
const LOOKS: usize = 200;
const SAMPLES: usize = 8_000;
/// Sound is listened to in pieces of so many samples.
const PIECE: usize = 16;

/// Moments in seconds at which `levels` rise above half of their highest.
fn onsets(levels: &[f64], per_second: f64) -> Vec<f64> {
    let half = levels.iter().copied().fold(0.0, f64::max) / 2.0;
    let risen = |(index, pair): (usize, &[f64])| match pair {
        [before, after] if *before < half && *after >= half => Some((index + 1) as f64 / per_second),
        _ => None,
    };
    levels.windows(2).enumerate().filter_map(risen).collect()
}

/// The loudest sample of each piece.
fn loudness(samples: &[i16]) -> Vec<f64> {
    samples
        .chunks(PIECE)
        .map(|piece| piece.iter().map(|sample| f64::from(sample.unsigned_abs())).fold(0.0, f64::max))
        .collect()
}

/// Milliseconds that beeps come after their flashes: the middle one of all pairs that stand within half a second.
fn offset_ms(flashes: &[f64], beeps: &[f64]) -> Option<f64> {
    let mut offsets: Vec<f64> = flashes
        .iter()
        .filter_map(|flash| {
            let distances = beeps.iter().map(|beep| (beep - flash) * 1000.0);
            distances.min_by(|one, other| one.abs().total_cmp(&other.abs())).filter(|distance| distance.abs() < 500.0)
        })
        .collect();
    offsets.sort_by(f64::total_cmp);
    offsets.get(offsets.len() / 2).copied()
}

#[test]
fn rises_are_found_and_paired() {
    let levels = [0.0, 0.1, 9.0, 9.0, 0.0, 0.2, 8.0, 9.0, 1.0];
    assert_eq!(onsets(&levels, 2.0), [1.0, 3.0]);
    assert_eq!(onsets(&[0.0; 4], 2.0), [] as [f64; 0]);
    let (flashes, beeps) = ([1.0, 2.0, 3.0, 4.0], [1.1, 2.12, 3.1, 4.9]);
    let offset = offset_ms(&flashes, &beeps).unwrap();
    assert!((offset - 100.0).abs() < 21.0, "{offset}");
    assert!(offset_ms(&beeps, &flashes).unwrap() < 0.0, "early sound is negative");
    assert_eq!(offset_ms(&flashes, &[]), None);
    assert_eq!(loudness(&[0, -300, 5].repeat(11))[..2], [300.0, 300.0]);
}

async fn has_ffmpeg() -> bool {
    let found =
        Command::new("ffmpeg").arg("-version").stdout(Stdio::null()).stderr(Stdio::null()).status().await.is_ok();
    if !found {
        eprintln!("SKIPPED: `ffmpeg` is not installed, nothing flashed and nothing beeped");
    }
    found
}

async fn ffmpeg(arguments: &[&str]) {
    let run = Command::new("ffmpeg").args(["-nostdin", "-v", "error", "-y"]).args(arguments).output();
    let output = run.await.unwrap();
    assert!(output.status.success(), "ffmpeg {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
}

/// Eight seconds; each second begins with a white picture, and `late_ms` after it sounds a beep.
async fn clapper(dir: &Path, late_ms: i32) -> PathBuf {
    let file = dir.join(format!("clapper{late_ms}.flv"));
    let picture = "color=black:s=320x180:r=25:d=8,drawbox=c=white:t=fill:enable='lt(mod(t,1),0.12)'";
    let late = f64::from(late_ms) / 1000.0;
    let sound = format!("aevalsrc='0.8*sin(2*PI*1000*t)*gte(t,{late})*lt(mod(t-{late}+1,1),0.08)':s=44100:d=8");
    let encode =
        ["-c:v", "libx264", "-preset", "veryfast", "-bf", "2", "-g", "50", "-pix_fmt", "yuv420p", "-c:a", "aac"];
    let input = ["-f", "lavfi", "-i", picture, "-f", "lavfi", "-i", &sound];
    ffmpeg(&[&input[..], &encode[..], &[&file.display().to_string()]].concat()).await;
    file
}

/// What is seen and heard of `input`, on one clock.
async fn probe(input: &str, dir: &Path) -> f64 {
    let (seen, heard) = (dir.join("seen.gray"), dir.join("heard.pcm"));
    let look = format!("fps=fps={LOOKS}:start_time=0,scale=1:1,format=gray");
    let listen = format!("aresample={SAMPLES}:async=1:first_pts=0");
    let (to, too) = (seen.display().to_string(), heard.display().to_string());
    let video = ["-i", input, "-map", "0:v", "-vf", &look, "-f", "rawvideo", &to];
    let audio = ["-map", "0:a", "-af", &listen, "-ac", "1", "-f", "s16le", &too];
    ffmpeg(&[&video[..], &audio[..]].concat()).await;
    let picture: Vec<f64> = std::fs::read(seen).unwrap().into_iter().map(f64::from).collect();
    let bytes = std::fs::read(heard).unwrap();
    let sound: Vec<i16> = bytes.chunks_exact(2).map(|pair| i16::from_le_bytes([pair[0], pair[1]])).collect();
    let flashes = onsets(&picture, LOOKS as f64);
    let beeps = onsets(&loudness(&sound), (SAMPLES / PIECE) as f64);
    assert!(flashes.len() >= 6 && beeps.len() >= 6, "{flashes:?} {beeps:?}");
    offset_ms(&flashes, &beeps).unwrap()
}

/// Sound against picture before the push, and as a player of ours gets them.
async fn pushed(late_ms: i32) -> Option<(f64, f64)> {
    if !has_ffmpeg().await {
        return None;
    }
    let dir = tempfile::tempdir().unwrap();
    let file = clapper(dir.path(), late_ms).await;
    let before = probe(&file.display().to_string(), dir.path()).await;
    let server = start().await;
    let (input, url) = (file.display().to_string(), format!("rtmp://{}/live/{KEY}", server.rtmp));
    ffmpeg(&["-re", "-i", &input, "-c", "copy", "-flvflags", "no_duration_filesize", "-f", "flv", &url]).await;
    server.desk_hears(&["published", "lost clean"]).await;
    server.media.end(server.desk.room);
    let url = format!("http://{}{}", server.http, server.playlist_path(server.desk.room).await);
    let after = probe(&url, dir.path()).await;
    eprintln!("a beep {late_ms} ms after its flash: {before:.1} ms in the file, {after:.1} ms out of HLS");
    Some((before, after))
}

#[tokio::test]
async fn a_flash_and_its_beep_stay_together() {
    if let Some((before, after)) = pushed(0).await {
        assert!(after.abs() <= 40.0, "{after} ms apart");
        assert!((after - before).abs() <= 10.0, "{before} ms became {after} ms");
    }
}

#[tokio::test]
async fn a_known_delay_is_found_with_its_sign() {
    if let Some((before, after)) = pushed(120).await {
        assert!((after - 120.0).abs() <= 40.0, "120 ms late sound is found as {after} ms");
        assert!((after - before).abs() <= 10.0, "{before} ms became {after} ms");
    }
}
