//! Hosts, the blacklist, what keeps shows off air, and scores.

use crate::house::{House, hello, passport, pictures};
use events::{Envelope, Event, Millis, RoomId, SanctionChanged, SanctionKind, Sanctioned, Source};
use serde_json::{Value, json};
use tokio::{io::AsyncWriteExt, net::TcpStream};
use uuid::Uuid;

const NUMBER: &str = "11010519491231002X";
const NAME: &str = "王小明";

struct Stage {
    house: House,
    /// A second administrator.
    other: String,
    room: String,
    key: String,
}

impl Stage {
    async fn set() -> Self {
        let house = House::start().await;
        let other = house.other().await;
        let room = house.made("/api/rooms", json!({"title": "准入"})).await;
        let stage = Self { other, room: text(&room["id"]), key: text(&room["stream_key"]), house };
        // What others ask of a show is not what is asked here.
        stage.say("clearance_open", "off").await;
        stage
    }

    async fn ask(&self, who: &str, method: &str, path: &str, body: Value) -> (u16, Value) {
        let body = Some(body).filter(|body| !body.is_null());
        let (status, answer) = self.house.call(Some(who), method, path, body.as_ref()).await;
        (status, serde_json::from_str(&answer).unwrap_or_default())
    }

    async fn good(&self, who: &str, method: &str, path: &str, body: Value) -> Value {
        let (status, answer) = self.ask(who, method, path, body).await;
        assert!((200..300).contains(&status), "{method} {path}: {status} {answer}");
        answer
    }

    async fn bad(&self, who: &str, method: &str, path: &str, body: Value) -> String {
        let (status, answer) = self.ask(who, method, path, body).await;
        assert!((400..500).contains(&status), "{method} {path}: {status} {answer}");
        text(&answer["code"])
    }

    async fn host(&self) -> String {
        let host =
            self.good(&self.house.admin, "POST", "/api/hosts", json!({"name": "小鱼", "rooms": [self.room]})).await;
        text(&host["id"])
    }

    async fn say(&self, obstacle: &str, action: &str) {
        let change = json!({"obstacles": [{"obstacle": obstacle, "action": action}]});
        self.good(&self.house.admin, "PUT", "/api/admission/settings", change).await;
    }

    async fn admission(&self) -> Value {
        self.house.read(&format!("/api/rooms/{}/admission", self.room)).await
    }

    /// A push of a few seconds; who is refused may hear of it in the middle.
    async fn push(&self) -> TcpStream {
        let mut encoder = TcpStream::connect(self.house.running.rtmp).await.expect("a connection");
        let (publisher, mut out) = hello(&self.key);
        pictures(&publisher, 0..75, &mut out);
        encoder.write_all(&out).await.ok();
        encoder
    }

    async fn last(&self, outcome: &str) -> Value {
        let path = format!("/api/rooms/{}/admission", self.room);
        self.house.read_when(&path, |answer| answer["last"]["outcome"] == outcome).await["last"].clone()
    }

    async fn emit(&self, event: Event) {
        let (org, team) = self.house.running.home().await.expect("the first team");
        let room: RoomId = self.room.parse().expect("an id");
        let envelope = Envelope::new(Millis::now(), Source::Server, org, event).with_team(team).with_room(room);
        let tx = self.house.running.app.store.begin().await.expect("a transaction");
        tx.emit(envelope).await.expect("an event");
        tx.commit().await.expect("a commit");
    }

    async fn score_when(&self, wanted: u64) -> Value {
        let path = format!("/api/rooms/{}/score", self.room);
        self.house.read_when(&path, |answer| answer["score"] == wanted).await
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn codes(decision: &Value) -> Vec<&str> {
    let obstacles = decision["obstacles"].as_array().expect("obstacles");
    obstacles.iter().filter_map(|obstacle| obstacle["code"].as_str()).collect()
}

fn identity(number: &str) -> Value {
    json!({"legal_name": NAME, "document": "id_card", "id_number": number})
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_refuses_keeps_a_show_off_air_and_what_tells_does_not() {
    let stage = Stage::set().await;
    let admission = stage.admission().await;
    assert_eq!((&admission["now"]["outcome"], codes(&admission["now"])), (&json!("told"), vec!["no_host"]));
    assert_eq!(admission["last"], Value::Null);

    stage.say("no_host", "refuse").await;
    let _refused = stage.push().await;
    let last = stage.last("refused").await;
    assert_eq!((codes(&last), &last["broadcast_id"]), (vec!["no_host"], &Value::Null));
    let room = stage.house.read(&format!("/api/rooms/{}", stage.room)).await;
    assert_eq!(room["live"], false);

    stage.say("no_host", "tell").await;
    let encoder = stage.push().await;
    let path = format!("/api/rooms/{}", stage.room);
    let room = stage.house.read_when(&path, |room| room["live"] == true).await;
    let last = stage.last("told").await;
    assert_eq!(last["broadcast_id"], room["broadcast_id"]);
    // A show that is on air goes on, whatever is said meanwhile.
    stage.say("no_host", "refuse").await;
    drop(encoder);
    stage.house.read_when(&path, |room| room["broadcast_state"] == "interrupted").await;
    let _again = stage.push().await;
    let again = stage.house.read_when(&path, |room| room["broadcast_state"] == "live").await;
    assert_eq!(again["broadcast_id"], room["broadcast_id"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_goes_on_air_against_what_is_told_is_a_little_less_trusted() {
    let stage = Stage::set().await;
    stage.host().await;
    let _encoder = stage.push().await;
    assert_eq!(codes(&stage.last("told").await), ["no_real_name"]);
    let score = stage.score_when(99).await;
    assert_eq!(score["reasons"][0]["kind"], "told");
}

#[tokio::test]
async fn settings_name_what_there_is_and_a_blacklisted_person_is_always_refused() {
    let stage = Stage::set().await;
    let admin = stage.house.admin.clone();
    let set = |obstacle: &str, action: &str| json!({"obstacles": [{"obstacle": obstacle, "action": action}]});
    let path = "/api/admission/settings";
    assert_eq!(stage.bad(&admin, "PUT", path, set("nothing", "tell")).await, "unknown_code");
    assert_eq!(stage.bad(&admin, "PUT", path, set("blacklisted", "off")).await, "always_refuses");
    stage.say("no_host", "off").await;
    let admission = stage.admission().await;
    assert_eq!((&admission["now"]["outcome"], codes(&admission["now"])), (&json!("admitted"), vec![]));
}

#[tokio::test]
async fn another_person_verifies_and_nothing_of_a_number_is_told() {
    let stage = Stage::set().await;
    let (admin, other) = (stage.house.admin.clone(), stage.other.clone());
    let host = stage.host().await;
    let (identity_path, decision_path) = (format!("/api/hosts/{host}/identity"), format!("/api/hosts/{host}/decision"));
    let decision = json!({"verified": true, "note": "身份证原件"});
    assert_eq!(codes(&stage.admission().await["now"]), ["no_real_name"]);
    assert_eq!(stage.bad(&other, "POST", &decision_path, decision.clone()).await, "not_submitted");
    assert_eq!(stage.bad(&admin, "PUT", &identity_path, identity("110105194912310021")).await, "bad_number");

    let submitted = stage.good(&admin, "PUT", &identity_path, identity(NUMBER)).await;
    let shown = [&submitted["state"], &submitted["masked_name"], &submitted["masked_number"]];
    assert_eq!(shown, [&json!("submitted"), &json!("王**"), &json!("110***********002X")]);
    assert_eq!(stage.bad(&admin, "POST", &decision_path, decision.clone()).await, "same_person");
    let verified = stage.good(&other, "POST", &decision_path, decision.clone()).await;
    assert_eq!((&verified["state"], &verified["decided_by"]), (&json!("verified"), &json!("another")));
    assert_eq!(stage.bad(&other, "POST", &decision_path, decision).await, "not_submitted");
    assert_eq!(stage.admission().await["now"]["outcome"], "admitted");

    // The same person twice is a mistake.
    let twin = stage.host().await;
    assert_eq!(
        stage.bad(&admin, "PUT", &format!("/api/hosts/{twin}/identity"), identity(NUMBER)).await,
        "identity_taken"
    );

    let audit = stage.house.read(&format!("/api/audit?target={identity_path}")).await.to_string();
    assert!(audit.contains("PUT /api/hosts/{id}/identity"), "{audit}");
    let app = &stage.house.running.app;
    app.store.relayed().await.expect("what was told is in the log");
    let log: Vec<u8> = app
        .log
        .read(1)
        .take_while(|entry| entry.as_ref().is_ok_and(|entry| entry.position <= app.log.last()))
        .flat_map(|entry| entry.expect("an entry").payload.to_vec())
        .collect();
    let log = String::from_utf8_lossy(&log).into_owned();
    assert!(log.contains("\"HostChanged\""));
    for secret in [NUMBER, NAME] {
        assert!(!audit.contains(secret) && !log.contains(secret));
    }

    let erased = stage.good(&admin, "DELETE", &identity_path, Value::Null).await;
    assert_eq!((&erased["state"], &erased["masked_name"]), (&json!("unverified"), &Value::Null));
    stage.good(&admin, "PUT", &format!("/api/hosts/{twin}/identity"), identity(NUMBER)).await;
}

#[tokio::test]
async fn who_is_young_needs_a_guardian_and_company() {
    let stage = Stage::set().await;
    let (admin, other) = (stage.house.admin.clone(), stage.other.clone());
    let host = stage.host().await;
    let path = format!("/api/hosts/{host}/identity");
    let year = 365 * 86_400_000_i64;
    let born = |years: i64| {
        let at = events::Timestamp(Millis::now().plus_ms(-years * year - year / 2)).to_string();
        let day = at.split('T').next().expect("a day").to_owned();
        json!({"legal_name": NAME, "document": "passport", "id_number": passport(), "born": day})
    };
    assert_eq!(stage.bad(&admin, "PUT", &path, born(14)).await, "too_young");
    assert_eq!(stage.bad(&admin, "PUT", &path, born(16)).await, "guardian_needed");
    let mut young = born(16);
    young["guardian"] = true.into();
    stage.good(&admin, "PUT", &path, young).await;
    let verify = |host: String| format!("/api/hosts/{host}/decision");
    let verified = stage.good(&other, "POST", &verify(host), json!({"verified": true})).await;
    assert_eq!((&verified["minor"], &verified["guardian"]), (&json!(true), &json!(true)));
    assert_eq!(codes(&stage.admission().await["now"]), ["minor"]);
    let grown = stage.host().await;
    stage.good(&admin, "PUT", &format!("/api/hosts/{grown}/identity"), identity(NUMBER)).await;
    stage.good(&other, "POST", &verify(grown), json!({"verified": true})).await;
    assert_eq!(codes(&stage.admission().await["now"]), [""; 0]);
}

#[tokio::test]
async fn two_people_keep_somebody_away_for_ever_and_let_him_back() {
    let stage = Stage::set().await;
    let (admin, other) = (stage.house.admin.clone(), stage.other.clone());
    let host = stage.host().await;
    stage.good(&admin, "PUT", &format!("/api/hosts/{host}/identity"), identity(NUMBER)).await;
    let verify = format!("/api/hosts/{host}/decision");
    stage.good(&other, "POST", &verify, json!({"verified": true})).await;

    let of = json!({"document": "id_card", "id_number": NUMBER, "clause": "fraud"});
    let entry = stage.good(&admin, "POST", "/api/blacklist", of.clone()).await;
    assert_eq!(entry["state"], "asked");
    assert!(!entry.to_string().contains("110105"), "{entry}");
    assert_eq!(stage.admission().await["now"]["outcome"], "admitted", "nothing counts before it is confirmed");
    assert_eq!(stage.bad(&admin, "POST", "/api/blacklist", of).await, "already_listed");
    let path = format!("/api/blacklist/{}", text(&entry["id"]));
    let (decision, confirm) = (format!("{path}/decision"), json!({"confirm": true}));
    assert_eq!(stage.bad(&admin, "POST", &decision, confirm.clone()).await, "same_person");
    let entry = stage.good(&other, "POST", &decision, confirm.clone()).await;
    assert_eq!(entry["state"], "in_force");
    let now = stage.admission().await["now"].clone();
    assert_eq!((&now["outcome"], codes(&now)), (&json!("refused"), vec!["blacklisted"]));

    // Erased, he is still known by his digest; and under another name he has the same answer.
    stage.good(&admin, "DELETE", &format!("/api/hosts/{host}/identity"), Value::Null).await;
    assert_eq!(codes(&stage.admission().await["now"]), ["blacklisted", "no_real_name"]);
    let again = stage.host().await;
    let refused = stage.bad(&admin, "PUT", &format!("/api/hosts/{again}/identity"), identity(NUMBER)).await;
    assert_eq!(refused, "identity_refused");
    let read = stage.house.read(&format!("/api/hosts/{again}")).await;
    assert_eq!((&read["state"], &read["blacklist_entry"]), (&json!("refused"), &entry["id"]));
    let reader =
        accounts::create_token(&stage.house.running.app.store, "operator", "reader", None).await.expect("a token");
    let read = stage.good(&reader, "GET", &format!("/api/hosts/{again}"), Value::Null).await;
    assert_eq!(read["blacklist_entry"], Value::Null);

    let entry = stage.good(&other, "POST", &format!("{path}/removal"), Value::Null).await;
    assert_eq!(entry["state"], "removal_asked");
    assert_eq!(stage.admission().await["now"]["outcome"], "refused", "it counts until another person confirms");
    assert_eq!(stage.bad(&other, "POST", &decision, confirm.clone()).await, "same_person");
    assert_eq!(stage.good(&admin, "POST", &decision, confirm.clone()).await["state"], "removed");
    assert_eq!(stage.bad(&admin, "POST", &decision, confirm).await, "nothing_asked");
    stage.good(&admin, "PUT", &format!("/api/hosts/{again}/identity"), identity(NUMBER)).await;
}

#[tokio::test]
async fn a_list_is_taken_over_line_by_line() {
    let stage = Stage::set().await;
    let admin = stage.house.admin.clone();
    let file = format!(
        "kind,number,clause,until,note\nid_card,{NUMBER},fraud,2070-01-01,行业名单\nid_card,1,fraud\nid_card,{NUMBER},fraud\npassport,E1234567,gambling\n"
    );
    let taken = stage.good(&admin, "POST", "/api/blacklist/import", json!(file)).await;
    let skipped = json!([{"line": 3, "reason": "bad_number"}, {"line": 4, "reason": "already_listed"}]);
    assert_eq!(taken, json!({"taken": 2, "skipped": skipped}));
    let waiting = stage.good(&admin, "GET", "/api/blacklist?waiting=true", Value::Null).await;
    assert_eq!(waiting["items"].as_array().map(Vec::len), Some(1), "{waiting}");
    let all = stage.good(&admin, "GET", "/api/blacklist", Value::Null).await;
    assert_eq!(all["items"].as_array().map(Vec::len), Some(2), "{all}");
    // What comes as JSON would stand in the audit log.
    assert_eq!(stage.bad(&admin, "POST", "/api/blacklist/import", json!({"rows": []})).await, "not_text");
}

#[tokio::test]
async fn a_fault_takes_points_and_a_reversal_gives_them_back() {
    let stage = Stage::set().await;
    let host = stage.host().await;
    let sanction = Uuid::now_v7();
    let sanctioned = Sanctioned {
        sanction,
        kind: SanctionKind::CutStream,
        clause: "minors".into(),
        everywhere: false,
        until: None,
        position: None,
        tier: 2,
        by: "wang".into(),
    };
    stage.emit(Event::Sanctioned(sanctioned)).await;
    let score = stage.score_when(55).await;
    assert_eq!((&score["band"], &score["reasons"][0]["clause"]), (&json!("restricted"), &json!("minors")));
    assert_eq!(score["history"].as_array().map(Vec::len), Some(30));
    let of_host = stage.house.read(&format!("/api/hosts/{host}/score?days=1")).await;
    assert_eq!(of_host["score"], 55, "{of_host}");
    let now = stage.admission().await["now"].clone();
    assert!(codes(&now).contains(&"low_score"), "{now}");

    let changed = |state: &str| SanctionChanged { sanction, state: state.into(), by: String::new() };
    stage.emit(Event::SanctionChanged(changed("suspended"))).await;
    stage.score_when(100).await;
    stage.emit(Event::SanctionChanged(changed("upheld"))).await;
    stage.score_when(55).await;
    stage.emit(Event::SanctionChanged(changed("reversed"))).await;
    let score = stage.score_when(100).await;
    assert_eq!(score["reasons"], json!([]));
    let path = format!("/api/rooms/{}/score?day=2020-01-01", stage.room);
    assert_eq!(stage.bad(&stage.house.admin, "GET", &path, Value::Null).await, "bad_day");
}

#[test]
fn the_clauses_are_the_published_ones() {
    let published: Vec<&str> = moderation::clauses::LIST.iter().map(|clause| clause.code).collect();
    assert_eq!(standing::CLAUSES, published);
}
