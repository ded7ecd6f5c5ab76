//! Which permission an operation needs, asked of the operation itself.

use axum::{
    Router,
    body::{Body, to_bytes},
    extract::Request,
    http::{Method, StatusCode, header},
};
use tower::ServiceExt;
use utoipa::openapi::{OpenApi, RefOr, extensions::Extensions, path::Parameter};

/// Every operation that needs a permission carries it as `x-permission`: what its handler answers to somebody who may nothing.
/// Whoever is refused so has changed nothing, and the ids are nobody's.
pub async fn say_permissions(router: &Router, powerless: &str, openapi: &mut OpenApi) {
    for (path, method, operation) in super::operations(openapi) {
        let path = nobodys(path, operation.parameters.as_deref().unwrap_or_default());
        let Some(permission) = demanded(router, powerless, method, path).await else { continue };
        let says = Extensions::builder().add("x-permission", permission).build();
        operation.extensions.get_or_insert_default().merge(says);
    }
}

/// The path with ids of nothing, or with the example where one is given.
fn nobodys(path: &str, parameters: &[RefOr<Parameter>]) -> String {
    let filled = path.split('/').map(|part| {
        let Some(name) = part.strip_prefix('{').and_then(|part| part.strip_suffix('}')) else { return part.to_owned() };
        let told = parameters.iter().find_map(|parameter| match parameter {
            RefOr::T(parameter) if parameter.name == name => serde_json::to_value(parameter).ok(),
            _ => None,
        });
        let example = told.as_ref().and_then(|told| told["example"].as_str());
        example.unwrap_or(NOBODYS).to_owned()
    });
    filled.collect::<Vec<String>>().join("/")
}

async fn demanded(router: &Router, powerless: &str, method: Method, path: String) -> Option<String> {
    let request = Request::builder().method(method).uri(path).header(header::AUTHORIZATION, powerless);
    let Ok(response) = router.clone().oneshot(request.body(Body::empty()).ok()?).await;
    if response.status() != StatusCode::FORBIDDEN {
        return None;
    }
    let body = to_bytes(response.into_body(), 64 * 1024).await.ok()?;
    let problem: serde_json::Value = serde_json::from_slice(&body).ok()?;
    let (_, named) = problem["detail"].as_str()?.split_once("permission `")?;
    Some(named.split_once('`')?.0.to_owned())
}

const NOBODYS: &str = "00000000-0000-7000-8000-000000000000";
