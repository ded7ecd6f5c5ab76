//! Verdicts that are given twice: who differs, who is right, and what that says of everybody.

use crate::house::House;
use events::{
    ChatMode, DanmakuJudged, DanmakuSent, Envelope, Event, RoomId, Source, TextReason, TextVerdict, ViewerId,
};
use serde_json::{Value, json};

/// So many that chance leaves some of them to be decided about twice.
const MANY: usize = 400;

impl House {
    pub async fn asked(&self, who: &str, method: &str, path: &str, body: Value) -> Value {
        let body = (!body.is_null()).then_some(body);
        let (status, text) = self.call(Some(who), method, path, body.as_ref()).await;
        assert!((200..300).contains(&status), "{method} {path}: {status} {text}");
        serde_json::from_str(&text).unwrap_or(Value::Null)
    }

    /// So many wait for people.
    pub async fn held(&self, count: usize) -> Vec<u64> {
        let app = &self.running.app;
        let room: RoomId = self.room.parse().expect("an id");
        let (org, team) = self.running.home().await.expect("the first team");
        let event = |n: usize| {
            let judged = DanmakuJudged {
                verdict: TextVerdict::Hold,
                danmaku: DanmakuSent::plain(format!("第{n}句")),
                reasons: Vec::<TextReason>::new(),
                score_milli: None,
                mode: ChatMode::BeforeReview,
                lists: 0,
                model: None,
            };
            let event = Envelope::new(app.now(), Source::Viewer, org, Event::DanmakuJudged(judged));
            event.with_team(team).with_room(room).with_viewer(ViewerId::random()).with_key(n.to_string())
        };
        let events: Vec<Envelope> = (0..count).map(event).collect();
        let positions: Vec<u64> = app.append(&events).await.expect("a log").collect();
        self.read_when("/api/moderation/queue", move |queue| queue["open"] == count).await;
        positions
    }
}

#[tokio::test]
async fn a_share_of_verdicts_is_given_twice_and_a_third_person_settles_what_differs() {
    let house = House::start().await;
    let store = &house.running.app.store;
    let [lin, wang] = ["lin", "wang"].map(|name| accounts::create_token(store, "moderator", name, None));
    let (lin, wang) = (lin.await.expect("a token"), wang.await.expect("a token"));
    for some in house.held(MANY).await.chunks(100) {
        let verdict = json!({"positions": some, "outcome": "reject", "clause": "spam"});
        house.asked(&lin, "POST", "/api/moderation/verdicts", verdict).await;
    }
    assert_eq!(house.read("/api/moderation/queue").await["reviewers"], 1);

    // Whoever gave the first verdict gets none of them.
    let claim = json!({"limit": 100});
    let own = house.asked(&lin, "POST", "/api/moderation/blind/claim", claim.clone()).await;
    assert_eq!(own["items"], json!([]));
    let claimed = house.asked(&wang, "POST", "/api/moderation/blind/claim", claim).await;
    let items = claimed["items"].as_array().expect("items");
    assert!((5..60).contains(&items.len()), "{}", items.len());
    assert!(items.iter().all(|item| item["outcome"].is_null() && item["decided_by"].is_null()), "{claimed}");
    let path = |item: &Value| format!("/api/moderation/blind/{}", item["position"]);
    let (first, rest) = items.split_first().expect("one of them");
    let pass = json!({"outcome": "pass"});
    let (status, text) = house.call(Some(&lin), "POST", &path(first), Some(&pass)).await;
    assert!(status == 403 && text.contains("own_verdict"), "{status} {text}");
    house.asked(&wang, "POST", &path(first), pass.clone()).await;
    for item in rest {
        house.asked(&wang, "POST", &path(item), json!({"outcome": "reject", "clause": "abuse"})).await;
    }
    let (status, text) = house.call(Some(&wang), "POST", &path(first), Some(&pass)).await;
    assert!(status == 409 && text.contains("already_decided"), "{status} {text}");

    let disputes = house.read("/api/moderation/disputes").await;
    let [dispute] = &disputes.as_array().expect("a list")[..] else { panic!("{disputes}") };
    assert_eq!(dispute["item"]["position"], first["position"]);
    assert!(!disputes.to_string().contains("lin") && !disputes.to_string().contains("wang"), "{disputes}");
    let settle = format!("/api/moderation/disputes/{}", first["position"]);
    house.asked(&house.admin, "POST", &settle, pass).await;

    // The first verdict was wrong: it is overturned, and counts against who gave it.
    let item = house.read(&format!("/api/moderation/items/{}", first["position"])).await;
    assert_eq!((&item["outcome"], &item["tier"]), (&json!("pass"), &json!(2)));
    let quality = house.read("/api/moderation/quality").await;
    assert_eq!((&quality["pairs"], &quality["disputed"]), (&json!(items.len()), &json!(0)));
    let of = |name: &str| {
        let mut reviewers = quality["reviewers"].as_array().expect("reviewers").iter();
        reviewers.find(|one| one["name"] == name).unwrap_or_else(|| panic!("no {name}: {quality}"))
    };
    assert_eq!((&of("lin")["judged"], &of("lin")["right"]), (&json!(items.len()), &json!(items.len() - 1)));
    assert_eq!(of("wang")["right"], json!(items.len()));
    assert_eq!(of("lin")["decided"], json!(MANY - 1), "the overturned one is somebody else's");
}
