//! What the documents tell people to type works.
//!
//! In a block marked `console tested`, lines that begin with `$ kaibo` are run, document by document, in an empty folder.
//! `kaibo serve` stays up for the rest of its document; what speaks to 127.0.0.1:8080 without it gets a server too.
//! `KAIBO_TOKEN` is an administrator's token.

use std::{
    fs,
    io::{Read, Write},
    net::{TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    thread::sleep,
    time::Duration,
};

const DOCUMENTS: &[&str] = &["README.md", "README.zh-CN.md", "docs/operations.md"];
const HTTP: &str = "127.0.0.1:8080";
const RTMP: &str = "127.0.0.1:1935";

#[test]
fn documented_commands_work() {
    let Some(binary) = binary() else {
        eprintln!("SKIPPED: no `kaibo` is built; set KAIBO_BINARY, or run `make build` first");
        return;
    };
    for document in DOCUMENTS {
        let Ok(text) = fs::read_to_string(xtask::root().join(document)) else { continue };
        let commands = commands(&text);
        if !commands.is_empty() {
            Reader::new(document, &binary).follow(&commands);
        }
    }
}

fn binary() -> Option<PathBuf> {
    let named = std::env::var_os("KAIBO_BINARY").map(PathBuf::from);
    let target = std::env::var_os("CARGO_TARGET_DIR").map(|target| Path::new(&target).join("ci/kaibo"));
    // This test itself stands in `deps` beside it.
    let beside = std::env::current_exe().ok().and_then(|test| Some(test.parent()?.parent()?.join("kaibo")));
    [named, target, beside].into_iter().flatten().find(|path| path.is_file())
}

/// The `kaibo` lines of the tested blocks, continued lines joined.
fn commands(text: &str) -> Vec<String> {
    let mut commands: Vec<String> = Vec::new();
    let (mut inside, mut open) = (false, false);
    for line in text.lines() {
        if line.trim_start().starts_with("```") {
            (inside, open) = (!inside && line.trim() == "```console tested", false);
        } else if inside && let Some(command) = line.strip_prefix("$ ").filter(|command| command.starts_with("kaibo "))
        {
            commands.push(command.trim_end_matches('\\').to_owned());
            open = line.ends_with('\\');
        } else if open && let Some(command) = commands.last_mut() {
            command.push_str(line.trim_end_matches('\\'));
            open = line.ends_with('\\');
        }
    }
    commands
}

/// Somebody who types what a document says.
struct Reader<'a> {
    document: &'a str,
    folder: PathBuf,
    path: String,
    http: String,
    rtmp: String,
    token: String,
    server: Option<Child>,
}

impl<'a> Reader<'a> {
    fn new(document: &'a str, binary: &Path) -> Self {
        let folder =
            std::env::temp_dir().join(format!("kaibo-docs-{}-{}", std::process::id(), document.replace('/', "-")));
        fs::create_dir_all(folder.join("bin")).expect("a folder");
        std::os::unix::fs::symlink(binary, folder.join("bin/kaibo")).expect("a link");
        let path = format!("{}:{}", folder.join("bin").display(), std::env::var("PATH").unwrap_or_default());
        let (http, rtmp) = (free_address(), free_address());
        Self { document, folder, path, http, rtmp, token: String::new(), server: None }
    }

    fn follow(&mut self, commands: &[String]) {
        for command in commands {
            if command.starts_with("kaibo serve") {
                self.serve(command);
                continue;
            }
            // `replay` speaks to that address unless told otherwise.
            let asks = command.contains(HTTP) || command.starts_with("kaibo replay");
            if self.server.is_none() && asks {
                self.serve("kaibo serve");
            }
            let output = self.shell(command).output().expect("a shell");
            self.check(command, &output);
        }
    }

    fn shell(&self, command: &str) -> Command {
        let mut shell = Command::new("sh");
        let command = command.replace(HTTP, &self.http).replace(RTMP, &self.rtmp);
        shell.args(["-c", &command]).current_dir(&self.folder).env("PATH", &self.path).stdin(Stdio::null());
        shell.env("KAIBO_URL", format!("http://{}", self.http));
        if !self.token.is_empty() {
            shell.env("KAIBO_TOKEN", &self.token);
        }
        shell
    }

    fn check(&self, command: &str, output: &Output) {
        let said = [&output.stdout, &output.stderr].map(|said| String::from_utf8_lossy(said).into_owned()).concat();
        assert!(output.status.success(), "{}: `{command}` failed:\n{said}", self.document);
    }

    fn serve(&mut self, command: &str) {
        self.stop();
        let mut command = format!("exec {command}");
        for (option, address) in [("--http", HTTP), ("--rtmp", RTMP)] {
            if !command.contains(option) {
                command.push_str(&format!(" {option} {address}"));
            }
        }
        let log = fs::File::create(self.folder.join("server.log")).expect("a log");
        let server = self.shell(&command).stdout(Stdio::null()).stderr(log).spawn().expect("a server");
        self.server = Some(server);
        self.wait_until_ready(&command);
        let data = command.split_whitespace().skip_while(|word| *word != "--data").nth(1).unwrap_or("kaibo-data");
        let create = format!("kaibo token create --role admin --data {data}");
        let output = self.shell(&create).output().expect("a shell");
        self.check(&create, &output);
        self.token = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    }

    fn wait_until_ready(&mut self, command: &str) {
        for _ in 0..600 {
            let ended = self.server.as_mut().is_some_and(|server| matches!(server.try_wait(), Ok(Some(_))));
            if ended {
                break;
            }
            if ready(&self.http) == Some(true) {
                return;
            }
            sleep(Duration::from_millis(100));
        }
        let log = fs::read_to_string(self.folder.join("server.log")).unwrap_or_default();
        panic!("{}: `{command}` does not serve:\n{log}", self.document);
    }

    fn stop(&mut self) {
        if let Some(mut server) = self.server.take() {
            // Asked politely, it takes its own helpers along.
            let _ = Command::new("kill").arg(server.id().to_string()).status();
            for _ in 0..150 {
                if matches!(server.try_wait(), Ok(Some(_))) {
                    return;
                }
                sleep(Duration::from_millis(100));
            }
            let _ = server.kill();
            let _ = server.wait();
        }
    }
}

impl Drop for Reader<'_> {
    fn drop(&mut self) {
        self.stop();
        let _ = fs::remove_dir_all(&self.folder);
    }
}

fn free_address() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("its address").to_string()
}

fn ready(address: &str) -> Option<bool> {
    let mut stream = TcpStream::connect(address).ok()?;
    stream.set_read_timeout(Some(Duration::from_secs(5))).ok()?;
    stream.write_all(b"GET /readyz HTTP/1.1\r\nhost: kaibo\r\nconnection: close\r\n\r\n").ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).ok()?;
    Some(answer.starts_with("HTTP/1.1 200"))
}
