//! The blacklist over HTTP.

use super::{Entry, EntryState, clause, end, store, told};
use crate::{
    Standing,
    hosts::store as hosts,
    identity::{IdentityKind, Number},
    refusal::Refusal,
};
use app::{
    Actor, ApiError, ApiJson, ApiPath, ApiQuery, ApiResult, Can, Page, Permission, PermissionInfo, Problem, Reach,
    Within,
};
use axum::{Json, extract::State, http::StatusCode};
use events::{Millis, OrgId};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

/// May keep identities away, and see whom an organisation keeps away.
pub struct ManageBlacklist;
impl Permission for ManageBlacklist {
    const INFO: PermissionInfo =
        PermissionInfo { name: "blacklist.manage", zh: "管理黑名单", en: "manage the blacklist" };
}

pub fn routes(standing: Standing) -> OpenApiRouter {
    OpenApiRouter::new().routes(routes!(list, add)).routes(routes!(remove)).routes(routes!(decide)).with_state(standing)
}

/// The organisation of somebody who reaches all of it: identities know no teams.
pub(super) fn whole(actor: &Actor) -> Result<OrgId, Refusal> {
    if actor.scope.reach == Reach::Org { Ok(actor.scope.org) } else { Err(Refusal::BeyondYourReach) }
}

/// An identity that is kept away. Who it is nobody can read here.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = BlacklistEntry)]
struct EntryBody {
    id: Uuid,
    /// The first characters of the digest, to tell entries apart.
    #[schema(example = "3f9a0c12")]
    digest: String,
    #[schema(example = "fraud")]
    clause: String,
    note: String,
    /// `own` or `import`.
    source: String,
    /// None: for ever.
    until_ms: Option<i64>,
    state: EntryState,
    /// Who asked for what waits, or for the entry.
    asked_by: String,
    asked_at_ms: i64,
    decided_by: Option<String>,
    decided_at_ms: Option<i64>,
}

fn body(entry: Entry, now: Millis) -> EntryBody {
    EntryBody {
        id: entry.id,
        digest: entry.digest.chars().take(8).collect(),
        state: entry.state(now),
        clause: entry.clause,
        note: entry.note,
        source: entry.source,
        until_ms: entry.until.map(|until| until.0),
        asked_by: entry.asked_by,
        asked_at_ms: entry.asked_at.0,
        decided_by: entry.decided_by,
        decided_at_ms: entry.decided_at.map(|at| at.0),
    }
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct BlacklistQuery {
    /// Only what another person must decide about.
    #[serde(default)]
    waiting: bool,
    /// `next` of the page before.
    after: Option<Uuid>,
    /// By default 50.
    #[param(inline)]
    limit: Option<Within<1, 200>>,
}

/// Who is to be kept away: a document's number, or a host who has said it.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewEntry {
    document: Option<IdentityKind>,
    /// Hashed at once, and not kept.
    #[schema(example = "11010519491231002X", max_length = 40)]
    id_number: Option<String>,
    host: Option<Uuid>,
    /// Of the published clauses.
    #[schema(example = "fraud")]
    clause: String,
    #[serde(default)]
    #[schema(max_length = 200)]
    note: String,
    /// None: for ever, which another person must confirm.
    until_ms: Option<i64>,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct EntryDecision {
    /// What was asked for happens, or does not.
    confirm: bool,
}

/// The blacklist, the newest first 黑名单
#[utoipa::path(get, path = "/api/blacklist", tag = "standing", operation_id = "list_blacklist", params(BlacklistQuery),
    responses(
        (status = 200, description = "a page", body = Page<EntryBody>),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: needs `blacklist.manage`; `beyond_your_reach`", body = Problem, content_type = "application/problem+json"),
    ))]
async fn list(
    State(standing): State<Standing>,
    can: Can<ManageBlacklist>,
    ApiQuery(query): ApiQuery<BlacklistQuery>,
) -> ApiResult<Page<EntryBody>> {
    let org = whole(&can)?;
    let limit = query.limit.map_or(50, Within::get);
    let entries = store::list(standing.app().store.read(), org, query.waiting, query.after, limit).await?;
    let next = entries.last().filter(|_| entries.len() as u64 == limit).map(|last| last.id.to_string());
    let now = standing.app().now();
    Ok(Json(Page { items: entries.into_iter().map(|entry| body(entry, now)).collect(), next }))
}

/// Keep an identity away 加入黑名单
///
/// With an end it counts at once. For ever it counts when another person has confirmed it.
#[utoipa::path(post, path = "/api/blacklist", tag = "standing", operation_id = "add_to_blacklist", request_body = NewEntry,
    responses(
        (status = 201, description = "the entry", body = EntryBody),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: needs `blacklist.manage`; `beyond_your_reach`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: no such host in your scope", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "`already_listed`", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "`bad_number`, `no_identity`, `unknown_clause`, `bad_end`", body = Problem, content_type = "application/problem+json"),
    ))]
async fn add(
    State(standing): State<Standing>,
    can: Can<ManageBlacklist>,
    ApiJson(new): ApiJson<NewEntry>,
) -> Result<(StatusCode, Json<EntryBody>), ApiError> {
    let org = whole(&can)?;
    let (app, now) = (standing.app(), standing.app().now());
    let digest = match (new.document, &new.id_number, new.host) {
        (Some(kind), Some(number), None) => Number::read(kind, number)?.digest(&app.keys, org),
        (None, None, Some(host)) => {
            let host = hosts::find(app.store.read(), can.scope(), host).await?;
            let host = host.ok_or_else(|| ApiError::not_found("host"))?;
            host.digest.ok_or(Refusal::NoIdentity)?
        }
        _ => return Err(Refusal::BadNumber.into()),
    };
    let entry = Entry {
        id: Uuid::now_v7(),
        org,
        digest,
        clause: clause(&new.clause)?,
        note: new.note.trim().chars().filter(|letter| !letter.is_control()).take(200).collect(),
        source: "own".to_owned(),
        until: end(new.until_ms.map(Millis), now)?,
        state: EntryState::Asked,
        asked_by: can.name.to_string(),
        asked_at: now,
        decided_by: None,
        decided_at: None,
    };
    let tx = app.store.begin().await?;
    tx.take_turns("standing_identities").await?;
    store::insert(tx.db(), &entry).await??;
    let change = if entry.until.is_some() { "in_force" } else { "asked" };
    tx.emit(told(&entry, change, &can.name, now)).await?;
    tx.commit().await?;
    let kept = find(&standing, org, entry.id).await?;
    Ok((StatusCode::CREATED, Json(body(kept, now))))
}

async fn find(standing: &Standing, org: OrgId, id: Uuid) -> Result<Entry, ApiError> {
    let found = store::find(standing.app().store.read(), org, id).await?;
    found.ok_or_else(|| ApiError::not_found("entry"))
}

/// Ask for an entry to go 申请移出黑名单
///
/// It counts until another person confirms.
#[utoipa::path(post, path = "/api/blacklist/{id}/removal", tag = "standing", operation_id = "remove_from_blacklist",
    params(("id" = Uuid, Path, description = "the entry")),
    responses(
        (status = 200, description = "the entry, which still counts", body = EntryBody),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: needs `blacklist.manage`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: no such entry in your scope", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "`nothing_asked`: it does not count", body = Problem, content_type = "application/problem+json"),
    ))]
async fn remove(
    State(standing): State<Standing>,
    can: Can<ManageBlacklist>,
    ApiPath(id): ApiPath<Uuid>,
) -> ApiResult<EntryBody> {
    let org = whole(&can).map_err(|_| ApiError::not_found("entry"))?;
    let (app, now) = (standing.app(), standing.app().now());
    let entry = find(&standing, org, id).await?;
    if entry.state(now) != EntryState::InForce {
        return Err(Refusal::NothingAsked.into());
    }
    let tx = app.store.begin().await?;
    if !store::turn(tx.db(), &entry, EntryState::RemovalAsked, &can.name, now).await? {
        return Err(Refusal::NothingAsked.into());
    }
    tx.emit(told(&entry, "removal_asked", &can.name, now)).await?;
    tx.commit().await?;
    Ok(Json(body(find(&standing, org, id).await?, now)))
}

/// Confirm what another person asked for, or not 复核黑名单
#[utoipa::path(post, path = "/api/blacklist/{id}/decision", tag = "standing", operation_id = "decide_blacklist", request_body = EntryDecision,
    params(("id" = Uuid, Path, description = "the entry")),
    responses(
        (status = 200, description = "the entry", body = EntryBody),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: needs `blacklist.manage`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: no such entry in your scope", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "`nothing_asked`; `same_person`: not by who asked", body = Problem, content_type = "application/problem+json"),
    ))]
async fn decide(
    State(standing): State<Standing>,
    can: Can<ManageBlacklist>,
    ApiPath(id): ApiPath<Uuid>,
    ApiJson(decision): ApiJson<EntryDecision>,
) -> ApiResult<EntryBody> {
    let org = whole(&can).map_err(|_| ApiError::not_found("entry"))?;
    let (app, now) = (standing.app(), standing.app().now());
    let entry = find(&standing, org, id).await?;
    let (to, change) = match (entry.state(now), decision.confirm) {
        (EntryState::Asked, true) => (EntryState::InForce, "in_force"),
        (EntryState::Asked, false) => (EntryState::Declined, "declined"),
        (EntryState::RemovalAsked, true) => (EntryState::Removed, "removed"),
        (EntryState::RemovalAsked, false) => (EntryState::InForce, "in_force"),
        _ => return Err(Refusal::NothingAsked.into()),
    };
    if entry.asked_by == *can.name {
        return Err(Refusal::SamePerson.into());
    }
    let tx = app.store.begin().await?;
    tx.take_turns("standing_identities").await?;
    if !store::turn(tx.db(), &entry, to, &can.name, now).await? {
        return Err(Refusal::NothingAsked.into());
    }
    tx.emit(told(&entry, change, &can.name, now)).await?;
    tx.commit().await?;
    Ok(Json(body(find(&standing, org, id).await?, now)))
}
