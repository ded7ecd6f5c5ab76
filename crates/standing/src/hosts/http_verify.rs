//! Real names over HTTP: said by one person, verified by another, let go of on request.

use super::{
    HostState,
    http::{HostBody, ManageStanding, host_of},
    store::{self, Submission},
    told,
};
use crate::{
    Standing, blacklist,
    day::Day,
    identity::{self, ADULT, Identity, IdentityKind, Number, YOUNGEST},
    provider,
    refusal::Refusal,
    settings,
};
use app::{ApiJson, ApiPath, ApiResult, Can, Permission, PermissionInfo, Problem};
use axum::{Json, extract::State};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

/// May decide whether a host is who it was said.
pub struct VerifyHosts;
impl Permission for VerifyHosts {
    const INFO: PermissionInfo =
        PermissionInfo { name: "standing.verify", zh: "核验主播实名", en: "verify hosts' real names" };
}

pub fn routes(standing: Standing) -> OpenApiRouter {
    OpenApiRouter::new().routes(routes!(submit, erase)).routes(routes!(decide)).with_state(standing)
}

/// Who a host is. Kept sealed, shown masked.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct HostIdentity {
    #[schema(example = "王小明", max_length = 50)]
    legal_name: String,
    document: IdentityKind,
    /// The document's number.
    #[schema(example = "11010519491231002X", max_length = 40)]
    id_number: String,
    /// The day of birth, where the number does not say it.
    #[schema(example = "1998-11-28")]
    born: Option<String>,
    /// A guardian agrees; needed of who is younger than 18 监护人同意.
    #[serde(default)]
    guardian: bool,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct HostDecision {
    verified: bool,
    /// What was seen, or why not; no numbers of documents.
    #[serde(default)]
    #[schema(max_length = 200)]
    note: String,
}

/// Say who a host is 提交实名
///
/// Another person then looks at the documents and decides, or a provider of real names does where the organisation asks one. Whatever was decided before no longer counts. Younger than 16 nobody is a host, younger
/// than 18 with a guardian's consent (《网络直播营销管理办法(试行)》第十七条). An identity on the blacklist has the same answer whatever stands there.
#[utoipa::path(put, path = "/api/hosts/{id}/identity", tag = "standing", operation_id = "submit_host_identity", request_body = HostIdentity,
    params(("id" = Uuid, Path, description = "the host")),
    responses(
        (status = 200, description = "the host, to be verified", body = HostBody),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: needs `standing.manage`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: no such host in your scope", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "`identity_taken`: another host has it", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "`bad_number`, `bad_legal_name`, `born_needed`, `too_young`, `guardian_needed`, `identity_refused`", body = Problem, content_type = "application/problem+json"),
    ))]
async fn submit(
    State(standing): State<Standing>,
    can: Can<ManageStanding>,
    ApiPath(id): ApiPath<Uuid>,
    ApiJson(said): ApiJson<HostIdentity>,
) -> ApiResult<HostBody> {
    let host = host_of(&standing, &can, id).await?;
    let app = standing.app();
    let now = app.now();
    let number = Number::read(said.document, &said.id_number)?;
    let born = said.born.as_deref().map(|day| Day::parse(day).ok_or(Refusal::BornNeeded)).transpose()?;
    let identity = Identity::read(&said.legal_name, &number, born, now)?;
    let digest = number.digest(&app.keys, host.org);
    match identity.age(now) {
        age if age < YOUNGEST => return Err(Refusal::TooYoung.into()),
        age if age < ADULT && !said.guardian => return Err(Refusal::GuardianNeeded.into()),
        _ => {}
    }
    let tx = app.store.begin().await?;
    tx.take_turns("standing_identities").await?;
    if blacklist::store::in_force(tx.db(), host.org, &digest, now).await?.is_some() {
        store::bar(tx.db(), id, &digest, now).await?;
        tx.emit(told(&host, "refused", &can.name, now)).await?;
        tx.commit().await?;
        return Err(Refusal::IdentityRefused.into());
    }
    if store::is_taken(tx.db(), host.org, &digest, id).await? {
        return Err(Refusal::IdentityTaken.into());
    }
    let (identity, digest) = (&identity, digest.as_str());
    let submission = Submission { host: id, identity, digest, guardian: said.guardian, by: &can.name, at: now };
    store::submit(tx.db(), &app.keys, &submission).await?;
    provider::store::forget(tx.db(), id).await?;
    let asks = provider::store::of(tx.db(), host.org).await?.is_some_and(|provider| provider.enabled);
    if asks && number.kind == IdentityKind::IdCard {
        provider::store::begin(tx.db(), host.org, id, now).await?;
    }
    tx.emit(told(&host, "submitted", &can.name, now)).await?;
    tx.commit().await?;
    standing.desk().wake();
    let host = host_of(&standing, &can, id).await?;
    Ok(Json(standing.host_body(&can, host).await?))
}

/// Decide whether a host is who it was said 核验实名
#[utoipa::path(post, path = "/api/hosts/{id}/decision", tag = "standing", operation_id = "decide_host", request_body = HostDecision,
    params(("id" = Uuid, Path, description = "the host")),
    responses(
        (status = 200, description = "the host", body = HostBody),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: needs `standing.verify`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: no such host in your scope", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "`not_submitted`; `same_person`: not by who said it", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "`identity_refused`: it is on the blacklist by now", body = Problem, content_type = "application/problem+json"),
    ))]
async fn decide(
    State(standing): State<Standing>,
    can: Can<VerifyHosts>,
    ApiPath(id): ApiPath<Uuid>,
    ApiJson(decision): ApiJson<HostDecision>,
) -> ApiResult<HostBody> {
    let host = host_of(&standing, &can, id).await?;
    let app = standing.app();
    let now = app.now();
    if host.state(now) != HostState::Submitted {
        return Err(Refusal::NotSubmitted.into());
    }
    if host.submitted_by.as_deref() == Some(&*can.name) {
        return Err(Refusal::SamePerson.into());
    }
    let tx = app.store.begin().await?;
    tx.take_turns("standing_identities").await?;
    if let Some(digest) = host.digest.as_deref().filter(|_| decision.verified)
        && blacklist::store::in_force(tx.db(), host.org, digest, now).await?.is_some()
    {
        return Err(Refusal::IdentityRefused.into());
    }
    let valid_days = settings::store::of(tx.db(), host.org).await?.valid_days;
    let expires_at = decision.verified.then(|| identity::expiry(now, valid_days));
    let note: String = decision.note.trim().chars().filter(|letter| !letter.is_control()).take(200).collect();
    if !store::decide(tx.db(), &host, expires_at, &note, &can.name, now).await? {
        return Err(Refusal::NotSubmitted.into());
    }
    let change = if decision.verified { "verified" } else { "refused" };
    tx.emit(told(&host, change, &can.name, now)).await?;
    tx.commit().await?;
    let host = host_of(&standing, &can, id).await?;
    Ok(Json(standing.host_body(&can, host).await?))
}

/// Let go of who a host is 删除实名信息
///
/// Name and number are gone. An identity on the blacklist stays there, known by its digest alone.
#[utoipa::path(delete, path = "/api/hosts/{id}/identity", tag = "standing", operation_id = "erase_host_identity",
    params(("id" = Uuid, Path, description = "the host")),
    responses(
        (status = 200, description = "the host, whom nobody has verified", body = HostBody),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: needs `standing.manage`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: no such host in your scope", body = Problem, content_type = "application/problem+json"),
    ))]
async fn erase(
    State(standing): State<Standing>,
    can: Can<ManageStanding>,
    ApiPath(id): ApiPath<Uuid>,
) -> ApiResult<HostBody> {
    let host = host_of(&standing, &can, id).await?;
    let app = standing.app();
    let now = app.now();
    let tx = app.store.begin().await?;
    tx.take_turns("standing_identities").await?;
    let listed = match &host.digest {
        Some(digest) => blacklist::store::is_listed(tx.db(), host.org, digest, now).await?,
        None => false,
    };
    provider::store::forget(tx.db(), id).await?;
    store::erase(tx.db(), id, host.digest.as_deref().filter(|_| listed), now).await?;
    tx.emit(told(&host, "erased", &can.name, now)).await?;
    tx.commit().await?;
    // What was there may still stand in pages nobody uses; a long reader puts that off to the next erasure.
    if !app.store.scrub(&["standing_hosts"]).await? {
        tracing::warn!("somebody reads the database: an erased identity is scrubbed with the next one");
    }
    let host = host_of(&standing, &can, id).await?;
    Ok(Json(standing.host_body(&can, host).await?))
}
