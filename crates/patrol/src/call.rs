//! A call to somebody's model: encrypted or to this machine, with a bearer, and to a limit of time and size.

use crate::settings::Hidden;
use app::outbound;
use reqwest::{Client, Url, header};
use std::{sync::OnceLock, time::Duration};

/// An answer is read so far.
const MOST_ANSWER: usize = 256 << 10;

/// Why there is no answer. A stable word: it stands in figures.
pub type Reason = &'static str;

#[derive(Debug)]
pub struct Caller {
    url: String,
    token: Hidden,
    plain_http: bool,
    timeout: Duration,
    /// Its connections stay open for the next call.
    client: OnceLock<Client>,
}

impl Caller {
    pub fn new(url: &str, token: Hidden, plain_http: bool, timeout: Duration) -> Self {
        Self { url: url.to_owned(), token, plain_http, timeout, client: OnceLock::new() }
    }

    pub async fn post(&self, content_type: &str, body: Vec<u8>) -> Result<Vec<u8>, Reason> {
        let answer = tokio::time::timeout(self.timeout, self.ask(content_type, body)).await;
        answer.unwrap_or(Err("timeout"))
    }

    async fn ask(&self, content_type: &str, body: Vec<u8>) -> Result<Vec<u8>, Reason> {
        let url = address(&self.url, self.plain_http).map_err(|_| "bad_url")?;
        let mut request = self.client()?.post(url).header(header::CONTENT_TYPE, content_type).body(body);
        if let Some(token) = self.token.get() {
            request = request.bearer_auth(token);
        }
        let mut response = request.send().await.map_err(|error| outbound::reason(&error))?;
        if !response.status().is_success() {
            return Err("status");
        }
        let mut answer = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| outbound::reason(&error))? {
            if answer.len() + chunk.len() > MOST_ANSWER {
                return Err("too_long");
            }
            answer.extend_from_slice(&chunk);
        }
        Ok(answer)
    }

    fn client(&self) -> Result<&Client, Reason> {
        if let Some(client) = self.client.get() {
            return Ok(client);
        }
        // The address is the operator's own: it may well be one of the house.
        let client = outbound::client(true).map_err(|error| {
            tracing::error!("no client can be made for `{}`: {error}", self.url);
            "no_client"
        })?;
        Ok(self.client.get_or_init(|| client))
    }
}

/// What people say and show goes through no foreign network in the clear.
pub fn address(url: &str, plain_http: bool) -> Result<Url, &'static str> {
    let url = Url::parse(url).map_err(|_| "it is no address")?;
    let local = url.host_str() == Some("localhost") || outbound::literal(&url).is_some_and(|ip| ip.is_loopback());
    match url.scheme() {
        "https" => Ok(url),
        "http" if local || plain_http => Ok(url),
        "http" => Err("it is neither https nor this machine"),
        _ => Err("it is neither https nor http"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn in_the_clear_only_this_machine_is_called_unless_that_is_allowed() {
        let good = |url, plain| address(url, plain).is_ok();
        for url in ["https://asr.example/v1", "http://localhost:8000/", "http://127.0.0.1:1/x", "http://[::1]/"] {
            assert!(good(url, false), "{url}");
        }
        for url in ["http://asr.example/", "http://10.0.0.5/", "http://localhost.example/"] {
            assert!(!good(url, false) && good(url, true), "{url}");
        }
        for url in ["", "asr", "ftp://asr.example/", "file:///etc/passwd"] {
            assert!(!good(url, true), "{url}");
        }
    }
}
