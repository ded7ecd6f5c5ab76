//! Samples out of media, by ffmpeg.

use super::pcm::{Pcm, RATE};
use crate::decode::{Failed, most};
use bytes::Bytes;
use std::{process::Stdio, time::Duration};
use tokio::{io::AsyncWriteExt, process::Command, time::timeout};

/// What it is decoded from, and the program itself.
const MOST_MEMORY: u64 = 1 << 30;
/// A minute.
const MOST_OUT: u64 = (RATE * 2 * 60) as u64;

/// All sound of an fMP4 file. A child that takes too long or is not waited for any more is killed.
pub async fn sound(ffmpeg: &str, limit: Duration, pieces: Vec<Bytes>) -> Result<Pcm, Failed> {
    timeout(limit, run(ffmpeg, pieces)).await.unwrap_or(Err(Failed::TooSlow))
}

async fn run(ffmpeg: &str, pieces: Vec<Bytes>) -> Result<Pcm, Failed> {
    let mut child = Command::new(ffmpeg)
        .args("-nostdin -hide_banner -nostats -loglevel quiet -protocol_whitelist pipe -threads 1".split(' '))
        .args("-f mp4 -i pipe:0 -map 0:a:0 -vn -ac 1 -ar 16000 -f s16le pipe:1".split(' '))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .map_err(|_| Failed::Missing)?;
    app::child::confine(&child, MOST_MEMORY);
    let (stdin, stdout) = (child.stdin.take(), child.stdout.take());
    let feed = async move {
        let Some(mut stdin) = stdin else { return };
        for piece in pieces {
            if stdin.write_all(&piece).await.is_err() {
                return;
            }
        }
    };
    let ((), samples) = tokio::join!(feed, most(stdout, MOST_OUT));
    let status = child.wait().await.map_err(|_| Failed::Unreadable)?;
    if !status.success() || samples.is_empty() {
        return Err(Failed::Unreadable);
    }
    Ok(Pcm::from_bytes(&samples))
}
