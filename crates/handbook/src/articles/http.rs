//! Reading the handbook over HTTP.

use super::{
    Published,
    rules::{Difference, differences},
    store::{self, Version},
};
use crate::{Handbook, Refusal, staff};
use app::{
    ApiError, ApiJson, ApiPath, ApiQuery, ApiResult, App, Can, Page, Permission, PermissionInfo, Problem, Within,
};
use axum::{
    Json,
    extract::{FromRef, State},
};
use events::Millis;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

pub const READ: &str = "handbook.read";

/// May read the handbook, and sit the exams of one's role.
pub struct ReadHandbook;
impl Permission for ReadHandbook {
    const INFO: PermissionInfo =
        PermissionInfo { name: READ, zh: "阅读手册与参加考试", en: "read the handbook and sit exams" };
}

/// May write the handbook, and say which law asks for what.
pub struct WriteHandbook;
impl Permission for WriteHandbook {
    const INFO: PermissionInfo = PermissionInfo {
        name: "handbook.write",
        zh: "编写手册与政策追踪",
        en: "write the handbook and track policies",
    };
}

pub fn routes(handbook: Handbook) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(read))
        .routes(routes!(acknowledge))
        .routes(routes!(readers))
        .routes(routes!(versions))
        .routes(routes!(version))
        .with_state(handbook)
}

/// The handbook as it is in force.
#[derive(Debug, Serialize, ToSchema)]
struct HandbookInForce {
    /// 0: what Kaibo brings along.
    number: u32,
    note: String,
    published_by: String,
    /// Null for what Kaibo brings along.
    #[schema(value_type = Option<i64>)]
    published_at_ms: Option<Millis>,
    /// When you acknowledged this version 已阅; null: you have not.
    #[schema(value_type = Option<i64>)]
    acknowledged_at_ms: Option<Millis>,
    articles: Vec<Published>,
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct ReadQuery {
    /// Articles that hold these words, in either language.
    q: Option<String>,
}

/// The handbook 合规手册
#[utoipa::path(get, path = "/api/handbook", tag = "handbook", operation_id = "read_handbook", params(ReadQuery),
    responses(
        (status = 200, description = "the version in force", body = HandbookInForce),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: needs `handbook.read`", body = Problem, content_type = "application/problem+json"),
    ))]
async fn read(
    State(handbook): State<Handbook>,
    can: Can<ReadHandbook>,
    ApiQuery(query): ApiQuery<ReadQuery>,
) -> ApiResult<HandbookInForce> {
    let (db, org) = (handbook.app().store.read(), can.scope().org);
    let Version { number, note, mut articles, by, at } = store::in_force(db, org).await?;
    let acknowledged_at_ms = store::acknowledged(db, org, &staff::of(&can), number).await?;
    if let Some(words) = query.q.as_deref().map(str::trim).filter(|words| !words.is_empty()) {
        articles.retain(|published| published.article.holds(words));
    }
    let published_at_ms = (number > 0).then_some(at);
    Ok(Json(HandbookInForce { number, note, published_by: by, published_at_ms, acknowledged_at_ms, articles }))
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Acknowledge {
    /// The version that was read; without it the one in force.
    number: Option<u32>,
}

#[derive(Debug, Serialize, ToSchema)]
struct Acknowledged {
    number: u32,
    #[schema(value_type = i64)]
    acknowledged_at_ms: Millis,
}

/// Read and understood 已阅
///
/// A second time changes nothing.
#[utoipa::path(put, path = "/api/handbook/acknowledged", tag = "handbook", operation_id = "acknowledge_handbook", request_body = Acknowledge,
    responses(
        (status = 200, description = "noted", body = Acknowledged),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: needs `handbook.read`", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "`old_version`: another one is in force by now", body = Problem, content_type = "application/problem+json"),
    ))]
async fn acknowledge(
    State(handbook): State<Handbook>,
    can: Can<ReadHandbook>,
    ApiJson(said): ApiJson<Acknowledge>,
) -> ApiResult<Acknowledged> {
    let (app, org, staff) = (handbook.app(), can.scope().org, staff::of(&can));
    let tx = app.store.begin().await?;
    tx.take_turns(&format!("handbook.{org}")).await?;
    let number = store::in_force(tx.db(), org).await?.number;
    if said.number.is_some_and(|said| said != number) {
        return Err(Refusal::OldVersion.into());
    }
    let now = app.now();
    store::acknowledge(tx.db(), org, &staff, number, now).await?;
    let at = store::acknowledged(tx.db(), org, &staff, number).await?;
    tx.commit().await?;
    Ok(Json(Acknowledged { number, acknowledged_at_ms: at.unwrap_or(now) }))
}

/// Somebody of the staff, and whether the version in force was read.
#[derive(Debug, Serialize, ToSchema)]
struct HandbookReader {
    staff: String,
    name: String,
    login: String,
    role: String,
    #[schema(value_type = Option<i64>)]
    acknowledged_at_ms: Option<Millis>,
}

/// Who has read the version in force
#[derive(Debug, Serialize, ToSchema)]
struct HandbookReaders {
    number: u32,
    people: Vec<HandbookReader>,
}

/// Who has read the version in force, and who has not, in your scope
#[utoipa::path(get, path = "/api/handbook/readers", tag = "handbook", operation_id = "list_handbook_readers",
    responses(
        (status = 200, description = "everybody who is to read it", body = HandbookReaders),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: needs `handbook.write`", body = Problem, content_type = "application/problem+json"),
    ))]
async fn readers(State(handbook): State<Handbook>, can: Can<WriteHandbook>) -> ApiResult<HandbookReaders> {
    let (db, org) = (handbook.app().store.read(), can.scope().org);
    let number = store::in_force(db, org).await?.number;
    let read = store::readers(db, org, number).await?;
    let people = staff::within(db, can.scope()).await?.into_iter().map(|member| HandbookReader {
        acknowledged_at_ms: read.get(&member.staff).copied(),
        staff: member.staff,
        name: member.name,
        login: member.login,
        role: member.role,
    });
    Ok(Json(HandbookReaders { number, people: people.collect() }))
}

/// A published version, without its articles.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct HandbookVersion {
    pub number: u32,
    pub note: String,
    pub published_by: String,
    #[schema(value_type = i64)]
    pub published_at_ms: Millis,
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct VersionsQuery {
    /// `next` of the page before.
    after: Option<u32>,
    #[param(inline)]
    limit: Option<Within<1, 200>>,
}

/// Published versions, the newest first
#[utoipa::path(get, path = "/api/handbook/versions", tag = "handbook", operation_id = "list_handbook_versions", params(VersionsQuery),
    responses(
        (status = 200, description = "a page", body = Page<HandbookVersion>),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: needs `handbook.read`", body = Problem, content_type = "application/problem+json"),
    ))]
async fn versions(
    State(handbook): State<Handbook>,
    can: Can<ReadHandbook>,
    ApiQuery(query): ApiQuery<VersionsQuery>,
) -> ApiResult<Page<HandbookVersion>> {
    let limit = query.limit.map_or(50, Within::get);
    let rows = store::list(handbook.app().store.read(), can.scope().org, query.after, limit).await?;
    let next = rows.last().filter(|_| rows.len() as u64 == limit).map(|(number, ..)| number.to_string());
    let items = rows.into_iter().map(|(number, note, published_by, published_at_ms)| HandbookVersion {
        number,
        note,
        published_by,
        published_at_ms,
    });
    Ok(Json(Page { items: items.collect(), next }))
}

/// A version, and what it changed.
#[derive(Debug, Serialize, ToSchema)]
struct HandbookChanges {
    number: u32,
    note: String,
    published_by: String,
    #[schema(value_type = i64)]
    published_at_ms: Millis,
    articles: Vec<Published>,
    /// From the version before.
    changes: Vec<Difference>,
}

/// A version, and what it changed
#[utoipa::path(get, path = "/api/handbook/versions/{number}", tag = "handbook", operation_id = "read_handbook_version",
    params(("number" = u32, Path, description = "the version's number; 0 is what Kaibo brings along")),
    responses(
        (status = 200, description = "the version", body = HandbookChanges),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: needs `handbook.read`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: no such version", body = Problem, content_type = "application/problem+json"),
    ))]
async fn version(
    State(handbook): State<Handbook>,
    can: Can<ReadHandbook>,
    ApiPath(number): ApiPath<u32>,
) -> ApiResult<HandbookChanges> {
    let (db, org) = (handbook.app().store.read(), can.scope().org);
    let found = store::find(db, org, number).await?.ok_or_else(|| ApiError::not_found("version"))?;
    let before = match number.checked_sub(1) {
        Some(number) => store::find(db, org, number).await?.map(|version| version.articles).unwrap_or_default(),
        None => Vec::new(),
    };
    let changes = if number == 0 { Vec::new() } else { differences(&before, &found.articles) };
    let Version { number, note, articles, by: published_by, at: published_at_ms } = found;
    Ok(Json(HandbookChanges { number, note, published_by, published_at_ms, articles, changes }))
}

impl FromRef<Handbook> for App {
    fn from_ref(handbook: &Handbook) -> Self {
        handbook.app().clone()
    }
}
