//! The archive over HTTP: lists for screens, exports for other tools.

use super::{
    NAME,
    export::{self, DanmakuBody, Format, Show},
    store::{self, Filter},
};
use crate::rooms::{rules::Refusal, store as rooms};
use app::{ApiError, ApiPath, ApiQuery, App, Can, Mask, Permission, PermissionInfo, Within};
use axum::{
    body::{Body, Bytes},
    extract::State,
    http::{HeaderName, HeaderValue, header},
    response::{IntoResponse, Response},
};
use events::{BroadcastId, ViewerId};
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

/// Says that a file tells nothing of people.
const MASKED: HeaderName = HeaderName::from_static("x-kaibo-masked");

/// Rows read from SQL at a time while an export streams.
const CHUNK: u64 = 2_000;

#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Query {
    /// `json` (the default), `xml` (the recorders' format), `csv`, `xlsx` or `ass` (subtitles).
    #[param(pattern = "^(json|xml|csv|xlsx|ass)$")]
    format: Option<String>,
    /// Rows after this position.
    after: Option<u64>,
    /// JSON only; without it everything is streamed as a file.
    #[param(inline)]
    limit: Option<Within<1, 5_000>>,
    /// Words to look for in texts and nicknames, all of them, apart by spaces.
    q: Option<String>,
    /// Only of this viewer.
    #[param(value_type = Option<String>, format = "viewer")]
    viewer: Option<ViewerId>,
    /// Only of this kind: 1 scrolling, 4 bottom, 5 top.
    mode: Option<u8>,
    /// From the show's beginning on, in milliseconds; negative is before air.
    from_ms: Option<i64>,
    /// Up to, not including.
    to_ms: Option<i64>,
    /// JSON only, whatever else is asked: the newest so many, oldest first, with the `total`. Goes on with `after`.
    #[param(inline)]
    tail: Option<Within<1, 5_000>>,
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

/// Danmaku of a broadcast 弹幕检索与导出
///
/// Everything accepted before the request is in the answer. Without `personal.read` viewers, nicknames and what texts tell of people are
/// masked, and words are looked for in what is shown; a file then has `-masked` in its name and the header `x-kaibo-masked`.
#[utoipa::path(get, path = "/api/broadcasts/{id}/danmaku", operation_id = "list_danmaku", tag = "danmaku", params(Query, ("id" = String, Path, format = Uuid)),
    responses((status = 200, description = "JSON, or a file of another `format`", content((DanmakuPage = "application/json"), (String = "application/xml"),
            (String = "text/csv"), (String = "text/x-ssa"), (Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"))),
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
    let format = match &query.format {
        None => export::FORMATS[0],
        Some(name) => export::format(name).ok_or(Refusal::BadFormat)?,
    };
    let mask = actor.mask();
    let (started_at, json) = (broadcast.started_at, format.name == export::FORMATS[0].name);
    if let Some(tail) = query.tail.filter(|_| json) {
        let (rows, total) = store::tail(app.store.read(), id, tail.get()).await?;
        let items = rows.into_iter().map(|row| DanmakuBody::new(&row.shown(mask), started_at)).collect();
        return Ok(axum::Json(DanmakuPage { items, next: None, total: Some(total) }).into_response());
    }
    let after = query.after.unwrap_or(0);
    let filter = query.filter();
    if let Some(limit) = query.limit.filter(|_| json) {
        let limit = limit.get();
        let rows = store::list(app.store.read(), id, started_at, after, limit, &filter).await?;
        let next = (rows.len() as u64 == limit).then(|| rows.last().map(|row| row.position.to_string())).flatten();
        let shown = rows.into_iter().filter_map(|row| filter.shown(row, mask));
        let items = shown.map(|row| DanmakuBody::new(&row, started_at)).collect();
        return Ok(axum::Json(DanmakuPage { items, next, total: None }).into_response());
    }
    let show = Show { id, title: broadcast.title, started_at };
    Ok(file(app, format, show, after, filter, mask))
}

impl Query {
    fn filter(&self) -> Filter {
        let words = self.q.as_deref().unwrap_or_default().split_whitespace().map(str::to_owned).collect();
        let (viewer, mode) = (self.viewer.clone(), self.mode);
        Filter { words, viewer, mode, from_ms: self.from_ms, to_ms: self.to_ms }
    }
}

fn file(app: App, format: &'static Format, show: Show, after: u64, filter: Filter, mask: Mask) -> Response {
    let masked = if mask.is_on() { "-masked" } else { "" };
    let name = format!("attachment; filename=\"danmaku-{}{masked}.{}\"", show.id, format.name);
    let (sender, receiver) = tokio::sync::mpsc::channel::<Result<Bytes, std::io::Error>>(2);
    tokio::spawn(async move {
        let id = show.id;
        if let Err(error) = write(app, format, show, after, filter, mask, &sender).await {
            tracing::error!("exporting danmaku of `{id}` failed: {error:#}");
            // Cuts the answer short, so that nobody takes it for the whole.
            let _ = sender.send(Err(std::io::Error::other("the export failed"))).await;
        }
    });
    let chunks = stream::unfold(receiver, |mut receiver| async move { Some((receiver.recv().await?, receiver)) });
    let mut response = ([(header::CONTENT_TYPE, format.content_type)], Body::from_stream(chunks)).into_response();
    if mask.is_on() {
        response.headers_mut().insert(MASKED, HeaderValue::from_static("true"));
    }
    if let Ok(name) = HeaderValue::from_str(&name) {
        response.headers_mut().insert(header::CONTENT_DISPOSITION, name);
    }
    response
}

/// Reads and writes chunk by chunk. Ends early when nobody takes it any more.
async fn write(
    app: App,
    format: &Format,
    show: Show,
    mut after: u64,
    filter: Filter,
    mask: Mask,
    to: &tokio::sync::mpsc::Sender<Result<Bytes, std::io::Error>>,
) -> anyhow::Result<()> {
    let mut writer = (format.make)(&show);
    let mut out = Vec::new();
    writer.begin(&mut out)?;
    loop {
        let rows = store::list(app.store.read(), show.id, show.started_at, after, CHUNK, &filter).await?;
        let more = rows.last().map(|last| last.position).filter(|_| rows.len() as u64 == CHUNK);
        for row in rows.into_iter().filter_map(|row| filter.shown(row, mask)) {
            writer.row(&row, &mut out)?;
        }
        let Some(last) = more else { break };
        after = last;
        if !out.is_empty() && to.send(Ok(std::mem::take(&mut out).into())).await.is_err() {
            return Ok(());
        }
    }
    let out = tokio::task::spawn_blocking(move || writer.finish(&mut out).map(|()| out)).await??;
    let _ = to.send(Ok(out.into())).await;
    Ok(())
}
