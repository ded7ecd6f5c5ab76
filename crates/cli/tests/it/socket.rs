//! A viewer's client as `docs/PROTOCOL.md` describes it, written from that page alone.

use crate::harness::Kaibo;
use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use std::{collections::HashMap, time::Duration};
use tokio::time::timeout;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async, tungstenite::Message};

type Socket = WebSocketStream<MaybeTlsStream<tokio::net::TcpStream>>;

/// Keeps what the server told it across reconnects.
pub struct Viewer {
    pub token: String,
    pub room: String,
    /// Last sequenced position processed.
    pub seq: Option<u64>,
    /// Every sequenced event seen, in order.
    pub events: Vec<Value>,
    /// Position of every danmaku of ours that was acknowledged, by client id.
    pub acked: HashMap<String, u64>,
    /// Every danmaku shown.
    pub shown: HashMap<u64, String>,
    socket: Option<Socket>,
}

impl Viewer {
    pub async fn new(kaibo: &Kaibo, room: &str) -> Self {
        Self {
            token: kaibo.viewer_token(room).await,
            room: room.to_owned(),
            seq: None,
            events: Vec::new(),
            acked: HashMap::new(),
            shown: HashMap::new(),
            socket: None,
        }
    }

    /// Connects, with resume when it knows a position. False when the server is not there.
    pub async fn connect(&mut self, kaibo: &Kaibo) -> bool {
        let seq = self.seq.map(|seq| format!("&seq={seq}")).unwrap_or_default();
        let url = format!("ws://127.0.0.1:{}/ws/rooms/{}?token={}{seq}", kaibo.http, self.room, self.token);
        match timeout(Duration::from_secs(5), connect_async(url)).await {
            Ok(Ok((socket, _))) => self.socket = Some(socket),
            _ => return false,
        }
        true
    }

    /// Sends, and waits for the answer; false when the connection broke before it came.
    pub async fn say(&mut self, id: &str, text: &str) -> bool {
        let message = json!({ "type": "danmaku", "id": id, "text": text });
        let Some(socket) = &mut self.socket else { return false };
        if socket.send(Message::text(message.to_string())).await.is_err() {
            return false;
        }
        for _ in 0..200 {
            let Some(message) = self.next(Duration::from_secs(5)).await else { return false };
            if message["id"] == id {
                assert_eq!(message["type"], "ack", "{message}");
                return true;
            }
        }
        false
    }

    /// The next message, taken into account; `None` when the connection broke or nothing came.
    pub async fn next(&mut self, patience: Duration) -> Option<Value> {
        let socket = self.socket.as_mut()?;
        loop {
            match timeout(patience, socket.next()).await {
                Ok(Some(Ok(Message::Text(text)))) => {
                    let message: Value = serde_json::from_str(&text).expect("a JSON message");
                    self.take(&message);
                    return Some(message);
                }
                Ok(Some(Ok(Message::Close(_)) | Err(_)) | None) => {
                    self.socket = None;
                    return None;
                }
                Ok(Some(Ok(_))) => {}
                Err(_) => return None,
            }
        }
    }

    fn take(&mut self, message: &Value) {
        for danmaku in message["danmaku"].as_array().into_iter().flatten() {
            let text = danmaku["text"].as_str().unwrap_or_default().to_owned();
            self.shown.insert(danmaku["pos"].as_u64().expect("a position"), text);
        }
        match message["type"].as_str() {
            Some("hello") => {
                self.seq = message["seq"].as_u64();
                self.events.extend(message["events"].as_array().into_iter().flatten().cloned());
            }
            Some("tick") => {
                if let Some(events) = message["events"].as_array() {
                    let prev = message["prev"].as_u64();
                    assert_eq!(prev, self.seq.or(Some(0)), "a gap in the sequence: {message}");
                    self.events.extend(events.iter().cloned());
                    self.seq = message["seq"].as_u64();
                }
            }
            Some("ack") => {
                let id = message["id"].as_str().unwrap_or_default().to_owned();
                self.acked.insert(id, message["pos"].as_u64().expect("a position"));
            }
            _ => {}
        }
    }
}
