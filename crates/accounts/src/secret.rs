//! Token secrets: how they are made, how they are kept, and where a request carries them.

use base64::{
    Engine,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use http::{HeaderMap, header};

/// Host-only, so another port or name of the machine does not get it.
pub const SESSION_COOKIE: &str = "kaibo_session";
const LONGEST: usize = 128;

/// How a token is used, and so what its secret begins with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A browser's sign-in, carried by the cookie.
    Session,
    /// A program's key, carried by `Authorization`.
    Api,
}

impl Kind {
    pub fn as_str(self) -> &'static str {
        match self {
            Kind::Session => "session",
            Kind::Api => "api",
        }
    }

    fn prefix(self) -> &'static str {
        match self {
            Kind::Session => "kbs_",
            Kind::Api => "kbo_",
        }
    }
}

/// A fresh secret: the prefix and 256 random bits in base64url.
pub fn fresh(kind: Kind) -> String {
    let bits: [u8; 32] = rand::random();
    format!("{}{}", kind.prefix(), URL_SAFE_NO_PAD.encode(bits))
}

/// The secret of a link for one use. It stands behind a `#`, so that no server's log ever holds it.
pub fn fresh_link() -> String {
    let bits: [u8; 32] = rand::random();
    format!("kbi_{}", URL_SAFE_NO_PAD.encode(bits))
}

/// What a request carried.
#[derive(Debug, PartialEq, Eq)]
pub struct Carried {
    pub kind: Kind,
    pub secret: String,
    /// In Basic, which browsers repeat by themselves: good for collectors only.
    pub basic: bool,
}

/// The request's credentials. `Authorization` goes before the cookie and is never mixed with it.
pub fn carried(headers: &HeaderMap) -> Option<Carried> {
    if let Some(value) = headers.get(header::AUTHORIZATION) {
        let (scheme, rest) = value.to_str().ok()?.split_once(' ')?;
        let rest = rest.trim();
        return match scheme.to_ascii_lowercase().as_str() {
            "bearer" => api(rest, false),
            "basic" => {
                let pair = String::from_utf8(STANDARD.decode(rest).ok()?).ok()?;
                let (user, password) = pair.split_once(':').unwrap_or((&pair, ""));
                api(user, true).or_else(|| api(password, true))
            }
            _ => None,
        };
    }
    let secret = cookie(headers, SESSION_COOKIE)?;
    let good = secret.starts_with(Kind::Session.prefix()) && secret.len() <= LONGEST;
    good.then(|| Carried { kind: Kind::Session, secret: secret.to_owned(), basic: false })
}

fn api(secret: &str, basic: bool) -> Option<Carried> {
    let good = secret.starts_with(Kind::Api.prefix()) && secret.len() <= LONGEST;
    good.then(|| Carried { kind: Kind::Api, secret: secret.to_owned(), basic })
}

pub(crate) fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let values = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = values.flat_map(|value| value.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(key, _)| *key == name).map(|(_, value)| value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(header: &str, value: &str, expected: Option<(Kind, &str, bool)>) {
        let mut headers = HeaderMap::new();
        headers.insert(http::HeaderName::from_bytes(header.as_bytes()).unwrap(), value.parse().unwrap());
        let expected = expected.map(|(kind, secret, basic)| Carried { kind, secret: secret.into(), basic });
        assert_eq!(carried(&headers), expected);
    }

    #[test]
    fn credentials_are_found_where_clients_put_them() {
        check("authorization", "Bearer kbo_a", Some((Kind::Api, "kbo_a", false)));
        check("authorization", "bearer  kbo_a", Some((Kind::Api, "kbo_a", false)));
        check("authorization", &format!("Basic {}", STANDARD.encode("kbo_a:")), Some((Kind::Api, "kbo_a", true)));
        check("authorization", &format!("Basic {}", STANDARD.encode("key:kbo_a")), Some((Kind::Api, "kbo_a", true)));
        check("cookie", "theme=dark; kaibo_session=kbs_a", Some((Kind::Session, "kbs_a", false)));
    }

    #[test]
    fn a_secret_only_works_where_its_kind_belongs() {
        check("authorization", "Bearer kbs_a", None);
        check("cookie", "kaibo_session=kbo_a", None);
        check("authorization", "Basic not base64", None);
        check("authorization", &format!("Bearer kbo_{}", "a".repeat(200)), None);
    }
}
