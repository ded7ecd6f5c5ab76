//! A room's ladder over HTTP.

use super::rules;
use super::store::{self, Wish};
use super::{Ladders, State as Standing};
use crate::{ManageStreams, Media, ReadStreams};
use app::{ApiJson, ApiPath, ApiResult, App, Can, Problem};
use axum::Json;
use axum::extract::{FromRef, State};
use events::RoomId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
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
    /// Lines of each rung that is wanted, highest first. Only those below the source are made.
    #[schema(example = json!([720, 480]))]
    rungs: Vec<u32>,
    /// `idle` (off, or not on air), `starting`, `running`, `nothing_below` (the source is no larger than the smallest rung, or
    /// its size is not known), `no_capacity`, `ffmpeg_missing`, `waiting` (it broke and is tried again).
    state: &'static str,
    /// What is made now.
    renditions: Vec<RenditionBody>,
    /// Ladders that this machine can make at once; absent until it was measured.
    capacity: Option<usize>,
}

#[derive(Debug, Serialize, ToSchema)]
struct RenditionBody {
    lines: u32,
    width: Option<u32>,
    height: Option<u32>,
    /// Average, measured.
    bitrate_kbps: u64,
    /// Players can choose it.
    playable: bool,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct LadderChange {
    enabled: bool,
    /// One to four even numbers of lines (144 to 2160); absent: as before.
    rungs: Option<Vec<u32>>,
}

impl LadderHttp {
    fn body(&self, room: RoomId, wish: Wish) -> LadderBody {
        let standing = if wish.enabled { self.ladders.state(room) } else { Standing::Idle };
        let offer = self.media.0.renditions.of(room);
        let renditions = offer.iter().flat_map(|offer| &offer.rungs).map(|rung| RenditionBody {
            lines: rung.lines,
            width: rung.info.width,
            height: rung.info.height,
            bitrate_kbps: rung.stream.rates().average_bps / 1000,
            playable: rung.stream.playlist().is_some(),
        });
        LadderBody {
            enabled: wish.enabled,
            rungs: wish.rungs,
            state: standing.as_str(),
            renditions: renditions.collect(),
            capacity: self.ladders.0.capacity.count(),
        }
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
/// Takes effect at once. New viewers choose among what is there; `index.m3u8` is then a multivariant playlist.
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
    http.ladders.look(room);
    Ok(Json(http.body(room, wish)))
}
