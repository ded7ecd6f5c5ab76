//! Who it went worst for: viewers of a show, their plays, and the course of one play.

use super::{
    Qoe,
    digest::{ViewerOrder, ViewerSums},
    figures::{per_100s, share},
    fold::Play,
    store_queries::{self, PlayOrder},
    timeline,
};
use crate::ReadStreams;
use app::{ApiError, ApiPath, ApiQuery, ApiResult, Can, Mask, Problem, Within};
use axum::{Json, extract::State};
use events::{BroadcastId, EntryId, Millis, ViewerId};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

/// Rows of a list at most.
pub(super) fn routes() -> OpenApiRouter<Qoe> {
    OpenApiRouter::new().routes(routes!(viewers)).routes(routes!(plays)).routes(routes!(play_course))
}

impl Qoe {
    /// The name of a viewer as it is shown.
    fn shown(&self, mask: Mask, show: BroadcastId, viewer: String) -> String {
        if mask.is_on() { self.alias(show, &viewer) } else { viewer }
    }

    /// Stands for a viewer within one show: rows can be told apart and opened, and nobody is followed from show to show.
    fn alias(&self, show: BroadcastId, viewer: &str) -> String {
        let mac = self.app().keys.sign("viewer-alias", format!("{show} {viewer}").as_bytes());
        mac.iter().take(6).fold(String::from("~"), |text, byte| format!("{text}{byte:02x}"))
    }
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct ViewersQuery {
    #[serde(default)]
    #[param(inline)]
    sort: ViewerOrder,
    /// By default 50.
    #[param(inline)]
    limit: Option<Within<1, 200>>,
}

/// How playing went for one viewer. Device and place are those of the newest play.
#[derive(Serialize, ToSchema)]
struct ViewerQuality {
    /// A pseudonym.
    viewer: String,
    plays: u64,
    /// Plays that showed a frame.
    shown: u64,
    /// Plays of entries that are suspected bots; they are in no other figure.
    suspect_plays: u64,
    stalls: u64,
    stalled_ms: u64,
    stall_ms_per_100s: Option<f64>,
    played_ms: u64,
    first_frame_worst_ms: Option<u32>,
    latency_worst_ms: Option<u32>,
    dropped_rate: Option<f64>,
    /// The latest failure.
    failure: Option<String>,
    device: String,
    os: String,
    browser: String,
    version: String,
    region: String,
    node: String,
    #[schema(value_type = i64)]
    first_at_ms: Millis,
    #[schema(value_type = i64)]
    last_at_ms: Millis,
}

impl ViewerQuality {
    fn of(sums: ViewerSums, newest: Play) -> Self {
        Self {
            viewer: newest.viewer.to_string(),
            plays: sums.plays,
            shown: sums.shown,
            suspect_plays: sums.suspect_plays,
            stalls: sums.stalls,
            stalled_ms: sums.stalled_ms,
            stall_ms_per_100s: per_100s(sums.stalled_ms, sums.played_ms),
            played_ms: sums.played_ms,
            first_frame_worst_ms: sums.first_frame_worst_ms,
            latency_worst_ms: sums.latency_worst_ms,
            dropped_rate: share(sums.dropped, sums.frames),
            failure: newest.failure,
            device: newest.device,
            os: newest.os,
            browser: newest.browser,
            version: newest.version,
            region: newest.region,
            node: newest.node,
            first_at_ms: sums.first_at,
            last_at_ms: sums.last_at,
        }
    }
}

/// Viewers of a show, the worst off first
///
/// `worst`: who never saw a frame, then who stalled longest. Who is nothing but a suspected bot is left out. Without `personal.read` an
/// alias stands for each viewer, another one in every show.
#[utoipa::path(get, path = "/api/broadcasts/{id}/qoe/viewers", operation_id = "list_viewer_quality", tag = "media",
    params(("id" = Uuid, Path, description = "the show"), ViewersQuery),
    responses(
        (status = 200, body = [ViewerQuality]),
        (status = 400, body = Problem, description = "`bad_request`"),
        (status = 404, body = Problem, description = "`broadcast_not_found`"),
    ))]
async fn viewers(
    State(qoe): State<Qoe>,
    actor: Can<ReadStreams>,
    ApiPath(id): ApiPath<BroadcastId>,
    ApiQuery(query): ApiQuery<ViewersQuery>,
) -> ApiResult<Vec<ViewerQuality>> {
    qoe.0.media.show_within(actor.scope(), id).await?;
    let most = query.limit.map_or(50, Within::count);
    let owned = |(viewer, sums): (&ViewerId, &ViewerSums)| (viewer.clone(), sums.clone());
    let read = |digest: &super::digest::Digest| {
        digest.worst(query.sort, most).into_iter().map(owned).collect::<Vec<(ViewerId, ViewerSums)>>()
    };
    let worst = qoe.0.digests.with(&qoe.app().store, id, read).await?;
    let ids: Vec<ViewerId> = worst.iter().map(|(viewer, _)| viewer.clone()).collect();
    let mut newest = store_queries::newest_of(qoe.app().store.read(), id, &ids).await?;
    let of = |(viewer, sums): (ViewerId, ViewerSums)| Some(ViewerQuality::of(sums, newest.remove(&viewer)?));
    let shown = |mut quality: ViewerQuality| {
        quality.viewer = qoe.shown(actor.mask(), id, quality.viewer);
        quality
    };
    Ok(Json(worst.into_iter().filter_map(of).map(shown).collect()))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct PlaysQuery {
    #[serde(default)]
    #[param(inline)]
    sort: PlayOrder,
    /// Only those of one viewer, by the name that the list of viewers has.
    #[param(format = "viewer")]
    viewer: Option<String>,
    /// By default 50.
    #[param(inline)]
    limit: Option<Within<1, 200>>,
}

/// One play 播放 of a viewer.
#[derive(Serialize, ToSchema)]
struct PlayBody {
    #[schema(value_type = Uuid)]
    entry: EntryId,
    play: Uuid,
    /// A pseudonym.
    viewer: String,
    device: String,
    os: String,
    browser: String,
    version: String,
    region: String,
    node: String,
    height: Option<u32>,
    bitrate_kbps: Option<u32>,
    #[schema(value_type = i64)]
    first_at_ms: Millis,
    #[schema(value_type = i64)]
    last_at_ms: Millis,
    played_ms: u64,
    stalls: u64,
    stalled_ms: u64,
    /// It showed a frame.
    shown: bool,
    first_frame_ms: Option<u32>,
    /// The last failure.
    failure: Option<String>,
    /// It failed and nothing was played since.
    broken: bool,
    /// Its entry is a suspected bot 疑似机器人: it is in no figure.
    suspect: bool,
    frames: u64,
    dropped: u64,
    latency_ms_p50: Option<u32>,
    latency_worst_ms: Option<u32>,
}

impl From<Play> for PlayBody {
    fn from(play: Play) -> Self {
        Self {
            entry: play.id.entry,
            play: play.id.play,
            viewer: play.viewer.to_string(),
            device: play.device,
            os: play.os,
            browser: play.browser,
            version: play.version,
            region: play.region,
            node: play.node,
            height: play.height,
            bitrate_kbps: play.bitrate_kbps,
            first_at_ms: play.first_at,
            last_at_ms: play.last_at,
            played_ms: play.played_ms,
            stalls: play.stalls,
            stalled_ms: play.stalled_ms,
            shown: play.shown,
            first_frame_ms: play.first_frame_ms,
            failure: play.failure,
            broken: play.broken,
            suspect: play.suspect,
            frames: play.frames,
            dropped: play.dropped,
            latency_ms_p50: play.latency.percentile(50),
            latency_worst_ms: play.latency_worst_ms,
        }
    }
}

/// Plays of a show, the worst first
///
/// Those of suspected bots are listed only where their viewer is asked for.
#[utoipa::path(get, path = "/api/broadcasts/{id}/qoe/plays", operation_id = "list_plays", tag = "media",
    params(("id" = Uuid, Path, description = "the show"), PlaysQuery),
    responses(
        (status = 200, body = [PlayBody]),
        (status = 400, body = Problem, description = "`bad_request`"),
        (status = 404, body = Problem, description = "`broadcast_not_found`"),
    ))]
async fn plays(
    State(qoe): State<Qoe>,
    actor: Can<ReadStreams>,
    ApiPath(id): ApiPath<BroadcastId>,
    ApiQuery(query): ApiQuery<PlaysQuery>,
) -> ApiResult<Vec<PlayBody>> {
    qoe.0.media.show_within(actor.scope(), id).await?;
    let limit = query.limit.map_or(50, Within::get);
    let viewer = query.viewer.map(|viewer| viewer.parse::<ViewerId>()).transpose();
    let mut viewer = viewer.map_err(|error| ApiError::bad_request(error.to_string()))?;
    if let Some(alias) = viewer.take_if(|_| actor.mask().is_on()) {
        let found = |viewer: &&ViewerId| qoe.alias(id, viewer.as_str()) == alias.as_str();
        let find = |digest: &super::digest::Digest| digest.ids().find(found).cloned();
        viewer = Some(qoe.0.digests.with(&qoe.app().store, id, find).await?.unwrap_or(alias));
    }
    let plays = store_queries::plays(qoe.app().store.read(), id, viewer, query.sort, limit).await?;
    let shown = |mut play: PlayBody| {
        play.viewer = qoe.shown(actor.mask(), id, play.viewer);
        play
    };
    Ok(Json(plays.into_iter().map(PlayBody::from).map(shown).collect()))
}

/// One report of a play.
#[derive(Serialize, ToSchema)]
struct PlayPoint {
    /// Milliseconds since 1970.
    #[schema(value_type = i64)]
    at_ms: Millis,
    played_ms: u32,
    stalls: u32,
    stalled_ms: u32,
    latency_ms: Option<u32>,
    height: Option<u32>,
    bitrate_kbps: Option<u32>,
    dropped: u32,
    failure: Option<String>,
}

/// The course of one play, report by report
///
/// Read from the event log; empty for a play that is not known.
#[utoipa::path(get, path = "/api/broadcasts/{id}/qoe/plays/{entry}/{play}", operation_id = "read_play", tag = "media",
    params(
        ("id" = Uuid, Path, description = "the show"),
        ("entry" = Uuid, Path, description = "the viewer's entry"),
        ("play" = Uuid, Path, description = "the play")),
    responses(
        (status = 200, body = [PlayPoint]),
        (status = 404, body = Problem, description = "`broadcast_not_found`"),
    ))]
async fn play_course(
    State(qoe): State<Qoe>,
    actor: Can<ReadStreams>,
    ApiPath((id, entry, play)): ApiPath<(BroadcastId, EntryId, Uuid)>,
) -> ApiResult<Vec<PlayPoint>> {
    qoe.0.media.show_within(actor.scope(), id).await?;
    let Some(play) = store_queries::find_play(qoe.app().store.read(), id, entry, play).await? else {
        return Ok(Json(Vec::new()));
    };
    let points = timeline::course(qoe.app(), play).await?.into_iter().map(|(at_ms, said)| PlayPoint {
        at_ms,
        played_ms: said.played_ms,
        stalls: said.stalls,
        stalled_ms: said.stalled_ms,
        latency_ms: said.latency_ms,
        height: said.height,
        bitrate_kbps: said.bitrate_kbps,
        dropped: said.dropped,
        failure: said.failure,
    });
    Ok(Json(points.collect()))
}
