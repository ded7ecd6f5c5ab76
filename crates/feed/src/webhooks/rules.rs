//! What a webhook is, what it may look like, and when a delivery is tried again.

use app::{Mask, Refuse, Scope};
use base64::{Engine, engine::general_purpose::STANDARD};
use events::{Millis, OrgId, TeamId};
use hmac::{Hmac, KeyInit, Mac};
use reqwest::Url;
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use std::collections::BTreeSet;
use utoipa::ToSchema;
use uuid::Uuid;

const SECRET_PREFIX: &str = "whsec_";
const MAX_NAME: usize = 50;
const MAX_URL: usize = 2_000;
/// How long the secret before a rotation signs along.
pub const OVERLAP_MS: i64 = 24 * 3_600_000;
/// Nobody is waited for longer than this, whatever its `Retry-After` says.
const LONGEST_WAIT_S: u32 = 86_400;

/// Where events are sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Webhook {
    pub id: Uuid,
    pub org: OrgId,
    pub team: TeamId,
    /// Whether it hears of the whole organisation, or of its team alone.
    pub all_teams: bool,
    /// Personal data in what it hears are masked.
    pub masked: bool,
    pub name: String,
    pub url: String,
    /// None: all that are told.
    pub events: Option<BTreeSet<String>>,
    /// Sealed.
    pub secret: String,
    pub old_secret: Option<(String, Millis)>,
    pub enabled: bool,
    /// Why it is not enabled, when nobody decided so.
    pub disabled: Option<Disabled>,
    /// Everything up to here was sent, or is a delivery that waits.
    pub position: u64,
    pub failing_since: Option<Millis>,
    pub delivered_at: Option<Millis>,
    pub created_at: Millis,
}

/// Why a webhook was disabled by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = WebhookDisabled)]
pub enum Disabled {
    /// It answered 410.
    Gone,
    /// Every delivery failed for days.
    Failing,
}

impl Disabled {
    pub fn as_str(self) -> &'static str {
        match self {
            Disabled::Gone => "gone",
            Disabled::Failing => "failing",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        [Disabled::Gone, Disabled::Failing].into_iter().find(|reason| reason.as_str() == text)
    }
}

/// What became of a delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = WebhookDeliveryState)]
pub enum State {
    /// To be tried again.
    Waiting,
    Delivered,
    /// Given up 死信, until somebody replays it.
    Dead,
}

impl State {
    pub fn as_str(self) -> &'static str {
        match self {
            State::Waiting => "waiting",
            State::Delivered => "delivered",
            State::Dead => "dead",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        [State::Waiting, State::Delivered, State::Dead].into_iter().find(|state| state.as_str() == text)
    }
}

impl Webhook {
    /// Of whose events it hears.
    pub fn scope(&self) -> Scope {
        if self.all_teams { Scope::whole(self.org) } else { Scope::of_team(self.org, self.team) }
    }

    pub fn mask(&self) -> Mask {
        if self.masked { Mask::On } else { Mask::Off }
    }

    /// May somebody of this scope see and change it? Whoever changes where it leads to hears what it hears.
    pub fn is_within(&self, scope: Scope) -> bool {
        scope.includes(self.scope())
    }
}

/// A name as it is kept.
pub fn name(text: &str) -> Result<String, Refusal> {
    let text = text.trim();
    let length = text.chars().count();
    if length == 0 || length > MAX_NAME || text.chars().any(char::is_control) {
        return Err(Refusal::BadName);
    }
    Ok(text.to_owned())
}

/// An address as it is kept, unless it is known to be wrong before it is tried.
pub fn url(text: &str, allow_private: bool) -> Result<String, Refusal> {
    let url = Url::parse(text.trim()).map_err(|_| Refusal::BadUrl)?;
    let plain = url.scheme() == "http" && allow_private;
    if text.len() > MAX_URL || !(url.scheme() == "https" || plain) {
        return Err(Refusal::BadUrl);
    }
    let host = url.host_str().unwrap_or_default();
    if host.is_empty() || !url.username().is_empty() || url.password().is_some() {
        return Err(Refusal::BadUrl);
    }
    let name = host.trim_end_matches('.');
    let local = name == "localhost" || name.ends_with(".localhost");
    if !allow_private && (local || !app::outbound::may_call(&url, false)) {
        return Err(Refusal::PrivateAddress);
    }
    Ok(url.into())
}

/// A fresh secret, as its owner keeps it.
pub fn fresh_secret() -> String {
    let bits: [u8; 32] = rand::random();
    format!("{SECRET_PREFIX}{}", STANDARD.encode(bits))
}

/// A signature by Standard Webhooks: `v1,` and HMAC-SHA256 of `id.time.body`. None of what is no secret.
pub fn signature(secret: &str, id: &str, at_s: i64, body: &str) -> Option<String> {
    let key = STANDARD.decode(secret.strip_prefix(SECRET_PREFIX)?).ok()?;
    let mut mac = Hmac::<Sha256>::new_from_slice(&key).ok()?;
    mac.update(format!("{id}.{at_s}.{body}").as_bytes());
    Some(format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes())))
}

/// Seconds until the next try after `attempts`; none when there is none. `chance` is 0 to 1.
pub fn pause_ms(retry_s: &[u32], attempts: u32, retry_after_s: Option<u32>, chance: f64) -> Option<i64> {
    let usual = retry_s.get(usize::try_from(attempts.checked_sub(1)?).ok()?)?;
    let spread = f64::from(*usual) * 1_000.0 * (0.8 + 0.4 * chance.clamp(0.0, 1.0));
    let asked = i64::from(retry_after_s.unwrap_or(0).min(LONGEST_WAIT_S)) * 1_000;
    Some((spread as i64).max(asked))
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("there is no webhook `{0}`")]
    Unknown(Uuid),
    #[error("there is no delivery `{0}`")]
    UnknownDelivery(Uuid),
    #[error("a name is 1 to {MAX_NAME} characters on one line")]
    BadName,
    #[error("an address is `https://host/path` without a password, at most {MAX_URL} characters")]
    BadUrl,
    #[error("the address is private, local or otherwise special")]
    PrivateAddress,
    #[error("there is no event `{0}` that others hear of")]
    UnknownEvent(String),
    #[error("only who sees the whole organisation may tell of all teams")]
    AllTeams,
    #[error("a test is not replayed; send another one")]
    Test,
}

impl Refuse for Refusal {
    fn code(&self) -> &'static str {
        match self {
            Refusal::Unknown(_) | Refusal::UnknownDelivery(_) => "not_found",
            Refusal::BadName => "bad_name",
            Refusal::BadUrl => "bad_url",
            Refusal::PrivateAddress => "private_address",
            Refusal::UnknownEvent(_) => "unknown_event",
            Refusal::AllTeams => "bad_reach",
            Refusal::Test => "not_replayable",
        }
    }

    fn status(&self) -> u16 {
        match self {
            Refusal::Unknown(_) | Refusal::UnknownDelivery(_) => 404,
            _ => 422,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_signature_is_that_of_the_specification() {
        let said = signature(
            "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
            "msg_p5jXN8AQM9LWM0D4loKWxJek",
            1_614_265_330,
            "{\"test\": 2432232314}",
        );
        assert_eq!(said.as_deref(), Some("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="));
        assert_eq!(signature("nothing", "a", 0, ""), None);
    }

    #[test]
    fn a_delivery_is_tried_again_later_and_later() {
        let retry_s = [5, 300];
        let pauses: Vec<Option<i64>> = (0..4).map(|attempts| pause_ms(&retry_s, attempts, None, 0.5)).collect();
        assert_eq!(pauses, [None, Some(5_000), Some(300_000), None]);
        assert_eq!(pause_ms(&retry_s, 1, Some(60), 0.5), Some(60_000));
        assert_eq!(pause_ms(&retry_s, 2, Some(60), 0.5), Some(300_000));
        assert_eq!(pause_ms(&retry_s, 1, Some(u32::MAX), 0.5), Some(86_400_000));
        assert_eq!((pause_ms(&retry_s, 1, None, 0.0), pause_ms(&retry_s, 1, None, 1.0)), (Some(4_000), Some(6_000)));
    }

    #[test]
    fn addresses_that_cannot_be_right_are_refused_at_once() {
        assert_eq!(url(" https://example.org/in?key=1 ", false), Ok("https://example.org/in?key=1".into()));
        for (text, refusal) in [
            ("http://example.org/", Refusal::BadUrl),
            ("ftp://example.org/", Refusal::BadUrl),
            ("https://me:secret@example.org/", Refusal::BadUrl),
            ("example.org", Refusal::BadUrl),
            ("https://localhost/", Refusal::PrivateAddress),
            ("https://a.LOCALHOST./", Refusal::PrivateAddress),
            ("https://127.0.0.1/", Refusal::PrivateAddress),
            ("https://0x7f.1/", Refusal::PrivateAddress),
            ("https://2130706433/", Refusal::PrivateAddress),
            ("https://[::1]/", Refusal::PrivateAddress),
            ("https://[::ffff:10.0.0.1]/", Refusal::PrivateAddress),
            ("https://169.254.169.254/latest", Refusal::PrivateAddress),
        ] {
            assert_eq!(url(text, false), Err(refusal), "{text}");
        }
        assert!(url("http://127.0.0.1:9/", true).is_ok());
    }
}
