//! The danmaku archive as files of every format, and what is searched for in it.

use crate::http_show::Show;
use events::{BroadcastId, DanmakuSent, Millis, Source};
use room::danmaku::store::{self, Danmaku};

async fn said(show: &Show, broadcast: BroadcastId, started_at: Millis, count: u64) {
    let texts = ["好看 HAO", "100% 真的", "主播 hao 好看", "=1+1", "snake_case"];
    let row = |position: u64| {
        let text = texts[position as usize % texts.len()];
        let sent = DanmakuSent {
            nick: position.is_multiple_of(2).then(|| "Li_1".into()),
            mode: if position.is_multiple_of(3) { 5 } else { 1 },
            ..DanmakuSent::plain(text)
        };
        Danmaku {
            position,
            room: show.room,
            broadcast: Some(broadcast),
            occurred_at: started_at.plus_ms(position as i64 * 1_000 - 2_000),
            viewer: if position.is_multiple_of(2) { "even" } else { "odd" }.parse().expect("a viewer"),
            source: Source::Viewer,
            key: None,
            erased: false,
            sent,
        }
    };
    store::insert(&show.program.app.store, (1..=count).map(row).collect()).await.expect("an archive");
}

async fn show_with(count: u64) -> (Show, BroadcastId) {
    let show = Show::new().await;
    show.publish().await;
    let view = show.rooms.view(show.room).await.expect("a database").expect("a room");
    let broadcast = view.broadcast.clone().expect("a show");
    said(&show, broadcast.id, broadcast.started_at, count).await;
    (show, broadcast.id)
}

#[tokio::test]
async fn every_format_holds_every_row() {
    // More than one chunk.
    let count = 4_500;
    let (show, id) = show_with(count).await;
    let file = async |format: &str| show.program.get(&format!("/api/broadcasts/{id}/danmaku?format={format}")).await;
    let json = file("json").await;
    assert_eq!(json.json()["items"].as_array().map(Vec::len), Some(count as usize));
    let text = |body: &[u8]| String::from_utf8(body.to_vec()).expect("text");
    let csv = file("csv").await;
    assert_eq!(text(&csv.body).lines().count(), count as usize + 1);
    assert!(text(&csv.body).contains("\"'=1+1\""));
    assert_eq!(text(&file("xml").await.body).matches("<d p=").count(), count as usize);
    // One was said before air, and is not shown over the picture.
    assert_eq!(text(&file("ass").await.body).matches("\nDialogue: ").count(), count as usize - 1);
    let xlsx = file("xlsx").await;
    assert!(xlsx.body.starts_with(b"PK"));
    let named = format!("attachment; filename=\"danmaku-{id}.xlsx\"");
    assert_eq!(xlsx.headers["content-disposition"], named.as_str());
    let unknown = file("doc").await;
    assert_eq!((unknown.status, &unknown.json()["code"]), (400, &"bad_format".into()));
}

#[tokio::test]
async fn words_viewers_kinds_and_times_are_found() {
    let (show, id) = show_with(30).await;
    let positions = async |query: &str| -> Vec<u64> {
        let answer = show.program.get(&format!("/api/broadcasts/{id}/danmaku?limit=100&{query}")).await;
        let items = answer.json()["items"].as_array().expect("a list").clone();
        items.iter().filter_map(|item| item["position"].as_u64()).collect()
    };
    let all = |wanted: fn(u64) -> bool| (1..=30).filter(|n| wanted(*n)).collect::<Vec<u64>>();
    assert_eq!(positions("q=hao").await, all(|n| matches!(n % 5, 0 | 2)), "small and capital letters are one");
    assert_eq!(positions("q=%E5%A5%BD%E7%9C%8B%20%E4%B8%BB%E6%92%AD").await, all(|n| n % 5 == 2), "every word");
    assert_eq!(positions("q=%25").await, all(|n| n % 5 == 1), "a wildcard is a sign");
    assert_eq!(positions("q=e_c").await, all(|n| n % 5 == 4));
    assert_eq!(positions("q=li_1").await, all(|n| n % 2 == 0), "nicknames are searched");
    assert_eq!(positions("viewer=odd&mode=5").await, all(|n| n % 2 == 1 && n % 3 == 0));
    assert_eq!(positions("from_ms=0&to_ms=3000").await, [2, 3, 4]);
    assert_eq!(positions("to_ms=0").await, [1], "before air");
    let csv = show.program.get(&format!("/api/broadcasts/{id}/danmaku?format=csv&viewer=odd&q=hao")).await;
    assert_eq!(
        String::from_utf8_lossy(&csv.body).lines().count(),
        1 + all(|n| matches!(n % 5, 0 | 2) && n % 2 == 1).len()
    );
}
