//! A whole program with one room on a real port, and clients for its socket written by somebody else (tungstenite).

use app::testing::TestApp;
use audience::Audience;
use events::{Clock, Envelope, Event, Millis, RoomId, Source, StreamPublished};
use futures_util::{SinkExt, StreamExt};
use room::{
    gateway::{Gateway, RoomSettings},
    rooms::Rooms,
};
use serde_json::{Value, json};
use std::{net::SocketAddr, sync::Arc, time::Duration};
use tokio::net::TcpStream;
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream,
    tungstenite::{self, Message, client::IntoClientRequest},
};

/// Only against hanging; no test states a time.
const PATIENCE: Duration = Duration::from_secs(60);

pub struct Show {
    pub program: TestApp,
    pub rooms: Rooms,
    pub room: RoomId,
    pub at: SocketAddr,
    serving: tokio::task::JoinHandle<()>,
}

impl Drop for Show {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

impl Show {
    pub async fn new() -> Self {
        Self::with(RoomSettings { shards: 2, ..RoomSettings::default() }, Clock::system()).await
    }

    pub async fn with(settings: RoomSettings, clock: Clock) -> Self {
        let dir = Arc::new(tempfile::tempdir().expect("a folder"));
        Self::in_dir(dir, settings, clock, None).await
    }

    pub async fn in_dir(
        dir: Arc<tempfile::TempDir>,
        settings: RoomSettings,
        clock: Clock,
        room: Option<RoomId>,
    ) -> Self {
        let mut made = None;
        let program = TestApp::in_dir(dir, clock, |app| {
            let rooms = Rooms::new(app.clone());
            let audience = Audience::new(app.clone(), Arc::new(rooms.clone()));
            let gateway =
                Gateway::new(app.clone(), rooms.clone(), audience.clone(), Arc::new(room::Unmoderated), settings);
            let features = vec![room::feature(app, &rooms, &audience, gateway, 1935), audience.feature()];
            made = Some(rooms);
            features
        });
        let program = program.await.expect("a program");
        let rooms = made.expect("rooms");
        let room = match room {
            Some(room) => room,
            None => {
                let created =
                    rooms.create(program.org, program.team, "Evening show 晚场", false).await.expect("a database");
                created.expect("a room").0.id
            }
        };
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let at = listener.local_addr().expect("an address");
        let router = program.router().into_make_service_with_connect_info::<SocketAddr>();
        let serving = tokio::spawn(async move {
            let _ = axum::serve(listener, router).await;
        });
        Self { program, rooms, room, at, serving }
    }

    pub async fn token(&self, earlier: Option<&str>) -> String {
        let body = earlier.map_or(json!({}), |token| json!({ "token": token }));
        let answer = self.program.call("", "POST", &format!("/api/rooms/{}/viewer-token", self.room), Some(body)).await;
        answer.json()["token"].as_str().expect("a token").to_owned()
    }

    pub fn path(&self, token: &str) -> String {
        format!("/ws/rooms/{}?token={token}", self.room)
    }

    pub async fn try_join(&self, path: &str, headers: &[(&'static str, &str)]) -> Result<Client, tungstenite::Error> {
        let mut request = format!("ws://{}{path}", self.at).into_client_request()?;
        for (name, value) in headers {
            request.headers_mut().insert(*name, value.parse().expect("a header"));
        }
        let (socket, _) = tokio_tungstenite::connect_async(request).await?;
        Ok(Client { socket, last: 0, seen: Vec::new() })
    }

    /// Joins and reads the hello.
    pub async fn join(&self, token: &str, seq: Option<u64>) -> (Client, Value) {
        let seq = seq.map_or(String::new(), |seq| format!("&seq={seq}"));
        let mut client = self.try_join(&format!("{}{seq}", self.path(token)), &[]).await.expect("a socket");
        let hello = client.next().await;
        assert_eq!(hello["type"], "hello", "{hello}");
        client.last = hello["seq"].as_u64().expect("a seq");
        (client, hello)
    }

    pub async fn guest(&self) -> Client {
        self.join(&self.token(None).await, None).await.0
    }

    /// Puts events of this room into the log.
    pub async fn log(&self, source: Source, events: Vec<Event>) -> u64 {
        let now = self.program.app.now();
        let envelopes: Vec<_> = events
            .into_iter()
            .map(|event| Envelope::new(now, source, self.program.org, event).with_room(self.room))
            .collect();
        self.program.app.append(&envelopes).await.expect("a log").end - 1
    }

    pub async fn publish(&self) {
        let published =
            StreamPublished { resumed: false, video_codec: None, audio_codec: None, width: None, height: None };
        self.rooms.published(self.room, published).await.expect("on air");
    }

    /// Every danmaku in the log: position, client id, text.
    pub async fn logged(&self) -> Vec<(u64, Option<String>, String)> {
        let entries: Vec<_> = self.program.app.log.read(1).map(|entry| entry.expect("an entry")).collect();
        let events = self.program.app.read(&entries).await.expect("the events");
        let danmaku = events.into_iter().filter_map(|(position, envelope)| match envelope.event {
            Event::DanmakuSent(danmaku) => Some((position, envelope.key, danmaku.text)),
            _ => None,
        });
        danmaku.collect()
    }
}

pub struct Client {
    pub socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    /// The last `seq` processed.
    pub last: u64,
    /// Positions of the sequenced events processed.
    pub seen: Vec<u64>,
}

impl Client {
    pub async fn say(&mut self, message: Value) {
        self.socket.send(Message::text(message.to_string())).await.expect("an open socket");
    }

    pub async fn danmaku(&mut self, id: &str, text: &str) -> Value {
        self.say(json!({"type": "danmaku", "id": id, "text": text})).await;
        self.until(|message| message["id"] == id).await
    }

    /// The next message, or `{"closed": code}`.
    pub async fn next(&mut self) -> Value {
        loop {
            let message = tokio::time::timeout(PATIENCE, self.socket.next()).await.expect("something within a minute");
            match message {
                Some(Ok(Message::Text(text))) => return serde_json::from_str(&text).expect("JSON"),
                Some(Ok(Message::Close(frame))) => {
                    return json!({"closed": frame.map_or(0, |frame| u16::from(frame.code))});
                }
                Some(Ok(_)) => {}
                Some(Err(_)) | None => return json!({"closed": 1006}),
            }
        }
    }

    /// Reads until a message fits; a close ends the wait, too.
    pub async fn until(&mut self, fits: impl Fn(&Value) -> bool) -> Value {
        loop {
            let message = self.next().await;
            if fits(&message) || message.get("closed").is_some() {
                return message;
            }
        }
    }

    /// Processes a tick as the protocol asks. False when there is a gap.
    pub fn follow(&mut self, tick: &Value) -> bool {
        let Some(events) = tick["events"].as_array() else { return true };
        if tick["prev"].as_u64() != Some(self.last) {
            return false;
        }
        self.seen.extend(events.iter().filter_map(|event| event["pos"].as_u64()));
        self.last = tick["seq"].as_u64().expect("a seq");
        assert_eq!(self.seen.last(), Some(&self.last));
        true
    }

    pub async fn code(&mut self) -> u64 {
        self.until(|_| false).await["closed"].as_u64().expect("a code")
    }
}

pub fn manual_clock() -> Clock {
    Clock::manual(Millis(1_760_000_000_000))
}
