//! A started program with one show in a private and a public room, and a client that asks as anybody.

use events::{
    ChatMode, DanmakuJudged, DanmakuReviewed, DanmakuSent, Envelope, Event, ReviewOutcome, RoomId, Source, TextVerdict,
    ViewerId,
};
use media::rtmp::publisher::Publisher;
use moderation::text::{Example, Model};
use reqwest::{Client, Method};
use sea_orm::ConnectionTrait;
use serde_json::{Value, json};
use server::{Config, Running, start};
use std::{
    sync::{LazyLock, OnceLock},
    time::Duration,
};
use tokio::{io::AsyncWriteExt, net::TcpStream};

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
    /// A running show of the private room, which is recorded.
    pub show: String,
    /// A check of the private room, made by a browser.
    pub check: String,
    /// A token that may be revoked.
    pub token: String,
    /// An alarm of the show.
    pub alarm: String,
    /// An alarm about the program.
    pub system_alarm: String,
    /// Somebody of the first team, and how they sign in.
    pub person: String,
    login: String,
    /// A region, and a team that may be moved.
    pub region: String,
    pub team: String,
    encoder: Option<TcpStream>,
    _dir: tempfile::TempDir,
}

/// Of a program in a folder of its own, on free ports.
pub fn settings(dir: &std::path::Path) -> Config {
    let mut config = Config::load(None).expect("the defaults");
    config.data = dir.join("data");
    config.http.set_port(0);
    config.rtmp.set_port(0);
    config
}

impl House {
    pub async fn start() -> Self {
        Self::start_with(|_| ()).await
    }

    pub async fn start_with(change: impl FnOnce(&mut Config)) -> Self {
        let dir = tempfile::tempdir().expect("a folder");
        let mut config = settings(dir.path());
        config.patrol.ffmpeg = painter(dir.path());
        config.database.url = store::testing::url(dir.path());
        change(&mut config);
        let running = start(config).await.expect("a started program");
        let admin = accounts::create_token(&running.app.store, "admin", "test", None).await.expect("a token");
        let (room, private_room, broadcast, show, check, token, alarm) = Default::default();
        let system_alarm = String::new();
        let (person, login, region, team) = Default::default();
        let encoder = None;
        let mut house = Self {
            running,
            admin,
            room,
            private_room,
            broadcast,
            show,
            check,
            token,
            alarm,
            system_alarm,
            person,
            login,
            region,
            team,
            encoder,
            _dir: dir,
        };
        house.furnish().await;
        house
    }

    async fn furnish(&mut self) {
        let new = |private: bool| json!({"title": format!("{SECRET} {private}"), "private": private});
        self.room = id(&self.made("/api/rooms", new(false)).await, "id");
        let private = self.made("/api/rooms", new(true)).await;
        self.private_room = id(&private, "id");
        let imported = self.made(&format!("/api/rooms/{}/imports", self.private_room), import_of("1")).await;
        self.broadcast = id(&imported, "broadcast_id");
        let checks = format!("/api/rooms/{}/checks", self.private_room);
        self.check = id(&self.made(&checks, json!({"kind": "browser"})).await, "id");
        let token = json!({"name": SECRET, "role": "analyst"});
        self.token = find_id(&self.made("/api/tokens", token).await).expect("the token's id");
        self.alarm = self.alarm_of_the_show().await;
        self.system_alarm = self.alarm_of_the_program().await;
        self.region = id(&self.made("/api/regions", json!({"name": SECRET})).await, "id");
        self.team = id(&self.made("/api/teams", json!({"name": SECRET, "region": self.region})).await, "id");
        let (org, home) = self.running.home().await.expect("the first team");
        let (store, scope) = (&self.running.app.store, app::Scope::of_team(org, home));
        self.login = accounts::person_within(store, "merchant", scope, SECRET).await.expect("a person");
        let staff = self.read("/api/staff").await;
        self.person = id(&staff["items"][0], "id");
        // Everybody sits the exam, and reads the law.
        let exam = json!({"exam": {"title_zh": "1024", "questions": 2, "minutes": 60}});
        let law = json!({"policy": {"title": "1024", "kind": "law", "status": "draft"}});
        for (path, body) in [("/api/handbook/exams/basics", exam), ("/api/handbook/policies/law", law)] {
            let (status, text) = self.call(Some(&self.admin), "PUT", path, Some(&body)).await;
            assert_eq!(status, 200, "{text}");
        }
        self.begin_show(&id(&private, "stream_key")).await;
    }

    /// Pushes a few seconds of a show, and keeps the connection.
    async fn begin_show(&mut self, stream_key: &str) {
        let mut encoder = TcpStream::connect(self.running.rtmp).await.expect("a connection");
        let (publisher, mut out) = hello(stream_key);
        pictures(&publisher, 0..75, &mut out);
        encoder.write_all(&out).await.expect("a push");
        let room = self.read_when(&format!("/api/rooms/{}", self.private_room), |room| room["live"] == true).await;
        self.show = id(&room, "broadcast_id");
        // What was pushed before the show began is not part of it.
        let mut out = Vec::new();
        pictures(&publisher, 75..200, &mut out);
        encoder.write_all(&out).await.expect("a push");
        self.encoder = Some(encoder);
        let recording = format!("/api/broadcasts/{}/recording", self.show);
        self.read_when(&recording, |recording| recording["duration_ms"].as_i64() >= Some(5_000)).await;
        self.draw(room["started_at"].as_i64().expect("when it began"));
    }

    /// A thumbnail of the show's beginning; ffmpeg may not be there.
    fn draw(&self, started_at: i64) {
        let recording = self.running.app.data_dir.join("media/recordings").join(&self.show);
        std::fs::write(recording.join(format!("thumb-{started_at}.jpg")), [0xff, 0xd8]).expect("a thumbnail");
    }

    /// A fresh clip of the running show.
    pub async fn clip(&self) -> String {
        let wish = json!({"start_ms": 0, "end_ms": 1_000, "title": SECRET});
        id(&self.made(&format!("/api/broadcasts/{}/clips", self.show), wish).await, "id")
    }

    pub async fn read_when(&self, path: &str, wanted: impl Fn(&Value) -> bool) -> Value {
        for _ in 0..1_000 {
            let answer = self.read(path).await;
            if wanted(&answer) {
                return answer;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("`{path}` never was as wanted");
    }

    pub async fn read(&self, path: &str) -> Value {
        let (status, text) = self.call(Some(&self.admin), "GET", path, None).await;
        assert_eq!(status, 200, "GET {path}: {text}");
        serde_json::from_str(&text).expect("an answer in JSON")
    }

    /// A fresh session of the person.
    pub async fn session(&self) -> String {
        let sign_in = json!({"login": self.login, "password": SECRET});
        let (status, text) = self.call(None, "POST", "/api/session", Some(&sign_in)).await;
        assert_eq!(status, 200, "{text}");
        id(&self.read(&format!("/api/staff/{}/sessions", self.person)).await["items"][0], "id")
    }

    /// A relay of the private room; another one when the last was removed.
    pub async fn relay(&self) -> String {
        let path = format!("/api/rooms/{}/relays", self.private_room);
        let body =
            json!({"name": SECRET, "url": "rtmp://platform.invalid/live", "stream_key": SECRET, "enabled": false});
        self.first_or_made(&path, &path, body).await
    }

    /// An outside media server; another one when the last was removed.
    pub async fn media_server(&self) -> String {
        let path = "/api/media-servers";
        self.first_or_made(path, path, json!({"name": SECRET, "kind": "srs", "mode": "forward"})).await
    }

    /// A source of outside events; another one when the last was removed.
    pub async fn source(&self) -> String {
        let path = "/api/collect/sources";
        self.first_or_made(path, path, json!({"name": SECRET, "kind": "web"})).await
    }

    /// An identity provider by which nobody comes in; another one when the last was removed.
    pub async fn provider(&self) -> String {
        let listed = self.read("/api/sso/providers").await;
        if let Some(first) = listed[0]["id"].as_str() {
            return first.to_owned();
        }
        let settings = json!({"name": SECRET, "client_id": "kaibo", "enabled": false});
        let body = json!({"issuer": "https://provider.invalid", "settings": settings});
        id(&self.made("/api/sso/providers", body).await, "id")
    }

    /// An identity of our person, put where they are kept; there is one a provider.
    pub async fn identity(&self) -> String {
        let listed = self.read(&format!("/api/staff/{}/identities", self.person)).await;
        if let Some(first) = listed[0]["id"].as_str() {
            return first.to_owned();
        }
        let (identity, provider) = (events::RoomId::new().to_string(), self.provider().await);
        let sql = format!(
            "INSERT INTO accounts_sso_identities (id, provider_id, user_id, subject, shown, follows_groups, created_at_ms)
             VALUES ('{identity}', '{provider}', '{}', '{SECRET}', '{SECRET}', FALSE, 0)",
            self.person
        );
        let tx = self.running.app.store.begin().await.expect("a transaction");
        tx.execute_unprepared(&sql).await.expect("an identity");
        tx.commit().await.expect("a commit");
        identity
    }

    /// An erasure of somebody who wrote nothing.
    pub async fn erasure(&self) -> String {
        id(&self.made("/api/privacy/erasures", json!({"viewer": SECRET})).await, "id")
    }

    /// A hold of somebody who wrote nothing.
    pub async fn hold(&self) -> String {
        id(&self.made("/api/privacy/holds", json!({"viewer": "v-held", "reason": SECRET})).await, "id")
    }

    /// A fresh webhook, and a dead letter of it, put where they are kept.
    pub async fn webhook(&self) -> (String, String) {
        let path = "/api/webhooks";
        let body =
            json!({"name": SECRET, "url": "https://platform.invalid/", "events": ["ClipRemoved"], "all_teams": false});
        let (webhook, delivery) = (id(&self.made(path, body).await, "id"), events::RoomId::new().to_string());
        let sql = format!(
            "INSERT INTO feed_deliveries
               (id, webhook_id, position, event_id, event, state, attempts, answer, took_ms, created_at_ms, attempted_at_ms)
             VALUES ('{delivery}', '{webhook}', 1, 'evt_{delivery}', 'RoomShared', 'dead', 1, '{SECRET}', 0, 0, 0)"
        );
        let tx = self.running.app.store.begin().await.expect("a transaction");
        tx.execute_unprepared(&sql).await.expect("a delivery");
        tx.commit().await.expect("a commit");
        (webhook, delivery)
    }

    /// An item that was against the plan of its day, and is not any more.
    pub async fn quarantined(&self) -> String {
        let plan = json!({"mode": "enforce"});
        let made = self.made("/api/collect/sources", json!({"name": SECRET, "kind": "segment", "plan": plan})).await;
        let source = format!("/api/collect/sources/{}", id(&made, "id"));
        let batch = json!({"batch": [{"type": "track", "event": SECRET}], "writeKey": made["write_key"]});
        let (status, body) = self.call(None, "POST", "/v1/batch", Some(&batch)).await;
        assert_eq!(status, 200, "{body}");
        let off = json!({"plan": {"mode": "off"}});
        let (status, body) = self.call(Some(&self.admin), "PATCH", &source, Some(&off)).await;
        assert_eq!(status, 200, "{body}");
        id(&self.read(&format!("{source}/quarantine")).await["items"][0], "id")
    }

    /// A host of the private room; `submitted`: somebody else said who it is.
    pub async fn host(&self, submitted: bool) -> String {
        let other = self.other().await;
        let new = json!({"name": SECRET, "rooms": [self.private_room]});
        let (status, body) = self.call(Some(&other), "POST", "/api/hosts", Some(&new)).await;
        assert_eq!(status, 201, "{body}");
        let host = id(&serde_json::from_str(&body).expect("JSON"), "id");
        if submitted {
            let identity =
                json!({"legal_name": SECRET, "document": "passport", "id_number": passport(), "born": "1990-01-31"});
            let path = format!("/api/hosts/{host}/identity");
            let (status, body) = self.call(Some(&other), "PUT", &path, Some(&identity)).await;
            assert_eq!(status, 200, "{body}");
        }
        host
    }

    /// An entry of the blacklist, by somebody else; one for ever waits.
    pub async fn blacklisted(&self, in_force: bool) -> String {
        let until = in_force.then_some(2_500_000_000_000_i64);
        let new = json!({"document": "passport", "id_number": passport(), "clause": "fraud", "until_ms": until});
        let (status, body) = self.call(Some(&self.other().await), "POST", "/api/blacklist", Some(&new)).await;
        assert_eq!(status, 201, "{body}");
        id(&serde_json::from_str(&body).expect("JSON"), "id")
    }

    /// A second administrator.
    pub async fn other(&self) -> String {
        accounts::create_token(&self.running.app.store, "admin", "another", None).await.expect("a token")
    }

    /// A list of words of the private room.
    pub async fn word_list(&self) -> String {
        let list = json!({"name": SECRET, "room": self.private_room});
        id(&self.made("/api/moderation/lists", list).await, "id")
    }

    /// A version of a model with texts that measure it. Nothing is in shadow: there is a most of that.
    pub async fn model(&self, in_force: bool) -> String {
        let versions = self.read("/api/moderation/models?limit=100").await;
        for shadow in versions["items"].as_array().into_iter().flatten().filter(|one| one["state"] == "shadow") {
            self.made(&format!("/api/moderation/models/{}/retire", id(shadow, "id")), json!({})).await;
        }
        let version = id(&self.made("/api/moderation/models", json!(model())).await, "id");
        let path = format!("/api/moderation/models/{version}");
        let texts = json!("1\t滚出去\n0\t主播好看\n");
        let (status, text) = self.call(Some(&self.admin), "PUT", &format!("{path}/texts"), Some(&texts)).await;
        assert_eq!(status, 200, "{text}");
        if in_force {
            self.made(&format!("{path}/force"), Value::Null).await;
        }
        version
    }

    /// People decided about enough danmaku to learn from.
    pub async fn taught(&self) {
        let app = &self.running.app;
        let (org, team) = self.running.home().await.expect("the first team");
        let room: RoomId = self.private_room.parse().expect("an id");
        let event = |event| Envelope::new(app.now(), Source::Server, org, event).with_team(team).with_room(room);
        let judged = |at: u32| {
            let judged = DanmakuJudged {
                verdict: TextVerdict::Alarm,
                danmaku: DanmakuSent::plain(format!("{SECRET} {at}")),
                reasons: Vec::new(),
                score_milli: None,
                mode: ChatMode::AfterReview,
                lists: 0,
                model: None,
            };
            event(Event::DanmakuJudged(judged)).with_viewer(ViewerId::random())
        };
        let positions = app.append(&(0..60).map(judged).collect::<Vec<_>>()).await.expect("a log");
        let reviewed = |position: u64| {
            let outcome = if position.is_multiple_of(2) { ReviewOutcome::Pass } else { ReviewOutcome::Reject };
            let by = "lin".to_owned();
            event(Event::DanmakuReviewed(DanmakuReviewed { position, outcome, held: false, clause: None, tier: 1, by }))
        };
        let noted = app.append(&positions.map(reviewed).collect::<Vec<_>>()).await.expect("a log");
        assert!(
            app.progress.reached(moderation::NAME, noted.end - 1, Duration::from_secs(60)).await,
            "nobody noted it"
        );
    }

    /// A danmaku of the private room that waits for a person.
    pub async fn judged(&self) -> String {
        let app = &self.running.app;
        let room: RoomId = self.private_room.parse().expect("an id");
        let (org, team) = self.running.home().await.expect("the first team");
        let judged = DanmakuJudged {
            verdict: TextVerdict::Hold,
            danmaku: DanmakuSent::plain(SECRET),
            reasons: Vec::new(),
            score_milli: None,
            mode: ChatMode::AfterReview,
            lists: 0,
            model: None,
        };
        let event = Envelope::new(app.now(), Source::Viewer, org, Event::DanmakuJudged(judged));
        let event = event.with_team(team).with_room(room).with_viewer(ViewerId::random());
        let position = app.append(&[event]).await.expect("a log").start;
        self.read_when("/api/moderation/items", |page| page["items"][0]["position"] == position).await;
        position.to_string()
    }

    /// A danmaku that is to be decided about twice, or about which two people differ.
    pub async fn sampled(&self, state: &str) -> String {
        let position = self.judged().await;
        let (org, team) = self.running.home().await.expect("the first team");
        let (second, at) = if state == "open" { ("NULL, NULL", "NULL") } else { ("'wang', 'pass'", "2") };
        let sql = format!(
            "INSERT INTO moderation_samples (position, org_id, team_id, room_id, state, first_by, first_outcome, \
             first_clause, first_at_ms, second_by, second_outcome, second_at_ms) VALUES ({position}, '{org}', '{team}', \
             '{}', '{state}', 'lin', 'reject', 'contact', 1, {second}, {at})",
            self.private_room
        );
        let tx = self.running.app.store.begin().await.expect("a transaction");
        tx.execute_unprepared(&sql).await.expect("a sample");
        tx.commit().await.expect("a sample");
        position
    }

    /// A sanction in the private room, imposed by somebody else, and the appeal against it.
    pub async fn appealed(&self) -> (String, String) {
        let desk = accounts::create_token(&self.running.app.store, "moderator", "desk", None).await.expect("a token");
        let room = format!("/api/rooms/{}", self.private_room);
        let ticket = self.made(&format!("{room}/viewer-token"), json!({})).await;
        let wanted = json!({"viewer": ticket["viewer_id"], "room": self.private_room, "clause": "contact"});
        let (status, text) = self.call(Some(&desk), "POST", "/api/moderation/sanctions", Some(&wanted)).await;
        assert_eq!(status, 201, "{text}");
        let sanction = id(&serde_json::from_str(&text).expect("an answer in JSON"), "id");
        let path = format!("{room}/sanctions/{sanction}/appeal?token={}", id(&ticket, "token"));
        let (status, text) = self.call(None, "POST", &path, Some(&json!({"text": SECRET}))).await;
        assert_eq!(status, 201, "{text}");
        let shown = self.read(&format!("/api/moderation/sanctions/{sanction}")).await;
        (sanction, id(&shown["appeal"], "id"))
    }

    /// A sanction with its evidence, put where that is kept.
    pub async fn proof(&self) -> String {
        let (sanction, _) = self.appealed().await;
        let sql = format!(
            "UPDATE moderation_sanctions SET evidence_state = 'kept', evidence_start_ms = 0, evidence_end_ms = 1000, \
             evidence_bytes = 2, evidence_sha256 = '{SECRET}' WHERE id = '{sanction}'"
        );
        self.put(&sql).await;
        let folder = self.running.app.data_dir.join("media/evidence");
        std::fs::create_dir_all(&folder).expect("a folder");
        std::fs::write(folder.join(format!("{sanction}.mp4")), [0xff, 0xd8]).expect("a film");
        sanction
    }

    /// A viewer of the private room who agreed to be counted.
    pub async fn consenting(&self) -> String {
        let (status, body) = self.call(Some(&self.admin), "PUT", "/api/consent/settings", Some(&consents())).await;
        assert_eq!(status, 200, "{body}");
        let room = format!("/api/rooms/{}", self.private_room);
        let ticket = self.made(&format!("{room}/viewer-token"), json!({})).await;
        let path = format!("{room}/consent?token={}", id(&ticket, "token"));
        let yes = json!({"purpose": "analytics", "version": 1, "given": true});
        let said = json!({"through": "room_page", "answers": [yes]});
        let (status, body) = self.call(None, "PUT", &path, Some(&said)).await;
        assert_eq!(status, 200, "{body}");
        id(&ticket, "viewer_id")
    }

    /// A file that was imported into the private room.
    pub async fn file_import(&self) -> String {
        let path = format!("/api/rooms/{}/imports/file", self.private_room);
        id(&self.made(&path, json!(RECORDING)).await, "id")
    }

    /// A fresh mapping.
    pub async fn mapping(&self) -> String {
        let (status, text) =
            self.call(Some(&self.admin), "PUT", "/api/imports/mappings", Some(&mapping_of(SECRET))).await;
        assert_eq!(status, 200, "{text}");
        id(&serde_json::from_str(&text).expect("an answer in JSON"), "id")
    }

    /// A picture that our team looks for.
    pub async fn picture_sample(&self) -> String {
        let (org, team) = self.running.home().await.expect("the first team");
        let store = &self.running.app.store;
        let ours = accounts::token_within(store, "admin", app::Scope::of_team(org, team)).await.expect("a token");
        let path = format!("/api/patrol/samples?name={SECRET}&category=gambling&level=alarm");
        let (status, text) = self.call(Some(&ours), "POST", &path, Some(&json!(PICTURE))).await;
        assert_eq!(status, 201, "{text}");
        id(&serde_json::from_str(&text).expect("an answer in JSON"), "id")
    }

    /// Something that was noticed in the show, and its picture; put where they are kept.
    pub async fn finding(&self) -> String {
        let (org, team) = self.running.home().await.expect("the first team");
        let (finding, room, show) = (RoomId::new().to_string(), &self.private_room, &self.show);
        let sql = format!(
            "INSERT INTO patrol_findings (id, org_id, team_id, room_id, broadcast_id, kind, level, label, name, \
             score_milli, at_ms, last_at_ms, times, picture, state) VALUES ('{finding}', '{org}', '{team}', '{room}', \
             '{show}', 'hash', 'hold', 'gambling', '{SECRET}', 969, 1790000000000, 1790000000000, 1, TRUE, 'open')"
        );
        self.put(&sql).await;
        let folder = self.running.app.data_dir.join("patrol");
        std::fs::create_dir_all(&folder).expect("a folder");
        std::fs::write(folder.join(format!("{finding}.jpg")), [0xff, 0xd8]).expect("a picture");
        finding
    }

    /// A warning of the show that nobody has read.
    pub async fn warning(&self) -> String {
        let (org, team) = self.running.home().await.expect("the first team");
        let (warning, room, show) = (RoomId::new().to_string(), &self.private_room, &self.show);
        let sql = format!(
            "INSERT INTO patrol_warnings (id, org_id, team_id, room_id, broadcast_id, text, warned_by, warned_at_ms) \
             VALUES ('{warning}', '{org}', '{team}', '{room}', '{show}', '{SECRET}', 'lin', 1790000000000)"
        );
        self.put(&sql).await;
        warning
    }

    /// A room of its own whose show may be ended, and that show.
    pub async fn stage(&self) -> (String, String) {
        let ((org, team), room, show) =
            (self.running.home().await.expect("the first team"), RoomId::new(), RoomId::new());
        let (room, show) = (room.to_string(), show.to_string());
        // Both at once, so that nobody has seen the room before the show was on.
        let sql = format!(
            "INSERT INTO room_rooms (id, org_id, team_id, title, private, stream_key_hash, created_at_ms) \
             VALUES ('{room}', '{org}', '{team}', '{SECRET}', TRUE, '{room}', 1790000000000); \
             INSERT INTO room_broadcasts (id, room_id, org_id, team_id, title, source, state, started_at_ms, \
             first_position, created_at_ms) VALUES ('{show}', '{room}', '{org}', '{team}', '{SECRET}', 'stream', 'live', \
             1790000000000, 1, 1790000000000)"
        );
        self.put(&sql).await;
        (room, show)
    }

    pub async fn put(&self, sql: &str) {
        let tx = self.running.app.store.begin().await.expect("a transaction");
        tx.execute_unprepared(sql).await.expect("a row");
        tx.commit().await.expect("a commit");
    }

    async fn first_or_made(&self, list: &str, make: &str, body: Value) -> String {
        let listed = self.read(list).await;
        // Other teams may have made some of another kind.
        let mut items = listed["items"].as_array().into_iter().flatten();
        match items.find(|item| item["kind"] == body["kind"]) {
            Some(item) => id(item, "id"),
            None => id(&self.made(make, body).await, "id"),
        }
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

    async fn alarm_of_the_program(&self) -> String {
        let (org, _) = self.running.home().await.expect("the first team");
        let id = "0190a0c0-0000-7000-8000-00000000000b";
        let sql = format!(
            "INSERT INTO system_alarms (id, org_id, kind, value, limit_value, raised_at_ms)
             VALUES ('{id}', '{org}', 'disk_low', 1, 2, 1790000000000)"
        );
        let tx = self.running.app.store.begin().await.expect("a transaction");
        tx.execute_unprepared(&sql).await.expect("an alarm");
        tx.commit().await.expect("a commit");
        id.to_owned()
    }

    /// A paper, brought by whoever that token is.
    pub async fn document(&self, token: &str, kind: &str) -> String {
        let room = &self.private_room;
        let path = format!("/api/moderation/documents?room={room}&kind={kind}&number=1&holder=1024");
        id(&self.made_by(token, "POST", &path, json!(PICTURE)).await, "id")
    }

    /// Somebody new of the first team, by login.
    pub async fn colleague(&self) -> String {
        let (org, team) = self.running.home().await.expect("the first team");
        let (store, scope) = (&self.running.app.store, app::Scope::of_team(org, team));
        accounts::person_within(store, "host", scope, SECRET).await.expect("a person")
    }

    pub async fn professional(&self, login: &str) -> String {
        let path = format!("/api/moderation/professionals/{login}");
        let noted = json!({"profession": "medical", "number": "1024"});
        self.made_by(&self.admin, "PUT", &path, noted).await;
        login.to_owned()
    }

    /// A fresh dossier of the private room that somebody else wrote, and the hash of its text; `Some`: it waits, signed or not.
    pub async fn dossier(&self, signed: Option<bool>) -> (String, String) {
        let store = &self.running.app.store;
        let writer = accounts::create_token(store, "operator", "writer", None).await.expect("a token");
        let mut content = plan();
        for kind in ["business_licence", "device_registration", "device_business", "ad_approval"] {
            let document = self.document(&writer, kind).await;
            content["items"][0]["documents"].as_array_mut().expect("documents").push(json!(document));
        }
        let body = json!({"room": self.private_room, "content": content});
        let made = self.made_by(&writer, "POST", "/api/moderation/dossiers", body).await;
        let (dossier, sha256) = (id(&made, "id"), id(&made, "sha256"));
        let path = |deed: &str| format!("/api/moderation/dossiers/{dossier}/{deed}");
        if signed.is_some() {
            self.made_by(&writer, "POST", &path("submit"), json!({"version": 1})).await;
            self.professional("test").await;
        }
        if signed == Some(true) {
            self.professional("signer").await;
            let signer = accounts::create_token(store, "professional", "signer", None).await.expect("a token");
            self.made_by(&signer, "POST", &path("sign"), json!({"version": 1, "sha256": sha256})).await;
        }
        (dossier, sha256)
    }

    pub async fn made_by(&self, token: &str, method: &str, path: &str, body: Value) -> Value {
        let (mut status, mut text) = self.call(Some(token), method, path, Some(&body)).await;
        // The lists of words may still be being read.
        while status == 503 {
            tokio::time::sleep(Duration::from_millis(20)).await;
            (status, text) = self.call(Some(token), method, path, Some(&body)).await;
        }
        assert!((200..300).contains(&status), "{method} {path}: {status} {text}");
        serde_json::from_str(&text).expect("an answer in JSON")
    }

    pub async fn made(&self, path: &str, body: Value) -> Value {
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
        request = match body {
            Some(Value::String(file)) => request.body(bytes_of(file)),
            Some(body) => request.json(body),
            None => request,
        };
        let response = request.send().await.unwrap_or_else(|error| panic!("{path}: {error}"));
        let kind = response.headers().get("content-type").and_then(|kind| kind.to_str().ok());
        if kind.is_some_and(|kind| kind.starts_with("text/event-stream")) {
            // It goes on for ever.
            return (response.status().as_u16(), String::new());
        }
        (response.status().as_u16(), response.text().await.unwrap_or_default())
    }

    /// The headers of an answer to the administrator.
    pub async fn head(&self, method: &str, path: &str) -> reqwest::header::HeaderMap {
        let method = Method::from_bytes(method.as_bytes()).expect("a method");
        let request = client().request(method, format!("http://{}{path}", self.running.http)).bearer_auth(&self.admin);
        request.send().await.expect("an answer").headers().clone()
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

/// In the place of ffmpeg: of whatever it reads it makes a picture that nobody has seen before.
fn painter(dir: &std::path::Path) -> String {
    use std::os::unix::fs::PermissionsExt;
    let path = dir.join("painter");
    let script = "#!/bin/sh\ncat > /dev/null\nprintf '\\377\\330\\377'\nhead -c 16384 /dev/urandom >&2\n";
    std::fs::write(&path, script).expect("a script");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).expect("a script that runs");
    path.display().to_string()
}

/// What an encoder sends first.
pub fn hello(stream_key: &str) -> (Publisher, Vec<u8>) {
    let record: &[u8] = &[
        0x17, 0, 0, 0, 0, 1, 0x64, 0, 0x1e, 0xff, 0xe1, 0, 26, 0x67, 0x64, 0, 0x1e, 0xac, 0xd9, 0x40, 0xa0, 0x2f, 0xf9,
        0x70, 0x11, 0, 0, 3, 0, 1, 0, 0, 3, 0, 0x32, 0x0f, 0x16, 0x2d, 0x96, 1, 0, 4, 0x68, 0xef, 0xbc, 0xb0,
    ];
    let mut out = Vec::new();
    let mut publisher = Publisher::default();
    Publisher::hello(&mut out);
    Publisher::echo(&mut out);
    publisher.publish("live", stream_key, &mut out);
    publisher.video(0, record, &mut out);
    (publisher, out)
}

/// 25 pictures a second that show nothing.
pub fn pictures(publisher: &Publisher, numbers: std::ops::Range<u32>, out: &mut Vec<u8>) {
    for n in numbers {
        let kind = if n.is_multiple_of(25) { 0x17 } else { 0x27 };
        publisher.video(n * 40, &[kind, 1, 0, 0, 0, 0, 0, 0, 4, 1, 2, 3, 4], out);
    }
}

/// A small model, as the body of a call that takes a file.
pub fn model() -> &'static str {
    static MODEL: LazyLock<String> = LazyLock::new(|| {
        let text =
            |at: u32, bad| Example { text: format!("{}{at}", if bad { "滚出去" } else { "主播好看" }), bad };
        let examples: Vec<Example> = (0..60).map(|at| text(at, at % 2 == 0)).collect();
        let bytes = Model::train(&examples).expect("a model").to_bytes();
        bytes.iter().fold("hex:".to_owned(), |hex, byte| hex + &format!("{byte:02x}"))
    });
    &MODEL
}

/// A small PNG, as the body of a call that takes a file.
pub const PICTURE: &str = "hex:89504e470d0a1a0a0000000d494844520000001000000010080200000090916836000000164944415478da635070682009318c6a18d5307c350000b71ae00133c43e490000000049454e44ae426082";

/// What a show is going to say: about goods for which a professional signs.
pub fn plan() -> Value {
    json!({
        "title": "1024", "planned_at_ms": 1_795_867_200_000_i64,
        "sections": [{"name": "1", "text": "请仔细阅读产品说明书或者在医务人员的指导下购买和使用"}],
        "items": [{"name": "1024", "category": "medical_device", "claims": "", "documents": []}],
    })
}

/// What viewers are asked.
pub fn consents() -> Value {
    let analytics = json!({"purpose": "analytics", "asked": true, "zh": "统计", "en": "count"});
    json!({"enabled": true, "purposes": [analytics]})
}

/// A recorder's file with one row.
pub const RECORDING: &str = r#"<i><d p="1,1,25,255,1790000000,0,u,0">only-for-us</d></i>"#;

/// How a platform's table is read.
pub fn mapping_of(platform: &str) -> Value {
    let columns = json!([{"header": "time", "field": "time"}]);
    json!({"platform": platform, "mapping": {"rows_of": "share", "columns": columns, "utc_offset_min": 0, "money": "yuan"}})
}

/// One row of an import.
pub fn import_of(row: &str) -> Value {
    json!({"title": SECRET, "rows": [{"id": row, "occurred_at": 1_790_000_000_000_i64, "kind": "danmaku", "text": SECRET}]})
}

fn id(answer: &Value, field: &str) -> String {
    answer[field].as_str().unwrap_or_else(|| panic!("no `{field}` in {answer}")).to_owned()
}

/// The text, or what stands behind `hex:`.
fn bytes_of(file: &str) -> Vec<u8> {
    let Some(digits) = file.strip_prefix("hex:") else { return file.as_bytes().to_vec() };
    let pairs = digits.as_bytes().chunks(2).map(|pair| std::str::from_utf8(pair).expect("digits"));
    pairs.map(|pair| u8::from_str_radix(pair, 16).expect("digits")).collect()
}

/// The first field `id`, however deep.
fn find_id(answer: &Value) -> Option<String> {
    let fields = answer.as_object()?;
    let own = fields.get("id").and_then(Value::as_str).map(str::to_owned);
    own.or_else(|| fields.values().find_map(find_id))
}

pub fn client() -> Client {
    static CLIENT: OnceLock<()> = OnceLock::new();
    CLIENT.get_or_init(|| {
        let _ = rustls::crypto::ring::default_provider().install_default();
    });
    Client::new()
}

/// A number that nobody has yet.
pub fn passport() -> String {
    use std::sync::atomic::{AtomicU64, Ordering};
    static COUNT: AtomicU64 = AtomicU64::new(0);
    format!("E{:08}", COUNT.fetch_add(1, Ordering::Relaxed))
}
