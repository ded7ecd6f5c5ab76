//! The real binary, its logs and its API.

use crate::{
    Flags,
    measure::{self, Weight},
    shared::Shared,
};
use reqwest::{Client, Method, StatusCode};
use serde_json::{Value, json};
use std::{
    collections::BTreeMap,
    io::{BufRead, BufReader, Seek, SeekFrom},
    path::{Path, PathBuf},
    process::{ExitStatus, Stdio},
    time::{Duration, Instant},
};
use tempfile::TempDir;
use tokio::process::{Child, Command};

pub struct Server {
    child: Child,
    data: PathBuf,
    scratch: TempDir,
    api: Api,
    log: PathBuf,
    read_to: u64,
    lines: BTreeMap<String, u64>,
    errors: u64,
    warnings: u64,
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
    stream_key: String,
}

impl Room {
    pub fn push_url(&self, rtmp: &str) -> String {
        format!("rtmp://{rtmp}/live/{}", self.stream_key)
    }
}

impl Server {
    pub async fn start(flags: &Flags, settings: &str) -> Self {
        let binary = std::env::var("KAIBO_BINARY").expect("KAIBO_BINARY: the path of a kaibo binary");
        let scratch = tempfile::tempdir().expect("a folder");
        let data = flags.data.clone().unwrap_or_else(|| scratch.path().join("data"));
        let config = flags.config.clone().unwrap_or_else(|| {
            let path = scratch.path().join("kaibo.toml");
            std::fs::write(&path, settings).expect("a settings file");
            path
        });
        let log = flags.out.with_extension("server.log");
        let stderr = std::fs::File::create(&log).expect("a log file");
        let mut command = Command::new(&binary);
        command.args(["serve", "--http", &flags.http, "--rtmp", &flags.rtmp, "--data"]).arg(&data);
        command.arg("--config").arg(config).stdin(Stdio::null()).stdout(Stdio::null()).stderr(stderr);
        dies_with_us(&mut command);
        let mut child = command.kill_on_drop(true).spawn().expect("starting the server");
        let base = format!("http://{}", flags.http);
        let client = Client::builder().timeout(Duration::from_secs(60)).build().expect("a client");
        let begun = Instant::now();
        while !client.get(format!("{base}/readyz")).send().await.is_ok_and(|answer| answer.status().is_success()) {
            let ended = child.try_wait().ok().flatten();
            assert!(ended.is_none(), "the server stopped at once: see {}", log.display());
            assert!(begun.elapsed() < Duration::from_secs(600), "the server is not ready: see {}", log.display());
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        let token =
            Command::new(&binary).args(["token", "create", "--role", "admin", "--data"]).arg(&data).output().await;
        let token = token.expect("running `kaibo token`");
        assert!(token.status.success(), "no token: {}", String::from_utf8_lossy(&token.stderr));
        let token = String::from_utf8_lossy(&token.stdout).trim().to_owned();
        let api = Api { client, base, token };
        Self { child, data, scratch, api, log, read_to: 0, lines: BTreeMap::new(), errors: 0, warnings: 0 }
    }

    pub fn api(&self) -> Api {
        self.api.clone()
    }

    pub fn scratch(&self) -> &Path {
        self.scratch.path()
    }

    pub fn died(&mut self) -> Option<ExitStatus> {
        self.child.try_wait().ok().flatten()
    }

    /// One line of the samples' file.
    pub fn sample(&mut self, elapsed: Duration, shared: &Shared) -> Value {
        self.read_log();
        let Weight { rss, anonymous, files, threads, cpu_s } =
            self.child.id().and_then(measure::weight).unwrap_or_default();
        let own = measure::weight(std::process::id()).unwrap_or_default();
        let rooms = shared.rooms();
        let still: BTreeMap<&str, f64> =
            rooms.iter().filter_map(|room| Some((room.id.as_str(), room.still()?))).collect();
        let reconnects: u32 = rooms.iter().map(|room| room.state().reconnects).sum();
        json!({
            "elapsed_s": elapsed.as_secs(),
            "rss_mb": rss, "anonymous_mb": anonymous, "open_files": files, "threads": threads, "cpu_s": cpu_s,
            "disk_mb": measure::disk(&self.data),
            "pushing": still.len(), "reconnects": reconnects, "still_s": still,
            "log_errors": self.errors, "log_warnings": self.warnings,
            "viewers": shared.viewers(), "clips": shared.clips(),
            "own_rss_mb": own.rss,
        })
    }

    /// The most frequent complaints of the server, numbers and ids struck out.
    pub fn log_summary(&mut self) -> Value {
        self.read_log();
        let mut lines: Vec<_> = self.lines.iter().collect();
        lines.sort_by_key(|(_, count)| std::cmp::Reverse(**count));
        json!(
            lines.into_iter().take(15).map(|(line, count)| json!({ "times": count, "line": line })).collect::<Vec<_>>()
        )
    }

    fn read_log(&mut self) {
        let Ok(mut file) = std::fs::File::open(&self.log) else { return };
        if file.seek(SeekFrom::Start(self.read_to)).is_err() {
            return;
        }
        let mut reader = BufReader::new(file);
        let mut line = Vec::new();
        while let Ok(length @ 1..) = reader.read_until(b'\n', &mut line) {
            if line.last() != Some(&b'\n') {
                return;
            }
            self.read_to += length as u64;
            let text = String::from_utf8_lossy(&line);
            let error = text.contains(" ERROR ") || text.contains("panicked");
            let warning = text.contains(" WARN ");
            self.errors += u64::from(error);
            self.warnings += u64::from(warning);
            if error || warning {
                let kind = kind_of(&text);
                if self.lines.len() < 500 || self.lines.contains_key(&kind) {
                    *self.lines.entry(kind).or_default() += 1;
                }
            }
            line.clear();
        }
    }
}

/// The line without what differs each time.
fn kind_of(line: &str) -> String {
    let after_time = line.trim().split_once(' ').map_or(line, |(_, rest)| rest).trim();
    let words =
        after_time.split_whitespace().map(|word| if word.contains(|c: char| c.is_ascii_digit()) { "#" } else { word });
    words.collect::<Vec<_>>().join(" ").chars().take(240).collect()
}

impl Api {
    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }

    /// The answer's status and body; the error's text when there is no answer.
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

    pub async fn room(&self, number: usize) -> Room {
        let answer = self.call(Method::POST, "/api/rooms", Some(json!({ "title": format!("Soak {number}") }))).await;
        let (_, body) = answer.expect("a room");
        let text = |name: &str| body[name].as_str().unwrap_or_else(|| panic!("no {name}: {body}")).to_owned();
        Room { id: text("id"), stream_key: text("stream_key") }
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
