//! Danmaku of all rooms and shows, searched.

use crate::http_show::Show;
use events::{BroadcastId, DanmakuSent, Millis, RoomId, Source};
use proptest::{
    prelude::*,
    strategy::ValueTree,
    test_runner::{Config, TestRng, TestRunner},
};
use room::danmaku::{
    search::store::{Wanted, at, candidates, fill, forget_terms},
    store::{self, Danmaku},
};
use sea_orm::ConnectionTrait;
use serde_json::{Value, json};

fn said(position: u64, room: RoomId, broadcast: Option<BroadcastId>, text: &str) -> Danmaku {
    Danmaku {
        position,
        room,
        broadcast,
        occurred_at: Millis(1_600_000_000_000 + position as i64 * 1_000),
        viewer: if position.is_multiple_of(2) { "even" } else { "odd" }.parse().expect("a viewer"),
        source: Source::Viewer,
        key: None,
        erased: false,
        sent: DanmakuSent { mode: if position.is_multiple_of(3) { 5 } else { 1 }, ..DanmakuSent::plain(text) },
    }
}

const TEXTS: [&str; 12] = [
    "主播今天真好看",
    "嘉然我是你的狗",
    "直播開始了吗",
    "７７７７７",
    "Hello World",
    "hell 主播",
    "👍🏻👍🏻",
    "100% %_ \\",
    "好看 主播",
    "优惠 券呢",
    "优惠券呢",
    "x",
];

async fn show_with(texts: &[&str]) -> Show {
    let show = Show::new().await;
    let rows = (1..).zip(texts).map(|(position, text)| said(position, show.room, None, text)).collect();
    store::insert(&show.program.app.store, rows).await.expect("an archive");
    show
}

fn encoded(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

impl Show {
    async fn search(&self, who: &str, query: &str) -> Value {
        let answer = self.program.call(who, "GET", &format!("/api/danmaku/search?{query}"), None).await;
        assert_eq!(answer.status, 200, "{query}: {}", answer.text());
        answer.json()
    }

    async fn positions(&self, query: &str) -> Vec<u64> {
        let page = self.search("*", query).await;
        let items = page["items"].as_array().expect("a list").iter();
        items.map(|item| item["position"].as_u64().expect("a position")).collect()
    }

    async fn found(&self, q: &str) -> Vec<u64> {
        self.positions(&format!("q={}", encoded(q))).await
    }
}

#[tokio::test]
async fn words_phrases_signs_and_letters_are_found() {
    let show = show_with(&TEXTS).await;
    for (q, positions) in [
        ("主播好看", vec![9, 1]),
        ("\"主播好看\"", vec![]),
        ("\"好看 主播\"", vec![9]),
        ("嘉然", vec![2]),
        ("直播开始", vec![3]),
        ("直播開始", vec![3]),
        ("777", vec![4]),
        ("７７", vec![4]),
        ("77777777", vec![]),
        ("HELL", vec![6, 5]),
        ("ello wor", vec![5]),
        ("👍", vec![7]),
        ("👍🏻", vec![7]),
        ("%", vec![8]),
        ("%_", vec![8]),
        ("\\", vec![8]),
        ("优惠券", vec![11]),
        ("优惠 券", vec![11, 10]),
        ("播", vec![9, 6, 3, 1]),
        ("x", vec![12]),
        ("不存在的", vec![]),
    ] {
        assert_eq!(show.found(q).await, positions, "{q}");
    }
    let page = show.search("*", &format!("q={}", encoded("主播真好看"))).await;
    assert_eq!(page["items"][0]["marks"], json!([[0, 2], [4, 7]]), "{page}");
    assert_eq!((&page["items"][0]["room_title"], &page["indexing"]), (&json!("Evening show 晚场"), &json!(false)));
}

#[tokio::test]
async fn hostile_queries_are_answered() {
    let show = show_with(&TEXTS).await;
    let all: Vec<u64> = (1..=12).rev().collect();
    for empty in ["", " ", "\"\"", "\u{3000}", "“”"] {
        assert_eq!(show.found(empty).await, all, "everything, the newest first: {empty:?}");
    }
    for nothing in
        ["' OR 1=1 --", "a* NEAR(b c)", "x1f OR x2f", "terms:a", "{}[]()^$", "\0", "\"", "-x +y", "\u{202e}a\u{200b}b"]
    {
        let found = show.found(nothing).await;
        assert!(found.is_empty() || nothing == "\"", "{nothing:?}: {found:?}");
    }
    let many: String = (0..40).map(|n| format!("w{n} ")).collect();
    for (query, code) in [
        (format!("q={}", encoded(&"字".repeat(201))), "query_too_long"),
        (format!("q={}", encoded(&many)), "query_too_many_words"),
        ("after=x".to_owned(), "bad_cursor"),
        ("after=-1".to_owned(), "bad_cursor"),
        ("room=1".to_owned(), "bad_request"),
        ("limit=-1".to_owned(), "bad_request"),
        ("limit=0".to_owned(), "bad_request"),
        ("limit=201".to_owned(), "bad_request"),
    ] {
        let answer = show.program.get(&format!("/api/danmaku/search?{query}")).await;
        assert_eq!((answer.status, &answer.json()["code"]), (400, &json!(code)), "{query}");
    }
    // As long as a query gets, of somebody whose team has many rooms.
    let wanted = Wanted { terms: (0..80).collect(), any_of: vec![(0..201).collect()] };
    assert_eq!(
        candidates(show.program.app.store.read(), &wanted, u64::MAX, 10).await.expect("an answer"),
        Vec::<u64>::new()
    );
    assert_eq!(show.program.call("", "GET", "/api/danmaku/search", None).await.status, 401);
}

#[tokio::test]
async fn pages_follow_each_other_without_a_gap() {
    let texts: Vec<String> = (0..1_300).map(|n| if n % 3 == 0 { "好看".into() } else { format!("第{n}条") }).collect();
    let show = show_with(&texts.iter().map(String::as_str).collect::<Vec<_>>()).await;
    for (q, expected) in [("好看", 434), ("", 1_300)] {
        let (mut after, mut all) = (String::new(), Vec::new());
        loop {
            let page = show.search("*", &format!("q={}&limit=70{after}", encoded(q))).await;
            let items = page["items"].as_array().expect("a list");
            all.extend(items.iter().filter_map(|item| item["position"].as_u64()));
            let Some(next) = page["next"].as_str() else { break };
            after = format!("&after={next}");
        }
        assert_eq!(all.len(), expected, "{q}");
        assert!(all.is_sorted_by(|newer, older| newer > older), "{q}");
    }
}

#[tokio::test]
async fn filters_narrow_and_another_team_sees_nothing() {
    let show = Show::new().await;
    let other = show.rooms.create(show.program.org, show.program.team, "next door", false).await;
    let other = other.expect("a database").expect("a room").0.id;
    let broadcast = BroadcastId::new();
    let rows = (1..=30).map(|n| match n % 3 {
        0 => said(n, other, Some(broadcast), "好看"),
        _ => said(n, show.room, None, "好看"),
    });
    store::insert(&show.program.app.store, rows.collect()).await.expect("an archive");
    let q = format!("q={}", encoded("好看"));
    let all = |fits: fn(u64) -> bool| (1..=30).rev().filter(|n| fits(*n)).collect::<Vec<u64>>();
    for (filter, expected) in [
        (format!("room={other}"), all(|n| n % 3 == 0)),
        (format!("broadcast={broadcast}"), all(|n| n % 3 == 0)),
        (format!("room={}&viewer=odd", show.room), all(|n| n % 3 != 0 && n % 2 == 1)),
        ("mode=5".to_owned(), all(|n| n % 3 == 0)),
        ("from=1600000010000&to=1600000020000".to_owned(), all(|n| (10..20).contains(&n))),
        (format!("room={}", RoomId::new()), vec![]),
    ] {
        assert_eq!(show.positions(&format!("{q}&{filter}")).await, expected, "{filter}");
        assert_eq!(show.positions(&filter).await, expected, "without words: {filter}");
    }
    for filter in [String::new(), format!("room={other}"), "viewer=odd".to_owned()] {
        let page = show.search("*@other", &format!("{q}&{filter}")).await;
        assert_eq!(page["items"], json!([]), "{filter}");
    }
}

#[tokio::test]
async fn the_index_holds_every_row_once_however_it_came_there() {
    let show = show_with(&TEXTS).await;
    let store = &show.program.app.store;
    // The archive's reaction may hand over a batch again.
    let again = (1..).zip(TEXTS).map(|(position, text)| said(position, show.room, None, text)).collect();
    store::insert(store, again).await.expect("an archive");
    assert_eq!(show.found("播").await, [9, 6, 3, 1]);

    // As if it had been made by an older program, or never: a database that was moved.
    let tx = store.begin().await.expect("a transaction");
    tx.execute_unprepared("UPDATE room_danmaku_index_at SET version = -1").await.expect("an update");
    tx.commit().await.expect("a commit");
    store::insert(store, vec![said(20, show.room, None, "播了")]).await.expect("an archive");
    while fill(store, 5).await.expect("an index") > 0 {
        store::insert(store, vec![said(21, show.room, None, "播完了")]).await.expect("an archive");
    }
    assert_eq!(at(store.read()).await.expect("a database"), Some(21));
    assert_eq!(show.found("播").await, [21, 20, 9, 6, 3, 1]);
    assert_eq!(show.search("*", "q=x").await["indexing"], json!(false));

    let tx = store.begin().await.expect("a transaction");
    forget_terms(tx.db(), &[20, 9]).await.expect("forgotten");
    tx.commit().await.expect("a commit");
    assert_eq!(show.found("播").await, [21, 6, 3, 1]);
}

/// Whatever two characters stand side by side in a text, a plain scan and the index find the same texts by them.
#[tokio::test]
async fn the_index_finds_what_a_scan_finds() {
    let mut runner = TestRunner::new_with_rng(Config::default(), TestRng::deterministic_rng(Default::default()));
    let text = "[主播好看嘉然啊哈开7a 👍]{1,14}";
    let texts: Vec<String> = (0..400)
        .map(|_| text.new_tree(&mut runner).expect("a text").current())
        .filter(|text: &String| !text.trim().is_empty())
        .collect();
    let show = show_with(&texts.iter().map(String::as_str).collect::<Vec<_>>()).await;
    for number in 0..60 {
        let chars: Vec<char> = texts[number * 5].chars().collect();
        let part: String = chars.iter().skip(number % 3).take(2 + number % 4).collect();
        if part.contains(' ') || part.is_empty() {
            continue;
        }
        let scan: Vec<u64> = (1..).zip(&texts).filter(|(_, text)| text.contains(&part)).map(|(at, _)| at).collect();
        let (exact, split) = (
            show.positions(&format!("limit=200&q={}", encoded(&format!("\"{part}\"")))).await,
            show.positions(&format!("limit=200&q={}", encoded(&part))).await,
        );
        assert_eq!(exact, scan.iter().rev().copied().collect::<Vec<_>>(), "{part}");
        assert!(scan.iter().all(|at| split.contains(at)), "{part}");
    }
}
