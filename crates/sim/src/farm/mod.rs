//! A bot farm 机器人农场 and honest viewers among it: clients that differ in what they fetch, show and say, through the public
//! face only. Who is what is known, so that an audit can be held against it.

mod client;
mod kinds;
mod viewer;

use crate::Stop;
use anyhow::Context;
use client::Client;
use rand::{RngExt, SeedableRng, rngs::StdRng};
use std::{
    net::{IpAddr, Ipv4Addr},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
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
    /// Many people behind one address with one program, who open the page within a second.
    WebCampus,
    /// Heartbeats by POST, because no socket gets through.
    WebPost,
    /// Looks in for some seconds.
    WebBounce,
    /// Goes out by many addresses, each request by another.
    WebProxied,
    /// ffmpeg, VLC and their like with the room's address.
    BareFfmpeg,
    /// A program of somebody's own that reads the stream.
    BareHttp,
    /// A player of somebody's own that knows no positions.
    OtherOld,
    /// A bare client that looks at one segment.
    OtherLook,
    /// Heartbeats with moving positions, and no media.
    BotHeartbeats,
    /// The same, and asks for the first byte of every segment.
    BotRange,
    /// The same, and hangs up on every segment once the answer has begun.
    BotHangUp,
    /// Downloads all media, and says the same heartbeat without a position for ever.
    BotUnplaced,
    /// Downloads all media, and says positions at which no show ever was.
    BotWild,
    /// Downloads and claims sixteen times what there is.
    BotFast,
    /// Plays for a moment, then says the same heartbeat for ever.
    BotReplay,
    /// Asks for the playlist and nothing else.
    BotPoll,
    /// Downloads all media, shows none.
    BotDownload,
    /// Entry after entry from one address, two requests each.
    BotBrief,
    /// Whole players of one machine that move as one, each with a token of its own.
    BotLockStep,
    /// One token, used from many addresses at once.
    BotShared,
    /// A whole player that behaves like a person: no rule finds it.
    BotHuman,
}

impl Kind {
    /// All of them, with how many stand in the usual mix.
    pub const MIX: [(Kind, u32); 24] = [
        (Kind::Web, 12),
        (Kind::WebHidden, 3),
        (Kind::WebTwoTabs, 4),
        (Kind::WebCampus, 20),
        (Kind::WebPost, 3),
        (Kind::WebBounce, 3),
        (Kind::WebProxied, 3),
        (Kind::BareFfmpeg, 4),
        (Kind::BareHttp, 4),
        (Kind::OtherOld, 2),
        (Kind::OtherLook, 2),
        (Kind::BotHeartbeats, 5),
        (Kind::BotRange, 4),
        (Kind::BotHangUp, 4),
        (Kind::BotUnplaced, 4),
        (Kind::BotWild, 3),
        (Kind::BotFast, 4),
        (Kind::BotReplay, 4),
        (Kind::BotPoll, 4),
        (Kind::BotDownload, 4),
        (Kind::BotBrief, 24),
        (Kind::BotLockStep, 20),
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
            Kind::WebProxied => "web, many addresses",
            Kind::BareFfmpeg => "bare, ffmpeg",
            Kind::BareHttp => "bare, http",
            Kind::OtherOld => "other, no position",
            Kind::OtherLook => "other, one segment",
            Kind::BotHeartbeats => "bot, heartbeats",
            Kind::BotRange => "bot, first bytes",
            Kind::BotHangUp => "bot, hangs up",
            Kind::BotUnplaced => "bot, no position",
            Kind::BotWild => "bot, wild positions",
            Kind::BotFast => "bot, 16 x",
            Kind::BotReplay => "bot, replay",
            Kind::BotPoll => "bot, playlist",
            Kind::BotDownload => "bot, download",
            Kind::BotBrief => "bot, short entries",
            Kind::BotLockStep => "bot, lock-step",
            Kind::BotShared => "bot, shared token",
            Kind::BotHuman => "bot, like a person",
        }
    }

    /// What it truly is: `web`, `bare`, `bot`, or `other`: nobody can say by what it does, so that it may not count.
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
    /// They come within a fifth of this; after a quarter some hide, after a third networks begin to fail.
    pub pace: Duration,
    /// Players say heartbeats this often.
    pub beat: Duration,
    /// Cancel to send everybody home.
    pub stop: Stop,
}

/// A member that is at work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    pub kind: Kind,
    /// As the server names it.
    pub entry: String,
}

/// A farm at work.
pub struct Farm {
    shared: Arc<Shared>,
    working: JoinSet<anyhow::Result<()>>,
}

/// What members know of each other.
struct Shared {
    options: FarmOptions,
    members: Mutex<Vec<Member>>,
    /// First tabs, whose viewer the second ones are.
    tabs: Mutex<Vec<String>>,
}

impl Farm {
    /// Sends everybody to work.
    pub fn start(options: FarmOptions) -> anyhow::Result<Self> {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let mut rng = StdRng::seed_from_u64(options.seed);
        let shared = Arc::new(Shared { options, members: Mutex::default(), tabs: Mutex::default() });
        let mut working = JoinSet::new();
        let mut number = 0u8;
        for (kind, count) in shared.options.mix.clone() {
            for nth in 0..count {
                number = number.wrapping_add(1);
                let own = StdRng::seed_from_u64(rng.random());
                let (ips, agent) = disguise(kind, number, nth);
                let client = Client::new(&shared.options, &ips, agent)?;
                working.spawn(kinds::work(kind, nth, client, own, shared.clone()));
            }
        }
        Ok(Self { shared, working })
    }

    /// Who has entered so far.
    pub fn members(&self) -> Vec<Member> {
        let mut members = lock(&self.shared.members).clone();
        members.sort_by_key(|member| (member.kind, member.entry.clone()));
        members
    }

    /// Sends everybody home; who was there. A member whose work failed is an error.
    pub async fn end(mut self) -> anyhow::Result<Vec<Member>> {
        self.shared.options.stop.cancel();
        while let Some(done) = self.working.join_next().await {
            done.context("a member of the farm")??;
        }
        Ok(self.members())
    }
}

impl Shared {
    fn came(&self, member: Member) {
        lock(&self.members).push(member);
    }

    fn open_tab(&self, token: String) {
        lock(&self.tabs).push(token);
    }

    async fn first_tab(&self) -> String {
        loop {
            if let Some(token) = lock(&self.tabs).pop() {
                return token;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
}

fn lock<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

const BROWSERS: [&str; 7] = [
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1",
    "Mozilla/5.0 (Linux; Android 15; 23127PN0CC) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/139.0.0.0 Mobile Safari/537.36",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.4 Safari/605.1.15",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:142.0) Gecko/20100101 Firefox/142.0",
    "Mozilla/5.0 (Linux; Android 11; CUBOT X30) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0.0.0 Mobile Safari/537.36",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Station/3.1 Chrome/138.0.0.0 Electron/37.2.0 Safari/537.36",
];

/// Addresses and program a member shows itself with.
fn disguise(kind: Kind, number: u8, nth: u32) -> (Vec<IpAddr>, &'static str) {
    let own = [127, 10, 0, number];
    let ips = match kind {
        Kind::WebCampus => vec![[127, 20, 0, 1]],
        Kind::WebTwoTabs => vec![[127, 21, 0, (nth / 2) as u8 + 1]],
        Kind::WebProxied => (1..=8).map(|way| [127, 22, nth as u8 + 1, way]).collect(),
        Kind::BotLockStep => vec![[127, 30, 0, 1]],
        Kind::BotFast => vec![[127, 31, 0, (nth / 2) as u8 + 1]],
        Kind::BotBrief => vec![[127, 32, 0, 1]],
        _ => vec![own],
    };
    let agent = match kind {
        Kind::BareFfmpeg => ["Lavf/59.27.100", "VLC/3.0.20 LibVLC/3.0.20"].get(nth as usize % 2),
        Kind::BareHttp | Kind::OtherLook => ["curl/7.88.1", "python-requests/2.32.3"].get(nth as usize % 2),
        Kind::WebCampus | Kind::BotLockStep | Kind::BotBrief => BROWSERS.first(),
        Kind::WebTwoTabs => BROWSERS.get(nth as usize / 2 % BROWSERS.len()),
        _ => BROWSERS.get(usize::from(number) % BROWSERS.len()),
    };
    (ips.into_iter().map(|ip| IpAddr::V4(Ipv4Addr::from(ip))).collect(), agent.copied().unwrap_or_default())
}
