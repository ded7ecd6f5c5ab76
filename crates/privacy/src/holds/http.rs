//! Legal holds over HTTP.

use super::{Hold, MOST_OF_AN_ORG, Of, store};
use crate::{Privacy, retention::http::ManageRetention, subject::whole};
use app::{ApiError, ApiJson, ApiPath, ApiQuery, ApiResult, Can, Page, Problem, Refuse, Within};
use axum::{Json, extract::State, http::StatusCode};
use events::{BroadcastId, Empty, Envelope, Event, Millis, OrgId, Source, ViewerId};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

const LONGEST_REASON: usize = 300;

pub fn routes(privacy: Privacy) -> OpenApiRouter {
    OpenApiRouter::new().routes(routes!(list, place)).routes(routes!(release)).with_state(privacy)
}

#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    #[error("hold one `viewer`, by the pseudonym, or one `broadcast`")]
    BadHold,
    #[error("a hold has a reason of at most {LONGEST_REASON} characters")]
    BadReason,
    #[error("there are {MOST_OF_AN_ORG} holds already: release one first")]
    TooManyHolds,
    #[error("the hold was released already")]
    Released,
}

impl Refuse for Refusal {
    fn code(&self) -> &'static str {
        match self {
            Self::BadHold => "bad_hold",
            Self::BadReason => "bad_reason",
            Self::TooManyHolds => "too_many_holds",
            Self::Released => "already_released",
        }
    }
    fn status(&self) -> u16 {
        match self {
            Self::BadHold | Self::BadReason => 422,
            Self::TooManyHolds | Self::Released => 409,
        }
    }
}

/// A viewer or a show of which age forgets nothing.
#[derive(Debug, Serialize, ToSchema)]
struct LegalHold {
    id: Uuid,
    /// The held viewer's pseudonym.
    #[schema(value_type = Option<String>, example = "v0f3c2a")]
    viewer: Option<ViewerId>,
    /// The held show.
    #[schema(value_type = Option<Uuid>, example = json!(null))]
    broadcast: Option<BroadcastId>,
    #[schema(example = "(2026) 民初 1024 号")]
    reason: String,
    /// Empty when the database is older than the hold.
    #[schema(example = "admin")]
    placed_by: String,
    #[schema(value_type = i64, example = 1_795_867_200_000_i64)]
    placed_at_ms: Millis,
    #[schema(example = json!(null))]
    released_by: Option<String>,
    /// Null while it holds.
    #[schema(value_type = Option<i64>, example = json!(null))]
    released_at_ms: Option<Millis>,
}

impl From<Hold> for LegalHold {
    fn from(hold: Hold) -> Self {
        let (viewer, broadcast) = match hold.of {
            Of::Viewer(viewer) => (Some(viewer), None),
            Of::Broadcast(broadcast) => (None, Some(broadcast)),
        };
        let (released_by, released_at_ms) = hold.released.map(|released| (released.by, released.at)).unzip();
        Self {
            id: hold.id,
            viewer,
            broadcast,
            reason: hold.reason,
            placed_by: hold.placed_by,
            placed_at_ms: hold.placed_at,
            released_by,
            released_at_ms,
        }
    }
}

/// Exactly one of `viewer` and `broadcast`.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewLegalHold {
    /// The viewer's pseudonym.
    #[schema(example = "v0f3c2a")]
    viewer: Option<String>,
    #[schema(value_type = Option<Uuid>, example = json!(null))]
    broadcast: Option<BroadcastId>,
    /// Why: a case's number, who asked. No names of viewers.
    #[schema(max_length = 300, example = "(2026) 民初 1024 号")]
    reason: String,
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct HoldsQuery {
    /// `next` of the page before.
    after: Option<Uuid>,
    #[param(inline)]
    limit: Option<Within<1, 200>>,
}

/// Legal holds, the newest first 法律保全
#[utoipa::path(get, path = "/api/privacy/holds", tag = "privacy", operation_id = "list_legal_holds", params(HoldsQuery),
    responses(
        (status = 200, description = "a page", body = Page<LegalHold>),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: needs `privacy.retain`; `beyond_your_reach`", body = Problem, content_type = "application/problem+json"),
    ))]
async fn list(
    State(privacy): State<Privacy>,
    can: Can<ManageRetention>,
    ApiQuery(query): ApiQuery<HoldsQuery>,
) -> ApiResult<Page<LegalHold>> {
    let org = whole(&can)?;
    let limit = query.limit.map_or(50, Within::get);
    let holds = store::list(privacy.app().store.read(), org, query.after, limit).await?;
    let next = holds.last().filter(|_| holds.len() as u64 == limit).map(|last| last.id.to_string());
    Ok(Json(Page { items: holds.into_iter().map(LegalHold::from).collect(), next }))
}

/// Hold a viewer or a show 法律保全
///
/// From the answer on age forgets nothing of it: neither what the viewer wrote, nor what was written in the show and its recording. What
/// went before is gone. A held viewer is not erased either.
#[utoipa::path(post, path = "/api/privacy/holds", tag = "privacy", operation_id = "place_legal_hold", request_body = NewLegalHold,
    responses(
        (status = 201, description = "it holds", body = LegalHold),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: needs `privacy.retain`; `beyond_your_reach`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: no such show in your organisation", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "`too_many_holds`", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "`bad_hold`, `bad_reason`", body = Problem, content_type = "application/problem+json"),
    ))]
async fn place(
    State(privacy): State<Privacy>,
    can: Can<ManageRetention>,
    ApiJson(new): ApiJson<NewLegalHold>,
) -> Result<(StatusCode, Json<LegalHold>), ApiError> {
    let (org, app) = (whole(&can)?, privacy.app());
    let of = match (new.viewer, new.broadcast) {
        (Some(viewer), None) => Of::Viewer(viewer.parse().map_err(|_| Refusal::BadHold)?),
        (None, Some(broadcast)) => {
            let found = privacy.broadcasts().first_position(org, broadcast).await?;
            found.ok_or_else(|| ApiError::not_found("broadcast"))?;
            Of::Broadcast(broadcast)
        }
        _ => return Err(Refusal::BadHold.into()),
    };
    let reason = new.reason.trim().to_owned();
    if reason.is_empty() || reason.chars().count() > LONGEST_REASON {
        return Err(Refusal::BadReason.into());
    }
    let placed_by = can.name.to_string();
    let hold = Hold { id: Uuid::now_v7(), org, of, reason, placed_by, placed_at: app.now(), released: None };
    // What is going right now is gone before the answer.
    let _turn = privacy.turn().await;
    let tx = app.store.begin().await?;
    tx.take_turns("holds").await?;
    if store::count_in_force(tx.db(), org).await? >= MOST_OF_AN_ORG {
        return Err(Refusal::TooManyHolds.into());
    }
    store::insert(tx.db(), &hold).await?;
    tx.emit(told(&hold, Event::LegalHoldPlaced(Empty {}), hold.placed_at)).await?;
    tx.commit().await?;
    privacy.holds_changed();
    Ok((StatusCode::CREATED, Json(hold.into())))
}

/// Release a legal hold 解除保全
///
/// What is older than it has to be goes with the next run.
#[utoipa::path(post, path = "/api/privacy/holds/{id}/release", tag = "privacy", operation_id = "release_legal_hold",
    params(("id" = Uuid, Path, description = "the hold's id")),
    responses(
        (status = 200, description = "the hold, which is over", body = LegalHold),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: needs `privacy.retain`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: no such hold in your scope", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "`already_released`", body = Problem, content_type = "application/problem+json"),
    ))]
async fn release(
    State(privacy): State<Privacy>,
    can: Can<ManageRetention>,
    ApiPath(id): ApiPath<Uuid>,
) -> ApiResult<LegalHold> {
    let missing = || ApiError::not_found("hold");
    let (org, app) = (whole(&can).map_err(|_| missing())?, privacy.app());
    let now = app.now();
    let tx = app.store.begin().await?;
    let hold = store::find(tx.db(), org, id).await?.ok_or_else(missing)?;
    if !store::release(tx.db(), org, id, &can.name, now).await? {
        return Err(Refusal::Released.into());
    }
    tx.emit(told(&hold, Event::LegalHoldReleased(Empty {}), now)).await?;
    tx.commit().await?;
    privacy.holds_changed();
    privacy.change();
    let released = Some(super::Released { by: can.name.to_string(), at: now });
    Ok(Json(Hold { released, ..hold }.into()))
}

fn told(hold: &Hold, event: Event, now: Millis) -> Envelope {
    let envelope = Envelope::new(now, Source::Server, hold.org, event).with_key(hold.id.to_string());
    match &hold.of {
        Of::Viewer(viewer) => envelope.with_viewer(viewer.clone()),
        Of::Broadcast(broadcast) => envelope.with_broadcast(Some(*broadcast)),
    }
}

/// Refuses to erase whom a hold names.
pub async fn refuse_held(privacy: &Privacy, org: OrgId, viewer: &ViewerId) -> Result<(), ApiError> {
    if store::is_held(privacy.app().store.read(), org, viewer).await? {
        return Err(crate::subject::Refusal::Held.into());
    }
    Ok(())
}
