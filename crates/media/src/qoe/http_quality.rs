//! What the quality screen asks of one show: the whole, its course, and its parts.

use super::{
    Qoe,
    figures::{QualityDimension, QualityFigures, QualityMinute},
    http_alarms::AlarmAnswer,
    store_alarms::{self, Wanted},
    store_queries,
    store_rows::window,
    store_shows,
};
use crate::{ReadStreams, ShowRef};
use app::{ApiError, ApiPath, ApiQuery, ApiResult, Can, Problem, Scope};
use axum::{Json, extract::State};
use events::{BroadcastId, Millis, RoomId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

/// Points of the ingest series at most.
const MOST_WINDOWS: usize = 2_000;

pub(super) fn routes() -> OpenApiRouter<Qoe> {
    OpenApiRouter::new().routes(routes!(summary)).routes(routes!(by))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct SummaryQuery {
    /// Another show to compare with, of any room in scope.
    #[param(value_type = Option<String>, format = Uuid)]
    against: Option<BroadcastId>,
}

/// The quality of one show.
#[derive(Serialize, ToSchema)]
struct Quality {
    show: QualityShow,
    summary: QualityFigures,
    /// One entry a minute in which players reported.
    timeline: Vec<QualityMinute>,
    /// What encoders sent, 10 s a point or more.
    ingest: Vec<IngestPoint>,
    alarms: Vec<AlarmAnswer>,
    /// The show it is compared with.
    against: Option<QualityAgainst>,
}

/// Another show, to compare with.
#[derive(Serialize, ToSchema)]
struct QualityAgainst {
    show: QualityShow,
    summary: QualityFigures,
    /// By the other show's own clock: minutes since its `started_at_ms` compare.
    timeline: Vec<QualityMinute>,
}

/// Which show figures speak of.
#[derive(Serialize, ToSchema)]
struct QualityShow {
    #[schema(value_type = Uuid)]
    broadcast_id: BroadcastId,
    #[schema(value_type = Uuid)]
    room_id: RoomId,
    title: String,
    #[schema(value_type = i64)]
    started_at_ms: Millis,
    #[schema(value_type = Option<i64>)]
    ended_at_ms: Option<Millis>,
}

impl From<ShowRef> for QualityShow {
    fn from(show: ShowRef) -> Self {
        Self {
            broadcast_id: show.broadcast,
            room_id: show.room,
            title: show.title,
            started_at_ms: show.started_at,
            ended_at_ms: show.ended_at,
        }
    }
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
#[utoipa::path(get, path = "/api/broadcasts/{id}/qoe", operation_id = "read_broadcast_quality", tag = "media",
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
    let show = qoe.0.media.show_within(actor.scope(), id).await?;
    let db = qoe.app().store.read();
    let against = match query.against {
        Some(other) => Some(against(&qoe, actor.scope(), other).await?),
        None => None,
    };
    let windows = store_queries::windows(db, id, MOST_WINDOWS).await?;
    let wanted = Wanted { broadcast: Some(id), limit: 1_000, ..Wanted::default() };
    let alarms = store_alarms::list(db, actor.scope(), wanted).await?;
    Ok(Json(Quality {
        show: show.into(),
        summary: whole(&qoe, id).await?,
        timeline: timeline(&qoe, id).await?,
        ingest: windows.into_iter().map(IngestPoint::from).collect(),
        alarms: alarms.into_iter().map(AlarmAnswer::from).collect(),
        against,
    }))
}

async fn against(qoe: &Qoe, scope: Scope, id: BroadcastId) -> Result<QualityAgainst, ApiError> {
    let show = qoe.0.media.show_within(scope, id).await?;
    Ok(QualityAgainst { show: show.into(), summary: whole(qoe, id).await?, timeline: timeline(qoe, id).await? })
}

async fn whole(qoe: &Qoe, broadcast: BroadcastId) -> anyhow::Result<QualityFigures> {
    let show = store_shows::find(qoe.app().store.read(), broadcast).await?;
    Ok(show.map(|show| show.sums).unwrap_or_default().figures())
}

async fn timeline(qoe: &Qoe, broadcast: BroadcastId) -> anyhow::Result<Vec<QualityMinute>> {
    let minutes = store_queries::minutes(qoe.app().store.read(), broadcast).await?;
    Ok(minutes.iter().map(|(number, minute)| QualityMinute::of(*number, minute)).collect())
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct ByQuery {
    #[param(inline)]
    dimension: QualityDimension,
    /// Another show to compare with, of any room in scope.
    #[param(value_type = Option<String>, format = Uuid)]
    against: Option<BroadcastId>,
}

/// One value of a dimension.
#[derive(Serialize, ToSchema)]
struct QualityPart {
    /// Empty where it is not known. A region `tz:Asia/Shanghai` is a time zone, which is all that is known of where; `*` are
    /// all values beyond 200.
    value: String,
    #[serde(flatten)]
    figures: QualityFigures,
    /// The same of the show it is compared with.
    against: Option<QualityFigures>,
}

/// The quality of a show by device, system, browser, player version, region, node or picture height
///
/// Most plays first; each row says of how many plays it speaks. A value that only the other show has stands last.
#[utoipa::path(get, path = "/api/broadcasts/{id}/qoe/by", operation_id = "split_broadcast_quality", tag = "media",
    params(("id" = Uuid, Path, description = "the show"), ByQuery),
    responses(
        (status = 200, body = [QualityPart]),
        (status = 400, body = Problem, description = "`bad_request`: no such dimension"),
        (status = 404, body = Problem, description = "`broadcast_not_found`, also of the other show"),
    ))]
async fn by(
    State(qoe): State<Qoe>,
    actor: Can<ReadStreams>,
    ApiPath(id): ApiPath<BroadcastId>,
    ApiQuery(query): ApiQuery<ByQuery>,
) -> ApiResult<Vec<QualityPart>> {
    qoe.0.media.show_within(actor.scope(), id).await?;
    let mut parts = parts(&qoe, id, query.dimension).await?;
    let mut others = BTreeMap::new();
    if let Some(other) = query.against {
        qoe.0.media.show_within(actor.scope(), other).await?;
        others = self::parts(&qoe, other, query.dimension).await?;
        for value in others.keys() {
            parts.entry(value.clone()).or_insert_with(|| super::figures::Sums::default().figures());
        }
    }
    let part = |(value, figures)| QualityPart { against: others.remove(&value), value, figures };
    let mut parts: Vec<QualityPart> = parts.into_iter().map(part).collect();
    parts.sort_by_key(|part| std::cmp::Reverse(part.figures.plays));
    Ok(Json(parts))
}

async fn parts(
    qoe: &Qoe,
    broadcast: BroadcastId,
    dimension: QualityDimension,
) -> anyhow::Result<BTreeMap<String, QualityFigures>> {
    let read = |digest: &super::digest::Digest| {
        digest.by(dimension).map(|(value, sums)| (value.to_owned(), sums.figures())).collect()
    };
    qoe.0.digests.with(&qoe.app().store, broadcast, read).await
}
