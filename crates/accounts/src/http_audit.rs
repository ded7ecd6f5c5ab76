//! The audit log over HTTP: the list for those who may read it, and the record of what other domains' routes changed.

use crate::{
    Accounts, ReadAudit,
    store_audit::{self, Change, Model, Wanted, Who},
};
use app::{ApiError, ApiQuery, ApiResult, Can, ClientIp, Exercised, Page, Problem};
use axum::{
    Json,
    body::{Body, to_bytes},
    extract::{FromRequestParts, MatchedPath, Request, State},
    http::{Method, header},
    middleware::{self, Next},
    response::{IntoResponse, Response},
};
use events::{OrgId, RegionId, TeamId, UserId};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

const PAGE: u64 = 100;
/// Larger bodies are files or imports: their size is noted.
const BODY: usize = 64 * 1024;

pub(crate) fn routes(accounts: Accounts) -> OpenApiRouter {
    OpenApiRouter::new().routes(routes!(list)).with_state(accounts)
}

/// One thing that was done.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AuditRow {
    /// The place in the chain of hashes.
    #[schema(example = 42)]
    seq: i64,
    at_ms: i64,
    /// The reach of who did it, at the time.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Uuid)]
    org: Option<OrgId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Uuid)]
    region: Option<RegionId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Uuid)]
    team: Option<TeamId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Uuid)]
    actor_id: Option<UserId>,
    /// Login, token name, `terminal`, `unknown`, or the part of the program.
    #[schema(example = "admin")]
    actor: String,
    /// What was done, or the route that was called.
    #[schema(example = "staff_disabled")]
    action: String,
    /// Whose or what: an id or a path.
    #[schema(example = "01890a5d-ac96-774b-bcce-b302099a8057")]
    target: String,
    /// What was, masked.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    before: Option<Value>,
    /// What is, masked; for a route of another domain, what was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    after: Option<Value>,
    /// The address; `terminal`; or `program`, for what Kaibo did by itself.
    #[schema(example = "203.0.113.7")]
    from: String,
    /// SHA-256 of this row and the hash before, in hex.
    hash: String,
}

impl From<Model> for AuditRow {
    fn from(row: Model) -> Self {
        let json = |text: Option<String>| text.and_then(|text| serde_json::from_str(&text).ok());
        Self {
            seq: row.seq.unwrap_or_default(),
            at_ms: row.at_ms,
            org: row.org_id.map(|id| id.0),
            region: row.region_id.map(|id| id.0),
            team: row.team_id.map(|id| id.0),
            actor_id: row.actor_id.map(|id| id.0),
            actor: row.actor,
            action: row.action,
            target: row.target,
            before: json(row.before_json),
            after: json(row.after_json),
            from: row.from_ip,
            hash: row.hash.unwrap_or_default(),
        }
    }
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Query {
    /// `next` of the page before.
    after: Option<i64>,
    /// Login or token name, exactly.
    actor: Option<String>,
    /// The action, exactly.
    action: Option<String>,
    /// Whose or what, exactly.
    target: Option<String>,
    /// Milliseconds since 1970: from then on.
    from: Option<i64>,
    /// Before then.
    to: Option<i64>,
}

/// What was done by people and programs in your scope, newest first 审计日志.
#[utoipa::path(
    get, path = "/api/audit", operation_id = "list_audit", tag = "accounts", params(Query),
    responses(
        (status = 200, description = "a page of up to 100 rows", body = Page<AuditRow>),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: needs `audit.read`", body = Problem, content_type = "application/problem+json"),
    )
)]
async fn list(
    State(accounts): State<Accounts>,
    actor: Can<ReadAudit>,
    ApiQuery(query): ApiQuery<Query>,
) -> ApiResult<Page<AuditRow>> {
    let Query { after, actor: by, action, target, from, to } = query;
    let wanted = Wanted { before_seq: after, actor: by, action, target, from_ms: from, to_ms: to };
    let rows = store_audit::list(accounts.app.store.read(), actor.scope(), wanted, PAGE).await;
    let rows = rows.map_err(anyhow::Error::from)?;
    let next = rows.last().filter(|_| rows.len() as u64 == PAGE).and_then(|row| row.seq).map(|seq| seq.to_string());
    let mask = actor.mask();
    let shown = |row: Model| {
        let mut row = AuditRow::from(row);
        // What was asked for may hold what viewers wrote.
        row.before.iter_mut().chain(&mut row.after).for_each(|value| mask.json(value));
        row
    };
    Ok(Json(Page { items: rows.into_iter().map(shown).collect(), next }))
}

impl Accounts {
    /// Routes of another domain whose changes are written down: who, by which permission, what was asked, from where. The row is
    /// written before the answer leaves, so whoever reads the answer finds it in the log.
    pub fn audited(&self, routes: OpenApiRouter) -> OpenApiRouter {
        routes.layer(middleware::from_fn_with_state(self.clone(), note))
    }
}

async fn note(State(accounts): State<Accounts>, request: Request, next: Next) -> Response {
    if matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS) {
        return next.run(request).await;
    }
    let (mut parts, body) = request.into_parts();
    let Ok(ClientIp(address)) = ClientIp::from_request_parts(&mut parts, &accounts).await;
    let exercised = Exercised::default();
    parts.extensions.insert(exercised.clone());
    let route = parts.extensions.get::<MatchedPath>().map_or_else(String::new, |path| path.as_str().to_owned());
    let action = format!("{} {route}", parts.method);
    let target = parts.uri.path().to_owned();
    let length = parts.headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse().ok());
    let json =
        parts.headers.get(header::CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"application/json"));
    let (after, body) = match length {
        Some(length) if json && (1..=BODY).contains(&length) => match to_bytes(body, BODY).await {
            Ok(bytes) => (serde_json::from_slice(&bytes).ok(), Body::from(bytes)),
            Err(_) => return ApiError::bad_request("the body is not as long as it says").into_response(),
        },
        Some(length) if length > 0 => (Some(json!({ "bytes": length })), body),
        _ => (None, body),
    };
    let response = next.run(Request::from_parts(parts, body)).await;
    let Some((actor, permission)) = exercised.get() else { return response };
    // What collectors send is data, not a change of somebody's.
    if !response.status().is_success() || *permission == "collect.write" {
        return response;
    }
    let written = async {
        let tx = accounts.app.store.begin().await?;
        let (who, change) = (Who::actor(actor, address), Change::new(None, after));
        store_audit::append(&tx, who, &action, &target, change, accounts.app.now()).await?;
        tx.commit().await
    };
    if let Err(error) = written.await {
        // The change is done and stays; that it is not written down is an accident that somebody must look at.
        metrics::counter!("kaibo_audit_failures_total").increment(1);
        tracing::error!("`{action}` by `{}` could not be written into the audit log: {error:#}", actor.name);
    }
    response
}
