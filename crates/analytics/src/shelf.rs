//! Saved states on disk: one snapshot of the world, and one file per broadcast that left memory.
//!
//! A file is one line of text (`kaibo-metrics FORMAT DEFINITIONS CRC32C LENGTH`) and a JSON document. It is replaced whole
//! or not at all.

use crate::{metrics, state::BroadcastState, world::Still};
use anyhow::{Context, bail};
use events::BroadcastId;
use serde::{Serialize, de::DeserializeOwned};
use std::{
    fs,
    io::{ErrorKind, Write},
    path::{Path, PathBuf},
};

/// Raised when the files' form changes; files of another form are made again from the log.
const FORMAT: u32 = 1;

#[derive(Debug, Clone)]
pub struct Shelf {
    dir: PathBuf,
}

impl Shelf {
    /// `dir` is made when the first file is written.
    pub fn new(dir: PathBuf) -> Self {
        Self { dir }
    }

    /// The latest snapshot; `None` when there is none.
    pub fn snapshot(&self) -> anyhow::Result<Option<Still>> {
        load(&self.dir.join("live.snapshot"))
    }

    pub fn save_snapshot(&self, still: &Still) -> anyhow::Result<()> {
        save(&self.dir.join("live.snapshot"), still)
    }

    /// A broadcast's saved state; `None` when it has none.
    pub fn broadcast(&self, id: BroadcastId) -> anyhow::Result<Option<BroadcastState>> {
        load(&self.path(id))
    }

    pub fn save_broadcast(&self, state: &BroadcastState) -> anyhow::Result<()> {
        save(&self.path(state.id), state)
    }

    /// Throws everything away: it belongs to another log.
    pub fn clear(&self) -> anyhow::Result<()> {
        match fs::remove_dir_all(&self.dir) {
            Err(error) if error.kind() != ErrorKind::NotFound => {
                Err(error).with_context(|| format!("removing `{}`", self.dir.display()))
            }
            _ => Ok(()),
        }
    }

    fn path(&self, id: BroadcastId) -> PathBuf {
        self.dir.join("broadcasts").join(format!("{id}.state"))
    }
}

fn load<T: DeserializeOwned>(path: &Path) -> anyhow::Result<Option<T>> {
    let bytes = match fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error).with_context(|| format!("reading `{}`", path.display())),
    };
    let end = memchr::memchr(b'\n', &bytes).with_context(|| format!("`{}` has no header", path.display()))?;
    let (header, body) = bytes.split_at(end);
    let body = body.get(1..).unwrap_or_default();
    if header != self::header(body).as_bytes() {
        bail!("`{}` is damaged or of another version", path.display());
    }
    Ok(Some(serde_json::from_slice(body).with_context(|| format!("reading `{}`", path.display()))?))
}

fn save<T: Serialize>(path: &Path, value: &T) -> anyhow::Result<()> {
    let body = serde_json::to_vec(value)?;
    let dir = path.parent().context("a file stands in a folder")?;
    fs::create_dir_all(dir).with_context(|| format!("making `{}`", dir.display()))?;
    let fresh = path.with_extension("new");
    let mut file = fs::File::create(&fresh).with_context(|| format!("creating `{}`", fresh.display()))?;
    file.write_all(header(&body).as_bytes())?;
    file.write_all(b"\n")?;
    file.write_all(&body)?;
    file.sync_all()?;
    fs::rename(&fresh, path).with_context(|| format!("replacing `{}`", path.display()))?;
    fs::File::open(dir)?.sync_all()?;
    Ok(())
}

fn header(body: &[u8]) -> String {
    format!("kaibo-metrics {FORMAT} {} {:08x} {}", metrics::VERSION, crc32c::crc32c(body), body.len())
}
