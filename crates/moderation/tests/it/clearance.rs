//! Checks before a show: what is found as people type, versions and their hashes, papers, and what hinders a room.

use crate::gate::House;
use app::testing::Answer;
use sea_orm::ConnectionTrait;
use serde_json::{Value, json};

const WRITER: &str = "moderation.read,moderation.prepare";
const HOUR_MS: i64 = 3_600_000;
const PDF: &[u8] = b"%PDF-1.7\n1 0 obj\n";

fn plan(planned_at_ms: i64, script: &str) -> Value {
    json!({"title": "周五专场", "planned_at_ms": planned_at_ms, "sections": [{"name": "开场", "text": script}], "items": []})
}

fn good(answer: Answer) -> Value {
    assert!((200..300).contains(&answer.status), "{} {}", answer.status, answer.text());
    answer.json()
}

fn code(answer: &Answer) -> String {
    answer.json()["code"].as_str().unwrap_or_default().to_owned()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

impl House {
    fn now(&self) -> i64 {
        self.program.app.now().0
    }

    async fn as_writer(&self, method: &str, path: &str, body: Value) -> Answer {
        self.program.call(WRITER, method, path, Some(body)).await
    }

    async fn planned(&self, content: Value) -> Value {
        let body = json!({"room": self.room.room, "content": content});
        good(self.as_writer("POST", "/api/moderation/dossiers", body).await)
    }

    async fn checked(&self, content: Value) -> Vec<Value> {
        let body = json!({"room": self.room.room, "content": content});
        let answer = good(self.as_writer("POST", "/api/moderation/dossiers/check", body).await);
        answer["findings"].as_array().expect("findings").clone()
    }

    async fn change(&self, dossier: &Value, version: &Value, content: Value) -> Answer {
        let path = format!("/api/moderation/dossiers/{}", text(&dossier["id"]));
        self.as_writer("PUT", &path, json!({"version": version, "content": content})).await
    }

    async fn submit(&self, dossier: &Value) -> Answer {
        let path = format!("/api/moderation/dossiers/{}/submit", text(&dossier["id"]));
        self.as_writer("POST", &path, json!({"version": dossier["version"]})).await
    }

    async fn bring(&self, who: &str, query: &str, bytes: &[u8]) -> Answer {
        let room = self.room.room;
        let request = http::Request::post(format!("/api/moderation/documents?room={room}&{query}"))
            .header("authorization", format!("Bearer {who}"))
            .body(bytes.to_vec());
        self.program.send(request.expect("a request")).await
    }

    async fn paper(&self, kind: &str, valid_to: &str) -> String {
        let query = format!("kind={kind}&number=1&holder=1024&valid_to={valid_to}");
        text(&good(self.bring(WRITER, &query, PDF).await)["id"]).to_owned()
    }

    async fn hindered(&self) -> Vec<&'static str> {
        let room = &self.room;
        let found = self.moderation.obstacles(room.org, room.team, room.room).await.expect("an answer");
        found.into_iter().map(|(code, _)| code).collect()
    }
}

/// Level, code and word of each.
fn said(findings: &[Value]) -> Vec<String> {
    let said = |one: &Value| [&one["level"], &one["code"], &one["word"]].map(text).join(" ");
    findings.iter().map(said).collect()
}

#[tokio::test]
async fn what_people_type_is_checked_with_its_law_and_its_exceptions() {
    let house = House::start().await;
    let found = house.checked(plan(house.now(), "这款面霜是全网第一，最佳使用时间是晚上")).await;
    assert_eq!(said(&found), ["error word 全网第一", "note exempt 最佳"]);
    assert_eq!((&found[0]["start"], &found[0]["end"]), (&json!(5), &json!(9)));
    assert_eq!(found[0]["source"], "广告法第9条第(三)项");
    assert_eq!((&found[0]["field"], &found[0]["at"]), (&json!("section"), &json!(0)));
    assert_eq!(
        (&found[1]["exemption"], &found[1]["source"]),
        (&json!("advice"), &json!("《广告绝对化用语执法指南》第六条"))
    );
}

#[tokio::test]
async fn the_rooms_own_list_counts_too() {
    let house = House::start().await;
    let list = house
        .ask("POST", "/api/moderation/lists", json!({"name": "禁语", "room": house.room.room, "level": "block"}))
        .await;
    let path = format!("/api/moderation/lists/{}/words", text(&list["id"]));
    house.ask("PATCH", &path, json!({"add": [{"word": "隔壁老王"}]})).await;
    // Lists come into force when they are read again; a change of one asks for that.
    for _ in 0..3_000 {
        if said(&house.checked(plan(house.now(), "隔壁老王也说好")).await) == ["error word 隔壁老王"] {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    panic!("the list never counted");
}

#[tokio::test]
async fn what_is_too_long_or_nobodys_is_refused() {
    let house = House::start().await;
    let long = plan(house.now(), &"好".repeat(8_001));
    let path = "/api/moderation/dossiers/check";
    let check = |content: Value| house.as_writer("POST", path, json!({"room": house.room.room, "content": content}));
    assert_eq!(code(&check(long).await), "bad_section");
    let mut many = plan(house.now(), "");
    many["sections"] = json!(vec![json!({"name": "", "text": "好".repeat(8_000)}); 3]);
    assert_eq!(code(&check(many).await), "too_long");
    let elsewhere = json!({"room": events::RoomId::new(), "content": plan(house.now(), "")});
    assert_eq!(house.as_writer("POST", path, elsewhere).await.status, 404);
}

#[tokio::test]
async fn a_version_has_its_hash_and_a_stale_change_is_refused() {
    let house = House::start().await;
    let first = house.planned(plan(house.now(), "大家好")).await;
    assert_eq!((&first["version"], &first["state"]), (&json!(1), &json!("draft")));
    let second = good(house.change(&first, &json!(1), plan(house.now(), "大家晚上好")).await);
    assert_eq!(second["version"], 2);
    assert_ne!(second["sha256"], first["sha256"]);
    let stale = house.change(&first, &json!(1), plan(house.now(), "大家早上好")).await;
    assert_eq!((stale.status, code(&stale)), (409, "stale".into()));
    let same = good(house.change(&first, &json!(2), second["content"].clone()).await);
    assert_eq!((&same["version"], &same["sha256"]), (&json!(2), &second["sha256"]));

    let submitted = good(house.submit(&second).await);
    assert_eq!((&submitted["state"], &submitted["sha256"]), (&json!("submitted"), &second["sha256"]));
    assert_eq!(code(&house.submit(&second).await), "not_draft");
    let path = format!("/api/moderation/dossiers/{}/versions/2", text(&first["id"]));
    let kept = good(house.program.call(WRITER, "GET", &path, None).await);
    assert_eq!(app::hash_of_secret(text(&kept["text"])), text(&kept["sha256"]));
    assert!(text(&kept["text"]).contains("大家晚上好"));

    let third = good(house.change(&first, &json!(2), plan(house.now(), "换一句")).await);
    assert_eq!((&third["version"], &third["state"]), (&json!(3), &json!("draft")));
    let withdrawn = good(house.program.call(WRITER, "GET", &path, None).await);
    assert_eq!((&withdrawn["state"], &withdrawn["text"]), (&json!("withdrawn"), &kept["text"]));
}

#[tokio::test]
async fn of_two_who_change_the_same_version_one_is_refused() {
    let house = House::start().await;
    let first = house.planned(plan(house.now(), "大家好")).await;
    let version = json!(1);
    let (one, other) = tokio::join!(
        house.change(&first, &version, plan(house.now(), "左")),
        house.change(&first, &version, plan(house.now(), "右"))
    );
    let mut statuses = [one.status, other.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 409]);
}

#[tokio::test]
async fn papers_are_asked_for_by_category_and_by_the_day_of_the_show() {
    let house = House::start().await;
    let with = |documents: Vec<String>| {
        let mut content = plan(house.now(), "");
        content["items"] = json!([{"name": "面霜", "category": "cosmetics", "claims": "", "documents": documents}]);
        content
    };
    let papers = |findings: Vec<Value>| -> Vec<String> {
        findings.iter().map(|one| format!("{} {}", text(&one["code"]), text(&one["paper"]))).collect()
    };
    let none = papers(house.checked(with(Vec::new())).await);
    assert_eq!(none, ["paper_missing business_licence", "paper_missing cosmetics_filing"]);
    let licence = house.paper("business_licence", "2020-01-01").await;
    let filing = house.paper("cosmetics_filing", "2999-12-31").await;
    let some = papers(house.checked(with(vec![licence, filing])).await);
    assert_eq!(some, ["paper_expired business_licence"]);
    let over = good(house.program.call(WRITER, "GET", "/api/moderation/documents?expiring_days=30", None).await);
    let over: Vec<&str> = over["items"].as_array().expect("papers").iter().map(|one| text(&one["kind"])).collect();
    assert_eq!(over, ["business_licence"]);
}

#[tokio::test]
async fn a_file_is_what_it_says_and_is_kept_as_it_came() {
    let house = House::start().await;
    let query = "kind=food_licence&number=1&holder=1024";
    for (bytes, name, wanted) in [
        (&b"MZ\x90\0\x03"[..], "licence.pdf", "bad_file"),
        (b"<html>%PDF-1.7", "licence.pdf", "bad_file"),
        (b"", "licence.pdf", "bad_file"),
        (PDF, "licence.png", "other_file"),
        (b"\x89PNG\r\n\x1a\n\0", "licence.jpg", "other_file"),
    ] {
        let answer = house.bring(WRITER, &format!("{query}&file_name={name}"), bytes).await;
        assert_eq!((answer.status, code(&answer)), (422, wanted.to_owned()), "{name}");
    }
    for (other, wanted) in [
        ("kind=fishing_licence&number=1&holder=1024", "bad_kind"),
        ("kind=food_licence&number=%20&holder=1024", "bad_number"),
        ("kind=food_licence&number=1&holder=1024&valid_to=2026-02-30", "bad_day"),
        ("kind=food_licence&number=1&holder=1024&valid_from=2026-03-02&valid_to=2026-03-01", "bad_day"),
    ] {
        assert_eq!(code(&house.bring(WRITER, other, PDF).await), wanted, "{other}");
    }
    let huge = vec![b'%'; 10 * 1024 * 1024 + 1];
    assert_eq!(house.bring(WRITER, query, &huge).await.status, 413);

    let kept = good(house.bring(WRITER, &format!("{query}&file_name=licence.PDF"), PDF).await);
    let path = format!("/api/moderation/documents/{}/file", text(&kept["id"]));
    let file = house.program.call("moderation.read", "GET", &path, None).await;
    assert_eq!((file.status, &file.body[..]), (200, PDF));
    assert_eq!(app::hash_of_bytes(&file.body), text(&kept["sha256"]));
    let disposition = file.headers["content-disposition"].to_str().expect("a header");
    assert!(disposition.starts_with("attachment"), "{disposition}");
    assert_eq!(file.headers["x-content-type-options"], "nosniff");
    assert_eq!(house.program.call("room.read", "GET", &path, None).await.status, 403);
}

#[tokio::test]
async fn what_is_another_teams_is_not_there() {
    let house = House::start().await;
    let dossier = house.planned(plan(house.now(), "大家好")).await;
    let paper = house.paper("food_licence", "2999-12-31").await;
    let elsewhere = format!("{WRITER},moderation.clear,moderation.sign@other");
    let id = text(&dossier["id"]);
    let body = json!({"version": 1, "sha256": dossier["sha256"], "reason": "1024"});
    let seen = json!({"version": 1, "sha256": dossier["sha256"]});
    for (method, path, body) in [
        ("GET", format!("/api/moderation/dossiers/{id}"), Value::Null),
        ("PUT", format!("/api/moderation/dossiers/{id}"), json!({"version": 1, "content": plan(house.now(), "")})),
        ("DELETE", format!("/api/moderation/dossiers/{id}"), Value::Null),
        ("GET", format!("/api/moderation/dossiers/{id}/versions"), Value::Null),
        ("GET", format!("/api/moderation/dossiers/{id}/versions/1"), Value::Null),
        ("POST", format!("/api/moderation/dossiers/{id}/submit"), json!({"version": 1})),
        ("POST", format!("/api/moderation/dossiers/{id}/return"), body),
        ("POST", format!("/api/moderation/dossiers/{id}/clear"), seen.clone()),
        ("POST", format!("/api/moderation/dossiers/{id}/sign"), seen),
        ("GET", format!("/api/moderation/documents/{paper}/file"), Value::Null),
        ("DELETE", format!("/api/moderation/documents/{paper}"), Value::Null),
    ] {
        let body = Some(body).filter(|body| !body.is_null());
        let answer = house.program.call(&elsewhere, method, &path, body).await;
        assert_eq!(answer.status, 404, "{method} {path}: {}", answer.text());
    }
    for list in ["dossiers", "documents"] {
        let seen = good(house.program.call(&elsewhere, "GET", &format!("/api/moderation/{list}"), None).await);
        assert_eq!(seen["items"], json!([]), "{list}");
    }
    let mut content = plan(house.now(), "");
    content["items"] = json!([{"name": "1", "category": "food", "claims": "", "documents": [events::RoomId::new()]}]);
    let unknown =
        house.as_writer("POST", "/api/moderation/dossiers", json!({"room": house.room.room, "content": content}));
    assert_eq!(code(&unknown.await), "unknown_document");
}

#[tokio::test]
async fn a_room_is_hindered_until_the_nearest_show_is_cleared() {
    let house = House::start().await;
    assert_eq!(house.hindered().await, ["clearance_open"]);
    house.planned(plan(house.now() + 20 * HOUR_MS, "明天")).await;
    assert_eq!(house.hindered().await, ["clearance_open"], "what is far off says nothing");
    let tonight = house.planned(plan(house.now() + HOUR_MS, "今晚")).await;
    assert_eq!(house.hindered().await, ["clearance_open"]);
    // Who clears it is somebody else; how, is told elsewhere.
    let sql = format!("UPDATE moderation_dossiers SET state = 'cleared' WHERE id = '{}'", text(&tonight["id"]));
    let tx = house.program.app.store.begin().await.expect("a transaction");
    tx.execute_unprepared(&sql).await.expect("a statement");
    tx.commit().await.expect("a commit");
    assert_eq!(house.hindered().await, Vec::<&str>::new());
    house.planned(plan(house.now() - 5 * HOUR_MS, "下午")).await;
    assert_eq!(house.hindered().await, Vec::<&str>::new(), "another show is further off");
    good(house.change(&tonight, &json!(1), plan(house.now() + HOUR_MS, "改一句")).await);
    assert_eq!(house.hindered().await, ["clearance_open"]);
}
