//! Violations and what they ask for.

use crate::house::{House, exam, question};
use app::Scope;
use events::{DanmakuReviewed, Event, ReviewOutcome, RoomId, SanctionChanged, SanctionKind, Sanctioned};
use serde_json::{Value, json};
use uuid::Uuid;

const DAY_MS: i64 = 86_400_000;

fn sanction(id: u128, by: &str) -> Event {
    Event::Sanctioned(Sanctioned {
        sanction: Uuid::from_u128(id),
        kind: SanctionKind::Warn,
        clause: "spam".into(),
        everywhere: false,
        until: None,
        position: None,
        tier: 1,
        by: by.into(),
    })
}

fn reversed(id: u128) -> Event {
    Event::SanctionChanged(SanctionChanged {
        sanction: Uuid::from_u128(id),
        state: "reversed".into(),
        by: "wang".into(),
    })
}

fn verdict(position: u64, outcome: ReviewOutcome, by: &str) -> Event {
    let clause = (outcome == ReviewOutcome::Reject).then(|| "spam".to_owned());
    Event::DanmakuReviewed(DanmakuReviewed { position, outcome, held: true, clause, tier: 1, by: by.into() })
}

async fn with_rule(trigger: &str, extra: Value) -> House {
    let house = House::start().await;
    for n in 0..4 {
        house.put(&format!("/api/handbook/questions/flooding-{n}"), json!({"question": question()})).await;
    }
    house.put("/api/handbook/exams/flooding", json!({"exam": exam()})).await;
    let mut rule =
        json!({"trigger": trigger, "clauses": ["spam"], "articles": ["tipping"], "exam": "flooding", "due_days": 7});
    for (name, value) in extra.as_object().unwrap() {
        rule[name] = value.clone();
    }
    house.put("/api/handbook/retraining-rules/spam", json!({"rule": rule})).await;
    house
}

async fn host(house: &House) -> String {
    let scope = Scope::of_team(house.running.org, house.running.team);
    accounts::person_within(&house.running.app.store, "host", scope, "secret").await.unwrap()
}

async fn open(house: &House) -> Vec<Value> {
    house.read("/api/handbook/retraining?open=true").await.as_array().unwrap().clone()
}

#[tokio::test]
async fn a_sanction_of_a_room_asks_its_team_and_a_reversal_takes_it_back() {
    let house = with_rule("room_sanctioned", json!({})).await;
    let login = host(&house).await;
    let room = RoomId::new();
    house.tell(room, sanction(1, "lin")).await;
    let asked = open(&house).await;
    assert_eq!(asked.len(), 1);
    assert_eq!((&asked[0]["room"], &asked[0]["reason"]), (&json!(room), &json!("room_sanctioned")));
    assert_eq!(
        (&asked[0]["exam"], &asked[0]["articles"], &asked[0]["overdue"]),
        (&json!("flooding"), &json!(["tipping"]), &json!(false))
    );
    assert_eq!(house.obstacles().await, [""; 0]);
    house.pass_time(8 * DAY_MS);
    assert_eq!(house.obstacles().await, [format!("exam_missing: {login}: flooding")]);
    house.tell(room, reversed(1)).await;
    assert_eq!(open(&house).await, [Value::Null; 0]);
    assert_eq!(house.obstacles().await, [""; 0]);
}

#[tokio::test]
async fn what_is_told_again_asks_once_and_other_clauses_ask_nothing() {
    let house = with_rule("room_sanctioned", json!({})).await;
    host(&house).await;
    house.tell(RoomId::new(), sanction(1, "lin")).await;
    house.tell(RoomId::new(), sanction(1, "lin")).await;
    let Event::Sanctioned(mut other) = sanction(2, "lin") else { unreachable!() };
    other.clause = "abuse".into();
    house.tell(RoomId::new(), Event::Sanctioned(other)).await;
    assert_eq!(open(&house).await.len(), 1);
}

#[tokio::test]
async fn so_many_rejects_ask_once() {
    let house = with_rule("danmaku_rejected", json!({"count": 3})).await;
    host(&house).await;
    let room = RoomId::new();
    for position in 1..=2 {
        house.tell(room, verdict(position, ReviewOutcome::Reject, "lin")).await;
    }
    house.tell(room, verdict(9, ReviewOutcome::Pass, "lin")).await;
    assert_eq!(open(&house).await.len(), 0);
    for position in 3..=5 {
        house.tell(room, verdict(position, ReviewOutcome::Reject, "lin")).await;
    }
    assert_eq!(open(&house).await.len(), 1, "with the third, and with the sixth again");
}

#[tokio::test]
async fn who_was_overturned_is_asked() {
    let house = with_rule("overturned", json!({})).await;
    let login = host(&house).await;
    let room = RoomId::new();
    house.tell(room, verdict(1, ReviewOutcome::Reject, &login)).await;
    house.tell(room, verdict(1, ReviewOutcome::Pass, &login)).await;
    assert_eq!(open(&house).await.len(), 0, "who thinks better of it is not overturned");
    house.tell(room, verdict(2, ReviewOutcome::Reject, &login)).await;
    house.tell(room, verdict(2, ReviewOutcome::Pass, "wang")).await;
    assert_eq!(open(&house).await.len(), 1);
    house.tell(room, sanction(3, &login)).await;
    house.tell(room, reversed(3)).await;
    let asked = open(&house).await;
    assert_eq!(asked.len(), 2);
    assert!(asked.iter().all(|one| one["reason"] == "overturned"));
}

#[tokio::test]
async fn a_required_exam_is_missing_until_it_is_passed_by_those_of_the_role() {
    let house = with_rule("room_sanctioned", json!({})).await;
    let login = host(&house).await;
    let mut required = exam();
    (required["required"], required["roles"]) = (json!(true), json!(["host"]));
    house.put("/api/handbook/exams/flooding", json!({"exam": required.clone()})).await;
    assert_eq!(house.obstacles().await, [format!("exam_missing: {login}: flooding")]);
    let results = house.read("/api/handbook/results").await;
    assert_eq!(results["people"][0]["login"], json!(login));
    required["roles"] = json!(["moderator"]);
    house.put("/api/handbook/exams/flooding", json!({"exam": required})).await;
    assert_eq!(house.obstacles().await, [""; 0]);
}

#[tokio::test]
async fn a_rule_names_what_is_there() {
    let house = with_rule("room_sanctioned", json!({})).await;
    let rule = |exam: &str, article: &str| json!({"rule": {"trigger": "overturned", "exam": exam, "articles": [article], "due_days": 7}});
    let path = "/api/handbook/retraining-rules/other";
    assert_eq!(house.ask("PUT", path, rule("nothing", "tipping"), 422).await["code"], "unknown_exam");
    assert_eq!(house.ask("PUT", path, rule("flooding", "nothing"), 422).await["code"], "unknown_article");
    house.put(path, rule("flooding", "tipping")).await;
    house.ask("DELETE", path, Value::Null, 204).await;
    house.ask("DELETE", path, Value::Null, 204).await;
}
