//! What browsers' SDKs ask for before they send: settings, flags, scripts. Nobody needs a key to be told that there is nothing.

use crate::{
    Collect,
    edges::posthog::{no_flags, remote_config},
    http_collect::{from_anywhere, preflight},
};
use app::ApiPath;
use axum::{
    Json,
    extract::RawQuery,
    http::{HeaderMap, StatusCode, header},
    middleware::map_response,
    response::{IntoResponse, Response},
    routing::{any, get, options},
};
use serde_json::{Value, json};
use utoipa_axum::router::OpenApiRouter;

/// Paths here that pages of any origin may call with more than GET.
pub(crate) const PATHS: &[&str] = &["/flags", "/flags/", "/decide", "/decide/"];

pub(crate) fn routes(collect: Collect) -> OpenApiRouter {
    let mut router = OpenApiRouter::new()
        .route("/v1/projects/{key}/settings", get(segment_settings).options(preflight))
        .route("/sourceConfig", get(rudder_config).options(preflight))
        .route("/sourceConfig/", get(rudder_config).options(preflight))
        .route("/array/{token}/config.js", get(no_script))
        .route("/array/{token}/config", get(posthog_config).options(preflight))
        .route("/array/{token}/config/", get(posthog_config).options(preflight))
        .route("/array/{token}/array.js", get(no_script))
        .route("/static/{*file}", get(no_script));
    for path in PATHS {
        router = router.route(path, any(|| async { Json(no_flags()) }).merge(options(preflight)));
    }
    router.layer(map_response(from_anywhere)).with_state(collect)
}

/// Segment's browser SDK: send to where you asked.
async fn segment_settings(ApiPath(key): ApiPath<String>, headers: HeaderMap) -> Json<Value> {
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    // A proxy in front says how it was asked.
    let scheme = headers.get("x-forwarded-proto").and_then(|scheme| scheme.to_str().ok());
    let scheme = if scheme == Some("https") { "https" } else { "http" };
    let sending = json!({"apiKey": key, "apiHost": format!("{host}/v1"), "protocol": scheme});
    Json(json!({"integrations": {"Segment.io": sending}, "plan": {"track": {"__default": {"enabled": true}}}}))
}

/// RudderStack's browser SDK: an enabled source without destinations.
async fn rudder_config(headers: HeaderMap, RawQuery(query): RawQuery) -> Json<Value> {
    let asked = crate::edges::query_value(query.as_deref().unwrap_or_default(), "writeKey");
    let key = asked.or_else(|| crate::http_collect::key_of(&headers)).unwrap_or_default();
    Json(json!({"source": {
        "id": "kaibo", "name": "kaibo", "writeKey": key, "enabled": true, "workspaceId": "kaibo",
        "config": {"statsCollection": {"errors": {"enabled": false}, "metrics": {"enabled": false}}},
        "destinations": [], "dataplanes": {},
    }, "updatedAt": "2026-01-01T00:00:00.000Z", "consentManagementMetadata": null}))
}

async fn posthog_config(ApiPath(token): ApiPath<String>) -> Json<Value> {
    Json(remote_config(&token))
}

/// A script that is not there must not be answered with JSON, which a browser would try to run.
async fn no_script() -> Response {
    (StatusCode::NOT_FOUND, [(header::CONTENT_TYPE, "text/javascript")], "").into_response()
}
