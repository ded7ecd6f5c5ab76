//! Rooms and broadcasts over HTTP.

use super::{
    RoomView, Rooms,
    rules::{self, Broadcast, Origin, Refusal, Room},
    store,
};
use app::{ApiError, ApiJson, ApiPath, ApiQuery, ApiResult, App, Can, Page, Permission, PermissionInfo, Within};
use axum::{
    Json,
    extract::{FromRef, State},
    http::StatusCode,
    response::IntoResponse,
};
use events::{BroadcastId, EndReason, RoomId};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

/// See rooms and broadcasts.
pub struct ReadRooms;
impl Permission for ReadRooms {
    const INFO: PermissionInfo = PermissionInfo { name: "room.read", zh: "查看直播间", en: "See rooms" };
}

/// Create and change rooms, rotate stream keys.
pub struct ManageRooms;
impl Permission for ManageRooms {
    const INFO: PermissionInfo = PermissionInfo { name: "room.manage", zh: "管理直播间", en: "Manage rooms" };
}

/// End a show that is on air.
pub struct EndBroadcast;
impl Permission for EndBroadcast {
    const INFO: PermissionInfo = PermissionInfo { name: "broadcast.end", zh: "结束直播", en: "End broadcasts" };
}

/// Asks how many viewers are online; wired by the feature.
pub type Online = Arc<dyn Fn(RoomId) -> u32 + Send + Sync>;

#[derive(Clone)]
pub struct RoomsHttp {
    pub app: App,
    pub rooms: Rooms,
    pub online: Online,
    /// The port encoders push to.
    pub push_port: u16,
}

impl FromRef<RoomsHttp> for App {
    fn from_ref(state: &RoomsHttp) -> App {
        state.app.clone()
    }
}

pub fn routes(state: RoomsHttp) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(read, change))
        .routes(routes!(rotate_key))
        .routes(routes!(list_broadcasts))
        .routes(routes!(read_broadcast))
        .routes(routes!(end_broadcast))
        .routes(routes!(read_public))
        .merge(super::admission::http::routes())
        .merge(super::reach::http::routes())
        .with_state(state)
}

/// A room as staff see it.
#[derive(Debug, Serialize, ToSchema)]
pub struct RoomBody {
    #[schema(value_type = String, format = Uuid)]
    id: RoomId,
    #[schema(example = "双十二专场")]
    title: String,
    /// Private rooms are watched with a token an operator hands out.
    private: bool,
    /// Pictures arrive, or are expected back within the reconnect window.
    live: bool,
    /// The open broadcast, or else the last one.
    #[schema(value_type = Option<String>, format = Uuid)]
    broadcast_id: Option<BroadcastId>,
    /// State of that broadcast: live, interrupted, paused or ended.
    broadcast_state: Option<&'static str>,
    /// What the open broadcast's picture is made from: primary, backup or slate.
    source: Option<&'static str>,
    /// Milliseconds since the epoch.
    started_at: Option<i64>,
    created_at: i64,
    /// Viewers online now.
    online: u32,
}

/// A new room with its stream key, which is shown only here and when it is rotated.
#[derive(Debug, Serialize, ToSchema)]
pub struct NewRoomBody {
    #[serde(flatten)]
    room: RoomBody,
    #[schema(example = "sk0123456789abcdef0123456789abcdef")]
    stream_key: String,
    /// Encoders push to `rtmp://<this host>:<push_port>/live` with the key as stream name.
    #[schema(example = 1935)]
    push_port: u16,
}

/// A room as viewers see it.
#[derive(Debug, Serialize, ToSchema)]
pub struct PublicRoomBody {
    #[schema(value_type = String, format = Uuid)]
    id: RoomId,
    title: String,
    live: bool,
    private: bool,
    #[schema(value_type = Option<String>, format = Uuid)]
    broadcast_id: Option<BroadcastId>,
    /// When the open broadcast began, milliseconds since the epoch.
    started_at: Option<i64>,
    /// State of that broadcast: live, interrupted or paused.
    broadcast_state: Option<&'static str>,
    /// What its picture is made from: primary, backup or slate.
    source: Option<&'static str>,
}

/// One show.
#[derive(Debug, Serialize, ToSchema)]
pub struct BroadcastBody {
    #[schema(value_type = String, format = Uuid)]
    id: BroadcastId,
    #[schema(value_type = String, format = Uuid)]
    room_id: RoomId,
    title: String,
    /// live, interrupted (connection broke), paused (encoder said goodbye) or ended.
    state: &'static str,
    /// `stream` or `import`.
    source: &'static str,
    platform: Option<String>,
    started_at: i64,
    ended_at: Option<i64>,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewRoom {
    #[schema(example = "双十二专场", format = "line", max_length = 100)]
    title: String,
    #[serde(default)]
    private: bool,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RoomChange {
    #[schema(format = "line", max_length = 100)]
    title: Option<String>,
    private: Option<bool>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct StreamKeyBody {
    /// Shown only here.
    #[schema(example = "sk0123456789abcdef0123456789abcdef")]
    stream_key: String,
    /// Encoders push to `rtmp://<this host>:<push_port>/live` with the key as stream name.
    #[schema(example = 1935)]
    push_port: u16,
}

#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Paging {
    /// A part of the title, large and small letters alike.
    #[param(example = "双十二")]
    q: Option<String>,
    /// The `next` of the page before.
    #[param(value_type = Option<String>, format = Uuid)]
    after: Option<RoomId>,
    /// By default 50.
    #[param(inline)]
    limit: Option<Within<1, 200>>,
}

impl From<&Broadcast> for BroadcastBody {
    fn from(broadcast: &Broadcast) -> Self {
        Self {
            id: broadcast.id,
            room_id: broadcast.room,
            title: broadcast.title.clone(),
            state: broadcast.state.as_str(),
            source: broadcast.origin.as_str(),
            platform: broadcast.platform.clone(),
            started_at: broadcast.started_at.0,
            ended_at: broadcast.ended_at.map(|at| at.0),
        }
    }
}

impl RoomsHttp {
    fn body(&self, view: &RoomView) -> RoomBody {
        RoomBody {
            id: view.room.id,
            title: view.room.title.clone(),
            private: view.room.private,
            live: view.live(),
            broadcast_id: view.broadcast.as_ref().map(|broadcast| broadcast.id),
            broadcast_state: view.broadcast.as_ref().map(|broadcast| broadcast.state.as_str()),
            source: view.source().map(rules::source_name),
            started_at: view.open().map(|broadcast| broadcast.started_at.0),
            created_at: view.room.created_at.0,
            online: (self.online)(view.room.id),
        }
    }

    async fn body_of(&self, room: RoomId) -> Result<RoomBody, ApiError> {
        let view = self.rooms.view(room).await?.ok_or(Refusal::UnknownRoom(room))?;
        Ok(self.body(&view))
    }

    async fn room(&self, scope: app::Scope, id: RoomId) -> Result<Room, ApiError> {
        Ok(store::find_room(self.app.store.read(), scope, id).await?.ok_or(Refusal::UnknownRoom(id))?)
    }

    async fn broadcast(&self, scope: app::Scope, id: BroadcastId) -> Result<Broadcast, ApiError> {
        let found = store::find_broadcast(self.app.store.read(), scope, id).await?;
        Ok(found.ok_or(Refusal::UnknownBroadcast(id))?)
    }
}

/// Rooms in your scope, newest first.
#[utoipa::path(get, path = "/api/rooms", operation_id = "list_rooms", tag = "rooms", params(Paging),
    responses((status = 200, body = Page<RoomBody>), (status = 401, body = app::Problem), (status = 403, body = app::Problem)))]
async fn list(
    State(http): State<RoomsHttp>,
    actor: Can<ReadRooms>,
    ApiQuery(paging): ApiQuery<Paging>,
) -> ApiResult<Page<RoomBody>> {
    let limit = paging.limit.map_or(50, Within::get);
    let rooms =
        store::list_rooms(http.app.store.read(), actor.scope(), paging.q.as_deref(), paging.after, limit).await?;
    let next = (rooms.len() as u64 == limit).then(|| rooms.last().map(|room| room.id.to_string())).flatten();
    let ids: Vec<RoomId> = rooms.iter().map(|room| room.id).collect();
    let items = http.rooms.views(&ids).await?.iter().map(|view| http.body(view)).collect();
    Ok(Json(Page { items, next }))
}

/// Creates a room. The answer holds the stream key; it is not shown again.
#[utoipa::path(post, path = "/api/rooms", operation_id = "create_room", tag = "rooms", request_body = NewRoom,
    responses((status = 201, body = NewRoomBody), (status = 400, body = app::Problem), (status = 401, body = app::Problem), (status = 403, body = app::Problem)))]
async fn create(
    State(http): State<RoomsHttp>,
    actor: Can<ManageRooms>,
    ApiJson(new): ApiJson<NewRoom>,
) -> Result<impl IntoResponse, ApiError> {
    let created = http.rooms.create(actor.scope.org, actor.home_team, &new.title, new.private).await?;
    let (room, stream_key) = created?;
    Ok((
        StatusCode::CREATED,
        Json(NewRoomBody { room: http.body_of(room.id).await?, stream_key, push_port: http.push_port }),
    ))
}

/// One room.
#[utoipa::path(get, path = "/api/rooms/{id}", operation_id = "read_room", tag = "rooms", params(("id" = String, Path, format = Uuid)),
    responses((status = 200, body = RoomBody), (status = 401, body = app::Problem), (status = 404, body = app::Problem)))]
async fn read(
    State(http): State<RoomsHttp>,
    actor: Can<ReadRooms>,
    ApiPath(id): ApiPath<RoomId>,
) -> ApiResult<RoomBody> {
    let room = http.room(actor.scope(), id).await?;
    Ok(Json(http.body_of(room.id).await?))
}

/// Changes title or visibility.
#[utoipa::path(patch, path = "/api/rooms/{id}", operation_id = "change_room", tag = "rooms", request_body = RoomChange, params(("id" = String, Path, format = Uuid)),
    responses((status = 200, body = RoomBody), (status = 400, body = app::Problem), (status = 401, body = app::Problem), (status = 404, body = app::Problem)))]
async fn change(
    State(http): State<RoomsHttp>,
    actor: Can<ManageRooms>,
    ApiPath(id): ApiPath<RoomId>,
    ApiJson(change): ApiJson<RoomChange>,
) -> ApiResult<RoomBody> {
    let mut room = http.room(actor.scope(), id).await?;
    if let Some(title) = change.title {
        room.title = rules::title(&title)?;
    }
    room.private = change.private.unwrap_or(room.private);
    http.rooms.change(&room).await?;
    Ok(Json(http.body_of(id).await?))
}

/// Replaces the stream key. The old one stops working at once and its encoder is dropped.
#[utoipa::path(post, path = "/api/rooms/{id}/stream-key", operation_id = "rotate_stream_key", tag = "rooms", params(("id" = String, Path, format = Uuid)),
    responses((status = 200, body = StreamKeyBody), (status = 401, body = app::Problem), (status = 404, body = app::Problem)))]
async fn rotate_key(
    State(http): State<RoomsHttp>,
    actor: Can<ManageRooms>,
    ApiPath(id): ApiPath<RoomId>,
) -> ApiResult<StreamKeyBody> {
    let room = http.room(actor.scope(), id).await?;
    let stream_key = http.rooms.rotate_key(&room).await?;
    Ok(Json(StreamKeyBody { stream_key, push_port: http.push_port }))
}

/// The room's broadcasts, newest first, at most 200.
#[utoipa::path(get, path = "/api/rooms/{id}/broadcasts", tag = "rooms", params(("id" = String, Path, format = Uuid)),
    responses((status = 200, body = Page<BroadcastBody>), (status = 401, body = app::Problem), (status = 404, body = app::Problem)))]
async fn list_broadcasts(
    State(http): State<RoomsHttp>,
    actor: Can<ReadRooms>,
    ApiPath(id): ApiPath<RoomId>,
) -> ApiResult<Page<BroadcastBody>> {
    let room = http.room(actor.scope(), id).await?;
    let broadcasts = store::list_broadcasts(http.app.store.read(), room.id, 200).await?;
    Ok(Json(Page { items: broadcasts.iter().map(BroadcastBody::from).collect(), next: None }))
}

/// One broadcast.
#[utoipa::path(get, path = "/api/broadcasts/{id}", tag = "rooms", params(("id" = String, Path, format = Uuid)),
    responses((status = 200, body = BroadcastBody), (status = 401, body = app::Problem), (status = 404, body = app::Problem)))]
async fn read_broadcast(
    State(http): State<RoomsHttp>,
    actor: Can<ReadRooms>,
    ApiPath(id): ApiPath<BroadcastId>,
) -> ApiResult<BroadcastBody> {
    Ok(Json(BroadcastBody::from(&http.broadcast(actor.scope(), id).await?)))
}

/// Ends a broadcast now. Ending it again changes nothing.
#[utoipa::path(post, path = "/api/broadcasts/{id}/end", tag = "rooms", params(("id" = String, Path, format = Uuid)),
    responses((status = 200, body = BroadcastBody), (status = 401, body = app::Problem), (status = 404, body = app::Problem)))]
async fn end_broadcast(
    State(http): State<RoomsHttp>,
    actor: Can<EndBroadcast>,
    ApiPath(id): ApiPath<BroadcastId>,
) -> ApiResult<BroadcastBody> {
    let broadcast = http.broadcast(actor.scope(), id).await?;
    let reason = match broadcast.origin {
        Origin::Stream => EndReason::Operator,
        Origin::Import => EndReason::ImportComplete,
    };
    http.rooms.end(&broadcast, reason, None).await?;
    Ok(Json(BroadcastBody::from(&http.broadcast(actor.scope(), id).await?)))
}

/// What anybody may know of a room.
#[utoipa::path(get, path = "/api/public/rooms/{id}", operation_id = "read_public_room", tag = "viewers", params(("id" = String, Path, format = Uuid)),
    responses((status = 200, body = PublicRoomBody), (status = 404, body = app::Problem)), security(()))]
async fn read_public(State(http): State<RoomsHttp>, ApiPath(id): ApiPath<RoomId>) -> ApiResult<PublicRoomBody> {
    let view = http.rooms.view(id).await?.ok_or(Refusal::UnknownRoom(id))?;
    Ok(Json(PublicRoomBody {
        id,
        // A private room tells strangers no more than that it is there.
        title: if view.room.private { String::new() } else { view.room.title.clone() },
        live: view.live(),
        private: view.room.private,
        broadcast_id: view.open().map(|broadcast| broadcast.id),
        started_at: view.open().map(|broadcast| broadcast.started_at.0),
        broadcast_state: view.open().map(|broadcast| broadcast.state.as_str()),
        source: view.source().map(rules::source_name),
    }))
}
