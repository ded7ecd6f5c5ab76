//! A file of people to be kept away, over HTTP.

use super::{Entry, EntryState, http::ManageBlacklist, http::whole, import, store, told};
use crate::{Standing, refusal::Refusal};
use app::{ApiError, ApiResult, Can, Problem, Refuse};
use axum::{
    Json,
    extract::State,
    http::{HeaderMap, header},
};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

pub fn routes(standing: Standing) -> OpenApiRouter {
    OpenApiRouter::new().routes(routes!(import_file)).with_state(standing)
}

/// What became of a file.
#[derive(Debug, Serialize, ToSchema)]
struct BlacklistImport {
    /// New entries; those for ever wait for another person.
    taken: u64,
    skipped: Vec<SkippedPerson>,
}

#[derive(Debug, Serialize, ToSchema)]
struct SkippedPerson {
    /// In the file, from 1.
    line: usize,
    /// `bad_number`, `unknown_clause`, `bad_end`, `bad_import` or `already_listed`.
    #[schema(example = "bad_number")]
    reason: &'static str,
}

/// Take over a list 导入黑名单
///
/// Lines of `kind,number,clause,until,note`, or of JSON with these names; `kind` is `id_card` or `passport`, `until` a day like `2027-11-28` or nothing
/// for ever. Numbers are hashed at once and not kept. Digests of other installations say nothing here.
#[utoipa::path(post, path = "/api/blacklist/import", tag = "standing", operation_id = "import_blacklist",
    request_body(content = String, content_type = "text/plain"),
    responses(
        (status = 200, description = "what was taken, and what was not", body = BlacklistImport),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: needs `blacklist.manage`; `beyond_your_reach`", body = Problem, content_type = "application/problem+json"),
        (status = 415, description = "`not_text`: a file is no JSON document", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "`bad_import`", body = Problem, content_type = "application/problem+json"),
    ))]
async fn import_file(
    State(standing): State<Standing>,
    can: Can<ManageBlacklist>,
    headers: HeaderMap,
    bytes: axum::body::Bytes,
) -> ApiResult<BlacklistImport> {
    let org = whole(&can)?;
    // What comes as JSON the audit log keeps.
    if headers.get(header::CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"application/json")) {
        return Err(ApiError::new(
            415,
            "not_text",
            "send the file as `text/plain`, `text/csv` or `application/x-ndjson`",
        ));
    }
    let (app, now) = (standing.app(), standing.app().now());
    let text = std::str::from_utf8(&bytes).map_err(|_| Refusal::BadImport)?;
    let lines = import::read(text, now)?;
    let (mut taken, mut skipped) = (0, Vec::new());
    let tx = app.store.begin().await?;
    tx.take_turns("standing_identities").await?;
    for (line, read) in lines {
        let kept = match read {
            Ok(kept) => kept,
            Err(refusal) => {
                skipped.push(SkippedPerson { line, reason: refusal.code() });
                continue;
            }
        };
        let entry = Entry {
            id: Uuid::now_v7(),
            org,
            digest: kept.number.digest(&app.keys, org),
            clause: kept.clause,
            note: kept.note,
            source: "import".to_owned(),
            until: kept.until,
            state: EntryState::Asked,
            asked_by: can.name.to_string(),
            asked_at: now,
            decided_by: None,
            decided_at: None,
        };
        // Looked up first: PostgreSQL ends a transaction in which a constraint broke. Nobody else writes meanwhile.
        if store::is_listed(tx.db(), org, &entry.digest, now).await? {
            skipped.push(SkippedPerson { line, reason: Refusal::AlreadyListed.code() });
            continue;
        }
        store::insert(tx.db(), &entry).await??;
        let change = if entry.until.is_some() { "in_force" } else { "asked" };
        tx.emit(told(&entry, change, &can.name, now)).await?;
        taken += 1;
    }
    tx.commit().await?;
    Ok(Json(BlacklistImport { taken, skipped }))
}
