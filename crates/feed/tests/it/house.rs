//! A program with the feed, its routes on a real socket, and things that happen in it.

use app::testing::TestApp;
use events::{BroadcastId, BroadcastStarted, Clock, Empty, Envelope, Event, RoomId, Source, TeamId};
use feed::{Feed, FeedSettings};
use std::{net::SocketAddr, sync::Arc, time::Duration};
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
};

pub struct House {
    pub test: TestApp,
    /// Outlives the program.
    pub dir: Arc<tempfile::TempDir>,
    pub http: SocketAddr,
}

/// Impatient, and on good terms with this machine.
pub fn settings() -> FeedSettings {
    FeedSettings { allow_private: true, keep_alive_ms: 200, timeout_ms: 1_000, ..FeedSettings::default() }
}

impl House {
    pub async fn open() -> Self {
        Self::open_with(settings()).await
    }

    pub async fn open_with(settings: FeedSettings) -> Self {
        Self::open_in(Arc::new(tempfile::tempdir().unwrap()), settings).await
    }

    /// On a folder that may have been used before.
    pub async fn open_in(dir: Arc<tempfile::TempDir>, settings: FeedSettings) -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let test = loop {
            let settings = settings.clone();
            let test =
                TestApp::in_dir(dir.clone(), Clock::system(), |app| vec![Feed::new(app.clone(), settings).feature()]);
            match test.await {
                Ok(test) => break test,
                // The program before still holds the folder for a moment.
                Err(error) if format!("{error:#}").contains("in use") => {
                    tokio::time::sleep(Duration::from_millis(5)).await;
                }
                Err(error) => panic!("{error:#}"),
            }
        };
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let http = listener.local_addr().unwrap();
        let (router, stop) = (test.router(), test.app.stop.clone());
        tokio::spawn(async move {
            axum::serve(listener, router).with_graceful_shutdown(stop.cancelled_owned()).await.unwrap();
        });
        Self { test, dir, http }
    }

    pub fn envelope(&self, team: TeamId, event: Event) -> Envelope {
        Envelope::new(self.test.app.now(), Source::Server, self.test.org, event)
            .with_team(team)
            .with_room(RoomId::new())
            .with_broadcast(Some(BroadcastId::new()))
    }

    /// A show of our team begins.
    pub async fn begin(&self, title: &str) -> BroadcastId {
        self.begin_of(self.test.team, title).await
    }

    pub async fn begin_of(&self, team: TeamId, title: &str) -> BroadcastId {
        let event = Event::BroadcastStarted(BroadcastStarted { title: title.into(), platform: None });
        let envelope = self.envelope(team, event);
        let broadcast = envelope.broadcast.unwrap();
        self.test.app.append(&[envelope]).await.unwrap();
        broadcast
    }

    /// Something that is not told, so many times.
    pub async fn noise(&self, count: usize) {
        let event = Event::Tracked(events::Tracked {
            call: "track".into(),
            name: "Opened".into(),
            user_id: None,
            anonymous_id: None,
            properties: Default::default(),
            context: Default::default(),
            sent_at: None,
        });
        let noise = vec![self.envelope(self.test.team, event); count];
        self.test.app.append(&noise).await.unwrap();
    }

    pub async fn share(&self, count: usize) {
        let shared = vec![self.envelope(self.test.team, Event::RoomShared(Empty {})); count];
        self.test.app.append(&shared).await.unwrap();
    }

    /// Opens the stream of events.
    pub async fn listen(&self, who: &str, query: &str, last: Option<&str>) -> Ear {
        let mut socket = TcpStream::connect(self.http).await.unwrap();
        let last = last.map(|id| format!("last-event-id: {id}\r\n")).unwrap_or_default();
        let request = format!(
            "GET /api/events/stream{query} HTTP/1.1\r\nhost: a\r\nconnection: close\r\nauthorization: Bearer {who}\r\n{last}\r\n"
        );
        socket.write_all(request.as_bytes()).await.unwrap();
        Ear { lines: BufReader::new(socket), last: None }
    }
}

/// The reader of a stream, as a browser's `EventSource` reads it.
pub struct Ear {
    pub lines: BufReader<TcpStream>,
    pub last: Option<String>,
}

#[derive(Debug, Default, PartialEq, Eq)]
pub struct Heard {
    pub event: String,
    pub data: String,
}

impl Ear {
    /// The next event; none when the stream has ended.
    pub async fn next(&mut self) -> Option<Heard> {
        let mut heard = Heard::default();
        loop {
            let mut line = String::new();
            if self.lines.read_line(&mut line).await.unwrap() == 0 {
                return None;
            }
            match line.trim_end().split_once(": ") {
                Some(("id", id)) => self.last = Some(id.into()),
                Some(("event", event)) => heard.event = event.into(),
                Some(("data", data)) => heard.data = data.into(),
                _ if line.trim().is_empty() && !heard.data.is_empty() => return Some(heard),
                _ => {}
            }
        }
    }

    /// The title of the next show that begins.
    pub async fn title(&mut self) -> String {
        let heard = self.next().await.expect("an event");
        let message: serde_json::Value = serde_json::from_str(&heard.data).unwrap();
        message["data"]["title"].as_str().unwrap_or_else(|| panic!("{message}")).to_owned()
    }
}
