//! Appeals as staff see them.

use super::{Appeal, AppealState, LONGEST, store};
use crate::{
    Moderation,
    sanctions::{Sanction, http_bodies::SanctionBody},
};
use app::{ApiError, ApiJson, ApiPath, ApiQuery, ApiResult, Can, Page, Permission, PermissionInfo, Problem, Within};
use axum::{Json, extract::State};
use events::{Millis, RoomId, ViewerId};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

/// May decide about appeals, but for those against his own sanctions.
pub struct DecideAppeals;
impl Permission for DecideAppeals {
    const INFO: PermissionInfo =
        PermissionInfo { name: "appeal.decide", zh: "裁决申诉", en: "decide about appeals of viewers" };
}

pub fn routes(moderation: Moderation) -> OpenApiRouter {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(find)).routes(routes!(decide)).with_state(moderation)
}

/// A viewer's objection to a sanction.
#[derive(Debug, Serialize, ToSchema)]
struct AppealBody {
    id: Uuid,
    sanction: SanctionBody,
    /// In the viewer's words; none when they were erased.
    #[schema(example = "我只是报了自己店铺的名字")]
    text: Option<String>,
    #[schema(inline)]
    state: AppealState,
    #[schema(value_type = i64)]
    filed_at_ms: Millis,
    /// By then it is decided, or the sanction is suspended.
    #[schema(value_type = i64)]
    due_at_ms: Millis,
    /// Nobody decided in time.
    late: bool,
    /// You may decide: it is open, and the sanction is not your own.
    may_decide: bool,
    /// The viewer reads it too.
    #[schema(example = "未违反条款,予以撤销")]
    reason: Option<String>,
    #[schema(example = "wang")]
    decided_by: Option<String>,
    #[schema(value_type = Option<i64>)]
    decided_at_ms: Option<Millis>,
}

impl Moderation {
    async fn appeal_bodies(
        &self,
        can: &Can<DecideAppeals>,
        appeals: Vec<(Appeal, Sanction)>,
    ) -> anyhow::Result<Vec<AppealBody>> {
        let (mask, mut bodies) = (can.mask(), Vec::with_capacity(appeals.len()));
        let sanctions = appeals.iter().map(|(_, sanction)| sanction.clone()).collect();
        let shown = self.sanction_bodies(sanctions, mask).await?;
        for ((appeal, sanction), shown) in appeals.into_iter().zip(shown) {
            let decided = appeal.decided;
            bodies.push(AppealBody {
                id: appeal.id,
                may_decide: appeal.state == AppealState::Open && !sanction.by.is(&can.actor),
                sanction: shown,
                text: (!appeal.erased).then(|| mask.text(&appeal.text).into_owned()),
                state: appeal.state,
                filed_at_ms: appeal.filed_at,
                due_at_ms: appeal.due_at,
                late: appeal.late,
                reason: decided.as_ref().map(|decided| mask.text(&decided.reason).into_owned()),
                decided_by: decided.as_ref().map(|decided| decided.by.clone()),
                decided_at_ms: decided.map(|decided| decided.at),
            });
        }
        Ok(bodies)
    }
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct AppealsQuery {
    #[param(inline)]
    state: Option<AppealState>,
    #[param(value_type = Option<Uuid>)]
    room: Option<RoomId>,
    /// A pseudonym.
    #[param(value_type = Option<String>, format = "viewer")]
    viewer: Option<ViewerId>,
    /// `next` of the page before.
    after: Option<Uuid>,
    #[param(inline)]
    limit: Option<Within<1, 200>>,
}

/// Appeals in your scope 申诉
///
/// Those that are open (`state=open`) as they are due, otherwise the newest first.
#[utoipa::path(get, path = "/api/moderation/appeals", tag = "moderation", operation_id = "list_appeals", params(AppealsQuery),
    responses(
        (status = 200, description = "a page", body = Page<AppealBody>),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: needs `appeal.decide`", body = Problem, content_type = "application/problem+json"),
    ))]
async fn list(
    State(moderation): State<Moderation>,
    can: Can<DecideAppeals>,
    ApiQuery(query): ApiQuery<AppealsQuery>,
) -> ApiResult<Page<AppealBody>> {
    let limit = query.limit.map_or(50, Within::get);
    let filter = store::Filter { state: query.state, room: query.room, viewer: query.viewer };
    let db = moderation.app().store.read();
    let appeals = store::list(db, can.scope(), &filter, query.after, limit).await?;
    let next = appeals.last().filter(|_| appeals.len() as u64 == limit).map(|last| last.id.to_string());
    let ids: Vec<Uuid> = appeals.iter().map(|appeal| appeal.sanction).collect();
    let found = crate::sanctions::store::find_some(db, &ids).await?;
    let mut sanctions: HashMap<Uuid, Sanction> = found.into_iter().map(|sanction| (sanction.id, sanction)).collect();
    let pairs = appeals.into_iter().filter_map(|appeal| {
        let sanction = sanctions.remove(&appeal.sanction)?;
        Some((appeal, sanction))
    });
    let items = moderation.appeal_bodies(&can, pairs.collect()).await?;
    Ok(Json(Page { items, next }))
}

/// An appeal 申诉详情
#[utoipa::path(get, path = "/api/moderation/appeals/{id}", tag = "moderation", operation_id = "get_appeal",
    params(("id" = Uuid, Path, description = "the appeal")),
    responses(
        (status = 200, description = "the appeal", body = AppealBody),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: needs `appeal.decide`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: no such appeal in your scope", body = Problem, content_type = "application/problem+json"),
    ))]
async fn find(
    State(moderation): State<Moderation>,
    can: Can<DecideAppeals>,
    ApiPath(id): ApiPath<Uuid>,
) -> ApiResult<AppealBody> {
    let db = moderation.app().store.read();
    let unknown = || ApiError::not_found("appeal");
    let appeal = store::find(db, can.scope(), id).await?.ok_or_else(unknown)?;
    let sanction = crate::sanctions::store::find_any(db, appeal.sanction).await?.ok_or_else(unknown)?;
    let mut bodies = moderation.appeal_bodies(&can, vec![(appeal, sanction)]).await?;
    Ok(Json(bodies.pop().ok_or_else(unknown)?))
}

#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum AppealOutcome {
    /// The sanction was right, and holds 维持.
    Uphold,
    /// It was not: it ends, and counts no more 撤销.
    Reverse,
}

/// A decision about an appeal.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct DecideAppeal {
    #[schema(inline, example = "reverse")]
    outcome: AppealOutcome,
    /// The viewer reads it too.
    #[schema(min_length = 1, max_length = 500, example = "未违反条款,予以撤销")]
    reason: String,
}

/// Decide about an appeal 申诉裁决
///
/// Not about one against your own sanction. A reversed sanction ends now, counts no more towards the next one, and the verdict about
/// its danmaku is overturned; one that was suspended and is upheld holds again.
#[utoipa::path(post, path = "/api/moderation/appeals/{id}/decision", tag = "moderation", operation_id = "decide_appeal",
    params(("id" = Uuid, Path, description = "the appeal")), request_body = DecideAppeal,
    responses(
        (status = 200, description = "the appeal, decided", body = AppealBody),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: needs `appeal.decide`; `own_sanction`: you imposed it; `beyond_your_reach`: it holds everywhere", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: no such appeal in your scope", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "`already_decided`", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "`bad_reason`: 1 to 500 characters", body = Problem, content_type = "application/problem+json"),
    ))]
async fn decide(
    State(moderation): State<Moderation>,
    can: Can<DecideAppeals>,
    ApiPath(id): ApiPath<Uuid>,
    ApiJson(wanted): ApiJson<DecideAppeal>,
) -> ApiResult<AppealBody> {
    let reason = said(&wanted.reason).ok_or_else(|| ApiError::new(422, "bad_reason", "1 to 500 characters"))?;
    let state = match wanted.outcome {
        AppealOutcome::Uphold => AppealState::Upheld,
        AppealOutcome::Reverse => AppealState::Reversed,
    };
    let decided = moderation.decide_appeal(&can.actor, id, state, reason).await?;
    let mut bodies = moderation.appeal_bodies(&can, vec![decided]).await?;
    Ok(Json(bodies.pop().ok_or_else(|| ApiError::not_found("appeal"))?))
}

/// What somebody wrote, if it is something and not too long.
pub fn said(text: &str) -> Option<String> {
    let text = text.trim();
    (1..=LONGEST).contains(&text.chars().count()).then(|| text.to_owned())
}
