//! Hosts over HTTP.

use super::{Host, HostState, name, store, told};
use crate::{
    Standing, Subject, blacklist,
    identity::IdentityKind,
    provider::{self, Check, CheckState},
    score::rules::ScoreBand,
};
use app::{
    ApiError, ApiJson, ApiPath, ApiQuery, ApiResult, App, Can, Page, Permission, PermissionInfo, Problem, Within,
};
use axum::{
    Json,
    extract::{FromRef, State},
    http::StatusCode,
};
use events::{RoomId, TeamId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

/// May see hosts, whether their names are known, and scores.
pub struct ReadStanding;
impl Permission for ReadStanding {
    const INFO: PermissionInfo =
        PermissionInfo { name: "standing.read", zh: "查看主播与安全分", en: "see hosts and safety scores" };
}

/// May enter hosts, give them rooms and say who they are.
pub struct ManageStanding;
impl Permission for ManageStanding {
    const INFO: PermissionInfo = PermissionInfo { name: "standing.manage", zh: "管理主播", en: "manage hosts" };
}

impl FromRef<Standing> for App {
    fn from_ref(standing: &Standing) -> App {
        standing.app().clone()
    }
}

pub fn routes(standing: Standing) -> OpenApiRouter {
    OpenApiRouter::new().routes(routes!(list, create)).routes(routes!(read, change)).with_state(standing)
}

/// A host within reach.
pub(crate) async fn host_of<P: Permission>(standing: &Standing, can: &Can<P>, id: Uuid) -> Result<Host, ApiError> {
    let found = store::find(standing.app().store.read(), can.scope(), id).await?;
    found.ok_or_else(|| ApiError::not_found("host"))
}

/// A host 主播.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Host)]
pub(super) struct HostBody {
    id: Uuid,
    /// As viewers know the host 艺名.
    #[schema(example = "小鱼")]
    name: String,
    #[schema(value_type = String, format = Uuid)]
    team_id: TeamId,
    state: HostState,
    /// The legal name, masked.
    #[schema(example = "王**")]
    masked_name: Option<String>,
    document: Option<IdentityKind>,
    /// The number, masked.
    #[schema(example = "110***********002X")]
    masked_number: Option<String>,
    /// Younger than 18.
    minor: bool,
    /// A guardian agrees 监护人同意.
    guardian: bool,
    submitted_by: Option<String>,
    submitted_at_ms: Option<i64>,
    decided_by: Option<String>,
    decided_at_ms: Option<i64>,
    /// What was said with the decision.
    note: String,
    expires_at_ms: Option<i64>,
    /// When who it is was let go of.
    erased_at_ms: Option<i64>,
    created_at_ms: i64,
    #[schema(value_type = Vec<Uuid>)]
    rooms: Vec<RoomId>,
    /// 0 to 100, over these rooms and those before.
    score: u32,
    band: ScoreBand,
    /// The entry of the blacklist that has this identity; told to who has `blacklist.manage`.
    blacklist_entry: Option<Uuid>,
    /// What a provider of real names said of the last submission.
    check: Option<HostCheck>,
    /// Which account of the staff it is 员工账号.
    account: Option<HostAccount>,
}

/// What a provider of real names said 实名核验结果.
#[derive(Debug, Serialize, ToSchema)]
struct HostCheck {
    state: CheckState,
    /// The provider's own word for its answer.
    #[schema(example = "RN-20261129-0007")]
    reference: String,
    /// Why there was no answer the last time: `timeout`, `status`, `bad_answer` ...; empty when there was one.
    #[schema(example = "")]
    failure: String,
    attempts: u32,
    asked_at_ms: i64,
    answered_at_ms: Option<i64>,
}

impl From<Check> for HostCheck {
    fn from(check: Check) -> Self {
        Self {
            state: check.state,
            reference: check.reference,
            failure: check.failure,
            attempts: check.attempts,
            asked_at_ms: check.asked_at.0,
            answered_at_ms: check.answered_at.map(|at| at.0),
        }
    }
}

/// An account of the staff.
#[derive(Debug, Serialize, ToSchema)]
struct HostAccount {
    id: Uuid,
    /// Empty for who is gone or may not sign in.
    #[schema(example = "xiaoyu")]
    login: String,
    #[schema(example = "王小鱼")]
    name: String,
}

impl Standing {
    pub(super) async fn host_body<P: Permission>(&self, can: &Can<P>, host: Host) -> anyhow::Result<HostBody> {
        let (app, now) = (self.app(), self.app().now());
        let db = app.store.read();
        let rooms = store::rooms_of(db, host.org, &[host.id]).await?.remove(&host.id).unwrap_or_default();
        let score = self.score(host.org, Subject::Host(host.id), now).await?;
        let identity = host.identity(&app.keys)?;
        let blacklist_entry = match &host.digest {
            Some(digest) if can.may(crate::ManageBlacklist::INFO.name) => {
                blacklist::store::in_force(db, host.org, digest, now).await?
            }
            _ => None,
        };
        let check = provider::store::last(db, host.id).await?;
        let account = match host.account {
            Some(id) => Some((id, accounts::person(db, host.org, id).await?)),
            None => None,
        };
        let account = account.map(|(id, person)| {
            let (login, name) = person.map(|person| (person.login, person.name)).unwrap_or_default();
            HostAccount { id: id.0, login, name }
        });
        Ok(HostBody {
            id: host.id,
            state: host.state(now),
            name: host.name,
            team_id: host.team,
            masked_name: identity.as_ref().map(|identity| identity.masked_name()),
            document: identity.as_ref().map(|identity| identity.kind()),
            masked_number: identity.as_ref().map(|identity| identity.masked_number()),
            minor: identity.is_some_and(|identity| identity.age(now) < crate::identity::ADULT),
            guardian: host.guardian,
            submitted_by: host.submitted_by,
            submitted_at_ms: host.submitted_at.map(|at| at.0),
            decided_by: host.decided_by,
            decided_at_ms: host.decided_at.map(|at| at.0),
            note: host.note,
            expires_at_ms: host.expires_at.map(|at| at.0),
            erased_at_ms: host.erased_at.map(|at| at.0),
            created_at_ms: host.created_at.0,
            rooms,
            score: score.points,
            band: score.band,
            blacklist_entry,
            check: check.map(HostCheck::from),
            account,
        })
    }
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct HostQuery {
    state: Option<HostState>,
    /// Who may host this room.
    #[param(value_type = Option<String>, format = Uuid)]
    room: Option<RoomId>,
    /// `next` of the page before.
    after: Option<Uuid>,
    /// By default 50.
    #[param(inline)]
    limit: Option<Within<1, 200>>,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewHost {
    /// As viewers know the host 艺名.
    #[schema(example = "小鱼", max_length = 50)]
    name: String,
    /// Rooms the host may go on air in.
    #[serde(default)]
    #[schema(value_type = Vec<Uuid>)]
    rooms: BTreeSet<RoomId>,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct HostChange {
    #[schema(max_length = 50)]
    name: Option<String>,
    #[schema(value_type = Option<Vec<Uuid>>)]
    rooms: Option<BTreeSet<RoomId>>,
}

/// Hosts in your scope, the newest first 主播列表
#[utoipa::path(get, path = "/api/hosts", tag = "standing", operation_id = "list_hosts", params(HostQuery),
    responses(
        (status = 200, description = "a page", body = Page<HostBody>),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: needs `standing.read`", body = Problem, content_type = "application/problem+json"),
    ))]
async fn list(
    State(standing): State<Standing>,
    can: Can<ReadStanding>,
    ApiQuery(query): ApiQuery<HostQuery>,
) -> ApiResult<Page<HostBody>> {
    let limit = query.limit.map_or(50, Within::get);
    let wanted = store::Wanted { state: query.state, room: query.room, after: query.after, limit };
    let hosts = store::list(standing.app().store.read(), can.scope(), &wanted, standing.app().now()).await?;
    let next = hosts.last().filter(|_| hosts.len() as u64 == limit).map(|last| last.id.to_string());
    let mut items = Vec::with_capacity(hosts.len());
    for host in hosts {
        items.push(standing.host_body(&can, host).await?);
    }
    Ok(Json(Page { items, next }))
}

/// A host
#[utoipa::path(get, path = "/api/hosts/{id}", tag = "standing", operation_id = "get_host",
    params(("id" = Uuid, Path, description = "the host")),
    responses(
        (status = 200, description = "the host", body = HostBody),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: needs `standing.read`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: no such host in your scope", body = Problem, content_type = "application/problem+json"),
    ))]
async fn read(
    State(standing): State<Standing>,
    can: Can<ReadStanding>,
    ApiPath(id): ApiPath<Uuid>,
) -> ApiResult<HostBody> {
    let host = host_of(&standing, &can, id).await?;
    Ok(Json(standing.host_body(&can, host).await?))
}

/// Enter a host 登记主播
#[utoipa::path(post, path = "/api/hosts", tag = "standing", operation_id = "create_host", request_body = NewHost,
    responses(
        (status = 201, description = "the host, whose name nobody has verified", body = HostBody),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: needs `standing.manage`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: no such room in your scope", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "`bad_name`", body = Problem, content_type = "application/problem+json"),
    ))]
async fn create(
    State(standing): State<Standing>,
    can: Can<ManageStanding>,
    ApiJson(new): ApiJson<NewHost>,
) -> Result<(StatusCode, Json<HostBody>), ApiError> {
    let name = name(&new.name)?;
    for room in &new.rooms {
        standing.room_of(&can, *room).await?;
    }
    let (app, org) = (standing.app(), can.scope().org);
    let now = app.now();
    let tx = app.store.begin().await?;
    let id = store::insert(tx.db(), org, can.home_team, &name, &can.name, now).await?;
    store::set_rooms(tx.db(), org, id, &new.rooms, now).await?;
    let host = store::find(tx.db(), app::Scope::whole(org), id).await?.ok_or_else(|| ApiError::not_found("host"))?;
    tx.emit(told(&host, "created", &can.name, now)).await?;
    tx.commit().await?;
    Ok((StatusCode::CREATED, Json(standing.host_body(&can, host).await?)))
}

/// Change a host's name or rooms 修改主播
#[utoipa::path(patch, path = "/api/hosts/{id}", tag = "standing", operation_id = "change_host", request_body = HostChange,
    params(("id" = Uuid, Path, description = "the host")),
    responses(
        (status = 200, description = "the host", body = HostBody),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: needs `standing.manage`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: no such host or room in your scope", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "`bad_name`", body = Problem, content_type = "application/problem+json"),
    ))]
async fn change(
    State(standing): State<Standing>,
    can: Can<ManageStanding>,
    ApiPath(id): ApiPath<Uuid>,
    ApiJson(change): ApiJson<HostChange>,
) -> ApiResult<HostBody> {
    let host = host_of(&standing, &can, id).await?;
    let name = change.name.as_deref().map(name).transpose()?;
    let app = standing.app();
    for room in change.rooms.iter().flatten() {
        standing.room_of(&can, *room).await?;
    }
    let now = app.now();
    let tx = app.store.begin().await?;
    tx.take_turns("standing_hosts").await?;
    if let Some(name) = &name {
        store::rename(tx.db(), id, name).await?;
    }
    if let Some(rooms) = &change.rooms {
        store::set_rooms(tx.db(), host.org, id, rooms, now).await?;
    }
    tx.emit(told(&host, "changed", &can.name, now)).await?;
    tx.commit().await?;
    let host = host_of(&standing, &can, id).await?;
    Ok(Json(standing.host_body(&can, host).await?))
}
