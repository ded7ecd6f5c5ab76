//! What a backup says of itself.

use anyhow::{Context, ensure};
use serde::{Deserialize, Serialize};
use std::path::{Component, Path};

/// What this program writes, and the only one it reads.
const FORMAT: u32 = 1;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    format: u32,
    /// The version of the program that wrote it.
    pub kaibo: String,
    /// Everything acknowledged before this is in the backup, milliseconds since 1970.
    pub began_at_ms: i64,
    pub ended_at_ms: i64,
    /// The newest position of the event log.
    pub log_position: u64,
    /// Whether recordings and clips are in it.
    pub media: bool,
    pub files: Vec<Entry>,
}

/// One file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Its place, with `/` between folders.
    pub name: String,
    pub bytes: u64,
    pub sha256: String,
}

impl Manifest {
    pub(super) fn begin(media: bool) -> Self {
        let now = events::Millis::now().0;
        Self {
            format: FORMAT,
            kaibo: env!("CARGO_PKG_VERSION").into(),
            began_at_ms: now,
            ended_at_ms: now,
            log_position: 0,
            media,
            files: Vec::new(),
        }
    }

    /// Somebody may have written it who wishes us harm: its names stay within the folder that they are restored into.
    pub(super) fn parse(bytes: &[u8]) -> anyhow::Result<Self> {
        #[derive(Deserialize)]
        struct Format {
            format: u32,
        }
        let Format { format } = serde_json::from_slice(bytes).context("the manifest cannot be read")?;
        ensure!(format == FORMAT, "the backup has the format {format}, and this program reads {FORMAT} only");
        let manifest: Self = serde_json::from_slice(bytes).context("the manifest cannot be read")?;
        for Entry { name, .. } in &manifest.files {
            let plain = Path::new(name).components().all(|part| matches!(part, Component::Normal(_)));
            let ours = [super::DATABASE, super::SECRET].contains(&name.as_str())
                || ["log/", "media/"].iter().any(|folder| name.starts_with(folder));
            ensure!(plain && ours && !name.contains('\\'), "the manifest names `{name}`, which no backup holds");
        }
        Ok(manifest)
    }

    pub fn bytes(&self) -> u64 {
        self.files.iter().map(|file| file.bytes).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn naming(name: &str) -> Vec<u8> {
        let mut manifest = Manifest::begin(false);
        manifest.files.push(Entry { name: name.into(), bytes: 1, sha256: String::new() });
        serde_json::to_vec(&manifest).expect("json")
    }

    #[test]
    fn names_stay_where_they_belong() {
        for good in ["kaibo.db", "secret.key", "log/00000000000000000001.seg", "media/slates/a.flv"] {
            assert!(Manifest::parse(&naming(good)).is_ok(), "{good}");
        }
        for bad in ["/etc/passwd", "log/../../x", "../kaibo.db", "log/./x/../../../y", "kaibo.toml", ""] {
            assert!(Manifest::parse(&naming(bad)).is_err(), "{bad}");
        }
    }

    #[test]
    fn another_format_is_named() {
        let error = Manifest::parse(br#"{"format": 2, "something": "else"}"#).expect_err("a refusal");
        assert_eq!(error.to_string(), "the backup has the format 2, and this program reads 1 only");
    }
}
