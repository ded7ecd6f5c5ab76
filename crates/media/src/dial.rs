//! Connecting to another RTMP server: only to addresses that may be reached, checked after the name was resolved.

use crate::rtmp::Address;
use anyhow::Context;
use app::is_public;
use rustls::pki_types::{CertificateDer, ServerName, pem::PemObject};
use rustls::{ClientConfig, RootCertStore};
use std::net::{IpAddr, SocketAddr};
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

/// Whether packets to this address stay on this machine, as far as can be told without its list of interfaces.
fn is_this_machine(ip: IpAddr) -> bool {
    let ip = ip.to_canonical();
    ip.is_loopback() || ip.is_unspecified() || std::net::UdpSocket::bind((ip, 0)).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

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
