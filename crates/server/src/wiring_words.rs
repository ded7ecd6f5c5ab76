//! What was said, for whoever tries words on it.

use crate::wiring::Archive;
use async_trait::async_trait;
use events::{OrgId, RoomId};
use room::danmaku;

/// moderation -> room: what was said lately.
#[async_trait]
impl moderation::Archive for Archive {
    async fn newest(&self, org: OrgId, room: Option<RoomId>, most: u64) -> anyhow::Result<Vec<moderation::Said>> {
        let said = danmaku::store::said_lately(self.0.store.read(), org, room, most).await?;
        Ok(said
            .into_iter()
            .map(|said| moderation::Said {
                position: said.position,
                room: said.room,
                at: said.occurred_at,
                text: said.sent.text,
                innocent: true,
            })
            .collect())
    }
}
