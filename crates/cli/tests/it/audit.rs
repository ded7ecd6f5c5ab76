//! The audited audience against a farm whose members are known: a confusion table, precision and recall.

use crate::harness::{Kaibo, no_ffmpeg, text};
use reqwest::{Method, header};
use serde_json::{Value, json};
use sim::{FarmOptions, Kind, Member, Stop, farm};
use std::{
    collections::{BTreeMap, HashMap},
    time::Duration,
};

const VERDICTS: [&str; 4] = ["web", "bare", "unknown", "bot"];

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
    tokio::time::sleep(Duration::from_secs(8)).await;

    let members = farm(FarmOptions {
        url: kaibo.url(""),
        room: room.clone(),
        mix: Kind::MIX.to_vec(),
        seed: 3,
        stay: Duration::from_secs(45),
        beat: Duration::from_secs(5),
        stop: Stop::new(),
    })
    .await
    .expect("a farm that works");
    let found = entries(&kaibo, &broadcast).await;
    let table = Table::new(&members, &found);
    println!("{table}");

    // Numbers without suspects, with a band that holds the truth.
    let audit = kaibo.get(&format!("/api/broadcasts/{broadcast}/audience")).await;
    println!("{}", serde_json::to_string_pretty(&audit).unwrap_or_default());
    let honest = members.iter().filter(|member| member.kind.truth() != "bot").count() as u64;
    let band = &audit["entries"];
    assert!(band["low"].as_u64() <= Some(honest) && Some(honest) <= band["high"].as_u64(), "{honest} of {band}");
    assert_eq!(audit["cdn"], false);

    for kind in [Kind::BotHeartbeats, Kind::BotFast, Kind::BotPoll, Kind::BotDownload] {
        assert_eq!(table.watched_ms(kind), 0, "{} watched nothing", kind.name());
    }
    assert!(table.watched_ms(Kind::BotReplay) < 15_000 * 5, "a replayed heartbeat is worth its first");
    for kind in [Kind::Web, Kind::WebCampus, Kind::WebOld, Kind::WebPost, Kind::BareFfmpeg, Kind::BareHttp] {
        let mean_ms = table.watched_ms(kind) / table.count(kind);
        assert!(mean_ms > 15_000, "{} watched {mean_ms} ms", kind.name());
    }

    // `BotHuman` behaves like a person: that no rule finds it is known, and said in docs/audience.md.
    let (precision, recall) = table.of("bot", &[Kind::BotHuman]);
    assert!(precision >= 0.95, "precision {precision:.3}");
    assert!(recall >= 0.90, "recall {recall:.3}");
    for verdict in ["web", "bare"] {
        let (precision, recall) = table.of(verdict, &[Kind::BotHuman]);
        assert!(precision >= 0.95 && recall >= 0.90, "{verdict}: precision {precision:.3}, recall {recall:.3}");
    }

    // What was found survives the program.
    let before = table.verdicts();
    tokio::time::sleep(Duration::from_secs(3)).await;
    let mut kaibo = kaibo;
    kaibo.kill().await;
    kaibo.restart().await;
    let mut kept = Vec::new();
    for _ in 0..50 {
        kept = entries(&kaibo, &broadcast).await;
        if kept.iter().filter(|entry| entry["entered"] == true).count() as u64 >= honest {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let kept = Table::new(&members, &kept);
    let after = kept.verdicts();
    let changed: Vec<_> =
        before.iter().filter(|(entry, verdict)| after.get(*entry).is_some_and(|now| now != *verdict)).collect();
    assert!(changed.len() * 10 <= before.len(), "judged otherwise after a restart: {changed:?}");
    assert!(after.len() * 10 >= before.len() * 8, "{} of {} judgements were kept", after.len(), before.len());
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
    assert_eq!(state(&audit, "cdn_log"), "seen");
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

    fn count(&self, kind: Kind) -> u64 {
        self.rows.iter().filter(|row| row.0 == kind).count() as u64
    }

    fn watched_ms(&self, kind: Kind) -> u64 {
        let rows = self.rows.iter().filter(|row| row.0 == kind);
        rows.map(|(_, _, entry)| entry["evidence"]["credited_ms"].as_u64().unwrap_or(0)).sum()
    }

    /// Precision and recall of a verdict, without some kinds.
    fn of(&self, verdict: &str, without: &[Kind]) -> (f64, f64) {
        let rows = || self.rows.iter().filter(|row| !without.contains(&row.0));
        let judged = |row: &&(Kind, String, Value)| row.2["verdict"] == verdict;
        let truly = |row: &&(Kind, String, Value)| row.0.truth() == verdict;
        let both = rows().filter(|row| judged(row) && truly(row)).count() as f64;
        (both / rows().filter(judged).count().max(1) as f64, both / rows().filter(truly).count().max(1) as f64)
    }
}

impl std::fmt::Display for Table {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        writeln!(
            out,
            "{:20} {:>4} {:>4} {:>7} {:>4} {:>5} {:>9}  reasons",
            "truth", "web", "bare", "unknown", "bot", "none", "watch s"
        )?;
        for (kind, _) in Kind::MIX {
            let rows = || self.rows.iter().filter(|row| row.0 == kind);
            let taken = VERDICTS.map(|verdict| rows().filter(|row| row.2["verdict"] == verdict).count());
            let none = rows().filter(|row| row.2.is_null()).count();
            let mut reasons: BTreeMap<&str, u32> = BTreeMap::new();
            for (_, _, entry) in rows() {
                for reason in entry["reasons"].as_array().into_iter().flatten() {
                    *reasons.entry(reason.as_str().unwrap_or_default()).or_default() += 1;
                }
            }
            let [web, bare, unknown, bot] = taken;
            let watched = self.watched_ms(kind) as f64 / 1_000.0;
            writeln!(
                out,
                "{:20} {web:>4} {bare:>4} {unknown:>7} {bot:>4} {none:>5} {watched:>9.1}  {reasons:?}",
                kind.name()
            )?;
        }
        for verdict in ["web", "bare", "bot"] {
            let (precision, recall) = self.of(verdict, &[]);
            let (stated_precision, stated_recall) = self.of(verdict, &[Kind::BotHuman]);
            writeln!(
                out,
                "{verdict:>5}: precision {stated_precision:.3}, recall {stated_recall:.3}; with those like a person {precision:.3}, {recall:.3}"
            )?;
        }
        Ok(())
    }
}
