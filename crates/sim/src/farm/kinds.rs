//! What each kind of member does.

use super::client::{BEHIND_MS, Client, Socket, now_ms};
use super::{FarmOptions, Kind, Member};
use rand::{RngExt, rngs::StdRng};
use serde_json::{Value, json};
use std::{
    net::{IpAddr, Ipv4Addr},
    sync::{Arc, LazyLock},
    time::Duration,
};
use tokio::{
    sync::Mutex,
    time::{Instant, sleep, sleep_until},
};

/// First tabs, whose viewer the second ones are.
static TABS: LazyLock<Mutex<Vec<String>>> = LazyLock::new(Mutex::default);

/// Works from entry to goodbye.
pub async fn work(
    kind: Kind,
    nth: u32,
    mut client: Client,
    mut rng: StdRng,
    options: Arc<FarmOptions>,
) -> anyhow::Result<Member> {
    let ends = Instant::now() + options.stay;
    // People come when they come; farms and whoever waited for the show come at once.
    let late_ms = match kind {
        Kind::WebCampus => rng.random_range(0..2_500),
        Kind::BotLockStep => 1_000,
        _ => rng.random_range(0..options.stay.as_millis() as u64 / 5),
    };
    sleep(Duration::from_millis(late_ms)).await;
    match kind {
        Kind::BareFfmpeg | Kind::BareHttp => client.enter_bare().await?,
        Kind::WebTwoTabs if !nth.is_multiple_of(2) => {
            let first = loop {
                if let Some(token) = TABS.lock().await.pop() {
                    break token;
                }
                sleep(Duration::from_millis(50)).await;
            };
            client.enter(Some(&first)).await?;
        }
        _ => client.enter(None).await?,
    }
    if kind == Kind::WebTwoTabs && nth.is_multiple_of(2) {
        TABS.lock().await.push(client.token.clone());
    }
    let member = Member { kind, entry: client.entry.clone() };
    let working = async {
        match kind {
            Kind::BareFfmpeg | Kind::BareHttp | Kind::BotDownload => download(&mut client).await,
            Kind::BotPoll => poll(&client).await,
            Kind::BotFast => race(&mut client, &options).await,
            Kind::BotShared => share(&mut client, &options).await,
            Kind::BotHeartbeats => claim(&client, &options).await,
            Kind::BotLockStep => march(&mut client, &options).await,
            _ => Viewer::new(kind, client, rng, &options).watch().await,
        }
    };
    tokio::select! {
        worked = working => worked?,
        () = sleep_until(ends) => {}
        () = options.stop.cancelled() => {}
    }
    Ok(member)
}

/// Everything new, about as fast as it comes.
async fn download(client: &mut Client) -> anyhow::Result<()> {
    loop {
        client.fetch_new().await?;
        sleep(Duration::from_millis(900)).await;
    }
}

async fn poll(client: &Client) -> anyhow::Result<()> {
    loop {
        client.playlist().await?;
        sleep(Duration::from_secs(1)).await;
    }
}

async fn race(client: &mut Client, options: &FarmOptions) -> anyhow::Result<()> {
    let mut position = now_ms() - BEHIND_MS;
    loop {
        let said = Instant::now() + options.beat;
        while Instant::now() < said {
            client.fetch_all().await?;
            sleep(Duration::from_millis(500)).await;
        }
        let played_ms = 16 * options.beat.as_millis() as i64;
        position += played_ms;
        client.post_beat(&json!({ "played_ms": played_ms, "position_ms": position, "rate": 16 })).await?;
    }
}

async fn claim(client: &Client, options: &FarmOptions) -> anyhow::Result<()> {
    loop {
        sleep(options.beat).await;
        client.post_beat(&beat(options.beat, now_ms() - BEHIND_MS)).await?;
    }
}

/// One token in six places, each a whole player.
async fn share(client: &mut Client, options: &FarmOptions) -> anyhow::Result<()> {
    let mut places = Vec::new();
    for place in 1..=6 {
        let last = client.entry.bytes().last().unwrap_or_default();
        places.push(client.elsewhere(IpAddr::V4(Ipv4Addr::new(127, 40, last, place)))?);
    }
    let mut said = Instant::now();
    loop {
        for place in &mut places {
            place.fetch_new().await?;
        }
        if said.elapsed() >= options.beat {
            said = Instant::now();
            client.post_beat(&beat(options.beat, now_ms() - BEHIND_MS)).await?;
        }
        sleep(Duration::from_secs(1)).await;
    }
}

/// A whole player whose heartbeats come when all of the farm's do: at whole multiples of the clock.
async fn march(client: &mut Client, options: &FarmOptions) -> anyhow::Result<()> {
    let mut socket = client.socket().await?;
    let beat_ms = options.beat.as_millis() as i64;
    let mut next = (now_ms() / beat_ms + 1) * beat_ms;
    loop {
        client.fetch_new().await?;
        let left_ms = next - now_ms();
        if left_ms > 1_200 {
            sleep(Duration::from_secs(1)).await;
            continue;
        }
        sleep(Duration::from_millis(left_ms.max(0) as u64)).await;
        socket.beat(&beat(options.beat, now_ms() - BEHIND_MS)).await?;
        next += beat_ms;
    }
}

fn beat(played: Duration, position_ms: i64) -> Value {
    json!({ "played_ms": played.as_millis() as u64, "visible": true, "position_ms": position_ms, "rate": 1 })
}

/// A player of ours: fetches, plays in real time what it has, says so.
struct Viewer<'a> {
    kind: Kind,
    client: Client,
    socket: Option<Socket>,
    rng: StdRng,
    options: &'a FarmOptions,
    began: Instant,
    looked: Instant,
    ahead: Duration,
    played: Duration,
    position_ms: i64,
    said: Option<Value>,
}

impl<'a> Viewer<'a> {
    fn new(kind: Kind, client: Client, rng: StdRng, options: &'a FarmOptions) -> Self {
        let now = Instant::now();
        let (ahead, played) = Default::default();
        let position_ms = now_ms() - BEHIND_MS;
        Self {
            kind,
            client,
            socket: None,
            rng,
            options,
            began: now,
            looked: now,
            ahead,
            played,
            position_ms,
            said: None,
        }
    }

    async fn watch(mut self) -> anyhow::Result<()> {
        if !matches!(self.kind, Kind::WebPost | Kind::BotReplay) {
            self.socket = Some(self.client.socket().await?);
        }
        let phase = self.options.beat.mul_f64(self.rng.random_range(0.2..1.0));
        let mut beat_at = self.began + phase;
        let mut stalls_at = self.began + self.options.stay.mul_f64(self.rng.random_range(0.3..2.0));
        loop {
            if self.kind == Kind::WebBounce && self.began.elapsed() > Duration::from_secs(4) {
                return self.client.leave().await;
            }
            let now = Instant::now();
            self.play(now);
            if now >= stalls_at {
                // The network is gone for some seconds: what was ahead plays out.
                stalls_at = now + self.options.stay;
                sleep(Duration::from_secs(4)).await;
            } else {
                self.ahead += self.client.fetch_new().await?;
            }
            if now >= beat_at {
                // Timers of pages slip, and so do networks.
                beat_at += self.options.beat + Duration::from_millis(self.rng.random_range(0..120));
                self.beat().await?;
            }
            sleep(Duration::from_millis(self.rng.random_range(300..600))).await;
        }
    }

    fn play(&mut self, now: Instant) {
        let step = now.saturating_duration_since(self.looked).min(self.ahead);
        self.ahead -= step;
        self.played += step;
        self.position_ms += step.as_millis() as i64;
        self.looked = now;
    }

    async fn beat(&mut self) -> anyhow::Result<()> {
        self.play(Instant::now());
        let mut said = beat(std::mem::take(&mut self.played), self.position_ms);
        if let Some(fields) = said.as_object_mut() {
            if self.kind == Kind::WebHidden && self.began.elapsed() > self.options.stay / 4 {
                fields.insert("visible".to_owned(), json!(false));
            }
            if self.kind == Kind::WebOld {
                fields.remove("position_ms");
                fields.remove("rate");
            }
        }
        if self.kind == Kind::BotReplay {
            said = self.said.get_or_insert(said).clone();
        }
        match &mut self.socket {
            Some(socket) => socket.beat(&said).await,
            None => self.client.post_beat(&said).await,
        }
    }
}
