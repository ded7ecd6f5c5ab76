//! Sources over HTTP. A write key is shown once: when the source is made, and when the key is rotated.

use super::{
    rules::{self, Refusal, Source, SourceKind},
    store,
};
use crate::{Collect, plan::TrackingPlan};
use ::store::Tx;
use app::{ApiError, ApiJson, ApiPath, ApiQuery, ApiResult, Can, Page, Permission, PermissionInfo, Problem, Scope};
use axum::{Json, extract::State, http::StatusCode};
use events::{Envelope, Event, Millis, SourceChanged, TeamId};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

const PAGE: u64 = 100;

/// May see sources and what was not taken from them.
pub struct ReadSources;
impl Permission for ReadSources {
    const INFO: PermissionInfo = PermissionInfo { name: "source.read", zh: "查看采集源", en: "see event sources" };
}

/// May make, change and remove sources, rotate keys, and replay what was not taken.
pub struct ManageSources;
impl Permission for ManageSources {
    const INFO: PermissionInfo =
        PermissionInfo { name: "source.manage", zh: "管理采集源", en: "manage event sources" };
}

pub(crate) fn routes(collect: Collect) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(change, remove))
        .routes(routes!(rotate))
        .with_state(collect)
}

/// A source of outside events, without its key.
#[derive(Debug, Serialize, ToSchema)]
struct EventSource {
    #[schema(example = "01890a5d-ac96-774b-bcce-b302099a8057")]
    id: Uuid,
    #[schema(value_type = Uuid)]
    team: TeamId,
    #[schema(example = "official website")]
    name: String,
    kind: SourceKind,
    /// A source that is not takes nothing.
    enabled: bool,
    /// Over it: 429 with `Retry-After`.
    #[schema(example = 1000)]
    events_per_s: u32,
    plan: TrackingPlan,
    #[schema(example = 1_790_000_000_000_i64)]
    created_at_ms: i64,
    /// Until when the key before the last rotation works; absent when none does.
    #[serde(skip_serializing_if = "Option::is_none")]
    old_key_until_ms: Option<i64>,
    /// Absent before the first request.
    #[serde(skip_serializing_if = "Option::is_none")]
    last_seen_at_ms: Option<i64>,
    /// Events taken since it was made.
    accepted: i64,
    /// Repeats.
    duplicates: i64,
    /// Not taken; the newest are in quarantine.
    rejected: i64,
    /// Turned away because there were too many.
    limited: i64,
}

/// A source with its key.
#[derive(Debug, Serialize, ToSchema)]
struct MadeSource {
    /// The write key: shown here and nowhere else.
    #[schema(example = "kbw_q2Vh0b0m3m9p4XyZ1nV6sTg8wKd5rLc7uJf2aHe9iQo")]
    write_key: String,
    #[serde(flatten)]
    source: EventSource,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewSource {
    #[schema(example = "official website", max_length = 100, pattern = r"\S")]
    name: String,
    kind: SourceKind,
    /// 1,000 without it.
    #[schema(example = 1000, minimum = 1, maximum = 100_000)]
    events_per_s: Option<u32>,
    #[serde(default)]
    plan: TrackingPlan,
}

/// What is absent stays as it is.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SourceChange {
    #[schema(example = "shop", max_length = 100, pattern = r"\S")]
    name: Option<String>,
    enabled: Option<bool>,
    #[schema(example = 200, minimum = 1, maximum = 100_000)]
    events_per_s: Option<u32>,
    plan: Option<TrackingPlan>,
}

#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct KeyRotation {
    /// How long the old key works on. 0 ends it at once.
    #[serde(default)]
    #[schema(example = 24, minimum = 0, maximum = 720)]
    overlap_hours: u32,
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct AfterSource {
    /// `next` of the page before.
    after: Option<Uuid>,
}

/// Sources in your scope 采集源, newest first
#[utoipa::path(get, path = "/api/collect/sources", tag = "collect", operation_id = "list_sources", params(AfterSource),
    responses(
        (status = 200, description = "a page of up to 100 sources", body = Page<EventSource>),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: needs `source.read`", body = Problem, content_type = "application/problem+json"),
    ))]
async fn list(
    State(collect): State<Collect>,
    can: Can<ReadSources>,
    ApiQuery(AfterSource { after }): ApiQuery<AfterSource>,
) -> ApiResult<Page<EventSource>> {
    let sources = store::list(collect.app().store.read(), can.scope(), after, PAGE).await?;
    let next = sources.last().filter(|_| sources.len() as u64 == PAGE).map(|source| source.id.to_string());
    Ok(Json(Page { items: sources.into_iter().map(|source| collect.shown(source)).collect(), next }))
}

/// Make a source 创建采集源. Its key goes into the client.
#[utoipa::path(post, path = "/api/collect/sources", tag = "collect", operation_id = "create_source", request_body = NewSource,
    responses(
        (status = 201, description = "made; the key is in `write_key` and is not shown again", body = MadeSource),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: needs `source.manage`", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "`bad_name`, `bad_limit` or `bad_plan`", body = Problem, content_type = "application/problem+json"),
    ))]
async fn create(
    State(collect): State<Collect>,
    can: Can<ManageSources>,
    ApiJson(new): ApiJson<NewSource>,
) -> Result<(StatusCode, Json<MadeSource>), ApiError> {
    new.plan.check().map_err(Refusal::Plan)?;
    let (write_key, key_hash) = rules::fresh_key();
    let source = Source {
        id: Uuid::now_v7(),
        org: can.scope().org,
        team: can.home_team,
        name: rules::name(&new.name)?,
        kind: new.kind,
        key_hash,
        old_key: None,
        enabled: true,
        events_per_s: rules::events_per_s(new.events_per_s.unwrap_or(rules::EVENTS_PER_S))?,
        plan: new.plan,
        created_at: collect.app().now(),
        last_seen_at: None,
        counts: Default::default(),
    };
    let tx = collect.app().store.begin().await?;
    store::insert(tx.db(), &source).await?;
    tx.emit(told(&source, "created", &can.name, collect.app().now())).await?;
    tx.commit().await?;
    collect.sources().load(collect.app()).await?;
    Ok((StatusCode::CREATED, Json(MadeSource { write_key, source: collect.shown(source) })))
}

/// Change a source 修改采集源: its name, its limit, its tracking plan, or whether it takes anything
#[utoipa::path(patch, path = "/api/collect/sources/{id}", tag = "collect", operation_id = "change_source",
    params(("id" = Uuid, Path, description = "the source's id")), request_body = SourceChange,
    responses(
        (status = 200, description = "changed", body = EventSource),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: needs `source.manage`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: no such source in your scope", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "`bad_name`, `bad_limit` or `bad_plan`", body = Problem, content_type = "application/problem+json"),
    ))]
async fn change(
    State(collect): State<Collect>,
    can: Can<ManageSources>,
    ApiPath(id): ApiPath<Uuid>,
    ApiJson(change): ApiJson<SourceChange>,
) -> ApiResult<EventSource> {
    let (tx, mut source) = collect.change_source(can.scope(), id).await?;
    if let Some(name) = change.name {
        source.name = rules::name(&name)?;
    }
    if let Some(limit) = change.events_per_s {
        source.events_per_s = rules::events_per_s(limit)?;
    }
    if let Some(plan) = change.plan {
        plan.check().map_err(Refusal::Plan)?;
        source.plan = plan;
    }
    source.enabled = change.enabled.unwrap_or(source.enabled);
    store::update(tx.db(), &source).await?;
    tx.emit(told(&source, "changed", &can.name, collect.app().now())).await?;
    tx.commit().await?;
    collect.sources().load(collect.app()).await?;
    Ok(Json(collect.shown(source)))
}

/// Give a source another key 轮换密钥. The old one works on for `overlap_hours`, so that clients can be changed one by one.
#[utoipa::path(post, path = "/api/collect/sources/{id}/key", tag = "collect", operation_id = "rotate_source_key",
    params(("id" = Uuid, Path, description = "the source's id")), request_body = KeyRotation,
    responses(
        (status = 200, description = "rotated; the new key is in `write_key` and is not shown again", body = MadeSource),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: needs `source.manage`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: no such source in your scope", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "`bad_overlap`", body = Problem, content_type = "application/problem+json"),
    ))]
async fn rotate(
    State(collect): State<Collect>,
    can: Can<ManageSources>,
    ApiPath(id): ApiPath<Uuid>,
    ApiJson(rotation): ApiJson<KeyRotation>,
) -> ApiResult<MadeSource> {
    let overlap_ms = rules::overlap_ms(rotation.overlap_hours)?;
    let (write_key, hash) = rules::fresh_key();
    let now = collect.app().now();
    let (tx, mut source) = collect.change_source(can.scope(), id).await?;
    source.rotate(hash, now.plus_ms(overlap_ms));
    store::update(tx.db(), &source).await?;
    tx.emit(told(&source, "key_rotated", &can.name, now)).await?;
    tx.commit().await?;
    collect.sources().load(collect.app()).await?;
    Ok(Json(MadeSource { write_key, source: collect.shown(source) }))
}

/// Remove a source 删除采集源. Its events stay; its key and its quarantine are gone.
#[utoipa::path(delete, path = "/api/collect/sources/{id}", tag = "collect", operation_id = "remove_source",
    params(("id" = Uuid, Path, description = "the source's id")),
    responses(
        (status = 204, description = "removed"),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: needs `source.manage`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: no such source in your scope", body = Problem, content_type = "application/problem+json"),
    ))]
async fn remove(
    State(collect): State<Collect>,
    can: Can<ManageSources>,
    ApiPath(id): ApiPath<Uuid>,
) -> Result<StatusCode, ApiError> {
    let (tx, source) = collect.change_source(can.scope(), id).await?;
    crate::quarantine::store::forget_of(tx.db(), id, None).await?;
    store::delete(tx.db(), id).await?;
    tx.emit(told(&source, "removed", &can.name, collect.app().now())).await?;
    tx.commit().await?;
    collect.sources().load(collect.app()).await?;
    collect.sources().forget(id);
    Ok(StatusCode::NO_CONTENT)
}

fn told(source: &Source, change: &str, by: &str, now: Millis) -> Envelope {
    let event =
        SourceChanged { collector: source.id, name: source.name.clone(), change: change.to_owned(), by: by.to_owned() };
    Envelope::new(now, events::Source::Server, source.org, Event::SourceChanged(event)).with_team(source.team)
}

impl Collect {
    /// Begins a change of a source, which nobody else changes meanwhile.
    async fn change_source(&self, scope: Scope, id: Uuid) -> Result<(Tx, Source), ApiError> {
        let tx = self.app().store.begin().await?;
        tx.take_turns(&format!("collect.source {id}")).await?;
        let source = store::find(tx.db(), scope, id).await?.ok_or_else(|| ApiError::not_found("source"))?;
        Ok((tx, source))
    }

    fn shown(&self, source: Source) -> EventSource {
        let (more, seen) = self.sources().unwritten(source.id);
        let now = self.app().now();
        EventSource {
            id: source.id,
            team: source.team,
            name: source.name,
            kind: source.kind,
            enabled: source.enabled,
            events_per_s: source.events_per_s,
            plan: source.plan,
            created_at_ms: source.created_at.0,
            old_key_until_ms: source.old_key.map(|(_, until)| until.0).filter(|until| now.0 < *until),
            last_seen_at_ms: seen.max(source.last_seen_at).map(|at| at.0),
            accepted: source.counts.accepted + more.accepted,
            duplicates: source.counts.duplicates + more.duplicates,
            rejected: source.counts.rejected + more.rejected,
            limited: source.counts.limited + more.limited,
        }
    }
}
