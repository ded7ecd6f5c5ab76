//! The archive over HTTP: lists for screens, exports for other tools.

use super::{NAME, export, store};
use crate::rooms::{rules::Refusal, store as rooms};
use app::{ApiError, ApiPath, ApiQuery, App, Can, Permission, PermissionInfo};
use axum::{
    body::{Body, Bytes},
    extract::State,
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use events::{BroadcastId, Millis, ViewerId};
use futures_util::stream;
use serde::{Deserialize, Serialize};
use std::time::Duration;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

/// Read and export danmaku.
pub struct ReadDanmaku;
impl Permission for ReadDanmaku {
    const INFO: PermissionInfo =
        PermissionInfo { name: "danmaku.read", zh: "查看与导出弹幕", en: "Read and export danmaku" };
}

pub fn routes(app: App) -> OpenApiRouter {
    OpenApiRouter::new().routes(routes!(list)).with_state(app)
}

/// Rows read from SQL at a time while an export streams.
const CHUNK: u64 = 2_000;

#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Query {
    /// `json` (the default) or `xml`, the recorders' format.
    format: Option<String>,
    /// JSON only: rows after this position.
    after: Option<u64>,
    /// JSON only: 1 to 5000; without it the whole archive is streamed.
    limit: Option<u64>,
    /// JSON only: text to look for.
    q: Option<String>,
    /// JSON only: the newest so many (1 to 5000), oldest first, with the `total`. Goes on with `after`.
    tail: Option<u64>,
}

/// One danmaku of the archive.
#[derive(Debug, Serialize, ToSchema)]
pub struct DanmakuBody {
    /// Position in the event log: unique, and the order.
    position: u64,
    /// Milliseconds since the epoch.
    at: i64,
    /// Milliseconds from the show's beginning, negative before air.
    offset_ms: i64,
    before_air: bool,
    #[schema(value_type = String)]
    viewer: ViewerId,
    nick: Option<String>,
    text: String,
    /// 1 scrolling, 4 bottom, 5 top.
    mode: u8,
    /// RGB as a number.
    color: u32,
    /// `viewer` or `import`.
    #[schema(value_type = String)]
    source: events::Source,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct DanmakuPage {
    items: Vec<DanmakuBody>,
    /// `after` of the following page; absent on the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
    /// All danmaku of the broadcast; with `tail` only.
    #[serde(skip_serializing_if = "Option::is_none")]
    total: Option<u64>,
}

/// Danmaku of a broadcast. Everything accepted before the request is in the answer.
#[utoipa::path(get, path = "/api/broadcasts/{id}/danmaku", operation_id = "list_danmaku", tag = "danmaku", params(Query, ("id" = String, Path, format = Uuid)),
    responses((status = 200, body = DanmakuPage, description = "JSON, or XML with `format=xml`"),
        (status = 400, body = app::Problem), (status = 401, body = app::Problem), (status = 404, body = app::Problem)))]
async fn list(
    State(app): State<App>,
    actor: Can<ReadDanmaku>,
    ApiPath(id): ApiPath<BroadcastId>,
    ApiQuery(query): ApiQuery<Query>,
) -> Result<Response, ApiError> {
    let found = rooms::find_broadcast(app.store.read(), actor.scope(), id).await?;
    let broadcast = found.ok_or(Refusal::UnknownBroadcast(id))?;
    if !app.progress.reached(NAME, app.log.last(), Duration::from_secs(20)).await {
        return Err(Refusal::ArchiveBehind.into());
    }
    match query.format.as_deref() {
        Some("xml") => Ok(xml(app, id, broadcast.started_at)),
        None | Some("json") => json(app, id, broadcast.started_at, query).await,
        Some(_) => Err(Refusal::BadFormat.into()),
    }
}

async fn json(app: App, id: BroadcastId, started_at: Millis, query: Query) -> Result<Response, ApiError> {
    if let Some(tail) = query.tail {
        let (rows, total) = store::tail(app.store.read(), id, tail.clamp(1, 5_000)).await?;
        let items = rows.iter().map(|row| body(row, started_at)).collect();
        return Ok(axum::Json(DanmakuPage { items, next: None, total: Some(total) }).into_response());
    }
    let after = query.after.unwrap_or(0);
    let Some(limit) = query.limit else { return Ok(json_stream(app, id, started_at, after, query.q)) };
    let limit = limit.clamp(1, 5_000);
    let rows = store::list(app.store.read(), id, after, limit, query.q.as_deref()).await?;
    let next = (rows.len() as u64 == limit).then(|| rows.last().map(|row| row.position.to_string())).flatten();
    let items: Vec<DanmakuBody> = rows.iter().map(|row| body(row, started_at)).collect();
    Ok(axum::Json(DanmakuPage { items, next, total: None }).into_response())
}

fn json_stream(app: App, id: BroadcastId, started_at: Millis, after: u64, q: Option<String>) -> Response {
    let mut first = true;
    let body = chunks(app, id, after, q, "{\"items\":[".into(), "]}".into(), move |row| {
        let separator = if std::mem::take(&mut first) { "" } else { "," };
        format!("{separator}{}", serde_json::to_string(&body(row, started_at)).unwrap_or_default())
    });
    ([(header::CONTENT_TYPE, "application/json")], body).into_response()
}

fn xml(app: App, id: BroadcastId, started_at: Millis) -> Response {
    let head = export::xml_head(&id.to_string());
    let body = chunks(app, id, 0, None, head, export::XML_TAIL.into(), move |row| {
        let mut out = String::new();
        export::xml_row(&mut out, row, started_at);
        out
    });
    let name = format!("attachment; filename=\"danmaku-{id}.xml\"");
    let mut response = ([(header::CONTENT_TYPE, "application/xml; charset=utf-8")], body).into_response();
    if let Ok(name) = HeaderValue::from_str(&name) {
        response.headers_mut().insert(header::CONTENT_DISPOSITION, name);
    }
    response
}

/// Streams an archive of any length with the memory of one chunk. An error cuts the answer short, so that it does not parse.
fn chunks(
    app: App,
    id: BroadcastId,
    after: u64,
    q: Option<String>,
    head: String,
    tail: String,
    mut write: impl FnMut(&store::Danmaku) -> String + Send + 'static,
) -> Body {
    let (sender, receiver) = tokio::sync::mpsc::channel::<Result<Bytes, std::io::Error>>(2);
    tokio::spawn(async move {
        let mut after = after;
        let mut out = head;
        loop {
            let rows = match store::list(app.store.read(), id, after, CHUNK, q.as_deref()).await {
                Ok(rows) => rows,
                Err(error) => {
                    tracing::error!("exporting danmaku of `{id}` failed: {error:#}");
                    let _ = sender.send(Err(std::io::Error::other("the export failed"))).await;
                    return;
                }
            };
            rows.iter().for_each(|row| out.push_str(&write(row)));
            let done = (rows.len() as u64) < CHUNK;
            after = rows.last().map_or(after, |row| row.position);
            if done {
                out.push_str(&tail);
            }
            if sender.send(Ok(std::mem::take(&mut out).into())).await.is_err() || done {
                return;
            }
        }
    });
    Body::from_stream(stream::unfold(receiver, |mut receiver| async move { Some((receiver.recv().await?, receiver)) }))
}

fn body(row: &store::Danmaku, started_at: Millis) -> DanmakuBody {
    let offset_ms = export::offset_ms(row, started_at);
    DanmakuBody {
        position: row.position,
        at: row.occurred_at.0,
        offset_ms,
        before_air: offset_ms < 0,
        viewer: row.viewer.clone(),
        nick: row.sent.nick.clone(),
        text: row.sent.text.clone(),
        mode: row.sent.mode,
        color: row.sent.color,
        source: row.source,
    }
}
