//! Reports of players, measures of encoders, and the alarms from both.

use crate::http_support::{KEY, Server, start};
use crate::show;
use app::testing::Answer;
use events::{EntryId, RoomId};
use http::Request;
use serde_json::{Value, json};
use std::time::Duration;
use tokio::io::AsyncWriteExt;
use uuid::Uuid;

const CHROME: &str =
    "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Mobile Safari/537.36";
const SAFARI: &str = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1";

struct Player<'a> {
    server: &'a Server,
    room: RoomId,
    token: String,
    agent: &'a str,
}

impl<'a> Player<'a> {
    fn new(server: &'a Server, agent: &'a str) -> Self {
        let room = server.desk.room;
        Self { server, room, token: server.audience.mint_bare(room), agent }
    }

    async fn say(&self, body: Value) -> Answer {
        let path = format!("/api/rooms/{}/playback?token={}", self.room, self.token);
        // As `navigator.sendBeacon` sends it.
        let request = Request::post(path).header("user-agent", self.agent).header("content-type", "text/plain");
        self.server.program.send(request.body(body.to_string()).unwrap()).await
    }
}

async fn get(server: &Server, path: &str) -> Value {
    let answer = server.program.get(path).await;
    assert_eq!(answer.status, 200, "{path}: {}", String::from_utf8_lossy(&answer.body));
    serde_json::from_slice(&answer.body).unwrap()
}

/// The answer once it is as wanted.
async fn when(server: &Server, path: &str, wanted: impl Fn(&Value) -> bool) -> Value {
    let mut last = Value::Null;
    for _ in 0..600 {
        last = get(server, path).await;
        if wanted(&last) {
            return last;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("{path} never was as wanted; the last answer: {last}");
}

fn broadcast(server: &Server) -> String {
    server.desk.broadcast.lock().unwrap().to_string()
}

#[tokio::test]
async fn reports_become_plays_with_their_devices() {
    let server = start().await;
    let show = format!("/api/broadcasts/{}", broadcast(&server));
    let play = |n: u128| Uuid::from_u128(n).to_string();
    for n in 0..4 {
        let good = Player::new(&server, CHROME);
        let said = json!({"play": play(n), "played_ms": 9_000, "first_frame_ms": 400 + n as u32, "frames": 225, "latency_ms": 1_200, "height": 720, "version": "1.0", "tz": "Asia/Shanghai"});
        assert_eq!(good.say(said).await.status, 204);
    }
    let bad = Player::new(&server, SAFARI);
    let stalled = json!({"play": play(9), "played_ms": 5_000, "first_frame_ms": 3_000, "stalls": 2, "stalled_ms": 4_000, "latency_ms": 9_000});
    assert_eq!(bad.say(stalled).await.status, 204);
    let failed = Player::new(&server, SAFARI);
    let said = json!({"play": play(10), "failure": "manifestLoadError"});
    assert_eq!(failed.say(said).await.status, 204);

    when(&server, &format!("{show}/qoe"), |quality| quality["summary"]["plays"] == 6).await;
    let quality = get(&server, &format!("{show}/qoe")).await;
    let summary = &quality["summary"];
    assert_eq!(summary["stall_rate"], 1.0 / 6.0);
    assert_eq!(summary["fail_rate"], 1.0 / 6.0);
    assert_eq!(summary["stall_ms_per_100s"], 4_000.0 * 100.0 / 41.0);
    let p50 = summary["first_frame_ms_p50"].as_i64().unwrap();
    assert!((398..=406).contains(&p50), "{p50}");
    assert_eq!(
        quality["timeline"].as_array().unwrap().iter().map(|minute| minute["plays"].as_u64().unwrap()).sum::<u64>(),
        6
    );

    let by = get(&server, &format!("{show}/qoe/by?dimension=browser")).await;
    assert_eq!(
        (&by[0]["value"], &by[0]["plays"], &by[1]["value"]),
        (&json!("Chrome 156"), &json!(4), &json!("Safari 18"))
    );
    assert_eq!(by[1]["stall_rate"], 0.5);
    let worst = get(&server, &format!("{show}/qoe/plays?sort=worst&limit=2")).await;
    assert_eq!((&worst[0]["failure"], &worst[0]["broken"]), (&json!("manifestLoadError"), &json!(true)));
    assert_eq!((&worst[1]["play"], &worst[1]["stalled_ms"]), (&json!(play(9)), &json!(4_000)));
    let entry = worst[1]["entry"].as_str().unwrap();
    let course = get(&server, &format!("{show}/qoe/plays/{entry}/{}", play(9))).await;
    assert_eq!((course.as_array().unwrap().len(), &course[0]["stalled_ms"]), (1, &json!(4_000)));

    let coverage = get(&server, "/api/qoe/coverage").await;
    assert_eq!((&coverage["overall"]["plays"], &coverage["overall"]["good"]), (&json!(6), &json!(5)));
    let csv = server.program.get("/api/qoe/coverage?format=csv").await;
    assert!(String::from_utf8(csv.body).unwrap().contains("mobile,Android,Chrome 156,4,4,1.0000,"));
}

#[tokio::test]
async fn what_is_not_possible_is_not_believed() {
    let server = start().await;
    let player = Player::new(&server, CHROME);
    let all = u32::MAX;
    let play = Uuid::from_u128(1);
    let hostile =
        json!({"play": play, "played_ms": all, "stalls": all, "stalled_ms": all, "frames": all, "dropped": all});
    assert_eq!(player.say(hostile.clone()).await.status, 204);
    let path = format!("/api/broadcasts/{}/qoe/plays", broadcast(&server));
    let plays = when(&server, &path, |plays| plays[0].is_object()).await;
    assert!(plays[0]["played_ms"].as_u64().unwrap() <= 16_000);
    let mut refused = 0;
    for _ in 0..40 {
        let answer = player.say(hostile.clone()).await;
        refused += u32::from(answer.status == 429);
    }
    assert!(refused >= 20, "{refused} of 40 were refused");

    assert_eq!(player.say(json!("nothing")).await.status, 400);
    assert_eq!(player.say(json!({"play": "x".repeat(20_000)})).await.status, 413);
    let elsewhere = Player { room: server.desk.other, ..Player::new(&server, CHROME) };
    assert_eq!(elsewhere.say(json!({"play": play})).await.status, 403);
    assert_eq!(Player { token: String::new(), ..player }.say(json!({"play": play})).await.status, 401);
    let unknown = EntryId::new();
    assert_eq!(get(&server, &format!("{path}/{unknown}/{play}")).await, json!([]));
}

/// Sends `ms` milliseconds of a show as fast as time passes.
async fn live(
    socket: &mut tokio::net::TcpStream,
    publisher: &media::rtmp::publisher::Publisher,
    start_ms: u32,
    ms: u32,
) {
    let begun = tokio::time::Instant::now();
    for tag in show::tags(start_ms, ms, 25).into_iter().skip(if start_ms == 0 { 0 } else { 2 }) {
        let due = u64::from(tag.timestamp.saturating_sub(start_ms));
        tokio::time::sleep_until(begun + Duration::from_millis(due)).await;
        let mut out = Vec::new();
        show::send(publisher, &[tag], &mut out);
        socket.write_all(&out).await.unwrap();
    }
}

#[tokio::test]
async fn an_encoder_is_measured_and_its_silence_is_an_alarm() {
    let server = start().await;
    let room = server.desk.room;
    let (mut socket, publisher) = server.publisher(KEY).await;
    live(&mut socket, &publisher, 0, 8_000).await;
    let ingest = get(&server, &format!("/api/rooms/{room}/ingest?seconds=60")).await;
    let source = &ingest["sources"][0];
    assert_eq!(
        (&ingest["on_air"], &source["source"], &source["connected"]),
        (&json!(true), &json!("primary"), &json!(true))
    );
    let fps = source["current"]["fps"].as_f64().unwrap();
    assert!((20.0..=30.0).contains(&fps), "{source}");
    assert_eq!(source["current"]["gop_ms"], 1_000);
    assert!(source["current"]["skew_ms"].as_i64().unwrap().abs() <= 40, "{source}");
    assert_eq!(source["b_frames"], true);
    assert!(source["series"]["at_s"].as_array().unwrap().len() >= 7);

    let open = when(&server, "/api/alarms?open=true", |alarms| alarms[0].is_object()).await;
    assert_eq!((&open[0]["kind"], &open[0]["room_id"]), (&json!("no_data"), &json!(room)));
    let id = open[0]["id"].as_str().unwrap();
    let noted = server.program.post(&format!("/api/alarms/{id}/acknowledge"), Value::Null).await;
    let noted: Value = serde_json::from_slice(&noted.body).unwrap();
    assert_eq!(noted["acknowledged_by"], "test");

    live(&mut socket, &publisher, 8_000, 3_000).await;
    when(&server, "/api/alarms?open=true", |alarms| *alarms == json!([])).await;
    let all = get(&server, &format!("/api/alarms?room={room}&open=false")).await;
    assert_eq!((&all[0]["id"], all[0]["cleared_at"].is_i64()), (&json!(id), true));

    // Windows of 10 s reach the store through the log.
    let show = format!("/api/broadcasts/{}/qoe", broadcast(&server));
    let quality = when(&server, &show, |quality| quality["ingest"][0].is_object()).await;
    assert_eq!(quality["ingest"][0]["source"], "primary");
    assert_eq!(quality["alarms"][0]["id"], id);
}
