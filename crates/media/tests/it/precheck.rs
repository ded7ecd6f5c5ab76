//! Real encoders are checked before a show: what is wrong with them is found, and named.

use crate::http_support::{KEY, Server, start_with};
use media::{Settings, precheck::PrecheckSettings};
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::process::{Child, Command};

const PICTURE: &str = "testsrc2=s=854x480:r=25,noise=alls=8:allf=t";
/// About -20 LUFS, with pauses as in speech.
const SOUND: &str =
    "aevalsrc='0.14*sin(2*PI*330*t)*(1+0.5*sin(2*PI*2*t))*lt(mod(t,2),1.7)':s=48000,aformat=channel_layouts=stereo";
const GOP: &str = "-g 50 -keyint_min 50";

async fn no_ffmpeg() -> bool {
    let missing = Command::new("ffmpeg").arg("-version").stdout(Stdio::null()).status().await.is_err();
    if missing {
        eprintln!("SKIPPED: `ffmpeg` is not installed, nothing was checked with it");
    }
    missing
}

/// Nine seconds drawn by ffmpeg; without `sound` there is no audio track.
async fn draw(dir: &Path, picture: &str, sound: Option<&str>, codec: &str) -> PathBuf {
    let file = dir.join("push.flv");
    let mut command = Command::new("ffmpeg");
    command.args(["-nostdin", "-v", "error", "-y", "-f", "lavfi", "-i", picture]);
    if let Some(sound) = sound {
        command.args(["-f", "lavfi", "-i", sound, "-c:a", "aac", "-b:a", "128k"]);
    }
    command.args(["-t", "9", "-c:v", "libx264", "-preset", "ultrafast", "-sc_threshold", "0", "-pix_fmt", "yuv420p"]);
    command.args(["-b:v", "900k", "-maxrate", "1200k", "-bufsize", "900k"]).args(codec.split_whitespace()).arg(&file);
    let output = command.output().await.unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    file
}

fn push(file: &Path, rtmp: SocketAddr) -> Child {
    let mut command = Command::new("ffmpeg");
    command.args(["-nostdin", "-v", "error", "-re", "-i"]).arg(file);
    command.args([
        "-c",
        "copy",
        "-flvflags",
        "no_duration_filesize",
        "-f",
        "flv",
        &format!("rtmp://{rtmp}/check/{KEY}"),
    ]);
    command.stdin(Stdio::null()).stderr(Stdio::null()).kill_on_drop(true).spawn().unwrap()
}

async fn server(change: impl FnOnce(&mut PrecheckSettings)) -> Server {
    let mut settings =
        Settings { precheck: PrecheckSettings { push_s: 7, ..Default::default() }, ..Default::default() };
    change(&mut settings.precheck);
    start_with(settings).await
}

/// Opens a check of the first room: its id.
async fn open(server: &Server, kind: &str) -> String {
    let path = format!("/api/rooms/{}/checks", server.desk.room);
    let answer = server.program.post(&path, json!({ "kind": kind })).await;
    assert_eq!(answer.status, 201, "{}", answer.text());
    let body = answer.json();
    assert_eq!(body["state"], "waiting");
    body["id"].as_str().unwrap().to_owned()
}

async fn check(server: &Server, id: &str) -> Value {
    server.program.get(&format!("/api/checks/{id}")).await.json()
}

/// Waits for the check to be over.
async fn done(server: &Server, id: &str) -> Value {
    for _ in 0..1200 {
        let body = check(server, id).await;
        if body["state"] == "done" {
            return body;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("the check was not done: {}", check(server, id).await);
}

fn codes(body: &Value, level: &str) -> Vec<String> {
    let findings = body["findings"].as_array().unwrap().iter().filter(|finding| finding["level"] == level);
    findings.map(|finding| finding["code"].as_str().unwrap().to_owned()).collect()
}

/// What failed for other reasons than the line: a busy machine is a slow one.
fn failed(body: &Value) -> Vec<String> {
    codes(body, "fail").into_iter().filter(|code| !code.starts_with("upload_")).collect()
}

/// Draws, pushes, and answers the finished check.
async fn checked(picture: &str, sound: Option<&str>, codec: &str) -> Value {
    let dir = tempfile::tempdir().unwrap();
    let file = draw(dir.path(), picture, sound, codec).await;
    let server = server(|_| {}).await;
    let id = open(&server, "push").await;
    let _encoder = push(&file, server.rtmp);
    let body = done(&server, &id).await;
    assert!(!server.media.is_publishing(server.desk.room) && server.desk.heard().is_empty(), "never on air");
    eprintln!("{}", body["measured"]);
    body
}

#[tokio::test]
async fn a_good_push_passes_and_is_kept() {
    if no_ffmpeg().await {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let file = draw(dir.path(), PICTURE, Some(SOUND), GOP).await;
    let server = server(|_| {}).await;
    let id = open(&server, "push").await;
    let mut encoder = push(&file, server.rtmp);
    let mut seen_measuring = false;
    for _ in 0..600 {
        let body = check(&server, &id).await;
        seen_measuring |= body["state"] == "measuring" && body["progress"]["percent"].as_u64() > Some(10);
        if body["state"] == "done" {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert!(seen_measuring, "progress is told while the encoder pushes");
    let body = done(&server, &id).await;
    // A busy machine may make the arrival uneven; nothing may fail or stay unchecked.
    assert_eq!((codes(&body, "fail"), codes(&body, "unchecked")), (vec![], vec![]), "{body}");
    let worth_a_look = codes(&body, "warn");
    assert!(worth_a_look.iter().all(|code| code.starts_with("upload_")), "{worth_a_look:?} {}", body["measured"]);
    let measured = &body["measured"];
    assert_eq!(measured["push"]["video"]["fps"], 25.0);
    assert_eq!(measured["push"]["video"]["gop_ms"], 2000);
    assert_eq!((&measured["push"]["video"]["width"], &measured["push"]["audio"]["rate"]), (&json!(854), &json!(48000)));
    let loudness = measured["looked"]["sound"]["loudness_lufs"].as_f64().unwrap();
    assert!((-23.0..=-16.0).contains(&loudness), "{loudness}");
    // Enough was seen: the encoder was let go.
    let _ = tokio::time::timeout(Duration::from_secs(20), encoder.wait()).await.unwrap();

    let history = server.program.get(&format!("/api/rooms/{}/checks", server.desk.room)).await.json();
    assert_eq!((&history[0]["id"], &history[0]["failed"]), (&json!(id), &json!([])));
    assert!(!body.to_string().contains(KEY), "no answer holds the key");
    let url = body["push_url"].as_str().unwrap();
    assert!(url.ends_with(&format!(":{}/check", server.rtmp.port())), "{url}");
}

#[tokio::test]
async fn black_and_silent() {
    if no_ffmpeg().await {
        return;
    }
    let body = checked("color=black:s=854x480:r=25", Some("anullsrc=r=48000:cl=stereo"), GOP).await;
    assert_eq!(failed(&body), ["picture_black", "silence"], "{body}");
    assert_eq!(body["result"], "fail");
}

#[tokio::test]
async fn frozen_and_quiet() {
    if no_ffmpeg().await {
        return;
    }
    let still = "testsrc2=s=854x480:r=25,trim=end_frame=1,loop=-1:1,setpts=N/25/TB";
    let body = checked(still, Some(&format!("{SOUND},volume=-25dB")), GOP).await;
    assert_eq!(failed(&body), ["picture_frozen", "loudness"], "{body}");
}

#[tokio::test]
async fn key_frames_too_rare() {
    if no_ffmpeg().await {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let file = draw(dir.path(), PICTURE, Some(SOUND), "-g 250 -keyint_min 250").await;
    // Nine seconds do not hold a second key frame; what is known is that the first group is longer than the limit.
    let server = server(|settings| settings.gop_fail_ms = 6_000).await;
    let id = open(&server, "push").await;
    let _encoder = push(&file, server.rtmp);
    let body = done(&server, &id).await;
    assert_eq!(failed(&body), ["gop"], "{body}");
}

#[tokio::test]
async fn too_few_frames_and_no_sound() {
    if no_ffmpeg().await {
        return;
    }
    let body = checked("testsrc2=s=854x480:r=8", None, "-g 16 -keyint_min 16").await;
    assert_eq!(failed(&body), ["frame_rate", "audio_codec"], "{body}");
}

/// Passes on to `target` at most `rate` bytes a second; answers go back unhindered.
async fn slow_line(target: SocketAddr, rate: usize) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        let (encoder, _) = listener.accept().await.unwrap();
        let (mut answers_read, mut answers) = TcpStream::connect(target).await.unwrap().into_split();
        let (mut media, mut back) = encoder.into_split();
        tokio::spawn(async move { tokio::io::copy(&mut answers_read, &mut back).await });
        let mut piece = vec![0; rate / 20];
        while let Ok(read @ 1..) = media.read(&mut piece).await {
            if answers.write_all(&piece[..read]).await.is_err() {
                return;
            }
            tokio::time::sleep(Duration::from_secs_f64(read as f64 / rate as f64)).await;
        }
    });
    address
}

#[tokio::test]
async fn a_line_that_is_too_slow() {
    if no_ffmpeg().await {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let file = draw(dir.path(), PICTURE, Some(SOUND), GOP).await;
    let server = server(|_| {}).await;
    let id = open(&server, "push").await;
    // The stream needs about 128 kB/s.
    let line = slow_line(server.rtmp, 75_000).await;
    let _encoder = push(&file, line);
    let body = done(&server, &id).await;
    assert!(codes(&body, "fail").contains(&"upload_pace".to_owned()), "{body}");
}

#[tokio::test]
async fn without_ffmpeg_picture_and_sound_are_not_checked_and_said_so() {
    if no_ffmpeg().await {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let file = draw(dir.path(), PICTURE, Some(SOUND), GOP).await;
    let server = server(|settings| {
        settings.ffmpeg = "/nowhere/ffmpeg".into();
        settings.push_s = 5;
    })
    .await;
    let id = open(&server, "push").await;
    let _encoder = push(&file, server.rtmp);
    let body = done(&server, &id).await;
    let unchecked = codes(&body, "unchecked");
    assert_eq!(unchecked.len(), 6, "{unchecked:?}");
    assert_eq!(body["result"], "unchecked");
    let findings = body["findings"].as_array().unwrap();
    let loudness = findings.iter().find(|finding| finding["code"] == "loudness").unwrap();
    assert_eq!(loudness["advice"]["en"], "Not checked: ffmpeg is missing on the server.");
}

#[tokio::test]
async fn an_encoder_that_says_nothing_fails_and_one_that_nobody_waits_for_is_refused() {
    let server = server(|_| {}).await;
    let (mut stranger, _) = server.publisher_to("check", KEY).await;
    let answer = crate::http_support::read_to_close(&mut stranger).await;
    assert!(String::from_utf8_lossy(&answer).contains("NetStream.Publish.BadName"), "nobody asked for a check");
    let id = open(&server, "push").await;
    let (mut encoder, publisher) = server.publisher_to("check", KEY).await;
    let mut out = Vec::new();
    publisher.goodbye(KEY, &mut out);
    encoder.write_all(&out).await.unwrap();
    let body = done(&server, &id).await;
    assert_eq!(codes(&body, "fail"), ["length", "video_codec", "audio_codec"], "{body}");
    let history = server.program.get(&format!("/api/rooms/{}/checks", server.desk.room)).await.json();
    assert_eq!(history[0]["failed"], json!(["length", "video_codec", "audio_codec"]));
}

#[tokio::test]
async fn a_newer_check_takes_the_place_of_one_that_waits() {
    let server = server(|_| {}).await;
    let first = open(&server, "push").await;
    let second = open(&server, "push").await;
    assert_eq!(check(&server, &first).await["state"], "expired");
    let uploaded = server.program.post(&format!("/api/checks/{second}/upload"), json!("x")).await;
    assert_eq!((uploaded.status, &uploaded.json()["measured"]), (200, &Value::Null), "an upload is no push");
    assert_eq!(check(&server, &second).await["state"], "waiting");
    let room = server.desk.room;
    let (_encoder, _) = server.publisher_to("check", KEY).await;
    for _ in 0..200 {
        if check(&server, &second).await["state"] == "measuring" {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let refused = server.program.post(&format!("/api/rooms/{room}/checks"), json!({"kind": "push"})).await;
    assert_eq!((refused.status, refused.json()["code"].as_str()), (409, Some("check_running")));
}

#[tokio::test]
async fn the_studio_page_is_judged_by_the_same_rules() {
    let server = server(|settings| settings.upload_bytes = 1 << 20).await;
    let id = open(&server, "browser").await;
    let body = "x".repeat(300_000);
    for _ in 0..4 {
        let request = http::Request::builder().method("POST").uri(format!("/api/checks/{id}/upload"));
        let request = request.header("authorization", "Bearer *").body(body.clone()).unwrap();
        let answer = server.program.send(request).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
    }
    let picture =
        json!({"black_percent": 100.0, "frozen_percent": 100.0, "luma": 16.0, "luma_low": 16.0, "luma_high": 16.0});
    let measured = json!({
        "camera": {"width": 1280, "height": 720, "fps": 30.0, "picture": picture},
        "microphone": {"silent_percent": 100.0},
        "network": {"round_trip_ms": 12.0, "jitter_ms": 2.0},
        "device": {"browser": "Chrome 140", "os": "Linux", "cores": 4, "secure": true, "media_source": true},
    });
    let path = format!("/api/checks/{id}/browser");
    let answer = server.program.post(&path, measured.clone()).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    let found = answer.json();
    assert_eq!(codes(&found, "fail"), ["picture_black", "silence"], "{found}");
    assert_eq!(found["measured"]["upload"]["bytes"], 1_200_000);
    assert_eq!(server.program.post(&path, measured).await.json(), found, "again is the same");
    let strange = server.program.post(&path, json!({"camera": {"size": 3}})).await;
    assert_eq!(strange.status, 422);
}

#[tokio::test]
async fn others_see_and_do_nothing() {
    let server = server(|_| {}).await;
    let id = open(&server, "browser").await;
    let room = server.desk.room;
    let ask = async |who: &str, method: &str, path: String| {
        let body = (method == "POST").then(|| json!({"kind": "push"}));
        server.program.call(who, method, &path, body).await.status
    };
    assert_eq!(ask("", "GET", format!("/api/checks/{id}")).await, 401);
    assert_eq!(ask("room.read", "GET", format!("/api/checks/{id}")).await, 403);
    assert_eq!(ask("stream.read", "POST", format!("/api/rooms/{room}/checks")).await, 403);
    assert_eq!(ask("*@other", "POST", format!("/api/rooms/{room}/checks")).await, 404);
    assert_eq!(ask("*@other", "GET", format!("/api/rooms/{room}/checks")).await, 404);
    assert_eq!(ask("*@other", "GET", format!("/api/checks/{id}")).await, 404);
    assert_eq!(ask("*@other", "POST", format!("/api/checks/{id}/upload")).await, 404);
}
