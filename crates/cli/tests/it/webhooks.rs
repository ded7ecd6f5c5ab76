//! Webhooks survive `kill -9` in mid delivery: everything arrives, at least once, under its own id.

use crate::harness::{Kaibo, text};
use serde_json::{Value, json};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex},
    time::Duration,
};
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
};

/// Room titles by the ids under which they arrived.
type Arrived = Arc<Mutex<BTreeMap<String, String>>>;

/// Reads requests and takes its time with every answer.
async fn receive(stream: TcpStream, arrived: Arrived) -> std::io::Result<()> {
    let mut stream = BufReader::new(stream);
    loop {
        let (mut id, mut length) = (String::new(), 0);
        loop {
            let mut line = String::new();
            if stream.read_line(&mut line).await? == 0 {
                return Ok(());
            }
            match line.trim_end().split_once(": ") {
                Some(("webhook-id", value)) => id = value.to_owned(),
                Some(("content-length", value)) => length = value.parse().expect("a length"),
                _ if line == "\r\n" => break,
                _ => {}
            }
        }
        let mut body = vec![0; length];
        stream.read_exact(&mut body).await?;
        tokio::time::sleep(Duration::from_millis(30)).await;
        let message: Value = serde_json::from_slice(&body).expect("JSON");
        arrived.lock().expect("no test panics here").insert(id, text(&message["data"]["title"]));
        stream.write_all(b"HTTP/1.1 204 No Content\r\n\r\n").await?;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_on_its_way_arrives_after_the_program_was_killed() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}/in", listener.local_addr().expect("an address"));
    let arrived = Arrived::default();
    let takes = arrived.clone();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(receive(stream, takes.clone()));
        }
    });
    let mut kaibo = Kaibo::start_with("[feed]\nallow_private = true\n").await;
    kaibo.post("/api/webhooks", json!({"name": "a", "url": url, "events": ["RoomCreated"]})).await;
    let mut titles = BTreeSet::new();
    for round in 0..3 {
        for n in 0..15 {
            let title = format!("{round}-{n}");
            kaibo.post("/api/rooms", json!({ "title": title })).await;
            titles.insert(title);
        }
        kaibo.kill().await;
        kaibo.restart().await;
    }
    let seen = || arrived.lock().expect("no test panics here").values().cloned().collect::<BTreeSet<String>>();
    for _ in 0..1_000 {
        if seen() == titles {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(seen(), titles, "{}", kaibo.log());
    // A repeat has the id it had: there is one id a room.
    assert_eq!(arrived.lock().expect("no test panics here").len(), titles.len());
}
