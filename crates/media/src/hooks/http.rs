//! Outside media servers over HTTP: their hooks, and the people who look after them.

use super::event::Said;
use super::kinds::Kind;
use super::rules::{self, Mode, Net, Refusal, Server};
use super::{Hooks, store};
use crate::{ManageServers, sealed};
use app::{ApiError, ApiJson, ApiPath, ApiQuery, ApiResult, App, Can, ClientIp, Page, Problem, Scope};
use axum::Json;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, FromRef, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use events::RoomId;
use serde::{Deserialize, Serialize};
use std::net::IpAddr;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

/// A hook is a few hundred bytes.
const LONGEST_HOOK: usize = 16 << 10;

impl FromRef<Hooks> for App {
    fn from_ref(hooks: &Hooks) -> App {
        hooks.0.media.0.app.clone()
    }
}

pub(crate) fn routes(hooks: Hooks) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(call))
        .routes(routes!(call_with_query))
        .layer(DefaultBodyLimit::max(LONGEST_HOOK))
        .routes(routes!(list, create))
        .routes(routes!(change, remove))
        .routes(routes!(rotate))
        .routes(routes!(streams))
        .with_state(hooks)
}

/// An outside media server.
#[derive(Debug, Serialize, ToSchema)]
struct MediaServerBody {
    id: Uuid,
    #[schema(example = "机房 SRS")]
    name: String,
    /// `srs`, `nginx_rtmp` or `mediamtx`.
    kind: &'static str,
    /// `pull`: Kaibo fetches the streams; `forward`: the server pushes them to Kaibo's RTMP port.
    mode: &'static str,
    /// Without what follows the `?`.
    #[schema(example = "rtmp://10.0.0.5/live/{name}")]
    pull_url: Option<String>,
    /// Something follows the `?` of the pull address. It is kept encrypted and never shown.
    has_query: bool,
    /// Addresses and networks that may call; empty: every one that knows the secret.
    allowed_ips: Vec<String>,
    created_at: i64,
    /// Streams that are published there now.
    streams: usize,
    /// Players that are connected there now, as its hooks say. They are never counted as viewers.
    outside_plays: u32,
}

/// A server with its secret, which is shown only here and when it is rotated.
#[derive(Debug, Serialize, ToSchema)]
struct NewMediaServerBody {
    #[serde(flatten)]
    server: MediaServerBody,
    #[schema(example = "kbh_0123456789abcdef")]
    secret: String,
    /// Where the server's hooks go, below this program's own address.
    #[schema(example = "/hooks/0190a0c0-0000-7000-8000-000000000001/kbh_0123456789abcdef")]
    hook_path: String,
    /// In mode `forward` it pushes to `rtmp://<this host>:<push_port>/live`.
    push_port: u16,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewMediaServer {
    #[schema(format = "line", max_length = 50)]
    name: String,
    #[schema(pattern = "^(srs|nginx_rtmp|mediamtx)$")]
    kind: String,
    #[schema(pattern = "^(pull|forward)$")]
    mode: String,
    /// For `pull`: where a stream is fetched, with `{name}` and perhaps `{app}`. What follows a `?` is kept encrypted and never
    /// shown.
    pull_url: Option<String>,
    #[serde(default)]
    #[schema(max_items = 32)]
    allowed_ips: Vec<String>,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct MediaServerChange {
    #[schema(format = "line", max_length = 50)]
    name: Option<String>,
    #[schema(pattern = "^(pull|forward)$")]
    mode: Option<String>,
    /// The same address without a `?` keeps what followed it; with a `?` alone it is dropped, as with any other address.
    pull_url: Option<String>,
    #[schema(max_items = 32)]
    allowed_ips: Option<Vec<String>>,
}

/// A stream that an outside server carries.
#[derive(Debug, Serialize, ToSchema)]
struct HookStreamBody {
    #[schema(value_type = String, format = Uuid)]
    room_id: RoomId,
    app: String,
    /// Cut short where it is the stream key.
    name: String,
    /// In mode `forward`: `awaited`, then `forwarded` when the push is here. In mode `pull`: `connecting`, `live`, `waiting` (for
    /// the next try) or `replaced` (another publisher has the room, or the show was ended).
    state: &'static str,
    /// When the server said that it is published.
    published_at: i64,
    since: Option<i64>,
    received_bytes: u64,
    bitrate_kbps: u32,
    reconnects: u32,
    last_error: Option<HookStreamError>,
}

/// Why a stream is not here.
#[derive(Debug, Serialize, ToSchema)]
struct HookStreamError {
    /// `unknown_host`, `own_address`, `no_connection`, `timeout`, `tls`, `refused`, `protocol`, `connection_lost`,
    /// `connection_closed`, `silent`, `not_taken`, `bad_pull_url` or, when nothing was pushed for 10 s, `not_arrived`.
    code: &'static str,
    text: String,
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct WithSecret {
    /// The server's secret.
    #[serde(default)]
    secret: String,
}

impl Hooks {
    fn body(&self, server: &Server) -> MediaServerBody {
        // Until it is sealed, an old row holds its query in the address.
        let visible = server.pull_url.as_deref().and_then(|url| url.split('?').next());
        MediaServerBody {
            id: server.id,
            name: server.name.clone(),
            kind: server.kind.as_str(),
            mode: server.mode.as_str(),
            pull_url: visible.map(str::to_owned),
            has_query: server.pull_query.is_some() || visible != server.pull_url.as_deref(),
            allowed_ips: server.allowed.iter().map(Net::to_string).collect(),
            created_at: server.created_at.0,
            streams: self.views(server.id).len(),
            outside_plays: self.plays(server.id),
        }
    }

    fn new_body(&self, server: &Server, secret: String) -> NewMediaServerBody {
        let hook_path = format!("/hooks/{}/{secret}", server.id);
        NewMediaServerBody { server: self.body(server), secret, hook_path, push_port: self.0.media.rtmp_port() }
    }

    fn app(&self) -> &App {
        &self.0.media.0.app
    }

    async fn server(&self, scope: Scope, id: Uuid) -> Result<Server, ApiError> {
        Ok(store::find(self.app().store.read(), scope, id).await?.ok_or(Refusal::Unknown(id))?)
    }

    /// Takes a pull address over, its query sealed.
    fn set_pull_url(&self, server: &mut Server, text: Option<&str>) -> Result<(), ApiError> {
        let Some((url, query)) = rules::pull_url(server.mode, text)? else {
            (server.pull_url, server.pull_query) = (None, None);
            return Ok(());
        };
        // Whoever may change addresses must not be able to have a secret sent to a server of theirs.
        let kept = server.pull_query.take().filter(|_| server.pull_url.as_ref() == Some(&url));
        server.pull_query = match query {
            None => kept,
            Some(query) if query.is_empty() => None,
            Some(query) => Some(sealed::seal(&self.app().keys, server.id, &query)?),
        };
        server.pull_url = Some(url);
        Ok(())
    }

    async fn save(&self, server: &Server) -> anyhow::Result<()> {
        let tx = self.app().store.begin().await?;
        store::update(tx.db(), server).await?;
        tx.commit().await
    }

    async fn answer(&self, id: &str, secret: &str, from: IpAddr, body: &[u8]) -> Result<Response, ApiError> {
        let server = match id.parse() {
            Ok(id) => store::find_any(self.app().store.read(), id).await?,
            Err(_) => None,
        };
        let Some(server) = server.filter(|server| server.believes(secret, from)) else {
            metrics::counter!("kaibo_hooks_refused_total", "reason" => "stranger").increment(1);
            return Err(Refusal::Stranger.into());
        };
        metrics::counter!("kaibo_hooks_calls_total", "kind" => server.kind.as_str()).increment(1);
        let said = server.kind.read(body).map_err(|bad| ApiError::new(400, "bad_hook", bad.to_string()))?;
        let allowed = match said {
            Said::Event(event) => self.take(&server, event).await?,
            Said::Nothing => true,
            Said::Anonymous | Said::Never => false,
        };
        let (status, body) = if allowed { server.kind.yes() } else { server.kind.no() };
        let status = StatusCode::from_u16(status).unwrap_or(StatusCode::FORBIDDEN);
        let kind = if body.is_empty() { "text/plain" } else { "application/json" };
        Ok((status, [(header::CONTENT_TYPE, kind)], body).into_response())
    }
}

/// A hook of an outside media server
///
/// What SRS, nginx-rtmp and MediaMTX send, each as it does; the answer is what the server understands as yes or no.
#[utoipa::path(post, path = "/hooks/{server}/{secret}", operation_id = "call_hook", tag = "media servers",
    params(("server" = String, Path, description = "the media server"), ("secret" = String, Path)),
    request_body(content = String, description = "as the kind of server sends it"),
    responses((status = 200, description = "allowed"), (status = 400, body = Problem, description = "`bad_hook`"),
        (status = 401, description = "MediaMTX: refused"), (status = 403, description = "refused; `hook_refused`: a wrong secret or address")),
    security(()))]
async fn call(
    State(hooks): State<Hooks>,
    ClientIp(from): ClientIp,
    ApiPath((server, secret)): ApiPath<(String, String)>,
    body: Bytes,
) -> Result<Response, ApiError> {
    hooks.answer(&server, &secret, from, &body).await
}

/// The same hook, for servers that can only add a query
#[utoipa::path(post, path = "/hooks/{server}", operation_id = "call_hook_with_query", tag = "media servers",
    params(("server" = String, Path, description = "the media server"), WithSecret),
    request_body(content = String, description = "as the kind of server sends it"),
    responses((status = 200, description = "allowed"), (status = 400, body = Problem, description = "`bad_hook`"),
        (status = 401, description = "MediaMTX: refused"), (status = 403, description = "refused; `hook_refused`: a wrong secret or address")),
    security(()))]
async fn call_with_query(
    State(hooks): State<Hooks>,
    ClientIp(from): ClientIp,
    ApiPath(server): ApiPath<String>,
    ApiQuery(query): ApiQuery<WithSecret>,
    body: Bytes,
) -> Result<Response, ApiError> {
    hooks.answer(&server, &query.secret, from, &body).await
}

/// Outside media servers 媒体服务器, newest first
#[utoipa::path(get, path = "/api/media-servers", operation_id = "list_media_servers", tag = "media servers",
    responses((status = 200, body = Page<MediaServerBody>), (status = 401, body = Problem), (status = 403, body = Problem)))]
async fn list(State(hooks): State<Hooks>, actor: Can<ManageServers>) -> ApiResult<Page<MediaServerBody>> {
    let servers = store::list(hooks.app().store.read(), actor.scope()).await?;
    Ok(Json(Page { items: servers.iter().map(|server| hooks.body(server)).collect(), next: None }))
}

/// Adds a media server. The answer holds its secret; it is not shown again.
#[utoipa::path(post, path = "/api/media-servers", operation_id = "create_media_server", tag = "media servers",
    request_body = NewMediaServer,
    responses((status = 201, body = NewMediaServerBody),
        (status = 400, body = Problem, description = "`bad_name`, `bad_kind`, `bad_mode`, `bad_pull_url`, `bad_address_list`"),
        (status = 401, body = Problem), (status = 403, body = Problem)))]
async fn create(
    State(hooks): State<Hooks>,
    actor: Can<ManageServers>,
    ApiJson(new): ApiJson<NewMediaServer>,
) -> Result<impl IntoResponse, ApiError> {
    let mode = Mode::parse(&new.mode).ok_or(Refusal::BadMode)?;
    let (secret, secret_hash) = rules::fresh_secret();
    let mut server = Server {
        id: Uuid::now_v7(),
        org: actor.scope.org,
        team: actor.home_team,
        name: rules::name(&new.name)?,
        kind: Kind::parse(&new.kind).ok_or(Refusal::BadKind)?,
        mode,
        secret_hash,
        allowed: rules::nets(&new.allowed_ips)?,
        pull_url: None,
        pull_query: None,
        created_at: hooks.app().now(),
    };
    hooks.set_pull_url(&mut server, new.pull_url.as_deref())?;
    let tx = hooks.app().store.begin().await?;
    store::insert(tx.db(), &server).await?;
    tx.commit().await?;
    Ok((StatusCode::CREATED, Json(hooks.new_body(&server, secret))))
}

/// Changes a media server. Streams that are carried already go on as they are.
#[utoipa::path(patch, path = "/api/media-servers/{id}", operation_id = "change_media_server", tag = "media servers",
    params(("id" = String, Path, format = Uuid)), request_body = MediaServerChange,
    responses((status = 200, body = MediaServerBody), (status = 400, body = Problem, description = "as for a new one"),
        (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem, description = "`media_server_not_found`")))]
async fn change(
    State(hooks): State<Hooks>,
    actor: Can<ManageServers>,
    ApiPath(id): ApiPath<Uuid>,
    ApiJson(change): ApiJson<MediaServerChange>,
) -> ApiResult<MediaServerBody> {
    let mut server = hooks.server(actor.scope(), id).await?;
    if let Some(name) = change.name {
        server.name = rules::name(&name)?;
    }
    if let Some(mode) = change.mode {
        server.mode = Mode::parse(&mode).ok_or(Refusal::BadMode)?;
    }
    let pull_url = change.pull_url.or(server.pull_url.clone());
    hooks.set_pull_url(&mut server, pull_url.as_deref())?;
    if let Some(allowed) = change.allowed_ips {
        server.allowed = rules::nets(&allowed)?;
    }
    hooks.save(&server).await?;
    Ok(Json(hooks.body(&server)))
}

/// Removes a media server. Its streams are given back at once.
#[utoipa::path(delete, path = "/api/media-servers/{id}", operation_id = "remove_media_server", tag = "media servers",
    params(("id" = String, Path, format = Uuid)),
    responses((status = 204), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem, description = "`media_server_not_found`")))]
async fn remove(
    State(hooks): State<Hooks>,
    actor: Can<ManageServers>,
    ApiPath(id): ApiPath<Uuid>,
) -> Result<StatusCode, ApiError> {
    let server = hooks.server(actor.scope(), id).await?;
    let tx = hooks.app().store.begin().await?;
    store::delete(tx.db(), server.id).await?;
    tx.commit().await?;
    hooks.drop_server(server.id);
    Ok(StatusCode::NO_CONTENT)
}

/// Replaces a media server's secret. The old one stops working at once.
#[utoipa::path(post, path = "/api/media-servers/{id}/secret", operation_id = "rotate_media_server_secret", tag = "media servers",
    params(("id" = String, Path, format = Uuid)),
    responses((status = 200, body = NewMediaServerBody), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem, description = "`media_server_not_found`")))]
async fn rotate(
    State(hooks): State<Hooks>,
    actor: Can<ManageServers>,
    ApiPath(id): ApiPath<Uuid>,
) -> ApiResult<NewMediaServerBody> {
    let mut server = hooks.server(actor.scope(), id).await?;
    let (secret, hash) = rules::fresh_secret();
    server.secret_hash = hash;
    hooks.save(&server).await?;
    Ok(Json(hooks.new_body(&server, secret)))
}

/// The streams that a media server carries now
#[utoipa::path(get, path = "/api/media-servers/{id}/streams", operation_id = "list_media_server_streams", tag = "media servers",
    params(("id" = String, Path, format = Uuid)),
    responses((status = 200, body = Page<HookStreamBody>), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem, description = "`media_server_not_found`")))]
async fn streams(
    State(hooks): State<Hooks>,
    actor: Can<ManageServers>,
    ApiPath(id): ApiPath<Uuid>,
) -> ApiResult<Page<HookStreamBody>> {
    let server = hooks.server(actor.scope(), id).await?;
    let items = hooks.views(server.id).into_iter().map(|view| HookStreamBody {
        room_id: view.room,
        app: view.app,
        name: view.name,
        state: view.progress.state.as_str(),
        published_at: view.since.0,
        since: view.progress.since.map(|at| at.0),
        received_bytes: view.progress.received_bytes,
        bitrate_kbps: view.progress.bitrate_kbps,
        reconnects: view.progress.reconnects,
        last_error: view.progress.last_error.map(|(code, text)| HookStreamError { code, text }),
    });
    Ok(Json(Page { items: items.collect(), next: None }))
}
