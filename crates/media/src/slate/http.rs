//! A room's sources and its slate over HTTP.

use super::rules::{self, Kind, Refusal, RoomSlate};
use super::{Slates, picture};
use crate::program::{SourceState, rules::Hold};
use crate::{ManageStreams, Media, ReadStreams};
use anyhow::Context;
use app::{ApiError, ApiJson, ApiPath, ApiResult, App, Can, Problem};
use axum::Json;
use axum::body::Body;
use axum::extract::{FromRef, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use events::{RoomId, StreamSource};
use futures_util::TryStreamExt;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;
use tokio::io::AsyncWriteExt;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

#[derive(Clone)]
struct SlateHttp(Media);

impl FromRef<SlateHttp> for App {
    fn from_ref(state: &SlateHttp) -> App {
        state.0.0.app.clone()
    }
}

pub(super) fn routes(media: Media) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(read_sources, choose_source))
        .routes(routes!(read_slate, change_slate))
        .routes(routes!(upload_slate))
        .routes(routes!(preview_slate))
        .with_state(SlateHttp(media))
}

/// What a room's picture is made from.
#[derive(Debug, Serialize, ToSchema)]
struct SourcesBody {
    /// `primary`, `backup` or `slate`; absent when nothing is on air.
    on_air: Option<&'static str>,
    /// What was asked for: `auto`, `primary`, `backup` or `slate`.
    wanted: &'static str,
    /// The primary encoder, then the backup.
    sources: Vec<SourceBody>,
    /// Encoders push to `rtmp://<this host>:<push_port>/live` and `/backup`.
    #[schema(example = 1935)]
    push_port: u16,
}

/// One encoder's side.
#[derive(Debug, Default, Serialize, ToSchema)]
struct SourceBody {
    /// `primary` or `backup`.
    source: &'static str,
    connected: bool,
    /// Media came within the last second.
    flowing: bool,
    /// A switch to it shows a picture at once.
    ready: bool,
    #[schema(example = "avc1.64001f")]
    video_codec: Option<String>,
    #[schema(example = "mp4a.40.2")]
    audio_codec: Option<String>,
    width: Option<u32>,
    height: Option<u32>,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SourceChoice {
    /// `auto`, `primary`, `backup` or `slate`.
    #[schema(value_type = String, example = "backup", pattern = "^(auto|primary|backup|slate)$")]
    to: Hold,
}

/// A room's slate.
#[derive(Debug, Serialize, ToSchema)]
struct SlateBody {
    enabled: bool,
    kind: Kind,
    /// How long the room waits without any source.
    after_ms: u32,
    upload: Option<SlateUpload>,
}

/// The uploaded file as it is kept.
#[derive(Debug, Serialize, ToSchema)]
struct SlateUpload {
    #[schema(value_type = String, format = Uuid)]
    id: Uuid,
    /// `image` or `video`.
    media: &'static str,
    width: u32,
    height: u32,
    /// 0 for an image.
    duration_ms: u32,
    /// Of the uploaded file.
    bytes: u64,
    uploaded_at: i64,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SlateChange {
    enabled: bool,
    kind: Kind,
    #[schema(example = 2000, maximum = 25000)]
    after_ms: u32,
}

impl From<&RoomSlate> for SlateBody {
    fn from(slate: &RoomSlate) -> Self {
        let upload = slate.upload.as_ref().map(|upload| SlateUpload {
            id: upload.id,
            media: if upload.still { "image" } else { "video" },
            width: upload.width,
            height: upload.height,
            duration_ms: upload.duration_ms,
            bytes: upload.bytes,
            uploaded_at: upload.uploaded_at.0,
        });
        Self { enabled: slate.enabled, kind: slate.kind, after_ms: slate.after_ms, upload }
    }
}

fn name(source: StreamSource) -> &'static str {
    match source {
        StreamSource::Primary => "primary",
        StreamSource::Backup => "backup",
        StreamSource::Slate => "slate",
    }
}

async fn sources(media: &Media, room: RoomId) -> SourcesBody {
    let (found, active, hold) = media.sources(room).await;
    let wanted = match hold {
        Hold::Auto => "auto",
        Hold::Primary => "primary",
        Hold::Backup => "backup",
        Hold::Slate => "slate",
    };
    let body = |source| {
        let known: Option<&(SourceState, bool)> = found.iter().find(|(state, _)| state.source == source);
        let Some((state, connected)) = known else { return SourceBody { source: name(source), ..Default::default() } };
        let info = state.info.clone();
        SourceBody {
            source: name(source),
            connected: *connected,
            flowing: state.flowing,
            ready: state.decodable,
            video_codec: info.video_codec,
            audio_codec: info.audio_codec,
            width: info.width,
            height: info.height,
        }
    };
    let sources = [StreamSource::Primary, StreamSource::Backup].map(body).into();
    SourcesBody { on_air: active.map(name), wanted, sources, push_port: media.rtmp_port() }
}

/// What the room's picture is made from 推流与备路
#[utoipa::path(get, path = "/api/rooms/{id}/source", tag = "streams", params(("id" = String, Path, format = Uuid)),
    responses((status = 200, body = SourcesBody), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem)))]
async fn read_sources(
    State(http): State<SlateHttp>,
    actor: Can<ReadStreams>,
    ApiPath(id): ApiPath<RoomId>,
) -> ApiResult<SourcesBody> {
    let room = http.0.room_within(actor.scope(), id).await?.room;
    Ok(Json(sources(&http.0, room).await))
}

/// Chooses what the room shows 切换
///
/// An encoder that is chosen and not there is stood in for, and shown when it comes. `auto` prefers the primary. The choice
/// holds until the show ends.
#[utoipa::path(post, path = "/api/rooms/{id}/source", tag = "streams", request_body = SourceChoice, params(("id" = String, Path, format = Uuid)),
    responses((status = 200, body = SourcesBody), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem),
        (status = 409, body = Problem, description = "`not_live`: the room shows nothing now, so there is nothing to switch")))]
async fn choose_source(
    State(http): State<SlateHttp>,
    actor: Can<ManageStreams>,
    ApiPath(id): ApiPath<RoomId>,
    ApiJson(choice): ApiJson<SourceChoice>,
) -> ApiResult<SourcesBody> {
    let room = http.0.room_within(actor.scope(), id).await?.room;
    if !http.0.choose_source(room, choice.to) && choice.to != Hold::Auto {
        return Err(Refusal::NotLive.into());
    }
    Ok(Json(sources(&http.0, room).await))
}

/// The room's slate 垫片
#[utoipa::path(get, path = "/api/rooms/{id}/slate", tag = "streams", params(("id" = String, Path, format = Uuid)),
    responses((status = 200, body = SlateBody), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem)))]
async fn read_slate(
    State(http): State<SlateHttp>,
    actor: Can<ReadStreams>,
    ApiPath(id): ApiPath<RoomId>,
) -> ApiResult<SlateBody> {
    let room = http.0.room_within(actor.scope(), id).await?.room;
    Ok(Json(SlateBody::from(&http.0.0.slates.read(room).await?)))
}

/// Sets the room's slate
///
/// A slate that is on air stays as it is; the next one follows the settings.
#[utoipa::path(put, path = "/api/rooms/{id}/slate", tag = "streams", request_body = SlateChange, params(("id" = String, Path, format = Uuid)),
    responses((status = 200, body = SlateBody), (status = 400, body = Problem, description = "`bad_wait`"), (status = 401, body = Problem),
        (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem, description = "`slate_missing`: nothing was uploaded")))]
async fn change_slate(
    State(http): State<SlateHttp>,
    actor: Can<ManageStreams>,
    ApiPath(id): ApiPath<RoomId>,
    ApiJson(change): ApiJson<SlateChange>,
) -> ApiResult<SlateBody> {
    let room = http.0.room_within(actor.scope(), id).await?.room;
    let slates = &http.0.0.slates;
    let slate = slates.read(room).await?.change(change.enabled, change.kind, change.after_ms)?;
    slates.save(room, &slate).await?;
    Ok(Json(SlateBody::from(&slate)))
}

/// Uploads an image or video as the room's slate
///
/// The body is the file itself: PNG, JPEG, WebP, GIF, MP4, MOV, WebM, MKV or FLV. It is converted once, without its sound, and
/// the slate's kind becomes `upload`.
#[utoipa::path(put, path = "/api/rooms/{id}/slate/file", tag = "streams",
    request_body(content = Vec<u8>, content_type = "application/octet-stream"), params(("id" = String, Path, format = Uuid)),
    responses((status = 200, body = SlateBody), (status = 400, body = Problem, description = "`slate_format`, `slate_unreadable`"),
        (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem),
        (status = 413, body = Problem, description = "`slate_too_large`"), (status = 503, body = Problem, description = "`ffmpeg_missing`, `slate_too_slow`")))]
async fn upload_slate(
    State(http): State<SlateHttp>,
    actor: Can<ManageStreams>,
    ApiPath(id): ApiPath<RoomId>,
    body: Body,
) -> ApiResult<SlateBody> {
    let room = http.0.room_within(actor.scope(), id).await?.room;
    let slates = &http.0.0.slates;
    let file = receive(slates, body).await?;
    let format = rules::format(&file.head)?;
    let slate = slates.read(room).await?;
    let taken = slates.take_upload(room, &file.path, format, slate).await??;
    Ok(Json(SlateBody::from(&taken)))
}

/// The uploaded file's picture, or the built-in one
#[utoipa::path(get, path = "/api/rooms/{id}/slate/preview", tag = "streams", params(("id" = String, Path, format = Uuid)),
    responses((status = 200, content_type = "image/jpeg", body = [u8]), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem)))]
async fn preview_slate(
    State(http): State<SlateHttp>,
    actor: Can<ReadStreams>,
    ApiPath(id): ApiPath<RoomId>,
) -> Result<Response, ApiError> {
    let room = http.0.room_within(actor.scope(), id).await?.room;
    let slates = &http.0.0.slates;
    let slate = slates.read(room).await?;
    let uploaded = slate.upload.as_ref().filter(|_| slate.kind == Kind::Upload);
    let picture = match uploaded {
        Some(upload) => tokio::fs::read(slates.preview_of(upload)).await.context("reading a slate's preview")?,
        None => picture::BUILT_IN_PREVIEW.to_vec(),
    };
    let headers = [(header::CONTENT_TYPE, "image/jpeg"), (header::CACHE_CONTROL, "private, no-cache")];
    Ok((headers, picture).into_response())
}

/// A received file; gone when this is.
struct Received {
    path: PathBuf,
    head: Vec<u8>,
}

impl Drop for Received {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.path);
    }
}

async fn receive(slates: &Slates, body: Body) -> Result<Received, ApiError> {
    let limit = slates.settings().upload_bytes;
    let folder = slates.folder();
    tokio::fs::create_dir_all(&folder).await.context("making the folder of the slates")?;
    let mut received = Received { path: folder.join(format!("{}.part", Uuid::now_v7())), head: Vec::new() };
    let mut file = tokio::fs::File::create(&received.path).await.context("writing an upload")?;
    let mut stream = body.into_data_stream();
    let mut bytes = 0;
    let broken = |_| ApiError::bad_request("the upload broke off");
    while let Some(piece) = stream.try_next().await.map_err(broken)? {
        bytes += piece.len();
        if bytes > limit {
            return Err(Refusal::TooLarge(limit).into());
        }
        if received.head.len() < 16 {
            received.head.extend(piece.iter().take(16));
        }
        file.write_all(&piece).await.context("writing an upload")?;
    }
    file.flush().await.context("writing an upload")?;
    Ok(received)
}
