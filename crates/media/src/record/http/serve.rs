//! Files over HTTP: whole or one range, never read on a task that serves.

use app::ApiError;
use axum::body::Body;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use std::path::Path;
use tokio::io::{AsyncReadExt, AsyncSeekExt};
use tokio_util::io::ReaderStream;

pub const PLAYLIST: &str = "application/vnd.apple.mpegurl";
pub const FOREVER: &str = "private, max-age=31536000, immutable";
/// Read from a file at once.
const BUFFER: usize = 256 << 10;

/// What is asked of a body of a known length.
enum Asked {
    Whole,
    Part(u64, u64),
    Outside,
}

/// Bytes that are in memory.
pub fn bytes(data: Bytes, kind: &'static str, headers: &HeaderMap) -> Response {
    let length = data.len() as u64;
    let slice = |first: u64, last: u64| data.slice(first as usize..=last as usize);
    match asked(headers, length) {
        Asked::Whole => whole(length, kind, Body::from(data)),
        Asked::Part(first, last) => part(first, last, length, kind, Body::from(slice(first, last))),
        Asked::Outside => outside(length),
    }
}

/// A file of any size. None when it is not there.
pub async fn file(path: &Path, kind: &'static str, headers: &HeaderMap) -> Result<Option<Response>, ApiError> {
    let mut file = match tokio::fs::File::open(path).await {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        file => file.map_err(anyhow::Error::from)?,
    };
    let length = file.metadata().await.map_err(anyhow::Error::from)?.len();
    Ok(Some(match asked(headers, length) {
        Asked::Whole => whole(length, kind, Body::from_stream(ReaderStream::with_capacity(file, BUFFER))),
        Asked::Part(first, last) => {
            file.seek(std::io::SeekFrom::Start(first)).await.map_err(anyhow::Error::from)?;
            let rest = ReaderStream::with_capacity(file.take(last - first + 1), BUFFER);
            part(first, last, length, kind, Body::from_stream(rest))
        }
        Asked::Outside => outside(length),
    }))
}

fn whole(length: u64, kind: &'static str, body: Body) -> Response {
    let about = [(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, FOREVER), (header::ACCEPT_RANGES, "bytes")];
    (about, [(header::CONTENT_LENGTH, length.to_string())], body).into_response()
}

fn part(first: u64, last: u64, length: u64, kind: &'static str, body: Body) -> Response {
    let range = [
        (header::CONTENT_RANGE, format!("bytes {first}-{last}/{length}")),
        (header::CONTENT_LENGTH, (last - first + 1).to_string()),
    ];
    let about = [(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, FOREVER), (header::ACCEPT_RANGES, "bytes")];
    (StatusCode::PARTIAL_CONTENT, about, range, body).into_response()
}

fn outside(length: u64) -> Response {
    (StatusCode::RANGE_NOT_SATISFIABLE, [(header::CONTENT_RANGE, format!("bytes */{length}"))]).into_response()
}

fn asked(headers: &HeaderMap, length: u64) -> Asked {
    let range = headers.get(header::RANGE).and_then(|value| value.to_str().ok());
    range.and_then(|text| parse(text, length)).unwrap_or(Asked::Whole)
}

/// None: no single range is asked, so the whole is sent.
fn parse(text: &str, length: u64) -> Option<Asked> {
    let (first, last) = text.strip_prefix("bytes=")?.split_once('-')?;
    let end = length.checked_sub(1)?;
    if first.is_empty() {
        let count: u64 = last.parse().ok()?;
        return Some(if count == 0 { Asked::Outside } else { Asked::Part(length.saturating_sub(count), end) });
    }
    let first: u64 = first.parse().ok()?;
    let last = if last.is_empty() { end } else { last.parse::<u64>().ok()?.min(end) };
    if first > end {
        return Some(Asked::Outside);
    }
    (first <= last).then_some(Asked::Part(first, last))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> String {
        match parse(text, 10) {
            None => "none".into(),
            Some(Asked::Whole) => "whole".into(),
            Some(Asked::Part(first, last)) => format!("{first}-{last}"),
            Some(Asked::Outside) => "outside".into(),
        }
    }

    #[test]
    fn ranges() {
        let asked = ["bytes=0-0", "bytes=2-", "bytes=-3", "bytes=5-99", "bytes=10-", "bytes=-0", "bytes=5-2"];
        assert_eq!(asked.map(shown), ["0-0", "2-9", "7-9", "5-9", "outside", "outside", "none"]);
        assert_eq!(shown("bytes=0-1,3-4"), "none");
    }
}
