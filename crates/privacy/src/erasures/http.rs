//! Erasures over HTTP.

use super::{Erasure, store};
use crate::{
    Privacy,
    holds::http::refuse_held,
    subject::{Subject, whole},
};
use app::{
    ApiError, ApiJson, ApiPath, ApiQuery, ApiResult, App, Can, Page, Permission, PermissionInfo, Problem, Within,
};
use axum::{
    Json,
    extract::{FromRef, State},
    http::StatusCode,
};
use events::{Empty, Envelope, Event, Millis, OrgId, Source, ViewerId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

/// May erase what viewers wrote.
pub struct EraseViewers;
impl Permission for EraseViewers {
    const INFO: PermissionInfo =
        PermissionInfo { name: "privacy.erase", zh: "抹除观众内容", en: "erase what viewers wrote" };
}

impl FromRef<Privacy> for App {
    fn from_ref(privacy: &Privacy) -> App {
        privacy.app().clone()
    }
}

pub fn routes(privacy: Privacy) -> OpenApiRouter {
    OpenApiRouter::new().routes(routes!(list, ask)).routes(routes!(find)).with_state(privacy)
}

/// Everything a viewer wrote up to a moment, erased.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Erasure)]
struct ErasureBody {
    id: Uuid,
    /// The pseudonym, which stays: what is counted goes by it.
    #[schema(value_type = String)]
    viewer: ViewerId,
    /// Empty when the database is older than the erasure, which was then done again.
    asked_by: String,
    #[schema(value_type = i64)]
    asked_at_ms: Millis,
    state: ErasureState,
    /// Where it stands in the event log: what was written behind it is not erased.
    position: Option<u64>,
    keys_destroyed: u64,
    /// How much was let go of, by what held it.
    erased: BTreeMap<String, u64>,
    #[schema(value_type = Option<i64>)]
    done_at_ms: Option<Millis>,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum ErasureState {
    /// It is being done.
    Waiting,
    Done,
}

impl From<Erasure> for ErasureBody {
    fn from(erasure: Erasure) -> Self {
        Self {
            id: erasure.id,
            viewer: erasure.viewer,
            asked_by: erasure.asked_by,
            asked_at_ms: erasure.asked_at,
            state: if erasure.done_at.is_some() { ErasureState::Done } else { ErasureState::Waiting },
            position: erasure.position,
            keys_destroyed: erasure.keys_destroyed,
            erased: erasure.erased,
            done_at_ms: erasure.done_at,
        }
    }
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct ErasureQuery {
    /// `next` of the page before.
    after: Option<Uuid>,
    /// By default 50.
    #[param(inline)]
    limit: Option<Within<1, 200>>,
}

/// Erase what a viewer wrote 抹除观众内容
///
/// Texts and nicknames up to now become unreadable in the event log, the danmaku archive and the quarantine, for ever; what was counted stays
/// counted. It is done moments later: ask again for its `state`. A second time erases what was written meanwhile, if anything was.
#[utoipa::path(post, path = "/api/privacy/erasures", tag = "privacy", operation_id = "erase_viewer", request_body = Subject,
    responses(
        (status = 202, description = "it is on disk and will be done", body = ErasureBody),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: needs `privacy.erase`; `beyond_your_reach`", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "`held`: by a legal hold", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "`bad_subject`, `token_invalid`", body = Problem, content_type = "application/problem+json"),
    ))]
async fn ask(
    State(privacy): State<Privacy>,
    can: Can<EraseViewers>,
    ApiJson(subject): ApiJson<Subject>,
) -> Result<(StatusCode, Json<ErasureBody>), ApiError> {
    let org = whole(&can)?;
    let viewer = subject.viewer(&privacy, org).await?;
    refuse_held(&privacy, org, &viewer).await?;
    let erasure = begin(privacy.app(), org, viewer, &can.name).await?;
    Ok((StatusCode::ACCEPTED, Json(erasure.into())))
}

async fn begin(app: &App, org: OrgId, viewer: ViewerId, by: &str) -> anyhow::Result<Erasure> {
    let tx = app.store.begin().await?;
    let erasure = Erasure {
        id: Uuid::now_v7(),
        org,
        viewer: viewer.clone(),
        asked_by: by.to_owned(),
        asked_at: app.now(),
        position: None,
        keys_destroyed: 0,
        erased: BTreeMap::new(),
        done_at: None,
    };
    store::insert(tx.db(), &erasure).await?;
    let event = Envelope::new(erasure.asked_at, Source::Server, org, Event::ViewerErased(Empty {}));
    tx.emit(event.with_viewer(viewer).with_key(erasure.id.to_string())).await?;
    tx.commit().await?;
    Ok(erasure)
}

/// Erasures, the newest first 抹除记录
#[utoipa::path(get, path = "/api/privacy/erasures", tag = "privacy", operation_id = "list_erasures", params(ErasureQuery),
    responses(
        (status = 200, description = "a page", body = Page<ErasureBody>),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: needs `privacy.erase`; `beyond_your_reach`", body = Problem, content_type = "application/problem+json"),
    ))]
async fn list(
    State(privacy): State<Privacy>,
    can: Can<EraseViewers>,
    ApiQuery(query): ApiQuery<ErasureQuery>,
) -> ApiResult<Page<ErasureBody>> {
    let org = whole(&can)?;
    let limit = query.limit.map_or(50, Within::get);
    let erasures = store::list(privacy.app().store.read(), org, query.after, limit).await?;
    let next = erasures.last().filter(|_| erasures.len() as u64 == limit).map(|last| last.id.to_string());
    Ok(Json(Page { items: erasures.into_iter().map(ErasureBody::from).collect(), next }))
}

/// An erasure
#[utoipa::path(get, path = "/api/privacy/erasures/{id}", tag = "privacy", operation_id = "get_erasure",
    params(("id" = Uuid, Path, description = "the erasure's id")),
    responses(
        (status = 200, description = "the erasure", body = ErasureBody),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: needs `privacy.erase`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: no such erasure in your scope", body = Problem, content_type = "application/problem+json"),
    ))]
async fn find(
    State(privacy): State<Privacy>,
    can: Can<EraseViewers>,
    ApiPath(id): ApiPath<Uuid>,
) -> ApiResult<ErasureBody> {
    let org = whole(&can).map_err(|_| ApiError::not_found("erasure"))?;
    let erasure = store::find(privacy.app().store.read(), org, id).await?;
    Ok(Json(erasure.ok_or_else(|| ApiError::not_found("erasure"))?.into()))
}
