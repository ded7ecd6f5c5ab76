//! The whole audience: keeps about as many viewers in the room as asked, as arrivals and stays have it.

use crate::{
    Stop, arrivals,
    counts::{SimCounts, Tally},
    persona::Persona,
    seat::Seat,
    talk,
};
use anyhow::Context;
use rand::{SeedableRng, rngs::StdRng};
use std::{sync::Arc, time::Duration};
use tokio::{task::JoinSet, time::Instant};

/// Who watches what.
#[derive(Debug, Clone)]
pub struct SimOptions {
    /// Where the server answers, as `http://127.0.0.1:8080`.
    pub url: String,
    /// The room's id.
    pub room: String,
    /// How many watch at a time, about.
    pub viewers: u32,
    /// The same seed brings the same people with the same words; when they speak also depends on the server.
    pub seed: u64,
    /// Cancel to send everybody home.
    pub stop: Stop,
}

/// How restless the audience is.
#[derive(Debug, Clone, Copy)]
pub struct Tempo {
    /// Half of the viewers stay shorter.
    pub stay_median: Duration,
    /// The spread of the stays' logarithm.
    pub stay_sigma: f64,
    /// The room fills within about this time.
    pub fill: Duration,
    /// 1 = people write as often as they do; 10 = ten times as often.
    pub talkative: f64,
}

impl Default for Tempo {
    fn default() -> Self {
        Self { stay_median: Duration::from_secs(360), stay_sigma: 0.9, fill: Duration::from_secs(25), talkative: 1.0 }
    }
}

/// Runs an audience of the usual tempo until `stop` is cancelled and everybody has left; returns what they did.
///
/// Fails at once when the address is not usable. A server that is not there yet or away for a while is waited for.
pub async fn audience(options: SimOptions) -> anyhow::Result<SimCounts> {
    audience_with(options, Tempo::default()).await
}

/// [`audience`] with a tempo of one's own, for tests and load.
pub async fn audience_with(options: SimOptions, tempo: Tempo) -> anyhow::Result<SimCounts> {
    let SimOptions { url, room, viewers, seed, stop } = options;
    let url = reqwest::Url::parse(&url).with_context(|| format!("`{url}` is not an address"))?;
    anyhow::ensure!(url.scheme() == "http", "the simulated audience speaks plain `http` only, not `{}`", url.scheme());
    // `reqwest` wants a provider even for plain HTTP; the program has usually installed one already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = reqwest::Client::builder()
        .timeout(Duration::from_secs(20))
        .connect_timeout(Duration::from_secs(5))
        .user_agent("kaibo-sim")
        .no_proxy()
        .build()
        .context("building the HTTP client")?;

    let tally = Arc::new(Tally::default());
    let mut rng = StdRng::seed_from_u64(seed);
    let began = Instant::now();
    let mut people = JoinSet::new();
    let mut number = 0u64;
    let stay_mean_s = arrivals::mean_stay(tempo.stay_median, tempo.stay_sigma);

    while !stop.is_cancelled() && viewers > 0 {
        let seated = people.len() as f64;
        let filling = seated < 0.8 * f64::from(viewers);
        let every_s = if filling { tempo.fill.as_secs_f64() } else { stay_mean_s } / f64::from(viewers);
        tokio::select! {
            () = stop.cancelled() => break,
            () = tokio::time::sleep(arrivals::pause(&mut rng, every_s)) => {}
            Some(_) = people.join_next() => continue,
        }
        if people.len() as f64 >= 1.3 * f64::from(viewers) {
            continue;
        }
        number += 1;
        let mut own = StdRng::seed_from_u64(seed.wrapping_add(number.wrapping_mul(0x9E37_79B9_7F4A_7C15)));
        let persona = Persona::draw(&mut own, tempo.talkative);
        let stay = arrivals::stay(&mut own, tempo.stay_median, tempo.stay_sigma);
        let seat = Seat::new(client.clone(), url.clone(), room.clone(), tally.clone());
        people.spawn(talk::attend(seat, persona, own, seed, began, stay, stop.clone()));
    }
    while people.join_next().await.is_some() {}
    Ok(tally.counts())
}
