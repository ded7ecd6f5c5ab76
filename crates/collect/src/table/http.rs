//! Looking at a file before it is imported, and the mappings that are remembered.

use super::{
    Glimpse, Kind, TableMapping, glimpse, guess,
    store::{self, Remembered},
};
use crate::{
    Collect, ImportWrite,
    http_import_file::{receive, short},
    recorder::{self, BadRecording},
};
use anyhow::Context;
use app::{ApiError, ApiJson, ApiPath, ApiResult, Can, Page, Problem};
use axum::{Json, body::Body, extract::State, http::StatusCode};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

/// A workbook has to be there whole, of text the beginning is enough.
const MAX_BYTES: u64 = 256 << 20;
const ROWS: usize = 20;

pub(crate) fn routes(collect: Collect) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(preview))
        .routes(routes!(list, save))
        .routes(routes!(forget))
        .with_state(collect)
}

/// What a file is.
#[derive(Debug, Serialize, ToSchema)]
struct FilePreview {
    /// The recorder's format; absent of a table.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "danmaku_xml")]
    format: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    table: Option<TablePreview>,
}

#[derive(Debug, Serialize, ToSchema)]
struct TablePreview {
    /// `xlsx`, or the encoding of a CSV.
    #[schema(example = "gb18030")]
    kind: String,
    headers: Vec<String>,
    /// The first 20 rows as text.
    rows: Vec<Vec<String>>,
    /// What the columns seem to be.
    guess: TableMapping,
    /// How a table with these headers was read the last time.
    #[serde(skip_serializing_if = "Option::is_none")]
    remembered: Option<RememberedMapping>,
}

#[derive(Debug, Serialize, ToSchema)]
struct RememberedMapping {
    id: Uuid,
    #[schema(example = "douyin")]
    platform: String,
    mapping: TableMapping,
    used_at_ms: i64,
}

impl From<Remembered> for RememberedMapping {
    fn from(remembered: Remembered) -> Self {
        let Remembered { id, platform, mapping, used_at } = remembered;
        Self { id, platform, mapping, used_at_ms: used_at.0 }
    }
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewMapping {
    #[schema(example = "douyin", max_length = 200, pattern = r"\S")]
    platform: String,
    mapping: TableMapping,
}

/// Looks at a file 预览 before it is imported
///
/// The body is the file, of a text file its beginning is enough. A table comes back with its first rows, a guess of its columns, and
/// the mapping that a table with the same headers had before.
#[utoipa::path(post, path = "/api/imports/preview", tag = "import", operation_id = "preview_import",
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses(
        (status = 200, body = FilePreview),
        (status = 401, body = Problem, description = "`unauthenticated`"),
        (status = 403, body = Problem, description = "`forbidden`: needs `import.write`"),
        (status = 413, body = Problem, description = "`too_large`"),
        (status = 422, body = Problem, description = "`bad_table`"),
        (status = 503, body = Problem, description = "`imports_busy`"),
    ))]
async fn preview(State(collect): State<Collect>, can: Can<ImportWrite>, body: Body) -> ApiResult<FilePreview> {
    let mut received = receive(&collect, body, MAX_BYTES).await?;
    let looked = tokio::task::spawn_blocking(move || {
        match recorder::sniff(&mut received.file) {
            Ok(format) => return Ok(Err(format.name)),
            Err(BadRecording::UnknownFormat) => {}
            Err(error) => return Err(error),
        }
        let kind = Kind::of(&mut received.file)?;
        Ok(Ok((kind, glimpse(&mut received.file, ROWS)?)))
    });
    let (kind, table) = match looked.await.context("looking at a file")?? {
        Err(format) => return Ok(Json(FilePreview { format: Some(format.to_owned()), table: None })),
        Ok(looked) => looked,
    };
    let remembered = store::for_headers(collect.app().store.read(), can.scope().org, &table.headers).await?;
    let guess = guess::guess(&table);
    let Glimpse { headers, rows } = table;
    let rows = rows.iter().map(|row| row.texts().map(Cow::into_owned).collect()).collect();
    let kind = match kind {
        Kind::Xlsx => "xlsx",
        Kind::Csv(encoding) => encoding.name(),
    };
    let remembered = remembered.map(RememberedMapping::from);
    let table = TablePreview { kind: kind.to_owned(), headers, rows, guess, remembered };
    Ok(Json(FilePreview { format: None, table: Some(table) }))
}

/// Remembered mappings 列映射 of the organisation, the last used first
#[utoipa::path(get, path = "/api/imports/mappings", tag = "import", operation_id = "list_mappings",
    responses(
        (status = 200, body = Page<RememberedMapping>),
        (status = 401, body = Problem, description = "`unauthenticated`"),
        (status = 403, body = Problem, description = "`forbidden`: needs `import.write`"),
    ))]
async fn list(State(collect): State<Collect>, can: Can<ImportWrite>) -> ApiResult<Page<RememberedMapping>> {
    let mappings = store::list(collect.app().store.read(), can.scope().org).await?;
    Ok(Json(Page { items: mappings.into_iter().map(RememberedMapping::from).collect(), next: None }))
}

/// Remembers how a platform's tables are read 保存列映射
///
/// One for each platform and row of headers; another for the same replaces it. Its `id` goes to the import of a file.
#[utoipa::path(put, path = "/api/imports/mappings", tag = "import", operation_id = "save_mapping", request_body = NewMapping,
    responses(
        (status = 200, body = RememberedMapping),
        (status = 400, body = Problem, description = "`bad_request`, `bad_mapping`"),
        (status = 401, body = Problem, description = "`unauthenticated`"),
        (status = 403, body = Problem, description = "`forbidden`: needs `import.write`"),
    ))]
async fn save(
    State(collect): State<Collect>,
    can: Can<ImportWrite>,
    ApiJson(NewMapping { platform, mapping }): ApiJson<NewMapping>,
) -> ApiResult<RememberedMapping> {
    let platform = short(Some(platform), "platform")?.ok_or_else(|| ApiError::bad_request("`platform` is empty"))?;
    mapping.check().map_err(|bad| ApiError::new(400, "bad_mapping", bad.0))?;
    let app = collect.app();
    let tx = app.store.begin().await?;
    let remembered = store::save(tx.db(), can.scope().org, &platform, &mapping, app.now()).await?;
    tx.commit().await?;
    Ok(Json(remembered.into()))
}

/// Forgets a mapping. What was imported with it stays.
#[utoipa::path(delete, path = "/api/imports/mappings/{id}", tag = "import", operation_id = "forget_mapping",
    params(("id" = Uuid, Path, description = "the mapping's id")),
    responses(
        (status = 204, description = "forgotten"),
        (status = 401, body = Problem, description = "`unauthenticated`"),
        (status = 403, body = Problem, description = "`forbidden`: needs `import.write`"),
        (status = 404, body = Problem, description = "`not_found`"),
    ))]
async fn forget(
    State(collect): State<Collect>,
    can: Can<ImportWrite>,
    ApiPath(id): ApiPath<Uuid>,
) -> Result<StatusCode, ApiError> {
    let tx = collect.app().store.begin().await?;
    if !store::forget(tx.db(), can.scope().org, id).await? {
        return Err(ApiError::not_found("mapping"));
    }
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}
