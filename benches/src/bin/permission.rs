//! What asking who may costs: a permission and a scope, and a known token's whole way from the header to the actor. Goal: 5 us.
//!
//! `cargo run --release -p benches --bin permission`

use accounts::Accounts;
use anyhow::{Context, ensure};
use app::{App, Authenticate, Keys, Scope, regions};
use events::{Clock, OrgId, RegionId, TeamId};
use std::{
    hint::black_box,
    time::{Duration, Instant},
};

const ROUNDS: u32 = 200_000;
const TEAMS: usize = 200;
const GOAL: Duration = Duration::from_micros(5);

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    let dir = tempfile::tempdir()?;
    let store = store::Store::open(&format!("sqlite://{}/kaibo.db", dir.path().display())).await?;
    let log = eventlog::EventLog::open(&dir.path().join("log"), eventlog::Options::default())?;
    let app = App::new(store, log, Clock::system(), Keys::from_secret([7; 32]), dir.path().to_path_buf());
    let accounts = Accounts::new(app.clone());
    let feature = accounts.feature();
    app.store.migrate(&[store::MigrationSet { feature: feature.name, steps: feature.migrations }]).await?;
    let token = accounts::create_token(&app.store, "manager", "bench", None).await?;
    let mut headers = axum::http::HeaderMap::new();
    headers.insert("authorization", format!("Bearer {token}").parse()?);

    let actor = accounts.authenticate(&headers).await?.context("a good token")?;
    let (org, region) = (OrgId::new(), RegionId::new());
    let teams: Vec<TeamId> = (0..TEAMS).map(|_| TeamId::new()).collect();
    regions::know(region, teams.clone());
    let scope = Scope::of_region(org, region);
    let begun = Instant::now();
    let mut let_through = 0_u32;
    for round in 0..ROUNDS {
        let team = teams[round as usize % TEAMS];
        let_through += u32::from(black_box(&actor).may("room.read") && black_box(&scope).covers(org, team));
    }
    let check = begun.elapsed() / ROUNDS;
    ensure!(let_through == ROUNDS, "somebody was turned away");

    let begun = Instant::now();
    for _ in 0..ROUNDS {
        black_box(accounts.authenticate(&headers).await?.context("a good token")?);
    }
    let whole = begun.elapsed() / ROUNDS;
    println!("permission and scope (a region of {TEAMS} teams): {check:?}");
    println!("header to actor, token known:                    {whole:?}");
    println!("goal:                                            {GOAL:?}");
    ensure!(check <= GOAL && whole <= GOAL, "slower than the goal");
    Ok(())
}
