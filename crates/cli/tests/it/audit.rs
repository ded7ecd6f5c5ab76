//! The audited audience against a farm whose members are known: a confusion table, precision and recall.

use crate::harness::{Kaibo, no_ffmpeg, text};
use reqwest::{Method, header};
use serde_json::{Value, json};
use sim::{Farm, FarmOptions, Kind, Member, Stop};
use std::{
    collections::{BTreeMap, HashMap},
    process::Stdio,
    time::{Duration, Instant},
};
use tokio::process::{Child, Command};

const VERDICTS: [&str; 4] = ["web", "bare", "unknown", "bot"];
/// On a busy machine everything takes longer; then it is waited for.
const LIMIT: Duration = Duration::from_secs(300);
/// What evidence needs at least: claims of 40 s, short looks that are over.
const AT_LEAST: Duration = Duration::from_secs(45);
/// Honest viewers are to have watched so long when the farm goes home.
const WATCHED_MS: u64 = 15_000;

/// What docs/audience.md says is found: everything but a whole player that behaves like a person.
const NOT_STATED: [Kind; 1] = [Kind::BotHuman];

#[tokio::test(flavor = "multi_thread")]
async fn a_farm_is_found_and_people_are_left_alone() {
    if no_ffmpeg() {
        return;
    }
    let kaibo = Kaibo::start().await;
    let (room, key) = kaibo.room().await;
    let _push = kaibo.push(&key, None);
    let broadcast = kaibo.live(&room).await;
    // Players join some segments behind the edge.
    listed(&kaibo, &room, 5).await;

    let farm = Farm::start(FarmOptions {
        url: kaibo.url(""),
        room: room.clone(),
        mix: Kind::MIX.to_vec(),
        seed: 3,
        pace: Duration::from_secs(40),
        beat: Duration::from_secs(5),
        stop: Stop::new(),
    })
    .expect("a farm");
    let players = [reads(&kaibo, &room, "ffmpeg"), reads(&kaibo, &room, "ffprobe")];
    let begun = Instant::now();
    let (members, table) = loop {
        tokio::time::sleep(Duration::from_secs(5)).await;
        let members = farm.members();
        let table = Table::new(&members, &entries(&kaibo, &broadcast).await);
        let everybody = Kind::MIX.iter().map(|(_, count)| *count as usize).sum::<usize>() == members.len();
        if begun.elapsed() > LIMIT || begun.elapsed() > AT_LEAST && everybody && table.is_as_stated() {
            break (members, table);
        }
    };
    println!("after {:.0} s:\n{table}", begun.elapsed().as_secs_f64());
    let audit = kaibo.get(&format!("/api/broadcasts/{broadcast}/audience")).await;
    let found = entries(&kaibo, &broadcast).await;
    farm.end().await.expect("a farm that works");
    drop(players);

    for kind in [
        Kind::BotHeartbeats,
        Kind::BotRange,
        Kind::BotUnplaced,
        Kind::BotWild,
        Kind::BotFast,
        Kind::BotPoll,
        Kind::BotDownload,
        Kind::OtherOld,
    ] {
        assert_eq!(table.watched_ms(kind), 0, "{} watched nothing", kind.name());
    }
    assert!(table.watched_ms(Kind::BotReplay) < 10_000 * 4, "a replayed heartbeat is worth its first");
    let hung_up_ms = table.watched_ms(Kind::BotHangUp) / table.count(Kind::BotHangUp);
    assert!(hung_up_ms < WATCHED_MS / 2, "who hangs up watched {hung_up_ms} ms");
    for kind in [Kind::Web, Kind::WebCampus, Kind::WebPost, Kind::WebProxied, Kind::BareFfmpeg, Kind::BareHttp] {
        let mean_ms = table.watched_ms(kind) / table.count(kind);
        assert!(mean_ms > WATCHED_MS, "{} watched {mean_ms} ms", kind.name());
    }
    for kind in [Kind::OtherOld, Kind::OtherLook] {
        assert_eq!(table.taken(kind), [0, 0, table.count(kind), 0], "{}: nobody can say", kind.name());
    }

    // `BotHuman` behaves like a person: that no rule finds it is known, and said in docs/audience.md.
    let bots = table.rates("bot", &NOT_STATED);
    assert!(bots.precision.value() >= 0.95, "precision {}", bots.precision);
    assert!(bots.recall.value() >= 0.90, "recall {}", bots.recall);
    let together = table.share(Kind::BotLockStep, "bot");
    assert!(together.value() >= 0.90, "lock-step {together}");
    for verdict in ["web", "bare"] {
        let rates = table.rates(verdict, &NOT_STATED);
        let (precision, recall) = (rates.precision, rates.recall);
        assert!(
            precision.value() >= 0.95 && recall.value() >= 0.90,
            "{verdict}: precision {precision}, recall {recall}"
        );
    }

    // The real ffmpeg and ffprobe are bare clients, too.
    let ids: Vec<&str> = members.iter().map(|member| member.entry.as_str()).collect();
    let others: Vec<&Value> =
        found.iter().filter(|entry| entry["entry_id"].as_str().is_some_and(|id| !ids.contains(&id))).collect();
    let verdicts: Vec<&Value> = others.iter().map(|entry| &entry["verdict"]).collect();
    assert_eq!(verdicts, ["bare", "bare"], "{others:?}");

    // Numbers without suspects, with a band that holds the truth.
    let honest = members.iter().filter(|member| matches!(member.kind.truth(), "web" | "bare")).count() as u64 + 2;
    let band = &audit["entries"];
    assert!(band["low"].as_u64() <= Some(honest) && Some(honest) <= band["high"].as_u64(), "{honest} of {band}");
    assert_eq!(audit["cdn"], false);
    // The live screen's number says the same, as far as everybody is judged.
    let (audited, viewers) = (kaibo.metric("audited_view_uv", &broadcast).await, &audit["viewers"]);
    let metric = audited["live"].as_u64().expect("a number");
    assert!(
        metric <= viewers["high"].as_u64().unwrap_or(0) && 10 * metric >= 7 * viewers["low"].as_u64().unwrap_or(0),
        "{audited} {viewers}"
    );

    // What was found survives the program.
    let before = table.verdicts();
    written(&kaibo, &broadcast).await;
    let mut kaibo = kaibo;
    kaibo.kill().await;
    kaibo.restart().await;
    let mut kept = Vec::new();
    for _ in 0..100 {
        kept = entries(&kaibo, &broadcast).await;
        if kept.len() * 10 >= before.len() * 8 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    let kept = Table::new(&members, &kept);
    let after = kept.verdicts();
    let changed: Vec<_> =
        before.iter().filter(|(entry, verdict)| after.get(*entry).is_some_and(|now| now != *verdict)).collect();
    assert!(changed.len() * 10 <= before.len(), "judged otherwise after a restart: {changed:?}");
    assert!(after.len() * 10 >= before.len() * 8, "{} of {} judgements were kept", after.len(), before.len());
}

/// Waits until so many segments are listed.
async fn listed(kaibo: &Kaibo, room: &str, count: usize) {
    let token = kaibo.viewer_token(room).await;
    for _ in 0..300 {
        let answer = kaibo.call(Method::GET, &format!("/live/{room}/source.m3u8?token={token}"), None).await;
        if answer.text().await.is_ok_and(|list| list.matches("#EXTINF").count() >= count) {
            return;
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    panic!("too few segments: {}", kaibo.log());
}

/// A player as anybody has it, with the room's address.
fn reads(kaibo: &Kaibo, room: &str, program: &str) -> Child {
    let url = kaibo.url(&format!("/live/{room}/index.m3u8"));
    let mut command = Command::new(program);
    command.args(["-loglevel", "error"]);
    match program {
        "ffprobe" => command.args(["-show_packets", &url]),
        _ => command.args(["-nostdin", "-re", "-i", &url, "-f", "null", "-"]),
    };
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).kill_on_drop(true);
    command.spawn().unwrap_or_else(|error| panic!("starting `{program}`: {error}"))
}

/// Waits until what is judged so far is on disk: whoever is judged from now on stands behind it in the log.
async fn written(kaibo: &Kaibo, broadcast: &str) {
    let mut last = 0;
    for _ in 0..300 {
        let told = kaibo.events("ViewerJudged").await;
        let counting = entries(kaibo, broadcast).await.iter().filter(|entry| entry["entered"] == true).count() as u64;
        if told >= counting && told == last {
            return;
        }
        last = told;
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cdn_log_is_read_and_what_is_no_evidence_is_named() {
    if no_ffmpeg() {
        return;
    }
    let kaibo = Kaibo::start().await;
    let (room, key) = kaibo.room().await;
    let _push = kaibo.push(&key, None);
    let broadcast = kaibo.live(&room).await;
    let cdn = kaibo.call(Method::PUT, &format!("/api/rooms/{room}/delivery"), Some(json!({"cdn": true}))).await;
    assert_eq!(cdn.status(), 204);

    // A person whose media comes from elsewhere: only heartbeats with positions reach us.
    let person = kaibo.viewer_token(&room).await;
    let beat = format!("/api/rooms/{room}/heartbeat?token={person}");
    for _ in 0..3 {
        tokio::time::sleep(Duration::from_millis(5_200)).await;
        let now = now_ms();
        let said = json!({"played_ms": 5_000, "position_ms": now as u64 - 4_000, "rate": 1});
        assert_eq!(kaibo.call(Method::POST, &beat, Some(said)).await.status(), 204);
    }
    let audit = kaibo.get(&format!("/api/broadcasts/{broadcast}/audience")).await;
    assert_eq!((&audit["cdn"], &audit["totals"]["web"]["entries"]), (&json!(true), &json!(1)), "{audit}");
    assert!(audit["watch_ms"].as_u64() >= Some(9_000), "{audit}");
    let state = |audit: &Value, evidence: &str| {
        let coverage = audit["coverage"].as_array().expect("coverage").clone();
        let found = coverage.iter().find(|row| row["evidence"] == evidence).expect("a row")["state"].clone();
        text(&found)
    };
    assert_eq!((state(&audit, "segments"), state(&audit, "cdn_log")), ("missing".into(), "missing".into()));

    // The log knows them, and a bare client we never saw.
    let bare = kaibo.viewer_token(&room).await;
    let at = now_ms();
    let segment = |token: &str, number: u32| {
        format!(
            "{{\"time\":{at},\"path\":\"/live/{room}/seg/{broadcast}/{number}.m4s?token={token}\",\"status\":200,\"bytes\":1000}}\n"
        )
    };
    let mut log: String = (0..20).map(|number| segment(&person, number) + &segment(&bare, number)).collect();
    log += &segment("forged", 1);
    log += &segment(&person, 3).replace("\"status\":200", "\"status\":404");
    log += "nonsense\n203.0.113.9 - - [31/Jan/2026:12:00:00 +0000] \"GET / HTTP/1.1\" 200 5\n";
    let import = async |query: &str| -> Value {
        let url = kaibo.url(&format!("/api/broadcasts/{broadcast}/cdn-logs{query}"));
        let request = kaibo.client.post(url).header(header::AUTHORIZATION, format!("Bearer {}", kaibo.token));
        let answer = request.body(log.clone()).send().await.expect("an answer");
        assert_eq!(answer.status(), 200);
        answer.json().await.expect("a report")
    };
    let first = import("").await;
    assert_eq!(
        (&first["lines"], &first["taken"], &first["new_segments"]),
        (&json!(44), &json!(40), &json!(40)),
        "{first}"
    );
    let skipped: BTreeMap<String, u64> = first["skipped"]
        .as_array()
        .expect("reasons")
        .iter()
        .map(|row| (text(&row["reason"]), row["lines"].as_u64().unwrap_or(0)))
        .collect();
    let expected = [("bad_token", 1), ("not_delivered", 1), ("not_media", 1), ("unreadable", 1)];
    assert_eq!(skipped, expected.map(|(reason, lines)| (reason.to_owned(), lines)).into());
    assert_eq!(import("").await["repeated"], true);
    let again = import("?batch=another").await;
    assert_eq!((&again["repeated"], &again["new_segments"]), (&json!(false), &json!(0)), "{again}");

    let audit = kaibo.get(&format!("/api/broadcasts/{broadcast}/audience")).await;
    assert_eq!(state(&audit, "cdn_log"), "partly", "nobody said that these are all logs");
    let found = entries(&kaibo, &broadcast).await;
    assert_eq!(found.len(), 2, "{found:?}");
    assert!(found.iter().all(|entry| entry["evidence"]["cdn_segments"] == 20), "{found:?}");
}

/// Milliseconds since 1970, as a number in JSON.
fn now_ms() -> u128 {
    std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).expect("a clock").as_millis()
}

async fn entries(kaibo: &Kaibo, broadcast: &str) -> Vec<Value> {
    let (mut all, mut after) = (Vec::new(), String::new());
    loop {
        let page = kaibo.get(&format!("/api/broadcasts/{broadcast}/audience/entries?limit=500{after}")).await;
        all.extend(page["items"].as_array().expect("items").iter().cloned());
        match page["next"].as_str() {
            Some(next) => after = format!("&after={next}"),
            None => return all,
        }
    }
}

/// Who is what, and what they were taken for.
struct Table {
    rows: Vec<(Kind, String, Value)>,
}

/// How good the rules are at one verdict.
struct Rates {
    precision: Share,
    recall: Share,
}

/// So many of so many.
#[derive(Clone, Copy)]
struct Share {
    right: usize,
    all: usize,
}

impl Share {
    fn value(self) -> f64 {
        if self.all == 0 { 1.0 } else { self.right as f64 / self.all as f64 }
    }

    /// Wilson's interval of 95 %.
    fn interval(self) -> (f64, f64) {
        if self.all == 0 {
            return (0.0, 1.0);
        }
        let (n, p, z) = (self.all as f64, self.value(), 1.96_f64);
        let middle = (p + z * z / (2.0 * n)) / (1.0 + z * z / n);
        let reach = z / (1.0 + z * z / n) * (p * (1.0 - p) / n + z * z / (4.0 * n * n)).sqrt();
        (f64::max(middle - reach, 0.0), f64::min(middle + reach, 1.0))
    }
}

impl std::fmt::Display for Share {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (low, high) = self.interval();
        write!(out, "{:.3} [{low:.3}, {high:.3}] {}/{}", self.value(), self.right, self.all)
    }
}

impl Table {
    fn new(members: &[Member], found: &[Value]) -> Self {
        let by_entry: HashMap<&str, &Value> =
            found.iter().filter_map(|entry| Some((entry["entry_id"].as_str()?, entry))).collect();
        let rows = members.iter().map(|member| {
            let entry = by_entry.get(member.entry.as_str()).copied().cloned().unwrap_or(Value::Null);
            (member.kind, member.entry.clone(), entry)
        });
        Self { rows: rows.collect() }
    }

    fn verdicts(&self) -> HashMap<&str, &str> {
        let known = self.rows.iter().filter_map(|(_, id, entry)| Some((id.as_str(), entry["verdict"].as_str()?)));
        known.collect()
    }

    fn of(&self, kind: Kind) -> impl Iterator<Item = &Value> {
        self.rows.iter().filter(move |row| row.0 == kind).map(|row| &row.2)
    }

    fn count(&self, kind: Kind) -> u64 {
        self.of(kind).count() as u64
    }

    fn watched_ms(&self, kind: Kind) -> u64 {
        self.of(kind).map(|entry| entry["evidence"]["credited_ms"].as_u64().unwrap_or(0)).sum()
    }

    /// How many of a kind were given which verdict.
    fn taken(&self, kind: Kind) -> [u64; 4] {
        VERDICTS.map(|verdict| self.of(kind).filter(|entry| entry["verdict"] == verdict).count() as u64)
    }

    /// Of a kind, who was given the verdict.
    fn share(&self, kind: Kind, verdict: &str) -> Share {
        Share { right: self.of(kind).filter(|entry| entry["verdict"] == verdict).count(), all: self.of(kind).count() }
    }

    /// Precision and recall over everybody but some kinds.
    fn rates(&self, verdict: &str, without: &[Kind]) -> Rates {
        let rows = || self.rows.iter().filter(|row| !without.contains(&row.0));
        let judged = |row: &&(Kind, String, Value)| row.2["verdict"] == verdict;
        let truly = |row: &&(Kind, String, Value)| row.0.truth() == verdict;
        let right = rows().filter(|row| judged(row) && truly(row)).count();
        let share = |all| Share { right, all };
        Rates { precision: share(rows().filter(judged).count()), recall: share(rows().filter(truly).count()) }
    }

    /// Everything docs/audience.md states can be seen by now.
    fn is_as_stated(&self) -> bool {
        let good = VERDICTS.iter().filter(|verdict| **verdict != "unknown").all(|verdict| {
            let rates = self.rates(verdict, &NOT_STATED);
            rates.precision.value() >= 0.95 && rates.recall.value() >= 0.95
        });
        let players = [Kind::Web, Kind::WebCampus, Kind::WebPost, Kind::WebProxied, Kind::BareFfmpeg, Kind::BareHttp];
        let watched = players.iter().all(|kind| self.watched_ms(*kind) > 2 * WATCHED_MS * self.count(*kind));
        let unsure = [Kind::OtherOld, Kind::OtherLook].iter().all(|kind| self.taken(*kind)[2] == self.count(*kind));
        let bots = Kind::MIX.iter().map(|(kind, _)| *kind);
        let mut bots = bots.filter(|kind| kind.truth() == "bot" && !NOT_STATED.contains(kind));
        good && watched && unsure && bots.all(|kind| self.share(kind, "bot").value() >= 0.95)
    }
}

impl std::fmt::Display for Table {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        writeln!(
            out,
            "{:20} {:>4} {:>4} {:>7} {:>4} {:>5} {:>8}  {:30} reasons",
            "truth", "web", "bare", "unknown", "bot", "none", "watch s", "recall [95 %]"
        )?;
        for (kind, _) in Kind::MIX {
            let none = self.of(kind).filter(|entry| entry.is_null()).count();
            let mut reasons: BTreeMap<&str, u32> = BTreeMap::new();
            for reason in self.of(kind).flat_map(|entry| entry["reasons"].as_array().into_iter().flatten()) {
                *reasons.entry(reason.as_str().unwrap_or_default()).or_default() += 1;
            }
            let [web, bare, unknown, bot] = self.taken(kind);
            let watched = self.watched_ms(kind) as f64 / 1_000.0;
            let wanted = if kind.truth() == "other" { "unknown" } else { kind.truth() };
            let recall = self.share(kind, wanted).to_string();
            writeln!(
                out,
                "{:20} {web:>4} {bare:>4} {unknown:>7} {bot:>4} {none:>5} {watched:>8.1}  {recall:30} {reasons:?}",
                kind.name()
            )?;
        }
        for verdict in ["web", "bare", "bot"] {
            let Rates { precision, recall } = self.rates(verdict, &NOT_STATED);
            let all = self.rates(verdict, &[]);
            writeln!(
                out,
                "{verdict:>5}: precision {precision}, recall {recall}; with those like a person {:.3}, {:.3}",
                all.precision.value(),
                all.recall.value()
            )?;
        }
        Ok(())
    }
}
