//! What a viewer is asked and says, with the viewer's own token; pages of any origin may call it, since no cookie counts here.

use super::{
    Refusal, Speaker,
    rules::{self, Answer},
};
use crate::{Audience, RoomRef, ViewerPass, http::viewer_of};
use app::{ApiError, ApiJson, ApiPath, ApiQuery, ClientIp, Problem};
use axum::{
    Json,
    extract::State,
    http::{HeaderName, StatusCode, header},
    response::IntoResponse,
    routing::options,
};
use events::{ConsentSource, Millis, RoomId};
use serde::{Deserialize, Serialize};
use std::collections::HashSet;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

pub(crate) fn routes(audience: Audience) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(consent, say_consent))
        .route("/api/rooms/{id}/consent", options(preflight))
        .with_state(audience)
}

const FROM_ANYWHERE: [(HeaderName, &str); 2] =
    [(header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"), (header::CACHE_CONTROL, "no-store")];

async fn preflight() -> impl IntoResponse {
    let allowed = [
        (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
        (header::ACCESS_CONTROL_ALLOW_METHODS, "GET, PUT"),
        (header::ACCESS_CONTROL_ALLOW_HEADERS, "content-type"),
        (header::ACCESS_CONTROL_MAX_AGE, "86400"),
    ];
    (StatusCode::NO_CONTENT, allowed)
}

/// A text in both languages.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ConsentText {
    pub zh: String,
    pub en: String,
}

/// What a viewer is asked, or was.
#[derive(Debug, Serialize, ToSchema)]
struct ConsentAsked {
    /// `analytics`, `personalisation` or `marketing`.
    #[schema(example = "analytics")]
    purpose: &'static str,
    /// Of the text; an answer names it.
    version: u32,
    text: ConsentText,
    /// Today's text has to be shown: nothing was said about it.
    ask: bool,
    /// It may be done now.
    may: bool,
    /// What was said about today's text.
    #[serde(skip_serializing_if = "Option::is_none")]
    given: Option<bool>,
    /// When something was last said about the purpose, milliseconds since 1970.
    #[serde(skip_serializing_if = "Option::is_none")]
    said_at_ms: Option<i64>,
}

/// What the viewer is asked, and has said.
#[derive(Debug, Serialize, ToSchema)]
struct ViewerConsent {
    /// Something has to be asked.
    ask: bool,
    /// Where the whole notice stands.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "https://example.org/privacy")]
    notice_url: Option<String>,
    purposes: Vec<ConsentAsked>,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SayConsent {
    /// `room_page` or `sdk`.
    #[schema(example = "room_page", pattern = "^(room_page|sdk)$")]
    through: String,
    #[schema(max_items = 3)]
    answers: Vec<ConsentAnswer>,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ConsentAnswer {
    /// `analytics`, `personalisation` or `marketing`.
    #[schema(example = "analytics", pattern = "^(analytics|personalisation|marketing)$")]
    pub purpose: String,
    /// Of the text that was shown.
    #[schema(example = 1)]
    pub version: u32,
    pub given: bool,
}

impl ConsentAnswer {
    pub fn read(self) -> Result<Answer, Refusal> {
        let purpose = rules::purpose(&self.purpose);
        let purpose = purpose.ok_or_else(|| Refusal::UnknownPurpose(self.purpose.chars().take(32).collect()))?;
        Ok(Answer { purpose, version: self.version, given: self.given })
    }
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct WithToken {
    /// The viewer token.
    #[serde(default)]
    token: String,
}

/// What the viewer is asked to agree to, and has said 同意
#[utoipa::path(get, path = "/api/rooms/{id}/consent", tag = "audience", operation_id = "viewer_consent",
    params(("id" = Uuid, Path, description = "the room"), WithToken),
    responses(
        (status = 200, body = ViewerConsent),
        (status = 401, body = Problem, description = "`token_required`"),
        (status = 403, body = Problem, description = "`token_invalid`, `token_expired`"),
        (status = 404, body = Problem, description = "`room_not_found`"),
        (status = 429, body = Problem, description = "`too_many_requests` from this address"),
    ), security(()))]
async fn consent(
    State(audience): State<Audience>,
    ClientIp(ip): ClientIp,
    ApiPath(id): ApiPath<RoomId>,
    ApiQuery(query): ApiQuery<WithToken>,
) -> Result<impl IntoResponse, ApiError> {
    let (pass, room) = viewer_of(&audience, id, &query.token).await?;
    if !audience.tokens().allow(ip, audience.app().now()) {
        return Err(Refusal::TooMany(1).into());
    }
    Ok((FROM_ANYWHERE, Json(state(&audience, &pass, &room).await?)))
}

/// Agrees, says no, or takes a consent back 同意或撤回
///
/// The same again changes nothing. Saying no is always taken; agreeing only to the text of today.
#[utoipa::path(put, path = "/api/rooms/{id}/consent", tag = "audience", operation_id = "say_consent",
    params(("id" = Uuid, Path, description = "the room"), WithToken), request_body = SayConsent,
    responses(
        (status = 200, body = ViewerConsent, description = "kept; what holds now"),
        (status = 400, body = Problem, description = "`bad_request`"),
        (status = 401, body = Problem, description = "`token_required`"),
        (status = 403, body = Problem, description = "`token_invalid`, `token_expired`"),
        (status = 404, body = Problem, description = "`room_not_found`"),
        (status = 409, body = Problem, description = "`consent_text_changed`: ask for the new text and show it; `consent_not_asked`"),
        (status = 415, body = Problem, description = "no JSON"),
        (status = 422, body = Problem, description = "`unknown_purpose`, `purpose_twice`"),
        (status = 429, body = Problem, description = "`too_many_requests` of this viewer"),
    ), security(()))]
async fn say_consent(
    State(audience): State<Audience>,
    ApiPath(id): ApiPath<RoomId>,
    ApiQuery(query): ApiQuery<WithToken>,
    ApiJson(said): ApiJson<SayConsent>,
) -> Result<impl IntoResponse, ApiError> {
    let (pass, room) = viewer_of(&audience, id, &query.token).await?;
    let through = match said.through.as_str() {
        "room_page" => ConsentSource::RoomPage,
        "sdk" => ConsentSource::Sdk,
        _ => return Err(ApiError::bad_request("`through` is `room_page` or `sdk`")),
    };
    let answers = said.answers.into_iter().map(ConsentAnswer::read).collect::<Result<Vec<Answer>, _>>()?;
    let mut named = HashSet::new();
    if !answers.iter().all(|answer| named.insert(answer.purpose)) {
        return Err(Refusal::Twice.into());
    }
    audience.consents_said(&Speaker::of(&room, pass.viewer.clone(), through), &answers).await?;
    Ok((FROM_ANYWHERE, Json(state(&audience, &pass, &room).await?)))
}

async fn state(audience: &Audience, pass: &ViewerPass, room: &RoomRef) -> anyhow::Result<ViewerConsent> {
    let settings = audience.consent_settings(room.org).await?;
    let said = audience.said(room.org, &pass.viewer).await?;
    let relevant = settings
        .purposes
        .iter()
        .filter(|(purpose, _)| settings.asked(**purpose).is_some() || said.contains_key(*purpose));
    let purposes = relevant.map(|(purpose, asked)| {
        let said = said.get(purpose);
        ConsentAsked {
            purpose: rules::name(*purpose),
            version: asked.version,
            text: ConsentText { zh: asked.zh.clone(), en: asked.en.clone() },
            ask: settings.must_ask(*purpose, said),
            may: settings.may(*purpose, said),
            given: said.filter(|said| said.version == asked.version).map(|said| said.given),
            said_at_ms: said.map(|said| said.at).map(|Millis(at)| at),
        }
    });
    let purposes: Vec<ConsentAsked> = purposes.collect();
    let notice_url = Some(settings.notice_url.clone()).filter(|url| !url.is_empty());
    Ok(ViewerConsent { ask: purposes.iter().any(|asked| asked.ask), notice_url, purposes })
}
