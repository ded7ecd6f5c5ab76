//! Over all shows in scope: how well devices are covered, and how rooms compare.

use super::{
    Qoe,
    figures::{QualityFigures, Sums, cell, share, wilson},
    store_queries, store_shows,
};
use crate::ReadStreams;
use app::{ApiError, ApiQuery, ApiResult, Can, Problem};
use axum::{
    Json,
    extract::State,
    http::header,
    response::{IntoResponse, Response},
};
use events::{Millis, RoomId};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

/// What requirement A4 asks of devices and browsers together.
const COVERAGE_GOAL: f64 = 0.98;
const DAY_MS: i64 = 86_400_000;

pub(super) fn routes() -> OpenApiRouter<Qoe> {
    OpenApiRouter::new().routes(routes!(coverage)).routes(routes!(rooms))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct PeriodQuery {
    /// Milliseconds since 1970; 30 days ago when absent.
    from: Option<i64>,
    /// Milliseconds since 1970; now when absent.
    to: Option<i64>,
}

/// Quality by room.
#[derive(Serialize, ToSchema)]
struct RoomsQuality {
    from: i64,
    to: i64,
    /// All of them together.
    overall: QualityFigures,
    /// Most plays first.
    rows: Vec<RoomQuality>,
}

#[derive(Serialize, ToSchema)]
struct RoomQuality {
    #[schema(value_type = Uuid)]
    room_id: RoomId,
    /// Shows that began in the period.
    shows: u64,
    #[serde(flatten)]
    figures: QualityFigures,
}

/// The quality of rooms over a period 各直播间体验质量
///
/// Over the shows in scope whose first report or ingest window lies between `from` and `to`.
#[utoipa::path(get, path = "/api/qoe/rooms", operation_id = "compare_room_quality", tag = "media", params(PeriodQuery),
    responses((status = 200, body = RoomsQuality), (status = 400, body = Problem, description = "`bad_request`")))]
async fn rooms(
    State(qoe): State<Qoe>,
    actor: Can<ReadStreams>,
    ApiQuery(query): ApiQuery<PeriodQuery>,
) -> ApiResult<RoomsQuality> {
    let (from, to) = period(&qoe, query.from, query.to);
    let found = store_shows::by_room(qoe.app().store.read(), actor.scope(), Millis(from), Millis(to)).await?;
    let (mut overall, mut rows) = (Sums::default(), Vec::new());
    for (room_id, shows) in found {
        let mut sums = Sums::default();
        shows.iter().for_each(|show| sums.merge(&show.sums));
        overall.merge(&sums);
        rows.push(RoomQuality { room_id, shows: shows.len() as u64, figures: sums.figures() });
    }
    rows.sort_by_key(|row| std::cmp::Reverse(row.figures.plays));
    Ok(Json(RoomsQuality { from, to, overall: overall.figures(), rows }))
}

fn period(qoe: &Qoe, from: Option<i64>, to: Option<i64>) -> (i64, i64) {
    let to = to.unwrap_or(qoe.app().now().0);
    (from.unwrap_or(to.saturating_sub(30 * DAY_MS)), to)
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct CoverageQuery {
    /// Milliseconds since 1970; 30 days ago when absent.
    from: Option<i64>,
    /// Milliseconds since 1970; now when absent.
    to: Option<i64>,
    /// `csv` for a file.
    #[param(pattern = "^(json|csv)$")]
    format: Option<String>,
}

/// How well devices and browsers are covered 设备与浏览器覆盖.
#[derive(Serialize, ToSchema)]
struct DeviceCoverage {
    from: i64,
    to: i64,
    /// What is asked for over all.
    goal: f64,
    overall: DeviceCoverageRow,
    /// Most plays first.
    rows: Vec<DeviceCoverageRow>,
}

#[derive(Serialize, ToSchema)]
struct DeviceCoverageRow {
    device: String,
    os: String,
    browser: String,
    plays: u64,
    /// Reached a first frame and did not break off.
    good: u64,
    coverage: Option<f64>,
    /// Wilson's 95 % interval.
    low: Option<f64>,
    high: Option<f64>,
}

/// Share of plays that went well by device, system and browser
///
/// Over the plays that began between `from` and `to` in all shows in scope.
#[utoipa::path(get, path = "/api/qoe/coverage", operation_id = "read_playback_coverage", tag = "media", params(CoverageQuery),
    responses(
        (status = 200, description = "with `format=csv` a CSV file of the rows", content((DeviceCoverage = "application/json"), (String = "text/csv"))),
        (status = 400, body = Problem, description = "`bad_request`"),
    ))]
async fn coverage(
    State(qoe): State<Qoe>,
    actor: Can<ReadStreams>,
    ApiQuery(query): ApiQuery<CoverageQuery>,
) -> Result<Response, ApiError> {
    let (from, to) = period(&qoe, query.from, query.to);
    let found = store_queries::coverage(qoe.app().store.read(), actor.scope(), Millis(from), Millis(to)).await?;
    let row = |device: &str, os: &str, browser: &str, plays: u64, good: u64| {
        let interval = wilson(good, plays);
        DeviceCoverageRow {
            device: device.to_owned(),
            os: os.to_owned(),
            browser: browser.to_owned(),
            plays,
            good,
            coverage: share(good, plays),
            low: interval.map(|(low, _)| low),
            high: interval.map(|(_, high)| high),
        }
    };
    let (plays, good) = found.iter().fold((0, 0), |(plays, good), one| (plays + one.plays, good + one.good));
    let overall = row("", "", "", plays, good);
    let rows: Vec<DeviceCoverageRow> =
        found.iter().map(|one| row(&one.device, &one.os, &one.browser, one.plays, one.good)).collect();
    match query.format.as_deref() {
        None | Some("json") => {
            Ok(Json(DeviceCoverage { from, to, goal: COVERAGE_GOAL, overall, rows }).into_response())
        }
        Some("csv") => Ok(csv(&rows)),
        Some(_) => Err(ApiError::bad_request("`format` is `json` or `csv`")),
    }
}

fn csv(rows: &[DeviceCoverageRow]) -> Response {
    // The mark makes spreadsheets read UTF-8.
    let mut text = "\u{feff}device,os,browser,plays,good,coverage,low,high\r\n".to_owned();
    for row in rows {
        let number = |number: Option<f64>| number.map(|number| format!("{number:.4}")).unwrap_or_default();
        let cells = [cell(&row.device), cell(&row.os), cell(&row.browser), row.plays.to_string(), row.good.to_string()];
        let cells = cells.into_iter().chain([number(row.coverage), number(row.low), number(row.high)]);
        text.push_str(&cells.collect::<Vec<_>>().join(","));
        text.push_str("\r\n");
    }
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"coverage.csv\""),
    ];
    (headers, text).into_response()
}
