//! Fan-out: one room, many sockets. CPU of the server per delivered message, beside a raw epoll loop and the usual peers,
//! in alternating rounds of one run; memory per idle socket; and what stalled and slow readers do to the rest.
//!
//! `cargo run --release -p benches --bin fanout -- [--connections N] [--rounds N] [--seconds N]`. The server is pinned to one
//! core, the crowd to the other. `benches/fanout/setup.sh` fetches the optional peers. Traffic stays on 127.0.0.0/8.

mod client;
mod epoll;
mod http_servers;

use anyhow::{Context, bail};
use client::{Crowd, Load, Seen};
use std::{
    collections::BTreeMap,
    io::{BufRead, BufReader},
    net::{Ipv4Addr, SocketAddr},
    os::unix::process::CommandExt,
    path::PathBuf,
    process::{Child, Command, Stdio},
    time::Duration,
};

/// When a server sends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Mode {
    /// Every message at once, by itself.
    Each,
    /// What came together goes together.
    Burst,
    /// One frame per tick.
    Tick,
}

const TICK: Duration = Duration::from_millis(100);
/// Messages a second with a tick.
const TICK_RATE: f64 = 100.0;
const WINDOW: u64 = 64;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Regime {
    Unbatched,
    Ticked,
    Saturated,
}

struct Settings {
    connections: usize,
    rounds: usize,
    time: Duration,
    /// Only candidates whose `regime name` contains this.
    only: String,
}

fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    if let ["serve", server, mode, rest @ ..] = words.as_slice() {
        let mode = match *mode {
            "each" => Mode::Each,
            "burst" => Mode::Burst,
            _ => Mode::Tick,
        };
        let talk = match rest {
            [danmaku, gifts] => Some((danmaku.parse()?, gifts.parse()?)),
            _ => None,
        };
        if *server == "epoll" {
            return epoll::serve(mode, TICK);
        }
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
        return match *server {
            "kaibo" => runtime.block_on(http_servers::ours(mode, TICK, talk)),
            _ => runtime.block_on(http_servers::stock(mode, TICK)),
        };
    }
    let mut settings = Settings { connections: 2000, rounds: 2, time: Duration::from_secs(5), only: String::new() };
    for pair in words.chunks(2) {
        match pair {
            ["--connections", count] => settings.connections = count.parse()?,
            ["--rounds", count] => settings.rounds = count.parse()?,
            ["--seconds", count] => settings.time = Duration::from_secs(count.parse()?),
            ["--only", part] => settings.only = part.to_lowercase(),
            other => bail!("`{}` is not understood", other.join(" ")),
        }
    }
    pin(1);
    println!("fan-out to {} sockets, {} rounds of {:?}\n", settings.connections, settings.rounds, settings.time);
    compare(&settings)?;
    if settings.takes("stalled") {
        stalled(&settings)?;
    }
    if settings.takes("slow") {
        third_speed()?;
    }
    Ok(())
}

impl Settings {
    fn takes(&self, what: &str) -> bool {
        what.to_lowercase().contains(&self.only)
    }
}

/// A server in a process of its own, on core 0.
struct Server {
    child: Child,
    at: SocketAddr,
    path: String,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn ours(words: &[&str]) -> anyhow::Result<Command> {
    let mut command = Command::new(std::env::current_exe()?);
    command.arg("serve").args(words);
    Ok(command)
}

/// The cache `setup.sh` fills.
fn cache() -> PathBuf {
    let home = || std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".cache"));
    let base = std::env::var_os("KAIBO_BENCH_CACHE").map(PathBuf::from);
    let base =
        base.or_else(|| Some(std::env::var_os("XDG_CACHE_HOME").map(PathBuf::from).or_else(home)?.join("kaibo-bench")));
    base.unwrap_or_default().join("fanout")
}

fn peer(program: PathBuf, script: &str, mode: &str) -> anyhow::Result<Command> {
    let script = cache().join(script);
    anyhow::ensure!(script.exists(), "`{}` is missing; run benches/fanout/setup.sh", script.display());
    let mut command = Command::new(program);
    command.arg(script).arg(mode).arg(TICK.as_millis().to_string()).current_dir(cache());
    Ok(command)
}

fn start(mut command: Command) -> anyhow::Result<Server> {
    // SAFETY: `sched_setaffinity` is async-signal-safe.
    unsafe {
        command.pre_exec(|| {
            pin(0);
            Ok(())
        })
    };
    let mut child = command.stdout(Stdio::piped()).spawn().context("starting the server")?;
    let out = child.stdout.take().context("the server's output")?;
    let mut line = String::new();
    BufReader::new(out).read_line(&mut line)?;
    let words: Vec<&str> = line.split_whitespace().collect();
    let ["ready", port, path] = words.as_slice() else {
        let _ = child.kill();
        bail!("the server said `{}`", line.trim());
    };
    Ok(Server { at: SocketAddr::from((Ipv4Addr::LOCALHOST, port.parse()?)), path: (*path).to_owned(), child })
}

impl Server {
    /// CPU time of all threads so far, in us.
    fn cpu_us(&self) -> f64 {
        let threads = std::fs::read_dir(format!("/proc/{}/task", self.child.id())).into_iter().flatten().flatten();
        let nanos = threads.filter_map(|thread| {
            let line = std::fs::read_to_string(thread.path().join("schedstat")).ok()?;
            line.split_whitespace().next()?.parse::<f64>().ok()
        });
        nanos.sum::<f64>() / 1000.0
    }

    fn rss_bytes(&self) -> f64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap_or_default();
        line.split_whitespace().next().and_then(|kb| kb.parse::<f64>().ok()).unwrap_or(0.0) * 1024.0
    }
}

fn pin(core: usize) {
    // SAFETY: an all-zero set is valid, and the calls only touch it.
    unsafe {
        let mut set: libc::cpu_set_t = std::mem::zeroed();
        libc::CPU_SET(core, &mut set);
        libc::sched_setaffinity(0, size_of::<libc::cpu_set_t>(), &set);
    }
}

type Candidate = (&'static str, Regime, Box<dyn Fn() -> anyhow::Result<Command>>);

fn candidates() -> Vec<Candidate> {
    use Regime::{Saturated, Ticked, Unbatched};
    let own =
        |name, regime, words: &'static [&'static str]| -> Candidate { (name, regime, Box::new(move || ours(words))) };
    let node = |name, regime, mode: &'static str| -> Candidate {
        (name, regime, Box::new(move || peer("node".into(), "node_ws.mjs", mode)))
    };
    let bun = |name, regime, mode: &'static str| -> Candidate {
        (name, regime, Box::new(move || peer(cache().join("node_modules/.bin/bun"), "bun_ws.mjs", mode)))
    };
    let broker = |name, script: &'static str| -> Candidate {
        (name, Saturated, Box::new(move || peer("bash".into(), script, "each")))
    };
    vec![
        own("raw epoll", Unbatched, &["epoll", "each"]),
        own("kaibo", Unbatched, &["kaibo", "each"]),
        own("axum stock", Unbatched, &["axum", "each"]),
        node("node ws", Unbatched, "each"),
        bun("bun", Unbatched, "each"),
        own("raw epoll", Ticked, &["epoll", "tick"]),
        own("kaibo", Ticked, &["kaibo", "tick"]),
        own("axum 4 KiB, same tick", Ticked, &["axum", "tick"]),
        node("node ws, same tick", Ticked, "tick"),
        bun("bun, same tick", Ticked, "tick"),
        own("raw epoll", Saturated, &["epoll", "burst"]),
        own("kaibo", Saturated, &["kaibo", "burst"]),
        own("axum stock", Saturated, &["axum", "each"]),
        node("node ws", Saturated, "each"),
        bun("bun", Saturated, "each"),
        ("socket.io", Saturated, Box::new(|| peer("node".into(), "socket_io.mjs", "each"))),
        broker("redis pub/sub, raw TCP", "redis.sh"),
        broker("nats-server ws", "nats.sh"),
    ]
}

/// Goals 1, 2 and 5: CPU per delivered message, and memory per idle socket.
fn compare(settings: &Settings) -> anyhow::Result<()> {
    let mut costs: BTreeMap<(Regime, &str), Vec<f64>> = BTreeMap::new();
    let mut memory: BTreeMap<&str, Vec<f64>> = BTreeMap::new();
    let candidates = candidates();
    let mut missing = Vec::new();
    for round in 0..settings.rounds {
        let order: Vec<&Candidate> =
            if round % 2 == 0 { candidates.iter().collect() } else { candidates.iter().rev().collect() };
        for (name, regime, command) in order {
            if missing.contains(name) || !settings.takes(&format!("{regime:?} {name}")) {
                continue;
            }
            let server = match command().and_then(start) {
                Ok(server) => server,
                Err(error) => {
                    println!("!! SKIPPED {name}: {error:#}");
                    missing.push(name);
                    continue;
                }
            };
            let idle = server.rss_bytes();
            let mut crowd = Crowd::join(server.at, &server.path, settings.connections, 0)?;
            std::thread::sleep(Duration::from_millis(500));
            memory.entry(name).or_default().push((server.rss_bytes() - idle) / settings.connections as f64);
            let load = match regime {
                // The same number of writes whatever the crowd's size.
                Regime::Unbatched => Load::Rate(50_000.0 / settings.connections as f64),
                Regime::Ticked => Load::Rate(TICK_RATE),
                Regime::Saturated => Load::Window(WINDOW),
            };
            crowd.run(load, Duration::from_secs(1), 0, 0.0)?;
            let before = server.cpu_us();
            let seen = crowd.run(load, settings.time, 0, 0.0)?;
            let used = server.cpu_us() - before;
            let cost = used / seen.delivered.max(1) as f64;
            print_row(name, *regime, &seen, cost);
            costs.entry((*regime, name)).or_default().push(cost);
        }
    }
    println!("\nmedians of the rounds, us of server CPU per delivered message");
    let cost = |regime, name| costs.get(&(regime, name)).map(|costs| median(costs));
    for ((regime, name), costs) in &costs {
        println!("  {regime:?} {name}: {:.3}", median(costs));
    }
    println!("\nratios and goals");
    let ratio = |what: &str, ours: Option<f64>, theirs: Option<f64>, at_most: Option<f64>, at_least: Option<f64>| {
        let (Some(ours), Some(theirs)) = (ours, theirs) else { return println!("  {what}: not measured") };
        match (at_most, at_least) {
            (Some(goal), _) => say(what, ours / theirs, ours / theirs <= goal, &format!("<= {goal}")),
            (_, Some(goal)) => say(what, theirs / ours, theirs / ours >= goal, &format!(">= {goal}")),
            _ => {}
        }
    };
    use Regime::{Saturated, Ticked, Unbatched};
    ratio("1 unbatched CPU / raw epoll", cost(Unbatched, "kaibo"), cost(Unbatched, "raw epoll"), Some(1.2), None);
    ratio("1 ticked CPU / raw epoll", cost(Ticked, "kaibo"), cost(Ticked, "raw epoll"), Some(1.2), None);
    ratio(
        "1 saturated throughput / raw epoll",
        cost(Saturated, "kaibo"),
        cost(Saturated, "raw epoll"),
        None,
        Some(0.7),
    );
    ratio("2 saturated, times bun", cost(Saturated, "kaibo"), cost(Saturated, "bun"), None, Some(1.5));
    ratio("2 saturated, times axum stock", cost(Saturated, "kaibo"), cost(Saturated, "axum stock"), None, Some(15.0));
    ratio("2 saturated, times node ws", cost(Saturated, "kaibo"), cost(Saturated, "node ws"), None, Some(50.0));
    for (name, goal) in [("nats-server ws", 5.0), ("redis pub/sub, raw TCP", 3.0), ("socket.io", 35.0)] {
        let what = format!("2 saturated, times {name}");
        ratio(&what, cost(Saturated, "kaibo"), cost(Saturated, name), None, Some(goal));
    }
    ratio("2 same tick, times node ws", cost(Ticked, "kaibo"), cost(Ticked, "node ws, same tick"), None, Some(1.4));
    ratio(
        "2 same tick, times axum 4 KiB",
        cost(Ticked, "kaibo"),
        cost(Ticked, "axum 4 KiB, same tick"),
        None,
        Some(1.1),
    );
    ratio("2 same tick, times bun", cost(Ticked, "kaibo"), cost(Ticked, "bun, same tick"), None, Some(0.9));
    println!("\nmemory per idle socket, bytes of the process");
    for (name, bytes) in &memory {
        println!("  {name}: {:.0}", median(bytes));
    }
    if let Some(bytes) = memory.get("kaibo") {
        say("5 bytes per idle socket", median(bytes), median(bytes) <= 4096.0, "<= 4096");
    }
    Ok(())
}

/// Goal 6, first half: a quarter of the viewers stands still.
fn stalled(settings: &Settings) -> anyhow::Result<()> {
    let viewers = settings.connections.min(2000);
    println!("\na quarter of {viewers} viewers reads nothing");
    let mut p99 = [Vec::new(), Vec::new()];
    for round in 0..settings.rounds * 2 {
        let stall = [0, viewers / 4][round % 2];
        let server = start(ours(&["kaibo", "tick"])?)?;
        let mut crowd = Crowd::join(server.at, &server.path, viewers, stall)?;
        crowd.run(Load::Rate(TICK_RATE), Duration::from_secs(1), 0, 0.0)?;
        crowd.stall(stall);
        let before = server.rss_bytes();
        let seen = crowd.run(Load::Rate(TICK_RATE), settings.time, 0, 0.0)?;
        let grown = server.rss_bytes() - before;
        println!(
            "  {stall} stalled: healthy p50 {:.1} ms, p99 {:.1} ms, process grew by {:.0} KB",
            seen.p50,
            seen.p99,
            grown / 1024.0
        );
        if let Some(list) = p99.get_mut(round % 2) {
            list.push(seen.p99);
        }
    }
    let [without, with] = p99.map(|list| median(&list));
    say("6 healthy p99 with / without stalled viewers", with / without, with / without <= 1.25, "<= 1.25 (noise)");
    Ok(())
}

/// Goal 6, second half: fifty viewers read a third of what is sent.
fn third_speed() -> anyhow::Result<()> {
    const SLOW: usize = 50;
    const IN_TIME_US: u64 = 2_500_000;
    let time = Duration::from_secs(24);
    let server = start(ours(&["kaibo", "tick", "380", "20"])?)?;
    let mut crowd = Crowd::join(server.at, &server.path, 200, SLOW)?;
    println!("\n{SLOW} of 200 viewers read a third of 400 messages a second, 20 of them sequenced, for {time:?}");
    crowd.run(Load::None, Duration::from_secs(1), 0, 0.0)?;
    let began = client::unix_us();
    let (before, read_before) = (crowd.events(), crowd.bytes());
    let seen = crowd.run(Load::None, time, SLOW, 20_000.0)?;
    let read: Vec<f64> = crowd.bytes().iter().zip(read_before).map(|(after, before)| (after - before) as f64).collect();
    let (slow_read, fast_read) = read.split_at(SLOW.min(read.len()));
    println!(
        "  bytes a second: fast {:.0}, slow {:.0}",
        median(fast_read) / seen.seconds,
        median(slow_read) / seen.seconds
    );
    let got: Vec<f64> = crowd.events().iter().zip(before).map(|(after, before)| (after - before) as f64).collect();
    let (slow, fast) = got.split_at(SLOW.min(got.len()));
    println!("  events: fast {:.0}, slow {:.0} by the end of {:.0} s", median(fast), median(slow), seen.seconds);
    // Those said early enough to have arrived in time, of each reader, against what the fast ones got of them.
    let until = client::unix_us().saturating_sub(IN_TIME_US);
    let ages = crowd.ages();
    let in_time = |ages: &Vec<(u64, u64)>| {
        let asked = ages.iter().filter(|(said, _)| (began..until).contains(said));
        asked.filter(|(_, took)| *took <= IN_TIME_US).count() as f64
    };
    let (slow, fast) = ages.split_at(SLOW.min(ages.len()));
    let shares: Vec<f64> = slow.iter().map(in_time).collect();
    let share = median(&shares) / median(&fast.iter().map(in_time).collect::<Vec<_>>());
    let mut took: Vec<f64> = slow.iter().flatten().map(|(_, took)| *took as f64 / 1e6).collect();
    took.sort_unstable_by(f64::total_cmp);
    let at = |share: f64| took.get((took.len() as f64 * share) as usize).copied().unwrap_or(f64::NAN);
    println!("  they took p50 {:.2} s, p99 {:.2} s", at(0.5), at(0.99));
    say("6 share of sequenced events within 2.5 s at a third of the speed", share, share >= 0.9, ">= 0.9");
    Ok(())
}

fn print_row(name: &str, regime: Regime, seen: &Seen, cost: f64) {
    println!(
        "{regime:>10?} {name:<22} {:>9.0} msg/s delivered, {cost:>7.3} us CPU each, {:>5.1} a write, {:>5.2} us a write, p50 {:>6.1} p99 {:>6.1} ms ({} published)",
        seen.delivered as f64 / seen.seconds,
        seen.per_write,
        cost * seen.per_write,
        seen.p50,
        seen.p99,
        seen.published
    );
}

fn say(what: &str, value: f64, holds: bool, goal: &str) {
    println!("  {} {what}: {value:.2} (goal {goal})", if holds { "ok  " } else { "MISS" });
}

fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    sorted.get(sorted.len() / 2).copied().unwrap_or(f64::NAN)
}
