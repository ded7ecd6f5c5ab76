//! Danmaku of a part of a show, as a replay asks for them.

use crate::http_show::Show;
use events::{BroadcastId, DanmakuSent, Millis, Source};
use room::danmaku::store::{self, Danmaku};
use serde_json::json;

async fn archive(show: &Show, broadcast: BroadcastId, started_at: Millis) {
    let row = |position, text: &str, at_ms: i64, offset_ms: Option<i64>| Danmaku {
        position,
        room: show.room,
        broadcast: Some(broadcast),
        occurred_at: Millis(started_at.0 + at_ms),
        viewer: "0ea1ff82a155".parse().expect("a viewer"),
        source: Source::Viewer,
        key: None,
        erased: false,
        sent: DanmakuSent { offset_ms, nick: Some("Li".into()), ..DanmakuSent::plain(text) },
    };
    let danmaku = vec![
        row(1, "second", 61_000, None),
        row(2, "first", 60_000, None),
        row(3, "a recording's", 9_000_000, Some(60_500)),
        row(4, "later", 120_000, None),
        row(5, "before air", -1, None),
    ];
    store::insert(&show.program.app.store, danmaku).await.expect("an archive");
}

#[tokio::test]
async fn a_window_holds_what_was_said_in_it_in_the_order_of_time() {
    let show = Show::new().await;
    show.publish().await;
    let view = show.rooms.view(show.room).await.expect("a database").expect("a room");
    let broadcast = view.broadcast.clone().expect("a show");
    archive(&show, broadcast.id, broadcast.started_at).await;
    let token = show.token(None).await;
    let path = |id: BroadcastId, window: &str| format!("/api/public/broadcasts/{id}/danmaku?{window}&token={token}");

    let answer = show.program.get(&path(broadcast.id, "from_ms=60000&to_ms=120000")).await;
    let said = |offset_ms: i64, text: &str| json!({"offset_ms": offset_ms, "text": text, "nick": "Li", "mode": 1, "color": 0xff_ffff});
    assert_eq!(answer.json(), json!([said(60_000, "first"), said(60_500, "a recording's"), said(61_000, "second")]));
    let early = show.program.get(&path(broadcast.id, "from_ms=-60000&to_ms=0")).await;
    assert_eq!(early.json(), json!([said(-1, "before air")]));

    for (window, code) in [("from_ms=0&to_ms=0", "bad_window"), ("from_ms=0&to_ms=600001", "bad_window")] {
        assert_eq!(show.program.get(&path(broadcast.id, window)).await.json()["code"], code, "{window}");
    }
    let unknown = show.program.get(&path(BroadcastId::new(), "from_ms=0&to_ms=1")).await;
    assert_eq!(unknown.json()["code"], "broadcast_not_found");
    let bare = format!("/api/public/broadcasts/{}/danmaku?from_ms=0&to_ms=1", broadcast.id);
    assert_eq!(show.program.get(&bare).await.json()["code"], "token_required");
    let (_, other) =
        (show.program.org, show.rooms.create(show.program.org, show.program.team, "next door", false).await);
    let other = other.expect("a database").expect("a room").0.id;
    let answer = show.program.call("", "POST", &format!("/api/rooms/{other}/viewer-token"), Some(json!({}))).await;
    let foreign = answer.json()["token"].as_str().expect("a token").to_owned();
    assert_eq!(show.program.get(&format!("{bare}&token={foreign}")).await.json()["code"], "token_invalid");
}
