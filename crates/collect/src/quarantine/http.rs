//! The quarantine over HTTP: what was not taken, corrected and replayed.

use super::{Quarantined, Refusal, corrected, store};
use crate::{Collect, ManageSources, ReadSources, sources};
use app::{ApiError, ApiJson, ApiPath, ApiQuery, ApiResult, Can, Page, Problem};
use axum::{Json, extract::State, http::StatusCode};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

const PAGE: u64 = 100;
/// Each is a transaction of its own.
const REPLAYED_AT_ONCE: u64 = 100;

pub(crate) fn routes(collect: Collect) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(list, forget_all))
        .routes(routes!(replay_all))
        .routes(routes!(edit, forget))
        .routes(routes!(replay))
        .with_state(collect)
}

/// An item that was not taken.
#[derive(Debug, Serialize, ToSchema)]
struct QuarantinedItem {
    #[schema(example = "01890a5d-ac96-774b-bcce-b302099a8057")]
    id: Uuid,
    /// `segment`, `posthog`, `sensors`, `cloudevents` or `ga4`: how the item is written.
    #[schema(example = "segment")]
    edge: String,
    /// `bad_shape`, `too_large` or `plan_violation`.
    #[schema(example = "plan_violation")]
    code: String,
    #[schema(example = "against the tracking plan: `price` is missing")]
    reason: String,
    /// The item as its client wrote it, in JSON.
    #[schema(example = "{\"type\":\"track\",\"event\":\"OrderPaid\"}")]
    item: String,
    /// It was longer than 64 KB: this is its beginning, which cannot be replayed.
    cut: bool,
    #[schema(example = 1_790_000_000_000_i64)]
    received_at_ms: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    edited_at_ms: Option<i64>,
    /// Taken after all.
    #[serde(skip_serializing_if = "Option::is_none")]
    replayed_at_ms: Option<i64>,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct CorrectedItem {
    /// The whole item, corrected.
    #[schema(value_type = Object, example = json!({"type": "track", "event": "OrderPaid", "properties": {"price": 19.9}}))]
    item: Value,
}

#[derive(Debug, Serialize, ToSchema)]
struct ReplayedItem {
    /// 1 when it was taken now; it is on disk.
    accepted: usize,
    /// 1 when it had been taken before.
    duplicates: usize,
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct WantedItems {
    /// `next` of the page before.
    after: Option<Uuid>,
    /// Only this reason: `bad_shape`, `too_large` or `plan_violation`.
    code: Option<String>,
    /// Only what was not replayed.
    #[serde(default)]
    waiting: bool,
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct OfReason {
    /// Only this reason; everything without it.
    code: Option<String>,
}

#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ReplayWanted {
    /// Only this reason; everything without it.
    #[schema(example = "plan_violation")]
    code: Option<String>,
    /// `next` of the answer before.
    after: Option<Uuid>,
}

#[derive(Debug, Default, Serialize, ToSchema)]
struct ReplayedItems {
    /// Taken now; on disk.
    accepted: usize,
    /// Taken before.
    duplicates: usize,
    /// Still refused, or kept cut; they stay.
    refused: usize,
    /// There may be more: ask again with it as `after`.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<Uuid>,
}

#[derive(Debug, Serialize, ToSchema)]
struct ForgottenItems {
    #[schema(example = 12)]
    forgotten: u64,
}

/// What was not taken from a source 隔离区, newest first
///
/// The newest 10,000 of a source are kept, for 7 days. Without `personal.read` personal data in them are masked.
#[utoipa::path(get, path = "/api/collect/sources/{id}/quarantine", tag = "collect", operation_id = "list_quarantine",
    params(("id" = Uuid, Path, description = "the source's id"), WantedItems),
    responses(
        (status = 200, description = "a page of up to 100 items", body = Page<QuarantinedItem>),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: needs `source.read`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: no such source in your scope", body = Problem, content_type = "application/problem+json"),
    ))]
async fn list(
    State(collect): State<Collect>,
    can: Can<ReadSources>,
    ApiPath(id): ApiPath<Uuid>,
    ApiQuery(WantedItems { after, code, waiting }): ApiQuery<WantedItems>,
) -> ApiResult<Page<QuarantinedItem>> {
    let db = collect.app().store.read();
    sources::store::find(db, can.scope(), id).await?.ok_or_else(|| ApiError::not_found("source"))?;
    let items = store::list(db, id, store::Wanted { code, waiting, after }, PAGE).await?;
    let next = items.last().filter(|_| items.len() as u64 == PAGE).map(|item| item.id.to_string());
    let mask = can.mask();
    Ok(Json(Page { items: items.into_iter().map(|item| item.shown(mask).into()).collect(), next }))
}

/// Forget what was not taken 清空隔离区, all of it or one reason
#[utoipa::path(delete, path = "/api/collect/sources/{id}/quarantine", tag = "collect", operation_id = "forget_quarantine",
    params(("id" = Uuid, Path, description = "the source's id"), OfReason),
    responses(
        (status = 200, description = "forgotten", body = ForgottenItems),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: needs `source.manage`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: no such source in your scope", body = Problem, content_type = "application/problem+json"),
    ))]
async fn forget_all(
    State(collect): State<Collect>,
    can: Can<ManageSources>,
    ApiPath(id): ApiPath<Uuid>,
    ApiQuery(OfReason { code }): ApiQuery<OfReason>,
) -> ApiResult<ForgottenItems> {
    let tx = collect.app().store.begin().await?;
    sources::store::find(tx.db(), can.scope(), id).await?.ok_or_else(|| ApiError::not_found("source"))?;
    let forgotten = store::forget_of(tx.db(), id, code).await?;
    tx.commit().await?;
    Ok(Json(ForgottenItems { forgotten }))
}

/// Take after all what waits 批量重放, up to 100 of it
///
/// What is still refused stays and is counted.
#[utoipa::path(post, path = "/api/collect/sources/{id}/quarantine/replay", tag = "collect", operation_id = "replay_quarantine",
    params(("id" = Uuid, Path, description = "the source's id")), request_body = ReplayWanted,
    responses(
        (status = 200, description = "what became of them", body = ReplayedItems),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: needs `source.manage`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: no such source in your scope", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "`log_unavailable`: try again after `Retry-After` seconds", body = Problem, content_type = "application/problem+json"),
    ))]
async fn replay_all(
    State(collect): State<Collect>,
    can: Can<ManageSources>,
    ApiPath(id): ApiPath<Uuid>,
    ApiJson(ReplayWanted { code, after }): ApiJson<ReplayWanted>,
) -> ApiResult<ReplayedItems> {
    let db = collect.app().store.read();
    let found = sources::store::find(db, can.scope(), id).await?;
    let source = found.ok_or_else(|| ApiError::not_found("source"))?;
    let items = store::list(db, id, store::Wanted { code, waiting: true, after }, REPLAYED_AT_ONCE).await?;
    let next = items.last().filter(|_| items.len() as u64 == REPLAYED_AT_ONCE).map(|item| item.id);
    let mut answer = ReplayedItems { next, ..ReplayedItems::default() };
    for item in &items {
        match collect.replay(item, &source).await {
            Ok(replayed) => {
                answer.accepted += replayed.accepted;
                answer.duplicates += replayed.duplicates;
            }
            Err(refused) if matches!(refused.status(), 409 | 422) => answer.refused += 1,
            Err(error) => return Err(error),
        }
    }
    Ok(Json(answer))
}

/// Correct an item 修正. It is not taken before it is replayed. One that is shown masked is corrected by who may see it.
#[utoipa::path(patch, path = "/api/collect/quarantine/{id}", tag = "collect", operation_id = "correct_quarantined",
    params(("id" = Uuid, Path, description = "the item's id")), request_body = CorrectedItem,
    responses(
        (status = 200, description = "corrected", body = QuarantinedItem),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: needs `source.manage`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: no such item in your scope", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "`already_replayed`", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "`bad_item`", body = Problem, content_type = "application/problem+json"),
    ))]
async fn edit(
    State(collect): State<Collect>,
    can: Can<ManageSources>,
    ApiPath(id): ApiPath<Uuid>,
    ApiJson(change): ApiJson<CorrectedItem>,
) -> ApiResult<QuarantinedItem> {
    let text = corrected(&change.item)?;
    let now = collect.app().now();
    let tx = collect.app().store.begin().await?;
    let item = store::find(tx.db(), can.scope(), id).await?.ok_or_else(|| ApiError::not_found("item"))?;
    if item.replayed_at.is_some() {
        return Err(Refusal::Replayed.into());
    }
    if item.is_hidden(can.mask()) {
        return Err(Refusal::Masked.into());
    }
    store::edit(tx.db(), id, &text, now).await?;
    tx.commit().await?;
    Ok(Json(Quarantined { item: text, cut: false, edited_at: Some(now), ..item }.shown(can.mask()).into()))
}

/// Forget an item 忽略
#[utoipa::path(delete, path = "/api/collect/quarantine/{id}", tag = "collect", operation_id = "forget_quarantined",
    params(("id" = Uuid, Path, description = "the item's id")),
    responses(
        (status = 204, description = "forgotten"),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: needs `source.manage`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: no such item in your scope", body = Problem, content_type = "application/problem+json"),
    ))]
async fn forget(
    State(collect): State<Collect>,
    can: Can<ManageSources>,
    ApiPath(id): ApiPath<Uuid>,
) -> Result<StatusCode, ApiError> {
    let tx = collect.app().store.begin().await?;
    store::find(tx.db(), can.scope(), id).await?.ok_or_else(|| ApiError::not_found("item"))?;
    store::forget(tx.db(), id).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Take an item after all 重放
///
/// It is read by the same edge and today's tracking plan, keeps its time, and counts once however often it is replayed.
#[utoipa::path(post, path = "/api/collect/quarantine/{id}/replay", tag = "collect", operation_id = "replay_quarantined",
    params(("id" = Uuid, Path, description = "the item's id")),
    responses(
        (status = 200, description = "taken, now or before", body = ReplayedItem),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: needs `source.manage`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: no such item in your scope", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "`item_cut`", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "`bad_shape`, `too_large` or `plan_violation`: still refused", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "`log_unavailable`: try again after `Retry-After` seconds", body = Problem, content_type = "application/problem+json"),
    ))]
async fn replay(
    State(collect): State<Collect>,
    can: Can<ManageSources>,
    ApiPath(id): ApiPath<Uuid>,
) -> ApiResult<ReplayedItem> {
    let db = collect.app().store.read();
    let item = store::find(db, can.scope(), id).await?.ok_or_else(|| ApiError::not_found("item"))?;
    let source = sources::store::find(db, can.scope(), item.source).await?;
    let source = source.ok_or_else(|| ApiError::not_found("source"))?;
    let replayed = collect.replay(&item, &source).await?;
    Ok(Json(ReplayedItem { accepted: replayed.accepted, duplicates: replayed.duplicates }))
}

impl From<Quarantined> for QuarantinedItem {
    fn from(item: Quarantined) -> Self {
        Self {
            id: item.id,
            edge: item.edge,
            code: item.code,
            reason: item.reason,
            item: item.item,
            cut: item.cut,
            received_at_ms: item.received_at.0,
            edited_at_ms: item.edited_at.map(|at| at.0),
            replayed_at_ms: item.replayed_at.map(|at| at.0),
        }
    }
}
