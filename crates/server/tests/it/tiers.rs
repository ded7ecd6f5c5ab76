//! What one reviewer is not sure of: it goes up, tier by tier, and never down again.

use crate::house::House;
use serde_json::{Value, json};

fn positions(answer: &Value) -> Vec<u64> {
    let items = answer["items"].as_array().expect("items");
    items.iter().filter_map(|item| item["position"].as_u64()).collect()
}

fn note(with: &str, tier: u8, by: &str, text: &str) -> Value {
    json!({"with": with, "tier": tier, "by": by, "text": text})
}

/// Without their times.
fn notes(holder: &Value) -> Vec<Value> {
    let notes = holder["notes"].as_array().expect("notes").iter().cloned();
    notes
        .map(|mut note| {
            note.as_object_mut().and_then(|fields| fields.remove("at_ms")).expect("a time");
            note
        })
        .collect()
}

#[tokio::test]
async fn what_one_is_not_sure_of_is_decided_by_a_higher_tier() {
    let house = House::start().await;
    let store = &house.running.app.store;
    let token = async |role: &str, name: &str| accounts::create_token(store, role, name, None).await.expect("a token");
    let (lin, wang) = (token("moderator", "lin").await, token("moderator", "wang").await);
    let (zhao, chen) = (token("senior_moderator", "zhao").await, token("senior_moderator", "chen").await);
    let tier = async |who: &str| house.asked(who, "GET", "/api/moderation/queue", Value::Null).await["tier"].clone();
    assert_eq!((tier(&lin).await, tier(&zhao).await), (json!(1), json!(3)), "of the whole organisation");
    let held = house.held(3).await;
    let (first, claim) = (held[0], json!({"limit": 10}));

    let ask = json!({"positions": [first], "why": "a name or an abuse?"});
    let empty = json!({"positions": [first], "why": " "});
    let (status, text) = house.call(Some(&lin), "POST", "/api/moderation/escalations", Some(&empty)).await;
    assert!(status == 422 && text.contains("bad_why"), "{status} {text}");
    let done = house.asked(&lin, "POST", "/api/moderation/escalations", ask.clone()).await;
    assert_eq!(done, json!({"escalated": [first], "taken": []}));
    // The first tier sees it no more, and may not decide it; neither who left it nor a colleague.
    for who in [&lin, &wang] {
        let claimed = positions(&house.asked(who, "POST", "/api/moderation/queue/claim", claim.clone()).await);
        assert!(!claimed.contains(&first), "{claimed:?}");
        let pass = json!({"positions": [first], "outcome": "pass"});
        let (status, text) = house.call(Some(who), "POST", "/api/moderation/verdicts", Some(&pass)).await;
        assert!(status == 403 && text.contains("higher_tier"), "{status} {text}");
        let (status, text) = house.call(Some(who), "POST", "/api/moderation/escalations", Some(&ask)).await;
        assert!(status == 403 && text.contains("higher_tier"), "{status} {text}");
    }
    assert_eq!(house.read("/api/moderation/queue").await["escalated"], 1);

    // The second leaves it to the third, who decides; nobody is above.
    let claimed = house.asked(&zhao, "POST", "/api/moderation/queue/claim", claim.clone()).await;
    let item = claimed["items"].as_array().expect("items").iter().find(|item| item["position"] == first);
    let item = item.expect("the one that was left to others");
    assert_eq!((&item["tier"], &item["escalated_by"], &item["escalated_why"]), (&json!(2), &json!("lin"), &ask["why"]));
    assert_eq!(notes(item), [note("question", 1, "lin", "a name or an abuse?")]);
    house.asked(&zhao, "POST", "/api/moderation/escalations", ask.clone()).await;
    let claimed = positions(&house.asked(&zhao, "POST", "/api/moderation/queue/claim", claim.clone()).await);
    assert!(!claimed.contains(&first), "it does not come back: {claimed:?}");
    let claimed = positions(&house.asked(&chen, "POST", "/api/moderation/queue/claim", claim).await);
    assert!(claimed.contains(&first), "{claimed:?}");
    let (status, text) = house.call(Some(&chen), "POST", "/api/moderation/escalations", Some(&ask)).await;
    assert!(status == 409 && text.contains("last_tier"), "{status} {text}");
    let long = "字".repeat(501);
    let reject = json!({"positions": [first], "outcome": "reject", "clause": "abuse", "note": long});
    let (status, text) = house.call(Some(&chen), "POST", "/api/moderation/verdicts", Some(&reject)).await;
    assert!(status == 422 && text.contains("bad_note"), "{status} {text}");
    let reject = json!({"positions": [first], "outcome": "reject", "clause": "abuse", "note": " 不是人名 "});
    let given = house.asked(&chen, "POST", "/api/moderation/verdicts", reject).await;
    assert_eq!(given["decided"], json!([first]));
    let item = house.read(&format!("/api/moderation/items/{first}")).await;
    assert_eq!((&item["tier"], &item["decided_by"], &item["outcome"]), (&json!(3), &json!("chen"), &json!("reject")));
    // What each wrote stays, also beside what follows from it.
    let all = [
        note("question", 1, "lin", "a name or an abuse?"),
        note("question", 2, "zhao", "a name or an abuse?"),
        note("verdict", 3, "chen", "不是人名"),
    ];
    assert_eq!((notes(&item), &item["note"]), (all.to_vec(), &json!("不是人名")));
    let punished = json!({"position": first, "clause": "abuse"});
    let sanction = house.asked(&chen, "POST", "/api/moderation/sanctions", punished).await;
    assert_eq!(notes(&sanction), all);
    // They may repeat what the viewer wrote, and go with it.
    house.made("/api/privacy/erasures", json!({"viewer": item["viewer"]})).await;
    let erased = house.read_when(&format!("/api/moderation/items/{first}"), |item| item["erased"] == true).await;
    assert_eq!((notes(&erased), &erased["note"], &erased["escalated_why"]), (Vec::new(), &Value::Null, &Value::Null));
    let done = house.asked(&chen, "POST", "/api/moderation/escalations", ask).await;
    assert_eq!(done, json!({"escalated": [], "taken": [first]}), "what is decided is decided");
}
