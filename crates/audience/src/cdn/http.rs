//! `POST /api/broadcasts/{id}/cdn-logs`.

use super::{CdnReport, Sorter, parse::Parser, store};
use crate::{Audience, audit::http::show_within};
use app::{ApiError, ApiPath, ApiQuery, ApiResult, Can, Permission, PermissionInfo, Problem};
use axum::{
    Json,
    body::{Body, BodyDataStream},
    extract::State,
};
use events::BroadcastId;
use futures_util::StreamExt;
use serde::Deserialize;
use sha2::{Digest, Sha256};
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};

/// A log of one call.
const MOST_BYTES: usize = 256 * 1024 * 1024;

pub(crate) fn routes(audience: Audience) -> OpenApiRouter {
    OpenApiRouter::new().routes(routes!(import)).with_state(audience)
}

/// `import.write`, as `collect` declares it.
struct ImportWrite;

impl Permission for ImportWrite {
    const INFO: PermissionInfo = PermissionInfo { name: "import.write", zh: "导入数据", en: "import data" };
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Batch {
    /// Your name for this log, 1 to 200 characters: sent again under it, it is not read again. By default a hash of the content.
    #[param(min_length = 1, max_length = 200)]
    batch: Option<String>,
    /// With this one the logs of the show are complete: of every node, over the whole show. What they do not show counts as not
    /// having happened, and may convict.
    #[serde(default)]
    complete: bool,
}

/// Imports a CDN's access log CDN 日志导入
///
/// Plain text: W3C extended, nginx "combined", or JSON lines with `path`, `status`, `bytes`, `time`. Segments fetched with a
/// token of ours become evidence for its entry; every other line is counted by the reason why it is none. Segments are a set,
/// so the same lines may come again. At most 256 MiB a call, unpacked.
#[utoipa::path(post, path = "/api/broadcasts/{id}/cdn-logs", operation_id = "import_cdn_log", tag = "audience",
    params(("id" = Uuid, Path, description = "the broadcast"), Batch),
    request_body(content = String, content_type = "text/plain"),
    responses(
        (status = 200, body = CdnReport),
        (status = 400, body = Problem, description = "`bad_request`"),
        (status = 401, body = Problem, description = "`unauthenticated`"),
        (status = 403, body = Problem, description = "`forbidden`: needs `import.write`"),
        (status = 404, body = Problem, description = "`broadcast_not_found`"),
        (status = 413, body = Problem, description = "`too_large`: send it in pieces"),
    ))]
async fn import(
    State(audience): State<Audience>,
    can: Can<ImportWrite>,
    ApiPath(id): ApiPath<BroadcastId>,
    ApiQuery(query): ApiQuery<Batch>,
    body: Body,
) -> ApiResult<CdnReport> {
    let show = show_within(&audience, can.scope(), id).await?;
    let (app, now) = (audience.app(), audience.app().now());
    if let Some(batch) = &query.batch {
        if batch.is_empty() || batch.chars().count() > 200 {
            return Err(ApiError::bad_request("`batch` is 1 to 200 characters"));
        }
        if let Some(known) = store::find_batch(app.store.read(), id, batch).await? {
            return repeated(&audience, id, known, query.complete).await;
        }
    }
    let mut sorter = Sorter::new(&app.keys, &show, now);
    let hash = read(body.into_data_stream(), &mut sorter).await?;
    let (mut report, entries) = sorter.finish();
    report.batch = query.batch.unwrap_or(hash);
    report.complete = query.complete;
    if let Some(known) = store::find_batch(app.store.read(), id, &report.batch).await? {
        return repeated(&audience, id, known, query.complete).await;
    }
    metrics::counter!("kaibo_audience_cdn_lines_total").increment(report.lines);
    let report = store::add(&app.store, id, report, entries).await?;
    audience.audits().clear();
    Ok(Json(report))
}

/// A log that is known says nothing new, but perhaps that it was the last.
async fn repeated(audience: &Audience, id: BroadcastId, mut known: CdnReport, complete: bool) -> ApiResult<CdnReport> {
    if complete && !known.complete {
        known.complete = true;
        store::change_batch(&audience.app().store, id, &known).await?;
        audience.audits().clear();
    }
    Ok(Json(CdnReport { repeated: true, ..known }))
}

/// Reads a log piece by piece; answers its hash.
async fn read(mut pieces: BodyDataStream, sorter: &mut Sorter<'_>) -> Result<String, ApiError> {
    let (mut parser, mut hash, mut bytes) = (Parser::default(), Sha256::new(), 0);
    while let Some(piece) = pieces.next().await {
        let piece = piece.map_err(|error| ApiError::bad_request(format!("the log broke off: {error}")))?;
        bytes += piece.len();
        if bytes > MOST_BYTES {
            return Err(ApiError::new(413, "too_large", "a log of one call is at most 256 MiB"));
        }
        hash.update(&piece);
        parser.feed(&piece, &mut |line| sorter.take(line));
        // A large log shares the thread.
        tokio::task::yield_now().await;
    }
    parser.finish(&mut |line| sorter.take(line));
    Ok(hash.finalize().iter().take(16).map(|byte| format!("{byte:02x}")).collect())
}
