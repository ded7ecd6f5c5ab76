//! The ledger over HTTP: rows, heads, and heads as a file.

use super::{
    Kind,
    rules::{Head, Row},
    store::{self, Filter},
};
use crate::Moderation;
use app::{ApiError, ApiQuery, ApiResult, Can, Page, Permission, PermissionInfo, Problem, Within};
use axum::{Json, extract::State, http::header, response::IntoResponse};
use events::{Millis, TeamId};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

/// May read the ledger, and hand out what it proves.
pub struct ReadLedger;
impl Permission for ReadLedger {
    const INFO: PermissionInfo =
        PermissionInfo { name: "ledger.read", zh: "查看存证账本", en: "read the ledger of moderation" };
}

pub fn routes(moderation: Moderation) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(list_heads))
        .routes(routes!(export))
        .with_state(moderation)
}

/// A row of the ledger.
#[derive(Debug, Serialize, ToSchema)]
pub struct LedgerRow {
    /// The place in the organisation's chain of hashes.
    #[schema(example = 42)]
    seq: i64,
    #[schema(value_type = i64)]
    at_ms: Millis,
    /// In Beijing.
    #[schema(example = "2026-11-28")]
    day: String,
    /// `verdict`, `list_changed`, `mode_changed`, `sanction_imposed`, `sanction_changed`, `evidence_kept`, `appeal_filed`, `appeal_decided`, `clearance`, `signature`, `days_cut`.
    #[schema(example = "verdict")]
    kind: String,
    #[schema(example = "danmaku:42")]
    about: String,
    #[schema(value_type = Option<Uuid>)]
    team: Option<TeamId>,
    /// What is told. People and words stand in it as hashes.
    #[schema(value_type = Object)]
    facts: Value,
    /// Of the row before; empty in the first.
    #[schema(example = "0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f")]
    previous: String,
    #[schema(example = "f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0")]
    hash: String,
}

impl From<Row> for LedgerRow {
    fn from(row: Row) -> Self {
        Self {
            seq: row.seq,
            at_ms: row.at,
            day: row.day,
            kind: row.kind,
            about: row.about,
            team: row.team,
            facts: serde_json::from_str(&row.facts).unwrap_or_default(),
            previous: row.previous,
            hash: row.hash,
        }
    }
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct LedgerQuery {
    #[param(inline)]
    kind: Option<Kind>,
    /// What the rows are about, exactly: `danmaku:42`, `list:<id>`, `room:<id>` ...
    #[param(max_length = 100)]
    about: Option<String>,
    /// A day in Beijing: `2026-11-28`.
    #[param(max_length = 10)]
    day: Option<String>,
    /// `next` of the page before.
    after: Option<i64>,
    #[param(inline)]
    limit: Option<Within<1, 200>>,
}

/// PostgreSQL takes no U+0000 in a text, and nothing is found by one.
fn plain(text: Option<String>, most: usize) -> Result<Option<String>, ApiError> {
    match text {
        Some(text) if text.chars().count() > most || text.contains('\0') => {
            Err(ApiError::bad_request(format!("at most {most} characters, and no U+0000")))
        }
        text => Ok(text),
    }
}

/// Rows of the ledger in your scope 存证账本, the newest first
#[utoipa::path(get, path = "/api/moderation/ledger", tag = "moderation", operation_id = "list_ledger", params(LedgerQuery),
    responses(
        (status = 200, description = "a page", body = Page<LedgerRow>),
        (status = 400, description = "`bad_request`", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: needs `ledger.read`", body = Problem, content_type = "application/problem+json"),
    ))]
async fn list(
    State(moderation): State<Moderation>,
    can: Can<ReadLedger>,
    ApiQuery(query): ApiQuery<LedgerQuery>,
) -> ApiResult<Page<LedgerRow>> {
    let limit = query.limit.map_or(50, Within::get);
    let about = plain(query.about, 100)?.into_iter().collect();
    let filter = Filter { kind: query.kind, about, day: plain(query.day, 10)? };
    let rows = store::list(moderation.app().store.read(), can.scope(), &filter, query.after, limit).await?;
    let next = rows.last().filter(|_| rows.len() as u64 == limit).map(|last| last.seq.to_string());
    Ok(Json(Page { items: rows.into_iter().map(LedgerRow::from).collect(), next }))
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct HeadsQuery {
    /// `next` of the page before.
    #[param(max_length = 10)]
    after: Option<String>,
    #[param(inline)]
    limit: Option<Within<1, 200>>,
}

/// Finished days of the organisation's ledger and what they come to 每日封存, the newest first
#[utoipa::path(get, path = "/api/moderation/ledger/heads", tag = "moderation", operation_id = "list_ledger_heads", params(HeadsQuery),
    responses(
        (status = 200, description = "a page", body = Page<Head>),
        (status = 400, description = "`bad_request`", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: needs `ledger.read`", body = Problem, content_type = "application/problem+json"),
    ))]
async fn list_heads(
    State(moderation): State<Moderation>,
    can: Can<ReadLedger>,
    ApiQuery(query): ApiQuery<HeadsQuery>,
) -> ApiResult<Page<Head>> {
    let limit = query.limit.map_or(50, Within::get);
    let after = plain(query.after, 10)?;
    let heads = store::heads(moderation.app().store.read(), can.scope().org, after.as_deref(), Some(limit)).await?;
    let next = heads.last().filter(|_| heads.len() as u64 == limit).map(|last| last.day.clone());
    Ok(Json(Page { items: heads, next }))
}

/// All heads as a file, to be kept elsewhere 导出封存
///
/// JSON Lines, the oldest first. `kaibo verify ledger --heads FILE` compares it.
#[utoipa::path(get, path = "/api/moderation/ledger/heads/export", tag = "moderation", operation_id = "export_ledger_heads",
    responses(
        (status = 200, description = "a head a line", body = String, content_type = "application/x-ndjson"),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: needs `ledger.read`", body = Problem, content_type = "application/problem+json"),
    ))]
async fn export(State(moderation): State<Moderation>, can: Can<ReadLedger>) -> Result<impl IntoResponse, ApiError> {
    let app = moderation.app();
    let mut heads = store::heads(app.store.read(), can.scope().org, None, None).await?;
    heads.reverse();
    let lines = heads.iter().map(|head| serde_json::to_string(head).map(|line| line + "\n"));
    let text = lines.collect::<Result<String, _>>().map_err(anyhow::Error::from)?;
    let named = format!("attachment; filename=\"ledger-heads-{}.jsonl\"", super::day_of(app.now()));
    let headers = [(header::CONTENT_TYPE, "application/x-ndjson".to_owned()), (header::CONTENT_DISPOSITION, named)];
    Ok((headers, text))
}
