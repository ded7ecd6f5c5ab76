//! Sessions 登录会话: where somebody is signed in, and the end of it. One's own, and those of others for who manages staff.

use crate::{
    Accounts, ManageStaff, ReadStaff,
    http::session_hash,
    http_staff::{managed, who},
    secret::Kind,
    store_audit::Who,
    store_staff,
    store_tokens::{self, Model},
};
use app::{ApiError, ApiPath, ApiResult, Can, ClientIp, MaybeActor, Page, Problem};
use axum::{
    Json,
    extract::State,
    http::{HeaderMap, StatusCode},
};
use events::UserId;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

pub(crate) fn routes(accounts: Accounts) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(mine, end_others))
        .routes(routes!(end_mine))
        .routes(routes!(theirs, end_theirs))
        .routes(routes!(end_one_of_theirs))
        .with_state(accounts)
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SessionView {
    #[schema(example = "01890a5d-ac96-774b-bcce-b302099a8057")]
    id: Uuid,
    /// What the browser calls itself.
    #[schema(example = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/140.0.0.0 Safari/537.36")]
    device: String,
    /// The address it was signed in from.
    #[schema(example = "203.0.113.7")]
    from_ip: String,
    created_at_ms: i64,
    /// To the minute; absent before the first use.
    #[serde(skip_serializing_if = "Option::is_none")]
    last_used_at_ms: Option<i64>,
    expires_at_ms: i64,
    /// The one that asks.
    current: bool,
}

impl SessionView {
    fn new(session: Model, current: Option<&str>) -> Self {
        Self {
            id: session.id.0,
            current: current == Some(session.hash.as_str()),
            device: session.device,
            from_ip: session.from_ip,
            created_at_ms: session.created_at_ms,
            last_used_at_ms: session.last_used_at_ms,
            expires_at_ms: session.expires_at_ms.unwrap_or_default(),
        }
    }
}

/// Where am I signed in? 我的会话
#[utoipa::path(
    get, path = "/api/me/sessions", operation_id = "list_my_sessions", tag = "accounts",
    responses(
        (status = 200, description = "newest first", body = Page<SessionView>),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`person_required`", body = Problem, content_type = "application/problem+json"),
    )
)]
async fn mine(State(accounts): State<Accounts>, actor: MaybeActor, headers: HeaderMap) -> ApiResult<Page<SessionView>> {
    let user = accounts.asking(actor).await?;
    Ok(Json(accounts.sessions_of(user.id.0, session_hash(&headers).as_deref()).await?))
}

/// End every other session of mine 退出其他设备.
#[utoipa::path(
    delete, path = "/api/me/sessions", tag = "accounts", operation_id = "end_my_other_sessions",
    responses(
        (status = 204, description = "ended; the one that asks stays"),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`person_required`", body = Problem, content_type = "application/problem+json"),
    )
)]
async fn end_others(
    State(accounts): State<Accounts>,
    ClientIp(address): ClientIp,
    actor: MaybeActor,
    headers: HeaderMap,
) -> Result<StatusCode, ApiError> {
    let user = accounts.asking(actor).await?;
    accounts.end_sessions(&user, session_hash(&headers).as_deref(), Who::user(&user, address)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// End one session of mine 退出该设备.
#[utoipa::path(
    delete, path = "/api/me/sessions/{id}", tag = "accounts", operation_id = "end_my_session",
    params(("id" = Uuid, Path, description = "the session's id")),
    responses(
        (status = 204, description = "ended"),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`person_required`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: no such session of yours", body = Problem, content_type = "application/problem+json"),
    )
)]
async fn end_mine(
    State(accounts): State<Accounts>,
    ClientIp(address): ClientIp,
    actor: MaybeActor,
    ApiPath(id): ApiPath<Uuid>,
) -> Result<StatusCode, ApiError> {
    let user = accounts.asking(actor).await?;
    match accounts.end_session(&user, id, Who::user(&user, address)).await? {
        true => Ok(StatusCode::NO_CONTENT),
        false => Err(ApiError::not_found("session")),
    }
}

/// Where is somebody signed in? 员工会话
#[utoipa::path(
    get, path = "/api/staff/{id}/sessions", operation_id = "list_sessions_of", tag = "accounts",
    params(("id" = Uuid, Path, description = "the person's id")),
    responses(
        (status = 200, description = "newest first", body = Page<SessionView>),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: needs `staff.read`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: nobody of that id in your scope", body = Problem, content_type = "application/problem+json"),
    )
)]
async fn theirs(
    State(accounts): State<Accounts>,
    actor: Can<ReadStaff>,
    ApiPath(id): ApiPath<Uuid>,
) -> ApiResult<Page<SessionView>> {
    let user = store_staff::find(accounts.app.store.read(), actor.scope(), UserId(id)).await;
    let user = user.map_err(anyhow::Error::from)?.ok_or_else(|| ApiError::not_found("person"))?;
    Ok(Json(accounts.sessions_of(user.id.0, None).await?))
}

/// End every session of somebody 强制下线.
#[utoipa::path(
    delete, path = "/api/staff/{id}/sessions", tag = "accounts", operation_id = "end_sessions_of",
    params(("id" = Uuid, Path, description = "the person's id")),
    responses(
        (status = 204, description = "ended"),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: needs `staff.manage`; or `beyond_your_permissions`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: nobody of that id in your scope", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "`not_yourself`: your own are below `/api/me`", body = Problem, content_type = "application/problem+json"),
    )
)]
async fn end_theirs(
    State(accounts): State<Accounts>,
    actor: Can<ManageStaff>,
    ClientIp(address): ClientIp,
    ApiPath(id): ApiPath<Uuid>,
) -> Result<StatusCode, ApiError> {
    let tx = accounts.app.store.begin().await?;
    let user = managed(&tx, &actor, id).await?;
    tx.rollback().await?;
    accounts.end_sessions(&user, None, who(&actor, address)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// End one session of somebody 强制下线该设备.
#[utoipa::path(
    delete, path = "/api/staff/{id}/sessions/{session}", tag = "accounts", operation_id = "end_session_of",
    params(("id" = Uuid, Path, description = "the person's id"), ("session" = Uuid, Path, description = "the session's id")),
    responses(
        (status = 204, description = "ended"),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: needs `staff.manage`; or `beyond_your_permissions`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: nobody of that id in your scope, or no such session", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "`not_yourself`", body = Problem, content_type = "application/problem+json"),
    )
)]
async fn end_one_of_theirs(
    State(accounts): State<Accounts>,
    actor: Can<ManageStaff>,
    ClientIp(address): ClientIp,
    ApiPath((id, session)): ApiPath<(Uuid, Uuid)>,
) -> Result<StatusCode, ApiError> {
    let tx = accounts.app.store.begin().await?;
    let user = managed(&tx, &actor, id).await?;
    tx.rollback().await?;
    match accounts.end_session(&user, session, who(&actor, address)).await? {
        true => Ok(StatusCode::NO_CONTENT),
        false => Err(ApiError::not_found("session")),
    }
}

impl Accounts {
    async fn sessions_of(&self, user: UserId, current: Option<&str>) -> anyhow::Result<Page<SessionView>> {
        let sessions = store_tokens::of_person(self.app.store.read(), Kind::Session, user, self.app.now()).await?;
        Ok(Page { items: sessions.into_iter().map(|session| SessionView::new(session, current)).collect(), next: None })
    }
}
