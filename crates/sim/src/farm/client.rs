//! One client of the farm: an address, a program's name, a token, and what it may ask.

use super::FarmOptions;
use crate::playlist::{self, Playlist, Segment};
use anyhow::Context;
use futures_util::SinkExt;
use reqwest::{Url, header::RANGE};
use serde::Deserialize;
use serde_json::{Value, json};
use std::{
    net::{IpAddr, SocketAddr},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, SystemTime, UNIX_EPOCH},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpSocket, TcpStream},
};
use tokio_tungstenite::{WebSocketStream, client_async, tungstenite::Message, tungstenite::client::IntoClientRequest};

#[derive(Clone)]
pub struct Client {
    /// The way out by its own address, and those by others, if it has any.
    way: reqwest::Client,
    others: Arc<Vec<reqwest::Client>>,
    turn: Arc<AtomicUsize>,
    url: Url,
    room: String,
    ip: IpAddr,
    agent: &'static str,
    pub token: String,
    pub entry: String,
    /// The number of the next segment to fetch.
    next: u64,
    map: Option<String>,
}

/// How much of a segment a client takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Take {
    All,
    /// `bytes=0-0`.
    FirstByte,
    /// Hangs up once the answer has begun.
    Head,
}

/// A room socket.
pub struct Socket(WebSocketStream<TcpStream>);

#[derive(Deserialize)]
struct Ticket {
    token: String,
    entry_id: String,
}

impl Client {
    /// Goes out by all of these addresses in turn; the first is its socket's.
    pub fn new(options: &FarmOptions, ips: &[IpAddr], agent: &'static str) -> anyhow::Result<Self> {
        let url = Url::parse(&options.url).with_context(|| format!("`{}` is not an address", options.url))?;
        let (ip, others) = ips.split_first().context("a client has an address")?;
        let others = others.iter().map(|ip| http(*ip, agent)).collect::<anyhow::Result<Vec<_>>>()?;
        let (token, entry) = Default::default();
        let (way, others, turn, room) = (http(*ip, agent)?, Arc::new(others), Arc::default(), options.room.clone());
        Ok(Self { way, others, turn, url, room, ip: *ip, agent, token, entry, next: 0, map: None })
    }

    /// The same entry from another address.
    pub fn elsewhere(&self, ip: IpAddr) -> anyhow::Result<Self> {
        Ok(Self { way: http(ip, self.agent)?, ip, next: 0, map: None, ..self.clone() })
    }

    fn http(&self) -> &reqwest::Client {
        let turn = self.turn.fetch_add(1, Ordering::Relaxed) % (self.others.len() + 1);
        self.others.get(turn).unwrap_or(&self.way)
    }

    /// Asks for a token, staying the viewer of an earlier one.
    pub async fn enter(&mut self, earlier: Option<&str>) -> anyhow::Result<()> {
        let body = earlier.map_or_else(|| json!({}), |token| json!({ "token": token }));
        let answer = self.http().post(self.at("api/rooms", "viewer-token")?).json(&body).send().await;
        let ticket: Ticket = answer.context("asking for a token")?.json().await.context("reading a token")?;
        (self.token, self.entry) = (ticket.token, ticket.entry_id);
        Ok(())
    }

    /// As a bare client does: the room's address, and whatever it redirects to.
    pub async fn enter_bare(&mut self) -> anyhow::Result<()> {
        let answer = self.http().get(self.at("live", "index.m3u8")?).send().await.context("asking for the playlist")?;
        let pairs = answer.url().query_pairs().find(|(name, _)| name == "token");
        self.token = pairs.map(|(_, token)| token.into_owned()).context("no token in the redirect")?;
        self.entry = entry_of(&self.token).context("reading a token")?;
        Ok(())
    }

    pub async fn playlist(&self) -> anyhow::Result<(Url, Playlist)> {
        let mut url = self.at("live", "index.m3u8")?;
        url.query_pairs_mut().append_pair("token", &self.token);
        loop {
            let answer = self.http().get(url).send().await.context("asking for the playlist")?;
            anyhow::ensure!(answer.status().is_success(), "the playlist: {}", answer.status());
            let base = answer.url().clone();
            let list = playlist::parse(&answer.text().await?).context("what came is no playlist")?;
            match &list.variant {
                Some(variant) => url = base.join(variant)?,
                None => return Ok((base, list)),
            }
        }
    }

    /// Fetches what is new since the last time, at first from some seconds behind the edge; what that was.
    pub async fn fetch_new(&mut self, take: Take) -> anyhow::Result<Vec<Segment>> {
        let (base, list) = self.playlist().await?;
        if list.map != self.map {
            if let Some(map) = &list.map {
                self.get(base.join(map)?, Take::All).await?;
            }
            self.map = list.map.clone();
        }
        let from = if self.next == 0 { list.start() } else { self.next };
        let new: Vec<Segment> = list.segments.into_iter().filter(|segment| segment.number >= from).collect();
        for segment in &new {
            self.get(base.join(&segment.uri)?, take).await?;
            self.next = segment.number + 1;
        }
        Ok(new)
    }

    /// Downloads everything that is listed, again.
    pub async fn fetch_all(&mut self) -> anyhow::Result<()> {
        let (base, list) = self.playlist().await?;
        for segment in &list.segments {
            self.get(base.join(&segment.uri)?, Take::All).await?;
        }
        Ok(())
    }

    /// Downloads the newest segment.
    pub async fn fetch_last(&self) -> anyhow::Result<()> {
        let (base, list) = self.playlist().await?;
        let last = list.segments.last().context("an empty playlist")?;
        self.get(base.join(&last.uri)?, Take::All).await
    }

    pub async fn post_beat(&self, beat: &Value) -> anyhow::Result<()> {
        let mut url = self.at("api/rooms", "heartbeat")?;
        url.query_pairs_mut().append_pair("token", &self.token);
        let answer = self.http().post(url).json(beat).send().await.context("a heartbeat")?;
        anyhow::ensure!(answer.status().is_success(), "a heartbeat: {}", answer.status());
        Ok(())
    }

    pub async fn leave(&self) -> anyhow::Result<()> {
        let mut url = self.at("api/rooms", "leave")?;
        url.query_pairs_mut().append_pair("token", &self.token);
        self.http().post(url).send().await.context("leaving")?;
        Ok(())
    }

    pub async fn socket(&self) -> anyhow::Result<Socket> {
        let server = self.server()?;
        let tcp = TcpSocket::new_v4()?;
        tcp.bind(SocketAddr::new(self.ip, 0)).context("taking an address of this machine")?;
        let stream = tcp.connect(server).await.context("connecting")?;
        let url = format!("ws://{server}/ws/rooms/{}?token={}", self.room, self.token);
        let mut request = url.into_client_request()?;
        request.headers_mut().insert("user-agent", self.agent.parse()?);
        let (socket, _) = client_async(request, stream).await.context("opening the socket")?;
        Ok(Socket(socket))
    }

    async fn get(&self, url: Url, take: Take) -> anyhow::Result<()> {
        let mut request = self.http().get(url.clone());
        match take {
            Take::All => {}
            Take::FirstByte => request = request.header(RANGE, "bytes=0-0"),
            Take::Head => return self.hang_up_on(&url).await,
        }
        let mut answer = request.send().await.context("asking for media")?;
        while answer.chunk().await.context("reading media")?.is_some() {}
        Ok(())
    }

    /// Asks with a small window, so that little is under way when the connection is cut.
    async fn hang_up_on(&self, url: &Url) -> anyhow::Result<()> {
        let tcp = TcpSocket::new_v4()?;
        tcp.set_recv_buffer_size(4 << 10)?;
        tcp.bind(SocketAddr::new(self.ip, 0)).context("taking an address of this machine")?;
        let mut stream = tcp.connect(self.server()?).await.context("connecting")?;
        let path = url.query().map_or_else(|| url.path().to_owned(), |query| format!("{}?{query}", url.path()));
        let request = format!("GET {path} HTTP/1.1\r\nhost: kaibo\r\nuser-agent: {}\r\n\r\n", self.agent);
        stream.write_all(request.as_bytes()).await.context("asking for media")?;
        stream.read(&mut [0; 64]).await.context("reading the head")?;
        Ok(())
    }

    fn server(&self) -> anyhow::Result<SocketAddr> {
        let (host, port) = (self.url.host_str().unwrap_or("127.0.0.1"), self.url.port().unwrap_or(80));
        format!("{host}:{port}").parse().context("the server's address")
    }

    fn at(&self, before: &str, after: &str) -> anyhow::Result<Url> {
        Ok(self.url.join(&format!("/{before}/{}/{after}", self.room))?)
    }
}

impl Socket {
    pub async fn beat(&mut self, beat: &Value) -> anyhow::Result<()> {
        let mut message = beat.clone();
        if let Some(fields) = message.as_object_mut() {
            fields.insert("type".to_owned(), json!("heartbeat"));
        }
        self.0.send(Message::text(message.to_string())).await.context("a heartbeat on the socket")
    }
}

pub fn now_ms() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_millis() as i64)
}

fn http(ip: IpAddr, agent: &str) -> anyhow::Result<reqwest::Client> {
    let builder = reqwest::Client::builder().local_address(ip).user_agent(agent).no_proxy();
    builder.timeout(Duration::from_secs(20)).build().context("building an HTTP client")
}

/// Tokens are signed, not secret in what they say: version, room and entry come first (`docs/audience.md`).
fn entry_of(token: &str) -> Option<String> {
    const ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut bits = (0u32, 0);
    let mut bytes = Vec::new();
    for letter in token.bytes() {
        let value = ALPHABET.iter().position(|known| *known == letter)? as u32;
        bits = (bits.0 << 6 | value, bits.1 + 6);
        if bits.1 >= 8 {
            bits.1 -= 8;
            bytes.push((bits.0 >> bits.1) as u8);
            bits.0 &= (1 << bits.1) - 1;
        }
    }
    let entry = bytes.get(17..33)?;
    let hex: String = entry.iter().map(|byte| format!("{byte:02x}")).collect();
    let parts = [hex.get(..8)?, hex.get(8..12)?, hex.get(12..16)?, hex.get(16..20)?, hex.get(20..)?];
    Some(parts.join("-"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_names_its_entry() {
        // Version 1, a room of 0x11, an entry of 0x22.
        let token = "AREREREREREREREREREREREiIiIiIiIiIiIiIiIiIiIiAA";
        assert_eq!(entry_of(token).as_deref(), Some("22222222-2222-2222-2222-222222222222"));
        assert_eq!(entry_of("short"), None);
    }
}
