//! How playing went for a simulated viewer 质量上报, told every 10 s as the room page tells it. The play head is a model; what
//! it waits for is really downloaded. It keeps further from the edge than a page does, so it says nothing of latency.

use crate::seat::Seat;
use anyhow::Context;
use rand::{RngExt, rngs::StdRng};
use serde_json::json;
use std::{sync::Arc, time::Duration};
use tokio::time::{Instant, MissedTickBehavior, interval_at};

const EVERY: Duration = Duration::from_secs(10);
const CHROME: &str = "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0";

/// With what and from where people watch: the ends of `User-Agent`s, and time zones.
const AGENTS: &[(&str, bool, &str)] = &[
    ("Mozilla/5.0 (Linux; Android 10; K)", true, " Mobile Safari/537.36"),
    ("Mozilla/5.0 (Linux; Android 14; V2309A)", true, " Mobile Safari/537.36 MicroMessenger/8.0.50"),
    ("Mozilla/5.0 (Windows NT 10.0; Win64; x64)", true, " Safari/537.36"),
    ("Mozilla/5.0 (Phone; OpenHarmony 5.0)", true, " Safari/537.36 ArkWeb/4.1 Mobile HuaweiBrowser/5.0"),
    (
        "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1",
        false,
        "",
    ),
];
const ZONES: &[&str] = &["Asia/Shanghai", "Asia/Shanghai", "Asia/Shanghai", "Asia/Urumqi", "Asia/Singapore"];

/// One viewer's device, and its one try to play.
pub struct Device {
    agent: String,
    zone: &'static str,
    play: String,
}

impl Device {
    pub fn draw(rng: &mut StdRng) -> Self {
        let (begin, chrome, end) = AGENTS[rng.random_range(0..AGENTS.len())];
        let agent = if chrome { format!("{begin} {CHROME}{end}") } else { begin.to_owned() };
        let play: u128 = rng.random();
        Self { agent, zone: ZONES[rng.random_range(0..ZONES.len())], play: format!("{play:032x}") }
    }

    /// Tells for ever; dropped when the viewer leaves. A report that is lost is lost.
    pub async fn tell(self, seat: Arc<Seat>) {
        let begun = Instant::now();
        let mut every = interval_at(begun + EVERY, EVERY);
        every.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            every.tick().await;
            if let Err(error) = self.say(&seat, begun).await {
                tracing::debug!("a simulated player's report is lost: {error:#}");
            }
        }
    }

    async fn say(&self, seat: &Seat, begun: Instant) -> anyhow::Result<()> {
        let went = seat.playback().went(Instant::now());
        let first_frame_ms = went.began.map(|began| began.saturating_duration_since(begun).as_millis() as u64);
        if went.played_ms == 0 && went.stalled_ms == 0 && first_frame_ms.is_none() {
            return Ok(());
        }
        let token = seat.token().await?;
        let mut url = seat.at(&["api", "rooms", &seat.room, "playback"])?;
        url.query_pairs_mut().append_pair("token", &token);
        let report = json!({
            "play": self.play, "tz": self.zone, "version": "sim", "first_frame_ms": first_frame_ms,
            "played_ms": went.played_ms, "stalls": went.stalls, "stalled_ms": went.stalled_ms,
            "frames": went.played_ms / 40,
        });
        let request = seat.client.post(url).header("user-agent", &self.agent).json(&report);
        request.send().await.context("reporting")?.error_for_status().context("reporting")?;
        Ok(())
    }
}
