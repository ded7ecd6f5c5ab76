//! A room's mode over HTTP.

use super::{name, store};
use crate::{
    Moderation,
    ledger::{self, Entry, Kind},
};
use app::{ApiError, ApiJson, ApiPath, ApiResult, App, Can, Permission, PermissionInfo, Problem};
use audience::RoomRef;
use axum::{
    Json,
    extract::{FromRef, State},
};
use events::{ChatMode, ChatModeChanged, Envelope, Event, RoomId, Source};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

/// May open and close the chat of a room, and have it looked at first.
pub struct ManageChat;
impl Permission for ManageChat {
    const INFO: PermissionInfo =
        PermissionInfo { name: "chat.manage", zh: "管理发言模式", en: "manage how speaking goes in rooms" };
}

impl FromRef<Moderation> for App {
    fn from_ref(moderation: &Moderation) -> App {
        moderation.app().clone()
    }
}

pub fn routes(moderation: Moderation) -> OpenApiRouter {
    OpenApiRouter::new().routes(routes!(get_mode, set_mode)).with_state(moderation)
}

/// How speaking goes in a room.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct RoomChat {
    mode: Mode,
}

#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ChatMode)]
enum Mode {
    /// Shown at once, looked at afterwards 先发后审.
    AfterReview,
    /// Shown when a person has let it through 先审后发.
    BeforeReview,
    /// Nobody speaks 关闭弹幕.
    Off,
}

impl From<ChatMode> for Mode {
    fn from(mode: ChatMode) -> Self {
        match mode {
            ChatMode::AfterReview => Mode::AfterReview,
            ChatMode::BeforeReview => Mode::BeforeReview,
            ChatMode::Off => Mode::Off,
        }
    }
}

impl From<Mode> for ChatMode {
    fn from(mode: Mode) -> Self {
        match mode {
            Mode::AfterReview => ChatMode::AfterReview,
            Mode::BeforeReview => ChatMode::BeforeReview,
            Mode::Off => ChatMode::Off,
        }
    }
}

/// How speaking goes in a room 发言模式
#[utoipa::path(get, path = "/api/rooms/{id}/chat", tag = "moderation", operation_id = "get_room_chat",
    params(("id" = Uuid, Path, description = "the room")),
    responses(
        (status = 200, description = "the mode", body = RoomChat),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: needs `chat.manage`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: no such room in your scope", body = Problem, content_type = "application/problem+json"),
    ))]
async fn get_mode(
    State(moderation): State<Moderation>,
    can: Can<ManageChat>,
    ApiPath(id): ApiPath<RoomId>,
) -> ApiResult<RoomChat> {
    let room = room_of(&moderation, &can, id).await?;
    let mode = store::of(moderation.app().store.read(), room.room).await?;
    Ok(Json(RoomChat { mode: mode.into() }))
}

/// Change how speaking goes in a room 修改发言模式
///
/// In force when it is answered. What waits for a person goes on waiting.
#[utoipa::path(put, path = "/api/rooms/{id}/chat", tag = "moderation", operation_id = "set_room_chat",
    params(("id" = Uuid, Path, description = "the room")), request_body = RoomChat,
    responses(
        (status = 200, description = "what holds now", body = RoomChat),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: needs `chat.manage`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: no such room in your scope", body = Problem, content_type = "application/problem+json"),
    ))]
async fn set_mode(
    State(moderation): State<Moderation>,
    can: Can<ManageChat>,
    ApiPath(id): ApiPath<RoomId>,
    ApiJson(wanted): ApiJson<RoomChat>,
) -> ApiResult<RoomChat> {
    let room = room_of(&moderation, &can, id).await?;
    let (app, mode) = (moderation.app(), ChatMode::from(wanted.mode));
    let tx = app.store.begin().await?;
    tx.take_turns("moderation_rooms").await?;
    let before = store::of(tx.db(), room.room).await?;
    if before != mode {
        let now = app.now();
        store::set(tx.db(), &room, mode, now).await?;
        let event = Envelope::new(now, Source::Server, room.org, Event::ChatModeChanged(ChatModeChanged { mode }));
        tx.emit(event.with_team(room.team).with_room(room.room).with_broadcast(room.broadcast)).await?;
        let facts = serde_json::json!({
            "room": room.room, "broadcast": room.broadcast, "mode": name(mode), "before": name(before), "by": &*can.name,
        });
        let entry = Entry::new(Kind::ModeChanged, format!("room:{}", room.room), &facts)?;
        ledger::write(&tx, room.org, now, vec![entry.of_team(room.team)]).await?;
    }
    tx.commit().await?;
    moderation.reload().await;
    Ok(Json(wanted))
}

/// A room within reach.
pub(crate) async fn room_of<P: Permission>(
    moderation: &Moderation,
    can: &Can<P>,
    id: RoomId,
) -> Result<RoomRef, ApiError> {
    let room = moderation.audience().room(id).await?;
    room.filter(|room| can.scope().covers(room.org, room.team)).ok_or_else(|| ApiError::not_found("room"))
}
