//! A bot farm 机器人农场 and honest viewers among it: clients that differ in what they fetch, show and say, through the public
//! face only. Who is what is known, so that an audit can be held against it.

mod client;
mod kinds;

use crate::Stop;
use anyhow::Context;
use client::Client;
use rand::{RngExt, SeedableRng, rngs::StdRng};
use std::{
    net::{IpAddr, Ipv4Addr},
    sync::Arc,
    time::Duration,
};
use tokio::task::JoinSet;

/// What a member of the farm is and does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// Our player in a browser, with stalls and a late entry now and then.
    Web,
    /// The same, put into the background after a while.
    WebHidden,
    /// Two tabs of one person.
    WebTwoTabs,
    /// Many people behind one address, all there when the show begins.
    WebCampus,
    /// Heartbeats by POST, because no socket gets through.
    WebPost,
    /// Looks in for some seconds.
    WebBounce,
    /// A player that knows no positions.
    WebOld,
    /// ffmpeg, VLC and their like with the room's address.
    BareFfmpeg,
    /// A program of somebody's own that reads the stream.
    BareHttp,
    /// Heartbeats with moving positions, and no media.
    BotHeartbeats,
    /// Downloads and claims sixteen times what there is.
    BotFast,
    /// Plays for a moment, then says the same heartbeat for ever.
    BotReplay,
    /// Asks for the playlist and nothing else.
    BotPoll,
    /// Downloads all media, shows none.
    BotDownload,
    /// Whole players of one machine that move as one, each with a token of its own.
    BotLockStep,
    /// One token, used from many addresses at once.
    BotShared,
    /// A whole player that behaves like a person: no rule finds it.
    BotHuman,
}

impl Kind {
    /// All of them, with how many stand in the usual mix.
    pub const MIX: [(Kind, u32); 17] = [
        (Kind::Web, 12),
        (Kind::WebHidden, 3),
        (Kind::WebTwoTabs, 4),
        (Kind::WebCampus, 10),
        (Kind::WebPost, 2),
        (Kind::WebBounce, 3),
        (Kind::WebOld, 3),
        (Kind::BareFfmpeg, 4),
        (Kind::BareHttp, 3),
        (Kind::BotHeartbeats, 5),
        (Kind::BotFast, 5),
        (Kind::BotReplay, 5),
        (Kind::BotPoll, 5),
        (Kind::BotDownload, 5),
        (Kind::BotLockStep, 8),
        (Kind::BotShared, 2),
        (Kind::BotHuman, 2),
    ];

    pub fn name(self) -> &'static str {
        match self {
            Kind::Web => "web",
            Kind::WebHidden => "web, hidden",
            Kind::WebTwoTabs => "web, two tabs",
            Kind::WebCampus => "web, campus",
            Kind::WebPost => "web, no socket",
            Kind::WebBounce => "web, bounce",
            Kind::WebOld => "web, no position",
            Kind::BareFfmpeg => "bare, ffmpeg",
            Kind::BareHttp => "bare, http",
            Kind::BotHeartbeats => "bot, heartbeats",
            Kind::BotFast => "bot, 16 x",
            Kind::BotReplay => "bot, replay",
            Kind::BotPoll => "bot, playlist",
            Kind::BotDownload => "bot, download",
            Kind::BotLockStep => "bot, lock-step",
            Kind::BotShared => "bot, shared token",
            Kind::BotHuman => "bot, like a person",
        }
    }

    /// What it truly is: `web`, `bare` or `bot`.
    pub fn truth(self) -> &'static str {
        self.name().split(',').next().unwrap_or_default()
    }
}

/// Where the farm works, and how.
#[derive(Debug, Clone)]
pub struct FarmOptions {
    /// Where the server answers, as `http://127.0.0.1:8080`. On this machine: members take addresses of 127.0.0.0/8.
    pub url: String,
    pub room: String,
    pub mix: Vec<(Kind, u32)>,
    /// The same seed brings the same members.
    pub seed: u64,
    /// How long everybody stays, except who leaves by themselves.
    pub stay: Duration,
    /// Players say heartbeats this often.
    pub beat: Duration,
    /// Cancel to end it early.
    pub stop: Stop,
}

/// A member that was at work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    pub kind: Kind,
    /// As the server names it.
    pub entry: String,
}

/// Lets the farm work; returns who was in it. A member that cannot begin is an error.
pub async fn farm(options: FarmOptions) -> anyhow::Result<Vec<Member>> {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let mut rng = StdRng::seed_from_u64(options.seed);
    let options = Arc::new(options);
    let mut working = JoinSet::new();
    let mut number = 0u8;
    for (kind, count) in options.mix.clone() {
        for nth in 0..count {
            number = number.wrapping_add(1);
            let own = StdRng::seed_from_u64(rng.random());
            let (ip, agent) = disguise(kind, number, nth);
            let client = Client::new(&options, ip, agent)?;
            working.spawn(kinds::work(kind, nth, client, own, options.clone()));
        }
    }
    let mut members = Vec::new();
    while let Some(done) = working.join_next().await {
        members.push(done.context("a member of the farm")??);
    }
    members.sort_by_key(|member| (member.kind, member.entry.clone()));
    Ok(members)
}

const BROWSERS: [&str; 5] = [
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1",
    "Mozilla/5.0 (Linux; Android 15; 23127PN0CC) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/139.0.0.0 Mobile Safari/537.36",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.4 Safari/605.1.15",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:142.0) Gecko/20100101 Firefox/142.0",
];

/// Address and program a member shows itself with.
fn disguise(kind: Kind, number: u8, nth: u32) -> (IpAddr, &'static str) {
    let own = [127, 10, 0, number];
    let ip = match kind {
        Kind::WebCampus => [127, 20, 0, 1],
        Kind::WebTwoTabs => [127, 21, 0, (nth / 2) as u8 + 1],
        Kind::BotLockStep => [127, 30, 0, 1],
        Kind::BotFast => [127, 31, 0, (nth / 2) as u8 + 1],
        _ => own,
    };
    let agent = match kind {
        Kind::BareFfmpeg => ["Lavf/59.27.100", "VLC/3.0.20 LibVLC/3.0.20"].get(nth as usize % 2),
        Kind::BareHttp => ["curl/7.88.1", "python-requests/2.32.3"].get(nth as usize % 2),
        Kind::BotLockStep => BROWSERS.first(),
        Kind::WebTwoTabs => BROWSERS.get(nth as usize / 2 % BROWSERS.len()),
        _ => BROWSERS.get(usize::from(number) % BROWSERS.len()),
    };
    (IpAddr::V4(Ipv4Addr::from(ip)), agent.copied().unwrap_or_default())
}
