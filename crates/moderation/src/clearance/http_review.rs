//! From the draft to the air over HTTP: handed in, signed, cleared or returned. Each is a row of the ledger.

use super::{
    ClearShows, Dossier, DossierState, Note, PrepareShows, SignDossiers, Signature, TURN, Version,
    findings::DossierFinding,
    http::{is_current, told},
    http_bodies::{DossierBody, found, one, unknown},
    rules, store, store_papers,
};
use crate::{
    Moderation,
    ledger::{self, Entry, Kind},
};
use ::store::Tx;
use app::{ApiError, ApiJson, ApiPath, ApiResult, Can, Permission, Problem};
use axum::extract::State;
use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

pub fn routes(moderation: Moderation) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(submit))
        .routes(routes!(clear))
        .routes(routes!(give_back))
        .routes(routes!(sign))
        .with_state(moderation)
}

/// Which version you saw.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SubmitDossier {
    #[schema(example = 3)]
    version: u32,
}

/// Hand a dossier in 送审
#[utoipa::path(post, path = "/api/moderation/dossiers/{id}/submit", tag = "moderation", operation_id = "submit_dossier",
    params(("id" = Uuid, Path, description = "the dossier")), request_body = SubmitDossier,
    responses(
        (status = 200, description = "it waits to be cleared", body = DossierBody),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: needs `moderation.prepare`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: no such dossier in your scope", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "`stale`: somebody changed it meanwhile; `not_draft`: it was handed in like this", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "`not_ready`: the lists are being read", body = Problem, content_type = "application/problem+json"),
    ))]
async fn submit(
    State(moderation): State<Moderation>,
    can: Can<PrepareShows>,
    ApiPath(id): ApiPath<Uuid>,
    ApiJson(wanted): ApiJson<SubmitDossier>,
) -> ApiResult<DossierBody> {
    let (tx, mut dossier) = turn(&moderation, &can, id, wanted.version).await?;
    if dossier.state != DossierState::Draft {
        return Err(ApiError::new(409, "not_draft", "it was handed in like this; change it first"));
    }
    let (text, findings) = as_it_is(&moderation, &tx, &dossier).await?;
    let now = moderation.app().now();
    let version = Version {
        dossier: dossier.id,
        version: dossier.version,
        sha256: dossier.sha256.clone(),
        text,
        state: "submitted".to_owned(),
        submitted_by: can.name.to_string(),
        submitted_at: now,
        decided_by: None,
        decided_at: None,
        findings,
        notes: Vec::new(),
        reason: String::new(),
    };
    store::put_version(tx.db(), &version).await?;
    dossier.state = DossierState::Submitted;
    store::update(tx.db(), &dossier).await?;
    tx.emit(told(&dossier, dossier.state.name(), &can.name, Vec::new(), now)).await?;
    tx.commit().await?;
    one(&moderation, dossier, &can).await
}

/// A dossier that somebody saw as it is, and the transaction to decide about it.
async fn turn<P: Permission>(
    moderation: &Moderation,
    can: &Can<P>,
    id: Uuid,
    version: u32,
) -> Result<(Tx, Dossier), ApiError> {
    let tx = moderation.app().store.begin().await?;
    tx.take_turns(TURN).await?;
    let dossier = store::find(tx.db(), can.scope(), id).await?.ok_or_else(unknown)?;
    is_current(&dossier, version)?;
    Ok((tx, dossier))
}

/// Its canonical text, and what speaks against it now.
async fn as_it_is(
    moderation: &Moderation,
    tx: &Tx,
    dossier: &Dossier,
) -> Result<(String, Vec<DossierFinding>), ApiError> {
    let ids = rules::attached(&dossier.content);
    let documents = store_papers::of_team(tx.db(), dossier.org, dossier.team, &ids).await?;
    let (text, hash) = rules::text_of(dossier.id, dossier.room, &dossier.content, &documents)?;
    if hash != dossier.sha256 {
        // Documents never change, so nobody wrote this through us.
        return Err(anyhow::anyhow!("dossier {} is not what its hash says", dossier.id).into());
    }
    Ok((text, found(moderation, dossier.org, dossier.room, &dossier.content, &documents)?))
}

/// Somebody else decides, about what waits, and about exactly what he saw.
fn decides<P: Permission>(dossier: &Dossier, can: &Can<P>, sha256: &str) -> Result<(), ApiError> {
    if dossier.state != DossierState::Submitted {
        return Err(ApiError::new(409, "not_submitted", "only what was handed in is decided about"));
    }
    if dossier.sha256 != sha256 {
        return Err(ApiError::new(409, "stale", "that is another text than the one that stands there"));
    }
    if dossier.is_written_by(&can.actor) {
        return Err(ApiError::new(409, "own_dossier", "somebody who did not write in it decides"));
    }
    Ok(())
}

/// What is cleared.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ClearDossier {
    #[schema(example = 3)]
    version: u32,
    /// Of what you read.
    #[schema(max_length = 64, example = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08")]
    sha256: String,
    /// Warnings that may stay, by their ids: each of them was looked at.
    #[serde(default)]
    #[schema(max_items = 2000, example = json!(["9f86d081884c7d65"]))]
    accepted: Vec<String>,
}

/// Clear a dossier 放行
///
/// It may go on air as it is, and no word otherwise.
#[utoipa::path(post, path = "/api/moderation/dossiers/{id}/clear", tag = "moderation", operation_id = "clear_dossier",
    params(("id" = Uuid, Path, description = "the dossier")), request_body = ClearDossier,
    responses(
        (status = 200, description = "cleared", body = DossierBody),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: needs `moderation.clear`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: no such dossier in your scope", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "`stale`, `not_submitted`, `own_dossier`; `not_clear`: what is missing stands in the detail", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "`not_ready`: the lists are being read", body = Problem, content_type = "application/problem+json"),
    ))]
async fn clear(
    State(moderation): State<Moderation>,
    can: Can<ClearShows>,
    ApiPath(id): ApiPath<Uuid>,
    ApiJson(wanted): ApiJson<ClearDossier>,
) -> ApiResult<DossierBody> {
    let (tx, mut dossier) = turn(&moderation, &can, id, wanted.version).await?;
    decides(&dossier, &can, &wanted.sha256)?;
    let (_, findings) = as_it_is(&moderation, &tx, &dossier).await?;
    let signatures = store::signatures(tx.db(), dossier.id).await?;
    let open = rules::open(&dossier.content, &findings, &signatures, &dossier.sha256, &wanted.accepted);
    if !open.is_empty() {
        let professions: Vec<&str> = open.signatures.iter().map(|profession| profession.name()).collect();
        let detail = format!(
            "errors: {}; warnings to be looked at: {}; signatures: {}",
            listed(&open.errors),
            listed(&open.warnings),
            listed(&professions)
        );
        return Err(ApiError::new(409, "not_clear", detail));
    }
    let signed: Vec<_> = signatures
        .iter()
        .filter(|signature| signature.sha256 == dossier.sha256)
        .map(|one| json!({"profession": one.profession.name(), "number": one.number, "by": one.by}))
        .collect();
    let decision = Decision {
        state: DossierState::Cleared,
        findings,
        notes: Vec::new(),
        reason: String::new(),
        facts: json!({"accepted": wanted.accepted.len(), "signatures": signed}),
    };
    dossier.cleared_version = Some(dossier.version);
    decide(&moderation, tx, dossier, &can, decision).await
}

fn listed<T: AsRef<str>>(ids: &[T]) -> String {
    if ids.is_empty() {
        return "none".to_owned();
    }
    ids.iter().map(AsRef::as_ref).collect::<Vec<_>>().join(" ")
}

/// Why it is returned.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ReturnDossier {
    #[schema(example = 3)]
    version: u32,
    #[schema(max_length = 64, example = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08")]
    sha256: String,
    /// What to do about each finding.
    #[serde(default)]
    #[schema(max_items = 2000)]
    notes: Vec<Note>,
    /// What to do beyond that.
    #[serde(default)]
    #[schema(max_length = 500, example = "标题请换一个说法")]
    reason: String,
}

/// Return a dossier 退回
#[utoipa::path(post, path = "/api/moderation/dossiers/{id}/return", tag = "moderation", operation_id = "return_dossier",
    params(("id" = Uuid, Path, description = "the dossier")), request_body = ReturnDossier,
    responses(
        (status = 200, description = "returned", body = DossierBody),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: needs `moderation.clear`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: no such dossier in your scope", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "`stale`, `not_submitted`, `own_dossier`", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "`bad_reason`: a note or a reason, of 1 to 500 characters each; `unknown_finding`", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "`not_ready`: the lists are being read", body = Problem, content_type = "application/problem+json"),
    ))]
async fn give_back(
    State(moderation): State<Moderation>,
    can: Can<ClearShows>,
    ApiPath(id): ApiPath<Uuid>,
    ApiJson(wanted): ApiJson<ReturnDossier>,
) -> ApiResult<DossierBody> {
    let good = |text: &str| text.chars().count() <= 500 && !text.contains('\0');
    let notes: Vec<Note> = wanted.notes.into_iter().filter(|note| !note.note.trim().is_empty()).collect();
    let reason = wanted.reason.trim().to_owned();
    let nothing = notes.is_empty() && reason.is_empty();
    if nothing || !good(&reason) || !notes.iter().all(|note| good(&note.note)) {
        return Err(ApiError::new(422, "bad_reason", "a note or a reason, of 1 to 500 characters each"));
    }
    let (tx, dossier) = turn(&moderation, &can, id, wanted.version).await?;
    decides(&dossier, &can, &wanted.sha256)?;
    let (_, findings) = as_it_is(&moderation, &tx, &dossier).await?;
    if !notes.iter().all(|note| findings.iter().any(|finding| finding.id == note.finding)) {
        return Err(ApiError::new(422, "unknown_finding", "a note is about something that was not found"));
    }
    let facts = json!({"reason": reason, "notes": notes});
    let decision = Decision { state: DossierState::Returned, findings, notes, reason, facts };
    decide(&moderation, tx, dossier, &can, decision).await
}

struct Decision {
    state: DossierState,
    findings: Vec<DossierFinding>,
    notes: Vec<Note>,
    reason: String,
    /// What the ledger holds of it, beside what it holds of all.
    facts: serde_json::Value,
}

/// Keeps a decision with its event and its row of the ledger.
async fn decide<P: Permission>(
    moderation: &Moderation,
    tx: Tx,
    mut dossier: Dossier,
    can: &Can<P>,
    decision: Decision,
) -> ApiResult<DossierBody> {
    let now = moderation.app().now();
    let kept = store::find_version(tx.db(), dossier.id, dossier.version).await?;
    let kept = kept.ok_or_else(|| anyhow::anyhow!("dossier {} waits without a version", dossier.id))?;
    let reasons = [&decision.reason].into_iter().chain(decision.notes.iter().map(|note| &note.note));
    let reasons: Vec<String> = reasons.filter(|reason| !reason.is_empty()).cloned().collect();
    let version = Version {
        state: decision.state.name().to_owned(),
        decided_by: Some(can.name.to_string()),
        decided_at: Some(now),
        findings: decision.findings,
        notes: decision.notes,
        reason: decision.reason,
        ..kept
    };
    store::put_version(tx.db(), &version).await?;
    dossier.state = decision.state;
    store::update(tx.db(), &dossier).await?;
    tx.emit(told(&dossier, dossier.state.name(), &can.name, reasons, now)).await?;
    let facts = json!({
        "dossier": dossier.id, "room": dossier.room, "version": dossier.version, "sha256": dossier.sha256,
        "outcome": dossier.state.name(), "by": &*can.name, "more": decision.facts,
    });
    let entry = Entry::new(Kind::Clearance, format!("dossier:{}", dossier.id), &facts)?;
    ledger::write(&tx, dossier.org, now, vec![entry.of_team(dossier.team)]).await?;
    tx.commit().await?;
    one(moderation, dossier, can).await
}

/// What is signed.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SignDossier {
    #[schema(example = 3)]
    version: u32,
    /// Of exactly what you read.
    #[schema(max_length = 64, example = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08")]
    sha256: String,
}

/// Sign a dossier as a professional 专业签字
///
/// Answers for what is said of medicine, or of money, in exactly this version. One's qualification is noted before.
#[utoipa::path(post, path = "/api/moderation/dossiers/{id}/sign", tag = "moderation", operation_id = "sign_dossier",
    params(("id" = Uuid, Path, description = "the dossier")), request_body = SignDossier,
    responses(
        (status = 200, description = "signed", body = DossierBody),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: needs `moderation.sign`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: no such dossier in your scope", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "`stale`, `not_submitted`, `own_dossier`; `not_noted`: your qualification is not; `not_needed`: nothing in it is of your profession", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "`not_ready`: the lists are being read", body = Problem, content_type = "application/problem+json"),
    ))]
async fn sign(
    State(moderation): State<Moderation>,
    can: Can<SignDossiers>,
    ApiPath(id): ApiPath<Uuid>,
    ApiJson(wanted): ApiJson<SignDossier>,
) -> ApiResult<DossierBody> {
    let (tx, dossier) = turn(&moderation, &can, id, wanted.version).await?;
    decides(&dossier, &can, &wanted.sha256)?;
    let noted = store_papers::find_professional(tx.db(), dossier.org, &can.name).await?;
    let noted = noted.ok_or_else(|| ApiError::new(409, "not_noted", "your qualification is not noted"))?;
    if !rules::signed_by(&dossier.content).contains(&noted.profession) {
        return Err(ApiError::new(409, "not_needed", "nothing in it is of your profession"));
    }
    as_it_is(&moderation, &tx, &dossier).await?;
    let now = moderation.app().now();
    let signature = Signature {
        dossier: dossier.id,
        version: dossier.version,
        profession: noted.profession,
        sha256: dossier.sha256.clone(),
        number: noted.number,
        by: can.name.to_string(),
        at: now,
    };
    store::sign(tx.db(), &signature).await?;
    tx.emit(told(&dossier, "signed", &can.name, Vec::new(), now)).await?;
    let facts = json!({
        "dossier": dossier.id, "room": dossier.room, "version": dossier.version, "sha256": dossier.sha256,
        "profession": signature.profession.name(), "number": signature.number, "by": &*can.name,
    });
    let entry = Entry::new(Kind::Signature, format!("dossier:{}", dossier.id), &facts)?;
    ledger::write(&tx, dossier.org, now, vec![entry.of_team(dossier.team)]).await?;
    tx.commit().await?;
    one(&moderation, dossier, &can).await
}
