//! The lists in force, tried on a text over HTTP.

use super::level_name;
use crate::{
    Moderation,
    chat::http::room_of,
    review::http::ReadModeration,
    text::{LONGEST_TEXT, Scope, Verdict},
};
use app::{ApiError, ApiJson, ApiResult, Can, Problem};
use axum::{Json, extract::State};
use events::RoomId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

pub fn routes(moderation: Moderation) -> OpenApiRouter {
    OpenApiRouter::new().routes(routes!(check)).with_state(moderation)
}

/// A text to try the lists on.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct CheckText {
    #[schema(max_length = 20000, example = "加薇信看货")]
    text: String,
    /// Where it stands: `danmaku`, `script` or `title`.
    #[serde(default)]
    scope: Scope,
    /// With this room's own lists.
    #[schema(value_type = Option<Uuid>)]
    #[serde(default)]
    room: Option<RoomId>,
}

/// What the lists say of a text.
#[derive(Debug, Serialize, ToSchema)]
struct CheckedText {
    /// `allow`, `mask`, `hold` or `block`.
    #[schema(example = "hold")]
    verdict: &'static str,
    text_masked: String,
    hits: Vec<CheckedHit>,
}

/// A word that was found.
#[derive(Debug, Serialize, ToSchema)]
struct CheckedHit {
    word: String,
    category: String,
    /// `alarm`, `mask`, `hold` or `block`.
    #[schema(example = "hold")]
    level: &'static str,
    /// How it was found: `exact`, `homophone`, `split` ...
    #[schema(example = "alias")]
    rule: &'static str,
    /// The list's id, or `pack`.
    #[schema(example = "pack")]
    list: String,
    /// Characters of the text, from and behind.
    start: u32,
    end: u32,
}

/// Try the lists in force on a text 试查文本
///
/// Nothing of it is kept.
#[utoipa::path(post, path = "/api/moderation/check", tag = "moderation", operation_id = "check_text", request_body = CheckText,
    responses(
        (status = 200, description = "what would become of it", body = CheckedText),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: needs `moderation.read`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: no such room in your scope", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "`too_long`", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "`not_ready`: the lists are being read", body = Problem, content_type = "application/problem+json"),
    ))]
async fn check(
    State(moderation): State<Moderation>,
    can: Can<ReadModeration>,
    ApiJson(wanted): ApiJson<CheckText>,
) -> ApiResult<CheckedText> {
    if wanted.text.chars().count() > LONGEST_TEXT {
        return Err(ApiError::new(422, "too_long", "at most 20,000 characters"));
    }
    let room = match wanted.room {
        Some(room) => Some(room_of(&moderation, &can, room).await?.room),
        None => None,
    };
    let checked = moderation.0.gate.check(can.scope().org, room, &wanted.text, wanted.scope);
    let checked = checked.ok_or_else(|| ApiError::new(503, "not_ready", "the lists are being read").retry_after(1))?;
    let hits = checked.hits.into_iter().map(|hit| CheckedHit {
        word: hit.word.to_string(),
        category: hit.category.to_string(),
        level: level_name(Some(hit.level)),
        rule: hit.rule.name(),
        list: hit.list.to_string(),
        start: hit.start,
        end: hit.end,
    });
    let verdict = match checked.verdict {
        Verdict::Allow => "allow",
        Verdict::Mask => "mask",
        Verdict::Hold => "hold",
        Verdict::Block => "block",
    };
    Ok(Json(CheckedText { verdict, text_masked: checked.text_masked, hits: hits.collect() }))
}
