//! A room's ladder over HTTP.

use super::rules::{self, Rung};
use super::store::{self, Wish};
use super::{Ladders, State as Standing};
use crate::hls::HlsStream;
use crate::{ManageStreams, Media, ReadStreams};
use app::{ApiJson, ApiPath, ApiResult, App, Can, Problem};
use axum::Json;
use axum::extract::{FromRef, State};
use events::RoomId;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::{
    ToSchema,
    openapi::{ArrayBuilder, ObjectBuilder, RefOr, Schema, Type, schema::SchemaType},
};
use utoipa_axum::{router::OpenApiRouter, routes};

#[derive(Clone)]
pub(crate) struct LadderHttp {
    pub media: Media,
    pub ladders: Ladders,
}

impl FromRef<LadderHttp> for App {
    fn from_ref(state: &LadderHttp) -> App {
        state.media.0.app.clone()
    }
}

pub(crate) fn routes(state: LadderHttp) -> OpenApiRouter {
    OpenApiRouter::new().routes(routes!(show, change)).with_state(state)
}

#[derive(Debug, Serialize, ToSchema)]
struct LadderBody {
    enabled: bool,
    /// Lines of each rung that is wanted, highest first. Only those are made that lie below the source and cost less.
    #[schema(example = json!([720, 480]))]
    rungs: Vec<u32>,
    /// `idle` (off, or not on air), `starting`, `running`, `nothing_below` (no wanted rung is smaller than the source and costs
    /// less, or there is no picture), `no_capacity` (as many ladders as this machine can make are running), `ffmpeg_missing`,
    /// `too_slow` (the rungs fell behind and were dropped; tried again later), `waiting` (it broke and is tried again).
    state: &'static str,
    /// What players may choose besides the source.
    renditions: Vec<RenditionBody>,
    /// How much later a picture is there as a rung than as the source, milliseconds. Absent while nothing is made.
    behind_ms: Option<i64>,
    /// Ladders that this machine can make at once; absent until it was measured.
    capacity: Option<usize>,
    /// Ladders that it makes now, of all rooms.
    in_use: Option<usize>,
}

#[derive(Debug, Serialize, ToSchema)]
struct RenditionBody {
    lines: u32,
    width: u32,
    height: u32,
    /// Average, measured, sound included. Zero while nothing has come out.
    bitrate_kbps: u64,
    /// It can be played. Before, players that choose it wait a moment.
    playable: bool,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct LadderChange {
    enabled: bool,
    #[schema(schema_with = rungs)]
    rungs: Option<Vec<u32>>,
}

fn rungs() -> impl Into<RefOr<Schema>> {
    let lines =
        ObjectBuilder::new().schema_type(Type::Integer).minimum(Some(rules::LOWEST)).maximum(Some(rules::HIGHEST));
    ArrayBuilder::new()
        .schema_type(SchemaType::from_iter([Type::Array, Type::Null]))
        .description(Some("Even numbers of lines; absent: as before."))
        .items(lines.multiple_of(Some(2)))
        .min_items(Some(1))
        .max_items(Some(rules::MOST_RUNGS))
        .unique_items(true)
}

impl LadderHttp {
    fn body(&self, room: RoomId, wish: Wish) -> LadderBody {
        let offer = self.media.0.renditions.of(room);
        let made: Vec<(Rung, Option<Arc<HlsStream>>)> = offer
            .iter()
            .flat_map(|offer| &offer.rungs)
            .map(|rendition| (rendition.rung, rendition.made().map(|made| made.stream)))
            .collect();
        let state = match self.ladders.state(room) {
            _ if !wish.enabled => Standing::Idle,
            Standing::Running if !made.iter().any(|(_, stream)| is_playable(stream)) => Standing::Starting,
            state => state,
        };
        let newest = self.media.stream(room).and_then(|source| source.newest_arrived());
        let oldest = made.iter().filter_map(|(_, stream)| stream.as_ref()?.newest_arrived()).min();
        let load = self.ladders.0.capacity.load();
        LadderBody {
            enabled: wish.enabled,
            rungs: wish.rungs,
            state: state.as_str(),
            behind_ms: newest.zip(oldest).map(|(newest, oldest)| newest.since(oldest).max(0)),
            renditions: made.into_iter().map(|(rung, stream)| rendition(rung, &stream)).collect(),
            capacity: load.map(|(capacity, _)| capacity),
            in_use: load.map(|(_, in_use)| in_use),
        }
    }
}

fn is_playable(stream: &Option<Arc<HlsStream>>) -> bool {
    stream.as_ref().is_some_and(|stream| stream.newest().is_some())
}

fn rendition(rung: Rung, stream: &Option<Arc<HlsStream>>) -> RenditionBody {
    RenditionBody {
        lines: rung.lines,
        width: rung.width,
        height: rung.height,
        bitrate_kbps: stream.as_ref().map_or(0, |stream| stream.rates().average_bps / 1000),
        playable: is_playable(stream),
    }
}

/// A room's bit-rate ladder 码率自适应
#[utoipa::path(get, path = "/api/rooms/{id}/ladder", operation_id = "read_ladder", tag = "media",
    params(("id" = Uuid, Path, description = "the room")),
    responses(
        (status = 200, body = LadderBody),
        (status = 403, body = Problem, description = "needs `stream.read`"),
        (status = 404, body = Problem, description = "`room_not_found`"),
    ))]
async fn show(
    State(http): State<LadderHttp>,
    actor: Can<ReadStreams>,
    ApiPath(room): ApiPath<RoomId>,
) -> ApiResult<LadderBody> {
    http.media.room_within(actor.scope, room).await?;
    let wish = http.ladders.wish(room).await?;
    Ok(Json(http.body(room, wish)))
}

/// Switch a room's ladder on or off, and choose its rungs
///
/// Takes effect at once: `index.m3u8` names the rungs from now on, and pages that are open read it again.
#[utoipa::path(put, path = "/api/rooms/{id}/ladder", operation_id = "put_ladder", tag = "media", request_body = LadderChange,
    params(("id" = Uuid, Path, description = "the room")),
    responses(
        (status = 200, body = LadderBody),
        (status = 400, body = Problem, description = "`rungs_invalid`"),
        (status = 403, body = Problem, description = "needs `stream.manage`"),
        (status = 404, body = Problem, description = "`room_not_found`"),
    ))]
async fn change(
    State(http): State<LadderHttp>,
    actor: Can<ManageStreams>,
    ApiPath(room): ApiPath<RoomId>,
    ApiJson(change): ApiJson<LadderChange>,
) -> ApiResult<LadderBody> {
    let known = http.media.room_within(actor.scope, room).await?;
    let before = http.ladders.wish(room).await?;
    let rungs = change.rungs.map(rules::checked).transpose()?.unwrap_or(before.rungs);
    let wish = Wish { enabled: change.enabled, rungs };
    let app = &http.media.0.app;
    let tx = app.store.begin().await?;
    store::save(tx.db(), room, (known.org, known.team), &wish, app.now()).await?;
    tx.commit().await?;
    if wish.enabled {
        http.ladders.measure();
    }
    http.ladders.look(room);
    Ok(Json(http.body(room, wish)))
}
