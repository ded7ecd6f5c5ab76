//! What the gate adds to a danmaku: the pack, 10,000 words of an organisation and a model in force, one danmaku a call, beside the bare
//! automaton (daachorse, character-wise) over the same words, and beside the gate without a model. In one thread, by turns; the
//! percentiles are of single calls, the ratios medians of rounds. Goal: p99 of what it adds <= 1 ms.
//!
//! `cargo run --release -p benches --bin gate -- WORDS LINES`: a list of words and a file of texts, a line each.

use accounts::Accounts;
use anyhow::{Context, Result, ensure};
use app::{App, Authenticate, Keys};
use async_trait::async_trait;
use audience::{Audience, RoomRef, Rooms, ShowOf};
use daachorse::CharwiseDoubleArrayAhoCorasick;
use events::{BroadcastId, Clock, DanmakuSent, Millis, RoomId, ViewerId};
use moderation::{
    Moderation,
    text::{Example, Model},
};
use serde_json::{Value, json};
use std::{
    collections::HashSet,
    sync::Arc,
    time::{Duration, Instant},
};

const ROUNDS: usize = 7;
const WORDS: usize = 10_000;
const LINES: usize = 20_000;
const VIEWERS: usize = 1_000;
const GOAL: Duration = Duration::from_millis(1);

struct NoRooms;

#[async_trait]
impl Rooms for NoRooms {
    async fn room(&self, _: RoomId) -> Result<Option<RoomRef>> {
        Ok(None)
    }

    async fn show(&self, _: BroadcastId) -> Result<Option<ShowOf>> {
        Ok(None)
    }
}

struct Api {
    client: reqwest::Client,
    base: String,
    token: String,
}

impl Api {
    async fn send(&self, request: reqwest::RequestBuilder) -> Result<Value> {
        let answer = request.bearer_auth(&self.token).send().await?;
        let (status, text) = (answer.status(), answer.text().await?);
        ensure!(status.is_success(), "{status} {text}");
        Ok(serde_json::from_str(&text)?)
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let mut arguments = std::env::args().skip(1);
    let words = arguments.next().map(std::fs::read_to_string).transpose().context("reading the words")?;
    let lines = arguments.next().map(std::fs::read_to_string).transpose().context("reading the lines")?;
    let (words, lines) = match (words, lines) {
        (Some(words), Some(lines)) => (words, lines),
        _ => {
            println!("no list and no texts were given: made ones are used");
            made()
        }
    };
    let all: Vec<&str> = words.lines().filter(|word| !word.trim().is_empty() && !word.starts_with('#')).collect();
    let words: Vec<&str> = all.iter().copied().step_by(all.len().div_ceil(WORDS).max(1)).collect();
    let all: Vec<&str> = lines.lines().filter(|line| !line.is_empty()).collect();
    let lines: Vec<&str> = all.iter().copied().step_by(all.len().div_ceil(LINES).max(1)).collect();
    ensure!(lines.len() >= 1_000, "too few texts for a percentile");

    let dir = tempfile::tempdir()?;
    let store = store::Store::open(&format!("sqlite://{}/kaibo.db", dir.path().display())).await?;
    let log = eventlog::EventLog::open(&dir.path().join("log"), eventlog::Options::default())?;
    let app = App::new(store, log, Clock::system(), Keys::from_secret([7; 32]), dir.path().to_path_buf());
    let accounts = Arc::new(Accounts::new(app.clone()));
    let moderation = Moderation::new(app.clone(), Audience::new(app.clone(), Arc::new(NoRooms)));
    let features = [accounts.feature(), moderation.feature()];
    let tables = features.iter().map(|of| store::MigrationSet { feature: of.name, steps: of.migrations });
    app.store.migrate(&[vec![app::vault::TABLES], tables.collect()].concat()).await?;
    let token = accounts::create_token(&app.store, "admin", "bench", None).await?;
    let mut headers = axum::http::HeaderMap::new();
    headers.insert("authorization", format!("Bearer {token}").parse()?);
    let actor = accounts.authenticate(&headers).await?.context("a good token")?;
    app.set_authenticator(accounts.clone());
    let routes = features.into_iter().fold(axum::Router::new(), |all, of| all.merge(axum::Router::from(of.routes)));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let base = format!("http://{}/api/moderation", listener.local_addr()?);
    tokio::spawn(async move { axum::serve(listener, routes).await });
    let api = Api { client: reqwest::Client::new(), base, token };

    let list = api.send(api.client.post(format!("{}/lists", api.base)).json(&json!({"name": "bench"}))).await?;
    let list = format!("{}/lists/{}/words", api.base, list["id"].as_str().context("an id")?);
    api.send(api.client.put(list).body(words.join("\n"))).await?;
    // The rest of this bench is about speed: what it learned does not matter, its size is always the same.
    let examples: Vec<Example> = lines
        .iter()
        .take(2_000)
        .enumerate()
        .map(|(at, line)| Example { text: (*line).to_owned(), bad: at % 5 == 0 })
        .collect();
    let model = Model::train(&examples)?.to_bytes();
    let version = api.send(api.client.post(format!("{}/models", api.base)).body(model)).await?;
    let version = format!("{}/models/{}", api.base, version["id"].as_str().context("an id")?);

    let room =
        RoomRef { room: RoomId::new(), org: actor.scope.org, team: actor.home_team, private: false, broadcast: None };
    let viewers: Vec<ViewerId> = (0..VIEWERS).map(|_| ViewerId::random()).collect();
    let said: Vec<DanmakuSent> = lines.iter().map(|line| DanmakuSent::plain(*line)).collect();
    let distinct: HashSet<&str> = words.iter().copied().collect();
    let bare = CharwiseDoubleArrayAhoCorasick::<u32>::new(distinct).map_err(|error| anyhow::anyhow!("{error}"))?;
    moderation.reload().await;

    let mut now = 0_i64;
    let mut judge = || {
        let mut times = Vec::with_capacity(said.len());
        let mut judged = 0;
        for (at, danmaku) in said.iter().enumerate() {
            now += 50;
            let begun = Instant::now();
            let answer = moderation.judge(&room, &[(&viewers[at % VIEWERS], danmaku)], Millis(now));
            times.push(begun.elapsed());
            judged += usize::from(answer.is_some_and(|answer| answer[0].is_some()));
        }
        (times, judged)
    };
    let mut rounds: Vec<[Vec<Duration>; 3]> = Vec::new();
    let (mut plain_judged, mut judged) = (0, 0);
    for _ in 0..ROUNDS {
        let mut of_bare = Vec::with_capacity(said.len());
        for danmaku in &said {
            let begun = Instant::now();
            std::hint::black_box(bare.find_overlapping_iter(&danmaku.text).count());
            of_bare.push(begun.elapsed());
        }
        let (plain, found) = judge();
        plain_judged = found;
        api.send(api.client.post(format!("{version}/force"))).await?;
        let (with_model, found) = judge();
        judged = found;
        api.send(api.client.post(format!("{version}/retire")).json(&json!({}))).await?;
        rounds.push([of_bare, plain, with_model]);
    }
    let names = ["the bare automaton", "the gate, no model", "the gate with a model"];
    let median = |of: usize| {
        let mut sums: Vec<Duration> = rounds.iter().map(|round| round[of].iter().sum()).collect();
        sums.sort_unstable();
        sums[ROUNDS / 2]
    };
    println!("{} words beside the pack, {} texts, {ROUNDS} rounds", words.len(), said.len());
    let mut added = Duration::ZERO;
    for (of, name) in names.into_iter().enumerate() {
        let mut times: Vec<Duration> = rounds.iter().flat_map(|round| round[of].iter().copied()).collect();
        times.sort_unstable();
        let at = |percent: usize| times[times.len() * percent / 100];
        let ratio = median(of).as_secs_f64() / median(0).as_secs_f64();
        println!("{name:>22}: p50 {:?}, p99 {:?}; {ratio:.1} x the bare automaton", at(50), at(99));
        added = at(99);
    }
    println!("a model costs {:.2} x the gate without one", median(2).as_secs_f64() / median(1).as_secs_f64());
    println!("{plain_judged} of {} were not simply let through, {judged} with the model", said.len());
    println!("goal: p99 <= {GOAL:?} added to a call without the gate; reached: {added:?}");
    ensure!(added <= GOAL, "slower than the goal");
    Ok(())
}

/// Words and lines of common characters, the same every time.
fn made() -> (String, String) {
    let mut state = 7_u64;
    let mut next = |below: u32| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as u32 % below
    };
    let mut texts = |count: usize, long: u32| {
        let mut text = String::new();
        for _ in 0..count {
            for _ in 0..2 + next(long) {
                text.push(char::from_u32(0x4e00 + next(3_000)).unwrap_or('一'));
            }
            text.push('\n');
        }
        text
    };
    (texts(10_000, 4), texts(20_000, 20))
}
