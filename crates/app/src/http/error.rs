//! Errors as RFC 9457 problem details with a stable `code`.

use crate::ScopeDenied;
use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Serialize;
use std::borrow::Cow;

pub type ApiResult<T> = Result<axum::Json<T>, ApiError>;

/// A refusal that reaches the user: typed, with a stable code.
pub trait Refuse: std::error::Error {
    /// Stable, snake_case; clients switch on it.
    fn code(&self) -> &'static str;
    /// HTTP status.
    fn status(&self) -> u16;
    /// Seconds after which trying again may help.
    fn retry_after_s(&self) -> Option<u32> {
        None
    }
}

impl Refuse for ScopeDenied {
    fn code(&self) -> &'static str {
        "not_found"
    }
    fn status(&self) -> u16 {
        404
    }
}

impl Refuse for eventlog::AppendError {
    fn code(&self) -> &'static str {
        "log_unavailable"
    }
    fn status(&self) -> u16 {
        503
    }
    fn retry_after_s(&self) -> Option<u32> {
        Some(5)
    }
}

/// The body of every error, `application/problem+json`.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct Problem {
    /// Always `about:blank`; the `code` tells problems apart.
    #[serde(rename = "type")]
    #[schema(example = "about:blank")]
    pub kind: &'static str,
    /// The status in words.
    #[schema(example = "Not Found")]
    pub title: Cow<'static, str>,
    #[schema(example = 404)]
    pub status: u16,
    /// One sentence for a person.
    #[schema(example = "there is no room `01890a5d-ac96-774b-bcce-b302099a8057`")]
    pub detail: String,
    /// Stable and machine-readable.
    #[schema(example = "room_not_found")]
    pub code: Cow<'static, str>,
}

/// Any error on its way to a client.
#[derive(Debug)]
pub struct ApiError {
    problem: Box<Problem>,
    retry_after_s: Option<u32>,
}

impl ApiError {
    pub fn new(status: u16, code: &'static str, detail: impl Into<String>) -> Self {
        let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let title = status.canonical_reason().unwrap_or("Error");
        let problem = Problem {
            kind: "about:blank",
            title: title.into(),
            status: status.as_u16(),
            detail: detail.into(),
            code: code.into(),
        };
        Self { problem: Box::new(problem), retry_after_s: None }
    }

    /// 401: no valid credentials.
    pub fn unauthenticated() -> Self {
        Self::new(401, "unauthenticated", "sign in or send a valid token")
    }

    /// 403: known, but not allowed.
    pub fn forbidden(permission: &str) -> Self {
        Self::new(403, "forbidden", format!("this needs the permission `{permission}`"))
    }

    /// 400 with one sentence about what is wrong.
    pub fn bad_request(detail: impl Into<String>) -> Self {
        Self::new(400, "bad_request", detail)
    }

    /// 404 of a named kind of thing.
    pub fn not_found(what: &str) -> Self {
        Self::new(404, "not_found", format!("there is no such {what}"))
    }

    pub fn retry_after(mut self, seconds: u32) -> Self {
        self.retry_after_s = Some(seconds);
        self
    }

    pub fn status(&self) -> u16 {
        self.problem.status
    }

    pub fn code(&self) -> &str {
        &self.problem.code
    }
}

impl<R: Refuse> From<R> for ApiError {
    fn from(refusal: R) -> Self {
        let error = Self::new(refusal.status(), refusal.code(), refusal.to_string());
        Self { retry_after_s: refusal.retry_after_s(), ..error }
    }
}

// A failure is an accident: logged once, here, and told as "internal error". A database that is away comes back.
impl From<anyhow::Error> for ApiError {
    fn from(failure: anyhow::Error) -> Self {
        if store::is_unavailable(&failure) {
            tracing::warn!("request not served, the database is unavailable: {failure:#}");
            return Self::new(503, "database_unavailable", "the database is not available, try again").retry_after(2);
        }
        if store::is_unstorable_text(&failure) {
            return Self::bad_request("text may not hold the character U+0000");
        }
        tracing::error!("request failed: {failure:#}");
        Self::new(500, "internal_error", "internal error")
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let body = serde_json::to_vec(&self.problem).unwrap_or_default();
        let mut response = (status, [(header::CONTENT_TYPE, "application/problem+json")], body).into_response();
        if let Some(seconds) = self.retry_after_s {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if status == StatusCode::UNAUTHORIZED {
            response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}
