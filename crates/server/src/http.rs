//! The HTTP face: middleware, health, metrics, OpenAPI, and the connections themselves.

use crate::{
    config::Config,
    http_limits, idempotency,
    system::{Condition, System},
    web,
};
use app::{App, ClientIp, Wired};
use axum::{
    Json, Router,
    extract::{ConnectInfo, RawQuery, Request, State},
    http::{HeaderName, HeaderValue, Method, StatusCode, header},
    middleware::{self, Next},
    response::{IntoResponse, Response},
    routing::get,
};
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::{conn::auto, graceful::GracefulShutdown},
    service::TowerToHyperService,
};
use metrics_exporter_prometheus::PrometheusHandle;
use opentelemetry::trace::TraceContextExt;
use std::{
    net::{IpAddr, SocketAddr},
    sync::Arc,
    time::{Duration, Instant},
};
use tokio::{net::TcpListener, sync::Semaphore};
use tower::{Layer, ServiceExt};
use tower_http::{
    catch_panic::CatchPanicLayer, compression::CompressionLayer, csrf::CsrfLayer, set_header::SetResponseHeaderLayer,
};
use tracing::{Instrument, Span, field::Empty};
use tracing_opentelemetry::OpenTelemetrySpanExt;
use utoipa::openapi::OpenApi;

/// What `/readyz` and `/metrics` need.
#[derive(Clone)]
pub struct Face {
    pub app: App,
    pub prometheus: PrometheusHandle,
    /// Followers that must have reached `boot_position` before the program is ready.
    pub followers: &'static [&'static str],
    pub boot_position: u64,
    pub system: System,
    /// The ingest listens here.
    pub rtmp: SocketAddr,
}

pub fn router(face: Face, api: Router, openapi: &OpenApi, config: &Config) -> anyhow::Result<Router> {
    let openapi: Arc<str> = openapi.to_json()?.into();
    let app = face.app.clone();
    let own = Router::new()
        .route("/healthz", get(|| async { "ok\n" }))
        .route("/readyz", get(ready))
        .route("/metrics", get(prometheus))
        .with_state(face)
        .route(
            "/openapi.json",
            get(move || async move { ([(header::CONTENT_TYPE, "application/json")], openapi.to_string()) }),
        );
    let limits = http_limits::Limits::new(app.clone(), &config.api);
    let limited = middleware::from_fn_with_state(limits, http_limits::limited);
    let once = middleware::from_fn_with_state(app, idempotency::once);
    let origins = config.allowed_origins.clone();
    let mut csrf = CsrfLayer::new();
    for origin in &origins {
        csrf = csrf.add_trusted_origin(origin)?;
    }
    let proxies: Arc<[IpAddr]> = config.trusted_proxies.clone().into();
    let pages = web::routes().layer(middleware::from_fn(web::for_every_origin)).layer(CompressionLayer::new());
    let router = own
        .merge(api.layer(once).layer(limited).layer(middleware::from_fn(observe)))
        .fallback_service(pages)
        .layer(middleware::from_fn(move |request, next| {
            // Collectors and players live on other people's pages and carry no cookies; everything else is ours.
            let csrf = csrf.clone();
            async move { guard(csrf, request, next).await }
        }))
        .layer(middleware::from_fn(problems))
        .layer(CatchPanicLayer::new())
        .layer(middleware::from_fn_with_state(proxies.clone(), client_ip))
        .layer(middleware::from_fn_with_state(proxies, with_id))
        .layer(security_header("x-content-type-options", "nosniff"))
        .layer(security_header("referrer-policy", "same-origin"))
        .layer(security_header("content-security-policy", CONTENT_SECURITY_POLICY));
    Ok(Router::new().fallback_service(tower::util::MapRequestLayer::new(web::page_of).layer(router)))
}

// hls.js feeds the video through blob URLs and may work in a blob worker; antd writes style elements.
const CONTENT_SECURITY_POLICY: &str = "default-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; \
     style-src 'self' 'unsafe-inline'; connect-src 'self' ws: wss:; worker-src 'self' blob:; object-src 'none'; \
     base-uri 'none'; form-action 'self'; frame-ancestors 'self'";

fn security_header(name: &'static str, value: &'static str) -> SetResponseHeaderLayer<HeaderValue> {
    SetResponseHeaderLayer::if_not_present(HeaderName::from_static(name), HeaderValue::from_static(value))
}

/// Cross-site request forgery: browsers say where a request comes from; ours must come from our own pages.
async fn guard(csrf: CsrfLayer, request: Request, next: Next) -> Response {
    let path = request.uri().path();
    let open = collect::open_to_all(path) || path.starts_with("/live/") || of_players(path);
    let bearer = request.headers().contains_key(header::AUTHORIZATION);
    if open || bearer || request.method() == Method::GET {
        return next.run(request).await;
    }
    match csrf.layer(next).oneshot(request).await {
        Ok(response) => response.into_response(),
        Err(never) => match never {},
    }
}

/// What players call for each viewer, with the viewer's own token.
pub fn of_players(path: &str) -> bool {
    ["/heartbeat", "/leave", "/playback", "/viewer-token", "/consent", "/appeal"]
        .iter()
        .any(|call| path.ends_with(call))
}

/// Errors that axum itself answers (no such route, wrong method, too large) get our body too.
async fn problems(request: Request, next: Next) -> Response {
    let response = next.run(request).await;
    let status = response.status();
    let typed = response.headers().get(header::CONTENT_TYPE);
    let plain = typed.is_none_or(|kind| kind.as_bytes().starts_with(b"text/plain"));
    if !(status.is_client_error() || status.is_server_error()) || !plain {
        return response;
    }
    let code = match status {
        StatusCode::NOT_FOUND => "not_found",
        StatusCode::METHOD_NOT_ALLOWED => "method_not_allowed",
        StatusCode::PAYLOAD_TOO_LARGE => "too_large",
        StatusCode::FORBIDDEN => "forbidden",
        StatusCode::INTERNAL_SERVER_ERROR => "internal_error",
        _ => "refused",
    };
    let words = status.canonical_reason().unwrap_or("error");
    app::ApiError::new(status.as_u16(), code, words.to_lowercase()).into_response()
}

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Every answer carries an id, which stands in what its request logs. A caller, or the proxy, may bring its own.
async fn with_id(State(proxies): State<Arc<[IpAddr]>>, request: Request, next: Next) -> Response {
    let plain = |id: &&HeaderValue| {
        let allowed = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_.".contains(byte);
        (1..=64).contains(&id.len()) && id.as_bytes().iter().all(allowed)
    };
    let brought = request.headers().get(REQUEST_ID).filter(plain).and_then(|id| id.to_str().ok());
    let id = brought.map_or_else(|| uuid::Uuid::now_v7().to_string(), str::to_owned);
    let span = tracing::info_span!("request", id);
    let traced = traced(&request, &id, &proxies);
    let mut response = next.run(request).instrument(traced.clone()).instrument(span).await;
    let status = response.status();
    traced.record("http.response.status_code", status.as_u16());
    if status.is_server_error() {
        traced.record("otel.status_code", "error");
    }
    if let Ok(id) = HeaderValue::try_from(id) {
        response.headers_mut().insert(REQUEST_ID, id);
    }
    response
}

/// The request in its trace. Only who stands before us says which that is: strangers would fill the collector.
fn traced(request: &Request, id: &str, proxies: &[IpAddr]) -> Span {
    let method = request.method().as_str();
    let span = tracing::debug_span!(target: "trace", parent: None, "http", otel.kind = "server", otel.name = method,
        otel.status_code = Empty, http.request.method = method, http.route = Empty, request.id = id,
        http.response.status_code = Empty);
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(peer)| peer.ip());
    if peer.is_some_and(|peer| peer.is_loopback() || proxies.contains(&peer)) {
        app::trace::continues(&span, request.headers());
    }
    span
}

async fn observe(request: Request, next: Next) -> Response {
    let route = request
        .extensions()
        .get::<axum::extract::MatchedPath>()
        .map_or_else(|| "other".to_owned(), |path| path.as_str().to_owned());
    let method = request.method().as_str().to_owned();
    let traced = Span::current();
    traced.record("http.route", &route);
    // A span that has begun takes no other name by `record`.
    traced.context().span().update_name(format!("{method} {route}"));
    let begun = Instant::now();
    let response = next.run(request).await;
    let status = response.status().as_u16().to_string();
    tracing::debug!(route, method, status, "answered `{method} {route}` with {status}");
    metrics::counter!("kaibo_http_requests_total", "route" => route.clone(), "method" => method, "status" => status)
        .increment(1);
    metrics::histogram!("kaibo_http_request_seconds", "route" => route).record(begun.elapsed().as_secs_f64());
    response
}

/// The peer's address, or what a trusted proxy says.
async fn client_ip(State(proxies): State<Arc<[IpAddr]>>, mut request: Request, next: Next) -> Response {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(peer)| peer.ip());
    if let Some(peer) = peer {
        let mut ip = peer;
        if proxies.contains(&peer) {
            let hops = request.headers().get_all("x-forwarded-for").iter().filter_map(|value| value.to_str().ok());
            let hops: Vec<IpAddr> =
                hops.flat_map(|value| value.split(',')).filter_map(|hop| hop.trim().parse().ok()).collect();
            ip = hops.into_iter().rev().find(|hop| !proxies.contains(hop)).unwrap_or(peer);
        }
        request.extensions_mut().insert(ClientIp(ip));
    }
    next.run(request).await
}

#[derive(serde::Serialize)]
struct Details {
    ready: bool,
    /// Where encoders push: how somebody who finds the port taken knows by whom.
    rtmp: SocketAddr,
    #[serde(flatten)]
    condition: Condition,
}

async fn ready(State(face): State<Face>, RawQuery(query): RawQuery) -> Response {
    let behind: Vec<&str> =
        face.followers.iter().copied().filter(|name| face.app.progress.of(name) < face.boot_position).collect();
    if query.as_deref() == Some("details") {
        let status = if behind.is_empty() { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
        let condition = face.system.condition().await;
        return (status, Json(Details { ready: behind.is_empty(), rtmp: face.rtmp, condition })).into_response();
    }
    if behind.is_empty() {
        return "ready\n".into_response();
    }
    let error = app::ApiError::new(503, "not_ready", format!("catching up: {}", behind.join(", "))).retry_after(1);
    error.into_response()
}

async fn prometheus(State(face): State<Face>) -> String {
    face.system.measure().await;
    face.prometheus.render()
}

/// Accepts connections until `stop`. HTTP/1.1 only: sockets take their raw stream back, proxies speak HTTP/2 and TLS.
pub async fn serve(listener: TcpListener, router: Router, stop: app::Stop, max_connections: usize) {
    let mut builder = auto::Builder::new(TokioExecutor::new()).http1_only();
    builder.http1().timer(TokioTimer::new()).header_read_timeout(Duration::from_secs(15)).keep_alive(true);
    let slots = Arc::new(Semaphore::new(max_connections));
    let graceful = GracefulShutdown::new();
    loop {
        let accepted = tokio::select! {
            () = stop.cancelled() => break,
            accepted = listener.accept() => accepted,
        };
        let (stream, peer) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                // Out of file descriptors, or a connection that was gone again: the next one may do better.
                tracing::warn!("accepting a connection failed: {error}");
                tokio::time::sleep(Duration::from_millis(50)).await;
                continue;
            }
        };
        let Ok(slot) = slots.clone().try_acquire_owned() else {
            metrics::counter!("kaibo_http_connections_refused_total").increment(1);
            continue;
        };
        let _ = stream.set_nodelay(true);
        let stream = Wired::new(stream);
        let wire = stream.wire();
        let service = router.clone().map_request(move |mut request: hyper::Request<hyper::body::Incoming>| {
            request.extensions_mut().insert(ConnectInfo(peer));
            request.extensions_mut().insert(wire.clone());
            request.map(axum::body::Body::new)
        });
        let connection =
            builder.serve_connection_with_upgrades(TokioIo::new(stream), TowerToHyperService::new(service));
        let connection = graceful.watch(connection.into_owned());
        tokio::spawn(async move {
            let _slot = slot;
            if let Err(error) = connection.await {
                tracing::debug!("connection from {peer}: {error}");
            }
        });
    }
    drop(listener);
    tokio::select! {
        () = graceful.shutdown() => {}
        () = tokio::time::sleep(Duration::from_secs(5)) => {}
    }
}
