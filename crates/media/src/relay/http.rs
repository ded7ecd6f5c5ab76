//! Relay targets over HTTP. Stream keys come in and never go out.

use super::rules::{self, Refusal, Target};
use super::status::Trouble;
use super::{Relay, about, store};
use crate::{ManageStreams, Media, ReadStreams};
use app::{ApiError, ApiJson, ApiPath, ApiResult, App, Can, Page, Problem, Scope};
use axum::Json;
use axum::extract::{FromRef, State};
use axum::http::StatusCode;
use axum::response::IntoResponse;
use events::RoomId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

#[derive(Clone)]
pub(crate) struct RelayHttp {
    pub media: Media,
    pub relay: Relay,
}

impl FromRef<RelayHttp> for App {
    fn from_ref(state: &RelayHttp) -> App {
        state.media.0.app.clone()
    }
}

pub(crate) fn routes(state: RelayHttp) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(change, remove))
        .routes(routes!(start))
        .routes(routes!(stop))
        .with_state(state)
}

/// A target and where it stands.
#[derive(Debug, Serialize, ToSchema)]
struct RelayBody {
    id: Uuid,
    #[schema(value_type = String, format = Uuid)]
    room_id: RoomId,
    #[schema(example = "Twitch")]
    name: String,
    /// Without the stream key.
    #[schema(example = "rtmp://live.twitch.tv/app", pattern = "^[Rr][Tt][Mm][Pp][Ss]?://")]
    url: String,
    /// A stream key is kept. It is never shown.
    has_key: bool,
    enabled: bool,
    /// `idle` (the room is not on air), `connecting`, `live`, `waiting` (for the next try, or for media), `refused`, `stopped`.
    state: &'static str,
    /// Since when it is in this state, milliseconds since the epoch.
    since: Option<i64>,
    bitrate_kbps: u32,
    /// In this show.
    sent_bytes: u64,
    /// Pictures left out because the target was too slow, in this show.
    dropped_frames: u64,
    /// Connections that failed or broke, in this show.
    reconnects: u32,
    last_error: Option<RelayError>,
    next_try_at: Option<i64>,
    created_at: i64,
}

/// Why a target is not live.
#[derive(Debug, Serialize, ToSchema)]
struct RelayError {
    /// `unknown_host`, `private_address`, `no_connection`, `timeout`, `tls`, `refused`, `protocol`, `connection_lost`,
    /// `connection_closed`, `no_answer`, `not_taken` or `unreadable`.
    #[schema(example = "refused")]
    code: &'static str,
    /// One sentence for a person.
    text: String,
}

impl From<Trouble> for RelayError {
    fn from(trouble: Trouble) -> Self {
        Self { code: trouble.code, text: trouble.text }
    }
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewRelay {
    #[schema(example = "Twitch", format = "line", max_length = 50)]
    name: String,
    /// `rtmp://` or `rtmps://`. Without `stream_key`, the last part of the path (with its query) is the key.
    #[schema(example = "rtmp://live.twitch.tv/app", pattern = "^[Rr][Tt][Mm][Pp][Ss]?://")]
    url: String,
    /// Kept encrypted and never shown.
    #[schema(max_length = 512)]
    stream_key: Option<String>,
    #[serde(default = "yes")]
    enabled: bool,
}

fn yes() -> bool {
    true
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct RelayChange {
    #[schema(format = "line", max_length = 50)]
    name: Option<String>,
    /// Another address needs the stream key again.
    #[schema(pattern = "^[Rr][Tt][Mm][Pp][Ss]?://")]
    url: Option<String>,
    /// Absent: the key stays.
    #[schema(max_length = 512)]
    stream_key: Option<String>,
    enabled: Option<bool>,
}

impl RelayHttp {
    fn body(&self, target: &Target) -> RelayBody {
        let snapshot = self.relay.snapshot(target);
        RelayBody {
            id: target.id,
            room_id: target.room,
            name: target.name.clone(),
            url: target.url.clone(),
            has_key: !target.stream_key.is_empty(),
            enabled: target.enabled,
            state: snapshot.state.as_str(),
            since: snapshot.since.map(|at| at.0),
            bitrate_kbps: snapshot.bitrate_kbps,
            sent_bytes: snapshot.sent_bytes,
            dropped_frames: snapshot.dropped_frames,
            reconnects: snapshot.reconnects,
            last_error: snapshot.last_error.map(RelayError::from),
            next_try_at: snapshot.next_try_at.map(|at| at.0),
            created_at: target.created_at.0,
        }
    }

    fn app(&self) -> &App {
        &self.media.0.app
    }

    async fn target(&self, scope: Scope, id: Uuid) -> Result<Target, ApiError> {
        Ok(store::find(self.app().store.read(), scope, id).await?.ok_or(Refusal::Unknown(id))?)
    }

    async fn save(&self, target: &Target) -> anyhow::Result<()> {
        if !target.enabled {
            // Before it is said: nothing that the target tells may stand behind it.
            self.relay.interrupt(target.id);
        }
        let kept = self.keep(target).await;
        self.relay.look(target.room);
        kept
    }

    async fn keep(&self, target: &Target) -> anyhow::Result<()> {
        let tx = self.app().store.begin().await?;
        store::update(tx.db(), target).await?;
        if !target.enabled {
            tx.emit(about(target, self.app().now())).await?;
        }
        tx.commit().await
    }
}

/// A room's relay targets 多平台推流
#[utoipa::path(get, path = "/api/rooms/{id}/relays", operation_id = "list_relays", tag = "relays",
    params(("id" = String, Path, format = Uuid)),
    responses((status = 200, body = Page<RelayBody>), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem, description = "`room_not_found`")))]
async fn list(
    State(http): State<RelayHttp>,
    actor: Can<ReadStreams>,
    ApiPath(room): ApiPath<RoomId>,
) -> ApiResult<Page<RelayBody>> {
    let room = http.media.room_within(actor.scope(), room).await?;
    let targets = store::of_room(http.app().store.read(), room.room).await?;
    Ok(Json(Page { items: targets.iter().map(|target| http.body(target)).collect(), next: None }))
}

/// Adds a relay target
///
/// It begins at once when the room is on air, and with every show from then on.
#[utoipa::path(post, path = "/api/rooms/{id}/relays", operation_id = "create_relay", tag = "relays",
    params(("id" = String, Path, format = Uuid)), request_body = NewRelay,
    responses((status = 201, body = RelayBody),
        (status = 400, body = Problem, description = "`bad_name`, `bad_address`, `bad_stream_key`, `private_address`, `relay_circle`"),
        (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem, description = "`room_not_found`"),
        (status = 409, body = Problem, description = "`too_many_relays`")))]
async fn create(
    State(http): State<RelayHttp>,
    actor: Can<ManageStreams>,
    ApiPath(room): ApiPath<RoomId>,
    ApiJson(new): ApiJson<NewRelay>,
) -> Result<impl IntoResponse, ApiError> {
    let room = http.media.room_within(actor.scope(), room).await?;
    let name = rules::name(&new.name)?;
    let (address, stream_key) = rules::destination(&new.url, new.stream_key.as_deref())?;
    http.relay.check(room.room, &address, &stream_key).await?;
    let id = Uuid::now_v7();
    let target = Target {
        id,
        org: room.org,
        team: room.team,
        room: room.room,
        name,
        url: address.url(),
        stream_key: http.relay.seal(id, &stream_key)?,
        enabled: new.enabled,
        created_at: http.app().now(),
    };
    let tx = http.app().store.begin().await?;
    let most = http.relay.settings().targets_per_room;
    if store::count(tx.db(), room.room).await? >= most as u64 {
        return Err(Refusal::TooMany(most).into());
    }
    store::insert(tx.db(), &target).await?;
    tx.commit().await?;
    http.relay.look(room.room);
    Ok((StatusCode::CREATED, Json(http.body(&target))))
}

/// Changes a relay target
///
/// One that runs begins anew when address or key were changed.
#[utoipa::path(patch, path = "/api/relays/{id}", operation_id = "change_relay", tag = "relays",
    params(("id" = String, Path, format = Uuid)), request_body = RelayChange,
    responses((status = 200, body = RelayBody),
        (status = 400, body = Problem, description = "as for a new one; `stream_key_needed`: another address needs its key"),
        (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem, description = "`relay_not_found`")))]
async fn change(
    State(http): State<RelayHttp>,
    actor: Can<ManageStreams>,
    ApiPath(id): ApiPath<Uuid>,
    ApiJson(change): ApiJson<RelayChange>,
) -> ApiResult<RelayBody> {
    let mut target = http.target(actor.scope(), id).await?;
    if let Some(name) = change.name {
        target.name = rules::name(&name)?;
    }
    let (url, stream_key) = (change.url.as_deref(), change.stream_key.as_deref());
    if stream_key.is_some() {
        let (address, key) = rules::destination(url.unwrap_or(&target.url), stream_key)?;
        http.relay.check(target.room, &address, &key).await?;
        target.url = address.url();
        target.stream_key = http.relay.seal(id, &key)?;
    } else if let Some(url) = url {
        rules::same_address(&target.url, url)?;
    }
    target.enabled = change.enabled.unwrap_or(target.enabled);
    http.save(&target).await?;
    Ok(Json(http.body(&target)))
}

/// Removes a relay target
#[utoipa::path(delete, path = "/api/relays/{id}", operation_id = "remove_relay", tag = "relays",
    params(("id" = String, Path, format = Uuid)),
    responses((status = 204), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem, description = "`relay_not_found`")))]
async fn remove(
    State(http): State<RelayHttp>,
    actor: Can<ManageStreams>,
    ApiPath(id): ApiPath<Uuid>,
) -> Result<StatusCode, ApiError> {
    let target = http.target(actor.scope(), id).await?;
    http.relay.interrupt(id);
    let tx = http.app().store.begin().await?;
    store::delete(tx.db(), id).await?;
    tx.emit(about(&target, http.app().now())).await?;
    tx.commit().await?;
    http.relay.forget(id);
    http.relay.look(target.room);
    Ok(StatusCode::NO_CONTENT)
}

/// Switches a relay on, or tries again at once
#[utoipa::path(post, path = "/api/relays/{id}/start", operation_id = "start_relay", tag = "relays",
    params(("id" = String, Path, format = Uuid)),
    responses((status = 200, body = RelayBody), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem, description = "`relay_not_found`")))]
async fn start(
    State(http): State<RelayHttp>,
    actor: Can<ManageStreams>,
    ApiPath(id): ApiPath<Uuid>,
) -> ApiResult<RelayBody> {
    let mut target = http.target(actor.scope(), id).await?;
    target.enabled = true;
    http.relay.interrupt(id);
    http.save(&target).await?;
    Ok(Json(http.body(&target)))
}

/// Switches a relay off, also for later shows
#[utoipa::path(post, path = "/api/relays/{id}/stop", operation_id = "stop_relay", tag = "relays",
    params(("id" = String, Path, format = Uuid)),
    responses((status = 200, body = RelayBody), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem, description = "`relay_not_found`")))]
async fn stop(
    State(http): State<RelayHttp>,
    actor: Can<ManageStreams>,
    ApiPath(id): ApiPath<Uuid>,
) -> ApiResult<RelayBody> {
    let mut target = http.target(actor.scope(), id).await?;
    target.enabled = false;
    http.save(&target).await?;
    Ok(Json(http.body(&target)))
}
