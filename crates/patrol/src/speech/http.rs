//! What was said in a show, over HTTP.

use super::{Kept, rules::Mark, store};
use crate::{Patrol, ReadPatrol};
use app::{ApiError, ApiPath, ApiQuery, ApiResult, Can, Page, Problem, Within};
use axum::{Json, extract::State};
use events::BroadcastId;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

/// What is searched for is no longer.
const LONGEST_TEXT: usize = 100;

pub fn routes(patrol: Patrol) -> OpenApiRouter {
    OpenApiRouter::new().routes(routes!(transcript)).with_state(patrol)
}

/// Something that was said in a show.
#[derive(Debug, Serialize, ToSchema)]
pub struct TranscriptLine {
    pub id: Uuid,
    /// Milliseconds from the beginning of the show.
    #[schema(example = 61_000)]
    pub from_ms: i64,
    #[schema(example = 64_500)]
    pub to_ms: i64,
    #[schema(example = "想要的家人加微信")]
    pub text: String,
    /// What wrote it: `command` or `http`.
    #[schema(example = "http")]
    pub engine: String,
    /// What of it stood in the lists when it was said.
    pub marks: Vec<Mark>,
}

impl From<Kept> for TranscriptLine {
    fn from(Kept { id, line, engine, marks, .. }: Kept) -> Self {
        Self { id, from_ms: line.from_ms, to_ms: line.to_ms, text: line.text, engine, marks }
    }
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct TranscriptQuery {
    /// From this moment of the show on.
    #[param(example = 0)]
    from_ms: Option<i64>,
    /// To this moment.
    #[param(example = 3_600_000)]
    to_ms: Option<i64>,
    /// Holds this text.
    #[param(max_length = 100)]
    q: Option<String>,
    /// `next` of the page before.
    after: Option<String>,
    #[param(inline)]
    limit: Option<Within<1, 500>>,
}

/// What was said in a show, from its beginning on 语音转写
///
/// As an engine heard it: it errs. What it was not given, or could not make out, is missing.
#[utoipa::path(get, path = "/api/broadcasts/{id}/transcript", tag = "patrol", operation_id = "get_transcript",
    params(("id" = Uuid, Path, description = "the show"), TranscriptQuery),
    responses(
        (status = 200, description = "a page", body = Page<TranscriptLine>),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: needs `patrol.read`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: no such show in your scope", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "`too_long`: `q` has more than 100 characters; `bad_after`", body = Problem, content_type = "application/problem+json"),
    ))]
async fn transcript(
    State(patrol): State<Patrol>,
    can: Can<ReadPatrol>,
    ApiPath(id): ApiPath<BroadcastId>,
    ApiQuery(query): ApiQuery<TranscriptQuery>,
) -> ApiResult<Page<TranscriptLine>> {
    if !patrol.streams().has_show(can.scope(), id).await? {
        return Err(ApiError::not_found("show"));
    }
    let TranscriptQuery { from_ms, to_ms, q, after, limit } = query;
    let text = q.map(|q| q.trim().to_owned()).filter(|q| !q.is_empty());
    if text.as_ref().is_some_and(|text| text.chars().count() > LONGEST_TEXT) {
        return Err(ApiError::new(422, "too_long", "at most 100 characters"));
    }
    let bad_after = || ApiError::new(422, "bad_after", "`after` is the `next` of a page");
    let after = after.map(|after| place(&after).ok_or_else(bad_after)).transpose()?;
    let limit = limit.map_or(100, Within::get);
    let filter = store::Filter { from_ms, to_ms, text };
    let lines = store::list(patrol.app().store.read(), can.scope(), id, filter, after, limit).await?;
    let full = lines.last().filter(|_| lines.len() as u64 == limit);
    let next = full.map(|last| format!("{}.{}", last.line.from_ms, last.id));
    Ok(Json(Page { items: lines.into_iter().map(TranscriptLine::from).collect(), next }))
}

/// Behind which line a page begins.
fn place(after: &str) -> Option<(i64, Uuid)> {
    let (from_ms, id) = after.split_once('.')?;
    Some((from_ms.parse().ok()?, id.parse().ok()?))
}
