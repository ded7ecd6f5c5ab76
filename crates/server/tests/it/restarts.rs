//! The database server dies while people work: nothing acknowledged is lost, every change is in the log once, and who asks
//! meanwhile is told to come back.

use crate::house::{client, settings};
use events::{Envelope, Event};
use reqwest::Client;
use serde_json::{Value, json};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};
use store::testing::PrivateServer;

const RESTARTS: usize = 4;
const WRITERS: usize = 8;

#[derive(Default)]
struct Told {
    acknowledged: BTreeSet<String>,
    /// How many answers of each kind that were not the room.
    others: BTreeMap<String, usize>,
}

async fn write(client: Client, url: String, token: String, stop: Arc<AtomicBool>, writer: usize) -> Told {
    let mut told = Told::default();
    let mut n = 0;
    while !stop.load(Ordering::Relaxed) {
        n += 1;
        let new = json!({"title": format!("{writer}-{n}"), "private": false});
        let answer = client.post(&url).bearer_auth(&token).json(&new).send().await.expect("the server answers");
        let (status, retry) = (answer.status().as_u16(), answer.headers().get("retry-after").cloned());
        let body: Value = answer.json().await.expect("json");
        if status == 201 {
            told.acknowledged.insert(body["id"].as_str().expect("an id").to_owned());
            continue;
        }
        let retry = retry.map_or("never".into(), |after| after.to_str().expect("text").to_owned());
        *told.others.entry(format!("{status} {} {retry}", body["code"].as_str().unwrap_or_default())).or_default() += 1;
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    told
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_server_that_dies_loses_nothing_that_was_acknowledged() {
    let Some(database) = PrivateServer::start(true) else { return };
    let database = Arc::new(database);
    let dir = tempfile::tempdir().expect("a folder");
    let mut config = settings(dir.path());
    config.database.url = database.url.clone();
    // The writers are faster than anybody is let.
    config.api.requests_per_min = 0;
    let running = server::start(config).await.expect("a started program");
    let (app, url) = (running.app.clone(), format!("http://{}/api/rooms", running.http));
    let token = accounts::create_token(&app.store, "admin", "test", None).await.expect("a token");

    let stop = Arc::new(AtomicBool::new(false));
    let writers: Vec<_> = (0..WRITERS)
        .map(|writer| tokio::spawn(write(client(), url.clone(), token.clone(), stop.clone(), writer)))
        .collect();
    for _ in 0..RESTARTS {
        tokio::time::sleep(Duration::from_millis(1500)).await;
        let database = database.clone();
        tokio::task::spawn_blocking(move || database.restart()).await.expect("a restart");
    }
    tokio::time::sleep(Duration::from_millis(1500)).await;
    stop.store(true, Ordering::Relaxed);
    let (mut acknowledged, mut others) = (BTreeSet::new(), BTreeMap::new());
    for writer in writers {
        let told = writer.await.expect("no panic");
        acknowledged.extend(told.acknowledged);
        told.others.into_iter().for_each(|(kind, times)| *others.entry(kind).or_insert(0) += times);
    }
    println!("{RESTARTS} restarts: {} rooms acknowledged, else {others:?}", acknowledged.len());
    assert!(acknowledged.len() > WRITERS * RESTARTS, "somebody worked: {}", acknowledged.len());
    assert!(others.keys().all(|kind| kind == "503 database_unavailable 2"), "{others:?}");

    // Every row, acknowledged or not, has its event once; nothing else has one.
    tokio::time::timeout(Duration::from_secs(30), app.store.relayed()).await.expect("in time").expect("relayed");
    let mut rows = BTreeSet::new();
    let mut after = String::new();
    loop {
        let page = client().get(format!("{url}?limit=200{after}")).bearer_auth(&token).send().await;
        let page: Value = page.expect("an answer").json().await.expect("json");
        let items = page["items"].as_array().expect("rooms");
        rows.extend(items.iter().map(|room| room["id"].as_str().expect("an id").to_owned()));
        let Some(next) = page["next"].as_str() else { break };
        after = format!("&after={next}");
    }
    let (mut created, mut numbers) = (Vec::new(), Vec::new());
    for entry in app.log.read(1) {
        let envelope = Envelope::decode(&entry.expect("the log reads").payload).expect("an envelope");
        numbers.extend(envelope.outbox);
        if let Event::RoomCreated(_) = envelope.event {
            created.push(envelope.room.expect("a room").to_string());
        }
    }
    assert!(acknowledged.is_subset(&rows), "acknowledged rooms are gone");
    assert!(numbers.is_sorted_by(|one, other| one < other), "the outbox is in the log in order, once");
    assert_eq!(created.len(), rows.len());
    assert_eq!(created.into_iter().collect::<BTreeSet<_>>(), rows);
    running.run(async {}).await.expect("it stops");
}
