//! Findings over HTTP.

use super::{Decided, Finding, FindingState, LONGEST_WHY, Refusal, Said, evidence, kind_name, store, told};
use crate::{
    ActOnPatrol, Patrol, Place, ReadPatrol,
    library::{self, PatrolLevel, http::category_of},
};
use app::{ApiError, ApiJson, ApiPath, ApiQuery, ApiResult, Can, Page, Problem, Within};
use axum::{
    Json,
    extract::State as Given,
    http::header,
    response::{IntoResponse, Response},
};
use events::{BroadcastId, Event, FindingDecided, Millis, RoomId};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

pub fn routes(patrol: Patrol) -> OpenApiRouter {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(picture)).routes(routes!(decide)).with_state(patrol)
}

/// Something that was noticed in a show.
#[derive(Debug, Serialize, ToSchema)]
pub struct PatrolFinding {
    pub id: Uuid,
    #[schema(value_type = Uuid)]
    pub room: RoomId,
    #[schema(value_type = Uuid)]
    pub broadcast: BroadcastId,
    /// `hash`, `model` or `speech`.
    #[schema(example = "hash")]
    pub kind: &'static str,
    pub level: PatrolLevel,
    /// The sample's category, the model's label, the word.
    #[schema(example = "gambling")]
    pub label: String,
    /// The sample's name; of a word its category.
    #[schema(example = "轮盘")]
    pub name: String,
    pub sample: Option<Uuid>,
    /// How alike, or how sure, in thousandths.
    #[schema(example = 969)]
    pub score_milli: u32,
    #[schema(value_type = i64, example = 1_795_867_200_000_i64)]
    pub at_ms: Millis,
    /// It went on until then.
    #[schema(value_type = i64, example = 1_795_867_210_000_i64)]
    pub last_at_ms: Millis,
    pub times: u64,
    /// Its frame is kept: `GET /api/patrol/findings/{id}/picture`.
    pub picture: bool,
    /// Of speech: what was said.
    #[schema(example = json!(null))]
    pub said: Option<FindingSaid>,
    pub state: FindingState,
    #[schema(example = json!(null))]
    pub decided_by: Option<String>,
    #[schema(value_type = Option<i64>, example = json!(null))]
    pub decided_at_ms: Option<Millis>,
    #[schema(example = json!(null))]
    pub why: Option<String>,
}

/// Words as evidence.
#[derive(Debug, Serialize, ToSchema)]
pub struct FindingSaid {
    /// Milliseconds from the beginning of the show.
    #[schema(example = 61_000)]
    pub from_ms: i64,
    #[schema(example = 62_500)]
    pub to_ms: i64,
    /// The word with what stands around it; empty when it is not kept any more.
    #[schema(example = "想要的家人加微信领券")]
    pub text: String,
}

impl From<Finding> for PatrolFinding {
    fn from(finding: Finding) -> Self {
        let (decided_by, rest) = finding.decided.map(|decided| (decided.by, (decided.at, decided.why))).unzip();
        let (decided_at_ms, why) = rest.unzip();
        Self {
            id: finding.id,
            room: finding.room,
            broadcast: finding.broadcast,
            kind: kind_name(finding.kind),
            level: finding.level,
            label: finding.label,
            name: finding.name,
            sample: finding.sample,
            score_milli: finding.score_milli,
            at_ms: finding.at,
            last_at_ms: finding.last_at,
            times: finding.times,
            picture: finding.picture,
            said: finding.said.map(|Said { from_ms, to_ms, text }| FindingSaid { from_ms, to_ms, text }),
            state: finding.state,
            decided_by,
            decided_at_ms,
            why,
        }
    }
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct FindingsQuery {
    /// `open`, `confirmed` or `dismissed`.
    #[param(inline)]
    state: Option<FindingState>,
    /// Of this room.
    #[param(value_type = Option<Uuid>)]
    room: Option<RoomId>,
    /// `next` of the page before.
    after: Option<Uuid>,
    #[param(inline)]
    limit: Option<Within<1, 200>>,
}

/// Findings of the patrol, the newest first 巡查发现
#[utoipa::path(get, path = "/api/patrol/findings", tag = "patrol", operation_id = "list_patrol_findings", params(FindingsQuery),
    responses(
        (status = 200, description = "a page", body = Page<PatrolFinding>),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: needs `patrol.read`", body = Problem, content_type = "application/problem+json"),
    ))]
async fn list(
    Given(patrol): Given<Patrol>,
    can: Can<ReadPatrol>,
    ApiQuery(query): ApiQuery<FindingsQuery>,
) -> ApiResult<Page<PatrolFinding>> {
    let limit = query.limit.map_or(50, Within::get);
    let filter = store::Filter { state: query.state, room: query.room, broadcast: None };
    let found = store::list(patrol.app().store.read(), can.scope(), filter, query.after, limit).await?;
    let next = found.last().filter(|_| found.len() as u64 == limit).map(|last| last.id.to_string());
    Ok(Json(Page { items: found.into_iter().map(PatrolFinding::from).collect(), next }))
}

/// The frame of a finding
#[utoipa::path(get, path = "/api/patrol/findings/{id}/picture", tag = "patrol", operation_id = "get_patrol_finding_picture",
    params(("id" = Uuid, Path, description = "the finding")),
    responses(
        (status = 200, description = "a JPEG", body = [u8], content_type = "image/jpeg"),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: needs `patrol.read`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: no such finding in your scope, or its frame is not kept", body = Problem, content_type = "application/problem+json"),
    ))]
async fn picture(
    Given(patrol): Given<Patrol>,
    can: Can<ReadPatrol>,
    ApiPath(id): ApiPath<Uuid>,
) -> Result<Response, ApiError> {
    let found = store::find(patrol.app().store.read(), can.scope(), id).await?.filter(|found| found.picture);
    found.ok_or_else(|| ApiError::not_found("picture"))?;
    let jpeg = tokio::fs::read(evidence::path(&patrol, id)).await.map_err(|_| ApiError::not_found("picture"))?;
    let headers = [(header::CONTENT_TYPE, "image/jpeg"), (header::CACHE_CONTROL, "private, max-age=3600")];
    Ok((headers, jpeg).into_response())
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct FindingDecision {
    /// `confirmed` or `dismissed`.
    outcome: PatrolOutcome,
    #[schema(max_length = 500, example = "背景里的转盘")]
    #[serde(default)]
    why: String,
    /// Put the frame into the library 加入违规库.
    #[serde(default)]
    sample: Option<FindingSample>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum PatrolOutcome {
    Confirmed,
    Dismissed,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct FindingSample {
    #[schema(format = "line", max_length = 100, example = "轮盘")]
    name: String,
    /// A published rule.
    #[schema(format = "clause", example = "gambling")]
    category: String,
    level: PatrolLevel,
}

/// Decide about a finding 研判
#[utoipa::path(post, path = "/api/patrol/findings/{id}/decision", tag = "patrol", operation_id = "decide_patrol_finding",
    params(("id" = Uuid, Path, description = "the finding")), request_body = FindingDecision,
    responses(
        (status = 200, description = "decided", body = PatrolFinding),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: needs `patrol.act`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: no such finding in your scope", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "`already_decided`; `too_many_samples`: it is decided all the same", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "`bad_why`, `no_sample`, `bad_name`, `unknown_category`", body = Problem, content_type = "application/problem+json"),
    ))]
async fn decide(
    Given(patrol): Given<Patrol>,
    can: Can<ActOnPatrol>,
    ApiPath(id): ApiPath<Uuid>,
    ApiJson(FindingDecision { outcome, why, sample }): ApiJson<FindingDecision>,
) -> ApiResult<PatrolFinding> {
    let (app, why) = (patrol.app(), why.trim().to_owned());
    if why.chars().count() > LONGEST_WHY {
        return Err(Refusal::BadWhy.into());
    }
    let found = store::find(app.store.read(), can.scope(), id).await?.ok_or_else(|| ApiError::not_found("finding"))?;
    let sample = match sample {
        None => None,
        Some(sample) => {
            let prints = found.prints.filter(|_| outcome == PatrolOutcome::Confirmed).ok_or(Refusal::NoSample)?;
            Some((library::name(&sample.name)?, category_of(&patrol, sample.category)?, sample.level, prints))
        }
    };
    let state = if outcome == PatrolOutcome::Confirmed { FindingState::Confirmed } else { FindingState::Dismissed };
    let decided = Decided { by: can.name.to_string(), at: app.now(), why };
    let tx = app.store.begin().await?;
    if !store::decide(tx.db(), id, state, &decided).await? {
        return Err(Refusal::Decided.into());
    }
    let place = Place {
        room: found.room,
        org: found.org,
        team: found.team,
        broadcast: Some(found.broadcast),
        title: String::new(),
        started_at: found.at,
        viewers: 0,
    };
    let event = FindingDecided {
        finding: id,
        outcome: state.name().to_owned(),
        why: decided.why.clone(),
        by: decided.by.clone(),
    };
    tx.emit(told(&place, decided.at, Event::FindingDecided(event))).await?;
    tx.commit().await?;
    if let Some((name, category, level, prints)) = sample {
        let added = patrol.add_sample(&can.actor, name, category, level, format!("finding {id}"), prints).await?;
        // It is looked for already: so much the better.
        if let Err(refusal) = added
            && !matches!(refusal, library::Refusal::Known)
        {
            return Err(refusal.into());
        }
    }
    Ok(Json(Finding { state, decided: Some(decided), ..found }.into()))
}
