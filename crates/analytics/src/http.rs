//! `/api/metrics`: values, dictionary, series and the live tiles.

use crate::{
    Analytics, BroadcastRef, ReadMetrics, live,
    metrics::{self, Direction, LIST, Metric, Unit},
    series,
    settle::SettledBroadcast,
    state::{BroadcastState, MarkerKind},
    view::{Number, View},
};
use app::{ApiError, ApiQuery, ApiResult, App, Can, Problem};
use axum::{
    Json,
    extract::{FromRef, State},
};
use events::{BroadcastId, Millis};
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, sync::Arc};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

pub(crate) fn routes(analytics: Analytics) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(values))
        .routes(routes!(dictionary))
        .routes(routes!(over_time))
        .routes(routes!(live_tiles))
        .with_state(analytics)
}

impl FromRef<Analytics> for App {
    fn from_ref(analytics: &Analytics) -> App {
        analytics.app.clone()
    }
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct ValuesQuery {
    /// Metric ids, separated by commas.
    #[param(example = "view_uv,pcu", format = "metrics")]
    ids: String,
    /// The broadcast; only `events_total` does without, and then speaks of the organisation.
    #[param(value_type = Option<String>, format = Uuid)]
    broadcast: Option<BroadcastId>,
    /// For `events_total`: count only events of this name.
    event: Option<String>,
}

/// One metric's values. Null where it does not apply, and `settled` while the broadcast is on air.
#[derive(Serialize, ToSchema)]
struct MetricValue {
    #[schema(value_type = String)]
    id: &'static str,
    #[schema(value_type = String)]
    zh: &'static str,
    #[schema(value_type = String)]
    en: &'static str,
    #[schema(value_type = Option<f64>)]
    live: Option<Number>,
    #[schema(value_type = Option<f64>)]
    settled: Option<Number>,
    unit: Unit,
    /// The moment the live value speaks of, milliseconds since 1970.
    #[schema(value_type = i64)]
    as_of: Millis,
}

/// Values of metrics, live and settled.
#[utoipa::path(get, path = "/api/metrics", operation_id = "read_metrics", tag = "metrics", params(ValuesQuery), responses(
    (status = 200, body = [MetricValue]),
    (status = 400, body = Problem, description = "`unknown_metric`, `broadcast_required`, `bad_request`"),
    (status = 404, body = Problem)))]
async fn values(
    State(analytics): State<Analytics>,
    actor: Can<ReadMetrics>,
    ApiQuery(query): ApiQuery<ValuesQuery>,
) -> ApiResult<Vec<MetricValue>> {
    let wanted = known(&query.ids)?;
    let missing = wanted.iter().find(|metric| query.broadcast.is_none() && !metric.grain.contains(&"organisation"));
    if let Some(metric) = missing {
        return Err(ApiError::new(400, "broadcast_required", format!("`{}` is asked for with `broadcast`", metric.id)));
    }
    let Some(id) = query.broadcast else {
        // Events of the whole organisation are counted together; a team cannot be taken out of the sum.
        if actor.scope().reach != app::Reach::Org {
            return Err(ApiError::new(403, "organisation_only", "this number is kept for the whole organisation only"));
        }
        return of_organisation(&analytics, actor.scope().org, &wanted, query.event).await;
    };
    let (state, at) = state(&analytics, &actor, id).await?;
    let settled = if wanted.iter().any(|metric| metric.settled) {
        analytics.engine.settled_broadcast(&state).await?
    } else {
        None
    };
    let view = View::new(&state, at);
    let values = wanted.into_iter().map(|metric| {
        let named = query.event.as_deref().filter(|_| metric.grain.contains(&"organisation"));
        let live = match named {
            Some(name) => state.names.of(name).map(Number::from),
            None => (metric.value)(&view),
        };
        let settled = settled.as_deref().filter(|_| metric.settled);
        let settled = match named {
            Some(name) => settled.and_then(|settled| settled.names.of(name)).map(Number::from),
            None => settled.and_then(|settled: &SettledBroadcast| settled.value(metric.id)),
        };
        MetricValue { id: metric.id, zh: metric.zh, en: metric.en, live, settled, unit: metric.unit, as_of: at }
    });
    Ok(Json(values.collect()))
}

async fn of_organisation(
    analytics: &Analytics,
    org: events::OrgId,
    wanted: &[&'static Metric],
    name: Option<String>,
) -> ApiResult<Vec<MetricValue>> {
    analytics.engine.catch_up().await;
    let as_of = analytics.engine.as_of();
    let live = analytics.engine.with_world(|world| match (world.names(org), &name) {
        (Some(names), Some(name)) => names.of(name),
        (Some(names), None) => Some(names.total()),
        (None, _) => Some(0),
    });
    let live = live.map(Number::from);
    let settled = analytics.engine.settled_events(org, name).await?.map(Number::from);
    let values = wanted.iter().map(|metric| MetricValue {
        id: metric.id,
        zh: metric.zh,
        en: metric.en,
        live,
        settled,
        unit: metric.unit,
        as_of,
    });
    Ok(Json(values.collect()))
}

/// One entry of the dictionary.
#[derive(Serialize, ToSchema)]
struct MetricEntry {
    #[schema(value_type = String)]
    id: &'static str,
    #[schema(value_type = String)]
    zh: &'static str,
    #[schema(value_type = String)]
    en: &'static str,
    #[schema(value_type = String)]
    formula: &'static str,
    unit: Unit,
    direction: Direction,
    #[schema(value_type = [String])]
    grain: &'static [&'static str],
    live: bool,
    settled: bool,
    /// Can be asked for as a series.
    series: bool,
    #[schema(value_type = String)]
    freshness: &'static str,
    #[schema(value_type = String)]
    late: &'static str,
}

/// The metric dictionary.
#[utoipa::path(get, path = "/api/metrics/dictionary", operation_id = "read_metric_dictionary", tag = "metrics", responses((status = 200, body = [MetricEntry])))]
async fn dictionary(_: State<Analytics>, _: Can<ReadMetrics>) -> ApiResult<Vec<MetricEntry>> {
    let entries = LIST.iter().map(|metric| MetricEntry {
        id: metric.id,
        zh: metric.zh,
        en: metric.en,
        formula: metric.formula,
        unit: metric.unit,
        direction: metric.direction,
        grain: metric.grain,
        live: metric.live,
        settled: metric.settled,
        series: metric.over.is_some(),
        freshness: metric.freshness,
        late: metric.late,
    });
    Ok(Json(entries.collect()))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct SeriesQuery {
    /// Metric ids, separated by commas; those the dictionary marks with `series`.
    #[param(example = "online,danmaku_per_min", format = "series")]
    ids: String,
    #[param(value_type = String, format = Uuid)]
    broadcast: BroadcastId,
    /// Seconds between points, a multiple of 60; chosen by the length of the show when absent.
    #[param(minimum = 60, maximum = 86_400, multiple_of = 60)]
    step_s: Option<i64>,
}

/// Metrics over the time of a broadcast.
#[derive(Serialize, ToSchema)]
struct SeriesAnswer {
    step_s: i64,
    /// The show's own time, milliseconds since 1970.
    #[schema(value_type = i64)]
    from: Millis,
    #[schema(value_type = i64)]
    to: Millis,
    /// By metric id: `[begin of the step, value or null]`.
    #[schema(value_type = BTreeMap<String, Vec<Vec<Option<f64>>>>)]
    ids: BTreeMap<&'static str, Vec<(i64, Option<f64>)>>,
    markers: Vec<MarkerAnswer>,
}

#[derive(Serialize, ToSchema)]
struct MarkerAnswer {
    #[schema(value_type = i64)]
    at: Millis,
    kind: MarkerKind,
}

/// Metrics over time, with markers of what happened to the show.
#[utoipa::path(get, path = "/api/metrics/series", operation_id = "read_metric_series", tag = "metrics", params(SeriesQuery), responses(
    (status = 200, body = SeriesAnswer),
    (status = 400, body = Problem, description = "`unknown_metric`, `no_series`, `bad_step`, `bad_request`"),
    (status = 404, body = Problem)))]
async fn over_time(
    State(analytics): State<Analytics>,
    actor: Can<ReadMetrics>,
    ApiQuery(query): ApiQuery<SeriesQuery>,
) -> ApiResult<SeriesAnswer> {
    let wanted = known(&query.ids)?;
    if let Some(metric) = wanted.iter().find(|metric| metric.over.is_none()) {
        return Err(ApiError::new(400, "no_series", format!("`{}` has no series", metric.id)));
    }
    let (state, at) = state(&analytics, &actor, query.broadcast).await?;
    let view = View::new(&state, at);
    let step_s = query.step_s.unwrap_or_else(|| series::usual_step_s(&view));
    if !(60..=86_400).contains(&step_s) || step_s % 60 != 0 || series::points(&view, step_s) > series::MAX_POINTS {
        let detail =
            format!("`step_s` is a multiple of 60 up to 86400 that gives at most {} points", series::MAX_POINTS);
        return Err(ApiError::new(400, "bad_step", detail));
    }
    let series = series::series(&view, &wanted, step_s);
    let markers = series.markers.iter().map(|marker| MarkerAnswer { at: marker.at, kind: marker.kind }).collect();
    Ok(Json(SeriesAnswer { step_s, from: series.from, to: series.to, ids: series.ids, markers }))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct LiveQuery {
    #[param(value_type = String, format = Uuid)]
    broadcast: BroadcastId,
}

/// One tile of the live screen.
#[derive(Serialize, ToSchema)]
struct TileAnswer {
    #[schema(value_type = String)]
    id: &'static str,
    #[schema(value_type = String)]
    zh: &'static str,
    #[schema(value_type = String)]
    en: &'static str,
    unit: Unit,
    #[schema(value_type = Option<f64>)]
    value: Option<Number>,
    /// Over the last ten minutes, the running one included.
    last_10m: Option<f64>,
    /// Over the ten minutes before.
    previous_10m: Option<f64>,
    /// The last 30 minutes, oldest first; empty when the metric does not apply.
    spark: Vec<f64>,
    /// Milliseconds since 1970.
    #[schema(value_type = i64)]
    as_of: Millis,
}

/// The tiles of the live screen.
#[utoipa::path(get, path = "/api/metrics/live", operation_id = "read_live_tiles", tag = "metrics", params(LiveQuery), responses(
    (status = 200, body = [TileAnswer]),
    (status = 404, body = Problem)))]
async fn live_tiles(
    State(analytics): State<Analytics>,
    actor: Can<ReadMetrics>,
    ApiQuery(query): ApiQuery<LiveQuery>,
) -> ApiResult<Vec<TileAnswer>> {
    let (state, as_of) = state(&analytics, &actor, query.broadcast).await?;
    let tiles = live::tiles(&View::new(&state, as_of)).into_iter().map(|tile| TileAnswer {
        id: tile.metric.id,
        zh: tile.metric.zh,
        en: tile.metric.en,
        unit: tile.metric.unit,
        value: tile.value,
        last_10m: tile.last_10m,
        previous_10m: tile.previous_10m,
        spark: tile.spark,
        as_of,
    });
    Ok(Json(tiles.collect()))
}

/// The state of a broadcast in the actor's scope with everything acknowledged so far, and the moment to see it at.
async fn state(
    analytics: &Analytics,
    actor: &Can<ReadMetrics>,
    id: BroadcastId,
) -> Result<(Arc<BroadcastState>, Millis), ApiError> {
    let found: BroadcastRef =
        analytics.broadcasts.find(actor.scope(), id).await?.ok_or_else(|| ApiError::not_found("broadcast"))?;
    analytics.engine.catch_up().await;
    let at = analytics.engine.as_of();
    let state = analytics.engine.broadcast(id).await?;
    if state.started_at.is_some() {
        return Ok((state, at));
    }
    // Its first event is still on the way; the record knows what it will say.
    let mut early = BroadcastState::clone(&state);
    early.started_at = Some(found.started_at);
    early.import |= found.import;
    Ok((Arc::new(early), at))
}

fn known(ids: &str) -> Result<Vec<&'static Metric>, ApiError> {
    let ids: Vec<&str> = ids.split(',').map(str::trim).filter(|id| !id.is_empty()).collect();
    if ids.is_empty() {
        return Err(ApiError::bad_request("`ids` names at least one metric"));
    }
    ids.into_iter()
        .map(|id| {
            metrics::find(id).ok_or_else(|| ApiError::new(400, "unknown_metric", format!("there is no metric `{id}`")))
        })
        .collect()
}
