//! What the picture shows and how the sound is: one pass of ffmpeg over the collected media, and the reading of its log.

use super::flv_file;
use super::measure::tenths;
use crate::tap::MediaTag;
use serde::{Deserialize, Serialize};
use std::io::ErrorKind;
use std::process::Stdio;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};
use tokio::process::Command;
use utoipa::ToSchema;

/// Small and at ten pictures a second: black, frozen and badly exposed show there as well.
const PICTURE: &str = "fps=10,scale=320:-2:flags=fast_bilinear,format=yuv420p,\
     blackdetect=d=0.3:pic_th=0.97:pix_th=0.06,freezedetect=n=-60dB:d=1,signalstats,metadata=mode=print:file=-";
const SOUND: &str = "silencedetect=noise=-50dB:d=0.5,ebur128=peak=true:framelog=verbose";
/// Most of ffmpeg's log that is read.
const MOST_LOG: u64 = 4 << 20;
/// The analysis holds a few pictures at once.
const MOST_MEMORY: u64 = 2 << 30;

/// Picture and sound of a push.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Looked {
    pub picture: Option<PictureMeasured>,
    pub sound: Option<SoundMeasured>,
    /// Why picture and sound were not looked at: `ffmpeg_missing`, `ffmpeg_failed`, `ffmpeg_timeout`, `codec`.
    pub unchecked: Option<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct PictureMeasured {
    /// Share of the time, percent.
    pub black_percent: f64,
    pub frozen_percent: f64,
    /// Luma from 16 (black) to 235 (white): the mean, and what a tenth of the pixels lies below and above.
    pub luma: f64,
    pub luma_low: f64,
    pub luma_high: f64,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct SoundMeasured {
    /// Integrated loudness (EBU R 128), LUFS; absent when nothing was loud enough to count.
    pub loudness_lufs: Option<f64>,
    /// True peak, dBTP; absent when there was digital silence.
    pub peak_dbtp: Option<f64>,
    /// Share of the time below -50 dBFS, percent.
    pub silent_percent: f64,
}

/// Which tracks there are to look at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tracks {
    pub video: bool,
    pub audio: bool,
}

pub async fn look(ffmpeg: &str, limit: Duration, tags: &[MediaTag], tracks: Tracks) -> Looked {
    let unchecked = |why: &str| Looked { unchecked: Some(why.to_owned()), ..Looked::default() };
    if !tracks.video && !tracks.audio {
        return Looked::default();
    }
    match tokio::time::timeout(limit, run(ffmpeg, tags, tracks)).await {
        Ok(Ok(looked)) => looked,
        Ok(Err(error)) if error.kind() == ErrorKind::NotFound => unchecked("ffmpeg_missing"),
        Ok(Err(error)) => {
            tracing::warn!("looking at a checked stream failed: {error}");
            unchecked("ffmpeg_failed")
        }
        Err(_) => unchecked("ffmpeg_timeout"),
    }
}

async fn run(ffmpeg: &str, tags: &[MediaTag], tracks: Tracks) -> std::io::Result<Looked> {
    let mut command = Command::new(ffmpeg);
    command.args(["-nostdin", "-hide_banner", "-nostats", "-loglevel", "info", "-threads", "1"]);
    command.args(["-protocol_whitelist", "file,pipe", "-f", "flv", "-i", "pipe:0"]);
    if tracks.video {
        command.args(["-map", "0:v:0", "-vf", PICTURE, "-f", "null", "-"]);
    }
    if tracks.audio {
        command.args(["-map", "0:a:0", "-af", SOUND, "-f", "null", "-"]);
    }
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
    let mut child = command.spawn()?;
    app::child::confine(&child, MOST_MEMORY);
    let (stdin, stdout, stderr) = (child.stdin.take(), child.stdout.take(), child.stderr.take());
    let feed = async {
        let Some(mut stdin) = stdin else { return };
        for piece in flv_file::pieces(tags) {
            // It may have stopped reading; its status tells.
            if stdin.write_all(&piece).await.is_err() {
                return;
            }
        }
    };
    let ((), statistics, log) = tokio::join!(feed, text(stdout), text(stderr));
    let status = child.wait().await?;
    if !status.success() {
        let reason = log.lines().rev().find(|line| !line.trim().is_empty()).unwrap_or("no reason given");
        return Err(std::io::Error::other(format!("ffmpeg: {reason}")));
    }
    Ok(Looked {
        picture: if tracks.video { picture(&statistics, &log) } else { None },
        sound: if tracks.audio { sound(&log) } else { None },
        unchecked: None,
    })
}

async fn text(pipe: Option<impl AsyncRead + Unpin>) -> String {
    let mut bytes = Vec::new();
    if let Some(mut pipe) = pipe {
        let mut most = (&mut pipe).take(MOST_LOG);
        let _ = most.read_to_end(&mut bytes).await;
        // The rest is read too, or ffmpeg waits for ever.
        let _ = tokio::io::copy(&mut pipe, &mut tokio::io::sink()).await;
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Reads what `metadata` printed and what `blackdetect` and `freezedetect` logged. `None` without a picture.
fn picture(statistics: &str, log: &str) -> Option<PictureMeasured> {
    let mean = |key: &str| {
        let values = statistics.lines().filter_map(|line| line.strip_prefix(key)?.parse::<f64>().ok());
        let (sum, count) = values.fold((0.0, 0u32), |(sum, count), value| (sum + value, count + 1));
        (count > 0).then(|| tenths(sum / f64::from(count)))
    };
    let times = statistics.lines().filter_map(|line| number_after(line, "pts_time:"));
    let (first, last) = times.fold((f64::MAX, f64::MIN), |(first, last), time| (first.min(time), last.max(time)));
    let luma = mean("lavfi.signalstats.YAVG=")?;
    // Each picture stands for a tenth of a second.
    let (first, length) = (first, last - first + 0.1);
    let frozen = spans(log, "freeze_start:", "freeze_end:", first + length);
    let black: f64 = log.lines().filter_map(|line| number_after(line, "black_duration:")).sum::<f64>();
    Some(PictureMeasured {
        black_percent: share(black, length),
        frozen_percent: share(frozen, length),
        luma,
        luma_low: mean("lavfi.signalstats.YLOW=")?,
        luma_high: mean("lavfi.signalstats.YHIGH=")?,
    })
}

/// Reads what `silencedetect` and `ebur128` logged. `None` without a sound.
fn sound(log: &str) -> Option<SoundMeasured> {
    let (_, summary) = log.rsplit_once("Integrated loudness:")?;
    let field = |name: &str| {
        let line = summary.lines().map(str::trim).find_map(|line| line.strip_prefix(name))?;
        line.split_whitespace().next()?.parse::<f64>().ok().filter(|value| value.is_finite())
    };
    let length = log.lines().rev().find_map(|line| seconds(number_text(line, "time=")?)).unwrap_or(0.0);
    Some(SoundMeasured {
        // -70 is the gate of R 128: nothing was above it.
        loudness_lufs: field("I:").filter(|value| *value > -70.0),
        peak_dbtp: field("Peak:"),
        silent_percent: share(spans(log, "silence_start:", "silence_end:", length), length),
    })
}

/// Seconds between the pairs; what is open at the end lasts until `end`.
fn spans(log: &str, start: &str, finish: &str, end: f64) -> f64 {
    let (mut open, mut sum) = (None, 0.0);
    for line in log.lines() {
        if let Some(at) = number_after(line, start) {
            open = Some(at);
        } else if let Some(at) = number_after(line, finish) {
            sum += open.take().map_or(0.0, |from: f64| at - from);
        }
    }
    sum + open.map_or(0.0, |from| (end - from).max(0.0))
}

fn share(part: f64, whole: f64) -> f64 {
    if whole > 0.0 { tenths((part * 100.0 / whole).clamp(0.0, 100.0)) } else { 0.0 }
}

fn number_after(line: &str, name: &str) -> Option<f64> {
    number_text(line, name)?.parse().ok()
}

fn number_text<'a>(line: &'a str, name: &str) -> Option<&'a str> {
    line.split_once(name)?.1.split_whitespace().next()
}

/// `00:00:15.04`
fn seconds(text: &str) -> Option<f64> {
    text.split(':').try_fold(0.0, |sum, part| Some(sum * 60.0 + part.parse::<f64>().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOG: &str = "\
[silencedetect @ 0x555] silence_start: -0.000166667
[freezedetect @ 0x555] lavfi.freezedetect.freeze_start: 0
[freezedetect @ 0x555] lavfi.freezedetect.freeze_duration: 3
[freezedetect @ 0x555] lavfi.freezedetect.freeze_end: 3
[freezedetect @ 0x555] lavfi.freezedetect.freeze_start: 8
[blackdetect @ 0x555] black_start:0 black_end:2.5 black_duration:2.5
[silencedetect @ 0x555] silence_end: 5.0 | silence_duration: 5.0
frame=  100 fps=0.0 q=-0.0 Lsize=N/A time=00:00:10.00 bitrate=N/A speed=27.7x
[Parsed_ebur128_1 @ 0x555] Summary:

  Integrated loudness:
    I:         -21.7 LUFS
    Threshold: -33.7 LUFS

  Loudness range:
    LRA:         0.0 LU

  True peak:
    Peak:       -3.2 dBFS
";

    #[test]
    fn ffmpeg_s_log_is_read() {
        let statistics: String = (0..100)
            .map(|n| {
                format!(
                    "frame:{n} pts:{n} pts_time:{}\nlavfi.signalstats.YLOW=20\nlavfi.signalstats.YAVG=100.5\nlavfi.signalstats.YHIGH=200\n",
                    f64::from(n) / 10.0
                )
            })
            .collect();
        let picture = picture(&statistics, LOG).unwrap();
        assert_eq!((picture.black_percent, picture.frozen_percent), (25.0, 50.0));
        assert_eq!((picture.luma, picture.luma_low, picture.luma_high), (100.5, 20.0, 200.0));
        let sound = sound(LOG).unwrap();
        assert_eq!((sound.loudness_lufs, sound.peak_dbtp, sound.silent_percent), (Some(-21.7), Some(-3.2), 50.0));
    }

    #[test]
    fn digital_silence_has_neither_loudness_nor_peak() {
        let log = "Integrated loudness:\n I: -70.0 LUFS\n True peak:\n Peak: -inf dBFS\n";
        let sound = sound(log).unwrap();
        assert_eq!((sound.loudness_lufs, sound.peak_dbtp), (None, None));
    }

    #[test]
    fn a_log_that_says_nothing_measures_nothing() {
        assert_eq!(picture("", ""), None);
        assert_eq!(sound("garbage\nI: 3\n"), None);
    }
}
