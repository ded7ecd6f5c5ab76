//! What a viewer is told of the sanctions against him, and how he objects: with his own token, from pages of any origin, since no
//! cookie counts here. The token stays good for who is banned, so that he can read why.

use super::{
    Sanction, SanctionState,
    evidence::EvidenceState,
    http_bodies::{Penalty, SanctionText},
    statement, store,
};
use crate::{
    Moderation,
    appeals::{Appeal, AppealState, CLOCK_HOURS, http::said},
    http_viewers::{FROM_ANYWHERE, WithToken, preflight},
    review::Item,
};
use app::{ApiError, ApiJson, ApiPath, ApiQuery, ClientIp, Problem};
use axum::{Json, extract::State, http::StatusCode, response::IntoResponse};
use events::{Millis, RoomId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

/// The newest.
const MOST: u64 = 50;

pub fn routes(moderation: Moderation) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(own))
        .routes(routes!(appeal))
        .route("/api/rooms/{id}/sanctions/{sanction}/appeal", preflight("POST"))
        .with_state(moderation)
}

/// What became of the viewer's appeal.
#[derive(Debug, Serialize, ToSchema)]
struct ViewerAppeal {
    #[schema(inline)]
    state: AppealState,
    #[schema(value_type = i64)]
    filed_at_ms: Millis,
    /// By then it is decided, or the sanction is suspended.
    #[schema(value_type = i64)]
    due_at_ms: Millis,
    #[schema(value_type = Option<i64>)]
    decided_at_ms: Option<Millis>,
    /// Of the decision.
    #[schema(example = "未违反条款,予以撤销")]
    reason: Option<String>,
}

impl From<&Appeal> for ViewerAppeal {
    fn from(appeal: &Appeal) -> Self {
        let decided = appeal.decided.as_ref();
        Self {
            state: appeal.state,
            filed_at_ms: appeal.filed_at,
            due_at_ms: appeal.due_at,
            decided_at_ms: decided.map(|decided| decided.at),
            reason: decided.map(|decided| decided.reason.clone()).filter(|reason| !reason.is_empty()),
        }
    }
}

/// A sanction against the viewer, with its reasons.
#[derive(Debug, Serialize, ToSchema)]
struct ViewerSanction {
    id: Uuid,
    #[schema(inline, example = "mute")]
    kind: Penalty,
    /// Of the published rules.
    #[schema(example = "contact")]
    clause: String,
    /// Why, and what follows.
    statement: SanctionText,
    /// What the viewer wrote, if it is about that and was not erased.
    #[schema(example = "加薇❤信 看好货")]
    text: Option<String>,
    /// When that was.
    #[schema(value_type = Option<i64>)]
    said_at_ms: Option<Millis>,
    /// Who looked at it: 1, 2 or 3.
    #[schema(example = 1)]
    tier: u8,
    /// A piece of the show is kept as evidence, and there to be seen.
    evidence: bool,
    /// In every room.
    everywhere: bool,
    #[schema(value_type = i64)]
    at_ms: Millis,
    /// None: it has no end, or no length.
    #[schema(value_type = Option<i64>)]
    until_ms: Option<Millis>,
    #[schema(inline, example = "active")]
    state: SanctionState,
    /// It keeps the viewer from something now.
    in_force: bool,
    may_appeal: bool,
    how_to_appeal: SanctionText,
    appeal: Option<ViewerAppeal>,
}

fn body(sanction: &Sanction, item: Option<&Item>, appeal: Option<&Appeal>, now: Millis) -> ViewerSanction {
    ViewerSanction {
        id: sanction.id,
        kind: sanction.kind.into(),
        clause: sanction.clause.clone(),
        statement: statement::of(sanction).into(),
        text: item.filter(|item| !item.erased).map(|item| item.text.clone()),
        said_at_ms: item.map(|item| item.at),
        tier: sanction.tier,
        evidence: sanction.evidence_state == EvidenceState::Kept,
        everywhere: sanction.everywhere,
        at_ms: sanction.at,
        until_ms: sanction.until,
        state: sanction.state,
        in_force: sanction.is_in_force(now),
        may_appeal: appeal.is_none() && sanction.state.is_appealable(),
        how_to_appeal: statement::how_to_appeal(CLOCK_HOURS).into(),
        appeal: appeal.map(ViewerAppeal::from),
    }
}

/// The viewer's sanctions.
#[derive(Debug, Serialize, ToSchema)]
struct ViewerSanctions {
    items: Vec<ViewerSanction>,
}

/// The viewer's own sanctions here 我的处罚, the newest first
///
/// Those of this room, and those that hold everywhere; at most 50.
#[utoipa::path(get, path = "/api/rooms/{id}/sanctions", tag = "moderation", operation_id = "viewer_sanctions",
    params(("id" = Uuid, Path, description = "the room"), WithToken),
    responses(
        (status = 200, body = ViewerSanctions),
        (status = 401, body = Problem, description = "`token_required`"),
        (status = 403, body = Problem, description = "`token_invalid`, `token_expired`"),
        (status = 404, body = Problem, description = "`room_not_found`"),
    ), security(()))]
async fn own(
    State(moderation): State<Moderation>,
    ip: ClientIp,
    ApiPath(id): ApiPath<RoomId>,
    ApiQuery(query): ApiQuery<WithToken>,
) -> Result<impl IntoResponse, ApiError> {
    let (pass, room) = moderation.audience().guest(id, &query.token, ip).await?;
    let app = moderation.app();
    let found = store::of_viewer(app.store.read(), room.org, room.room, &pass.viewer, MOST).await?;
    let (of_items, of_sanctions) = moderation.around(&found).await?;
    let now = app.now();
    let items = found.iter().map(|sanction| {
        let item = sanction.position.and_then(|position| of_items.get(&position));
        body(sanction, item, of_sanctions.get(&sanction.id), now)
    });
    Ok((FROM_ANYWHERE, Json(ViewerSanctions { items: items.collect() })))
}

/// Why the viewer objects.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct FileAppeal {
    #[schema(min_length = 1, max_length = 500, example = "我只是报了自己店铺的名字")]
    text: String,
}

/// Objects to a sanction 申诉
///
/// Once a sanction. Somebody who did not impose it decides within 24 hours; until somebody did, it is suspended after that time.
#[utoipa::path(post, path = "/api/rooms/{id}/sanctions/{sanction}/appeal", tag = "moderation", operation_id = "file_appeal",
    params(("id" = Uuid, Path, description = "the room"), ("sanction" = Uuid, Path, description = "the sanction"), WithToken),
    request_body = FileAppeal,
    responses(
        (status = 201, body = ViewerAppeal, description = "kept"),
        (status = 400, body = Problem, description = "`bad_request`"),
        (status = 401, body = Problem, description = "`token_required`"),
        (status = 403, body = Problem, description = "`token_invalid`, `token_expired`"),
        (status = 404, body = Problem, description = "`room_not_found`; `not_found`: the viewer has no such sanction here"),
        (status = 409, body = Problem, description = "`already_appealed`; `not_appealable`: it was taken back"),
        (status = 415, body = Problem, description = "no JSON"),
        (status = 422, body = Problem, description = "`bad_text`: 1 to 500 characters"),
        (status = 429, body = Problem, description = "`too_many_requests` from this address"),
    ), security(()))]
async fn appeal(
    State(moderation): State<Moderation>,
    ip: ClientIp,
    ApiPath((id, sanction)): ApiPath<(RoomId, Uuid)>,
    ApiQuery(query): ApiQuery<WithToken>,
    ApiJson(wanted): ApiJson<FileAppeal>,
) -> Result<impl IntoResponse, ApiError> {
    let (pass, room) = moderation.audience().guest(id, &query.token, ip).await?;
    let text = said(&wanted.text).ok_or_else(|| ApiError::new(422, "bad_text", "1 to 500 characters"))?;
    let appeal = moderation.file_appeal(&room, &pass, sanction, text).await?;
    Ok((StatusCode::CREATED, FROM_ANYWHERE, Json(ViewerAppeal::from(&appeal))))
}
