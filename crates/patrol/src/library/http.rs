//! The library over HTTP.

use super::{MOST_SAMPLES, PatrolLevel, Refusal, Sample, name, store};
use crate::{
    ActOnPatrol, Patrol, ReadPatrol,
    decode::{self, Failed, Format},
    hash::Prints,
};
use app::{ApiError, ApiJson, ApiPath, ApiQuery, ApiResult, App, Can, Page, Problem, Reach, Within};
use axum::{
    Json,
    body::Bytes,
    extract::{DefaultBodyLimit, FromRef, State},
    http::StatusCode,
};
use events::{Millis, TeamId};
use serde::{Deserialize, Serialize};
use std::time::Duration;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

const MOST_BYTES: usize = 5 << 20;
const PATIENCE: Duration = Duration::from_secs(20);
const LONGEST_SOURCE: usize = 200;

impl FromRef<Patrol> for App {
    fn from_ref(patrol: &Patrol) -> App {
        patrol.app().clone()
    }
}

pub fn routes(patrol: Patrol) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(list, add))
        .layer(DefaultBodyLimit::max(MOST_BYTES))
        .routes(routes!(change, remove))
        .merge(super::http_file::routes())
        .with_state(patrol)
}

/// A picture that must not be shown again.
#[derive(Debug, Serialize, ToSchema)]
pub struct PatrolSample {
    pub id: Uuid,
    /// Whose rooms it is looked for in; null: all of the organisation.
    #[schema(value_type = Option<Uuid>, example = json!(null))]
    pub team: Option<TeamId>,
    #[schema(example = "轮盘")]
    pub name: String,
    /// A published rule.
    #[schema(example = "gambling")]
    pub category: String,
    pub level: PatrolLevel,
    #[schema(example = "上级通报")]
    pub source: String,
    pub enabled: bool,
    #[schema(example = "lin")]
    pub added_by: String,
    #[schema(value_type = i64, example = 1_795_867_200_000_i64)]
    pub added_at_ms: Millis,
}

impl From<Sample> for PatrolSample {
    fn from(sample: Sample) -> Self {
        let Sample { id, team, name, category, level, source, enabled, added_by, added_at, .. } = sample;
        Self { id, team, name, category, level, source, enabled, added_by, added_at_ms: added_at }
    }
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct SamplesQuery {
    /// `next` of the page before.
    after: Option<Uuid>,
    #[param(inline)]
    limit: Option<Within<1, 200>>,
}

/// The violation library, the newest first 违规库
#[utoipa::path(get, path = "/api/patrol/samples", tag = "patrol", operation_id = "list_patrol_samples", params(SamplesQuery),
    responses(
        (status = 200, description = "a page", body = Page<PatrolSample>),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: needs `patrol.read`", body = Problem, content_type = "application/problem+json"),
    ))]
async fn list(
    State(patrol): State<Patrol>,
    can: Can<ReadPatrol>,
    ApiQuery(query): ApiQuery<SamplesQuery>,
) -> ApiResult<Page<PatrolSample>> {
    let limit = query.limit.map_or(50, Within::get);
    let samples = store::list(patrol.app().store.read(), can.scope(), query.after, limit).await?;
    let next = samples.last().filter(|_| samples.len() as u64 == limit).map(|last| last.id.to_string());
    Ok(Json(Page { items: samples.into_iter().map(PatrolSample::from).collect(), next }))
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct NewSample {
    #[param(format = "line", max_length = 100, example = "轮盘")]
    name: String,
    /// A published rule.
    #[param(format = "clause", example = "gambling")]
    category: String,
    /// `alarm` or `hold`.
    #[param(inline)]
    level: PatrolLevel,
    /// Where it came from.
    #[param(max_length = 200)]
    source: Option<String>,
}

/// Add a picture to the library 添加违规样本
///
/// The body is the picture, JPEG or PNG, at most 5 MB. Only its prints are kept. It is looked for in all rooms of the organisation when
/// headquarters add it, otherwise in those of one's team.
#[utoipa::path(post, path = "/api/patrol/samples", tag = "patrol", operation_id = "add_patrol_sample", params(NewSample),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses(
        (status = 201, description = "it is looked for", body = PatrolSample),
        (status = 400, description = "`bad_request`", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: needs `patrol.act`", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "`sample_known`, `too_many_samples`", body = Problem, content_type = "application/problem+json"),
        (status = 413, description = "more than 5 MB", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "`bad_name`, `unknown_category`, `unreadable_picture`, `too_plain`", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "`not_now`: ffmpeg is not there, or busy", body = Problem, content_type = "application/problem+json"),
    ))]
async fn add(
    State(patrol): State<Patrol>,
    can: Can<ActOnPatrol>,
    ApiQuery(new): ApiQuery<NewSample>,
    body: Bytes,
) -> Result<(StatusCode, Json<PatrolSample>), ApiError> {
    let NewSample { name: called, category, level, source } = new;
    let (called, category) = (name(&called)?, category_of(&patrol, category)?);
    let source: String = source.unwrap_or_default().chars().take(LONGEST_SOURCE).collect();
    let prints = prints_of(&patrol, body).await?;
    let sample = patrol.add_sample(&can.actor, called, category, level, source, prints).await??;
    Ok((StatusCode::CREATED, Json(sample.into())))
}

pub fn category_of(patrol: &Patrol, category: String) -> Result<String, Refusal> {
    if patrol.streams().is_clause(&category) { Ok(category) } else { Err(Refusal::UnknownCategory(category)) }
}

async fn prints_of(patrol: &Patrol, file: Bytes) -> Result<Prints, ApiError> {
    let format = Format::of_picture(&file).ok_or(Refusal::Unreadable)?;
    let Ok(Ok(_turn)) = tokio::time::timeout(PATIENCE, patrol.uploads().acquire()).await else {
        return Err(Refusal::NotNow.into());
    };
    let settings = patrol.settings();
    let decoded = decode::picture(&settings.ffmpeg, settings.timeout(), format, vec![file]).await;
    let decoded = decoded.map_err(|failed| match failed {
        Failed::Unreadable => Refusal::Unreadable,
        Failed::Missing | Failed::TooSlow => Refusal::NotNow,
    })?;
    if decoded.grey.is_plain() {
        return Err(Refusal::TooPlain.into());
    }
    Ok(decoded.grey.prints())
}

impl Patrol {
    pub(crate) async fn add_sample(
        &self,
        by: &app::Actor,
        name: String,
        category: String,
        level: PatrolLevel,
        source: String,
        prints: Prints,
    ) -> anyhow::Result<Result<Sample, Refusal>> {
        let sample = Sample {
            id: Uuid::now_v7(),
            org: by.scope.org,
            team: (by.scope.reach != Reach::Org).then_some(by.home_team),
            name,
            category,
            level,
            source,
            prints,
            enabled: true,
            added_by: by.name.to_string(),
            added_at: self.app().now(),
        };
        let tx = self.app().store.begin().await?;
        tx.take_turns("patrol_samples").await?;
        if store::count(tx.db(), sample.org).await? >= MOST_SAMPLES {
            return Ok(Err(Refusal::TooMany));
        }
        if let Err(refusal) = store::insert(tx.db(), &sample).await? {
            return Ok(Err(refusal));
        }
        tx.commit().await?;
        self.reload().await?;
        Ok(Ok(sample))
    }
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SampleChange {
    enabled: bool,
}

/// Look for a sample, or not 启用或停用样本
#[utoipa::path(patch, path = "/api/patrol/samples/{id}", tag = "patrol", operation_id = "change_patrol_sample",
    params(("id" = Uuid, Path, description = "the sample")), request_body = SampleChange,
    responses(
        (status = 200, description = "in force", body = PatrolSample),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: needs `patrol.act`; `beyond_your_reach`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: no such sample in your scope", body = Problem, content_type = "application/problem+json"),
    ))]
async fn change(
    State(patrol): State<Patrol>,
    can: Can<ActOnPatrol>,
    ApiPath(id): ApiPath<Uuid>,
    ApiJson(SampleChange { enabled }): ApiJson<SampleChange>,
) -> ApiResult<PatrolSample> {
    let tx = patrol.app().store.begin().await?;
    let found = store::find(tx.db(), can.scope(), id).await?.ok_or_else(|| ApiError::not_found("sample"))?;
    if !store::enable(tx.db(), can.scope(), id, enabled).await? {
        return Err(beyond());
    }
    tx.commit().await?;
    patrol.reload().await?;
    Ok(Json(Sample { enabled, ..found }.into()))
}

/// Remove a sample 删除样本
#[utoipa::path(delete, path = "/api/patrol/samples/{id}", tag = "patrol", operation_id = "remove_patrol_sample",
    params(("id" = Uuid, Path, description = "the sample")),
    responses(
        (status = 204, description = "it is gone"),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: needs `patrol.act`; `beyond_your_reach`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: no such sample in your scope", body = Problem, content_type = "application/problem+json"),
    ))]
async fn remove(
    State(patrol): State<Patrol>,
    can: Can<ActOnPatrol>,
    ApiPath(id): ApiPath<Uuid>,
) -> Result<StatusCode, ApiError> {
    let tx = patrol.app().store.begin().await?;
    store::find(tx.db(), can.scope(), id).await?.ok_or_else(|| ApiError::not_found("sample"))?;
    if !store::delete(tx.db(), can.scope(), id).await? {
        return Err(beyond());
    }
    tx.commit().await?;
    patrol.reload().await?;
    Ok(StatusCode::NO_CONTENT)
}

fn beyond() -> ApiError {
    ApiError::new(403, "beyond_your_reach", "this sample is everybody's, which takes somebody of headquarters")
}
