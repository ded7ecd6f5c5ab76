//! One request to somebody else's address: signed, without redirects, to public addresses only, read to a limit.

use super::rules::signature;
use crate::FeedSettings;
use app::outbound;
use events::Millis;
use reqwest::{Client, StatusCode, Url, header};
use std::{
    sync::OnceLock,
    time::{Instant, SystemTime},
};

/// Of an answer so much is kept for people.
const ANSWER: usize = 1_024;

/// What is said to whom.
#[derive(Debug)]
pub struct Letter<'a> {
    pub url: &'a str,
    pub id: &'a str,
    pub body: &'a str,
    /// The secret, and the one before it while both are good.
    pub secrets: &'a [String],
    pub now: Millis,
}

/// What came of a request.
#[derive(Debug, Clone, Default)]
pub struct Attempt {
    pub status: Option<u16>,
    /// None: delivered. A stable word; screens have sentences for it.
    pub failure: Option<&'static str>,
    /// The beginning of the answer.
    pub answer: String,
    pub retry_after_s: Option<u32>,
    pub took_ms: u32,
}

/// Makes the requests; connections stay open for the next one.
#[derive(Default)]
pub struct Sender(OnceLock<Client>);

impl Sender {
    pub async fn send(&self, settings: &FeedSettings, letter: Letter<'_>) -> Attempt {
        let begun = Instant::now();
        let sent = tokio::time::timeout(settings.timeout(), self.request(settings, &letter)).await;
        let took_ms = u32::try_from(begun.elapsed().as_millis()).unwrap_or(u32::MAX);
        let attempt = sent.unwrap_or_else(|_| failed("timeout"));
        Attempt { took_ms, ..attempt }
    }

    async fn request(&self, settings: &FeedSettings, letter: &Letter<'_>) -> Attempt {
        let Ok(url) = Url::parse(letter.url) else { return failed("bad_url") };
        if !outbound::may_call(&url, settings.allow_private) {
            return failed("private_address");
        }
        let at_s = letter.now.0.div_euclid(1_000);
        let signatures: Option<Vec<String>> =
            letter.secrets.iter().map(|secret| signature(secret, letter.id, at_s, letter.body)).collect();
        let Some(signatures) = signatures else { return failed("bad_secret") };
        let client = match self.client(settings) {
            Ok(client) => client,
            Err(error) => {
                tracing::error!("webhooks cannot be sent: {error}");
                return failed("no_client");
            }
        };
        let request = client
            .post(url)
            .header(header::CONTENT_TYPE, "application/json")
            .header("webhook-id", letter.id)
            .header("webhook-timestamp", at_s.to_string())
            .header("webhook-signature", signatures.join(" "))
            .headers(app::trace::passed_on())
            .body(letter.body.to_owned());
        match request.send().await {
            Ok(response) => read(response).await,
            Err(error) => failed(outbound::reason(&error)),
        }
    }

    fn client(&self, settings: &FeedSettings) -> reqwest::Result<&Client> {
        if let Some(client) = self.0.get() {
            return Ok(client);
        }
        let client = outbound::client(settings.allow_private)?;
        Ok(self.0.get_or_init(|| client))
    }
}

fn failed(failure: &'static str) -> Attempt {
    Attempt { failure: Some(failure), ..Attempt::default() }
}

async fn read(mut response: reqwest::Response) -> Attempt {
    let status = response.status();
    let retry_after_s = response.headers().get(header::RETRY_AFTER).and_then(|value| retry_after(value.to_str().ok()?));
    let mut bytes = Vec::new();
    while bytes.len() < ANSWER
        && let Ok(Some(chunk)) = response.chunk().await
    {
        bytes.extend_from_slice(&chunk[..chunk.len().min(ANSWER - bytes.len())]);
    }
    let visible = |letter: char| if letter.is_control() && letter != '\n' { ' ' } else { letter };
    let answer = String::from_utf8_lossy(&bytes).chars().map(visible).collect();
    let failure = match status {
        status if status.is_success() => None,
        StatusCode::GONE => Some("gone"),
        status if status.is_redirection() => Some("redirect"),
        _ => Some("status"),
    };
    Attempt { status: Some(status.as_u16()), failure, answer, retry_after_s, took_ms: 0 }
}

/// Seconds, or a date.
fn retry_after(text: &str) -> Option<u32> {
    if let Ok(seconds) = text.trim().parse() {
        return Some(seconds);
    }
    let wait = httpdate::parse_http_date(text).ok()?.duration_since(SystemTime::now()).ok()?;
    u32::try_from(wait.as_secs() + 1).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[tokio::test]
    async fn a_name_that_stands_for_this_machine_is_refused_after_it_was_resolved() {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://localhost:{}/", listener.local_addr().expect("an address").port());
        let letter = || Letter { url: &url, id: "a", body: "{}", secrets: &[], now: Millis(0) };
        let refused = Sender::default().send(&FeedSettings::default(), letter()).await;
        assert_eq!((refused.failure, refused.status), (Some("private_address"), None));
        let allowed = FeedSettings { allow_private: true, timeout_ms: 100, ..FeedSettings::default() };
        let hung = Sender::default().send(&allowed, letter()).await;
        assert_eq!(hung.failure, Some("timeout"));
    }

    #[test]
    fn retry_after_is_seconds_or_a_date() {
        assert_eq!(retry_after(" 120 "), Some(120));
        assert_eq!(retry_after("soon"), None);
        assert_eq!(retry_after("Wed, 21 Oct 2015 07:28:00 GMT"), None);
        let date = httpdate::fmt_http_date(SystemTime::now() + Duration::from_secs(3_600));
        assert!((3_500..=3_601).contains(&retry_after(&date).expect("a date")));
    }
}
