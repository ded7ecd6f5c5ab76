//! Connecting to another RTMP server: only to addresses that may be reached, checked after the name was resolved.

use crate::rtmp::Address;
use anyhow::Context;
use rustls::pki_types::{CertificateDer, ServerName, pem::PemObject};
use rustls::{ClientConfig, RootCertStore};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpSocket, lookup_host};
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

/// For resolving, connecting and TLS, each.
const PATIENCE: Duration = Duration::from_secs(8);
/// The kernel's buffer for what was not taken yet. Small, or a slow target hides behind it.
const SEND_BUFFER: u32 = 256 << 10;

/// A connection, with or without TLS.
pub(crate) trait Line: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Line for T {}

/// Why there is no connection. Stable words for people; nothing of what the other side said.
#[derive(Debug, thiserror::Error)]
pub(crate) enum DialError {
    #[error("the host name is not known")]
    Unknown,
    #[error("the host is a private, local or otherwise special address")]
    Forbidden,
    #[error("the address is this program's own")]
    Ourselves,
    #[error("no connection: {0}")]
    Connect(std::io::Error),
    #[error("no connection within {} s", PATIENCE.as_secs())]
    Timeout,
    #[error("no trusted TLS connection: {0}")]
    Tls(String),
}

impl DialError {
    /// Stable; screens have words for it.
    pub fn code(&self) -> &'static str {
        match self {
            DialError::Unknown => "unknown_host",
            DialError::Forbidden => "private_address",
            DialError::Ourselves => "own_address",
            DialError::Connect(_) => "no_connection",
            DialError::Timeout => "timeout",
            DialError::Tls(_) => "tls",
        }
    }
}

/// Who may be reached.
#[derive(Debug, Clone, Default)]
pub(crate) struct Reach {
    pub allow_private: bool,
    /// A file of certificates that are trusted instead of the system's.
    pub ca_file: Option<std::path::PathBuf>,
    /// Our own RTMP port, never to be reached.
    pub never: Option<u16>,
}

/// Resolves, checks, and connects to the address that was checked.
pub(crate) async fn dial(address: &Address, reach: &Reach) -> Result<Box<dyn Line>, DialError> {
    let host = (address.host.as_str(), address.port);
    let found = timeout(PATIENCE, lookup_host(host)).await.map_err(|_| DialError::Timeout)?;
    let found: Vec<SocketAddr> = found.map_err(|_| DialError::Unknown)?.collect();
    if found.is_empty() {
        return Err(DialError::Unknown);
    }
    if found.iter().any(|addr| reach.never == Some(addr.port()) && is_this_machine(addr.ip())) {
        return Err(DialError::Ourselves);
    }
    let allowed = |addr: &SocketAddr| reach.allow_private || is_public(addr.ip());
    // The first few only: a name may stand for very many.
    let allowed: Vec<SocketAddr> = found.into_iter().filter(allowed).take(4).collect();
    let mut last = DialError::Forbidden;
    for addr in allowed {
        match connect(addr).await {
            Ok(socket) if address.tls => return tls(socket, address, reach).await,
            Ok(socket) => return Ok(Box::new(socket)),
            Err(error) => last = error,
        }
    }
    Err(last)
}

async fn connect(addr: SocketAddr) -> Result<tokio::net::TcpStream, DialError> {
    let socket = if addr.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() };
    let socket = socket.map_err(DialError::Connect)?;
    socket.set_send_buffer_size(SEND_BUFFER).map_err(DialError::Connect)?;
    let stream = timeout(PATIENCE, socket.connect(addr)).await.map_err(|_| DialError::Timeout)?;
    let stream = stream.map_err(DialError::Connect)?;
    stream.set_nodelay(true).map_err(DialError::Connect)?;
    Ok(stream)
}

async fn tls(socket: tokio::net::TcpStream, address: &Address, reach: &Reach) -> Result<Box<dyn Line>, DialError> {
    let config = trust(reach.ca_file.as_deref()).map_err(|error| DialError::Tls(format!("{error:#}")))?;
    let name = ServerName::try_from(address.host.clone()).map_err(|error| DialError::Tls(error.to_string()))?;
    let stream = timeout(PATIENCE, TlsConnector::from(config).connect(name, socket)).await;
    let stream = stream.map_err(|_| DialError::Timeout)?.map_err(|error| DialError::Tls(error.to_string()))?;
    Ok(Box::new(stream))
}

/// The system's certificates, read once, or those of `ca_file` instead.
fn trust(ca_file: Option<&std::path::Path>) -> anyhow::Result<Arc<ClientConfig>> {
    static SYSTEM: OnceLock<Arc<ClientConfig>> = OnceLock::new();
    let Some(file) = ca_file else {
        if let Some(config) = SYSTEM.get() {
            return Ok(config.clone());
        }
        let config = client(rustls_native_certs::load_native_certs().certs)?;
        return Ok(SYSTEM.get_or_init(|| config).clone());
    };
    let certificates: Result<Vec<_>, _> = CertificateDer::pem_file_iter(file).and_then(Iterator::collect);
    client(certificates.with_context(|| format!("reading `{}`", file.display()))?)
}

fn client(certificates: Vec<CertificateDer<'static>>) -> anyhow::Result<Arc<ClientConfig>> {
    let mut roots = RootCertStore::empty();
    let (good, _) = roots.add_parsable_certificates(certificates);
    anyhow::ensure!(good > 0, "there are no trusted certificates");
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions()?;
    Ok(Arc::new(config.with_root_certificates(roots).with_no_client_auth()))
}

/// Whether an address is one of the public internet's, also when it carries an IPv4 address inside.
pub(crate) fn is_public(ip: IpAddr) -> bool {
    match ip.to_canonical() {
        IpAddr::V4(ip) => is_public_v4(ip),
        IpAddr::V6(ip) => is_public_v6(ip),
    }
}

fn is_public_v4(ip: Ipv4Addr) -> bool {
    let [a, b, c, _] = ip.octets();
    let special = ip.is_private()
        || ip.is_loopback()
        || ip.is_link_local()
        || ip.is_documentation()
        || a == 0
        || a >= 224
        // Shared by carriers, protocol assignments, benchmarks, the old 6to4 relays.
        || (a == 100 && (64..128).contains(&b))
        || (a == 192 && b == 0 && c == 0)
        || (a == 198 && (b == 18 || b == 19))
        || (a == 192 && b == 88 && c == 99);
    !special
}

fn is_public_v6(ip: Ipv6Addr) -> bool {
    let [a, b, c, d, _, _, g, h] = ip.segments();
    let inside = |high: u16, low: u16| Ipv4Addr::from((u32::from(high) << 16) | u32::from(low));
    match (a, b) {
        // NAT64 and 6to4 lead to the IPv4 address they carry.
        (0x64, 0xff9b) => (c, d) == (0, 0) && is_public_v4(inside(g, h)),
        (0x2002, _) => is_public_v4(inside(b, c)),
        // Teredo, documentation, benchmarks and ORCHID.
        (0x2001, 0x0db8) => false,
        (0x2001, second) if second < 0x200 => false,
        (0x3fff, second) if second < 0x1000 => false,
        // Global unicast is 2000::/3; everything else is local, multicast or not given out.
        _ => a & 0xe000 == 0x2000,
    }
}

/// Whether packets to this address stay on this machine, as far as can be told without its list of interfaces.
fn is_this_machine(ip: IpAddr) -> bool {
    let ip = ip.to_canonical();
    ip.is_loopback() || ip.is_unspecified() || std::net::UdpSocket::bind((ip, 0)).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_public_addresses_are_public() {
        for ip in
            ["1.1.1.1", "203.0.112.1", "2606:4700::1111", "::ffff:8.8.8.8", "2002:0808:0808::1", "64:ff9b::808:808"]
        {
            assert!(is_public(ip.parse().expect("an address")), "{ip}");
        }
        for ip in [
            "127.0.0.1",
            "10.1.2.3",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "0.0.0.0",
            "224.0.0.1",
            "240.0.0.1",
            "255.255.255.255",
            "100.64.0.1",
            "192.0.0.1",
            "198.18.0.1",
            "203.0.113.1",
            "::",
            "::1",
            "fe80::1",
            "fc00::1",
            "fd12::1",
            "ff02::1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "::127.0.0.1",
            "2002:7f00:0001::1",
            "2002:0a00:0001::1",
            "64:ff9b::7f00:1",
            "64:ff9b:1::808:808",
            "2001:db8::1",
            "2001::1",
            "3fff::1",
        ] {
            assert!(!is_public(ip.parse().expect("an address")), "{ip}");
        }
    }

    #[test]
    fn this_machine_knows_itself() {
        for (ip, ours) in
            [("127.0.0.1", true), ("127.9.9.9", true), ("::1", true), ("0.0.0.0", true), ("192.0.2.1", false)]
        {
            assert_eq!(is_this_machine(ip.parse().expect("an address")), ours, "{ip}");
        }
    }

    #[tokio::test]
    async fn names_of_this_machine_are_refused_after_they_were_resolved() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        for host in ["localhost", "127.0.0.1", "0177.0.0.1", "2130706433", "::1", "::ffff:127.0.0.1"] {
            let address = Address { tls: false, host: host.into(), port, app: "live".into() };
            let refused = dial(&address, &Reach::default()).await.map(|_| ()).expect_err(host);
            assert!(matches!(refused, DialError::Forbidden | DialError::Unknown), "{host}: {refused}");
        }
        let address = Address { tls: false, host: "localhost".into(), port, app: "live".into() };
        let allowed = Reach { allow_private: true, ..Reach::default() };
        assert!(dial(&address, &allowed).await.is_ok());
        let ourselves = Reach { allow_private: true, never: Some(port), ..Reach::default() };
        assert!(matches!(dial(&address, &ourselves).await.map(|_| ()), Err(DialError::Ourselves)));
    }
}
