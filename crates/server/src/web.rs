//! The embedded web pages: the console, and the light room page for viewers.

use axum::{
    Router,
    extract::Request,
    http::{HeaderValue, Uri, header},
    middleware::Next,
    response::Response,
};
use memory_serve::CacheControl;

/// Serves the files of `web/dist`; hashed assets are kept by browsers for good, pages are asked for again.
pub fn routes() -> Router {
    memory_serve::load!()
        .index_file(None)
        // Compressed while building, in a release; compressing at every start would cost seconds.
        .enable_gzip(false)
        .enable_brotli(!cfg!(debug_assertions))
        .html_cache_control(CacheControl::NoCache)
        .cache_control(CacheControl::Long)
        .into_router()
}

/// The SDK is included by other people's pages.
pub async fn for_every_origin(request: Request, next: Next) -> Response {
    let open = request.uri().path().starts_with("/sdk/");
    let mut response = next.run(request).await;
    if open {
        response.headers_mut().insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
        response.headers_mut().insert("cross-origin-resource-policy", HeaderValue::from_static("cross-origin"));
    }
    response
}

/// Addresses that a page's own router reads are answered with that page.
pub fn page_of(mut request: Request) -> Request {
    let path = request.uri().path();
    let page = if path == "/" || path == "/console" || path.starts_with("/console/") {
        "/console.html"
    } else if path.starts_with("/r/") {
        "/room.html"
    } else {
        return request;
    };
    *request.uri_mut() = Uri::from_static(page);
    request
}
