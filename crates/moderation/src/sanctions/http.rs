//! Sanctions as staff impose, see and lift them.

use super::{
    By, Sanction, SanctionState, Window, desk,
    evidence::EvidenceState,
    http_bodies::{LadderStep, Penalty, SanctionBody},
    ladder::{self, Step},
    store,
};
use crate::{
    Moderation,
    appeals::{desk::beyond_reach, http::said},
    clauses,
    review::{self, http::ReadModeration},
};
use app::{
    ApiError, ApiJson, ApiPath, ApiQuery, ApiResult, Can, Page, Permission, PermissionInfo, Problem, Reach, Scope,
    Within,
};
use axum::{Json, extract::State, http::StatusCode};
use events::{BroadcastId, Millis, OrgId, RoomId, SanctionKind, TeamId, ViewerId};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

/// May warn, mute, send out and ban viewers, and end a show that breaks the rules.
pub struct ImposeSanctions;
impl Permission for ImposeSanctions {
    const INFO: PermissionInfo =
        PermissionInfo { name: "sanction.impose", zh: "实施处罚", en: "impose sanctions, and lift them" };
}

/// A year.
const LONGEST_MINUTES: u64 = 525_600;
/// How long a room is cut from traffic where nothing is said.
const CUT_TRAFFIC_MS: i64 = 86_400_000;

pub fn routes(moderation: Moderation) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(list, impose))
        .routes(routes!(propose))
        .routes(routes!(find))
        .routes(routes!(lift))
        .with_state(moderation)
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct SanctionsQuery {
    #[param(inline)]
    state: Option<SanctionState>,
    #[param(inline)]
    kind: Option<Penalty>,
    /// A code of the published rules.
    clause: Option<String>,
    #[param(value_type = Option<Uuid>)]
    room: Option<RoomId>,
    /// A pseudonym.
    #[param(value_type = Option<String>, format = "viewer")]
    viewer: Option<ViewerId>,
    /// Of a review item.
    position: Option<u64>,
    /// `next` of the page before.
    after: Option<Uuid>,
    #[param(inline)]
    limit: Option<Within<1, 200>>,
}

/// Sanctions in your scope 处罚记录, the newest first
#[utoipa::path(get, path = "/api/moderation/sanctions", tag = "moderation", operation_id = "list_sanctions", params(SanctionsQuery),
    responses(
        (status = 200, description = "a page", body = Page<SanctionBody>),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: needs `moderation.read`", body = Problem, content_type = "application/problem+json"),
    ))]
async fn list(
    State(moderation): State<Moderation>,
    can: Can<ReadModeration>,
    ApiQuery(query): ApiQuery<SanctionsQuery>,
) -> ApiResult<Page<SanctionBody>> {
    let limit = query.limit.map_or(50, Within::get);
    let filter = store::Filter {
        state: query.state,
        kind: query.kind.map(SanctionKind::from),
        clause: query.clause,
        room: query.room,
        viewer: query.viewer,
        position: query.position,
    };
    let found = store::list(moderation.app().store.read(), can.scope(), &filter, query.after, limit).await?;
    let next = found.last().filter(|_| found.len() as u64 == limit).map(|last| last.id.to_string());
    Ok(Json(Page { items: moderation.sanction_bodies(found, can.mask()).await?, next }))
}

/// A sanction 处罚详情
#[utoipa::path(get, path = "/api/moderation/sanctions/{id}", tag = "moderation", operation_id = "get_sanction",
    params(("id" = Uuid, Path, description = "the sanction")),
    responses(
        (status = 200, description = "the sanction", body = SanctionBody),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: needs `moderation.read`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: no such sanction in your scope", body = Problem, content_type = "application/problem+json"),
    ))]
async fn find(
    State(moderation): State<Moderation>,
    can: Can<ReadModeration>,
    ApiPath(id): ApiPath<Uuid>,
) -> ApiResult<SanctionBody> {
    let found = store::find(moderation.app().store.read(), can.scope(), id).await?;
    one(&moderation, found.ok_or_else(unknown)?, &can).await
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct ProposalQuery {
    /// Of the danmaku, whose writer it is about.
    position: Option<u64>,
    /// The pseudonym, where it is not about a danmaku.
    #[param(value_type = Option<String>, format = "viewer")]
    viewer: Option<ViewerId>,
    /// A code of the published rules.
    #[param(example = "contact")]
    clause: String,
}

/// What the ladder says.
#[derive(Debug, Serialize, ToSchema)]
struct SanctionProposal {
    /// How often the viewer was punished for this in the organisation within 30 days. What was reversed, or lifted as a mistake, does not count.
    strikes: u64,
    proposed: LadderStep,
    /// All of them: the first time, the second, and so on; the last one stays.
    ladder: Vec<LadderStep>,
    /// The danmaku was punished already, and that stands.
    already: bool,
}

/// What follows by the ladder 处罚建议
#[utoipa::path(get, path = "/api/moderation/sanctions/proposal", tag = "moderation", operation_id = "propose_sanction", params(ProposalQuery),
    responses(
        (status = 200, description = "the next step", body = SanctionProposal),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: needs `sanction.impose`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: no such item in your scope", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "`bad_subject`: a position or a viewer; `bad_clause`", body = Problem, content_type = "application/problem+json"),
    ))]
async fn propose(
    State(moderation): State<Moderation>,
    can: Can<ImposeSanctions>,
    ApiQuery(query): ApiQuery<ProposalQuery>,
) -> ApiResult<SanctionProposal> {
    let (app, scope) = (moderation.app(), can.scope());
    let (db, ladder) = (app.store.read(), ladder_of(&query.clause)?);
    let (viewer, already) = match (query.position, query.viewer) {
        (Some(position), None) => {
            let item = review::store::find(db, scope, position.min(i64::MAX as u64)).await?;
            let item = item.ok_or_else(|| ApiError::not_found("item"))?;
            (item.viewer, store::is_punished(db, position).await?)
        }
        (None, Some(viewer)) => (viewer, false),
        _ => return Err(bad_subject()),
    };
    let since = app.now().plus_ms(-ladder::LOOKED_BACK_MS);
    let strikes = store::strikes(db, scope.org, &viewer, &query.clause, since).await?;
    let proposed = ladder::next(&query.clause, strikes).ok_or_else(bad_clause)?;
    let ladder = ladder.iter().copied().map(LadderStep::from).collect();
    Ok(Json(SanctionProposal { strikes, proposed: proposed.into(), ladder, already }))
}

/// A sanction to impose. It names its viewer by a danmaku, or by the pseudonym and a room.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ImposeSanction {
    /// Of the review item it is about: its viewer, in its room.
    position: Option<u64>,
    /// The pseudonym.
    #[schema(value_type = Option<String>)]
    viewer: Option<ViewerId>,
    /// Where. Together with `viewer`, or for `cut_traffic` and `cut_stream`.
    #[schema(value_type = Option<Uuid>)]
    room: Option<RoomId>,
    /// It holds in every room of the organisation. Headquarters only.
    #[serde(default)]
    everywhere: bool,
    #[schema(example = "contact")]
    clause: String,
    /// What the ladder proposes, if nothing is said.
    #[schema(inline, example = "mute")]
    kind: Option<Penalty>,
    /// How long to mute, to ban or to cut from traffic. If a kind is said and this is not: without end, and a day of `cut_traffic`.
    #[schema(value_type = Option<u64>, minimum = 1, maximum = 525600, example = 60)]
    minutes: Option<Within<1, LONGEST_MINUTES>>,
    /// For colleagues. Needed where it is not what the ladder proposes, which is in one room.
    #[schema(max_length = 500, example = "三个房间发同样的话")]
    why: Option<String>,
}

impl ImposeSanction {
    /// What somebody chose; none: the ladder's step.
    fn chosen(&self) -> Result<Option<Step>, ApiError> {
        let length_ms = self.minutes.map(|minutes| minutes.get() as i64 * 60_000);
        let lasts = |kind| matches!(kind, SanctionKind::Mute | SanctionKind::Ban | SanctionKind::CutTraffic);
        match self.kind.map(SanctionKind::from) {
            Some(kind @ SanctionKind::CutTraffic) => {
                Ok(Some(Step { kind, length_ms: length_ms.or(Some(CUT_TRAFFIC_MS)) }))
            }
            Some(kind) if length_ms.is_none() || lasts(kind) => Ok(Some(Step { kind, length_ms })),
            None if length_ms.is_none() => Ok(None),
            _ => {
                Err(ApiError::new(422, "bad_length", "only who is muted, banned or cut from traffic is so for a while"))
            }
        }
    }
}

/// Impose a sanction 实施处罚
///
/// In force when it is answered, and the viewer is told. Without a `kind` it is what the ladder proposes.
#[utoipa::path(post, path = "/api/moderation/sanctions", tag = "moderation", operation_id = "impose_sanction", request_body = ImposeSanction,
    responses(
        (status = 201, description = "the sanction", body = SanctionBody),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: needs `sanction.impose`; `beyond_your_reach`: everywhere is headquarters'", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: no such item or room in your scope", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "`already_sanctioned`: this danmaku was, and that stands; `not_live`: there is no show to cut", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "`bad_subject`, `bad_clause`, `bad_length`, `bad_why`; `why_needed`: it is not what the ladder proposes", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "`busy`: the program has just started", body = Problem, content_type = "application/problem+json"),
    ))]
async fn impose(
    State(moderation): State<Moderation>,
    can: Can<ImposeSanctions>,
    ApiJson(wanted): ApiJson<ImposeSanction>,
) -> Result<(StatusCode, Json<SanctionBody>), ApiError> {
    ladder_of(&wanted.clause)?;
    let chosen = wanted.chosen()?;
    let why = note(wanted.why.as_deref())?;
    if wanted.everywhere && can.scope().reach != Reach::Org {
        return Err(beyond_reach());
    }
    let subject = subject(&moderation, &can, &wanted).await?;
    let app = moderation.app();
    let now = app.now();
    let bars = moderation.bars();
    let _turn = bars.turn.lock().await;
    if !bars.is_loaded() {
        return Err(ApiError::new(503, "busy", "not yet known who is muted or banned").retry_after(1));
    }
    let tx = app.store.begin().await?;
    tx.take_turns(desk::TURN).await?;
    let (mut strikes, mut proposed) = (0, None);
    if let Some(viewer) = &subject.viewer {
        if let Some(position) = subject.position
            && store::is_punished(tx.db(), position).await?
        {
            return Err(ApiError::new(409, "already_sanctioned", "this danmaku was punished, and that stands"));
        }
        let since = now.plus_ms(-ladder::LOOKED_BACK_MS);
        strikes = store::strikes(tx.db(), subject.org, viewer, &wanted.clause, since).await?;
        proposed = ladder::next(&wanted.clause, strikes);
    }
    let step = chosen.or(proposed).ok_or_else(bad_subject)?;
    let as_proposed = Some(step) == proposed && !wanted.everywhere;
    if !as_proposed && why.is_none() {
        return Err(ApiError::new(422, "why_needed", "say why it is not what the ladder proposes"));
    }
    let evidence = subject.began_at.and_then(|began| Window::around(subject.moment.unwrap_or(now), began));
    let sanction = Sanction {
        id: Uuid::now_v7(),
        org: subject.org,
        team: subject.team,
        room: subject.room,
        broadcast: subject.broadcast,
        viewer: subject.viewer,
        everywhere: wanted.everywhere,
        kind: step.kind,
        clause: wanted.clause,
        position: subject.position,
        tier: subject.tier,
        strike: u32::try_from(strikes).unwrap_or(u32::MAX).saturating_add(1),
        as_proposed,
        why,
        by: By::of(&can.actor),
        at: now,
        until: step.until(now),
        evidence_state: if evidence.is_some() { EvidenceState::Waiting } else { EvidenceState::None },
        evidence,
        clip: None,
        state: SanctionState::Active,
        mistaken: false,
        changed: None,
        after_position: app.log.last(),
    };
    moderation.impose(tx, &sanction).await?;
    Ok((StatusCode::CREATED, one(&moderation, sanction, &can).await?))
}

/// Whom a sanction is about, and where.
struct Subject {
    org: OrgId,
    team: TeamId,
    room: RoomId,
    broadcast: Option<BroadcastId>,
    viewer: Option<ViewerId>,
    position: Option<u64>,
    tier: u8,
    /// Of what is punished; none: now.
    moment: Option<Millis>,
    /// The broadcast did.
    began_at: Option<Millis>,
}

async fn subject(
    moderation: &Moderation,
    can: &Can<ImposeSanctions>,
    wanted: &ImposeSanction,
) -> Result<Subject, ApiError> {
    let cut = matches!(wanted.kind, Some(Penalty::CutStream | Penalty::CutTraffic));
    if cut && wanted.everywhere {
        return Err(bad_subject());
    }
    let mut subject = match (wanted.position, &wanted.viewer, wanted.room) {
        (Some(position), None, None) => {
            let db = moderation.app().store.read();
            let item = review::store::find(db, can.scope(), position.min(i64::MAX as u64)).await?;
            let item = item.ok_or_else(|| ApiError::not_found("item"))?;
            Subject {
                org: item.org,
                team: item.team,
                room: item.room,
                broadcast: item.broadcast,
                viewer: Some(item.viewer),
                position: Some(item.position),
                tier: item.tier,
                moment: Some(item.at),
                began_at: None,
            }
        }
        (None, viewer, Some(room)) if viewer.is_some() != cut => {
            let room = crate::chat::http::room_of(moderation, can, room).await?;
            Subject {
                org: room.org,
                team: room.team,
                room: room.room,
                broadcast: room.broadcast,
                viewer: viewer.clone(),
                position: None,
                tier: 1,
                moment: None,
                began_at: None,
            }
        }
        _ => return Err(bad_subject()),
    };
    if cut {
        // A danmaku may be the reason, but it is the show of now that ends, or the room that is cut, and nobody's strike.
        subject.viewer = None;
        let here = moderation.audience().room(subject.room).await?;
        subject.broadcast = here.and_then(|room| room.broadcast);
        if subject.broadcast.is_none() && wanted.kind == Some(Penalty::CutStream) {
            return Err(ApiError::new(409, "not_live", "there is no show to cut in this room"));
        }
    }
    if let Some(broadcast) = subject.broadcast {
        subject.began_at = moderation.audience().show(broadcast).await?.map(|show| show.started_at);
    }
    Ok(subject)
}

/// Why a sanction is taken back.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct LiftSanction {
    /// For colleagues.
    #[schema(min_length = 1, max_length = 500, example = "认错了人")]
    why: String,
    /// It should not have been imposed: it counts no more towards the next one.
    #[serde(default)]
    mistaken: bool,
}

/// Lift a sanction 解除处罚
#[utoipa::path(post, path = "/api/moderation/sanctions/{id}/lift", tag = "moderation", operation_id = "lift_sanction",
    params(("id" = Uuid, Path, description = "the sanction")), request_body = LiftSanction,
    responses(
        (status = 200, description = "the sanction, which does not hold any more", body = SanctionBody),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: needs `sanction.impose`; `beyond_your_reach`: it holds everywhere", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: no such sanction in your scope", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "`not_in_force`: it is over, or was taken back", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "`bad_why`: 1 to 500 characters", body = Problem, content_type = "application/problem+json"),
    ))]
async fn lift(
    State(moderation): State<Moderation>,
    can: Can<ImposeSanctions>,
    ApiPath(id): ApiPath<Uuid>,
    ApiJson(wanted): ApiJson<LiftSanction>,
) -> ApiResult<SanctionBody> {
    let why = said(&wanted.why).ok_or_else(bad_why)?;
    let app = moderation.app();
    let _turn = moderation.bars().turn.lock().await;
    let tx = app.store.begin().await?;
    tx.take_turns(desk::TURN).await?;
    let mut sanction = store::find(tx.db(), can.scope(), id).await?.ok_or_else(unknown)?;
    reaches(can.scope(), &sanction)?;
    if !matches!(sanction.state, SanctionState::Active | SanctionState::Suspended) {
        return Err(ApiError::new(409, "not_in_force", "it is over, or was taken back"));
    }
    sanction.mistaken = wanted.mistaken;
    desk::change(&tx, &mut sanction, SanctionState::Lifted, &can.name, Some(why), app.now()).await?;
    tx.commit().await?;
    moderation.bars().put(&sanction);
    one(&moderation, sanction, &can).await
}

/// Only headquarters touch what holds everywhere.
fn reaches(scope: Scope, sanction: &Sanction) -> Result<(), ApiError> {
    if sanction.everywhere && scope.reach != Reach::Org { Err(beyond_reach()) } else { Ok(()) }
}

async fn one<P: Permission>(moderation: &Moderation, sanction: Sanction, can: &Can<P>) -> ApiResult<SanctionBody> {
    let mut bodies = moderation.sanction_bodies(vec![sanction], can.mask()).await?;
    Ok(Json(bodies.pop().ok_or_else(unknown)?))
}

fn ladder_of(clause: &str) -> Result<&'static [Step], ApiError> {
    ladder::steps(clause).filter(|_| clauses::is_one(clause)).ok_or_else(bad_clause)
}

/// A note that may be absent; an empty one is.
fn note(text: Option<&str>) -> Result<Option<String>, ApiError> {
    match text.map(str::trim).filter(|text| !text.is_empty()) {
        Some(text) => said(text).map(Some).ok_or_else(bad_why),
        None => Ok(None),
    }
}

fn unknown() -> ApiError {
    ApiError::not_found("sanction")
}

fn bad_clause() -> ApiError {
    ApiError::new(422, "bad_clause", "a sanction names one of the published clauses")
}

fn bad_subject() -> ApiError {
    ApiError::new(
        422,
        "bad_subject",
        "name a danmaku by its position, or a viewer and a room; to cut a show or its traffic, a danmaku or a room",
    )
}

fn bad_why() -> ApiError {
    ApiError::new(422, "bad_why", "1 to 500 characters")
}
