//! A picture out of media or of a file, by ffmpeg: a small one for people and grey pixels for hashes, from one process.

use crate::hash::{Grey, SIDE};
use bytes::Bytes;
use std::{process::Stdio, time::Duration};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWriteExt},
    process::Command,
    time::timeout,
};

/// A picture of more than this is not unpacked.
const MOST_PIXELS: &str = "50000000";
/// One picture of that size, what it is decoded from, and the program itself.
const MOST_MEMORY: u64 = 2 << 30;
/// A picture 320 wide is a tenth of that.
const MOST_OUT: u64 = 512 << 10;

#[derive(Debug, Clone)]
pub struct Decoded {
    pub jpeg: Bytes,
    pub grey: Grey,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Failed {
    #[error("ffmpeg cannot be started")]
    Missing,
    #[error("ffmpeg took too long")]
    TooSlow,
    #[error("it cannot be decoded")]
    Unreadable,
}

/// What the bytes are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    Mp4,
    Jpeg,
    Png,
}

impl Format {
    /// A picture file, by its beginning.
    pub fn of_picture(head: &[u8]) -> Option<Self> {
        match head {
            [0xff, 0xd8, 0xff, ..] => Some(Self::Jpeg),
            [0x89, b'P', b'N', b'G', ..] => Some(Self::Png),
            _ => None,
        }
    }

    fn reader(self) -> &'static str {
        match self {
            Self::Mp4 => "mp4",
            Self::Jpeg => "jpeg_pipe",
            Self::Png => "png_pipe",
        }
    }
}

/// The first picture. A child that takes too long or is not waited for any more is killed.
pub async fn picture(ffmpeg: &str, limit: Duration, format: Format, pieces: Vec<Bytes>) -> Result<Decoded, Failed> {
    timeout(limit, run(ffmpeg, format, pieces)).await.unwrap_or(Err(Failed::TooSlow))
}

async fn run(ffmpeg: &str, format: Format, pieces: Vec<Bytes>) -> Result<Decoded, Failed> {
    let side = format!("scale={SIDE}:{SIDE}:flags=area,format=gray");
    // Two outputs need two pipes: ffmpeg says nothing on its standard error, so that the grey pixels have it for themselves.
    let mut child = Command::new(ffmpeg)
        .args("-nostdin -hide_banner -nostats -loglevel quiet -protocol_whitelist pipe -threads 1".split(' '))
        .args(["-max_pixels", MOST_PIXELS, "-f", format.reader(), "-i", "pipe:0"])
        .args("-map 0:v:0 -frames:v 1 -vf scale=320:-2 -q:v 5 -f mjpeg pipe:1".split(' '))
        .args(["-map", "0:v:0", "-frames:v", "1", "-vf", &side, "-f", "rawvideo", "pipe:2"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .map_err(|_| Failed::Missing)?;
    app::child::confine(&child, MOST_MEMORY);
    let (stdin, stdout, stderr) = (child.stdin.take(), child.stdout.take(), child.stderr.take());
    let feed = async move {
        let Some(mut stdin) = stdin else { return };
        // ffmpeg hangs up when it has its picture.
        for piece in pieces {
            if stdin.write_all(&piece).await.is_err() {
                return;
            }
        }
    };
    let ((), jpeg, grey) = tokio::join!(feed, most(stdout, MOST_OUT), most(stderr, MOST_OUT));
    let status = child.wait().await.map_err(|_| Failed::Unreadable)?;
    let grey = Grey::new(grey).filter(|_| status.success()).ok_or(Failed::Unreadable)?;
    if !jpeg.starts_with(&[0xff, 0xd8]) {
        return Err(Failed::Unreadable);
    }
    Ok(Decoded { jpeg: jpeg.into(), grey })
}

/// Reads so much, and the rest for nobody.
pub async fn most(pipe: Option<impl AsyncRead + Unpin>, most: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    if let Some(mut pipe) = pipe {
        let _ = (&mut pipe).take(most).read_to_end(&mut bytes).await;
        // The rest is read too, or ffmpeg waits for ever.
        let _ = tokio::io::copy(&mut pipe, &mut tokio::io::sink()).await;
    }
    bytes
}
