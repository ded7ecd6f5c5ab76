//! The evidence of a decision 证据包: what was decided, the rows that say so, and the heads that seal them. Whoever has it and a head that was
//! kept elsewhere needs nobody of us to see that it is as it was written.

use super::{
    http::{LedgerRow, ReadLedger},
    rules::{Head, Row, danmaku},
    store::{self, Filter},
    store_people,
};
use crate::{
    Moderation,
    review::{
        http::{ReviewItem, body},
        store as items,
    },
    sanctions::{self, http_bodies::SanctionBody},
};
use app::{ApiError, ApiPath, Can, Problem};
use axum::{
    Json,
    extract::State,
    http::{HeaderMap, HeaderName, HeaderValue, header},
    response::IntoResponse,
};
use events::{Millis, OrgId};
use serde::Serialize;
use std::collections::BTreeMap;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

const MASKED: HeaderName = HeaderName::from_static("x-kaibo-masked");
/// About one thing.
const MOST_ROWS: u64 = 1_000;

pub fn routes(moderation: Moderation) -> OpenApiRouter {
    OpenApiRouter::new().routes(routes!(evidence)).with_state(moderation)
}

/// What was decided about a danmaku, and what proves it.
#[derive(Debug, Serialize, ToSchema)]
struct LedgerEvidence {
    #[schema(value_type = Uuid)]
    org: OrgId,
    #[schema(value_type = i64)]
    made_at_ms: Millis,
    #[schema(example = "wang")]
    made_by: String,
    /// Viewers, nicknames and what texts tell of people are masked: the maker lacks `personal.read`.
    masked: bool,
    item: ReviewItem,
    /// What followed from it, with the appeal.
    sanctions: Vec<SanctionBody>,
    /// In hex: what `person` and `words` in the rows are hashed with, unless it is masked or was destroyed by an erasure.
    #[schema(example = "0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f")]
    salt: Option<String>,
    /// In the order of the chain.
    rows: Vec<EvidenceRow>,
    /// A day each in which there are rows; none for a day that is not over.
    seals: Vec<EvidenceSeal>,
    /// How to check it.
    how: Vec<&'static str>,
}

#[derive(Debug, Serialize, ToSchema)]
struct EvidenceRow {
    row: LedgerRow,
    /// The facts as they stand in the row, byte for byte.
    #[schema(example = "{\"outcome\":\"reject\"}")]
    facts: String,
}

/// The way from a row to the head of its day.
#[derive(Debug, Serialize, ToSchema)]
struct EvidenceSeal {
    head: Head,
    /// The first of the rows of that day.
    #[schema(example = 40)]
    from: i64,
    /// The hash before it.
    #[schema(example = "0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f")]
    previous: String,
    /// Digests from that row on, up to the last one of the day.
    digests: Vec<String>,
}

const HOW: &[&str] = &[
    "field(x) = its length in bytes, `:`, its UTF-8 bytes, `,`; of nothing: `-`",
    "digest of a row = SHA-256(field(org) field(seq) field(at_ms) field(day) field(kind) field(about) field(team) field(facts)), hex",
    "hash of a row = SHA-256(hash before, as hex digits, then field(digest)), hex",
    "from `previous` of a seal, hash all its `digests` one after the other: the last hash is `head.hash`; the digest of row n stands at n - from",
    "`head` is one of those that somebody kept elsewhere: `kaibo verify ledger --heads FILE`, `LedgerSealed` in the event log",
    "person = HMAC-SHA256(HMAC-SHA256(salt, \"person\"), viewer), words = HMAC-SHA256(HMAC-SHA256(salt, \"words\"), text), hex",
    "the film of a sanction is `GET /api/moderation/sanctions/{id}/evidence`; its SHA-256, hex, stands in `evidence` and in the row `evidence_kept`",
    "`tools/verify_evidence.py FILE` does all of it but the film",
];

/// The evidence about a danmaku 证据包
///
/// The decision with its reasons, the rows of the ledger about it, and what ties them to the heads of their days. Without `personal.read` it is
/// masked, with `-masked` in the file's name and the header `x-kaibo-masked`.
#[utoipa::path(get, path = "/api/moderation/items/{position}/evidence", tag = "moderation", operation_id = "get_evidence",
    params(("position" = u64, Path, description = "the item's position")),
    responses(
        (status = 200, description = "the evidence", body = LedgerEvidence),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: needs `ledger.read`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: no such item in your scope", body = Problem, content_type = "application/problem+json"),
    ))]
async fn evidence(
    State(moderation): State<Moderation>,
    can: Can<ReadLedger>,
    ApiPath(position): ApiPath<u64>,
) -> Result<impl IntoResponse, ApiError> {
    let (app, scope, mask) = (moderation.app(), can.scope(), can.mask());
    let db = app.store.read();
    let item = items::find(db, scope, position.min(i64::MAX as u64)).await?;
    let item = item.ok_or_else(|| ApiError::not_found("item"))?;
    let sanctions = sanctions::store::about(db, item.org, item.position).await?;
    let named = sanctions.iter().map(|sanction| sanctions::desk::named(sanction.id));
    let about = Filter { about: named.chain([danmaku(item.position)]).collect(), ..Default::default() };
    let mut rows = store::list(db, scope, &about, None, MOST_ROWS).await?;
    rows.reverse();
    let salt = match mask.is_on() {
        true => None,
        false => store_people::salt(app, db, item.org, &item.viewer).await?.map(|salt| salt.hex()),
    };
    let pack = LedgerEvidence {
        org: item.org,
        made_at_ms: app.now(),
        made_by: can.name.to_string(),
        masked: mask.is_on(),
        seals: seals(&moderation, item.org, &rows).await?,
        rows: rows.into_iter().map(|row| EvidenceRow { facts: row.facts.clone(), row: row.into() }).collect(),
        salt,
        item: body(item, mask),
        sanctions: moderation.sanction_bodies(sanctions, mask).await?,
        how: HOW.to_vec(),
    };
    let masked = if mask.is_on() { "-masked" } else { "" };
    let named = format!("attachment; filename=\"evidence-{position}{masked}.json\"");
    let mut headers = HeaderMap::new();
    headers.insert(header::CONTENT_DISPOSITION, HeaderValue::try_from(named).map_err(anyhow::Error::from)?);
    if mask.is_on() {
        headers.insert(MASKED, HeaderValue::from_static("true"));
    }
    Ok((headers, Json(pack)))
}

async fn seals(moderation: &Moderation, org: OrgId, rows: &[Row]) -> anyhow::Result<Vec<EvidenceSeal>> {
    let db = moderation.app().store.read();
    let mut firsts: BTreeMap<&str, &Row> = BTreeMap::new();
    for row in rows {
        firsts.entry(&row.day).or_insert(row);
    }
    let mut seals = Vec::new();
    for (day, first) in firsts {
        let Some(head) = store::head_of(db, org, day).await? else { continue };
        let digests = store::digests(db, org, first.seq, head.last).await?;
        seals.push(EvidenceSeal { from: first.seq, previous: first.previous.clone(), digests, head });
    }
    Ok(seals)
}
