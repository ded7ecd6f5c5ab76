//! The routes on a running program: read your writes, restarts, scopes, refusals.

use crate::histories::{BEGIN, broadcast};
use analytics::{Analytics, BroadcastRef, Broadcasts};
use app::{Scope, testing::TestApp};
use async_trait::async_trait;
use events::*;
use serde_json::{Value, json};
use std::sync::Arc;
use uuid::Uuid;

/// Broadcasts 1 and 2 are the test team's.
struct Mine;

#[async_trait]
impl Broadcasts for Mine {
    async fn find(&self, scope: Scope, id: BroadcastId) -> anyhow::Result<Option<BroadcastRef>> {
        let team: TeamId = "01900000-0000-7000-8000-000000000002".parse()?;
        let mine = scope.covers(scope.org, team) && [broadcast(1), broadcast(2)].contains(&id);
        let (room, started_at) = (RoomId(Uuid::from_u128(9)), Millis(BEGIN));
        Ok(mine.then_some(BroadcastRef { room, started_at, ended_at: None, import: false }))
    }
}

async fn program(dir: &Arc<tempfile::TempDir>, clock: &Clock) -> TestApp {
    TestApp::in_dir(dir.clone(), clock.clone(), |app| vec![Analytics::new(app.clone(), Arc::new(Mine)).feature()])
        .await
        .expect("a program")
}

fn show(app: &TestApp, at_s: i64, viewer: u8, event: Event) -> Envelope {
    let viewer: ViewerId = format!("v{viewer}").parse().expect("a viewer");
    let envelope = Envelope::new(Millis(BEGIN + at_s * 1000), Source::Server, app.org, event);
    envelope.with_broadcast(Some(broadcast(1))).with_viewer(viewer)
}

fn entry(n: u8) -> EntryId {
    EntryId(Uuid::from_u128(0xe0 + u128::from(n)))
}

fn entered(n: u8) -> Event {
    Event::ViewerEntered(ViewerEntered { entry: entry(n), kind: ViewerKind::Web, fan_level: None })
}

fn beat(n: u8) -> Event {
    Event::ViewerHeartbeat(ViewerHeartbeat { entry: entry(n), kind: ViewerKind::Web, played_ms: 9_000 })
}

fn begin(app: &TestApp) -> Vec<Envelope> {
    vec![
        show(app, 0, 0, Event::BroadcastStarted(BroadcastStarted { title: "show".into(), platform: None })),
        show(app, 1, 1, entered(1)),
        show(app, 2, 2, entered(2)),
        show(app, 5, 1, Event::DanmakuSent(DanmakuSent::plain("hi"))),
        show(app, 11, 1, beat(1)),
    ]
}

fn end(app: &TestApp) -> Envelope {
    show(app, 60, 0, Event::BroadcastEnded(BroadcastEnded { reason: EndReason::Operator }))
}

async fn metric(app: &TestApp, id: &str) -> (Value, Value) {
    let answer = app.get(&format!("/api/metrics?ids={id}&broadcast={}", broadcast(1))).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    let json = answer.json();
    (json[0]["live"].clone(), json[0]["settled"].clone())
}

fn folder() -> Arc<tempfile::TempDir> {
    Arc::new(tempfile::tempdir().expect("a folder"))
}

#[tokio::test]
async fn what_was_acknowledged_is_in_the_next_answer() {
    let clock = Clock::manual(Millis(BEGIN + 20_000));
    let app = program(&folder(), &clock).await;
    app.app.append(&begin(&app)).await.expect("appends");
    assert_eq!(metric(&app, "view_uv").await, (json!(2), Value::Null));
    assert_eq!(metric(&app, "online").await, (json!(2), Value::Null));
    assert_eq!(metric(&app, "danmaku_per_min").await, (json!(3.0), Value::Null));
    assert_eq!(metric(&app, "watch_time").await, (json!(9.0), Value::Null));
    clock.set(Millis(BEGIN + 35_000));
    assert_eq!(metric(&app, "online").await, (json!(1), Value::Null));
    clock.set(Millis(BEGIN + 90_000));
    app.app.append(&[end(&app)]).await.expect("appends");
    assert_eq!(metric(&app, "online").await, (json!(0), Value::Null));
    assert_eq!(metric(&app, "pcu").await, (json!(2), json!(2)));
    assert_eq!(metric(&app, "danmaku_per_min").await, (json!(1.0), json!(1.0)));
    // Late events change the settled value too.
    app.app.append(&[show(&app, 6, 2, Event::DanmakuSent(DanmakuSent::plain("late")))]).await.expect("appends");
    assert_eq!(metric(&app, "danmaku_count").await, (json!(2), json!(2)));
    assert_eq!(metric(&app, "interaction_rate_uv").await, (json!(1.0), json!(1.0)));
}

#[tokio::test]
async fn live_values_survive_a_restart() {
    let clock = Clock::manual(Millis(BEGIN + 20_000));
    let dir = folder();
    let app = program(&dir, &clock).await;
    app.app.append(&begin(&app)).await.expect("appends");
    assert_eq!(metric(&app, "view_uv").await.0, json!(2));
    // A copy of the folder as a kill would leave it: the log is there, the snapshot may not be.
    let copy = folder();
    let from = dir.path().join("log");
    std::fs::create_dir_all(copy.path().join("log")).expect("a folder");
    for file in std::fs::read_dir(from).expect("the log").flatten() {
        if file.file_type().expect("a type").is_file() {
            std::fs::copy(file.path(), copy.path().join("log").join(file.file_name())).expect("copies");
        }
    }
    let again = program(&copy, &clock).await;
    assert_eq!(metric(&again, "view_uv").await.0, json!(2));
    again.app.append(&[show(&app, 12, 3, entered(3)), show(&app, 12, 3, entered(3))]).await.expect("appends");
    assert_eq!(metric(&again, "view_uv").await.0, json!(3));
    assert_eq!(metric(&again, "view_pv").await.0, json!(3));
}

#[tokio::test]
async fn events_are_counted_by_name_for_the_organisation_and_the_broadcast() {
    let clock = Clock::manual(Millis(BEGIN + 20_000));
    let app = program(&folder(), &clock).await;
    let tracked = |name: &str| {
        let tracked = Tracked {
            call: "track".into(),
            name: name.into(),
            user_id: None,
            anonymous_id: None,
            properties: Default::default(),
            context: Default::default(),
            sent_at: None,
        };
        Envelope::new(Millis(BEGIN), Source::Collect, app.org, Event::Tracked(tracked))
    };
    let mut events = begin(&app);
    events.extend([tracked("order \"paid\""), tracked("order \"paid\""), tracked("other")]);
    app.app.append(&events).await.expect("appends");
    for (query, live, settled) in [
        ("event=order%20%22paid%22", json!(2), json!(2)),
        ("event=ViewerEntered", json!(2), json!(2)),
        ("event=nobody", json!(0), json!(0)),
        ("", json!(8), json!(8)),
    ] {
        let answer = app.get(&format!("/api/metrics?ids=events_total&{query}")).await.json();
        assert_eq!((&answer[0]["live"], &answer[0]["settled"]), (&live, &settled), "{query}");
    }
    let path = format!("/api/metrics?ids=events_total&event=ViewerEntered&broadcast={}", broadcast(1));
    assert_eq!(app.get(&path).await.json()[0]["live"], json!(2));
}

#[tokio::test]
async fn series_and_tiles_cover_the_show() {
    let clock = Clock::manual(Millis(BEGIN + 90_000));
    let app = program(&folder(), &clock).await;
    let mut events = begin(&app);
    events.push(show(&app, 20, 0, Event::StreamLost(StreamLost { clean: false })));
    app.app.append(&events).await.expect("appends");
    let path = format!(
        "/api/metrics/series?ids=online,danmaku_per_min,entries_per_min,pcu&broadcast={}&step_s=60",
        broadcast(1)
    );
    let answer = app.get(&path).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    let series = answer.json();
    assert_eq!((&series["from"], &series["to"]), (&json!(BEGIN), &json!(BEGIN + 90_000)));
    let first = BEGIN.div_euclid(60_000) * 60_000;
    assert_eq!(series["ids"]["entries_per_min"], json!([[first, 2.0], [first + 60_000, 0.0]]));
    assert_eq!(series["ids"]["pcu"][0], json!([first, 2.0]));
    let kinds: Vec<_> =
        series["markers"].as_array().expect("markers").iter().map(|marker| marker["kind"].clone()).collect();
    assert_eq!(kinds, [json!("broadcast_started"), json!("stream_lost")]);

    let tiles = app.get(&format!("/api/metrics/live?broadcast={}", broadcast(1))).await.json();
    let tile = |id: &str| tiles.as_array().expect("tiles").iter().find(|tile| tile["id"] == id).cloned().expect(id);
    assert_eq!(tile("view_pv")["value"], json!(2));
    assert_eq!(tile("view_pv")["last_10m"], json!(2.0));
    assert_eq!(tile("view_pv")["previous_10m"], json!(0.0));
    assert_eq!(tile("danmaku_count")["spark"].as_array().map(Vec::len), Some(30));
}

#[tokio::test]
async fn refusals_name_what_is_wrong() {
    let app = program(&folder(), &Clock::system()).await;
    let id = broadcast(1);
    for (who, path, status, code) in [
        ("*", format!("/api/metrics?ids=view_uv,gmv&broadcast={id}"), 400, "unknown_metric"),
        ("*", "/api/metrics?ids=view_uv".into(), 400, "broadcast_required"),
        ("*", format!("/api/metrics?ids=,&broadcast={id}"), 400, "bad_request"),
        ("*", "/api/metrics?ids=view_uv&broadcast=nonsense".into(), 400, "bad_request"),
        ("*", format!("/api/metrics?ids=view_uv&broadcast={}", broadcast(3)), 404, "not_found"),
        ("*@other", format!("/api/metrics?ids=view_uv&broadcast={id}"), 404, "not_found"),
        ("*@other", format!("/api/metrics/series?ids=online&broadcast={id}"), 404, "not_found"),
        ("*@other", format!("/api/metrics/live?broadcast={id}"), 404, "not_found"),
        ("room.read", format!("/api/metrics?ids=view_uv&broadcast={id}"), 403, "forbidden"),
        ("", "/api/metrics/dictionary".into(), 401, "unauthenticated"),
        ("*", format!("/api/metrics/series?ids=avg_watch_pv&broadcast={id}"), 400, "no_series"),
        ("*", format!("/api/metrics/series?ids=online&broadcast={id}&step_s=7"), 400, "bad_step"),
    ] {
        let answer = app.call(who, "GET", &path, None).await;
        assert_eq!(
            (answer.status, answer.json()["code"].as_str()),
            (status, Some(code)),
            "{who} {path}: {}",
            answer.text()
        );
    }
    let dictionary = app.get("/api/metrics/dictionary").await.json();
    assert_eq!(dictionary.as_array().map(Vec::len), Some(analytics::metrics::LIST.len()));
}

#[tokio::test]
async fn a_show_without_events_has_noughts_and_nulls() {
    let app = program(&folder(), &Clock::manual(Millis(BEGIN + 30_000))).await;
    let path = format!(
        "/api/metrics?ids=view_pv,interaction_rate_uv,watch_time,acu,danmaku_per_min&broadcast={}",
        broadcast(2)
    );
    let answer = app.get(&path).await.json();
    let live: Vec<_> = answer.as_array().expect("values").iter().map(|value| value["live"].clone()).collect();
    assert_eq!(live, [json!(0), Value::Null, json!(0.0), json!(0.0), json!(0.0)]);
}
