//! Webhooks against a server that fails, hangs, goes away and comes back.

use crate::{
    house::{House, settings},
    receiver::{Got, Receiver, Says},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use events::{Event, SuperChatSent, TeamId};
use feed::FeedSettings;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;
use std::{collections::BTreeSet, time::Duration};

/// Tries again at once, so many times.
fn eager(tries: usize) -> FeedSettings {
    FeedSettings { retry_s: vec![0; tries], ..settings() }
}

async fn made(house: &House, url: &str) -> (String, String) {
    let made = house.test.post("/api/webhooks", json!({"name": "order system", "url": url})).await;
    assert_eq!(made.status, 201, "{}", made.text());
    let text = |field: &str| made.json()[field].as_str().unwrap().to_owned();
    (format!("/api/webhooks/{}", text("id")), text("secret"))
}

async fn read(house: &House, path: &str) -> Value {
    let answer = house.test.get(path).await;
    assert_eq!(answer.status, 200, "{path}: {}", answer.text());
    answer.json()
}

/// Reads until it is as wanted.
async fn when(house: &House, path: &str, wanted: impl Fn(&Value) -> bool) -> Value {
    let mut last = Value::Null;
    for _ in 0..2_000 {
        last = read(house, path).await;
        if wanted(&last) {
            return last;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("`{path}` never was as wanted: {last}");
}

fn in_state<'a>(state: &'a str, count: usize) -> impl Fn(&Value) -> bool + 'a {
    move |page| page["items"].as_array().unwrap().iter().filter(|item| item["state"] == state).count() == count
}

fn is_signed(got: &Got, secret: &str) -> bool {
    let key = STANDARD.decode(secret.strip_prefix("whsec_").unwrap()).unwrap();
    let mut mac = Hmac::<Sha256>::new_from_slice(&key).unwrap();
    let (id, at) = (got.header("webhook-id"), got.header("webhook-timestamp"));
    mac.update(format!("{id}.{at}.{}", got.body).as_bytes());
    let signature = format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()));
    got.header("webhook-signature").split(' ').any(|said| said == signature)
}

#[tokio::test]
async fn what_happens_arrives_signed_and_in_the_envelope_of_the_api() {
    let (house, receiver) = (House::open().await, Receiver::start(Says::Status(204)).await);
    house.begin("before").await;
    let (path, secret) = made(&house, &receiver.url()).await;
    house.noise(20).await;
    house.begin("晚场").await;
    let got = receiver.wait(1).await.remove(0);
    assert!(is_signed(&got, &secret));
    assert_eq!(got.header("content-type"), "application/json");
    let told = read(&house, "/api/events").await["items"][1].clone();
    assert_eq!(got.json(), told);
    assert_eq!(told["id"], got.header("webhook-id"));
    let kept = when(&house, &format!("{path}/deliveries"), in_state("delivered", 1)).await["items"][0].clone();
    assert_eq!(
        (&kept["event"], &kept["status"], &kept["attempts"]),
        (&json!("BroadcastStarted"), &json!(204), &json!(1))
    );
    assert!(!read(&house, "/api/webhooks").await.to_string().contains(&secret));
}

/// What leaves the house is masked as its maker would see it, and signed as it leaves.
#[tokio::test]
async fn who_may_not_see_people_sends_them_nowhere() {
    let (house, receiver) = (House::open().await, Receiver::start(Says::Status(204)).await);
    let other = Receiver::start(Says::Status(204)).await;
    let (open, open_secret) = made(&house, &other.url()).await;
    let blind = "webhook.read,webhook.manage";
    let wish = json!({"name": "blind", "url": receiver.url(), "masked": false});
    assert_eq!(house.test.call(blind, "POST", "/api/webhooks", Some(wish)).await.status, 403, "nobody unmasks so");
    let wish = json!({"name": "blind", "url": receiver.url()});
    let masked = house.test.call(blind, "POST", "/api/webhooks", Some(wish)).await;
    assert_eq!((masked.status, &masked.json()["masked"]), (201, &json!(true)), "{}", masked.text());

    house.begin("老王 13800138000 wang@example.com 110101199003077571").await;
    let paid = Event::SuperChatSent(SuperChatSent { text: "打给 13800138000".into(), price_milli: 30_000 });
    let paid = house.envelope(house.test.team, paid).with_viewer("v-laowang".parse().unwrap());
    house.test.app.append(&[paid]).await.unwrap();
    let (hidden, seen) = (receiver.wait(2).await, other.wait(2).await);
    let begun = |got: &[Got]| got.iter().find(|got| got.json()["type"] == "BroadcastStarted").unwrap().clone();
    let said = begun(&hidden).title();
    assert!(said.starts_with("老王 138******00 ") && !said.contains("wang@") && !said.contains("19900307"), "{said}");
    assert_eq!(begun(&seen).title(), "老王 13800138000 wang@example.com 110101199003077571");
    let secret = masked.json()["secret"].as_str().unwrap().to_owned();
    assert!(hidden.iter().all(|got| is_signed(got, &secret)) && seen.iter().all(|got| is_signed(got, &open_secret)));
    for got in hidden.iter().chain(&seen) {
        assert!(
            !got.body.contains("打给") && !got.body.contains("v-laowang"),
            "words and viewers go nowhere: {}",
            got.body
        );
    }

    // Who cannot see people and sends them elsewhere masks them.
    let elsewhere = json!({"url": receiver.url()});
    let moved = house.test.call(blind, "PATCH", &open, Some(elsewhere)).await;
    assert_eq!((moved.status, &moved.json()["masked"]), (200, &json!(true)), "{}", moved.text());
    house.begin("13900139000").await;
    let arrived = receiver.wait(4).await;
    assert!(arrived.iter().all(|got| !got.body.contains("13900139000")));
    assert_eq!(arrived.iter().filter(|got| got.title() == "139******00").count(), 2);
    let kept = read(&house, &format!("{open}/deliveries")).await;
    assert!(!kept.to_string().contains("13900139000"), "{kept}");
}

#[tokio::test]
async fn every_event_arrives_once_where_nothing_fails() {
    let (house, receiver) = (House::open().await, Receiver::start(Says::Status(200)).await);
    made(&house, &receiver.url()).await;
    for batch in 0..5 {
        house.noise(100).await;
        house.share(40).await;
        house.begin(&batch.to_string()).await;
    }
    let got = receiver.wait(205).await;
    let ids: BTreeSet<String> = got.iter().map(|got| got.header("webhook-id")).collect();
    assert_eq!((got.len(), ids.len()), (205, 205));
}

#[tokio::test]
async fn a_webhook_hears_what_it_asked_for() {
    let (house, receiver) = (House::open().await, Receiver::start(Says::Status(200)).await);
    let (path, _) = made(&house, &receiver.url()).await;
    let only = house.test.call("*", "PATCH", &path, Some(json!({"events": ["RoomShared"]}))).await;
    assert_eq!(only.json()["events"], json!(["RoomShared"]), "{}", only.text());
    house.begin("a").await;
    house.share(1).await;
    assert_eq!(receiver.wait(1).await[0].json()["type"], "RoomShared");
    let refused = house.test.call("*", "PATCH", &path, Some(json!({"events": ["DanmakuSent"]}))).await;
    assert_eq!((refused.status, refused.json()["code"].as_str()), (422, Some("unknown_event")));
}

#[tokio::test]
async fn what_fails_is_sent_again_with_the_same_id() {
    let (house, receiver) = (House::open_with(eager(5)).await, Receiver::start(Says::Status(200)).await);
    let (path, secret) = made(&house, &receiver.url()).await;
    receiver.say_next(&[Says::Status(500), Says::Status(429), Says::Elsewhere]);
    house.begin("a").await;
    let got = receiver.wait(4).await;
    let ids: BTreeSet<String> = got.iter().map(|got| got.header("webhook-id")).collect();
    assert_eq!((got.len(), ids.len()), (4, 1), "a redirect is not followed");
    assert!(got.iter().all(|got| is_signed(got, &secret)));
    let kept = when(&house, &format!("{path}/deliveries"), in_state("delivered", 1)).await["items"][0].clone();
    assert_eq!((&kept["attempts"], &kept["answer"]), (&json!(4), &json!("says 200")));
}

#[tokio::test]
async fn who_asks_for_time_gets_it() {
    let (house, receiver) = (House::open_with(eager(5)).await, Receiver::start(Says::Later(3_600)).await);
    let (path, _) = made(&house, &receiver.url()).await;
    house.begin("a").await;
    let kept = when(&house, &format!("{path}/deliveries"), in_state("waiting", 1)).await["items"][0].clone();
    assert_eq!(kept["attempts"], 1);
    let pause = kept["next_at_ms"].as_i64().unwrap() - kept["attempted_at_ms"].as_i64().unwrap();
    assert_eq!(pause, 3_600_000);
    // What is new does not wait for it.
    receiver.say(Says::Status(200));
    house.begin("b").await;
    assert_eq!(receiver.wait(2).await[1].title(), "b");
}

#[tokio::test]
async fn dead_letters_are_kept_and_replayed() {
    let (house, receiver) = (House::open_with(eager(1)).await, Receiver::start(Says::Status(500)).await);
    let (path, _) = made(&house, &receiver.url()).await;
    let begun = house.test.app.now().0;
    for title in ["a", "b", "c"] {
        house.begin(title).await;
    }
    let dead = when(&house, &format!("{path}/deliveries?state=dead"), in_state("dead", 3)).await;
    assert_eq!(receiver.got().len(), 6);
    assert_eq!(read(&house, &path).await["dead"], 3);
    assert!(read(&house, &path).await["failing_since_ms"].as_i64() >= Some(begun));
    let one = &dead["items"][0];
    assert_eq!((&one["failure"], &one["status"], &one["attempts"]), (&json!("status"), &json!(500), &json!(2)));
    receiver.say(Says::Status(200));
    let replay = format!("{path}/deliveries/{}/replay", one["id"].as_str().unwrap());
    assert_eq!(house.test.post(&replay, json!({})).await.json()["replayed"], 1);
    assert_eq!(receiver.wait(7).await[6].header("webhook-id"), one["event_id"].as_str().unwrap());
    when(&house, &format!("{path}/deliveries"), in_state("delivered", 1)).await;
    let since = |at: i64| json!({"since_ms": at});
    let all = format!("{path}/replay");
    assert_eq!(house.test.post(&all, since(begun + 86_400_000)).await.json()["replayed"], 0);
    assert_eq!(house.test.post(&all, since(begun)).await.json()["replayed"], 2);
    when(&house, &format!("{path}/deliveries"), in_state("delivered", 3)).await;
    assert!(read(&house, &path).await.get("failing_since_ms").is_none());
}

#[tokio::test]
async fn one_that_hangs_holds_up_no_other() {
    let patient = FeedSettings { timeout_ms: 600_000, ..settings() };
    let house = House::open_with(patient).await;
    let (slow, quick) = (Receiver::start(Says::Hangs).await, Receiver::start(Says::Status(200)).await);
    made(&house, &slow.url()).await;
    made(&house, &quick.url()).await;
    house.share(50).await;
    quick.wait(50).await;
    assert!(slow.got().len() <= 8);
}

#[tokio::test]
async fn who_does_not_answer_in_time_has_failed() {
    let short = FeedSettings { timeout_ms: 50, ..eager(0) };
    let (house, receiver) = (House::open_with(short).await, Receiver::start(Says::Hangs).await);
    let (path, _) = made(&house, &receiver.url()).await;
    house.begin("a").await;
    let dead = when(&house, &format!("{path}/deliveries"), in_state("dead", 1)).await;
    assert_eq!(dead["items"][0]["failure"], "timeout");
}

#[tokio::test]
async fn many_that_wait_stop_what_is_new_in_the_log() {
    let (house, receiver) = (House::open().await, Receiver::start(Says::Status(500)).await);
    let (path, _) = made(&house, &receiver.url()).await;
    house.share(500).await;
    let held = when(&house, &path, |webhook| webhook["waiting"].as_i64() >= Some(100)).await;
    assert!(held["waiting"].as_i64() < Some(140), "{held}");
}

#[tokio::test]
async fn who_is_gone_is_told_nothing_until_somebody_says_so() {
    let (house, receiver) = (House::open().await, Receiver::start(Says::Status(410)).await);
    let (path, _) = made(&house, &receiver.url()).await;
    house.begin("a").await;
    let off = when(&house, &path, |webhook| webhook["enabled"] == false).await;
    assert_eq!((&off["disabled"], &off["dead"]), (&json!("gone"), &json!(1)));
    house.begin("b").await;
    receiver.say(Says::Status(200));
    let on = house.test.call("*", "PATCH", &path, Some(json!({"enabled": true}))).await.json();
    assert!(on["enabled"] == true && on.get("disabled").is_none());
    assert_eq!(receiver.wait(2).await[1].title(), "b", "it goes on where it stopped");

    house.test.call("*", "PATCH", &path, Some(json!({"enabled": false}))).await;
    house.begin("c").await;
    house.test.call("*", "PATCH", &path, Some(json!({"enabled": true, "skip_missed": true}))).await;
    house.begin("d").await;
    assert_eq!(receiver.wait(3).await[2].title(), "d", "what was missed is left out on demand");
}

#[tokio::test]
async fn who_fails_for_long_is_disabled() {
    let strict = FeedSettings { give_up_s: 0, ..eager(3) };
    let (house, receiver) = (House::open_with(strict).await, Receiver::start(Says::Status(500)).await);
    let (path, _) = made(&house, &receiver.url()).await;
    house.begin("a").await;
    let off = when(&house, &path, |webhook| webhook["enabled"] == false).await;
    assert_eq!((&off["disabled"], &off["waiting"]), (&json!("failing"), &json!(1)));
}

#[tokio::test]
async fn for_a_day_both_secrets_sign() {
    let (house, receiver) = (House::open().await, Receiver::start(Says::Status(200)).await);
    let (path, old) = made(&house, &receiver.url()).await;
    let rotated = house.test.post(&format!("{path}/secret"), json!({})).await.json();
    let new = rotated["secret"].as_str().unwrap();
    let until = rotated["old_secret_until_ms"].as_i64().unwrap() - house.test.app.now().0;
    assert!((86_000_000..=86_400_000).contains(&until));
    house.begin("a").await;
    let got = receiver.wait(1).await.remove(0);
    assert!(new != old && is_signed(&got, new) && is_signed(&got, &old));
    assert_eq!(got.header("webhook-signature").split(' ').count(), 2);
}

#[tokio::test]
async fn a_test_is_sent_at_once_and_never_replayed() {
    let (house, receiver) = (House::open().await, Receiver::start(Says::Status(418)).await);
    let (path, secret) = made(&house, &receiver.url()).await;
    let tested = house.test.post(&format!("{path}/test"), json!({})).await.json();
    assert_eq!(
        (&tested["state"], &tested["status"], &tested["answer"]),
        (&json!("dead"), &json!(418), &json!("says 418"))
    );
    let got = receiver.wait(1).await.remove(0);
    assert!(is_signed(&got, &secret));
    assert_eq!(got.json()["type"], "WebhookTested");
    let replay = format!("{path}/deliveries/{}/replay", tested["id"].as_str().unwrap());
    let refused = house.test.post(&replay, json!({})).await;
    assert_eq!((refused.status, refused.json()["code"].as_str()), (422, Some("not_replayable")));
}

#[tokio::test]
async fn private_addresses_are_refused() {
    let house = House::open_with(FeedSettings { allow_private: false, ..eager(0) }).await;
    for url in ["https://127.0.0.1/", "https://localhost/", "https://[::1]/", "https://10.0.0.1/"] {
        let refused = house.test.post("/api/webhooks", json!({"name": "a", "url": url})).await;
        assert_eq!((refused.status, refused.json()["code"].as_str()), (422, Some("private_address")), "{url}");
    }
}

#[tokio::test]
async fn another_team_neither_sees_nor_touches_it() {
    let (house, receiver) = (House::open().await, Receiver::start(Says::Status(200)).await);
    let (path, _) = made(&house, &receiver.url()).await;
    let other = "webhook.read,webhook.manage@other";
    for (method, path, body) in [
        ("GET", path.clone(), None),
        ("PATCH", path.clone(), Some(json!({"name": "mine"}))),
        ("POST", format!("{path}/secret"), None),
        ("POST", format!("{path}/test"), None),
        ("GET", format!("{path}/deliveries"), None),
        ("POST", format!("{path}/replay"), Some(json!({"since_ms": 0}))),
        ("DELETE", path.clone(), None),
    ] {
        assert_eq!(house.test.call(other, method, &path, body).await.status, 404, "{method} {path}");
    }
    assert_eq!(house.test.call(other, "GET", "/api/webhooks", None).await.json()["items"], json!([]));
    let wide = json!({"name": "a", "url": receiver.url(), "all_teams": true});
    let refused = house.test.call(other, "POST", "/api/webhooks", Some(wide)).await;
    assert_eq!((refused.status, refused.json()["code"].as_str()), (422, Some("bad_reach")));
    // Its own hears of its own team only.
    let own = json!({"name": "a", "url": receiver.url()});
    assert_eq!(house.test.call(other, "POST", "/api/webhooks", Some(own)).await.json()["all_teams"], false);
    assert_eq!(house.test.call("*", "DELETE", &path, None).await.status, 204);
    house.begin("ours").await;
    let elsewhere = TeamId(house.test.team.0.to_string().replace("0002", "0003").parse().unwrap());
    house.begin_of(elsewhere, "theirs").await;
    assert_eq!(receiver.wait(1).await[0].title(), "theirs");
}

#[tokio::test]
async fn who_is_stopped_in_mid_delivery_loses_nothing() {
    let patient = FeedSettings { timeout_ms: 600_000, ..settings() };
    let (house, receiver) = (House::open_with(patient.clone()).await, Receiver::start(Says::Status(200)).await);
    made(&house, &receiver.url()).await;
    receiver.say_next(&[Says::Status(200), Says::Status(200), Says::Hangs]);
    house.share(60).await;
    receiver.wait(3).await;
    let dir = house.dir.clone();
    drop(house);
    let before = receiver.got().len();
    let house = House::open_in(dir, patient).await;
    let all: BTreeSet<String> = (1..=60).map(|position| format!("evt_{position}_")).collect();
    let arrived = |got: &Got| all.iter().any(|id| got.header("webhook-id").starts_with(id.as_str()));
    for _ in 0..2_000 {
        let ids: BTreeSet<String> = receiver.got()[before..].iter().map(|got| got.header("webhook-id")).collect();
        if ids.len() == 60 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let ids: BTreeSet<String> =
        receiver.got().iter().filter(|got| arrived(got)).map(|got| got.header("webhook-id")).collect();
    assert_eq!(ids.len(), 60);
    drop(house);
}
