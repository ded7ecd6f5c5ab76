//! Exports over HTTP.

use super::file::File;
use crate::{
    Privacy,
    subject::{Subject, whole},
};
use app::{ApiError, ApiJson, Can, Permission, PermissionInfo, Problem};
use axum::{
    body::{Body, Bytes},
    extract::State,
    http::header,
    response::{IntoResponse, Response},
};
use futures_util::stream;
use utoipa_axum::{router::OpenApiRouter, routes};

/// May have everything that is held of a viewer.
pub struct ExportViewers;
impl Permission for ExportViewers {
    const INFO: PermissionInfo =
        PermissionInfo { name: "privacy.export", zh: "导出观众资料", en: "export what is held of viewers" };
}

pub fn routes(privacy: Privacy) -> OpenApiRouter {
    OpenApiRouter::new().routes(routes!(export)).with_state(privacy)
}

/// Everything that is held of a viewer, as a JSON file 导出观众资料
///
/// `events` holds every event of the viewer with what was written, in the order of the log; `totals` what they add up to. An answer that breaks off
/// is not whole.
#[utoipa::path(post, path = "/api/privacy/exports", tag = "privacy", operation_id = "export_viewer", request_body = Subject,
    responses(
        (status = 200, description = "the file", body = Object, content_type = "application/json",
            example = json!({"viewer": "v066253e685754350a38fdaf842096b51", "danmaku": [{"text": "主播好看"}]})),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: needs `privacy.export`; `beyond_your_reach`", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "`bad_subject`, `token_invalid`", body = Problem, content_type = "application/problem+json"),
    ))]
async fn export(
    State(privacy): State<Privacy>,
    can: Can<ExportViewers>,
    ApiJson(subject): ApiJson<Subject>,
) -> Result<Response, ApiError> {
    let org = whole(&can)?;
    let viewer = subject.viewer(&privacy, org).await?;
    let name = format!("attachment; filename=\"viewer-{}.json\"", privacy.app().now().0);
    let pieces = stream::unfold(Some(File::new(privacy.app().clone(), org, viewer)), |file| async move {
        let mut file = file?;
        match file.piece().await {
            Ok(Some(piece)) => Some((Ok(Bytes::from(piece)), Some(file))),
            Ok(None) => None,
            Err(error) => {
                tracing::error!("exporting what is held of a viewer failed: {error:#}");
                // Cuts the answer short, so that nobody takes it for the whole.
                Some((Err(std::io::Error::other("the export failed")), None))
            }
        }
    });
    let headers = [(header::CONTENT_TYPE, "application/json".to_owned()), (header::CONTENT_DISPOSITION, name)];
    Ok((headers, Body::from_stream(pieces)).into_response())
}
