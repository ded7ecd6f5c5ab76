//! `POST /v1/batch` and the single calls, as Segment's and RudderStack's SDKs speak them, from any origin.

use crate::{
    Collect, CollectWrite,
    body::plain,
    segment::{Call, MAX_BATCH_BYTES, Owner, RejectedItem, call_of},
};
use app::{Actor, ApiError, ApiPath, App, MaybeActor, Permission, Problem};
use axum::{
    Json,
    body::{Body, to_bytes},
    extract::{FromRef, FromRequestParts, State},
    http::{HeaderMap, HeaderValue, Request, StatusCode, header},
    middleware::map_response,
    response::Response,
    routing::options,
};
use base64::{Engine, engine::general_purpose::STANDARD};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

pub(crate) fn routes(collect: Collect) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(batch))
        .routes(routes!(single))
        .route("/v1/batch", options(preflight))
        .route("/v1/{call}", options(preflight))
        .layer(map_response(from_anywhere))
        .with_state(collect)
}

impl FromRef<Collect> for App {
    fn from_ref(collect: &Collect) -> App {
        collect.app().clone()
    }
}

#[derive(Debug, Serialize, ToSchema)]
struct Collected {
    #[schema(example = true)]
    success: bool,
    /// Events taken by this call; they are on disk.
    accepted: usize,
    /// Events whose `messageId` was taken within the last 24 hours.
    duplicates: usize,
    /// Items that were not taken; sending them again does not help.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    rejected: Vec<RejectedItem>,
}

/// Collects a batch of events 批量采集
///
/// Segment's format: `{"batch":[{"type":"track","event":"…","messageId":"…",…}],"sentAt":"…"}`, plain or gzip. The write key is the user
/// of Basic auth, a bearer token, or `writeKey` in the body. At most 32 KB an event and 500 KB a batch after gunzip. A `messageId` is taken
/// once in 24 hours. 200 says that everything accepted is on disk; a bad item is reported and spoils no other.
/// The only 5xx is 503 with `Retry-After`, when the disk is full or the server cannot write.
#[utoipa::path(post, path = "/v1/batch", tag = "collect", request_body(content = Object, description = "a Segment batch"),
    responses(
        (status = 200, body = Collected),
        (status = 400, body = Problem, description = "`bad_request`: no JSON of this shape; `too_large`"),
        (status = 401, body = Problem, description = "`unauthenticated`: no or an unknown write key"),
        (status = 403, body = Problem, description = "`forbidden`: the key lacks `collect.write`"),
        (status = 503, body = Problem, description = "`log_unavailable`: send it again after `Retry-After` seconds"),
    ))]
async fn batch(State(collect): State<Collect>, headers: HeaderMap, body: Body) -> Result<Json<Collected>, ApiError> {
    take(&collect, &headers, body, |body| Call::batch(body)).await
}

/// Collects one event 单条采集
///
/// The call is `track`, `identify`, `page`, `screen`, `group`, `alias` or its first letter; the body is one item of a batch.
#[utoipa::path(post, path = "/v1/{call}", tag = "collect",
    params(("call" = String, Path, description = "`track`, `t`, `identify`, `i`, …", example = "track")),
    request_body(content = Object, description = "one Segment event"),
    responses(
        (status = 200, body = Collected),
        (status = 400, body = Problem, description = "`bad_request`, `too_large`"),
        (status = 401, body = Problem, description = "`unauthenticated`"),
        (status = 403, body = Problem, description = "`forbidden`"),
        (status = 404, body = Problem, description = "`not_found`: no such call"),
        (status = 503, body = Problem, description = "`log_unavailable`"),
    ))]
async fn single(
    State(collect): State<Collect>,
    ApiPath(call): ApiPath<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<Json<Collected>, ApiError> {
    let kind = call_of(&call).ok_or_else(|| ApiError::not_found("call"))?;
    let answer = take(&collect, &headers, body, |body| Call::single(kind, body)).await?;
    // A single call that was not taken has nothing else to report.
    match answer.0.rejected.first() {
        Some(rejected) => Err(ApiError::bad_request(rejected.reason.clone())),
        None => Ok(answer),
    }
}

async fn take<F>(collect: &Collect, headers: &HeaderMap, body: Body, parse: F) -> Result<Json<Collected>, ApiError>
where
    F: for<'a> FnOnce(&'a [u8]) -> Result<Call<'a>, crate::segment::BadCall>,
{
    // Whoever names a key in the header is turned away before the body is read.
    let named = match key_of(headers) {
        Some(key) => Some(actor(collect, &key).await?),
        None => None,
    };
    let body = to_bytes(body, MAX_BATCH_BYTES).await.map_err(|_| too_large())?;
    let body = plain(&body, MAX_BATCH_BYTES).map_err(|bad| match bad {
        crate::body::BadBody::TooLarge { .. } => too_large(),
        bad => ApiError::bad_request(bad.to_string()),
    })?;
    let call = parse(&body).map_err(|bad| ApiError::bad_request(bad.to_string()))?;
    let actor = match (named, &call.write_key) {
        (Some(actor), _) => actor,
        (None, Some(key)) => actor(collect, key).await?,
        (None, None) => return Err(ApiError::unauthenticated()),
    };
    let decoded = call.decode(Owner { org: actor.scope.org, team: actor.home_team }, collect.app().now());
    metrics::counter!("kaibo_collect_rejected_total").increment(decoded.rejected.len() as u64);
    let taken = collect.take(decoded.events).await.map_err(unavailable)??;
    metrics::counter!("kaibo_collect_events_total").increment(taken.accepted as u64);
    metrics::counter!("kaibo_collect_duplicates_total").increment(taken.duplicates as u64);
    let (accepted, duplicates) = (taken.accepted, taken.duplicates);
    Ok(Json(Collected { success: true, accepted, duplicates, rejected: decoded.rejected }))
}

/// The user of Basic auth, or a bearer token. Cookies count for nothing here, so other origins may call.
fn key_of(headers: &HeaderMap) -> Option<String> {
    let (scheme, rest) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.trim().split_once(' ')?;
    if scheme.eq_ignore_ascii_case("bearer") {
        return Some(rest.trim().to_owned());
    }
    let pair = String::from_utf8(STANDARD.decode(rest.trim()).ok()?).ok()?;
    scheme.eq_ignore_ascii_case("basic").then(|| pair.split_once(':').map_or(pair.clone(), |(user, _)| user.to_owned()))
}

/// The program's own sign-in decides, as if the key had come as a bearer token.
async fn actor(collect: &Collect, key: &str) -> Result<Actor, ApiError> {
    let bearer = HeaderValue::from_str(&format!("Bearer {key}")).map_err(|_| ApiError::unauthenticated())?;
    let (mut parts, ()) = Request::new(()).into_parts();
    parts.headers.insert(header::AUTHORIZATION, bearer);
    let MaybeActor(actor) =
        MaybeActor::from_request_parts(&mut parts, collect).await.map_err(|error| match error.status() {
            // An SDK that is told 500 sends the same thing for ever.
            500.. => ApiError::new(503, "sign_in_unavailable", "the write key could not be checked").retry_after(5),
            _ => error,
        })?;
    let actor = actor.ok_or_else(ApiError::unauthenticated)?;
    if !actor.may(CollectWrite::INFO.name) {
        return Err(ApiError::forbidden(CollectWrite::INFO.name));
    }
    Ok(actor)
}

fn too_large() -> ApiError {
    ApiError::new(400, "too_large", "the body is larger than 500 KB after gunzip")
}

fn unavailable(failure: anyhow::Error) -> ApiError {
    tracing::error!("events could not be taken: {failure:#}");
    ApiError::new(503, "log_unavailable", "the events could not be stored").retry_after(5)
}

async fn preflight(headers: HeaderMap) -> (StatusCode, HeaderMap) {
    let mut answer = HeaderMap::new();
    answer.insert(header::ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static("POST, OPTIONS"));
    answer.insert(header::ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("86400"));
    // SDKs add headers of their own, such as `anonymousid` and `sentat`.
    let asked = headers.get(header::ACCESS_CONTROL_REQUEST_HEADERS).cloned();
    let asked = asked.unwrap_or_else(|| HeaderValue::from_static("authorization, content-type, content-encoding"));
    answer.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, asked);
    (StatusCode::NO_CONTENT, answer)
}

async fn from_anywhere(mut response: Response) -> Response {
    response.headers_mut().insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    response
}
