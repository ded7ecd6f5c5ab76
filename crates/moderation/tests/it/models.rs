//! Models as versions: what counts, what is only counted, what is learned from people and what never is.

use crate::gate::{House, verdict};
use events::{
    ChatMode, DanmakuJudged, DanmakuReviewed, DanmakuSent, Envelope, Event, Millis, ModelChanged, ReviewOutcome,
    Source, TextReason, TextVerdict, ViewerId,
};
use moderation::text::{Example, Model};
use serde_json::{Value, json};
use std::sync::{
    Arc,
    atomic::{AtomicBool, AtomicU64, Ordering},
};

const BAD: [&str; 4] = ["真是废物", "滚出去吧", "你们都是垃圾", "恶心的人"];
const GOOD: [&str; 4] = ["主播真好看", "这个多少钱", "来了来了", "什么时候发货"];

fn text(at: usize, bad: bool) -> String {
    format!("{}{at}", if bad { BAD[at % 4] } else { GOOD[at % 4] })
}

/// Knows the bad from the good, or takes the one for the other.
fn model(right: bool) -> Vec<u8> {
    let examples: Vec<Example> =
        (0..400).map(|at| Example { text: text(at, at % 2 == 0), bad: (at % 2 == 0) == right }).collect();
    Model::train(&examples).expect("a model").to_bytes()
}

/// Small models are never very sure.
fn likely() -> Value {
    json!([{"category": "any", "alarm_milli": 500, "hold_milli": 500}])
}

impl House {
    async fn upload(&self, bytes: Vec<u8>) -> (u16, Value) {
        let request = http::Request::post("/api/moderation/models?category=abuse&note=a%20first%20one")
            .header("authorization", "Bearer *")
            .header("content-type", "application/octet-stream")
            .body(bytes);
        let answer = self.program.send(request.expect("a request")).await;
        (answer.status, answer.json())
    }

    async fn version(&self, bytes: Vec<u8>) -> String {
        let (status, version) = self.upload(bytes).await;
        assert_eq!((status, &version["state"]), (201, &json!("made")), "{version}");
        version["id"].as_str().expect("an id").to_owned()
    }

    async fn force(&self, version: &str) {
        let forced = self.ask("POST", &format!("/api/moderation/models/{version}/force"), json!({})).await;
        assert_eq!(forced["state"], "in_force", "{forced}");
    }

    async fn rules(&self, change: Value) {
        let mut rules = self.program.get("/api/moderation/model-rules").await.json();
        rules.as_object_mut().expect("rules").extend(change.as_object().expect("a change").clone());
        self.ask("PUT", "/api/moderation/model-rules", rules).await;
    }

    /// Danmaku that were held, as they stand in the log; the writer is somebody else each time, but for one.
    async fn held(&self, texts: &[(String, u32, Option<&str>)], by: Option<&ViewerId>) -> Vec<u64> {
        let event = |(text, score, model): &(String, u32, Option<&str>)| {
            let judged = DanmakuJudged {
                verdict: TextVerdict::Hold,
                danmaku: DanmakuSent::plain(text),
                reasons: vec![TextReason {
                    rule: "model".into(),
                    verdict: TextVerdict::Hold,
                    word: String::new(),
                    category: "abuse".into(),
                    list: String::new(),
                    field: Default::default(),
                    start: 0,
                    end: 0,
                }],
                score_milli: Some(*score),
                mode: ChatMode::AfterReview,
                lists: 0,
                model: model.map(|model| model.parse().expect("an id")),
            };
            let now = self.program.app.now();
            let event = Envelope::new(now, Source::Viewer, self.room.org, Event::DanmakuJudged(judged));
            let viewer = by.cloned().unwrap_or_else(ViewerId::random);
            event.with_team(self.room.team).with_room(self.room.room).with_viewer(viewer)
        };
        let events: Vec<Envelope> = texts.iter().map(event).collect();
        let positions: Vec<u64> = self.program.app.append(&events).await.expect("a log").collect();
        self.reached(positions.last().copied().unwrap_or_default()).await;
        positions
    }

    /// What follows the log has come so far.
    async fn reached(&self, position: u64) {
        let patience = std::time::Duration::from_secs(60);
        assert!(self.program.app.progress.reached(moderation::NAME, position, patience).await, "the log was not read");
    }

    async fn decide(&self, positions: &[u64], reject: bool) {
        for some in positions.chunks(100) {
            let outcome = if reject { "reject" } else { "pass" };
            let body = json!({"positions": some, "outcome": outcome, "clause": reject.then_some("abuse")});
            self.ask("POST", "/api/moderation/verdicts", body).await;
        }
        let position = self.program.app.store.relayed().await.expect("the relay");
        self.reached(position).await;
    }

    /// People decide about as many bad and good ones.
    async fn taught(&self, count: usize, score: impl Fn(bool) -> u32, model: Option<&str>) {
        for bad in [true, false] {
            let texts: Vec<_> = (0..count).map(|at| (text(at, bad), score(bad), model)).collect();
            self.decide(&self.held(&texts, None).await, bad).await;
        }
    }

    async fn models(&self) -> Vec<Value> {
        self.program.get("/api/moderation/models").await.json()["items"].as_array().expect("versions").clone()
    }

    /// Waits for a version as it shall be; no test says how long that may take.
    async fn until(&self, fits: impl Fn(&Value) -> bool) -> Value {
        for _ in 0..3_000 {
            if let Some(found) = self.models().await.into_iter().find(&fits) {
                return found;
            }
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
        panic!("it never came: {:?}", self.models().await);
    }

    /// What happened to models, as the log tells it.
    async fn told(&self) -> Vec<ModelChanged> {
        self.program.app.store.relayed().await.expect("the relay");
        let entries = self.program.app.log.read(1).map(|entry| entry.expect("an entry"));
        let events = entries.filter_map(|entry| Envelope::decode(&entry.payload).ok());
        events
            .filter_map(|envelope| match envelope.event {
                Event::ModelChanged(changed) => Some(changed),
                _ => None,
            })
            .collect()
    }
}

#[tokio::test]
async fn a_version_holds_in_force_and_the_one_before_it_comes_back() {
    let house = House::start().await;
    house.rules(json!({"sample_micro": 0, "learn_after": 0, "thresholds": likely()})).await;
    let (status, refused) = house.upload(b"kaibo-text-9\n".to_vec()).await;
    assert_eq!((status, &refused["code"]), (422, &json!("bad_model")), "{refused}");
    let (first, second) = (house.version(model(true)).await, house.version(model(false)).await);
    assert_eq!(house.verdict("你们都是垃圾"), Some(None), "what is not in force does nothing");

    house.force(&first).await;
    assert_eq!(house.verdict("你们都是垃圾"), Some(Some(TextVerdict::Hold)));
    assert_eq!(house.verdict("来了来了"), Some(None));
    let (viewer, said) = (ViewerId::random(), DanmakuSent::plain("你们都是垃圾"));
    let judged = house.moderation.judge(&house.room, &[(&viewer, &said)], Millis(1)).expect("an open gate").pop();
    let decision = judged.flatten().expect("a judgement").decision;
    assert_eq!(decision.model.map(|model| model.to_string()), Some(first.clone()));
    assert!(decision.score_milli.is_some_and(|score| score >= 500), "{decision:?}");
    assert_eq!((&*decision.reasons[0].rule, &*decision.reasons[0].category), ("model", "abuse"));

    house.force(&second).await;
    assert_eq!(house.verdict("来了来了"), Some(Some(TextVerdict::Hold)), "the other way round");
    let path = format!("/api/moderation/models/{second}/roll-back");
    let back = house.ask("POST", &path, json!({"reason": "holds greetings"})).await;
    assert_eq!((&back["rolled_back"]["state"], &back["in_force"]["id"]), (&json!("retired"), &json!(first)));
    assert_eq!(house.verdict("来了来了"), Some(None));
    let again = house.program.call("*", "POST", &path, Some(json!({}))).await;
    assert_eq!(again.json()["code"], "not_in_force");
    house.ask("POST", &format!("/api/moderation/models/{first}/roll-back"), json!({})).await;
    assert_eq!(house.verdict("你们都是垃圾"), Some(None), "without a former one nothing is in force");

    let told: Vec<(u32, String, String)> =
        house.told().await.into_iter().map(|said| (said.number, said.change, said.reason)).collect();
    let said = |number, change: &str, reason: &str| (number, change.to_owned(), reason.to_owned());
    assert_eq!(
        told,
        [
            said(1, "uploaded", ""),
            said(2, "uploaded", ""),
            said(1, "in_force", ""),
            said(1, "retired", ""),
            said(2, "in_force", ""),
            said(2, "rolled_back", "holds greetings"),
            said(1, "in_force", ""),
            said(1, "rolled_back", ""),
        ]
    );
    let team = house.program.call("*@other", "POST", &format!("/api/moderation/models/{first}/force"), None).await;
    assert_eq!(team.json()["code"], "beyond_your_reach");
}

#[tokio::test]
async fn a_room_is_stricter_and_the_organisation_sets_what_holds() {
    let house = House::start().await;
    let version = house.version(model(true)).await;
    house.force(&version).await;
    let never = json!([{"category": "any", "alarm_milli": 1000, "hold_milli": 1000}]);
    house.rules(json!({"sample_micro": 0, "learn_after": 0, "thresholds": never})).await;
    assert_eq!(house.verdict("你们都是垃圾"), Some(None));
    let path = format!("/api/rooms/{}/model-rules", house.room.room);
    let alarm = json!({"thresholds": [{"category": "abuse", "alarm_milli": 500, "hold_milli": 1000}]});
    house.ask("PUT", &path, alarm).await;
    assert_eq!(house.verdict("你们都是垃圾"), Some(Some(TextVerdict::Alarm)));
    let elsewhere = audience::RoomRef { room: events::RoomId::new(), ..house.room.clone() };
    assert_eq!(verdict(&house.moderation, &elsewhere, "你们都是垃圾"), Some(None));
    let lax = json!({"thresholds": [{"category": "any", "alarm_milli": 1000, "hold_milli": 1000}]});
    house.ask("PUT", &path, lax).await;
    let strict = json!([{"category": "any", "alarm_milli": 400, "hold_milli": 500}]);
    house.rules(json!({"thresholds": strict})).await;
    assert_eq!(house.verdict("你们都是垃圾"), Some(Some(TextVerdict::Hold)), "a room is never laxer");
    let cases = [
        (json!([{"category": "any", "alarm_milli": 900, "hold_milli": 800}]), "bad_threshold"),
        (json!([{"category": "any", "alarm_milli": 0, "hold_milli": 800}]), "bad_threshold"),
        (json!([{"category": "weather", "alarm_milli": 1, "hold_milli": 800}]), "bad_category"),
    ];
    for (thresholds, code) in cases {
        let answer = house.program.call("*", "PUT", &path, Some(json!({"thresholds": thresholds}))).await;
        assert_eq!(answer.json()["code"], code, "{thresholds}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn while_models_change_nothing_passes_unasked() {
    let house = House::start().await;
    house.rules(json!({"sample_micro": 0, "learn_after": 0, "thresholds": likely()})).await;
    let versions = [house.version(model(true)).await, house.version(model(true)).await];
    house.force(&versions[0]).await;
    let (stop, asked) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
    let askers: Vec<_> = (0..2)
        .map(|_| {
            let (moderation, room) = (house.moderation.clone(), house.room.clone());
            let (stop, asked) = (stop.clone(), asked.clone());
            std::thread::spawn(move || {
                while !stop.load(Ordering::Relaxed) {
                    assert_eq!(verdict(&moderation, &room, "你们都是垃圾"), Some(Some(TextVerdict::Hold)));
                    assert_eq!(verdict(&moderation, &room, "来了来了"), Some(None));
                    asked.fetch_add(1, Ordering::Relaxed);
                }
            })
        })
        .collect();
    for round in 0..10 {
        house.force(&versions[(round + 1) % 2]).await;
        house.ask("POST", &format!("/api/moderation/models/{}/shadow", versions[round % 2]), json!({})).await;
    }
    stop.store(true, Ordering::Relaxed);
    askers.into_iter().for_each(|asker| asker.join().expect("every answer was right"));
    assert!(asked.load(Ordering::Relaxed) > 0);
    let counted = |version: &Value| version["asked"]["asked"].as_u64().is_some_and(|asked| asked > 0);
    house.until(|version| version["state"] == "in_force" && counted(version)).await;
}

#[tokio::test]
async fn a_candidate_learns_from_people_and_is_only_counted() {
    let house = House::start().await;
    // Nobody's share is cut: what is counted here is whose words are learned, and as what.
    let rules = json!({"sample_micro": 0, "learn_after": 0, "reviewer_milli": 1_000, "thresholds": likely()});
    house.rules(rules).await;
    let nothing = house.program.post("/api/moderation/models/learn", json!({"category": "abuse"})).await;
    assert_eq!(nothing.json()["code"], "too_few_verdicts", "{}", nothing.text());
    house.taught(150, |_| 500, None).await;
    let erased = ViewerId::random();
    let texts: Vec<_> = (0..40).map(|at| (format!("隔壁老王真讨厌{at}"), 500, None)).collect();
    house.decide(&house.held(&texts, Some(&erased)).await, true).await;

    let with = house.ask("POST", "/api/moderation/models/learn", json!({"category": "abuse"})).await;
    assert_eq!((&with["state"], &with["origin"]), (&json!("shadow"), &json!("verdicts")), "{with}");
    let (texts, measured) = (with["texts"].as_u64().expect("a count"), &with["measured"]);
    let frozen = measured["verdicts"].as_u64().expect("a count");
    assert!(frozen > 10 && texts + frozen == 340, "{texts} and {frozen}: what measures does not teach");
    assert!(measured["all"]["accuracy"].as_f64().is_some_and(|share| share > 0.8), "{measured}");
    let interval = &measured["all"]["intervals"]["macro_f1"];
    assert!(interval[0].as_f64() < interval[1].as_f64(), "a few texts are no certainty: {measured}");
    assert_eq!(house.verdict("你们都是垃圾"), Some(None), "a candidate decides nothing");

    // Who was erased teaches nothing from then on.
    let doomed = app::vault::Doomed::Person {
        org: house.room.org,
        person: erased.as_str(),
        before: house.program.app.log.last(),
    };
    house.program.app.vault.destroy(&doomed).await.expect("destroyed keys");
    let without = house.ask("POST", "/api/moderation/models/learn", json!({"category": "abuse"})).await;
    let (texts_left, frozen_left) = (without["texts"].as_u64(), without["measured"]["verdicts"].as_u64());
    assert_eq!(texts_left.zip(frozen_left).map(|(texts, frozen)| texts + frozen), Some(300), "{without}");

    // What was decided meanwhile, beside what each would have done.
    house.taught(10, |_| 500, None).await;
    let path = format!("/api/moderation/models/{}/outcomes", without["id"].as_str().expect("an id"));
    let outcomes = house.program.get(&path).await.json();
    assert_eq!(outcomes["passed"]["pass"], 10, "{outcomes}");
    let rejected = &outcomes["rejected"];
    let seen = rejected["alarm"].as_u64().zip(rejected["hold"].as_u64()).map(|(alarm, hold)| alarm + hold);
    assert!(seen >= Some(8), "{outcomes}");
    let compare = format!("{}/compare/{}", path.trim_end_matches("/outcomes"), with["id"].as_str().expect("an id"));
    let compared = house.program.get(&compare).await.json();
    assert_eq!(compared["this"]["texts"], compared["other"]["texts"], "{compared}");

    // A person at a higher tier says otherwise: it counts reversed, for every version from then on.
    let (first, all) = (house.models().await, without["learned_to"].as_u64().expect("a position"));
    assert!(first.len() == 2 && all > 0);
    let base = json!({"category": "abuse", "base": without["id"]});
    let before = house.ask("POST", "/api/moderation/models/learn", base.clone()).await;
    let positions = house.held(&[("新来的好评".into(), 500, None)], None).await;
    house.decide(&positions, true).await;
    let overturned = DanmakuReviewed {
        position: positions[0],
        outcome: ReviewOutcome::Pass,
        held: false,
        clause: None,
        tier: 2,
        by: "wang".into(),
    };
    let tx = house.program.app.store.begin().await.expect("a transaction");
    let event =
        Envelope::new(house.program.app.now(), Source::Server, house.room.org, Event::DanmakuReviewed(overturned));
    tx.emit(event.with_team(house.room.team).with_room(house.room.room)).await.expect("an event");
    tx.commit().await.expect("a commit");
    house.reached(house.program.app.store.relayed().await.expect("the relay")).await;
    let after = house.ask("POST", "/api/moderation/models/learn", base).await;
    assert_eq!(after["bad"], before["bad"], "{after}");
    assert_eq!(after["base"], without["id"]);
    assert_eq!(after["state"], "shadow", "the oldest candidate made room");
}

#[tokio::test]
async fn enough_verdicts_make_a_candidate_by_themselves() {
    let house = House::start().await;
    house.rules(json!({"sample_micro": 0, "learn_after": 120})).await;
    house.taught(80, |_| 500, None).await;
    let learned = house.until(|version| version["origin"] == "verdicts").await;
    assert_eq!((&learned["category"], &learned["state"]), (&json!("any"), &json!("shadow")), "{learned}");
    assert_eq!(house.told().await.last().map(|said| said.by.clone()), Some(String::new()));
}

#[tokio::test]
async fn a_model_that_gets_worse_goes_by_itself() {
    let house = House::start().await;
    house.rules(json!({"sample_micro": 0, "learn_after": 0, "window": 40})).await;
    let (first, second) = (house.version(model(true)).await, house.version(model(true)).await);
    house.force(&first).await;
    house.force(&second).await;
    // It is right at first.
    house.taught(20, |bad| if bad { 950 } else { 50 }, Some(&second)).await;
    assert_eq!(house.until(|version| version["id"] == second.as_str()).await["state"], "in_force");
    house.taught(20, |_| 950, Some(&second)).await;
    let gone = house.until(|version| version["id"] == second.as_str() && version["state"] == "retired").await;
    let reason = gone["reason"].as_str().expect("a reason");
    assert!(reason.starts_with("macro_f1_fell: 1.000 to "), "{reason}");
    house.until(|version| version["id"] == first.as_str() && version["state"] == "in_force").await;
    let told = house.told().await;
    let rolled = told.iter().find(|said| said.change == "rolled_back").expect("the event");
    assert_eq!((rolled.by.as_str(), rolled.replaces.map(|id| id.to_string())), ("", Some(first)));
}

#[tokio::test]
async fn a_share_of_what_passes_is_put_before_people_and_says_why() {
    let house = House::start().await;
    house.rules(json!({"sample_micro": 100_000, "samples_an_hour": 30, "learn_after": 0})).await;
    let version = house.version(model(true)).await;
    house.ask("POST", &format!("/api/moderation/models/{version}/shadow"), json!({})).await;
    let viewer = ViewerId::random();
    let mut sampled = Vec::new();
    for at in 0..2_000 {
        let said = DanmakuSent::plain(format!("主播今天真好看{at}"));
        let judged = house.moderation.judge(&house.room, &[(&viewer, &said)], Millis(1)).expect("an open gate").pop();
        sampled.extend(judged.flatten());
    }
    assert_eq!(sampled.len(), 30, "an hour has its most");
    let judgement = sampled.remove(0);
    assert_eq!(judgement.decision.verdict, TextVerdict::Alarm);
    assert_eq!(judgement.shown.as_deref().map(|shown| &shown.text), Some(&judgement.decision.danmaku.text));
    let event = Envelope::new(
        house.program.app.now(),
        Source::Viewer,
        house.room.org,
        Event::DanmakuJudged(*judgement.decision),
    );
    let event = event.with_team(house.room.team).with_room(house.room.room).with_viewer(viewer);
    let position = house.program.app.append(&[event]).await.expect("a log").start;
    house.reached(position).await;
    let item = house.program.get(&format!("/api/moderation/items/{position}")).await.json();
    assert_eq!((&item["reasons"][0]["rule"], &item["state"]), (&json!("sample_random"), &json!("open")), "{item}");
    assert!(item["due_at_ms"].as_i64().zip(item["at_ms"].as_i64()).is_some_and(|(due, at)| due - at == 86_400_000));
    house.decide(&[position], true).await;
    let samples = house.program.get("/api/moderation/samples").await.json();
    assert_eq!((&samples["random"]["decided"], &samples["random"]["rejected"]), (&json!(1), &json!(1)), "{samples}");
    assert_eq!(samples["near"]["decided"], 0);
}
