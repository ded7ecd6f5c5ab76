//! Exams, from the bank to the result.

use crate::house::{House, exam, question};
use serde_json::{Value, json};

const SITTING: &str = "/api/handbook/exams/flooding/sitting";

async fn with_exam() -> House {
    let house = House::start().await;
    for n in 0..6 {
        house.put(&format!("/api/handbook/questions/flooding-{n}"), json!({"question": question()})).await;
    }
    house.put("/api/handbook/exams/flooding", json!({"exam": exam()})).await;
    house
}

/// Where an option stands in somebody's paper.
fn place(asked: &Value, text: &str) -> usize {
    asked["options"].as_array().unwrap().iter().position(|option| option["zh"] == text).unwrap()
}

async fn answer(house: &House, sitting: &Value, right: usize) {
    for (number, asked) in sitting["questions"].as_array().unwrap().iter().enumerate() {
        let chosen = [place(asked, if number < right { "right" } else { "wrong" })];
        house.put(&format!("{SITTING}/answers/{number}"), json!({"chosen": chosen})).await;
    }
}

#[tokio::test]
async fn what_is_right_is_told_at_the_end_and_not_before() {
    let house = with_exam().await;
    let begun = house.ask("POST", SITTING, Value::Null, 200).await;
    let told = begun.to_string();
    assert!(!told.contains("因为") && !told.contains("is_right") && !told.contains("seed"), "{told}");
    answer(&house, &begun, 4).await;
    let again = house.ask("POST", SITTING, Value::Null, 200).await;
    assert_eq!(
        again["questions"][3]["chosen"],
        json!([place(&begun["questions"][3], "right")]),
        "it goes on as it was"
    );
    assert_eq!(again["begun_at_ms"], begun["begun_at_ms"]);
    assert!(again["questions"].as_array().unwrap().iter().all(|asked| asked["answer"].is_null()));

    let ended = house.ask("POST", &format!("{SITTING}/end"), Value::Null, 200).await;
    assert_eq!((&ended["result"]["score_milli"], &ended["result"]["passed"]), (&json!(1_000), &json!(true)));
    assert_eq!(ended["questions"][0]["answer"]["explanation_zh"], "因为。");
    let second = house.ask("POST", &format!("{SITTING}/end"), Value::Null, 200).await;
    assert_eq!(ended, second, "a second time says the same");
    let late = house.ask("PUT", &format!("{SITTING}/answers/0"), json!({"chosen": [0]}), 409).await;
    assert_eq!(late["code"], "sitting_over");
    let exams = house.read("/api/handbook/exams").await;
    let mine = exams.as_array().unwrap().iter().find(|one| one["code"] == "flooding").unwrap();
    assert_eq!(mine["mine"]["standing"], "passed");
    house.pass_time(31 * 86_400_000);
    let exams = house.read("/api/handbook/exams").await;
    let mine = exams.as_array().unwrap().iter().find(|one| one["code"] == "flooding").unwrap();
    assert_eq!(mine["mine"]["standing"], "expired");
}

#[tokio::test]
async fn three_of_four_fail_and_attempts_run_out() {
    let house = with_exam().await;
    for _ in 0..2 {
        let begun = house.ask("POST", SITTING, Value::Null, 200).await;
        answer(&house, &begun, 3).await;
        let ended = house.ask("POST", &format!("{SITTING}/end"), Value::Null, 200).await;
        assert_eq!((&ended["result"]["score_milli"], &ended["result"]["passed"]), (&json!(750), &json!(false)));
    }
    assert_eq!(house.ask("POST", SITTING, Value::Null, 409).await["code"], "no_more_attempts");
    house.pass_time(24 * 3_600_000 + 1);
    house.ask("POST", SITTING, Value::Null, 200).await;
}

#[tokio::test]
async fn the_clock_is_the_servers() {
    let house = with_exam().await;
    let begun = house.ask("POST", SITTING, Value::Null, 200).await;
    answer(&house, &begun, 4).await;
    house.pass_time(11 * 60_000);
    let late = house.ask("PUT", &format!("{SITTING}/answers/0"), json!({"chosen": []}), 409).await;
    assert_eq!(late["code"], "sitting_over");
    let over = house.read(SITTING).await;
    assert_eq!((&over["result"]["passed"], &over["result"]["ended_at_ms"]), (&json!(true), &begun["due_at_ms"]));
}

#[tokio::test]
async fn whoever_never_comes_back_has_a_result() {
    let house = with_exam().await;
    house.ask("POST", SITTING, Value::Null, 200).await;
    house.pass_time(11 * 60_000);
    // The job ends it; asked is only for what came of everybody.
    for _ in 0..2_400 {
        let bank = house.read("/api/handbook/questions?clause=spam").await;
        let answers: u64 = bank["items"].as_array().unwrap().iter().map(|one| one["answers"].as_u64().unwrap()).sum();
        if answers == 4 {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    panic!("nobody ended it");
}

#[tokio::test]
async fn answers_are_checked_and_the_last_one_counts() {
    let house = with_exam().await;
    house.ask("PUT", &format!("{SITTING}/answers/0"), json!({"chosen": [0]}), 404).await;
    house.ask("POST", SITTING, Value::Null, 200).await;
    let put = |path: String, chosen: Value, status| {
        let house = &house;
        async move { house.ask("PUT", &format!("{SITTING}/{path}"), json!({"chosen": chosen}), status).await }
    };
    put("answers/4".into(), json!([0]), 404).await;
    put("answers/0".into(), json!([4]), 422).await;
    put("answers/0".into(), json!([0, 1]), 422).await;
    for chosen in [json!([0]), json!([2]), json!([2])] {
        put("answers/0".into(), chosen, 200).await;
    }
    assert_eq!(house.read(SITTING).await["questions"][0]["chosen"], json!([2]));
    put("answers/0".into(), json!([]), 200).await;
    assert_eq!(house.read(SITTING).await["questions"][0]["chosen"], json!([]));
}

#[tokio::test]
async fn two_begin_at_once_and_sit_the_same() {
    let house = with_exam().await;
    let begin = || house.ask("POST", SITTING, Value::Null, 200);
    let (one, other, third) = tokio::join!(begin(), begin(), begin());
    assert_eq!((&one["questions"], &one["questions"]), (&other["questions"], &third["questions"]));
}

#[tokio::test]
async fn roles_and_quotas_are_kept() {
    let house = with_exam().await;
    let mut narrow = exam();
    narrow["roles"] = json!(["moderator"]);
    house.put("/api/handbook/exams/flooding", json!({"exam": narrow})).await;
    let refused = house.running.call("handbook.read", "POST", SITTING, None).await;
    assert_eq!((refused.status, refused.json()["code"].clone()), (403, json!("not_for_your_role")));
    let mut wide = exam();
    (wide["questions"], wide["quotas"]) = (json!(7), json!({"spam": 7}));
    house.put("/api/handbook/exams/flooding", json!({"exam": wide})).await;
    assert_eq!(house.ask("POST", SITTING, Value::Null, 409).await["code"], "too_few_questions");
    let mut bad = exam();
    bad["quotas"] = json!({"spam": 5});
    house.ask("PUT", "/api/handbook/exams/flooding", json!({"exam": bad}), 422).await;
}

#[tokio::test]
async fn the_bank_goes_out_and_comes_in_again() {
    let house = with_exam().await;
    let file = house.running.get("/api/handbook/questions/export").await.text();
    assert!(file.lines().count() > 40, "the starter is part of it");
    let import = |text: String| house.ask("POST", "/api/handbook/questions/import", json!({"text": text}), 200);
    let same = import(file.clone()).await;
    assert_eq!((&same["added"], &same["changed"], &same["skipped"]), (&json!(0), &json!(0), &json!([])));
    let json_file = house.running.get("/api/handbook/questions/export?format=json").await.text();
    assert_eq!(import(json_file).await["same"], same["same"]);
    let changed = import("code,kind,right,text_zh,options_zh\nflooding-0,single,B,改了,甲|乙\nnew,single,A,新,甲|乙\nbad,single,Z,坏,甲|乙\n".into()).await;
    assert_eq!((&changed["added"], &changed["changed"]), (&json!(1), &json!(1)));
    assert_eq!(changed["skipped"][0]["line"], 4);
}

#[tokio::test]
async fn an_exam_that_was_sat_is_told() {
    let house = with_exam().await;
    house.ask("POST", SITTING, Value::Null, 200).await;
    house.ask("POST", &format!("{SITTING}/end"), Value::Null, 200).await;
    let app = &house.running.app;
    let last = app.store.relayed().await.unwrap();
    let told: Vec<_> = app.log.read(1).map(Result::unwrap).take_while(|entry| entry.position <= last).collect();
    let told = app.read(&told).await.unwrap();
    let sat = told.into_iter().find_map(|(_, envelope)| match envelope.event {
        events::Event::ExamSat(sat) => Some(sat),
        _ => None,
    });
    let sat = sat.expect("it is told");
    assert_eq!(
        (sat.staff.as_str(), sat.exam.as_str(), sat.score_milli, sat.passed),
        ("token:test", "flooding", 0, false)
    );
}
