//! What players fetch, over HTTP: playlists, and files whole or by one range, never read on a task that serves.

use super::sent::Way;
use crate::hls::playlist::Rendered;
use app::ApiError;
use audience::{Audience, Refusal, RoomRef};
use axum::body::Body;
use axum::http::{Extensions, HeaderMap, HeaderValue, StatusCode, Version, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use events::RoomId;
use futures_util::stream;
use serde::Deserialize;
use std::net::IpAddr;
use std::path::Path;
use tokio::io::{AsyncReadExt, AsyncSeekExt};
use tokio_util::io::ReaderStream;
use tower_http::CompressionLevel;
use tower_http::compression::{CompressionLayer, Predicate};
use utoipa::IntoParams;

const PLAYLIST: &str = "application/vnd.apple.mpegurl";
const FOREVER: &str = "private, max-age=31536000, immutable";
/// Read from a file at once.
const BUFFER: usize = 256 << 10;

/// What is asked of a body of a known length.
enum Asked {
    Whole,
    Part(u64, u64),
    Outside,
}

/// The token that opens a room to a player.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct WithToken {
    /// The viewer token.
    #[serde(default)]
    pub token: String,
}

/// Players on other sites may read; the token is what opens a room, not the origin.
pub async fn open_to_all(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static("content-length, content-range"));
    response
}

pub async fn room_of(audience: &Audience, room: RoomId) -> Result<RoomRef, ApiError> {
    Ok(audience.room(room).await?.ok_or(Refusal::RoomNotFound(room))?)
}

/// Sends bare players of a public room to `file`, with a token of their own.
pub fn with_bare_token(audience: &Audience, room: &RoomRef, ip: IpAddr, file: &str) -> Result<Response, ApiError> {
    if room.private {
        return Err(Refusal::TokenRequired.into());
    }
    let location = format!("{file}?token={}", audience.admit_bare(room.room, ip)?);
    let headers = [(header::LOCATION, location), (header::CACHE_CONTROL, "no-store".to_owned())];
    Ok((StatusCode::FOUND, headers).into_response())
}

/// What a player that only asks whether there is a playlist is told.
pub fn playlist_exists() -> Response {
    // Without a length: nobody has made the playlist.
    playlist(Body::from_stream(stream::empty::<Result<Bytes, std::convert::Infallible>>()))
}

pub fn playlist(body: impl IntoResponse) -> Response {
    ([(header::CONTENT_TYPE, PLAYLIST), (header::CACHE_CONTROL, "no-store")], body).into_response()
}

/// A live playlist for one viewer, in gzip where that is understood.
pub fn live_playlist(playlist: &Rendered, token: &str, headers: &HeaderMap) -> Response {
    let zipped = if takes_gzip(headers) { playlist.gzip_with_token(token) } else { None };
    let mut response = match zipped {
        Some(zipped) => self::playlist(([(header::CONTENT_ENCODING, "gzip")], zipped)),
        None => self::playlist(playlist.with_token(token)),
    };
    response.headers_mut().insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    response
}

/// Compresses playlists that are made for one viewer at a time; media passes as it is.
pub fn playlists_in_gzip() -> CompressionLayer<impl Predicate> {
    let is_playlist = |_: StatusCode, _: Version, headers: &HeaderMap, _: &Extensions| {
        headers.get(header::CONTENT_TYPE).is_some_and(|kind| kind == PLAYLIST)
    };
    CompressionLayer::new().quality(CompressionLevel::Fastest).compress_when(is_playlist)
}

fn takes_gzip(headers: &HeaderMap) -> bool {
    let accepted = headers.get_all(header::ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
    accepted.flat_map(|value| value.split(',')).any(|coding| {
        let (name, weight) = coding.split_once(';').unwrap_or((coding, "q=1"));
        let weight = weight.trim().strip_prefix("q=").and_then(|weight| weight.trim().parse::<f32>().ok());
        name.trim().eq_ignore_ascii_case("gzip") && weight.is_some_and(|weight| weight > 0.0)
    })
}

/// What is in memory, in pieces. They go out as they lie there, without being put together first. `tell` hears which bytes
/// reached the player: the first of them, and the first behind them.
pub fn pieces(
    pieces: Vec<Bytes>,
    kind: &'static str,
    headers: &HeaderMap,
    way: Way,
    tell: impl FnOnce(u64, u64) + Send + 'static,
) -> Response {
    let length = pieces.iter().map(|piece| piece.len() as u64).sum();
    match asked(headers, length) {
        Asked::Whole => whole(length, kind, way.send(pieces, move |arrived| tell(0, arrived))),
        Asked::Part(first, last) => {
            let body = way.send(slices(pieces, first, last + 1), move |arrived| tell(first, first + arrived));
            part(first, last, length, kind, body)
        }
        Asked::Outside => outside(length),
    }
}

/// What of the pieces lies from `first` to before `end`.
fn slices(pieces: Vec<Bytes>, first: u64, end: u64) -> Vec<Bytes> {
    let (first, end) = (first as usize, end as usize);
    let mut at = 0;
    let mut found = Vec::new();
    for piece in pieces {
        let (from, to) = (first.max(at) - at, end.min(at + piece.len()).saturating_sub(at));
        at += piece.len();
        if from < to {
            found.push(piece.slice(from..to));
        }
    }
    found
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

/// A body of a known length that comes from elsewhere: `fetch` is asked for what of it is wanted.
pub async fn fetched(
    length: u64,
    kind: &'static str,
    headers: &HeaderMap,
    fetch: impl AsyncFnOnce(std::ops::Range<u64>) -> std::io::Result<Body>,
) -> std::io::Result<Response> {
    Ok(match asked(headers, length) {
        Asked::Whole => whole(length, kind, fetch(0..length).await?),
        Asked::Part(first, last) => part(first, last, length, kind, fetch(first..last + 1).await?),
        Asked::Outside => outside(length),
    })
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
    fn who_takes_gzip_says_so() {
        let takes = |value: &'static str| {
            takes_gzip(&HeaderMap::from_iter([(header::ACCEPT_ENCODING, HeaderValue::from_static(value))]))
        };
        assert!(takes("gzip") && takes("br, GZIP;q=0.5") && takes("deflate, gzip, zstd"));
        assert!(!takes("identity") && !takes("gzip;q=0") && !takes("br") && !takes_gzip(&HeaderMap::new()));
    }

    #[test]
    fn ranges() {
        let asked = ["bytes=0-0", "bytes=2-", "bytes=-3", "bytes=5-99", "bytes=10-", "bytes=-0", "bytes=5-2"];
        assert_eq!(asked.map(shown), ["0-0", "2-9", "7-9", "5-9", "outside", "outside", "none"]);
        assert_eq!(shown("bytes=0-1,3-4"), "none");
        assert_eq!(shown("lines=1-2"), "none");
    }
}
