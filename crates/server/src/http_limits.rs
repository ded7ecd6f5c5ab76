//! How often the API may be asked: by one session or token, and by one address that shows neither. Every answer says what is left
//! (draft-ietf-httpapi-ratelimit-headers).
//!
//! Media, sockets and the edges of collectors have limits of their own, and so has what players send while they play.

use crate::config::ApiSettings;
use app::{ApiError, App, Bucket, Buckets, ClientIp, Limit};
use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderName, HeaderValue},
    middleware::Next,
    response::{IntoResponse, Response},
};
use events::Millis;
use parking_lot::Mutex;
use std::{hash::Hash, net::IpAddr, sync::Arc};

pub const WINDOW_S: u32 = 60;
/// Of addresses, and of sessions and tokens: a few megabytes under the worst flood.
const MOST: usize = 50_000;
const RATE_LIMIT: HeaderName = HeaderName::from_static("ratelimit");
const POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");

#[derive(Clone)]
pub struct Limits(Arc<Parts>);

struct Parts {
    app: App,
    /// By the hash of their secret. None: no limit.
    credentials: Option<Mutex<Buckets<String>>>,
    addresses: Option<Mutex<Buckets<IpAddr>>>,
}

/// What one request found in its bucket.
struct Taken {
    policy: &'static str,
    of: u32,
    left: u32,
    reset_s: u32,
    refused: bool,
}

impl Limits {
    pub fn new(app: App, settings: &ApiSettings) -> Self {
        Self(Arc::new(Parts {
            app,
            credentials: buckets(settings.requests_per_min),
            addresses: buckets(settings.public_requests_per_min),
        }))
    }

    async fn take(&self, ip: IpAddr, headers: &HeaderMap) -> Option<Taken> {
        let now = self.0.app.now();
        if let Some(credential) = self.credential(headers).await {
            return Some(take("default", self.0.credentials.as_ref()?, credential, now));
        }
        let addresses = self.0.addresses.as_ref()?;
        if ip.to_canonical().is_loopback() {
            let of = addresses.lock().limit().at_once();
            return Some(Taken { policy: "public", of, left: of, reset_s: 0, refused: false });
        }
        Some(take("public", addresses, ClientIp(ip).network(), now))
    }

    /// Only of those that let in: whoever makes them up gets no bucket for each.
    async fn credential(&self, headers: &HeaderMap) -> Option<String> {
        let authenticator = self.0.app.authenticator()?;
        let credential = authenticator.credential(headers)?;
        // When nobody can be asked who this is, the handler says so.
        authenticator.authenticate(headers).await.ok().flatten().map(|_| credential)
    }
}

fn buckets<K: Eq + Hash>(per_min: u32) -> Option<Mutex<Buckets<K>>> {
    (per_min > 0).then(|| Mutex::new(Buckets::new(Limit::in_window(per_min, WINDOW_S), MOST)))
}

fn take<K: Eq + Hash>(policy: &'static str, buckets: &Mutex<Buckets<K>>, key: K, now: Millis) -> Taken {
    let mut buckets = buckets.lock();
    let limit = buckets.limit();
    let bucket: &mut Bucket = buckets.of(key, now);
    let taken = bucket.take(limit, now);
    let left = bucket.left(limit, now);
    let reset_s = taken.err().unwrap_or_else(|| bucket.full_in_s(limit, now));
    Taken { policy, of: limit.at_once(), left, reset_s, refused: taken.is_err() }
}

/// Media, sockets, collectors and what players send while they play are not.
pub fn is_limited(path: &str) -> bool {
    path.starts_with("/api/") && !collect::open_to_all(path) && !crate::http::of_players(path)
}

/// The middleware of the API's routes.
pub async fn limited(State(limits): State<Limits>, ip: ClientIp, request: Request, next: Next) -> Response {
    if !is_limited(request.uri().path()) {
        return next.run(request).await;
    }
    let Some(taken) = limits.take(ip.0, request.headers()).await else { return next.run(request).await };
    let mut response = if taken.refused {
        metrics::counter!("kaibo_http_limited_total", "policy" => taken.policy).increment(1);
        let words = format!("more than {} requests in {WINDOW_S} s", taken.of);
        ApiError::new(429, "too_many_requests", words).retry_after(taken.reset_s).into_response()
    } else {
        next.run(request).await
    };
    let Taken { policy, of, left, reset_s, .. } = taken;
    for (name, value) in [
        (RATE_LIMIT, format!("\"{policy}\";r={left};t={reset_s}")),
        (POLICY, format!("\"{policy}\";q={of};w={WINDOW_S}")),
    ] {
        if let Ok(value) = HeaderValue::try_from(value) {
            response.headers_mut().insert(name, value);
        }
    }
    response
}
