//! What is said: from sound to words, through the lists, to people.

use crate::stage::{Program, draw, has_ffmpeg};
use bytes::Bytes;
use events::{BroadcastId, Millis};
use http::{HeaderMap, StatusCode};
use parking_lot::Mutex;
use patrol::{EngineKind, Hidden, Settings, SpeechSettings};
use serde_json::{Value, json};
use std::{collections::BTreeSet, path::Path, process::Command, sync::Arc};

const GOFORWARD: &str = "/usr/share/pocketsphinx/test/data/goforward.raw";

/// Whether there is an engine and somebody to listen to; says loudly that there is none.
fn has_pocketsphinx() -> bool {
    let there = Path::new(GOFORWARD).exists() && Command::new("pocketsphinx_continuous").output().is_ok();
    if !there {
        eprintln!("SKIPPED: pocketsphinx is not installed, nobody was listened to");
    }
    there
}

/// "Go forward ten meters", as media has it.
fn speech(dir: &Path) -> Bytes {
    let path = dir.join("speech.mp4");
    let output = Command::new("ffmpeg")
        .args(["-nostdin", "-v", "error", "-y"])
        .args(["-f", "s16le", "-ar", "16000", "-ac", "1", "-i", GOFORWARD])
        .args(["-af", "apad=whole_dur=6", "-ar", "44100", "-c:a", "aac", "-b:a", "96k"])
        .args(["-movflags", "+frag_keyframe+empty_moov+default_base_moof"])
        .arg(&path)
        .output()
        .expect("ffmpeg");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    std::fs::read(path).expect("a file").into()
}

fn tone(dir: &Path) -> Bytes {
    let coded = ["-t", "6", "-c:a", "aac", "-movflags", "+frag_keyframe+empty_moov+default_base_moof"];
    draw(dir, "tone.mp4", "sine=frequency=440:sample_rate=44100", &coded)
}

async fn start(speech: SpeechSettings) -> Program {
    Program::start_with(Bytes::new(), Settings { speech, ..Settings::default() }).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_real_engine_hears_a_word_of_the_lists() {
    if !has_ffmpeg() || !has_pocketsphinx() {
        return;
    }
    let dir = tempfile::tempdir().expect("a folder");
    let command = ["pocketsphinx_continuous", "-infile", "{wav}"].map(str::to_owned).to_vec();
    let settings = SpeechSettings { engine: EngineKind::Command, command, timeout_s: 300, ..SpeechSettings::default() };
    let program = start(settings).await;
    // Twice the same within half a minute.
    program.stage.0.lock().sound = vec![speech(dir.path()), speech(dir.path())];
    let twice = |page: &Value| page["items"][0]["times"] == 2;
    let found = program.read_when("/api/patrol/findings?state=open", twice).await;
    let finding = &found["items"][0];
    assert_eq!(found["items"].as_array().map(Vec::len), Some(1), "what goes on is one: {found}");
    assert_eq!(
        (&finding["kind"], &finding["level"], &finding["label"], &finding["name"], &finding["picture"]),
        (&json!("speech"), &json!("alarm"), &json!("ten meters"), &json!("diversion"), &json!(false))
    );
    assert_eq!(finding["said"]["text"], "go forward ten meters");
    let from_ms = finding["said"]["from_ms"].as_i64().expect("a time");
    assert!((0..6_000).contains(&from_ms), "it is the first of the two: {finding}");

    let path = format!("/api/broadcasts/{}/transcript", program.show);
    let lines = program.app.get(&path).await.json();
    let [first, second] = &lines["items"].as_array().expect("lines")[..] else { panic!("{lines}") };
    assert_eq!((&first["text"], &first["engine"]), (&json!("go forward ten meters"), &json!("command")));
    assert_eq!(second["marks"][0]["word"], "ten meters");
    let room = program.app.get(&program.path("")).await.json();
    assert_eq!((&room["listens"], &room["words"][0]["id"]), (&json!(true), &second["id"]), "the newest first");
}

/// What a server was asked, and what it answers.
#[derive(Default)]
struct Desk {
    status: StatusCode,
    answers: Vec<Value>,
    asked: Vec<(HeaderMap, Bytes)>,
}

type Shared = Arc<Mutex<Desk>>;

mod http_server {
    use super::*;
    use axum::{
        Json, Router,
        extract::State,
        response::{IntoResponse, Response},
        routing::post,
    };

    async fn transcriptions(State(desk): State<Shared>, headers: HeaderMap, body: Bytes) -> Response {
        let mut desk = desk.lock();
        desk.asked.push((headers, body));
        let answer = if desk.answers.is_empty() { json!({"text": ""}) } else { desk.answers.remove(0) };
        (desk.status, Json(answer)).into_response()
    }

    pub async fn serve(desk: Shared) -> String {
        let app = Router::new().route("/v1/audio/transcriptions", post(transcriptions)).with_state(desk);
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}/v1/audio/transcriptions", listener.local_addr().expect("an address"));
        tokio::spawn(async move { axum::serve(listener, app).await });
        url
    }
}

async fn over_http(url: String) -> Program {
    let token = Hidden("sk-1024".into());
    let language = "zh".to_owned();
    start(SpeechSettings { engine: EngineKind::Http, url, token, language, timeout_s: 60, ..SpeechSettings::default() })
        .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_is_asked_as_many_speak_and_its_segments_have_their_times() {
    if !has_ffmpeg() {
        return;
    }
    let dir = tempfile::tempdir().expect("a folder");
    let segments = json!([{"id": 0, "start": 0.5, "end": 1.5, "text": "想要的"}, {"id": 1, "start": 1.5, "end": 3.5, "text": "加微信"}]);
    let answers = vec![
        json!({"task": "transcribe", "text": "想要的加微信", "segments": segments}),
        json!({"text": "<b>领券</b> 100%"}),
    ];
    let desk = Arc::new(Mutex::new(Desk { answers, ..Desk::default() }));
    let program = over_http(http_server::serve(desk.clone()).await).await;
    program.stage.0.lock().sound = vec![tone(dir.path()), tone(dir.path())];
    let path = format!("/api/broadcasts/{}/transcript", program.show);
    let all = |page: &Value| page["items"].as_array().map(Vec::len) == Some(3);
    let lines = program.read_when(&path, all).await;
    let texts: Vec<&Value> = lines["items"].as_array().expect("lines").iter().map(|line| &line["text"]).collect();
    assert_eq!(texts, [&json!("想要的"), &json!("加微信"), &json!("<b>领券</b> 100%")]);
    assert_eq!((&lines["items"][1]["from_ms"], &lines["items"][1]["to_ms"]), (&json!(1_500), &json!(3_500)));
    assert_eq!(lines["items"][1]["marks"], json!([{"start": 0, "end": 3, "level": "hold", "word": "加微信"}]));
    let found = program.read_when("/api/patrol/findings", |page| page["items"][0].is_object()).await;
    assert_eq!((&found["items"][0]["level"], &found["items"][0]["said"]["from_ms"]), (&json!("hold"), &json!(1_500)));
    assert_eq!(program.app.get("/api/patrol/wall").await.json()["items"][0]["urgency"], 3);
    assert_eq!(program.stage.0.lock().cuts, 0, "nothing is interrupted by itself");
    {
        let desk = desk.lock();
        let (headers, body) = &desk.asked[0];
        assert_eq!(headers["authorization"], "Bearer sk-1024");
        let boundary = headers["content-type"].to_str().expect("a type").split_once("boundary=").expect("a boundary").1;
        let body = String::from_utf8_lossy(body);
        let parts: Vec<&str> = body.split(&format!("--{boundary}")).collect();
        assert_eq!(parts.len(), 6, "{parts:?}");
        for (part, said) in parts[1..5].iter().zip(["name=\"model\"", "name=\"language\"", "verbose_json", "RIFF"]) {
            assert!(part.contains(said), "{said}");
        }
    }

    // A search, a part of the show, pages, and other people's shows.
    let search = |query: &str| {
        let path = format!("{path}?{query}");
        let app = &program.app;
        async move {
            let page = app.get(&path).await.json();
            let items = page["items"].as_array().cloned().unwrap_or_default();
            items.iter().map(|line| line["text"].as_str().unwrap_or_default().to_owned()).collect::<Vec<_>>()
        }
    };
    assert_eq!(search("q=%E5%BE%AE%E4%BF%A1").await, ["加微信"]);
    assert_eq!(search("q=100%25").await, ["<b>领券</b> 100%"]);
    assert!(search("q=100_").await.is_empty(), "it means itself");
    assert_eq!(search("from_ms=1600&to_ms=2000").await, ["加微信"]);
    assert_eq!(search("to_ms=1500").await, ["想要的"]);
    let page = program.app.get(&format!("{path}?limit=2")).await.json();
    let after = page["next"].as_str().expect("a cursor");
    assert_eq!(search(&format!("after={after}")).await, ["<b>领券</b> 100%"]);
    assert_eq!(program.app.get(&format!("{path}?after=x")).await.json()["code"], "bad_after");
    assert_eq!(program.app.call("*@other", "GET", &path, None).await.status, 404);

    // It ages, but not in a show that is held. This one began in 1970.
    let (patrol, org, before) = (&program.patrol, program.app.org, Millis(2_000));
    let held = BTreeSet::from([program.show]);
    let old = async |held: &BTreeSet<BroadcastId>| patrol.old_words(org, before, held).await.expect("a count");
    let forget = async |held: &BTreeSet<BroadcastId>| patrol.forget_words(org, before, held).await.expect("a count");
    assert_eq!((old(&held).await, forget(&held).await), ((0, None), 0));
    let free = BTreeSet::new();
    assert_eq!(old(&free).await, (2, Some((Millis(500), Millis(1_500)))));
    assert_eq!((forget(&free).await, forget(&free).await, old(&free).await), (2, 0, (0, None)));
    assert_eq!(search("").await, ["<b>领券</b> 100%"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_fails_is_left_alone_and_the_show_goes_on() {
    if !has_ffmpeg() {
        return;
    }
    let dir = tempfile::tempdir().expect("a folder");
    let desk = Arc::new(Mutex::new(Desk { status: StatusCode::INTERNAL_SERVER_ERROR, ..Desk::default() }));
    let program = over_http(http_server::serve(desk.clone()).await).await;
    let tone = tone(dir.path());
    program.stage.0.lock().sound = vec![tone; 3];
    for n in 0.. {
        if desk.lock().asked.len() >= 3 {
            break;
        }
        assert!(n < 3_000, "it was asked {} times only", desk.lock().asked.len());
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    let lines = program.app.get(&format!("/api/broadcasts/{}/transcript", program.show)).await.json();
    assert_eq!(lines["items"], json!([]));
    let room = program.app.get(&program.path("")).await.json();
    assert_eq!((&room["listens"], &room["findings"]), (&json!(true), &json!([])));
}
