//! `Idempotency-Key` on writes: a request that is sent again is done once, and hears the same answer
//! (draft-ietf-httpapi-idempotency-key-header).
//!
//! A key belongs to who sends it, the method and the path. The row that says "begun" is on disk before the request is; whoever
//! meets it without an answer after a crash is told that nobody knows, instead of doing it twice.

mod migrations;
mod store;

use self::store::{Answer, Known};
use app::{Actor, ApiError, App, Feature, Job, MaybeActor};
use axum::{
    body::{Body, Bytes, to_bytes},
    extract::{FromRequestParts, Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header, request::Parts},
    middleware::Next,
    response::{IntoResponse, Response},
};
use events::Millis;
use serde_json::Value;
use std::time::Duration;
use tracing::Instrument;
use uuid::Uuid;

const PURPOSE: &str = "idempotent answers v1";
const KEY: &str = "idempotency-key";
const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");
const LONGEST_KEY: usize = 255;
/// Of a request with a key.
const BODY: usize = 1 << 20;
/// Of an answer that is kept.
const ANSWER: usize = 64 << 10;
const KEPT_MS: i64 = 24 * 3_600_000;
/// Nothing takes longer; what began before and has no answer was cut off.
const LONGEST_MS: i64 = 300_000;
const SWEEP: Duration = Duration::from_secs(3_600);

/// Fields of answers that are shown once and kept nowhere. A test looks that every telling name is here or is harmless.
pub const SECRETS: &[&str] =
    &["secret", "token", "stream_key", "write_key", "recovery_codes", "link", "hook_path", "push_url"];

/// The table, and who sweeps it.
pub fn feature(app: &App) -> Feature {
    let mut feature = Feature::new("api");
    feature.migrations = migrations::MIGRATIONS;
    let app = app.clone();
    feature.jobs.push(Job::new("api-answers", move |stop| async move {
        loop {
            if let Err(error) = sweep(&app).await {
                tracing::warn!("old answers were not forgotten: {error:#}");
            }
            tokio::select! {
                () = stop.cancelled() => return Ok(()),
                () = tokio::time::sleep(SWEEP) => {}
            }
        }
    }));
    feature
}

async fn sweep(app: &App) -> anyhow::Result<()> {
    let tx = app.store.begin().await?;
    store::forget_before(tx.db(), app.now().plus_ms(-KEPT_MS)).await?;
    tx.commit().await
}

/// The middleware. Requests without a key pass as they are, and those of nobody with a good one.
pub async fn once(State(app): State<App>, request: Request, next: Next) -> Response {
    let writes = [Method::POST, Method::PUT, Method::PATCH, Method::DELETE].contains(request.method());
    if !writes || !request.headers().contains_key(KEY) {
        return next.run(request).await;
    }
    keyed(app, request, next).await.unwrap_or_else(ApiError::into_response)
}

async fn keyed(app: App, request: Request, next: Next) -> Result<Response, ApiError> {
    let (mut parts, body) = request.into_parts();
    let MaybeActor(actor) = MaybeActor::from_request_parts(&mut parts, &app).await?;
    let key = key(&parts.headers)?;
    let Some(actor) = actor else { return Ok(next.run(Request::from_parts(parts, body)).await) };
    let body = to_bytes(body, BODY).await.map_err(|_| {
        ApiError::new(
            422,
            "idempotency_body_too_large",
            format!("a request with a key has a body of at most {BODY} bytes"),
        )
    })?;
    let id = id(&actor, &parts, &key);
    let fingerprint = fingerprint(&parts, &body);
    if let Some(known) = begin(&app, id, &fingerprint).await? {
        return again(&app, id, &fingerprint, known);
    }
    // In a task of its own: a client that hangs up must not leave a request begun and without an answer.
    let work = async move {
        let response = next.run(Request::from_parts(parts, Body::from(body))).await;
        keep(&app, id, response).await
    };
    let running = tokio::spawn(work.in_current_span());
    running.await.map_err(|error| ApiError::from(anyhow::Error::new(error).context("a request with a key")))
}

/// A bare key, or a string as structured fields write it.
fn key(headers: &HeaderMap) -> Result<String, ApiError> {
    let mut values = headers.get_all(KEY).iter();
    let text = values.next().and_then(|value| value.to_str().ok()).unwrap_or_default().trim();
    let key = text.strip_prefix('"').and_then(|text| text.strip_suffix('"')).unwrap_or(text);
    let good = (1..=LONGEST_KEY).contains(&key.len())
        && key.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'"' && byte != b'\\');
    match good && values.next().is_none() {
        true => Ok(key.to_owned()),
        false => Err(ApiError::new(
            400,
            "bad_idempotency_key",
            format!("an idempotency key is 1 to {LONGEST_KEY} visible ASCII characters, and there is one"),
        )),
    }
}

/// The same for the same key of the same sender to the same method and path.
fn id(actor: &Actor, parts: &Parts, key: &str) -> Uuid {
    let who = match actor.user {
        Some(user) => user.to_string(),
        // A program is its token.
        None => {
            let token = parts.headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
            app::hash_of_secret(token.unwrap_or(&actor.name))
        }
    };
    let hash = app::hash_of_secret(&format!("{who}\n{}\n{}\n{key}", parts.method, parts.uri.path()));
    Uuid::parse_str(&hash[..32]).unwrap_or_default()
}

fn fingerprint(parts: &Parts, body: &Bytes) -> String {
    let kind = parts.headers.get(header::CONTENT_TYPE).map(HeaderValue::as_bytes).unwrap_or_default();
    let query = parts.uri.query().unwrap_or_default();
    let head = format!("{query}\n{}\n{}\n", String::from_utf8_lossy(kind), body.len());
    app::hash_of_bytes(&[head.as_bytes(), body].concat())
}

/// Notes that it begins, or finds what is known of it.
async fn begin(app: &App, id: Uuid, fingerprint: &str) -> anyhow::Result<Option<Known>> {
    loop {
        let tx = app.store.begin().await?;
        if store::begin(tx.db(), id, fingerprint, app.now()).await? {
            tx.commit().await?;
            return Ok(None);
        }
        tx.rollback().await?;
        let Some(known) = store::find(app.store.read(), id).await? else { continue };
        if app.now().since(known.begun_at) < KEPT_MS {
            return Ok(Some(known));
        }
        let tx = app.store.begin().await?;
        store::forget_before(tx.db(), Millis(known.begun_at.0 + 1)).await?;
        tx.commit().await?;
    }
}

fn again(app: &App, id: Uuid, fingerprint: &str, known: Known) -> Result<Response, ApiError> {
    if known.fingerprint != fingerprint {
        return Err(ApiError::new(422, "idempotency_key_reused", "this key belongs to another request"));
    }
    match known.answer {
        Answer::Running if app.now().since(known.begun_at) < LONGEST_MS => {
            Err(ApiError::new(409, "idempotency_running", "the request with this key is not done yet").retry_after(1))
        }
        Answer::Running => Err(ApiError::new(
            409,
            "idempotency_unknown",
            "the request with this key was cut off; look whether it was done, and use another key",
        )),
        Answer::NotKept => Err(ApiError::new(
            422,
            "idempotency_not_replayable",
            "the request with this key was done; its answer was shown once and is not kept",
        )),
        Answer::Kept { status, content_type, body } => {
            let body = app::sealed::open(&app.keys, PURPOSE, id, &body)?;
            let status = StatusCode::from_u16(status).unwrap_or(StatusCode::OK);
            let mut response = (status, body).into_response();
            let headers = response.headers_mut();
            headers.remove(header::CONTENT_TYPE);
            if let Some(kind) = content_type.and_then(|kind| HeaderValue::from_str(&kind).ok()) {
                headers.insert(header::CONTENT_TYPE, kind);
            }
            headers.insert(REPLAYED, HeaderValue::from_static("true"));
            Ok(response)
        }
    }
}

/// Keeps the answer on its way out.
async fn keep(app: &App, id: Uuid, response: Response) -> Response {
    let (parts, body) = response.into_parts();
    // An answer that is longer than is kept is not gathered either.
    let known = axum::body::HttpBody::size_hint(&body).exact().filter(|length| *length <= ANSWER as u64);
    let (answer, body) = match known {
        Some(_) => match to_bytes(body, ANSWER).await {
            Ok(bytes) => (answer(app, id, &parts.headers, parts.status, &bytes), Body::from(bytes)),
            Err(error) => return ApiError::from(anyhow::Error::new(error)).into_response(),
        },
        None => (Some(Answer::NotKept), body),
    };
    let kept = async {
        let tx = app.store.begin().await?;
        match answer {
            Some(answer) => store::finish(tx.db(), id, answer).await?,
            None => store::forget(tx.db(), id).await?,
        }
        tx.commit().await
    };
    if let Err(error) = kept.await {
        // The request is done and stays; who asks again hears that it is not known.
        tracing::error!("an answer could not be kept: {error:#}");
    }
    Response::from_parts(parts, body)
}

/// What is kept of an answer; none when it says that nothing was done and trying again may help.
fn answer(app: &App, id: Uuid, headers: &HeaderMap, status: StatusCode, body: &[u8]) -> Option<Answer> {
    if status.is_server_error() || matches!(status.as_u16(), 401 | 403 | 408 | 409 | 425 | 429) {
        return None;
    }
    let text = std::str::from_utf8(body).ok().filter(|text| !shows_secret(text));
    let sealed = text.and_then(|text| app::sealed::seal(&app.keys, PURPOSE, id, text).ok());
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    Some(sealed.map_or(Answer::NotKept, |body| Answer::Kept {
        status: status.as_u16(),
        content_type: kind.map(str::to_owned),
        body,
    }))
}

fn shows_secret(text: &str) -> bool {
    fn within(value: &Value) -> bool {
        match value {
            Value::Object(fields) => fields
                .iter()
                .any(|(name, value)| (SECRETS.contains(&name.as_str()) && !value.is_null()) || within(value)),
            Value::Array(items) => items.iter().any(within),
            _ => false,
        }
    }
    serde_json::from_str(text).is_ok_and(|value| within(&value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_bare_or_quoted() {
        let of = |text: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(KEY, HeaderValue::from_str(text).expect("a value"));
            key(&headers).ok()
        };
        assert_eq!(of("\"8e03978e-40d5\""), Some("8e03978e-40d5".into()));
        assert_eq!(of(" 8e03978e-40d5 "), Some("8e03978e-40d5".into()));
        for bad in ["", "\"\"", "a b", "\"a", &"x".repeat(256)] {
            assert_eq!(of(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_secret_is_seen_however_deep() {
        assert!(shows_secret(r#"{"id":1,"link":{"secret":"kbi_1"}}"#) && shows_secret(r#"[{"token":"kbo_1"}]"#));
        assert!(!shows_secret(r#"{"id":1,"token":null,"name":"secret"}"#) && !shows_secret("secret"));
    }
}
