//! One simulated viewer from arrival to goodbye: the room socket as `docs/PROTOCOL.md` has it, next to the player.

use crate::{
    Stop,
    counts::add,
    persona::{self, Persona},
    player,
    quality::Device,
    seat::Seat,
};
use anyhow::Context;
use futures_util::{SinkExt, StreamExt};
use rand::{RngExt, rngs::StdRng};
use serde::Deserialize;
use serde_json::json;
use std::{collections::BTreeMap, sync::Arc, time::Duration};
use tokio::{
    net::TcpStream,
    time::{Instant, MissedTickBehavior, interval, interval_at, sleep, sleep_until, timeout},
};
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, connect_async,
    tungstenite::{self, Message},
};

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// Heartbeats come this often.
const BEAT: Duration = Duration::from_secs(10);

/// Watches and talks until it is time to go or `stop` is cancelled, then leaves in order.
pub async fn attend(
    seat: Arc<Seat>,
    persona: Persona,
    mut rng: StdRng,
    seed: u64,
    began: Instant,
    stay: Duration,
    stop: Stop,
) {
    let prefix: u32 = rng.random();
    let watching = player::watch(seat.clone());
    let telling = Device::draw(&mut rng).tell(seat.clone());
    let viewer = Viewer {
        seat,
        persona,
        rng,
        seed,
        began,
        leaves: Instant::now() + stay,
        stop,
        prefix,
        written: 0,
        unanswered: BTreeMap::new(),
        last: None,
        live: false,
        heard: None,
        likes: 0,
        played_ms: 0,
    };
    tokio::select! {
        () = watching => {}
        () = telling => {}
        () = viewer.visit() => {}
    }
}

struct Viewer {
    seat: Arc<Seat>,
    persona: Persona,
    rng: StdRng,
    seed: u64,
    began: Instant,
    leaves: Instant,
    stop: Stop,
    prefix: u32,
    written: u64,
    /// Danmaku without an answer yet: client id -> message. Sent again after a reconnect.
    unanswered: BTreeMap<String, String>,
    /// The last `seq` processed.
    last: Option<u64>,
    live: bool,
    heard: Option<String>,
    /// Sent on the present socket.
    likes: u64,
    played_ms: u64,
}

#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "lowercase")]
enum Down {
    Hello(Hello),
    Tick(Tick),
    Ack {
        id: String,
    },
    Refused {
        id: String,
        code: String,
    },
    #[serde(other)]
    Other,
}

#[derive(Deserialize)]
struct Hello {
    seq: u64,
    #[serde(default)]
    live: bool,
}

#[derive(Deserialize)]
struct Tick {
    seq: Option<u64>,
    prev: Option<u64>,
    #[serde(default)]
    events: Vec<Happened>,
    #[serde(default)]
    danmaku: Vec<Said>,
}

#[derive(Deserialize)]
struct Happened {
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    imported: bool,
}

#[derive(Deserialize)]
struct Said {
    text: String,
}

impl Viewer {
    async fn visit(mut self) {
        let mut pause = Duration::from_secs(1);
        while !self.time_to_go() {
            let opened = Instant::now();
            match self.connection().await {
                Ok(()) => return self.settle(true),
                Err(error) => tracing::debug!("a simulated viewer reconnects: {error:#}"),
            }
            self.settle(false);
            if opened.elapsed() > Duration::from_secs(30) {
                pause = Duration::from_secs(1);
            }
            // Spread, so that a whole audience does not return in the same instant.
            let spread = pause.mul_f64(self.rng.random_range(0.5..1.5));
            tokio::select! {
                () = sleep(spread) => {}
                () = sleep_until(self.leaves) => {}
                () = self.stop.cancelled() => {}
            }
            pause = (pause * 2).min(Duration::from_secs(30));
        }
        add(&self.seat.tally.danmaku_unanswered, self.unanswered.len() as u64);
    }

    fn time_to_go(&self) -> bool {
        self.stop.is_cancelled() || Instant::now() >= self.leaves
    }

    /// Books what went over a socket that has ended, `in_order` or broken.
    fn settle(&mut self, in_order: bool) {
        let tally = &self.seat.tally;
        let (likes, played) = (std::mem::take(&mut self.likes), std::mem::take(&mut self.played_ms));
        add(if in_order { &tally.likes_sure } else { &tally.likes_unsure }, likes);
        add(&tally.played_ms, played);
        if in_order {
            add(&tally.danmaku_unanswered, self.unanswered.len() as u64);
        } else {
            add(&tally.played_unsure_ms, played);
        }
    }

    /// One socket; `Ok` when the viewer left in order, an error when it broke or never opened.
    async fn connection(&mut self) -> anyhow::Result<()> {
        let stop = self.stop.clone();
        let mut socket = tokio::select! {
            socket = self.open() => socket?,
            () = stop.cancelled() => return Ok(()),
        };
        add(&self.seat.tally.sockets_opened, 1);
        let outcome = self.talk(&mut socket).await;
        if outcome.is_err() {
            add(&self.seat.tally.sockets_broken, 1);
        }
        outcome
    }

    async fn open(&self) -> anyhow::Result<Socket> {
        let token = self.seat.token().await?;
        let mut url = self.seat.at(&["ws", "rooms", &self.seat.room])?;
        url.set_scheme("ws").ok().context("the address has no socket twin")?;
        url.query_pairs_mut().append_pair("token", &token);
        if let Some(last) = self.last {
            url.query_pairs_mut().append_pair("seq", &last.to_string());
        }
        match timeout(Duration::from_secs(10), connect_async(url.as_str())).await.context("opening the socket")? {
            Ok((socket, _)) => Ok(socket),
            Err(tungstenite::Error::Http(answer)) => {
                match answer.status().as_u16() {
                    401 => self.seat.renew(&token).await?,
                    429 | 503 => {}
                    _ => add(&self.seat.tally.failures, 1),
                }
                anyhow::bail!("the server answered {} to the socket", answer.status());
            }
            Err(error) => Err(error).context("opening the socket"),
        }
    }

    async fn talk(&mut self, socket: &mut Socket) -> anyhow::Result<()> {
        let mut second = interval(Duration::from_secs(1));
        // Not all at the same moment after a start of the server.
        let first = Instant::now() + BEAT.mul_f64(self.rng.random());
        let mut beat = interval_at(first, BEAT);
        second.set_missed_tick_behavior(MissedTickBehavior::Skip);
        beat.set_missed_tick_behavior(MissedTickBehavior::Skip);
        let stop = self.stop.clone();
        loop {
            tokio::select! {
                message = socket.next() => self.take(message, socket).await?,
                _ = second.tick() => self.act(socket).await?,
                _ = beat.tick() => self.heartbeat(socket).await?,
                () = sleep_until(self.leaves) => return self.goodbye(socket).await,
                () = stop.cancelled() => return self.goodbye(socket).await,
            }
        }
    }

    /// Waits a little for answers still due, then leaves and sees the server close.
    async fn goodbye(&mut self, socket: &mut Socket) -> anyhow::Result<()> {
        self.heartbeat(socket).await?;
        let patience = Instant::now() + Duration::from_secs(4);
        while !self.unanswered.is_empty() {
            match tokio::time::timeout_at(patience, socket.next()).await {
                Ok(message) => self.take(message, socket).await?,
                Err(_) => break,
            }
        }
        send(socket, json!({ "type": "leave" })).await?;
        let closed = async {
            while let Some(message) = socket.next().await {
                if matches!(message, Err(_) | Ok(Message::Close(_))) {
                    break;
                }
            }
        };
        timeout(Duration::from_secs(4), closed).await.context("waiting for the server to close")
    }

    async fn heartbeat(&mut self, socket: &mut Socket) -> anyhow::Result<()> {
        let (played_ms, shown_ms) = {
            let mut playback = self.seat.playback();
            (playback.report_ms(Instant::now()), playback.shown_ms())
        };
        self.played_ms += played_ms;
        let mut message = json!({ "type": "heartbeat", "played_ms": played_ms, "visible": true });
        if let (Some(fields), Some(shown_ms)) = (message.as_object_mut(), shown_ms) {
            fields.insert("position_ms".to_owned(), json!(shown_ms));
            fields.insert("rate".to_owned(), json!(1));
        }
        send(socket, message).await
    }

    /// Once a second: perhaps a danmaku, perhaps likes. Nobody talks to a dark screen.
    async fn act(&mut self, socket: &mut Socket) -> anyhow::Result<()> {
        if !self.live {
            return Ok(());
        }
        let scene = persona::scene(self.seed, self.began.elapsed().as_secs());
        let heat = scene.heat();
        if self.rng.random_bool(chance(heat, self.persona.talks_every_s)) {
            let text = self.persona.say(&mut self.rng, &scene, self.heard.as_deref());
            self.written += 1;
            let id = format!("{:08x}-{}", self.prefix, self.written);
            let mut message = json!({ "type": "danmaku", "id": id, "text": text });
            if let Some(fields) = message.as_object_mut() {
                fields.extend(self.persona.nick.as_ref().map(|nick| ("nick".to_owned(), json!(nick))));
                fields.extend(self.persona.color.map(|color| ("color".to_owned(), json!(color))));
                fields.extend(self.persona.mode.map(|mode| ("mode".to_owned(), json!(mode))));
            }
            add(&self.seat.tally.danmaku_sent, 1);
            self.unanswered.insert(id, message.to_string());
            send(socket, message).await?;
        }
        if self.rng.random_bool(chance(heat, self.persona.likes_every_s)) {
            let taps = self.rng.random_range(1..=12u64);
            self.likes += taps;
            send(socket, json!({ "type": "like", "n": taps })).await?;
        }
        Ok(())
    }

    async fn take(
        &mut self,
        message: Option<Result<Message, tungstenite::Error>>,
        socket: &mut Socket,
    ) -> anyhow::Result<()> {
        let text = match message.context("the server hung up")?.context("reading the socket")? {
            Message::Text(text) => text,
            Message::Close(frame) => anyhow::bail!("closed by the server: {frame:?}"),
            _ => return Ok(()),
        };
        let Ok(down) = serde_json::from_str::<Down>(&text) else {
            add(&self.seat.tally.failures, 1);
            return Ok(());
        };
        match down {
            Down::Hello(hello) => {
                (self.last, self.live) = (Some(hello.seq), hello.live);
                for message in self.unanswered.values() {
                    socket.send(Message::text(message.clone())).await.context("sending again")?;
                }
            }
            Down::Tick(tick) => self.tick(tick, socket).await?,
            Down::Ack { id } => {
                if self.unanswered.remove(&id).is_some() {
                    add(&self.seat.tally.danmaku_acked, 1);
                }
            }
            // The same id may be sent again later: the next connection does.
            Down::Refused { code, .. } if code == "busy" => {}
            Down::Refused { id, .. } => {
                if self.unanswered.remove(&id).is_some() {
                    add(&self.seat.tally.danmaku_refused, 1);
                }
            }
            Down::Other => {}
        }
        Ok(())
    }

    async fn tick(&mut self, tick: Tick, socket: &mut Socket) -> anyhow::Result<()> {
        add(&self.seat.tally.danmaku_seen, tick.danmaku.len() as u64);
        if !tick.danmaku.is_empty() {
            let one = self.rng.random_range(0..tick.danmaku.len());
            self.heard = tick.danmaku.into_iter().nth(one).map(|said| said.text);
        }
        if tick.events.is_empty() {
            return Ok(());
        }
        if tick.prev != self.last {
            add(&self.seat.tally.gaps, 1);
            return send(socket, json!({ "type": "resume", "seq": self.last })).await;
        }
        self.last = tick.seq.or(self.last);
        for event in tick.events.iter().filter(|event| !event.imported) {
            match event.kind.as_str() {
                "BroadcastStarted" | "StreamPublished" => self.live = true,
                "BroadcastEnded" => self.live = false,
                _ => {}
            }
        }
        Ok(())
    }
}

/// The probability within one second of what happens every `mean_s` seconds on average.
fn chance(heat: f64, mean_s: f64) -> f64 {
    1.0 - (-heat / mean_s.max(0.05)).exp()
}

async fn send(socket: &mut Socket, message: serde_json::Value) -> anyhow::Result<()> {
    let sent = timeout(Duration::from_secs(10), socket.send(Message::text(message.to_string()))).await;
    sent.context("the server takes nothing")?.context("sending")
}
