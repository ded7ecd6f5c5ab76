//! An S3 server for tests (moto, which `tools/need.sh test` installs), and a proxy before it that fails in the ways networks do.

use std::path::PathBuf;
use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, AtomicU64, Ordering};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::process::{Child, Command};

pub const BUCKET: &str = "shows";

/// A server of its own for a test; gone with it.
pub struct S3 {
    _process: Child,
    port: u16,
    pub proxy: Proxy,
}

/// What becomes of the traffic.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Fault {
    None,
    /// Connections are closed at once.
    Refused,
    /// Nothing comes through and nothing is closed.
    Stalled,
    /// Some bytes of a request come through, then the connection breaks.
    Torn,
    /// Requests come through whole, answers do not.
    Unanswered,
}

/// Cloning is cheap.
#[derive(Clone)]
pub struct Proxy {
    pub port: u16,
    fault: Arc<AtomicU8>,
    pub connections: Arc<AtomicU64>,
    pub withheld: Arc<AtomicU64>,
}

impl S3 {
    /// Fails where moto is not installed: what is to be proven here is not proven otherwise.
    pub async fn start() -> Self {
        let program = moto();
        let port = free_port();
        let process = Command::new(&program)
            .args(["-H", "127.0.0.1", "-p", &port.to_string()])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .unwrap_or_else(|error| panic!("`{}`: {error}: `tools/need.sh test` installs it", program.display()));
        let s3 = Self { _process: process, port, proxy: Proxy::start(port).await };
        for _ in 0..1_200 {
            if s3.ask("PUT", &format!("/{BUCKET}")).await.is_some_and(|answer| answer.contains(" 200 ")) {
                return s3;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("`{}` does not answer", program.display());
    }

    /// The setting `store_endpoint`, through the proxy.
    pub fn endpoint(&self) -> String {
        format!("http://127.0.0.1:{}", self.proxy.port)
    }

    /// The keys in the bucket, of at most a thousand.
    pub async fn keys(&self) -> Vec<String> {
        let answer = self.ask("GET", &format!("/{BUCKET}?list-type=2")).await.expect("the S3 server answers");
        let keys = answer.split("<Key>").skip(1).filter_map(|rest| rest.split("</Key>").next());
        keys.map(str::to_owned).collect()
    }

    async fn ask(&self, method: &str, path: &str) -> Option<String> {
        let mut socket = TcpStream::connect(("127.0.0.1", self.port)).await.ok()?;
        let request =
            format!("{method} {path} HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
        socket.write_all(request.as_bytes()).await.ok()?;
        let mut answer = Vec::new();
        socket.read_to_end(&mut answer).await.ok()?;
        Some(String::from_utf8_lossy(&answer).into_owned())
    }
}

fn moto() -> PathBuf {
    let home = || std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".cache"));
    let cache = std::env::var_os("KAIBO_CACHE").map(PathBuf::from);
    let cache =
        cache.or_else(|| Some(std::env::var_os("XDG_CACHE_HOME").map(PathBuf::from).or_else(home)?.join("kaibo")));
    let ours = cache.map(|cache| cache.join("moto-venv/bin/moto_server")).filter(|path| path.exists());
    ours.unwrap_or_else(|| "moto_server".into())
}

fn free_port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a free port").port()
}

impl Proxy {
    async fn start(server: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let proxy = Self { port, fault: Arc::default(), connections: Arc::default(), withheld: Arc::default() };
        let serving = proxy.clone();
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let proxy = serving.clone();
                tokio::spawn(async move { proxy.carry(client, server).await });
            }
        });
        proxy
    }

    pub fn set(&self, fault: Fault) {
        self.fault.store(fault as u8, Ordering::SeqCst);
    }

    fn is(&self, fault: Fault) -> bool {
        self.fault.load(Ordering::SeqCst) == fault as u8
    }

    async fn carry(&self, client: TcpStream, server: u16) {
        self.connections.fetch_add(1, Ordering::SeqCst);
        if self.is(Fault::Refused) {
            return;
        }
        let Ok(server) = TcpStream::connect(("127.0.0.1", server)).await else { return };
        let ((mut from_client, mut to_client), (mut from_server, mut to_server)) =
            (client.into_split(), server.into_split());
        let there = async {
            let mut buffer = vec![0; 64 << 10];
            while let Ok(read @ 1..) = from_client.read(&mut buffer).await {
                if self.is(Fault::Refused) {
                    return;
                }
                if self.is(Fault::Stalled) {
                    std::future::pending::<()>().await;
                }
                let torn = self.is(Fault::Torn);
                let through = if torn { read.min(2_000) } else { read };
                if to_server.write_all(&buffer[..through]).await.is_err() || torn {
                    return;
                }
            }
        };
        let back = async {
            let mut buffer = vec![0; 64 << 10];
            while let Ok(read @ 1..) = from_server.read(&mut buffer).await {
                if self.is(Fault::Unanswered) {
                    self.withheld.fetch_add(1, Ordering::SeqCst);
                    std::future::pending::<()>().await;
                }
                if to_client.write_all(&buffer[..read]).await.is_err() {
                    return;
                }
            }
        };
        // Either side's end is the end of both.
        tokio::select! {
            () = there => {}
            () = back => {}
        }
    }
}
