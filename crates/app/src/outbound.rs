//! Calls to addresses that people entered: without redirects and without a proxy, to the public internet alone unless allowed.

use crate::is_public;
use reqwest::{
    Client, Url,
    dns::{Addrs, Name, Resolve, Resolving},
    redirect::Policy,
};
use std::{
    error::Error,
    net::{IpAddr, SocketAddr},
    time::Duration,
};

const CONNECT: Duration = Duration::from_secs(8);

/// A client for such calls. Its connections stay open for the next one; how long an answer may take is the caller's to say.
/// Names that stand for private addresses are refused; an address in place of a name is for [`may_call`] to refuse.
pub fn client(allow_private: bool) -> reqwest::Result<Client> {
    Client::builder()
        .user_agent(concat!("kaibo/", env!("CARGO_PKG_VERSION")))
        .redirect(Policy::none())
        .no_proxy()
        .connect_timeout(CONNECT)
        .pool_max_idle_per_host(8)
        .dns_resolver(Resolver { allow_private })
        .build()
}

/// Whether `url` may be called as far as it says itself: names are looked at once they are resolved.
pub fn may_call(url: &Url, allow_private: bool) -> bool {
    allow_private || literal(url).is_none_or(is_public)
}

/// The address that stands where a name could.
pub fn literal(url: &Url) -> Option<IpAddr> {
    url.host_str()?.trim_start_matches('[').trim_end_matches(']').parse().ok()
}

/// Why there was no answer: `timeout`, `private_address`, `unknown_host`, `tls`, `no_connection` or `no_answer`.
pub fn reason(error: &reqwest::Error) -> &'static str {
    if error.is_timeout() {
        return "timeout";
    }
    let mut cause: Option<&(dyn Error + 'static)> = error.source();
    while let Some(inner) = cause {
        match inner.downcast_ref::<Unreachable>() {
            Some(Unreachable::Private) => return "private_address",
            Some(Unreachable::Unknown) => return "unknown_host",
            None => cause = inner.source(),
        }
    }
    let words = format!("{error:?}").to_lowercase();
    match words.contains("certificate") || words.contains("tls") {
        true => "tls",
        false if error.is_connect() => "no_connection",
        false => "no_answer",
    }
}

#[derive(Debug, thiserror::Error)]
enum Unreachable {
    #[error("the host name is not known")]
    Unknown,
    #[error("the host is a private, local or otherwise special address")]
    Private,
}

/// Names become addresses that may be called. The connection goes to what was looked at, so no name can change its mind between.
struct Resolver {
    allow_private: bool,
}

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        let allow_private = self.allow_private;
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await.map_err(|_| Unreachable::Unknown)?;
            let found: Vec<SocketAddr> = found.collect();
            if found.is_empty() {
                return Err(Unreachable::Unknown.into());
            }
            let allowed = found.into_iter().filter(|address| allow_private || is_public(address.ip()));
            // The first few only: a name may stand for very many.
            let allowed: Vec<SocketAddr> = allowed.take(4).collect();
            if allowed.is_empty() {
                return Err(Unreachable::Private.into());
            }
            Ok(Box::new(allowed.into_iter()) as Addrs)
        })
    }
}
