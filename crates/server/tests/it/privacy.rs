//! What a viewer wrote is erased from everywhere, and nothing that was counted changes.

use crate::house::{client, settings};
use events::{Clock, DanmakuSent, Envelope, Event, OrgId, RoomId, Source, SuperChatSent, ViewerId};
use sea_orm::ConnectionTrait;
use serde_json::{Value, json};
use server::{Running, start_at};
use std::{
    fs,
    path::{Path, PathBuf},
};

/// Words of the viewer who goes; they stand in nobody else's.
pub const WORDS: [&str; 6] =
    ["老王的电话是壹叁捌", "隔壁老王", "老王再说一遍", "老王付了钱", "laowang@example.com", "lao-wang-42"];
pub const STAYS: &str = "留下来的话";

pub struct House {
    pub running: Running,
    pub admin: String,
    pub org: OrgId,
    pub room: RoomId,
    pub broadcast: String,
    pub dir: tempfile::TempDir,
}

impl House {
    async fn start() -> Self {
        Self::start_at(Clock::system()).await
    }

    pub async fn start_at(clock: Clock) -> Self {
        let dir = tempfile::tempdir().expect("a folder");
        let mut config = settings(dir.path());
        config.database.url = store::testing::url(dir.path());
        let running = start_at(config, clock).await.expect("a started program");
        let admin = accounts::create_token(&running.app.store, "admin", "test", None).await.expect("a token");
        let (org, _) = running.home().await.expect("the first organisation");
        let mut house = Self { running, admin, org, room: RoomId::default(), broadcast: String::new(), dir };
        let made = house.post("/api/rooms", json!({"title": "直播间", "private": false})).await;
        house.room = made["id"].as_str().expect("an id").parse().expect("a room's id");
        house
    }

    pub async fn ask(&self, token: &str, method: &str, path: &str, body: Option<Value>) -> (u16, String) {
        let method = reqwest::Method::from_bytes(method.as_bytes()).expect("a method");
        let mut request = client().request(method, format!("http://{}{path}", self.running.http)).bearer_auth(token);
        if let Some(body) = body {
            request = request.json(&body);
        }
        let answer = request.send().await.expect("an answer");
        (answer.status().as_u16(), answer.text().await.expect("a body"))
    }

    pub async fn post(&self, path: &str, body: Value) -> Value {
        let (status, text) = self.ask(&self.admin, "POST", path, Some(body)).await;
        assert!((200..300).contains(&status), "POST {path}: {status} {text}");
        serde_json::from_str(&text).expect("JSON")
    }

    /// As an SDK sends: its write key says who it is.
    pub async fn collect(&self, batch: Value) {
        let url = format!("http://{}/v1/batch", self.running.http);
        let answer = client().post(url).json(&batch).send().await.expect("an answer");
        assert_eq!(answer.status(), 200, "{}", answer.text().await.unwrap_or_default());
    }

    pub async fn get(&self, path: &str) -> Value {
        let (status, text) = self.ask(&self.admin, "GET", path, None).await;
        assert_eq!(status, 200, "GET {path}: {text}");
        serde_json::from_str(&text).expect("JSON")
    }

    /// An import with words of `laowang` and of another, and what counts beside them.
    pub async fn import(&mut self) {
        let at = 1_790_000_000_000_i64;
        let row = |id: i64, kind: &str, user: &str| json!({"id": id.to_string(), "occurred_at": at + id, "kind": kind, "user": user});
        let with = |mut row: Value, more: Value| {
            row.as_object_mut().expect("a row").extend(more.as_object().expect("fields").clone());
            row
        };
        let mut rows = vec![
            row(1, "enter", "laowang"),
            row(2, "enter", "xiaoli"),
            with(row(3, "danmaku", "laowang"), json!({"text": WORDS[0], "nick": WORDS[1]})),
            with(row(4, "danmaku", "xiaoli"), json!({"text": STAYS, "nick": "小丽"})),
            with(row(5, "super_chat", "laowang"), json!({"text": WORDS[3], "price_milli": 30_000})),
            with(row(6, "gift", "laowang"), json!({"gift": "花", "num": 2, "price_milli": 1_000, "coin": "gold"})),
            row(7, "follow", "laowang"),
        ];
        rows.extend(
            (10..400).map(|id| with(row(id, "danmaku", &format!("u{id}")), json!({"text": format!("{STAYS} {id}")}))),
        );
        let import = json!({"title": "回放", "started_at_ms": at, "rows": rows, "complete": true});
        let made = self.post(&format!("/api/rooms/{}/imports", self.room), import).await;
        assert_eq!(made["rejected"], json!([]), "{made}");
        self.broadcast = made["broadcast_id"].as_str().expect("an id").to_owned();
    }

    pub async fn numbers(&self) -> Value {
        let ids = "view_pv,view_uv,danmaku_count,danmaku_before_air,interaction_rate_uv,gift_income,gift_count,super_chat_income,follow_gain";
        let of_show = self.get(&format!("/api/metrics?ids={ids}&broadcast={}", self.broadcast)).await;
        json!([of_show["values"], of_show["metrics"], self.archive().await["items"].as_array().map(Vec::len)])
    }

    pub async fn archive(&self) -> Value {
        self.get(&format!("/api/broadcasts/{}/danmaku", self.broadcast)).await
    }

    /// Waits until an erasure is done.
    pub async fn erase(&self, subject: Value) -> Value {
        let asked = self.post("/api/privacy/erasures", subject).await;
        let path = format!("/api/privacy/erasures/{}", asked["id"].as_str().expect("an id"));
        loop {
            let erasure = self.get(&path).await;
            if erasure["state"] == "done" {
                return erasure;
            }
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
    }

    /// Which of these words stand anywhere in the data folder, or in a table.
    pub async fn found(&self, words: &[&str]) -> Vec<String> {
        let mut found = Vec::new();
        for path in files(self.dir.path()) {
            let bytes = fs::read(&path).unwrap_or_default();
            for word in words.iter().filter(|word| memchr::memmem::find(&bytes, word.as_bytes()).is_some()) {
                found.push(format!("{word} in {}", path.display()));
            }
        }
        if store::testing::on_postgres() {
            found.extend(self.found_in_tables(words).await);
        }
        found
    }

    async fn found_in_tables(&self, words: &[&str]) -> Vec<String> {
        let db = self.running.app.store.read();
        let sql = |sql: String| sea_orm::Statement::from_string(sea_orm::DbBackend::Postgres, sql);
        let tables =
            "SELECT table_name::text AS name FROM information_schema.tables WHERE table_schema = current_schema()";
        let tables = db.query_all_raw(sql(tables.to_owned())).await.expect("the tables");
        let mut found = Vec::new();
        for table in tables {
            let table: String = table.try_get("", "name").expect("a name");
            for word in words {
                let holds = format!("SELECT 1 AS one FROM \"{table}\" AS t WHERE t::text LIKE '%{word}%' LIMIT 1");
                if db.query_one_raw(sql(holds)).await.expect("a look").is_some() {
                    found.push(format!("{word} in {table}"));
                }
            }
        }
        found
    }
}

fn files(dir: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(dir).expect("a folder").map(|entry| entry.expect("an entry").path()) {
        if entry.is_dir() { files.extend(self::files(&entry)) } else { files.push(entry) }
    }
    files
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_an_erased_viewer_wrote_stands_nowhere() {
    let mut house = House::start().await;
    house.import().await;
    let viewer: ViewerId = "laowang".parse().expect("an id");
    let app = house.running.app.clone();
    let live = |event| {
        Envelope::new(app.now(), Source::Viewer, house.org, event).with_room(house.room).with_viewer(viewer.clone())
    };
    let paid = Event::SuperChatSent(SuperChatSent { text: WORDS[3].into(), price_milli: 1 });
    let said = |text: &str| live(Event::DanmakuSent(DanmakuSent::plain(text)));
    app.append(&[said(WORDS[2]), live(paid)]).await.expect("acknowledged");
    // A collector speaks of the same person by another name; one item is refused and waits in quarantine.
    let plan = json!({"mode": "enforce"});
    let source = house.post("/api/collect/sources", json!({"name": "官网", "kind": "segment", "plan": plan})).await;
    let key = &source["write_key"];
    let refused = json!({"type": "track", "event": "Refused", "userId": WORDS[5], "properties": {"email": WORDS[4]}});
    house.collect(json!({"batch": [refused], "writeKey": key})).await;
    let path = format!("/api/collect/sources/{}", source["id"].as_str().expect("an id"));
    let (status, text) = house.ask(&house.admin, "PATCH", &path, Some(json!({"plan": {"mode": "off"}}))).await;
    assert_eq!(status, 200, "{text}");
    let taken = json!({"type": "track", "event": "Bought", "userId": WORDS[5], "properties": {"sku": "A1"}, "context": {"traits": {"email": WORDS[4]}}});
    house.collect(json!({"batch": [taken], "writeKey": key})).await;
    let quarantine = format!("{path}/quarantine");
    assert_eq!(house.get(&quarantine).await["items"].as_array().map(Vec::len), Some(1));

    // In the log nothing stands in the clear, from the first moment on.
    let log = house.dir.path().join("data/log");
    for path in files(&log) {
        let bytes = fs::read(&path).expect("a segment");
        for word in WORDS.iter().chain([&STAYS]) {
            assert!(memchr::memmem::find(&bytes, word.as_bytes()).is_none(), "{word} in {}", path.display());
        }
    }
    let archive = house.archive().await.to_string();
    assert!(archive.contains(WORDS[0]) && archive.contains(WORDS[1]) && archive.contains(STAYS), "{archive}");
    let before = house.numbers().await;
    assert_eq!(before[2], 392, "{before}");
    let export = house.post("/api/privacy/exports", json!({"viewer": "laowang"})).await;
    let text = export.to_string();
    assert!([0, 1, 2, 3].iter().all(|word| text.contains(WORDS[*word])) && !text.contains(STAYS), "{text}");
    assert_eq!(export["totals"]["events"]["DanmakuSent"], 2, "{export}");
    assert_eq!(export["totals"]["paid_milli"], 32_001, "{export}");
    let of_collector = house.post("/api/privacy/exports", json!({"user_id": WORDS[5]})).await.to_string();
    assert!(of_collector.contains(WORDS[4]) && of_collector.contains("Bought"), "{of_collector}");

    let erasure = house.erase(json!({"viewer": "laowang"})).await;
    assert_eq!((&erasure["erased"]["danmaku"], &erasure["keys_destroyed"]), (&json!(2), &json!(1)), "{erasure}");
    let erasure = house.erase(json!({"user_id": WORDS[5]})).await;
    assert_eq!((&erasure["erased"]["quarantine"], &erasure["keys_destroyed"]), (&json!(1), &json!(1)), "{erasure}");
    assert_eq!(house.get("/api/privacy/erasures").await["items"].as_array().map(Vec::len), Some(2));

    assert_eq!(house.numbers().await, before);
    assert_eq!(house.found(&WORDS).await, Vec::<String>::new());
    assert!(!house.found(&[STAYS]).await.is_empty(), "the search finds what is there");
    let archive = house.archive().await;
    let gone: Vec<&Value> =
        archive["items"].as_array().expect("rows").iter().filter(|row| row["viewer"] == "laowang").collect();
    assert_eq!(
        (gone.len(), &gone[0]["erased"], &gone[0]["text"], &gone[0]["nick"]),
        (1, &json!(true), &json!(""), &Value::Null)
    );
    let csv = house
        .ask(&house.admin, "GET", &format!("/api/broadcasts/{}/danmaku?format=csv", house.broadcast), None)
        .await
        .1;
    assert!(csv.contains("erased]") && csv.contains(STAYS), "{csv}");
    let search = house.get("/api/danmaku/search?q=%E8%80%81%E7%8E%8B").await;
    assert_eq!(search["items"], json!([]));
    let export = house.post("/api/privacy/exports", json!({"viewer": "laowang"})).await;
    assert_eq!(export["totals"]["events"]["DanmakuSent"], 2, "what is counted is still there: {export}");
    assert_eq!(export["totals"]["events"]["ViewerErased"], 1, "{export}");

    // Again, and nothing is left to do; and whoever writes again has a new key.
    let again = house.erase(json!({"viewer": "laowang"})).await;
    assert_eq!((&again["erased"]["danmaku"], &again["keys_destroyed"]), (&json!(0), &json!(0)), "{again}");
    app.append(&[said("老王回来了")]).await.expect("acknowledged");
    let export = house.post("/api/privacy/exports", json!({"viewer": "laowang"})).await.to_string();
    assert!(export.contains("老王回来了"), "{export}");
    let audit = house.get("/api/audit").await.to_string();
    assert!(audit.contains("/api/privacy/exports") && !audit.contains(WORDS[5]), "{audit}");
}

/// A database that is older than the log, as a restore leaves it, is brought there by what the log says.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_erasure_that_the_database_does_not_know_is_done_again() {
    let mut house = House::start().await;
    house.import().await;
    house.archive().await;
    let app = &house.running.app;
    let id = uuid::Uuid::now_v7();
    let event = Envelope::new(app.now(), Source::Server, house.org, Event::ViewerErased(events::Empty {}));
    let event = event.with_viewer("laowang".parse().expect("an id")).with_key(id.to_string());
    app.append(&[event]).await.expect("acknowledged");
    loop {
        let list = house.get("/api/privacy/erasures").await;
        if list["items"][0]["state"] == "done" {
            assert_eq!((&list["items"][0]["id"], &list["items"][0]["erased"]["danmaku"]), (&json!(id), &json!(1)));
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    assert_eq!(house.found(&WORDS).await, Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_viewer_is_named_by_token_and_only_within_the_organisation() {
    let house = House::start().await;
    let path = format!("/api/rooms/{}/viewer-token", house.room);
    let token = house.post(&path, json!({})).await["token"].clone();
    let erasure = house.erase(json!({"token": token})).await;
    assert!(erasure["viewer"].as_str().is_some_and(|viewer| viewer.starts_with('v')), "{erasure}");
    let store = &house.running.app.store;
    let stranger = accounts::new_team(store, None).await.expect("an organisation");
    let whole = app::Scope::whole(stranger.org);
    let stranger_token = accounts::token_within(store, "admin", whole).await.expect("a token");
    let team = accounts::new_team(store, Some(house.org)).await.expect("a team");
    let team_token = accounts::token_within(store, "customer_service", team).await.expect("a token");
    for (who, subject, status, code) in [
        (&stranger_token, json!({"token": token}), 422, "token_invalid"),
        (&house.admin, json!({"token": "nonsense"}), 422, "token_invalid"),
        (&house.admin, json!({"viewer": "a", "user_id": "b"}), 422, "bad_request"),
        (&house.admin, json!({}), 422, "bad_request"),
        (&house.admin, json!({"viewer": "no id"}), 422, "bad_subject"),
        (&team_token, json!({"viewer": "a"}), 403, "beyond_your_reach"),
    ] {
        for path in ["/api/privacy/erasures", "/api/privacy/exports"] {
            let (got, text) = house.ask(who, "POST", path, Some(subject.clone())).await;
            assert!(got == status && text.contains(code), "{path} {subject}: {got} {text}");
        }
    }
    let path = format!("/api/privacy/erasures/{}", erasure["id"].as_str().expect("an id"));
    assert_eq!(house.ask(&stranger_token, "GET", &path, None).await.0, 404);
    assert!(!house.ask(&stranger_token, "GET", "/api/privacy/erasures", None).await.1.contains("\"v"));
}
