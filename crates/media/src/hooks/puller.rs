//! Fetches one stream from an outside server and hands it to the room, as if its encoder pushed here. It comes back after a
//! failure for as long as the server says that the stream is published.

use super::rules;
use crate::dial::{self, DialError, Line, Reach};
use crate::rtmp::{Address, Client, ClientError, ClientEvent, Purpose};
use crate::tap::{MediaTag, TagKind};
use crate::{Media, SourceHandle};
use app::Stop;
use bytes::{Bytes, BytesMut};
use events::{Millis, RoomId, StreamSource};
use parking_lot::Mutex;
use std::io;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::time::{Instant, sleep, timeout};
use tracing::info;

/// From the connection to the server's yes.
const WELCOME: Duration = Duration::from_secs(10);
/// A server that sends nothing for so long is left.
const SILENT: Duration = Duration::from_secs(15);
/// How long after a stream its `unpublish` may come.
const HOOK_LAG: Duration = Duration::from_secs(1);
const READ: usize = 64 << 10;
const MEASURE: Duration = Duration::from_secs(2);

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum PullState {
    /// The outside server pushes here by itself.
    Forwarded,
    /// It will, and has not yet.
    Awaited,
    #[default]
    Connecting,
    Live,
    /// For the next try.
    Waiting,
    /// Another publisher took the room, or its show was ended.
    Replaced,
}

impl PullState {
    pub fn as_str(self) -> &'static str {
        match self {
            PullState::Forwarded => "forwarded",
            PullState::Awaited => "awaited",
            PullState::Connecting => "connecting",
            PullState::Live => "live",
            PullState::Waiting => "waiting",
            PullState::Replaced => "replaced",
        }
    }
}

#[derive(Debug, Clone, Default)]
pub(crate) struct Progress {
    pub state: PullState,
    pub since: Option<Millis>,
    pub received_bytes: u64,
    pub bitrate_kbps: u32,
    pub reconnects: u32,
    pub last_error: Option<(&'static str, String)>,
}

pub(super) struct Puller {
    pub media: Media,
    pub room: RoomId,
    pub address: Address,
    /// With what lets us play there.
    pub name: String,
    /// Given up after failing for so long.
    pub give_up: Duration,
    pub progress: Arc<Mutex<Progress>>,
    pub stop: Stop,
}

enum Failure {
    Dial(DialError),
    Client(ClientError),
    Lost(io::Error),
    Closed,
    Silent,
    Refused(anyhow::Error),
}

impl From<ClientError> for Failure {
    fn from(error: ClientError) -> Self {
        Failure::Client(error)
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Failure::Lost(error)
    }
}

/// Why fetching is over for good.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Over {
    Stopped,
    Replaced,
    GivenUp,
}

impl Puller {
    pub async fn run(self) -> Over {
        let mut failures = 0;
        let mut good = Instant::now();
        loop {
            self.enter(PullState::Connecting);
            let received = self.progress.lock().received_bytes;
            match self.attempt().await {
                Ok(over) => {
                    if over == Over::Replaced {
                        self.enter(PullState::Replaced);
                    }
                    return over;
                }
                Err(failure) => {
                    if self.progress.lock().received_bytes > received {
                        (failures, good) = (0, Instant::now());
                    }
                    failures += 1;
                    if good.elapsed() > self.give_up {
                        return Over::GivenUp;
                    }
                    if !self.wait_after(&failure, failures).await {
                        return Over::Stopped;
                    }
                }
            }
        }
    }

    /// False when it was stopped meanwhile.
    async fn wait_after(&self, failure: &Failure, failures: u32) -> bool {
        let (code, text) = failure.trouble();
        info!(room.id = %self.room, reason = code, "the stream of room `{}` was not fetched: {text}", self.room);
        metrics::counter!("kaibo_pull_failures_total", "reason" => code).increment(1);
        self.enter(PullState::Waiting);
        {
            let mut progress = self.progress.lock();
            progress.last_error = Some((code, text));
            progress.reconnects += 1;
        }
        tokio::select! {
            () = self.stop.cancelled() => false,
            () = sleep(rules::pause(failures, rand::random())) => true,
        }
    }

    fn enter(&self, state: PullState) {
        let mut progress = self.progress.lock();
        if progress.state != state {
            progress.since = Some(self.media.0.app.now());
            progress.bitrate_kbps = 0;
        }
        progress.state = state;
    }

    async fn attempt(&self) -> Result<Over, Failure> {
        // The administrator named the server, so it may stand in a private network; ourselves would be a circle.
        let reach = Reach { allow_private: true, ca_file: None, never: Some(self.media.rtmp_port()) };
        let connecting = async {
            let line = dial::dial(&self.address, &reach).await.map_err(Failure::Dial)?;
            let mut connection = Connection::new(line, self.address.clone(), self.name.clone());
            timeout(WELCOME, connection.until_open()).await.map_err(|_| Failure::Silent)??;
            Ok::<_, Failure>(connection)
        };
        let mut connection = tokio::select! {
            () = self.stop.cancelled() => return Ok(Over::Stopped),
            connection = connecting => connection?,
        };
        let mut source = None;
        let result = self.fetch(&mut connection, &mut source).await;
        if let Some(source) = source {
            // A stop of the whole program is no goodbye: the show goes on after it.
            let clean = matches!(result, Ok(Over::Stopped)) && !self.media.0.app.stop.is_cancelled();
            SourceHandle::close(source, clean).await;
        }
        result
    }

    async fn fetch(&self, connection: &mut Connection, source: &mut Option<SourceHandle>) -> Result<Over, Failure> {
        let pause = Duration::from_millis(u64::from(self.media.0.settings.read_pause_ms));
        let mut meter = (Instant::now(), 0u64);
        loop {
            let now = self.media.0.app.now();
            while let Some(event) = connection.client.next(&mut connection.input, &mut connection.out)? {
                let (kind, timestamp, payload): (TagKind, u32, Bytes) = match event {
                    ClientEvent::Audio { timestamp, payload } => (TagKind::Audio, timestamp, payload),
                    ClientEvent::Video { timestamp, payload } => (TagKind::Video, timestamp, payload),
                    ClientEvent::Ended => return self.told_apart().await,
                    ClientEvent::Open => continue,
                };
                if source.is_none() {
                    // Only now: a room is not taken from its encoder for a stream that never comes.
                    *source = Some(self.media.open_source(self.room, StreamSource::Primary));
                    self.enter(PullState::Live);
                    self.progress.lock().last_error = None;
                }
                let Some(source) = source.as_mut() else { continue };
                if source.stopped().is_cancelled() {
                    return Ok(Over::Replaced);
                }
                match source.push(MediaTag { kind, timestamp, payload, arrived: now }).await {
                    Ok(()) => {}
                    Err(_) if source.stopped().is_cancelled() => return Ok(Over::Replaced),
                    Err(error) => return Err(Failure::Refused(error)),
                }
            }
            connection.send().await?;
            while source.as_ref().is_some_and(SourceHandle::ahead) && !self.stop.is_cancelled() {
                sleep(Duration::from_millis(250)).await;
            }
            sleep(pause).await;
            let gone = source.as_ref().map(SourceHandle::stopped).unwrap_or_default();
            let read = tokio::select! {
                biased;
                () = self.stop.cancelled() => return Ok(Over::Stopped),
                () = gone.cancelled() => return Ok(Over::Replaced),
                read = timeout(SILENT, connection.line.read_buf(&mut connection.input)) => {
                    read.map_err(|_| Failure::Silent)??
                }
            };
            if read == 0 {
                return self.told_apart().await;
            }
            connection.input.reserve(READ);
            self.measure(&mut meter, read as u64);
        }
    }

    /// The stream ended over there. When that was meant, the hook says so in a moment.
    async fn told_apart(&self) -> Result<Over, Failure> {
        tokio::select! {
            () = self.stop.cancelled() => Ok(Over::Stopped),
            () = sleep(HOOK_LAG) => Err(Failure::Closed),
        }
    }

    fn measure(&self, (since, bytes): &mut (Instant, u64), read: u64) {
        *bytes += read;
        metrics::counter!("kaibo_pull_received_bytes_total").increment(read);
        let mut progress = self.progress.lock();
        progress.received_bytes += read;
        if since.elapsed() >= MEASURE {
            progress.bitrate_kbps = (*bytes as f64 * 8.0 / 1000.0 / since.elapsed().as_secs_f64()) as u32;
            (*since, *bytes) = (Instant::now(), 0);
        }
    }
}

struct Connection {
    client: Client,
    line: Box<dyn Line>,
    input: BytesMut,
    out: Vec<u8>,
}

impl Connection {
    fn new(line: Box<dyn Line>, address: Address, name: String) -> Self {
        let mut out = Vec::new();
        let client = Client::new(Purpose::Play, address, name, rand::random(), &mut out);
        Self { client, line, input: BytesMut::with_capacity(READ), out }
    }

    async fn until_open(&mut self) -> Result<(), Failure> {
        loop {
            let event = self.client.next(&mut self.input, &mut self.out)?;
            self.send().await?;
            match event {
                Some(ClientEvent::Open) => return Ok(()),
                Some(_) => {}
                None => {
                    if self.line.read_buf(&mut self.input).await? == 0 {
                        return Err(Failure::Closed);
                    }
                }
            }
        }
    }

    async fn send(&mut self) -> Result<(), Failure> {
        if !self.out.is_empty() {
            let sending = async {
                self.line.write_all(&self.out).await?;
                self.line.flush().await
            };
            timeout(SILENT, sending).await.map_err(|_| Failure::Silent)??;
            self.out.clear();
        }
        Ok(())
    }
}

impl Failure {
    fn trouble(&self) -> (&'static str, String) {
        match self {
            Failure::Dial(error) => (error.code(), error.to_string()),
            Failure::Client(error @ ClientError::Refused(_)) => ("refused", error.to_string()),
            Failure::Client(error) => ("protocol", error.to_string()),
            Failure::Lost(error) => ("connection_lost", format!("the connection broke: {}", error.kind())),
            Failure::Closed => ("connection_closed", "the server closed the connection".to_owned()),
            Failure::Silent => ("silent", "the server sends nothing".to_owned()),
            Failure::Refused(error) => ("not_taken", format!("the room did not take the stream: {error}")),
        }
    }
}
