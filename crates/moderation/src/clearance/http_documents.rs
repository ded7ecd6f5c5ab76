//! Papers 资质文件 over HTTP.

use super::{
    Document, PrepareShows,
    files::{self, Format, MOST_BYTES},
    goods,
    http_bodies::DocumentBody,
    papers::is_day,
    store_papers as store,
};
use crate::{Moderation, chat::http::room_of, ledger::day_of, review::http::ReadModeration};
use anyhow::Context;
use app::{ApiError, ApiPath, ApiQuery, ApiResult, Can, Page, Problem, Within, hash_of_bytes};
use axum::{
    Json,
    body::Bytes,
    extract::{DefaultBodyLimit, State},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use events::RoomId;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

const DAY_MS: i64 = 86_400_000;

pub fn routes(moderation: Moderation) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(list, add))
        .layer(DefaultBodyLimit::max(MOST_BYTES))
        .routes(routes!(file))
        .routes(routes!(retire))
        .with_state(moderation)
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct DocumentsQuery {
    /// Those of this room's team.
    #[param(value_type = Option<Uuid>)]
    room: Option<RoomId>,
    /// A code of `GET /api/moderation/goods`.
    kind: Option<String>,
    /// Which end within so many days, or are over.
    #[param(inline, example = 30)]
    expiring_days: Option<Within<0, 3650>>,
    /// `next` of the page before.
    after: Option<Uuid>,
    #[param(inline)]
    limit: Option<Within<1, 500>>,
}

/// Papers in your scope 资质文件, the newest first
#[utoipa::path(get, path = "/api/moderation/documents", tag = "moderation", operation_id = "list_documents", params(DocumentsQuery),
    responses(
        (status = 200, description = "a page", body = Page<DocumentBody>),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: needs `moderation.read`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: no such room in your scope", body = Problem, content_type = "application/problem+json"),
    ))]
async fn list(
    State(moderation): State<Moderation>,
    can: Can<ReadModeration>,
    ApiQuery(query): ApiQuery<DocumentsQuery>,
) -> ApiResult<Page<DocumentBody>> {
    let team = match query.room {
        Some(room) => Some(room_of(&moderation, &can, room).await?.team),
        None => None,
    };
    let now = moderation.app().now();
    let ends_by = query.expiring_days.map(|days| day_of(now.plus_ms(days.get() as i64 * DAY_MS)));
    let limit = query.limit.map_or(100, Within::get);
    let filter = store::Filter { team, kind: query.kind, ends_by };
    let found = store::list(moderation.app().store.read(), can.scope(), &filter, query.after, limit).await?;
    let next = found.last().filter(|_| found.len() as u64 == limit).map(|last| last.id.to_string());
    Ok(Json(Page { items: found.into_iter().map(DocumentBody::from).collect(), next }))
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct NewDocument {
    /// Whose team it is for.
    #[param(value_type = Uuid)]
    room: RoomId,
    /// A code of `GET /api/moderation/goods`.
    #[param(example = "food_licence")]
    kind: String,
    #[param(max_length = 100, example = "JY11101010000000")]
    number: String,
    #[param(max_length = 100, example = "开播食品有限公司")]
    holder: String,
    /// Who issued it.
    #[param(max_length = 100)]
    authority: Option<String>,
    /// A day in Beijing; none: from ever.
    #[param(example = "2024-11-28")]
    valid_from: Option<String>,
    /// The last day; none: without end 长期.
    #[param(example = "2029-11-27")]
    valid_to: Option<String>,
    /// As it is called; it is what its bytes say all the same.
    #[param(max_length = 200, example = "licence.pdf")]
    file_name: Option<String>,
}

/// Add a paper 上传资质
///
/// The body is the file: PDF, JPEG or PNG, at most 10 MB. A paper never changes; a newer one is another one.
#[utoipa::path(post, path = "/api/moderation/documents", tag = "moderation", operation_id = "add_document", params(NewDocument),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses(
        (status = 201, description = "the paper", body = DocumentBody),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: needs `moderation.prepare`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: no such room in your scope", body = Problem, content_type = "application/problem+json"),
        (status = 413, description = "more than 10 MB", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "`bad_kind`, `bad_number`, `bad_holder`, `bad_authority`, `bad_day`; `bad_file`: none of the three formats; `other_file`: not what its name says", body = Problem, content_type = "application/problem+json"),
    ))]
async fn add(
    State(moderation): State<Moderation>,
    can: Can<PrepareShows>,
    ApiQuery(wanted): ApiQuery<NewDocument>,
    bytes: Bytes,
) -> Result<(StatusCode, Json<DocumentBody>), ApiError> {
    let room = room_of(&moderation, &can, wanted.room).await?;
    goods::paper(&wanted.kind).ok_or_else(|| ApiError::new(422, "bad_kind", "no such kind of paper"))?;
    let days = [&wanted.valid_from, &wanted.valid_to];
    let backwards = wanted.valid_from.as_ref().zip(wanted.valid_to.as_ref()).is_some_and(|(from, to)| from > to);
    if backwards || !days.iter().all(|day| day.as_deref().is_none_or(is_day)) {
        return Err(ApiError::new(422, "bad_day", "days are written like 2026-11-28, the first before the last"));
    }
    let format = format_of(&bytes, wanted.file_name.as_deref())?;
    let app = moderation.app();
    let document = Document {
        id: Uuid::now_v7(),
        org: room.org,
        team: room.team,
        number: line(&wanted.number, 1, "bad_number")?,
        holder: line(&wanted.holder, 1, "bad_holder")?,
        authority: line(wanted.authority.as_deref().unwrap_or_default(), 0, "bad_authority")?,
        kind: wanted.kind,
        valid_from: wanted.valid_from,
        valid_to: wanted.valid_to,
        format,
        bytes: bytes.len() as u64,
        sha256: hash_of_bytes(&bytes),
        retired: false,
        added_by: can.name.to_string(),
        added_at: app.now(),
    };
    files::keep(&app.data_dir, document.id, &bytes).await?;
    let kept = async {
        let tx = app.store.begin().await?;
        store::insert(tx.db(), &document).await?;
        tx.commit().await
    };
    if let Err(error) = kept.await {
        let _ = tokio::fs::remove_file(files::path(&app.data_dir, document.id)).await;
        return Err(error.into());
    }
    Ok((StatusCode::CREATED, Json(document.into())))
}

fn line(text: &str, least: usize, code: &'static str) -> Result<String, ApiError> {
    let text = text.trim();
    let good = (least..=100).contains(&text.chars().count()) && !text.chars().any(char::is_control);
    if good { Ok(text.to_owned()) } else { Err(ApiError::new(422, code, "1 to 100 characters on one line")) }
}

fn format_of(bytes: &[u8], name: Option<&str>) -> Result<Format, ApiError> {
    let format = Format::of(bytes).ok_or_else(|| ApiError::new(422, "bad_file", "a PDF, a JPEG or a PNG"))?;
    let ending = name.and_then(|name| name.rsplit_once('.')).map(|(_, ending)| ending.to_ascii_lowercase());
    let same = match ending.as_deref() {
        None => true,
        Some("jpg" | "jpeg" | "jpe") => format == Format::Jpeg,
        Some(other) => other == format.name(),
    };
    match same {
        true => Ok(format),
        false => {
            Err(ApiError::new(422, "other_file", format!("its bytes are those of a file of type {}", format.name())))
        }
    }
}

/// The file of a paper 资质原件
#[utoipa::path(get, path = "/api/moderation/documents/{id}/file", tag = "moderation", operation_id = "get_document_file",
    params(("id" = Uuid, Path, description = "the paper")),
    responses(
        (status = 200, description = "the file, to be kept and not shown", content_type = "application/octet-stream", body = Vec<u8>),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: needs `moderation.read`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: no such paper in your scope", body = Problem, content_type = "application/problem+json"),
    ))]
async fn file(
    State(moderation): State<Moderation>,
    can: Can<ReadModeration>,
    ApiPath(id): ApiPath<Uuid>,
) -> Result<Response, ApiError> {
    let app = moderation.app();
    let document = store::find(app.store.read(), can.scope(), id).await?.ok_or_else(unknown)?;
    let bytes = tokio::fs::read(files::path(&app.data_dir, document.id)).await.context("reading a document")?;
    let ending = match document.format {
        Format::Jpeg => "jpg",
        other => other.name(),
    };
    let headers = [
        (header::CONTENT_TYPE, document.format.media_type().to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{}-{}.{ending}\"", document.kind, document.id)),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff".to_owned()),
        (header::CACHE_CONTROL, "private, no-store".to_owned()),
    ];
    Ok((headers, bytes).into_response())
}

/// Take a paper out of use 停用资质
///
/// It is not offered any more. What names it keeps it.
#[utoipa::path(delete, path = "/api/moderation/documents/{id}", tag = "moderation", operation_id = "retire_document",
    params(("id" = Uuid, Path, description = "the paper")),
    responses(
        (status = 204, description = "out of use"),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: needs `moderation.prepare`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: no such paper in your scope", body = Problem, content_type = "application/problem+json"),
    ))]
async fn retire(
    State(moderation): State<Moderation>,
    can: Can<PrepareShows>,
    ApiPath(id): ApiPath<Uuid>,
) -> Result<StatusCode, ApiError> {
    let tx = moderation.app().store.begin().await?;
    let document = store::find(tx.db(), can.scope(), id).await?.ok_or_else(unknown)?;
    if !store::retire(tx.db(), document.id).await? {
        return Err(unknown());
    }
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

fn unknown() -> ApiError {
    ApiError::not_found("document")
}
