//! The program as it ships, as a process of its own, and its API as an administrator.

use anyhow::{Context, Result, bail};
use reqwest::{Client, Method, StatusCode};
use serde_json::{Value, json};
use std::{
    net::SocketAddr,
    os::unix::process::CommandExt,
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Stdio},
    time::{Duration, Instant},
};

pub struct Kaibo {
    child: Child,
    pub http: SocketAddr,
    pub rtmp: SocketAddr,
    pub api: Api,
}

/// The API as an administrator.
#[derive(Debug, Clone)]
pub struct Api {
    pub client: Client,
    base: String,
    token: String,
}

pub struct Room {
    pub id: String,
    pub stream_key: String,
}

impl Kaibo {
    /// Starts the program with the settings (TOML) on free ports and waits until it is ready. What it says goes to `log`.
    pub async fn start(data: &Path, settings: &str, log: &Path) -> Result<Self> {
        let binary = binary()?;
        let config = log.with_extension("toml");
        std::fs::write(&config, settings)?;
        let (http, rtmp) = (free_port()?, free_port()?);
        let mut command = Command::new(&binary);
        command.args(["serve", "--http", &http.to_string(), "--rtmp", &rtmp.to_string(), "--data"]).arg(data);
        command
            .arg("--config")
            .arg(&config)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(std::fs::File::create(log)?);
        dies_with_us(&mut command);
        let mut child = command.spawn().with_context(|| format!("starting `{}`", binary.display()))?;
        let base = format!("http://{http}");
        let client = Client::builder().timeout(Duration::from_secs(60)).build()?;
        let begun = Instant::now();
        while !client.get(format!("{base}/readyz")).send().await.is_ok_and(|answer| answer.status().is_success()) {
            if child.try_wait()?.is_some() || begun.elapsed() > Duration::from_secs(60) {
                let _ = child.kill();
                bail!("the program does not start: {}", std::fs::read_to_string(log).unwrap_or_default());
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        let mut token = Command::new(&binary);
        token.args(["token", "create", "--role", "admin", "--data"]).arg(data).arg("--config").arg(&config);
        let token = token.output()?;
        if !token.status.success() {
            bail!("no token: {}", String::from_utf8_lossy(&token.stderr));
        }
        let token = String::from_utf8_lossy(&token.stdout).trim().to_owned();
        Ok(Self { child, http, rtmp, api: Api { client, base, token } })
    }

    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    pub fn died(&mut self) -> Option<ExitStatus> {
        self.child.try_wait().ok().flatten()
    }
}

impl Drop for Kaibo {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Api {
    pub fn token(&self) -> &str {
        &self.token
    }

    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }

    /// The answer's status and body; the error's kind when there is no answer.
    pub async fn call(&self, method: Method, path: &str, body: Option<Value>) -> Result<(StatusCode, Value), String> {
        let mut request = self.client.request(method, self.url(path)).bearer_auth(&self.token);
        if let Some(body) = body {
            request = request.json(&body);
        }
        let answer = request.send().await.map_err(|error| short(&error))?;
        let status = answer.status();
        let text = answer.text().await.map_err(|error| short(&error))?;
        Ok((status, serde_json::from_str(&text).unwrap_or(Value::Null)))
    }

    pub async fn room(&self, title: &str) -> Result<Room> {
        let answer = self.call(Method::POST, "/api/rooms", Some(json!({ "title": title }))).await;
        let (status, body) = answer.map_err(anyhow::Error::msg)?;
        let text = |name: &str| {
            body[name].as_str().map(str::to_owned).with_context(|| format!("no `{name}` in {status} {body}"))
        };
        Ok(Room { id: text("id")?, stream_key: text("stream_key")? })
    }
}

/// What went wrong, without the address.
pub fn short(error: &reqwest::Error) -> String {
    let kind = [(error.is_timeout(), "timeout"), (error.is_connect(), "connect"), (error.is_body(), "body")];
    kind.into_iter().find(|(is, _)| *is).map_or("request", |(_, name)| name).to_owned()
}

/// Children end when this process does, however it ends.
pub fn dies_with_us(command: &mut Command) {
    // SAFETY: prctl is async-signal-safe and touches nothing of ours.
    unsafe {
        command.pre_exec(|| {
            libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGKILL);
            Ok(())
        });
    }
}

pub fn free_port() -> Result<SocketAddr> {
    Ok(std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?)
}

/// `KAIBO_BINARY`, or the program beside this benchmark.
fn binary() -> Result<PathBuf> {
    if let Some(named) = std::env::var_os("KAIBO_BINARY") {
        return Ok(named.into());
    }
    let beside = std::env::current_exe()?.with_file_name("kaibo");
    if !beside.exists() {
        bail!("`KAIBO_BINARY` is not set and there is no `{}`: make release", beside.display());
    }
    Ok(beside)
}
