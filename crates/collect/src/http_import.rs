//! `POST /api/rooms/{id}/imports`.

use crate::{
    Collect, ImportWrite,
    import::{ImportBroadcast, ImportRefusal, ImportRow, MAX_BYTES, MAX_ROWS, Refused},
};
use app::{ApiError, ApiJson, ApiPath, ApiResult, Can, Problem};
use axum::{
    Json,
    extract::{DefaultBodyLimit, State},
};
use events::{BroadcastId, Envelope, Millis, RoomId, Source};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use std::borrow::Cow;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

pub(crate) fn routes(collect: Collect) -> OpenApiRouter {
    OpenApiRouter::new().routes(routes!(import)).layer(DefaultBodyLimit::max(MAX_BYTES)).with_state(collect)
}

/// At most 5,000 rows and 4 MB.
#[derive(Debug, Deserialize, ToSchema)]
struct ImportRows {
    /// From the first call's answer; absent in the first call.
    #[serde(default)]
    #[schema(value_type = Option<Uuid>)]
    broadcast_id: Option<BroadcastId>,
    /// Any text of yours, for the first call: sent again with the same key, it finds the same import.
    #[serde(default)]
    #[schema(max_length = 200)]
    import_key: Option<String>,
    /// Where the recording comes from.
    #[serde(default)]
    #[schema(example = "bilibili", max_length = 200)]
    platform: Option<String>,
    #[serde(default)]
    #[schema(max_length = 200)]
    title: Option<String>,
    /// The show's beginning, milliseconds since 1970; by default its earliest row in the first call.
    #[serde(default)]
    #[schema(value_type = Option<i64>)]
    started_at_ms: Option<Millis>,
    #[serde(default)]
    #[schema(value_type = Vec<ImportRow>)]
    rows: Vec<Box<RawValue>>,
    /// Everything was sent: ends the broadcast.
    #[serde(default)]
    complete: bool,
}

#[derive(Debug, Serialize, ToSchema)]
struct Imported {
    #[schema(value_type = Uuid)]
    broadcast_id: BroadcastId,
    /// Rows taken by this call; they are on disk.
    accepted: usize,
    /// Rows that were there already.
    duplicates: usize,
    rejected: Vec<RejectedRow>,
    /// Log position of the import's newest row.
    last_position: u64,
    complete: bool,
}

/// A row that was not taken.
#[derive(Debug, Serialize, ToSchema)]
struct RejectedRow {
    /// Its place in the call, from 0.
    index: usize,
    /// Its id, if it has one.
    id: Option<String>,
    reason: Cow<'static, str>,
}

/// Imports a recording 导入录播
///
/// The first call opens a broadcast in the room and answers its id; the later ones carry it, and the last one says `complete`.
/// Rows keep their own times and are marked as imported; a row id that was sent before is a duplicate, so a call may be sent again.
#[utoipa::path(post, path = "/api/rooms/{id}/imports", operation_id = "import_rows", tag = "import", params(("id" = Uuid, Path, description = "the room")),
    request_body(content = ImportRows),
    responses(
        (status = 200, body = Imported),
        (status = 400, body = Problem, description = "`bad_request`"),
        (status = 401, body = Problem, description = "`unauthenticated`"),
        (status = 403, body = Problem, description = "`forbidden`: needs `import.write`"),
        (status = 404, body = Problem, description = "`room_not_found`, `import_not_found`"),
        (status = 409, body = Problem, description = "`import_complete`"),
        (status = 413, body = Problem, description = "`too_large`, `too_many_rows`"),
        (status = 503, body = Problem, description = "`log_unavailable`: send it again after `Retry-After` seconds"),
    ))]
async fn import(
    State(collect): State<Collect>,
    can: Can<ImportWrite>,
    ApiPath(room): ApiPath<RoomId>,
    ApiJson(call): ApiJson<ImportRows>,
) -> ApiResult<Imported> {
    if call.rows.len() > MAX_ROWS {
        return Err(refuse(ImportRefusal::TooManyRows(call.rows.len())));
    }
    let (desk, now, scope) = (collect.desk(), collect.app().now(), can.scope());
    let mut rejected = Vec::new();
    let mut rows = Vec::with_capacity(call.rows.len());
    for (index, row) in call.rows.iter().enumerate() {
        match serde_json::from_str::<ImportRow>(row.get()) {
            Ok(row) => rows.push((index, row)),
            Err(error) => rejected.push(RejectedRow { index, id: id_of(row), reason: error.to_string().into() }),
        }
    }
    let import = match call.broadcast_id {
        Some(broadcast) => desk.find(scope, room, broadcast).await.map_err(refuse)?,
        None => {
            let earliest = rows.iter().map(|(_, row)| row.occurred_at).min();
            let asked = ImportBroadcast {
                title: short(call.title, "title")?.unwrap_or_else(|| "Import".to_owned()),
                platform: short(call.platform, "platform")?.unwrap_or_else(|| "other".to_owned()),
                started_at: crate::instant::sane(call.started_at_ms.or(earliest).unwrap_or(now), now),
                import_key: short(call.import_key, "import_key")?,
            };
            let import = desk.open(scope, room, asked).await.map_err(refuse)?;
            // The show's beginning goes into the log before its rows.
            collect.app().store.relayed().await?;
            import
        }
    };
    let mut events = Vec::with_capacity(rows.len());
    for (index, row) in rows {
        let (id, occurred_at) = (row.id.clone(), row.occurred_at);
        match row.event(import.broadcast, &collect.app().keys, now) {
            Ok((event, viewer)) => {
                let envelope = Envelope::new(now, Source::Import, import.org, event)
                    .with_team(import.team)
                    .with_room(room)
                    .with_broadcast(Some(import.broadcast))
                    .with_key(id)
                    .at(occurred_at);
                events.push(Envelope { viewer, ..envelope });
            }
            Err(reason) => rejected.push(RejectedRow { index, id: Some(id), reason }),
        }
    }
    rejected.sort_by_key(|row| row.index);
    let taken = match collect.imports().take(collect.app(), &import, events).await? {
        Ok(taken) => taken,
        Err(Refused::Complete) => return Err(refuse(ImportRefusal::ImportComplete(import.broadcast))),
        Err(Refused::Log(error)) => return Err(error.into()),
    };
    metrics::counter!("kaibo_import_rows_total").increment(taken.accepted as u64);
    if call.complete && !import.ended {
        desk.close(scope, room, import.broadcast, taken.newest.unwrap_or(now)).await.map_err(refuse)?;
    }
    Ok(Json(Imported {
        broadcast_id: import.broadcast,
        accepted: taken.accepted,
        duplicates: taken.duplicates,
        rejected,
        last_position: taken.last_position,
        complete: call.complete || import.ended,
    }))
}

/// A failure of the desk is logged and stays inside; its refusals reach the caller.
fn refuse(refusal: ImportRefusal) -> ApiError {
    match refusal {
        ImportRefusal::Failure(failure) => failure.into(),
        refusal => refusal.into(),
    }
}

fn short(text: Option<String>, field: &str) -> Result<Option<String>, ApiError> {
    match text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty()) {
        Some(text) if text.chars().count() > 200 => {
            Err(ApiError::bad_request(format!("`{field}` is longer than 200 characters")))
        }
        text => Ok(text),
    }
}

fn id_of(row: &RawValue) -> Option<String> {
    #[derive(Deserialize)]
    struct WithId {
        id: serde_json::Value,
    }
    match serde_json::from_str::<WithId>(row.get()).ok()?.id {
        serde_json::Value::String(id) => Some(id),
        serde_json::Value::Number(id) => Some(id.to_string()),
        _ => None,
    }
}
