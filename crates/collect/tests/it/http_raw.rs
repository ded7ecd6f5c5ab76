//! Requests whose bodies are no text.

use app::testing::TestApp;
use axum::{
    body::{Body, to_bytes},
    http::{HeaderMap, Request},
};
use tower::ServiceExt;

/// Status, headers and body of a request with any bytes as its body.
pub async fn send(
    test: &TestApp,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: Vec<u8>,
) -> (u16, HeaderMap, serde_json::Value) {
    let mut request = Request::builder().method(method).uri(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let response = test.router().oneshot(request.body(Body::from(body)).unwrap()).await.unwrap();
    let (parts, body) = response.into_parts();
    let body = to_bytes(body, usize::MAX).await.unwrap();
    (parts.status.as_u16(), parts.headers, serde_json::from_slice(&body).unwrap_or_default())
}
