//! Named durable cursors: how far a reader came, and a little of its own besides.
//!
//! File `cursors/<name>.cur`, little endian: magic, `position u64`, `meta length u64`, meta, `crc32c u32` of all before.

use crate::commit::Shared;
use crate::error::CursorError;
use crate::files::Access;
use crate::record::{u32_at, u64_at};
use std::io;
use std::path::PathBuf;
use std::sync::Arc;

const MAGIC: &[u8; 8] = b"KAIBOCU1";
const HEAD: usize = 24;

/// One named cursor. Several handles of one name see the same value.
#[derive(Debug, Clone)]
pub struct Cursor {
    shared: Arc<Shared>,
    path: PathBuf,
}

impl Cursor {
    pub(crate) fn new(shared: Arc<Shared>, name: &str) -> Result<Self, CursorError> {
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
        if name.is_empty() || name.len() > 100 || name.starts_with('.') || !name.bytes().all(allowed) {
            return Err(CursorError::Name(name.into()));
        }
        let path = shared.dir.join("cursors").join(format!("{name}.cur"));
        Ok(Self { shared, path })
    }

    /// What was stored last: position and meta.
    pub fn load(&self) -> Result<Option<(u64, Vec<u8>)>, CursorError> {
        let failed = |source| CursorError::Io { path: self.path.clone(), source };
        let file = match self.shared.files().open(&self.path, Access::Read) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            opened => opened.map_err(failed)?,
        };
        let mut bytes = vec![0; file.len().map_err(failed)? as usize];
        let read = file.read_at(&mut bytes, 0).map_err(failed)?;
        let corrupt = || CursorError::Corrupt(self.path.clone());
        let (body, crc) = bytes.get(..read).and_then(|bytes| bytes.split_last_chunk::<4>()).ok_or_else(corrupt)?;
        let sound = body.len() >= HEAD
            && &body[..8] == MAGIC
            && crc32c::crc32c(body) == u32_at(crc, 0)
            && u64_at(body, 16) == (body.len() - HEAD) as u64;
        if !sound {
            return Err(corrupt());
        }
        Ok(Some((u64_at(body, 8), body[HEAD..].to_vec())))
    }

    /// Replaces it; durable when this returns, and after a crash either the old value or the new. Blocks on the disk.
    pub fn store(&self, position: u64, meta: &[u8]) -> Result<(), CursorError> {
        if self.shared.preparer.is_none() {
            return Err(CursorError::ReadOnly);
        }
        let mut bytes = Vec::with_capacity(HEAD + meta.len() + 4);
        bytes.extend_from_slice(MAGIC);
        bytes.extend_from_slice(&position.to_le_bytes());
        bytes.extend_from_slice(&(meta.len() as u64).to_le_bytes());
        bytes.extend_from_slice(meta);
        bytes.extend_from_slice(&crc32c::crc32c(&bytes).to_le_bytes());
        self.replace(&bytes).map_err(|source| CursorError::Io { path: self.path.clone(), source })
    }

    fn replace(&self, bytes: &[u8]) -> io::Result<()> {
        let _one_at_a_time = self.shared.cursors.lock();
        let files = self.shared.files();
        let draft = self.path.with_extension("cur.tmp");
        files.create(&draft, Access::Write)?.write_durable(bytes, 0)?;
        files.rename(&draft, &self.path)?;
        files.sync_dir(&self.shared.dir.join("cursors"))
    }
}
