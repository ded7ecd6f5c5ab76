//! axum's extractors with our error bodies.

use crate::{ApiError, Exact};
use axum::{
    Json,
    extract::{FromRequest, FromRequestParts, Path, Query, Request},
    http::request::Parts,
};
use serde::de::DeserializeOwned;

/// A JSON body; anything else is a problem with the code `bad_request`.
pub struct ApiJson<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for ApiJson<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        match Json::<Exact<T>>::from_request(request, state).await {
            Ok(Json(Exact(value))) => Ok(Self(value)),
            Err(rejection) => Err(refuse(rejection.status().as_u16(), rejection.body_text())),
        }
    }
}

/// A path parameter.
pub struct ApiPath<T>(pub T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for ApiPath<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        match Path::<T>::from_request_parts(parts, state).await {
            Ok(Path(value)) => Ok(Self(value)),
            // An id that is no id names nothing.
            Err(rejection) => Err(ApiError::new(404, "not_found", rejection.body_text())),
        }
    }
}

/// Query parameters.
pub struct ApiQuery<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for ApiQuery<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        match Query::<T>::from_request_parts(parts, state).await {
            Ok(Query(value)) => Ok(Self(value)),
            Err(rejection) => Err(refuse(rejection.status().as_u16(), rejection.body_text())),
        }
    }
}

fn refuse(status: u16, detail: String) -> ApiError {
    let code = if status == 413 { "too_large" } else { "bad_request" };
    ApiError::new(status, code, detail)
}
