//! A media server on real sockets with a desk and an audience that know a few rooms.

use app::testing::TestApp;
use async_trait::async_trait;
use audience::{Audience, RoomRef, Rooms};
use events::{BroadcastId, OrgId, RoomId, StreamSwitched, TeamId};
use media::rtmp::publisher::Publisher;
use media::slate::SlateSettings;
use media::{Media, MediaSettings, OnAir, Settings, ShowRef, StreamDesk, StreamGrant, StreamInfo, StreamRefusal};
use std::collections::BTreeSet;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

pub const KEY: &str = "good-key";
pub const OTHER_KEY: &str = "other-key";

/// The organisation and team that `app::testing` signs people in to.
pub const ORG: OrgId = OrgId(uuid::Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0001));
pub const TEAM: TeamId = TeamId(uuid::Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0002));

/// Knows two public rooms by their keys and one private room.
pub struct Desk {
    pub room: RoomId,
    pub other: RoomId,
    pub private: RoomId,
    pub broadcast: Mutex<BroadcastId>,
    published: Mutex<u32>,
    pub heard: Mutex<Vec<String>>,
    pub switches: Mutex<Vec<StreamSwitched>>,
    pub info: Mutex<StreamInfo>,
    pub started_at: events::Millis,
    /// When the show ended, as `show` tells it.
    pub ended_at: Mutex<Option<events::Millis>>,
    /// Shows of before, also of other rooms.
    pub past: Mutex<Vec<ShowRef>>,
    pub held: Mutex<BTreeSet<BroadcastId>>,
}

impl Desk {
    pub fn new() -> Self {
        Self {
            room: RoomId::new(),
            other: RoomId::new(),
            private: RoomId::new(),
            broadcast: Mutex::new(BroadcastId::new()),
            published: Mutex::new(0),
            heard: Mutex::default(),
            switches: Mutex::default(),
            info: Mutex::default(),
            started_at: events::Millis::now(),
            ended_at: Mutex::default(),
            past: Mutex::default(),
            held: Mutex::default(),
        }
    }

    /// What the desk was told about the first room.
    pub fn heard(&self) -> Vec<String> {
        self.heard.lock().unwrap().clone()
    }
}

#[async_trait]
impl StreamDesk for Desk {
    async fn authorize(&self, stream_key: &str, _: IpAddr) -> Result<StreamGrant, StreamRefusal> {
        match stream_key {
            KEY => Ok(StreamGrant { room: self.room }),
            OTHER_KEY => Ok(StreamGrant { room: self.other }),
            _ => Err(StreamRefusal::UnknownKey),
        }
    }

    async fn published(&self, room: RoomId, info: StreamInfo) -> anyhow::Result<OnAir> {
        let mut published = self.published.lock().unwrap();
        if room == self.room {
            self.heard.lock().unwrap().push("published".into());
            *self.info.lock().unwrap() = info;
            *published += 1;
        }
        let broadcast = *self.broadcast.lock().unwrap();
        Ok(OnAir { broadcast, started_at: self.started_at, resumed: *published > 1 })
    }

    async fn lost(&self, room: RoomId, clean: bool) {
        if room == self.room {
            self.heard.lock().unwrap().push(if clean { "lost clean" } else { "lost" }.into());
        }
    }

    async fn switched(&self, room: RoomId, switched: StreamSwitched) {
        if room == self.room {
            eprintln!(
                "switched {:?} -> {:?} ({:?}), gap {:?} ms",
                switched.from, switched.to, switched.reason, switched.gap_ms
            );
            self.switches.lock().unwrap().push(switched);
        }
    }

    async fn show(&self, broadcast: BroadcastId) -> anyhow::Result<Option<ShowRef>> {
        if let Some(past) = self.past.lock().unwrap().iter().find(|show| show.broadcast == broadcast) {
            return Ok(Some(past.clone()));
        }
        let known = broadcast == *self.broadcast.lock().unwrap();
        Ok(known.then(|| ShowRef {
            broadcast,
            room: self.room,
            org: ORG,
            team: TEAM,
            title: "a show".into(),
            started_at: self.started_at,
            ended_at: *self.ended_at.lock().unwrap(),
            private: false,
        }))
    }

    async fn held(&self) -> anyhow::Result<BTreeSet<BroadcastId>> {
        Ok(self.held.lock().unwrap().clone())
    }
}

#[async_trait]
impl Rooms for Desk {
    async fn room(&self, id: RoomId) -> anyhow::Result<Option<RoomRef>> {
        let known = [self.room, self.other, self.private].contains(&id);
        Ok(known.then(|| RoomRef {
            room: id,
            org: ORG,
            team: TEAM,
            private: id == self.private,
            broadcast: Some(*self.broadcast.lock().unwrap()),
        }))
    }
}

pub struct Server {
    pub media: Media,
    pub audience: Audience,
    pub desk: Arc<Desk>,
    pub rtmp: SocketAddr,
    pub http: SocketAddr,
    pub program: TestApp,
}

pub async fn start() -> Server {
    start_with(without_slate(MediaSettings::default())).await
}

/// A test that pushes at once and falls silent sees neither a stall nor a slate, however slow the machine is.
pub fn without_slate(media: MediaSettings) -> Settings {
    let slate = SlateSettings { after_ms: 60_000, stall_ms: 5_000, ..SlateSettings::default() };
    Settings { media, slate, ..Settings::default() }
}

pub async fn start_with(settings: impl Into<Settings>) -> Server {
    start_at(events::Clock::system(), settings).await
}

pub async fn start_at(clock: events::Clock, settings: impl Into<Settings>) -> Server {
    start_in(Arc::new(tempfile::tempdir().unwrap()), Arc::new(Desk::new()), clock, settings).await
}

/// On a folder and with a desk of the caller's, so that a program can be stopped and started again.
pub async fn start_in(
    dir: Arc<tempfile::TempDir>,
    desk: Arc<Desk>,
    clock: events::Clock,
    settings: impl Into<Settings>,
) -> Server {
    let settings = settings.into();
    let mut parts = None;
    let mut tries = 0;
    let program = loop {
        let started = TestApp::in_dir(dir.clone(), clock.clone(), |app| {
            let audience = Audience::new(app.clone(), desk.clone());
            let media = Media::new(app.clone(), audience.clone(), desk.clone(), settings.clone());
            let features = media.features();
            parts = Some((media, audience));
            features
        });
        match started.await {
            Ok(program) => break program,
            // The program before has not let go of the folder yet.
            Err(error) if tries < 1_500 && error.to_string().contains("in use") => tries += 1,
            Err(error) => panic!("{error:#}"),
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    };
    let (media, audience) = parts.unwrap();
    let stop = program.app.stop.clone();
    let local = SocketAddr::from(([127, 0, 0, 1], 0));
    let ingest = media.listen(local).await.unwrap();
    let rtmp = ingest.local_addr().unwrap();
    tokio::spawn(ingest.run(stop.clone()));
    let listener = tokio::net::TcpListener::bind(local).await.unwrap();
    let http = listener.local_addr().unwrap();
    let router = program.router();
    let serving = axum::serve(listener, router).with_graceful_shutdown(stop.cancelled_owned());
    tokio::spawn(serving.into_future());
    Server { media, audience, desk, rtmp, http, program }
}

pub struct Answer {
    pub status: u16,
    pub head: String,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub fn header(&self, name: &str) -> Option<String> {
        self.head.lines().find_map(|line| {
            let (field, value) = line.split_once(':')?;
            field.eq_ignore_ascii_case(name).then(|| value.trim().to_owned())
        })
    }
}

impl Server {
    pub async fn get(&self, path: &str) -> Answer {
        self.request("GET", path, "").await
    }

    pub async fn request(&self, method: &str, path: &str, headers: &str) -> Answer {
        let mut socket = TcpStream::connect(self.http).await.unwrap();
        let request = format!("{method} {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n{headers}\r\n");
        socket.write_all(request.as_bytes()).await.unwrap();
        let mut bytes = Vec::new();
        socket.read_to_end(&mut bytes).await.unwrap();
        let end = bytes.windows(4).position(|window| window == b"\r\n\r\n").unwrap();
        let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        Answer { status, head, body: bytes[end + 4..].to_vec() }
    }

    /// The playlist's path with a token, as a bare player gets it.
    pub async fn playlist_path(&self, room: RoomId) -> String {
        let answer = self.get(&format!("/live/{room}/index.m3u8")).await;
        assert_eq!(answer.status, 302);
        format!("/live/{room}/{}", answer.header("location").unwrap())
    }

    /// The playlist once it fulfils `wanted`.
    pub async fn playlist_when(
        &self,
        room: RoomId,
        wanted: impl Fn(&m3u8_rs::MediaPlaylist) -> bool,
    ) -> m3u8_rs::MediaPlaylist {
        let path = self.playlist_path(room).await;
        let mut last = String::new();
        for _ in 0..1500 {
            let answer = self.get(&path).await;
            if answer.status == 200 {
                last = answer.text();
                let playlist = parse(&last);
                if wanted(&playlist) {
                    return playlist;
                }
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("the playlist never was as wanted; the last one: {last}");
    }

    /// Waits until the desk has heard exactly this.
    pub async fn desk_hears(&self, wanted: &[&str]) {
        for _ in 0..1500 {
            if self.desk.heard() == wanted {
                return;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        assert_eq!(self.desk.heard(), wanted);
    }

    /// A connection that has sent everything up to `publish`.
    pub async fn publisher(&self, key: &str) -> (TcpStream, Publisher) {
        self.publisher_to("live", key).await
    }

    /// The same with another application than `live`.
    pub async fn publisher_to(&self, app: &str, key: &str) -> (TcpStream, Publisher) {
        let mut socket = TcpStream::connect(self.rtmp).await.unwrap();
        let mut publisher = Publisher::default();
        let mut out = Vec::new();
        Publisher::hello(&mut out);
        Publisher::echo(&mut out);
        publisher.publish(app, key, &mut out);
        socket.write_all(&out).await.unwrap();
        (socket, publisher)
    }

    pub async fn push(&self, key: &str, tags: &[crate::show::Tag]) -> (TcpStream, Publisher) {
        let (mut socket, publisher) = self.publisher(key).await;
        let mut out = Vec::new();
        crate::show::send(&publisher, tags, &mut out);
        socket.write_all(&out).await.unwrap();
        (socket, publisher)
    }
}

pub fn parse(text: &str) -> m3u8_rs::MediaPlaylist {
    m3u8_rs::parse_media_playlist_res(text.as_bytes()).unwrap()
}

/// What the other side still sends before it closes; a reset counts as a close.
pub async fn read_to_close(socket: &mut TcpStream) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut buffer = [0; 4096];
    while let Ok(read @ 1..) = socket.read(&mut buffer).await {
        bytes.extend_from_slice(&buffer[..read]);
    }
    bytes
}
