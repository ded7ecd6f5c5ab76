//! Addresses of RTMP servers, as people paste them.

/// `rtmp://host[:port]/app` with what follows the application.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address {
    /// RTMPS: RTMP within TLS.
    pub tls: bool,
    /// A name, or an address without brackets.
    pub host: String,
    pub port: u16,
    /// What stands between host and stream name; may hold slashes.
    pub app: String,
}

/// Why an address is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadAddress {
    #[error("an address begins with `rtmp://` or `rtmps://`")]
    Scheme,
    #[error("the host of the address is not readable")]
    Host,
    #[error("the port of the address is not readable")]
    Port,
    #[error("the address names no application after the host")]
    App,
    #[error("the address is too long or holds characters that no address holds")]
    Characters,
}

const LONGEST: usize = 1024;

impl Address {
    /// Reads `rtmp://host[:port]/app`. What follows a `?` belongs to stream names, not here.
    pub fn parse(url: &str) -> Result<Self, BadAddress> {
        let (mut address, rest) = Self::split(url)?;
        address.app = rest.trim_matches('/').to_owned();
        if address.app.is_empty() || address.app.contains('?') {
            return Err(BadAddress::App);
        }
        Ok(address)
    }

    /// Reads `rtmp://host[:port]/app/name`: the address, and the stream name with its query.
    pub fn parse_with_name(url: &str) -> Result<(Self, String), BadAddress> {
        let (mut address, rest) = Self::split(url)?;
        let path_end = rest.find('?').unwrap_or(rest.len());
        let (path, query) = rest.split_at(path_end);
        let (app, name) = path.trim_matches('/').rsplit_once('/').ok_or(BadAddress::App)?;
        if app.is_empty() || name.is_empty() {
            return Err(BadAddress::App);
        }
        address.app = app.to_owned();
        Ok((address, format!("{name}{query}")))
    }

    /// As the `connect` command and people see it.
    pub fn url(&self) -> String {
        let host = if self.host.contains(':') { format!("[{}]", self.host) } else { self.host.clone() };
        let (scheme, usual) = if self.tls { ("rtmps", 443) } else { ("rtmp", 1935) };
        let port = if self.port == usual { String::new() } else { format!(":{}", self.port) };
        format!("{scheme}://{host}{port}/{}", self.app)
    }

    fn split(url: &str) -> Result<(Self, &str), BadAddress> {
        if url.len() > LONGEST || url.chars().any(|c| c.is_whitespace() || c.is_control() || c == '#' || c == '\\') {
            return Err(BadAddress::Characters);
        }
        let (scheme, rest) = url.split_once("://").ok_or(BadAddress::Scheme)?;
        let tls = match scheme.to_ascii_lowercase().as_str() {
            "rtmp" => false,
            "rtmps" => true,
            _ => return Err(BadAddress::Scheme),
        };
        let (authority, path) = rest.split_once('/').ok_or(BadAddress::App)?;
        let (host, port) = match authority.strip_prefix('[') {
            Some(inner) => {
                let (host, port) = inner.split_once(']').ok_or(BadAddress::Host)?;
                let host = host.parse::<std::net::Ipv6Addr>().map_err(|_| BadAddress::Host)?.to_string();
                (host, port)
            }
            None => {
                let end = authority.find(':').unwrap_or(authority.len());
                let (host, port) = authority.split_at(end);
                let good = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
                if host.is_empty() || host.len() > 253 || !host.chars().all(good) {
                    return Err(BadAddress::Host);
                }
                (host.to_ascii_lowercase(), port)
            }
        };
        let port = match port {
            "" => {
                if tls {
                    443
                } else {
                    1935
                }
            }
            text => {
                let number = text.strip_prefix(':').and_then(|number| number.parse().ok());
                number.filter(|port| *port > 0).ok_or(BadAddress::Port)?
            }
        };
        Ok((Self { tls, host, port, app: String::new() }, path))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_as_encoders_read_them() {
        let read = |url| Address::parse(url).map(|address| (address.host, address.port, address.app, address.tls));
        assert_eq!(read("rtmp://a.example/live"), Ok(("a.example".into(), 1935, "live".into(), false)));
        assert_eq!(read("RTMPS://A.example:444/x/y/"), Ok(("a.example".into(), 444, "x/y".into(), true)));
        assert_eq!(read("rtmp://[::1]:1936/live"), Ok(("::1".into(), 1936, "live".into(), false)));
        assert_eq!(Address::parse("rtmps://h/a").map(|address| address.url()), Ok("rtmps://h/a".into()));
        assert_eq!(Address::parse("rtmp://[::1]:9/a").map(|address| address.url()), Ok("rtmp://[::1]:9/a".into()));
    }

    #[test]
    fn the_name_takes_its_query_along() {
        let (address, name) = Address::parse_with_name("rtmp://h/live/room?secret=a/b").expect("an address");
        assert_eq!((address.app.as_str(), name.as_str()), ("live", "room?secret=a/b"));
        assert_eq!(Address::parse_with_name("rtmp://h/live"), Err(BadAddress::App));
    }

    #[test]
    fn what_is_no_address_is_refused() {
        for (url, why) in [
            ("http://h/live", BadAddress::Scheme),
            ("rtmp:h/live", BadAddress::Scheme),
            ("rtmp://user:pass@h/live", BadAddress::Port),
            ("rtmp://user@h/live", BadAddress::Host),
            ("rtmp:///live", BadAddress::Host),
            ("rtmp://h", BadAddress::App),
            ("rtmp://h/", BadAddress::App),
            ("rtmp://h/live?x=1", BadAddress::App),
            ("rtmp://h:0/live", BadAddress::Port),
            ("rtmp://h:99999/live", BadAddress::Port),
            ("rtmp://h/li ve", BadAddress::Characters),
            ("rtmp://[::g]/live", BadAddress::Host),
        ] {
            assert_eq!(Address::parse(url), Err(why), "{url}");
        }
    }
}
