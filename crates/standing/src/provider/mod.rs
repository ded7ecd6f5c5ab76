//! A provider of real names 实名核验: somebody else's service that knows whether a name and a number belong together. Off until an
//! organisation enters one; whatever it does not answer is for people.

pub mod call;
pub mod http;
pub mod job;
pub mod rules;
pub mod store;

use crate::refusal::Refusal;
use app::Keys;
use events::{Millis, OrgId};
use reqwest::Url;
use serde::{Deserialize, Serialize};
use std::time::Duration;
use utoipa::ToSchema;
use uuid::Uuid;

/// For what secrets are sealed.
const PURPOSE: &str = "standing-provider";
/// Who decides where nobody does.
pub const NAME: &str = "provider";
const MAX_URL: usize = 2_000;
const MAX_SECRET: usize = 500;

/// The section `standing`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProviderSettings {
    pub allow_private: bool,
    pub timeout_ms: u64,
    pub retry_s: Vec<u32>,
    pub trip_after: u32,
    pub rest_s: u32,
}

impl Default for ProviderSettings {
    fn default() -> Self {
        Self {
            allow_private: false,
            timeout_ms: 5_000,
            retry_s: vec![2, 10, 60, 300, 1_800],
            trip_after: 5,
            rest_s: 60,
        }
    }
}

impl ProviderSettings {
    fn timeout(&self) -> Duration {
        Duration::from_millis(self.timeout_ms)
    }
}

/// How it knows us.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ProviderAuth)]
pub enum Auth {
    /// `authorization: Bearer` and the secret.
    Bearer,
    /// `webhook-signature`: HMAC-SHA256 of `id.time.body` under the secret, as webhooks are signed.
    Hmac,
}

impl Auth {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Bearer => "bearer",
            Self::Hmac => "hmac",
        }
    }

    fn parse(text: &str) -> Self {
        if text == "hmac" { Self::Hmac } else { Self::Bearer }
    }
}

/// The one an organisation asks.
#[derive(Clone)]
pub struct Provider {
    pub org: OrgId,
    pub url: String,
    pub auth: Auth,
    /// Sealed.
    pub secret: String,
    /// A person decides too, and sees what it said.
    pub with_person: bool,
    pub enabled: bool,
    pub changed_by: String,
    pub changed_at: Millis,
}

impl Provider {
    fn secret(&self, keys: &Keys) -> anyhow::Result<String> {
        app::sealed::open(keys, PURPOSE, self.org.0, &self.secret)
    }
}

/// What it was asked about a host, and what it said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    /// Stays the same however often it is asked.
    pub id: Uuid,
    pub org: OrgId,
    pub host: Uuid,
    /// Of which submission.
    pub submitted_at: Millis,
    pub state: CheckState,
    /// Its own word for the answer.
    pub reference: String,
    /// Why there was no answer the last time.
    pub failure: String,
    pub attempts: u32,
    pub asked_at: Millis,
    pub answered_at: Option<Millis>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = HostCheckState)]
pub enum CheckState {
    /// It is asked, or will be again.
    Waiting,
    /// Name and number belong together.
    Match,
    Mismatch,
    /// It does not know.
    Unknown,
    /// It was asked often enough.
    NoAnswer,
    /// What it was asked about is not there any more.
    Dropped,
}

impl CheckState {
    const ALL: [Self; 6] = [Self::Waiting, Self::Match, Self::Mismatch, Self::Unknown, Self::NoAnswer, Self::Dropped];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Match => "match",
            Self::Mismatch => "mismatch",
            Self::Unknown => "unknown",
            Self::NoAnswer => "no_answer",
            Self::Dropped => "dropped",
        }
    }

    fn parse(text: &str) -> Self {
        Self::ALL.into_iter().find(|state| state.as_str() == text).unwrap_or(Self::Dropped)
    }
}

/// An address as it is kept, unless it is known to be wrong before it is tried.
fn url(text: &str, allow_private: bool) -> Result<String, Refusal> {
    let url = Url::parse(text.trim()).map_err(|_| Refusal::BadUrl)?;
    let plain = url.scheme() == "http" && allow_private;
    let host = url.host_str().unwrap_or_default().trim_end_matches('.');
    let named = url.username().is_empty() && url.password().is_none() && !host.is_empty();
    if text.len() > MAX_URL || !(url.scheme() == "https" || plain) || !named {
        return Err(Refusal::BadUrl);
    }
    let local = host == "localhost" || host.ends_with(".localhost");
    if !allow_private && (local || !app::outbound::may_call(&url, false)) {
        return Err(Refusal::PrivateAddress);
    }
    Ok(url.into())
}

/// A secret that can stand in a header.
fn secret(text: &str) -> Result<&str, Refusal> {
    let text = text.trim();
    let fits = (1..=MAX_SECRET).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic());
    if fits { Ok(text) } else { Err(Refusal::BadSecret) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_people_go_to_public_addresses_over_tls() {
        assert_eq!(url(" https://id.example.org/check ", false), Ok("https://id.example.org/check".into()));
        for (text, refusal) in [
            ("http://id.example.org/", Refusal::BadUrl),
            ("https://me:secret@id.example.org/", Refusal::BadUrl),
            ("nowhere", Refusal::BadUrl),
            ("https://localhost/", Refusal::PrivateAddress),
            ("https://10.0.0.1/", Refusal::PrivateAddress),
            ("https://[::1]/", Refusal::PrivateAddress),
        ] {
            assert_eq!(url(text, false), Err(refusal), "{text}");
        }
        assert!(url("http://127.0.0.1:9/", true).is_ok());
        assert_eq!(secret(" abc "), Ok("abc"));
        assert_eq!(
            (secret("a\nb"), secret(""), secret("密钥")),
            (Err(Refusal::BadSecret), Err(Refusal::BadSecret), Err(Refusal::BadSecret))
        );
    }
}
