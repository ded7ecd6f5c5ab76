//! Recordings over HTTP: rules and states for staff, playlists and media for players, clips.

mod clips;
mod replay;
mod rules;
mod stored;
mod thumbnails;

use super::recorder::{Failing, Recorder};
use super::rules::Refusal;
use super::store::{self, Recording, State as Kept};
use super::store_uploads;
use crate::{ManageStreams, Media, ReadStreams};
use app::{ApiError, ApiPath, ApiResult, App, Can, Problem};
use axum::Json;
use axum::extract::{FromRef, State};
use axum::http::StatusCode;
use events::{BroadcastId, RemovalReason};
use serde::Serialize;
use std::sync::atomic::Ordering;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

#[derive(Clone)]
struct Records {
    media: Media,
    recorder: Recorder,
}

impl FromRef<Records> for App {
    fn from_ref(state: &Records) -> App {
        state.recorder.app().clone()
    }
}

pub fn routes(media: Media, recorder: Recorder) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(read, remove))
        .merge(rules::routes())
        .merge(clips::routes())
        .merge(replay::routes())
        .merge(thumbnails::routes())
        .with_state(Records { media, recorder })
}

/// What is recorded of a show.
#[derive(Debug, Serialize, ToSchema)]
struct RecordingBody {
    /// `recording` while the show runs, `off`: it runs and the room's rule is not to record it, `complete`, `removed` by rule
    /// or by a person, `none`: never recorded.
    #[schema(example = "recording")]
    state: &'static str,
    /// While it should be recorded and is not: `no_space`, `disk`. Goes on by itself when it can.
    #[serde(skip_serializing_if = "Option::is_none")]
    failing: Option<&'static str>,
    duration_ms: i64,
    bytes: u64,
    /// Parts between which nothing was recorded.
    pieces: Vec<PieceBody>,
    /// When the rule removes it, milliseconds since the epoch. Absent while the show runs, or when age does not matter.
    keep_until: Option<i64>,
    /// Bytes that the object store does not have yet. Absent without one.
    #[serde(skip_serializing_if = "Option::is_none")]
    uploading_bytes: Option<u64>,
    /// Clips that are being cut or wait for it, of all shows.
    cutting: u64,
}

/// Milliseconds from the beginning of the show.
#[derive(Debug, Serialize, ToSchema)]
struct PieceBody {
    start_ms: i64,
    end_ms: i64,
}

/// What is recorded of a show 录制状态
#[utoipa::path(get, path = "/api/broadcasts/{id}/recording", operation_id = "read_recording", tag = "recordings",
    params(("id" = String, Path, format = Uuid)),
    responses((status = 200, body = RecordingBody), (status = 401, body = Problem), (status = 404, body = Problem)))]
async fn read(
    State(http): State<Records>,
    actor: Can<ReadStreams>,
    ApiPath(id): ApiPath<BroadcastId>,
) -> ApiResult<RecordingBody> {
    http.media.show_within(actor.scope(), id).await?;
    let (recorder, db) = (&http.recorder, http.recorder.app().store.read());
    let none = |state| RecordingBody {
        state,
        failing: None,
        duration_ms: 0,
        bytes: 0,
        pieces: Vec::new(),
        keep_until: None,
        uploading_bytes: None,
        cutting: recorder.cuts().load(Ordering::Relaxed),
    };
    let failing = recorder.failing(id).map(|(failing, _)| failing.as_str());
    let off = recorder.is_off(id).then_some("off");
    let Some(recording) = store::find(db, id).await? else {
        return Ok(Json(RecordingBody { failing, ..none(off.unwrap_or("none")) }));
    };
    let shelf = match recorder.shelf(id).await {
        // That is what this answer is for.
        Err(error) => {
            tracing::error!("the recording of `{id}` cannot be read: {error:#}");
            let failing = Some(Failing::Disk.as_str());
            return Ok(Json(RecordingBody { failing, ..none(off.unwrap_or(recording.state.as_str())) }));
        }
        shelf => shelf?,
    };
    let Some(shelf) = shelf else {
        return Ok(Json(none(off.unwrap_or(Kept::Removed.as_str()))));
    };
    let (zero, size) = (recording.started_at.0, shelf.size());
    let piece = |span: &super::rules::Span| PieceBody { start_ms: span.start - zero, end_ms: span.end - zero };
    let rule = recorder.rule(recording.room).await?;
    let ended_at = recording.ended_at.filter(|_| recording.state == Kept::Complete);
    let uploading_bytes = match recorder.objects() {
        Some(_) => Some(store_uploads::waiting_bytes(db, Some(&shelf.folder.name)).await?),
        None => None,
    };
    Ok(Json(RecordingBody {
        state: off.unwrap_or(recording.state.as_str()),
        failing,
        duration_ms: size.duration_ms,
        bytes: size.bytes,
        pieces: shelf.spans().iter().map(piece).collect(),
        keep_until: ended_at.and_then(|ended_at| rule.keep_until(ended_at)).map(|at| at.0),
        uploading_bytes,
        ..none("none")
    }))
}

/// Removes a show's recording for good. Its clips stay.
#[utoipa::path(delete, path = "/api/broadcasts/{id}/recording", operation_id = "remove_recording", tag = "recordings",
    params(("id" = String, Path, format = Uuid)),
    responses((status = 204), (status = 401, body = Problem), (status = 404, body = Problem),
        (status = 409, body = Problem, description = "`still_recording`; `held`: by a legal hold")))]
async fn remove(
    State(http): State<Records>,
    actor: Can<ManageStreams>,
    ApiPath(id): ApiPath<BroadcastId>,
) -> Result<StatusCode, ApiError> {
    http.media.show_within(actor.scope(), id).await?;
    let found: Option<Recording> = store::find(http.recorder.app().store.read(), id).await?;
    match found {
        Some(recording) if recording.state == Kept::Recording => Err(Refusal::StillRecording.into()),
        Some(_) if http.recorder.desk().held().await?.contains(&id) => Err(Refusal::Held.into()),
        Some(recording) => {
            super::retention::remove(&http.recorder, &recording, RemovalReason::Operator).await?;
            Ok(StatusCode::NO_CONTENT)
        }
        // Nothing is there any more: as wished.
        None => Ok(StatusCode::NO_CONTENT),
    }
}
