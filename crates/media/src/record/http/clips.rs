//! Clips.

use super::{Records, stored};
use crate::record::clips;
use crate::record::rules::{ClipRange, Refusal};
use crate::record::store::{self, Clip};
use crate::{CutClips, ReadStreams};
use app::{ApiError, ApiJson, ApiPath, ApiResult, Can, Problem, Scope};
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::Response;
use events::BroadcastId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

pub fn routes() -> OpenApiRouter<Records> {
    OpenApiRouter::new().routes(routes!(list, cut)).routes(routes!(remove)).routes(routes!(file))
}

/// A clip 切片. Offsets count from the beginning of the show.
#[derive(Debug, Serialize, ToSchema)]
struct ClipBody {
    id: Uuid,
    #[schema(value_type = String, format = Uuid)]
    broadcast_id: BroadcastId,
    title: String,
    start_ms: i64,
    end_ms: i64,
    duration_ms: i64,
    bytes: u64,
    /// Milliseconds since the epoch.
    created_at: i64,
}

impl From<Clip> for ClipBody {
    fn from(clip: Clip) -> Self {
        Self {
            id: clip.id,
            broadcast_id: clip.broadcast,
            title: clip.title,
            start_ms: clip.start_ms,
            end_ms: clip.end_ms,
            duration_ms: clip.duration_ms,
            bytes: clip.bytes,
            created_at: clip.created_at.0,
        }
    }
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewClip {
    /// From the beginning of the show.
    #[schema(example = 60000, minimum = 0)]
    start_ms: i64,
    /// At most 10 minutes after `start_ms`.
    #[schema(example = 120000, minimum = 1)]
    end_ms: i64,
    #[schema(example = "抽奖开奖", format = "line", max_length = 100)]
    title: String,
}

/// Cuts a clip, also while the show runs 剪辑切片
///
/// The recording's pictures are taken as they are; the file begins at the key frame before `start_ms` and shows from
/// `start_ms` on.
#[utoipa::path(post, path = "/api/broadcasts/{id}/clips", operation_id = "cut_clip", tag = "recordings",
    params(("id" = String, Path, format = Uuid)), request_body = NewClip,
    responses((status = 201, body = ClipBody),
        (status = 400, body = Problem, description = "`bad_title`, `bad_range`"), (status = 401, body = Problem),
        (status = 404, body = Problem, description = "`broadcast_not_found`; `not_recorded`: not recorded, or not kept"),
        (status = 409, body = Problem, description = "`not_recorded_yet`: the show is not so far; `clip_crosses_break`; `no_key_frame`: names the first moment a clip can begin at"),
        (status = 503, body = Problem, description = "`clips_busy`: ten clips are being cut or wait for it"),
        (status = 507, body = Problem, description = "`no_space`")))]
async fn cut(
    State(http): State<Records>,
    actor: Can<CutClips>,
    ApiPath(id): ApiPath<BroadcastId>,
    ApiJson(new): ApiJson<NewClip>,
) -> Result<(StatusCode, Json<ClipBody>), ApiError> {
    http.media.show_within(actor.scope(), id).await?;
    let range = ClipRange::new(new.start_ms, new.end_ms, &new.title)?;
    let clip = clips::cut(&http.recorder, id, range).await?;
    Ok((StatusCode::CREATED, Json(clip.into())))
}

/// The show's clips, newest first.
#[utoipa::path(get, path = "/api/broadcasts/{id}/clips", operation_id = "list_clips", tag = "recordings",
    params(("id" = String, Path, format = Uuid)),
    responses((status = 200, body = [ClipBody]), (status = 401, body = Problem), (status = 404, body = Problem)))]
async fn list(
    State(http): State<Records>,
    actor: Can<ReadStreams>,
    ApiPath(id): ApiPath<BroadcastId>,
) -> ApiResult<Vec<ClipBody>> {
    http.media.show_within(actor.scope(), id).await?;
    let clips = store::clips_of(http.recorder.app().store.read(), id).await?;
    Ok(Json(clips.into_iter().map(ClipBody::from).collect()))
}

/// Removes a clip and its file.
#[utoipa::path(delete, path = "/api/clips/{id}", operation_id = "remove_clip", tag = "recordings",
    params(("id" = String, Path, format = Uuid)),
    responses((status = 204), (status = 401, body = Problem), (status = 404, body = Problem, description = "`clip_not_found`")))]
async fn remove(
    State(http): State<Records>,
    actor: Can<CutClips>,
    ApiPath(id): ApiPath<Uuid>,
) -> Result<StatusCode, ApiError> {
    let clip = http.clip(actor.scope(), id).await?;
    clips::remove(&http.recorder, &clip).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The clip as an MP4 file
#[utoipa::path(get, path = "/api/clips/{id}/file", operation_id = "read_clip_file", tag = "recordings",
    params(("id" = String, Path, format = Uuid)),
    responses((status = 200, content_type = "video/mp4", body = [u8]),
        (status = 206, content_type = "video/mp4", body = [u8], description = "the asked range"),
        (status = 401, body = Problem), (status = 404, body = Problem, description = "`clip_not_found`"),
        (status = 410, body = Problem, description = "`clip_gone`"), (status = 416, description = "the range lies outside")))]
async fn file(
    State(http): State<Records>,
    actor: Can<ReadStreams>,
    headers: HeaderMap,
    ApiPath(id): ApiPath<Uuid>,
) -> Result<Response, ApiError> {
    let clip = http.clip(actor.scope(), id).await?;
    let (folder, name) = (http.recorder.clips(), clips::name(clip.id));
    let found = stored::file(&folder, &name, clip.bytes, "video/mp4", &headers).await?;
    let mut response = found.ok_or(Refusal::ClipGone)?;
    if let Ok(name) = HeaderValue::from_str(&disposition(&clip.title)) {
        response.headers_mut().insert(header::CONTENT_DISPOSITION, name);
    }
    Ok(response)
}

/// Shown in the page, and saved under its title (RFC 6266).
fn disposition(title: &str) -> String {
    use std::fmt::Write;
    let mut encoded = String::new();
    for byte in title.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' => encoded.push(byte.into()),
            _ => {
                let _ = write!(encoded, "%{byte:02X}");
            }
        }
    }
    format!("inline; filename=\"clip.mp4\"; filename*=UTF-8''{encoded}.mp4")
}

impl Records {
    async fn clip(&self, scope: Scope, id: Uuid) -> Result<Clip, ApiError> {
        let found = store::find_clip(self.recorder.app().store.read(), scope, id).await?;
        Ok(found.ok_or(Refusal::UnknownClip)?)
    }
}
