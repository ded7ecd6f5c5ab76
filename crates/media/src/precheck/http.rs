//! Checks over HTTP.

use super::browser::{BrowserMeasured, UploadMeasured};
use super::findings::{Finding, Level, overall};
use super::live::{Phase, Precheck, Progress};
use super::{Check, CheckKind, Measured, store};
use crate::{CheckStreams, Media, ReadStreams};
use app::{ApiError, ApiJson, ApiPath, ApiResult, App, Can, Problem, Scope};
use axum::Json;
use axum::body::{Body, BodyDataStream};
use axum::extract::{FromRef, State};
use axum::http::{HeaderMap, StatusCode, header};
use events::RoomId;
use futures_util::StreamExt;
use serde::{Deserialize, Serialize};
use std::time::Duration;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

/// Most bytes of one upload request; the page sends several.
const UPLOAD_BYTES: usize = 4 << 20;
const UPLOAD_TIME: Duration = Duration::from_secs(30);

#[derive(Clone)]
struct PrecheckHttp {
    media: Media,
    precheck: Precheck,
}

impl FromRef<PrecheckHttp> for App {
    fn from_ref(state: &PrecheckHttp) -> App {
        state.precheck.app().clone()
    }
}

pub(super) fn routes(media: Media, precheck: Precheck) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(list, open))
        .routes(routes!(read))
        .routes(routes!(upload))
        .routes(routes!(hand_in))
        .with_state(PrecheckHttp { media, precheck })
}

#[derive(Debug, Deserialize, ToSchema)]
struct NewCheck {
    kind: CheckKind,
}

/// A check and what came out of it.
#[derive(Debug, Serialize, ToSchema)]
struct CheckBody {
    id: Uuid,
    #[schema(value_type = String, format = Uuid)]
    room_id: RoomId,
    kind: CheckKind,
    state: Phase,
    /// Where the encoder pushes to, of kind `push`. The stream key goes into the encoder's own field; no answer holds it.
    #[schema(example = "rtmp://live.example.com:1935/check")]
    push_url: Option<String>,
    progress: Option<Progress>,
    /// The worst level of the findings, once it is done.
    result: Option<Level>,
    findings: Vec<Finding>,
    measured: Option<Measured>,
    /// Milliseconds since the epoch.
    created_at: i64,
    finished_at: Option<i64>,
    /// A check that still waits is given up then.
    expires_at: i64,
}

/// A check in the room's history.
#[derive(Debug, Serialize, ToSchema)]
struct CheckSummary {
    id: Uuid,
    kind: CheckKind,
    state: Phase,
    result: Option<Level>,
    /// Codes of what failed.
    failed: Vec<String>,
    /// Codes of what is worth a look or was not checked.
    warned: Vec<String>,
    created_at: i64,
    finished_at: Option<i64>,
}

/// What an upload request was worth.
#[derive(Debug, Serialize, ToSchema)]
struct UploadAnswer {
    /// All requests of the check so far; absent when it is over.
    measured: Option<UploadMeasured>,
    /// Nothing more needs to be sent.
    enough: bool,
}

impl PrecheckHttp {
    fn body(&self, check: Check, headers: &HeaderMap) -> CheckBody {
        let (state, progress) = self.precheck.phase(&check);
        let patience = i64::from(self.precheck.settings().wait_s) * 1000;
        let (findings, measured, finished_at) = match check.outcome {
            Some(outcome) => (outcome.findings, Some(outcome.measured), Some(outcome.finished_at.0)),
            None => (Vec::new(), None, None),
        };
        CheckBody {
            id: check.id,
            room_id: check.room,
            kind: check.kind,
            state,
            push_url: (check.kind == CheckKind::Push).then(|| self.push_url(headers)),
            progress,
            result: finished_at.map(|_| overall(&findings)),
            findings,
            measured,
            created_at: check.created_at.0,
            finished_at,
            expires_at: check.created_at.0 + patience,
        }
    }

    /// By the name the asker knows this host by.
    fn push_url(&self, headers: &HeaderMap) -> String {
        let host = headers.get(header::HOST).and_then(|value| value.to_str().ok()).unwrap_or("localhost");
        format!("rtmp://{}:{}/check", without_port(host), self.media.rtmp_port())
    }

    async fn check(&self, scope: Scope, id: Uuid) -> Result<Check, ApiError> {
        let found = store::find(self.precheck.app().store.read(), scope, id).await?;
        found.ok_or_else(|| ApiError::new(404, "check_not_found", format!("there is no check `{id}`")))
    }
}

fn without_port(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    }
}

/// Opens a check
///
/// `push` waits for an encoder that pushes to `push_url` with the room's stream key, for fifteen minutes; it is never on
/// air. `browser` takes the studio page's uploads and measurements. An older check that still waits makes room.
#[utoipa::path(post, path = "/api/rooms/{id}/checks", operation_id = "open_check", tag = "checks", request_body = NewCheck,
    params(("id" = String, Path, format = Uuid)),
    responses((status = 201, body = CheckBody), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem),
        (status = 409, body = Problem, description = "`check_running`: an encoder is being looked at")))]
async fn open(
    State(http): State<PrecheckHttp>,
    actor: Can<CheckStreams>,
    ApiPath(room): ApiPath<RoomId>,
    headers: HeaderMap,
    ApiJson(new): ApiJson<NewCheck>,
) -> Result<(StatusCode, Json<CheckBody>), ApiError> {
    let room = http.media.room_within(actor.scope(), room).await?;
    let check = http.precheck.open(&room, new.kind).await??;
    Ok((StatusCode::CREATED, Json(http.body(check, &headers))))
}

/// The room's checks, newest first.
#[utoipa::path(get, path = "/api/rooms/{id}/checks", operation_id = "list_checks", tag = "checks",
    params(("id" = String, Path, format = Uuid)),
    responses((status = 200, body = [CheckSummary]), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem)))]
async fn list(
    State(http): State<PrecheckHttp>,
    actor: Can<ReadStreams>,
    ApiPath(room): ApiPath<RoomId>,
) -> ApiResult<Vec<CheckSummary>> {
    let room = http.media.room_within(actor.scope(), room).await?;
    let limit = u64::from(http.precheck.settings().kept_per_room);
    let checks = store::list(http.precheck.app().store.read(), room.room, limit).await?;
    Ok(Json(checks.into_iter().map(|check| summary(&http, check)).collect()))
}

fn summary(http: &PrecheckHttp, check: Check) -> CheckSummary {
    let (state, _) = http.precheck.phase(&check);
    let findings = check.outcome.as_ref().map(|outcome| outcome.findings.as_slice()).unwrap_or_default();
    let codes = |levels: &[Level]| {
        let found = findings.iter().filter(|finding| levels.contains(&finding.level));
        found.map(|finding| finding.code.clone()).collect()
    };
    CheckSummary {
        id: check.id,
        kind: check.kind,
        state,
        result: check.outcome.as_ref().map(|_| overall(findings)),
        failed: codes(&[Level::Fail]),
        warned: codes(&[Level::Warn, Level::Unchecked]),
        created_at: check.created_at.0,
        finished_at: check.outcome.as_ref().map(|outcome| outcome.finished_at.0),
    }
}

/// One check: where it stands, what was measured, what was found.
#[utoipa::path(get, path = "/api/checks/{id}", operation_id = "read_check", tag = "checks", params(("id" = String, Path, format = Uuid)),
    responses((status = 200, body = CheckBody), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem)))]
async fn read(
    State(http): State<PrecheckHttp>,
    actor: Can<ReadStreams>,
    ApiPath(id): ApiPath<Uuid>,
    headers: HeaderMap,
) -> ApiResult<CheckBody> {
    let check = http.check(actor.scope(), id).await?;
    Ok(Json(http.body(check, &headers)))
}

/// Takes bytes to measure the upload by
///
/// At most 4 MiB a request; the content does not matter and is thrown away. Time runs from the first request on, so begin
/// with an empty one: behind a proxy that buffers, a body's own time is not seen. Under 2 s nothing is told of the line.
#[utoipa::path(post, path = "/api/checks/{id}/upload", operation_id = "measure_upload", tag = "checks", params(("id" = String, Path, format = Uuid)),
    request_body(content = Option<Vec<u8>>, content_type = "application/octet-stream"),
    responses((status = 200, body = UploadAnswer), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem),
        (status = 413, body = Problem, description = "`too_large`")))]
async fn upload(
    State(http): State<PrecheckHttp>,
    actor: Can<CheckStreams>,
    ApiPath(id): ApiPath<Uuid>,
    body: Body,
) -> ApiResult<UploadAnswer> {
    let check = http.check(actor.scope(), id).await?;
    http.precheck.upload_begins(&check);
    let taking = take(&http.precheck, &check, body.into_data_stream());
    let slow = |_| ApiError::new(408, "upload_too_slow", "the upload took too long");
    let enough = tokio::time::timeout(UPLOAD_TIME, taking).await.map_err(slow)??;
    Ok(Json(UploadAnswer { measured: http.precheck.upload(&check), enough }))
}

async fn take(precheck: &Precheck, check: &Check, mut body: BodyDataStream) -> Result<bool, ApiError> {
    let (mut bytes, mut enough) = (0, false);
    while let Some(piece) = body.next().await {
        let piece = piece.map_err(|_| ApiError::bad_request("the upload broke off"))?;
        bytes += piece.len();
        if bytes > UPLOAD_BYTES {
            return Err(ApiError::new(413, "too_large", "an upload holds at most 4 MiB"));
        }
        enough = !precheck.uploaded(check, piece.len());
    }
    Ok(enough)
}

/// Hands in what the studio page measured, which ends its check
///
/// Answers what was found, also when it is handed in again.
#[utoipa::path(post, path = "/api/checks/{id}/browser", operation_id = "finish_browser_check", tag = "checks", params(("id" = String, Path, format = Uuid)),
    request_body = BrowserMeasured,
    responses((status = 200, body = CheckBody), (status = 422, body = Problem), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem),
        (status = 409, body = Problem, description = "`check_not_browser`, `check_over`")))]
async fn hand_in(
    State(http): State<PrecheckHttp>,
    actor: Can<CheckStreams>,
    ApiPath(id): ApiPath<Uuid>,
    headers: HeaderMap,
    ApiJson(measured): ApiJson<BrowserMeasured>,
) -> ApiResult<CheckBody> {
    let check = http.check(actor.scope(), id).await?;
    http.precheck.measured(&check, measured.tidied()).await??;
    let check = http.check(actor.scope(), id).await?;
    Ok(Json(http.body(check, &headers)))
}

#[cfg(test)]
mod tests {
    use super::without_port;

    #[test]
    fn hosts() {
        for (host, name) in
            [("a.example:8080", "a.example"), ("a.example", "a.example"), ("[::1]:8080", "[::1]"), ("[::1]", "[::1]")]
        {
            assert_eq!(without_port(host), name);
        }
    }
}
