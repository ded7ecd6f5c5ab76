//! A provider of real names, asked over a real connection: one that answers, one that hangs, one that breaks and one that lies. And hosts
//! who are accounts of the staff.

use crate::house::{House, SECRET, client};
use app::Scope;
use serde_json::{Value, json};
use server::Config;
use standing::ProviderSettings;
use std::{collections::HashMap, sync::Arc};
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
    sync::Mutex,
};

const NUMBER: &str = "11010519491231002X";
const NAME: &str = "王小明";
const PROVIDER: &str = "/api/standing/provider";

/// What it says to the next one who asks, and goes on saying.
#[derive(Clone)]
enum Reply {
    Says(Value),
    Raw(&'static str),
    Silence,
}

struct Asked {
    headers: HashMap<String, String>,
    body: Value,
}

/// Somebody else's service.
struct Clerk {
    url: String,
    /// The last one stays.
    replies: Arc<Mutex<Vec<Reply>>>,
    asked: Arc<Mutex<Vec<Asked>>>,
}

impl Clerk {
    async fn open(mut replies: Vec<Reply>) -> Self {
        replies.reverse();
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}/check", listener.local_addr().expect("an address"));
        let clerk = Self { url, replies: Arc::new(Mutex::new(replies)), asked: Arc::default() };
        let (replies, asked) = (clerk.replies.clone(), clerk.asked.clone());
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, replies.clone(), asked.clone()));
            }
        });
        clerk
    }

    async fn asked(&self) -> usize {
        self.asked.lock().await.len()
    }
}

async fn serve(stream: TcpStream, replies: Arc<Mutex<Vec<Reply>>>, asked: Arc<Mutex<Vec<Asked>>>) -> Option<()> {
    let mut stream = BufReader::new(stream);
    loop {
        let mut headers = HashMap::new();
        loop {
            let mut line = String::new();
            if stream.read_line(&mut line).await.ok()? == 0 {
                return None;
            }
            let line = line.trim_end();
            if line.is_empty() {
                break;
            }
            if let Some((name, value)) = line.split_once(": ") {
                headers.insert(name.to_lowercase(), value.to_owned());
            }
        }
        let mut body = vec![0; headers.get("content-length")?.parse().ok()?];
        stream.read_exact(&mut body).await.ok()?;
        asked.lock().await.push(Asked { headers, body: serde_json::from_slice(&body).ok()? });
        let reply = {
            let mut replies = replies.lock().await;
            if replies.len() > 1 { replies.pop() } else { replies.last().cloned() }
        };
        let answer = match reply? {
            Reply::Silence => std::future::pending().await,
            Reply::Raw(answer) => answer.to_owned(),
            Reply::Says(said) => {
                let said = said.to_string();
                format!(
                    "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{said}",
                    said.len()
                )
            }
        };
        stream.write_all(answer.as_bytes()).await.ok()?;
    }
}

fn says(result: &str, reference: &str) -> Reply {
    Reply::Says(json!({"result": result, "reference": reference}))
}

/// A machine may be slow; the provider has time, and is asked again at once.
fn patient(config: &mut Config) {
    config.standing = ProviderSettings {
        allow_private: true,
        timeout_ms: 60_000,
        retry_s: vec![0, 0],
        trip_after: 100,
        rest_s: 3_600,
    };
}

struct Office {
    house: House,
    /// A second administrator.
    other: String,
}

impl Office {
    async fn open(change: impl FnOnce(&mut Config)) -> Self {
        let house = House::start_with(change).await;
        let other = house.other().await;
        Self { house, other }
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
        answer["code"].as_str().unwrap_or_default().to_owned()
    }

    async fn provides(&self, clerk: &Clerk, auth: &str, with_person: bool) {
        let wanted =
            json!({"url": clerk.url, "auth": auth, "secret": "s3cret", "with_person": with_person, "enabled": true});
        let set = self.good(&self.house.admin, "PUT", PROVIDER, wanted).await;
        assert!(!set.to_string().contains("s3cret"), "{set}");
    }

    /// A host whose identity was submitted just now.
    async fn submitted(&self) -> String {
        let host = self.good(&self.house.admin, "POST", "/api/hosts", json!({"name": "小鱼"})).await;
        let path = format!("/api/hosts/{}", host["id"].as_str().expect("an id"));
        let identity = json!({"legal_name": NAME, "document": "id_card", "id_number": NUMBER});
        self.good(&self.house.admin, "PUT", &format!("{path}/identity"), identity).await;
        path
    }

    /// The host, once the provider's answer and what follows from it are as wanted: an answer may be read between the two.
    async fn checked(&self, host: &str, check: &str, state: &str) -> Value {
        self.house.read_when(host, |host| host["check"]["state"] == check && host["state"] == state).await
    }
}

#[tokio::test]
async fn nobody_is_asked_before_an_administrator_says_whom() {
    let office = Office::open(|_| ()).await;
    let none = office.house.read(PROVIDER).await;
    assert_eq!((&none["url"], &none["enabled"], &none["has_secret"]), (&json!(""), &json!(false), &json!(false)));
    let host = office.submitted().await;
    assert_eq!(office.house.read(&host).await["check"], Value::Null);
    let admin = &office.house.admin;
    let wanted = |url: &str| json!({"url": url, "auth": "bearer", "secret": "a", "with_person": true, "enabled": true});
    assert_eq!(office.bad(admin, "PUT", PROVIDER, wanted("http://names.invalid/")).await, "bad_url");
    assert_eq!(office.bad(admin, "PUT", PROVIDER, wanted("https://10.0.0.1/")).await, "private_address");
    let mut without = wanted("https://names.invalid/");
    without["secret"] = Value::Null;
    assert_eq!(office.bad(admin, "PUT", PROVIDER, without.clone()).await, "secret_needed");
    office.good(admin, "PUT", PROVIDER, wanted("https://names.invalid/")).await;
    office.good(admin, "PUT", PROVIDER, without).await;
    // A secret goes nowhere else.
    let mut elsewhere = wanted("https://others.invalid/");
    elsewhere["secret"] = Value::Null;
    assert_eq!(office.bad(admin, "PUT", PROVIDER, elsewhere).await, "secret_needed");
    let audit = office.house.read(&format!("/api/audit?target={PROVIDER}")).await.to_string();
    assert!(audit.contains("names.invalid") && !audit.contains("\"secret\":\"a\""), "{audit}");
    office.good(admin, "DELETE", PROVIDER, Value::Null).await;
    assert_eq!(office.house.read(PROVIDER).await["has_secret"], false);
}

#[tokio::test]
async fn what_matches_is_verified_with_its_reference_and_nothing_of_the_number_is_told() {
    let office = Office::open(patient).await;
    let clerk = Clerk::open(vec![says("match", "RN-7")]).await;
    office.provides(&clerk, "bearer", false).await;
    let host = office.submitted().await;
    let verified = office.checked(&host, "match", "verified").await;
    assert_eq!(verified["decided_by"], "provider");
    assert_eq!((&verified["check"]["reference"], &verified["note"]), (&json!("RN-7"), &json!("match RN-7")));
    let asked = clerk.asked.lock().await;
    let first = asked.first().expect("a question");
    assert_eq!((&first.body["name"], &first.body["id_number"]), (&json!(NAME), &json!(NUMBER)));
    assert_eq!(first.headers.get("authorization").map(String::as_str), Some("Bearer s3cret"));
    assert_eq!(first.headers.get("webhook-id").map(String::as_str), first.body["request_id"].as_str());

    let audit = office.house.read("/api/audit?action=host_checked").await;
    let row = &audit["items"][0];
    assert_eq!((&row["actor"], &row["after"]["reference"]), (&json!("provider"), &json!("RN-7")), "{audit}");
    let app = &office.house.running.app;
    app.store.relayed().await.expect("what was told is in the log");
    let log: Vec<u8> = app
        .log
        .read(1)
        .take_while(|entry| entry.as_ref().is_ok_and(|entry| entry.position <= app.log.last()))
        .flat_map(|entry| entry.expect("an entry").payload.to_vec())
        .collect();
    let log = String::from_utf8_lossy(&log).into_owned();
    assert!(log.contains("\"HostChanged\""));
    for secret in [NUMBER, NAME, "s3cret"] {
        assert!(!audit.to_string().contains(secret) && !log.contains(secret));
    }
}

#[tokio::test]
async fn with_a_person_a_match_is_advice_and_a_mismatch_is_refused() {
    let office = Office::open(patient).await;
    let clerk = Clerk::open(vec![says("match", "RN-1"), says("mismatch", "RN-2"), says("unknown", "")]).await;
    office.provides(&clerk, "hmac", true).await;
    let host = office.submitted().await;
    office.checked(&host, "match", "submitted").await;
    let decision = format!("{host}/decision");
    assert_eq!(office.bad(&office.house.admin, "POST", &decision, json!({"verified": true})).await, "same_person");
    let verified = office.good(&office.other, "POST", &decision, json!({"verified": true})).await;
    assert_eq!((&verified["state"], &verified["check"]["reference"]), (&json!("verified"), &json!("RN-1")));
    let signed = clerk.asked.lock().await[0].headers.get("webhook-signature").cloned();
    assert!(signed.is_some_and(|signature| signature.starts_with("v1,")));

    // Said anew it is asked anew, as another question.
    let identity = json!({"legal_name": NAME, "document": "id_card", "id_number": NUMBER});
    let again = format!("{host}/identity");
    office.good(&office.house.admin, "PUT", &again, identity.clone()).await;
    assert_eq!(office.checked(&host, "mismatch", "refused").await["note"], "mismatch RN-2");
    office.good(&office.house.admin, "PUT", &again, identity).await;
    office.checked(&host, "unknown", "submitted").await;
    let questions: Vec<Value> = clerk.asked.lock().await.iter().map(|asked| asked.body["request_id"].clone()).collect();
    assert!(questions[0] != questions[1] && questions[1] != questions[2], "{questions:?}");

    // Whoever is let go of is let go of with what was said.
    let erased = office.good(&office.house.admin, "DELETE", &again, Value::Null).await;
    assert_eq!((&erased["check"], &erased["state"]), (&Value::Null, &json!("unverified")));
}

#[tokio::test]
async fn one_that_breaks_or_lies_is_asked_the_same_again_and_then_people_decide() {
    let office = Office::open(patient).await;
    let broken = Reply::Raw("HTTP/1.1 500 Oh\r\ncontent-length: 0\r\n\r\n");
    let elsewhere = Reply::Raw("HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 0\r\n\r\n");
    let clerk = Clerk::open(vec![broken, elsewhere, says("match", NUMBER)]).await;
    office.provides(&clerk, "bearer", false).await;
    let host = office.submitted().await;
    let left = office.checked(&host, "no_answer", "submitted").await;
    assert_eq!(left["check"]["failure"], "bad_answer");
    assert_eq!((&left["check"]["attempts"], &left["check"]["reference"]), (&json!(3), &json!("")));
    {
        let asked = clerk.asked.lock().await;
        assert_eq!(asked.len(), 3);
        assert!(asked.iter().all(|one| one.body["request_id"] == asked[0].body["request_id"]));
    }
    let decided = office.good(&office.other, "POST", &format!("{host}/decision"), json!({"verified": true})).await;
    assert_eq!((&decided["state"], &decided["decided_by"]), (&json!("verified"), &json!("another")));
    let audit = office.house.read("/api/audit?action=host_checked").await;
    assert_eq!(audit["items"], json!([]), "there was no answer");
}

#[tokio::test]
async fn one_that_hangs_holds_nobody_up() {
    let office = Office::open(|config| {
        patient(config);
        config.standing.timeout_ms = 50;
    })
    .await;
    let clerk = Clerk::open(vec![Reply::Silence]).await;
    office.provides(&clerk, "bearer", false).await;
    let host = office.submitted().await;
    assert_eq!(office.checked(&host, "no_answer", "submitted").await["check"]["failure"], "timeout");
}

#[tokio::test]
async fn one_that_fails_again_and_again_is_left_in_peace_until_another_is_entered() {
    let office = Office::open(|config| {
        patient(config);
        config.standing.retry_s = vec![0; 20];
        config.standing.trip_after = 2;
    })
    .await;
    let clerk = Clerk::open(vec![Reply::Raw("HTTP/1.1 503 Later\r\ncontent-length: 0\r\n\r\n")]).await;
    office.provides(&clerk, "bearer", false).await;
    let host = office.submitted().await;
    office.house.read_when(PROVIDER, |provider| provider["rests_until_ms"].is_i64()).await;
    assert_eq!(clerk.asked().await, 2);
    assert_eq!(office.checked(&host, "waiting", "submitted").await["check"]["attempts"], 2);
    let other = Clerk::open(vec![says("match", "RN-9")]).await;
    office.provides(&other, "bearer", false).await;
    office.checked(&host, "match", "verified").await;
    assert_eq!((clerk.asked().await, &office.house.read(PROVIDER).await["rests_until_ms"]), (2, &Value::Null));
}

/// The cookie of somebody who signed in.
async fn session(house: &House, login: &str) -> String {
    let request = client().post(format!("http://{}/api/session", house.running.http));
    let answer = request.json(&json!({"login": login, "password": SECRET})).send().await.expect("an answer");
    let cookie = answer.headers().get("set-cookie").and_then(|cookie| cookie.to_str().ok()).expect("a session");
    cookie.split(';').next().expect("a cookie").to_owned()
}

#[tokio::test]
async fn exams_are_asked_of_the_account_of_a_room_s_host_and_the_host_sees_how_that_stands() {
    let office = Office::open(|_| ()).await;
    let (house, admin) = (&office.house, office.house.admin.clone());
    let (mine, theirs) = (house.colleague().await, house.colleague().await);
    let exam =
        json!({"exam": {"title_zh": "主播必考", "questions": 1, "minutes": 60, "roles": ["host"], "required": true}});
    office.good(&admin, "PUT", "/api/handbook/exams/on-air", exam).await;
    let room = house.made("/api/rooms", json!({"title": "考试"})).await["id"].as_str().expect("an id").to_owned();
    let host = office.good(&admin, "POST", "/api/hosts", json!({"name": "小鱼", "rooms": [room]})).await;
    let host = format!("/api/hosts/{}", host["id"].as_str().expect("an id"));
    let missing = async || {
        // Who is asked what is in the way has two seconds, which a machine may not have.
        let path = format!("/api/rooms/{room}/admission");
        let answer = house.read_when(&path, |answer| answer["now"]["unanswered"] == json!([])).await;
        let obstacles = answer["now"]["obstacles"].as_array().expect("obstacles").clone();
        let of = obstacles.into_iter().filter(|obstacle| obstacle["code"] == "exam_missing");
        of.map(|obstacle| obstacle["detail"].as_str().unwrap_or_default().to_owned()).collect::<Vec<_>>()
    };
    let names = |of: &[String], login: &str| of.iter().any(|one| one == &format!("{login}: on-air"));
    let everybody = missing().await;
    assert!(names(&everybody, &mine) && names(&everybody, &theirs), "{everybody:?}");

    let account = format!("{host}/staff");
    assert_eq!(office.bad(&admin, "PUT", &account, json!({"login": "nobody"})).await, "unknown_account");
    let linked = office.good(&admin, "PUT", &account, json!({"login": mine})).await;
    assert_eq!(linked["account"]["login"], json!(mine));
    assert_eq!(missing().await, [format!("{mine}: on-air")]);
    let twin = office.good(&admin, "POST", "/api/hosts", json!({"name": "小虾"})).await;
    let taken = format!("/api/hosts/{}/staff", twin["id"].as_str().expect("an id"));
    assert_eq!(office.bad(&admin, "PUT", &taken, json!({"login": mine})).await, "account_taken");
    // Nobody links an account beyond his reach.
    let (org, home) = house.running.home().await.expect("the first team");
    let store = &house.running.app.store;
    let elsewhere = accounts::new_team(store, Some(org)).await.expect("a team");
    let stranger = accounts::person_within(store, "host", elsewhere, SECRET).await.expect("a person");
    let operator = accounts::token_within(store, "operator", Scope::of_team(org, home)).await.expect("a token");
    assert_eq!(office.bad(&operator, "PUT", &taken, json!({"login": stranger})).await, "unknown_account");

    let cookie = session(house, &mine).await;
    let me = client().get(format!("http://{}/api/standing/me", house.running.http)).header("cookie", &cookie);
    let me: Value = me.send().await.expect("an answer").json().await.expect("JSON");
    let of_host = &me["host"];
    assert_eq!(
        (&of_host["name"], &of_host["state"], &of_host["score"]),
        (&json!("小鱼"), &json!("unverified"), &json!(100))
    );
    assert_eq!(of_host["rooms"][0]["room_id"], json!(room));
    let exam = me["exams"].as_array().expect("exams").iter().find(|exam| exam["code"] == "on-air").expect("the exam");
    assert_eq!((&exam["required"], &exam["passed"]), (&json!(true), &json!(false)));
    assert_eq!(house.read("/api/standing/me").await["host"], Value::Null, "a token is no host");

    let unlinked = office.good(&admin, "DELETE", &account, Value::Null).await;
    assert_eq!(unlinked["account"], Value::Null);
    assert!(names(&missing().await, &theirs));
}
