//! Thumbnails and highlight suggestions of a show.

use super::{Records, stored};
use crate::ReadStreams;
use crate::record::highlights::rules::{self, Highlight};
use crate::record::rules::Refusal;
use crate::record::shelf::Shelf;
use crate::record::{store_pulse, store_uploads, thumbnails};
use app::{ApiError, ApiPath, ApiResult, Can, Problem};
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::Response;
use events::{BroadcastId, RoomId};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

pub fn routes() -> OpenApiRouter<Records> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(picture))
        .routes(routes!(newest))
        .routes(routes!(highlights))
}

/// A picture of the show.
#[derive(Debug, Serialize, ToSchema)]
struct ThumbnailBody {
    /// From the beginning of the show.
    at_ms: i64,
    url: String,
}

/// Pictures of a show 缩略图, oldest first; one about every 10 s while it is recorded
#[utoipa::path(get, path = "/api/broadcasts/{id}/thumbnails", operation_id = "list_thumbnails", tag = "recordings",
    params(("id" = String, Path, format = Uuid)),
    responses((status = 200, body = [ThumbnailBody]), (status = 401, body = Problem), (status = 404, body = Problem)))]
async fn list(
    State(http): State<Records>,
    actor: Can<ReadStreams>,
    ApiPath(id): ApiPath<BroadcastId>,
) -> ApiResult<Vec<ThumbnailBody>> {
    let show = http.media.show_within(actor.scope(), id).await?;
    let Some(shelf) = http.recorder.shelf(id).await? else { return Ok(Json(Vec::new())) };
    let starts = thumbnails::all(&http.recorder, &shelf).await?;
    let body = |start: i64| {
        let at_ms = start - show.started_at.0;
        ThumbnailBody { at_ms, url: format!("/api/broadcasts/{id}/thumbnails/{at_ms}.jpg") }
    };
    Ok(Json(starts.into_iter().map(body).collect()))
}

/// One picture of a show
#[utoipa::path(get, path = "/api/broadcasts/{id}/thumbnails/{file}", operation_id = "read_thumbnail", tag = "recordings",
    params(("id" = String, Path, format = Uuid), ("file" = String, Path, description = "`{at_ms}.jpg`, as the list names it")),
    responses((status = 200, content_type = "image/jpeg", body = [u8]), (status = 401, body = Problem),
        (status = 404, body = Problem, description = "`thumbnail_not_found`")))]
async fn picture(
    State(http): State<Records>,
    actor: Can<ReadStreams>,
    headers: HeaderMap,
    ApiPath((id, file)): ApiPath<(BroadcastId, String)>,
) -> Result<Response, ApiError> {
    let show = http.media.show_within(actor.scope(), id).await?;
    let at_ms: i64 = file.strip_suffix(".jpg").and_then(|at| at.parse().ok()).ok_or(Refusal::UnknownThumbnail)?;
    let shelf = http.recorder.shelf(id).await?.ok_or(Refusal::UnknownThumbnail)?;
    http.thumbnail(&shelf, show.started_at.0.saturating_add(at_ms), &headers).await
}

/// The newest picture of a room, for walls of many rooms
#[utoipa::path(get, path = "/api/rooms/{id}/thumbnail.jpg", operation_id = "read_room_thumbnail", tag = "recordings",
    params(("id" = String, Path, format = Uuid)),
    responses((status = 200, content_type = "image/jpeg", body = [u8]), (status = 401, body = Problem),
        (status = 404, body = Problem, description = "`room_not_found`, `thumbnail_not_found`")))]
async fn newest(
    State(http): State<Records>,
    actor: Can<ReadStreams>,
    headers: HeaderMap,
    ApiPath(id): ApiPath<RoomId>,
) -> Result<Response, ApiError> {
    http.media.room_within(actor.scope(), id).await?;
    let (shelf, start) = thumbnails::newest(&http.recorder, id).await?.ok_or(Refusal::UnknownThumbnail)?;
    let mut response = http.thumbnail(&shelf, start, &headers).await?;
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("private, max-age=5"));
    Ok(response)
}

impl Records {
    async fn thumbnail(&self, shelf: &Shelf, start: i64, headers: &HeaderMap) -> Result<Response, ApiError> {
        let (db, name) = (self.recorder.app().store.read(), thumbnails::name(start));
        // Only the store needs to be told how long it is.
        let length = match self.recorder.objects() {
            Some(_) => store_uploads::find(db, &shelf.folder.name, &name).await?.map_or(0, |noted| noted.file.bytes),
            None => 0,
        };
        let found = stored::file(&shelf.folder, &name, length, "image/jpeg", headers).await?;
        Ok(found.ok_or(Refusal::UnknownThumbnail)?)
    }
}

/// A moment worth a clip.
#[derive(Debug, Serialize, ToSchema)]
struct HighlightBody {
    /// The moment itself, from the beginning of the show.
    at_ms: i64,
    /// A clip around it.
    start_ms: i64,
    end_ms: i64,
    /// How far it stands out; only good for comparing within a show.
    score: f64,
    reasons: Vec<ReasonBody>,
}

#[derive(Debug, Serialize, ToSchema)]
struct ReasonBody {
    /// `danmaku`, `gift` (paid ones and super chats) or `like`.
    kind: &'static str,
    /// Danmaku, yuan or likes per minute at the peak.
    value: f64,
    /// The same at usual moments of this show.
    usual: f64,
}

impl From<Highlight> for HighlightBody {
    fn from(highlight: Highlight) -> Self {
        let round = |value: f64| (value * 10.0).round() / 10.0;
        let reason = |reason: &rules::Reason| ReasonBody {
            kind: reason.kind.as_str(),
            value: round(reason.value),
            usual: round(reason.usual),
        };
        Self {
            at_ms: highlight.at_ms,
            start_ms: highlight.start_ms,
            end_ms: highlight.end_ms,
            score: round(highlight.score),
            reasons: highlight.reasons.iter().map(reason).collect(),
        }
    }
}

/// Moments that stand out 高光建议, best first, at most 20; also while the show runs
#[utoipa::path(get, path = "/api/broadcasts/{id}/highlights", operation_id = "list_highlights", tag = "recordings",
    params(("id" = String, Path, format = Uuid)),
    responses((status = 200, body = [HighlightBody]), (status = 401, body = Problem), (status = 404, body = Problem)))]
async fn highlights(
    State(http): State<Records>,
    actor: Can<ReadStreams>,
    ApiPath(id): ApiPath<BroadcastId>,
) -> ApiResult<Vec<HighlightBody>> {
    let show = http.media.show_within(actor.scope(), id).await?;
    let buckets = store_pulse::pulse(http.recorder.app().store.read(), id, show.started_at).await?;
    Ok(Json(rules::highlights(&buckets).into_iter().map(HighlightBody::from).collect()))
}
