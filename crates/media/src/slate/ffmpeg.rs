//! Files and last pictures become slates, by ffmpeg.

use super::rules::{Format, Refusal, RoomSlate, Upload};
use super::{Kind, Picture, Slates};
use crate::hls::Tail;
use anyhow::{Context, ensure};
use app::child;
use events::RoomId;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;
use tokio::process::Command;
use tokio::time::timeout;
use uuid::Uuid;

const UPLOAD_TIMEOUT: Duration = Duration::from_secs(120);
const LAST_FRAME_TIMEOUT: Duration = Duration::from_secs(10);
/// A picture of more than this is not unpacked.
const MOST_PIXELS: &str = "50000000";
/// Several pictures of that size, and the encoder.
const MOST_MEMORY: u64 = 4 << 30;
/// Never larger than this and never enlarged; H.264 wants even sides.
const SIZE: &str = "scale='min(1920,iw)':'min(1080,ih)':force_original_aspect_ratio=decrease,\
                    scale='max(2,trunc(iw/2)*2)':'max(2,trunc(ih/2)*2)',setsar=1,format=yuv420p";
/// A key frame every 2 s at 25 pictures a second, no B-frames, no sound.
const ENCODE: &[&str] = &[
    "-an",
    "-sn",
    "-dn",
    "-c:v",
    "libx264",
    "-profile:v",
    "main",
    "-g",
    "50",
    "-bf",
    "0",
    "-sc_threshold",
    "0",
    "-threads",
    "2",
    "-flvflags",
    "no_duration_filesize",
    "-f",
    "flv",
];

/// A file that is gone when this is.
struct Scratch(PathBuf);

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

impl Slates {
    /// Makes an uploaded file the room's slate.
    pub(super) async fn take_upload(
        &self,
        room: RoomId,
        file: &Path,
        format: Format,
        slate: RoomSlate,
    ) -> anyhow::Result<Result<RoomSlate, Refusal>> {
        let id = Uuid::now_v7();
        let bytes = tokio::fs::metadata(file).await?.len();
        let mut upload = Upload {
            id,
            still: format.still,
            width: 0,
            height: 0,
            duration_ms: 0,
            bytes,
            uploaded_at: self.0.app.now(),
        };
        let (video, preview) = (self.video_of(&upload), self.preview_of(&upload));
        let made = self.convert(file, format, &video, &preview).await;
        let read = match made {
            Ok(()) => tokio::fs::read(&video)
                .await
                .context("reading the converted slate")
                .and_then(|flv| Picture::read(flv.into())),
            Err(refusal) => {
                remove(&[&video, &preview]).await;
                return Ok(Err(refusal));
            }
        };
        let Ok(picture) = read else {
            remove(&[&video, &preview]).await;
            return Ok(Err(Refusal::Unreadable));
        };
        (upload.width, upload.height) = picture.size();
        upload.duration_ms = if format.still { 0 } else { u32::try_from(picture.duration_ms()).unwrap_or(u32::MAX) };
        let older = slate.upload.clone();
        let changed = RoomSlate { kind: Kind::Upload, upload: Some(upload), ..slate };
        self.save(room, &changed).await?;
        if let Some(older) = older {
            remove(&[&self.video_of(&older), &self.preview_of(&older)]).await;
        }
        Ok(Ok(changed))
    }

    async fn convert(&self, file: &Path, format: Format, video: &Path, preview: &Path) -> Result<(), Refusal> {
        let seconds = format!("{:.3}", f64::from(self.settings().longest_ms) / 1000.0);
        // One picture becomes two seconds of it.
        let filter = match format.still {
            true => format!("{SIZE},loop=loop=49:size=1:start=0,setpts=N/(25*TB)"),
            false => format!("fps=25,{SIZE}"),
        };
        let named = Scratch(file.with_extension(format.suffix));
        if tokio::fs::rename(file, &named.0).await.is_err() {
            return Err(Refusal::Unreadable);
        }
        let mut command = self.command();
        if format.still {
            command.args(["-pattern_type", "none", "-framerate", "25"]);
        }
        command.args(["-max_pixels", MOST_PIXELS, "-f", format.reader, "-i"]).arg(&named.0);
        command.args(["-t", &seconds, "-vf", &filter, "-r", "25"]);
        command.args(["-preset", "veryfast", "-crf", "24", "-maxrate", "4M", "-bufsize", "4M"]).args(ENCODE).arg(video);
        self.run(command, UPLOAD_TIMEOUT).await?;
        let mut command = self.command();
        command.args(["-f", "flv", "-i"]).arg(video);
        command.args(["-frames:v", "1", "-vf", "scale='min(640,iw)':-2", "-q:v", "5", "-f", "image2"]).arg(preview);
        self.run(command, UPLOAD_TIMEOUT).await
    }

    /// The last picture of what was shown, as a still video of the same size.
    pub(super) async fn last_frame(&self, shown: &Tail) -> anyhow::Result<Vec<u8>> {
        let name = Uuid::now_v7();
        let folder = self.folder();
        tokio::fs::create_dir_all(&folder).await?;
        let (input, output) =
            (Scratch(folder.join(format!("{name}.mp4"))), Scratch(folder.join(format!("{name}.last.flv"))));
        let mut media = shown.init.to_vec();
        shown.fragments.iter().for_each(|part| media.extend_from_slice(part));
        tokio::fs::write(&input.0, media).await.context("writing what was shown last")?;
        // The last picture is repeated behind the end, and only that is kept. Sound may have gone on without pictures.
        let end = shown.duration as f64 / 90_000.0;
        let filter = format!(
            "setpts=PTS-STARTPTS,tpad=stop_mode=clone:stop_duration={:.3},trim=start={end:.3}:duration=2,\
             setpts=PTS-STARTPTS,fps=25,format=yuv420p",
            end + 3.0
        );
        let mut command = self.command();
        command.args(["-f", "mov", "-i"]).arg(&input.0).args(["-vf", &filter, "-t", "2"]);
        command.args(["-preset", "ultrafast", "-tune", "stillimage", "-crf", "23"]).args(ENCODE).arg(&output.0);
        self.run(command, LAST_FRAME_TIMEOUT).await?;
        let made = tokio::fs::read(&output.0).await.context("reading the last picture")?;
        ensure!(!made.is_empty(), "there is no last picture");
        Ok(made)
    }

    fn command(&self) -> Command {
        let mut command = Command::new(&self.settings().ffmpeg);
        command.args(["-nostdin", "-hide_banner", "-loglevel", "error", "-y", "-protocol_whitelist", "file,pipe"]);
        command
    }

    async fn run(&self, mut command: Command, limit: Duration) -> Result<(), Refusal> {
        let Ok(_place) = self.0.at_once.acquire().await else { return Err(Refusal::TooSlow) };
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).kill_on_drop(true);
        let child = command.spawn().map_err(|error| {
            tracing::warn!("`{}` cannot be started: {error}", self.settings().ffmpeg);
            Refusal::FfmpegMissing
        })?;
        child::confine(&child, MOST_MEMORY);
        match timeout(limit, child.wait_with_output()).await {
            Err(_) => Err(Refusal::TooSlow),
            Ok(Ok(output)) if output.status.success() => Ok(()),
            Ok(output) => {
                let said = output.map(|output| String::from_utf8_lossy(&output.stderr).into_owned());
                tracing::info!("ffmpeg did not make a slate: {}", said.unwrap_or_default().trim());
                Err(Refusal::Unreadable)
            }
        }
    }
}

async fn remove(files: &[&PathBuf]) {
    for file in files {
        let _ = tokio::fs::remove_file(file).await;
    }
}
