//! Outside media servers that push on to our own port: the real nginx-rtmp with `push` and with ffmpeg, and SRS where it is
//! installed.

use crate::hooks::{end, push};
use crate::http_support::{KEY, OTHER_KEY, Server, start, start_with};
use crate::nginx::{Nginx, free_address};
use crate::relay_support::settings;
use crate::show;
use serde_json::json;
use std::net::SocketAddr;
use std::process::Stdio;
use tokio::process::{Child, Command};

/// nginx whose hooks and whatever else are these lines.
async fn nginx(server: &Server, lines: impl Fn(SocketAddr) -> String) -> Option<(Nginx, String)> {
    let body = json!({"name": "nginx", "kind": "nginx_rtmp", "mode": "forward", "allowed_ips": ["127.0.0.1"]});
    let (id, hook) = server.media_server(body).await;
    let rtmp = free_address();
    let hooks: String = ["on_publish", "on_publish_done", "on_play", "on_play_done"]
        .map(|call| format!("{call} http://{}{hook};\n", server.http))
        .concat();
    Nginx::start_at(rtmp, &format!("{hooks}{}", lines(rtmp))).await.map(|nginx| (nginx, id))
}

#[tokio::test]
async fn nginx_pushes_on_what_is_named_by_its_key() {
    let server = start().await;
    let push_line = format!("push rtmp://{}/live;\npush_reconnect 500ms;\n", server.rtmp);
    let Some((nginx, id)) = nginx(&server, |_| push_line.clone()).await else { return };
    let Some(encoder) = push(&format!("rtmp://{}/live/{KEY}", nginx.rtmp)) else { return };
    server.desk_hears(&["published"]).await;
    let streams = server.streams_when(&id, |streams| streams.iter().any(|one| one["state"] == "forwarded")).await;
    assert_eq!((&streams[0]["name"], &streams[0]["last_error"]), (&json!("good…"), &json!(null)));
    server.playlist_when(server.desk.room, |playlist| playlist.segments.len() >= 2).await;
    end(encoder).await;
    server.streams_when(&id, <[_]>::is_empty).await;

    // Its `push` leaves out what stands behind the name: the hook is asked and says yes, and nothing comes here.
    let encoder = push(&format!("rtmp://{}/live/evening?key={OTHER_KEY}", nginx.rtmp)).unwrap();
    let told = server.streams_when(&id, |streams| streams.iter().any(|one| one["last_error"].is_object())).await;
    assert_eq!((&told[0]["state"], &told[0]["last_error"]["code"]), (&json!("awaited"), &json!("not_arrived")));
    assert!(!server.media.is_publishing(server.desk.other));
    end(encoder).await;
}

#[tokio::test]
async fn nginx_has_ffmpeg_push_on_name_and_key() {
    let server = start().await;
    let to = server.rtmp;
    let lines = |rtmp| {
        format!(
            "exec_push ffmpeg -v error -i rtmp://{rtmp}/live/$name?$args -c copy -f flv rtmp://{to}/live/$name?$args;\n"
        )
    };
    let Some((nginx, id)) = nginx(&server, lines).await else { return };
    let Some(encoder) = push(&format!("rtmp://{}/live/evening?key={KEY}", nginx.rtmp)) else { return };
    server.desk_hears(&["published"]).await;
    let streams = server.streams_when(&id, |streams| streams.iter().any(|one| one["state"] == "forwarded")).await;
    assert_eq!(streams[0]["name"], "evening");
    server.playlist_when(server.desk.room, |playlist| !playlist.segments.is_empty()).await;
    // What shows the key is the server's own.
    server.plays_when(0).await;
    end(encoder).await;
}

/// The real SRS with these lines within its virtual host.
async fn srs(rtmp: SocketAddr, lines: &str) -> Option<(Child, tempfile::TempDir)> {
    let dir = tempfile::tempdir().unwrap();
    let config = format!(
        "listen {}; max_connections 100; daemon off; srs_log_tank console; pid {}/pid;\n\
         http_api {{ enabled off; }}\nhttp_server {{ enabled off; }}\nvhost __defaultVhost__ {{\n{lines}\n}}\n",
        rtmp.port(),
        dir.path().display()
    );
    let file = dir.path().join("srs.conf");
    std::fs::write(&file, config).unwrap();
    let mut command = Command::new("srs");
    command.arg("-c").arg(&file).current_dir(dir.path()).stdout(Stdio::null()).stderr(Stdio::null()).kill_on_drop(true);
    let Ok(child) = command.spawn() else {
        eprintln!("SKIPPED: `srs` is not installed");
        return None;
    };
    for _ in 0..500 {
        if tokio::net::TcpStream::connect(rtmp).await.is_ok() {
            return Some((child, dir));
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    panic!("srs did not start");
}

fn srs_hooks(server: &Server, hook: &str) -> String {
    let calls = ["on_publish", "on_unpublish", "on_play", "on_stop"];
    let lines = calls.map(|call| format!("{call} http://{}{hook};", server.http)).join("\n");
    format!("http_hooks {{ enabled on;\n{lines}\n}}\n")
}

#[tokio::test]
async fn srs_forwards_name_and_key() {
    let server = start().await;
    let (id, hook) = server.media_server(json!({"name": "srs", "kind": "srs", "mode": "forward"})).await;
    let forward = format!("forward {{ enabled on; destination {}; }}\n", server.rtmp);
    let rtmp = free_address();
    let Some(_srs) = srs(rtmp, &format!("{}{forward}", srs_hooks(&server, &hook))).await else { return };
    let stranger = push(&format!("rtmp://{rtmp}/live/evening?key=wrong")).unwrap();
    assert!(!stranger.wait_with_output().await.unwrap().status.success(), "SRS lets nobody in that we refuse");
    let encoder = push(&format!("rtmp://{rtmp}/live/evening?key={KEY}")).unwrap();
    server.desk_hears(&["published"]).await;
    let streams = server.streams_when(&id, |streams| streams.iter().any(|one| one["state"] == "forwarded")).await;
    assert_eq!(streams[0]["name"], "evening");
    server.playlist_when(server.desk.room, |playlist| playlist.segments.len() >= 2).await;
    end(encoder).await;
    server.streams_when(&id, <[_]>::is_empty).await;
}

#[tokio::test]
async fn srs_carries_a_room_and_is_a_target() {
    let server = start_with(settings()).await;
    let rtmp = free_address();
    let url = format!("rtmp://{rtmp}/live/{{name}}");
    let (id, hook) = server.media_server(json!({"name": "srs", "kind": "srs", "mode": "pull", "pull_url": url})).await;
    let Some(_srs) = srs(rtmp, &srs_hooks(&server, &hook)).await else { return };
    let encoder = push(&format!("rtmp://{rtmp}/live/evening?key={KEY}")).unwrap();
    server.desk_hears(&["published"]).await;
    server.playlist_when(server.desk.room, |playlist| playlist.segments.len() >= 2).await;
    server.plays_when(0).await;
    // The room's stream goes back to it under another name, as it does to a platform that is an SRS.
    let relay = server.relay_to(&format!("rtmp://{rtmp}/live"), &format!("platform?key={OTHER_KEY}")).await;
    server.relay_when(&relay, |relay| relay["state"] == "live" && relay["bitrate_kbps"] != 0).await;
    server.streams_when(&id, |streams| streams.iter().filter(|one| one["state"] == "live").count() == 2).await;
    server.playlist_when(server.desk.other, |playlist| !playlist.segments.is_empty()).await;
    end(encoder).await;
    server.desk_hears(&["published", "lost clean"]).await;
}

#[tokio::test]
async fn a_key_behind_the_name_opens_our_own_port() {
    let server = start().await;
    let mut heard = Vec::new();
    for name in
        ["evening?key=good-key", "evening?token=good-key&vhost=x", "evening?key%3Dgood-key", "good-key?key=other's"]
    {
        let (socket, _) = server.push(name, &show::tags(0, 3_000, 25)).await;
        heard.push("published");
        server.desk_hears(&heard).await;
        drop(socket);
        heard.push("lost");
        server.desk_hears(&heard).await;
    }
    let (mut refused, _) = server.publisher("evening?key=wrong").await;
    let said = crate::http_support::read_to_close(&mut refused).await;
    assert!(said.windows(7).any(|window| window == b"BadName"));
    assert!(!said.windows(5).any(|window| window == b"wrong"), "a key is not repeated");
}
