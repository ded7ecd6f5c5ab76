//! What screens ask of plays, minutes and windows.

use super::{
    fold::{Minute, Play},
    store_rows::{minute, minute_of, play, play_of, window},
};
use anyhow::Context;
use app::Scope;
use events::{BroadcastId, EntryId, Millis, ViewerId};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Statement, Value};
use serde::Deserialize;
use std::collections::HashMap;
use store::Text;
use utoipa::ToSchema;
use uuid::Uuid;

/// Plays read at once.
const PAGE: u64 = 5_000;

/// Every play of a show, a page at a time: there may be many.
pub async fn each_play(
    db: &impl ConnectionTrait,
    broadcast: BroadcastId,
    mut take: impl FnMut(Play),
) -> anyhow::Result<()> {
    let mut after = None;
    loop {
        let rows = play::Entity::find().filter(play::Column::BroadcastId.eq(Text(broadcast)));
        let mut rows = rows.cursor_by((play::Column::EntryId, play::Column::PlayId));
        if let Some(key) = after {
            rows.after(key);
        }
        let page = rows.first(PAGE).all(db).await.context("reading plays")?;
        after = page.last().map(|row| (row.entry_id, row.play_id));
        let last = (page.len() as u64) < PAGE;
        page.into_iter().map(play_of).for_each(&mut take);
        if last {
            return Ok(());
        }
    }
}

pub async fn minutes(db: &impl ConnectionTrait, broadcast: BroadcastId) -> anyhow::Result<Vec<(i64, Minute)>> {
    let rows = minute::Entity::find()
        .filter(minute::Column::BroadcastId.eq(Text(broadcast)))
        .order_by_asc(minute::Column::Minute)
        .limit(57_600)
        .all(db)
        .await
        .context("reading minutes")?;
    Ok(rows.into_iter().map(|row| (row.minute, minute_of(row))).collect())
}

/// Measured windows of every source in their order; where there are more than `most`, several become one.
pub async fn windows(
    db: &impl ConnectionTrait,
    broadcast: BroadcastId,
    most: usize,
) -> anyhow::Result<Vec<window::Model>> {
    let rows = window::Entity::find()
        .filter(window::Column::BroadcastId.eq(Text(broadcast)))
        .order_by_asc(window::Column::AtMs)
        .all(db)
        .await
        .context("reading ingest windows")?;
    let step_ms = 10_000 * (rows.len() / most.max(1) + 1) as i64;
    let mut merged: Vec<window::Model> = Vec::new();
    for row in rows {
        let same = |last: &&mut window::Model| {
            last.source == row.source && last.at_ms.div_euclid(step_ms) == row.at_ms.div_euclid(step_ms)
        };
        match merged.iter_mut().rev().take(3).find(same) {
            Some(last) => merge(last, &row),
            None => merged.push(row),
        }
    }
    Ok(merged)
}

/// Rates are means by time, the rest are the worst.
fn merge(into: &mut window::Model, row: &window::Model) {
    let whole = (into.window_ms + row.window_ms).max(1);
    let mean = |a: i64, b: i64| (a * into.window_ms + b * row.window_ms) / whole;
    let (video_kbps, audio_kbps) = (mean(into.video_kbps, row.video_kbps), mean(into.audio_kbps, row.audio_kbps));
    let fps_milli = mean(into.fps_milli, row.fps_milli);
    (into.video_kbps, into.audio_kbps, into.fps_milli) = (video_kbps, audio_kbps, fps_milli);
    into.window_ms = whole;
    into.gop_ms = into.gop_ms.max(row.gop_ms);
    into.gap_ms = into.gap_ms.max(row.gap_ms);
    into.jumps += row.jumps;
    into.b_frames |= row.b_frames;
    if row.skew_ms.map(i64::abs) > into.skew_ms.map(i64::abs) {
        into.skew_ms = row.skew_ms;
    }
}

/// How lists of plays are ordered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PlayOrder {
    /// Never a frame first, then by time stalled.
    #[default]
    Worst,
    Latency,
    FirstFrame,
    Newest,
}

/// Plays of a show, or of one viewer in it. Suspected bots' are among them only where they are asked for by name.
pub async fn plays(
    db: &impl ConnectionTrait,
    broadcast: BroadcastId,
    viewer: Option<ViewerId>,
    order: PlayOrder,
    limit: u64,
) -> anyhow::Result<Vec<Play>> {
    let query = play::Entity::find().filter(play::Column::BroadcastId.eq(Text(broadcast)));
    let query = match viewer {
        Some(viewer) => query.filter(play::Column::Viewer.eq(Text(viewer))),
        None => query.filter(play::Column::Suspect.eq(false)),
    };
    let query = match order {
        PlayOrder::Worst => query.order_by_asc(play::Column::Shown).order_by_desc(play::Column::StalledMs),
        PlayOrder::Latency => {
            query.filter(play::Column::LatencyWorstMs.is_not_null()).order_by_desc(play::Column::LatencyWorstMs)
        }
        PlayOrder::FirstFrame => {
            query.filter(play::Column::FirstFrameMs.is_not_null()).order_by_desc(play::Column::FirstFrameMs)
        }
        PlayOrder::Newest => query,
    };
    let query = query.order_by_desc(play::Column::LastAtMs).order_by_asc(play::Column::PlayId);
    let rows = query.limit(limit).all(db).await.context("listing plays")?;
    Ok(rows.into_iter().map(play_of).collect())
}

/// The newest play of each of these viewers, with the latest failure of any.
pub async fn newest_of(
    db: &impl ConnectionTrait,
    broadcast: BroadcastId,
    viewers: &[ViewerId],
) -> anyhow::Result<HashMap<ViewerId, Play>> {
    let rows = play::Entity::find()
        .filter(play::Column::BroadcastId.eq(Text(broadcast)))
        .filter(play::Column::Viewer.is_in(viewers.iter().map(|viewer| Text(viewer.clone()))))
        .order_by_asc(play::Column::LastAtMs)
        .all(db)
        .await
        .context("reading viewers' plays")?;
    let mut newest: HashMap<ViewerId, Play> = HashMap::new();
    for play in rows.into_iter().map(play_of) {
        let failure = newest.remove(&play.viewer).and_then(|before| before.failure);
        newest.insert(play.viewer.clone(), Play { failure: play.failure.clone().or(failure), ..play });
    }
    Ok(newest)
}

pub async fn find_play(
    db: &impl ConnectionTrait,
    broadcast: BroadcastId,
    entry: EntryId,
    id: Uuid,
) -> anyhow::Result<Option<Play>> {
    let row = play::Entity::find_by_id((Text(broadcast), Text(entry), Text(id))).one(db).await;
    Ok(row.context("finding a play")?.map(play_of))
}

/// Plays of one kind of device and browser, and how many of them went well.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Covered {
    pub device: String,
    pub os: String,
    pub browser: String,
    pub plays: u64,
    pub good: u64,
}

/// Plays that began in `from..to`, without suspected bots: good ones reached a first frame and did not break off.
pub async fn coverage(
    db: &impl ConnectionTrait,
    scope: Scope,
    from: Millis,
    to: Millis,
) -> anyhow::Result<Vec<Covered>> {
    let mut values: Vec<Value> = vec![scope.org.to_string().into(), from.0.into(), to.0.into()];
    let within = match scope.teams() {
        None => String::new(),
        Some(teams) if teams.is_empty() => return Ok(Vec::new()),
        Some(teams) => {
            values.extend(teams.iter().map(|team| Value::from(team.to_string())));
            let places: Vec<String> = (4..=values.len()).map(|place| format!("${place}")).collect();
            format!("AND team_id IN ({})", places.join(", "))
        }
    };
    let sql = format!(
        "SELECT device, os, browser, COUNT(*) AS plays,
                      CAST(SUM(CASE WHEN shown AND NOT broken THEN 1 ELSE 0 END) AS BIGINT) AS good
               FROM qoe_plays
               WHERE org_id = $1 AND first_at_ms >= $2 AND first_at_ms < $3 {within} AND NOT suspect
               GROUP BY device, os, browser ORDER BY plays DESC, device, os, browser"
    );
    let statement = Statement::from_sql_and_values(db.get_database_backend(), sql, values);
    let rows = db.query_all_raw(statement).await.context("counting plays by device")?;
    rows.iter()
        .map(|row| {
            let number = |name: &str| row.try_get::<i64>("", name).map(|number| number.max(0) as u64);
            Ok(Covered {
                device: row.try_get("", "device")?,
                os: row.try_get("", "os")?,
                browser: row.try_get("", "browser")?,
                plays: number("plays")?,
                good: number("good")?,
            })
        })
        .collect()
}
