//! What is said in a room, from the socket to the people who decide, and back.

use crate::house::{client, settings};
use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use server::{Config, Running, start};
use std::time::Duration;
use tokio::net::TcpStream;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async, tungstenite::Message};

/// Only against hanging; no test states a time.
const PATIENCE: Duration = Duration::from_secs(60);

struct Show {
    running: Running,
    admin: String,
    room: String,
}

impl Show {
    async fn start(config: Config) -> Self {
        let running = start(config).await.expect("a started program");
        let admin = accounts::create_token(&running.app.store, "admin", "test", None).await.expect("a token");
        let mut show = Self { running, admin, room: String::new() };
        let made = show.ask("POST", "/api/rooms", json!({"title": "晚场", "private": false})).await;
        show.room = made["id"].as_str().expect("an id").to_owned();
        show
    }

    async fn ask(&self, method: &str, path: &str, body: Value) -> Value {
        let method = reqwest::Method::from_bytes(method.as_bytes()).expect("a method");
        let request = client().request(method, format!("http://{}{path}", self.running.http)).bearer_auth(&self.admin);
        let request = if body.is_null() { request } else { request.json(&body) };
        let answer = request.send().await.expect("an answer");
        let (status, text) = (answer.status(), answer.text().await.expect("a body"));
        assert!(status.is_success(), "{path}: {status} {text}");
        serde_json::from_str(&text).unwrap_or(Value::Null)
    }

    async fn viewer(&self) -> Viewer {
        let ticket = self.ask("POST", &format!("/api/rooms/{}/viewer-token", self.room), json!({})).await;
        self.viewer_with(ticket["token"].as_str().expect("a token")).await
    }

    async fn viewer_with(&self, token: &str) -> Viewer {
        let url = format!("ws://{}/ws/rooms/{}?token={token}", self.running.http, self.room);
        let (socket, _) = connect_async(url).await.expect("a socket");
        let mut viewer = Viewer { socket, token: token.to_owned(), heard: Vec::new() };
        viewer.until("hello", |message| message["type"] == "hello").await;
        viewer
    }

    /// Decides about what waits, once it is there.
    async fn decide(&self, text: &str, verdict: Value) {
        let item = self.item(text).await;
        let mut body = json!({"positions": [item["position"]]});
        body.as_object_mut().expect("an object").extend(verdict.as_object().expect("an object").clone());
        let given = self.ask("POST", "/api/moderation/verdicts", body).await;
        assert_eq!(given["decided"], json!([item["position"]]), "{given}");
    }

    async fn item(&self, text: &str) -> Value {
        for _ in 0..1_000 {
            let page = self.ask("GET", "/api/moderation/items", Value::Null).await;
            let items = page["items"].as_array().expect("items");
            if let Some(item) = items.iter().find(|item| item["text"] == text) {
                return item.clone();
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("`{text}` never came to people");
    }
}

struct Viewer {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    token: String,
    /// Texts that were shown, and events.
    heard: Vec<Value>,
}

impl Viewer {
    async fn says(&mut self, id: &str, text: &str) -> Value {
        let message = json!({"type": "danmaku", "id": id, "text": text});
        self.socket.send(Message::text(message.to_string())).await.expect("an open socket");
        self.until(id, |message| message["id"] == id).await
    }

    async fn until(&mut self, what: &str, fits: impl Fn(&Value) -> bool) -> Value {
        loop {
            let next = tokio::time::timeout(PATIENCE, self.socket.next()).await;
            let next = next.unwrap_or_else(|_| panic!("waited for {what}, heard {:?}", self.heard));
            let Some(Ok(message)) = next else { panic!("the socket ended before {what}") };
            let Message::Text(text) = message else { continue };
            let message: Value = serde_json::from_str(&text).expect("JSON");
            for kind in ["danmaku", "events"] {
                self.heard.extend(message[kind].as_array().into_iter().flatten().cloned());
            }
            if fits(&message) {
                return message;
            }
        }
    }

    async fn sees(&mut self, text: &str) -> Value {
        let shown = |message: &Value| {
            message["danmaku"].as_array().into_iter().flatten().any(|danmaku| danmaku["text"] == text)
        };
        if let Some(known) = self.heard.iter().find(|heard| heard["text"] == text) {
            return known.clone();
        }
        self.until(text, shown).await;
        self.heard.iter().find(|heard| heard["text"] == text).expect("what was just shown").clone()
    }

    fn never_saw(&self, text: &str) {
        assert!(self.heard.iter().all(|heard| heard["text"] != text), "{:?}", self.heard);
    }
}

fn config(dir: &tempfile::TempDir) -> Config {
    let mut config = settings(dir.path());
    config.database.url = store::testing::url(dir.path());
    config.room.danmaku_per_s = 1_000;
    config
}

#[tokio::test]
async fn words_are_masked_held_and_blocked_and_people_decide() {
    let dir = tempfile::tempdir().expect("a folder");
    let show = Show::start(config(&dir)).await;
    let (mut author, mut other) = (show.viewer().await, show.viewer().await);

    let list = show.ask("POST", "/api/moderation/lists", json!({"name": "本场", "level": "block"})).await;
    let words = format!("/api/moderation/lists/{}/words", list["id"].as_str().expect("an id"));
    let add = json!({"add": [{"word": "拼夕夕", "category": "spam"}, {"word": "家人们", "level": "alarm"}]});
    show.ask("PATCH", &words, add).await;

    // In force when it is answered.
    let refused = author.says("1", "去拼夕夕买").await;
    assert_eq!((&refused["code"], &refused["clause"]), (&json!("blocked"), &json!("spam")), "{refused}");
    assert_eq!(author.says("2", "主播好看").await["type"], "ack");
    assert_eq!(author.says("3", "你是傻逼吗").await["held"], Value::Null);
    other.sees("你是**吗").await;
    let item = show.item("你是傻逼吗").await;
    assert_eq!((&item["verdict"], &item["state"]), (&json!("mask"), &json!("noted")));
    let reason = &item["reasons"][0];
    assert_eq!((&reason["word"], &reason["list"], &reason["start"]), (&json!("傻逼"), &json!("pack"), &json!(2)));

    // What waits is seen by nobody until a person has let it through.
    let ack = author.says("4", "加薇信看货").await;
    assert_eq!(ack["held"], true, "{ack}");
    let again = author.says("4", "加薇信看货").await;
    assert_eq!(again["pos"], ack["pos"], "the same again is the same");
    author.says("5", "后面这句").await;
    other.sees("后面这句").await;
    other.never_saw("加薇信看货");
    show.decide("加薇信看货", json!({"outcome": "pass"})).await;
    let told = author.until("reviewed", |message| message["type"] == "reviewed").await;
    assert_eq!((&told["id"], &told["outcome"]), (&json!("4"), &json!("pass")));
    other.sees("加薇信看货").await;

    assert_eq!(author.says("6", "加薇信领红包").await["held"], true);
    show.decide("加薇信领红包", json!({"outcome": "reject", "clause": "contact"})).await;
    let told = author.until("reviewed", |message| message["type"] == "reviewed").await;
    assert_eq!((&told["outcome"], &told["clause"]), (&json!("reject"), &json!("contact")));

    // What was shown is taken down.
    author.says("7", "家人们冲啊").await;
    let shown = other.sees("家人们冲啊").await;
    show.decide("家人们冲啊", json!({"outcome": "reject", "clause": "own"})).await;
    let removed = |message: &Value| {
        message["events"].as_array().into_iter().flatten().any(|event| event["type"] == "DanmakuRemoved")
    };
    other.until("removed", removed).await;
    let event = other.heard.iter().find(|heard| heard["type"] == "DanmakuRemoved").expect("the event");
    assert_eq!(event["data"]["position"], shown["pos"]);
    other.never_saw("加薇信领红包");
    other.never_saw("去拼夕夕买");

    show.ask("DELETE", &format!("/api/moderation/lists/{}", list["id"].as_str().expect("an id")), Value::Null).await;
    assert_eq!(author.says("8", "去拼夕夕买").await["type"], "ack");
    show.running.run(async {}).await.expect("an end");
}

#[tokio::test]
async fn a_room_is_opened_closed_and_looked_at_first() {
    let dir = tempfile::tempdir().expect("a folder");
    let show = Show::start(config(&dir)).await;
    let (mut author, mut other) = (show.viewer().await, show.viewer().await);
    let chat = format!("/api/rooms/{}/chat", show.room);

    show.ask("PUT", &chat, json!({"mode": "off"})).await;
    assert_eq!(author.says("1", "有人吗").await["code"], "chat_off");
    show.ask("PUT", &chat, json!({"mode": "before_review"})).await;
    assert_eq!(author.says("1", "有人吗").await["held"], true);
    show.decide("有人吗", json!({"outcome": "pass"})).await;
    other.sees("有人吗").await;
    let late = show.viewer().await;
    assert!(late.token != author.token);
    show.ask("PUT", &chat, json!({"mode": "after_review"})).await;
    assert_eq!(author.says("2", "可以说话了").await["held"], Value::Null);
    other.sees("可以说话了").await;
    // A mode is in force when it is answered, and told a moment later.
    let changes = |viewer: &Viewer| {
        let changed = viewer.heard.iter().filter(|heard| heard["type"] == "ChatModeChanged");
        changed.map(|heard| heard["data"]["mode"].clone()).collect::<Vec<Value>>()
    };
    while changes(&other).len() < 3 {
        other.until("the modes", |message| message["type"] == "tick").await;
    }
    assert_eq!(changes(&other), ["off", "before_review", "after_review"]);

    // Split over messages, a word is a word.
    for (id, piece) in [("3", "加"), ("4", "薇")] {
        assert_eq!(author.says(id, piece).await["held"], Value::Null, "{piece}");
    }
    assert_eq!(author.says("5", "信").await["held"], true);
    let item = show.item("信").await;
    assert_eq!(item["reasons"][0]["rule"], "joined", "{item}");
    show.running.run(async {}).await.expect("an end");
}

impl Show {
    async fn token(&self) -> String {
        let ticket = self.ask("POST", &format!("/api/rooms/{}/viewer-token", self.room), json!({})).await;
        ticket["token"].as_str().expect("a token").to_owned()
    }

    async fn report(&self, token: &str, position: &Value, clause: &str) -> (u16, Value) {
        let url = format!("http://{}/api/rooms/{}/reports?token={token}", self.running.http, self.room);
        let body = json!({"position": position, "clause": clause});
        let answer = client().post(url).json(&body).send().await.expect("an answer");
        (answer.status().as_u16(), answer.json().await.expect("JSON"))
    }

    async fn own_reports(&self, token: &str) -> Value {
        self.ask("GET", &format!("/api/rooms/{}/reports?token={token}", self.room), Value::Null).await
    }
}

#[tokio::test]
async fn what_viewers_report_comes_before_people_and_they_learn_what_came_of_it() {
    let dir = tempfile::tempdir().expect("a folder");
    let show = Show::start(config(&dir)).await;
    let (mut author, mut other) = (show.viewer().await, show.viewer().await);
    author.says("1", "主播是骗人的").await;
    author.says("2", "今天天气好").await;
    let (bad, good) = (other.sees("主播是骗人的").await["pos"].clone(), other.sees("今天天气好").await["pos"].clone());
    let token = show.token().await;

    let (status, told) = show.report(&token, &bad, "fraud").await;
    assert_eq!((status, &told["state"]), (200, &json!("open")), "{told}");
    assert_eq!(show.report(&token, &bad, "abuse").await.1["clause"], "fraud", "the same again is the same");
    let item = show.item("主播是骗人的").await;
    assert_eq!(
        (&item["state"], &item["reports"], &item["reasons"][0]["rule"]),
        (&json!("open"), &json!(1), &json!("report"))
    );
    let something_else = (1..4).map(|position| json!(position)).find(|position| *position != bad && *position != good);
    let something_else = something_else.expect("the log begins with a room");
    for (position, clause, status, code) in [
        (&bad, "nonsense", 422, "bad_clause"),
        (&json!(0), "abuse", 404, "danmaku_not_found"),
        (&json!(u64::MAX), "abuse", 404, "danmaku_not_found"),
        (&something_else, "abuse", 404, "danmaku_not_found"),
    ] {
        let (found, told) = show.report(&token, position, clause).await;
        assert_eq!((found, &told["code"]), (status, &json!(code)), "{told}");
    }
    assert_eq!(show.report(&author.token, &bad, "abuse").await.1["code"], "own_danmaku");

    // A person upholds one and dismisses the other.
    show.report(&token, &good, "abuse").await;
    show.decide("主播是骗人的", json!({"outcome": "reject", "clause": "fraud"})).await;
    show.decide("今天天气好", json!({"outcome": "pass"})).await;
    let own = show.own_reports(&token).await;
    let states: Vec<&Value> =
        own["reports"].as_array().expect("reports").iter().map(|report| &report["state"]).collect();
    assert_eq!(states, ["dismissed", "upheld"]);
    assert_eq!((&own["points"], &own["distrusted"]), (&json!(10), &json!(false)));
    let late = show.token().await;
    assert_eq!(show.report(&late, &good, "abuse").await.1["state"], "late");
    show.running.run(async {}).await.expect("an end");
}

#[tokio::test]
async fn whoever_is_mostly_wrong_or_comes_with_a_brigade_counts_less() {
    let dir = tempfile::tempdir().expect("a folder");
    let show = Show::start(config(&dir)).await;
    let (mut author, mut other) = (show.viewer().await, show.viewer().await);
    let mut brigade = Vec::new();
    for _ in 0..3 {
        brigade.push(show.token().await);
    }
    // They report what nobody minds, again and again.
    for n in 0..11 {
        let text = format!("无害的第{n}句话");
        author.says(&n.to_string(), &text).await;
        let position = other.sees(&text).await["pos"].clone();
        for token in &brigade {
            assert_eq!(show.report(token, &position, "abuse").await.0, 200);
        }
        if n < 10 {
            show.decide(&text, json!({"outcome": "pass"})).await;
        }
    }
    let item = show.item("无害的第10句话").await;
    assert_eq!((&item["state"], &item["reports"], &item["report_weight"]), (&json!("noted"), &json!(3), &json!(0.0)));
    let path = format!("/api/moderation/items/{}/reports", item["position"]);
    let told = show.ask("GET", &path, Value::Null).await;
    let reports = told["reports"].as_array().expect("reports");
    assert!(reports.iter().all(|report| report["brigade"] == true && report["distrusted"] == true), "{told}");
    assert_eq!(show.own_reports(&brigade[0]).await["distrusted"], true);
    // Somebody else still brings it up.
    let honest = show.token().await;
    show.report(&honest, &other.sees("无害的第10句话").await["pos"].clone(), "abuse").await;
    let item = show.item("无害的第10句话").await;
    assert_eq!(item["state"], "open", "{item}");
    let told = show.ask("GET", &path, Value::Null).await;
    assert_eq!((&told["weight_without_brigade"], &told["looked_at_without_brigade"]), (&json!(0.5), &json!(true)));
    show.running.run(async {}).await.expect("an end");
}

#[tokio::test]
async fn a_list_is_tried_on_what_was_said_before_it_counts() {
    let dir = tempfile::tempdir().expect("a folder");
    let show = Show::start(config(&dir)).await;
    let mut author = show.viewer().await;
    for n in 0..10 {
        let text = if n < 6 { format!("主播好看{n}") } else { format!("这茶真好喝{n}") };
        assert_eq!(author.says(&n.to_string(), &text).await["type"], "ack");
    }
    // What was masked is looked at as it was written; what was rejected is nobody's loss.
    author.says("10", "你是傻逼吗").await;
    assert_eq!(author.says("11", "加薇信看货").await["held"], true);
    show.decide("加薇信看货", json!({"outcome": "reject", "clause": "contact"})).await;

    let path = "/api/moderation/lists/dry-run";
    let wanted = json!({"words": "好喝\tspam\thold\n坏行\tspam\tmaskk"});
    let mut tried = Value::Null;
    // The archive follows the log.
    for _ in 0..1_000 {
        tried = show.ask("POST", path, wanted.clone()).await;
        if tried["looked_at"] == 12 && tried["innocent"] == 11 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(
        (&tried["looked_at"], &tried["innocent"], &tried["left_out_count"]),
        (&json!(12), &json!(11), &json!(1))
    );
    let hits = |side: &str| (tried[side]["hit"]["hits"].clone(), tried[side]["levels"].clone());
    let level = |level: &Value| (level["level"].clone(), level["hits"].clone());
    let levels = |side: &str| hits(side).1.as_array().expect("levels").iter().map(level).collect::<Vec<_>>();
    assert_eq!((hits("before").0, hits("after").0), (json!(2), json!(6)));
    assert_eq!(levels("before"), [(json!("hold"), json!(1)), (json!("mask"), json!(1))]);
    assert_eq!(levels("after"), [(json!("hold"), json!(5)), (json!("mask"), json!(1))]);
    assert_eq!((&tried["new_count"], &tried["gone_count"]), (&json!(4), &json!(0)));
    let example = &tried["new"][0];
    let said = [&example["word"], &example["rule"], &example["list"], &example["category"]];
    assert_eq!(said, [&json!("好喝"), &json!("exact"), &json!("new"), &json!("spam")]);
    let warned = tried["warnings"].as_array().expect("warnings").iter();
    let warned: Vec<_> = warned.map(|warning| (warning["code"].clone(), warning["word"].clone())).collect();
    assert_eq!(warned, [(json!("too_many"), Value::Null), (json!("too_many"), json!("好喝"))]);
    assert_eq!(show.ask("GET", "/api/moderation/lists", Value::Null).await["items"], json!([]), "nothing is kept");
    assert_eq!(author.says("12", "这茶真好喝").await["held"], Value::Null);

    let list = show.ask("POST", "/api/moderation/lists", json!({"name": "本场", "level": "alarm"})).await;
    let path = format!("/api/moderation/lists/{}", list["id"].as_str().expect("an id"));
    show.ask("PATCH", &format!("{path}/words"), json!({"add": [{"word": "主播"}, {"word": "好看"}]})).await;
    let tried = show.ask("POST", &format!("{path}/dry-run"), json!({"remove": ["主播", "好看"]})).await;
    assert_eq!((&tried["gone_count"], &tried["new_count"]), (&json!(6), &json!(0)));
    assert_eq!(tried["gone"][0]["list"], list["id"]);
    let tried = show.ask("POST", &format!("{path}/dry-run"), json!({"enabled": false})).await;
    assert_eq!((&tried["gone_count"], &tried["warnings"]), (&json!(6), &json!([])));
    // A room's own list, in its room.
    let in_room = format!("/api/moderation/lists/dry-run?room={}", show.room);
    let tried = show.ask("POST", &in_room, json!({"add": [{"word": "真好喝", "level": "block"}]})).await;
    assert!(tried["new_count"].as_u64() >= Some(4), "{tried}");
}
