//! What was reported, for the people who decide.

use super::{
    ReportState,
    rules::{LOOKED_AT, Reliability, brigade},
    store,
};
use crate::{Moderation, ReadModeration, review};
use app::{ApiError, ApiPath, ApiResult, Can, Problem};
use axum::{Json, extract::State};
use events::{Millis, ViewerId};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

/// Reports that are told of one item.
const TOLD: u64 = 500;
/// How long back it is looked with whom somebody reports.
const LOOKED_BACK_MS: i64 = 30 * 86_400_000;

pub fn routes(moderation: Moderation) -> OpenApiRouter {
    OpenApiRouter::new().routes(routes!(reports)).with_state(moderation)
}

/// A viewer's report.
#[derive(Debug, Serialize, ToSchema)]
struct ItemReport {
    /// The pseudonym; masked without `personal.read`.
    #[schema(value_type = String, example = "v8f0c1d2e")]
    reporter: ViewerId,
    #[schema(example = "abuse")]
    clause: String,
    at_ms: i64,
    #[schema(inline)]
    state: ReportState,
    /// 0 to 1: how far it counts.
    weight: f64,
    /// How often this viewer's reports are right: the mean of a Beta distribution behind what people upheld and dismissed.
    reliability: f64,
    /// How many of this viewer's were decided.
    decided: u32,
    /// Most likely wrong on purpose: counts nothing.
    distrusted: bool,
    /// Came with others who report together again and again 组团举报.
    brigade: bool,
}

/// What viewers reported about a danmaku.
#[derive(Debug, Serialize, ToSchema)]
struct ItemReports {
    /// The oldest first, at most 500.
    reports: Vec<ItemReport>,
    /// What they weigh together.
    weight: f64,
    /// What they weigh without the brigade.
    weight_without_brigade: f64,
    /// People would look at it without the brigade too.
    looked_at_without_brigade: bool,
}

/// Who reported it, and how far that counts 举报详情
#[utoipa::path(get, path = "/api/moderation/items/{position}/reports", tag = "moderation", operation_id = "list_item_reports",
    params(("position" = u64, Path, description = "the item's position")),
    responses(
        (status = 200, description = "its reports", body = ItemReports),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: needs `moderation.read`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: no such item in your scope", body = Problem, content_type = "application/problem+json"),
    ))]
async fn reports(
    State(moderation): State<Moderation>,
    can: Can<ReadModeration>,
    ApiPath(position): ApiPath<u64>,
) -> ApiResult<ItemReports> {
    let app = moderation.app();
    let (db, now) = (app.store.read(), app.now());
    let item = review::store::find(db, can.scope(), position.min(i64::MAX as u64)).await?;
    let item = item.ok_or_else(|| ApiError::not_found("item"))?;
    let reports = store::about(db, can.scope(), position, TOLD).await?;
    let reporters: Vec<&ViewerId> = reports.iter().map(|report| &report.reporter).collect();
    let known = store::reliability(db, item.org, &reporters, now).await?;
    let since = Millis(now.0.saturating_sub(LOOKED_BACK_MS));
    let before = store::others(db, item.org, &reporters, item.position, since).await?;
    let at: Vec<(ViewerId, Millis)> = reports.iter().map(|report| (report.reporter.clone(), report.at)).collect();
    let brigade = brigade(&at, &before);
    let mask = can.mask();
    let (mut weight, mut without) = (0.0, 0.0);
    let told = reports.into_iter().map(|report| {
        let reliability: Reliability = known.get(&report.reporter).copied().unwrap_or_default();
        let in_brigade = brigade.contains(&report.reporter);
        weight += reliability.weight();
        without += if in_brigade { 0.0 } else { reliability.weight() };
        ItemReport {
            reporter: mask.viewer(&report.reporter),
            clause: report.clause,
            at_ms: report.at.0,
            state: report.state,
            weight: reliability.weight(),
            reliability: reliability.mean(),
            decided: reliability.decided,
            distrusted: reliability.is_distrusted(),
            brigade: in_brigade,
        }
    });
    let reports = told.collect();
    Ok(Json(ItemReports {
        reports,
        weight,
        weight_without_brigade: without,
        looked_at_without_brigade: without >= LOOKED_AT,
    }))
}
