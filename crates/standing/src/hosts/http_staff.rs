//! Which account of the staff a host is, over HTTP: linked by who manages hosts, and what the host reads of himself.

use super::{
    Host, HostState,
    http::{HostBody, ManageStanding, host_of},
    store, told,
};
use crate::{Standing, Subject, refusal::Refusal, score::rules::ScoreBand};
use ::store::OnConstraint;
use app::{ApiError, ApiJson, ApiPath, ApiResult, Can, Permission, PermissionInfo, Problem};
use axum::{Json, extract::State};
use events::{Millis, OrgId, RoomId, UserId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

/// May see how one stands oneself.
pub struct ReadOwnStanding;
impl Permission for ReadOwnStanding {
    const INFO: PermissionInfo =
        PermissionInfo { name: "standing.own", zh: "查看自己的信用", en: "see one's own standing" };
}

pub fn routes(standing: Standing) -> OpenApiRouter {
    OpenApiRouter::new().routes(routes!(link, unlink)).routes(routes!(mine)).with_state(standing)
}

/// Somebody of the staff.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct LinkHost {
    /// Of an account within your reach.
    #[schema(max_length = 100, example = "xiaoyu")]
    login: String,
}

/// Say which account of the staff a host is 关联员工账号
///
/// One account is one host at most. Exams that are missing then stop the host's shows by what this account has passed, and not by the whole team.
#[utoipa::path(put, path = "/api/hosts/{id}/staff", tag = "standing", operation_id = "link_host_account", request_body = LinkHost,
    params(("id" = Uuid, Path, description = "the host")),
    responses(
        (status = 200, description = "the host", body = HostBody),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: needs `standing.manage`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: no such host in your scope", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "`account_taken`: it is another host", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "`unknown_account`: nobody within your reach signs in by this name", body = Problem, content_type = "application/problem+json"),
    ))]
async fn link(
    State(standing): State<Standing>,
    can: Can<ManageStanding>,
    ApiPath(id): ApiPath<Uuid>,
    ApiJson(wanted): ApiJson<LinkHost>,
) -> ApiResult<HostBody> {
    let host = host_of(&standing, &can, id).await?;
    let people = accounts::people(standing.app().store.read(), can.scope()).await?;
    let login = wanted.login.trim();
    let person = people.into_iter().find(|person| person.login == login).ok_or(Refusal::UnknownAccount)?;
    standing.set_account(&can, host, Some(person.id)).await
}

/// Take the account from a host 取消关联
#[utoipa::path(delete, path = "/api/hosts/{id}/staff", tag = "standing", operation_id = "unlink_host_account",
    params(("id" = Uuid, Path, description = "the host")),
    responses(
        (status = 200, description = "the host, who is no account", body = HostBody),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: needs `standing.manage`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: no such host in your scope", body = Problem, content_type = "application/problem+json"),
    ))]
async fn unlink(
    State(standing): State<Standing>,
    can: Can<ManageStanding>,
    ApiPath(id): ApiPath<Uuid>,
) -> ApiResult<HostBody> {
    let host = host_of(&standing, &can, id).await?;
    standing.set_account(&can, host, None).await
}

impl Standing {
    async fn set_account(&self, can: &Can<ManageStanding>, host: Host, account: Option<UserId>) -> ApiResult<HostBody> {
        let (app, id) = (self.app(), host.id);
        if host.account != account {
            let tx = app.store.begin().await?;
            let set = store::set_account(tx.db(), id, account).await;
            set.on_constraint("standing_hosts_org_id_staff_id_key", Refusal::AccountTaken)??;
            tx.emit(told(&host, "changed", &can.name, app.now())).await?;
            tx.commit().await?;
        }
        let host = host_of(self, can, id).await?;
        Ok(Json(self.host_body(can, host).await?))
    }
}

/// How a host stands, as the host reads it.
#[derive(Debug, Serialize, ToSchema)]
struct MyStanding {
    /// None: no host is this account.
    host: Option<MyHost>,
    /// The exams of one's role and retraining.
    exams: Vec<MyExam>,
    /// Retraining that waits 再培训.
    retraining_open: u64,
    retraining_overdue: u64,
}

#[derive(Debug, Serialize, ToSchema)]
struct MyHost {
    id: Uuid,
    /// As viewers know the host 艺名.
    #[schema(example = "小鱼")]
    name: String,
    /// Of the real name.
    state: HostState,
    #[schema(value_type = Option<i64>)]
    expires_at_ms: Option<Millis>,
    /// 0 to 100, over all rooms that were the host's at the time.
    #[schema(example = 97)]
    score: u32,
    band: ScoreBand,
    rooms: Vec<MyRoom>,
}

#[derive(Debug, Serialize, ToSchema)]
struct MyRoom {
    #[schema(value_type = String, format = Uuid)]
    room_id: RoomId,
    #[schema(example = 97)]
    score: u32,
    band: ScoreBand,
}

/// An exam, and how somebody stands with it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct MyExam {
    #[schema(example = "basics")]
    pub code: String,
    #[schema(example = "合规基础")]
    pub title_zh: String,
    #[schema(example = "Compliance basics")]
    pub title_en: String,
    /// It hinders shows while it is not passed.
    pub required: bool,
    /// It is passed, and the pass still counts.
    pub passed: bool,
    #[schema(value_type = Option<i64>)]
    pub valid_until_ms: Option<Millis>,
}

/// What somebody has to know, and knows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Learned {
    pub exams: Vec<MyExam>,
    pub retraining_open: u64,
    pub retraining_overdue: u64,
}

/// Who knows what the staff has learned. Declared here, answered by whoever examines.
#[async_trait::async_trait]
pub trait Learning: Send + Sync {
    async fn of(&self, org: OrgId, account: UserId) -> anyhow::Result<Learned>;
}

/// How you stand 我的信用
///
/// Real name, score of the rooms you host, and exams; of the account that signed in.
#[utoipa::path(get, path = "/api/standing/me", tag = "standing", operation_id = "get_my_standing",
    responses(
        (status = 200, description = "yours", body = MyStanding),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: needs `standing.own`", body = Problem, content_type = "application/problem+json"),
    ))]
async fn mine(State(standing): State<Standing>, can: Can<ReadOwnStanding>) -> ApiResult<MyStanding> {
    let (app, org) = (standing.app(), can.scope().org);
    // A token that belongs to nobody is no host.
    let Some(account) = can.user else {
        return Ok(Json(MyStanding { host: None, exams: Vec::new(), retraining_open: 0, retraining_overdue: 0 }));
    };
    let learned = match standing.learning() {
        Some(learning) => learning.of(org, account).await?,
        None => Learned::default(),
    };
    let host = match store::by_account(app.store.read(), org, account).await? {
        Some(host) => Some(my_host(&standing, host).await?),
        None => None,
    };
    let Learned { exams, retraining_open, retraining_overdue } = learned;
    Ok(Json(MyStanding { host, exams, retraining_open, retraining_overdue }))
}

async fn my_host(standing: &Standing, host: Host) -> Result<MyHost, ApiError> {
    let (app, now) = (standing.app(), standing.app().now());
    let ids = store::rooms_of(app.store.read(), host.org, &[host.id]).await?.remove(&host.id).unwrap_or_default();
    let mut rooms = Vec::with_capacity(ids.len());
    for room_id in ids {
        let score = standing.score(host.org, Subject::Room(room_id), now).await?;
        rooms.push(MyRoom { room_id, score: score.points, band: score.band });
    }
    let score = standing.score(host.org, Subject::Host(host.id), now).await?;
    Ok(MyHost {
        id: host.id,
        state: host.state(now),
        name: host.name,
        expires_at_ms: host.expires_at,
        score: score.points,
        band: score.band,
        rooms,
    })
}
