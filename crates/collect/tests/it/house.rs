//! A program with the collect feature and a desk that opens imports as the `room` domain does.

use app::{App, Scope, testing::TestApp};
use async_trait::async_trait;
use collect::{Collect, ImportBroadcast, ImportDesk, ImportRefusal, OpenImport};
use events::{
    BroadcastEnded, BroadcastId, BroadcastStarted, Clock, EndReason, Envelope, Event, Millis, RoomId, Source,
};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
};

pub struct House {
    pub test: TestApp,
    pub room: RoomId,
    /// Outlives the program.
    pub dir: Arc<tempfile::TempDir>,
    desk: Arc<Desk>,
}

/// One room; its imports by key, outliving the program as rows in SQL would.
#[derive(Default)]
pub struct Desk {
    app: Mutex<Option<App>>,
    room: RoomId,
    imports: Mutex<HashMap<BroadcastId, (Option<String>, OpenImport)>>,
}

impl Desk {
    fn app(&self) -> App {
        self.app.lock().unwrap().clone().unwrap()
    }

    async fn emit(&self, scope: Scope, broadcast: BroadcastId, at: Millis, event: Event) -> anyhow::Result<()> {
        let app = self.app();
        let tx = app.store.begin().await?;
        let envelope = Envelope::new(app.now(), Source::Import, scope.org, event)
            .with_room(self.room)
            .with_broadcast(Some(broadcast))
            .at(at);
        tx.emit(envelope).await?;
        tx.commit().await
    }
}

#[async_trait]
impl ImportDesk for Desk {
    async fn room(&self, _: Scope, room: RoomId) -> Result<(), ImportRefusal> {
        if room == self.room { Ok(()) } else { Err(ImportRefusal::RoomNotFound(room)) }
    }

    async fn open(&self, scope: Scope, room: RoomId, import: ImportBroadcast) -> Result<OpenImport, ImportRefusal> {
        if room != self.room {
            return Err(ImportRefusal::RoomNotFound(room));
        }
        let known = self
            .imports
            .lock()
            .unwrap()
            .values()
            .find(|(key, _)| key.is_some() && *key == import.import_key)
            .map(|(_, open)| open.clone());
        if let Some(open) = known {
            return Ok(open);
        }
        let team = scope.team().unwrap_or_default();
        let open = OpenImport {
            broadcast: BroadcastId::new(),
            org: scope.org,
            team,
            first_position: self.app().log.last(),
            ended: false,
        };
        let started = BroadcastStarted { title: import.title, platform: Some(import.platform) };
        self.emit(scope, open.broadcast, import.started_at, Event::BroadcastStarted(started)).await?;
        self.imports.lock().unwrap().insert(open.broadcast, (import.import_key, open.clone()));
        Ok(open)
    }

    async fn find(&self, scope: Scope, room: RoomId, broadcast: BroadcastId) -> Result<OpenImport, ImportRefusal> {
        let import = self.imports.lock().unwrap().get(&broadcast).map(|(_, open)| open.clone());
        import
            .filter(|open| room == self.room && scope.covers(open.org, open.team))
            .ok_or(ImportRefusal::ImportNotFound(broadcast))
    }

    async fn close(
        &self,
        scope: Scope,
        _: RoomId,
        broadcast: BroadcastId,
        ended_at: Millis,
    ) -> Result<(), ImportRefusal> {
        let ended = BroadcastEnded { reason: EndReason::ImportComplete };
        self.emit(scope, broadcast, ended_at, Event::BroadcastEnded(ended)).await?;
        if let Some((_, open)) = self.imports.lock().unwrap().get_mut(&broadcast) {
            open.ended = true;
        }
        Ok(())
    }
}

impl House {
    pub async fn open() -> Self {
        Self::open_in(Arc::new(tempfile::tempdir().unwrap()), Clock::system(), Arc::default()).await
    }

    /// On a folder that may have been used before.
    pub async fn open_in(dir: Arc<tempfile::TempDir>, clock: Clock, desk: Arc<Desk>) -> Self {
        loop {
            let wired = desk.clone();
            let test = TestApp::in_dir(dir.clone(), clock.clone(), |app| {
                *wired.app.lock().unwrap() = Some(app.clone());
                vec![Collect::new(app.clone(), wired.clone()).feature()]
            })
            .await;
            match test {
                Ok(test) => return Self { test, room: desk.room, dir, desk },
                // The program before still holds the folder for a moment.
                Err(error) if format!("{error:#}").contains("in use") => tokio::task::yield_now().await,
                Err(error) => panic!("{error:#}"),
            }
        }
    }

    /// Ends the program as `kill -9` would: nothing is written any more.
    pub fn kill(self) -> Arc<Desk> {
        *self.desk.app.lock().unwrap() = None;
        self.desk.clone()
    }

    /// Makes a source; its id and its key.
    pub async fn source(&self, new: serde_json::Value) -> (String, String) {
        let made = self.test.post("/api/collect/sources", new).await;
        assert_eq!(made.status, 201, "{}", made.text());
        let text = |field: &str| made.json()[field].as_str().unwrap().to_owned();
        (text("id"), text("write_key"))
    }

    /// What collectors sent.
    pub fn events(&self) -> Vec<Envelope> {
        self.log().into_iter().filter(|envelope| envelope.source == Source::Collect).collect()
    }

    /// What collectors sent, with who and what stands in the log sealed.
    pub async fn opened(&self) -> Vec<Envelope> {
        let entries: Vec<_> = self.test.app.log.read(1).map(|entry| entry.unwrap()).collect();
        let events = self.test.app.read(&entries).await.unwrap().into_iter().map(|(_, envelope)| envelope);
        events.filter(|envelope| envelope.source == Source::Collect).collect()
    }

    /// Everything in the log, as it stands there.
    pub fn log(&self) -> Vec<Envelope> {
        self.test.app.log.read(1).map(|entry| Envelope::decode(&entry.unwrap().payload).unwrap()).collect()
    }

    /// How many events of each name are in the log.
    pub fn counts(&self) -> std::collections::BTreeMap<String, usize> {
        let mut counts = std::collections::BTreeMap::new();
        for envelope in self.log() {
            *counts.entry(envelope.event.name().into_owned()).or_insert(0) += 1;
        }
        counts
    }
}
