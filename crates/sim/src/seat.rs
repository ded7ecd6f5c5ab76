//! One viewer's seat: the token, shared by player and socket, and how far the picture has played.

use crate::counts::{Tally, add};
use anyhow::Context;
use reqwest::{Client, StatusCode, Url};
use serde::Deserialize;
use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio::time::Instant;

pub struct Seat {
    pub client: Client,
    pub url: Url,
    pub room: String,
    pub tally: Arc<Tally>,
    token: tokio::sync::Mutex<Option<String>>,
    playback: Mutex<Playback>,
}

#[derive(Deserialize)]
struct Answer {
    token: String,
}

impl Seat {
    pub fn new(client: Client, url: Url, room: String, tally: Arc<Tally>) -> Arc<Self> {
        let playback = Mutex::new(Playback::default());
        Arc::new(Self { client, url, room, tally, token: tokio::sync::Mutex::new(None), playback })
    }

    /// The viewer token; fetched when there is none.
    pub async fn token(&self) -> anyhow::Result<String> {
        let mut token = self.token.lock().await;
        if let Some(token) = token.as_ref() {
            return Ok(token.clone());
        }
        let fresh = self.fetch(None).await?;
        add(&self.tally.visits, 1);
        *token = Some(fresh.clone());
        Ok(fresh)
    }

    /// Replaces a token the server no longer takes, staying the same viewer. Whoever comes second gets the first one's.
    pub async fn renew(&self, refused: &str) -> anyhow::Result<()> {
        let mut token = self.token.lock().await;
        if token.as_deref() == Some(refused) {
            *token = Some(self.fetch(Some(refused)).await?);
        }
        Ok(())
    }

    async fn fetch(&self, earlier: Option<&str>) -> anyhow::Result<String> {
        let url = self.at(&["api", "rooms", &self.room, "viewer-token"])?;
        let body = earlier.map_or_else(|| serde_json::json!({}), |token| serde_json::json!({ "token": token }));
        let answer = self.client.post(url).json(&body).send().await.context("asking for a viewer token")?;
        let status = answer.status();
        if status != StatusCode::OK && status != StatusCode::CREATED {
            add(&self.tally.failures, u64::from(!status.is_server_error()));
            anyhow::bail!("the server answered {status} to the request for a viewer token");
        }
        Ok(answer.json::<Answer>().await.context("reading the viewer token")?.token)
    }

    /// An address under the server's.
    pub fn at(&self, path: &[&str]) -> anyhow::Result<Url> {
        let mut url = self.url.clone();
        url.path_segments_mut().ok().context("the address cannot carry a path")?.pop_if_empty().extend(path);
        Ok(url)
    }

    pub fn playback(&self) -> MutexGuard<'_, Playback> {
        self.playback.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A play head over what was downloaded: it plays in real time while there is something to play.
#[derive(Debug, Default)]
pub struct Playback {
    ahead: Duration,
    played: Duration,
    reported: Duration,
    moved: Option<Instant>,
    stalled: bool,
}

impl Playback {
    /// More has arrived.
    pub fn buffer(&mut self, length: Duration, now: Instant) {
        self.advance(now);
        self.ahead += length;
        self.stalled = false;
        self.moved = Some(now);
    }

    /// What lies ahead of the play head.
    pub fn ahead(&mut self, now: Instant) -> Duration {
        self.advance(now);
        self.ahead
    }

    /// True once per running dry.
    pub fn ran_dry(&mut self, now: Instant) -> bool {
        self.advance(now);
        let dry = self.moved.is_some() && self.ahead.is_zero() && !self.stalled;
        self.stalled |= dry;
        dry
    }

    /// Milliseconds really played since the last call.
    pub fn report_ms(&mut self, now: Instant) -> u64 {
        self.advance(now);
        let whole = Duration::from_millis((self.played - self.reported).as_millis() as u64);
        self.reported += whole;
        whole.as_millis() as u64
    }

    fn advance(&mut self, now: Instant) {
        if let Some(moved) = self.moved {
            let step = now.saturating_duration_since(moved).min(self.ahead);
            self.ahead -= step;
            self.played += step;
            self.moved = Some(now);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_was_downloaded_can_be_played() {
        let start = Instant::now();
        let at = |ms| start + Duration::from_millis(ms);
        let mut playback = Playback::default();
        assert_eq!(playback.report_ms(at(500)), 0, "nothing has arrived");
        playback.buffer(Duration::from_millis(2000), at(1000));
        assert_eq!(playback.report_ms(at(1600)), 600);
        assert!(!playback.ran_dry(at(2999)));
        assert!(playback.ran_dry(at(9000)));
        assert!(!playback.ran_dry(at(9500)), "one stall is one stall");
        assert_eq!(playback.report_ms(at(9500)), 1400);
        playback.buffer(Duration::from_millis(2000), at(10_000));
        assert_eq!(playback.ahead(at(10_500)), Duration::from_millis(1500));
    }
}
