//! What an outside media server may be, who may call for it, and where its streams are fetched. Pure.

use super::kinds::Kind;
use crate::rtmp::{Address, BadAddress};
use app::Refuse;
use events::{Millis, OrgId, TeamId};
use std::net::IpAddr;
use std::time::Duration;
use subtle::ConstantTimeEq;
use uuid::Uuid;

const MAX_NAME: usize = 50;
const MAX_NETS: usize = 32;
const SECRET_PREFIX: &str = "kbh_";

/// An outside media server 媒体服务器.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Server {
    pub id: Uuid,
    pub org: OrgId,
    pub team: TeamId,
    pub name: String,
    pub kind: Kind,
    pub mode: Mode,
    pub secret_hash: String,
    /// Empty: everybody who knows the secret.
    pub allowed: Vec<Net>,
    /// With `{name}`, and perhaps `{app}`; without what follows the `?`.
    pub pull_url: Option<String>,
    /// What follows the `?`, sealed: it may be a secret.
    pub pull_query: Option<String>,
    pub created_at: Millis,
}

/// How the media gets here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// We fetch it.
    Pull,
    /// The server pushes it on to our own RTMP port.
    Forward,
}

impl Mode {
    pub fn as_str(self) -> &'static str {
        match self {
            Mode::Pull => "pull",
            Mode::Forward => "forward",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        [Mode::Pull, Mode::Forward].into_iter().find(|mode| mode.as_str() == text)
    }
}

/// An address, or a network: `10.0.0.0/8`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Net {
    ip: IpAddr,
    bits: u8,
}

impl Net {
    pub fn parse(text: &str) -> Option<Self> {
        let (ip, bits) = match text.trim().split_once('/') {
            Some((ip, bits)) => (ip, Some(bits.parse::<u8>().ok()?)),
            None => (text.trim(), None),
        };
        let ip: IpAddr = ip.parse::<IpAddr>().ok()?.to_canonical();
        let longest = if ip.is_ipv4() { 32 } else { 128 };
        let bits = bits.unwrap_or(longest);
        (bits <= longest).then_some(Self { ip, bits })
    }

    pub fn holds(&self, ip: IpAddr) -> bool {
        match (self.ip, ip.to_canonical()) {
            (IpAddr::V4(net), IpAddr::V4(ip)) => {
                let mask = u32::MAX.checked_shl(32 - u32::from(self.bits)).unwrap_or_default();
                u32::from(net) & mask == u32::from(ip) & mask
            }
            (IpAddr::V6(net), IpAddr::V6(ip)) => {
                let mask = u128::MAX.checked_shl(128 - u32::from(self.bits)).unwrap_or_default();
                u128::from(net) & mask == u128::from(ip) & mask
            }
            _ => false,
        }
    }
}

impl std::fmt::Display for Net {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let longest = if self.ip.is_ipv4() { 32 } else { 128 };
        if self.bits == longest { write!(f, "{}", self.ip) } else { write!(f, "{}/{}", self.ip, self.bits) }
    }
}

impl Server {
    /// Whether a call with this secret from this address is the server's.
    pub fn believes(&self, secret: &str, from: IpAddr) -> bool {
        let right: bool = app::hash_of_secret(secret).as_bytes().ct_eq(self.secret_hash.as_bytes()).into();
        right && (self.allowed.is_empty() || self.allowed.iter().any(|net| net.holds(from)))
    }

    /// Where a stream is fetched, `query` being the opened one. Names hold no character that an address gives a meaning.
    pub fn pull_from(&self, app: &str, name: &str, query: Option<&str>) -> Result<(Address, String), Refusal> {
        let url = self.pull_url.as_deref().ok_or(Refusal::NoPullUrl)?;
        match query {
            Some(query) => fill(&format!("{url}?{query}"), app, name),
            None => fill(url, app, name),
        }
    }
}

fn fill(template: &str, app: &str, name: &str) -> Result<(Address, String), Refusal> {
    let url = template.replace("{app}", app).replace("{name}", name);
    Address::parse_with_name(&url).map_err(Refusal::BadPullUrl)
}

/// A fresh secret and what is kept of it. 256 random bits need no salt.
pub fn fresh_secret() -> (String, String) {
    let bits: [u8; 32] = rand::random();
    let hex: String = bits.iter().map(|byte| format!("{byte:02x}")).collect();
    let secret = format!("{SECRET_PREFIX}{hex}");
    let hash = app::hash_of_secret(&secret);
    (secret, hash)
}

pub fn name(text: &str) -> Result<String, Refusal> {
    let text = text.trim();
    let length = text.chars().count();
    if length == 0 || length > MAX_NAME || text.chars().any(char::is_control) {
        return Err(Refusal::BadName);
    }
    Ok(text.to_owned())
}

pub fn nets(texts: &[String]) -> Result<Vec<Net>, Refusal> {
    if texts.len() > MAX_NETS {
        return Err(Refusal::BadNet);
    }
    texts.iter().map(|text| Net::parse(text).ok_or(Refusal::BadNet)).collect()
}

/// The pull address of a server in that mode, and what follows its `?`: `None` when there is no `?`.
pub fn pull_url(mode: Mode, text: Option<&str>) -> Result<Option<(String, Option<String>)>, Refusal> {
    let Some(text) = text.map(str::trim).filter(|text| !text.is_empty()) else {
        return if mode == Mode::Pull { Err(Refusal::NoPullUrl) } else { Ok(None) };
    };
    let (url, query) = match text.split_once('?') {
        Some((url, query)) => (url, Some(query.to_owned())),
        None => (text, None),
    };
    fill(text, "app", "name-of-a-stream")?;
    let (address, name) = fill(url, "app", "name-of-a-stream")?;
    if !name.contains("name-of-a-stream") || address.url().contains("name-of-a-stream") {
        return Err(Refusal::NoPullUrl);
    }
    Ok(Some((url.to_owned(), query)))
}

/// The pause before the next try to fetch a stream after `failures` in a row.
pub fn pause(failures: u32, chance: f64) -> Duration {
    let usual = 250u64.saturating_mul(1 << failures.saturating_sub(1).min(10)).min(5_000);
    Duration::from_millis((usual as f64 * (0.8 + 0.4 * chance.clamp(0.0, 1.0))) as u64)
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("there is no media server `{0}`")]
    Unknown(Uuid),
    #[error("a name is 1 to {MAX_NAME} characters on one line")]
    BadName,
    #[error("`kind` is `srs`, `nginx_rtmp` or `mediamtx`")]
    BadKind,
    #[error("`mode` is `pull` or `forward`")]
    BadMode,
    #[error("allowed addresses are addresses or networks such as `10.0.0.0/8`, at most {MAX_NETS}")]
    BadNet,
    #[error("the pull address is not usable: {0}")]
    BadPullUrl(BadAddress),
    #[error("a pull address holds `{{name}}` where the stream's name goes, as in `rtmp://10.0.0.5/live/{{name}}`")]
    NoPullUrl,
    /// Says no more than that: who guesses learns nothing.
    #[error("this hook is not known here, or not from you")]
    Stranger,
}

impl Refuse for Refusal {
    fn code(&self) -> &'static str {
        match self {
            Refusal::Unknown(_) => "media_server_not_found",
            Refusal::BadName => "bad_name",
            Refusal::BadKind => "bad_kind",
            Refusal::BadMode => "bad_mode",
            Refusal::BadNet => "bad_address_list",
            Refusal::BadPullUrl(_) | Refusal::NoPullUrl => "bad_pull_url",
            Refusal::Stranger => "hook_refused",
        }
    }

    fn status(&self) -> u16 {
        match self {
            Refusal::Unknown(_) => 404,
            Refusal::Stranger => 403,
            _ => 400,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn networks_hold_their_addresses() {
        for (net, ip, holds) in [
            ("10.0.0.0/8", "10.255.1.1", true),
            ("10.0.0.0/8", "11.0.0.1", false),
            ("192.168.1.5", "192.168.1.5", true),
            ("192.168.1.5", "192.168.1.6", false),
            ("192.168.1.5", "::ffff:192.168.1.5", true),
            ("0.0.0.0/0", "8.8.8.8", true),
            ("0.0.0.0/0", "::1", false),
            ("fd00::/8", "fd12::1", true),
            ("::/0", "2001:db8::1", true),
        ] {
            let net = Net::parse(net).expect("a network");
            assert_eq!(net.holds(ip.parse().expect("an address")), holds, "{net} {ip}");
        }
        for bad in ["", "10.0.0.0/33", "10.0.0/8", "::/129", "host"] {
            assert_eq!(Net::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_template_names_the_stream() {
        let taken = |text| pull_url(Mode::Pull, Some(text)).map(Option::unwrap_or_default);
        assert_eq!(taken(" rtmp://10.0.0.5/live/{name} "), Ok(("rtmp://10.0.0.5/live/{name}".into(), None)));
        assert_eq!(taken("rtmps://h/{app}/{name}?x=1"), Ok(("rtmps://h/{app}/{name}".into(), Some("x=1".into()))));
        assert_eq!(taken("rtmp://h/a/{name}?"), Ok(("rtmp://h/a/{name}".into(), Some(String::new()))));
        assert_eq!(taken("rtmp://h/a/x?n={name}"), Err(Refusal::NoPullUrl));
        assert!(taken("rtmp://h/a/{name}?a b").is_err());
        assert_eq!(pull_url(Mode::Pull, None), Err(Refusal::NoPullUrl));
        assert_eq!(pull_url(Mode::Forward, None), Ok(None));
        assert_eq!(pull_url(Mode::Pull, Some("rtmp://10.0.0.5/live/room")), Err(Refusal::NoPullUrl));
        assert!(pull_url(Mode::Pull, Some("rtmp://{name}/live/room")).is_err());
        assert!(pull_url(Mode::Pull, Some("http://10.0.0.5/live/{name}")).is_err());
    }

    #[test]
    fn a_secret_is_right_or_wrong() {
        let (secret, hash) = fresh_secret();
        let server = Server {
            id: Uuid::nil(),
            org: OrgId::new(),
            team: TeamId::new(),
            name: "x".into(),
            kind: Kind::Srs,
            mode: Mode::Forward,
            secret_hash: hash,
            allowed: vec![Net::parse("10.0.0.0/8").expect("a network")],
            pull_url: None,
            pull_query: None,
            created_at: Millis(0),
        };
        let inside = "10.1.1.1".parse().expect("an address");
        assert!(server.believes(&secret, inside));
        assert!(!server.believes("kbh_0", inside) && !server.believes("", inside));
        assert!(!server.believes(&secret, "11.1.1.1".parse().expect("an address")));
    }
}
