//! A program with the handbook and with people who read it.

use accounts::Accounts;
use app::testing::TestApp;
use async_trait::async_trait;
use events::{Clock, Envelope, Event, Millis, OrgId, RoomId, Source, TeamId};
use handbook::{Handbook, Rules};
use sea_orm::ConnectionTrait;
use serde_json::{Value, json};
use std::{
    sync::{Arc, OnceLock},
    time::Duration,
};
use uuid::Uuid;

/// Some clauses, and one list of words.
pub struct OurRules;

pub const LIST: Uuid = Uuid::from_u128(77);

#[async_trait]
impl Rules for OurRules {
    fn clauses(&self) -> Vec<&'static str> {
        vec![
            "abuse",
            "sexual",
            "gambling",
            "fraud",
            "contact",
            "claim",
            "medical",
            "financial",
            "politics",
            "spam",
            "minors",
            "privacy",
            "own",
        ]
    }

    async fn list_name(&self, _: OrgId, list: Uuid) -> anyhow::Result<Option<String>> {
        Ok((list == LIST).then(|| "引流".to_owned()))
    }
}

pub struct House {
    pub running: TestApp,
    pub handbook: Handbook,
    pub clock: Clock,
}

impl House {
    pub async fn start() -> Self {
        let clock = Clock::manual(Millis(1_800_000_000_000));
        let made = OnceLock::new();
        let running = TestApp::with_clock(clock.clone(), |app| {
            let handbook = made.get_or_init(|| Handbook::new(app.clone(), Arc::new(OurRules)));
            vec![Accounts::new(app.clone()).feature(), handbook.feature()]
        });
        let running = running.await.expect("a program");
        let handbook = made.into_inner().expect("a handbook");
        let (org, team) = (running.org, running.team);
        let tx = running.app.store.begin().await.expect("a transaction");
        for sql in [
            format!("INSERT INTO accounts_orgs (id, name, created_at_ms) VALUES ('{org}', 'ours', 0)"),
            format!("INSERT INTO accounts_teams (id, org_id, name, created_at_ms) VALUES ('{team}', '{org}', 'a', 0)"),
        ] {
            tx.execute_unprepared(&sql).await.expect("a row");
        }
        tx.commit().await.expect("a commit");
        Self { running, handbook, clock }
    }

    pub async fn ask(&self, method: &str, path: &str, body: Value, status: u16) -> Value {
        let body = (!body.is_null()).then_some(body);
        let answer = self.running.call("*", method, path, body).await;
        assert_eq!(answer.status, status, "{method} {path}: {}", answer.text());
        answer.json()
    }

    pub async fn read(&self, path: &str) -> Value {
        self.ask("GET", path, Value::Null, 200).await
    }

    pub async fn put(&self, path: &str, body: Value) -> Value {
        self.ask("PUT", path, body, 200).await
    }

    pub fn pass_time(&self, ms: i64) {
        self.clock.set(Millis(self.clock.now().0 + ms));
    }

    pub fn team(&self) -> (OrgId, TeamId) {
        (self.running.org, self.running.team)
    }

    pub async fn tell(&self, room: RoomId, event: Event) {
        let (org, team) = self.team();
        let tx = self.running.app.store.begin().await.expect("a transaction");
        let told = Envelope::new(self.clock.now(), Source::Server, org, event).with_team(team).with_room(room);
        tx.emit(told).await.expect("an event");
        tx.commit().await.expect("a commit");
        // What was told is followed, however slow the machine is.
        let position = self.running.app.store.relayed().await.expect("the relay");
        let followed = self.running.app.progress.reached(handbook::NAME, position, Duration::from_secs(120)).await;
        assert!(followed, "the reaction did not follow");
    }

    pub async fn obstacles(&self) -> Vec<String> {
        let (org, team) = self.team();
        let found = self.handbook.obstacles(org, team, RoomId::new()).await.expect("obstacles");
        found.into_iter().map(|(code, detail)| format!("{code}: {detail}")).collect()
    }
}

pub fn article(title: &str) -> Value {
    json!({"chapter_zh": "互动", "place": 5, "title_zh": title, "body_zh": "不刷屏。", "clauses": ["spam"]})
}

/// What is right stands first in the bank: the option called `right`.
pub fn question() -> Value {
    let options: Vec<Value> = ["right", "wrong", "worse", "worst"].iter().map(|text| json!({"zh": text})).collect();
    json!({"kind": "single", "text_zh": "?", "options": options, "right": [0], "clause": "spam", "difficulty": 1,
        "explanation_zh": "因为。"})
}

pub fn exam() -> Value {
    json!({"title_zh": "刷屏", "questions": 4, "quotas": {"spam": 4}, "minutes": 10, "attempts_a_day": 2, "valid_days": 30})
}
