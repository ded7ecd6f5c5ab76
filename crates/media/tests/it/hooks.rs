//! Outside media servers: the real nginx-rtmp carries a room, and what SRS and MediaMTX send is understood.

use crate::http_support::{KEY, Server, start};
use crate::nginx::{Nginx, free_address};
use serde_json::{Value, json};
use std::process::Stdio;
use std::time::Duration;
use tokio::process::{Child, Command};

impl Server {
    pub async fn admin(&self, method: &str, path: &str, body: Option<Value>) -> app::testing::Answer {
        self.program.call("media_server.manage", method, path, body).await
    }

    /// The new server's id and its hook's path.
    pub async fn media_server(&self, body: Value) -> (String, String) {
        let answer = self.admin("POST", "/api/media-servers", Some(body)).await;
        assert_eq!(answer.status, 201, "{}", answer.text());
        let text = |field: &str| answer.json()[field].as_str().unwrap().to_owned();
        (text("id"), text("hook_path"))
    }

    /// The status and body that a hook with this body is answered with.
    pub async fn hook(&self, path: &str, body: &str) -> (u16, String) {
        let request = http::Request::builder().method("POST").uri(path).body(body.to_owned()).unwrap();
        let answer = self.program.send(request).await;
        (answer.status, answer.text())
    }

    pub async fn streams_of(&self, id: &str) -> Vec<Value> {
        let answer = self.admin("GET", &format!("/api/media-servers/{id}/streams"), None).await;
        answer.json()["items"].as_array().unwrap().clone()
    }

    pub async fn streams_when(&self, id: &str, wanted: impl Fn(&[Value]) -> bool) -> Vec<Value> {
        let mut last = Vec::new();
        for _ in 0..1_500 {
            last = self.streams_of(id).await;
            if wanted(&last) {
                return last;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("the streams never were as wanted: {last:?}");
    }

    pub async fn plays_when(&self, wanted: u64) {
        let mut last = Value::Null;
        for _ in 0..1_500 {
            last = self.admin("GET", "/api/media-servers", None).await.json()["items"][0]["outside_plays"].clone();
            if last == wanted {
                return;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("{last} play outside, not {wanted}");
    }
}

/// ffmpeg pushes sound and picture at natural speed.
pub fn push(url: &str) -> Option<Child> {
    let input = "-nostdin -v error -re -f lavfi -i testsrc2=s=320x180:r=25 -f lavfi -i sine=440:r=44100 -t 60 -c:v libx264 \
                 -preset ultrafast -g 25 -pix_fmt yuv420p -c:a aac -f flv";
    let child = Command::new("ffmpeg")
        .args(input.split_whitespace())
        .arg(url)
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn();
    if child.is_err() {
        eprintln!("SKIPPED: `ffmpeg` is not installed, nothing was published with it");
    }
    child.ok()
}

/// Lets ffmpeg say goodbye.
pub async fn end(mut child: Child) {
    let id = child.id().unwrap().to_string();
    assert!(Command::new("kill").args(["-INT", &id]).status().await.unwrap().success());
    child.wait().await.unwrap();
}

#[tokio::test]
async fn nginx_carries_a_room() {
    let server = start().await;
    let rtmp = free_address();
    let (id, hook) = server
        .media_server(json!({"name": "nginx", "kind": "nginx_rtmp", "mode": "pull", "allowed_ips": ["127.0.0.1"],
            "pull_url": format!("rtmp://{rtmp}/live/{{name}}")}))
        .await;
    let hooks: String = ["on_publish", "on_publish_done", "on_play", "on_play_done"]
        .map(|call| format!("{call} http://{}{hook};\n", server.http))
        .concat();
    let Some(mut nginx) = Nginx::start_at(rtmp, &hooks).await else { return };
    // Not the room's key, and one that only pretends behind the real fields.
    for query in ["key=wrong", "key=wrong&key=good-key&name=room1&call=play"] {
        let Some(stranger) = push(&format!("rtmp://{rtmp}/live/room1?{query}")) else { return };
        let refused = stranger.wait_with_output().await.unwrap();
        assert!(!refused.status.success(), "nginx lets nobody in that we refuse");
    }
    assert!(server.desk.heard().is_empty() && server.streams_of(&id).await.is_empty());

    let Some(encoder) = push(&format!("rtmp://{rtmp}/live/room1?key={KEY}")) else { return };
    server.desk_hears(&["published"]).await;
    let streams = server.streams_when(&id, |streams| streams.iter().any(|stream| stream["state"] == "live")).await;
    assert_eq!((&streams[0]["name"], &streams[0]["app"]), (&json!("room1"), &json!("live")));
    let room = server.desk.room;
    server.playlist_when(room, |playlist| playlist.segments.len() >= 2).await;
    let url = format!("http://{}{}", server.http, server.playlist_path(room).await);
    let wanted = ["-v", "error", "-show_entries", "stream=codec_name", "-of", "csv=p=0", &url];
    let played = Command::new("ffprobe").args(wanted).output().await.unwrap();
    let codecs = String::from_utf8_lossy(&played.stdout).into_owned();
    assert!(codecs.contains("h264") && codecs.contains("aac"), "{codecs} {}", String::from_utf8_lossy(&played.stderr));

    // Our own fetching is no play; a player over there is one, and no viewer.
    server.plays_when(0).await;
    let player = Command::new("ffmpeg")
        .args(["-nostdin", "-v", "error", "-i", &format!("rtmp://{rtmp}/live/room1"), "-c", "copy", "-f", "null", "-"])
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    server.plays_when(1).await;
    drop(player);
    server.plays_when(0).await;

    // The outside server dies: the room waits; it comes back, and so does the room.
    nginx.kill().await;
    server.desk_hears(&["published", "lost"]).await;
    drop(encoder);
    server.streams_when(&id, |streams| streams.iter().any(|stream| stream["state"] == "waiting")).await;
    nginx.run().await;
    let encoder = push(&format!("rtmp://{rtmp}/live/room1?key={KEY}")).unwrap();
    server.desk_hears(&["published", "lost", "published"]).await;
    end(encoder).await;
    server.desk_hears(&["published", "lost", "published", "lost clean"]).await;
    assert!(server.streams_of(&id).await.is_empty());
}

#[tokio::test]
async fn hooks_of_srs_are_understood() {
    let server = start().await;
    let (id, hook) = server.media_server(json!({"name": "srs", "kind": "srs", "mode": "forward"})).await;
    let call = |action: &str, client: Value, param: &str| {
        json!({"server_id": "vid-0xk989d", "action": action, "client_id": client, "ip": "127.0.0.1",
            "vhost": "__defaultVhost__", "app": "live", "tcUrl": "rtmp://127.0.0.1:1935/live", "stream": "livestream",
            "param": param, "stream_url": "video.test.com/live/livestream", "stream_id": "vid-124q9y3"})
        .to_string()
    };
    let key = format!("?key={KEY}");
    assert_eq!(server.hook(&hook, &call("on_publish", json!("341w361a"), "?key=wrong")).await.0, 403);
    assert_eq!(server.hook(&hook, &call("on_publish", json!("341w361a"), &key)).await, (200, r#"{"code":0}"#.into()));
    assert_eq!(server.streams_of(&id).await[0]["state"], "awaited", "nothing was pushed here");
    assert_eq!(server.hook(&hook, &call("on_play", json!(7), "")).await.0, 200);
    server.plays_when(1).await;
    assert_eq!(server.hook(&hook, &call("on_unpublish", json!("341w361a"), &key)).await.0, 200);
    assert!(server.streams_of(&id).await.is_empty());
    assert_eq!(server.hook(&hook, &call("on_hls", json!("1"), "")).await.0, 200);
    assert_eq!(server.hook(&hook, "action=on_publish").await.0, 400);
}

#[tokio::test]
async fn hooks_of_mediamtx_are_understood() {
    let server = start().await;
    let (id, hook) = server.media_server(json!({"name": "mtx", "kind": "mediamtx", "mode": "forward"})).await;
    let ask = |action: &str, protocol: &str, user: &str, query: &str| {
        json!({"user": user, "password": if user.is_empty() { "" } else { KEY }, "token": "", "ip": "::ffff:127.0.0.1",
            "action": action, "path": "live/room1", "protocol": protocol, "id": "a1", "query": query, "userAgent": ""})
        .to_string()
    };
    assert_eq!(server.hook(&hook, &ask("publish", "rtsp", "", "")).await.0, 401, "credentials are asked for");
    assert_eq!(server.hook(&hook, &ask("publish", "rtmp", "", "key=wrong")).await.0, 401);
    assert_eq!(server.hook(&hook, &ask("api", "", "admin", "")).await.0, 401);
    assert_eq!(server.hook(&hook, &ask("publish", "rtsp", "host", "")).await.0, 200);
    assert_eq!(server.streams_of(&id).await.len(), 1);
    assert_eq!(server.hook(&hook, "event=unpublish&path=live/room1&query=").await.0, 200);
    assert!(server.streams_of(&id).await.is_empty());
}

#[tokio::test]
async fn strangers_call_in_vain() {
    let server = start().await;
    let srs = |allowed: &str| json!({"name": "srs", "kind": "srs", "mode": "forward", "allowed_ips": [allowed]});
    let (id, hook) = server.media_server(srs("127.0.0.0/8")).await;
    let body = format!(r#"{{"action":"on_publish","ip":"127.0.0.1","app":"live","stream":"{KEY}"}}"#);
    let (path, secret) = hook.rsplit_once('/').unwrap();
    assert_eq!(server.hook(&hook, &body).await.0, 200);
    assert_eq!(server.streams_of(&id).await[0]["name"], "good…", "a name that is the key is not told");
    assert_eq!(server.hook(&format!("{path}?secret={secret}"), &body).await.0, 200);
    for wrong in [format!("{path}/kbh_0"), path.to_owned(), format!("{path}?secret="), "/hooks/x/y".into()] {
        assert_eq!(server.hook(&wrong, &body).await.0, 403, "{wrong}");
    }
    let (_, elsewhere) = server.media_server(srs("10.0.0.0/8")).await;
    assert_eq!(server.hook(&elsewhere, &body).await.0, 403, "the address is not on the list");

    let rotated = server.admin("POST", &format!("/api/media-servers/{id}/secret"), None).await.json();
    assert_eq!(server.hook(&hook, &body).await.0, 403, "the old secret is worth nothing");
    assert_eq!(server.hook(rotated["hook_path"].as_str().unwrap(), &body).await.0, 200);
    let listed = server.admin("GET", "/api/media-servers", None).await.text();
    assert!(!listed.contains("kbh_"), "{listed}");
    assert_eq!(server.program.call("room.manage", "GET", "/api/media-servers", None).await.status, 403);
    let one = format!("/api/media-servers/{id}");
    let foreign = server.program.call("media_server.manage@other", "DELETE", &one, None).await;
    assert_eq!(foreign.status, 404);
    assert_eq!(server.admin("DELETE", &one, None).await.status, 204);
    assert_eq!(server.hook(rotated["hook_path"].as_str().unwrap(), &body).await.0, 403);
}

#[tokio::test]
async fn we_never_fetch_from_ourselves() {
    let server = start().await;
    for host in ["127.0.0.1", "localhost", "127.8.8.8"] {
        let url = format!("rtmp://{host}:{}/live/{{name}}", server.rtmp.port());
        let (id, hook) =
            server.media_server(json!({"name": "us", "kind": "srs", "mode": "pull", "pull_url": url})).await;
        let body = format!(r#"{{"action":"on_publish","ip":"127.0.0.1","app":"live","stream":"{KEY}"}}"#);
        assert_eq!(server.hook(&hook, &body).await.0, 200);
        let streams =
            server.streams_when(&id, |streams| streams.iter().any(|stream| stream["last_error"].is_object())).await;
        assert_eq!(streams[0]["last_error"]["code"], "own_address", "{streams:?}");
    }
    assert!(server.desk.heard().is_empty());
    let bad = json!({"name": "x", "kind": "srs", "mode": "pull", "pull_url": "rtmp://10.0.0.5/live/room"});
    assert_eq!(server.admin("POST", "/api/media-servers", Some(bad)).await.json()["code"], "bad_pull_url");
}
