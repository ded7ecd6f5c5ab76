//! A look at requests as they pass: which entry asked, from where, for what. One layer around the routes that serve media
//! and take heartbeats, so that those need not know of it.

use super::book::Asked;
use crate::{Audience, token};
use app::ClientIp;
use axum::{
    extract::{FromRequestParts, Request, State},
    http::{Method, Uri, header},
    middleware::{Next, from_fn_with_state},
    response::Response,
};
use utoipa_axum::router::OpenApiRouter;

impl Audience {
    /// The same routes; what they answer to viewers becomes evidence.
    pub fn watched(&self, routes: OpenApiRouter) -> OpenApiRouter {
        routes.layer(from_fn_with_state(self.clone(), look))
    }
}

async fn look(State(audience): State<Audience>, request: Request, next: Next) -> Response {
    let (method, uri) = (request.method().clone(), request.uri().clone());
    let (Some(token), Some(asked)) = (token_of(&uri), asked(&method, uri.path())) else {
        return next.run(request).await;
    };
    let (mut parts, body) = request.into_parts();
    let Ok(ClientIp(ip)) = ClientIp::from_request_parts(&mut parts, &()).await;
    let agent = parts.headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok()).map(str::to_owned);
    let response = next.run(Request::from_parts(parts, body)).await;
    if response.status().is_success()
        && let Ok(pass) = token::open(&audience.app().keys, token)
        && let Ok(Some(room)) = audience.room(pass.room).await
    {
        audience.asked(&pass, &room, &audience.caller(ip, agent.as_deref()), asked);
    }
    response
}

/// What evidence a request is, if any.
fn asked(method: &Method, path: &str) -> Option<Asked> {
    let media = path.starts_with("/live/") || path.starts_with("/replay/");
    match *method {
        Method::GET if media && path.ends_with(".m3u8") => Some(Asked::Playlist),
        // What arrives of it is another question: whoever serves it tells.
        Method::GET if media && path.ends_with(".m4s") => Some(Asked::Other),
        Method::POST if path.ends_with("/heartbeat") || path.ends_with("/playback") => Some(Asked::Other),
        _ => None,
    }
}

fn token_of(uri: &Uri) -> Option<&str> {
    uri.query()?.split('&').find_map(|pair| pair.strip_prefix("token=")).filter(|token| !token.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_viewers_ask_is_evidence() {
        let of = |path| asked(&Method::GET, path);
        assert_eq!(of("/live/r/index.m3u8"), Some(Asked::Playlist));
        assert_eq!(of("/live/r/seg/b/12.m4s"), Some(Asked::Other));
        assert_eq!(of("/replay/b/seg/12.m4s"), Some(Asked::Other));
        assert_eq!(of("/live/r/seg/b/init-1.mp4"), None);
        assert_eq!(of("/api/rooms/x/heartbeat"), None);
        assert_eq!(asked(&Method::POST, "/api/rooms/x/heartbeat"), Some(Asked::Other));
        let token = |text: &'static str| token_of(&text.parse::<Uri>().ok()?).map(str::to_owned);
        assert_eq!(token("/live/r/index.m3u8?_HLS_msn=3&token=abc").as_deref(), Some("abc"));
        assert_eq!(token("/live/r/index.m3u8?token="), None);
    }
}
