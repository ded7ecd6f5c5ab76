//! Files of recordings and clips, wherever they are.

use crate::http::serve;
use crate::record::folder::Folder;
use app::ApiError;
use axum::body::Body;
use axum::http::HeaderMap;
use axum::response::Response;
use std::io::ErrorKind;

/// A file from this disk, or from the object store, which has `length` bytes of it. None when it is in neither.
pub async fn file(
    folder: &Folder,
    name: &str,
    length: u64,
    kind: &'static str,
    headers: &HeaderMap,
) -> Result<Option<Response>, ApiError> {
    if let Some(here) = serve::file(&folder.dir.join(name), kind, headers).await? {
        return Ok(Some(here));
    }
    let Some((objects, object)) = folder.elsewhere(name) else { return Ok(None) };
    let body = serve::fetched(length, kind, headers, async |range| {
        Ok(Body::from_stream(objects.stream(&object, range).await?))
    });
    match body.await {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(anyhow::Error::from(error).context("reading from the object store").into()),
        Ok(response) => Ok(Some(response)),
    }
}
