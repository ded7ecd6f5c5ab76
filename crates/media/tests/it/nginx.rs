//! The real nginx with its RTMP module on ports of its own. Tests that need it are skipped, loudly, where it is not installed.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;
use tokio::process::{Child, Command};

const MODULE: &str = "/usr/lib/nginx/modules/ngx_rtmp_module.so";

pub struct Nginx {
    pub rtmp: SocketAddr,
    dir: tempfile::TempDir,
    /// Within the application `live`.
    more: String,
    runs: u32,
    child: Option<Child>,
}

impl Nginx {
    /// nginx with the application `live`; `more` stands within it. What is pushed is recorded as it came.
    pub async fn start(more: &str) -> Option<Self> {
        Self::start_at(free_address(), more).await
    }

    pub async fn start_at(rtmp: SocketAddr, more: &str) -> Option<Self> {
        if !Path::new(MODULE).exists() {
            eprintln!("SKIPPED: nginx with its RTMP module is not installed");
            return None;
        }
        let mut nginx = Self { rtmp, dir: tempfile::tempdir().unwrap(), more: more.to_owned(), runs: 0, child: None };
        nginx.run().await;
        Some(nginx)
    }

    fn configure(&self) {
        let Self { rtmp, more, runs, .. } = self;
        let path = self.dir.path().display();
        // The records of each run have names of their own: time alone does not tell them apart.
        let config = format!(
            "load_module {MODULE};\ndaemon off;\nmaster_process off;\npid {path}/pid;\nerror_log {path}/error.log info;\n\
             events {{}}\nrtmp {{ access_log {path}/access.log; server {{ listen {rtmp}; chunk_size 4096; notify_method post;\n\
             application live {{ live on; record all; record_path {path}; record_unique on; record_suffix -{runs}.flv;\n{more}\n}} }} }}\n"
        );
        std::fs::write(self.dir.path().join("nginx.conf"), config).unwrap();
    }

    /// Runs it (again) on the same port.
    pub async fn run(&mut self) {
        self.runs += 1;
        self.configure();
        let mut command = Command::new("nginx");
        command.arg("-c").arg(self.dir.path().join("nginx.conf")).arg("-p").arg(self.dir.path());
        command.stdout(Stdio::null()).stderr(Stdio::null()).kill_on_drop(true);
        self.child = Some(command.spawn().unwrap());
        for _ in 0..500 {
            if tokio::net::TcpStream::connect(self.rtmp).await.is_ok() {
                return;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("nginx did not start: {}", self.log());
    }

    pub async fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            child.kill().await.unwrap();
        }
    }

    /// What was recorded of a stream, oldest first.
    pub fn records(&self, name: &str) -> Vec<PathBuf> {
        let entries = std::fs::read_dir(self.dir.path()).unwrap().map(|entry| entry.unwrap().path());
        let of_stream = |path: &PathBuf| {
            let file = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            file.starts_with(&format!("{name}-")) && file.ends_with(".flv")
        };
        let mut files: Vec<PathBuf> = entries.filter(of_stream).collect();
        files.sort();
        files
    }

    pub fn log(&self) -> String {
        std::fs::read_to_string(self.dir.path().join("error.log")).unwrap_or_default()
    }
}

pub fn free_address() -> SocketAddr {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap()
}
