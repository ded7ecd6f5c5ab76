//! Calls of the recording's API.

use crate::http_support::{Answer, Server};
use serde_json::Value;
use std::path::PathBuf;
use std::time::Duration;

pub const STAFF: &str = "stream.read,stream.manage,clip.write,room.read";

impl Server {
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
        for _ in 0..1500 {
            last = self.json(&path).await;
            if wanted(&last) {
                return last;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("the recording never was as wanted: {last}");
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
}

pub fn code(answer: &Answer) -> String {
    let problem: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
    format!("{} {}", answer.status, problem["code"].as_str().unwrap_or_default())
}

impl Server {
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
