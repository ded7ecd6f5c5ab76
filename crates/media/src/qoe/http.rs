//! How players report, and how staff reads what encoders send.

use super::{
    Qoe, Sender, device, http_alarms, http_coverage, http_plays, http_quality, meter::Second, meters::SourceView,
    report::PlaybackSaid,
};
use crate::ReadStreams;
use app::{ApiError, ApiPath, ApiQuery, ApiResult, App, Can, ClientIp, Exact, Problem, Within};
use audience::Refusal;
use axum::{
    Json,
    body::Bytes,
    extract::{ConnectInfo, FromRef, Request, State},
    http::{HeaderMap, StatusCode, header},
};
use events::{Millis, RoomId, StreamSource};
use serde::{Deserialize, Serialize};
use std::net::SocketAddr;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

/// A report is some hundred bytes.
const MOST_BYTES: usize = 16 << 10;

pub(super) fn routes(qoe: Qoe) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(time))
        .routes(routes!(playback))
        .routes(routes!(ingest))
        .merge(http_quality::routes())
        .merge(http_plays::routes())
        .merge(http_coverage::routes())
        .merge(http_alarms::routes())
        .with_state(qoe)
}

impl FromRef<Qoe> for App {
    fn from_ref(qoe: &Qoe) -> App {
        qoe.app().clone()
    }
}

#[derive(Serialize, ToSchema)]
struct ServerTime {
    /// The server's clock, milliseconds since 1970.
    #[schema(value_type = i64)]
    now_ms: Millis,
}

/// The server's clock, for players that correct their own by it
#[utoipa::path(get, path = "/api/time", operation_id = "read_time", tag = "media", responses((status = 200, body = ServerTime)), security(()))]
async fn time(State(qoe): State<Qoe>) -> ([(header::HeaderName, &'static str); 1], Json<ServerTime>) {
    ([(header::CACHE_CONTROL, "no-store")], Json(ServerTime { now_ms: qoe.app().now() }))
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct WithToken {
    /// The viewer token.
    #[serde(default)]
    token: String,
}

/// A player's report 质量上报
///
/// Every 10 s, at a failure and when the page is closed. The body is taken whatever its content type, so that
/// `navigator.sendBeacon` can send it. Values are cut down to what is possible; reports within 3 s are merged; a picture that
/// nobody sent to this entry is not believed; new plays are few. Device, system, browser, region and node are found by the
/// server, the region by the time zone where nothing better is known. Outside of a show it is taken and not kept.
#[utoipa::path(post, path = "/api/rooms/{id}/playback", operation_id = "report_playback", tag = "media",
    params(("id" = Uuid, Path, description = "the room"), WithToken), request_body(content = PlaybackSaid),
    responses(
        (status = 204, description = "taken"),
        (status = 400, body = Problem, description = "`bad_request`"),
        (status = 401, body = Problem, description = "`token_required`"),
        (status = 403, body = Problem, description = "`token_invalid`, `token_expired`"),
        (status = 404, body = Problem, description = "`room_not_found`"),
        (status = 413, body = Problem, description = "`too_large`"),
        (status = 429, body = Problem, description = "`too_many_reports`, or of too many plays"),
    ))]
async fn playback(
    State(qoe): State<Qoe>,
    ClientIp(ip): ClientIp,
    ApiPath(id): ApiPath<RoomId>,
    ApiQuery(query): ApiQuery<WithToken>,
    request: Request,
) -> Result<StatusCode, ApiError> {
    let pass = qoe.0.media.0.audience.check(&query.token, id)?;
    let room = qoe.0.media.0.audience.room(id).await?.ok_or(Refusal::RoomNotFound(id))?;
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(peer)| peer.ip());
    let sender = sender(&qoe, request.headers(), ip, peer.is_some_and(|peer| peer != ip));
    let body = axum::body::to_bytes(request.into_body(), MOST_BYTES).await;
    let body: Bytes = body.map_err(|_| ApiError::new(413, "too_large", "a report is at most 16 KiB"))?;
    let Exact(said): Exact<PlaybackSaid> =
        serde_json::from_slice(&body).map_err(|error| ApiError::bad_request(error.to_string()))?;
    qoe.report(pass, room, said, sender)?;
    Ok(StatusCode::NO_CONTENT)
}

/// `proxied`: the address was told by a proxy we trust, so its other headers are believed too.
fn sender(qoe: &Qoe, headers: &HeaderMap, ip: std::net::IpAddr, proxied: bool) -> Sender {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let told = |name: &str| {
        let value = if proxied && !name.is_empty() { text(name) } else { "" };
        value.chars().filter(|char| !char.is_control()).take(64).collect::<String>()
    };
    let settings = &qoe.0.settings;
    let mut region = told(&settings.region_header);
    if region.is_empty() {
        region = qoe.0.regions.get().map(|regions| regions.of(ip).to_owned()).unwrap_or_default();
    }
    let node = told(&settings.node_header);
    Sender {
        device: device::read(device::Headers {
            user_agent: text("user-agent"),
            brands: text("sec-ch-ua"),
            mobile: text("sec-ch-ua-mobile"),
            platform: text("sec-ch-ua-platform"),
        }),
        region,
        node: if node.is_empty() { "origin".to_owned() } else { node },
        from: ClientIp(ip).network(),
    }
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct IngestQuery {
    /// Seconds of the series; by default 300.
    #[param(inline)]
    seconds: Option<Within<1, { super::meter::KEPT as u64 }>>,
}

/// What a room's encoders send.
#[derive(Serialize, ToSchema)]
struct IngestBody {
    /// The server's clock, milliseconds since 1970.
    #[schema(value_type = i64)]
    now_ms: Millis,
    on_air: bool,
    sources: Vec<IngestSource>,
}

#[derive(Serialize, ToSchema)]
struct IngestSource {
    #[schema(value_type = String, example = "primary")]
    source: StreamSource,
    connected: bool,
    /// Part of the show, also as the one that stands by.
    on_air: bool,
    video: bool,
    audio: bool,
    b_frames: bool,
    /// Milliseconds since its last media.
    silent_ms: i64,
    /// Over the last 5 s.
    current: IngestLevel,
    series: IngestSeries,
}

#[derive(Serialize, ToSchema)]
struct IngestLevel {
    video_kbps: u32,
    audio_kbps: u32,
    fps: f64,
    /// Distance of key frames 关键帧间隔.
    gop_ms: Option<u32>,
    /// Longest time without media.
    gap_ms: u32,
    /// Audio's timestamp minus video's at the same arrival.
    skew_ms: Option<i32>,
    /// Times a timestamp leapt.
    jumps: u32,
}

/// Columns of equal length, oldest first, one value a second.
#[derive(Default, Serialize, ToSchema)]
struct IngestSeries {
    /// Seconds since 1970.
    at_s: Vec<i64>,
    video_kbps: Vec<u32>,
    audio_kbps: Vec<u32>,
    fps: Vec<u32>,
    gap_ms: Vec<u32>,
    skew_ms: Vec<Option<i32>>,
}

/// What a room's encoders send 推流质量: present values and a series for charts
///
/// Kept in memory for 15 minutes; empty when no encoder was there since.
#[utoipa::path(get, path = "/api/rooms/{id}/ingest", operation_id = "read_ingest", tag = "media",
    params(("id" = Uuid, Path, description = "the room"), IngestQuery),
    responses(
        (status = 200, body = IngestBody),
        (status = 404, body = Problem, description = "`room_not_found`"),
    ))]
async fn ingest(
    State(qoe): State<Qoe>,
    actor: Can<ReadStreams>,
    ApiPath(id): ApiPath<RoomId>,
    ApiQuery(query): ApiQuery<IngestQuery>,
) -> ApiResult<IngestBody> {
    qoe.0.media.room_within(actor.scope(), id).await?;
    let now = Millis::now();
    let room = qoe.0.meters.room(id, now, query.seconds.map_or(300, Within::count));
    let on_air = room.as_ref().is_some_and(|room| room.on_air.is_some());
    let sources = room.into_iter().flat_map(|room| room.sources).map(|source| source_of(source, now)).collect();
    Ok(Json(IngestBody { now_ms: now, on_air, sources }))
}

fn source_of(view: SourceView, now: Millis) -> IngestSource {
    let present = view.present;
    IngestSource {
        source: view.source,
        connected: view.connected,
        on_air: view.on_air,
        video: view.has_video,
        audio: view.has_audio,
        b_frames: view.b_frames,
        silent_ms: now.since(view.last_at).max(0),
        current: IngestLevel {
            video_kbps: present.video_kbps,
            audio_kbps: present.audio_kbps,
            fps: f64::from(present.fps_milli) / 1000.0,
            gop_ms: present.gop_ms,
            gap_ms: present.gap_ms,
            skew_ms: present.skew_ms,
            jumps: present.jumps,
        },
        series: series(&view.seconds),
    }
}

fn series(seconds: &[Second]) -> IngestSeries {
    let mut series = IngestSeries::default();
    for second in seconds {
        series.at_s.push(second.at_s);
        series.video_kbps.push(second.video_bytes.saturating_mul(8) / 1000);
        series.audio_kbps.push(second.audio_bytes.saturating_mul(8) / 1000);
        series.fps.push(second.frames);
        series.gap_ms.push(second.gap_ms);
        series.skew_ms.push(second.skew_ms);
    }
    series
}
