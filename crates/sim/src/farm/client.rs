//! One client of the farm: an address, a program's name, a token, and what it may ask.

use super::FarmOptions;
use crate::playlist::{self, Playlist};
use anyhow::Context;
use futures_util::SinkExt;
use reqwest::Url;
use serde::Deserialize;
use serde_json::{Value, json};
use std::{
    net::{IpAddr, SocketAddr},
    time::{Duration, SystemTime, UNIX_EPOCH},
};
use tokio::net::{TcpSocket, TcpStream};
use tokio_tungstenite::{WebSocketStream, client_async, tungstenite::Message, tungstenite::client::IntoClientRequest};

/// How far behind the edge the farm's players play.
pub const BEHIND_MS: i64 = 6_000;

pub struct Client {
    http: reqwest::Client,
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

/// A room socket.
pub struct Socket(WebSocketStream<TcpStream>);

#[derive(Deserialize)]
struct Ticket {
    token: String,
    entry_id: String,
}

impl Client {
    pub fn new(options: &FarmOptions, ip: IpAddr, agent: &'static str) -> anyhow::Result<Self> {
        let url = Url::parse(&options.url).with_context(|| format!("`{}` is not an address", options.url))?;
        let (token, entry) = Default::default();
        let http = http(ip, agent)?;
        Ok(Self { http, url, room: options.room.clone(), ip, agent, token, entry, next: 0, map: None })
    }

    /// The same entry from another address.
    pub fn elsewhere(&self, ip: IpAddr) -> anyhow::Result<Self> {
        let (url, room, map) = (self.url.clone(), self.room.clone(), None);
        let (token, entry) = (self.token.clone(), self.entry.clone());
        Ok(Self { http: http(ip, self.agent)?, url, room, ip, agent: self.agent, token, entry, next: 0, map })
    }

    /// Asks for a token, staying the viewer of an earlier one.
    pub async fn enter(&mut self, earlier: Option<&str>) -> anyhow::Result<()> {
        let body = earlier.map_or_else(|| json!({}), |token| json!({ "token": token }));
        let answer = self.http.post(self.at("api/rooms", "viewer-token")?).json(&body).send().await;
        let ticket: Ticket = answer.context("asking for a token")?.json().await.context("reading a token")?;
        (self.token, self.entry) = (ticket.token, ticket.entry_id);
        Ok(())
    }

    /// As a bare client does: the room's address, and whatever it redirects to.
    pub async fn enter_bare(&mut self) -> anyhow::Result<()> {
        let answer = self.http.get(self.at("live", "index.m3u8")?).send().await.context("asking for the playlist")?;
        let pairs = answer.url().query_pairs().find(|(name, _)| name == "token");
        self.token = pairs.map(|(_, token)| token.into_owned()).context("no token in the redirect")?;
        self.entry = entry_of(&self.token).context("reading a token")?;
        Ok(())
    }

    pub async fn playlist(&self) -> anyhow::Result<(Url, Playlist)> {
        let mut url = self.at("live", "index.m3u8")?;
        url.query_pairs_mut().append_pair("token", &self.token);
        loop {
            let answer = self.http.get(url).send().await.context("asking for the playlist")?;
            anyhow::ensure!(answer.status().is_success(), "the playlist: {}", answer.status());
            let base = answer.url().clone();
            let list = playlist::parse(&answer.text().await?).context("what came is no playlist")?;
            match &list.variant {
                Some(variant) => url = base.join(variant)?,
                None => return Ok((base, list)),
            }
        }
    }

    /// Downloads what is new since the last time, at first from some seconds behind the edge; how long it plays.
    pub async fn fetch_new(&mut self) -> anyhow::Result<Duration> {
        let (base, list) = self.playlist().await?;
        if list.map != self.map {
            if let Some(map) = &list.map {
                self.get(base.join(map)?).await?;
            }
            self.map = list.map.clone();
        }
        let from = if self.next == 0 { list.start() } else { self.next };
        let mut length = Duration::ZERO;
        for segment in list.segments.iter().filter(|segment| segment.number >= from) {
            self.get(base.join(&segment.uri)?).await?;
            self.next = segment.number + 1;
            length += segment.length;
        }
        Ok(length)
    }

    /// Downloads everything that is listed, again.
    pub async fn fetch_all(&mut self) -> anyhow::Result<()> {
        let (base, list) = self.playlist().await?;
        for segment in &list.segments {
            self.get(base.join(&segment.uri)?).await?;
        }
        Ok(())
    }

    pub async fn post_beat(&self, beat: &Value) -> anyhow::Result<()> {
        let mut url = self.at("api/rooms", "heartbeat")?;
        url.query_pairs_mut().append_pair("token", &self.token);
        let answer = self.http.post(url).json(beat).send().await.context("a heartbeat")?;
        anyhow::ensure!(answer.status().is_success(), "a heartbeat: {}", answer.status());
        Ok(())
    }

    pub async fn leave(&self) -> anyhow::Result<()> {
        let mut url = self.at("api/rooms", "leave")?;
        url.query_pairs_mut().append_pair("token", &self.token);
        self.http.post(url).send().await.context("leaving")?;
        Ok(())
    }

    pub async fn socket(&self) -> anyhow::Result<Socket> {
        let (host, port) = (self.url.host_str().unwrap_or("127.0.0.1"), self.url.port().unwrap_or(80));
        let server: SocketAddr = format!("{host}:{port}").parse().context("the server's address")?;
        let tcp = TcpSocket::new_v4()?;
        tcp.bind(SocketAddr::new(self.ip, 0)).context("taking an address of this machine")?;
        let stream = tcp.connect(server).await.context("connecting")?;
        let url = format!("ws://{host}:{port}/ws/rooms/{}?token={}", self.room, self.token);
        let mut request = url.into_client_request()?;
        request.headers_mut().insert("user-agent", self.agent.parse()?);
        let (socket, _) = client_async(request, stream).await.context("opening the socket")?;
        Ok(Socket(socket))
    }

    async fn get(&self, url: Url) -> anyhow::Result<()> {
        let mut answer = self.http.get(url).send().await.context("asking for media")?;
        while answer.chunk().await.context("reading media")?.is_some() {}
        Ok(())
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
