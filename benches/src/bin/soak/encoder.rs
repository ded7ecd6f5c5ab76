//! Encoders in real time that break off without a word and come back, sometimes too late.

use crate::shared::Room;
use benches::kaibo::dies_with_us;
use rand::RngExt;
use std::{
    path::{Path, PathBuf},
    process::Stdio,
    time::{Duration, Instant},
};
use tokio::process::Command;

/// Draws 64 s of 1280x720 at 25/s with B-frames: whole groups of pictures and whole AAC frames, so that the loop has no seam.
pub async fn video(folder: &Path, kbps: u32) -> PathBuf {
    let path = folder.join("soak.flv");
    let (rate, peak, buffer) = (format!("{kbps}k"), format!("{}k", kbps * 5 / 4), format!("{}k", kbps * 2));
    let mut command = ffmpeg();
    command.args(["-y", "-f", "lavfi", "-i", "testsrc2=size=1280x720:rate=25:duration=64,noise=alls=14:allf=t"]);
    command.args(["-f", "lavfi", "-i", "sine=frequency=330:sample_rate=48000:duration=64", "-t", "64"]);
    command.args(["-c:v", "libx264", "-preset", "veryfast", "-bf", "2", "-g", "50", "-keyint_min", "50"]);
    command.args(["-sc_threshold", "0", "-pix_fmt", "yuv420p", "-b:v", &rate, "-maxrate", &peak, "-bufsize", &buffer]);
    command.args(["-c:a", "aac", "-b:a", "96k", "-f", "flv"]).arg(&path);
    let status = command.status().await.expect("running ffmpeg");
    assert!(status.success(), "ffmpeg could not draw the video");
    path
}

/// Pushes in a loop for ever.
pub async fn live(video: PathBuf, url: String, session_s: u64, room: Room) {
    loop {
        let mut command = ffmpeg();
        command.args(["-re", "-stream_loop", "-1", "-i"]).arg(&video);
        command.args(["-c", "copy", "-flvflags", "no_duration_filesize", "-f", "flv", &url]);
        if let Ok(mut child) = command.spawn() {
            room.state().pushing = Some(Instant::now());
            let stay = rand::rng().random_range(session_s / 5..=session_s * 9 / 5);
            // The encoder may also be refused or thrown out.
            let _ = tokio::time::timeout(Duration::from_secs(stay), child.wait()).await;
            room.state().pushing = None;
            let _ = child.kill().await;
        }
        room.state().reconnects += 1;
        // One time in seven it comes back after the reconnect window, into a new show.
        let late = rand::rng().random_ratio(1, 7);
        let away =
            if late { rand::rng().random_range(35_000..60_000) } else { rand::rng().random_range(2_000..20_000) };
        tokio::time::sleep(Duration::from_millis(away)).await;
    }
}

fn ffmpeg() -> Command {
    let mut command = Command::new("ffmpeg");
    command.args(["-hide_banner", "-loglevel", "error", "-nostdin"]).kill_on_drop(true);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    dies_with_us(command.as_std_mut());
    command
}
