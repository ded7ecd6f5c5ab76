//! From a law's text to what follows it.

use crate::house::{House, LIST};
use serde_json::{Value, json};

const POLICY: &str = "/api/handbook/policies/marketing";

fn head() -> Value {
    json!({"title": "网络直播营销管理办法(试行)", "kind": "law", "issued": "2021-04-23", "url": "https://platform.invalid/law",
        "status": "in_force"})
}

#[tokio::test]
async fn a_text_is_mapped_and_a_newer_one_says_what_is_to_be_checked() {
    let house = House::start().await;
    house.put(POLICY, json!({"policy": head(), "seen": 0})).await;
    let text = json!({"text": "第一章 总则\n第一条 为了规范。\n第二条 不得虚假宣传。\n第三条 自公布之日起施行。"});
    let first = house.put(&format!("{POLICY}/text"), text).await;
    assert_eq!((&first["policy"]["articles"], &first["changes"]), (&json!(3), &json!([])));
    let map = |article: &'static str, body: Value, status| {
        let house = &house;
        async move { house.ask("PUT", &format!("{POLICY}/articles/{article}"), body, status).await }
    };
    let maps = json!({"maps": [
        {"kind": "article", "code": "extremes"}, {"kind": "clause", "code": "claim"}, {"kind": "list", "code": LIST.to_string()},
        {"kind": "question", "code": "extremes-1"}]});
    let mapped = map("2", maps, 200).await;
    assert_eq!(mapped["text"][1]["maps"][2]["name"], "引流");
    let mapped = map("3", json!({"maps": [], "no_rule": "施行日期"}), 200).await;
    assert_eq!((&mapped["mapped"], &mapped["coverage_milli"]), (&json!(2), &json!(666)));
    map("9", json!({"maps": []}), 404).await;
    map("1", json!({"maps": [{"kind": "clause", "code": "weather"}]}), 422).await;

    let newer = json!({"text": "第一条 为了规范。\n第二条 不得虚假或者引人误解的宣传。\n第四条 解释权。", "owner": "lin", "due_days": 3});
    let newer = house.put(&format!("{POLICY}/text"), newer).await;
    let told: Vec<String> =
        newer["changes"].as_array().unwrap().iter().map(|one| format!("{} {}", one["code"], one["change"])).collect();
    assert_eq!(told, ["\"2\" \"changed\"", "\"4\" \"added\"", "\"3\" \"removed\""]);
    assert_eq!(newer["policy"]["text"][1]["maps"].as_array().unwrap().len(), 4, "what followed it still does");
    let tasks = house.read("/api/handbook/policy-checks").await;
    assert_eq!(tasks.as_array().unwrap().len(), 2);
    assert_eq!((&tasks[0]["check"]["owner"], &tasks[0]["check"]["overdue"]), (&json!("lin"), &json!(false)));
    house.pass_time(4 * 86_400_000);
    assert_eq!(house.read("/api/handbook/policy-checks").await[0]["check"]["overdue"], true);
    map("2", json!({"maps": [{"kind": "clause", "code": "claim"}]}), 200).await;
    assert_eq!(house.read("/api/handbook/policy-checks").await.as_array().unwrap().len(), 1, "it was checked");
}

#[tokio::test]
async fn what_follows_may_go_and_does_not_count_then() {
    let house = House::start().await;
    house.put(POLICY, json!({"policy": head()})).await;
    house.put(&format!("{POLICY}/text"), json!({"text": "第一条 打赏。"})).await;
    let maps = json!({"maps": [{"kind": "article", "code": "tipping"}]});
    let mapped = house.put(&format!("{POLICY}/articles/1"), maps.clone()).await;
    assert_eq!(mapped["coverage_milli"], 1_000);
    house.ask("DELETE", "/api/handbook/draft/tipping", Value::Null, 204).await;
    let lost = house.read(POLICY).await;
    assert_eq!((&lost["coverage_milli"], &lost["text"][0]["maps"][0]["name"]), (&json!(0), &Value::Null));
    house.put(&format!("{POLICY}/articles/1"), maps).await;
    let mut bad = head();
    bad["url"] = json!("javascript:alert(1)");
    house.ask("PUT", POLICY, json!({"policy": bad}), 422).await;
    house.ask("DELETE", POLICY, Value::Null, 204).await;
    house.put(POLICY, json!({"policy": head()})).await;
    let again = house.put(&format!("{POLICY}/text"), json!({"text": "第一条 新。"})).await;
    assert_eq!(again["policy"]["text_number"], 2, "a policy that is made again goes on counting");
}
