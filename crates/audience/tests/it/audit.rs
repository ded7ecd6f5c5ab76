//! The audit of a show over HTTP: what held while it ran, what is kept, and how it is read.

use crate::house::{House, START};
use audience::{AudienceSettings, Beat, Fetch, ViewerPass};
use events::Millis;
use serde_json::{Value, json};
use std::{collections::BTreeSet, net::IpAddr};

impl House {
    async fn audit(&self) -> Value {
        self.read("").await
    }

    async fn read(&self, rest: &str) -> Value {
        let show = self.public.broadcast.unwrap();
        let answer = self.test.get(&format!("/api/broadcasts/{show}/audience{rest}")).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        answer.json()
    }

    async fn deliver(&self, cdn: bool) {
        let path = format!("/api/rooms/{}/delivery", self.public.room);
        let answer = self.test.call("*", "PUT", &path, Some(json!({"cdn": cdn}))).await;
        assert_eq!(answer.status, 204, "{}", answer.text());
    }

    /// Ten seconds of a show that all of these watch, in a page with a socket.
    fn watch(&self, passes: &[ViewerPass]) {
        for second in 0..10 {
            self.pass_s(1);
            for pass in passes.iter().filter(|_| second % 2 == 1) {
                self.audience.media_fetched(
                    pass,
                    &self.public,
                    Fetch { from: self.clock.now().plus_ms(-2_000), ..self.segment() },
                );
            }
        }
        for pass in passes {
            self.beat(pass, &self.public, 9_900 + self.clock.now().0 as u32 % 97);
        }
    }

    async fn viewers(&self, count: usize) -> Vec<ViewerPass> {
        self.viewers_with_tokens(count).await.1
    }

    async fn viewers_with_tokens(&self, count: usize) -> (Vec<String>, Vec<ViewerPass>) {
        let (mut tokens, mut passes) = (Vec::new(), Vec::new());
        for _ in 0..count {
            let (token, pass) = self.token(json!({})).await;
            tokens.push(token);
            passes.push(pass);
        }
        (tokens, passes)
    }
}

fn verdicts(page: &Value) -> Vec<(String, String)> {
    let items = page["items"].as_array().unwrap().iter();
    items.map(|item| (text(&item["entry_id"]), text(&item["verdict"]))).collect()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_show_is_judged_by_how_it_was_delivered() {
    let house = House::open().await;
    let people = house.viewers(2).await;
    house.watch(&people);
    let bot = house.anybody().await;
    for _ in 0..3 {
        house.pass_s(10);
        let position = Some(house.clock.now());
        house.audience.heartbeat(&bot, &house.public, Beat { position, ..Beat::of(9_000) });
    }
    let found =
        |audit: &Value| (audit["cdn"].clone(), audit["totals"]["web"]["entries"].clone(), audit["turned_away"].clone());
    assert_eq!(found(&house.audit().await), (json!(false), json!(2), json!(1)));

    // Who was there before is judged by what held before.
    house.pass_s(1);
    house.deliver(true).await;
    let audit = house.audit().await;
    assert_eq!(audit["cdn"], true);
    house.pass_s(600);
    assert_eq!(found(&house.audit().await).2, 1, "{audit}");
    // From now on heartbeats with positions are all there is.
    let away = house.anybody().await;
    for _ in 0..3 {
        house.pass_s(10);
        let position = Some(house.clock.now());
        house.audience.heartbeat(&away, &house.public, Beat { position, ..Beat::of(9_000) });
    }
    house.pass_s(6);
    assert_eq!(found(&house.audit().await).1, 3);
    house.deliver(false).await;
    house.pass_s(6);
    let audit = house.audit().await;
    assert_eq!(found(&audit), (json!(true), json!(3), json!(1)), "switching back changes nothing of what was: {audit}");
}

#[tokio::test]
async fn an_empty_show_has_no_evidence() {
    let house = House::open().await;
    let audit = house.audit().await;
    let states: BTreeSet<&str> =
        audit["coverage"].as_array().unwrap().iter().map(|row| row["state"].as_str().unwrap()).collect();
    assert_eq!(states, BTreeSet::from(["missing"]), "{audit}");
}

#[tokio::test]
async fn entries_are_paged_by_verdict() {
    let house = House::open().await;
    let people = house.viewers(7).await;
    house.watch(&people);
    let mut bots = Vec::new();
    for pass in house.viewers(5).await {
        for _ in 0..3 {
            house.beat(&pass, &house.public, 9_000);
        }
        bots.push(pass.entry.to_string());
    }
    let all = verdicts(&house.read("/entries?limit=500").await);
    assert_eq!(all.len(), 12);
    assert!(all.windows(2).all(|pair| pair[0].0 < pair[1].0), "in the order of entries");
    let (mut seen, mut after) = (Vec::new(), String::new());
    loop {
        let page = house.read(&format!("/entries?verdict=bot&limit=2{after}")).await;
        seen.extend(verdicts(&page));
        match page["next"].as_str() {
            Some(next) => after = format!("&after={next}"),
            None => break,
        }
    }
    bots.sort_unstable();
    assert_eq!(seen.iter().map(|(entry, _)| entry.clone()).collect::<Vec<_>>(), bots);
    assert!(seen.iter().all(|(_, verdict)| verdict == "bot"));
    let show = house.public.broadcast.unwrap();
    let wrong = house.test.get(&format!("/api/broadcasts/{show}/audience/entries?verdict=human")).await;
    assert_eq!(wrong.status, 400);
}

#[tokio::test]
async fn answers_are_a_few_seconds_old_and_no_older() {
    let house = House::open().await;
    let web = async || house.audit().await["totals"]["web"]["entries"].clone();
    assert_eq!(web().await, 0);
    let people = house.viewers(1).await;
    house.audience.media_fetched(&people[0], &house.public, house.segment());
    house.beat(&people[0], &house.public, 0);
    house.pass_s(2);
    assert_eq!(web().await, 0);
    // However long the first look took on a slow machine.
    let mut waited_s = 0;
    while web().await != 1 {
        house.pass_s(1);
        waited_s += 1;
        assert!(waited_s < 600);
    }
    assert!(waited_s >= 3, "{waited_s} s");
}

#[tokio::test]
async fn judgements_outlive_the_room_and_their_time_is_limited() {
    let house = House::open().await;
    let (tokens, people) = house.viewers_with_tokens(3).await;
    house.watch(&people);
    for pass in &people {
        house.audience.left(pass, &house.public);
    }
    let kept = async || {
        let entries = house.read("/entries?limit=500").await;
        let judged = entries["items"].as_array().unwrap().iter();
        judged.filter(|entry| entry["present"] == false && entry["verdict"] == "web").count()
    };
    let mut tries = 0;
    while kept().await < 3 {
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        house.pass_s(6);
        tries += 1;
        assert!(tries < 3_000, "they are judged and written");
    }
    let log = cdn_log(&house, &tokens, 30);
    assert_eq!(import(&house, "?batch=one", &log).await["taken"], 90);
    let keep_ms = i64::from(AudienceSettings::default().keep_days) * 86_400_000;
    house.audience.prune(Millis(START.0 - keep_ms)).await.unwrap();
    assert_eq!(house.audit().await["totals"]["web"]["entries"], 3);
    house.audience.prune(house.clock.now().plus_ms(1)).await.unwrap();
    house.pass_s(600);
    let audit = house.audit().await;
    assert_eq!((&audit["totals"]["web"]["entries"], &audit["imports"]), (&json!(0), &json!([])), "{audit}");
}

/// What a CDN wrote down while it sent `count` segments to each of these, one a two seconds from the show's beginning on.
fn cdn_log(house: &House, tokens: &[String], count: i64) -> String {
    let (room, show) = (house.public.room, house.public.broadcast.unwrap());
    let mut log = String::new();
    for token in tokens {
        for number in 0..count {
            let time = START.0 + number * 2_000;
            let path = format!("/live/{room}/seg/{show}/{number}.m4s?token={token}");
            log += &json!({"time": time, "path": path, "status": 200, "bytes": 1_000, "user_agent": "Mozilla/5.0"})
                .to_string();
            log.push('\n');
        }
    }
    log
}

async fn import(house: &House, query: &str, log: &str) -> Value {
    let path = format!("/api/broadcasts/{}/cdn-logs{query}", house.public.broadcast.unwrap());
    let request = http::Request::post(path).header("authorization", "Bearer *").body(log.to_owned()).unwrap();
    let answer = house.test.send(request).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()
}

#[tokio::test]
async fn complete_cdn_logs_tell_who_was_sent_nothing() {
    let house = House::open().await;
    house.deliver(true).await;
    let (tokens, everybody) = house.viewers_with_tokens(6).await;
    let (people, bots) = (&tokens[..4], &everybody[4..]);
    for n in 1..=6 {
        house.pass_s(10);
        for pass in &everybody {
            house.pass_ms(7 * n);
            let position = Some(house.clock.now().plus_ms(-4_000));
            house.audience.heartbeat(pass, &house.public, Beat { position, ..Beat::of(9_000 + n as u32) });
        }
    }
    let log = cdn_log(&house, people, 30);
    let state = |audit: &Value| {
        let rows = audit["coverage"].as_array().unwrap().clone();
        text(&rows.iter().find(|row| row["evidence"] == "cdn_log").unwrap()["state"])
    };
    let audit = house.audit().await;
    assert_eq!((&audit["totals"]["web"]["entries"], state(&audit)), (&json!(6), "missing".to_owned()), "{audit}");
    let report = import(&house, "", &log).await;
    assert_eq!((&report["segment_ms"], &report["complete"]), (&json!(2_000), &json!(false)), "{report}");
    let audit = house.audit().await;
    assert_eq!((&audit["totals"]["web"]["entries"], state(&audit)), (&json!(6), "partly".to_owned()), "{audit}");

    let again = import(&house, "?complete=true", &log).await;
    assert_eq!((&again["repeated"], &again["complete"]), (&json!(true), &json!(true)));
    let audit = house.audit().await;
    let totals = &audit["totals"];
    assert_eq!((&totals["web"]["entries"], &totals["bot"]["entries"]), (&json!(4), &json!(2)), "{audit}");
    assert_eq!(state(&audit), "seen");
    let found: BTreeSet<String> =
        verdicts(&house.read("/entries?verdict=bot").await).into_iter().map(|(entry, _)| entry).collect();
    assert_eq!(found, bots.iter().map(|pass| pass.entry.to_string()).collect());
}

#[tokio::test]
async fn who_knocked_and_was_forgotten_is_said() {
    let house = House::open().await;
    let by = house.audience.caller(IpAddr::from([203, 0, 113, 1]), Some("knocker/1.0"));
    let mut sockets = Vec::new();
    for _ in 0..50_010 {
        sockets.push(house.audience.socket(&house.bare(), house.public.broadcast, &by));
    }
    let people = house.viewers(1).await;
    house.watch(&people);
    let row = async || {
        let audit = house.audit().await;
        let rows = audit["coverage"].as_array().unwrap().clone();
        rows.into_iter().find(|row| row["evidence"] == "unseen")
    };
    let mut tries = 0;
    while row().await.is_none() {
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        house.pass_s(6);
        tries += 1;
        assert!(tries < 3_000, "it is noted");
    }
    let row = row().await.unwrap();
    assert!(row["entries"].as_u64() >= Some(10) && row["state"] == "missing", "{row}");
    assert_eq!(house.audit().await["totals"]["web"]["entries"], 1, "who watches is not forgotten");
    drop(sockets);
}
