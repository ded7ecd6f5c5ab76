//! The gate while lists change: nothing passes unasked, and nothing is lost.

use app::{App, testing::TestApp};
use async_trait::async_trait;
use audience::{Audience, RoomRef, Rooms, ShowOf};
use events::{BroadcastId, ChatMode, DanmakuSent, OrgId, RoomId, TeamId, TextVerdict, ViewerId};
use moderation::Moderation;
use serde_json::{Value, json};
use std::sync::{
    Arc,
    atomic::{AtomicBool, AtomicU64, Ordering},
};

struct OneRoom(RoomRef);

#[async_trait]
impl Rooms for OneRoom {
    async fn room(&self, id: RoomId) -> anyhow::Result<Option<RoomRef>> {
        Ok((id == self.0.room).then(|| self.0.clone()))
    }

    async fn show(&self, _: BroadcastId) -> anyhow::Result<Option<ShowOf>> {
        Ok(None)
    }
}

pub struct House {
    pub program: TestApp,
    pub moderation: Moderation,
    pub room: RoomRef,
}

impl House {
    pub async fn start() -> Self {
        let mut made = None;
        // The same ids as the test's program has.
        let probe = TestApp::new(|_| Vec::new()).await.expect("a program");
        let room = room_of(probe.org, probe.team);
        let here = room.clone();
        let features = |app: &App| {
            let audience = Audience::new(app.clone(), Arc::new(OneRoom(here)));
            let moderation = Moderation::new(app.clone(), audience);
            made = Some(moderation.clone());
            vec![moderation.feature()]
        };
        let program = TestApp::new(features).await.expect("a program");
        let house = Self { program, moderation: made.expect("the domain"), room };
        while house.verdict("你好").is_none() {
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
        house
    }

    /// None: the gate is not open yet. Otherwise what becomes of the text, none where it simply passes.
    pub fn verdict(&self, text: &str) -> Option<Option<TextVerdict>> {
        verdict(&self.moderation, &self.room, text)
    }

    pub async fn ask(&self, method: &str, path: &str, body: Value) -> Value {
        let answer = self.program.call("*", method, path, Some(body)).await;
        assert!((200..300).contains(&answer.status), "{method} {path}: {} {}", answer.status, answer.text());
        answer.json()
    }

    async fn list(&self, body: Value) -> String {
        self.ask("POST", "/api/moderation/lists", body).await["id"].as_str().expect("an id").to_owned()
    }

    async fn file(&self, list: &str, text: String) -> Value {
        let request = http::Request::put(format!("/api/moderation/lists/{list}/words"))
            .header("authorization", "Bearer *")
            .header("content-type", "text/plain")
            .body(text);
        let answer = self.program.send(request.expect("a request")).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        answer.json()
    }
}

fn room_of(org: OrgId, team: TeamId) -> RoomRef {
    RoomRef { room: RoomId::new(), org, team, private: false, broadcast: None }
}

pub fn verdict(moderation: &Moderation, room: &RoomRef, text: &str) -> Option<Option<TextVerdict>> {
    let (viewer, danmaku) = (ViewerId::random(), DanmakuSent::plain(text));
    let mut judged = moderation.judge(room, &[(&viewer, &danmaku)], events::Millis(1))?;
    Some(judged.pop().flatten().map(|judgement| judgement.decision.verdict))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn while_lists_change_nothing_passes_unasked() {
    let house = House::start().await;
    let list = house.list(json!({"name": "本场", "level": "block"})).await;
    let words = format!("/api/moderation/lists/{list}/words");
    house.ask("PATCH", &words, json!({"add": [{"word": "拼夕夕"}]})).await;
    let (stop, asked) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
    let askers: Vec<_> = (0..2)
        .map(|_| {
            let (moderation, room) = (house.moderation.clone(), house.room.clone());
            let (stop, asked) = (stop.clone(), asked.clone());
            std::thread::spawn(move || {
                while !stop.load(Ordering::Relaxed) {
                    assert_eq!(verdict(&moderation, &room, "去拼夕夕买"), Some(Some(TextVerdict::Block)));
                    assert_eq!(verdict(&moderation, &room, "主播好看"), Some(None));
                    asked.fetch_add(1, Ordering::Relaxed);
                }
            })
        })
        .collect();
    for round in 0..20 {
        let change =
            json!({"add": [{"word": format!("第{round}号暗语")}], "remove": [format!("第{}号暗语", round - 1)]});
        house.ask("PATCH", &words, change).await;
        assert_eq!(
            house.verdict(&format!("第{round}号暗语")),
            Some(Some(TextVerdict::Block)),
            "in force when answered"
        );
    }
    house.file(&list, "拼夕夕\tspam\tblock\n没有级别\n坏行\tspam\tmaskk".to_owned()).await;
    stop.store(true, Ordering::Relaxed);
    askers.into_iter().for_each(|asker| asker.join().expect("every answer was right"));
    assert!(asked.load(Ordering::Relaxed) > 0);
    let page = house.program.get(&words).await.json();
    assert_eq!(page["items"].as_array().map(Vec::len), Some(2), "{page}");
}

#[tokio::test]
async fn a_hundred_thousand_words_are_a_list() {
    let house = House::start().await;
    let list = house.list(json!({"name": "大表", "level": "hold", "category": "politics"})).await;
    let digits = ['甲', '乙', '丙', '丁', '戊', '己', '庚', '辛', '壬', '癸'];
    let word = |n: usize| {
        [n / 10_000, n / 1_000 % 10, n / 100 % 10, n / 10 % 10, n % 10]
            .map(|at| digits[at % 10])
            .iter()
            .collect::<String>()
    };
    let text: String = (0..100_000).map(|n| format!("{}\n", word(n))).collect();
    let taken = house.file(&list, text).await;
    assert_eq!((&taken["list"]["words"], &taken["left_out_count"]), (&json!(100_000), &json!(0)), "{taken}");
    assert_eq!(house.verdict(&format!("说{}了", word(12_345))), Some(Some(TextVerdict::Hold)));
    let found = house
        .program
        .get(&format!(
            "/api/moderation/lists/{list}/words?q={}&limit=1",
            "%E7%99%B8%E7%99%B8%E7%99%B8%E7%99%B8%E7%99%B8"
        ))
        .await;
    assert_eq!(found.json()["items"][0]["word"], word(99_999));
    let export = house.program.get(&format!("/api/moderation/lists/{list}/export")).await.text();
    assert_eq!(export.lines().count(), 100_001);
}

#[tokio::test]
async fn a_rooms_own_list_adds_and_does_not_allow() {
    let house = House::start().await;
    let own = house.list(json!({"name": "本间", "room": house.room.room})).await;
    let words = format!("/api/moderation/lists/{own}/words");
    let add = json!({"add": [{"word": "剧透", "level": "mask"}, {"word": "加微信", "level": "allow"}]});
    house.ask("PATCH", &words, add).await;
    assert_eq!(house.verdict("别剧透"), Some(Some(TextVerdict::Mask)));
    assert_eq!(house.verdict("加微信看货"), Some(Some(TextVerdict::Hold)), "what is forbidden everywhere stays so");
    let elsewhere = room_of(house.room.org, house.room.team);
    assert_eq!(verdict(&house.moderation, &elsewhere, "别剧透"), Some(None));
    house.ask("PATCH", &format!("/api/moderation/lists/{own}"), json!({"enabled": false})).await;
    assert_eq!(house.verdict("别剧透"), Some(None));
    assert_eq!(house.moderation.mode(house.room.room), ChatMode::AfterReview);
}

#[tokio::test]
async fn a_list_ends_when_its_time_is_over() {
    let house = House::start().await;
    let list = house.list(json!({"name": "今晚", "level": "block", "expires_at_ms": 1})).await;
    let words = format!("/api/moderation/lists/{list}/words");
    house.ask("PATCH", &words, json!({"add": [{"word": "拼夕夕"}]})).await;
    assert_eq!(house.verdict("去拼夕夕买"), Some(None), "it is over already");
    let change = json!({"expires_at_ms": 0});
    // The job may have switched it off meanwhile.
    house
        .ask(
            "PATCH",
            &format!("/api/moderation/lists/{list}"),
            json!({"enabled": true, "expires_at_ms": change["expires_at_ms"]}),
        )
        .await;
    assert_eq!(house.verdict("去拼夕夕买"), Some(Some(TextVerdict::Block)));
}

#[tokio::test]
async fn bad_words_and_lists_are_refused_by_name() {
    let house = House::start().await;
    let list = house.list(json!({"name": "本场"})).await;
    let words = format!("/api/moderation/lists/{list}/words");
    let cases = [
        ("POST", "/api/moderation/lists", json!({"name": " "}), "bad_name"),
        ("POST", "/api/moderation/lists", json!({"name": "x", "category": "c".repeat(31)}), "bad_category"),
        ("PATCH", words.as_str(), json!({"add": [{"word": "x".repeat(65)}]}), "bad_word"),
        ("PATCH", words.as_str(), json!({"add": [{"word": "#x"}]}), "bad_word"),
        ("PATCH", words.as_str(), json!({"add": [{"word": "x", "level": "loud"}]}), "bad_word"),
        ("PATCH", words.as_str(), json!({"add": [{"word": "x", "flags": "loud"}]}), "bad_word"),
        ("POST", "/api/moderation/verdicts", json!({"positions": [], "outcome": "pass"}), "bad_positions"),
        ("POST", "/api/moderation/verdicts", json!({"positions": [1], "outcome": "reject"}), "bad_clause"),
        ("POST", "/api/moderation/verdicts", json!({"positions": [1], "outcome": "pass"}), "not_found"),
        ("POST", "/api/moderation/queue/claim", json!({"limit": 0}), "bad_request"),
    ];
    for (method, path, body, code) in cases {
        let answer = house.program.call("*", method, path, Some(body.clone())).await;
        assert_eq!(answer.json()["code"], code, "{method} {path} {body}");
    }
    let team = house.program.call("*@other", "POST", "/api/moderation/lists", Some(json!({"name": "x"}))).await;
    assert_eq!(team.json()["code"], "beyond_your_reach");
}
