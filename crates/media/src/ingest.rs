//! The RTMP port: connections, their limits and timeouts, and what becomes of their media.

use crate::rtmp::{Event, Role, Session};
use crate::source::{CheckRun, SourceHandle};
use crate::tap::{MediaTag, TagKind};
use crate::{Media, MediaSettings, desk};
use anyhow::{Context, anyhow, bail};
use app::Stop;
use bytes::BytesMut;
use events::{Millis, StreamSource};
use futures_util::FutureExt;
use parking_lot::Mutex;
use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::{Instant, sleep, sleep_until, timeout};
use tokio_util::task::TaskTracker;
use tracing::{debug, info, warn};

/// Read buffer of a stranger and of a publisher.
const SMALL: usize = 4 << 10;
const LARGE: usize = 64 << 10;
/// Answers are small; who does not take them in this time is gone.
const WRITE_TIMEOUT: Duration = Duration::from_secs(5);
/// How long a shutdown waits for publishers to be given back.
const SHUTDOWN: Duration = Duration::from_secs(3);

/// The bound RTMP port.
pub struct Ingest {
    media: Media,
    listener: TcpListener,
}

impl Ingest {
    pub(crate) async fn bind(media: Media, addr: SocketAddr) -> std::io::Result<Self> {
        Ok(Self { media, listener: TcpListener::bind(addr).await? })
    }

    pub fn local_addr(&self) -> std::io::Result<SocketAddr> {
        self.listener.local_addr()
    }

    /// Takes publishers until `stop`; then gives their rooms back as broken off.
    pub async fn run(self, stop: Stop) -> anyhow::Result<()> {
        let tasks = TaskTracker::new();
        loop {
            let accepted = tokio::select! {
                () = stop.cancelled() => break,
                accepted = self.listener.accept() => accepted,
            };
            let (socket, ip) = match accepted {
                Ok((socket, peer)) => (socket, peer.ip().to_canonical()),
                Err(error) => {
                    // Out of file descriptors, mostly: others must be able to finish.
                    warn!("taking an RTMP connection failed: {error}");
                    sleep(Duration::from_millis(100)).await;
                    continue;
                }
            };
            metrics::counter!("kaibo_media_rtmp_connections_total").increment(1);
            let Some(place) = self.media.0.connections.enter(ip) else {
                metrics::counter!("kaibo_media_rtmp_refused_total", "reason" => "connections").increment(1);
                continue;
            };
            let (media, stop) = (self.media.clone(), stop.clone());
            tasks.spawn(async move {
                let _place = place;
                if let Err(error) = serve(media, socket, ip, stop).await {
                    metrics::counter!("kaibo_media_rtmp_broken_total").increment(1);
                    debug!(%ip, "RTMP connection from {ip} closed: {error:#}");
                }
            });
        }
        drop(self.listener);
        tasks.close();
        if timeout(SHUTDOWN, tasks.wait()).await.is_err() {
            warn!("RTMP connections were still open at shutdown");
        }
        Ok(())
    }
}

/// How many connections there are, in all and per address.
pub(crate) struct Connections {
    counts: Arc<Mutex<HashMap<IpAddr, usize>>>,
    total: usize,
    per_ip: usize,
    loopback: usize,
}

impl Connections {
    pub fn new(settings: &MediaSettings) -> Self {
        Self {
            counts: Arc::default(),
            total: settings.connections,
            per_ip: settings.connections_per_ip,
            loopback: settings.connections_from_loopback,
        }
    }

    fn enter(&self, ip: IpAddr) -> Option<Place> {
        let mut counts = self.counts.lock();
        let all: usize = counts.values().sum();
        let limit = if ip.is_loopback() { self.loopback } else { self.per_ip };
        let count = counts.entry(ip).or_default();
        if all >= self.total || *count >= limit {
            if *count == 0 {
                counts.remove(&ip);
            }
            return None;
        }
        *count += 1;
        Some(Place { counts: self.counts.clone(), ip })
    }
}

struct Place {
    counts: Arc<Mutex<HashMap<IpAddr, usize>>>,
    ip: IpAddr,
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut counts = self.counts.lock();
        if let Some(count) = counts.get_mut(&self.ip) {
            *count -= 1;
            if *count == 0 {
                counts.remove(&self.ip);
            }
        }
    }
}

async fn serve(media: Media, socket: TcpStream, ip: IpAddr, stop: Stop) -> anyhow::Result<()> {
    // Answers are few and small, and encoders wait for them.
    socket.set_nodelay(true)?;
    let seed = events::Millis::now().0 as u64;
    let mut connection = Connection {
        settings: media.0.settings.clone(),
        media,
        socket,
        ip,
        session: Session::new(seed),
        input: BytesMut::with_capacity(SMALL),
        output: Vec::new(),
        since: Instant::now(),
        messages: 0,
    };
    let Some(mut publisher) = connection.until_publish(&stop).await? else { return Ok(()) };
    // The room is given back whatever happens: a show must not stay on air because of a mistake in here.
    let publishing = AssertUnwindSafe(connection.publish(&mut publisher, &stop)).catch_unwind();
    let result = publishing.await.unwrap_or_else(|_| Err(anyhow!("taking media panicked")));
    publisher.close(matches!(result, Ok(true))).await;
    connection.send().await.ok();
    result.map(|_| ())
}

struct Connection {
    media: Media,
    settings: MediaSettings,
    socket: TcpStream,
    ip: IpAddr,
    session: Session,
    input: BytesMut,
    output: Vec<u8>,
    /// Since when no whole message came.
    since: Instant,
    messages: u64,
}

impl Connection {
    /// Handshake and commands. `None` when the other side left or was turned away.
    async fn until_publish(&mut self, stop: &Stop) -> anyhow::Result<Option<Publisher>> {
        let connected = Instant::now();
        loop {
            let next = self.session.next(&mut self.input, &mut self.output);
            let asked = match next {
                Ok(Some(Event::Publish { name, key, role })) => Some((name, key, role)),
                Ok(Some(_)) => continue,
                Ok(None) => None,
                Err(error) => {
                    self.send().await.ok();
                    return Err(error.into());
                }
            };
            if let Some((name, key, role)) = asked {
                return self.authorize(key.as_deref(), &name, role).await;
            }
            self.send().await?;
            let (name, limit_ms) = match self.session.established() {
                false => ("handshake", self.settings.handshake_timeout_ms),
                true => ("`publish`", self.settings.idle_timeout_ms),
            };
            // The whole way counts, so that a slow drip does not hold a place.
            let deadline = connected + Duration::from_millis(u64::from(limit_ms));
            tokio::select! {
                () = stop.cancelled() => return Ok(None),
                () = sleep_until(deadline) => bail!("no {name} within {limit_ms} ms"),
                read = self.socket.read_buf(&mut self.input) => {
                    if read? == 0 {
                        return Ok(None);
                    }
                }
            }
            self.input.reserve(SMALL);
        }
    }

    async fn authorize(&mut self, key: Option<&str>, name: &str, role: Role) -> anyhow::Result<Option<Publisher>> {
        let room = match desk::authorize(&*self.media.0.desk, key, name, self.ip).await {
            Ok((grant, _)) => grant.room,
            Err(refusal) => {
                metrics::counter!("kaibo_media_rtmp_refused_total", "reason" => "stream_key").increment(1);
                info!(ip = %self.ip, "a publisher from {} was refused: {refusal}", self.ip);
                return self.refuse("the stream key is not valid").await;
            }
        };
        if role != Role::Check
            && let Err(refusal) = self.media.0.desk.admit(room).await
        {
            metrics::counter!("kaibo_media_rtmp_refused_total", "reason" => "admission").increment(1);
            info!(room.id = %room, ip = %self.ip, "a publisher to room `{room}` from {} was refused: {refusal}", self.ip);
            return self.refuse("this room takes no stream now").await;
        }
        let publisher = match role {
            Role::Primary => Publisher::OnAir(self.media.open_source(room, StreamSource::Primary).into()),
            Role::Backup => Publisher::OnAir(self.media.open_source(room, StreamSource::Backup).into()),
            Role::Check => match self.media.begin_check(room) {
                Some(run) => Publisher::Check(run),
                None => {
                    metrics::counter!("kaibo_media_rtmp_refused_total", "reason" => "check").increment(1);
                    return self.refuse("no check is waiting for this stream").await;
                }
            },
        };
        info!(room.id = %room, ip = %self.ip, "room `{room}` receives a stream ({role:?}) from {}", self.ip);
        self.session.accept(&mut self.output);
        self.input.reserve(LARGE);
        Ok(Some(publisher))
    }

    async fn refuse(&mut self, reason: &str) -> anyhow::Result<Option<Publisher>> {
        self.session.refuse(reason, &mut self.output);
        self.send().await?;
        // A reset instead of an end could overtake the answer, which says why.
        self.socket.shutdown().await.ok();
        timeout(Duration::from_millis(500), self.drain()).await.ok();
        Ok(None)
    }

    /// Media until the encoder says goodbye (true), leaves or is dropped (false).
    async fn publish(&mut self, publisher: &mut Publisher, stop: &Stop) -> anyhow::Result<bool> {
        let idle = Duration::from_millis(u64::from(self.settings.idle_timeout_ms));
        let pause = Duration::from_millis(u64::from(self.settings.read_pause_ms));
        let gone = publisher.stopped();
        self.since = Instant::now();
        let alarm = sleep_until(self.since + idle);
        tokio::pin!(alarm);
        loop {
            let now = self.media.0.app.now();
            loop {
                match self.session.next(&mut self.input, &mut self.output) {
                    Ok(Some(Event::Unpublish)) => return Ok(true),
                    Ok(Some(event)) => publisher.take(event, now).await?,
                    Ok(None) => break,
                    Err(error) => {
                        self.send().await.ok();
                        return Err(error.into());
                    }
                }
            }
            if self.messages != self.session.messages() {
                self.messages = self.session.messages();
                self.since = Instant::now();
            }
            self.send().await?;
            if publisher.done() {
                return Ok(false);
            }
            while publisher.ahead() && !gone.is_cancelled() && !stop.is_cancelled() {
                sleep(Duration::from_millis(250)).await;
                self.since = Instant::now();
            }
            if !pause.is_zero() {
                sleep(pause).await;
            }
            self.input.reserve(LARGE);
            loop {
                tokio::select! {
                    biased;
                    () = gone.cancelled() => return Ok(false),
                    () = stop.cancelled() => return Ok(false),
                    read = self.socket.read_buf(&mut self.input) => {
                        let read = read.context("reading media")?;
                        if read == 0 {
                            return Ok(false);
                        }
                        metrics::counter!("kaibo_media_received_bytes_total").increment(read as u64);
                        break;
                    }
                    // The alarm is moved only when it rings: cheaper than with each read.
                    () = &mut alarm => {
                        let due = self.since + idle;
                        if due <= Instant::now() {
                            bail!("nothing whole arrived in {} ms", self.settings.idle_timeout_ms);
                        }
                        alarm.as_mut().reset(due);
                    }
                }
            }
        }
    }

    async fn send(&mut self) -> anyhow::Result<()> {
        if self.output.is_empty() {
            return Ok(());
        }
        timeout(WRITE_TIMEOUT, self.socket.write_all(&self.output)).await.context("answers are not taken")??;
        self.output.clear();
        Ok(())
    }

    async fn drain(&mut self) {
        self.input.clear();
        while matches!(self.socket.read_buf(&mut self.input).await, Ok(1..)) {
            self.input.clear();
        }
    }
}

/// Where the media of a publisher that was let in goes.
enum Publisher {
    OnAir(Box<SourceHandle>),
    /// Only looked at.
    Check(Box<dyn CheckRun>),
}

impl Publisher {
    /// Cancelled when it has to go.
    fn stopped(&self) -> Stop {
        match self {
            Self::OnAir(source) => source.stopped(),
            Self::Check(_) => Stop::new(),
        }
    }

    fn ahead(&self) -> bool {
        matches!(self, Self::OnAir(source) if source.ahead())
    }

    /// Whether a check has seen enough.
    fn done(&self) -> bool {
        matches!(self, Self::Check(run) if run.done())
    }

    async fn take(&mut self, event: Event, arrived: Millis) -> anyhow::Result<()> {
        let (kind, timestamp, payload) = match event {
            Event::Audio { timestamp, payload } => (TagKind::Audio, timestamp, payload),
            Event::Video { timestamp, payload } => (TagKind::Video, timestamp, payload),
            Event::Metadata { width, height } => {
                if let Self::OnAir(source) = self {
                    source.push_metadata(width.unwrap_or_default(), height.unwrap_or_default()).await;
                }
                return Ok(());
            }
            Event::Publish { .. } | Event::Unpublish => return Ok(()),
        };
        let tag = MediaTag { kind, timestamp, payload, arrived };
        match self {
            Self::OnAir(source) => source.push(tag).await?,
            Self::Check(run) => run.tag(&tag),
        }
        Ok(())
    }

    async fn close(self, clean: bool) {
        match self {
            Self::OnAir(source) => source.close(clean).await,
            Self::Check(run) => run.finish(clean),
        }
    }
}
