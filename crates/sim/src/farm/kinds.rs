//! What each kind of member does.

use super::client::{Client, Take, now_ms};
use super::viewer::Viewer;
use super::{FarmOptions, Kind, Member, Shared};
use rand::{RngExt, rngs::StdRng};
use serde_json::{Value, json};
use std::{
    net::{IpAddr, Ipv4Addr},
    sync::Arc,
    time::Duration,
};
use tokio::time::{Instant, sleep};

/// About as far behind the edge as players play.
const BEHIND_MS: i64 = 7_000;

/// Works from entry to goodbye.
pub async fn work(
    kind: Kind,
    nth: u32,
    mut client: Client,
    mut rng: StdRng,
    shared: Arc<Shared>,
) -> anyhow::Result<()> {
    let options = &shared.options;
    // People come when they come; farms, and whoever waited for the show, come at once.
    let late_ms = match kind {
        Kind::WebCampus => rng.random_range(0..1_000),
        Kind::BotLockStep => 1_000,
        Kind::BotBrief => u64::from(nth) * 200,
        _ => rng.random_range(0..options.pace.as_millis() as u64 / 5),
    };
    sleep(Duration::from_millis(late_ms)).await;
    match kind {
        Kind::BareFfmpeg | Kind::BareHttp | Kind::OtherLook | Kind::BotBrief => client.enter_bare().await?,
        Kind::WebTwoTabs if !nth.is_multiple_of(2) => client.enter(Some(&shared.first_tab().await)).await?,
        _ => client.enter(None).await?,
    }
    if kind == Kind::WebTwoTabs && nth.is_multiple_of(2) {
        shared.open_tab(client.token.clone());
    }
    shared.came(Member { kind, entry: client.entry.clone() });
    let working = async {
        match kind {
            Kind::BareFfmpeg | Kind::BareHttp | Kind::BotDownload => download(&mut client).await,
            Kind::OtherLook | Kind::BotBrief => client.fetch_last().await,
            Kind::BotPoll => poll(&client).await,
            Kind::BotFast => race(&mut client, options).await,
            Kind::BotShared => share(&mut client, options).await,
            Kind::BotHeartbeats => claim(&mut client, options, None).await,
            Kind::BotRange => claim(&mut client, options, Some(Take::FirstByte)).await,
            Kind::BotHangUp => claim(&mut client, options, Some(Take::Head)).await,
            Kind::BotUnplaced => repeat(&mut client, options, |beat| json!({ "played_ms": beat })).await,
            Kind::BotWild => repeat(&mut client, options, wild).await,
            _ => Viewer::new(kind, client, rng, options).watch().await,
        }
    };
    tokio::select! {
        worked = working => worked,
        () = options.stop.cancelled() => Ok(()),
    }
}

/// Everything new, about as fast as it comes.
async fn download(client: &mut Client) -> anyhow::Result<()> {
    loop {
        client.fetch_new(Take::All).await?;
        sleep(Duration::from_millis(900)).await;
    }
}

async fn poll(client: &Client) -> anyhow::Result<()> {
    loop {
        client.playlist().await?;
        sleep(Duration::from_secs(1)).await;
    }
}

async fn race(client: &mut Client, options: &FarmOptions) -> anyhow::Result<()> {
    let mut position = now_ms() - BEHIND_MS;
    loop {
        let said = Instant::now() + options.beat;
        while Instant::now() < said {
            client.fetch_all().await?;
            sleep(Duration::from_millis(500)).await;
        }
        let played_ms = 16 * options.beat.as_millis() as i64;
        position += played_ms;
        client.post_beat(&json!({ "played_ms": played_ms, "position_ms": position, "rate": 16 })).await?;
    }
}

/// Claims to play, with a picture that moves, and takes little or nothing.
async fn claim(client: &mut Client, options: &FarmOptions, take: Option<Take>) -> anyhow::Result<()> {
    loop {
        let said = Instant::now() + options.beat;
        while let Some(take) = take.filter(|_| Instant::now() < said) {
            client.fetch_new(take).await?;
            sleep(Duration::from_millis(700)).await;
        }
        tokio::time::sleep_until(said).await;
        client.post_beat(&beat(options.beat)).await?;
    }
}

/// Downloads everything, and says what `says` makes of the milliseconds between two heartbeats.
async fn repeat(client: &mut Client, options: &FarmOptions, says: fn(u64) -> Value) -> anyhow::Result<()> {
    loop {
        let said = Instant::now() + options.beat;
        while Instant::now() < said {
            client.fetch_new(Take::All).await?;
            sleep(Duration::from_millis(700)).await;
        }
        client.post_beat(&says(options.beat.as_millis() as u64)).await?;
    }
}

/// Positions at which arithmetic may break, and no show ever was.
fn wild(played_ms: u64) -> Value {
    let position_ms = [-1.0, 1e19, -1e19, 0.0, 9.3e15][now_ms().rem_euclid(5) as usize];
    json!({ "played_ms": played_ms, "position_ms": position_ms, "rate": 1 })
}

/// One token in six places, each a whole player.
async fn share(client: &mut Client, options: &FarmOptions) -> anyhow::Result<()> {
    let mut places = Vec::new();
    for place in 1..=6 {
        let last = client.entry.bytes().last().unwrap_or_default();
        places.push(client.elsewhere(IpAddr::V4(Ipv4Addr::new(127, 40, last, place)))?);
    }
    let mut said = Instant::now();
    loop {
        for place in &mut places {
            place.fetch_new(Take::All).await?;
        }
        if said.elapsed() >= options.beat {
            said = Instant::now();
            client.post_beat(&beat(options.beat)).await?;
        }
        sleep(Duration::from_secs(1)).await;
    }
}

/// As a player would say it: no two claims are the same.
fn beat(played: Duration) -> Value {
    let now = now_ms();
    let played_ms = played.as_millis() as i64 - now.rem_euclid(97);
    json!({ "played_ms": played_ms, "visible": true, "position_ms": now - BEHIND_MS, "rate": 1 })
}
