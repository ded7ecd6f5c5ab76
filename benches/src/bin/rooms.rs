//! The list of 100,000 rooms, asked of the real program over HTTP on both databases, beside the query that finds the same rows.
//! Goal: 50 ms at the 99th percentile.
//!
//! `cargo run --release -p benches --bin rooms -- [ROOMS]`. PostgreSQL is asked when `KAIBO_TEST_POSTGRES` names a server
//! (`tools/postgres.sh`).

use anyhow::{Context, Result, ensure};
use app::Scope;
use benches::kaibo::{Api, Kaibo};
use events::{BroadcastId, Millis, RoomId, TeamId};
use reqwest::Method;
use room::rooms::{
    rules::{Broadcast, Origin, Room, State},
    store::{current_broadcasts, find_any_room, insert_broadcast, insert_room, list_rooms},
};
use serde_json::{Value, json};
use std::time::{Duration, Instant};
use store::Store;

const GOAL: Duration = Duration::from_millis(50);
const ROUNDS: usize = 300;
const PAGE: u64 = 50;
const BATCH: usize = 2_000;
/// Every so many rooms one belongs to the team that lists its own.
const TEAMS: usize = 10;

/// A question and where in the list it is asked.
struct Page {
    name: &'static str,
    scope: Scope,
    title: Option<&'static str>,
    after: Option<RoomId>,
    /// Of the whole organisation, or of the team.
    token: String,
}

#[tokio::main]
async fn main() -> Result<()> {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let rooms = std::env::args().nth(1).map_or(Ok(100_000), |rooms| rooms.parse())?;
    let dir = tempfile::tempdir()?;
    let mut slow = measure("SQLite", None, rooms, &dir.path().join("sqlite")).await?;
    match std::env::var("KAIBO_TEST_POSTGRES") {
        Ok(url) => slow.extend(measure("PostgreSQL", Some(url), rooms, &dir.path().join("postgres")).await?),
        Err(_) => println!("PostgreSQL: skipped, KAIBO_TEST_POSTGRES names no server"),
    }
    ensure!(slow.is_empty(), "slower than {GOAL:?}: {}", slow.join(", "));
    Ok(())
}

/// Names the pages that were too slow.
async fn measure(database: &str, url: Option<String>, rooms: usize, data: &std::path::Path) -> Result<Vec<String>> {
    let api = "[api]\nrequests_per_min = 0\npublic_requests_per_min = 0\n";
    let settings = url.as_ref().map_or(api.to_owned(), |url| format!("{api}[database]\nurl = \"{url}\"\n"));
    let kaibo = Kaibo::start(data, &settings, &data.with_extension("log")).await?;
    let store = Store::open(&url.unwrap_or_else(|| format!("sqlite://{}/kaibo.db", data.display()))).await?;
    let first: RoomId = kaibo.api.room("一号直播间").await?.id.parse()?;
    let first = find_any_room(store.read(), first).await?.context("the first room")?;
    let answer = post(&kaibo.api, "/api/teams", json!({"name": "杭州"})).await?;
    let team: TeamId = serde_json::from_value(answer["id"].clone())?;
    let narrow = json!({"name": "bench", "role": "admin", "team": team});
    let narrow = post(&kaibo.api, "/api/tokens", narrow).await?["token"].as_str().context("a token")?.to_owned();
    let begun = Instant::now();
    let middle = fill(&store, &first, team, rooms).await?;
    println!("{database}: {rooms} rooms, every third with a show, made in {:.0?}", begun.elapsed());

    let (all, ours) = (Scope::whole(first.org), Scope::of_team(first.org, team));
    let page = |name, scope, title, after| {
        let token = if scope == ours { narrow.clone() } else { kaibo.api.token().to_owned() };
        Page { name, scope, title, after, token }
    };
    let pages = [
        page("first page", all, None, None),
        page("middle page", all, None, Some(middle)),
        page("search, common", all, Some("直播间"), None),
        page("search, one room", all, Some("room 77 "), None),
        page("search, nothing", all, Some("no room is called so"), None),
        page("a team's first page", ours, None, None),
        page("a team's middle page", ours, None, Some(middle)),
    ];
    let mut slow = Vec::new();
    for page in pages {
        let (http, found) = asked(&kaibo.api, &page).await?;
        let (sql, rows) = queried(&store, &page).await?;
        ensure!(found == rows, "{}: {found} rooms over HTTP, {rows} in the database", page.name);
        let ratio = http.0.as_secs_f64() / sql.0.as_secs_f64();
        let Page { name, .. } = page;
        println!(
            "  {name:22} {found:3} rooms   HTTP p50 {:8.2?} p99 {:8.2?}   SQL p50 {:8.2?} p99 {:8.2?}   {ratio:.1} x",
            http.0, http.1, sql.0, sql.1
        );
        if http.1 > GOAL {
            slow.push(format!("{database}, {name}"));
        }
    }
    store.close().await;
    Ok(slow)
}

/// Makes the rooms and answers the one in their middle.
async fn fill(store: &Store, first: &Room, team: TeamId, rooms: usize) -> Result<RoomId> {
    let mut middle = first.id;
    for from in (0..rooms).step_by(BATCH) {
        let tx = store.begin().await?;
        for n in from..(from + BATCH).min(rooms) {
            let team = if n % TEAMS == 0 { team } else { first.team };
            let (id, title) = (RoomId::new(), format!("Room {n} 直播间"));
            let room = Room { id, team, title, created_at: Millis(n as i64), ..first.clone() };
            insert_room(tx.db(), &room, format!("key {n}")).await?;
            if n % 3 == 0 {
                insert_broadcast(tx.db(), &show_of(&room), None).await?;
            }
            if n == rooms / 2 {
                middle = id;
            }
        }
        tx.commit().await?;
    }
    Ok(middle)
}

fn show_of(room: &Room) -> Broadcast {
    Broadcast {
        id: BroadcastId::new(),
        room: room.id,
        org: room.org,
        team: room.team,
        title: room.title.clone(),
        origin: Origin::Stream,
        platform: None,
        state: State::Ended,
        started_at: room.created_at,
        ended_at: Some(room.created_at),
        lost_at: None,
        stream_source: None,
        first_position: 0,
        created_at: room.created_at,
    }
}

/// p50 and p99 of a page over HTTP, and how many rooms are on it.
async fn asked(api: &Api, page: &Page) -> Result<((Duration, Duration), usize)> {
    let mut times = Vec::with_capacity(ROUNDS);
    let mut found = 0;
    for _ in 0..ROUNDS {
        let after = page.after.map(|after| after.to_string());
        let query = [("limit", Some(PAGE.to_string())), ("q", page.title.map(str::to_owned)), ("after", after)];
        let query: Vec<_> = query.into_iter().filter_map(|(name, value)| Some((name, value?))).collect();
        let url = reqwest::Url::parse_with_params(&api.url("/api/rooms"), query)?;
        let request = api.client.get(url).bearer_auth(&page.token);
        let begun = Instant::now();
        let answer = request.send().await?.error_for_status()?.bytes().await?;
        times.push(begun.elapsed());
        let answer: Value = serde_json::from_slice(&answer)?;
        found = answer["items"].as_array().context("rooms")?.len();
    }
    Ok((middle_and_worst(times), found))
}

/// The same of the two queries that find the rows.
async fn queried(store: &Store, page: &Page) -> Result<((Duration, Duration), usize)> {
    let mut times = Vec::with_capacity(ROUNDS);
    let mut found = 0;
    for _ in 0..ROUNDS {
        let begun = Instant::now();
        let rooms = list_rooms(store.read(), page.scope, page.title, page.after, PAGE).await?;
        let ids: Vec<RoomId> = rooms.iter().map(|room| room.id).collect();
        current_broadcasts(store.read(), &ids).await?;
        times.push(begun.elapsed());
        found = rooms.len();
    }
    Ok((middle_and_worst(times), found))
}

fn middle_and_worst(mut times: Vec<Duration>) -> (Duration, Duration) {
    times.sort_unstable();
    (times[times.len() / 2], times[times.len() * 99 / 100])
}

async fn post(api: &Api, path: &str, body: Value) -> Result<Value> {
    let (status, answer) = api.call(Method::POST, path, Some(body)).await.map_err(anyhow::Error::msg)?;
    ensure!(status.is_success(), "POST {path}: {status} {answer}");
    Ok(answer)
}
