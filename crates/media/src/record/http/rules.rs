//! A room's recording rule.

use super::Records;
use crate::record::rules::{Refusal, Rule};
use crate::record::store;
use crate::{ManageStreams, ReadStreams};
use app::{ApiJson, ApiPath, ApiResult, Can, Problem};
use axum::Json;
use axum::extract::State;
use events::RoomId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

const GB: f64 = (1u64 << 30) as f64;
const MOST_DAYS: u32 = 3_650;
const MOST_GB: f64 = 1_000_000.0;

pub fn routes() -> OpenApiRouter<Records> {
    OpenApiRouter::new().routes(routes!(read, put))
}

/// How a room's shows are recorded and kept 录制规则.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RecordingRule {
    /// Whether shows are recorded. Takes effect in a running show too.
    enabled: bool,
    /// Days a recording is kept after the show. 0: for ever.
    #[schema(example = 30, maximum = 3650)]
    keep_days: u32,
    /// Most GB (2^30 bytes) of this room's recordings; the oldest go first. 0: no limit.
    #[schema(example = 100.0, minimum = 0, maximum = 1_000_000)]
    keep_gb: f64,
    /// Whether viewers may watch the room's shows again. Staff always may.
    #[serde(default = "yes")]
    replays_public: bool,
}

fn yes() -> bool {
    true
}

impl From<Rule> for RecordingRule {
    fn from(rule: Rule) -> Self {
        Self {
            enabled: rule.enabled,
            keep_days: rule.keep_days,
            keep_gb: rule.keep_bytes as f64 / GB,
            replays_public: rule.replays_public,
        }
    }
}

impl RecordingRule {
    fn parse(&self) -> Result<Rule, Refusal> {
        if self.keep_days > MOST_DAYS || !(0.0..=MOST_GB).contains(&self.keep_gb) {
            return Err(Refusal::BadRule);
        }
        Ok(Rule {
            enabled: self.enabled,
            keep_days: self.keep_days,
            keep_bytes: (self.keep_gb * GB) as u64,
            replays_public: self.replays_public,
        })
    }
}

/// The room's recording rule, or the one of the settings.
#[utoipa::path(get, path = "/api/rooms/{id}/recording-rule", operation_id = "read_recording_rule", tag = "recordings",
    params(("id" = String, Path, format = Uuid)),
    responses((status = 200, body = RecordingRule), (status = 401, body = Problem), (status = 404, body = Problem)))]
async fn read(
    State(http): State<Records>,
    actor: Can<ReadStreams>,
    ApiPath(id): ApiPath<RoomId>,
) -> ApiResult<RecordingRule> {
    http.media.room_within(actor.scope(), id).await?;
    Ok(Json(http.recorder.rule(id).await?.into()))
}

/// Gives the room a recording rule of its own.
#[utoipa::path(put, path = "/api/rooms/{id}/recording-rule", operation_id = "put_recording_rule", tag = "recordings",
    params(("id" = String, Path, format = Uuid)), request_body = RecordingRule,
    responses((status = 200, body = RecordingRule), (status = 400, body = Problem, description = "`bad_rule`"),
        (status = 401, body = Problem), (status = 404, body = Problem)))]
async fn put(
    State(http): State<Records>,
    actor: Can<ManageStreams>,
    ApiPath(id): ApiPath<RoomId>,
    ApiJson(wanted): ApiJson<RecordingRule>,
) -> ApiResult<RecordingRule> {
    http.media.room_within(actor.scope(), id).await?;
    let rule = wanted.parse()?;
    let tx = http.recorder.app().store.begin().await?;
    store::put_rule(tx.db(), id, rule).await?;
    tx.commit().await?;
    http.recorder.changed(id, rule);
    Ok(Json(rule.into()))
}
