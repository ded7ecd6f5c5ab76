//! The demo video, drawn once by ffmpeg, and the encoder that pushes it to the RTMP port like any other.

use crate::Stop;
use anyhow::Context;
use std::{
    ffi::OsString,
    io::ErrorKind,
    path::Path,
    process::{Output, Stdio},
    time::Duration,
};
use tokio::{io::AsyncReadExt, process::Command, time::Instant};

/// Whole AAC frames at 48 kHz (1024 samples) and whole groups of pictures: the loop's seam is exact on both tracks.
const SECONDS: u32 = 64;

/// Draws the demo video to `path` unless it is there: 64 s of 1280x720 at 25/s, H.264 without B-frames and a key frame every 2 s,
/// AAC, in FLV. Takes a minute on a small machine. Fails with one sentence when ffmpeg is missing or cannot encode.
pub async fn demo_video(path: &Path) -> anyhow::Result<()> {
    render(path, SECONDS, "1280x720").await
}

/// [`demo_video`] of another length (even seconds) and size (`WIDTHxHEIGHT`).
pub async fn render(path: &Path, seconds: u32, size: &str) -> anyhow::Result<()> {
    if tokio::fs::try_exists(path).await.unwrap_or(false) {
        return Ok(());
    }
    if let Some(folder) = path.parent() {
        tokio::fs::create_dir_all(folder).await.with_context(|| format!("making the folder `{}`", folder.display()))?;
    }
    let text = has_filter("drawtext").await?;
    let mut unfinished = OsString::from(path);
    unfinished.push(".part");
    let mut command = ffmpeg();
    command.args(["-y", "-f", "lavfi", "-i", &picture(seconds, size), "-f", "lavfi", "-i", &sound(seconds)]);
    command.args([
        "-filter_complex",
        &composition(size, text),
        "-map",
        "[v]",
        "-map",
        "1:a",
        "-t",
        &seconds.to_string(),
    ]);
    command.args([
        "-c:v",
        "libx264",
        "-preset",
        "veryfast",
        "-profile:v",
        "main",
        "-pix_fmt",
        "yuv420p",
        "-bf",
        "0",
        "-g",
        "50",
    ]);
    command.args([
        "-keyint_min",
        "50",
        "-sc_threshold",
        "0",
        "-b:v",
        "1200k",
        "-maxrate",
        "1600k",
        "-bufsize",
        "2400k",
    ]);
    command.args(["-c:a", "aac", "-b:a", "96k", "-ar", "48000", "-ac", "2", "-f", "flv"]).arg(&unfinished);
    let output = run(command).await?;
    anyhow::ensure!(output.status.success(), "ffmpeg could not draw the demo video: {}", last_line(&output.stderr));
    tokio::fs::rename(&unfinished, path).await.context("putting the demo video into its place")
}

/// Pushes `video` in a loop to `rtmp_url` until `stop` is cancelled, starting over with a growing pause whenever the encoder dies.
///
/// Fails only when ffmpeg cannot be started. The address, which carries the stream key, appears in no message.
pub async fn push(video: &Path, rtmp_url: &str, stop: Stop) -> anyhow::Result<()> {
    let mut pause = Duration::from_millis(500);
    while !stop.is_cancelled() {
        let began = Instant::now();
        let mut command = ffmpeg();
        command.args(["-re", "-stream_loop", "-1", "-i"]).arg(video).args([
            "-c",
            "copy",
            "-flvflags",
            "no_duration_filesize",
        ]);
        command.args(["-f", "flv", rtmp_url]).stdout(Stdio::null()).stderr(Stdio::piped()).kill_on_drop(true);
        let mut child = command.spawn().map_err(missing)?;
        let mut complaints = Vec::new();
        let mut stderr = child.stderr.take();
        let listen = async {
            if let Some(stderr) = stderr.as_mut() {
                let mut chunk = [0u8; 1024];
                while let Ok(read @ 1..) = stderr.read(&mut chunk).await {
                    complaints.extend_from_slice(chunk.get(..read).unwrap_or_default());
                    complaints.drain(..complaints.len().saturating_sub(4096));
                }
            }
        };
        let ended = tokio::select! {
            () = stop.cancelled() => false,
            () = listen => true,
        };
        if !ended {
            child.kill().await.context("stopping the demo encoder")?;
            return Ok(());
        }
        let status = child.wait().await.context("waiting for the demo encoder")?;
        let reason = last_line(&complaints).replace(rtmp_url, "the RTMP address");
        tracing::warn!("the demo encoder ended ({status}): {reason}; it starts again in {} ms", pause.as_millis());
        if began.elapsed() > Duration::from_secs(30) {
            pause = Duration::from_millis(500);
        }
        tokio::select! {
            () = stop.cancelled() => {}
            () = tokio::time::sleep(pause) => {}
        }
        pause = (pause * 2).min(Duration::from_secs(8));
    }
    Ok(())
}

/// Slowly turning colours.
fn picture(seconds: u32, size: &str) -> String {
    format!(
        "gradients=size={size}:rate=25:duration={seconds}:speed=0.012:nb_colors=4:seed=20:c0=0x1b1464:c1=0x833471:c2=0xee5a24:c3=0x0652dd"
    )
}

/// A plucked arpeggio over a soft fifth.
fn sound(seconds: u32) -> String {
    let step = "st(0,mod(floor(t*4),8))";
    let note = "st(1,if(lt(ld(0),1),0,if(lt(ld(0),2),4,if(lt(ld(0),3),7,if(lt(ld(0),4),11,if(lt(ld(0),5),12,if(lt(ld(0),6),11,if(lt(ld(0),7),7,4))))))))";
    let root = "st(2,if(lt(mod(t,16),8),220,if(lt(mod(t,16),12),174.61,196)))";
    let voice = "0.16*exp(-7*mod(t,0.25))*sin(2*PI*t*ld(2)*pow(2,ld(1)/12))+0.03*sin(2*PI*t*110)+0.02*sin(2*PI*t*165)";
    format!("aevalsrc=exprs='{step};{note};{root};{voice}':sample_rate=48000:duration={seconds}")
}

/// The sound's wave along the bottom, and a clock to measure delay by, when ffmpeg can write.
fn composition(size: &str, text: bool) -> String {
    let (width, height) = size.split_once('x').unwrap_or(("1280", "720"));
    let wave = height.parse::<u32>().unwrap_or(720) / 4;
    let mut graph = format!(
        "[1:a]showwaves=size={width}x{wave}:rate=25:mode=cline:colors=0xffffff,format=rgba,colorchannelmixer=aa=0.45[wave];\
         [0:v][wave]overlay=x=0:y=H-h-h/5:shortest=1"
    );
    if text {
        graph.push_str(
            ",drawtext=text='KAIBO':fontcolor=white@0.95:fontsize=h/5:x=(w-tw)/2:y=h*0.24+12*sin(t*1.3)\
             ,drawtext=text='the demo show':fontcolor=white@0.75:fontsize=h/22:x=(w-tw)/2:y=h*0.47\
             ,drawtext=text='%{pts\\:hms}  frame %{n}':fontcolor=white@0.85:fontsize=h/28:x=w-tw-w/40:y=h/24",
        );
    }
    graph.push_str(",format=yuv420p[v]");
    graph
}

async fn has_filter(name: &str) -> anyhow::Result<bool> {
    let mut command = ffmpeg();
    command.arg("-filters");
    let output = run(command).await?;
    Ok(String::from_utf8_lossy(&output.stdout).split_whitespace().any(|word| word == name))
}

fn ffmpeg() -> Command {
    let mut command = Command::new("ffmpeg");
    command.args(["-hide_banner", "-loglevel", "error", "-nostdin"]).stdin(Stdio::null()).kill_on_drop(true);
    command
}

async fn run(mut command: Command) -> anyhow::Result<Output> {
    command.output().await.map_err(missing)
}

fn missing(error: std::io::Error) -> anyhow::Error {
    match error.kind() {
        ErrorKind::NotFound => {
            anyhow::anyhow!("`ffmpeg` is not installed: the demo needs it (on Debian: `apt install ffmpeg`)")
        }
        _ => anyhow::Error::new(error).context("starting ffmpeg"),
    }
}

fn last_line(text: &[u8]) -> String {
    let text = String::from_utf8_lossy(text);
    text.lines().rev().map(str::trim).find(|line| !line.is_empty()).unwrap_or("no reason given").to_owned()
}
