//! The real binary and what it writes into its log.

use crate::{
    Flags,
    measure::{self, Weight},
    shared::Shared,
};
use benches::kaibo::{Api, Kaibo};
use serde_json::{Value, json};
use std::{
    collections::BTreeMap,
    io::{BufRead, BufReader, Seek, SeekFrom},
    net::SocketAddr,
    path::{Path, PathBuf},
    process::ExitStatus,
    time::Duration,
};
use tempfile::TempDir;

pub struct Server {
    kaibo: Kaibo,
    data: PathBuf,
    scratch: TempDir,
    log: PathBuf,
    read_to: u64,
    lines: BTreeMap<String, u64>,
    errors: u64,
    warnings: u64,
}

impl Server {
    pub async fn start(flags: &Flags, settings: &str) -> Self {
        let scratch = tempfile::tempdir().expect("a folder");
        let data = flags.data.clone().unwrap_or_else(|| scratch.path().join("data"));
        let settings = match &flags.config {
            Some(path) => std::fs::read_to_string(path).expect("the settings file"),
            None => settings.to_owned(),
        };
        let log = flags.out.with_extension("server.log");
        let kaibo = Kaibo::start(&data, &settings, &log).await.expect("the server");
        Self { kaibo, data, scratch, log, read_to: 0, lines: BTreeMap::new(), errors: 0, warnings: 0 }
    }

    pub fn api(&self) -> Api {
        self.kaibo.api.clone()
    }

    pub fn rtmp(&self) -> SocketAddr {
        self.kaibo.rtmp
    }

    pub fn scratch(&self) -> &Path {
        self.scratch.path()
    }

    pub fn died(&mut self) -> Option<ExitStatus> {
        self.kaibo.died()
    }

    /// One line of the samples' file.
    pub fn sample(&mut self, elapsed: Duration, shared: &Shared) -> Value {
        self.read_log();
        let Weight { rss, anonymous, files, threads, cpu_s } = measure::weight(self.kaibo.pid()).unwrap_or_default();
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
