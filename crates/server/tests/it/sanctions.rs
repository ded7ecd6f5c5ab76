//! Who breaks the rules is kept from it at once, told why, and heard.

use crate::house::{client, settings};
use events::{ChatMode, Clock, DanmakuJudged, DanmakuSent, Envelope, Event, Millis, Source, TextVerdict, ViewerId};
use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use server::{Running, start_at};
use std::{fs, path::Path, time::Duration};
use tokio::net::TcpStream;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async, tungstenite};
use tungstenite::Message;

/// Only against hanging; no test states a time.
const PATIENCE: Duration = Duration::from_secs(60);
const NOON: Millis = Millis(1_795_867_200_000);
const HOUR_MS: i64 = 3_600_000;
const WORDS: &str = "老王说他没有错";

/// A program, a room, and three who work there.
struct House {
    running: Running,
    clock: Clock,
    dir: tempfile::TempDir,
    admin: String,
    desk: String,
    senior: String,
    room: String,
}

/// A viewer's way in.
#[derive(Clone)]
struct Ticket {
    token: String,
    viewer: String,
}

impl House {
    async fn start() -> Self {
        let (dir, clock) = (tempfile::tempdir().expect("a folder"), Clock::manual(NOON));
        let running = Self::program(&dir, &dir.path().join("data"), &clock).await;
        let token = |role: &'static str, name: &'static str| {
            let store = running.app.store.clone();
            async move { accounts::create_token(&store, role, name, None).await.expect("a token") }
        };
        let (admin, desk) = (token("admin", "admin").await, token("moderator", "desk").await);
        let senior = token("senior_moderator", "senior").await;
        let mut house = Self { running, clock, dir, admin, desk, senior, room: String::new() };
        let made = house.good(&house.admin, "POST", "/api/rooms", json!({"title": "晚场", "private": false})).await;
        house.room = text(&made["id"]);
        house
    }

    async fn program(dir: &tempfile::TempDir, data: &Path, clock: &Clock) -> Running {
        let mut config = settings(dir.path());
        config.database.url = store::testing::url(dir.path());
        config.room.danmaku_per_s = 1_000;
        config.data = data.to_path_buf();
        start_at(config, clock.clone()).await.expect("a started program")
    }

    /// Ends the program and starts another on what it left. Within this process the first never lets go of its log, so that is a copy.
    async fn restart(self) -> Self {
        let Self { running, clock, dir, .. } = self;
        let (data, copy) = (running.app.data_dir.clone(), dir.path().join("again"));
        running.run(async {}).await.expect("an end");
        copy_all(&data, &copy);
        let running = Self::program(&dir, &copy, &clock).await;
        Self { running, clock, dir, ..self }
    }

    async fn ask(&self, who: &str, method: &str, path: &str, body: Value) -> (u16, Value) {
        let method = reqwest::Method::from_bytes(method.as_bytes()).expect("a method");
        let request = client().request(method, format!("http://{}{path}", self.running.http));
        let request = if who.is_empty() { request } else { request.bearer_auth(who) };
        let request = if body.is_null() { request } else { request.json(&body) };
        let answer = request.send().await.expect("an answer");
        let status = answer.status().as_u16();
        (status, answer.json().await.unwrap_or(Value::Null))
    }

    async fn good(&self, who: &str, method: &str, path: &str, body: Value) -> Value {
        let (status, answer) = self.ask(who, method, path, body).await;
        assert!((200..300).contains(&status), "{method} {path}: {status} {answer}");
        answer
    }

    /// The code of a refusal.
    async fn bad(&self, who: &str, method: &str, path: &str, body: Value) -> String {
        let (status, answer) = self.ask(who, method, path, body).await;
        assert!(status >= 400, "{method} {path}: {status} {answer}");
        text(&answer["code"])
    }

    async fn ticket(&self, of: Option<&Ticket>) -> Ticket {
        let body = of.map_or(json!({}), |of| json!({"token": of.token}));
        let path = format!("/api/rooms/{}/viewer-token", self.room);
        let made = self.good("", "POST", &path, body).await;
        Ticket { token: text(&made["token"]), viewer: text(&made["viewer_id"]) }
    }

    async fn impose(&self, who: &str, wanted: Value) -> Value {
        self.good(who, "POST", "/api/moderation/sanctions", wanted).await
    }

    /// Against a viewer in the room, chosen by a person.
    async fn punish(&self, of: &Ticket, kind: &str, minutes: Option<u64>) -> Value {
        let wanted = json!({"viewer": of.viewer, "room": self.room, "clause": "contact", "kind": kind, "minutes": minutes, "why": "重复"});
        self.impose(&self.desk, wanted).await
    }

    async fn own(&self, ticket: &Ticket) -> Value {
        let path = format!("/api/rooms/{}/sanctions?token={}", self.room, ticket.token);
        self.good("", "GET", &path, Value::Null).await["items"].clone()
    }

    fn appeal_path(&self, ticket: &Ticket, sanction: &Value) -> String {
        format!("/api/rooms/{}/sanctions/{}/appeal?token={}", self.room, text(&sanction["id"]), ticket.token)
    }

    async fn appeal(&self, ticket: &Ticket, sanction: &Value) -> String {
        self.good("", "POST", &self.appeal_path(ticket, sanction), json!({"text": WORDS})).await;
        text(&self.sanction(sanction).await["appeal"]["id"])
    }

    async fn sanction(&self, sanction: &Value) -> Value {
        let path = format!("/api/moderation/sanctions/{}", text(&sanction["id"]));
        self.good(&self.desk, "GET", &path, Value::Null).await
    }

    async fn until(&self, sanction: &Value, state: &str) -> Value {
        for _ in 0..1_500 {
            let now = self.sanction(sanction).await;
            if now["state"] == state {
                return now;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("it never was {state}: {}", self.sanction(sanction).await);
    }

    /// A danmaku of the viewer that was held and rejected; its position.
    async fn rejected(&self, of: &Ticket) -> u64 {
        let app = &self.running.app;
        let (org, team) = self.running.home().await.expect("the first team");
        let judged = DanmakuJudged {
            verdict: TextVerdict::Hold,
            danmaku: DanmakuSent::plain("加薇信看货"),
            reasons: Vec::new(),
            score_milli: Some(870),
            mode: ChatMode::AfterReview,
            lists: 0,
            model: None,
        };
        let viewer: ViewerId = of.viewer.parse().expect("a pseudonym");
        let event = Envelope::new(app.now(), Source::Viewer, org, Event::DanmakuJudged(judged)).with_team(team);
        let event = event.with_room(self.room.parse().expect("an id")).with_viewer(viewer).with_key("k");
        let position = app.append(&[event]).await.expect("a log").start;
        let verdict = json!({"positions": [position], "outcome": "reject", "clause": "contact"});
        for _ in 0..1_500 {
            if self.ask(&self.desk, "POST", "/api/moderation/verdicts", verdict.clone()).await.0 == 200 {
                return position;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("it never came to people");
    }

    async fn proposal(&self, of: &Ticket) -> Value {
        let path = format!("/api/moderation/sanctions/proposal?clause=contact&viewer={}", of.viewer);
        self.good(&self.desk, "GET", &path, Value::Null).await
    }

    async fn enter(&self, ticket: &Ticket) -> Result<Viewer, u16> {
        let url = format!("ws://{}/ws/rooms/{}?token={}", self.running.http, self.room, ticket.token);
        match connect_async(url).await {
            Ok((socket, _)) => {
                let mut viewer = Viewer(socket);
                viewer.until("hello", |message| message["type"] == "hello").await;
                Ok(viewer)
            }
            Err(tungstenite::Error::Http(answer)) => Err(answer.status().as_u16()),
            Err(error) => panic!("{error}"),
        }
    }
}

struct Viewer(WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Viewer {
    async fn says(&mut self, id: &str) -> Value {
        let message = json!({"type": "danmaku", "id": id, "text": "主播好看"});
        self.0.send(Message::text(message.to_string())).await.expect("an open socket");
        self.until(id, |message| message["id"] == id).await
    }

    async fn until(&mut self, what: &str, fits: impl Fn(&Value) -> bool) -> Value {
        loop {
            let next = tokio::time::timeout(PATIENCE, self.0.next()).await;
            let Some(Ok(message)) = next.unwrap_or_else(|_| panic!("waited for {what}")) else {
                panic!("the socket ended before {what}")
            };
            let Message::Text(text) = message else { continue };
            let message: Value = serde_json::from_str(&text).expect("JSON");
            if fits(&message) {
                return message;
            }
        }
    }

    /// The code it is closed with.
    async fn closed(&mut self) -> u16 {
        loop {
            let next = tokio::time::timeout(PATIENCE, self.0.next()).await.expect("it is closed");
            if let Some(Ok(Message::Close(Some(frame)))) = next {
                return frame.code.into();
            }
            assert!(matches!(next, Some(Ok(_))), "closed without a code: {next:?}");
        }
    }
}

fn copy_all(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("a folder").map(|entry| entry.expect("an entry")) {
        let (from, to) = (entry.path(), to.join(entry.file_name()));
        if from.is_dir() {
            copy_all(&from, &to);
            continue;
        }
        fs::copy(&from, &to).expect("a copy");
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("no text: {value}")).to_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_is_muted_is_not_heard_before_it_is_over() {
    let house = House::start().await;
    let (muted, other) = (house.ticket(None).await, house.ticket(None).await);
    let (mut viewer, mut free) =
        (house.enter(&muted).await.expect("a socket"), house.enter(&other).await.expect("a socket"));
    assert_eq!(viewer.says("1").await["type"], "ack");
    let sanction = house.punish(&muted, "mute", Some(10)).await;
    // In force when it is answered.
    let refused = viewer.says("2").await;
    assert_eq!((&refused["code"], &refused["clause"]), (&json!("muted"), &json!("contact")), "{refused}");
    assert_eq!((&refused["sanction"], &refused["until"]), (&sanction["id"], &json!(NOON.0 + 600_000)));
    assert_eq!(free.says("1").await["type"], "ack");
    let told = house.own(&muted).await;
    let zh = text(&told[0]["statement"]["zh"]);
    assert!(zh.contains("引流到站外") && zh.contains("禁言 10 分钟，适用于本直播间"), "{told}");
    assert_eq!(house.own(&other).await, json!([]));

    // Who comes back after a restart is still muted; the program knows before it hears anybody.
    drop((viewer, free));
    let house = house.restart().await;
    let mut viewer = house.enter(&muted).await.expect("a socket");
    assert_eq!(viewer.says("3").await["code"], "muted");
    house.clock.set(Millis(NOON.0 + 600_000));
    assert_eq!(viewer.says("4").await["type"], "ack", "its time is over, whoever has said so");
    let over = house.until(&sanction, "expired").await;
    assert_eq!((&over["in_force"], &over["changed_by"]), (&json!(false), &json!("")));

    // A lifted one ends at once.
    let again = house.punish(&muted, "mute", None).await;
    assert_eq!(viewer.says("5").await["code"], "muted");
    let path = format!("/api/moderation/sanctions/{}/lift", text(&again["id"]));
    house.good(&house.desk, "POST", &path, json!({"why": "认错了人", "mistaken": true})).await;
    assert_eq!(viewer.says("6").await["type"], "ack");
    assert_eq!(house.bad(&house.desk, "POST", &path, json!({"why": "again"})).await, "not_in_force");
    assert_eq!(house.proposal(&muted).await["strikes"], 1, "a mistake is no strike");
    house.running.run(async {}).await.expect("an end");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_is_banned_is_sent_out_and_stays_out() {
    let house = House::start().await;
    let banned = house.ticket(None).await;
    let mut viewer = house.enter(&banned).await.expect("a socket");
    let everywhere = json!({"viewer": banned.viewer, "room": house.room, "clause": "fraud", "kind": "ban", "minutes": 60, "everywhere": true, "why": "骗钱"});
    let sanction = house.impose(&house.desk, everywhere).await;
    let told = viewer.until("sanctioned", |message| message["type"] == "sanctioned").await;
    assert_eq!((&told["kind"], &told["sanction"]), (&json!("ban"), &sanction["id"]));
    assert_eq!(viewer.closed().await, 4403);
    assert_eq!(house.enter(&banned).await.err(), Some(403));
    // The page still shows why.
    let banned = house.ticket(Some(&banned)).await;
    assert_eq!(house.own(&banned).await[0]["kind"], "ban");
    let house = house.restart().await;
    assert_eq!(house.enter(&banned).await.err(), Some(403), "after a restart too");
    house.clock.set(Millis(NOON.0 + HOUR_MS));
    house.enter(&banned).await.expect("it is over");

    // Sent out, and free to come again.
    let mut viewer = house.enter(&banned).await.expect("a socket");
    house.punish(&banned, "kick", None).await;
    assert_eq!(viewer.closed().await, 4403);
    house.enter(&banned).await.expect("a socket");

    // A team's own people touch nothing that holds in other teams' rooms.
    let (org, team) = house.running.home().await.expect("the first team");
    let store = &house.running.app.store;
    let local = accounts::token_within(store, "moderator", app::Scope::of_team(org, team)).await.expect("a token");
    let wanted =
        json!({"viewer": banned.viewer, "room": house.room, "clause": "fraud", "everywhere": true, "why": "x"});
    assert_eq!(house.bad(&local, "POST", "/api/moderation/sanctions", wanted).await, "beyond_your_reach");
    let wide = json!({"viewer": banned.viewer, "room": house.room, "clause": "spam", "kind": "ban", "everywhere": true, "why": "x"});
    let wide = house.impose(&house.desk, wide).await;
    let lift = format!("/api/moderation/sanctions/{}/lift", text(&wide["id"]));
    assert_eq!(house.bad(&local, "POST", &lift, json!({"why": "x"})).await, "beyond_your_reach");
    house.running.run(async {}).await.expect("an end");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_ladder_proposes_and_who_chooses_otherwise_says_why() {
    let house = House::start().await;
    let viewer = house.ticket(None).await;
    let wanted = json!({"viewer": viewer.viewer, "room": house.room, "clause": "contact"});
    let mut kinds = Vec::new();
    for time in 1..=5 {
        let proposed = house.proposal(&viewer).await;
        let sanction = house.impose(&house.desk, wanted.clone()).await;
        assert_eq!((&sanction["kind"], &sanction["strike"]), (&proposed["proposed"]["kind"], &json!(time)));
        assert_eq!(sanction["as_proposed"], true);
        kinds.push(text(&sanction["kind"]));
    }
    assert_eq!(kinds, ["warn", "mute", "mute", "ban", "ban"]);
    let with = |more: Value| {
        let mut wanted = wanted.clone();
        wanted.as_object_mut().expect("an object").extend(more.as_object().expect("fields").clone());
        wanted
    };
    let position = house.rejected(&viewer).await;
    let cases = [
        (with(json!({"kind": "warn"})), "why_needed"),
        (with(json!({"everywhere": true})), "why_needed"),
        (with(json!({"kind": "warn", "minutes": 1, "why": "x"})), "bad_length"),
        (with(json!({"minutes": 1, "why": "x"})), "bad_length"),
        (with(json!({"clause": "nothing"})), "bad_clause"),
        (with(json!({"why": "x".repeat(501)})), "bad_why"),
        (with(json!({"position": position})), "bad_subject"),
        (with(json!({"kind": "cut_stream", "why": "x"})), "bad_subject"),
        (json!({"room": house.room, "clause": "contact"}), "bad_subject"),
        (json!({"room": house.room, "clause": "contact", "kind": "cut_stream", "why": "x"}), "not_live"),
        (json!({"position": 1, "clause": "contact"}), "not_found"),
    ];
    for (wanted, code) in cases {
        assert_eq!(house.bad(&house.desk, "POST", "/api/moderation/sanctions", wanted.clone()).await, code, "{wanted}");
    }
    // A danmaku is punished once.
    let by_position = json!({"position": position, "clause": "spam"});
    let sanction = house.impose(&house.desk, by_position.clone()).await;
    assert_eq!((&sanction["viewer"], &sanction["text"]), (&json!(viewer.viewer), &json!("加薇信看货")), "{sanction}");
    assert!(sanction["score"].as_f64().is_some_and(|score| (0.86..0.88).contains(&score)), "{sanction}");
    assert_eq!(house.bad(&house.desk, "POST", "/api/moderation/sanctions", by_position).await, "already_sanctioned");
    let proposal = format!("/api/moderation/sanctions/proposal?clause=spam&position={position}");
    assert_eq!(house.good(&house.desk, "GET", &proposal, Value::Null).await["already"], true);
    // After 30 days it is forgotten.
    house.clock.set(Millis(NOON.0 + 31 * 24 * HOUR_MS));
    assert_eq!(house.proposal(&viewer).await["strikes"], 0);
    let page = house.good(&house.desk, "GET", "/api/moderation/sanctions?kind=ban&limit=1", Value::Null).await;
    assert_eq!(page["items"].as_array().map(Vec::len), Some(1));
    let after = format!("/api/moderation/sanctions?kind=ban&limit=1&after={}", text(&page["next"]));
    let rest = house.good(&house.desk, "GET", &after, Value::Null).await;
    assert!(rest["items"][0]["id"] != page["items"][0]["id"] && rest["items"][0]["kind"] == "ban", "{rest}");
    house.running.run(async {}).await.expect("an end");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn somebody_else_decides_about_an_appeal() {
    let house = House::start().await;
    let viewer = house.ticket(None).await;
    let position = house.rejected(&viewer).await;
    let mute = json!({"position": position, "clause": "contact", "kind": "mute", "why": "重复"});
    // Imposed by the one who may also decide.
    let sanction = house.impose(&house.senior, mute).await;
    let mut socket = house.enter(&viewer).await.expect("a socket");
    assert_eq!(socket.says("1").await["code"], "muted");
    assert_eq!(house.bad("", "POST", &house.appeal_path(&viewer, &sanction), json!({"text": " "})).await, "bad_text");
    let appeal = house.appeal(&viewer, &sanction).await;
    let again = house.bad("", "POST", &house.appeal_path(&viewer, &sanction), json!({"text": WORDS})).await;
    assert_eq!(again, "already_appealed");
    let other = house.ticket(None).await;
    let not_his = house.bad("", "POST", &house.appeal_path(&other, &sanction), json!({"text": WORDS})).await;
    assert_eq!(not_his, "not_found", "another's sanction");

    let (path, decision) =
        (format!("/api/moderation/appeals/{appeal}"), json!({"outcome": "reverse", "reason": "没有违规"}));
    let queue = house.good(&house.senior, "GET", "/api/moderation/appeals?state=open", Value::Null).await;
    assert_eq!(
        (&queue["items"][0]["text"], &queue["items"][0]["may_decide"]),
        (&json!(WORDS), &json!(false)),
        "{queue}"
    );
    let decide = format!("{path}/decision");
    assert_eq!(house.bad(&house.senior, "POST", &decide, decision.clone()).await, "own_sanction");
    assert_eq!(house.bad(&house.desk, "POST", &decide, decision.clone()).await, "forbidden");
    let decided = house.good(&house.admin, "POST", &decide, decision.clone()).await;
    assert_eq!((&decided["state"], &decided["sanction"]["state"]), (&json!("reversed"), &json!("reversed")));
    assert_eq!(house.bad(&house.admin, "POST", &decide, decision).await, "already_decided");

    // It ended, is no strike, and the verdict is overturned; nobody is sent the danmaku for it.
    assert_eq!(socket.says("2").await["type"], "ack");
    assert_eq!(house.proposal(&viewer).await["strikes"], 0);
    let item = house.good(&house.desk, "GET", &format!("/api/moderation/items/{position}"), Value::Null).await;
    assert_eq!((&item["outcome"], &item["tier"], &item["decided_by"]), (&json!("pass"), &json!(2), &json!("admin")));
    let told = house.own(&viewer).await;
    assert_eq!((&told[0]["appeal"]["reason"], &told[0]["may_appeal"]), (&json!("没有违规"), &json!(false)), "{told}");
    assert_eq!(told[0]["appeal"]["state"], "reversed");
    house.running.run(async {}).await.expect("an end");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_stays_muted_because_nobody_decides() {
    let house = House::start().await;
    let viewer = house.ticket(None).await;
    let sanction = house.punish(&viewer, "mute", Some(7 * 24 * 60)).await;
    let appeal = house.appeal(&viewer, &sanction).await;
    house.clock.set(Millis(NOON.0 + 24 * HOUR_MS));
    house.until(&sanction, "suspended").await;
    let viewer = house.ticket(Some(&viewer)).await;
    let mut socket = house.enter(&viewer).await.expect("a socket");
    assert_eq!(socket.says("1").await["type"], "ack");
    let house = house.restart().await;
    let mut socket = house.enter(&viewer).await.expect("a socket");
    assert_eq!(socket.says("2").await["type"], "ack", "after a restart too");

    let decide = format!("/api/moderation/appeals/{appeal}/decision");
    let decided = house.good(&house.senior, "POST", &decide, json!({"outcome": "uphold", "reason": "确实违规"})).await;
    assert_eq!((&decided["late"], &decided["sanction"]["state"]), (&json!(true), &json!("active")), "{decided}");
    assert_eq!(socket.says("3").await["code"], "muted", "it holds again");
    // The log has it a moment later.
    let path = "/api/events?name=SanctionChanged,AppealDecided";
    let mut told = Vec::new();
    while told.len() < 3 {
        let events = house.good(&house.admin, "GET", path, Value::Null).await;
        let items = events["items"].as_array().expect("events").iter();
        told = items.map(|event| event["data"]["state"].as_str().unwrap_or("decided").to_owned()).collect();
    }
    assert_eq!(told, ["suspended", "decided", "upheld"]);
    house.running.run(async {}).await.expect("an end");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_erasure_takes_the_words_of_an_appeal() {
    let house = House::start().await;
    let viewer = house.ticket(None).await;
    let position = house.rejected(&viewer).await;
    let mute = json!({"position": position, "clause": "contact", "kind": "mute", "why": "他写了加薇信"});
    let sanction = house.impose(&house.desk, mute).await;
    let appeal = house.appeal(&viewer, &sanction).await;
    let path = format!("/api/moderation/appeals/{appeal}");
    let blind = json!({"name": "blind", "role": "senior_moderator", "scopes": ["appeal.decide", "moderation.read"]});
    let blind = text(&house.good(&house.admin, "POST", "/api/tokens", blind).await["token"]);
    let masked = house.good(&blind, "GET", &path, Value::Null).await;
    assert_ne!(masked["sanction"]["viewer"], json!(viewer.viewer), "{masked}");

    let asked = house.good(&house.admin, "POST", "/api/privacy/erasures", json!({"viewer": viewer.viewer})).await;
    let erasure = format!("/api/privacy/erasures/{}", text(&asked["id"]));
    while house.good(&house.admin, "GET", &erasure, Value::Null).await["state"] != "done" {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let left = house.good(&house.senior, "GET", &path, Value::Null).await;
    assert_eq!(
        (&left["text"], &left["sanction"]["text"], &left["sanction"]["why"]),
        (&Value::Null, &Value::Null, &Value::Null)
    );
    assert_eq!(left["sanction"]["in_force"], true, "what was decided stays");
    assert_eq!(left["state"], "open", "and can still be decided");
    house.running.run(async {}).await.expect("an end");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_room_is_cut_from_traffic_for_a_while_and_its_show_goes_on() {
    let house = House::start().await;
    let wanted = |more: Value| {
        let mut wanted = json!({"room": house.room, "clause": "contact", "kind": "cut_traffic", "why": "引流"});
        wanted.as_object_mut().expect("fields").extend(more.as_object().expect("fields").clone());
        wanted
    };
    let path = "/api/moderation/sanctions";
    assert_eq!(house.bad(&house.desk, "POST", path, wanted(json!({"why": null}))).await, "why_needed");
    assert_eq!(house.bad(&house.desk, "POST", path, wanted(json!({"everywhere": true}))).await, "bad_subject");
    let viewer = house.ticket(None).await;
    assert_eq!(house.bad(&house.desk, "POST", path, wanted(json!({"viewer": viewer.viewer}))).await, "bad_subject");
    let cut = house.impose(&house.desk, wanted(json!({}))).await;
    assert_eq!((&cut["kind"], &cut["viewer"], &cut["broadcast"]), (&json!("cut_traffic"), &Value::Null, &Value::Null));
    assert_eq!(cut["until_ms"], NOON.0 + 24 * HOUR_MS, "a day, where nothing is said");
    let zh = text(&cut["statement"]["zh"]);
    assert!(zh.starts_with("本直播间违反了") && zh.ends_with("处理：限流 1 天。"), "{zh}");
    let longer = house.impose(&house.desk, wanted(json!({"minutes": 2_880}))).await;
    let reach = format!("/api/rooms/{}/reach", house.room);
    let told = async || {
        let reach = house.good(&house.admin, "GET", &reach, Value::Null).await;
        let cut = reach["reasons"].as_array().expect("reasons").iter().find(|one| one["reason"] == "cut").cloned();
        cut.map(|cut| (cut["milli"].clone(), cut["until_ms"].clone()))
    };
    assert_eq!(told().await, Some((json!(100), longer["until_ms"].clone())), "once, and until the last is over");
    assert_eq!(house.own(&viewer).await, json!([]), "it is nobody's who watches");

    house.clock.set(Millis(NOON.0 + 24 * HOUR_MS));
    house.until(&cut, "expired").await;
    assert_eq!(told().await, Some((json!(100), longer["until_ms"].clone())));
    let lift = format!("/api/moderation/sanctions/{}/lift", text(&longer["id"]));
    house.good(&house.desk, "POST", &lift, json!({"why": "整改完成"})).await;
    assert_eq!(told().await, None);
    house.running.run(async {}).await.expect("an end");
}
