//! Who knows of something that is in a show's way.

use async_trait::async_trait;
use audience::RoomRef;
use handbook::Handbook;
use moderation::Moderation;
use room::rooms::admission::Admission;
use standing::Standing;

/// room -> standing: who hosts, and how it went before.
pub struct Standings(pub Standing);

#[async_trait]
impl Admission for Standings {
    fn name(&self) -> &'static str {
        "standing"
    }

    fn codes(&self) -> &'static [&'static str] {
        standing::CODES
    }

    async fn obstacles(&self, room: &RoomRef) -> anyhow::Result<Vec<(&'static str, String)>> {
        self.0.obstacles(room.org, room.team, room.room).await
    }
}

/// room -> moderation: whether what the show will say and sell is cleared.
pub struct Clearances(pub Moderation);

#[async_trait]
impl Admission for Clearances {
    fn name(&self) -> &'static str {
        "clearance"
    }

    fn codes(&self) -> &'static [&'static str] {
        &["clearance_open"]
    }

    async fn obstacles(&self, room: &RoomRef) -> anyhow::Result<Vec<(&'static str, String)>> {
        self.0.obstacles(room.org, room.team, room.room).await
    }
}

/// room -> handbook: whether who works for the show has passed what is asked.
pub struct Exams(pub Handbook);

#[async_trait]
impl Admission for Exams {
    fn name(&self) -> &'static str {
        "exams"
    }

    fn codes(&self) -> &'static [&'static str] {
        &["exam_missing"]
    }

    async fn obstacles(&self, room: &RoomRef) -> anyhow::Result<Vec<(&'static str, String)>> {
        self.0.obstacles(room.org, room.team, room.room).await
    }
}
