//! Settings: one commented default file compiled in, a file of the operator's on top.

use anyhow::Context;
use serde::Deserialize;
use std::{
    net::{IpAddr, SocketAddr},
    path::{Path, PathBuf},
};

/// Every setting with its default and its explanation.
pub const DEFAULT_CONFIG: &str = include_str!("../config.default.toml");

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    pub http: SocketAddr,
    pub rtmp: SocketAddr,
    pub data: PathBuf,
    pub trusted_proxies: Vec<IpAddr>,
    pub allowed_origins: Vec<String>,
    pub max_connections: usize,
    pub log: LogSettings,
    pub media: media::MediaSettings,
    pub room: room::gateway::RoomSettings,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LogSettings {
    pub file_layer: FileLayer,
}

/// How the event log reaches the disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FileLayer {
    Direct,
    HeldBack,
}

impl Config {
    /// The defaults, overlaid by `file`. An unknown key is an error that names it.
    pub fn load(file: Option<&Path>) -> anyhow::Result<Self> {
        let defaults = ::config::File::from_str(DEFAULT_CONFIG, ::config::FileFormat::Toml);
        let mut builder = ::config::Config::builder().add_source(defaults);
        if let Some(file) = file {
            builder = builder.add_source(::config::File::from(file).format(::config::FileFormat::Toml));
        }
        let config = builder.build().and_then(::config::Config::try_deserialize);
        match file {
            Some(file) => config.with_context(|| format!("reading the settings in `{}`", file.display())),
            None => config.context("reading the default settings"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_file_is_complete() {
        let config = Config::load(None).expect("the defaults");
        assert!(config.http.ip().is_loopback() && config.rtmp.ip().is_loopback());
    }

    #[test]
    fn a_wrong_key_is_named() {
        let dir = tempfile::tempdir().expect("a folder");
        let file = dir.path().join("kaibo.toml");
        std::fs::write(&file, "htpt = \"127.0.0.1:1\"").expect("a file");
        let error = format!("{:#}", Config::load(Some(&file)).expect_err("a refusal"));
        assert!(error.contains("htpt"), "{error}");
    }
}
