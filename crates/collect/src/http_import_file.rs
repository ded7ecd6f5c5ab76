//! Files: `POST /api/rooms/{id}/imports/file`, and what became of them.

use crate::{
    Collect, ImportWrite,
    import::{
        file::{self, Finished, MAX_BYTES, Plan, Received, Wanted, refuse},
        store::{self, FileImport},
    },
    recorder::{self, Report},
    table,
};
use anyhow::Context;
use app::{ApiError, ApiPath, ApiQuery, ApiResult, Can, Page, Problem};
use axum::{
    Json,
    body::Body,
    extract::State,
    http::header,
    response::{IntoResponse, Response},
};
use events::{BroadcastId, Millis, RoomId};
use futures_util::StreamExt;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::io::{Seek, SeekFrom};
use tokio::io::AsyncWriteExt;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

const PAGE: u64 = 50;

pub(crate) fn routes(collect: Collect) -> OpenApiRouter {
    OpenApiRouter::new().routes(routes!(import_file)).routes(routes!(list)).routes(routes!(report)).with_state(collect)
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct FileQuery {
    /// `auto` (default), `danmaku_xml`, `ass`, `json`, `ndjson`, `jsonl`, `kaibo_csv`, `kaibo_xlsx`.
    #[param(pattern = "^(auto|danmaku_xml|ass|json|ndjson|jsonl|kaibo_csv|kaibo_xlsx)$")]
    format: Option<String>,
    /// A table, read by this remembered mapping.
    mapping: Option<Uuid>,
    /// The file's name; by default also the title.
    #[param(max_length = 200)]
    file: Option<String>,
    /// The show's title.
    #[param(max_length = 200)]
    title: Option<String>,
    /// Where the recording comes from, such as `bilibili`.
    #[param(max_length = 200)]
    platform: Option<String>,
    /// When the show began, where the file's own word is not to be taken; needed where it says nothing (ASS).
    started_at_ms: Option<i64>,
    /// Another file with the same key goes on with the same import; by default only the same file does.
    #[param(max_length = 200)]
    import_key: Option<String>,
    /// Takes nothing and reports what would be.
    #[serde(default)]
    dry_run: bool,
    /// `false` leaves the import open for more files with the same key.
    complete: Option<bool>,
}

/// What became of a file.
#[derive(Debug, Serialize, ToSchema)]
struct ImportedFile {
    /// Absent of a dry run, which is not kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<Uuid>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Uuid>)]
    broadcast_id: Option<BroadcastId>,
    /// What it was read as; `table` by a mapping.
    #[schema(example = "danmaku_xml")]
    format: String,
    #[schema(example = "bilibili")]
    platform: String,
    /// When the show began.
    #[schema(example = 1_640_693_568_000_i64)]
    started_at_ms: i64,
    /// Rows from before that.
    before_air: u64,
    complete: bool,
    report: Report,
}

impl From<Finished> for ImportedFile {
    fn from(finished: Finished) -> Self {
        Self {
            id: finished.id,
            broadcast_id: finished.broadcast,
            format: finished.format.to_owned(),
            platform: finished.platform,
            started_at_ms: finished.started_at.0,
            before_air: finished.before_air,
            complete: finished.complete,
            report: finished.report,
        }
    }
}

/// An import of a file, without the lines of its report.
#[derive(Debug, Serialize, ToSchema)]
struct FileImportItem {
    id: Uuid,
    #[schema(value_type = Uuid)]
    broadcast_id: BroadcastId,
    #[schema(example = "show.xml")]
    file: String,
    bytes: u64,
    #[schema(example = "danmaku_xml")]
    format: String,
    platform: String,
    title: String,
    /// `running`, `done`, `failed`, `interrupted`.
    #[schema(example = "done")]
    state: String,
    read: u64,
    taken: u64,
    repeats: u64,
    skipped: u64,
    created_at_ms: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    finished_at_ms: Option<i64>,
}

impl From<FileImport> for FileImportItem {
    fn from(import: FileImport) -> Self {
        Self {
            id: import.id,
            broadcast_id: import.broadcast,
            file: import.file,
            bytes: import.bytes,
            format: import.format,
            platform: import.platform,
            title: import.title,
            state: import.state.name().to_owned(),
            read: import.report.read,
            taken: import.report.taken,
            repeats: import.report.repeats,
            skipped: import.report.skipped_rows(),
            created_at_ms: import.created_at.0,
            finished_at_ms: import.finished_at.map(|at| at.0),
        }
    }
}

/// Imports a recorder's file, or a table 导入文件
///
/// The body is the file itself, up to 1 GB; it is received whole, then read. Bilibili XML of all recorders, ASS, JSON, JSON Lines,
/// NDJSON and our own exports are told apart by what is in them; any other CSV or XLSX needs a mapping. The same file again is the
/// same import and adds nothing.
#[utoipa::path(post, path = "/api/rooms/{id}/imports/file", tag = "import", operation_id = "import_file",
    params(("id" = Uuid, Path, description = "the room"), FileQuery),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses(
        (status = 200, body = ImportedFile),
        (status = 400, body = Problem, description = "`bad_request`"),
        (status = 401, body = Problem, description = "`unauthenticated`"),
        (status = 403, body = Problem, description = "`forbidden`: needs `import.write`"),
        (status = 404, body = Problem, description = "`room_not_found`, `not_found`: no such mapping"),
        (status = 409, body = Problem, description = "`import_complete`"),
        (status = 413, body = Problem, description = "`too_large`"),
        (status = 422, body = Problem, description = "`unknown_format`, `empty_file`, `start_unknown`, `bad_table`, `unreadable_file`"),
        (status = 503, body = Problem, description = "`imports_busy`, `log_unavailable`: send it again after `Retry-After` seconds"),
    ))]
async fn import_file(
    State(collect): State<Collect>,
    can: Can<ImportWrite>,
    ApiPath(room): ApiPath<RoomId>,
    ApiQuery(query): ApiQuery<FileQuery>,
    body: Body,
) -> ApiResult<ImportedFile> {
    let scope = can.scope();
    collect.desk().room(scope, room).await.map_err(refuse)?;
    let remembered = match query.mapping {
        Some(id) => {
            let found = table::store::find(collect.app().store.read(), scope.org, id).await?;
            Some(found.ok_or_else(|| ApiError::not_found("mapping"))?)
        }
        None => None,
    };
    let format = match query.format.as_deref() {
        None | Some("auto") => None,
        Some(name) => {
            let known = recorder::format(name);
            Some(known.ok_or_else(|| ApiError::bad_request(format!("there is no format `{name}`")))?)
        }
    };
    let mut received = receive(&collect, body, MAX_BYTES).await?;
    let platform = match (short(query.platform, "platform")?, &remembered) {
        (None, Some(remembered)) => Some(remembered.platform.clone()),
        (platform, _) => platform,
    };
    let plan = match (remembered, format) {
        (Some(remembered), _) => Plan::Table(remembered.mapping),
        (None, Some(format)) => Plan::Recording(format),
        (None, None) => {
            let (format, file) = tokio::task::spawn_blocking(move || {
                let format = recorder::sniff(&mut received.file);
                (format, received)
            })
            .await
            .context("looking at a file")?;
            received = file;
            Plan::Recording(format?)
        }
    };
    let wanted = Wanted {
        scope,
        room,
        file_name: short(query.file, "file")?.unwrap_or_default(),
        plan,
        title: short(query.title, "title")?,
        platform,
        started_at: query.started_at_ms.map(Millis),
        import_key: short(query.import_key, "import_key")?,
        dry_run: query.dry_run,
        complete: query.complete.unwrap_or(true),
    };
    Ok(Json(file::import(&collect, received, wanted).await?.into()))
}

/// Imports of files into a room 导入历史, newest first
#[utoipa::path(get, path = "/api/rooms/{id}/imports/files", tag = "import", operation_id = "list_file_imports",
    params(("id" = Uuid, Path, description = "the room"), AfterImport),
    responses(
        (status = 200, body = Page<FileImportItem>),
        (status = 401, body = Problem, description = "`unauthenticated`"),
        (status = 403, body = Problem, description = "`forbidden`: needs `import.write`"),
        (status = 404, body = Problem, description = "`room_not_found`"),
    ))]
async fn list(
    State(collect): State<Collect>,
    can: Can<ImportWrite>,
    ApiPath(room): ApiPath<RoomId>,
    ApiQuery(AfterImport { after }): ApiQuery<AfterImport>,
) -> ApiResult<Page<FileImportItem>> {
    collect.desk().room(can.scope(), room).await.map_err(refuse)?;
    let imports = store::list(collect.app().store.read(), room, after, PAGE).await?;
    let next = imports.last().filter(|_| imports.len() as u64 == PAGE).map(|import| import.id.to_string());
    Ok(Json(Page { items: imports.into_iter().map(FileImportItem::from).collect(), next }))
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct AfterImport {
    /// `next` of the page before.
    after: Option<Uuid>,
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct ReportQuery {
    /// `json` (default) or `csv`, a table to download.
    #[param(pattern = "^(json|csv)$")]
    format: Option<String>,
}

/// What became of a file's rows 导入报告
#[utoipa::path(get, path = "/api/rooms/{id}/imports/files/{import}/report", tag = "import", operation_id = "read_import_report",
    params(("id" = Uuid, Path, description = "the room"), ("import" = Uuid, Path, description = "the import"), ReportQuery),
    responses(
        (status = 200, description = "JSON, or a table with `format=csv`", content((Report = "application/json"), (String = "text/csv"))),
        (status = 400, body = Problem, description = "`bad_request`"),
        (status = 401, body = Problem, description = "`unauthenticated`"),
        (status = 403, body = Problem, description = "`forbidden`: needs `import.write`"),
        (status = 404, body = Problem, description = "`not_found`"),
    ))]
async fn report(
    State(collect): State<Collect>,
    can: Can<ImportWrite>,
    ApiPath((room, id)): ApiPath<(RoomId, Uuid)>,
    ApiQuery(ReportQuery { format }): ApiQuery<ReportQuery>,
) -> Result<Response, ApiError> {
    let found = store::find(collect.app().store.read(), can.scope(), room, id).await?;
    let import = found.ok_or_else(|| ApiError::not_found("import"))?;
    match format.as_deref() {
        None | Some("json") => Ok(Json(import.report).into_response()),
        Some("csv") => {
            let name = format!("attachment; filename=\"import-{id}.csv\"");
            let headers =
                [(header::CONTENT_TYPE, "text/csv; charset=utf-8"), (header::CONTENT_DISPOSITION, name.as_str())];
            Ok((headers, import.report.csv()).into_response())
        }
        Some(other) => Err(ApiError::bad_request(format!("there is no format `{other}`"))),
    }
}

/// Receives a file into the data folder, without a name there. Waits for nobody: a third at once is told to come again.
pub(crate) async fn receive(collect: &Collect, body: Body, most: u64) -> Result<Received, ApiError> {
    let busy = |_| ApiError::new(503, "imports_busy", "other files are being imported").retry_after(10);
    let permit = collect.files().clone().try_acquire_owned().map_err(busy)?;
    let folder = collect.app().data_dir.clone();
    let file = tokio::task::spawn_blocking(move || tempfile::tempfile_in(folder)).await.context("receiving a file")?;
    let mut file = tokio::io::BufWriter::new(tokio::fs::File::from_std(file.context("receiving a file")?));
    let (mut bytes, mut hash) = (0_u64, Sha256::new());
    let mut chunks = body.into_data_stream();
    while let Some(chunk) = chunks.next().await {
        let chunk = chunk.map_err(|error| ApiError::bad_request(format!("the file broke off: {error}")))?;
        bytes += chunk.len() as u64;
        if bytes > most {
            return Err(ApiError::new(413, "too_large", format!("a file has at most {} MB", most >> 20)));
        }
        hash.update(&chunk);
        file.write_all(&chunk).await.context("receiving a file")?;
    }
    file.flush().await.context("receiving a file")?;
    let mut file = file.into_inner().into_std().await;
    file.seek(SeekFrom::Start(0)).context("receiving a file")?;
    let digest: [u8; 32] = hash.finalize().into();
    let sha256 = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    Ok(Received { file, bytes, sha256, permit })
}

pub(crate) fn short(text: Option<String>, field: &str) -> Result<Option<String>, ApiError> {
    match text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty()) {
        Some(text) if text.chars().count() > 200 => {
            Err(ApiError::bad_request(format!("`{field}` is longer than 200 characters")))
        }
        text => Ok(text),
    }
}
