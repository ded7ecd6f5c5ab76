//! The edges over HTTP, from any origin: `/v1/batch` and the single calls, which stand in the API's description, and every path of
//! [`LIST`]. A client is never answered with a 5xx but 503, which says when to come again.

use crate::{
    Collect, CollectWrite,
    edges::{Answer, Asked, Bad, Edge, LIST, Owner, RejectedItem, ga4_only_asks, segment},
    intake::Sender,
    sources::Sources,
};
use app::{ApiError, App, MaybeActor, Permission, Problem};
use axum::{
    body::{Body, to_bytes},
    extract::{FromRef, FromRequestParts, State},
    http::{HeaderMap, HeaderValue, Method, Request, StatusCode, header},
    middleware::map_response,
    response::{IntoResponse, Response},
    routing::{any, options},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

pub(crate) fn routes(collect: Collect) -> OpenApiRouter {
    let mut router = OpenApiRouter::new()
        .routes(routes!(batch))
        .routes(routes!(single))
        .route("/v1/batch", options(preflight))
        .route("/v1/{call}", options(preflight));
    for edge in LIST {
        for path in edge.paths {
            let handler = move |State(collect): State<Collect>, request: Request<Body>| async move {
                match *request.method() {
                    Method::OPTIONS => preflight(request.headers().clone()).await.into_response(),
                    Method::GET | Method::HEAD | Method::POST => {
                        serve(&collect, edge, request).await.unwrap_or_else(IntoResponse::into_response)
                    }
                    _ => ApiError::new(405, "method_not_allowed", "send with POST").into_response(),
                }
            };
            router = router.route(path, any(handler));
        }
    }
    router.layer(map_response(from_anywhere)).with_state(collect)
}

impl FromRef<Collect> for App {
    fn from_ref(collect: &Collect) -> App {
        collect.app().clone()
    }
}

#[derive(Debug, Serialize, ToSchema)]
#[allow(dead_code, reason = "the edge writes it; here it is described")]
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

/// Everything else in it may be as it is.
#[derive(ToSchema)]
struct SegmentBatch {
    #[expect(dead_code, reason = "only described")]
    #[schema(value_type = Vec<Object>)]
    batch: Vec<serde_json::Value>,
}

/// Collects a batch of events 批量采集
///
/// Segment's format: `{"batch":[{"type":"track","event":"…","messageId":"…",…}],"sentAt":"…"}`, plain or gzip. The write key is the user
/// of Basic auth, a bearer token, or `writeKey` in the body. At most 32 KB an event and 500 KB a batch after gunzip. A `messageId` is taken
/// once in 24 hours. 200 says that everything accepted is on disk; a bad item is reported and spoils no other.
/// The only 5xx is 503 with `Retry-After`, when the disk is full or the server cannot write.
#[utoipa::path(post, path = "/v1/batch", operation_id = "collect_batch", tag = "collect", request_body(content = SegmentBatch, description = "a Segment batch",
        example = json!({"batch": [{"type": "track", "event": "OrderPaid", "userId": "u1", "messageId": "m-1", "properties": {"price": 19.9}}]})),
    responses(
        (status = 200, body = Collected),
        (status = 400, body = Problem, description = "`bad_request`: no JSON of this shape; `too_large`"),
        (status = 401, body = Problem, description = "`unauthenticated`: no or an unknown write key"),
        (status = 403, body = Problem, description = "`forbidden`: the key lacks `collect.write`"),
        (status = 429, body = Problem, description = "`too_many_events`: over the source's limit; send it again after `Retry-After` seconds"),
        (status = 503, body = Problem, description = "`log_unavailable`: send it again after `Retry-After` seconds"),
    ))]
async fn batch(State(collect): State<Collect>, request: Request<Body>) -> Result<Response, ApiError> {
    serve(&collect, &segment::EDGE, request).await
}

/// Collects one event 单条采集
///
/// The call is `track`, `identify`, `page`, `screen`, `group`, `alias` or its first letter; the body is one item of a batch.
#[utoipa::path(post, path = "/v1/{call}", operation_id = "collect_event", tag = "collect",
    params(("call" = String, Path, description = "`track`, `t`, `identify`, `i`, …", example = "track")),
    request_body(content = Object, description = "one Segment event",
        example = json!({"event": "OrderPaid", "userId": "u1", "messageId": "m-1", "properties": {"price": 19.9}})),
    responses(
        (status = 200, body = Collected),
        (status = 400, body = Problem, description = "`bad_request`, `too_large`"),
        (status = 401, body = Problem, description = "`unauthenticated`"),
        (status = 403, body = Problem, description = "`forbidden`"),
        (status = 404, body = Problem, description = "`not_found`: no such call"),
        (status = 429, body = Problem, description = "`too_many_events`"),
        (status = 503, body = Problem, description = "`log_unavailable`"),
    ))]
async fn single(State(collect): State<Collect>, request: Request<Body>) -> Result<Response, ApiError> {
    let call = request.uri().path().rsplit('/').next().unwrap_or_default();
    if segment::call_of(call).is_none() {
        return Err(ApiError::not_found("call"));
    }
    serve(&collect, &segment::EDGE, request).await
}

/// One request of any edge.
async fn serve(collect: &Collect, edge: &Edge, request: Request<Body>) -> Result<Response, ApiError> {
    let (parts, body) = request.into_parts();
    let (path, query) = (parts.uri.path(), parts.uri.query().unwrap_or_default());
    let asked = Asked { method: &parts.method, path, query, headers: &parts.headers };
    // Whoever names a key outside the body is turned away before the body is read.
    let says = |key: &String| !key.is_empty();
    let named = match key_of(&parts.headers).filter(says).or_else(|| (edge.key)(&asked)) {
        Some(key) => Some(sender(collect, &key).await?),
        None => None,
    };
    let too_large = || ApiError::new(edge.too_large, "too_large", format!("more than {} bytes", edge.most_bytes));
    let body = to_bytes(body, edge.most_bytes).await.map_err(|_| too_large())?;
    let frame = edge.read(&asked, &body).map_err(|bad| match bad {
        Bad::TooLarge => too_large(),
        bad => ApiError::bad_request(bad.to_string()),
    })?;
    let sender = match (named, frame.key.as_ref().filter(|key| !key.is_empty())) {
        (Some(sender), _) => sender,
        (None, Some(key)) => self::sender(collect, key).await?,
        (None, None) => return Err(ApiError::unauthenticated()),
    };
    if ga4_only_asks(edge, &asked) {
        return Ok(told((edge.answer)(&asked, &collect.examine(edge, &sender, &frame))));
    }
    if let Sender::Source(live) = &sender
        && let Err(wait_s) = live.admit(frame.items.len(), collect.app().now())
    {
        metrics::counter!("kaibo_collect_limited_total", "edge" => edge.name).increment(frame.items.len() as u64);
        let words = format!("more than {} events a second", live.source.events_per_s);
        let own = edge.limited.and_then(|limited| limited(&asked));
        return own.map(told).ok_or_else(|| ApiError::new(429, "too_many_events", words).retry_after(wait_s));
    }
    let outcome = collect.take_in(edge, &sender, &frame).await.map_err(unavailable)??;
    // A single call that was not taken has nothing else to report.
    if let (true, Some(rejected)) = (path != "/v1/batch" && path.starts_with("/v1/"), outcome.rejected.first()) {
        return Err(ApiError::bad_request(rejected.reason.clone()));
    }
    Ok(told((edge.answer)(&asked, &outcome)))
}

fn told(answer: Answer) -> Response {
    let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::OK);
    (status, [(header::CONTENT_TYPE, answer.kind), (header::CACHE_CONTROL, "no-store")], answer.body).into_response()
}

/// The user of Basic auth, or a bearer token. Cookies count for nothing here, so other origins may call.
pub(crate) fn key_of(headers: &HeaderMap) -> Option<String> {
    let (scheme, rest) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.trim().split_once(' ')?;
    if scheme.eq_ignore_ascii_case("bearer") {
        return Some(rest.trim().to_owned());
    }
    let pair = String::from_utf8(STANDARD.decode(rest.trim()).ok()?).ok()?;
    scheme.eq_ignore_ascii_case("basic").then(|| pair.split_once(':').map_or(pair.clone(), |(user, _)| user.to_owned()))
}

/// A source's key, or a token: then the program's own sign-in decides, as if it had come as a bearer token.
async fn sender(collect: &Collect, key: &str) -> Result<Sender, ApiError> {
    if Sources::is_key(key) {
        let live = collect.sources().find(collect.app(), key).await.map_err(unavailable)?;
        let live = live.ok_or_else(ApiError::unauthenticated)?;
        if !live.source.enabled {
            return Err(ApiError::new(403, "source_disabled", "the source of this key takes nothing"));
        }
        return Ok(Sender::Source(live));
    }
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
    Ok(Sender::Token(Owner { org: actor.scope.org, team: actor.home_team }))
}

fn unavailable(failure: anyhow::Error) -> ApiError {
    tracing::error!("events could not be taken: {failure:#}");
    ApiError::new(503, "log_unavailable", "the events could not be stored").retry_after(5)
}

pub(crate) async fn preflight(headers: HeaderMap) -> (StatusCode, HeaderMap) {
    let mut answer = HeaderMap::new();
    // CloudEvents' senders ask in words of their own.
    if let Some(origin) = headers.get("webhook-request-origin") {
        answer.insert("webhook-allowed-origin", origin.clone());
        answer.insert("webhook-allowed-rate", HeaderValue::from_static("*"));
    }
    answer.insert(header::ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static("GET, POST, OPTIONS"));
    answer.insert(header::ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("86400"));
    // SDKs add headers of their own, such as `anonymousid` and `sentat`.
    let asked = headers.get(header::ACCESS_CONTROL_REQUEST_HEADERS).cloned();
    let asked = asked.unwrap_or_else(|| HeaderValue::from_static("authorization, content-type, content-encoding"));
    answer.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, asked);
    (StatusCode::NO_CONTENT, answer)
}

pub(crate) async fn from_anywhere(mut response: Response) -> Response {
    response.headers_mut().insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    response
}
