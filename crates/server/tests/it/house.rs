//! A started program with one show in a private and a public room, and a client that asks as anybody.

use reqwest::{Client, Method};
use sea_orm::ConnectionTrait;
use serde_json::{Value, json};
use server::{Config, Running, start};
use std::sync::OnceLock;

/// Stands in a title and a danmaku of ours, and in no answer to anybody else.
pub const SECRET: &str = "only-for-us";

pub struct House {
    pub running: Running,
    /// Reaches the whole first organisation.
    pub admin: String,
    pub room: String,
    pub private_room: String,
    /// An imported show of the private room.
    pub broadcast: String,
    /// A token that may be revoked.
    pub token: String,
    /// An alarm of the show.
    pub alarm: String,
    _dir: tempfile::TempDir,
}

impl House {
    pub async fn start() -> Self {
        let dir = tempfile::tempdir().expect("a folder");
        let mut config = Config::load(None).expect("the defaults");
        config.data = dir.path().join("data");
        config.http.set_port(0);
        config.rtmp.set_port(0);
        let running = start(config).await.expect("a started program");
        let admin = accounts::create_token(&running.app.store, "admin", "test", None).await.expect("a token");
        let (room, private_room, broadcast, token, alarm) = Default::default();
        let mut house = Self { running, admin, room, private_room, broadcast, token, alarm, _dir: dir };
        house.furnish().await;
        house
    }

    async fn furnish(&mut self) {
        let new = |private: bool| json!({"title": format!("{SECRET} {private}"), "private": private});
        self.room = id(&self.made("/api/rooms", new(false)).await, "id");
        self.private_room = id(&self.made("/api/rooms", new(true)).await, "id");
        let imported = self.made(&format!("/api/rooms/{}/imports", self.private_room), import_of("1")).await;
        self.broadcast = id(&imported, "broadcast_id");
        let token = json!({"name": SECRET, "role": "analyst"});
        self.token = find_id(&self.made("/api/tokens", token).await).expect("the token's id");
        self.alarm = self.alarm_of_the_show().await;
    }

    /// Alarms come from encoders; this one is put where they are kept.
    async fn alarm_of_the_show(&self) -> String {
        let (org, team) = self.running.home().await.expect("the first team");
        let id = "0190a0c0-0000-7000-8000-00000000000a";
        let (room, broadcast) = (&self.private_room, &self.broadcast);
        let sql = format!(
            "INSERT INTO qoe_alarms (id, org_id, team_id, room_id, broadcast_id, kind, value, limit_value, raised_at_ms)
             VALUES ('{id}', '{org}', '{team}', '{room}', '{broadcast}', 'no_data', 3000, 3000, 1790000000000)"
        );
        let tx = self.running.app.store.begin().await.expect("a transaction");
        tx.execute_unprepared(&sql).await.expect("an alarm");
        tx.commit().await.expect("a commit");
        id.to_owned()
    }

    async fn made(&self, path: &str, body: Value) -> Value {
        let (status, text) = self.call(Some(&self.admin), "POST", path, Some(&body)).await;
        assert!((200..300).contains(&status), "POST {path}: {status} {text}");
        serde_json::from_str(&text).expect("an answer in JSON")
    }

    /// Status and body of an answer.
    pub async fn call(&self, token: Option<&str>, method: &str, path: &str, body: Option<&Value>) -> (u16, String) {
        let method = Method::from_bytes(method.as_bytes()).expect("a method");
        let mut request = client().request(method, format!("http://{}{path}", self.running.http));
        if let Some(token) = token {
            request = request.bearer_auth(token);
        }
        if let Some(body) = body {
            request = request.json(body);
        }
        let response = request.send().await.unwrap_or_else(|error| panic!("{path}: {error}"));
        (response.status().as_u16(), response.text().await.unwrap_or_default())
    }

    pub async fn description(&self) -> Value {
        let (_, text) = self.call(None, "GET", "/openapi.json", None).await;
        serde_json::from_str(&text).expect("the API's description")
    }

    /// Method and path of every operation of the API's description.
    pub async fn operations(&self) -> Vec<(String, String)> {
        let described = self.description().await;
        let paths = described["paths"].as_object().expect("paths").iter();
        let operations = paths.flat_map(|(path, item)| {
            let methods = item.as_object().expect("operations").keys();
            methods.map(|method| (method.to_uppercase(), path.clone())).collect::<Vec<_>>()
        });
        operations.collect()
    }
}

/// One row of an import.
pub fn import_of(row: &str) -> Value {
    json!({"title": SECRET, "rows": [{"id": row, "occurred_at": 1_790_000_000_000_i64, "kind": "danmaku", "text": SECRET}]})
}

fn id(answer: &Value, field: &str) -> String {
    answer[field].as_str().unwrap_or_else(|| panic!("no `{field}` in {answer}")).to_owned()
}

/// The first field `id`, however deep.
fn find_id(answer: &Value) -> Option<String> {
    let fields = answer.as_object()?;
    let own = fields.get("id").and_then(Value::as_str).map(str::to_owned);
    own.or_else(|| fields.values().find_map(find_id))
}

fn client() -> Client {
    static CLIENT: OnceLock<()> = OnceLock::new();
    CLIENT.get_or_init(|| {
        let _ = rustls::crypto::ring::default_provider().install_default();
    });
    Client::new()
}
