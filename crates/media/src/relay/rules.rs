//! What a relay target may be, what states it goes through, and when it is tried again. Pure.

use crate::rtmp::{Address, BadAddress};
use app::Refuse;
use events::{Millis, OrgId, RoomId, TeamId};
use std::time::Duration;
use uuid::Uuid;

/// Longest name, in characters.
const MAX_NAME: usize = 50;
/// Longest stream key, in bytes.
const MAX_KEY: usize = 512;
/// First pause after a failure; it doubles up to the longest.
const FIRST_PAUSE_MS: u64 = 1_000;
const LONGEST_PAUSE_MS: u64 = 60_000;
/// A server that refuses is not asked more often than this.
const REFUSED_PAUSE_MS: u64 = 15_000;

/// A platform that a room's stream is pushed on to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    pub id: Uuid,
    pub org: OrgId,
    pub team: TeamId,
    pub room: RoomId,
    pub name: String,
    /// Without the stream key.
    pub url: String,
    /// Sealed.
    pub stream_key: String,
    pub enabled: bool,
    pub created_at: Millis,
}

impl Target {
    /// Whether a connection of this target may go on as `other`.
    pub fn sends_as(&self, other: &Target) -> bool {
        (self.id, &self.url, &self.stream_key) == (other.id, &other.url, &other.stream_key)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum State {
    /// The room is not on air.
    #[default]
    Idle,
    Connecting,
    Live,
    /// For the next try, or for media.
    Waiting,
    /// The platform, or a rule of ours, said no. It is tried again, rarely.
    Refused,
    /// Switched off.
    Stopped,
}

impl State {
    pub fn as_str(self) -> &'static str {
        match self {
            State::Idle => "idle",
            State::Connecting => "connecting",
            State::Live => "live",
            State::Waiting => "waiting",
            State::Refused => "refused",
            State::Stopped => "stopped",
        }
    }
}

/// A name people can read: trimmed, 1 to 50 characters, no control characters.
pub fn name(text: &str) -> Result<String, Refusal> {
    let text = text.trim();
    let length = text.chars().count();
    if length == 0 || length > MAX_NAME || text.chars().any(char::is_control) {
        return Err(Refusal::BadName);
    }
    Ok(text.to_owned())
}

/// Address and stream key as they are kept. A whole push address is taken apart, so that the key in it is kept as a secret too.
pub fn destination(url: &str, stream_key: Option<&str>) -> Result<(Address, String), Refusal> {
    let url = url.trim();
    match stream_key.map(str::trim).filter(|key| !key.is_empty()) {
        Some(key) => {
            let mut address = Address::parse(url)?;
            // A whole push address, and its key once more.
            if let Some(app) = address.app.strip_suffix(key).and_then(|app| app.strip_suffix('/')) {
                address.app = app.to_owned();
            }
            Ok((address, self::stream_key(key)?))
        }
        None => {
            let (address, key) = Address::parse_with_name(url)?;
            Ok((address, self::stream_key(&key)?))
        }
    }
}

/// Whether `url` means the address that is kept. With a kept key no other is taken: whoever may change addresses must not be
/// able to have it sent to a server of theirs, and what is pasted may hold another key.
pub fn same_address(kept: &str, url: &str) -> Result<(), Refusal> {
    let url = url.trim();
    match Address::parse(url) {
        Ok(address) if address == Address::parse(kept)? => Ok(()),
        Err(bad) if Address::parse_with_name(url).is_err() => Err(bad.into()),
        _ => Err(Refusal::KeyNeeded),
    }
}

/// A stream key without what no key holds.
pub fn stream_key(text: &str) -> Result<String, Refusal> {
    let good = !text.is_empty() && text.len() <= MAX_KEY && !text.chars().any(|c| c.is_whitespace() || c.is_control());
    good.then(|| text.to_owned()).ok_or(Refusal::BadKey)
}

/// The pause before the next try after `failures` in a row. `chance` in 0..1 spreads many targets by a fifth around it.
pub fn pause(failures: u32, refused: bool, chance: f64) -> Duration {
    let doubled = FIRST_PAUSE_MS.saturating_mul(1 << failures.saturating_sub(1).min(16)).min(LONGEST_PAUSE_MS);
    let usual = if refused { doubled.max(REFUSED_PAUSE_MS) } else { doubled };
    Duration::from_millis((usual as f64 * (0.8 + 0.4 * chance.clamp(0.0, 1.0))) as u64)
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("there is no relay `{0}`")]
    Unknown(Uuid),
    #[error("a name is 1 to {MAX_NAME} characters on one line")]
    BadName,
    #[error("{0}")]
    BadAddress(#[from] BadAddress),
    #[error("a stream key is 1 to {MAX_KEY} characters without spaces")]
    BadKey,
    #[error("another address needs its stream key again: the one that is kept was given for the old one")]
    KeyNeeded,
    #[error("private and local addresses are not relayed to here")]
    PrivateAddress,
    #[error("this key opens the room itself; its stream would go round in a circle")]
    Circle,
    #[error("a room has at most {0} relays")]
    TooMany(usize),
}

impl Refuse for Refusal {
    fn code(&self) -> &'static str {
        match self {
            Refusal::Unknown(_) => "relay_not_found",
            Refusal::BadName => "bad_name",
            Refusal::BadAddress(_) => "bad_address",
            Refusal::BadKey => "bad_stream_key",
            Refusal::KeyNeeded => "stream_key_needed",
            Refusal::PrivateAddress => "private_address",
            Refusal::Circle => "relay_circle",
            Refusal::TooMany(_) => "too_many_relays",
        }
    }

    fn status(&self) -> u16 {
        match self {
            Refusal::Unknown(_) => 404,
            Refusal::TooMany(_) => 409,
            _ => 400,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_whole_push_address_is_taken_apart() {
        let (address, key) = destination(" rtmp://push.example/live/room?txSecret=1 ", None).expect("good");
        assert_eq!((address.url().as_str(), key.as_str()), ("rtmp://push.example/live", "room?txSecret=1"));
        let (address, key) = destination("rtmp://push.example/live/", Some("?streamname=a&key=b")).expect("good");
        assert_eq!((address.app.as_str(), key.as_str()), ("live", "?streamname=a&key=b"));
        let (address, key) = destination("rtmp://push.example/live/abc", Some("abc")).expect("good");
        assert_eq!((address.app.as_str(), key.as_str()), ("live", "abc"));
        assert_eq!(destination("rtmp://push.example/live", None), Err(Refusal::BadAddress(BadAddress::App)));
        assert_eq!(destination("rtmp://push.example/live", Some("a b")), Err(Refusal::BadKey));
    }

    #[test]
    fn a_kept_key_goes_with_its_address_only() {
        let kept = "rtmp://push.example/live";
        for same in [kept, " rtmp://PUSH.example:1935/live/ "] {
            assert_eq!(same_address(kept, same), Ok(()), "{same}");
        }
        for other in [
            "rtmp://push.example/app",
            "rtmp://push.example/live/NEWKEY",
            "rtmps://push.example/live",
            "rtmp://a.example/live",
            "rtmp://push.example/live/NEW?KEY",
        ] {
            assert_eq!(same_address(kept, other), Err(Refusal::KeyNeeded), "{other}");
        }
        assert_eq!(same_address(kept, "push.example"), Err(Refusal::BadAddress(BadAddress::Scheme)));
    }

    #[test]
    fn pauses_double_and_end_at_a_minute() {
        let seconds: Vec<u64> = (1..=8).map(|failures| pause(failures, false, 0.5).as_secs()).collect();
        assert_eq!(seconds, [1, 2, 4, 8, 16, 32, 60, 60]);
        assert_eq!(pause(1, true, 0.5).as_secs(), 15);
        assert_eq!(pause(u32::MAX, false, 1.0).as_secs(), 72);
        assert_eq!(pause(1, false, 0.0).as_millis(), 800);
    }
}
