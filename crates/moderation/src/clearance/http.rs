//! Dossiers 备播单 over HTTP: written, read, changed.

use super::{
    Content, Dossier, DossierState, Person, PrepareShows, TURN, findings,
    http_bodies::{DossierBody, DossierRow, DossierVersion, DossierVersionText, found, one, unknown},
    rules, store, store_papers,
};
use crate::{Moderation, chat::http::room_of, review::http::ReadModeration};
use app::{ApiError, ApiJson, ApiPath, ApiQuery, ApiResult, Can, Page, Problem, Within};
use axum::{Json, extract::State, http::StatusCode};
use events::{DossierChanged, Envelope, Event, Millis, RoomId, Source};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

pub fn routes(moderation: Moderation) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(find, update, remove))
        .routes(routes!(versions))
        .routes(routes!(version))
        .with_state(moderation)
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct DossiersQuery {
    #[param(inline)]
    state: Option<DossierState>,
    #[param(value_type = Option<Uuid>)]
    room: Option<RoomId>,
    /// `next` of the page before.
    after: Option<Uuid>,
    #[param(inline)]
    limit: Option<Within<1, 200>>,
}

/// Dossiers in your scope 备播单, the newest first
#[utoipa::path(get, path = "/api/moderation/dossiers", tag = "moderation", operation_id = "list_dossiers", params(DossiersQuery),
    responses(
        (status = 200, description = "a page", body = Page<DossierRow>),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: needs `moderation.read`", body = Problem, content_type = "application/problem+json"),
    ))]
async fn list(
    State(moderation): State<Moderation>,
    can: Can<ReadModeration>,
    ApiQuery(query): ApiQuery<DossiersQuery>,
) -> ApiResult<Page<DossierRow>> {
    let limit = query.limit.map_or(50, Within::get);
    let filter = store::Filter { state: query.state, room: query.room };
    let found = store::list(moderation.app().store.read(), can.scope(), &filter, query.after, limit).await?;
    let next = found.last().filter(|_| found.len() as u64 == limit).map(|last| last.id.to_string());
    Ok(Json(Page { items: found.into_iter().map(DossierRow::from).collect(), next }))
}

/// What a show is planned to be.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewDossier {
    #[schema(value_type = Uuid)]
    room: RoomId,
    content: Content,
}

/// Plan a show 新建备播单
#[utoipa::path(post, path = "/api/moderation/dossiers", tag = "moderation", operation_id = "create_dossier", request_body = NewDossier,
    responses(
        (status = 201, description = "the dossier, a draft", body = DossierBody),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: needs `moderation.prepare`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: no such room in your scope", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "`bad_title`, `bad_time`, `bad_section`, `bad_item`, `too_many`, `too_long`; `unknown_document`", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "`not_ready`: the lists are being read", body = Problem, content_type = "application/problem+json"),
    ))]
async fn create(
    State(moderation): State<Moderation>,
    can: Can<PrepareShows>,
    ApiJson(wanted): ApiJson<NewDossier>,
) -> Result<(StatusCode, Json<DossierBody>), ApiError> {
    let room = room_of(&moderation, &can, wanted.room).await?;
    let content = rules::tidy(wanted.content).map_err(refused)?;
    let app = moderation.app();
    let mut dossier = Dossier {
        id: Uuid::now_v7(),
        org: room.org,
        team: room.team,
        room: room.room,
        state: DossierState::Draft,
        version: 0,
        sha256: String::new(),
        content,
        writers: Vec::new(),
        errors: 0,
        warnings: 0,
        cleared_version: None,
        changed_by: String::new(),
        changed_at: app.now(),
    };
    write(&moderation, &mut dossier, Person::of(&can.actor)).await?;
    let tx = app.store.begin().await?;
    store::insert(tx.db(), &dossier).await?;
    tx.emit(told(&dossier, dossier.state.name(), &can.name, Vec::new(), dossier.changed_at)).await?;
    tx.commit().await?;
    Ok((StatusCode::CREATED, one(&moderation, dossier, &can).await?))
}

/// What a change of its words makes of a dossier.
async fn write(moderation: &Moderation, dossier: &mut Dossier, by: Person) -> Result<(), ApiError> {
    let ids = rules::attached(&dossier.content);
    let documents = store_papers::of_team(moderation.app().store.read(), dossier.org, dossier.team, &ids).await?;
    if documents.len() != ids.len() {
        return Err(ApiError::new(422, "unknown_document", "a document is none of this team's"));
    }
    let findings = found(moderation, dossier.org, dossier.room, &dossier.content, &documents)?;
    (dossier.errors, dossier.warnings) = findings::count(&findings);
    (_, dossier.sha256) = rules::text_of(dossier.id, dossier.room, &dossier.content, &documents)?;
    dossier.version = dossier.version.saturating_add(1);
    dossier.state = DossierState::Draft;
    dossier.changed_at = moderation.app().now();
    dossier.changed_by = by.name.clone();
    if !dossier.writers.contains(&by) {
        dossier.writers.push(by);
    }
    Ok(())
}

/// Its event.
pub fn told(dossier: &Dossier, state: &str, by: &str, reasons: Vec<String>, now: Millis) -> Envelope {
    let changed = DossierChanged {
        dossier: dossier.id,
        version: dossier.version,
        state: state.to_owned(),
        sha256: dossier.sha256.clone(),
        by: by.to_owned(),
        reasons,
    };
    let event = Envelope::new(now, Source::Server, dossier.org, Event::DossierChanged(changed));
    event.with_team(dossier.team).with_room(dossier.room)
}

/// A dossier 备播单详情, with what speaks against it now
#[utoipa::path(get, path = "/api/moderation/dossiers/{id}", tag = "moderation", operation_id = "get_dossier",
    params(("id" = Uuid, Path, description = "the dossier")),
    responses(
        (status = 200, description = "the dossier", body = DossierBody),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: needs `moderation.read`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: no such dossier in your scope", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "`not_ready`: the lists are being read", body = Problem, content_type = "application/problem+json"),
    ))]
async fn find(
    State(moderation): State<Moderation>,
    can: Can<ReadModeration>,
    ApiPath(id): ApiPath<Uuid>,
) -> ApiResult<DossierBody> {
    let found = store::find(moderation.app().store.read(), can.scope(), id).await?;
    one(&moderation, found.ok_or_else(unknown)?, &can).await
}

/// What it is to be instead.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct DossierChange {
    /// The one that you changed.
    #[schema(example = 3)]
    version: u32,
    content: Content,
}

/// Change a dossier 修改备播单
///
/// It is a draft then, whatever it was; what was cleared before can still be read. Nothing happens where nothing is different.
#[utoipa::path(put, path = "/api/moderation/dossiers/{id}", tag = "moderation", operation_id = "update_dossier",
    params(("id" = Uuid, Path, description = "the dossier")), request_body = DossierChange,
    responses(
        (status = 200, description = "the dossier", body = DossierBody),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: needs `moderation.prepare`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: no such dossier in your scope", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "`stale`: somebody changed it meanwhile", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "`bad_title`, `bad_time`, `bad_section`, `bad_item`, `too_many`, `too_long`; `unknown_document`", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "`not_ready`: the lists are being read", body = Problem, content_type = "application/problem+json"),
    ))]
async fn update(
    State(moderation): State<Moderation>,
    can: Can<PrepareShows>,
    ApiPath(id): ApiPath<Uuid>,
    ApiJson(wanted): ApiJson<DossierChange>,
) -> ApiResult<DossierBody> {
    let content = rules::tidy(wanted.content).map_err(refused)?;
    let tx = moderation.app().store.begin().await?;
    tx.take_turns(TURN).await?;
    let mut dossier = store::find(tx.db(), can.scope(), id).await?.ok_or_else(unknown)?;
    is_current(&dossier, wanted.version)?;
    if dossier.content == content {
        tx.commit().await?;
        return one(&moderation, dossier, &can).await;
    }
    let before = dossier.state;
    dossier.content = content;
    write(&moderation, &mut dossier, Person::of(&can.actor)).await?;
    store::update(tx.db(), &dossier).await?;
    if before != DossierState::Draft {
        store::withdraw(tx.db(), dossier.id).await?;
        tx.emit(told(&dossier, dossier.state.name(), &can.name, Vec::new(), dossier.changed_at)).await?;
    }
    tx.commit().await?;
    one(&moderation, dossier, &can).await
}

/// Whoever changes something saw what stands there.
pub fn is_current(dossier: &Dossier, version: u32) -> Result<(), ApiError> {
    if dossier.version == version {
        return Ok(());
    }
    let now = dossier.version;
    Err(ApiError::new(409, "stale", format!("somebody changed it meanwhile: it is at version {now}")))
}

pub fn refused((code, why): rules::Refused) -> ApiError {
    ApiError::new(422, code, why)
}

/// Remove a dossier 删除备播单
///
/// Only one of which nothing was ever cleared.
#[utoipa::path(delete, path = "/api/moderation/dossiers/{id}", tag = "moderation", operation_id = "delete_dossier",
    params(("id" = Uuid, Path, description = "the dossier")),
    responses(
        (status = 204, description = "gone"),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: needs `moderation.prepare`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: no such dossier in your scope", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "`was_cleared`: what went on air is kept", body = Problem, content_type = "application/problem+json"),
    ))]
async fn remove(
    State(moderation): State<Moderation>,
    can: Can<PrepareShows>,
    ApiPath(id): ApiPath<Uuid>,
) -> Result<StatusCode, ApiError> {
    let tx = moderation.app().store.begin().await?;
    tx.take_turns(TURN).await?;
    let dossier = store::find(tx.db(), can.scope(), id).await?.ok_or_else(unknown)?;
    if dossier.cleared_version.is_some() {
        return Err(ApiError::new(409, "was_cleared", "what may have gone on air is kept"));
    }
    store::delete(tx.db(), id).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Everything that was handed in.
#[derive(Debug, Serialize, ToSchema)]
struct DossierVersions {
    items: Vec<DossierVersion>,
}

/// What was handed in 送审记录, the newest first
#[utoipa::path(get, path = "/api/moderation/dossiers/{id}/versions", tag = "moderation", operation_id = "list_dossier_versions",
    params(("id" = Uuid, Path, description = "the dossier")),
    responses(
        (status = 200, description = "all of it", body = DossierVersions),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: needs `moderation.read`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: no such dossier in your scope", body = Problem, content_type = "application/problem+json"),
    ))]
async fn versions(
    State(moderation): State<Moderation>,
    can: Can<ReadModeration>,
    ApiPath(id): ApiPath<Uuid>,
) -> ApiResult<DossierVersions> {
    let db = moderation.app().store.read();
    let dossier = store::find(db, can.scope(), id).await?.ok_or_else(unknown)?;
    let items = store::versions(db, dossier.id).await?;
    Ok(Json(DossierVersions { items: items.into_iter().map(DossierVersion::from).collect() }))
}

/// A version as it was handed in 送审版本
#[utoipa::path(get, path = "/api/moderation/dossiers/{id}/versions/{version}", tag = "moderation", operation_id = "get_dossier_version",
    params(("id" = Uuid, Path, description = "the dossier"), ("version" = u32, Path, description = "its number")),
    responses(
        (status = 200, description = "the version with its words", body = DossierVersionText),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: needs `moderation.read`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: no such dossier in your scope, or it was not handed in like that", body = Problem, content_type = "application/problem+json"),
    ))]
async fn version(
    State(moderation): State<Moderation>,
    can: Can<ReadModeration>,
    ApiPath((id, version)): ApiPath<(Uuid, u32)>,
) -> ApiResult<DossierVersionText> {
    let db = moderation.app().store.read();
    let dossier = store::find(db, can.scope(), id).await?.ok_or_else(unknown)?;
    let found = store::find_version(db, dossier.id, version).await?;
    let mut found = found.ok_or_else(|| ApiError::not_found("version"))?;
    let text = std::mem::take(&mut found.text);
    Ok(Json(DossierVersionText { version: found.into(), text }))
}
