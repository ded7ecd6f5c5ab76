//! What the quality screen asks: one show, its parts, its plays, and how well devices are covered.

use super::{
    Qoe,
    figures::{QualityDimension, QualityFigures, QualityMinute, cell, share, wilson},
    fold::Play,
    http_alarms::AlarmAnswer,
    store::window,
    store_alarms::{self, Wanted},
    store_queries::{self, PlayOrder},
    timeline,
};
use crate::ReadStreams;
use app::{ApiError, ApiPath, ApiQuery, ApiResult, Can, Problem};
use axum::{
    Json,
    extract::State,
    http::header,
    response::{IntoResponse, Response},
};
use events::{BroadcastId, EntryId, Millis};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

/// What requirement A4 asks of devices and browsers together.
const COVERAGE_GOAL: f64 = 0.98;
/// Points of the ingest series at most.
const MOST_WINDOWS: usize = 2_000;
const DAY_MS: i64 = 86_400_000;

pub(super) fn routes() -> OpenApiRouter<Qoe> {
    OpenApiRouter::new()
        .routes(routes!(summary))
        .routes(routes!(by))
        .routes(routes!(plays))
        .routes(routes!(play_course))
        .routes(routes!(coverage))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct SummaryQuery {
    /// Another show to compare with.
    #[param(value_type = Option<String>, format = Uuid)]
    against: Option<BroadcastId>,
}

/// The quality of one show.
#[derive(Serialize, ToSchema)]
struct Quality {
    summary: QualityFigures,
    /// The same of the show it is compared with.
    against: Option<QualityFigures>,
    /// One entry a minute in which players reported.
    timeline: Vec<QualityMinute>,
    /// What encoders sent, 10 s a point or more.
    ingest: Vec<IngestPoint>,
    alarms: Vec<AlarmAnswer>,
}

#[derive(Serialize, ToSchema)]
struct IngestPoint {
    /// Milliseconds since 1970.
    at_ms: i64,
    #[schema(example = "primary")]
    source: String,
    video_kbps: i64,
    audio_kbps: i64,
    fps: f64,
    gop_ms: Option<i64>,
    gap_ms: i64,
    skew_ms: Option<i64>,
    jumps: i64,
}

impl From<window::Model> for IngestPoint {
    fn from(row: window::Model) -> Self {
        Self {
            at_ms: row.at_ms,
            source: row.source,
            video_kbps: row.video_kbps,
            audio_kbps: row.audio_kbps,
            fps: row.fps_milli as f64 / 1000.0,
            gop_ms: row.gop_ms,
            gap_ms: row.gap_ms,
            skew_ms: row.skew_ms,
            jumps: row.jumps,
        }
    }
}

/// The quality of a show 体验质量: summary, minutes, ingest, alarms
#[utoipa::path(get, path = "/api/broadcasts/{id}/qoe", tag = "media",
    params(("id" = Uuid, Path, description = "the show"), SummaryQuery),
    responses(
        (status = 200, body = Quality),
        (status = 404, body = Problem, description = "`broadcast_not_found`, also of the other show"),
    ))]
async fn summary(
    State(qoe): State<Qoe>,
    actor: Can<ReadStreams>,
    ApiPath(id): ApiPath<BroadcastId>,
    ApiQuery(query): ApiQuery<SummaryQuery>,
) -> ApiResult<Quality> {
    let media = &qoe.0.media;
    media.show_within(actor.scope(), id).await?;
    let db = qoe.app().store.read();
    let against = match query.against {
        Some(other) => {
            media.show_within(actor.scope(), other).await?;
            Some(whole(&qoe, other).await?)
        }
        None => None,
    };
    let minutes = store_queries::minutes(db, id).await?;
    let windows = store_queries::windows(db, id, MOST_WINDOWS).await?;
    let wanted = Wanted { broadcast: Some(id), limit: 1_000, ..Wanted::default() };
    let alarms = store_alarms::list(db, actor.scope(), wanted).await?;
    Ok(Json(Quality {
        summary: whole(&qoe, id).await?,
        against,
        timeline: minutes.iter().map(|(number, minute)| QualityMinute::of(*number, minute)).collect(),
        ingest: windows.into_iter().map(IngestPoint::from).collect(),
        alarms: alarms.into_iter().map(AlarmAnswer::from).collect(),
    }))
}

async fn whole(qoe: &Qoe, broadcast: BroadcastId) -> anyhow::Result<QualityFigures> {
    let groups = store_queries::sums(qoe.app().store.read(), broadcast, None).await?;
    Ok(groups.into_values().next().unwrap_or_default().figures())
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct ByQuery {
    #[param(inline)]
    dimension: QualityDimension,
}

/// One value of a dimension.
#[derive(Serialize, ToSchema)]
struct QualityPart {
    /// Empty where it is not known.
    value: String,
    #[serde(flatten)]
    figures: QualityFigures,
}

/// The quality of a show by device, system, browser, player version, region, node or picture height
///
/// Most plays first; each row says of how many plays it speaks.
#[utoipa::path(get, path = "/api/broadcasts/{id}/qoe/by", tag = "media",
    params(("id" = Uuid, Path, description = "the show"), ByQuery),
    responses(
        (status = 200, body = [QualityPart]),
        (status = 400, body = Problem, description = "`bad_request`: no such dimension"),
        (status = 404, body = Problem, description = "`broadcast_not_found`"),
    ))]
async fn by(
    State(qoe): State<Qoe>,
    actor: Can<ReadStreams>,
    ApiPath(id): ApiPath<BroadcastId>,
    ApiQuery(query): ApiQuery<ByQuery>,
) -> ApiResult<Vec<QualityPart>> {
    qoe.0.media.show_within(actor.scope(), id).await?;
    let groups = store_queries::sums(qoe.app().store.read(), id, Some(query.dimension)).await?;
    let part = |(value, sums): (String, super::figures::Sums)| QualityPart { value, figures: sums.figures() };
    let mut parts: Vec<QualityPart> = groups.into_iter().map(part).collect();
    parts.sort_by_key(|part| std::cmp::Reverse(part.figures.plays));
    Ok(Json(parts))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct PlaysQuery {
    #[serde(default)]
    #[param(inline)]
    sort: PlayOrder,
    /// 1 to 200.
    #[serde(default = "fifty")]
    #[param(default = 50)]
    limit: u64,
}

fn fifty() -> u64 {
    50
}

/// One play 播放 of a viewer.
#[derive(Serialize, ToSchema)]
struct PlayBody {
    #[schema(value_type = Uuid)]
    entry: EntryId,
    play: Uuid,
    /// A pseudonym.
    viewer: String,
    device: String,
    os: String,
    browser: String,
    version: String,
    region: String,
    node: String,
    height: Option<u32>,
    bitrate_kbps: Option<u32>,
    #[schema(value_type = i64)]
    first_at_ms: Millis,
    #[schema(value_type = i64)]
    last_at_ms: Millis,
    played_ms: u64,
    stalls: u64,
    stalled_ms: u64,
    /// It showed a frame.
    shown: bool,
    first_frame_ms: Option<u32>,
    /// The last failure.
    failure: Option<String>,
    /// It failed and nothing was played since.
    broken: bool,
    frames: u64,
    dropped: u64,
    latency_ms_p50: Option<u32>,
    latency_worst_ms: Option<u32>,
}

impl From<Play> for PlayBody {
    fn from(play: Play) -> Self {
        Self {
            entry: play.id.entry,
            play: play.id.play,
            viewer: play.viewer.to_string(),
            device: play.device,
            os: play.os,
            browser: play.browser,
            version: play.version,
            region: play.region,
            node: play.node,
            height: play.height,
            bitrate_kbps: play.bitrate_kbps,
            first_at_ms: play.first_at,
            last_at_ms: play.last_at,
            played_ms: play.played_ms,
            stalls: play.stalls,
            stalled_ms: play.stalled_ms,
            shown: play.shown,
            first_frame_ms: play.first_frame_ms,
            failure: play.failure,
            broken: play.broken,
            frames: play.frames,
            dropped: play.dropped,
            latency_ms_p50: play.latency.percentile(50),
            latency_worst_ms: play.latency_worst_ms,
        }
    }
}

/// Plays of a show, the worst first
#[utoipa::path(get, path = "/api/broadcasts/{id}/qoe/plays", tag = "media",
    params(("id" = Uuid, Path, description = "the show"), PlaysQuery),
    responses(
        (status = 200, body = [PlayBody]),
        (status = 400, body = Problem, description = "`bad_request`"),
        (status = 404, body = Problem, description = "`broadcast_not_found`"),
    ))]
async fn plays(
    State(qoe): State<Qoe>,
    actor: Can<ReadStreams>,
    ApiPath(id): ApiPath<BroadcastId>,
    ApiQuery(query): ApiQuery<PlaysQuery>,
) -> ApiResult<Vec<PlayBody>> {
    qoe.0.media.show_within(actor.scope(), id).await?;
    let limit = query.limit.clamp(1, 200);
    let plays = store_queries::plays(qoe.app().store.read(), id, query.sort, limit).await?;
    Ok(Json(plays.into_iter().map(PlayBody::from).collect()))
}

/// One report of a play.
#[derive(Serialize, ToSchema)]
struct PlayPoint {
    /// Milliseconds since 1970.
    #[schema(value_type = i64)]
    at_ms: Millis,
    played_ms: u32,
    stalls: u32,
    stalled_ms: u32,
    latency_ms: Option<u32>,
    height: Option<u32>,
    bitrate_kbps: Option<u32>,
    dropped: u32,
    failure: Option<String>,
}

/// The course of one play, report by report
///
/// Read from the event log; empty for a play that is not known.
#[utoipa::path(get, path = "/api/broadcasts/{id}/qoe/plays/{entry}/{play}", tag = "media",
    params(
        ("id" = Uuid, Path, description = "the show"),
        ("entry" = Uuid, Path, description = "the viewer's entry"),
        ("play" = Uuid, Path, description = "the play")),
    responses(
        (status = 200, body = [PlayPoint]),
        (status = 404, body = Problem, description = "`broadcast_not_found`"),
    ))]
async fn play_course(
    State(qoe): State<Qoe>,
    actor: Can<ReadStreams>,
    ApiPath((id, entry, play)): ApiPath<(BroadcastId, EntryId, Uuid)>,
) -> ApiResult<Vec<PlayPoint>> {
    qoe.0.media.show_within(actor.scope(), id).await?;
    let Some(play) = store_queries::find_play(qoe.app().store.read(), id, entry, play).await? else {
        return Ok(Json(Vec::new()));
    };
    let points = timeline::course(qoe.app(), play).await?.into_iter().map(|(at_ms, said)| PlayPoint {
        at_ms,
        played_ms: said.played_ms,
        stalls: said.stalls,
        stalled_ms: said.stalled_ms,
        latency_ms: said.latency_ms,
        height: said.height,
        bitrate_kbps: said.bitrate_kbps,
        dropped: said.dropped,
        failure: said.failure,
    });
    Ok(Json(points.collect()))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct CoverageQuery {
    /// Milliseconds since 1970; 30 days ago when absent.
    from: Option<i64>,
    /// Milliseconds since 1970; now when absent.
    to: Option<i64>,
    /// `csv` for a file.
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
#[utoipa::path(get, path = "/api/qoe/coverage", tag = "media", params(CoverageQuery),
    responses(
        (status = 200, body = DeviceCoverage, description = "with `format=csv` a CSV file of the rows"),
        (status = 400, body = Problem, description = "`bad_request`"),
    ))]
async fn coverage(
    State(qoe): State<Qoe>,
    actor: Can<ReadStreams>,
    ApiQuery(query): ApiQuery<CoverageQuery>,
) -> Result<Response, ApiError> {
    let to = query.to.unwrap_or(qoe.app().now().0);
    let from = query.from.unwrap_or(to.saturating_sub(30 * DAY_MS));
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
