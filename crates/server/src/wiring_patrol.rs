//! What the patrol needs of others.

use crate::wiring::Stage;
use app::{App, Scope};
use async_trait::async_trait;
use audience::Audience;
use events::{BroadcastId, OrgId, RoomId};
use media::Media;
use moderation::{Moderation, text::ListLevel};
use patrol::{Patrol, WordHit, library::PatrolLevel};
use privacy::{Age, Class, Keeper, Old};
use room::rooms::{self, RoomView, Rooms};
use std::collections::BTreeSet;

/// patrol -> room, media, audience, privacy, moderation: what runs, what it looks like, and its end.
pub struct OnAirRooms {
    pub app: App,
    pub rooms: Rooms,
    pub media: Media,
    pub audience: Audience,
}

impl OnAirRooms {
    fn place(&self, view: &RoomView) -> patrol::Place {
        let (room, show) = (&view.room, view.open());
        patrol::Place {
            room: room.id,
            org: room.org,
            team: room.team,
            title: show.map_or(&room.title, |show| &show.title).clone(),
            broadcast: show.map(|show| show.id),
            started_at: show.map_or(room.created_at, |show| show.started_at),
            viewers: self.audience.online(room.id),
        }
    }
}

#[async_trait]
impl patrol::Streams for OnAirRooms {
    async fn live(&self) -> anyhow::Result<Vec<patrol::Place>> {
        let views = self.rooms.views(&self.media.shown()).await?;
        Ok(views.iter().filter(|view| view.open().is_some()).map(|view| self.place(view)).collect())
    }

    async fn find(&self, room: RoomId) -> anyhow::Result<Option<patrol::Place>> {
        Ok(self.rooms.view(room).await?.map(|view| self.place(&view)))
    }

    async fn has_show(&self, scope: Scope, broadcast: BroadcastId) -> anyhow::Result<bool> {
        Ok(rooms::store::find_broadcast(self.app.store.read(), scope, broadcast).await?.is_some())
    }

    fn picture(&self, room: RoomId) -> Option<patrol::Picture> {
        let frame = self.media.key_frame(room)?;
        let (broadcast, sequence, at) = (frame.broadcast, frame.sequence, frame.arrived);
        Some(patrol::Picture { broadcast, sequence, at, pieces: vec![frame.init, frame.data] })
    }

    fn sound(&self, room: RoomId, after: Option<u64>, least_ms: i64, most_ms: i64) -> Option<patrol::Sound> {
        let sound = self.media.sound(room, after, least_ms, most_ms)?;
        let media::Sound { broadcast, first, last, arrived: at, duration_ms, continues, pieces } = sound;
        Some(patrol::Sound { broadcast, first, last, at, duration_ms, continues, pieces })
    }

    async fn held(&self) -> anyhow::Result<BTreeSet<BroadcastId>> {
        privacy::held_broadcasts(&self.app).await
    }

    async fn cut(&self, broadcast: BroadcastId) -> anyhow::Result<()> {
        moderation::Shows::cut(&Stage(self.rooms.clone()), broadcast).await
    }

    fn is_clause(&self, code: &str) -> bool {
        moderation::clauses::is_one(code)
    }
}

/// patrol -> moderation: what of the lists was said.
pub struct SpokenWords(pub Moderation);

impl patrol::Words for SpokenWords {
    fn hits(&self, org: OrgId, room: RoomId, text: &str) -> Option<Vec<WordHit>> {
        let hits = self.0.spoken(org, room, text)?.into_iter();
        let said = hits.map(|hit| WordHit {
            // An engine takes words for others that sound alike: only what it wrote as it is listed is proposed to interrupt.
            level: match hit.level {
                ListLevel::Block if !hit.rule.uncertain() => PatrolLevel::Hold,
                _ => PatrolLevel::Alarm,
            },
            word: hit.word.to_string(),
            category: hit.category.to_string(),
            list: hit.list.to_string(),
            start: hit.start,
            end: hit.end,
        });
        Some(said.collect())
    }
}

/// privacy -> patrol: what hosts said.
pub struct Transcripts(pub Patrol);

#[async_trait]
impl Keeper for Transcripts {
    fn class(&self) -> Class {
        Class::Words
    }

    fn name(&self) -> &'static str {
        "transcripts"
    }

    fn tables(&self) -> &'static [&'static str] {
        Patrol::TABLES
    }

    async fn old(&self, age: &Age) -> anyhow::Result<Old> {
        let (count, span) = self.0.old_words(age.org, age.before, &age.held.broadcasts).await?;
        Ok(Old { count, span })
    }

    async fn forget(&self, age: &Age) -> anyhow::Result<u64> {
        self.0.forget_words(age.org, age.before, &age.held.broadcasts).await
    }
}
