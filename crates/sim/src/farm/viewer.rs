//! A player of the farm: fetches what is new, plays in real time what it has, and says so.

use super::client::{Client, Socket, Take};
use super::{FarmOptions, Kind};
use crate::playback::Playback;
use rand::{RngExt, rngs::StdRng};
use serde_json::{Value, json};
use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio::time::{Instant, interval_at, sleep};

pub struct Viewer<'a> {
    kind: Kind,
    client: Client,
    socket: Option<Socket>,
    rng: StdRng,
    options: &'a FarmOptions,
    began: Instant,
    said: Option<Value>,
}

impl<'a> Viewer<'a> {
    pub fn new(kind: Kind, client: Client, rng: StdRng, options: &'a FarmOptions) -> Self {
        Self { kind, client, socket: None, rng, options, began: Instant::now(), said: None }
    }

    /// Watches until it is called away; who only looks in leaves by itself.
    pub async fn watch(mut self) -> anyhow::Result<()> {
        if !matches!(self.kind, Kind::WebPost | Kind::BotReplay) {
            self.socket = Some(self.client.socket().await?);
        }
        let playback = Mutex::default();
        let fetching = fetch(self.kind, self.client.clone(), self.pauses(), &playback);
        if self.kind == Kind::WebBounce {
            tokio::select! {
                fetched = fetching => fetched?,
                () = sleep(Duration::from_secs(4)) => {}
            }
            self.say(&playback).await?;
            return self.client.leave().await;
        }
        tokio::select! {
            fetched = fetching => fetched,
            spoken = self.speak(&playback) => spoken,
        }
    }

    /// When the network is gone for some seconds.
    fn pauses(&mut self) -> Duration {
        self.options.pace.mul_f64(self.rng.random_range(0.3..2.0))
    }

    /// As the room page does it: the first heartbeat at any time of the first ten seconds, then one every ten.
    async fn speak(mut self, playback: &Mutex<Playback>) -> anyhow::Result<()> {
        let every = self.options.beat;
        let first = match self.kind {
            // The farm's clock is everybody's.
            Kind::BotLockStep => Instant::now() + until_whole(every),
            _ => Instant::now() + every.mul_f64(self.rng.random()),
        };
        let mut beat = interval_at(first, every);
        loop {
            beat.tick().await;
            // Timers of pages slip, and so do networks.
            sleep(Duration::from_millis(self.rng.random_range(0..12))).await;
            self.say(playback).await?;
        }
    }

    async fn say(&mut self, playback: &Mutex<Playback>) -> anyhow::Result<()> {
        let said = self.heartbeat(playback);
        match &mut self.socket {
            Some(socket) => socket.beat(&said).await,
            None => self.client.post_beat(&said).await,
        }
    }

    fn heartbeat(&mut self, playback: &Mutex<Playback>) -> Value {
        let (played_ms, position_ms) = {
            let mut playback = lock(playback);
            (playback.report_ms(Instant::now()), playback.shown_ms())
        };
        let hidden = self.kind == Kind::WebHidden && self.began.elapsed() > self.options.pace / 4;
        let mut said = json!({ "played_ms": played_ms, "visible": !hidden });
        let position_ms = position_ms.filter(|_| self.kind != Kind::OtherOld);
        if let (Some(fields), Some(position_ms)) = (said.as_object_mut(), position_ms) {
            fields.insert("position_ms".to_owned(), json!(position_ms));
            fields.insert("rate".to_owned(), json!(1));
        }
        match &self.said {
            Some(before) => before.clone(),
            None => {
                // Worth repeating.
                self.said = (self.kind == Kind::BotReplay && played_ms > 1_000).then(|| said.clone());
                said
            }
        }
    }
}

async fn fetch(kind: Kind, mut client: Client, away_after: Duration, playback: &Mutex<Playback>) -> anyhow::Result<()> {
    let mut away_at = Instant::now() + away_after;
    loop {
        if Instant::now() >= away_at && kind == Kind::Web {
            // What is ahead plays out.
            away_at += away_after * 4;
            sleep(Duration::from_secs(4)).await;
        }
        let new = client.fetch_new(Take::All).await?;
        for segment in &new {
            lock(playback).buffer(segment, Instant::now());
        }
        sleep(Duration::from_millis(700)).await;
    }
}

fn lock(playback: &Mutex<Playback>) -> MutexGuard<'_, Playback> {
    playback.lock().unwrap_or_else(PoisonError::into_inner)
}

/// How long until the clock shows a whole multiple of `every`.
fn until_whole(every: Duration) -> Duration {
    let every_ms = every.as_millis() as i64;
    Duration::from_millis((every_ms - super::client::now_ms().rem_euclid(every_ms)) as u64)
}
