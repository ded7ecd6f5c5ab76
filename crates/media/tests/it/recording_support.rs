//! Calls of the recording's API, sources whose media arrives when a test says, and the places recordings are kept.

use crate::http_support::{Answer, Desk, Server, start_at, start_in};
use crate::s3::{BUCKET, S3};
use crate::show::Tag;
use events::{Clock, StreamSource};
use media::record::{Address, Hidden, RecordSettings};
use media::{MediaTag, Settings, SourceHandle, TagKind};
use serde_json::Value;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

pub const STAFF: &str = "stream.read,stream.manage,clip.write,room.read";

/// Where a test's recordings are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// On this disk only.
    Disk,
    /// In a folder that stands for an object store.
    Folder,
    /// In an S3 server.
    S3,
}

/// A server, and what its recordings are kept in.
pub struct Kept {
    pub server: Server,
    pub s3: Option<S3>,
    _folder: tempfile::TempDir,
}

impl std::ops::Deref for Kept {
    type Target = Server;

    fn deref(&self) -> &Server {
        &self.server
    }
}

pub async fn start_on(place: Place) -> Kept {
    start_with_on(place, RecordSettings::default()).await
}

pub async fn start_with_on(place: Place, record: RecordSettings) -> Kept {
    start_at_on(place, Clock::system(), record).await
}

pub async fn start_at_on(place: Place, clock: Clock, mut record: RecordSettings) -> Kept {
    let folder = tempfile::tempdir().unwrap();
    let mut s3 = None;
    match place {
        Place::Disk => {}
        Place::Folder => record.store = Address::Folder(folder.path().join("store")),
        Place::S3 => {
            let started = S3::start().await;
            in_s3(&mut record, &started);
            s3 = Some(started);
        }
    }
    let server = start_at(clock, Settings { record, ..Settings::default() }).await;
    Kept { server, s3, _folder: folder }
}

/// Data on which one program runs after another.
pub struct Stage {
    dir: Arc<tempfile::TempDir>,
    pub desk: Arc<Desk>,
}

impl Stage {
    pub fn new() -> Self {
        Self { dir: Arc::new(tempfile::tempdir().unwrap()), desk: Arc::new(Desk::new()) }
    }

    /// A program from its start to its end, with everything that it left running.
    pub fn run<T>(&self, record: RecordSettings, act: impl AsyncFnOnce(&Server) -> T) -> T {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let done = runtime.block_on(async {
            let settings = Settings { record, ..Settings::default() };
            let server = start_in(self.dir.clone(), self.desk.clone(), Clock::system(), settings).await;
            act(&server).await
        });
        runtime.shutdown_timeout(Duration::from_secs(20));
        done
    }

    pub fn recording_dir(&self) -> PathBuf {
        self.dir.path().join("media/recordings").join(self.desk.broadcast.lock().unwrap().to_string())
    }

    /// Another show begins.
    pub fn next_show(&self) {
        *self.desk.ended_at.lock().unwrap() = None;
        *self.desk.broadcast.lock().unwrap() = events::BroadcastId::new();
    }
}

/// The settings of a store behind the proxy. Its patience is short: these stores are near.
pub fn in_s3(record: &mut RecordSettings, s3: &S3) {
    let _ = rustls::crypto::ring::default_provider().install_default();
    record.store = Address::S3 { bucket: BUCKET.into(), prefix: "kaibo/one".into() };
    record.store_endpoint = s3.endpoint();
    record.store_region = "us-east-1".into();
    record.store_access_key = "key".into();
    record.store_secret_key = Hidden("secret".into());
    record.store_timeout_s = 20;
}

/// Each of these functions as a test per place.
macro_rules! on_every_place {
    ($($name:ident),* $(,)?) => {
        mod on_disk {
            $(#[tokio::test] async fn $name() { super::$name(crate::recording_support::Place::Disk).await })*
        }
        mod in_a_folder {
            $(#[tokio::test] async fn $name() { super::$name(crate::recording_support::Place::Folder).await })*
        }
        mod in_s3 {
            $(#[tokio::test] async fn $name() { super::$name(crate::recording_support::Place::S3).await })*
        }
    };
}
pub(crate) use on_every_place;

/// A source on air whose messages arrive when their timestamps say, counted from a moment of the show.
pub struct Timed {
    source: SourceHandle,
    zero: events::Millis,
}

impl Timed {
    /// `at_ms` of the show is the timestamp 0.
    pub async fn push(&mut self, tags: &[Tag], at_ms: i64) {
        for tag in tags {
            let kind = if tag.video { TagKind::Video } else { TagKind::Audio };
            let arrived = self.zero.plus_ms(at_ms + i64::from(tag.timestamp));
            let message = MediaTag { kind, timestamp: tag.timestamp, payload: tag.payload.clone(), arrived };
            self.source.push(message).await.unwrap();
        }
    }

    pub async fn close(self) {
        self.source.close(true).await;
    }
}

impl Server {
    pub fn timed(&self) -> Timed {
        Timed { source: self.media.open_source(self.desk.room, StreamSource::Primary), zero: self.desk.started_at }
    }

    pub async fn call(&self, method: &str, path: &str, body: Option<Value>) -> Answer {
        self.call_as(STAFF, method, path, body).await
    }

    pub async fn call_as(&self, who: &str, method: &str, path: &str, body: Option<Value>) -> Answer {
        let body = body.map(|body| body.to_string()).unwrap_or_default();
        let about = format!("content-type: application/json\r\ncontent-length: {}\r\n", body.len());
        let headers = format!("authorization: Bearer {who}\r\n{about}\r\n{body}");
        self.request(method, path, &headers).await
    }

    pub async fn json(&self, path: &str) -> Value {
        let answer = self.call("GET", path, None).await;
        assert_eq!(answer.status, 200, "GET {path}: {}", answer.text());
        serde_json::from_slice(&answer.body).unwrap()
    }

    /// The state of the show's recording, once it fulfils `wanted`.
    pub async fn recording_when(&self, wanted: impl Fn(&Value) -> bool) -> Value {
        let path = format!("/api/broadcasts/{}/recording", self.broadcast());
        let mut last = Value::Null;
        for _ in 0..3_000 {
            last = self.json(&path).await;
            if wanted(&last) {
                return last;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("the recording never was as wanted: {last}");
    }

    /// The show's recording is in the object store, and nowhere else.
    pub async fn only_in_the_store(&self) {
        self.recording_when(|recording| recording["state"] == "complete" && recording["uploading_bytes"] == 0).await;
        until("the local folder is gone", || !self.recording_dir().exists()).await;
    }

    pub fn broadcast(&self) -> events::BroadcastId {
        *self.desk.broadcast.lock().unwrap()
    }

    pub fn recording_dir(&self) -> PathBuf {
        self.program.app.data_dir.join("media/recordings").join(self.broadcast().to_string())
    }

    /// The show is over, as the rooms would say it.
    pub async fn end_show(&self) {
        *self.desk.ended_at.lock().unwrap() = Some(self.program.app.now());
        self.media.end(self.desk.room);
    }

    /// The replay's address with a token, as a bare player gets it.
    pub async fn replay_path(&self) -> String {
        let base = format!("/replay/{}", self.broadcast());
        let answer = self.get(&format!("{base}/index.m3u8")).await;
        assert_eq!(answer.status, 302, "{}", answer.text());
        format!("{base}/{}", answer.header("location").unwrap())
    }

    pub async fn cut(&self, start_ms: i64, end_ms: i64) -> Answer {
        let wish = serde_json::json!({"start_ms": start_ms, "end_ms": end_ms, "title": "抽奖 开奖"});
        self.call("POST", &format!("/api/broadcasts/{}/clips", self.broadcast()), Some(wish)).await
    }

    /// A clip that must be had.
    pub async fn clip(&self, start_ms: i64, end_ms: i64) -> Value {
        let answer = self.cut(start_ms, end_ms).await;
        assert_eq!(answer.status, 201, "{}", answer.text());
        serde_json::from_slice(&answer.body).unwrap()
    }

    /// A clip as it is downloaded, in a file of the test's own.
    pub async fn downloaded(&self, clip: &Value, to: &std::path::Path) -> String {
        let id = clip["id"].as_str().unwrap();
        let answer = self.call("GET", &format!("/api/clips/{id}/file"), None).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        assert_eq!(answer.body.len() as u64, clip["bytes"].as_u64().unwrap());
        let path = to.join(format!("{id}.mp4"));
        std::fs::write(&path, answer.body).unwrap();
        path.display().to_string()
    }

    /// Names of events in the log, those that are asked for, once everything committed is there.
    pub async fn events(&self, names: &[&str]) -> Vec<String> {
        let app = &self.program.app;
        let end = app.store.relayed().await.unwrap();
        let mut subscription = app.log.subscribe(1);
        let mut found = Vec::new();
        let mut at = 0;
        while at < end {
            let batch = subscription.next().await.unwrap();
            for entry in &batch.entries {
                at = entry.position;
                let envelope = events::Envelope::decode(&entry.payload).unwrap();
                found.push(envelope.event.name().into_owned());
            }
        }
        found.retain(|name| names.contains(&name.as_str()));
        found
    }
}

pub fn code(answer: &Answer) -> String {
    let problem: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
    format!("{} {}", answer.status, problem["code"].as_str().unwrap_or_default())
}

/// Waits until it is so.
pub async fn until(what: &str, so: impl Fn() -> bool) {
    for _ in 0..3_000 {
        if so() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("this never came: {what}");
}
