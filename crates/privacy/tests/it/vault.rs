//! Words in the event log under keys of their writers.

use app::{
    App, Keys,
    testing::TestApp,
    vault::{Doomed, Kept},
};
use eventlog::{Entry, EventLog, Options, Record};
use events::{Clock, DanmakuSent, Empty, Envelope, Event, Millis, OrgId, Source, SuperChatSent};
use std::{path::Path, sync::Arc};

const NOW: Millis = Millis(1_800_000_000_000);

fn said(org: OrgId, viewer: &str, text: &str) -> Envelope {
    let danmaku = DanmakuSent { nick: Some(format!("{text}的名字")), ..DanmakuSent::plain(text) };
    Envelope::new(NOW, Source::Viewer, org, Event::DanmakuSent(danmaku)).with_viewer(viewer.parse().expect("an id"))
}

async fn house() -> TestApp {
    TestApp::new(|_| Vec::new()).await.expect("a program")
}

fn entries(app: &App) -> Vec<Entry> {
    app.log.read(1).map(|entry| entry.expect("a record")).collect()
}

/// Every event of the log as a reader has it: the text, or that it is gone.
async fn read(app: &App) -> Vec<String> {
    let events = app.read(&entries(app)).await.expect("the events");
    let words = events.into_iter().map(|(_, event)| match event.event {
        _ if event.erased => "(erased)".to_owned(),
        Event::DanmakuSent(danmaku) => format!("{} {}", danmaku.text, danmaku.nick.unwrap_or_default()),
        Event::SuperChatSent(chat) => chat.text,
        other => other.name().into_owned(),
    });
    words.collect()
}

/// The same database and log folder, opened as another start would.
async fn another(dir: &Path, log: &str, secret: u8) -> App {
    let store = store::Store::open(&store::testing::url(dir)).await.expect("the database");
    store.migrate(&[app::vault::TABLES]).await.expect("tables");
    let log = EventLog::open(&dir.join(log), Options::default()).expect("a log");
    App::new(store, log, Clock::system(), Keys::from_secret([secret; 32]), dir.to_owned())
}

#[tokio::test]
async fn words_stand_sealed_in_the_log_and_are_read_again() {
    let house = house().await;
    let (app, org) = (&house.app, house.org);
    let paid = Event::SuperChatSent(SuperChatSent { text: "我的电话".into(), price_milli: 1 });
    let nobodys = Envelope::new(NOW, Source::Import, org, paid);
    app.append(&[said(org, "a", "你好"), said(org, "b", "大家好"), nobodys]).await.expect("acknowledged");
    for entry in entries(app) {
        let text = String::from_utf8_lossy(&entry.payload).into_owned();
        assert!(text.contains("\"sealed\":\"") && text.contains("\"text\":\"\""), "{text}");
        assert!(!text.contains("好") && !text.contains("名字") && !text.contains("电话"), "{text}");
    }
    assert_eq!(read(app).await, ["你好 你好的名字", "大家好 大家好的名字", "我的电话"]);
}

#[tokio::test]
async fn what_was_written_before_is_read_as_it_stands() {
    let house = house().await;
    let plain = said(house.org, "a", "旧").encode();
    house.app.log.append(vec![Record::new(1, plain), Record::new(1, "no event")]).await.expect("acknowledged");
    assert_eq!(read(&house.app).await, ["旧 旧的名字"]);
}

#[tokio::test]
async fn a_destroyed_key_takes_its_words_and_no_others() {
    let house = house().await;
    let (app, org, other) = (&house.app, house.org, OrgId::new());
    app.append(&[said(org, "a", "一"), said(org, "b", "二"), said(other, "a", "三")]).await.expect("acknowledged");
    app.append(&[Envelope::new(NOW, Source::Server, org, Event::RoomShared(Empty {}))]).await.expect("acknowledged");
    let gone = Doomed::Person { org, person: "a", before: app.log.last() };
    assert_eq!(app.vault.destroy(&gone).await.expect("destroyed"), 1);
    assert_eq!(app.vault.destroy(&gone).await.expect("destroyed"), 0, "a second time");
    app.append(&[said(org, "a", "四")]).await.expect("acknowledged");
    // Seen again after a crash: what was written since is not meant.
    assert_eq!(app.vault.destroy(&gone).await.expect("destroyed"), 0);
    let words = ["(erased)", "二 二的名字", "三 三的名字", "RoomShared", "四 四的名字"];
    assert_eq!(read(app).await, words);
}

#[tokio::test]
async fn keys_outlive_a_restart_and_belong_to_the_installation() {
    let dir = tempfile::tempdir().expect("a folder");
    let org = OrgId::new();
    let first = another(dir.path(), "log", 1).await;
    first.append(&[said(org, "a", "一")]).await.expect("acknowledged");
    drop(first);
    let stranger = another(dir.path(), "log", 2).await;
    assert_eq!(read(&stranger).await, ["(erased)"], "another secret opens nothing");
    stranger.append(&[said(org, "a", "二")]).await.expect("acknowledged");
    assert_eq!(read(&stranger).await, ["(erased)", "二 二的名字"], "and goes on with keys of its own");
    drop(stranger);
    assert_eq!(read(&another(dir.path(), "log", 1).await).await, ["一 一的名字", "(erased)"]);
}

#[tokio::test]
async fn two_who_make_a_key_at_once_have_the_same() {
    let dir = tempfile::tempdir().expect("a folder");
    let org = OrgId::new();
    let (one, two) = (another(dir.path(), "one", 1).await, another(dir.path(), "two", 1).await);
    for round in 0..20 {
        let words: Vec<Envelope> = (0..10).map(|n| said(org, &format!("{round}-{n}"), "好")).collect();
        let (first, second) = tokio::join!(one.append(&words), two.append(&words));
        first.and(second).expect("acknowledged");
    }
    let keys =
        one.vault.count(&Doomed::Periods { org, before: i32::MAX, kept: &Kept::default() }).await.expect("a number");
    assert_eq!(keys, 200);
    let of_the_other = entries(&two);
    let events = one.read(&of_the_other).await.expect("the events");
    assert!(events.iter().all(|(_, event)| !event.erased) && events.len() == 200);
}

#[tokio::test]
async fn a_crowd_that_writes_for_the_first_time_is_served() {
    let house = house().await;
    let org = house.org;
    let many: Vec<_> = (0..40)
        .map(|batch| {
            let app = house.app.clone();
            let words: Vec<Envelope> = (0..100).map(|n| said(org, &format!("{batch}-{n}"), "好")).collect();
            tokio::spawn(async move { app.append(&words).await })
        })
        .collect();
    for batch in many {
        batch.await.expect("no panic").expect("acknowledged");
    }
    assert_eq!(read(&house.app).await, vec!["好 好的名字"; 4_000]);
}

#[tokio::test]
async fn words_that_were_tampered_with_are_not_shown() {
    let house = house().await;
    let (app, org) = (&house.app, house.org);
    app.append(&[said(org, "a", "一"), said(org, "a", "二")]).await.expect("acknowledged");
    let sealed: Vec<Envelope> =
        entries(app).iter().map(|entry| Envelope::decode(&entry.payload).expect("it")).collect();
    let elsewhere = sealed[0].clone().at(NOW.plus_ms(1));
    let cut = Envelope { sealed: sealed[0].sealed.as_ref().map(|text| text[..40].to_owned()), ..sealed[0].clone() };
    let nonsense = Envelope { sealed: Some("%%%".into()), ..sealed[0].clone() };
    for bad in [elsewhere, cut, nonsense] {
        app.log.append(vec![Record::new(1, bad.encode())]).await.expect("acknowledged");
    }
    let words = ["一 一的名字", "二 二的名字", "(erased)", "(erased)", "(erased)"];
    assert_eq!(read(app).await, words);
}

#[tokio::test]
async fn whole_periods_are_forgotten() {
    let house = house().await;
    let (app, org) = (&house.app, house.org);
    let month = app::vault::PERIOD_MS;
    let old = Envelope { received_at: NOW.plus_ms(-month), ..said(org, "a", "旧") };
    app.append(&[old, said(org, "a", "新")]).await.expect("acknowledged");
    let kept = Kept::default();
    let doomed = Doomed::Periods { org, before: app::vault::period_of(NOW), kept: &kept };
    assert_eq!(app.vault.count(&doomed).await.expect("a number"), 1);
    assert_eq!(app.vault.destroy(&doomed).await.expect("destroyed"), 1);
    assert_eq!(read(app).await, ["(erased)", "新 新的名字"]);
}

#[tokio::test]
async fn readers_who_race_with_the_destroying_of_a_key_keep_none() {
    let house = Arc::new(house().await);
    let org = house.org;
    for round in 0..10 {
        let person = format!("r{round}");
        house.app.append(&[said(org, &person, "好")]).await.expect("acknowledged");
        let reader = {
            let house = house.clone();
            tokio::spawn(async move { read(&house.app).await.len() })
        };
        let before = house.app.log.last() + 1;
        house.app.vault.destroy(&Doomed::Person { org, person: &person, before }).await.expect("destroyed");
        reader.await.expect("no panic");
        assert_eq!(read(&house.app).await.last().map(String::as_str), Some("(erased)"));
    }
}
