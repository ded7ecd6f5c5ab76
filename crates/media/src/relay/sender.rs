//! The task of one target: connects, sends what its queue holds, and comes back after a failure. What happens here reaches the
//! room only through the queue, which throws away what is not taken.

use super::RelaySettings;
use super::feed::{self, Feed};
use super::queue::{Bounds, Frame, Item, Queue};
use super::rules::{self, State};
use super::status::{Status, Trouble};
use crate::dial::{self, DialError, Line, Reach};
use crate::rtmp::{Address, Client, ClientError, ClientEvent, Purpose};
use crate::tap::TagKind;
use app::{App, Stop};
use bytes::BytesMut;
use events::{Envelope, Event, Millis, RelayChanged};
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt, ReadHalf, WriteHalf};
use tokio::time::{Instant, sleep, sleep_until, timeout};
use tracing::{info, warn};
use uuid::Uuid;

/// From the connection to the platform's yes.
const WELCOME: Duration = Duration::from_secs(15);
/// A target that takes nothing for so long is given up.
const STUCK: Duration = Duration::from_secs(15);
/// Without media for so long, the connection is given back.
const QUIET: Duration = Duration::from_secs(30);
/// Media counts as there when it came within this time.
const FLOWING: Duration = Duration::from_secs(2);
/// A connection that held for so long makes earlier failures forgotten.
const GOOD: Duration = Duration::from_secs(30);
/// One that held for so long is no trouble any more.
const STEADY: Duration = Duration::from_secs(10);
/// Most that is written at once.
const BATCH: usize = 256 << 10;
/// Room for what the other side says, and what may wait to be read.
const READ: usize = 4 << 10;
const MOST_UNREAD: usize = 64 << 10;
/// How long saying goodbye may take.
const FAREWELL: Duration = Duration::from_secs(1);
/// How often the bit rate is measured.
const MEASURE: Duration = Duration::from_secs(2);

/// Everything a target's task needs.
pub(super) struct Sender {
    pub app: App,
    pub settings: RelaySettings,
    pub target: rules::Target,
    pub address: Address,
    pub stream_key: String,
    /// Says who the event is about.
    pub about: Envelope,
    pub feed: Arc<Feed>,
    pub status: Arc<Status>,
    pub stop: Stop,
    /// Set before `stop` when the show is over: the target waits for the next.
    pub show_over: Arc<AtomicBool>,
}

/// How a connection ended.
enum End {
    Stopped,
    /// No media came for long.
    Quiet,
}

enum Failure {
    Dial(DialError),
    Client(ClientError),
    Lost(io::Error),
    Closed,
    Unwelcome,
    Stuck,
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

impl Sender {
    /// Until it is stopped. Whatever it tells, it tells before it ends.
    pub async fn run(self) {
        self.send_until_stopped().await;
        self.status.fine();
        if self.show_over.load(Ordering::Acquire) {
            self.status.enter(State::Idle, self.app.now());
            announce(&self.app, &self.about, self.target.id, &self.status).await;
        }
    }

    async fn send_until_stopped(&self) {
        let mut failures = 0;
        let bounds = Bounds { bytes: self.settings.queue_bytes, span_ms: i64::from(self.settings.queue_ms) };
        while self.wait_for_media().await {
            if failures == 0 {
                self.enter(State::Connecting).await;
            } else {
                // Retries are seen in the state, but are no news.
                self.status.enter(State::Connecting, self.app.now());
            }
            let queue = Arc::new(Queue::new(bounds, self.status.dropped.clone()));
            self.feed.add(queue.clone());
            let began = Instant::now();
            let ended = self.attempt(&queue).await;
            queue.close();
            self.feed.remove(&queue);
            if began.elapsed() > GOOD {
                failures = 0;
            }
            match ended {
                Ok(End::Stopped) => return,
                Ok(End::Quiet) => failures = 0,
                Err(_) if self.stop.is_cancelled() => return,
                Err(failure) => {
                    failures += 1;
                    self.wait_after(&failure, failures).await;
                }
            }
        }
    }

    /// False when it was stopped before.
    async fn wait_for_media(&self) -> bool {
        while !self.feed.flows(FLOWING) {
            self.enter(State::Waiting).await;
            // Nothing is known of a target while there is nothing for it.
            self.status.fine();
            tokio::select! {
                () = self.stop.cancelled() => return false,
                () = sleep(Duration::from_millis(250)) => {}
            }
        }
        !self.stop.is_cancelled()
    }

    async fn wait_after(&self, failure: &Failure, failures: u32) {
        let trouble = failure.trouble();
        let refused = failure.is_refusal();
        let pause = rules::pause(failures, refused, rand::random());
        let next = Millis(self.app.now().0 + pause.as_millis() as i64);
        info!(relay.id = %self.target.id, room.id = %self.target.room, reason = trouble.code,
            "relay `{}` failed: {}; next try in {} ms", self.target.id, trouble.text, pause.as_millis());
        metrics::counter!("kaibo_relay_failures_total", "reason" => trouble.code).increment(1);
        self.status.failed(trouble);
        self.status.change(|snapshot| snapshot.reconnects += 1);
        self.enter(if refused { State::Refused } else { State::Waiting }).await;
        self.status.change(|snapshot| snapshot.next_try_at = Some(next));
        tokio::select! {
            () = self.stop.cancelled() => {}
            () = sleep(pause) => {}
        }
    }

    /// Nothing is told any more by a target that was stopped.
    async fn enter(&self, state: State) {
        let known = self.status.get().state;
        if self.stop.is_cancelled() || !self.status.enter(state, self.app.now()) {
            return;
        }
        // Between two tries the state goes back and forth; that is told once.
        if known == State::Connecting && state == State::Waiting && self.status.get().reconnects > 1 {
            return;
        }
        announce(&self.app, &self.about, self.target.id, &self.status).await;
    }

    async fn attempt(&self, queue: &Queue) -> Result<End, Failure> {
        let reach = Reach { allow_private: self.settings.allow_private, ca_file: self.settings.ca(), never: None };
        let connecting = async {
            let line = dial::dial(&self.address, &reach).await.map_err(Failure::Dial)?;
            let mut connection = Connection::new(line, self.address.clone(), self.stream_key.clone());
            timeout(WELCOME, connection.until_open()).await.map_err(|_| Failure::Unwelcome)??;
            Ok::<_, Failure>(connection)
        };
        let mut connection = tokio::select! {
            () = self.stop.cancelled() => return Ok(End::Stopped),
            connection = connecting => connection?,
        };
        self.status.change(|snapshot| snapshot.last_error = None);
        self.enter(State::Live).await;
        info!(relay.id = %self.target.id, room.id = %self.target.room,
            "relay `{}` of room `{}` is live", self.target.id, self.target.room);
        queue.open();
        let ended = tokio::select! {
            () = self.stop.cancelled() => Ok(End::Stopped),
            ended = self.send(&mut connection, queue) => ended,
        };
        if ended.is_ok() {
            connection.take_leave().await;
        }
        ended
    }

    async fn send(&self, connection: &mut Connection, queue: &Queue) -> Result<End, Failure> {
        let pause = Duration::from_millis(u64::from(self.settings.pause_ms));
        let mut items = Vec::new();
        let mut start_ms = None;
        let now = Instant::now();
        let (mut meter, mut fed) = (Meter { opened: now, since: now, bytes: 0 }, now);
        loop {
            while !connection.everything_sent() {
                let sent = connection.exchange().await?;
                self.measure(&mut meter, sent);
            }
            // Several messages go in one write: what costs is the call, not the bytes.
            sleep(pause).await;
            tokio::select! {
                () = queue.ready() => fed = Instant::now(),
                read = connection.hear() => read?,
                () = sleep(MEASURE) => self.measure(&mut meter, 0),
            }
            if fed.elapsed() > QUIET {
                return Ok(End::Quiet);
            }
            queue.take(BATCH, &mut items);
            items.drain(..).for_each(|item| connection.put(item, &mut start_ms));
        }
    }

    fn measure(&self, meter: &mut Meter, sent: usize) {
        meter.bytes += sent as u64;
        let elapsed = meter.since.elapsed();
        let rate = (elapsed >= MEASURE).then(|| (meter.bytes as f64 * 8.0 / 1000.0 / elapsed.as_secs_f64()) as u32);
        if rate.is_some() {
            *meter = Meter { since: Instant::now(), bytes: 0, ..*meter };
            if meter.opened.elapsed() > STEADY {
                self.status.fine();
            }
        }
        metrics::counter!("kaibo_relay_sent_bytes_total").increment(sent as u64);
        self.status.change(|snapshot| {
            snapshot.sent_bytes += sent as u64;
            snapshot.bitrate_kbps = rate.unwrap_or(snapshot.bitrate_kbps);
        });
    }
}

struct Meter {
    opened: Instant,
    since: Instant,
    bytes: u64,
}

/// Tells of a state, in the event log.
async fn announce(app: &App, about: &Envelope, relay: Uuid, status: &Status) {
    let snapshot = status.get();
    let troubled = matches!(snapshot.state, State::Waiting | State::Refused);
    let reason = snapshot.last_error.filter(|_| troubled).map(|trouble| trouble.code.to_owned());
    let now = app.now();
    let event = Event::RelayChanged(RelayChanged { relay, state: snapshot.state.as_str().to_owned(), reason });
    let envelope = Envelope { occurred_at: now, received_at: now, event, ..about.clone() };
    if let Err(error) = app.append(&[envelope]).await {
        warn!(relay.id = %relay, "the state of relay `{relay}` is not in the log: {error}");
    }
}

/// One connection to a platform.
struct Connection {
    client: Client,
    reading: ReadHalf<Box<dyn Line>>,
    writing: WriteHalf<Box<dyn Line>>,
    input: BytesMut,
    out: Vec<u8>,
    written: usize,
    flushed: bool,
    /// When something was last taken.
    progress: Instant,
}

impl Connection {
    fn new(line: Box<dyn Line>, address: Address, stream_key: String) -> Self {
        let (reading, writing) = tokio::io::split(line);
        let mut out = Vec::new();
        let client = Client::new(Purpose::Publish, address, stream_key, rand::random(), &mut out);
        let input = BytesMut::with_capacity(READ);
        Self { client, reading, writing, input, out, written: 0, flushed: false, progress: Instant::now() }
    }

    async fn until_open(&mut self) -> Result<(), Failure> {
        loop {
            let event = self.client.next(&mut self.input, &mut self.out)?;
            while !self.everything_sent() {
                self.exchange().await?;
            }
            match event {
                Some(ClientEvent::Open) => return Ok(()),
                Some(_) => {}
                None => {
                    let read = self.reading.read_buf(&mut self.input).await?;
                    self.heard(read)?;
                }
            }
        }
    }

    fn everything_sent(&self) -> bool {
        self.out.is_empty() && self.flushed
    }

    /// Writes what can be written, while it hears what is said; answers the bytes that were taken.
    async fn exchange(&mut self) -> Result<usize, Failure> {
        if self.input.capacity() - self.input.len() < READ {
            self.input.reserve(READ);
        }
        let rest = self.out.get(self.written..).unwrap_or_default();
        let write = async {
            match rest {
                [] => self.writing.flush().await.map(|()| None),
                rest => self.writing.write(rest).await.map(Some),
            }
        };
        tokio::select! {
            wrote = write => {
                self.progress = Instant::now();
                match wrote? {
                    None => self.flushed = true,
                    Some(0) => return Err(Failure::Closed),
                    Some(count) => {
                        self.flushed = false;
                        self.written += count;
                        if self.written == self.out.len() {
                            self.written = 0;
                            self.out.clear();
                            self.out.shrink_to(BATCH);
                        }
                        return Ok(count);
                    }
                }
            }
            // A server that says more while it takes nothing is not listened to for ever.
            read = self.reading.read_buf(&mut self.input), if self.input.len() < MOST_UNREAD => self.heard(read?)?,
            () = sleep_until(self.progress + STUCK) => return Err(Failure::Stuck),
        }
        Ok(0)
    }

    /// Waits for the other side to say something, and answers it.
    async fn hear(&mut self) -> Result<(), Failure> {
        let read = self.reading.read_buf(&mut self.input).await?;
        self.heard(read)?;
        while self.client.next(&mut self.input, &mut self.out)?.is_some() {}
        self.input.reserve(READ);
        Ok(())
    }

    fn heard(&self, read: usize) -> Result<(), Failure> {
        if read == 0 { Err(Failure::Closed) } else { Ok(()) }
    }

    /// Writes a message into the buffer. The stream begins at 0 with the first frame.
    fn put(&mut self, item: Item, start_ms: &mut Option<i64>) {
        self.progress = if self.out.is_empty() { Instant::now() } else { self.progress };
        match item {
            Item::Begin(headers, at_ms) => {
                let timestamp = (at_ms - *start_ms.get_or_insert(at_ms)) as u32;
                self.client.metadata(timestamp, &feed::metadata(&headers), &mut self.out);
                if let Some(video) = &headers.video {
                    self.client.video(timestamp, video, &mut self.out);
                }
                if let Some(audio) = &headers.audio {
                    self.client.audio(timestamp, audio, &mut self.out);
                }
            }
            Item::Frame(Frame { kind, at_ms, payload, .. }) => {
                let since_start = at_ms - *start_ms.get_or_insert(at_ms);
                // Sound from before the first picture has no place.
                if since_start < 0 {
                    return;
                }
                match kind {
                    TagKind::Audio => self.client.audio(since_start as u32, &payload, &mut self.out),
                    TagKind::Video => self.client.video(since_start as u32, &payload, &mut self.out),
                }
            }
        }
    }

    /// Says goodbye, if the other side still listens.
    async fn take_leave(&mut self) {
        self.client.goodbye(&mut self.out);
        let rest = self.out.get(self.written..).unwrap_or_default();
        let leave = async {
            self.writing.write_all(rest).await?;
            self.writing.shutdown().await
        };
        timeout(FAREWELL, leave).await.ok();
    }
}

impl Failure {
    /// Whether trying again soon would be no use.
    fn is_refusal(&self) -> bool {
        matches!(self, Failure::Client(ClientError::Refused(_)) | Failure::Dial(DialError::Forbidden))
    }

    fn trouble(&self) -> Trouble {
        let (code, text) = match self {
            Failure::Dial(error) => (error.code(), error.to_string()),
            Failure::Client(error @ ClientError::Refused(_)) => ("refused", error.to_string()),
            Failure::Client(error) => ("protocol", error.to_string()),
            Failure::Lost(error) => ("connection_lost", format!("the connection broke: {}", error.kind())),
            Failure::Closed => ("connection_closed", "the server closed the connection".to_owned()),
            Failure::Unwelcome => {
                ("no_answer", format!("the server did not accept the stream within {} s", WELCOME.as_secs()))
            }
            Failure::Stuck => ("not_taken", format!("the server took nothing for {} s", STUCK.as_secs())),
        };
        Trouble { code, text }
    }
}
