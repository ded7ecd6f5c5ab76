//! The same numbers from plain SQL over the events as rows.

use crate::{
    conformance::{fold, values},
    histories::{History, any_order, broadcast},
};
use analytics::{state::BroadcastState, view::Number};
use events::*;
use proptest::{prelude::*, test_runner::TestRunner};
use sea_orm::{ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DbBackend, Statement};
use std::{collections::BTreeMap, fmt::Write};

const SQL: &str = "
WITH RECURSIVE
  show AS (
    SELECT (SELECT t FROM e WHERE kind = 'start' ORDER BY pos LIMIT 1) AS s,
           CASE WHEN (SELECT MAX(import) FROM e) = 1 THEN (SELECT MAX(t) FROM e WHERE kind <> 'end')
                ELSE (SELECT t FROM e WHERE kind = 'end') END AS f,
           (SELECT MAX(import) FROM e) AS import),
  air AS (SELECT e.*, COALESCE(e.offs, e.t - show.s) >= 0 AS on_air FROM e, show),
  own AS (SELECT * FROM air WHERE kind = 'enter' AND (import = 1 OR NOT EXISTS (
    SELECT 1 FROM e AS first WHERE first.kind = 'enter' AND first.entry = air.entry AND first.pos < air.pos))),
  facts AS (
    SELECT (SELECT COUNT(*) FROM own) AS pv,
           (SELECT COUNT(DISTINCT viewer) FROM own) AS uv,
           (SELECT COUNT(DISTINCT viewer) FROM air WHERE kind IN ('like', 'gift', 'share', 'follow') OR (kind = 'danmaku' AND on_air)) AS doers,
           (SELECT CASE WHEN show.import = 1 AND COUNT(*) = 0 THEN NULL ELSE COALESCE(SUM(n), 0) / 1000.0 END FROM e WHERE kind = 'beat') AS watch,
           (SELECT COUNT(*) FROM air WHERE kind = 'danmaku' AND on_air) AS danmaku,
           (SELECT COUNT(*) FROM air WHERE kind = 'danmaku' AND NOT on_air) AS before_air,
           CASE WHEN show.f > show.s THEN (show.f - show.s) / 60000.0 END AS minutes
    FROM show),
  moments(at) AS (
    SELECT (s + 9999) / 10000 * 10000 FROM show WHERE import = 0 AND (s + 9999) / 10000 * 10000 <= f
    UNION ALL SELECT at + 10000 FROM moments, show WHERE at + 10000 <= f),
  latest AS (
    SELECT at, entry, viewer, kind, t,
           ROW_NUMBER() OVER (PARTITION BY at, entry ORDER BY t DESC, pos DESC) AS nth,
           MAX(kind = 'enter') OVER (PARTITION BY at, entry) AS entered
    FROM moments JOIN e ON e.t <= moments.at AND e.kind IN ('enter', 'beat', 'left')),
  curve AS (
    SELECT at, (SELECT COUNT(DISTINCT viewer) FROM latest
                WHERE latest.at = moments.at AND nth = 1 AND entered AND kind <> 'left' AND t > moments.at - 30000) AS online
    FROM moments),
  judged AS (
    SELECT viewer, entry, n, ROW_NUMBER() OVER (PARTITION BY entry ORDER BY t DESC, pos DESC) AS nth FROM e WHERE kind = 'judged'),
  p AS (SELECT * FROM said WHERE entry NOT IN (SELECT entry FROM judged WHERE nth = 1 AND n = 2)),
  plays AS (
    SELECT entry, play, MAX(stalls > 0) AS stalled, MAX(played > 0 OR frames > 0 OR first IS NOT NULL) AS shown, MIN(first) AS first
    FROM p GROUP BY entry, play),
  told(id, value) AS (
    SELECT 'first_frame_ms', first FROM plays UNION ALL SELECT 'ingest_to_play_ms', latency FROM p
    UNION ALL SELECT 'av_offset_ms', ABS(skew) FROM m),
  ranked AS (
    SELECT id, value, ROW_NUMBER() OVER (PARTITION BY id ORDER BY value) AS nth, COUNT(*) OVER (PARTITION BY id) AS many
    FROM told WHERE value IS NOT NULL)
SELECT id || '_p50' AS id, 1.0 * value AS value FROM ranked WHERE nth = (many * 50 + 99) / 100
UNION ALL SELECT id || '_p95', 1.0 * value FROM ranked WHERE nth = (many * 95 + 99) / 100
UNION ALL SELECT 'stall_rate_pv', AVG(stalled) FROM plays
UNION ALL SELECT 'play_fail_rate', 1.0 - AVG(shown) FROM plays
UNION ALL SELECT 'stall_ms_per_100s', 1.0 * SUM(stalled) * 100 / NULLIF(SUM(played) / 1000.0, 0) FROM p
UNION ALL SELECT 'view_pv', 1.0 * pv FROM facts
UNION ALL SELECT 'view_uv', 1.0 * uv FROM facts
UNION ALL SELECT 'audited_view_uv',
  CASE WHEN import = 0 THEN 1.0 * (SELECT COUNT(DISTINCT viewer) FROM judged WHERE nth = 1 AND n = 1) END FROM show
UNION ALL SELECT 'entries_per_min', pv / minutes FROM facts
UNION ALL SELECT 'online', CASE WHEN import = 0 THEN 0.0 END FROM show
UNION ALL SELECT 'pcu', 1.0 * MAX(online) FROM curve
UNION ALL SELECT 'acu', AVG(online) FROM curve
UNION ALL SELECT 'watch_time', watch FROM facts
UNION ALL SELECT 'avg_watch_uv', watch / NULLIF(uv, 0) FROM facts
UNION ALL SELECT 'avg_watch_pv', watch / NULLIF(pv, 0) FROM facts
UNION ALL SELECT 'interaction_rate_uv', 1.0 * doers / NULLIF(uv, 0) FROM facts
UNION ALL SELECT 'danmaku_count', 1.0 * danmaku FROM facts
UNION ALL SELECT 'danmaku_before_air', 1.0 * before_air FROM facts
UNION ALL SELECT 'danmaku_per_min', danmaku / minutes FROM facts
UNION ALL SELECT 'like_count', 1.0 * COALESCE(SUM(n), 0) FROM e WHERE kind = 'like'
UNION ALL SELECT 'follow_gain', 1.0 * COUNT(*) FROM e WHERE kind = 'follow'
UNION ALL SELECT 'share_count', 1.0 * COUNT(*) FROM e WHERE kind = 'share'
UNION ALL SELECT 'gift_income', 1.0 * COALESCE(SUM(n), 0) FROM e WHERE kind = 'gift'
UNION ALL SELECT 'gift_count', 1.0 * COUNT(*) FROM e WHERE kind = 'gift'
UNION ALL SELECT 'gift_combo_count', 1.0 * COUNT(*) FROM e WHERE kind = 'combo'
UNION ALL SELECT 'super_chat_income', 1.0 * COALESCE(SUM(n), 0) FROM e WHERE kind = 'chat'
UNION ALL SELECT 'events_total', 1.0 * COUNT(*) FROM e";

#[test]
fn settled_values_equal_plain_sql() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let db = runtime.block_on(async {
        let mut options = ConnectOptions::new("sqlite::memory:");
        options.max_connections(1).sqlx_logging(false);
        let db = Database::connect(options).await.expect("a database in memory");
        let table = "CREATE TABLE e (pos INTEGER PRIMARY KEY, t INTEGER, kind TEXT, viewer TEXT, entry TEXT, n INTEGER, offs INTEGER, import INTEGER)";
        db.execute_unprepared(table).await.expect("a table");
        let more = "CREATE TABLE said (entry TEXT, play TEXT, played INTEGER, stalls INTEGER, stalled INTEGER, frames INTEGER, first INTEGER, latency INTEGER);
                    CREATE TABLE m (skew INTEGER)";
        db.execute_unprepared(more).await.expect("tables");
        db
    });
    let mut runner =
        TestRunner::new(ProptestConfig { cases: 150, failure_persistence: None, ..ProptestConfig::default() });
    let checked = runner.run(&any_order(true), |history| {
        let expected = runtime.block_on(by_sql(&db, &history));
        let state = fold(BroadcastState::settling(broadcast(1)), history.positions());
        for (id, value) in values(&state, Millis(i64::MAX)) {
            let (value, expected) = (value.map(Number::as_f64), expected.get(id).copied().flatten());
            let same = match (value, expected) {
                (Some(value), Some(expected)) => {
                    // A sketch is as exact as its definition says.
                    let error = if id.contains("_ms_p") { 1.0 / 128.0 } else { 1e-9 };
                    (value - expected).abs() <= error * expected.abs().max(1.0)
                }
                (value, expected) => value.is_none() && expected.is_none(),
            };
            prop_assert!(same, "`{id}` is {value:?}, by SQL {expected:?}");
        }
        Ok(())
    });
    if let Err(error) = checked {
        panic!("{error}");
    }
}

async fn by_sql(db: &DatabaseConnection, history: &History) -> BTreeMap<String, Option<f64>> {
    let mut script = "DELETE FROM e; DELETE FROM said; DELETE FROM m;".to_owned();
    for (position, event) in history.positions() {
        let (kind, entry, n, offset) = row(&event.event);
        let viewer = event.viewer.as_ref().map_or("NULL".into(), |viewer| format!("'{viewer}'"));
        let entry = entry.map_or("NULL".into(), |entry| format!("'{entry}'"));
        let offset = offset.map_or("NULL".into(), |offset| offset.to_string());
        let (at, import) = (event.occurred_at.0, history.import as u8);
        write!(
            script,
            "INSERT INTO e VALUES ({position}, {at}, '{kind}', {viewer}, {entry}, {n}, {offset}, {import});"
        )
        .expect("writes");
        script.push_str(&quality(&event.event));
    }
    db.execute_unprepared(&script).await.expect("inserts");
    let rows = db.query_all_raw(Statement::from_string(DbBackend::Sqlite, SQL)).await.expect("counts");
    rows.iter()
        .map(|row| {
            let id: String = row.try_get("", "id").expect("an id");
            let value: Option<f64> = row.try_get("", "value").expect("a number or null");
            (id, value)
        })
        .collect()
}

/// What players and meters said, in tables of their own.
fn quality(event: &Event) -> String {
    let number = |number: Option<i64>| number.map_or("NULL".into(), |number| number.to_string());
    match event {
        Event::PlaybackReported(said) => format!(
            "INSERT INTO said VALUES ('{}', '{}', {}, {}, {}, {}, {}, {});",
            said.entry,
            said.play,
            said.played_ms,
            said.stalls,
            said.stalled_ms,
            said.frames,
            number(said.first_frame_ms.map(i64::from)),
            number(said.latency_ms.map(i64::from)),
        ),
        Event::IngestMeasured(said) if said.source != Some(StreamSource::Slate) => {
            format!("INSERT INTO m VALUES ({});", number(said.skew_ms.map(i64::from)))
        }
        _ => String::new(),
    }
}

fn row(event: &Event) -> (&'static str, Option<EntryId>, i64, Option<i64>) {
    match event {
        Event::BroadcastStarted(_) => ("start", None, 0, None),
        Event::BroadcastEnded(_) => ("end", None, 0, None),
        Event::ViewerEntered(entered) => ("enter", Some(entered.entry), 0, None),
        Event::ViewerHeartbeat(beat) => ("beat", Some(beat.entry), i64::from(beat.played_ms), None),
        Event::ViewerJudged(judged) => {
            let found = match judged.verdict {
                ViewerVerdict::Web | ViewerVerdict::Bare => i64::from(judged.entered),
                ViewerVerdict::Bot => 2,
                ViewerVerdict::Unknown => 0,
            };
            ("judged", Some(judged.entry), found, None)
        }
        Event::ViewerLeft(left) => ("left", Some(left.entry), 0, None),
        Event::DanmakuSent(danmaku) => ("danmaku", None, 0, danmaku.offset_ms),
        Event::LikesSent(likes) => ("like", None, i64::from(likes.count), None),
        Event::ViewerFollowed(_) => ("follow", None, 0, None),
        Event::RoomShared(_) => ("share", None, 0, None),
        Event::GiftSent(gift) => {
            ("gift", None, if gift.coin == Coin::Gold { gift.num * gift.price_milli } else { 0 }, None)
        }
        Event::GiftComboShown(combo) => ("combo", None, combo.total_milli, None),
        Event::SuperChatSent(chat) => ("chat", None, chat.price_milli, None),
        _ => ("other", None, 0, None),
    }
}
