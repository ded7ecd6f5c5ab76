//! What goes wrong the same way everywhere is described once and referred to.

use super::{is_json, open_to_nobody, repeatable, takes};
use crate::http_limits;
use axum::http::{Method, StatusCode};
use serde_json::json;
use utoipa::openapi::{
    Components, ContentBuilder, HeaderBuilder, ObjectBuilder, Ref, RefOr, Response, ResponseBuilder, Type,
    header::Header,
    path::{Operation, ParameterIn},
    response::Responses,
};

const PROBLEM: &str = "application/problem+json";

struct Kind {
    status: u16,
    name: &'static str,
    means: &'static str,
    code: &'static str,
    detail: &'static str,
}

const fn kind(status: u16, name: &'static str, means: &'static str, code: &'static str, detail: &'static str) -> Kind {
    Kind { status, name, means, code, detail }
}

#[rustfmt::skip]
const KINDS: &[Kind] = &[
    kind(400, "BadRequest", "The query or the body is not what it should be.", "bad_request", "Failed to deserialize query string: limit: invalid digit found in string"),
    kind(401, "Unauthenticated", "No, unknown, expired or revoked credentials.", "unauthenticated", "sign in or send a valid token"),
    kind(403, "Forbidden", "Known, but not allowed; `detail` names the permission that is lacking.", "forbidden", "this needs the permission `room.manage`"),
    kind(404, "NotFound", "Not there, or not in your scope.", "room_not_found", "there is no room `01890a5d-ac96-774b-bcce-b302099a8057`"),
    kind(408, "TooSlow", "The body did not come in time.", "upload_too_slow", "the upload did not come in time"),
    kind(409, "Conflict", "Not as things stand now.", "idempotency_running", "the first request with this key is not done yet"),
    kind(410, "Gone", "It was there, and is not kept any more.", "events_gone", "what stood behind this cursor is not kept any more"),
    kind(413, "TooLarge", "The body is too large.", "too_large", "length limit exceeded"),
    kind(415, "NoJson", "The body does not say that it is JSON.", "bad_request", "Expected request with `Content-Type: application/json`"),
    kind(416, "NoSuchRange", "The file has no such range.", "refused", "range not satisfiable"),
    kind(422, "Unprocessable", "Well formed, and refused for what it says.", "bad_request", "Failed to deserialize the JSON body into the target type: missing field `title` at line 1 column 2"),
    kind(429, RATE_LIMITED, "Asked too often; `Retry-After` and `t` say in how many seconds there is a request again.", "too_many_requests", "more than 3000 requests in 60 s"),
    kind(429, "TooMany", "Too much of this; `Retry-After` says when to come back.", "too_many_attempts", "too many wrong passwords, try again later"),
    kind(500, "InternalError", "A failure of ours; it is in the log.", "internal_error", "internal error"),
    kind(502, "BadGateway", "Another server that was asked does not answer as it should.", "sso_unavailable", "the provider could not be asked"),
    kind(503, "Unavailable", "Not now; `Retry-After` says when to try again.", "database_unavailable", "the database is not available, try again"),
    kind(507, "NoSpace", "The disk is nearly full.", "no_space", "the disk is nearly full"),
];

const RATE_LIMITED: &str = "RateLimited";

/// Statuses that the operation may answer whatever its handler does.
pub fn expected(path: &str, method: &Method, operation: &Operation) -> Vec<&'static str> {
    let body = operation.request_body.as_ref().map(|body| match body {
        RefOr::T(body) => body.content.keys().any(|kind| is_json(kind)),
        RefOr::Ref(_) => true,
    });
    let repeats = repeatable(path, method);
    let rules: &[(bool, &[&str])] = &[
        (repeats || body.is_some() || takes(operation, ParameterIn::Query, ""), &["400"]),
        (!open_to_nobody(operation), &["401", "403"]),
        // Writes come from our own pages, or from programs.
        (method != Method::GET && !collect::open_to_all(path), &["403"]),
        (takes(operation, ParameterIn::Path, ""), &["404"]),
        (repeats, &["409", "422"]),
        (body.is_some(), &["413"]),
        (body == Some(true) && repeats, &["415"]),
        (http_limits::is_limited(path), &[RATE_LIMITED]),
        (true, &["500", "503"]),
    ];
    rules.iter().filter(|(holds, _)| *holds).flat_map(|(_, statuses)| statuses.iter().copied()).collect()
}

/// Problems become references; what a handler says of one stays beside it.
pub fn refer(expected: &[&str], responses: &mut Responses) {
    let limited = expected.contains(&RATE_LIMITED);
    for status in expected {
        let status = if *status == RATE_LIMITED { "429" } else { *status };
        responses.responses.entry(status.to_owned()).or_insert_with(|| RefOr::T(Response::default()));
    }
    for (status, response) in &mut responses.responses {
        let RefOr::T(told) = response else { continue };
        if !told.content.iter().all(|(_, content)| is_problem(content)) {
            continue;
        }
        let named = KINDS.iter().filter(|kind| kind.status.to_string() == *status);
        let Some(kind) = named.into_iter().find(|kind| kind.status != 429 || (kind.name == RATE_LIMITED) == limited)
        else {
            continue;
        };
        let mut refers = Ref::from_response_name(kind.name);
        refers.description = std::mem::take(&mut told.description);
        *response = RefOr::Ref(refers);
    }
}

fn is_problem(content: &RefOr<utoipa::openapi::Content>) -> bool {
    let RefOr::T(content) = content else { return false };
    matches!(&content.schema, Some(RefOr::Ref(schema)) if schema.ref_location.ends_with("/Problem"))
}

pub fn describe(components: &mut Components) {
    for kind in KINDS {
        components.responses.insert(kind.name.into(), RefOr::T(response(kind)));
    }
}

fn response(kind: &Kind) -> Response {
    let title = StatusCode::from_u16(kind.status).ok().and_then(|status| status.canonical_reason());
    let example = json!({
        "type": "about:blank", "title": title, "status": kind.status, "detail": kind.detail, "code": kind.code,
    });
    let problem = Ref::from_schema_name("Problem");
    let content = ContentBuilder::new().schema(Some(problem)).example(Some(example)).build();
    let mut response = ResponseBuilder::new().description(kind.means).content(PROBLEM, content);
    for (name, header) in headers(kind) {
        response = response.header(name, header);
    }
    response.build()
}

fn headers(kind: &Kind) -> Vec<(&'static str, Header)> {
    let seconds = ("Retry-After", header("Seconds after which trying again may help.", Type::Integer, json!(1)));
    let policy = format!("\"default\";q=3000;w={}", http_limits::WINDOW_S);
    match (kind.status, kind.name) {
        (401, _) => vec![("WWW-Authenticate", header("How to say who asks.", Type::String, json!("Bearer")))],
        (429, RATE_LIMITED) => vec![
            seconds,
            (
                "RateLimit",
                header(
                    "Requests that are left, and seconds until there are more.",
                    Type::String,
                    json!("\"default\";r=0;t=1"),
                ),
            ),
            (
                "RateLimit-Policy",
                header("How many requests there are in how many seconds.", Type::String, policy.into()),
            ),
        ],
        (409 | 429 | 503, _) => vec![seconds],
        _ => Vec::new(),
    }
}

fn header(means: &str, of: Type, example: serde_json::Value) -> Header {
    let schema = ObjectBuilder::new().schema_type(of).build();
    HeaderBuilder::new().description(Some(means)).schema(Some(schema)).example(Some(example)).build()
}
