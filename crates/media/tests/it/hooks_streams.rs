//! What outside servers carry, when their hooks come at once, late, or not at all; and what is kept of them.

use crate::hooks::{end, push};
use crate::http_support::{Desk, KEY, OTHER_KEY, Server, start, start_in};
use crate::nginx::Nginx;
use media::Settings;
use sea_orm::ConnectionTrait;
use serde_json::json;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio::io::AsyncReadExt;
use tokio::net::TcpListener;

/// A server that takes connections and says nothing; how many are open.
async fn silent() -> (SocketAddr, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let open = Arc::new(AtomicUsize::new(0));
    let count = open.clone();
    tokio::spawn(async move {
        while let Ok((mut socket, _)) = listener.accept().await {
            let count = count.clone();
            tokio::spawn(async move {
                count.fetch_add(1, Ordering::SeqCst);
                while matches!(socket.read(&mut [0; 4096]).await, Ok(1..)) {}
                count.fetch_sub(1, Ordering::SeqCst);
            });
        }
    });
    (address, open)
}

async fn open_when(open: &AtomicUsize, wanted: usize) {
    for _ in 0..1_500 {
        if open.load(Ordering::SeqCst) == wanted {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("{} connections are open, not {wanted}", open.load(Ordering::SeqCst));
}

#[tokio::test]
async fn hooks_at_once_leave_one_puller() {
    let server = start().await;
    let (address, open) = silent().await;
    let url = format!("rtmp://{address}/live/{{name}}");
    let (id, hook) = server.media_server(json!({"name": "srs", "kind": "srs", "mode": "pull", "pull_url": url})).await;
    let call = |action: &str| {
        json!({"action": action, "client_id": "a1", "ip": "127.0.0.1", "app": "live", "stream": "evening",
            "param": format!("?key={KEY}")})
        .to_string()
    };
    let (publish, unpublish) = (call("on_publish"), call("on_unpublish"));
    for _ in 0..5 {
        let answers = futures_util::future::join_all((0..8).map(|_| server.hook(&hook, &publish))).await;
        assert!(answers.iter().all(|answer| answer.0 == 200));
        assert_eq!(server.streams_of(&id).await.len(), 1);
        open_when(&open, 1).await;
        assert_eq!(server.hook(&hook, &unpublish).await.0, 200);
        open_when(&open, 0).await;
    }
    // Rows go with their streams.
    let rows = "SELECT id FROM hooks_streams".to_owned();
    let backend = sea_orm::DatabaseBackend::Sqlite;
    let left = server.program.app.store.read().query_all_raw(sea_orm::Statement::from_string(backend, rows)).await;
    assert!(left.unwrap().is_empty());
}

/// nginx carries what a MediaMTX says it does; its hooks are called by hand.
async fn mediamtx(server: &Server) -> Option<(Nginx, String, String)> {
    let nginx = Nginx::start("").await?;
    let url = format!("rtmp://{}/{{app}}/{{name}}", nginx.rtmp);
    let body = json!({"name": "mtx", "kind": "mediamtx", "mode": "pull", "pull_url": url});
    let (id, hook) = server.media_server(body).await;
    Some((nginx, id, hook))
}

fn asks(key: &str, connection: &str) -> String {
    json!({"user": "", "password": "", "ip": "127.0.0.1", "action": "publish", "path": "live/evening", "protocol": "rtmp",
        "id": connection, "query": format!("key={key}")})
    .to_string()
}

#[tokio::test]
async fn a_reconnecting_encoder_keeps_its_room_whatever_is_told_of_the_old_connection() {
    // With the connection's number, as our lines tell it, and without, as older ones do.
    for told in ["event=unpublish&path=live/evening&id=a", "event=unpublish&path=live/evening"] {
        let server = start().await;
        let Some((nginx, id, hook)) = mediamtx(&server).await else { return };
        let url = format!("rtmp://{}/live/evening", nginx.rtmp);
        assert_eq!(server.hook(&hook, &asks(KEY, "a")).await.0, 200);
        let Some(first) = push(&url) else { return };
        server.desk_hears(&["published"]).await;
        // The new connection is asked for while the old one counts; only then the old one is told to be over.
        assert_eq!(server.hook(&hook, &asks(KEY, "b")).await.0, 200);
        end(first).await;
        assert_eq!(server.hook(&hook, told).await.0, 200);
        let second = push(&url).unwrap();
        server.desk_hears(&["published", "lost", "published"]).await;
        assert_eq!(server.streams_of(&id).await.len(), 1);
        assert_eq!(server.hook(&hook, "event=unpublish&path=live/evening&id=b").await.0, 200);
        server.desk_hears(&["published", "lost", "published", "lost clean"]).await;
        assert!(server.streams_of(&id).await.is_empty());
        end(second).await;
    }
}

#[tokio::test]
async fn a_name_that_is_on_air_is_not_taken_for_another_room() {
    let server = start().await;
    let Some((nginx, id, hook)) = mediamtx(&server).await else { return };
    assert_eq!(server.hook(&hook, &asks(KEY, "a")).await.0, 200);
    let Some(_encoder) = push(&format!("rtmp://{}/live/evening", nginx.rtmp)) else { return };
    server.streams_when(&id, |streams| streams.iter().any(|one| one["state"] == "live")).await;
    assert_eq!(server.hook(&hook, &asks(OTHER_KEY, "b")).await.0, 401);
    assert_eq!(server.streams_of(&id).await[0]["room_id"], json!(server.desk.room));
    assert_eq!(server.hook(&hook, "event=unpublish&path=live/evening&id=a").await.0, 200);
    assert_eq!(server.hook(&hook, &asks(OTHER_KEY, "b")).await.0, 200);
}

/// Whether any file of the folder holds these bytes.
fn holds(dir: &Path, wanted: &str) -> bool {
    std::fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path()).any(|path| match path.is_dir() {
        true => holds(&path, wanted),
        false => std::fs::read(path).unwrap().windows(wanted.len()).any(|window| window == wanted.as_bytes()),
    })
}

#[tokio::test]
async fn what_follows_a_pull_address_is_used_and_never_shown() {
    let Some(nginx) = Nginx::start("").await else { return };
    let (dir, desk) = (Arc::new(tempfile::tempdir().unwrap()), Arc::new(Desk::new()));
    let clock = events::Clock::system();
    let server = start_in(dir.clone(), desk.clone(), clock.clone(), Settings::default()).await;
    let (visible, secret) = (format!("rtmp://{}/live/{{name}}", nginx.rtmp), "s3cr3t-of-the-origin");
    let body =
        json!({"name": "origin", "kind": "srs", "mode": "pull", "pull_url": format!("{visible}?secret={secret}")});
    let answer = server.admin("POST", "/api/media-servers", Some(body)).await;
    assert!(!answer.text().contains(secret), "{}", answer.text());
    let (id, hook) = (answer.json()["id"].clone(), answer.json()["hook_path"].as_str().unwrap().to_owned());
    let listed = server.admin("GET", "/api/media-servers", None).await;
    let one = &listed.json()["items"][0];
    assert_eq!((&one["pull_url"], &one["has_query"]), (&json!(visible), &json!(true)));
    assert!(!listed.text().contains(secret) && !holds(dir.path(), secret));
    // It is sent along.
    let call = format!(
        r#"{{"action":"on_publish","ip":"127.0.0.1","client_id":"1","app":"live","stream":"evening","param":"?key={KEY}"}}"#
    );
    assert_eq!(server.hook(&hook, &call).await.0, 200);
    let Some(encoder) = push(&format!("rtmp://{}/live/evening", nginx.rtmp)) else { return };
    server.desk_hears(&["published"]).await;
    assert!(nginx.log().contains(&format!("name='evening' args='secret={secret}&kaibo=")), "{}", nginx.log());
    end(encoder).await;

    let path = format!("/api/media-servers/{}", id.as_str().unwrap());
    let change = async |url: &str| {
        let changed = server.admin("PATCH", &path, Some(json!({"pull_url": url}))).await;
        assert_eq!(changed.status, 200, "{}", changed.text());
        changed.json()["has_query"].clone()
    };
    assert_eq!(change(&visible).await, true, "the form sends back what it was shown");
    assert_eq!(change("rtmp://10.0.0.6/live/{name}").await, false, "a secret goes to no other server");
    assert_eq!(change("rtmp://10.0.0.6/live/{name}?a=1").await, true);
    assert_eq!(change("rtmp://10.0.0.6/live/{name}?").await, false);

    // A row from before it was sealed.
    let sql = format!("UPDATE hooks_servers SET pull_url = 'rtmp://10.0.0.7/live/{{name}}?old={secret}'");
    let tx = server.program.app.store.begin().await.unwrap();
    tx.db().execute_unprepared(&sql).await.unwrap();
    tx.commit().await.unwrap();
    drop(server);
    let server = start_in(dir, desk, clock, Settings::default()).await;
    let mut last = None;
    for _ in 0..1_500 {
        let row = sea_orm::Statement::from_string(
            sea_orm::DatabaseBackend::Sqlite,
            "SELECT pull_url, pull_query_sealed FROM hooks_servers".to_owned(),
        );
        let row = server.program.app.store.read().query_one_raw(row).await.unwrap().unwrap();
        let (url, sealed): (String, Option<String>) =
            (row.try_get("", "pull_url").unwrap(), row.try_get("", "pull_query_sealed").unwrap());
        last = Some((url, sealed.is_some()));
        if last == Some(("rtmp://10.0.0.7/live/{name}".to_owned(), true)) {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(last, Some(("rtmp://10.0.0.7/live/{name}".to_owned(), true)));
    let listed = server.admin("GET", "/api/media-servers", None).await;
    assert_eq!(listed.json()["items"][0]["has_query"], true);
    assert!(!listed.text().contains(secret));
}
