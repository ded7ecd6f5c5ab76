//! One viewer's seat: the token and the playback, shared by player and socket.

use crate::{
    counts::{Tally, add},
    playback::Playback,
};
use anyhow::Context;
use reqwest::{Client, StatusCode, Url};
use serde::Deserialize;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

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
