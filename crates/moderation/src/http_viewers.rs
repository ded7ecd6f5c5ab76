//! What routes with a viewer's own token share: pages of any origin may call them, since no cookie counts here.

use axum::{
    http::{HeaderName, StatusCode, header},
    routing::{MethodRouter, options},
};
use serde::Deserialize;
use utoipa::IntoParams;

pub const FROM_ANYWHERE: [(HeaderName, &str); 2] =
    [(header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"), (header::CACHE_CONTROL, "no-store")];

/// Tells a browser of another origin that it may use these methods.
pub fn preflight<S: Clone + Send + Sync + 'static>(methods: &'static str) -> MethodRouter<S> {
    options(async move || {
        let allowed = [
            (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
            (header::ACCESS_CONTROL_ALLOW_METHODS, methods),
            (header::ACCESS_CONTROL_ALLOW_HEADERS, "content-type"),
            (header::ACCESS_CONTROL_MAX_AGE, "86400"),
        ];
        (StatusCode::NO_CONTENT, allowed)
    })
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct WithToken {
    /// The viewer token.
    #[serde(default)]
    pub token: String,
}
