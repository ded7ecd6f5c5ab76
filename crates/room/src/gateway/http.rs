//! The upgrade: who may open a socket, and the plain stream behind it.

use super::{Gateway, MAX_MESSAGE, deflate};
use crate::delivery::{Joining, Refusal as NotTaken};
use app::{ApiError, ApiPath, ApiQuery, App, ClientIp, Problem, Wired};
use audience::{Refusal, RoomRef, SocketSeen, ViewerPass};
use axum::{
    body::Body,
    extract::{FromRef, Request, State},
    http::{HeaderMap, StatusCode, header},
    response::Response,
};
use base64::{Engine, engine::general_purpose::STANDARD};
use bytes::Bytes;
use events::RoomId;
use hyper::upgrade::{OnUpgrade, Upgraded};
use hyper_util::{rt::TokioIo, server::conn::auto::upgrade::downcast};
use parking_lot::Mutex;
use serde::Deserialize;
use sha1::{Digest, Sha1};
use std::{collections::HashMap, net::IpAddr, sync::Arc, time::Duration};
use tokio::net::TcpStream;
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};

/// What the kernel may hold beside what is on the wire, above which it takes nothing more. A reader that keeps up has
/// nothing waiting here; for one that does not, every byte is time that an event waits behind danmaku.
const UNSENT: u32 = 4096;
/// How long a socket waits after a start.
const KNOWN_WITHIN: Duration = Duration::from_secs(5);

pub(super) fn routes(gateway: Gateway) -> OpenApiRouter {
    OpenApiRouter::new().routes(routes!(room_socket)).with_state(gateway)
}

impl FromRef<Gateway> for App {
    fn from_ref(gateway: &Gateway) -> App {
        gateway.0.app.clone()
    }
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct SocketQuery {
    /// The viewer token.
    #[serde(default)]
    token: String,
    /// To resume: the last `seq` this client has processed.
    seq: Option<u64>,
}

/// The room socket 直播间长连接
///
/// A WebSocket; `docs/PROTOCOL.md` describes its messages.
#[utoipa::path(get, path = "/ws/rooms/{room}", operation_id = "open_room_socket", tag = "room",
    params(("room" = uuid::Uuid, Path, description = "the room"), SocketQuery),
    responses(
        (status = 101, description = "the socket is open"),
        (status = 400, body = Problem, description = "`not_a_websocket`"),
        (status = 401, body = Problem, description = "`token_required`"),
        (status = 403, body = Problem, description = "`token_invalid`, `token_expired`, `bad_origin`, `banned`"),
        (status = 404, body = Problem, description = "`room_not_found`"),
        (status = 429, body = Problem, description = "`too_many_connections` from this address"),
        (status = 503, body = Problem, description = "`full`: no more sockets on this server; `busy`: it is not known yet who is banned"),
    ))]
async fn room_socket(
    State(gateway): State<Gateway>,
    ApiPath(room): ApiPath<RoomId>,
    ApiQuery(query): ApiQuery<SocketQuery>,
    ClientIp(ip): ClientIp,
    mut request: Request,
) -> Result<Response, ApiError> {
    let shared = &gateway.0;
    check_origin(request.headers(), &shared.settings.origins)?;
    let pass = shared.audience.check(&query.token, room)?;
    let view = shared.rooms.view(room).await?.ok_or(Refusal::RoomNotFound(room))?;
    let here = view.told();
    if let Some(refusal) = barred(shared, &here, &pass).await {
        let status = if refusal == NotTaken::Busy { 503 } else { 403 };
        let error = ApiError::new(status, refusal.code(), refusal.to_string());
        return Err(if status == 503 { error.retry_after(1) } else { error });
    }
    let accept = handshake(request.headers())?;
    let upgrade = request.extensions_mut().remove::<OnUpgrade>().ok_or_else(not_a_websocket)?;
    let mut seat = shared.seats.take(ip)?;
    let agent = request.headers().get(header::USER_AGENT).and_then(|value| value.to_str().ok());
    let caller = shared.audience.caller(ip, agent);
    seat.seen = shared.audience.socket(&pass, here.broadcast, &caller);
    let offers = request.headers().get_all(header::SEC_WEBSOCKET_EXTENSIONS);
    let deflate = offers.iter().any(|offers| offers.to_str().is_ok_and(deflate::accepts));
    let joining = Joining {
        title: view.room.title.clone(),
        broadcast: here.broadcast,
        source: view.source(),
        online: shared.audience.online(room),
        mode: shared.moderator.mode(room),
        seq: query.seq,
    };
    tokio::spawn(take_over(gateway.clone(), upgrade, Guest { pass, deflate, seat }, joining));
    let mut response = Response::builder()
        .status(StatusCode::SWITCHING_PROTOCOLS)
        .header(header::CONNECTION, "upgrade")
        .header(header::UPGRADE, "websocket")
        .header(header::SEC_WEBSOCKET_ACCEPT, accept);
    if deflate {
        response = response.header(header::SEC_WEBSOCKET_EXTENSIONS, deflate::ANSWER);
    }
    response.body(Body::empty()).map_err(|error| anyhow::Error::from(error).into())
}

/// Right after a start it takes a moment until somebody knows who is banned: worth waiting for, as the whole audience comes back then.
async fn barred(shared: &super::Shared, room: &RoomRef, pass: &ViewerPass) -> Option<NotTaken> {
    let ask = || shared.moderator.barred(room, &pass.viewer, shared.app.now());
    let refusal = ask()?;
    if refusal != NotTaken::Busy {
        return Some(refusal);
    }
    let mut ready = shared.moderator.is_ready();
    let _ = tokio::time::timeout(KNOWN_WITHIN, ready.wait_for(|ready| *ready)).await;
    ask()
}

struct Guest {
    pass: ViewerPass,
    deflate: bool,
    seat: Seat,
}

async fn take_over(gateway: Gateway, upgrade: OnUpgrade, guest: Guest, joining: Joining) {
    let result = match upgrade.await {
        Ok(upgraded) => plain_stream(upgraded),
        // The client went away in between.
        Err(_) => return,
    };
    let shared = &gateway.0;
    let arrival = result.and_then(|(stream, early)| {
        let socket = socket2::SockRef::from(&stream);
        socket.set_tcp_nodelay(true)?;
        socket.set_send_buffer_size(shared.settings.send_buffer_bytes)?;
        // No TCP_USER_TIMEOUT: it also ends slow readers whose window stays smaller than our frames. Who is gone is
        // noticed by the backlog's age or by silence.
        #[cfg(target_os = "linux")]
        socket.set_tcp_notsent_lowat(UNSENT)?;
        let Guest { pass, deflate, seat } = guest;
        // The stream leaves this runtime for its shard's.
        Ok(super::Arrival { stream: stream.into_std()?, early, pass, deflate, seat })
    });
    match arrival {
        Ok(arrival) => shared.hub.join(arrival, joining, shared.app.now()),
        Err(error) => tracing::warn!("a room socket could not be taken over: {error}"),
    }
}

/// The connection as it came from the listener, and what was read of it already. The one place that knows that the
/// server speaks plain TCP.
fn plain_stream(upgraded: Upgraded) -> std::io::Result<(TcpStream, Bytes)> {
    let (stream, early) = match downcast::<TokioIo<Wired>>(upgraded) {
        Ok(parts) => (parts.io.into_inner().into_inner()?, parts.read_buf),
        Err(upgraded) => {
            let parts = downcast::<TokioIo<TcpStream>>(upgraded)
                .map_err(|_| std::io::Error::other("the connection is no plain TCP stream"))?;
            (parts.io.into_inner(), parts.read_buf)
        }
    };
    if early.len() > 4 * MAX_MESSAGE {
        return Err(std::io::Error::other("too much was sent behind the handshake"));
    }
    Ok((stream, early))
}

fn not_a_websocket() -> ApiError {
    ApiError::new(400, "not_a_websocket", "this address takes WebSocket upgrades (version 13) only")
}

/// Checks the upgrade's headers and answers its key.
fn handshake(headers: &HeaderMap) -> Result<String, ApiError> {
    let has = |name: header::HeaderName, wanted: &str| {
        let values = headers.get_all(name);
        values
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(','))
            .any(|value| value.trim().eq_ignore_ascii_case(wanted))
    };
    let upgrade = has(header::CONNECTION, "upgrade")
        && has(header::UPGRADE, "websocket")
        && has(header::SEC_WEBSOCKET_VERSION, "13");
    let key = headers.get(header::SEC_WEBSOCKET_KEY).filter(|_| upgrade).ok_or_else(not_a_websocket)?;
    if STANDARD.decode(key).map(|key| key.len()) != Ok(16) {
        return Err(not_a_websocket());
    }
    let mut hash = Sha1::new();
    hash.update(key.as_bytes());
    hash.update(b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11");
    Ok(STANDARD.encode(hash.finalize()))
}

/// Browsers say where a page came from; only our own host's and the listed ones may use a viewer's browser for a socket.
fn check_origin(headers: &HeaderMap, allowed: &[String]) -> Result<(), ApiError> {
    let Some(origin) = headers.get(header::ORIGIN) else { return Ok(()) };
    let origin = origin.to_str().unwrap_or_default();
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let same = origin.split_once("://").is_some_and(|(scheme, rest)| {
        matches!(scheme, "http" | "https") && !host.is_empty() && rest.eq_ignore_ascii_case(host)
    });
    if same || allowed.iter().any(|allowed| allowed.trim_end_matches('/').eq_ignore_ascii_case(origin)) {
        return Ok(());
    }
    Err(ApiError::new(403, "bad_origin", "pages of this origin may not open a room socket"))
}

/// How many sockets there are, in all and per address.
pub struct Seats {
    all: usize,
    per_ip: usize,
    taken: Mutex<Taken>,
}

#[derive(Default)]
struct Taken {
    all: usize,
    per_ip: HashMap<IpAddr, usize>,
}

/// One socket's place, given back when dropped.
pub struct Seat {
    seats: Arc<Seats>,
    ip: IpAddr,
    /// The audience sees an open socket for as long as this lives.
    seen: Option<SocketSeen>,
}

impl Seats {
    pub fn new(all: usize, per_ip: usize) -> Arc<Self> {
        Arc::new(Self { all, per_ip, taken: Mutex::default() })
    }

    fn take(self: &Arc<Self>, ip: IpAddr) -> Result<Seat, ApiError> {
        let ip = ip.to_canonical();
        let mut taken = self.taken.lock();
        let mine = taken.per_ip.get(&ip).copied().unwrap_or(0);
        // Behind loopback stands a proxy of our own, or a test.
        if self.per_ip > 0 && mine >= self.per_ip && !ip.is_loopback() {
            return Err(ApiError::new(429, "too_many_connections", "this address holds too many room sockets"));
        }
        if taken.all >= self.all {
            return Err(ApiError::new(503, "full", "this server holds as many room sockets as it may").retry_after(10));
        }
        taken.all += 1;
        taken.per_ip.insert(ip, mine + 1);
        metrics::gauge!("kaibo_room_sockets").set(taken.all as f64);
        Ok(Seat { seats: self.clone(), ip, seen: None })
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut taken = self.seats.taken.lock();
        taken.all = taken.all.saturating_sub(1);
        metrics::gauge!("kaibo_room_sockets").set(taken.all as f64);
        if let Some(mine) = taken.per_ip.get_mut(&self.ip) {
            *mine -= 1;
            if *mine == 0 {
                taken.per_ip.remove(&self.ip);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_of_the_rfc_is_answered() {
        let mut headers = HeaderMap::new();
        for (name, value) in
            [("connection", "keep-alive, Upgrade"), ("upgrade", "websocket"), ("sec-websocket-version", "13")]
        {
            headers.insert(name, value.parse().expect("a header"));
        }
        assert!(handshake(&headers).is_err());
        headers.insert("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ==".parse().expect("a header"));
        assert_eq!(handshake(&headers).ok().as_deref(), Some("s3pPLMBiTxaQ9kYGzzhZRbK+xOo="));
    }

    #[test]
    fn only_our_pages_open_sockets() {
        let check = |origin: &str| {
            let mut headers = HeaderMap::new();
            headers.insert("host", "live.example:8080".parse().expect("a header"));
            headers.insert("origin", origin.parse().expect("a header"));
            check_origin(&headers, &["https://shop.example".into()]).is_ok()
        };
        assert!(check("https://live.example:8080") && check("https://shop.example"));
        for stranger in ["null", "https://live.example", "https://evil.example", "file://live.example:8080", ""] {
            assert!(!check(stranger), "{stranger}");
        }
        assert!(check_origin(&HeaderMap::new(), &[]).is_ok());
    }

    #[test]
    fn one_address_cannot_take_every_seat() {
        let seats = Seats::new(3, 2);
        let ip: IpAddr = "192.0.2.1".parse().expect("an address");
        let held = (seats.take(ip), seats.take(ip));
        assert!(held.0.is_ok() && held.1.is_ok() && seats.take(ip).is_err());
        let local = seats.take(IpAddr::V4(std::net::Ipv4Addr::LOCALHOST));
        assert!(local.is_ok() && seats.take("192.0.2.2".parse().expect("an address")).is_err(), "all seats are taken");
        drop(held);
        assert!(seats.take(ip).is_ok());
    }
}
