//! How players ask for a token and, without a socket, say that they are there.

use crate::{Audience, Beat, Refusal, RoomRef, ViewerPass};
use app::{ApiError, ApiPath, ApiQuery, ApiResult, App, ClientIp, Exact, MaybeActor, Problem};
use axum::{
    Json,
    body::Bytes,
    extract::{FromRef, State},
    http::StatusCode,
};
use events::{EntryId, Millis, RoomId, ViewerId, ViewerKind};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

pub(crate) fn routes(audience: Audience) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(viewer_token))
        .routes(routes!(heartbeat))
        .routes(routes!(leave))
        .with_state(audience)
}

impl FromRef<Audience> for App {
    fn from_ref(audience: &Audience) -> App {
        audience.app().clone()
    }
}

/// All fields are optional, and so is the body.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default)]
struct AskToken {
    /// A token of earlier, also expired or of another room: the new one names the same viewer.
    token: Option<String>,
    /// Names the viewer: a pseudonym of your own user. Needs `room.manage`.
    #[schema(format = "viewer")]
    viewer_id: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
struct Ticket {
    /// Goes into `?token=` of playlist, segments and socket.
    token: String,
    /// The viewer's pseudonym.
    viewer_id: String,
    /// This load of the player; counted once it fetches media.
    #[schema(value_type = Uuid)]
    entry_id: EntryId,
    /// Milliseconds since 1970.
    #[schema(value_type = i64)]
    expires_at: Millis,
    /// Path of the playlist, token included.
    #[schema(example = "/live/01890a5d-ac96-774b-bcce-b302099a8057/index.m3u8?token=AQGJ")]
    playlist: String,
    /// Path of the room socket, token included.
    #[schema(example = "/ws/rooms/01890a5d-ac96-774b-bcce-b302099a8057?token=AQGJ")]
    socket: String,
    /// Say that you are there this often, in milliseconds.
    #[schema(example = 10000)]
    heartbeat_ms: u32,
    /// Viewers are asked for their consent here: `GET /api/rooms/{id}/consent` says to what.
    asks_consent: bool,
}

/// A viewer token 观众令牌
///
/// Public rooms: anybody. Private rooms: a signed-in actor with `room.read` for the room. The token is good for 12 hours.
#[utoipa::path(post, path = "/api/rooms/{id}/viewer-token", operation_id = "issue_viewer_token", tag = "audience", security((), ("bearer" = []), ("session" = [])), params(("id" = Uuid, Path, description = "the room")),
    request_body(content = Option<AskToken>),
    responses(
        (status = 200, body = Ticket),
        (status = 400, body = Problem, description = "`bad_request`"),
        (status = 401, body = Problem, description = "`unauthenticated`: the room is private"),
        (status = 403, body = Problem, description = "`forbidden`, or `token_invalid`: the earlier token is not ours"),
        (status = 404, body = Problem, description = "`room_not_found`"),
        (status = 429, body = Problem, description = "`too_many_tokens` from this address"),
    ))]
async fn viewer_token(
    State(audience): State<Audience>,
    ClientIp(ip): ClientIp,
    MaybeActor(actor): MaybeActor,
    ApiPath(id): ApiPath<RoomId>,
    body: Bytes,
) -> ApiResult<Ticket> {
    if !audience.tokens().allow(ip, audience.app().now()) {
        return Err(Refusal::TooManyTokens.into());
    }
    let ask: AskToken = parse(&body)?;
    let room = room_of(&audience, id).await?;
    let within = actor.as_ref().filter(|actor| actor.scope.covers(room.org, room.team));
    let needs = |permission: &'static str| match (&actor, within) {
        (None, _) => Err(ApiError::unauthenticated()),
        // Another team's private room is not even there.
        (Some(_), None) if room.private => Err(Refusal::RoomNotFound(id).into()),
        (Some(_), Some(actor)) if actor.may(permission) => Ok(()),
        _ => Err(ApiError::forbidden(permission)),
    };
    if room.private {
        needs("room.read")?;
    }
    let viewer = match (&ask.viewer_id, &ask.token) {
        (Some(viewer_id), _) => {
            needs("room.manage")?;
            viewer_id.parse::<ViewerId>().map_err(|error| ApiError::bad_request(error.to_string()))?
        }
        (None, Some(earlier)) => crate::token::open(&audience.app().keys, earlier)?.viewer,
        (None, None) => ViewerId::random(),
    };
    let (token, pass) = audience.mint(id, viewer, ViewerKind::Web);
    Ok(Json(Ticket {
        viewer_id: pass.viewer.to_string(),
        entry_id: pass.entry,
        expires_at: pass.expires,
        playlist: format!("/live/{id}/index.m3u8?token={token}"),
        socket: format!("/ws/rooms/{id}?token={token}"),
        heartbeat_ms: 10_000,
        asks_consent: audience.consent_settings(room.org).await?.asks(),
        token,
    }))
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct WithToken {
    /// The viewer token.
    #[serde(default)]
    token: String,
}

#[derive(Debug, Deserialize, ToSchema)]
struct SayBeat {
    /// Milliseconds really played since the last heartbeat.
    played_ms: u32,
    /// False while the page is hidden.
    #[serde(default = "visible")]
    visible: bool,
    /// The program date-time of the shown frame, milliseconds since 1970. Who never says one is credited no watch time.
    #[serde(default)]
    position_ms: Option<f64>,
    /// How fast the picture plays; 1 is usual.
    #[serde(default)]
    rate: Option<f64>,
}

fn visible() -> bool {
    true
}

/// A heartbeat 心跳 of a player without a socket
///
/// Every 10 s. Limited by the server to what is possible; an entry that fetched no media gets nothing.
#[utoipa::path(post, path = "/api/rooms/{id}/heartbeat", operation_id = "send_heartbeat", tag = "audience",
    params(("id" = Uuid, Path, description = "the room"), WithToken), request_body(content = SayBeat),
    responses(
        (status = 204, description = "taken"),
        (status = 400, body = Problem, description = "`bad_request`"),
        (status = 401, body = Problem, description = "`token_required`"),
        (status = 403, body = Problem, description = "`token_invalid`, `token_expired`"),
        (status = 404, body = Problem, description = "`room_not_found`"),
    ))]
async fn heartbeat(
    State(audience): State<Audience>,
    ApiPath(id): ApiPath<RoomId>,
    ApiQuery(query): ApiQuery<WithToken>,
    body: Bytes,
) -> Result<StatusCode, ApiError> {
    let (pass, room) = viewer_of(&audience, id, &query.token).await?;
    let Exact(beat) =
        serde_json::from_slice::<Exact<SayBeat>>(&body).map_err(|error| ApiError::bad_request(error.to_string()))?;
    let position = beat.position_ms.map(|ms| Millis(ms as i64));
    audience.heartbeat(
        &pass,
        &room,
        Beat { played_ms: beat.played_ms, visible: beat.visible, position, rate: beat.rate.map(|rate| rate as f32) },
    );
    Ok(StatusCode::NO_CONTENT)
}

/// The page is being closed
///
/// For `navigator.sendBeacon`; the body is ignored.
#[utoipa::path(post, path = "/api/rooms/{id}/leave", operation_id = "leave_room", tag = "audience",
    params(("id" = Uuid, Path, description = "the room"), WithToken),
    responses(
        (status = 204, description = "taken"),
        (status = 401, body = Problem, description = "`token_required`"),
        (status = 403, body = Problem, description = "`token_invalid`, `token_expired`"),
        (status = 404, body = Problem, description = "`room_not_found`"),
    ))]
async fn leave(
    State(audience): State<Audience>,
    ApiPath(id): ApiPath<RoomId>,
    ApiQuery(query): ApiQuery<WithToken>,
) -> Result<StatusCode, ApiError> {
    let (pass, room) = viewer_of(&audience, id, &query.token).await?;
    audience.left(&pass, &room);
    Ok(StatusCode::NO_CONTENT)
}

pub(crate) async fn viewer_of(audience: &Audience, id: RoomId, token: &str) -> Result<(ViewerPass, RoomRef), ApiError> {
    let pass = audience.check(token, id)?;
    Ok((pass, room_of(audience, id).await?))
}

impl Audience {
    /// Who asks with a viewer token, and in which room; no more often than one address may.
    pub async fn guest(&self, id: RoomId, token: &str, ip: ClientIp) -> Result<(ViewerPass, RoomRef), ApiError> {
        let guest = viewer_of(self, id, token).await?;
        if !self.tokens().allow(ip.0, self.app().now()) {
            return Err(ApiError::new(429, "too_many_requests", "this address asks too often").retry_after(1));
        }
        Ok(guest)
    }
}

async fn room_of(audience: &Audience, id: RoomId) -> Result<RoomRef, ApiError> {
    Ok(audience.room(id).await?.ok_or(Refusal::RoomNotFound(id))?)
}

/// A JSON object whatever the content type says, since a beacon cannot set one; nothing at all, or null, is the default.
fn parse<T: DeserializeOwned + Default>(body: &[u8]) -> Result<T, ApiError> {
    if body.trim_ascii().is_empty() {
        return Ok(T::default());
    }
    let read = serde_json::from_slice::<Exact<Option<T>>>(body);
    read.map(|Exact(read)| read.unwrap_or_default()).map_err(|error| ApiError::bad_request(error.to_string()))
}
