//! What the hooks of every media server come down to.

use crate::query;
use std::net::IpAddr;

/// Longest stream name and application that are believed.
const MAX_NAME: usize = 200;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    Publish,
    Unpublish,
    Play,
    Stop,
    RecordDone,
}

/// One call of a hook.
#[derive(Clone, PartialEq, Eq)]
pub struct HookEvent {
    pub what: What,
    pub app: String,
    /// The stream's name there. May be the stream key.
    pub name: String,
    /// The stream key: named in the query, or else the name.
    pub key: String,
    /// Who publishes or plays there.
    pub ip: Option<IpAddr>,
    /// The server's number of that connection.
    pub client: Option<String>,
    /// What followed the `?`, without it.
    pub query: String,
}

/// A call that is no hook of this kind of server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadHook {
    #[error("the body is not readable")]
    Unreadable,
    #[error("`{0}` is missing or not usable")]
    Field(&'static str),
}

/// What a body says.
#[derive(Clone, PartialEq, Eq)]
pub enum Said {
    Event(HookEvent),
    /// Something that need not be known; allowed.
    Nothing,
    /// The server asks for credentials that were not sent yet.
    Anonymous,
    /// Something that is never allowed, such as the server's own API.
    Never,
}

impl HookEvent {
    /// With a key from the query, `key` or `token`, where there is one.
    pub fn new(what: What, app: &str, name: &str, ip: Option<&str>, query: &str) -> Result<Self, BadHook> {
        let app = app.trim_matches('/');
        if app.len() > MAX_NAME || app.chars().any(char::is_control) {
            return Err(BadHook::Field("app"));
        }
        // It goes into an address: nothing that could change what the address means.
        let good = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
        if name.is_empty() || name.len() > MAX_NAME || !name.chars().all(good) || name.contains("..") {
            return Err(BadHook::Field("name"));
        }
        let query = query::plain(query.trim_start_matches('?'));
        let key = query::key_in(&query).unwrap_or_else(|| name.to_owned());
        let ip = match ip.map(str::trim).filter(|ip| !ip.is_empty()) {
            Some(text) => Some(text.parse::<IpAddr>().map_err(|_| BadHook::Field("ip"))?.to_canonical()),
            None => None,
        };
        Ok(Self { what, app: app.to_owned(), name: name.to_owned(), key, ip, client: None, query: query.into_owned() })
    }

    /// With the server's number of the connection.
    pub fn of_client(mut self, client: Option<String>) -> Self {
        self.client = client.filter(|client| !client.is_empty() && client.len() <= MAX_NAME);
        self
    }
}
