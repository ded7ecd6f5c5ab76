//! What bears on a room's reach.

use app::App;
use async_trait::async_trait;
use audience::RoomRef;
use events::{Millis, RoomId};
use moderation::Moderation;
use parking_lot::Mutex;
use room::rooms::reach::{
    self,
    rules::{Band, Reason},
};
use standing::{ScoreBand, Standing, Subject};
use std::{
    collections::HashMap,
    time::{Duration, Instant},
};

/// A score changes with days.
const GOOD_FOR: Duration = Duration::from_secs(10);
/// Scores remembered.
const MOST: usize = 100_000;

/// room -> moderation, standing: who is cut from traffic, and how safe a room has been.
pub struct Repute {
    app: App,
    moderation: Moderation,
    standing: Standing,
    scores: Mutex<HashMap<RoomId, (Instant, Reason)>>,
}

impl Repute {
    pub fn new(app: App, moderation: Moderation, standing: Standing) -> Self {
        Self { app, moderation, standing, scores: Mutex::default() }
    }
}

#[async_trait]
impl reach::Repute for Repute {
    async fn cut(&self) -> anyhow::Result<HashMap<RoomId, Option<Millis>>> {
        self.moderation.cut_rooms().await
    }

    async fn standing(&self, room: &RoomRef) -> anyhow::Result<Option<Reason>> {
        let known = self.scores.lock().get(&room.room).copied();
        if let Some((_, reason)) = known.filter(|(at, _)| at.elapsed() < GOOD_FOR) {
            return Ok(Some(reason));
        }
        let score = self.standing.score(room.org, Subject::Room(room.room), self.app.now()).await?;
        let band = match score.band {
            ScoreBand::Good => Band::Good,
            ScoreBand::Watch => Band::Watch,
            ScoreBand::Restricted => Band::Restricted,
        };
        let reason = Reason::Score { score: score.points, band };
        let mut scores = self.scores.lock();
        if scores.len() >= MOST {
            scores.clear();
        }
        scores.insert(room.room, (Instant::now(), reason));
        Ok(Some(reason))
    }
}
