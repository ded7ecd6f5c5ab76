//! The crowd: raw sockets read round robin. It counts marker bytes and parses nothing, so that it is neither the
//! bottleneck nor a wake-up on every send of the server.

use anyhow::{Context, bail, ensure};
use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpStream},
    os::fd::{AsRawFd, FromRawFd},
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

/// Ends every message, and occurs nowhere else: not in a frame's head either, where `~` is the sign of a 16-bit length.
pub const MARK: u8 = b'|';
/// Ends every sequenced event.
pub const EVENT_MARK: u8 = b'^';
/// Events' stamps: microseconds since 1970, 16 digits.
pub fn unix_us() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_micros() as u64)
}

/// Every so many connections measure latency.
const SAMPLED: usize = 64;

pub struct Crowd {
    viewers: Vec<Viewer>,
    publisher: TcpStream,
    protocol: Protocol,
    published: u64,
    /// Over all viewers and runs.
    delivered: u64,
    began: Instant,
    buffer: Vec<u8>,
}

/// What the peers speak. A server names it by its path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Protocol {
    WebSocket,
    /// Over a WebSocket.
    SocketIo,
    /// Over a WebSocket.
    Nats,
    Redis,
}

impl Protocol {
    fn of(path: &str) -> Self {
        match path {
            "redis" => Self::Redis,
            "/nats" => Self::Nats,
            path if path.starts_with("/socket.io/") => Self::SocketIo,
            _ => Self::WebSocket,
        }
    }

    /// A message for everybody, as its publisher sends it.
    fn publish(self, text: &str) -> Vec<u8> {
        let length = text.len();
        match self {
            Self::WebSocket => frame(text),
            Self::SocketIo => frame(&format!("42[\"m\",{}]", serde_json::Value::from(text))),
            Self::Nats => frame(&format!("PUB room {length}\r\n{text}\r\n")),
            Self::Redis => format!("*3\r\n$7\r\nPUBLISH\r\n$4\r\nroom\r\n${length}\r\n{text}\r\n").into_bytes(),
        }
    }

    /// What follows the handshake: what is said, and what ends the answer to it.
    fn greetings(self, publisher: bool) -> &'static [(&'static str, &'static [u8])] {
        match (self, publisher) {
            (Self::WebSocket, _) | (Self::Redis, true) => &[],
            (Self::SocketIo, _) => &[("", b"}"), ("40", b"}")],
            (Self::Nats, false) => &[("CONNECT {\"verbose\":false}\r\nSUB room 1\r\nPING\r\n", b"PONG\r\n")],
            (Self::Nats, true) => &[("CONNECT {\"verbose\":false}\r\nPING\r\n", b"PONG\r\n")],
            (Self::Redis, false) => &[("SUBSCRIBE room\r\n", b":1\r\n")],
        }
    }
}

/// A text frame, masked with zeros: as valid as any mask.
fn frame(text: &str) -> Vec<u8> {
    let mut frame = vec![0x81];
    match text.len() {
        length @ ..126 => frame.push(0x80 | length as u8),
        length => {
            frame.push(0x80 | 126);
            frame.extend((length as u16).to_be_bytes());
        }
    }
    frame.extend([0; 4]);
    frame.extend(text.as_bytes());
    frame
}

struct Viewer {
    stream: TcpStream,
    messages: u64,
    events: u64,
    bytes: u64,
    /// When the sequenced events were said, and how long they took, in us.
    ages: Vec<(u64, u64)>,
    /// Bytes it may still read; `None` reads all, `Some(0)` nothing.
    allowance: Option<usize>,
}

/// How messages are offered.
#[derive(Debug, Clone, Copy)]
pub enum Load {
    /// So many a second.
    Rate(f64),
    /// As many as leave at most so many not yet with everybody.
    Window(u64),
    /// The server talks by itself.
    None,
}

#[derive(Debug, Clone, Default)]
pub struct Seen {
    pub delivered: u64,
    pub published: u64,
    pub seconds: f64,
    /// Messages that came with one write of the server, in the mean.
    pub per_write: f64,
    /// Of the healthy ones, in ms.
    pub p50: f64,
    pub p99: f64,
}

impl Crowd {
    /// `small`: how many of the viewers get a small receive buffer (those that will be slow).
    pub fn join(at: SocketAddr, path: &str, viewers: usize, small: usize) -> anyhow::Result<Self> {
        let protocol = Protocol::of(path);
        let mut crowd = Vec::with_capacity(viewers);
        for number in 0..viewers {
            let stream = open(at, path, number, number < small, false).with_context(|| format!("viewer {number}"))?;
            crowd.push(Viewer { stream, messages: 0, events: 0, bytes: 0, ages: Vec::new(), allowance: None });
        }
        let publisher = open(at, path, 0, false, true).context("the publisher")?;
        Ok(Self {
            viewers: crowd,
            publisher,
            protocol,
            published: 0,
            delivered: 0,
            began: Instant::now(),
            buffer: vec![0; 256 * 1024],
        })
    }

    /// The first `count` viewers read nothing from now on.
    pub fn stall(&mut self, count: usize) {
        self.viewers.iter_mut().take(count).for_each(|viewer| viewer.allowance = Some(0));
    }

    /// Runs for so long; the first `slow` viewers read at most `slow_bytes_per_s`.
    pub fn run(&mut self, load: Load, time: Duration, slow: usize, slow_bytes_per_s: f64) -> anyhow::Result<Seen> {
        let start = Instant::now();
        let (mut delivered, healthy) =
            (0u64, self.viewers.iter().filter(|viewer| viewer.allowance != Some(0)).count() as u64);
        let (base_published, base_delivered) = (self.published, self.delivered);
        let base_writes = self.writes();
        let mut latencies = Vec::new();
        let mut granted = 0.0;
        while start.elapsed() < time {
            let passed = start.elapsed().as_secs_f64();
            let due = match load {
                Load::Rate(per_s) => (passed * per_s) as u64,
                // What an earlier run left on its way counts as outstanding.
                Load::Window(window) => (self.delivered / healthy.max(1) + window).saturating_sub(base_published),
                Load::None => 0,
            };
            self.publish(due.saturating_sub(self.published - base_published).min(64))?;
            if slow > 0 && passed * slow_bytes_per_s - granted >= 1024.0 {
                let more = (passed * slow_bytes_per_s - granted) as usize;
                granted += more as f64;
                self.viewers.iter_mut().take(slow).for_each(|viewer| {
                    viewer.allowance = Some(viewer.allowance.unwrap_or(0) + more);
                });
            }
            let before = delivered;
            for number in 0..self.viewers.len() {
                // A pass over a large crowd takes long; the publisher keeps its pace within it.
                if number % 512 == 511 && matches!(load, Load::Rate(_)) {
                    break_even(self, load, start, base_published)?;
                }
                self.delivered += self.read(number, slow, &mut latencies);
            }
            delivered = self.delivered - base_delivered;
            drain(&self.publisher, &mut self.buffer);
            if delivered == before {
                std::thread::sleep(Duration::from_micros(200));
            }
        }
        latencies.sort_unstable_by(f64::total_cmp);
        let at = |share: f64| latencies.get((latencies.len() as f64 * share) as usize).copied().unwrap_or(f64::NAN);
        Ok(Seen {
            delivered,
            published: self.published - base_published,
            seconds: start.elapsed().as_secs_f64(),
            per_write: delivered as f64 / healthy.max(1) as f64 / (self.writes() - base_writes).max(1.0),
            p50: at(0.5),
            p99: at(0.99),
        })
    }

    /// Writes of the server per viewer so far, from a few of the last viewers. Loopback carries one write of less than
    /// 64 KB in one segment.
    fn writes(&self) -> f64 {
        let few = self.viewers.iter().rev().take(16);
        let counts: Vec<f64> = few.map(|viewer| f64::from(data_segments(&viewer.stream))).collect();
        counts.iter().sum::<f64>() / counts.len().max(1) as f64
    }

    /// Bytes read per viewer so far.
    pub fn bytes(&self) -> Vec<u64> {
        self.viewers.iter().map(|viewer| viewer.bytes).collect()
    }

    /// Per viewer, when the sequenced events it got were said and how long they took, in us.
    pub fn ages(&self) -> Vec<Vec<(u64, u64)>> {
        self.viewers.iter().map(|viewer| viewer.ages.clone()).collect()
    }

    /// Sequenced events per viewer so far.
    pub fn events(&self) -> Vec<u64> {
        self.viewers.iter().map(|viewer| viewer.events).collect()
    }

    fn publish(&mut self, count: u64) -> anyhow::Result<()> {
        let mut frames = Vec::new();
        for _ in 0..count {
            let stamp = self.began.elapsed().as_micros();
            let text = format!(
                r#"{{"type":"danmaku","id":"c{:08}","text":"{}@{stamp:016}{}"}}"#,
                self.published,
                "x".repeat(88),
                MARK as char
            );
            self.published += 1;
            frames.extend(self.protocol.publish(&text));
        }
        let mut unsent = frames.as_slice();
        while !unsent.is_empty() {
            match self.publisher.write(unsent) {
                Ok(sent) => unsent = unsent.get(sent..).unwrap_or_default(),
                Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => {
                    drain(&self.publisher, &mut self.buffer);
                }
                Err(error) => return Err(error).context("publishing"),
            }
        }
        Ok(())
    }

    fn read(&mut self, number: usize, slow: usize, latencies: &mut Vec<f64>) -> u64 {
        let Some(viewer) = self.viewers.get_mut(number) else { return 0 };
        let most = viewer.allowance.unwrap_or(self.buffer.len()).min(self.buffer.len());
        if most == 0 {
            return 0;
        }
        let Some(buffer) = self.buffer.get_mut(..most) else { return 0 };
        let Ok(length) = viewer.stream.read(buffer) else { return 0 };
        if let Some(allowance) = &mut viewer.allowance {
            *allowance -= length;
        }
        viewer.bytes += length as u64;
        let bytes = &buffer[..length];
        let messages = count(bytes, MARK);
        viewer.messages += messages;
        let events = count(bytes, EVENT_MARK);
        viewer.events += events;
        if events > 0 {
            // One cut in two by a read is not timed.
            let now = unix_us();
            let said = stamps(bytes, EVENT_MARK).map(|stamp| stamp as u64);
            viewer.ages.extend(said.map(|said| (said, now.saturating_sub(said))));
        }
        if number >= slow && number % SAMPLED == SAMPLED - 1 {
            let now = self.began.elapsed().as_micros() as f64;
            latencies.extend(stamps(bytes, MARK).map(|stamp| (now - stamp) / 1000.0));
        }
        messages
    }
}

fn break_even(crowd: &mut Crowd, load: Load, start: Instant, base: u64) -> anyhow::Result<()> {
    let Load::Rate(per_s) = load else { return Ok(()) };
    let due = (start.elapsed().as_secs_f64() * per_s) as u64;
    crowd.publish(due.saturating_sub(crowd.published - base).min(64))
}

/// The 16 digits before every mark.
fn stamps(bytes: &[u8], mark: u8) -> impl Iterator<Item = f64> {
    let marks = bytes.iter().enumerate().filter(move |(_, byte)| **byte == mark);
    let digits = marks.filter_map(|(at, _)| bytes.get(at.checked_sub(16)?..at));
    digits.filter_map(|digits| std::str::from_utf8(digits).ok()?.parse().ok())
}

fn count(bytes: &[u8], mark: u8) -> u64 {
    bytes.iter().filter(|byte| **byte == mark).count() as u64
}

/// `tcpi_data_segs_in`.
fn data_segments(stream: &TcpStream) -> u32 {
    const AT: usize = 152;
    let mut info = [0u8; 256];
    let mut length = info.len() as libc::socklen_t;
    // SAFETY: the buffer and its length are ours.
    let result = unsafe {
        libc::getsockopt(stream.as_raw_fd(), libc::IPPROTO_TCP, libc::TCP_INFO, info.as_mut_ptr().cast(), &mut length)
    };
    let bytes = info.get(AT..AT + 4).filter(|_| result == 0 && length as usize >= AT + 4);
    bytes.and_then(|bytes| bytes.try_into().ok()).map_or(0, u32::from_ne_bytes)
}

fn drain(mut stream: &TcpStream, buffer: &mut [u8]) {
    while matches!(stream.read(buffer), Ok(length) if length > 0) {}
}

/// Connects from one of several loopback addresses and shakes hands.
fn open(at: SocketAddr, path: &str, number: usize, small: bool, publisher: bool) -> anyhow::Result<TcpStream> {
    let protocol = Protocol::of(path);
    let mut stream = connect(at, 2 + (number % 4) as u8, small)?;
    stream.set_read_timeout(Some(Duration::from_secs(20)))?;
    stream.set_nodelay(true)?;
    if protocol != Protocol::Redis {
        write!(
            stream,
            "GET {path} HTTP/1.1\r\nHost: {at}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
             Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
        )?;
        let head = read_to(&mut stream, b"\r\n\r\n").context("the handshake")?;
        if !head.starts_with(b"HTTP/1.1 101") {
            bail!("refused: {}", String::from_utf8_lossy(&head));
        }
    }
    for (said, ends) in protocol.greetings(publisher) {
        match protocol {
            _ if said.is_empty() => {}
            Protocol::Redis => stream.write_all(said.as_bytes())?,
            _ => stream.write_all(&frame(said))?,
        }
        read_to(&mut stream, ends).with_context(|| format!("the answer to `{}`", said.trim()))?;
    }
    stream.set_nonblocking(true)?;
    Ok(stream)
}

fn read_to(stream: &mut TcpStream, end: &[u8]) -> anyhow::Result<Vec<u8>> {
    let mut read = Vec::new();
    let mut byte = [0];
    while !read.ends_with(end) {
        ensure!(stream.read(&mut byte)? == 1, "closed after `{}`", String::from_utf8_lossy(&read));
        read.push(byte[0]);
    }
    Ok(read)
}

fn connect(at: SocketAddr, from: u8, small: bool) -> anyhow::Result<TcpStream> {
    // SAFETY: plain socket calls on a descriptor that the stream owns from the first line on.
    unsafe {
        let fd = libc::socket(libc::AF_INET, libc::SOCK_STREAM | libc::SOCK_CLOEXEC, 0);
        ensure!(fd >= 0, "no socket: {}", std::io::Error::last_os_error());
        let stream = TcpStream::from_raw_fd(fd);
        if small {
            // Loopback segments of 64 KB never fit a small window; these are a real network's.
            for (level, option, value) in
                [(libc::SOL_SOCKET, libc::SO_RCVBUF, 8192), (libc::IPPROTO_TCP, libc::TCP_MAXSEG, 1400)]
            {
                let value: libc::c_int = value;
                let length = size_of::<libc::c_int>() as libc::socklen_t;
                libc::setsockopt(stream.as_raw_fd(), level, option, (&raw const value).cast(), length);
            }
        }
        let address = |port: u16, last: u8| libc::sockaddr_in {
            sin_family: libc::AF_INET as u16,
            sin_port: port.to_be(),
            sin_addr: libc::in_addr { s_addr: u32::from_ne_bytes([127, 0, 0, last]) },
            sin_zero: [0; 8],
        };
        let length = size_of::<libc::sockaddr_in>() as libc::socklen_t;
        let (mine, theirs) = (address(0, from), address(at.port(), 1));
        ensure!(libc::bind(fd, (&raw const mine).cast(), length) == 0, "bind: {}", std::io::Error::last_os_error());
        ensure!(
            libc::connect(fd, (&raw const theirs).cast(), length) == 0,
            "connect: {}",
            std::io::Error::last_os_error()
        );
        Ok(stream)
    }
}
