//! A program with one public and one private room, and what its log holds.

use app::testing::TestApp;
use async_trait::async_trait;
use audience::{Audience, Beat, RoomRef, Rooms, ShowOf, ViewerPass};
use events::{BroadcastId, Clock, Envelope, Millis, RoomId};
use serde_json::{Value, json};
use std::sync::Arc;

pub const START: Millis = Millis(1_800_000_000_000);

pub struct House {
    pub test: TestApp,
    pub audience: Audience,
    pub clock: Clock,
    pub public: RoomRef,
    pub private: RoomRef,
}

struct TwoRooms(Vec<RoomRef>);

#[async_trait]
impl Rooms for TwoRooms {
    async fn room(&self, id: RoomId) -> anyhow::Result<Option<RoomRef>> {
        Ok(self.0.iter().find(|room| room.room == id).cloned())
    }

    async fn show(&self, id: BroadcastId) -> anyhow::Result<Option<ShowOf>> {
        let room = self.0.iter().find(|room| room.broadcast == Some(id));
        Ok(room.map(|room| ShowOf {
            broadcast: id,
            room: room.room,
            org: room.org,
            team: room.team,
            started_at: START,
            ended_at: None,
        }))
    }
}

impl House {
    pub async fn open() -> Self {
        Self::open_in(Arc::new(tempfile::tempdir().unwrap()), START, None).await
    }

    /// On a folder that may have been used before, with the rooms of then.
    pub async fn open_in(dir: Arc<tempfile::TempDir>, now: Millis, rooms: Option<(RoomRef, RoomRef)>) -> Self {
        let clock = Clock::manual(now);
        let room = |private| RoomRef {
            room: RoomId::new(),
            org: events::OrgId(uuid(1)),
            team: events::TeamId(uuid(2)),
            private,
            broadcast: Some(BroadcastId::new()),
        };
        let (public, private) = rooms.unwrap_or_else(|| (room(false), room(true)));
        let known = Arc::new(TwoRooms(vec![public.clone(), private.clone()]));
        loop {
            let mut made = None;
            let test = TestApp::in_dir(dir.clone(), clock.clone(), |app| {
                let audience = Audience::new(app.clone(), known.clone());
                let feature = audience.feature();
                made = Some(audience);
                vec![feature]
            })
            .await;
            match test {
                Ok(test) => return Self { test, audience: made.unwrap(), clock, public, private },
                // The program before still holds the folder for a moment.
                Err(error) if format!("{error:#}").contains("in use") => tokio::task::yield_now().await,
                Err(error) => panic!("{error:#}"),
            }
        }
    }

    /// Two seconds of video that have just arrived.
    pub fn segment(&self) -> audience::Fetch {
        audience::Fetch::whole(self.clock.now(), 2_000, 500_000)
    }

    /// The last `seconds` of the show are served to a player.
    pub fn serve(&self, pass: &ViewerPass, seconds: i64) {
        for back_s in (2..=seconds).rev().step_by(2) {
            let from = self.clock.now().plus_ms(-back_s * 1_000);
            self.audience.media_fetched(pass, &self.public, audience::Fetch { from, ..self.segment() });
        }
    }

    /// A heartbeat that shows what has just arrived.
    pub fn beat(&self, pass: &ViewerPass, room: &RoomRef, played_ms: u32) {
        let beat = Beat { position: Some(self.clock.now()), ..Beat::of(played_ms) };
        self.audience.heartbeat(pass, room, beat);
    }

    pub fn pass_s(&self, seconds: i64) {
        self.pass_ms(seconds * 1_000);
    }

    pub fn pass_ms(&self, ms: i64) {
        self.clock.set(self.clock.now().plus_ms(ms));
    }

    /// A token for the public room.
    pub async fn token(&self, body: Value) -> (String, ViewerPass) {
        let answer =
            self.test.call("", "POST", &format!("/api/rooms/{}/viewer-token", self.public.room), Some(body)).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        let token = answer.json()["token"].as_str().unwrap().to_owned();
        let pass = self.audience.check(&token, self.public.room).unwrap();
        (token, pass)
    }

    /// A bare client's session.
    pub fn bare(&self) -> ViewerPass {
        let token = self.audience.mint_bare(self.public.room);
        self.audience.check(&token, self.public.room).unwrap()
    }

    pub async fn anybody(&self) -> ViewerPass {
        self.token(json!({})).await.1
    }

    /// Waits for `count` events of the audience and shows them as `name viewer-number played`, in order.
    pub async fn log(&self, count: usize) -> Vec<Envelope> {
        let mut subscription = self.test.app.log.subscribe(1);
        let mut seen = Vec::new();
        while seen.len() < count {
            let batch = subscription.next().await.unwrap();
            seen.extend(batch.entries.iter().map(|entry| Envelope::decode(&entry.payload).unwrap()));
        }
        seen
    }

    /// Everything in the log once `marker` is in it: proves that nothing else came before.
    pub async fn log_with_marker(&self) -> Vec<String> {
        let marker = self.anybody().await;
        self.audience.media_fetched(&marker, &self.public, self.segment());
        let mut subscription = self.test.app.log.subscribe(1);
        let mut names = Vec::new();
        loop {
            for entry in &subscription.next().await.unwrap().entries {
                let envelope = Envelope::decode(&entry.payload).unwrap();
                if envelope.viewer.as_ref() == Some(&marker.viewer) {
                    return names;
                }
                names.push(envelope.event.name().into_owned());
            }
        }
    }

    /// Ends the program and waits until its folder may be used again.
    pub async fn close(self) -> (RoomRef, RoomRef) {
        let Self { test, audience, public, private, .. } = self;
        test.app.stop.cancel();
        drop(audience);
        drop(test);
        (public, private)
    }
}

fn uuid(n: u128) -> uuid::Uuid {
    uuid::Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0000 + n)
}
