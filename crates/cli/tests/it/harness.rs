//! Starts, kills and asks the real binary.

use reqwest::{Client, Method, Response, StatusCode, header};
use serde_json::{Value, json};
use std::{
    net::TcpListener,
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};
use tempfile::TempDir;
use tokio::process::{Child, Command};

pub const BINARY: &str = env!("CARGO_BIN_EXE_kaibo");

/// A Kaibo in a folder of its own; may be killed and started again on the same data and ports.
pub struct Kaibo {
    pub dir: TempDir,
    pub http: u16,
    pub rtmp: u16,
    pub token: String,
    pub client: Client,
    pub config: Option<PathBuf>,
    /// Instead of the one that tests have.
    database: Option<String>,
    process: Option<Child>,
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a free port").port()
}

impl Kaibo {
    pub async fn start() -> Self {
        Self::start_with("").await
    }

    /// `settings` is the content of a settings file.
    pub async fn start_with(settings: &str) -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let dir = tempfile::tempdir().expect("a folder");
        let config = (!settings.is_empty()).then(|| {
            let path = dir.path().join("kaibo.toml");
            std::fs::write(&path, settings).expect("a settings file");
            path
        });
        let client = Client::builder().redirect(reqwest::redirect::Policy::none()).build().expect("a client");
        let (http, rtmp) = (free_port(), free_port());
        let mut kaibo = Self { dir, http, rtmp, token: String::new(), client, config, database: None, process: None };
        kaibo.restart().await;
        let token = kaibo.command(&["token", "create", "--role", "admin", "--data", &kaibo.data()]).await;
        assert!(token.status.success(), "{}", String::from_utf8_lossy(&token.stderr));
        kaibo.token = String::from_utf8_lossy(&token.stdout).trim().to_owned();
        kaibo
    }

    /// Without data and not started; its records in the file in its data folder.
    pub fn idle() -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = Client::builder().redirect(reqwest::redirect::Policy::none()).build().expect("a client");
        let dir = tempfile::tempdir().expect("a folder");
        let (token, database) = (String::new(), Some(String::new()));
        Self { dir, http: free_port(), rtmp: free_port(), token, client, config: None, database, process: None }
    }

    /// Without data and not started, where tests have their records.
    pub fn unstarted() -> Self {
        Self { database: None, ..Self::idle() }
    }

    /// Another one, without data and not started, for what is brought over from this one. `database`: empty is the file in its
    /// data folder.
    pub fn another(&self, database: &str) -> Self {
        let database = Some(database.to_owned());
        Self { token: self.token.clone(), database, ..Self::idle() }
    }

    pub fn data(&self) -> String {
        self.dir.path().join("data").display().to_string()
    }

    /// SQLite is where the program has it by itself.
    fn database(&self) -> String {
        if let Some(database) = &self.database {
            return database.clone();
        }
        if store::testing::on_postgres() { store::testing::url(self.dir.path()) } else { String::new() }
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.http)
    }

    /// Starts the process and waits until it is ready.
    pub async fn restart(&mut self) {
        let mut command = Command::new(BINARY);
        command.args(["serve", "--data", &self.data()]).env("KAIBO_DATABASE_URL", self.database());
        command.args(["--http", &format!("127.0.0.1:{}", self.http), "--rtmp", &format!("127.0.0.1:{}", self.rtmp)]);
        if let Some(config) = &self.config {
            command.arg("--config").arg(config);
        }
        let log = std::fs::File::options().create(true).append(true).open(self.dir.path().join("server.log"));
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(log.expect("a log file")).kill_on_drop(true);
        self.process = Some(command.spawn().expect("starting kaibo"));
        for _ in 0..600 {
            if let Ok(answer) = self.client.get(self.url("/readyz")).send().await
                && answer.status().is_success()
            {
                return;
            }
            if let Some(process) = &mut self.process
                && let Ok(Some(status)) = process.try_wait()
            {
                panic!("kaibo stopped with {status}: {}", self.log());
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("kaibo did not get ready: {}", self.log());
    }

    /// SIGKILL: no goodbye, nothing flushed.
    pub async fn kill(&mut self) {
        if let Some(mut process) = self.process.take() {
            process.kill().await.expect("killing kaibo");
        }
    }

    pub fn log(&self) -> String {
        let log = std::fs::read_to_string(self.dir.path().join("server.log")).unwrap_or_default();
        log.lines().rev().take(30).collect::<Vec<_>>().into_iter().rev().collect::<Vec<_>>().join("\n")
    }

    /// Runs `kaibo ARGS` to its end.
    pub async fn command(&self, args: &[&str]) -> std::process::Output {
        self.prepared(args).output().await.expect("running kaibo")
    }

    /// `kaibo ARGS`, not yet running.
    pub fn prepared(&self, args: &[&str]) -> Command {
        let mut command = Command::new(BINARY);
        command.args(args).env("KAIBO_DATABASE_URL", self.database()).stdin(Stdio::null()).kill_on_drop(true);
        command
    }

    /// The URL of its records.
    pub fn records(&self) -> String {
        match self.database() {
            url if url.is_empty() => format!("sqlite://{}/kaibo.db", self.data()),
            url => url,
        }
    }

    pub async fn call(&self, method: Method, path: &str, body: Option<Value>) -> Response {
        let mut request =
            self.client.request(method, self.url(path)).header(header::AUTHORIZATION, format!("Bearer {}", self.token));
        if let Some(body) = body {
            request = request.json(&body);
        }
        request.send().await.expect("an answer")
    }

    pub async fn get(&self, path: &str) -> Value {
        let answer = self.call(Method::GET, path, None).await;
        let status = answer.status();
        let text = answer.text().await.expect("a body");
        assert!(status.is_success(), "GET {path}: {status} {text}");
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("GET {path}: {error}: {text}"))
    }

    pub async fn post(&self, path: &str, body: Value) -> Value {
        let answer = self.call(Method::POST, path, Some(body)).await;
        let status = answer.status();
        let text = answer.text().await.expect("a body");
        assert!(status.is_success(), "POST {path}: {status} {text}");
        serde_json::from_str(&text).unwrap_or(Value::Null)
    }

    /// A new room: its id and stream key.
    pub async fn room(&self) -> (String, String) {
        let room = self.post("/api/rooms", json!({ "title": "测试直播间" })).await;
        (text(&room["id"]), text(&room["stream_key"]))
    }

    pub async fn viewer_token(&self, room: &str) -> String {
        let answer =
            self.client.post(self.url(&format!("/api/rooms/{room}/viewer-token"))).send().await.expect("an answer");
        assert_eq!(answer.status(), StatusCode::OK);
        text(&answer.json::<Value>().await.expect("JSON")["token"])
    }

    /// One metric, live.
    pub async fn metric(&self, id: &str, broadcast: &str) -> Value {
        let metrics = self.get(&format!("/api/metrics?ids={id}&broadcast={broadcast}")).await;
        assert_eq!(metrics[0]["id"], id, "{metrics}");
        metrics[0].clone()
    }

    /// How many events of that name were accepted.
    pub async fn events(&self, name: &str) -> u64 {
        let metrics = self.get(&format!("/api/metrics?ids=events_total&event={name}")).await;
        metrics[0]["live"].as_u64().unwrap_or_else(|| panic!("{metrics}"))
    }

    /// Pushes a file (or a drawn test picture) with ffmpeg until it is dropped or ends.
    pub fn push(&self, stream_key: &str, seconds: Option<u32>) -> Child {
        let mut command = Command::new("ffmpeg");
        command.args([
            "-hide_banner",
            "-loglevel",
            "error",
            "-re",
            "-f",
            "lavfi",
            "-i",
            "testsrc2=size=320x180:rate=25",
        ]);
        command.args(["-f", "lavfi", "-i", "sine=frequency=440:sample_rate=44100"]);
        if let Some(seconds) = seconds {
            command.args(["-t", &seconds.to_string()]);
        }
        command.args([
            "-c:v",
            "libx264",
            "-preset",
            "ultrafast",
            "-g",
            "25",
            "-pix_fmt",
            "yuv420p",
            "-c:a",
            "aac",
            "-f",
            "flv",
        ]);
        command.arg(format!("rtmp://127.0.0.1:{}/live/{stream_key}", self.rtmp));
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).kill_on_drop(true);
        command.spawn().expect("starting ffmpeg")
    }

    /// Waits for the room to be live; its broadcast.
    pub async fn live(&self, room: &str) -> String {
        for _ in 0..200 {
            let found = self.get(&format!("/api/rooms/{room}")).await;
            if found["live"] == true {
                return text(&found["broadcast_id"]);
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        panic!("room `{room}` is not live: {}", self.log());
    }
}

pub fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("not a text: {value}")).to_owned()
}

/// ffmpeg is part of what `make test` installs; without it these tests say so and pass over.
pub fn no_ffmpeg() -> bool {
    let missing = std::process::Command::new("ffmpeg").arg("-version").output().is_err();
    if missing {
        eprintln!("SKIPPED: ffmpeg is not installed");
    }
    missing
}

/// The folder of real recordings, which are never part of the project.
pub fn recordings() -> Option<PathBuf> {
    let folder = std::env::var_os("KAIBO_DATA").map(PathBuf::from);
    let folder = folder.unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"));
    let broadcasts = folder.join("broadcasts");
    if broadcasts.is_dir() {
        return Some(broadcasts);
    }
    eprintln!("SKIPPED: the recordings are not here (KAIBO_DATA names their folder)");
    None
}
