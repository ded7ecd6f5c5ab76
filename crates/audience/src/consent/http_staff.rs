//! What is asked, and what viewers said, for staff.

use super::{
    Refusal, Settings, Speaker,
    http::{ConsentAnswer, ConsentText},
    rules::{self, Answer},
    store,
};
use crate::Audience;
use app::{ApiError, ApiJson, ApiPath, ApiQuery, ApiResult, Can, Page, Permission, PermissionInfo, Problem, Reach};
use axum::{Json, extract::State, http::StatusCode};
use events::{ConsentSource, ViewerId};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

const PAGE: u64 = 100;

/// May see what viewers are asked, and what they said.
pub struct ReadConsents;
impl Permission for ReadConsents {
    const INFO: PermissionInfo =
        PermissionInfo { name: "consent.read", zh: "查看观众同意记录", en: "see viewers' consents" };
}

/// May write down what a viewer told staff.
pub struct WriteConsents;
impl Permission for WriteConsents {
    const INFO: PermissionInfo =
        PermissionInfo { name: "consent.write", zh: "登记观众的同意与撤回", en: "note viewers' consents" };
}

/// May change what viewers are asked.
pub struct ManageConsents;
impl Permission for ManageConsents {
    const INFO: PermissionInfo =
        PermissionInfo { name: "consent.manage", zh: "设置同意条款", en: "set what viewers are asked" };
}

pub(crate) fn routes(audience: Audience) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(consent_settings, set_consent_settings))
        .routes(routes!(consent_counts))
        .routes(routes!(list_consents))
        .routes(routes!(note_consent))
        .with_state(audience)
}

/// A purpose that viewers may be asked for.
#[derive(Debug, Serialize, ToSchema)]
struct ConsentPurposeView {
    /// `analytics`, `personalisation` or `marketing`.
    #[schema(example = "analytics")]
    purpose: &'static str,
    /// Viewers are asked, while asking is on at all.
    asked: bool,
    /// Of the text; 0 while there is none.
    version: u32,
    text: ConsentText,
    /// Since when this text is asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    since_ms: Option<i64>,
}

/// What viewers are asked.
#[derive(Debug, Serialize, ToSchema)]
struct ConsentSettings {
    enabled: bool,
    /// Where the whole notice stands; may be empty.
    #[schema(example = "https://example.org/privacy")]
    notice_url: String,
    purposes: Vec<ConsentPurposeView>,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewConsentPurpose {
    /// `analytics`, `personalisation` or `marketing`.
    #[schema(example = "analytics", pattern = "^(analytics|personalisation|marketing)$")]
    purpose: String,
    asked: bool,
    /// In Chinese, 1 to 500 characters.
    #[schema(example = "统计您看了什么、停留多久，用来改进节目。", max_length = 500)]
    zh: String,
    /// The same in English.
    #[schema(example = "Count what you watch, to make better shows.", max_length = 500)]
    en: String,
}

/// Purposes that are not named stay as they are. Another text is another version, and asks everybody again.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewConsentSettings {
    enabled: bool,
    #[serde(default)]
    #[schema(
        max_length = 500,
        pattern = r"^(https://[^/\s\\\x00-\x1f\x7f-\x9f][^\s\\\x00-\x1f\x7f-\x9f]*|/([^/\s\\\x00-\x1f\x7f-\x9f][^\s\\\x00-\x1f\x7f-\x9f]*)?)?$"
    )]
    notice_url: String,
    #[serde(default)]
    #[schema(max_items = 3)]
    purposes: Vec<NewConsentPurpose>,
}

/// How many viewers' last word it is.
#[derive(Debug, Serialize, ToSchema)]
struct ConsentCount {
    #[schema(example = "analytics")]
    purpose: &'static str,
    version: u32,
    given: u64,
    /// Said no, or took it back.
    declined: u64,
}

/// One thing that a viewer said.
#[derive(Debug, Serialize, ToSchema)]
struct ConsentStatement {
    id: Uuid,
    /// A pseudonym, masked without `personal.read`.
    viewer: String,
    #[schema(example = "analytics")]
    purpose: &'static str,
    version: u32,
    given: bool,
    /// `room_page`, `sdk` or `staff`.
    #[schema(example = "room_page")]
    through: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    room: Option<Uuid>,
    said_at_ms: i64,
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct WhichStatements {
    /// Only of this viewer, by the pseudonym.
    #[param(format = "viewer")]
    viewer: Option<String>,
    /// Only of this purpose.
    #[param(pattern = "^(analytics|personalisation|marketing)$")]
    purpose: Option<String>,
    /// `next` of the page before.
    after: Option<Uuid>,
}

impl From<Settings> for ConsentSettings {
    fn from(settings: Settings) -> Self {
        let view = |purpose| {
            let known = settings.purposes.get(&purpose);
            let text = known.map(|known| ConsentText { zh: known.zh.clone(), en: known.en.clone() });
            ConsentPurposeView {
                purpose: rules::name(purpose),
                asked: known.is_some_and(|known| known.asked),
                version: known.map_or(0, |known| known.version),
                text: text.unwrap_or(ConsentText { zh: String::new(), en: String::new() }),
                since_ms: known.map(|known| known.since.0),
            }
        };
        let purposes = rules::PURPOSES.map(view).into();
        Self { enabled: settings.enabled, notice_url: settings.notice_url, purposes }
    }
}

/// What viewers are asked 同意设置
#[utoipa::path(get, path = "/api/consent/settings", tag = "audience", operation_id = "consent_settings",
    responses(
        (status = 200, body = ConsentSettings),
        (status = 401, body = Problem, description = "`unauthenticated`"),
        (status = 403, body = Problem, description = "`forbidden`: needs `consent.read`"),
    ))]
async fn consent_settings(State(audience): State<Audience>, can: Can<ReadConsents>) -> ApiResult<ConsentSettings> {
    let settings = store::settings(audience.app().store.read(), can.scope().org).await?;
    Ok(Json(settings.into()))
}

/// Sets what viewers are asked 修改同意设置
#[utoipa::path(put, path = "/api/consent/settings", tag = "audience", operation_id = "set_consent_settings",
    request_body = NewConsentSettings,
    responses(
        (status = 200, body = ConsentSettings, description = "as it is now; elsewhere within some seconds"),
        (status = 400, body = Problem, description = "`bad_request`"),
        (status = 401, body = Problem, description = "`unauthenticated`"),
        (status = 403, body = Problem, description = "`forbidden`: needs `consent.manage`; `beyond_your_reach`"),
        (status = 422, body = Problem, description = "`unknown_purpose`, `purpose_twice`, `bad_text`, `bad_url`"),
    ))]
async fn set_consent_settings(
    State(audience): State<Audience>,
    can: Can<ManageConsents>,
    ApiJson(new): ApiJson<NewConsentSettings>,
) -> ApiResult<ConsentSettings> {
    if can.scope().reach != Reach::Org {
        return Err(Refusal::NeedsOrg.into());
    }
    let mut purposes: Vec<(events::ConsentPurpose, bool, String, String)> = Vec::new();
    for NewConsentPurpose { purpose: name, asked, zh, en } in new.purposes {
        let purpose = rules::purpose(&name).ok_or_else(|| Refusal::UnknownPurpose(name.chars().take(32).collect()))?;
        if purposes.iter().any(|(known, ..)| *known == purpose) {
            return Err(Refusal::Twice.into());
        }
        purposes.push((purpose, asked, zh, en));
    }
    let wanted = rules::Wanted { enabled: new.enabled, notice_url: new.notice_url, purposes };
    Ok(Json(audience.set_consent(can.scope().org, wanted).await?.into()))
}

/// How many agreed and how many said no 同意统计, by purpose and version of the text
#[utoipa::path(get, path = "/api/consent/counts", tag = "audience", operation_id = "consent_counts",
    responses(
        (status = 200, body = Vec<ConsentCount>, description = "the last word of each viewer; newest version first"),
        (status = 401, body = Problem, description = "`unauthenticated`"),
        (status = 403, body = Problem, description = "`forbidden`: needs `consent.read`"),
    ))]
async fn consent_counts(State(audience): State<Audience>, can: Can<ReadConsents>) -> ApiResult<Vec<ConsentCount>> {
    let mut counts: Vec<ConsentCount> = Vec::new();
    for count in store::counts(audience.app().store.read(), can.scope()).await? {
        let (purpose, version) = (rules::name(count.purpose), count.version);
        let place = counts.iter().position(|known| known.purpose == purpose && known.version == version);
        let place = place.unwrap_or_else(|| {
            counts.push(ConsentCount { purpose, version, given: 0, declined: 0 });
            counts.len() - 1
        });
        if let Some(known) = counts.get_mut(place) {
            *(if count.given { &mut known.given } else { &mut known.declined }) += count.viewers;
        }
    }
    Ok(Json(counts))
}

/// What viewers said 同意记录, newest first: nothing is ever changed, only added
#[utoipa::path(get, path = "/api/consent/statements", tag = "audience", operation_id = "list_consents", params(WhichStatements),
    responses(
        (status = 200, body = Page<ConsentStatement>, description = "a page of up to 100"),
        (status = 400, body = Problem, description = "`bad_request`"),
        (status = 401, body = Problem, description = "`unauthenticated`"),
        (status = 403, body = Problem, description = "`forbidden`: needs `consent.read`"),
        (status = 422, body = Problem, description = "`unknown_purpose`"),
    ))]
async fn list_consents(
    State(audience): State<Audience>,
    can: Can<ReadConsents>,
    ApiQuery(which): ApiQuery<WhichStatements>,
) -> ApiResult<Page<ConsentStatement>> {
    let wanted = store::Wanted {
        viewer: which.viewer.map(|viewer| parsed(&viewer)).transpose()?,
        purpose: match which.purpose {
            None => None,
            Some(name) => Some(rules::purpose(&name).ok_or(Refusal::UnknownPurpose(name))?),
        },
        after: which.after,
    };
    let found = store::list(audience.app().store.read(), can.scope(), &wanted, PAGE).await?;
    let next = found.last().filter(|_| found.len() as u64 == PAGE).map(|last| last.id.to_string());
    let mask = can.mask();
    let items = found.into_iter().map(|statement| ConsentStatement {
        id: statement.id,
        viewer: mask.pseudonym(statement.viewer.as_str()).into_owned(),
        purpose: rules::name(statement.purpose),
        version: statement.said.version,
        given: statement.said.given,
        through: rules::through(statement.said.through),
        room: statement.room.map(|room| room.0),
        said_at_ms: statement.said.at.0,
    });
    Ok(Json(Page { items: items.collect(), next }))
}

/// Writes down what a viewer told staff 登记观众的决定
///
/// Of a viewer who has said something in your scope before.
#[utoipa::path(post, path = "/api/consent/viewers/{viewer}", tag = "audience", operation_id = "note_consent",
    params(("viewer" = String, Path, description = "the viewer's pseudonym")), request_body = ConsentAnswer,
    responses(
        (status = 204, description = "kept, now or before"),
        (status = 400, body = Problem, description = "`bad_request`"),
        (status = 401, body = Problem, description = "`unauthenticated`"),
        (status = 403, body = Problem, description = "`forbidden`: needs `consent.write`"),
        (status = 404, body = Problem, description = "`viewer_not_found`"),
        (status = 409, body = Problem, description = "`consent_text_changed`, `consent_not_asked`"),
        (status = 422, body = Problem, description = "`unknown_purpose`"),
    ))]
async fn note_consent(
    State(audience): State<Audience>,
    can: Can<WriteConsents>,
    ApiPath(viewer): ApiPath<String>,
    ApiJson(answer): ApiJson<ConsentAnswer>,
) -> Result<StatusCode, ApiError> {
    let viewer = viewer.parse::<ViewerId>().map_err(|_| Refusal::UnknownViewer)?;
    let answer: Answer = answer.read()?;
    let wanted = store::Wanted { viewer: Some(viewer.clone()), ..store::Wanted::default() };
    let known = store::list(audience.app().store.read(), can.scope(), &wanted, 1).await?;
    if known.is_empty() {
        return Err(Refusal::UnknownViewer.into());
    }
    let (org, team) = (can.scope().org, can.home_team);
    let speaker = Speaker { org, team, room: None, viewer, through: ConsentSource::Staff };
    audience.consents_said(&speaker, &[answer]).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn parsed(viewer: &str) -> Result<ViewerId, ApiError> {
    viewer.parse::<ViewerId>().map_err(|error| ApiError::bad_request(error.to_string()))
}
