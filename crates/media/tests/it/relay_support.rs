//! What the tests of relays share: an encoder at natural speed, and what a target recorded.

use crate::http_support::{KEY, Server};
use crate::show;
use events::RoomId;
use media::Settings;
use media::relay::RelaySettings;
use serde_json::json;
use std::path::Path;
use std::time::Duration;
use tokio::io::AsyncWriteExt;

pub fn settings() -> Settings {
    Settings { relay: RelaySettings { allow_private: true, ..RelaySettings::default() }, ..Settings::default() }
}

impl Server {
    pub async fn ask(&self, method: &str, path: &str, body: Option<serde_json::Value>) -> app::testing::Answer {
        self.program.call("stream.read,stream.manage", method, path, body).await
    }

    pub async fn relay_to(&self, url: &str, key: &str) -> String {
        self.relay_from(self.desk.room, url, key).await
    }

    pub async fn relay_from(&self, room: RoomId, url: &str, key: &str) -> String {
        let path = format!("/api/rooms/{room}/relays");
        let body = json!({"name": "a platform", "url": url, "stream_key": key});
        let answer = self.ask("POST", &path, Some(body)).await;
        assert_eq!(answer.status, 201, "{}", answer.text());
        answer.json()["id"].as_str().unwrap().to_owned()
    }

    pub async fn relays(&self) -> Vec<serde_json::Value> {
        self.relays_of(self.desk.room).await
    }

    pub async fn relays_of(&self, room: RoomId) -> Vec<serde_json::Value> {
        let answer = self.ask("GET", &format!("/api/rooms/{room}/relays"), None).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        answer.json()["items"].as_array().unwrap().clone()
    }

    /// The relay once it fulfils `wanted`.
    pub async fn relay_when(&self, id: &str, wanted: impl Fn(&serde_json::Value) -> bool) -> serde_json::Value {
        let mut last = serde_json::Value::Null;
        for _ in 0..2_000 {
            let mut relays = self.relays().await;
            relays.extend(self.relays_of(self.desk.other).await);
            last = relays.into_iter().find(|relay| relay["id"] == id).unwrap_or_default();
            if wanted(&last) {
                return last;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("the relay never was as wanted: {last}");
    }
}

/// An encoder that pushes at natural speed until it is dropped.
pub struct Encoder(tokio::task::JoinHandle<()>);

impl Encoder {
    pub async fn start(server: &Server, from_ms: u32) -> Self {
        Self::with(server, KEY, from_ms, 0).await
    }

    /// Each picture is `more` bytes longer than it need be.
    pub async fn with(server: &Server, key: &str, from_ms: u32, more: usize) -> Self {
        let (mut socket, publisher) = server.publisher(key).await;
        let mut tags = show::tags(from_ms, 60_000, 25);
        for tag in tags.iter_mut().skip(2).filter(|tag| tag.video) {
            tag.payload = [&tag.payload[..], &vec![0; more]].concat().into();
        }
        let headers: Vec<show::Tag> = tags.drain(..2).collect();
        Self(tokio::spawn(async move {
            let mut out = Vec::new();
            show::send(&publisher, &headers, &mut out);
            socket.write_all(&out).await.unwrap();
            let began = tokio::time::Instant::now();
            for tag in tags {
                let due = Duration::from_millis(u64::from(tag.timestamp.wrapping_sub(from_ms)));
                tokio::time::sleep_until(began + due).await;
                out.clear();
                show::send(&publisher, &[tag], &mut out);
                if socket.write_all(&out).await.is_err() {
                    return;
                }
            }
        }))
    }
}

impl Drop for Encoder {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// Bytes of `ms` milliseconds of what [`Encoder::start`] sends.
pub fn bytes_of(ms: u32) -> u64 {
    show::tags(0, ms, 25).iter().map(|tag| tag.payload.len() as u64).sum()
}

/// The show's own playlist grows while `work` is done: the room feels nothing.
pub async fn room_goes_on(server: &Server) {
    let before = server.playlist_when(server.desk.room, |playlist| !playlist.segments.is_empty()).await;
    let newest = before.media_sequence + before.segments.len() as u64;
    server.playlist_when(server.desk.room, |now| now.media_sequence + now.segments.len() as u64 > newest).await;
    assert_eq!(server.desk.heard(), ["published"], "the encoder was never dropped");
}

/// A recorded message: kind, timestamp, body.
pub type Recorded = (u8, i64, Vec<u8>);

pub fn recorded(file: &Path) -> Vec<Recorded> {
    let bytes = std::fs::read(file).unwrap_or_default();
    let mut rest = bytes.get(13..).unwrap_or_default();
    let mut messages = Vec::new();
    while rest.len() >= 11 {
        let length = u32::from_be_bytes([0, rest[1], rest[2], rest[3]]) as usize;
        let timestamp = i64::from(u32::from_be_bytes([rest[7], rest[4], rest[5], rest[6]]));
        if rest.len() < 11 + length + 4 {
            break;
        }
        messages.push((rest[0], timestamp, rest[11..11 + length].to_vec()));
        rest = &rest[11 + length + 4..];
    }
    messages
}

/// What is in the file once it holds so many pictures.
pub async fn recorded_when(file: &Path, pictures: usize) -> Vec<Recorded> {
    let mut last = Vec::new();
    for _ in 0..2_000 {
        last = recorded(file);
        if last.iter().filter(|(kind, _, body)| *kind == 9 && body[1] == 1).count() >= pictures {
            return last;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("`{}` has only {} messages", file.display(), last.len());
}

/// Times of pictures and sounds less the times they were made with; the synthetic encoder numbers both.
pub fn offsets(messages: &[Recorded]) -> (Vec<i64>, Vec<i64>) {
    let unwrap = |numbers: Vec<(u8, i64)>, time: fn(i64) -> i64| {
        let mut count = None;
        let lifted = numbers.into_iter().map(|(number, timestamp)| {
            let next = match count {
                None => i64::from(number),
                Some(before) => before + i64::from(number.wrapping_sub(before as u8)),
            };
            count = Some(next);
            timestamp - time(next)
        });
        lifted.collect::<Vec<i64>>()
    };
    let pick = |kind: u8, header: u8, at: usize| -> Vec<(u8, i64)> {
        let coded = messages.iter().filter(|(k, _, body)| *k == kind && body.len() > at && body[1] == header);
        coded.map(|(_, timestamp, body)| (body[at], *timestamp)).collect()
    };
    (unwrap(pick(9, 1, 9), |n| n * 40), unwrap(pick(8, 1, 2), |n| n * 10_240 / 441))
}
